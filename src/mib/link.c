/* mib/link.c: makes a dictionary of what a builder holds: finds every definition's OID,
 * sorts, resolves what definitions name, and lays all of it into one block. */
#include "mib/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

typedef struct link {
	tl_mib_builder *b;
	tl_mib_vec order; /* kept's numbers by OID: the order of the nodes */
	tl_mib_trie trie;
	tl_mib_vec nodes, lists;
	tl_mib_vec names, buckets; /* as in the image; of kept until there are nodes */
	tl_mib_build_report report;
} link;

static uint32_t
bucket_of(const link *l, uint32_t number)
{
	return tl_mib_bucket(
	    tl_mib_kept_label(l->b, tl_mib_kept_at(l->b, number)), l->buckets.count - 1);
}

/* Sorts the definitions by the hashes of their labels, keeping their order. */
static tl_err
index_labels(link *l)
{
	enum { LOAD = 4 }; /* of a bucket, at most */
	uint32_t count = l->b->kept.count, size = 64;

	while (size < count / LOAD)
		size *= 2;
	uint32_t *names = tl_mib_vec_grow(&l->names, sizeof *names, count);
	uint32_t *at = tl_mib_vec_grow(&l->buckets, sizeof *at, size + (size_t)1);
	if (names == NULL || at == NULL)
		return TL_ENOMEM;
	memset(at, 0, (size + (size_t)1) * sizeof *at);
	for (uint32_t i = 0; i < count; i++)
		at[bucket_of(l, i)]++;
	for (uint32_t i = 0, sum = 0; i <= size; i++) {
		sum += at[i];
		at[i] = sum;
	}
	/* From the ends down, so that each bucket's start is what is left. */
	for (uint32_t i = count; i-- > 0;)
		names[--at[bucket_of(l, i)]] = i;
	return TL_OK;
}

/* The first definition of a label and of |kind| (0: of any). */
static tl_mib_kept *
first_of_label(const link *l, tl_span label, uint8_t kind)
{
	const uint32_t *names = l->names.ptr, *at = l->buckets.ptr;
	uint32_t bucket = tl_mib_bucket(label, l->buckets.count - 1);

	for (uint32_t i = at[bucket]; i < at[bucket + 1]; i++) {
		tl_mib_kept *k = tl_mib_kept_at(l->b, names[i]);
		tl_span have = tl_mib_kept_label(l->b, k);
		if (have.len == label.len && (kind == 0 || kind == k->kind) &&
		    memcmp(have.ptr, label.ptr, label.len) == 0)
			return k;
	}
	return NULL;
}

/* The definition that |name| means in the module of |from|; of |kind| (0: any). */
static tl_mib_kept *
resolve(const link *l, const tl_mib_kept *from, tl_mib_piece name, uint8_t kind)
{
	uint8_t room[2 * TL_MIB_NAME_MAX + 2];
	tl_span ref = tl_mib_piece_of(&l->b->scratch, name);
	bool whole = memmem(ref.ptr, ref.len, "::", 2) != NULL;
	tl_buf own = { .ptr = room, .cap = sizeof room };

	if (!whole)
		tl_buf_put(&own, tl_mib_kept_name(l->b, from).ptr, from->label_at);
	tl_buf_span(&own, ref);
	uint32_t number = *tl_mib_slot(l->b, tl_buf_written(&own), kind);
	if (number != TL_MIB_NONE)
		return tl_mib_kept_at(l->b, number);
	return whole ? NULL : first_of_label(l, ref, kind);
}

