/* cli/check.h: what `trapline check` looks at beside the file itself: all that it names.
 * Each notes what is wrong where the name stands. */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "conf/conf.h"

/* Names of notifications and objects, and of fields, by the dictionary that the daemon
 * would have. Returns -1 to go on, or the exit status. */
int check_names(const char *command, const tl_conf *c, tl_conf_errors *errors);

/* The user that it becomes; tables: whether they can be read, and have what is asked of
 * them; outputs: certificates, keys, hosts' names. False without memory. */
bool check_named(const tl_conf *c, tl_conf_errors *errors);

#endif
