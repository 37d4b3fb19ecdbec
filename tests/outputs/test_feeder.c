/* Tests of outputs/feeder.c, around an output that does what a test tells it to. */
#include <pthread.h>
#include <signal.h>

#include "outputs/feeder.h"
#include "outputs/parcels.h"
#include "sys/clock.h"

#define MS INT64_C(1000000)
#define FAR (1000000 * MS)
enum { SEEN_MAX = 10000 };

/* An output: what it saw, and what it is to answer. */
typedef struct fake {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint32_t seen[SEEN_MAX]; /* delivered */
	size_t count, calls, largest;
	int64_t call_ns[16];
	size_t again;      /* so many calls fail first */
	size_t again_done; /* with so many done */
	int64_t asked_ns;
	uint32_t refused; /* this number is; 0: none */
	uint32_t knows;   /* this one it has, though others before it failed */
	unsigned closed, reopened, idle;
	bool hangs; /* until its time is over */
	bool signals_blocked;
	feeder *feeder;
} fake;

static void
see(fake *f, batch *b, size_t count)
{
	for (; b->done < count; b->done++)
		f->seen[f->count++] = number_of(b->items[b->done]);
}

static delivery
fake_answer(fake *f, batch *b)
{
	f->call_ns[f->calls++ % 16] = tl_now_monotonic_ns();
	f->largest = b->count > f->largest ? b->count : f->largest;
	if (f->again > 0) {
		f->again--;
		see(f, b, f->again_done < b->count ? f->again_done : b->count);
		b->wait_ns = f->asked_ns;
		snprintf(b->problem, sizeof b->problem, "it is dead");
		return DELIVER_AGAIN;
	}
	for (size_t i = 0; i < b->count; i++)
		if (f->refused != 0 && number_of(b->items[i]) == f->refused) {
			see(f, b, i);
			snprintf(b->problem, sizeof b->problem, "no %u", f->refused);
			return DELIVER_NEVER;
		}
	size_t done = b->done;
	see(f, b, b->count);
	b->done = done; /* DELIVERED says so much */
	return DELIVERED;
}

static delivery
fake_deliver(void *self, batch *b)
{
	fake *f = self;
	sigset_t blocked;

	while (f->hangs && batch_time_left_ns(b, tl_now_monotonic_ns()) > 0)
		nanosleep(&(struct timespec){ 0, MS }, NULL);
	if (f->hangs)
		return DELIVER_AGAIN;
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	pthread_mutex_lock(&f->lock);
	f->signals_blocked =
	    sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGPIPE);
	delivery what = fake_answer(f, b);
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	return what;
}

static void
count_up(fake *f, unsigned *what)
{
	pthread_mutex_lock(&f->lock);
	++*what;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
}

static void
fake_reopen(void *self)
{
	count_up(self, &((fake *)self)->reopened);
}

static void
fake_idle(void *self, int64_t now_ns)
{
	assert_true(now_ns > 0);
	count_up(self, &((fake *)self)->idle);
}

static void
fake_close(void *self)
{
	count_up(self, &((fake *)self)->closed);
}

static const output_type fake_type = { .name = "fake",
	.deliver = fake_deliver,
	.reopen = fake_reopen,
	.idle = fake_idle,
	.close = fake_close };

static const feeder_options usual = { .name = "test",
	.type = &fake_type,
	.queue = { 10000, 64 << 20, QUEUE_DROP_LEAST },
	.batch = 100,
	.batch_bytes = 1 << 20,
	.retry_min_ns = MS,
	.retry_max_ns = 4 * MS };

static void
start(fake *f, feeder_options opt)
{
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	opt.self = f;
	f->feeder = feeder_start(&opt);
	assert_non_null(f->feeder);
}

static void
put(fake *f, uint32_t number, int64_t made_ns)
{
	parcel *p = numbered(number, TL_SEVERITY_INFO);

	p->made_ns = made_ns;
	assert_int_equal(feeder_put(f->feeder, &p, 1), 1);
	feeder_tell(f->feeder);
}

static void
wait_for(fake *f, const size_t *what, size_t least)
{
	pthread_mutex_lock(&f->lock);
	while (*what < least)
		pthread_cond_wait(&f->changed, &f->lock);
	pthread_mutex_unlock(&f->lock);
}

