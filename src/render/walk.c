/* render/walk.c: what an event says, fact by fact and in the order of docs/event.md, for
 * JSON and key=value lines alike. Called by render.c. */
#include "render/walk.h"

#include <assert.h>

#include "base/buf.h"

/* tl_memo_key.use of OIDs and of endpoints; a varbind's is another number. */
enum { USE_TRAP = -1, USE_SOURCE = 1, USE_LOCAL = 2 };

void
tl_walk_string(tl_walk *w, tl_span bytes, tl_key hex)
{
	if (tl_walk_text(w, bytes))
		return;
	tl_walk_quote(w);
	tl_out_hex(&w->o, bytes);
	tl_walk_quote(w);
	tl_walk_key(w, hex);
}

/* Key and number. */
static void
put_number(tl_walk *w, tl_key key, int64_t value)
{
	tl_walk_mark(w, key);
	tl_out_i64(&w->o, value);
}

/* Key and a word of ours; nothing for an empty word. */
static void
put_word(tl_walk *w, tl_key key, const char *word)
{
	if (word[0] == '\0')
		return;
	tl_walk_mark(w, key);
	tl_out_word(&w->o, word);
	tl_walk_quote(w);
}

static void
put_hex(tl_walk *w, tl_key key, tl_span bytes)
{
	tl_walk_mark(w, key);
	tl_out_hex(&w->o, bytes);
	tl_walk_quote(w);
}

static void
put_time(tl_walk *w, int64_t realtime_ns)
{
	const int64_t second_ns = 1000000000;
	tl_renderer *r = w->r;
	int64_t second = realtime_ns / second_ns, ns = realtime_ns % second_ns;

	if (ns < 0) {
		ns += second_ns;
		second--;
	}
	if (second != r->second) {
		uint8_t text[40];
		tl_buf b = { .ptr = text, .cap = sizeof text };
		tl_buf_time(&b, realtime_ns);
		memcpy(r->second_text, text, sizeof r->second_text);
		r->second = second;
	}
	memcpy(w->o.p, r->second_text, sizeof r->second_text);
	w->o.p += sizeof r->second_text;
	tl_out_nine_digits(&w->o, (uint32_t)ns);
	*w->o.p++ = 'Z';
}

void
tl_walk_head(tl_walk *w, int64_t realtime_ns, uint64_t id_hash, tl_key kind)
{
	tl_walk_mark(w, TL_KEY_SCHEMA);
	tl_out_hex64(&w->o, (uint64_t)realtime_ns);
	tl_out_hex64(&w->o, id_hash);
	tl_walk_mark(w, TL_KEY_TIME);
	put_time(w, realtime_ns);
	tl_walk_mark(w, kind);
}

/* An endpoint as a key: address, scope and port, which stand in a row. */
static tl_memo_key
endpoint_key(const tl_endpoint *ep, uint32_t use)
{
	static_assert(
	    offsetof(tl_endpoint, scope) == 16 && offsetof(tl_endpoint, port) == 20,
	    "no padding before the port");
	return (tl_memo_key){ (const uint8_t *)ep, 22, use };
}

static void
put_source(tl_walk *w, const tl_endpoint *from)
{
	tl_recall c = tl_walk_recall(
	    w, w->r->endpoints, TL_MEMO_ENDPOINTS, endpoint_key(from, USE_SOURCE));

	if (c.known) {
		tl_out_bytes(&w->o, c.place->text, c.place->len);
		return;
	}
	tl_walk_mark(w, TL_KEY_SOURCE);
	tl_out_address(&w->o, from);
	put_number(w, TL_KEY_SOURCE_PORT, from->port);
	tl_walk_mark(w, TL_KEY_SOURCE_UDP);
	tl_walk_keep(w, &c, NULL);
}

/* Port 0: not known, as in a datagram that came without its headers. */
static void
put_local(tl_walk *w, const tl_endpoint *to)
{
	if (to->port == 0)
		return;
	tl_recall c = tl_walk_recall(
	    w, w->r->endpoints, TL_MEMO_ENDPOINTS, endpoint_key(to, USE_LOCAL));
	if (c.known) {
		tl_out_bytes(&w->o, c.place->text, c.place->len);
		return;
	}
	tl_walk_mark(w, TL_KEY_LOCAL);
	tl_out_address(&w->o, to);
	put_number(w, TL_KEY_LOCAL_PORT, to->port);
	tl_walk_json(w, '}');
	tl_walk_keep(w, &c, NULL);
}

