/* usm/users.c: the users and their secrets, found by name. Filled before the first
 * message comes, or put in the place of others at once; process.c looks them up. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "usm/keys.h"
#include "usm/state.h"

static bool
lengths_fit(const tl_user *user)
{
	return user->name.len <= TL_USER_NAME_MAX &&
	       (user->engine_id.len == 0 || (user->engine_id.len >= TL_ENGINE_ID_MIN &&
						user->engine_id.len <= TL_ENGINE_ID_MAX));
}

static tl_level
most_of(const tl_user *user)
{
	if (user->priv != TL_PRIV_NONE)
		return TL_AUTH_PRIV;
	return user->auth != TL_AUTH_NONE ? TL_AUTH_NOPRIV : TL_NOAUTH_NOPRIV;
}

/* Whether |secret| goes with a protocol, is long enough, and says its engine. A localized
 * key has |key_len| bytes, or |other_len|. */
static tl_err
check_secret(
    const tl_user *user, const tl_secret *secret, size_t key_len, size_t other_len)
{
	size_t len = secret->bytes.len;

	if (key_len == 0)
		return secret->kind == TL_SECRET_NONE ? TL_OK : TL_EINVAL;
	switch (secret->kind) {
	case TL_SECRET_NONE:
		return TL_ESECRET;
	case TL_SECRET_PASSPHRASE:
		return len >= TL_PASSPHRASE_MIN ? TL_OK : TL_ESECRET;
	case TL_SECRET_KEY:
		if (user->engine_id.len == 0)
			return TL_EINVAL;
		return len == key_len || len == other_len ? TL_OK : TL_ESECRET;
	case TL_SECRET_MASTER_KEY:
		return len == tl_auth_protocol_of(user->auth)->hash_bytes ? TL_OK
									  : TL_ESECRET;
	}
	return TL_EINVAL;
}

static tl_err
check_user(const tl_user *user)
{
	if (!lengths_fit(user) || (unsigned)user->auth >= TL_AUTH_COUNT ||
	    (unsigned)user->priv >= TL_PRIV_COUNT || user->min_level > most_of(user) ||
	    (user->priv != TL_PRIV_NONE && user->auth == TL_AUTH_NONE))
		return TL_EINVAL;
	size_t hash = tl_auth_protocol_of(user->auth)->hash_bytes;
	size_t key = tl_priv_protocol_of(user->priv)->key_bytes;
	tl_err err = check_secret(user, &user->auth_secret, hash, hash);
	if (err != TL_OK)
		return err;
	/* A localized key as long as the hash is what other programs print: its first
	 * bytes are used, RFC 3414 section 8.2.1. */
	return check_secret(user, &user->priv_secret, key, hash > key ? hash : key);
}

static tl_err
keep_secret(tl_kept_secret *kept, const tl_secret *secret, tl_auth auth)
{
	kept->kind = secret->kind;
	if (secret->kind == TL_SECRET_KEY || secret->kind == TL_SECRET_MASTER_KEY)
		memcpy(kept->key, secret->bytes.ptr, secret->bytes.len);
	if (secret->kind != TL_SECRET_PASSPHRASE)
		return TL_OK;
	kept->passphrase = malloc(secret->bytes.len);
	if (kept->passphrase == NULL)
		return TL_ENOMEM;
	memcpy(kept->passphrase, secret->bytes.ptr, secret->bytes.len);
	kept->passphrase_len = secret->bytes.len;
	tl_usm_password_key(auth, secret->bytes, kept->key);
	return TL_OK;
}

static void
free_passphrase(tl_kept_secret *kept)
{
	if (kept->passphrase != NULL)
		tl_crypto_wipe(kept->passphrase, kept->passphrase_len);
	free(kept->passphrase);
	kept->passphrase = NULL;
}

void
tl_cred_forget_passphrases(tl_usm_cred *cred)
{
	free_passphrase(&cred->secrets[TL_SECRET_OF_AUTH]);
	free_passphrase(&cred->secrets[TL_SECRET_OF_PRIV]);
}

void
tl_cred_fini(tl_usm_cred *cred)
{
	tl_cred_forget_passphrases(cred);
	if (cred->tried != NULL)
		tl_crypto_wipe(cred->tried, sizeof *cred->tried);
	free(cred->tried);
	tl_crypto_wipe(cred, sizeof *cred);
}

static void
free_cred(tl_usm_cred *cred)
{
	if (cred != NULL)
		tl_cred_fini(cred);
	free(cred);
}

void
tl_users_fini(tl_users *users)
{
	for (uint32_t i = 0; i < users->count; i++)
		free_cred(users->creds[i]);
	free(users->creds);
	free(users->buckets);
	*users = (tl_users){ 0 };
}

tl_err
tl_cred_init(tl_usm_cred *cred, const tl_user *user)
{
	tl_err err = check_user(user);

	*cred = (tl_usm_cred){ 0 };
	if (err != TL_OK)
		return err;
	cred->auth = user->auth;
	cred->priv = user->priv;
	cred->max_level = most_of(user);
	cred->min_level =
	    user->min_level != TL_LEVEL_NONE ? user->min_level : cred->max_level;
	cred->window_off = user->window_off;
	cred->name_len = (uint8_t)user->name.len;
	if (user->name.len > 0)
		memcpy(cred->name, user->name.ptr, user->name.len);
	cred->engine_id_len = (uint8_t)user->engine_id.len;
	if (user->engine_id.len > 0)
		memcpy(cred->engine_id, user->engine_id.ptr, user->engine_id.len);
	err = keep_secret(
	    &cred->secrets[TL_SECRET_OF_AUTH], &user->auth_secret, user->auth);
	if (err == TL_OK)
		err = keep_secret(
		    &cred->secrets[TL_SECRET_OF_PRIV], &user->priv_secret, user->auth);
	if (err != TL_OK)
		tl_cred_fini(cred);
	return err;
}

