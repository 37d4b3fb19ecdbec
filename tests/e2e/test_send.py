"""`trapline send` and `trapline inform`, heard by `trapline listen` and snmptrapd. Every
combination of version, level and protocols is in test_matrix.py."""

import json
import pathlib
import socket
import subprocess
import tempfile
import threading
import unittest

import ber
import messages
import sending
from harness import PROGRAM, Case, needs_ipv6

ENTERPRISE = "1.3.6.1.4.1.99999"
PASSPHRASE, SECRET = "maplesyrup", "secret, with comma"
SPEC = f"noc,auth=SHA-256:{PASSPHRASE},priv=AES-128:{PASSPHRASE}"
LINK = ("IF-MIB::linkDown", "ifIndex.3=3", "ifAdminStatus.3=up", "ifOperStatus.3=down")


class Sends(Case):
    def command(self, *args, status=0, **how):
        result = sending.command(self, *args, **how)
        self.assertEqual(result.returncode, status, result)
        return result

    def event(self, *args, listener=None, **how):
        """The one event that a command causes."""
        listener = listener or self.listen()
        start = len(listener.events)
        self.command(*(sending.target(listener.address()) if a is HERE else a for a in args),
                     **how)
        listener.wait_events(start + 1)
        return listener.events[-1]


HERE = object()  # in place of the listener's address


class Values(Sends):
    def varbinds(self, *objects):
        event = self.event("send", HERE, "1.3.6.1.4.1.99999.0.1", *objects)
        return [(v["oid"], v["type"], v["value"], v.get("encoding"))
                for v in event["varbinds"]]

    def test_of_every_type_by_letter(self):
        base = "1.3.6.1.4.1.99999.2."
        rows = [("i:-2147483648", "INTEGER", -2147483648, None),
                ("u:4294967295", "Gauge32", 4294967295, None),
                ("c:4294967295", "Counter32", 4294967295, None),
                ("C:18446744073709551615", "Counter64", 18446744073709551615, None),
                ("t:4294967295", "TimeTicks", 4294967295, None),
                ("a:192.0.2.255", "IpAddress", "192.0.2.255", None),
                ("o:IF-MIB::ifIndex.7", "OBJECT IDENTIFIER", "1.3.6.1.2.1.2.2.1.1.7", None),
                ("s:CPU: High = 5", "OCTET STRING", "CPU: High = 5", None),
                ("x:00 ff:0a", "OCTET STRING", "00ff0a", "hex"),
                ("d:0.255.10", "OCTET STRING", "00ff0a", "hex"),
                ("b:1,9", "OCTET STRING", "@@", None), ("n:", "NULL", None, None),
                ("F:1.5", "Opaque", "9f78043fc00000", "hex")]
        got = self.varbinds(*(f"{base}{i}={row[0]}" for i, row in enumerate(rows)))
        self.assertEqual(got, [(f"{base}{i}", *row[1:]) for i, row in enumerate(rows)])

    def test_take_their_type_from_the_dictionary(self):
        event = self.event("send", HERE, "coldStart", "sysName.0=name=s:x", "sysUpTime.1=5",
                           "ifPhysAddress.2=0a:0b:0c:0d:0e:0f", "ifHCInOctets.2=7",
                           "hrSystemDate.0=2026-11-20T12:00:00.5+01:00")
        texts = {v["name"]: v.get("text", v["value"]) for v in event["varbinds"]}
        self.assertEqual(texts["IF-MIB::ifPhysAddress.2"], "0a:0b:0c:0d:0e:0f")
        self.assertEqual(texts["HOST-RESOURCES-MIB::hrSystemDate.0"],
                         "2026-11-20T12:00:00.5+01:00")
        self.assertEqual([v["type"] for v in event["varbinds"]],
                         ["OCTET STRING", "TimeTicks", "OCTET STRING", "Counter64",
                          "OCTET STRING"])

    def test_that_are_none_are_told(self):
        for args, said in (
                (("coldStart", "ifAdminStatus.1=open"), "not a label"),
                (("coldStart", "1.3.6.1.4.1.99999=5"), "no type is known"),
                (("coldStart", "ifIndex.1=i:2147483648"), "range"),
                (("coldStart", "nosuch.1=i:1"), "known"), (("coldStart", "ifIndex.1"), "="),
                (("nosuch",), "neither an OID nor a name")):
            with self.subTest(args=args):
                result = self.command("send", "127.0.0.1:9", *args, status=2)
                self.assertIn(said, result.stderr)
                self.assertEqual(result.stdout, "")


