/* cli/mib_list.c: `trapline mib list`: notifications or objects in the order of their
 * OIDs, or modules in that of their names, as a table, CSV (RFC 4180) or JSON. */
#include <stdlib.h>
#include <string.h>

#include "cli/mib.h"

static const char help[] =
    "usage: trapline mib list [OPTIONS] [notifications | objects | modules]\n"
    "\n"
    "Lists what the MIBs define: notifications by default, in the order of their OIDs.\n"
    "\n" CLI_MIBS_HELP "      --module NAME     of this module only; may be repeated\n"
    "  -f, --format F        table, csv or json (default: table)\n"
    "      --json            as --format json: an object a line\n"
    "      --help            this text\n"
    "\n"
    "Exit status: 0 there were some, 1 there were none, 2 usage.\n"
    "\n"
    "Example: trapline mib list notifications --module IF-MIB\n";

enum { OPT_MODULE = MIB_OPT_FIRST };

static const struct option long_options[] = {
	{ "module", required_argument, NULL, OPT_MODULE },
	{ "format", required_argument, NULL, 'f' },
	MIB_LONG_OPTIONS,
};

enum { COLUMNS = 5, TEXT_ROOM = 65536 };

typedef enum format { FORMAT_TABLE = 0, FORMAT_CSV, FORMAT_JSON } format;

/* A row: one text after the other, each with its length. */
typedef struct row {
	char text[TEXT_ROOM];
	size_t at[COLUMNS], len[COLUMNS], used;
} row;

typedef struct lister {
	mib_job job;
	const struct kind *kind;
	cli_list modules;
	format format;
	tl_vec items; /* uint32_t: numbers of nodes; of modules a node each */
	int widths[COLUMNS];
	row row;
} lister;

typedef struct kind {
	const char *name;
	const char *columns[COLUMNS]; /* up to a NULL */
	const char *list;             /* the column that is an array in JSON */
	tl_mib_kind of;
	void (*fill)(lister *l, uint32_t item);
} kind;

static void
begin(row *r, int column)
{
	r->at[column] = r->used;
	r->len[column] = 0;
}

/* Appends to a column; what does not fit is cut. */
static void
put(row *r, int column, tl_span text)
{
	size_t len = text.len < TEXT_ROOM - r->used ? text.len : TEXT_ROOM - r->used;

	if (len > 0)
		memcpy(r->text + r->used, text.ptr, len);
	r->used += len;
	r->len[column] += len;
}

static void
put_text(row *r, int column, const char *text)
{
	put(r, column, (tl_span){ (const uint8_t *)text, strlen(text) });
}

static tl_span
cell(const row *r, int column)
{
	return (tl_span){ (const uint8_t *)r->text + r->at[column], r->len[column] };
}

/* module, name, OID: what all definitions have. */
static const tl_mib_node *
fill_node(lister *l, uint32_t item)
{
	const tl_mib *mib = l->job.mib;
	const tl_mib_node *node = tl_mib_at(mib, item);
	char oid[TL_OID_TEXT_MAX];

	l->row.used = 0;
	begin(&l->row, 0);
	put(&l->row, 0, tl_mib_node_module(mib, node));
	begin(&l->row, 1);
	put(&l->row, 1, tl_mib_node_name(mib, node));
	begin(&l->row, 2);
	tl_oid_text(tl_mib_node_oid(mib, node), oid);
	put_text(&l->row, 2, oid);
	return node;
}

static void
fill_notification(lister *l, uint32_t item)
{
	const tl_mib_node *node = fill_node(l, item), *object;

	begin(&l->row, 3);
	put_text(&l->row, 3, tl_severity_name(tl_mib_node_severity(node)));
	begin(&l->row, 4);
	for (size_t i = 0; (object = tl_mib_node_object(l->job.mib, node, i)) != NULL;
	     i++) {
		if (i > 0)
			put_text(&l->row, 4, " ");
		put(&l->row, 4, tl_mib_node_name(l->job.mib, object));
	}
}

static void
fill_object(lister *l, uint32_t item)
{
	const tl_mib_node *node = fill_node(l, item);
	tl_mib_index_object object;
	int type = tl_mib_node_type(l->job.mib, node);

	begin(&l->row, 3);
	put_text(&l->row, 3, type != 0 ? tl_type_name((tl_type)type) : "");
	begin(&l->row, 4);
	for (size_t i = 0; tl_mib_node_index(l->job.mib, node, i, &object); i++) {
		if (i > 0)
			put_text(&l->row, 4, " ");
		if (object.node != NULL)
			put(&l->row, 4, tl_mib_node_name(l->job.mib, object.node));
		else
			put_text(&l->row, 4, "?");
	}
}

static void
fill_module(lister *l, uint32_t item)
{
	const tl_mib *mib = l->job.mib;
	const tl_mib_node *node = tl_mib_at(mib, item);
	uint32_t line;

	l->row.used = 0;
	begin(&l->row, 0);
	put(&l->row, 0, tl_mib_node_module(mib, node));
	begin(&l->row, 1);
	put(&l->row, 1, tl_mib_node_source(mib, node, &line));
}

