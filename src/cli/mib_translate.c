/* cli/mib_translate.c: `trapline mib translate`: names to OIDs and back, instances
 * included, from arguments or line by line. */
#include "cli/mib_translate.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cli/mib.h"
#include "cli/value.h"

static const char help[] =
    "usage: trapline mib translate [OPTIONS] [NAME | OID ...]\n"
    "\n"
    "Turns names into OIDs and OIDs into names, each as it comes: IF-MIB::ifIndex.3 and\n"
    "1.3.6.1.2.1.2.2.1.1.3. Strings in an index stand in quotes: \"eth0\" with its "
    "length\n"
    "in front, 'eth0' without. Without arguments it reads lines from stdin. What is not\n"
    "known stays as it is, and is told.\n"
    "\n" CLI_MIBS_HELP "      --json            an object a line\n"
    "      --help            this text\n"
    "\n"
    "Exit status: 0 all were known, 1 not all, 2 usage.\n"
    "\n"
    "Example: trapline mib translate linkDown 1.3.6.1.2.1.2.2.1.8.3\n";

static const struct option long_options[] = { MIB_LONG_OPTIONS };

enum { ARENA_BYTES = 64 * 1024, NAME_ROOM = 8192, ITEM_ROOM = 2048 };

typedef struct translator {
	mib_job job;
	tl_arena *arena;
	value_maker maker;
	bool failed;
} translator;

/* How many bytes at the front of |rest| are |count| sub-identifiers. */
static uint32_t
bytes_of(tl_oid rest, size_t count)
{
	uint32_t i = 0;

	for (; count > 0 && i < rest.len; i++)
		count -= (rest.ber[i] & 0x80) == 0;
	return i;
}

/* The sub-identifier at the front of |rest|, which is cut off it. */
static uint32_t
take_arc(tl_oid *rest)
{
	uint32_t arc = 0, used = bytes_of(*rest, 1);

	for (uint32_t i = 0; i < used; i++)
		arc = arc << 7 | (rest->ber[i] & 0x7f);
	rest->ber += used;
	rest->len -= used;
	return arc;
}

/* Whether the sub-identifiers of |arcs| are the characters of |text|, none of which is a
 * quote or not for the eye. */
static bool
spells(tl_oid arcs, tl_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];
		if (arcs.len == 0 || c < ' ' || c > '~' || c == '"' || c == '\'' ||
		    take_arc(&arcs) != c)
			return false;
	}
	return arcs.len == 0;
}

/* Puts the sub-identifiers |arcs| of one index item: as a string in quotes if that is
 * what they are. */
static void
put_item(tl_buf *out, tl_oid arcs, const tl_mib_index *item)
{
	tl_span text = { item->text.ptr, item->text.len };
	tl_oid behind = arcs;
	bool string = !item->is_number && text.len > 0;

	if (string && spells(arcs, text)) {
		tl_buf_lit(out, ".'");
		tl_buf_span(out, text);
		tl_buf_putc(out, '\'');
	} else if (string && take_arc(&behind) == text.len && spells(behind, text)) {
		tl_buf_lit(out, ".\"");
		tl_buf_span(out, text);
		tl_buf_putc(out, '"');
	} else {
		tl_buf_oid_rest(out, arcs);
	}
}

void
mib_put_instance(const tl_mib *mib, const tl_mib_node *node, tl_oid rest, tl_buf *out)
{
	uint8_t room[ITEM_ROOM];
	size_t at = 0;

	for (;;) {
		tl_oid before = rest;
		tl_mib_index item = { .text = { .ptr = room, .cap = sizeof room } };
		if (!tl_mib_index_next(mib, node, &at, &rest, &item))
			break;
		put_item(out, (tl_oid){ before.ber, before.len - rest.len }, &item);
	}
	tl_buf_oid_rest(out, rest);
}

bool
mib_put_name(const tl_mib *mib, tl_oid oid, tl_buf *out)
{
	tl_mib_match m = tl_mib_find(mib, oid);
	const tl_mib_node *notification = tl_mib_find_notification(mib, oid);

	if (m.rest.len > 0 && notification != NULL)
		m = (tl_mib_match){ .node = notification };
	if (m.node == NULL)
		return false;
	tl_mib_node_write_name(mib, m.node, out);
	mib_put_instance(mib, m.node, m.rest, out);
	return !out->full;
}

static void
print(const translator *t, const char *from, tl_span to)
{
	if (!t->job.json) {
		mib_print(stdout, to);
		putchar('\n');
		return;
	}
	fputs("{\"from\":", stdout);
	mib_print_json(stdout, (tl_span){ (const uint8_t *)from, strlen(from) });
	if (to.len > 0) {
		fputs(",\"to\":", stdout);
		mib_print_json(stdout, to);
	}
	puts("}");
}

static void
translate(translator *t, const char *text)
{
	uint8_t room[NAME_ROOM];
	tl_buf out = { .ptr = room, .cap = sizeof room };
	tl_oid oid;
	bool number = *text == '.' || isdigit((unsigned char)*text);
	bool known = false;

	tl_arena_reset(t->arena);
	if (value_oid(&t->maker, text, strlen(text), &oid) == VALUE_GOOD) {
		if (number)
			known = mib_put_name(t->job.mib, oid, &out);
		else
			tl_buf_oid(&out, oid);
		known = known || !number;
	}
	if (known) {
		print(t, text, tl_buf_written(&out));
		return;
	}
	t->failed = true;
	cli_error(t->job.mibs.command, "'%s' is not known", text);
	if (t->job.json)
		print(t, text, (tl_span){ 0 });
	else
		puts(text);
}

static void
translate_lines(translator *t)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&text, &room, stdin)) >= 0) {
		while (len > 0 && isspace((unsigned char)text[len - 1]))
			text[--len] = '\0';
		if (len > 0)
			translate(t, text + strspn(text, " \t"));
		else
			putchar('\n');
	}
	if (ferror(stdin)) {
		cli_error(t->job.mibs.command, "stdin: %s", strerror(errno));
		t->failed = true;
	}
	free(text);
}

static int
run(translator *t, int argc, char **argv)
{
	if (tl_arena_new(ARENA_BYTES, &t->arena) != TL_OK) {
		cli_error(t->job.mibs.command, "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	t->maker = (value_maker){ .mib = t->job.mib, .arena = t->arena };
	for (int i = 0; i < argc; i++)
		translate(t, argv[i]);
	if (argc == 0)
		translate_lines(t);
	return t->failed ? EXIT_FAILED : EXIT_DONE;
}

int
mib_translate(int argc, char **argv)
{
	translator t = { .job = { .help = help, .mibs.command = "mib translate" } };
	int opt, status = -1;

	while (
	    status < 0 && (opt = getopt_long(argc, argv, "M:", long_options, NULL)) != -1)
		status = mib_job_option(&t.job, opt, optarg);
	if (status < 0)
		status = mib_job_open(&t.job);
	if (status < 0)
		status = run(&t, argc - optind, argv + optind);
	tl_arena_free(t.arena);
	return mib_job_close(&t.job, status);
}
