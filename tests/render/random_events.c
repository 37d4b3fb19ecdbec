/* Writes events at random, hostile ones among them, for check_events.py: each in every
 * format, with its length in front. Usage: random_events SEED COUNT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trapline/render.h"

enum { VARBINDS_MAX = 12, BYTES_MAX = 600, ROOM = 1 << 20 };

typedef struct dice {
	uint64_t state;
	uint8_t *pool; /* bytes of the event being made */
	size_t used;
} dice;

static uint64_t
roll(dice *d)
{
	d->state ^= d->state << 13;
	d->state ^= d->state >> 7;
	d->state ^= d->state << 17;
	return d->state >> 11;
}

static uint64_t
below(dice *d, uint64_t limit)
{
	return roll(d) % limit;
}

static uint8_t *
take(dice *d, size_t len)
{
	uint8_t *at = d->pool + d->used;

	d->used += len;
	return at;
}

/* An integer near a power of two, or a small one. */
static uint64_t
any_number(dice *d)
{
	uint64_t edge = UINT64_C(1) << below(d, 64);

	return below(d, 2) ? below(d, 10) : edge - below(d, 3);
}

static const char *const nasty[] = { "", "public", "\"", "\\", "a\nforged=1", "\r\n",
	"\x1b[2J\x1b]0;title\x07", "%n%s%n", "{\"schema\":1}", "</script>",
	"\xe2\x80\xa8", "\xe2\x80\xae!", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
	"\xef\xbb\xbf", "= = =", "null", "Gr\xc3\xbc\xc3\x9f", "\xf0\x9f\x98\x80", "\x7f",
	"\xc2\x85", "\t" };

static tl_span
any_bytes(dice *d)
{
	size_t len = below(d, 4) ? below(d, 20) : below(d, BYTES_MAX);
	uint8_t *p = take(d, len);
	int kind = (int)below(d, 4);

	if (kind == 0) {
		const char *text = nasty[below(d, sizeof nasty / sizeof nasty[0])];
		p = take(d, strlen(text));
		memcpy(p, text, strlen(text));
		return (tl_span){ p, strlen(text) };
	}
	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(kind == 1 ? below(d, 256)
					   : 32 + below(d, kind == 2 ? 95 : 97));
	return (tl_span){ p, len };
}

/* What the built-in dictionary knows, and what it does not. */
static const char *const stems[] = { "1.3.6.1.2.1.2.2.1.1", "1.3.6.1.2.1.2.2.1.2",
	"1.3.6.1.2.1.2.2.1.6", "1.3.6.1.2.1.2.2.1.8", "1.3.6.1.2.1.1.3",
	"1.3.6.1.2.1.1.1", "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.4.1",
	"1.3.6.1.2.1.15.3.1.2", "1.3.6.1.2.1.14.10.1.6", "1.3.6.1.2.1.14.16.2.1",
	"1.3.6.1.2.1.47.1.1.1.1.7", "1.3.6.1.2.1.25.1.2", "1.3.6.1.2.1.16.9.1.1.2",
	"1.3.6.1.2.1.88.2.1.1", "1.3.6.1.4.1.12345.1", "1.3.6.1.6.3.18.1.3", "0.0",
	"2.4294967215" };

static tl_oid
any_oid(dice *d)
{
	uint32_t arcs[TL_OID_MAX];
	uint8_t *buf = take(d, TL_OID_BER_MAX);
	tl_oid oid = { buf, 0 };
	const char *stem = stems[below(d, sizeof stems / sizeof stems[0])];

	if (below(d, 30) == 0 || tl_oid_from_text(stem, strlen(stem), buf, &oid) != TL_OK)
		return oid;
	size_t count = tl_oid_arcs(oid, arcs);
	size_t more = below(d, 20) ? below(d, 8) : TL_OID_MAX - count;
	for (; more > 0; more--)
		arcs[count++] = (uint32_t)any_number(d);
	if (tl_oid_from_arcs(arcs, count, buf, &oid) != TL_OK)
		abort();
	return oid;
}

static tl_varbind
any_varbind(dice *d)
{
	static const tl_type types[] = { TL_T_INTEGER, TL_T_OCTETS, TL_T_NULL, TL_T_OID,
		TL_T_IPADDRESS, TL_T_COUNTER32, TL_T_GAUGE32, TL_T_TIMETICKS, TL_T_OPAQUE,
		TL_T_COUNTER64, TL_T_NOSUCHOBJECT, TL_T_NOSUCHINSTANCE,
		TL_T_ENDOFMIBVIEW };
	tl_varbind vb = { .name = any_oid(d),
		.type = types[below(d, sizeof types / sizeof types[0])] };

	if (vb.type == TL_T_OID)
		vb.v.oid = any_oid(d);
	else if (vb.type == TL_T_OCTETS || vb.type == TL_T_OPAQUE)
		vb.v.octets = any_bytes(d);
	else if (vb.type == TL_T_IPADDRESS)
		vb.v.octets = (tl_span){ memset(take(d, 4), (int)below(d, 256), 4), 4 };
	else if (vb.type == TL_T_INTEGER)
		vb.v.i64 = (int64_t)(below(d, 2) ? any_number(d) : 0 - any_number(d));
	else
		vb.v.u64 = any_number(d);
	return vb;
}

