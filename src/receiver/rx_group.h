/* receiver/rx_group.h: several receivers that share their addresses, one for each thread:
 * the kernel gives all datagrams of one sender to the same one. And what moves sockets
 * between receivers, so that a configuration can change while they are open. */
#ifndef TL_RECEIVER_RX_GROUP_H
#define TL_RECEIVER_RX_GROUP_H

#include "receiver/rx.h"

typedef struct tl_rx_group {
	const char *const *listen; /* as in tl_rx_open() */
	const unsigned *tags;      /* one for each of |listen| */
	size_t rcvbuf_bytes;       /* 0: the default */
	unsigned count;            /* receivers, from 1 */
	bool alone;   /* an address that somebody listens at already is an error, also if
			 he would share it */
	bool steered; /* set: one sender's datagrams all come to one receiver */
} tl_rx_group;

/* Makes |g|->count receivers, each with a socket for each address; a port 0 is the same
 * for all. |bad| tells which of |listen| failed. Errors: as tl_rx_open(). */
TL_CHECK tl_err tl_rx_open_group(tl_rx_group *g, tl_rx **out, size_t *bad);

/* Adds the socket |fd| that was opened and bound before we were started.
 * Errors: TL_EFORMAT (no datagram socket), TL_EIO, TL_ENOMEM. */
TL_CHECK tl_err tl_rx_adopt(tl_rx *rx, int fd, size_t rcvbuf_bytes, unsigned tag);

/* The tag of the address that socket |socket|, from 0, was opened for. */
unsigned tl_rx_tag(const tl_rx *rx, unsigned socket);

/* Moves all sockets of |from| to |to|; closes |from|. Errors: TL_EIO, TL_ENOMEM: those
 * that could not be moved are closed. */
TL_CHECK tl_err tl_rx_join(tl_rx *to, tl_rx *from);

/* Moves the sockets whose tags are none of |keep| to a new receiver; NULL if there are
 * none. Errors: TL_ENOMEM, TL_EIO: nothing is moved then. */
TL_CHECK tl_err tl_rx_split(tl_rx *rx, const unsigned *keep, size_t count, tl_rx **out);

/* Lets nothing more come in, as if the sockets were closed, where the kernel knows
 * filters: what has arrived can be read to its end, however much is sent. */
void tl_rx_shut(tl_rx *rx);

#endif
