/* conf/diff.c: what a reload changes, and which names no dictionary has; see conf.h.
 * Values are alike if they are written alike, secrets included. */
#include <stdlib.h>
#include <string.h>

#include "conf/write.h"

/* A row's value as text that is wiped and freed by drop(); NULL: memory is short. */
static char *
take(const tl_conf_row *row, const void *section, size_t *len)
{
	char *text = NULL;
	tl_conf_writer w = { .to = open_memstream(&text, len), .secrets = true };

	if (w.to == NULL)
		return NULL;
	tl_conf_write_row(&w, row, section);
	if (fclose(w.to) == 0)
		return text;
	free(text);
	return NULL;
}

static void
drop(char *text, size_t len)
{
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
}

typedef enum likeness { UNLIKE, ALIKE, UNKNOWN } likeness;

static likeness
compare(const tl_conf_row *row, const void *a, const void *b)
{
	size_t a_len = 0, b_len = 0;
	char *x = take(row, a, &a_len), *y = take(row, b, &b_len);
	likeness found = UNKNOWN;

	if (x != NULL && y != NULL)
		found = a_len == b_len && memcmp(x, y, a_len) == 0 ? ALIKE : UNLIKE;
	drop(x, a_len);
	drop(y, b_len);
	return found;
}

size_t
tl_conf_diff(
    const tl_conf *old, const tl_conf *new, tl_conf_change changes[TL_CONF_KEYS_MAX])
{
	size_t count = 0;

	for (const tl_conf_row *row = tl_conf_root.rows; row->key != NULL; row++) {
		likeness found = compare(row, old, new);
		if (found == UNKNOWN)
			return SIZE_MAX;
		if (found == UNLIKE)
			changes[count++] =
			    (tl_conf_change){ row->key, row->reload == TL_RESTART };
	}
	return count;
}

bool
tl_conf_output_equal(const tl_conf_output *a, const tl_conf_output *b)
{
	static const tl_conf_row as_row = {
		.key = "output", .type = TL_TYPE_SECTION, .section = &tl_section_output
	};

	return strcmp(a->name, b->name) == 0 && compare(&as_row, a, b) == ALIKE;
}

typedef struct search {
	const tl_mib *mib;
	tl_conf_errors *errors;
} search;

/* Warns if the dictionary lacks |text|, which may have an instance behind a dot. */
static void
look_up(const search *s, const char *text, tl_conf_mark mark)
{
	if (tl_mib_find_name(s->mib, text, strcspn(text, ".")) == NULL)
		tl_conf_complain(s->errors, TL_CONF_WARNING, mark,
		    "no MIB that was read defines '%s'", text);
}

static void
look_at(const search *s, tl_conf_type type, const void *value)
{
	if (type == TL_TYPE_NAME) {
		const tl_conf_name *name = value;
		if (name->oid.len == 0)
			look_up(s, name->text, name->mark);
	}
	if (type == TL_TYPE_PATTERN) {
		const tl_conf_pattern *p = value;
		if (p->kind == TL_PATTERN_NAME || p->kind == TL_PATTERN_NAME_TREE)
			look_up(s, p->text, p->mark);
	}
}

static void look_into(const search *s, const tl_conf_section *in, const void *section);

static void
look_at_value(const search *s, const tl_conf_row *row, const void *value)
{
	if (row->type == TL_TYPE_SECTION)
		look_into(s, row->section, value);
	else
		look_at(s, row->type, value);
}

static void
look_at_row(const search *s, const tl_conf_row *row, const void *value)
{
	size_t key = row->many == TL_MAP ? tl_conf_key_size(row) : 0;
	size_t size = key + tl_conf_value_size(row);

	if (row->many == TL_ONE) {
		look_at_value(s, row, value);
		return;
	}
	tl_conf_array array = tl_conf_array_get(value);
	const uint8_t *at = array.at;
	for (size_t i = 0; i < array.count; i++, at += size) {
		if (key > 0)
			look_at(s, row->key_type, at);
		look_at_value(s, row, at + key);
	}
}

static void
look_into(const search *s, const tl_conf_section *in, const void *section)
{
	const tl_conf_variant *variant = tl_conf_variant_of(in, section);

	for (const tl_conf_row *row = in->rows; row->key != NULL; row++)
		look_at_row(s, row, (const uint8_t *)section + row->offset);
	for (const tl_conf_row *row = variant != NULL ? variant->rows : NULL;
	     row != NULL && row->key != NULL; row++)
		look_at_row(s, row, (const uint8_t *)section + row->offset);
}

void
tl_conf_check_names(const tl_conf *c, const tl_mib *mib, tl_conf_errors *errors)
{
	search s = { mib, errors };

	look_into(&s, &tl_conf_root, c);
	tl_conf_errors_sort(errors);
}
