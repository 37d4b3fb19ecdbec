/* cli/cmd_explain.c: `trapline explain`, which shows what a configuration makes of
 * notifications: of a capture, of hexadecimal text, or of events that were printed. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/decode_source.h"
#include "cli/explain.h"
#include "cli/mibs.h"
#include "conf/conf.h"

static const char help[] =
    "usage: trapline explain [-c FILE] [OPTIONS] [FILE | HEX ...]\n"
    "\n"
    "Shows what a configuration makes of notifications: how severe each is and why, "
    "which\n"
    "rules apply and what they change, why the others do not, and which outputs it goes "
    "to.\n"
    "Reads captures (pcap, pcapng), hexadecimal text, one raw datagram, or events as\n"
    "'trapline listen -f json' and the file output write them; standard input without "
    "an\n"
    "argument, or for '-'. Nothing is delivered.\n"
    "\n"
    "  -c, --config FILE     the configuration (default: /etc/trapline/trapline.yaml)\n"
    "      --json            an object a line, for programs\n"
    "  -m, --matched         only the rules that apply\n"
    "  -s, --set NAME=TEXT   a field that a table would add; may be repeated\n"
    "  -n, --count N         stop after N notifications\n"
    "  -p, --port PORT       in captures: datagrams from or to this UDP port (default: "
    "162\n"
    "                        and 1162)\n"
    "      --help            this text\n"
    "\n"
    "Exit status: 0 done, 1 a datagram was refused, 2 usage or configuration.\n"
    "\n"
    "Example: trapline explain -c trapline.yaml --set site=Berlin traps.pcapng\n";

enum { ARENA_BYTES = 8 * 1024 * 1024, ENGINES_MAX = 65536 };
enum { OPT_JSON = 256, OPT_HELP };

typedef struct command {
	const char *path;
	uint64_t left; /* notifications until it stops */
	uint16_t port;
	explain_options opt;
	tl_conf *conf;
	tl_mib *mib;
	tl_engine *engine;
	tl_arena *arena;
	explainer *x;
	int64_t now_ns;
	bool refused; /* something */
} command;

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "matched", no_argument, NULL, 'm' },
	{ "set", required_argument, NULL, 's' },
	{ "count", required_argument, NULL, 'n' },
	{ "port", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static int
out_of_memory(void)
{
	cli_error("explain", "%s", tl_err_text(TL_ENOMEM));
	return EXIT_FAILED;
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
	return cli_usage_error("explain", "%s needs a number from 1%s, not '%s'", option,
	    most == UINT16_MAX ? " to 65535" : "", text);
}

static int
add_field(command *c, char *text)
{
	if (text[0] == '=' || strchr(text, '=') == NULL)
		return cli_usage_error(
		    "explain", "--set needs NAME=TEXT, not '%s'", text);
	return cli_list_add(&c->opt.fields, text) ? -1 : out_of_memory();
}

static int
read_option(command *c, int opt)
{
	uint64_t number = 0;
	int status;

	switch (opt) {
	case 'c':
		c->path = optarg;
		return -1;
	case OPT_JSON:
		c->opt.to = &explain_json;
		return -1;
	case 'm':
		c->opt.matched = true;
		return -1;
	case 's':
		return add_field(c, optarg);
	case 'n':
		return read_number(optarg, "--count", UINT64_MAX, &c->left);
	case 'p':
		status = read_number(optarg, "--port", UINT16_MAX, &number);
		c->port = (uint16_t)number;
		return status;
	case OPT_HELP:
		fputs(help, stdout);
		return EXIT_DONE;
	default:
		fputs("Try 'trapline explain --help'.\n", stderr);
		return EXIT_USAGE;
	}
}

/* Getting ready. */

static int
load_conf(command *c)
{
	tl_conf_errors errors = { 0 };
	tl_err err = tl_conf_load(c->path, &c->conf, &errors);

	cli_print_conf_errors(&errors);
	tl_conf_errors_free(&errors);
	if (err == TL_OK || err == TL_EFORMAT)
		return err == TL_OK ? -1 : EXIT_USAGE;
	cli_error("explain", "%s", tl_err_text(err));
	return EXIT_FAILED;
}

static int
load_mibs(command *c)
{
	cli_mibs mibs = { .command = "explain", .only_given = true, .lenient = true };
	tl_mib_loaded loaded;
	int status = -1;

	for (size_t i = 0; status < 0 && i < c->conf->mibs.count; i++)
		status = cli_mibs_add(&mibs, (char *)(uintptr_t)c->conf->mibs.at[i]);
	if (status < 0)
		status = cli_mibs_load(&mibs, &c->mib, &loaded);
	cli_mibs_free(&mibs);
	return status;
}

/* An engine that refuses what the daemon's would, but for the time window, which depends
 * on what it heard before. */
static tl_err
make_engine(command *c)
{
	tl_engine_options opt = { .max_engines = ENGINES_MAX };
	tl_err err = tl_engine_new(&opt, &c->engine);

	for (size_t i = 0; err == TL_OK && i < c->conf->users.count; i++) {
		tl_user user = tl_conf_user_get(&c->conf->users.at[i]);
		err = tl_engine_add_user(c->engine, &user);
	}
	for (size_t i = 0; err == TL_OK && i < c->conf->communities.count; i++)
		err =
		    tl_engine_add_community(c->engine, c->conf->communities.at[i].bytes);
	return err == TL_OK ? tl_arena_new(ARENA_BYTES, &c->arena) : err;
}

static int
prepare(command *c)
{
	int status = load_conf(c);

	if (status < 0)
		status = load_mibs(c);
	if (status >= 0)
		return status;
	tl_err err = make_engine(c);
	if (err != TL_OK) {
		cli_error("explain", "%s", tl_err_text(err));
		return EXIT_FAILED;
	}
	c->opt.conf = c->conf;
	c->opt.mib = c->mib;
	c->x = explainer_new(&c->opt);
	return c->x != NULL ? -1 : out_of_memory();
}

/* Inputs. */

static tl_err
show_datagram(command *c, tl_datagram *in)
{
	static const tl_span duplicate = { (const uint8_t *)"duplicate", 9 };
	tl_event ev;
	tl_span ack;

	if (in->realtime_ns > c->now_ns)
		c->now_ns = in->realtime_ns;
	in->monotonic_ns = c->now_ns;
	tl_arena_reset(c->arena);
	tl_err err = tl_engine_input(c->engine, in, c->arena, &ev);
	if (err != TL_OK)
		return err;
	c->left--;
	if (ev.kind == TL_EV_REFUSED)
		c->opt.to->refused(in, &ev.refusal);
	else if (ev.kind == TL_EV_DUPLICATE)
		c->opt.to->other(duplicate);
	else
		explainer_show(c->x, ev.n, c->now_ns);
	c->refused |= ev.kind == TL_EV_REFUSED;
	if (ev.kind != TL_EV_NOTIFICATION || ev.n->kind != TL_INFORM)
		return TL_OK;
	return tl_engine_ack(c->engine, ev.n, c->now_ns, c->arena, &ack);
}

/* The object that begins at |at|, as far as the brace that closes it; of any number of
 * lines. Strings may have braces in them. */
static size_t
object_length(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *p = at;
	bool in_string = false;
	size_t depth = 0;

	for (; p < end; p++) {
		if (*p == '\\' && in_string && p + 1 < end)
			p++;
		else if (*p == '"')
			in_string = !in_string;
		else if (!in_string && *p == '{')
			depth++;
		else if (!in_string && *p == '}' && --depth == 0)
			return (size_t)(p + 1 - at);
	}
	return (size_t)(end - at);
}

static int
report_line(const decode_source *s, size_t offset, const char *problem)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < offset && i < s->len; i++) {
		column = s->bytes[i] == '\n' ? 1 : column + 1;
		line += s->bytes[i] == '\n';
	}
	cli_error(
	    "explain", "%s: line %zu, column %zu: %s", s->name, line, column, problem);
	return EXIT_USAGE;
}

