/* cli/send_options.c: see send_options.h. */
#include "cli/send_options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help_head[] =
    "usage: trapline send [OPTIONS] HOST[:PORT][,HOST...] NOTIFICATION "
    "[OBJECT=VALUE ...]\n"
    "       trapline inform [OPTIONS] HOST[:PORT][,HOST...] NOTIFICATION "
    "[OBJECT=VALUE ...]\n"
    "\n"
    "Sends an SNMP notification: 'send' a trap, 'inform' an inform, and waits for its\n"
    "acknowledgement. NOTIFICATION and OBJECT are names or OIDs; a VALUE takes its type\n"
    "from the MIBs, or from a letter in front: i:95. With - in place of\n"
    "NOTIFICATION, events as 'trapline listen -f json' prints them are read from stdin.\n"
    "\n"
    "  -v, --version V       1, 2c or 3 (default: 3 with --user, 1 with --v1, else 2c)\n"
    "  -c, --community NAME  of v1 and v2c, @FILE or env:VARIABLE (default: public)\n"
    "  -u, --user SPEC       of v3: NAME[,auth=PROTOCOL:SECRET][,priv=PROTOCOL:SECRET]\n"
    "                        [,engine=HEX][,level=LEVEL]\n"
    "  -t, --timeout SECONDS until an inform is sent again (default: 1)\n"
    "  -r, --retries N       how often it is sent again (default: 5)\n"
    "      --uptime CS       sysUpTime in hundredths of a second (default: since the\n"
    "                        machine started)\n"
    "      --v1 ENTERPRISE,GENERIC,SPECIFIC\n"
    "                        a v1 trap as it is; there is no NOTIFICATION then\n"
    "      --agent ADDRESS   agent-addr of v1, snmpTrapAddress of v2c and v3\n"
    "      --drop-counter64  leave Counter64 out of a v1 trap, which cannot hold it\n"
    "      --strict          refuse what differs from the notification's definition\n";

static const char help_tail[] =
    "      --context NAME    of v3\n"
    "      --engine-id HEX   of v3: ours for a trap (default: made once and kept), the\n"
    "                        receiver's for an inform (default: it is asked)\n"
    "      --boots N         engineBoots that go with --engine-id, of a trap\n"
    "      --from ADDRESS    our own address\n"
    "      --state DIR       where our engine is kept (default: "
    "$XDG_STATE_HOME/trapline)\n" CLI_MIBS_HELP
    "  -q, --quiet           print what failed only\n"
    "      --help            this text\n"
    "\n"
    "Types: i INTEGER, u Gauge32, c Counter32, C Counter64, t TimeTicks, a IpAddress,\n"
    "o OID, s text, x hexadecimal, d decimal octets, b bits, n NULL, F float, D double.\n"
    "SECRET: a passphrase of 8 bytes or more, @FILE, env:NAME or key:HEX. Exit status: "
    "0\n"
    "if all was sent, and acknowledged; 1 if not; 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  trapline send nms IF-MIB::linkDown ifIndex.3=3 ifAdminStatus.3=up "
    "ifOperStatus.3=down\n"
    "  trapline inform -u noc,auth=SHA-256:@auth,priv=AES-128:@priv nms1,nms2:1162 "
    "coldStart\n"
    "  trapline send nms 1.3.6.1.4.1.12345.0.1 1.3.6.1.4.1.12345.1.1.0=i:95\n";

enum {
	OPT_UPTIME = 256,
	OPT_V1,
	OPT_AGENT,
	OPT_DROP_COUNTER64,
	OPT_STRICT,
	OPT_CONTEXT,
	OPT_ENGINE_ID,
	OPT_BOOTS,
	OPT_FROM,
	OPT_STATE,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "version", required_argument, NULL, 'v' },
	{ "community", required_argument, NULL, 'c' },
	{ "user", required_argument, NULL, 'u' },
	{ "mibs", required_argument, NULL, 'M' },
	{ "timeout", required_argument, NULL, 't' },
	{ "retries", required_argument, NULL, 'r' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "uptime", required_argument, NULL, OPT_UPTIME },
	{ "v1", required_argument, NULL, OPT_V1 },
	{ "agent", required_argument, NULL, OPT_AGENT },
	{ "drop-counter64", no_argument, NULL, OPT_DROP_COUNTER64 },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "context", required_argument, NULL, OPT_CONTEXT },
	{ "engine-id", required_argument, NULL, OPT_ENGINE_ID },
	{ "boots", required_argument, NULL, OPT_BOOTS },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

/* A whole number of the option |name| in a range. */
static int
read_number(const send_options *o, const char *name, const char *text,
    const uint32_t range[2], uint32_t *out)
{
	char *end;

	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9' ||
	    value < range[0] || value > range[1])
		return cli_usage_error(o->command,
		    "--%s needs a number from %u to %u, not '%s'", name, range[0],
		    range[1], text);
	*out = (uint32_t)value;
	return -1;
}

static int
read_version(send_options *o, const char *text)
{
	static const char *const names[] = { "1", "2c", "3" };

	for (uint8_t i = 0; i < 3; i++)
		if (strcmp(text, names[i]) == 0) {
			o->version = (uint8_t)(i + 1);
			return -1;
		}
	return cli_usage_error(o->command, "there is no version '%s': 1, 2c or 3", text);
}

