/* tests/mib/resolving.h: reads sources and resolves them, for tests of the resolver. */
#ifndef TESTS_MIB_RESOLVING_H
#define TESTS_MIB_RESOLVING_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "mib/set.h"
#include "smi/parse.h"

enum { PROBLEMS_KEPT = 64, PROBLEM_MAX = 400 };

typedef struct resolving {
	tl_smi_tree tree;
	tl_mib_set set;
	tl_mib_summary summary;
	tl_smi_reports reports;
	tl_smi_name *sources;
	uint32_t count;
	uint32_t builtin; /* the first source that is built in, if set */
	uint32_t *named;  /* the set's defs by name: heads, then links; see def_named() */
	FILE *print;      /* where problems go, or NULL */
	char problems[PROBLEMS_KEPT][PROBLEM_MAX];
	uint32_t kept;
} resolving;

/* "A:7 guessed leaf enterprises 1.3.6.1.4.1": module, line, word, and what is set. */
static inline void
keep_problem(void *context, const tl_mib_problem *p)
{
	resolving *r = context;
	char text[PROBLEM_MAX];

	(void)snprintf(text, sizeof text, "%.*s:%u %s %.*s|%.*s|%.*s|%.*s",
	    (int)p->module.len, (const char *)p->module.ptr, p->line,
	    tl_mib_problem_word(p->kind), (int)p->name.len, (const char *)p->name.ptr,
	    (int)p->expected.len, (const char *)p->expected.ptr, (int)p->found.len,
	    (const char *)p->found.ptr, (int)p->other.len, (const char *)p->other.ptr);
	if (r->kept < PROBLEMS_KEPT)
		memcpy(r->problems[r->kept++], text, sizeof text);
	if (r->print != NULL)
		(void)fprintf(r->print, "%.*s\t%s\n", (int)p->file.len,
		    (const char *)p->file.ptr, text);
}

static inline tl_span
text_span(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

static inline bool
resolving_init(resolving *r)
{
	*r = (resolving){ .builtin = UINT32_MAX };
	r->reports = (tl_smi_reports){ keep_problem, r, r->summary.problems };
	return tl_smi_tree_init(&r->tree) == TL_OK;
}

static inline void
resolving_fini(resolving *r)
{
	tl_mib_set_fini(&r->set);
	tl_smi_tree_fini(&r->tree);
	free(r->sources);
	free(r->named);
}

static inline bool
add_source(resolving *r, const char *name, tl_span text)
{
	tl_smi_name *sources = realloc(r->sources, (r->count + 1) * sizeof *sources);

	if (sources == NULL)
		return false;
	r->sources = sources;
	sources[r->count] = tl_smi_names_put(r->tree.names, text_span(name));
	const tl_smi_source source = { r->count++, text_span(name), text };
	r->summary.sources++;
	return tl_smi_parse(&r->tree, &source, &r->reports) == TL_OK;
}

static inline bool
add_file(resolving *r, const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	bool good = f != NULL && fstat(fileno(f), &st) == 0;
	size_t size = good ? (size_t)st.st_size : 0;
	uint8_t *text = good ? malloc(size + 1) : NULL;

	good = text != NULL && fread(text, 1, size, f) == size &&
	       add_source(r, path, (tl_span){ text, size });
	free(text);
	if (f != NULL)
		(void)fclose(f);
	return good;
}

static inline int
is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* A file, or all files of a folder and those below, by name. */
static inline bool
add_path(resolving *r, const char *path)
{
	struct dirent **entries;
	struct stat st;
	bool good = true;

	if (stat(path, &st) != 0)
		return false;
	if (!S_ISDIR(st.st_mode))
		return add_file(r, path);
	int count = scandir(path, &entries, is_shown, alphasort);
	for (int i = 0; i < count; i++) {
		char below[4096];
		int len =
		    snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name);
		good =
		    good && len > 0 && (size_t)len < sizeof below && add_path(r, below);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return good && count >= 0;
}

static inline tl_err
resolve_all(resolving *r)
{
	const tl_mib_resolving what = { .tree = &r->tree,
		.sources = r->sources,
		.builtin = r->builtin,
		.reports = &r->reports,
		.summary = &r->summary };

	return tl_mib_resolve(&what, &r->set);
}

static inline const tl_mib_def *
set_def(const resolving *r, uint32_t i)
{
	return TL_VEC_AT(&r->set.defs, const tl_mib_def, i);
}

static inline tl_span
name_text(const resolving *r, tl_smi_name name)
{
	return tl_smi_names_text(r->tree.names, name);
}

static inline tl_span
module_text(const resolving *r, const tl_mib_def *def)
{
	return name_text(
	    r, TL_VEC_AT(&r->set.modules, const tl_mib_def_module, def->module)->name);
}

/* The OID of |def| as text. */
static inline const char *
oid_text(const resolving *r, const tl_mib_def *def, char text[static TL_OID_TEXT_MAX])
{
	const tl_oid oid = { TL_VEC_AT(&r->set.oids, const uint8_t, def->oid),
		def->oid_len };

	(void)tl_oid_text(oid, text);
	return text;
}

static inline bool
index_names(resolving *r)
{
	uint32_t names = tl_smi_names_count(r->tree.names) + 1;

	r->named = malloc(((size_t)names + r->set.defs.count) * sizeof *r->named);
	if (r->named == NULL)
		return false;
	memset(r->named, 0xff, names * sizeof *r->named);
	for (uint32_t i = r->set.defs.count; i-- > 0;) {
		uint32_t *head = &r->named[set_def(r, i)->name];
		r->named[names + i] = *head;
		*head = i;
	}
	return true;
}

/* The first of the set's defs from |from| on (0: all) that is module::name, of |kind|
 * (0: any); UINT32_MAX. */
static inline uint32_t
def_named(resolving *r, const char *module, const char *name, uint8_t kind, uint32_t from)
{
	tl_smi_name number = tl_smi_names_find(r->tree.names, text_span(name));
	uint32_t names = tl_smi_names_count(r->tree.names) + 1;

	if (number == 0 || (r->named == NULL && !index_names(r)))
		return UINT32_MAX;
	for (uint32_t i = r->named[number]; i != UINT32_MAX; i = r->named[names + i]) {
		const tl_mib_def *def = set_def(r, i);
		tl_span have = module_text(r, def);
		if (i >= from && (kind == 0 || def->kind == kind) &&
		    have.len == strlen(module) && memcmp(have.ptr, module, have.len) == 0)
			return i;
	}
	return UINT32_MAX;
}

#endif
