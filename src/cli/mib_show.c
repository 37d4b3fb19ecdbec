/* cli/mib_show.c: `trapline mib show`: all that is known of a name or an OID. What the
 * dictionary does not hold is read from the definition's text. mib_show_json.c prints the
 * same for programs. */
#include "cli/mib_show.h"

#include <string.h>

#include "base/buf.h"
#include "cli/mib_translate.h"
#include "cli/value.h"

static const char help[] =
    "usage: trapline mib show [OPTIONS] NAME | OID ...\n"
    "\n"
    "Shows all that is known of a definition: OID, type, labels, index, a "
    "notification's\n"
    "objects, the description, and the file and line that it stands in. Of an OID with "
    "an\n"
    "instance it tells the index.\n"
    "\n" CLI_MIBS_HELP
    "  -d, --definition      the definition as it stands in the file, too\n"
    "      --json            an object a line\n"
    "      --help            this text\n"
    "\n"
    "Exit status: 0 all were known, 1 not all, 2 usage.\n"
    "\n"
    "Example: trapline mib show ifOperStatus.3\n";

static const struct option long_options[] = {
	{ "definition", no_argument, NULL, 'd' },
	MIB_LONG_OPTIONS,
};

enum { ARENA_BYTES = 64 * 1024, LEFT = 16, INDENT = 2 };

/* Begins a line of the table. */
static void
put_key(const char *key)
{
	printf("%*s%-*s", INDENT, "", LEFT - INDENT, key);
}

static void
put_line(const char *key, const char *value)
{
	put_key(key);
	puts(value);
}

static void
put_span(const char *key, tl_span value)
{
	if (value.len == 0)
		return;
	put_key(key);
	mib_print(stdout, value);
	putchar('\n');
}

/* A list that goes on below itself at the end of a line. */
typedef struct list {
	const char *key;
	int column, width; /* column 0: it has not begun */
} list;

static void
put_in_list(list *l, tl_span item)
{
	if (l->column == 0) {
		put_key(l->key);
		l->column = LEFT;
	} else if (l->column + 1 + (int)item.len > l->width) {
		printf("\n%*s", LEFT, "");
		l->column = LEFT;
	} else {
		putchar(' ');
		l->column++;
	}
	mib_print(stdout, item);
	l->column += (int)item.len;
}

static void
end_list(const list *l)
{
	if (l->column > 0)
		putchar('\n');
}

static void
put_labels(const shower *s, const tl_mib_node *node)
{
	bool bits = tl_mib_node_form(s->job.mib, node) == TL_MIB_FORM_BITS;
	list l = { .key = bits ? "bits" : "labels", .width = mib_terminal_width() };
	uint8_t room[NAME_ROOM];
	int32_t number;
	tl_span label;

	for (size_t i = 0; tl_mib_node_label_at(s->job.mib, node, i, &label, &number);
	     i++) {
		tl_buf b = { .ptr = room, .cap = sizeof room };
		tl_buf_span(&b, label);
		tl_buf_putc(&b, '(');
		tl_buf_i64(&b, number);
		tl_buf_putc(&b, ')');
		put_in_list(&l, tl_buf_written(&b));
	}
	end_list(&l);
}

static void
put_index(const shower *s, const tl_mib_node *node)
{
	list l = { .key = "index", .width = mib_terminal_width() };
	tl_mib_index_object object;
	uint8_t room[NAME_ROOM];

	for (size_t i = 0; tl_mib_node_index(s->job.mib, node, i, &object); i++) {
		tl_buf b = { .ptr = room, .cap = sizeof room };
		if (object.implied)
			tl_buf_lit(&b, "IMPLIED ");
		if (object.node == NULL)
			tl_buf_lit(&b, "(not defined)");
		else
			tl_buf_span(&b, tl_mib_node_name(s->job.mib, object.node));
		put_in_list(&l, tl_buf_written(&b));
	}
	end_list(&l);
}

