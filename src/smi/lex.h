/* smi/lex.h: the words, numbers, strings and signs of a text. Nothing is copied: a token
 * points into the text. Comments run to the end of their line. */
#ifndef TL_SMI_LEX_H
#define TL_SMI_LEX_H

#include "smi/keyword.h"

typedef enum tl_smi_token_type { /* or the character of a sign, such as '{' */
	TL_SMI_T_END = 0,        /* of the text */
	TL_SMI_T_WORD,
	TL_SMI_T_NUMBER, /* digits, with a - in front or not */
	TL_SMI_T_STRING, /* with its quotes */
	TL_SMI_T_RADIX,  /* '0F'H or '0101'B, with all that */
	TL_SMI_T_ASSIGN, /* ::= */
	TL_SMI_T_RANGE   /* .. */
} tl_smi_token_type;

typedef struct tl_smi_token {
	const uint8_t *at;
	uint32_t len;
	uint8_t type;    /* tl_smi_token_type */
	uint8_t keyword; /* tl_smi_keyword of a word */
} tl_smi_token;

/* What was passed over between two tokens, or at a token. */
typedef struct tl_smi_oddity {
	bool any;
	bool open_string;     /* the token is a string that has no end: closed */
	bool half_byte;       /* the token is a hexadecimal string of odd length */
	bool assign;          /* the token was meant to be ::= */
	const uint8_t *glued; /* the token ends there because a keyword begins */
	const uint8_t
	    *stray;          /* bytes that no MIB has outside of strings: the first run */
	const uint8_t *page; /* the header and footer of a page */
	uint32_t glued_len, stray_len, page_len;
} tl_smi_oddity;

/* A text and how far it is read. May be copied, to look ahead. */
typedef struct tl_smi_lexer {
	const uint8_t *at, *end;
	const uint8_t *page_from; /* from here on the next page break begins at |limit| */
	const uint8_t *limit, *page_end;      /* both |end|: there is none */
	const uint8_t *line_from, *line_feed; /* from here on, the first line feed */
	const uint8_t *no_c_end;              /* before it no comment of C ends */
	const tl_smi_keywords *keywords;
	tl_smi_oddity odd;
	tl_span hint;    /* the last comment --#SEVERITY, what stands behind that word */
	uint8_t newline; /* '\n', or '\r' in a text without one */
} tl_smi_lexer;

/* |text| is at most 4 GiB. */
void tl_smi_lexer_init(tl_smi_lexer *l, tl_span text, const tl_smi_keywords *keywords);

/* The next token; |odd| and |hint| are set where there is one, and never cleared. */
tl_smi_token tl_smi_lex(tl_smi_lexer *l);

/* Goes on reading at |at|, in any place of the text. */
void tl_smi_lexer_seek(tl_smi_lexer *l, const uint8_t *at);

/* Where the line of |at| ends: its line feed or CR, or the end of the text. */
const uint8_t *tl_smi_line_end(tl_smi_lexer *l, const uint8_t *at);

/* How many |c| there are from |from| up to |to|. */
uint32_t tl_smi_count_byte(const uint8_t *from, const uint8_t *to, uint8_t c);

/* The value of a number, a radix string included; false if it is none or does not fit. */
bool tl_smi_token_value(tl_smi_token t, int64_t *out);

static inline tl_span
tl_smi_token_text(tl_smi_token t)
{
	return (tl_span){ t.at, t.len };
}

/* The text of a token, of a string without its quotes. */
tl_span tl_smi_token_inside(tl_smi_token t);

#endif
