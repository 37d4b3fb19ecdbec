/* tests/pdu/reading.h: a PDU from text through tl_pdu_read(). */
#ifndef TESTS_PDU_READING_H
#define TESTS_PDU_READING_H

#include "../ber/assemble.h"

#include "base/arena.h"
#include "pdu/pdu.h"

#define UPTIME "30(06(2b06010201010300) 43(00bc614e))"
#define TRAP_OID "30(06(2b060106030101040100) 06(2b0601060301010503))"
#define IF_INDEX "30(06(2b060102010202010103) 02(03))"
#define LINK_DOWN LIT("\x2b\x06\x01\x06\x03\x01\x01\x05\x03")

/* A v1 Trap-PDU; an SNMPv2-Trap-PDU with request-id 7 around varbinds. */
#define V1(enterprise, generic, specific)                                                \
	"a4(06(" enterprise ") 40(c0000209) 02(" generic ") 02(" specific                \
	") 43(64) 30(" IF_INDEX "))"
#define V2(varbinds) "a7(020107 020100 020100 30(" varbinds "))"

typedef struct reading {
	assembly a;
	tl_arena *arena;
	tl_diag diag;
	tl_notification n;
	tl_err err;
} reading;

/* Reads |text| as the PDU of a message of |version|, up to |max_varbinds|. */
static inline void
read_pdu(reading *x, const char *text, uint8_t version, uint32_t max_varbinds)
{
	*x = (reading){ .a = assemble(text), .n.version = version };
	assert_int_equal(tl_arena_new(1 << 20, &x->arena), TL_OK);
	tl_reader r = tl_reader_of(assembled(&x->a), 0, &x->diag);
	x->err = tl_pdu_read(&r, max_varbinds, x->arena, &x->n);
}

static inline void
forget_pdu(reading *x)
{
	free(x->a.ptr);
	tl_arena_free(x->arena);
}

/* Expects that |text| is refused. */
static inline void
expect_refusal(const char *text, tl_err err, uint32_t offset, const char *where)
{
	reading x;

	read_pdu(&x, text, 2, 2048);
	assert_int_equal(x.err, TL_OK);
	if (x.diag.err != err || x.diag.offset != offset)
		fail_msg("%s: %s at %u", text, tl_err_word(x.diag.err), x.diag.offset);
	assert_string_equal(x.diag.where, where);
	forget_pdu(&x);
}

/* Expects the normal form: trap OID, flags, and varbinds beside the standard ones. */
static inline void
expect_form(const reading *x, tl_span trap_oid, uint16_t flags, size_t vb_count)
{
	assert_int_equal(x->err, TL_OK);
	assert_int_equal(x->diag.err, TL_OK);
	assert_bytes((tl_span){ x->n.trap_oid.ber, x->n.trap_oid.len }, trap_oid);
	assert_int_equal(x->n.flags, flags);
	assert_int_equal(x->n.vb_count, vb_count);
}

#endif
