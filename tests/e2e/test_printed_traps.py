"""The traps that guides of Cisco and of the Java virtual machine print, sent by their names
with the vendors' MIBs loaded, in v1 and v2c, and heard as printed."""

import json
import unittest

import sending
from harness import Case, needs_shared

needs_mibs, MIBS = needs_shared("mibs")

LINK_UP = ("CISCOTRAP-MIB::linkUp", "1.3.6.1.6.3.1.1.5.4",
           ("ifIndex.23=23", "ifDescr.23=Loopback1", "ifType.23=softwareLoopback",
            "locIfReason.23=up"),
           [("ifIndex.23", 23, None), ("ifDescr.23", "Loopback1", None),
            ("ifType.23", 24, "softwareLoopback"), ("locIfReason.23", "up", None)])
MESSAGE = ("CISCO-SYSLOG-MIB::clogMessageGenerated", "1.3.6.1.4.1.9.9.41.2.0.1",
           ("clogHistFacility.954=LINK", "clogHistSeverity.954=error", "clogHistMsgName.954=UPDOWN",
            "clogHistMsgText.954=Interface Loopback1, changed state to up",
            "clogHistTimestamp.954=43021184"),
           [("clogHistFacility.954", "LINK", None), ("clogHistSeverity.954", 4, "error"),
            ("clogHistMsgName.954", "UPDOWN", None),
            ("clogHistMsgText.954", "Interface Loopback1, changed state to up", None),
            ("clogHistTimestamp.954", 43021184, "4d 23:30:11.84")])
CONFIG = ("CISCO-CONFIG-MAN-MIB::ciscoConfigManEvent", "1.3.6.1.4.1.9.9.43.2.0.1",
          ("ccmHistoryEventCommandSource.100=commandLine",
           "ccmHistoryEventConfigSource.100=running",
           "ccmHistoryEventConfigDestination.100=commandSource"),
          [("ccmHistoryEventCommandSource.100", 1, "commandLine"),
           ("ccmHistoryEventConfigSource.100", 3, "running"),
           ("ccmHistoryEventConfigDestination.100", 2, "commandSource")])
MEMORY = ("JVM-MANAGEMENT-MIB::jvmLowMemoryPoolUsageNotif",
          "1.3.6.1.4.1.42.2.145.3.163.1.2.2.1.0.1",
          ("jvmMemPoolName.2=Tenured Gen", "jvmMemPoolUsed.2=123456789012",
           "jvmMemPoolThreshdCount.2=7"),
          [("jvmMemPoolName.2", "Tenured Gen", None), ("jvmMemPoolUsed.2", 123456789012, None),
           ("jvmMemPoolThreshdCount.2", 7, None)])


@needs_mibs
class PrintedTraps(Case):
    def heard(self, version, trap, *more):
        name, _, objects, _ = trap
        listener = self.listen("-M", MIBS)
        result = sending.command(self, "send", "-v", version, "-M", MIBS, *more,
                                 sending.target(listener.address()), name, *objects)
        self.assertEqual(result.returncode, 0, result)
        listener.wait_events(1)
        return listener.events[0]

    def check_trap(self, event, trap):
        _, oid, _, varbinds = trap
        self.assertEqual(event["trap_oid"], oid)
        self.assertEqual(event["flags"], [])
        self.assertEqual([(v["name"].split("::")[1], v["value"], v.get("text"))
                          for v in event["varbinds"]], varbinds, json.dumps(event))

    def test_named_and_labelled_in_each_version(self):
        for trap in (MESSAGE, CONFIG, MEMORY):
            for version in ("1", "2c"):
                if trap is MEMORY and version == "1":
                    continue  # a Counter64: RFC 3584 section 3.2 forbids it
                with self.subTest(trap=trap[0], version=version):
                    event = self.heard(version, trap)
                    self.check_trap(event, trap)
                    self.assertEqual(event["trap_name"], trap[0])

    def test_link_up_of_cisco_with_four_varbinds(self):
        event = self.heard("1", LINK_UP)
        self.check_trap(event, LINK_UP)
        self.assertEqual((event["v1"]["generic"], event["v1"]["specific"]), (3, 0))
        self.assertIn(event["trap_name"], ("IF-MIB::linkUp", "CISCOTRAP-MIB::linkUp"))

    def test_link_up_from_the_router_that_the_guide_shows(self):
        listener = self.listen("-M", MIBS)
        result = sending.command(
            self, "send", "--v1", "1.3.6.1.4.1.9.1.45,3,0", "--agent", "172.17.246.9", "-M", MIBS,
            sending.target(listener.address()), *LINK_UP[2])
        self.assertEqual(result.returncode, 0, result)
        listener.wait_events(1)
        event = listener.events[0]
        self.check_trap(event, LINK_UP)
        self.assertEqual(event["v1"], {"enterprise": "1.3.6.1.4.1.9.1.45", "generic": 3,
                                       "specific": 0})
        self.assertEqual(event["agent_address"], "172.17.246.9")

    def test_a_counter64_in_v1_is_refused_and_left_out_on_request(self):
        listener = self.listen("-M", MIBS)
        to = sending.target(listener.address())
        args = ("-v", "1", "-M", MIBS, to, MEMORY[0], *MEMORY[2])
        result = sending.command(self, "send", *args)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("Counter64", result.stderr)
        result = sending.command(self, "send", "--drop-counter64", *args)
        self.assertEqual(result.returncode, 0, result)
        listener.wait_events(1)
        event = listener.events[0]
        self.assertEqual(event["trap_name"], MEMORY[0])
        self.assertEqual([v["name"] for v in event["varbinds"]],
                         ["JVM-MANAGEMENT-MIB::jvmMemPoolName.2"])


if __name__ == "__main__":
    unittest.main()
