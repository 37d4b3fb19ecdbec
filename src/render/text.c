/* render/text.c: events for people: a head line, then a line for each varbind. Called by
 * render.c. */
#include "render/text.h"

#include "base/buf.h"

enum {
	SOURCE_WIDTH = 15,   /* of any IPv4 address */
	SEVERITY_WIDTH = 8,  /* of "critical" */
	NAME_WIDTH_MAX = 48, /* a name beyond it does not move the others */
};

static void
gap(tl_text *w)
{
	tl_buf_lit(w->out, "  ");
}

/* Date, time and offset from UTC. */
static void
put_when(tl_text *w, int64_t realtime_ns)
{
	int32_t offset_s = w->r->opt.utc ? 0 : w->r->opt.utc_offset_s;
	uint32_t minutes = (uint32_t)(offset_s < 0 ? -offset_s : offset_s) / 60;
	int64_t local_ns;
	uint8_t text[40];
	tl_buf b = { .ptr = text, .cap = sizeof text };

	if (__builtin_add_overflow(
		realtime_ns, offset_s * INT64_C(1000000000), &local_ns))
		local_ns = realtime_ns;
	tl_buf_time(&b, local_ns);
	tl_buf_put(w->out, text, 10);
	tl_buf_putc(w->out, ' ');
	tl_buf_put(w->out, text + 11, 12);
	if (w->r->opt.utc) {
		tl_buf_putc(w->out, 'Z');
		return;
	}
	tl_buf_putc(w->out, offset_s < 0 ? '-' : '+');
	tl_buf_u64_pad(w->out, minutes / 60, 2);
	tl_buf_putc(w->out, ':');
	tl_buf_u64_pad(w->out, minutes % 60, 2);
}

static void
put_address(tl_text *w, const tl_endpoint *ep)
{
	char text[TL_ADDRESS_TEXT_MAX];

	tl_buf_put(w->out, text, tl_address_text(ep, text));
}

static void
put_start(tl_text *w, int64_t realtime_ns, const tl_endpoint *from)
{
	put_when(w, realtime_ns);
	gap(w);
	size_t at = w->out->len;
	put_address(w, from);
	tl_text_pad(w, at, SOURCE_WIDTH);
	gap(w);
}

static const char *const severity_colours[] = {
	[TL_SEVERITY_NONE] = "",
	[TL_SEVERITY_CLEARED] = "\x1b[32m",
	[TL_SEVERITY_INFO] = "\x1b[34m",
	[TL_SEVERITY_WARNING] = "\x1b[33m",
	[TL_SEVERITY_MINOR] = "\x1b[33m",
	[TL_SEVERITY_MAJOR] = "\x1b[31m",
	[TL_SEVERITY_CRITICAL] = "\x1b[1;37;41m",
};

static void
put_severity(tl_text *w, tl_severity severity)
{
	size_t written = 0;

	if (severity != TL_SEVERITY_NONE) {
		const char *name = tl_severity_name(severity);
		tl_text_colour(w, severity_colours[severity]);
		for (; name[written] != '\0'; written++) {
			char c = name[written];
			tl_buf_putc(w->out, (char)(c >= 'a' && c <= 'z' ? c - 32 : c));
		}
		tl_text_colour(w, TL_COLOUR_OFF);
	}
	tl_text_pad(w, w->out->len, SEVERITY_WIDTH - written);
	gap(w);
}

/* Severity and name of the notification; returns whether it has a name. */
static bool
put_title(tl_text *w, tl_oid trap_oid)
{
	const tl_mib *mib = w->r->opt.mib;
	const tl_mib_node *node =
	    mib != NULL ? tl_mib_find_notification(mib, trap_oid) : NULL;

	put_severity(w, node != NULL ? tl_mib_node_severity(node) : TL_SEVERITY_NONE);
	tl_text_colour(w, TL_COLOUR_TITLE);
	if (node != NULL)
		tl_mib_node_write_name(mib, node, w->out);
	else
		tl_text_oid_name(w, trap_oid);
	tl_text_colour(w, TL_COLOUR_OFF);
	return node != NULL;
}

