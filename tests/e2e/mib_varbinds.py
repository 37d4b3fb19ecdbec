"""Varbinds over all syntaxes and kinds of index that the well-known modules have, from a seed:
the table says what an object's index and values are made of, net-snmp where its OID is."""

import collections
import random
import struct

import ber

Varbind = collections.namedtuple("Varbind", "object oid value kind")  # value: BER

# Objects, the items of their index, what to make values of. Items: i integer, j small one,
# s string with its length, I string whose length is implied, m MAC address, M one with its
# length, a IpAddress, n NetworkAddress, o OID with its length, O implied OID, t and u an
# InetAddressType and its InetAddress.
TABLE = """
SNMPv2-MIB::sysDescr               0         text utf8 empty
SNMPv2-MIB::sysObjectID            0         oid name
SNMPv2-MIB::sysServices            0         int:0:127
SNMPv2-MIB::snmpTrapEnterprise     0         oid name
SNMPv2-MIB::sysORUpTime            i         ticks
SNMPv2-MIB::snmpEnableAuthenTraps  0         int:1:3
IF-MIB::ifDescr                    i         text latin empty
IF-MIB::ifType                     i         int:1:7 int:1:300
IF-MIB::ifSpeed                    i         gauge
IF-MIB::ifPhysAddress              i         octets:6 octets:8 empty
IF-MIB::ifOperStatus               i         int:1:7 int:1:12
IF-MIB::ifLastChange               i         ticks
IF-MIB::ifInOctets                 i         counter
IF-MIB::ifHCInOctets               i         counter64
IF-MIB::ifPromiscuousMode          i         int:1:2 int:0:4
IF-MIB::ifAlias                    i         text utf8
IF-MIB::ifRcvAddressStatus         iM        int:1:6
IF-MIB::ifStackStatus              ii        int:1:7
RFC1213-MIB::ipAdEntNetMask        a         ip
RFC1213-MIB::tcpConnState          aiai      int:1:12 int:0:14
RFC1213-MIB::atPhysAddress         in        octets:6
RFC1213-MIB::ipRouteNextHop        a         ip
BRIDGE-MIB::dot1dBaseBridgeAddress 0         octets:6
BRIDGE-MIB::dot1dTpFdbStatus       m         int:1:5
BRIDGE-MIB::dot1dStpDesignatedRoot 0         octets:8
BRIDGE-MIB::dot1dStaticStatus      mi        int:1:5
HOST-RESOURCES-MIB::hrSystemDate   0         date date8
HOST-RESOURCES-MIB::hrSystemUptime 0         ticks
HOST-RESOURCES-MIB::hrStorageType  i         oid
HOST-RESOURCES-MIB::hrSWRunPerfCPU i         int:0:100000
UCD-SNMP-MIB::laLoadFloat          i         float
UCD-SNMP-MIB::laLoad               i         text
UCD-SNMP-MIB::mrModuleName         O         text
NOTIFICATION-LOG-MIB::nlmLogVariableOpaqueVal sii float double
NOTIFICATION-LOG-MIB::nlmLogDateAndTime si   date
NOTIFICATION-LOG-MIB::nlmLogVariableCounter64Val sii counter64
NOTIFICATION-LOG-MIB::nlmLogNotificationID si name
LLDP-MIB::lldpLocSysCapEnabled     0         bits:2
LLDP-MIB::lldpPortConfigTLVsTxEnable i       bits:1
LLDP-MIB::lldpRemChassisIdSubtype  jii       int:1:8
LLDP-MIB::lldpRemSysName           jii       utf8
LLDP-MIB::lldpRemManAddrIfSubtype  jiiis     int:1:4
LLDP-MIB::lldpConfigManAddrPortsTxEnable is  octets:4
CISCO-ENVMON-MIB::ciscoEnvMonAlarmContacts 0 bits:1
CISCO-ENTITY-FRU-CONTROL-MIB::cefcFRUPowerCapability i bits:2
SNMP-TARGET-MIB::snmpTargetAddrTAddress I    octets:6
SNMP-TARGET-MIB::snmpTargetAddrTagList  I    text
SNMP-TARGET-MIB::snmpTargetAddrRowStatus I   int:1:6
SNMP-NOTIFICATION-MIB::snmpNotifyFilterMask sO octets:3
SNMP-NOTIFICATION-MIB::snmpNotifyFilterType sO int:1:3
SNMP-COMMUNITY-MIB::snmpCommunitySecurityName I text
SNMP-COMMUNITY-MIB::snmpTrapAddress 0        ip
SNMP-COMMUNITY-MIB::snmpTargetAddrTMask I    octets:5
SNMP-VIEW-BASED-ACM-MIB::vacmGroupName is    text
SNMP-VIEW-BASED-ACM-MIB::vacmAccessStatus ssii int:1:6
SNMP-VIEW-BASED-ACM-MIB::vacmViewTreeFamilyMask so octets:2
SNMP-USER-BASED-SM-MIB::usmUserAuthProtocol ss oid
SNMP-USER-BASED-SM-MIB::usmUserStatus ss     int:1:6
SNMP-FRAMEWORK-MIB::snmpEngineID   0         engine
DISMAN-EVENT-MIB::mteTriggerSampleType sI    int:1:2
DISMAN-EVENT-MIB::mteHotValue      0         signed
DISMAN-EVENT-MIB::mteEventEnabled  sI        int:1:2
DISMAN-EVENT-MIB::mteHotOID        0         oid
ENTITY-MIB::entPhysicalUUID        i         octets:16
ENTITY-MIB::entPhysicalName        i         utf8
ENTITY-MIB::entPhysicalMfgDate     i         date8
OSPF-MIB::ospfNbrPriority          ai        int:0:255
OSPF-MIB::ospfNbrState             ai        int:1:8
OSPF-MIB::ospfIfState              ai        int:1:7
OSPF-MIB::ospfRouterId             0         ip
BGP4-MIB::bgpPeerState             a         int:1:6
BGP4-MIB::bgpPeerLastError         a         octets:2
BGP4-MIB::bgp4PathAttrBest         aia       int:1:2
VRRP-MIB::vrrpOperState            ii        int:1:3
RMON-MIB::hostInPkts               is        counter
RMON-MIB::alarmSampleType          i         int:1:2
RMON2-MIB::protocolDirDescr        ss        text
MIKROTIK-MIB::mtxrHlTemperature    0         signed
MIKROTIK-MIB::mtxrOpticalRxPower   i         signed
MIKROTIK-MIB::mtxrIkeSAInitiatorCookie i     text16
MIKROTIK-MIB::mtxrWifiInterfacesId i         int:0:2147483647
MIKROTIK-MIB::mtxrWlRtabStrength   mi        signed
FORTINET-FORTIGATE-MIB::fgWcStaVlanId iiM    int:1:4094
FORTINET-FORTIGATE-MIB::fgVdEntName i        text
FORTINET-FORTIGATE-MIB::fdLteIpv6Addr 0      octets:16
FOUNDRY-SN-AGENT-MIB::snAgDefGwayIpv6 0      octets:16
FOUNDRY-SN-AGENT-MIB::snChasPwrSupplyOperStatus i int:1:4
CISCO-CONFIG-MAN-MIB::ccmHistoryEventCommandSource i int:1:3
CISCO-CONFIG-MAN-MIB::ccmHistoryEventConfigDestination i int:1:9
CISCO-SYSLOG-MIB::clogHistSeverity i         int:1:9
CISCO-SYSLOG-MIB::clogHistTimestamp i        ticks
CISCO-SYSLOG-MIB::clogServerStatus tu        int:1:6
CISCO-VTP-MIB::vtpVlanState        ii        int:1:5
CISCO-CONFIG-COPY-MIB::ccCopyState i         int:1:5
CISCO-CONFIG-COPY-MIB::ccCopyServerAddressType i int:0:4
JVM-MANAGEMENT-MIB::jvmMemPoolName i         text utf8
JVM-MANAGEMENT-MIB::jvmMemPoolUsed i         counter64
UPS-MIB::upsAlarmDescr             i         oid
UPS-MIB::upsOutputSource           0         int:1:8
POWER-ETHERNET-MIB::pethPsePortDetectionStatus ii int:1:7
Printer-MIB::prtAlertCode          ii        int:1:40
P-BRIDGE-MIB::dot1dPortCapabilities i        bits:1
PowerNet-MIB::upsBasicOutputStatus 0         int:1:12
PowerNet-MIB::upsAdvBatteryRunTimeRemaining 0 ticks
NET-SNMP-AGENT-MIB::nsCacheStatus  O         int:0:6
NET-SNMP-AGENT-MIB::nsDebugTokenStatus I     int:1:6
IF-MIB::ifAdminStatus              i         text ticks oid
IF-MIB::ifInErrors                 i         text gauge int:0:9
IF-MIB::ifName                     i         int:0:9 ip oid
OSPF-MIB::ospfAreaId               a         octets:4 int:0:9
"""

