/* mib/types.c: finds what a syntax comes down to: goes from type to type, each in the
 * scope of the module that defines it, to a base type, and back with what every step
 * narrows. Called by emit.c. */
#include "mib/types.h"

#include <string.h>

enum { DEPTH_MAX = 64 }; /* types on the way to a base type */

/* The base types. Those with a tag of their own (RFC 1155, RFC 2578 section 7.1) are
 * defined in modules, by an untagged type as the parser leaves it: |plain|. */
static const struct {
	const char *name, *plain;
	uint8_t type, special;
	bool row;
} bases[] = {
	{ "INTEGER", NULL, TL_T_INTEGER, TL_MIB_PLAIN, false },
	{ "OCTET STRING", NULL, TL_T_OCTETS, TL_MIB_PLAIN, false },
	{ "OBJECT IDENTIFIER", NULL, TL_T_OID, TL_MIB_PLAIN, false },
	{ "BITS", NULL, TL_T_OCTETS, TL_MIB_BITS, false },
	{ "SEQUENCE OF", NULL, 0, TL_MIB_PLAIN, true },
	{ "SEQUENCE", NULL, 0, TL_MIB_PLAIN, true },
	{ "Integer32", "INTEGER", TL_T_INTEGER, TL_MIB_PLAIN, false },
	{ "Unsigned32", "INTEGER", TL_T_GAUGE32, TL_MIB_PLAIN, false },
	{ "UInteger32", "INTEGER", TL_T_GAUGE32, TL_MIB_PLAIN, false },
	{ "Gauge", "INTEGER", TL_T_GAUGE32, TL_MIB_PLAIN, false },
	{ "Gauge32", "INTEGER", TL_T_GAUGE32, TL_MIB_PLAIN, false },
	{ "Counter", "INTEGER", TL_T_COUNTER32, TL_MIB_PLAIN, false },
	{ "Counter32", "INTEGER", TL_T_COUNTER32, TL_MIB_PLAIN, false },
	{ "Counter64", "INTEGER", TL_T_COUNTER64, TL_MIB_PLAIN, false },
	{ "TimeTicks", "INTEGER", TL_T_TIMETICKS, TL_MIB_PLAIN, false },
	{ "IpAddress", "OCTET STRING", TL_T_IPADDRESS, TL_MIB_PLAIN, false },
	{ "Opaque", "OCTET STRING", TL_T_OPAQUE, TL_MIB_PLAIN, false },
	{ "NetworkAddress", NULL, TL_T_IPADDRESS, TL_MIB_NETWORK, false },
};

enum { BASES = sizeof bases / sizeof bases[0] };

/* Types by whose name a value is read in another way than their definitions say: those
 * that a hint cannot describe, and those of SMIv1, which has no hints (RFC 1213). */
static const struct {
	const char *name;
	uint8_t type, special;
	const char *hint;
} known[] = {
	{ "DateAndTime", TL_T_OCTETS, TL_MIB_DATE, NULL },
	{ "InetAddressType", TL_T_INTEGER, TL_MIB_INET_TYPE, NULL },
	{ "InetAddress", TL_T_OCTETS, TL_MIB_INET, NULL },
	{ "InetAddressIPv4", TL_T_OCTETS, TL_MIB_INET, NULL },
	{ "InetAddressIPv6", TL_T_OCTETS, TL_MIB_INET, NULL },
	{ "InetAddressIPv4z", TL_T_OCTETS, TL_MIB_INET, NULL },
	{ "InetAddressIPv6z", TL_T_OCTETS, TL_MIB_INET, NULL },
	{ "DisplayString", TL_T_OCTETS, TL_MIB_PLAIN, "255a" },
	{ "PhysAddress", TL_T_OCTETS, TL_MIB_PLAIN, "1x:" },
	{ "MacAddress", TL_T_OCTETS, TL_MIB_PLAIN, "1x:" },
};

enum { KNOWN = sizeof known / sizeof known[0] };

