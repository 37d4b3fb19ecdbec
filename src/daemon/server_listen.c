/* daemon/server_listen.c: the sockets of `trapline run`: those of the configuration, and
 * those of the service manager. For server_start() and for a reload. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/server.h"

enum { RCVBUF_SMALL = 1 << 20 };

/* A sentence for the commonest troubles of a new user. */
static const char *
socket_advice(int error)
{
	if (error == EADDRINUSE)
		return ": somebody listens there already (see 'ss -lunp'), or choose "
		       "another port";
	if (error == EACCES)
		return ": ports below 1024 need root or CAP_NET_BIND_SERVICE";
	return "";
}

static bool
open_group(server *s, tl_rx_group *g, tl_rx **rx)
{
	size_t bad = 0;
	tl_err err = tl_rx_open_group(g, rx, &bad);

	if (err == TL_OK)
		return true;
	int error = err == TL_EIO ? errno : 0;
	server_say(s, TL_LOG_ERROR, "%s: %s%s", g->listen[bad],
	    err == TL_EIO ? strerror(error) : tl_err_text(err), socket_advice(error));
	errno = error;
	return false;
}

bool
listeners_move(listeners *l, listener *from)
{
	listener *at = realloc(l->at, (l->count + 1) * sizeof *at);

	if (at == NULL)
		return false;
	l->at = at;
	l->at[l->count++] = *from;
	*from = (listener){ 0 };
	return true;
}

unsigned
listeners_add(listeners *l, const char *text)
{
	listener new = { .text = strdup(text), .tag = l->next_tag + 1 };

	if (new.text == NULL || !listeners_move(l, &new)) {
		free(new.text);
		return 0;
	}
	return ++l->next_tag;
}

void
listener_fini(listener *l)
{
	free(l->text);
	tl_vec_free(&l->sockets);
}

void
listeners_fini(listeners *l)
{
	for (size_t i = 0; i < l->count; i++)
		listener_fini(&l->at[i]);
	free(l->at);
	*l = (listeners){ 0 };
}

/* That a socket of |tag| is at |ep|; without memory it is not shown. */
static void
note_socket(listeners *l, unsigned tag, const tl_endpoint *ep)
{
	for (size_t i = 0; i < l->count; i++) {
		if (l->at[i].tag != tag)
			continue;
		tl_endpoint *to = tl_vec_grow(&l->at[i].sockets, sizeof *to, 1);
		if (to != NULL)
			*to = *ep;
	}
}

/* Whether |text| asks for any IPv6 address, as the default does, on a host without. */
static bool
lacks_ipv6(const char *text)
{
	const char *const probe[] = { text, NULL };
	unsigned tag = 0;
	tl_rx *rx;
	size_t bad;
	tl_rx_group g = { .listen = probe, .tags = &tag, .count = 1 };

	if (strstr(text, "[::]") == NULL)
		return false;
	tl_err err = tl_rx_open_group(&g, &rx, &bad);
	if (err == TL_OK)
		tl_rx_close(rx);
	return err == TL_EIO && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL);
}

static bool
has_listener(const listeners *l, const char *text)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->at[i].text, text) == 0)
			return true;
	return false;
}

bool
server_open_new(
    server *s, const tl_conf *conf, listeners *new, tl_rx_group *g, tl_rx **rx)
{
	const tl_conf_texts *texts = &conf->listen;
	const char **listen = calloc(texts->count + 1, sizeof *listen);
	unsigned *tags = calloc(texts->count + 1, sizeof *tags);
	size_t count = 0;
	bool good = listen != NULL && tags != NULL;

	(void)server_failed(s, good ? TL_OK : TL_ENOMEM, "memory");
	for (size_t i = 0; good && i < texts->count; i++) {
		if (has_listener(&s->listeners, texts->at[i]))
			continue;
		if (texts->count > 1 && lacks_ipv6(texts->at[i])) {
			server_say(s, TL_LOG_WARNING, "%s: no IPv6 on this machine",
			    texts->at[i]);
			continue;
		}
		listen[count] = texts->at[i];
		tags[count] = listeners_add(new, texts->at[i]);
		good = !server_failed(s, tags[count] != 0 ? TL_OK : TL_ENOMEM, "memory");
		count++;
	}
	g->listen = listen;
	g->tags = tags;
	g->steered = true;
	if (good && count > 0)
		good = open_group(s, g, rx);
	free(listen);
	free(tags);
	return good;
}

