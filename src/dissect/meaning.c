/* dissect/meaning.c: what a field says, in words. For the walker. What is not as its
 * field should be is shown as its tag says, else in hexadecimal. */
#include "base/buf.h"
#include "dissect/grammar.h"

typedef struct piece {
	const tl_field *field;
	tl_span whole, contents;
} piece;

static void
put_octets(const piece *p, tl_buf *out)
{
	if (!tl_is_text(p->contents)) {
		tl_buf_hex(out, p->contents);
		return;
	}
	tl_buf_putc(out, '"');
	tl_buf_printable(out, p->contents);
	tl_buf_putc(out, '"');
}

/* Centiseconds as days and a time of day. */
static void
put_duration(uint64_t cs, tl_buf *out)
{
	const uint64_t day_cs = 8640000;

	tl_buf_lit(out, " (");
	if (cs >= day_cs) {
		tl_buf_u64(out, cs / day_cs);
		tl_buf_puts(out, cs / day_cs == 1 ? " day " : " days ");
	}
	tl_buf_u64(out, cs % day_cs / 360000);
	tl_buf_putc(out, ':');
	tl_buf_u64_pad(out, cs / 6000 % 60, 2);
	tl_buf_putc(out, ':');
	tl_buf_u64_pad(out, cs / 100 % 60, 2);
	tl_buf_putc(out, '.');
	tl_buf_u64_pad(out, cs % 100, 2);
	tl_buf_putc(out, ')');
}

void
tl_buf_dotted(tl_buf *out, tl_span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (i > 0)
			tl_buf_putc(out, '.');
		tl_buf_u64(out, bytes.ptr[i]);
	}
}

/* A value by its tag. */
static void
put_value(const piece *p, tl_buf *out)
{
	tl_diag diag = { 0 };
	tl_reader r = tl_reader_of(p->whole, 0, &diag);
	uint16_t flags = 0;
	tl_varbind vb;

	tl_read_value(&r, &vb, &flags);
	if (diag.err != TL_OK) {
		tl_buf_hex(out, p->contents);
		return;
	}
	switch (vb.type) {
	case TL_T_INTEGER:
		tl_buf_i64(out, vb.v.i64);
		return;
	case TL_T_COUNTER32:
	case TL_T_GAUGE32:
	case TL_T_COUNTER64:
		tl_buf_u64(out, vb.v.u64);
		return;
	case TL_T_TIMETICKS:
		tl_buf_u64(out, vb.v.u64);
		put_duration(vb.v.u64, out);
		return;
	case TL_T_OID:
		tl_buf_oid(out, vb.v.oid);
		return;
	case TL_T_OCTETS:
		put_octets(p, out);
		return;
	case TL_T_IPADDRESS:
		tl_buf_dotted(out, vb.v.octets);
		return;
	case TL_T_OPAQUE:
		tl_buf_hex(out, vb.v.octets);
		return;
	case TL_T_NULL:
	case TL_T_NOSUCHOBJECT:
	case TL_T_NOSUCHINSTANCE:
	case TL_T_ENDOFMIBVIEW:
		return;
	}
}

/* Puts a number, and its name in |names|. */
static void
put_named(const piece *p, const char *const *names, size_t count, tl_buf *out)
{
	tl_diag diag = { 0 };
	tl_reader r = tl_reader_of(p->whole, 0, &diag);
	int64_t n = tl_read_integer(&r, INT64_MIN, INT64_MAX, p->field->name);

	put_value(p, out);
	if (diag.err != TL_OK || n < 0 || (uint64_t)n >= count || names[n] == NULL)
		return;
	tl_buf_lit(out, " (");
	tl_buf_puts(out, names[n]);
	tl_buf_putc(out, ')');
}

#define PUT_NAMED(p, names, out) put_named(p, names, sizeof names / sizeof *(names), out)

static void
put_version(const piece *p, tl_buf *out)
{
	static const char *const names[] = { "SNMPv1", "SNMPv2c", "SNMPv2u", "SNMPv3" };

	PUT_NAMED(p, names, out);
}

