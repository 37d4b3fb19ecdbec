/* pdu/notification.c: clones own all their memory. */
#include "reading.h"

static const char *const every_type = V2(UPTIME TRAP_OID
    "30(06(2b01) 0201 80) 30(06(2b02) 04('octets')) 30(06(2b03) 0500)"
    "30(06(2b04) 06(2b8fffffff7f)) 30(06(2b05) 4004 0a000001) 30(06(2b06) 4101 05)"
    "30(06(2b07) 4201 06) 30(06(2b08) 4301 07) 30(06(2b09) 44(9f7800))"
    "30(06(2b0a) 46(00ffffffffffffffff)) 30(06(2b0b) 8000) 30(06(2b0c) 8100)"
    "30(06(2b0d) 8200) 30(0600 0400)");

/* Everything that a notification says, as bytes. */
static void
dump(const tl_notification *n, tl_writer *w)
{
	const tl_span spans[] = { n->community, n->v3.user, n->v3.engine_id,
		n->v3.context_engine_id, n->v3.context_name, n->wire, n->pdu };

	*w = tl_writer_of(w->start, (size_t)(w->end - w->start));
	for (size_t i = 0; i < n->all_count; i++)
		tl_write_varbind(w, &n->all[i]);
	for (size_t i = 0; i < n->vb_count; i++)
		tl_write_varbind(w, &n->vb[i]);
	for (size_t i = 0; i < COUNT(spans); i++)
		tl_write_octets(w, TL_T_OCTETS, spans[i]);
	tl_write_oid(w, n->trap_oid);
	tl_write_oid(w, n->v1.enterprise);
	assert_false(w->full);
}

/* Clones what is read from |text|, breaks the original, and compares. */
static void
expect_deep(const char *text, uint8_t version)
{
	static uint8_t before[1 << 18], after[1 << 18];
	tl_writer b = tl_writer_of(before, sizeof before),
		  a = tl_writer_of(after, sizeof after);
	uint8_t strings[] = "communityuserengine-idcontextname";
	tl_notification *clone = NULL;
	reading x;

	read_pdu(&x, text, version, 2048);
	assert_int_equal(x.diag.err, TL_OK);
	if (version == 3) {
		x.n.v3.user = (tl_span){ strings + 9, 4 };
		x.n.v3.engine_id = (tl_span){ strings + 13, 9 };
		x.n.v3.context_engine_id = (tl_span){ strings + 22, 7 };
		x.n.v3.context_name = (tl_span){ strings + 29, 4 };
	} else {
		x.n.community = (tl_span){ strings, 9 };
	}
	x.n.wire = assembled(&x.a);
	x.n.received_ns = 123;
	dump(&x.n, &b);
	assert_int_equal(tl_notification_clone(&x.n, &clone), TL_OK);
	assert_int_equal(clone->received_ns, 123);
	assert_int_equal(clone->all_count, x.n.all_count);
	assert_true((clone->community.ptr != NULL) == (version != 3)); /* as it was */
	memset(x.a.ptr, 0xff, x.a.len);
	memset(strings, 0xff, sizeof strings);
	tl_arena_reset(x.arena);
	memset(tl_arena_take(x.arena, 1 << 20), 0xff, 1 << 20);
	forget_pdu(&x);
	memset(&x, 0xff, sizeof x);
	dump(clone, &a);
	assert_bytes(tl_writer_span(&a), tl_writer_span(&b));
	tl_notification_free(clone);
}

static void
test_a_clone_outlives_datagram_and_arena(void **state)
{
	(void)state;
	expect_deep(every_type, 2);
	expect_deep(every_type, 3);
	expect_deep(V1("2b060104010901", "06", "11"), 1);
	expect_deep(V1("2b060104010901", "06", "11"), 3); /* it says both */
	expect_deep(V2(IF_INDEX UPTIME TRAP_OID), 2);     /* vb apart from all */
	expect_deep(V2("[30(06(2b0601) 04('x'))]2000"), 2);
}

static void
test_a_clone_of_a_clone_is_the_same(void **state)
{
	tl_notification *one = NULL, *two = NULL;
	uint8_t room[4096];
	tl_writer a = tl_writer_of(room, 2048), b = tl_writer_of(room + 2048, 2048);
	reading x;
	(void)state;

	read_pdu(&x, every_type, 2, 2048);
	assert_int_equal(tl_notification_clone(&x.n, &one), TL_OK);
	assert_int_equal(tl_notification_clone(one, &two), TL_OK);
	tl_notification_free(one);
	dump(&x.n, &a);
	dump(two, &b);
	assert_bytes(tl_writer_span(&b), tl_writer_span(&a));
	tl_notification_free(two);
	forget_pdu(&x);
}

static void
assert_in(tl_span whole, const uint8_t *ptr, size_t len)
{
	assert_true(ptr >= whole.ptr && ptr + len <= whole.ptr + whole.len);
}

