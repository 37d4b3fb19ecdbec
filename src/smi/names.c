/* smi/names.c: the interner. Two tables of numbers lead to the names: by the text, and by
 * the text with its case and underscores folded, for names that are alike. Called by the
 * parser for all that it keeps, and by the resolver. */
#include "smi/names.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/vec.h"

typedef struct table_slot {
	tl_smi_name name; /* 0: free */
	uint32_t hash;
} table_slot;

typedef struct name_table {
	table_slot *slots;
	uint32_t cap, used; /* cap: 0 or a power of two */
} name_table;

typedef struct name_entry {
	uint32_t start; /* in bytes; it ends where the next one starts */
	tl_smi_name alike;
} name_entry;

struct tl_smi_names {
	tl_vec bytes;   /* uint8_t */
	tl_vec entries; /* name_entry; that of number 0 is the empty text */
	name_table exact, folded;
	uint64_t seed;
	bool full;
};

typedef bool same_fn(const uint8_t *a, const uint8_t *b, size_t len);

static uint8_t
fold(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c | 0x20);
	return c == '_' ? '-' : c;
}

static bool
same_exactly(const uint8_t *a, const uint8_t *b, size_t len)
{
	return memcmp(a, b, len) == 0;
}

static bool
same_folded(const uint8_t *a, const uint8_t *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (fold(a[i]) != fold(b[i]))
			return false;
	return true;
}

static uint32_t
hash_exact(const tl_smi_names *names, tl_span text)
{
	return (uint32_t)tl_hash(text.ptr, text.len, names->seed);
}

static uint32_t
hash_folded(const tl_smi_names *names, tl_span text)
{
	uint8_t piece[64];
	uint64_t h = names->seed;

	while (text.len > 0) {
		size_t n = text.len < sizeof piece ? text.len : sizeof piece;
		for (size_t i = 0; i < n; i++)
			piece[i] = fold(text.ptr[i]);
		h = tl_hash(piece, n, h);
		text.ptr += n;
		text.len -= n;
	}
	return (uint32_t)h;
}

static tl_span
text_of(const tl_smi_names *names, tl_smi_name name)
{
	const name_entry *e = TL_VEC_AT(&names->entries, name_entry, name);
	uint32_t end = name + 1 < names->entries.count ? e[1].start : names->bytes.count;

	return (tl_span){ TL_VEC_AT(&names->bytes, uint8_t, e->start), end - e->start };
}

/* The slot of |text|, or the free one where it belongs; the table is not empty. */
static table_slot *
table_find(const tl_smi_names *names, const name_table *t, tl_span text, uint32_t hash,
    same_fn *same)
{
	for (uint32_t i = hash;; i++) {
		table_slot *slot = &t->slots[i & (t->cap - 1)];
		if (slot->name == 0)
			return slot;
		if (slot->hash != hash)
			continue;
		tl_span other = text_of(names, slot->name);
		if (other.len == text.len && same(other.ptr, text.ptr, text.len))
			return slot;
	}
}

/* Makes sure that a slot stays free when one more is used. */
static bool
table_reserve(name_table *t)
{
	if (t->used + 1 <= t->cap / 4 * 3)
		return true;
	uint32_t cap = t->cap == 0 ? 1024 : t->cap * 2;
	table_slot *slots = cap > t->cap ? calloc(cap, sizeof *slots) : NULL;
	if (slots == NULL)
		return false;
	for (uint32_t i = 0; i < t->cap; i++) {
		uint32_t at = t->slots[i].hash;
		if (t->slots[i].name == 0)
			continue;
		while (slots[at & (cap - 1)].name != 0)
			at++;
		slots[at & (cap - 1)] = t->slots[i];
	}
	free(t->slots);
	*t = (name_table){ slots, cap, t->used };
	return true;
}

static void
table_take(name_table *t, table_slot *slot, tl_smi_name name, uint32_t hash)
{
	*slot = (table_slot){ name, hash };
	t->used++;
}

tl_err
tl_smi_names_new(tl_smi_names **out)
{
	tl_smi_names *names = calloc(1, sizeof *names);
	name_entry *none;

	*out = NULL;
	if (names == NULL)
		return TL_ENOMEM;
	names->seed = (uintptr_t)names;
	none = tl_vec_grow(&names->entries, sizeof *none, 1);
	if (none == NULL || tl_vec_grow(&names->bytes, 1, 1) == NULL ||
	    !table_reserve(&names->exact) || !table_reserve(&names->folded)) {
		tl_smi_names_free(names);
		return TL_ENOMEM;
	}
	names->bytes.count = 0;
	*none = (name_entry){ 0 };
	*out = names;
	return TL_OK;
}

void
tl_smi_names_free(tl_smi_names *names)
{
	if (names == NULL)
		return;
	free(names->exact.slots);
	free(names->folded.slots);
	tl_vec_free(&names->bytes);
	tl_vec_free(&names->entries);
	free(names);
}

static tl_span
cut(tl_span text)
{
	return (
	    tl_span){ text.ptr, text.len < TL_SMI_NAME_MAX ? text.len : TL_SMI_NAME_MAX };
}

/* Adds |text|, which is not there; 0 without memory. */
static tl_smi_name
add(tl_smi_names *names, tl_span text, uint32_t hash)
{
	tl_smi_name name = names->entries.count;
	uint32_t start = names->bytes.count;
	uint32_t folded = hash_folded(names, text);

	if (name >= 0x7fffffff || !table_reserve(&names->exact) ||
	    !table_reserve(&names->folded))
		return 0;
	uint8_t *bytes = tl_vec_grow(&names->bytes, 1, text.len);
	if (bytes == NULL)
		return 0;
	memcpy(bytes, text.ptr, text.len);
	name_entry *e = tl_vec_grow(&names->entries, sizeof *e, 1);
	if (e == NULL) {
		names->bytes.count = start;
		return 0;
	}
	e->start = start;
	text.ptr = bytes;
	table_take(&names->exact,
	    table_find(names, &names->exact, text, hash, same_exactly), name, hash);
	table_slot *like = table_find(names, &names->folded, text, folded, same_folded);
	e->alike = like->name != 0 ? like->name : name;
	if (like->name == 0)
		table_take(&names->folded, like, name, folded);
	return name;
}

tl_smi_name
tl_smi_names_put(tl_smi_names *names, tl_span text)
{
	if (text.len == 0)
		return 0;
	text = cut(text);
	uint32_t hash = hash_exact(names, text);
	tl_smi_name name =
	    table_find(names, &names->exact, text, hash, same_exactly)->name;
	if (name == 0)
		name = add(names, text, hash);
	if (name == 0)
		names->full = true;
	return name;
}

tl_smi_name
tl_smi_names_find(const tl_smi_names *names, tl_span text)
{
	if (text.len == 0)
		return 0;
	text = cut(text);
	return table_find(
	    names, &names->exact, text, hash_exact(names, text), same_exactly)
	    ->name;
}

bool
tl_smi_names_full(const tl_smi_names *names)
{
	return names->full;
}

tl_span
tl_smi_names_text(const tl_smi_names *names, tl_smi_name name)
{
	return text_of(names, name);
}

tl_smi_name
tl_smi_names_alike(const tl_smi_names *names, tl_smi_name name)
{
	return TL_VEC_AT(&names->entries, name_entry, name)->alike;
}

uint32_t
tl_smi_names_count(const tl_smi_names *names)
{
	return names->entries.count - 1;
}
