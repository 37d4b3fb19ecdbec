/* pipeline/key.c: the hashes and texts of keys. Called by deduplication and alarms for
 * each event. */
#include "pipeline/key.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"

#define BIT(kind) (1u << (kind))

enum { TEXT_MAX = 1024 }; /* bytes of a field's text that count */

/* Making. */

static const struct {
	const char *name;
	key_kind kind;
} raw_fields[] = {
	{ "origin", KEY_ORIGIN },
	{ "source", KEY_SOURCE },
	{ "trap_oid", KEY_TRAP },
	{ "uptime", KEY_UPTIME },
};

static key_kind
kind_of_field(const char *name)
{
	for (size_t i = 0; i < sizeof raw_fields / sizeof raw_fields[0]; i++)
		if (strcmp(raw_fields[i].name, name) == 0)
			return raw_fields[i].kind;
	return KEY_FIELD;
}

/* A part that looks for the object |value| in the index of its row: false if it is in
 * none. */
static bool
index_of_object(const field *value, const tl_mib *mib, key_part *out)
{
	const tl_oid oid = { value->oid, value->oid_len };
	tl_mib_match found = { NULL, { NULL, 0 } };
	tl_mib_index_object object;

	if (mib != NULL && value->is_object && !value->has_instance)
		found = tl_mib_find(mib, oid);
	if (found.node == NULL || found.rest.len > 0 ||
	    !tl_mib_node_index(mib, found.node, 0, &object))
		return false;
	*out = (key_part){ .kind = KEY_INDEX, .instead = true };
	out->field.oid_len = value->oid_len;
	memcpy(out->field.oid, value->oid, value->oid_len);
	do
		out->field.oid_len--;
	while (out->field.oid_len > 0 &&
	       (out->field.oid[out->field.oid_len - 1] & 0x80) != 0);
	return true;
}

/* What |k| begins with need not be looked up part by part. */
static void
find_front(key_def *k)
{
	k->front = 0;
	k->rest = k->parts;
	while (k->rest->kind != KEY_END && k->rest->kind <= KEY_UPTIME &&
	       k->front < BIT(k->rest->kind))
		k->front |= BIT(k->rest++->kind);
}

bool
key_of_fields(key_def *k, const tl_conf_texts *names, const tl_mib *mib)
{
	key_part *part = calloc(2 * names->count + 1, sizeof *part);

	k->parts = part;
	if (part == NULL)
		return false;
	for (size_t i = 0; i < names->count; i++) {
		field_resolve(names->at[i], mib, &part->field);
		part->kind =
		    part->field.is_object ? KEY_VALUE : kind_of_field(names->at[i]);
		const field *value = &part++->field;
		part += index_of_object(value, mib, part);
	}
	find_front(k);
	return true;
}

static const struct {
	const char *word;
	key_kind kind;
	uint16_t most;
} words[] = {
	{ "value:", KEY_VALUE, 0 },
	{ "value6:", KEY_VALUE, 6 },
	{ "parent:", KEY_PARENT, 0 },
	{ "index:", KEY_INDEX, 0 },
};

static void
part_of_text(key_part *part, const char *text, size_t len)
{
	tl_oid oid = { NULL, 0 };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t skip = strlen(words[i].word);
		if (len < skip || memcmp(text, words[i].word, skip) != 0)
			continue;
		part->kind = words[i].kind;
		part->most = words[i].most;
		if (tl_oid_from_text(text + skip, len - skip, part->field.oid, &oid) ==
		    TL_OK)
			part->field.oid_len = oid.len;
	}
}

bool
key_of_text(key_def *k, const char *text)
{
	key_part *part = calloc(strlen(text) + 1, sizeof *part);

	k->parts = part;
	if (part == NULL)
		return false;
	while (*text != 0) {
		size_t len = strcspn(text, " |");
		part_of_text(part++, text, len);
		part->instead = text[len] == '|';
		text += len + (text[len] != 0);
	}
	find_front(k);
	return true;
}

