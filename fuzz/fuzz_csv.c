/* fuzz/fuzz_csv.c: any bytes as a table. The first says how to read it: CSV or JSON,
 * which keys, which separator. What comes of it are texts that events may have. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pipeline/enrich_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check(tl_span text, size_t max)
{
	if (text.len == 0 || text.len > max || !tl_is_text(text))
		abort();
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < ' ')
			abort();
}

static void
look_up(const table *t, tl_span key)
{
	const uint8_t *row = table_find(t, key);
	event ev = { 0 };

	if (row == NULL)
		return;
	table_put(t, row, &ev);
	for (size_t i = 0; i < ev.j.field_count; i++) {
		check(ev.fields[i].name, TABLE_NAME_MAX);
		check(ev.fields[i].text, TABLE_TEXT_MAX);
	}
}

/* Looks up what stands at the beginning of lines. */
static void
look_up_all(const table *t, const uint8_t *data, size_t len, char separator)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		if (data[i] == separator && from < i)
			look_up(t, (tl_span){ data + from, i - from });
		if (data[i] == '\n' || data[i] == separator || data[i] == '"')
			from = i + 1;
	}
}

static void
read_table(const uint8_t *data, size_t len, uint8_t how)
{
	static const tl_conf_pair pair = { "place", "b" };
	const table_form form = { TABLE_TEXT + (how >> 1 & 7) % TABLE_NET, "a",
		{ &pair, how >> 4 & 1 } };
	uint8_t *copy = malloc(len + 1);
	read_input in = { copy, len, (how & 0x20) != 0 ? '\t' : ',', "a" };
	read_problem problem = { NULL, 0 };
	rows *r = rows_new(&form);

	if (copy == NULL || r == NULL)
		abort();
	memcpy(copy, data, len);
	if (((how & 1) != 0 ? json_read_rows : csv_read)(&in, r, &problem) !=
	    (problem.text == NULL))
		abort();
	table *t = rows_finish(r);
	rows_free(r);
	free(copy);
	if (t == NULL)
		abort();
	look_up_all(t, data, len, (how & 1) != 0 ? '"' : in.separator);
	table_drop(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len > 0)
		read_table(data + 1, len - 1, data[0]);
	return 0;
}
