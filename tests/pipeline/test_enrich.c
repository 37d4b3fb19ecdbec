/* Tests of pipeline/enrich.c and source.c: keys, changes of files, threads. */
#include <stdatomic.h>
#include <sys/stat.h>

#include "pipeline/enrich_help.h"
#include "sys/clock.h"

#define DEVICES                                                                          \
	"enrichment:\n"                                                                  \
	"  devices: {type: csv, file: devices.csv, column: address, refresh: 10s}\n"

static void
assert_event(tables *t, sample *s, const char *wanted)
{
	enrich_judge(t->v, &s->ev);
	assert_fields(s, wanted);
	sample_free(s);
}

static void
open_with_key(tables *t, const char *key, const char *text)
{
	char yaml[256];

	write_file("t.csv", text);
	(void)snprintf(yaml, sizeof yaml,
	    "enrichment: {t: {type: csv, file: t.csv, column: k, key: %s}}\n", key);
	tables_open(t, yaml);
}

static void
test_key_may_be_the_source(void **state)
{
	sample *s = sample_new("IF-MIB::linkDown");
	tables t;

	(void)state;
	s->ev.device = endpoint_of("10.0.0.1");
	open_with_key(&t, "source", "k,site\n10.0.0.1,device\n192.0.2.7,peer\n");
	assert_event(&t, s, "site=peer");
	tables_close(&t);
}

static void
test_key_is_the_device_if_none_is_said(void **state)
{
	sample *s = sample_new("IF-MIB::linkDown");
	tables t;

	(void)state;
	s->ev.device = endpoint_of("10.0.0.1");
	write_file("devices.csv", "address,site\n10.0.0.1,device\n192.0.2.7,peer\n");
	tables_open(&t, DEVICES);
	assert_event(&t, s, "site=device");
	tables_close(&t);
}

static void
test_key_may_be_the_agent_address(void **state)
{
	static const uint8_t agent[] = { 10, 9, 8, 7 };
	sample *s = sample_new("IF-MIB::linkDown");
	tables t;

	(void)state;
	open_with_key(&t, "agent_address", "k,site\n10.9.8.7,agent\n");
	assert_event(&t, sample_new("IF-MIB::linkDown"), "");
	s->n.has_agent_address = true;
	memcpy(s->n.agent_address, agent, 4);
	assert_event(&t, s, "site=agent");
	tables_close(&t);
}

static void
test_key_may_be_an_engine_id_in_any_writing(void **state)
{
	static const char *const writings[] = { "80001f8804ab", "0x80001F8804AB",
		"80:00:1f:88:04:AB", "80 00 1f 88 04 ab", "80-00-1f-88-04-ab" };
	char text[128];
	tables t;

	(void)state;
	for (size_t i = 0; i < COUNT(writings); i++) {
		sample *s = sample_new("IF-MIB::linkDown");
		s->n.version = 3;
		s->n.v3.engine_id = LIT("\x80\x00\x1f\x88\x04\xab");
		(void)snprintf(text, sizeof text, "k,site\n%s,engine\n", writings[i]);
		open_with_key(&t, "engine_id", text);
		assert_event(&t, s, "site=engine");
		tables_close(&t);
	}
	open_with_key(&t, "engine_id", "k,site\n80001,odd\nzz,no\n");
	assert_told(&t,
	    "info t: 0 rows read\nwarning t: 2 rows without a usable key, left "
	    "out (first: 2)\n");
	tables_close(&t);
}

static void
test_key_may_be_an_origin(void **state)
{
	sample *s = sample_new("IF-MIB::linkDown");
	tables t;

	(void)state;
	open_with_key(&t, "origin", "k,site\n80:00:1F:88:05,engine\n192.0.2.7,address\n");
	assert_event(&t, sample_new("IF-MIB::linkDown"), "site=address");
	s->n.version = 3;
	s->n.v3.context_engine_id = LIT("\x80\x00\x1f\x88\x05");
	assert_event(&t, s, "site=engine");
	tables_close(&t);
}

static void
test_key_may_be_an_object(void **state)
{
	tables t;

	(void)state;
	open_with_key(&t, "ifDescr", "k,circuit\nGigabitEthernet0/3,C-17\n");
	assert_event(&t, sample_link_down(), "circuit=C-17");
	assert_event(&t, sample_new("IF-MIB::linkUp"), "");
	tables_close(&t);
	open_with_key(&t, "ifOperStatus", "k,circuit\n2,number\ndown,label\n");
	assert_event(&t, sample_link_down(), "circuit=label");
	tables_close(&t);
}

