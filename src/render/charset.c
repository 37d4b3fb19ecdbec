/* render/charset.c: strings of devices that know no UTF-8, by iconv. Called by the
 * formats, and by others who show values. */
#include "trapline/render.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

struct tl_charset {
	iconv_t from;
	bool busy; /* a thread converts with it */
	char name[];
};

static const iconv_t none = (iconv_t)-1;

tl_err
tl_charset_new(const char *name, tl_charset **out)
{
	iconv_t from = iconv_open("UTF-8", name);
	size_t len = strlen(name) + 1;

	if (from == none)
		return TL_EINVAL;
	tl_charset *c = malloc(sizeof *c + len);
	if (c == NULL) {
		iconv_close(from);
		return TL_ENOMEM;
	}
	c->from = from;
	c->busy = false;
	memcpy(c->name, name, len);
	*out = c;
	return TL_OK;
}

void
tl_charset_free(tl_charset *c)
{
	if (c == NULL)
		return;
	iconv_close(c->from);
	free(c);
}

/* Whether strings of |node| are text: a DISPLAY-HINT of "255a" or "255t", or nothing at
 * all is known of them. */
static bool
is_textual(const tl_mib *mib, const tl_mib_node *node)
{
	if (mib == NULL || node == NULL || tl_mib_node_type(mib, node) == 0)
		return true;
	tl_span hint = tl_mib_node_hint(mib, node);
	size_t digits = 0;
	while (digits < hint.len && hint.ptr[digits] >= '0' && hint.ptr[digits] <= '9')
		digits++;
	return digits > 0 && digits + 1 == hint.len &&
	       (hint.ptr[digits] == 'a' || hint.ptr[digits] == 't');
}

/* Appends what |bytes| say; false if they are none of the charset, or do not fit. */
static bool
convert_by(iconv_t with, tl_span bytes, tl_buf *out)
{
	char *from = (char *)bytes.ptr, *to = (char *)out->ptr + out->len;
	size_t left = bytes.len, room = out->cap - out->len, failed = (size_t)-1;

	(void)iconv(with, NULL, NULL, NULL, NULL); /* forget what was before */
	if (iconv(with, &from, &left, &to, &room) == failed || left > 0 ||
	    iconv(with, NULL, NULL, &to, &room) == failed)
		return false;
	out->len = (size_t)((uint8_t *)to - out->ptr);
	return true;
}

/* Two threads seldom want the same at once: the second opens one of its own. */
static bool
convert(tl_charset *c, tl_span bytes, tl_buf *out)
{
	bool good = false;

	if (!__atomic_test_and_set(&c->busy, __ATOMIC_ACQUIRE)) {
		good = convert_by(c->from, bytes, out);
		__atomic_clear(&c->busy, __ATOMIC_RELEASE);
		return good;
	}
	iconv_t own = iconv_open("UTF-8", c->name);
	if (own == none)
		return false;
	good = convert_by(own, bytes, out);
	iconv_close(own);
	return good;
}

bool
tl_charset_text(tl_charset *c, const tl_mib *mib, const tl_mib_node *node,
    const tl_varbind *vb, tl_buf *out)
{
	size_t start = out->len;

	if (c == NULL || vb->type != TL_T_OCTETS || vb->v.octets.len == 0 ||
	    tl_is_text(vb->v.octets) || !is_textual(mib, node))
		return false;
	bool good = convert(c, vb->v.octets, out);
	while (out->len > start && out->ptr[out->len - 1] == 0) /* as C ends a string */
		out->len--;
	if (good && out->len > start &&
	    tl_is_text((tl_span){ out->ptr + start, out->len - start }))
		return true;
	out->len = start;
	return false;
}