/* So copies have only one way to go with all of them. */
static void
test_all_varbinds_that_were_read_lie_in_the_pdu(void **state)
{
	const struct {
		const char *text;
		uint8_t version;
	} rows[] = { { every_type, 2 }, { V2(IF_INDEX UPTIME TRAP_OID), 2 },
		{ V1("2b060104010901", "06", "11"), 1 } };
	(void)state;

	for (size_t k = 0; k < COUNT(rows); k++) {
		reading x;
		read_pdu(&x, rows[k].text, rows[k].version, 2048);
		assert_int_equal(x.diag.err, TL_OK);
		for (size_t i = 0; i < x.n.all_count; i++) {
			const tl_varbind *vb = &x.n.all[i];
			assert_in(x.n.pdu, vb->name.ber, vb->name.len);
			if (vb->type == TL_T_OID)
				assert_in(x.n.pdu, vb->v.oid.ber, vb->v.oid.len);
			if (vb->type == TL_T_OCTETS || vb->type == TL_T_OPAQUE ||
			    vb->type == TL_T_IPADDRESS)
				assert_in(x.n.pdu, vb->v.octets.ptr, vb->v.octets.len);
		}
		forget_pdu(&x);
	}
}

/* As after decrypting: the PDU lies elsewhere than the datagram, and what the PDU says
 * lies in it. */
static void
test_a_clone_has_the_datagram_and_a_decrypted_pdu(void **state)
{
	uint8_t datagram[] = "public, and encrypted bytes";
	tl_notification *clone = NULL;
	reading x;
	(void)state;

	read_pdu(&x, every_type, 2, 2048);
	x.n.wire = (tl_span){ datagram, sizeof datagram };
	x.n.pdu = assembled(&x.a);
	x.n.community = (tl_span){ datagram, 6 };
	size_t bytes = tl_notification_clone_to(&x.n, NULL, 0);
	assert_int_equal(bytes, sizeof x.n + x.n.all_count * sizeof x.n.all[0] +
				    sizeof datagram + x.n.pdu.len);
	void *room = malloc(bytes);
	assert_non_null(room);
	assert_int_equal(tl_notification_clone_to(&x.n, room, bytes), bytes);
	clone = room;
	assert_bytes(clone->wire, x.n.wire);
	assert_bytes(clone->pdu, x.n.pdu);
	assert_ptr_equal(clone->community.ptr, clone->wire.ptr);
	for (size_t i = 0; i < x.n.all_count && x.n.all[i].name.len > 0; i++)
		assert_int_equal(clone->all[i].name.ber - clone->pdu.ptr,
		    x.n.all[i].name.ber - x.n.pdu.ptr);
	assert_int_equal(clone->vb - clone->all, x.n.vb - x.n.all);
	tl_notification_free(clone);
	forget_pdu(&x);
}

/* Whatever room there is too little of: nothing beyond it is touched, and what would be
 * enough is told. */
static void
test_a_clone_says_what_room_it_takes(void **state)
{
	reading x;
	(void)state;

	read_pdu(&x, every_type, 2, 2048);
	uint8_t datagram[] = "a datagram", apart[] = "public";
	x.n.wire = (tl_span){ datagram, sizeof datagram };
	x.n.community = (tl_span){ apart, 6 };
	size_t bytes = tl_notification_clone_to(&x.n, NULL, 0);
	for (size_t cap = 0; cap <= bytes; cap++) {
		uint8_t *room = malloc(cap + 1);
		assert_non_null(room);
		room[cap] = 0xa5;
		assert_int_equal(tl_notification_clone_to(&x.n, room, cap), bytes);
		assert_int_equal(room[cap], 0xa5);
		free(room);
	}
	forget_pdu(&x);
}

static void
test_an_empty_notification_can_be_cloned(void **state)
{
	tl_notification empty = { 0 }, *clone = NULL;
	(void)state;

	assert_int_equal(tl_notification_clone(&empty, &clone), TL_OK);
	assert_int_equal(clone->vb_count, 0);
	tl_notification_free(clone);
	tl_notification_free(NULL);
}

static void
test_every_type_has_the_name_of_its_rfc(void **state)
{
	static const struct {
		tl_type type;
		const char *name;
	} rows[] = { { TL_T_INTEGER, "INTEGER" }, { TL_T_OCTETS, "OCTET STRING" },
		{ TL_T_NULL, "NULL" }, { TL_T_OID, "OBJECT IDENTIFIER" },
		{ TL_T_IPADDRESS, "IpAddress" }, { TL_T_COUNTER32, "Counter32" },
		{ TL_T_GAUGE32, "Gauge32" }, { TL_T_TIMETICKS, "TimeTicks" },
		{ TL_T_OPAQUE, "Opaque" }, { TL_T_COUNTER64, "Counter64" },
		{ TL_T_NOSUCHOBJECT, "noSuchObject" },
		{ TL_T_NOSUCHINSTANCE, "noSuchInstance" },
		{ TL_T_ENDOFMIBVIEW, "endOfMibView" }, { (tl_type)0x30, "unknown" },
		{ (tl_type)-1, "unknown" } };
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(tl_type_name(rows[i].type), rows[i].name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_clone_outlives_datagram_and_arena),
		cmocka_unit_test(test_a_clone_of_a_clone_is_the_same),
		cmocka_unit_test(test_all_varbinds_that_were_read_lie_in_the_pdu),
		cmocka_unit_test(test_a_clone_has_the_datagram_and_a_decrypted_pdu),
		cmocka_unit_test(test_a_clone_says_what_room_it_takes),
		cmocka_unit_test(test_an_empty_notification_can_be_cloned),
		cmocka_unit_test(test_every_type_has_the_name_of_its_rfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
