/* conf/errors.c: see errors.h. The readers of conf/ call it. */
#include "conf/errors.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { TEXT_MAX = 1024, SAFE_MAX = 6 * TEXT_MAX + 1 };

/* The words of |format| made safe for a terminal and a log; returns their length. */
__attribute__((format(printf, 2, 0))) static size_t
make_text(uint8_t safe[SAFE_MAX], const char *format, va_list args)
{
	char raw[TEXT_MAX];
	tl_buf b = { .ptr = safe, .cap = SAFE_MAX - 1 };
	int len = vsnprintf(raw, sizeof raw, format, args);
	size_t kept = len < 0 ? 0 : (size_t)len < sizeof raw ? (size_t)len : TEXT_MAX - 1;

	tl_buf_printable(&b, (tl_span){ (const uint8_t *)raw, kept });
	safe[b.len] = '\0';
	return b.len;
}

/* Whether |text| has been said of |mark|: an alias says again what its anchor said. */
static bool
is_kept(const tl_conf_errors *e, const tl_conf_mark *mark, const char *text)
{
	for (size_t i = 0; i < e->count; i++) {
		const tl_conf_mark *other = &e->at[i].mark;
		if (other->line == mark->line && other->column == mark->column &&
		    strcmp(other->file, mark->file) == 0 &&
		    strcmp(e->at[i].text, text) == 0)
			return true;
	}
	return false;
}

static void
keep(tl_conf_errors *e, tl_conf_error error, size_t text_len)
{
	tl_conf_error *new = tl_pool_add(&e->pool, &e->list, sizeof *new);
	const char *file = error.mark.file;

	if (new == NULL)
		return;
	file = tl_pool_text(&e->pool, file, strlen(file));
	error.mark.file = file != NULL ? file : "";
	error.text = tl_pool_text(&e->pool, error.text, text_len);
	if (error.text == NULL)
		error.text = "";
	*new = error;
	e->at = e->list.at;
	e->count = e->list.count;
}

void
tl_conf_complain(
    tl_conf_errors *e, tl_conf_grade grade, tl_conf_mark mark, const char *format, ...)
{
	uint8_t text[SAFE_MAX];
	va_list args;

	va_start(args, format);
	size_t len = make_text(text, format, args);
	va_end(args);
	if (is_kept(e, &mark, (const char *)text))
		return;
	*(grade == TL_CONF_ERROR ? &e->errors : &e->warnings) += 1;
	if (e->count < TL_CONF_ERRORS_MAX)
		keep(e, (tl_conf_error){ mark, grade, (const char *)text }, len);
}

bool
tl_conf_is_before(const tl_conf_mark *a, const tl_conf_mark *b)
{
	return a->line != b->line ? a->line < b->line : a->column < b->column;
}

void
tl_conf_errors_sort(tl_conf_errors *e)
{
	for (size_t i = 1; i < e->count; i++) {
		tl_conf_error moved = e->at[i];
		size_t to = i;
		for (; to > 0 && tl_conf_is_before(&moved.mark, &e->at[to - 1].mark);
		     to--)
			e->at[to] = e->at[to - 1];
		e->at[to] = moved;
	}
}

void
tl_conf_errors_free(tl_conf_errors *e)
{
	tl_pool_free(&e->pool);
	*e = (tl_conf_errors){ 0 };
}

enum { WORD_MAX = 48 }; /* longer ones are near to nothing */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Changes, insertions, removals, and swaps of neighbours (optimal string alignment). */
static size_t
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	uint8_t rows[3][WORD_MAX + 1];
	uint8_t *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_len; j++)
		above[j] = (uint8_t)j;
	for (size_t i = 1; i <= a_len; i++) {
		row[0] = (uint8_t)i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t d = above[j - 1] + (size_t)(a[i - 1] != b[j - 1]);
			d = least(d, least(above[j], row[j - 1]) + 1u);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d = least(d, before[j - 2] + 1u);
			row[j] = (uint8_t)d;
		}
		uint8_t *spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[b_len];
}

size_t
tl_conf_far(const char *word)
{
	return strlen(word) / 3 + 2;
}

bool
tl_conf_is_nearer(const char *word, tl_span name, size_t *best)
{
	size_t len = strlen(word);
	size_t longer = len > name.len ? len - name.len : name.len - len;

	if (len > WORD_MAX || name.len > WORD_MAX || longer >= *best)
		return false;
	size_t d = distance(word, len, (const char *)name.ptr, name.len);
	if (d >= *best || d >= name.len)
		return false;
	*best = d;
	return true;
}

const char *
tl_conf_nearest(const char *word, const char *const *words, size_t count)
{
	size_t best = tl_conf_far(word);
	const char *found = NULL;

	for (size_t i = 0; i < count; i++) {
		tl_span name = { (const uint8_t *)words[i], strlen(words[i]) };
		if (tl_conf_is_nearer(word, name, &best))
			found = words[i];
	}
	return found;
}
