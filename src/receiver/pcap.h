/* receiver/pcap.h: datagrams from captures (pcap, pcapng), and captures of datagrams. */
#ifndef TL_RECEIVER_PCAP_H
#define TL_RECEIVER_PCAP_H

#include "trapline/engine.h"

/* A capture being read: any size, a fixed amount of memory. */
typedef struct tl_pcap tl_pcap;

/* What became of the frames of a capture. Each is counted once. */
typedef enum tl_frame {
	TL_FRAME_DATAGRAM,     /* given by tl_pcap_next() */
	TL_FRAME_OTHER,        /* not UDP, not of the port asked for, not like SNMP */
	TL_FRAME_UNKNOWN_LINK, /* of a link layer that is not known here */
	TL_FRAME_CUT,          /* captured only in part */
	TL_FRAME_MALFORMED,    /* its headers contradict each other */
	TL_FRAME_FRAGMENT,     /* of an IP packet that later ones complete, or none */
	TL_FRAME_KINDS
} tl_frame;

typedef struct tl_pcap_counts {
	uint64_t frames; /* the sum of |of| */
	uint64_t of[TL_FRAME_KINDS];
	uint64_t incomplete; /* fragmented packets that never became whole, so far */
} tl_pcap_counts;

typedef struct tl_pcap_record {
	tl_datagram datagram; /* its bytes borrow from the reader until the next call;
				 monotonic_ns: the largest time so far */
	uint64_t frame;       /* from 1, as Wireshark counts */
} tl_pcap_record;

/* Where and why a capture is not well-formed. */
typedef struct tl_pcap_problem {
	uint64_t offset;  /* bytes from the start of the file */
	const char *what; /* static; "" when there is none */
} tl_pcap_problem;

/* Reads from |fd|, a file or a pipe, which is left open. |port|: only UDP from or to it;
 * 0: from or to 162 or 1162, and whatever else begins like an SNMP message.
 * Errors: TL_ENOMEM. Close with tl_pcap_close(). */
TL_CHECK tl_err tl_pcap_open_fd(int fd, uint16_t port, tl_pcap **out);

/* The same when |head| (128 KiB at most, copied) has been read from |fd| already.
 * Errors: TL_EINVAL, too. */
TL_CHECK tl_err tl_pcap_open_fd_behind(
    int fd, tl_span head, uint16_t port, tl_pcap **out);

/* The same of |bytes|, which must stay. */
TL_CHECK tl_err tl_pcap_open_memory(tl_span bytes, uint16_t port, tl_pcap **out);

/* Gives the next datagram. Errors: TL_ENOTFOUND (the end), TL_EFORMAT (no capture, or
 * damaged from here on: tl_pcap_problem_of()), TL_EIO. All of them stay. */
TL_CHECK tl_err tl_pcap_next(tl_pcap *p, tl_pcap_record *out);

tl_pcap_problem tl_pcap_problem_of(const tl_pcap *p);
tl_pcap_counts tl_pcap_counts_of(const tl_pcap *p);

/* NULL is fine. */
void tl_pcap_close(tl_pcap *p);

/* A pcapng file being written: raw IP, nanoseconds, IP and UDP headers made up around
 * each datagram. */
typedef struct tl_pcap_writer tl_pcap_writer;

enum { TL_PCAP_COMMENT_MAX = 2048 }; /* bytes; more is left out */

/* Makes |path|, or empties it. Errors: TL_EIO, TL_ENOMEM. */
TL_CHECK tl_err tl_pcap_create(const char *path, tl_pcap_writer **out);

/* Adds a datagram; |comment| (text, made printable here; may be empty) stands beside it
 * in Wireshark. It is in the file after tl_pcap_flush(). Errors: TL_EIO, the first time
 * that something could not be written; from then on it is only counted. */
TL_CHECK tl_err tl_pcap_write(tl_pcap_writer *w, const tl_datagram *d, tl_span comment);

/* Hands what was added to the kernel. Errors: as tl_pcap_write(). */
TL_CHECK tl_err tl_pcap_flush(tl_pcap_writer *w);

/* Datagrams that could not be written. */
uint64_t tl_pcap_unwritten(const tl_pcap_writer *w);

/* Flushes and closes; NULL is fine. Errors: TL_EIO, if it was not told before. */
tl_err tl_pcap_writer_close(tl_pcap_writer *w);

#endif
