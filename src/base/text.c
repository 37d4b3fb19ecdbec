/* base/text.c: numbers, OIDs, times and foreign bytes as text. */
#include "base/buf.h"

static const char two_digits[200] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";

/* Writes |value| so that it ends before |end|; returns where it begins. */
static char *
digits_before(char *end, uint64_t value)
{
	while (value >= 100) {
		end -= 2;
		memcpy(end, two_digits + 2 * (value % 100), 2);
		value /= 100;
	}
	if (value >= 10) {
		end -= 2;
		memcpy(end, two_digits + 2 * value, 2);
	} else {
		*--end = (char)('0' + value);
	}
	return end;
}

static size_t
count_digits(uint64_t value)
{
	size_t digits = 1;

	for (; value >= 100; value /= 100)
		digits += 2;
	return digits + (value >= 10);
}

void
tl_buf_u64(tl_buf *b, uint64_t value)
{
	size_t digits = count_digits(value);

	if (digits > b->cap - b->len) {
		b->full = true;
		return;
	}
	b->len += digits;
	digits_before((char *)b->ptr + b->len, value);
}

void
tl_buf_i64(tl_buf *b, int64_t value)
{
	if (value >= 0) {
		tl_buf_u64(b, (uint64_t)value);
		return;
	}
	tl_buf_putc(b, '-');
	tl_buf_u64(b, 0 - (uint64_t)value);
}

void
tl_buf_u64_pad(tl_buf *b, uint64_t value, unsigned digits)
{
	char text[40];
	char *end = text + sizeof text, *from = digits_before(end, value);

	while ((size_t)(end - from) < digits)
		*--from = '0';
	tl_buf_put(b, from, (size_t)(end - from));
}

void
tl_buf_hex(tl_buf *b, tl_span bytes)
{
	static const char hex[] = "0123456789abcdef";

	if (bytes.len > (b->cap - b->len) / 2) {
		b->full = true;
		return;
	}
	uint8_t *to = bytes.len > 0 ? b->ptr + b->len : b->ptr;
	for (size_t i = 0; i < bytes.len; i++) {
		*to++ = (uint8_t)hex[bytes.ptr[i] >> 4];
		*to++ = (uint8_t)hex[bytes.ptr[i] & 15];
	}
	b->len += 2 * bytes.len;
}

/* Puts the sub-identifiers, each with a dot in front. One byte is at most 4 characters, 5
 * bytes are 11. */
static void
put_arcs(tl_buf *b, const uint8_t *p, const uint8_t *end)
{
	if ((size_t)(end - p) * 4 > b->cap - b->len) {
		b->full = true;
		return;
	}
	char *to = (char *)b->ptr + b->len;
	while (p < end) {
		uint32_t arc = *p & 0x7f;
		while ((*p++ & 0x80) != 0 && p < end)
			arc = arc << 7 | (*p & 0x7f);
		*to++ = '.';
		if (arc < 10) {
			*to++ = (char)('0' + arc);
			continue;
		}
		char text[20];
		char *from = digits_before(text + sizeof text, arc);
		size_t len = (size_t)(text + sizeof text - from);
		memcpy(to, from, len);
		to += len;
	}
	b->len = (size_t)((uint8_t *)to - b->ptr);
}

void
tl_buf_oid_rest(tl_buf *b, tl_oid rest)
{
	if (rest.len > 0)
		put_arcs(b, rest.ber, rest.ber + rest.len);
}

void
tl_buf_oid(tl_buf *b, tl_oid oid)
{
	const uint8_t *p = oid.ber;
	uint64_t first = 0;

	if (oid.len == 0)
		return;
	const uint8_t *end = p + oid.len;
	do
		first = first << 7 | (*p & 0x7f);
	while ((*p++ & 0x80) != 0 && p < end);
	uint32_t root = first < 80 ? (uint32_t)first / 40 : 2;
	tl_buf_putc(b, (char)('0' + root));
	tl_buf_putc(b, '.');
	tl_buf_u64(b, first - 40 * root);
	put_arcs(b, p, end);
}

/* From days since 1970-01-01 to a date in the Gregorian calendar, by eras of 400 years.
 */
static void
civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = (int64_t)yoe + era * 400 + (*month <= 2);
}

void
tl_buf_time(tl_buf *b, int64_t realtime_ns)
{
	const int64_t day_s = 86400, second = 1000000000;
	int64_t s = realtime_ns / second, ns = realtime_ns % second, year;
	unsigned month, day;

	if (ns < 0) {
		ns += second;
		s--;
	}
	int64_t days = s / day_s, left = s % day_s;
	if (left < 0) {
		left += day_s;
		days--;
	}
	civil_from_days(days, &year, &month, &day);
	tl_buf_u64_pad(b, (uint64_t)year, 4);
	tl_buf_putc(b, '-');
	tl_buf_u64_pad(b, month, 2);
	tl_buf_putc(b, '-');
	tl_buf_u64_pad(b, day, 2);
	tl_buf_putc(b, 'T');
	tl_buf_u64_pad(b, (uint64_t)(left / 3600), 2);
	tl_buf_putc(b, ':');
	tl_buf_u64_pad(b, (uint64_t)(left / 60 % 60), 2);
	tl_buf_putc(b, ':');
	tl_buf_u64_pad(b, (uint64_t)(left % 60), 2);
	tl_buf_putc(b, '.');
	tl_buf_u64_pad(b, (uint64_t)ns, 9);
	tl_buf_putc(b, 'Z');
}
