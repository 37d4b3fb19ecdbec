/* pipeline/value_test.c: compares values as numbers, labels or texts; see value_test.h.
 * What can be known of an operand is found out when it is loaded: the number of a label,
 * the OID of a name. */
#include "pipeline/value_test.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pipeline/regex.h"

typedef enum kind {
	RANGE = 0, /* numbers from low to high */
	EQUAL,
	REGEX,
	THERE,  /* any value */
	MISSING /* none at all */
} kind;

struct value_test {
	kind kind;
	bool negated; /* of EQUAL and REGEX */
	bool is_number;
	int64_t low, high; /* low: also the number that is EQUAL */
	const field *object;
	tl_span text;
	bool has_label; /* the operand is a label of the object's enumeration */
	int32_t label;
	tl_oid oid; /* that the operand is, or names; empty: none */
	uint8_t *kept;
	regex *regex;
};

enum { DIGITS_MAX = 20 };

static bool
keep_oid(value_test *t, const char *text, const tl_mib *mib)
{
	uint8_t room[TL_OID_BER_MAX];
	uint32_t len = field_oid(text, mib, room);

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
find_label(value_test *t, const tl_mib *mib)
{
	const field *object = t->object;

	if (mib == NULL || object->oid_len == 0)
		return;
	tl_mib_match m = tl_mib_find(mib, (tl_oid){ object->oid, object->oid_len });
	t->has_label = m.node != NULL && tl_mib_node_kind(m.node) == TL_MIB_OBJECT &&
		       tl_mib_node_form(mib, m.node) == TL_MIB_FORM_LABELS &&
		       tl_mib_node_label(mib, m.node, (const char *)t->text.ptr,
			   t->text.len, &t->label) == TL_OK;
}

/* A comparison as a range, which may be empty. */
static void
make_range(value_test *t, tl_conf_op op, int64_t than)
{
	bool less = op == TL_OP_LESS, greater = op == TL_OP_GREATER;

	t->low = greater || op == TL_OP_AT_LEAST ? than : INT64_MIN;
	t->high = less || op == TL_OP_AT_MOST ? than : INT64_MAX;
	if (less && __builtin_sub_overflow(than, 1, &t->high))
		t->low = INT64_MAX;
	if (greater && __builtin_add_overflow(than, 1, &t->low))
		t->high = INT64_MIN;
}

static bool
prepare(value_test *t, const tl_conf_test *conf, const field *object, const tl_mib *mib)
{
	t->object = object;
	t->is_number = conf->is_number;
	t->low = conf->low;
	t->high = conf->high;
	if (conf->text != NULL)
		t->text = (tl_span){ (const uint8_t *)conf->text, strlen(conf->text) };
	switch (conf->op) {
	case TL_OP_UNEQUAL:
	case TL_OP_EQUAL:
		t->kind = EQUAL;
		t->negated = conf->op == TL_OP_UNEQUAL;
		if (conf->text == NULL)
			return true;
		find_label(t, mib);
		return keep_oid(t, conf->text, mib);
	case TL_OP_NO_REGEX:
	case TL_OP_REGEX:
		t->kind = REGEX;
		t->negated = conf->op == TL_OP_NO_REGEX;
		t->regex = regex_new(conf->text, conf->caseless);
		return t->regex != NULL;
	case TL_OP_LESS:
	case TL_OP_AT_MOST:
	case TL_OP_GREATER:
	case TL_OP_AT_LEAST:
		make_range(t, conf->op, conf->low);
		break;
	case TL_OP_RANGE:
		break;
	case TL_OP_THERE:
		t->kind = THERE;
		break;
	case TL_OP_MISSING:
		t->kind = MISSING;
		break;
	}
	return true;
}

bool
value_tests_init(value_tests *t, const tl_conf_varbind *conf, const tl_mib *mib)
{
	*t = (value_tests){ 0 };
	field_resolve_object(conf->object.text, mib, &t->object);
	t->at = calloc(conf->tests.count, sizeof *t->at);
	if (t->at == NULL)
		return false;
	t->count = conf->tests.count;
	for (size_t i = 0; i < t->count; i++) {
		if (!prepare(&t->at[i], &conf->tests.at[i], &t->object, mib))
			return false;
		t->wants_none |= t->at[i].kind == MISSING;
	}
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

static inline bool
number_of(const tl_varbind *vb, int64_t *number)
{
	if (vb->type == TL_T_INTEGER) {
		*number = vb->v.i64;
		return true;
	}
	return field_varbind_number(vb, number) ||
	       (vb->type == TL_T_OCTETS && read_digits(vb->v.octets, number));
}

static bool
same(tl_span a, tl_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Whether the octets, written as text, are |text|, which they are not themselves. */
static bool
raw_is(const tl_varbind *vb, tl_span text)
{
	uint8_t memory[VALUE_TEXT_MAX];
	tl_buf room = { .ptr = memory, .cap = sizeof memory };

	return text.len == 2 * vb->v.octets.len && field_write_raw(vb, &room) &&
	       !room.full && same(tl_buf_written(&room), text);
}

static bool
is_equal(const value_test *t, const event *ev, const tl_varbind *vb, value_memo *memo)
{
	int64_t number;

	if (t->has_label && vb->type == TL_T_INTEGER)
		return vb->v.i64 == t->label;
	if (t->oid.len > 0 && vb->type == TL_T_OID)
		return tl_oid_equal(vb->v.oid, t->oid);
	if (t->is_number && number_of(vb, &number))
		return number == t->low;
	if (vb->type == TL_T_OCTETS && same(vb->v.octets, t->text))
		return true;
	return same(value_memo_text(memo, t->object, ev, vb), t->text) ||
	       (vb->type == TL_T_OCTETS && raw_is(vb, t->text));
}

static bool
holds(const value_test *t, const event *ev, const tl_varbind *vb, value_memo *memo)
{
	int64_t number;

	switch (t->kind) {
	case RANGE:
		return number_of(vb, &number) && number >= t->low && number <= t->high;
	case EQUAL:
		return is_equal(t, ev, vb, memo) != t->negated;
	case REGEX:
		return regex_fits(t->regex, value_memo_text(memo, t->object, ev, vb)) !=
		       t->negated;
	case THERE:
		return true;
	case MISSING:
		break;
	}
	return false;
}

static bool
one_holds(const value_tests *t, const event *ev, const tl_varbind *vb, value_memo *memo)
{
	for (size_t i = 0; i < t->count; i++)
		if (holds(&t->at[i], ev, vb, memo))
			return true;
	return false;
}

bool
value_tests_fit(const value_tests *t, const event *ev, value_memo *memo)
{
	if (ev->n == NULL || ev->n->all_count == 0)
		return t->wants_none;
	const value_place *at = value_memo_find(memo, &t->object, ev->n);
	const tl_varbind *vb = at->first, *end = at->end;
	if (vb == end)
		return t->wants_none;
	do
		if (one_holds(t, ev, vb, memo))
			return true;
	while (++vb < end && (vb = field_find(&t->object, vb, end)) < end);
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

	if (test->kind != EQUAL || test->negated)
		return 0;
	out[count++] = hash_text(test->text);
	if (test->is_number)
		out[count++] = hash_number(test->low);
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
		plain &= t->at[i].is_number || t->at[i].has_label;
	return plain;
}

size_t
value_hashes(const value_object *o, const event *ev, const tl_varbind *vb,
    value_memo *memo, uint64_t out[static VALUE_HASHES_MAX])
{
	uint8_t memory[VALUE_TEXT_MAX];
	tl_buf raw = { .ptr = memory, .cap = sizeof memory };
	size_t count = 0;
	int64_t number;

	if (number_of(vb, &number)) {
		out[count++] = hash_number(number);
		if (o->plain && vb->type != TL_T_OCTETS)
			return count;
	}
	if (vb->type == TL_T_OID)
		out[count++] = hash_oid(vb->v.oid);
	tl_span text = value_memo_text(memo, &o->field, ev, vb);
	out[count++] = hash_text(text);
	if (vb->type != TL_T_OCTETS)
		return count;
	if (!same(text, vb->v.octets))
		out[count++] = hash_text(vb->v.octets);
	if (field_write_raw(vb, &raw) && !raw.full)
		out[count++] = hash_text(tl_buf_written(&raw));
	return count;
}