void
key_fini(key_def *k)
{
	free(k->parts);
	k->parts = NULL;
}

/* Reading. */

/* What a part is in an event: bytes that lie somewhere, or a number. */
typedef struct found {
	enum { FOUND_BYTES, FOUND_OID, FOUND_NUMBER, FOUND_SIGNED } form;
	union {
		tl_span bytes;
		uint64_t number;
	};
} found;

static tl_oid
oid_of(const key_part *part)
{
	return (tl_oid){ part->field.oid, part->field.oid_len };
}

/* event_varbind(), faster for OIDs of 8 to 16 bytes, which most are. */
static inline const tl_varbind *
varbind_of(const key_part *part, const event *ev)
{
	const tl_varbind *vb = ev->n->vb, *end = vb + ev->n->vb_count;
	const uint8_t *oid = part->field.oid;
	uint32_t len = part->field.oid_len;

	if (len < 8 || len > 16)
		return event_varbind(ev, oid_of(part));
	uint64_t front = tl_load64(oid), back = tl_load64(oid + len - 8);
	for (; vb < end; vb++)
		if (vb->name.len >= len && tl_load64(vb->name.ber + len - 8) == back &&
		    tl_load64(vb->name.ber) == front)
			return vb;
	return NULL;
}

static bool
find_value(const tl_varbind *vb, found *out)
{
	switch (vb->type) {
	case TL_T_INTEGER:
		*out = (found){ .form = FOUND_SIGNED, .number = vb->v.u64 };
		return true;
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_TIMETICKS:
	case TL_T_COUNTER64:
		*out = (found){ .form = FOUND_NUMBER, .number = vb->v.u64 };
		return true;
	case TL_T_OCTETS:
	case TL_T_IPADDRESS:
	case TL_T_OPAQUE:
		*out = (found){ .form = FOUND_BYTES, .bytes = vb->v.octets };
		return true;
	case TL_T_OID:
		*out = (found){ .form = FOUND_OID,
			.bytes = { vb->v.oid.ber, vb->v.oid.len } };
		return true;
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		break;
	}
	return false;
}

/* Without the last sub-identifier. */
static tl_span
parent_of(tl_span oid)
{
	if (oid.len > 0)
		oid.len--;
	while (oid.len > 0 && (oid.ptr[oid.len - 1] & 0x80) != 0)
		oid.len--;
	return oid;
}

/* The index behind the column in a name below a row; as a number where it is one, so that
 * it equals the value of the index object. */
static bool
find_index(tl_oid row, const tl_varbind *vb, found *out)
{
	const uint8_t *at = vb->name.ber + row.len, *end = vb->name.ber + vb->name.len;
	uint64_t number = 0;
	size_t numbers = 0;

	while (at < end && (*at & 0x80) != 0)
		at++;
	if (end - at < 2)
		return false;
	*out = (found){ .form = FOUND_OID, .bytes = { at + 1, (size_t)(end - at) - 1 } };
	while (++at < end) {
		number = number << 7 | (*at & 0x7f);
		numbers += (*at & 0x80) == 0;
	}
	if (numbers == 1)
		*out = (found){ .form = FOUND_NUMBER, .number = number };
	return true;
}

/* What the object of |part| is in |ev|, which is a notification; false if it is not
 * there. */
static inline bool
find_object(const key_part *part, const event *ev, found *out)
{
	const tl_varbind *vb = varbind_of(part, ev);

	if (vb == NULL)
		return false;
	if (part->kind == KEY_INDEX)
		return find_index(oid_of(part), vb, out);
	if (!find_value(vb, out))
		return false;
	if (part->kind == KEY_PARENT && out->form == FOUND_OID)
		out->bytes = parent_of(out->bytes);
	if (part->most != 0 && out->form < FOUND_NUMBER && out->bytes.len > part->most)
		out->bytes.len = part->most;
	return true;
}

