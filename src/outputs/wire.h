/* outputs/wire.h: a way to a peer by UDP, TCP, TLS or a unix socket: made when it is
 * needed, made anew when it broke. Waits as long as a batch lets it, WIRE_PATIENCE_MS at
 * most. One thread. */
#ifndef OUTPUTS_WIRE_H
#define OUTPUTS_WIRE_H

#include "outputs/output.h"

enum { WIRE_PATIENCE_MS = 10000 };

typedef struct wire wire;

/* A way to |to|; connects to nobody yet. |tls| is for TL_TRANSPORT_TLS; its files are
 * read here. Borrows both. NULL: |problem| says why. */
wire *wire_new(
    const tl_conf_target *to, const tl_conf_tls *tls, char problem[OUTPUT_PROBLEM_MAX]);
void wire_free(wire *w); /* NULL is fine */

/* Ends the connection; the next use makes another. */
void wire_break(wire *w);

/* The same, and reads the files of TLS again: certificates are renewed in place. If they
 * cannot be read those from before are gone on with. */
void wire_renew(wire *w);

/* Connects, unless it is connected and the peer is still there. False: |b|'s problem says
 * why. */
bool wire_connect(wire *w, batch *b);

/* Whether bytes are sent one after the other; else datagrams. Holds once connected. */
bool wire_is_stream(const wire *w);

/* What a datagram may have at most. */
size_t wire_datagram_max(const wire *w);

typedef enum wire_sent {
	WIRE_SENT = 0,
	WIRE_FAILED, /* |b|'s problem says why; it is broken, if it was a stream */
	WIRE_TOO_LONG
} wire_sent;

/* Sends one datagram. */
wire_sent wire_send(wire *w, tl_span datagram, batch *b);

/* Writes to a stream and waits until the peer's host has it. Returns how many bytes it is
 * known to have: if not all, it is broken, and |b|'s problem says why. */
size_t wire_write(wire *w, tl_span bytes, batch *b);

#endif
