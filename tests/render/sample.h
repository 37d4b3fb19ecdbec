/* Notifications to render. */
#ifndef TESTS_RENDER_SAMPLE_H
#define TESTS_RENDER_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fake_mib.h"
#include "trapline/render.h"

/* 2026-11-20T12:00:00.123456789Z */
#define SAMPLE_NS INT64_C(1795176000123456789)
#define SPAN(literal) ((tl_span){ (const uint8_t *)(literal), sizeof(literal) - 1 })

static const tl_mib fake_mib;

static inline tl_endpoint
sample_ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
	return (tl_endpoint){ .addr = { [10] = 0xff, [11] = 0xff, a, b, c, d },
		.port = port };
}

/* An OID that lives as long as the program's stack of them: 32 at most a test. */
static inline tl_oid
sample_oid(const char *text)
{
	static uint8_t bufs[32][TL_OID_BER_MAX];
	static unsigned next;

	return fake_oid(text, bufs[next++ % 32]);
}

static inline tl_varbind
sample_integer(const char *oid, int64_t value)
{
	return (tl_varbind){ sample_oid(oid), TL_T_INTEGER, { .i64 = value } };
}

static inline tl_varbind
sample_octets(const char *oid, tl_span bytes)
{
	return (tl_varbind){ sample_oid(oid), TL_T_OCTETS, { .octets = bytes } };
}

/* linkDown as v2c, without varbinds. */
static inline tl_notification
sample_v2c(void)
{
	return (tl_notification){ .kind = TL_TRAP,
		.version = 2,
		.pdu_type = 0xa7,
		.request_id = 7,
		.trap_oid = sample_oid("1.3.6.1.6.3.1.1.5.3"),
		.uptime_cs = 123456,
		.community = SPAN("public"),
		.from = sample_ipv4(192, 0, 2, 7, 50123),
		.to = sample_ipv4(192, 0, 2, 1, 1162),
		.received_ns = SAMPLE_NS,
		.id_hash = 0x0123456789abcdef };
}

/* As v3. */
static inline tl_notification
sample_v3(void)
{
	tl_notification n = sample_v2c();

	n.version = 3;
	n.community = (tl_span){ NULL, 0 };
	n.v3.level = TL_AUTH_PRIV;
	n.v3.auth = TL_AUTH_SHA256;
	n.v3.priv = TL_PRIV_AES128;
	n.v3.boots = 3;
	n.v3.time_s = 4711;
	n.v3.user = SPAN("noc");
	n.v3.engine_id = SPAN("\x80\x00\x1f\x88\x04x");
	n.v3.context_engine_id = n.v3.engine_id;
	return n;
}

/* The line of |n|, NUL-terminated, in memory that the next call uses again. */
static inline const char *
sample_render(const tl_renderer_options *opt, const tl_notification *n)
{
	static uint8_t line[1 << 20];
	tl_buf out = { .ptr = line, .cap = sizeof line - 1 };
	tl_renderer *r;

	assert_int_equal(tl_renderer_new(opt, &r), TL_OK);
	assert_int_equal(tl_render_notification(r, n, &out), TL_OK);
	tl_renderer_free(r);
	line[out.len] = '\0';
	return (const char *)line;
}

#endif
