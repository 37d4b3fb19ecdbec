/* cli/mib_find.c: `trapline mib find`: which definitions have a text in their name or in
 * their description. Descriptions are not in the dictionary: the files are searched, and
 * a definition is read only where the text stands in it. */
#include <stdlib.h>
#include <string.h>

#include "cli/mib.h"

static const char help[] =
    "usage: trapline mib find [OPTIONS] TEXT\n"
    "\n"
    "Finds the definitions that have TEXT in their name or description, in letters of "
    "any\n"
    "case; a blank in it stands for any number of blanks and line ends.\n"
    "\n" CLI_MIBS_HELP
    "      --names-only      do not search descriptions, which is faster\n"
    "      --json            an object a line\n"
    "      --help            this text\n"
    "\n"
    "Exit status: 0 something was found, 1 nothing, 2 usage.\n"
    "\n"
    "Example: trapline mib find 'power supply'\n";

enum { OPT_NAMES_ONLY = MIB_OPT_FIRST };

static const struct option long_options[] = {
	{ "names-only", no_argument, NULL, OPT_NAMES_ONLY },
	MIB_LONG_OPTIONS,
};

/* A definition by where it stands. */
typedef struct place {
	tl_span path;
	uint32_t line;
	uint32_t number; /* in the dictionary */
	uint32_t match;  /* in matches: a line of the description */
	uint32_t match_len;
	bool found;
} place;

typedef struct finder {
	mib_job job;
	mib_sources sources;
	bool names_only;
	const char *text;
	tl_vec places;  /* place */
	tl_vec matches; /* char */
} finder;

