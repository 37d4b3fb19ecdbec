/* cli/decode_tree.c: see decode_tree.h. For cmd_decode.c. */
#include "cli/decode_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "trapline/render.h"

enum { ROOM = 512 * 1024, TEXT_ROOM = 1024, ROW = 16 };

tl_err
tree_init(tree *t, FILE *to, const tl_renderer_options *opt)
{
	*t = (tree){ .to = to, .mib = opt->mib, .room = malloc(ROOM) };
	tl_err err = t->room == NULL ? TL_ENOMEM : tl_dissector_new(&t->dissector);

	if (err == TL_OK && opt->charset != NULL)
		err = tl_charset_new(opt->charset, &t->charset);
	return err;
}

void
tree_fini(tree *t)
{
	tl_charset_free(t->charset);
	tl_dissector_free(t->dissector);
	free(t->room);
}

static tl_buf
room_of(tree *t)
{
	return (tl_buf){ .ptr = t->room, .cap = ROOM };
}

static void
put(tree *t, const tl_buf *b)
{
	fwrite(b->ptr, 1, b->len, t->to);
}

static void
print_endpoint(tree *t, const tl_endpoint *ep)
{
	char text[TL_ADDRESS_TEXT_MAX];

	tl_address_text(ep, text);
	fprintf(t->to, strchr(text, ':') != NULL ? "[%s]:%u" : "%s:%u", text, ep->port);
}

static void
print_head(tree *t, const tree_case *c)
{
	tl_buf b = room_of(t);

	fprintf(t->to, "%s %llu  ", c->captured ? "frame" : "datagram",
	    (unsigned long long)c->number);
	if (c->captured) {
		tl_buf_time(&b, c->in->realtime_ns);
		tl_buf_lit(&b, "  ");
		put(t, &b);
	}
	if (c->in->from.port != 0 || c->in->to.port != 0) {
		print_endpoint(t, &c->in->from);
		fputs(" -> ", t->to);
		print_endpoint(t, &c->in->to);
		fputs("  ", t->to);
	}
	fprintf(t->to, "%zu bytes", c->in->bytes.len);
}

/* The name that the dictionary has for an OID: of an object or a notification. */
static void
put_name(const tree *t, tl_oid oid, tl_buf *out)
{
	tl_mib_match match = tl_mib_find(t->mib, oid);

	if (match.node == NULL || tl_mib_node_kind(match.node) == TL_MIB_IDENTITY)
		return;
	tl_buf_lit(out, " (");
	tl_mib_node_write_name(t->mib, match.node, out);
	tl_buf_oid_rest(out, match.rest);
	tl_buf_putc(out, ')');
}

static void
put_flags(uint16_t flags, tl_buf *out)
{
	static const struct {
		uint16_t flag;
		const char *word;
	} words[] = {
#define TL_X(suffix, bit, word) { 1u << (bit), word },
		TL_FLAGS(TL_X)
#undef TL_X
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if ((flags & words[i].flag) == 0)
			continue;
		tl_buf_lit(out, " [");
		tl_buf_puts(out, words[i].word);
		tl_buf_putc(out, ']');
	}
}

/* One piece: offset, bytes of header and contents, tag; then the field, indented. */
static void
print_piece(tree *t, const tl_dissect_item *item, unsigned depth, const tl_buf *meaning)
{
	enum { NAME = 36, TYPE = 18 };
	char tag[8] = "  ";
	int indent = 2 * (int)depth;

	if (item->header_len > 0)
		snprintf(tag, sizeof tag, "%02x", item->tag);
	fprintf(t->to, "%6u %2u+%-5u%s  %*s%-*s %s", item->offset, item->header_len,
	    item->content_len, tag, indent, "", NAME - indent, item->name, item->type);
	if (meaning->len > 0) {
		fprintf(t->to, "%*s ", TYPE - (int)strlen(item->type), "");
		put(t, meaning);
	}
	fputc('\n', t->to);
	if (item->diag.err != TL_OK)
		fprintf(t->to, "%6u ^ %s: %s\n", item->diag.offset,
		    tl_err_word(item->diag.err), tl_err_text(item->diag.err));
}

