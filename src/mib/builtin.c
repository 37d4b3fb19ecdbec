/* mib/builtin.c: reads the built-in tables into a dictionary, for tl_mib_builtin(). */
#include "mib/builtin.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "mib/builder.h"

enum { LABELS_MAX = 1024, REFS_MAX = 64, ARCS_MAX = 16, MADE_SIZE = 512 };

static const tl_mib_table *const areas[] = {
	tl_mib_tables_core,
	tl_mib_tables_snmp,
	tl_mib_tables_disman,
	tl_mib_tables_ospf,
	tl_mib_tables_routing,
	tl_mib_tables_redundancy,
	tl_mib_tables_mpls,
	tl_mib_tables_link,
	tl_mib_tables_lines,
	tl_mib_tables_host,
	tl_mib_tables_printer,
	tl_mib_tables_vendors,
};

/* The memory that reading a row takes, used again for each. */
typedef struct reading {
	tl_mib_builder *b;
	const char *module;
	tl_mib_label_def labels[LABELS_MAX];
	tl_span refs[REFS_MAX];
	uint32_t arcs[ARCS_MAX];
	struct {
		const char *what;
		uint32_t id;
	} made[MADE_SIZE]; /* syntaxes that were made, by hash; most recur */
} reading;

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

/* Takes what stands before |stop| off |rest|, and |stop| with it. */
static tl_span
take_until(tl_span *rest, char stop)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->ptr, stop, rest->len) : NULL;
	size_t len = end != NULL ? (size_t)(end - rest->ptr) : rest->len;
	size_t skip = len + (end != NULL);
	tl_span word = { rest->ptr, len };

	*rest = (tl_span){ rest->ptr + skip, rest->len - skip };
	return word;
}

static bool
to_number(tl_span digits, long *value)
{
	char text[16] = { 0 }, *end;

	if (digits.len == 0 || digits.len >= sizeof text)
		return false;
	memcpy(text, digits.ptr, digits.len);
	*value = strtol(text, &end, 10);
	return *end == '\0';
}

static const struct {
	const char *name;
	tl_type type;
	tl_mib_special special;
} base_types[] = {
	{ "INTEGER", TL_T_INTEGER, TL_MIB_PLAIN },
	{ "OCTETS", TL_T_OCTETS, TL_MIB_PLAIN },
	{ "BITS", TL_T_OCTETS, TL_MIB_BITS },
	{ "OID", TL_T_OID, TL_MIB_PLAIN },
	{ "IpAddress", TL_T_IPADDRESS, TL_MIB_PLAIN },
	{ "NetworkAddress", TL_T_IPADDRESS, TL_MIB_NETWORK },
	{ "Counter32", TL_T_COUNTER32, TL_MIB_PLAIN },
	{ "Counter64", TL_T_COUNTER64, TL_MIB_PLAIN },
	{ "Gauge32", TL_T_GAUGE32, TL_MIB_PLAIN },
	{ "Unsigned32", TL_T_GAUGE32, TL_MIB_PLAIN },
	{ "TimeTicks", TL_T_TIMETICKS, TL_MIB_PLAIN },
	{ "Opaque", TL_T_OPAQUE, TL_MIB_PLAIN },
};

static bool
base_type(tl_span word, tl_mib_syntax_def *def)
{
	for (size_t i = 0; i < sizeof base_types / sizeof base_types[0]; i++)
		if (is(word, base_types[i].name)) {
			*def = (tl_mib_syntax_def){ .type = base_types[i].type,
				.special = base_types[i].special,
				.size_max = UINT16_MAX };
			return true;
		}
	return false;
}

static int
compare_type(const void *key, const void *row)
{
	const tl_span *word = key;
	const char *name = ((const tl_mib_type_row *)row)->name;
	int order = strncmp((const char *)word->ptr, name, word->len);

	return order != 0 ? order : name[word->len] != '\0' ? -1 : 0;
}

static const tl_mib_type_row *
find_type(tl_span word)
{
	const tl_mib_type_row *row =
	    bsearch(&word, tl_mib_types, tl_mib_type_count, sizeof *row, compare_type);

	return row != NULL ? row
			   : bsearch(&word, tl_mib_printer_types,
				 tl_mib_printer_type_count, sizeof *row, compare_type);
}

/* "up(1)". */
static bool
read_label(reading *r, tl_mib_syntax_def *def, tl_span word)
{
	tl_span rest = word, text = take_until(&rest, '('),
		digits = take_until(&rest, ')');
	long value;

	if (def->label_count == LABELS_MAX || rest.len > 0 || !to_number(digits, &value))
		return false;
	r->labels[def->label_count++] = (tl_mib_label_def){ (int32_t)value, text };
	def->labels = r->labels;
	return true;
}

/* "6" or "0..255". */
static bool
read_size(tl_mib_syntax_def *def, tl_span word)
{
	tl_span rest = word, from = take_until(&rest, '.');
	long lo, hi;

	if (!to_number(from, &lo) || lo < 0)
		return false;
	hi = lo;
	if (from.len < word.len &&
	    (take_until(&rest, '.').len != 0 || !to_number(rest, &hi)))
		return false;
	if (hi < lo || hi > UINT16_MAX)
		return false;
	def->size_min = (uint16_t)lo;
	def->size_max = (uint16_t)hi;
	return true;
}

static bool
read_special(tl_mib_syntax_def *def, tl_span word)
{
	static const struct {
		const char *word;
		tl_mib_special special;
	} specials[] = {
		{ "date", TL_MIB_DATE },
		{ "inet", TL_MIB_INET },
		{ "inet-type", TL_MIB_INET_TYPE },
	};

	for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++)
		if (is(word, specials[i].word)) {
			def->special = specials[i].special;
			return true;
		}
	return false;
}

