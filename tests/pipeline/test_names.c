/* Tests of pipeline/names.c and answers.c. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/buf.h"
#include "pipeline/names.h"
#include "pipeline/samples.h"
#include "sys/clock.h"

enum { S = 1000000000 };

static const answers_options small = {
	.entries = 3, .bytes = 1 << 16, .waiting = 2, .ttl_ns = 100, .failed_ttl_ns = 10
};

typedef struct fixture {
	answers *a;
	tl_arena *arena;
} fixture;

static fixture
begin(const answers_options *opt)
{
	fixture f = { .a = answers_new(opt) };

	assert_non_null(f.a);
	assert_int_equal(tl_arena_new(1 << 16, &f.arena), TL_OK);
	return f;
}

static void
end(fixture *f)
{
	answers_close(f->a);
	answers_drop(f->a);
	tl_arena_free(f->arena);
}

static void
assert_answer(fixture *f, const char *key, int64_t now_ns, const char *wanted)
{
	assert_bytes(answers_find(f->a, span_of(key), now_ns, f->arena), span_of(wanted));
}

/* The next question is |key|; answers it. NULL: there is none, it fails. */
static void
answer(fixture *f, const char *key, int64_t now_ns, const char *text)
{
	uint8_t room[ANSWERS_KEY_MAX];
	size_t len = 0;

	assert_true(answers_next(f->a, room, &len));
	assert_bytes((tl_span){ room, len }, span_of(key));
	if (text != NULL)
		answers_put(f->a, span_of(key), span_of(text), now_ns);
	else
		answers_fail(f->a, span_of(key), now_ns);
}

static void
know(fixture *f, const char *key, const char *text)
{
	assert_answer(f, key, 0, "");
	answer(f, key, 0, text);
}

static void
test_asks_once_and_remembers(void **state)
{
	fixture f = begin(&small);

	(void)state;
	assert_answer(&f, "a", 0, "");
	assert_answer(&f, "a", 0, "");
	answer(&f, "a", 0, "one");
	assert_answer(&f, "a", 99, "one");
	assert_answer(&f, "b", 99, "");
	answer(&f, "b", 99, "");
	assert_answer(&f, "b", 108, "");
	answers_counters c = answers_count(f.a);
	assert_true(c.unknown == 2 && c.none == 2 && c.found == 1 && c.entries == 2);
	end(&f);
}

static void
test_an_old_answer_counts_until_there_is_a_new_one(void **state)
{
	fixture f = begin(&small);

	(void)state;
	know(&f, "a", "one");
	assert_answer(&f, "a", 100, "one");
	assert_answer(&f, "a", 300, "one");
	answer(&f, "a", 300, NULL);
	assert_answer(&f, "a", 309, "one");
	assert_answer(&f, "a", 310, "one");
	answer(&f, "a", 310, "another");
	assert_answer(&f, "a", 311, "another");
	end(&f);
}

static void
test_forgets_the_least_recently_used(void **state)
{
	fixture f = begin(&small);

	(void)state;
	know(&f, "a", "1");
	know(&f, "b", "2");
	know(&f, "c", "3");
	assert_answer(&f, "a", 1, "1");
	know(&f, "d", "4");
	assert_answer(&f, "a", 1, "1");
	assert_answer(&f, "c", 1, "3");
	assert_int_equal(answers_count(f.a).entries, 3);
	assert_answer(&f, "b", 1, "");
	end(&f);
}

static void
test_keeps_to_its_bytes(void **state)
{
	answers_options opt = small;
	char long_text[400];
	fixture f;

	(void)state;
	opt.bytes = 1000;
	memset(long_text, 'x', sizeof long_text);
	long_text[sizeof long_text - 1] = '\0';
	f = begin(&opt);
	know(&f, "a", long_text);
	know(&f, "b", long_text);
	know(&f, "c", long_text);
	answers_counters c = answers_count(f.a);
	assert_in_range(c.bytes, 400, 1000);
	assert_int_equal(c.entries, 2 - (c.bytes < 800));
	assert_answer(&f, "c", 1, long_text);
	end(&f);
}

static void
test_asks_no_more_at_once_than_may_wait(void **state)
{
	fixture f = begin(&small);
	uint8_t key[ANSWERS_KEY_MAX];
	size_t len;

	(void)state;
	assert_answer(&f, "a", 0, "");
	assert_answer(&f, "b", 0, "");
	assert_answer(&f, "c", 0, "");
	assert_int_equal(answers_count(f.a).passed_over, 1);
	assert_true(answers_next(f.a, key, &len));
	assert_answer(&f, "c", 0, "");
	answers_put(f.a, span_of("a"), span_of("1"), 0);
	assert_answer(&f, "c", 0, "");
	answer(&f, "b", 0, "2");
	answer(&f, "c", 0, "3");
	end(&f);
}

