/* cli/value.c: see value.h. */
#include "cli/value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "cli/cli.h"

enum { BITS_MAX = 65536 }; /* no BITS has as many */

typedef value_problem reader(
    value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb);

static value_problem
keep(value_maker *m, const void *ptr, size_t len, tl_varbind *vb)
{
	vb->v.octets = tl_arena_copy(m->arena, (tl_span){ ptr, len });
	return vb->v.octets.ptr != NULL || len == 0 ? VALUE_GOOD : VALUE_ROOM;
}

/* A number beyond what the type holds: refused, or cut off. */
static value_problem
too_large(value_maker *m)
{
	m->cut = true;
	return m->as_netsnmp ? VALUE_GOOD : VALUE_RANGE;
}

static value_problem
read_label(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	size_t len = strlen(text);
	int32_t number;

	if (tl_mib_node_label(m->mib, node, text, len, &number) != TL_OK)
		return VALUE_RANGE;
	vb->v.i64 = number;
	return VALUE_GOOD;
}

static value_problem
read_integer(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	char *end;

	if (text[0] == '\0')
		return VALUE_NOTATION;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (*end != '\0')
		return read_label(m, node, text, vb);
	vb->v.i64 = (int32_t)(uint64_t)value;
	if (errno != 0 || value > INT32_MAX || value < INT32_MIN)
		return too_large(m);
	return VALUE_GOOD;
}

/* Numbers from 0. net-snmp takes negative ones as their two's complement. */
static value_problem
read_unsigned(value_maker *m, const char *text, uint64_t max, tl_varbind *vb)
{
	char *end;
	bool negative = text[0] == '-';

	if (text[negative] < '0' || text[negative] > '9')
		return VALUE_NOTATION;
	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	if (*end != '\0')
		return VALUE_NOTATION;
	vb->v.u64 = value & max;
	if (negative)
		return m->as_netsnmp ? VALUE_GOOD : VALUE_RANGE;
	return errno != 0 || value > max ? too_large(m) : VALUE_GOOD;
}

static value_problem
read_32(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	(void)node;
	return read_unsigned(m, text, UINT32_MAX, vb);
}

static value_problem
read_64(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	(void)node;
	return read_unsigned(m, text, UINT64_MAX, vb);
}

static value_problem
read_address(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	struct in_addr address;

	(void)node;
	bool good = m->as_netsnmp ? inet_aton(text, &address) == 1
				  : inet_pton(AF_INET, text, &address) == 1;
	return good ? keep(m, &address, sizeof address, vb) : VALUE_NOTATION;
}

static value_problem
read_oid(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	(void)node;
	return value_oid(m, text, strlen(text), &vb->v.oid);
}

static value_problem
read_text(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	(void)node;
	return keep(m, text, strlen(text), vb);
}

static value_problem
read_hex(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	size_t room = strlen(text) / 2 + 1;
	uint8_t *bytes = tl_arena_take(m->arena, room);

	(void)node;
	if (bytes == NULL)
		return VALUE_ROOM;
	size_t len = tl_hex_read(text, bytes, room);
	if (len == SIZE_MAX || (m->as_netsnmp && strchr(text, ':') != NULL))
		return VALUE_NOTATION;
	vb->v.octets = (tl_span){ bytes, len };
	return VALUE_GOOD;
}

/* Octets as decimal numbers with dots or blanks between them. */
static value_problem
read_decimal(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	uint8_t *bytes = tl_arena_take(m->arena, strlen(text) + 1);
	size_t len = 0;

	(void)node;
	if (bytes == NULL)
		return VALUE_ROOM;
	while (*text != '\0') {
		char *end;
		unsigned long octet = strtoul(text, &end, 10);
		if (*text < '0' || *text > '9' || octet > UINT8_MAX)
			return VALUE_NOTATION;
		bytes[len++] = (uint8_t)octet;
		text = end + strspn(end, ". ");
		if (text == end && *end != '\0')
			return VALUE_NOTATION;
	}
	vb->v.octets = (tl_span){ bytes, len };
	return VALUE_GOOD;
}

/* The number of a bit: of a label, or as it stands there; BITS_MAX if it is none. */
static size_t
bit_of(const value_maker *m, const tl_mib_node *node, const char *text, size_t len)
{
	size_t bit = 0;
	int32_t labelled;

	if (tl_mib_node_label(m->mib, node, text, len, &labelled) == TL_OK)
		return (size_t)labelled;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return BITS_MAX;
		bit = 10 * bit + (size_t)(text[i] - '0');
		if (bit >= BITS_MAX)
			return BITS_MAX;
	}
	return bit;
}

