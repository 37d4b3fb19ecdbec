/* fault/test_program_pipeline.c: making, using, saving and loading what judges events,
 * while one allocation after another fails: there is no stage, or a whole one, and what
 * it remembers stays. */
#include "conf/folder.h"
#include "fault/failmalloc.h"
#include "pipeline/enrich.h"
#include "pipeline/heard.h"
#include "pipeline/parcel.h"
#include "pipeline/pipeline.h"
#include "pipeline/saved.h"

/* One of everything that a configuration can ask of the pipeline. */
static const char everything[] =
    "lists: {core: [10.0.0.0/8, 'fd00::/8']}\n"
    "trusted_relays: [192.0.2.7]\n"
    "engine_addresses: {'0x8000000001020304': 10.0.0.9}\n"
    "rules:\n"
    "- name: first\n"
    "  match: {trap: [IF-MIB::linkDown, '1.3.6.1.4.1.*'], source: [core, 192.0.2.0/24],\n"
    "    community: [public, 'p*'], varbinds: {ifDescr: '/^Gig/', ifIndex: '1..9'}}\n"
    "  unless: {fields: {site: Rome}, tags: [seen]}\n"
    "  set: {severity: critical, tags: [a, b], fields: {x: '{ifDescr|upper} {site}'},\n"
    "    message: '{ifDescr} on {site|default:-} is {ifOperStatus}',\n"
    "    source: [snmpTrapAddress, peer]}\n"
    "- match: {trap: 'IF-*::link?p', severity: '>= warning'}\n"
    "  set: {alarm: clear, alarm_key: '{ifIndex}'}\n"
    "  stop: true\n"
    "severity: {sources: [varbinds, mib, built-in]}\n"
    "dedup: {key: [origin, trap_oid, uptime, ifIndex]}\n"
    "flapping: {enabled: true, changes: 2, settled: 0}\n"
    "alarms: {pairs: {fan: {raise: 1.3.6.1.4.1.99999.0.1, clear: 1.3.6.1.4.1.99999.0.2,\n"
    "  key: [ifIndex]}}}\n"
    "limits: {block: [203.0.113.0/24, core], block_traps: ['*::*Nothing'],\n"
    "  thresholds: {t: {match: {trap: IF-MIB::linkUp}, count: 1000}}}\n";

typedef struct fixture {
	tl_conf *conf;
	sample *down, *up;
	pipeline *p;
	tl_span saved[3];
	heard h;
} fixture;

static pipeline *
new_pipeline(const fixture *f)
{
	return pipeline_new(
	    &(pipeline_options){ .conf = f->conf, .mib = the_mib, .seed = 42 });
}

static suppression
judge(pipeline *p, sample *s, int64_t now_ns)
{
	event *ev = again(s, now_ns);

	pipeline_judge(p, ev);
	return ev->suppressed;
}

static fixture *
fixture_new(const char *yaml)
{
	fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->conf = good(yaml);
	f->down = sample_link_down();
	f->up = sample_new("IF-MIB::linkUp");
	sample_int(f->up, "ifIndex.3", 3);
	f->p = new_pipeline(f);
	assert_non_null(f->p);
	return f;
}

static void
fixture_free(fixture *f)
{
	for (size_t i = 0; i < COUNT(f->saved); i++)
		free((void *)(uintptr_t)f->saved[i].ptr);
	pipeline_free(f->p);
	sample_free(f->down);
	sample_free(f->up);
	tl_conf_free(f->conf);
	free(f);
}

static tl_err
make(void *arg)
{
	pipeline *p = new_pipeline(arg);

	if (p == NULL)
		return TL_ENOMEM;
	pipeline_free(p);
	return TL_OK;
}

static void
test_a_pipeline_is_made_whole_or_not_at_all(void **state)
{
	fixture *f = fixture_new(everything);

	(void)state;
	assert_true(fail_each(make, f) > 100);
	fixture_free(f);
}

/* Judging cannot fail: what there is no memory for is left out, and the counts are right
 * all the same. */
