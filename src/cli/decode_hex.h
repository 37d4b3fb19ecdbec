/* cli/decode_hex.h: datagrams out of hexadecimal text, as people paste it. */
#ifndef CLI_DECODE_HEX_H
#define CLI_DECODE_HEX_H

#include "trapline/base.h"

/* Reads the text that tools print: plain digits (with spaces, colons, commas, 0x and \x
 * between them, over any number of lines), or rows with their offset in front and perhaps
 * characters behind, as xxd, hexdump -C, od -tx1, tcpdump -xx and Wireshark write them.
 * In plain text a datagram ends at an empty line, or with a line that is a whole message;
 * in rows, where the offset is 0 again. */
typedef struct hex_text {
	const char *p, *end;
	unsigned line;       /* of |p|, from 1 */
	bool rows;           /* with offsets */
	const char *problem; /* static; NULL: none */
} hex_text;

/* Begins with |text|, which must stay. */
void hex_text_init(hex_text *h, tl_span text);

/* Puts the next datagram into |out|. False at the end, and when |h|->problem says what is
 * wrong in |h|->line. */
bool hex_text_next(hex_text *h, tl_buf *out);

/* Whether |text| has digits and what may stand between them, and nothing else. */
bool hex_is_plain(const char *text);

#endif
