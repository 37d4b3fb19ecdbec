/* cli/netsnmp_options.c: see netsnmp_options.h. Names, order and texts are net-snmp's, so
 * that scripts which know them go on working. */
#include "cli/netsnmp_options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char usage[] =
    "\n"
    "Sends an SNMP notification with the arguments of net-snmp's program of this name.\n"
    "\n"
    "  -v 1|2c|3             version (default: 3)\n"
    "  -c COMMUNITY          of v1 and v2c\n"
    "  -u USER -l LEVEL      of v3; LEVEL: noAuthNoPriv, authNoPriv or authPriv\n"
    "  -a PROTOCOL           MD5 (the default), SHA, SHA-224, SHA-256, SHA-384, SHA-512\n"
    "  -A PASSPHRASE         or -3m KEY, master, or -3k KEY, localized, in hexadecimal\n"
    "  -x PROTOCOL           DES (the default), AES, AES-192, AES-256, 3DES, AES-192-C,\n"
    "                        AES-256-C\n"
    "  -X PASSPHRASE         or -3M KEY, master, or -3K KEY, localized, in hexadecimal\n"
    "  -e ENGINE-ID          the authoritative engine; -E ENGINE-ID the context's\n"
    "  -n CONTEXT            context name\n"
    "  -Z BOOTS,TIME         engineBoots and engineTime that go with -e\n"
    "  -t SECONDS -r RETRIES of informs (default: 1 and 5)\n"
    "  -C i                  send an inform\n"
    "  -d                    print the messages in hexadecimal\n"
    "  -V                    print the version\n"
    "  -M DIR:...            where MIBs are, in place of the default folders; with + or "
    "-\n"
    "                        in front, besides them (or MIBDIRS in the environment)\n"
    "  -m MIB:...            none if it is empty (or MIBS in the environment); else all "
    "that\n"
    "                        there are\n"
    "  -D -h -H -I -L -O -P -Y are accepted; -h and --help print this text\n"
    "\n"
    "AGENT: [udp:|tcp:]HOST[:PORT] or udp6:|tcp6:[ADDRESS][:PORT]; port 162 by default\n"
    "TRAP-PARAMETERS of -v 1:\n"
    "\t enterprise-oid agent trap-type specific-type uptime [OID TYPE VALUE]...\n"
    "  of -v 2c and 3:\n"
    "\t uptime trapoid [OID TYPE VALUE] ...\n"
    "TYPE: i u c C t a o s x d b n F D I U =\n";

typedef struct parser {
	netsnmp_options *o;
	int argc;
	char **argv;
	uint8_t *auth_room, *priv_room;
} parser;

int
netsnmp_usage(const netsnmp_options *o)
{
	fprintf(
	    stderr, "USAGE: %s [OPTIONS] AGENT TRAP-PARAMETERS\n%s", o->program, usage);
	return EXIT_FAILED;
}

/* A message of net-snmp, and the usage. */
__attribute__((format(printf, 2, 3))) static int
bad(const parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return netsnmp_usage(p->o);
}

static int
read_version(parser *p, const char *text)
{
	static const char *const names[] = { "1", "2c", "3" };

	for (uint8_t i = 0; i < 3; i++)
		if (strcasecmp(text, names[i]) == 0) {
			p->o->version = (uint8_t)(i + 1);
			return -1;
		}
	return bad(p, "Invalid version specified after -v flag: %s", text);
}

static int
read_timeout(parser *p, const char *text)
{
	double seconds = strtod(text, NULL);

	if (!(seconds > 0) || seconds > 86400)
		return bad(p, "Invalid timeout in seconds after -t flag.");
	p->o->timeout_ms = seconds < 0.001 ? 1 : (uint32_t)(seconds * 1000);
	return -1;
}

static int
read_retries(parser *p, const char *text)
{
	long retries = strtol(text, NULL, 10);

	if (text[0] < '0' || text[0] > '9' || retries > 100000)
		return bad(p, "Invalid number of retries after -r flag.");
	p->o->tries = (uint32_t)retries + 1;
	return -1;
}

