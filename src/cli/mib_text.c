/* cli/mib_text.c: printing what stands in MIB files, which may hold any bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cli/mib.h"

enum { PRINTABLE = 6 }; /* bytes that one may become */

void
mib_print(FILE *to, tl_span text)
{
	tl_buf b = { .cap = text.len * PRINTABLE + 1 };

	b.ptr = malloc(b.cap);
	if (b.ptr == NULL)
		return;
	tl_buf_printable(&b, text);
	fwrite(b.ptr, 1, b.len, to);
	free(b.ptr);
}

void
mib_print_name(FILE *to, const tl_mib *mib, const tl_mib_node *node)
{
	tl_span module = tl_mib_node_module(mib, node);

	if (module.len > 0) {
		mib_print(to, module);
		fputs("::", to);
	}
	mib_print(to, tl_mib_node_name(mib, node));
}

void
mib_print_oid(FILE *to, tl_oid oid)
{
	char text[TL_OID_TEXT_MAX];

	fwrite(text, 1, tl_oid_text(oid, text), to);
}

/* Copies without what moves a cursor: a page feed is a blank, a CR is nothing. */
static size_t
copy_without_controls(uint8_t *to, tl_span raw)
{
	size_t n = 0;

	for (size_t i = 0; i < raw.len; i++) {
		uint8_t c = raw.ptr[i];
		if (c == '\r')
			continue;
		bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
		to[n++] = control ? ' ' : c;
	}
	return n;
}

/* The characters of Latin-1 in UTF-8, its controls left out. */
static size_t
put_latin1(uint8_t *to, tl_span text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];
		if (c < 0x80) {
			to[n++] = c;
		} else if (c >= 0xa0) {
			to[n++] = (uint8_t)(0xc0 | c >> 6);
			to[n++] = (uint8_t)(0x80 | (c & 0x3f));
		} else {
			to[n++] = ' ';
		}
	}
	return n;
}

bool
mib_clean_text(tl_span raw, tl_vec *out)
{
	uint32_t had = out->count;
	uint8_t *copy = malloc(raw.len + 1);
	uint8_t *to = tl_vec_grow(out, 1, 2 * raw.len + 1);

	if (copy != NULL && to != NULL) {
		tl_span text = { copy, copy_without_controls(copy, raw) };
		size_t n = text.len;
		if (tl_is_text(text))
			memcpy(to, copy, n);
		else
			n = put_latin1(to, text);
		out->count = had + (uint32_t)n;
	}
	free(copy);
	return copy != NULL && to != NULL;
}

void
mib_print_json(FILE *to, tl_span text)
{
	tl_vec clean = { 0 };

	fputc('"', to);
	if (mib_clean_text(text, &clean))
		for (uint32_t i = 0; i < clean.count; i++) {
			char c = *TL_VEC_AT(&clean, char, i);
			if (c == '\n' || c == '\t') {
				fputs(c == '\n' ? "\\n" : "\\t", to);
				continue;
			}
			if (c == '"' || c == '\\')
				fputc('\\', to);
			fputc(c, to);
		}
	fputc('"', to);
	tl_vec_free(&clean);
}

void
mib_print_json_node(FILE *to, const tl_mib *mib, const tl_mib_node *node)
{
	fputs("\"module\":", to);
	mib_print_json(to, tl_mib_node_module(mib, node));
	fputs(",\"name\":", to);
	mib_print_json(to, tl_mib_node_name(mib, node));
	fputs(",\"oid\":\"", to);
	mib_print_oid(to, tl_mib_node_oid(mib, node));
	fprintf(to, "\",\"kind\":\"%s\"", mib_kind_word(node));
}

/* The next line of |text|, which is cut off it, without blanks at its end. */
static tl_span
take_line(tl_span *text)
{
	const uint8_t *end = memchr(text->ptr, '\n', text->len);
	size_t len = end != NULL ? (size_t)(end - text->ptr) : text->len;
	size_t used = len + (end != NULL);
	tl_span line = { text->ptr, len };

	text->ptr += used;
	text->len -= used;
	while (line.len > 0 && strchr(" \t", line.ptr[line.len - 1]) != NULL)
		line.len--;
	return line;
}

/* Columns that |line| begins with blanks for; |used| the bytes of them. */
static int
indent_of(tl_span line, size_t *used)
{
	int column = 0;
	size_t i = 0;

	for (; i < line.len && (line.ptr[i] == ' ' || line.ptr[i] == '\t'); i++)
		column += line.ptr[i] == '\t' ? 8 - column % 8 : 1;
	*used = i;
	return column;
}

/* What all lines but the first one, which stands behind a quote, are indented by. */
static int
common_indent(tl_span text)
{
	int least = -1;
	size_t used;

	take_line(&text);
	while (text.len > 0) {
		tl_span line = take_line(&text);
		int indent = indent_of(line, &used);
		if (line.len > 0 && (least < 0 || indent < least))
			least = indent;
	}
	return least < 0 ? 0 : least;
}

/* Characters of UTF-8. */
static int
columns_of(const uint8_t *p, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++)
		n += (p[i] & 0xc0) != 0x80;
	return n;
}

/* Prints the words of |line|; those that do not fit go on below, as far to the right. */
static void
print_line(FILE *to, tl_span line, int indent, int width)
{
	int column = indent;

	fprintf(to, "%*s", indent, "");
	for (size_t i = 0; i < line.len;) {
		size_t start = i, word;
		while (i < line.len && strchr(" \t", line.ptr[i]) != NULL)
			i++;
		word = i;
		while (i < line.len && strchr(" \t", line.ptr[i]) == NULL)
			i++;
		if (column > indent &&
		    column + columns_of(line.ptr + start, i - start) > width) {
			fprintf(to, "\n%*s", indent, "");
			column = indent;
			start = word;
		}
		fwrite(line.ptr + start, 1, i - start, to);
		column += columns_of(line.ptr + start, i - start);
	}
	fputc('\n', to);
}

void
mib_print_text(FILE *to, tl_span raw, mib_layout layout)
{
	tl_vec clean = { 0 };

	if (!mib_clean_text(raw, &clean))
		return;
	tl_span text = { clean.ptr, clean.count };
	int common = common_indent(text);
	bool first = true, blank = false;
	while (text.len > 0) {
		tl_span line = take_line(&text);
		size_t used;
		int own = indent_of(line, &used) - common;
		tl_span words = { line.ptr + used, line.len - used };
		if (words.len > 0) {
			if (blank && !first)
				fputc('\n', to);
			own = own < 0 || first ? 0 : own;
			print_line(to, words, layout.indent + own, layout.width);
			first = false;
		}
		blank = words.len == 0;
	}
	tl_vec_free(&clean);
}