/* Stops it within |patience_ns|; the counters at the end, which must add up. */
static feeder_counters
stop(fake *f, int64_t patience_ns)
{
	feeder_counters c;

	feeder_stop(f->feeder, tl_now_monotonic_ns() + patience_ns);
	while (!feeder_has_ended(f->feeder))
		nanosleep(&(struct timespec){ 0, MS }, NULL);
	feeder_count(f->feeder, &c);
	assert_int_equal(c.queue.events, 0);
	assert_int_equal(c.waiting, 0);
	assert_int_equal(c.waiting_bytes, 0);
	assert_int_equal(c.offered, c.queue.put);
	assert_int_equal(c.offered, c.delivered + c.rejected + c.given_up + c.dropped);
	assert_int_equal(c.delivered, f->count);
	assert_int_equal(f->closed, 1);
	feeder_free(f->feeder);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->changed);
	return c;
}

static void
assert_seen(const fake *f, uint32_t first, uint32_t last)
{
	assert_int_equal(f->count, last - first + 1);
	for (uint32_t i = first; i <= last; i++)
		assert_int_equal(f->seen[i - first], i);
}

static void
test_delivers_all_in_order_before_it_ends(void **state)
{
	fake f = { 0 };

	(void)state;
	start(&f, usual);
	for (uint32_t i = 1; i <= 1000; i++)
		put(&f, i, 1);
	feeder_counters c = stop(&f, FAR);
	assert_seen(&f, 1, 1000);
	assert_int_equal(c.delivered, 1000);
	assert_true(f.largest <= 100);
	assert_int_equal(c.batches, f.calls);
	assert_true(f.signals_blocked);
	assert_string_equal(c.problem, "");
}

static void
test_goes_on_behind_what_was_done(void **state)
{
	fake f = { .again = 5, .again_done = 2 };

	(void)state;
	start(&f, usual);
	for (uint32_t i = 1; i <= 50; i++)
		put(&f, i, 1);
	feeder_counters c = stop(&f, FAR);
	assert_seen(&f, 1, 50);
	assert_int_equal(c.retries, 5);
	assert_string_equal(c.problem, "it is dead");
	assert_int_equal(c.failing_since_ns, 0);
}

/* What a dead peer has not taken waits, whether it is in the queue or in hand. */
static void
test_what_is_in_hand_waits_as_well(void **state)
{
	fake f = { .again = SIZE_MAX };
	feeder_options opt = usual;
	feeder_counters c;

	(void)state;
	opt.batch = 10;
	opt.queue.max_events = 20;
	opt.queue.policy = QUEUE_DROP_NEWEST;
	opt.retry_min_ns = opt.retry_max_ns = FAR;
	start(&f, opt);
	for (uint32_t i = 1; i <= 10; i++)
		put(&f, i, 1);
	wait_for(&f, &f.calls, 1);
	parcel *p = numbered(11, TL_SEVERITY_INFO);
	uint64_t each = p->bytes;
	for (uint32_t i = 0; i < 50; i++) {
		parcel_hold(p);
		feeder_put(f.feeder, &p, 1);
	}
	assert_false(feeder_offer(f.feeder, p, false));
	parcel_drop(p);
	do
		feeder_count(f.feeder, &c);
	while (c.retries == 0);
	assert_int_equal(c.offered, 60);
	assert_int_equal(c.waiting, c.offered - c.dropped);
	assert_true(c.waiting > c.queue.events);
	assert_int_equal(c.waiting_bytes, c.waiting * each);
	stop(&f, 0);
}

static void
test_waits_twice_as_long_each_time_up_to_the_most(void **state)
{
	fake f = { .again = 6 };
	feeder_options opt = usual;

	(void)state;
	opt.retry_min_ns = 20 * MS;
	opt.retry_max_ns = 80 * MS;
	start(&f, opt);
	put(&f, 1, 1);
	wait_for(&f, &f.count, 1);
	feeder_counters c = stop(&f, FAR);
	assert_int_equal(c.retries, 6);
	assert_int_equal(f.calls, 7);
	static const int64_t least_ms[] = { 15, 30, 60, 60, 60, 60 };
	for (size_t i = 0; i < 6; i++)
		assert_true(f.call_ns[i + 1] - f.call_ns[i] >= least_ms[i] * MS);
	assert_true(f.call_ns[6] - f.call_ns[0] < 10000 * MS);
}

