/* pipeline/alarms.c, alarms_saved.c: the table of active alarms. */
#include "pipeline/saves.h"

#include "pipeline/alarms.h"

typedef struct fixture {
	tl_conf *conf;
	alarms *a;
	sample *down, *up;
	heard h;
} fixture;

static sample *
link_up(void)
{
	sample *s = sample_new("IF-MIB::linkUp");

	sample_int(s, "ifIndex.3", 3);
	s->ev.j.severity = TL_SEVERITY_CLEARED;
	return s;
}

static fixture *
fixture_new(const char *yaml)
{
	fixture *f = calloc(1, sizeof *f);

	assert_non_null(f);
	f->conf = good(yaml);
	f->down = sample_link_down();
	f->up = link_up();
	f->a = alarms_new(f->conf, the_mib, 42);
	assert_non_null(f->a);
	return f;
}

static void
fixture_free(fixture *f)
{
	alarms_free(f->a);
	sample_free(f->down);
	sample_free(f->up);
	tl_conf_free(f->conf);
	free(f);
}

/* Judges |s| at |now_ns|; of interface |index|, if it has one. */
static event *
judge(fixture *f, sample *s, int64_t index, int64_t now_ns)
{
	event *ev = again(s, now_ns);

	if (s->n.vb_count > 0 && index > 0)
		s->vb[0].v.i64 = index;
	ev->j.severity = TL_SEVERITY_MAJOR;
	alarms_judge(f->a, ev);
	return ev;
}

static void
expect(const event *ev, tl_alarm_state state, uint32_t count, const char *key)
{
	assert_string_equal(tl_alarm_state_name(ev->j.alarm), tl_alarm_state_name(state));
	assert_int_equal(ev->j.alarm_count, count);
	assert_bytes(ev->j.alarm_key, span_of(key));
}

static void
tick(fixture *f, int64_t now_ns)
{
	emitter to = to_heard(&f->h);

	alarms_tick(f->a, now_ns, &to);
}

static void
test_linkdown_raises_and_linkup_clears_by_ifindex(void **state)
{
	fixture *f = fixture_new("");

	(void)state;
	expect(judge(f, f->down, 3, AT(0)), TL_ALARM_RAISED, 1, "192.0.2.7/linkDown/3");
	expect(judge(f, f->down, 4, AT(1)), TL_ALARM_RAISED, 1, "192.0.2.7/linkDown/4");
	expect(judge(f, f->down, 3, AT(2)), TL_ALARM_REPEATED, 2, "192.0.2.7/linkDown/3");
	assert_int_equal(alarms_count(f->a).active, 2);
	expect(judge(f, f->up, 3, AT(3)), TL_ALARM_CLEARED, 2, "192.0.2.7/linkDown/3");
	assert_int_equal(alarms_count(f->a).active, 1);
	expect(judge(f, f->up, 3, AT(4)), TL_ALARM_CLEARED, 0, "192.0.2.7/linkDown/3");
	expect(judge(f, f->down, 3, AT(5)), TL_ALARM_RAISED, 1, "192.0.2.7/linkDown/3");
	assert_int_equal(alarms_count(f->a).raised, 3);
	assert_int_equal(alarms_count(f->a).cleared, 1);
	fixture_free(f);
}

static void
test_without_ifindex_the_instance_tells(void **state)
{
	fixture *f = fixture_new("");
	sample *s = sample_new("IF-MIB::linkUp"), *x = sample_new("IF-MIB::linkUp");

	(void)state;
	sample_text(s, "ifDescr.3", "Gi0/3");
	sample_text(x, "ifName.3", "Gi0/3");
	judge(f, f->down, 3, AT(0));
	expect(judge(f, s, 0, AT(1)), TL_ALARM_CLEARED, 1, "192.0.2.7/linkDown/3");
	judge(f, f->down, 3, AT(2));
	expect(judge(f, x, 0, AT(3)), TL_ALARM_CLEARED, 1, "192.0.2.7/linkDown/3");
	sample_free(s);
	sample_free(x);
	fixture_free(f);
}

static void
test_devices_have_alarms_of_their_own(void **state)
{
	fixture *f = fixture_new("");

	(void)state;
	judge(f, f->down, 3, AT(0));
	f->up->n.from = endpoint_of("192.0.2.8");
	expect(judge(f, f->up, 3, AT(1)), TL_ALARM_CLEARED, 0, "192.0.2.8/linkDown/3");
	f->up->n.from = endpoint_of("2001:db8::1");
	expect(judge(f, f->up, 3, AT(1)), TL_ALARM_CLEARED, 0, "2001:db8::1/linkDown/3");
	fixture_free(f);
}

static void
test_pairs_have_alarms_of_their_own(void **state)
{
	fixture *f = fixture_new("");
	sample *rising = sample_new("RMON-MIB::risingAlarm");

	(void)state;
	sample_int(rising, "1.3.6.1.2.1.16.3.1.1.1.3", 3);
	expect(judge(f, f->down, 3, AT(0)), TL_ALARM_RAISED, 1, "192.0.2.7/linkDown/3");
	expect(judge(f, rising, 3, AT(0)), TL_ALARM_RAISED, 1, "192.0.2.7/risingAlarm/3");
	sample_free(rising);
	fixture_free(f);
}