/* What the dictionary makes of a value: its label, its date and the like. */
static void
put_value_text(const tree *t, const tl_varbind *vb, tl_buf *out)
{
	uint8_t room[TEXT_ROOM];
	tl_buf text = { .ptr = room, .cap = sizeof room };
	bool mismatch = false;

	const tl_mib_node *node = tl_mib_find(t->mib, vb->name).node;

	tl_mib_value_text(t->mib, node, vb, &text, &mismatch);
	if (text.len == 0 && !mismatch)
		(void)tl_charset_text(t->charset, t->mib, node, vb, &text);
	if (text.len == 0 || text.full)
		return;
	tl_buf_lit(out, " (");
	tl_buf_printable(out, tl_buf_written(&text));
	tl_buf_putc(out, ')');
}

/* The pieces of one span. */
typedef struct part {
	tl_dissect_what what;
	tl_span bytes;
	uint32_t offset; /* of its first byte in the datagram */
	unsigned depth;
	const tl_notification *n; /* that it was accepted as, or NULL */
	size_t varbinds;          /* so far */
	uint32_t encrypted;       /* offset of the contents of encryptedPDU; 0: none */
} part;

/* Adds to the |meaning| of a piece what is known beyond its bytes. */
static void
put_more(const tree *t, part *p, const tl_dissect_item *item, tl_buf *meaning)
{
	const uint8_t *at = p->bytes.ptr + (item->offset - p->offset);

	if (strcmp(item->name, "encryptedPDU") == 0) {
		meaning->len = 0;
		tl_buf_lit(meaning, "ciphertext");
		p->encrypted = item->offset + item->header_len;
	}
	if (strcmp(item->name, "varbind") == 0)
		p->varbinds++;
	if (item->tag == TL_T_OID && item->diag.err == TL_OK)
		put_name(
		    t, (tl_oid){ at + item->header_len, item->content_len }, meaning);
	else if (strcmp(item->name, "value") == 0 && item->tag != TL_T_TIMETICKS &&
		 p->n != NULL && p->varbinds <= p->n->all_count)
		put_value_text(t, &p->n->all[p->varbinds - 1], meaning);
	put_flags(item->flags, meaning);
}

static void
print_part(tree *t, part *p)
{
	tl_dissect_item item;

	tl_dissector_start(t->dissector, p->what, p->bytes, p->offset);
	for (;;) {
		tl_buf meaning = room_of(t);
		if (!tl_dissector_next(t->dissector, &item, &meaning))
			return;
		put_more(t, p, &item, &meaning);
		print_piece(t, &item, item.depth + p->depth, &meaning);
	}
}

/* Where an offset's bytes are: in the plaintext, if that is where it points. */
static part
part_at(const part parts[2], uint32_t offset)
{
	const part *plain = &parts[1];
	bool inside = plain->bytes.len > 0 && offset >= plain->offset &&
		      offset - plain->offset <= plain->bytes.len;

	return inside ? *plain : parts[0];
}

/* The bytes around |offset|, and a mark under it. */
static void
print_context(tree *t, const part *p, uint32_t offset)
{
	size_t at = offset - p->offset, len = p->bytes.len;
	size_t row = at == len && at > 0 ? (at - 1) / ROW * ROW : at / ROW * ROW;

	if (len == 0)
		return;
	fprintf(t->to, "  %6zu ", row + p->offset);
	for (size_t i = row; i < len && i < row + ROW; i++)
		fprintf(t->to, " %02x", p->bytes.ptr[i]);
	fprintf(t->to, "\n         %*s^^\n", 3 * (int)(at - row) + 1, "");
}