static void
test_waits_as_long_as_the_peer_asks(void **state)
{
	fake f = { .again = 1, .asked_ns = 50 * MS };

	(void)state;
	start(&f, usual);
	put(&f, 1, 1);
	wait_for(&f, &f.count, 1);
	stop(&f, FAR);
	assert_true(f.call_ns[1] - f.call_ns[0] >= 50 * MS);
}

static void
test_drops_what_is_refused_and_goes_on(void **state)
{
	fake f = { .refused = 3 };

	(void)state;
	start(&f, usual);
	for (uint32_t i = 1; i <= 5; i++)
		put(&f, i, 1);
	feeder_counters c = stop(&f, FAR);
	assert_int_equal(f.count, 4);
	assert_int_equal(f.seen[2], 4);
	assert_int_equal(c.rejected, 1);
	assert_string_equal(c.problem, "no 3");
}

static void
test_gives_up_what_failed_for_too_long_and_nothing_younger(void **state)
{
	fake f = { .again = 1 };
	feeder_options opt = usual;
	int64_t now_ns = tl_now_monotonic_ns();

	(void)state;
	opt.give_up_ns = 3600000 * MS;
	opt.linger_ns = FAR;
	opt.batch = 4;
	start(&f, opt);
	put(&f, 1, now_ns - 3700000 * MS);
	put(&f, 2, now_ns - 3600000 * MS);
	put(&f, 3, now_ns);
	put(&f, 4, 0); /* nobody knows: now */
	wait_for(&f, &f.count, 2);
	feeder_counters c = stop(&f, FAR);
	assert_seen(&f, 3, 4);
	assert_int_equal(c.given_up, 2);
	assert_int_equal(c.retries, 1);
}

static void
test_old_events_are_delivered_if_that_works(void **state)
{
	fake f = { 0 };
	feeder_options opt = usual;

	(void)state;
	opt.give_up_ns = MS;
	start(&f, opt);
	put(&f, 1, 1);
	stop(&f, FAR);
	assert_seen(&f, 1, 1);
}

static void
test_gives_up_what_is_left_at_the_end(void **state)
{
	fake f = { .again = SIZE_MAX };
	feeder_options opt = usual;

	(void)state;
	opt.retry_min_ns = opt.retry_max_ns = FAR;
	opt.batch = 4;
	start(&f, opt);
	for (uint32_t i = 1; i <= 10; i++)
		put(&f, i, 1);
	wait_for(&f, &f.calls, 1);
	feeder_counters c;
	feeder_count(f.feeder, &c);
	assert_int_equal(c.state, FEEDER_RETRIES);
	assert_true(c.failing_since_ns > 0);
	c = stop(&f, 30 * MS);
	assert_int_equal(c.given_up, 10);
	assert_true(f.calls >= 2); /* tried once more when the end was announced */
}

static void
test_a_long_pause_ends_when_it_is_to_stop(void **state)
{
	fake f = { .again = 1 };
	feeder_options opt = usual;

	(void)state;
	opt.retry_min_ns = opt.retry_max_ns = FAR;
	start(&f, opt);
	put(&f, 1, 1);
	wait_for(&f, &f.calls, 1);
	feeder_counters c = stop(&f, FAR);
	assert_seen(&f, 1, 1);
	assert_int_equal(c.given_up, 0);
}

static void
test_an_output_that_waits_hears_of_the_end(void **state)
{
	fake f = { .hangs = true };

	(void)state;
	start(&f, usual);
	put(&f, 1, 1);
	feeder_counters c = stop(&f, 20 * MS);
	assert_int_equal(c.given_up, 1);
}

static void
test_a_batch_lingers_until_it_is_full(void **state)
{
	fake f = { 0 };
	feeder_options opt = usual;

	(void)state;
	opt.linger_ns = FAR;
	opt.batch = 10;
	start(&f, opt);
	for (uint32_t i = 1; i <= 25; i++)
		put(&f, i, 1);
	wait_for(&f, &f.count, 20);
	assert_int_equal(f.calls, 2);
	stop(&f, FAR); /* ends the wait for more */
	assert_int_equal(f.calls, 3);
	assert_seen(&f, 1, 25);
}

static void
test_a_batch_has_no_more_bytes_than_it_may(void **state)
{
	fake f = { 0 };
	feeder_options opt = usual;
	parcel *p = numbered(1, TL_SEVERITY_INFO);

	(void)state;
	opt.batch_bytes = 3 * p->bytes;
	opt.linger_ns = FAR;
	parcel_drop(p);
	start(&f, opt);
	for (uint32_t i = 1; i <= 9; i++)
		put(&f, i, 1);
	wait_for(&f, &f.count, 9);
	assert_int_equal(f.largest, 3);
	stop(&f, FAR);
}

