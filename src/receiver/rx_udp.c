/* receiver/rx_udp.c: batches of datagrams in, answers out, losses counted. The spine of a
 * receiver calls tl_rx_recv() and tl_rx_send() in turns. */
#include "receiver/rx_socket.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <sys/epoll.h>

#include "sys/clock.h"

/* A datagram too long for its buffer comes with the buffer's length, which the engine
 * refuses as it is. */
_Static_assert(
    RX_BUFFER > TL_DATAGRAM_MAX, "a clipped datagram must be seen as too long");

/* Takes in the kernel's counter of drops, which wraps. A datagram carries the value of
 * when it was queued, which may be older than the last one seen. */
static void
see_drops(tl_rx_socket *s, uint32_t drops)
{
	int32_t ahead = (int32_t)(drops - s->drops);

	if (ahead > 0) {
		s->lost += (uint32_t)ahead;
		s->drops = drops;
	}
}

static inline void
see_time(const struct timespec *t, tl_datagram *d)
{
	d->realtime_ns = (int64_t)t->tv_sec * TL_NS_PER_S + t->tv_nsec;
}

/* Of a broadcast: the address of ours that it came to, from which we can answer. */
static inline void
see_to_v4(const struct in_pktinfo *info, tl_datagram *d)
{
	tl_endpoint_set_v4(&d->to, &info->ipi_spec_dst);
}

static inline void
see_to_v6(const struct in6_pktinfo *info, tl_datagram *d)
{
	memcpy(d->to.addr, &info->ipi6_addr, sizeof d->to.addr);
	d->to.scope = tl_v6_is_link_local(d->to.addr) ? info->ipi6_ifindex : 0;
}

/* Takes in one control message. */
static void
see_control(tl_rx_socket *s, const struct cmsghdr *c, const uint8_t *data, tl_datagram *d)
{
	if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
		struct timespec t;
		memcpy(&t, data, sizeof t);
		see_time(&t, d);
	} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
		uint32_t drops;
		memcpy(&drops, data, sizeof drops);
		see_drops(s, drops);
	} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		struct in_pktinfo info;
		memcpy(&info, data, sizeof info);
		see_to_v4(&info, d);
	} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
		struct in6_pktinfo info;
		memcpy(&info, data, sizeof info);
		see_to_v6(&info, d);
	}
}

/* Control messages of any kind and order. */
static void
see_each_control(tl_rx_socket *s, const struct msghdr *h, tl_datagram *d)
{
	const uint8_t *p = h->msg_control;
	size_t left = h->msg_controllen, step;
	struct cmsghdr c;

	d->to = s->local;
	d->realtime_ns = 0;
	for (; left >= sizeof c; p += step, left -= step) {
		memcpy(&c, p, sizeof c);
		step = CMSG_ALIGN(c.cmsg_len);
		if (step < sizeof c || step > left)
			break;
		see_control(s, &c, p + CMSG_LEN(0), d);
	}
	if (d->realtime_ns == 0)
		d->realtime_ns = tl_now_realtime_ns();
}

static inline bool
is_header(const tl_rx_header *a, const tl_rx_header *b)
{
	return a->len == b->len && a->level == b->level && a->type == b->type;
}

static inline void
see_controls(tl_rx_socket *s, const struct msghdr *h, tl_datagram *d)
{
	const tl_rx_usual *usual = h->msg_control;

	if (h->msg_controllen != s->usual_len ||
	    !is_header(&usual->time_header, &s->usual_time) ||
	    !is_header(&usual->to_header, &s->usual_to)) {
		see_each_control(s, h, d);
		return;
	}
	see_time(&usual->time, d);
	d->to.port = s->local.port;
	if (s->family == AF_INET)
		see_to_v4(&usual->to.v4, d);
	else
		see_to_v6(&usual->to.v6, d);
}

