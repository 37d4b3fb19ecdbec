/* sender/sender.c: makes, copies and frees a tl_sender, and answers what it is asked
 * about itself. */
#include <stdlib.h>

#include "sender/state.h"

enum {
	TIMEOUT_MS = 1000,
	TRIES = 6,
	MAX_OUTSTANDING = 1024,
	MAX_SIZE_MIN = 484, /* RFC 3412 section 6.3 */
	NS_PER_MS = 1000000
};

_Static_assert(TL_SENDER_SPARE_BYTES >= TL_HMAC_ROOM, "an HMAC needs its room");

static uint32_t
or_default(uint32_t value, uint32_t otherwise)
{
	return value != 0 ? value : otherwise;
}

void
tl_authority_set_id(tl_sender *s, tl_authority *a, tl_span id)
{
	tl_crypto_wipe(a, sizeof *a);
	if (id.len == 0)
		return;
	memcpy(a->id, id.ptr, id.len);
	a->id_len = (uint8_t)id.len;
	if (s->level > TL_NOAUTH_NOPRIV)
		tl_cred_states(&s->cred, id, a->states);
	if (s->level > TL_AUTH_NOPRIV)
		tl_cred_make_priv_key(&s->cred, id, a->priv_key);
}

void
tl_authority_set_clock(tl_authority *a, uint32_t boots, uint32_t time_s, int64_t at_ns)
{
	a->has_clock = true;
	a->boots = boots;
	a->latest_s = time_s;
	a->zero_ns = at_ns - (int64_t)time_s * TL_NS_PER_S;
}

uint32_t
tl_authority_time_s(const tl_authority *a, int64_t now_ns)
{
	int64_t s = a->has_clock ? tl_time_s(a->zero_ns, now_ns) : 0;

	return s > 0 ? (uint32_t)((uint64_t)s & TL_BOOTS_MAX) : 0;
}

uint32_t
tl_sender_next_id(tl_sender *s, tl_slot slot)
{
	uint32_t mask = (uint32_t)INT32_MAX >> s->slot_bits;

	do
		s->number = (s->number + 1) & mask;
	while (s->number == 0);
	return s->number << s->slot_bits | slot;
}

static bool
clock_fits(const tl_clock *c)
{
	return c->engine_id_len == 0 ||
	       (c->engine_id_len >= TL_ENGINE_ID_MIN &&
		   c->engine_id_len <= TL_ENGINE_ID_MAX && c->boots <= TL_BOOTS_MAX &&
		   c->time_s <= TL_BOOTS_MAX);
}

static bool
engine_fits(const tl_clock *c)
{
	return clock_fits(c) && (c->engine_id_len == 0 || c->boots > 0);
}

static bool
options_fit(const tl_sender_options *opt)
{
	size_t id = opt->context_engine_id.len;

	if (opt->version > 3 || opt->community.len > TL_COMMUNITY_MAX ||
	    opt->context_name.len > TL_COMMUNITY_MAX || id > TL_ENGINE_ID_MAX ||
	    (id > 0 && id < TL_ENGINE_ID_MIN) || opt->timeout_ms > INT32_MAX ||
	    opt->max_outstanding > TL_OUTSTANDING_MAX)
		return false;
	if (opt->max_size != 0 &&
	    (opt->max_size < MAX_SIZE_MIN || opt->max_size > TL_DATAGRAM_MAX))
		return false;
	return engine_fits(&opt->engine) && clock_fits(&opt->peer) &&
	       (opt->version != 3 || opt->user != NULL);
}

static uint8_t
copy(uint8_t *to, tl_span from)
{
	if (from.len > 0)
		memcpy(to, from.ptr, from.len);
	return (uint8_t)from.len;
}

static void
set_options(tl_sender *s, const tl_sender_options *opt)
{
	static const tl_span public = { (const uint8_t *)"public", 6 };

	s->rules.version = opt->version != 0 ? opt->version : 2;
	s->rules.drop_counter64 = opt->drop_counter64;
	s->rules.start_ns = opt->start_ns;
	if (opt->has_agent_address)
		memcpy(s->rules.agent_address, opt->agent_address, 4);
	s->community_len =
	    copy(s->community, opt->community.ptr != NULL ? opt->community : public);
	s->context_len = copy(s->context, opt->context_name);
	s->context_engine_id_len = copy(s->context_engine_id, opt->context_engine_id);
	s->max_outstanding = or_default(opt->max_outstanding, MAX_OUTSTANDING);
	s->max_size = or_default(opt->max_size, TL_DATAGRAM_MAX);
	s->tries = or_default(opt->tries, TRIES);
	s->timeout_ns = (int64_t)or_default(opt->timeout_ms, TIMEOUT_MS) * NS_PER_MS;
	while (s->max_outstanding >> s->slot_bits != 0)
		s->slot_bits++;
}

/* Keeps the user; the engine for which its keys are localized is ours to say. */
static tl_err
set_user(tl_sender *s, const tl_user *user, tl_level level)
{
	static const uint8_t any[TL_ENGINE_ID_MIN];
	tl_user u = *user;

	u.engine_id = (tl_span){ any, sizeof any };
	u.min_level = TL_LEVEL_NONE;
	tl_err err = tl_cred_init(&s->cred, &u);
	if (err != TL_OK)
		return err;
	tl_cred_forget_passphrases(&s->cred);
	s->level = level != TL_LEVEL_NONE ? level : s->cred.max_level;
	return s->level <= s->cred.max_level ? TL_OK : TL_EINVAL;
}

