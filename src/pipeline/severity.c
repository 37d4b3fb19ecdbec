/* pipeline/severity.c: all that can be known of a notification's definition is put into
 * one table when a configuration is loaded: what its MIB says, what the built-in one
 * says, which of its OBJECTS is a severity. Called by the worker for each notification,
 * before the rules. */
#include "pipeline/severity.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "pipeline/severity_scale.h"

enum { NO_SCALE = UINT16_MAX, LABELS_LEAST = 2, SCALES_MAX = 4096 };

/* What is known of a notification. */
typedef struct known {
	const tl_mib_node *node; /* NULL: the place is free */
	uint8_t mib, built_in;   /* tl_severity */
	uint8_t plain;           /* of those without a look at varbinds, as configured */
	bool clears;             /* by its name */
	uint16_t scale;          /* of one of its OBJECTS */
} known;

struct severities {
	const tl_conf_severity *conf;
	const tl_mib *mib;
	severity_scale *scales; /* those of the configuration, then the well-known ones,
				   then those that definitions name */
	size_t count, scanned;  /* the first |scanned| are looked for in all varbinds */
	bool sixth[256];        /* the sixth bytes of their OIDs */
	known *table;
	uint32_t mask;
	known nothing; /* of what is not in the table */
};

/* Objects that are known without a dictionary, too. */
static const tl_conf_severity_value cisco_syslog[] = { { "1", TL_SEVERITY_CRITICAL },
	{ "2", TL_SEVERITY_CRITICAL }, { "3", TL_SEVERITY_CRITICAL },
	{ "4", TL_SEVERITY_MAJOR }, { "5", TL_SEVERITY_WARNING },
	{ "6", TL_SEVERITY_INFO }, { "7", TL_SEVERITY_INFO }, { "8", TL_SEVERITY_INFO } };
/* States of neighbours and adjacencies, as the standard pairs take them; the other states
 * are as severe as their notifications. */
static const tl_conf_severity_value ospf_neighbour[] = { { "1", TL_SEVERITY_MAJOR },
	{ "4", TL_SEVERITY_CLEARED }, { "8", TL_SEVERITY_CLEARED } };
static const tl_conf_severity_value ospf_virtual[] = { { "1", TL_SEVERITY_MAJOR },
	{ "8", TL_SEVERITY_CLEARED } };
static const tl_conf_severity_value isis_adjacency[] = { { "1", TL_SEVERITY_MAJOR },
	{ "3", TL_SEVERITY_CLEARED }, { "4", TL_SEVERITY_MAJOR } };
#define VALUES(table)                                                                    \
	TL_SCALE_VALUES,                                                                 \
	{                                                                                \
		table, sizeof table / sizeof table[0]                                    \
	}
static const tl_conf_severity_object well_known[] = {
	/* CISCO-SYSLOG-MIB::clogHistSeverity: one more than syslog's */
	{ { .text = "1.3.6.1.4.1.9.9.41.1.2.3.1.3" }, VALUES(cisco_syslog) },
	/* SYSLOG-MSG-MIB::syslogMsgSeverity, RFC 5676 */
	{ { .text = "1.3.6.1.2.1.192.1.2.1.3" }, TL_SCALE_SYSLOG, { 0 } },
	/* ITU-ALARM-MIB::ituAlarmPerceivedSeverity, RFC 3877 */
	{ { .text = "1.3.6.1.2.1.121.1.1.1.1.1" }, TL_SCALE_X733, { 0 } },
	/* ospfNbrState, ospfVirtNbrState, RFC 4750; as OSPFv3 has them, RFC 5643 */
	{ { .text = "1.3.6.1.2.1.14.10.1.6" }, VALUES(ospf_neighbour) },
	{ { .text = "1.3.6.1.2.1.14.11.1.5" }, VALUES(ospf_virtual) },
	{ { .text = "1.3.6.1.2.1.191.1.9.1.8" }, VALUES(ospf_neighbour) },
	{ { .text = "1.3.6.1.2.1.191.1.11.1.8" }, VALUES(ospf_virtual) },
	/* ISIS-MIB::isisAdjState, RFC 4444 */
	{ { .text = "1.3.6.1.2.1.138.1.10.1.12" }, VALUES(isis_adjacency) },
};

enum { WELL_KNOWN = sizeof well_known / sizeof well_known[0], SIXTH = 5 };

/* Making. */

static bool
add_scale(severities *s, const tl_conf_severity_object *conf)
{
	severity_scale *scale = &s->scales[s->count];

	field_resolve_object(conf->object.text, s->mib, &scale->object);
	s->count++;
	return severity_scale_init(scale, conf, s->mib);
}

