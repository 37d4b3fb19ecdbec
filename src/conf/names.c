/* conf/names.c: names in a configuration that the dictionary does not have; see conf.h.
 * `trapline check` calls it. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "conf/write.h"

typedef struct search {
	const tl_mib *mib;
	tl_conf_errors *errors;
	unsigned advised;
} search;

/* Names of notifications, objects and modules are as long as people make them. */
enum {
	NAME_ROOM = 128,
	LABELS_MAX = 10, /* labels of an enumeration that are told */
	LABELS_ROOM = 1024,
	ADVICE_MAX = 20 /* names for which near ones are looked for */
};

static bool
is_module(tl_span module, const char *name, size_t len)
{
	return module.len == len && memcmp(module.ptr, name, len) == 0;
}

/* Whether some definition is of the module that |name| begins with, |len| bytes. */
static bool
has_module(const tl_mib *mib, const char *name, size_t len)
{
	for (uint32_t i = 0; i < tl_mib_count(mib); i++)
		if (is_module(tl_mib_node_module(mib, tl_mib_at(mib, i)), name, len))
			return true;
	return false;
}

/* The definition that |name|, in the module |module| unless that is empty, may have been
 * meant to be; NULL if none is near. */
static const tl_mib_node *
nearest_node(const tl_mib *mib, tl_span module, const char *name)
{
	const tl_mib_node *found = NULL;
	size_t best = tl_conf_far(name);

	for (uint32_t i = 0; i < tl_mib_count(mib) && best > 1; i++) {
		const tl_mib_node *node = tl_mib_at(mib, i);
		if (module.len > 0 && !is_module(tl_mib_node_module(mib, node),
					  (const char *)module.ptr, module.len))
			continue;
		if (tl_conf_is_nearer(name, tl_mib_node_name(mib, node), &best))
			found = node;
	}
	return found;
}

const char *
tl_conf_advise(const tl_mib *mib, const char *text, char room[TL_CONF_ADVICE_ROOM])
{
	char name[NAME_ROOM];
	const char *colons = strstr(text, "::");
	tl_span module = { NULL, 0 };
	size_t len = strcspn(text, ".");

	room[0] = '\0';
	if (colons != NULL && colons + 2 < text + len) {
		size_t front = (size_t)(colons - text);
		if (has_module(mib, text, front))
			module = (tl_span){ (const uint8_t *)text, front };
		text += front + 2;
		len -= front + 2;
	}
	if (len >= sizeof name)
		return room;
	memcpy(name, text, len);
	name[len] = '\0';
	const tl_mib_node *node = nearest_node(mib, module, name);
	if (node == NULL)
		return room;
	tl_span is = tl_mib_node_name(mib, node), of = tl_mib_node_module(mib, node);
	bool whole = colons != NULL;
	snprintf(room, TL_CONF_ADVICE_ROOM, "; did you mean '%.*s%s%.*s'?",
	    whole ? (int)of.len : 0, (const char *)of.ptr, whole ? "::" : "", (int)is.len,
	    (const char *)is.ptr);
	return room;
}

/* Warns if the dictionary lacks |text|, which may have an instance behind a dot. */
static void
look_up(search *s, const char *text, tl_conf_mark mark)
{
	char room[TL_CONF_ADVICE_ROOM] = "";
	size_t len = strcspn(text, ".");

	if (tl_mib_find_name(s->mib, text, len) != NULL)
		return;
	if (s->advised++ < ADVICE_MAX)
		(void)tl_conf_advise(s->mib, text, room);
	tl_conf_complain(s->errors, TL_CONF_WARNING, mark,
	    "no MIB that was read defines '%s'%s", text, room);
}

/* Whether |glob| is of the name of a definition, of notifications only unless |any|. */
static bool
fits_one(const tl_mib *mib, const char *glob, bool any)
{
	bool with_module = strstr(glob, "::") != NULL;
	char text[2 * NAME_ROOM];

	for (uint32_t i = 0; i < tl_mib_count(mib); i++) {
		const tl_mib_node *node = tl_mib_at(mib, i);
		tl_span module = tl_mib_node_module(mib, node),
			name = tl_mib_node_name(mib, node);
		if (!any && tl_mib_node_kind(node) != TL_MIB_NOTIFICATION)
			continue;
		(void)snprintf(text, sizeof text, "%.*s%s%.*s",
		    with_module ? (int)module.len : 0, (const char *)module.ptr,
		    with_module ? "::" : "", (int)name.len, (const char *)name.ptr);
		if (fnmatch(glob, text, FNM_NOESCAPE) == 0)
			return true;
	}
	return false;
}

