/* outputs/traphandle.c: see traphandle.h. As net-snmp 5.9 does with its MIBs loaded,
 * except that no value has a line break in it, so that a device cannot forge a line, and
 * that a DateAndTime is RFC 3339. */
#include "outputs/traphandle.h"

#include "base/buf.h"
#include "pipeline/field.h"

static bool
is(tl_oid oid, const uint8_t *ber, size_t len)
{
	return oid.len == len && memcmp(oid.ber, ber, len) == 0;
}

static const uint8_t uptime_oid[] = { 0x2b, 6, 1, 2, 1, 1, 3, 0 };
static const uint8_t trap_oid[] = { 0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0 };
static const uint8_t address_oid[] = { 0x2b, 6, 1, 6, 3, 18, 1, 3, 0 };
static const uint8_t community_oid[] = { 0x2b, 6, 1, 6, 3, 18, 1, 4, 0 };
static const uint8_t enterprise_oid[] = { 0x2b, 6, 1, 6, 3, 1, 1, 4, 3, 0 };

#define OID_OF(ber) ((tl_oid){ (ber), sizeof(ber) })

/* A name as far as there is one; net-snmp has another one for sysUpTime.0, which is what
 * programs have learnt to expect. */
static void
put_name(tl_buf *out, const tl_mib *mib, tl_oid oid)
{
	tl_mib_match m = { 0 };

	if (is(oid, uptime_oid, sizeof uptime_oid)) {
		tl_buf_lit(out, "DISMAN-EVENT-MIB::sysUpTimeInstance");
		return;
	}
	if (mib != NULL)
		m = tl_mib_find(mib, oid);
	if (m.node == NULL) {
		tl_buf_putc(out, '.');
		tl_buf_oid(out, oid);
		return;
	}
	tl_mib_node_write_name(mib, m.node, out);
	tl_buf_oid_rest(out, m.rest);
}

/* "0:0:20:34.56": days, hours, minutes, seconds. */
static void
put_ticks(tl_buf *out, uint64_t cs)
{
	tl_buf_u64(out, cs / 8640000);
	tl_buf_putc(out, ':');
	tl_buf_u64(out, cs / 360000 % 24);
	tl_buf_putc(out, ':');
	tl_buf_u64_pad(out, cs / 6000 % 60, 2);
	tl_buf_putc(out, ':');
	tl_buf_u64_pad(out, cs / 100 % 60, 2);
	tl_buf_putc(out, '.');
	tl_buf_u64_pad(out, cs % 100, 2);
}

/* "00 FF 22 " in quotes */
static void
put_bytes(tl_buf *out, tl_span bytes)
{
	static const char digits[] = "0123456789ABCDEF";

	tl_buf_putc(out, '"');
	for (size_t i = 0; i < bytes.len; i++) {
		tl_buf_putc(out, digits[bytes.ptr[i] >> 4]);
		tl_buf_putc(out, digits[bytes.ptr[i] & 15]);
		tl_buf_putc(out, ' ');
	}
	tl_buf_putc(out, '"');
}

static bool
is_printable(tl_span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((text.ptr[i] < 0x20 && text.ptr[i] != '\t') || text.ptr[i] >= 0x7f)
			return false;
	return true;
}

/* Text in quotes, with quotes and backslashes escaped. */
static void
put_quoted(tl_buf *out, tl_span text)
{
	tl_buf_putc(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\\')
			tl_buf_putc(out, '\\');
		tl_buf_putc(out, (char)text.ptr[i]);
	}
	tl_buf_putc(out, '"');
}

/* A MAC address: "0:11:22:aa:bb:cc", without leading zeros. */
static void
put_physical(tl_buf *out, tl_span bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.len; i++) {
		if (i > 0)
			tl_buf_putc(out, ':');
		if (bytes.ptr[i] >= 16)
			tl_buf_putc(out, digits[bytes.ptr[i] >> 4]);
		tl_buf_putc(out, digits[bytes.ptr[i] & 15]);
	}
}

/* Text that a DISPLAY-HINT made, or that is as it came. A dot for what is no text, as
 * net-snmp has it. */
static void
put_dotted(tl_buf *out, tl_span text)
{
	for (size_t i = 0; i < text.len; i++) {
		bool control = text.ptr[i] < 0x20 || text.ptr[i] == 0x7f;
		tl_buf_putc(
		    out, control && text.ptr[i] != '\t' ? '.' : (char)text.ptr[i]);
	}
}

