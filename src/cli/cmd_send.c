/* cli/cmd_send.c: `trapline send` and `trapline inform`: from the command line or from
 * events on stdin to a notification, which deliver.c brings to the receivers. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/deliver.h"
#include "cli/objects.h"
#include "cli/send_options.h"
#include "cli/stdin_events.h"
#include "cli/value.h"
#include "sys/clock.h"

enum { ARENA_BYTES = 32 * 1024 * 1024, NS_PER_CS = TL_NS_PER_S / 100 };

typedef struct sending {
	send_options o;
	tl_mib *mib;
	tl_arena *arena;
	value_maker maker;
	tl_user_spec user;
	uint8_t community[TL_SECRET_MAX];
	uint8_t engine_id[TL_ENGINE_ID_MAX];
	char state[4096];
	tl_manager_options manager;
	deliveries to;
	tl_outgoing out;
	tl_varbind *vb;
} sending;

__attribute__((format(printf, 2, 3))) static bool
wrong(sending *s, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	cli_error(s->o.command, "%s", text);
	return false;
}

/* Time since the machine started, as sysUpTime and engineTime of a program that does not
 * stay. */
static uint32_t
uptime_cs(void)
{
	return (uint32_t)(tl_now_monotonic_ns() / NS_PER_CS);
}

static bool
read_community(sending *s)
{
	char problem[256];

	return s->o.community == NULL ||
	       tl_community_read(
		   s->o.community, s->community, &s->manager.sender.community, problem) ||
	       wrong(s, "community: %s", problem);
}

/* The engine that is authoritative: ours for a trap, the receiver's for an inform. */
static void
set_engine(sending *s, tl_span id)
{
	tl_sender_options *opt = &s->manager.sender;
	tl_clock *clock = s->o.kind == TL_TRAP ? &opt->engine : &opt->peer;

	memcpy(clock->engine_id, id.ptr, id.len);
	clock->engine_id_len = (uint8_t)id.len;
	clock->boots = s->o.boots;
	clock->time_s = uptime_cs() / 100;
	clock->at_ns = tl_now_monotonic_ns();
}

static bool
read_user(sending *s)
{
	tl_sender_options *opt = &s->manager.sender;
	char problem[256];

	if (s->o.user == NULL)
		return true;
	if (!tl_user_spec_read(s->o.user, NULL, &s->user, problem))
		return wrong(s, "user %s: %s", s->o.user, problem);
	tl_span id = s->user.user.engine_id;
	if (s->o.engine_id != NULL) {
		size_t len =
		    tl_hex_read(s->o.engine_id, s->engine_id, sizeof s->engine_id);
		if (len == SIZE_MAX || len < TL_ENGINE_ID_MIN)
			return wrong(s, "--engine-id needs 5 to 32 bytes in hexadecimal");
		id = (tl_span){ s->engine_id, len };
		s->user.user.engine_id = id;
	}
	opt->user = &s->user.user;
	opt->level = s->user.user.min_level;
	if (id.len > 0)
		set_engine(s, id);
	else if (s->o.kind == TL_TRAP)
		s->manager.state_dir = s->o.state != NULL
					   ? s->o.state
					   : cli_usable_state(s->o.command, s->state);
	return true;
}

static bool
read_agent(sending *s)
{
	if (s->o.agent == NULL)
		return true;
	s->out.has_agent_address = true;
	return inet_pton(AF_INET, s->o.agent, s->out.agent_address) == 1 ||
	       wrong(s, "--agent needs an IPv4 address, not '%s'", s->o.agent);
}

static bool
set_manager(sending *s)
{
	tl_manager_options *m = &s->manager;
	const char *context = s->o.context;

	m->sender.version = s->o.version;
	m->sender.timeout_ms = s->o.timeout_ms;
	m->sender.tries = s->o.tries;
	m->sender.drop_counter64 = s->o.drop_counter64;
	if (context != NULL)
		m->sender.context_name =
		    (tl_span){ (const uint8_t *)context, strlen(context) };
	m->source = s->o.from;
	if (m->sender.context_name.len > TL_COMMUNITY_MAX)
		return wrong(s, "--context has up to %d bytes", TL_COMMUNITY_MAX);
	return read_community(s) && read_user(s);
}

/* The OID of an argument, or an error that names it. */
static bool
read_oid(sending *s, const char *what, const char *text, tl_oid *out)
{
	return value_oid(&s->maker, text, strlen(text), out) == VALUE_GOOD ||
	       wrong(
		   s, "%s: '%s' is neither an OID nor a name that is known", what, text);
}

static bool
read_i32(const char *text, int32_t *out)
{
	char *end;

	errno = 0;
	long value = strtol(text, &end, 10);
	*out = (int32_t)value;
	return errno == 0 && end != text && *end == '\0' && value >= 0 &&
	       value <= INT32_MAX;
}

/* ENTERPRISE,GENERIC,SPECIFIC */
static bool
read_v1(sending *s)
{
	char *generic = strchr(s->o.v1, ',');
	char *specific = generic != NULL ? strchr(generic + 1, ',') : NULL;

	if (specific == NULL)
		return wrong(s, "--v1 needs ENTERPRISE,GENERIC,SPECIFIC");
	*generic++ = '\0';
	*specific++ = '\0';
	s->out.v1.present = true;
	if (!read_i32(generic, &s->out.v1.generic) || s->out.v1.generic > 6 ||
	    !read_i32(specific, &s->out.v1.specific))
		return wrong(
		    s, "--v1: GENERIC is a number from 0 to 6, SPECIFIC one from 0");
	return read_oid(s, "--v1", s->o.v1, &s->out.v1.enterprise);
}

