/* receiver/rx_open.c: opening and closing the sockets of a receiver. */
#include "receiver/rx_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static bool
set_option(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/* What must be there; the rest is as good as the kernel makes it. */
static bool
set_options(int fd, int family)
{
	(void)set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	(void)set_option(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
	if (family == AF_INET)
		return set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
	return set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
	       set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

/* What the kernel counts, which is twice what was granted. */
static size_t
receive_buffer(int fd)
{
	int bytes = 0;
	socklen_t len = sizeof bytes;

	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &len) != 0 || bytes < 0)
		return 0;
	return (size_t)bytes;
}

/* As much as is allowed of |wanted|; returns what that is, as above. */
static size_t
set_receive_buffer(int fd, size_t wanted)
{
	int bytes = wanted > INT_MAX / 2 ? INT_MAX / 2 : (int)wanted;

	if (!set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes))
		(void)set_option(fd, SOL_SOCKET, SO_RCVBUF, bytes);
	return receive_buffer(fd);
}

static tl_rx_header
header(int level, int type, size_t data_len)
{
	return (tl_rx_header){ .len = CMSG_LEN(data_len), .level = level, .type = type };
}

static void
expect_controls(tl_rx_socket *s)
{
	size_t to_len = sizeof(struct in_pktinfo);

	s->usual_time = header(SOL_SOCKET, SCM_TIMESTAMPNS, sizeof(struct timespec));
	s->usual_to = header(IPPROTO_IP, IP_PKTINFO, to_len);
	if (s->family == AF_INET6) {
		to_len = sizeof(struct in6_pktinfo);
		s->usual_to = header(IPPROTO_IPV6, IPV6_PKTINFO, to_len);
	}
	s->usual_len = CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(to_len);
}

static bool
share(int fd)
{
	return set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
}

/* For a port 0 the kernel takes one of another who shares it, too, unless the socket does
 * not until it is bound. */
static bool
bind_socket(int fd, const tl_sockaddr *sa, socklen_t len, tl_rx_sharing sharing)
{
	if (sharing == TL_RX_SHARED && !share(fd))
		return false;
	if (bind(fd, &sa->any, len) != 0)
		return false;
	return sharing != TL_RX_FIRST || share(fd);
}

tl_err
tl_rx_socket_open(
    const tl_sockaddr *sa, const tl_rx_socket_options *opt, tl_rx_socket *out)
{
	int family = sa->any.sa_family;
	socklen_t len = family == AF_INET ? sizeof sa->v4 : sizeof sa->v6;
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
	tl_sockaddr local = { 0 };

	if (fd < 0)
		return TL_EIO;
	*out = (tl_rx_socket){ .fd = fd, .family = family, .tag = opt->tag };
	expect_controls(out);
	if (set_options(fd, family)) {
		out->rcvbuf_bytes = set_receive_buffer(fd, opt->rcvbuf_bytes);
		if (bind_socket(fd, sa, len, opt->sharing) &&
		    getsockname(fd, &local.any, &len) == 0) {
			out->local = tl_endpoint_of(&local);
			return TL_OK;
		}
	}
	int saved = errno;
	(void)close(fd);
	errno = saved;
	return TL_EIO;
}

tl_err
tl_rx_socket_adopt(int fd, const tl_rx_socket_options *opt, tl_rx_socket *out)
{
	tl_sockaddr local = { 0 };
	socklen_t len = sizeof local;
	int type = 0, flags = fcntl(fd, F_GETFL);
	socklen_t type_len = sizeof type;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) != 0 ||
	    getsockname(fd, &local.any, &len) != 0)
		return TL_EIO;
	int family = local.any.sa_family;
	if (type != SOCK_DGRAM || (family != AF_INET && family != AF_INET6))
		return TL_EFORMAT;
	(void)set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	(void)set_option(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
	if (!set_option(fd, family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
		family == AF_INET ? IP_PKTINFO : IPV6_RECVPKTINFO, 1))
		return TL_EIO;
	*out = (tl_rx_socket){ .fd = fd, .family = family, .tag = opt->tag };
	expect_controls(out);
	/* Who opened it may have had the right to more than we can have. */
	out->rcvbuf_bytes = receive_buffer(fd);
	if (out->rcvbuf_bytes / 2 < opt->rcvbuf_bytes)
		out->rcvbuf_bytes = set_receive_buffer(fd, opt->rcvbuf_bytes);
	out->local = tl_endpoint_of(&local);
	return TL_OK;
}

