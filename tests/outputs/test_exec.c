/* Tests of outputs/output_exec.c, of the helper process and of traphandle.c. */
#include "outputs/helper.h"
#include "outputs/outputs.h"

static helper *the_helper;

static int
set_up(void **state)
{
	setenv("TRAPLINE_TEST_SECRET", "hush", 1);
	setenv("TZ", "UTC", 1);
	if (helper_start(&the_helper) != TL_OK) /* before the dictionary: it is early */
		return -1;
	return load_dictionary(state);
}

static int
tear_down(void **state)
{
	helper_stop(the_helper);
	return drop_dictionary(state);
}

/* A program of the test's folder that the shell |script| is; opens an output of it. */
static void
open_script(sample_output *o, const char *script, const char *more)
{
	char text[2048], yaml[1024];

	snprintf(text, sizeof text, "#!/bin/sh\ncd '%s'\n%s\n", the_folder, script);
	assert_int_equal(
	    tl_file_replace(AT_FDCWD, in_folder("program"), span_of(text)), TL_OK);
	assert_int_equal(chmod(in_folder("program"), 0700), 0);
	snprintf(yaml, sizeof yaml, "{type: exec, command: [%s, 'a b', '$(id);c'], %s}",
	    in_folder("program"), more);
	o->place.helper = the_helper;
	output_open(o, &output_exec, yaml);
}

static void
test_gives_each_event_to_a_program_of_its_own(void **state)
{
	sample_output o = { 0 };

	(void)state;
	open_script(&o, "cat >>out; echo \"$# $1 $2\" >>args", "parallel: 1");
	output_numbers(&o, 1, 5);
	assert_int_equal(o.b.refused, 0);
	assert_string_equal(o.problem, "");
	output_close(&o);
	assert_numbers("out", "1 2 3 4 5 ");
	char *args = read_text("args");
	assert_int_equal(strncmp(args, "2 a b $(id);c\n2 a b", 19), 0);
	free(args);
}

static void
test_so_many_run_at_once_and_no_more(void **state)
{
	sample_output o = { 0 };

	(void)state;
	/* Each waits until three run; none sees four. */
	open_script(&o,
	    "mkdir run.$$; touch seen.$$\n"
	    "while [ $(ls -d seen.* | wc -l) -lt 3 ]; do sleep 0.01; done\n"
	    "ls -d run.* | wc -l >>counts; rmdir run.$$",
	    "parallel: 3");
	output_numbers(&o, 1, 7);
	output_close(&o);
	char *counts = read_text("counts");
	assert_int_equal(strlen(counts), 7 * 2);
	assert_null(strpbrk(counts, "456789"));
	free(counts);
}

static void
test_a_status_is_a_refusal_with_what_was_said_last(void **state)
{
	sample_output o = { 0 };

	(void)state;
	open_script(&o,
	    "grep -q '\"request_id\":2,' || exit 0\n"
	    "echo first >&2; printf 'disk \\033 full\\n\\n' >&2; exit 3",
	    "parallel: 2");
	output_numbers(&o, 1, 3);
	assert_int_equal(o.b.refused, 1);
	assert_non_null(strstr(o.problem, "/program: status 3: disk ? full"));
	output_close(&o);
	open_script(&o, "kill -9 $$", "parallel: 2");
	output_numbers(&o, 1, 1);
	assert_int_equal(o.b.refused, 1);
	assert_non_null(strstr(o.problem, "/program: signal 9"));
	output_close(&o);
}

static pid_t
pid_in(const char *name)
{
	char *text = read_text(name);
	pid_t pid = (pid_t)strtol(text, NULL, 10);

	free(text);
	assert_true(pid > 1);
	return pid;
}

