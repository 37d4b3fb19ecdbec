/* engine/hint.c: what a person can do about a refusal. What concerns users and secrets is
 * in usm/; here are the others, and telling which other protocol came to our door. */
#include "base/buf.h"
#include "engine/engine.h"

typedef struct hint {
	tl_err err;
	const char *text;
} hint;

static const hint hints[] = {
	{ TL_EBER_TRUNCATED,
	    "the message is cut short: it was damaged on the way, or the "
	    "sender's encoder is broken" },
	{ TL_EBER_LENGTH,
	    "the sender encodes this field with a length that SNMP does not "
	    "allow" },
	{ TL_EBER_INDEFINITE, "the sender uses indefinite lengths, which SNMP forbids "
			      "(RFC 3417 section 8)" },
	{ TL_EBER_TAG, "the sender puts another type here than SNMP asks for" },
	{ TL_EBER_INTEGER, "the number does not fit the field" },
	{ TL_EBER_OID,
	    "the object identifier has a cut or padded sub-identifier, one over "
	    "4294967295, or more than 128 of them" },
	{ TL_EMSG_VERSION, "only SNMPv1 (0), v2c (1) and v3 (3) exist" },
	{ TL_EMSG_SIZE, "an empty datagram: a port scan or a keep-alive" },
	{ TL_EPDU_MALFORMED, "the PDU has bytes that do not belong there" },
	{ TL_EV3_MAX_SIZE, "msgMaxSize must be at least 484 (RFC 3412 section 6.3)" },
	{ TL_EV3_FLAGS, "set the device to noAuthNoPriv, authNoPriv or authPriv: privacy "
			"needs authentication" },
	{ TL_EV3_SECURITY_MODEL,
	    "set the device to the User-based Security Model (USM)" },
	{ TL_ELIMIT_VARBINDS, "the message has more varbinds than the limit allows" },
	{ TL_ELIMIT_SIZE,
	    "the datagram is larger than SNMP over UDP allows (65507 bytes)" },
	{ TL_ERATE, "many messages of unknown engines fail to authenticate: look for a "
		    "flood of forged or misconfigured SNMPv3 traffic" },
	{ TL_EQUEUE, "the outputs are slower than what comes in" },
};

/* What else sends to port 162, by how it begins. */
typedef struct stranger {
	const char *begins;
	size_t len;
	const char *text;
} stranger;

static const stranger strangers[] = {
	{ "<", 1, "this looks like syslog: send it to port 514" },
	{ "GET ", 4, "this looks like HTTP" },
	{ "POST", 4, "this looks like HTTP" },
	{ "\x16\xfe", 2, "this looks like DTLS: SNMP over DTLS is not received here" },
	{ "{", 1, "this looks like JSON" },
	{ "\0\x09", 2, "this looks like NetFlow version 9" },
	{ "\0\x05", 2, "this looks like NetFlow version 5" },
};

/* PDUs that are not for a receiver of notifications, from tag 0xa0. */
static const char *const pdu_hints[] = {
	"a GetRequest: somebody polls this port; agents listen on port 161",
	"a GetNextRequest: somebody walks this port; agents listen on port 161",
	"a Response that nobody here asked for",
	"a SetRequest: agents listen on port 161",
	NULL,
	"a GetBulkRequest: somebody walks this port; agents listen on port 161",
	NULL,
	NULL,
	"a Report that nobody here asked for",
};

static const char *
stranger_hint(tl_span bytes)
{
	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		const stranger *s = &strangers[i];
		if (bytes.len >= s->len && memcmp(bytes.ptr, s->begins, s->len) == 0)
			return s->text;
	}
	return "this is not SNMP: a message begins with 30 (hexadecimal)";
}

static const char *
plain_hint(tl_span bytes, const tl_refusal *r)
{
	size_t pdu = (size_t)(r->pdu_type - 0xa0);

	if (bytes.len > 0 && bytes.ptr[0] != TL_BER_SEQUENCE)
		return stranger_hint(bytes);
	if (r->diag.err == TL_EPDU_TYPE && pdu < sizeof pdu_hints / sizeof pdu_hints[0])
		return pdu_hints[pdu];
	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
		if (hints[i].err == r->diag.err)
			return hints[i].text;
	return NULL;
}

/* The accepted communities are secrets, too: only the one that came is named. */
static void
community_hint(const tl_refusal *r, tl_buf *out)
{
	tl_buf_lit(out, "the device sends the community '");
	tl_buf_printable(out, r->community);
	tl_buf_lit(out,
	    "': accept it, by --community or the configuration's communities, or "
	    "set the device to one of yours");
}

static bool
is_about_users(tl_err err)
{
	return err >= TL_EUSM_ENGINE && err <= TL_EUSM_DECRYPT;
}

tl_err
tl_engine_hint(
    tl_engine *e, const tl_datagram *in, const tl_refusal *refusal, tl_buf *out)
{
	tl_work w = { .e = e, .in = in };

	if (refusal->diag.err == TL_ECOMMUNITY) {
		community_hint(refusal, out);
		return TL_OK;
	}
	if (is_about_users(refusal->diag.err)) {
		tl_message_read(in->bytes, &w.m, &w.diag);
		tl_work_read_usm(&w);
		return tl_usm_hint(e->usm, &w.usm, refusal, out);
	}
	const char *text = plain_hint(in->bytes, refusal);
	if (text != NULL)
		tl_buf_puts(out, text);
	return TL_OK;
}