static void
test_a_key_may_come_from_a_table_before(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address,site\n192.0.2.7,B1\n");
	write_file("sites.csv", "name,city\nB1,Berlin\n");
	tables_open(&t,
	    DEVICES "  sites: {type: csv, file: sites.csv, column: name, key: site}\n");
	assert_event(&t, sample_new("IF-MIB::linkDown"), "site=B1 city=Berlin");
	tables_close(&t);
}

static void
test_the_last_table_that_says_something_counts(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address,site,rack\n192.0.2.7,one,1\n10.0.0.1,one,1\n");
	write_file("more.csv", "address,site,rack\n192.0.2.7,two,\n");
	tables_open(&t, DEVICES "  more: {type: csv, file: more.csv, column: address}\n");
	assert_known(&t, "192.0.2.7", "site=two rack=1");
	assert_known(&t, "10.0.0.1", "site=one rack=1");
	tables_close(&t);
}

static void
test_events_of_our_own_have_no_device(void **state)
{
	tables t;
	event ev = { 0 };

	(void)state;
	write_file("devices.csv", "address,site\n::,none\n");
	tables_open(&t, DEVICES);
	enrich_judge(t.v, &ev);
	assert_int_equal(ev.j.field_count, 0);
	tables_close(&t);
}

/* Files that change. */

static void
test_reads_a_file_again_that_was_replaced(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address,site\n10.0.0.1,old\n");
	tables_open(&t, DEVICES);
	assert_told(&t, "info devices: 1 rows read\n");
	assert_int_equal(enrich_look(t.e, 10 * (int64_t)S), 20 * (int64_t)S);
	assert_told(&t, "");
	write_file("new.csv", "address,site\n10.0.0.1,new\n10.0.0.2,new\n");
	assert_int_equal(rename("new.csv", "devices.csv"), 0);
	assert_int_equal(enrich_look(t.e, 15 * (int64_t)S), 20 * (int64_t)S);
	assert_known(&t, "10.0.0.1", "site=old");
	enrich_look(t.e, 20 * (int64_t)S);
	enrich_look(t.e, 21 * (int64_t)S);
	assert_known(&t, "10.0.0.1", "site=new");
	assert_told(&t, "info devices: 2 rows read\n");
	tables_close(&t);
}

static void
test_waits_until_a_file_stands_still(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address,site\n");
	tables_open(&t, DEVICES);
	assert_told(&t, "info devices: 0 rows read\n");
	write_file("devices.csv", "address,site\n10.0.0.1,Ber");
	assert_int_equal(enrich_look(t.e, 10 * (int64_t)S), 11 * (int64_t)S);
	write_file("devices.csv", "address,site\n10.0.0.1,Berlin\n10.0.");
	assert_int_equal(enrich_look(t.e, 11 * (int64_t)S), 12 * (int64_t)S);
	write_file("devices.csv", "address,site\n10.0.0.1,Berlin\n10.0.0.2,Rome\n");
	assert_int_equal(enrich_look(t.e, 12 * (int64_t)S), 13 * (int64_t)S);
	assert_told(&t, "");
	assert_known(&t, "10.0.0.1", "");
	assert_int_equal(enrich_look(t.e, 13 * (int64_t)S), 23 * (int64_t)S);
	assert_told(&t, "info devices: 2 rows read\n");
	assert_known(&t, "10.0.0.2", "site=Rome");
	tables_close(&t);
}

/* Looks often enough for any change to be read. */
static void
settle(tables *t, int64_t from_s)
{
	for (int i = 0; i < 3; i++)
		enrich_look(t->e, (from_s + 10 * i) * (int64_t)S);
}

static void
test_a_broken_file_changes_nothing_and_is_told_once(void **state)
{
	enrich_counters c;
	tables t;

	(void)state;
	write_file("devices.csv", "address,site\n10.0.0.1,old\n");
	tables_open(&t, DEVICES);
	assert_told(&t, "info devices: 1 rows read\n");
	write_file("devices.csv", "address,site\n10.0.0.1,\"new\n");
	settle(&t, 10);
	settle(&t, 100);
	assert_told(&t, "error devices: devices.csv:2 has a quote that is not closed\n");
	assert_known(&t, "10.0.0.1", "site=old");
	enrich_count(t.e, 0, &c);
	assert_true(c.failing && c.failures == 1 && c.reads == 1 && c.rows == 1);
	write_file("devices.csv", "address,site\n10.0.0.1,\"new\"\n");
	settle(&t, 200);
	assert_told(&t, "info devices: 1 rows read\n");
	assert_known(&t, "10.0.0.1", "site=new");
	enrich_count(t.e, 0, &c);
	assert_true(!c.failing && c.failures == 1 && c.reads == 2);
	tables_close(&t);
}

