/* cli/cmd_snmptrap.c: net-snmp's snmptrap and snmpinform: main.c runs it as a command,
 * and when the program is called by one of those names. The texts of errors are
 * net-snmp's. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "cli/netsnmp_dump.h"
#include "cli/netsnmp_options.h"
#include "cli/value.h"
#include "sys/clock.h"
#include "trapline/io.h"

enum { ARENA_BYTES = 4 * 1024 * 1024, NS_PER_CS = TL_NS_PER_S / 100 };

typedef struct trapper {
	netsnmp_options o;
	tl_mib *mib;
	tl_arena *arena;
	value_maker maker;
	char state[4096];
	tl_manager_options manager;
	char agent[512]; /* as given, for messages */
	cli_host host;
	char **args; /* what is not read yet */
	int arg_count;
	tl_outgoing out;
	tl_varbind *vb;
} trapper;

__attribute__((format(printf, 1, 2))) static int
complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

static int
missing(const trapper *t, const char *what)
{
	complain("%s", what);
	return netsnmp_usage(&t->o);
}

static uint32_t
uptime_cs(void)
{
	return (uint32_t)(tl_now_monotonic_ns() / NS_PER_CS);
}

/* What net-snmp says of a name that it does not find. */
static int
unknown_oid(const char *what, const char *name)
{
	size_t first = strcspn(name, ".");

	if (strstr(name, "::") != NULL)
		return complain("%s: Unknown Object Identifier", what);
	return complain("%s: Unknown Object Identifier (Sub-id not found: (top) -> %.*s)",
	    what, (int)first, name);
}

/* TRANSPORT:HOST:PORT. Without a transport net-snmp means UDP over IPv4; an IPv6 address
 * speaks for itself. */
static const struct {
	const char *name;
	int family; /* 0: not supported */
	bool tcp;
} transports[] = { { "udp", 4, false }, { "udp6", 6, false }, { "udpv6", 6, false },
	{ "udpipv6", 6, false }, { "tcp", 4, true }, { "tcp6", 6, true },
	{ "tcpv6", 6, true }, { "tcpipv6", 6, true }, { "unix", 0, false },
	{ "ipx", 0, false }, { "aal5pvc", 0, false }, { "pvc", 0, false },
	{ "tls", 0, false }, { "tlstcp", 0, false }, { "dtls", 0, false },
	{ "dtlsudp", 0, false }, { "ssh", 0, false }, { "alias", 0, false } };

static bool
read_agent(trapper *t, char *text)
{
	size_t len = strcspn(text, ":");

	snprintf(t->agent, sizeof t->agent, "%s", text);
	for (size_t i = 0; i < sizeof transports / sizeof transports[0]; i++) {
		if (text[len] != ':' || strlen(transports[i].name) != len ||
		    strncasecmp(text, transports[i].name, len) != 0)
			continue;
		if (transports[i].family == 0) {
			complain("%s: the transport %.*s is not supported: udp, udp6, "
				 "tcp, tcp6",
			    t->o.program, (int)len, text);
			return false;
		}
		t->manager.family = transports[i].family;
		t->manager.tcp = transports[i].tcp;
		text += len + 1;
		break;
	}
	bool v6 = text[0] == '[';
	if (!cli_read_host(text, &t->host)) {
		complain("%s: Unknown host (%s)", t->o.program, t->agent);
		return false;
	}
	if (t->manager.family == 0)
		t->manager.family = v6 || strchr(t->host.host, ':') != NULL ? 6 : 4;
	return true;
}

static char *
next_argument(trapper *t)
{
	if (t->arg_count == 0)
		return NULL;
	t->arg_count--;
	return *t->args++;
}

/* Numbers as atol() has them. */
static int32_t
loose_number(const char *text)
{
	return (int32_t)(uint64_t)strtoll(text, NULL, 10);
}

static void
set_uptime(trapper *t, const char *text)
{
	t->out.has_uptime = true;
	t->out.uptime_cs = text[0] == '\0' ? uptime_cs() : (uint32_t)loose_number(text);
}