static void
test_others_are_no_alarms(void **state)
{
	fixture *f = fixture_new("");
	sample *cold = sample_new("SNMPv2-MIB::coldStart");

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(judge(f, cold, 0, AT(i))->j.alarm, TL_ALARM_NOT);
	cold->n.trap_oid = (tl_oid){ NULL, 0 };
	assert_int_equal(judge(f, cold, 0, AT(9))->j.alarm, TL_ALARM_NOT);
	assert_int_equal(alarms_count(f->a).active, 0);
	sample_free(cold);
	fixture_free(f);
}

/* Standard pairs: what raises, what clears, and the alarm's key; each object with its
 * instance and value. */
static const struct {
	const char *trap;
	struct {
		const char *object;
		int64_t value; /* or */
		const char *oid;
	} vb[4];
	tl_alarm_state wanted;
	const char *key;
} standard[] = {
	{ "1.3.6.1.2.1.15.0.2", { { "1.3.6.1.2.1.15.3.1.7.10.0.0.1", 1, NULL } },
	    TL_ALARM_RAISED, "bgpBackwardTransition/10.0.0.1" },
	{ "1.3.6.1.2.1.15.7.1", { { "1.3.6.1.2.1.15.3.1.14.10.0.0.1", 1, NULL } },
	    TL_ALARM_CLEARED, "bgpBackwardTransition/10.0.0.1" },
	{ "1.3.6.1.2.1.14.16.2.2",
	    { { "1.3.6.1.2.1.14.1.1.0", 1, NULL },
		{ "1.3.6.1.2.1.14.10.1.6.10.0.0.2.0", 1, NULL } },
	    TL_ALARM_RAISED, "ospfNbrStateChange/10.0.0.2.0" },
	{ "1.3.6.1.2.1.14.16.2.2", { { "1.3.6.1.2.1.14.10.1.6.10.0.0.2.0", 8, NULL } },
	    TL_ALARM_CLEARED, "ospfNbrStateChange/10.0.0.2.0" },
	{ "1.3.6.1.2.1.14.16.2.16", { { "1.3.6.1.2.1.14.7.1.12.10.0.0.2.0", 1, NULL } },
	    TL_ALARM_RAISED, "ospfIfStateChange/10.0.0.2.0" },
	{ "1.3.6.1.2.1.14.16.2.16", { { "1.3.6.1.2.1.14.7.1.12.10.0.0.2.0", 3, NULL } },
	    TL_ALARM_NOT, "" },
	{ "1.3.6.1.2.1.14.16.2.0.16", { { "1.3.6.1.2.1.14.7.1.12.10.0.0.2.0", 7, NULL } },
	    TL_ALARM_CLEARED, "ospfIfStateChange/10.0.0.2.0" },
	{ "1.3.6.1.2.1.191.0.2", { { "1.3.6.1.2.1.191.1.9.1.8.1.2.3", 5, NULL } },
	    TL_ALARM_RAISED, "ospfv3NbrStateChange/1.2.3" },
	{ "1.3.6.1.2.1.191.0.2", { { "1.3.6.1.2.1.191.1.9.1.8.1.2.3", 4, NULL } },
	    TL_ALARM_CLEARED, "ospfv3NbrStateChange/1.2.3" },
	{ "1.3.6.1.2.1.138.0.1",
	    { { "1.3.6.1.2.1.138.1.10.1.1.0", 2, NULL },
		{ "1.3.6.1.2.1.138.1.2.1.1.4.2", 4, NULL } },
	    TL_ALARM_RAISED, "isisDatabaseOverload/2" },
	{ "1.3.6.1.2.1.138.0.1",
	    { { "1.3.6.1.2.1.138.1.10.1.1.0", 2, NULL },
		{ "1.3.6.1.2.1.138.1.2.1.1.4.2", 2, NULL } },
	    TL_ALARM_CLEARED, "isisDatabaseOverload/2" },
	{ "1.3.6.1.2.1.10.166.3.0.2",
	    { { "1.3.6.1.2.1.10.166.3.2.2.1.34.1.2.3.4", 1, NULL } }, TL_ALARM_RAISED,
	    "mplsTunnelDown/1.2.3.4" },
	{ "1.3.6.1.2.1.10.166.3.0.1",
	    { { "1.3.6.1.2.1.10.166.3.2.2.1.34.1.2.3.4", 1, NULL } }, TL_ALARM_CLEARED,
	    "mplsTunnelDown/1.2.3.4" },
	{ "1.3.6.1.2.1.10.166.4.0.4",
	    { { "1.3.6.1.2.1.10.166.4.1.3.3.1.2.1.2", 1, NULL } }, TL_ALARM_RAISED,
	    "mplsLdpSessionDown/1.2" },
	{ "1.3.6.1.2.1.10.166.4.0.3",
	    { { "1.3.6.1.2.1.10.166.4.1.3.3.1.2.1.2", 1, NULL } }, TL_ALARM_CLEARED,
	    "mplsLdpSessionDown/1.2" },
	{ "1.3.6.1.2.1.10.166.11.0.2",
	    { { "1.3.6.1.2.1.10.166.11.1.2.1.1.5.1.65.7", 1, NULL },
		{ "1.3.6.1.2.1.10.166.11.1.2.2.1.6.1.65", 2, NULL } },
	    TL_ALARM_RAISED, "mplsL3VpnVrfDown/1.65" },
	{ "1.3.6.1.2.1.10.166.11.0.1",
	    { { "1.3.6.1.2.1.10.166.11.1.2.2.1.6.1.65", 1, NULL } }, TL_ALARM_CLEARED,
	    "mplsL3VpnVrfDown/1.65" },
	{ "1.3.6.1.2.1.131.0.2", { { "1.3.6.1.2.1.131.1.1.1.5.1001", 1, NULL } },
	    TL_ALARM_RAISED, "entStateOperDisabled/1001" },
	{ "1.3.6.1.2.1.131.0.1", { { "1.3.6.1.2.1.131.1.1.1.2.1001", 1, NULL } },
	    TL_ALARM_CLEARED, "entStateOperDisabled/1001" },
	{ "1.3.6.1.2.1.105.0.1", { { "1.3.6.1.2.1.105.1.1.1.6.1.24", 4, NULL } },
	    TL_ALARM_RAISED, "pethPsePortOnOffNotification/1.24" },
	{ "1.3.6.1.2.1.105.0.1", { { "1.3.6.1.2.1.105.1.1.1.6.1.24", 3, NULL } },
	    TL_ALARM_CLEARED, "pethPsePortOnOffNotification/1.24" },
	{ "1.3.6.1.2.1.105.0.1", { { "1.3.6.1.2.1.105.1.1.1.6.1.24", 5, NULL } },
	    TL_ALARM_NOT, "" },
	{ "1.3.6.1.2.1.105.0.2", { { "1.3.6.1.2.1.105.1.3.1.1.4.1", 9, NULL } },
	    TL_ALARM_RAISED, "pethMainPowerUsageOnNotification/1" },
	{ "1.3.6.1.2.1.105.0.3", { { "1.3.6.1.2.1.105.1.3.1.1.4.1", 9, NULL } },
	    TL_ALARM_CLEARED, "pethMainPowerUsageOnNotification/1" },
	{ "1.3.6.1.2.1.16.0.1", { { "1.3.6.1.2.1.16.3.1.1.1.300", 300, NULL } },
	    TL_ALARM_RAISED, "risingAlarm/300" },
	{ "1.3.6.1.2.1.16.2", { { "1.3.6.1.2.1.16.3.1.1.1.300", 300, NULL } },
	    TL_ALARM_CLEARED, "risingAlarm/300" },
	{ "1.3.6.1.2.1.118.0.2",
	    { { "1.3.6.1.2.1.118.1.2.2.1.13.1.2", 0, "1.3.6.1.2.1.118.1.1.2.1.3.1.7.2" },
		{ "1.3.6.1.2.1.118.1.2.2.1.10.1.2", 0, "1.3.6.1.2.1.2.2.1.1.3" } },
	    TL_ALARM_RAISED,
	    "alarmActiveState/1.3.6.1.2.1.2.2.1.1.3/1.3.6.1.2.1.118.1.1.2.1.3.1.7" },
	{ "1.3.6.1.2.1.118.0.3",
	    { { "1.3.6.1.2.1.118.1.2.2.1.13.1.9", 0, "1.3.6.1.2.1.118.1.1.2.1.3.1.7.1" },
		{ "1.3.6.1.2.1.118.1.2.2.1.10.1.9", 0, "1.3.6.1.2.1.2.2.1.1.3" } },
	    TL_ALARM_CLEARED,
	    "alarmActiveState/1.3.6.1.2.1.2.2.1.1.3/1.3.6.1.2.1.118.1.1.2.1.3.1.7" },
	{ "1.3.6.1.2.1.33.2.1", { { "1.3.6.1.2.1.33.1.2.3.0", 7, NULL } },
	    TL_ALARM_RAISED, "upsTrapOnBattery" },
	{ "1.3.6.1.2.1.33.2.3",
	    { { "1.3.6.1.2.1.33.1.6.2.1.1.5", 5, NULL },
		{ "1.3.6.1.2.1.33.1.6.2.1.2.5", 0, "1.3.6.1.2.1.33.1.6.3.3" } },
	    TL_ALARM_RAISED, "upsTrapAlarmEntryAdded/5" },
	{ "1.3.6.1.2.1.33.2.4",
	    { { "1.3.6.1.2.1.33.1.6.2.1.1.5", 5, NULL },
		{ "1.3.6.1.2.1.33.1.6.2.1.2.5", 0, "1.3.6.1.2.1.33.1.6.3.3" } },
	    TL_ALARM_CLEARED, "upsTrapAlarmEntryAdded/5" },
	{ "1.3.6.1.2.1.33.2.4",
	    { { "1.3.6.1.2.1.33.1.6.2.1.1.6", 6, NULL },
		{ "1.3.6.1.2.1.33.1.6.2.1.2.6", 0, "1.3.6.1.2.1.33.1.6.3.2" } },
	    TL_ALARM_CLEARED, "upsTrapOnBattery" },
	{ "1.3.6.1.2.1.10.18.15.0.1", { { "1.3.6.1.2.1.10.18.6.1.10.2", 64, NULL } },
	    TL_ALARM_RAISED, "dsx1LineStatusChange/2" },
	{ "1.3.6.1.2.1.10.18.15.0.1", { { "1.3.6.1.2.1.10.18.6.1.10.2", 1, NULL } },
	    TL_ALARM_CLEARED, "dsx1LineStatusChange/2" },
	{ "1.3.6.1.2.1.10.32.0.1", { { "1.3.6.1.2.1.10.32.2.1.3.2.100", 3, NULL } },
	    TL_ALARM_RAISED, "frDLCIStatusChange/2.100" },
	{ "1.3.6.1.2.1.10.32.0.1", { { "1.3.6.1.2.1.10.32.2.1.3.2.100", 2, NULL } },
	    TL_ALARM_CLEARED, "frDLCIStatusChange/2.100" },
};

