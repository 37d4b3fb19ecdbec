/* trapline/sender.h: notifications to one peer, sent again until they are acknowledged.
 * No sockets, no clock, no threads: messages and time in, messages and results out. */
#ifndef TRAPLINE_SENDER_H
#define TRAPLINE_SENDER_H

#include "trapline/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A notification originator (RFC 3413 section 3.3) towards one peer. Not thread-safe; any
 * number of them, nothing shared. Frees its secrets wiped. */
typedef struct tl_sender tl_sender;

/* A buffer for a message needs as many bytes more than the message. */
#define TL_SENDER_SPARE_BYTES 256

/* Bytes of a buffer that holds any message. */
#define TL_SENDER_BUFFER_BYTES (TL_DATAGRAM_MAX + TL_SENDER_SPARE_BYTES)

#define TL_OUTSTANDING_MAX 65536 /* the most that max_outstanding may be */

typedef struct tl_sender_options { /* zero-initialise; 0 means the default */
	uint8_t version;           /* 1, 2 (v2c) or 3; default 2 */
	tl_span community;         /* v1 and v2c, 0 to 255 bytes; ptr NULL: "public" */
	const tl_user *user;       /* v3, copied. Its engine_id, min_level and window_off
				      mean nothing here: a TL_SECRET_KEY must be localized to
				      whoever is authoritative, that is to |engine| for traps,
				      to the peer for informs */
	tl_level level;       /* v3; TL_LEVEL_NONE: all that the user's secrets allow */
	tl_span context_name; /* v3; 0 to 255 bytes */
	tl_span context_engine_id; /* v3; empty: that of whoever is authoritative */
	tl_clock engine; /* ourselves, authoritative for v3 traps; with an engine_id_len
			    of 0 there is none, and no v3 trap */
	tl_clock
	    peer; /* what is known of the peer, authoritative for v3 informs: nothing
		     with an engine_id_len of 0, not its clock with boots 0; what is not
		     known is asked of it. A given engine ID is never asked for again */
	int64_t start_ns;         /* monotonic time at which sysUpTime was 0 */
	uint32_t timeout_ms;      /* until an inform is sent again; default 1,000 */
	uint32_t tries;           /* how often it is sent until it counts as lost; default
				     6, that is 5 retries */
	uint32_t max_outstanding; /* notifications without a result that was taken;
				     default 1,024, up to TL_OUTSTANDING_MAX */
	uint32_t max_size;      /* bytes of a message, 484 to 65,507; default 65,507. The
				   peer's msgMaxSize is honoured in any case */
	bool drop_counter64;    /* v1: leave out varbinds of type Counter64 rather than
				   refuse the notification */
	bool has_agent_address; /* agent_address is set */
	uint8_t agent_address[4]; /* v1: agent-addr of traps that do not bring their own;
				     default 0.0.0.0 */
} tl_sender_options;

/* Makes a sender. Everything in |opt| is copied. Takes a few milliseconds for each
 * passphrase (RFC 3414 appendix A.2).
 * Errors: TL_EINVAL (lengths, ranges, v3 without a user, a level that its secrets do not
 * allow), TL_ESECRET, TL_ENOMEM, TL_ECRYPTO. Free with tl_sender_free(). */
TL_API TL_CHECK tl_err tl_sender_new(const tl_sender_options *opt, tl_sender **out);

/* Makes a sender with the same options and secrets, with |engine| for its own engine and
 * nothing outstanding: for a load of many engines. Costs no passphrase's milliseconds.
 * Errors: TL_EINVAL, TL_ENOMEM, TL_ECRYPTO. Free with tl_sender_free(). */
TL_API TL_CHECK tl_err tl_sender_clone(
    const tl_sender *s, const tl_clock *engine, tl_sender **out);

/* Frees the sender and wipes its keys; NULL is fine. Results not taken are gone. */
TL_API void tl_sender_free(tl_sender *s);

