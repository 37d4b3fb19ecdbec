/* cli/decode_options.c: see decode_options.h. */
#include "cli/decode_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: trapline decode [OPTIONS] [FILE | HEX ...]\n"
    "\n"
    "Explains SNMP datagrams, byte by byte, and tells whether a receiver takes them as\n"
    "notifications: if not, why, where, and what to do. Reads captures (pcap, pcapng),\n"
    "files of hexadecimal text or of one raw datagram, and HEX as it is; standard input\n"
    "without an argument, or for '-'.\n"
    "\n"
    "  -u, --user SPEC       an SNMPv3 user, to authenticate and decrypt; may be "
    "repeated:\n"
    "                        NAME[,auth=PROTOCOL:SECRET][,priv=PROTOCOL:SECRET]\n"
    "                        [,engine=HEX][,level=LEVEL][,window=off]\n"
    "  -c, --community NAME  accept only these v1/v2c communities; may be repeated\n"
    "                        (default: any)\n" CLI_MIBS_HELP
    "  -f, --format F        tree, json, text or kv (default: tree)\n"
    "  -n, --count N         stop after N datagrams\n"
    "  -p, --port PORT       in captures: datagrams from or to this UDP port (default: "
    "162\n"
    "                        and 1162)\n"
    "      --charset NAME    what strings are in that are not UTF-8, to be read: "
    "ISO-8859-1,\n"
    "                        GBK, SHIFT_JIS, ... (iconv -l lists them)\n"
    "      --all             all SNMP messages are wanted: requests and responses are\n"
    "                        shown in full and do not count as refused\n"
    "      --help            this text\n"
    "\n"
    "auth: MD5 SHA-1 SHA-224 SHA-256 SHA-384 SHA-512; priv: DES 3DES AES-128 AES-192\n"
    "AES-256 AES-192-C AES-256-C. SECRET: a passphrase of 8 bytes or more, @FILE, "
    "env:NAME\n"
    "or key:HEX. Exit status: 0 all were notifications, 1 something was refused, 2 "
    "usage.\n"
    "\n"
    "Example: tcpdump -i any -w - udp port 162 | trapline decode -u "
    "noc,auth=SHA:@secret\n";

enum { OPT_ALL = 256, OPT_CHARSET, OPT_HELP };

static const struct option long_options[] = {
	{ "user", required_argument, NULL, 'u' },
	{ "community", required_argument, NULL, 'c' },
	{ "mibs", required_argument, NULL, 'M' },
	{ "format", required_argument, NULL, 'f' },
	{ "count", required_argument, NULL, 'n' },
	{ "port", required_argument, NULL, 'p' },
	{ "charset", required_argument, NULL, OPT_CHARSET },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int
read_format(decode_options *o, const char *text)
{
	static const char *const names[] = { "tree", [TL_FORMAT_JSON] = "json",
		[TL_FORMAT_TEXT] = "text", [TL_FORMAT_KV] = "kv" };

	for (size_t f = 0; f < sizeof names / sizeof names[0]; f++)
		if (strcmp(text, names[f]) == 0) {
			o->format = (tl_format)f;
			return -1;
		}
	return cli_usage_error(
	    "decode", "there is no format '%s': tree, json, text or kv", text);
}

static int
read_number(const char *text, const char *option, uint64_t most, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	if (errno == 0 && *end == '\0' && text[0] >= '0' && text[0] <= '9' && *out > 0 &&
	    *out <= most)
		return -1;
	return cli_usage_error("decode", "%s needs a number from 1%s, not '%s'", option,
	    most == UINT16_MAX ? " to 65535" : "", text);
}

static int
add(cli_list *list, char *value)
{
	if (cli_list_add(list, value))
		return -1;
	cli_error("decode", "%s", tl_err_text(TL_ENOMEM));
	return EXIT_FAILED;
}

static int
read_option(decode_options *o, int opt, char *value)
{
	uint64_t number = 0;
	int status;

	switch (opt) {
	case 'u':
		return add(&o->users, value);
	case 'c':
		return add(&o->communities, value);
	case 'M':
		return cli_mibs_add(&o->mibs, value);
	case 'f':
		return read_format(o, value);
	case 'n':
		return read_number(value, "--count", UINT64_MAX, &o->count);
	case 'p':
		status = read_number(value, "--port", UINT16_MAX, &number);
		o->port = (uint16_t)number;
		return status;
	case OPT_CHARSET:
		return cli_read_charset("decode", value, &o->charset);
	case OPT_ALL:
		o->all = true;
		return -1;
	case OPT_HELP:
		fputs(help, stdout);
		return EXIT_DONE;
	default:
		fputs("Try 'trapline decode --help'.\n", stderr);
		return EXIT_USAGE;
	}
}

int
decode_options_read(int argc, char **argv, decode_options *o)
{
	int opt, status = -1;

	*o = (decode_options){ .count = UINT64_MAX, .mibs.command = "decode" };
	while (status < 0 &&
	       (opt = getopt_long(argc, argv, "u:c:M:f:n:p:", long_options, NULL)) != -1)
		status = read_option(o, opt, optarg);
	o->inputs = argv + optind;
	o->input_count = argc - optind;
	return status;
}

void
decode_options_free(decode_options *o)
{
	cli_list_free(&o->users);
	cli_mibs_free(&o->mibs);
	cli_list_free(&o->communities);
}
