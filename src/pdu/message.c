/* pdu/message.c: see message.h. Called by engine/ for each datagram. */
#include "pdu/message.h"

#include "trapline/engine.h"

enum {
	FLAG_AUTH = 1, /* msgFlags, RFC 3412 section 6.4 */
	FLAG_PRIV = 2,
	FLAG_REPORTABLE = 4,
	MAX_SIZE_LEAST = 484, /* msgMaxSize, RFC 3412 section 6.3 */
	MODEL_USM = 3         /* msgSecurityModel, RFC 3411 section 5 */
};

#define CONTEXT_NAME_MAX 255 /* SnmpAdminString, RFC 3411 section 5 */

static uint8_t
read_version(tl_reader *r)
{
	static const uint8_t versions[] = { [0] = 1, [1] = 2, [3] = 3 };
	const uint8_t *at = r->p;
	int64_t v = tl_read_integer(r, INT64_MIN, INT64_MAX, "msgVersion");

	if (r->diag->err != TL_OK)
		return 0;
	if (v < 0 || v > 3 || versions[v] == 0) {
		tl_reader_fail(r, TL_EMSG_VERSION, at, "msgVersion");
		return 0;
	}
	return versions[v];
}

static void
read_flags(tl_reader *r, tl_message *m)
{
	static const tl_level levels[] = { TL_NOAUTH_NOPRIV, TL_AUTH_NOPRIV,
		TL_LEVEL_NONE, TL_AUTH_PRIV };
	tl_tlv flags = tl_read_tagged(r, TL_T_OCTETS, "msgFlags");

	if (r->diag->err != TL_OK)
		return;
	if (flags.len != 1) {
		tl_reader_fail(r, TL_EV3_FLAGS, flags.ptr, "msgFlags");
		return;
	}
	m->v3.level = levels[flags.ptr[0] & (FLAG_AUTH | FLAG_PRIV)];
	m->v3.reportable = (flags.ptr[0] & FLAG_REPORTABLE) != 0;
	if (m->v3.level == TL_LEVEL_NONE)
		tl_reader_fail(r, TL_EV3_FLAGS, flags.ptr, "msgFlags");
}

static void
read_global_data(tl_reader *body, tl_message *m)
{
	tl_reader r = tl_read_into(body, TL_BER_SEQUENCE, "msgGlobalData");

	m->v3.msg_id = (int32_t)tl_read_integer(&r, 0, INT32_MAX, "msgID");
	const uint8_t *at = r.p;
	m->v3.max_size = (uint32_t)tl_read_integer(&r, 0, INT32_MAX, "msgMaxSize");
	if (r.diag->err == TL_OK && m->v3.max_size < MAX_SIZE_LEAST)
		tl_reader_fail(&r, TL_EV3_MAX_SIZE, at, "msgMaxSize");
	read_flags(&r, m);
	at = r.p;
	int64_t model = tl_read_integer(&r, 1, INT32_MAX, "msgSecurityModel");
	if (r.diag->err == TL_OK && model != MODEL_USM)
		tl_reader_fail(&r, TL_EV3_SECURITY_MODEL, at, "msgSecurityModel");
	tl_read_end(&r, TL_EPDU_MALFORMED, "msgGlobalData");
}

void
tl_message_read(tl_span datagram, tl_message *m, tl_diag *diag)
{
	tl_reader r = tl_reader_of(datagram, 0, diag);

	*m = (tl_message){ 0 };
	if (datagram.len == 0) {
		tl_reader_fail(&r, TL_EMSG_SIZE, r.p, "message");
		return;
	}
	if (datagram.len > TL_DATAGRAM_MAX) {
		tl_reader_fail(&r, TL_ELIMIT_SIZE, r.p, "message");
		return;
	}
	m->body = tl_read_into(&r, TL_BER_SEQUENCE, "message");
	m->whole = (tl_span){ datagram.ptr, (size_t)(m->body.end - datagram.ptr) };
	m->trailing = tl_reader_more(&r);
	m->version = read_version(&m->body);
	if (diag->err != TL_OK)
		return;
	if (m->version == 3) {
		read_global_data(&m->body, m);
		return;
	}
	m->community = tl_read_octets(&m->body, TL_COMMUNITY_MAX, "community");
	m->has_community = diag->err == TL_OK;
}

void
tl_scoped_read(tl_span plaintext, uint32_t offset, tl_scoped *s, tl_diag *diag)
{
	tl_reader r = tl_reader_of(plaintext, offset, diag);

	s->body = tl_read_into(&r, TL_BER_SEQUENCE, "scopedPDU");
	s->padding = (size_t)(r.end - r.p);
	s->context_engine_id =
	    tl_read_octets(&s->body, TL_ENGINE_ID_MAX, "contextEngineID");
	s->context_name = tl_read_octets(&s->body, CONTEXT_NAME_MAX, "contextName");
}
