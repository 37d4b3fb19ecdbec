/* pipeline/match_explain.c: why an event does not fit, for people. Called by `trapline
 * explain`, with all the time in the world. */
#include <string.h>

#include "base/buf.h"
#include "pipeline/value_test.h"
#include "pipeline/match.h"

enum { SHOWN_MAX = 4, TEXT_MAX = 256 }; /* of many values; bytes of one */

/* What a condition looks at, as templates call it. */
static const char *const looked_at[] = {
	[MATCH_KIND] = "kind",
	[MATCH_VERSION] = "version",
	[MATCH_SEVERITY] = "severity",
	[MATCH_TRAP] = "trap_name",
	[MATCH_SOURCE] = "device",
	[MATCH_USER] = "user",
	[MATCH_CONTEXT] = "context",
	[MATCH_COMMUNITY] = "community",
	[MATCH_ENTERPRISE] = "enterprise",
	[MATCH_TAGS] = "tags",
};

const char *
match_condition_word(match_condition c)
{
	static const char *const words[] = {
#define TL_X(name, word) #word,
		MATCH_CONDITIONS(TL_X)
#undef TL_X
	};

	return (unsigned)c < MATCH_ALL_FIT ? words[c] : "";
}

static void
put_text(tl_buf *out, tl_span text)
{
	bool cut = text.len > TEXT_MAX;

	text.len = cut ? TEXT_MAX : text.len;
	tl_buf_printable(out, text);
	if (cut)
		tl_buf_lit(out, "...");
}

/* Puts "name is VALUE"; without a value "there is no name". */
static void
put_found(tl_buf *out, const char *word, const char *name, const event *ev)
{
	uint8_t memory[4096];
	tl_buf text = { .ptr = memory, .cap = sizeof memory };
	field f;

	field_resolve(name, ev->mib, &f);
	if (!field_write(&f, ev, FIELD_TEXT, &text)) {
		tl_buf_lit(out, "there is no ");
		tl_buf_puts(out, word);
		return;
	}
	tl_buf_puts(out, word);
	tl_buf_lit(out, " is ");
	put_text(out, tl_buf_written(&text));
}

/* Wanted values: " or " between them. */
typedef struct wanted {
	tl_buf *out;
	size_t count;
} wanted;

static void
want(wanted *w, const char *text)
{
	if (w->count == 0)
		tl_buf_lit(w->out, ", not ");
	else if (w->count < SHOWN_MAX)
		tl_buf_lit(w->out, " or ");
	else if (w->count == SHOWN_MAX)
		tl_buf_lit(w->out, " or ...");
	if (w->count++ < SHOWN_MAX)
		tl_buf_puts(w->out, text);
}

static void
want_texts(wanted *w, const tl_conf_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		want(w, texts->at[i]);
}

static void
want_patterns(wanted *w, const tl_conf_patterns *list)
{
	for (size_t i = 0; i < list->count; i++)
		want(w, list->at[i].shown);
}

static void
want_sources(wanted *w, const tl_conf_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		want(w, sources->at[i].net.text);
}

static void
want_words(wanted *w, uint32_t bits, const char *const *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if ((bits >> i & 1) != 0)
			want(w, words[i]);
}

static void
want_severities(wanted *w, uint32_t bits)
{
	for (unsigned i = TL_SEVERITY_CLEARED; i <= TL_SEVERITY_CRITICAL; i++)
		if ((bits >> i & 1) != 0)
			want(w, tl_severity_name((tl_severity)i));
}

static void
explain_plain(const tl_conf_match *c, match_condition at, const event *ev, tl_buf *out)
{
	static const char *const kinds[] = { "trap", "inform", "refused", "own" };
	static const char *const versions[] = { "", "1", "2c", "3" };
	wanted w = { .out = out };
	const char *word = match_condition_word(at);

	put_found(out, word,
	    at == MATCH_TRAP && event_trap(ev) == NULL ? "trap_oid" : looked_at[at], ev);
	switch (at) {
	case MATCH_KIND:
		want_words(&w, c->kinds, kinds, 4);
		break;
	case MATCH_VERSION:
		want_words(&w, c->versions, versions, 4);
		break;
	case MATCH_SEVERITY:
		want_severities(&w, c->severities);
		break;
	case MATCH_TRAP:
		want_patterns(&w, &c->trap);
		break;
	case MATCH_SOURCE:
		want_sources(&w, &c->source);
		break;
	case MATCH_USER:
		want_texts(&w, &c->user);
		break;
	case MATCH_CONTEXT:
		want_texts(&w, &c->context);
		break;
	case MATCH_COMMUNITY:
		want_texts(&w, &c->community);
		break;
	case MATCH_ENTERPRISE:
		want_patterns(&w, &c->enterprise);
		break;
	case MATCH_TAGS:
	case MATCH_FIELDS:
	case MATCH_VARBINDS:
	case MATCH_ALL_FIT:
		break;
	}
}

/* All instances of an object. */
static void
put_instances(tl_buf *out, const char *name, const event *ev)
{
	size_t count = ev->n != NULL ? ev->n->all_count : 0, shown = 0;
	field f;

	field_resolve_object(name, ev->mib, &f);
	for (size_t i = 0; i < count; i++) {
		uint8_t memory[4096];
		tl_buf text = { .ptr = memory, .cap = sizeof memory };
		if (!field_is_of(&f, &ev->n->all[i]) || shown++ >= SHOWN_MAX)
			continue;
		field_write_text(ev->mib, ev->j.charset, &ev->n->all[i], &text);
		tl_buf_puts(out, shown == 1 ? name : "");
		tl_buf_puts(out, shown == 1 ? " is " : ", ");
		put_text(out, tl_buf_written(&text));
	}
	if (shown > 0)
		return;
	tl_buf_lit(out, "there is no ");
	tl_buf_puts(out, name);
}

static void
explain_varbind(const tl_conf_varbind *c, const event *ev, tl_buf *out)
{
	wanted w = { .out = out };

	put_instances(out, c->object.text, ev);
	for (size_t i = 0; i < c->tests.count; i++)
		want(&w, c->tests.at[i].shown);
}

void
match_explain(const match *m, const event *ev, tl_buf *out)
{
	const tl_conf_match *c = match_conf(m);
	wanted w = { .out = out };
	value_memo memo;
	match_view v;
	size_t which;

	match_view_begin(&v, ev, &memo);
	match_condition at = match_fails(m, &v, 0, &which);

	switch (at) {
	case MATCH_ALL_FIT:
		return;
	case MATCH_TAGS:
		tl_buf_lit(out, "there is no tag ");
		tl_buf_puts(out, c->tags.at[which]);
		return;
	case MATCH_FIELDS:
		put_found(out, c->fields.at[which].name, c->fields.at[which].name, ev);
		want(&w, c->fields.at[which].value);
		return;
	case MATCH_VARBINDS:
		explain_varbind(&c->varbinds.at[which], ev, out);
		return;
	case MATCH_KIND:
	case MATCH_VERSION:
	case MATCH_SEVERITY:
	case MATCH_TRAP:
	case MATCH_SOURCE:
	case MATCH_USER:
	case MATCH_CONTEXT:
	case MATCH_COMMUNITY:
	case MATCH_ENTERPRISE:
		break;
	}
	explain_plain(c, at, ev, out);
}
