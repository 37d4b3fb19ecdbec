/* conf/tree.c: see tree.h. Builds the tree from libyaml's events, so that every bound is
 * checked before memory is taken. conf/load.c calls it for the file, read.c for defaults.
 */
#include "conf/tree.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

typedef struct anchor {
	const char *name;
	const tl_node *node;
	bool whole; /* all of the node has been read */
} anchor;

typedef struct frame { /* a list or map being read */
	tl_node *node;
	tl_pool_list items; /* const tl_node *: of a map, keys and values by turns */
	size_t anchor;      /* its index; SIZE_MAX: none */
} frame;

typedef struct builder {
	yaml_parser_t parser;
	tl_pool *pool;
	tl_conf_errors *errors;
	const char *file;
	frame frames[TL_TREE_DEPTH_MAX];
	size_t depth;
	anchor anchors[TL_TREE_ANCHORS_MAX];
	size_t anchor_count;
	size_t spent; /* nodes, with each alias as what it stands for */
	const tl_node *root;
	unsigned documents;
	bool failed;
} builder;

static tl_conf_mark
mark_of(const builder *b, yaml_mark_t at)
{
	return (tl_conf_mark){ b->file, (uint32_t)at.line + 1, (uint32_t)at.column + 1 };
}

static void
fail(builder *b, tl_conf_mark mark, const char *text)
{
	tl_conf_complain(b->errors, TL_CONF_ERROR, mark, "%s", text);
	b->failed = true;
}

bool
tl_node_is_empty(const tl_node *n)
{
	return n->kind == TL_NODE_TEXT && n->plain &&
	       (n->text[0] == '\0' || strcmp(n->text, "~") == 0);
}

const tl_node *
tl_node_get(const tl_node *map, const char *key)
{
	if (map->kind != TL_NODE_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->pairs[i].key->text, key) == 0)
			return map->pairs[i].value;
	return NULL;
}

static bool
spend(builder *b, size_t nodes, tl_conf_mark mark)
{
	b->spent += nodes;
	if (b->spent <= TL_TREE_NODES_MAX)
		return true;
	fail(b, mark, "too large: it has more than 1,000,000 values, aliases included");
	return false;
}

/* Puts |n| where the document is at. */
static void
place(builder *b, const tl_node *n)
{
	const tl_node **slot;

	if (b->depth == 0) {
		b->root = n;
		return;
	}
	frame *f = &b->frames[b->depth - 1];
	slot = tl_pool_add(b->pool, &f->items, sizeof(tl_node *));
	if (slot == NULL) {
		b->failed = true;
		return;
	}
	*slot = n;
	f->node->weight += n->weight;
}

/* Remembers the anchor of |n| and returns its index, SIZE_MAX if it has none. */
static size_t
note_anchor(builder *b, const yaml_char_t *name, const tl_node *n, bool whole)
{
	const char *text = (const char *)name;

	if (name == NULL)
		return SIZE_MAX;
	if (b->anchor_count == TL_TREE_ANCHORS_MAX) {
		fail(b, n->mark, "more than 1,000 anchors");
		return SIZE_MAX;
	}
	text = tl_pool_text(b->pool, text, strlen(text));
	if (text == NULL) {
		b->failed = true;
		return SIZE_MAX;
	}
	b->anchors[b->anchor_count] = (anchor){ text, n, whole };
	return b->anchor_count++;
}

static void
take_alias(builder *b, const yaml_event_t *ev)
{
	const char *name = (const char *)ev->data.alias.anchor;
	tl_conf_mark mark = mark_of(b, ev->start_mark);

	for (size_t i = b->anchor_count; i > 0; i--) {
		const anchor *a = &b->anchors[i - 1];
		if (strcmp(a->name, name) != 0)
			continue;
		if (!a->whole)
			fail(b, mark, "the alias stands for what it is part of");
		else if (spend(b, a->node->weight, mark))
			place(b, a->node);
		return;
	}
	fail(b, mark, "there is no anchor of this name before it");
}

static tl_node *
new_node(builder *b, tl_node_kind kind, const yaml_event_t *ev, const yaml_char_t *tag)
{
	tl_conf_mark mark = mark_of(b, ev->start_mark);
	tl_node *n;

	if (tag != NULL) {
		fail(b, mark,
		    "tags ('!...') mean nothing here; a text that begins with an "
		    "exclamation mark needs quotes");
		return NULL;
	}
	if (!spend(b, 1, mark))
		return NULL;
	n = tl_pool_take(b->pool, sizeof *n);
	if (n == NULL)
		b->failed = true;
	else
		*n = (tl_node){ .kind = kind, .mark = mark, .weight = 1 };
	return n;
}

