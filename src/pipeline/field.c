/* pipeline/field.c: the words that templates, conditions and keys of tables use: keys of
 * the event, fields that were set, and objects. Resolved when a configuration is loaded,
 * read for every event. */
#include "pipeline/field.h"

#include "base/buf.h"
#include "pipeline/field_keys.h"
#include "pipeline/value_memo.h"

/* Resolving. */

/* The dotted digits that end |name|, which may be all of it; its length if there are
 * none. */
static size_t
find_digits(const char *name, size_t len)
{
	size_t at = len;

	while (at > 0 &&
	       ((name[at - 1] >= '0' && name[at - 1] <= '9') || name[at - 1] == '.'))
		at--;
	while (at > 0 && at < len && name[at] != '.')
		at++;
	return at;
}

/* Appends the sub-identifiers of |text|, ".3.4"; false if it is none, or too long. */
static bool
append_digits(const char *text, uint8_t oid[TL_OID_BER_MAX], uint32_t *len)
{
	uint32_t arcs[TL_OID_MAX];
	size_t count = tl_oid_arcs((tl_oid){ oid, *len }, arcs);
	tl_oid made;

	while (*text == '.') {
		uint64_t arc = 0;
		if (text[1] < '0' || text[1] > '9' || count == TL_OID_MAX)
			return false;
		for (text++; *text >= '0' && *text <= '9'; text++)
			if ((arc = arc * 10 + (uint64_t)(*text - '0')) > UINT32_MAX)
				return false;
		arcs[count++] = (uint32_t)arc;
	}
	if (*text != '\0' || tl_oid_from_arcs(arcs, count, oid, &made) != TL_OK)
		return false;
	*len = made.len;
	return true;
}

uint32_t
field_oid(const char *name, const tl_mib *mib, uint8_t oid[TL_OID_BER_MAX])
{
	size_t len = strlen(name), digits;
	tl_oid made;

	if (tl_oid_from_text(name, len, oid, &made) == TL_OK)
		return made.len;
	digits = find_digits(name, len);
	const tl_mib_node *node =
	    mib != NULL ? tl_mib_find_name(mib, name, digits) : NULL;
	made = node != NULL ? tl_mib_node_oid(mib, node) : (tl_oid){ NULL, 0 };
	if (made.len == 0)
		return 0;
	memcpy(oid, made.ber, made.len);
	return append_digits(name + digits, oid, &made.len) ? made.len : 0;
}

const tl_mib_node *
field_definition(const tl_mib *mib, tl_oid oid)
{
	const tl_mib_node *node = mib != NULL ? tl_mib_find(mib, oid).node : NULL;

	return node != NULL && tl_mib_node_kind(node) == TL_MIB_OBJECT ? node : NULL;
}

/* Whether |oid| is an object's with something behind it. */
static bool
is_instance(const tl_mib *mib, tl_oid oid)
{
	return field_definition(mib, oid) != NULL && tl_mib_find(mib, oid).rest.len > 0;
}

/* Whether anything is defined below |oid|: what stands behind it in the order of OIDs. */
static bool
has_below(const tl_mib *mib, tl_oid oid)
{
	uint32_t lo = 0, hi = mib != NULL ? tl_mib_count(mib) : 0, count = hi;

	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;
		tl_oid at = tl_mib_node_oid(mib, tl_mib_at(mib, middle));
		size_t len = at.len < oid.len ? at.len : oid.len;
		int order = len > 0 ? memcmp(at.ber, oid.ber, len) : 0;
		if (order < 0 || (order == 0 && at.len <= oid.len))
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo < count &&
	       tl_oid_starts_with(tl_mib_node_oid(mib, tl_mib_at(mib, lo)), oid);
}

/* How many octets of such an object are a text as they are: not as they are is what a
 * hint formats otherwise ("255a" and "255t" do not), or in parts. */
static uint32_t
text_max_of(const tl_mib *mib, const tl_mib_node *node)
{
	uint32_t most = 0;

	if (node == NULL)
		return UINT32_MAX;
	if (tl_mib_node_type(mib, node) != TL_T_OCTETS ||
	    tl_mib_node_form(mib, node) != TL_MIB_FORM_PLAIN)
		return 0;
	tl_span hint = tl_mib_node_hint(mib, node);
	if (hint.len == 0)
		return UINT32_MAX;
	while (
	    hint.len > 0 && *hint.ptr >= '0' && *hint.ptr <= '9' && most < UINT16_MAX) {
		most = most * 10 + (uint32_t)(*hint.ptr - '0');
		hint = (tl_span){ hint.ptr + 1, hint.len - 1 };
	}
	return hint.len == 1 && (*hint.ptr == 'a' || *hint.ptr == 't') ? most : 0;
}