static int
read_application(parser *p, const char *flags)
{
	for (; *flags != '\0'; flags++) {
		if (*flags != 'i') {
			fprintf(stderr, "Unknown flag passed to -C: %c\n", *flags);
			return EXIT_FAILED;
		}
		p->o->inform = true;
		p->o->program = "snmpinform";
	}
	return -1;
}

static int
read_engine(
    parser *p, char letter, const char *text, uint8_t id[TL_ENGINE_ID_MAX], size_t *len)
{
	uint8_t room[1024];
	size_t n = tl_hex_read(text, room, sizeof room);

	if (n == SIZE_MAX)
		return bad(p, "Bad engine ID value after -3%c flag.", letter);
	if (n < TL_ENGINE_ID_MIN || n > TL_ENGINE_ID_MAX)
		return bad(p, "Invalid engine ID value after -%c flag.", letter);
	memcpy(id, room, n);
	*len = n;
	return -1;
}

/* BOOTS,TIME. Without a comma net-snmp takes the next argument for the time as well. */
static int
read_clock(parser *p, const char *text)
{
	char *end;
	unsigned long boots = strtoul(text, &end, 10), time_s = 0;

	if (end == text || boots > INT32_MAX)
		return bad(p, "Need engine boots value after -3Z flag.");
	bool comma = *end == ',';
	text = comma ? end + 1 : optind < p->argc ? p->argv[optind] : "";
	time_s = strtoul(text, &end, 10);
	if (end == text || time_s > INT32_MAX)
		return bad(p, "Need engine time after \"-%s.",
		    comma || optind >= p->argc ? "3Z engineBoot,\"" : "Z engineBoot\"");
	p->o->boots = (uint32_t)boots;
	p->o->time_s = (uint32_t)time_s;
	return -1;
}

static int
read_level(parser *p, const char *text)
{
	static const struct {
		const char *name;
		tl_level level;
	} names[] = { { "noAuthNoPriv", TL_NOAUTH_NOPRIV }, { "nanp", TL_NOAUTH_NOPRIV },
		{ "1", TL_NOAUTH_NOPRIV }, { "authNoPriv", TL_AUTH_NOPRIV },
		{ "anp", TL_AUTH_NOPRIV }, { "2", TL_AUTH_NOPRIV },
		{ "authPriv", TL_AUTH_PRIV }, { "ap", TL_AUTH_PRIV },
		{ "3", TL_AUTH_PRIV } };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcasecmp(text, names[i].name) == 0) {
			p->o->user.user.min_level = names[i].level;
			return -1;
		}
	return bad(p, "Invalid security level specified after -3l flag: %s", text);
}

/* A passphrase, which is wiped from the arguments. */
static int
read_passphrase(parser *p, char *text, uint8_t room[TL_SECRET_MAX], tl_secret *out)
{
	size_t len = strlen(text);

	if (len > TL_SECRET_MAX)
		return bad(p, "The pass phrase is too long.");
	memcpy(room, text, len);
	explicit_bzero(text, len);
	*out = (tl_secret){ TL_SECRET_PASSPHRASE, { room, len } };
	return -1;
}

static int
read_key(parser *p, char letter, char *text)
{
	bool priv = letter == 'M' || letter == 'K';
	uint8_t *room = priv ? p->priv_room : p->auth_room;
	tl_user *user = &p->o->user.user;
	tl_secret *secret = priv ? &user->priv_secret : &user->auth_secret;
	size_t len = tl_hex_read(text, room, TL_SECRET_MAX);

	if (len == SIZE_MAX)
		return bad(p, "Bad key value after -3%c flag.", letter);
	explicit_bzero(text, strlen(text));
	bool master = letter == 'm' || letter == 'M';
	*secret =
	    (tl_secret){ master ? TL_SECRET_MASTER_KEY : TL_SECRET_KEY, { room, len } };
	return -1;
}