static inline tl_span
origin_of(const event *ev)
{
	tl_span engine = ev->n->v3.context_engine_id;

	return engine.len > 0 ? engine
			      : (tl_span){ ev->device.addr, sizeof ev->device.addr };
}

/* What a part that is no bytes is put with, in the place of their length. */
#define PUT_NUMBER (UINT64_MAX - 1)
#define PUT_MISSING UINT64_MAX

/* The first 8 bytes, or all if they are fewer: different ones of a length differ. */
static inline uint64_t
load_first(tl_span bytes)
{
	const uint8_t *p = bytes.ptr;
	size_t len = bytes.len;

	if (len >= 8)
		return tl_load64(p);
	if (len >= 4)
		return tl_load32(p) | tl_load32(p + len - 4) << 32;
	return len == 0 ? 0
			: (uint64_t)p[0] << 16 | (uint64_t)p[len / 2] << 8 | p[len - 1];
}

/* Those behind the first 8 by 16 at a time. The last look goes back as far as it needs to
 * be a whole one. */
static ledger_hash
with_bytes(ledger_hash h, tl_span bytes)
{
	ledger_hash_put(&h, bytes.len, load_first(bytes));
	if (bytes.len <= 8)
		return h;
	const uint8_t *p = bytes.ptr + 8, *end = bytes.ptr + bytes.len;
	for (; end - p > 16; p += 16)
		ledger_hash_put(&h, tl_load64(p), tl_load64(p + 8));
	if (end - p > 8)
		ledger_hash_put(&h, tl_load64(p), tl_load64(end - 8));
	else
		ledger_hash_put(&h, tl_load64(end - 8), 0);
	return h;
}

/* The same, faster for 9 to 16 bytes: most OIDs and all addresses. */
static inline ledger_hash
with(ledger_hash h, tl_span bytes)
{
	if (bytes.len <= 8 || bytes.len > 16)
		return with_bytes(h, bytes);
	ledger_hash_put(&h, bytes.len, tl_load64(bytes.ptr));
	ledger_hash_put(&h, tl_load64(bytes.ptr + bytes.len - 8), 0);
	return h;
}

void
key_put_bytes(ledger_hash *out, tl_span bytes)
{
	*out = with_bytes(*out, bytes);
}

static bool
find_field(const key_part *part, const event *ev, uint8_t text[TEXT_MAX], found *out)
{
	tl_buf b = { .ptr = text, .cap = TEXT_MAX };

	if (!field_write(&part->field, ev, FIELD_RAW, &b) && !b.full)
		return false;
	*out = (found){ .form = FOUND_BYTES, .bytes = tl_buf_written(&b) };
	return true;
}

/* What |part| is in |ev|, which is a notification; false if it is not there. The text of
 * a field is written to |text|. */
static inline bool
find(const key_part *part, const event *ev, uint8_t text[TEXT_MAX], found *out)
{
	const tl_notification *n = ev->n;

	out->form = FOUND_BYTES;
	switch (part->kind) {
	case KEY_ORIGIN:
		out->bytes = origin_of(ev);
		return true;
	case KEY_SOURCE:
		out->bytes = (tl_span){ n->from.addr, sizeof n->from.addr };
		return true;
	case KEY_TRAP:
		out->bytes = (tl_span){ n->trap_oid.ber, n->trap_oid.len };
		return true;
	case KEY_UPTIME:
		out->form = FOUND_NUMBER;
		out->number = n->uptime_cs;
		return (n->flags & TL_FLAG_NO_UPTIME) == 0;
	case KEY_VALUE:
	case KEY_PARENT:
	case KEY_INDEX:
		return find_object(part, ev, out);
	case KEY_END:
	case KEY_FIELD:
		break;
	}
	return find_field(part, ev, text, out);
}

static inline ledger_hash
with_uptime(ledger_hash h, const tl_notification *n)
{
	if ((n->flags & TL_FLAG_NO_UPTIME) != 0)
		ledger_hash_put(&h, PUT_MISSING, 0);
	else
		ledger_hash_put(&h, PUT_NUMBER, n->uptime_cs);
	return h;
}

