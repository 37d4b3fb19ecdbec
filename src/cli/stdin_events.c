/* cli/stdin_events.c: see stdin_events.h; docs/event.md tells the form. Keys in any
 * order; those that say nothing about what is to be sent are passed over. */
#include "cli/stdin_events.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/arena.h"
#include "cli/cli.h"
#include "pipeline/json.h"

/* A varbind as it is read: type and encoding may come after the value. */
typedef struct raw_varbind {
	bool has_name, has_value, hex;
	tl_type type; /* 0: none yet */
	json_value value;
} raw_varbind;

typedef struct event {
	json j;
	tl_arena *arena;
	tl_outgoing *out;
	tl_varbind *vb;
	size_t vb_count;
	bool other, has_kind;
	tl_span community;
} event;

typedef struct member {
	const char *key;
	bool (*read)(event *e);
} member;

static bool
is(tl_span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

static bool
read_text(event *e, tl_span *out)
{
	json_value v;

	if (!json_read(&e->j, &v))
		return false;
	*out = v.text;
	return v.kind == JSON_STRING || json_fail(&e->j, "a string is wanted here");
}

static bool
read_oid_text(event *e, tl_span text, tl_oid *out)
{
	uint8_t room[TL_OID_BER_MAX];

	*out = (tl_oid){ NULL, 0 };
	if (text.len == 0)
		return true;
	if (tl_oid_from_text((const char *)text.ptr, text.len, room, out) != TL_OK)
		return json_fail(&e->j, "an OID is wanted here");
	tl_span kept = tl_arena_copy(e->arena, (tl_span){ out->ber, out->len });
	out->ber = kept.ptr;
	return kept.ptr != NULL || json_fail(&e->j, "too long for the memory");
}

static bool
read_oid(event *e, tl_oid *out)
{
	tl_span text;

	return read_text(e, &text) && read_oid_text(e, text, out);
}

static bool
read_address_text(event *e, tl_span text, uint8_t out[4])
{
	char room[INET_ADDRSTRLEN];

	if (text.len < sizeof room) {
		memcpy(room, text.ptr, text.len);
		room[text.len] = '\0';
		if (inet_pton(AF_INET, room, out) == 1)
			return true;
	}
	return json_fail(&e->j, "an IPv4 address is wanted here");
}

static bool
read_ranged(event *e, int64_t min, int64_t max, int64_t *out)
{
	json_value v;

	if (!json_read(&e->j, &v))
		return false;
	if (v.kind != JSON_INTEGER || v.magnitude > INT64_MAX)
		return json_fail(&e->j, "a whole number is wanted here");
	*out = v.negative ? -(int64_t)v.magnitude : (int64_t)v.magnitude;
	return (*out >= min && *out <= max) || json_fail(&e->j, "out of range");
}

/* Members of a varbind. */

static bool
read_type(event *e, raw_varbind *raw)
{
	static const tl_type types[] = { TL_T_INTEGER, TL_T_OCTETS, TL_T_NULL, TL_T_OID,
		TL_T_IPADDRESS, TL_T_COUNTER32, TL_T_GAUGE32, TL_T_TIMETICKS, TL_T_OPAQUE,
		TL_T_COUNTER64, TL_T_NOSUCHOBJECT, TL_T_NOSUCHINSTANCE,
		TL_T_ENDOFMIBVIEW };
	tl_span name;

	if (!read_text(e, &name))
		return false;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (is(name, tl_type_name(types[i])))
			raw->type = types[i];
	return raw->type != 0 || json_fail(&e->j, "no such type");
}

static bool
read_encoding(event *e, raw_varbind *raw)
{
	tl_span name;

	if (!read_text(e, &name))
		return false;
	raw->hex = is(name, "hex");
	return raw->hex || json_fail(&e->j, "no such encoding");
}

static bool
read_varbind_member(event *e, tl_span key, raw_varbind *raw, tl_varbind *vb)
{
	if (is(key, "oid")) {
		raw->has_name = true;
		return read_oid(e, &vb->name);
	}
	if (is(key, "type"))
		return read_type(e, raw);
	if (is(key, "encoding"))
		return read_encoding(e, raw);
	if (is(key, "value")) {
		raw->has_value = true;
		return json_read(&e->j, &raw->value);
	}
	return json_skip(&e->j);
}

/* Values, once all members are there. */

static bool
make_number(event *e, const raw_varbind *raw, tl_varbind *vb)
{
	const json_value *v = &raw->value;

	if (v->kind != JSON_INTEGER)
		return json_fail(&e->j, "the value is no whole number");
	if (raw->type == TL_T_INTEGER) {
		if (v->magnitude > INT64_MAX)
			return json_fail(&e->j, "the value is out of range");
		vb->v.i64 = v->negative ? -(int64_t)v->magnitude : (int64_t)v->magnitude;
		return true;
	}
	vb->v.u64 = v->magnitude;
	return !v->negative || json_fail(&e->j, "the value is below 0");
}

static bool
make_octets(event *e, const raw_varbind *raw, tl_varbind *vb)
{
	tl_span text = raw->value.text;

	vb->v.octets = text;
	if (!raw->hex)
		return true;
	uint8_t *bytes = tl_arena_take(e->arena, text.len / 2 + 1);
	char *digits = tl_arena_take(e->arena, text.len + 1);
	if (bytes == NULL || digits == NULL)
		return json_fail(&e->j, "too long for the memory");
	if (text.len > 0)
		memcpy(digits, text.ptr, text.len);
	digits[text.len] = '\0';
	size_t len = tl_hex_read(digits, bytes, text.len / 2 + 1);
	vb->v.octets = (tl_span){ bytes, len };
	return len != SIZE_MAX || json_fail(&e->j, "the value is no hexadecimal");
}

static bool
make_address(event *e, const raw_varbind *raw, tl_varbind *vb)
{
	uint8_t *octets = tl_arena_take(e->arena, 4);

	if (raw->hex) /* not 4 octets, as it came */
		return make_octets(e, raw, vb);
	vb->v.octets = (tl_span){ octets, 4 };
	if (octets == NULL)
		return json_fail(&e->j, "too long for the memory");
	return read_address_text(e, raw->value.text, octets);
}

static bool
make_value(event *e, const raw_varbind *raw, tl_varbind *vb)
{
	bool is_text = raw->value.kind == JSON_STRING;

	vb->type = raw->type;
	switch (raw->type) {
	case TL_T_INTEGER:
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
	case TL_T_COUNTER64:
		return make_number(e, raw, vb);
	case TL_T_OCTETS:
	case TL_T_OPAQUE:
		return is_text ? make_octets(e, raw, vb)
			       : json_fail(&e->j, "the value is no string");
	case TL_T_IPADDRESS:
		return is_text ? make_address(e, raw, vb)
			       : json_fail(&e->j, "the value is no address");
	case TL_T_OID:
		return is_text ? read_oid_text(e, raw->value.text, &vb->v.oid)
			       : json_fail(&e->j, "the value is no OID");
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		break;
	}
	return true;
}

static bool
read_varbind(event *e)
{
	raw_varbind raw = { 0 };
	tl_varbind vb = { 0 };
	bool first = true;
	tl_span key;

	if (e->vb_count == EVENT_VARBINDS_MAX)
		return json_fail(&e->j, "more varbinds than can be sent");
	if (!json_enter(&e->j, '{'))
		return false;
	while (json_next(&e->j, &first, &key))
		if (!read_varbind_member(e, key, &raw, &vb))
			return false;
	if (e->j.problem != NULL)
		return false;
	if (!raw.has_name || raw.type == 0 || !raw.has_value)
		return json_fail(&e->j, "a varbind needs oid, type and value");
	if (!make_value(e, &raw, &vb))
		return false;
	e->vb[e->vb_count++] = vb;
	return true;
}

/* Members of the event. */

static bool
read_varbinds(event *e)
{
	bool first = true;

	if (!json_enter(&e->j, '['))
		return false;
	while (json_next(&e->j, &first, NULL))
		if (!read_varbind(e))
			return false;
	return e->j.problem == NULL;
}

static bool
read_schema(event *e)
{
	int64_t schema;

	return read_ranged(e, 1, 1, &schema);
}

static bool
read_kind(event *e)
{
	tl_span kind;

	if (!read_text(e, &kind))
		return false;
	e->has_kind = true;
	e->out->kind = is(kind, "inform") ? TL_INFORM : TL_TRAP;
	e->other = !is(kind, "inform") && !is(kind, "trap");
	return true;
}

static bool
read_trap_oid(event *e)
{
	return read_oid(e, &e->out->trap_oid);
}

static bool
read_uptime(event *e)
{
	int64_t value = 0;

	e->out->has_uptime = read_ranged(e, 0, UINT32_MAX, &value);
	e->out->uptime_cs = (uint32_t)value;
	return e->out->has_uptime;
}

static bool
read_agent_address(event *e)
{
	tl_span text;

	e->out->has_agent_address = true;
	return read_text(e, &text) && read_address_text(e, text, e->out->agent_address);
}

static bool
read_community(event *e)
{
	return read_text(e, &e->community);
}

static bool
read_i32(event *e, int32_t *out)
{
	int64_t value;

	if (!read_ranged(e, INT32_MIN, INT32_MAX, &value))
		return false;
	*out = (int32_t)value;
	return true;
}

static bool
read_v1(event *e)
{
	bool first = true, good = true;
	tl_span key;

	if (!json_enter(&e->j, '{'))
		return false;
	e->out->v1.present = true;
	while (good && json_next(&e->j, &first, &key))
		if (is(key, "enterprise"))
			good = read_oid(e, &e->out->v1.enterprise);
		else if (is(key, "generic"))
			good = read_i32(e, &e->out->v1.generic);
		else if (is(key, "specific"))
			good = read_i32(e, &e->out->v1.specific);
		else
			good = json_skip(&e->j);
	return e->j.problem == NULL;
}

static const member members[] = {
	{ "schema", read_schema },
	{ "kind", read_kind },
	{ "trap_oid", read_trap_oid },
	{ "uptime", read_uptime },
	{ "varbinds", read_varbinds },
	{ "agent_address", read_agent_address },
	{ "community", read_community },
	{ "v1", read_v1 },
};

static bool
read_member(event *e, tl_span key)
{
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		if (is(key, members[i].key))
			return members[i].read(e);
	return json_skip(&e->j);
}

static bool
read_members(event *e)
{
	bool first = true;
	tl_span key;

	if (!json_enter(&e->j, '{'))
		return false;
	while (json_next(&e->j, &first, &key))
		if (!read_member(e, key))
			return false;
	if (!json_finish(&e->j))
		return false;
	return e->has_kind || json_fail(&e->j, "an event has a kind");
}

bool
event_read(event_reader *r, tl_span line, tl_outgoing *out)
{
	event e = { .arena = r->arena, .out = out };

	*out = (tl_outgoing){ .kind = TL_TRAP };
	json_start(&e.j, line, r->arena);
	e.vb = tl_arena_take(r->arena, EVENT_VARBINDS_MAX * sizeof *e.vb);
	bool good =
	    e.vb != NULL ? read_members(&e) : json_fail(&e.j, "too long for the memory");
	r->is_other = good && e.other;
	if (good && !e.other && out->trap_oid.len == 0 && !out->v1.present)
		json_fail(&e.j, "the event has no trap_oid");
	r->problem = e.j.problem;
	r->column = (size_t)(e.j.at - e.j.start) + 1;
	out->vb = e.vb;
	out->vb_count = e.vb_count;
	if (out->v1.present)
		out->community = e.community;
	return r->problem == NULL && !e.other;
}
