/* cli/decode_options.h: the command line of `trapline decode`. */
#ifndef CLI_DECODE_OPTIONS_H
#define CLI_DECODE_OPTIONS_H

#include "cli/mibs.h"
#include "trapline/render.h"

typedef struct decode_options {
	cli_list users; /* SPECs; wiped when they are read */
	cli_list communities;
	cli_mibs mibs;
	tl_format format; /* 0: the tree */
	uint64_t count;   /* datagrams; UINT64_MAX: no end */
	uint16_t port;    /* 0: the capture reader's default */
	bool all;
	const char *charset; /* of strings that are not UTF-8; NULL: not known */
	char **inputs;       /* files, hexadecimal text, or "-" */
	int input_count;
} decode_options;

/* Reads the command line. Returns -1 to go on, or the exit status. */
int decode_options_read(int argc, char **argv, decode_options *o);
void decode_options_free(decode_options *o);

#endif
