/* cli/cmd_decode.c: `trapline decode`, which tells why a datagram is dropped, or what it
 * says. The engine judges, as an observer with the clock of the capture; the tree shows.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/decode_options.h"
#include "cli/decode_source.h"
#include "cli/decode_tree.h"
#include "daemon/printer.h"
#include "sys/clock.h"

enum { ARENA_BYTES = 8 * 1024 * 1024, HINT_ROOM = 4096, ENGINES_MAX = 65536 };

/* What was in one input. */
typedef struct tally {
	uint64_t datagrams, notifications, refused, others;
	uint64_t reasons[TL_ERR_COUNT];
} tally;

typedef struct decoder {
	decode_options o;
	tl_engine *engine;
	tl_arena *arena;
	tl_mib *mib;
	tree tree;
	printer out;
	tl_err err; /* that ended the work */
	int64_t now_ns;
	uint64_t left; /* datagrams until it stops */
	tally tally;   /* of the input at hand */
	bool refused;  /* something, in any of them */
} decoder;

static bool
failed(tl_err err, const char *what)
{
	if (err == TL_OK)
		return false;
	cli_error(
	    "decode", "%s: %s", what, err == TL_EIO ? strerror(errno) : tl_err_text(err));
	return true;
}

static bool
make_engine(decoder *d)
{
	tl_engine_options opt = { .max_engines = ENGINES_MAX, .max_duplicates = 1 };

	return !failed(tl_engine_new(&opt, &d->engine), "engine") &&
	       !failed(tl_arena_new(ARENA_BYTES, &d->arena), "memory");
}

static bool
add_credentials(decoder *d)
{
	char problem[256];

	for (size_t i = 0; i < d->o.users.count; i++)
		if (!cli_add_user(d->engine, d->o.users.at[i], problem)) {
			cli_error("decode", "user %s: %s", d->o.users.at[i], problem);
			return false;
		}
	for (size_t i = 0; i < d->o.communities.count; i++) {
		const char *name = d->o.communities.at[i];
		tl_span span = { (const uint8_t *)name, strlen(name) };
		if (failed(tl_engine_add_community(d->engine, span), "community"))
			return false;
	}
	return true;
}

static bool
open_output(decoder *d)
{
	tl_renderer_options opt = { .format = d->o.format, .utc = true };

	opt.mib = d->mib;
	if (d->o.format == 0)
		return !failed(tree_init(&d->tree, stdout, d->mib), "output");
	return !failed(printer_init(&d->out, STDOUT_FILENO, &opt), "output");
}

/* A message that is in order and for somebody else. */
static bool
is_other(const decoder *d, const tl_event *ev)
{
	return d->o.all && ev->kind == TL_EV_REFUSED &&
	       ev->refusal.diag.err == TL_EPDU_TYPE;
}

static void
count(decoder *d, const tl_event *ev)
{
	tally *t = &d->tally;

	d->left--;
	t->datagrams++;
	if (is_other(d, ev)) {
		t->others++;
	} else if (ev->kind != TL_EV_REFUSED) {
		t->notifications++;
	} else {
		d->refused = true;
		t->refused++;
		t->reasons[ev->refusal.diag.err]++;
	}
}

static tl_err
show(decoder *d, const tree_case *c)
{
	bool refused = c->ev->kind == TL_EV_REFUSED;

	if (d->o.format != 0)
		return refused ? printer_refusal(&d->out, c->in, &c->ev->refusal, c->hint)
			       : printer_notification(&d->out, c->ev->n);
	if (refused && c->ev->refusal.diag.err == TL_EPDU_TYPE && c->captured &&
	    !d->o.all)
		tree_print_line(&d->tree, c);
	else
		tree_print(&d->tree, c);
	return TL_OK;
}

/* Judges one datagram and shows it. */
static tl_err
explain(decoder *d, tl_datagram *in, const decode_source *s)
{
	uint8_t room[HINT_ROOM];
	tl_buf hint = { .ptr = room, .cap = sizeof room };
	tl_event ev;

	if (in->realtime_ns > d->now_ns)
		d->now_ns = in->realtime_ns; /* a capture may go back, our clock not */
	in->monotonic_ns = d->now_ns;
	tl_arena_reset(d->arena);
	tl_err err = tl_engine_input(d->engine, in, d->arena, &ev);
	if (err == TL_OK && ev.kind == TL_EV_REFUSED)
		err = tl_engine_hint(d->engine, in, &ev.refusal, &hint);
	if (err != TL_OK)
		return err;
	count(d, &ev);
	const tree_case c = {
		.in = in,
		.ev = &ev,
		.hint = { room, hint.len },
		.number = s->number,
		.captured = s->capture != NULL,
	};
	return show(d, &c);
}

/* Puts |number| of |what| in brackets behind others, if there are any. */
static void
put_part(uint64_t number, const char *what, const char **before)
{
	if (number == 0)
		return;
	fprintf(stderr, "%s%s %llu", *before, what, (unsigned long long)number);
	*before = ", ";
}

