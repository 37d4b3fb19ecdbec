/* cli/check_named.c: what a configuration names beside MIBs: see check.h. Called by
 * cmd_check.c. */
#include "cli/check.h"

#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "outputs/forward.h"
#include "outputs/tls.h"
#include "pipeline/enrich.h"
#include "pipeline/enrich_sqlite.h"
#include "receiver/address.h"
#include "receiver/here.h"
#include "sys/clock.h"
#include "sys/privileges.h"

typedef struct checker {
	const tl_conf *conf;
	tl_conf_errors *errors;
	bool deaf; /* the DNS does not answer: it is not asked again */
} checker;

/* Tables. */

static void
tell_table(void *context, tl_conf_log_level level, const char *name, const char *text)
{
	checker *c = context;
	const tl_conf_enrichments *all = &c->conf->enrichment;

	for (size_t i = 0; level <= TL_LOG_WARNING && i < all->count; i++)
		if (strcmp(all->at[i].name, name) == 0)
			tl_conf_complain(c->errors,
			    level == TL_LOG_ERROR ? TL_CONF_ERROR : TL_CONF_WARNING,
			    all->at[i].mark, "%s%s%s",
			    level == TL_LOG_ERROR ? "" : all->at[i].file,
			    level == TL_LOG_ERROR ? "" : ": ", text);
}

/* A statement is not only read but prepared, which tells whether its columns are there.
 */
static bool
check_database(checker *c, const tl_conf_enrichment *conf)
{
	atomic_bool stop = false;
	database *d = database_new(
	    &(database_options){ conf->file, conf->query, conf->fields, &stop });

	if (d != NULL && !database_check(d))
		tl_conf_complain(c->errors, TL_CONF_ERROR, conf->mark, "%s: %s",
		    conf->file, database_problem(d));
	database_free(d);
	return d != NULL;
}

/* Files are read as the daemon reads them. */
static bool
check_tables(checker *c)
{
	const tl_conf_enrichments *all = &c->conf->enrichment;
	tl_conf_enrichment *files = calloc(all->count + 1, sizeof *files);
	enrich_notices notices = { .tell = tell_table, .context = c };
	tl_conf conf = { .enrichment.at = files };
	bool good = files != NULL;

	for (size_t i = 0; good && i < all->count; i++) {
		if (all->at[i].type == TL_TABLE_SQLITE)
			good = check_database(c, &all->at[i]);
		else
			files[conf.enrichment.count++] = all->at[i];
	}
	enrich *tables = good ? enrich_new(&conf, NULL, &notices) : NULL;
	good = tables != NULL;
	enrich_free(tables);
	free(files);
	return good;
}

/* Hosts. They may be known to the DNS at another time, so all of it is but a warning. */

static void
check_host(checker *c, const char *host, tl_conf_mark mark)
{
	const int64_t patience_ns = 2 * TL_NS_PER_S;
	struct addrinfo *found = NULL;

	if (c->deaf)
		return;
	int64_t start_ns = tl_now_monotonic_ns();
	int error = getaddrinfo(host, NULL, NULL, &found);
	if (error == 0) {
		freeaddrinfo(found);
		return;
	}
	tl_conf_complain(c->errors, TL_CONF_WARNING, mark,
	    "the host '%s' has no address now: %s", host, gai_strerror(error));
	c->deaf = tl_now_monotonic_ns() - start_ns > patience_ns;
}

static void
check_target(checker *c, const tl_conf_target *t)
{
	if (t->transport != TL_TRANSPORT_UNIX)
		check_host(c, t->host, t->mark);
}

/* The host of a URL, which has a scheme and no user. */
static void
check_url(checker *c, const tl_conf_http *h)
{
	const char *from = strstr(h->url, "://") + 3;
	bool v6 = from[0] == '[';
	size_t len = strcspn(from + v6, v6 ? "]" : ":/?#");
	char host[256];

	if (len >= sizeof host)
		return;
	memcpy(host, from + v6, len);
	host[len] = '\0';
	check_host(c, host, h->url_mark);
}

/* Outputs. */

static void
check_tls(checker *c, const tl_conf_tls *conf)
{
	char problem[OUTPUT_PROBLEM_MAX] = "";

	if (conf->mark.file == NULL) /* there is none */
		return;
	tls *t = tls_new(conf, "", problem);
	if (t == NULL)
		tl_conf_complain(c->errors, TL_CONF_ERROR, conf->mark, "%s", problem);
	tls_free(t);
}

/* Whether what is sent to |to| comes to what |text| says to listen at. */
static bool
is_heard_at(const char *text, const tl_endpoint *to)
{
	tl_listen_spec spec;
	tl_sockaddr *list = NULL;
	size_t count = 0;
	bool heard = false;

	if (tl_listen_parse(text, &spec) != TL_OK || spec.port != to->port ||
	    tl_listen_resolve(&spec, &list, &count) != TL_OK)
		return false;
	for (size_t i = 0; i < count && !heard; i++) {
		tl_endpoint at = tl_endpoint_of(&list[i]);
		heard = tl_endpoint_receives(&at, false, to);
	}
	free(list);
	return heard;
}

/* The output notices as well, when it sends: the address may be another one by then. */
static void
check_is_not_us(checker *c, const tl_conf_target *t)
{
	const tl_conf_texts *listen = &c->conf->listen;
	tl_endpoint to;

	if (c->deaf || !forward_names_find(t, &to) || !tl_endpoint_is_here(&to))
		return;
	for (size_t i = 0; i < listen->count; i++) {
		if (!is_heard_at(listen->at[i], &to))
			continue;
		tl_conf_complain(c->errors, TL_CONF_WARNING, t->mark,
		    "'%s' is where we listen ourselves (%s): nothing is sent there",
		    t->text, listen->at[i]);
		return;
	}
}

static void
check_output(checker *c, const tl_conf_output *o)
{
	if (o->type == TL_OUTPUT_SYSLOG) {
		check_target(c, &o->syslog.address);
		check_tls(c, &o->syslog.tls);
	} else if (o->type == TL_OUTPUT_HTTP) {
		check_url(c, &o->http);
		check_tls(c, &o->http.tls);
	} else if (o->type == TL_OUTPUT_FORWARD) {
		for (size_t i = 0; i < o->forward.to.count; i++) {
			check_target(c, &o->forward.to.at[i]);
			check_is_not_us(c, &o->forward.to.at[i]);
		}
	}
}

bool
check_named(const tl_conf *conf, tl_conf_errors *errors)
{
	checker c = { .conf = conf, .errors = errors };

	if (conf->run_as != NULL && !tl_privileges_known(conf->run_as))
		tl_conf_complain(errors, TL_CONF_ERROR, conf->run_as_mark,
		    "run_as: there is no user or group '%s'", conf->run_as);
	for (size_t i = 0; i < conf->outputs.count; i++)
		if (conf->outputs.at[i].enabled)
			check_output(&c, &conf->outputs.at[i]);
	if (conf->metrics.enabled)
		check_target(&c, &conf->metrics.listen);
	return check_tables(&c);
}
