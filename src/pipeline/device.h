/* pipeline/device.h: which address is the device that a notification is about. Immutable
 * once made: any thread. */
#ifndef PIPELINE_DEVICE_H
#define PIPELINE_DEVICE_H

#include "conf/conf.h"
#include "pipeline/event.h"

typedef struct devices devices;

/* What |conf| says of relays and engines; borrows it. NULL without memory. */
devices *devices_new(const tl_conf *conf);

void devices_free(devices *d); /* NULL is fine */

/* Sets the device of |ev|, which is the peer at first, and returns who told it: the first
 * address in |order| (of tl_conf_address; NULL or empty: that of the configuration) that
 * is told, by somebody who is believed, else the peer. snmpTrapAddress.0 and agent-addr
 * are believed of trusted relays; agent-addr also where it is the peer; the engine ID
 * where the message is authentic, or of a trusted relay. May be called again, with
 * another order. An event of our own stays as it is. */
tl_conf_address device_choose(const devices *d, const tl_conf_ints *order, event *ev);

#endif
