/* cli/hosts.c: where to send; see cli.h. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

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
