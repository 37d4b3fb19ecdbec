/* How severe a notification is, before rules. */
#include "pipeline/samples.h"
#include "pipeline/severity.h"
#include "trapline/mib_builder.h"

static severity_reason
judge(const char *yaml, const sample *s)
{
	tl_conf *c = good(yaml);
	severities *all = severities_new(c, s->mib);
	event ev = s->ev;

	assert_non_null(all);
	severity_reason r = severities_find(all, &s->ev);
	severities_judge(all, &ev);
	assert_int_equal(ev.j.severity, r.severity);
	severities_free(all);
	tl_conf_free(c);
	return r;
}

static void
assert_reason(const char *yaml, const sample *s, tl_severity severity, const char *by)
{
	severity_reason r = judge(yaml, s);

	assert_string_equal(tl_severity_name(r.severity), tl_severity_name(severity));
	assert_string_equal(r.by, by);
}

static void
test_the_table_of_standard_notifications(void **state)
{
	static const struct {
		const char *trap;
		tl_severity severity;
	} cases[] = { { "IF-MIB::linkDown", TL_SEVERITY_MAJOR },
		{ "IF-MIB::linkUp", TL_SEVERITY_CLEARED },
		{ "SNMPv2-MIB::coldStart", TL_SEVERITY_WARNING },
		{ "SNMPv2-MIB::authenticationFailure", TL_SEVERITY_WARNING } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		sample *s = sample_new(cases[i].trap);
		assert_reason("{}", s, cases[i].severity, "built-in");
		assert_reason("severity: {sources: [varbinds, mib], default: minor}", s,
		    TL_SEVERITY_MINOR, "default");
		sample_free(s);
	}
}

static void
test_nothing_tells(void **state)
{
	sample *s = sample_new("1.3.6.1.4.1.99999.0.1");

	(void)state;
	assert_reason("{}", s, TL_SEVERITY_INFO, "default");
	assert_reason(
	    "severity: {default: critical}", s, TL_SEVERITY_CRITICAL, "default");
	s->mib = s->ev.mib = NULL;
	assert_reason("{}", s, TL_SEVERITY_INFO, "default");
	sample_free(s);
}

static void
test_well_known_objects(void **state)
{
	static const struct {
		const char *object;
		int64_t value;
		tl_severity severity;
	} cases[] = { { "1.3.6.1.4.1.9.9.41.1.2.3.1.3.77", 1, TL_SEVERITY_CRITICAL },
		{ "1.3.6.1.4.1.9.9.41.1.2.3.1.3.77", 4, TL_SEVERITY_MAJOR },
		{ "1.3.6.1.4.1.9.9.41.1.2.3.1.3.77", 8, TL_SEVERITY_INFO },
		{ "1.3.6.1.2.1.192.1.2.1.3.5", 0, TL_SEVERITY_CRITICAL },
		{ "1.3.6.1.2.1.192.1.2.1.3.5", 3, TL_SEVERITY_MAJOR },
		{ "1.3.6.1.2.1.192.1.2.1.3.5", 4, TL_SEVERITY_WARNING },
		{ "1.3.6.1.2.1.192.1.2.1.3.5", 7, TL_SEVERITY_INFO },
		{ "1.3.6.1.2.1.121.1.1.1.1.1.0.4.1", 1, TL_SEVERITY_CLEARED },
		{ "1.3.6.1.2.1.121.1.1.1.1.1.0.4.1", 3, TL_SEVERITY_CRITICAL },
		{ "1.3.6.1.2.1.121.1.1.1.1.1.0.4.1", 5, TL_SEVERITY_MINOR },
		{ "1.3.6.1.2.1.121.1.1.1.1.1.0.4.1", 6, TL_SEVERITY_WARNING },
		{ "1.3.6.1.2.1.14.10.1.6.10.0.0.1.0", 1, TL_SEVERITY_MAJOR },
		{ "1.3.6.1.2.1.14.10.1.6.10.0.0.1.0", 4, TL_SEVERITY_CLEARED },
		{ "1.3.6.1.2.1.14.11.1.5.0.0.0.1.10.0.0.1", 8, TL_SEVERITY_CLEARED },
		{ "1.3.6.1.2.1.191.1.9.1.8.1.0.9", 1, TL_SEVERITY_MAJOR },
		{ "1.3.6.1.2.1.138.1.10.1.12.0", 3, TL_SEVERITY_CLEARED },
		{ "1.3.6.1.2.1.138.1.10.1.12.0", 4, TL_SEVERITY_MAJOR } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		sample *s = sample_new("1.3.6.1.4.1.9.9.41.2.0.1");
		sample_text(s, "ifDescr.1", "x");
		sample_int(s, cases[i].object, cases[i].value);
		assert_reason("{}", s, cases[i].severity, "varbinds");
		assert_ptr_equal(judge("{}", s).vb, &s->vb[1]);
		sample_free(s);
	}
}

