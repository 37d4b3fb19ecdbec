/* mib/link.c: makes a dictionary of resolved definitions: sorts them, counts what they
 * need, and writes all of it where it is to stay, in one block. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mib/trie.h"

#define MODULES_MAX 65536u

typedef struct link {
	const tl_mib_set *set;
	uint32_t *order;   /* the definitions' numbers in the order of the nodes */
	uint32_t *node_of; /* and the other way round */
	tl_mib_trie trie;
	uint32_t *texts;    /* of each name: how it is told in the image, or 0 */
	uint32_t text_len;  /* bytes of text */
	uint32_t hints_len; /* bytes of hints written */
	tl_mib_image head;
	uint8_t *block;
} link;

static const tl_mib_def *
def_at(const link *l, uint32_t i)
{
	return TL_VEC_AT(&l->set->defs, tl_mib_def, i);
}

static tl_span
oid_of(const link *l, const tl_mib_def *def)
{
	return (tl_span){ TL_VEC_AT(&l->set->oids, uint8_t, def->oid), def->oid_len };
}

static void *
part(const link *l, tl_mib_section section)
{
	return l->block + section.at;
}

static tl_err
sort(link *l)
{
	size_t count = l->set->defs.count + (size_t)1;

	l->order = malloc(count * sizeof *l->order);
	l->node_of = malloc(count * sizeof *l->node_of);
	if (l->order == NULL || l->node_of == NULL)
		return TL_ENOMEM;
	for (uint32_t i = 0; i < l->set->defs.count; i++)
		l->order[i] = i;
	tl_err err = tl_mib_make_trie(l->set, l->order, l->node_of, &l->trie);
	if (err != TL_OK)
		return err;
	for (uint32_t i = 0; i < l->set->defs.count; i++)
		l->node_of[l->order[i]] = i;
	return TL_OK;
}

/* The text of a name, as much of it as is kept. */
static tl_span
text_of(const link *l, tl_smi_name name)
{
	tl_span text = tl_smi_names_text(l->set->names, name);

	return (
	    tl_span){ text.ptr, text.len < TL_MIB_NAME_MAX ? text.len : TL_MIB_NAME_MAX };
}

static tl_err
need_text(link *l, tl_smi_name name)
{
	size_t len = text_of(l, name).len;

	if (len == 0 || l->texts[name] != 0)
		return TL_OK;
	if (l->text_len + len > TL_MIB_TEXT_MAX - 4)
		return TL_ELIMIT;
	l->texts[name] = l->text_len / 4 << 8 | (uint32_t)len;
	l->text_len += ((uint32_t)len + 3) & ~3u;
	return TL_OK;
}

/* Gives every name that is used its place in text. */
static tl_err
place_texts(link *l)
{
	const tl_mib_set *set = l->set;
	const tl_mib_def_module *modules = set->modules.ptr;
	const tl_mib_def_label *labels = set->labels.ptr;
	tl_err err = TL_OK;

	l->texts = calloc(tl_smi_names_count(set->names) + (size_t)1, sizeof *l->texts);
	if (l->texts == NULL)
		return TL_ENOMEM;
	for (uint32_t i = 0; i < set->modules.count && err == TL_OK; i++)
		err = need_text(l, modules[i].name);
	for (uint32_t i = 0; i < set->defs.count && err == TL_OK; i++)
		err = need_text(l, def_at(l, i)->name);
	for (uint32_t i = 0; i < set->labels.count && err == TL_OK; i++)
		err = need_text(l, labels[i].text);
	return err;
}

static tl_span
hint_of(const link *l, uint32_t i)
{
	return tl_smi_names_text(
	    l->set->names, TL_VEC_AT(&l->set->syntaxes, tl_mib_def_syntax, i)->hint);
}

/* Bytes of all hints, and of the paths of all modules' sources. Modules of one source
 * stand together. */
static uint64_t
hints_len(const link *l)
{
	const tl_mib_def_module *modules = l->set->modules.ptr;
	uint64_t len = 0;

	for (uint32_t i = 0; i < l->set->syntaxes.count; i++)
		len += hint_of(l, i).len;
	for (uint32_t i = 0; i < l->set->modules.count; i++)
		if (i == 0 || modules[i].source != modules[i - 1].source)
			len += tl_smi_names_text(l->set->names, modules[i].source).len;
	return len;
}

