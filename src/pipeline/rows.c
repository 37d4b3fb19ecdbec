/* pipeline/rows.c: a table being built, by the thread that reads its file. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pipeline/foreign.h"
#include "pipeline/table_key.h"
#include "pipeline/table_parts.h"

typedef struct oddity {
	uint32_t count, first; /* the line */
} oddity;

struct rows {
	const table_form *form;
	table *made;
	tl_vec places; /* uint32_t: of each row */
	tl_vec lines;  /* uint32_t: likewise */
	tl_vec nets;   /* net, whose value is a place */
	bool failed;
	uint8_t cell_count;
	uint32_t has;  /* bits: the columns of the row; the first of equals counts */
	uint32_t line; /* of the row that is being built */
	tl_vec cells;  /* bytes of the row that is being built */
	oddity odd[TABLE_NOTES];
};

rows *
rows_new(const table_form *form)
{
	rows *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->form = form;
	r->made = calloc(1, sizeof *r->made);
	if (r->made == NULL) {
		free(r);
		return NULL;
	}
	r->made->holders = 1;
	r->made->keys = form->keys;
	return r;
}

void
rows_free(rows *r)
{
	if (r == NULL)
		return;
	table_drop(r->made);
	tl_vec_free(&r->places);
	tl_vec_free(&r->lines);
	tl_vec_free(&r->nets);
	tl_vec_free(&r->cells);
	free(r);
}

void
rows_note(rows *r, table_note what, uint32_t line)
{
	if (r->odd[what].count++ == 0)
		r->odd[what].first = line;
}

static bool
equals(tl_span s, const char *text)
{
	return s.len == strlen(text) && (s.len == 0 || memcmp(s.ptr, text, s.len) == 0);
}

/* The number of the field |name|, which is added; EVENT_FIELDS_MAX: no room. */
static unsigned
find_name(rows *r, tl_span name)
{
	table *t = r->made;
	unsigned i = 0;

	while (i < t->name_count && !(t->names[i].len == name.len &&
					memcmp(t->names[i].ptr, name.ptr, name.len) == 0))
		i++;
	if (i < t->name_count || i == EVENT_FIELDS_MAX)
		return i;
	uint8_t *copy = malloc(name.len);
	if (copy == NULL) {
		r->failed = true;
		return EVENT_FIELDS_MAX;
	}
	memcpy(copy, name.ptr, name.len);
	t->names[t->name_count++] = (tl_span){ copy, name.len };
	return i;
}

static void
append(rows *r, tl_vec *to, const void *ptr, size_t len)
{
	void *at = len > 0 ? tl_vec_grow(to, 1, len) : NULL;

	if (at != NULL)
		memcpy(at, ptr, len);
	else if (len > 0)
		r->failed = true;
}

/* |text| made fit into |room|, of FOREIGN_ROOM(max) bytes. */
static tl_span
clean(rows *r, tl_span text, uint8_t *room, size_t max)
{
	tl_buf b = { .ptr = room, .cap = FOREIGN_ROOM(max) };
	unsigned done = foreign_text(text, max, &b);

	if ((done & FOREIGN_CUT) != 0)
		rows_note(r, TABLE_NOTE_CUT, r->line);
	if ((done & FOREIGN_CHARSET) != 0)
		rows_note(r, TABLE_NOTE_CHARSET, r->line);
	return tl_buf_written(&b);
}

static void
add_cell(rows *r, tl_span name, tl_span text)
{
	unsigned column = find_name(r, name);
	uint8_t head[3] = { (uint8_t)column, (uint8_t)(text.len >> 8),
		(uint8_t)text.len };

	if (column == EVENT_FIELDS_MAX) {
		rows_note(r, TABLE_NOTE_COLUMNS, r->line);
		return;
	}
	if ((r->has >> column & 1) != 0)
		return;
	r->has |= (uint32_t)1 << column;
	append(r, &r->cells, head, sizeof head);
	append(r, &r->cells, text.ptr, text.len);
	r->cell_count++;
}

void
rows_begin(rows *r, uint32_t line)
{
	r->line = line;
	r->cells.count = 0;
	r->cell_count = 0;
	r->has = 0;
}

void
rows_cell(rows *r, tl_span column, tl_span text)
{
	const tl_conf_pairs *fields = &r->form->fields;
	uint8_t name_room[FOREIGN_ROOM(TABLE_NAME_MAX)];
	uint8_t text_room[FOREIGN_ROOM(TABLE_TEXT_MAX)];

	if (fields->count == 0 && equals(column, r->form->column))
		return;
	text = clean(r, text, text_room, TABLE_TEXT_MAX);
	if (text.len == 0)
		return;
	for (size_t i = 0; i < fields->count; i++) {
		const tl_conf_pair *pair = &fields->at[i];
		tl_span name = { (const uint8_t *)pair->name, strlen(pair->name) };
		if (equals(column, pair->value))
			add_cell(r, name, text);
	}
	if (fields->count > 0)
		return;
	column = clean(r, column, name_room, TABLE_NAME_MAX);
	if (column.len > 0)
		add_cell(r, column, text);
}

/* The key of the row that ends, in the form in which it is kept; of a network nothing. */
static bool
take_key(rows *r, tl_span text, tl_buf *key)
{
	net n = { .value = r->made->bytes.count };

	if (r->form->keys != TABLE_NET)
		return table_key_write(r->form->keys, text, key) && !key->full;
	if (!table_key_net(text, &n.cidr))
		return false;
	net *at = tl_vec_grow(&r->nets, sizeof n, 1);
	if (at != NULL)
		*at = n;
	else
		r->failed = true;
	return true;
}

