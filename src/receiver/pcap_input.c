/* receiver/pcap_input.c: bounded incremental input for pcap_read.c. */
#include "receiver/pcap_input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Reads until |len| bytes are seen or the end is. */
static void
fill(tl_pcap_input *in, size_t len)
{
	size_t have = in->seen.len;

	if (in->buffer == NULL || in->error != 0)
		return;
	if (have > 0)
		memmove(in->buffer, in->seen.ptr, have);
	while (have < len) {
		ssize_t n = read(in->fd, in->buffer + have, TL_PCAP_WINDOW - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			in->error = errno;
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	in->seen = (tl_span){ in->buffer, have };
}

const uint8_t *
tl_pcap_peek(tl_pcap_input *in, size_t len)
{
	if (len > TL_PCAP_WINDOW)
		return NULL;
	if (len > in->seen.len)
		fill(in, len);
	return len > in->seen.len ? NULL : in->seen.ptr;
}

bool
tl_pcap_skip(tl_pcap_input *in, uint64_t len)
{
	while (len > in->seen.len) {
		len -= in->seen.len;
		in->offset += in->seen.len;
		in->seen.len = 0;
		fill(in, 1);
		if (in->seen.len == 0)
			return false;
	}
	in->seen.ptr += len;
	in->seen.len -= (size_t)len;
	in->offset += len;
	return true;
}
