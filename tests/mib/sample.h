/* tests/mib/sample.h: a small dictionary with something of everything. */
#ifndef TESTS_MIB_SAMPLE_H
#define TESTS_MIB_SAMPLE_H

#include "make.h"

static const char sample_text[] =
    "identity|SNMPv2-SMI::internet|1.3.6.1\n"
    "identity|SNMPv2-SMI::mib-2|1.3.6.1.2.1\n"
    "identity|SNMPv2-SMI::enterprises|1.3.6.1.4.1\n"
    "object|SNMPv2-MIB::sysUpTime|1.3.6.1.2.1.1.3|TimeTicks\n"
    "object|SNMPv2-MIB::sysObjectID|1.3.6.1.2.1.1.2|OID\n"
    "identity|IF-MIB::ifEntry|1.3.6.1.2.1.2.2.1||||||IF-MIB::ifIndex\n"
    "object|IF-MIB::ifIndex|1.3.6.1.2.1.2.2.1.1|INTEGER||d|||IF-MIB::ifIndex\n"
    "object|IF-MIB::ifDescr|1.3.6.1.2.1.2.2.1.2|OCTETS||255a|0..255||IF-MIB::ifIndex\n"
    "object|IF-MIB::ifPhysAddress|1.3.6.1.2.1.2.2.1.6|OCTETS||1x:|||IF-MIB::ifIndex\n"
    "object|IF-MIB::ifAdminStatus|1.3.6.1.2.1.2.2.1.7|INTEGER||||"
    "up(1) down(2) testing(3)|IF-MIB::ifIndex\n"
    "object|IF-MIB::ifOperStatus|1.3.6.1.2.1.2.2.1.8|INTEGER||||"
    "up(1) down(2) testing(3) lowerLayerDown(7)|IF-MIB::ifIndex\n"
    "notification/major|IF-MIB::linkDown|1.3.6.1.6.3.1.1.5.3||||||"
    "IF-MIB::ifIndex IF-MIB::ifAdminStatus IF-MIB::ifOperStatus\n"
    "notification|A::trap|1.3.6.1.4.1.9.9.41.2.0.1||||||A::bits -\n"
    "object|A::type|1.3.6.1.4.1.9.1.1|INTEGER|inet-type|||ipv4(1) ipv6(2) dns(16)|"
    "A::type A::address IMPLIED A::name\n"
    "object|A::address|1.3.6.1.4.1.9.1.2|OCTETS|inet||0..255||"
    "A::type A::address IMPLIED A::name\n"
    "object|A::name|1.3.6.1.4.1.9.1.3|OCTETS||255t|1..32||"
    "A::type A::address IMPLIED A::name\n"
    "object|A::bits|1.3.6.1.4.1.9.2|OCTETS|bits|||one(0) two(1) nine(9)\n"
    "object|A::date|1.3.6.1.4.1.9.3|OCTETS|date|2d-1d-1d,1d:1d:1d.1d,1a1d:1d|8..11\n"
    "object|A::level|1.3.6.1.4.1.9.4|INTEGER||d-2\n"
    "object|A::hex|1.3.6.1.4.1.9.5|Gauge32||x\n"
    "object|A::list|1.3.6.1.4.1.9.6|OCTETS||*1x:/1x:\n"
    "object|A::mac|1.3.6.1.4.1.9.7.1|OCTETS||1x:|6||A::mac A::oid A::net A::ip\n"
    "object|A::oid|1.3.6.1.4.1.9.7.2|OID|||||A::mac A::oid A::net A::ip\n"
    "object|A::net|1.3.6.1.4.1.9.7.3|IpAddress|network||||A::mac A::oid A::net A::ip\n"
    "object|A::ip|1.3.6.1.4.1.9.7.4|IpAddress|||||A::mac A::oid A::net A::ip\n"
    "object|A::same|1.3.6.1.4.1.9.7\nidentity|B::same|1.3.6.1.4.1.9.7\n"
    "identity|LLDP-MIB::lldpMIB|1.0.8802.1.1.2\n";

#endif
