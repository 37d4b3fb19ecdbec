/* tests/ber/assemble.h: messages from text. Blanks aside,
 *	2b0f	bytes in hexadecimal
 *	'text'	its bytes
 *	( ... )	what is inside, with its BER length in front: "30(020101)"
 *	[ ... ]9	what is inside, nine times
 *	~12	twelve zero bytes for a digest, whose place is kept
 *	{ ... }	what is inside, its place kept, to be encrypted; the length is as in ( ...
 *)
 */
#ifndef TESTS_BER_ASSEMBLE_H
#define TESTS_BER_ASSEMBLE_H

#include "../base/unit.h"

enum { ASSEMBLE_MAX = 1 << 18 };

typedef struct assembly {
	uint8_t *ptr;
	size_t len;
	size_t digest, digest_len; /* of the last ~N */
	size_t secret, secret_len; /* of the last { } */
} assembly;

static inline void
assemble_put(assembly *a, const void *bytes, size_t len)
{
	assert_true(len <= ASSEMBLE_MAX - a->len);
	memcpy(a->ptr + a->len, bytes, len);
	a->len += len;
}

static inline void
assemble_byte(assembly *a, unsigned byte)
{
	assemble_put(a, &(uint8_t){ (uint8_t)byte }, 1);
}

/* Puts the length of what stands from |start| on in front of it. */
static inline size_t
assemble_length(assembly *a, size_t start)
{
	size_t len = a->len - start, octets = 0;
	uint8_t header[5];

	while (len >= 0x80 && len >> (8 * octets) != 0)
		octets++;
	header[0] = (uint8_t)(octets > 0 ? 0x80 | octets : len);
	for (size_t i = 1; i <= octets; i++)
		header[i] = (uint8_t)(len >> (8 * (octets - i)));
	assemble_put(a, header, octets + 1);
	memmove(a->ptr + start + octets + 1, a->ptr + start, len);
	memcpy(a->ptr + start, header, octets + 1);
	/* what was remembered inside has moved */
	a->digest += a->digest_len > 0 && a->digest >= start ? octets + 1 : 0;
	a->secret += a->secret_len > 0 && a->secret >= start ? octets + 1 : 0;
	return octets + 1;
}

static inline const char *assemble_list(assembly *a, const char *t);

static inline const char *
assemble_repeat(assembly *a, const char *t)
{
	size_t start = a->len;
	char *end;

	t = assemble_list(a, t);
	assert_int_equal(*t++, ']');
	unsigned long count = strtoul(t, &end, 10);
	assert_true(end > t);
	size_t len = a->len - start;
	a->len = start;
	uint8_t *once = malloc(len > 0 ? len : 1);
	memcpy(once, a->ptr + start, len);
	for (; count > 0; count--)
		assemble_put(a, once, len);
	free(once);
	return end;
}

static inline const char *
assemble_digest(assembly *a, const char *t)
{
	char *end;

	a->digest_len = strtoul(t, &end, 10);
	a->digest = a->len;
	for (size_t i = 0; i < a->digest_len; i++)
		assemble_byte(a, 0);
	return end;
}

static inline const char *
assemble_nested(assembly *a, const char *t, char close)
{
	size_t start = a->len;

	t = assemble_list(a, t);
	assert_int_equal(*t, close);
	if (close == '}') {
		a->secret = start;
		a->secret_len = a->len - start;
	}
	assemble_length(a, start);
	return t + 1;
}

static inline const char *
assemble_text(assembly *a, const char *t)
{
	for (; *t != '\''; t++) {
		assert_true(*t != '\0');
		assemble_byte(a, (uint8_t)*t);
	}
	return t + 1;
}

static inline const char *
assemble_hex(assembly *a, const char *t)
{
	char pair[3] = { t[0], t[1], '\0' }, *end;
	unsigned long byte = strtoul(pair, &end, 16);

	if (end != pair + 2)
		fail_msg("not to be assembled: '%s'", t);
	assemble_byte(a, (unsigned)byte);
	return t + 2;
}

static inline const char *
assemble_list(assembly *a, const char *t)
{
	while (*t != '\0' && strchr(")]}", *t) == NULL) {
		if (*t == ' ' || *t == '\t' || *t == '\n')
			t++;
		else if (*t == '(')
			t = assemble_nested(a, t + 1, ')');
		else if (*t == '{')
			t = assemble_nested(a, t + 1, '}');
		else if (*t == '[')
			t = assemble_repeat(a, t + 1);
		else if (*t == '~')
			t = assemble_digest(a, t + 1);
		else if (*t == '\'')
			t = assemble_text(a, t + 1);
		else
			t = assemble_hex(a, t);
	}
	return t;
}

/* The bytes, in a block of just their size: free() the ptr. */
static inline assembly
assemble(const char *text)
{
	assembly a = { .ptr = malloc(ASSEMBLE_MAX) };

	assert_non_null(a.ptr);
	assert_int_equal(*assemble_list(&a, text), '\0');
	uint8_t *fitting = (uint8_t *)exact_copy((tl_span){ a.ptr, a.len }).ptr;
	free(a.ptr);
	a.ptr = fitting;
	return a;
}

static inline tl_span
assembled(const assembly *a)
{
	return (tl_span){ a->ptr, a->len };
}

#endif