static void
take_text(builder *b, yaml_event_t *ev)
{
	tl_node *n = new_node(b, TL_NODE_TEXT, ev, ev->data.scalar.tag);

	if (n == NULL)
		return;
	n->plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	n->text = tl_pool_text(b->pool, ev->data.scalar.value, ev->data.scalar.length);
	if (n->text == NULL)
		b->failed = true;
	else if (strlen(n->text) != ev->data.scalar.length)
		fail(b, n->mark, "a NUL character");
	explicit_bzero(ev->data.scalar.value, ev->data.scalar.length);
	if (b->failed)
		return;
	note_anchor(b, ev->data.scalar.anchor, n, true);
	place(b, n);
}

static void
open_frame(builder *b, tl_node *n, const yaml_char_t *name)
{
	if (n == NULL)
		return;
	if (b->depth == TL_TREE_DEPTH_MAX) {
		fail(b, n->mark, "nested too deeply");
		return;
	}
	b->frames[b->depth++] =
	    (frame){ .node = n, .anchor = note_anchor(b, name, n, false) };
}

static bool
is_merge(const tl_node *key)
{
	return key->plain && strcmp(key->text, "<<") == 0;
}

static bool
add_pair(builder *b, tl_pool_list *pairs, tl_node_pair pair)
{
	tl_node_pair *slot = tl_pool_add(b->pool, pairs, sizeof *slot);

	if (slot == NULL)
		b->failed = true;
	else
		*slot = pair;
	return slot != NULL;
}

/* Adds what |map| has; whether a key was there before is looked at later. */
static void
merge(builder *b, tl_pool_list *pairs, const tl_node *map)
{
	if (map->kind != TL_NODE_MAP) {
		fail(b, map->mark, "'<<' takes a mapping, or a list of mappings");
		return;
	}
	for (size_t i = 0; i < map->count && !b->failed; i++)
		if (spend(b, map->pairs[i].value->weight, map->mark))
			add_pair(b, pairs, map->pairs[i]);
}

static void
merge_all(builder *b, tl_pool_list *pairs, const tl_node *value)
{
	if (value->kind != TL_NODE_LIST) {
		merge(b, pairs, value);
		return;
	}
	for (size_t i = 0; i < value->count && !b->failed; i++)
		merge(b, pairs, value->items[i]);
}

typedef struct entry { /* of a map, to sort by key */
	tl_node_pair pair;
	size_t index; /* in the map */
} entry;

static int
by_key(const void *a, const void *b)
{
	const entry *x = a, *y = b;
	int order = strcmp(x->pair.key->text, y->pair.key->text);

	return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

/* Of a key that stands twice among the first |own| the second is an error; of merged ones
 * it yields. |drop| tells which go. */
static void
find_repeats(builder *b, const entry *sorted, size_t count, size_t own, bool *drop)
{
	size_t first = 0;

	for (size_t i = 1; i < count; i++) {
		const tl_node *key = sorted[i].pair.key, *other = sorted[first].pair.key;
		if (strcmp(key->text, other->text) != 0) {
			first = i;
			continue;
		}
		drop[sorted[i].index] = true;
		if (sorted[i].index < own)
			tl_conf_complain(b->errors, TL_CONF_ERROR, key->mark,
			    "the key '%s' is there already, in line %u", key->text,
			    other->mark.line);
	}
}

/* Makes the pairs of |n|, those of merge keys behind its |own| ones. */
static void
finish_pairs(builder *b, tl_node *n, tl_node_pair *pairs, size_t count, size_t own)
{
	entry *sorted = tl_pool_take(b->pool, (count + 1) * sizeof *sorted);
	bool *drop = tl_pool_take(b->pool, count + 1);

	if (sorted == NULL || drop == NULL) {
		b->failed = true;
		return;
	}
	for (size_t i = 0; i < count; i++)
		sorted[i] = (entry){ pairs[i], i };
	qsort(sorted, count, sizeof *sorted, by_key);
	find_repeats(b, sorted, count, own, drop);
	for (size_t i = 0; i < count; i++)
		if (!drop[i])
			pairs[n->count++] = pairs[i];
	n->pairs = pairs;
}

static void
close_map(builder *b, frame *f)
{
	const tl_node *const *items = f->items.at;
	tl_pool_list pairs = { 0 };
	size_t own;

	for (size_t i = 0; i + 1 < f->items.count && !b->failed; i += 2) {
		if (items[i]->kind != TL_NODE_TEXT)
			fail(b, items[i]->mark, "a key must be a text");
		else if (!is_merge(items[i]))
			add_pair(b, &pairs, (tl_node_pair){ items[i], items[i + 1] });
	}
	own = pairs.count;
	for (size_t i = 0; i + 1 < f->items.count && !b->failed; i += 2)
		if (is_merge(items[i]))
			merge_all(b, &pairs, items[i + 1]);
	if (!b->failed)
		finish_pairs(b, f->node, pairs.at, pairs.count, own);
	f->node->weight = 1;
	for (size_t i = 0; i < f->node->count; i++)
		f->node->weight += 1 + f->node->pairs[i].value->weight;
}

static void
close_frame(builder *b)
{
	frame *f = &b->frames[--b->depth];

	if (f->node->kind == TL_NODE_MAP) {
		close_map(b, f);
	} else {
		f->node->items = f->items.at;
		f->node->count = f->items.count;
	}
	if (f->anchor != SIZE_MAX)
		b->anchors[f->anchor].whole = true;
	if (!b->failed)
		place(b, f->node);
}

static void
take_event(builder *b, yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->documents++ > 0)
			fail(b, mark_of(b, ev->start_mark),
			    "a second document: a configuration is one");
		break;
	case YAML_ALIAS_EVENT:
		take_alias(b, ev);
		break;
	case YAML_SCALAR_EVENT:
		take_text(b, ev);
		break;
	case YAML_SEQUENCE_START_EVENT:
		open_frame(b, new_node(b, TL_NODE_LIST, ev, ev->data.sequence_start.tag),
		    ev->data.sequence_start.anchor);
		break;
	case YAML_MAPPING_START_EVENT:
		open_frame(b, new_node(b, TL_NODE_MAP, ev, ev->data.mapping_start.tag),
		    ev->data.mapping_start.anchor);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_frame(b);
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
}

