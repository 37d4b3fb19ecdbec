/* receiver/rx_group.c: sockets that share an address, steered by sender; see rx_group.h.
 * Called by the daemon's main thread at start and when the configuration is read again.
 */
#include "receiver/rx_group.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "receiver/rx_socket.h"

/* Fibonacci hashing: the high half of the product depends on all bits of the address. */
#define HASH_FACTOR 0x9e3779b1u

enum { V4_SOURCE = 12, V6_SOURCE = 8, PROGRAM_MAX = 24 };

typedef struct program {
	struct sock_filter code[PROGRAM_MAX];
	unsigned short len;
} program;

static void
emit(program *p, unsigned code, uint32_t k)
{
	p->code[p->len++] = (struct sock_filter){ (unsigned short)code, 0, 0, k };
}

/* Loads a word of the network header, which lies before the data that the program sees.
 */
static void
load(program *p, uint32_t offset)
{
	emit(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)SKF_NET_OFF + offset);
}

/* A = hash of the sender's address modulo |count|: the socket's place among those that
 * share the address, in the order in which they were bound. */
static void
write_program(program *p, int family, unsigned count)
{
	p->len = 0;
	load(p, family == AF_INET ? V4_SOURCE : V6_SOURCE);
	for (uint32_t word = 1; family == AF_INET6 && word < 4; word++) {
		emit(p, BPF_MISC | BPF_TAX, 0);
		load(p, V6_SOURCE + 4 * word);
		emit(p, BPF_ALU | BPF_XOR | BPF_X, 0);
	}
	emit(p, BPF_ALU | BPF_MUL | BPF_K, HASH_FACTOR);
	emit(p, BPF_ALU | BPF_RSH | BPF_K, 16);
	emit(p, BPF_ALU | BPF_MOD | BPF_K, count);
	emit(p, BPF_RET | BPF_A, 0);
}

static bool
steer(const tl_rx_socket *s, unsigned count)
{
	program p;

	write_program(&p, s->family, count);
	struct sock_fprog prog = { .len = p.len, .filter = p.code };
	return setsockopt(
		   s->fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog, sizeof prog) == 0;
}

static void
set_port(tl_sockaddr *sa, uint16_t port)
{
	if (sa->any.sa_family == AF_INET)
		sa->v4.sin_port = htons(port);
	else
		sa->v6.sin6_port = htons(port);
}

static bool
is_chosen_by_kernel(const tl_sockaddr *sa)
{
	return (sa->any.sa_family == AF_INET ? sa->v4.sin_port : sa->v6.sin6_port) == 0;
}

/* One address: a socket for each receiver. The program can be there once the second has
 * joined: one alone, which was bound when it shared nothing, is no group yet. */
static tl_err
open_address(tl_rx_group *g, tl_sockaddr sa, unsigned tag, tl_rx **rx)
{
	tl_rx_socket_options opt = { .sharing = TL_RX_SHARED, .tag = tag };
	tl_err err = TL_OK;

	if (g->alone || is_chosen_by_kernel(&sa))
		opt.sharing = TL_RX_FIRST;
	opt.rcvbuf_bytes = g->rcvbuf_bytes > 0 ? g->rcvbuf_bytes : RX_RCVBUF_DEFAULT;
	for (unsigned i = 0; i < g->count && err == TL_OK; i++) {
		tl_rx_socket s;
		err = tl_rx_socket_open(&sa, &opt, &s);
		if (err != TL_OK)
			break;
		if (i == 1)
			g->steered = steer(&s, g->count) && g->steered;
		set_port(&sa, s.local.port);
		opt.sharing = TL_RX_SHARED;
		err = tl_rx_add_socket(rx[i], &s);
		if (err != TL_OK)
			(void)close(s.fd);
	}
	return err;
}

/* All addresses of one text; one that this host does not have is left out as long as
 * another one opens. */
