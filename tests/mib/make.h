/* tests/mib/make.h: dictionaries of definitions that a test writes down, a line each:
 *
 *   kind MODULE::name OID type special hint SIZE labels references
 *
 * with a '|' between; what stands at the end may be left out, empty fields as well. Kind:
 * "identity", "object", "notification" or "notification/major". Type: "INTEGER", "OCTETS"
 * or the others of maker_types. Special: "bits" or the others of maker_specials. SIZE:
 * "4" or "0..8". Labels: "up(1) down(2)". References: "IF-MIB::ifIndex IMPLIED X::y", "-"
 * for what is not defined. */
#ifndef TESTS_MIB_MAKE_H
#define TESTS_MIB_MAKE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mib/set.h"

typedef struct maker {
	tl_smi_names *names;
	tl_mib_set set;
	const char *source;
	uint32_t line;
} maker;

typedef struct maker_word {
	const char *word;
	uint8_t value;
} maker_word;

static const maker_word maker_types[] = { { "INTEGER", TL_T_INTEGER },
	{ "OCTETS", TL_T_OCTETS }, { "OID", TL_T_OID }, { "IpAddress", TL_T_IPADDRESS },
	{ "Counter32", TL_T_COUNTER32 }, { "Gauge32", TL_T_GAUGE32 },
	{ "TimeTicks", TL_T_TIMETICKS }, { "Opaque", TL_T_OPAQUE },
	{ "Counter64", TL_T_COUNTER64 }, { "NULL", TL_T_NULL }, { "unknown", 0 },
	{ NULL, 0 } };
static const maker_word maker_kinds[] = { { "identity", TL_MIB_IDENTITY },
	{ "object", TL_MIB_OBJECT }, { "notification", TL_MIB_NOTIFICATION },
	{ NULL, 0 } };
static const maker_word maker_specials[] = { { "bits", TL_MIB_BITS },
	{ "date", TL_MIB_DATE }, { "inet-type", TL_MIB_INET_TYPE },
	{ "inet", TL_MIB_INET }, { "network", TL_MIB_NETWORK }, { "", TL_MIB_PLAIN },
	{ NULL, 0 } };

/* A test that cannot be set up has failed. */
static inline void
maker_need(bool ok, const maker *m)
{
	if (!ok) {
		fprintf(stderr, "the dictionary cannot be made, line %u\n",
		    m != NULL ? m->line : 0);
		abort();
	}
}

static inline uint8_t
maker_word_of(const maker_word *words, const char *word, const maker *m)
{
	while (words->word != NULL && strcmp(words->word, word) != 0)
		words++;
	maker_need(words->word != NULL, m);
	return words->value;
}

static inline tl_smi_name
maker_name(maker *m, const char *text, size_t len)
{
	return tl_smi_names_put(m->names, (tl_span){ (const uint8_t *)text, len });
}

static inline void *
maker_grow(tl_vec *v, size_t size, size_t n)
{
	void *to = tl_vec_grow(v, size, n);

	maker_need(to != NULL, NULL);
	return to;
}

static inline uint32_t
maker_module(maker *m, tl_smi_name name)
{
	const tl_mib_def_module *modules = m->set.modules.ptr;

	for (uint32_t i = 0; i < m->set.modules.count; i++)
		if (modules[i].name == name)
			return i;
	tl_mib_def_module *to = maker_grow(&m->set.modules, sizeof *to, 1);
	tl_smi_name source =
	    m->source != NULL ? maker_name(m, m->source, strlen(m->source)) : 0;
	*to = (tl_mib_def_module){ name, source };
	return m->set.modules.count - 1;
}

/* "up(1) down(2)", cut in place. */
static inline void
maker_labels(maker *m, tl_mib_def_syntax *syntax, char *text)
{
	char *rest, *word = strtok_r(text, " ", &rest);

	for (; word != NULL; word = strtok_r(NULL, " ", &rest)) {
		char *open = strrchr(word, '(');
		maker_need(open != NULL, m);
		tl_mib_def_label *to = maker_grow(&m->set.labels, sizeof *to, 1);
		*to = (tl_mib_def_label){ (int32_t)strtol(open + 1, NULL, 10),
			maker_name(m, word, (size_t)(open - word)) };
		syntax->label_count++;
	}
}

static inline uint32_t
maker_syntax(maker *m, char **field)
{
	unsigned min = 0, max = UINT16_MAX;

	if (*field[3] == '\0')
		return TL_MIB_NONE;
	if (sscanf(field[6], "%u..%u", &min, &max) == 1)
		max = min;
	tl_mib_def_syntax s = { .type = maker_word_of(maker_types, field[3], m),
		.special = maker_word_of(maker_specials, field[4], m),
		.size_min = (uint16_t)min,
		.size_max = (uint16_t)max,
		.hint = maker_name(m, field[5], strlen(field[5])),
		.label = m->set.labels.count };
	maker_labels(m, &s, field[7]);
	tl_mib_def_syntax *to = maker_grow(&m->set.syntaxes, sizeof s, 1);
	*to = s;
	return m->set.syntaxes.count - 1;
}

