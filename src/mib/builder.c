/* mib/builder.c: takes definitions in and keeps them until link.c makes a dictionary of
 * them. */
#include "mib/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define MOST (UINT32_MAX - 64u) /* items of an array, so that offsets have 32 bits */

void *
tl_mib_vec_grow(tl_mib_vec *v, size_t size, size_t n)
{
	size_t need = v->count + n;

	if (need > MOST)
		return NULL;
	if (need > v->cap || v->ptr == NULL) {
		size_t cap = v->cap < 64 ? 64 : v->cap + (size_t)v->cap / 2;
		cap = cap < need ? need : cap > MOST ? MOST : cap;
		void *ptr = realloc(v->ptr, cap * size);
		if (ptr == NULL)
			return NULL;
		v->ptr = ptr;
		v->cap = (uint32_t)cap;
	}
	void *room = (uint8_t *)v->ptr + v->count * size;
	v->count = (uint32_t)need;
	return room;
}

/* Copies |s| to the end of |v|. */
static tl_err
keep(tl_mib_vec *v, tl_span s, tl_mib_piece *piece)
{
	uint32_t at = v->count;
	uint8_t *to = tl_mib_vec_grow(v, 1, s.len);

	if (to == NULL)
		return v->count + s.len > MOST ? TL_ELIMIT : TL_ENOMEM;
	if (s.len > 0)
		memcpy(to, s.ptr, s.len);
	*piece = (tl_mib_piece){ at, (uint32_t)s.len };
	return TL_OK;
}

tl_err
tl_mib_builder_new(tl_mib_builder **out)
{
	enum { FIRST_SIZE = 1024 };
	tl_mib_builder *b = calloc(1, sizeof *b);

	if (b == NULL)
		return TL_ENOMEM;
	b->full = malloc(FIRST_SIZE * sizeof *b->full);
	if (b->full == NULL) {
		free(b);
		return TL_ENOMEM;
	}
	memset(b->full, 0xff, FIRST_SIZE * sizeof *b->full);
	b->full_size = FIRST_SIZE;
	*out = b;
	return TL_OK;
}

void
tl_mib_builder_free(tl_mib_builder *b)
{
	if (b == NULL)
		return;
	free(b->kept.ptr);
	free(b->refs.ptr);
	free(b->syntaxes.ptr);
	free(b->labels.ptr);
	free(b->bytes.ptr);
	free(b->scratch.ptr);
	free(b->full);
	free(b);
}

uint32_t *
tl_mib_slot(const tl_mib_builder *b, tl_span name, uint8_t kind)
{
	uint32_t mask = b->full_size - 1;
	uint32_t i = tl_mib_bucket(name, b->full_size);

	for (; b->full[i] != TL_MIB_NONE; i = (i + 1) & mask) {
		const tl_mib_kept *k = tl_mib_kept_at(b, b->full[i]);
		tl_span have = tl_mib_kept_name(b, k);
		if (have.len == name.len && memcmp(have.ptr, name.ptr, name.len) == 0 &&
		    (kind == 0 || kind == k->kind))
			break;
	}
	return &b->full[i];
}

/* Doubles the table of whole names; it is never more than half full. */
static tl_err
widen(tl_mib_builder *b)
{
	uint32_t *old = b->full, size = b->full_size;

	if (b->kept.count < size / 2)
		return TL_OK;
	if (size > UINT32_MAX / 4)
		return TL_ELIMIT;
	b->full = malloc(2 * (size_t)size * sizeof *b->full);
	if (b->full == NULL) {
		b->full = old;
		return TL_ENOMEM;
	}
	memset(b->full, 0xff, 2 * (size_t)size * sizeof *b->full);
	b->full_size = 2 * size;
	for (uint32_t i = 0; i < b->kept.count; i++) {
		const tl_mib_kept *k = tl_mib_kept_at(b, i);
		*tl_mib_slot(b, tl_mib_kept_name(b, k), k->kind) = i;
	}
	free(old);
	return TL_OK;
}

static bool
is_name(tl_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
			return false;
	return s.len > 0 && s.len <= TL_MIB_NAME_MAX;
}

static bool
is_place(const tl_mib_def *def)
{
	uint8_t room[TL_OID_BER_MAX];
	tl_oid oid;

	if (def->parent.len == 0)
		return tl_oid_from_arcs(def->arcs, def->arc_count, room, &oid) == TL_OK;
	return is_name(def->parent) && def->arc_count > 0 && def->arc_count < TL_OID_MAX;
}

static bool
is_def(const tl_mib_builder *b, const tl_mib_def *def)
{
	for (size_t i = 0; i < def->ref_count && i < TL_MIB_REFS_MAX; i++)
		if (!is_name(def->refs[i]))
			return false;
	return is_name(def->module) && is_name(def->name) &&
	       def->ref_count <= TL_MIB_REFS_MAX && def->kind >= TL_MIB_IDENTITY &&
	       def->kind <= TL_MIB_NOTIFICATION &&
	       (def->syntax == TL_MIB_NONE || def->syntax < b->syntaxes.count) &&
	       (def->augments.len == 0 || is_name(def->augments)) && is_place(def);
}

static uint32_t
put_arc(uint8_t *to, uint32_t arc)
{
	uint32_t len = 0;

	for (int shift = 28; shift > 0; shift -= 7)
		if (arc >> shift != 0)
			to[len++] = (uint8_t)(0x80 | (arc >> shift & 0x7f));
	to[len++] = (uint8_t)(arc & 0x7f);
	return len;
}