static int
read_enterprise(trapper *t, const char *text)
{
	if (text[0] == '\0')
		text = "1.3.6.1.4.1.3.1.1"; /* what net-snmp takes */
	if (value_oid(&t->maker, text, strlen(text), &t->out.v1.enterprise) == VALUE_GOOD)
		return -1;
	unknown_oid(text, text);
	return netsnmp_usage(&t->o);
}

static int
read_agent_address(trapper *t, const char *text)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_DGRAM },
			*found;

	if (text[0] == '\0')
		return -1;
	if (getaddrinfo(text, NULL, &hints, &found) != 0)
		return complain("unknown host: %s", text);
	const struct sockaddr_in *in = (const struct sockaddr_in *)found->ai_addr;
	memcpy(t->out.agent_address, &in->sin_addr, 4);
	t->out.has_agent_address = true;
	freeaddrinfo(found);
	return -1;
}

/* enterprise-oid agent generic-trap specific-trap uptime */
static int
read_v1(trapper *t)
{
	static const char *const names[] = { "No enterprise oid",
		"Missing agent parameter", "Missing generic-trap parameter",
		"Missing specific-trap parameter", "Missing uptime parameter" };
	int status = -1;

	t->out.v1.present = true;
	for (int i = 0; i < 5 && status < 0; i++) {
		const char *text = next_argument(t);
		if (text == NULL)
			return missing(t, names[i]);
		switch (i) {
		case 0:
			status = read_enterprise(t, text);
			break;
		case 1:
			status = read_agent_address(t, text);
			break;
		case 2:
			t->out.v1.generic = loose_number(text);
			break;
		case 3:
			t->out.v1.specific = loose_number(text);
			break;
		default:
			set_uptime(t, text);
		}
	}
	return status;
}

/* uptime trapoid */
static int
read_v2(trapper *t)
{
	const char *text = next_argument(t);

	if (text == NULL)
		return missing(t, "Missing up-time parameter");
	set_uptime(t, text);
	text = next_argument(t);
	if (text == NULL)
		return missing(t, "Missing trap-oid parameter");
	if (value_oid(&t->maker, text, strlen(text), &t->out.trap_oid) != VALUE_GOOD)
		return unknown_oid(text, text);
	return -1;
}

static int
value_error(value_problem problem, char **triplet)
{
	switch (problem) {
	case VALUE_NAME:
		return unknown_oid(triplet[0], triplet[2]);
	case VALUE_NO_TYPE:
	case VALUE_TYPE:
		return complain(
		    "%s: Bad variable type (\"%.1s\")", triplet[0], triplet[1]);
	case VALUE_RANGE:
		return complain("%s: Value out of range (%s)", triplet[0], triplet[2]);
	case VALUE_ROOM:
		return complain("%s: %s", triplet[0], value_problem_text(problem));
	case VALUE_GOOD:
	case VALUE_NOTATION:
		break;
	}
	return complain("%s: Bad value notation (%s)", triplet[0], triplet[2]);
}

/* [OID TYPE VALUE]... */
static int
read_objects(trapper *t)
{
	t->vb = calloc((size_t)t->arg_count / 3 + 1, sizeof *t->vb);
	if (t->vb == NULL)
		return complain("%s: %s", t->o.program, tl_err_text(TL_ENOMEM));
	t->out.vb = t->vb;
	for (; t->arg_count > 0; t->args += 3, t->arg_count -= 3) {
		char **triplet = t->args;
		tl_varbind *vb = &t->vb[t->out.vb_count++];
		if (t->arg_count < 3)
			return complain(
			    "%s: Missing type/value for variable", triplet[0]);
		if (value_oid(&t->maker, triplet[0], strlen(triplet[0]), &vb->name) !=
		    VALUE_GOOD)
			return unknown_oid(triplet[0], triplet[0]);
		t->maker.cut = false;
		value_problem problem =
		    value_of_letter(&t->maker, triplet[1][0], triplet[2], vb);
		if (problem != VALUE_GOOD)
			return value_error(problem, triplet);
		if (t->maker.cut && vb->type != TL_T_COUNTER64)
			complain("truncating integer value > 32 bits");
	}
	return -1;
}

