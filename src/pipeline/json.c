/* pipeline/json.c: see json.h. Tables are read with it, and events to be sent. */
#include "pipeline/json.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"

enum { DEPTH_MAX = 32 };

bool
json_fail(json *j, const char *problem)
{
	if (j->problem == NULL)
		j->problem = problem;
	return false;
}

void
json_start(json *j, tl_span text, tl_arena *arena)
{
	const char *start = (const char *)text.ptr;

	*j = (json){ start, start, start + text.len, arena, NULL };
}

/* The next character that is not blank; NUL at the end. */
static char
peek(json *j)
{
	while (j->at < j->end &&
	       (*j->at == ' ' || *j->at == '\t' || *j->at == '\r' || *j->at == '\n'))
		j->at++;
	return j->at < j->end ? *j->at : '\0';
}

static bool
take(json *j, char c)
{
	if (j->problem != NULL || peek(j) != c || j->at == j->end)
		return false;
	j->at++;
	return true;
}

bool
json_enter(json *j, char bracket)
{
	return take(j, bracket) || json_fail(j, bracket == '{' ? "an object is wanted"
							       : "an array is wanted");
}

static bool
read_hex4(json *j, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++, j->at++) {
		char c = j->at < j->end ? *j->at : '\0';
		uint32_t digit;
		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			digit = (uint32_t)((c | 32) - 'a' + 10);
		else
			return json_fail(j, "four hexadecimal digits are wanted");
		*out = *out << 4 | digit;
	}
	return true;
}

/* What follows \u: one code unit, or two of a pair (RFC 8259 section 7). */
static bool
read_code_point(json *j, uint32_t *out)
{
	uint32_t low;

	if (!read_hex4(j, out))
		return false;
	if (*out < 0xd800 || *out > 0xdfff)
		return true;
	if (*out > 0xdbff || j->end - j->at < 2 || j->at[0] != '\\' || j->at[1] != 'u')
		return json_fail(j, "half of a surrogate pair");
	j->at += 2;
	if (!read_hex4(j, &low))
		return false;
	if (low < 0xdc00 || low > 0xdfff)
		return json_fail(j, "half of a surrogate pair");
	*out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

static void
put_utf8(tl_buf *b, uint32_t c)
{
	if (c < 0x80) {
		tl_buf_putc(b, (char)c);
	} else if (c < 0x800) {
		tl_buf_putc(b, (char)(0xc0 | c >> 6));
		tl_buf_putc(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		tl_buf_putc(b, (char)(0xe0 | c >> 12));
		tl_buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		tl_buf_putc(b, (char)(0x80 | (c & 0x3f)));
	} else {
		tl_buf_putc(b, (char)(0xf0 | c >> 18));
		tl_buf_putc(b, (char)(0x80 | (c >> 12 & 0x3f)));
		tl_buf_putc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		tl_buf_putc(b, (char)(0x80 | (c & 0x3f)));
	}
}

static bool
read_escape(json *j, tl_buf *out)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	char c = j->at < j->end ? *j->at++ : '\0';
	const char *found = c != '\0' ? strchr(letters, c) : NULL;
	uint32_t point;

	if (found != NULL) {
		tl_buf_putc(out, meanings[found - letters]);
		return true;
	}
	if (c != 'u')
		return json_fail(j, "no such escape");
	if (!read_code_point(j, &point))
		return false;
	put_utf8(out, point);
	return true;
}

/* The contents of a string that ends at |close|; escapes only make it shorter. */
static bool
read_escaped(json *j, const char *close, tl_span *out)
{
	size_t room = (size_t)(close - j->at);
	tl_buf b = { .ptr = tl_arena_take(j->arena, room), .cap = room };

	if (b.ptr == NULL)
		return json_fail(j, "too long for the memory");
	while (j->at < close) {
		char c = *j->at++;
		if (c != '\\')
			tl_buf_putc(&b, c);
		else if (!read_escape(j, &b))
			return false;
	}
	*out = tl_buf_written(&b);
	return true;
}

static bool
read_string(json *j, tl_span *out)
{
	if (!take(j, '"'))
		return json_fail(j, "a string is wanted");
	const char *close = j->at;
	bool escaped = false;
	while (close < j->end && *close != '"') {
		if ((uint8_t)*close < 0x20) {
			j->at = close;
			return json_fail(j, "a control character in a string");
		}
		escaped |= *close == '\\';
		close += *close == '\\' && close + 1 < j->end ? 2 : 1;
	}
	if (close >= j->end)
		return json_fail(j, "a string without an end");
	*out = (tl_span){ (const uint8_t *)j->at, (size_t)(close - j->at) };
	if (escaped && !read_escaped(j, close, out))
		return false;
	j->at = close + 1;
	return true;
}

static size_t
take_digits(json *j)
{
	const char *from = j->at;

	while (j->at < j->end && *j->at >= '0' && *j->at <= '9')
		j->at++;
	return (size_t)(j->at - from);
}

static bool
to_u64(const char *text, size_t len, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < len; i++) {
		uint64_t digit = (uint64_t)(text[i] - '0');
		if (*out > (UINT64_MAX - digit) / 10)
			return false;
		*out = 10 * *out + digit;
	}
	return true;
}

