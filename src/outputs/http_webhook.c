/* outputs/http_webhook.c: anything that takes requests: the body by a template, one
 * request an event, or events as the output's format says. */
#include "base/buf.h"
#include "outputs/http.h"

/* Each event closes the array, and the next one opens it again. */
static tl_err
add_to_array(http *h, const parcel *p, tl_buf *body)
{
	size_t start = body->len;
	tl_err err = buf_reserve(body, 1);

	if (err != TL_OK)
		return err;
	if (start > 0)
		body->ptr[start - 1] = ',';
	else
		tl_buf_putc(body, '[');
	err = formatter_write(h->format, p, body);
	if (err == TL_OK)
		start = body->len; /* behind the newline */
	if (start > 0)
		body->ptr[start - 1] = ']';
	return err;
}

static tl_err
add(http *h, const parcel *p, tl_buf *body)
{
	if (h->http->body.text != NULL)
		return http_text_body(h->text, p, body);
	if (h->array)
		return add_to_array(h, p, body);
	return formatter_write(h->format, p, body);
}

static bool
judge(http *h, const http_reply *reply)
{
	(void)reply;
	for (size_t i = 0; i < h->asked_count; i++)
		http_settle(h, i, true);
	return true;
}

const http_api http_webhook = {
	.path = "",
	.query = "",
	.content_type = NULL,
	.token_scheme = "Bearer",
	.add = add,
	.judge = judge,
};
