/* dissect/dissect.c: the walker. Reads with ber/reader.h as pdu/ and usm/ do, so that it
 * finds the same faults at the same places, and then goes on where they stop: it cuts
 * what is too long to what holds it, and takes the next field's name for what comes next.
 */
#include "base/buf.h"
#include "dissect/grammar.h"
#include "trapline/engine.h"

#include <stdlib.h>

enum { MAX_SIZE_LEAST = 484, MODEL_USM = 3, FLAG_AUTH = 1, FLAG_PRIV = 2 };

/* A value whose contents are being walked over. */
typedef struct level {
	const uint8_t *end;
	const tl_rule *rule;
	uint32_t done; /* fields */
} level;

struct tl_dissector {
	const uint8_t *p, *base;
	const uint8_t *cut; /* where a value was cut off: what is missing there is so
			       because of it */
	level levels[TL_DISSECT_DEPTH + 1];
	unsigned depth; /* levels in use */
	uint8_t msg_flags;
	int64_t model;
	tl_diag first;
};

tl_err
tl_dissector_new(tl_dissector **out)
{
	*out = calloc(1, sizeof **out);
	return *out != NULL ? TL_OK : TL_ENOMEM;
}

void
tl_dissector_free(tl_dissector *d)
{
	free(d);
}

const tl_diag *
tl_dissector_diag(const tl_dissector *d)
{
	return &d->first;
}

static void
enter(tl_dissector *d, tl_rule_id rule, const uint8_t *end)
{
	d->levels[d->depth++] = (level){ end, &tl_rules[rule], 0 };
}

void
tl_dissector_start(tl_dissector *d, tl_dissect_what what, tl_span bytes, uint32_t offset)
{
	static const tl_rule_id roots[] = {
		[TL_DISSECT_MESSAGE] = TL_RULE_ROOT,
		[TL_DISSECT_SCOPED_PDU] = TL_RULE_SCOPED_ROOT,
		[TL_DISSECT_PDU] = TL_RULE_PDU_ROOT,
	};

	if (bytes.len == 0)
		bytes.ptr = (const uint8_t *)"";
	*d = (tl_dissector){ .p = bytes.ptr, .base = bytes.ptr - offset };
	enter(d, roots[what], bytes.ptr + bytes.len);
}

static void
check_any(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	(void)flags;
	tl_read_tlv(r, f->name);
}

static void
check_integer(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	(void)flags;
	tl_read_integer(r, f->lo, f->hi, f->name);
}

static void
check_version(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	const uint8_t *at = r->p;
	int64_t version = tl_read_integer(r, f->lo, f->hi, f->name);

	(void)flags;
	if (r->diag->err == TL_OK && version != 0 && version != 1 && version != 3)
		tl_reader_fail(r, TL_EMSG_VERSION, at, f->name);
}

static void
check_max_size(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	const uint8_t *at = r->p;
	int64_t size = tl_read_integer(r, f->lo, f->hi, f->name);

	(void)flags;
	if (r->diag->err == TL_OK && size < MAX_SIZE_LEAST)
		tl_reader_fail(r, TL_EV3_MAX_SIZE, at, f->name);
}

static void
check_flags(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	tl_tlv v = tl_read_tagged(r, TL_T_OCTETS, f->name);

	(void)flags;
	if (r->diag->err != TL_OK)
		return;
	if (v.len != 1 || (v.ptr[0] & (FLAG_AUTH | FLAG_PRIV)) == FLAG_PRIV)
		tl_reader_fail(r, TL_EV3_FLAGS, v.ptr, f->name);
}

static void
check_model(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	const uint8_t *at = r->p;
	int64_t model = tl_read_integer(r, f->lo, f->hi, f->name);

	(void)flags;
	if (r->diag->err == TL_OK && model != MODEL_USM)
		tl_reader_fail(r, TL_EV3_SECURITY_MODEL, at, f->name);
}

static void
check_clock(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	const uint8_t *at = r->p;
	int64_t n = tl_read_integer(r, f->lo, f->hi, f->name);

	(void)flags;
	if (r->diag->err == TL_OK && (n < 0 || n > INT32_MAX))
		tl_reader_fail(r, TL_EUSM_MALFORMED, at, f->name);
}

static void
check_octets(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	(void)flags;
	tl_read_octets(r, (size_t)f->hi, f->name);
}

static void
check_user(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	tl_span user = tl_read_octets(r, (size_t)f->hi, f->name);

	(void)flags;
	if (user.len > TL_USER_NAME_MAX)
		tl_reader_fail(r, TL_EUSM_MALFORMED, user.ptr, f->name);
}

static void
check_address(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	tl_tlv v = tl_read_tagged(r, TL_T_IPADDRESS, f->name);

	(void)flags;
	if (r->diag->err == TL_OK && v.len != 4)
		tl_reader_fail(r, TL_EBER_LENGTH, v.ptr, f->name);
}

