/* The edges of the output forward; what it sends is told by tests/e2e/test_forward.py. */
#include <dirent.h>
#include <sched.h>

#include "outputs/forward.h"
#include "outputs/outputs.h"

/* An output to |count| receivers. */
static tl_err
try_receivers(sample_output *o, size_t count)
{
	char yaml[4096] = "{type: forward, to: [";
	size_t len = strlen(yaml);

	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(yaml + len, sizeof yaml - len,
		    "%s'udp:127.0.0.1:%zu'", i > 0 ? "," : "", i + 1);
	(void)snprintf(yaml + len, sizeof yaml - len, "]}");
	return output_try(o, &output_forward, yaml);
}

static void
test_takes_64_receivers_refuses_more(void **state)
{
	sample_output o = { 0 };

	(void)state;
	assert_int_equal(try_receivers(&o, FORWARD_TARGETS_MAX), TL_OK);
	output_close(&o);
	assert_int_equal(try_receivers(&o, FORWARD_TARGETS_MAX + 1), TL_ELIMIT);
	assert_string_equal(o.problem, "more than 64 receivers: use several outputs");
	output_close(&o);
}

static void
test_addresses_are_known_at_once(void **state)
{
	static const tl_conf_target at[] = { { .host = "192.0.2.1", .port = 162 },
		{ .host = "2001:db8::1", .port = 163 } };
	const tl_conf_targets targets = { at, 2 };
	forward_names *n = forward_names_new(&targets);
	tl_endpoint ep;
	const char *why;

	(void)state;
	assert_non_null(n);
	assert_true(forward_names_get(n, 0, 0, &ep, &why));
	assert_int_equal(ep.port, 162);
	assert_memory_equal(ep.addr + 12, "\xc0\x00\x02\x01", 4);
	assert_true(forward_names_get(n, 1, 0, &ep, &why));
	assert_int_equal(ep.addr[0], 0x20);
	forward_names_free(n);
	forward_names_free(NULL);
}

/* How many threads this program has. */
static unsigned
count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	unsigned count = 0;

	assert_non_null(tasks);
	for (const struct dirent *d; (d = readdir(tasks)) != NULL;)
		count += d->d_name[0] != '.';
	closedir(tasks);
	return count;
}

/* What a resolver has taken is free when its thread has ended, which nobody waits for
 * but the search for leaks. */
static void
wait_for_threads(unsigned most)
{
	const int64_t end_ns = tl_now_monotonic_ns() + 60 * (int64_t)TL_NS_PER_S;

	while (count_threads() > most && tl_now_monotonic_ns() < end_ns)
		(void)sched_yield();
	assert_true(count_threads() <= most);
}

static void
test_names_end_while_they_are_looked_up(void **state)
{
	static const tl_conf_target at[] = { { .host = "nothing.invalid", .port = 1 } };
	const tl_conf_targets targets = { at, 1 };
	tl_endpoint ep;
	const char *why;
	unsigned before = count_threads();

	(void)state;
	for (int i = 0; i < 10; i++) {
		forward_names *n = forward_names_new(&targets);
		assert_non_null(n);
		assert_false(forward_names_get(n, 0, 0, &ep, &why));
		forward_names_free(n);
	}
	wait_for_threads(before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_64_receivers_refuses_more),
		cmocka_unit_test(test_addresses_are_known_at_once),
		cmocka_unit_test(test_names_end_while_they_are_looked_up),
	};
	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
