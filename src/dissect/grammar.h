/* dissect/grammar.h: how SNMP messages are built, as tables: for the walker
 * (dissect.c) and for the texts (meaning.c). */
#ifndef TL_DISSECT_GRAMMAR_H
#define TL_DISSECT_GRAMMAR_H

#include "ber/reader.h"
#include "trapline/dissect.h"

/* How a field is checked, and how it is put into words. */
typedef enum tl_field_kind {
	TL_FIELD_ANY, /* a value of any type, unchecked */
	TL_FIELD_INTEGER,
	TL_FIELD_VERSION,
	TL_FIELD_MAX_SIZE,
	TL_FIELD_FLAGS, /* msgFlags */
	TL_FIELD_MODEL, /* msgSecurityModel */
	TL_FIELD_STATUS,
	TL_FIELD_GENERIC,
	TL_FIELD_CLOCK, /* msgAuthoritativeEngineBoots and -Time */
	TL_FIELD_OCTETS,
	TL_FIELD_USER,
	TL_FIELD_BYTES, /* octets that are no text */
	TL_FIELD_ENGINE_ID,
	TL_FIELD_DIGEST,
	TL_FIELD_ADDRESS,
	TL_FIELD_TICKS,
	TL_FIELD_OID,
	TL_FIELD_VALUE, /* ObjectSyntax or an exception */
	TL_FIELD_INTO,  /* holds the fields of |inner| */
	TL_FIELD_DATA,  /* msgData: stands for one of two others */
	TL_FIELD_PDU,
	TL_FIELD_KINDS
} tl_field_kind;

/* What holds other values. */
typedef enum tl_rule_id {
	TL_RULE_NONE,
	TL_RULE_ANY, /* values of any type */
	TL_RULE_ROOT,
	TL_RULE_MESSAGE, /* its first field; then, by version, one of the next two */
	TL_RULE_COMMUNITY,
	TL_RULE_V3,
	TL_RULE_HEADER,
	TL_RULE_SECURITY,
	TL_RULE_USM,
	TL_RULE_SCOPED_ROOT,
	TL_RULE_SCOPED,
	TL_RULE_PDU_ROOT,
	TL_RULE_PDU,
	TL_RULE_BULK,
	TL_RULE_TRAP,
	TL_RULE_VARBINDS,
	TL_RULE_VARBIND,
	TL_RULES
} tl_rule_id;

typedef struct tl_field {
	const char *name;
	tl_field_kind kind;
	tl_rule_id inner; /* TL_FIELD_INTO */
	uint8_t tag;      /* TL_FIELD_INTO: that it must have */
	int64_t lo, hi;   /* of a number; of octets, |hi| is the most of them */
} tl_field;

typedef struct tl_rule {
	const tl_field *fields;
	uint8_t count;
	bool repeats;      /* the one field, any number of times */
	tl_err wrong_tag;  /* a field of another type; TL_OK: TL_EBER_TAG */
	tl_err rest;       /* bytes behind the last field; TL_OK: accepted */
	const char *where; /* then: of the diag, or what such bytes are called */
} tl_rule;

extern const tl_rule tl_rules[TL_RULES];

/* The rule for the contents of a PDU with |tag|; TL_RULE_ANY if there is no such PDU. */
tl_rule_id tl_rule_of_pdu(uint8_t tag);

/* Appends what |value| of |field| says: |whole| with its tag and length, |contents|
 * without. */
void tl_field_meaning(
    const tl_field *field, tl_span whole, tl_span contents, tl_buf *out);

/* Appends the bytes as numbers with dots between: an IPv4 address. */
void tl_buf_dotted(tl_buf *out, tl_span bytes);

#endif