/* The step behind |bytes|; 0 if nothing is there. */
static uint32_t
step_behind(const tl_mib_trie *trie, const uint8_t *bytes, size_t len)
{
	const uint32_t *steps = trie->steps.ptr;
	uint32_t at = TL_MIB_ROOT;

	for (size_t i = 0; i < len; i++) {
		at = (steps[at] >> TL_MIB_STEP_SHIFT) + bytes[i];
		if (at >= trie->steps.count || (uint8_t)steps[at] != bytes[i])
			return 0;
	}
	return at;
}

static tl_err
place_section(link *l, tl_mib_section *section, uint64_t count, size_t item_bytes)
{
	uint64_t end = l->head.size + count * item_bytes;

	if (end > UINT32_MAX - 8)
		return TL_ELIMIT;
	*section = (tl_mib_section){ (uint32_t)l->head.size, (uint32_t)count };
	l->head.size = (end + 7) & ~(uint64_t)7;
	return TL_OK;
}

static uint32_t
bucket_count(uint32_t nodes)
{
	enum { LOAD = 4 }; /* nodes a bucket, at most */
	uint32_t count = 64;

	while (count < nodes / LOAD)
		count *= 2;
	return count;
}

static uint32_t
jump_bits(const tl_mib_trie *trie)
{
	uint32_t bits = 1;

	while (2 * trie->jumps.count > 1u << bits)
		bits++;
	return bits;
}

/* Gives every section its place. What oids needs is known when they are written: it is
 * the last, and at first as large as it could become. */
static tl_err
place_sections(link *l)
{
	const tl_mib_set *set = l->set;
	uint32_t nodes = set->defs.count;
	uint64_t oids = 0;
	tl_err err = TL_OK;

	for (uint32_t i = 0; i < nodes; i++)
		oids += def_at(l, i)->oid_len;
	const struct {
		tl_mib_section *section;
		uint64_t count;
		size_t item_bytes;
	} sections[] = {
		{ &l->head.nodes, nodes, sizeof(tl_mib_node) },
		{ &l->head.places, nodes, sizeof(uint32_t) },
		{ &l->head.modules, set->modules.count, sizeof(tl_mib_module) },
		{ &l->head.syntaxes, set->syntaxes.count, sizeof(tl_mib_syntax) },
		{ &l->head.labels, set->labels.count, sizeof(tl_mib_label) },
		{ &l->head.lists, set->lists.count, sizeof(uint32_t) },
		{ &l->head.names, nodes, sizeof(uint32_t) },
		{ &l->head.buckets, bucket_count(nodes) + 1, sizeof(uint32_t) },
		{ &l->head.steps, l->trie.steps.count, sizeof(uint32_t) },
		{ &l->head.forks, l->trie.forks.count, sizeof(tl_mib_fork) },
		{ &l->head.jumps, (1u << jump_bits(&l->trie)) + TL_MIB_JUMP_TRIES,
		    sizeof(tl_mib_jump) },
		{ &l->head.text, l->text_len + TL_MIB_TEXT_TAIL, 1 },
		{ &l->head.hints, hints_len(l), 1 },
		{ &l->head.oids, oids, 1 },
	};
	for (size_t i = 0; i < sizeof sections / sizeof sections[0] && err == TL_OK; i++)
		err = place_section(
		    l, sections[i].section, sections[i].count, sections[i].item_bytes);
	return err;
}

static void
write_head(link *l)
{
	l->head.magic = TL_MIB_MAGIC;
	l->head.version = TL_MIB_VERSION;
	l->head.layout = TL_MIB_LAYOUT;
	l->head.head_sum = 0;
	l->head.body_sum = tl_mib_sum(
	    (tl_span){ l->block + sizeof l->head, l->head.size - sizeof l->head });
	l->head.head_sum =
	    tl_mib_sum((tl_span){ (const uint8_t *)&l->head, sizeof l->head });
	memcpy(l->block, &l->head, sizeof l->head);
}

static void
write_jumps(link *l)
{
	tl_mib_jump *jumps = part(l, l->head.jumps);
	const tl_mib_jump *from = l->trie.jumps.ptr;
	unsigned bits = jump_bits(&l->trie);

	for (uint32_t i = 0; i < l->trie.jumps.count; i++) {
		tl_mib_jump *to = jumps + tl_mib_jump_place(from[i].prefix, bits);
		tl_mib_jump *end = to + TL_MIB_JUMP_TRIES;
		while (to < end && to->below > 0)
			to++;
		if (to < end)
			*to = from[i];
	}
}

