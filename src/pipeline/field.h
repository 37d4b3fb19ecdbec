/* pipeline/field.h: the fields that templates, keys and look-ups name: a key of the event
 * ("source", "trap_name", "severity", ...), one set by rules or enrichment ("site"), or
 * an object ("ifDescr", "IF-MIB::ifDescr.3", an OID). Resolved once, read for every
 * event. */
#ifndef PIPELINE_FIELD_H
#define PIPELINE_FIELD_H

#include <string.h>

#include "base/hash.h"
#include "conf/conf.h"
#include "pipeline/event.h"

/* A field by name. Holds the name by reference. */
typedef struct field {
	uint8_t key;       /* of the event's keys, from 1; 0: none of them */
	bool is_object;    /* object and instance hold */
	bool has_instance; /* just this one; else the first varbind of the object */
	tl_span name;
	uint8_t oid[TL_OID_BER_MAX];
	uint32_t oid_len; /* of object, or object and instance */
	uint64_t hash;    /* of an object */
	bool is_defined; /* all that is of it has the definition |node|, or (NULL) none */
	const tl_mib_node *node;
	uint32_t text_max; /* octets of so many bytes at most, if the last is ASCII and
			      no NUL, are their own text */
} field;

/* Finds out what |name| means with |mib|, of which the node is borrowed. Whatever is
 * neither a key of an event nor an object is a field set by rules or enrichment. */
void field_resolve(const char *name, const tl_mib *mib, field *out);

/* The same where only an object can stand. */
void field_resolve_object(const char *name, const tl_mib *mib, field *out);

/* Whether |vb| is the object, or the instance, that |f| is. Most OIDs have 8 to 16 bytes:
 * two overlapping looks are all of them. */
static inline bool
field_is_of(const field *f, const tl_varbind *vb)
{
	uint32_t len = f->oid_len;
	const uint8_t *name = vb->name.ber;

	if (len == 0 || vb->name.len < len || (f->has_instance && vb->name.len != len))
		return false;
	if (len < 8 || len > 16)
		return memcmp(name, f->oid, len) == 0;
	return tl_load64(name + len - 8) == tl_load64(f->oid + len - 8) &&
	       tl_load64(name) == tl_load64(f->oid);
}

/* The first of the varbinds from |vb| on that |f| is; |end|, behind the last, if none. */
const tl_varbind *field_find(const field *f, const tl_varbind *vb, const tl_varbind *end);

typedef enum field_form {
	FIELD_TEXT = 0, /* what a person reads: a label, DISPLAY-HINT, a name */
	FIELD_RAW,      /* the value as it came */
	FIELD_OID,      /* of an object: its OID with the instance */
	FIELD_NAME      /* of an object: its name with the instance */
} field_form;

/* Writes the field's text; false, and nothing is written, if the event does not have it.
 * Bytes that are no text are written in hexadecimal. Of a string for which there is no
 * room the beginning is written, and |out| is full. */
bool field_write(const field *f, const event *ev, field_form form, tl_buf *out);

/* Whether the event has the field with a number as its value; then |*number| is it. */
bool field_number(const field *f, const event *ev, int64_t *number);

/* The name of the |i|th key of an event, from 0; NULL behind the last. */
const char *field_key(size_t i);

/* The OID of |name|: dotted, or a name of |mib|'s (may be NULL), perhaps with an instance
 * behind it. Returns its length, 0 if it is none. */
uint32_t field_oid(const char *name, const tl_mib *mib, uint8_t oid[TL_OID_BER_MAX]);

/* The value of a varbind, as field_write() writes it raw and as text; false, and nothing
 * is written, if it has none (NULL, noSuchObject). |charset| (may be NULL) is what
 * strings are in that are not UTF-8. */
bool field_write_raw(const tl_varbind *vb, tl_buf *out);
bool field_write_text(
    const tl_mib *mib, tl_charset *charset, const tl_varbind *vb, tl_buf *out);

/* The definition of the object that |oid| is of; NULL if there is none. */
const tl_mib_node *field_definition(const tl_mib *mib, tl_oid oid);

/* As field_write_text(), but only what that definition, or the charset, makes of the
 * value; false also if that is nothing. */
bool field_write_meaning(const tl_mib *mib, const tl_mib_node *node, tl_charset *charset,
    const tl_varbind *vb, tl_buf *out);

/* The name of an OID as far as |mib| (may be NULL) has one, else dotted. */
void field_write_name(const tl_mib *mib, tl_oid oid, tl_buf *out);

/* The number that a varbind's value is, if it is one. What is above INT64_MAX counts as
 * that. */
bool field_varbind_number(const tl_varbind *vb, int64_t *number);

#endif