/* The options of v3, as -x and as -3x. */
static int
read_v3(parser *p, char letter, char *value)
{
	tl_user *user = &p->o->user.user;

	switch (letter) {
	case 'u':
		user->name = (tl_span){ (const uint8_t *)value, strlen(value) };
		p->o->has_user = value[0] != '\0';
		return -1;
	case 'n':
		p->o->context = value;
		return -1;
	case 'l':
		return read_level(p, value);
	case 'a':
		if (tl_auth_from_name(value, strlen(value), &user->auth) == TL_OK)
			return -1;
		return bad(p,
		    "Invalid authentication protocol specified after -3a flag: %s",
		    value);
	case 'x':
		if (tl_priv_from_name(value, strlen(value), &user->priv) == TL_OK)
			return -1;
		return bad(
		    p, "Invalid privacy protocol specified after -3x flag: %s", value);
	case 'A':
		return read_passphrase(p, value, p->auth_room, &user->auth_secret);
	case 'X':
		return read_passphrase(p, value, p->priv_room, &user->priv_secret);
	case 'e':
		return read_engine(p, 'e', value, p->o->engine_id, &p->o->engine_id_len);
	case 'E':
		return read_engine(
		    p, 'E', value, p->o->context_engine_id, &p->o->context_engine_id_len);
	case 'Z':
		return read_clock(p, value);
	default:
		return read_key(p, letter, value);
	}
}

/* -3 LETTER[VALUE] [VALUE] */
static int
read_3(parser *p, char *text)
{
	if (text[0] == '\0' || strchr("ZeEnulaAxXmMkK", text[0]) == NULL)
		return bad(p, "Unknown SNMPv3 option passed to -3: %c.", text[0]);
	if (text[1] != '\0')
		return read_v3(p, text[0], text + 1);
	if (optind >= p->argc)
		return bad(p, "Missing argument after SNMPv3 '-3%c' option.", text[0]);
	return read_v3(p, text[0], p->argv[optind++]);
}

/* Letters without meaning here: each of |known|; one of |valued| takes the rest of the
 * text, or the next argument, for its value. */
typedef struct letters_row {
	char option;
	const char *known, *valued, *what;
} letters_row;

static const letters_row letters_rows[] = {
	{ 'O', "0abeEfnqQsStTuUvxX", "p", "output" },
	{ 'I', "bhrRu", "sS", "input" },
	{ 'P', "ucdewWR0123456789", "", "parsing" },
	{ 'L', "eon", "fsEONFS", "logging" },
};

static int
pass_letters(parser *p, char option, const char *text)
{
	const letters_row *row = letters_rows;

	while (row->option != option)
		row++;
	for (; *text != '\0'; text++) {
		if (strchr(row->known, *text) != NULL)
			continue;
		if (strchr(row->valued, *text) == NULL)
			return bad(p, "Unknown %s option passed to -%c: %c.", row->what,
			    option, *text);
		/* Of -LF and -LS a priority comes first. */
		int values = (*text == 'F' || *text == 'S') && option == 'L' ? 2 : 1;
		values -= text[1] != '\0';
		optind += values < p->argc - optind ? values : p->argc - optind;
		return -1;
	}
	return -1;
}

static int
show_version(void)
{
	fprintf(stderr, "trapline version: " TL_VERSION "\n");
	return EXIT_DONE;
}

static int
read_option(parser *p, int opt, char *value)
{
	switch (opt) {
	case 'v':
		return read_version(p, value);
	case 'c':
		p->o->community = value;
		return -1;
	case 't':
		return read_timeout(p, value);
	case 'r':
		return read_retries(p, value);
	case 'C':
		return read_application(p, value);
	case '3':
		return read_3(p, value);
	case 'O':
	case 'I':
	case 'P':
	case 'L':
		return pass_letters(p, (char)opt, value);
	case 'd':
		p->o->dump = true;
		return -1;
	case 'D':
	case 'Y':
		return -1;
	case 'm':
		p->o->mib_modules = value;
		return -1;
	case 'M':
		p->o->mib_dirs = value;
		return -1;
	case 'V':
		return show_version();
	case 'H':
		fprintf(stderr, "No configuration files are read.\n");
		return EXIT_DONE;
	case '-': /* a token of its configuration files, but for two */
		if (strcasecmp(value, "version") == 0)
			return show_version();
		return strcasecmp(value, "help") == 0 ? netsnmp_usage(p->o) : -1;
	case 'p':
		return bad(p, "Warning: -p option is no longer used - specify the remote "
			      "host as HOST:PORT");
	case 'T':
		return bad(p, "TLS and DTLS are not supported.");
	case 'h':
	case '?':
		return netsnmp_usage(p->o);
	default:
		return read_v3(p, (char)opt, value);
	}
}

