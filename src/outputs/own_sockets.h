/* outputs/own_sockets.h: where this process itself receives notifications, so that an
 * output does not send them to it. Any thread. */
#ifndef OUTPUTS_OWN_SOCKETS_H
#define OUTPUTS_OWN_SOCKETS_H

#include "trapline/notification.h"

typedef struct own_sockets own_sockets;

/* None so far. NULL without memory. */
own_sockets *own_sockets_new(void);
void own_sockets_free(own_sockets *o); /* NULL is fine */

/* From now on they are at |at|; |both|: any IPv6 address means IPv4 as well. False
 * without memory: they stay as they were. */
bool own_sockets_set(own_sockets *o, const tl_endpoint *at, size_t count, bool both);

/* Whether one of them receives what is sent to |to|, an address of this host. */
bool own_sockets_receive(own_sockets *o, const tl_endpoint *to);

#endif
