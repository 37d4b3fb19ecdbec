/* fuzz/fuzz_conf.c: any text as a configuration. Either there are errors and no snapshot,
 * or a snapshot which, written as YAML, reads back the same. No file and no program is
 * touched but by names that the text gives. */
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { INPUT_MAX = 4096 }; /* bytes; libyaml takes quadratic time for some texts */

static tl_conf *
load(tl_span text)
{
	tl_conf_errors errors = { 0 };
	tl_conf *c = NULL;
	tl_err err = tl_conf_load_text(text, "fuzz.yaml", &c, &errors);

	if ((err == TL_OK) != (c != NULL) || (err == TL_EFORMAT) != (errors.errors > 0))
		abort();
	tl_conf_errors_free(&errors);
	return c;
}

static char *
write_all(const tl_conf *c, size_t *len)
{
	char *text;

	if (tl_conf_write(c, &text, len) != TL_OK)
		abort();
	return text;
}

/* What stands for a secret may be too long, or no key: then it does not read back. */
static void
check_again(const tl_conf *c)
{
	size_t first_len, second_len;
	char *first = write_all(c, &first_len);
	tl_conf *again = load((tl_span){ (const uint8_t *)first, first_len });

	if (again != NULL) {
		char *second = write_all(again, &second_len);
		if (first_len != second_len || memcmp(first, second, first_len) != 0)
			abort();
		free(second);
	} else if (strstr(first, "(hidden)") == NULL) {
		abort();
	}
	tl_conf_free(again);
	free(first);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	tl_conf_change changes[TL_CONF_KEYS_MAX];

	if (len > INPUT_MAX)
		return 0;
	tl_conf *c = load((tl_span){ data, len });
	if (c == NULL)
		return 0;
	if (tl_conf_diff(c, c, changes) != 0)
		abort();
	check_again(c);
	tl_conf_free(c);
	return 0;
}