/* Puts |k|'s OID together from |above|'s and its own sub-identifiers. */
static tl_err
append_oid(tl_mib_builder *b, const tl_mib_kept *above, tl_mib_kept *k)
{
	uint32_t at = b->bytes.count, len = above->oid.len + k->oid.len, arcs = 1;
	uint8_t *to;

	k->state = TL_MIB_LOST;
	if (len > TL_OID_BER_MAX)
		return TL_OK;
	to = tl_mib_vec_grow(&b->bytes, 1, len);
	if (to == NULL)
		return TL_ENOMEM;
	memcpy(to, (uint8_t *)b->bytes.ptr + above->oid.at, above->oid.len);
	memcpy(to + above->oid.len, (uint8_t *)b->scratch.ptr + k->oid.at, k->oid.len);
	for (uint32_t i = 0; i < len; i++)
		arcs += to[i] < 0x80;
	if (arcs > TL_OID_MAX)
		return TL_OK;
	k->oid = (tl_mib_piece){ at, len };
	k->state = TL_MIB_DONE;
	return TL_OK;
}

/* Finds |k|'s OID by going up to a name that has one, and down again. */
static tl_err
place(link *l, tl_mib_kept *k)
{
	tl_mib_kept *path[TL_OID_MAX], *above = k;
	size_t depth = 0;
	tl_err err = TL_OK;

	while (above != NULL && above->state == TL_MIB_OPEN && depth < TL_OID_MAX) {
		above->state = TL_MIB_BUSY;
		path[depth++] = above;
		above = resolve(l, above, above->parent, 0);
	}
	while (depth > 0 && err == TL_OK) {
		tl_mib_kept *below = path[--depth];
		if (above != NULL && above->state == TL_MIB_DONE)
			err = append_oid(l->b, above, below);
		else
			below->state = TL_MIB_LOST;
		above = below;
	}
	return err;
}

/* Finds all OIDs, and collects the definitions that have one in |order|. */
static tl_err
place_all(link *l)
{
	for (uint32_t i = 0; i < l->b->kept.count; i++) {
		tl_mib_kept *k = tl_mib_kept_at(l->b, i);
		tl_err err = place(l, k);
		if (err != TL_OK)
			return err;
		if (k->state != TL_MIB_DONE) {
			l->report.parentless++;
			continue;
		}
		uint32_t *to = tl_mib_vec_grow(&l->order, sizeof *to, 1);
		if (to == NULL)
			return TL_ENOMEM;
		*to = i;
	}
	l->report.nodes = l->order.count;
	return TL_OK;
}

/* Makes the nodes, without their lists. */
static tl_err
make_nodes(link *l)
{
	const uint32_t *order = l->order.ptr;
	tl_mib_node *nodes = tl_mib_vec_grow(&l->nodes, sizeof *nodes, l->order.count);
	tl_mib_kept *last = NULL;

	if (nodes == NULL)
		return TL_ENOMEM;
	for (uint32_t i = 0; i < l->order.count; i++) {
		tl_mib_kept *k = tl_mib_kept_at(l->b, order[i]);
		nodes[i] = (tl_mib_node){ .name = k->name,
			.name_len = k->name_len,
			.label_at = k->label_at,
			.oid = k->oid.at,
			.oid_len = (uint16_t)k->oid.len,
			.kind = k->kind,
			.severity = k->severity,
			.syntax = k->syntax,
			.list = TL_MIB_NONE };
		tl_span oid = tl_mib_piece_of(&l->b->bytes, k->oid);
		if (last != NULL && last->oid.len == oid.len &&
		    memcmp(tl_mib_piece_of(&l->b->bytes, last->oid).ptr, oid.ptr,
			oid.len) == 0)
			nodes[i - 1].severity |= TL_MIB_SAME_OID;
		k->node = i;
		last = k;
	}
	return TL_OK;
}

/* Makes |k|'s list of objects or of its index. An index keeps the place of what is not
 * defined, a notification leaves it out. */
