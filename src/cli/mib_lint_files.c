/* cli/mib_lint_files.c: see mib_lint.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/mib_lint.h"
#include "sys/fs.h"

typedef struct lint_module {
	uint32_t name, len; /* in names */
} lint_module;

int
lint_add(lint_files *f, const char *command, const char *path)
{
	tl_err err = tl_walk_add(&f->walk, path);

	if (err == TL_OK)
		return -1;
	cli_error(command, "%s: %s", path,
	    err == TL_EIO      ? strerror(errno)
	    : err == TL_EINVAL ? "neither a file nor a folder"
			       : tl_err_text(err));
	return EXIT_USAGE;
}

static const tl_walk_file *
file_at(const lint_files *f, uint32_t i)
{
	return TL_VEC_AT(&f->walk.files, tl_walk_file, i);
}

tl_span
lint_path(const lint_files *f, uint32_t file)
{
	const char *path = tl_walk_path(&f->walk, file_at(f, file));

	return (tl_span){ (const uint8_t *)path, strlen(path) };
}

static int
compare(tl_span a, tl_span b)
{
	int order = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
by_path(const void *a, const void *b, void *context)
{
	const lint_files *f = context;

	return compare(
	    lint_path(f, *(const uint32_t *)a), lint_path(f, *(const uint32_t *)b));
}

static tl_err
sort_named(lint_files *f)
{
	uint32_t *order = tl_vec_grow(&f->order, sizeof *order, f->named);

	if (order == NULL)
		return f->named == 0 ? TL_OK : TL_ENOMEM;
	for (uint32_t i = 0; i < f->named; i++)
		order[i] = i;
	qsort_r(order, f->named, sizeof *order, by_path, f);
	return TL_OK;
}

bool
lint_is_named(const lint_files *f, tl_span path, uint32_t *file)
{
	const uint32_t *order = f->order.ptr;
	uint32_t low = 0, high = f->order.count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int way = compare(path, lint_path(f, order[middle]));
		if (way == 0) {
			*file = order[middle];
			return true;
		}
		if (way < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* The next "NAME DEFINITIONS" of |text| from |*at| on, which goes behind it; false if
 * there is none. */
static bool
next_module(tl_span text, size_t *at, tl_span *name)
{
	static const char word[] = "DEFINITIONS";

	while (*at < text.len) {
		const uint8_t *hit =
		    memmem(text.ptr + *at, text.len - *at, word, sizeof word - 1);
		if (hit == NULL)
			return false;
		size_t end = (size_t)(hit - text.ptr), start;
		*at = end + sizeof word - 1;
		while (end > 0 && is_blank(text.ptr[end - 1]))
			end--;
		for (start = end; start > 0 && is_name(text.ptr[start - 1]);)
			start--;
		*name = (tl_span){ text.ptr + start, end - start };
		if (end > start && hit > text.ptr + end)
			return true;
	}
	return false;
}

static tl_err
keep_modules(lint_files *f, tl_span text)
{
	tl_span name;
	size_t at = 0;

	while (next_module(text, &at, &name)) {
		char *room = tl_vec_grow(&f->names, 1, name.len);
		lint_module *m = tl_vec_grow(&f->modules, sizeof *m, 1);
		if (room == NULL || m == NULL)
			return TL_ENOMEM;
		memcpy(room, name.ptr, name.len);
		*m = (lint_module){ f->names.count - (uint32_t)name.len,
			(uint32_t)name.len };
	}
	return TL_OK;
}

static bool
has_module(const lint_files *f, tl_span name)
{
	for (uint32_t i = 0; i < f->modules.count; i++) {
		const lint_module *m = TL_VEC_AT(&f->modules, lint_module, i);
		if (m->len == name.len &&
		    memcmp(TL_VEC_AT(&f->names, char, m->name), name.ptr, name.len) == 0)
			return true;
	}
	return false;
}

/* Blanks the modules of |text| that the named files have. */
static void
blank_modules(const lint_files *f, tl_vec *text)
{
	tl_span all = { text->ptr, text->count }, name, next;
	size_t at = 0;
	bool more = next_module(all, &at, &name);

	while (more) {
		size_t start = (size_t)(name.ptr - all.ptr), end = all.len;
		bool twice = has_module(f, name);
		more = next_module(all, &at, &next);
		if (more)
			end = (size_t)(next.ptr - all.ptr);
		if (twice)
			memset((uint8_t *)text->ptr + start, ' ', end - start);
		name = next;
	}
}

static tl_err
read_file(lint_files *f, uint32_t i, tl_mib_builder *b, tl_vec *text)
{
	tl_span path = lint_path(f, i);
	tl_err err = tl_file_read_text((const char *)path.ptr, TL_WALK_FILE_MAX, text);
	tl_span all = { text->ptr, text->count };

	if (err != TL_OK)
		return err;
	if (i < f->named)
		err = keep_modules(f, all);
	else
		blank_modules(f, text);
	return err == TL_OK ? tl_mib_builder_add_source(b, path, all) : err;
}

tl_err
lint_read(lint_files *f, const char *command, tl_mib_builder *b)
{
	tl_vec text = { 0 };
	tl_err err = sort_named(f);

	for (uint32_t i = 0; i < f->walk.files.count && err == TL_OK; i++) {
		err = read_file(f, i, b, &text);
		bool left_out = err == TL_EIO || err == TL_ENOTFOUND ||
				err == TL_EFORMAT || err == TL_ELIMIT;
		if (!left_out)
			continue;
		if (i < f->named) {
			cli_error(command, "%s: %s", (const char *)lint_path(f, i).ptr,
			    err == TL_EIO ? strerror(errno) : tl_err_text(err));
			f->unreadable++;
		}
		err = TL_OK;
	}
	tl_vec_free(&text);
	return err;
}

void
lint_files_free(lint_files *f)
{
	tl_walk_fini(&f->walk);
	tl_vec_free(&f->order);
	tl_vec_free(&f->modules);
	tl_vec_free(&f->names);
}
