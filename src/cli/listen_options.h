/* cli/listen_options.h: the command line of `trapline listen`. */
#ifndef CLI_LISTEN_OPTIONS_H
#define CLI_LISTEN_OPTIONS_H

#include "cli/mibs.h"
#include "trapline/render.h"

typedef struct listen_options {
	cli_list listen, communities;
	cli_list users; /* SPECs; wiped when they are read */
	cli_mibs mibs;
	tl_format format;  /* 0: by what stdout is */
	uint64_t count;    /* notifications; UINT64_MAX: no end */
	const char *write; /* a pcapng file; NULL: none */
	bool refused;
	const char *charset;   /* of strings that are not UTF-8; NULL: not known */
	const char *engine_id; /* hexadecimal; NULL: the state folder's */
	const char *state;     /* NULL: the default */
} listen_options;

/* Reads the command line. Returns -1 to go on, or the exit status. */
int listen_options_read(int argc, char **argv, listen_options *o);
void listen_options_free(listen_options *o);

#endif
