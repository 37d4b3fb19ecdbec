/* bench/bare.c: the machine's limit: a recvmmsg loop that does nothing else. Prints its
 * port, receives COUNT datagrams, prints the CPU nanoseconds that each cost. With "echo"
 * it sends every datagram back. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { BATCH = 64, BUFFER = 65536 + 192, RCVBUF = 64 << 20 };

static struct mmsghdr msg[BATCH];
static struct iovec iov[BATCH];
static struct sockaddr_in name[BATCH];

static double
cpu_ns(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e9 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e3;
}

static int
open_socket(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof sa;
	int fd = socket(AF_INET, SOCK_DGRAM, 0), bytes = RCVBUF;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	if (bind(fd, (struct sockaddr *)&sa, len) != 0 ||
	    getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
		exit(1);
	printf("%u\n", ntohs(sa.sin_port));
	fflush(stdout);
	return fd;
}

int
main(int argc, char **argv)
{
	long count = argc > 1 ? strtol(argv[1], NULL, 10) : 0, got = 0;
	int echo = argc > 2 && strcmp(argv[2], "echo") == 0;
	char *buffers = malloc((size_t)BATCH * BUFFER);
	int fd = open_socket();

	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ buffers + (size_t)i * BUFFER, BUFFER };
		msg[i].msg_hdr = (struct msghdr){
			.msg_name = &name[i], .msg_iov = &iov[i], .msg_iovlen = 1
		};
	}
	double from = cpu_ns();
	while (got < count) {
		for (int i = 0; i < BATCH; i++)
			msg[i].msg_hdr.msg_namelen = sizeof name[i];
		int n = recvmmsg(fd, msg, BATCH, MSG_WAITFORONE, NULL);
		if (n < 0)
			return 1;
		got += n;
		if (!echo)
			continue;
		for (int i = 0; i < n; i++)
			iov[i].iov_len = msg[i].msg_len;
		sendmmsg(fd, msg, (unsigned)n, 0);
		for (int i = 0; i < n; i++)
			iov[i].iov_len = BUFFER;
	}
	printf("%.0f\n", (cpu_ns() - from) / (double)count);
	free(buffers);
	return 0;
}
