/* pipeline/table.c: rows as bytes one behind the other, an open hash table of their
 * places, or networks. Built by the thread that reads a file, looked up by the workers. */
#include "pipeline/table.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/vec.h"
#include "pipeline/foreign.h"
#include "pipeline/nets.h"

/* A row's bytes: the key's length (2 bytes) and the key, the number of cells (1), and of
 * each its column (1), its length (2) and its text. */
typedef struct slot {
	uint32_t tag; /* of the key's hash */
	uint32_t row; /* its place plus 1; 0: free */
} slot;

struct table {
	_Atomic uint32_t holders;
	table_keys keys;
	uint32_t count;
	tl_vec bytes;
	slot *slots; /* a power of two */
	size_t mask;
	nets *nets; /* TABLE_NET */
	tl_span names[EVENT_FIELDS_MAX];
	uint8_t name_count;
};

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
	uint32_t line; /* about: of the row that is being built */
	tl_vec cells;  /* bytes of the row that is being built */
	oddity odd[TABLE_NOTES];
};

/* Keys. */

static bool
parse_address(tl_span text, uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char room[INET6_ADDRSTRLEN];

	if (text.len == 0 || text.len >= sizeof room)
		return false;
	memcpy(room, text.ptr, text.len);
	room[text.len] = '\0';
	memcpy(addr, mapped, sizeof mapped);
	return inet_pton(AF_INET, room, addr + 12) == 1 ||
	       inet_pton(AF_INET6, room, addr) == 1;
}

static int
parse_bits(tl_span text)
{
	int bits = 0;

	if (text.len == 0 || text.len > 3)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		bits = 10 * bits + text.ptr[i] - '0';
	}
	return bits;
}

/* ADDRESS, or ADDRESS/BITS: of an address in a network, the network. */
static bool
parse_net(tl_span text, tl_conf_cidr *out)
{
	const uint8_t *slash = text.len > 0 ? memchr(text.ptr, '/', text.len) : NULL;
	size_t len = slash != NULL ? (size_t)(slash - text.ptr) : text.len;

	*out = (tl_conf_cidr){ .bits = 128 };
	if (!parse_address((tl_span){ text.ptr, len }, out->addr))
		return false;
	if (slash == NULL)
		return true;
	bool v4 = memchr(text.ptr, ':', len) == NULL;
	int bits = parse_bits((tl_span){ slash + 1, text.len - len - 1 });
	if (bits < 0 || bits > (v4 ? 32 : 128))
		return false;
	out->bits = (uint8_t)(v4 ? 96 + bits : bits);
	for (unsigned bit = out->bits; bit < 128; bit++)
		out->addr[bit / 8] &= (uint8_t)~(0x80 >> bit % 8);
	return true;
}

static bool
put_hex(tl_buf *out, tl_span text)
{
	size_t digits = 0;

	if (text.len > 2 && text.ptr[0] == '0' && (text.ptr[1] | 32) == 'x')
		text = (tl_span){ text.ptr + 2, text.len - 2 };
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.ptr[i];
		char lower = (char)(c | 32);
		if ((c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f')) {
			tl_buf_putc(out, c <= '9' ? c : lower);
			digits++;
		} else if (c != ':' && c != '-' && c != ' ') {
			return false;
		}
	}
	return digits > 0 && digits % 2 == 0;
}

/* An address in its canonical form. */
static bool
put_address(tl_buf *out, tl_span text)
{
	tl_endpoint ep = { 0 };
	char room[TL_ADDRESS_TEXT_MAX];

	if (!parse_address(text, ep.addr))
		return false;
	tl_buf_put(out, room, tl_address_text(&ep, room));
	return true;
}

/* The form in which the key |text| is kept and looked up, for TABLE_TEXT to
 * TABLE_ADDRESS; false if it is no such key. */
static bool
put_key(tl_buf *out, table_keys keys, tl_span text)
{
	uint8_t addr[16];

	switch (keys) {
	case TABLE_TEXT:
		if (!put_address(out, text))
			tl_buf_span(out, text);
		return text.len > 0;
	case TABLE_ORIGIN:
		return put_address(out, text) || put_hex(out, text);
	case TABLE_HEX:
		return put_hex(out, text);
	case TABLE_ADDRESS:
		if (!parse_address(text, addr))
			return false;
		tl_buf_put(out, addr, sizeof addr);
		return true;
	case TABLE_NET:
		break;
	}
	return false;
}

/* Reading rows. */

static uint32_t
load16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static const uint8_t *
row_at(const table *t, uint32_t place)
{
	return (const uint8_t *)t->bytes.ptr + place;
}

static tl_span
row_key(const uint8_t *row)
{
	return (tl_span){ row + 2, load16(row) };
}

static slot *
find_slot(const table *t, tl_span key)
{
	uint64_t hash = tl_hash(key.ptr, key.len, 0);
	uint32_t tag = (uint32_t)(hash >> 32);

	for (size_t i = hash & t->mask;; i = (i + 1) & t->mask) {
		slot *s = &t->slots[i];
		if (s->row == 0)
			return s;
		if (s->tag != tag)
			continue;
		tl_span has = row_key(row_at(t, s->row - 1));
		if (has.len == key.len && memcmp(has.ptr, key.ptr, key.len) == 0)
			return s;
	}
}