static inline void
see_sender(const tl_sockaddr *name, int family, tl_endpoint *from)
{
	if (family == AF_INET) {
		tl_endpoint_set_v4(from, &name->v4.sin_addr);
		from->port = ntohs(name->v4.sin_port);
		return;
	}
	memcpy(from->addr, &name->v6.sin6_addr, sizeof from->addr);
	from->scope = name->v6.sin6_scope_id; /* the kernel sets it for link-local ones */
	from->port = ntohs(name->v6.sin6_port);
}

/* Makes datagrams of the |b->n| messages that came, and the messages ready to be filled
 * again. */
static void
see_messages(tl_rx *rx, tl_rx_socket *s, tl_batch *b)
{
	int64_t monotonic_ns = tl_now_monotonic_ns();

	for (unsigned i = 0; i < b->n; i++) {
		struct mmsghdr *m = &rx->in.msg[i];
		tl_datagram *d = &b->in[i];

		d->bytes = (tl_span){ rx->in.iov[i].iov_base, m->msg_len };
		see_sender(&rx->in.name[i], s->family, &d->from);
		d->monotonic_ns = monotonic_ns;
		see_controls(s, &m->msg_hdr, d);
		b->reply[i] = (tl_span){ 0 };
		m->msg_hdr.msg_namelen = sizeof rx->in.name[i];
		m->msg_hdr.msg_controllen = RX_CONTROL;
	}
}

/* Errors of recvmmsg() that pass: nothing there, a signal, an ICMP answer to something
 * sent before, memory short for a moment. */
static bool
is_passing(int error)
{
	static const int passing[] = { EAGAIN, EINTR, ECONNREFUSED, EHOSTUNREACH,
		ENETUNREACH, EHOSTDOWN, ENETDOWN, ENONET, EPROTO, ENOPROTOOPT, EOPNOTSUPP,
		EMSGSIZE, EACCES, EPERM, ENOBUFS, ENOMEM };

	for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
		if (error == passing[i])
			return true;
	return false;
}

/* Takes what socket |i| has, up to a batch. */
static tl_err
receive_from(tl_rx *rx, unsigned i, tl_batch *b)
{
	tl_rx_socket *s = &rx->sockets[i];
	int n = recvmmsg(s->fd, rx->in.msg, TL_RX_BATCH, MSG_DONTWAIT, NULL);

	if (n < 0)
		return is_passing(errno) ? TL_OK : TL_EIO;
	b->n = (unsigned)n;
	b->socket = i;
	b->more = n == TL_RX_BATCH;
	see_messages(rx, s, b);
	return TL_OK;
}

/* Asks every socket once, beginning behind the one that had something last. */
static tl_err
receive_now(tl_rx *rx, tl_batch *b)
{
	tl_err err = TL_OK;

	for (unsigned tried = 0; tried < rx->count && b->n == 0 && err == TL_OK;
	     tried++) {
		err = receive_from(rx, rx->turn, b);
		rx->turn = rx->turn + 1 < rx->count ? rx->turn + 1 : 0;
	}
	return err;
}

tl_err
tl_rx_recv(tl_rx *rx, int timeout_ms, tl_batch *b)
{
	struct epoll_event ev;
	tl_err err;

	b->n = 0;
	b->more = false;
	err = receive_now(rx, b);
	/* a socket may be ready with nothing but a datagram of a wrong checksum */
	while (err == TL_OK && b->n == 0 && timeout_ms != 0) {
		int ready = epoll_wait(rx->epoll, &ev, 1, timeout_ms);
		if (ready < 0)
			return errno == EINTR ? TL_OK : TL_EIO;
		if (ready == 0 || ev.data.u32 == RX_WATCHED)
			return TL_OK;
		err = receive_from(rx, ev.data.u32, b);
	}
	return err;
}

/* Appends one control message with |data| to the message. */
static void
put_control(struct msghdr *h, int level, int type, tl_span data)
{
	struct cmsghdr c = {
		.cmsg_len = CMSG_LEN(data.len), .cmsg_level = level, .cmsg_type = type
	};

	memset(h->msg_control, 0, CMSG_SPACE(data.len));
	memcpy(h->msg_control, &c, sizeof c);
	memcpy((uint8_t *)h->msg_control + CMSG_LEN(0), data.ptr, data.len);
	h->msg_controllen = CMSG_SPACE(data.len);
}

