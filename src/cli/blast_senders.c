/* cli/blast_senders.c: the senders of `trapline blast`, and the engines that it plays.
 *
 * An engine ID must not come back with lower engineBoots, or receivers take its traps for
 * old ones (RFC 3414 section 3.2 step 7). So that nothing has to be kept between runs,
 * engineBoots are the seconds since 2025; and IDs differ by host and --seed. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "cli/blast_parts.h"
#include "sys/clock.h"

enum { EPOCH_S = 1735689600, COUNTED = 4, MS_PER_S = 1000 };

static uint32_t
boots_now(void)
{
	int64_t s = tl_now_realtime_ns() / TL_NS_PER_S - EPOCH_S;

	if (s < 1)
		return 1;
	return s < INT32_MAX ? (uint32_t)s : INT32_MAX - 1;
}

/* 80 00 00 00, format 5: our own; "blast", this host and seed, and a number. */
static void
default_id(tl_clock *c, uint64_t seed)
{
	static const uint8_t head[] = { 0x80, 0, 0, 0, 5, 'b', 'l', 'a', 's', 't' };
	char host[256] = "";

	gethostname(host, sizeof host - 1);
	uint64_t hash = tl_hash((const uint8_t *)host, strlen(host), seed);
	memcpy(c->engine_id, head, sizeof head);
	memcpy(c->engine_id + sizeof head, &hash, COUNTED);
	c->engine_id_len = sizeof head + 2 * COUNTED;
}

/* Counts the ID's last four bytes up by |n|. */
static void
count_up(tl_clock *c, uint32_t n)
{
	uint32_t carry = n;

	for (unsigned i = 1; i <= COUNTED; i++) {
		uint8_t *at = &c->engine_id[c->engine_id_len - i];
		carry += *at;
		*at = (uint8_t)carry;
		carry >>= 8;
	}
}

/* The first engine's clock: --engine-id, that of the SPEC, or a default. */
static bool
first_engine(const blast_options *o, const tl_user *user, int64_t now_ns, tl_clock *c)
{
	size_t len = user->engine_id.len;

	*c = (tl_clock){ .boots = boots_now(), .at_ns = now_ns };
	if (o->engine_id != NULL) {
		len = tl_hex_read(o->engine_id, c->engine_id, sizeof c->engine_id);
		if (len == SIZE_MAX || len < TL_ENGINE_ID_MIN)
			return false;
	} else if (len > 0)
		memcpy(c->engine_id, user->engine_id.ptr, len);
	c->engine_id_len = (uint8_t)len;
	if (len == 0)
		default_id(c, o->seed);
	return true;
}

static bool
has_localized_key(const tl_user *u)
{
	return u->auth_secret.kind == TL_SECRET_KEY ||
	       u->priv_secret.kind == TL_SECRET_KEY;
}

static int
fail(tl_err err)
{
	cli_error("blast", "%s", tl_err_text(err));
	return EXIT_FAILED;
}

static tl_err
make_sender(blast_messages *m, const blast_options *o, tl_sender_options *opt)
{
	opt->start_ns = m->start_ns;
	opt->timeout_ms = (uint32_t)(o->timeout_s * MS_PER_S);
	opt->tries = o->retries + 1;
	opt->max_outstanding = o->outstanding;
	return tl_sender_new(opt, &m->senders[opt->version]);
}

static tl_err
make_engines(blast_messages *m, uint32_t count, tl_clock first)
{
	tl_err err = TL_OK;

	m->engines = calloc(count, sizeof(tl_sender *));
	if (m->engines == NULL)
		return TL_ENOMEM;
	m->engines[0] = m->senders[3];
	for (m->engine_count = 1; m->engine_count < count; m->engine_count++) {
		tl_clock next = first;
		count_up(&next, m->engine_count);
		err = tl_sender_clone(m->senders[3], &next, &m->engines[m->engine_count]);
		if (err != TL_OK)
			break;
	}
	return err;
}

static int
make_v3(blast_messages *m, const blast_options *o, const tl_user *user)
{
	tl_sender_options opt = { .version = 3, .user = user, .level = user->min_level };

	if (!first_engine(o, user, m->start_ns, &opt.engine))
		return cli_usage_error(
		    "blast", "--engine-id needs 5 to 32 bytes in hexadecimal");
	if (has_localized_key(user) && o->engines > 1)
		return cli_usage_error(
		    "blast", "a localized key is for one engine: without --engines");
	if (o->inform && user->engine_id.len > 0) {
		memcpy(opt.peer.engine_id, user->engine_id.ptr, user->engine_id.len);
		opt.peer.engine_id_len = (uint8_t)user->engine_id.len;
	}
	tl_err err = make_sender(m, o, &opt);
	if (err == TL_EINVAL || err == TL_ESECRET)
		return cli_usage_error("blast", "user %.*s: %s", (int)user->name.len,
		    (const char *)user->name.ptr, tl_user_problem(err, user));
	if (err == TL_OK)
		err = make_engines(m, o->engines, opt.engine);
	return err == TL_OK ? -1 : fail(err);
}

static int
make_v3_of_spec(blast_messages *m, const blast_options *o)
{
	char problem[256];
	tl_user_spec user;

	if (!tl_user_spec_read(o->user, NULL, &user, problem))
		return cli_usage_error("blast", "user %s: %s", o->user, problem);
	int status = make_v3(m, o, &user.user);
	tl_user_spec_wipe(&user);
	return status;
}

int
blast_senders_make(blast_messages *m, const blast_options *o)
{
	uint8_t room[TL_SECRET_MAX];
	tl_span community = { NULL, 0 };
	char problem[256];

	if (o->community != NULL &&
	    !tl_community_read(o->community, room, &community, problem))
		return cli_usage_error("blast", "%s", problem);
	for (uint8_t v = 1; v <= 2; v++) {
		tl_sender_options opt = { .version = v, .community = community };
		tl_err err = m->weights[v] > 0 ? make_sender(m, o, &opt) : TL_OK;
		if (err != TL_OK)
			return fail(err);
	}
	return m->weights[3] > 0 ? make_v3_of_spec(m, o) : -1;
}

void
blast_senders_free(blast_messages *m)
{
	for (uint32_t i = 1; i < m->engine_count; i++)
		tl_sender_free(m->engines[i]);
	free(m->engines);
	for (unsigned v = 1; v <= 3; v++)
		tl_sender_free(m->senders[v]);
}