/* What to send; borrowed for the call only. The names are those of tl_notification. */
typedef struct tl_outgoing { /* zero-initialise */
	tl_kind kind;        /* TL_INFORM not with version 1 */
	tl_oid trap_oid;     /* snmpTrapOID.0; with version 1 and v1.present not needed */
	bool has_uptime;     /* uptime_cs is set; else it is the time since start_ns */
	uint32_t uptime_cs;  /* sysUpTime.0 in centiseconds */
	const tl_varbind
	    *vb; /* the objects. If they begin with sysUpTime.0, or
		    snmpTrapOID.0, or both in this order, these are taken in
		    the place of uptime_cs and trap_oid; else they are added */
	size_t vb_count;
	bool has_agent_address; /* agent_address is set: v1: agent-addr; v2c, v3:
				   snmpTrapAddress.0, at the end, if |vb| has none */
	uint8_t agent_address[4];
	struct {
		bool present;      /* a v1 Trap-PDU: the rest is set. v2c, v3: enterprise
				      becomes snmpTrapEnterprise.0, if |vb| has none */
		tl_oid enterprise; /* empty: by RFC 3584 section 3.2 of trap_oid */
		int32_t generic, specific;
	} v1;
	tl_span community;    /* v2c, v3, of a v1 trap that is forwarded: becomes
				 snmpTrapCommunity.0, if |vb| has none; ptr NULL: nothing */
	struct {              /* v3 */
		bool present; /* the rest counts in the place of the sender's context */
		tl_span name; /* 0 to 255 bytes */
		tl_span engine_id; /* 0 to 255 bytes; empty: that of whoever is
				      authoritative */
	} context;
} tl_outgoing;

/* What a received notification says, to be sent on, in whatever version (RFC 3584 section
 * 3): kind, trap OID, uptime, varbinds, of a v1 trap the address, the enterprise and the
 * community, of v3 the context (RFC 3413 section 3.5.2). The context engine ID of an
 * inform is left out where it is the receiver's own, as some senders have it: it does not
 * tell whose the inform is. |out| borrows from |n|. Any thread. */
TL_API void tl_outgoing_of(const tl_notification *n, tl_outgoing *out);

/* Queues a notification: tl_sender_next_output() gives its message, and
 * tl_sender_next_result() one result for its |ticket|. From version 2 form to v1 by RFC
 * 3584 section 3.2.
 * Errors: TL_EINVAL (a malformed value; an inform with v1; a v3 trap without an engine of
 * our own; no trap OID), TL_ETYPE (Counter64 without drop_counter64, or an exception),
 * TL_ELIMIT (max_outstanding), TL_ENOMEM. tl_sender_problem() says more. */
TL_API TL_CHECK tl_err tl_sender_notify(
    tl_sender *s, const tl_outgoing *out, int64_t now_ns, uint64_t *ticket);

/* Writes the message of a trap into |room| (ptr and cap are used: TL_SENDER_SPARE_BYTES
 * more than the message) and lets |message| borrow from it. Nothing is queued and nothing
 * allocated: for high rates. v3: encrypted and authenticated afresh.
 * Errors: those of tl_sender_notify() but TL_ELIMIT; TL_ELIMIT_SIZE (tl_sender_problem()
 * has the size); TL_ENOSPC (|room|); TL_ECRYPTO. */
TL_API TL_CHECK tl_err tl_sender_encode_trap(tl_sender *s, const tl_outgoing *trap,
    int64_t now_ns, tl_buf *room, tl_span *message);

/* More about why tl_sender_notify() or tl_sender_encode_trap() said no. */
typedef struct tl_send_problem {
	const char *why; /* static: one line for people; "" if there is nothing to add */
	size_t varbind;  /* index in |vb| of the one at fault, if it is one */
	size_t size_bytes, limit_bytes; /* of TL_ELIMIT_SIZE; size 0: not known */
} tl_send_problem;

/* About the last call that failed; borrowed, changes with the next. */
TL_API const tl_send_problem *tl_sender_problem(const tl_sender *s);

/* Writes the next message that is to be sent at |now_ns| into |room| (ptr and cap are
 * used; TL_SENDER_BUFFER_BYTES hold any) and lets |message| borrow from it:
 * notifications, those not acknowledged in time again, engine discovery. It counts as
 * sent then. Call it until it says TL_ENOTFOUND, after each tl_sender_notify() and
 * tl_sender_input(), and when tl_sender_next_timeout_ns() has come. Errors: TL_ENOTFOUND
 * (nothing to send now), TL_ENOSPC (|room|; nothing is lost). */
TL_API TL_CHECK tl_err tl_sender_next_output(
    tl_sender *s, int64_t now_ns, tl_buf *room, tl_span *message);

