/* cli/control_show.c: see control_show.h. Called by cmd_control.c. */
#include "cli/control_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "pipeline/json.h"

enum { ARENA_BYTES = 1 << 20 };

/* A member of an object that is wanted. */
typedef struct cell {
	const char *key;
	json_value value;
} cell;

/* Reads an object's members into |cells|, as far as they are among them; |inside| is
 * called at the value of every other. */
static bool
read_object(json *j, cell *cells, size_t count,
    bool (*inside)(json *j, tl_span key, void *context), void *context)
{
	bool first = true;
	tl_span key;

	json_enter(j, '{');
	while (json_next(j, &first, &key)) {
		cell *found = NULL;
		for (size_t i = 0; i < count; i++)
			if (strlen(cells[i].key) == key.len &&
			    memcmp(cells[i].key, key.ptr, key.len) == 0)
				found = &cells[i];
		if (found != NULL
			? !json_read(j, &found->value)
			: !(inside != NULL ? inside(j, key, context) : json_skip(j)))
			return false;
	}
	return j->problem == NULL;
}

static bool
is(tl_span key, const char *word)
{
	return strlen(word) == key.len && memcmp(word, key.ptr, key.len) == 0;
}

/* Text from the daemon, which has it from peers, made safe for a terminal. */
static void
print_text(tl_span text, int width)
{
	uint8_t room[4096];
	tl_buf b = { .ptr = room, .cap = sizeof room };

	tl_buf_printable(&b, text);
	printf("%-*.*s", width, (int)b.len, (const char *)room);
}

static bool
complain(const json *j)
{
	fprintf(stderr, "trapline: the answer cannot be read: %s\n",
	    j->problem != NULL ? j->problem : "it is cut off");
	return false;
}

/* Shows |answer| by |show|, which reads it. */
static bool
show(tl_span answer, bool (*how)(json *j))
{
	tl_arena *arena;
	json j;

	if (tl_arena_new(ARENA_BYTES, &arena) != TL_OK)
		return false;
	json_start(&j, answer, arena);
	bool good = how(&j);
	if (j.problem != NULL)
		good = complain(&j);
	tl_arena_free(arena);
	return good;
}

/* {"ok":true, ...}: true and false are read as they stand. */
static bool
says_yes(const json *j)
{
	static const char yes[] = "{\"ok\":true";

	return (size_t)(j->end - j->start) >= sizeof yes - 1 &&
	       memcmp(j->start, yes, sizeof yes - 1) == 0;
}

static bool
print_messages(json *j, tl_span key, void *context)
{
	bool first = true;
	json_value v;

	(void)context;
	if (!is(key, "messages"))
		return json_skip(j);
	json_enter(j, '[');
	while (json_next(j, &first, NULL) && json_read(j, &v)) {
		print_text(v.text, 0);
		putchar('\n');
	}
	return j->problem == NULL;
}

static bool
show_reload(json *j)
{
	return read_object(j, NULL, 0, print_messages, NULL) && says_yes(j);
}

bool
control_show_reload(tl_span answer)
{
	return show(answer, show_reload);
}

static bool
show_cleared(json *j)
{
	bool yes = says_yes(j);

	if (yes)
		puts("cleared");
	else
		fputs("trapline alarms: no alarm of this key is active\n", stderr);
	return read_object(j, NULL, 0, NULL, NULL) && yes;
}

bool
control_show_cleared(tl_span answer)
{
	return show(answer, show_cleared);
}

bool
control_show_json(tl_span answer)
{
	static const char no[] = "{\"ok\":false";

	fwrite(answer.ptr, 1, answer.len, stdout);
	putchar('\n');
	return answer.len < sizeof no - 1 || memcmp(answer.ptr, no, sizeof no - 1) != 0;
}

enum { SEVERITY, KEY, COUNT, FIRST, LAST, MESSAGE, ALARM_CELLS };

static bool
print_alarms(json *j, tl_span key, void *context)
{
	bool first = true;
	uint64_t *count = context;

	if (!is(key, "alarms"))
		return json_skip(j);
	json_enter(j, '[');
	while (json_next(j, &first, NULL)) {
		cell c[ALARM_CELLS] = { { .key = "severity" }, { .key = "key" },
			{ .key = "count" }, { .key = "first" }, { .key = "last" },
			{ .key = "message" } };
		if (!read_object(j, c, ALARM_CELLS, NULL, NULL))
			return false;
		if ((*count)++ == 0)
			printf("%-9s %-20s %-20s %7s  %s\n", "severity", "first", "last",
			    "count", "key");
		print_text(c[SEVERITY].value.text, 9);
		printf(" %.19sZ %.19sZ %7" PRIu64 "  ",
		    (const char *)c[FIRST].value.text.ptr,
		    (const char *)c[LAST].value.text.ptr, c[COUNT].value.magnitude);
		print_text(c[KEY].value.text, 0);
		if (c[MESSAGE].value.text.len > 0) {
			fputs("  ", stdout);
			print_text(c[MESSAGE].value.text, 0);
		}
		putchar('\n');
	}
	return j->problem == NULL;
}

