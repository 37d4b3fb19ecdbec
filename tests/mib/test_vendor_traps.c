/* tests/mib/test_vendor_traps.c: traps of vendors, as their guides print them, named by
 * their MIBs: a folder "mibs" of TRAPLINE_SHARED, or of "shared" beside the source, is
 * compiled whole; without it all is skipped. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trapline/mib_builder.h"
#include "trapline/render.h"
#include "trapline/sender.h"

enum { SOURCE_MAX = 4 << 20, OIDS_MAX = 16, ROOM = 65536 };

static const char *
folder(void)
{
	const char *dir = getenv("TRAPLINE_SHARED");

	return dir != NULL && dir[0] != '\0' ? dir : getenv("TRAPLINE_BESIDE");
}

static void
add_file(tl_mib_builder *b, const char *path, uint8_t *room)
{
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	tl_span text = { room, fread(room, 1, SOURCE_MAX, f) };
	fclose(f);
	assert_true(text.len < SOURCE_MAX);
	assert_int_equal(
	    TL_OK, tl_mib_builder_add_source(
		       b, (tl_span){ (const uint8_t *)path, strlen(path) }, text));
}

/* Compiles all files of the folder, its dictionary becomes the state; NULL without it. */
static int
compile(void **state)
{
	char path[4096];
	tl_mib_builder *b;
	tl_mib *mib = NULL;

	*state = NULL;
	if (folder() == NULL)
		return 0;
	snprintf(path, sizeof path, "%s/mibs", folder());
	DIR *dir = opendir(path);
	if (dir == NULL) {
		print_message("# no folder %s\n", path);
		return 0;
	}
	uint8_t *room = malloc(SOURCE_MAX);
	assert_non_null(room);
	assert_int_equal(TL_OK, tl_mib_builder_new(NULL, &b));
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/mibs/%s", folder(), entry->d_name);
		add_file(b, path, room);
	}
	closedir(dir);
	free(room);
	assert_int_equal(TL_OK, tl_mib_builder_build(b, &mib, NULL));
	tl_mib_builder_free(b);
	*state = mib;
	return 0;
}

static int
forget(void **state)
{
	tl_mib_free(*state);
	return 0;
}

/* A trap as a guide prints it; up to eight objects, and what its event must hold. */
typedef struct sample {
	const char *trap_oid;
	const char *enterprise; /* of a generic trap: that of the device */
	int32_t generic;
	struct {
		const char *oid;
		tl_type type;
		uint64_t number;
		const char *text;
	} vb[8];
	const char *event[16];
} sample;

#define JVM "1.3.6.1.4.1.42.2.145.3.163.1."
#define CLOG "1.3.6.1.4.1.9.9.41.1.2.3.1."
#define CCM "1.3.6.1.4.1.9.9.43.1.1.6.1."

static const sample low_memory = { .trap_oid = JVM "2.2.1.0.1",
	.vb = { { JVM "1.2.110.1.2.3", TL_T_OCTETS, .text = "Tenured Gen" },
	    { JVM "1.2.110.1.11.3", TL_T_COUNTER64, 42 },
	    { JVM "1.2.110.1.111.3", TL_T_COUNTER64, 7 } },
	.event = { "\"trap_name\":\"JVM-MANAGEMENT-MIB::jvmLowMemoryPoolUsageNotif\"",
	    "\"name\":\"JVM-MANAGEMENT-MIB::jvmMemPoolName.3\","
	    "\"index\":{\"jvmMemPoolIndex\":3}",
	    "\"value\":\"Tenured Gen\"" } };

