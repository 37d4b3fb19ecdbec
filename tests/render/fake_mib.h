/* A dictionary of a few definitions, in place of src/mib: the tests of the renderer ask
 * what it does with names, not which there are. */
#ifndef TESTS_RENDER_FAKE_MIB_H
#define TESTS_RENDER_FAKE_MIB_H

#include <stdlib.h>

#include "base/buf.h"
#include "trapline/mib.h"

struct tl_mib_node {
	const char *oid, *name;
	tl_mib_kind kind;
	tl_severity severity;
	int type;
	const char *index[4];  /* "name" an integer, "$name" a string of given length */
	const char *labels[8]; /* of octets: the hint "1x:" or "255a", or "raw": as they
				  are */
};

struct tl_mib {
	bool empty; /* knows nothing */
};

static const tl_mib_node fake_nodes[] = {
	{ "1.3.6.1", "SNMPv2-SMI::internet", TL_MIB_IDENTITY, 0, 0, { 0 }, { 0 } },
	{ "1.3.6.1.4.1", "SNMPv2-SMI::enterprises", TL_MIB_IDENTITY, 0, 0, { 0 }, { 0 } },
	{ "1.3.6.1.2.1.2.2.1.1", "IF-MIB::ifIndex", TL_MIB_OBJECT, 0, TL_T_INTEGER,
	    { "ifIndex" }, { 0 } },
	{ "1.3.6.1.2.1.2.2.1.2", "IF-MIB::ifDescr", TL_MIB_OBJECT, 0, TL_T_OCTETS,
	    { "ifIndex" }, { "255a" } },
	{ "1.3.6.1.2.1.2.2.1.6", "IF-MIB::ifPhysAddress", TL_MIB_OBJECT, 0, TL_T_OCTETS,
	    { "ifIndex" }, { "1x:" } },
	{ "1.3.6.1.2.1.2.2.1.7", "IF-MIB::ifAdminStatus", TL_MIB_OBJECT, 0, TL_T_INTEGER,
	    { "ifIndex" }, { 0, "up", "down", "testing" } },
	{ "1.3.6.1.2.1.2.2.1.8", "IF-MIB::ifOperStatus", TL_MIB_OBJECT, 0, TL_T_INTEGER,
	    { "ifIndex" }, { 0, "up", "down", "testing" } },
	{ "1.3.6.1.2.1.1.3", "SNMPv2-MIB::sysUpTime", TL_MIB_OBJECT, 0, TL_T_TIMETICKS,
	    { 0 }, { 0 } },
	{ "1.3.6.1.4.1.99.1", "TEST-MIB::testEntry", TL_MIB_OBJECT, 0, TL_T_INTEGER,
	    { "testRow", "$testName" }, { 0 } },
	{ "1.3.6.1.4.1.99.2", "TEST-MIB::testRaw", TL_MIB_OBJECT, 0, TL_T_OCTETS, { 0 },
	    { "raw" } },
	{ "1.3.6.1.4.1.99.3", "TEST-MIB::testOctets", TL_MIB_OBJECT, 0, TL_T_OCTETS,
	    { 0 }, { 0 } },
	{ "1.3.6.1.4.1.99.0.1", "TEST-MIB::testTrap", TL_MIB_NOTIFICATION, 0, 0, { 0 },
	    { 0 } },
	{ "1.3.6.1.6.3.1.1.5.3", "IF-MIB::linkDown", TL_MIB_NOTIFICATION,
	    TL_SEVERITY_MAJOR, 0, { 0 }, { 0 } },
	{ "1.3.6.1.6.3.1.1.5.4", "IF-MIB::linkUp", TL_MIB_NOTIFICATION,
	    TL_SEVERITY_CLEARED, 0, { 0 }, { 0 } },
};

enum { FAKE_COUNT = sizeof fake_nodes / sizeof fake_nodes[0] };

static tl_oid
fake_oid(const char *text, uint8_t buf[TL_OID_BER_MAX])
{
	tl_oid oid = { NULL, 0 };

	if (tl_oid_from_text(text, strlen(text), buf, &oid) != TL_OK)
		abort();
	return oid;
}

tl_mib_kind
tl_mib_node_kind(const tl_mib_node *node)
{
	return node->kind;
}

tl_severity
tl_mib_node_severity(const tl_mib_node *node)
{
	return node->severity;
}

const char *
tl_severity_name(tl_severity severity)
{
	static const char *const names[] = { "", "cleared", "info", "warning", "minor",
		"major", "critical" };
	return names[severity];
}

