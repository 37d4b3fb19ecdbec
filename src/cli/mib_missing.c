/* cli/mib_missing.c: `trapline mib missing`: of which vendors notifications came that no
 * MIB names, by the counters of `trapline listen` or by its events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/json.h"
#include "cli/mib.h"
#include "cli/vendors.h"

static const char help[] =
    "usage: trapline mib missing [OPTIONS] [FILE]\n"
    "\n"
    "Tells whose MIBs are lacking: the enterprises whose notifications had no name. "
    "FILE, "
    "or\n"
    "stdin, has the counters that 'trapline listen' prints to stderr at its end and on\n"
    "SIGUSR1, the last of which count, or its events in JSON; other lines are passed "
    "over.\n"
    "\n" CLI_MIBS_HELP "      --json            an object a line\n"
    "      --help            this text\n"
    "\n"
    "Exit status: 0 done, 1 there was nothing to read, 2 usage.\n"
    "\n"
    "Example: trapline listen -f json >events.json; trapline mib missing events.json\n";

static const struct option long_options[] = { MIB_LONG_OPTIONS };

enum {
	ARENA_BYTES = 1 << 20,
	ENTERPRISES_MAX = 4096,
	OID_ROOM = 160,
	ENTERPRISE_ARCS = 7
};

/* An enterprise, and what came of it. */
typedef struct enterprise {
	char oid[OID_ROOM], example[OID_ROOM]; /* dotted; "" if there is none */
	uint64_t count;
} enterprise;

typedef struct misser {
	mib_job job;
	tl_arena *arena;
	tl_vec of_counters, of_events; /* enterprise */
	bool counters, events;         /* there were some */
} misser;

static bool
is_key(tl_span key, const char *name)
{
	return key.len == strlen(name) && memcmp(key.ptr, name, key.len) == 0;
}

/* The entry of an enterprise, made if it is not there; NULL when there are too many. */
static enterprise *
entry_of(tl_vec *all, tl_span oid)
{
	if (oid.len == 0 || oid.len >= OID_ROOM)
		return NULL;
	for (uint32_t i = 0; i < all->count; i++) {
		enterprise *e = TL_VEC_AT(all, enterprise, i);
		if (is_key(oid, e->oid))
			return e;
	}
	if (all->count == ENTERPRISES_MAX)
		return NULL;
	enterprise *e = tl_vec_grow(all, sizeof *e, 1);
	if (e == NULL)
		return NULL;
	*e = (enterprise){ .count = 0 };
	memcpy(e->oid, oid.ptr, oid.len);
	return e;
}

static void
set_example(enterprise *e, tl_span oid)
{
	if (e == NULL || e->example[0] != '\0' || oid.len >= OID_ROOM)
		return;
	memcpy(e->example, oid.ptr, oid.len);
	e->example[oid.len] = '\0';
}

/* {"1.3.6.1.4.1.9":12,...} or {"1.3.6.1.4.1.9":"1.3.6.1.4.1.9.9.41.2.0.1",...} */
static void
read_by_enterprise(misser *m, json *j)
{
	bool first = true;
	json_value value;
	tl_span key;

	if (!json_enter(j, '{'))
		return;
	while (json_next(j, &first, &key) && json_read(j, &value)) {
		enterprise *e = entry_of(&m->of_counters, key);
		if (e != NULL && value.kind == JSON_INTEGER)
			e->count = value.magnitude;
		else if (value.kind == JSON_STRING)
			set_example(e, value.text);
	}
}

/* Whether the array has "unresolved" in it. */
static bool
read_flags(json *j)
{
	bool first = true, found = false;
	json_value value;

	if (!json_enter(j, '['))
		return false;
	while (json_next(j, &first, NULL) && json_read(j, &value))
		found = found ||
			(value.kind == JSON_STRING && is_key(value.text, "unresolved"));
	return found;
}

/* The first sub-identifiers, as the receiver counts them. */
static tl_span
enterprise_of(tl_span oid)
{
	size_t dots = 0, len = 0;

	while (len < oid.len && (oid.ptr[len] != '.' || ++dots < ENTERPRISE_ARCS))
		len++;
	return (tl_span){ oid.ptr, len };
}

/* One line: counters, an event, or something else. */
static void
read_object(misser *m, json *j)
{
	bool first = true, unresolved = false;
	json_value trap_oid = { .kind = JSON_OTHER };
	tl_span key;

	if (!json_enter(j, '{'))
		return;
	while (json_next(j, &first, &key)) {
		if (is_key(key, "unresolved_by_enterprise")) {
			m->counters = true;
			m->of_counters.count = 0;
			read_by_enterprise(m, j);
		} else if (is_key(key, "unresolved_examples")) {
			read_by_enterprise(m, j);
		} else if (is_key(key, "flags")) {
			unresolved = read_flags(j);
		} else if (is_key(key, "trap_oid")) {
			json_read(j, &trap_oid);
		} else {
			json_skip(j);
		}
	}
	if (trap_oid.kind != JSON_STRING || j->problem != NULL)
		return;
	m->events = true;
	enterprise *e =
	    unresolved ? entry_of(&m->of_events, enterprise_of(trap_oid.text)) : NULL;
	if (e != NULL)
		e->count++;
	set_example(e, trap_oid.text);
}

static void
read_lines(misser *m, FILE *from)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&text, &room, from)) >= 0) {
		json j;
		if (text[0] != '{')
			continue;
		tl_arena_reset(m->arena);
		json_start(&j, (tl_span){ (const uint8_t *)text, (size_t)len }, m->arena);
		read_object(m, &j);
	}
	free(text);
}