/* Takes in what came from the peer: an answer, or anything else, which is counted and has
 * no other effect. It may have come from any address: request-id and community tell whose
 * it is, with v3 msgID, engine ID and digest. v3: RFC 3412 section 7.2, RFC 3414 section
 * 3.2; an answer must be of the level that was sent, by the peer's engine, for a message
 * that has not been answered.
 * Errors: TL_ENOMEM, TL_ECRYPTO; never for anything that a peer may send. */
TL_API TL_CHECK tl_err tl_sender_input(tl_sender *s, tl_span bytes, int64_t now_ns);

/* The monotonic time at which tl_sender_next_output() has to be called at the latest;
 * INT64_MAX: none, INT64_MIN: now. */
TL_API int64_t tl_sender_next_timeout_ns(const tl_sender *s);

/* What became of a notification. */
typedef struct tl_send_result {
	uint64_t ticket;
	tl_kind kind;
	tl_err err; /* TL_OK: an inform is acknowledged; a trap's message was given out.
		       TL_ETIMEOUT: no answer. TL_EREPLY: the answer's error_status is not
		       0. By a Report: TL_EUSM_ENGINE, TL_EUSM_USER, TL_EUSM_LEVEL,
		       TL_EUSM_DIGEST, TL_EUSM_TIME, TL_EUSM_DECRYPT,
		       TL_EV3_SECURITY_MODEL, TL_EV3_FLAGS (snmpInvalidMsgs), TL_EPDU_TYPE
		       (snmpUnknownPDUHandlers), TL_EREPORT (another). TL_ELIMIT_SIZE:
		       over max_size or the peer's msgMaxSize. TL_ECRYPTO, TL_ENOMEM */
	const char *why; /* static: one line for people; never NULL, "" with TL_OK */
	uint32_t tries;  /* times that it was sent; what only brought the peer's engine
			    ID or clock does not count */
	int32_t error_status, error_index; /* TL_EREPLY: RFC 3416 section 3 */
	int64_t latency_ns; /* from when it was first sent to its result; never sent: from
			       tl_sender_notify() */
	size_t size_bytes, limit_bytes; /* TL_ELIMIT_SIZE; size 0: not known */
} tl_send_result;

/* Takes the next result; false when there is none. |out| NULL: leaves it there and only
 * says whether there is one. */
TL_API bool tl_sender_next_result(tl_sender *s, tl_send_result *out);

/* Takes the result of |ticket|; false when there is none, or not yet. */
TL_API bool tl_sender_take_result(tl_sender *s, uint64_t ticket, tl_send_result *out);

/* Forgets a notification: nothing more is sent. |out| (may be NULL) is its result, or if
 * it has none yet what it would be if there were no answer. False: no such ticket. */
TL_API bool tl_sender_cancel(
    tl_sender *s, uint64_t ticket, int64_t now_ns, tl_send_result *out);

/* Notifications whose result has not been taken. */
TL_API size_t tl_sender_outstanding(const tl_sender *s);

/* What is known of a v3 peer: its engine ID, and its clock unless boots is 0, to be given
 * to the next sender as tl_sender_options.peer. False: nothing yet. */
TL_API bool tl_sender_peer(const tl_sender *s, tl_clock *out);

/* Our own engine, authoritative for v3 traps: its ID and its clock. False: there is none.
 */
TL_API bool tl_sender_engine(const tl_sender *s, tl_clock *out);

/* The word of an error-status ("tooBig"), RFC 3416 section 3; "" for another number. Any
 * thread. */
TL_API const char *tl_error_status_name(int32_t error_status);

typedef struct tl_send_counters {
	uint64_t traps;      /* messages given out; tl_sender_encode_trap() included */
	uint64_t informs;    /* messages given out, repeats included */
	uint64_t repeats;    /* of them: sent again */
	uint64_t probes;     /* engine discovery */
	uint64_t received;   /* = answers + reports + unexpected + refused */
	uint64_t answers;    /* Responses that ended an inform */
	uint64_t reports;    /* Reports to what was sent */
	uint64_t unexpected; /* late, twice, or to something that was never sent */
	uint64_t refused;    /* malformed, not authentic, of another engine or level */
	uint64_t dropped_varbinds; /* by drop_counter64 */
} tl_send_counters;

/* The counters so far; borrowed, and changing with every call. */
TL_API const tl_send_counters *tl_sender_counters(const tl_sender *s);

#ifdef __cplusplus
}
#endif
#endif
