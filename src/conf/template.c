/* conf/template.c: see template.h. */
#include "conf/template.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conf/read.h"
#include "conf/units.h"

static const char *const filters[] = { [TL_FILTER_LOWER] = "lower",
	[TL_FILTER_UPPER] = "upper",
	[TL_FILTER_RAW] = "raw",
	[TL_FILTER_OID] = "oid",
	[TL_FILTER_NAME] = "name",
	[TL_FILTER_JSON] = "json",
	[TL_FILTER_URL] = "url",
	[TL_FILTER_DEFAULT] = "default" };

enum { FILTER_KINDS = sizeof filters / sizeof filters[0], FILTER_NAME_MAX = 32 };

typedef struct parser {
	const char *text, *at;
	tl_pool *pool;
	tl_pool_list parts;
	char *problem;
} parser;

__attribute__((format(printf, 2, 3))) static bool
complain(parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->problem, TL_TEMPLATE_PROBLEM_MAX, format, args);
	va_end(args);
	return false;
}

static tl_conf_part *
add_part(parser *p, bool is_field, const char *text, size_t len)
{
	tl_conf_part *part = tl_pool_add(p->pool, &p->parts, sizeof *part);
	char *copy = tl_pool_text(p->pool, text, len);

	if (part == NULL || copy == NULL)
		return NULL;
	part->is_field = is_field;
	part->text = (tl_span){ (const uint8_t *)copy, len };
	return part;
}

/* Up to the next field, or a doubled brace, of which one goes. */
static bool
take_literal(parser *p)
{
	const char *from = p->at;

	while (*p->at != '\0') {
		if (p->at[0] == '{' && p->at[1] == '{') {
			bool kept = add_part(p, false, from, (size_t)(p->at + 1 - from));
			p->at += 2;
			return kept;
		}
		if (p->at[0] == '{' && tl_field_length(p->at + 1) > 0)
			break;
		p->at++;
	}
	return p->at == from || add_part(p, false, from, (size_t)(p->at - from)) != NULL;
}

static bool
refuse_filter(parser *p, const char *name, size_t len)
{
	char word[FILTER_NAME_MAX + 1];

	len = len < FILTER_NAME_MAX ? len : FILTER_NAME_MAX;
	memcpy(word, name, len);
	word[len] = '\0';
	const char *near = tl_conf_nearest(word, filters + 1, FILTER_KINDS - 1);
	return complain(p,
	    "there is no filter '%s'%s%s%s There are: lower, upper, raw, "
	    "oid, name, json, url, default:TEXT",
	    word, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
	    near != NULL ? "'?" : ".");
}

/* "|NAME" or "|NAME:TEXT" at |p->at|. */
static bool
take_filter(parser *p, tl_pool_list *list)
{
	const char *name = p->at + 1;
	size_t len = strcspn(name, "|}:"), whole = strcspn(name, "|}");
	int kind = TL_FILTER_LOWER;
	tl_conf_filter *filter;

	for (; kind < FILTER_KINDS; kind++)
		if (strlen(filters[kind]) == len && memcmp(filters[kind], name, len) == 0)
			break;
	if (kind == FILTER_KINDS)
		return refuse_filter(p, name, len);
	if ((kind == TL_FILTER_DEFAULT) != (len < whole))
		return complain(p, kind == TL_FILTER_DEFAULT
				       ? "the filter 'default' needs a text: default:TEXT"
				       : "only the filter 'default' takes a text");
	bool of_object =
	    kind == TL_FILTER_RAW || kind == TL_FILTER_OID || kind == TL_FILTER_NAME;
	if (of_object && list->count > 0)
		return complain(p, "the filter '%s' must be the first", filters[kind]);
	filter = tl_pool_add(p->pool, list, sizeof *filter);
	if (filter == NULL)
		return false;
	filter->kind = (tl_conf_filter_kind)kind;
	if (len < whole)
		filter->text = tl_pool_text(p->pool, name + len + 1, whole - len - 1);
	p->at = name + whole;
	return true;
}

static bool
take_field(parser *p)
{
	const char *name = p->at + 1;
	size_t len = tl_field_length(name);
	tl_pool_list list = { 0 };

	p->at = name + len;
	while (*p->at == '|')
		if (!take_filter(p, &list))
			return false;
	if (*p->at != '}')
		return complain(p,
		    "the field '{%.*s' does not end with '}'; a brace for itself is '{{'",
		    (int)(len < 64 ? len : 64), name);
	p->at++;
	tl_conf_part *part = add_part(p, true, name, len);
	if (part == NULL)
		return false;
	part->filters = list.at;
	part->filter_count = list.count;
	return true;
}

bool
tl_template_parse(const char *text, tl_pool *pool, tl_conf_template *out,
    char problem[TL_TEMPLATE_PROBLEM_MAX])
{
	parser p = { .text = text, .at = text, .pool = pool, .problem = problem };
	bool good = true;

	problem[0] = '\0';
	while (good && *p.at != '\0') {
		bool field = p.at[0] == '{' && tl_field_length(p.at + 1) > 0;
		good = field ? take_field(&p) : take_literal(&p);
	}
	out->parts = p.parts.at;
	out->count = p.parts.count;
	return good && !pool->failed;
}

static bool
has_default(const tl_conf_part *part)
{
	for (size_t i = 0; i < part->filter_count; i++)
		if (part->filters[i].kind == TL_FILTER_DEFAULT)
			return true;
	return false;
}

bool
tl_read_template(tl_conf_reader *r, const tl_node *n, const tl_conf_row *row, void *out)
{
	char problem[TL_TEMPLATE_PROBLEM_MAX];
	tl_conf_template template = { .text = tl_conf_keep(r, n->text) };

	if (!tl_template_parse(n->text, r->pool, &template, problem))
		return tl_conf_wrong(r, n, row, "%s", problem);
	for (size_t i = 0; i < template.count; i++)
		if (template.parts[i].is_field && !has_default(&template.parts[i]))
			tl_conf_note_use(r, n, (const char *)template.parts[i].text.ptr);
	memcpy(out, &template, sizeof template);
	return template.text != NULL;
}

bool
tl_part_is_token(const tl_conf_part *part)
{
	return part->is_field && strcmp((const char *)part->text.ptr, "token") == 0;
}

static bool
names_token(const tl_conf_template *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (tl_part_is_token(&t->parts[i]))
			return true;
	return false;
}

bool
tl_conf_names_token(const tl_conf_http *h)
{
	bool found = names_token(&h->body) || strstr(h->url, "{token}") != NULL;

	for (size_t i = 0; i < h->headers.count; i++)
		found |= names_token(&h->headers.at[i].value);
	return found;
}