static bool
adopt_sockets(server *s)
{
	tl_rx *rx;
	const char *const none[] = { NULL };
	tl_rx_group g = { .listen = none, .count = 1 };

	s->threads = 1;
	/* they are shown as of an address of their own, which no reload takes away */
	listener adopted = { .text = strdup("") };
	if (adopted.text == NULL || !listeners_move(&s->listeners, &adopted)) {
		listener_fini(&adopted);
		return !server_failed(s, TL_ENOMEM, "memory");
	}
	if (!open_group(s, &g, &rx))
		return false;
	s->rx[0] = rx;
	for (unsigned i = 0; i < s->inherited; i++)
		if (server_failed(s,
			tl_rx_adopt(rx, 3 + (int)i,
			    (size_t)s->conf->conf->receive_buffer_bytes, 0),
			"a socket of the service manager"))
			return false;
	server_say(s, TL_LOG_INFO,
	    "receiving from the sockets of the service manager, with one thread; "
	    "'listen' is not looked at");
	return true;
}

bool
server_listen(server *s)
{
	tl_rx_group g = { .rcvbuf_bytes = (size_t)s->conf->conf->receive_buffer_bytes,
		.count = s->threads,
		.alone = true };
	listeners new = { 0 };

	if (s->inherited > 0)
		return adopt_sockets(s);
	bool good = server_open_new(s, s->conf->conf, &new, &g, s->rx);
	s->listeners = new;
	if (!good || s->threads == 1 || g.steered)
		return good;
	server_say(s, TL_LOG_WARNING,
	    "the kernel does not let us steer by source: one thread receives");
	for (; s->threads > 1; s->threads--) {
		tl_rx_close(s->rx[s->threads - 1]);
		s->rx[s->threads - 1] = NULL;
	}
	return true;
}

/* One line a socket, once it can receive; then what the kernel gives. */
void
server_announce(server *s, const tl_rx *rx)
{
	char address[TL_ADDRESS_TEXT_MAX];
	size_t least = SIZE_MAX;

	for (unsigned i = 0; i < tl_rx_count(rx); i++) {
		tl_endpoint ep = tl_rx_local(rx, i);
		size_t granted = tl_rx_rcvbuf_bytes(rx, i);
		note_socket(&s->listeners, tl_rx_tag(rx, i), &ep);
		tl_address_text(&ep, address);
		bool v6 = strchr(address, ':') != NULL;
		server_say(s, TL_LOG_INFO, "listening udp %s%s%s:%u", v6 ? "[" : "",
		    address, v6 ? "]" : "", ep.port);
		least = granted < least ? granted : least;
	}
	server_say(s, TL_LOG_INFO, "receive buffer %zu KiB%s", least / 1024,
	    least >= RCVBUF_SMALL ? ""
				  : ": small for a trap storm; raise it with 'sysctl -w "
				    "net.core.rmem_max=67108864'");
}

void
server_note_own(server *s)
{
	tl_vec all = { 0 };
	bool good = true;

	for (size_t i = 0; i < s->listeners.count; i++) {
		const tl_vec *from = &s->listeners.at[i].sockets;
		tl_endpoint *to =
		    from->count > 0 ? tl_vec_grow(&all, sizeof *to, from->count) : NULL;
		if (to != NULL)
			memcpy(to, from->ptr, from->count * sizeof *to);
		good &= to != NULL || from->count == 0;
	}
	good &=
	    own_sockets_set(s->outlets.place.own, all.ptr, all.count, s->inherited > 0);
	(void)server_failed(s, good ? TL_OK : TL_ENOMEM, "memory");
	tl_vec_free(&all);
}