static void
test_standard_pairs_raise_and_clear(void **state)
{
	fixture *f = fixture_new("");

	(void)state;
	for (size_t i = 0; i < COUNT(standard); i++) {
		sample *s = sample_new(standard[i].trap);
		char key[256] = "";
		for (int j = 0; j < 4 && standard[i].vb[j].object != NULL; j++) {
			const char *oid = standard[i].vb[j].oid;
			if (oid == NULL)
				sample_int(
				    s, standard[i].vb[j].object, standard[i].vb[j].value);
			else
				sample_add(s, standard[i].vb[j].object, TL_T_OID)->v.oid =
				    sample_oid_of(s, oid);
		}
		if (standard[i].wanted != TL_ALARM_NOT)
			snprintf(key, sizeof key, "192.0.2.7/%s", standard[i].key);
		uint32_t count = standard[i].wanted != TL_ALARM_NOT;
		expect(judge(f, s, 0, AT((double)i)), standard[i].wanted, count, key);
		sample_free(s);
	}
	assert_int_equal(alarms_count(f->a).active, 0);
	fixture_free(f);
}

static void
test_isis_neighbours_count_by_system_id(void **state)
{
	fixture *f = fixture_new("");

	(void)state;
	for (int i = 0; i < 2; i++) {
		sample *s = sample_new("1.3.6.1.2.1.138.0.17");
		sample_int(s, "1.3.6.1.2.1.138.1.10.1.1.0", 2);
		sample_int(s, "1.3.6.1.2.1.138.1.10.1.2.0", 7);
		sample_text(s, "1.3.6.1.2.1.138.1.10.1.3.0", i ? "routr100" : "routr111");
		sample_int(s, "1.3.6.1.2.1.138.1.10.1.12.0", i ? 3 : 1);
		assert_int_equal(judge(f, s, 0, AT(i))->j.alarm,
		    i ? TL_ALARM_CLEARED : TL_ALARM_RAISED);
		sample_free(s);
	}
	assert_int_equal(alarms_count(f->a).cleared, 1);
	fixture_free(f);
}

