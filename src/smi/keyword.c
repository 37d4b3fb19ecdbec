/* smi/keyword.c: from a word to a keyword. Called by the lexer for words in capitals. */
#include "smi/keyword.h"

#include <string.h>

static const tl_span words[TL_SMI_K_COUNT] = {
#define TL_X(name, word)                                                                 \
	[TL_SMI_K_##name] = { (const uint8_t *)(word), sizeof(word) - 1 },
	TL_SMI_KEYWORDS(TL_X)
#undef TL_X
};

enum { SHORTEST = 2, LONGEST = 18 };

/* Three letters and the length tell the keywords apart but for one or two. */
static uint32_t
slot_of(tl_span word)
{
	uint32_t h = (uint32_t)word.ptr[0] + 7u * word.ptr[word.len - 1] +
		     31u * word.ptr[word.len / 2] + 101u * (uint32_t)word.len;

	return h % TL_SMI_KEYWORD_SLOTS;
}

void
tl_smi_keywords_init(tl_smi_keywords *k)
{
	for (unsigned i = 1; i < TL_SMI_K_COUNT; i++) {
		uint32_t at = slot_of(words[i]);
		while (k->slots[at] != TL_SMI_K_NONE)
			at = (at + 1) % TL_SMI_KEYWORD_SLOTS;
		k->slots[at] = (uint8_t)i;
	}
}

tl_smi_keyword
tl_smi_keyword_of(const tl_smi_keywords *k, tl_span word)
{
	if (word.len < SHORTEST || word.len > LONGEST)
		return TL_SMI_K_NONE;
	for (uint32_t at = slot_of(word); k->slots[at] != TL_SMI_K_NONE;
	     at = (at + 1) % TL_SMI_KEYWORD_SLOTS) {
		tl_span known = words[k->slots[at]];
		if (known.len == word.len && memcmp(known.ptr, word.ptr, word.len) == 0)
			return k->slots[at];
	}
	return TL_SMI_K_NONE;
}

static bool
alike(tl_span keyword, tl_span word)
{
	if (keyword.len != word.len)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = word.ptr[i];
		if (c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 'a' + 'A');
		if (c == '_')
			c = '-';
		if (c != keyword.ptr[i])
			return false;
	}
	return true;
}

tl_smi_keyword
tl_smi_keyword_alike(tl_span word)
{
	for (unsigned i = 1; i < TL_SMI_K_COUNT; i++)
		if (alike(words[i], word))
			return (tl_smi_keyword)i;
	return TL_SMI_K_NONE;
}

tl_span
tl_smi_keyword_text(tl_smi_keyword keyword)
{
	return words[keyword];
}
