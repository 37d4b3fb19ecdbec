/* cli/blast_options.c: see blast_options.h. */
#include "cli/blast_options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trapline/sender.h"

static const char help[] =
    "usage: trapline blast [OPTIONS] HOST[:PORT]\n"
    "\n"
    "Sends SNMP notifications at a set rate or as fast as possible, and tells what was\n"
    "sent, what was answered and how fast. The port is 162 unless said.\n"
    "\n"
    "  -r, --rate N          datagrams a second (default: as fast as possible)\n"
    "  -n, --count N         end after N datagrams, or informs\n"
    "  -d, --duration S      end after S seconds (default: 10, with --count no limit)\n"
    "  -v, --version V       1, 2c (default) or 3\n"
    "      --mix V=N,...     versions by weight: v1=1,v2c=3\n"
    "  -c, --community NAME  of v1 and v2c (default: public)\n"
    "  -u, --user SPEC       the SNMPv3 user:\n"
    "                        NAME[,auth=PROTOCOL:SECRET][,priv=PROTOCOL:SECRET]\n"
    "                        [,engine=HEX][,level=LEVEL]\n"
    "      --engines M       send v3 traps by turns as M engines (default: 1)\n"
    "      --engine-id HEX   the first engine's ID; the others count up from it\n"
    "      --sources N       send by turns from N addresses of 127.0.0.0/8, to a "
    "loopback\n"
    "                        address of IPv4 (default: 1)\n"
    "      --varbinds N      objects in each (default: 3)\n"
    "      --size BYTES      fill each up to BYTES\n"
    "      --malformed SHARE so many malformed ones: 1% or 0.01\n"
    "      --seed N          which ones, and how (default: 1)\n"
    "  -i, --inform          informs, each until it is acknowledged\n"
    "      --outstanding K   informs that wait at a time (default: 64)\n"
    "      --timeout S       until one is sent again (default: 1)\n"
    "      --retries N       how often (default: 5)\n"
    "      --replay FILE     send the datagrams of a capture, pcap or pcapng, with "
    "their\n"
    "                        own timing\n"
    "      --speed FACTOR    of that timing: 2 is twice as fast, max without pause\n"
    "      --capture-port P  only datagrams to this port in the capture\n"
    "      --seconds S       between progress lines on a terminal (default: 1; 0: none)\n"
    "      --json            the summary as one JSON object\n"
    "      --counters FILE   where the receiver, 'trapline listen', writes its counters\n"
    "                        (its stderr), - for stdin: tell where each datagram went\n"
    "      --help            this text\n"
    "\n"
    "SIGINT ends with the summary. Aim at nothing but your own receivers.\n"
    "\n"
    "Example: trapline blast --rate 50000 --duration 30 --mix v1=1,v2c=3 nms:1162\n";

enum {
	OPT_MIX = 256,
	OPT_ENGINES,
	OPT_ENGINE_ID,
	OPT_SOURCES,
	OPT_VARBINDS,
	OPT_SIZE,
	OPT_MALFORMED,
	OPT_SEED,
	OPT_OUTSTANDING,
	OPT_TIMEOUT,
	OPT_RETRIES,
	OPT_REPLAY,
	OPT_SPEED,
	OPT_CAPTURE_PORT,
	OPT_SECONDS,
	OPT_JSON,
	OPT_COUNTERS,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "rate", required_argument, NULL, 'r' },
	{ "count", required_argument, NULL, 'n' },
	{ "duration", required_argument, NULL, 'd' },
	{ "version", required_argument, NULL, 'v' },
	{ "mix", required_argument, NULL, OPT_MIX },
	{ "community", required_argument, NULL, 'c' },
	{ "user", required_argument, NULL, 'u' },
	{ "engines", required_argument, NULL, OPT_ENGINES },
	{ "engine-id", required_argument, NULL, OPT_ENGINE_ID },
	{ "sources", required_argument, NULL, OPT_SOURCES },
	{ "varbinds", required_argument, NULL, OPT_VARBINDS },
	{ "size", required_argument, NULL, OPT_SIZE },
	{ "malformed", required_argument, NULL, OPT_MALFORMED },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "inform", no_argument, NULL, 'i' },
	{ "outstanding", required_argument, NULL, OPT_OUTSTANDING },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "retries", required_argument, NULL, OPT_RETRIES },
	{ "replay", required_argument, NULL, OPT_REPLAY },
	{ "speed", required_argument, NULL, OPT_SPEED },
	{ "capture-port", required_argument, NULL, OPT_CAPTURE_PORT },
	{ "seconds", required_argument, NULL, OPT_SECONDS },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "counters", required_argument, NULL, OPT_COUNTERS },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

