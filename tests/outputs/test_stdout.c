/* Tests of outputs/output_stdout.c: with a pipe, a socket or a file in its place. */
#include <sys/socket.h>

#include "outputs/outputs.h"

static int real_stdout;

/* Puts |fd| in the place of standard output. */
static void
take_place(int fd)
{
	fflush(stdout);
	real_stdout = dup(STDOUT_FILENO);
	dup2(fd, STDOUT_FILENO);
	close(fd);
}

static void
give_back(void)
{
	dup2(real_stdout, STDOUT_FILENO);
	close(real_stdout);
}

/* What has arrived at |fd| by now. */
static const char *
arrived(int fd)
{
	static char text[1 << 18];
	size_t len = 0;
	ssize_t n;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((n = read(fd, text + len, sizeof text - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	return text;
}

static void
test_writes_json_to_what_is_no_terminal(void **state)
{
	sample_output o = { 0 };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	take_place(ends[1]);
	output_open(&o, &output_stdout, "{type: stdout}");
	size_t n = output_fill(&o, 1, 3);
	delivery what = output_deliver(&o, o.items, n);
	give_back();
	assert_int_equal(what, DELIVERED);
	assert_string_equal(numbers_in(arrived(ends[0])), "1 2 3 ");
	output_empty(&o, n);
	output_close(&o);
	close(ends[0]);
}

/* A pipe and a stream socket that nobody reads: it returns, and goes on where it was. */
static void
check_stuck(int in, int out)
{
	sample_output o = { 0 };
	char all[1 << 18] = "";
	size_t done = 0;

	take_place(out);
	output_open(&o, &output_stdout, "{type: stdout}");
	size_t n = output_fill(&o, 1, 250);
	atomic_store(&o.end_ns, tl_now_monotonic_ns() + 20 * MS);
	delivery what = output_deliver(&o, o.items, n);
	give_back();
	assert_int_equal(what, DELIVER_AGAIN);
	assert_string_equal(o.problem, "standard output: nobody reads");
	for (int tries = 0; tries < 1000; tries++) {
		done += o.b.done;
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s", arrived(in));
		if (what == DELIVERED)
			break;
		what = output_deliver(&o, o.items + done, n - done);
	}
	const char *list = numbers_in(all);
	assert_int_equal(strncmp(list, "1 2 3 ", 6), 0);
	assert_non_null(strstr(list, " 249 250 "));
	assert_int_equal(strlen(list), 9 * 2 + 90 * 3 + 151 * 4);
	output_empty(&o, n);
	output_close(&o);
	close(in);
}

static void
test_does_not_wait_for_ever_for_a_reader_of_a_pipe(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	fcntl(ends[1], F_SETPIPE_SZ, 4096);
	check_stuck(ends[0], ends[1]);
}

static void
test_says_that_the_reader_is_gone(void **state)
{
	sample_output o = { 0 };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	take_place(ends[1]);
	output_open(&o, &output_stdout, "{type: stdout}");
	size_t n = output_fill(&o, 1, 3);
	close(ends[0]);
	sigset_t pipe_signal, old;
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	sigprocmask(SIG_BLOCK, &pipe_signal, &old); /* as feeders do */
	delivery what = output_deliver(&o, o.items, n);
	give_back();
	assert_int_equal(what, DELIVER_AGAIN);
	assert_string_equal(o.problem, "standard output: Broken pipe");
	output_empty(&o, n);
	output_close(&o);
}

static void
test_a_closed_standard_output_is_told_at_once(void **state)
{
	sample_output o = { 0 };

	(void)state;
	fflush(stdout);
	real_stdout = dup(STDOUT_FILENO);
	close(STDOUT_FILENO);
	tl_err err = output_try(&o, &output_stdout, "{type: stdout}");
	give_back();
	assert_int_equal(err, TL_EIO);
	assert_string_equal(o.problem, "standard output: Bad file descriptor");
	output_close(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes_json_to_what_is_no_terminal),
		cmocka_unit_test(test_does_not_wait_for_ever_for_a_reader_of_a_pipe),
		cmocka_unit_test(test_says_that_the_reader_is_gone),
		cmocka_unit_test(test_a_closed_standard_output_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
