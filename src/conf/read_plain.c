/* conf/read_plain.c: switches, numbers, durations, sizes, texts and words; see read.h. */
#include <iconv.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "conf/read.h"
#include "conf/units.h"

bool
tl_read_bool(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on",
		NULL };
	int found = tl_conf_word(n->text, words);
	bool value = found % 2 == 1;

	if (found < 0)
		return tl_conf_wrong(
		    r, n, row, "'%s' is neither true nor false", n->text);
	memcpy(out, &value, sizeof value);
	return true;
}

/* Digits into |out|; false if there are others, none, or too many. */
static bool
read_digits(const char *text, unsigned base, int64_t *out)
{
	int64_t value = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		int64_t digit = *text - '0';
		if (digit < 0 || digit >= (int64_t)base)
			return false;
		if (__builtin_mul_overflow(value, (int64_t)base, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	*out = value;
	return true;
}

bool
tl_read_int(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	int64_t value;
	bool minus = n->text[0] == '-';

	if (!read_digits(n->text + minus, 10, &value))
		return tl_conf_wrong(r, n, row, "'%s' is not a whole number", n->text);
	value = minus ? -value : value;
	if (!tl_conf_in_range(value, row->min, row->max))
		return tl_conf_wrong(r, n, row, "%lld is out of range: %lld to %lld",
		    (long long)value, (long long)row->min, (long long)row->max);
	memcpy(out, &value, sizeof value);
	return true;
}

/* A number with a unit, both kinds of which have a table. */
static bool
read_quantity(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row,
    const tl_unit *units, int64_t *out)
{
	char least[TL_QUANTITY_MAX], most[TL_QUANTITY_MAX];

	if (!tl_quantity_read(n->text, units, out))
		return tl_conf_wrong(r, n, row, "'%s' is not %s", n->text,
		    units == tl_units_time
			? "a duration: a number and ns, us, ms, s, m, h, d or w, as 10s"
			: "a size: a number and B, KiB, MiB, GiB, TiB, kB, MB, GB or TB, "
			  "as 64MiB");
	if (tl_conf_in_range(*out, row->min, row->max))
		return true;
	tl_quantity_write(row->min, units, least);
	tl_quantity_write(row->max, units, most);
	return tl_conf_wrong(
	    r, n, row, "%s is out of range: %s to %s", n->text, least, most);
}

bool
tl_read_duration(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	int64_t value;

	if (!read_quantity(r, n, row, tl_units_time, &value))
		return false;
	memcpy(out, &value, sizeof value);
	return true;
}

bool
tl_read_size(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	int64_t value;

	if (!read_quantity(r, n, row, tl_units_bytes, &value))
		return false;
	memcpy(out, &value, sizeof value);
	return true;
}

bool
tl_read_mode(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	int64_t value;

	if (!read_digits(n->text, 8, &value) || value > 0777)
		return tl_conf_wrong(
		    r, n, row, "'%s' is not permissions: 0 to 0777, octal", n->text);
	memcpy(out, &value, sizeof value);
	return true;
}

bool
tl_read_text(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	size_t len = strlen(n->text);
	const char *text;

	if ((int64_t)len < row->min)
		return tl_conf_wrong(r, n, row, "must not be empty");
	if (row->max > 0 && (int64_t)len > row->max)
		return tl_conf_wrong(r, n, row, "%zu bytes; up to %lld are allowed", len,
		    (long long)row->max);
	text = tl_conf_keep(r, n->text);
	memcpy(out, &text, sizeof text);
	return text != NULL;
}

bool
tl_read_character(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	if (n->text[0] == '\0' || n->text[1] != '\0')
		return tl_conf_wrong(
		    r, n, row, "'%s' is not one character of ASCII", n->text);
	memcpy(out, n->text, 1);
	return true;
}

/* What a field may be called: letters, digits and _ - . : in any place but the first,
 * where a letter, a digit or _ stands. */
bool
tl_read_field(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	const char *text = n->text;
	size_t len = tl_field_length(text);

	if (len == 0 || text[len] != '\0')
		return tl_conf_wrong(r, n, row,
		    "'%s' is not a field's name: letters, digits and _ - . :", text);
	text = tl_conf_keep(r, text);
	if (text != NULL)
		tl_conf_note_use(r, n, text);
	memcpy(out, &text, sizeof text);
	return text != NULL;
}

bool
tl_read_charset(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	iconv_t to = iconv_open("UTF-8", n->text);

	if (to == (iconv_t)-1)
		return tl_conf_wrong(r, n, row,
		    "no charset '%s' is known: see 'iconv --list', as ISO-8859-1, "
		    "GB18030",
		    n->text);
	iconv_close(to);
	return tl_read_text(r, n, row, out);
}

bool
tl_read_enum(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	int value = tl_conf_word(n->text, row->words);

	if (value < 0)
		return tl_conf_unknown(r, n, row->key, n->text, row->words);
	memcpy(out, &value, sizeof value);
	return true;
}

/* |n| as a list of texts: itself if it is one. NULL: what is wrong has been noted. */
static const tl_node *
text_at(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, size_t i)
{
	const tl_node *item = n->kind == TL_NODE_LIST ? n->items[i] : n;

	if (item->kind == TL_NODE_TEXT)
		return item;
	tl_conf_wrong(r, item, row, "needs a word");
	return NULL;
}

static size_t
texts_in(const tl_node *n)
{
	return n->kind == TL_NODE_LIST ? n->count : 1;
}

bool
tl_read_order(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	int64_t *at = tl_pool_take(r->pool, texts_in(n) * sizeof *at);
	tl_conf_ints ints = { at, 0 };
	uint32_t seen = 0;

	for (size_t i = 0; at != NULL && i < texts_in(n); i++) {
		const tl_node *item = text_at(r, n, row, i);
		if (item == NULL)
			return false;
		int word = tl_conf_word(item->text, row->words);
		if (word < 0)
			return tl_conf_unknown(r, item, row->key, item->text, row->words);
		if ((seen >> word & 1) != 0)
			return tl_conf_wrong(
			    r, item, row, "'%s' stands there already", item->text);
		seen |= UINT32_C(1) << word;
		at[ints.count++] = word;
	}
	if (ints.count == 0)
		return tl_conf_wrong(r, n, row, "needs one at least");
	memcpy(out, &ints, sizeof ints);
	return true;
}

typedef bool bits_of(const char *text, const char *const *words, uint32_t *bits);

static bool
bit_of_word(const char *text, const char *const *words, uint32_t *bits)
{
	int word = tl_conf_word(text, words);

	if (word >= 0)
		*bits |= UINT32_C(1) << word;
	return word >= 0;
}

/* ">= WORD", "<= WORD" or WORD. */
static bool
bits_of_severity(const char *text, const char *const *words, uint32_t *bits)
{
	bool up = strncmp(text, ">=", 2) == 0, down = strncmp(text, "<=", 2) == 0;
	uint32_t bit = 0, all = 0;

	if (!up && !down)
		return bit_of_word(text, words, bits);
	text += 2;
	text += strspn(text, " ");
	if (!bit_of_word(text, words, &bit))
		return false;
	for (int i = 1; words[i] != NULL; i++)
		all |= UINT32_C(1) << i;
	*bits |= up ? all & ~(bit - 1) : all & ((bit << 1) - 1);
	return true;
}

static bool
read_bits(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, bits_of *read,
    uint32_t *bits)
{
	for (size_t i = 0; i < texts_in(n); i++) {
		const tl_node *item = text_at(r, n, row, i);
		if (item == NULL)
			return false;
		if (!read(item->text, row->words, bits))
			return tl_conf_unknown(r, item, row->key, item->text, row->words);
	}
	return *bits != 0 || tl_conf_wrong(r, n, row, "needs one at least");
}

bool
tl_read_set(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	uint32_t bits = 0;
	bool good = read_bits(r, n, row, bit_of_word, &bits);

	memcpy(out, &bits, sizeof bits);
	return good;
}

bool
tl_read_severities(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	uint32_t bits = 0;
	bool good = read_bits(r, n, row, bits_of_severity, &bits);

	memcpy(out, &bits, sizeof bits);
	return good;
}
