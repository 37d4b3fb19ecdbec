/* pdu/read.c: Trap-PDU, SNMPv2-Trap-PDU and InformRequest-PDU, into one notification. */
#include "base/arena.h"
#include "pdu/pdu.h"

#include <string.h>

/* The fewest bytes a varbind can have: a SEQUENCE of an empty name and a NULL. */
enum { VARBIND_MIN = 6 };

static void
read_varbind(tl_reader *list, tl_varbind *vb, uint16_t *flags)
{
	tl_reader r = tl_read_into(list, TL_BER_SEQUENCE, "varbind");

	vb->name = tl_read_oid(&r, flags, "name");
	tl_read_value(&r, vb, flags);
	tl_read_end(&r, TL_EPDU_MALFORMED, "varbind");
}

static tl_err
read_varbinds(tl_reader *pdu, uint32_t max_varbinds, tl_arena *arena, tl_notification *n)
{
	tl_reader list = tl_read_into(pdu, TL_BER_SEQUENCE, "variable-bindings");
	size_t most = (size_t)(list.end - list.p) / VARBIND_MIN + 1, count = 0;

	if (most > max_varbinds)
		most = max_varbinds;
	tl_varbind *all = tl_arena_take(arena, most * sizeof *all);
	if (all == NULL)
		return TL_ENOMEM;
	while (tl_reader_more(&list) && list.diag->err == TL_OK) {
		if (count == most) {
			tl_reader_fail(
			    &list, TL_ELIMIT_VARBINDS, list.p, "variable-bindings");
			break;
		}
		read_varbind(&list, &all[count++], &n->flags);
	}
	tl_arena_trim(arena, all, count * sizeof *all);
	n->all = n->vb = all;
	n->all_count = n->vb_count = count;
	return TL_OK;
}

static tl_err
read_v1(tl_reader *r, uint32_t max_varbinds, tl_arena *arena, tl_notification *n)
{
	n->kind = TL_TRAP;
	n->v1.present = true;
	n->v1.enterprise = tl_read_oid(r, &n->flags, "enterprise");
	tl_tlv agent = tl_read_tagged(r, TL_T_IPADDRESS, "agent-addr");
	if (r->diag->err == TL_OK && agent.len != sizeof n->agent_address)
		tl_reader_fail(r, TL_EBER_LENGTH, agent.ptr, "agent-addr");
	n->v1.generic = (int32_t)tl_read_integer(r, INT32_MIN, INT32_MAX, "generic-trap");
	n->v1.specific =
	    (int32_t)tl_read_integer(r, INT32_MIN, INT32_MAX, "specific-trap");
	n->uptime_cs = tl_read_unsigned(r, TL_T_TIMETICKS, &n->flags, "time-stamp");
	if (r->diag->err != TL_OK)
		return TL_OK;
	n->has_agent_address = true;
	memcpy(n->agent_address, agent.ptr, sizeof n->agent_address);
	return read_varbinds(r, max_varbinds, arena, n);
}

static tl_err
read_v2(tl_reader *r, uint32_t max_varbinds, tl_arena *arena, tl_notification *n)
{
	n->kind = n->pdu_type == TL_PDU_INFORM ? TL_INFORM : TL_TRAP;
	n->request_id = (uint32_t)tl_read_integer(r, INT32_MIN, INT32_MAX, "request-id");
	/* error-status and error-index say nothing in a notification */
	tl_read_integer(r, INT32_MIN, INT32_MAX, "error-status");
	tl_read_integer(r, INT32_MIN, INT32_MAX, "error-index");
	return read_varbinds(r, max_varbinds, arena, n);
}

/* Whether |tag| is one that SNMP uses for PDUs. */
static bool
is_pdu_tag(uint8_t tag)
{
	return tag >= 0xa0 && tag <= TL_PDU_REPORT;
}

tl_err
tl_pdu_read(tl_reader *r, uint32_t max_varbinds, tl_arena *arena, tl_notification *n)
{
	const uint8_t *at = r->p;
	tl_tlv v = tl_read_tlv(r, "pdu");
	tl_reader pdu = { v.ptr, v.ptr + v.len, r->base, r->diag };
	tl_err err;

	if (r->diag->err != TL_OK)
		return TL_OK;
	n->pdu_type = v.tag;
	n->pdu = (tl_span){ at, (size_t)(v.ptr + v.len - at) };
	if (v.tag == TL_PDU_TRAP_V1) {
		err = read_v1(&pdu, max_varbinds, arena, n);
	} else if (v.tag == TL_PDU_TRAP_V2 || v.tag == TL_PDU_INFORM) {
		err = read_v2(&pdu, max_varbinds, arena, n);
	} else {
		tl_reader_fail(
		    r, is_pdu_tag(v.tag) ? TL_EPDU_TYPE : TL_EBER_TAG, at, "pdu");
		return TL_OK;
	}
	tl_read_end(&pdu, TL_EPDU_MALFORMED, "pdu");
	tl_read_end(r, TL_EPDU_MALFORMED, "message");
	if (err != TL_OK || r->diag->err != TL_OK)
		return err;
	if (n->v1.present != (n->version == 1))
		n->flags |= TL_FLAG_PDU_VERSION;
	return n->v1.present ? tl_pdu_v1_normalise(n, arena)
			     : tl_pdu_v2_normalise(n, arena);
}

int32_t
tl_pdu_peek_request_id(tl_reader r)
{
	tl_diag ignored = { 0 };

	r.diag = &ignored;
	tl_tlv v = tl_read_tlv(&r, "pdu");
	if (!is_pdu_tag(v.tag) || v.tag == TL_PDU_TRAP_V1)
		return 0;
	tl_reader pdu = { v.ptr, v.ptr + v.len, r.base, &ignored };
	return (int32_t)tl_read_integer(&pdu, INT32_MIN, INT32_MAX, "request-id");
}
