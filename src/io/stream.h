/* io/stream.h: SNMP over TCP (RFC 3430): messages follow each other in a stream. */
#ifndef TL_IO_STREAM_H
#define TL_IO_STREAM_H

#include "io/link.h"

/* Connects |l| to |l|->to, and waits for it. Errors: TL_EIO (errno). */
TL_CHECK tl_err tl_stream_connect(tl_link *l);

/* Sends all of |message|. Errors: TL_EIO (errno). */
TL_CHECK tl_err tl_stream_send(tl_link *l, tl_span message);

/* Takes one whole message out of the stream, whose bytes are kept in |room|, always the
 * same. Errors: TL_ENOTFOUND (there is none yet), TL_EIO (errno; ECONNRESET: the peer has
 * closed, EBADMSG: what comes is no SNMP). */
TL_CHECK tl_err tl_stream_receive(tl_link *l, tl_buf *room, tl_span *message);

#endif
