/* fuzz/fuzz_state.c: any bytes as a state that outlasted a restart. The first says which;
 * its kind and its checksum are put around the others, else none would get in. What is
 * taken can be used, and saved; what is saved can be taken. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "fuzz_events.h"
#include "pipeline/pipeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { KIND = 8, SUM = 8, STATES = 3 };
static const uint64_t sum_seed = 0x7374617465;
static const int64_t epoch_ns = INT64_C(1795176000) * 1000000000;

static pipeline *
new_pipeline(void)
{
	static const char text[] = "flapping: {enabled: true, changes: 2, settled: 0}";
	static tl_conf *conf;
	tl_conf_errors errors = { 0 };

	if (conf == NULL &&
	    tl_conf_load_text((tl_span){ (const uint8_t *)text, sizeof text - 1 }, "x",
		&conf, &errors) != TL_OK)
		abort();
	fuzz_make_small(conf);
	pipeline *p = pipeline_new(
	    &(pipeline_options){ .conf = conf, .mib = fuzz_mib(), .seed = 1 });
	if (p == NULL)
		abort();
	return p;
}

static void
use(pipeline *p)
{
	for (int i = 0; i < 4; i++) {
		fuzz_event e;
		fuzz_event_make(&e, i % FUZZ_EVENTS, (tl_span){ NULL, 0 }, fuzz_mib());
		e.ev.now_ns = (int64_t)i * 1000000000;
		pipeline_judge(p, &e.ev);
	}
	pipeline_tick(p, INT64_C(10000000000), &fuzz_nobody);
}

static void
check_again(const pipeline *p, size_t which)
{
	tl_vec saved = { 0 };
	pipeline *again = new_pipeline();

	if (pipeline_save(p, which, epoch_ns, &saved) != TL_OK ||
	    pipeline_load(again, which, epoch_ns, (tl_span){ saved.ptr, saved.count }) !=
		TL_OK)
		abort();
	tl_vec_free(&saved);
	pipeline_free(again);
}

static void
load(size_t which, tl_span bytes)
{
	static const char *const kinds[STATES] = { "alarms 1", "dedup  1", "flaps  1" };
	size_t len = KIND + bytes.len + SUM;
	uint8_t *all = malloc(len);
	pipeline *p = new_pipeline();

	if (all == NULL)
		abort();
	memcpy(all, kinds[which], KIND);
	if (bytes.len > 0)
		memcpy(all + KIND, bytes.ptr, bytes.len);
	uint64_t sum = tl_hash(all, len - SUM, sum_seed);
	for (size_t i = 0; i < SUM; i++)
		all[len - SUM + i] = (uint8_t)(sum >> 8 * i);
	tl_err err = pipeline_load(p, which, epoch_ns, (tl_span){ all, len });
	if (err != TL_OK && err != TL_EFORMAT)
		abort();
	free(all);
	if (err == TL_OK)
		check_again(p, which);
	use(p);
	check_again(p, which);
	pipeline_free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len > 0)
		load(data[0] % STATES, (tl_span){ data + 1, len - 1 });
	return 0;
}