static inline ledger_hash
with_found(ledger_hash h, const found *f)
{
	if (f->form < FOUND_NUMBER)
		return with(h, f->bytes);
	ledger_hash_put(&h, PUT_NUMBER, f->number);
	return h;
}

/* Those that every notification has. */
static inline ledger_hash
with_front(ledger_hash h, unsigned kinds, const event *ev)
{
	const tl_notification *n = ev->n;

	if ((kinds & BIT(KEY_ORIGIN)) != 0)
		h = with(h, origin_of(ev));
	if ((kinds & BIT(KEY_SOURCE)) != 0)
		h = with(h, (tl_span){ n->from.addr, sizeof n->from.addr });
	if ((kinds & BIT(KEY_TRAP)) != 0)
		h = with(h, (tl_span){ n->trap_oid.ber, n->trap_oid.len });
	if ((kinds & BIT(KEY_UPTIME)) != 0)
		h = with_uptime(h, n);
	return h;
}

ledger_key
key_hash(const key_def *k, const event *ev, const ledger_hash *begun)
{
	ledger_hash h = *begun;
	uint8_t text[TEXT_MAX];
	found f;

	if (k->front != 0)
		h = with_front(h, k->front, ev);
	for (const key_part *part = k->rest; part->kind != KEY_END;) {
		if (find(part++, ev, text, &f)) {
			h = with_found(h, &f);
			while (part->instead)
				part++;
		} else if (!part->instead) {
			ledger_hash_put(&h, PUT_MISSING, 0);
		}
	}
	return ledger_hash_end(&h);
}

static void
write_index(tl_buf *out, tl_span index)
{
	uint64_t number = 0;
	bool first = true;

	for (size_t i = 0; i < index.len; i++) {
		number = number << 7 | (index.ptr[i] & 0x7f);
		if ((index.ptr[i] & 0x80) != 0)
			continue;
		if (!first)
			tl_buf_putc(out, '.');
		first = false;
		tl_buf_u64(out, number);
		number = 0;
	}
}

static void
write_found(const key_part *part, const found *f, tl_buf *out)
{
	if (f->form == FOUND_SIGNED)
		tl_buf_i64(out, (int64_t)f->number);
	else if (f->form == FOUND_NUMBER)
		tl_buf_u64(out, f->number);
	else if (part->kind == KEY_INDEX)
		write_index(out, f->bytes);
	else
		tl_buf_oid(out, (tl_oid){ f->bytes.ptr, (uint32_t)f->bytes.len });
}

/* Values that are texts or addresses, and fields. */
static bool
write_text(const key_part *part, const event *ev, tl_buf *out)
{
	const tl_varbind *vb = NULL;
	uint8_t text[256];
	tl_buf b = { .ptr = text, .cap = sizeof text };

	if (part->kind == KEY_VALUE)
		vb = varbind_of(part, ev);
	bool there = vb != NULL ? field_write_raw(vb, &b)
				: field_write(&part->field, ev, FIELD_RAW, &b);
	if (!there && !b.full)
		return false;
	tl_buf_putc(out, '/');
	tl_buf_printable(out, tl_buf_written(&b));
	return true;
}

static bool
write_part(const key_part *part, const event *ev, tl_buf *out)
{
	bool is_object = part->kind == KEY_VALUE || part->kind == KEY_INDEX ||
			 part->kind == KEY_PARENT;
	found f;

	if (is_object && !find_object(part, ev, &f))
		return false;
	if (!is_object || f.form == FOUND_BYTES)
		return write_text(part, ev, out);
	tl_buf_putc(out, '/');
	write_found(part, &f, out);
	return true;
}

void
key_write(const key_def *k, const event *ev, tl_buf *out)
{
	for (const key_part *part = k->parts; part->kind != KEY_END;)
		if (write_part(part++, ev, out))
			while (part->instead)
				part++;
}
