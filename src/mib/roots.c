/* mib/roots.c: names that every reader of MIBs knows, and what became of old modules.
 * Called by the resolver's look-ups where nothing that was read has a name. */
#include "mib/resolve.h"

#include <stdlib.h>
#include <string.h>

/* The ends of the tree that X.660 names, and those of RFC 1155, RFC 1213, RFC 2578 and
 * RFC 3418 that modules hang things on. */
static const struct {
	const char *name, *oid;
} roots[] = {
	{ "ccitt", "0" }, /* the first three stand at their numbers */
	{ "iso", "1" },
	{ "joint-iso-ccitt", "2" },
	{ "itu-t", "0" },
	{ "joint-iso-itu-t", "2" },
	{ "zeroDotZero", "0.0" },
	{ "org", "1.3" },
	{ "dod", "1.3.6" },
	{ "internet", "1.3.6.1" },
	{ "directory", "1.3.6.1.1" },
	{ "mgmt", "1.3.6.1.2" },
	{ "mib-2", "1.3.6.1.2.1" },
	{ "system", "1.3.6.1.2.1.1" },
	{ "interfaces", "1.3.6.1.2.1.2" },
	{ "transmission", "1.3.6.1.2.1.10" },
	{ "snmp", "1.3.6.1.2.1.11" },
	{ "rmon", "1.3.6.1.2.1.16" },
	{ "dot1dBridge", "1.3.6.1.2.1.17" },
	{ "experimental", "1.3.6.1.3" },
	{ "private", "1.3.6.1.4" },
	{ "enterprises", "1.3.6.1.4.1" },
	{ "security", "1.3.6.1.5" },
	{ "snmpV2", "1.3.6.1.6" },
	{ "snmpDomains", "1.3.6.1.6.1" },
	{ "snmpProxys", "1.3.6.1.6.2" },
	{ "snmpModules", "1.3.6.1.6.3" },
	{ "snmpMIB", "1.3.6.1.6.3.1" },
	{ "snmpTraps", "1.3.6.1.6.3.1.1.5" },
};

enum { ROOTS = sizeof roots / sizeof roots[0] };

const uint32_t tl_mib_root_count = ROOTS;

/* Modules that went into others, the likeliest heir first. An empty one: it has macros
 * only, or what is known anyway. */