static void
add_number(rows *r, tl_vec *to, uint32_t number)
{
	uint32_t *at = tl_vec_grow(to, sizeof number, 1);

	if (at != NULL)
		*at = number;
	else
		r->failed = true;
}

void
rows_end(rows *r, tl_span key)
{
	uint8_t room[TABLE_TEXT_MAX], text_room[FOREIGN_ROOM(TABLE_TEXT_MAX)];
	tl_buf b = { .ptr = room, .cap = sizeof room };
	table *t = r->made;

	if (!take_key(r, clean(r, key, text_room, TABLE_TEXT_MAX), &b)) {
		rows_note(r, TABLE_NOTE_KEY, r->line);
	} else if (r->places.count < TABLE_ROWS_MAX) {
		uint8_t len[2] = { (uint8_t)(b.len >> 8), (uint8_t)b.len };
		add_number(r, &r->places, t->bytes.count);
		add_number(r, &r->lines, r->line);
		append(r, &t->bytes, len, sizeof len);
		append(r, &t->bytes, room, b.len);
		append(r, &t->bytes, &r->cell_count, 1);
		append(r, &t->bytes, r->cells.ptr, r->cells.count);
	} else {
		r->failed = true;
	}
}

/* The places of all rows by their keys. */
static bool
fill_slots(rows *r)
{
	table *t = r->made;
	size_t slots = 4;

	while (slots < r->places.count + r->places.count / 2)
		slots *= 2;
	t->slots = calloc(slots, sizeof *t->slots);
	t->mask = slots - 1;
	for (uint32_t i = 0; t->slots != NULL && i < r->places.count; i++) {
		uint32_t place = *TL_VEC_AT(&r->places, uint32_t, i);
		tl_span key = table_row_key(table_row(t, place));
		slot *s = table_slot(t, key);
		if (s->row != 0)
			rows_note(
			    r, TABLE_NOTE_TWICE, *TL_VEC_AT(&r->lines, uint32_t, i));
		t->count += s->row == 0;
		s->tag = (uint32_t)(table_hash(t, key) >> 32);
		s->row = place + 1;
	}
	return t->slots != NULL;
}

static int
compare_nets(const void *left, const void *right)
{
	const net *a = left, *b = right;
	int order = memcmp(a->cidr.addr, b->cidr.addr, sizeof a->cidr.addr);

	if (order == 0)
		order = (int)a->cidr.bits - (int)b->cidr.bits;
	return order != 0 ? order : a->value < b->value ? -1 : 1;
}

/* The line of the row at |place|: places ascend. */
static uint32_t
line_of(const rows *r, uint32_t place)
{
	uint32_t low = 0, high = r->places.count;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (*TL_VEC_AT(&r->places, uint32_t, middle) <= place)
			low = middle;
		else
			high = middle;
	}
	return *TL_VEC_AT(&r->lines, uint32_t, low);
}

static bool
fill_nets(rows *r)
{
	net *at = r->nets.ptr;
	uint32_t count = r->nets.count, kept = 0;

	if (count > 1)
		qsort(at, count, sizeof *at, compare_nets);
	for (uint32_t i = 0; i < count; i++) {
		bool again = kept > 0 && at[kept - 1].cidr.bits == at[i].cidr.bits &&
			     memcmp(at[kept - 1].cidr.addr, at[i].cidr.addr, 16) == 0;
		if (again)
			rows_note(r, TABLE_NOTE_TWICE, line_of(r, at[i].value));
		kept -= again;
		at[kept++] = at[i];
	}
	r->made->count = kept;
	r->made->nets = nets_new(at, kept);
	return r->made->nets != NULL;
}

table *
rows_finish(rows *r)
{
	table *t = r->made;
	bool made =
	    !r->failed && (r->form->keys == TABLE_NET ? fill_nets(r) : fill_slots(r));

	if (made) {
		tl_vec_trim(&t->bytes, 1);
		r->made = NULL;
	}
	return made ? t : NULL;
}

void
rows_tell(const rows *r, tl_buf *out)
{
	static const char *const texts[TABLE_NOTES] = {
		[TABLE_NOTE_KEY] = "rows without a usable key, left out",
		[TABLE_NOTE_TWICE] = "keys that are there already, the last counts",
		[TABLE_NOTE_WIDTH] =
		    "rows with more or fewer columns than the first line",
		[TABLE_NOTE_CUT] = "texts longer than 1,024 bytes, cut",
		[TABLE_NOTE_CHARSET] = "texts that are not UTF-8, taken as windows-1252",
		[TABLE_NOTE_ABSENT] =
		    "columns that `fields` names and that are not there",
		[TABLE_NOTE_COLUMNS] = "columns beyond the 32 that an event has room for",
	};
	bool first = true;

	for (unsigned i = 0; i < TABLE_NOTES; i++) {
		const oddity *odd = &r->odd[i];
		if (odd->count == 0)
			continue;
		if (!first)
			tl_buf_lit(out, "; ");
		first = false;
		tl_buf_u64(out, odd->count);
		tl_buf_putc(out, ' ');
		tl_buf_puts(out, texts[i]);
		tl_buf_lit(out, " (first: ");
		tl_buf_u64(out, odd->first);
		tl_buf_putc(out, ')');
	}
}