ROWS = [line.split() for line in TABLE.split("\n") if line]
OBJECTS = [row[0] for row in ROWS]
NAMES = ("IF-MIB::linkDown", "SNMPv2-MIB::sysDescr", "IF-MIB::ifIndex",
         "UPS-MIB::upsTrapOnBattery", "OSPF-MIB::ospfIfTable")
WORDS = ("eth0", "GigabitEthernet1/0/24", "a", "public", "with space", "x" * 40, "v1-2_3", "noc@host")
UTF8 = ("Zürich", "café 1", "日本", "naïve", "plain")


def draw_string(r):
    return r.choice(WORDS).encode()


def draw_arcs(r):
    return [1, 3, 6, 1, 4, 1, r.randrange(1, 70000)] + [r.randrange(2**r.choice((3, 8, 16, 32)))
                                                         for _ in range(r.randrange(1, 6))]


def draw_inet(r):
    """An InetAddressType and its InetAddress: ipv4, ipv6, ipv4z, ipv6z, dns."""
    kind = r.choice((1, 2, 1, 2, 3, 4, 16))
    size = {1: 4, 2: 16, 3: 8, 4: 20}.get(kind)
    address = r.randbytes(size) if size else b"host%d.example" % r.randrange(100)
    return [kind, len(address), *address]