static const struct {
	const char *old, *heir;
} heirs[] = {
	{ "RFC-1212", "" },
	{ "RFC1212", "" },
	{ "RFC1212-MIB", "" },
	{ "RFC-1215", "" },
	{ "RFC1215", "" },
	{ "RFC1215-MIB", "" },
	{ "SNMPv2-CONF", "" },
	{ "RFC1065-SMI", "" },
	{ "RFC1155-SMI", "" },
	{ "SNMPv2-SMI", "" },
	{ "RFC1065-SMI", "RFC1155-SMI" },
	{ "RFC1065-SMI", "SNMPv2-SMI" },
	{ "RFC1155-SMI", "SNMPv2-SMI" },
	{ "RFC-1155", "SNMPv2-SMI" },
	{ "RFC1155", "SNMPv2-SMI" },
	{ "SNMPv2-SMI-v1", "SNMPv2-SMI" },
	{ "SNMPv2-SMI-V1", "SNMPv2-SMI" },
	{ "SNMPV2-SMI", "SNMPv2-SMI" },
	{ "SNMPv2-SMI", "RFC1155-SMI" },
	{ "SNMPv2-TC-v1", "SNMPv2-TC" },
	{ "SNMPv2-TC-V1", "SNMPv2-TC" },
	{ "SNMPv2-TC", "RFC1213-MIB" },
	{ "RFC1066-MIB", "RFC1213-MIB" },
	{ "RFC1156-MIB", "RFC1213-MIB" },
	{ "RFC1158-MIB", "RFC1213-MIB" },
	{ "RFC-1213", "RFC1213-MIB" },
	{ "RFC1213", "RFC1213-MIB" },
	{ "MIB-II", "RFC1213-MIB" },
	{ "RFC1066-MIB", "SNMPv2-MIB" },
	{ "RFC1156-MIB", "SNMPv2-MIB" },
	{ "RFC1158-MIB", "SNMPv2-MIB" },
	{ "RFC1213-MIB", "SNMPv2-MIB" },
	{ "RFC1213-MIB", "IF-MIB" },
	{ "RFC1213-MIB", "IP-MIB" },
	{ "RFC1213-MIB", "TCP-MIB" },
	{ "RFC1213-MIB", "UDP-MIB" },
	{ "RFC1213-MIB", "SNMPv2-TC" },
	{ "RFC1213-MIB", "SNMPv2-SMI" },
	{ "SNMPv2-MIB", "RFC1213-MIB" },
	{ "IF-MIB", "RFC1213-MIB" },
	{ "IP-MIB", "RFC1213-MIB" },
	{ "TCP-MIB", "RFC1213-MIB" },
	{ "UDP-MIB", "RFC1213-MIB" },
	{ "RFC1229-MIB", "IF-MIB" },
	{ "RFC1573-MIB", "IF-MIB" },
	{ "RFC1231-MIB", "TOKENRING-MIB" },
	{ "RFC1253-MIB", "OSPF-MIB" },
	{ "RFC1269-MIB", "BGP4-MIB" },
	{ "RFC1271-MIB", "RMON-MIB" },
	{ "RFC1757-MIB", "RMON-MIB" },
	{ "RFC1286-MIB", "BRIDGE-MIB" },
	{ "RFC1286-MIB", "SOURCE-ROUTING-MIB" },
	{ "RFC1493-MIB", "BRIDGE-MIB" },
	{ "RFC1315-MIB", "FRAME-RELAY-DTE-MIB" },
	{ "RFC1316-MIB", "CHARACTER-MIB" },
	{ "RFC1317-MIB", "RS-232-MIB" },
	{ "RFC1318-MIB", "PARALLEL-MIB" },
	{ "RFC1354-MIB", "IP-FORWARD-MIB" },
	{ "RFC1389-MIB", "RIPv2-MIB" },
	{ "RFC1398-MIB", "EtherLike-MIB" },
	{ "RFC1406-MIB", "DS1-MIB" },
	{ "RFC1407-MIB", "DS3-MIB" },
	{ "RFC1628-MIB", "UPS-MIB" },
	{ "RFC1697-MIB", "RDBMS-MIB" },
};

static tl_span
span_of(const char *s)
{
	return (tl_span){ (const uint8_t *)s, strlen(s) };
}

/* Reads a root's OID into its spot. */
static tl_err
add_root(tl_mib_resolver *r, uint32_t i)
{
	tl_mib_spot *spot = &r->spots[r->defs + i];
	uint8_t room[TL_OID_BER_MAX];
	tl_oid oid;

	if (roots[i].oid[1] == '\0') {
		*spot = (tl_mib_spot){ .oid = (uint32_t)(roots[i].oid[0] - '0'),
			.state = TL_MIB_SHORT };
		return TL_OK;
	}
	tl_err err = tl_oid_from_text(roots[i].oid, strlen(roots[i].oid), room, &oid);
	uint8_t *to = err == TL_OK ? tl_vec_grow(&r->set->oids, 1, oid.len) : NULL;
	if (to == NULL)
		return TL_ENOMEM;
	memcpy(to, oid.ber, oid.len);
	*spot = (tl_mib_spot){ .oid = r->set->oids.count - oid.len,
		.len = (uint16_t)oid.len,
		.state = TL_MIB_DONE };
	return TL_OK;
}

