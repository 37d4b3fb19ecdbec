/* conf/write.c: see write.h. */
#include "conf/write.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "conf/read.h"
#include "conf/units.h"

static bool
is_plain(const char *text)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/_";

	if (text[0] == '\0' || strchr(first, text[0]) == NULL)
		return false;
	for (const char *c = text; *c != '\0'; c++)
		if (strchr(first, *c) == NULL && strchr(".+-", *c) == NULL &&
		    (*c != ':' || c[1] == '\0' || strchr(first, c[1]) == NULL))
			return false;
	return true;
}

void
tl_conf_write_text(FILE *to, const char *text)
{
	if (is_plain(text)) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (const uint8_t *c = (const uint8_t *)text; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(to, "\\%c", *c);
		else if (*c < 0x20 || *c == 0x7f)
			fprintf(to, "\\x%02x", *c);
		else
			fputc(*c, to);
	}
	fputc('"', to);
}

static void
write_hex(FILE *to, tl_span bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		fprintf(to, "%02x", bytes.ptr[i]);
}

typedef void write_value(
    const tl_conf_writer *w, const tl_conf_row *row, const void *value);

static int64_t
int_at(const void *value)
{
	int64_t n;

	memcpy(&n, value, sizeof n);
	return n;
}

static int
word_at(const void *value)
{
	int n;

	memcpy(&n, value, sizeof n);
	return n;
}

static uint32_t
bits_at(const void *value)
{
	uint32_t n;

	memcpy(&n, value, sizeof n);
	return n;
}

static const char *
text_at(const void *value)
{
	const char *text;

	memcpy(&text, value, sizeof text);
	return text;
}

static void
write_bool(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	fputs(*(const bool *)value ? "true" : "false", w->to);
}

static void
write_int(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	fprintf(w->to, "%" PRId64, int_at(value));
}

static void
write_quantity(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	char text[TL_QUANTITY_MAX];

	tl_quantity_write(int_at(value),
	    row->type == TL_TYPE_DURATION ? tl_units_time : tl_units_bytes, text);
	fputs(text, w->to);
}

static void
write_mode(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	fprintf(w->to, "0%03" PRIo64, int_at(value));
}

static void
write_text(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	bool hidden = row->secret && !w->secrets && row->type == TL_TYPE_TEXT;

	tl_conf_write_text(w->to, hidden ? TL_CONF_HIDDEN : text_at(value));
}

/* Whether what is called |name|, of |len| bytes at most, is a secret by its name. */
static bool
names_secret(const char *name, size_t len)
{
	static const char *const words[] = { "auth", "token", "secret", "key", "cookie",
		"passw", "pwd", "signature", "credential" };
	char copy[64];

	snprintf(copy, sizeof copy, "%.*s", len < sizeof copy ? (int)len : 63, name);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcasestr(copy, words[i]) != NULL)
			return true;
	return false;
}

/* Of the query, "?NAME=VALUE&...", values are hidden that are secrets by their names. */
static void
write_url(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	const char *at = text_at(value), *query = strchr(at, '?');
	char *shown = NULL;
	size_t len;
	FILE *to = query != NULL && !w->secrets ? open_memstream(&shown, &len) : NULL;

	if (to == NULL) {
		write_text(w, row, value);
		return;
	}
	fprintf(to, "%.*s", (int)(query - at), at);
	for (at = query; *at != '\0';) {
		size_t name = 1 + strcspn(at + 1, "=&"), all = 1 + strcspn(at + 1, "&");
		bool hidden = name < all && names_secret(at + 1, name - 1);
		fprintf(to, "%.*s%s", (int)(hidden ? name + 1 : all), at,
		    hidden ? TL_CONF_HIDDEN : "");
		at += all;
	}
	if (fclose(to) == 0)
		tl_conf_write_text(w->to, shown);
	free(shown);
}

static void
write_character(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	char text[2] = { *(const char *)value };

	(void)row;
	tl_conf_write_text(w->to, text);
}

static void
write_word(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	fputs(row->words[word_at(value)], w->to);
}

static void
write_order(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	tl_conf_array list = tl_conf_array_get(value);

	fputc('[', w->to);
	for (size_t i = 0; i < list.count; i++)
		fprintf(w->to, "%s%s", i > 0 ? ", " : "",
		    row->words[((const int64_t *)list.at)[i]]);
	fputc(']', w->to);
}

static void
write_bits(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	const char *before = "";

	fputc('[', w->to);
	for (int i = 0; row->words[i] != NULL; i++)
		if ((bits_at(value) >> i & 1) != 0) {
			fprintf(w->to, "%s%s", before, row->words[i]);
			before = ", ";
		}
	fputc(']', w->to);
}

static void
write_hex_value(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	write_hex(w->to, *(const tl_span *)value);
}

