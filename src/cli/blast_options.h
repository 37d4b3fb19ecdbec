/* cli/blast_options.h: the command line of `trapline blast`. */
#ifndef CLI_BLAST_OPTIONS_H
#define CLI_BLAST_OPTIONS_H

#include "cli/cli.h"

enum {
	BLAST_SOURCES_MAX = 50000,
	BLAST_ENGINES_MAX = 100000,
	BLAST_VARBINDS_MAX = 1000,
	BLAST_WEIGHT_MAX = 1000
};

typedef struct blast_options {
	cli_host to;           /* with its port */
	double rate;           /* datagrams a second; 0: as fast as possible */
	uint64_t count;        /* datagrams, or informs; UINT64_MAX: no end */
	double duration_s;     /* INFINITY: no end */
	uint32_t weights[4];   /* [1], [2], [3]: of the versions in the mix */
	const char *community; /* NULL: "public" */
	char *user;            /* SPEC, wiped when it is read; NULL: none */
	const char *engine_id; /* hexadecimal, of the first engine; NULL: made up */
	uint32_t engines, sources;
	uint32_t varbinds;   /* besides sysUpTime.0 and snmpTrapOID.0 */
	uint32_t size_bytes; /* of a message; 0: as it comes */
	double malformed;    /* share, 0 to 1 */
	uint64_t seed;
	bool inform;
	uint32_t outstanding, retries;
	double timeout_s;
	const char *replay;    /* a capture; NULL: none */
	double speed;          /* of its timing; 0: as fast as possible */
	uint32_t capture_port; /* as in tl_pcap_open_fd() */
	double progress_s;     /* between two progress lines; 0: none */
	bool json;
	const char *counters; /* a file, "-" for stdin; NULL: none */
} blast_options;

/* Reads the command line. Returns -1 to go on, or the exit status. */
int blast_options_read(int argc, char **argv, blast_options *o);

#endif
