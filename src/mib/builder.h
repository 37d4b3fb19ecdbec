/* mib/builder.h: making a dictionary of definitions that come one by one, in any order.
 * Whoever reads definitions (the built-in tables, a compiler) feeds this. */
#ifndef TL_MIB_BUILDER_H
#define TL_MIB_BUILDER_H

#include "mib/image.h"

typedef struct tl_mib_builder tl_mib_builder;

#define TL_MIB_NAME_MAX 1024u /* bytes of a module's name, of a label, of a hint */
#define TL_MIB_REFS_MAX 4096u /* objects of a notification, items of an index */

/* A label of an enumeration or of BITS. */
typedef struct tl_mib_label_def {
	int32_t value;
	tl_span text;
} tl_mib_label_def;

/* A syntax. The spans are copied. */
typedef struct tl_mib_syntax_def {
	tl_type type;
	tl_mib_special special;
	tl_span hint;                   /* DISPLAY-HINT, or empty */
	const tl_mib_label_def *labels; /* in any order */
	size_t label_count;
	uint16_t size_min,
	    size_max; /* SIZE of an OCTET STRING; 0 and UINT16_MAX if any */
} tl_mib_syntax_def;

/* A definition. What it names may come later, or lie in another module:
 * "IF-MIB::ifIndex", or "ifIndex" for the own module's or else the first of that name.
 * All is copied. */
typedef struct tl_mib_def {
	tl_mib_kind kind;
	tl_severity severity; /* of a notification */
	bool implied;         /* the last of an index is IMPLIED */
	tl_span module, name; /* printable ASCII without blanks */
	tl_span parent;       /* the name above, or empty: then arcs are the whole OID */
	const uint32_t *arcs; /* sub-identifiers below parent */
	size_t arc_count;
	uint32_t syntax;     /* from tl_mib_builder_syntax(), or TL_MIB_NONE */
	const tl_span *refs; /* OBJECTS of a notification; INDEX of a row, which is
				an identity */
	size_t ref_count;
	tl_span augments; /* the row that this row AUGMENTS, or empty */
} tl_mib_def;

/* What building found. */
typedef struct tl_mib_build_report {
	uint32_t nodes;      /* definitions in the dictionary */
	uint32_t parentless; /* left out: no OID, since a name above is not defined */
	uint32_t objectless; /* objects and index items that are not defined */
} tl_mib_build_report;

/* Errors: TL_ENOMEM. Free with tl_mib_builder_free(). */
TL_CHECK tl_err tl_mib_builder_new(tl_mib_builder **out);
void tl_mib_builder_free(tl_mib_builder *b);

/* Makes a syntax, for any number of definitions.
 * Errors: TL_EINVAL (a text with control characters or too long), TL_ENOMEM, TL_ELIMIT.
 */
TL_CHECK tl_err tl_mib_builder_syntax(
    tl_mib_builder *b, const tl_mib_syntax_def *def, uint32_t *id);

/* Adds a definition. A second one of the same module, name and kind replaces the first.
 * Errors: TL_EINVAL (a name, an OID or a syntax that cannot be; nothing is added),
 * TL_ENOMEM, TL_ELIMIT (4 GiB of names). */
TL_CHECK tl_err tl_mib_builder_add(tl_mib_builder *b, const tl_mib_def *def);

/* Makes the dictionary; the builder is used up and can only be freed. |report| may be
 * NULL. Errors: TL_ENOMEM, TL_ELIMIT. */
TL_CHECK tl_err tl_mib_builder_build(
    tl_mib_builder *b, tl_mib **out, tl_mib_build_report *report);

#endif
