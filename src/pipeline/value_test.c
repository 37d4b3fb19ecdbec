/* pipeline/value_test.c: compares values as numbers, labels or texts; see value_test.h.
 * What can be known of an operand is found out when it is loaded: the number of a label,
 * the OID of a name. */
#include "pipeline/value_test.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "pipeline/regex.h"

struct value_test {
	const tl_conf_test *conf;
	tl_span text;
	bool has_label; /* the operand is a label of the object's enumeration */
	int32_t label;
	tl_oid oid; /* that the operand is, or names; empty: none */
	uint8_t *kept;
	regex *regex;
};

enum { DIGITS_MAX = 20 };

static bool
keep_oid(value_test *t, const tl_mib *mib)
{
	uint8_t room[TL_OID_BER_MAX];
	uint32_t len = field_oid(t->conf->text, mib, room);

	if (len == 0)
		return true;
	t->kept = malloc(len);
	if (t->kept == NULL)
		return false;
	memcpy(t->kept, room, len);
	t->oid = (tl_oid){ t->kept, len };
	return true;
}

static void
find_label(value_test *t, const field *object, const tl_mib *mib)
{
	if (mib == NULL || object->oid_len == 0)
		return;
	tl_mib_match m = tl_mib_find(mib, (tl_oid){ object->oid, object->oid_len });
	t->has_label = m.node != NULL && tl_mib_node_kind(m.node) == TL_MIB_OBJECT &&
		       tl_mib_node_form(mib, m.node) == TL_MIB_FORM_LABELS &&
		       tl_mib_node_label(
			   mib, m.node, t->conf->text, t->text.len, &t->label) == TL_OK;
}

static bool
prepare(value_test *t, const tl_conf_test *conf, const field *object, const tl_mib *mib)
{
	t->conf = conf;
	if (conf->text == NULL)
		return true;
	t->text = (tl_span){ (const uint8_t *)conf->text, strlen(conf->text) };
	if (conf->op == TL_OP_REGEX || conf->op == TL_OP_NO_REGEX) {
		t->regex = regex_new(conf->text, conf->caseless);
		return t->regex != NULL;
	}
	if (conf->op != TL_OP_EQUAL && conf->op != TL_OP_UNEQUAL)
		return true;
	find_label(t, object, mib);
	return keep_oid(t, mib);
}

bool
value_tests_init(value_tests *t, const tl_conf_varbind *conf, const tl_mib *mib)
{
	*t = (value_tests){ 0 };
	field_resolve_object(conf->object.text, mib, &t->object);
	t->hash = tl_hash(t->object.oid, t->object.oid_len, t->object.has_instance);
	t->at = calloc(conf->tests.count, sizeof *t->at);
	if (t->at == NULL)
		return false;
	t->count = conf->tests.count;
	for (size_t i = 0; i < t->count; i++)
		if (!prepare(&t->at[i], &conf->tests.at[i], &t->object, mib))
			return false;
	return true;
}

void
value_tests_fini(value_tests *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->at[i].kept);
		regex_free(t->at[i].regex);
	}
	free(t->at);
}

/* Digits with a sign: numbers that devices send as texts. */
static bool
read_digits(tl_span text, int64_t *number)
{
	bool minus = text.len > 0 && text.ptr[0] == '-';
	int64_t value = 0;

	if (text.len == minus || text.len > DIGITS_MAX)
		return false;
	for (size_t i = minus; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '9' ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, text.ptr[i] - '0', &value))
			return false;
	if (!minus && value == INT64_MIN)
		return false;
	*number = minus ? value : -value;
	return true;
}

static bool
number_of(const tl_varbind *vb, int64_t *number)
{
	return field_varbind_number(vb, number) ||
	       (vb->type == TL_T_OCTETS && read_digits(vb->v.octets, number));
}

