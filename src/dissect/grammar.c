/* dissect/grammar.c: the fields of SNMP messages, by RFC 1157, 1901, 3412, 3414 and 3416.
 * The names, ranges and errors are those with which pdu/ and usm/ read the same bytes;
 * the tests hold them together. */
#include "dissect/grammar.h"

#include "trapline/engine.h"

#define ADMIN_STRING_MAX 255 /* SnmpAdminString, RFC 3411 section 5 */

#define FIELD(name_, kind_)                                                              \
	{                                                                                \
		.name = name_, .kind = TL_FIELD_##kind_                                  \
	}
#define NUMBER(name_, kind_, lo_, hi_)                                                   \
	{                                                                                \
		.name = name_, .kind = TL_FIELD_##kind_, .lo = lo_, .hi = hi_            \
	}
#define INT32(name_, kind_) NUMBER(name_, kind_, INT32_MIN, INT32_MAX)
#define OCTETS(name_, kind_, max_)                                                       \
	{                                                                                \
		.name = name_, .kind = TL_FIELD_##kind_, .hi = max_                      \
	}
#define INTO(name_, tag_, inner_)                                                        \
	{                                                                                \
		.name = name_, .kind = TL_FIELD_INTO, .inner = TL_RULE_##inner_,         \
		.tag = tag_                                                              \
	}

static const tl_field any[] = { FIELD("value", ANY) };

static const tl_field root[] = { INTO("message", TL_BER_SEQUENCE, MESSAGE) };

static const tl_field message[] = { NUMBER("msgVersion", VERSION, INT64_MIN, INT64_MAX) };

static const tl_field community[] = {
	OCTETS("community", OCTETS, TL_COMMUNITY_MAX),
	FIELD("pdu", PDU),
};

static const tl_field v3[] = {
	INTO("msgGlobalData", TL_BER_SEQUENCE, HEADER),
	INTO("msgSecurityParameters", TL_T_OCTETS, SECURITY),
	FIELD("msgData", DATA),
};

static const tl_field header[] = {
	NUMBER("msgID", INTEGER, 0, INT32_MAX),
	NUMBER("msgMaxSize", MAX_SIZE, 0, INT32_MAX),
	FIELD("msgFlags", FLAGS),
	NUMBER("msgSecurityModel", MODEL, 1, INT32_MAX),
};

static const tl_field security[] = {
	INTO("UsmSecurityParameters", TL_BER_SEQUENCE, USM),
};

static const tl_field usm[] = {
	OCTETS("msgAuthoritativeEngineID", ENGINE_ID, INT32_MAX),
	NUMBER("msgAuthoritativeEngineBoots", CLOCK, INT64_MIN, INT64_MAX),
	NUMBER("msgAuthoritativeEngineTime", CLOCK, INT64_MIN, INT64_MAX),
	OCTETS("msgUserName", USER, INT32_MAX),
	OCTETS("msgAuthenticationParameters", DIGEST, INT32_MAX),
	OCTETS("msgPrivacyParameters", BYTES, INT32_MAX),
};

static const tl_field scoped_root[] = { INTO("scopedPDU", TL_BER_SEQUENCE, SCOPED) };

static const tl_field scoped[] = {
	OCTETS("contextEngineID", ENGINE_ID, TL_ENGINE_ID_MAX),
	OCTETS("contextName", OCTETS, ADMIN_STRING_MAX),
	FIELD("pdu", PDU),
};

static const tl_field pdu_root[] = { FIELD("pdu", PDU) };

static const tl_field pdu[] = {
	INT32("request-id", INTEGER),
	INT32("error-status", STATUS),
	INT32("error-index", INTEGER),
	INTO("variable-bindings", TL_BER_SEQUENCE, VARBINDS),
};

static const tl_field bulk[] = {
	INT32("request-id", INTEGER),
	INT32("non-repeaters", INTEGER),
	INT32("max-repetitions", INTEGER),
	INTO("variable-bindings", TL_BER_SEQUENCE, VARBINDS),
};

static const tl_field trap[] = {
	FIELD("enterprise", OID),
	FIELD("agent-addr", ADDRESS),
	INT32("generic-trap", GENERIC),
	INT32("specific-trap", INTEGER),
	FIELD("time-stamp", TICKS),
	INTO("variable-bindings", TL_BER_SEQUENCE, VARBINDS),
};

static const tl_field varbinds[] = { INTO("varbind", TL_BER_SEQUENCE, VARBIND) };

static const tl_field varbind[] = { FIELD("name", OID), FIELD("value", VALUE) };

#define RULE(fields_, rest_, where_)                                                     \
	{                                                                                \
		.fields = fields_, .count = sizeof fields_ / sizeof *fields_,            \
		.rest = rest_, .where = where_                                           \
	}