static void
test_a_value_that_does_not_tell(void **state)
{
	sample *s = sample_new("IF-MIB::linkDown");

	(void)state;
	sample_int(s, "1.3.6.1.2.1.121.1.1.1.1.1.0.4.1", 2); /* indeterminate */
	sample_int(s, "1.3.6.1.2.1.192.1.2.1.3.5", 8);
	sample_add(s, "1.3.6.1.2.1.192.1.2.1.3.6", TL_T_NOSUCHOBJECT);
	assert_reason("{}", s, TL_SEVERITY_MAJOR, "built-in");
	sample_free(s);
}

static void
test_objects_of_the_configuration(void **state)
{
	static const char yaml[] =
	    "severity:\n"
	    "  objects:\n"
	    "  - {object: 1.3.6.1.4.1.99999.1.1, as: values,\n"
	    "     values: {1: critical, up: cleared}}\n"
	    "  - {object: 1.3.6.1.4.1.99999.1.2, as: syslog}\n"
	    "  - {object: 1.3.6.1.4.1.99999.1.3, as: x733}\n"
	    "  - {object: 1.3.6.1.4.1.99999.1.4}\n"
	    "  - {object: ifOperStatus, as: values, values: {down: minor, 1: cleared}}\n"
	    "  - {object: ifIndex, as: values, values: {3: warning}}\n";
	static const struct {
		const char *object, *text; /* text NULL: value */
		int64_t value;
		tl_severity severity;
	} cases[] = { { "1.3.6.1.4.1.99999.1.1.0", NULL, 1, TL_SEVERITY_CRITICAL },
		{ "1.3.6.1.4.1.99999.1.1.0", "1", 0, TL_SEVERITY_CRITICAL },
		{ "1.3.6.1.4.1.99999.1.1.0", "up", 0, TL_SEVERITY_CLEARED },
		{ "1.3.6.1.4.1.99999.1.2.0", NULL, 2, TL_SEVERITY_CRITICAL },
		{ "1.3.6.1.4.1.99999.1.3.0", NULL, 4, TL_SEVERITY_MAJOR },
		{ "1.3.6.1.4.1.99999.1.4.0", "Warning!", 0, TL_SEVERITY_WARNING },
		{ "ifOperStatus.1", NULL, 2, TL_SEVERITY_MINOR },
		{ "ifOperStatus.1", NULL, 1, TL_SEVERITY_CLEARED },
		{ "ifIndex.3", NULL, 3, TL_SEVERITY_WARNING } };
	static const struct {
		const char *object, *text;
	} others[] = { { "1.3.6.1.4.1.99999.1.1.0", "down" },
		{ "1.3.6.1.4.1.99999.1.2.0", "x" }, { "1.3.6.1.4.1.99999.1.4.0", "x" },
		{ "1.3.6.1.4.1.99999.2.1.0", "1" } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		sample *s = sample_new("IF-MIB::linkDown");
		if (cases[i].text != NULL)
			sample_text(s, cases[i].object, cases[i].text);
		else
			sample_int(s, cases[i].object, cases[i].value);
		assert_reason(yaml, s, cases[i].severity, "varbinds");
		sample_free(s);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		sample *s = sample_new("IF-MIB::linkDown");
		sample_text(s, others[i].object, others[i].text);
		assert_reason(yaml, s, TL_SEVERITY_MAJOR, "built-in");
		sample_free(s);
	}
}

static void
test_the_first_object_of_the_configuration_decides(void **state)
{
	static const char yaml[] =
	    "severity: {objects: [{object: ifAdminStatus, as: values, values: {1: "
	    "info}},\n"
	    "  {object: ifOperStatus, as: values, values: {2: critical}}]}";
	static const char swapped[] =
	    "severity: {objects: [{object: ifOperStatus, as: values, values: {2: "
	    "critical}},\n"
	    "  {object: ifAdminStatus, as: values, values: {1: info}}]}";
	static const char late[] =
	    "severity: {sources: [built-in, varbinds], objects: [{object: ifOperStatus, "
	    "as: values, values: {2: critical}}]}";
	sample *s = sample_link_down();

	(void)state;
	assert_reason(yaml, s, TL_SEVERITY_INFO, "varbinds");
	assert_reason(swapped, s, TL_SEVERITY_CRITICAL, "varbinds");
	assert_reason(late, s, TL_SEVERITY_MAJOR, "built-in");
	sample_free(s);
}

