/* daemon/drops.c: see drops.h. Called by server.c every ten seconds, and before an output
 * is gone. */
#include "daemon/drops.h"

#include <stdio.h>
#include <string.h>

#include "sys/clock.h"

enum { MESSAGE_MAX = 512, WAYS_MAX = 128 };

/* What is told of, and so far is not. */
typedef struct untold {
	outlet_told by; /* how many in which way */
	uint64_t count, seconds;
	char message[MESSAGE_MAX];
} untold;

/* In which ways, if in several: the reason that is told belongs to one of them. */
static void
write_ways(const outlet_told *by, char *room, size_t size)
{
	const struct {
		uint64_t count;
		const char *way;
	} ways[] = { { by->dropped, "for want of room" }, { by->given_up, "given up" },
		{ by->rejected, "rejected" } };
	const size_t count = sizeof ways / sizeof ways[0];
	size_t used = 0, at = 0;

	for (size_t i = 0; i < count; i++)
		used += ways[i].count > 0;
	room[0] = '\0';
	for (size_t i = 0, said = 0; used > 1 && i < count; i++) {
		if (ways[i].count == 0)
			continue;
		at += (size_t)snprintf(room + at, size - at, "%s%llu %s%s",
		    said == 0 ? " (" : ", ", (unsigned long long)ways[i].count,
		    ways[i].way, said + 1 == used ? ")" : "");
		said++;
	}
}

/* Of what is lost by now, what |told| does not include; |rejected|: that as well. */
static untold
look(const outlet *o, const feeder_counters *c, const outlet_told *told, bool rejected,
    int64_t now_ns)
{
	int64_t took_ns = now_ns - told->at_ns;
	untold u = { .by = { .dropped = c->dropped - told->dropped,
			 .given_up = c->given_up - told->given_up,
			 .rejected = rejected ? c->rejected - told->rejected : 0 } };
	char ways[WAYS_MAX];

	u.count = u.by.dropped + u.by.given_up + u.by.rejected;
	u.seconds = (uint64_t)((took_ns + TL_NS_PER_S / 2) / TL_NS_PER_S);
	u.seconds = u.seconds > 0 ? u.seconds : 1;
	write_ways(&u.by, ways, sizeof ways);
	(void)snprintf(u.message, sizeof u.message,
	    "output %.100s dropped %llu events in %llu s%s%s%.200s", o->conf->name,
	    (unsigned long long)u.count, (unsigned long long)u.seconds, ways,
	    c->problem[0] != '\0' ? ": " : "", c->problem);
	return u;
}

/* False if nobody took it. */
static bool
offer(judging *j, const outlet *o, const untold *u, bool to_itself)
{
	tl_span name = { (const uint8_t *)o->conf->name, strlen(o->conf->name) };
	tl_number numbers[] = { { "count", u->count }, { "seconds", u->seconds } };
	tl_field output = { { (const uint8_t *)"output", 6 }, name };
	tl_own_event own = { .kind = "dropped",
		.realtime_ns = tl_now_realtime_ns(),
		.severity = TL_SEVERITY_MAJOR,
		.message = { (const uint8_t *)u->message, strlen(u->message) },
		.numbers = numbers,
		.number_count = 2,
		.fields = &output,
		.field_count = 1 };

	return judging_offer(j, &own, o, to_itself);
}

static void
note(outlet_told *told, const untold *u, int64_t now_ns)
{
	told->dropped += u->by.dropped;
	told->given_up += u->by.given_up;
	told->rejected += u->by.rejected;
	told->at_ns = now_ns;
}

void
drops_tell(outlet *o, judging *j, daemon_log *log, int64_t now_ns)
{
	feeder_counters c;

	if (!o->told_of)
		return;
	feeder_count(o->feeder, &c);
	untold u = look(o, &c, &o->told, true, now_ns);
	if (u.count > 0) {
		log_line(log, TL_LOG_WARNING, ABOUT_OUTPUTS, "%s", u.message);
		(void)offer(j, o, &u, false);
	}
	note(&o->told, &u, now_ns);
	/* its peer knows what it has rejected; what fails now would lose this, too */
	u = look(o, &c, &o->told_itself, false, now_ns);
	bool can = !o->stopping && c.failing_since_ns == 0;
	if (u.count == 0 || (can && offer(j, o, &u, true)))
		note(&o->told_itself, &u, now_ns);
}

void
drops_log(outlet *o, daemon_log *log, int64_t now_ns)
{
	feeder_counters c;

	if (!o->told_of)
		return;
	feeder_count(o->feeder, &c);
	untold u = look(o, &c, &o->told, true, now_ns);
	if (u.count > 0)
		log_line(log, TL_LOG_WARNING, ABOUT_OUTPUTS, "%s", u.message);
	note(&o->told, &u, now_ns);
}