tl_span
tl_mib_node_name(const tl_mib *mib, const tl_mib_node *node)
{
	const char *name = strstr(node->name, "::") + 2;

	(void)mib;
	return (tl_span){ (const uint8_t *)name, strlen(name) };
}

tl_span
tl_mib_node_module(const tl_mib *mib, const tl_mib_node *node)
{
	(void)mib;
	return (tl_span){ (const uint8_t *)node->name,
		(size_t)(strstr(node->name, "::") - node->name) };
}

void
tl_mib_node_write_name(const tl_mib *mib, const tl_mib_node *node, tl_buf *out)
{
	(void)mib;
	tl_buf_puts(out, node->name);
}

tl_mib_match
tl_mib_find(const tl_mib *mib, tl_oid oid)
{
	tl_mib_match best = { NULL, { NULL, 0 } };
	uint32_t best_len = 0;

	for (int i = 0; i < FAKE_COUNT && !mib->empty; i++) {
		uint8_t buf[TL_OID_BER_MAX];
		tl_oid at = fake_oid(fake_nodes[i].oid, buf);
		if (!tl_oid_starts_with(oid, at) || at.len <= best_len)
			continue;
		best_len = at.len;
		best.node = &fake_nodes[i];
		best.rest = (tl_oid){ oid.ber + at.len, oid.len - at.len };
	}
	return best;
}

const tl_mib_node *
tl_mib_find_notification(const tl_mib *mib, tl_oid oid)
{
	tl_mib_match m = tl_mib_find(mib, oid);

	return m.node != NULL && m.node->kind == TL_MIB_NOTIFICATION && m.rest.len == 0
		   ? m.node
		   : NULL;
}

int
tl_mib_node_type(const tl_mib *mib, const tl_mib_node *node)
{
	(void)mib;
	return node->type;
}

tl_span
tl_mib_node_hint(const tl_mib *mib, const tl_mib_node *node)
{
	const char *hint = node->labels[0] != NULL ? node->labels[0] : "";

	(void)mib;
	return (tl_span){ (const uint8_t *)hint, strlen(hint) };
}

static void
fake_hint(const tl_varbind *vb, tl_buf *out)
{
	for (size_t i = 0; i < vb->v.octets.len; i++) {
		if (i > 0)
			tl_buf_putc(out, ':');
		tl_buf_hex(out, (tl_span){ vb->v.octets.ptr + i, 1 });
	}
}

void
tl_mib_value_text(const tl_mib *mib, const tl_mib_node *node, const tl_varbind *vb,
    tl_buf *out, bool *mismatch)
{
	*mismatch = node != NULL && node->type != (int)vb->type;
	if (*mismatch)
		return;
	if (vb->type == TL_T_OID) {
		tl_mib_match m = tl_mib_find(mib, vb->v.oid);
		if (m.node != NULL) {
			tl_buf_puts(out, m.node->name);
			tl_buf_oid_rest(out, m.rest);
		}
	}
	if (node == NULL)
		return;
	if (vb->type == TL_T_INTEGER && vb->v.i64 > 0 && vb->v.i64 < 8 &&
	    node->labels[vb->v.i64] != NULL)
		tl_buf_puts(out, node->labels[vb->v.i64]);
	if (vb->type == TL_T_OCTETS && node->labels[0] != NULL) {
		if (node->labels[0][0] == '1')
			fake_hint(vb, out);
		else if (node->labels[0][0] == 'r')
			tl_buf_span(out, vb->v.octets);
	}
}

bool
tl_mib_index_next(const tl_mib *mib, const tl_mib_node *node, size_t *at, tl_oid *rest,
    tl_mib_index *item)
{
	const char *name = *at < 4 ? node->index[*at] : NULL;

	(void)mib;
	if (name == NULL || rest->len == 0 || rest->ber[0] > 127)
		return false;
	uint8_t arc = rest->ber[0];
	*item = (tl_mib_index){ .name = { (const uint8_t *)name, strlen(name) },
		.is_number = true,
		.last = *at == 3 || node->index[*at + 1] == NULL,
		.value = arc,
		.text = item->text };
	*rest = (tl_oid){ rest->ber + 1, rest->len - 1 };
	++*at;
	if (name[0] != '$')
		return true;
	if (arc > rest->len)
		return false;
	item->name = (tl_span){ (const uint8_t *)name + 1, strlen(name) - 1 };
	item->is_number = false;
	tl_buf_put(&item->text, rest->ber, arc);
	*rest = (tl_oid){ rest->ber + arc, rest->len - arc };
	return true;
}

#endif
