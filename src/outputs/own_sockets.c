/* outputs/own_sockets.c: see own_sockets.h. The daemon's main thread sets them, at its
 * start and by a reload; outputs ask. */
#include "outputs/own_sockets.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "receiver/here.h"

struct own_sockets {
	pthread_mutex_t lock; /* of what follows */
	tl_endpoint *at;
	size_t count;
	bool both;
};

own_sockets *
own_sockets_new(void)
{
	own_sockets *o = calloc(1, sizeof *o);

	if (o != NULL)
		pthread_mutex_init(&o->lock, NULL);
	return o;
}

void
own_sockets_free(own_sockets *o)
{
	if (o == NULL)
		return;
	pthread_mutex_destroy(&o->lock);
	free(o->at);
	free(o);
}

bool
own_sockets_set(own_sockets *o, const tl_endpoint *at, size_t count, bool both)
{
	tl_endpoint *copy = calloc(count + 1, sizeof *copy), *old;

	if (copy == NULL)
		return false;
	if (count > 0)
		memcpy(copy, at, count * sizeof *copy);
	pthread_mutex_lock(&o->lock);
	old = o->at;
	o->at = copy;
	o->count = count;
	o->both = both;
	pthread_mutex_unlock(&o->lock);
	free(old);
	return true;
}

bool
own_sockets_receive(own_sockets *o, const tl_endpoint *to)
{
	bool found = false;

	pthread_mutex_lock(&o->lock);
	for (size_t i = 0; i < o->count && !found; i++)
		found = tl_endpoint_receives(&o->at[i], o->both, to);
	pthread_mutex_unlock(&o->lock);
	return found;
}
