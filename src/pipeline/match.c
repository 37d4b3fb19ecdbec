/* pipeline/match.c: conditions, one function each; of a match only those that it has are
 * looked at, the cheap ones first. Called for each event by rules, thresholds and the
 * outputs' filters. */
#include "pipeline/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pipeline/nets.h"
#include "pipeline/value_test.h"

enum { FIELD_MAX = 4096 }; /* bytes of a field that is compared */

struct match_lists {
	size_t count;
	nets *at[];
};

typedef struct texts {
	tl_span *at;
	size_t count;
} texts;

/* A field with just this text. */
typedef struct equal {
	field field;
	tl_span text;
} equal;

struct match {
	const tl_conf_match *conf;
	uint32_t given; /* 1 << match_condition of each that there is */
	patterns trap, enterprise;
	nets *nets;         /* those of |source| that are in no list, or NULL */
	const nets **lists; /* those that are */
	size_t list_count;
	match_lists *own_lists; /* what |lists| points to, if nobody else owns it */
	texts user, context, community, tags;
	equal *fields;
	size_t field_count;
	value_tests *varbinds;
	size_t varbind_count;
};

/* Making. */

static tl_span
span_of(const char *text)
{
	return (tl_span){ (const uint8_t *)text, strlen(text) };
}

static nets *
nets_of_list(const tl_conf_list *list)
{
	net *at = calloc(list->nets.count + 1, sizeof *at);
	nets *made = NULL;

	for (size_t i = 0; at != NULL && i < list->nets.count; i++)
		at[i].cidr = list->nets.at[i];
	if (at != NULL)
		made = nets_new(at, list->nets.count);
	free(at);
	return made;
}

match_lists *
match_lists_new(const tl_conf *all)
{
	match_lists *l = calloc(1, sizeof *l + all->lists.count * sizeof l->at[0]);

	if (l == NULL)
		return NULL;
	l->count = all->lists.count;
	for (size_t i = 0; i < l->count; i++) {
		l->at[i] = nets_of_list(&all->lists.at[i]);
		if (l->at[i] == NULL) {
			match_lists_free(l);
			return NULL;
		}
	}
	return l;
}

void
match_lists_free(match_lists *lists)
{
	if (lists == NULL)
		return;
	for (size_t i = 0; i < lists->count; i++)
		nets_free(lists->at[i]);
	free(lists);
}

static bool
make_texts(texts *t, const tl_conf_texts *conf)
{
	t->at = calloc(conf->count + 1, sizeof *t->at);
	if (t->at == NULL)
		return false;
	t->count = conf->count;
	for (size_t i = 0; i < conf->count; i++)
		t->at[i] = span_of(conf->at[i]);
	return true;
}

static bool
make_sources(match *m, const tl_conf_sources *conf, const match_lists *lists)
{
	net *at = calloc(conf->count + 1, sizeof *at);
	size_t count = 0;

	m->lists = calloc(conf->count + 1, sizeof(const nets *));
	for (size_t i = 0; at != NULL && m->lists != NULL && i < conf->count; i++) {
		if (conf->at[i].list < 0)
			at[count++].cidr = conf->at[i].net;
		else
			m->lists[m->list_count++] = lists->at[conf->at[i].list];
	}
	bool made = at != NULL && m->lists != NULL;
	if (made && count > 0) {
		m->nets = nets_new(at, count);
		made = m->nets != NULL;
	}
	free(at);
	return made;
}

static bool
make_fields(match *m, const tl_conf_pairs *conf, const tl_mib *mib)
{
	m->fields = calloc(conf->count + 1, sizeof *m->fields);
	if (m->fields == NULL)
		return false;
	m->field_count = conf->count;
	for (size_t i = 0; i < conf->count; i++) {
		field_resolve(conf->at[i].name, mib, &m->fields[i].field);
		m->fields[i].text = span_of(conf->at[i].value);
	}
	return true;
}

static bool
make_varbinds(match *m, const tl_conf_varbinds *conf, const tl_mib *mib)
{
	m->varbinds = calloc(conf->count + 1, sizeof *m->varbinds);
	if (m->varbinds == NULL)
		return false;
	m->varbind_count = conf->count;
	for (size_t i = 0; i < conf->count; i++)
		if (!value_tests_init(&m->varbinds[i], &conf->at[i], mib))
			return false;
	return true;
}