static void
look_at_pattern(search *s, const tl_conf_row *row, const tl_conf_pattern *p)
{
	bool any = strcmp(row->key, "enterprise") == 0;

	if (p->kind == TL_PATTERN_NAME || p->kind == TL_PATTERN_NAME_TREE)
		look_up(s, p->text, p->mark);
	if (p->kind == TL_PATTERN_GLOB && !fits_one(s->mib, p->text, any))
		tl_conf_complain(s->errors, TL_CONF_WARNING, p->mark,
		    "no %s of the MIBs that were read fits '%s'",
		    any ? "name" : "notification", p->text);
}

static void
look_at(search *s, const tl_conf_row *row, tl_conf_type type, const void *value)
{
	if (type == TL_TYPE_NAME) {
		const tl_conf_name *name = value;
		if (name->oid.len == 0)
			look_up(s, name->text, name->mark);
	}
	if (type == TL_TYPE_PATTERN)
		look_at_pattern(s, row, value);
}

/* Into |room|, as far as it goes: "; did you mean 'down'? There are: up, down". */
static void
write_labels(const tl_mib *mib, const tl_mib_node *node, const char *text, tl_buf *room)
{
	tl_span label, near = { NULL, 0 };
	size_t best = tl_conf_far(text);
	int32_t number;

	for (size_t i = 0; tl_mib_node_label_at(mib, node, i, &label, &number); i++)
		if (tl_conf_is_nearer(text, label, &best))
			near = label;
	tl_buf_lit(room, "; ");
	if (near.len > 0) {
		tl_buf_lit(room, "did you mean '");
		tl_buf_span(room, near);
		tl_buf_lit(room, "'? There are: ");
	} else {
		tl_buf_lit(room, "there are: ");
	}
	for (size_t i = 0; tl_mib_node_label_at(mib, node, i, &label, &number); i++) {
		if (i > 0)
			tl_buf_lit(room, ", ");
		if (i == LABELS_MAX) {
			tl_buf_lit(room, "...");
			return;
		}
		tl_buf_span(room, label);
	}
}

/* Warns of texts that an enumeration is compared with and does not have. */
static void
look_at_labels(search *s, const tl_conf_varbind *v)
{
	const char *name = v->object.text;
	const tl_mib_node *node =
	    v->object.oid.len > 0 ? tl_mib_find(s->mib, v->object.oid).node
				  : tl_mib_find_name(s->mib, name, strcspn(name, "."));
	uint8_t bytes[LABELS_ROOM];

	if (node == NULL || tl_mib_node_kind(node) != TL_MIB_OBJECT ||
	    tl_mib_node_form(s->mib, node) != TL_MIB_FORM_LABELS)
		return;
	for (size_t i = 0; i < v->tests.count; i++) {
		const tl_conf_test *t = &v->tests.at[i];
		tl_buf room = { .ptr = bytes, .cap = sizeof bytes };
		int32_t number;
		if ((t->op != TL_OP_EQUAL && t->op != TL_OP_UNEQUAL) || t->is_number ||
		    tl_mib_node_label(s->mib, node, t->text, strlen(t->text), &number) ==
			TL_OK)
			continue;
		write_labels(s->mib, node, t->text, &room);
		tl_conf_complain(s->errors, TL_CONF_WARNING, v->object.mark,
		    "%s is never '%s'%.*s", name, t->text, (int)room.len,
		    (const char *)bytes);
	}
}

static void look_into(search *s, const tl_conf_section *in, const void *section);

static void
look_at_value(search *s, const tl_conf_row *row, const void *value)
{
	if (row->type == TL_TYPE_SECTION)
		look_into(s, row->section, value);
	else
		look_at(s, row, row->type, value);
}

static void
look_at_row(search *s, const tl_conf_row *row, const void *value)
{
	size_t key = row->many == TL_MAP ? tl_conf_key_size(row) : 0;
	size_t size = key + tl_conf_value_size(row);

	if (row->many == TL_ONE) {
		look_at_value(s, row, value);
		return;
	}
	tl_conf_array array = tl_conf_array_get(value);
	const uint8_t *at = array.at;
	for (size_t i = 0; i < array.count; i++, at += size) {
		if (key > 0)
			look_at(s, row, row->key_type, at);
		if (row->type == TL_TYPE_TESTS)
			look_at_labels(s, (const tl_conf_varbind *)(const void *)at);
		look_at_value(s, row, at + key);
	}
}

static void
look_into(search *s, const tl_conf_section *in, const void *section)
{
	const tl_conf_variant *variant = tl_conf_variant_of(in, section);

	for (const tl_conf_row *row = in->rows; row->key != NULL; row++)
		look_at_row(s, row, (const uint8_t *)section + row->offset);
	for (const tl_conf_row *row = variant != NULL ? variant->rows : NULL;
	     row != NULL && row->key != NULL; row++)
		look_at_row(s, row, (const uint8_t *)section + row->offset);
}

void
tl_conf_check_names(const tl_conf *c, const tl_mib *mib, tl_conf_errors *errors)
{
	search s = { mib, errors, 0 };

	look_into(&s, &tl_conf_root, c);
	tl_conf_errors_sort(errors);
}