static bool
show_alarms(json *j)
{
	uint64_t count = 0;
	bool good = read_object(j, NULL, 0, print_alarms, &count);

	if (good)
		fprintf(stderr, "%" PRIu64 " active\n", count);
	return good;
}

bool
control_show_alarms(tl_span answer)
{
	return show(answer, show_alarms);
}

static bool
print_outputs(json *j)
{
	static const char *const keys[] = { "name", "state", "waiting", "delivered",
		"dropped", "rejected", "given_up", "problem" };
	enum { NAME, STATE, WAITING, PROBLEM = 7, CELLS };
	bool first = true;

	json_enter(j, '[');
	printf("%-20s %-8s %9s %12s %10s %10s %10s\n", "output", "state", "waiting",
	    "delivered", "dropped", "rejected", "given up");
	while (json_next(j, &first, NULL)) {
		cell c[CELLS] = { { NULL } };
		for (int i = 0; i < CELLS; i++)
			c[i].key = keys[i];
		if (!read_object(j, c, CELLS, NULL, NULL))
			return false;
		print_text(c[NAME].value.text, 21);
		print_text(c[STATE].value.text, 8);
		for (int i = WAITING; i < PROBLEM; i++)
			printf(" %*" PRIu64,
			    i == WAITING       ? 9
			    : i == WAITING + 1 ? 12
					       : 10,
			    c[i].value.magnitude);
		if (c[PROBLEM].value.text.len > 0) {
			fputs("  last problem: ", stdout);
			print_text(c[PROBLEM].value.text, 0);
		}
		putchar('\n');
	}
	return j->problem == NULL;
}

static bool
print_counters(json *j)
{
	static const char *const keys[] = { "received", "delivered", "duplicate",
		"suppressed", "refused", "lost" };
	enum { CELLS = sizeof keys / sizeof keys[0] };
	cell c[CELLS] = { { NULL } };

	for (int i = 0; i < CELLS; i++)
		c[i].key = keys[i];
	if (!read_object(j, c, CELLS, NULL, NULL))
		return false;
	for (int i = 0; i < CELLS; i++)
		printf("%s%s %" PRIu64, i > 0 ? ", " : "", keys[i], c[i].value.magnitude);
	putchar('\n');
	return true;
}

static bool
print_listeners(json *j)
{
	bool first = true;
	json_value v;

	json_enter(j, '[');
	fputs("listening at", stdout);
	while (json_next(j, &first, NULL) && json_read(j, &v)) {
		putchar(' ');
		print_text(v.text, 0);
	}
	putchar('\n');
	return j->problem == NULL;
}

static void
print_count(const char *before, uint64_t count, const char *what)
{
	printf("%s%" PRIu64 " %s%s", before, count, what, count == 1 ? "" : "s");
}

static bool
print_active(json *j)
{
	cell active = { .key = "active" };

	if (!read_object(j, &active, 1, NULL, NULL))
		return false;
	print_count("", active.value.magnitude, "alarm");
	puts(" active");
	return true;
}

enum { VERSION, PID, UPTIME, THREADS, RELOADS, CONFIG, STATE, STATUS_CELLS };

static void
print_head(const cell *c)
{
	fputs("trapline ", stdout);
	print_text(c[VERSION].value.text, 0);
	printf(", pid %" PRIu64 ", up %" PRIu64 " s", c[PID].value.magnitude,
	    c[UPTIME].value.magnitude);
	print_count(", ", c[THREADS].value.magnitude, "thread");
	print_count(", ", c[RELOADS].value.magnitude, "reload");
	fputs("\nconfiguration ", stdout);
	print_text(c[CONFIG].value.text, 0);
	fputs(", state in ", stdout);
	print_text(c[STATE].value.text, 0);
	putchar('\n');
}

/* What has no parts comes first: the head is printed when the first part comes. */
static bool
print_part(json *j, tl_span key, void *context)
{
	if (is(key, "listen")) {
		print_head(context);
		return print_listeners(j);
	}
	if (is(key, "outputs"))
		return print_outputs(j);
	if (is(key, "counters"))
		return print_counters(j);
	return is(key, "alarms") ? print_active(j) : json_skip(j);
}

static bool
show_status(json *j)
{
	static const char *const keys[] = { "version", "pid", "uptime_s", "threads",
		"reloads", "config", "state" };
	cell c[STATUS_CELLS] = { { NULL } };

	for (int i = 0; i < STATUS_CELLS; i++)
		c[i].key = keys[i];
	return read_object(j, c, STATUS_CELLS, print_part, c);
}

bool
control_show_status(tl_span answer)
{
	return show(answer, show_status);
}