static void
write_secret(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	const tl_conf_secret *secret = value;

	(void)row;
	if (w->secrets)
		write_hex(w->to, secret->bytes);
	tl_conf_write_text(w->to, secret->where != NULL ? secret->where : TL_CONF_HIDDEN);
}

static void
write_auth(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	fputs(tl_auth_name(*(const tl_auth *)value), w->to);
}

static void
write_priv(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	fputs(tl_priv_name(*(const tl_priv *)value), w->to);
}

static void
write_level(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	fputs(tl_level_name(*(const tl_level *)value), w->to);
}

/* Of each type that begins with what was written, or has it first but for one: */
static void
write_cidr(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	tl_conf_write_text(w->to, ((const tl_conf_cidr *)value)->text);
}

static void
write_source(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	write_cidr(w, row, &((const tl_conf_source *)value)->net);
}

/* A list of elements of |size| bytes, each with its text at |offset|. */
static void
write_texts(FILE *to, const void *value, size_t size, size_t offset)
{
	tl_conf_array list = tl_conf_array_get(value);

	fputc('[', to);
	for (size_t i = 0; i < list.count; i++) {
		fputs(i > 0 ? ", " : "", to);
		tl_conf_write_text(
		    to, text_at((const uint8_t *)list.at + i * size + offset));
	}
	fputc(']', to);
}

static void
write_nets(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	write_texts(w->to, value, sizeof(tl_conf_cidr), offsetof(tl_conf_cidr, text));
}

static void
write_tests(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	write_texts(w->to, value, sizeof(tl_conf_test), offsetof(tl_conf_test, shown));
}

static void
write_program(const tl_conf_writer *w, const tl_conf_row *row, const void *value)
{
	(void)row;
	write_texts(w->to, value, sizeof(char *), 0);
}

/* Types whose struct has the text as it was written in front have write_text(). */
static write_value *const writers[TL_TYPE_COUNT] = {
	[TL_TYPE_BOOL] = write_bool,
	[TL_TYPE_INT] = write_int,
	[TL_TYPE_DURATION] = write_quantity,
	[TL_TYPE_SIZE] = write_quantity,
	[TL_TYPE_MODE] = write_mode,
	[TL_TYPE_TEXT] = write_text,
	[TL_TYPE_CHARACTER] = write_character,
	[TL_TYPE_ENUM] = write_word,
	[TL_TYPE_ORDER] = write_order,
	[TL_TYPE_SET] = write_bits,
	[TL_TYPE_SEVERITIES] = write_bits,
	[TL_TYPE_FOLDER] = write_text,
	[TL_TYPE_FILE] = write_text,
	[TL_TYPE_NEW_FILE] = write_text,
	[TL_TYPE_PROGRAM] = write_program,
	[TL_TYPE_LISTEN] = write_text,
	[TL_TYPE_TARGET] = write_text,
	[TL_TYPE_URL] = write_url,
	[TL_TYPE_HEX] = write_hex_value,
	[TL_TYPE_SECRET] = write_secret,
	[TL_TYPE_AUTH] = write_auth,
	[TL_TYPE_PRIV] = write_priv,
	[TL_TYPE_LEVEL] = write_level,
	[TL_TYPE_CIDR] = write_cidr,
	[TL_TYPE_ADDRESS] = write_cidr,
	[TL_TYPE_NETS] = write_nets,
	[TL_TYPE_SOURCE] = write_source,
	[TL_TYPE_OUTPUT] = write_text,
	[TL_TYPE_NAME] = write_text,
	[TL_TYPE_PATTERN] = write_text,
	[TL_TYPE_TESTS] = write_tests,
	[TL_TYPE_TEMPLATE] = write_text,
	[TL_TYPE_FIELD] = write_text,
	[TL_TYPE_CHARSET] = write_text,
};

bool
tl_conf_is_section_absent(const tl_conf_section *s, const void *section)
{
	for (const tl_conf_row *row = s->rows; row->key != NULL; row++)
		if (!tl_conf_is_absent(row, (const uint8_t *)section + row->offset))
			return false;
	return true;
}

bool
tl_conf_is_absent(const tl_conf_row *row, const void *value)
{
	if (row->many != TL_ONE || row->type == TL_TYPE_ORDER ||
	    row->type == TL_TYPE_PROGRAM)
		return tl_conf_array_get(value).count == 0;
	if (row->type == TL_TYPE_SECTION)
		return tl_conf_is_section_absent(row->section, value);
	if (writers[row->type] == write_text || row->type == TL_TYPE_URL)
		return text_at(value) == NULL;
	switch ((int)row->type) {
	case TL_TYPE_ENUM:
		return row->words[word_at(value)][0] == '\0';
	case TL_TYPE_SET:
	case TL_TYPE_SEVERITIES:
		return bits_at(value) == 0;
	case TL_TYPE_HEX:
		return ((const tl_span *)value)->len == 0;
	case TL_TYPE_SECRET:
		return ((const tl_conf_secret *)value)->bytes.ptr == NULL;
	case TL_TYPE_AUTH:
		return *(const tl_auth *)value == TL_AUTH_NONE;
	case TL_TYPE_PRIV:
		return *(const tl_priv *)value == TL_PRIV_NONE;
	case TL_TYPE_LEVEL:
		return *(const tl_level *)value == TL_LEVEL_NONE;
	default:
		return false;
	}
}

