/* usm/usm.h: the User-based Security Model (RFC 3414, 3826, 7860) for an engine that
 * receives: users and their keys, the senders that have proved who they are, their
 * clocks, and the checks of a message in the RFC's order. No I/O, no clock of its own. */
#ifndef TL_USM_USM_H
#define TL_USM_USM_H

#include "ber/reader.h"
#include "trapline/engine.h"

typedef struct tl_usm tl_usm;

/* A user with one set of secrets; belongs to the tl_usm. */
typedef struct tl_usm_cred tl_usm_cred;

/* Uses engine_id, boots, start_ns, max_engines and max_failures_per_s of |opt|, the last
 * two of which must be set here.
 * Errors: TL_EINVAL, TL_ENOMEM, TL_ECRYPTO. */
TL_CHECK tl_err tl_usm_new(const tl_engine_options *opt, tl_usm **out);
void tl_usm_free(tl_usm *u); /* wipes every secret; NULL is fine */

/* See tl_engine_add_user(), tl_engine_set_clock(), tl_engine_next_clock(). */
TL_CHECK tl_err tl_usm_add_user(tl_usm *u, const tl_user *user);
void tl_usm_take_users(tl_usm *u, tl_usm *from); /* see tl_engine_take_users() */
TL_CHECK tl_err tl_usm_set_clock(tl_usm *u, const tl_clock *clock);
bool tl_usm_next_clock(tl_usm *u, tl_clock *out);
uint64_t tl_usm_engine_count(const tl_usm *u);

/* A secured message, as its header says. Fill everything but |p| before
 * tl_usm_read_params(), which fills |p|. */
typedef struct tl_usm_params {
	tl_span engine_id;
	uint32_t boots, time_s;
	tl_span user;
	tl_span auth_params, priv_params; /* in place, in the message */
} tl_usm_params;

typedef struct tl_usm_in {
	tl_span message; /* the whole SNMP message as received, without trailing bytes:
			    what the digest covers */
	tl_level level;  /* by msgFlags */
	bool reportable; /* by msgFlags */
	tl_usm_params p;
	tl_span data;   /* level authPriv: the contents of encryptedPDU; else the
			   plaintext scopedPDU with its tag and length */
	int64_t now_ns; /* monotonic */
} tl_usm_in;

typedef struct tl_usm_out {
	const tl_usm_cred *cred; /* whose secrets fitted, or NULL */
	tl_auth auth;            /* as used by this message */
	tl_priv priv;
	bool ours;      /* we are authoritative: the engine ID is our own */
	uint16_t flags; /* TL_FLAG_TIME_WINDOW_OFF */
	tl_span scoped; /* the plaintext: in the message, or in the arena; may have
			   padding behind it */
	uint32_t our_boots,
	    our_time_s; /* for TL_EUSM_TIME: what was expected of the
			   sender: our own if |ours|, else its last known */
} tl_usm_out;

/* Reads the contents of msgSecurityParameters: the reader |r| is at the OCTET STRING that
 * holds them. Refuses with TL_EUSM_MALFORMED what is well-formed BER and not as RFC 3414
 * section 2.4 says (and the reader's own errors for what is not). */
void tl_usm_read_params(tl_reader *r, tl_usm_params *p);

/* Checks, authenticates, checks the time and decrypts, RFC 3414 section 3.2 steps 3 to 8,
 * with any authoritative engine ID of legal length accepted (authenticate first, remember
 * after). A refusal is put into |diag| (a TL_EUSM_ error or TL_ERATE, with the offset
 * of the field at fault from the first byte of |in|->message) and |out| holds as much
 * as was found out; returns TL_OK then, too. Returns TL_ENOMEM, TL_ECRYPTO when it could
 * not do its work.
 *
 * If the message is reportable and its engine ID is not ours, |ours| is false and the
 * caller decides when it has seen the PDU: a trap is fine, an inform gets TL_EUSM_ENGINE.
 */
TL_CHECK tl_err tl_usm_process(
    tl_usm *u, const tl_usm_in *in, tl_arena *arena, tl_usm_out *out, tl_diag *diag);

/* What the engine sends: a Report or a Response, we being authoritative. */
typedef struct tl_usm_reply {
	const tl_usm_cred *cred; /* NULL with noAuthNoPriv */
	tl_level level;
	tl_span user;
	int32_t msg_id;
	tl_span scoped; /* plaintext scopedPDU, tag and length included */
	int64_t now_ns;
} tl_usm_reply;

/* Writes the whole SNMPv3 message of |reply|, authenticated and encrypted, in |arena|.
 * msgMaxSize is TL_DATAGRAM_MAX, the reportable flag is clear.
 * Errors: TL_ENOMEM, TL_ECRYPTO, TL_EINVAL (an observer, a level that the user lacks). */
TL_CHECK tl_err tl_usm_protect(
    tl_usm *u, const tl_usm_reply *reply, tl_arena *arena, tl_span *out);

/* A credential's number, and the credential of a number, NULL if there is none: to answer
 * a message later with the secrets that it came with. */
uint32_t tl_usm_cred_number(const tl_usm_cred *cred);
const tl_usm_cred *tl_usm_cred_at(const tl_usm *u, uint32_t number);

/* An unpredictable number, to seed tables that peers fill. Errors: TL_ECRYPTO. */
TL_CHECK tl_err tl_usm_random(tl_usm *u, uint64_t *out);

/* Our snmpEngineTime in seconds at |now_ns|, and our snmpEngineBoots. */
uint32_t tl_usm_time_s(const tl_usm *u, int64_t now_ns);
uint32_t tl_usm_boots(const tl_usm *u);
tl_span tl_usm_engine_id(const tl_usm *u);

/* The part of tl_engine_hint() for the TL_EUSM_ errors: |in| as it was given to
 * tl_usm_process(), |diag| as it came back. */
TL_CHECK tl_err tl_usm_hint(
    tl_usm *u, const tl_usm_in *in, const tl_refusal *refusal, tl_buf *out);

#endif