tl_err
tl_mib_add_roots(tl_mib_resolver *r)
{
	for (uint32_t i = 0; i < ROOTS; i++) {
		tl_smi_name name =
		    tl_smi_names_find(r->tree->names, span_of(roots[i].name));
		tl_err err = add_root(r, i);
		if (err != TL_OK)
			return err;
		if (name == 0)
			continue;
		uint32_t *root = tl_mib_map_put(
		    &r->scope, tl_mib_key(TL_MIB_ALL_MODULES, name, TL_MIB_CLASS_PLACE));
		if (root == NULL)
			return TL_ENOMEM;
		*root = r->defs + i;
	}
	return TL_OK;
}

tl_smi_name
tl_mib_common_types(const tl_mib_resolver *r)
{
	return tl_smi_names_find(r->tree->names, span_of("SNMPv2-TC"));
}

/* Whether they differ at most in the case of letters and in underscores for hyphens. */
static bool
is_alike(tl_span word, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len && i < word.len; i++) {
		uint8_t c = word.ptr[i] == '_' ? '-' : word.ptr[i];
		uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
		if (c != (uint8_t)text[i] && lower != (uint8_t)text[i])
			return false;
	}
	return word.len == len;
}

uint32_t
tl_mib_root_named(const tl_mib_resolver *r, tl_smi_name name)
{
	tl_span text = tl_mib_text_of(r, name);
	uint32_t root = tl_mib_map_find(
	    &r->scope, tl_mib_key(TL_MIB_ALL_MODULES, name, TL_MIB_CLASS_PLACE));

	for (uint32_t i = 0; i < ROOTS && root == TL_MIB_NONE; i++)
		if (is_alike(text, roots[i].name))
			root = r->defs + i;
	return root;
}

uint32_t
tl_mib_root_numbered(const tl_mib_resolver *r, uint32_t number)
{
	return number <= 2 ? r->defs + number : TL_MIB_NONE;
}

const char *
tl_mib_root_text(const tl_mib_resolver *r, uint32_t def)
{
	return roots[def - r->defs].oid;
}

static bool
is(tl_span word, const char *text)
{
	return word.len == strlen(text) && memcmp(word.ptr, text, word.len) == 0;
}

tl_smi_name
tl_mib_heir(const tl_mib_resolver *r, tl_smi_name old, unsigned i)
{
	tl_span text = tl_mib_text_of(r, old);

	for (size_t row = 0; row < sizeof heirs / sizeof heirs[0]; row++) {
		if (heirs[row].heir[0] == '\0' || !is(text, heirs[row].old))
			continue;
		tl_smi_name heir =
		    tl_smi_names_find(r->tree->names, span_of(heirs[row].heir));
		if (heir != 0 && tl_mib_module_named(r, heir) != TL_MIB_NONE && i-- == 0)
			return heir;
	}
	return 0;
}

tl_smi_name
tl_mib_alike(const tl_mib_resolver *r, tl_smi_name name)
{
	uint32_t module = tl_mib_map_find(&r->scope, tl_mib_alike_key(r, name));
	tl_smi_name found = module != TL_MIB_NONE ? r->ranks[module].module->name : 0;

	return found != name ? found : 0;
}

tl_smi_name
tl_mib_stand_in(const tl_mib_resolver *r, tl_smi_name absent)
{
	tl_smi_name alike = tl_mib_alike(r, absent);

	return alike != 0 ? alike : tl_mib_heir(r, absent, 0);
}

bool
tl_mib_stands_in(const tl_mib_resolver *r, tl_smi_name absent, tl_smi_name other)
{
	tl_smi_name heir = tl_mib_alike(r, absent);

	for (unsigned i = 0; heir != other; i++) {
		heir = tl_mib_heir(r, absent, i);
		if (heir == 0)
			return false;
	}
	return true;
}

bool
tl_mib_dispensable(const tl_mib_resolver *r, tl_smi_name module)
{
	tl_span text = tl_mib_text_of(r, module);

	for (size_t row = 0; row < sizeof heirs / sizeof heirs[0]; row++)
		if (heirs[row].heir[0] == '\0' && is(text, heirs[row].old))
			return true;
	return false;
}
