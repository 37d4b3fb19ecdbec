/* tests/conf/folder.h: a folder of files for configurations to name; the working folder
 * while a test runs. */
#ifndef TESTS_CONF_FOLDER_H
#define TESTS_CONF_FOLDER_H

#include <unistd.h>

#include "conf/help.h"

static char folder[64];

static inline int
enter_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof folder, "/tmp/trapline-conf-XXXXXX");
	return mkdtemp(folder) == NULL || chdir(folder) != 0 ? -1 : 0;
}

static inline int
leave_folder(void **state)
{
	char command[160];

	(void)state;
	(void)snprintf(command, sizeof command, "rm -r %s", folder);
	return chdir("/") != 0 ? -1 : system(command);
}

static inline void
write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* |yaml| with each "$DIR" in it being the folder. */
static inline void
assert_found_in_folder(const char *yaml, const char *wanted)
{
	char *texts[2] = { NULL, NULL };
	const char *from[2] = { yaml, wanted };
	size_t len;

	for (unsigned i = 0; i < 2; i++) {
		FILE *to = open_memstream(&texts[i], &len);
		for (const char *c = from[i]; *c != '\0'; c++) {
			bool dir = strncmp(c, "$DIR", 4) == 0;
			fprintf(to, "%s", dir ? folder : "");
			if (dir)
				c += 3;
			else
				fputc(*c, to);
		}
		fclose(to);
	}
	assert_found(texts[0], texts[1]);
	free(texts[0]);
	free(texts[1]);
}

#endif
