"""`trapline snmptrap` and `trapline snmpinform` beside net-snmp's own programs: what they
send, what they say of wrong arguments, and how they end."""

import pathlib
import re
import tempfile
import unittest

import netsnmp
import sending
from harness import HOSTS, Case

ENTERPRISE = "1.3.6.1.4.1.99999.7"
TRAP_OID = "1.3.6.1.6.3.1.1.5.3"
OBJECT = "1.3.6.1.4.1.99999.1"
PASSPHRASE, SECRET = "maplesyrup", "secret, with comma"
V2 = ("-v", "2c", "-c", "public")
V1 = ("-v", "1", "-c", "public")
V3 = ("-v", "3", "-u", "u")
NOWHERE = "127.0.0.1:9"
TRAP = (*V2, NOWHERE, "", TRAP_OID)


class Compared(Case):
    def ours(self, program, *args, **how):
        return sending.command(self, *args, argv0=program, **how)

    def theirs(self, program, *args):
        result = netsnmp.call(program, *args)
        result.stdout, result.stderr = result.stdout.decode(), result.stderr.decode()
        return result


def first_lines(text):
    """What is said before the usage, which is each program's own; not of MIB files that it
    does not find, or folders that it makes."""
    text = text.partition("USAGE:")[0]
    return [x for x in text.splitlines()
            if not re.match("MIB search path|Cannot find module|Created dir", x)]


