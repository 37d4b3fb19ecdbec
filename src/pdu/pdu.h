/* pdu/pdu.h: notification PDUs in and the PDUs that answer them out. */
#ifndef TL_PDU_PDU_H
#define TL_PDU_PDU_H

#include "ber/reader.h"
#include "ber/writer.h"

enum { /* PDU tags, RFC 3416 section 3; the second is RFC 1157's */
	TL_PDU_RESPONSE = 0xa2,
	TL_PDU_TRAP_V1 = 0xa4,
	TL_PDU_INFORM = 0xa6,
	TL_PDU_TRAP_V2 = 0xa7,
	TL_PDU_REPORT = 0xa8
};

/* Reads the PDU at |r|, which must be the last thing there, into |n|: pdu_type, kind, pdu
 * and what RFC 3584's normal form has; arrays come from |arena|. |n|->version must be
 * set. A refusal is in the reader's diag; a PDU that is no notification is TL_EPDU_TYPE
 * with |n|->pdu_type set. Returns TL_OK then, too; TL_ENOMEM when the arena is used up.
 */
TL_CHECK tl_err tl_pdu_read(
    tl_reader *r, uint32_t max_varbinds, tl_arena *arena, tl_notification *n);

/* Turns what a v1 Trap-PDU said into the normal form: trap_oid by RFC 3584 section
 * 3.1. TL_ENOMEM when the arena is used up. */
TL_CHECK tl_err tl_pdu_v1_normalise(tl_notification *n, tl_arena *arena);

/* Finds sysUpTime.0 and snmpTrapOID.0 among |n|->all and leaves the others in |n|->vb.
 * TL_ENOMEM when the arena is used up. */
TL_CHECK tl_err tl_pdu_v2_normalise(tl_notification *n, tl_arena *arena);

/* Writes the Response to the inform whose PDU is |inform| (checked before), with its
 * varbinds as they came; |too_big|: without them, and with error-status tooBig. */
void tl_pdu_write_response(tl_writer *w, tl_span inform, bool too_big);

/* Writes a Report with one counter. */
void tl_pdu_write_report(
    tl_writer *w, int32_t request_id, tl_oid counter, uint32_t value);

/* The request-id of the PDU at |r|; 0 if there is none to read. Changes no diag. */
int32_t tl_pdu_peek_request_id(tl_reader r);

#endif
