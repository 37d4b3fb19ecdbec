/* mib/set.h: resolved definitions, as the resolver leaves them and link.c lays them into
 * an image: every one has its OID, and refers to others by their numbers in defs. */
#ifndef TL_MIB_SET_H
#define TL_MIB_SET_H

#include "base/vec.h"
#include "mib/image.h"
#include "smi/names.h"
#include "smi/parse.h"

typedef struct tl_mib_def {
	tl_smi_name name;
	uint32_t module;    /* in modules */
	tl_smi_place place; /* in the module's source */
	uint32_t oid;       /* in oids: oid_len contents octets; several may share them */
	uint32_t syntax;    /* of an object, in syntaxes; TL_MIB_NONE if not known */
	uint32_t list;      /* in lists; TL_MIB_NONE: of a notification its objects, of a
			       row its index (also that of the row it augments), of a
			       column that of its row */
	uint16_t oid_len;
	uint8_t kind;     /* tl_mib_kind */
	uint8_t severity; /* tl_severity */
} tl_mib_def;

/* A list is a count and that many numbers of defs or TL_MIB_NONE; of an index with
 * TL_MIB_IMPLIED added to the last one where it says so. */

/* A syntax, each of them once. */
typedef struct tl_mib_def_syntax {
	uint8_t type;                /* tl_type; 0: not known */
	uint8_t special;             /* tl_mib_special */
	uint16_t size_min, size_max; /* of an OCTET STRING; 0 and UINT16_MAX */
	tl_smi_name hint;
	uint32_t label, label_count; /* in labels, by value */
} tl_mib_def_syntax;

typedef struct tl_mib_def_label {
	int32_t value;
	tl_smi_name text;
} tl_mib_def_label;

typedef struct tl_mib_def_module {
	tl_smi_name name;
	tl_smi_name source; /* a file's path; 0: built in */
} tl_mib_def_module;

typedef struct tl_mib_set {
	const tl_smi_names *names;
	tl_vec modules;  /* tl_mib_def_module */
	tl_vec defs;     /* tl_mib_def; of one name and of one OID the better one first */
	tl_vec syntaxes; /* tl_mib_def_syntax */
	tl_vec labels;   /* tl_mib_def_label */
	tl_vec lists;    /* uint32_t */
	tl_vec oids;     /* uint8_t */
} tl_mib_set;

void tl_mib_set_fini(tl_mib_set *set);

/* resolve.c: finds the OID, the syntax, the index and the objects of all definitions in
 * |tree|, whose arcs it gives back when it needs them no more. |sources| are the names of
 * its sources; modules of those from |builtin| on give way to others. What |set| holds is
 * freed by tl_mib_set_fini(); it borrows the names. Errors: TL_ENOMEM, TL_ELIMIT. */
typedef struct tl_mib_resolving {
	tl_smi_tree *tree;
	const tl_smi_name *sources;
	uint32_t builtin;
	const tl_smi_reports *reports;
	tl_mib_summary *summary; /* counted up */
} tl_mib_resolving;
TL_CHECK tl_err tl_mib_resolve(const tl_mib_resolving *what, tl_mib_set *set);

/* link.c: makes a dictionary of a set. Errors: TL_ENOMEM, TL_ELIMIT. */
TL_CHECK tl_err tl_mib_link(const tl_mib_set *set, tl_mib **out);

#endif
