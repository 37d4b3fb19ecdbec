/* smi/chars.c: the table of bytes. Made for the lexer and for looking at lines. */
#include "smi/chars.h"

enum {
	o = TL_SMI_C_STRAY,
	b = TL_SMI_C_BLANK,
	l = TL_SMI_C_WORD | TL_SMI_C_START,
	u = TL_SMI_C_WORD | TL_SMI_C_START | TL_SMI_C_UPPER,
	d = TL_SMI_C_WORD | TL_SMI_C_DIGIT | TL_SMI_C_START,
	w = TL_SMI_C_WORD
};

/* clang-format off */
const uint8_t tl_smi_chars[256] = {
	o, o, o, o, o, o, o, o, o, b, b, b, b, b, o, o, /* 00 */
	o, o, o, o, o, o, o, o, o, o, b, o, o, o, o, o, /* 10 */
	b, o, 0, o, o, o, o, 0, 0, 0, o, o, 0, w, 0, o, /* 20 */
	d, d, d, d, d, d, d, d, d, d, 0, 0, 0, 0, 0, o, /* 30 */
	o, u, u, u, u, u, u, u, u, u, u, u, u, u, u, u, /* 40 */
	u, u, u, u, u, u, u, u, u, u, u, 0, o, 0, o, l, /* 50 */
	o, l, l, l, l, l, l, l, l, l, l, l, l, l, l, l, /* 60 */
	l, l, l, l, l, l, l, l, l, l, l, 0, 0, 0, o, o, /* 70 */
	o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, /* 80 */
	o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, /* 90 */
	o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, /* A0 */
	o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, /* B0 */
	o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, /* C0 */
	o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, /* D0 */
	o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, /* E0 */
	o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, o, /* F0 */
};
/* clang-format on */
