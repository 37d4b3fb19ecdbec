/* cli/names.c: OIDs as people write them; see value.h. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cli/value.h"

/* An OID being read: sub-identifiers, and whether they still make one. */
typedef struct oid_reader {
	const tl_mib *mib;
	uint32_t arcs[TL_OID_MAX];
	size_t count;
} oid_reader;

static bool
add_arc(oid_reader *r, uint32_t arc)
{
	if (r->count == TL_OID_MAX)
		return false;
	r->arcs[r->count++] = arc;
	return true;
}

static bool
add_number(oid_reader *r, const char *text, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = 10 * value + (uint64_t)(text[i] - '0');
		if (value > UINT32_MAX)
			return false;
	}
	return add_arc(r, (uint32_t)value);
}

/* A string of an index, without its quotes. */
static bool
add_string(oid_reader *r, const char *text, size_t len, bool with_length)
{
	if (with_length && !add_arc(r, (uint32_t)len))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!add_arc(r, (uint8_t)text[i]))
			return false;
	return true;
}

/* The roots stand above everything that a dictionary defines. */
static bool
add_root(oid_reader *r, const char *text, size_t len)
{
	static const char *const roots[] = { "ccitt", "iso", "joint-iso-ccitt" };

	for (uint32_t i = 0; i < 3; i++)
		if (r->count == 0 && len == strlen(roots[i]) &&
		    memcmp(text, roots[i], len) == 0)
			return add_arc(r, i);
	return false;
}

/* A name: what is defined by it must lie below what was named before. */
static bool
add_name(oid_reader *r, const char *text, size_t len)
{
	const tl_mib_node *node = tl_mib_find_name(r->mib, text, len);
	uint32_t arcs[TL_OID_MAX];

	if (node == NULL)
		return add_root(r, text, len);
	size_t count = tl_oid_arcs(tl_mib_node_oid(r->mib, node), arcs);
	if (count <= r->count || memcmp(arcs, r->arcs, r->count * sizeof arcs[0]) != 0)
		return false;
	memcpy(r->arcs, arcs, count * sizeof arcs[0]);
	r->count = count;
	return true;
}

/* Reads up to the next dot; returns what is behind it, |end| at the end, NULL if it
 * cannot be read. */
static const char *
add_part(oid_reader *r, const char *text, const char *end)
{
	bool good;
	const char *next;

	if (text < end && (*text == '"' || *text == '\'')) {
		const char *close = memchr(text + 1, *text, (size_t)(end - text) - 1);
		if (close == NULL)
			return NULL;
		next = close + 1;
		good = add_string(r, text + 1, (size_t)(close - text) - 1, *text == '"');
	} else {
		next = memchr(text, '.', (size_t)(end - text));
		next = next != NULL ? next : end;
		size_t len = (size_t)(next - text);
		bool number = len > 0 && *text >= '0' && *text <= '9';
		good = len > 0 &&
		       (number ? add_number(r, text, len) : add_name(r, text, len));
	}
	if (!good || next == end)
		return good ? end : NULL;
	return *next == '.' && next + 1 < end ? next + 1 : NULL;
}

value_problem
value_oid(value_maker *m, const char *text, size_t len, tl_oid *out)
{
	oid_reader r = { .mib = m->mib };
	const char *end = text + len;
	uint8_t room[TL_OID_BER_MAX];
	tl_oid oid;

	if (len > 1 && *text == '.')
		text++;
	do
		text = add_part(&r, text, end);
	while (text != NULL && text != end);
	if (text == NULL || tl_oid_from_arcs(r.arcs, r.count, room, &oid) != TL_OK)
		return VALUE_NAME;
	tl_span kept = tl_arena_copy(m->arena, (tl_span){ oid.ber, oid.len });
	*out = (tl_oid){ kept.ptr, oid.len };
	return kept.ptr != NULL ? VALUE_GOOD : VALUE_ROOM;
}
