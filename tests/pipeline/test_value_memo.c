/* What is remembered of an event's varbinds, and how it is found. */
#include "base/buf.h"
#include "pipeline/samples.h"
#include "pipeline/value_memo.h"

static bool
same(tl_span a, tl_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static void
assert_place(value_memo *m, const sample *s, const char *object, size_t first, size_t end)
{
	field f;

	field_resolve_object(object, s->mib, &f);
	const value_place *at = value_memo_find(m, &f, &s->n);
	assert_ptr_equal(at->first, s->vb + first);
	assert_ptr_equal(at->end, s->vb + end);
}

static void
test_finds_all_that_is_of_an_object(void **state)
{
	static const char *const names[] = { "ifIndex.1", "1.3.6.1.4.1.9.1.1",
		"ifDescr.1", "ifIndex.2", "1.3.6.1.4.1.9.1.2", "1.2.3", "ifDescr.2",
		"ifIndex.3", "1.3.6.1.4.1.9.1.3.1.3.6.1.4.1.9.1.3.1.3.6", "ifAlias.3",
		"ifType.3", "ifMtu.3", "ifSpeed.3",
		"1.3.6.1.4.1.9.1.3.1.3.6.1.4.1.9.1.3.1.3.7", "ifDescr.1.7" };
	enum { ALL = COUNT(names) };
	sample *s = sample_new("IF-MIB::linkDown");
	value_memo m;

	(void)state;
	for (size_t i = 0; i < ALL; i++)
		sample_int(s, names[i], 1);
	value_memo_begin(&m);
	for (int again = 0; again < 2; again++) {
		assert_place(&m, s, "ifIndex", 0, 8);
		assert_place(&m, s, "ifIndex.2", 3, 4);
		assert_place(&m, s, "ifIndex.4", ALL, ALL);
		assert_place(&m, s, "ifDescr", 2, ALL);
		assert_place(&m, s, "ifDescr.1", 2, 3);
		assert_place(&m, s, "1.3.6.1.4.1.9.1", 1, 14);
		assert_place(&m, s, "1.3.6.1.4.1.9.1.3.1.3.6.1.4.1.9.1.3.1", 8, 14);
		assert_place(&m, s, "1.2.3", 5, 6);
		assert_place(&m, s, "1.2", 5, 6);
		assert_place(&m, s, "ifAlias", 9, 10);
		assert_place(&m, s, "ifType", 10, 11);
		assert_place(&m, s, "ifMtu", 11, 12);
		assert_place(&m, s, "ifSpeed", 12, 13);
		assert_place(&m, s, "ifPhysAddress", ALL, ALL);
	}
	sample_free(s);
}

static void
test_knows_the_definition_of_all_that_is_of_an_object(void **state)
{
	static const struct {
		const char *name;
		bool is_defined, has_node;
		uint32_t text_max;
	} cases[] = {
		{ "ifDescr", true, true, 255 },
		{ "ifDescr.3", true, true, 255 },
		{ "1.3.6.1.2.1.2.2.1.2", true, true, 255 },
		{ "ifOperStatus", true, true, 0 },
		{ "ifPhysAddress", true, true, 0 },
		{ "ifEntry", false, false, 0 },
		{ "interfaces", false, false, 0 },
		{ "1.3", false, false, 0 },
		{ "1.3.6.1.4.1.55555.1", true, false, UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		field f;
		field_resolve_object(cases[i].name, the_mib, &f);
		if (f.is_defined != cases[i].is_defined ||
		    f.text_max != cases[i].text_max)
			print_message(
			    "# %s: %d %u\n", cases[i].name, f.is_defined, f.text_max);
		assert_int_equal(f.is_defined, cases[i].is_defined);
		assert_int_equal(f.node != NULL, cases[i].has_node);
		assert_int_equal(f.text_max, cases[i].text_max);
	}
}

static const tl_span octets[] = { LIT(""), LIT("a"), LIT("Gi0/3"),
	{ (const uint8_t *)"abcd", 5 }, { (const uint8_t *)"", 1 }, LIT("\xc3\xa4"),
	LIT("a\xc3"), LIT("\xffz"), LIT("\x01"), LIT("a\n"), LIT("a\x7f"),
	LIT("\x07\xea\x0b\x14\x0c\x22\x38\x00"), LIT("\x0a\x01\x02\x03"),
	LIT("abcdef\xc3"), LIT("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4z") };

/* What value_memo_text() promises, made anew. */
static tl_span
make_text(const event *ev, const tl_varbind *vb, tl_buf *out)
{
	bool made = field_write_meaning(
	    ev->mib, field_definition(ev->mib, vb->name), ev->j.charset, vb, out);

	if (!made && vb->type == TL_T_OCTETS)
		return vb->v.octets;
	if (!made)
		field_write_raw(vb, out);
	return tl_buf_written(out);
}

static void
assert_text(value_memo *m, const field *f, const event *ev, const tl_varbind *vb)
{
	uint8_t memory[VALUE_TEXT_MAX];
	tl_buf out = { .ptr = memory, .cap = sizeof memory };
	tl_span text = make_text(ev, vb, &out);

	assert_true(same(value_memo_text(m, f, ev, vb), text));
	assert_true(same(value_memo_text(m, f, ev, vb), text));
}

/* A value of each kind, as if it were of |object|. */
static void
try_values(sample *s, const char *object, tl_charset *charset)
{
	field f;
	value_memo m;
	tl_varbind *vb;

	field_resolve_object(object, s->mib, &f);
	s->ev.j.charset = charset;
	s->n.vb_count = s->n.all_count = 0;
	s->oid_count = 1;
	vb = sample_add(s, object, TL_T_OCTETS);
	for (size_t i = 0; i < COUNT(octets); i++) {
		value_memo_begin(&m);
		vb->v.octets = octets[i];
		assert_text(&m, &f, &s->ev, vb);
	}
	value_memo_begin(&m);
	*vb = (tl_varbind){ .name = vb->name, .type = TL_T_INTEGER, .v.i64 = 2 };
	assert_text(&m, &f, &s->ev, vb);
	value_memo_begin(&m);
	*vb = (tl_varbind){ .name = vb->name, .type = TL_T_NULL };
	assert_text(&m, &f, &s->ev, vb);
}

static void
test_texts_of_every_object_are_as_made_anew(void **state)
{
	sample *s = sample_new("IF-MIB::linkDown");
	tl_charset *latin1;
	const tl_mib_node *node;
	size_t tried = 0;

	(void)state;
	assert_int_equal(tl_charset_new("ISO-8859-1", &latin1), TL_OK);
	for (uint32_t i = 0; (node = tl_mib_at(s->mib, i)) != NULL; i++) {
		char text[256];
		tl_buf name = { .ptr = (uint8_t *)text, .cap = sizeof text - 1 };
		if (tl_mib_node_kind(node) != TL_MIB_OBJECT)
			continue;
		tl_buf_oid(&name, tl_mib_node_oid(s->mib, node));
		text[name.len] = '\0';
		try_values(s, text, NULL);
		try_values(s, text, latin1);
		tried++;
	}
	assert_true(tried > 100);
	tl_charset_free(latin1);
	sample_free(s);
}

static void
test_a_charset_changes_texts(void **state)
{
	sample *s = sample_link_down();
	value_memo m;
	field f;

	(void)state;
	s->vb[3].v.octets = LIT("\xe4");
	field_resolve_object("ifDescr", s->mib, &f);
	value_memo_begin(&m);
	assert_true(same(value_memo_text(&m, &f, &s->ev, &s->vb[3]), LIT("\xe4")));
	assert_int_equal(tl_charset_new("ISO-8859-1", &s->ev.j.charset), TL_OK);
	assert_true(same(value_memo_text(&m, &f, &s->ev, &s->vb[3]), LIT("\xc3\xa4")));
	tl_charset_free(s->ev.j.charset);
	s->ev.j.charset = NULL;
	assert_true(same(value_memo_text(&m, &f, &s->ev, &s->vb[3]), LIT("\xe4")));
	sample_free(s);
}

/* Each makes a text of 1,499 bytes: not all have room. */
static void
test_long_texts_take_turns(void **state)
{
	enum { ALL = 12, LEN = 500 };
	static uint8_t addresses[ALL][LEN];
	sample *s = sample_new("IF-MIB::linkDown");
	value_memo m;
	field f;

	(void)state;
	field_resolve_object("ifPhysAddress", s->mib, &f);
	for (uint8_t i = 0; i < ALL; i++) {
		char name[32];
		(void)snprintf(name, sizeof name, "ifPhysAddress.%d", i);
		memset(addresses[i], i, LEN);
		sample_add(s, name, TL_T_OCTETS)->v.octets =
		    (tl_span){ addresses[i], LEN };
	}
	value_memo_begin(&m);
	for (size_t i = 0; i < 4 * ALL; i++) {
		size_t which = (i / 3 + i % 3 * 8) % ALL;
		tl_span text = value_memo_text(&m, &f, &s->ev, &s->vb[which]);
		assert_int_equal(text.len, 3 * LEN - 1);
		assert_int_equal(text.ptr[1], "0123456789ab"[which]);
		assert_int_equal(text.ptr[3 * LEN - 2], "0123456789ab"[which]);
	}
	sample_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_all_that_is_of_an_object),
		cmocka_unit_test(test_knows_the_definition_of_all_that_is_of_an_object),
		cmocka_unit_test(test_texts_of_every_object_are_as_made_anew),
		cmocka_unit_test(test_a_charset_changes_texts),
		cmocka_unit_test(test_long_texts_take_turns),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