/* The byte at |mark|, which counts lines and characters; 0: there is none. */
static uint8_t
byte_at(tl_span text, yaml_mark_t mark)
{
	const uint8_t *p = text.ptr, *end = p + text.len;

	for (size_t line = 0; line < mark.line && p < end; p++)
		line += *p == '\n';
	for (size_t column = 0; column < mark.column && p < end; column++)
		for (p++; p < end && (*p & 0xc0) == 0x80; p++)
			;
	return p < end ? *p : 0;
}

/* What people seldom know of a character that cannot stand where it does. */
static const char *
hint_of(uint8_t byte)
{
	switch (byte) {
	case '@':
		return "; a text that begins with @ needs quotes";
	case '`':
		return "; a text that begins with ` needs quotes";
	case '%':
		return "; a text that begins with % needs quotes";
	case '\t':
		return "; this is a tab: YAML takes spaces only";
	default:
		return "";
	}
}

/* libyaml's words, and what to do where we know it. */
static void
note_syntax(builder *b, tl_span text)
{
	const yaml_parser_t *p = &b->parser;
	bool by_offset = p->error == YAML_READER_ERROR;
	tl_conf_mark mark = mark_of(b, by_offset ? p->mark : p->problem_mark);
	const char *context = p->context != NULL ? p->context : "";
	const char *hint = by_offset ? "" : hint_of(byte_at(text, p->problem_mark));

	b->failed = true;
	if (p->error == YAML_MEMORY_ERROR)
		b->pool->failed = true;
	else
		tl_conf_complain(b->errors, TL_CONF_ERROR, mark, "%s%s%s%s",
		    p->problem != NULL ? p->problem : "not YAML",
		    context[0] != '\0' ? " " : "", context, hint);
}

static void
read_events(builder *b, tl_span text)
{
	yaml_event_t ev;
	bool more = true;

	while (more && !b->failed) {
		if (yaml_parser_parse(&b->parser, &ev) == 0) {
			note_syntax(b, text);
			return;
		}
		more = ev.type != YAML_STREAM_END_EVENT;
		take_event(b, &ev);
		yaml_event_delete(&ev);
	}
}

static const tl_node *
empty_map(tl_pool *pool, const char *file)
{
	tl_node *n = tl_pool_take(pool, sizeof *n);

	if (n != NULL)
		*n =
		    (tl_node){ .kind = TL_NODE_MAP, .mark = { file, 1, 1 }, .weight = 1 };
	return n;
}

const tl_node *
tl_tree_read(tl_span text, const char *file, tl_pool *pool, tl_conf_errors *errors)
{
	builder *b = calloc(1, sizeof *b);
	const tl_node *root = NULL;

	if (b == NULL || yaml_parser_initialize(&b->parser) == 0) {
		pool->failed = true;
		free(b);
		return NULL;
	}
	b->pool = pool;
	b->errors = errors;
	b->file = file;
	if (text.len > TL_TREE_BYTES_MAX) {
		fail(b, (tl_conf_mark){ file, 0, 0 }, "larger than 16 MiB");
	} else {
		yaml_parser_set_input_string(&b->parser, text.ptr, text.len);
		read_events(b, text);
	}
	if (!b->failed)
		root = b->root != NULL ? b->root : empty_map(pool, file);
	yaml_parser_delete(&b->parser);
	free(b);
	return root;
}