static tl_err
use(void *arg)
{
	fixture *f = arg;
	emitter to = to_heard(&f->h);
	pipeline *p;

	fail_pause(true);
	p = new_pipeline(f);
	assert_non_null(p);
	fail_pause(false);
	for (int i = 0; i < 4; i++) {
		(void)judge(p, f->down, AT(2 * i));
		(void)judge(p, f->up, AT(2 * i + 1));
	}
	(void)judge(p, f->down, AT(20));
	pipeline_tick(p, AT(30), &to);
	pipeline_tick(p, AT(4000), &to);
	pipeline_counters c = pipeline_count(p);
	assert_int_equal(c.judged, 9);
	assert_int_equal(c.judged, c.passed + c.suppressed[SUPPRESSED_FLAPPING]);
	assert_int_equal(alarms_count(pipeline_alarms(p)).active, 1);
	assert_int_equal(alarms_count(pipeline_alarms(p)).raised, 5);
	assert_int_equal(alarms_count(pipeline_alarms(p)).cleared, 4);
	pipeline_free(p);
	return TL_OK;
}

static void
test_judging_counts_right_without_memory(void **state)
{
	/* short texts are in the alarm itself */
	fixture *f = fixture_new(
	    "flapping: {enabled: true, changes: 2, settled: 0}\n"
	    "rules:\n"
	    "- match: {trap: IF-MIB::linkDown}\n"
	    "  set: {alarm: raise, alarm_key: &key 'the interface of this device that "
	    "has "
	    "the number that follows behind the slash/{ifIndex}'}\n"
	    "- {match: {trap: IF-MIB::linkUp}, set: {alarm: clear, alarm_key: *key}}\n");

	(void)state;
	assert_true(fail_each(use, f) > 2);
	fixture_free(f);
}

static void
fill(fixture *f)
{
	for (uint32_t i = 0; i < 20; i++) {
		f->down->n.from = endpoint_of("192.0.2.7");
		f->down->n.from.addr[15] = (uint8_t)i;
		(void)judge(f->p, f->down, AT(i));
		if (i % 2 == 0)
			(void)judge(f->p, f->up, AT(i));
	}
}

static tl_err
save(void *arg)
{
	fixture *f = arg;

	for (size_t i = 0; i < COUNT(f->saved); i++) {
		tl_vec bytes = { 0 };
		tl_err err = pipeline_save(f->p, i, the_epoch_ns, &bytes);
		if (err == TL_OK)
			saved_seal(&bytes);
		if (err == TL_OK)
			assert_bytes((tl_span){ bytes.ptr, bytes.count }, f->saved[i]);
		tl_vec_free(&bytes);
		if (err != TL_OK)
			return err;
	}
	return TL_OK;
}

static void
keep_states(fixture *f)
{
	for (size_t i = 0; i < COUNT(f->saved); i++) {
		tl_vec bytes = { 0 };
		assert_int_equal(pipeline_save(f->p, i, the_epoch_ns, &bytes), TL_OK);
		saved_seal(&bytes);
		f->saved[i] = (tl_span){ bytes.ptr, bytes.count };
	}
}

static void
test_a_state_is_saved_whole_or_not_at_all(void **state)
{
	fixture *f = fixture_new(everything);

	(void)state;
	fill(f);
	keep_states(f);
	assert_true(fail_each(save, f) > 5);
	fixture_free(f);
}

static tl_err
load(void *arg)
{
	fixture *f = arg;
	pipeline *p = new_pipeline(f);

	if (p == NULL)
		return TL_ENOMEM;
	for (size_t i = 0; i < COUNT(f->saved); i++)
		assert_int_equal(pipeline_load(p, i, the_epoch_ns, f->saved[i]), TL_OK);
	assert_int_equal(alarms_count(pipeline_alarms(p)).active,
	    alarms_count(pipeline_alarms(f->p)).active);
	pipeline_free(p);
	return TL_OK;
}

static void
test_a_state_is_loaded_whole(void **state)
{
	fixture *f = fixture_new(everything);

	(void)state;
	fill(f);
	keep_states(f);
	assert_true(fail_each(load, f) > 5);
	fixture_free(f);
}

/* What takes the place of another cannot fail, whether it is as large or not. */
static tl_err
take(void *arg)
{
	fixture *f = arg;
	pipeline *old, *same, *small;
	tl_conf *other;

	fail_pause(true);
	other = good("alarms: {entries: 100}\ndedup: {entries: 100}\n"
		     "flapping: {enabled: true, entries: 100}\nlimits: {sources: 100}\n");
	old = new_pipeline(f);
	same = new_pipeline(f);
	small =
	    pipeline_new(&(pipeline_options){ .conf = other, .mib = the_mib, .seed = 7 });
	assert_true(old != NULL && same != NULL && small != NULL);
	assert_int_equal(pipeline_load(old, 0, the_epoch_ns, f->saved[0]), TL_OK);
	fail_pause(false);
	pipeline_take(same, old);
	pipeline_take(small, same);
	assert_int_equal(alarms_count(pipeline_alarms(small)).active,
	    alarms_count(pipeline_alarms(f->p)).active);
	pipeline_free(old);
	pipeline_free(same);
	pipeline_free(small);
	tl_conf_free(other);
	return TL_OK;
}