class Definitions(Sends):
    def test_are_compared_and_told(self):
        listener = self.listen()
        to = sending.target(listener.address())
        for args, said in (
                (LINK[:3], "ifOperStatus, which is missing"),
                ((LINK[0], LINK[2], LINK[1], LINK[3]), "object 1 of IF-MIB::linkDown"),
                ((*LINK, "ifDescr.3=x"), "3 objects, 4 are given"),
                (("coldStart", "ifIndex=1"), "no instance"),
                (("ifIndex",), "no notification"),
                (("coldStart", "ifIndex.1=s:x"), "does not fit")):
            with self.subTest(args=args):
                self.assertIn(said, self.command("send", to, *args).stderr)
                result = self.command("send", "--strict", to, *args, status=2)
                self.assertIn("--strict", result.stderr)
        self.assertEqual(self.command("send", "--strict", to, *LINK).stderr, "")
        self.assertEqual(self.command("send", "--strict", to, ENTERPRISE,
                                      ENTERPRISE + ".1=i:1").stderr, "")
        listener.wait_events(8)
        self.assertEqual(listener.stop().counters["received"], 8)


class Version1(Sends):
    def test_fields_are_sent_as_given(self):
        event = self.event("send", "--v1", "enterprises.99999,6,42", "--agent", "192.0.2.77",
                           "-c", "secret", "--uptime", "99", HERE, "sysName.0=x")
        self.assertEqual(event["v1"], {"enterprise": ENTERPRISE, "generic": 6, "specific": 42})
        self.assertEqual((event["agent_address"], event["community"], event["uptime"]),
                         ("192.0.2.77", "secret", 99))

    def test_counter64_is_refused_or_left_out(self):
        listener = self.listen()
        to = sending.target(listener.address())
        result = self.command("send", "-v", "1", to, "coldStart", "ifHCInOctets.1=1", status=1)
        self.assertIn("Counter64", result.stderr)
        event = self.event("send", "-v", "1", "--drop-counter64", HERE, "coldStart",
                           "ifHCInOctets.1=1", "sysName.0=x", listener=listener)
        self.assertEqual([v["value"] for v in event["varbinds"]], ["x"])

    def test_agent_is_an_object_of_later_versions(self):
        event = self.event("send", "--agent", "192.0.2.77", HERE, "coldStart")
        self.assertEqual(event["agent_address"], "192.0.2.77")