/* Whether a process ends soon. */
static bool
ends(pid_t pid)
{
	char path[64], text[64] = "";

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	for (int i = 0; i < 10000; i++) {
		FILE *f = fopen(path, "r");
		if (f == NULL)
			return true;
		size_t n = fread(text, 1, sizeof text - 1, f);
		fclose(f);
		text[n] = '\0';
		if (strstr(text, ") Z ") != NULL) /* nobody has looked yet */
			return true;
		nanosleep(&(struct timespec){ 0, MS }, NULL);
	}
	return false;
}

static void
test_what_takes_too_long_is_ended_with_all_that_it_started(void **state)
{
	sample_output o = { 0 };

	(void)state;
	open_script(&o,
	    "trap 'echo term >>signals' TERM\n"
	    "sleep 1000 & echo $! >child; echo $$ >self\n"
	    "while :; do wait; done",
	    "timeout: 200ms");
	output_numbers(&o, 1, 1);
	assert_int_equal(o.b.refused, 1);
	assert_non_null(strstr(o.problem, "/program: ended after 0.2 s"));
	output_close(&o);
	assert_true(ends(pid_in("child")));
	assert_true(ends(pid_in("self")));
	char *signals = read_text("signals");
	assert_string_equal(signals, "term\n");
	free(signals);
}

static void
test_a_program_has_a_clean_environment_and_no_files(void **state)
{
	sample_output o = { 0 };
	int open_file = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */

	(void)state;
	open_script(&o,
	    "env >env; ls /proc/$$/fd >fds; cut -d' ' -f5 /proc/$$/stat >group\n"
	    "echo $$ >self; echo lost",
	    "parallel: 1");
	output_numbers(&o, 1, 1);
	output_close(&o);
	close(open_file);
	char *env = read_text("env"), *fds = read_text("fds");
	assert_null(strstr(env, "TRAPLINE_TEST_SECRET"));
	assert_non_null(strstr(env, "PATH=/usr/local/sbin:"));
	assert_null(strstr(fds, "3"));
	assert_null(strstr(fds, "4"));
	free(env);
	free(fds);
	assert_int_equal(pid_in("self"), pid_in("group"));
}

static void
test_a_program_that_is_gone_is_tried_again(void **state)
{
	sample_output o = { 0 };

	(void)state;
	open_script(&o, "cat >>out", "parallel: 2");
	rename(in_folder("program"), in_folder("elsewhere"));
	size_t n = output_fill(&o, 1, 3);
	assert_int_equal(output_deliver(&o, o.items, n), DELIVER_AGAIN);
	assert_int_equal(o.b.done, 0);
	assert_non_null(strstr(o.problem, "/program: No such file or directory"));
	rename(in_folder("elsewhere"), in_folder("program"));
	assert_int_equal(output_deliver(&o, o.items, n), DELIVERED);
	output_empty(&o, n);
	output_close(&o);
	char *text = read_text("out");
	assert_int_equal(strlen(numbers_in(text)), 6);
	free(text);
}

static void
test_what_has_ended_is_not_run_again_for_the_sake_of_another(void **state)
{
	sample_output o = { 0 };

	(void)state;
	/* The first kills the helper, once, when the second and the third have ended and
	 * been reaped; the third has ended badly. */
	open_script(&o,
	    "cat >in.$$; grep -o '\"request_id\":[0-9]*' in.$$ | cut -d: -f2 >id.$$\n"
	    "read id <id.$$; echo $id >>ran\n"
	    "test $id = 1 || echo $$ >pid.$id\n"
	    "test $id = 3 && exit 7\n"
	    "test $id = 1 && test ! -e killed || exit 0\n"
	    "while test ! -s pid.2 || test ! -s pid.3; do sleep 0.01; done\n"
	    "while kill -0 $(cat pid.2) || kill -0 $(cat pid.3); do sleep 0.01; done\n"
	    "touch killed; sleep 0.1; kill -9 $PPID; sleep 100",
	    "parallel: 3");
	size_t n = output_fill(&o, 1, 3);
	assert_int_equal(output_deliver(&o, o.items, n), DELIVER_AGAIN);
	assert_int_equal(o.b.done, 0);
	delivery what;
	while ((what = output_deliver(&o, o.items, n)) == DELIVER_AGAIN)
		nanosleep(&(struct timespec){ 0, 10 * MS }, NULL);
	assert_int_equal(what, DELIVERED);
	assert_int_equal(o.b.refused, 1);
	output_empty(&o, n);
	output_close(&o);
	char *ran = read_text("ran");
	assert_int_equal(strlen(ran), 8); /* 1, 2, 3 in any order, then 1 */
	assert_string_equal(ran + 6, "1\n");
	free(ran);
}

