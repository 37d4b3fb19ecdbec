/* pipeline/severity_scale.c: see severity_scale.h. Words of severities are those that the
 * vendors' MIBs use for theirs. */
#include "pipeline/severity_scale.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline/severity.h"

enum { WORD_MAX = 64, DIGITS_MAX = 19 };

typedef struct word {
	const char *text;
	tl_severity severity;
} word;

/* In lower case, without dashes; a word that has one of these in it is as severe, the
 * first in the list first. */
static const word words[] = {
	{ "noncritical", TL_SEVERITY_WARNING },
	{ "nonrecoverable", TL_SEVERITY_CRITICAL },
	{ "nonurgent", TL_SEVERITY_MINOR },
	{ "clear", TL_SEVERITY_CLEARED },
	{ "noalarm", TL_SEVERITY_CLEARED },
	{ "normal", TL_SEVERITY_CLEARED },
	{ "resolved", TL_SEVERITY_CLEARED },
	{ "emerg", TL_SEVERITY_CRITICAL },
	{ "alert", TL_SEVERITY_CRITICAL },
	{ "crit", TL_SEVERITY_CRITICAL },
	{ "fatal", TL_SEVERITY_CRITICAL },
	{ "severe", TL_SEVERITY_CRITICAL },
	{ "urgent", TL_SEVERITY_CRITICAL },
	{ "major", TL_SEVERITY_MAJOR },
	{ "err", TL_SEVERITY_MAJOR },
	{ "minor", TL_SEVERITY_MINOR },
	{ "warn", TL_SEVERITY_WARNING },
	{ "notice", TL_SEVERITY_INFO },
	{ "notif", TL_SEVERITY_INFO },
	{ "info", TL_SEVERITY_INFO },
	{ "debug", TL_SEVERITY_INFO },
};

/* Words that are only themselves. */
static const word whole_words[] = {
	{ "ok", TL_SEVERITY_CLEARED },
	{ "high", TL_SEVERITY_MAJOR },
	{ "medium", TL_SEVERITY_MINOR },
	{ "low", TL_SEVERITY_WARNING },
};

/* |text| in lower case, letters only. */
static void
simplify(tl_span text, char out[WORD_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < text.len && len < WORD_MAX - 1; i++) {
		char c = (char)(text.ptr[i] | 32);
		if (c >= 'a' && c <= 'z')
			out[len++] = c;
	}
	out[len] = '\0';
}

tl_severity
severity_of_word(tl_span text)
{
	char simple[WORD_MAX];

	if (text.len >= WORD_MAX)
		return TL_SEVERITY_NONE;
	simplify(text, simple);
	for (size_t i = 0; i < sizeof whole_words / sizeof whole_words[0]; i++)
		if (strcmp(simple, whole_words[i].text) == 0)
			return whole_words[i].severity;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strstr(simple, words[i].text) != NULL)
			return words[i].severity;
	return TL_SEVERITY_NONE;
}

static bool
add(severity_scale *s, scale_value v)
{
	scale_value *added = tl_vec_grow(&s->values, sizeof v, 1);

	if (added != NULL)
		*added = v;
	return added != NULL;
}

/* RFC 5424 section 6.2.1, numerical severities. */
static bool
add_syslog(severity_scale *s)
{
	static const tl_severity scale[] = { TL_SEVERITY_CRITICAL, TL_SEVERITY_CRITICAL,
		TL_SEVERITY_CRITICAL, TL_SEVERITY_MAJOR, TL_SEVERITY_WARNING,
		TL_SEVERITY_INFO, TL_SEVERITY_INFO, TL_SEVERITY_INFO };

	for (int64_t i = 0; i < (int64_t)(sizeof scale / sizeof scale[0]); i++)
		if (!add(s, (scale_value){ .number = i, .severity = scale[i] }))
			return false;
	return true;
}

/* ItuPerceivedSeverity, RFC 3877; 2, indeterminate, does not tell. */
static bool
add_x733(severity_scale *s)
{
	static const scale_value scale[] = { { 1, { 0 }, TL_SEVERITY_CLEARED },
		{ 3, { 0 }, TL_SEVERITY_CRITICAL }, { 4, { 0 }, TL_SEVERITY_MAJOR },
		{ 5, { 0 }, TL_SEVERITY_MINOR }, { 6, { 0 }, TL_SEVERITY_WARNING } };

	for (size_t i = 0; i < sizeof scale / sizeof scale[0]; i++)
		if (!add(s, scale[i]))
			return false;
	return true;
}

