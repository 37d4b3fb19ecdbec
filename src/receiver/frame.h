/* receiver/frame.h: a captured frame down to its UDP datagram. */
#ifndef TL_RECEIVER_FRAME_H
#define TL_RECEIVER_FRAME_H

#include "receiver/ip_fragments.h"
#include "receiver/pcap.h"

/* The most of a frame that is looked at: link headers, an IPv6 header, a payload of
 * 65,535 bytes. */
enum { TL_FRAME_MAX = 65535 + 40 + 128 };

typedef struct tl_frame_in {
	uint32_t link; /* LINKTYPE_ value of tcpdump.org */
	tl_span bytes;
	bool cut; /* the capture kept only these of more */
	int64_t time_ns;
} tl_frame_in;

/* Fills bytes, from and to of |out| if it returns TL_FRAME_DATAGRAM; they borrow from
 * |in| or |parts|. |port| as in tl_pcap_open_fd(). */
tl_frame tl_frame_decode(
    const tl_frame_in *in, uint16_t port, tl_fragments *parts, tl_datagram *out);

#endif
