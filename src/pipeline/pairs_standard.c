/* pipeline/pairs_standard.c: notifications of standard MIBs that raise and clear. Those
 * whose end no notification tells (coldStart, vrrpTrapNewMaster) and those of ranges of
 * sessions (BFD, pseudowires) are not alarms here. */
#include "pipeline/pairs.h"

#define MIB_2 "1.3.6.1.2.1."
#define TRAPS "1.3.6.1.6.3.1.1.5."
#define BIT(value) (1u << (value))

enum { OSPF_UP = BIT(4) | BIT(5) | BIT(6) | BIT(7) }; /* point-to-point ... other DR */

const pair_row pairs_standard[] = {
	/* IF-MIB, RFC 2863: by ifIndex, else by the index of what is sent */
	{ "linkDown", TRAPS "3", TRAPS "4",
	    "value:" MIB_2 "2.2.1.1|index:" MIB_2 "2.2.1|index:" MIB_2 "31.1.1.1", NULL,
	    0, 0, NULL, NULL },
	/* BGP4-MIB, RFC 4273, and as RFC 1657 had it: by peer */
	{ "bgpBackwardTransition", MIB_2 "15.0.2 " MIB_2 "15.7.2",
	    MIB_2 "15.0.1 " MIB_2 "15.7.1", "index:" MIB_2 "15.3.1", NULL, 0, 0, NULL,
	    NULL },
	/* OSPF-TRAP-MIB, RFC 4750: two-way is where neighbours stay that are neither DR
	 */
	{ "ospfNbrStateChange", MIB_2 "14.16.2.2", MIB_2 "14.16.2.2",
	    "index:" MIB_2 "14.10.1", MIB_2 "14.10.1.6", 0, BIT(4) | BIT(8), NULL, NULL },
	{ "ospfVirtNbrStateChange", MIB_2 "14.16.2.3", MIB_2 "14.16.2.3",
	    "index:" MIB_2 "14.11.1", MIB_2 "14.11.1.5", 0, BIT(8), NULL, NULL },
	{ "ospfIfStateChange", MIB_2 "14.16.2.16", MIB_2 "14.16.2.16",
	    "index:" MIB_2 "14.7.1", MIB_2 "14.7.1.12", BIT(1), OSPF_UP, NULL, NULL },
	{ "ospfVirtIfStateChange", MIB_2 "14.16.2.1", MIB_2 "14.16.2.1",
	    "index:" MIB_2 "14.9.1", MIB_2 "14.9.1.7", BIT(1), BIT(4), NULL, NULL },
	/* OSPFV3-MIB, RFC 5643; 8: standby */
	{ "ospfv3NbrStateChange", MIB_2 "191.0.2", MIB_2 "191.0.2",
	    "index:" MIB_2 "191.1.9.1", MIB_2 "191.1.9.1.8", 0, BIT(4) | BIT(8), NULL,
	    NULL },
	{ "ospfv3VirtNbrStateChange", MIB_2 "191.0.3", MIB_2 "191.0.3",
	    "index:" MIB_2 "191.1.11.1", MIB_2 "191.1.11.1.8", 0, BIT(8), NULL, NULL },
	{ "ospfv3IfStateChange", MIB_2 "191.0.10", MIB_2 "191.0.10",
	    "index:" MIB_2 "191.1.7.1", MIB_2 "191.1.7.1.12", BIT(1), OSPF_UP | BIT(8),
	    NULL, NULL },
	{ "ospfv3VirtIfStateChange", MIB_2 "191.0.1", MIB_2 "191.0.1",
	    "index:" MIB_2 "191.1.8.1", MIB_2 "191.1.8.1.9", BIT(1), BIT(4), NULL, NULL },
	/* ISIS-MIB, RFC 4444: by level, circuit and the neighbour's system ID */
	{ "isisAdjacencyChange", MIB_2 "138.0.17", MIB_2 "138.0.17",
	    "value:" MIB_2 "138.1.10.1.1 value:" MIB_2 "138.1.10.1.2 value6:" MIB_2
	    "138.1.10.1.3",
	    MIB_2 "138.1.10.1.12", 0, BIT(3), NULL, NULL },
	{ "isisDatabaseOverload", MIB_2 "138.0.1", MIB_2 "138.0.1",
	    "value:" MIB_2 "138.1.10.1.1", MIB_2 "138.1.2.1.1.4", BIT(3) | BIT(4),
	    BIT(1) | BIT(2), NULL, NULL },
	/* MPLS-TE-STD-MIB, RFC 3812; MPLS-LDP-STD-MIB, RFC 3815 */
	{ "mplsTunnelDown", MIB_2 "10.166.3.0.2", MIB_2 "10.166.3.0.1",
	    "index:" MIB_2 "10.166.3.2.2.1", NULL, 0, 0, NULL, NULL },
	{ "mplsLdpSessionDown", MIB_2 "10.166.4.0.4", MIB_2 "10.166.4.0.3",
	    "index:" MIB_2 "10.166.4.1.3.3.1", NULL, 0, 0, NULL, NULL },
	/* MPLS-L3VPN-STD-MIB, RFC 4382: by VRF */
	{ "mplsL3VpnVrfDown", MIB_2 "10.166.11.0.2", MIB_2 "10.166.11.0.1",
	    "index:" MIB_2 "10.166.11.1.2.2.1", NULL, 0, 0, NULL, NULL },
	{ "mplsL3VpnVrfNumVrfRouteMaxThreshExceeded", MIB_2 "10.166.11.0.4",
	    MIB_2 "10.166.11.0.6", "index:" MIB_2 "10.166.11.1.3.1.1", NULL, 0, 0, NULL,
	    NULL },
	/* ENTITY-STATE-MIB, RFC 4268: by entPhysicalIndex */
	{ "entStateOperDisabled", MIB_2 "131.0.2", MIB_2 "131.0.1",
	    "index:" MIB_2 "131.1.1.1", NULL, 0, 0, NULL, NULL },
	/* POWER-ETHERNET-MIB, RFC 3621: faults of ports, not that nothing is plugged in
	 */
	{ "pethPsePortOnOffNotification", MIB_2 "105.0.1", MIB_2 "105.0.1",
	    "index:" MIB_2 "105.1.1.1", MIB_2 "105.1.1.1.6", BIT(4) | BIT(6),
	    BIT(1) | BIT(2) | BIT(3), NULL, NULL },
	{ "pethMainPowerUsageOnNotification", MIB_2 "105.0.2", MIB_2 "105.0.3",
	    "index:" MIB_2 "105.1.3.1.1", NULL, 0, 0, NULL, NULL },
	/* RMON-MIB, RFC 2819: by alarmIndex; DISMAN-EVENT-MIB, RFC 2981: by trigger and
	 * object */
	{ "risingAlarm", MIB_2 "16.0.1", MIB_2 "16.0.2", "index:" MIB_2 "16.3.1.1", NULL,
	    0, 0, NULL, NULL },
	{ "mteTriggerRising", MIB_2 "88.2.0.2", MIB_2 "88.2.0.3",
	    "value:" MIB_2 "88.2.1.1 value:" MIB_2 "88.2.1.2 value:" MIB_2
	    "88.2.1.3 value:" MIB_2 "88.2.1.4",
	    NULL, 0, 0, NULL, NULL },
	/* ALARM-MIB, RFC 3877: by resource and model, whose last index is the state */
	{ "alarmActiveState", MIB_2 "118.0.2", MIB_2 "118.0.3",
	    "value:" MIB_2 "118.1.2.2.1.10 parent:" MIB_2 "118.1.2.2.1.13", NULL, 0, 0,
	    NULL, NULL },
	/* UPS-MIB, RFC 1628: upsAlarmOnBattery has its own trap, but its end has not */
	{ "upsTrapOnBattery", MIB_2 "33.2.1", MIB_2 "33.2.4", "", NULL, 0, 0,
	    MIB_2 "33.1.6.2.1.2", MIB_2 "33.1.6.3.2" },
	{ "upsTrapAlarmEntryAdded", MIB_2 "33.2.3", MIB_2 "33.2.4",
	    "index:" MIB_2 "33.1.6.2.1", NULL, 0, 0, NULL, NULL },
	/* DS1-MIB, RFC 4805, and DS3-MIB, RFC 3896: 1 is without alarm; by line.
	 * FRAME-RELAY-DTE-MIB, RFC 2115: by interface and DLCI */
	{ "dsx1LineStatusChange", MIB_2 "10.18.15.0.1", MIB_2 "10.18.15.0.1",
	    "index:" MIB_2 "10.18.6.1", MIB_2 "10.18.6.1.10", 0, BIT(1), NULL, NULL },
	{ "dsx3LineStatusChange", MIB_2 "10.30.15.0.1", MIB_2 "10.30.15.0.1",
	    "index:" MIB_2 "10.30.5.1", MIB_2 "10.30.5.1.10", 0, BIT(1), NULL, NULL },
	{ "frDLCIStatusChange", MIB_2 "10.32.0.1", MIB_2 "10.32.0.1",
	    "index:" MIB_2 "10.32.2.1", MIB_2 "10.32.2.1.3", BIT(3), BIT(2), NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL },
};
