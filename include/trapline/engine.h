/* trapline/engine.h: a datagram in, an event out. No sockets, no clock, no threads. */
#ifndef TRAPLINE_ENGINE_H
#define TRAPLINE_ENGINE_H

#include "trapline/notification.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An SNMP engine (RFC 3411) that receives notifications: one per receiving thread,
 * nothing shared, not thread-safe. Frees its secrets wiped. */
typedef struct tl_engine tl_engine;

#define TL_ENGINE_ID_MIN 5 /* bytes, RFC 3411 section 5, SnmpEngineID */
#define TL_ENGINE_ID_MAX 32
#define TL_USER_NAME_MAX 32 /* bytes, RFC 3414 section 2.4 */
#define TL_COMMUNITY_MAX 255
#define TL_DATAGRAM_MAX 65507 /* bytes, UDP over IPv4 */

typedef struct tl_engine_options { /* zero-initialise; 0 means the default */
	tl_span engine_id;         /* ours, 5 to 32 bytes, copied; empty: an observer,
				      who answers nothing, takes informs addressed to any
				      engine, and leaves the time window to be judged for
				      each sender */
	uint32_t boots;            /* our snmpEngineBoots, 1 to 2^31-1, kept by the caller
				      and counted up at each start (RFC 3414 section 2.2) */
	int64_t start_ns;          /* monotonic time at which our engineTime is 0 */
	uint32_t max_engines;      /* remembered senders; default 1,000,000; the least
				      recently heard goes first */
	uint32_t max_varbinds;     /* in one message; default 2,048 */
	uint32_t max_duplicates;   /* remembered informs; default 65,536 */
	uint32_t max_failures_per_s; /* keys made for senders that then fail to
					authenticate; default 20,000; above it messages of
					unknown engines are refused as rate-limited */
} tl_engine_options;

/* Makes an engine without users that accepts any community.
 * Errors: TL_EINVAL (lengths, boots), TL_ENOMEM, TL_ECRYPTO. Free with
 * tl_engine_free(). */
TL_API TL_CHECK tl_err tl_engine_new(const tl_engine_options *opt, tl_engine **out);

/* Frees the engine and wipes its keys; NULL is fine. */
TL_API void tl_engine_free(tl_engine *e);

/* Accept messages of |community| (0 to 255 bytes, copied), and from now on of no other
 * that was not added. Errors: TL_EINVAL, TL_ENOMEM. */
TL_API TL_CHECK tl_err tl_engine_add_community(tl_engine *e, tl_span community);

typedef enum tl_secret_kind {
	TL_SECRET_NONE = 0,
	TL_SECRET_PASSPHRASE, /* 8 bytes or more, RFC 3414 section 11.2 */
	TL_SECRET_KEY,        /* localized to the user's engine_id (RFC 3414 section 2.6),
				 as long as the protocol's key, extension included */
	TL_SECRET_MASTER_KEY  /* what RFC 3414 appendix A.2 makes of a passphrase, as long
				 as the hash of the authentication protocol */
} tl_secret_kind;

typedef struct tl_secret {
	tl_secret_kind kind;
	tl_span bytes;
} tl_secret;

typedef struct tl_user { /* zero-initialise */
	tl_span name;    /* 1 to 32 bytes (0 is legal, too) */
	tl_auth auth;
	tl_secret auth_secret;
	tl_priv priv; /* only with auth */
	tl_secret priv_secret;
	tl_span engine_id;  /* only this sender; empty: any. Needed with TL_SECRET_KEY */
	tl_level min_level; /* the least accepted; TL_LEVEL_NONE: all that its secrets
			       allow */
	bool window_off;    /* accept any engineBoots and engineTime: for devices without
			       a clock */
} tl_user;

/* Adds a user; everything is copied, passphrases are kept until tl_engine_free() to
 * explain refusals. The same name may be added several times: each is tried. Takes a
 * few milliseconds for each passphrase (RFC 3414 appendix A.2).
 * Errors: TL_EINVAL (lengths, priv without auth, level), TL_ESECRET, TL_ENOMEM,
 * TL_ECRYPTO. */
TL_API TL_CHECK tl_err tl_engine_add_user(tl_engine *e, const tl_user *user);

/* Makes the users and communities of |from| those of |e|, for a configuration that is
 * read again: |from| is an engine made to prepare them, takes the old ones, and is to be
 * freed. Clocks, duplicates and counters of |e| stay. Costs no passphrase's milliseconds;
 * if a user changed, the keys kept for all senders are made anew as they are heard.
 * An inform that is not acknowledged yet can be no more (TL_EINVAL of tl_engine_ack())
 * if its user is gone. */
TL_API void tl_engine_take_users(tl_engine *e, tl_engine *from);

/* What has been learned of a sender's clock (RFC 3414 section 2.3), to be kept over
 * restarts so that an old capture cannot be replayed. */
typedef struct tl_clock {
	uint8_t engine_id[TL_ENGINE_ID_MAX];
	uint8_t engine_id_len; /* bytes, 5 to 32 */
	uint32_t boots;
	uint32_t time_s; /* snmpEngineTime at |at_ns| */
	int64_t at_ns;   /* monotonic */
} tl_clock;

/* Restores a clock. An engine that is known already is left as it is.
 * Errors: TL_EINVAL (length), TL_ENOMEM. */
