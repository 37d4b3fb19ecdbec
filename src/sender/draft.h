/* sender/draft.h: from what the caller wants to send to its PDU, in the form of one
 * version: v2 to v1 by RFC 3584 section 3.2, the other way by section 3.1. */
#ifndef TL_SENDER_DRAFT_H
#define TL_SENDER_DRAFT_H

#include "ber/writer.h"
#include "trapline/sender.h"

/* How notifications are sent; a part of the sender's options. */
typedef struct tl_draft_rules {
	uint8_t version;
	bool drop_counter64;
	uint8_t agent_address[4];
	int64_t start_ns;
} tl_draft_rules;

enum { TL_DRAFT_MORE = 3 }; /* varbinds that section 3.1 (4) adds */

/* A PDU to be written; borrows from the tl_outgoing. */
typedef struct tl_draft {
	uint8_t version;
	tl_kind kind;
	const tl_varbind *vb; /* without sysUpTime.0 and snmpTrapOID.0 */
	size_t vb_count;
	bool drop_counter64;
	size_t dropped; /* varbinds */
	uint32_t uptime_cs;
	tl_oid trap_oid;
	tl_varbind more[TL_DRAFT_MORE]; /* behind |vb| */
	size_t more_count;
	tl_oid enterprise; /* v1, and so the next three */
	int32_t generic, specific;
	uint8_t agent_address[4];
} tl_draft;

/* Errors: TL_EINVAL, TL_ETYPE; |problem| says more. */
TL_CHECK tl_err tl_draft_make(const tl_draft_rules *rules, const tl_outgoing *out,
    int64_t now_ns, tl_draft *d, tl_send_problem *problem);

/* What RFC 3584 section 3.2 says of |out|: fills what v1 has in |d|, whose trap_oid is
 * set. |out|->vb is |d|->vb. */
TL_CHECK tl_err tl_draft_make_v1(const tl_draft_rules *rules, const tl_outgoing *out,
    tl_draft *d, tl_send_problem *problem);

/* Writes the PDU; the v1 Trap-PDU has no |request_id|. */
void tl_draft_write(const tl_draft *d, uint32_t request_id, tl_writer *w);

/* Bytes that the PDU does not exceed. */
size_t tl_draft_bound(const tl_draft *d);

/* The standard varbinds' names. */
extern const tl_oid tl_oid_sys_uptime, tl_oid_snmp_trap_oid, tl_oid_snmp_trap_address,
    tl_oid_snmp_trap_community, tl_oid_snmp_trap_enterprise;

/* The first of |vb| of this name and type; NULL if there is none. */
const tl_varbind *tl_draft_find(const tl_draft *d, tl_oid name, tl_type type);

/* Says what is wrong; returns |err|. */
static inline tl_err
tl_say_problem(tl_send_problem *problem, tl_err err, const char *why)
{
	*problem = (tl_send_problem){ .why = why };
	return err;
}

#endif
