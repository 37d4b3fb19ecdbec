/* outputs/types.c: the table of all types of output, for the daemon. */
#include "outputs/types.h"

const output_type *const output_types[] = {
	&output_file,
	&output_stdout,
	&output_syslog,
	&output_exec,
	&(const output_type){ .name = NULL },
};