static bool
is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Events, one after another. Returns the exit status. */
static int
work_on_events(command *c, const decode_source *s)
{
	size_t at = 0, len = 0;

	for (; c->left > 0; at += len) {
		explain_line line = { .arena = c->arena };
		while (at < s->len && is_blank(s->bytes[at]))
			at++;
		if (at == s->len)
			break;
		if (s->bytes[at] != '{')
			return report_line(s, at, "an event begins with a brace");
		len = object_length(s->bytes + at, s->bytes + s->len);
		tl_arena_reset(c->arena);
		if (explain_line_read(&line, (tl_span){ s->bytes + at, len })) {
			c->left--;
			if (line.n.received_ns > c->now_ns)
				c->now_ns = line.n.received_ns;
			explainer_show(c->x, &line.n, c->now_ns);
		} else if (line.is_other && line.problem == NULL) {
			c->opt.to->other(line.kind);
		} else {
			return report_line(s, at + line.column - 1, line.problem);
		}
	}
	return EXIT_DONE;
}

/* Whether it is JSON: begins with a brace. */
static bool
has_events(const decode_source *s)
{
	size_t at = 0;

	if (s->capture != NULL || !s->is_text)
		return false;
	while (at < s->len && is_blank(s->bytes[at]))
		at++;
	return at < s->len && s->bytes[at] == '{';
}