@netsnmp.needs_netsnmp
class Errors(Compared):
    CASES = [
        (), ("-v", "2c"), V2, (*V2, NOWHERE), (*V2, NOWHERE, ""),
        ("-v", "2c", NOWHERE, "", TRAP_OID), (*V2, NOWHERE, "", "nosuch"),
        (*V2, NOWHERE, "", "NO-SUCH-MIB::nosuch"),
        (*TRAP, OBJECT), (*TRAP, OBJECT, "i"), (*TRAP, OBJECT, "i", "1", OBJECT),
        (*TRAP, "bad..oid", "i", "3"), (*TRAP, "nosuch", "i", "3"),
        (*TRAP, OBJECT, "q", "3"), (*TRAP, OBJECT, "=", "3"),
        (*TRAP, OBJECT, "i", "abc"), (*TRAP, OBJECT, "i", "12x"), (*TRAP, OBJECT, "i", ""),
        (*TRAP, OBJECT, "i", "99999999999"), (*TRAP, OBJECT, "i", "-5"),
        (*TRAP, OBJECT, "u", "abc"), (*TRAP, OBJECT, "u", "-1"),
        (*TRAP, OBJECT, "u", "5000000000"), (*TRAP, OBJECT, "c", "0x10"),
        (*TRAP, OBJECT, "C", "abc"), (*TRAP, OBJECT, "t", "1:2:3"),
        (*TRAP, OBJECT, "a", "localhost"), (*TRAP, OBJECT, "a", "1.2.3.999"),
        (*TRAP, OBJECT, "a", "1.2"), (*TRAP, OBJECT, "o", "abc"), (*TRAP, OBJECT, "x", "xyz"),
        (*TRAP, OBJECT, "x", "abc"), (*TRAP, OBJECT, "x", "de:ad"),
        (*TRAP, OBJECT, "x", "DE AD"), (*TRAP, OBJECT, "d", "1.2.999"),
        (*TRAP, OBJECT, "b", "abc"), (*TRAP, OBJECT, "b", "1,2"), (*TRAP, OBJECT, "n", "x"),
        (*TRAP, OBJECT, "F", "abc"), (*TRAP, OBJECT, "F", "1.5"),
        ("-v", "4"), ("-q",), ("-v", "2c", "-c"), ("-Cz",), ("-Oz",), ("-Iz",), ("-Pz",),
        ("-Lz",), ("-p", "5"), ("-h",), ("--help",), ("-t", "abc"), ("-t", "0"),
        ("-r", "abc"), V1, (*V1, NOWHERE), (*V1, NOWHERE, ""), (*V1, NOWHERE, "", ""),
        (*V1, NOWHERE, "", "", "6"), (*V1, NOWHERE, "", "", "6", "1"),
        (*V1, NOWHERE, "", "", "6", "1", ""), (*V1, NOWHERE, "", "", "abc", "3x", ""),
        (*V1, NOWHERE, "nosuch", "", "6", "1", ""),
        (*V1, NOWHERE, "", "no-such-host.invalid", "6", "1", ""),
        ("-v", "3", NOWHERE, "", TRAP_OID), ("-v", "3", "-u", "u", NOWHERE, "", TRAP_OID),
        ("-v", "3", "-u", "u", "-l", "authNoPriv", NOWHERE, "", TRAP_OID),
        ("-v", "3", "-u", "u", "-l", "authPriv", "-A", PASSPHRASE, NOWHERE, "", TRAP_OID),
        ("-v", "3", "-u", "u", "-l", "authNoPriv", "-A", "short", NOWHERE, "", TRAP_OID),
        ("-v", "3", "-a", "BLAH"), ("-v", "3", "-x", "BLAH"), ("-v", "3", "-l", "blah"),
        ("-v", "3", "-e", "zz"), ("-v", "3", "-e", "0x0102"), ("-v", "3", "-E", "zz"),
        ("-v", "3", "-Z", "x"), ("-v", "3", "-Z", "3,abc"), ("-v", "3", "-3z", "33"),
        ("-v", "3", "-3k", "zz"), ("-v", "3", "-3k"),
        ("-Q",), ("-v",), (*V2, "-C"), (*V2, "-Ciq"), (*V2, "-Y"), (*V2, "-L"), (*V2, "-Lq"),
        (*V2, "-m"), (*V2, "-O"), (*V2, "-t", "-1", *TRAP[4:]), (*V2, "-r", "-1", *TRAP[4:]),
        (*V2, NOWHERE, "abc", TRAP_OID), (*V2, NOWHERE, "", ""),
        (*TRAP, OBJECT, "ii", "5"), (*TRAP, "", "i", "5"), (*TRAP, OBJECT, "a", ""),
        (*TRAP, OBJECT, "o", ""), (*TRAP, OBJECT, "t", ""), (*TRAP, OBJECT, "t", "abc"),
        (*TRAP, OBJECT, "b", ""), (*TRAP, OBJECT, "d", ""), (*TRAP, OBJECT, "d", "1.2.x"),
        (*TRAP, OBJECT, "D", "1.5"), (*TRAP, OBJECT, "D", "abc"), (*TRAP, OBJECT, "I", ""),
        (*TRAP, OBJECT, "U", "-1"), (*TRAP, OBJECT, "C", "-1"), (*TRAP, OBJECT, "C", "9" * 23),
        (*TRAP, OBJECT, "x", "0x"), (*TRAP, OBJECT, "x", ""), (*TRAP, "-d"),
        (*V1, NOWHERE, ENTERPRISE, "1.2.3.4", "7", "0", "5"),
        (*V1, NOWHERE, ENTERPRISE, "1.2.3.4", "-1", "0", "5"),
        (*V1, NOWHERE, ENTERPRISE, "1.2.3.4", "6", "-1", "5"),
        (*V1, NOWHERE, ENTERPRISE, "1.2.3.4", "6", "1", "-5"),
        (*V1, "-Ci", NOWHERE, "", "", "6", "1", ""),
        (*V3, "-l", "authPriv", "-A", PASSPHRASE, "-x", "AES", NOWHERE, "", TRAP_OID),
        (*V3, "-l", "authPriv", "-x", "AES", "-X", PASSPHRASE, NOWHERE, "", TRAP_OID),
        (*V3, "-l", "authPriv", "-A", PASSPHRASE, "-X", "short", NOWHERE, "", TRAP_OID),
        (*V3, "-l", "authNoPriv", "-a", "SHA-1024"), (*V3, "-l", "foo"),
        (*V3, "-e", "0x" + "80" * 40), (*V3, "-e", "80"), (*V3, "-E", "80"), (*V3, "-e", ""),
        (*V3, "-Z", ""), (*V3, "-Z", "1"), (*V3, "-Z", "1", "x"), (*V3, "-Z", "1,2,3"), (*V3, "-3"),
        (*V3, "-3u", "v", "-l", "nanp", NOWHERE, "", TRAP_OID),
        (*V3, "-l", "anp", "-3k", "0x1234", NOWHERE, "", TRAP_OID),
        (*V3, "-l", "ap", "-3k", "0x" + "12" * 16, "-3K", "0x1234", NOWHERE, "", TRAP_OID),
        ("-v", "3", "-u", "", NOWHERE, "", TRAP_OID),
        ("-v", "3", "-l", "nanp", NOWHERE, "", TRAP_OID),
    ]

    def test_are_told_in_the_same_words_and_status(self):
        for args in self.CASES:
            with self.subTest(args=args):
                ours, theirs = self.ours("snmptrap", *args), self.theirs("snmptrap", *args)
                self.assertEqual(ours.returncode, theirs.returncode, ours.stderr)
                self.assertEqual(first_lines(ours.stderr), first_lines(theirs.stderr))
                self.assertEqual("USAGE:" in ours.stderr, "USAGE:" in theirs.stderr)
                self.assertEqual(ours.stdout, theirs.stdout)

    def test_of_informs_too(self):
        quick = ("-t", "0.2", "-r", "1")
        for args in ((*quick, *TRAP), (*V1, NOWHERE, "", "", "6", "1", ""),
                     (*quick, "-v", "3", "-u", "u", "-l", "noAuthNoPriv", NOWHERE, "", TRAP_OID)):
            with self.subTest(args=args):
                ours, theirs = self.ours("snmpinform", *args), self.theirs("snmpinform", *args)
                self.assertEqual((ours.returncode, first_lines(ours.stderr)),
                                 (theirs.returncode, first_lines(theirs.stderr)))

    def test_of_refused_informs(self):
        listener = self.listen("-u", f"noc,auth=SHA:{PASSPHRASE}")
        for auth in (("-u", "nobody"), ("-u", "noc", "-a", "SHA", "-A", "anothersecret"),
                     ("-u", "noc", "-a", "MD5", "-A", PASSPHRASE)):
            args = ("-v", "3", *auth, "-l", "authNoPriv" if "-A" in auth else "noAuthNoPriv",
                    netsnmp.target(listener.address()), "", TRAP_OID)
            with self.subTest(auth=auth):
                ours, theirs = self.ours("snmpinform", *args), self.theirs("snmpinform", *args)
                self.assertEqual((ours.returncode, first_lines(ours.stderr)),
                                 (theirs.returncode, first_lines(theirs.stderr)))

    def test_of_hosts_that_are_not_there(self):
        for agent in ("no-such-host.invalid", "127.0.0.1:99999", "tls:127.0.0.1:162",
                      "unix:/tmp/x", "udp6:[::1"):
            with self.subTest(agent=agent):
                result = self.ours("snmptrap", *V2, agent, "", TRAP_OID)
                self.assertEqual(result.returncode, 1)
                self.assertTrue(result.stderr.startswith("snmptrap: "), result.stderr)


    def test_of_messages_that_are_too_long(self):
        objects = [x for i in range(25) for x in (f"{OBJECT}.{i}", "s", "x" * 3000)]
        ours, theirs = (call("snmptrap", *TRAP, *objects) for call in (self.ours, self.theirs))
        self.assertEqual((ours.returncode, first_lines(ours.stderr)),
                         (theirs.returncode, first_lines(theirs.stderr)))

    def test_of_what_net_snmp_sends_though_snmp_has_no_room_for_it(self):
        for args, said in (
                (("-v", "2c", "-c", "x" * 256, NOWHERE, "", TRAP_OID), "community"),
                ((*V3, "-n", "x" * 256, NOWHERE, "", TRAP_OID), "context name"),
                (("-v", "3", "-u", "x" * 33, NOWHERE, "", TRAP_OID), "security name"),
                ((*V1, NOWHERE, "", "", "6", "1", "", OBJECT, "C", "5"), "Counter64")):
            with self.subTest(args=args):
                result = self.ours("snmptrap", *args)
                self.assertEqual(result.returncode, 1)
                self.assertRegex(result.stderr, f"^snmptrap: .*{said}.*\n$")


