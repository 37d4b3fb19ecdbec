/* pipeline/nets.h: sets of networks, IPv4 and IPv6: the longest that holds an address.
 * Immutable once made: any thread. */
#ifndef PIPELINE_NETS_H
#define PIPELINE_NETS_H

#include "conf/types.h"

typedef struct nets nets;

#define NETS_NONE UINT32_MAX

/* A network and what it stands for. */
typedef struct net {
	tl_conf_cidr cidr;
	uint32_t value; /* below NETS_NONE */
} net;

/* Of equal networks the last one counts. NULL without memory. */
nets *nets_new(const net *at, size_t count);

/* The value of the longest network that holds |addr|; NETS_NONE if none does. */
uint32_t nets_find(const nets *n, const uint8_t addr[16]);

void nets_free(nets *n); /* NULL is fine */

#endif
