"""The programs of examples/ do what they say, against `trapline` and net-snmp's programs.
Their ports are fixed, so they run in a network of their own."""

import fcntl
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tty
import unittest

import messages
import netsnmp
import sending
from harness import PATIENCE_S, PROGRAM, ROOT, SANITIZER, Case, run, terminal

FOLDER = pathlib.Path(PROGRAM).resolve().parent / "examples"
INSIDE = "TRAPLINE_TESTS_OWN_NETWORK"
USER = "noc,auth=SHA-256:authpass123,priv=AES-128:privpass123"
ENTERPRISE = "1.3.6.1.4.1.12345"


def raise_loopback():
    """ip link set lo up"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


class Outside(unittest.TestCase):
    def test_run_in_a_network_of_their_own(self):
        own = ["unshare", "--map-root-user", "--net"]
        if not shutil.which("unshare") or run([*own, "true"]).returncode != 0:
            self.skipTest("no network of its own is allowed here")
        if not FOLDER.is_dir():
            self.skipTest("the examples are not built")
        result = subprocess.run([*own, sys.executable, __file__], check=False, timeout=300,
                                capture_output=True, env=os.environ | {INSIDE: "1"})
        self.assertEqual(result.returncode, 0, result.stderr.decode())


class Examples(Case):
    def start(self, name, *args):
        """What an example writes, which goes on until it is ended."""
        ours, its = terminal()  # so that it writes line by line
        tty.setraw(its)
        process = subprocess.Popen([str(FOLDER / name), *args], stdout=its,
                                   stderr=subprocess.PIPE)
        os.close(its)
        said = os.fdopen(ours, "rb")

        def end():
            process.kill()
            err = process.communicate()[1].decode()
            said.close()
            self.assertIsNone(SANITIZER.search(err), err)

        self.addCleanup(end)
        return said

    def example(self, name, *args, status=0):
        result = run([str(FOLDER / name), *args])
        self.assertEqual(result.returncode, status, result)
        self.assertIsNone(SANITIZER.search(result.stderr.decode()), result)
        return result.stdout.decode()

    def receiver(self, *args, at="udp:127.0.0.1:1162"):
        return self.listen(*args, listen=(at,), refused=False)

    def until_acknowledged(self, *args):
        """Sends informs until one is acknowledged: the receiver is ready then."""
        for _ in range(PATIENCE_S * 10):
            result = sending.command(self, "inform", "-t", "0.1", "-r", "0", *args)
            if result.returncode == 0:
                return
        self.fail(f"never acknowledged: {args} {result.stderr}")

    def test_decode_datagram_prints_the_event(self):
        self.assertEqual(json.loads(self.example("decode-datagram"))["trap_name"],
                         "SNMPv2-MIB::coldStart")

    def test_send_trap_sends_a_trap_in_20_lines(self):
        listener = self.receiver()
        self.example("send-trap", "127.0.0.1")
        event = listener.wait_events(1)[0]
        self.assertEqual((event["kind"], event["version"], event["trap_oid"]),
                         ("trap", "2c", messages.COLD_START))
        lines = (ROOT / "examples" / "send-trap.c").read_text().count("\n")
        self.assertLessEqual(lines, 20)

    def test_send_inform_tells_of_the_acknowledgement_or_why_there_is_none(self):
        listener = self.receiver("-u", USER)
        self.assertRegex(self.example("send-inform", "127.0.0.1"),
                         r"^acknowledged after \d+\.\d{3} ms, 1 try\n$")
        event = listener.wait_events(1)[0]
        self.assertEqual((event["kind"], event["security"]["level"]), ("inform", "authPriv"))
        self.assertEqual([(v["oid"], v["value"]) for v in event["varbinds"]],
                         [(f"{ENTERPRISE}.1.1.0", 95), (f"{ENTERPRISE}.1.2.0", "CPU High")])
        listener.stop()
        self.receiver("-u", "another")
        self.assertEqual(self.example("send-inform", "127.0.0.1", status=1), "")

    def test_log_to_trap_sends_what_its_filter_lets_through(self):
        listener = self.receiver()
        self.example("log-to-trap", "127.0.0.1")
        self.example("send-trap", "127.0.0.1")  # comes after whatever else was sent
        first, last = listener.wait_events(2)
        self.assertEqual(len(listener.events), 2)
        self.assertEqual(last["trap_oid"], messages.COLD_START)
        self.assertEqual((first["trap_oid"], [v["value"] for v in first["varbinds"]]),
                         (f"{ENTERPRISE}.0.2", [3, "/dev/sda is full"]))

    def test_trap_forwarder_brings_all_upstream_and_acknowledges_then(self):
        lines = (ROOT / "examples" / "trap-forwarder.c").read_text().count("\n")
        self.assertLess(lines, 60)
        upstream = self.receiver(at="udp:127.0.0.2:162")
        self.start("trap-forwarder", "127.0.0.2")
        self.until_acknowledged("127.0.0.1:1162", "warmStart")
        count = len(upstream.wait_events(1))
        sending.command(self, "send", "--v1", f"{ENTERPRISE},6,7", "--agent", "192.0.2.7",
                        "127.0.0.1:1162", "sysName.0=x")
        sending.command(self, "send", "127.0.0.1:1162", "IF-MIB::linkDown", "ifIndex.3=3")
        v1, v2 = upstream.wait_events(count + 2)[count:]
        self.assertEqual((v1["kind"], v1["trap_oid"], v1["agent_address"]),
                         ("inform", f"{ENTERPRISE}.0.7", "192.0.2.7"))
        self.assertEqual((v2["kind"], v2["trap_name"], v2["varbinds"][0]["value"]),
                         ("inform", "IF-MIB::linkDown", 3))
        upstream.stop()
        result = sending.command(self, "inform", "-t", "0.5", "-r", "0", "127.0.0.1:1162",
                                 "coldStart")
        self.assertEqual(result.returncode, 1, result)

    @netsnmp.needs_netsnmp
    def test_trap_logger_prints_what_net_snmp_sends(self):
        logger = self.start("trap-logger")
        self.assertIn(b"Listening", logger.readline())
        for program in ("snmptrap", "snmpinform"):
            result = netsnmp.call(program, "-v", "2c", "-c", "public", "127.0.0.1:1162", "5",
                                  messages.COLD_START, f"{ENTERPRISE}.1", "i", "95")
            self.assertEqual(result.returncode, 0, result)
            kind = b"Trap" if program == "snmptrap" else b"Inform"
            self.assertEqual(logger.readline(), b"[%s] 127.0.0.1 -> %s\n" % (
                kind, messages.COLD_START.encode()))
            self.assertEqual(logger.readline(),
                             f"  {ENTERPRISE}.1 = INTEGER 95\n".encode())

    def test_two_receivers_hear_both_ports(self):
        both = self.start("two-receivers")
        self.until_acknowledged("127.0.0.1:1162", "warmStart")
        self.assertEqual(both.readline(), b"v2 1.3.6.1.6.3.1.1.5.2, 0 varbinds\n")
        self.until_acknowledged("-u", USER, "127.0.0.1:1163", "coldStart")
        self.assertEqual(both.readline(), b"v3 1.3.6.1.6.3.1.1.5.1, 0 varbinds\n")


def load_tests(loader, _tests, _pattern):
    return loader.loadTestsFromTestCase(Examples if INSIDE in os.environ else Outside)


if __name__ == "__main__":
    if INSIDE in os.environ:
        raise_loopback()
    unittest.main()