class Options(Compared):
    def test_d_prints_the_messages(self):
        def dump(text):
            """Direction and bytes of each message, but for addresses and the request-id."""
            found = re.findall(r"^(Sending|Received) (\d+) byte.*: \[127\.0\.0\.1\]:(\d+)"
                               r"[^\n]*\n((?:\d{4}: .*\n)+)\n", text, re.M)
            return [(way, size, port, re.sub(r"02\s+04(  ?\w\w){4}", "id", rows)[:40])
                    for way, size, port, rows in found]

        listener = self.listen()
        args = ("-d", *V2, netsnmp.target(listener.address()), "0", TRAP_OID)
        ours, theirs = self.ours("snmpinform", *args), self.theirs("snmpinform", *args)
        self.assertEqual([x[0] for x in dump(ours.stderr)], ["Sending", "Received"])
        self.assertEqual(dump(ours.stderr), dump(theirs.stderr))

    def test_without_meaning_are_accepted(self):
        listener = self.listen()
        to = netsnmp.target(listener.address())
        for args in (("-On",), ("-OnQt",), ("-Op", "%f"), ("-Ir",), ("-Is", ".1"), ("-Pu",),
                     ("-m", "ALL"), ("-M", "+/var/empty"), ("-m", ""), ("-D", "ALL"),
                     ("-Le",), ("-Lf", "/dev/null"), ("-Ls", "d"), ("-LF", "4", "/dev/null"),
                     ("-Y", "a=b"), ("--defVersion=2c",), ("-t", "1.5"), ("-r", "0")):
            with self.subTest(args=args):
                self.assertEqual(self.ours("snmptrap", *args, *V2, to, "", TRAP_OID).stderr, "")
        self.assertEqual(len(listener.wait_events(18)), 18)

    def test_version_is_told(self):
        for option in ("-V", "--version"):
            result = self.ours("snmptrap", option)
            self.assertEqual((result.returncode, result.stdout), (0, ""))
            self.assertIn("trapline", result.stderr)

    def test_forms_of_the_agent(self):
        listener = self.listen()
        port = dict(listener.ports)
        agents = [f"127.0.0.1:{port['127.0.0.1']}", f"udp:127.0.0.1:{port['127.0.0.1']}",
                  f"UDP:localhost:{port['127.0.0.1']}", f"localhost:{port['127.0.0.1']}"]
        if "::1" in HOSTS:
            agents += [f"udp6:[::1]:{port['::1']}", f"[::1]:{port['::1']}",
                       f"udpv6:[::1]:{port['::1']}"]
        for agent in agents:
            with self.subTest(agent=agent):
                self.assertEqual(self.ours("snmpinform", *V2, agent, "", TRAP_OID).returncode, 0)
        self.assertEqual(len(listener.wait_events(len(agents))), len(agents))

    def test_called_by_name_or_as_a_command(self):
        listener = self.listen()
        to = netsnmp.target(listener.address())
        with tempfile.TemporaryDirectory() as folder:
            for way in (["snmptrap"], ["/usr/bin/snmpinform"], ["trapline", "snmptrap"],
                        ["trapline", "snmpinform"], ["snmptrap", "-Ci"]):
                result = sending.command(self, *way[1:], *V2, to, "5", TRAP_OID,
                                         argv0=way[0], state=folder)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
        kinds = [e["kind"] for e in listener.wait_events(5)]
        self.assertEqual(kinds, ["trap", "inform", "trap", "inform", "inform"])

    def test_uptime_is_the_machines_when_empty(self):
        listener = self.listen()
        self.ours("snmptrap", *V2, netsnmp.target(listener.address()), "", TRAP_OID)
        seconds = float(pathlib.Path("/proc/uptime").read_text().split()[0])
        self.assertAlmostEqual(listener.wait_events(1)[0]["uptime"] / 100, seconds, delta=60)


