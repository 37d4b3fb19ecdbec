/* mib/text.c: dates, addresses and time as text. */
#include "mib/text.h"

bool
tl_mib_date(tl_span value, tl_buf *out)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	enum { SHORT = 8, LONG = 11 };
	const uint8_t *p = value.ptr;

	if (value.len != SHORT && value.len != LONG)
		return false;
	unsigned year = (unsigned)p[0] << 8 | p[1], month = p[2], day = p[3];
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > days[month - 1] + (unsigned)(leap && month == 2) || p[4] > 23 ||
	    p[5] > 59 || p[6] > 60 || p[7] > 9)
		return false;
	if (value.len == LONG &&
	    ((p[8] != '+' && p[8] != '-') || p[9] > 14 || p[10] > 59))
		return false;

	tl_buf_u64_pad(out, year, 4);
	tl_buf_putc(out, '-');
	tl_buf_u64_pad(out, month, 2);
	tl_buf_putc(out, '-');
	tl_buf_u64_pad(out, day, 2);
	for (int i = 4; i < 7; i++) {
		tl_buf_putc(out, i == 4 ? 'T' : ':');
		tl_buf_u64_pad(out, p[i], 2);
	}
	tl_buf_putc(out, '.');
	tl_buf_u64(out, p[7]);
	if (value.len == LONG) {
		tl_buf_putc(out, (char)p[8]);
		tl_buf_u64_pad(out, p[9], 2);
		tl_buf_putc(out, ':');
		tl_buf_u64_pad(out, p[10], 2);
	}
	return true;
}

/* |value|, below 100, as two digits; what stands behind them. */
static char *
put_two(char *to, uint64_t value)
{
	*to++ = (char)('0' + value / 10);
	*to++ = (char)('0' + value % 10);
	return to;
}

void
tl_mib_ticks(uint64_t cs, tl_buf *out)
{
	uint64_t s = cs / 100, days = s / 86400, left = s % 86400;
	char text[12], *to = text;

	if (days > 0) {
		tl_buf_u64(out, days);
		tl_buf_lit(out, "d ");
	}
	to = put_two(to, left / 3600);
	*to++ = ':';
	to = put_two(to, left / 60 % 60);
	*to++ = ':';
	to = put_two(to, left % 60);
	*to++ = '.';
	to = put_two(to, cs % 100);
	tl_buf_put(out, text, (size_t)(to - text));
}

static void
put_ipv4(const uint8_t *p, tl_buf *out)
{
	char text[16], *to = text;

	for (int i = 0; i < 4; i++) {
		if (p[i] >= 100)
			*to++ = (char)('0' + p[i] / 100);
		if (p[i] >= 10)
			*to++ = (char)('0' + p[i] / 10 % 10);
		*to++ = (char)('0' + p[i] % 10);
		*to++ = '.';
	}
	tl_buf_put(out, text, (size_t)(to - text) - 1);
}

static void
put_group(const uint8_t *p, tl_buf *out)
{
	unsigned group = (unsigned)p[0] << 8 | p[1];
	int shift = 12;

	while (shift > 0 && group >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		tl_buf_putc(out, "0123456789abcdef"[group >> shift & 15]);
}

/* The longest run of at least two groups that are zero, the first of equals. */
static int
zero_run(const uint8_t *p, int *from)
{
	int best = 0, run = 0;

	for (int i = 0; i < 8; i++) {
		run = p[2 * i] == 0 && p[2 * i + 1] == 0 ? run + 1 : 0;
		if (run > best && run > 1) {
			best = run;
			*from = i - run + 1;
		}
	}
	return best;
}

/* RFC 5952. */
static void
put_ipv6(const uint8_t *p, tl_buf *out)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	int from = 0, run = zero_run(p, &from);

	if (memcmp(p, mapped, sizeof mapped) == 0) {
		tl_buf_lit(out, "::ffff:");
		put_ipv4(p + sizeof mapped, out);
		return;
	}
	for (int i = 0; i < 8; i++) {
		if (run > 0 && i == from) {
			tl_buf_lit(out, "::");
			i += run - 1;
			continue;
		}
		if (i > 0 && (run == 0 || i != from + run))
			tl_buf_putc(out, ':');
		put_group(p + 2 * i, out);
	}
}

bool
tl_mib_inet(tl_span value, tl_buf *out)
{
	enum { V4 = 4, V6 = 16, ZONE = 4 };
	size_t len = value.len == V4 || value.len == V4 + ZONE   ? V4
		     : value.len == V6 || value.len == V6 + ZONE ? V6
								 : 0;

	if (len == V4)
		put_ipv4(value.ptr, out);
	else if (len == V6)
		put_ipv6(value.ptr, out);
	else
		return false;
	if (value.len > len) {
		const uint8_t *zone = value.ptr + len;
		tl_buf_putc(out, '%');
		tl_buf_u64(out, (uint64_t)zone[0] << 24 | (uint32_t)zone[1] << 16 |
				    (uint32_t)zone[2] << 8 | zone[3]);
	}
	return true;
}