static void
test_reopens_and_looks_after_itself(void **state)
{
	fake f = { 0 };

	(void)state;
	start(&f, usual);
	feeder_reopen(f.feeder);
	pthread_mutex_lock(&f.lock);
	while (f.reopened == 0 || f.idle == 0)
		pthread_cond_wait(&f.changed, &f.lock);
	pthread_mutex_unlock(&f.lock);
	stop(&f, FAR);
	assert_int_equal(f.reopened, 1);
}

static void
test_reopens_also_while_it_waits_for_a_dead_peer(void **state)
{
	fake f = { .again = 1 };
	feeder_options opt = usual;

	(void)state;
	opt.retry_min_ns = opt.retry_max_ns = FAR;
	start(&f, opt);
	put(&f, 1, 1);
	wait_for(&f, &f.calls, 1);
	feeder_reopen(f.feeder);
	pthread_mutex_lock(&f.lock);
	while (f.reopened == 0)
		pthread_cond_wait(&f.changed, &f.lock);
	pthread_mutex_unlock(&f.lock);
	stop(&f, FAR);
	assert_seen(&f, 1, 1);
}

static void
test_tells_how_long_events_took(void **state)
{
	fake f = { 0 };
	int64_t now_ns = tl_now_monotonic_ns();

	(void)state;
	start(&f, usual);
	put(&f, 1, now_ns - FAR);     /* 1,000 s: 2^19 ms and more */
	put(&f, 2, now_ns + FAR);     /* a clock of another kind: nothing */
	put(&f, 3, now_ns - 70 * MS); /* at least 64, below 2^14 */
	put(&f, 4, 0);                /* of our own */
	feeder_counters c = stop(&f, FAR);
	uint64_t sum = 0;
	for (size_t i = 0; i < FEEDER_LATENCIES; i++)
		sum += c.latency[i];
	assert_int_equal(sum, 3);
	assert_int_equal(c.latency[0], 1);
	assert_int_equal(c.latency[FEEDER_LATENCIES - 1], 1);
	for (size_t i = 1; i < 7; i++)
		assert_int_equal(c.latency[i], 0);
	assert_true(c.latency_sum_ns >= (uint64_t)(FAR + 70 * MS));
}

static size_t
fake_peers(const void *self, output_peer *out)
{
	const fake *f = self;

	for (size_t i = 0; i < 2; i++)
		out[i] = (output_peer){
			.name = i == 0 ? "a" : "b", .up = true, .delivered = f->count + i
		};
	return 2;
}

static void
test_tells_of_each_peer_before_and_after_deliveries(void **state)
{
	output_type type = fake_type;
	feeder_options opt = usual;
	output_peer peers[OUTPUT_PEERS_MAX];
	fake f = { .again = 1 }, plain = { 0 };

	(void)state;
	type.peers = fake_peers;
	opt.type = &type;
	start(&f, opt);
	assert_int_equal(feeder_peers(f.feeder, peers), 2);
	assert_string_equal(peers[1].name, "b");
	assert_int_equal(peers[1].delivered, 1);
	for (uint32_t i = 1; i <= 3; i++)
		put(&f, i, 1);
	wait_for(&f, &f.count, 3);
	do
		assert_int_equal(feeder_peers(f.feeder, peers), 2);
	while (peers[0].delivered < 3); /* told when the delivery has returned */
	assert_int_equal(peers[1].delivered, 4);
	stop(&f, FAR);
	start(&plain, usual);
	assert_int_equal(feeder_peers(plain.feeder, peers), 0);
	stop(&plain, FAR);
}

/* Waits until its batch is full, or it is clear that it will not be. */
static delivery
greedy_deliver(void *self, batch *b)
{
	fake *f = self;

	for (int tries = 0; b->count < 4 && tries < 100; tries++)
		if (batch_more(b) == 0)
			nanosleep(&(struct timespec){ 0, MS }, NULL);
	assert_int_equal(batch_more(b), 0);
	return fake_deliver(f, b);
}

