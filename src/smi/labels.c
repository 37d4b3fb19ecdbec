/* smi/labels.c: the labels of an enumeration or of BITS: { up(1), down(2) }. */
#include "smi/parser.h"

enum { LABEL_MAX_TOKENS = 8 };

typedef struct label_list {
	tl_smi_syntax *syntax;
	bool comma; /* one came, or the list just began */
} label_list;

static void
add_label(tl_smi_parser *p, tl_smi_syntax *s, tl_smi_token name, int64_t value)
{
	uint32_t *words = tl_smi_add(p, &p->tree->words, sizeof *words, 2);

	if (words == NULL)
		return;
	words[0] = tl_smi_intern(p, tl_smi_token_text(name));
	words[1] = (uint32_t)(int32_t)value;
	s->label_count++;
}

static bool
read_value(tl_smi_parser *p, int64_t *value)
{
	if (!tl_smi_take(p, '(')) {
		tl_smi_expected(p, "( and the number of a label");
		return false;
	}
	if (!tl_smi_token_value(p->tok, value) || *value < INT32_MIN ||
	    *value > UINT32_MAX) {
		tl_smi_expected(p, "the number of a label");
		return false;
	}
	tl_smi_next(p);
	if (!tl_smi_take(p, ')'))
		tl_smi_assumed(p, ")");
	return true;
}

/* Skips what is left of a label that could not be read. */
static void
skip_label(tl_smi_parser *p)
{
	while (p->tok.type != ',' && p->tok.type != '}' &&
	       p->tok.type != TL_SMI_T_ASSIGN && p->tok.type != TL_SMI_T_END &&
	       !tl_smi_is_clause(p->tok.keyword))
		tl_smi_next(p);
}

/* Whether |t| can be part of a label that is no word, "card[v2.0]" or "E&M wink". */
static bool
may_extend(tl_smi_token t)
{
	return t.type != TL_SMI_T_END && t.type != TL_SMI_T_ASSIGN &&
	       t.type != TL_SMI_T_STRING && t.type != ',' && t.type != '}' &&
	       !tl_smi_is_clause(t.keyword);
}

/* Adds to |name| what stands between it and the parenthesis, on its line. */
static void
extend(tl_smi_parser *p, tl_smi_token *name)
{
	tl_smi_lexer ahead = p->lex;
	tl_smi_token t = p->tok;
	const uint8_t *end = name->at + name->len;

	for (int i = 0; i < LABEL_MAX_TOKENS && may_extend(t) && t.type != '('; i++) {
		end = t.at + t.len;
		t = tl_smi_lex(&ahead);
	}
	if (t.type != '(' || end == name->at + name->len ||
	    tl_smi_line_end(&ahead, name->at) < end)
		return;
	name->len = (uint32_t)(end - name->at);
	tl_smi_tell(p, TL_MIB_P_ODD_LABEL, *name, NULL);
	tl_smi_go_to(p, t.at);
}

static void
read_label(tl_smi_parser *p, label_list *list)
{
	tl_smi_token name = p->tok;
	int64_t value;

	if (!list->comma)
		tl_smi_assumed(p, ",");
	list->comma = false;
	tl_smi_next(p);
	extend(p, &name);
	if (p->tok.type == TL_SMI_T_WORD)
		tl_smi_expected(p, "( and the number of a label");
	else if (read_value(p, &value))
		add_label(p, list->syntax, name, value);
	else
		skip_label(p);
}

/* Whether the list ends at the current token although no } is there. */
static bool
is_over(const tl_smi_parser *p)
{
	return p->tok.type == TL_SMI_T_ASSIGN || p->tok.type == TL_SMI_T_END ||
	       (tl_smi_is_clause(p->tok.keyword) && tl_smi_peek(p).type != '(');
}

static void
pass_comma(tl_smi_parser *p, label_list *list)
{
	if (list->comma)
		tl_smi_tell(p, TL_MIB_P_EXTRA_COMMA, p->tok, NULL);
	list->comma = true;
	tl_smi_next(p);
}

void
tl_smi_read_labels(tl_smi_parser *p, tl_smi_syntax *s)
{
	label_list list = { s, true };

	s->labels = p->tree->words.count;
	tl_smi_next(p);
	while (p->tok.type != '}' && !is_over(p)) {
		if (p->tok.type == TL_SMI_T_WORD || p->tok.type == TL_SMI_T_NUMBER)
			read_label(p, &list);
		else if (p->tok.type == ',')
			pass_comma(p, &list);
		else
			tl_smi_skip_stray(p);
	}
	if (list.comma && s->label_count > 0)
		tl_smi_tell(p, TL_MIB_P_EXTRA_COMMA, p->tok, NULL);
	if (!tl_smi_take(p, '}'))
		tl_smi_assumed(p, "}");
}