static bool
read_objects(sending *s)
{
	s->vb = calloc(s->o.object_count + 1, sizeof *s->vb);
	if (s->vb == NULL)
		return wrong(s, "%s", tl_err_text(TL_ENOMEM));
	for (size_t i = 0; i < s->o.object_count; i++) {
		const char *text = s->o.objects[i];
		value_problem problem = value_assignment(&s->maker, text, &s->vb[i]);
		if (problem != VALUE_GOOD)
			return wrong(s, "'%s': %s", text, value_problem_text(problem));
	}
	s->out.vb = s->vb;
	s->out.vb_count = s->o.object_count;
	return true;
}

/* What the command line says is to be sent. */
static bool
read_notification(sending *s)
{
	if (s->o.v1 != NULL
		? !read_v1(s)
		: !read_oid(s, "NOTIFICATION", s->o.notification, &s->out.trap_oid))
		return false;
	if (!read_objects(s))
		return false;
	if (s->o.v1 == NULL && objects_check(s->mib, s->o.command, &s->out) > 0 &&
	    s->o.strict)
		return wrong(s, "refused, as --strict asks");
	return true;
}

static void
set_common(const sending *s, tl_outgoing *out)
{
	out->kind = s->o.kind;
	if (s->o.has_uptime || !out->has_uptime)
		out->uptime_cs = s->o.has_uptime ? s->o.uptime_cs : uptime_cs();
	out->has_uptime = true;
	if (s->out.has_agent_address) {
		out->has_agent_address = true;
		memcpy(out->agent_address, s->out.agent_address, 4);
	}
}

/* Sends the event of one line of stdin. */
static void
send_line(sending *s, size_t number, tl_span line)
{
	event_reader r = { .arena = s->arena };
	tl_outgoing out;

	tl_arena_reset(s->arena);
	if (event_read(&r, line, &out)) {
		set_common(s, &out);
		if (!s->o.strict || objects_check(s->mib, s->o.command, &out) == 0) {
			deliver(&s->to, &out);
			return;
		}
		r.problem = "refused, as --strict asks";
	}
	if (r.is_other)
		return;
	cli_error(s->o.command, "line %zu, column %zu: %s", number, r.column, r.problem);
	s->to.failed = true;
}

static bool
is_blank(tl_span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (memchr(" \t\r\n", line.ptr[i], 4) == NULL)
			return false;
	return true;
}

static void
send_stdin(sending *s)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;

	for (size_t number = 1; (len = getline(&text, &room, stdin)) >= 0; number++) {
		bool ended = len > 0 && text[len - 1] == '\n';
		tl_span line = { (const uint8_t *)text, (size_t)len - ended };
		if (!is_blank(line))
			send_line(s, number, line);
	}
	if (ferror(stdin)) {
		cli_error(s->o.command, "stdin: %s", strerror(errno));
		s->to.failed = true;
	}
	free(text);
}

static bool
failed(const sending *s, tl_err err)
{
	if (err != TL_OK)
		cli_error(s->o.command, "%s", tl_err_text(err));
	return err != TL_OK;
}

static int
run(sending *s)
{
	bool from_stdin =
	    s->o.notification != NULL && strcmp(s->o.notification, "-") == 0;

	tl_mib_loaded loaded;
	int status = cli_mibs_load(&s->o.mibs, &s->mib, &loaded);
	if (status >= 0)
		return status;
	if (failed(s, tl_arena_new(ARENA_BYTES, &s->arena)))
		return EXIT_FAILED;
	s->maker = (value_maker){ .mib = s->mib, .arena = s->arena };
	if (!set_manager(s) || !read_agent(s) || (!from_stdin && !read_notification(s)))
		return EXIT_USAGE;
	s->to.command = s->o.command;
	s->to.quiet = s->o.quiet;
	status = deliver_open(&s->to, s->o.hosts, &s->manager);
	tl_user_spec_wipe(&s->user);
	if (s->o.community != NULL) /* other people see it in the process list */
		explicit_bzero(s->o.community, strlen(s->o.community));
	if (status >= 0)
		return status;
	if (from_stdin) {
		send_stdin(s);
	} else {
		set_common(s, &s->out);
		deliver(&s->to, &s->out);
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		cli_error(s->o.command, "stdout: %s", strerror(errno));
		return EXIT_FAILED;
	}
	return s->to.failed ? EXIT_FAILED : EXIT_DONE;
}

static int
send_or_inform(int argc, char **argv, bool inform)
{
	sending *s = calloc(1, sizeof *s);

	if (s == NULL) {
		cli_error(inform ? "inform" : "send", "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	int status = send_options_read(argc, argv, inform, &s->o);
	if (status < 0)
		status = run(s);
	deliver_close(&s->to);
	tl_user_spec_wipe(&s->user);
	tl_arena_free(s->arena);
	tl_mib_free(s->mib);
	send_options_free(&s->o);
	free(s->vb);
	explicit_bzero(s, sizeof *s);
	free(s);
	return status;
}

int
cmd_send(int argc, char **argv)
{
	return send_or_inform(argc, argv, false);
}

int
cmd_inform(int argc, char **argv)
{
	return send_or_inform(argc, argv, true);
}
