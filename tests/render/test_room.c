/* An event is written whole or not at all, and 4 MiB hold any. */
#include "sample.h"

enum { NOTIFICATION, REFUSAL, LOSS, LONG, EMPTY_NAMES };

/* A notification far longer than the room that a piece of it needs. */
static tl_err
render_long(tl_renderer *r, tl_buf *out)
{
	static uint8_t bytes[3000];
	tl_notification n = sample_v2c();
	tl_varbind vb[12];

	for (size_t i = 0; i < 12; i++)
		vb[i] = sample_octets(
		    "1.3.6.1.4.1.9.9.9.9", (tl_span){ bytes, (i * 37) % 200 });
	memset(bytes, '\n', sizeof bytes);
	n.community = (tl_span){ bytes, sizeof bytes };
	n.vb = vb;
	n.vb_count = 12;
	return tl_render_notification(r, &n, out);
}

/* Many varbinds that are nothing but constant pieces: names of no length, and values that
 * have none. A datagram may hold as many. */
static tl_err
render_empty(tl_renderer *r, tl_buf *out)
{
	enum { COUNT = 70 };
	tl_varbind vb[COUNT] = { 0 };
	tl_notification n = sample_v2c();

	for (size_t i = 0; i < COUNT; i++)
		vb[i].type = i % 2 == 0 ? TL_T_NOSUCHINSTANCE : TL_T_OID;
	n.vb = vb;
	n.vb_count = COUNT;
	return tl_render_notification(r, &n, out);
}

/* One of each kind of event. */
static tl_err
render(tl_renderer *r, int kind, tl_buf *out)
{
	tl_notification n = sample_v3();
	tl_varbind vb[] = { sample_integer("1.3.6.1.2.1.2.2.1.8.12", 2),
		sample_octets("1.3.6.1.4.1.99.1.4.2.97.32", SPAN("x\ny\xff")) };
	tl_datagram in = { .from = n.from, .realtime_ns = SAMPLE_NS };
	tl_refusal refusal = { .diag = { TL_EBER_TAG, 7, "msgVersion" } };
	tl_loss loss = { n.to, 3, SAMPLE_NS };

	n.vb = vb;
	n.vb_count = 2;
	if (kind == LONG)
		return render_long(r, out);
	if (kind == EMPTY_NAMES)
		return render_empty(r, out);
	if (kind == REFUSAL)
		return tl_render_refusal(r, &in, &refusal, SPAN("a hint"), out);
	return kind == NOTIFICATION ? tl_render_notification(r, &n, out)
				    : tl_render_loss(r, &loss, out);
}

/* Into every room from none to just enough, in memory of exactly that size, behind
 * something that stands there already. */
static void
assert_whole_or_not_at_all(tl_format format, int kind)
{
	static const char before[] = "before";
	uint8_t whole[16384];
	tl_buf all = { .ptr = whole, .cap = sizeof whole };
	tl_renderer_options opt = { .format = format, .mib = &fake_mib };
	tl_renderer *r;

	assert_int_equal(tl_renderer_new(&opt, &r), TL_OK);
	assert_int_equal(render(r, kind, &all), TL_OK);
	for (size_t room = 0; room <= all.len; room++) {
		size_t cap = sizeof before + room;
		tl_buf out = { .ptr = malloc(cap), .len = sizeof before, .cap = cap };
		assert_non_null(out.ptr);
		memcpy(out.ptr, before, sizeof before);
		assert_int_equal(
		    render(r, kind, &out), room < all.len ? TL_ENOSPC : TL_OK);
		assert_false(out.full);
		assert_int_equal(out.cap, cap);
		assert_memory_equal(out.ptr, before, sizeof before);
		assert_int_equal(out.len, sizeof before + (room < all.len ? 0 : all.len));
		if (room == all.len)
			assert_memory_equal(out.ptr + sizeof before, whole, all.len);
		free(out.ptr);
	}
	tl_renderer_free(r);
}

static void
test_whole_or_not_at_all(void **state)
{
	(void)state;
	for (int format = TL_FORMAT_JSON; format <= TL_FORMAT_KV; format++)
		for (int kind = NOTIFICATION; kind <= EMPTY_NAMES; kind++)
			assert_whole_or_not_at_all((tl_format)format, kind);
}

/* |n| fits into 4 MiB in every format, with the NUL that no line has. */
static void
assert_fits(const tl_notification *n)
{
	size_t cap = 4 << 20;
	uint8_t *room = malloc(cap);

	assert_non_null(room);
	for (int format = TL_FORMAT_JSON; format <= TL_FORMAT_KV; format++) {
		tl_renderer_options opt = { .format = (tl_format)format,
			.mib = &fake_mib };
		tl_buf out = { .ptr = room, .cap = cap };
		tl_renderer *r;
		assert_int_equal(tl_renderer_new(&opt, &r), TL_OK);
		assert_int_equal(tl_render_notification(r, n, &out), TL_OK);
		assert_int_equal(room[out.len - 1], '\n');
		tl_renderer_free(r);
	}
	free(room);
}

/* As many varbinds as a datagram has room for, far more than the default limit. */
static void
test_any_number_of_varbinds_fits(void **state)
{
	enum { EMPTY = TL_DATAGRAM_MAX / 6, NAMED = TL_DATAGRAM_MAX / 16 };
	tl_varbind *vb = calloc(EMPTY, sizeof *vb);
	tl_notification n = sample_v2c();
	tl_varbind named = sample_integer("1.3.6.1.2.1.2.2.1.7.1", 3);

	(void)state;
	assert_non_null(vb);
	n.vb = vb;
	n.vb_count = EMPTY;
	for (size_t i = 0; i < EMPTY; i++)
		vb[i].type = TL_T_NOSUCHINSTANCE;
	assert_fits(&n);
	n.vb_count = NAMED;
	for (size_t i = 0; i < NAMED; i++)
		vb[i] = named;
	assert_fits(&n);
	free(vb);
}

static void
test_the_longest_string_fits(void **state)
{
	static uint8_t bytes[TL_DATAGRAM_MAX];
	tl_notification n = sample_v2c();

	(void)state;
	for (int fill = 0; fill < 256; fill += 17) {
		tl_varbind vb[] = { sample_octets(
		    "1.3.6.1.2.1.2.2.1.6.1", (tl_span){ bytes, sizeof bytes }) };
		memset(bytes, fill, sizeof bytes);
		n.vb = vb;
		n.vb_count = 1;
		assert_fits(&n);
		n.community = vb[0].v.octets;
		n.vb_count = 0;
		assert_fits(&n);
	}
}

static void
test_the_longest_oids_fit(void **state)
{
	static uint8_t ber[TL_OID_BER_MAX];
	uint32_t arcs[TL_OID_MAX];
	tl_varbind vb[50];
	tl_notification n = sample_v2c();
	tl_oid oid;

	(void)state;
	for (size_t i = 0; i < TL_OID_MAX; i++)
		arcs[i] = UINT32_MAX;
	arcs[0] = 2;
	arcs[1] = UINT32_MAX - 80;
	assert_int_equal(tl_oid_from_arcs(arcs, TL_OID_MAX, ber, &oid), TL_OK);
	for (size_t i = 0; i < 50; i++)
		vb[i] = (tl_varbind){ oid, TL_T_OID, { .oid = oid } };
	n.vb = vb;
	n.vb_count = 50;
	n.trap_oid = oid;
	assert_fits(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_or_not_at_all),
		cmocka_unit_test(test_any_number_of_varbinds_fits),
		cmocka_unit_test(test_the_longest_string_fits),
		cmocka_unit_test(test_the_longest_oids_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
