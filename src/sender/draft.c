/* sender/draft.c: see draft.h. tl_sender_notify() and tl_sender_encode_trap() make a
 * draft of each notification and write it into memory that they have. */
#include "sender/draft.h"

#include <string.h>

#include "ber/reader.h"
#include "pdu/pdu.h"

enum {
	NS_PER_CS = 10000000,
	VARBIND_BOUND =
	    32,         /* bytes of a varbind but for its name and its octets or OID */
	PDU_BOUND = 256 /* of everything else; the v1 fields, the two first varbinds */
};

/* 1.3.6.1.2.1.1.3.0, 1.3.6.1.6.3.1.1.4.1.0, 1.3.6.1.6.3.18.1.3.0, 1.3.6.1.6.3.18.1.4.0
 * and 1.3.6.1.6.3.1.1.4.3.0. */
#define NAME(...)                                                                        \
	{                                                                                \
		(const uint8_t[]){ __VA_ARGS__ },                                        \
		    sizeof((const uint8_t[]){ __VA_ARGS__ })                             \
	}
const tl_oid tl_oid_sys_uptime = NAME(0x2b, 6, 1, 2, 1, 1, 3, 0);
const tl_oid tl_oid_snmp_trap_oid = NAME(0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0);
const tl_oid tl_oid_snmp_trap_address = NAME(0x2b, 6, 1, 6, 3, 18, 1, 3, 0);
const tl_oid tl_oid_snmp_trap_community = NAME(0x2b, 6, 1, 6, 3, 18, 1, 4, 0);
const tl_oid tl_oid_snmp_trap_enterprise = NAME(0x2b, 6, 1, 6, 3, 1, 1, 4, 3, 0);

static bool
is_at(const tl_varbind *vb, tl_oid name, tl_type type)
{
	return vb->type == type && tl_oid_equal(vb->name, name);
}

const tl_varbind *
tl_draft_find(const tl_draft *d, tl_oid name, tl_type type)
{
	for (size_t i = 0; i < d->vb_count; i++)
		if (is_at(&d->vb[i], name, type))
			return &d->vb[i];
	return NULL;
}

/* Takes the two standard varbinds off the front of |d|->vb. */
static void
take_standard(tl_draft *d)
{
	if (d->vb_count > 0 && is_at(d->vb, tl_oid_sys_uptime, TL_T_TIMETICKS)) {
		d->uptime_cs = (uint32_t)d->vb->v.u64;
		d->vb++;
		d->vb_count--;
	}
	if (d->vb_count > 0 && is_at(d->vb, tl_oid_snmp_trap_oid, TL_T_OID)) {
		d->trap_oid = d->vb->v.oid;
		d->vb++;
		d->vb_count--;
	}
}

/* Whether a value can be written as what it says it is. Numbers are not held against
 * their ranges: what was received can be sent on. */
static bool
is_sound(const tl_varbind *vb)
{
	switch (vb->type) {
	case TL_T_OCTETS:
	case TL_T_OPAQUE:
		return vb->v.octets.ptr != NULL || vb->v.octets.len == 0;
	case TL_T_IPADDRESS:
		return vb->v.octets.ptr != NULL && vb->v.octets.len == 4;
	case TL_T_OID:
		return vb->v.oid.ber != NULL || vb->v.oid.len == 0;
	case TL_T_INTEGER:
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
	case TL_T_COUNTER64:
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		return true;
	}
	return false;
}

/* Whether v1 lacks the type (RFC 1157, RFC 3584 section 3.2 (6)). */
static const char *
not_in_v1(tl_type type)
{
	if (type == TL_T_COUNTER64)
		return "SNMPv1 has no Counter64 (RFC 3584 section 3.2)";
	return type >= TL_T_NOSUCHOBJECT ? "SNMPv1 has no exceptions as values" : NULL;
}

static tl_err
check_varbinds(tl_draft *d, tl_send_problem *problem)
{
	tl_err err = TL_OK;
	size_t i = 0;

	for (; i < d->vb_count && err == TL_OK; i++) {
		tl_type type = d->vb[i].type;
		const char *why = d->version == 1 ? not_in_v1(type) : NULL;
		if (!is_sound(&d->vb[i]))
			err = tl_say_problem(problem, TL_EINVAL, "a malformed value");
		else if (why != NULL && type == TL_T_COUNTER64 && d->drop_counter64)
			d->dropped++;
		else if (why != NULL)
			err = tl_say_problem(problem, TL_ETYPE, why);
	}
	problem->varbind = i > 0 ? i - 1 : 0;
	return err;
}

static void
add_more(tl_draft *d, const tl_varbind *vb)
{
	if (tl_draft_find(d, vb->name, vb->type) == NULL)
		d->more[d->more_count++] = *vb;
}

/* What a v1 trap had and the v2 form has no place for: RFC 3584 section 3.1 (4). */
static void
make_v2(const tl_outgoing *out, tl_draft *d)
{
	if (out->has_agent_address)
		add_more(d, &(tl_varbind){ .name = tl_oid_snmp_trap_address,
				.type = TL_T_IPADDRESS,
				.v.octets = { out->agent_address, 4 } });
	if (out->community.ptr != NULL)
		add_more(d, &(tl_varbind){ .name = tl_oid_snmp_trap_community,
				.type = TL_T_OCTETS,
				.v.octets = out->community });
	if (out->v1.present && out->v1.enterprise.len > 0)
		add_more(d, &(tl_varbind){ .name = tl_oid_snmp_trap_enterprise,
				.type = TL_T_OID,
				.v.oid = out->v1.enterprise });
}

