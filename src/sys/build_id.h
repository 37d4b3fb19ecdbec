/* sys/build_id.h: which build of the library this is. */
#ifndef TL_SYS_BUILD_ID_H
#define TL_SYS_BUILD_ID_H

#include "trapline/base.h"

/* The build ID that the linker has put into the library, or into the program that it is
 * part of: another one whenever something in it changes. Static; empty if there is none.
 */
tl_span tl_build_id(void);

#endif