static tl_endpoint
any_endpoint(dice *d)
{
	tl_endpoint ep = { .addr = { [10] = 0xff, [11] = 0xff }, .port = 162 };

	for (unsigned i = (unsigned)below(d, 2) * 12; i < 16; i++)
		ep.addr[i] = (uint8_t)(below(d, 2) * below(d, 256));
	if (below(d, 3) == 0) {
		ep.port = (uint16_t)any_number(d);
		ep.scope = (uint32_t)any_number(d);
	}
	return ep;
}

static tl_span
any_engine_id(dice *d)
{
	tl_span id = any_bytes(d);

	return (tl_span){ id.ptr, id.len > 32 ? 32 : id.len };
}

static void
any_notification(dice *d, tl_notification *n, tl_varbind *vb)
{
	n->kind = below(d, 2) ? TL_TRAP : TL_INFORM;
	n->version = (uint8_t)(1 + below(d, 3));
	n->flags = (uint16_t)(below(d, 2) * below(d, 1 << 11));
	n->request_id = (uint32_t)any_number(d);
	n->trap_oid = any_oid(d);
	n->uptime_cs = (uint32_t)any_number(d);
	n->has_agent_address = below(d, 2);
	n->community = any_bytes(d);
	n->v1.present = below(d, 2);
	n->v1.enterprise = any_oid(d);
	n->v1.generic = (int32_t)any_number(d);
	n->v3.level = (tl_level)(1 + below(d, 3));
	n->v3.auth = (tl_auth)below(d, 7);
	n->v3.priv = (tl_priv)below(d, 8);
	n->v3.boots = (uint32_t)any_number(d);
	n->v3.user = any_bytes(d);
	n->v3.engine_id = any_engine_id(d);
	n->v3.context_engine_id = any_engine_id(d);
	n->v3.context_name = any_bytes(d);
	n->from = any_endpoint(d);
	n->to = any_endpoint(d);
	n->received_ns = (int64_t)(below(d, 2) ? any_number(d) : 0 - any_number(d));
	n->id_hash = roll(d) << 11;
	n->vb = vb;
	n->vb_count = below(d, VARBINDS_MAX);
	for (size_t i = 0; i < n->vb_count; i++)
		vb[i] = any_varbind(d);
}

static void
any_refusal(dice *d, tl_datagram *in, tl_refusal *refusal)
{
	*in = (tl_datagram){ .bytes = any_bytes(d),
		.from = any_endpoint(d),
		.to = any_endpoint(d),
		.realtime_ns = (int64_t)any_number(d) };
	*refusal = (tl_refusal){
		.diag = { (tl_err)(32 + below(d, 25)), (uint32_t)any_number(d),
		    below(d, 2) ? "msgVersion" : NULL },
		.version = (uint8_t)below(d, 4),
		.has_community = below(d, 2),
		.has_user = below(d, 2),
		.has_engine_id = below(d, 2),
		.community = any_bytes(d),
		.user = any_bytes(d),
		.engine_id = any_engine_id(d),
		.level = (tl_level)below(d, 4),
	};
}

static void
print(const tl_buf *line)
{
	uint32_t len = (uint32_t)line->len;

	fwrite(&len, sizeof len, 1, stdout);
	fwrite(line->ptr, 1, len, stdout);
}

static tl_err
event(dice *d, tl_renderer *const r[3], uint8_t *room)
{
	tl_varbind vb[VARBINDS_MAX];
	tl_notification n = { .kind = TL_TRAP };
	tl_datagram in;
	tl_refusal refusal;
	tl_loss loss = { any_endpoint(d), any_number(d), (int64_t)any_number(d) };
	unsigned kind = (unsigned)below(d, 8);
	tl_err err = TL_OK;

	d->used = 0;
	any_notification(d, &n, vb);
	any_refusal(d, &in, &refusal);
	tl_span hint = any_bytes(d);
	for (int i = 0; i < 3 && err == TL_OK; i++) {
		tl_buf out = { .ptr = room, .cap = ROOM };
		err = kind == 0   ? tl_render_refusal(r[i], &in, &refusal, hint, &out)
		      : kind == 1 ? tl_render_loss(r[i], &loss, &out)
				  : tl_render_notification(r[i], &n, &out);
		print(&out);
	}
	return err;
}

int
main(int argc, char **argv)
{
	dice d = { argc > 1 ? strtoull(argv[1], NULL, 10) : 1, malloc(1 << 20), 0 };
	long count = argc > 2 ? strtol(argv[2], NULL, 10) : 100;
	uint8_t *room = malloc(ROOM);
	tl_renderer *r[3] = { NULL, NULL, NULL };
	tl_mib *mib = NULL;
	int bad = d.pool == NULL || room == NULL || tl_mib_builtin(&mib) != TL_OK;

	for (int i = 0; i < 3 && !bad; i++)
		bad = tl_renderer_new(
			  &(tl_renderer_options){ .format = (tl_format[]){ TL_FORMAT_JSON,
						      TL_FORMAT_KV, TL_FORMAT_TEXT }[i],
			      .mib = mib },
			  &r[i]) != TL_OK;
	for (long i = 0; i < count && !bad; i++)
		bad = event(&d, r, room) != TL_OK;
	for (int i = 0; i < 3; i++)
		tl_renderer_free(r[i]);
	tl_mib_free(mib);
	free(room);
	free(d.pool);
	return bad;
}