static uint32_t
given_in(const tl_conf_match *c)
{
	const bool there[] = {
		[MATCH_KIND] = c->kinds != 0,
		[MATCH_VERSION] = c->versions != 0,
		[MATCH_SEVERITY] = c->severities != 0,
		[MATCH_TRAP] = c->trap.count > 0,
		[MATCH_SOURCE] = c->source.count > 0,
		[MATCH_USER] = c->user.count > 0,
		[MATCH_CONTEXT] = c->context.count > 0,
		[MATCH_COMMUNITY] = c->community.count > 0,
		[MATCH_ENTERPRISE] = c->enterprise.count > 0,
		[MATCH_TAGS] = c->tags.count > 0,
		[MATCH_FIELDS] = c->fields.count > 0,
		[MATCH_VARBINDS] = c->varbinds.count > 0,
	};
	uint32_t given = 0;

	for (size_t i = 0; i < sizeof there / sizeof there[0]; i++)
		given |= (uint32_t)there[i] << i;
	return given;
}

match *
match_new_sharing(const tl_conf_match *conf, const match_lists *lists, const tl_mib *mib)
{
	match *m = calloc(1, sizeof *m);

	if (m == NULL)
		return NULL;
	m->conf = conf;
	m->given = given_in(conf);
	if (patterns_init(&m->trap, &conf->trap, false, mib) &&
	    patterns_init(&m->enterprise, &conf->enterprise, true, mib) &&
	    make_sources(m, &conf->source, lists) && make_texts(&m->user, &conf->user) &&
	    make_texts(&m->context, &conf->context) &&
	    make_texts(&m->community, &conf->community) &&
	    make_texts(&m->tags, &conf->tags) && make_fields(m, &conf->fields, mib) &&
	    make_varbinds(m, &conf->varbinds, mib))
		return m;
	match_free(m);
	return NULL;
}

static bool
uses_lists(const tl_conf_match *conf)
{
	for (size_t i = 0; i < conf->source.count; i++)
		if (conf->source.at[i].list >= 0)
			return true;
	return false;
}

match *
match_new(const tl_conf_match *conf, const tl_conf *all, const tl_mib *mib)
{
	match_lists *lists = NULL;

	if (uses_lists(conf) && (lists = match_lists_new(all)) == NULL)
		return NULL;
	match *m = match_new_sharing(conf, lists, mib);
	if (m == NULL)
		match_lists_free(lists);
	else
		m->own_lists = lists;
	return m;
}

void
match_free(match *m)
{
	if (m == NULL)
		return;
	patterns_fini(&m->trap);
	patterns_fini(&m->enterprise);
	for (size_t i = 0; i < m->varbind_count; i++)
		value_tests_fini(&m->varbinds[i]);
	free(m->varbinds);
	free(m->fields);
	free(m->user.at);
	free(m->context.at);
	free(m->community.at);
	free(m->tags.at);
	nets_free(m->nets);
	free(m->lists);
	match_lists_free(m->own_lists);
	free(m);
}

uint32_t
match_given(const match *m)
{
	return m->given;
}

const tl_conf_match *
match_conf(const match *m)
{
	return m->conf;
}

/* Looking. */

static bool
among(const texts *t, tl_span text)
{
	for (size_t i = 0; i < t->count; i++)
		if (spans_equal(t->at[i], text))
			return true;
	return false;
}

static tl_conf_kind
kind_of(const event *ev)
{
	if (ev->n != NULL)
		return ev->n->kind == TL_INFORM ? TL_KIND_INFORM : TL_KIND_TRAP;
	return strcmp(ev->own->kind, "refused") == 0 ? TL_KIND_REFUSED : TL_KIND_OWN;
}

static bool
kind_fits(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;

	(void)which;
	return (m->conf->kinds >> kind_of(ev) & 1) != 0;
}

static bool
version_fits(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;

	(void)which;
	return ev->n != NULL && (m->conf->versions >> ev->n->version & 1) != 0;
}

static bool
severity_fits(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;

	(void)which;
	return (m->conf->severities >> event_severity(ev) & 1) != 0;
}

static bool
trap_fits(const match *m, match_view *v, size_t *which)
{
	(void)which;
	if (!v->named)
		pattern_subject_of(v->ev, &v->trap);
	v->named = true;
	return patterns_fit(&m->trap, &v->trap);
}

