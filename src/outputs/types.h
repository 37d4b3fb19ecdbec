/* outputs/types.h: the types of output, each in output_<name>.c. */
#ifndef OUTPUTS_TYPES_H
#define OUTPUTS_TYPES_H

#include "outputs/output.h"

extern const output_type output_file, output_stdout, output_syslog, output_exec,
    output_exec_traphandle, output_http, output_forward;

#endif