static tl_err
open_spec(tl_rx_group *g, size_t at, tl_rx **rx)
{
	tl_listen_spec spec;
	tl_sockaddr *list = NULL;
	size_t count = 0, opened = 0;
	tl_err absent = TL_OK;
	int absent_errno = 0;
	tl_err err = tl_listen_parse(g->listen[at], &spec);

	if (err == TL_OK)
		err = tl_listen_resolve(&spec, &list, &count);
	for (size_t i = 0; i < count && err == TL_OK; i++) {
		err = open_address(g, list[i], g->tags[at], rx);
		opened += err == TL_OK;
		if (err == TL_EIO && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
			absent = err;
			absent_errno = errno;
			err = TL_OK;
		}
	}
	free(list);
	if (err != TL_OK || opened > 0)
		return err;
	errno = absent_errno;
	return absent;
}

static void
close_all(tl_rx **rx, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		tl_rx_close(rx[i]);
		rx[i] = NULL;
	}
}

tl_err
tl_rx_open_group(tl_rx_group *g, tl_rx **out, size_t *bad)
{
	tl_err err = TL_OK;

	*bad = 0;
	g->steered = true;
	for (unsigned i = 0; i < g->count; i++)
		out[i] = NULL;
	for (unsigned i = 0; i < g->count && err == TL_OK; i++)
		err = tl_rx_new(&out[i]);
	for (size_t i = 0; err == TL_OK && g->listen[i] != NULL; i++) {
		*bad = i;
		err = open_spec(g, i, out);
	}
	if (err != TL_OK)
		close_all(out, g->count);
	return err;
}

tl_err
tl_rx_adopt(tl_rx *rx, int fd, size_t rcvbuf_bytes, unsigned tag)
{
	tl_rx_socket_options opt = { .tag = tag };
	tl_rx_socket s;

	opt.rcvbuf_bytes = rcvbuf_bytes > 0 ? rcvbuf_bytes : RX_RCVBUF_DEFAULT;
	tl_err err = tl_rx_socket_adopt(fd, &opt, &s);
	return err == TL_OK ? tl_rx_add_socket(rx, &s) : err;
}

unsigned
tl_rx_tag(const tl_rx *rx, unsigned socket)
{
	return rx->sockets[socket].tag;
}

static bool
is_among(unsigned tag, const unsigned *keep, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (keep[i] == tag)
			return true;
	return false;
}

/* Takes all sockets that are not |keep|'s over to |to|; those that stay move up. */
static tl_err
move(tl_rx *from, tl_rx *to, const unsigned *keep, size_t count)
{
	unsigned stay = 0;
	tl_err err = TL_OK;

	for (unsigned i = 0; i < from->count; i++) {
		tl_rx_socket *s = &from->sockets[i];
		struct epoll_event ev = { .events = EPOLLIN, .data.u32 = stay };
		if (is_among(s->tag, keep, count)) {
			from->sockets[stay++] = *s;
			(void)epoll_ctl(from->epoll, EPOLL_CTL_MOD, s->fd, &ev);
			continue;
		}
		(void)epoll_ctl(from->epoll, EPOLL_CTL_DEL, s->fd, &ev);
		if (tl_rx_add_socket(to, s) != TL_OK) {
			(void)close(s->fd);
			err = TL_EIO;
		}
	}
	from->count = stay;
	from->turn = 0;
	return err;
}

tl_err
tl_rx_join(tl_rx *to, tl_rx *from)
{
	tl_err err = move(from, to, NULL, 0);

	tl_rx_close(from);
	return err;
}

tl_err
tl_rx_split(tl_rx *rx, const unsigned *keep, size_t count, tl_rx **out)
{
	bool any = false;

	*out = NULL;
	for (unsigned i = 0; i < rx->count; i++)
		any = any || !is_among(rx->sockets[i].tag, keep, count);
	if (!any)
		return TL_OK;
	tl_err err = tl_rx_new(out);
	return err == TL_OK ? move(rx, *out, keep, count) : err;
}

void
tl_rx_shut(tl_rx *rx)
{
	struct sock_filter nothing = { BPF_RET | BPF_K, 0, 0, 0 };
	struct sock_fprog prog = { .len = 1, .filter = &nothing };

	for (unsigned i = 0; i < rx->count; i++) {
		tl_rx_socket *s = &rx->sockets[i];
		(void)tl_rx_lost(rx, i);
		s->shut = setsockopt(s->fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			      sizeof prog) == 0;
	}
}
