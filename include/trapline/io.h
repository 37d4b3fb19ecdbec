/* trapline/io.h: receiving on real sockets, the easy way. */
#ifndef TRAPLINE_IO_H
#define TRAPLINE_IO_H

#include "trapline/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A receiver: sockets, an engine and its state folder. Not thread-safe; any number of
 * them in a process. */
typedef struct tl_receiver tl_receiver;

typedef struct tl_receiver_options { /* zero-initialise; 0 and NULL mean the default */
	const char *const *listen; /* "udp:HOST:PORT", a v6 HOST in brackets, port 0 picks
				      a free one; closed by a NULL. Default:
				      udp:0.0.0.0:1162 and udp:[::]:1162 */
	const char *const *communities; /* accepted ones, closed by a NULL; NULL: any */
	const tl_user *users;
	size_t user_count;
	const char *state_dir; /* where engine ID, engineBoots and learned clocks are
				  kept; made if missing; NULL: nothing is kept, and the
				  engine ID is a new random one each time */
	tl_span engine_id;     /* ours; empty: the one in state_dir, or a new one */
	bool manual_ack;       /* informs are acknowledged by tl_receiver_ack() only */
	bool refusals;         /* tl_receiver_next() gives refusals as well */
} tl_receiver_options;

/* Opens the sockets and reads the state. |opt| may be NULL.
 * Errors: TL_EFORMAT (an address, or the state's file "engine" is damaged), TL_EIO
 * (errno: bind, open, write; EBUSY: another one has the state open), TL_EINVAL,
 * TL_ESECRET (a user), TL_ELIMIT (engineBoots of |engine_id| are used up), TL_ENOMEM,
 * TL_ECRYPTO. Close with tl_receiver_close(). */
TL_API TL_CHECK tl_err tl_receiver_open(
    const tl_receiver_options *opt, tl_receiver **out);

/* Gives the next notification, in |ev|, waiting |timeout_ms| at most (-1: for ever; 0:
 * not at all). Coming back for the next one says that the last one is safe: if it was an
 * inform it is acknowledged now, unless manual_ack is set. |ev| borrows until the next
 * call; tl_notification_clone() copies out. Duplicates are answered and not given.
 * Errors: TL_ETIMEOUT, also when what came in that time was not for the caller, and when
 * a signal interrupts the wait; TL_EIO; TL_ENOMEM; TL_ECRYPTO. */
TL_API TL_CHECK tl_err tl_receiver_next(tl_receiver *r, int timeout_ms, tl_event *ev);

/* With manual_ack: acknowledges the inform (the notification last given, or a clone of an
 * earlier one) by a Response. Errors: TL_EINVAL, TL_EIO, TL_ENOMEM, TL_ECRYPTO. */
TL_API TL_CHECK tl_err tl_receiver_ack(tl_receiver *r, const tl_notification *inform);

/* A descriptor that is readable when tl_receiver_next() with timeout 0 may have
 * something: for poll, epoll and event loops. Call tl_receiver_next() until it says
 * TL_ETIMEOUT, then wait again. It belongs to the receiver. */
TL_API int tl_receiver_fd(const tl_receiver *r);

/* The address that socket |i| is bound to, from 0. Errors: TL_ENOTFOUND. */
TL_API TL_CHECK tl_err tl_receiver_local(
    const tl_receiver *r, size_t i, tl_endpoint *out);

/* The engine, for its counters and hints; it belongs to the receiver. */
TL_API tl_engine *tl_receiver_engine(tl_receiver *r);

/* Why the refusal that was given last happened and what to do: tl_engine_hint() with its
 * datagram. Errors: TL_EINVAL (not a refusal), and those of tl_engine_hint(). */
TL_API TL_CHECK tl_err tl_receiver_hint(tl_receiver *r, const tl_event *ev, tl_buf *out);

/* Datagrams that the kernel dropped because a receive buffer was full, so far. */
TL_API uint64_t tl_receiver_lost(const tl_receiver *r);

/* Acknowledges what is safe, writes the state, closes the sockets; NULL is fine. */
TL_API void tl_receiver_close(tl_receiver *r);

#ifdef __cplusplus
}
#endif
#endif
