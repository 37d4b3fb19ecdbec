/* smi/problem.c: problems: counting them, and what a person reads. */
#include <string.h>

#include "base/buf.h"
#include "smi/parse.h"

typedef struct problem_kind {
	const char *word, *text;
	tl_mib_grade grade;
} problem_kind;

static const problem_kind kinds[TL_MIB_PROBLEM_COUNT] = {
#define TL_X(name, word, grade, text) [TL_MIB_P_##name] = { word, text, TL_MIB_##grade },
	TL_MIB_PROBLEMS(TL_X)
#undef TL_X
};

enum { QUOTED_MAX_BYTES = 60 }; /* of a text from the source */

const char *
tl_mib_problem_word(tl_mib_problem_kind kind)
{
	return (unsigned)kind < TL_MIB_PROBLEM_COUNT ? kinds[kind].word : "unknown";
}

tl_mib_grade
tl_mib_problem_grade(tl_mib_problem_kind kind)
{
	return (unsigned)kind < TL_MIB_PROBLEM_COUNT ? kinds[kind].grade : TL_MIB_ERROR;
}

/* The first line of |text|, not more than can be read at once, without blanks at its
 * end. */
static void
put_quoted(tl_buf *out, tl_span text)
{
	size_t len = 0;

	while (text.len > 0 && text.ptr[text.len - 1] == ' ')
		text.len--;

	while (len < text.len && len < QUOTED_MAX_BYTES && text.ptr[len] != '\n' &&
	       text.ptr[len] != '\r')
		len++;
	tl_buf_printable(out, (tl_span){ text.ptr, len });
	if (len < text.len)
		tl_buf_lit(out, "...");
}

static void
put_field(tl_buf *out, const tl_mib_problem *problem, char letter)
{
	switch (letter) {
	case 'n':
		put_quoted(out, problem->name);
		break;
	case 'e':
		put_quoted(out, problem->expected);
		break;
	case 'o':
		put_quoted(out, problem->other);
		break;
	default:
		if (problem->found.len == 0)
			tl_buf_lit(out, "the end of the text");
		put_quoted(out, problem->found);
	}
}

void
tl_mib_problem_text(const tl_mib_problem *problem, tl_buf *out)
{
	const char *text = (unsigned)problem->kind < TL_MIB_PROBLEM_COUNT
			       ? kinds[problem->kind].text
			       : "";

	for (const char *next; (next = strchr(text, '%')) != NULL; text = next + 2) {
		tl_buf_put(out, text, (size_t)(next - text));
		put_field(out, problem, next[1]);
	}
	tl_buf_puts(out, text);
}

void
tl_smi_report(const tl_smi_reports *to, const tl_mib_problem *problem)
{
	to->counts[problem->kind]++;
	if (to->report != NULL)
		to->report(to->context, problem);
}