static const kind kinds[] = {
	{ "notifications", { "module", "name", "oid", "severity", "objects" }, "objects",
	    TL_MIB_NOTIFICATION, fill_notification },
	{ "objects", { "module", "name", "oid", "type", "index" }, "index", TL_MIB_OBJECT,
	    fill_object },
	{ "modules", { "module", "file" }, "", 0, fill_module },
};

static bool
has_column(const lister *l, int column)
{
	return column < COLUMNS && l->kind->columns[column] != NULL;
}

/* Makes the columns of the table wide enough for the row. */
static void
widen(lister *l)
{
	for (int c = 0; has_column(l, c); c++)
		if ((int)l->row.len[c] > l->widths[c])
			l->widths[c] = (int)l->row.len[c];
}

static void
print_table_row(const lister *l)
{
	for (int c = 0; has_column(l, c); c++) {
		mib_print(stdout, cell(&l->row, c));
		if (has_column(l, c + 1))
			printf("%*s", l->widths[c] - (int)l->row.len[c] + 2, "");
	}
	putchar('\n');
}

static void
print_csv_row(const lister *l)
{
	for (int c = 0; has_column(l, c); c++) {
		tl_span text = cell(&l->row, c);
		bool quoted = memchr(text.ptr, ',', text.len) != NULL ||
			      memchr(text.ptr, '"', text.len) != NULL ||
			      memchr(text.ptr, '\n', text.len) != NULL;
		fputs(c > 0 ? "," : "", stdout);
		fputs(quoted ? "\"" : "", stdout);
		for (size_t i = 0; i < text.len; i++) {
			if (text.ptr[i] == '"')
				putchar('"');
			putchar(text.ptr[i]);
		}
		fputs(quoted ? "\"" : "", stdout);
	}
	fputs("\r\n", stdout);
}

/* The words of a column as an array. */
static void
print_json_list(tl_span text)
{
	const char *before = "[";

	while (text.len > 0) {
		const uint8_t *end = memchr(text.ptr, ' ', text.len);
		size_t len = end != NULL ? (size_t)(end - text.ptr) : text.len;
		fputs(before, stdout);
		mib_print_json(stdout, (tl_span){ text.ptr, len });
		text.ptr += len + (end != NULL);
		text.len -= len + (end != NULL);
		before = ",";
	}
	fputs(before[0] == '[' ? "[]" : "]", stdout);
}

static void
print_json_row(const lister *l)
{
	const char *before = "{";

	for (int c = 0; has_column(l, c); c++) {
		bool is_list = strcmp(l->kind->columns[c], l->kind->list) == 0;
		if (l->row.len[c] == 0 && !is_list)
			continue;
		printf("%s\"%s\":", before, l->kind->columns[c]);
		if (is_list)
			print_json_list(cell(&l->row, c));
		else
			mib_print_json(stdout, cell(&l->row, c));
		before = ",";
	}
	puts("}");
}

static void
print_row(const lister *l)
{
	switch (l->format) {
	case FORMAT_TABLE:
		print_table_row(l);
		break;
	case FORMAT_CSV:
		print_csv_row(l);
		break;
	case FORMAT_JSON:
		print_json_row(l);
		break;
	}
}

/* The names of the columns, as a row. */
static void
fill_header(lister *l)
{
	l->row.used = 0;
	for (int c = 0; has_column(l, c); c++) {
		begin(&l->row, c);
		put_text(&l->row, c, l->kind->columns[c]);
	}
}

static void
print_all(lister *l)
{
	const uint32_t *items = l->items.ptr;

	fill_header(l);
	widen(l);
	for (uint32_t i = 0; l->format == FORMAT_TABLE && i < l->items.count; i++) {
		l->kind->fill(l, items[i]);
		widen(l);
	}
	fill_header(l);
	if (l->format != FORMAT_JSON)
		print_row(l);
	for (uint32_t i = 0; i < l->items.count; i++) {
		l->kind->fill(l, items[i]);
		print_row(l);
	}
}

static bool
is_wanted(const lister *l, const tl_mib_node *node)
{
	tl_span module = tl_mib_node_module(l->job.mib, node);
	bool wanted = l->modules.count == 0;

	for (size_t i = 0; i < l->modules.count && !wanted; i++)
		wanted = strlen(l->modules.at[i]) == module.len &&
			 memcmp(l->modules.at[i], module.ptr, module.len) == 0;
	return wanted && (l->kind->of == 0 || tl_mib_node_kind(node) == l->kind->of);
}

