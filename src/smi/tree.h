/* smi/tree.h: what the parser has read, of any number of sources: modules, their imports
 * and their definitions, as written, with nothing resolved. All of it lies in a few
 * arrays that refer to each other by numbers. parse.c adds to it; mib/ reads it. */
#ifndef TL_SMI_TREE_H
#define TL_SMI_TREE_H

#include "base/vec.h"
#include "smi/names.h"

#define TL_SMI_NONE UINT32_MAX

/* Where something stands in its source: the line times 256, and the column, both from 1;
 * a column over 255 is 255. */
typedef uint32_t tl_smi_place;

typedef enum tl_smi_kind {
	TL_SMI_VALUE = 1,       /* OBJECT IDENTIFIER, OBJECT-IDENTITY, a group, a
				   compliance statement, AGENT-CAPABILITIES */
	TL_SMI_MODULE_IDENTITY, /* MODULE-IDENTITY */
	TL_SMI_OBJECT,          /* OBJECT-TYPE */
	TL_SMI_NOTIFICATION,    /* NOTIFICATION-TYPE */
	TL_SMI_TRAP,            /* TRAP-TYPE: its OID is as if it were written
				   { ENTERPRISE, 0, number }, but see tl_smi_def */
	TL_SMI_TYPE             /* a type assignment, TEXTUAL-CONVENTION, a SEQUENCE */
} tl_smi_kind;

/* A component of an OID as written: "enterprises", "9", "org(3)". */
typedef struct tl_smi_arc {
	tl_smi_name name; /* 0: a number only; TL_SMI_NUMBERED added: name and number */
	uint32_t number;
} tl_smi_arc;

#define TL_SMI_NUMBERED 0x80000000u

enum {                         /* flags of a definition */
	TL_SMI_IMPLIED = 1,    /* the last of the INDEX is IMPLIED */
	TL_SMI_DAMAGED = 2,    /* there was an error inside; what could be read stands */
	TL_SMI_UNREADABLE = 4, /* the OID could not be read: it stays unresolved */
	TL_SMI_HIDDEN = 8      /* of an object: not-accessible, as index items are */
};

/* A definition. A TRAP-TYPE has its ENTERPRISE in arcs, its number as the last arc
 * (and no 0 between). */
typedef struct tl_smi_def {
	tl_smi_name name;
	tl_smi_place place;
	uint32_t arc;         /* in arcs: arc_count of them */
	uint32_t syntax;      /* in syntaxes: of an object or a type; or TL_SMI_NONE */
	uint32_t refs;        /* in words: OBJECTS, VARIABLES or INDEX, ref_count names */
	tl_smi_name augments; /* of a row that AUGMENTS another */
	uint16_t ref_count;
	uint8_t arc_count;
	uint8_t kind, flags;
	uint8_t severity; /* tl_severity of a comment "--#SEVERITY" in it; 0 none */
	uint16_t status;  /* tl_smi_status */
} tl_smi_def;

typedef enum tl_smi_status {
	TL_SMI_CURRENT = 0, /* also "mandatory", "optional", and none */
	TL_SMI_DEPRECATED,
	TL_SMI_OBSOLETE
} tl_smi_status;

/* A syntax as written. */
typedef struct tl_smi_syntax {
	tl_smi_name type; /* "INTEGER", "OCTET STRING", "OBJECT IDENTIFIER", "BITS",
			     "SEQUENCE OF", "SEQUENCE", or the name of a type */
	tl_smi_name hint; /* DISPLAY-HINT of a TEXTUAL-CONVENTION, or 0 */
	uint32_t labels;  /* in words: label_count times a name and a number (as
			     uint32_t): an enumeration, or BITS */
	uint32_t label_count;
	uint32_t size_min, size_max; /* SIZE, or of INTEGER the range where it is not
					negative; 0 and UINT32_MAX: none */
} tl_smi_syntax;

/* An import. Of Module.name in an OID as well: then the name is that whole word. */
typedef struct tl_smi_import {
	tl_smi_name name, from;
	tl_smi_place place;
} tl_smi_import;

typedef struct tl_smi_module {
	tl_smi_name name;
	tl_smi_place place;
	uint32_t source;               /* as given to tl_smi_parse() */
	uint32_t import, import_count; /* in imports */
	uint32_t def, def_count;       /* in defs, in the order of the text */
	uint32_t errors;               /* problems of the grade error in it */
	uint64_t updated; /* the newest LAST-UPDATED or REVISION as YYYYMMDDHHMM; 0 */
} tl_smi_module;

enum { TL_SMI_KNOWN = 1024 };

typedef struct tl_smi_tree {
	tl_smi_names *names;
	tl_vec modules;               /* tl_smi_module */
	tl_vec imports;               /* tl_smi_import */
	tl_vec defs;                  /* tl_smi_def */
	tl_vec arcs;                  /* tl_smi_arc */
	tl_vec syntaxes;              /* tl_smi_syntax */
	tl_vec words;                 /* uint32_t */
	uint32_t known[TL_SMI_KNOWN]; /* of the syntaxes without labels, which many
					 share, by their hash: numbers, and 1; or 0 */
} tl_smi_tree;

/* Errors: TL_ENOMEM. What it holds is freed by tl_smi_tree_fini(). */
TL_CHECK tl_err tl_smi_tree_init(tl_smi_tree *tree);
void tl_smi_tree_fini(tl_smi_tree *tree);

static inline tl_smi_place
tl_smi_place_of(uint32_t line, uint32_t column)
{
	return line << 8 | (column < 255 ? column : 255);
}

#endif
