/* usm/process.c: what an incoming SNMPv3 message goes through, in the order of RFC 3414
 * section 3.2. The engine calls it for every one. Each step returns TL_OK, what it
 * refuses the message for, or why it could not do its work. */
#include <string.h>

#include "base/arena.h"
#include "usm/state.h"

#define WHERE_ENGINE_ID "msgAuthoritativeEngineID"
#define WHERE_BOOTS "msgAuthoritativeEngineBoots"
#define WHERE_TIME "msgAuthoritativeEngineTime"
#define WHERE_PRIV "msgPrivacyParameters"
#define WHERE_DATA "encryptedPDU"

typedef struct check {
	tl_usm *u;
	const tl_usm_in *in;
	tl_arena *arena;
	tl_usm_out *out;
	tl_diag *diag;
	uint32_t engine; /* whose keys are looked up; 0: our own */
	bool known;      /* whether it is, so that there is something to look up */
	uint8_t *text;   /* what is hashed, in the arena until that is done */
	tl_usm_key *key; /* of out->cred */
} check;

static tl_err
refuse(check *c, tl_err err, const uint8_t *at, const char *where)
{
	uint32_t offset = (uint32_t)((uintptr_t)at - (uintptr_t)c->in->message.ptr);

	*c->diag = (tl_diag){ err, offset, where };
	return err;
}

/* Step 3. Any engine ID of legal length may be a sender's. */
static tl_err
check_engine(check *c)
{
	tl_span id = c->in->p.engine_id, own = tl_usm_engine_id(c->u);

	if (id.len < TL_ENGINE_ID_MIN || id.len > TL_ENGINE_ID_MAX)
		return refuse(c, TL_EUSM_ENGINE, id.ptr, WHERE_ENGINE_ID);
	c->out->ours = tl_span_equal(id, own.ptr, own.len);
	if (!c->out->ours)
		c->engine = tl_engines_find(&c->u->engines, id);
	c->known = c->out->ours || c->engine != 0;
	if (c->engine != 0)
		tl_engines_prefetch(&c->u->engines, c->engine);
	return TL_OK;
}

/* Where msgFlags are in a message whose header was read before. */
static const uint8_t *
flags_at(const tl_usm_in *in)
{
	tl_diag ignored = { .err = TL_OK };
	tl_reader r = tl_reader_of(in->message, 0, &ignored);
	tl_reader message = tl_read_into(&r, TL_BER_SEQUENCE, "");

	(void)tl_read_tlv(&message, "");
	tl_reader header = tl_read_into(&message, TL_BER_SEQUENCE, "");
	(void)tl_read_tlv(&header, "");
	(void)tl_read_tlv(&header, "");
	tl_span flags = tl_read_octets(&header, SIZE_MAX, "");
	return ignored.err == TL_OK ? flags.ptr : in->message.ptr;
}

bool
tl_cred_has_level(const tl_usm_cred *cred, tl_level level)
{
	return level >= cred->min_level && level <= cred->max_level;
}

/* Why none of the user's credentials fitted, none being tried. Steps 4, 5 and 6. */
static tl_err
refuse_user(check *c, const tl_usm_cred *first)
{
	const tl_usm_params *p = &c->in->p;
	const tl_usm_cred *cred = first;

	if (first == NULL)
		return refuse(c, TL_EUSM_USER, p->user.ptr, "msgUserName");
	while (cred != NULL && !tl_cred_has_level(cred, c->in->level))
		cred = tl_users_next(&c->u->users, cred);
	if (cred == NULL)
		return refuse(c, TL_EUSM_LEVEL, flags_at(c->in), "msgFlags");
	return refuse(
	    c, TL_EUSM_DIGEST, p->auth_params.ptr, "msgAuthenticationParameters");
}

void
tl_usm_copy_text(const tl_usm_in *in, uint8_t *to)
{
	tl_span message = in->message, digest = in->p.auth_params;

	memcpy(to, message.ptr, message.len);
	memset(to + (digest.ptr - message.ptr), 0, digest.len);
}

static bool
digest_fits(const check *c, const tl_usm_cred *cred, const uint8_t *states)
{
	tl_span digest = c->in->p.auth_params;
	uint8_t hmac[TL_HASH_MAX];

	tl_crypto_hmac(cred->auth, states, c->text, c->in->message.len, hmac);
	return tl_crypto_equal(hmac, digest.ptr, digest.len);
}

