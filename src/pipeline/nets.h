/* pipeline/nets.h: sets of networks, IPv4 and IPv6: the longest that holds an address.
 * Immutable once made: any thread. */
#ifndef PIPELINE_NETS_H
#define PIPELINE_NETS_H

#include "conf/types.h"

typedef struct nets nets;

#define NETS_NONE UINT32_MAX
enum { NETS_DEPTH = 129 }; /* lengths of prefixes, 0 to 128: as many hold one address */

/* A network and what it stands for. */
typedef struct net {
	tl_conf_cidr cidr;
	uint32_t value; /* below NETS_NONE */
} net;

/* Of equal networks the last one counts. NULL without memory. */
nets *nets_new(const net *at, size_t count);

/* The value of the longest network that holds |addr|; NETS_NONE if none does. */
uint32_t nets_find(const nets *n, const uint8_t addr[16]);

/* The same, but the network's own number: addresses of one number are held by the same
 * networks. */
uint32_t nets_number(const nets *n, const uint8_t addr[16]);

/* Puts the values of all networks that hold |addr|, the longest first, into |values|;
 * returns how many. */
size_t nets_find_all(
    const nets *n, const uint8_t addr[16], uint32_t values[static NETS_DEPTH]);

void nets_free(nets *n); /* NULL is fine */

#endif