void
field_resolve_object(const char *name, const tl_mib *mib, field *out)
{
	*out = (field){ .name = { (const uint8_t *)name, strlen(name) } };
	out->oid_len = field_oid(name, mib, out->oid);
	out->is_object = out->oid_len > 0;
	if (!out->is_object)
		return;
	tl_oid oid = { out->oid, out->oid_len };
	out->has_instance = is_instance(mib, oid);
	out->hash = tl_hash(oid.ber, oid.len, out->has_instance);
	out->is_defined = out->has_instance || !has_below(mib, oid);
	if (!out->is_defined)
		return;
	out->node = field_definition(mib, oid);
	out->text_max = text_max_of(mib, out->node);
}

void
field_resolve(const char *name, const tl_mib *mib, field *out)
{
	uint8_t key = field_key_find(name);

	if (key == 0) {
		field_resolve_object(name, mib, out);
		return;
	}
	*out = (field){ .key = key, .name = { (const uint8_t *)name, strlen(name) } };
}

/* Reading. */

/* Of an OID of another length than most. */
static __attribute__((noinline)) const tl_varbind *
find_unusual(const field *f, const tl_varbind *vb, const tl_varbind *end)
{
	while (vb < end && !field_is_of(f, vb))
		vb++;
	return vb;
}

const tl_varbind *
field_find(const field *f, const tl_varbind *vb, const tl_varbind *end)
{
	uint32_t len = f->oid_len;

	if (len < 8 || len > 16)
		return find_unusual(f, vb, end);
	uint64_t front = tl_load64(f->oid), back = tl_load64(f->oid + len - 8);
	for (; vb < end; vb++)
		if (vb->name.len >= len && tl_load64(vb->name.ber + len - 8) == back &&
		    tl_load64(vb->name.ber) == front &&
		    (vb->name.len == len || !f->has_instance))
			break;
	return vb;
}

static const tl_varbind *
find_varbind(const field *f, const event *ev)
{
	const tl_notification *n = ev->n;

	if (n == NULL || n->all_count == 0)
		return NULL;
	const tl_varbind *end = n->all + n->all_count;
	const tl_varbind *found = ev->memo != NULL
				      ? value_memo_find(ev->memo, f, n)->first
				      : field_find(f, n->all, end);
	return found < end ? found : NULL;
}

static bool
put_hex(tl_buf *out, tl_span bytes)
{
	tl_buf_hex(out, bytes);
	return true;
}

/* What of a text there is room for, whole characters. */
static void
put_beginning(tl_buf *out, tl_span text)
{
	size_t room = out->cap - out->len;

	if (text.len > room) {
		out->full = true;
		while (room > 0 && (text.ptr[room] & 0xc0) == 0x80)
			room--;
		text.len = room;
	}
	tl_buf_span(out, text);
}

static bool
put_octets(tl_buf *out, tl_span octets)
{
	size_t room = (out->cap - out->len) / 2;

	if (tl_is_text(octets)) {
		put_beginning(out, octets);
		return true;
	}
	if (octets.len > room) {
		out->full = true;
		octets.len = room;
	}
	return put_hex(out, octets);
}

static bool
put_ipv4(tl_buf *out, tl_span octets)
{
	for (size_t i = 0; octets.len == 4 && i < 4; i++) {
		if (i > 0)
			tl_buf_putc(out, '.');
		tl_buf_u64(out, octets.ptr[i]);
	}
	return octets.len == 4 || put_hex(out, octets);
}

bool
field_write_raw(const tl_varbind *vb, tl_buf *out)
{
	switch (vb->type) {
	case TL_T_INTEGER:
		tl_buf_i64(out, vb->v.i64);
		return true;
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
	case TL_T_COUNTER64:
		tl_buf_u64(out, vb->v.u64);
		return true;
	case TL_T_OCTETS:
		return put_octets(out, vb->v.octets);
	case TL_T_OPAQUE:
		return put_hex(out, vb->v.octets);
	case TL_T_IPADDRESS:
		return put_ipv4(out, vb->v.octets);
	case TL_T_OID:
		tl_buf_oid(out, vb->v.oid);
		return true;
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		break;
	}
	return false;
}

