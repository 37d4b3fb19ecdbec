/* outputs/http_parts.c: what the APIs of http.h have in common: statuses, complaints,
 * JSON strings, compression. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "outputs/http.h"
#include "trapline/render.h"

enum {
	GZIP_WINDOW = 15 + 16, /* 32 KiB, with gzip's header (zlib.h) */
	GZIP_LEVEL = 1,        /* JSON shrinks to a tenth even so */
	ANSWER_SHOWN = 160,
	LINE_BYTES = 8192 /* of an answer, in which secrets are looked for */
};

/* What is about who we are (401, 402, 403, 407), about the URL (404, 405, 410, 421, and
 * redirects, which are not followed) or about now (408, 423, 425, 429) is no fault of the
 * events, and may be put right. */
http_meaning
http_meaning_of(long status)
{
	static const short later[] = { 401, 402, 403, 404, 405, 407, 408, 410, 421, 423,
		425, 429 };

	if (status >= 200 && status < 300)
		return HTTP_TAKEN;
	for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
		if (status == later[i])
			return HTTP_AGAIN;
	return status >= 400 && status < 500 ? HTTP_REFUSED : HTTP_AGAIN;
}

/* Puts stars where |secret| is in |text|. */
static void
hide(char *text, tl_span secret)
{
	char *at = text;

	if (secret.len == 0)
		return;
	while ((at = strstr(at, (const char *)secret.ptr)) != NULL) {
		size_t stars = secret.len < 3 ? secret.len : 3;
		memset(at, '*', stars);
		memmove(at + stars, at + secret.len, strlen(at + secret.len) + 1);
		at += stars;
	}
}

/* A server may say in its answer what we sent to it. */
static void
hide_secrets(const http *h, char *text)
{
	const char *credentials =
	    h->authorization != NULL ? strrchr(h->authorization, ' ') + 1 : "";

	if (h->http == NULL)
		return;
	hide(text, (tl_span){ (const uint8_t *)credentials, strlen(credentials) });
	hide(text, h->http->token.bytes);
	hide(text, h->http->password.bytes);
}

void
http_complain(http *h, const char *format, ...)
{
	char raw[OUTPUT_PROBLEM_MAX];
	tl_buf out = { .ptr = (uint8_t *)h->problem, .cap = sizeof h->problem - 1 };
	va_list args;

	if (h->problem[0] != '\0')
		return;
	va_start(args, format);
	(void)vsnprintf(raw, sizeof raw, format, args);
	va_end(args);
	hide_secrets(h, raw);
	tl_buf_printable(&out, (tl_span){ (const uint8_t *)raw, strlen(raw) });
	h->problem[out.len] = '\0';
}

void
http_complain_of(http *h, long status, tl_span answer)
{
	static const struct {
		short status;
		const char *hint;
	} hints[] = {
		{ 401, " (token, or username and password)" },
		{ 403, " (is the token allowed to write here?)" },
		{ 404, " (is the URL right?)" },
		{ 405, " (are URL and method right?)" },
		{ 410, " (is the URL still right?)" },
	};
	const char *hint =
	    status >= 300 && status < 400 ? " (redirects are not followed)" : "";
	char line[LINE_BYTES + 1];
	size_t len = 0;

	for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
		if (hints[i].status == status)
			hint = hints[i].hint;
	while (answer.len > 0 && (answer.ptr[0] == '\r' || answer.ptr[0] == '\n'))
		answer.ptr++, answer.len--;
	while (len < answer.len && len < LINE_BYTES && answer.ptr[len] != '\n' &&
	       answer.ptr[len] != '\r')
		len++;
	if (len > 0)
		memcpy(line, answer.ptr, len);
	line[len] = '\0';
	hide_secrets(h, line);
	http_complain(h, "status %ld%s%s%.*s", status, hint, len > 0 ? ": " : "",
	    ANSWER_SHOWN, line);
}

void
http_settle(http *h, size_t i, bool taken)
{
	progress_item *item = &h->progress.at[h->asked[i]];

	*(taken ? &item->has : &item->never) |= 1;
}

tl_err
http_put_string(tl_buf *out, tl_span text)
{
	tl_err err = buf_reserve(out, text.len * 6 + 2);

	if (err != TL_OK)
		return err;
	tl_buf_putc(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];
		if (c == '"' || c == '\\')
			tl_buf_putc(out, '\\');
		if (c >= 0x20) {
			tl_buf_put(out, &c, 1);
		} else {
			tl_buf_lit(out, "\\u00");
			tl_buf_hex(out, (tl_span){ &c, 1 });
		}
	}
	tl_buf_putc(out, '"');
	return TL_OK;
}

void
http_put_device(tl_buf *out, const parcel *p)
{
	char address[TL_ADDRESS_TEXT_MAX];

	if (p->n != NULL)
		tl_buf_put(out, address, tl_address_text(&p->device, address));
	else if (p->own->source != NULL)
		tl_buf_put(out, address, tl_address_text(p->own->source, address));
}

tl_err
http_gzip(tl_span in, tl_buf *out)
{
	z_stream z = { 0 };
	tl_err err;

	if (deflateInit2(
		&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return TL_ENOMEM;
	out->len = 0;
	err = buf_reserve(out, deflateBound(&z, in.len));
	if (err == TL_OK) {
		z.next_in = (Bytef *)(uintptr_t)in.ptr;
		z.avail_in = (uInt)in.len;
		z.next_out = out->ptr;
		z.avail_out = (uInt)out->cap;
		err = deflate(&z, Z_FINISH) == Z_STREAM_END ? TL_OK : TL_ENOMEM;
		out->len = z.total_out;
	}
	(void)deflateEnd(&z);
	return err;
}