static void
test_a_file_that_vanishes_changes_nothing_and_is_told_once(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address,site\n10.0.0.1,old\n");
	tables_open(&t, DEVICES);
	assert_told(&t, "info devices: 1 rows read\n");
	assert_int_equal(rename("devices.csv", "away.csv"), 0);
	settle(&t, 10);
	assert_told(&t, "error devices: devices.csv No such file or directory\n");
	assert_known(&t, "10.0.0.1", "site=old");
	assert_int_equal(rename("away.csv", "devices.csv"), 0);
	settle(&t, 100);
	assert_told(&t, "info devices: 1 rows read\n");
	tables_close(&t);
}

static void
test_a_file_may_come_later(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "");
	tables_open(&t, DEVICES);
	assert_told(&t, "error devices: devices.csv is empty\n");
	assert_known(&t, "10.0.0.1", "");
	write_file("devices.csv", "address,site\n10.0.0.1,here\n");
	settle(&t, 10);
	assert_known(&t, "10.0.0.1", "site=here");
	tables_close(&t);
}

static void
test_a_folder_is_no_table(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address\n");
	tables_open(&t, DEVICES);
	assert_int_equal(remove("devices.csv"), 0);
	assert_int_equal(mkdir("devices.csv", 0700), 0);
	t.told.text[0] = '\0';
	settle(&t, 10);
	assert_told(&t, "error devices: devices.csv Is a directory\n");
	assert_int_equal(remove("devices.csv"), 0);
	tables_close(&t);
}

static void
test_events_keep_what_they_borrowed_until_the_next_sync(void **state)
{
	sample *s = sample_new("IF-MIB::linkDown");
	tables t;

	(void)state;
	write_file("devices.csv", "address,site\n192.0.2.7,old\n");
	tables_open(&t, DEVICES);
	enrich_judge(t.v, &s->ev);
	write_file("devices.csv", "address,site\n192.0.2.7,newer\n");
	settle(&t, 10);
	assert_fields(s, "site=old");
	enrich_view_sync(t.v);
	event_init(&s->ev, &s->n, s->mib, s->arena);
	enrich_judge(t.v, &s->ev);
	assert_fields(s, "site=newer");
	sample_free(s);
	tables_close(&t);
}

static void
test_like_tables_go_on_in_the_next_configuration(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address,site\n10.0.0.1,old\n");
	write_file("sites.csv", "address,site\n10.0.0.2,old\n");
	tables_open(
	    &t, DEVICES "  sites: {type: csv, file: sites.csv, column: address}\n");
	t.told.text[0] = '\0';
	tl_conf *conf = good(DEVICES "  sites: {type: csv, file: sites.csv, column: "
				     "address, fields: {place: site}}\n");
	enrich *next = enrich_new(conf, t.e, &(enrich_notices){ keep_told, &t.told });
	assert_told(&t, "info sites: 1 rows read\n");
	enrich_view_free(t.v);
	enrich_free(t.e);
	tl_conf_free(t.conf);
	t.conf = conf;
	t.e = next;
	t.v = enrich_view_new(next, the_mib);
	assert_known(&t, "10.0.0.1", "site=old");
	assert_known(&t, "10.0.0.2", "place=old");
	write_file("devices.csv", "address,site\n10.0.0.1,new\n");
	settle(&t, 10);
	assert_known(&t, "10.0.0.1", "site=new");
	assert_told(&t, "info devices: 1 rows read\n");
	tables_close(&t);
}

/* Threads. */

enum { ROUNDS = 200, READERS = 3 };

typedef struct reader {
	enrich *e;
	atomic_bool *stop;
	uint64_t found;
	bool torn;
} reader;

static bool
is_whole(const event *ev)
{
	tl_span site = event_field(ev, LIT("site")), rack = event_field(ev, LIT("rack"));

	return site.len == rack.len && memcmp(site.ptr, rack.ptr, site.len) == 0;
}