static bool
same(tl_span a, tl_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* What a person reads; of an OCTET STRING without a form of its own, the octets, as UTF-8
 * if they are of the event's charset. */
static tl_span
make_text(const event *ev, const tl_varbind *vb, tl_buf *room)
{
	tl_mib_match m = { NULL, { NULL, 0 } };
	bool mismatch = false;

	if (ev->mib != NULL)
		m = tl_mib_find(ev->mib, vb->name);
	if (m.node != NULL && tl_mib_node_kind(m.node) != TL_MIB_OBJECT)
		m.node = NULL;
	if (ev->mib != NULL)
		tl_mib_value_text(ev->mib, m.node, vb, room, &mismatch);
	if (room->len == 0 && vb->type == TL_T_OCTETS &&
	    (mismatch || !tl_charset_text(ev->j.charset, ev->mib, m.node, vb, room)))
		return vb->v.octets;
	if (room->len == 0)
		field_write_raw(vb, room);
	return tl_buf_written(room);
}

static tl_span
text_of(const event *ev, const tl_varbind *vb, value_memo *known)
{
	tl_buf room = { .ptr = known->room, .cap = sizeof known->room };

	if (known->vb != vb) {
		known->text = make_text(ev, vb, &room);
		known->vb = vb;
	}
	return known->text;
}

/* Whether the octets, written as text, are |text|. */
static bool
raw_is(const tl_varbind *vb, tl_span text)
{
	uint8_t memory[VALUE_TEXT_MAX];
	tl_buf room = { .ptr = memory, .cap = sizeof memory };

	return field_write_raw(vb, &room) && !room.full &&
	       same(tl_buf_written(&room), text);
}

static bool
is_equal(const value_test *t, const event *ev, const tl_varbind *vb, value_memo *memo)
{
	int64_t number;

	if (t->has_label && vb->type == TL_T_INTEGER)
		return vb->v.i64 == t->label;
	if (t->oid.len > 0 && vb->type == TL_T_OID)
		return tl_oid_equal(vb->v.oid, t->oid);
	if (t->conf->is_number && number_of(vb, &number))
		return number == t->conf->low;
	if (vb->type == TL_T_OCTETS && same(vb->v.octets, t->text))
		return true;
	return same(text_of(ev, vb, memo), t->text) ||
	       (vb->type == TL_T_OCTETS && raw_is(vb, t->text));
}

static bool
compares(const value_test *t, const tl_varbind *vb)
{
	int64_t number, low = t->conf->low;

	if (!number_of(vb, &number))
		return false;
	switch (t->conf->op) {
	case TL_OP_LESS:
		return number < low;
	case TL_OP_AT_MOST:
		return number <= low;
	case TL_OP_GREATER:
		return number > low;
	case TL_OP_AT_LEAST:
		return number >= low;
	case TL_OP_RANGE:
		return number >= low && number <= t->conf->high;
	case TL_OP_EQUAL:
	case TL_OP_UNEQUAL:
	case TL_OP_REGEX:
	case TL_OP_NO_REGEX:
	case TL_OP_THERE:
	case TL_OP_MISSING:
		break;
	}
	return false;
}

static bool
holds(const value_test *t, const event *ev, const tl_varbind *vb, value_memo *memo)
{
	switch (t->conf->op) {
	case TL_OP_EQUAL:
		return is_equal(t, ev, vb, memo);
	case TL_OP_UNEQUAL:
		return !is_equal(t, ev, vb, memo);
	case TL_OP_REGEX:
		return regex_fits(t->regex, text_of(ev, vb, memo));
	case TL_OP_NO_REGEX:
		return !regex_fits(t->regex, text_of(ev, vb, memo));
	case TL_OP_THERE:
		return true;
	case TL_OP_MISSING:
		return false;
	case TL_OP_LESS:
	case TL_OP_AT_MOST:
	case TL_OP_GREATER:
	case TL_OP_AT_LEAST:
	case TL_OP_RANGE:
		break;
	}
	return compares(t, vb);
}

void
value_memo_begin(value_memo *m)
{
	for (size_t i = 0; i < VALUE_PLACES; i++)
		m->objects[i].first = NULL;
	m->vb = NULL;
}

static value_place
look(const value_tests *t, const tl_notification *n)
{
	const tl_varbind *vb = n->all, *end = vb + n->all_count;
	value_place found = { t->hash, end, end };

	for (; vb < end; vb++) {
		if (!field_is_of(&t->object, vb))
			continue;
		if (found.first == end)
			found.first = vb;
		found.end = vb + 1;
	}
	return found;
}

static inline const value_place *
find(const value_tests *t, const tl_notification *n, value_memo *memo)
{
	value_place *place = &memo->objects[t->hash % VALUE_PLACES];

	if (place->first == NULL || place->hash != t->hash)
		*place = look(t, n);
	return place;
}

static bool
one_holds(const value_tests *t, const event *ev, const tl_varbind *vb, value_memo *memo)
{
	for (size_t i = 0; i < t->count; i++)
		if (holds(&t->at[i], ev, vb, memo))
			return true;
	return false;
}

static bool
wants_none(const value_tests *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->at[i].conf->op == TL_OP_MISSING)
			return true;
	return false;
}

