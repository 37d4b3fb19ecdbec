/* bench/flood.c: PORT COUNT RATE FILE [framed [SOURCES]]: sends COUNT datagrams to PORT
 * on loopback, copies of the one in FILE (or, framed, of several messages in it, each
 * behind its length in two bytes), RATE a second (0: as fast as can be), by turns from
 * SOURCES addresses, 127.1.0.0 and on. Prints what was sent. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, FIRST_SOURCE = 0x7f010000 };

static struct mmsghdr msg[BATCH];
static struct iovec iov[BATCH];
static union {
	struct cmsghdr head;
	uint8_t room[CMSG_SPACE(sizeof(struct in_pktinfo))];
} control[BATCH];

typedef struct messages {
	uint8_t *bytes;
	size_t len, at;
	int framed; /* several, each behind its length */
} messages;

static messages
load(const char *path, int framed)
{
	FILE *f = fopen(path, "rb");
	messages m = { .framed = framed };

	if (f == NULL)
		exit(1);
	fseek(f, 0, SEEK_END);
	m.len = (size_t)ftell(f);
	rewind(f);
	m.bytes = malloc(m.len);
	if (m.bytes == NULL || fread(m.bytes, 1, m.len, f) != m.len)
		exit(1);
	fclose(f);
	return m;
}

static struct iovec
next(messages *m)
{
	if (!m->framed)
		return (struct iovec){ m->bytes, m->len };
	if (m->at + 2 > m->len)
		m->at = 0;
	size_t len = (size_t)m->bytes[m->at] << 8 | m->bytes[m->at + 1];
	struct iovec v = { m->bytes + m->at + 2, len };
	m->at += 2 + len;
	return v;
}

/* Lets message |i| come from |address|. */
static void
set_source(unsigned i, uint32_t address)
{
	struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl(address) };
	struct msghdr *h = &msg[i].msg_hdr;

	control[i].head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof info),
		.cmsg_level = IPPROTO_IP,
		.cmsg_type = IP_PKTINFO };
	memcpy(CMSG_DATA(&control[i].head), &info, sizeof info);
	h->msg_control = &control[i];
	h->msg_controllen = sizeof control[i];
}

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void
pace(double due_s)
{
	double wait = due_s - now_s();

	if (wait > 0) {
		struct timespec t = { (time_t)wait,
			(long)((wait - (double)(time_t)wait) * 1e9) };
		nanosleep(&t, NULL);
	}
}

int
main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long count = strtol(argv[2], NULL, 10), sent = 0;
	double rate = strtod(argv[3], NULL);
	long sources = argc > 6 ? strtol(argv[6], NULL, 10) : 1;
	messages m = load(argv[4], argc > 5 && strcmp(argv[5], "framed") == 0);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		return 1;
	double start = now_s();
	while (sent < count) {
		/* at a rate, small bunches: a batch at once is a burst of its own */
		long most = rate > 0 && rate < 200000 ? 8 : BATCH;
		unsigned n = (unsigned)(count - sent < most ? count - sent : most);
		for (unsigned i = 0; i < n; i++) {
			iov[i] = next(&m);
			msg[i].msg_hdr =
			    (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
			if (sources > 1)
				set_source(
				    i, FIRST_SOURCE + (uint32_t)((sent + i) % sources));
		}
		if (rate > 0)
			pace(start + (double)sent / rate);
		int done = sendmmsg(fd, msg, n, 0);
		if (done > 0)
			sent += done;
	}
	printf("%ld %.3f\n", sent, now_s() - start);
	free(m.bytes);
	return 0;
}
