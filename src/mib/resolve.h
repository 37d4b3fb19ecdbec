/* mib/resolve.h: what the files of the resolver share. The way: modules.c ranks the
 * modules, scope.c notes what each one defines and imports and looks names up, oids.c
 * finds all OIDs, guess.c what is found by guessing only, lost.c tells of those that
 * have none, emit.c picks the definitions that stay, types.c and
 * syntaxes.c find their syntaxes, and lists.c their objects and indexes. resolve.c calls
 * them in this order.
 *
 * All that is kept by definition is an array by its number in the tree's defs. */
#ifndef TL_MIB_RESOLVE_H
#define TL_MIB_RESOLVE_H

#include "mib/map.h"
#include "mib/set.h"

/* What a name can be in a module; several of one class: the last. */
typedef enum tl_mib_class {
	TL_MIB_CLASS_PLACE = 1, /* a definition with an OID, but for notifications */
	TL_MIB_CLASS_TRAP,      /* NOTIFICATION-TYPE or TRAP-TYPE */
	TL_MIB_CLASS_TYPE,
	TL_MIB_CLASS_IMPORT,
	TL_MIB_CLASS_MODULE, /* of all modules: the best one of a name */
	TL_MIB_CLASS_ALIKE   /* of all modules: the best one of alike names */
} tl_mib_class;

/* Of no module: a root is a PLACE there, a base type a TYPE. */
#define TL_MIB_ALL_MODULES 0x3fffffffu
#define TL_MIB_MODULES_MAX 0x3fff0000u

static inline uint64_t
tl_mib_key(uint32_t module, tl_smi_name name, tl_mib_class class)
{
	return (uint64_t)module << 34 | (uint64_t)name << 3 | (uint64_t) class;
}

typedef enum tl_mib_state {
	TL_MIB_OPEN = 0,
	TL_MIB_BUSY, /* |oid| is the definition that waits for it, or TL_MIB_NONE */
	TL_MIB_DONE,
	TL_MIB_SHORT, /* one sub-identifier, which is no OID yet: |oid| */
	TL_MIB_LOST   /* it has none; |oid| is the definition whose fault that is */
} tl_mib_state;

typedef enum tl_mib_fault { /* why a definition is lost, where it is its own fault */
	TL_MIB_FAULTLESS = 0,
	TL_MIB_FAULT_TOLD,    /* could not be read, as the parser has told */
	TL_MIB_FAULT_MISSING, /* the name it hangs on is not there */
	TL_MIB_FAULT_INNER,   /* a later name among its sub-identifiers is not */
	TL_MIB_FAULT_CIRCLE,
	TL_MIB_FAULT_NUMBERS /* that is no OID: too long, or starts with 3 */
} tl_mib_fault;

/* Where a definition stands. */
typedef struct tl_mib_spot {
	uint32_t oid; /* in the set's oids; or as the state says */
	uint16_t len;
	uint8_t state, fault;
} tl_mib_spot;

#define TL_MIB_UNKNOWN (UINT32_MAX - 1) /* not looked up yet */

typedef struct tl_mib_rank {
	const tl_smi_module *module;
	uint32_t next;     /* the next best module of the same name, or TL_MIB_NONE */
	uint32_t imported; /* how often others import from a module of its name */
	uint32_t number;   /* in the set's modules */
	bool builtin, loser;
	bool twice; /* it defines a name twice */
} tl_mib_rank;

typedef struct tl_mib_type_info tl_mib_type_info;

typedef struct tl_mib_resolver {
	const tl_smi_tree *tree;
	const tl_mib_resolving *what;
	tl_mib_set *set;
	uint32_t defs, modules; /* in the tree */
	tl_mib_rank *ranks;     /* by module */
	tl_mib_rank **order;    /* of them, as they stand in the set */
	tl_mib_map scope;       /* by module, name and class: a number in defs, imports,
				   modules or base types */
	tl_mib_map earlier;     /* as scope: the definition before the last one */
	tl_mib_map guesses;     /* by module and name: what scope did not have, as a
				   number in defs, or TL_MIB_NONE */
	tl_mib_spot *spots;     /* the well-known roots stand behind the definitions */
	uint32_t *above;   /* what the first name of an OID is; TL_MIB_NONE, UNKNOWN */
	uint32_t *number;  /* in the set's defs; TL_MIB_NONE. Of a type: in types. Of what
			      is lost: how many more are lost with it. */
	uint32_t here;     /* the module that OIDs are looked for in */
	uint32_t round;    /* of guessing */
	uint64_t patience; /* steps that may still be spent on circles */
	uint64_t last_key; /* what was looked up last */
	uint32_t last_def;
	uint32_t *first_of, *next_of; /* the definitions of a name, by name; of all */
	tl_vec types;                 /* tl_mib_type_info */
	tl_vec label_lists;           /* of syntaxes.c */
	tl_mib_map made_syntaxes, made_labels; /* by the hash of their content */
} tl_mib_resolver;

