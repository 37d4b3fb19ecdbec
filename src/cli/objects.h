/* cli/objects.h: what is sent against what the dictionary says of it. */
#ifndef CLI_OBJECTS_H
#define CLI_OBJECTS_H

#include "trapline/mib.h"
#include "trapline/sender.h"

/* Prints to stderr, for |command|, each way in which the notification and its objects
 * differ from their definitions; returns how many there are. What the dictionary does not
 * know is no difference. */
size_t objects_check(const tl_mib *mib, const char *command, const tl_outgoing *out);

#endif