static bool
source_fits(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;
	const tl_endpoint *device = event_device(ev);

	(void)which;
	if (device == NULL)
		return false;
	if (m->nets != NULL && nets_find(m->nets, device->addr) != NETS_NONE)
		return true;
	for (size_t i = 0; i < m->list_count; i++)
		if (nets_find(m->lists[i], device->addr) != NETS_NONE)
			return true;
	return false;
}

static bool
user_fits(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;

	(void)which;
	return ev->n != NULL && ev->n->version == 3 && among(&m->user, ev->n->v3.user);
}

static bool
context_fits(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;

	(void)which;
	return ev->n != NULL && ev->n->version == 3 &&
	       among(&m->context, ev->n->v3.context_name);
}

static bool
community_fits(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;

	(void)which;
	return ev->n != NULL && ev->n->version != 3 &&
	       among(&m->community, ev->n->community);
}

static bool
enterprise_fits(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;
	pattern_subject s = { .oid = event_enterprise(ev) };

	(void)which;
	if (ev->mib != NULL && s.oid.len > 0) {
		tl_mib_match found = tl_mib_find(ev->mib, s.oid);
		if (found.node != NULL && found.rest.len == 0) {
			s.module = tl_mib_node_module(ev->mib, found.node);
			s.text = tl_mib_node_name(ev->mib, found.node);
		}
	}
	return patterns_fit(&m->enterprise, &s);
}

static bool
tags_fit(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;
	const texts have = { (tl_span *)(uintptr_t)ev->tags, ev->j.tag_count };

	for (*which = 0; *which < m->tags.count; ++*which)
		if (!among(&have, m->tags.at[*which]))
			return false;
	return true;
}

static bool
is_equal(const equal *e, const event *ev)
{
	uint8_t memory[FIELD_MAX];
	tl_buf room = { .ptr = memory, .cap = sizeof memory };
	const tl_span *set =
	    e->field.key == 0 ? event_find_field(ev, e->field.name) : NULL;

	if (set != NULL)
		return spans_equal(*set, e->text);
	if (e->field.key == 0 && !e->field.is_object && ev->own == NULL)
		return false;
	return field_write(&e->field, ev, FIELD_TEXT, &room) && !room.full &&
	       spans_equal(tl_buf_written(&room), e->text);
}

static bool
fields_fit(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;

	for (*which = 0; *which < m->field_count; ++*which)
		if (!is_equal(&m->fields[*which], ev))
			return false;
	return true;
}

static bool
varbinds_fit(const match *m, match_view *v, size_t *which)
{
	const event *ev = v->ev;

	for (*which = 0; *which < m->varbind_count; ++*which)
		if (!value_tests_fit(&m->varbinds[*which], ev, v->memo))
			return false;
	return true;
}

typedef bool condition(const match *m, match_view *v, size_t *which);

static condition *const conditions[] = {
	[MATCH_KIND] = kind_fits,
	[MATCH_VERSION] = version_fits,
	[MATCH_SEVERITY] = severity_fits,
	[MATCH_TRAP] = trap_fits,
	[MATCH_SOURCE] = source_fits,
	[MATCH_USER] = user_fits,
	[MATCH_CONTEXT] = context_fits,
	[MATCH_COMMUNITY] = community_fits,
	[MATCH_ENTERPRISE] = enterprise_fits,
	[MATCH_TAGS] = tags_fit,
	[MATCH_FIELDS] = fields_fit,
	[MATCH_VARBINDS] = varbinds_fit,
};

match_condition
match_fails(const match *m, match_view *v, uint32_t skip, size_t *which)
{
	*which = 0;
	for (uint32_t left = m->given & ~skip; left != 0; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctz(left);
		if (!conditions[i](m, v, which))
			return (match_condition)i;
	}
	return MATCH_ALL_FIT;
}

/* Kept out of the way of matches without conditions. */
static __attribute__((noinline)) bool
fits(const match *m, const event *ev)
{
	value_memo memo;
	match_view v;
	size_t which;

	match_view_begin(&v, ev, &memo);
	return match_fails(m, &v, 0, &which) == MATCH_ALL_FIT;
}

bool
match_fits(const match *m, const event *ev)
{
	return m->given == 0 || fits(m, ev);
}
