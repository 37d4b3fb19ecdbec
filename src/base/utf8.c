/* base/utf8.c: strict UTF-8 (RFC 3629), and foreign text made safe to print. */
#include "base/buf.h"

/* The code point at |p|, and its length in bytes; length 0 if it is not strict UTF-8. */
static uint32_t
decode(const uint8_t *p, size_t left, unsigned *len)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t lead = p[0];
	unsigned n = lead < 0x80   ? 1
		     : lead < 0xc2 ? 0
		     : lead < 0xe0 ? 2
		     : lead < 0xf0 ? 3
		     : lead < 0xf5 ? 4
				   : 0;
	uint32_t cp = n < 2 ? lead : lead & (0x7fu >> n);

	*len = 0;
	if (n == 0 || n > left)
		return 0;
	for (unsigned i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	if (cp < least[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*len = n;
	return cp;
}

static bool
is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f);
}

/* Eight bytes at once: all of 0x20 to 0x7e. What is below a space has its high bit after
 * the subtraction, DEL after the addition; others may be wrong then, but are above. */
static inline bool
eight_plain(uint64_t v)
{
	const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;

	return ((v | (v - ones * 0x20) | (v + ones)) & high) == 0;
}

static inline uint64_t
load(const uint8_t *p, size_t len)
{
	uint64_t v = 0;

	memcpy(&v, p, len);
	return v;
}

/* How many bytes of most texts: all, if they are plain; else no more than are. */
static inline size_t
count_plain(const uint8_t *p, size_t len)
{
	size_t i = 0;

	if (len >= 8) {
		for (; len - i > 8; i += 8)
			if (!eight_plain(load(p + i, 8)))
				return i;
		return eight_plain(load(p + len - 8, 8)) ? len : i;
	}
	if (len >= 4)
		return eight_plain(load(p, 4) | load(p + len - 4, 4) << 32) ? len : 0;
	while (i < len && p[i] >= 0x20 && p[i] < 0x7f)
		i++;
	return i;
}

/* Whether the rest is text. */
static __attribute__((noinline)) bool
is_text(const uint8_t *p, const uint8_t *end)
{
	while (p < end) {
		unsigned len;
		if (end - p >= 8 && eight_plain(load(p, 8))) {
			p += 8;
			continue;
		}
		if (*p >= 0x20 && *p < 0x7f) {
			p++;
			continue;
		}
		uint32_t cp = decode(p, (size_t)(end - p), &len);
		bool white = cp == '\t' || cp == '\n' || cp == '\r';
		if (len == 0 || (is_control(cp) && !white))
			return false;
		p += len;
	}
	return true;
}

bool
tl_is_text(tl_span bytes)
{
	size_t plain = count_plain(bytes.ptr, bytes.len);

	return plain == bytes.len || is_text(bytes.ptr + plain, bytes.ptr + bytes.len);
}

/* Characters that turn the direction of text or hide: they would let a device make a
 * line look like another. */
static bool
is_deceptive(uint32_t cp)
{
	return cp == 0x061c || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) ||
	       cp == 0xfeff;
}

static void
put_escape(tl_buf *b, char kind, uint32_t value, int digits)
{
	tl_buf_putc(b, '\\');
	tl_buf_putc(b, kind);
	while (digits-- > 0)
		tl_buf_putc(b, "0123456789abcdef"[value >> (4 * digits) & 15]);
}

void
tl_buf_printable(tl_buf *b, tl_span text)
{
	const uint8_t *p = text.ptr, *end = text.len > 0 ? p + text.len : p;

	while (p < end) {
		unsigned len;
		uint32_t cp = decode(p, (size_t)(end - p), &len);
		if (len == 0 || is_control(cp)) {
			put_escape(b, 'x', *p, 2);
			len = 1;
		} else if (is_deceptive(cp)) {
			put_escape(b, 'u', cp, 4);
		} else {
			tl_buf_put(b, p, len);
		}
		p += len;
	}
}
