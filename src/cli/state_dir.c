/* cli/state_dir.c: where state is kept by default; see cli.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "sys/fs.h"

bool
cli_default_state(char path[4096])
{
	const char *systemd = getenv("STATE_DIRECTORY"), *xdg = getenv("XDG_STATE_HOME"),
		   *home = getenv("HOME");
	int len;

	if (systemd != NULL && systemd[0] == '/') /* of several the first */
		len = snprintf(path, 4096, "%.*s", (int)strcspn(systemd, ":"), systemd);
	else if (xdg != NULL && xdg[0] == '/')
		len = snprintf(path, 4096, "%s/trapline", xdg);
	else if (home != NULL && home[0] == '/')
		len = snprintf(path, 4096, "%s/.local/state/trapline", home);
	else
		return false;
	return len > 0 && len < 4096;
}

const char *
cli_usable_state(const char *command, char path[4096])
{
	if (!cli_default_state(path))
		return NULL;
	if (tl_dir_make(path) == TL_OK && access(path, R_OK | W_OK | X_OK) == 0)
		return path;
	cli_error(command, "%s: %s: no state is kept, our engine ID is new", path,
	    strerror(errno));
	return NULL;
}
