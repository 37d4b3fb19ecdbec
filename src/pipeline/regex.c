/* pipeline/regex.c: PCRE2 without a heap while it matches: what a match needs is made
 * with the expression. What no match can begin with is told without asking. Called by
 * value_test.c. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pipeline/regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

enum { PREFIX_MAX = 32 };

struct regex {
	pcre2_code *code;
	pcre2_match_context *how;
	pcre2_match_data *data;
	bool compiled;           /* to machine code */
	bool is_prefix;          /* what begins with the prefix fits */
	uint32_t least;          /* bytes of a text that fits */
	uint8_t starts[256 / 8]; /* the bytes that it may have first, a bit each */
	uint8_t prefix[PREFIX_MAX];
	uint32_t prefix_len; /* of what it must begin with */
};

static uint32_t
ask(const regex *r, uint32_t what)
{
	uint32_t answer = 0;

	return pcre2_pattern_info(r->code, what, &answer) == 0 ? answer : 0;
}

static bool
is_letter(uint8_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static void
add_start(regex *r, uint8_t byte)
{
	r->starts[byte / 8] |= (uint8_t)(1u << byte % 8);
}

/* What PCRE2 has found out of the first byte of all texts that fit; false: nothing. Of a
 * letter it does not tell whether the other case is meant as well. */
static bool
find_starts(regex *r)
{
	const uint8_t *map = NULL;
	uint8_t first = (uint8_t)ask(r, PCRE2_INFO_FIRSTCODEUNIT);

	if (ask(r, PCRE2_INFO_FIRSTCODETYPE) == 1) {
		add_start(r, first);
		if (is_letter(first))
			add_start(r, first ^ 32);
		return true;
	}
	if (pcre2_pattern_info(r->code, PCRE2_INFO_FIRSTBITMAP, &map) != 0 || map == NULL)
		return false;
	memcpy(r->starts, map, sizeof r->starts);
	return true;
}

/* Whether PCRE2 takes |c| for itself: all of ASCII that means nothing else, and what
 * stands behind a backslash and is no letter and no digit. */
static bool
is_literal(char c, bool escaped)
{
	if (is_letter((uint8_t)c) || (c >= '0' && c <= '9'))
		return !escaped;
	return c >= ' ' && c < 0x7f && (escaped || strchr("\\^$.[|()?*+{", c) == NULL);
}

/* The text behind ^ up to the first character that means more, but for the one before it
 * if that might be repeated. With | somewhere there may be others. */
static void
find_prefix(regex *r, const char *pattern)
{
	const char *p = pattern + 1;
	uint32_t len = 0;

	if (pattern[0] != '^' || strchr(pattern, '|') != NULL)
		return;
	while (len < PREFIX_MAX) {
		bool escaped = *p == '\\';
		if (!is_literal(p[escaped], escaped))
			break;
		r->prefix[len++] = (uint8_t)p[escaped];
		p += 1 + escaped;
	}
	r->is_prefix = *p == '\0';
	if (len > 0 && strchr(".[$", *p) == NULL)
		len--;
	r->prefix_len = len;
	if (r->least < len)
		r->least = len;
}

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
	r->least = ask(r, PCRE2_INFO_MINLENGTH);
	bool anchored = (ask(r, PCRE2_INFO_ALLOPTIONS) & PCRE2_ANCHORED) != 0;
	if (!anchored || !find_starts(r))
		memset(r->starts, 0xff, sizeof r->starts);
	if (anchored && !caseless)
		find_prefix(r, pattern);
	return r;
}

static uint32_t
steps_for(size_t len)
{
	size_t steps = REGEX_WORK / (len + 1);

	return steps < REGEX_WORK_LEAST ? REGEX_WORK_LEAST : (uint32_t)steps;
}

/* Whether PCRE2 need be asked. */
static bool
may_fit(const regex *r, const uint8_t *p, size_t len)
{
	if (len < r->least)
		return false;
	return len == 0 ||
	       ((r->starts[p[0] / 8] >> p[0] % 8 & 1) != 0 &&
		   (r->prefix_len == 0 || memcmp(p, r->prefix, r->prefix_len) == 0));
}

/* Machine code checks UTF-8 by itself, as MATCH_INVALID_UTF asks for. */
bool
regex_fits(const regex *r, tl_span text)
{
	static const uint8_t none[1];
	const uint8_t *ptr = text.ptr != NULL ? text.ptr : none;
	size_t len = text.len < REGEX_SUBJECT_MAX ? text.len : REGEX_SUBJECT_MAX;

	if (!may_fit(r, ptr, len))
		return false;
	if (r->is_prefix)
		return true;
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