static void
test_taking_over_needs_no_memory(void **state)
{
	fixture *f = fixture_new(everything);

	(void)state;
	fill(f);
	keep_states(f);
	assert_int_equal(fail_each(take, f), 0);
	fixture_free(f);
}

static tl_err
copy(void *arg)
{
	fixture *f = arg;
	tl_mib *mib;
	parcel *p, *own;

	fail_pause(true);
	assert_int_equal(tl_mib_builtin(&mib), TL_OK);
	fail_pause(false);
	dictionary *d = dictionary_new(mib);
	if (d == NULL) {
		tl_mib_free(mib);
		return TL_ENOMEM;
	}
	(void)judge(f->p, f->down, AT(0));
	p = parcel_of_event(&f->down->ev, d);
	own = parcel_of_own(&(tl_own_event){ .kind = "x", .message = LIT("text") }, d);
	tl_err err = p != NULL && own != NULL ? TL_OK : TL_ENOMEM;
	if (p != NULL)
		parcel_drop(p);
	if (own != NULL)
		parcel_drop(own);
	assert_int_equal(d->holders, 1);
	dictionary_drop(d);
	return err;
}

static void
test_a_parcel_is_made_whole_or_not_at_all(void **state)
{
	fixture *f = fixture_new(everything);

	(void)state;
	assert_true(fail_each(copy, f) > 3);
	fixture_free(f);
}

/* Tables. */

typedef struct tables {
	tl_conf *conf;
	enrich *old; /* read without a failure */
	unsigned errors, warnings;
} tables;

static void
hear_table(void *context, tl_conf_log_level level, const char *table, const char *text)
{
	tables *t = context;

	(void)table;
	assert_true(text[0] != '\0');
	t->errors += level == TL_LOG_ERROR;
	t->warnings += level == TL_LOG_WARNING;
}

static const char table_conf[] =
    "enrichment:\n"
    "  csv: {type: csv, file: t.csv, column: address, fields: {site: site}}\n"
    "  nets: {type: csv, file: n.csv, column: net, match: cidr}\n"
    "  json: {type: json, file: t.json, column: address}\n";

static void
tables_open(tables *t)
{
	*t = (tables){ 0 };
	write_file("t.csv", "address,site\n192.0.2.7,Berlin\n192.0.2.8,\"Rome\"\n");
	write_file("n.csv", "net,rack\n192.0.0.0/16,7\n192.0.2.0/24,8\n");
	write_file(
	    "t.json", "[{\"address\": \"192.0.2.7\", \"owner\": \"M\\u00fcller\"}]");
	t->conf = good(table_conf);
	t->old = enrich_new(t->conf, NULL, &(enrich_notices){ hear_table, t });
	assert_non_null(t->old);
	assert_int_equal(t->errors + t->warnings, 0);
}

static void
tables_close(tables *t)
{
	enrich_free(t->old);
	tl_conf_free(t->conf);
}

/* All tables are there, or an error was told of each that is not. */
static tl_err
read_tables(void *arg)
{
	tables *t = arg;
	size_t fields;

	t->errors = 0;
	enrich *e = enrich_new(t->conf, NULL, &(enrich_notices){ hear_table, t });
	if (e == NULL)
		return TL_ENOMEM;
	enrich_view *v = enrich_view_new(e, the_mib);
	if (v == NULL) {
		enrich_free(e);
		return TL_ENOMEM;
	}
	fail_pause(true);
	sample *s = sample_link_down();
	enrich_judge(v, &s->ev);
	fields = s->ev.j.field_count;
	assert_int_equal(fields + t->errors, 3);
	sample_free(s);
	fail_pause(false);
	enrich_view_free(v);
	enrich_free(e);
	return TL_OK;
}

static void
test_a_table_is_read_whole_or_told_of(void **state)
{
	tables t;

	(void)state;
	tables_open(&t);
	assert_true(fail_each(read_tables, &t) > 20);
	tables_close(&t);
}

