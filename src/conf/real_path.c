/* conf/real_path.c: one text for all spellings of a path, so that two outputs do not
 * write to one file; see read.h. Called by finish.c. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/read.h"

/* Takes out ".", empty parts, and ".." with the part before it. */
static void
tidy(char *path)
{
	bool absolute = path[0] == '/';
	char *to = path, *at = path;

	while (*at != '\0') {
		size_t len = strcspn(at, "/");
		char *last = to;
		while (last > path && last[-1] != '/')
			last--;
		bool up = len == 2 && memcmp(at, "..", 2) == 0;
		bool is_up = to - last == 2 && memcmp(last, "..", 2) == 0;
		if (up && to > path && !is_up) {
			to = last > path ? last - 1 : path;
		} else if (len > 0 && !(len == 1 && at[0] == '.') && !(up && absolute)) {
			if (to > path || absolute)
				*to++ = '/';
			memmove(to, at, len);
			to += len;
		}
		at += len + (at[len] == '/');
	}
	*to = '\0';
}

/* The folder's real path and the name behind it; false: there is no such folder. */
static bool
find_in_folder(char path[PATH_MAX])
{
	char folder[PATH_MAX], real[PATH_MAX];
	char *slash = strrchr(path, '/');
	size_t len = slash == path ? 1 : (size_t)(slash - path);

	memcpy(folder, path, len);
	folder[len] = '\0';
	if (realpath(folder, real) == NULL || strlen(real) + strlen(slash) >= PATH_MAX)
		return false;
	len = strcmp(real, "/") == 0 ? 0 : strlen(real);
	memmove(path + len, slash, strlen(slash) + 1);
	memcpy(path, real, len);
	return true;
}

const char *
tl_conf_real_path(tl_conf_reader *r, const char *state, const char *path)
{
	bool whole = path[0] == '/' || state == NULL;
	char joined[PATH_MAX], real[PATH_MAX];
	int len = snprintf(
	    joined, sizeof joined, "%s%s%s", whole ? "" : state, whole ? "" : "/", path);

	if (len < 0 || (size_t)len >= sizeof joined)
		return path;
	if (joined[0] == '/' && realpath(joined, real) != NULL)
		return tl_conf_keep(r, real);
	if (joined[0] != '/' || !find_in_folder(joined))
		tidy(joined);
	return tl_conf_keep(r, joined);
}