def context(event, args):
    """Without -E each names its own engine."""
    found = event.get("context", {})
    return found if "-E" in args else found.get("name")


@netsnmp.needs_netsnmp
class SameEvents(Compared):
    """The same arguments give the same event."""
    KEYS = ("kind", "version", "community", "uptime", "trap_oid", "varbinds", "v1", "flags",
            "agent_address")
    TYPES = ["i", "-2147483648", "u", "4294967295", "c", "4294967295", "C",
             "18446744073709551615", "t", "4294967295", "a", "192.0.2.255", "o",
             "1.3.6.1.4.1.4294967295.0", "s", "text: x=1", "s", "", "x", "00 ff0a1b", "x",
             "0xdead", "d", "0.255 10", "n", "", "b", "1,9", "F", "1.5", "I", "-5",
             "I", "200", "U", "5", "u", "-1", "a", "1.2"]

    def events(self, program, *args, state):
        listener = self.listen("-u", f"noc,auth=SHA-256:{PASSPHRASE},priv=AES:{SECRET}",
                               "-u", "open", refused=False)
        args = [netsnmp.target(listener.address()) if a is None else a for a in args]
        # Theirs first: our clock, the time of day, is ahead of theirs.
        theirs, ours = self.theirs(program, *args), self.ours(program, *args, state=state)
        self.assertEqual((ours.returncode, theirs.returncode), (0, 0), (ours, theirs))
        return reversed(listener.wait_events(2))

    def test_of_every_version_and_level(self):
        objects = []
        for i in range(0, len(self.TYPES), 2):
            objects += [f"{OBJECT}.{i}", *self.TYPES[i:i + 2]]
        user = netsnmp.user_args("noc", "SHA-256", PASSPHRASE, "AES", SECRET)
        some = [f"{OBJECT}.1", "i", "5"]
        engine = ["-e", "0x80001f8804abcdef"]
        for args in (
                ("snmptrap", *V2, None, "4711", TRAP_OID, *objects),
                ("snmpinform", *V2, None, "4711", TRAP_OID, *objects),
                ("snmptrap", *V2, None, "-5", TRAP_OID, "iso.3.6.\"ab\".1", "i", "5"),
                ("snmptrap", *V1, None, ENTERPRISE, "192.0.2.77", "6", "42", "99", *some),
                ("snmptrap", *V1, None, ENTERPRISE, "localhost", "3", "0", "99"),
                ("snmptrap", *V1, None, "", "192.0.2.77", "6", "1", "99"),
                ("snmptrap", *user, *engine, "-Z", "3,400", "-n", "c", None, "9", TRAP_OID),
                ("snmptrap", *user, *engine, "-E", "0x8000000001020304", None, "9", TRAP_OID),
                ("snmptrap", "-v", "3", "-u", "open", *engine, None, "9", TRAP_OID, *some)):
            with self.subTest(args=args), tempfile.TemporaryDirectory() as state:
                ours, theirs = self.events(*args, state=state)
                for key in self.KEYS:
                    self.assertEqual(ours.get(key), theirs.get(key), key)
                self.assertEqual(context(ours, args), context(theirs, args))
                if "security" in theirs:
                    for key in ("user", "level", "auth", "priv", "engine_id"):
                        self.assertEqual(ours["security"].get(key), theirs["security"].get(key))

    def test_of_informs_with_v3(self):
        user = netsnmp.user_args("noc", "SHA-256", PASSPHRASE, "AES", SECRET)
        with tempfile.TemporaryDirectory() as state:
            ours, theirs = self.events("snmpinform", *user, "-n", "c", None, "9", TRAP_OID,
                                       state=state)
        for key in ("kind", "version", "uptime", "trap_oid", "varbinds", "flags"):
            self.assertEqual(ours.get(key), theirs.get(key), key)
        self.assertEqual(ours["context"]["name"], "c")


