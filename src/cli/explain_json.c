/* cli/explain_json.c: what `trapline explain --json` prints: an object a line. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/explain.h"

enum { TEXT_ROOM = 16384 };

/* A JSON string; what is no text in hexadecimal. */
static void
put_string(tl_span text)
{
	bool is_text = tl_is_text(text);

	putchar('"');
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];
		if (!is_text)
			printf("%02x", c);
		else if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void
put_member(const char *before, const char *name, tl_span text)
{
	printf("%s\"%s\":", before, name);
	put_string(text);
}

static tl_span
span_of(const char *text)
{
	return (tl_span){ (const uint8_t *)text, strlen(text) };
}

static bool
put_field(const event *ev, const char *before, const char *name)
{
	uint8_t memory[TEXT_ROOM];
	tl_buf out = { .ptr = memory, .cap = sizeof memory };
	field f;

	field_resolve(name, ev->mib, &f);
	if (!field_write(&f, ev, FIELD_TEXT, &out))
		return false;
	put_member(before, name, tl_buf_written(&out));
	return true;
}

static void
begin(const event *ev, tl_conf_address by)
{
	static const char *const names[] = { "device", "source", "version", "kind",
		"trap_oid", "trap_name" };

	putchar('{');
	put_field(ev, "", "time");
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		put_field(ev, ",", names[i]);
	put_member(",", "device_by", span_of(explain_address_word(by)));
}

static void
put_fields(const event *ev)
{
	putchar('{');
	for (size_t i = 0; i < ev->j.field_count; i++) {
		fputs(i > 0 ? "," : "", stdout);
		put_string(ev->fields[i].name);
		putchar(':');
		put_string(ev->fields[i].text);
	}
	putchar('}');
}

static void
fields(const event *ev)
{
	put_field(ev, ",", "device_name");
	fputs(",\"table_fields\":", stdout);
	put_fields(ev);
}

static void
severity(const event *ev, const severity_reason *reason)
{
	uint8_t memory[TEXT_ROOM];
	tl_buf name = { .ptr = memory, .cap = sizeof memory };

	put_member(",", "severity", span_of(tl_severity_name(reason->severity)));
	put_member(",", "severity_by", span_of(reason->by));
	if (reason->vb != NULL) {
		field_write_name(ev->mib, reason->vb->name, &name);
		put_member(",", "severity_object", tl_buf_written(&name));
	}
}

static void
put_change(const explain_change *c, const char *before)
{
	put_member(before, "what", span_of(c->what));
	if (c->name.len > 0)
		put_member(",", "name", c->name);
	if (c->from.len > 0)
		put_member(",", "from", c->from);
	if (strcmp(c->what, "drop") != 0)
		put_member(",", "to", c->to);
	putchar('}');
}

static void
rule(const explain_rule *r)
{
	fputs(r->first ? ",\"rules\":[" : ",", stdout);
	put_member("{", "rule", r->name);
	printf(",\"line\":%u,\"applies\":%s", r->mark.line,
	    r->verdict == RULE_APPLIES ? "true" : "false");
	if (r->verdict != RULE_APPLIES) {
		put_member(",", "why", r->why);
	} else {
		fputs(",\"changes\":[", stdout);
		for (size_t i = 0; i < r->count; i++)
			put_change(&r->changes[i], i > 0 ? ",{" : "{");
		printf("],\"stop\":%s", r->stops ? "true" : "false");
	}
	putchar('}');
}

static void
put_alarm(const event *ev)
{
	if (ev->j.alarm == TL_ALARM_NOT)
		return;
	put_member(",\"alarm\":{", "key", ev->j.alarm_key);
	put_member(",", "state", span_of(tl_alarm_state_name(ev->j.alarm)));
	if (ev->j.alarm_count > 0)
		printf(",\"count\":%u", ev->j.alarm_count);
	putchar('}');
}

static void
put_outputs(const explain_result *r)
{
	fputs(",\"outputs\":[", stdout);
	for (size_t i = 0; i < r->output_count; i++) {
		const explain_output *o = &r->outputs[i];
		put_member(i > 0 ? ",{" : "{", "output", span_of(o->name));
		printf(",\"goes\":%s", o->why.len == 0 ? "true" : "false");
		if (o->why.len > 0)
			put_member(",", "why", o->why);
		putchar('}');
	}
	putchar(']');
}

static void
end(const explain_result *r)
{
	const event *ev = r->ev;

	printf("%s],\"rules_not_looked_at\":%zu,\"result\":{",
	    r->told > 0 ? "" : ",\"rules\":[", r->unseen);
	put_field(ev, "", "device");
	put_member(",", "severity", span_of(tl_severity_name(ev->j.severity)));
	if (ev->suppressed != SUPPRESSED_NOT)
		put_member(",", "suppressed", span_of(suppression_word(ev->suppressed)));
	if (r->threshold != NULL)
		put_member(",", "threshold", span_of(r->threshold));
	fputs(",\"tags\":[", stdout);
	for (size_t i = 0; i < ev->j.tag_count; i++) {
		fputs(i > 0 ? "," : "", stdout);
		put_string(ev->tags[i]);
	}
	fputs("],\"fields\":", stdout);
	put_fields(ev);
	put_field(ev, ",", "message");
	put_alarm(ev);
	put_field(ev, ",", "rule");
	put_outputs(r);
	fputs("}}\n", stdout);
}

static void
refused(const tl_datagram *in, const tl_refusal *refusal)
{
	char address[TL_ADDRESS_TEXT_MAX];

	tl_address_text(&in->from, address);
	put_member("{", "source", span_of(address));
	put_member(",", "kind", span_of("refused"));
	put_member(",", "reason", span_of(tl_err_word(refusal->diag.err)));
	printf(",\"offset\":%u}\n", refusal->diag.offset);
}

static void
own(const tl_own_event *e)
{
	put_member("{", "kind", span_of(e->kind));
	put_member(",", "message", e->message);
	fputs("}\n", stdout);
}

static void
other(tl_span kind)
{
	put_member("{", "kind", kind);
	fputs("}\n", stdout);
}

const explain_writer explain_json = { begin, fields, severity, rule, end, refused, own,
	other };
