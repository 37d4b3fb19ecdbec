/* daemon/drops.c: see drops.h. Called by server.c every ten seconds, and before an output
 * is gone. */
#include "daemon/drops.h"

#include <stdio.h>
#include <string.h>

#include "sys/clock.h"

enum { MESSAGE_MAX = 400 };

/* What is told of, and so far is not. */
typedef struct untold {
	uint64_t count, seconds;
	char message[MESSAGE_MAX];
} untold;

/* Of what is lost by now, |sum|, what |told| does not include. */
static untold
look(const outlet *o, const feeder_counters *c, const outlet_told *told, uint64_t sum,
    int64_t now_ns)
{
	int64_t took_ns = now_ns - told->at_ns;
	untold u = { .count = sum - told->count };

	u.seconds = (uint64_t)((took_ns + TL_NS_PER_S / 2) / TL_NS_PER_S);
	u.seconds = u.seconds > 0 ? u.seconds : 1;
	(void)snprintf(u.message, sizeof u.message,
	    "output %.100s dropped %llu events in %llu s%s%.200s", o->conf->name,
	    (unsigned long long)u.count, (unsigned long long)u.seconds,
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
	told->count += u->count;
	told->at_ns = now_ns;
}

void
drops_tell(outlet *o, judging *j, daemon_log *log, int64_t now_ns)
{
	feeder_counters c;

	feeder_count(o->feeder, &c);
	uint64_t lost = c.dropped + c.given_up;
	untold u = look(o, &c, &o->told, lost + c.rejected, now_ns);
	if (u.count > 0) {
		log_line(log, TL_LOG_WARNING, ABOUT_OUTPUTS, "%s", u.message);
		(void)offer(j, o, &u, false);
	}
	note(&o->told, &u, now_ns);
	/* its peer knows what it has rejected; what fails now would lose this, too */
	u = look(o, &c, &o->told_itself, lost, now_ns);
	bool can = !o->stopping && c.failing_since_ns == 0;
	if (u.count == 0 || (can && offer(j, o, &u, true)))
		note(&o->told_itself, &u, now_ns);
}

void
drops_log(outlet *o, daemon_log *log, int64_t now_ns)
{
	feeder_counters c;

	feeder_count(o->feeder, &c);
	untold u = look(o, &c, &o->told, c.dropped + c.given_up + c.rejected, now_ns);
	if (u.count > 0)
		log_line(log, TL_LOG_WARNING, ABOUT_OUTPUTS, "%s", u.message);
	note(&o->told, &u, now_ns);
}
