/* conf/kinds.c: what there is to a value of each type, and where it lies; see read.h and
 * schema.h. */
#include <string.h>

#include "conf/read.h"

/* clang-format off */
static const tl_conf_kind_of_value kinds[TL_TYPE_COUNT] = {
	[TL_TYPE_BOOL] = { "true or false", sizeof(bool), false, tl_read_bool },
	[TL_TYPE_INT] = { "a whole number", sizeof(int64_t), false, tl_read_int },
	[TL_TYPE_DURATION] = { "a duration", sizeof(int64_t), false, tl_read_duration },
	[TL_TYPE_SIZE] = { "a size", sizeof(int64_t), false, tl_read_size },
	[TL_TYPE_MODE] = { "octal permissions", sizeof(int64_t), false, tl_read_mode },
	[TL_TYPE_TEXT] = { "a text", sizeof(char *), false, tl_read_text },
	[TL_TYPE_CHARACTER] = { "one character", sizeof(char), false, tl_read_character },
	[TL_TYPE_ENUM] = { "a word", sizeof(int), false, tl_read_enum },
	[TL_TYPE_ORDER] = { "a list of words", sizeof(tl_conf_ints), true, tl_read_order },
	[TL_TYPE_SET] = { "words", sizeof(uint32_t), true, tl_read_set },
	[TL_TYPE_SEVERITIES] = { "severities", sizeof(uint32_t), true, tl_read_severities },
	[TL_TYPE_FOLDER] = { "a folder", sizeof(char *), false, tl_read_folder },
	[TL_TYPE_FILE] = { "a file", sizeof(char *), false, tl_read_file },
	[TL_TYPE_NEW_FILE] = { "a file", sizeof(char *), false, tl_read_new_file },
	[TL_TYPE_PROGRAM] = { "a program and its arguments", sizeof(tl_conf_texts), true, tl_read_program },
	[TL_TYPE_LISTEN] = { "udp:HOST:PORT", sizeof(char *), false, tl_read_listen },
	[TL_TYPE_TARGET] = { "an address", sizeof(tl_conf_target), false, tl_read_target },
	[TL_TYPE_URL] = { "a URL", sizeof(char *), false, tl_read_url },
	[TL_TYPE_HEX] = { "hexadecimal bytes", sizeof(tl_span), false, tl_read_hex },
	[TL_TYPE_SECRET] = { "a secret", sizeof(tl_conf_secret), false, tl_read_secret },
	[TL_TYPE_AUTH] = { "MD5, SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512", sizeof(tl_auth), false, tl_read_auth },
	[TL_TYPE_PRIV] = { "DES, 3DES, AES-128, AES-192, AES-256, AES-192-C or AES-256-C", sizeof(tl_priv), false, tl_read_priv },
	[TL_TYPE_LEVEL] = { "noAuthNoPriv, authNoPriv or authPriv", sizeof(tl_level), false, tl_read_level },
	[TL_TYPE_CIDR] = { "a network", sizeof(tl_conf_cidr), false, tl_read_cidr },
	[TL_TYPE_ADDRESS] = { "an address", sizeof(tl_conf_cidr), false, tl_read_address },
	[TL_TYPE_NETS] = { "networks", sizeof(tl_conf_cidrs), true, tl_read_nets },
	[TL_TYPE_SOURCE] = { "a network or a list's name", sizeof(tl_conf_source), false, tl_read_source },
	[TL_TYPE_OUTPUT] = { "an output's name", sizeof(tl_conf_ref), false, tl_read_output },
	[TL_TYPE_NAME] = { "an object's name or OID", sizeof(tl_conf_name), false, tl_read_name },
	[TL_TYPE_PATTERN] = { "a name, an OID or a glob", sizeof(tl_conf_pattern), false, tl_read_pattern },
	[TL_TYPE_TESTS] = { "tests of a value", sizeof(tl_conf_tests), true, tl_read_tests },
	[TL_TYPE_TEMPLATE] = { "a template", sizeof(tl_conf_template), false, tl_read_template },
	[TL_TYPE_FIELD] = { "a field's name", sizeof(char *), false, tl_read_field },
	[TL_TYPE_CHARSET] = { "a charset", sizeof(char *), false, tl_read_charset },
	[TL_TYPE_SECTION] = { "a mapping", 0, false, NULL },
};
/* clang-format on */

const tl_conf_kind_of_value *
tl_conf_kind_get(tl_conf_type type)
{
	return &kinds[type];
}

/* Elements of arrays stand at multiples of what their pointers need. */
static size_t
rounded(size_t size)
{
	return (size + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
}

size_t
tl_conf_value_size(const tl_conf_row *row)
{
	if (row->type == TL_TYPE_SECTION)
		return row->section->size;
	return row->many == TL_MAP ? rounded(kinds[row->type].size)
				   : kinds[row->type].size;
}

size_t
tl_conf_key_size(const tl_conf_row *row)
{
	if (row->type == TL_TYPE_SECTION)
		return 0;
	return kinds[row->key_type != 0 ? row->key_type : TL_TYPE_TEXT].size;
}

tl_conf_array
tl_conf_array_get(const void *list)
{
	tl_conf_array array;

	memcpy(&array, list, sizeof array);
	return array;
}

static const tl_conf_row *
find(const tl_conf_row *rows, const char *key)
{
	for (; rows->key != NULL; rows++)
		if (strcmp(rows->key, key) == 0)
			return rows;
	return NULL;
}

const tl_conf_row *
tl_conf_find_row(
    const tl_conf_section *s, const tl_conf_variant *variant, const char *key)
{
	const tl_conf_row *row = find(s->rows, key);

	return row == NULL && variant != NULL ? find(variant->rows, key) : row;
}

const tl_conf_variant *
tl_conf_variant_of(const tl_conf_section *s, const void *section)
{
	int value;

	if (s->variants == NULL)
		return NULL;
	memcpy(&value,
	    (const uint8_t *)section + tl_conf_find_row(s, NULL, "type")->offset,
	    sizeof value);
	return &s->variants[value];
}