static inline const tl_smi_def *
tl_mib_tree_def(const tl_mib_resolver *r, uint32_t def)
{
	return TL_VEC_AT(&r->tree->defs, const tl_smi_def, def);
}

static inline const tl_smi_module *
tl_mib_tree_module(const tl_mib_resolver *r, uint32_t module)
{
	return TL_VEC_AT(&r->tree->modules, const tl_smi_module, module);
}

static inline bool
tl_mib_is_root(const tl_mib_resolver *r, uint32_t def)
{
	return def >= r->defs;
}

static inline tl_mib_class
tl_mib_class_of(const tl_smi_def *def)
{
	return def->kind == TL_SMI_TYPE ? TL_MIB_CLASS_TYPE
	       : def->kind == TL_SMI_NOTIFICATION || def->kind == TL_SMI_TRAP
		   ? TL_MIB_CLASS_TRAP
		   : TL_MIB_CLASS_PLACE;
}

/* The module of a definition. */
uint32_t tl_mib_module_of(const tl_mib_resolver *r, uint32_t def);

static inline const tl_smi_arc *
tl_mib_arcs_of(const tl_mib_resolver *r, const tl_smi_def *def)
{
	return TL_VEC_AT(&r->tree->arcs, const tl_smi_arc, def->arc);
}

/* The name of a part of an OID, with or without a number; 0. */
static inline tl_smi_name
tl_mib_arc_name(const tl_smi_arc *arc)
{
	return arc->name & ~TL_SMI_NUMBERED;
}

/* Whether it is a name without a number. */
static inline bool
tl_mib_is_bare(const tl_smi_arc *arc)
{
	return arc->name != 0 && (arc->name & TL_SMI_NUMBERED) == 0;
}

/* The text of a name, for problems. */
static inline tl_span
tl_mib_text_of(const tl_mib_resolver *r, tl_smi_name name)
{
	return tl_smi_names_text(r->tree->names, name);
}

/* Tells of a problem at |place| of |module|, with the texts that |texts| has set. */
void tl_mib_tell(const tl_mib_resolver *r, uint32_t module, tl_smi_place place,
    const tl_mib_problem *texts);

/* --- modules.c --- */

/* Ranks the modules and puts them in order. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_rank_modules(tl_mib_resolver *r);

/* What the best module of names like |module|, in other letters or with underscores,
 * stands under in scope. */
uint64_t tl_mib_alike_key(const tl_mib_resolver *r, tl_smi_name module);

/* The best module of a name; TL_MIB_NONE. */
uint32_t tl_mib_module_named(const tl_mib_resolver *r, tl_smi_name name);

/* Whether a module of a name was read: those that are built in do not count, since they
 * have a part only of what is published under their names. */
bool tl_mib_was_read(const tl_mib_resolver *r, tl_smi_name name);

/* Tells of the modules that others import from and that were not read.
 * Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_tell_absent(tl_mib_resolver *r);

/* --- roots.c: names that every reader of MIBs knows --- */

/* Adds them to the spots. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_add_roots(tl_mib_resolver *r);

extern const uint32_t tl_mib_root_count;

/* A root by its name, or one that differs in case or underscores only, as a number of
 * spots; TL_MIB_NONE. */
uint32_t tl_mib_root_named(const tl_mib_resolver *r, tl_smi_name name);

/* The root that is just a first sub-identifier; TL_MIB_NONE above 2. */
uint32_t tl_mib_root_numbered(const tl_mib_resolver *r, uint32_t number);

/* A root's OID as text. */
const char *tl_mib_root_text(const tl_mib_resolver *r, uint32_t def);

/* The module that has the types everybody uses, SNMPv2-TC; 0. */
tl_smi_name tl_mib_common_types(const tl_mib_resolver *r);

/* The |i|th name of a module that was read and took over the definitions of
 * module |old|; 0 behind the last. */
