/* mib/value.c: what a person reads for a varbind's value. */
#include "mib/text.h"

const tl_mib_label *
tl_mib_find_label(const tl_mib *mib, const tl_mib_syntax *syntax, int64_t value)
{
	uint32_t count, lo = 0;
	const tl_mib_label *labels = tl_mib_labels(mib, syntax, &count);
	uint32_t hi = count;

	if (hi == 0 || value < labels[0].value || value > labels[hi - 1].value)
		return NULL;
	uint32_t guess = (uint32_t)(value - labels[0].value); /* most have no gaps */
	if (guess < hi && labels[guess].value == value)
		return &labels[guess];
	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;
		if (labels[middle].value < value)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo < count && labels[lo].value == value ? &labels[lo] : NULL;
}

bool
tl_mib_bits(const tl_mib *mib, const tl_mib_syntax *syntax, tl_span value, tl_buf *out,
    bool *mismatch)
{
	size_t start = out->len;

	if (syntax->label_count == 0)
		return false;
	for (size_t i = 0; i < value.len && !out->full; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			if ((value.ptr[i] & (0x80u >> bit)) == 0)
				continue;
			const tl_mib_label *label =
			    tl_mib_find_label(mib, syntax, (int64_t)(8 * i + bit));
			if (out->len > start)
				tl_buf_putc(out, ',');
			if (label != NULL) {
				tl_buf_span(out, tl_mib_text(mib, label->text));
			} else {
				tl_buf_u64(out, 8 * i + bit);
				*mismatch = true;
			}
		}
	return out->len > start;
}

/* What the syntax makes of |value|, good or not. */
static bool
format_octets(const tl_mib *mib, const tl_mib_syntax *syntax, tl_span value, tl_buf *out,
    bool *mismatch)
{
	switch ((tl_mib_special)syntax->special) {
	case TL_MIB_BITS:
		return tl_mib_bits(mib, syntax, value, out, mismatch);
	case TL_MIB_DATE:
		return tl_mib_date(value, out);
	case TL_MIB_INET:
		return tl_mib_inet(value, out);
	case TL_MIB_PLAIN:
	case TL_MIB_INET_TYPE:
	case TL_MIB_NETWORK:
		break;
	}
	return tl_mib_hint_octets(tl_mib_hint(mib, syntax), value, out);
}

static bool
all_zero(tl_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != 0)
			return false;
	return true;
}

/* Whether |value|, which has no text, could not be one of the syntax. A DateAndTime of
 * zeros is how devices say that they do not know. */
static bool
misfits(const tl_mib_syntax *syntax, tl_span value)
{
	if (syntax->special == TL_MIB_DATE)
		return (value.len != 8 && value.len != 11) || !all_zero(value);
	return syntax->size_min == syntax->size_max && value.len != syntax->size_min;
}

bool
tl_mib_octets_text(const tl_mib *mib, const tl_mib_syntax *syntax, tl_span value,
    tl_buf *out, bool *mismatch)
{
	/* No sensible hint writes more; a repeat of nothing, 255 times an octet, would.
	 */
	size_t most = syntax->special == TL_MIB_BITS ? SIZE_MAX : 8 * value.len + 256;
	size_t room = out->cap - out->len;
	tl_buf part = { .ptr = out->ptr + out->len, .cap = room < most ? room : most };
	bool made = false;

	*mismatch = syntax->special != TL_MIB_DATE && misfits(syntax, value);
	if (!*mismatch) {
		made = format_octets(mib, syntax, value, &part, mismatch);
		*mismatch = *mismatch || (!made && misfits(syntax, value));
	}
	if (part.full && room < most)
		out->full = true;
	if (!made || part.full || part.len == 0 || !tl_is_text(tl_buf_written(&part)))
		return false;
	out->len += part.len;
	return true;
}

/* Many agents send the NUL that ends a string of C as well: what is before it, if that is
 * text. Of octets that no hint says to be text, a few may look like it by chance. */
static bool
put_c_string(const tl_mib *mib, const tl_mib_syntax *syntax, tl_span value, tl_buf *out)
{
	const size_t chance = 3;
	bool hinted = syntax != NULL && (syntax->special != TL_MIB_PLAIN ||
					    tl_mib_hint(mib, syntax).len > 0);

	if (hinted && !tl_mib_hint_is_text(tl_mib_hint(mib, syntax)))
		return false;
	if (syntax != NULL && misfits(syntax, value))
		return false;
	while (value.len > 0 && value.ptr[value.len - 1] == 0)
		value.len--;
	if (value.len <= (hinted ? 0 : chance) || !tl_is_text(value))
		return false;
	tl_buf_span(out, value);
	return true;
}

