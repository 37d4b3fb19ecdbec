/* drive_output CONFIG OUTPUT STATE SECONDS: runs one output of a configuration file as
 * the daemon does, so that a test sees what reaches its peer. Lines of stdin:
 *
 *   HEX              a datagram from 192.0.2.1
 *   ADDR PORT HEX    one from there
 *   own TEXT         an event of our own
 *   reopen           as SIGHUP does
 *   ?                writes the counters as a line of JSON
 *
 * At the end of stdin it stops, waits SECONDS for what is left, and writes them again. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/user.h"
#include "outputs/feeder.h"
#include "outputs/helper.h"
#include "outputs/types.h"
#include "receiver/address.h"
#include "sys/clock.h"
#include "trapline/mib_builder.h"

enum { ARENA_BYTES = 1 << 20, LINE_BYTES = 3 * TL_DATAGRAM_MAX };

typedef struct driver {
	tl_conf *conf;
	tl_engine *engine;
	tl_arena *arena;
	dictionary *dictionary;
	feeder *feeder;
	uint64_t put, refused;
	uint8_t datagram[TL_DATAGRAM_MAX];
} driver;

static void
fail(const char *what, const char *why)
{
	fprintf(stderr, "drive_output: %s: %s\n", what, why);
	exit(2);
}

static void
load(driver *d, const char *path)
{
	tl_conf_errors errors = { 0 };
	tl_err err = tl_conf_load(path, &d->conf, &errors);

	for (size_t i = 0; i < errors.count; i++)
		fprintf(stderr, "%u:%u %s\n", errors.at[i].mark.line,
		    errors.at[i].mark.column, errors.at[i].text);
	tl_conf_errors_free(&errors);
	if (err != TL_OK)
		fail(path, tl_err_text(err));
}

static void
make_engine(driver *d)
{
	static const tl_engine_options observer;
	tl_mib_builder_options names = { 0 };
	tl_mib_builder *builder = NULL;
	tl_mib *mib = NULL;

	if (tl_engine_new(&observer, &d->engine) != TL_OK ||
	    tl_arena_new(ARENA_BYTES, &d->arena) != TL_OK ||
	    tl_mib_builder_new(&names, &builder) != TL_OK ||
	    tl_mib_builder_build(builder, &mib, NULL) != TL_OK)
		fail("engine", "out of memory");
	tl_mib_builder_free(builder);
	d->dictionary = dictionary_new(mib);
	for (size_t i = 0; i < d->conf->users.count; i++) {
		tl_user user = tl_conf_user_get(&d->conf->users.at[i]);
		if (tl_engine_add_user(d->engine, &user) != TL_OK)
			fail("users", "one of them is wrong");
	}
}

static const tl_conf_output *
find_output(const driver *d, const char *name)
{
	for (size_t i = 0; i < d->conf->outputs.count; i++)
		if (strcmp(d->conf->outputs.at[i].name, name) == 0)
			return &d->conf->outputs.at[i];
	fail(name, "no such output");
	return NULL;
}

static void
start(driver *d, const tl_conf_output *o, const output_place *place)
{
	char problem[OUTPUT_PROBLEM_MAX] = "";
	feeder_options opt = { .name = o->name,
		.type = output_types[o->type],
		.queue = { .max_events = (uint32_t)o->queue.events,
		    .max_bytes = (uint64_t)o->queue.bytes },
		.batch = (uint32_t)o->batch.events,
		.batch_bytes = (uint64_t)o->batch.bytes,
		.linger_ns = o->batch.wait_ns,
		.retry_min_ns = o->retry.first_ns,
		.retry_max_ns = o->retry.most_ns,
		.give_up_ns = o->retry.give_up_ns };

	if (opt.type->open(o, place, &opt.self, problem) != TL_OK)
		fail(o->name, problem);
	d->feeder = feeder_start(&opt);
	if (d->feeder == NULL)
		fail(o->name, "no thread");
}

static void
put(driver *d, parcel *p)
{
	if (p == NULL)
		fail("parcel", "out of memory");
	d->put++;
	(void)feeder_put(d->feeder, &p, 1);
	feeder_tell(d->feeder);
}

static void
put_datagram(driver *d, const tl_endpoint *from, const char *hex)
{
	size_t len = tl_hex_read(hex, d->datagram, sizeof d->datagram);
	tl_datagram in = { .bytes = { d->datagram, len },
		.from = *from,
		.realtime_ns = tl_now_realtime_ns(),
		.monotonic_ns = tl_now_monotonic_ns() };
	tl_event got;
	event ev;

	if (len == SIZE_MAX)
		fail("stdin", "no hexadecimal");
	tl_arena_reset(d->arena);
	if (tl_engine_input(d->engine, &in, d->arena, &got) != TL_OK)
		fail("engine", "out of memory");
	if (got.kind != TL_EV_NOTIFICATION) {
		d->refused++;
		return;
	}
	event_init(&ev, got.n, d->dictionary->mib, d->arena);
	ev.now_ns = in.monotonic_ns;
	put(d, parcel_of_event(&ev, d->dictionary));
}

static tl_endpoint
read_endpoint(const char *address, const char *port)
{
	tl_endpoint ep = { 0 };
	struct in_addr v4;

	if (inet_pton(AF_INET, address, &v4) == 1)
		tl_endpoint_set_v4(&ep, &v4);
	else if (inet_pton(AF_INET6, address, ep.addr) != 1)
		fail("stdin", "no address");
	ep.port = (uint16_t)strtoul(port, NULL, 10);
	return ep;
}

static void
put_own(driver *d, const char *text)
{
	const tl_own_event own = { .kind = "suppressed",
		.realtime_ns = tl_now_realtime_ns(),
		.severity = TL_SEVERITY_WARNING,
		.message = { (const uint8_t *)text, strlen(text) } };

	put(d, parcel_of_own(&own, d->dictionary));
}

static void
show(driver *d)
{
	char text[6 * OUTPUT_PROBLEM_MAX];
	size_t len = 0;
	feeder_counters c;
	uint64_t dropped = 0;

	feeder_count(d->feeder, &c);
	for (int i = 0; i < QUEUE_SEVERITIES; i++)
		dropped += c.queue.dropped[i];
	for (const char *p = c.problem; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			text[len++] = '\\';
		text[len++] = *p;
	}
	printf("{\"put\": %llu, \"refused\": %llu, \"delivered\": %llu, "
	       "\"rejected\": %llu, \"given_up\": %llu, \"retries\": %llu, "
	       "\"dropped\": %llu, \"waiting\": %u, \"problem\": \"%.*s\"}\n",
	    (unsigned long long)d->put, (unsigned long long)d->refused,
	    (unsigned long long)c.delivered, (unsigned long long)c.rejected,
	    (unsigned long long)c.given_up, (unsigned long long)c.retries,
	    (unsigned long long)dropped, c.queue.events, (int)len, text);
	(void)fflush(stdout);
}

static void
take_line(driver *d, char *line)
{
	char *address, *port, *rest = line;

	line[strcspn(line, "\n")] = '\0';
	if (strcmp(line, "?") == 0) {
		show(d);
	} else if (strcmp(line, "reopen") == 0) {
		feeder_reopen(d->feeder);
	} else if (strncmp(line, "own ", 4) == 0) {
		put_own(d, line + 4);
	} else {
		address = strchr(line, ' ') != NULL ? strsep(&rest, " ") : "192.0.2.1";
		port = rest != line ? strsep(&rest, " ") : "40000";
		tl_endpoint from = read_endpoint(address, port);
		put_datagram(d, &from, rest != NULL ? rest : "");
	}
}

int
main(int argc, char **argv)
{
	static driver d;
	static char line[LINE_BYTES];

	if (argc != 5)
		fail("usage", "drive_output CONFIG OUTPUT STATE SECONDS");
	output_place place = { .state = argv[3] };
	if (helper_start(&place.helper) != TL_OK)
		fail("helper", "cannot be started");
	load(&d, argv[1]);
	make_engine(&d);
	start(&d, find_output(&d, argv[2]), &place);
	while (fgets(line, sizeof line, stdin) != NULL)
		take_line(&d, line);
	int64_t left_ns = (int64_t)strtol(argv[4], NULL, 10) * TL_NS_PER_S;
	feeder_stop(d.feeder, tl_now_monotonic_ns() + left_ns);
	while (!feeder_has_ended(d.feeder))
		(void)nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	show(&d);
	feeder_free(d.feeder);
	dictionary_drop(d.dictionary);
	tl_arena_free(d.arena);
	tl_engine_free(d.engine);
	tl_conf_free(d.conf);
	helper_stop(place.helper);
	return 0;
}
