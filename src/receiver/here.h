/* receiver/here.h: whether what is sent somewhere comes to this host, or to a socket of
 * ours. */
#ifndef TL_RECEIVER_HERE_H
#define TL_RECEIVER_HERE_H

#include "trapline/notification.h"

/* Whether |to| is an address of this host, 0.0.0.0 and :: included. */
bool tl_endpoint_is_here(const tl_endpoint *to);

/* Whether a socket that is bound to |socket|, which may be any address of its family,
 * receives what is sent to |to|, an address of this host. |both|: any IPv6 address means
 * IPv4 as well. */
bool tl_endpoint_receives(const tl_endpoint *socket, bool both, const tl_endpoint *to);

#endif
