/* cli/value.h: names and values that a person wrote, as varbinds. */
#ifndef CLI_VALUE_H
#define CLI_VALUE_H

#include "trapline/mib.h"

/* What values are made with. Their bytes are taken from |arena|. */
typedef struct value_maker {
	const tl_mib *mib;
	tl_arena *arena;
	bool as_netsnmp; /* numbers that do not fit are cut off, addresses may be short,
			    as net-snmp has it */
	bool cut;        /* set when a number was */
} value_maker;

typedef enum value_problem {
	VALUE_GOOD = 0,
	VALUE_NAME,     /* no OID, or a name that is not known */
	VALUE_NO_TYPE,  /* the dictionary does not know the object's type */
	VALUE_TYPE,     /* no such type letter */
	VALUE_NOTATION, /* not how a value of the type is written */
	VALUE_RANGE,    /* a number or label that the type does not have */
	VALUE_ROOM      /* the arena is used up */
} value_problem;

/* One line about |problem|; static. */
const char *value_problem_text(value_problem problem);

/* The OID of |text|, |len| bytes: dotted numbers, a name of the dictionary with or
 * without its module, names below one another, and behind them an index of numbers and of
 * strings in quotes: "..." with its length in front, '...' without. VALUE_GOOD,
 * VALUE_NAME or VALUE_ROOM. */
value_problem value_oid(value_maker *m, const char *text, size_t len, tl_oid *out);

/* The value of |vb|, whose name is set, by a letter of net-snmp:
 *   i INTEGER  u Gauge32  c Counter32  C Counter64  t TimeTicks  a IpAddress  o OID
 *   s text  x hexadecimal  d decimal octets  b numbers or labels of bits  n NULL
 *   F D float and double, I U integers of 64 bits, in an Opaque
 *   = as the dictionary has it */
value_problem value_of_letter(
    value_maker *m, char letter, const char *text, tl_varbind *vb);

/* A whole varbind of "OBJECT=VALUE" or "OBJECT=LETTER:VALUE". Without a letter the
 * dictionary tells the type. */
value_problem value_assignment(value_maker *m, const char *text, tl_varbind *vb);

#endif
