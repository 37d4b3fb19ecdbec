/* cli/check_names.c: names in a configuration, by the dictionary that the daemon would
 * have: see check.h. Called by cmd_check.c. */
#include "cli/check.h"

#include <stdio.h>
#include <string.h>

#include "cli/mibs.h"
#include "pipeline/field.h"
#include "pipeline/field_keys.h"

/* What events of our own have beside the keys of all. */
static const char *const own_fields[] = { "alarms", "changes", "count", "first", "keys",
	"output", "reason", "seconds", "sources", "state", "threshold", NULL };

static bool
is_one_of(const char *name, const char *const *words)
{
	while (*words != NULL && strcmp(*words, name) != 0)
		words++;
	return *words != NULL;
}

static bool
is_set_by_rule(const tl_conf *c, const char *name)
{
	for (size_t i = 0; i < c->rules.count; i++) {
		const tl_conf_fields *fields = &c->rules.at[i].set.fields;
		for (size_t k = 0; k < fields->count; k++)
			if (strcmp(fields->at[k].name, name) == 0)
				return true;
	}
	return false;
}

/* A table that does not say which fields it adds may add any. */
static bool
is_of_table(const tl_conf *c, const char *name)
{
	for (size_t i = 0; i < c->enrichment.count; i++) {
		const tl_conf_pairs *fields = &c->enrichment.at[i].fields;
		if (fields->count == 0)
			return true;
		for (size_t k = 0; k < fields->count; k++)
			if (strcmp(fields->at[k].name, name) == 0)
				return true;
	}
	return false;
}

/* What stands for the secret of an HTTP output. */
static bool
is_token(const tl_conf *c, const char *name)
{
	bool has_one = false;

	for (size_t i = 0; i < c->outputs.count; i++)
		has_one = has_one || (c->outputs.at[i].type == TL_OUTPUT_HTTP &&
					 c->outputs.at[i].http.token.bytes.ptr != NULL);
	return has_one && strcmp(name, "token") == 0;
}

static bool
is_field(const tl_conf *c, const tl_mib *mib, const char *name)
{
	uint8_t oid[TL_OID_BER_MAX];

	return field_key_find(name) != 0 || is_one_of(name, own_fields) ||
	       is_set_by_rule(c, name) || is_of_table(c, name) || is_token(c, name) ||
	       field_oid(name, mib, oid) > 0;
}

/* The key of events, or the object, that |name| may have been meant to be. */
static const char *
advise(const tl_mib *mib, const char *name, char room[TL_CONF_ADVICE_ROOM])
{
	size_t best = tl_conf_far(name);
	const char *found = NULL, *key;

	for (size_t i = 0; (key = field_key(i)) != NULL; i++)
		if (tl_conf_is_nearer(
			name, (tl_span){ (const uint8_t *)key, strlen(key) }, &best))
			found = key;
	if (found == NULL)
		return tl_conf_advise(mib, name, room);
	snprintf(room, TL_CONF_ADVICE_ROOM, "; did you mean '%s'?", found);
	return room;
}

static void
check_fields(const tl_conf *c, const tl_mib *mib, tl_conf_errors *errors)
{
	enum { ADVICE_MAX = 20 };
	char room[TL_CONF_ADVICE_ROOM];
	unsigned advised = 0;

	for (size_t i = 0; i < c->used.count; i++) {
		const tl_conf_name *used = &c->used.at[i];
		if (is_field(c, mib, used->text))
			continue;
		tl_conf_complain(errors, TL_CONF_WARNING, used->mark,
		    "no event has the field '%s': it is no key, no object of a MIB that "
		    "was read, and no rule or table sets it%s",
		    used->text,
		    advised++ < ADVICE_MAX ? advise(mib, used->text, room) : "");
	}
	tl_conf_errors_sort(errors);
}

int
check_names(const char *command, const tl_conf *c, tl_conf_errors *errors)
{
	cli_mibs mibs = { .command = command, .only_given = true, .lenient = true };
	tl_mib_loaded loaded;
	tl_mib *mib = NULL;
	int status = -1;

	for (size_t i = 0; status < 0 && i < c->mibs.count; i++)
		status = cli_mibs_add(&mibs, (char *)(uintptr_t)c->mibs.at[i]);
	if (status < 0)
		status = cli_mibs_load(&mibs, &mib, &loaded);
	if (status < 0) {
		tl_conf_check_names(c, mib, errors);
		check_fields(c, mib, errors);
	}
	tl_mib_free(mib);
	cli_mibs_free(&mibs);
	return status;
}