static int
report(const decode_source *s, tl_err err)
{
	if (s->is_text && s->hex.problem != NULL)
		cli_error(
		    "explain", "%s: line %u: %s", s->name, s->hex.line, s->hex.problem);
	else if (err == TL_EIO && errno == ENOENT)
		cli_error("explain",
		    "'%s' is no file, and no pairs of hexadecimal digits", s->name);
	else
		cli_error("explain", "%s: %s", s->name,
		    err == TL_EIO ? strerror(errno) : tl_err_text(err));
	return EXIT_USAGE;
}

/* All that is in |s|, which was opened with |err|. Returns the exit status. */
static int
work(command *c, decode_source *s, tl_err err)
{
	tl_datagram in;

	if (err != TL_OK)
		return report(s, err);
	if (has_events(s))
		return work_on_events(c, s);
	while (c->left > 0 && err == TL_OK && decode_source_next(s, &in))
		err = show_datagram(c, &in);
	if (err == TL_OK && s->err == TL_OK)
		return EXIT_DONE;
	return report(s, err != TL_OK ? err : s->err);
}

static int
work_on_all(command *c, char **inputs, int left)
{
	static char standard_input[] = "-";
	char *none[] = { standard_input };
	int status = EXIT_DONE;

	if (left == 0) {
		inputs = none;
		left = 1;
	}
	while (left > 0 && status == EXIT_DONE && c->left > 0) {
		decode_source s;
		int texts = decode_texts_at(inputs, left), used = texts > 0 ? texts : 1;
		tl_err err = texts > 0 ? decode_source_texts(&s, inputs, texts)
				       : decode_source_open(&s, inputs[0], c->port);
		status = work(c, &s, err);
		decode_source_close(&s);
		inputs += used;
		left -= used;
	}
	if (fflush(stdout) != 0 && status == EXIT_DONE)
		status = EXIT_FAILED;
	return status == EXIT_DONE && c->refused ? EXIT_FAILED : status;
}

int
cmd_explain(int argc, char **argv)
{
	command c = {
		.path = CLI_CONF_PATH, .left = UINT64_MAX, .opt.to = &explain_text
	};
	int opt, status = -1;

	while (status < 0 &&
	       (opt = getopt_long(argc, argv, "c:ms:n:p:", long_options, NULL)) != -1)
		status = read_option(&c, opt);
	if (status < 0)
		status = prepare(&c);
	if (status < 0)
		status = work_on_all(&c, argv + optind, argc - optind);
	explainer_free(c.x);
	tl_arena_free(c.arena);
	tl_engine_free(c.engine);
	tl_mib_free(c.mib);
	tl_conf_free(c.conf);
	cli_list_free(&c.opt.fields);
	return status;
}