static const sample cisco_link_up = { .trap_oid = "1.3.6.1.6.3.1.1.5.4",
	.enterprise = "1.3.6.1.4.1.9.1.45",
	.generic = 3,
	.vb = { { "1.3.6.1.2.1.2.2.1.1.23", TL_T_INTEGER, 23 },
	    { "1.3.6.1.2.1.2.2.1.2.23", TL_T_OCTETS, .text = "Loopback1" },
	    { "1.3.6.1.2.1.2.2.1.3.23", TL_T_INTEGER, 24 },
	    { "1.3.6.1.4.1.9.2.2.1.1.20.23", TL_T_OCTETS, .text = "up" } },
	.event = { "\"trap_name\":\"IF-MIB::linkUp\"",
	    "\"name\":\"IF-MIB::ifIndex.23\",\"index\":{\"ifIndex\":23}",
	    "\"name\":\"IF-MIB::ifType.23\",\"index\":{\"ifIndex\":23},"
	    "\"type\":\"INTEGER\",\"value\":24,\"text\":\"softwareLoopback\"",
	    "\"name\":\"OLD-CISCO-INTERFACES-MIB::locIfReason.23\","
	    "\"index\":{\"ifIndex\":23},\"type\":\"OCTET STRING\",\"value\":\"up\"" } };

static const sample syslog_message = { .trap_oid = "1.3.6.1.4.1.9.9.41.2.0.1",
	.vb = { { CLOG "2.954", TL_T_OCTETS, .text = "LINK" },
	    { CLOG "3.954", TL_T_INTEGER, 4 },
	    { CLOG "4.954", TL_T_OCTETS, .text = "UPDOWN" },
	    { CLOG "5.954", TL_T_OCTETS,
		.text = "Interface Loopback1, changed state to up" },
	    { CLOG "6.954", TL_T_TIMETICKS, 43021184 } },
	.event = { "\"trap_name\":\"CISCO-SYSLOG-MIB::clogMessageGenerated\"",
	    "\"name\":\"CISCO-SYSLOG-MIB::clogHistFacility.954\","
	    "\"index\":{\"clogHistIndex\":954}",
	    "\"name\":\"CISCO-SYSLOG-MIB::clogHistSeverity.954\","
	    "\"index\":{\"clogHistIndex\":954},"
	    "\"type\":\"INTEGER\",\"value\":4,\"text\":\"error\"",
	    "\"name\":\"CISCO-SYSLOG-MIB::clogHistMsgName.954\"",
	    "\"name\":\"CISCO-SYSLOG-MIB::clogHistMsgText.954\"",
	    "\"name\":\"CISCO-SYSLOG-MIB::clogHistTimestamp.954\"" } };

static const sample configuration = { .trap_oid = "1.3.6.1.4.1.9.9.43.2.0.1",
	.vb = { { CCM "3.100", TL_T_INTEGER, 1 }, { CCM "4.100", TL_T_INTEGER, 3 },
	    { CCM "5.100", TL_T_INTEGER, 2 } },
	.event = { "\"trap_name\":\"CISCO-CONFIG-MAN-MIB::ciscoConfigManEvent\"",
	    "\"name\":\"CISCO-CONFIG-MAN-MIB::ccmHistoryEventCommandSource.100\","
	    "\"index\":{\"ccmHistoryEventIndex\":100},"
	    "\"type\":\"INTEGER\",\"value\":1,\"text\":\"commandLine\"",
	    "\"name\":\"CISCO-CONFIG-MAN-MIB::ccmHistoryEventConfigSource.100\","
	    "\"index\":{\"ccmHistoryEventIndex\":100},"
	    "\"type\":\"INTEGER\",\"value\":3,\"text\":\"running\"",
	    "\"name\":\"CISCO-CONFIG-MAN-MIB::ccmHistoryEventConfigDestination.100\","
	    "\"index\":{\"ccmHistoryEventIndex\":100},"
	    "\"type\":\"INTEGER\",\"value\":2,\"text\":\"commandSource\"" } };

typedef struct oids {
	uint8_t bytes[OIDS_MAX][TL_OID_BER_MAX];
	unsigned count;
} oids;

static tl_oid
oid_of(oids *o, const char *text)
{
	tl_oid oid;

	assert_true(o->count < OIDS_MAX);
	assert_int_equal(
	    TL_OK, tl_oid_from_text(text, strlen(text), o->bytes[o->count++], &oid));
	return oid;
}

