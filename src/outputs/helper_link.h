/* outputs/helper_link.h: what helper.c and the process that it forks say to each other:
 * packets on sockets of their own, with a descriptor where one goes along. */
#ifndef OUTPUTS_HELPER_LINK_H
#define OUTPUTS_HELPER_LINK_H

#include <sys/types.h>

#include "outputs/helper.h"

/* What opens a client's way: the descriptor of its socket goes along; behind it the
 * command's words, each with a NUL. */
typedef struct helper_open {
	int64_t timeout_ns;
	uint32_t words, bytes;
} helper_open;

/* On a client's way: the descriptor of the standard input goes along. */
typedef struct helper_job {
	uint32_t ticket;
} helper_job;

/* Sends one packet with a descriptor. False: errno says why. */
bool link_send(int socket, const void *packet, size_t len, int fd);

/* Receives one, |*fd| is -1 if none came along. 0: the other end is closed; -1: errno. */
ssize_t link_receive(int socket, void *packet, size_t max, int *fd);

/* The life of the helper process: returns when its starter is gone. */
void helper_live(int control);

#endif