/* Lets the answer leave from |to|. The interface is named only where the address needs
 * its zone: elsewhere it would bypass the routes. */
static void
put_source(struct msghdr *h, int family, const tl_endpoint *to)
{
	struct in_pktinfo v4 = { 0 };
	struct in6_pktinfo v6 = { .ipi6_ifindex = to->scope };

	h->msg_controllen = 0;
	if (family == AF_INET) {
		memcpy(&v4.ipi_spec_dst, to->addr + 12, 4);
		put_control(h, IPPROTO_IP, IP_PKTINFO,
		    (tl_span){ (const uint8_t *)&v4, sizeof v4 });
		return;
	}
	if (to->addr[0] != 0xff) /* of a multicast the kernel picks one of ours */
		memcpy(&v6.ipi6_addr, to->addr, sizeof to->addr);
	put_control(
	    h, IPPROTO_IPV6, IPV6_PKTINFO, (tl_span){ (const uint8_t *)&v6, sizeof v6 });
}

/* Makes message |at| the answer |reply| to |in|. */
static void
put_reply(tl_rx *rx, unsigned at, int family, const tl_datagram *in, tl_span reply)
{
	struct msghdr *h = &rx->out.msg[at].msg_hdr;

	h->msg_namelen = tl_endpoint_sockaddr(&in->from, family, &rx->out.name[at]);
	rx->out.iov[at] = (struct iovec){ (void *)(uintptr_t)reply.ptr, reply.len };
	put_source(h, family, &in->to);
}

void
tl_rx_send(tl_rx *rx, const tl_batch *b)
{
	unsigned count = 0, done = 0;
	tl_rx_socket *s;

	if (b->n == 0)
		return;
	s = &rx->sockets[b->socket];
	for (unsigned i = 0; i < b->n; i++)
		if (b->reply[i].len > 0)
			put_reply(rx, count++, s->family, &b->in[i], b->reply[i]);
	while (done < count) {
		int n = sendmmsg(s->fd, rx->out.msg + done, count - done, MSG_DONTWAIT);
		if (n > 0) {
			done += (unsigned)n;
		} else if (n == 0 || errno != EINTR) {
			rx->unsent++; /* this one; the next may go */
			done++;
		}
	}
}

tl_err
tl_rx_send_one(tl_rx *rx, unsigned socket, const tl_datagram *in, tl_span reply)
{
	tl_rx_socket *s = &rx->sockets[socket];
	ssize_t n;

	put_reply(rx, 0, s->family, in, reply);
	do
		n = sendmsg(s->fd, &rx->out.msg[0].msg_hdr, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n < 0 ? TL_EIO : TL_OK;
}

unsigned
tl_rx_count(const tl_rx *rx)
{
	return rx->count;
}

tl_endpoint
tl_rx_local(const tl_rx *rx, unsigned socket)
{
	return rx->sockets[socket].local;
}

size_t
tl_rx_rcvbuf_bytes(const tl_rx *rx, unsigned socket)
{
	return rx->sockets[socket].rcvbuf_bytes;
}

uint64_t
tl_rx_lost(tl_rx *rx, unsigned socket)
{
	tl_rx_socket *s = &rx->sockets[socket];
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof info;

	if (s->shut)
		return s->lost;
	if (getsockopt(s->fd, SOL_SOCKET, SO_MEMINFO, info, &len) == 0 &&
	    len > SK_MEMINFO_DROPS * sizeof info[0])
		see_drops(s, info[SK_MEMINFO_DROPS]);
	return s->lost;
}

uint64_t
tl_rx_unsent(const tl_rx *rx)
{
	return rx->unsent;
}

uint64_t
tl_rx_new_losses(tl_rx *rx, unsigned socket)
{
	tl_rx_socket *s = &rx->sockets[socket];
	uint64_t fresh = s->lost - s->told;

	s->told = s->lost;
	return fresh;
}

int
tl_rx_fd(const tl_rx *rx)
{
	return rx->epoll;
}