static void
put_model(const piece *p, tl_buf *out)
{
	static const char *const names[] = { [1] = "SNMPv1", "SNMPv2c", "USM", "TSM" };

	PUT_NAMED(p, names, out);
}

static void
put_status(const piece *p, tl_buf *out)
{
	static const char *const names[] = { "noError", "tooBig", "noSuchName",
		"badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength",
		"wrongEncoding", "wrongValue", "noCreation", "inconsistentValue",
		"resourceUnavailable", "commitFailed", "undoFailed", "authorizationError",
		"notWritable", "inconsistentName" };

	PUT_NAMED(p, names, out);
}

static void
put_generic(const piece *p, tl_buf *out)
{
	static const char *const names[] = { "coldStart", "warmStart", "linkDown",
		"linkUp", "authenticationFailure", "egpNeighborLoss",
		"enterpriseSpecific" };

	PUT_NAMED(p, names, out);
}

static void
put_flags(const piece *p, tl_buf *out)
{
	static const char *const levels[] = { "noAuthNoPriv", "authNoPriv",
		"privacy without authentication", "authPriv" };

	tl_buf_hex(out, p->contents);
	if (p->contents.len != 1)
		return;
	tl_buf_lit(out, " (");
	tl_buf_puts(out, levels[p->contents.ptr[0] & 3]);
	if ((p->contents.ptr[0] & 4) != 0)
		tl_buf_lit(out, ", reportable");
	tl_buf_putc(out, ')');
}

static void
put_engine_id(const piece *p, tl_buf *out)
{
	tl_buf_hex(out, p->contents);
	if (p->contents.len < 5 || p->contents.len > 32)
		return;
	tl_buf_lit(out, " (");
	tl_engine_id_text(p->contents, out);
	tl_buf_putc(out, ')');
}

static void
put_digest(const piece *p, tl_buf *out)
{
	static const struct {
		size_t len;
		const char *words;
	} protocols[] = {
		/* RFC 3414 sections 6 and 7, RFC 7860 section 4 */
		{ 12, "12 octets: MD5 or SHA-1" },
		{ 16, "16 octets: SHA-224" },
		{ 24, "24 octets: SHA-256" },
		{ 32, "32 octets: SHA-384" },
		{ 48, "48 octets: SHA-512" },
	};

	tl_buf_hex(out, p->contents);
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols; i++) {
		if (protocols[i].len != p->contents.len)
			continue;
		tl_buf_lit(out, " (");
		tl_buf_puts(out, protocols[i].words);
		tl_buf_putc(out, ')');
	}
}

static void
put_bytes(const piece *p, tl_buf *out)
{
	tl_buf_hex(out, p->contents);
}

typedef void put_fn(const piece *p, tl_buf *out);

static put_fn *const puts_by_kind[TL_FIELD_KINDS] = {
	[TL_FIELD_ANY] = put_value,
	[TL_FIELD_INTEGER] = put_value,
	[TL_FIELD_VERSION] = put_version,
	[TL_FIELD_MAX_SIZE] = put_value,
	[TL_FIELD_FLAGS] = put_flags,
	[TL_FIELD_MODEL] = put_model,
	[TL_FIELD_STATUS] = put_status,
	[TL_FIELD_GENERIC] = put_generic,
	[TL_FIELD_CLOCK] = put_value,
	[TL_FIELD_OCTETS] = put_value,
	[TL_FIELD_USER] = put_value,
	[TL_FIELD_BYTES] = put_bytes,
	[TL_FIELD_ENGINE_ID] = put_engine_id,
	[TL_FIELD_DIGEST] = put_digest,
	[TL_FIELD_ADDRESS] = put_value,
	[TL_FIELD_TICKS] = put_value,
	[TL_FIELD_OID] = put_value,
	[TL_FIELD_VALUE] = put_value,
	[TL_FIELD_INTO] = put_bytes,
	[TL_FIELD_PDU] = put_value,
};

void
tl_field_meaning(const tl_field *field, tl_span whole, tl_span contents, tl_buf *out)
{
	piece p = { field, whole, contents };

	puts_by_kind[field->kind](&p, out);
}