static void
test_does_not_wait_longer_than_it_may(void **state)
{
	sample_output o = { 0 };

	(void)state;
	open_script(&o, "echo $$ >self; exec sleep 1000", "timeout: 1h");
	size_t n = output_fill(&o, 1, 2);
	atomic_store(&o.end_ns, tl_now_monotonic_ns() + 300 * MS);
	assert_int_equal(output_deliver(&o, o.items, n), DELIVER_AGAIN);
	output_empty(&o, n);
	output_close(&o);
	assert_true(ends(pid_in("self"))); /* nobody waits for it any more */
}

static void
test_a_large_event_that_nobody_reads_stops_nothing(void **state)
{
	enum { LONG = 1 << 20 };
	sample_output o = { 0 };
	sample *s = sample_new("IF-MIB::linkDown");
	uint8_t *octets = calloc(1, LONG);

	(void)state;
	memset(octets, 'x', LONG);
	sample_add(s, "ifDescr.3", TL_T_OCTETS)->v.octets = (tl_span){ octets, LONG };
	parcel *p = parcel_of_sample(s, TL_SEVERITY_INFO);
	free(octets);
	open_script(&o, "exit 0", "parallel: 1");
	assert_int_equal(output_deliver(&o, &p, 1), DELIVERED);
	output_close(&o);
	open_script(&o, "wc -c >count", "stdin: traphandle");
	assert_int_equal(output_deliver(&o, &p, 1), DELIVERED);
	output_close(&o);
	char *count = read_text("count");
	assert_true(strtol(count, NULL, 10) > LONG);
	free(count);
	parcel_drop(p);
}

static void
test_two_outputs_share_the_helper(void **state)
{
	sample_output a = { 0 }, b = { 0 };

	(void)state;
	open_script(&a, "cat >>out", "parallel: 1");
	open_script(&b, "cat >>out2", "parallel: 1");
	output_numbers(&a, 1, 2); /* the same program by now */
	output_close(&a);
	output_numbers(&b, 3, 4);
	output_close(&b);
	assert_numbers("out2", "1 2 3 4 ");
}

static void
test_takes_commands_of_65536_bytes(void **state)
{
	static char argument[HELPER_COMMAND_MAX];
	static const char program[] = "/bin/true";
	const char *words[] = { program, argument };
	const tl_conf_texts command = { words, 2 };
	size_t len = HELPER_COMMAND_MAX - sizeof program - 1;
	helper_result result = { .status = -1 };
	helper_client *c;

	(void)state;
	memset(argument, 'x', len);
	assert_int_equal(
	    helper_connect(the_helper, &command, 60 * (int64_t)TL_NS_PER_S, &c), TL_OK);
	int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(helper_run(c, 7, input));
	close(input);
	while (helper_wait(c, 1000, &result) == 0)
		continue;
	helper_leave(c);
	assert_int_equal(result.ticket, 7);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.status, 0);
	argument[len] = 'x';
	assert_int_equal(
	    helper_connect(the_helper, &command, 60 * (int64_t)TL_NS_PER_S, &c),
	    TL_ELIMIT);
}

static void
test_says_that_there_is_no_helper(void **state)
{
	sample_output o = { 0 };

	(void)state;
	assert_int_equal(
	    output_try(&o, &output_exec, "{type: exec, command: [/bin/cat]}"), TL_EINVAL);
	assert_string_equal(o.problem, "/bin/cat: there is no helper process");
	output_close(&o);
}

