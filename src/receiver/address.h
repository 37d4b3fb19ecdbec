/* receiver/address.h: listen addresses as text, and endpoints as socket addresses. */
#ifndef TL_RECEIVER_ADDRESS_H
#define TL_RECEIVER_ADDRESS_H

#include <netinet/in.h>
#include <string.h>

#include "trapline/notification.h"

enum { TL_HOST_MAX = 253 }; /* bytes of a name, RFC 1035 section 2.3.4 as text */

/* Where to listen: "udp:HOST:PORT" taken apart. */
typedef struct tl_listen_spec {
	char host[TL_HOST_MAX + 1]; /* name or address; empty: any address */
	bool numeric;               /* host is an address, its zone included */
	bool v4, v6;                /* the families asked for */
	uint16_t port;              /* 0: a free one */
} tl_listen_spec;

/* Takes "[udp|udp4|udp6:][HOST:]PORT" apart, where HOST is a name, an IPv4 address, an
 * IPv6 address in brackets, "*" or nothing: any address. Resolves nothing.
 * Errors: TL_EFORMAT. */
TL_CHECK tl_err tl_listen_parse(const char *text, tl_listen_spec *out);

typedef union tl_sockaddr {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
} tl_sockaddr;

/* Makes the addresses of |spec|, each once, in an array that the caller frees.
 * Errors: TL_EIO (errno; ENXIO: the host has no such address, or there is no such host),
 * TL_ENOMEM. */
TL_CHECK tl_err tl_listen_resolve(
    const tl_listen_spec *spec, tl_sockaddr **out, size_t *count);

/* |addr| (4 bytes, network order) as ::ffff:a.b.c.d. */
static inline void
tl_endpoint_set_v4(tl_endpoint *ep, const void *addr)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(ep->addr, prefix, sizeof prefix);
	memcpy(ep->addr + sizeof prefix, addr, 4);
	ep->scope = 0;
}

/* Whether |ep| is an IPv4 address. */
bool tl_endpoint_is_v4(const tl_endpoint *ep);

/* Whether the address means something on one link only: then it needs its zone. */
static inline bool
tl_v6_is_link_local(const uint8_t addr[16])
{
	/* fe80::/10, and multicast of interface and link scope (RFC 4291) */
	return (addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80) ||
	       (addr[0] == 0xff && (addr[1] & 0x0f) <= 2);
}

/* A socket address, AF_INET or AF_INET6, as an endpoint. */
tl_endpoint tl_endpoint_of(const tl_sockaddr *sa);

/* The other way round, for a socket of |family|; returns the length. */
socklen_t tl_endpoint_sockaddr(const tl_endpoint *ep, int family, tl_sockaddr *sa);

#endif
