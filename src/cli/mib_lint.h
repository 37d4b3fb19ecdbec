/* cli/mib_lint.h: the files of `trapline mib lint`: those to be looked at, and those
 * around them, of which only what they define matters. */
#ifndef CLI_MIB_LINT_H
#define CLI_MIB_LINT_H

#include "cli/mib.h"
#include "sys/walk.h"

typedef struct lint_files {
	tl_walk walk;
	uint32_t named;      /* the first ones, which are to be looked at */
	uint32_t unreadable; /* of the named ones */
	tl_vec order;        /* uint32_t: the named ones by their paths */
	tl_vec modules;      /* lint_module: of the named ones */
	tl_vec names;        /* char */
} lint_files;

/* Adds a file or folder. Returns -1 to go on, or the exit status. */
int lint_add(lint_files *f, const char *command, const char *path);

/* Gives all files to |b|; of those around, without the modules that the named ones have.
 * Errors: those of tl_mib_builder_add_source(). */
TL_CHECK tl_err lint_read(lint_files *f, const char *command, tl_mib_builder *b);

/* Whether |path| is one of the named files; then |file| is its number. */
bool lint_is_named(const lint_files *f, tl_span path, uint32_t *file);

tl_span lint_path(const lint_files *f, uint32_t file);
void lint_files_free(lint_files *f);

#endif
