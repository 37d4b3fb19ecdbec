/* dissect/engine_id.c: what an engine ID tells about its maker, RFC 3411 section 5. */
#include "base/buf.h"
#include "dissect/grammar.h"
#include "trapline/engine.h"

typedef struct enterprise {
	uint32_t number;
	const char *name;
} enterprise;

/* IANA private enterprise numbers of those whose engines one meets; ascending. */
static const enterprise enterprises[] = {
	{ 2, "IBM" },
	{ 9, "Cisco" },
	{ 11, "Hewlett-Packard" },
	{ 42, "Sun Microsystems" },
	{ 63, "Apple" },
	{ 89, "RND" },
	{ 99, "SNMP Research" },
	{ 111, "Oracle" },
	{ 161, "Motorola" },
	{ 171, "D-Link" },
	{ 193, "Ericsson" },
	{ 207, "Allied Telesis" },
	{ 232, "Compaq" },
	{ 253, "Xerox" },
	{ 259, "Accton" },
	{ 311, "Microsoft" },
	{ 318, "APC" },
	{ 343, "Intel" },
	{ 367, "Ricoh" },
	{ 368, "Axis" },
	{ 476, "Vertiv" },
	{ 562, "Nortel" },
	{ 637, "Nokia (Alcatel-Lucent)" },
	{ 641, "Lexmark" },
	{ 664, "Adtran" },
	{ 674, "Dell" },
	{ 789, "NetApp" },
	{ 800, "Xylan" },
	{ 890, "Zyxel" },
	{ 1248, "Epson" },
	{ 1347, "Kyocera" },
	{ 1588, "Brocade" },
	{ 1602, "Canon" },
	{ 1916, "Extreme Networks" },
	{ 1991, "Foundry Networks" },
	{ 2011, "Huawei" },
	{ 2021, "UCD-SNMP" },
	{ 2435, "Brother" },
	{ 2544, "ADVA" },
	{ 2620, "Check Point" },
	{ 2636, "Juniper" },
	{ 3224, "NetScreen" },
	{ 3375, "F5" },
	{ 3417, "CacheFlow" },
	{ 3902, "ZTE" },
	{ 4329, "Siemens" },
	{ 4526, "Netgear" },
	{ 4881, "Ruijie" },
	{ 5624, "Enterasys" },
	{ 5951, "NetScaler" },
	{ 6027, "Force10" },
	{ 6486, "Alcatel-Lucent Enterprise" },
	{ 6527, "Nokia" },
	{ 6574, "Synology" },
	{ 6876, "VMware" },
	{ 6889, "Avaya" },
	{ 7779, "Infoblox" },
	{ 8072, "net-snmp" },
	{ 8691, "Moxa" },
	{ 8741, "SonicWall" },
	{ 8886, "Raisecom" },
	{ 9694, "Arbor Networks" },
	{ 10418, "Avocent" },
	{ 10876, "Supermicro" },
	{ 11863, "TP-Link" },
	{ 12148, "Eltek" },
	{ 12325, "Fraunhofer FOKUS (bsnmpd)" },
	{ 12356, "Fortinet" },
	{ 13742, "Raritan" },
	{ 14179, "Airespace" },
	{ 14501, "Blue Coat" },
	{ 14525, "Trapeze Networks" },
	{ 14823, "Aruba" },
	{ 14988, "MikroTik" },
	{ 15497, "IronPort" },
	{ 17163, "Riverbed" },
	{ 18334, "Konica Minolta" },
	{ 19046, "Lenovo" },
	{ 20408, "pysnmp" },
	{ 22610, "A10 Networks" },
	{ 24681, "QNAP" },
	{ 25053, "Ruckus Wireless" },
	{ 25461, "Palo Alto Networks" },
	{ 25506, "H3C" },
	{ 26543, "Blade Network Technologies" },
	{ 26928, "Aerohive" },
	{ 29671, "Meraki" },
	{ 30065, "Arista" },
	{ 30155, "OpenBSD" },
	{ 33049, "Mellanox" },
	{ 35265, "Eltex" },
	{ 40310, "Cumulus Networks" },
	{ 41112, "Ubiquiti" },
	{ 47196, "Hewlett Packard Enterprise" },
};

static const char *
enterprise_name(uint32_t number)
{
	size_t lo = 0, hi = sizeof enterprises / sizeof *enterprises;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (enterprises[mid].number == number)
			return enterprises[mid].name;
		if (enterprises[mid].number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* |bytes| in groups of |group|, in hexadecimal, with colons between. */
static void
put_groups(tl_buf *out, tl_span bytes, size_t group)
{
	for (size_t i = 0; i < bytes.len; i += group) {
		if (i > 0)
			tl_buf_putc(out, ':');
		tl_buf_hex(out, (tl_span){ bytes.ptr + i, group });
	}
}

/* The part behind the enterprise and the format octet. */
static void
put_formatted(tl_buf *out, uint8_t format, tl_span rest)
{
	enum { IPV4 = 1, IPV6 = 2, MAC = 3, TEXT = 4, NETSNMP_RANDOM = 128 };

	if (format == IPV4 && rest.len == 4) {
		tl_buf_lit(out, "IPv4 ");
		tl_buf_dotted(out, rest);
	} else if (format == IPV6 && rest.len == 16) {
		tl_buf_lit(out, "IPv6 ");
		put_groups(out, rest, 2);
	} else if (format == MAC && rest.len == 6) {
		tl_buf_lit(out, "MAC ");
		put_groups(out, rest, 1);
	} else if (format == TEXT) {
		tl_buf_lit(out, "text \"");
		tl_buf_printable(out, rest);
		tl_buf_putc(out, '"');
	} else {
		tl_buf_puts(out, format == NETSNMP_RANDOM ? "own format " : "octets ");
		tl_buf_hex(out, rest);
	}
}

void
tl_engine_id_text(tl_span id, tl_buf *out)
{
	if (id.len < TL_ENGINE_ID_MIN || id.len > TL_ENGINE_ID_MAX)
		return;
	uint32_t number = (uint32_t)(id.ptr[0] & 0x7f) << 24 | (uint32_t)id.ptr[1] << 16 |
			  (uint32_t)id.ptr[2] << 8 | id.ptr[3];
	const char *name = enterprise_name(number);
	tl_buf_lit(out, "enterprise ");
	tl_buf_u64(out, number);
	if (name != NULL) {
		tl_buf_putc(out, ' ');
		tl_buf_puts(out, name);
	}
	tl_buf_lit(out, ", ");
	if ((id.ptr[0] & 0x80) != 0) {
		put_formatted(out, id.ptr[4], (tl_span){ id.ptr + 5, id.len - 5 });
		return;
	}
	tl_buf_lit(out, "octets "); /* of before RFC 3411: as the enterprise likes */
	tl_buf_hex(out, (tl_span){ id.ptr + 4, id.len - 4 });
}