static void
put_agent_address(tl_walk *w, const tl_notification *n)
{
	if (!n->has_agent_address)
		return;
	tl_walk_mark(w, TL_KEY_AGENT_ADDRESS);
	tl_out_ipv4(&w->o, n->agent_address);
	tl_walk_quote(w);
}

static void
put_community(tl_walk *w, tl_span community)
{
	tl_walk_mark(w, TL_KEY_COMMUNITY);
	tl_walk_string(w, community, TL_KEY_COMMUNITY_HEX);
}

static void
put_security(tl_walk *w, const tl_notification *n)
{
	tl_walk_mark(w, TL_KEY_SECURITY);
	tl_walk_string(w, n->v3.user, TL_KEY_SECURITY_USER_HEX);
	tl_walk_choice(w, TL_KEY_NOAUTH_NOPRIV, n->v3.level, TL_AUTH_PRIV);
	tl_walk_choice(w, TL_KEY_AUTH_MD5, n->v3.auth, TL_AUTH_SHA512);
	tl_walk_choice(w, TL_KEY_PRIV_DES, n->v3.priv, TL_PRIV_AES256C);
	put_hex(w, TL_KEY_SECURITY_ENGINE, n->v3.engine_id);
	put_number(w, TL_KEY_BOOTS, n->v3.boots);
	put_number(w, TL_KEY_ENGINE_TIME, n->v3.time_s);
	tl_walk_json(w, '}');
	put_hex(w, TL_KEY_CONTEXT, n->v3.context_engine_id);
	tl_walk_mark(w, TL_KEY_CONTEXT_NAME);
	tl_walk_string(w, n->v3.context_name, TL_KEY_CONTEXT_HEX);
	tl_walk_json(w, '}');
}

/* Who sent it, in the words of its version. */
static void
put_sender(tl_walk *w, const tl_notification *n)
{
	if (n->version == 3)
		put_security(w, n);
	else
		put_community(w, n->community);
	if (!n->v1.present)
		put_number(w, TL_KEY_REQUEST_ID, (int32_t)n->request_id);
	if ((n->flags & TL_FLAG_NO_UPTIME) == 0)
		put_number(w, TL_KEY_UPTIME, n->uptime_cs);
}

const tl_mib_node *
tl_walk_trap_name(tl_walk *w, tl_oid oid)
{
	const tl_mib *mib = w->r->opt.mib;
	tl_recall c = tl_walk_recall(w, w->r->oids, TL_MEMO_OIDS,
	    (tl_memo_key){ oid.ber, oid.len, (uint32_t)USE_TRAP });

	if (c.known) {
		tl_out_bytes(&w->o, c.place->text, c.place->len);
		return c.place->node;
	}
	tl_walk_mark(w, TL_KEY_TRAP_OID);
	tl_out_oid(&w->o, oid);
	tl_walk_quote(w);
	const tl_mib_node *node = mib != NULL ? tl_mib_find_notification(mib, oid) : NULL;
	if (node != NULL) {
		tl_walk_mark(w, TL_KEY_TRAP_NAME);
		tl_walk_name(w, node);
		tl_walk_quote(w);
	}
	tl_walk_keep(w, &c, node);
	return node;
}

void
tl_walk_severity(tl_walk *w, tl_severity severity)
{
	tl_walk_choice(
	    w, TL_KEY_SEVERITY_CLEARED, (unsigned)severity, TL_SEVERITY_CRITICAL);
}

/* The trap, by OID and name, and its severity: the judgement's, else its definition's.
 * Returns whether it has no name. */
static bool
put_trap(tl_walk *w, const tl_notification *n, const tl_judgement *j)
{
	const tl_mib_node *node = NULL;
	tl_severity severity = j != NULL ? j->severity : TL_SEVERITY_NONE;

	if (n->trap_oid.len > 0)
		node = tl_walk_trap_name(w, n->trap_oid);
	if (severity == TL_SEVERITY_NONE && node != NULL)
		severity = tl_mib_node_severity(node);
	tl_walk_severity(w, severity);
	return n->trap_oid.len > 0 && node == NULL && w->r->opt.mib != NULL;
}