class Keys(Compared):
    """RFC 3414 appendix A.3.2: of "maplesyrup", SHA-1."""
    MASTER = "9fb5cc0381497b3793528939ff788d5d79145211"
    LOCAL = "6695febc9288e36282235fc7151f128497b38f3f"
    ENGINE = "000000000000000000000002"

    def test_may_stand_for_the_passphrases(self):
        listener = self.listen("-u", f"noc,auth=SHA:{PASSPHRASE},priv=AES:{PASSPHRASE}")
        to = netsnmp.target(listener.address())
        for keys in (("-3m", "0x" + self.MASTER, "-3M", self.MASTER),
                     ("-3k", "0x" + self.LOCAL, "-3K" + self.LOCAL[:32]),
                     ("-A", PASSPHRASE, "-3M", "0x" + self.MASTER)):
            with self.subTest(keys=keys):
                before = len(listener.events)
                result = self.ours("snmptrap", "-v", "3", "-u", "noc", "-l", "authPriv", "-a",
                                   "SHA", "-x", "AES", "-e", "0x" + self.ENGINE, *keys, to,
                                   "5", TRAP_OID)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                event = listener.wait_events(before + 1)[-1]
                self.assertEqual(event["kind"], "trap", event)
                self.assertEqual(event["security"]["engine_id"], self.ENGINE)


@sending.needs_trapd
class Trapd(Compared):
    """net-snmp's own receiver gets what net-snmp's own sender would send."""

    def test_hears_ours_as_theirs(self):
        trapd = sending.Trapd("createUser -e 0x80001f8804abcdef u SHA maplesyrup AES maplesyrup",
                              "createUser u SHA maplesyrup AES maplesyrup")
        self.addCleanup(trapd.close)
        to = netsnmp.target(trapd.address)
        user = netsnmp.user_args("u", "SHA", "maplesyrup", "AES", "maplesyrup")
        objects = (f"{OBJECT}.1", "i", "5", f"{OBJECT}.2", "s", "x", f"{OBJECT}.3", "C", "7")
        rows = (("snmptrap", *V1, to, ENTERPRISE, "192.0.2.7", "6", "42", "99", *objects[:6]),
                ("snmptrap", *V2, to, "99", TRAP_OID, *objects),
                ("snmpinform", *V2, to, "99", TRAP_OID, *objects),
                ("snmptrap", *user, "-e", "0x80001f8804abcdef", to, "99", TRAP_OID, *objects),
                ("snmpinform", *user, to, "99", TRAP_OID, *objects))
        for i, row in enumerate(rows):
            with self.subTest(row=row):
                self.assertEqual(netsnmp.call(*row).returncode, 0)
                theirs = trapd.got(2 * i + 1)[-1]
                self.assertEqual(self.ours(*row).returncode, 0)
                ours = trapd.got(2 * i + 2)[-1]
                self.assertEqual(ours, theirs)


if __name__ == "__main__":
    unittest.main()
