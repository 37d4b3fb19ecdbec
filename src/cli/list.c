/* cli/list.c: options that may be repeated, as often as anybody likes. */
#include <stdlib.h>

#include "cli/cli.h"

bool
cli_list_add(cli_list *list, char *value)
{
	char **at = realloc(list->at, (list->count + 2) * sizeof *at);

	if (at == NULL)
		return false;
	list->at = at;
	at[list->count++] = value;
	at[list->count] = NULL;
	return true;
}

void
cli_list_free(cli_list *list)
{
	free(list->at);
	*list = (cli_list){ 0 };
}
