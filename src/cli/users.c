/* cli/users.c: the users of the command line, for an engine; see cli.h. */
#include <stdio.h>

#include "cli/cli.h"

bool
cli_add_user(tl_engine *e, char *spec, char problem[256])
{
	tl_user_spec u;

	if (!tl_user_spec_read(spec, NULL, &u, problem))
		return false;
	tl_err err = tl_engine_add_user(e, &u.user);
	if (err != TL_OK)
		snprintf(problem, 256, "%s", tl_user_problem(err, &u.user));
	tl_user_spec_wipe(&u);
	return err == TL_OK;
}