/* Traps are of our engine, informs of the receiver's. */
static void
set_engine(trapper *t)
{
	tl_sender_options *opt = &t->manager.sender;
	tl_clock *clock = t->o.inform ? &opt->peer : &opt->engine;

	if (t->o.engine_id_len == 0) {
		if (!t->o.inform)
			t->manager.state_dir = cli_usable_state(t->o.program, t->state);
		return;
	}
	memcpy(clock->engine_id, t->o.engine_id, t->o.engine_id_len);
	clock->engine_id_len = (uint8_t)t->o.engine_id_len;
	clock->boots = t->o.boots;
	clock->time_s = t->o.time_s;
	clock->at_ns = tl_now_monotonic_ns();
}

static int
set_v3(trapper *t)
{
	tl_sender_options *opt = &t->manager.sender;
	const char *context = t->o.context != NULL ? t->o.context : "";

	if (!t->o.has_user)
		return complain("%s: No securityName specified", t->o.program);
	opt->user = &t->o.user.user;
	opt->level = t->o.user.user.min_level;
	opt->context_name = (tl_span){ (const uint8_t *)context, strlen(context) };
	opt->context_engine_id =
	    (tl_span){ t->o.context_engine_id, t->o.context_engine_id_len };
	set_engine(t);
	return -1;
}

static int
set_manager(trapper *t)
{
	tl_sender_options *opt = &t->manager.sender;
	const char *community = t->o.community;

	opt->version = t->o.version;
	opt->timeout_ms = t->o.timeout_ms;
	opt->tries = t->o.tries;
	t->manager.watch = t->o.dump ? netsnmp_dump : NULL;
	if (t->o.version == 3)
		return set_v3(t);
	opt->community = (tl_span){ (const uint8_t *)community, strlen(community) };
	return -1;
}

static bool
is_short(const tl_secret *secret)
{
	return secret->kind == TL_SECRET_PASSPHRASE && secret->bytes.len < 8;
}

/* What is longer than SNMP allows: net-snmp sends it. */
static const char *
too_long(const tl_sender_options *opt)
{
	if (opt->community.len > TL_COMMUNITY_MAX)
		return "the community has more than 255 bytes";
	if (opt->context_name.len > TL_COMMUNITY_MAX)
		return "the context name has more than 255 bytes";
	if (opt->user != NULL && opt->user->name.len > TL_USER_NAME_MAX)
		return "the security name has more than 32 bytes";
	return NULL;
}

/* A secret that is none, or too short for the protocol. */
static int
secret_error(const trapper *t)
{
	const tl_user *user = &t->o.user.user;
	bool priv = !is_short(&user->auth_secret) &&
		    (is_short(&user->priv_secret) ||
			(user->auth_secret.kind == TL_SECRET_NONE &&
			    user->priv_secret.kind == TL_SECRET_PASSPHRASE));

	if (is_short(&user->auth_secret) || is_short(&user->priv_secret))
		return complain("Error: passphrase chosen is below the length "
				"requirements of the USM (min=8).\n%s:  (The supplied "
				"password length is too short.)\nError generating a key "
				"(Ku) from the supplied %s pass phrase. ",
		    t->o.program, priv ? "privacy" : "authentication");
	if (priv)
		return complain("%s: \nError generating a key (Ku) from the supplied "
				"privacy pass phrase. ",
		    t->o.program);
	if (user->priv_secret.kind == TL_SECRET_NONE &&
	    user->auth_secret.kind == TL_SECRET_PASSPHRASE)
		return complain("%s: USM generic error", t->o.program);
	if (user->priv_secret.kind == TL_SECRET_KEY ||
	    user->priv_secret.kind == TL_SECRET_MASTER_KEY)
		return complain("%s: USM encryption error", t->o.program);
	return complain(
	    "%s: USM authentication failure (incorrect password or key)", t->o.program);
}

