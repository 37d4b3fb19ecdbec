/* cli/mibs.c: see mibs.h. */
#include "cli/mibs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

int
cli_mibs_add(cli_mibs *m, char *value)
{
	if (cli_list_add(&m->given, value))
		return -1;
	cli_error(m->command, "%s", tl_err_text(TL_ENOMEM));
	return EXIT_FAILED;
}

void
cli_mibs_free(cli_mibs *m)
{
	cli_list_free(&m->given);
	cli_mibs_free_paths(&m->paths);
}

cli_number
cli_with_commas(uint64_t number)
{
	cli_number n;
	char digits[32];
	int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
	size_t at = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			n.text[at++] = ',';
		n.text[at++] = digits[i];
	}
	n.text[at] = '\0';
	return n;
}

/* $NAME/trapline/|below|, or $HOME/|otherwise|/trapline/|below|. */
static bool
user_folder(
    char path[PATH_ROOM], const char *name, const char *otherwise, const char *below)
{
	const char *xdg = getenv(name), *home = getenv("HOME");
	int len;

	if (xdg != NULL && xdg[0] == '/')
		len = snprintf(path, PATH_ROOM, "%s/trapline%s", xdg, below);
	else if (home != NULL && home[0] == '/')
		len =
		    snprintf(path, PATH_ROOM, "%s/%s/trapline%s", home, otherwise, below);
	else
		return false;
	return len > 0 && len < PATH_ROOM;
}

static bool
add_copy(cli_list *paths, const char *text, size_t len)
{
	char *copy = strndup(text, len);

	if (copy != NULL && cli_list_add(paths, copy))
		return true;
	free(copy);
	return false;
}

/* Those of $TRAPLINE_MIBS: one that is not there is worth a word. */
static bool
add_list(const char *command, const char *list, cli_list *paths)
{
	bool good = true;

	while (*list != '\0' && good) {
		size_t len = strcspn(list, ":");
		if (len > 0)
			good = add_copy(paths, list, len);
		if (good && len > 0 && access(paths->at[paths->count - 1], R_OK) != 0) {
			char *path = paths->at[--paths->count];
			cli_error(
			    command, "TRAPLINE_MIBS: %s: %s", path, strerror(errno));
			paths->at[paths->count] = NULL;
			free(path);
		}
		list += len + (list[len] == ':');
	}
	return good;
}

bool
cli_mibs_default(const char *command, cli_list *paths)
{
	static const char *const system[] = { "/usr/share/snmp/mibs",
		"/var/lib/snmp/mibs", "/usr/local/share/snmp/mibs" };
	const char *list = getenv("TRAPLINE_MIBS");
	char user[PATH_ROOM];
	bool good = true;

	if (list != NULL)
		return add_list(command, list, paths);
	if (user_folder(user, "XDG_DATA_HOME", ".local/share", "/mibs") &&
	    access(user, R_OK | X_OK) == 0)
		good = add_copy(paths, user, strlen(user));
	for (size_t i = 0; i < sizeof system / sizeof system[0] && good; i++)
		if (access(system[i], R_OK | X_OK) == 0)
			good = add_copy(paths, system[i], strlen(system[i]));
	return good;
}

void
cli_mibs_free_paths(cli_list *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->at[i]);
	cli_list_free(paths);
}

/* A dictionary is all that there is. */
static bool
is_dictionary(const char *path)
{
	tl_mib *mib;
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    tl_mib_open_file(path, &mib) != TL_OK)
		return false;
	tl_mib_free(mib);
	return true;
}

/* What is given stands before the default folders: of two modules that are as good as
 * each other its own counts. */
static bool
find_paths(cli_mibs *m)
{
	cli_list *paths = &m->paths;

	for (size_t i = 0; i < m->given.count; i++) {
		const char *path = m->given.at[i];
		if (m->lenient && access(path, R_OK) != 0)
			continue;
		if (!add_copy(paths, path, strlen(path)))
			return false;
	}
	if (m->only_given || (paths->count == 1 && is_dictionary(paths->at[0])))
		return true;
	return cli_mibs_default(m->command, paths);
}

static const char *
problem_of(tl_err err, const tl_mib_loaded *loaded)
{
	if (err == TL_EIO)
		return strerror(errno);
	if (err == TL_ENOTFOUND)
		return strerror(ENOENT);
	if (err == TL_EINVAL && loaded->bad_path != NULL)
		return is_dictionary(loaded->bad_path)
			   ? "a dictionary stands alone, without folders or another one"
			   : "neither a file nor a folder";
	if (err == TL_EFORMAT)
		return "neither a MIB nor a dictionary of this version; make it again "
		       "with 'trapline mib compile'";
	if (err == TL_ELIMIT)
		return "too many files";
	return tl_err_text(err);
}

