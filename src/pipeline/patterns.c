/* pipeline/patterns.c: see patterns.h; for match.c and the index of rules.c. */
#include "pipeline/patterns.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/field.h"

/* "MODULE::name" or "name", with * and ?. */
static void
split(pattern *p, const char *text)
{
	const char *colons = strstr(text, "::");
	const char *name = colons != NULL ? colons + 2 : text;

	if (colons != NULL)
		p->module = (tl_span){ (const uint8_t *)text, (size_t)(colons - text) };
	p->text = (tl_span){ (const uint8_t *)name, strlen(name) };
	p->module_is_glob = strcspn(text, "*?") < p->module.len;
}

/* Most modules are named in full. */
static bool
module_fits(const pattern *p, tl_span module)
{
	if (p->module.len == 0)
		return true;
	return p->module_is_glob ? glob_fits(p->module, module)
				 : spans_equal(p->module, module);
}

/* The OID that a name stands for. */
static bool
resolve(pattern *p, const char *name, pattern_kind kind, const tl_mib *mib)
{
	uint8_t room[TL_OID_BER_MAX];
	uint32_t len = field_oid(name, mib, room);

	if (len == 0)
		return true;
	p->kept = malloc(len);
	if (p->kept == NULL)
		return false;
	memcpy(p->kept, room, len);
	p->oid = (tl_oid){ p->kept, len };
	p->kind = kind;
	return true;
}

/* A notification's name without its module: several modules may have it. */
static bool
is_label(const char *name, const tl_mib *mib)
{
	const tl_mib_node *node = mib != NULL && strstr(name, "::") == NULL
				      ? tl_mib_find_name(mib, name, strlen(name))
				      : NULL;

	return node != NULL && tl_mib_node_kind(node) == TL_MIB_NOTIFICATION;
}

static bool
prepare(pattern *p, const tl_conf_pattern *conf, bool objects, const tl_mib *mib)
{
	switch (conf->kind) {
	case TL_PATTERN_OID:
	case TL_PATTERN_OID_TREE:
		p->oid = conf->oid;
		p->kind = conf->kind == TL_PATTERN_OID ? PATTERN_OID : PATTERN_TREE;
		return true;
	case TL_PATTERN_NAME_TREE:
		return resolve(p, conf->text, PATTERN_TREE, mib);
	case TL_PATTERN_NAME:
		if (objects || !is_label(conf->text, mib))
			return resolve(p, conf->text, PATTERN_OID, mib);
		split(p, conf->text);
		return resolve(p, conf->text, PATTERN_LABEL, mib);
	case TL_PATTERN_GLOB:
		p->kind = PATTERN_GLOB;
		split(p, conf->text);
		return true;
	}
	return true;
}

bool
patterns_init(patterns *p, const tl_conf_patterns *conf, bool objects, const tl_mib *mib)
{
	*p = (patterns){ 0 };
	if (conf->count == 0)
		return true;
	p->at = calloc(conf->count, sizeof *p->at);
	if (p->at == NULL)
		return false;
	p->count = conf->count;
	for (size_t i = 0; i < conf->count; i++)
		if (!prepare(&p->at[i], &conf->at[i], objects, mib))
			return false;
	return true;
}

void
patterns_fini(patterns *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->at[i].kept);
	free(p->at);
}

void
pattern_subject_of(const event *ev, pattern_subject *out)
{
	*out = (pattern_subject){
		.oid = event_trap_oid(ev), .mib = ev->mib, .node = event_trap(ev)
	};
	if (out->node == NULL)
		return;
	out->module = tl_mib_node_module(out->mib, out->node);
	out->text = tl_mib_node_name(out->mib, out->node);
}

bool
glob_fits(tl_span glob, tl_span text)
{
	size_t g = 0, t = 0, star = SIZE_MAX, from = 0;

	while (t < text.len) {
		if (g < glob.len && glob.ptr[g] == '*') {
			star = ++g;
			from = t;
			if (g == glob.len)
				return true;
		} else if (g < glob.len &&
			   (glob.ptr[g] == '?' || glob.ptr[g] == text.ptr[t])) {
			g++;
			t++;
		} else if (star != SIZE_MAX) {
			g = star;
			t = ++from;
		} else {
			return false;
		}
	}
	while (g < glob.len && glob.ptr[g] == '*')
		g++;
	return g == glob.len;
}

static bool
oid_is(tl_oid a, tl_oid b)
{
	return a.len == b.len && a.len > 0 && a.ber[a.len - 1] == b.ber[a.len - 1] &&
	       memcmp(a.ber, b.ber, a.len) == 0;
}

/* Whether the definition has this OID. To know its own costs more than most patterns. */
static bool
is_defined_as(pattern_subject *s, tl_oid oid)
{
	if (s->node != NULL && s->defined.len == 0)
		s->defined = tl_mib_node_oid(s->mib, s->node);
	return oid_is(s->defined, oid);
}

bool
pattern_fits(const pattern *p, pattern_subject *s)
{
	switch (p->kind) {
	case PATTERN_OID:
		return oid_is(s->oid, p->oid) || is_defined_as(s, p->oid);
	case PATTERN_TREE:
		return s->oid.len > p->oid.len && tl_oid_starts_with(s->oid, p->oid);
	case PATTERN_LABEL:
		return spans_equal(p->text, s->text) || is_defined_as(s, p->oid);
	case PATTERN_GLOB:
		return s->text.len > 0 && module_fits(p, s->module) &&
		       glob_fits(p->text, s->text);
	case PATTERN_NOTHING:
		break;
	}
	return false;
}

bool
patterns_fit(const patterns *p, pattern_subject *s)
{
	for (size_t i = 0; i < p->count; i++)
		if (pattern_fits(&p->at[i], s))
			return true;
	return false;
}
