/* cli/decode_options.h: the command line of `trapline decode`. */
#ifndef CLI_DECODE_OPTIONS_H
#define CLI_DECODE_OPTIONS_H

#include "trapline/render.h"

enum { DECODE_MAX = 64 }; /* users, and likewise communities */

typedef struct decode_options {
	char *users[DECODE_MAX]; /* SPECs; wiped when they are read */
	const char *communities[DECODE_MAX];
	size_t user_count, community_count;
	tl_format format; /* 0: the tree */
	uint64_t count;   /* datagrams; UINT64_MAX: no end */
	uint16_t port;    /* 0: the capture reader's default */
	bool all;
	char **inputs; /* files, hexadecimal text, or "-" */
	int input_count;
} decode_options;

/* Reads the command line. Returns -1 to go on, or the exit status. */
int decode_options_read(int argc, char **argv, decode_options *o);

#endif