/* The vendor's name; that of the dictionary if we do not know it. */
static tl_span
name_of(const misser *m, const enterprise *e, bool *known)
{
	uint8_t room[TL_OID_BER_MAX];
	uint32_t arcs[TL_OID_MAX];
	tl_oid oid;

	*known = false;
	if (tl_oid_from_text(e->example, strlen(e->example), room, &oid) == TL_OK)
		*known = tl_mib_find_notification(m->job.mib, oid) != NULL;
	if (tl_oid_from_text(e->oid, strlen(e->oid), room, &oid) != TL_OK)
		return (tl_span){ 0 };
	size_t count = tl_oid_arcs(oid, arcs);
	const char *vendor = strncmp(e->oid, "1.3.6.1.4.1.", 12) == 0 && count > 6
				 ? vendor_name(arcs[6])
				 : NULL;
	if (vendor != NULL)
		return (tl_span){ (const uint8_t *)vendor, strlen(vendor) };
	tl_mib_match match = tl_mib_find(m->job.mib, oid);
	if (match.node == NULL || match.rest.len > 0)
		return (tl_span){ 0 };
	return tl_mib_node_name(m->job.mib, match.node);
}

static void
print(const misser *m, const enterprise *e)
{
	bool known;
	tl_span name = name_of(m, e, &known);

	if (!m->job.json) {
		printf("%9s  %-22s ", cli_with_commas(e->count).text, e->oid);
		mib_print(stdout, name);
		printf("%*s  %s%s\n", name.len < 28 ? 28 - (int)name.len : 0, "",
		    e->example, known ? "  (named now)" : "");
		return;
	}
	printf("{\"count\":%llu,\"enterprise\":\"%s\"", (unsigned long long)e->count,
	    e->oid);
	if (name.len > 0) {
		fputs(",\"vendor\":", stdout);
		mib_print_json(stdout, name);
	}
	if (e->example[0] != '\0')
		printf(",\"example\":\"%s\"", e->example);
	printf(",\"named_now\":%s}\n", known ? "true" : "false");
}

static int
most_first(const void *a, const void *b)
{
	const enterprise *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->oid, y->oid);
}

static const char advice[] =
    "\nPut the MIBs of these vendors into ~/.local/share/trapline/mibs, or name their "
    "folder\nwith -M, and start the receiver again. 'trapline mib lint' tells what is "
    "wrong with a\nMIB, 'trapline mib translate EXAMPLE' whether it is found.\n";

/* What stands in the file is of no use unless it is an OID. */
static bool
is_oid(const char *text)
{
	uint8_t room[TL_OID_BER_MAX];
	tl_oid oid;

	return tl_oid_from_text(text, strlen(text), room, &oid) == TL_OK;
}

static int
tell(misser *m)
{
	tl_vec *all = m->counters ? &m->of_counters : &m->of_events;

	if (!m->counters && !m->events) {
		cli_error(m->job.mibs.command,
		    "there are neither counters nor events of 'trapline listen' in it");
		return EXIT_FAILED;
	}
	if (all->count == 0) {
		fprintf(stderr, "nothing is missing: all notifications had a name\n");
		return EXIT_DONE;
	}
	qsort(all->ptr, all->count, sizeof(enterprise), most_first);
	if (!m->job.json)
		printf(
		    "%9s  %-22s %-28s  %s\n", "count", "enterprise", "vendor", "example");
	for (uint32_t i = 0; i < all->count; i++) {
		enterprise *e = TL_VEC_AT(all, enterprise, i);
		if (!is_oid(e->example))
			e->example[0] = '\0';
		if (is_oid(e->oid))
			print(m, e);
	}
	if (!m->job.json)
		fputs(advice, stdout);
	return EXIT_DONE;
}

static int
run(misser *m, const char *path)
{
	FILE *from = path == NULL || strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	int status = -1;

	if (from == NULL) {
		cli_error(m->job.mibs.command, "%s: %s", path, strerror(errno));
		return EXIT_USAGE;
	}
	if (tl_arena_new(ARENA_BYTES, &m->arena) != TL_OK) {
		cli_error(m->job.mibs.command, "%s", tl_err_text(TL_ENOMEM));
		status = EXIT_FAILED;
	} else {
		read_lines(m, from);
	}
	if (status < 0 && ferror(from)) {
		cli_error(m->job.mibs.command, "%s: %s", path != NULL ? path : "stdin",
		    strerror(errno));
		status = EXIT_FAILED;
	}
	if (from != stdin)
		fclose(from);
	return status < 0 ? tell(m) : status;
}

int
mib_missing(int argc, char **argv)
{
	misser m = { .job = { .help = help, .mibs.command = "mib missing" } };
	int opt, status = -1;

	while (
	    status < 0 && (opt = getopt_long(argc, argv, "M:", long_options, NULL)) != -1)
		status = mib_job_option(&m.job, opt, optarg);
	if (status < 0 && argc - optind > 1)
		status = cli_usage_error(m.job.mibs.command, "it reads one FILE");
	if (status < 0)
		status = mib_job_open(&m.job);
	if (status < 0)
		status = run(&m, argv[optind]);
	tl_arena_free(m.arena);
	tl_vec_free(&m.of_counters);
	tl_vec_free(&m.of_events);
	return mib_job_close(&m.job, status);
}
