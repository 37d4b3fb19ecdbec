/* trapline/mib_builder.h: compiling MIB modules, SMIv1 and SMIv2 (RFC 1155, 1212, 1215,
 * 2578-2580), to a dictionary, and keeping that in a file. */
#ifndef TRAPLINE_MIB_BUILDER_H
#define TRAPLINE_MIB_BUILDER_H

#include "trapline/mib.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tl_mib_grade {
	TL_MIB_NOTE = 1, /* read as it was meant; other tools may stumble */
	TL_MIB_WARNING,  /* something was assumed */
	TL_MIB_ERROR     /* something is lost */
} tl_mib_grade;

/* One row a kind of problem: name, word, grade, text. In the text %n is the problem's
 * |name|, %e |expected|, %f |found|, %o |other|. Append and never renumber: the words
 * stand in docs/mib-problems.md. */
#define TL_MIB_PROBLEMS(X)                                                               \
	X(NO_MODULE, "no-module", NOTE, "no MIB module in this file")                    \
	X(STRAY_BYTE, "stray-byte", WARNING, "stray byte %f; skipped")                   \
	X(STRAY_TEXT, "stray-text", WARNING, "%f does not belong here; skipped")         \
	X(OPEN_STRING, "open-string", ERROR,                                             \
	    "the text of %n has no closing quote; closed here")                          \
	X(EXPECTED, "expected", ERROR, "expected %e in the definition of %n, found %f")  \
	X(ASSUMED, "assumed", WARNING,                                                   \
	    "expected %e in the definition of %n, found %f; "                            \
	    "went on as if it were there")                                               \
	X(UNRESOLVED, "unresolved", ERROR,                                               \
	    "%n has no OID: %f is not defined in any module that was read; lost with "   \
	    "it: %o")                                                                    \
	X(GUESSED, "guessed", WARNING,                                                   \
	    "%f is neither defined nor imported here; taken from %o")                    \
	X(NOT_EXPORTED, "not-exported", ERROR,                                           \
	    "%n has no OID: %f is imported from %e, which does not define it; lost "     \
	    "with it: %o")                                                               \
	X(NEEDS_MODULE, "needs-module", ERROR,                                           \
	    "%n has no OID: %f is imported from %e, which was not read; lost with it: "  \
	    "%o")                                                                        \
	X(CIRCLE, "circle", ERROR,                                                       \
	    "%n has no OID: it hangs on itself; lost with it: %o")                       \
	X(NO_OID, "no-oid", ERROR,                                                       \
	    "%n has no OID: what is written is none; lost with it: %o")                  \
	X(MISIMPORTED, "misimported", WARNING,                                           \
	    "%f is imported from %e, which does not define it; taken from %o")           \
	X(ELSEWHERE, "elsewhere", WARNING,                                               \
	    "%f is imported from %e, which was not read; taken from %o")                 \
	X(ABSENT, "absent-module", NOTE, "%f is imported from and was not read")         \
	X(RENAMED, "renamed-module", NOTE,                                               \
	    "%f is imported from and was not read; %o stands in for it")                 \
	X(NO_OBJECT, "no-object", WARNING,                                               \
	    "%f, which %n refers to, is not defined in any module that was read")        \
	X(NO_TYPE, "no-type", WARNING,                                                   \
	    "%f, the type of %n, is not defined in any module that was read")            \
	X(PAGE_BREAK, "page-break", NOTE,                                                \
	    "header and footer of a printed page: %f; skipped")                          \
	X(EXTRA_COMMA, "extra-comma", NOTE, "a comma too many in %n, before %f")         \
	X(KEYWORD_CASE, "keyword-case", NOTE, "%f in other letters than capitals")       \
	X(SUB_IDENTIFIER, "sub-identifier", ERROR,                                       \
	    "%f in the OID of %n is no number up to 4294967295")                         \
	X(LIMIT, "limit", ERROR, "%n has more than %e; the rest is left out")            \
	X(RANGE, "range", WARNING,                                                       \
	    "the range in the syntax of %n is none at %f; ignored")                      \
	X(TIME, "time", WARNING, "%f is no time of the form YYYYMMDDHHMMZ; ignored")     \
	X(UNKNOWN_WORD, "unknown-word", WARNING,                                         \
	    "expected %e in the definition of %n, found %f; ignored")                    \
	X(TWICE, "twice", WARNING,                                                       \
	    "%f stands twice in the definition of %n; the last one counts")              \
	X(NO_CLAUSE, "no-clause", WARNING, "the definition of %n has no %e")             \
	X(NO_END, "no-end", WARNING, "the module %n has no END")                         \
	X(OUTSIDE, "outside", NOTE, "text outside of a module: %f; ignored")             \
	X(ODD_HEX, "odd-hex", NOTE, "%f has an odd number of digits")                    \
	X(ODD_LABEL, "odd-label", WARNING,                                               \
	    "%f in the syntax of %n has signs that no label may have; kept as it is")    \
	X(NAME_CASE, "name-case", NOTE, "%n begins with a letter of the wrong case")     \
	X(UNDERSCORE, "underscore", NOTE,                                                \
	    "%n has an underscore, which names may not have")