/* BITS (RFC 2578 section 7.1.4): as many octets as the last bit needs. */
static value_problem
read_bits(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	uint8_t octets[BITS_MAX / 8] = { 0 };
	size_t len = 0;

	for (text += strspn(text, " ,"); *text != '\0'; text += strspn(text, " ,")) {
		size_t word = strcspn(text, " ,"), bit = bit_of(m, node, text, word);
		if (bit >= BITS_MAX)
			return VALUE_RANGE;
		octets[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		len = bit / 8 + 1 > len ? bit / 8 + 1 : len;
		text += word;
	}
	return keep(m, octets, len, vb);
}

static value_problem
read_null(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	(void)node;
	(void)vb;
	return text[0] == '\0' || m->as_netsnmp ? VALUE_GOOD : VALUE_NOTATION;
}

/* Values that net-snmp puts into an Opaque: 9f, a tag, the length, the contents. */
static value_problem
keep_opaque(value_maker *m, uint8_t tag, uint64_t bits, size_t len, tl_varbind *vb)
{
	uint8_t octets[3 + 8] = { 0x9f, tag, (uint8_t)len };

	for (size_t i = 0; i < len; i++)
		octets[3 + i] = (uint8_t)(bits >> 8 * (len - 1 - i));
	return keep(m, octets, 3 + len, vb);
}

static value_problem
read_float(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	char *end;
	float value = strtof(text, &end);
	uint32_t bits;

	(void)node;
	if (end == text || *end != '\0')
		return VALUE_NOTATION;
	memcpy(&bits, &value, sizeof bits);
	return keep_opaque(m, 0x78, bits, sizeof bits, vb);
}

static value_problem
read_double(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	char *end;
	double value = strtod(text, &end);
	uint64_t bits;

	(void)node;
	if (end == text || *end != '\0')
		return VALUE_NOTATION;
	memcpy(&bits, &value, sizeof bits);
	return keep_opaque(m, 0x79, bits, sizeof bits, vb);
}

/* The octets of an INTEGER's shortest form (X.690 section 8.3), |negative| or not. */
static size_t
octets_of(uint64_t bits, bool negative)
{
	size_t len = 8;
	uint64_t same = negative ? UINT64_MAX : 0;

	while (len > 1 && bits >> (8 * len - 9) == same >> (8 * len - 9))
		len--;
	return len;
}

static value_problem
read_opaque_signed(
    value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	char *end;

	(void)node;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (end == text || *end != '\0')
		return VALUE_NOTATION;
	if (errno != 0)
		return VALUE_RANGE;
	uint64_t bits = (uint64_t)value;
	return keep_opaque(m, 0x7a, bits, octets_of(bits, value < 0), vb);
}

static value_problem
read_opaque_unsigned(
    value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	(void)node;
	value_problem problem = read_unsigned(m, text, UINT64_MAX, vb);
	uint64_t bits = vb->v.u64;
	if (problem != VALUE_GOOD)
		return problem;
	if (bits > INT64_MAX) { /* net-snmp has no ninth octet for the sign */
		return keep_opaque(m, 0x7b, bits, 8, vb);
	}
	return keep_opaque(m, 0x7b, bits, octets_of(bits, false), vb);
}

/* DateAndTime of RFC 3339, with or without a zone. */
static value_problem
read_date(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	unsigned year, month, day, hour, minute, second, tenth = 0;
	unsigned zone_hour = 0, zone_minute = 0;
	int at = 0, more = 0;
	char sign[2] = "+";

	(void)node;
	if (sscanf(text, "%4u-%2u-%2u%*1[T ]%2u:%2u:%2u%n", &year, &month, &day, &hour,
		&minute, &second, &at) != 6 ||
	    at == 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
	    minute > 59 || second > 60)
		return VALUE_NOTATION;
	text += at;
	if (sscanf(text, ".%1u%n", &tenth, &more) == 1)
		text += (size_t)more + strspn(text + more, "0123456789");
	bool zone =
	    sscanf(text, "%1[+-]%2u:%2u%n", sign, &zone_hour, &zone_minute, &more) == 3 &&
	    text[more] == '\0' && zone_hour <= 13 && zone_minute <= 59;
	if (!zone && *text != '\0' && strcmp(text, "Z") != 0)
		return VALUE_NOTATION;
	uint8_t octets[11] = { (uint8_t)(year >> 8), (uint8_t)year, (uint8_t)month,
		(uint8_t)day, (uint8_t)hour, (uint8_t)minute, (uint8_t)second,
		(uint8_t)tenth, (uint8_t)sign[0], (uint8_t)zone_hour,
		(uint8_t)zone_minute };
	return keep(m, octets, *text != '\0' ? 11 : 8, vb);
}

/* InetAddress: an address, else a DNS name. */
static value_problem
read_inet(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	uint8_t octets[16];

	if (inet_pton(AF_INET, text, octets) == 1)
		return keep(m, octets, 4, vb);
	if (inet_pton(AF_INET6, text, octets) == 1)
		return keep(m, octets, 16, vb);
	return read_text(m, node, text, vb);
}

typedef struct letter_row {
	char letter;
	tl_type type;
	reader *read;
} letter_row;

static const letter_row letters[] = {
	{ 'i', TL_T_INTEGER, read_integer },
	{ 'u', TL_T_GAUGE32, read_32 },
	{ 'c', TL_T_COUNTER32, read_32 },
	{ 'C', TL_T_COUNTER64, read_64 },
	{ 't', TL_T_TIMETICKS, read_32 },
	{ 'a', TL_T_IPADDRESS, read_address },
	{ 'o', TL_T_OID, read_oid },
	{ 's', TL_T_OCTETS, read_text },
	{ 'x', TL_T_OCTETS, read_hex },
	{ 'd', TL_T_OCTETS, read_decimal },
	{ 'b', TL_T_OCTETS, read_bits },
	{ 'n', TL_T_NULL, read_null },
	{ 'F', TL_T_OPAQUE, read_float },
	{ 'D', TL_T_OPAQUE, read_double },
	{ 'I', TL_T_OPAQUE, read_opaque_signed },
	{ 'U', TL_T_OPAQUE, read_opaque_unsigned },
};

static const letter_row *
row_of_letter(char letter)
{
	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
		if (letters[i].letter == letter)
			return &letters[i];
	return NULL;
}

/* How octets of an object are read that the dictionary knows. */
static reader *
reader_of_form(tl_mib_form form)
{
	switch (form) {
	case TL_MIB_FORM_BITS:
		return read_bits;
	case TL_MIB_FORM_DATE:
		return read_date;
	case TL_MIB_FORM_INET:
		return read_inet;
	case TL_MIB_FORM_HEX:
		return read_hex;
	case TL_MIB_FORM_PLAIN:
	case TL_MIB_FORM_LABELS:
		break;
	}
	return read_text;
}

static value_problem
read_as_defined(value_maker *m, const tl_mib_node *node, const char *text, tl_varbind *vb)
{
	int type = node != NULL ? tl_mib_node_type(m->mib, node) : 0;

	if (type == TL_T_OCTETS) {
		vb->type = TL_T_OCTETS;
		return reader_of_form(tl_mib_node_form(m->mib, node))(m, node, text, vb);
	}
	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
		if ((int)letters[i].type == type && type != TL_T_OPAQUE) {
			vb->type = letters[i].type;
			return letters[i].read(m, node, text, vb);
		}
	return VALUE_NO_TYPE;
}

value_problem
value_of_letter(value_maker *m, char letter, const char *text, tl_varbind *vb)
{
	const tl_mib_node *node = tl_mib_find(m->mib, vb->name).node;
	const letter_row *row = row_of_letter(letter);

	if (letter == '=')
		return read_as_defined(m, node, text, vb);
	if (row == NULL)
		return VALUE_TYPE;
	vb->type = row->type;
	return row->read(m, node, text, vb);
}

/* The first '=' that is not in the quotes of an index. */
static const char *
find_equals(const char *text)
{
	char quote = '\0';

	for (; *text != '\0'; text++)
		if (quote != '\0')
			quote = *text == quote ? '\0' : quote;
		else if (*text == '"' || *text == '\'')
			quote = *text;
		else if (*text == '=')
			return text;
	return NULL;
}

value_problem
value_assignment(value_maker *m, const char *text, tl_varbind *vb)
{
	const char *equals = find_equals(text);

	if (equals == NULL || equals == text)
		return VALUE_NAME;
	value_problem problem = value_oid(m, text, (size_t)(equals - text), &vb->name);
	if (problem != VALUE_GOOD)
		return problem;
	text = equals + 1;
	if (text[0] != '\0' && text[1] == ':' && row_of_letter(text[0]) != NULL)
		return value_of_letter(m, text[0], text + 2, vb);
	return value_of_letter(m, '=', text, vb);
}

const char *
value_problem_text(value_problem problem)
{
	switch (problem) {
	case VALUE_GOOD:
		return "good";
	case VALUE_NAME:
		return "OBJECT=VALUE is wanted, with an OID or a name that is known";
	case VALUE_NO_TYPE:
		return "no type is known of this object: set one, as in OBJECT=i:95";
	case VALUE_TYPE:
		return "there is no such type";
	case VALUE_NOTATION:
		return "this is not how a value of its type is written";
	case VALUE_RANGE:
		return "out of the type's range, or not a label that it has";
	case VALUE_ROOM:
		return "more values than fit in memory";
	}
	return "";
}
