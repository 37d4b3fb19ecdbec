/* pipeline/names.c: see names.h. The threads that ask hold the answers by themselves: a
 * name server that does not answer never holds up the end. */
#include "pipeline/names.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sys/clock.h"

enum { THREADS = 2, KEY_LEN = 20, ENTRY_BYTES = 512 };

struct names {
	answers *known;
};

/* What a thread has. */
typedef struct asker {
	answers *known;
	names_resolve *resolve;
} asker;

static bool
system_resolve(const tl_endpoint *address, char name[NAMES_LENGTH_MAX + 1], bool *failed)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_scope_id = address->scope };
	bool is_v4 = memcmp(address->addr, mapped, sizeof mapped) == 0;

	memcpy(&v4.sin_addr, address->addr + 12, sizeof v4.sin_addr);
	memcpy(&v6.sin6_addr, address->addr, sizeof v6.sin6_addr);
	int err = getnameinfo(is_v4 ? (const void *)&v4 : (const void *)&v6,
	    is_v4 ? sizeof v4 : sizeof v6, name, NAMES_LENGTH_MAX + 1, NULL, 0,
	    NI_NAMEREQD | NI_DGRAM);

	*failed = err != 0 && err != EAI_NONAME && err != EAI_OVERFLOW;
	return err == 0;
}

/* Whether a name is of what names are made of: a reverse zone can have any bytes. */
static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAMES_LENGTH_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789-_.") == len;
}

static void
put_key(const tl_endpoint *ep, uint8_t key[KEY_LEN])
{
	memcpy(key, ep->addr, sizeof ep->addr);
	memcpy(key + sizeof ep->addr, &ep->scope, sizeof ep->scope);
}

static void
answer(const asker *a, tl_span key)
{
	tl_endpoint ep = { 0 };
	char name[NAMES_LENGTH_MAX + 1];
	bool failed = false;

	memcpy(ep.addr, key.ptr, sizeof ep.addr);
	memcpy(&ep.scope, key.ptr + sizeof ep.addr, sizeof ep.scope);
	bool found = a->resolve(&ep, name, &failed) && is_name(name);
	int64_t now_ns = tl_now_monotonic_ns();
	if (failed)
		answers_fail(a->known, key, now_ns);
	else
		answers_put(a->known, key,
		    (tl_span){ (const uint8_t *)name, found ? strlen(name) : 0 }, now_ns);
}

static void *
run(void *arg)
{
	asker *a = arg;
	uint8_t key[ANSWERS_KEY_MAX];
	size_t len;

	while (answers_next(a->known, key, &len))
		answer(a, (tl_span){ key, len });
	answers_drop(a->known);
	free(a);
	return NULL;
}

static bool
start(answers *known, names_resolve *resolve)
{
	asker *a = malloc(sizeof *a);
	pthread_t thread;

	if (a == NULL)
		return false;
	*a = (asker){ answers_hold(known), resolve };
	if (pthread_create(&thread, NULL, run, a) == 0) {
		pthread_detach(thread);
		return true;
	}
	answers_drop(known);
	free(a);
	return false;
}

names *
names_new(const tl_conf_reverse_dns *conf, uint64_t seed, names_resolve *resolve)
{
	names *n = calloc(1, sizeof *n);
	bool runs = false;

	if (n == NULL)
		return NULL;
	n->known = answers_new(&(answers_options){ .entries = (uint32_t)conf->entries,
	    .bytes = (size_t)conf->entries * ENTRY_BYTES,
	    .waiting = NAMES_WAITING_MAX,
	    .ttl_ns = conf->ttl_ns,
	    .failed_ttl_ns = conf->failed_ttl_ns,
	    .seed = seed });
	for (int i = 0; n->known != NULL && i < THREADS; i++)
		runs |= start(n->known, resolve != NULL ? resolve : system_resolve);
	if (runs)
		return n;
	names_free(n);
	return NULL;
}

void
names_free(names *n)
{
	if (n != NULL && n->known != NULL) {
		answers_close(n->known);
		answers_drop(n->known);
	}
	free(n);
}

void
names_judge(names *n, event *ev)
{
	uint8_t key[KEY_LEN];

	if (ev->n == NULL)
		return;
	put_key(&ev->device, key);
	ev->j.device_name =
	    answers_find(n->known, (tl_span){ key, sizeof key }, ev->now_ns, ev->arena);
	if (ev->j.device_name.len > 0)
		ev->j.device = &ev->device;
}

answers_counters
names_count(names *n)
{
	return answers_count(n->known);
}