tl_err
tl_draft_make(const tl_draft_rules *rules, const tl_outgoing *out, int64_t now_ns,
    tl_draft *d, tl_send_problem *problem)
{
	*d = (tl_draft){ .version = rules->version,
		.kind = out->kind,
		.vb = out->vb,
		.vb_count = out->vb_count,
		.drop_counter64 = rules->drop_counter64,
		.trap_oid = out->trap_oid,
		.uptime_cs = out->has_uptime
				 ? out->uptime_cs
				 : (uint32_t)((now_ns - rules->start_ns) / NS_PER_CS) };
	if (out->kind != TL_TRAP && out->kind != TL_INFORM)
		return tl_say_problem(problem, TL_EINVAL, "neither a trap nor an inform");
	if (out->kind == TL_INFORM && rules->version == 1)
		return tl_say_problem(problem, TL_EINVAL, "SNMPv1 has no informs");
	take_standard(d);
	tl_err err = check_varbinds(d, problem);
	problem->varbind += out->vb_count - d->vb_count;
	if (err != TL_OK)
		return err;
	if (rules->version == 1)
		return tl_draft_make_v1(rules, out, d, problem);
	if (d->trap_oid.len == 0)
		return tl_say_problem(problem, TL_EINVAL, "no trap OID");
	make_v2(out, d);
	return TL_OK;
}

static void
write_varbinds(const tl_draft *d, tl_writer *w)
{
	for (size_t i = d->more_count; i > 0; i--)
		tl_write_varbind(w, &d->more[i - 1]);
	for (size_t i = d->vb_count; i > 0; i--)
		if (d->dropped == 0 || d->vb[i - 1].type != TL_T_COUNTER64)
			tl_write_varbind(w, &d->vb[i - 1]);
}

/* Trap-PDU, RFC 1157 section 4.1.6. */
static void
write_v1(const tl_draft *d, tl_writer *w)
{
	const uint8_t *end = w->p;

	write_varbinds(d, w);
	tl_write_header(w, TL_BER_SEQUENCE, end);
	tl_write_unsigned(w, TL_T_TIMETICKS, d->uptime_cs);
	tl_write_integer(w, d->specific);
	tl_write_integer(w, d->generic);
	tl_write_octets(w, TL_T_IPADDRESS, (tl_span){ d->agent_address, 4 });
	tl_write_oid(w, d->enterprise);
	tl_write_header(w, TL_PDU_TRAP_V1, end);
}

void
tl_draft_write(const tl_draft *d, uint32_t request_id, tl_writer *w)
{
	const tl_varbind uptime = {
		.name = tl_oid_sys_uptime, .type = TL_T_TIMETICKS, .v.u64 = d->uptime_cs
	};
	const tl_varbind trap_oid = {
		.name = tl_oid_snmp_trap_oid, .type = TL_T_OID, .v.oid = d->trap_oid
	};
	const uint8_t *end = w->p;

	if (d->version == 1) {
		write_v1(d, w);
		return;
	}
	write_varbinds(d, w);
	tl_write_varbind(w, &trap_oid);
	tl_write_varbind(w, &uptime);
	tl_write_header(w, TL_BER_SEQUENCE, end);
	tl_write_integer(w, 0);
	tl_write_integer(w, 0);
	tl_write_integer(w, request_id);
	tl_write_header(w, d->kind == TL_INFORM ? TL_PDU_INFORM : TL_PDU_TRAP_V2, end);
}

static size_t
varbind_bound(const tl_varbind *vb)
{
	size_t len = vb->name.len + VARBIND_BOUND;

	if (vb->type == TL_T_OID)
		return len + vb->v.oid.len;
	if (vb->type == TL_T_OCTETS || vb->type == TL_T_OPAQUE)
		return len + vb->v.octets.len;
	return len;
}

size_t
tl_draft_bound(const tl_draft *d)
{
	size_t bound = PDU_BOUND + d->trap_oid.len + d->enterprise.len;

	for (size_t i = 0; i < d->vb_count; i++)
		bound += varbind_bound(&d->vb[i]);
	for (size_t i = 0; i < d->more_count; i++)
		bound += varbind_bound(&d->more[i]);
	return bound;
}

/* RFC 3413 section 3.5.2. */
static void
keep_context(const tl_notification *n, tl_outgoing *out)
{
	tl_span id = n->v3.context_engine_id;
	bool is_receivers = n->kind == TL_INFORM && id.len > 0 &&
			    id.len == n->v3.engine_id.len &&
			    memcmp(id.ptr, n->v3.engine_id.ptr, id.len) == 0;

	out->context.present = true;
	out->context.name = n->v3.context_name;
	out->context.engine_id = is_receivers ? (tl_span){ 0 } : id;
}

void
tl_outgoing_of(const tl_notification *n, tl_outgoing *out)
{
	*out = (tl_outgoing){ .kind = n->kind,
		.trap_oid = n->trap_oid,
		.has_uptime = (n->flags & TL_FLAG_NO_UPTIME) == 0,
		.uptime_cs = n->uptime_cs,
		.vb = n->vb,
		.vb_count = n->vb_count,
		.has_agent_address = n->has_agent_address };
	memcpy(out->agent_address, n->agent_address, sizeof out->agent_address);
	if (n->version == 3)
		keep_context(n, out);
	if (!n->v1.present)
		return;
	out->v1.present = true;
	out->v1.enterprise = n->v1.enterprise;
	out->v1.generic = n->v1.generic;
	out->v1.specific = n->v1.specific;
	out->community = n->community;
}