/* Reads a type and what narrows it; a named type is read first. */
static bool
read_syntax(reading *r, tl_span what, tl_mib_syntax_def *def)
{
	tl_span word = take_until(&what, ' ');
	bool relabelled = false;

	if (!base_type(word, def)) {
		const tl_mib_type_row *row = find_type(word);
		if (row == NULL || !read_syntax(r, span_of(row->what), def))
			return false;
	}
	while (what.len > 0) {
		word = take_until(&what, ' ');
		if (is(word, "hint")) {
			def->hint = what; /* it may have blanks */
			what.len = 0;
		} else if (memchr(word.ptr, '(', word.len) != NULL) {
			def->label_count = relabelled ? def->label_count : 0;
			relabelled = true;
			if (!read_label(r, def, word))
				return false;
		} else if (!read_special(def, word) && !read_size(def, word)) {
			return false;
		}
	}
	return true;
}

/* The id of a syntax. */
static tl_err
make_syntax(reading *r, const char *what, uint32_t *id)
{
	tl_span text = span_of(what);
	size_t at = tl_hash(text.ptr, text.len, 0) % MADE_SIZE;
	tl_mib_syntax_def def;

	if (r->made[at].what == NULL || strcmp(r->made[at].what, what) != 0) {
		if (!read_syntax(r, text, &def))
			return TL_EFORMAT;
		tl_err err = tl_mib_builder_syntax(r->b, &def, &r->made[at].id);
		if (err != TL_OK)
			return err;
		r->made[at].what = what;
	}
	*id = r->made[at].id;
	return TL_OK;
}

static tl_severity
read_severity(tl_span word)
{
	tl_severity s = TL_SEVERITY_CLEARED;

	while (s <= TL_SEVERITY_CRITICAL && !is(word, tl_severity_name(s)))
		s++;
	return s;
}

/* Names, up to the end; IMPLIED stands before the last. */
static bool
read_refs(reading *r, tl_span what, tl_mib_def *def)
{
	def->refs = r->refs;
	while (what.len > 0) {
		tl_span word = take_until(&what, ' ');
		if (is(word, "IMPLIED"))
			def->implied = true;
		else if (def->ref_count == REFS_MAX)
			return false;
		else
			r->refs[def->ref_count++] = word;
	}
	return true;
}

static tl_err
read_what(reading *r, const char *text, tl_mib_def *def)
{
	tl_span rest = span_of(text), word = take_until(&rest, ' ');
	bool fits = true;

	def->kind = TL_MIB_IDENTITY;
	def->syntax = TL_MIB_NONE;
	if (is(word, "index")) {
		fits = read_refs(r, rest, def);
	} else if (is(word, "augments")) {
		def->augments = rest;
	} else if (is(word, "trap")) {
		def->kind = TL_MIB_NOTIFICATION;
		def->severity = read_severity(take_until(&rest, ' '));
		fits = def->severity <= TL_SEVERITY_CRITICAL && read_refs(r, rest, def);
	} else if (word.len > 0) {
		def->kind = TL_MIB_OBJECT;
		return make_syntax(r, text, &def->syntax);
	}
	return fits ? TL_OK : TL_EFORMAT;
}

/* "ifEntry.7", "mib-2.31", "1.3.6.1": the sub-identifiers are what is numbers. */
static bool
read_place(reading *r, const char *text, tl_mib_def *def)
{
	tl_span rest = span_of(text);

	def->arcs = r->arcs;
	if (*text < '0' || *text > '9')
		def->parent = take_until(&rest, '.');
	while (rest.len > 0) {
		long arc;
		if (def->arc_count == ARCS_MAX ||
		    !to_number(take_until(&rest, '.'), &arc))
			return false;
		r->arcs[def->arc_count++] = (uint32_t)arc;
	}
	return true;
}

static tl_err
read_row(reading *r, const tl_mib_row *row)
{
	tl_mib_def def = { .module = span_of(r->module), .name = span_of(row->name) };
	const char *colons = strstr(row->name, "::");
	tl_err err = read_what(r, row->what, &def);

	if (colons != NULL) {
		def.module = (tl_span){ def.name.ptr, (size_t)(colons - row->name) };
		def.name = span_of(colons + 2);
	}
	if (err == TL_OK && !read_place(r, row->place, &def))
		err = TL_EFORMAT;
	return err == TL_OK ? tl_mib_builder_add(r->b, &def) : err;
}

static tl_err
read_areas(reading *r)
{
	tl_err err = TL_OK;

	for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++)
		for (const tl_mib_table *t = areas[i]; t->module != NULL; t++) {
			r->module = t->module;
			for (const tl_mib_row *row = t->rows; row->name != NULL; row++) {
				err = read_row(r, row);
				if (err != TL_OK)
					return err;
			}
		}
	return err;
}

tl_err
tl_mib_builtin_report(tl_mib **out, tl_mib_build_report *report)
{
	reading *r = calloc(1, sizeof *r);
	tl_err err;

	if (r == NULL)
		return TL_ENOMEM;
	err = tl_mib_builder_new(&r->b);
	if (err == TL_OK)
		err = read_areas(r);
	if (err == TL_OK)
		err = tl_mib_builder_build(r->b, out, report);
	tl_mib_builder_free(r->b);
	free(r);
	return err;
}

tl_err
tl_mib_builtin(tl_mib **out)
{
	return tl_mib_builtin_report(out, NULL);
}
