/* outputs/output_syslog.c: messages of RFC 5424 over UDP (RFC 5426), TCP with octet
 * counting (RFC 6587 section 3.4.1), TLS (RFC 5425) or a unix socket: a datagram each, or
 * a line each where that is a stream. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vec.h"
#include "outputs/syslog_message.h"
#include "outputs/types.h"
#include "outputs/wire.h"

enum { STREAM_MAX = 65536, LENGTH_ROOM = 8 }; /* bytes of a message; of its length */

typedef struct sender {
	const tl_conf_output *conf;
	wire *wire;
	syslog_writer writer;
	tl_buf buf;
	tl_vec ends; /* size_t: where in |buf| each message of a batch ends */
} sender;

static void
sender_close(void *self)
{
	sender *s = self;

	wire_free(s->wire);
	formatter_free(s->writer.formatter);
	free(s->writer.text.ptr);
	free(s->buf.ptr);
	tl_vec_free(&s->ends);
	free(s);
}

static tl_err
sender_open(const tl_conf_output *conf, const output_place *place, void **self,
    char problem[OUTPUT_PROBLEM_MAX])
{
	sender *s = calloc(1, sizeof *s);
	formatter_options opt = { conf->form, .template = &conf->template };

	(void)place;
	snprintf(problem, OUTPUT_PROBLEM_MAX, "%s", tl_err_text(TL_ENOMEM));
	if (s == NULL)
		return TL_ENOMEM;
	s->conf = conf;
	s->writer = (syslog_writer){ .conf = &conf->syslog,
		.form = conf->form,
		.formatter = formatter_new(&opt),
		.pid = getpid() };
	if (s->writer.formatter != NULL)
		s->wire = wire_new(&conf->syslog.address, &conf->syslog.tls, problem);
	if (s->wire == NULL) {
		sender_close(s);
		return TL_EIO;
	}
	problem[0] = '\0';
	*self = s;
	return TL_OK;
}

static delivery
send_datagrams(sender *s, batch *b)
{
	s->writer.max_bytes = wire_datagram_max(s->wire);
	for (; b->done < b->count; b->done++) {
		s->buf.len = 0;
		tl_err err = syslog_write(&s->writer, b->items[b->done], &s->buf);
		if (err != TL_OK)
			return batch_unwritten(b, err);
		switch (wire_send(s->wire, tl_buf_written(&s->buf), b)) {
		case WIRE_SENT:
			break;
		case WIRE_TOO_LONG:
			snprintf(b->problem, sizeof b->problem,
			    "an event: it is too long for a datagram");
			return DELIVER_NEVER;
		case WIRE_FAILED:
			return DELIVER_AGAIN;
		}
	}
	return DELIVERED;
}

/* Puts the length that octet counting wants before the message that begins at |at|, which
 * has room there. */
static void
put_length(tl_buf *buf, size_t at)
{
	size_t len = buf->len - at - LENGTH_ROOM;
	char text[LENGTH_ROOM + 16];
	size_t digits = (size_t)snprintf(text, sizeof text, "%zu ", len);

	memcpy(buf->ptr + at, text, digits);
	memmove(buf->ptr + at + digits, buf->ptr + at + LENGTH_ROOM, len);
	buf->len = at + digits + len;
}

static tl_err
frame_one(sender *s, const parcel *p)
{
	size_t at = s->buf.len;
	size_t *end = tl_vec_grow(&s->ends, sizeof *end, 1);
	bool line = s->conf->syslog.address.transport == TL_TRANSPORT_UNIX;
	tl_err err = end != NULL ? buf_reserve(&s->buf, LENGTH_ROOM) : TL_ENOMEM;

	if (end == NULL)
		return err;
	if (err == TL_OK && !line)
		s->buf.len += LENGTH_ROOM;
	if (err == TL_OK)
		err = syslog_write(&s->writer, p, &s->buf);
	if (err != TL_OK) {
		s->buf.len = at;
		s->ends.count--;
		return err;
	}
	if (line)
		tl_buf_putc(&s->buf, '\n');
	else
		put_length(&s->buf, at);
	*end = s->buf.len;
	return TL_OK;
}

/* Frames messages from item |from| on until they have the bytes of a batch; how many. */
static size_t
frame(sender *s, const batch *b, size_t from, tl_err *err)
{
	size_t n = 0;

	*err = TL_OK;
	s->buf.len = 0;
	s->ends.count = 0;
	for (; from + n < b->count && s->buf.len < (size_t)s->conf->batch.bytes; n++) {
		*err = frame_one(s, b->items[from + n]);
		if (*err != TL_OK)
			break;
	}
	return n;
}

static delivery
send_stream(sender *s, batch *b)
{
	tl_err err;

	s->writer.max_bytes = STREAM_MAX;
	while (b->done < b->count) {
		size_t n = frame(s, b, b->done, &err);
		if (n == 0)
			return batch_unwritten(b, err);
		size_t sent = wire_write(s->wire, tl_buf_written(&s->buf), b);
		for (size_t i = 0; i < n; i++)
			b->done += *TL_VEC_AT(&s->ends, size_t, i) <= sent;
		if (sent < s->buf.len)
			return DELIVER_AGAIN;
	}
	return DELIVERED;
}

static delivery
sender_deliver(void *self, batch *b)
{
	sender *s = self;

	if (!wire_connect(s->wire, b))
		return DELIVER_AGAIN;
	return wire_is_stream(s->wire) ? send_stream(s, b) : send_datagrams(s, b);
}

/* SIGHUP: the name may stand for another address now, and certificates be new ones. */
static void
sender_reopen(void *self)
{
	wire_renew(((sender *)self)->wire);
}

const output_type output_syslog = {
	.name = "syslog",
	.open = sender_open,
	.deliver = sender_deliver,
	.reopen = sender_reopen,
	.close = sender_close,
};
