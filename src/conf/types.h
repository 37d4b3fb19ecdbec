/* conf/types.h: the values of a configuration. All of it belongs to the tl_conf that it
 * was read into, and does not change. Texts have a NUL at their end; NULL: not given. */
#ifndef TL_CONF_TYPES_H
#define TL_CONF_TYPES_H

#include "conf/errors.h"
#include "trapline/engine.h"
#include "trapline/mib.h"

typedef struct tl_conf_texts {
	const char *const *at;
	size_t count;
} tl_conf_texts;

typedef struct tl_conf_ints {
	const int64_t *at;
	size_t count;
} tl_conf_ints;

/* A secret; bytes.ptr is NULL if none was given. */
typedef struct tl_conf_secret {
	tl_span bytes;       /* a NUL behind them, not counted; wiped by tl_conf_free() */
	tl_secret_kind kind; /* PASSPHRASE: also any secret that is no SNMPv3 key */
	const char *where;   /* "@FILE", "env:NAME" ...; NULL: it stood in the file */
} tl_conf_secret;

typedef struct tl_conf_secrets {
	const tl_conf_secret *at;
	size_t count;
} tl_conf_secrets;

/* A network: the first |bits| of |addr|, the others being 0. */
typedef struct tl_conf_cidr {
	uint8_t addr[16]; /* IPv6; IPv4 as ::ffff:a.b.c.d, as in tl_endpoint */
	uint8_t bits;     /* 0 to 128; an IPv4 network /n has 96 + n */
	const char *text;
} tl_conf_cidr;

typedef struct tl_conf_cidrs {
	const tl_conf_cidr *at;
	size_t count;
} tl_conf_cidrs;

/* A network, or all those of a named list. */
typedef struct tl_conf_source {
	tl_conf_cidr net; /* |text| is the list's name if it is one */
	int32_t list;     /* index into tl_conf.lists; -1: |net| */
} tl_conf_source;

typedef struct tl_conf_sources {
	const tl_conf_source *at;
	size_t count;
} tl_conf_sources;

/* An output, by its name. */
typedef struct tl_conf_ref {
	const char *name;
	int32_t index; /* into tl_conf.outputs */
} tl_conf_ref;

typedef struct tl_conf_refs {
	const tl_conf_ref *at;
	size_t count;
} tl_conf_refs;

/* An object or a notification: "IF-MIB::ifIndex", "ifIndex" or "1.3.6.1...". */
typedef struct tl_conf_name {
	const char *text;
	tl_oid oid; /* empty: given by name, for a dictionary to resolve */
	tl_conf_mark mark;
} tl_conf_name;

typedef struct tl_conf_names {
	const tl_conf_name *at;
	size_t count;
} tl_conf_names;

typedef enum tl_conf_pattern_kind {
	TL_PATTERN_OID = 1,   /* "1.3.6.1.6.3.1.1.5.3": just this; |oid| is set */
	TL_PATTERN_OID_TREE,  /* "1.3.6.1.4.1.9.*": all below it; |oid| is set */
	TL_PATTERN_NAME,      /* "IF-MIB::linkDown", "linkDown" */
	TL_PATTERN_NAME_TREE, /* "enterprises.*": all below it; |text| is the name */
	TL_PATTERN_GLOB       /* of the name: "IF-MIB::*", "*Down"; * and ? */
} tl_conf_pattern_kind;

typedef struct tl_conf_pattern {
	const char *shown; /* as it was written */
	const char *text;  /* without the ".*" of a tree */
	tl_oid oid;
	tl_conf_pattern_kind kind;
	tl_conf_mark mark;
} tl_conf_pattern;

typedef struct tl_conf_patterns {
	const tl_conf_pattern *at;
	size_t count;
} tl_conf_patterns;

typedef enum tl_conf_op {
	TL_OP_EQUAL = 1, /* "down", "= 2": the number, the label or the text */
	TL_OP_UNEQUAL,   /* "!= down" */
	TL_OP_LESS,      /* "< 5" */
	TL_OP_AT_MOST,   /* "<= 5" */
	TL_OP_GREATER,   /* "> 5" */
	TL_OP_AT_LEAST,  /* ">= 5" */
	TL_OP_RANGE,     /* "1..24": both ends included */
	TL_OP_REGEX,     /* "/^Gi/", "/^gi/i": PCRE2, of the text */
	TL_OP_NO_REGEX,  /* "!/^Gi/" */
	TL_OP_THERE,     /* "*": it is among the varbinds */
	TL_OP_MISSING    /* "!*" */
} tl_conf_op;

/* A test of a value. */
typedef struct tl_conf_test {
	const char *shown; /* as it was written */
	tl_conf_op op;
	bool is_number;    /* low is the operand, and high the end of a RANGE */
	bool caseless;     /* REGEX */
	int64_t low, high; /* a Counter64 above INT64_MAX is greater than any */
	const char *text;  /* the operand as text, or the regular expression, which has
			      been compiled once to see that it can be */
} tl_conf_test;

typedef struct tl_conf_tests {
	const tl_conf_test *at;
	size_t count;
} tl_conf_tests;

/* The tests of one object; one of them must hold for any of its instances. */
typedef struct tl_conf_varbind {
	tl_conf_name object;
	tl_conf_tests tests;
} tl_conf_varbind;

typedef struct tl_conf_varbinds {
	const tl_conf_varbind *at;
	size_t count;
} tl_conf_varbinds;

typedef enum tl_conf_filter_kind {
	TL_FILTER_LOWER = 1, /* ASCII letters */
	TL_FILTER_UPPER,
	TL_FILTER_RAW,  /* the value as it came, not its label or rendering; first only */
	TL_FILTER_OID,  /* the object's OID instead of its value; first only */
	TL_FILTER_NAME, /* the object's name with its instance; first only */
	TL_FILTER_JSON, /* as a JSON string, quotes included, or a number */
	TL_FILTER_URL,  /* percent-encoded */
	TL_FILTER_DEFAULT /* "default:TEXT": what stands there if the field is absent */
} tl_conf_filter_kind;

typedef struct tl_conf_filter {
	tl_conf_filter_kind kind;
	const char *text; /* of DEFAULT; else NULL */
} tl_conf_filter;

/* Literal text, or a field: a key of the event ("source", "trap_name"), one set by rules
 * or enrichment ("site"), or an object ("ifDescr", "IF-MIB::ifDescr.3", an OID). */
typedef struct tl_conf_part {
	bool is_field;
	tl_span text; /* the literal, or the field's name, with a NUL behind it */
	const tl_conf_filter *filters;
	size_t filter_count;
} tl_conf_part;

/* "{ifDescr} on {site|upper} is {ifOperStatus}". */
typedef struct tl_conf_template {
	const char *text; /* as it was written; NULL: none */
	const tl_conf_part *parts;
	size_t count;
} tl_conf_template;

/* A named template: a field to set, an HTTP header. */
typedef struct tl_conf_field {
	const char *name;
	tl_conf_template value;
} tl_conf_field;

typedef struct tl_conf_fields {
	const tl_conf_field *at;
	size_t count;
} tl_conf_fields;

/* A named text: an event's field and the column that it comes from. */
typedef struct tl_conf_pair {
	const char *name, *value;
} tl_conf_pair;

typedef struct tl_conf_pairs {
	const tl_conf_pair *at;
	size_t count;
} tl_conf_pairs;

#endif
