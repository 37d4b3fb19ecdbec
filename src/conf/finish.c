/* conf/finish.c: what keys have to do with each other; see finish.h. */
#include "conf/finish.h"

#include <stdlib.h>
#include <string.h>

#include "conf/read.h"
#include "conf/template.h"
#include "conf/write.h"

enum { NAME_BYTES_MAX = 64 };

/* The node of |key|, or |n| itself: where to point. */
static const tl_node *
at_key(const tl_node *n, const char *key)
{
	const tl_node *found = tl_node_get(n, key);

	return found != NULL ? found : n;
}

void
tl_conf_severity_object_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	const tl_conf_severity_object *o = section;
	bool by_values = o->scale == TL_SCALE_VALUES;

	if (n != NULL && by_values != (o->values.count > 0))
		tl_conf_wrong(r, n, NULL,
		    by_values ? "'as: values' needs values" : "values need 'as: values'");
}

void
tl_conf_flapping_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	const tl_conf_flapping *f = section;

	if (n != NULL && f->settled >= f->changes)
		tl_conf_wrong(r, at_key(n, "settled"), NULL,
		    "settled must be less than changes, which is %lld",
		    (long long)f->changes);
}

void
tl_conf_threshold_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	const tl_conf_threshold *t = section;

	if (n != NULL && t->rearm > t->count)
		tl_conf_wrong(r, at_key(n, "rearm"), NULL,
		    "rearm must not be more than count, which is %lld",
		    (long long)t->count);
}

void
tl_conf_metrics_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	const tl_conf_metrics *m = section;

	if (n != NULL && m->path[0] != '/')
		tl_conf_wrong(
		    r, at_key(n, "path"), NULL, "a path begins with /, as /metrics");
}

void
tl_conf_retry_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	const tl_conf_retry *retry = section;

	if (n != NULL && retry->most_ns < retry->first_ns)
		tl_conf_wrong(r, at_key(n, "most"), NULL,
		    "most, the longest wait, must not be less than first");
}

void
tl_conf_tls_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	tl_conf_tls *t = section;

	if (n != NULL)
		t->mark = tl_conf_mark_of(r, n);
	if (n != NULL && (t->cert == NULL) != (t->key == NULL))
		tl_conf_wrong(
		    r, n, NULL, t->cert == NULL ? "key needs cert" : "cert needs key");
}

static void
check_forward(tl_conf_reader *r, const tl_node *n, const tl_conf_forward *f)
{
	if (f->encoding == TL_ENCODE_V3 && f->user.count == 0)
		tl_conf_wrong(r, n, NULL, "'version: 3' needs a user");
	if (f->encoding == TL_ENCODE_V1 && f->send_as == TL_SEND_INFORM)
		tl_conf_wrong(r, at_key(n, "send_as"), NULL,
		    "version 1 has no informs: use another version");
	if (f->encoding == TL_ENCODE_RAW && f->send_as != TL_SEND_SAME)
		tl_conf_wrong(r, at_key(n, "send_as"), NULL,
		    "'version: raw' sends the datagram as it came: use another version");
}

/* What would be a template elsewhere. */
static bool
has_field(const char *url)
{
	static const char token[] = "{token}";

	for (; (url = strchr(url, '{')) != NULL; url += strlen(token))
		if (strncmp(url, token, strlen(token)) != 0)
			return true;
	return false;
}

static void
check_http(tl_conf_reader *r, const tl_node *n, const tl_conf_http *h)
{
	if ((h->username == NULL) != (h->password.bytes.ptr == NULL))
		tl_conf_wrong(r, n, NULL, "username and password need each other");
	if (h->token.bytes.ptr != NULL && h->username != NULL)
		tl_conf_wrong(
		    r, at_key(n, "token"), NULL, "a token, or username and password");
	if (h->api != TL_HTTP_WEBHOOK && h->body.text != NULL)
		tl_conf_wrong(r, at_key(n, "body"), NULL, "a body is for 'api: webhook'");
	if (h->api == TL_HTTP_WEBHOOK && h->index.text != NULL)
		tl_conf_wrong(r, at_key(n, "index"), NULL,
		    "an index is for 'api: elasticsearch' and 'api: splunk'");
	if (h->api != TL_HTTP_SPLUNK && h->source.text != NULL)
		tl_conf_wrong(
		    r, at_key(n, "source"), NULL, "a source is for 'api: splunk'");
	if (h->api != TL_HTTP_SPLUNK && h->sourcetype.text != NULL)
		tl_conf_wrong(r, at_key(n, "sourcetype"), NULL,
		    "a sourcetype is for 'api: splunk'");
	if (h->url != NULL && has_field(h->url))
		tl_conf_wrong(r, at_key(n, "url"), NULL,
		    "of fields only '{token}' can stand in a URL");
	if (h->token.bytes.ptr == NULL && h->api == TL_HTTP_SPLUNK)
		tl_conf_wrong(r, n, NULL, "'api: splunk' needs a token");
	else if (h->token.bytes.ptr == NULL && h->url != NULL && tl_conf_names_token(h))
		tl_conf_wrong(r, n, NULL, "'{token}' needs a token");
}