static void
test_without_standard_pairs_there_are_none(void **state)
{
	fixture *f = fixture_new("alarms: {standard_pairs: false}");

	(void)state;
	assert_int_equal(judge(f, f->down, 3, AT(0))->j.alarm, TL_ALARM_NOT);
	fixture_free(f);
}

static void
test_pairs_of_the_configuration_come_first(void **state)
{
	fixture *f = fixture_new(
	    "alarms: {pairs: {port: {raise: 'IF-MIB::linkD*', clear: 'IF-MIB::linkUp',"
	    " key: [ifDescr, ifIndex]}}}");

	(void)state;
	expect(judge(f, f->down, 3, AT(0)), TL_ALARM_RAISED, 1,
	    "192.0.2.7/port/GigabitEthernet0/3/3");
	sample_text(f->up, "ifDescr.3", "GigabitEthernet0/3");
	expect(judge(f, f->up, 3, AT(1)), TL_ALARM_CLEARED, 1,
	    "192.0.2.7/port/GigabitEthernet0/3/3");
	fixture_free(f);
}

static void
test_an_index_that_no_varbind_has_is_found_in_the_instance(void **state)
{
	fixture *f = fixture_new("alarms: {standard_pairs: false, pairs: {fan: {raise: "
				 "'IF-MIB::linkDown', clear: linkUp, key: ifIndex}}}");
	sample *s = sample_new("IF-MIB::linkUp");

	(void)state;
	sample_int(s, "ifOperStatus.3", 1);
	judge(f, f->down, 3, AT(0));
	expect(judge(f, s, 0, AT(1)), TL_ALARM_CLEARED, 1, "192.0.2.7/fan/3");
	sample_free(s);
	fixture_free(f);
}

static void
test_the_severity_cleared_clears(void **state)
{
	fixture *f = fixture_new("alarms: {pairs: {hot: {raise: 1.3.6.1.4.1.9.1.0.1}}}");
	sample *s = sample_new("1.3.6.1.4.1.9.1.0.1");

	(void)state;
	expect(judge(f, s, 0, AT(0)), TL_ALARM_RAISED, 1, "192.0.2.7/hot");
	event *ev = again(s, AT(1));
	ev->j.severity = TL_SEVERITY_CLEARED;
	alarms_judge(f->a, ev);
	expect(ev, TL_ALARM_CLEARED, 1, "192.0.2.7/hot");
	sample_free(s);
	fixture_free(f);
}

