/* receiver/rx_socket.h: what rx_open.c makes and rx_udp.c uses. */
#ifndef TL_RECEIVER_RX_SOCKET_H
#define TL_RECEIVER_RX_SOCKET_H

#include <sys/socket.h>
#include <time.h>

#include "receiver/address.h"
#include "receiver/rx.h"

enum {
	/* What a datagram over IPv6 can hold and one byte more, and beyond that three
	 * cache lines, so that the first lines of the buffers do not all fall into one
	 * set of the cache. */
	RX_BUFFER = 65536,
	RX_STRIDE = RX_BUFFER + 192,
	/* Time (32), drops (24), destination (40): as CMSG_SPACE counts. */
	RX_CONTROL = 128,
	RX_RCVBUF_DEFAULT = 16 << 20,
	RX_WATCHED =
	    INT32_MAX, /* in the place of a socket: the descriptor of tl_rx_watch() */
};

/* A struct cmsghdr without its flexible array. */
typedef struct tl_rx_header {
	size_t len;
	int level, type;
} tl_rx_header;

_Static_assert(sizeof(tl_rx_header) == sizeof(struct cmsghdr), "the kernel's layout");

/* The control messages of nearly every datagram, as the kernel lays them out: when, and
 * where to. Of those that come after losses there are more. */
typedef struct tl_rx_usual {
	tl_rx_header time_header;
	struct timespec time;
	tl_rx_header to_header;
	union {
		struct in_pktinfo v4;
		struct in6_pktinfo v6;
	} to;
} tl_rx_usual;

typedef union tl_rx_control {
	uint8_t bytes[RX_CONTROL];
	tl_rx_usual usual;
} tl_rx_control;

typedef struct tl_rx_socket {
	int fd;
	int family;   /* AF_INET or AF_INET6 */
	unsigned tag; /* of the address that it was opened for */
	tl_endpoint local;
	size_t rcvbuf_bytes;
	bool shut; /* nothing comes in any more, and drops count what is sent still */
	uint32_t drops;   /* the kernel's counter as last seen; it wraps */
	uint64_t lost;    /* the same without wrapping */
	uint64_t told;    /* of lost, what tl_rx_new_losses() gave */
	size_t usual_len; /* bytes of the usual control messages */
	tl_rx_header usual_time, usual_to; /* and their headers */
} tl_rx_socket;

/* One direction's message headers and what they point to. */
typedef struct tl_rx_messages {
	struct mmsghdr msg[TL_RX_BATCH];
	struct iovec iov[TL_RX_BATCH];
	tl_sockaddr name[TL_RX_BATCH];
	tl_rx_control control[TL_RX_BATCH];
} tl_rx_messages;

struct tl_rx {
	int epoll;
	unsigned count;
	unsigned turn; /* the socket to try first */
	tl_rx_socket *sockets;
	uint64_t unsent;
	uint8_t *buffers; /* TL_RX_BATCH of RX_STRIDE, touched as far as used */
	tl_rx_messages in, out;
};

/* Whether others may listen at the same address: only such as share it, too. */
typedef enum tl_rx_sharing {
	TL_RX_ALONE = 0,
	TL_RX_FIRST, /* nobody does so far; others of ours may later */
	TL_RX_SHARED
} tl_rx_sharing;

typedef struct tl_rx_socket_options {
	size_t rcvbuf_bytes; /* not 0 */
	tl_rx_sharing sharing;
	unsigned tag;
} tl_rx_socket_options;

/* Opens a socket on |sa|. Errors: TL_EIO. */
TL_CHECK tl_err tl_rx_socket_open(
    const tl_sockaddr *sa, const tl_rx_socket_options *opt, tl_rx_socket *out);

/* Takes over |fd|, a bound datagram socket that somebody else opened. Errors: TL_EIO,
 * TL_EFORMAT (it is none); then it is still the caller's. */
TL_CHECK tl_err tl_rx_socket_adopt(
    int fd, const tl_rx_socket_options *opt, tl_rx_socket *out);

/* Makes a receiver without sockets. Errors: TL_ENOMEM, TL_EIO. */
TL_CHECK tl_err tl_rx_new(tl_rx **out);

/* Adds |s|, whose descriptor is the receiver's then. Errors: TL_EIO, TL_ENOMEM. */
TL_CHECK tl_err tl_rx_add_socket(tl_rx *rx, const tl_rx_socket *s);

#endif
