/* cli/decode_source.c: see decode_source.h. For cmd_decode.c. */
#include "cli/decode_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "sys/clock.h"

enum { READ_BYTES = 64 * 1024, TEXT_MAX = 64 * 1024 * 1024, DATAGRAM_ROOM = 1024 * 1024 };
enum { MAGIC_BYTES = 4 };

/* Room for |more| bytes behind those that are there. */
static tl_err
grow(decode_source *s, size_t more)
{
	if (s->cap - s->len >= more)
		return TL_OK;
	if (s->len + more > TEXT_MAX)
		return TL_ELIMIT;
	size_t cap = 2 * s->cap + more;
	uint8_t *bytes = realloc(s->bytes, cap);
	if (bytes == NULL)
		return TL_ENOMEM;
	s->bytes = bytes;
	s->cap = cap;
	return TL_OK;
}

static tl_err
read_all(decode_source *s, FILE *f)
{
	size_t got;

	do {
		tl_err err = grow(s, READ_BYTES);
		if (err != TL_OK)
			return err;
		got = fread(s->bytes + s->len, 1, READ_BYTES, f);
		s->len += got;
	} while (got > 0);
	return ferror(f) ? TL_EIO : TL_OK;
}

/* Sets up the reading of text, if it is such: a message is never without control
 * characters, and no text has them. */
static tl_err
take_as_text(decode_source *s)
{
	tl_span all = { s->bytes, s->len };

	s->is_text = tl_is_text(all);
	if (!s->is_text)
		return TL_OK;
	hex_text_init(&s->hex, all);
	s->datagram.ptr = malloc(DATAGRAM_ROOM);
	s->datagram.cap = DATAGRAM_ROOM;
	return s->datagram.ptr == NULL ? TL_ENOMEM : TL_OK;
}
