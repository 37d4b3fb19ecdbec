/* cli/decode_tree.c: see decode_tree.h. For cmd_decode.c. */
#include "cli/decode_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "trapline/render.h"

enum { ROOM = 512 * 1024, ROW = 16 };

tl_err
tree_init(tree *t, FILE *to, const tl_mib *mib)
{
	*t = (tree){ .to = to, .mib = mib, .room = malloc(ROOM) };
	return t->room == NULL ? TL_ENOMEM : tl_dissector_new(&t->dissector);
}

void
tree_fini(tree *t)
{
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
		put(t, &b);
		fputs("  ", t->to);
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
	tl_buf_span(out, tl_mib_node_name(t->mib, match.node));
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
	fprintf(t->to, "%6u %2u+%-5u %s  %*s%-*s %s", item->offset, item->header_len,
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

/* The pieces of one span. */
typedef struct part {
	tl_dissect_what what;
	tl_span bytes;
	uint32_t offset; /* of its first byte in the datagram */
	unsigned depth;
} part;

/* Prints them. Returns the offset of the contents of encryptedPDU, 0 if there is none;
 * |depth| is how deep it lies. */
static uint32_t
print_part(tree *t, const part *p, unsigned *depth)
{
	tl_dissect_item item;
	uint32_t encrypted = 0;

	tl_dissector_start(t->dissector, p->what, p->bytes, p->offset);
	for (;;) {
		tl_buf meaning = room_of(t);
		if (!tl_dissector_next(t->dissector, &item, &meaning))
			return encrypted;
		const uint8_t *contents =
		    p->bytes.ptr + (item.offset - p->offset) + item.header_len;
		if (item.tag == TL_T_OID && item.diag.err == TL_OK)
			put_name(t, (tl_oid){ contents, item.content_len }, &meaning);
		put_flags(item.flags, &meaning);
		print_piece(t, &item, item.depth + p->depth, &meaning);
		if (strcmp(item.name, "encryptedPDU") == 0) {
			encrypted = item.offset + item.header_len;
			*depth = item.depth + 1;
		}
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
		tl_buf_span(&b, tl_mib_node_name(t->mib, node));
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
	part parts[2] = { { .what = TL_DISSECT_MESSAGE, .bytes = c->in->bytes } };
	unsigned depth = 0;

	print_head(t, c);
	fputc('\n', t->to);
	uint32_t encrypted = print_part(t, &parts[0], &depth);
	if (encrypted != 0 && c->ev->scoped.len > 0) {
		fprintf(t->to, "%6u          decrypted:\n", encrypted);
		parts[1] =
		    (part){ TL_DISSECT_SCOPED_PDU, c->ev->scoped, encrypted, depth };
		print_part(t, &parts[1], &depth);
	}
	if (c->ev->kind == TL_EV_REFUSED)
		print_refusal(t, c, parts);
	else
		print_acceptance(t, c->ev->n);
	fputc('\n', t->to);
}

void
tree_print_line(tree *t, const tree_case *c)
{
	print_head(t, c);
	fprintf(t->to, "  %s, no notification: --all shows it\n\n",
	    tl_tag_name(c->ev->refusal.pdu_type));
}