static void
put_version(tl_text *w, unsigned version)
{
	static const char *const words[4] = { "", "v1", "v2c", "v3" };

	gap(w);
	tl_buf_puts(w->out, words[version & 3]);
}

static void
put_fact(tl_text *w, const char *name, tl_span value)
{
	tl_buf_puts(w->out, name);
	tl_text_string(w, value, false);
}

static void
put_security(tl_text *w, const tl_notification *n)
{
	put_fact(w, "  user ", n->v3.user);
	tl_buf_putc(w->out, ' ');
	tl_buf_puts(w->out, tl_level_name(n->v3.level));
	if (n->v3.auth != TL_AUTH_NONE) {
		tl_buf_putc(w->out, ' ');
		tl_buf_puts(w->out, tl_auth_name(n->v3.auth));
	}
	if (n->v3.priv != TL_PRIV_NONE) {
		tl_buf_putc(w->out, '/');
		tl_buf_puts(w->out, tl_priv_name(n->v3.priv));
	}
	tl_buf_lit(w->out, "  engine ");
	tl_buf_hex(w->out, n->v3.engine_id);
	if (n->v3.context_name.len > 0)
		put_fact(w, "  context ", n->v3.context_name);
}

/* An agent address that says something else than the source: 0.0.0.0 says nothing. */
static void
put_agent(tl_text *w, const tl_notification *n)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff }, none[4];
	tl_endpoint agent = { 0 };

	memcpy(agent.addr, mapped, sizeof mapped);
	memcpy(agent.addr + sizeof mapped, n->agent_address, sizeof n->agent_address);
	if (!n->has_agent_address || memcmp(n->agent_address, none, sizeof none) == 0 ||
	    memcmp(agent.addr, n->from.addr, sizeof agent.addr) == 0)
		return;
	tl_buf_lit(w->out, "  agent ");
	put_address(w, &agent);
}

static void
put_v1(tl_text *w, const tl_notification *n)
{
	if (!n->v1.present)
		return;
	tl_buf_lit(w->out, "  enterprise ");
	tl_text_oid_name(w, n->v1.enterprise);
	tl_buf_lit(w->out, " generic ");
	tl_buf_i64(w->out, n->v1.generic);
	tl_buf_lit(w->out, " specific ");
	tl_buf_i64(w->out, n->v1.specific);
}

static void
put_flags(tl_text *w, unsigned flags)
{
	const char *separator = "  [";

	for (unsigned bit = 0; flags >> bit != 0; bit++) {
		if ((flags >> bit & 1) == 0 || tl_flag_words[bit] == NULL)
			continue;
		tl_buf_puts(w->out, separator);
		tl_buf_puts(w->out, tl_flag_words[bit]);
		separator = ", ";
	}
	if (separator[0] == ',')
		tl_buf_putc(w->out, ']');
}

/* What the head line must know of the varbinds: how wide their names are, and whether
 * each fits its definition. */
static size_t
survey(tl_text *w, const tl_notification *n, unsigned *flags)
{
	size_t widest = 0;

	for (size_t i = 0; i < n->vb_count; i++) {
		tl_buf name = { .ptr = w->r->scratch, .cap = TL_SCRATCH_MAX };
		tl_text_oid_name(&(tl_text){ w->r, &name }, n->vb[i].name);
		if (name.len > widest)
			widest = name.len;
		if (tl_text_mismatch(w, &n->vb[i]))
			*flags |= TL_FLAG_SYNTAX;
	}
	return widest < NAME_WIDTH_MAX ? widest : NAME_WIDTH_MAX;
}

static void
put_varbind(tl_text *w, const tl_varbind *vb, size_t width)
{
	tl_buf_lit(w->out, "    ");
	tl_text_colour(w, TL_COLOUR_NAME);
	size_t from = w->out->len;
	tl_text_oid_name(w, vb->name);
	size_t len = w->out->len - from;
	tl_text_colour(w, TL_COLOUR_OFF);
	tl_text_pad(w, w->out->len, width > len ? width - len : 0);
	tl_buf_lit(w->out, " = ");
	tl_text_value(w, vb);
	tl_buf_putc(w->out, '\n');
}