static size_t
fill(const sample *s, oids *o, tl_varbind *vb)
{
	size_t n = 0;

	for (; n < 8 && s->vb[n].oid != NULL; n++) {
		const char *text = s->vb[n].text;
		vb[n] = (tl_varbind){ .name = oid_of(o, s->vb[n].oid),
			.type = s->vb[n].type };
		if (text != NULL)
			vb[n].v.octets = (tl_span){ (const uint8_t *)text, strlen(text) };
		else if (s->vb[n].type == TL_T_INTEGER)
			vb[n].v.i64 = (int64_t)s->vb[n].number;
		else
			vb[n].v.u64 = s->vb[n].number;
	}
	return n;
}

/* The datagram of a trap; borrows from |room|. */
static tl_span
encode(const sample *s, uint8_t version, tl_buf *room)
{
	const tl_sender_options opt = { .version = version, .drop_counter64 = true };
	static oids o;
	tl_varbind vb[8];
	tl_sender *sender;
	tl_span message;

	o.count = 0;
	tl_outgoing out = { .kind = TL_TRAP,
		.trap_oid = oid_of(&o, s->trap_oid),
		.vb = vb,
		.vb_count = fill(s, &o, vb) };
	if (s->enterprise != NULL) {
		out.v1.present = version == 1;
		out.v1.enterprise = oid_of(&o, s->enterprise);
		out.v1.generic = s->generic;
	}
	assert_int_equal(TL_OK, tl_sender_new(&opt, &sender));
	assert_int_equal(TL_OK, tl_sender_encode_trap(sender, &out, 0, room, &message));
	tl_sender_free(sender);
	return message;
}

/* The event of a datagram, as JSON with a closing NUL. */
static void
show(const tl_mib *mib, tl_span datagram, tl_buf *json)
{
	const tl_engine_options observer = { 0 };
	const tl_renderer_options opt = { .format = TL_FORMAT_JSON, .mib = mib };
	const tl_datagram in = { .bytes = datagram };
	tl_renderer *renderer;
	tl_engine *engine;
	tl_arena *arena;
	tl_event ev;

	assert_int_equal(TL_OK, tl_engine_new(&observer, &engine));
	assert_int_equal(TL_OK, tl_arena_new(1 << 20, &arena));
	assert_int_equal(TL_OK, tl_renderer_new(&opt, &renderer));
	assert_int_equal(TL_OK, tl_engine_input(engine, &in, arena, &ev));
	assert_int_equal(TL_EV_NOTIFICATION, ev.kind);
	assert_int_equal(TL_OK, tl_render_notification(renderer, ev.n, json));
	json->ptr[json->len] = '\0';
	tl_renderer_free(renderer);
	tl_arena_free(arena);
	tl_engine_free(engine);
}

/* Sends the sample as v1 and as v2c, and looks for what its events must hold. */
static void
check(const sample *s, const tl_mib *mib)
{
	static uint8_t wire[ROOM], text[ROOM];

	if (mib == NULL)
		skip();
	for (uint8_t version = 1; version <= 2; version++) {
		tl_buf room = { .ptr = wire, .cap = sizeof wire };
		tl_buf json = { .ptr = text, .cap = sizeof text - 1 };
		show(mib, encode(s, version, &room), &json);
		for (size_t i = 0; i < 16 && s->event[i] != NULL; i++)
			if (strstr((const char *)text, s->event[i]) == NULL)
				fail_msg("no %s in %s", s->event[i], (const char *)text);
		assert_null(strstr((const char *)text, "unresolved"));
		assert_null(strstr((const char *)text, "syntax-mismatch"));
	}
}

static void
test_low_memory_of_a_java_machine(void **state)
{
	check(&low_memory, *state);
}

static void
test_link_up_that_cisco_redefined_with_four_objects(void **state)
{
	check(&cisco_link_up, *state);
}

static void
test_syslog_message_of_a_cisco_router(void **state)
{
	check(&syslog_message, *state);
}

static void
test_configuration_of_a_cisco_switch(void **state)
{
	check(&configuration, *state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_low_memory_of_a_java_machine),
		cmocka_unit_test(test_link_up_that_cisco_redefined_with_four_objects),
		cmocka_unit_test(test_syslog_message_of_a_cisco_router),
		cmocka_unit_test(test_configuration_of_a_cisco_switch),
	};
	return cmocka_run_group_tests(tests, compile, forget);
}
