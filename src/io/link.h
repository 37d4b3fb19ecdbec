/* io/link.h: a socket towards one peer. Of UDP it takes what anybody sends: who has
 * several addresses may answer from another one. */
#ifndef TL_IO_LINK_H
#define TL_IO_LINK_H

#include "receiver/address.h"
#include "trapline/io.h"

typedef struct tl_link {
	int fd;
	bool nobody; /* the peer's host said that nothing listens there */
	tl_endpoint peer, local;
	tl_sockaddr to; /* the peer's */
	socklen_t to_len;
	bool stream;        /* TCP, and so the next two */
	size_t held, taken; /* bytes in the room of tl_link_receive(); of them those of
			       the message that was given last */
} tl_link;

/* Opens a socket to the first address of |host| that there is a way to, IPv4 before IPv6,
 * |port| 0: 162; source, source_port, family and tcp of |o| are used. Errors: TL_EIO
 * (errno; ENXIO: no such host or address), TL_EINVAL (family), TL_ENOMEM. |l| is zeroed
 * but for fd, which is -1. */
TL_CHECK tl_err tl_link_open(
    tl_link *l, const char *host, uint16_t port, const tl_manager_options *o);

/* Sends one message; waits if the socket's buffer is full. Errors: TL_EIO (errno). */
TL_CHECK tl_err tl_link_send(tl_link *l, tl_span message);

/* Takes one message into |room| (ptr and cap are used, always the same; a datagram that
 * is longer is cut) and lets |bytes| borrow from it. Errors: TL_ENOTFOUND (there is
 * none), TL_EIO (errno). */
TL_CHECK tl_err tl_link_receive(
    tl_link *l, tl_buf *room, tl_span *bytes, tl_endpoint *from);

/* Leaves errno as it is. */
void tl_link_close(tl_link *l);

#endif