static tl_span
span_of(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

static bool
is(tl_span word, const char *text)
{
	return word.len == strlen(text) && memcmp(word.ptr, text, word.len) == 0;
}

tl_err
tl_mib_add_base_types(tl_mib_resolver *r)
{
	for (uint32_t i = 0; i < BASES; i++) {
		tl_smi_name name =
		    tl_smi_names_find(r->tree->names, span_of(bases[i].name));
		if (name == 0)
			continue;
		uint32_t *base = tl_mib_map_put(
		    &r->scope, tl_mib_key(TL_MIB_ALL_MODULES, name, TL_MIB_CLASS_TYPE));
		if (base == NULL)
			return TL_ENOMEM;
		*base = i;
	}
	for (uint32_t i = 0; i < KNOWN; i++)
		if (known[i].hint != NULL &&
		    tl_smi_names_put(r->tree->names, span_of(known[i].hint)) == 0)
			return TL_ENOMEM;
	return TL_OK;
}

static uint32_t
base_named(const tl_mib_resolver *r, tl_smi_name name)
{
	return tl_mib_map_find(
	    &r->scope, tl_mib_key(TL_MIB_ALL_MODULES, name, TL_MIB_CLASS_TYPE));
}

bool
tl_mib_is_base_type(const tl_mib_resolver *r, tl_smi_name name)
{
	return base_named(r, name) != TL_MIB_NONE;
}

static const tl_smi_syntax *
syntax_of(const tl_mib_resolver *r, const tl_smi_def *def)
{
	return def->syntax != TL_SMI_NONE
		   ? TL_VEC_AT(&r->tree->syntaxes, const tl_smi_syntax, def->syntax)
		   : NULL;
}

static tl_mib_type_info
base_info(uint32_t base)
{
	return (tl_mib_type_info){ .syntax = { .type = bases[base].type,
				       .special = bases[base].special,
				       .size_max = UINT16_MAX },
		.row = bases[base].row,
		.number = TL_MIB_NONE };
}

static const tl_mib_type_info unknown_type = { .syntax = { .size_max = UINT16_MAX },
	.number = TL_MIB_NONE };

/* Whether the definition |t| of a base type's name just says what the base type is. */
static bool
restates(const tl_mib_resolver *r, uint32_t t, uint32_t base)
{
	const tl_smi_def *def = tl_mib_tree_def(r, t);
	const tl_smi_syntax *syntax = syntax_of(r, def);

	return syntax == NULL || syntax->type == def->name ||
	       is(tl_mib_text_of(r, syntax->type), bases[base].plain);
}

/* What a type's name stands for: a definition, or else a base type. */
typedef struct meaning {
	uint32_t def, base; /* or TL_MIB_NONE */
} meaning;

static tl_err
look_up_type(
    tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, meaning *means)
{
	*means = (meaning){ TL_MIB_NONE, base_named(r, seen->name) };
	if (means->base == TL_MIB_NONE)
		return tl_mib_look_everywhere(r, seen, place, &means->def);
	if (bases[means->base].plain == NULL)
		return TL_OK;
	means->def = tl_mib_in_scope(r, seen);
	if (means->def == TL_MIB_NONE || restates(r, means->def, means->base))
		means->def = TL_MIB_NONE;
	else
		means->base = TL_MIB_NONE;
	return TL_OK;
}

/* What a type of this name is, whatever its definition says. */
static void
apply_known(const tl_mib_resolver *r, tl_smi_name name, tl_mib_def_syntax *syntax)
{
	tl_span text = tl_mib_text_of(r, name);

	for (uint32_t i = 0; i < KNOWN; i++) {
		if (known[i].type != syntax->type || !is(text, known[i].name))
			continue;
		if (known[i].special != TL_MIB_PLAIN)
			syntax->special = known[i].special;
		else if (syntax->hint == 0)
			syntax->hint =
			    tl_smi_names_find(r->tree->names, span_of(known[i].hint));
	}
}

/* Narrows |info| by what |syntax| says. */
static tl_err
narrow(tl_mib_resolver *r, const tl_smi_syntax *syntax, tl_mib_type_info *info)
{
	tl_mib_def_syntax *to = &info->syntax;
	bool sized = syntax->size_min != 0 || syntax->size_max != UINT32_MAX;

	info->number = TL_MIB_NONE;
	if (syntax->hint != 0)
		to->hint = syntax->hint;
	if (sized && to->type == TL_T_OCTETS) {
		to->size_min = (uint16_t)(syntax->size_min < UINT16_MAX ? syntax->size_min
									: UINT16_MAX);
		to->size_max = (uint16_t)(syntax->size_max < UINT16_MAX ? syntax->size_max
									: UINT16_MAX);
	}
	if (syntax->label_count == 0)
		return TL_OK;
	return tl_mib_keep_labels(r, syntax, to);
}

static tl_mib_type_info
info_of(const tl_mib_resolver *r, uint32_t type)
{
	return *TL_VEC_AT(&r->types, const tl_mib_type_info, r->number[type]);
}

static tl_err
keep_type(tl_mib_resolver *r, uint32_t type, const tl_mib_type_info *info)
{
	tl_mib_type_info *to = tl_vec_grow(&r->types, sizeof *to, 1);

	if (to == NULL)
		return TL_ENOMEM;
	*to = *info;
	r->number[type] = r->types.count - 1;
	return TL_OK;
}

/* Goes up from |type|, noting the way in |path|, to what is known: |info|. */
static tl_err
climb(tl_mib_resolver *r, uint32_t type, uint32_t path[static DEPTH_MAX], uint32_t *depth,
    tl_mib_type_info *info)
{
	*depth = 0;
	*info = unknown_type;
	while (*depth < DEPTH_MAX) {
		const tl_smi_def *def = tl_mib_tree_def(r, type);
		const tl_smi_syntax *syntax = syntax_of(r, def);
		meaning means;

		r->number[type] = TL_MIB_UNKNOWN;
		path[(*depth)++] = type;
		if (syntax == NULL || syntax->type == 0)
			return TL_OK;
		tl_mib_seen seen = { .module = tl_mib_module_of(r, type),
			.name = syntax->type,
			.self = type,
			.class = TL_MIB_CLASS_TYPE };
		tl_err err = look_up_type(r, &seen, def->place, &means);
		if (err != TL_OK)
			return err;
		if (means.base != TL_MIB_NONE)
			*info = base_info(means.base);
		if (means.def == TL_MIB_NONE || r->number[means.def] == TL_MIB_UNKNOWN)
			return TL_OK;
		if (r->number[means.def] != TL_MIB_NONE) {
			*info = info_of(r, means.def);
			return TL_OK;
		}
		type = means.def;
	}
	return TL_OK;
}

/* What the type |type| of the tree comes down to. */
static tl_err
find_type(tl_mib_resolver *r, uint32_t type, tl_mib_type_info *info)
{
	uint32_t path[DEPTH_MAX], depth;
	tl_err err = TL_OK;

	if (r->number[type] == TL_MIB_NONE) {
		err = climb(r, type, path, &depth, info);
		while (depth > 0 && err == TL_OK) {
			const tl_smi_def *def = tl_mib_tree_def(r, path[--depth]);
			const tl_smi_syntax *syntax = syntax_of(r, def);
			if (syntax != NULL)
				err = narrow(r, syntax, info);
			apply_known(r, def->name, &info->syntax);
			if (err == TL_OK)
				err = keep_type(r, path[depth], info);
		}
	}
	if (err == TL_OK)
		*info = info_of(r, type);
	return err;
}

/* Tells, once in a module, that a type is not known. */
static tl_err
tell_unknown(tl_mib_resolver *r, const tl_mib_seen *seen, const tl_smi_def *def)
{
	uint32_t *told = tl_mib_map_put(
	    &r->guesses, tl_mib_key(seen->module, seen->name, TL_MIB_CLASS_ALIKE));

	if (told == NULL)
		return TL_ENOMEM;
	if (*told == TL_MIB_NONE)
		tl_mib_tell(r, seen->module, def->place,
		    &(tl_mib_problem){ .kind = TL_MIB_P_NO_TYPE,
			.name = tl_mib_text_of(r, def->name),
			.found = tl_mib_text_of(r, seen->name) });
	*told = 0;
	return TL_OK;
}

/* The number of |info|'s syntax in the set, kept for the type |type| if that is all. */
static tl_err
number_of(tl_mib_resolver *r, uint32_t type, bool all, tl_mib_type_info *info)
{
	if (info->number != TL_MIB_NONE || info->row || info->syntax.type == 0)
		return TL_OK;
	tl_err err = tl_mib_keep_syntax(r, &info->syntax, &info->number);
	if (err == TL_OK && all && type != TL_MIB_NONE)
		TL_VEC_AT(&r->types, tl_mib_type_info, r->number[type])->number =
		    info->number;
	return err;
}

tl_err
tl_mib_find_syntax(
    tl_mib_resolver *r, uint32_t module, uint32_t d, uint32_t *number, bool *row)
{
	const tl_smi_def *def = tl_mib_tree_def(r, d);
	const tl_smi_syntax *syntax = syntax_of(r, def);
	tl_mib_type_info info = unknown_type;
	meaning means;

	*number = TL_MIB_NONE;
	*row = false;
	if (syntax == NULL || syntax->type == 0)
		return TL_OK;
	tl_mib_seen seen = { .module = module,
		.name = syntax->type,
		.self = TL_MIB_NONE,
		.class = TL_MIB_CLASS_TYPE };
	tl_err err = look_up_type(r, &seen, def->place, &means);
	if (err != TL_OK)
		return err;
	if (means.base != TL_MIB_NONE)
		info = base_info(means.base);
	else if (means.def != TL_MIB_NONE)
		err = find_type(r, means.def, &info);
	else
		err = tell_unknown(r, &seen, def);
	bool all = syntax->label_count == 0 && syntax->hint == 0 &&
		   syntax->size_min == 0 && syntax->size_max == UINT32_MAX;
	if (err == TL_OK && !all)
		err = narrow(r, syntax, &info);
	if (err == TL_OK)
		err = number_of(r, means.def, all, &info);
	*number = info.number;
	*row = info.row;
	return err;
}
