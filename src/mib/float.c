/* mib/float.c: floating-point numbers in the fewest digits that give them back, whatever
 * the locale: Steele and White's algorithm on integers of fixed size. */
#include "mib/text.h"

enum { LIMBS = 40 }; /* 1,280 bits; a double needs 1,134 */

typedef struct big {
	uint32_t limb[LIMBS]; /* least first */
	int len;              /* limbs in use */
} big;

static void
set(big *b, uint64_t value)
{
	b->limb[0] = (uint32_t)value;
	b->limb[1] = (uint32_t)(value >> 32);
	b->len = 2;
}

static void
multiply(big *b, uint32_t by)
{
	uint64_t carry = 0;

	for (int i = 0; i < b->len; i++) {
		carry += (uint64_t)b->limb[i] * by;
		b->limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry != 0 && b->len < LIMBS)
		b->limb[b->len++] = (uint32_t)carry;
}

static void
multiply_power(big *b, uint32_t base, int exponent)
{
	const int step = base == 2 ? 31 : 9; /* the most that 32 bits hold */

	while (exponent > 0) {
		uint32_t by = 1;
		int n = exponent < step ? exponent : step;
		for (int i = 0; i < n; i++)
			by *= base;
		multiply(b, by);
		exponent -= n;
	}
}

static uint32_t
limb_of(const big *b, int i)
{
	return i < b->len ? b->limb[i] : 0;
}

/* Compares |a| + |b| with |c|; |b| may be NULL. */
static int
compare_sum(const big *a, const big *b, const big *c)
{
	int64_t high = 0; /* what a + b - c comes to above the limb, at most +-2 */
	int len = a->len > c->len ? a->len : c->len;

	for (int i = len - 1; i >= 0; i--) {
		high = high * ((int64_t)1 << 32) + limb_of(a, i) - limb_of(c, i);
		high += b != NULL ? limb_of(b, i) : 0;
		if (high > 2 || high < -2)
			return high > 0 ? 1 : -1;
	}
	return (high > 0) - (high < 0);
}

static void
subtract(big *a, const big *b)
{
	int64_t borrow = 0;

	for (int i = 0; i < a->len; i++) {
		borrow += (int64_t)a->limb[i] - limb_of(b, i);
		a->limb[i] = (uint32_t)borrow;
		borrow >>= 32;
	}
}

/* Digits of 0.DDDD x 10^point. */
typedef struct decimal {
	char digits[20];
	int count, point;
} decimal;

/* The fewest digits nearer to |mantissa| x 2^|exponent| than half a unit of its last
 * place. */
static void
shortest(uint64_t mantissa, int exponent, decimal *d)
{
	big value, scale, half;
	int bits = 0;

	while (bits < 64 && mantissa >> bits != 0)
		bits++;
	set(&value, mantissa);
	set(&scale, 2);
	set(&half, 1);
	multiply(&value, 2);
	multiply_power(&value, 2, exponent);
	multiply_power(&half, 2, exponent);
	multiply_power(&scale, 2, -exponent);

	/* 1233 / 4096 is a little below log10(2): the guess is right or one too low. */
	int log2 = exponent + bits - 1;
	d->point =
	    (log2 * 1233 >= 0 ? log2 * 1233 / 4096 : -((-log2 * 1234 + 4095) / 4096));
	multiply_power(&scale, 10, d->point);
	multiply_power(&value, 10, -d->point);
	multiply_power(&half, 10, -d->point);
	while (compare_sum(&value, &half, &scale) >= 0) {
		multiply(&scale, 10);
		d->point++;
	}
	for (d->count = 0; d->count < 18;) {
		char digit = '0';
		multiply(&value, 10);
		multiply(&half, 10);
		for (; compare_sum(&value, NULL, &scale) >= 0; digit++)
			subtract(&value, &scale);
		bool low = compare_sum(&half, NULL, &value) > 0;
		bool high = compare_sum(&value, &half, &scale) > 0;
		if (high && compare_sum(&value, &value, &scale) >= 0)
			digit++;
		d->digits[d->count++] = digit;
		if (low || high)
			break;
	}
}

static void
put_zeros(tl_buf *out, int count)
{
	for (; count > 0; count--)
		tl_buf_putc(out, '0');
}

/* As %g does: plain, or with an exponent where that is much shorter. */
static void
put_decimal(const decimal *d, tl_buf *out)
{
	int whole = d->point < d->count ? d->point : d->count;

	if (d->point > 17 || d->point < -3) {
		tl_buf_putc(out, d->digits[0]);
		if (d->count > 1)
			tl_buf_putc(out, '.');
		tl_buf_put(out, d->digits + 1, (size_t)(d->count - 1));
		tl_buf_putc(out, 'e');
		tl_buf_i64(out, d->point - 1);
		return;
	}
	if (whole > 0) {
		tl_buf_put(out, d->digits, (size_t)whole);
		put_zeros(out, d->point - d->count);
	} else {
		tl_buf_putc(out, '0');
		whole = 0;
	}
	if (whole < d->count) {
		tl_buf_putc(out, '.');
		put_zeros(out, -d->point);
		tl_buf_put(out, d->digits + whole, (size_t)(d->count - whole));
	}
}

/* An IEEE 754 number: its bits, and how many of them are mantissa and exponent. */
static void
put_ieee(uint64_t bits, int mantissa_bits, int exponent_bits, tl_buf *out)
{
	uint64_t mantissa = bits & ((UINT64_C(1) << mantissa_bits) - 1);
	int most = (1 << exponent_bits) - 1;
	int exponent = (int)(bits >> mantissa_bits) & most;
	int bias = most / 2 + mantissa_bits;
	decimal d;

	if (exponent == most && mantissa != 0) {
		tl_buf_lit(out, "nan");
		return;
	}
	if (bits >> (mantissa_bits + exponent_bits) != 0)
		tl_buf_putc(out, '-');
	if (exponent == most) {
		tl_buf_lit(out, "inf");
		return;
	}
	if (exponent > 0)
		mantissa |= UINT64_C(1) << mantissa_bits;
	else
		exponent = 1;
	if (mantissa == 0) {
		tl_buf_putc(out, '0');
		return;
	}
	shortest(mantissa, exponent - bias, &d);
	put_decimal(&d, out);
}

bool
tl_mib_opaque_float(tl_span value, tl_buf *out)
{
	enum { HEAD = 3, FLOAT = 4, DOUBLE = 8 };
	static const uint8_t is_float[HEAD] = { 0x9f, 0x78, FLOAT };
	static const uint8_t is_double[HEAD] = { 0x9f, 0x79, DOUBLE };
	uint64_t bits = 0;

	for (size_t i = HEAD; i < value.len && i < HEAD + DOUBLE; i++)
		bits = bits << 8 | value.ptr[i];
	if (value.len == HEAD + FLOAT && memcmp(value.ptr, is_float, HEAD) == 0)
		put_ieee(bits, 23, 8, out);
	else if (value.len == HEAD + DOUBLE && memcmp(value.ptr, is_double, HEAD) == 0)
		put_ieee(bits, 52, 11, out);
	else
		return false;
	return true;
}