static void
begin_line(tl_conf_writer *w)
{
	for (unsigned i = 0; i + 2 * w->dash < w->indent; i++)
		fputc(' ', w->to);
	fputs(w->dash ? "- " : "", w->to);
	w->dash = false;
}

/* A key with its colon, as a value of its type. */
static void
write_key(tl_conf_writer *w, const tl_conf_row *row, const void *key)
{
	tl_conf_type type = row->key_type != 0 ? row->key_type : TL_TYPE_TEXT;

	begin_line(w);
	writers[type](w, row, key);
	fputc(':', w->to);
}

static void
write_nested(tl_conf_writer *w, const tl_conf_section *s, const void *section)
{
	fputc('\n', w->to);
	w->indent += 2;
	tl_conf_write_section(w, s, section);
	w->indent -= 2;
}

static void
write_map(tl_conf_writer *w, const tl_conf_row *row, tl_conf_array map)
{
	size_t at_value = tl_conf_key_size(row);
	size_t size = at_value + tl_conf_value_size(row);
	const uint8_t *at = map.at;

	fputc('\n', w->to);
	w->indent += 2;
	for (size_t i = 0; i < map.count; i++, at += size) {
		write_key(w, row, at);
		if (row->type == TL_TYPE_SECTION) {
			write_nested(w, row->section, at);
			continue;
		}
		fputc(' ', w->to);
		if (row->secret && !w->secrets && names_secret(text_at(at), SIZE_MAX))
			tl_conf_write_text(w->to, TL_CONF_HIDDEN);
		else
			writers[row->type](w, row, at + at_value);
		fputc('\n', w->to);
	}
	w->indent -= 2;
}

static void
write_sections(tl_conf_writer *w, const tl_conf_row *row, tl_conf_array list)
{
	fputc('\n', w->to);
	w->indent += 4;
	for (size_t i = 0; i < list.count; i++) {
		w->dash = true;
		tl_conf_write_section(
		    w, row->section, (const uint8_t *)list.at + i * row->section->size);
	}
	w->indent -= 4;
}

static void
write_list(tl_conf_writer *w, const tl_conf_row *row, tl_conf_array list)
{
	size_t size = tl_conf_value_size(row);

	fputs(" [", w->to);
	for (size_t i = 0; i < list.count; i++) {
		fputs(i > 0 ? ", " : "", w->to);
		writers[row->type](w, row, (const uint8_t *)list.at + i * size);
	}
	fputs("]\n", w->to);
}

void
tl_conf_write_row(tl_conf_writer *w, const tl_conf_row *row, const void *section)
{
	const void *value = (const uint8_t *)section + row->offset;

	if (tl_conf_is_absent(row, value))
		return;
	begin_line(w);
	fprintf(w->to, "%s:", row->key);
	if (row->many == TL_MAP) {
		write_map(w, row, tl_conf_array_get(value));
	} else if (row->many == TL_LIST && row->type == TL_TYPE_SECTION) {
		write_sections(w, row, tl_conf_array_get(value));
	} else if (row->many == TL_LIST) {
		write_list(w, row, tl_conf_array_get(value));
	} else if (row->type == TL_TYPE_SECTION) {
		write_nested(w, row->section, value);
	} else {
		fputc(' ', w->to);
		writers[row->type](w, row, value);
		fputc('\n', w->to);
	}
}

void
tl_conf_write_section(tl_conf_writer *w, const tl_conf_section *s, const void *section)
{
	const tl_conf_variant *variant = tl_conf_variant_of(s, section);

	for (const tl_conf_row *row = s->rows; row->key != NULL; row++)
		tl_conf_write_row(w, row, section);
	for (const tl_conf_row *row = variant != NULL ? variant->rows : NULL;
	     row != NULL && row->key != NULL; row++)
		tl_conf_write_row(w, row, section);
}

tl_err
tl_conf_write(const tl_conf *c, char **text, size_t *len)
{
	tl_conf_writer w = { .to = open_memstream(text, len) };

	if (w.to == NULL)
		return TL_ENOMEM;
	tl_conf_write_section(&w, &tl_conf_root, c);
	if (fclose(w.to) == 0)
		return TL_OK;
	free(*text);
	return TL_ENOMEM;
}
