/* trapline/io.h: receiving and sending on real sockets, and dictionaries in real files,
 * the easy way. */
#ifndef TRAPLINE_IO_H
#define TRAPLINE_IO_H

#include "trapline/mib_builder.h"
#include "trapline/sender.h"

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

/* A manager: a socket from which one receiver is sent to, a sender, and who we are. For
 * several receivers open several. Not thread-safe; any number of them in a process. */
typedef struct tl_manager tl_manager;

/* Is shown each message as it is sent (|sent|) to |peer| or has come from it, whatever it
 * is. Calls nothing of the manager. */
typedef void tl_watch(void *data, bool sent, tl_span message, const tl_endpoint *peer);

typedef struct tl_manager_options { /* zero-initialise; 0 and NULL mean the default */
	tl_sender_options
	    sender; /* version, credentials, timeouts. start_ns 0: when it
		       is   opened. Without an agent_address that of our
		       end,   if   it is IPv4. With an engine.engine_id_len of
		       0 our   engine is that of state_dir; with engine.boots
		       of 0   its   clock is the time of day, as below */
	const char
	    *source; /* our address, a name or a number; NULL: the system's choice */
	uint16_t source_port; /* 0: a free one */
	int family; /* 4 or 6: only such addresses; 0: of a name that has both the
		       IPv4 ones first, since many receivers have no other */
	const char
	    *state_dir; /* where our engine ID is kept; made if missing. Any number of
			   managers may use it at once, and a receiver, too: all have
			   the same engineBoots, and the time of day as engineTime,
			   so that none is behind another. If the clock of the
			   system is set back, engineBoots count up. NULL: nothing is
			   kept, and the engine ID is a new random one */
	bool tcp; /* over TCP, RFC 3430, and tl_manager_open() waits for the connection,
		     ten seconds at most for each address; else over UDP */
	tl_watch *watch; /* NULL: nobody is shown what goes out and comes in */
	void *watch_data;
} tl_manager_options;

/* Resolves |host| (a name or an address, IPv6 without brackets, perhaps with %ZONE),
 * opens a socket to its port |port| (0: 162), and reads the state. |opt| may be NULL:
 * v2c, community public. Waits for the resolver, and but for TCP for nothing else.
 * Errors: TL_EIO (errno; ENXIO: no such host or address), TL_EFORMAT (the state is
 * damaged), those of tl_sender_new(). Close with tl_manager_close(). */
TL_API TL_CHECK tl_err tl_manager_open(
    const char *host, uint16_t port, const tl_manager_options *opt, tl_manager **out);

/* Sends |trap| as a trap, whatever its kind says.
 * Errors: those of tl_sender_encode_trap(); TL_EIO (errno). */
TL_API TL_CHECK tl_err tl_manager_send_trap(tl_manager *m, const tl_outgoing *trap);

/* Sends |inform| as an inform, whatever its kind says, and waits for its result, which is
 * in |result| (may be NULL): for |timeout_ms| at most, -1: as long as the sender's tries
 * take. Informs submitted before go on meanwhile.
 * What is still outstanding at the deadline is forgotten.
 * Errors: result->err; TL_ETIMEOUT; those of tl_sender_notify(); TL_EIO (errno). */
TL_API TL_CHECK tl_err tl_manager_send_inform(
    tl_manager *m, const tl_outgoing *inform, int timeout_ms, tl_send_result *result);

/* Queues and sends a trap or an inform and does not wait: tl_manager_poll() gives its
 * result. Errors: those of tl_sender_notify(); TL_EIO (errno): it stays queued. */
TL_API TL_CHECK tl_err tl_manager_submit(
    tl_manager *m, const tl_outgoing *out, uint64_t *ticket);

/* Reads answers, sends again what is due, and gives the next result, waiting |timeout_ms|
 * at most (-1: for ever; 0: not at all).
 * Errors: TL_ETIMEOUT (none by then; a signal came), TL_ENOTFOUND (nothing is
 * outstanding), TL_EIO, TL_ENOMEM, TL_ECRYPTO. */
TL_API TL_CHECK tl_err tl_manager_poll(
    tl_manager *m, int timeout_ms, tl_send_result *result);

/* A descriptor that is readable when there is something for tl_manager_poll() with
 * timeout 0: for poll, epoll and event loops. It belongs to the manager. */
TL_API int tl_manager_fd(const tl_manager *m);

/* How long an event loop may wait for the descriptor until it calls tl_manager_poll()
 * with timeout 0 in any case, in milliseconds; 0: there is a result now; -1: for ever. */
TL_API int tl_manager_timeout_ms(const tl_manager *m);