class Receivers(Sends):
    def test_are_each_told_of(self):
        listener = self.listen()
        good = sending.target(listener.address())
        result = self.command("inform", "-t", "0.1", "-r", "1",
                              f"{good},127.0.0.1:9,no-such-host.invalid,{good}", *LINK,
                              status=1)
        self.assertEqual(result.stdout.count("acknowledged after"), 2)
        self.assertRegex(result.stdout, r"ms, 1 try\n")
        self.assertIn("127.0.0.1:9: no answer", result.stderr)
        self.assertIn("no-such-host.invalid: there is no such host", result.stderr)
        self.assertEqual(len(listener.wait_events(2)), 2)

    def test_that_lose_the_first_two_are_asked_again(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(20)
            port = s.getsockname()[1]
            def answer():
                for _ in range(3):
                    data, peer = s.recvfrom(65536)
                said = bytearray(data)
                said[said.index(0xA6)] = 0xA2
                s.sendto(bytes(said), peer)

            thread = threading.Thread(target=answer)
            thread.start()
            result = self.command("inform", "-t", "0.2", f"127.0.0.1:{port}", "coldStart")
            thread.join()
        self.assertIn("3 tries", result.stdout)

    def test_that_refuse_say_why(self):
        listener = self.listen("-u", f"noc,auth=SHA-256:{PASSPHRASE}")
        to = sending.target(listener.address())
        for user, said in ((f"nobody,auth=SHA-256:{PASSPHRASE}", "does not know the user"),
                           ("noc,auth=SHA-256:anothersecret", "secret"),
                           (f"noc,auth=SHA-256:{PASSPHRASE},priv=AES:{SECRET}", "level")):
            with self.subTest(user=user):
                result = self.command("inform", "-u", user, to, "coldStart", status=1)
                self.assertIn(said, result.stderr)

    @needs_ipv6
    def test_over_ipv6_from_a_chosen_address(self):
        listener = self.listen()
        to = sending.target(listener.address("::1"))
        self.command("send", "--from", "::1", to, "coldStart")
        self.assertEqual(listener.wait_events(1)[0]["source"]["address"], "::1")

    def test_see_the_address_that_was_chosen(self):
        event = self.event("send", "--from", "127.0.0.9", HERE, "coldStart")
        self.assertEqual(event["source"]["address"], "127.0.0.9")


class Credentials(Sends):
    def test_are_not_in_the_process_list(self):
        user = f"noc,auth=SHA-256:{PASSPHRASE},priv=AES:{SECRET}"
        secrets = ("-A", PASSPHRASE, "-X", SECRET)
        for args in (("inform", "-c", PASSPHRASE), ("inform", "-u", user),
                     ("snmpinform", "-v2c", "-c", PASSPHRASE),
                     ("snmpinform", "-v3", "-u", "noc", "-l", "authPriv", *secrets),
                     ("snmpinform", "-v3", "-u", "noc", "-l", "authPriv",
                      *(a + b for a, b in zip(secrets[::2], secrets[1::2])))):
            with self.subTest(args=args), socket.socket(type=socket.SOCK_DGRAM) as deaf:
                deaf.bind(("127.0.0.1", 0))
                deaf.settimeout(20)
                to = sending.target(deaf.getsockname())
                what = ("1", messages.COLD_START) if args[0] == "snmpinform" else ("coldStart",)
                with subprocess.Popen([PROGRAM, *args, "-t", "60", to, *what]) as process:
                    deaf.recv(65536)
                    line = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()
                    process.kill()
                self.assertIn(args[0], line)
                self.assertNotIn(PASSPHRASE, line)
                self.assertNotIn(SECRET, line)

    def test_come_from_files_and_the_environment(self):
        with tempfile.TemporaryDirectory() as folder:
            secret = pathlib.Path(folder) / "secret"
            secret.write_text(PASSPHRASE + "\n")
            listener = self.listen("-u", f"noc,auth=SHA-256:{PASSPHRASE},priv=AES:{SECRET}")
            event = self.event("send", "-u", f"noc,auth=SHA-256:@{secret},priv=AES:env:PRIV",
                               HERE, "coldStart", listener=listener, env={"PRIV": SECRET})
            self.assertEqual(event["security"]["level"], "authPriv")
            event = self.event("send", "-c", f"@{secret}", HERE, "coldStart", listener=listener)
            self.assertEqual(event["community"], PASSPHRASE)
            event = self.event("send", "-c", "env:COMMUNITY", HERE, "coldStart",
                               listener=listener, env={"COMMUNITY": "quiet"})
            self.assertEqual(event["community"], "quiet")

    def test_of_an_engine_are_kept_or_given(self):
        listener = self.listen("-u", f"noc,auth=SHA-256:{PASSPHRASE}")
        user = f"noc,auth=SHA-256:{PASSPHRASE}"
        with tempfile.TemporaryDirectory() as state:
            ids = {self.event("send", "-u", user, HERE, "coldStart", listener=listener,
                              state=state)["security"]["engine_id"] for _ in range(3)}
        self.assertEqual(len(ids), 1)
        event = self.event("send", "-u", user, "--engine-id", "80:00:00:00:01:02", "--boots",
                           "7", HERE, "coldStart", listener=listener)
        self.assertEqual((event["security"]["engine_id"], event["security"]["boots"]),
                         ("800000000102", 7))

    def test_without_a_folder_for_state_go_on(self):
        listener = self.listen("-u", f"noc,auth=SHA-256:{PASSPHRASE}")
        user = f"noc,auth=SHA-256:{PASSPHRASE}"
        with tempfile.NamedTemporaryFile() as blocked:
            start = len(listener.events)
            result = self.command("send", "-u", user, sending.target(listener.address()),
                                  "coldStart", state=blocked.name)
            listener.wait_events(start + 1)
        self.assertIn("no state is kept", result.stderr)

    def test_level_of_the_spec_is_used(self):
        listener = self.listen("-u", f"noc,auth=SHA-256:{PASSPHRASE},level=noAuthNoPriv")
        event = self.event("send", "-u", f"noc,auth=SHA-256:{PASSPHRASE},level=noAuthNoPriv",
                           HERE, "coldStart", listener=listener)
        self.assertEqual(event["security"]["level"], "noAuthNoPriv")


class Events(Sends):
    KEYS = ("kind", "version", "community", "uptime", "trap_oid", "varbinds", "agent_address",
            "v1", "flags")

    def test_that_were_printed_are_sent_again(self):
        first = self.listen("-u", f"noc,auth=SHA-256:{PASSPHRASE}")
        to = sending.target(first.address())
        self.command("send", "--v1", "enterprises.99999,6,1", "--agent", "192.0.2.7", to,
                     "sysName.0=x")
        self.command("send", to, *LINK, "1.3.6.1=x:00ff", "1.3.6.2=n:", "1.3.6.3=C:5",
                     "1.3.6.4=F:1.5", "1.3.6.5=a:1.2.3.4", "1.3.6.6=o:1.3", "sysName.0=é\t\"")
        self.command("inform", "-u", f"noc,auth=SHA-256:{PASSPHRASE}", to, *LINK)
        first.stop()
        self.assertEqual(len([e for e in first.events if e["kind"] != "refused"]), 3)
        second = self.listen()
        lines = b"".join(first.lines) + b"\n"
        self.command("send", "-v", "2c", sending.target(second.address()), "-", stdin=lines)
        second.wait_events(3)
        sent = [e for e in first.events if e["kind"] != "refused"]
        for old, new in zip(sent[1:], second.events[1:]):
            for key in ("uptime", "trap_oid", "varbinds", "flags"):
                self.assertEqual(old[key], new[key])
        third = self.listen()
        self.command("send", "-v", "1", sending.target(third.address()), "-", stdin=first.lines[0])
        third.wait_events(1)
        for key in self.KEYS:
            self.assertEqual(first.events[0].get(key), third.events[0].get(key), key)

    def test_of_every_type_and_flag_are_sent_again_in_every_version(self):
        """What `listen` prints of them is the same again, but for what v1 cannot hold."""
        values = [ber.integer(-1), ber.octets(b"\0\xff\r\n"), ber.octets(b""), ber.null(),
                  ber.oid("1.3.6.1.4.1.4294967295"), ber.ip_address("192.0.2.9"),
                  ber.counter32(2**32 - 1), ber.gauge32(7), ber.timeticks(2**32 - 1),
                  ber.opaque(bytes.fromhex("9f78043fc00000")), ber.opaque(b"\1")]
        later = [ber.counter64(2**64 - 1), ber.null(0x80), ber.null(0x81), ber.null(0x82)]
        some, every = ([ber.varbind(f"1.3.6.1.4.1.99999.{i}", v) for i, v in enumerate(list_)]
                       for list_ in (values, values + later))
        datagrams = [messages.v2c(*every), messages.v2c(*some), messages.v1(*some),
                     messages.v2c(*every[:2], bare=True), messages.v2c(),
                     messages.v2c(*every, tag=messages.INFORM),
                     messages.v2c(*some, community=b"\xff\0") + b"\0"]
        first = self.listen()
        first.send(*datagrams)
        events = first.wait_events(len(datagrams))
        first.stop()
        for args in (("-v", "1", "--drop-counter64"), ("-v", "2c"), ("-u", SPEC), ("-u", "open")):
            for command in ("send", "inform")[:1 if args[1] == "1" else 2]:
                with self.subTest(args=args, command=command):
                    self.sent_again(command, args, first.lines, events)

    def sent_again(self, command, args, lines, events):
        listener = self.listen("-u", SPEC, "-u", "open", refused=False)
        to = sending.target(listener.address())
        result = self.command(command, *args, to, "-", stdin=b"".join(lines), status=1)
        self.assertIn("line 4, column ", result.stderr)
        self.assertIn("the event has no trap_oid", result.stderr)
        events = [e for e in events if e.get("trap_oid")]
        if args[1] == "1":  # two have exceptions, which it cannot hold
            self.assertEqual(result.stderr.count("SNMPv1 has no exceptions"), 2)
            events = [e for e in events if "noSuchObject" not in [
                v["type"] for v in e["varbinds"]]]
            self.assertEqual(len(events), 4)
        for old, new in zip(events, listener.wait_events(len(events)), strict=True):
            # RFC 3584 section 3.1: address, community and enterprise of v1 come after
            more = 3 if old["version"] == "1" and new["version"] != "1" else 0
            self.assertEqual(len(new["varbinds"]), len(old["varbinds"]) + more)
            self.assertEqual(old["varbinds"], new["varbinds"][:len(old["varbinds"])])
            self.assertEqual((old["trap_oid"], old["uptime"]), (new["trap_oid"], new["uptime"]))
            self.assertEqual(new["kind"], "inform" if command == "inform" else "trap")

    def test_that_are_none_are_told_by_line(self):
        listener = self.listen()
        good = json.dumps({"kind": "trap", "trap_oid": messages.COLD_START, "varbinds": []})
        result = self.command("send", sending.target(listener.address()), "-", status=1,
                              stdin=f"{good}\n\n{{\"kind\":\n{good}\nx\n".encode())
        self.assertIn("line 3, column 9: ", result.stderr)
        self.assertIn("line 5, column 1: ", result.stderr)
        self.assertEqual(len(listener.wait_events(2)), 2)


class Usage(Sends):
    def test_wrong_is_told_with_status_2(self):
        for args, said in (
                ((), "HOST"), (("h",), "NOTIFICATION"), (("-v", "4", "h", "x"), "version"),
                (("-v", "3", "h", "x"), "--user"), (("-u", "x", "-v", "1", "h", "x"), "v3"),
                (("-c", "x", "-u", "y", "h", "x"), "community"), (("--nosuch",), "nosuch"),
                (("--v1", "1.3,6,1", "-v", "2c", "h"), "--v1"),
                (("--v1", "1.3,7,1", "h"), "GENERIC"), (("--v1", "1.3", "h"), "SPECIFIC"),
                (("--uptime", "-1", "h", "x"), "uptime"), (("--boots", "0", "h", "x"), "boots"),
                (("--agent", "::1", "h", "coldStart"), "--agent"),
                (("-r", "5", "h", "x"), "once"), (("h:x", "coldStart"), "HOST[:PORT]"),
                (("-u", "n,auth=SHA:short", "127.0.0.1", "coldStart"), "8 bytes"),
                (("-u", "n,auth=SHA", "127.0.0.1", "coldStart"), "auth="),
                (("h", "-", "x=1"), "stdin"),
                (("-u", "n", "--engine-id", "12", "h", "coldStart"), "--engine-id"),
                (("-u", "n", "--context", "x" * 256, "h", "coldStart"), "--context"),
                (("-c", "x" * 256, "h", "coldStart"), "255"),
                (("-u", "x" * 33, "127.0.0.1", "coldStart"), "32")):
            with self.subTest(args=args):
                result = self.command("send", *args, status=2)
                self.assertIn(said, result.stderr)
                self.assertEqual(result.stdout, "")
        self.assertIn("v1 has no informs",
                      self.command("inform", "-v", "1", "h", "x", status=2).stderr)

    def test_help_goes_to_stdout(self):
        for command in ("send", "inform"):
            result = self.command(command, "--help")
            self.assertIn("usage: trapline send", result.stdout)
            self.assertEqual(result.stderr, "")

    def test_more_receivers_than_64_are_refused(self):
        hosts = ["127.0.0.1:9"] * 64
        self.command("send", ",".join(hosts), "coldStart")
        result = self.command("send", ",".join([*hosts, "127.0.0.1:9"]), "coldStart", status=2)
        self.assertIn("64", result.stderr)

    def test_quiet_prints_failures_only(self):
        listener = self.listen()
        result = self.command("inform", "-q", sending.target(listener.address()), *LINK)
        self.assertEqual((result.stdout, result.stderr), ("", ""))

    def test_a_full_message_is_refused_with_its_size(self):
        objects = [f"1.3.6.1.4.1.99999.{i}=s:{'x' * 3000}" for i in range(25)]
        result = self.command("send", "127.0.0.1:9", "coldStart", *objects, status=1)
        self.assertRegex(result.stderr, r"75\d\d\d bytes, the limit is 65507|65507")


@sending.needs_trapd
class NetSnmp(Sends):
    """net-snmp's receiver gets it, too."""

    def trapd(self, *users, **how):
        trapd = sending.Trapd(*users, **how)
        self.addCleanup(trapd.close)
        return trapd

    def test_hears_v1_and_v2c(self):
        trapd = self.trapd()
        to = sending.target(trapd.address)
        self.command("send", "--v1", "enterprises.99999,6,42", "--agent", "192.0.2.77", to,
                     "sysName.0=x")
        self.command("send", "--uptime", "4711", to, *LINK)
        self.command("inform", "--uptime", "4711", to, *LINK)
        first, second, third = trapd.got(3)
        self.assertEqual(first[3:6], [".1.3.6.1.4.1.99999", "6", ".42"])
        self.assertIn("192.0.2.77", trapd.lines[-3])
        for got in (second, third):
            self.assertIn("Timeticks: (4711)", got[-1])
            self.assertIn(".1.3.6.1.6.3.1.1.5.3", got[-1])
            self.assertIn(".1.3.6.1.2.1.2.2.1.8.3 = INTEGER: 2", got[-1])
        self.assertEqual(len(trapd.got(3)), 3)


if __name__ == "__main__":
    unittest.main()