static void
test_another_severity_is_a_change(void **state)
{
	fixture *f = fixture_new("");
	uint32_t at = 0;
	alarm_view v;

	(void)state;
	judge(f, f->down, 3, AT(0));
	event *ev = again(f->down, AT(1));
	ev->j.severity = TL_SEVERITY_CRITICAL;
	ev->j.message = span_of("worse");
	alarms_judge(f->a, ev);
	expect(ev, TL_ALARM_CHANGED, 2, "192.0.2.7/linkDown/3");
	assert_true(alarms_next(f->a, &at, &v));
	assert_int_equal(v.severity, TL_SEVERITY_CRITICAL);
	assert_int_equal(v.severity_changes, 1);
	assert_int_equal(v.count, 2);
	assert_int_equal(v.first_ns, AT(0) + the_epoch_ns);
	assert_int_equal(v.last_ns, AT(1) + the_epoch_ns);
	assert_bytes(v.key, span_of("192.0.2.7/linkDown/3"));
	assert_bytes(v.name, span_of("linkDown"));
	assert_bytes(v.message, span_of("worse"));
	assert_true(tl_oid_equal(v.trap_oid, f->down->n.trap_oid));
	assert_false(alarms_next(f->a, &at, &v));
	fixture_free(f);
}

static void
test_rules_decide(void **state)
{
	fixture *f = fixture_new("");
	sample *cold = sample_new("SNMPv2-MIB::coldStart");
	event *ev = again(cold, AT(0));

	(void)state;
	ev->alarm = TL_ALARM_RAISE;
	ev->j.severity = TL_SEVERITY_MINOR;
	alarms_judge(f->a, ev);
	expect(ev, TL_ALARM_RAISED, 1, "192.0.2.7/SNMPv2-MIB::coldStart");
	ev->j.alarm_key = span_of("fan/3");
	alarms_judge(f->a, ev);
	expect(ev, TL_ALARM_RAISED, 1, "192.0.2.7/fan/3");
	ev = again(f->down, AT(1));
	ev->alarm = TL_ALARM_CLEAR;
	ev->j.alarm_key = span_of("fan/3");
	alarms_judge(f->a, ev);
	expect(ev, TL_ALARM_CLEARED, 1, "192.0.2.7/fan/3");
	ev = again(f->down, AT(2));
	ev->alarm = TL_ALARM_NONE;
	alarms_judge(f->a, ev);
	assert_int_equal(ev->j.alarm, TL_ALARM_NOT);
	ev = again(f->up, AT(3)); /* its pair says that it clears, a rule which one */
	ev->j.alarm_key = span_of("x");
	alarms_judge(f->a, ev);
	expect(ev, TL_ALARM_CLEARED, 0, "192.0.2.7/x");
	sample_free(cold);
	fixture_free(f);
}

static void
test_a_key_of_255_bytes_is_whole_a_longer_one_ends_in_a_hash(void **state)
{
	fixture *f = fixture_new("");
	char text[600];

	(void)state;
	memset(text, 'k', sizeof text);
	for (size_t len = 240; len < 260; len++) {
		event *ev = again(f->down, AT(0));
		ev->alarm = TL_ALARM_RAISE;
		ev->j.alarm_key = (tl_span){ (uint8_t *)text, len };
		alarms_judge(f->a, ev);
		assert_int_equal(ev->j.alarm, TL_ALARM_RAISED);
		size_t all = strlen("192.0.2.7/") + len;
		assert_int_equal(ev->j.alarm_key.len, all < 255 ? all : 255);
		assert_int_equal(
		    memchr(ev->j.alarm_key.ptr, '~', ev->j.alarm_key.len) != NULL,
		    all > 255);
	}
	assert_int_equal(alarms_count(f->a).active, 20);
	fixture_free(f);
}

