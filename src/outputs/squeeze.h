/* outputs/squeeze.h: compressing a file. */
#ifndef OUTPUTS_SQUEEZE_H
#define OUTPUTS_SQUEEZE_H

#include <stdatomic.h>
#include <stdbool.h>

/* Replaces the file |name| in |folder| by "NAME.zst", of the same permissions and owner:
 * whole and on the disk before the other goes. False: errno says why, and the file is as
 * it was; EINTR: |stop| was set. */
bool squeeze(int folder, const char *name, atomic_bool *stop);

#endif
