/* cli/blast_damage.c: malformed messages for `trapline blast --malformed`.
 *
 * Each must be refused, or the sums of a run would not say who is at fault. So the damage
 * is done to what holds a message together, the tags and lengths from the message down to
 * its PDU's fields, and not to values, of which others are as good. */
#include "cli/blast_damage.h"

enum { HEADS_MAX = 16, FLIP = 0x10, CONSTRUCTED = 0x20 };

/* Where an element has its tag, and how many bytes its length takes. */
typedef struct head {
	size_t at, length_len;
} head;

typedef struct heads {
	head of[HEADS_MAX];
	size_t count;
} heads;

blast_random
blast_random_of(uint64_t seed)
{
	/* neighbouring seeds far apart (splitmix64) */
	uint64_t z = seed + UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return (blast_random){ z != 0 ? z : 1 };
}

uint64_t
blast_random_next(blast_random *r)
{
	uint64_t x = r->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	r->state = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

uint64_t
blast_random_below(blast_random *r, uint64_t n)
{
	return blast_random_next(r) % n;
}

/* The head at |at|, and where its contents begin and end; false if |end| cuts it. */
static bool
read_head(const uint8_t *bytes, size_t at, size_t end, head *h, size_t contents[2])
{
	size_t len = 0, more;

	if (end - at < 2)
		return false;
	more = bytes[at + 1] < 0x80 ? 0 : bytes[at + 1] & 0x7fu;
	if (more > 3 || end - at - 2 < more)
		return false;
	for (size_t i = 0; i < more; i++)
		len = len << 8 | bytes[at + 2 + i];
	if (more == 0)
		len = bytes[at + 1];
	*h = (head){ at, 1 + more };
	contents[0] = at + 1 + h->length_len;
	if (len > end - contents[0])
		return false;
	contents[1] = contents[0] + len;
	return true;
}

/* The heads of the message and, one level down, of its fields; of its last field, the
 * PDU, those below, too. Ciphertext has none. */
static void
find_heads(const uint8_t *bytes, size_t len, heads *out)
{
	size_t end = len, at = 0, contents[2];
	head h;

	out->count = 0;
	for (int depth = 0; depth < 3; depth++) {
		size_t last = len, last_end = len;
		while (at < end && out->count < HEADS_MAX &&
		       read_head(bytes, at, end, &h, contents)) {
			out->of[out->count++] = h;
			last = (bytes[at] & CONSTRUCTED) != 0 ? contents[0] : len;
			last_end = contents[1];
			at = contents[1];
		}
		at = last;
		end = last_end;
	}
}

static size_t
cut(blast_random *r, const heads *found, uint8_t *bytes, size_t len)
{
	(void)found;
	(void)bytes;
	return 1 + (size_t)blast_random_below(r, len - 1);
}

/* No SNMP type's tag differs from another's in this bit alone. */
static size_t
flip(blast_random *r, const heads *found, uint8_t *bytes, size_t len)
{
	bytes[found->of[blast_random_below(r, found->count)].at] ^= FLIP;
	return len;
}

/* The message's length one off, or a length without a number (X.690 section 8.1.3.6) or
 * in a form that is reserved (8.1.3.5). */
static size_t
wrong_length(blast_random *r, const heads *found, uint8_t *bytes, size_t len)
{
	const head *h = &found->of[blast_random_below(r, found->count)];
	uint64_t way = blast_random_below(r, 3);
	uint8_t *last = bytes + h->at + h->length_len;

	if (way == 0 && h->at == 0 && *last != 0 && *last < 0x7f)
		*last = (uint8_t)(*last + (blast_random_below(r, 2) == 0 ? 1 : -1));
	else
		bytes[h->at + 1] = way == 1 ? 0x80 : 0xff;
	return len;
}

size_t
blast_damage(blast_random *r, uint8_t *bytes, size_t len)
{
	static size_t (*const ways[])(blast_random *, const heads *, uint8_t *,
	    size_t) = { cut, flip, wrong_length };
	heads found;

	find_heads(bytes, len, &found);
	if (len < 2 || found.count == 0) {
		bytes[0] ^= FLIP;
		return len;
	}
	return ways[blast_random_below(r, 3)](r, &found, bytes, len);
}
