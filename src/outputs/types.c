/* outputs/types.c: which type of output a configuration is of, for the daemon. */
#include "outputs/types.h"

static const output_type *const types[] = {
	[TL_OUTPUT_FILE] = &output_file,
	[TL_OUTPUT_STDOUT] = &output_stdout,
	[TL_OUTPUT_SYSLOG] = &output_syslog,
	[TL_OUTPUT_EXEC] = &output_exec,
	[TL_OUTPUT_HTTP] = &output_http,
	[TL_OUTPUT_FORWARD] = &output_forward,
};

const output_type *
output_type_of(const tl_conf_output *conf)
{
	if (conf->type == TL_OUTPUT_EXEC && conf->exec.input == TL_INPUT_TRAPHANDLE)
		return &output_exec_traphandle;
	return types[conf->type];
}