/* The same, unless it is what the value itself says. */
static void
put_octets(const tl_mib *mib, const tl_mib_syntax *syntax, tl_span value, tl_buf *out,
    bool *mismatch)
{
	size_t start = out->len;

	if (value.len > 0 && value.ptr[value.len - 1] == 0 &&
	    put_c_string(mib, syntax, value, out))
		return;
	if (syntax == NULL)
		return;
	if (tl_mib_is_text(mib, syntax, value)) {
		*mismatch = misfits(syntax, value);
		return;
	}
	if (!tl_mib_octets_text(mib, syntax, value, out, mismatch))
		return;
	if (out->len - start == value.len &&
	    memcmp(out->ptr + start, value.ptr, value.len) == 0)
		out->len = start;
}

/* Puts a label. */
static inline void
put_label(const tl_mib *mib, const tl_mib_label *label, tl_buf *out)
{
	tl_span text = tl_mib_text(mib, label->text);

	if (text.len <= TL_MIB_TEXT_TAIL && out->cap - out->len >= TL_MIB_TEXT_TAIL) {
		memcpy(out->ptr + out->len, text.ptr, TL_MIB_TEXT_TAIL); /* short ones */
		out->len += text.len;
	} else {
		tl_buf_span(out, text);
	}
}

static __attribute__((noinline)) void
put_number(const tl_mib *mib, const tl_mib_syntax *syntax, int64_t value, tl_buf *out,
    bool *mismatch)
{
	const tl_mib_label *label = tl_mib_find_label(mib, syntax, value);
	size_t start = out->len;

	*mismatch = label == NULL && syntax->label_count > 0;
	if (label != NULL)
		put_label(mib, label, out);
	else if (!*mismatch)
		tl_mib_hint_number(tl_mib_hint(mib, syntax), (uint64_t)value, true, out);
	if (out->full)
		out->len = start;
}

/* Whether a hint says no more than the number: none, or "d". */
static inline bool
is_bare_number(const tl_mib *mib, const tl_mib_syntax *syntax)
{
	return syntax->hint_len == 0 ||
	       (syntax->hint_len == 1 && syntax->hint < mib->hints_count &&
		   mib->hints[syntax->hint] == 'd');
}

/* Most enumerations have no gaps. */
static inline void
put_integer(const tl_mib *mib, const tl_mib_syntax *syntax, int64_t value, tl_buf *out,
    bool *mismatch)
{
	uint32_t count;
	const tl_mib_label *labels = tl_mib_labels(mib, syntax, &count);

	if (count == 0 && is_bare_number(mib, syntax))
		return;
	if (count > 0 && (uint64_t)value - (uint64_t)labels->value < count) {
		const tl_mib_label *label = labels + (value - labels->value);
		if (label->value == value) {
			put_label(mib, label, out);
			return;
		}
	}
	put_number(mib, syntax, value, out, mismatch);
}

static void
put_oid(const tl_mib *mib, tl_oid oid, tl_buf *out)
{
	tl_mib_match match = tl_mib_find(mib, oid);

	if (match.node == NULL)
		return;
	tl_mib_node_write_name(mib, match.node, out);
	tl_buf_oid_rest(out, match.rest);
}

/* A value that is no INTEGER, kept out of the way of those; it is of the type of
 * |syntax|, if that is not NULL. */
static __attribute__((noinline)) void
put_other(const tl_mib *mib, const tl_mib_syntax *syntax, const tl_varbind *vb,
    tl_buf *out, bool *mismatch)
{
	size_t start = out->len;

	switch (vb->type) {
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_COUNTER64:
		if (syntax != NULL)
			tl_mib_hint_number(
			    tl_mib_hint(mib, syntax), vb->v.u64, false, out);
		break;
	case TL_T_TIMETICKS:
		tl_mib_ticks(vb->v.u64, out);
		break;
	case TL_T_OCTETS:
		put_octets(mib, syntax, vb->v.octets, out, mismatch);
		break;
	case TL_T_OPAQUE:
		tl_mib_opaque_float(vb->v.octets, out);
		break;
	case TL_T_OID:
		put_oid(mib, vb->v.oid, out);
		break;
	case TL_T_INTEGER:
	case TL_T_IPADDRESS:
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		break;
	}
	if (out->full)
		out->len = start;
}

void
tl_mib_value_text(const tl_mib *mib, const tl_mib_node *node, const tl_varbind *vb,
    tl_buf *out, bool *mismatch)
{
	const tl_mib_syntax *syntax = tl_mib_syntax_of(mib, node);

	*mismatch =
	    syntax != NULL && syntax->type != 0 && syntax->type != (uint8_t)vb->type;
	if (*mismatch)
		return;
	if (vb->type != TL_T_INTEGER)
		put_other(mib, syntax, vb, out, mismatch);
	else if (syntax != NULL)
		put_integer(mib, syntax, vb->v.i64, out, mismatch);
}
