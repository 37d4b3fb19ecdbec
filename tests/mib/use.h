/* tests/mib/use.h: asks a dictionary, which may be any bytes, all that can be asked of
 * it. What comes out must keep the promises of trapline/mib.h, and no read may leave the
 * bytes: that is for the sanitizer to see. For test_open.c and fuzz/fuzz_mib_image.c. */
#ifndef TESTS_MIB_USE_H
#define TESTS_MIB_USE_H

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mib/image.h"
#include "trapline/mib_builder.h"

static inline void
use_need(bool ok)
{
	if (!ok)
		abort();
}

static inline void
use_name(tl_span name)
{
	use_need(name.len <= 255);
	for (size_t i = 0; i < name.len; i++)
		use_need(tl_mib_is_plain(name.ptr[i]));
}

static inline void
use_text(const tl_buf *out)
{
	use_need(tl_is_text(tl_buf_written(out)));
}

/* Values of all types that a definition may have. */
static inline void
use_value(const tl_mib *mib, const tl_mib_node *node)
{
	static const uint8_t octets[] = { 7, 0xea, 11, 20, 12, 0, 0, 5, '+', 1, 0, 0xff,
		0x80, 1, 2, 3, 'a', 'b', 'c', 0xc3, 0xa9 };
	static const uint8_t oid[] = { 0x2b, 6, 1, 2, 1, 2, 2, 1, 8, 12 };
	static const size_t lens[] = { 0, 1, 4, 6, 8, 11, 16, 21 };
	uint8_t room[512];
	tl_varbind vb = { .type = TL_T_OCTETS };
	bool mismatch;

	for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
		tl_buf out = { .ptr = room, .cap = sizeof room };
		vb.v.octets = (tl_span){ octets, lens[i] };
		tl_mib_value_text(mib, node, &vb, &out, &mismatch);
		use_text(&out);
	}
	for (int64_t i = -2; i < 4; i++) {
		tl_buf out = { .ptr = room, .cap = sizeof room };
		vb = (tl_varbind){ .type = TL_T_INTEGER, .v.i64 = i };
		tl_mib_value_text(mib, node, &vb, &out, &mismatch);
		vb = (tl_varbind){ .type = TL_T_GAUGE32, .v.u64 = (uint32_t)i };
		tl_mib_value_text(mib, node, &vb, &out, &mismatch);
		vb = (tl_varbind){ .type = TL_T_OID, .v.oid = { oid, sizeof oid } };
		tl_mib_value_text(mib, node, &vb, &out, &mismatch);
		use_text(&out);
	}
}

static inline void
use_index(const tl_mib *mib, const tl_mib_node *node, tl_oid rest)
{
	uint8_t room[512];
	tl_mib_index item = { .text = { .ptr = room, .cap = sizeof room } };
	tl_mib_index_object object;
	size_t at = 0;

	while (tl_mib_index_next(mib, node, &at, &rest, &item)) {
		use_name(item.name);
		use_text(&item.text);
	}
	use_need(at <= TL_OID_MAX);
	for (size_t i = 0; i < 40 && tl_mib_node_index(mib, node, i, &object); i++)
		if (object.node != NULL)
			use_name(tl_mib_node_name(mib, object.node));
}

static inline void
use_lists(const tl_mib *mib, const tl_mib_node *node)
{
	const tl_mib_node *object;
	tl_span label;
	int32_t number;

	for (size_t i = 0; i < 40; i++)
		if ((object = tl_mib_node_object(mib, node, i)) != NULL)
			use_name(tl_mib_node_name(mib, object));
	for (size_t i = 0; i < 40; i++)
		if (tl_mib_node_label_at(mib, node, i, &label, &number))
			use_name(label);
	if (tl_mib_node_label(mib, node, "up", 2, &number) == TL_OK)
		use_need(tl_mib_node_type(mib, node) >= 0);
}

