/* sys/privileges.h: running as somebody who may do little. */
#ifndef TL_SYS_PRIVILEGES_H
#define TL_SYS_PRIVILEGES_H

#include "trapline/base.h"

/* Becomes |who|, "USER" or "USER:GROUP", for good, and keeps of all rights only that to
 * listen at ports below 1024, for sockets that a reload opens. Of a process with one
 * thread. Does nothing if we are that user already. Errors: TL_ENOTFOUND (no such user or
 * group), TL_EIO (errno; EPERM: only root can). */
TL_CHECK tl_err tl_privileges_drop(const char *who);

/* Whether there are the user and the group that |who| names. */
bool tl_privileges_known(const char *who);

#endif