static void
trie_fini(tl_mib_trie *trie)
{
	tl_vec_free(&trie->steps);
	tl_vec_free(&trie->forks);
	tl_vec_free(&trie->jumps);
}

static void
write_trie(link *l)
{
	static const uint8_t mib_2[] = { 0x2b, 6, 1, 2, 1 };
	static const uint8_t enterprises[] = { 0x2b, 6, 1, 4, 1 };

	l->head.internet = step_behind(&l->trie, mib_2, 3);
	l->head.mib_2 = step_behind(&l->trie, mib_2, sizeof mib_2);
	l->head.enterprises = step_behind(&l->trie, enterprises, sizeof enterprises);
	memcpy(part(l, l->head.steps), l->trie.steps.ptr,
	    l->trie.steps.count * sizeof(uint32_t));
	if (l->trie.forks.count > 0)
		memcpy(part(l, l->head.forks), l->trie.forks.ptr,
		    l->trie.forks.count * sizeof(tl_mib_fork));
	write_jumps(l);
	trie_fini(&l->trie);
}

/* Writes the names, with underscores for what a name must not hold, and something
 * harmless between them. */
static void
write_texts(link *l)
{
	uint8_t *text = part(l, l->head.text);

	memset(text, '-', l->head.text.count);
	for (tl_smi_name n = 1; n <= tl_smi_names_count(l->set->names); n++) {
		uint8_t *to = text + (size_t)(l->texts[n] >> 8) * 4;
		const uint8_t *from = text_of(l, n).ptr;
		for (uint32_t i = 0; i < (l->texts[n] & 0xff); i++)
			to[i] = tl_mib_is_plain(from[i]) ? from[i] : '_';
	}
}

/* Writes |s| to the end of hints and returns where it stands. */
static uint32_t
write_hint(link *l, tl_span s)
{
	uint32_t at = l->hints_len;

	if (s.len > 0)
		memcpy((uint8_t *)part(l, l->head.hints) + at, s.ptr, s.len);
	l->hints_len += (uint32_t)s.len;
	return at;
}

static void
write_modules(link *l)
{
	const tl_mib_def_module *from = l->set->modules.ptr;
	tl_mib_module *to = part(l, l->head.modules);

	for (uint32_t i = 0; i < l->set->modules.count; i++) {
		tl_span source = tl_smi_names_text(l->set->names, from[i].source);
		if (i > 0 && from[i].source == from[i - 1].source)
			to[i] = to[i - 1];
		else
			to[i] = (tl_mib_module){ .source = write_hint(l, source),
				.source_len = (uint32_t)source.len };
		to[i].name = l->texts[from[i].name];
	}
}

static void
write_syntaxes(link *l)
{
	const tl_mib_def_syntax *from = l->set->syntaxes.ptr;
	const tl_mib_def_label *labels = l->set->labels.ptr;
	tl_mib_syntax *to = part(l, l->head.syntaxes);
	tl_mib_label *label = part(l, l->head.labels);

	for (uint32_t i = 0; i < l->set->syntaxes.count; i++) {
		tl_span hint = hint_of(l, i);
		to[i] = (tl_mib_syntax){ .type = from[i].type,
			.special = from[i].special,
			.size_min = from[i].size_min,
			.size_max = from[i].size_max,
			.hint_len = (uint16_t)hint.len,
			.hint = write_hint(l, hint),
			.label = from[i].label,
			.label_count = from[i].label_count };
	}
	for (uint32_t i = 0; i < l->set->labels.count; i++)
		label[i] = (tl_mib_label){ labels[i].value, l->texts[labels[i].text] };
}

/* Writes the lists, of nodes where they were of definitions. */
static void
write_lists(link *l)
{
	const uint32_t *from = l->set->lists.ptr;
	uint32_t *to = part(l, l->head.lists), left = 0;

	for (uint32_t i = 0; i < l->set->lists.count; i++) {
		uint32_t implied = from[i] & TL_MIB_IMPLIED;
		if (left == 0)
			left = to[i] = from[i];
		else if (left--, from[i] == TL_MIB_NONE)
			to[i] = TL_MIB_NONE;
		else
			to[i] = l->node_of[from[i] & ~TL_MIB_IMPLIED] | implied;
	}
}

