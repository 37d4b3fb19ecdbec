/* bench/send.c: the machine's limit of sending: a sendmmsg loop that does nothing else.
 * Sends the datagram in FILE to PORT on loopback, 64 in a call, for SECONDS. Prints
 * datagrams a second. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, SIZE = 65536 };

static uint8_t message[SIZE];
static struct mmsghdr msg[BATCH];
static struct iovec iov[BATCH];

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t
load(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t len = f != NULL ? fread(message, 1, SIZE, f) : 0;

	if (f != NULL)
		fclose(f);
	return len;
}

int
main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtol(argv[1], NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	double seconds = strtod(argv[2], NULL);
	size_t len = load(argv[3]);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	long sent = 0;

	if (len == 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		return 1;
	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ message, len };
		msg[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	double start = now_s(), now = start;
	for (; now < start + seconds; now = now_s()) {
		int n = sendmmsg(fd, msg, BATCH, 0);
		if (n > 0)
			sent += n;
	}
	printf("%.0f\n", (double)sent / (now - start));
	return 0;
}
