/* pipeline/field_keys.c: the keys of an event, a row of a table each. Used by field.c. */
#include "pipeline/field_keys.h"

#include <string.h>

#include "base/buf.h"

/* What an event must be, or have, for a key to mean anything. */
typedef enum needs {
	ANY = 0,
	RECEIVED, /* not an event of our own */
	V1_V2C,
	V3,
	V1_PDU,
	AGENT,
	UPTIME,
	REQUEST_ID
} needs;

/* A key of an event: writes its text, false where there is none, or is a number. */
typedef struct key {
	const char *name;
	needs needs;
	bool (*write)(const event *ev, tl_buf *out);
	int64_t (*number)(const event *ev);
} key;

static bool
put_span(tl_buf *out, tl_span text)
{
	if (text.len == 0)
		return false;
	if (tl_is_text(text))
		tl_buf_span(out, text);
	else
		tl_buf_hex(out, text);
	return true;
}

static bool
put_word(tl_buf *out, const char *word)
{
	tl_buf_puts(out, word);
	return word[0] != '\0';
}

static bool
put_hex(tl_buf *out, tl_span bytes)
{
	tl_buf_hex(out, bytes);
	return bytes.len > 0;
}

static bool
put_address(tl_buf *out, const tl_endpoint *ep)
{
	char text[TL_ADDRESS_TEXT_MAX];

	if (ep == NULL)
		return false;
	tl_buf_put(out, text, tl_address_text(ep, text));
	return true;
}

/* Keys that are texts. */

static bool
put_id(const event *ev, tl_buf *out)
{
	char id[TL_ID_LEN];

	tl_event_id(ev->n->received_ns, ev->n->id_hash, id);
	tl_buf_put(out, id, sizeof id);
	return true;
}

static bool
put_time(const event *ev, tl_buf *out)
{
	tl_buf_time(out, ev->n != NULL ? ev->n->received_ns : ev->own->realtime_ns);
	return true;
}

static bool
put_kind(const event *ev, tl_buf *out)
{
	if (ev->n == NULL)
		return put_word(out, ev->own->kind);
	return put_word(out, ev->n->kind == TL_INFORM ? "inform" : "trap");
}

static bool
put_version(const event *ev, tl_buf *out)
{
	static const char *const words[] = { "", "1", "2c", "3" };

	return put_word(out, words[ev->n->version & 3]);
}

static const tl_endpoint *
peer_of(const event *ev)
{
	return ev->n != NULL ? &ev->n->from : ev->own->source;
}

static bool
put_source(const event *ev, tl_buf *out)
{
	return put_address(out, peer_of(ev));
}

static bool
put_local(const event *ev, tl_buf *out)
{
	return put_address(out, &ev->n->to);
}

static bool
put_device(const event *ev, tl_buf *out)
{
	return put_address(out, event_device(ev));
}

static bool
put_agent_address(const event *ev, tl_buf *out)
{
	tl_endpoint ep = { .addr = { [10] = 0xff, [11] = 0xff } };

	memcpy(ep.addr + 12, ev->n->agent_address, 4);
	return put_address(out, &ep);
}

static bool
put_community(const event *ev, tl_buf *out)
{
	return put_span(out, ev->n->community);
}

static bool
put_user(const event *ev, tl_buf *out)
{
	return put_span(out, ev->n->v3.user);
}

static bool
put_level(const event *ev, tl_buf *out)
{
	return put_word(out, tl_level_name(ev->n->v3.level));
}

static bool
put_auth(const event *ev, tl_buf *out)
{
	return put_word(out, tl_auth_name(ev->n->v3.auth));
}

static bool
put_priv(const event *ev, tl_buf *out)
{
	return put_word(out, tl_priv_name(ev->n->v3.priv));
}

static bool
put_engine_id(const event *ev, tl_buf *out)
{
	return put_hex(out, ev->n->v3.engine_id);
}

static bool
put_context(const event *ev, tl_buf *out)
{
	return put_span(out, ev->n->v3.context_name);
}

static bool
put_context_engine_id(const event *ev, tl_buf *out)
{
	return put_hex(out, ev->n->v3.context_engine_id);
}

static bool
put_origin(const event *ev, tl_buf *out)
{
	if (ev->n != NULL && put_hex(out, ev->n->v3.context_engine_id))
		return true;
	return put_device(ev, out);
}

static bool
put_trap_oid(const event *ev, tl_buf *out)
{
	tl_oid oid = event_trap_oid(ev);

	tl_buf_oid(out, oid);
	return oid.len > 0;
}

static bool
put_trap_name(const event *ev, tl_buf *out)
{
	const tl_mib_node *trap = event_trap(ev);

	if (trap != NULL)
		tl_mib_node_write_name(ev->mib, trap, out);
	return trap != NULL;
}

static bool
put_trap(const event *ev, tl_buf *out)
{
	const tl_mib_node *trap = event_trap(ev);

	if (trap == NULL)
		return put_trap_oid(ev, out);
	return put_span(out, tl_mib_node_name(ev->mib, trap));
}

static bool
put_enterprise(const event *ev, tl_buf *out)
{
	tl_oid oid = event_enterprise(ev);

	tl_buf_oid(out, oid);
	return oid.len > 0;
}

static bool
put_severity(const event *ev, tl_buf *out)
{
	return put_word(out, tl_severity_name(event_severity(ev)));
}

static bool
put_message(const event *ev, tl_buf *out)
{
	return put_span(out, ev->n != NULL ? ev->j.message : ev->own->message);
}

static bool
put_device_name(const event *ev, tl_buf *out)
{
	return put_span(out, ev->j.device_name);
}

static bool
put_alarm_key(const event *ev, tl_buf *out)
{
	return put_span(out, ev->n != NULL ? ev->j.alarm_key : ev->own->alarm_key);
}