static void
test_old_answers_wait_their_turn_as_well(void **state)
{
	fixture f = begin(&small);

	(void)state;
	know(&f, "a", "1");
	assert_answer(&f, "b", 200, "");
	assert_answer(&f, "c", 200, "");
	assert_answer(&f, "a", 200, "1");
	assert_int_equal(answers_count(f.a).passed_over, 1);
	answer(&f, "b", 200, "2");
	answer(&f, "c", 200, "3");
	assert_answer(&f, "a", 200, "1");
	answer(&f, "a", 200, "4");
	assert_answer(&f, "a", 201, "4");
	end(&f);
}

static void
test_what_is_asked_for_is_not_forgotten(void **state)
{
	answers_options opt = small;
	fixture f;

	(void)state;
	opt.entries = 1;
	f = begin(&opt);
	assert_answer(&f, "a", 0, "");
	assert_answer(&f, "b", 0, "");
	answer(&f, "a", 0, "1");
	assert_answer(&f, "a", 0, "1");
	assert_answer(&f, "b", 0, "");
	answer(&f, "b", 0, "2");
	assert_answer(&f, "a", 0, "");
	end(&f);
}

static void
test_refuses_keys_of_1025_bytes(void **state)
{
	fixture f = begin(&small);
	char key[1026];

	(void)state;
	memset(key, 'k', sizeof key);
	key[1025] = '\0';
	assert_answer(&f, key, 0, "");
	assert_answer(&f, "", 0, "");
	assert_int_equal(answers_count(f.a).entries, 0);
	key[1024] = '\0';
	know(&f, key, "long");
	assert_answer(&f, key, 0, "long");
	end(&f);
}

/* Names. */

static const tl_conf_reverse_dns conf = {
	.enabled = true, .entries = 100, .ttl_ns = 3600 * (int64_t)S, .failed_ttl_ns = S
};
static atomic_int asked;

/* 10.0.0.1 has a name, and fails the second time, 10.0.0.2 has none, 10.0.0.3 one that is
 * none, 10.0.0.4 fails. */
static bool
resolve(const tl_endpoint *ep, char name[NAMES_LENGTH_MAX + 1], bool *failed)
{
	bool again = atomic_fetch_add(&asked, 1) > 0;

	*failed = ep->addr[15] == 4 || (ep->addr[15] == 1 && again);
	(void)snprintf(name, NAMES_LENGTH_MAX + 1, "%s",
	    ep->addr[15] == 1 ? "core-1.example.net" : "core\x1b[31m");
	return !*failed && (ep->addr[15] == 1 || ep->addr[15] == 3);
}

/* What |n| has counted once |address| is not asked for any more, with the name that it
 * has then. */
static answers_counters
await(names *n, const char *address, const char *wanted)
{
	int64_t end_ns = tl_now_monotonic_ns() + 30 * (int64_t)S;
	int before = atomic_load(&asked);
	sample *s = sample_new("IF-MIB::linkDown");
	uint64_t none = names_count(n).none;

	s->ev.device = endpoint_of(address);
	s->ev.now_ns = tl_now_monotonic_ns();
	do {
		names_judge(n, &s->ev);
	} while (tl_now_monotonic_ns() < end_ns &&
		 (atomic_load(&asked) == before ||
		     (wanted[0] != '\0' ? s->ev.j.device_name.len == 0
					: names_count(n).none == none)));
	assert_bytes(s->ev.j.device_name, span_of(wanted));
	assert_ptr_equal(s->ev.j.device, wanted[0] != '\0' ? &s->ev.device : NULL);
	sample_free(s);
	return names_count(n);
}

static void
test_names_come_with_later_events(void **state)
{
	names *n = names_new(&conf, 1, resolve);

	(void)state;
	assert_non_null(n);
	atomic_store(&asked, 0);
	await(n, "10.0.0.1", "core-1.example.net");
	names_free(n);
}

