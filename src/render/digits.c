/* render/digits.c: numbers, OIDs, hexadecimal and IPv4 addresses for render/out.h, by
 * tables: they are most of what stands in an event. */
#include "render/out.h"

#define D1(n) ((n) > 99 ? '0' + (n) / 100 : (n) > 9 ? '0' + (n) / 10 : '0' + (n) % 10)
#define D2(n) ((n) > 99 ? '0' + (n) / 10 % 10 : '0' + (n) % 10)
#define DOTTED(n)                                                                        \
	{                                                                                \
		'.', D1(n), D2(n), '0' + (n) % 10                                        \
	}
#define LEN(n) ((n) > 99 ? 4 : (n) > 9 ? 3 : 2)
#define PAIR10(n)                                                                        \
	{                                                                                \
		'0' + (n) / 10, '0' + (n) % 10                                           \
	}
#define HEX(n) ((n) > 9 ? 'a' + (n)-10 : '0' + (n))
#define PAIR16(n)                                                                        \
	{                                                                                \
		HEX((n) / 16), HEX((n) % 16)                                             \
	}

#define X4(x, n) x(n), x((n) + 1), x((n) + 2), x((n) + 3)
#define X20(x, n) X4(x, n), X4(x, n + 4), X4(x, n + 8), X4(x, n + 12), X4(x, n + 16)
#define X16(x, n) X4(x, n), X4(x, n + 4), X4(x, n + 8), X4(x, n + 12)
#define X64(x, n) X16(x, n), X16(x, n + 16), X16(x, n + 32), X16(x, n + 48)
#define X100(x) X20(x, 0), X20(x, 20), X20(x, 40), X20(x, 60), X20(x, 80)
#define X256(x) X64(x, 0), X64(x, 64), X64(x, 128), X64(x, 192)

/* Of each byte: its decimal digits with a dot in front, and how many characters that is.
 */
static const char dotted[256][4] = { X256(DOTTED) };
static const uint8_t dotted_len[256] = { X256(LEN) };
static const char pair10[100][2] = { X100(PAIR10) };
static const char pair16[256][2] = { X256(PAIR16) };

static const uint64_t power10[20] = { 0, 10, 100, 1000, 10000, 100000, 1000000, 10000000,
	100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
	100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
	1000000000000000000, 10000000000000000000u };

/* How many decimal digits |value| has. 1233/4096 is a little more than log10(2). */
static unsigned
digit_count(uint64_t value)
{
	unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
	unsigned guess = bits * 1233 >> 12;

	return guess + (value >= power10[guess]);
}

static uint8_t *
put_u64(uint8_t *p, uint64_t value)
{
	if (value < 10) {
		*p = (uint8_t)('0' + value);
		return p + 1;
	}
	unsigned count = digit_count(value);
	uint8_t *to = p + count;
	for (; value > UINT32_MAX; value /= 100)
		memcpy(to -= 2, pair10[value % 100], 2);
	uint32_t left = (uint32_t)value;
	for (; left >= 100; left /= 100)
		memcpy(to -= 2, pair10[left % 100], 2);
	if (left >= 10)
		memcpy(p, pair10[left], 2);
	else
		*p = (uint8_t)('0' + left);
	return p + count;
}

void
tl_out_u64(tl_out *o, uint64_t value)
{
	o->p = put_u64(o->p, value);
}

void
tl_out_i64(tl_out *o, int64_t value)
{
	uint8_t *p = o->p;

	*p = '-';
	o->p =
	    value < 0 ? put_u64(p + 1, 0 - (uint64_t)value) : put_u64(p, (uint64_t)value);
}

void
tl_out_nine_digits(tl_out *o, uint32_t value)
{
	uint8_t *p = o->p;

	memcpy(p + 7, pair10[value % 100], 2);
	memcpy(p + 5, pair10[value / 100 % 100], 2);
	memcpy(p + 3, pair10[value / 10000 % 100], 2);
	memcpy(p + 1, pair10[value / 1000000 % 100], 2);
	*p = (uint8_t)('0' + value / 100000000);
	o->p = p + 9;
}

static void
put_hex32(uint8_t *p, uint32_t value)
{
	memcpy(p, pair16[value >> 24], 2);
	memcpy(p + 2, pair16[value >> 16 & 0xff], 2);
	memcpy(p + 4, pair16[value >> 8 & 0xff], 2);
	memcpy(p + 6, pair16[value & 0xff], 2);
}

void
tl_out_hex64(tl_out *o, uint64_t value)
{
	uint8_t *p = o->p;

	put_hex32(p, (uint32_t)(value >> 32));
	put_hex32(p + 8, (uint32_t)value);
	o->p = p + 16;
}

void
tl_out_hex(tl_out *o, tl_span bytes)
{
	if (!tl_out_room(o, 2 * bytes.len))
		return;
	uint8_t *to = o->p;
	for (size_t i = 0; i < bytes.len; i++, to += 2)
		memcpy(to, pair16[bytes.ptr[i]], 2);
	o->p = to;
}

/* Four characters are written for each byte: there is room for as many. */
static uint8_t *
put_arcs(uint8_t *to, const uint8_t *p, const uint8_t *end)
{
	while (p < end) {
		uint32_t arc = *p++;
		if (arc < 0x80) {
			memcpy(to, dotted[arc], 4);
			to += dotted_len[arc];
			continue;
		}
		for (arc &= 0x7f; p < end;) {
			arc = arc << 7 | (*p & 0x7f);
			if (*p++ < 0x80)
				break;
		}
		*to++ = '.';
		to = put_u64(to, arc);
	}
	return to;
}

void
tl_out_oid_rest(tl_out *o, tl_oid rest)
{
	if (rest.len > 0 && tl_out_room(o, 4 * (size_t)rest.len))
		o->p = put_arcs(o->p, rest.ber, rest.ber + rest.len);
}

/* The first two sub-identifiers share a number (X.690 section 8.19.4), which runs to
 * 2^32 + 79. */
void
tl_out_oid(tl_out *o, tl_oid oid)
{
	uint64_t first = 0;

	if (!tl_out_room(o, 4 * (size_t)oid.len + 4) || oid.len == 0)
		return;
	const uint8_t *p = oid.ber, *end = oid.ber + oid.len;
	do
		first = first << 7 | (*p & 0x7f);
	while ((*p++ & 0x80) != 0 && p < end);
	unsigned root = first < 80 ? (unsigned)first / 40 : 2;
	*o->p++ = (uint8_t)('0' + root);
	*o->p++ = '.';
	o->p = put_arcs(put_u64(o->p, first - 40 * root), p, end);
}

void
tl_out_ipv4(tl_out *o, const uint8_t addr[static 4])
{
	uint8_t *to = o->p;

	memcpy(to, dotted[addr[0]] + 1, 3);
	to += dotted_len[addr[0]] - 1;
	for (int i = 1; i < 4; i++) {
		memcpy(to, dotted[addr[i]], 4);
		to += dotted_len[addr[i]];
	}
	o->p = to;
}