/* Protocols that were not said are those that net-snmp takes; secrets above the level
 * mean nothing. */
static void
complete_user(netsnmp_options *o)
{
	tl_user *user = &o->user.user;

	if (user->min_level == TL_LEVEL_NONE)
		user->min_level = TL_NOAUTH_NOPRIV;
	if (user->min_level == TL_NOAUTH_NOPRIV) {
		user->auth = TL_AUTH_NONE;
		user->auth_secret = (tl_secret){ TL_SECRET_NONE };
	} else if (user->auth == TL_AUTH_NONE) {
		user->auth = TL_AUTH_MD5;
	}
	if (user->min_level != TL_AUTH_PRIV) {
		user->priv = TL_PRIV_NONE;
		user->priv_secret = (tl_secret){ TL_SECRET_NONE };
	} else if (user->priv == TL_PRIV_NONE) {
		user->priv = TL_PRIV_DES;
	}
}

/* Folders as net-snmp has them: "DIR:DIR" in place of the default ones, "+DIR" and "-DIR"
 * besides them; no modules, no folders. Ours are always first. */
static bool
choose_mibs(netsnmp_options *o)
{
	const char *dirs = o->mib_dirs != NULL ? o->mib_dirs : getenv("MIBDIRS");
	const char *modules = o->mib_modules != NULL ? o->mib_modules : getenv("MIBS");
	bool none = modules != NULL && modules[0] == '\0';

	o->mibs = (cli_mibs){ .command = o->program, .lenient = true };
	o->mibs.only_given = none || (dirs != NULL && dirs[0] != '+' && dirs[0] != '-');
	if (none || dirs == NULL)
		return true;
	o->mib_text = strdup(dirs + (dirs[0] == '+' || dirs[0] == '-'));
	if (o->mib_text == NULL)
		return false;
	for (char *at = o->mib_text; at != NULL;) {
		char *colon = strchr(at, ':');
		if (colon != NULL)
			*colon++ = '\0';
		if (*at != '\0' && !cli_list_add(&o->mibs.given, at))
			return false;
		at = colon;
	}
	return true;
}

void
netsnmp_options_free(netsnmp_options *o)
{
	cli_mibs_free(&o->mibs);
	free(o->mib_text);
}

int
netsnmp_options_read(int argc, char **argv, netsnmp_options *o)
{
	/* Like net-snmp it stops at the first argument: values may begin with a dash. */
	static const char letters[] =
	    "+Y:VhHm:M:O:I:P:D:dv:r:t:c:Z:e:E:n:u:l:x:X:a:A:p:T:-:3:L:C:";
	parser p = { o, argc, argv, o->user.auth, o->user.priv };
	int opt, status = -1;

	o->version = 3;
	while (status < 0 && (opt = getopt(argc, argv, letters)) != -1)
		status = read_option(&p, opt, optarg);
	if (status >= 0)
		return status;
	o->arguments = argv + optind;
	o->argument_count = argc - optind;
	if (o->argument_count == 0)
		return bad(&p, "No hostname specified.");
	if (o->version != 3 && o->community == NULL)
		return bad(&p, "No community name specified.");
	complete_user(o);
	if (choose_mibs(o))
		return -1;
	fprintf(stderr, "%s: %s\n", o->program, tl_err_text(TL_ENOMEM));
	return EXIT_FAILED;
}
