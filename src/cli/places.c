/* cli/places.c: where state is kept, and where to send; see cli.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

bool
cli_default_state(char path[4096])
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int len;

	if (xdg != NULL && xdg[0] == '/')
		len = snprintf(path, 4096, "%s/trapline", xdg);
	else if (home != NULL && home[0] == '/')
		len = snprintf(path, 4096, "%s/.local/state/trapline", home);
	else
		return false;
	return len > 0 && len < 4096;
}

static bool
read_port(const char *text, uint16_t *out)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || port == 0 || port > 65535)
		return false;
	*out = (uint16_t)port;
	return true;
}

bool
cli_read_host(char *text, cli_host *out)
{
	char *colon = strchr(text, ':');

	*out = (cli_host){ .host = text };
	if (text[0] == '[') {
		char *close = strchr(text, ']');
		if (close == NULL || close == text + 1)
			return false;
		*close = '\0';
		out->host++;
		return close[1] == '\0' ||
		       (close[1] == ':' && read_port(close + 2, &out->port));
	}
	if (colon != NULL && strchr(colon + 1, ':') == NULL) {
		*colon = '\0';
		if (!read_port(colon + 1, &out->port))
			return false;
	}
	return out->host[0] != '\0';
}
