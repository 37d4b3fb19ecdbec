/* mib/builtin.h: the built-in modules, builtin/<area>.mib, as tools/make-builtin embeds
 * them. */
#ifndef TL_MIB_BUILTIN_H
#define TL_MIB_BUILTIN_H

#include "trapline/base.h"

/* The texts of the files, in the order that the build names them. */
extern const tl_span tl_mib_builtin_texts[];
extern const uint32_t tl_mib_builtin_text_count;

#endif