static void
test_a_batch_takes_more_while_it_is_delivered(void **state)
{
	output_type type = fake_type;
	feeder_options opt = usual;
	fake f = { .again = 1, .again_done = 1 };

	(void)state;
	type.deliver = greedy_deliver;
	opt.type = &type;
	opt.batch = 4;
	start(&f, opt);
	for (uint32_t i = 1; i <= 8; i++)
		put(&f, i, 1);
	/* four, of which one is done; the other three have no room for a fourth */
	wait_for(&f, &f.count, 8);
	feeder_counters c = stop(&f, FAR);
	assert_seen(&f, 1, 8);
	assert_int_equal(c.delivered, 8);
	assert_int_equal(f.calls, 3);
	assert_int_equal(f.largest, 4);
}

enum { PUTTERS = 4, EACH = 2000 };

static void *
put_many(void *context)
{
	fake *f = context;
	static _Atomic uint32_t next;
	uint32_t of = atomic_fetch_add(&next, 1) % PUTTERS;

	for (uint32_t i = 1; i <= EACH; i++)
		put(f, of * 10000 + i, 1);
	return NULL;
}

static void
test_many_threads_put(void **state)
{
	fake f = { .again = 20, .again_done = 1 };
	pthread_t threads[PUTTERS];
	uint32_t last[PUTTERS] = { 0 };

	(void)state;
	start(&f, usual);
	for (size_t i = 0; i < PUTTERS; i++)
		pthread_create(&threads[i], NULL, put_many, &f);
	for (size_t i = 0; i < PUTTERS; i++)
		pthread_join(threads[i], NULL);
	stop(&f, FAR);
	assert_int_equal(f.count, PUTTERS * EACH);
	for (size_t i = 0; i < f.count; i++) {
		uint32_t of = f.seen[i] / 10000;
		assert_int_equal(f.seen[i] % 10000, ++last[of]);
	}
}

static delivery
fake_known(const void *self, size_t left, const parcel *p)
{
	const fake *f = self;

	assert_true(left > 0);
	return number_of(p) == f->knows ? DELIVERED : DELIVER_AGAIN;
}

static const output_type knowing_type = {
	.name = "fake", .deliver = fake_deliver, .known = fake_known, .close = fake_close
};

static void
end_first(fake *f)
{
	while (!feeder_has_ended(f->feeder))
		nanosleep(&(struct timespec){ 0, MS }, NULL);
	assert_int_equal(f->closed, 1);
}

static void
follow(fake *next, fake *f, feeder_options opt)
{
	opt.before = f->feeder;
	opt.patience_ns = FAR;
	start(next, opt);
	feeder_follow(next->feeder, f->feeder);
}

static void
free_first(fake *f)
{
	end_first(f);
	feeder_free(f->feeder);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->changed);
}

/* Ends |f|, which followed another; the counters of both. */
static feeder_counters
stop_follower(fake *f)
{
	feeder_counters c;

	feeder_stop(f->feeder, tl_now_monotonic_ns() + FAR);
	end_first(f);
	feeder_count(f->feeder, &c);
	assert_int_equal(c.waiting, 0);
	assert_int_equal(c.waiting_bytes, 0);
	free_first(f);
	return c;
}

/* In the pause after a failure, with 3 of 50 delivered, another beside, and the others in
 * the queue. */
static void
test_the_next_of_its_name_delivers_what_is_left_in_order(void **state)
{
	fake f = { .again = 1, .again_done = 3, .asked_ns = FAR, .knows = 10 };
	fake next = { 0 };
	feeder_options opt = usual;

	(void)state;
	opt.type = &knowing_type;
	opt.batch = 50;
	opt.linger_ns = FAR;
	start(&f, opt);
	for (uint32_t i = 1; i <= 1000; i++)
		put(&f, i, 1);
	wait_for(&f, &f.calls, 1);
	opt.batch = 7;
	opt.linger_ns = 0;
	opt.queue.max_events = 1100;
	follow(&next, &f, opt);
	for (uint32_t i = 1001; i <= 1100; i++)
		put(&next, i, 1);
	free_first(&f);
	feeder_counters c = stop_follower(&next);
	assert_seen(&f, 1, 3);
	assert_int_equal(next.count, 1096);
	for (uint32_t i = 0; i < next.count; i++)
		assert_int_equal(next.seen[i], i + 4 + (i + 4 >= 10));
	assert_int_equal(c.offered, 1100);
	assert_int_equal(c.delivered, 1100);
	assert_int_equal(c.retries, 1);
}

