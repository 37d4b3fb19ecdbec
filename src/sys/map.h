/* sys/map.h: files mapped into memory, to be read where they lie. */
#ifndef TL_SYS_MAP_H
#define TL_SYS_MAP_H

#include "trapline/base.h"

/* Maps the regular file |path| whole, read-only, at the start of a page. With |own| it
 * must belong to us: nobody else can make it shorter while it is mapped, which would be
 * the end of the process. |out| is never empty.
 * Errors: TL_ENOTFOUND, TL_EFORMAT (empty, or no regular file), TL_EIO (errno; EPERM: it
 * is not ours). */
TL_CHECK tl_err tl_map_file(const char *path, bool own, tl_span *out);

/* Ends the mapping that |bytes| are the end of, all of it or all but less than a page. */
void tl_map_release(tl_span bytes);

#endif