static const tl_mib_node *
node_of(const severity_scale *s, const tl_mib *mib)
{
	tl_mib_match m = { NULL, { NULL, 0 } };

	if (mib != NULL && s->object.oid_len > 0)
		m = tl_mib_find(mib, (tl_oid){ s->object.oid, s->object.oid_len });
	return m.node != NULL && tl_mib_node_kind(m.node) == TL_MIB_OBJECT ? m.node
									   : NULL;
}

static bool
add_labels(severity_scale *s, const tl_mib *mib)
{
	const tl_mib_node *node = node_of(s, mib);
	tl_span label;
	int32_t number;

	for (size_t i = 0;
	     node != NULL && tl_mib_node_label_at(mib, node, i, &label, &number); i++) {
		tl_severity severity = severity_of_word(label);
		if (severity != TL_SEVERITY_NONE &&
		    !add(s, (scale_value){ .number = number, .severity = severity }))
			return false;
	}
	return true;
}

/* Digits with a sign. */
static bool
read_number(tl_span text, int64_t *number)
{
	bool minus = text.len > 0 && text.ptr[0] == '-';
	int64_t value = 0;

	if (text.len == minus || text.len > DIGITS_MAX - 1)
		return false;
	for (size_t i = minus; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		value = 10 * value + (text.ptr[i] - '0');
	}
	*number = minus ? -value : value;
	return true;
}

/* A value of the configuration: a number, a label, or a text. */
static bool
add_value(severity_scale *s, const tl_conf_severity_value *conf, const tl_mib_node *node,
    const tl_mib *mib)
{
	size_t len = strlen(conf->value);
	scale_value v = { .text = { (const uint8_t *)conf->value, len },
		.severity = conf->severity };
	int32_t label;

	if (read_number(v.text, &v.number))
		v.text.ptr = NULL;
	if (node != NULL &&
	    tl_mib_node_label(mib, node, conf->value, len, &label) == TL_OK)
		v = (scale_value){ .number = label, .severity = conf->severity };
	return add(s, v);
}

static bool
add_values(severity_scale *s, const tl_conf_severity_values *conf, const tl_mib *mib)
{
	const tl_mib_node *node = node_of(s, mib);

	for (size_t i = 0; i < conf->count; i++)
		if (!add_value(s, &conf->at[i], node, mib))
			return false;
	return true;
}

bool
severity_scale_init(
    severity_scale *s, const tl_conf_severity_object *conf, const tl_mib *mib)
{
	switch (conf->scale) {
	case TL_SCALE_LABEL:
		s->words = true;
		return add_labels(s, mib);
	case TL_SCALE_SYSLOG:
		return add_syslog(s);
	case TL_SCALE_X733:
		return add_x733(s);
	case TL_SCALE_VALUES:
		return add_values(s, &conf->values, mib);
	}
	return true;
}

void
severity_scale_fini(severity_scale *s)
{
	tl_vec_free(&s->values);
}

static tl_severity
by_text(const severity_scale *s, tl_span text)
{
	const scale_value *at = s->values.ptr;

	for (uint32_t i = 0; i < s->values.count; i++)
		if (at[i].text.ptr != NULL && at[i].text.len == text.len &&
		    (text.len == 0 || memcmp(at[i].text.ptr, text.ptr, text.len) == 0))
			return at[i].severity;
	return s->words ? severity_of_word(text) : TL_SEVERITY_NONE;
}

tl_severity
severity_scale_read(const severity_scale *s, const tl_varbind *vb)
{
	const scale_value *at = s->values.ptr;
	int64_t number;

	if (!field_varbind_number(vb, &number)) {
		if (vb->type != TL_T_OCTETS)
			return TL_SEVERITY_NONE;
		if (!read_number(vb->v.octets, &number))
			return by_text(s, vb->v.octets);
	}
	for (uint32_t i = 0; i < s->values.count; i++)
		if (at[i].text.ptr == NULL && at[i].number == number)
			return at[i].severity;
	return TL_SEVERITY_NONE;
}

size_t
severity_scale_labels(const tl_mib *mib, const tl_mib_node *node)
{
	size_t count = 0;
	tl_span label;
	int32_t number;

	for (size_t i = 0; tl_mib_node_label_at(mib, node, i, &label, &number); i++)
		count += severity_of_word(label) != TL_SEVERITY_NONE;
	return count;
}
