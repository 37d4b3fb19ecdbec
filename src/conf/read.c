/* conf/read.c: see read.h. Knows tables, not what their rows mean. conf/load.c calls it.
 */
#include "conf/read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

bool
tl_conf_wrong(
    tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	tl_conf_complain(r->errors, TL_CONF_ERROR, n->mark, "%s%s%s",
	    row != NULL ? row->key : "", row != NULL ? ": " : "", text);
	return false;
}

/* "a, b, c" of the words, those that are empty left out. */
static void
join(const char *const *words, char *out, size_t room)
{
	size_t len = 0;

	out[0] = '\0';
	for (; *words != NULL && len + 1 < room; words++) {
		if (**words == '\0')
			continue;
		int n =
		    snprintf(out + len, room - len, "%s%s", len > 0 ? ", " : "", *words);
		len += n > 0 ? (size_t)n : 0;
	}
}

bool
tl_conf_unknown(tl_conf_reader *r, const tl_node *n, const char *what, const char *word,
    const char *const *words)
{
	char known[700];
	size_t count = 0;

	while (words[count] != NULL)
		count++;
	const char *near = tl_conf_nearest(word, words, count);
	join(words, known, sizeof known);
	if (near != NULL)
		return tl_conf_wrong(r, n, NULL,
		    "there is no %s '%s'; did you mean '%s'? There are: %s", what, word,
		    near, known);
	return tl_conf_wrong(r, n, NULL, "there is no %s '%s'%s%s", what, word,
	    known[0] != '\0' ? "; there are: " : "", known);
}

tl_conf_mark
tl_conf_mark_of(const tl_conf_reader *r, const tl_node *n)
{
	return (tl_conf_mark){ r->path, n->mark.line, n->mark.column };
}

void
tl_conf_note_use(tl_conf_reader *r, const tl_node *n, const char *name)
{
	tl_conf_name *used = tl_pool_add(r->pool, &r->used, sizeof *used);

	if (used != NULL)
		*used = (tl_conf_name){ .text = name, .mark = tl_conf_mark_of(r, n) };
}

int
tl_conf_word(const char *word, const char *const *words)
{
	for (int i = 0; words[i] != NULL; i++)
		if (words[i][0] != '\0' && strcasecmp(words[i], word) == 0)
			return i;
	return -1;
}

bool
tl_conf_in_range(int64_t value, int64_t low, int64_t high)
{
	return (low == 0 && high == 0) || (value >= low && value <= high);
}

const char *
tl_conf_keep(tl_conf_reader *r, const char *text)
{
	return tl_pool_text(r->pool, text, strlen(text));
}

static bool
read_one(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	const tl_conf_kind_of_value *kind = tl_conf_kind_get(row->type);

	if (row->type == TL_TYPE_SECTION)
		return tl_conf_read_section(r, n, row->section, out);
	if (n->kind == TL_NODE_MAP || (n->kind == TL_NODE_LIST && !kind->takes_lists))
		return tl_conf_wrong(r, n, row, "needs %s, not a %s", kind->what,
		    n->kind == TL_NODE_MAP ? "mapping" : "list");
	if (tl_node_is_empty(n))
		return tl_conf_wrong(
		    r, n, row, "nothing stands here: needs %s", kind->what);
	return kind->read(r, n, row, out);
}

static bool
check_count(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, size_t count)
{
	if (count < row->least)
		return tl_conf_wrong(r, n, row, "needs %u at least", row->least);
	if (row->most > 0 && count > row->most)
		return tl_conf_wrong(r, n, row, "takes %u, not %zu", row->most, count);
	return true;
}

/* Puts an array into its struct. */
static void
set_array(void *out, const void *at, size_t count)
{
	tl_conf_array array = { at, count };

	memcpy(out, &array, sizeof array);
}

static bool
read_list(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	bool whole = true;
	size_t count = n->kind == TL_NODE_LIST ? n->count : 1;
	size_t size = tl_conf_value_size(row);
	uint8_t *at = tl_pool_take(r->pool, count * size);

	if (at == NULL || !check_count(r, n, row, count))
		return false;
	for (size_t i = 0; i < count; i++)
		whole &= read_one(
		    r, n->kind == TL_NODE_LIST ? n->items[i] : n, row, at + i * size);
	set_array(out, at, count);
	return whole;
}

/* The key of a map's element, which is the name of a section. */
static bool
read_key(tl_conf_reader *r, const tl_node *key, const tl_conf_row *row, void *out)
{
	tl_conf_row as = *row;

	as.type = row->key_type != 0 ? row->key_type : TL_TYPE_TEXT;
	if (as.type != TL_TYPE_HEX)
		as.min = as.max = 0;
	if (key->text[0] == '\0')
		return tl_conf_wrong(r, key, row, "a key must not be empty");
	return tl_conf_kind_get(as.type)->read(r, key, &as, out);
}

static bool
read_map(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	bool whole = true;
	size_t at_value = tl_conf_key_size(row);
	size_t size = tl_conf_value_size(row) + at_value;
	uint8_t *at;

	if (n->kind != TL_NODE_MAP)
		return tl_conf_wrong(r, n, row, "needs a mapping: NAME: VALUE");
	at = tl_pool_take(r->pool, n->count * size);
	if (at == NULL || !check_count(r, n, row, n->count))
		return false;
	for (size_t i = 0; i < n->count; i++) {
		whole &= read_one(r, n->pairs[i].value, row, at + i * size + at_value);
		whole &= read_key(r, n->pairs[i].key, row, at + i * size);
	}
	set_array(out, at, n->count);
	return whole;
}

