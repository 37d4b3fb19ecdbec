/* usm/usm.c: makes and frees a tl_usm, and answers what it is asked about itself and the
 * clocks. The engine calls it. */
#include <stdlib.h>

#include "usm/state.h"

static bool
options_fit(const tl_engine_options *opt)
{
	size_t len = opt->engine_id.len;

	if (opt->max_engines == 0 || opt->max_failures_per_s == 0)
		return false;
	if (len == 0)
		return opt->boots <= TL_BOOTS_MAX;
	return len >= TL_ENGINE_ID_MIN && len <= TL_ENGINE_ID_MAX && opt->boots >= 1 &&
	       opt->boots <= TL_BOOTS_MAX;
}

tl_err
tl_usm_new(const tl_engine_options *opt, tl_usm **out)
{
	if (!options_fit(opt))
		return TL_EINVAL;
	tl_usm *u = calloc(1, sizeof *u);
	if (u == NULL)
		return TL_ENOMEM;
	u->boots = opt->boots;
	u->start_ns = opt->start_ns;
	u->failure_ns = TL_NS_PER_S / opt->max_failures_per_s;
	u->spent_until_ns = INT64_MIN;
	tl_err err = tl_engines_init(&u->engines, opt->engine_id, opt->max_engines);
	if (err == TL_OK)
		err = tl_crypto_random(&u->salt, sizeof u->salt);
	if (err == TL_OK)
		err = tl_crypto_new(&u->crypto);
	if (err != TL_OK) {
		tl_usm_free(u);
		return err;
	}
	*out = u;
	return TL_OK;
}

void
tl_usm_free(tl_usm *u)
{
	if (u == NULL)
		return;
	tl_users_fini(&u->users);
	tl_engines_fini(&u->engines);
	tl_crypto_free(u->crypto);
	free(u);
}

tl_err
tl_usm_set_clock(tl_usm *u, const tl_clock *clock)
{
	tl_span id = { clock->engine_id, clock->engine_id_len };
	tl_span own = tl_usm_engine_id(u);

	if (id.len < TL_ENGINE_ID_MIN || id.len > TL_ENGINE_ID_MAX ||
	    clock->boots > TL_BOOTS_MAX || clock->time_s > TL_BOOTS_MAX)
		return TL_EINVAL;
	if (tl_span_equal(id, own.ptr, own.len))
		return TL_OK;
	uint32_t engine = tl_engines_find(&u->engines, id);
	if (engine != 0 && tl_engines_at(&u->engines, engine)->has_clock)
		return TL_OK;
	if (engine == 0)
		engine = tl_engines_add(&u->engines, id);
	if (engine == 0)
		return TL_ENOMEM;
	tl_engines_set_clock(&u->engines, engine, clock);
	tl_engines_clock_taken(&u->engines, engine);
	return TL_OK;
}

bool
tl_usm_next_clock(tl_usm *u, tl_clock *out)
{
	return tl_engines_next_clock(&u->engines, out);
}

uint64_t
tl_usm_engine_count(const tl_usm *u)
{
	return u->engines.count;
}

tl_err
tl_usm_random(tl_usm *u, uint64_t *out)
{
	(void)u;
	return tl_crypto_random(out, sizeof *out);
}

uint32_t
tl_usm_time_s(const tl_usm *u, int64_t now_ns)
{
	int64_t s = tl_time_s(u->start_ns, now_ns);

	return s > 0 ? (uint32_t)((uint64_t)s & TL_BOOTS_MAX) : 0;
}

uint32_t
tl_usm_boots(const tl_usm *u)
{
	return u->boots;
}

tl_span
tl_usm_engine_id(const tl_usm *u)
{
	const tl_remote *own = tl_engines_at(&u->engines, 0);

	return (tl_span){ own->id, own->id_len };
}