static bool
add_scanned(severities *s, const tl_conf_severity_objects *conf)
{
	for (size_t i = 0; i < conf->count && s->count < SCALES_MAX / 2; i++)
		if (!add_scale(s, &conf->at[i]))
			return false;
	for (size_t i = 0; i < WELL_KNOWN; i++)
		if (!add_scale(s, &well_known[i]))
			return false;
	s->scanned = s->count;
	for (size_t i = 0; i < s->scanned; i++) {
		const field *o = &s->scales[i].object;
		if (o->oid_len > SIXTH)
			s->sixth[o->oid[SIXTH]] = true;
	}
	return true;
}

static bool
contains(tl_span text, const char *part)
{
	return text.ptr != NULL && memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

/* Whether an object's name and labels say that it is a severity. */
static bool
is_severity(const tl_mib *mib, const tl_mib_node *object)
{
	return contains(tl_mib_node_name(mib, object), "everity") &&
	       tl_mib_node_form(mib, object) == TL_MIB_FORM_LABELS &&
	       severity_scale_labels(mib, object) >= LABELS_LEAST;
}

static bool
same_oid(const severity_scale *scale, tl_oid oid)
{
	return tl_oid_equal((tl_oid){ scale->object.oid, scale->object.oid_len }, oid);
}

/* The scale of |object|, made if there is none; NO_SCALE if it can't be. */
static uint16_t
scale_of(severities *s, const tl_mib_node *object)
{
	static const tl_conf_severity_object labels = { .scale = TL_SCALE_LABEL };
	tl_oid oid = tl_mib_node_oid(s->mib, object);

	for (size_t i = 0; i < s->count; i++)
		if (same_oid(&s->scales[i], oid))
			return (uint16_t)i;
	if (s->count == SCALES_MAX || oid.len == 0)
		return NO_SCALE;
	severity_scale *scale = &s->scales[s->count];
	memcpy(scale->object.oid, oid.ber, oid.len);
	scale->object.oid_len = oid.len;
	if (!severity_scale_init(scale, &labels, s->mib))
		return NO_SCALE;
	return (uint16_t)s->count++;
}

static uint16_t
find_scale(severities *s, const tl_mib_node *notification)
{
	const tl_mib_node *object;

	for (size_t i = 0; (object = tl_mib_node_object(s->mib, notification, i)) != NULL;
	     i++)
		if (is_severity(s->mib, object))
			return scale_of(s, object);
	return NO_SCALE;
}

static uint32_t
place_of(const severities *s, const tl_mib_node *node)
{
	return (uint32_t)tl_hash_mix((uintptr_t)node, 0x9e3779b97f4a7c15u) & s->mask;
}

/* The first of the sources but varbinds that says anything, else the fallback. */
static uint8_t
plain_of(const severities *s, const known *k)
{
	const tl_conf_ints *sources = &s->conf->sources;

	for (size_t i = 0; i < sources->count; i++) {
		if (sources->at[i] == TL_SEVERITY_BY_VARBIND)
			continue;
		uint8_t said =
		    sources->at[i] == TL_SEVERITY_BY_MIB ? k->mib : k->built_in;
		if (said != TL_SEVERITY_NONE)
			return said;
	}
	return (uint8_t)s->conf->fallback;
}

static void
add_known(severities *s, const tl_mib_node *node, const tl_mib *built_in)
{
	uint32_t place = place_of(s, node), line;
	tl_span name = tl_mib_node_name(s->mib, node);
	bool of_file = tl_mib_node_source(s->mib, node, &line).len > 0;
	const tl_mib_node *standard =
	    tl_mib_find_notification(built_in, tl_mib_node_oid(s->mib, node));
	known k = { .node = node, .scale = find_scale(s, node) };

	k.mib = of_file ? (uint8_t)tl_mib_node_severity(node) : TL_SEVERITY_NONE;
	k.built_in =
	    standard != NULL ? (uint8_t)tl_mib_node_severity(standard) : TL_SEVERITY_NONE;
	k.clears = contains(name, "Clear") || contains(name, "clear");
	k.plain = plain_of(s, &k);
	if (k.mib == 0 && k.built_in == 0 && k.scale == NO_SCALE)
		return;
	while (s->table[place].node != NULL)
		place = (place + 1) & s->mask;
	s->table[place] = k;
}

/* Room for all notifications, at most half full. */
static bool
make_table(severities *s)
{
	uint32_t count = 0, size = 4;
	const tl_mib_node *node;

	for (uint32_t i = 0; s->mib != NULL && (node = tl_mib_at(s->mib, i)) != NULL; i++)
		count += tl_mib_node_kind(node) == TL_MIB_NOTIFICATION;
	while (size < 2 * count)
		size *= 2;
	s->table = calloc(size, sizeof *s->table);
	s->mask = size - 1;
	return s->table != NULL;
}

static bool
add_definitions(severities *s)
{
	const tl_mib_node *node;
	tl_mib *built_in;

	if (!make_table(s) || tl_mib_builtin(&built_in) != TL_OK)
		return false;
	for (uint32_t i = 0; s->mib != NULL && (node = tl_mib_at(s->mib, i)) != NULL; i++)
		if (tl_mib_node_kind(node) == TL_MIB_NOTIFICATION)
			add_known(s, node, built_in);
	tl_mib_free(built_in);
	return true;
}

severities *
severities_new(const tl_conf *conf, const tl_mib *mib)
{
	severities *s = calloc(1, sizeof *s);

	if (s == NULL)
		return NULL;
	s->conf = &conf->severity;
	s->mib = mib;
	s->nothing =
	    (known){ .scale = NO_SCALE, .plain = (uint8_t)conf->severity.fallback };
	s->scales = calloc(SCALES_MAX, sizeof *s->scales);
	if (s->scales != NULL && add_scanned(s, &s->conf->objects) && add_definitions(s))
		return s;
	severities_free(s);
	return NULL;
}

void
severities_free(severities *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; s->scales != NULL && i < s->count; i++)
		severity_scale_fini(&s->scales[i]);
	free(s->scales);
	free(s->table);
	free(s);
}