/* Each in the midst of a pause; the second never has its turn to the end. */
static void
test_one_after_another_follows(void **state)
{
	fake f[4] = { { .again = 1, .asked_ns = FAR },
		{ .again = 1, .again_done = 2, .asked_ns = FAR },
		{ .again = 1, .again_done = 1, .asked_ns = FAR }, { .again = 0 } };
	feeder_options opt = usual;

	(void)state;
	opt.batch = 5;
	opt.linger_ns = FAR;
	start(&f[0], opt);
	for (uint32_t i = 1; i <= 20; i++)
		put(&f[0], i, 1);
	opt.linger_ns = 0;
	for (int i = 1; i < 4; i++) {
		wait_for(&f[i - 1], &f[i - 1].calls, 1);
		follow(&f[i], &f[i - 1], opt);
		opt.batch = 3;
	}
	for (int i = 0; i < 3; i++)
		free_first(&f[i]);
	feeder_counters c = stop_follower(&f[3]);
	assert_seen(&f[1], 1, 2);
	assert_seen(&f[2], 3, 3);
	assert_seen(&f[3], 4, 20);
	assert_int_equal(c.delivered, 20);
	assert_int_equal(c.retries, 3);
}

static void
test_one_that_never_follows_leaves_all_as_it_is(void **state)
{
	fake f = { 0 }, other = { 0 };
	feeder_options opt = usual;

	(void)state;
	start(&f, usual);
	opt.before = f.feeder;
	start(&other, opt);
	feeder_stop(other.feeder, tl_now_monotonic_ns() + FAR);
	free_first(&other);
	for (uint32_t i = 1; i <= 10; i++)
		put(&f, i, 1);
	stop(&f, FAR);
	assert_seen(&f, 1, 10);
}

/* The first is in a delivery that takes until the end. */
static void
test_what_nobody_can_follow_any_more_is_given_up(void **state)
{
	fake f = { .hangs = true }, next = { 0 };
	int64_t end_ns;

	(void)state;
	start(&f, usual);
	for (uint32_t i = 1; i <= 10; i++)
		put(&f, i, 1);
	follow(&next, &f, usual);
	end_ns = tl_now_monotonic_ns() + 20 * MS;
	feeder_stop(f.feeder, end_ns);
	feeder_stop(next.feeder, end_ns);
	end_first(&f);
	feeder_counters c = stop_follower(&next);
	free_first(&f);
	assert_int_equal(c.given_up + c.delivered, 10);
	assert_int_equal(c.delivered, next.count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delivers_all_in_order_before_it_ends),
		cmocka_unit_test(test_goes_on_behind_what_was_done),
		cmocka_unit_test(test_what_is_in_hand_waits_as_well),
		cmocka_unit_test(test_waits_twice_as_long_each_time_up_to_the_most),
		cmocka_unit_test(test_waits_as_long_as_the_peer_asks),
		cmocka_unit_test(test_drops_what_is_refused_and_goes_on),
		cmocka_unit_test(
		    test_gives_up_what_failed_for_too_long_and_nothing_younger),
		cmocka_unit_test(test_old_events_are_delivered_if_that_works),
		cmocka_unit_test(test_gives_up_what_is_left_at_the_end),
		cmocka_unit_test(test_a_long_pause_ends_when_it_is_to_stop),
		cmocka_unit_test(test_an_output_that_waits_hears_of_the_end),
		cmocka_unit_test(test_a_batch_lingers_until_it_is_full),
		cmocka_unit_test(test_a_batch_has_no_more_bytes_than_it_may),
		cmocka_unit_test(test_reopens_and_looks_after_itself),
		cmocka_unit_test(test_reopens_also_while_it_waits_for_a_dead_peer),
		cmocka_unit_test(test_tells_how_long_events_took),
		cmocka_unit_test(test_tells_of_each_peer_before_and_after_deliveries),
		cmocka_unit_test(test_a_batch_takes_more_while_it_is_delivered),
		cmocka_unit_test(test_many_threads_put),
		cmocka_unit_test(
		    test_the_next_of_its_name_delivers_what_is_left_in_order),
		cmocka_unit_test(test_one_after_another_follows),
		cmocka_unit_test(test_one_that_never_follows_leaves_all_as_it_is),
		cmocka_unit_test(test_what_nobody_can_follow_any_more_is_given_up),
	};

	return cmocka_run_group_tests(tests, load_dictionary, drop_dictionary);
}
