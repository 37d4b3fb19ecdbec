/* pipeline/device.c: the device's address, from what the notification claims and who
 * claims it. The worker calls it for every event, and again when a rule has said another
 * order. */
#include "pipeline/device.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "pipeline/nets.h"

struct devices {
	const tl_conf_ints *order;
	nets *relays; /* NULL: none is trusted */
	const tl_conf_engine_address *engines;
	uint32_t *places; /* open hash table: of engines, from 1; 0: free */
	size_t mask;      /* of places; 0: there are none */
};

/* What one event's sources say. */
typedef struct claim {
	const devices *d;
	const tl_notification *n;
	bool trusted; /* the peer is a trusted relay */
} claim;

/* Trusted relays. */

static size_t
count_nets(const tl_conf *conf)
{
	const tl_conf_sources *relays = &conf->trusted_relays;
	size_t count = 0;

	for (size_t i = 0; i < relays->count; i++)
		count += relays->at[i].list < 0
			     ? 1
			     : conf->lists.at[relays->at[i].list].nets.count;
	return count;
}

static nets *
make_relays(const tl_conf *conf)
{
	const tl_conf_sources *relays = &conf->trusted_relays;
	net *at = calloc(count_nets(conf) + 1, sizeof *at);
	size_t count = 0;

	if (at == NULL)
		return NULL;
	for (size_t i = 0; i < relays->count; i++) {
		const tl_conf_source *s = &relays->at[i];
		const tl_conf_cidrs one = { &s->net, 1 };
		const tl_conf_cidrs *from =
		    s->list < 0 ? &one : &conf->lists.at[s->list].nets;
		for (size_t j = 0; j < from->count; j++)
			at[count++] = (net){ .cidr = from->at[j], .value = 1 };
	}
	nets *made = nets_new(at, count);
	free(at);
	return made;
}

/* Engine IDs. */

static uint32_t *
engine_place(const devices *d, tl_span id)
{
	size_t at = tl_hash(id.ptr, id.len, 0) & d->mask;

	for (; d->places[at] != 0; at = (at + 1) & d->mask) {
		tl_span known = d->engines[d->places[at] - 1].engine_id;
		if (known.len == id.len && memcmp(known.ptr, id.ptr, id.len) == 0)
			break;
	}
	return &d->places[at];
}

static bool
make_engines(devices *d, const tl_conf_engine_addresses *engines)
{
	size_t places = 2;

	if (engines->count == 0)
		return true;
	while (places < 2 * engines->count)
		places *= 2;
	d->engines = engines->at;
	d->places = calloc(places, sizeof *d->places);
	d->mask = places - 1;
	for (size_t i = 0; d->places != NULL && i < engines->count; i++)
		*engine_place(d, engines->at[i].engine_id) = (uint32_t)(i + 1);
	return d->places != NULL;
}

static const tl_conf_engine_address *
find_engine(const devices *d, tl_span id)
{
	uint32_t place = id.len > 0 ? *engine_place(d, id) : 0;

	return place != 0 ? &d->engines[place - 1] : NULL;
}

/* Addresses. */

/* Whether |addr| can be a device's: "0.0.0.0" says that there is none to say, and some
 * say "127.0.0.1" for want of anything better. */
static bool
is_device(const uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t zeros[15] = { 0 };
	uint8_t first = addr[12];

	if (memcmp(addr, mapped, sizeof mapped) == 0)
		return first != 0 && first != 127 && first < 224;
	return addr[0] != 0xff &&
	       (memcmp(addr, zeros, sizeof zeros) != 0 || addr[15] > 1);
}

/* 4 or 16 bytes, network order. */
static bool
set_address(tl_span bytes, tl_endpoint *out)
{
	*out = (tl_endpoint){ .addr = { [10] = 0xff, [11] = 0xff } };
	if (bytes.len == 4)
		memcpy(out->addr + 12, bytes.ptr, 4);
	else if (bytes.len == 16)
		memcpy(out->addr, bytes.ptr, 16);
	return is_device(out->addr);
}

/* snmpTrapAddress.0 (RFC 3584 section 3.1), an IpAddress. It has no form for IPv6: an
 * OCTET STRING of 16 bytes is taken for it. Of several the first was added first. */
