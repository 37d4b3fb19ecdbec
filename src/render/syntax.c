/* render/syntax.c: the two syntaxes, made from the one table of render/syntax.h. */
#include "render/syntax.h"

#define FRAGMENT(literal)                                                                \
	{                                                                                \
		.text = literal, .len = sizeof(literal) - 1                              \
	}

const tl_syntax tl_syntax_json = { .flat = false,
	.put_text = tl_out_quoted,
	.json = 1,
	.keys = {
#define TL_X(key, json, kv) [TL_KEY_##key] = FRAGMENT(json),
	    TL_KEYS(TL_X)
#undef TL_X
	} };

const tl_syntax tl_syntax_kv = { .flat = true,
	.put_text = tl_out_bare_or_quoted,
	.json = 0,
	.keys = {
#define TL_X(key, json, kv) [TL_KEY_##key] = FRAGMENT(kv),
	    TL_KEYS(TL_X)
#undef TL_X
	} };
