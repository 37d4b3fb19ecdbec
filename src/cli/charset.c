/* cli/charset.c: the option --charset. */
#include "cli/cli.h"
#include "trapline/render.h"

int
cli_read_charset(const char *command, const char *name, const char **out)
{
	tl_charset *c;
	tl_err err = name[0] != '\0' ? tl_charset_new(name, &c) : TL_EINVAL;

	if (err != TL_OK)
		return cli_usage_error(command,
		    "there is no charset '%s': ISO-8859-1, GBK, SHIFT_JIS, ... (iconv "
		    "-l)",
		    name);
	tl_charset_free(c);
	*out = name;
	return -1;
}