static bool
by_trap_address(const claim *c, tl_endpoint *out)
{
	static const uint8_t oid[] = { 0x2b, 6, 1, 6, 3, 18, 1, 3, 0 };

	for (size_t i = 0; c->trusted && i < c->n->vb_count; i++) {
		const tl_varbind *vb = &c->n->vb[i];
		if (vb->name.len == sizeof oid &&
		    (vb->type == TL_T_IPADDRESS || vb->type == TL_T_OCTETS) &&
		    memcmp(vb->name.ber, oid, sizeof oid) == 0)
			return set_address(vb->v.octets, out);
	}
	return false;
}

static bool
by_agent(const claim *c, tl_endpoint *out)
{
	if (!c->n->v1.present || !c->n->has_agent_address ||
	    !set_address((tl_span){ c->n->agent_address, 4 }, out))
		return false;
	return c->trusted || memcmp(out->addr, c->n->from.addr, sizeof out->addr) == 0;
}

/* The context's engine is the one that the notification comes from, also behind a proxy;
 * the authoritative one is ours, if it is an inform (RFC 3414 section 1.5.1). */
static bool
by_engine(const claim *c, tl_endpoint *out)
{
	const tl_notification *n = c->n;
	const tl_conf_engine_address *known;

	if (n->version != 3 || c->d->places == NULL ||
	    !(c->trusted || n->v3.level >= TL_AUTH_NOPRIV))
		return false;
	known = find_engine(c->d, n->v3.context_engine_id);
	if (known == NULL && n->kind == TL_TRAP)
		known = find_engine(c->d, n->v3.engine_id);
	return known != NULL && set_address((tl_span){ known->address.addr, 16 }, out);
}

static bool
by_peer(const claim *c, tl_endpoint *out)
{
	*out = c->n->from;
	out->port = 0;
	return true;
}

/* Whether no other address can be told, in any order: so it is with most. */
static inline bool
only_peer_tells(const devices *d, const tl_notification *n)
{
	return d->relays == NULL && !n->v1.present &&
	       (d->places == NULL || n->version != 3);
}

/* Kept out of the way of those. */
static __attribute__((noinline)) tl_conf_address
choose(const devices *d, const tl_conf_ints *order, event *ev)
{
	static bool (*const tell[])(const claim *, tl_endpoint *) = {
		[TL_ADDRESS_TRAP_ADDRESS] = by_trap_address,
		[TL_ADDRESS_AGENT] = by_agent,
		[TL_ADDRESS_ENGINE] = by_engine,
		[TL_ADDRESS_PEER] = by_peer,
	};
	claim c = { .d = d, .n = ev->n };
	tl_conf_address by = TL_ADDRESS_PEER;
	bool told = false;

	c.trusted =
	    d->relays != NULL && nets_find(d->relays, c.n->from.addr) != NETS_NONE;
	for (size_t i = 0; !told && i < order->count; i++) {
		by = (tl_conf_address)order->at[i];
		told = tell[by](&c, &ev->device);
	}
	if (!told) {
		by = TL_ADDRESS_PEER;
		(void)by_peer(&c, &ev->device);
	}
	bool is_peer =
	    memcmp(ev->device.addr, c.n->from.addr, sizeof ev->device.addr) == 0;
	ev->j.device = is_peer ? NULL : &ev->device;
	return by;
}

tl_conf_address
device_choose(const devices *d, const tl_conf_ints *order, event *ev)
{
	if (ev->n == NULL || only_peer_tells(d, ev->n))
		return TL_ADDRESS_PEER;
	return choose(d, order == NULL || order->count == 0 ? d->order : order, ev);
}

devices *
devices_new(const tl_conf *conf)
{
	devices *d = calloc(1, sizeof *d);
	bool made = d != NULL;

	if (made) {
		d->order = &conf->source_address;
		made = make_engines(d, &conf->engine_addresses);
	}
	if (made && conf->trusted_relays.count > 0)
		made = (d->relays = make_relays(conf)) != NULL;
	if (made)
		return d;
	devices_free(d);
	return NULL;
}

void
devices_free(devices *d)
{
	if (d == NULL)
		return;
	nets_free(d->relays);
	free(d->places);
	free(d);
}
