/* cli/explain_line.c: events of `trapline listen -f json` as notifications. What was said
 * is read as for sending; here is who said it. For cmd_explain.c. */
#include <arpa/inet.h>
#include <string.h>

#include "base/arena.h"
#include "cli/explain.h"
#include "pipeline/json.h"
#include "cli/stdin_events.h"

typedef struct reader {
	json j;
	explain_line *l;
} reader;

typedef struct member {
	const char *key;
	bool (*read)(reader *r);
} member;

static bool
is(tl_span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

/* The members of an object that |members|, closed by a NULL, know. */
static bool
read_object(reader *r, const member *members)
{
	bool first = true;
	tl_span key;

	if (!json_enter(&r->j, '{'))
		return false;
	while (json_next(&r->j, &first, &key)) {
		const member *m = members;
		while (m->key != NULL && !is(key, m->key))
			m++;
		if (!(m->key != NULL ? m->read(r) : json_skip(&r->j)))
			return false;
	}
	return r->j.problem == NULL;
}

static bool
read_text(reader *r, tl_span *out)
{
	json_value v;

	if (!json_read(&r->j, &v))
		return false;
	if (v.kind != JSON_STRING)
		return json_fail(&r->j, "a string is wanted here");
	*out = v.text;
	return true;
}

static bool
read_number(reader *r, uint32_t *out)
{
	json_value v;

	if (!json_read(&r->j, &v))
		return false;
	if (v.kind != JSON_INTEGER || v.magnitude > UINT32_MAX)
		return json_fail(&r->j, "a whole number is wanted here");
	*out = v.negative ? 0 - (uint32_t)v.magnitude : (uint32_t)v.magnitude;
	return true;
}

static bool
read_hex(reader *r, tl_span *out)
{
	tl_span text = { 0 };

	if (!read_text(r, &text))
		return false;
	uint8_t *bytes = tl_arena_take(r->l->arena, text.len / 2 + 1);
	char *digits = tl_arena_take(r->l->arena, text.len + 1);
	if (bytes == NULL || digits == NULL)
		return json_fail(&r->j, "too long for the memory");
	memcpy(digits, text.ptr, text.len);
	digits[text.len] = '\0';
	size_t len = tl_hex_read(digits, bytes, text.len / 2 + 1);
	*out = (tl_span){ bytes, len };
	return len != SIZE_MAX || json_fail(&r->j, "hexadecimal digits are wanted here");
}

/* "192.0.2.7", "2001:db8::7", "fe80::1%2". */
static bool
read_address(reader *r, tl_endpoint *out)
{
	char text[TL_ADDRESS_TEXT_MAX];
	tl_span s = { 0 };

	if (!read_text(r, &s))
		return false;
	size_t len = s.len < sizeof text - 1 ? s.len : sizeof text - 1;
	memcpy(text, s.ptr, len);
	text[len] = '\0';
	char *zone = strchr(text, '%');
	if (zone != NULL)
		*zone = '\0';
	*out = (tl_endpoint){ .addr = { [10] = 0xff, [11] = 0xff }, .port = out->port };
	return inet_pton(AF_INET, text, out->addr + 12) == 1 ||
	       inet_pton(AF_INET6, text, out->addr) == 1 ||
	       json_fail(&r->j, "an address is wanted here");
}

static bool
read_version(reader *r)
{
	tl_span text = { 0 };

	if (!read_text(r, &text))
		return false;
	r->l->n.version = is(text, "1") ? 1 : is(text, "3") ? 3 : 2;
	return true;
}

static bool
read_kind(reader *r)
{
	return read_text(r, &r->l->kind);
}

static bool
read_source_address(reader *r)
{
	return read_address(r, &r->l->n.from);
}

static bool
read_source_port(reader *r)
{
	uint32_t port = 0;

	if (!read_number(r, &port))
		return false;
	r->l->n.from.port = (uint16_t)port;
	return true;
}

static bool
read_source(reader *r)
{
	static const member members[] = { { "address", read_source_address },
		{ "port", read_source_port }, { 0 } };

	return read_object(r, members);
}

static bool
read_local_address(reader *r)
{
	return read_address(r, &r->l->n.to);
}

static bool
read_local(reader *r)
{
	static const member members[] = { { "address", read_local_address }, { 0 } };

	return read_object(r, members);
}

static bool
read_community(reader *r)
{
	return read_text(r, &r->l->n.community);
}

static bool
read_request_id(reader *r)
{
	return read_number(r, &r->l->n.request_id);
}

static bool
read_user(reader *r)
{
	return read_text(r, &r->l->n.v3.user);
}

static bool
read_engine_id(reader *r)
{
	return read_hex(r, &r->l->n.v3.engine_id);
}

static bool
read_level(reader *r)
{
	tl_span text = { 0 };

	if (!read_text(r, &text))
		return false;
	for (int level = TL_NOAUTH_NOPRIV; level <= TL_AUTH_PRIV; level++)
		if (is(text, tl_level_name((tl_level)level)))
			r->l->n.v3.level = (tl_level)level;
	return true;
}

static bool
read_security(reader *r)
{
	static const member members[] = { { "user", read_user }, { "level", read_level },
		{ "engine_id", read_engine_id }, { 0 } };

	return read_object(r, members);
}

static bool
read_context_engine_id(reader *r)
{
	return read_hex(r, &r->l->n.v3.context_engine_id);
}

static bool
read_context_name(reader *r)
{
	return read_text(r, &r->l->n.v3.context_name);
}

static bool
read_context(reader *r)
{
	static const member members[] = { { "engine_id", read_context_engine_id },
		{ "name", read_context_name }, { 0 } };

	return read_object(r, members);
}

/* An id is the time and a hash. */
static bool
read_id(reader *r)
{
	tl_span bytes = { 0 };
	uint64_t half[2] = { 0 };

	if (!read_hex(r, &bytes))
		return false;
	for (size_t i = 0; i < bytes.len && i < 16; i++)
		half[i / 8] = half[i / 8] << 8 | bytes.ptr[i];
	r->l->n.received_ns = (int64_t)half[0];
	r->l->n.id_hash = half[1];
	return true;
}

static bool
read_who(explain_line *l, tl_span line)
{
	static const member members[] = { { "id", read_id }, { "kind", read_kind },
		{ "version", read_version }, { "source", read_source },
		{ "local", read_local }, { "community", read_community },
		{ "request_id", read_request_id }, { "security", read_security },
		{ "context", read_context }, { 0 } };
	reader r = { .l = l };

	json_start(&r.j, line, l->arena);
	if (read_object(&r, members))
		return true;
	l->problem = r.j.problem;
	l->column = (size_t)(r.j.at - r.j.start) + 1;
	return false;
}

/* What is to be sent is what was received. */
static void
take(explain_line *l, const tl_outgoing *out)
{
	tl_notification *n = &l->n;

	n->kind = out->kind;
	n->trap_oid = out->trap_oid;
	n->uptime_cs = out->uptime_cs;
	n->flags = out->has_uptime ? 0 : TL_FLAG_NO_UPTIME;
	n->vb = n->all = out->vb;
	n->vb_count = n->all_count = out->vb_count;
	n->has_agent_address = out->has_agent_address;
	memcpy(n->agent_address, out->agent_address, sizeof n->agent_address);
	n->v1.present = out->v1.present;
	n->v1.enterprise = out->v1.enterprise;
	n->v1.generic = out->v1.generic;
	n->v1.specific = out->v1.specific;
}

bool
explain_line_read(explain_line *l, tl_span line)
{
	event_reader events = { .arena = l->arena };
	tl_outgoing out;

	*l = (explain_line){ .arena = l->arena };
	l->n.from.addr[10] = l->n.from.addr[11] = 0xff;
	l->n.version = 2;
	bool good = event_read(&events, line, &out);
	l->problem = events.problem;
	l->column = events.column;
	l->is_other = events.is_other;
	if ((!good && !l->is_other) || !read_who(l, line) || l->is_other)
		return false;
	take(l, &out);
	return true;
}