/* Judging. */

static const known *
find_known(const severities *s, const tl_mib_node *node)
{
	if (node == NULL)
		return &s->nothing;
	for (uint32_t at = place_of(s, node);; at = (at + 1) & s->mask) {
		if (s->table[at].node == node)
			return &s->table[at];
		if (s->table[at].node == NULL)
			return &s->nothing;
	}
}

static severity_reason
read_scale(const severity_scale *scale, const tl_varbind *vb)
{
	return (severity_reason){ severity_scale_read(scale, vb), "varbinds", vb };
}

/* An object that the notification's definition names. A clear tells how severe that was
 * which it clears. */
static severity_reason
by_definition(const severities *s, const known *k, const tl_notification *n)
{
	severity_reason r = { .severity = TL_SEVERITY_NONE };

	for (size_t i = 0; i < n->vb_count && r.severity == TL_SEVERITY_NONE; i++)
		if (field_is_of(&s->scales[k->scale].object, &n->vb[i]))
			r = read_scale(&s->scales[k->scale], &n->vb[i]);
	if (r.severity != TL_SEVERITY_NONE && k->clears)
		r.severity = TL_SEVERITY_CLEARED;
	return r;
}

static inline bool
may_be_scanned(const severities *s, tl_oid oid)
{
	return oid.len > SIXTH && s->sixth[oid.ber[SIXTH]];
}

/* Of the objects the first that there is. */
static severity_reason
by_scanning(const severities *s, const tl_notification *n)
{
	size_t best = s->scanned;
	severity_reason r = { .severity = TL_SEVERITY_NONE };

	for (size_t i = 0; i < n->vb_count; i++) {
		if (!may_be_scanned(s, n->vb[i].name))
			continue;
		for (size_t k = 0; k < best; k++) {
			if (!field_is_of(&s->scales[k].object, &n->vb[i]))
				continue;
			severity_reason found = read_scale(&s->scales[k], &n->vb[i]);
			if (found.severity != TL_SEVERITY_NONE) {
				r = found;
				best = k;
			}
		}
	}
	return r;
}

static severity_reason
by_varbind(const severities *s, const known *k, const tl_notification *n)
{
	severity_reason r = by_scanning(s, n);

	if (r.severity == TL_SEVERITY_NONE && k->scale != NO_SCALE)
		r = by_definition(s, k, n);
	return r;
}

severity_reason
severities_find(const severities *s, const event *ev)
{
	const known *k = find_known(s, ev->trap);
	const tl_conf_ints *sources = &s->conf->sources;
	severity_reason r = { .severity = TL_SEVERITY_NONE };

	for (size_t i = 0; i < sources->count && r.severity == TL_SEVERITY_NONE; i++) {
		if (sources->at[i] == TL_SEVERITY_BY_VARBIND)
			r = by_varbind(s, k, ev->n);
		else if (sources->at[i] == TL_SEVERITY_BY_MIB)
			r = (severity_reason){ (tl_severity)k->mib, "mib", NULL };
		else
			r = (severity_reason){ (tl_severity)k->built_in, "built-in",
				NULL };
	}
	if (r.severity == TL_SEVERITY_NONE)
		r = (severity_reason){ s->conf->fallback, "default", NULL };
	return r;
}

static bool
is_any_scanned(const severities *s, const tl_notification *n)
{
	for (const tl_varbind *vb = n->vb, *end = vb + n->vb_count; vb < end; vb++)
		if (may_be_scanned(s, vb->name))
			return true;
	return false;
}

/* As severities_find() does, for most without a look at how. */
void
severities_judge(const severities *s, event *ev)
{
	if (ev->n == NULL)
		return;
	const known *k = find_known(s, ev->trap);
	if (k->scale != NO_SCALE || is_any_scanned(s, ev->n))
		ev->j.severity = severities_find(s, ev).severity;
	else
		ev->j.severity = (tl_severity)k->plain;
}