/* What was in a capture, in one line. */
static void
sum_up(const decoder *d, const decode_source *s)
{
	static const char *const kinds[TL_FRAME_KINDS] = {
		[TL_FRAME_UNKNOWN_LINK] = "of an unknown link layer",
		[TL_FRAME_CUT] = "captured in part only",
		[TL_FRAME_MALFORMED] = "malformed",
	};
	tl_pcap_counts counts = tl_pcap_counts_of(s->capture);
	const tally *t = &d->tally;
	const char *before = " (";

	fprintf(stderr, "%s: %llu frames", s->name, (unsigned long long)counts.frames);
	for (size_t kind = 0; kind < TL_FRAME_KINDS; kind++)
		if (kinds[kind] != NULL)
			put_part(counts.of[kind], kinds[kind], &before);
	put_part(counts.incomplete, "packets of missing fragments", &before);
	fprintf(stderr, "%s, %llu datagrams, %llu notifications, ",
	    before[0] == ',' ? ")" : "", (unsigned long long)t->datagrams,
	    (unsigned long long)t->notifications);
	if (d->o.all)
		fprintf(stderr, "%llu other messages, ", (unsigned long long)t->others);
	fprintf(stderr, "%llu refused", (unsigned long long)t->refused);
	before = " (";
	for (int err = TL_REFUSAL_FIRST; err < TL_ERR_COUNT; err++)
		put_part(t->reasons[err], tl_err_word((tl_err)err), &before);
	fputs(before[0] == ',' ? ")\n" : "\n", stderr);
}

static bool
report(const decode_source *s)
{
	if (s->err == TL_OK)
		return true;
	if (s->is_text && s->hex.problem != NULL)
		cli_error(
		    "decode", "%s: line %u: %s", s->name, s->hex.line, s->hex.problem);
	else if (s->err == TL_EFORMAT)
		cli_error("decode", "%s: at byte %llu: %s", s->name,
		    (unsigned long long)tl_pcap_problem_of(s->capture).offset,
		    tl_pcap_problem_of(s->capture).what);
	else
		failed(s->err, s->name);
	return false;
}

/* Writes what is kept. */
static tl_err
flush(decoder *d)
{
	if (d->o.format != 0)
		return printer_flush(&d->out);
	return fflush(stdout) == 0 ? TL_OK : TL_EIO;
}

/* Explains all that is in |s|, which was opened with |err|. Returns the exit status. */
static int
work(decoder *d, decode_source *s, tl_err err)
{
	tl_datagram in;

	d->tally = (tally){ 0 };
	if (err == TL_EIO && errno == ENOENT)
		cli_error("decode", "'%s' is no file, and no pairs of hexadecimal digits",
		    s->name);
	else
		failed(err, s->name);
	if (err != TL_OK)
		return EXIT_USAGE;
	while (d->left > 0 && d->err == TL_OK && decode_source_next(s, &in)) {
		d->err = explain(d, &in, s);
		if (d->err == TL_OK && s->live)
			d->err = flush(d);
	}
	if (d->err == TL_OK)
		d->err = flush(d);
	bool good = report(s);
	if (s->capture != NULL) {
		sum_up(d, s);
	} else if (good && d->tally.datagrams == 0) {
		cli_error("decode", "%s: there is no datagram in it", s->name);
		good = false;
	}
	return good ? EXIT_DONE : EXIT_USAGE;
}

static int
work_on_all(decoder *d)
{
	static char standard_input[] = "-";
	char *none[] = { standard_input };
	char **inputs = d->o.input_count > 0 ? d->o.inputs : none;
	int left = d->o.input_count > 0 ? d->o.input_count : 1, status = EXIT_DONE;

	while (left > 0 && status == EXIT_DONE && d->left > 0 && d->err == TL_OK) {
		decode_source s;
		int texts = decode_texts_at(inputs, left), used = texts > 0 ? texts : 1;
		tl_err err = texts > 0 ? decode_source_texts(&s, inputs, texts)
				       : decode_source_open(&s, inputs[0], d->o.port);
		status = work(d, &s, err);
		decode_source_close(&s);
		inputs += used;
		left -= used;
	}
	return status;
}

static int
run(decoder *d)
{
	d->left = d->o.count;
	if (!make_engine(d))
		return EXIT_FAILED;
	if (!add_credentials(d))
		return EXIT_USAGE;
	tl_mib_loaded loaded;
	int status = cli_mibs_load(&d->o.mibs, &d->mib, &loaded);
	if (status >= 0)
		return status;
	if (!open_output(d))
		return EXIT_FAILED;
	status = work_on_all(d);
	if (d->err != TL_OK && !(d->err == TL_EIO && d->out.failed == EPIPE))
		failed(d->err, "stdout");
	if (status != EXIT_DONE)
		return status;
	return d->err != TL_OK || d->refused ? EXIT_FAILED : EXIT_DONE;
}

int
cmd_decode(int argc, char **argv)
{
	static const size_t bytes = sizeof(decoder);
	decoder *d = calloc(1, bytes);

	if (d == NULL) {
		cli_error("decode", "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	int status = decode_options_read(argc, argv, &d->o);
	if (status < 0) {
		status = run(d);
		printer_fini(&d->out);
		tree_fini(&d->tree);
		tl_mib_free(d->mib);
		tl_arena_free(d->arena);
		tl_engine_free(d->engine);
	}
	decode_options_free(&d->o);
	free(d);
	return status;
}
