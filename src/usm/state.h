/* usm/state.h: what a tl_usm holds, shared by the files of usm/. */
#ifndef TL_USM_STATE_H
#define TL_USM_STATE_H

#include <string.h>

#include "usm/crypto.h"
#include "usm/engines.h"
#include "usm/usm.h"

#define TL_PASSPHRASE_MIN 8 /* bytes, RFC 3414 section 11.2 */

/* A secret as it was given, and what is used of it. */
typedef struct tl_kept_secret {
	tl_secret_kind kind;
	uint8_t *passphrase; /* for hints; NULL with a key */
	size_t passphrase_len;
	uint8_t key[TL_HASH_MAX]; /* Ku, or with TL_SECRET_KEY the localized key */
} tl_kept_secret;

enum { TL_SECRET_OF_AUTH, TL_SECRET_OF_PRIV, TL_SECRET_OF_COUNT };

/* What was found out to explain refusals, so that it costs its milliseconds once. */
typedef struct tl_tried {
	bool made[TL_SECRET_OF_COUNT][TL_AUTH_COUNT];
	uint8_t ku[TL_SECRET_OF_COUNT][TL_AUTH_COUNT][TL_HASH_MAX]; /* of passphrases */
	/* The keys by Reeder's extension for the engine tried last: those of all
	 * protocols that use it begin alike. */
	uint8_t engine_id[TL_ENGINE_ID_MAX];
	uint8_t engine_id_len; /* 0: none yet */
	uint8_t reeder[TL_SECRET_OF_COUNT][TL_PRIV_KEY_MAX];
} tl_tried;

struct tl_usm_cred {
	uint32_t number;   /* its place in tl_users */
	tl_usm_cred *next; /* of the same bucket, in the order of addition */
	tl_auth auth;
	tl_priv priv;
	tl_level min_level, max_level;
	bool window_off;
	uint8_t name_len, engine_id_len;
	uint8_t name[TL_USER_NAME_MAX];
	uint8_t engine_id[TL_ENGINE_ID_MAX]; /* empty: any */
	tl_kept_secret secrets[TL_SECRET_OF_COUNT];
	tl_tried *tried; /* by hint_keys.c, or NULL */
};

typedef struct tl_users {
	tl_usm_cred **creds;   /* in the order of addition */
	tl_usm_cred **buckets; /* a power of two, by name and engine ID */
	uint32_t count, cap;   /* of creds, and of buckets */
	bool any_restricted;   /* to one engine */
} tl_users;

struct tl_usm {
	tl_engines engines;
	tl_users users;
	tl_crypto *crypto;
	uint32_t boots;
	int64_t start_ns;
	/* Work for those who fail to authenticate: each costs failure_ns of a budget that
	 * grows by one second a second up to one second; all is spent until then. */
	int64_t failure_ns, spent_until_ns;
	uint64_t salt; /* the next one */
};

static inline bool
tl_span_equal(tl_span a, const uint8_t *ptr, size_t len)
{
	return a.len == len && (len == 0 || memcmp(a.ptr, ptr, len) == 0);
}

static inline tl_span
tl_cred_name(const tl_usm_cred *cred)
{
	return (tl_span){ cred->name, cred->name_len };
}

/* process.c: the bytes of |in|'s message that the digest covers, to |to|: with zeros in
 * the digest's own place. */
void tl_usm_copy_text(const tl_usm_in *in, uint8_t *to);

/* process.c: whether |cred| may send at |level|. */
bool tl_cred_has_level(const tl_usm_cred *cred, tl_level level);

/* process.c: whether |plain| looks like a ScopedPDU (RFC 3412 section 6) as far as a
 * wrong key would not make it. Padding may follow. */
bool tl_usm_is_scoped_pdu(tl_span plain);

/* users.c: checks |user| and keeps its secrets in |cred|; see tl_engine_add_user(). Fini
 * wipes them; it is done already after an error. */
TL_CHECK tl_err tl_cred_init(tl_usm_cred *cred, const tl_user *user);
void tl_cred_fini(tl_usm_cred *cred);

/* Wipes the passphrases: the keys made of them stay. Then |cred| may be copied. */
void tl_cred_forget_passphrases(tl_usm_cred *cred);

/* Frees all of them, wiped. */
void tl_users_fini(tl_users *users);

/* The first credential of a name that is good for |engine_id|, those for no other first;
 * and the next; NULL after the last. */
const tl_usm_cred *tl_users_first(const tl_users *users, tl_span name, tl_span engine_id);
const tl_usm_cred *tl_users_next(const tl_users *users, const tl_usm_cred *cred);

/* creds.c: the HMAC states of |cred| for an engine, 2 * state_bytes. */
void tl_cred_states(const tl_usm_cred *cred, tl_span engine_id, uint8_t *states);

/* The keys of |cred| for |engine|, remembered from now on, with these HMAC states. NULL
 * when memory is short. */
tl_usm_key *tl_cred_remember(
    tl_usm *u, const tl_usm_cred *cred, uint32_t engine, const uint8_t *states);

/* Makes the privacy key of |cred| for an engine: the protocol's key_bytes into |out|,
 * which has room for TL_PRIV_KEY_MAX. */
void tl_cred_make_priv_key(const tl_usm_cred *cred, tl_span engine_id, uint8_t *out);

/* The privacy key of |key|, which is |cred|'s for the engine; made if need be. */
const uint8_t *tl_cred_priv_key(
    const tl_usm_cred *cred, tl_span engine_id, tl_usm_key *key);

#endif