static int
read_timeout(send_options *o, const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end != '\0' || !(seconds >= 0.001) || seconds > 86400)
		return cli_usage_error(
		    o->command, "--timeout needs seconds, not '%s'", text);
	o->timeout_ms = (uint32_t)(seconds * 1000);
	return -1;
}

static int
read_retries(send_options *o, const char *text)
{
	static const uint32_t range[] = { 0, 1000 };
	int status = read_number(o, "retries", text, range, &o->tries);

	o->tries++;
	return status;
}

static int
read_uptime(send_options *o, const char *text)
{
	static const uint32_t range[] = { 0, UINT32_MAX };

	o->has_uptime = true;
	return read_number(o, "uptime", text, range, &o->uptime_cs);
}

static int
read_boots(send_options *o, const char *text)
{
	static const uint32_t range[] = { 1, INT32_MAX };

	return read_number(o, "boots", text, range, &o->boots);
}

static int
show_help(void)
{
	fputs(help_head, stdout);
	fputs(help_tail, stdout);
	return EXIT_DONE;
}

/* Where an option's text or flag is kept; NULL: it needs more. */
static const char **
text_of(send_options *o, int opt)
{
	switch (opt) {
	case OPT_AGENT:
		return &o->agent;
	case OPT_CONTEXT:
		return &o->context;
	case OPT_ENGINE_ID:
		return &o->engine_id;
	case OPT_FROM:
		return &o->from;
	case OPT_STATE:
		return &o->state;
	default:
		return NULL;
	}
}

static bool *
flag_of(send_options *o, int opt)
{
	switch (opt) {
	case 'q':
		return &o->quiet;
	case OPT_DROP_COUNTER64:
		return &o->drop_counter64;
	case OPT_STRICT:
		return &o->strict;
	default:
		return NULL;
	}
}

static int
read_option(send_options *o, int opt, char *value)
{
	const char **text = text_of(o, opt);
	bool *flag = flag_of(o, opt);

	if (text != NULL)
		*text = value;
	if (flag != NULL)
		*flag = true;
	if (text != NULL || flag != NULL)
		return -1;
	switch (opt) {
	case 'v':
		return read_version(o, value);
	case 'c':
		o->community = value;
		return -1;
	case 'u':
		o->user = value;
		return -1;
	case 'M':
		return cli_mibs_add(&o->mibs, value);
	case 't':
		return read_timeout(o, value);
	case 'r':
		return read_retries(o, value);
	case OPT_UPTIME:
		return read_uptime(o, value);
	case OPT_V1:
		o->v1 = value;
		return -1;
	case OPT_BOOTS:
		return read_boots(o, value);
	case OPT_HELP:
		return show_help();
	default:
		fprintf(stderr, "Try 'trapline %s --help'.\n", o->command);
		return EXIT_USAGE;
	}
}

/* What does not go together. */
static const char *
contradiction(const send_options *o)
{
	if (o->version == 3 && o->user == NULL)
		return "v3 needs --user";
	if (o->version != 3 && (o->user != NULL || o->engine_id != NULL ||
				   o->boots != 0 || o->context != NULL))
		return "--user, --engine-id, --boots and --context are of v3";
	if (o->version == 3 && o->community != NULL)
		return "v3 has no community";
	if (o->version == 1 && o->kind == TL_INFORM)
		return "v1 has no informs";
	if (o->v1 != NULL && o->version != 1)
		return "--v1 goes with version 1";
	if (o->boots != 0 && (o->engine_id == NULL || o->kind == TL_INFORM))
		return "--boots goes with --engine-id, of a trap";
	if (o->kind == TL_TRAP && (o->tries != 0 || o->timeout_ms != 0))
		return "a trap is sent once: --timeout and --retries are of informs";
	return NULL;
}

static int
read_arguments(send_options *o, int argc, char **argv)
{
	int wanted = o->v1 != NULL ? 1 : 2;

	if (argc < wanted)
		return cli_usage_error(
		    o->command, "%s is missing", argc == 0 ? "HOST" : "NOTIFICATION");
	o->hosts = argv[0];
	o->notification = wanted == 2 ? argv[1] : NULL;
	o->objects = argv + wanted;
	o->object_count = (size_t)(argc - wanted);
	if (wanted == 2 && strcmp(o->notification, "-") == 0 && o->object_count > 0)
		return cli_usage_error(
		    o->command, "events from stdin bring their own objects");
	return -1;
}

int
send_options_read(int argc, char **argv, bool inform, send_options *o)
{
	int opt, status = -1;

	*o = (send_options){ .command = inform ? "inform" : "send",
		.kind = inform ? TL_INFORM : TL_TRAP };
	o->mibs.command = o->command;
	while (status < 0 &&
	       (opt = getopt_long(argc, argv, "v:c:u:M:t:r:q", long_options, NULL)) != -1)
		status = read_option(o, opt, optarg);
	if (status >= 0)
		return status;
	if (o->version == 0)
		o->version = o->user != NULL ? 3 : o->v1 != NULL ? 1 : 2;
	const char *problem = contradiction(o);
	if (problem != NULL)
		return cli_usage_error(o->command, "%s", problem);
	return read_arguments(o, argc - optind, argv + optind);
}

void
send_options_free(send_options *o)
{
	cli_mibs_free(&o->mibs);
}
