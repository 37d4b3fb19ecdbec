/* fault/test_path.c: the way of a datagram, with one allocation after another failing:
 * from an engine with users to the printed event and the acknowledgement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "fault/failmalloc.h"
#include "trapline/trapline.h"

/* Recorded from net-snmp: linkDown as v2c inform, and as v3 trap of the user "noc",
 * SHA-1 "authpass123", AES-128 "privpass123". */
static const uint8_t inform[] = {
	0x30,
	0x67,
	0x02,
	0x01,
	0x01,
	0x04,
	0x06,
	0x70,
	0x75,
	0x62,
	0x6c,
	0x69,
	0x63,
	0xa6,
	0x5a,
	0x02,
	0x04,
	0x7b,
	0x95,
	0xc0,
	0x58,
	0x02,
	0x01,
	0x00,
	0x02,
	0x01,
	0x00,
	0x30,
	0x4c,
	0x30,
	0x0f,
	0x06,
	0x08,
	0x2b,
	0x06,
	0x01,
	0x02,
	0x01,
	0x01,
	0x03,
	0x00,
	0x43,
	0x03,
	0x09,
	0xe6,
	0x12,
	0x30,
	0x17,
	0x06,
	0x0a,
	0x2b,
	0x06,
	0x01,
	0x06,
	0x03,
	0x01,
	0x01,
	0x04,
	0x01,
	0x00,
	0x06,
	0x09,
	0x2b,
	0x06,
	0x01,
	0x06,
	0x03,
	0x01,
	0x01,
	0x05,
	0x03,
	0x30,
	0x0f,
	0x06,
	0x0a,
	0x2b,
	0x06,
	0x01,
	0x02,
	0x01,
	0x02,
	0x02,
	0x01,
	0x01,
	0x03,
	0x02,
	0x01,
	0x03,
	0x30,
	0x0f,
	0x06,
	0x0a,
	0x2b,
	0x06,
	0x01,
	0x02,
	0x01,
	0x02,
	0x02,
	0x01,
	0x08,
	0x03,
	0x02,
	0x01,
	0x02,
};

static const uint8_t trap_v3[] = {
	0x30,
	0x81,
	0xae,
	0x02,
	0x01,
	0x03,
	0x30,
	0x11,
	0x02,
	0x04,
	0x55,
	0xd5,
	0x4a,
	0xe1,
	0x02,
	0x03,
	0x00,
	0xff,
	0xe3,
	0x04,
	0x01,
	0x03,
	0x02,
	0x01,
	0x03,
	0x04,
	0x32,
	0x30,
	0x30,
	0x04,
	0x09,
	0x80,
	0x00,
	0x00,
	0x00,
	0x01,
	0x02,
	0x03,
	0x04,
	0xaa,
	0x02,
	0x01,
	0x01,
	0x02,
	0x03,
	0x0a,
	0x08,
	0x29,
	0x04,
	0x03,
	0x6e,
	0x6f,
	0x63,
	0x04,
	0x0c,
	0x5f,
	0xda,
	0x11,
	0x82,
	0xe1,
	0x91,
	0x1d,
	0xe4,
	0xd0,
	0x48,
	0xa5,
	0x77,
	0x04,
	0x08,
	0xca,
	0xf0,
	0x25,
	0xef,
	0xa6,
	0xc1,
	0x37,
	0xaa,
	0x04,
	0x62,
	0xa0,
	0xf0,
	0x08,
	0xac,
	0xcf,
	0x62,
	0x39,
	0xcd,
	0xf1,
	0xdf,
	0x74,
	0xd9,
	0xee,
	0x15,
	0x7d,
	0x66,
	0xde,
	0xf2,
	0xe5,
	0x8a,
	0x25,
	0x11,
	0x62,
	0x88,
	0xe6,
	0xd4,
	0x90,
	0x95,
	0x6c,
	0x51,
	0xea,
	0x94,
	0xa3,
	0x18,
	0x40,
	0x3f,
	0x5c,
	0x21,
	0xf3,
	0xf6,
	0x99,
	0xec,
	0x3c,
	0xcc,
	0x78,
	0xa8,
	0x18,
	0xbb,
	0xa7,
	0x52,
	0x0a,
	0x9a,
	0x0e,
	0x20,
	0x5c,
	0x4a,
	0x1a,
	0x63,
	0x3b,
	0x7b,
	0x7a,
	0x47,
	0x85,
	0x68,
	0xdb,
	0x2f,
	0x79,
	0x8b,
	0x9a,
	0xf0,
	0x18,
	0x72,
	0xa3,
	0x66,
	0xd0,
	0xb6,
	0xe1,
	0x80,
	0xa9,
	0x0d,
	0xfa,
	0x0f,
	0xeb,
	0x11,
	0xd8,
	0x54,
	0xf2,
	0x79,
	0x08,
	0x44,
	0x16,
	0xcf,
	0x92,
	0x50,
	0x20,
	0x90,
	0x4a,
	0xf9,
};

