/* cli/listen_options.c: see listen_options.h. */
#include "cli/listen_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: trapline listen [OPTIONS]\n"
    "\n"
    "Receives SNMP notifications, v1, v2c and v3, and prints them, one event after the\n"
    "other. It needs no configuration file.\n"
    "\n"
    "  -l, --listen ADDR     udp:HOST:PORT, an IPv6 HOST in brackets; may be repeated; "
    "port\n"
    "                        0 picks a free one (default: udp:0.0.0.0:1162 and\n"
    "                        udp:[::]:1162)\n"
    "  -c, --community NAME  accept only these v1/v2c communities; may be repeated\n"
    "                        (default: any)\n"
    "  -u, --user SPEC       an SNMPv3 user; may be repeated, also for one name:\n"
    "                        NAME[,auth=PROTOCOL:SECRET][,priv=PROTOCOL:SECRET]\n"
    "                        [,engine=HEX][,level=LEVEL][,window=off]\n" CLI_MIBS_HELP
    "  -f, --format F        json, text or kv (default: text on a terminal, else json)\n"
    "  -n, --count N         stop after N notifications\n"
    "  -w, --write FILE      keep every datagram in a pcapng file that Wireshark opens\n"
    "      --refused         print refused datagrams as events, too\n"
    "      --engine-id HEX   our engine ID for informs (default: made once and kept)\n"
    "      --state DIR       where engine ID, engineBoots and clocks are kept (default:\n"
    "                        $XDG_STATE_HOME/trapline)\n"
    "      --help            this text\n"
    "\n"
    "auth: MD5 SHA-1 SHA-224 SHA-256 SHA-384 SHA-512; priv: DES 3DES AES-128 AES-192\n"
    "AES-256 AES-192-C AES-256-C. SECRET: a passphrase of 8 bytes or more, @FILE, "
    "env:NAME,\n"
    "credential:NAME or key:HEX. LEVEL: noAuthNoPriv, authNoPriv, authPriv: the least "
    "that\n"
    "is accepted.\n"
    "SIGUSR1 prints the counters, SIGINT and SIGTERM print them and end.\n"
    "\n"
    "Example: trapline listen -l udp:0.0.0.0:162 -u "
    "noc,auth=SHA-256:@auth,priv=AES-128:@priv\n";

enum { OPT_REFUSED = 256, OPT_ENGINE_ID, OPT_STATE, OPT_HELP };

static const struct option long_options[] = {
	{ "listen", required_argument, NULL, 'l' },
	{ "community", required_argument, NULL, 'c' },
	{ "user", required_argument, NULL, 'u' },
	{ "mibs", required_argument, NULL, 'M' },
	{ "format", required_argument, NULL, 'f' },
	{ "count", required_argument, NULL, 'n' },
	{ "write", required_argument, NULL, 'w' },
	{ "refused", no_argument, NULL, OPT_REFUSED },
	{ "engine-id", required_argument, NULL, OPT_ENGINE_ID },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int
add(cli_list *list, char *value)
{
	if (cli_list_add(list, value))
		return -1;
	cli_error("listen", "%s", tl_err_text(TL_ENOMEM));
	return EXIT_FAILED;
}

static int
read_format(listen_options *o, const char *text)
{
	static const char *const names[] = { [TL_FORMAT_JSON] = "json",
		[TL_FORMAT_TEXT] = "text",
		[TL_FORMAT_KV] = "kv" };

	for (int f = TL_FORMAT_JSON; f <= TL_FORMAT_KV; f++)
		if (strcmp(text, names[f]) == 0) {
			o->format = (tl_format)f;
			return -1;
		}
	return cli_usage_error(
	    "listen", "there is no format '%s': json, text or kv", text);
}

static int
read_count(listen_options *o, const char *text)
{
	char *end;

	errno = 0;
	o->count = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || text[0] < '0' || text[0] > '9' || o->count == 0)
		return cli_usage_error(
		    "listen", "--count needs a number from 1, not '%s'", text);
	return -1;
}

static int
read_option(listen_options *o, int opt, char *value)
{
	switch (opt) {
	case 'l':
		return add(&o->listen, value);
	case 'c':
		return add(&o->communities, value);
	case 'u':
		return add(&o->users, value);
	case 'M':
		return cli_mibs_add(&o->mibs, value);
	case 'f':
		return read_format(o, value);
	case 'n':
		return read_count(o, value);
	case 'w':
		o->write = value;
		return -1;
	case OPT_REFUSED:
		o->refused = true;
		return -1;
	case OPT_ENGINE_ID:
		o->engine_id = value;
		return -1;
	case OPT_STATE:
		o->state = value;
		return -1;
	case OPT_HELP:
		fputs(help, stdout);
		return EXIT_DONE;
	default:
		fputs("Try 'trapline listen --help'.\n", stderr);
		return EXIT_USAGE;
	}
}

int
listen_options_read(int argc, char **argv, listen_options *o)
{
	int opt, status = -1;

	*o = (listen_options){ .count = UINT64_MAX,
		.mibs = { .command = "listen", .slow_told = true } };
	while (status < 0 && (opt = getopt_long(argc, argv,
				  "l:c:u:M:f:n:w:", long_options, NULL)) != -1)
		status = read_option(o, opt, optarg);
	if (status < 0 && optind < argc)
		return cli_usage_error("listen", "'%s' is not an option", argv[optind]);
	return status;
}

void
listen_options_free(listen_options *o)
{
	cli_list_free(&o->listen);
	cli_list_free(&o->communities);
	cli_list_free(&o->users);
	cli_mibs_free(&o->mibs);
}