/* With a table that is read again the old rows count until the new ones are whole. */
static tl_err
read_again(void *arg)
{
	enum { S = 1000000000 };
	tables *t = arg;
	enrich_view *v;
	sample *s;

	fail_pause(true);
	t->errors = 0;
	enrich *e = enrich_new(t->conf, NULL, &(enrich_notices){ hear_table, t });
	v = enrich_view_new(e, the_mib);
	assert_non_null(v);
	write_file("t.csv", "address,site,rack\n192.0.2.7,Paris,1\n");
	(void)enrich_look(e, (int64_t)100000 * S);
	fail_pause(false);
	(void)enrich_look(e, (int64_t)200000 * S);
	fail_pause(true);
	enrich_view_sync(v);
	s = sample_link_down();
	enrich_judge(v, &s->ev);
	tl_span site = event_field(&s->ev, LIT("site"));
	if (t->errors > 0)
		assert_bytes(site, LIT("Berlin"));
	else
		assert_bytes(site, LIT("Paris"));
	sample_free(s);
	write_file("t.csv", "address,site\n192.0.2.7,Berlin\n192.0.2.8,\"Rome\"\n");
	enrich_view_free(v);
	enrich_free(e);
	fail_pause(false);
	return TL_OK;
}

static void
test_a_table_that_cannot_be_read_again_stays(void **state)
{
	tables t;

	(void)state;
	tables_open(&t);
	assert_true(fail_each(read_again, &t) > 5);
	tables_close(&t);
}

/* A reload holds the tables that stay as they are. */
static tl_err
take_tables(void *arg)
{
	tables *t = arg;
	enrich *e = enrich_new(t->conf, t->old, &(enrich_notices){ hear_table, t });
	bool started = e != NULL && enrich_start(e);

	enrich_free(e);
	assert_int_equal(t->errors, 0);
	return started ? TL_OK : TL_ENOMEM;
}

static void
test_tables_go_on_whether_a_reload_does_or_not(void **state)
{
	tables t;

	(void)state;
	tables_open(&t);
	assert_true(fail_each(take_tables, &t) > 1);
	tables_close(&t);
}

static tl_err
answer(void *arg)
{
	const answers_options opt = { .entries = 4,
		.bytes = 4096,
		.waiting = 4,
		.ttl_ns = 10,
		.failed_ttl_ns = 5 };
	uint8_t key[ANSWERS_KEY_MAX];
	sample *s = arg;
	size_t len;
	answers *a = answers_new(&opt);

	if (a == NULL)
		return TL_ENOMEM;
	(void)answers_find(a, LIT("k"), 0, s->arena);
	if (answers_count(a).entries == 1) {
		assert_true(answers_next(a, key, &len));
		answers_put(a, LIT("k"), LIT("one"), 0);
		bool knows = answers_find(a, LIT("k"), 6, s->arena).len > 0;
		if (!knows && answers_next(a, key, &len))
			answers_put(a, LIT("k"), LIT("one"), 6);
		(void)answers_find(a, LIT("k"), 16, s->arena);
		assert_true(answers_next(a, key, &len));
		fail_pause(true);
		bool had = answers_find(a, LIT("k"), 16, s->arena).len > 0;
		fail_pause(false);
		answers_put(a, LIT("k"), LIT("another"), 16);
		/* what cannot be kept does not push out what was known */
		assert_int_equal(had, answers_find(a, LIT("k"), 17, s->arena).len > 0);
	} else {
		assert_int_equal(answers_count(a).passed_over, 1);
	}
	tl_arena_reset(s->arena);
	answers_close(a);
	answers_drop(a);
	return TL_OK;
}

static void
test_an_answer_that_cannot_be_kept_leaves_the_old_one(void **state)
{
	sample *s = sample_link_down();

	(void)state;
	assert_true(fail_each(answer, s) > 4);
	sample_free(s);
}

static int
set_up(void **state)
{
	return load_mib(state) != 0 || enter_folder(state) != 0 ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)unload_mib(state);
	return leave_folder(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_pipeline_is_made_whole_or_not_at_all),
		cmocka_unit_test(test_judging_counts_right_without_memory),
		cmocka_unit_test(test_a_state_is_saved_whole_or_not_at_all),
		cmocka_unit_test(test_a_state_is_loaded_whole),
		cmocka_unit_test(test_taking_over_needs_no_memory),
		cmocka_unit_test(test_a_parcel_is_made_whole_or_not_at_all),
		cmocka_unit_test(test_a_table_is_read_whole_or_told_of),
		cmocka_unit_test(test_a_table_that_cannot_be_read_again_stays),
		cmocka_unit_test(test_tables_go_on_whether_a_reload_does_or_not),
		cmocka_unit_test(test_an_answer_that_cannot_be_kept_leaves_the_old_one),
	};

	fail_init();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
