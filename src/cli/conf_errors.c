/* cli/conf_errors.c: what is wrong with a configuration, for the commands that read one.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "conf/conf.h"

void
cli_print_conf_errors(const tl_conf_errors *e)
{
	for (size_t i = 0; i < e->count; i++) {
		const tl_conf_error *at = &e->at[i];
		fprintf(stderr, "%s:", at->mark.file);
		if (at->mark.line > 0)
			fprintf(stderr, "%u:%u:", at->mark.line, at->mark.column);
		fprintf(stderr, " %s: %s\n",
		    at->grade == TL_CONF_ERROR ? "error" : "warning", at->text);
	}
	if (e->errors + e->warnings > e->count)
		fprintf(stderr, "and %zu more\n", e->errors + e->warnings - e->count);
}
