/* conf/units.c: see units.h. */
#include "conf/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NS INT64_C(1)
#define S (1000000000 * NS)

const tl_unit tl_units_time[] = {
	{ "w", 7 * 86400 * S, false },
	{ "d", 86400 * S, true },
	{ "h", 3600 * S, true },
	{ "ms", S / 1000, true }, /* before m and s, which it begins and ends with */
	{ "m", 60 * S, true },
	{ "s", S, true },
	{ "us", 1000, true },
	{ "ns", NS, true },
	{ NULL, 0, false },
};

const tl_unit tl_units_bytes[] = {
	{ "TiB", INT64_C(1) << 40, true },
	{ "GiB", INT64_C(1) << 30, true },
	{ "MiB", INT64_C(1) << 20, true },
	{ "KiB", INT64_C(1) << 10, true },
	{ "TB", INT64_C(1000000000000), false },
	{ "GB", INT64_C(1000000000), false },
	{ "MB", INT64_C(1000000), false },
	{ "kB", INT64_C(1000), false },
	{ "KB", INT64_C(1000), false },
	{ "B", 1, true },
	{ NULL, 0, false },
};

static const tl_unit *
unit_at(const char *text, const tl_unit *units)
{
	for (; units->name != NULL; units++)
		if (strncmp(text, units->name, strlen(units->name)) == 0)
			return units;
	return NULL;
}

/* Takes a number and its unit off |text|; NULL if there is none. */
static const char *
take(const char *text, const tl_unit *units, int64_t *sum)
{
	int64_t value = 0;
	const tl_unit *unit;

	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *text - '0', &value))
			return NULL;
	text += strspn(text, " ");
	unit = unit_at(text, units);
	if (unit == NULL || __builtin_mul_overflow(value, unit->factor, &value) ||
	    __builtin_add_overflow(*sum, value, sum))
		return NULL;
	return text + strlen(unit->name);
}

/* Digits in a text that needs no unit: bytes, and nothing at all. */
static bool
read_bare(const char *text, const tl_unit *units, int64_t *out)
{
	static const tl_unit one[] = { { "", 1, false }, { NULL, 0, false } };
	const char *end;

	*out = 0;
	end = take(text, one, out);
	return end != NULL && *end == '\0' && (*out == 0 || units == tl_units_bytes);
}

bool
tl_quantity_read(const char *text, const tl_unit *units, int64_t *out)
{
	if (read_bare(text, units, out))
		return true;
	*out = 0;
	do
		text = take(text, units, out);
	while (text != NULL && *text != '\0');
	return text != NULL;
}

void
tl_quantity_write(int64_t value, const tl_unit *units, char out[TL_QUANTITY_MAX])
{
	static const tl_unit none = { "", 1, true };
	const tl_unit *best = &none;

	for (const tl_unit *u = units; value != 0 && u->name != NULL; u++)
		if (u->to_write && value % u->factor == 0 &&
		    (best == &none || u->factor > best->factor))
			best = u;
	snprintf(out, TL_QUANTITY_MAX, "%" PRId64 "%s", value / best->factor, best->name);
}

static bool
is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

size_t
tl_field_length(const char *text)
{
	size_t len = 0;

	if (!is_letter_or_digit(text[0]))
		return 0;
	while (is_letter_or_digit(text[len]) ||
	       (text[len] != '\0' && strchr("-.:", text[len]) != NULL))
		len++;
	while (!is_letter_or_digit(text[len - 1]))
		len--;
	return len;
}
