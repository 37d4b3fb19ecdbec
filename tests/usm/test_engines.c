/* The table of engines: growth, the least recently heard goes, keys go along. */
#include "usm/engines.h"
#include "usm/sender.h"

/* An engine ID for a number. */
typedef struct id {
	uint8_t bytes[9];
} id;

static tl_span
id_of(uint32_t n, id *room)
{
	*room = (id){ { 0x80, 0, 0, 0, 1, (uint8_t)(n >> 24), (uint8_t)(n >> 16),
	    (uint8_t)(n >> 8), (uint8_t)n } };
	return (tl_span){ room->bytes, sizeof room->bytes };
}

static bool
is_known(const tl_engines *e, uint32_t n)
{
	id room;
	uint32_t engine = tl_engines_find(e, id_of(n, &room));

	if (engine != 0)
		assert_memory_equal(
		    tl_engines_at(e, engine)->id, room.bytes, sizeof room);
	return engine != 0;
}

static void
init(tl_engines *e, uint32_t max)
{
	*e = (tl_engines){ 0 };
	assert_int_equal(tl_engines_init(e, OWN_ENGINE, max), TL_OK);
}

static uint32_t
add(tl_engines *e, uint32_t n)
{
	id room;
	uint32_t engine = tl_engines_add(e, id_of(n, &room));

	assert_true(engine != 0);
	return engine;
}

static void
test_finds_every_one_of_many_as_the_table_grows(void **state)
{
	enum { COUNT = 20000 };
	tl_engines e;
	(void)state;

	init(&e, COUNT);
	for (uint32_t i = 0; i < COUNT; i++) {
		assert_false(is_known(&e, i));
		add(&e, i);
		assert_int_equal(e.count, i + 1);
		assert_true(is_known(&e, i / 2));
	}
	for (uint32_t i = 0; i < COUNT; i++)
		assert_true(is_known(&e, i));
	/* One engine a bucket on average: what keeps a search short. */
	assert_int_equal(e.bucket_count, COUNT);
	tl_engines_fini(&e);
}

static void
test_chains_stay_short(void **state)
{
	enum { COUNT = 20000 };
	tl_engines e;
	(void)state;

	init(&e, COUNT);
	for (uint32_t i = 0; i < COUNT; i++)
		add(&e, i);
	for (uint32_t b = 0; b < e.bucket_count; b++) {
		uint32_t len = 0;
		for (uint32_t i = *(uint32_t *)tl_slab_at(&e.buckets, b); i != 0;
		     i = tl_engines_at(&e, i)->next)
			len++;
		/* The split of half a generation doubles the load of some. */
		assert_true(len < 24);
	}
	tl_engines_fini(&e);
}

static void
test_ids_that_begin_alike_are_told_apart(void **state)
{
	static const uint8_t zeros[32] = { 0 };
	tl_engines e;
	(void)state;

	init(&e, 100);
	for (size_t len = TL_ENGINE_ID_MIN; len <= TL_ENGINE_ID_MAX; len++) {
		assert_int_equal(tl_engines_find(&e, (tl_span){ zeros, len }), 0);
		assert_true(tl_engines_add(&e, (tl_span){ zeros, len }) != 0);
	}
	assert_int_equal(e.count, TL_ENGINE_ID_MAX - TL_ENGINE_ID_MIN + 1);
	tl_engines_fini(&e);
}

static void
test_forgets_the_least_recently_heard_engine(void **state)
{
	tl_engines e;
	id room;
	(void)state;

	init(&e, 4);
	for (uint32_t i = 0; i < 4; i++)
		add(&e, i);
	tl_engines_touch(&e, tl_engines_find(&e, id_of(0, &room)));
	tl_engines_touch(&e, tl_engines_find(&e, id_of(2, &room)));
	tl_engines_touch(&e, tl_engines_find(&e, id_of(2, &room)));
	add(&e, 4);
	assert_false(is_known(&e, 1));
	add(&e, 5);
	assert_false(is_known(&e, 3));
	add(&e, 6);
	assert_false(is_known(&e, 0));
	add(&e, 7);
	assert_false(is_known(&e, 2));
	for (uint32_t i = 4; i < 8; i++)
		assert_true(is_known(&e, i));
	assert_int_equal(e.count, 4);
	tl_engines_fini(&e);
}

static void
test_table_of_one_engine(void **state)
{
	tl_engines e;
	(void)state;

	init(&e, 1);
	for (uint32_t i = 0; i < 100; i++) {
		add(&e, i);
		assert_true(is_known(&e, i));
		assert_int_equal(e.count, 1);
	}
	tl_engines_fini(&e);
}