static void
print_v3_sender(tree *t, const tl_refusal *r)
{
	tl_buf b = room_of(t);

	if (r->has_user) {
		tl_buf_lit(&b, "  user \"");
		tl_buf_printable(&b, r->user);
		tl_buf_lit(&b, "\" ");
		tl_buf_puts(&b, tl_level_name(r->level));
	}
	if (r->has_engine_id && r->engine_id.len > 0) {
		tl_buf_lit(&b, ", engine ");
		tl_buf_hex(&b, r->engine_id);
		tl_buf_lit(&b, " (");
		tl_engine_id_text(r->engine_id, &b);
		tl_buf_putc(&b, ')');
	}
	if (b.len > 0)
		tl_buf_putc(&b, '\n');
	put(t, &b);
}

static void
print_refusal(tree *t, const tree_case *c, const part parts[2])
{
	const tl_refusal *r = &c->ev->refusal;
	part p = part_at(parts, r->diag.offset);

	fprintf(t->to, "REFUSED %s at offset %u (%s): %s\n", tl_err_word(r->diag.err),
	    r->diag.offset, r->diag.where, tl_err_text(r->diag.err));
	print_context(t, &p, r->diag.offset);
	print_v3_sender(t, r);
	if (c->hint.len > 0) {
		fputs("  hint: ", t->to);
		fwrite(c->hint.ptr, 1, c->hint.len, t->to);
		fputc('\n', t->to);
	}
}

static void
put_sender(const tl_notification *n, tl_buf *b)
{
	if (n->version != 3)
		return;
	tl_buf_lit(b, ", user \"");
	tl_buf_printable(b, n->v3.user);
	tl_buf_lit(b, "\" ");
	tl_buf_puts(b, tl_level_name(n->v3.level));
	if (n->v3.auth != TL_AUTH_NONE) {
		tl_buf_putc(b, ' ');
		tl_buf_puts(b, tl_auth_name(n->v3.auth));
	}
	if (n->v3.priv != TL_PRIV_NONE) {
		tl_buf_putc(b, ' ');
		tl_buf_puts(b, tl_priv_name(n->v3.priv));
	}
}

static void
print_acceptance(tree *t, const tl_notification *n)
{
	static const char *const versions[] = { "", "v1", "v2c", "v3" };
	const tl_mib_node *node = tl_mib_find_notification(t->mib, n->trap_oid);
	tl_buf b = room_of(t);

	tl_buf_lit(&b, "accepted: ");
	tl_buf_puts(&b, versions[n->version & 3]);
	tl_buf_puts(&b, n->kind == TL_INFORM ? " inform " : " trap ");
	tl_buf_oid(&b, n->trap_oid);
	if (node != NULL) {
		tl_buf_putc(&b, ' ');
		tl_mib_node_write_name(t->mib, node, &b);
	}
	tl_buf_lit(&b, ", ");
	tl_buf_u64(&b, n->vb_count);
	tl_buf_puts(&b, n->vb_count == 1 ? " varbind" : " varbinds");
	put_sender(n, &b);
	put_flags(n->flags, &b);
	tl_buf_putc(&b, '\n');
	put(t, &b);
}

void
tree_print(tree *t, const tree_case *c)
{
	const tl_notification *n = c->ev->n;
	part parts[2] = { { .what = TL_DISSECT_MESSAGE, .bytes = c->in->bytes, .n = n } };

	print_head(t, c);
	fputs("\noffset   bytes tag  field\n", t->to);
	print_part(t, &parts[0]);
	if (parts[0].encrypted != 0 && c->ev->scoped.len > 0) {
		parts[1] = (part){ .what = TL_DISSECT_SCOPED_PDU,
			.bytes = c->ev->scoped,
			.offset = parts[0].encrypted,
			.depth = 2,
			.n = n };
		print_part(t, &parts[1]);
	}
	if (c->ev->kind == TL_EV_REFUSED)
		print_refusal(t, c, parts);
	else
		print_acceptance(t, n);
	fputc('\n', t->to);
}

void
tree_print_line(tree *t, const tree_case *c)
{
	print_head(t, c);
	fprintf(t->to, "  %s, no notification: --all shows it\n\n",
	    tl_tag_name(c->ev->refusal.pdu_type));
}