static void *
read_on(void *arg)
{
	reader *r = arg;
	enrich_view *v = enrich_view_new(r->e, NULL);
	tl_notification n = { .from = endpoint_of("10.0.0.1") };

	while (!atomic_load(r->stop)) {
		enrich_view_sync(v);
		for (int i = 0; i < 16; i++) {
			event ev;
			event_init(&ev, &n, NULL, NULL);
			enrich_judge(v, &ev);
			r->found += ev.j.field_count > 0;
			r->torn |= ev.j.field_count > 0 && !is_whole(&ev);
		}
	}
	enrich_view_free(v);
	return NULL;
}

static void
write_round(int round)
{
	char text[256];

	(void)snprintf(text, sizeof text,
	    "address,site,rack\n10.0.0.1,round %d,round %d\n10.0.0.%d,x,y\n", round,
	    round, round % 200 + 2);
	write_file("new.csv", text);
	assert_int_equal(rename("new.csv", "devices.csv"), 0);
}

static void
test_workers_see_whole_rows_while_files_are_read_again(void **state)
{
	atomic_bool stop = false;
	reader readers[READERS];
	pthread_t threads[READERS];
	tables t;

	(void)state;
	write_round(0);
	tables_open(&t, DEVICES);
	for (int i = 0; i < READERS; i++) {
		readers[i] = (reader){ .e = t.e, .stop = &stop };
		assert_int_equal(
		    pthread_create(&threads[i], NULL, read_on, &readers[i]), 0);
	}
	for (int i = 1; i <= ROUNDS; i++) {
		write_round(i);
		enrich_look(t.e, i * 20 * (int64_t)S);
		enrich_look(t.e, (i * 20 + 1) * (int64_t)S);
	}
	atomic_store(&stop, true);
	for (int i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		assert_false(readers[i].torn);
	}
	assert_known(&t, "10.0.0.1", "site=round 200 rack=round 200");
	tables_close(&t);
}

/* Judges until |t| knows |wanted| of 10.0.0.1, for 30 s at most. */
static void
await(tables *t, tl_span wanted)
{
	int64_t end_ns = tl_now_monotonic_ns() + 30 * (int64_t)S;
	tl_notification n = { .from = endpoint_of("10.0.0.1") };
	event ev;

	do {
		event_init(&ev, &n, NULL, NULL);
		enrich_view_sync(t->v);
		enrich_judge(t->v, &ev);
	} while (ev.fields[0].text.len != wanted.len && tl_now_monotonic_ns() < end_ns);
	assert_bytes(ev.fields[0].text, wanted);
}

static void
test_a_thread_of_its_own_reads_changes(void **state)
{
	tables t;

	(void)state;
	write_file("devices.csv", "address,site\n10.0.0.1,old\n");
	tables_open(&t, "enrichment:\n  devices: {type: csv, file: devices.csv, column: "
			"address, refresh: 1s}\n");
	assert_true(enrich_start(t.e));
	assert_true(enrich_start(t.e));
	write_file("new.csv", "address,site\n10.0.0.1,newer\n");
	assert_int_equal(rename("new.csv", "devices.csv"), 0);
	await(&t, LIT("newer"));
	tables_close(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_key_may_be_the_source),
		cmocka_unit_test(test_key_is_the_device_if_none_is_said),
		cmocka_unit_test(test_key_may_be_the_agent_address),
		cmocka_unit_test(test_key_may_be_an_engine_id_in_any_writing),
		cmocka_unit_test(test_key_may_be_an_origin),
		cmocka_unit_test(test_key_may_be_an_object),
		cmocka_unit_test(test_a_key_may_come_from_a_table_before),
		cmocka_unit_test(test_the_last_table_that_says_something_counts),
		cmocka_unit_test(test_events_of_our_own_have_no_device),
		cmocka_unit_test(test_reads_a_file_again_that_was_replaced),
		cmocka_unit_test(test_waits_until_a_file_stands_still),
		cmocka_unit_test(test_a_broken_file_changes_nothing_and_is_told_once),
		cmocka_unit_test(
		    test_a_file_that_vanishes_changes_nothing_and_is_told_once),
		cmocka_unit_test(test_a_file_may_come_later),
		cmocka_unit_test(test_a_folder_is_no_table),
		cmocka_unit_test(test_events_keep_what_they_borrowed_until_the_next_sync),
		cmocka_unit_test(test_like_tables_go_on_in_the_next_configuration),
		cmocka_unit_test(test_workers_see_whole_rows_while_files_are_read_again),
		cmocka_unit_test(test_a_thread_of_its_own_reads_changes),
	};

	return enter_folder(NULL) != 0
		   ? 1
		   : cmocka_run_group_tests(tests, load_mib, leave_folder);
}