bool
value_tests_fit(const value_tests *t, const event *ev, value_memo *memo)
{
	if (ev->n == NULL || ev->n->all_count == 0)
		return wants_none(t);
	const value_place *at = find(t, ev->n, memo);
	if (at->first == at->end)
		return wants_none(t);
	for (const tl_varbind *vb = at->first, *end = at->end; vb < end; vb++)
		if ((vb == at->first || field_is_of(&t->object, vb)) &&
		    one_holds(t, ev, vb, memo))
			return true;
	return false;
}

/* Hashes of what is_equal() compares. */

static uint64_t
hash_number(int64_t number)
{
	return tl_hash_mix((uint64_t)number ^ 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u);
}

static uint64_t
hash_text(tl_span text)
{
	return tl_hash(text.ptr, text.len, 0);
}

static uint64_t
hash_oid(tl_oid oid)
{
	return tl_hash(oid.ber, oid.len, 1);
}

size_t
value_test_hashes(const value_tests *t, size_t i, uint64_t out[static VALUE_HASHES_MAX])
{
	const value_test *test = &t->at[i];
	size_t count = 0;

	if (test->conf->op != TL_OP_EQUAL)
		return 0;
	out[count++] = hash_text(test->text);
	if (test->conf->is_number)
		out[count++] = hash_number(test->conf->low);
	if (test->has_label)
		out[count++] = hash_number(test->label);
	if (test->oid.len > 0)
		out[count++] = hash_oid(test->oid);
	return count;
}

bool
value_tests_are_plain(const value_tests *t)
{
	bool plain = true;

	for (size_t i = 0; i < t->count; i++)
		plain &= t->at[i].conf->is_number || t->at[i].has_label;
	return plain;
}

size_t
value_hashes(const event *ev, const tl_varbind *vb, bool plain, value_memo *memo,
    uint64_t out[static VALUE_HASHES_MAX])
{
	uint8_t memory[VALUE_TEXT_MAX];
	tl_buf raw = { .ptr = memory, .cap = sizeof memory };
	size_t count = 0;
	int64_t number;

	if (number_of(vb, &number)) {
		out[count++] = hash_number(number);
		if (plain && vb->type != TL_T_OCTETS)
			return count;
	}
	if (vb->type == TL_T_OID)
		out[count++] = hash_oid(vb->v.oid);
	tl_span text = text_of(ev, vb, memo);
	out[count++] = hash_text(text);
	if (vb->type != TL_T_OCTETS)
		return count;
	if (!same(text, vb->v.octets))
		out[count++] = hash_text(vb->v.octets);
	if (field_write_raw(vb, &raw) && !raw.full)
		out[count++] = hash_text(tl_buf_written(&raw));
	return count;
}
