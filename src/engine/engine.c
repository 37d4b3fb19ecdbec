/* engine/engine.c: making an engine, and who may talk to it. */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ENGINES = 1000000, MAX_VARBINDS = 2048, MAX_DUPLICATES = 65536 };
enum { MAX_FAILURES_PER_S = 20000 };

static uint32_t
or_default(uint32_t value, uint32_t otherwise)
{
	return value != 0 ? value : otherwise;
}

tl_err
tl_engine_new(const tl_engine_options *opt, tl_engine **out)
{
	tl_engine_options o = *opt;
	uint64_t seed;

	o.max_engines = or_default(o.max_engines, MAX_ENGINES);
	o.max_failures_per_s = or_default(o.max_failures_per_s, MAX_FAILURES_PER_S);
	tl_engine *e = calloc(1, sizeof *e);
	if (e == NULL)
		return TL_ENOMEM;
	e->observer = o.engine_id.len == 0;
	e->max_varbinds = or_default(o.max_varbinds, MAX_VARBINDS);
	tl_err err = tl_usm_new(&o, &e->usm);
	if (err == TL_OK)
		err = tl_usm_random(e->usm, &seed);
	if (err == TL_OK)
		err = tl_duplicates_init(
		    &e->duplicates, or_default(o.max_duplicates, MAX_DUPLICATES), seed);
	if (err != TL_OK) {
		tl_engine_free(e);
		return err;
	}
	*out = e;
	return TL_OK;
}

void
tl_engine_free(tl_engine *e)
{
	if (e == NULL)
		return;
	tl_usm_free(e->usm);
	tl_duplicates_fini(&e->duplicates);
	free(e->communities);
	free(e);
}

tl_err
tl_engine_add_community(tl_engine *e, tl_span community)
{
	size_t bytes = (e->community_count + 1) * sizeof *e->communities;

	if (community.len > TL_COMMUNITY_MAX)
		return TL_EINVAL;
	tl_community *all = realloc(e->communities, bytes);
	if (all == NULL)
		return TL_ENOMEM;
	tl_community *c = &all[e->community_count++];
	c->len = (uint8_t)community.len;
	if (community.len > 0)
		memcpy(c->name, community.ptr, community.len);
	e->communities = all;
	return TL_OK;
}

tl_err
tl_engine_add_user(tl_engine *e, const tl_user *user)
{
	return tl_usm_add_user(e->usm, user);
}

void
tl_engine_take_users(tl_engine *e, tl_engine *from)
{
	tl_community *communities = e->communities;
	size_t count = e->community_count;

	e->communities = from->communities;
	e->community_count = from->community_count;
	from->communities = communities;
	from->community_count = count;
	tl_usm_take_users(e->usm, from->usm);
}

tl_err
tl_engine_set_clock(tl_engine *e, const tl_clock *clock)
{
	return tl_usm_set_clock(e->usm, clock);
}

bool
tl_engine_next_clock(tl_engine *e, tl_clock *out)
{
	return tl_usm_next_clock(e->usm, out);
}

const tl_counters *
tl_engine_counters(tl_engine *e)
{
	e->counters.engines = tl_usm_engine_count(e->usm);
	return &e->counters;
}

uint64_t
tl_counters_rfc(const tl_counters *c, tl_rfc_counter counter)
{
	uint64_t sum = 0;

	for (int err = TL_REFUSAL_FIRST; err < TL_ERR_COUNT; err++)
		if (tl_err_rfc_counter((tl_err)err) == counter)
			sum += c->refused[err];
	return sum;
}

uint64_t
tl_counters_refused(const tl_counters *c)
{
	uint64_t sum = 0;

	for (int err = TL_REFUSAL_FIRST; err < TL_ERR_COUNT; err++)
		sum += c->refused[err];
	return sum;
}
