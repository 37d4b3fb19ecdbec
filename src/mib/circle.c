/* mib/circle.c: definitions that hang on each other. Some modules give one name to two
 * things, a subtree and a column below it: there the last definition, which counts
 * elsewhere, hangs on itself, and the one before is meant. Called by oids.c. */
#include "mib/resolve.h"

/* The definition that |above|'s name had before it; TL_MIB_NONE. */
static uint32_t
before(const tl_mib_resolver *r, uint32_t above)
{
	if (above == TL_MIB_NONE || tl_mib_is_root(r, above))
		return TL_MIB_NONE;
	uint64_t key = tl_mib_key(tl_mib_module_of(r, above),
	    tl_mib_tree_def(r, above)->name, TL_MIB_CLASS_PLACE);

	return tl_mib_map_find(&r->scope, key) == above
		   ? tl_mib_map_find(&r->earlier, key)
		   : TL_MIB_NONE;
}

/* Opens all that wait between |from| and |to|, which waits itself. */
static void
reopen(tl_mib_resolver *r, uint32_t from, uint32_t to)
{
	while (from != to) {
		uint32_t waiting = r->spots[from].oid;
		r->spots[from] = (tl_mib_spot){ .state = TL_MIB_OPEN };
		from = waiting;
	}
}

uint32_t
tl_mib_leave_circle(tl_mib_resolver *r, uint32_t d)
{
	uint32_t end = r->above[d];

	if (end == TL_MIB_NONE || r->spots[end].state != TL_MIB_BUSY)
		return TL_MIB_NONE;
	for (uint32_t x = d; r->patience > 0; x = r->spots[x].oid, r->patience--) {
		uint32_t other = before(r, r->above[x]);
		if (other != TL_MIB_NONE && r->spots[other].state != TL_MIB_BUSY) {
			r->above[x] = other;
			reopen(r, d, x);
			return x;
		}
		if (x == end)
			break;
	}
	return TL_MIB_NONE;
}
