/* pipeline/enrich_csv.c: tables from CSV files; see enrich_read.h. */
#include <string.h>

#include "pipeline/enrich_read.h"

enum { CSV_COLUMNS_MAX = 256 }; /* of a line; those behind are passed over */

typedef struct csv {
	uint8_t *at, *end;
	uint8_t separator;
	uint32_t line;
	const char *problem;
} csv;

/* The columns of a line. */
typedef struct csv_line {
	tl_span at[CSV_COLUMNS_MAX];
	size_t count; /* may be more */
	uint32_t line;
} csv_line;

bool
read_mark(const read_input *in, size_t *len, read_problem *problem)
{
	const uint8_t *b = in->bytes;

	*len = in->len >= 3 && memcmp(b, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	if (in->len >= 2 &&
	    ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)))
		problem->text = "is in UTF-16; save it as UTF-8";
	return problem->text == NULL;
}

static bool
is_end(uint8_t c)
{
	return c == '\n' || c == '\r';
}

static void
skip_blanks(csv *c)
{
	while (
	    c->at < c->end && (*c->at == ' ' || *c->at == '\t') && *c->at != c->separator)
		c->at++;
}

/* Behind the opening quote: up to the closing one, what is doubled once. */
static tl_span
take_quoted(csv *c)
{
	uint8_t *start = c->at, *to = c->at;

	for (; c->at < c->end; *to++ = *c->at++) {
		c->line += *c->at == '\n';
		if (*c->at != '"')
			continue;
		c->at++;
		if (c->at == c->end || *c->at != '"') {
			skip_blanks(c);
			if (c->at < c->end && *c->at != c->separator && !is_end(*c->at))
				c->problem = "has text behind a closing quote";
			return (tl_span){ start, (size_t)(to - start) };
		}
	}
	c->problem = "has a quote that is not closed";
	return (tl_span){ start, 0 };
}

static tl_span
take_plain(csv *c)
{
	const uint8_t *start = c->at;

	while (c->at < c->end && *c->at != c->separator && !is_end(*c->at))
		c->at++;
	return (tl_span){ start, (size_t)(c->at - start) };
}

static void
skip_line_ends(csv *c)
{
	for (; c->at < c->end && is_end(*c->at); c->at++) {
		bool pair = *c->at == '\r' && c->end - c->at > 1 && c->at[1] == '\n';
		c->at += pair;
		c->line++;
	}
}

/* The next line that has something in it; false at the end, or if it is not well-formed.
 */
static bool
next_line(csv *c, csv_line *out)
{
	skip_line_ends(c);
	out->count = 0;
	out->line = c->line;
	if (c->at == c->end)
		return false;
	for (;;) {
		skip_blanks(c);
		bool quoted = c->at < c->end && *c->at == '"';
		c->at += quoted;
		tl_span cell = quoted ? take_quoted(c) : take_plain(c);
		if (c->problem != NULL)
			return false;
		if (out->count < CSV_COLUMNS_MAX)
			out->at[out->count] = cell;
		out->count++;
		if (c->at == c->end || is_end(*c->at))
			return true;
		c->at++;
	}
}

/* A column's name without the blanks behind it. */
static tl_span
trimmed(tl_span s)
{
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* The number of the column |name|; CSV_COLUMNS_MAX: there is none. */
static size_t
find_column(csv_line *head, const char *name)
{
	size_t len = strlen(name), found = CSV_COLUMNS_MAX;

	if (head->count > CSV_COLUMNS_MAX)
		head->count = CSV_COLUMNS_MAX;
	for (size_t i = 0; i < head->count; i++) {
		head->at[i] = trimmed(head->at[i]);
		if (found == CSV_COLUMNS_MAX && head->at[i].len == len &&
		    memcmp(head->at[i].ptr, name, len) == 0)
			found = i;
	}
	return found;
}

static void
note_absent(csv_line *head, const tl_conf_pairs *fields, rows *to)
{
	for (size_t i = 0; fields != NULL && i < fields->count; i++)
		if (find_column(head, fields->at[i].value) == CSV_COLUMNS_MAX)
			rows_note(to, TABLE_NOTE_ABSENT, head->line);
}

static void
take_row(const csv_line *head, const csv_line *row, size_t key, rows *to)
{
	size_t count = row->count < head->count ? row->count : head->count;

	rows_begin(to, row->line);
	if (row->count != head->count)
		rows_note(to, TABLE_NOTE_WIDTH, row->line);
	for (size_t i = 0; i < count; i++)
		rows_cell(to, head->at[i], row->at[i]);
	rows_end(to, key < count ? row->at[key] : (tl_span){ NULL, 0 });
}

bool
csv_read(const read_input *in, rows *to, read_problem *problem)
{
	csv c = {
		.end = in->bytes + in->len, .separator = (uint8_t)in->separator, .line = 1
	};
	csv_line head, row;
	size_t mark;

	if (!read_mark(in, &mark, problem))
		return false;
	c.at = in->bytes + mark;
	if (!next_line(&c, &head)) {
		*problem =
		    (read_problem){ c.problem != NULL ? c.problem : "is empty", 0 };
		return false;
	}
	size_t key = find_column(&head, in->column);
	if (key == CSV_COLUMNS_MAX) {
		*problem = (read_problem){ "has no column of the name that `column` says",
			head.line };
		return false;
	}
	note_absent(&head, in->fields, to);
	while (next_line(&c, &row))
		take_row(&head, &row, key, to);
	*problem = (read_problem){ c.problem, row.line };
	return c.problem == NULL;
}