static int
compare(tl_span a, tl_span b)
{
	int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
by_module(const void *a, const void *b, void *context)
{
	const lister *l = context;
	const tl_mib_node *x = tl_mib_at(l->job.mib, *(const uint32_t *)a);
	const tl_mib_node *y = tl_mib_at(l->job.mib, *(const uint32_t *)b);
	int order =
	    compare(tl_mib_node_module(l->job.mib, x), tl_mib_node_module(l->job.mib, y));

	return order != 0 ? order
			  : (*(const uint32_t *)a > *(const uint32_t *)b) -
				(*(const uint32_t *)a < *(const uint32_t *)b);
}

/* Sub-identifier by sub-identifier; of one OID as the dictionary has them. */
static int
by_oid(const void *a, const void *b, void *context)
{
	const lister *l = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint32_t p[TL_OID_MAX], q[TL_OID_MAX];
	size_t n = tl_oid_arcs(tl_mib_node_oid(l->job.mib, tl_mib_at(l->job.mib, x)), p);
	size_t m = tl_oid_arcs(tl_mib_node_oid(l->job.mib, tl_mib_at(l->job.mib, y)), q);

	for (size_t i = 0; i < n && i < m; i++)
		if (p[i] != q[i])
			return p[i] > q[i] ? 1 : -1;
	return n != m ? (n > m) - (n < m) : (x > y) - (x < y);
}

static bool
same_module(const lister *l, uint32_t a, uint32_t b)
{
	const tl_mib *mib = l->job.mib;

	return compare(tl_mib_node_module(mib, tl_mib_at(mib, a)),
		   tl_mib_node_module(mib, tl_mib_at(mib, b))) == 0;
}

/* Leaves the first definition of each module. */
static void
keep_one_a_module(lister *l)
{
	uint32_t *items = l->items.ptr, kept = 0;

	for (uint32_t i = 0; i < l->items.count; i++)
		if (kept == 0 || !same_module(l, items[kept - 1], items[i]))
			items[kept++] = items[i];
	l->items.count = kept;
}

static bool
collect(lister *l)
{
	bool modules = l->kind->of == 0;
	const tl_mib_node *node;

	for (uint32_t i = 0; (node = tl_mib_at(l->job.mib, i)) != NULL; i++) {
		if (!is_wanted(l, node))
			continue;
		uint32_t *item = tl_vec_grow(&l->items, sizeof *item, 1);
		if (item == NULL)
			return false;
		*item = i;
	}
	if (l->items.count > 0)
		qsort_r(l->items.ptr, l->items.count, sizeof(uint32_t),
		    modules ? by_module : by_oid, l);
	if (modules)
		keep_one_a_module(l);
	return true;
}

static int
list(lister *l)
{
	if (!collect(l)) {
		cli_error(l->job.mibs.command, "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	if (l->items.count == 0) {
		cli_error(l->job.mibs.command, "there are no %s%s", l->kind->name,
		    l->modules.count > 0 ? " in these modules" : "");
		return EXIT_FAILED;
	}
	print_all(l);
	return EXIT_DONE;
}

static int
read_format(lister *l, const char *text)
{
	static const char *const names[] = { "table", "csv", "json" };

	for (int f = FORMAT_TABLE; f <= FORMAT_JSON; f++)
		if (strcmp(text, names[f]) == 0) {
			l->format = (format)f;
			return -1;
		}
	return cli_usage_error(
	    l->job.mibs.command, "there is no format '%s': table, csv or json", text);
}

static int
read_kind(lister *l, const char *text)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(text, kinds[i].name) == 0) {
			l->kind = &kinds[i];
			return -1;
		}
	return cli_usage_error(l->job.mibs.command, "'%s' cannot be listed", text);
}

static int
read_option(lister *l, int opt, char *value)
{
	switch (opt) {
	case 'f':
		return read_format(l, value);
	case OPT_MODULE:
		if (cli_list_add(&l->modules, value))
			return -1;
		cli_error(l->job.mibs.command, "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	case MIB_OPT_JSON:
		l->format = FORMAT_JSON;
		return -1;
	default:
		return mib_job_option(&l->job, opt, value);
	}
}

static int
read_options(lister *l, int argc, char **argv)
{
	int opt, status = -1;

	l->kind = &kinds[0];
	while (status < 0 &&
	       (opt = getopt_long(argc, argv, "M:f:", long_options, NULL)) != -1)
		status = read_option(l, opt, optarg);
	if (status < 0 && argc - optind > 1)
		return cli_usage_error(
		    l->job.mibs.command, "'%s' is too much", argv[optind + 1]);
	return status < 0 && optind < argc ? read_kind(l, argv[optind]) : status;
}

int
mib_list(int argc, char **argv)
{
	lister *l = calloc(1, sizeof *l);

	if (l == NULL) {
		cli_error("mib list", "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	l->job = (mib_job){ .help = help, .mibs.command = "mib list" };
	int status = read_options(l, argc, argv);
	if (status < 0)
		status = mib_job_open(&l->job);
	if (status < 0)
		status = list(l);
	status = mib_job_close(&l->job, status);
	cli_list_free(&l->modules);
	tl_vec_free(&l->items);
	free(l);
	return status;
}
