/* sys/build_id.c: finds the note of the linker among the segments of what we are part of.
 * For the cache of dictionaries: one that another build made is not used. */
#include "sys/build_id.h"

#include <link.h>
#include <string.h>

/* The build ID in a segment of notes; empty if there is none. */
static tl_span
find_note(const uint8_t *at, size_t len)
{
	static const char owner[] = "GNU";
	ElfW(Nhdr) note;

	while (len >= sizeof note) {
		memcpy(&note, at, sizeof note);
		size_t name = ((size_t)note.n_namesz + 3) / 4 * 4;
		size_t value = ((size_t)note.n_descsz + 3) / 4 * 4;
		size_t all = sizeof note + name + value;
		if (all > len)
			break;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof owner &&
		    memcmp(at + sizeof note, owner, sizeof owner) == 0)
			return (tl_span){ at + sizeof note + name, note.n_descsz };
		at += all;
		len -= all;
	}
	return (tl_span){ 0 };
}

static bool
is_inside(const struct dl_phdr_info *info, const ElfW(Phdr) * segment, uintptr_t address)
{
	uintptr_t start = info->dlpi_addr + segment->p_vaddr;

	return segment->p_type == PT_LOAD && address >= start &&
	       address < start + segment->p_memsz;
}

/* Of the object that this function is in. */
static int
look_at_object(struct dl_phdr_info *info, size_t size, void *out)
{
	bool ours = false;
	(void)size;

	for (int i = 0; i < info->dlpi_phnum; i++)
		ours = ours ||
		       is_inside(info, &info->dlpi_phdr[i], (uintptr_t)look_at_object);
	for (int i = 0; ours && i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
		tl_span *id = out;
		if (segment->p_type == PT_NOTE && id->len == 0)
			*id = find_note((const uint8_t *)(uintptr_t)(info->dlpi_addr +
								     segment->p_vaddr),
			    segment->p_memsz);
	}
	return ours;
}

tl_span
tl_build_id(void)
{
	tl_span id = { 0 };

	(void)dl_iterate_phdr(look_at_object, &id);
	return id;
}
