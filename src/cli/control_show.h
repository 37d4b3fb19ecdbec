/* cli/control_show.h: what the daemon answers, for people. */
#ifndef CLI_CONTROL_SHOW_H
#define CLI_CONTROL_SHOW_H

#include "trapline/base.h"

/* Each prints one answer, which is JSON, to stdout; what went wrong to stderr. False: it
 * says no, or is none. */
bool control_show_status(tl_span answer);
bool control_show_reload(tl_span answer);
bool control_show_alarms(tl_span answer);
bool control_show_cleared(tl_span answer);

/* Prints any of them as it came. False: it says no. */
bool control_show_json(tl_span answer);

#endif