static void
assert_traphandle(parcel *p, const char *wanted)
{
	sample_output o = { 0 };

	open_script(&o, "cat >>out", "stdin: traphandle");
	assert_int_equal(output_deliver(&o, &p, 1), DELIVERED);
	output_close(&o);
	parcel_drop(p);
	char *text = read_text("out");
	assert_string_equal(text, wanted);
	free(text);
}

static void
test_writes_what_snmptrapd_gives_to_a_traphandle(void **state)
{
	static const uint8_t mac[] = { 0x00, 0x11, 0x22, 0xaa, 0xbb, 0xcc };
	static const uint8_t address[] = { 10, 1, 2, 3 };
	sample *s = sample_link_down();

	(void)state;
	sample_add(s, "ifPhysAddress.3", TL_T_OCTETS)->v.octets = (tl_span){ mac, 6 };
	sample_text(s, "1.3.6.1.4.1.99999.1", "plain \"text\"");
	sample_add(s, "1.3.6.1.4.1.99999.2", TL_T_OCTETS)->v.octets = (tl_span){ mac, 4 };
	sample_add(s, "1.3.6.1.4.1.99999.3", TL_T_IPADDRESS)->v.octets =
	    (tl_span){ address, 4 };
	sample_add(s, "1.3.6.1.4.1.99999.4", TL_T_TIMETICKS)->v.u64 = 8640012;
	sample_add(s, "1.3.6.1.4.1.99999.6", TL_T_OID)->v.oid =
	    sample_oid_of(s, "ifDescr.3");
	sample_add(s, "1.3.6.1.4.1.99999.8", TL_T_COUNTER64)->v.u64 = UINT64_MAX;
	sample_text(s, "1.3.6.1.4.1.99999.9", "two\nlines");
	sample_add(s, "1.3.6.1.4.1.99999.12", TL_T_NULL);
	assert_traphandle(parcel_of_sample(s, TL_SEVERITY_NONE),
	    "<UNKNOWN>\n"
	    "UDP: [192.0.2.7]:50123->[192.0.2.1]:50123\n"
	    "DISMAN-EVENT-MIB::sysUpTimeInstance 0:0:20:34.56\n"
	    "SNMPv2-MIB::snmpTrapOID.0 IF-MIB::linkDown\n"
	    "IF-MIB::ifIndex.3 3\n"
	    "IF-MIB::ifAdminStatus.3 up\n"
	    "IF-MIB::ifOperStatus.3 down\n"
	    "IF-MIB::ifDescr.3 GigabitEthernet0/3\n"
	    "IF-MIB::ifPhysAddress.3 0:11:22:aa:bb:cc\n"
	    "SNMPv2-SMI::enterprises.99999.1 \"plain \\\"text\\\"\"\n"
	    "SNMPv2-SMI::enterprises.99999.2 \"00 11 22 AA \"\n"
	    "SNMPv2-SMI::enterprises.99999.3 10.1.2.3\n"
	    "SNMPv2-SMI::enterprises.99999.4 1:0:00:00.12\n"
	    "SNMPv2-SMI::enterprises.99999.6 IF-MIB::ifDescr.3\n"
	    "SNMPv2-SMI::enterprises.99999.8 18446744073709551615\n"
	    "SNMPv2-SMI::enterprises.99999.9 \"74 77 6F 0A 6C 69 6E 65 73 \"\n"
	    "SNMPv2-SMI::enterprises.99999.12 NULL\n");
}