/* A number; those with a fraction or an exponent, or over 64 bits, are JSON_OTHER. */
static bool
read_number(json *j, json_value *out)
{
	out->negative = take(j, '-');
	const char *digits = j->at;
	size_t len = take_digits(j);
	if (len == 0 || (len > 1 && digits[0] == '0'))
		return json_fail(j, "a value is wanted");
	if (to_u64(digits, len, &out->magnitude))
		out->kind = JSON_INTEGER;
	if (j->at < j->end && *j->at == '.') {
		out->kind = JSON_OTHER;
		j->at++;
		if (take_digits(j) == 0)
			return json_fail(j, "a digit is wanted");
	}
	if (j->at < j->end && (*j->at | 32) == 'e') {
		out->kind = JSON_OTHER;
		j->at++;
		if (j->at < j->end && (*j->at == '+' || *j->at == '-'))
			j->at++;
		if (take_digits(j) == 0)
			return json_fail(j, "a digit is wanted");
	}
	return true;
}

static bool
read_word(json *j, json_value *out)
{
	static const char *const words[] = { "null", "true", "false" };

	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(words[i]);
		if ((size_t)(j->end - j->at) >= len &&
		    memcmp(j->at, words[i], len) == 0) {
			j->at += len;
			out->kind = i == 0 ? JSON_NULL : JSON_OTHER;
			return true;
		}
	}
	return json_fail(j, "a value is wanted");
}

bool
json_next(json *j, bool *first, tl_span *key)
{
	if (j->problem != NULL || take(j, key != NULL ? '}' : ']'))
		return false;
	if (!*first && !take(j, ','))
		return json_fail(j, "a comma or a closing bracket is wanted");
	*first = false;
	if (key == NULL)
		return true;
	return read_string(j, key) && (take(j, ':') || json_fail(j, "a colon is wanted"));
}

static bool read_any(json *j, unsigned depth, json_value *out);

static bool
skip_parts(json *j, char open, unsigned depth)
{
	bool first = true;
	tl_span key, *wanted = open == '{' ? &key : NULL;
	json_value part;

	if (depth == DEPTH_MAX)
		return json_fail(j, "too deep");
	j->at++;
	while (json_next(j, &first, wanted))
		if (!read_any(j, depth + 1, &part))
			return false;
	return j->problem == NULL;
}

static bool
read_any(json *j, unsigned depth, json_value *out)
{
	char c = peek(j);
	const char *from = j->at;

	*out = (json_value){ JSON_OTHER };
	if (j->problem != NULL)
		return false;
	if (c == '{' || c == '[')
		return skip_parts(j, c, depth);
	if (c == '"') {
		out->kind = JSON_STRING;
		return read_string(j, &out->text);
	}
	bool is_number = c == '-' || (c >= '0' && c <= '9');
	if (!(is_number ? read_number(j, out) : read_word(j, out)))
		return false;
	out->text = (tl_span){ (const uint8_t *)from, (size_t)(j->at - from) };
	return true;
}

bool
json_read(json *j, json_value *out)
{
	return read_any(j, 0, out);
}

bool
json_skip(json *j)
{
	json_value ignored;

	return read_any(j, 0, &ignored);
}

bool
json_finish(json *j)
{
	return j->problem == NULL &&
	       (peek(j) == '\0' && j->at == j->end ? true
						   : json_fail(j, "something follows"));
}