const uint8_t *
table_find_address(const table *t, const uint8_t addr[16])
{
	uint32_t place;

	if (t->keys == TABLE_NET) {
		place = nets_find(t->nets, addr);
		return place != NETS_NONE ? row_at(t, place) : NULL;
	}
	place = find_slot(t, (tl_span){ addr, 16 })->row;
	return place != 0 ? row_at(t, place - 1) : NULL;
}

const uint8_t *
table_find(const table *t, tl_span key)
{
	uint8_t room[TABLE_TEXT_MAX], addr[16];
	tl_buf b = { .ptr = room, .cap = sizeof room };

	if (t->keys == TABLE_NET)
		return parse_address(key, addr) ? table_find_address(t, addr) : NULL;
	if (!put_key(&b, t->keys, key) || b.full)
		return NULL;
	uint32_t place = find_slot(t, tl_buf_written(&b))->row;
	return place != 0 ? row_at(t, place - 1) : NULL;
}

void
table_put(const table *t, const uint8_t *row, event *ev)
{
	const uint8_t *p = row + 2 + load16(row);

	for (unsigned cells = *p++; cells > 0; cells--) {
		tl_span text = { p + 3, load16(p + 1) };
		(void)event_set_field(ev, t->names[p[0]], text);
		p += 3 + text.len;
	}
}

/* Building. */

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

	if (column == EVENT_FIELDS_MAX || r->cell_count == EVENT_FIELDS_MAX) {
		rows_note(r, TABLE_NOTE_COLUMNS, r->line);
		return;
	}
	append(r, &r->cells, head, sizeof head);
	append(r, &r->cells, text.ptr, text.len);
	r->cell_count++;
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
		return put_key(key, r->form->keys, text) && !key->full;
	if (!parse_net(text, &n.cidr))
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
rows_end(rows *r, tl_span key, uint32_t line)
{
	uint8_t room[TABLE_TEXT_MAX], text_room[FOREIGN_ROOM(TABLE_TEXT_MAX)];
	tl_buf b = { .ptr = room, .cap = sizeof room };
	table *t = r->made;

	r->line = line;
	if (!take_key(r, clean(r, key, text_room, TABLE_TEXT_MAX), &b)) {
		rows_note(r, TABLE_NOTE_KEY, line);
	} else if (r->places.count < TABLE_ROWS_MAX) {
		uint8_t len[2] = { (uint8_t)(b.len >> 8), (uint8_t)b.len };
		add_number(r, &r->places, t->bytes.count);
		add_number(r, &r->lines, line);
		append(r, &t->bytes, len, sizeof len);
		append(r, &t->bytes, room, b.len);
		append(r, &t->bytes, &r->cell_count, 1);
		append(r, &t->bytes, r->cells.ptr, r->cells.count);
	} else {
		r->failed = true;
	}
	r->cells.count = 0;
	r->cell_count = 0;
	r->line = line + 1;
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
		tl_span key = row_key(row_at(t, place));
		slot *s = find_slot(t, key);
		if (s->row != 0)
			rows_note(r, TABLE_NOTE_TWICE,
			    *TL_VEC_AT(&r->lines, uint32_t, i));
		t->count += s->row == 0;
		s->tag = (uint32_t)(tl_hash(key.ptr, key.len, 0) >> 32);
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
	bool made = !r->failed &&
		    (r->form->keys == TABLE_NET ? fill_nets(r) : fill_slots(r));

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
		[TABLE_NOTE_WIDTH] = "rows with more or fewer columns than the first line",
		[TABLE_NOTE_CUT] = "texts longer than 1,024 bytes, cut",
		[TABLE_NOTE_CHARSET] = "texts that are not UTF-8, taken as windows-1252",
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

/* Sharing. */

table *
table_hold(table *t)
{
	atomic_fetch_add_explicit(&t->holders, 1, memory_order_relaxed);
	return t;
}

void
table_drop(table *t)
{
	if (t == NULL ||
	    atomic_fetch_sub_explicit(&t->holders, 1, memory_order_acq_rel) != 1)
		return;
	for (unsigned i = 0; i < t->name_count; i++)
		free((void *)(uintptr_t)t->names[i].ptr);
	nets_free(t->nets);
	free(t->slots);
	tl_vec_free(&t->bytes);
	free(t);
}

uint32_t
table_rows(const table *t)
{
	return t->count;
}

size_t
table_bytes(const table *t)
{
	return sizeof *t + t->bytes.cap +
	       (t->slots != NULL ? (t->mask + 1) * sizeof *t->slots : 0);
}

/* Single rows: of each cell the name's length (1 byte), the text's (2), and both. */

void
cell_write(tl_buf *out, tl_span name, tl_span text)
{
	tl_buf_putc(out, (char)name.len);
	tl_buf_putc(out, (char)(text.len >> 8));
	tl_buf_putc(out, (char)text.len);
	tl_buf_span(out, name);
	tl_buf_span(out, text);
}

void
cells_put(tl_span cells, event *ev)
{
	const uint8_t *p = cells.ptr, *end = p + cells.len;

	while (p < end) {
		tl_span name = { p + 3, p[0] }, text = { p + 3 + p[0], load16(p + 1) };
		(void)event_set_field(ev, name, text);
		p = text.ptr + text.len;
	}
}
