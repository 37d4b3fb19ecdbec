/* cli/blast_messages.c: see blast_messages.h. What there is to send is made by
 * blast_content.c and the senders by blast_senders.c; here are the traps themselves. */
#include "cli/blast_messages.h"

#include <stdlib.h>
#include <string.h>

#include "cli/blast_parts.h"

enum { ID_HIGH = 0x40 };

/* A value of a message: offset and length of its contents. */
typedef struct place {
	size_t at, len;
} place;

/* The element at |*at| before |end|; moves |*at| behind it. The messages are our own. */
static bool
element(tl_span m, size_t *at, size_t end, place *contents)
{
	size_t len, more;

	if (end - *at < 2)
		return false;
	len = m.ptr[*at + 1];
	more = len < 0x80 ? 0 : len & 0x7f;
	if (more > 3 || end - *at - 2 < more)
		return false;
	if (more > 0)
		len = 0;
	for (size_t i = 0; i < more; i++)
		len = len << 8 | m.ptr[*at + 2 + i];
	*contents = (place){ *at + 2 + more, len };
	if (len > end - contents->at)
		return false;
	*at = contents->at + len;
	return true;
}

/* Follows |path|: "31" is the first element in the third of all. */
static bool
find(tl_span m, const char *path, place *out)
{
	*out = (place){ 0, m.len };
	for (; *path != '\0'; path++) {
		size_t at = out->at, end = out->at + out->len;
		for (int n = *path - '0'; n > 0; n--)
			if (!element(m, &at, end, out))
				return false;
	}
	return true;
}

/* Finds what changes in the v1 or v2c message |m|. */
static bool
prepare(tl_span m, unsigned version, blast_prepared *out)
{
	place id = { 0 }, uptime;

	/* RFC 1157 section 4.1.6: time-stamp; RFC 3416 section 3: request-id, and the
	   value of the first varbind */
	if (!find(m, version == 1 ? "135" : "13412", &uptime) || uptime.len != 4 ||
	    (version == 2 && (!find(m, "131", &id) || id.len == 0)))
		return false;
	*out = (blast_prepared){ m.len, id.at, id.len, uptime.at };
	return true;
}

/* Lays a prepared message into every place of a batch. */
static tl_err
fill_rooms(blast_messages *m, unsigned version)
{
	tl_buf room = { .ptr = m->rooms[version], .cap = m->room_bytes };
	tl_span made;
	uint8_t *first = m->rooms[version];

	tl_err err = tl_sender_encode_trap(
	    m->senders[version], &m->what, m->start_ns, &room, &made);
	if (err != TL_OK)
		return err;
	if (!prepare(made, version, &m->prepared[version]))
		return TL_EFORMAT;
	memmove(first, made.ptr, made.len);
	for (size_t i = 1; i < BLAST_BATCH; i++)
		memcpy(first + i * m->room_bytes, first, made.len);
	return TL_OK;
}

static tl_err
make_rooms(blast_messages *m)
{
	for (unsigned v = 0; v <= 3; v++) {
		if (v > 0 && m->weights[v] == 0)
			continue;
		m->rooms[v] = malloc(m->room_bytes * BLAST_BATCH);
		if (m->rooms[v] == NULL)
			return TL_ENOMEM;
		tl_err err = v == 1 || v == 2 ? fill_rooms(m, v) : TL_OK;
		if (err != TL_OK)
			return err;
	}
	return TL_OK;
}

int
blast_messages_init(blast_messages *m, const blast_options *o, int64_t now_ns)
{
	*m = (blast_messages){ .start_ns = now_ns,
		.random = blast_random_of(o->seed),
		.malformed = o->malformed };
	memcpy(m->weights, o->weights, sizeof m->weights);
	m->request_id = (uint32_t)blast_random_next(&m->random);
	int status = blast_content_make(m, o);
	if (status < 0)
		status = blast_senders_make(m, o);
	if (status < 0)
		status = blast_content_fill(m, o);
	if (status >= 0 || o->inform)
		return status;
	tl_err err = make_rooms(m);
	if (err == TL_OK)
		return -1;
	cli_error("blast", "%s", tl_err_text(err));
	return EXIT_FAILED;
}

void
blast_messages_fini(blast_messages *m)
{
	blast_senders_free(m);
	for (unsigned v = 0; v <= 3; v++)
		free(m->rooms[v]);
	free(m->vb);
	free(m->names);
	free(m->filler);
	*m = (blast_messages){ 0 };
}

/* Each version's turn comes nearer by its weight, and whose is nearest pays for all. */
unsigned
blast_messages_version(blast_messages *m)
{
	unsigned best = 0;
	int64_t all = 0;

	for (unsigned v = 1; v <= 3; v++) {
		if (m->weights[v] == 0)
			continue;
		all += m->weights[v];
		m->turns[v] += m->weights[v];
		if (best == 0 || m->turns[v] > m->turns[best])
			best = v;
	}
	m->turns[best] -= all;
	return best;
}

static void
put_be(uint8_t *at, size_t len, uint32_t value)
{
	while (len-- > 0) {
		at[len] = (uint8_t)value;
		value >>= 8;
	}
}

static void
next_prepared(blast_messages *m, const blast_place *at, tl_span *out)
{
	const blast_prepared *p = &m->prepared[at->version];
	uint8_t *bytes = m->rooms[at->version] + at->number * m->room_bytes;

	put_be(bytes + p->uptime_at, 4, blast_uptime_cs(m, at->now_ns));
	if (p->id_len > 0) {
		put_be(bytes + p->id_at, p->id_len, m->request_id++);
		/* positive, and as long as it was */
		bytes[p->id_at] = (uint8_t)((bytes[p->id_at] & 0x3f) | ID_HIGH);
	}
	*out = (tl_span){ bytes, p->len };
}

static tl_err
encode_next(blast_messages *m, const blast_place *at, tl_span *out)
{
	tl_buf room = { .ptr = m->rooms[at->version] + at->number * m->room_bytes,
		.cap = m->room_bytes };
	tl_sender *s = m->engines[m->engine_next];

	m->engine_next = m->engine_next + 1 < m->engine_count ? m->engine_next + 1 : 0;
	m->what.uptime_cs = blast_uptime_cs(m, at->now_ns);
	return tl_sender_encode_trap(s, &m->what, at->now_ns, &room, out);
}

/* The prepared message has to stay whole: damage is done to a copy. */
static void
damage(blast_messages *m, const blast_place *at, tl_span *message)
{
	uint8_t *copy = m->rooms[0] + at->number * m->room_bytes;

	memcpy(copy, message->ptr, message->len);
	*message = (tl_span){ copy, blast_damage(&m->random, copy, message->len) };
}

tl_err
blast_messages_trap(
    blast_messages *m, const blast_place *at, tl_span *out, bool *malformed)
{
	const double unit = 0x1p-53;
	tl_err err = TL_OK;

	if (at->version == 3)
		err = encode_next(m, at, out);
	else
		next_prepared(m, at, out);
	*malformed = err == TL_OK && m->malformed > 0 &&
		     (double)(blast_random_next(&m->random) >> 11) * unit < m->malformed;
	if (*malformed)
		damage(m, at, out);
	return err;
}