typedef enum tl_mib_problem_kind {
#define TL_X(name, word, grade, text) TL_MIB_P_##name,
	TL_MIB_PROBLEMS(TL_X)
#undef TL_X
	    TL_MIB_PROBLEM_COUNT
} tl_mib_problem_kind;

/* A problem in a source. All is borrowed for the call that tells of it; the texts come
 * from the file and may hold any bytes. */
typedef struct tl_mib_problem {
	tl_mib_problem_kind kind;
	tl_span file;          /* as given to tl_mib_builder_add_source() */
	uint32_t line, column; /* from 1, the column in bytes and at most 255 */
	tl_span module;        /* empty outside of a module */
	tl_span name;          /* of the definition it is in, or of the module */
	tl_span expected, found, other;
} tl_mib_problem;

/* The word of a kind ("open-string"), and its grade. Static. Any thread. */
TL_API const char *tl_mib_problem_word(tl_mib_problem_kind kind);
TL_API tl_mib_grade tl_mib_problem_grade(tl_mib_problem_kind kind);

/* Writes one line of English, without place and grade, safe for a terminal. Any thread.
 */
TL_API void tl_mib_problem_text(const tl_mib_problem *problem, tl_buf *out);

/* Reads sources and makes a dictionary of them. Not thread-safe; any number of them. */
typedef struct tl_mib_builder tl_mib_builder;

typedef struct tl_mib_builder_options { /* zero-initialise */
	void (*problem)(void *context, const tl_mib_problem *problem); /* may be NULL */
	void *context;
	bool bare; /* without the built-in modules */
} tl_mib_builder_options;

/* What was read and made. */
typedef struct tl_mib_summary {
	uint32_t sources, modules;
	uint32_t duplicates;    /* modules of a name that a newer or better one has */
	uint32_t definitions;   /* with an OID, or meant to have one */
	uint32_t nodes;         /* of them in the dictionary */
	uint32_t notifications; /* of the nodes */
	uint32_t unresolved;    /* definitions left out: no OID */
	uint32_t unresolved_notifications;
	uint32_t problems[TL_MIB_PROBLEM_COUNT];
} tl_mib_summary;

/* |opt| may be NULL. Errors: TL_ENOMEM. Free with tl_mib_builder_free(). */
TL_API TL_CHECK tl_err tl_mib_builder_new(
    const tl_mib_builder_options *opt, tl_mib_builder **out);

/* Reads all modules of a source: |text|, any bytes, is not needed afterwards; |name| (a
 * file's path) is kept for tl_mib_node_source(). What cannot be read is told and left
 * out; what remains is of use. Errors: TL_ENOMEM, TL_ELIMIT (over 64 MiB of text, or more
 * than 4 GiB of names in all). */
TL_API TL_CHECK tl_err tl_mib_builder_add_source(
    tl_mib_builder *b, tl_span name, tl_span text);

/* Makes the dictionary of all sources; the builder is used up and can only be freed. Of
 * several modules of one name the newest LAST-UPDATED counts, then the one with the fewer
 * errors, then the one with more definitions, then the first; what only the others define
 * is kept as well. The built-in modules give way to any other of their name. Names are
 * looked up in the module, in its imports, and at last everywhere: that is told as a
 * problem. |summary| may be NULL. Errors: TL_ENOMEM, TL_ELIMIT. */
TL_API TL_CHECK tl_err tl_mib_builder_build(
    tl_mib_builder *b, tl_mib **out, tl_mib_summary *summary);

/* Frees the builder; NULL is fine. */
TL_API void tl_mib_builder_free(tl_mib_builder *b);

/* The bytes of a dictionary, to be kept in a file and given to tl_mib_open() on a machine
 * of the same byte order; they belong to the dictionary. Any thread. */
TL_API tl_span tl_mib_contents(const tl_mib *mib);

/* Opens a dictionary's bytes, which must stay as they are as long as it is used (a mapped
 * file), at an address that is a multiple of 8. Whatever the bytes are, nothing outside
 * of them is ever read. |release| is called with them by tl_mib_free(); NULL: they are
 * the caller's. Errors (then |release| is not called): TL_EFORMAT (not a dictionary,
 * damaged, or made by another version), TL_EINVAL (the address), TL_ENOMEM. */
TL_API TL_CHECK tl_err tl_mib_open(
    tl_span bytes, void (*release)(tl_span bytes), tl_mib **out);

/* Whether all of a dictionary's bytes are as they were made; reads them all, which
 * tl_mib_open() does not: a damaged file of the right length can be used without harm,
 * but may say wrong things. Errors: TL_EFORMAT (it is damaged). Any thread. */
TL_API TL_CHECK tl_err tl_mib_check(const tl_mib *mib);

/* Finds a definition again in the text of its source: |line| as tl_mib_node_source() has
 * it. |whole| becomes its text, |description| what stands between the quotes behind
 * DESCRIPTION, raw, or empty. Errors: TL_ENOTFOUND (|name| is not defined there). Any
 * thread. */
TL_API TL_CHECK tl_err tl_mib_source_definition(
    tl_span text, uint32_t line, tl_span name, tl_span *whole, tl_span *description);

#ifdef __cplusplus
}
#endif
#endif
