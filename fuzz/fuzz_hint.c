/* fuzz/fuzz_hint.c: a definition with any DISPLAY-HINT, SIZE and index, and a value of
 * any bytes: what comes out is text, and bounded. The input: type, special, least and
 * most SIZE (16 bits each), whether it is implied, the hint and its length, the value. */
#include "mib/make.h"
#include "mib/text.h"
#include "mib/use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HEAD = 8, ROOM = 1 << 16 };

/* Two columns, the second of the syntax that the input describes, and an index of both.
 */
static tl_mib *
make(const uint8_t *head, tl_span hint)
{
	static const char text[] =
	    "object|A::type|1.3.6.1.4.1.9.1|INTEGER|inet-type|||ipv4(1) ipv6(2) dns(16)|"
	    "A::type A::x\n"
	    "object|A::x|1.3.6.1.4.1.9.2|OCTETS||||one(0) two(1) nine(9)|A::type A::x\n";
	maker m;
	tl_mib *mib;

	maker_init(&m, text);
	tl_mib_def_syntax *s = TL_VEC_AT(&m.set.syntaxes, tl_mib_def_syntax, 1);
	s->type = maker_types[head[0] % 10].value;
	s->special = head[1] % 6;
	memcpy(&s->size_min, head + 2, 2);
	memcpy(&s->size_max, head + 4, 2);
	s->hint = tl_smi_names_put(m.names, hint);
	if ((head[6] & 1) != 0)
		for (uint32_t i = 2; i < m.set.lists.count; i += 3)
			*TL_VEC_AT(&m.set.lists, uint32_t, i) |= TL_MIB_IMPLIED;
	use_need(tl_mib_link(&m.set, &mib) == TL_OK);
	maker_fini(&m);
	return mib;
}

static void
try_value(const tl_mib *mib, tl_span value, uint8_t *room)
{
	static const tl_type types[] = { TL_T_OCTETS, TL_T_INTEGER, TL_T_GAUGE32,
		TL_T_COUNTER64, TL_T_TIMETICKS, TL_T_OPAQUE, TL_T_OID };
	const tl_mib_node *node = tl_mib_at(mib, 1);
	tl_varbind vb;
	bool mismatch;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		tl_buf out = { .ptr = room, .cap = ROOM };
		vb = (tl_varbind){ .type = types[i], .v.octets = value };
		if (types[i] == TL_T_OID)
			vb.v.oid = (tl_oid){ value.ptr, (uint32_t)value.len };
		else if (types[i] != TL_T_OCTETS && types[i] != TL_T_OPAQUE)
			memcpy(&vb.v.u64, value.ptr,
			    value.len < sizeof vb.v.u64 ? value.len : sizeof vb.v.u64);
		tl_mib_value_text(mib, node, &vb, &out, &mismatch);
		use_text(&out);
		use_need(!mismatch || out.len == 0);
	}
	use_index(mib, node, (tl_oid){ value.ptr, (uint32_t)value.len });
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[ROOM];

	if (len <= HEAD)
		return 0;
	size_t hint_len = data[HEAD - 1] < len - HEAD ? data[HEAD - 1] : len - HEAD;
	tl_span hint = { data + HEAD, hint_len };
	tl_span value = { data + HEAD + hint_len, len - HEAD - hint_len };
	tl_mib *mib = make(data, hint);

	/* Of just its size, so that the sanitizer sees a read past its end. In front
	 * stands what an index has in front of it: the column's OID. */
	uint8_t *copy = malloc(value.len + 1);
	use_need(copy != NULL);
	copy[0] = 2;
	memcpy(copy + 1, value.ptr, value.len);
	try_value(mib, (tl_span){ copy + 1, value.len }, room);
	free(copy);
	tl_mib_free(mib);
	return 0;
}
