/* outputs/types.c: the table of all types of output, for the daemon. */
#include "outputs/types.h"

const output_type *const output_types[] = {
	[TL_OUTPUT_FILE] = &output_file,
	[TL_OUTPUT_STDOUT] = &output_stdout,
	[TL_OUTPUT_SYSLOG] = &output_syslog,
	[TL_OUTPUT_EXEC] = &output_exec,
	[TL_OUTPUT_HTTP] = &output_http,
	[TL_OUTPUT_FORWARD] = &output_forward,
	&(const output_type){ .name = NULL },
};