static void
put_objects(const shower *s, const tl_mib_node *node)
{
	const tl_mib *mib = s->job.mib;
	const tl_mib_node *object;

	for (size_t i = 0; (object = tl_mib_node_object(mib, node, i)) != NULL; i++) {
		int type = tl_mib_node_type(mib, object);
		put_key(i == 0 ? "objects" : "");
		mib_print_name(stdout, mib, object);
		printf("%s%s\n", type != 0 ? "  " : "",
		    type != 0 ? tl_type_name((tl_type)type) : "");
	}
}

/* The items of an instance: "ifIndex = 3". */
static void
put_instance(const shower *s, const subject *what)
{
	uint8_t room[NAME_ROOM], text[NAME_ROOM];
	tl_buf b = { .ptr = room, .cap = sizeof room };
	tl_mib_index item = { .text = { .ptr = text, .cap = sizeof text } };
	tl_oid rest = what->rest;
	size_t at = 0;

	if (rest.len == 0)
		return;
	mib_put_instance(s->job.mib, what->node, rest, &b);
	put_span("instance", tl_buf_written(&b));
	while (tl_mib_index_next(s->job.mib, what->node, &at, &rest, &item)) {
		put_key("");
		mib_print(stdout, item.name);
		fputs(" = ", stdout);
		if (item.is_number)
			printf("%llu", (unsigned long long)item.value);
		else
			mib_print(stdout, tl_buf_written(&item.text));
		putchar('\n');
		item.text = (tl_buf){ .ptr = text, .cap = sizeof text };
	}
	if (at > 0 && (rest.len > 0 || !item.last))
		put_line("", "and what does not fit its index");
}

/* The name that the type has in the definition, where it is one of its own. */
static void
put_convention(const shower *s, int type)
{
	tl_span name = show_clause(s->text.whole, "SYNTAX");
	const char *plain = tl_type_name((tl_type)type);
	bool own = false;

	for (size_t i = 0; i < name.len; i++)
		own = own || (name.ptr[i] >= 'a' && name.ptr[i] <= 'z');
	if (own && (name.len != strlen(plain) || memcmp(name.ptr, plain, name.len) != 0))
		put_span("convention", name);
}

static void
put_syntax(const shower *s, const tl_mib_node *node)
{
	const tl_mib *mib = s->job.mib;
	int type = tl_mib_node_type(mib, node);
	uint16_t min, max;

	if (type != 0)
		put_line("type", tl_type_name((tl_type)type));
	put_convention(s, type);
	put_labels(s, node);
	put_span("display hint", tl_mib_node_hint(mib, node));
	put_span("units", show_clause(s->text.whole, "UNITS"));
	tl_mib_node_size(mib, node, &min, &max);
	if (type == TL_T_OCTETS && (min > 0 || max < UINT16_MAX)) {
		put_key("size");
		printf(min == max ? "%u\n" : "%u to %u\n", min, max);
	}
}

static void
put_place(const shower *s, const tl_mib_node *node)
{
	uint32_t line;
	tl_span path = tl_mib_node_source(s->job.mib, node, &line);

	put_key("defined in");
	if (path.len == 0) {
		puts("the built-in dictionary");
		return;
	}
	mib_print(stdout, path);
	printf(":%u\n", line);
}

/* Definitions of the same name elsewhere. */
static void
put_others(const shower *s, const tl_mib_node *node)
{
	const tl_mib *mib = s->job.mib;
	const tl_mib_node *other;
	tl_span name = tl_mib_node_name(mib, node);

	for (uint32_t i = 0; (other = tl_mib_at(mib, i)) != NULL; i++) {
		tl_span n = tl_mib_node_name(mib, other);
		if (other == node || n.len != name.len ||
		    memcmp(n.ptr, name.ptr, n.len) != 0)
			continue;
		put_key("same name");
		mib_print_name(stdout, mib, other);
		putchar(' ');
		mib_print_oid(stdout, tl_mib_node_oid(mib, other));
		putchar('\n');
	}
}

