/* pipeline/regex.c: PCRE2 without a heap while it matches: what it needs for one text is
 * taken from the stack, since threads share the expressions. Called by match.c. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pipeline/regex.h"

#include <pcre2.h>
#include <stdlib.h>

struct regex {
	pcre2_code *code;
};

regex *
regex_new(const char *pattern, bool caseless)
{
	uint32_t options =
	    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (caseless ? PCRE2_CASELESS : 0);
	regex *r = malloc(sizeof *r);
	int error;
	size_t at;

	if (r == NULL)
		return NULL;
	r->code = pcre2_compile(
	    (const uint8_t *)pattern, PCRE2_ZERO_TERMINATED, options, &error, &at, NULL);
	if (r->code == NULL) {
		free(r);
		return NULL;
	}
	(void)pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE); /* else it is slower */
	return r;
}

/* Memory for one match: the first pieces from |room|, more from the heap. */
typedef struct room {
	_Alignas(16) uint8_t at[1024];
	size_t used;
} room;

static void *
take(size_t size, void *context)
{
	room *r = context;
	size_t need = (size + 15) & ~(size_t)15;

	if (need > sizeof r->at - r->used)
		return malloc(size);
	r->used += need;
	return r->at + r->used - need;
}

static void
give_back(void *ptr, void *context)
{
	room *r = context;
	uintptr_t at = (uintptr_t)ptr, from = (uintptr_t)r->at;

	if (at < from || at >= from + sizeof r->at)
		free(ptr);
}

static uint32_t
steps_for(size_t len)
{
	size_t steps = REGEX_WORK / (len + 1);

	return steps < REGEX_WORK_LEAST ? REGEX_WORK_LEAST : (uint32_t)steps;
}

bool
regex_fits(const regex *r, tl_span text)
{
	static const uint8_t none[1];
	room memory;
	size_t len = text.len < REGEX_SUBJECT_MAX ? text.len : REGEX_SUBJECT_MAX;
	bool fits = false;

	memory.used = 0;
	pcre2_general_context *general =
	    pcre2_general_context_create(take, give_back, &memory);
	pcre2_match_context *how = pcre2_match_context_create(general);
	pcre2_match_data *data = pcre2_match_data_create(1, general);
	if (how != NULL && data != NULL) {
		pcre2_set_match_limit(how, steps_for(len));
		fits = pcre2_match(r->code, text.ptr != NULL ? text.ptr : none, len, 0, 0,
			   data, how) >= 0;
	}
	pcre2_match_data_free(data);
	pcre2_match_context_free(how);
	pcre2_general_context_free(general);
	return fits;
}

void
regex_free(regex *r)
{
	if (r == NULL)
		return;
	pcre2_code_free(r->code);
	free(r);
}