static void
check_ticks(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	tl_read_unsigned(r, TL_T_TIMETICKS, flags, f->name);
}

static void
check_oid(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	tl_read_oid(r, flags, f->name);
}

static void
check_value(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	tl_varbind vb;

	(void)f;
	tl_read_value(r, &vb, flags);
}

static void
check_into(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	(void)flags;
	tl_read_tagged(r, f->tag, f->name);
}

static void
check_pdu(tl_reader *r, const tl_field *f, uint16_t *flags)
{
	const uint8_t *at = r->p;
	tl_tlv v = tl_read_tlv(r, f->name);

	(void)flags;
	if (tl_rule_of_pdu(v.tag) == TL_RULE_ANY)
		tl_reader_fail(r, TL_EBER_TAG, at, f->name);
}

typedef void check_fn(tl_reader *r, const tl_field *f, uint16_t *flags);

static check_fn *const checks[TL_FIELD_KINDS] = {
	[TL_FIELD_ANY] = check_any,
	[TL_FIELD_INTEGER] = check_integer,
	[TL_FIELD_VERSION] = check_version,
	[TL_FIELD_MAX_SIZE] = check_max_size,
	[TL_FIELD_FLAGS] = check_flags,
	[TL_FIELD_MODEL] = check_model,
	[TL_FIELD_STATUS] = check_integer,
	[TL_FIELD_GENERIC] = check_integer,
	[TL_FIELD_CLOCK] = check_clock,
	[TL_FIELD_OCTETS] = check_octets,
	[TL_FIELD_USER] = check_user,
	[TL_FIELD_BYTES] = check_octets,
	[TL_FIELD_ENGINE_ID] = check_octets,
	[TL_FIELD_DIGEST] = check_octets,
	[TL_FIELD_ADDRESS] = check_address,
	[TL_FIELD_TICKS] = check_ticks,
	[TL_FIELD_OID] = check_oid,
	[TL_FIELD_VALUE] = check_value,
	[TL_FIELD_INTO] = check_into,
	[TL_FIELD_PDU] = check_pdu,
};

/* msgData is a choice, and msgFlags says which (RFC 3412 section 6.7). */
static const tl_field *
msg_data(const tl_dissector *d)
{
	static const tl_field plaintext = { .name = "scopedPDU",
		.kind = TL_FIELD_INTO,
		.inner = TL_RULE_SCOPED,
		.tag = TL_BER_SEQUENCE };
	static const tl_field encrypted = {
		.name = "encryptedPDU", .kind = TL_FIELD_BYTES, .hi = INT32_MAX
	};

	return (d->msg_flags & FLAG_PRIV) != 0 ? &encrypted : &plaintext;
}

/* The field that comes next in |l|; NULL if there is no more. */
static const tl_field *
next_field(const tl_dissector *d, const level *l)
{
	const tl_field *f = &l->rule->fields[l->done];

	if (l->rule->repeats)
		return d->p < l->end ? l->rule->fields : NULL;
	if (l->done >= l->rule->count)
		return NULL;
	return f->kind == TL_FIELD_DATA ? msg_data(d) : f;
}

/* What the contents of a value are made of; TL_RULE_NONE: not of values. */
static tl_rule_id
inner_rule(const tl_dissector *d, const tl_field *f, uint8_t tag)
{
	bool constructed = (tag & 0x20) != 0;

	if (f->kind == TL_FIELD_PDU && constructed)
		return tl_rule_of_pdu(tag);
	if (f->inner == TL_RULE_SECURITY && d->model != MODEL_USM)
		return TL_RULE_NONE;
	if (f->kind == TL_FIELD_INTO && tag == f->tag)
		return f->inner;
	return constructed ? TL_RULE_ANY : TL_RULE_NONE;
}

/* Bytes of tag and length at |p|; 0 if they are not whole or no length for BER. */
static size_t
header_len(const uint8_t *p, const uint8_t *end)
{
	if (end - p < 2)
		return 0;
	size_t len = p[1] < 0x80 ? 2 : 2 + (p[1] & 0x7fu);
	return len > 6 || len > (size_t)(end - p) ? 0 : len;
}

/* Keeps what decides on how later fields are read. */
static void
learn(tl_dissector *d, level *l, const tl_field *f, tl_span whole, tl_span contents)
{
	tl_diag ignored = { 0 };
	tl_reader r = tl_reader_of(whole, 0, &ignored);

	if (f->kind == TL_FIELD_FLAGS && contents.len > 0)
		d->msg_flags = contents.ptr[0];
	if (f->kind == TL_FIELD_MODEL)
		d->model = tl_read_integer(&r, f->lo, f->hi, f->name);
	if (f->kind == TL_FIELD_VERSION) {
		int64_t version = tl_read_integer(&r, f->lo, f->hi, f->name);
		bool known = ignored.err == TL_OK && version >= 0 && version <= 3;
		l->rule = &tl_rules[!known || version == 2 ? TL_RULE_ANY
				    : version == 3         ? TL_RULE_V3
							   : TL_RULE_COMMUNITY];
		l->done = 0;
	}
}

