/* smi/chars.h: the kinds of bytes in a MIB. */
#ifndef TL_SMI_CHARS_H
#define TL_SMI_CHARS_H

#include "trapline/base.h"

enum {
	TL_SMI_C_BLANK = 1, /* also Ctrl-Z and form feed */
	TL_SMI_C_WORD = 2,  /* letters, digits, - and _ */
	TL_SMI_C_DIGIT = 4,
	TL_SMI_C_UPPER = 8,
	TL_SMI_C_STRAY = 16, /* no sign of the language */
	TL_SMI_C_START = 32  /* a word begins with it; a number with DIGIT */
};

extern const uint8_t tl_smi_chars[256];

static inline bool
tl_smi_is(uint8_t c, int kinds)
{
	return (tl_smi_chars[c] & kinds) != 0;
}

#endif
