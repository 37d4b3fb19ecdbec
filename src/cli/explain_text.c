/* cli/explain_text.c: what `trapline explain` prints for people. Texts of peers are made
 * safe for a terminal. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/explain.h"

enum { LINE_MAX_BYTES = 16384 };

static void
put(tl_span text)
{
	uint8_t memory[LINE_MAX_BYTES];
	tl_buf out = { .ptr = memory, .cap = sizeof memory };

	tl_buf_printable(&out, text);
	fwrite(memory, 1, out.len, stdout);
	if (out.full)
		fputs("...", stdout);
}

/* The field |name| of |ev|, if it is there. */
static bool
put_field(const event *ev, const char *before, const char *name)
{
	uint8_t memory[LINE_MAX_BYTES];
	tl_buf out = { .ptr = memory, .cap = sizeof memory };
	field f;

	field_resolve(name, ev->mib, &f);
	if (!field_write(&f, ev, FIELD_TEXT, &out))
		return false;
	fputs(before, stdout);
	put(tl_buf_written(&out));
	return true;
}

static void
severity(const event *ev, const severity_reason *reason)
{
	uint8_t memory[LINE_MAX_BYTES];
	tl_buf name = { .ptr = memory, .cap = sizeof memory };

	printf("  severity %s (", tl_severity_name(reason->severity));
	if (reason->vb != NULL)
		field_write_name(ev->mib, reason->vb->name, &name);
	else
		tl_buf_puts(&name, reason->by);
	put(tl_buf_written(&name));
	puts(")");
}

static void
begin(const event *ev, tl_conf_address by)
{
	put_field(ev, "", "time");
	put_field(ev, "  ", "device");
	if (!put_field(ev, "  ", "trap_name"))
		put_field(ev, "  ", "trap_oid");
	put_field(ev, "  v", "version");
	put_field(ev, " ", "kind");
	putchar('\n');
	if (ev->j.device == NULL)
		return;
	put_field(ev, "  device ", "device");
	printf(" (%s)", explain_address_word(by));
	put_field(ev, ", from ", "source");
	putchar('\n');
}

static void
fields(const event *ev)
{
	if (ev->j.device_name.len > 0) {
		fputs("  device name ", stdout);
		put(ev->j.device_name);
		putchar('\n');
	}
	for (size_t i = 0; i < ev->j.field_count; i++) {
		fputs("  table field ", stdout);
		put(ev->fields[i].name);
		fputs(": ", stdout);
		put(ev->fields[i].text);
		putchar('\n');
	}
}

static void
put_change(const explain_change *c)
{
	printf("      %s", c->what);
	if (c->name.len > 0) {
		putchar(' ');
		put(c->name);
	}
	if (strcmp(c->what, "drop") == 0) {
		putchar('\n');
		return;
	}
	fputs(": ", stdout);
	if (c->from.len > 0) {
		put(c->from);
		fputs(" -> ", stdout);
	}
	put(c->to);
	putchar('\n');
}

static void
rule(const explain_rule *r)
{
	fputs(r->verdict == RULE_APPLIES ? "  + rule " : "  - rule ", stdout);
	put(r->name);
	printf(", line %u: ", r->mark.line);
	if (r->verdict == RULE_APPLIES)
		fputs(r->count > 0 ? "applies" : "applies, and changes nothing", stdout);
	else
		put(r->why);
	putchar('\n');
	for (size_t i = 0; i < r->count; i++)
		put_change(&r->changes[i]);
	if (r->stops && r->verdict == RULE_APPLIES)
		puts("      stop");
}

static void
put_tags(const event *ev)
{
	if (put_field(ev, "      tags: ", "tags"))
		putchar('\n');
}

static void
put_fields(const event *ev)
{
	for (size_t i = 0; i < ev->j.field_count; i++) {
		fputs("      field ", stdout);
		put(ev->fields[i].name);
		fputs(": ", stdout);
		put(ev->fields[i].text);
		putchar('\n');
	}
}

static void
put_alarm(const event *ev)
{
	if (ev->j.alarm == TL_ALARM_NOT)
		return;
	printf("      alarm %s: ", tl_alarm_state_name(ev->j.alarm));
	put(ev->j.alarm_key);
	if (ev->j.alarm_count > 1)
		printf(", %u times", ev->j.alarm_count);
	putchar('\n');
}

static void
put_outputs(const explain_result *r)
{
	for (size_t i = 0; i < r->output_count; i++) {
		const explain_output *o = &r->outputs[i];
		printf("      %s %s", o->why.len == 0 ? "to" : "not to", o->name);
		if (o->why.len > 0) {
			fputs(": ", stdout);
			put(o->why);
		}
		putchar('\n');
	}
}

static void
end(const explain_result *r)
{
	const event *ev = r->ev;

	if (r->unseen > 0)
		printf("    %zu more rule%s not looked at\n", r->unseen,
		    r->unseen == 1 ? "" : "s");
	fputs("  = ", stdout);
	if (ev->j.severity != TL_SEVERITY_NONE)
		printf("severity %s", tl_severity_name(ev->j.severity));
	if (ev->suppressed != SUPPRESSED_NOT)
		printf("%ssuppressed: %s", ev->j.severity != TL_SEVERITY_NONE ? ", " : "",
		    suppression_word(ev->suppressed));
	if (r->threshold != NULL)
		printf(" %s", r->threshold);
	putchar('\n');
	put_alarm(ev);
	put_tags(ev);
	put_fields(ev);
	if (put_field(ev, "      message: ", "message"))
		putchar('\n');
	put_outputs(r);
	putchar('\n');
}

static void
refused(const tl_datagram *in, const tl_refusal *refusal)
{
	char address[TL_ADDRESS_TEXT_MAX];

	tl_address_text(&in->from, address);
	printf("%s: refused, %s at byte %u: 'trapline decode' tells more\n\n", address,
	    tl_err_word(refusal->diag.err), refusal->diag.offset);
}

static void
own(const tl_own_event *e)
{
	fputs(e->kind, stdout);
	fputs(": ", stdout);
	put(e->message);
	puts("\n");
}

static void
other(tl_span kind)
{
	put(kind);
	puts(": no notification, so no rule sees it\n");
}

const explain_writer explain_text = { begin, fields, severity, rule, end, refused, own,
	other };