static void
put_table(const shower *s, const subject *what)
{
	const tl_mib *mib = s->job.mib;
	const tl_mib_node *node = what->node;
	uint32_t children = show_children(mib, node);

	mib_print_name(stdout, mib, node);
	printf("  %s\n", mib_kind_word(node));
	put_key("oid");
	mib_print_oid(stdout, tl_mib_node_oid(mib, node));
	putchar('\n');
	put_instance(s, what);
	if (tl_mib_node_severity(node) != TL_SEVERITY_NONE)
		put_line("severity", tl_severity_name(tl_mib_node_severity(node)));
	if (tl_mib_node_kind(node) == TL_MIB_OBJECT)
		put_syntax(s, node);
	put_span("status", show_clause(s->text.whole, "STATUS"));
	put_span("access", show_access(s->text.whole));
	put_index(s, node);
	put_span("augments", show_clause(s->text.whole, "AUGMENTS"));
	put_objects(s, node);
	if (children > 0) {
		put_key("children");
		printf("%u\n", children);
	}
	put_place(s, node);
	put_others(s, node);
}

static void
put_text(const shower *s)
{
	mib_layout layout = { INDENT, mib_terminal_width() };

	if (s->text.description.len > 0) {
		putchar('\n');
		mib_print_text(stdout, s->text.description, layout);
	}
	if (s->definition && s->text.whole.len > 0) {
		putchar('\n');
		mib_print_text(stdout, s->text.whole, (mib_layout){ 0, 4096 });
	}
}

/* What |text| names; NULL if it is not known. */
static bool
find_subject(shower *s, const char *text, subject *out)
{
	value_maker maker = { .mib = s->job.mib, .arena = s->arena };
	tl_oid oid;

	tl_arena_reset(s->arena);
	*out = (subject){ .node = tl_mib_find_name(s->job.mib, text, strlen(text)) };
	if (out->node != NULL)
		return true;
	if (value_oid(&maker, text, strlen(text), &oid) != VALUE_GOOD)
		return false;
	tl_mib_match m = tl_mib_find(s->job.mib, oid);
	const tl_mib_node *notification = tl_mib_find_notification(s->job.mib, oid);
	if (notification != NULL)
		m = (tl_mib_match){ .node = notification };
	*out = (subject){ m.node, m.rest };
	return m.node != NULL;
}

static void
show(shower *s, const char *text, bool first)
{
	subject what;

	if (!find_subject(s, text, &what)) {
		cli_error(s->job.mibs.command,
		    "'%s' is not known; 'trapline mib find' searches for a part of it",
		    text);
		s->failed = true;
		return;
	}
	mib_source_find(&s->sources, s->job.mib, what.node, &s->text);
	if (s->job.json) {
		show_json(s, &what);
		return;
	}
	if (!first)
		putchar('\n');
	put_table(s, &what);
	put_text(s);
}

static int
run(shower *s, int argc, char **argv)
{
	if (tl_arena_new(ARENA_BYTES, &s->arena) != TL_OK) {
		cli_error(s->job.mibs.command, "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	for (int i = 0; i < argc; i++)
		show(s, argv[i], i == 0);
	return s->failed ? EXIT_FAILED : EXIT_DONE;
}

static int
read_options(shower *s, int argc, char **argv)
{
	int opt, status = -1;

	while (status < 0 &&
	       (opt = getopt_long(argc, argv, "M:d", long_options, NULL)) != -1) {
		if (opt == 'd')
			s->definition = true;
		else
			status = mib_job_option(&s->job, opt, optarg);
	}
	if (status < 0 && optind >= argc)
		return cli_usage_error(
		    s->job.mibs.command, "a NAME or an OID is missing");
	return status;
}

int
mib_show(int argc, char **argv)
{
	shower s = { .job = { .help = help, .mibs.command = "mib show" },
		.sources.command = "mib show" };
	int status = read_options(&s, argc, argv);

	if (status < 0)
		status = mib_job_open(&s.job);
	if (status < 0)
		status = run(&s, argc - optind, argv + optind);
	tl_arena_free(s.arena);
	mib_sources_free(&s.sources);
	return mib_job_close(&s.job, status);
}
