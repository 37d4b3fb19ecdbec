/* smi/names.c: the interner. A table of numbers leads to the names by their text. Called
 * by the parser for all that it keeps, and by the resolver. */
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

struct tl_smi_names {
	tl_vec bytes;  /* uint8_t */
	tl_vec starts; /* uint32_t, in bytes: each name ends where the next one starts;
			  that of number 0 is the empty text */
	name_table table;
	uint64_t seed;
	bool full;
};

static uint8_t
fold(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint8_t)(c | 0x20);
	return c == '_' ? '-' : c;
}

static uint32_t
hash_of(const tl_smi_names *names, tl_span text)
{
	return (uint32_t)tl_hash(text.ptr, text.len, names->seed);
}

static tl_span
text_of(const tl_smi_names *names, tl_smi_name name)
{
	const uint32_t *start = TL_VEC_AT(&names->starts, uint32_t, name);
	uint32_t end = name + 1 < names->starts.count ? start[1] : names->bytes.count;

	return (tl_span){ TL_VEC_AT(&names->bytes, uint8_t, *start), end - *start };
}

/* The slot of |text|, or the free one where it belongs; the table is not empty. */
static table_slot *
table_find(const tl_smi_names *names, tl_span text, uint32_t hash)
{
	const name_table *t = &names->table;

	for (uint32_t i = hash;; i++) {
		table_slot *slot = &t->slots[i & (t->cap - 1)];
		if (slot->name == 0)
			return slot;
		if (slot->hash != hash)
			continue;
		tl_span other = text_of(names, slot->name);
		if (other.len == text.len && memcmp(other.ptr, text.ptr, text.len) == 0)
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

tl_err
tl_smi_names_new(tl_smi_names **out)
{
	tl_smi_names *names = calloc(1, sizeof *names);
	uint32_t *none;

	*out = NULL;
	if (names == NULL)
		return TL_ENOMEM;
	names->seed = (uintptr_t)names;
	none = tl_vec_grow(&names->starts, sizeof *none, 1);
	if (none == NULL || tl_vec_grow(&names->bytes, 1, 1) == NULL ||
	    !table_reserve(&names->table)) {
		tl_smi_names_free(names);
		return TL_ENOMEM;
	}
	names->bytes.count = 0;
	*none = 0;
	*out = names;
	return TL_OK;
}

void
tl_smi_names_free(tl_smi_names *names)
{
	if (names == NULL)
		return;
	tl_smi_names_seal(names);
	tl_vec_free(&names->bytes);
	tl_vec_free(&names->starts);
	free(names);
}

void
tl_smi_names_seal(tl_smi_names *names)
{
	free(names->table.slots);
	names->table = (name_table){ 0 };
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
	tl_smi_name name = names->starts.count;
	uint32_t start = names->bytes.count;

	if (name >= 0x7fffffff || !table_reserve(&names->table))
		return 0;
	uint8_t *bytes = tl_vec_grow(&names->bytes, 1, text.len);
	if (bytes == NULL)
		return 0;
	memcpy(bytes, text.ptr, text.len);
	uint32_t *kept = tl_vec_grow(&names->starts, sizeof *kept, 1);
	if (kept == NULL) {
		names->bytes.count = start;
		return 0;
	}
	*kept = start;
	text.ptr = bytes;
	*table_find(names, text, hash) = (table_slot){ name, hash };
	names->table.used++;
	return name;
}

tl_smi_name
tl_smi_names_put(tl_smi_names *names, tl_span text)
{
	if (text.len == 0)
		return 0;
	text = cut(text);
	uint32_t hash = hash_of(names, text);
	tl_smi_name name = table_find(names, text, hash)->name;
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
	return table_find(names, text, hash_of(names, text))->name;
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

uint64_t
tl_smi_names_folded(const tl_smi_names *names, tl_smi_name name)
{
	tl_span text = text_of(names, name);
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
	return h;
}

uint32_t
tl_smi_names_count(const tl_smi_names *names)
{
	return names->starts.count - 1;
}