def with_length(items):
    return [len(items), *items]


ITEMS = {
    "0": lambda r: [0],
    "i": lambda r: [r.randrange(1, 2**r.choice((4, 10, 31)))],
    "j": lambda r: [r.randrange(0, 100000)],
    "s": lambda r: with_length(draw_string(r)),
    "I": lambda r: list(draw_string(r)),
    "m": lambda r: list(r.randbytes(6)),
    "M": lambda r: with_length(list(r.randbytes(6))),
    "a": lambda r: list(r.randbytes(4)),
    "n": lambda r: [1, *r.randbytes(4)],
    "o": lambda r: with_length(draw_arcs(r)),
    "O": draw_arcs,
    "tu": draw_inet,
}


def draw_index(r, row):
    items = [row[1]] if row[1] in ITEMS else row[1]
    return [arc for item in items for arc in ITEMS[item](r)]


def draw_date(r, zone):
    date = struct.pack(">HBBBBBB", r.randrange(1970, 2100), r.randrange(1, 13), r.randrange(1, 29),
                       r.randrange(24), r.randrange(60), r.randrange(60), r.randrange(10))
    return date + (r.choice(b"+-").to_bytes(1, "big") + bytes([r.randrange(14), r.choice((0, 30))])
                   if zone else b"")


def opaque_float(r):
    return ber.opaque(b"\x9f\x78\x04" + struct.pack(">f", round(r.uniform(-100, 100), 3)))


def opaque_double(r):
    return ber.opaque(b"\x9f\x79\x08" + struct.pack(">d", round(r.uniform(-100, 100), 3)))


VALUES = {
    "text": lambda r: ber.octets(draw_string(r)),
    "text16": lambda r: ber.octets(b"%016x" % r.randrange(2**64)),
    "utf8": lambda r: ber.octets(r.choice(UTF8).encode()),
    "latin": lambda r: ber.octets(r.choice(UTF8[:2]).encode("latin-1")),
    "empty": lambda r: ber.octets(b""),
    "engine": lambda r: ber.octets(b"\x80\x00\x1f\x88\x04" + r.randbytes(8)),
    "oid": lambda r: ber.tlv(6, ber.oid_content(draw_arcs(r))),
    "gauge": lambda r: ber.gauge32(r.randrange(2**32)),
    "counter": lambda r: ber.counter32(r.randrange(2**32)),
    "counter64": lambda r: ber.counter64(r.randrange(2**64)),
    "ticks": lambda r: ber.timeticks(r.randrange(2**r.choice((6, 16, 32)))),
    "signed": lambda r: ber.integer(r.randrange(-2**r.choice((4, 10, 31)), 2**r.choice((4, 10, 31)))),
    "ip": lambda r: ber.tlv(0x40, r.randbytes(4)),
    "date": lambda r: ber.octets(draw_date(r, True)),
    "date8": lambda r: ber.octets(draw_date(r, False)),
    "float": opaque_float,
    "double": opaque_double,
}


def draw_value(r, kind, oids):
    word, *args = kind.split(":")
    if word == "int":
        return ber.integer(r.randint(int(args[0]), int(args[1])))
    if word in ("octets", "bits"):
        return ber.octets(r.randbytes(int(args[0])))
    if word == "name":
        return ber.oid(oids[r.choice(NAMES)])
    return VALUES[word](r)


def draw(oids, count=500, seed=20261121):
    """|oids|: where OBJECTS and NAMES are, dotted."""
    r = random.Random(seed)
    out = []
    for i in range(count):
        row = ROWS[i % len(ROWS)]
        kind = row[2 + i // len(ROWS) % (len(row) - 2)]
        oid = ".".join(map(str, [oids[row[0]], *draw_index(r, row)]))
        out.append(Varbind(row[0], oid, draw_value(r, kind, oids), kind))
    return out