#define RULE_OF_USM(fields_)                                                             \
	{                                                                                \
		.fields = fields_, .count = sizeof fields_ / sizeof *fields_,            \
		.wrong_tag = TL_EUSM_MALFORMED, .rest = TL_EUSM_MALFORMED,               \
		.where = "msgSecurityParameters"                                         \
	}
#define LIST(field_)                                                                     \
	{                                                                                \
		.fields = field_, .count = 1, .repeats = true                            \
	}

const tl_rule tl_rules[TL_RULES] = {
	[TL_RULE_ANY] = LIST(any),
	[TL_RULE_ROOT] = RULE(root, TL_OK, "trailing-bytes"),
	[TL_RULE_MESSAGE] = RULE(message, TL_EPDU_MALFORMED, "message"),
	[TL_RULE_COMMUNITY] = RULE(community, TL_EPDU_MALFORMED, "message"),
	[TL_RULE_V3] = RULE(v3, TL_EPDU_MALFORMED, "message"),
	[TL_RULE_HEADER] = RULE(header, TL_EPDU_MALFORMED, "msgGlobalData"),
	[TL_RULE_SECURITY] = RULE_OF_USM(security),
	[TL_RULE_USM] = RULE_OF_USM(usm),
	[TL_RULE_SCOPED_ROOT] = RULE(scoped_root, TL_OK, "padding"),
	[TL_RULE_SCOPED] = RULE(scoped, TL_EPDU_MALFORMED, "message"),
	[TL_RULE_PDU_ROOT] = RULE(pdu_root, TL_OK, "trailing-bytes"),
	[TL_RULE_PDU] = RULE(pdu, TL_EPDU_MALFORMED, "pdu"),
	[TL_RULE_BULK] = RULE(bulk, TL_EPDU_MALFORMED, "pdu"),
	[TL_RULE_TRAP] = RULE(trap, TL_EPDU_MALFORMED, "pdu"),
	[TL_RULE_VARBINDS] = LIST(varbinds),
	[TL_RULE_VARBIND] = RULE(varbind, TL_EPDU_MALFORMED, "varbind"),
};

typedef struct pdu_row {
	const char *name;
	tl_rule_id rule;
} pdu_row;

static const pdu_row pdus[] = {
	{ "GetRequest-PDU", TL_RULE_PDU },
	{ "GetNextRequest-PDU", TL_RULE_PDU },
	{ "Response-PDU", TL_RULE_PDU },
	{ "SetRequest-PDU", TL_RULE_PDU },
	{ "Trap-PDU", TL_RULE_TRAP },
	{ "GetBulkRequest-PDU", TL_RULE_BULK },
	{ "InformRequest-PDU", TL_RULE_PDU },
	{ "SNMPv2-Trap-PDU", TL_RULE_PDU },
	{ "Report-PDU", TL_RULE_PDU },
};

enum { PDU_FIRST = 0xa0 };

/* The row of a PDU's tag, or NULL. */
static const pdu_row *
pdu_of(uint8_t tag)
{
	size_t i = (size_t)tag - PDU_FIRST;

	return tag >= PDU_FIRST && i < sizeof pdus / sizeof *pdus ? &pdus[i] : NULL;
}

tl_rule_id
tl_rule_of_pdu(uint8_t tag)
{
	const pdu_row *row = pdu_of(tag);

	return row != NULL ? row->rule : TL_RULE_ANY;
}

const char *
tl_tag_name(uint8_t tag)
{
	/* ObjectSyntax; then what senders put there though SNMP has no place for it */
	static const char *const names[] = {
		[TL_T_INTEGER] = "INTEGER",
		[TL_T_OCTETS] = "OCTET STRING",
		[TL_T_NULL] = "NULL",
		[TL_T_OID] = "OBJECT IDENTIFIER",
		[TL_BER_SEQUENCE] = "SEQUENCE",
		[TL_T_IPADDRESS] = "IpAddress",
		[TL_T_COUNTER32] = "Counter32",
		[TL_T_GAUGE32] = "Gauge32",
		[TL_T_TIMETICKS] = "TimeTicks",
		[TL_T_OPAQUE] = "Opaque",
		[TL_T_COUNTER64] = "Counter64",
		[TL_T_NOSUCHOBJECT] = "noSuchObject",
		[TL_T_NOSUCHINSTANCE] = "noSuchInstance",
		[TL_T_ENDOFMIBVIEW] = "endOfMibView",
		[0x01] = "BOOLEAN",
		[0x03] = "BIT STRING",
		[0x09] = "REAL",
		[0x0a] = "ENUMERATED",
		[0x0c] = "UTF8String",
		[0x13] = "PrintableString",
		[0x16] = "IA5String",
		[0x31] = "SET",
		[0x45] = "NsapAddress",
		[0x47] = "UInteger32",
	};
	const pdu_row *row = pdu_of(tag);

	if (row != NULL)
		return row->name;
	if (tag < sizeof names / sizeof *names && names[tag] != NULL)
		return names[tag];
	return "unknown type";
}