static tl_usm_cred **
bucket_of(const tl_users *users, tl_span name, tl_span engine_id)
{
	uint64_t hash = tl_hash(name.ptr, name.len, 0);

	hash = tl_hash(engine_id.ptr, engine_id.len, hash);
	return &users->buckets[hash & (users->cap - 1)];
}

/* Appends, so that credentials are tried in the order of their addition. */
static void
link_cred(tl_users *users, tl_usm_cred *cred)
{
	tl_usm_cred **at = bucket_of(
	    users, tl_cred_name(cred), (tl_span){ cred->engine_id, cred->engine_id_len });

	while (*at != NULL)
		at = &(*at)->next;
	cred->next = NULL;
	*at = cred;
}

static tl_err
grow_users(tl_users *users)
{
	uint32_t cap = users->cap > 0 ? 2 * users->cap : 8;
	tl_usm_cred **creds = realloc(users->creds, cap * sizeof(tl_usm_cred *));

	if (creds == NULL)
		return TL_ENOMEM;
	users->creds = creds;
	tl_usm_cred **buckets = calloc(cap, sizeof(tl_usm_cred *));
	if (buckets == NULL)
		return TL_ENOMEM;
	free(users->buckets);
	users->buckets = buckets;
	users->cap = cap;
	for (uint32_t i = 0; i < users->count; i++)
		link_cred(users, users->creds[i]);
	return TL_OK;
}

tl_err
tl_usm_add_user(tl_usm *u, const tl_user *user)
{
	tl_users *users = &u->users;
	tl_usm_cred *cred = calloc(1, sizeof *cred);
	tl_err err = cred != NULL ? tl_cred_init(cred, user) : TL_ENOMEM;

	if (err == TL_OK && users->count == users->cap)
		err = grow_users(users);
	if (err != TL_OK) {
		free_cred(cred);
		return err;
	}
	cred->number = users->count;
	users->creds[users->count++] = cred;
	users->any_restricted |= cred->engine_id_len > 0;
	link_cred(users, cred);
	return TL_OK;
}

static bool
same_secret(const tl_kept_secret *a, const tl_kept_secret *b)
{
	return a->kind == b->kind && tl_crypto_equal(a->key, b->key, sizeof a->key);
}

static bool
same_cred(const tl_usm_cred *a, const tl_usm_cred *b)
{
	return a->auth == b->auth && a->priv == b->priv && a->min_level == b->min_level &&
	       a->window_off == b->window_off &&
	       tl_span_equal(tl_cred_name(a), b->name, b->name_len) &&
	       tl_span_equal((tl_span){ a->engine_id, a->engine_id_len }, b->engine_id,
		   b->engine_id_len) &&
	       same_secret(
		   &a->secrets[TL_SECRET_OF_AUTH], &b->secrets[TL_SECRET_OF_AUTH]) &&
	       same_secret(
		   &a->secrets[TL_SECRET_OF_PRIV], &b->secrets[TL_SECRET_OF_PRIV]);
}

static bool
same_users(const tl_users *a, const tl_users *b)
{
	bool same = a->count == b->count;

	for (uint32_t i = 0; same && i < a->count; i++)
		same = same_cred(a->creds[i], b->creds[i]);
	return same;
}

void
tl_usm_take_users(tl_usm *u, tl_usm *from)
{
	tl_users old = u->users;

	if (same_users(&old, &from->users))
		return;
	u->users = from->users;
	from->users = old;
	tl_engines_drop_keys(&u->engines);
}

/* From |cred| on the first of the name and engine ID. */
static const tl_usm_cred *
same_from(const tl_usm_cred *cred, tl_span name, tl_span engine_id)
{
	while (cred != NULL &&
	       !(tl_span_equal(name, cred->name, cred->name_len) &&
		   tl_span_equal(engine_id, cred->engine_id, cred->engine_id_len)))
		cred = cred->next;
	return cred;
}

static const tl_usm_cred *
first_of(const tl_users *users, tl_span name, tl_span engine_id)
{
	return same_from(*bucket_of(users, name, engine_id), name, engine_id);
}

static const tl_span any_engine = { (const uint8_t *)"", 0 };

const tl_usm_cred *
tl_users_first(const tl_users *users, tl_span name, tl_span engine_id)
{
	const tl_usm_cred *cred = NULL;

	if (users->any_restricted)
		cred = first_of(users, name, engine_id);
	if (cred == NULL && users->count > 0)
		cred = first_of(users, name, any_engine);
	return cred;
}

const tl_usm_cred *
tl_users_next(const tl_users *users, const tl_usm_cred *cred)
{
	tl_span name = tl_cred_name(cred);
	tl_span engine_id = { cred->engine_id, cred->engine_id_len };
	const tl_usm_cred *next = same_from(cred->next, name, engine_id);

	return next == NULL && engine_id.len > 0 ? first_of(users, name, any_engine)
						 : next;
}

uint32_t
tl_usm_cred_number(const tl_usm_cred *cred)
{
	return cred->number;
}

const tl_usm_cred *
tl_usm_cred_at(const tl_usm *u, uint32_t number)
{
	return number < u->users.count ? u->users.creds[number] : NULL;
}