/* Whether the credential could have made the message. Another length of digest than the
 * protocol's is never compared. */
static bool
is_candidate(const check *c, const tl_usm_cred *cred)
{
	return tl_cred_has_level(cred, c->in->level) &&
	       c->in->p.auth_params.len == tl_auth_protocol_of(cred->auth)->digest_bytes;
}

/* Tries the credentials that have keys for this engine already. */
static bool
try_known_keys(check *c, const tl_usm_cred *first)
{
	const tl_users *users = &c->u->users;

	if (!c->known)
		return false;
	for (const tl_usm_cred *cred = first; cred != NULL;
	     cred = tl_users_next(users, cred)) {
		if (!is_candidate(c, cred))
			continue;
		tl_usm_key *key =
		    tl_engines_find_key(&c->u->engines, c->engine, cred->number);
		if (key != NULL && digest_fits(c, cred, key->bytes)) {
			c->out->cred = cred;
			c->key = key;
			return true;
		}
	}
	return false;
}

/* Remembers an engine and its keys, now that it has authenticated. */
static tl_err
remember(check *c, const tl_usm_cred *cred, const uint8_t *states)
{
	if (!c->known)
		c->engine = tl_engines_add(&c->u->engines, c->in->p.engine_id);
	if (!c->known && c->engine == 0)
		return TL_ENOMEM;
	c->known = true;
	c->out->cred = cred;
	c->key = tl_cred_remember(c->u, cred, c->engine, states);
	return c->key != NULL ? TL_OK : TL_ENOMEM;
}

/* Tries the other credentials: each costs some hashing, of which those who then fail get
 * no more than their budget, but for messages to ourselves, who have one key of each.
 * TL_EUSM_DIGEST if none fits. */
static tl_err
try_new_keys(check *c, const tl_usm_cred *first)
{
	tl_usm *u = c->u;
	uint8_t states[2 * TL_STATE_MAX];
	int64_t now = c->in->now_ns;
	int64_t spent = u->spent_until_ns > now ? u->spent_until_ns : now;
	int64_t price = c->out->ours ? 0 : u->failure_ns;
	tl_err err = TL_EUSM_DIGEST;

	for (const tl_usm_cred *cred = first; cred != NULL && err == TL_EUSM_DIGEST;
	     cred = tl_users_next(&u->users, cred)) {
		if (!is_candidate(c, cred) ||
		    (c->known && tl_engines_find_key(
				     &u->engines, c->engine, cred->number) != NULL))
			continue;
		if (spent + price > now + TL_NS_PER_S) {
			err = TL_ERATE;
			break;
		}
		spent += price;
		tl_cred_states(cred, c->in->p.engine_id, states);
		if (digest_fits(c, cred, states))
			err = remember(c, cred, states);
	}
	if (err == TL_EUSM_DIGEST || err == TL_ERATE)
		u->spent_until_ns = spent;
	tl_crypto_wipe(states, sizeof states);
	return err;
}

/* Steps 4 to 6 for a message that proves nothing. */
static tl_err
find_unauthenticated(check *c, const tl_usm_cred *first)
{
	for (const tl_usm_cred *cred = first; cred != NULL;
	     cred = tl_users_next(&c->u->users, cred)) {
		if (tl_cred_has_level(cred, TL_NOAUTH_NOPRIV)) {
			c->out->cred = cred;
			return TL_OK;
		}
	}
	return refuse_user(c, first);
}

static tl_err
find_authenticated(check *c, const tl_usm_cred *first)
{
	size_t mark = tl_arena_mark(c->arena);
	tl_err err = TL_OK;

	c->text = tl_arena_take(c->arena, c->in->message.len + TL_HMAC_ROOM);
	if (c->text == NULL)
		return TL_ENOMEM;
	tl_usm_copy_text(c->in, c->text);
	if (!try_known_keys(c, first))
		err = try_new_keys(c, first);
	tl_arena_rewind(c->arena, mark);
	if (err == TL_EUSM_DIGEST)
		return refuse_user(c, first);
	if (err == TL_ERATE)
		return refuse(c, err, c->in->p.engine_id.ptr, WHERE_ENGINE_ID);
	if (err == TL_OK)
		c->out->auth = c->out->cred->auth;
	return err;
}

/* Steps 4 to 6: whose message it is. */
static tl_err
authenticate(check *c)
{
	const tl_usm_params *p = &c->in->p;
	const tl_usm_cred *first = tl_users_first(&c->u->users, p->user, p->engine_id);

	return c->in->level == TL_NOAUTH_NOPRIV ? find_unauthenticated(c, first)
						: find_authenticated(c, first);
}