/* The address that is sent to, and our own. */
TL_API tl_endpoint tl_manager_peer(const tl_manager *m);
TL_API tl_endpoint tl_manager_local(const tl_manager *m);

/* The address that the last answer came from, an acknowledgement or a Report that was
 * taken for one; before it the one that is sent to. A receiver that has several may
 * answer from another than the one that was sent to: an answer counts wherever it comes
 * from, since its request-id, and with v3 its msgID and its digest, tell whose it is. */
TL_API tl_endpoint tl_manager_answerer(const tl_manager *m);

/* The sender, for its counters, its problem and what it knows of the peer; it belongs to
 * the manager. */
TL_API tl_sender *tl_manager_sender(tl_manager *m);

/* Closes the socket; what has no result yet is forgotten. NULL is fine. */
TL_API void tl_manager_close(tl_manager *m);

/* Opens a dictionary that tl_mib_save() wrote. The file is mapped: what is not used is
 * not read, and all processes that have it open share it. It may be replaced by another
 * one meanwhile, as tl_mib_save() does; whoever cuts it short ends the process. Errors:
 * TL_ENOTFOUND, TL_EFORMAT (not a dictionary, damaged, or made by another version),
 * TL_EIO (errno), TL_ENOMEM. Free with tl_mib_free(). */
TL_API TL_CHECK tl_err tl_mib_open_file(const char *path, tl_mib **out);

/* Writes a dictionary to a file, whole or not at all, readable by all as the umask
 * allows. Errors: TL_EIO (errno), TL_ENOMEM. Any thread. */
TL_API TL_CHECK tl_err tl_mib_save(const tl_mib *mib, const char *path);

/* What came of reading folders. */
typedef struct tl_mib_files {
	uint32_t files;                                   /* read */
	uint32_t binary, too_large, unreadable, vanished; /* left out */
	uint32_t reserved;
	uint64_t bytes; /* of those that were read */
} tl_mib_files;

/* Adds to |b| the file |path|, or all files below the folder |path|, whatever their names
 * end in: those of each folder in the order of their names, each file once, whatever
 * links lead to it. Left out are names that begin with a dot, what is no regular file,
 * files over 64 MiB, files that are no text (of the first 4 KiB one byte in 16 or more is
 * a control character), and what cannot be read; |found| (may be NULL) counts. Errors:
 * TL_EIO (errno: |path| itself cannot be read), TL_EINVAL (it is neither a file nor a
 * folder), TL_ELIMIT (200,000 files), TL_ENOMEM, those of tl_mib_builder_add_source(). */
TL_API TL_CHECK tl_err tl_mib_builder_add_folder(
    tl_mib_builder *b, const char *path, tl_mib_files *found);

/* How far tl_mib_load() is with reading; when all is read it finds out what the names
 * mean, which takes about as long again. */
typedef struct tl_mib_progress {
	uint32_t files, all_files;
	uint64_t bytes, all_bytes;
} tl_mib_progress;

typedef struct tl_mib_load_options {    /* zero-initialise */
	const char *const *paths;       /* folders and files, closed by a NULL; or one
					   dictionary, as tl_mib_open_file() takes it */
	const char *cache_dir;          /* where compiled dictionaries are kept, made if
					   missing; NULL: nowhere */
	tl_mib_builder_options builder; /* problems are told only of what is compiled */
	void (*progress)(void *context, const tl_mib_progress *progress); /* or NULL */
	void *context;
} tl_mib_load_options;

typedef struct tl_mib_loaded {
	tl_mib_summary summary;
	tl_mib_files files;
	bool from_cache;      /* compiled by an earlier call of the same files */
	bool from_dictionary; /* then summary has nodes and notifications only */
	const char *bad_path; /* the one of |paths| that an error is about, or NULL */
} tl_mib_loaded;

/* Makes a dictionary of all that lies in |paths|, as tl_mib_builder_add_folder() reads
 * it, or takes the one in the cache that was made of the same files: same paths, sizes,
 * inodes and times, and the same build of this library. A cache file that is damaged
 * or of another owner is not used, and one that cannot be written is done without.
 * |loaded| is set in any case. Errors: TL_EIO, TL_ENOTFOUND, TL_EINVAL (of |bad_path|; a
 * dictionary beside something else), TL_EFORMAT (a single file that is neither MIB nor
 * dictionary), TL_ELIMIT, TL_ENOMEM. */
TL_API TL_CHECK tl_err tl_mib_load(
    const tl_mib_load_options *opt, tl_mib **out, tl_mib_loaded *loaded);

#ifdef __cplusplus
}
#endif
#endif
