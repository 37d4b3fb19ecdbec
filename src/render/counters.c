/* render/counters.c: the counters as one JSON object. Called by the program at its end
 * and when it is asked. */
#include "trapline/render.h"

#include "base/buf.h"

static void
put(tl_buf *b, const char *separator, const char *name, uint64_t value)
{
	tl_buf_puts(b, separator);
	tl_buf_putc(b, '"');
	tl_buf_puts(b, name);
	tl_buf_lit(b, "\":");
	tl_buf_u64(b, value);
}

static void
put_reasons(tl_buf *b, const tl_counters *c)
{
	const char *separator = "";

	tl_buf_lit(b, ",\"reasons\":{");
	for (int err = TL_REFUSAL_FIRST; err < TL_ERR_COUNT; err++) {
		if (c->refused[err] == 0)
			continue;
		put(b, separator, tl_err_word((tl_err)err), c->refused[err]);
		separator = ",";
	}
	tl_buf_lit(b, "}");
}

static void
put_versions(tl_buf *b, const tl_counters *c)
{
	tl_buf_lit(b, ",\"versions\":{");
	put(b, "", "1", c->by_version[1]);
	put(b, ",", "2c", c->by_version[2]);
	put(b, ",", "3", c->by_version[3]);
	tl_buf_lit(b, "}");
}

static void
put_rfc(tl_buf *b, const tl_counters *c)
{
	const char *separator = "";

	tl_buf_lit(b, ",\"rfc\":{");
	for (int i = TL_RFC_NONE + 1; i < TL_RFC_COUNTER_COUNT; i++) {
		tl_rfc_counter counter = (tl_rfc_counter)i;
		put(b, separator, tl_rfc_counter_name(counter),
		    tl_counters_rfc(c, counter));
		separator = ",";
	}
	tl_buf_lit(b, "}");
}

tl_err
tl_render_counters(const tl_counters *c, uint64_t suppressed, uint64_t lost, tl_buf *out)
{
	tl_buf b = { .ptr = out->ptr + out->len, .cap = out->cap - out->len };

	put(&b, "{", "received", c->received);
	put(&b, ",", "delivered", c->notifications - suppressed);
	put(&b, ",", "duplicate", c->duplicates);
	put(&b, ",", "suppressed", suppressed);
	put(&b, ",", "refused", tl_counters_refused(c));
	put(&b, ",", "lost", lost);
	put_reasons(&b, c);
	put(&b, ",", "traps", c->traps);
	put(&b, ",", "informs", c->informs);
	put_versions(&b, c);
	put(&b, ",", "acknowledged", c->acknowledged);
	put(&b, ",", "reports", c->reports);
	put(&b, ",", "engines", c->engines);
	put_rfc(&b, c);
	tl_buf_lit(&b, "}\n");
	if (b.full)
		return TL_ENOSPC;
	out->len += b.len;
	return TL_OK;
}
