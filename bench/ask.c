/* bench/ask.c: a closed loop: sends the inform in FILE to PORT with a new request-id
 * each, OUTSTANDING at a time, until COUNT are answered. Prints answers a second and the
 * latencies p50, p99 and p99.9 in microseconds. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, SIZE = 2048, MARK = 0x40000000 };

static uint8_t inform[SIZE];
static size_t inform_len, id_at;
static uint8_t out[BATCH][SIZE], in[BATCH][SIZE];
static struct mmsghdr out_msg[BATCH], in_msg[BATCH];
static struct iovec out_iov[BATCH], in_iov[BATCH];

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The request-id is the first INTEGER of four bytes in the PDU (tag a6 or, in an answer,
 * a2). */
static size_t
find_id(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i + 8 < len; i++)
		if (p[i] == 0x02 && p[i + 1] == 0x04)
			return i + 2;
	exit(1);
}

static int
order(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
load(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (f == NULL || (inform_len = fread(inform, 1, SIZE, f)) == 0)
		exit(1);
	fclose(f);
	id_at = find_id(inform, inform_len);
	for (int i = 0; i < BATCH; i++) {
		memcpy(out[i], inform, inform_len);
		out_iov[i] = (struct iovec){ out[i], inform_len };
		in_iov[i] = (struct iovec){ in[i], SIZE };
		out_msg[i].msg_hdr =
		    (struct msghdr){ .msg_iov = &out_iov[i], .msg_iovlen = 1 };
		in_msg[i].msg_hdr =
		    (struct msghdr){ .msg_iov = &in_iov[i], .msg_iovlen = 1 };
	}
}

/* Sends informs |from| and up to |to|, noting when. */
static uint32_t
ask(int fd, uint32_t from, uint32_t to, int64_t *sent_ns)
{
	unsigned n = to - from < BATCH ? to - from : BATCH;

	for (unsigned i = 0; i < n; i++) {
		uint32_t id = htonl(MARK + from + i);
		memcpy(out[i] + id_at, &id, sizeof id);
		sent_ns[from + i] = now_ns();
	}
	int done = sendmmsg(fd, out_msg, n, 0);
	return from + (done > 0 ? (uint32_t)done : 0);
}

/* Takes what answers are there; turns the times of sending into latencies. */
static uint32_t
hear(int fd, uint32_t count, int64_t *times)
{
	int n = recvmmsg(fd, in_msg, BATCH, MSG_WAITFORONE, NULL);

	for (int i = 0; i < n; i++) {
		uint32_t id;
		memcpy(&id, in[i] + find_id(in[i], in_msg[i].msg_len), sizeof id);
		id = ntohl(id) - MARK;
		if (id < count)
			times[id] = now_ns() - times[id];
	}
	return n > 0 ? (uint32_t)n : 0;
}

int
main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	uint32_t count = (uint32_t)strtoul(argv[2], NULL, 10), sent = 0, heard = 0;
	uint32_t outstanding = (uint32_t)strtoul(argv[3], NULL, 10);
	int64_t *times = calloc(count, sizeof *times);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	load(argv[4]);
	if (times == NULL || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		return 1;
	int64_t start = now_ns();
	while (heard < count) {
		uint32_t most = heard + outstanding < count ? heard + outstanding : count;
		if (sent < most)
			sent = ask(fd, sent, most, times);
		heard += hear(fd, count, times);
	}
	double seconds = (double)(now_ns() - start) * 1e-9;
	qsort(times, count, sizeof *times, order);
	printf("%.0f %.0f %.0f %.0f\n", count / seconds, (double)times[count / 2] / 1e3,
	    (double)times[count / 100 * 99] / 1e3,
	    (double)times[count / 1000 * 999] / 1e3);
	free(times);
	return 0;
}