/* The engine looks for bytes behind msgData before it looks into it. */
static void
look_behind_data(tl_dissector *d, const level *l, const uint8_t *end)
{
	if (l->rule == &tl_rules[TL_RULE_V3] && l->done == l->rule->count &&
	    end < l->end && d->first.err == TL_OK)
		d->first = (tl_diag){ l->rule->rest,
			(uint32_t)((uintptr_t)end - (uintptr_t)d->base), l->rule->where };
}

static void
take_value(
    tl_dissector *d, level *l, const tl_field *f, tl_dissect_item *item, tl_buf *meaning)
{
	const uint8_t *at = d->p;
	tl_diag cut = { .err = TL_OK };
	tl_reader r = { at, l->end, (uintptr_t)d->base, &cut };
	tl_reader judged = { at, l->end, (uintptr_t)d->base, &item->diag };
	size_t header = header_len(at, l->end);
	tl_tlv v = tl_read_tlv(&r, f->name);

	item->name = f->name;
	checks[f->kind](&judged, f, &item->flags);
	if (cut.err != TL_OK) {
		d->cut = l->end;
		v = (tl_tlv){ at[0], at + header, (size_t)(l->end - at) - header };
	}
	if (item->diag.err == TL_EBER_TAG && l->rule->wrong_tag != TL_OK)
		item->diag.err = l->rule->wrong_tag;
	item->header_len = (uint32_t)header;
	item->content_len = (uint32_t)v.len;
	l->done++;
	d->p = v.ptr + v.len;
	tl_span whole = { at, (size_t)(d->p - at) }, contents = { v.ptr, v.len };
	if (header > 0) {
		item->tag = v.tag;
		item->type = tl_tag_name(v.tag);
		learn(d, l, f, whole, contents);
		tl_rule_id inner = inner_rule(d, f, v.tag);
		item->inner = inner != TL_RULE_NONE && d->depth <= TL_DISSECT_DEPTH;
		if (item->inner) {
			if (item->diag.err == TL_OK)
				look_behind_data(d, l, d->p);
			enter(d, inner, d->p);
			d->p = v.ptr;
			return;
		}
	}
	if (meaning != NULL)
		tl_field_meaning(f, whole, contents, meaning);
}

/* The end of |l| is there, and |f| is not. */
static void
take_missing(tl_dissector *d, level *l, const tl_field *f, tl_dissect_item *item)
{
	tl_err err =
	    l->rule == &tl_rules[TL_RULE_ROOT] ? TL_EMSG_SIZE : TL_EBER_TRUNCATED;

	item->name = f->name;
	item->diag = (tl_diag){ err, item->offset, f->name };
	l->done = l->rule->count;
	d->cut = d->p;
}

/* All fields of |l| are there, and bytes are left. */
static void
take_rest(tl_dissector *d, level *l, tl_dissect_item *item, tl_buf *meaning)
{
	const tl_rule *rule = l->rule;
	tl_span bytes = { d->p, (size_t)(l->end - d->p) };

	item->content_len = (uint32_t)bytes.len;
	item->name = rule->rest == TL_OK ? rule->where : "surplus-bytes";
	if (rule->rest != TL_OK)
		item->diag = (tl_diag){ rule->rest, item->offset, rule->where };
	else if (rule != &tl_rules[TL_RULE_SCOPED_ROOT])
		item->flags = TL_FLAG_TRAILING;
	d->p = l->end;
	if (meaning != NULL)
		tl_buf_hex(meaning, bytes);
}

bool
tl_dissector_next(tl_dissector *d, tl_dissect_item *item, tl_buf *meaning)
{
	for (; d->depth > 0; d->depth--) {
		level *l = &d->levels[d->depth - 1];
		const tl_field *f = next_field(d, l);
		*item = (tl_dissect_item){
			.offset = (uint32_t)((uintptr_t)d->p - (uintptr_t)d->base),
			.depth = (uint8_t)(d->depth - 1),
			.type = "",
		};
		if (d->p < l->end && f != NULL)
			take_value(d, l, f, item, meaning);
		else if (d->p < l->end)
			take_rest(d, l, item, meaning);
		else if (f != NULL && d->p != d->cut)
			take_missing(d, l, f, item);
		else
			continue;
		if (d->first.err == TL_OK)
			d->first = item->diag;
		return true;
	}
	return false;
}