static void
test_a_traphandle_gets_what_a_v1_trap_has(void **state)
{
	sample *s = sample_new("1.3.6.1.4.1.99999.0.17");

	(void)state;
	s->n.version = 1;
	s->n.v1.present = true;
	s->n.v1.enterprise = sample_oid_of(s, "1.3.6.1.4.1.99999");
	s->n.from = endpoint_of("2001:db8::7");
	s->ev.j.device_name = LIT("core1.example.net");
	memcpy(s->n.agent_address, "\x0a\x09\x08\x07", 4);
	assert_traphandle(parcel_of_sample(s, TL_SEVERITY_NONE),
	    "core1.example.net\n"
	    "UDP/IPv6: [2001:db8::7]:50123->[192.0.2.1]:50123\n"
	    "DISMAN-EVENT-MIB::sysUpTimeInstance 0:0:20:34.56\n"
	    "SNMPv2-MIB::snmpTrapOID.0 SNMPv2-SMI::enterprises.99999.0.17\n"
	    "SNMP-COMMUNITY-MIB::snmpTrapAddress.0 10.9.8.7\n"
	    "SNMP-COMMUNITY-MIB::snmpTrapCommunity.0 \"public\"\n"
	    "SNMPv2-MIB::snmpTrapEnterprise.0 SNMPv2-SMI::enterprises.99999\n");
}

static void
test_events_of_our_own_are_for_json_only(void **state)
{
	tl_own_event own = { .kind = "suppressed", .message = LIT("many") };
	parcel *p = parcel_of_own(&own, the_dictionary);
	sample_output o = { 0 };

	(void)state;
	open_script(&o, "cat >>out", "stdin: traphandle");
	assert_true(output_type_of(&o.conf->outputs.at[0])->notifications_only);
	output_close(&o);
	open_script(&o, "cat >>out", "stdin: json");
	assert_false(output_type_of(&o.conf->outputs.at[0])->notifications_only);
	assert_int_equal(output_deliver(&o, &p, 1), DELIVERED);
	assert_int_equal(o.b.refused, 0);
	output_close(&o);
	parcel_drop(p);
}

/* The helper ends what runs when its starter goes. */
static void
test_the_end_of_the_helper_is_that_of_its_programs(void **state)
{
	sample_output o = { 0 };
	helper *own;

	(void)state;
	assert_int_equal(helper_start(&own), TL_OK);
	helper *usual = the_helper;
	the_helper = own;
	open_script(&o, "echo $$ >self; exec sleep 1000", "timeout: 1h");
	the_helper = usual;
	size_t n = output_fill(&o, 1, 1);
	atomic_store(&o.end_ns, tl_now_monotonic_ns() + 300 * MS);
	output_deliver(&o, o.items, n);
	helper_stop(own);
	assert_true(ends(pid_in("self")));
	atomic_store(&o.end_ns, INT64_MAX);
	assert_int_equal(output_deliver(&o, o.items, n), DELIVER_AGAIN);
	assert_non_null(strstr(o.problem, "the helper process is gone"));
	output_empty(&o, n);
	output_close(&o);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_gives_each_event_to_a_program_of_its_own),
		IN_FOLDER(test_so_many_run_at_once_and_no_more),
		IN_FOLDER(test_a_status_is_a_refusal_with_what_was_said_last),
		IN_FOLDER(test_what_takes_too_long_is_ended_with_all_that_it_started),
		IN_FOLDER(test_a_program_has_a_clean_environment_and_no_files),
		IN_FOLDER(test_a_program_that_is_gone_is_tried_again),
		IN_FOLDER(test_what_has_ended_is_not_run_again_for_the_sake_of_another),
		IN_FOLDER(test_does_not_wait_longer_than_it_may),
		IN_FOLDER(test_a_large_event_that_nobody_reads_stops_nothing),
		IN_FOLDER(test_two_outputs_share_the_helper),
		cmocka_unit_test(test_takes_commands_of_65536_bytes),
		IN_FOLDER(test_says_that_there_is_no_helper),
		IN_FOLDER(test_writes_what_snmptrapd_gives_to_a_traphandle),
		IN_FOLDER(test_a_traphandle_gets_what_a_v1_trap_has),
		IN_FOLDER(test_events_of_our_own_are_for_json_only),
		IN_FOLDER(test_the_end_of_the_helper_is_that_of_its_programs),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