/* Where a file is looked into later, and a user looked up. */
void
tl_conf_enrichment_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	tl_conf_enrichment *e = section;

	if (n != NULL)
		e->mark = tl_conf_mark_of(r, at_key(n, "file"));
}

void
tl_conf_root_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	tl_conf *c = section;

	if (n != NULL)
		c->run_as_mark = tl_conf_mark_of(r, at_key(n, "run_as"));
}

void
tl_conf_output_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	tl_conf_output *o = section;
	bool by_template = o->form == TL_FORM_TEMPLATE;

	if (n == NULL)
		return;
	if (by_template != (o->template.text != NULL))
		tl_conf_wrong(r, at_key(n, "template"), NULL,
		    by_template ? "'format: template' needs a template"
				: "a template needs 'format: template'");
	if (o->type == TL_OUTPUT_FORWARD)
		check_forward(r, n, &o->forward);
	if (o->type == TL_OUTPUT_HTTP) {
		o->http.url_mark = tl_conf_mark_of(r, at_key(n, "url"));
		check_http(r, n, &o->http);
	}
}

void
tl_conf_rule_check(tl_conf_reader *r, const tl_node *n, void *section)
{
	tl_conf_rule *rule = section;

	if (n == NULL)
		return;
	rule->mark = tl_conf_mark_of(r, n);
	const tl_node *unless = tl_node_get(n, "unless");
	rule->has_unless = unless != NULL && !tl_node_is_empty(unless);
	if (rule->has_unless &&
	    tl_conf_is_section_absent(&tl_section_match, &rule->unless))
		tl_conf_wrong(r, unless, NULL,
		    "unless has no condition, so the rule would never apply");
	if (rule->drop && rule->route.count > 0)
		tl_conf_wrong(
		    r, at_key(n, "route"), NULL, "a rule that drops routes nothing");
}

/* What stands behind |key| if anything does, so that no default took its place. */
static const tl_node *
given(const tl_node *n, const char *key)
{
	const tl_node *found = tl_node_get(n, key);

	return found != NULL && !tl_node_is_empty(found) ? found : NULL;
}

/* The names of an array whose elements begin with theirs, closed by NULL. */
static const char **
names_of(tl_conf_reader *r, const void *at, size_t count, size_t size)
{
	const char **names = tl_pool_take(r->pool, (count + 1) * sizeof *names);

	for (size_t i = 0; names != NULL && i < count; i++) {
		memcpy(&names[i], (const uint8_t *)at + i * size, sizeof names[i]);
		if (names[i] == NULL) /* it could not be read */
			names[i] = "";
	}
	return names;
}

/* Finds each of |pending| among |names|. */
static void
resolve(tl_conf_reader *r, const tl_pool_list *pending, const char *what,
    const char *const *names)
{
	const tl_conf_pending *at = pending->at;

	for (size_t i = 0; names != NULL && i < pending->count; i++) {
		int32_t k = 0;
		while (names[k] != NULL && strcmp(names[k], at[i].node->text) != 0)
			k++;
		if (names[k] != NULL)
			*at[i].index = k;
		else
			tl_conf_unknown(r, at[i].node, what, at[i].node->text, names);
	}
}

typedef struct named { /* to sort by text */
	const char *text;
	const tl_node *node;
} named;

static int
by_text(const void *a, const void *b)
{
	const named *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order == 0)
		order = tl_conf_is_before(&x->node->mark, &y->node->mark) ? -1 : 1;
	return order;
}

/* Of those that are equal all but the first are wrong. */
static void
refuse_repeats(tl_conf_reader *r, const tl_pool_list *list, const char *what)
{
	const named *at = list->at;

	if (list->count > 1)
		qsort(list->at, list->count, sizeof *at, by_text);
	for (size_t i = 1; i < list->count; i++)
		if (strcmp(at[i].text, at[i - 1].text) == 0)
			tl_conf_wrong(r, at[i].node, NULL,
			    "%s '%s' is there already, in line %u", what,
			    at[i].node->text, at[i - 1].node->mark.line);
}

static void
add_named(tl_conf_reader *r, tl_pool_list *list, const char *text, const tl_node *node)
{
	named *new = text != NULL ? tl_pool_add(r->pool, list, sizeof *new) : NULL;

	if (new != NULL)
		*new = (named){ text, node };
}