/* Counts of what a person should know, "; 3 errors, 1 file not readable". */
static void
put_count(uint64_t count, const char *one, const char *more, const char **before)
{
	if (count == 0)
		return;
	fprintf(stderr, "%s%s %s", *before, cli_with_commas(count).text,
	    count == 1 ? one : more);
	*before = ", ";
}

static void
put_problems(const tl_mib_loaded *loaded)
{
	uint64_t by_grade[TL_MIB_ERROR + 1] = { 0 };
	const char *before = "; ";

	for (int kind = 0; kind < TL_MIB_PROBLEM_COUNT; kind++)
		by_grade[tl_mib_problem_grade((tl_mib_problem_kind)kind)] +=
		    loaded->summary.problems[kind];
	put_count(
	    loaded->files.unreadable, "file not readable", "files not readable", &before);
	put_count(loaded->files.too_large, "file too large", "files too large", &before);
	put_count(by_grade[TL_MIB_ERROR], "error", "errors", &before);
	put_count(by_grade[TL_MIB_WARNING], "warning", "warnings", &before);
	if (by_grade[TL_MIB_ERROR] + by_grade[TL_MIB_WARNING] > 0)
		fprintf(stderr, ": 'trapline mib lint DIR' tells them");
}

void
cli_mibs_announce(const cli_mibs *m, const tl_mib_loaded *loaded)
{
	const tl_mib_summary *s = &loaded->summary;
	cli_number notifications = cli_with_commas(s->notifications);

	if (m->paths.count == 0) {
		fprintf(stderr, "mibs: built in, %s notifications; more with -M DIR\n",
		    notifications.text);
	} else if (loaded->from_dictionary) {
		fprintf(stderr, "mibs: %s, %s notifications\n", m->paths.at[0],
		    notifications.text);
	} else {
		fprintf(stderr, "mibs: %s files, %s modules, %s notifications%s",
		    cli_with_commas(loaded->files.files).text,
		    cli_with_commas(s->modules).text, notifications.text,
		    loaded->from_cache ? " (cache)" : "");
		put_problems(loaded);
		fputc('\n', stderr);
	}
}

static tl_err
load_builtin(tl_mib **out, tl_mib_loaded *loaded)
{
	tl_err err = tl_mib_builtin(out);

	*loaded = (tl_mib_loaded){ 0 };
	for (uint32_t i = 0; err == TL_OK && i < tl_mib_count(*out); i++)
		loaded->summary.notifications +=
		    tl_mib_node_kind(tl_mib_at(*out, i)) == TL_MIB_NOTIFICATION;
	return err;
}

static tl_err
load_paths(const cli_mibs *m, tl_mib **out, tl_mib_loaded *loaded)
{
	char cache[PATH_ROOM];
	cli_progress progress;
	tl_mib_load_options opt = {
		.paths = (const char *const *)m->paths.at,
		.builder = m->builder,
		.progress = cli_progress_tell,
		.context = &progress,
	};

	if (!m->no_cache && user_folder(cache, "XDG_CACHE_HOME", ".cache", ""))
		opt.cache_dir = cache;
	cli_progress_start(&progress, "reading MIBs", m->slow_told);
	tl_err err = tl_mib_load(&opt, out, loaded);
	int saved = errno;
	cli_progress_end(&progress);
	errno = saved;
	return err;
}

static bool
was_given(const cli_mibs *m, const char *path)
{
	for (size_t i = 0; i < m->given.count; i++)
		if (path != NULL && strcmp(m->given.at[i], path) == 0)
			return true;
	return false;
}

/* What is wrong with a folder that nobody asked for is told; what was asked for, or the
 * built-in dictionary, does without it. */
static int
load_or_tell(cli_mibs *m, tl_mib **out, tl_mib_loaded *loaded)
{
	tl_err err =
	    m->paths.count > 0 ? load_paths(m, out, loaded) : load_builtin(out, loaded);

	if (err == TL_OK)
		return -1;
	const char *path = loaded->bad_path;
	cli_error(m->command, "MIBs: %s%s%s", path != NULL ? path : "",
	    path != NULL ? ": " : "", problem_of(err, loaded));
	if (err == TL_ENOMEM)
		return EXIT_FAILED;
	if (m->given.count > 0 && (path == NULL || was_given(m, path)))
		return EXIT_USAGE;
	cli_mibs_free_paths(&m->paths);
	if (m->given.count > 0 && !m->only_given) {
		m->only_given = true;
		return cli_mibs_load(m, out, loaded);
	}
	return load_builtin(out, loaded) == TL_OK ? -1 : EXIT_FAILED;
}

int
cli_mibs_load(cli_mibs *m, tl_mib **out, tl_mib_loaded *loaded)
{
	if (find_paths(m))
		return load_or_tell(m, out, loaded);
	cli_error(m->command, "%s", tl_err_text(TL_ENOMEM));
	return EXIT_FAILED;
}
