/* outputs/forward.h: the receivers of the output forward. All of it belongs to the
 * output's thread but for forward_names.c, which has one of its own. */
#ifndef OUTPUTS_FORWARD_H
#define OUTPUTS_FORWARD_H

#include "outputs/own_sockets.h"
#include "outputs/progress.h"
#include "trapline/io.h"

enum {
	FORWARD_TARGETS_MAX = 64, /* of one output: the bits of progress_item */
	/* Communities in use towards one receiver at a time: each takes a socket and 130
	   KiB. Of more, those that rest longest are closed. */
	FORWARD_LANES_MAX = 16,
	FORWARD_WINDOW = 256, /* informs on their way to one receiver */
};

/* The addresses of receivers, looked up on a thread of their own and again from time to
 * time. */
typedef struct forward_names forward_names;

/* The address of |t| by the system's resolver, now. False: it has none. */
bool forward_names_find(const tl_conf_target *t, tl_endpoint *out);

/* Borrows nothing. NULL without memory or thread. */
forward_names *forward_names_new(const tl_conf_targets *targets);

/* Looks the names up again soon: one of their addresses does not do. */
void forward_names_again(forward_names *n);

/* The address of target |i|. False: it is not known; |why| says what is wrong: static,
 * "" while it is looked up for the first time. Waits up to |wait_ms| for that. */
bool forward_names_get(
    forward_names *n, size_t i, int wait_ms, tl_endpoint *out, const char **why);

/* Does not wait for a look-up that goes on. NULL is fine. */
void forward_names_free(forward_names *n);

/* One manager towards a target: for one version, and one community. */
typedef struct lane {
	tl_manager *m;
	uint8_t version;
	uint8_t name_len;
	uint8_t name[255];
	uint64_t used; /* the order of last use */
	uint64_t cut;  /* varbinds left out that have been counted */
	struct {
		uint64_t ticket;
		size_t place; /* in |progress| */
	} waits[FORWARD_WINDOW];
	size_t wait_count;
} lane;

typedef struct target {
	const tl_conf_target *conf;
	size_t index;
	uint64_t bit;
	bool has_address;
	tl_endpoint to;
	bool is_here;      /* on this host, where many programs share an address */
	bool is_us;        /* in this delivery: we ourselves receive there */
	int fd;            /* raw: connected to it; -1: not open */
	tl_endpoint local; /* of fd */
	lane *lanes[FORWARD_LANES_MAX];
	size_t lane_count;
	size_t outstanding; /* in all lanes */
	size_t next;        /* the first event that has not been looked at */
	bool failed;        /* in this delivery: nothing more is sent to it */
	bool down;          /* it did not answer the last time: one at a time */
	int64_t down_until_ns;
	output_peer told; /* the counters */
} target;

/* Memory of what was sent to receivers on this host: forward_loop.c. */
typedef struct loop_memory loop_memory;

typedef struct forward {
	const tl_conf_output *conf;
	const tl_conf_forward *forward;
	const char *state;
	own_sockets *own; /* NULL: there are none */
	forward_names *names;
	progress progress;
	target *targets;
	size_t target_count;
	uint64_t uses;
	tl_clock self;       /* our own engine, once there is one */
	loop_memory *memory; /* NULL: no receiver was on this host so far */
	char problem[OUTPUT_PROBLEM_MAX];
} forward;

/* Notes what is wrong, as printf does; the first of a delivery stays. */
void forward_complain(forward *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What became of handing an event to a target. */
typedef enum handed {
	HANDED_OVER = 1, /* it is on its way, and that is all that can be known */
	HANDED_WAITS,    /* an inform: its answer will tell */
	HANDED_LATER,    /* no room: when answers have come */
	HANDED_NEVER,    /* it cannot be sent there */
	HANDED_FAILED    /* not now */
} handed;

/* Sends the datagram as it came. */
handed raw_send(forward *f, target *t, const parcel *p);
void raw_close(target *t);

/* Encodes the event in |place| anew and sends it. */
handed lane_send(forward *f, target *t, size_t place);

/* Takes in the answers that are there. */
void lane_answers(forward *f, target *t);

/* Forgets what is on its way to |t|, and closes its sockets. */
void lane_close_all(target *t);

/* Finds out whether |t|'s new address is one of this host. False without memory. */
bool forward_loop_address(forward *f, target *t);

/* Whether what is sent to |t| comes to a socket of our own: that would double it. */
bool forward_is_to_us(const forward *f, const target *t);

/* Whether the notification has come from |t|, or from ourselves. */
bool forward_is_loop(const forward *f, const target *t, const parcel *p, int64_t now_ns);

/* Remembers that |t| has been sent |p|. */
void forward_loop_note(forward *f, const target *t, const parcel *p, int64_t now_ns);

#endif
