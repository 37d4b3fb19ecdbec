/* receiver/rx.h: datagrams from UDP sockets in batches, and answers back. */
#ifndef TL_RECEIVER_RX_H
#define TL_RECEIVER_RX_H

#include "trapline/engine.h"

enum { TL_RX_BATCH = 64 };

/* A set of listening sockets. One thread. */
typedef struct tl_rx tl_rx;

/* What one tl_rx_recv() brought, all from one socket. */
typedef struct tl_batch {
	unsigned n;
	unsigned socket;             /* which one, from 0 */
	bool more;                   /* it was filled: there is likely more to read now */
	tl_datagram in[TL_RX_BATCH]; /* borrow from the receiver until the next recv */
	tl_span reply[TL_RX_BATCH];  /* set by the caller; empty: nothing to send */
} tl_batch;

/* Opens the sockets of |listen| ("udp:HOST:PORT", closed by a NULL; a HOST that is a name
 * opens each of its addresses; "udp:PORT" and "HOST:PORT" work, too), IPv6 ones
 * IPv6-only. The kernel's receive time, drop counter and destination address are asked
 * for, the receive buffer is made as large as is allowed (|rcvbuf_bytes| wanted; 0: 16
 * MiB). |bad| tells which address failed. Errors: TL_EFORMAT, TL_EIO (errno), TL_ENOMEM.
 */
TL_CHECK tl_err tl_rx_open(
    const char *const *listen, size_t rcvbuf_bytes, tl_rx **out, size_t *bad);

/* Waits |timeout_ms| (-1: for ever) until a socket has something and takes up to a batch
 * from it; sockets take turns. n is 0 at a timeout and after a signal; passing errors of
 * a socket (an ICMP answer to something sent) are passed over. Clears |b|->reply.
 * Errors: TL_EIO. */
TL_CHECK tl_err tl_rx_recv(tl_rx *rx, int timeout_ms, tl_batch *b);

/* Ends the wait of tl_rx_recv(), with n 0, also when |fd| is readable: for signals. It
 * stays the caller's. Errors: TL_EIO. */
TL_CHECK tl_err tl_rx_watch(tl_rx *rx, int fd);

/* Sends each reply to where its datagram came from, from the address and the interface
 * that were asked. What the socket does not take is counted by tl_rx_unsent(): a peer
 * asks again. */
void tl_rx_send(tl_rx *rx, const tl_batch *b);

/* Sends one |reply| on socket |socket| from |from| to |to|. Errors: TL_EIO. */
TL_CHECK tl_err tl_rx_send_one(
    tl_rx *rx, unsigned socket, const tl_datagram *in, tl_span reply);

/* How many sockets; then of each, from 0. */
unsigned tl_rx_count(const tl_rx *rx);
tl_endpoint tl_rx_local(const tl_rx *rx, unsigned socket); /* with the port picked */
size_t tl_rx_rcvbuf_bytes(
    const tl_rx *rx, unsigned socket); /* granted, as the kernel counts */
uint64_t tl_rx_lost(
    tl_rx *rx, unsigned socket); /* dropped by the kernel so far, asked of it now */
uint64_t tl_rx_unsent(const tl_rx *rx);

/* Drops of |socket| that tl_rx_recv() has been told of and this function has not yet
 * given. Costs no system call. */
uint64_t tl_rx_new_losses(tl_rx *rx, unsigned socket);

/* An epoll descriptor, readable when a socket is. It belongs to the receiver. */
int tl_rx_fd(const tl_rx *rx);

void tl_rx_close(tl_rx *rx);

#endif