/* The sub-identifiers as BER; those below a parent each for itself. */
static tl_span
encode(const tl_mib_def *def, uint8_t room[static TL_OID_BER_MAX])
{
	tl_oid oid = { room, 0 };

	if (def->parent.len == 0)
		return tl_oid_from_arcs(def->arcs, def->arc_count, room, &oid) == TL_OK
			   ? (tl_span){ oid.ber, oid.len }
			   : (tl_span){ room, 0 };
	for (size_t i = 0; i < def->arc_count; i++)
		oid.len += put_arc(room + oid.len, def->arcs[i]);
	return (tl_span){ oid.ber, oid.len };
}

static tl_err
keep_refs(tl_mib_builder *b, const tl_mib_def *def, tl_mib_kept *k)
{
	tl_err err = TL_OK;
	uint32_t at = b->refs.count;
	tl_mib_piece *refs =
	    tl_mib_vec_grow(&b->refs, sizeof(tl_mib_piece), def->ref_count);

	if (refs == NULL)
		return TL_ENOMEM;
	for (size_t i = 0; i < def->ref_count && err == TL_OK; i++)
		err = keep(&b->scratch, def->refs[i], &refs[i]);
	k->refs = (tl_mib_piece){ at, (uint32_t)def->ref_count };
	return err;
}

/* "MODULE::name". */
static tl_span
join(const tl_mib_def *def, uint8_t room[static 2 * TL_MIB_NAME_MAX + 2])
{
	tl_buf name = { .ptr = room, .cap = 2 * TL_MIB_NAME_MAX + 2 };

	tl_buf_span(&name, def->module);
	tl_buf_lit(&name, "::");
	tl_buf_span(&name, def->name);
	return tl_buf_written(&name);
}

/* Keeps all of |def| but its name. */
static tl_err
keep_def(tl_mib_builder *b, const tl_mib_def *def, tl_mib_kept *k)
{
	uint8_t room[TL_OID_BER_MAX];
	bool whole = def->parent.len == 0;
	tl_err err = keep(whole ? &b->bytes : &b->scratch, encode(def, room), &k->oid);

	k->kind = (uint8_t)def->kind;
	k->severity = (uint8_t)def->severity;
	k->implied = def->implied;
	k->state = whole ? TL_MIB_DONE : TL_MIB_OPEN;
	k->syntax = def->syntax;
	k->node = TL_MIB_NONE;
	if (err == TL_OK)
		err = keep(&b->scratch, def->parent, &k->parent);
	if (err == TL_OK)
		err = keep(&b->scratch, def->augments, &k->augments);
	return err == TL_OK ? keep_refs(b, def, k) : err;
}

tl_err
tl_mib_builder_add(tl_mib_builder *b, const tl_mib_def *def)
{
	uint8_t room[2 * TL_MIB_NAME_MAX + 2];
	tl_mib_kept k = { 0 };
	tl_mib_piece piece;
	tl_err err;

	if (!is_def(b, def))
		return TL_EINVAL;
	err = widen(b);
	if (err == TL_OK)
		err = keep_def(b, def, &k);
	if (err != TL_OK)
		return err;
	tl_span name = join(def, room);
	uint32_t *slot = tl_mib_slot(b, name, k.kind);
	if (*slot == TL_MIB_NONE) {
		err = keep(&b->bytes, name, &piece);
		if (err != TL_OK)
			return err;
		if (tl_mib_vec_grow(&b->kept, sizeof(tl_mib_kept), 1) == NULL)
			return TL_ENOMEM;
		*slot = b->kept.count - 1;
	} else {
		piece.at = tl_mib_kept_at(b, *slot)->name;
	}
	k.name = piece.at;
	k.name_len = (uint16_t)name.len;
	k.label_at = (uint16_t)(def->module.len + 2);
	*tl_mib_kept_at(b, *slot) = k;
	return TL_OK;
}

static int
by_value(const void *left, const void *right)
{
	const tl_mib_label *a = left, *b = right;

	return (a->value > b->value) - (a->value < b->value);
}

/* Keeps the labels in the order of their values. */
static tl_err
keep_labels(tl_mib_builder *b, const tl_mib_syntax_def *def)
{
	tl_mib_label *to =
	    tl_mib_vec_grow(&b->labels, sizeof(tl_mib_label), def->label_count);

	if (to == NULL)
		return TL_ENOMEM;
	for (size_t i = 0; i < def->label_count; i++) {
		tl_mib_piece text;
		tl_err err = keep(&b->bytes, def->labels[i].text, &text);
		if (err != TL_OK)
			return err;
		to[i] = (tl_mib_label){ def->labels[i].value, text.at, text.len };
	}
	qsort(to, def->label_count, sizeof *to, by_value);
	return TL_OK;
}

tl_err
tl_mib_builder_syntax(tl_mib_builder *b, const tl_mib_syntax_def *def, uint32_t *id)
{
	tl_mib_piece hint;
	uint32_t label = b->labels.count;
	tl_err err;

	if (def->hint.len > TL_MIB_NAME_MAX || !tl_is_text(def->hint))
		return TL_EINVAL;
	for (size_t i = 0; i < def->label_count; i++)
		if (!is_name(def->labels[i].text))
			return TL_EINVAL;
	err = keep(&b->bytes, def->hint, &hint);
	if (err == TL_OK)
		err = keep_labels(b, def);
	if (err != TL_OK)
		return err;
	tl_mib_syntax *to = tl_mib_vec_grow(&b->syntaxes, sizeof *to, 1);
	if (to == NULL)
		return TL_ENOMEM;
	*to = (tl_mib_syntax){ .type = (uint8_t)def->type,
		.special = (uint8_t)def->special,
		.hint_len = (uint16_t)hint.len,
		.hint = hint.at,
		.label = label,
		.label_count = (uint32_t)def->label_count,
		.size_min = def->size_min,
		.size_max = def->size_max };
	*id = b->syntaxes.count - 1;
	return TL_OK;
}
