/* pipeline/say.c: events of our own: what was suppressed, what repeats. Called by the
 * stages when a window ends. */
#include "pipeline/say.h"

void
say_begin(saying *s, const char *kind, tl_severity severity)
{
	s->own = (tl_own_event){ .kind = kind,
		.severity = severity,
		.numbers = s->numbers,
		.fields = s->fields };
	s->text = (tl_buf){ .ptr = s->bytes, .cap = sizeof s->bytes };
}

void
say_number(saying *s, const char *name, uint64_t value)
{
	if (s->own.number_count < SAY_ITEMS_MAX)
		s->numbers[s->own.number_count++] = (tl_number){ name, value };
}

void
say_field(saying *s, const char *name, tl_span text)
{
	tl_span key = { (const uint8_t *)name, strlen(name) };

	if (s->own.field_count < SAY_ITEMS_MAX)
		s->fields[s->own.field_count++] = (tl_field){ key, text };
}

void
say_count(tl_buf *text, uint64_t count)
{
	if (count < 1000) {
		tl_buf_u64(text, count);
		return;
	}
	say_count(text, count / 1000);
	tl_buf_putc(text, ',');
	tl_buf_u64_pad(text, count % 1000, 3);
}

void
say_address(tl_buf *text, const tl_endpoint *who)
{
	char address[TL_ADDRESS_TEXT_MAX];

	if (text->cap - text->len >= sizeof address) {
		text->len += tl_address_text(who, (char *)text->ptr + text->len);
		return;
	}
	tl_buf_put(text, address, tl_address_text(who, address));
}

void
say_trap(tl_buf *text, tl_oid oid, const tl_mib *mib)
{
	const tl_mib_node *node = NULL;

	if (mib != NULL && oid.len > 0)
		node = tl_mib_find_notification(mib, oid);
	if (node != NULL)
		tl_mib_node_write_name(mib, node, text);
	else if (oid.len > 0)
		tl_buf_oid(text, oid);
	else
		tl_buf_lit(text, "notifications");
}

uint64_t
say_seconds(int64_t ns)
{
	const int64_t second = 1000000000;

	return ns < second ? 1 : (uint64_t)((ns + second / 2) / second);
}

void
say_end(saying *s, const emitter *to)
{
	s->own.message = tl_buf_written(&s->text);
	s->own.realtime_ns = to->realtime_ns;
	to->emit(to->context, &s->own);
}
