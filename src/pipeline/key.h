/* pipeline/key.h: what makes two notifications equal, or two alarms the same: fields, as
 * a hash for comparing and as text for people. */
#ifndef PIPELINE_KEY_H
#define PIPELINE_KEY_H

#include "pipeline/field.h"
#include "pipeline/ledger.h"

typedef enum key_kind {
	KEY_END = 0,
	KEY_ORIGIN, /* the context engine ID, else the device */
	KEY_SOURCE, /* who sent it */
	KEY_TRAP,   /* the trap OID */
	KEY_UPTIME,
	KEY_VALUE,  /* of the first varbind that is |oid| or below it */
	KEY_PARENT, /* the same, an OID, without its last sub-identifier */
	KEY_INDEX,  /* the index in the first varbind of the row |oid| */
	KEY_FIELD   /* any other, as text */
} key_kind;

typedef struct key_part {
	key_kind kind;
	bool instead;  /* stands in only where the part before it is missing */
	uint16_t most; /* bytes of a VALUE that count; 0: all */
	field field;   /* of FIELD; its oid is that of the others */
} key_part;

typedef struct key_def {
	key_part *parts;      /* the last is KEY_END */
	const key_part *rest; /* those behind the ones that |front| tells of */
	unsigned front;       /* bits 1 << key_kind: up to KEY_UPTIME, in this order */
} key_def;

/* The key of the fields |names|, which are borrowed. An object that is part of a table's
 * index is looked for there where no varbind has its value. False without memory. */
bool key_of_fields(key_def *k, const tl_conf_texts *names, const tl_mib *mib);

/* The key that |text| says: parts with spaces between, each "value:OID", "value6:OID"
 * (6 bytes at most), "parent:OID" or "index:OID", alternatives with | between. False
 * without memory. */
bool key_of_text(key_def *k, const char *text);

void key_fini(key_def *k);

/* The hash of what was put into |begun| and of the key of |ev|: different keys put
 * different things. */
ledger_key key_hash(const key_def *k, const event *ev, const ledger_hash *begun);

/* Appends the key as text, a slash in front of each part that is there. */
void key_write(const key_def *k, const event *ev, tl_buf *out);

/* Puts |bytes| so that where they end cannot be mistaken. */
void key_put_bytes(ledger_hash *out, tl_span bytes);

#endif