static inline void
use_node(const tl_mib *mib, const tl_mib_node *node)
{
	volatile uint8_t sum = 0;
	uint32_t arcs[TL_OID_MAX], line;
	uint16_t min, max;

	use_name(tl_mib_node_name(mib, node));
	use_name(tl_mib_node_module(mib, node));
	use_need(tl_mib_node_kind(node) >= TL_MIB_IDENTITY &&
		 tl_mib_node_kind(node) <= TL_MIB_NOTIFICATION);
	use_need(tl_mib_node_severity(node) <= TL_SEVERITY_CRITICAL);
	use_need(tl_oid_arcs(tl_mib_node_oid(mib, node), arcs) <= TL_OID_MAX);
	tl_span source = tl_mib_node_source(mib, node, &line);
	for (size_t i = 0; i < source.len && i < 300; i++)
		sum = (uint8_t)(sum + source.ptr[i]);
	use_need(tl_is_text(tl_mib_node_hint(mib, node)));
	tl_mib_node_size(mib, node, &min, &max);
	use_need(tl_mib_node_form(mib, node) <= TL_MIB_FORM_HEX);
	use_lists(mib, node);
	use_value(mib, node);
}

static inline void
use_oid(const tl_mib *mib, tl_oid oid)
{
	tl_mib_match match = tl_mib_find(mib, oid);
	const tl_mib_node *trap = tl_mib_find_notification(mib, oid);

	use_need(match.rest.len <= oid.len);
	if (match.node != NULL)
		use_index(mib, match.node, match.rest);
	if (trap != NULL)
		use_need(trap < tl_mib_at(mib, 0) + tl_mib_count(mib) &&
			 tl_mib_node_kind(trap) == TL_MIB_NOTIFICATION);
}

/* |oid| with sub-identifiers behind it: a long string, small numbers, large ones. */
static inline void
use_below(const tl_mib *mib, tl_oid oid)
{
	static const uint8_t rest[] = { 3, 1, 2, 4, 192 & 0x7f, 0, 2, 7, 1, 4, 0x81, 0x40,
		0, 2, 7, 16, 1, 1, 3, 6, 1, 0x8f, 0xff, 0xff, 0xff, 0x7f };
	uint8_t room[TL_OID_BER_MAX + sizeof rest];

	if (oid.len > 0)
		memcpy(room, oid.ber, oid.len);
	for (size_t len = 0; len <= sizeof rest; len += 1 + len / 4) {
		uint8_t *exact = malloc(oid.len + len + 1);
		use_need(exact != NULL);
		memcpy(room + oid.len, rest, len);
		memcpy(exact, room, oid.len + len);
		use_oid(mib, (tl_oid){ exact, oid.len + (uint32_t)len });
		free(exact);
	}
}

/* Asks |mib| about some OIDs, some names and its first |most| nodes. */
static inline void
use_all(const tl_mib *mib, uint32_t most)
{
	static const char *const oids[] = { "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.2.1.2.2.1.8",
		"1.3.6.1.2.1.1.3", "1.3.6.1.4.1.9.9.41.2.0.1", "1.0.8802.1", "0.0" };
	static const char *const names[] = { "linkDown", "IF-MIB::ifIndex", "x", "A::b" };
	uint8_t room[TL_OID_BER_MAX];
	tl_oid oid;

	for (size_t i = 0; i < sizeof oids / sizeof oids[0]; i++)
		if (tl_oid_from_text(oids[i], strlen(oids[i]), room, &oid) == TL_OK)
			use_below(mib, oid);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const tl_mib_node *node =
		    tl_mib_find_name(mib, names[i], strlen(names[i]));
		if (node != NULL)
			use_node(mib, node);
	}
	for (uint32_t i = 0; i < tl_mib_count(mib) && i < most; i++) {
		const tl_mib_node *node = tl_mib_at(mib, i);
		use_node(mib, node);
		use_below(mib, tl_mib_node_oid(mib, node));
		tl_span name = tl_mib_node_name(mib, node);
		(void)tl_mib_find_name(mib, (const char *)name.ptr, name.len);
	}
}

#endif
