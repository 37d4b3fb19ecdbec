/* cli/blast_messages.h: what `trapline blast` sends: one notification, linkDown, in the
 * versions of the mix. v1 and v2c traps are made once; of each only the request-id and
 * sysUpTime change. v3 traps are encrypted and authenticated each. */
#ifndef CLI_BLAST_MESSAGES_H
#define CLI_BLAST_MESSAGES_H

#include "cli/blast_damage.h"
#include "cli/blast_options.h"
#include "trapline/sender.h"

enum { BLAST_BATCH = 64 }; /* datagrams in one system call */

/* Where in a message the bytes are that change. */
typedef struct blast_prepared {
	size_t len;
	size_t id_at, id_len; /* request-id; id_len 0: v1 has none */
	size_t uptime_at;     /* 4 bytes */
} blast_prepared;

typedef struct blast_messages {
	tl_varbind *vb; /* the last one is what --size fills, if it is given */
	uint8_t *names; /* BER of the varbinds' names */
	uint8_t *filler;
	tl_outgoing what;
	tl_sender *senders[4]; /* of each version in the mix; [3]: of the first engine */
	tl_sender **engines;   /* v3 traps, [0] is senders[3] */
	uint32_t engine_count, engine_next;

	size_t room_bytes; /* of one message, with what its making needs */
	uint8_t *rooms[4]; /* a batch of them, of each version; [0]: of malformed ones */
	blast_prepared prepared[4];
	uint32_t request_id;
	uint32_t weights[4];
	int64_t turns[4]; /* of the versions: see blast_messages_version() */
	blast_random random;
	double malformed;
	int64_t start_ns;
} blast_messages;

/* Makes the notification and the senders by |o|, at the monotonic |now_ns|. On an error
 * it is told on stderr and the exit status is returned, else -1. */
int blast_messages_init(blast_messages *m, const blast_options *o, int64_t now_ns);
void blast_messages_fini(blast_messages *m);

/* The version of the next message: by weight, evenly, always in the same order. */
unsigned blast_messages_version(blast_messages *m);

/* Where and when a message is made. */
typedef struct blast_place {
	unsigned version;
	unsigned number; /* in the batch */
	int64_t now_ns;
} blast_place;

/* Makes a trap; |malformed| says whether it is damaged. It stays until the same place is
 * used again. Errors: those of tl_sender_encode_trap(). */
TL_CHECK tl_err blast_messages_trap(
    blast_messages *m, const blast_place *at, tl_span *out, bool *malformed);

#endif