/* The i-th element of |list|, which may be the only one. */
static const tl_node *
item_of(const tl_node *list, size_t i)
{
	return list->kind == TL_NODE_LIST ? list->items[i] : list;
}

static void
check_rule_names(tl_conf_reader *r, const tl_node *n, const tl_conf_rules *rules)
{
	const tl_node *at = given(n, "rules");
	tl_pool_list names = { 0 };

	for (size_t i = 0; at != NULL && i < rules->count; i++)
		add_named(r, &names, rules->at[i].name, at_key(item_of(at, i), "name"));
	refuse_repeats(r, &names, "a rule named");
}

static void
check_listen(tl_conf_reader *r, const tl_node *n, const tl_conf_texts *listen)
{
	const tl_node *at = given(n, "listen");
	tl_pool_list addresses = { 0 };

	for (size_t i = 0; at != NULL && i < listen->count; i++)
		add_named(r, &addresses, listen->at[i], item_of(at, i));
	refuse_repeats(r, &addresses, "the address");
}

static void
check_files(tl_conf_reader *r, const tl_node *n, const tl_conf *c)
{
	const tl_conf_outputs *outputs = &c->outputs;
	const tl_node *map = given(n, "outputs");
	tl_pool_list files = { 0 }, terminals = { 0 };

	for (size_t i = 0; map != NULL && i < outputs->count; i++) {
		const tl_conf_output *o = &outputs->at[i];
		const tl_node *value = o->name != NULL ? tl_node_get(map, o->name) : NULL;
		if (value == NULL)
			continue;
		if (o->type == TL_OUTPUT_FILE && o->file.path != NULL)
			add_named(r, &files, tl_conf_real_path(r, c->state, o->file.path),
			    at_key(value, "path"));
		if (o->type == TL_OUTPUT_STDOUT)
			add_named(r, &terminals, "stdout", at_key(value, "type"));
	}
	refuse_repeats(r, &files, "an output to the file");
	refuse_repeats(r, &terminals, "an output to");
}

/* Names that stand in metrics, logs and lists of names. */
static void
check_names(tl_conf_reader *r, const tl_node *n, const char *key)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_-";
	const tl_node *map = given(n, key);

	for (size_t i = 0; map != NULL && map->kind == TL_NODE_MAP && i < map->count;
	     i++) {
		const tl_node *name = map->pairs[i].key;
		if (name->text[strspn(name->text, allowed)] != '\0' ||
		    strlen(name->text) > NAME_BYTES_MAX)
			tl_conf_wrong(r, name, NULL,
			    "'%s' is no name for one of %s: up to %d letters, digits, _ "
			    "and -",
			    name->text, key, NAME_BYTES_MAX);
	}
}

/* What goes to an output that is not enabled goes nowhere. */
static void
warn_of_disabled(tl_conf_reader *r, const tl_conf_outputs *outputs)
{
	const tl_conf_pending *at = r->outputs.at;

	for (size_t i = 0; i < r->outputs.count; i++) {
		int32_t k = *at[i].index;
		if (k >= 0 && !outputs->at[k].enabled)
			tl_conf_complain(r->errors, TL_CONF_WARNING, at[i].node->mark,
			    "the output '%s' is not enabled: what is routed to no other "
			    "goes nowhere",
			    at[i].node->text);
	}
}

/* That of several outputs none is enabled: all that comes goes nowhere. */
static void
warn_of_no_output(tl_conf_reader *r, const tl_node *n, const tl_conf_outputs *outputs)
{
	const tl_node *map = given(n, "outputs");
	bool any = map == NULL || outputs->count == 0 || r->errors->errors > 0;

	for (size_t i = 0; i < outputs->count; i++)
		any |= outputs->at[i].enabled;
	if (!any)
		tl_conf_complain(r->errors, TL_CONF_WARNING, map->mark,
		    "no output is enabled: what is received goes nowhere");
}

/* All names that the file gives, also where another part of it is wrong. */
void
tl_conf_check_references(tl_conf_reader *r, const tl_node *n, const tl_conf *c)
{
	resolve(r, &r->lists, "list",
	    names_of(r, c->lists.at, c->lists.count, sizeof *c->lists.at));
	resolve(r, &r->outputs, "output",
	    names_of(r, c->outputs.at, c->outputs.count, sizeof *c->outputs.at));
	warn_of_disabled(r, &c->outputs);
	warn_of_no_output(r, n, &c->outputs);
	check_names(r, n, "lists");
	check_names(r, n, "outputs");
	check_names(r, n, "enrichment");
	check_rule_names(r, n, &c->rules);
	check_listen(r, n, &c->listen);
	check_files(r, n, c);
}