tl_err
tl_rx_add_socket(tl_rx *rx, const tl_rx_socket *s)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = rx->count };
	tl_rx_socket *grown;

	if (epoll_ctl(rx->epoll, EPOLL_CTL_ADD, s->fd, &ev) != 0)
		return TL_EIO;
	grown = realloc(rx->sockets, (rx->count + 1) * sizeof *grown);
	if (grown == NULL)
		return TL_ENOMEM;
	rx->sockets = grown;
	rx->sockets[rx->count++] = *s;
	return TL_OK;
}

/* Opens each of |list|. A family or an address that this host does not have is left out
 * as long as another one opens: "udp:1162" on a host without IPv6. */
static tl_err
open_each(tl_rx *rx, const tl_sockaddr *list, size_t count, size_t rcvbuf_bytes)
{
	tl_rx_socket_options opt = { .rcvbuf_bytes = rcvbuf_bytes };
	unsigned before = rx->count;
	tl_err err = TL_OK, absent = TL_OK;
	int absent_errno = 0;

	for (size_t i = 0; i < count; i++) {
		tl_rx_socket s;
		err = tl_rx_socket_open(&list[i], &opt, &s);
		if (err != TL_OK && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
			absent = err;
			absent_errno = errno;
			continue;
		}
		if (err != TL_OK)
			return err;
		err = tl_rx_add_socket(rx, &s);
		if (err != TL_OK) {
			(void)close(s.fd);
			return err;
		}
	}
	if (rx->count > before)
		return TL_OK;
	errno = absent_errno;
	return absent;
}

static tl_err
open_spec(tl_rx *rx, const char *text, size_t rcvbuf_bytes)
{
	tl_listen_spec spec;
	tl_sockaddr *list = NULL;
	size_t count = 0;
	tl_err err = tl_listen_parse(text, &spec);

	if (err == TL_OK)
		err = tl_listen_resolve(&spec, &list, &count);
	if (err == TL_OK)
		err = open_each(rx, list, count, rcvbuf_bytes);
	free(list);
	return err;
}

/* Points every header at its memory, once: later only the fields that the kernel changes
 * are set again. */
static void
init_messages(tl_rx_messages *m)
{
	for (unsigned i = 0; i < TL_RX_BATCH; i++)
		m->msg[i].msg_hdr = (struct msghdr){
			.msg_name = &m->name[i],
			.msg_namelen = sizeof m->name[i],
			.msg_iov = &m->iov[i],
			.msg_iovlen = 1,
			.msg_control = &m->control[i],
			.msg_controllen = RX_CONTROL,
		};
}

tl_err
tl_rx_new(tl_rx **out)
{
	tl_rx *rx = calloc(1, sizeof *rx);

	if (rx == NULL)
		return TL_ENOMEM;
	rx->buffers = malloc((size_t)TL_RX_BATCH * RX_STRIDE);
	rx->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (rx->buffers == NULL || rx->epoll < 0) {
		tl_err err = rx->buffers == NULL ? TL_ENOMEM : TL_EIO;
		tl_rx_close(rx);
		return err;
	}
	init_messages(&rx->in);
	init_messages(&rx->out);
	for (unsigned i = 0; i < TL_RX_BATCH; i++)
		rx->in.iov[i] = (struct iovec){
			.iov_base = rx->buffers + (size_t)i * RX_STRIDE,
			.iov_len = RX_BUFFER,
		};
	*out = rx;
	return TL_OK;
}

tl_err
tl_rx_open(const char *const *listen, size_t rcvbuf_bytes, tl_rx **out, size_t *bad)
{
	tl_rx *rx;
	tl_err err = tl_rx_new(&rx);

	*bad = 0;
	if (err != TL_OK)
		return err;
	for (size_t i = 0; listen[i] != NULL; i++) {
		*bad = i;
		err = open_spec(
		    rx, listen[i], rcvbuf_bytes > 0 ? rcvbuf_bytes : RX_RCVBUF_DEFAULT);
		if (err != TL_OK) {
			tl_rx_close(rx);
			return err;
		}
	}
	*out = rx;
	return TL_OK;
}

void
tl_rx_close(tl_rx *rx)
{
	int saved = errno;

	if (rx == NULL)
		return;
	for (unsigned i = 0; i < rx->count; i++)
		(void)close(rx->sockets[i].fd);
	if (rx->epoll >= 0)
		(void)close(rx->epoll);
	free(rx->sockets);
	free(rx->buffers);
	free(rx);
	errno = saved;
}

tl_err
tl_rx_watch(tl_rx *rx, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = RX_WATCHED };

	return epoll_ctl(rx->epoll, EPOLL_CTL_ADD, fd, &ev) == 0 ? TL_OK : TL_EIO;
}