static bool
read_value(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	static bool (*const readers[])(tl_conf_reader *, const tl_node *,
	    const tl_conf_row *, void *) = { read_one, read_list, read_map };

	return readers[row->many](r, n, row, out);
}

static const tl_node *
default_node(tl_conf_reader *r, const char *text)
{
	if (strchr("[{'\"", text[0]) != NULL)
		return tl_tree_read((tl_span){ (const uint8_t *)text, strlen(text) },
		    "default", r->pool, r->errors);
	tl_node *n = tl_pool_take(r->pool, sizeof *n);
	if (n != NULL)
		*n = (tl_node){ .kind = TL_NODE_TEXT,
			.plain = true,
			.mark = { "default", 1, 1 },
			.text = text,
			.weight = 1 };
	return n;
}

/* The row for which |n| says nothing. */
static bool
read_default(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *section)
{
	uint8_t *out = (uint8_t *)section + row->offset;

	if (row->required && n != NULL)
		return tl_conf_wrong(r, n, NULL, "needs '%s', as in '%s: %s'", row->key,
		    row->key, row->example != NULL ? row->example : "...");
	if (row->type == TL_TYPE_SECTION && row->many == TL_ONE)
		return tl_conf_read_section(r, NULL, row->section, out);
	if (r->inherited != NULL) {
		memcpy(out, (const uint8_t *)r->inherited + row->offset,
		    tl_conf_value_size(row));
		return true;
	}
	if (row->fallback == NULL)
		return true;
	const tl_node *node = default_node(r, row->fallback);
	return node != NULL && read_value(r, node, row, out);
}

static bool
read_row(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *section)
{
	const tl_node *value = n != NULL ? tl_node_get(n, row->key) : NULL;
	bool whole;

	if (row->inherits) {
		const tl_conf_row *from = tl_conf_find_row(&tl_conf_root, NULL, row->key);
		r->inherited = (const uint8_t *)r->root + from->offset;
	}
	if (value == NULL || tl_node_is_empty(value))
		whole = read_default(r, n, row, section);
	else
		whole = read_value(r, value, row, (uint8_t *)section + row->offset);
	if (row->inherits)
		r->inherited = NULL;
	return whole;
}

static bool
read_rows(tl_conf_reader *r, const tl_node *n, const tl_conf_row *rows, void *section)
{
	bool whole = true;

	for (const tl_conf_row *row = rows; row->key != NULL; row++)
		whole &= read_row(r, n, row, section);
	return whole;
}

/* Which type has |key|, where another was chosen. */
static const char *
owner_of(const tl_conf_section *s, const char *key)
{
	const tl_conf_row *type = tl_conf_find_row(s, NULL, "type");

	for (size_t i = 0; s->variants != NULL && type->words[i] != NULL; i++)
		if (tl_conf_find_row(s, &s->variants[i], key) != NULL)
			return type->words[i];
	return NULL;
}

enum { KEYS_MAX = 96 }; /* of one section */

static bool
refuse_key(tl_conf_reader *r, const tl_node *key, const tl_conf_section *s,
    const tl_conf_variant *variant)
{
	const char *keys[KEYS_MAX + 1], *owner = owner_of(s, key->text);
	size_t count = 0;

	if (owner != NULL)
		return tl_conf_wrong(r, key, NULL,
		    "'%s' is for the type %s, not for this one", key->text, owner);
	for (const tl_conf_row *row = s->rows; row->key != NULL; row++)
		keys[count++] = row->key;
	for (const tl_conf_row *row = variant != NULL ? variant->rows : NULL;
	     row != NULL && row->key != NULL; row++)
		keys[count++] = row->key;
	keys[count] = NULL;
	return tl_conf_unknown(r, key, "key", key->text, keys);
}

static bool
check_keys(tl_conf_reader *r, const tl_node *n, const tl_conf_section *s,
    const tl_conf_variant *variant)
{
	bool known = true;

	for (size_t i = 0; i < n->count; i++)
		if (tl_conf_find_row(s, variant, n->pairs[i].key->text) == NULL)
			known &= refuse_key(r, n->pairs[i].key, s, variant);
	return known;
}

static bool
read_mapping(tl_conf_reader *r, const tl_node *n, const tl_conf_section *s, void *out)
{
	const tl_conf_variant *variant = NULL;
	bool whole = true;

	if (s->variants != NULL) {
		/* Without its type nothing can be said of the rest. */
		if (!read_row(r, n, tl_conf_find_row(s, NULL, "type"), out))
			return false;
		variant = tl_conf_variant_of(s, out);
	}
	if (n != NULL)
		whole &= check_keys(r, n, s, variant);
	whole &= read_rows(r, n, s->rows, out);
	if (variant != NULL)
		whole &= read_rows(r, n, variant->rows, out);
	if (whole && s->check != NULL) {
		size_t before = r->errors->errors;
		s->check(r, n, out);
		whole = r->errors->errors == before;
	}
	return whole;
}

bool
tl_conf_read_section(
    tl_conf_reader *r, const tl_node *n, const tl_conf_section *s, void *out)
{
	if (n == NULL || n->kind == TL_NODE_MAP)
		return read_mapping(r, n, s, out);
	if (tl_node_is_empty(n))
		return tl_conf_wrong(
		    r, n, NULL, "nothing stands here: needs a mapping: KEY: VALUE");
	if (n->kind == TL_NODE_TEXT && s->read_text != NULL)
		return s->read_text(r, n, out);
	return tl_conf_wrong(r, n, NULL, "needs a mapping: KEY: VALUE, not a %s",
	    n->kind == TL_NODE_LIST ? "list" : "text");
}