static char
lower(uint8_t c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* How many bytes of |text| are |what|; 0: it does not begin with it. */
static size_t
match_at(tl_span text, const char *what)
{
	size_t i = 0;

	for (; *what != '\0'; what++) {
		if (i >= text.len)
			return 0;
		if (*what != ' ') {
			if (lower(text.ptr[i++]) != lower((uint8_t)*what))
				return 0;
			continue;
		}
		if (!is_blank(text.ptr[i]))
			return 0;
		while (i < text.len && is_blank(text.ptr[i]))
			i++;
	}
	return i;
}

/* Where |what| is in |text| from |from| on; SIZE_MAX if nowhere. */
static size_t
search(tl_span text, size_t from, const char *what)
{
	for (size_t i = from; i < text.len; i++)
		if (lower(text.ptr[i]) == lower((uint8_t)*what) || *what == ' ')
			if (match_at((tl_span){ text.ptr + i, text.len - i }, what) > 0)
				return i;
	return SIZE_MAX;
}

/* The whole line that stands at |at| in |text|, without the blanks around it. */
static tl_span
line_at(tl_span text, size_t at)
{
	size_t start = at, end = at;

	while (start > 0 && text.ptr[start - 1] != '\n')
		start--;
	while (end < text.len && text.ptr[end] != '\n')
		end++;
	while (start < end && is_blank(text.ptr[start]))
		start++;
	while (end > start && is_blank(text.ptr[end - 1]))
		end--;
	return (tl_span){ text.ptr + start, end - start };
}

static void
print(const finder *f, const place *p)
{
	const tl_mib *mib = f->job.mib;
	const tl_mib_node *node = tl_mib_at(mib, p->number);
	tl_span line = { TL_VEC_AT(&f->matches, uint8_t, p->match), p->match_len };

	if (f->job.json) {
		putchar('{');
		mib_print_json_node(stdout, mib, node);
		if (line.len > 0) {
			fputs(",\"match\":", stdout);
			mib_print_json(stdout, line);
		}
		puts("}");
		return;
	}
	mib_print_name(stdout, mib, node);
	putchar(' ');
	mib_print_oid(stdout, tl_mib_node_oid(mib, node));
	printf(" %s\n", mib_kind_word(node));
	if (line.len > 0)
		mib_print_text(stdout, line, (mib_layout){ 4, 4096 });
}

/* Looks for the text in the description of a definition, and keeps the line. */
static bool
look_at_description(finder *f, place *p)
{
	mib_definition d;

	if (p->match_len > 0 || !mib_source_find(&f->sources, f->job.mib,
				    tl_mib_at(f->job.mib, p->number), &d))
		return true;
	size_t at = search(d.description, 0, f->text);
	if (at == SIZE_MAX)
		return true;
	tl_span line = line_at(d.description, at);
	uint8_t *room = tl_vec_grow(&f->matches, 1, line.len);
	if (room == NULL)
		return false;
	memcpy(room, line.ptr, line.len);
	p->match = f->matches.count - (uint32_t)line.len;
	p->match_len = (uint32_t)line.len;
	p->found = true;
	return true;
}

static int
compare_paths(tl_span a, tl_span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = a.ptr == b.ptr ? 0 : memcmp(a.ptr, b.ptr, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
by_place(const void *a, const void *b)
{
	const place *x = a, *y = b;
	int order = compare_paths(x->path, y->path);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

static int
by_number(const void *a, const void *b)
{
	const place *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static bool
look_at_names(finder *f)
{
	const tl_mib *mib = f->job.mib;
	const tl_mib_node *node;

	for (uint32_t i = 0; (node = tl_mib_at(mib, i)) != NULL; i++) {
		place *p = tl_vec_grow(&f->places, sizeof *p, 1);
		if (p == NULL)
			return false;
		*p = (place){ .number = i };
		p->path = tl_mib_node_source(mib, node, &p->line);
		p->found = search(tl_mib_node_name(mib, node), 0, f->text) != SIZE_MAX;
	}
	return true;
}

/* The last of |count| places, of one file, that begins at |line| or before. */
static place *
place_of_line(place *places, uint32_t count, uint32_t line)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (places[middle].line <= line)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &places[low - 1] : NULL;
}

/* Looks for the text in a file, and closer at the definitions that it stands in. */
static bool
look_at_file(finder *f, place *places, uint32_t count)
{
	uint32_t line = 1;
	size_t counted = 0;
	tl_span text;
	bool good = true;

	if (!mib_source_read(&f->sources, places[0].path, &text))
		return true;
	for (size_t at = 0; good && (at = search(text, at, f->text)) != SIZE_MAX; at++) {
		for (; counted < at; counted++)
			line += text.ptr[counted] == '\n';
		place *p = place_of_line(places, count, line);
		good = p == NULL || look_at_description(f, p);
	}
	return good;
}

static bool
look_at_files(finder *f)
{
	uint32_t count = f->places.count, end;
	place *places = f->places.ptr;

	for (uint32_t i = 0; i < count; i = end) {
		for (end = i + 1; end < count; end++)
			if (compare_paths(places[i].path, places[end].path) != 0)
				break;
		if (places[i].path.len > 0 && !look_at_file(f, places + i, end - i))
			return false;
	}
	return true;
}

static void
sort(finder *f, int (*compare)(const void *, const void *))
{
	if (f->places.count > 0)
		qsort(f->places.ptr, f->places.count, sizeof(place), compare);
}

static int
find(finder *f)
{
	size_t found = 0;
	bool good = look_at_names(f);

	if (!f->names_only) {
		sort(f, by_place);
		good = good && look_at_files(f);
		sort(f, by_number);
	}
	if (!good) {
		cli_error(f->job.mibs.command, "%s", tl_err_text(TL_ENOMEM));
		return EXIT_FAILED;
	}
	for (uint32_t i = 0; i < f->places.count; i++) {
		const place *p = TL_VEC_AT(&f->places, place, i);
		if (p->found)
			print(f, p);
		found += p->found;
	}
	if (found > 0)
		return EXIT_DONE;
	cli_error(f->job.mibs.command, "nothing has '%s' in its %s", f->text,
	    f->names_only ? "name" : "name or description");
	return EXIT_FAILED;
}

/* One blank for any number of them, none at the ends. */
static void
squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++)
		if (!is_blank((uint8_t)*from))
			*to++ = *from;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	if (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
}

static int
read_options(finder *f, int argc, char **argv)
{
	int opt, status = -1;

	while (status < 0 &&
	       (opt = getopt_long(argc, argv, "M:", long_options, NULL)) != -1) {
		if (opt == OPT_NAMES_ONLY)
			f->names_only = true;
		else
			status = mib_job_option(&f->job, opt, optarg);
	}
	if (status >= 0)
		return status;
	if (argc - optind == 1)
		squeeze(argv[optind]);
	if (argc - optind != 1 || argv[optind][0] == '\0')
		return cli_usage_error(f->job.mibs.command, "it takes one TEXT");
	f->text = argv[optind];
	return -1;
}

int
mib_find(int argc, char **argv)
{
	finder f = { .job = { .help = help, .mibs.command = "mib find" },
		.sources.command = "mib find" };
	int status = read_options(&f, argc, argv);

	if (status < 0)
		status = mib_job_open(&f.job);
	if (status < 0)
		status = find(&f);
	tl_vec_free(&f.places);
	tl_vec_free(&f.matches);
	mib_sources_free(&f.sources);
	return mib_job_close(&f.job, status);
}
