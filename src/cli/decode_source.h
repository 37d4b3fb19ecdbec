/* cli/decode_source.h: where `trapline decode` takes datagrams from. */
#ifndef CLI_DECODE_SOURCE_H
#define CLI_DECODE_SOURCE_H

#include "cli/decode_hex.h"
#include "receiver/frame.h"
#include "receiver/pcap.h"

/* One input: a capture, a text of hexadecimal digits, or one raw datagram. In the latter
 * two a datagram may have the headers of IP, or of a link layer and IP, in front. */
typedef struct decode_source {
	const char *name; /* for messages */
	uint8_t *bytes;   /* the whole of it, but for a capture */
	size_t len, cap;
	int fd;           /* of a capture; -1: none to close */
	tl_pcap *capture; /* NULL: none */
	bool live;        /* a capture that may be still going on: a pipe */
	bool is_text;
	hex_text hex;
	tl_buf datagram;
	tl_fragments *parts; /* when a frame has been seen in a text */
	uint64_t number;     /* of the datagram, or of the frame in the capture, from 1 */
	tl_err err; /* that ended it: TL_EIO (errno), TL_EFORMAT; TL_OK: its end */
} decode_source;

/* Opens the file |name|, or standard input for "-"; |port| as tl_pcap_open_fd() takes
 * it. Errors: TL_EIO (errno), TL_ENOMEM, TL_ELIMIT (text of over 64 MiB). */
TL_CHECK tl_err decode_source_open(decode_source *s, const char *name, uint16_t port);

/* Takes |count| texts as hexadecimal. Errors: TL_ENOMEM. */
TL_CHECK tl_err decode_source_texts(decode_source *s, char *const *texts, int count);

/* Gives the next datagram in |in|, valid until the next call. False at the end; |s|->err
 * tells whether it is an end before its time. */
bool decode_source_next(decode_source *s, tl_datagram *in);

/* How many arguments from the first on are hexadecimal and no files: they belong
 * together, as they are pasted. */
int decode_texts_at(char *const *inputs, int left);

void decode_source_close(decode_source *s);

#endif
