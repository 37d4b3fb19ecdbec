/* sender/state.h: what a tl_sender holds, shared by the files of sender/. */
#ifndef TL_SENDER_STATE_H
#define TL_SENDER_STATE_H

#include "sender/draft.h"
#include "usm/secure.h"
#include "usm/state.h"

/* An authoritative engine, with the user's keys for it: ourselves for traps, the peer for
 * informs. */
typedef struct tl_authority {
	uint8_t id[TL_ENGINE_ID_MAX];
	uint8_t id_len; /* 0: not known */
	bool has_clock;
	uint32_t boots;
	uint32_t latest_s; /* RFC 3414 section 2.3 latestReceivedEngineTime */
	int64_t zero_ns;   /* the monotonic time at which its engineTime was 0 */
	uint8_t states[2 * TL_STATE_MAX]; /* of the HMAC */
	uint8_t priv_key[TL_PRIV_KEY_MAX];
} tl_authority;

/* A number of a place in the array of notifications; 0: none. It is the low part of every
 * request-id and msgID, above it a number that counts up: so an answer is matched without
 * a search. Place 0 is that of engine discovery. */
typedef uint32_t tl_slot;

typedef enum tl_where {
	TL_AT_FREE,
	TL_AT_TRAPS,   /* to be given out */
	TL_AT_INFORMS, /* to be given out, the first time or again */
	TL_AT_WAITING, /* for an answer, by due_ns */
	TL_AT_DONE,    /* its result is to be taken */
	TL_AT_COUNT
} tl_where;

/* Where the objects of a notification are: RFC 3411 section 3.3.1. */
typedef struct tl_context {
	tl_span name;
	tl_span engine_id; /* empty: of whoever is authoritative */
} tl_context;

typedef struct tl_pending {
	tl_slot prev, next; /* of the same list */
	tl_where where;
	bool resynced;     /* sent again for a clock that was wrong */
	bool rediscovered; /* sent again for an engine ID that was wrong */
	tl_err hint;       /* what a Report said that proves nothing, or TL_OK */
	uint8_t *memory;   /* holds |pdu| and |context| */
	tl_span pdu;
	tl_context context;
	uint32_t request_id;
	uint32_t first_msg_id, last_msg_id; /* of its messages; v3 */
	uint32_t sent;                      /* messages given out with it */
	uint32_t expired;                   /* times that no answer came */
	uint32_t peer_number;               /* which peer it was sent to last */
	int64_t created_ns, sent_ns, due_ns;
	tl_send_result result;
} tl_pending;

typedef struct tl_list {
	tl_slot first, last;
} tl_list;

struct tl_sender {
	tl_draft_rules rules;
	uint8_t community_len, context_len, context_engine_id_len, user_len;
	uint8_t community[TL_COMMUNITY_MAX];
	uint8_t context[TL_COMMUNITY_MAX]; /* a context name has the same limit */
	uint8_t context_engine_id[TL_ENGINE_ID_MAX];
	tl_level level;
	tl_usm_cred cred; /* version 3; without passphrases */
	tl_crypto *crypto;
	uint64_t salts; /* of messages, also of other senders with the same keys: 64 bits
			   that start at random, whatever the protocol */

	tl_authority engine, peer;
	bool peer_given;      /* its engine ID is not to be asked for */
	uint32_t peer_number; /* counts engine IDs learned */
	uint32_t peer_max_size;
	tl_slot leader;   /* an inform that was sent to learn the clock: others wait */
	bool leader_lost; /* none is waited for until there is a clock */
	struct {
		bool sent;      /* waits for an answer until |due_ns| */
		uint32_t count; /* of this discovery; an answer to any of them does */
		uint32_t first_msg_id, last_msg_id;
		int64_t due_ns;
	} probe;

	uint32_t max_outstanding, max_size, tries;
	int64_t timeout_ns;
	uint32_t slot_bits;
	uint32_t number;   /* the high part of the next request-id or msgID */
	uint64_t tickets;  /* given so far */
	tl_pending *slots; /* max_outstanding + 1, or NULL until one is needed */
	tl_slot used;      /* slots above it were never used */
	size_t outstanding;
	tl_list lists[TL_AT_COUNT];

	uint8_t *scratch; /* for what comes in, or NULL until something does */
	tl_send_problem problem;
	tl_send_counters counters;
};

/* sender.c: makes |a| the authority of |id|, with the user's keys, without a clock. */
void tl_authority_set_id(tl_sender *s, tl_authority *a, tl_span id);
void tl_authority_set_clock(
    tl_authority *a, uint32_t boots, uint32_t time_s, int64_t at_ns);

/* Its snmpEngineTime, 0 to 2^31-1. */
uint32_t tl_authority_time_s(const tl_authority *a, int64_t now_ns);

static inline tl_span
tl_authority_id(const tl_authority *a)
{
	return (tl_span){ a->id, a->id_len };
}

/* Whether messages say a time that has to be right. */
static inline bool
tl_sender_needs_clock(const tl_sender *s)
{
	return s->rules.version == 3 && s->level > TL_NOAUTH_NOPRIV;
}

/* Next request-id or msgID for |slot|, from 1 to 2^31-1. */
uint32_t tl_sender_next_id(tl_sender *s, tl_slot slot);

/* message.c: a message to be made of a PDU. */
typedef struct tl_parcel {
	const tl_draft *draft; /* or NULL: */
	tl_span pdu;
	uint32_t request_id;           /* of the draft */
	tl_context context;            /* v3 */
	const tl_authority *authority; /* v3; without an ID: engine discovery */
	bool reportable;
	uint32_t msg_id;
	int64_t now_ns;
} tl_parcel;

/* Writes it into |room|. Errors: TL_ELIMIT_SIZE (|s|->problem), TL_ENOSPC, TL_ECRYPTO. */
TL_CHECK tl_err tl_parcel_write(
    tl_sender *s, const tl_parcel *p, tl_buf *room, tl_span *message);

/* Writes the probe of engine discovery, RFC 3414 section 4; errors as above. */
TL_CHECK tl_err tl_probe_write(
    tl_sender *s, uint32_t msg_id, tl_buf *room, tl_span *message);

/* The context of |out|. */
tl_context tl_sender_context(const tl_sender *s, const tl_outgoing *out);

/* Makes the draft of |out|; see tl_sender_notify(). */
TL_CHECK tl_err tl_sender_make_draft(
    tl_sender *s, const tl_outgoing *out, int64_t now_ns, tl_draft *d);

/* queue.c: moves a notification to the end of a list. */
void tl_pending_move(tl_sender *s, tl_slot slot, tl_where where);

/* Its result is |err|. */
void tl_pending_finish(tl_sender *s, tl_slot slot, tl_err err, int64_t now_ns);

/* One line about |err| for people; "" for TL_OK. */
const char *tl_send_why(tl_err err);

#endif