static void
test_a_name_stays_when_it_cannot_be_asked_again(void **state)
{
	names *n = names_new(&conf, 1, resolve);
	sample *s = sample_new("IF-MIB::linkDown");
	int64_t end_ns = tl_now_monotonic_ns() + 30 * (int64_t)S;

	(void)state;
	atomic_store(&asked, 0);
	await(n, "10.0.0.1", "core-1.example.net");
	s->ev.device = endpoint_of("10.0.0.1");
	s->ev.now_ns = INT64_MAX;
	do {
		tl_arena_reset(s->arena);
		names_judge(n, &s->ev);
		assert_bytes(s->ev.j.device_name, LIT("core-1.example.net"));
	} while (atomic_load(&asked) < 4 && tl_now_monotonic_ns() < end_ns);
	assert_in_range(atomic_load(&asked), 4, 1000000);
	sample_free(s);
	names_free(n);
}

static atomic_bool answers_now;

/* Says nothing for a while. */
static bool
resolve_late(const tl_endpoint *ep, char name[NAMES_LENGTH_MAX + 1], bool *failed)
{
	(void)ep;
	(void)name;
	while (!atomic_load(&answers_now))
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	*failed = false;
	return false;
}

static void
test_asks_for_1024_names_at_once(void **state)
{
	tl_conf_reverse_dns many = conf;
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	many.entries = 2 * NAMES_WAITING_MAX;
	atomic_store(&answers_now, false);
	names *n = names_new(&many, 1, resolve_late);
	assert_non_null(n);
	s->ev.device = endpoint_of("10.0.0.0");
	s->ev.now_ns = tl_now_monotonic_ns();
	for (unsigned i = 0; i <= NAMES_WAITING_MAX; i++) {
		assert_int_equal(names_count(n).passed_over, 0);
		s->ev.device.addr[14] = (uint8_t)(i >> 8);
		s->ev.device.addr[15] = (uint8_t)i;
		names_judge(n, &s->ev);
	}
	assert_int_equal(names_count(n).passed_over, 1);
	atomic_store(&answers_now, true);
	sample_free(s);
	names_free(n);
}

static void
test_there_may_be_no_name(void **state)
{
	names *n = names_new(&conf, 1, resolve);

	(void)state;
	await(n, "10.0.0.2", "");
	await(n, "10.0.0.4", "");
	names_free(n);
}

static void
test_refuses_names_of_other_than_letters_digits_and_dashes(void **state)
{
	names *n = names_new(&conf, 1, resolve);

	(void)state;
	await(n, "10.0.0.3", "");
	names_free(n);
}

static void
test_events_of_our_own_have_no_name(void **state)
{
	names *n = names_new(&conf, 1, resolve);
	event ev = { 0 };

	(void)state;
	names_judge(n, &ev);
	assert_int_equal(names_count(n).unknown, 0);
	names_free(n);
	names_free(NULL);
}

static void
test_the_system_knows_the_name_of_the_loopback(void **state)
{
	names *n = names_new(&conf, 1, NULL);
	sample *s = sample_new("IF-MIB::linkDown");
	int64_t end_ns = tl_now_monotonic_ns() + 10 * (int64_t)S;

	(void)state;
	s->ev.device = endpoint_of("127.0.0.1");
	do {
		names_judge(n, &s->ev);
	} while (s->ev.j.device_name.len == 0 && names_count(n).none < 1000000 &&
		 tl_now_monotonic_ns() < end_ns);
	if (s->ev.j.device_name.len == 0)
		print_message("# no name of 127.0.0.1 here\n");
	sample_free(s);
	names_free(n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asks_once_and_remembers),
		cmocka_unit_test(test_an_old_answer_counts_until_there_is_a_new_one),
		cmocka_unit_test(test_forgets_the_least_recently_used),
		cmocka_unit_test(test_keeps_to_its_bytes),
		cmocka_unit_test(test_asks_no_more_at_once_than_may_wait),
		cmocka_unit_test(test_old_answers_wait_their_turn_as_well),
		cmocka_unit_test(test_what_is_asked_for_is_not_forgotten),
		cmocka_unit_test(test_refuses_keys_of_1025_bytes),
		cmocka_unit_test(test_names_come_with_later_events),
		cmocka_unit_test(test_a_name_stays_when_it_cannot_be_asked_again),
		cmocka_unit_test(test_asks_for_1024_names_at_once),
		cmocka_unit_test(test_there_may_be_no_name),
		cmocka_unit_test(
		    test_refuses_names_of_other_than_letters_digits_and_dashes),
		cmocka_unit_test(test_events_of_our_own_have_no_name),
		cmocka_unit_test(test_the_system_knows_the_name_of_the_loopback),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