static void
test_messages_are_kept_up_to_1024_bytes_of_whole_characters(void **state)
{
	fixture *f = fixture_new("");
	char text[2000];
	uint32_t at = 0;
	alarm_view v;

	(void)state;
	for (size_t i = 0; i < sizeof text; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	event *ev = again(f->down, AT(0));
	ev->j.message = (tl_span){ (uint8_t *)text + 1, sizeof text - 1 };
	alarms_judge(f->a, ev);
	assert_true(alarms_next(f->a, &at, &v));
	assert_int_equal(v.message.len, 1023);
	assert_bytes(v.name, span_of("linkDown"));
	fixture_free(f);
}

static void
test_what_8193_traps_mean_is_still_known(void **state)
{
	fixture *f = fixture_new("");
	sample *s = sample_new("1.3.6.1.4.1.9.1.0.1");
	uint8_t oid[] = { 0x2b, 6, 1, 4, 1, 0x81, 0, 0, 0, 1 };

	(void)state;
	judge(f, f->down, 3, AT(0));
	s->n.trap_oid = (tl_oid){ oid, sizeof oid };
	for (int i = 0; i < 2 * 8193; i++) {
		oid[6] = (uint8_t)(i % 8193 / 128);
		oid[7] = (uint8_t)(i % 128);
		assert_int_equal(judge(f, s, 0, AT(0))->j.alarm, TL_ALARM_NOT);
	}
	expect(judge(f, f->up, 3, AT(1)), TL_ALARM_CLEARED, 1, "192.0.2.7/linkDown/3");
	sample_free(s);
	fixture_free(f);
}

static void
test_expires_what_is_not_heard_of(void **state)
{
	fixture *f = fixture_new("alarms: {age_out: 100s}");

	(void)state;
	judge(f, f->down, 3, AT(0));
	judge(f, f->down, 4, AT(1));
	judge(f, f->down, 3, AT(50));
	tick(f, AT(101) - 1);
	assert_heard(&f->h, "");
	tick(f, AT(101));
	assert_heard(&f->h,
	    "alarm: 192.0.2.7/linkDown/4 expired: not heard of for too long count=1\n");
	tick(f, AT(150));
	assert_heard(&f->h,
	    "alarm: 192.0.2.7/linkDown/3 expired: not heard of for too long count=2\n");
	assert_int_equal(alarms_count(f->a).active, 0);
	assert_int_equal(alarms_count(f->a).expired, 2);
	fixture_free(f);
}

static void
test_tells_of_1000_that_expire_at_a_time(void **state)
{
	fixture *f = fixture_new("alarms: {age_out: 1m}");

	(void)state;
	assert_int_equal(ALARMS_TOLD, 1000);
	for (int64_t i = 1; i <= 1001; i++)
		judge(f, f->down, i, AT(0));
	tick(f, AT(100));
	assert_int_equal(f->h.count, 1000);
	assert_int_equal(alarms_count(f->a).active, 1);
	tick(f, AT(101));
	assert_int_equal(f->h.count, 1001);
	assert_int_equal(alarms_count(f->a).expired, 1001);
	fixture_free(f);
}

static void
test_with_age_out_0_nothing_expires(void **state)
{
	fixture *f = fixture_new("alarms: {age_out: 0}");

	(void)state;
	judge(f, f->down, 3, AT(0));
	tick(f, AT(1e8));
	assert_heard(&f->h, "");
	fixture_free(f);
}

static void
test_the_least_recently_heard_makes_room(void **state)
{
	fixture *f = fixture_new("alarms: {entries: 2}");

	(void)state;
	judge(f, f->down, 3, AT(0));
	judge(f, f->down, 4, AT(1));
	judge(f, f->down, 3, AT(2));
	judge(f, f->down, 5, AT(3));
	assert_int_equal(alarms_count(f->a).active, 2);
	expect(judge(f, f->up, 4, AT(4)), TL_ALARM_CLEARED, 0, "192.0.2.7/linkDown/4");
	tick(f, AT(4));
	assert_heard(&f->h,
	    "alarm: 192.0.2.7/linkDown/4 expired: there was no room for it count=1\n");
	assert_int_equal(alarms_count(f->a).pushed_out, 1);
	expect(judge(f, f->up, 3, AT(5)), TL_ALARM_CLEARED, 2, "192.0.2.7/linkDown/3");
	fixture_free(f);
}

static void
test_1024_that_made_room_are_named_the_others_summed_up(void **state)
{
	fixture *f = fixture_new("alarms: {entries: 1}");

	(void)state;
	for (int i = 1; i <= 2000; i++)
		judge(f, f->down, i, AT(0));
	tick(f, AT(0));
	assert_int_equal(f->h.count, ALARMS_TOLD + 1);
	f->h.text[f->h.len] = '\0';
	assert_non_null(strstr(f->h.text,
	    "alarm: 975 other alarms expired: there was no room for them count=975\n"));
	for (int i = 1; i < 3; i++)
		tick(f, AT(i));
	assert_int_equal(f->h.count, ALARMS_UNTOLD + 1);
	assert_int_equal(f->h.sum, 1999);
	assert_int_equal(alarms_count(f->a).active, 1);
	fixture_free(f);
}

static void
test_clears_by_hand(void **state)
{
	fixture *f = fixture_new("");
	emitter to = to_heard(&f->h);

	(void)state;
	judge(f, f->down, 3, AT(0));
	judge(f, f->down, 4, AT(0));
	assert_false(alarms_clear(f->a, span_of("192.0.2.7/linkDown/5"), &to));
	assert_true(alarms_clear(f->a, span_of("192.0.2.7/linkDown/3"), &to));
	assert_false(alarms_clear(f->a, span_of("192.0.2.7/linkDown/3"), &to));
	assert_heard(&f->h, "alarm: 192.0.2.7/linkDown/3 cleared: by hand count=1\n");
	assert_int_equal(alarms_count(f->a).cleared, 1);
	expect(judge(f, f->down, 4, AT(1)), TL_ALARM_REPEATED, 2, "192.0.2.7/linkDown/4");
	expect(judge(f, f->down, 3, AT(1)), TL_ALARM_RAISED, 1, "192.0.2.7/linkDown/3");
	fixture_free(f);
}

/* What an inform did is taken back as if it had never come. */
static void
test_what_an_inform_did_is_taken_back(void **state)
{
	static const char key[] = "192.0.2.7/linkDown/3";
	fixture *f = fixture_new("");
	uint32_t at = 0;
	alarm_view view;

	(void)state;
	f->down->n.kind = f->up->n.kind = TL_INFORM;
	judge(f, f->down, 4, AT(0));
	alarms_forget(f->a, judge(f, f->down, 3, AT(0)));
	assert_int_equal(alarms_count(f->a).active, 1);
	expect(judge(f, f->down, 3, AT(1)), TL_ALARM_RAISED, 1, key);
	assert_int_equal(alarms_count(f->a).raised, 2);
	alarms_forget(f->a, judge(f, f->down, 3, AT(2)));
	expect(judge(f, f->down, 3, AT(3)), TL_ALARM_REPEATED, 2, key);
	alarms_forget(f->a, judge(f, f->up, 3, AT(4)));
	assert_int_equal(alarms_count(f->a).cleared, 0);
	assert_int_equal(alarms_count(f->a).active, 2);
	alarms_forget(f->a, judge(f, f->up, 5, AT(4)));
	assert_int_equal(alarms_count(f->a).active, 2);
	assert_true(alarms_next(f->a, &at, &view) && alarms_next(f->a, &at, &view));
	assert_bytes(view.key, span_of(key));
	assert_bytes(view.name, span_of("linkDown"));
	assert_int_equal(view.count, 2);
	expect(judge(f, f->up, 3, AT(5)), TL_ALARM_CLEARED, 2, key);
	assert_int_equal(alarms_count(f->a).cleared, 1);
	assert_int_equal(alarms_count(f->a).active, 1);
	fixture_free(f);
}

static void
test_a_change_of_severity_is_taken_back(void **state)
{
	fixture *f = fixture_new("");

	(void)state;
	f->down->n.kind = TL_INFORM;
	judge(f, f->down, 3, AT(0));
	for (int i = 1; i <= 2; i++) {
		event *ev = again(f->down, AT(i));
		ev->j.severity = TL_SEVERITY_CRITICAL;
		alarms_judge(f->a, ev);
		expect(ev, TL_ALARM_CHANGED, 2, "192.0.2.7/linkDown/3");
		if (i == 1)
			alarms_forget(f->a, ev);
	}
	fixture_free(f);
}

static void
test_a_reload_keeps_alarms(void **state)
{
	static const char *const yaml[] = { "", "alarms: {entries: 2}" };

	(void)state;
	for (size_t i = 0; i < COUNT(yaml); i++) {
		fixture *f = fixture_new("");
		tl_conf *conf = good(yaml[i]);
		alarms *a = alarms_new(conf, the_mib, 43);
		for (int j = 1; j <= 3; j++)
			judge(f, f->down, j, AT(j));
		alarms_take(a, f->a);
		alarms_free(f->a);
		f->a = a;
		expect(judge(f, f->up, 3, AT(9)), TL_ALARM_CLEARED, 1,
		    "192.0.2.7/linkDown/3");
		tick(f, AT(9));
		assert_int_equal(f->h.count, i);
		assert_int_equal(alarms_count(f->a).active, 2 - i);
		fixture_free(f);
		tl_conf_free(conf);
	}
}

static tl_err
load_new_alarms(const tl_conf *conf, tl_span bytes)
{
	alarms *a = alarms_new(conf, NULL, 1);
	tl_err err = alarms_load(a, the_epoch_ns, bytes);
	static heard h;
	emitter to = to_heard(&h);
	uint32_t at = 0;
	alarm_view v;

	while (alarms_next(a, &at, &v))
		assert_true(v.key.len <= ALARM_KEY_MAX);
	alarms_tick(a, INT64_MAX / 4, &to);
	if (err != TL_OK)
		assert_int_equal(h.count, 0);
	h.len = h.count = 0;
	alarms_free(a);
	return err;
}

static void
test_outlasts_a_restart(void **state)
{
	fixture *f = fixture_new("alarms: {age_out: 100s, entries: 3}");
	const int64_t later = 1000000000000; /* the other clock began so much later */
	tl_vec saved = { 0 };
	alarm_view v;
	uint32_t at = 0;

	(void)state;
	for (int i = 1; i <= 4; i++)
		judge(f, f->down, i, AT(i));
	judge(f, f->down, 2, AT(9));
	assert_int_equal(alarms_save(f->a, the_epoch_ns, &saved), TL_OK);
	saved_seal(&saved);
	alarms_free(f->a);
	f->a = alarms_new(f->conf, the_mib, 43);
	tl_span bytes = { saved.ptr, saved.count };
	assert_int_equal(alarms_load(f->a, the_epoch_ns + later, bytes), TL_OK);
	assert_int_equal(alarms_count(f->a).active, 3);
	assert_true(alarms_next(f->a, &at, &v));
	assert_true(v.first_ns > the_epoch_ns);
	expect(judge(f, f->up, 2, AT(10) - later), TL_ALARM_CLEARED, 2,
	    "192.0.2.7/linkDown/2");
	tick(f, AT(103) - later);
	assert_heard(&f->h,
	    "alarm: 192.0.2.7/linkDown/1 expired: there was no room for it count=1\n"
	    "alarm: 192.0.2.7/linkDown/3 expired: not heard of for too long count=1\n");
	assert_int_equal(alarms_count(f->a).active, 1);
	tl_vec_free(&saved);
	fixture_free(f);
}

/* What was heard of in what is the future now ages from now on, behind nobody's back. */
static void
test_ages_alarms_saved_before_the_clock_was_set_back(void **state)
{
	fixture *f = fixture_new("alarms: {age_out: 100s}");
	const int64_t back = 90000000000000; /* a day and an hour */
	tl_vec saved = { 0 };

	(void)state;
	judge(f, f->down, 1, AT(0));
	judge(f, f->down, 2, AT(0));
	assert_int_equal(alarms_save(f->a, the_epoch_ns + back, &saved), TL_OK);
	saved_seal(&saved);
	alarms_free(f->a);
	f->a = alarms_new(f->conf, the_mib, 43);
	tl_span bytes = { saved.ptr, saved.count };
	assert_int_equal(alarms_load(f->a, the_epoch_ns, bytes), TL_OK);
	judge(f, f->down, 3, AT(1));
	tick(f, AT(2));
	assert_int_equal(alarms_count(f->a).active, 3);
	tick(f, AT(101)); /* the third */
	assert_int_equal(alarms_count(f->a).active, 2);
	tick(f, AT(102));
	assert_int_equal(alarms_count(f->a).active, 0);
	tl_vec_free(&saved);
	fixture_free(f);
}

static void
test_a_damaged_state_begins_empty(void **state)
{
	fixture *f = fixture_new("alarms: {entries: 2}");
	tl_vec saved = { 0 };

	(void)state;
	for (int i = 1; i <= 3; i++)
		judge(f, f->down, i, AT(i));
	assert_int_equal(alarms_save(f->a, the_epoch_ns, &saved), TL_OK);
	saved_seal(&saved);
	assert_survives_damage(&saved, load_new_alarms, f->conf);
	tl_vec_free(&saved);
	fixture_free(f);
}

/* Against a plain array of who is active. */
static void
test_random_sequences_are_as_of_a_plain_list(void **state)
{
	enum { KEYS = 60 };
	fixture *f = fixture_new("alarms: {age_out: 20s, entries: 1000}");
	uint32_t count[KEYS + 1] = { 0 };
	int64_t heard_ns[KEYS + 1] = { 0 }, now = AT(0);
	uint64_t seed = 17;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint32_t k = 1 + random_next(&seed) % KEYS;
		bool clears = random_next(&seed) % 2 != 0;
		now += random_next(&seed) % 1000000000;
		const event *ev = judge(f, clears ? f->up : f->down, k, now);
		tl_alarm_state wanted = clears         ? TL_ALARM_CLEARED
					: count[k] > 0 ? TL_ALARM_REPEATED
						       : TL_ALARM_RAISED;
		assert_int_equal(ev->j.alarm, wanted);
		assert_int_equal(ev->j.alarm_count, clears ? count[k] : count[k] + 1);
		count[k] = clears ? 0 : count[k] + 1;
		heard_ns[k] = now;
		tick(f, now);
		uint32_t active = 0;
		for (k = 1; k <= KEYS; k++) {
			if (now - heard_ns[k] >= 20000000000)
				count[k] = 0;
			active += count[k] > 0;
		}
		assert_int_equal(alarms_count(f->a).active, active);
	}
	assert_true(alarms_count(f->a).expired > 100);
	fixture_free(f);
}