tl_smi_name tl_mib_heir(const tl_mib_resolver *r, tl_smi_name old, unsigned i);

/* The module that was read whose name differs from |name| in case or underscores only; 0.
 */
tl_smi_name tl_mib_alike(const tl_mib_resolver *r, tl_smi_name name);

/* The module that stands in for one that was not read: of a name that differs in case or
 * underscores, or an heir; 0. */
tl_smi_name tl_mib_stand_in(const tl_mib_resolver *r, tl_smi_name absent);

/* Whether |other| is one that stands in for |absent|. */
bool tl_mib_stands_in(const tl_mib_resolver *r, tl_smi_name absent, tl_smi_name other);

/* Whether nothing is lost where this module is not read: it has macros only, or names
 * that are known anyway. */
bool tl_mib_dispensable(const tl_mib_resolver *r, tl_smi_name module);

/* --- scope.c --- */

/* Notes what all modules define and import. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_fill_scope(tl_mib_resolver *r);

/* A name as seen from a module. */
typedef struct tl_mib_seen {
	uint32_t module;
	tl_smi_name name;
	uint32_t self;      /* the definition that asks, which is not meant itself */
	tl_mib_class class; /* TL_MIB_CLASS_TYPE; PLACE also finds traps, if nothing
			       else is there */
} tl_mib_seen;

/* What stands behind the point of Module.name; another name as it is. */
tl_smi_name tl_mib_plain_name(const tl_mib_resolver *r, tl_smi_name name);

/* Finds what |seen| means: a definition of its module, or of the one it is imported from,
 * or, told as a problem of |place|, one that stands in for it, or a root; TL_MIB_NONE.
 * Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_look_up(
    tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, uint32_t *def);

/* The same, but only what the module itself says; TL_MIB_NONE. */
uint32_t tl_mib_in_scope(const tl_mib_resolver *r, const tl_mib_seen *seen);

/* tl_mib_look_up(), and then tl_mib_guess(). Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_look_everywhere(
    tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, uint32_t *def);

/* Whether a definition asks for its own name. */
bool tl_mib_is_own(const tl_mib_resolver *r, const tl_mib_seen *seen);

/* The module that |name| is imported from in |module|; 0 if it is not imported. */
tl_smi_name tl_mib_imported_from(
    const tl_mib_resolver *r, uint32_t module, tl_smi_name name);

/* Remembers that |seen| means |def|, and tells so; or that there is none, with
 * TL_MIB_UNKNOWN. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_note_guess(
    tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, uint32_t def);

/* --- oids.c, circle.c, guess.c, lost.c --- */

/* Finds the OIDs of all that are TL_MIB_OPEN. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_find_oids(tl_mib_resolver *r);

/* |d| waits for something that waits for it. If one of those that hang on each other can
 * hang on another definition of that name, returns it; it is to be looked at next. Else
 * TL_MIB_NONE. */
uint32_t tl_mib_leave_circle(tl_mib_resolver *r, uint32_t d);

/* The OID of what is TL_MIB_DONE. */
tl_oid tl_mib_oid_of(const tl_mib_resolver *r, uint32_t def);

/* Finds the OIDs of those that hang on names which are not in scope, but are somewhere.
 * Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_guess_oids(tl_mib_resolver *r);

/* Finds the definition of |seen| if it has the same OID wherever it is defined; of a
 * type, if one module only has it; else TL_MIB_NONE. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_guess(
    tl_mib_resolver *r, const tl_mib_seen *seen, tl_smi_place place, uint32_t *def);

/* Tells of the definitions without an OID, and counts them. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_tell_lost(tl_mib_resolver *r);

/* --- types.c --- */

/* Whether |name| is that of a base type. */
bool tl_mib_is_base_type(const tl_mib_resolver *r, tl_smi_name name);

/* Notes the base types' names. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_add_base_types(tl_mib_resolver *r);

/* A syntax of a definition of |module|: its number in the set, TL_MIB_NONE if the type
 * is not known. |row| tells that it is a SEQUENCE or a SEQUENCE OF instead.
 * Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_find_syntax(
    tl_mib_resolver *r, uint32_t module, uint32_t def, uint32_t *syntax, bool *row);

/* --- emit.c, lists.c --- */

/* Puts the modules and the definitions that stay into the set. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_emit(tl_mib_resolver *r);

/* Makes the lists of objects and index items. Errors: TL_ENOMEM. */
TL_CHECK tl_err tl_mib_make_lists(tl_mib_resolver *r);

#endif
