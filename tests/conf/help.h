/* tests/conf/help.h: configurations of literals, and what is found wrong with them. */
#ifndef TESTS_CONF_HELP_H
#define TESTS_CONF_HELP_H

#include "base/unit.h"
#include "conf/conf.h"

/* The configuration of |yaml|, which must have nothing wrong with it. */
static inline tl_conf *
good(const char *yaml)
{
	tl_conf_errors errors = { 0 };
	tl_conf *c;
	tl_err err = tl_conf_load_text(span_of(yaml), "t.yaml", &c, &errors);

	for (size_t i = 0; i < errors.count; i++)
		print_message("# %u:%u %s\n", errors.at[i].mark.line,
		    errors.at[i].mark.column, errors.at[i].text);
	assert_int_equal(err, TL_OK);
	assert_int_equal(errors.errors + errors.warnings, 0);
	tl_conf_errors_free(&errors);
	return c;
}

/* Everything found in |yaml|, a line each: "LINE:COLUMN TEXT", a warning with "~" before
 * it; free() it. */
static inline char *
findings(const char *yaml)
{
	tl_conf_errors errors = { 0 };
	char *text = NULL;
	size_t len;
	tl_conf *c;
	FILE *to = open_memstream(&text, &len);
	tl_err err = tl_conf_load_text(span_of(yaml), "t.yaml", &c, &errors);

	assert_non_null(to);
	assert_int_equal(err, errors.errors > 0 ? TL_EFORMAT : TL_OK);
	assert_int_equal(c == NULL, errors.errors > 0);
	for (size_t i = 0; i < errors.count; i++) {
		const tl_conf_error *e = &errors.at[i];
		assert_string_equal(e->mark.file, "t.yaml");
		fprintf(to, "%s%u:%u %s\n", e->grade == TL_CONF_WARNING ? "~" : "",
		    e->mark.line, e->mark.column, e->text);
	}
	fclose(to);
	tl_conf_free(c);
	tl_conf_errors_free(&errors);
	return text;
}

/* What is found in |yaml| is |wanted|, to the letter. */
static inline void
assert_found(const char *yaml, const char *wanted)
{
	char *found = findings(yaml);

	assert_string_equal(found, wanted);
	free(found);
}

typedef struct wrong_case {
	const char *yaml, *found;
} wrong_case;

static inline void
assert_all_found(const wrong_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_found(cases[i].yaml, cases[i].found);
}

#endif
