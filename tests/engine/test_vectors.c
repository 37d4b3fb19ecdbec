/* Each datagram of tests/vectors/refusals.txt is refused for the reason, at the offset
 * and in the field that stand beside it, and a good trap is still taken after it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trapline/engine.h"

enum { LINE_MAX_BYTES = 1 << 17, VECTORS_LEAST = 200 };

#define TEXT(s)                                                                          \
	{                                                                                \
		(const uint8_t *)(s), sizeof(s) - 1                                      \
	}

static tl_engine *engine;
static tl_arena *arena;
static char line[LINE_MAX_BYTES];
static uint8_t bytes[LINE_MAX_BYTES / 2];

/* A v2c coldStart, with community "public". */
static const uint8_t good[] = { 0x30, 0x3a, 0x02, 0x01, 0x01, 0x04, 0x06, 'p', 'u', 'b',
	'l', 'i', 'c', 0xa7, 0x2d, 0x02, 0x01, 0x07, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00,
	0x30, 0x22, 0x30, 0x0d, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x02, 0x01, 0x01, 0x03,
	0x00, 0x43, 0x01, 0x2a, 0x30, 0x11, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x06, 0x03,
	0x01, 0x01, 0x04, 0x01, 0x00, 0x06, 0x03, 0x2b, 0x06, 0x01 };

typedef struct vector {
	char name[128], reason[64], where[64];
	uint32_t offset;
	size_t len;
} vector;

static int
make_engine(void **state)
{
	static const uint8_t id[] = { 0x80, 0, 0, 0, 5, 1, 2, 3, 4 };
	const tl_engine_options opt = { .engine_id = { id, sizeof id }, .boots = 1 };
	const tl_user guest = { .name = TEXT("guest") };
	const tl_user noc = { .name = TEXT("noc"),
		.auth = TL_AUTH_SHA1,
		.auth_secret = { TL_SECRET_PASSPHRASE, TEXT("authpass123") },
		.priv = TL_PRIV_AES128,
		.priv_secret = { TL_SECRET_PASSPHRASE, TEXT("privpass123") } };
	(void)state;

	return tl_engine_new(&opt, &engine) != TL_OK ||
	       tl_engine_add_user(engine, &guest) != TL_OK ||
	       tl_engine_add_user(engine, &noc) != TL_OK ||
	       tl_arena_new(1 << 20, &arena) != TL_OK;
}

static int
free_engine(void **state)
{
	(void)state;
	tl_engine_free(engine);
	tl_arena_free(arena);
	return 0;
}

static size_t
from_hex(const char *hex)
{
	size_t len = 0;
	unsigned byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		bytes[len++] = (uint8_t)byte;
	return len;
}

/* False: a comment. */
static bool
read_vector(vector *v)
{
	static char hex[LINE_MAX_BYTES];

	if (line[0] == '#')
		return false;
	assert_int_equal(sscanf(line, "%127s %63s %u %63s %131071s", v->name, v->reason,
			     &v->offset, v->where, hex),
	    5);
	v->len = strcmp(hex, "-") == 0 ? 0 : from_hex(hex);
	return true;
}

static tl_event
input(tl_span span)
{
	const tl_datagram in = { .bytes = span };
	tl_event ev;

	tl_arena_reset(arena);
	assert_int_equal(tl_engine_input(engine, &in, arena, &ev), TL_OK);
	return ev;
}

/* The bytes in memory of exactly their size, so that a sanitizer sees the end. */
static void
check_vector(const vector *v)
{
	uint8_t *exact = malloc(v->len + (v->len == 0));
	assert_non_null(exact);
	memcpy(exact, bytes, v->len);
	tl_event ev = input((tl_span){ exact, v->len });
	const tl_diag *d = &ev.refusal.diag;

	if (ev.kind != TL_EV_REFUSED || strcmp(tl_err_word(d->err), v->reason) != 0 ||
	    d->offset != v->offset || strcmp(d->where, v->where) != 0)
		fail_msg("%s: expected %s at %u (%s), got %s at %u (%s)", v->name,
		    v->reason, v->offset, v->where,
		    ev.kind == TL_EV_REFUSED ? tl_err_word(d->err) : "no refusal",
		    d->offset, d->where != NULL ? d->where : "");
	free(exact);
	assert_int_equal(input((tl_span){ good, sizeof good }).kind, TL_EV_NOTIFICATION);
}

static void
test_refuses_each_vector_at_its_offset(void **state)
{
	const char *path = getenv("TRAPLINE_VECTORS");
	FILE *f = fopen(path != NULL ? path : "tests/vectors/refusals.txt", "r");
	size_t count = 0;
	vector v;
	(void)state;

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (!read_vector(&v))
			continue;
		check_vector(&v);
		count++;
	}
	fclose(f);
	assert_true(count >= VECTORS_LEAST);
	assert_int_equal(tl_engine_counters(engine)->received, 2 * count);
	assert_int_equal(tl_counters_refused(tl_engine_counters(engine)), count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuses_each_vector_at_its_offset),
	};
	return cmocka_run_group_tests(tests, make_engine, free_engine);
}
