/* mib/builtin.h: the form of the built-in tables, builtin_<area>.c, which hold facts of
 * published MIB modules and are read by builtin.c. tests/mib/check_builtin.py compares
 * them with the modules. */
#ifndef TL_MIB_BUILTIN_H
#define TL_MIB_BUILTIN_H

#include "mib/builder.h"

/* A definition: its name, where it hangs, and what it is:
 *
 *   { "linkDown", "snmpTraps.3", "trap major ifIndex ifAdminStatus ifOperStatus" }
 *   { "ifEntry", "ifTable.1", "index ifIndex" }         "index a IMPLIED b"
 *   { "ifXEntry", "ifXTable.1", "augments ifEntry" }
 *   { "ifTable", "interfaces.2", "" }                   an identity
 *   { "ifAdminStatus", "ifEntry.7", "INTEGER up(1) down(2) testing(3)" }
 *   { "ifDescr", "ifEntry.2", "DisplayString 0..255" }
 *   { "CISCO-SMI::cisco", "enterprises.9", "" }         of another module
 *
 * A syntax is a type, one of SMI or of the tables of types, and what it is narrowed to:
 * SIZE as "6" or "0..255", labels of an enumeration or of BITS, the words date, inet and
 * inet-type for what a hint cannot say, and, up to the end, "hint 1x:". */
typedef struct tl_mib_row {
	const char *name, *place, *what;
} tl_mib_row;

typedef struct tl_mib_table {
	const char *module;
	const tl_mib_row *rows; /* up to one without a name */
} tl_mib_table;

/* Types by name, sorted. */
typedef struct tl_mib_type_row {
	const char *name, *what;
} tl_mib_type_row;

extern const tl_mib_type_row tl_mib_types[], tl_mib_printer_types[];
extern const unsigned tl_mib_type_count, tl_mib_printer_type_count;

/* The areas; each ends with a table without a module. */
extern const tl_mib_table tl_mib_tables_core[], tl_mib_tables_snmp[],
    tl_mib_tables_disman[], tl_mib_tables_ospf[], tl_mib_tables_routing[],
    tl_mib_tables_redundancy[], tl_mib_tables_mpls[], tl_mib_tables_link[],
    tl_mib_tables_lines[], tl_mib_tables_host[], tl_mib_tables_printer[],
    tl_mib_tables_vendors[];

/* tl_mib_builtin(), telling what is wrong in the tables: nothing, as a test says. Errors
 * besides TL_ENOMEM are faults of the tables. */
TL_CHECK tl_err tl_mib_builtin_report(tl_mib **out, tl_mib_build_report *report);

#endif
