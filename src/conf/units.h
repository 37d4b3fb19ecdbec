/* conf/units.h: durations and sizes as people write them, and fields' names. */
#ifndef TL_CONF_UNITS_H
#define TL_CONF_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tl_unit {
	const char *name;
	int64_t factor;
	bool to_write; /* writing uses it */
} tl_unit;

/* From the largest to the smallest; closed by one without a name. */
extern const tl_unit tl_units_time[], tl_units_bytes[];

enum { TL_QUANTITY_MAX = 32 }; /* bytes of one as text, with its NUL */

/* Reads "10s", "1h30m", "64MiB"; "0" and, of bytes, any number need no unit. False: it is
 * none, or too large. */
bool tl_quantity_read(const char *text, const tl_unit *units, int64_t *out);

/* Writes |value|, 0 or more, in the largest unit that divides it. */
void tl_quantity_write(int64_t value, const tl_unit *units, char out[TL_QUANTITY_MAX]);

/* The length of the field's name that |text| begins with: letters, digits and _ - . :,
 * beginning with one of the first three and ending in a letter, a digit or an underscore.
 */
size_t tl_field_length(const char *text);

#endif