void
tl_text_notification(tl_renderer *r, const tl_notification *n, tl_buf *out)
{
	tl_text w = { r, out };
	unsigned flags = n->flags;
	size_t width = survey(&w, n, &flags);

	put_start(&w, n->received_ns, &n->from);
	if (!put_title(&w, n->trap_oid) && r->opt.mib != NULL && n->trap_oid.len > 0)
		flags |= TL_FLAG_UNRESOLVED;
	put_version(&w, n->version);
	tl_buf_puts(out, n->kind == TL_INFORM ? " inform" : " trap");
	if (n->version == 3)
		put_security(&w, n);
	else
		put_fact(&w, "  community ", n->community);
	if ((n->flags & TL_FLAG_NO_UPTIME) == 0) {
		tl_buf_lit(out, "  up ");
		tl_text_duration(&w, n->uptime_cs);
	}
	put_v1(&w, n);
	put_agent(&w, n);
	put_flags(&w, flags);
	tl_buf_putc(out, '\n');
	for (size_t i = 0; i < n->vb_count && !out->full; i++)
		put_varbind(&w, &n->vb[i], width);
}

static void
put_refused_sender(tl_text *w, const tl_refusal *refusal)
{
	if (refusal->version != 0)
		put_version(w, refusal->version);
	if (refusal->has_community)
		put_fact(w, "  community ", refusal->community);
	if (refusal->has_user)
		put_fact(w, "  user ", refusal->user);
	if (refusal->level != TL_LEVEL_NONE) {
		tl_buf_puts(w->out, refusal->has_user ? " " : "  ");
		tl_buf_puts(w->out, tl_level_name(refusal->level));
	}
	if (refusal->has_engine_id) {
		tl_buf_lit(w->out, "  engine ");
		tl_buf_hex(w->out, refusal->engine_id);
	}
}

void
tl_text_refusal(tl_renderer *r, const tl_datagram *in, const tl_refusal *refusal,
    tl_span hint, tl_buf *out)
{
	tl_text w = { r, out };
	const tl_diag *diag = &refusal->diag;

	put_start(&w, in->realtime_ns, &in->from);
	tl_text_colour(&w, TL_COLOUR_BAD);
	tl_buf_lit(out, "REFUSED");
	tl_text_colour(&w, TL_COLOUR_OFF);
	tl_buf_putc(out, ' ');
	tl_buf_puts(out, tl_err_word(diag->err));
	put_refused_sender(&w, refusal);
	gap(&w);
	if (diag->where != NULL && diag->where[0] != '\0') {
		tl_buf_puts(out, diag->where);
		tl_buf_putc(out, ' ');
	}
	tl_buf_lit(out, "at byte ");
	tl_buf_u64(out, diag->offset);
	tl_buf_lit(out, " of ");
	tl_buf_u64(out, in->bytes.len);
	tl_buf_lit(out, "\n    ");
	if (hint.len > 0)
		tl_buf_printable(out, hint);
	else
		tl_buf_puts(out, tl_err_text(diag->err));
	tl_buf_putc(out, '\n');
}

void
tl_text_loss(tl_renderer *r, const tl_loss *loss, tl_buf *out)
{
	tl_text w = { r, out };

	put_start(&w, loss->realtime_ns, &loss->local);
	tl_text_colour(&w, TL_COLOUR_BAD);
	tl_buf_lit(out, "LOST");
	tl_text_colour(&w, TL_COLOUR_OFF);
	tl_buf_putc(out, ' ');
	tl_buf_u64(out, loss->count);
	tl_buf_puts(out, loss->count == 1 ? " datagram" : " datagrams");
	tl_buf_lit(out, " for port ");
	tl_buf_u64(out, loss->local.port);
	tl_buf_lit(out, ": receive buffer full\n");
}
