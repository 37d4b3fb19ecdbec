/* pipeline/table.c: rows as bytes one behind the other, an open hash table of their
 * places, or networks. Looked up by the workers. */
#include <stdlib.h>

#include "base/buf.h"
#include "pipeline/table_key.h"
#include "pipeline/table_parts.h"

/* The row of an address plus 1, 0: none; every key of the table is one. */
static uint32_t
find_address(const table *t, const uint8_t addr[16])
{
	uint64_t hash = table_hash_address(addr);
	size_t i = hash & t->mask;

	while (t->slots[i].row != 0 &&
	       (t->slots[i].tag != (uint32_t)(hash >> 32) ||
		   memcmp(table_row(t, t->slots[i].row - 1) + 2, addr, 16) != 0))
		i = (i + 1) & t->mask;
	return t->slots[i].row;
}

const uint8_t *
table_find_address(const table *t, const uint8_t addr[16])
{
	uint32_t place;

	if (t->keys == TABLE_NET) {
		place = nets_find(t->nets, addr);
		return place != NETS_NONE ? table_row(t, place) : NULL;
	}
	place = find_address(t, addr);
	return place != 0 ? table_row(t, place - 1) : NULL;
}

const uint8_t *
table_find(const table *t, tl_span key)
{
	uint8_t room[TABLE_TEXT_MAX], addr[16];
	tl_buf b = { .ptr = room, .cap = sizeof room };

	if (t->keys == TABLE_NET)
		return table_key_address(key, addr) ? table_find_address(t, addr) : NULL;
	if (!table_key_write(t->keys, key, &b) || b.full)
		return NULL;
	uint32_t place = table_slot(t, tl_buf_written(&b))->row;
	return place != 0 ? table_row(t, place - 1) : NULL;
}

/* A cell; returns where the next one is. */
static inline const uint8_t *
read_cell(const table *t, const uint8_t *p, tl_field *out)
{
	out->name = t->names[p[0]];
	out->text = (tl_span){ p + 3, table_load16(p + 1) };
	return p + 3 + out->text.len;
}

/* Over those that others have set. Kept out of the way of the first. */
static __attribute__((noinline)) void
put_over(const table *t, const uint8_t *p, size_t cells, event *ev)
{
	for (; cells > 0; cells--) {
		tl_field f;
		p = read_cell(t, p, &f);
		(void)event_set_field(ev, f.name, f.text);
	}
}

void
table_put(const table *t, const uint8_t *row, event *ev)
{
	const uint8_t *p = row + 2 + table_load16(row);
	size_t cells = *p++;

	if (ev->j.field_count > 0) {
		put_over(t, p, cells, ev);
		return;
	}
	for (tl_field *f = ev->fields, *end = f + cells; f < end; f++)
		p = read_cell(t, p, f); /* no row has a column twice */
	ev->j.field_count = cells;
}

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

tl_span
table_texts(const table *t)
{
	return (tl_span){ t->bytes.ptr, t->bytes.count };
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
	const uint8_t *p = cells.ptr;
	const uint8_t *end = cells.len > 0 ? p + cells.len : p;

	while (p < end) {
		tl_span name = { p + 3, p[0] },
			text = { p + 3 + p[0], table_load16(p + 1) };
		(void)event_set_field(ev, name, text);
		p = text.ptr + text.len;
	}
}
