/* smi/parser.h: the state of reading one source, and the parts of the reader. Each part
 * looks at the current token and leaves the first one that is not its own. What it lacks
 * it tells of and leaves; who called it goes on with what comes. */
#ifndef TL_SMI_PARSER_H
#define TL_SMI_PARSER_H

#include "smi/lex.h"
#include "smi/parse.h"

typedef struct tl_smi_parser {
	tl_smi_tree *tree;
	const tl_smi_source *source;
	const tl_smi_reports *reports;
	tl_smi_keywords keywords;
	tl_smi_lexer lex;
	tl_smi_token tok;        /* the current one */
	const uint8_t *told;     /* oddities before it have been told */
	const uint8_t *counted;  /* the lines before it have been: */
	uint32_t line;           /* the line of |counted| */
	tl_span module, name;    /* of the module and the definition, for problems */
	tl_smi_module now;       /* the module being read */
	tl_smi_def def;          /* the definition being read */
	tl_smi_name hint;        /* its DISPLAY-HINT */
	uint32_t number;         /* of a trap, or TL_SMI_NONE */
	uint64_t seen;           /* a bit for each clause it had */
	const uint8_t *complain; /* a problem was told of at this token */
	const uint8_t *passed;   /* where the token before the current one ends */
	tl_smi_token stray;      /* the last stray bytes that may have meant something */
	bool no_memory;
} tl_smi_parser;

/* A set of keywords. */
#define TL_SMI_BIT(keyword) ((uint64_t)1 << (keyword))
#define TL_SMI_AT_ASSIGN TL_SMI_BIT(TL_SMI_K_NONE)
_Static_assert(TL_SMI_K_COUNT <= 64, "as many keywords as bits");

/* parser.c: tokens. */

/* Goes to the next token. */
void tl_smi_next(tl_smi_parser *p);

/* Goes to the token that begins at |at|. */
void tl_smi_go_to(tl_smi_parser *p, const uint8_t *at);

/* The token behind the current one. */
tl_smi_token tl_smi_peek(const tl_smi_parser *p);

/* Whether the current token is of |type|; then goes on. */
bool tl_smi_take(tl_smi_parser *p, int type);

/* The same for a keyword. */
bool tl_smi_take_keyword(tl_smi_parser *p, tl_smi_keyword keyword);

/* The number of a word; 0 without memory, which stops the reading. */
tl_smi_name tl_smi_intern(tl_smi_parser *p, tl_span text);

/* Adds |n| items to a vector of the tree; NULL without memory. */
void *tl_smi_add(tl_smi_parser *p, tl_vec *v, size_t size, size_t n);

tl_smi_place tl_smi_place_at(tl_smi_parser *p, const uint8_t *at);

/* parser.c: problems. All name the current definition or else the module. */

/* A problem at |t|, which is what was found. |expected| may be NULL. */
void tl_smi_tell(
    tl_smi_parser *p, tl_mib_problem_kind kind, tl_smi_token t, const char *expected);

/* TL_MIB_P_EXPECTED at the current token, once for each, which marks the definition as
 * damaged. */
void tl_smi_expected(tl_smi_parser *p, const char *expected);

/* TL_MIB_P_ASSUMED at the current token. */
void tl_smi_assumed(tl_smi_parser *p, const char *expected);

/* recover.c */

/* Whether a token is a keyword, in capitals or other letters. */
bool tl_smi_is_alike(tl_smi_token t, tl_smi_keyword keyword);

/* Whether a definition, the end of the module, or another module begins at the current
 * token. */
bool tl_smi_at_boundary(const tl_smi_parser *p);

/* Skips to the next boundary, or to a keyword whose bit is in |stops|, or with
 * TL_SMI_AT_ASSIGN in it to a ::=; the current token may be that already. */
void tl_smi_skip_to(tl_smi_parser *p, uint64_t stops);

/* Skips a group in braces, brackets or parentheses, at whose opening sign it stands, with
 * all groups of its kind in it. False: it met a boundary or a ::= before, which was told.
 */
bool tl_smi_skip_group(tl_smi_parser *p);

/* The same from inside of braces. */
bool tl_smi_skip_rest_of_group(tl_smi_parser *p);

/* Tells that the current token does not belong here, and skips it and what follows up to
 * a word, a comma, a semicolon, a closing brace, or a ::=. */
void tl_smi_skip_stray(tl_smi_parser *p);

/* module.c: the module whose name is the current token, and whose word DEFINITIONS is at
 * |heading|. Leaves what stands behind END. */
void tl_smi_read_module(tl_smi_parser *p, const uint8_t *heading);

/* imports.c: behind the word IMPORTS; behind the word EXPORTS. */
void tl_smi_read_imports(tl_smi_parser *p);
void tl_smi_skip_exports(tl_smi_parser *p);

/* definition.c: the definition whose name is the current token, at a boundary. */
void tl_smi_read_definition(tl_smi_parser *p);

/* clauses.c: the clauses of a macro, up to ::= or to a boundary; of a TEXTUAL-CONVENTION
 * up to what is no clause. */
void tl_smi_read_clauses(tl_smi_parser *p, tl_smi_keyword macro);

/* clauses.c: whether a keyword begins a clause of a macro. */
bool tl_smi_is_clause(unsigned keyword);

/* oid.c: { a b(2) 3 }, or a.b.3, or a; into the definition's arcs, replacing them. False
 * when it could not be read, which was told. */
bool tl_smi_read_oid(tl_smi_parser *p);

/* oid.c: adds an arc to the definition's. */
bool tl_smi_add_arc(tl_smi_parser *p, tl_smi_name name, uint32_t number);

/* syntax.c: a syntax, added to the syntaxes unless it is there; TL_SMI_NONE when there is
 * none, which was told. */
uint32_t tl_smi_read_syntax(tl_smi_parser *p);

/* labels.c: { up(1), down(2) } into |s|, at the opening brace. */
void tl_smi_read_labels(tl_smi_parser *p, tl_smi_syntax *s);

/* range.c: (SIZE (0..255 | 300)) or (0..100) into |s|, at the opening parenthesis. */
void tl_smi_read_range(tl_smi_parser *p, tl_smi_syntax *s);

/* list.c: { a, b, IMPLIED c }, or a, b without braces, into the definition's refs,
 * replacing them. */
void tl_smi_read_list(tl_smi_parser *p);

/* hint.c: the tl_severity that a comment says. */
uint8_t tl_smi_severity_of(tl_span comment);

/* time.c: YYYYMMDDHHMM of a time with two or four digits of the year; 0 if it is none. */
uint64_t tl_smi_time_of(tl_span text);

#endif