/* "major" behind a slash, cut off. */
static inline uint8_t
maker_severity(char *kind)
{
	char *word = strchr(kind, '/');
	tl_severity s = TL_SEVERITY_NONE;

	if (word == NULL)
		return TL_SEVERITY_NONE;
	*word++ = '\0';
	while (s < TL_SEVERITY_CRITICAL && strcmp(word, tl_severity_name(s)) != 0)
		s++;
	return (uint8_t)s;
}

static inline void
maker_def(maker *m, char **field)
{
	uint8_t severity = maker_severity(field[0]);
	uint8_t room[TL_OID_BER_MAX];
	char *name = strstr(field[1], "::");
	tl_oid oid;

	maker_need(name != NULL &&
		       tl_oid_from_text(field[2], strlen(field[2]), room, &oid) == TL_OK,
	    m);
	tl_mib_def def = { .name = maker_name(m, name + 2, strlen(name + 2)),
		.module =
		    maker_module(m, maker_name(m, field[1], (size_t)(name - field[1]))),
		.place = m->line << 8 | 1,
		.oid = m->set.oids.count,
		.syntax = maker_syntax(m, field),
		.list = TL_MIB_NONE,
		.oid_len = (uint16_t)oid.len,
		.kind = maker_word_of(maker_kinds, field[0], m),
		.severity = severity };
	memcpy(maker_grow(&m->set.oids, 1, oid.len), oid.ber, oid.len);
	tl_mib_def *to = maker_grow(&m->set.defs, sizeof def, 1);
	*to = def;
}

static inline uint32_t
maker_find(const maker *m, const char *ref)
{
	const tl_mib_def *defs = m->set.defs.ptr;
	const tl_mib_def_module *modules = m->set.modules.ptr;
	const char *name = strstr(ref, "::");

	for (uint32_t i = 0; name != NULL && i < m->set.defs.count; i++) {
		tl_span have = tl_smi_names_text(m->names, defs[i].name);
		tl_span module =
		    tl_smi_names_text(m->names, modules[defs[i].module].name);
		if (have.len == strlen(name + 2) && module.len == (size_t)(name - ref) &&
		    memcmp(have.ptr, name + 2, have.len) == 0 &&
		    memcmp(module.ptr, ref, module.len) == 0)
			return i;
	}
	return TL_MIB_NONE;
}

/* The references of the definition |number|, cut in place. */
static inline void
maker_list(maker *m, uint32_t number, char *text)
{
	char *rest, *word = strtok_r(text, " ", &rest);
	uint32_t at = m->set.lists.count, implied = 0;

	if (word == NULL)
		return;
	*(uint32_t *)maker_grow(&m->set.lists, sizeof(uint32_t), 1) = 0;
	for (; word != NULL; word = strtok_r(NULL, " ", &rest)) {
		if (strcmp(word, "IMPLIED") == 0) {
			implied = TL_MIB_IMPLIED;
			continue;
		}
		uint32_t *to = maker_grow(&m->set.lists, sizeof *to, 1);
		*to = maker_find(m, word);
		maker_need(*to != TL_MIB_NONE || strcmp(word, "-") == 0, m);
		*to |= implied;
	}
	*TL_VEC_AT(&m->set.lists, uint32_t, at) = m->set.lists.count - at - 1;
	TL_VEC_AT(&m->set.defs, tl_mib_def, number)->list = at;
}

/* Reads |text| twice: for the definitions, then for what they refer to. */
static inline void
maker_read(maker *m, const char *text, bool lists)
{
	char line[65536], *field[9];

	m->line = 0;
	for (uint32_t number = 0; *text != '\0';) {
		size_t len = strcspn(text, "\n");
		maker_need(len < sizeof line, m);
		memcpy(line, text, len);
		line[len] = '\0';
		text += len + (text[len] == '\n');
		m->line++;
		char *p = line;
		for (int i = 0; i < 9; i++) {
			field[i] = p;
			p += strcspn(p, "|");
			if (*p == '|')
				*p++ = '\0';
		}
		if (*line == '\0')
			continue;
		if (lists)
			maker_list(m, number++, field[8]);
		else
			maker_def(m, field);
	}
}

static inline void
maker_init(maker *m, const char *text)
{
	*m = (maker){ .source = "mibs/test.mib" };
	maker_need(tl_smi_names_new(&m->names) == TL_OK, NULL);
	m->set.names = m->names;
	maker_read(m, text, false);
	maker_read(m, text, true);
}

static inline void
maker_fini(maker *m)
{
	tl_vec_free(&m->set.modules);
	tl_vec_free(&m->set.defs);
	tl_vec_free(&m->set.syntaxes);
	tl_vec_free(&m->set.labels);
	tl_vec_free(&m->set.lists);
	tl_vec_free(&m->set.oids);
	tl_smi_names_free(m->names);
}

/* The dictionary of |text|. */
static inline tl_mib *
mib_of(const char *text)
{
	maker m;
	tl_mib *mib = NULL;

	maker_init(&m, text);
	maker_need(tl_mib_link(&m.set, &mib) == TL_OK, NULL);
	maker_fini(&m);
	return mib;
}

#endif
