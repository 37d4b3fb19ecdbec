/* fuzz/fuzz_pcap.c: any file as a capture, from memory and from a descriptor: the same
 * frames come out of both, and each is counted once. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "receiver/pcap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static tl_pcap_counts
read_all(tl_pcap *p)
{
	tl_pcap_record r;
	volatile uint8_t sum = 0;

	while (tl_pcap_next(p, &r) == TL_OK)
		for (size_t i = 0; i < r.datagram.bytes.len; i++)
			sum = (uint8_t)(sum + r.datagram.bytes.ptr[i]);
	tl_pcap_counts c = tl_pcap_counts_of(p);
	tl_pcap_close(p);
	return c;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tl_pcap *memory, *file;
	int fd = memfd_create("capture", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len ||
	    lseek(fd, 0, SEEK_SET) != 0 ||
	    tl_pcap_open_memory((tl_span){ data, len }, 0, &memory) != TL_OK ||
	    tl_pcap_open_fd(fd, 0, &file) != TL_OK)
		abort();
	tl_pcap_counts a = read_all(memory), b = read_all(file);
	if (a.frames != b.frames || a.of[TL_FRAME_DATAGRAM] != b.of[TL_FRAME_DATAGRAM])
		abort();
	return close(fd);
}
