/* pipeline/enrich_json.c: tables from JSON files; see enrich_read.h. */
#include <string.h>

#include "pipeline/enrich_read.h"
#include "pipeline/json.h"

enum { ROW_ARENA = 1 << 20 }; /* bytes: for the strings of one row with escapes in them */

typedef struct reader {
	json j;
	const char *column;
	rows *to;
	const char *counted; /* lines are counted up to here */
	uint32_t line;
} reader;

static uint32_t
line_now(reader *r)
{
	for (; r->counted < r->j.at; r->counted++)
		r->line += *r->counted == '\n';
	return r->line;
}

/* One row, whose key is |key| unless it says one itself. */
static bool
read_row(reader *r, tl_span key)
{
	bool first = true;
	tl_span name;
	json_value value;

	if (!json_enter(&r->j, '{'))
		return false;
	rows_begin(r->to, line_now(r));
	while (json_next(&r->j, &first, &name)) {
		if (!json_read(&r->j, &value))
			return false;
		if (value.kind == JSON_NULL)
			continue;
		if (name.len == strlen(r->column) &&
		    memcmp(name.ptr, r->column, name.len) == 0)
			key = value.text;
		rows_cell(r->to, name, value.text);
	}
	if (r->j.problem == NULL)
		rows_end(r->to, key);
	return r->j.problem == NULL;
}

static bool
read_rows(reader *r, char bracket)
{
	bool first = true;
	tl_span key = { NULL, 0 };

	if (!json_enter(&r->j, bracket))
		return false;
	while (json_next(&r->j, &first, bracket == '{' ? &key : NULL)) {
		if (!read_row(r, key))
			return false;
		tl_arena_reset(r->j.arena);
	}
	return json_finish(&r->j);
}

bool
json_read_rows(const read_input *in, rows *to, read_problem *problem)
{
	reader r = { .column = in->column, .to = to, .line = 1 };
	size_t mark;
	tl_arena *arena;

	if (!read_mark(in, &mark, problem))
		return false;
	if (tl_arena_new(ROW_ARENA, &arena) != TL_OK) {
		problem->text = "needs more memory than there is";
		return false;
	}
	json_start(&r.j, (tl_span){ in->bytes + mark, in->len - mark }, arena);
	r.counted = r.j.at;
	const char *at = r.j.at;
	while (at < r.j.end && strchr(" \t\r\n", *at) != NULL)
		at++;
	if (!read_rows(&r, at < r.j.end && *at == '{' ? '{' : '['))
		*problem = (read_problem){ r.j.problem, line_now(&r) };
	tl_arena_free(arena);
	return problem->text == NULL;
}