static tl_err
make_list(link *l, const tl_mib_kept *k)
{
	const tl_mib_piece *refs = (const tl_mib_piece *)l->b->refs.ptr + k->refs.at;
	bool is_index = k->kind != TL_MIB_NOTIFICATION;
	uint32_t at = l->lists.count, count = 0;
	uint32_t *list = tl_mib_vec_grow(&l->lists, sizeof *list, k->refs.len + 1);

	if (list == NULL)
		return TL_ENOMEM;
	for (uint32_t i = 0; i < k->refs.len; i++) {
		const tl_mib_kept *ref = resolve(l, k, refs[i], TL_MIB_OBJECT);
		if (ref != NULL && ref->node != TL_MIB_NONE) {
			list[++count] = ref->node;
		} else {
			l->report.objectless++;
			if (is_index)
				list[++count] = TL_MIB_NONE;
		}
	}
	if (k->implied && count > 0 && list[count] != TL_MIB_NONE)
		list[count] |= TL_MIB_IMPLIED;
	list[0] = count;
	l->lists.count = at + count + 1;
	((tl_mib_node *)l->nodes.ptr)[k->node].list = at;
	return TL_OK;
}

/* A row that augments another has the other's index. */
static void
borrow_index(link *l, const tl_mib_kept *k)
{
	enum { HOPS = 16 }; /* of rows that augment rows; ends circles */
	tl_mib_node *nodes = l->nodes.ptr, *own = &nodes[k->node];

	for (int i = 0; i < HOPS && k != NULL && k->augments.len > 0; i++)
		k = resolve(l, k, k->augments, 0);
	if (k != NULL && k->node != TL_MIB_NONE && k->kind == TL_MIB_IDENTITY)
		own->list = nodes[k->node].list;
	if (own->list == TL_MIB_NONE)
		l->report.objectless++;
}

/* The list of the row that the column |node| stands in. */
static uint32_t
list_of_row(const tl_mib *view, const tl_mib_node *node)
{
	tl_oid oid = tl_mib_node_oid(view, node);
	uint32_t len = oid.len - 1;

	while (len > 1 && (oid.ber[len - 1] & 0x80) != 0)
		len--;
	const tl_mib_node *row = tl_mib_find(view, (tl_oid){ oid.ber, len }).node;
	if (row == NULL || row->oid_len != len)
		return TL_MIB_NONE;
	while (row->list == TL_MIB_NONE || row->kind != TL_MIB_IDENTITY)
		if (!tl_mib_more(row++))
			return TL_MIB_NONE;
	return row->list;
}

static tl_err
make_lists(link *l)
{
	const tl_mib_image root = { 0 }; /* so that all look-ups start at the root */
	tl_mib view = { .image = &root,
		.nodes = l->nodes.ptr,
		.steps = l->trie.steps.ptr,
		.named = l->trie.named.ptr,
		.bytes = l->b->bytes.ptr };
	tl_mib_node *nodes = l->nodes.ptr;
	const uint32_t *order = l->order.ptr;
	tl_err err = TL_OK;

	for (uint32_t i = 0; i < l->order.count && err == TL_OK; i++) {
		const tl_mib_kept *k = tl_mib_kept_at(l->b, order[i]);
		if (k->refs.len > 0 && k->kind != TL_MIB_OBJECT)
			err = make_list(l, k);
	}
	for (uint32_t i = 0; i < l->order.count && err == TL_OK; i++) {
		const tl_mib_kept *k = tl_mib_kept_at(l->b, order[i]);
		if (k->augments.len > 0 && k->kind == TL_MIB_IDENTITY)
			borrow_index(l, k);
	}
	for (uint32_t i = 0; i < l->order.count && err == TL_OK; i++)
		if (nodes[i].kind == TL_MIB_OBJECT)
			nodes[i].list = list_of_row(&view, &nodes[i]);
	return err;
}

/* Turns names from the definitions' numbers to the nodes', in place, leaving out those
 * without an OID. */
static void
name_nodes(link *l)
{
	uint32_t *names = l->names.ptr, *at = l->buckets.ptr, to = 0;

	for (uint32_t bucket = 0, i = 0; bucket + 1 < l->buckets.count; bucket++) {
		uint32_t end = at[bucket + 1];
		at[bucket] = to;
		for (; i < end; i++) {
			uint32_t node = tl_mib_kept_at(l->b, names[i])->node;
			if (node != TL_MIB_NONE)
				names[to++] = node;
		}
	}
	at[l->buckets.count - 1] = to;
	l->names.count = to;
}