/* Options that are a number, in a field of this kind. */
typedef enum kind { U32, U64, REAL } kind;

typedef struct number {
	int opt;
	const char *name;
	kind kind; /* U32 and U64: whole numbers only */
	double least, most;
	size_t at;
} number;

#define AT(field) offsetof(blast_options, field)
static const number numbers[] = {
	{ 'r', "rate", REAL, 0.001, 1e8, AT(rate) },
	{ 'n', "count", U64, 1, 1e15, AT(count) },
	{ 'd', "duration", REAL, 0.001, 1e8, AT(duration_s) },
	{ OPT_ENGINES, "engines", U32, 1, BLAST_ENGINES_MAX, AT(engines) },
	{ OPT_SOURCES, "sources", U32, 1, BLAST_SOURCES_MAX, AT(sources) },
	{ OPT_VARBINDS, "varbinds", U32, 0, BLAST_VARBINDS_MAX, AT(varbinds) },
	{ OPT_SIZE, "size", U32, 1, TL_DATAGRAM_MAX, AT(size_bytes) },
	{ OPT_SEED, "seed", U64, 0, 1e15, AT(seed) },
	{ OPT_OUTSTANDING, "outstanding", U32, 1, TL_OUTSTANDING_MAX, AT(outstanding) },
	{ OPT_TIMEOUT, "timeout", REAL, 0.001, 3600, AT(timeout_s) },
	{ OPT_RETRIES, "retries", U32, 0, 1000, AT(retries) },
	{ OPT_CAPTURE_PORT, "capture-port", U32, 1, 65535, AT(capture_port) },
	{ OPT_SECONDS, "seconds", REAL, 0, 3600, AT(progress_s) },
};
#undef AT

/* Plain decimal digits; strtod() alone takes more. */
static bool
read_real(const char *text, double *out, const char **rest)
{
	char *end;

	if (text[strspn(text, ".")] < '0' || text[strspn(text, ".")] > '9')
		return false;
	*rest = text + strspn(text, "0123456789.");
	*out = strtod(text, &end);
	return end == *rest && isfinite(*out);
}

static int
read_number(blast_options *o, const number *n, const char *text)
{
	const char *rest;
	double value;

	if (!read_real(text, &value, &rest) || *rest != '\0' || value < n->least ||
	    value > n->most || (n->kind != REAL && value != (double)(uint64_t)value))
		return cli_usage_error("blast",
		    "--%s needs a %snumber from %g to %.15g, "
		    "not '%s'",
		    n->name, n->kind == REAL ? "" : "whole ", n->least, n->most, text);
	char *field = (char *)o + n->at;
	const uint32_t u32 = n->kind == U32 ? (uint32_t)value : 0;
	const uint64_t u64 = (uint64_t)value;
	switch (n->kind) {
	case U32:
		memcpy(field, &u32, sizeof u32);
		break;
	case U64:
		memcpy(field, &u64, sizeof u64);
		break;
	case REAL:
		memcpy(field, &value, sizeof value);
		break;
	}
	return -1;
}

/* The version that |text| of |len| bytes names, with or without a v; 0: none. */
static unsigned
version_of(const char *text, size_t len)
{
	static const char *const names[] = { "", "1", "2c", "3" };

	if (len > 0 && text[0] == 'v') {
		text++;
		len--;
	}
	for (unsigned v = 1; v <= 3; v++)
		if (len == strlen(names[v]) && memcmp(text, names[v], len) == 0)
			return v;
	return 0;
}

static int
read_version(blast_options *o, const char *text)
{
	unsigned version = version_of(text, strlen(text));

	if (version == 0)
		return cli_usage_error(
		    "blast", "there is no version '%s': 1, 2c or 3", text);
	memset(o->weights, 0, sizeof o->weights);
	o->weights[version] = 1;
	return -1;
}

static int
read_mix(blast_options *o, const char *text)
{
	const char *at = text;

	memset(o->weights, 0, sizeof o->weights);
	for (;;) {
		size_t name_len = strcspn(at, "=,");
		unsigned version = version_of(at, name_len);
		char *end = NULL;
		if (version == 0 || at[name_len] != '=' || at[name_len + 1] < '0' ||
		    at[name_len + 1] > '9')
			break;
		unsigned long weight = strtoul(at + name_len + 1, &end, 10);
		if (weight == 0 || weight > BLAST_WEIGHT_MAX || o->weights[version] != 0)
			break;
		o->weights[version] = (uint32_t)weight;
		if (*end == '\0')
			return -1;
		if (*end != ',')
			break;
		at = end + 1;
	}
	return cli_usage_error("blast",
	    "--mix needs versions with weights from 1 to %d, as v1=1,v2c=3, not '%s'",
	    BLAST_WEIGHT_MAX, text);
}