/* The session cannot be opened. */
static int
open_error(const trapper *t, tl_err err)
{
	const char *why = too_long(&t->manager.sender);

	if (err == TL_EIO && errno == ENXIO)
		return complain("%s: Unknown host (%s)", t->o.program, t->agent);
	if (err == TL_ESECRET)
		return secret_error(t);
	if (why == NULL || err != TL_EINVAL)
		why = err == TL_EIO ? strerror(errno) : tl_err_text(err);
	return complain("%s: %s", t->o.program, why);
}

static const char *
result_text(tl_err err, const char *why)
{
	static const struct {
		tl_err err;
		const char *text;
	} texts[] = { { TL_ETIMEOUT, "Timeout" }, { TL_EUSM_USER, "Unknown user name" },
		{ TL_EUSM_DIGEST,
		    "Authentication failure (incorrect password, community or key)" },
		{ TL_EUSM_LEVEL, "Unsupported security level" },
		{ TL_EUSM_TIME, "Not in time window" },
		{ TL_EUSM_DECRYPT, "Decryption error" },
		{ TL_EUSM_ENGINE, "Unknown engine ID" }, { TL_ELIMIT_SIZE, "Too long" } };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i].err == err)
			return texts[i].text;
	return why[0] != '\0' ? why : tl_err_text(err);
}

static int
send_it(trapper *t)
{
	tl_manager *m;
	tl_send_result result = { .why = "" };
	tl_err err = tl_manager_open(t->host.host, t->host.port, &t->manager, &m);

	if (t->o.community != NULL) /* other people see it in the process list */
		explicit_bzero(t->o.community, strlen(t->o.community));
	if (err != TL_OK)
		return open_error(t, err);
	if (t->o.inform)
		err = tl_manager_send_inform(m, &t->out, -1, &result);
	else
		err = tl_manager_send_trap(m, &t->out);
	const char *why = result.why;
	if (err != TL_OK && (why == NULL || why[0] == '\0'))
		why = err == TL_EIO ? strerror(errno)
				    : tl_sender_problem(tl_manager_sender(m))->why;
	int status = EXIT_DONE;
	if (err != TL_OK)
		status = complain("%s: %s", t->o.program, result_text(err, why));
	tl_manager_close(m);
	return status;
}

static int
run(trapper *t)
{
	tl_mib_loaded loaded;
	int status = cli_mibs_load(&t->o.mibs, &t->mib, &loaded);

	if (status >= 0)
		return EXIT_FAILED;
	if (tl_arena_new(ARENA_BYTES, &t->arena) != TL_OK)
		return complain("%s: %s", t->o.program, tl_err_text(TL_ENOMEM));
	t->maker = (value_maker){ .mib = t->mib, .arena = t->arena, .as_netsnmp = true };
	t->args = t->o.arguments;
	t->arg_count = t->o.argument_count;
	t->out.kind = t->o.inform ? TL_INFORM : TL_TRAP;
	status = set_manager(t);
	if (status < 0 && !read_agent(t, next_argument(t)))
		status = EXIT_FAILED;
	if (status < 0 && t->o.version == 1 && t->o.inform)
		status = complain("Cannot send INFORM as SNMPv1 PDU");
	if (status < 0)
		status = t->o.version == 1 ? read_v1(t) : read_v2(t);
	if (status < 0)
		status = read_objects(t);
	return status < 0 ? send_it(t) : status;
}

static int
trap_or_inform(int argc, char **argv, bool inform)
{
	trapper *t = calloc(1, sizeof *t);

	if (t == NULL)
		return complain("%s: %s", argv[0], tl_err_text(TL_ENOMEM));
	t->o.program = inform ? "snmpinform" : "snmptrap";
	t->o.inform = inform;
	int status = netsnmp_options_read(argc, argv, &t->o);
	if (status < 0)
		status = run(t);
	tl_arena_free(t->arena);
	tl_mib_free(t->mib);
	netsnmp_options_free(&t->o);
	free(t->vb);
	explicit_bzero(t, sizeof *t);
	free(t);
	return status;
}

int
cmd_snmptrap(int argc, char **argv)
{
	return trap_or_inform(argc, argv, false);
}

int
cmd_snmpinform(int argc, char **argv)
{
	return trap_or_inform(argc, argv, true);
}