TL_API TL_CHECK tl_err tl_engine_set_clock(tl_engine *e, const tl_clock *clock);

/* Takes the next clock that is new, has a new engineBoots, or has gone ahead of what
 * was last taken by over 100 s more than time itself, or fallen behind by over 50 s;
 * false when there is none. Call it after each batch. What is not taken in time is still
 * there at the next call. */
TL_API bool tl_engine_next_clock(tl_engine *e, tl_clock *out);

typedef struct tl_datagram {
	tl_span bytes;
	tl_endpoint from, to;
	int64_t realtime_ns;  /* since 1970 UTC, when it was received */
	int64_t monotonic_ns; /* for time windows; never goes back */
} tl_datagram;

/* Why a datagram was refused, and what could be read of it before. */
typedef struct tl_refusal {
	tl_diag diag;
	uint8_t version;                             /* 1, 2 or 3; 0: not read */
	bool has_community, has_user, has_engine_id; /* whether read */
	tl_span community;
	tl_span user, engine_id;
	tl_level level;     /* asked for by msgFlags; TL_LEVEL_NONE: not read */
	bool reportable;    /* msgFlags */
	uint8_t digest_len; /* bytes of msgAuthenticationParameters; 0: none, not read */
	uint32_t boots, time_s; /* as sent, for v3 */
	uint32_t our_boots,
	    our_time_s;   /* for usm-not-in-time-window: what was expected */
	uint8_t pdu_type; /* for pdu-type */
	uint64_t id_hash; /* as in tl_notification */
} tl_refusal;

typedef enum tl_event_kind {
	TL_EV_NOTIFICATION = 1, /* n is set; an inform waits for tl_engine_ack() */
	TL_EV_DUPLICATE,        /* n is set: an inform that is here already; reply is its
				   acknowledgement if it has been acknowledged, else empty */
	TL_EV_REFUSED           /* refusal is set; reply is a Report to send, or empty */
} tl_event_kind;

typedef struct tl_event {
	tl_event_kind kind;
	const tl_notification *n; /* borrows from the datagram and the arena */
	tl_span reply;            /* in the arena; to be sent from |to| to |from| */
	tl_refusal refusal;
	tl_span scoped; /* version 3: the plaintext of msgData, with the padding behind
			   it, also of what is refused after it was decrypted: garbage
			   then, if by a wrong key; else empty */
} tl_event;

/* Reads one datagram and counts it. Never blocks, and takes memory from |arena| only,
 * but for what is remembered of a new authentic sender.
 * Returns TL_OK and fills |ev| for anything that a peer may send, however broken;
 * TL_ENOMEM (the arena is used up: reset it, and give it the datagram again),
 * TL_ECRYPTO: the caller's to fix; nothing is counted then. RFC 3412 section 7.2. */
TL_API TL_CHECK tl_err tl_engine_input(
    tl_engine *e, const tl_datagram *in, tl_arena *arena, tl_event *ev);

/* Makes the Response that acknowledges |inform| (RFC 3416 section 4.2.7), in |arena|,
 * and remembers that it was acknowledged. Call it when the notification is safe, not
 * before: the sender forgets it then. |inform| may be a clone. |now_ns| is the monotonic
 * time now: an SNMPv3 Response tells it, and its receiver discards one of more than 150 s
 * ago (RFC 3414 section 3.2 step 7).
 * Errors: TL_EINVAL (a trap; an observer), TL_ENOMEM, TL_ECRYPTO. */
TL_API TL_CHECK tl_err tl_engine_ack(tl_engine *e, const tl_notification *inform,
    int64_t now_ns, tl_arena *arena, tl_span *reply);

/* The inform could not be made safe: forget it, so that its retransmission counts as
 * new. */
TL_API void tl_engine_forget(tl_engine *e, const tl_notification *inform);

/* Writes into |out| what a person can do about a refusal: one line of UTF-8 without
 * control characters, nothing if there is nothing to say. |in| is the datagram. Costs
 * up to some milliseconds the first time that a passphrase is tried with another
 * protocol; the outcome is remembered for each user. Errors: TL_ECRYPTO, TL_ENOMEM. */
TL_API TL_CHECK tl_err tl_engine_hint(
    tl_engine *e, const tl_datagram *in, const tl_refusal *refusal, tl_buf *out);

/* What became of every datagram: received = notifications + duplicates + the sum of
 * refused[]. */
typedef struct tl_counters {
	uint64_t received;
	uint64_t notifications;
	uint64_t traps, informs; /* of the notifications */
	uint64_t by_version[4];  /* of the notifications: [1], [2], [3] */
	uint64_t duplicates;
	uint64_t refused[TL_ERR_COUNT]; /* by tl_err */
	uint64_t reports;               /* made */
	uint64_t acknowledged;          /* Responses made, repeats included */
	uint64_t engines;               /* senders remembered now */
} tl_counters;

/* The counters so far; borrowed, and changing with every call. */
TL_API const tl_counters *tl_engine_counters(tl_engine *e);

/* The sum of the refusals that count under |counter|. Any thread. */
TL_API uint64_t tl_counters_rfc(const tl_counters *c, tl_rfc_counter counter);

/* The sum of all refusals. Any thread. */
TL_API uint64_t tl_counters_refused(const tl_counters *c);

#ifdef __cplusplus
}
#endif
#endif