/* Refuses for the time, unless the user's window is off. */
static tl_err
out_of_window(check *c, bool boots)
{
	const uint8_t *at = c->in->p.engine_id.ptr + c->in->p.engine_id.len;
	tl_diag ignored = { .err = TL_OK };
	size_t len = (size_t)(c->in->p.user.ptr - at);
	tl_reader r = tl_reader_of((tl_span){ at, len }, 0, &ignored);

	if (c->out->cred->window_off) {
		c->out->flags |= TL_FLAG_TIME_WINDOW_OFF;
		return TL_OK;
	}
	if (boots)
		return refuse(c, TL_EUSM_TIME, at, WHERE_BOOTS);
	(void)tl_read_tlv(&r, "");
	return refuse(c, TL_EUSM_TIME, r.p, WHERE_TIME);
}

/* Step 7a: we are authoritative. */
static tl_err
check_our_time(check *c)
{
	const tl_usm_params *p = &c->in->p;
	int64_t ours = tl_usm_time_s(c->u, c->in->now_ns);
	int64_t ahead = (int64_t)p->time_s - ours;

	c->out->our_boots = c->u->boots;
	c->out->our_time_s = (uint32_t)ours;
	if (c->u->boots == TL_BOOTS_MAX || p->boots != c->u->boots)
		return out_of_window(c, true);
	if (ahead > TL_TIME_WINDOW_S || ahead < -TL_TIME_WINDOW_S)
		return out_of_window(c, false);
	return TL_OK;
}

/* Step 7b: the sender is. The first authentic message sets its clock. */
static tl_err
check_sender_time(check *c)
{
	const tl_usm_params *p = &c->in->p;
	const tl_remote *r = tl_engines_at(&c->u->engines, c->engine);
	int64_t time_s = tl_time_s(r->zero_ns, c->in->now_ns);

	if (r->has_clock) {
		c->out->our_boots = r->boots;
		c->out->our_time_s =
		    (uint32_t)(time_s < TL_BOOTS_MAX ? time_s : TL_BOOTS_MAX);
	}
	if (p->boots == TL_BOOTS_MAX || (r->has_clock && p->boots < r->boots))
		return out_of_window(c, true);
	if (r->has_clock && p->boots == r->boots) {
		if (time_s - (int64_t)p->time_s > TL_TIME_WINDOW_S)
			return out_of_window(c, false);
		if (p->time_s <= r->time_s)
			return TL_OK;
	}
	const tl_clock clock = {
		.boots = p->boots, .time_s = p->time_s, .at_ns = c->in->now_ns
	};
	tl_engines_set_clock(&c->u->engines, c->engine, &clock);
	return TL_OK;
}

static tl_err
check_time(check *c)
{
	if (c->in->level == TL_NOAUTH_NOPRIV)
		return TL_OK;
	if (c->out->ours)
		return check_our_time(c);
	tl_engines_touch(&c->u->engines, c->engine);
	return check_sender_time(c);
}

/* Whether |plain| begins with a SEQUENCE that ends within it. */
static bool
is_sequence(tl_span plain)
{
	tl_diag diag = { .err = TL_OK };
	tl_reader r = tl_reader_of(plain, 0, &diag);

	(void)tl_read_tagged(&r, TL_BER_SEQUENCE, "");
	return diag.err == TL_OK;
}

bool
tl_usm_is_scoped_pdu(tl_span plain)
{
	tl_diag diag = { .err = TL_OK };
	tl_reader outer = tl_reader_of(plain, 0, &diag);
	tl_reader r = tl_read_into(&outer, TL_BER_SEQUENCE, "");

	(void)tl_read_octets(&r, TL_ENGINE_ID_MAX, "");
	(void)tl_read_octets(&r, SIZE_MAX, "");
	tl_tlv pdu = tl_read_tlv(&r, "");
	return diag.err == TL_OK && pdu.tag >= 0xa0 && pdu.tag <= 0xa8;
}

/* The next credential whose digest is the same for every message, and that differs in
 * privacy only; NULL if there is none. */
