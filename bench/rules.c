/* rules COUNT EVENTS SHAPE [MATCHES]: judges a linkDown EVENTS times by COUNT rules of
 * the shape that is named, or of the kinds that people write ("mixed"), of which MATCHES
 * (up to five) match. For callgrind, which counts what an event costs:
 *
 *   valgrind --tool=callgrind --toggle-collect=rules_judge build/bench/rules 1000 10000
 * mixed 3
 *
 * Prints the time that an event took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pipeline/nets.h"
#include "pipeline/rules.h"
#include "pipeline/severity.h"

enum { MATCHES_MAX = 5 };
static const char *const matching[MATCHES_MAX] = {
	"- {name: links, match: {trap: [IF-MIB::linkDown, linkUp]}, set: {tags: link}}\n",
	"- {name: site, match: {source: 192.0.2.0/24}, set: {fields: {site: Berlin}}}\n",
	"- {name: uplinks, match: {trap: IF-MIB::linkDown, varbinds: {ifIndex: 1..24}},\n"
	"   set: {severity: critical, tags: uplink}}\n",
	"- {name: all, match: {trap: snmpTraps.*, tags: uplink}, set: {fields: {team: "
	"core}}}\n",
	"- {name: severe, match: {severity: '>= major'}, set: {tags: page}}\n",
};

/* Rules that differ in one thing, |i|, and match no event. */
#define SHAPES(X)                                                                        \
	X(source, "{trap: IF-MIB::linkDown, source: 10.0.%u.%u}", i / 250, i % 250)      \
	X(number, "{trap: IF-MIB::linkDown, varbinds: {ifIndex: %u}}", i + 1000)         \
	X(text, "{trap: linkDown, varbinds: {ifDescr: Port%u}}", i)                      \
	X(glob, "{trap: '*Fail*%u'}", i)                                                 \
	X(user, "{user: user%u}", i)                                                     \
	X(severity, "{severity: critical, community: c%u}", i)                           \
	X(site, "{trap: linkDown, fields: {site: site-%u}}", i)

#define TL_X(name, match, ...)                                                           \
	static void put_##name(FILE *to, unsigned i)                                     \
	{                                                                                \
		fprintf(to, "- {match: " match ", set: {tags: a}}\n", __VA_ARGS__);      \
	}
SHAPES(TL_X)
#undef TL_X

static const struct shape {
	const char *name;
	void (*put)(FILE *to, unsigned i);
} shapes[] = {
#define TL_X(name, match, ...) { #name, put_##name },
	SHAPES(TL_X)
#undef TL_X
};

static void
put_mixed(FILE *to, unsigned count, unsigned matches)
{
	for (unsigned i = 0; i + matches < count; i++) {
		unsigned block = i / 4 % 256;
		if (i % 4 == 0)
			fprintf(to,
			    "- {match: {trap: 1.3.6.1.4.1.9999.%u.0.1}, set: {severity: "
			    "minor}}\n",
			    i);
		else if (i % 4 == 1)
			fprintf(to,
			    "- {match: {trap: linkDown, source: 10.%u.0.0/16}, set: "
			    "{tags: a}}\n",
			    block);
		else if (i % 4 == 2)
			fprintf(to,
			    "- {match: {source: 10.%u.1.0/24, tags: link}, set: {tags: "
			    "b}}\n",
			    block);
		else
			fprintf(to,
			    "- {match: {trap: 1.3.6.1.4.1.%u.*}, unless: {severity: "
			    "info}, set: {tags: c}}\n",
			    i);
	}
	for (unsigned i = 0; i < matches; i++)
		fputs(matching[i], to);
}

/* False if there is no such shape. */
static bool
put_shape(FILE *to, const char *name, unsigned count)
{
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		if (strcmp(shapes[i].name, name) != 0)
			continue;
		for (unsigned k = 0; k < count; k++)
			shapes[i].put(to, k);
		return true;
	}
	return false;
}

static tl_conf *
load(const char *shape, unsigned count, unsigned matches)
{
	tl_conf_errors errors = { 0 };
	tl_conf *c = NULL;
	char *yaml;
	size_t len;
	FILE *to = open_memstream(&yaml, &len);

	fputs("rules:\n", to);
	if (!put_shape(to, shape, count))
		put_mixed(to, count, matches);
	fclose(to);
	if (tl_conf_load_text((tl_span){ (uint8_t *)yaml, len }, "bench", &c, &errors) !=
	    TL_OK)
		fprintf(stderr, "%s\n", errors.at[0].text);
	tl_conf_errors_free(&errors);
	free(yaml);
	return c;
}

static tl_varbind
integer(uint8_t *oid, uint8_t column, int64_t value)
{
	const uint8_t start[] = { 0x2b, 6, 1, 2, 1, 2, 2, 1, column, 3 };

	memcpy(oid, start, sizeof start);
	return (tl_varbind){ { oid, sizeof start }, TL_T_INTEGER, { value } };
}

static tl_varbind
description(uint8_t *oid, tl_span text)
{
	tl_varbind vb = integer(oid, 2, 0);

	vb.type = TL_T_OCTETS;
	vb.v.octets = text;
	return vb;
}

static double
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int
run(const tl_conf *c, const tl_mib *mib, tl_arena *arena, unsigned events)
{
	static const uint8_t link_down[] = { 0x2b, 6, 1, 6, 3, 1, 1, 5, 3 };
	static const uint8_t port[] = "GigabitEthernet0/3";
	uint8_t oids[4][16];
	tl_varbind vb[] = { integer(oids[0], 1, 3), integer(oids[1], 7, 1),
		integer(oids[2], 8, 2),
		description(oids[3], (tl_span){ port, sizeof port - 1 }) };
	const tl_notification n = { .kind = TL_TRAP,
		.version = 2,
		.trap_oid = { link_down, sizeof link_down },
		.vb = vb,
		.all = vb,
		.vb_count = 4,
		.all_count = 4,
		.from.addr = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 7 } };
	severities *s = severities_new(c, mib);
	rules *r = rules_new(c, mib);
	double start = now_ns();
	event ev;

	if (s == NULL || r == NULL)
		return 1;
	for (unsigned i = 0; i < events; i++) {
		event_init(&ev, &n, mib, arena);
		severities_judge(s, &ev);
		rules_judge(r, &ev);
		tl_arena_reset(arena);
	}
	printf("%u events, %.0f ns each, %zu tags\n", events, (now_ns() - start) / events,
	    ev.j.tag_count);
	rules_free(r);
	severities_free(s);
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000;
	unsigned events = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 100000;
	const char *shape = argc > 3 ? argv[3] : "mixed";
	unsigned matches = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 3;
	tl_conf *c = load(shape, count, matches < MATCHES_MAX ? matches : MATCHES_MAX);
	tl_arena *arena = NULL;
	tl_mib *mib = NULL;
	int status = 1;

	if (c != NULL && tl_mib_builtin(&mib) == TL_OK &&
	    tl_arena_new(1 << 16, &arena) == TL_OK)
		status = run(c, mib, arena, events);
	tl_arena_free(arena);
	tl_mib_free(mib);
	tl_conf_free(c);
	return status;
}
