/* pipeline/regex.c: PCRE2 without a heap while it matches: what a match needs is made
 * with the expression. Called by value_test.c. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pipeline/regex.h"

#include <pcre2.h>
#include <stdlib.h>

struct regex {
	pcre2_code *code;
	pcre2_match_context *how;
	pcre2_match_data *data;
	bool compiled; /* to machine code */
};

regex *
regex_new(const char *pattern, bool caseless)
{
	uint32_t options =
	    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (caseless ? PCRE2_CASELESS : 0);
	regex *r = calloc(1, sizeof *r);
	int error;
	size_t at;

	if (r == NULL)
		return NULL;
	r->code = pcre2_compile(
	    (const uint8_t *)pattern, PCRE2_ZERO_TERMINATED, options, &error, &at, NULL);
	r->how = pcre2_match_context_create(NULL);
	r->data = pcre2_match_data_create(1, NULL);
	if (r->code == NULL || r->how == NULL || r->data == NULL) {
		regex_free(r);
		return NULL;
	}
	r->compiled = pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE) == 0;
	return r;
}

static uint32_t
steps_for(size_t len)
{
	size_t steps = REGEX_WORK / (len + 1);

	return steps < REGEX_WORK_LEAST ? REGEX_WORK_LEAST : (uint32_t)steps;
}

/* Machine code checks UTF-8 by itself, as MATCH_INVALID_UTF asks for. */
bool
regex_fits(const regex *r, tl_span text)
{
	static const uint8_t none[1];
	const uint8_t *ptr = text.ptr != NULL ? text.ptr : none;
	size_t len = text.len < REGEX_SUBJECT_MAX ? text.len : REGEX_SUBJECT_MAX;

	pcre2_set_match_limit(r->how, steps_for(len));
	if (r->compiled)
		return pcre2_jit_match(r->code, ptr, len, 0, 0, r->data, r->how) >= 0;
	return pcre2_match(r->code, ptr, len, 0, 0, r->data, r->how) >= 0;
}

void
regex_free(regex *r)
{
	if (r == NULL)
		return;
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->how);
	pcre2_code_free(r->code);
	free(r);
}