static tl_mib_node
node_of_def(const link *l, const tl_mib_def *def)
{
	unsigned severity = (unsigned)def->severity << TL_MIB_SEVERITY_SHIFT;
	unsigned kind = (unsigned)def->kind << TL_MIB_KIND_SHIFT;

	return (tl_mib_node){ .name = l->texts[def->name],
		.syntax = def->syntax,
		.list = def->list,
		.module = (uint16_t)def->module,
		.facts = (uint16_t)(severity | kind | def->oid_len) };
}

/* Writes the nodes and their OIDs: from the end, since what an OID begins with is the OID
 * of others that stand before it, and need no bytes of their own. */
static void
write_nodes(link *l)
{
	tl_mib_node *nodes = part(l, l->head.nodes);
	uint32_t *places = part(l, l->head.places), at = 0;
	uint8_t *oids = part(l, l->head.oids);
	tl_span last = { oids, 0 };

	for (uint32_t i = l->set->defs.count; i-- > 0;) {
		const tl_mib_def *def = def_at(l, l->order[i]);
		tl_span oid = oid_of(l, def);
		bool begins =
		    oid.len <= last.len && memcmp(oid.ptr, last.ptr, oid.len) == 0;
		nodes[i] = node_of_def(l, def);
		places[i] = def->place;
		if (begins && i + 1 < l->set->defs.count &&
		    oid.len == tl_mib_oid_len(&nodes[i + 1]))
			nodes[i].facts |= TL_MIB_SAME_OID;
		if (!begins) {
			memcpy(oids + at, oid.ptr, oid.len);
			last = (tl_span){ oids + at, oid.len };
			at += (uint32_t)oid.len;
		}
		nodes[i].oid = (uint32_t)(last.ptr - oids);
	}
	l->head.oids.count = at;
	l->head.size = (l->head.oids.at + (uint64_t)at + 7) & ~(uint64_t)7;
}

static uint32_t
bucket_of(const link *l, const tl_mib_def *def)
{
	uint32_t ref = l->texts[def->name];
	const uint8_t *text = part(l, l->head.text);

	return tl_mib_bucket((tl_span){ text + (size_t)(ref >> 8) * 4, ref & 0xff },
	    l->head.buckets.count - 1);
}

/* Sorts the nodes by the hashes of their names, in the order of definition. */
static void
write_names(link *l)
{
	uint32_t *names = part(l, l->head.names), *at = part(l, l->head.buckets);
	uint32_t count = l->set->defs.count;

	for (uint32_t i = 0; i < count; i++)
		at[bucket_of(l, def_at(l, i))]++;
	for (uint32_t i = 0, sum = 0; i < l->head.buckets.count; i++) {
		sum += at[i];
		at[i] = sum;
	}
	/* From the ends down, so that each bucket's start is what is left. */
	for (uint32_t i = count; i-- > 0;)
		names[--at[bucket_of(l, def_at(l, i))]] = l->node_of[i];
}

static void
release(tl_span bytes)
{
	free((void *)bytes.ptr);
}

static tl_err
write_block(link *l, tl_mib **out)
{
	l->block = calloc(1, l->head.size);
	if (l->block == NULL)
		return TL_ENOMEM;
	write_trie(l);
	write_texts(l);
	write_modules(l);
	write_syntaxes(l);
	write_lists(l);
	write_nodes(l);
	write_names(l);
	uint8_t *fitting = realloc(l->block, l->head.size);
	if (fitting != NULL)
		l->block = fitting;
	write_head(l);
	return tl_mib_open((tl_span){ l->block, l->head.size }, release, out);
}

tl_err
tl_mib_link(const tl_mib_set *set, tl_mib **out)
{
	link l = { .set = set, .head.size = sizeof l.head };
	tl_err err = set->modules.count <= MODULES_MAX ? sort(&l) : TL_ELIMIT;

	if (err == TL_OK)
		err = place_texts(&l);
	if (err == TL_OK)
		err = place_sections(&l);
	if (err == TL_OK)
		err = write_block(&l, out);
	if (err != TL_OK)
		free(l.block);
	free(l.order);
	free(l.node_of);
	free(l.texts);
	trie_fini(&l.trie);
	return err;
}