static const char acme_mib[] =
    "ACME-MIB DEFINITIONS ::= BEGIN\n"
    "IMPORTS MODULE-IDENTITY, OBJECT-TYPE, NOTIFICATION-TYPE, enterprises\n"
    "  FROM SNMPv2-SMI;\n"
    "acme MODULE-IDENTITY LAST-UPDATED \"202601010000Z\" ORGANIZATION \"x\"\n"
    "  CONTACT-INFO \"x\" DESCRIPTION \"x\" ::= { enterprises 99999 }\n"
    "acmeAlarmSeverity OBJECT-TYPE SYNTAX INTEGER { critical(1), major(2), low(3),\n"
    "  unknown(4) } MAX-ACCESS accessible-for-notify STATUS current\n"
    "  DESCRIPTION \"x\" ::= { acme 1 }\n"
    "acmeAlarm NOTIFICATION-TYPE OBJECTS { acmeAlarmSeverity } STATUS current\n"
    "  DESCRIPTION \"x\" --#SEVERITY MINOR\n"
    "  ::= { acme 0 1 }\n"
    "acmeAlarmCleared NOTIFICATION-TYPE OBJECTS { acmeAlarmSeverity } STATUS current\n"
    "  DESCRIPTION \"x\" ::= { acme 0 2 }\n"
    "acmeHint NOTIFICATION-TYPE --#SEVERITY MAJOR\n"
    "  STATUS current DESCRIPTION \"x\" ::= { acme 0 3 }\n"
    "END\n";

static tl_mib *
build_acme(void)
{
	tl_mib_builder *b;
	tl_mib *mib;
	const tl_mib_builder_options opt = { 0 };
	tl_mib_summary summary;

	assert_int_equal(tl_mib_builder_new(&opt, &b), TL_OK);
	assert_int_equal(
	    tl_mib_builder_add_source(b, LIT("acme.mib"), span_of(acme_mib)), TL_OK);
	assert_int_equal(tl_mib_builder_build(b, &mib, &summary), TL_OK);
	tl_mib_builder_free(b);
	return mib;
}

static void
test_what_a_mib_says(void **state)
{
	tl_mib *mine = build_acme(), *before = the_mib;

	(void)state;
	the_mib = mine;
	sample *s = sample_new("ACME-MIB::acmeHint");
	assert_reason("{}", s, TL_SEVERITY_MAJOR, "mib");
	assert_reason("severity: {sources: [built-in]}", s, TL_SEVERITY_INFO, "default");
	sample_free(s);

	s = sample_new("ACME-MIB::acmeAlarm");
	assert_reason("{}", s, TL_SEVERITY_MINOR, "mib");
	sample_int(s, "acmeAlarmSeverity.0", 4);
	assert_reason("{}", s, TL_SEVERITY_MINOR, "mib");
	s->vb[0].v.i64 = 3;
	assert_reason("{}", s, TL_SEVERITY_WARNING, "varbinds");
	s->vb[0].v.i64 = 1;
	assert_reason("{}", s, TL_SEVERITY_CRITICAL, "varbinds");
	assert_reason(
	    "severity: {sources: [mib, varbinds]}", s, TL_SEVERITY_MINOR, "mib");
	sample_free(s);

	s = sample_new("ACME-MIB::acmeAlarmCleared");
	sample_int(s, "acmeAlarmSeverity.0", 1);
	assert_reason("{}", s, TL_SEVERITY_CLEARED, "varbinds");
	sample_free(s);
	the_mib = before;
	tl_mib_free(mine);
}

static void
test_an_event_of_our_own_stays(void **state)
{
	const tl_own_event own = { .kind = "lost", .severity = TL_SEVERITY_WARNING };
	event ev = { .own = &own, .mib = the_mib };
	tl_conf *c = good("{}");
	severities *s = severities_new(c, the_mib);

	(void)state;
	severities_judge(s, &ev);
	assert_int_equal(event_severity(&ev), TL_SEVERITY_WARNING);
	severities_free(s);
	severities_free(NULL);
	tl_conf_free(c);
}

static void
test_words(void **state)
{
	static const struct {
		const char *word, *severity;
	} cases[] = { { "critical", "critical" }, { "CRIT", "critical" },
		{ "emergency", "critical" }, { "fatalError", "critical" },
		{ "jnxMajor", "major" }, { "error", "major" }, { "alarmMinor", "minor" },
		{ "nonUrgent", "minor" }, { "non-critical", "warning" },
		{ "severity-level-warn", "warning" }, { "low", "warning" },
		{ "informational", "info" }, { "notification", "info" },
		{ "debugging", "info" }, { "cleared", "cleared" }, { "ok", "cleared" },
		{ "noAlarm", "cleared" }, { "unknown", "" }, { "other", "" }, { "", "" },
		{ "highest", "" }, { "indeterminate", "" } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(
		    tl_severity_name(severity_of_word(span_of(cases[i].word))),
		    cases[i].severity);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table_of_standard_notifications),
		cmocka_unit_test(test_nothing_tells),
		cmocka_unit_test(test_well_known_objects),
		cmocka_unit_test(test_a_value_that_does_not_tell),
		cmocka_unit_test(test_objects_of_the_configuration),
		cmocka_unit_test(test_the_first_object_of_the_configuration_decides),
		cmocka_unit_test(test_what_a_mib_says),
		cmocka_unit_test(test_an_event_of_our_own_stays),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, load_mib, unload_mib);
}