static const tl_usm_cred *
next_alike(const check *c)
{
	const tl_usm_cred *cred = c->out->cred, *next = cred;
	const tl_kept_secret *mine = &cred->secrets[TL_SECRET_OF_AUTH];
	size_t len = tl_auth_protocol_of(cred->auth)->hash_bytes;

	while ((next = tl_users_next(&c->u->users, next)) != NULL) {
		const tl_kept_secret *its = &next->secrets[TL_SECRET_OF_AUTH];
		if (is_candidate(c, next) && next->auth == cred->auth &&
		    its->kind == mine->kind && tl_crypto_equal(its->key, mine->key, len))
			break;
	}
	return next;
}

/* Goes over to |cred|, who has the same HMAC states. */
static tl_err
change_cred(check *c, const tl_usm_cred *cred)
{
	const uint8_t *states = c->key->bytes;

	c->out->cred = cred;
	c->key = tl_engines_find_key(&c->u->engines, c->engine, cred->number);
	if (c->key == NULL)
		c->key = tl_cred_remember(c->u, cred, c->engine, states);
	return c->key != NULL ? TL_OK : TL_ENOMEM;
}

static tl_err
decrypt_into(check *c, uint8_t *plain, const tl_usm_cred *other)
{
	const tl_usm_params *p = &c->in->p;
	const tl_usm_cred *cred = c->out->cred;
	tl_span data = c->in->data;
	bool in_blocks = tl_priv_protocol_of(cred->priv)->cipher != TL_CIPHER_AES;

	c->out->priv = cred->priv;
	if (data.len == 0 || (in_blocks && data.len % 8 != 0))
		return refuse(c, TL_EUSM_DECRYPT, data.ptr, WHERE_DATA);
	const tl_cipher_job job = { .priv = cred->priv,
		.key = tl_cred_priv_key(cred, p->engine_id, c->key),
		.salt = p->priv_params.ptr,
		.boots = p->boots,
		.time_s = p->time_s,
		.data = data };
	tl_err err = tl_crypto_decrypt(c->u->crypto, &job, plain);
	if (err != TL_OK)
		return err;
	c->out->scoped = (tl_span){ plain, data.len };
	/* Where a choice hangs on it, look closer. */
	if (other != NULL ? tl_usm_is_scoped_pdu(c->out->scoped)
			  : is_sequence(c->out->scoped))
		return TL_OK;
	return refuse(c, TL_EUSM_DECRYPT, data.ptr, WHERE_DATA);
}

/* Step 8. */
static tl_err
decrypt(check *c)
{
	const tl_usm_in *in = c->in;

	c->out->scoped = in->data;
	if (in->level != TL_AUTH_PRIV)
		return TL_OK;
	if (in->p.priv_params.len != TL_SALT_BYTES)
		return refuse(c, TL_EUSM_DECRYPT, in->p.priv_params.ptr, WHERE_PRIV);
	uint8_t *plain = tl_arena_take(c->arena, tl_crypto_room(in->data.len));
	if (plain == NULL)
		return TL_ENOMEM;
	const tl_usm_cred *other = next_alike(c);
	tl_err err = decrypt_into(c, plain, other);
	while (err == TL_EUSM_DECRYPT && other != NULL) {
		err = change_cred(c, other);
		other = next_alike(c);
		if (err == TL_OK)
			err = decrypt_into(c, plain, other);
	}
	if (err == TL_OK)
		*c->diag = (tl_diag){ .err = TL_OK };
	return err;
}

/* Whoever expects answers, of an engine that is not ours, may have to be told: either it
 * is an inform for another receiver, or a trap with the flag set by mistake. */
static bool
is_for_another_engine(const check *c, tl_err err)
{
	return err >= TL_EUSM_ENGINE && err <= TL_EUSM_DECRYPT && c->in->reportable &&
	       !c->out->ours && tl_usm_engine_id(c->u).len > 0;
}

tl_err
tl_usm_process(
    tl_usm *u, const tl_usm_in *in, tl_arena *arena, tl_usm_out *out, tl_diag *diag)
{
	check c = { u, in, arena, out, diag, 0, false, NULL, NULL };

	*out = (tl_usm_out){ 0 };
	tl_err err = check_engine(&c);
	if (err == TL_OK)
		err = authenticate(&c);
	if (err == TL_OK)
		err = check_time(&c);
	if (err == TL_OK)
		err = decrypt(&c);
	if (is_for_another_engine(&c, err))
		err = refuse(&c, TL_EUSM_ENGINE, in->p.engine_id.ptr, WHERE_ENGINE_ID);
	return err < TL_REFUSAL_FIRST ? err : TL_OK;
}
