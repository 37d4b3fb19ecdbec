/* pdu/write.c: the Response to an inform, and Reports. */
#include "pdu/pdu.h"

enum { ERROR_NONE = 0, ERROR_TOO_BIG = 1 }; /* error-status, RFC 3416 section 3 */

/* The bytes of the PDU's variable-bindings, tag and length included. */
static tl_span
varbinds_of(tl_span pdu, int32_t *request_id)
{
	tl_diag diag = { 0 };
	tl_reader r = tl_reader_of(pdu, 0, &diag);
	tl_tlv v = tl_read_tlv(&r, "pdu");
	tl_reader in = { v.ptr, v.ptr + v.len, r.base, &diag };

	*request_id = (int32_t)tl_read_integer(&in, INT32_MIN, INT32_MAX, "request-id");
	tl_read_integer(&in, INT32_MIN, INT32_MAX, "error-status");
	tl_read_integer(&in, INT32_MIN, INT32_MAX, "error-index");
	return (tl_span){ in.p, (size_t)(in.end - in.p) };
}

/* The PDU around the varbinds that are written from |w|->p to |end| already. */
static void
write_pdu(
    tl_writer *w, uint8_t tag, int32_t request_id, int64_t error, const uint8_t *end)
{
	tl_write_integer(w, 0);
	tl_write_integer(w, error);
	tl_write_integer(w, request_id);
	tl_write_header(w, tag, end);
}

void
tl_pdu_write_response(tl_writer *w, tl_span inform, bool too_big)
{
	const uint8_t *end = w->p;
	int32_t request_id;
	tl_span varbinds = varbinds_of(inform, &request_id);

	if (too_big)
		tl_write_header(w, TL_BER_SEQUENCE, end);
	else
		tl_write_raw(w, varbinds);
	write_pdu(
	    w, TL_PDU_RESPONSE, request_id, too_big ? ERROR_TOO_BIG : ERROR_NONE, end);
}

void
tl_pdu_write_report(tl_writer *w, int32_t request_id, tl_oid counter, uint32_t value)
{
	const uint8_t *end = w->p;
	tl_varbind vb = { .name = counter, .type = TL_T_COUNTER32, .v.u64 = value };

	tl_write_varbind(w, &vb);
	tl_write_header(w, TL_BER_SEQUENCE, end);
	write_pdu(w, TL_PDU_REPORT, request_id, ERROR_NONE, end);
}