/* So that memory stays as it is when the table is full. */
static void
test_keys_of_who_goes_are_used_again(void **state)
{
	static const size_t bytes[] = { 56, 88, 96, 160 };
	tl_engines e;
	uint32_t used[TL_KEY_CLASSES];
	(void)state;

	init(&e, 8);
	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t engine = add(&e, i);
		for (uint32_t k = 0; k < 4; k++) {
			/* Each is first once: not all fit in beside the engine. */
			uint32_t cred = (i + k) % 4;
			assert_null(tl_engines_find_key(&e, engine, cred));
			tl_usm_key *key =
			    tl_engines_add_key(&e, engine, cred, bytes[cred]);
			assert_non_null(key);
			assert_int_equal(key->has_priv, 0);
			for (size_t n = 0; n < bytes[cred]; n++)
				assert_int_equal(key->bytes[n], 0);
			memset(key->bytes, (int)(cred + 1), bytes[cred]);
			key->has_priv = 1;
		}
		for (uint32_t cred = 0; cred < 4; cred++) {
			tl_usm_key *key = tl_engines_find_key(&e, engine, cred);
			assert_int_equal(key->bytes[0], cred + 1);
			assert_int_equal(key->bytes[bytes[cred] - 1], cred + 1);
		}
		if (i == 40)
			for (int k = 0; k < TL_KEY_CLASSES; k++)
				used[k] = e.keys[k].used;
	}
	for (int k = 0; k < TL_KEY_CLASSES; k++)
		assert_int_equal(e.keys[k].used, used[k]);
	assert_int_equal(e.slots.used, 8);
	tl_engines_fini(&e);
}

static void
test_clock_of_who_goes_is_not_offered(void **state)
{
	tl_clock c = { .boots = 1, .time_s = 1 }, out;
	tl_engines e;
	(void)state;

	init(&e, 2);
	for (uint32_t i = 0; i < 3; i++)
		tl_engines_set_clock(&e, add(&e, i), &c);
	assert_true(tl_engines_next_clock(&e, &out));
	assert_int_equal(out.engine_id[8], 1);
	assert_true(tl_engines_next_clock(&e, &out));
	assert_int_equal(out.engine_id[8], 2);
	assert_false(tl_engines_next_clock(&e, &out));
	tl_engines_fini(&e);
}

static void
test_who_was_heard_lately_keeps_its_clock(void **state)
{
	const tl_engine_options opt = {
		.engine_id = OWN_ENGINE, .boots = 1, .max_engines = 2
	};
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_NONE);
	static const uint32_t heard[] = { 1, 2, 1, 3 };
	receiver r;
	id room;
	(void)state;

	open_receiver(&r, &opt);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_NONE));
	for (size_t i = 0; i < 4; i++) {
		s.engine_id = id_of(heard[i], &room);
		assert_int_equal(take_from(&r, &s, 0), TL_OK);
	}
	s.boots--;
	s.engine_id = id_of(1, &room);
	assert_int_equal(take_from(&r, &s, 0), TL_EUSM_TIME);
	close_receiver(&r);
}

/* The same bound from outside, and who has gone starts anew. */
static void
test_engines_are_bounded_and_forgotten_ones_authenticate_again(void **state)
{
	const tl_engine_options opt = {
		.engine_id = OWN_ENGINE, .boots = 1, .max_engines = 3
	};
	sender s = sender_of(TL_AUTH_SHA1, TL_PRIV_AES128);
	receiver r;
	id room;
	(void)state;

	open_receiver(&r, &opt);
	add_user(&r, user_of(TL_AUTH_SHA1, TL_PRIV_AES128));
	for (uint32_t i = 0; i < 12; i++) {
		s.engine_id = id_of(i % 6, &room);
		assert_int_equal(take_from(&r, &s, 0), TL_OK);
		assert_int_equal(tl_usm_engine_count(r.usm), i < 3 ? i + 1 : 3);
	}
	close_receiver(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_every_one_of_many_as_the_table_grows),
		cmocka_unit_test(test_chains_stay_short),
		cmocka_unit_test(test_ids_that_begin_alike_are_told_apart),
		cmocka_unit_test(test_forgets_the_least_recently_heard_engine),
		cmocka_unit_test(test_table_of_one_engine),
		cmocka_unit_test(test_keys_of_who_goes_are_used_again),
		cmocka_unit_test(test_clock_of_who_goes_is_not_offered),
		cmocka_unit_test(test_who_was_heard_lately_keeps_its_clock),
		cmocka_unit_test(
		    test_engines_are_bounded_and_forgotten_ones_authenticate_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
