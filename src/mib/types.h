/* mib/types.h: what types.c keeps of a type, and syntaxes.c, which keeps each syntax
 * once. */
#ifndef TL_MIB_TYPES_H
#define TL_MIB_TYPES_H

#include "mib/resolve.h"

/* What a type comes down to. */
struct tl_mib_type_info {
	tl_mib_def_syntax syntax;
	uint32_t number; /* in the set's syntaxes; TL_MIB_NONE: not there yet */
	bool row;        /* it is a SEQUENCE or a SEQUENCE OF */
};

/* Puts the labels of |from| into the set, sorted, unless the same stand there, and into
 * |to|. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_keep_labels(
    tl_mib_resolver *r, const tl_smi_syntax *from, tl_mib_def_syntax *to);

/* Puts |syntax| into the set unless the same stands there. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_keep_syntax(
    tl_mib_resolver *r, const tl_mib_def_syntax *syntax, uint32_t *number);

#endif