static void
set_engine(tl_sender *s, const tl_clock *c)
{
	tl_authority_set_id(s, &s->engine, (tl_span){ c->engine_id, c->engine_id_len });
	tl_authority_set_clock(&s->engine, c->boots, c->time_s, c->at_ns);
}

static void
set_peer(tl_sender *s, const tl_clock *c)
{
	s->peer_given = c->engine_id_len > 0;
	s->peer_max_size = TL_DATAGRAM_MAX;
	tl_authority_set_id(s, &s->peer, (tl_span){ c->engine_id, c->engine_id_len });
	if (s->peer_given && c->boots > 0)
		tl_authority_set_clock(&s->peer, c->boots, c->time_s, c->at_ns);
}

/* What no two senders may share. */
static tl_err
begin(tl_sender *s)
{
	tl_err err = tl_crypto_random(&s->salts, sizeof s->salts);

	if (err == TL_OK)
		err = tl_crypto_random(&s->number, sizeof s->number);
	if (err == TL_OK && s->rules.version == 3)
		err = tl_crypto_new(&s->crypto);
	s->problem.why = "";
	return err;
}

tl_err
tl_sender_new(const tl_sender_options *opt, tl_sender **out)
{
	if (!options_fit(opt))
		return TL_EINVAL;
	tl_sender *s = calloc(1, sizeof *s);
	if (s == NULL)
		return TL_ENOMEM;
	set_options(s, opt);
	tl_err err = s->rules.version == 3 ? set_user(s, opt->user, opt->level) : TL_OK;
	if (err == TL_OK)
		err = begin(s);
	if (err != TL_OK) {
		tl_sender_free(s);
		return err;
	}
	set_engine(s, &opt->engine);
	set_peer(s, &opt->peer);
	*out = s;
	return TL_OK;
}

tl_err
tl_sender_clone(const tl_sender *s, const tl_clock *engine, tl_sender **out)
{
	if (!engine_fits(engine))
		return TL_EINVAL;
	tl_sender *c = calloc(1, sizeof *c);
	if (c == NULL)
		return TL_ENOMEM;
	*c = (tl_sender){ .rules = s->rules,
		.level = s->level,
		.cred = s->cred,
		.peer = s->peer,
		.peer_given = s->peer_given,
		.peer_max_size = s->peer_max_size,
		.max_outstanding = s->max_outstanding,
		.max_size = s->max_size,
		.tries = s->tries,
		.timeout_ns = s->timeout_ns,
		.slot_bits = s->slot_bits };
	c->community_len =
	    copy(c->community, (tl_span){ s->community, s->community_len });
	c->context_len = copy(c->context, (tl_span){ s->context, s->context_len });
	c->context_engine_id_len = copy(c->context_engine_id,
	    (tl_span){ s->context_engine_id, s->context_engine_id_len });
	tl_err err = begin(c);
	if (err != TL_OK) {
		tl_sender_free(c);
		return err;
	}
	set_engine(c, engine);
	*out = c;
	return TL_OK;
}

void
tl_sender_free(tl_sender *s)
{
	if (s == NULL)
		return;
	for (tl_slot i = 1; i <= s->used; i++)
		free(s->slots[i].memory);
	free(s->slots);
	if (s->scratch != NULL)
		tl_crypto_wipe(s->scratch, TL_SENDER_BUFFER_BYTES);
	free(s->scratch);
	tl_crypto_free(s->crypto);
	tl_cred_fini(&s->cred);
	tl_crypto_wipe(s, sizeof *s);
	free(s);
}

const tl_send_problem *
tl_sender_problem(const tl_sender *s)
{
	return &s->problem;
}

const tl_send_counters *
tl_sender_counters(const tl_sender *s)
{
	return &s->counters;
}

size_t
tl_sender_outstanding(const tl_sender *s)
{
	return s->outstanding;
}

static bool
clock_of(const tl_authority *a, tl_clock *out)
{
	*out = (tl_clock){ .engine_id_len = a->id_len };
	memcpy(out->engine_id, a->id, sizeof out->engine_id);
	if (a->has_clock) {
		out->boots = a->boots;
		out->time_s = a->latest_s;
		out->at_ns = a->zero_ns + (int64_t)a->latest_s * TL_NS_PER_S;
	}
	return a->id_len > 0;
}

bool
tl_sender_peer(const tl_sender *s, tl_clock *out)
{
	return clock_of(&s->peer, out);
}

bool
tl_sender_engine(const tl_sender *s, tl_clock *out)
{
	return clock_of(&s->engine, out);
}

const char *
tl_error_status_name(int32_t error_status)
{
	static const char *const names[] = { "noError", "tooBig", "noSuchName",
		"badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength",
		"wrongEncoding", "wrongValue", "noCreation", "inconsistentValue",
		"resourceUnavailable", "commitFailed", "undoFailed", "authorizationError",
		"notWritable", "inconsistentName" };

	if (error_status < 0 || (size_t)error_status >= sizeof names / sizeof names[0])
		return "";
	return names[error_status];
}
