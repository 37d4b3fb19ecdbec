/* tests/pipeline/heard.h: events of our own as lines, and times in seconds. */
#ifndef TESTS_PIPELINE_HEARD_H
#define TESTS_PIPELINE_HEARD_H

#include "pipeline/samples.h"
#include "pipeline/stage.h"

/* 1,000 s since the clock began, and |s| more. */
#define AT(s) ((int64_t)((1000 + (s)) * 1e9))

enum { EPOCH_S = 1795176000 };
static const int64_t the_epoch_ns = (int64_t)EPOCH_S * 1000000000;

typedef struct heard {
	char text[1 << 18];
	size_t len;
	unsigned count;
	uint64_t sum; /* of the numbers called "count" */
} heard;

static inline void
hear(void *context, const tl_own_event *own)
{
	heard *h = context;
	size_t room = sizeof h->text - h->len;
	int n = snprintf(h->text + h->len, room, "%s: %.*s", own->kind,
	    (int)own->message.len, (const char *)own->message.ptr);

	assert_int_equal(own->realtime_ns, 4711);
	for (size_t i = 0; i < own->number_count; i++) {
		n += snprintf(h->text + h->len + n, room - (size_t)n, " %s=%llu",
		    own->numbers[i].name, (unsigned long long)own->numbers[i].value);
		if (strcmp(own->numbers[i].name, "count") == 0)
			h->sum += own->numbers[i].value;
	}
	n += snprintf(h->text + h->len + n, room - (size_t)n, "\n");
	assert_in_range(n, 1, room - 1);
	h->len += (size_t)n;
	h->count++;
	if (h->len > sizeof h->text / 2)
		h->len = 0;
}

static inline emitter
to_heard(heard *h)
{
	return (emitter){ .emit = hear, .context = h, .realtime_ns = 4711 };
}

/* What was heard is |wanted|; then it is forgotten. */
static inline void
assert_heard(heard *h, const char *wanted)
{
	h->text[h->len] = 0;
	assert_string_equal(h->text, wanted);
	h->len = 0;
	h->count = 0;
	h->sum = 0;
}

/* As it was before a stage has seen it, at |now_ns|. */
static inline event *
again(sample *s, int64_t now_ns)
{
	tl_arena_reset(s->arena);
	event_init(&s->ev, &s->n, s->mib, s->arena);
	s->ev.now_ns = now_ns;
	s->n.received_ns = now_ns + the_epoch_ns;
	return &s->ev;
}

static inline void
from_device(event *ev, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		ev->device.addr[12 + i] = (uint8_t)(number >> (24 - 8 * i));
}

/* A small random number generator: the same numbers every time. */
static inline uint32_t
random_next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

#endif
