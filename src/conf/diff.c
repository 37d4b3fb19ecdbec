/* conf/diff.c: what a reload changes; see conf.h. Values are alike if they are written
 * alike, secrets included. */
#include <stdlib.h>
#include <string.h>

#include "conf/write.h"

/* A row's value as text that is wiped and freed by drop(); NULL: memory is short. */
static char *
take(const tl_conf_row *row, const void *section, size_t *len)
{
	char *text = NULL;
	tl_conf_writer w = { .to = open_memstream(&text, len), .secrets = true };

	if (w.to == NULL)
		return NULL;
	tl_conf_write_row(&w, row, section);
	if (fclose(w.to) == 0)
		return text;
	free(text);
	return NULL;
}

static void
drop(char *text, size_t len)
{
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
}

typedef enum likeness { UNLIKE, ALIKE, UNKNOWN } likeness;

static likeness
compare(const tl_conf_row *row, const void *a, const void *b)
{
	size_t a_len = 0, b_len = 0;
	char *x = take(row, a, &a_len), *y = take(row, b, &b_len);
	likeness found = UNKNOWN;

	if (x != NULL && y != NULL)
		found = a_len == b_len && memcmp(x, y, a_len) == 0 ? ALIKE : UNLIKE;
	drop(x, a_len);
	drop(y, b_len);
	return found;
}

size_t
tl_conf_diff(
    const tl_conf *old, const tl_conf *new, tl_conf_change changes[TL_CONF_KEYS_MAX])
{
	size_t count = 0;

	for (const tl_conf_row *row = tl_conf_root.rows; row->key != NULL; row++) {
		likeness found = compare(row, old, new);
		if (found == UNKNOWN)
			return SIZE_MAX;
		if (found == UNLIKE)
			changes[count++] =
			    (tl_conf_change){ row->key, row->reload == TL_RESTART };
	}
	return count;
}

bool
tl_conf_output_equal(const tl_conf_output *a, const tl_conf_output *b)
{
	static const tl_conf_row as_row = {
		.key = "output", .type = TL_TYPE_SECTION, .section = &tl_section_output
	};

	return strcmp(a->name, b->name) == 0 && compare(&as_row, a, b) == ALIKE;
}
