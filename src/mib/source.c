/* mib/source.c: finds a definition again in the text that it was read from: descriptions
 * are not kept in a dictionary. Called by who shows them. */
#include <string.h>

#include "smi/lex.h"
#include "trapline/mib_builder.h"

/* Where line |line| begins; NULL if there are not so many. */
static const uint8_t *
find_line(tl_smi_lexer *l, tl_span text, uint32_t line)
{
	const uint8_t *at = text.ptr, *end = at + text.len;

	for (; line > 1 && at != NULL; line--) {
		at = memchr(at, l->newline, (size_t)(end - at));
		at = at != NULL ? at + 1 : NULL;
	}
	return at;
}

/* The token |name| in the line that begins at |at|; its |at| is NULL if it is not
 * there. */
static tl_smi_token
find_name(tl_smi_lexer *l, const uint8_t *at, tl_span name)
{
	const uint8_t *end = memchr(at, l->newline, (size_t)(l->end - at));
	tl_smi_token t;

	tl_smi_lexer_seek(l, at);
	do {
		t = tl_smi_lex(l);
		if (t.len == name.len && memcmp(t.at, name.ptr, name.len) == 0)
			return t;
	} while (t.type != TL_SMI_T_END && (end == NULL || t.at < end));
	return (tl_smi_token){ .at = NULL };
}

static bool
is_word(tl_smi_token t, const char *word)
{
	return t.type == TL_SMI_T_WORD && t.len == strlen(word) &&
	       memcmp(t.at, word, t.len) == 0;
}

/* The text between the quotes of a string; the closing one may lack. */
static tl_span
unquoted(tl_smi_token t)
{
	bool closed = t.len > 1 && t.at[t.len - 1] == '"';

	return (tl_span){ t.at + 1, t.len - 1 - closed };
}

/* Reads on to the value behind ::=, a number or a list in braces, and returns where that
 * ends; notes the first DESCRIPTION. */
static const uint8_t *
find_end(tl_smi_lexer *l, tl_span *description)
{
	bool assigned = false, described = false;
	tl_smi_token t = tl_smi_lex(l);

	for (; t.type != TL_SMI_T_END && !is_word(t, "END"); t = tl_smi_lex(l)) {
		if (described && t.type == TL_SMI_T_STRING && description->ptr == NULL)
			*description = unquoted(t);
		described = is_word(t, "DESCRIPTION");
		if (assigned && t.type != '{')
			return t.at + t.len;
		if (assigned)
			break;
		assigned = t.type == TL_SMI_T_ASSIGN;
	}
	while (t.type != '}' && t.type != TL_SMI_T_END && !is_word(t, "END"))
		t = tl_smi_lex(l);
	return t.type == '}' ? t.at + 1 : t.at;
}

tl_err
tl_mib_source_definition(
    tl_span text, uint32_t line, tl_span name, tl_span *whole, tl_span *description)
{
	tl_smi_keywords keywords = { 0 };
	tl_smi_lexer l;

	*whole = *description = (tl_span){ 0 };
	if (text.len == 0 || text.len > UINT32_MAX)
		return TL_ENOTFOUND;
	tl_smi_keywords_init(&keywords);
	tl_smi_lexer_init(&l, text, &keywords);
	const uint8_t *at = find_line(&l, text, line);
	if (at == NULL)
		return TL_ENOTFOUND;
	tl_smi_token t = find_name(&l, at, name);
	if (t.at == NULL)
		return TL_ENOTFOUND;
	*whole = (tl_span){ t.at, (size_t)(find_end(&l, description) - t.at) };
	return TL_OK;
}
