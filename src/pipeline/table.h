/* pipeline/table.h: rows of a table, found by their key: built row by row, then immutable
 * and compact. What a row says becomes fields of an event. */
#ifndef PIPELINE_TABLE_H
#define PIPELINE_TABLE_H

#include "pipeline/event.h"

enum {
	TABLE_TEXT_MAX = 1024, /* bytes of a key or of a field's text */
	TABLE_NAME_MAX = 64,   /* bytes of a field's name */
	TABLE_ROWS_MAX = 1 << 24
};

/* How keys compare. */
typedef enum table_keys {
	TABLE_TEXT = 1, /* equal text; an address in its canonical form */
	TABLE_HEX,     /* bytes in hexadecimal, in any case, ':', '-', ' ', "0x" or not */
	TABLE_ORIGIN,  /* an address, else TABLE_HEX */
	TABLE_ADDRESS, /* equal addresses */
	TABLE_NET      /* the longest network that holds an address */
} table_keys;

typedef struct table_form {
	table_keys keys;
	const char *column; /* that has the key */
	tl_conf_pairs
	    fields; /* event's field, column; none: every column but the key's */
} table_form;

/* What is odd in a table and yet taken. */
typedef enum table_note {
	TABLE_NOTE_KEY = 0, /* a key that is none: the row is left out */
	TABLE_NOTE_TWICE,   /* a key that is there already: the last counts */
	TABLE_NOTE_WIDTH,   /* a row with more or fewer columns than the first */
	TABLE_NOTE_CUT,
	TABLE_NOTE_CHARSET,
	TABLE_NOTE_ABSENT,  /* a column that is asked for */
	TABLE_NOTE_COLUMNS, /* a column beyond EVENT_FIELDS_MAX */
	TABLE_NOTES
} table_note;

typedef struct table table;
typedef struct rows rows; /* a table being built */

/* NULL without memory. |form| is borrowed until the table is made. */
rows *rows_new(const table_form *form);
void rows_free(rows *r); /* NULL is fine */

/* Begins the row that is in line |line| of its file. */
void rows_begin(rows *r, uint32_t line);

/* A cell of the row that is being built; what is not wanted or empty is passed over. The
 * key's is set by rows_end(). */
void rows_cell(rows *r, tl_span column, tl_span text);

/* Ends the row, whose key is |key|. */
void rows_end(rows *r, tl_span key);

/* Counts something odd. */
void rows_note(rows *r, table_note what, uint32_t line);

/* What was odd, one line for people; nothing if nothing was. */
void rows_tell(const rows *r, tl_buf *out);

/* Makes the table, with one holder; |r| is to be freed all the same. NULL without memory,
 * or when there are too many rows. */
table *rows_finish(rows *r);

/* One more holder, and one less: the last frees it. Any thread. */
table *table_hold(table *t);
void table_drop(table *t); /* NULL is fine */

uint32_t table_rows(const table *t);
size_t table_bytes(const table *t); /* of memory, without the networks' */

/* The row of a key, NULL if there is none: by text, for tables of all kinds; or by
 * address, for those by address and network. */
const uint8_t *table_find(const table *t, tl_span key);
const uint8_t *table_find_address(const table *t, const uint8_t addr[16]);

/* Sets the fields of |ev| to what |row| says; they borrow from the table. */
void table_put(const table *t, const uint8_t *row, event *ev);

/* Where all texts of rows lie. */
tl_span table_texts(const table *t);

/* One row by itself, its names in it, for what is not kept in a table: appends a cell.
 */
enum { TABLE_CELL_MAX = 3 + TABLE_NAME_MAX + TABLE_TEXT_MAX };
void cell_write(tl_buf *out, tl_span name, tl_span text);
void cells_put(tl_span cells, event *ev);

#endif
