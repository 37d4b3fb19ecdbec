/* cli/listen_options.h: the command line of `trapline listen`. */
#ifndef CLI_LISTEN_OPTIONS_H
#define CLI_LISTEN_OPTIONS_H

#include "trapline/render.h"

enum { LISTEN_MAX = 64 }; /* addresses, and likewise communities and users */

typedef struct listen_options {
	const char *listen[LISTEN_MAX + 1]; /* closed by a NULL */
	const char *communities[LISTEN_MAX + 1];
	char *users[LISTEN_MAX + 1]; /* SPECs; wiped when they are read */
	size_t listen_count, community_count, user_count;
	tl_format format;  /* 0: by what stdout is */
	uint64_t count;    /* notifications; UINT64_MAX: no end */
	const char *write; /* a pcapng file; NULL: none */
	bool refused;
	const char *engine_id; /* hexadecimal; NULL: the state folder's */
	const char *state;     /* NULL: the default */
} listen_options;

/* Reads the command line. Returns -1 to go on, or the exit status. */
int listen_options_read(int argc, char **argv, listen_options *o);

#endif