static void
put_v1(tl_walk *w, const tl_notification *n)
{
	if (!n->v1.present)
		return;
	tl_walk_mark(w, TL_KEY_V1);
	tl_out_oid(&w->o, n->v1.enterprise);
	tl_walk_quote(w);
	put_number(w, TL_KEY_GENERIC, n->v1.generic);
	put_number(w, TL_KEY_SPECIFIC, n->v1.specific);
	tl_walk_json(w, '}');
}

const char *const tl_flag_words[16] = {
#define TL_X(suffix, bit, word) [bit] = word,
	TL_FLAGS(TL_X)
#undef TL_X
};

static void
put_flags(tl_walk *w, unsigned flags)
{
	bool first = true;

	tl_walk_mark(w, TL_KEY_FLAGS);
	for (unsigned bit = 0; flags >> bit != 0; bit++) {
		if ((flags >> bit & 1) == 0 || tl_flag_words[bit] == NULL)
			continue;
		if (!first)
			tl_walk_mark(w, TL_KEY_LIST_COMMA);
		first = false;
		tl_walk_quote(w);
		tl_out_word(&w->o, tl_flag_words[bit]);
		tl_walk_quote(w);
	}
	tl_walk_json(w, ']');
}

void
tl_walk_notification(tl_walk *w, const tl_notification *n, const tl_judgement *j)
{
	unsigned flags = n->flags;

	tl_walk_head(w, n->received_ns, n->id_hash,
	    n->kind == TL_INFORM ? TL_KEY_INFORM : TL_KEY_TRAP);
	tl_walk_choice(w, TL_KEY_VERSION_1, n->version, 3);
	put_source(w, &n->from);
	put_local(w, &n->to);
	put_agent_address(w, n);
	put_sender(w, n);
	if (put_trap(w, n, j))
		flags |= TL_FLAG_UNRESOLVED;
	if (j != NULL)
		tl_walk_judgement(w, j);
	put_v1(w, n);
	tl_walk_mark(w, TL_KEY_VARBINDS);
	flags |= tl_walk_varbinds(w, n);
	put_flags(w, flags);
	tl_walk_mark(w, TL_KEY_LINE_END);
}

/* What could be read of who sent it. */
static void
put_refused_sender(tl_walk *w, const tl_refusal *refusal)
{
	if (refusal->has_community)
		put_community(w, refusal->community);
	if (refusal->has_user) {
		tl_walk_mark(w, TL_KEY_REFUSED_USER);
		tl_walk_string(w, refusal->user, TL_KEY_REFUSED_USER_HEX);
	}
	put_word(w, TL_KEY_REFUSED_LEVEL, tl_level_name(refusal->level));
	if (refusal->has_engine_id)
		put_hex(w, TL_KEY_REFUSED_ENGINE, refusal->engine_id);
}

void
tl_walk_refusal(
    tl_walk *w, const tl_datagram *in, const tl_refusal *refusal, tl_span hint)
{
	const tl_diag *diag = &refusal->diag;

	tl_walk_head(w, in->realtime_ns, refusal->id_hash, TL_KEY_REFUSED);
	tl_walk_choice(w, TL_KEY_VERSION_1, refusal->version, 3);
	put_source(w, &in->from);
	put_local(w, &in->to);
	put_refused_sender(w, refusal);
	put_word(w, TL_KEY_REASON, tl_err_word(diag->err));
	put_number(w, TL_KEY_OFFSET, diag->offset);
	put_word(w, TL_KEY_WHERE, diag->where != NULL ? diag->where : "");
	put_number(w, TL_KEY_SIZE, (int64_t)in->bytes.len);
	tl_walk_comment(w, TL_KEY_HINT, hint);
	tl_walk_mark(w, TL_KEY_LINE_END);
}

void
tl_walk_loss(tl_walk *w, const tl_loss *loss)
{
	tl_walk_head(w, loss->realtime_ns, tl_loss_hash(loss), TL_KEY_LOST);
	put_local(w, &loss->local);
	tl_walk_mark(w, TL_KEY_LOST_COUNT);
	tl_out_u64(&w->o, loss->count);
	tl_walk_mark(w, TL_KEY_LINE_END);
}