/* A part of the image: where it comes from, and where it is noted. */
typedef struct source {
	const void *ptr;
	uint32_t count;
	size_t size; /* of an item, bytes */
	tl_mib_section *section;
} source;

/* The step behind the |len| bytes; 0 if nothing is there. */
static uint32_t
walk(const tl_mib_step *steps, const uint8_t *bytes, size_t len)
{
	uint32_t at = TL_MIB_ROOT;

	for (size_t i = 0; i < len; i++) {
		uint32_t next = steps[at].base + bytes[i];
		if (steps[next].above != at)
			return 0;
		at = next;
	}
	return at;
}

static tl_err
lay(const link *l, tl_mib **out)
{
	static const uint8_t mib_2[] = { 0x2b, 6, 1, 2, 1 };
	static const uint8_t enterprises[] = { 0x2b, 6, 1, 4, 1 };
	const tl_mib_builder *b = l->b;
	const tl_mib_step *steps = l->trie.steps.ptr;
	tl_mib_image head = { .magic = TL_MIB_MAGIC,
		.version = TL_MIB_VERSION,
		.size = sizeof head,
		.internet = walk(steps, mib_2, 3),
		.mib_2 = walk(steps, mib_2, sizeof mib_2),
		.enterprises = walk(steps, enterprises, sizeof enterprises) };
	source sources[] = {
		{ l->nodes.ptr, l->nodes.count, sizeof(tl_mib_node), &head.nodes },
		{ steps, l->trie.steps.count, sizeof *steps, &head.steps },
		{ l->trie.named.ptr, l->trie.named.count, sizeof(uint32_t), &head.named },
		{ b->syntaxes.ptr, b->syntaxes.count, sizeof(tl_mib_syntax),
		    &head.syntaxes },
		{ b->labels.ptr, b->labels.count, sizeof(tl_mib_label), &head.labels },
		{ l->lists.ptr, l->lists.count, sizeof(uint32_t), &head.lists },
		{ l->names.ptr, l->names.count, sizeof(uint32_t), &head.names },
		{ l->buckets.ptr, l->buckets.count, sizeof(uint32_t), &head.buckets },
		{ b->bytes.ptr, b->bytes.count, 1, &head.bytes },
	};
	size_t parts = sizeof sources / sizeof sources[0];

	for (size_t i = 0; i < parts; i++) {
		size_t bytes = sources[i].count * sources[i].size;
		if (head.size + bytes > UINT32_MAX - 8)
			return TL_ELIMIT;
		*sources[i].section =
		    (tl_mib_section){ (uint32_t)head.size, sources[i].count };
		head.size = (head.size + bytes + 7) & ~(uint64_t)7;
	}
	uint8_t *block = calloc(1, head.size);
	if (block == NULL)
		return TL_ENOMEM;
	memcpy(block, &head, sizeof head);
	for (size_t i = 0; i < parts; i++)
		if (sources[i].count > 0)
			memcpy(block + sources[i].section->at, sources[i].ptr,
			    sources[i].count * sources[i].size);
	tl_err err = tl_mib_open_image((const void *)block, block, out);
	if (err != TL_OK)
		free(block);
	return err;
}

tl_err
tl_mib_builder_build(tl_mib_builder *b, tl_mib **out, tl_mib_build_report *report)
{
	link l = { .b = b };
	tl_err err = index_labels(&l);

	if (err == TL_OK)
		err = place_all(&l);
	if (err == TL_OK)
		err = tl_mib_make_trie(b, &l.order, &l.trie);
	if (err == TL_OK)
		err = make_nodes(&l);
	if (err == TL_OK)
		err = make_lists(&l);
	if (err == TL_OK) {
		name_nodes(&l);
		err = lay(&l, out);
	}
	if (err == TL_OK && report != NULL)
		*report = l.report;
	free(l.order.ptr);
	free(l.trie.steps.ptr);
	free(l.trie.named.ptr);
	free(l.nodes.ptr);
	free(l.lists.ptr);
	free(l.names.ptr);
	free(l.buckets.ptr);
	return err;
}