bool
field_write_meaning(const tl_mib *mib, const tl_mib_node *node, tl_charset *charset,
    const tl_varbind *vb, tl_buf *out)
{
	size_t start = out->len;
	bool mismatch = false;

	if (mib != NULL)
		tl_mib_value_text(mib, node, vb, out, &mismatch);
	return out->len > start ||
	       (!mismatch && tl_charset_text(charset, mib, node, vb, out));
}

bool
field_write_text(
    const tl_mib *mib, tl_charset *charset, const tl_varbind *vb, tl_buf *out)
{
	const tl_mib_node *node = field_definition(mib, vb->name);

	return field_write_meaning(mib, node, charset, vb, out) ||
	       field_write_raw(vb, out);
}

/* The same, of what is remembered. */
static bool
write_known(const field *f, const event *ev, const tl_varbind *vb, tl_buf *out)
{
	tl_span text = value_memo_text(ev->memo, f, ev, vb);

	if (text.len == 0 || text.len > out->cap - out->len)
		return field_write_text(ev->mib, ev->j.charset, vb, out);
	if (vb->type == TL_T_OCTETS && text.ptr == vb->v.octets.ptr)
		return put_octets(out, text);
	tl_buf_span(out, text);
	return true;
}

void
field_write_name(const tl_mib *mib, tl_oid oid, tl_buf *out)
{
	tl_mib_match m = { NULL, oid };

	if (mib != NULL)
		m = tl_mib_find(mib, oid);
	if (m.node == NULL) {
		tl_buf_oid(out, oid);
		return;
	}
	tl_mib_node_write_name(mib, m.node, out);
	tl_buf_oid_rest(out, m.rest);
}

static bool
write_object(const field *f, const event *ev, field_form form, tl_buf *out)
{
	const tl_varbind *vb = find_varbind(f, ev);

	if (vb == NULL)
		return false;
	switch (form) {
	case FIELD_RAW:
		return field_write_raw(vb, out);
	case FIELD_OID:
		tl_buf_oid(out, vb->name);
		return true;
	case FIELD_NAME:
		field_write_name(ev->mib, vb->name, out);
		return true;
	case FIELD_TEXT:
		break;
	}
	return ev->memo != NULL ? write_known(f, ev, vb, out)
				: field_write_text(ev->mib, ev->j.charset, vb, out);
}

/* Numbers of our own events, "count". */
static bool
own_number(const event *ev, tl_span name, int64_t *number)
{
	for (size_t i = 0; ev->own != NULL && i < ev->own->number_count; i++) {
		const tl_number *at = &ev->own->numbers[i];
		if (strlen(at->name) != name.len ||
		    memcmp(at->name, name.ptr, name.len) != 0)
			continue;
		*number = at->value > INT64_MAX ? INT64_MAX : (int64_t)at->value;
		return true;
	}
	return false;
}

static bool
write_set(const field *f, const event *ev, tl_buf *out)
{
	int64_t number;
	const tl_span *text = event_find_field(ev, f->name);

	if (text != NULL) {
		put_octets(out, *text);
		return true;
	}
	if (!own_number(ev, f->name, &number))
		return false;
	tl_buf_i64(out, number);
	return true;
}

bool
field_write(const field *f, const event *ev, field_form form, tl_buf *out)
{
	if (f->key != 0)
		return field_key_write(f->key, ev, out);
	return write_set(f, ev, out) || (f->is_object && write_object(f, ev, form, out));
}

bool
field_varbind_number(const tl_varbind *vb, int64_t *number)
{
	switch (vb->type) {
	case TL_T_INTEGER:
		*number = vb->v.i64;
		return true;
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
	case TL_T_COUNTER64:
		*number = vb->v.u64 > INT64_MAX ? INT64_MAX : (int64_t)vb->v.u64;
		return true;
	case TL_T_OCTETS:
	case TL_T_OPAQUE:
	case TL_T_IPADDRESS:
	case TL_T_OID:
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		break;
	}
	return false;
}

bool
field_number(const field *f, const event *ev, int64_t *number)
{
	if (f->key == 0) {
		if (event_find_field(ev, f->name) != NULL)
			return false;
		if (own_number(ev, f->name, number))
			return true;
		const tl_varbind *vb = f->is_object ? find_varbind(f, ev) : NULL;
		return vb != NULL && field_varbind_number(vb, number);
	}
	return field_key_number(f->key, ev, number);
}
