/* fuzz/fuzz_rules.c: any text as rules, templates, conditions and thresholds, which then
 * judge some events. What follows a NUL is the text of one of their varbinds. */
#include <stdlib.h>
#include <string.h>

#include "fuzz_events.h"
#include "pipeline/match.h"
#include "pipeline/pipeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { INPUT_MAX = 4096 };

static tl_conf *
load(tl_span text)
{
	tl_conf_errors errors = { 0 };
	tl_conf *c = NULL;

	(void)!tl_conf_load_text(text, "fuzz.yaml", &c, &errors);
	tl_conf_errors_free(&errors);
	if (c != NULL)
		fuzz_make_small(c);
	return c;
}

/* Text that rules made is text. */
static void
check(const event *ev)
{
	if (ev->j.tag_count > EVENT_TAGS_MAX || ev->j.field_count > EVENT_FIELDS_MAX)
		abort();
	if (ev->suppressed >= SUPPRESSION_COUNT)
		abort();
}

static void
judge(const tl_conf *c, const tl_mib *mib, tl_span text)
{
	pipeline *p =
	    pipeline_new(&(pipeline_options){ .conf = c, .mib = mib, .seed = 1 });
	uint8_t line[512];
	tl_buf why = { .ptr = line, .cap = sizeof line };

	if (p == NULL)
		abort();
	for (int i = 0; i < 8; i++) {
		fuzz_event e;
		fuzz_event_make(&e, i % FUZZ_EVENTS, text, mib);
		e.ev.now_ns = (int64_t)i * 1000000000;
		pipeline_judge(p, &e.ev);
		check(&e.ev);
	}
	for (size_t i = 0; i < c->rules.count; i++) {
		fuzz_event e;
		fuzz_event_make(&e, 0, text, mib);
		match *m = match_new(&c->rules.at[i].match, c, mib);
		if (m == NULL)
			abort();
		why.len = 0;
		match_explain(m, &e.ev, &why);
		if (match_fits(m, &e.ev) != (why.len == 0))
			abort();
		match_free(m);
	}
	pipeline_tick(p, INT64_C(100000000000), &fuzz_nobody);
	pipeline_free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *nul = len > 0 ? memchr(data, 0, len) : NULL;
	size_t yaml = nul != NULL ? (size_t)(nul - data) : len;
	tl_span text = { nul != NULL ? nul + 1 : NULL, nul != NULL ? len - yaml - 1 : 0 };

	if (len > INPUT_MAX)
		return 0;
	tl_conf *c = load((tl_span){ data, yaml });
	if (c == NULL)
		return 0;
	judge(c, fuzz_mib(), text);
	tl_conf_free(c);
	return 0;
}