static int
read_share(blast_options *o, const char *text)
{
	const char *rest;
	bool good = read_real(text, &o->malformed, &rest);

	if (good && *rest == '%') {
		o->malformed /= 100;
		rest++;
	}
	if (!good || *rest != '\0' || o->malformed > 1)
		return cli_usage_error(
		    "blast", "--malformed needs a share, as 1%% or 0.01, not '%s'", text);
	return -1;
}

static int
read_speed(blast_options *o, const char *text)
{
	const char *rest;

	if (strcmp(text, "max") == 0) {
		o->speed = 0;
		return -1;
	}
	if (!read_real(text, &o->speed, &rest) || *rest != '\0' || o->speed < 0.001 ||
	    o->speed > 1e6)
		return cli_usage_error("blast",
		    "--speed needs a factor from 0.001 to 1000000, or max, not '%s'",
		    text);
	return -1;
}

static int
read_option(blast_options *o, int opt, char *value)
{
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (numbers[i].opt == opt)
			return read_number(o, &numbers[i], value);
	switch (opt) {
	case 'v':
		return read_version(o, value);
	case OPT_MIX:
		return read_mix(o, value);
	case OPT_MALFORMED:
		return read_share(o, value);
	case OPT_SPEED:
		return read_speed(o, value);
	case 'c':
		o->community = value;
		return -1;
	case 'u':
		o->user = value;
		return -1;
	case OPT_ENGINE_ID:
		o->engine_id = value;
		return -1;
	case 'i':
		o->inform = true;
		return -1;
	case OPT_REPLAY:
		o->replay = value;
		return -1;
	case OPT_JSON:
		o->json = true;
		return -1;
	case OPT_COUNTERS:
		o->counters = value;
		return -1;
	case OPT_HELP:
		fputs(help, stdout);
		return EXIT_DONE;
	default:
		fputs("Try 'trapline blast --help'.\n", stderr);
		return EXIT_USAGE;
	}
}

/* Options that contradict each other; NULL if none do. */
static const char *
contradiction(const blast_options *o)
{
	if (o->replay != NULL && (o->inform || o->malformed > 0 || o->rate > 0))
		return "--replay sends a capture as it is: without --inform, --malformed "
		       "and --rate";
	if (o->replay == NULL && (o->speed != 1 || o->capture_port != 0))
		return "--speed and --capture-port are for --replay";
	if (o->inform && o->malformed > 0)
		return "a malformed inform is never acknowledged: --inform or "
		       "--malformed";
	if (o->inform && o->weights[1] != 0)
		return "SNMPv1 has no informs";
	if (o->inform && o->engines > 1)
		return "--engines is for traps: of an inform the receiver's engine "
		       "counts";
	if (o->replay == NULL && o->weights[3] != 0 && o->user == NULL)
		return "SNMPv3 needs a user: --user SPEC";
	return NULL;
}

static int
read_target(int argc, char **argv, blast_options *o)
{
	if (optind != argc - 1)
		return optind < argc ? cli_usage_error("blast",
					   "'%s' is one host too many", argv[optind + 1])
				     : cli_usage_error("blast", "to which HOST[:PORT]?");
	if (!cli_read_host(argv[optind], &o->to))
		return cli_usage_error("blast", "a target is HOST[:PORT], an IPv6 "
						"address with a port in brackets");
	if (o->to.port == 0)
		o->to.port = 162;
	const char *problem = contradiction(o);
	return problem != NULL ? cli_usage_error("blast", "%s", problem) : -1;
}

int
blast_options_read(int argc, char **argv, blast_options *o)
{
	int opt, status = -1;

	*o = (blast_options){ .count = UINT64_MAX,
		.duration_s = INFINITY,
		.weights = { [2] = 1 },
		.engines = 1,
		.sources = 1,
		.varbinds = 3,
		.seed = 1,
		.outstanding = 64,
		.retries = 5,
		.timeout_s = 1,
		.speed = 1,
		.progress_s = 1 };
	while (status < 0 &&
	       (opt = getopt_long(argc, argv, "r:n:d:v:c:u:i", long_options, NULL)) != -1)
		status = read_option(o, opt, optarg);
	if (status < 0)
		status = read_target(argc, argv, o);
	if (status < 0 && o->count == UINT64_MAX && isinf(o->duration_s) &&
	    o->replay == NULL)
		o->duration_s = 10;
	return status;
}