static void
put_octets(tl_buf *out, const tl_mib *mib, const tl_mib_node *node, const tl_varbind *vb)
{
	size_t start = out->len;
	bool mismatch = false;
	tl_span hint = { 0 };

	if (node != NULL) {
		hint = tl_mib_node_hint(mib, node);
		if (hint.len == 3 && memcmp(hint.ptr, "1x:", 3) == 0) {
			put_physical(out, vb->v.octets);
			return;
		}
		tl_mib_value_text(mib, node, vb, out, &mismatch);
	}
	if (out->len > start) { /* it may have line breaks */
		for (size_t i = start; i < out->len; i++)
			if (out->ptr[i] == '\n' || out->ptr[i] == '\r')
				out->ptr[i] = '.';
	} else if (hint.len > 0 && !mismatch) {
		put_dotted(out, vb->v.octets);
	} else if (is_printable(vb->v.octets)) {
		put_quoted(out, vb->v.octets);
	} else {
		put_bytes(out, vb->v.octets);
	}
}

static void
put_value(tl_buf *out, const tl_mib *mib, const tl_varbind *vb)
{
	const tl_mib_node *node = NULL;

	if (mib != NULL) {
		node = tl_mib_find(mib, vb->name).node;
		if (node != NULL && tl_mib_node_kind(node) != TL_MIB_OBJECT)
			node = NULL;
	}
	if (vb->type == TL_T_TIMETICKS)
		put_ticks(out, vb->v.u64);
	else if (vb->type == TL_T_OID)
		put_name(out, mib, vb->v.oid);
	else if (vb->type == TL_T_OCTETS)
		put_octets(out, mib, node, vb);
	else if (vb->type == TL_T_OPAQUE)
		put_bytes(out, vb->v.octets);
	else if (!field_write_text(mib, NULL, vb, out))
		tl_buf_puts(out, tl_type_name(vb->type));
}

static void
put_line(tl_buf *out, const tl_mib *mib, const tl_varbind *vb)
{
	put_name(out, mib, vb->name);
	tl_buf_putc(out, ' ');
	put_value(out, mib, vb);
	tl_buf_putc(out, '\n');
}

static bool
is_ipv4(const tl_endpoint *ep)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(ep->addr, mapped, sizeof mapped) == 0;
}

static void
put_endpoint(tl_buf *out, const tl_endpoint *ep)
{
	char text[TL_ADDRESS_TEXT_MAX];

	tl_buf_putc(out, '[');
	tl_buf_put(out, text, tl_address_text(ep, text));
	tl_buf_lit(out, "]:");
	tl_buf_u64(out, ep->port);
}

/* Nobody waits for a name service here: the name is what was looked up before. */
static void
put_head(tl_buf *out, const parcel *p)
{
	if (p->j.device_name.len > 0)
		tl_buf_printable(out, p->j.device_name);
	else
		tl_buf_lit(out, "<UNKNOWN>");
	tl_buf_puts(out, is_ipv4(&p->n->from) ? "\nUDP: " : "\nUDP/IPv6: ");
	put_endpoint(out, &p->n->from);
	tl_buf_lit(out, "->");
	put_endpoint(out, &p->n->to);
	tl_buf_putc(out, '\n');
}

/* RFC 3584 section 3.1 step 4: what a v1 trap has beside its varbinds. */
static void
put_v1(tl_buf *out, const tl_mib *mib, const tl_notification *n)
{
	if (!n->v1.present)
		return;
	put_line(out, mib,
	    &(tl_varbind){ OID_OF(address_oid), TL_T_IPADDRESS,
		.v.octets = { n->agent_address, 4 } });
	put_line(out, mib,
	    &(tl_varbind){
		OID_OF(community_oid), TL_T_OCTETS, .v.octets = n->community });
	put_line(out, mib,
	    &(tl_varbind){ OID_OF(enterprise_oid), TL_T_OID, .v.oid = n->v1.enterprise });
}

void
traphandle_write(const parcel *p, tl_buf *out)
{
	const tl_notification *n = p->n;
	const tl_mib *mib = p->dictionary->mib;

	put_head(out, p);
	put_line(out, mib,
	    &(tl_varbind){ OID_OF(uptime_oid), TL_T_TIMETICKS, .v.u64 = n->uptime_cs });
	put_line(
	    out, mib, &(tl_varbind){ OID_OF(trap_oid), TL_T_OID, .v.oid = n->trap_oid });
	for (size_t i = 0; i < n->vb_count; i++)
		put_line(out, mib, &n->vb[i]);
	put_v1(out, mib, n);
}
