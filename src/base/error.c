/* base/error.c: the words and texts of the one error table. */
#include "trapline/base.h"

typedef struct row {
	const char *word, *text;
	tl_rfc_counter counter;
} row;

static const row rows[TL_ERR_COUNT] = {
#define TL_X(name, value, word_, counter_, text_)                                        \
	[value] = { word_, text_, TL_RFC_##counter_ },
	TL_ERRORS(TL_X)
#undef TL_X
};

static const char *const counter_names[TL_RFC_COUNTER_COUNT] = {
#define TL_X(suffix, name) name,
	TL_RFC_COUNTERS(TL_X)
#undef TL_X
};

static const row *
row_of(tl_err err)
{
	static const row unknown = { "unknown", "no error of this library", TL_RFC_NONE };
	size_t i = (size_t)err;

	return i < TL_ERR_COUNT && rows[i].word != NULL ? &rows[i] : &unknown;
}

const char *
tl_err_word(tl_err err)
{
	return row_of(err)->word;
}

const char *
tl_err_text(tl_err err)
{
	return row_of(err)->text;
}

tl_rfc_counter
tl_err_rfc_counter(tl_err err)
{
	return row_of(err)->counter;
}

const char *
tl_rfc_counter_name(tl_rfc_counter counter)
{
	return (size_t)counter < TL_RFC_COUNTER_COUNT ? counter_names[counter] : "";
}
