/* receiver/pcap_input.h: a file or memory as a window that moves on. */
#ifndef TL_RECEIVER_PCAP_INPUT_H
#define TL_RECEIVER_PCAP_INPUT_H

#include "trapline/base.h"

enum { TL_PCAP_WINDOW = 128 << 10 }; /* the most that can be seen at once, bytes */

typedef struct tl_pcap_input {
	int fd;          /* -1: memory */
	tl_span seen;    /* what is here of what comes next */
	uint64_t offset; /* of seen, from the start of the file */
	int error;       /* errno of a read that failed, or 0 */
	uint8_t *buffer; /* TL_PCAP_WINDOW bytes; NULL: memory */
} tl_pcap_input;

/* Shows the next |len| bytes, TL_PCAP_WINDOW at most, and stays where it is. NULL: there
 * are not as many, or |in|->error. They are valid until the next call. */
const uint8_t *tl_pcap_peek(tl_pcap_input *in, size_t len);

/* Goes |len| bytes on; false: there are not as many. */
bool tl_pcap_skip(tl_pcap_input *in, uint64_t len);

#endif
