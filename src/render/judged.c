/* render/judged.c: what was found out about a notification beside what it says, and
 * events of our own, for JSON and key=value lines. Called by walk.c and render.c. */
#include "render/walk.h"

#include "base/hash.h"

static const char *const alarm_words[] = { [TL_ALARM_NOT] = "",
#define TL_X(name, word) [TL_ALARM_##name] = word,
	TL_ALARM_STATES(TL_X)
#undef TL_X
};

const char *
tl_alarm_state_name(tl_alarm_state state)
{
	size_t i = (size_t)state;

	return i < sizeof alarm_words / sizeof alarm_words[0] ? alarm_words[i] : "";
}

/* What is no text, in hexadecimal behind 0x. Rare: kept out of the way of the others. */
static __attribute__((noinline)) void
put_bytes(tl_walk *w, tl_span bytes)
{
	tl_walk_quote(w);
	tl_out_word(&w->o, "0x");
	tl_out_hex(&w->o, bytes);
	tl_walk_quote(w);
}

/* A text of a rule's or a table's making. */
static inline void
put_string(tl_walk *w, tl_span text)
{
	if (!tl_walk_text(w, text))
		put_bytes(w, text);
}

static void
put_tags(tl_walk *w, const tl_judgement *j)
{
	tl_walk_mark(w, TL_KEY_TAGS);
	for (size_t i = 0; i < j->tag_count; i++) {
		if (i > 0)
			tl_walk_mark(w, TL_KEY_LIST_COMMA);
		put_string(w, j->tags[i]);
	}
	tl_walk_json(w, ']');
}

/* Whether |len| bytes, 1 to 16, are the same. */
static inline bool
same_name(const uint8_t *a, const uint8_t *b, size_t len)
{
	if (len >= 8)
		return tl_load64(a) == tl_load64(b) &&
		       tl_load64(a + len - 8) == tl_load64(b + len - 8);
	if (len >= 4)
		return memcmp(a, b, 4) == 0 && memcmp(a + len - 4, b + len - 4, 4) == 0;
	return a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1];
}

static inline bool
is_known(const tl_field_start *known, tl_span name)
{
	return known->len == name.len && name.len > 0 &&
	       same_name(known->name, name.ptr, name.len);
}

/* What stands before a field's text, and keeps it as |known|; false, and nothing is
 * written, if its name is not bare: a key stands in a line as it is. */
static __attribute__((noinline)) bool
put_field_start(tl_walk *w, tl_span name, tl_key mark, tl_field_start *known)
{
	uint8_t *from = w->o.p;

	tl_walk_mark(w, mark);
	if (!tl_out_bare(&w->o, name)) {
		w->o.p = from;
		return false;
	}
	tl_walk_mark(w, TL_KEY_ITEM_VALUE);
	if (name.len > TL_FIELD_NAME_MAX || w->o.full)
		return true;
	memcpy(known->name, name.ptr, name.len);
	known->len = name.len;
	known->text.len = (uint8_t)(w->o.p - from);
	memcpy(known->text.text, from, known->text.len);
	return true;
}

static void
put_fields(tl_walk *w, const tl_field *fields, size_t count)
{
	tl_field_start *known = w->r->fields, *last = known + TL_FIELDS_KEPT - 1;
	tl_key mark = TL_KEY_FIELDS;

	for (const tl_field *f = fields, *end = f + count; f < end; f++) {
		if (is_known(known, f->name))
			tl_out_fragment(&w->o, &known->text);
		else if (!put_field_start(w, f->name, mark, known))
			continue;
		put_string(w, f->text);
		mark = TL_KEY_FIELDS_NEXT;
		known += known < last;
	}
	if (mark == TL_KEY_FIELDS_NEXT)
		tl_walk_json(w, '}');
}

static void
put_device(tl_walk *w, const tl_judgement *j)
{
	tl_walk_mark(w, TL_KEY_DEVICE);
	tl_out_address(&w->o, j->device);
	tl_walk_quote(w);
	tl_walk_comment(w, TL_KEY_DEVICE_NAME, j->device_name);
	tl_walk_json(w, '}');
}

static void
put_alarm(tl_walk *w, tl_span key, tl_alarm_state state, uint32_t count)
{
	tl_walk_mark(w, TL_KEY_ALARM);
	put_string(w, key);
	tl_walk_choice(w, TL_KEY_ALARM_RAISED, state, TL_ALARM_EXPIRED);
	if (count > 0) {
		tl_walk_mark(w, TL_KEY_ALARM_COUNT);
		tl_out_u64(&w->o, count);
	}
	tl_walk_json(w, '}');
}

void
tl_walk_judgement(tl_walk *w, const tl_judgement *j)
{
	tl_walk_comment(w, TL_KEY_MESSAGE, j->message);
	if (j->tag_count > 0)
		put_tags(w, j);
	if (j->field_count > 0)
		put_fields(w, j->fields, j->field_count);
	if (j->device != NULL)
		put_device(w, j);
	if (j->alarm != TL_ALARM_NOT)
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
	if (own->alarm != TL_ALARM_NOT)
		put_alarm(w, own->alarm_key, own->alarm, 0);
	tl_walk_mark(w, TL_KEY_LINE_END);
}