#define TEXT(s)                                                                          \
	{                                                                                \
		(const uint8_t *)(s), sizeof(s) - 1                                      \
	}

static tl_err
make_engine(tl_engine **e)
{
	static const uint8_t id[] = { 0x80, 0, 0, 0, 5, 1, 2, 3, 4 };
	const tl_engine_options opt = { .engine_id = { id, sizeof id }, .boots = 1 };
	const tl_user noc = { .name = TEXT("noc"),
		.auth = TL_AUTH_SHA1,
		.auth_secret = { TL_SECRET_PASSPHRASE, TEXT("authpass123") },
		.priv = TL_PRIV_AES128,
		.priv_secret = { TL_SECRET_PASSPHRASE, TEXT("privpass123") } };
	tl_span community = TEXT("public");
	tl_err err = tl_engine_new(&opt, e);

	if (err == TL_OK)
		err = tl_engine_add_user(*e, &noc);
	if (err == TL_OK)
		err = tl_engine_add_community(*e, community);
	return err;
}

/* The event as JSON, with the names of the built-in dictionary. */
static tl_err
print(const tl_notification *n)
{
	static uint8_t room[65536];
	tl_renderer_options opt = { .format = TL_FORMAT_JSON };
	tl_buf out = { .ptr = room, .cap = sizeof room };
	tl_renderer *r = NULL;
	tl_mib *mib = NULL;
	tl_err err = tl_mib_builtin(&mib);

	opt.mib = mib;
	if (err == TL_OK)
		err = tl_renderer_new(&opt, &r);
	if (err == TL_OK)
		err = tl_render_notification(r, n, &out);
	tl_renderer_free(r);
	tl_mib_free(mib);
	return err;
}

/* Reads |bytes|; whatever fails, the same datagram is read well afterwards. */
static tl_err
read_twice(tl_engine *e, tl_arena *arena, tl_span bytes, tl_event *ev)
{
	const tl_datagram in = { .bytes = bytes };
	tl_err err = tl_engine_input(e, &in, arena, ev);

	if (err == TL_OK)
		return err;
	assert_int_equal(tl_engine_counters(e)->received, 0);
	tl_arena_reset(arena);
	assert_int_equal(tl_engine_input(e, &in, arena, ev), TL_OK);
	return err;
}

static tl_err
take(tl_engine *e, tl_arena *arena, tl_span bytes)
{
	tl_notification *copy = NULL;
	tl_span reply;
	tl_event ev;
	tl_err err = read_twice(e, arena, bytes, &ev);

	if (err != TL_OK)
		return err;
	assert_int_equal(ev.kind, TL_EV_NOTIFICATION);
	err = tl_notification_clone(ev.n, &copy);
	if (err == TL_OK)
		err = print(copy);
	if (err == TL_OK && copy->kind == TL_INFORM)
		err = tl_engine_ack(e, copy, 0, arena, &reply);
	tl_notification_free(copy);
	return err;
}

static tl_err
whole_path(void *arg)
{
	const tl_span *bytes = arg;
	tl_engine *e = NULL;
	tl_arena *arena = NULL;
	tl_err err = make_engine(&e);

	if (err == TL_OK)
		err = tl_arena_new(1 << 20, &arena);
	if (err == TL_OK)
		err = take(e, arena, *bytes);
	tl_arena_free(arena);
	tl_engine_free(e);
	return err;
}

static void
test_inform_to_answer_survives_any_failed_allocation(void **state)
{
	tl_span bytes = { inform, sizeof inform };

	(void)state;
	assert_true(fail_each(whole_path, &bytes) > 10);
}

static void
test_encrypted_trap_to_event_survives_any_failed_allocation(void **state)
{
	tl_span bytes = { trap_v3, sizeof trap_v3 };

	(void)state;
	assert_true(fail_each(whole_path, &bytes) > 10);
}

static tl_err
open_receiver(void *arg)
{
	static const char *const listen[] = { "udp:127.0.0.1:0", "udp:[::1]:0", NULL };
	const tl_receiver_options opt = { .listen = listen, .state_dir = arg };
	tl_receiver *r = NULL;
	tl_event ev;
	tl_err err = tl_receiver_open(&opt, &r);

	if (err == TL_OK)
		assert_int_equal(tl_receiver_next(r, 0, &ev), TL_ETIMEOUT);
	tl_receiver_close(r);
	return err;
}

static void
test_receiver_opens_or_says_why_not(void **state)
{
	char dir[] = "/tmp/trapline-fault-XXXXXX";
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_true(fail_each(open_receiver, dir) > 10);
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "engine", "clocks", "lock" };
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inform_to_answer_survives_any_failed_allocation),
		cmocka_unit_test(
		    test_encrypted_trap_to_event_survives_any_failed_allocation),
		cmocka_unit_test(test_receiver_opens_or_says_why_not),
	};

	fail_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
