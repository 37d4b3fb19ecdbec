/* outputs/forward_names.c: looks up the receivers' names, on a thread since a resolver
 * may take its time. The thread ends by itself after the output is gone. */
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "outputs/forward.h"
#include "receiver/address.h"
#include "sys/clock.h"
#include "sys/cond.h"

/* How often all is well, and at most. */
enum { AGAIN_S = 60, AGAIN_AT_MOST_S = 5 };

typedef struct name {
	char host[TL_HOST_MAX + 1];
	uint16_t port;
	bool numeric, tried, known;
	tl_endpoint at;
	const char *why;
} name;

struct forward_names {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* a name was tried, or it is the end */
	unsigned holders;
	bool end, hurry;
	size_t count;
	name names[FORWARD_TARGETS_MAX];
};

/* The first address of |host|, IPv4 before IPv6, since many receivers have no other. */
static bool
look_up(const name *n, int flags, tl_endpoint *out, const char **why)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = flags };
	struct addrinfo *list, *best = NULL;
	tl_sockaddr sa;
	int rc = getaddrinfo(n->host, NULL, &hints, &list);

	*why = rc == 0 ? "" : gai_strerror(rc);
	if (rc != 0)
		return false;
	for (struct addrinfo *ai = list; ai != NULL; ai = ai->ai_next)
		if ((ai->ai_family == AF_INET || ai->ai_family == AF_INET6) &&
		    (best == NULL ||
			(ai->ai_family == AF_INET && best->ai_family != AF_INET)))
			best = ai;
	if (best != NULL) {
		memcpy(&sa, best->ai_addr, best->ai_addrlen);
		*out = tl_endpoint_of(&sa);
		out->port = n->port;
	}
	freeaddrinfo(list);
	return best != NULL;
}

/* Gives one hold back; called with the lock held. */
static void
drop(forward_names *n)
{
	bool last = --n->holders == 0;

	pthread_mutex_unlock(&n->lock);
	if (!last)
		return;
	pthread_cond_destroy(&n->changed);
	pthread_mutex_destroy(&n->lock);
	free(n);
}

/* Tries all names once; true if one failed. An address stays until there is another. */
static bool
look_up_all(forward_names *n)
{
	bool failed = false;

	for (size_t i = 0; i < n->count && !n->end; i++) {
		name copy = n->names[i];
		if (copy.numeric)
			continue;
		pthread_mutex_unlock(&n->lock);
		tl_endpoint at;
		const char *why;
		bool known = look_up(&copy, 0, &at, &why);
		pthread_mutex_lock(&n->lock);
		name *to = &n->names[i];
		to->tried = true;
		to->why = why;
		if (known) {
			to->known = true;
			to->at = at;
		}
		failed |= !known;
		pthread_cond_broadcast(&n->changed);
	}
	return failed;
}

/* Waits until it is the end, or |seconds| are over, or |*hurry|. */
static void
wait_s(forward_names *n, int seconds, const bool *hurry)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	while (!n->end && !*hurry &&
	       pthread_cond_timedwait(&n->changed, &n->lock, &until) == 0) {
	}
}

static void *
run(void *context)
{
	forward_names *n = context;

	pthread_mutex_lock(&n->lock);
	while (!n->end) {
		n->hurry = look_up_all(n);
		wait_s(n, AGAIN_AT_MOST_S, &n->end);
		wait_s(n, AGAIN_S - AGAIN_AT_MOST_S, &n->hurry);
	}
	drop(n);
	return NULL;
}

static bool
start(forward_names *n)
{
	pthread_attr_t detached;
	pthread_t thread;

	n->holders = 2;
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	int rc = pthread_create(&thread, &detached, run, n);
	pthread_attr_destroy(&detached);
	if (rc != 0)
		n->holders = 1;
	return rc == 0;
}

/* Whether all are addresses: then nothing is to be looked up. */
static bool
take_numeric(forward_names *n)
{
	bool all = true;

	for (size_t i = 0; i < n->count; i++) {
		name *to = &n->names[i];
		to->numeric = look_up(to, AI_NUMERICHOST, &to->at, &to->why);
		to->known = to->tried = to->numeric;
		all &= to->numeric;
	}
	return all;
}

static name
name_of(const tl_conf_target *t)
{
	name n = { .port = t->port, .why = "" };

	memcpy(n.host, t->host, strnlen(t->host, TL_HOST_MAX));
	return n;
}

bool
forward_names_find(const tl_conf_target *t, tl_endpoint *out)
{
	const name n = name_of(t);
	const char *why;

	return look_up(&n, 0, out, &why);
}

forward_names *
forward_names_new(const tl_conf_targets *targets)
{
	forward_names *n = calloc(1, sizeof *n);

	if (n == NULL)
		return NULL;
	pthread_mutex_init(&n->lock, NULL);
	tl_cond_init(&n->changed);
	n->holders = 1;
	n->count = targets->count;
	for (size_t i = 0; i < n->count; i++)
		n->names[i] = name_of(&targets->at[i]);
	if (!take_numeric(n) && !start(n)) {
		forward_names_free(n);
		return NULL;
	}
	return n;
}

bool
forward_names_get(
    forward_names *n, size_t i, int wait_ms, tl_endpoint *out, const char **why)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	int64_t ns = until.tv_nsec + (int64_t)wait_ms * 1000000;
	until.tv_sec += (time_t)(ns / TL_NS_PER_S);
	until.tv_nsec = (long)(ns % TL_NS_PER_S);
	pthread_mutex_lock(&n->lock);
	while (!n->names[i].tried &&
	       pthread_cond_timedwait(&n->changed, &n->lock, &until) == 0) {
	}
	bool known = n->names[i].known;
	*out = n->names[i].at;
	*why = n->names[i].why;
	pthread_mutex_unlock(&n->lock);
	return known;
}

void
forward_names_again(forward_names *n)
{
	pthread_mutex_lock(&n->lock);
	n->hurry = true;
	pthread_cond_broadcast(&n->changed);
	pthread_mutex_unlock(&n->lock);
}

void
forward_names_free(forward_names *n)
{
	if (n == NULL)
		return;
	pthread_mutex_lock(&n->lock);
	n->end = true;
	pthread_cond_broadcast(&n->changed);
	drop(n);
}