#define T(name) cmocka_unit_test(test_##name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(linkdown_raises_and_linkup_clears_by_ifindex),
		T(without_ifindex_the_instance_tells),
		T(devices_have_alarms_of_their_own),
		T(pairs_have_alarms_of_their_own),
		T(others_are_no_alarms),
		T(standard_pairs_raise_and_clear),
		T(isis_neighbours_count_by_system_id),
		T(without_standard_pairs_there_are_none),
		T(pairs_of_the_configuration_come_first),
		T(an_index_that_no_varbind_has_is_found_in_the_instance),
		T(the_severity_cleared_clears),
		T(another_severity_is_a_change),
		T(rules_decide),
		T(a_key_of_255_bytes_is_whole_a_longer_one_ends_in_a_hash),
		T(messages_are_kept_up_to_1024_bytes_of_whole_characters),
		T(what_8193_traps_mean_is_still_known),
		T(expires_what_is_not_heard_of),
		T(tells_of_1000_that_expire_at_a_time),
		T(with_age_out_0_nothing_expires),
		T(the_least_recently_heard_makes_room),
		T(1024_that_made_room_are_named_the_others_summed_up),
		T(clears_by_hand),
		T(what_an_inform_did_is_taken_back),
		T(a_change_of_severity_is_taken_back),
		T(a_reload_keeps_alarms),
		T(outlasts_a_restart),
		T(ages_alarms_saved_before_the_clock_was_set_back),
		T(a_damaged_state_begins_empty),
		T(random_sequences_are_as_of_a_plain_list),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