static bool
put_alarm(const event *ev, tl_buf *out)
{
	return put_word(
	    out, tl_alarm_state_name(ev->n != NULL ? ev->j.alarm : ev->own->alarm));
}

static bool
put_tags(const event *ev, tl_buf *out)
{
	for (size_t i = 0; i < ev->j.tag_count; i++) {
		if (i > 0)
			tl_buf_putc(out, ',');
		put_span(out, ev->tags[i]);
	}
	return ev->j.tag_count > 0;
}

static bool
put_rule(const event *ev, tl_buf *out)
{
	return put_span(out, ev->j.rule);
}

static bool
put_flags(const event *ev, tl_buf *out)
{
	static const char *const words[] = {
#define TL_X(suffix, bit, word) [bit] = (word),
		TL_FLAGS(TL_X)
#undef TL_X
	};
	bool first = true;

	for (size_t bit = 0; bit < sizeof words / sizeof words[0]; bit++) {
		if ((ev->n->flags >> bit & 1) == 0)
			continue;
		if (!first)
			tl_buf_putc(out, ',');
		first = false;
		tl_buf_puts(out, words[bit]);
	}
	return !first;
}

/* Keys that are numbers. */

static int64_t
source_port(const event *ev)
{
	return ev->n->from.port;
}

static int64_t
local_port(const event *ev)
{
	return ev->n->to.port;
}

static int64_t
boots(const event *ev)
{
	return ev->n->v3.boots;
}

static int64_t
engine_time(const event *ev)
{
	return ev->n->v3.time_s;
}

static int64_t
request_id(const event *ev)
{
	return (int32_t)ev->n->request_id;
}

static int64_t
uptime(const event *ev)
{
	return ev->n->uptime_cs;
}

static int64_t
generic(const event *ev)
{
	return ev->n->v1.generic;
}

static int64_t
specific(const event *ev)
{
	return ev->n->v1.specific;
}

static int64_t
alarm_count(const event *ev)
{
	return ev->j.alarm_count;
}

static const key keys[] = {
	{ "id", RECEIVED, put_id, NULL },
	{ "time", ANY, put_time, NULL },
	{ "kind", ANY, put_kind, NULL },
	{ "version", RECEIVED, put_version, NULL },
	{ "source", ANY, put_source, NULL },
	{ "source_port", RECEIVED, NULL, source_port },
	{ "local", RECEIVED, put_local, NULL },
	{ "local_port", RECEIVED, NULL, local_port },
	{ "agent_address", AGENT, put_agent_address, NULL },
	{ "community", V1_V2C, put_community, NULL },
	{ "user", V3, put_user, NULL },
	{ "level", V3, put_level, NULL },
	{ "auth", V3, put_auth, NULL },
	{ "priv", V3, put_priv, NULL },
	{ "engine_id", V3, put_engine_id, NULL },
	{ "boots", V3, NULL, boots },
	{ "engine_time", V3, NULL, engine_time },
	{ "context", V3, put_context, NULL },
	{ "context_engine_id", V3, put_context_engine_id, NULL },
	{ "origin", ANY, put_origin, NULL },
	{ "request_id", REQUEST_ID, NULL, request_id },
	{ "uptime", UPTIME, NULL, uptime },
	{ "trap_oid", ANY, put_trap_oid, NULL },
	{ "trap_name", ANY, put_trap_name, NULL },
	{ "trap", ANY, put_trap, NULL },
	{ "enterprise", RECEIVED, put_enterprise, NULL },
	{ "generic", V1_PDU, NULL, generic },
	{ "specific", V1_PDU, NULL, specific },
	{ "severity", ANY, put_severity, NULL },
	{ "message", ANY, put_message, NULL },
	{ "device", ANY, put_device, NULL },
	{ "device_name", ANY, put_device_name, NULL },
	{ "tags", ANY, put_tags, NULL },
	{ "alarm", ANY, put_alarm, NULL },
	{ "alarm_key", ANY, put_alarm_key, NULL },
	{ "alarm_count", RECEIVED, NULL, alarm_count },
	{ "rule", ANY, put_rule, NULL },
	{ "flags", RECEIVED, put_flags, NULL },
};

enum { KEYS = sizeof keys / sizeof keys[0] };

static bool
is_there(const event *ev, needs what)
{
	const tl_notification *n = ev->n;

	if (what == ANY)
		return n != NULL || ev->own != NULL;
	if (n == NULL)
		return false;
	switch (what) {
	case V1_V2C:
		return n->version != 3;
	case V3:
		return n->version == 3;
	case V1_PDU:
		return n->v1.present;
	case AGENT:
		return n->has_agent_address;
	case UPTIME:
		return (n->flags & TL_FLAG_NO_UPTIME) == 0;
	case REQUEST_ID:
		return !n->v1.present;
	case ANY:
	case RECEIVED:
		break;
	}
	return true;
}

const char *
field_key(size_t i)
{
	return i < KEYS ? keys[i].name : NULL;
}

uint8_t
field_key_find(const char *name)
{
	for (uint8_t i = 0; i < KEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return (uint8_t)(i + 1);
	return 0;
}

bool
field_key_write(uint8_t at, const event *ev, tl_buf *out)
{
	const key *k = &keys[at - 1];

	if (!is_there(ev, k->needs))
		return false;
	if (k->write != NULL)
		return k->write(ev, out);
	tl_buf_i64(out, k->number(ev));
	return true;
}

bool
field_key_number(uint8_t at, const event *ev, int64_t *number)
{
	const key *k = &keys[at - 1];

	if (k->number == NULL || !is_there(ev, k->needs))
		return false;
	*number = k->number(ev);
	return true;
}
