/* render/judged.c: what was found out about a notification beside what it says, and
 * events of our own, for JSON and key=value lines. Called by walk.c and render.c. */
#include "render/walk.h"

#include "base/hash.h"

static const char *const alarm_words[] = {
	[TL_ALARM_NOT] = "",
	[TL_ALARM_RAISED] = "raised",
	[TL_ALARM_CHANGED] = "changed",
	[TL_ALARM_REPEATED] = "repeated",
	[TL_ALARM_CLEARED] = "cleared",
	[TL_ALARM_EXPIRED] = "expired",
};

const char *
tl_alarm_state_name(tl_alarm_state state)
{
	size_t i = (size_t)state;

	return i < sizeof alarm_words / sizeof alarm_words[0] ? alarm_words[i] : "";
}

/* A text of a rule's or a table's making; what is none, in hexadecimal behind 0x. */
static void
put_string(tl_walk *w, tl_span text)
{
	if (tl_walk_text(w, text))
		return;
	tl_walk_quote(w);
	tl_out_word(&w->o, "0x");
	tl_out_hex(&w->o, text);
	tl_walk_quote(w);
}

static void
put_tags(tl_walk *w, const tl_judgement *j)
{
	if (j->tag_count == 0)
		return;
	tl_walk_mark(w, TL_KEY_TAGS);
	for (size_t i = 0; i < j->tag_count; i++) {
		if (i > 0)
			tl_walk_mark(w, TL_KEY_LIST_COMMA);
		put_string(w, j->tags[i]);
	}
	tl_walk_mark(w, TL_KEY_TAGS_END);
}

static void
put_fields(tl_walk *w, const tl_field *fields, size_t count)
{
	bool first = true;

	for (size_t i = 0; i < count; i++) {
		if (!tl_is_bare(fields[i].name))
			continue;
		tl_walk_mark(w, first ? TL_KEY_FIELDS : TL_KEY_FIELDS_NEXT);
		first = false;
		tl_out_bytes(&w->o, fields[i].name.ptr, fields[i].name.len);
		tl_walk_mark(w, TL_KEY_ITEM_VALUE);
		put_string(w, fields[i].text);
	}
	if (!first)
		tl_walk_mark(w, TL_KEY_END);
}

static void
put_device(tl_walk *w, const tl_judgement *j)
{
	if (j->device == NULL)
		return;
	tl_walk_mark(w, TL_KEY_DEVICE);
	tl_out_address(&w->o, j->device);
	tl_walk_quote(w);
	tl_walk_comment(w, TL_KEY_DEVICE_NAME, j->device_name);
	tl_walk_mark(w, TL_KEY_END);
}

static void
put_alarm(tl_walk *w, tl_span key, tl_alarm_state state, uint32_t count)
{
	if (state == TL_ALARM_NOT)
		return;
	tl_walk_mark(w, TL_KEY_ALARM);
	put_string(w, key);
	tl_walk_mark(w, TL_KEY_ALARM_STATE);
	tl_out_word(&w->o, tl_alarm_state_name(state));
	tl_walk_quote(w);
	if (count > 0) {
		tl_walk_mark(w, TL_KEY_ALARM_COUNT);
		tl_out_u64(&w->o, count);
	}
	tl_walk_mark(w, TL_KEY_END);
}

void
tl_walk_judgement(tl_walk *w, const tl_judgement *j)
{
	tl_walk_comment(w, TL_KEY_MESSAGE, j->message);
	put_tags(w, j);
	put_fields(w, j->fields, j->field_count);
	put_device(w, j);
	put_alarm(w, j->alarm_key, j->alarm, j->alarm_count);
	tl_walk_comment(w, TL_KEY_RULE, j->rule);
}

/* An event of our own has an identity as well: a hash of what it says. */
static uint64_t
own_hash(const tl_own_event *own)
{
	uint64_t h = tl_hash((const uint8_t *)own->kind, strlen(own->kind), 0x6f776e);

	h = tl_hash(own->message.ptr, own->message.len, h);
	h = tl_hash(own->alarm_key.ptr, own->alarm_key.len, h);
	if (own->source != NULL)
		h = tl_hash(own->source->addr, sizeof own->source->addr, h);
	return tl_hash(own->trap_oid.ber, own->trap_oid.len, h);
}

void
tl_walk_own(tl_walk *w, const tl_own_event *own)
{
	tl_walk_head(w, own->realtime_ns, own_hash(own), TL_KEY_KIND);
	tl_out_word(&w->o, own->kind);
	tl_walk_quote(w);
	if (own->source != NULL) {
		tl_walk_mark(w, TL_KEY_SOURCE);
		tl_out_address(&w->o, own->source);
		tl_walk_mark(w, TL_KEY_SOURCE_END);
	}
	if (own->trap_oid.len > 0)
		tl_walk_trap_name(w, own->trap_oid);
	tl_walk_severity(w, own->severity);
	tl_walk_comment(w, TL_KEY_MESSAGE, own->message);
	for (size_t i = 0; i < own->number_count; i++) {
		tl_walk_mark(w, TL_KEY_NUMBER);
		tl_out_word(&w->o, own->numbers[i].name);
		tl_walk_mark(w, TL_KEY_ITEM_VALUE);
		tl_out_u64(&w->o, own->numbers[i].value);
	}
	put_fields(w, own->fields, own->field_count);
	put_alarm(w, own->alarm_key, own->alarm, 0);
	tl_walk_mark(w, TL_KEY_LINE_END);
}
