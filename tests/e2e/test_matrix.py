"""Every combination of version, kind, level, authentication and privacy protocol, from
`send`, `inform` and net-snmp's command line, to `trapline listen`, snmptrapd and tshark:
each arrives once, and right in every field. The uptime tells which one is which."""

import concurrent.futures
import dataclasses
import functools
import itertools
import json
import pathlib
import re
import shutil
import tempfile
import unittest

import netsnmp
import sending
from harness import HOSTS, Case, run

AUTHS = ("MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
PRIVS = ("DES", "3DES", "AES-128", "AES-192", "AES-256", "AES-192-C", "AES-256-C")
PASSPHRASE, SECRET = "maplesyrup", "othersecret"
ENGINE = "80001f8804aabbccdd"
TRAP_OID = "1.3.6.1.6.3.1.1.5.3"
BASE = "1.3.6.1.4.1.99999"
# Letter, what is given, type and value in an event, field and value with tshark, text with
# snmptrapd.
OBJECTS = (
    ("i", "-5", "INTEGER", -5, "int", "-5", "INTEGER: -5"),
    ("u", "5", "Gauge32", 5, "g32", "5", "Gauge32: 5"),
    ("c", "4294967295", "Counter32", 4294967295, "counter", "4294967295", "Counter32: 4294967295"),
    ("t", "7", "TimeTicks", 7, "timeticks", "7", "Timeticks: (7) 0:00:00.07"),
    ("a", "192.0.2.9", "IpAddress", "192.0.2.9", "ipv4", "192.0.2.9", "IpAddress: 192.0.2.9"),
    ("o", "1.3.6.1.4.1.9", "OBJECT IDENTIFIER", "1.3.6.1.4.1.9", "oid", "1.3.6.1.4.1.9",
     "OID: .1.3.6.1.4.1.9"),
    ("x", "00ff", "OCTET STRING", "00ff", "octets", "00ff", "Hex-STRING: 00 FF "),
    ("s", "x y", "OCTET STRING", "x y", "octets", "782079", 'STRING: "x y"'),
    ("C", "18446744073709551615", "Counter64", 18446744073709551615, "counter",
     "18446744073709551615", "Counter64: 18446744073709551615"),
)
NETSNMPS = {ours: theirs for theirs, ours in (netsnmp.AUTHS | netsnmp.PRIVS).items()}
TSHARKS = {"MD5": "MD5", "SHA-1": "SHA1"} | {f"SHA-{n}": f"SHA2-{n}"
                                             for n in (224, 256, 384, 512)}
HASH_BYTES = {"MD5": 16, "SHA-1": 20, "SHA-224": 28, "SHA-256": 32, "SHA-384": 48, "SHA-512": 64}
HAS_TRAPD = sending.TRAPD and shutil.which("snmptrap")
FIELDS = ("version", "data", "community", "msgUserName", "msgFlags", "contextName", "name",
          "time_stamp", "enterprise", "agent_addr", "generic_trap", "specific_trap", "v3.auth",
          *(f"value.{x}" for x in ("int", "g32", "timeticks", "ipv4", "oid", "octets",
                                   "counter")))


@dataclasses.dataclass(frozen=True)
class Row:
    style: str  # whose command line
    kind: str
    version: str
    auth: str = None
    priv: str = None
    host: str = HOSTS[0]

    @property
    def user(self):
        return "-".join(filter(None, ["user", self.auth, self.priv]))

    @property
    def spec(self):
        return (self.user + (f",auth={self.auth}:{PASSPHRASE}" if self.auth else "") +
                (f",priv={self.priv}:{SECRET}" if self.priv else ""))

    @property
    def level(self):
        return "authPriv" if self.priv else "authNoPriv" if self.auth else "noAuthNoPriv"

    @property
    def objects(self):
        return OBJECTS[:-1] if self.version == "1" else OBJECTS

    def arguments(self, to, uptime):
        """The command line that sends it."""
        named = [(f"{BASE}.{i}", x) for i, x in enumerate(self.objects)]
        if self.style == "ours":
            objects = [f"{oid}={x[0]}:{x[1]}" for oid, x in named]
            return ("send" if self.kind == "trap" else "inform", *self.our_options(),
                    "--uptime", uptime, to, TRAP_OID, *objects)
        objects = [y for oid, x in named for y in (oid, *x[:2])]
        before = ("1.3.6.1.6.3.1.1.5", "127.0.0.1", "2", "0", uptime) \
            if self.version == "1" else (uptime, TRAP_OID)
        return (f"snmp{self.kind}", *self.their_options(), to, *before, *objects)

    def our_options(self):
        if self.version != "3":
            return "-v", self.version
        return ("-u", self.spec, "--context", "ctx",
                *(("--engine-id", ENGINE) if self.kind == "trap" else ()))

    def their_options(self):
        if self.version != "3":
            return "-v", self.version, "-c", "public"
        return (*netsnmp.user_args(self.user, NETSNMPS.get(self.auth), PASSPHRASE,
                                   NETSNMPS.get(self.priv, self.priv), SECRET), "-n", "ctx",
                *(("-e", "0x" + ENGINE) if self.kind == "trap" else ()))


def pairs():
    yield None, None
    for auth in AUTHS:
        yield auth, None
    yield from itertools.product(AUTHS, PRIVS)


def rows():
    for style in ("ours", "net-snmp's"):
        yield Row(style, "trap", "1")
        for kind in ("trap", "inform"):
            yield Row(style, kind, "2c")
            for auth, priv in pairs():
                yield Row(style, kind, "3", auth, priv)
            for host in HOSTS[1:]:
                yield Row(style, kind, "2c", host=host)
                yield Row(style, kind, "3", "SHA-256", "AES-128", host)


@functools.lru_cache(maxsize=None)
def trapd_knows(priv):
    return HAS_TRAPD and priv != "3DES" and (priv is None or netsnmp.supports(NETSNMPS[priv]))


def trapd_users():
    for auth, priv in pairs():
        if trapd_knows(priv):
            line = Row("ours", "trap", "3", auth, priv).user
            line += f" {NETSNMPS[auth]} {PASSPHRASE}" if auth else ""
            line += f" {NETSNMPS[priv]} {SECRET}" if priv else ""
            yield f"createUser -e 0x{ENGINE} {line}"
            yield f"createUser {line}"


class Matrix(Case):
    """|sent|: a Row for each uptime."""

    def test_arrives_once_and_whole(self):
        self.sent = dict(enumerate(rows(), 1))
        users = [Row("ours", "trap", "3", *pair).spec for pair in pairs()]
        trapds = {host: sending.Trapd(*trapd_users(), host=host) for host in HOSTS if HAS_TRAPD}
        for trapd in trapds.values():
            self.addCleanup(trapd.close)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "sent.pcapng"
            listener = self.listen(*(x for u in users for x in ("-u", u)), "-w", str(path),
                                   refused=False)
            self.send_all(listener, trapds)
            listener.stop()
            self.heard_by_listen(listener)
            self.heard_by_snmptrapd(trapds)
            if shutil.which("tshark"):
                self.heard_by_tshark(path, listener)
        if not HAS_TRAPD or not shutil.which("tshark"):
            self.skipTest("net-snmp or tshark is not installed: the others heard it")

    def send_all(self, listener, trapds):
        """To the listener, and to snmptrapd what it knows; in one command where it can be."""
        def one(item):
            uptime, row = item
            to = [listener.address(row.host)]
            to += [trapds[row.host].address] if trapd_knows(row.priv) else []
            to = list(map(sending.target, to))
            for where in [",".join(to)] if row.style == "ours" else to:
                result = sending.command(self, *row.arguments(where, uptime))
                self.assertEqual(result.returncode, 0, result.stderr)
                if row.style == "ours":
                    said = "1 try" if row.kind == "inform" else "sent"
                    self.assertEqual(result.stdout.count(said), len(to), result.stdout)

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(one, self.sent.items()))

    def heard_by_listen(self, listener):
        self.assertEqual(sorted(e["uptime"] for e in listener.events), sorted(self.sent))
        self.assertEqual(listener.result.counters["duplicate"], 0)
        for event in listener.events:
            row = self.sent[event["uptime"]]
            with self.subTest(row=row):
                self.assertEqual(
                    (event["kind"], event["version"], event["source"]["address"],
                     event["trap_oid"], event["flags"]),
                    (row.kind, row.version, row.host, TRAP_OID, []))
                self.assertEqual(
                    [(v["oid"], v["type"], v["value"]) for v in event["varbinds"]],
                    [(f"{BASE}.{i}", *x[2:4]) for i, x in enumerate(row.objects)])
                self.assertEqual("agent_address" in event, row.version == "1")
                if row.version == "3":
                    self.check_security(event, row)
                else:
                    self.assertEqual(event["community"], "public")

    def check_security(self, event, row):
        said = event["security"]
        self.assertEqual((said["user"], said["level"], said.get("auth"), said.get("priv")),
                         (row.user, row.level, row.auth, row.priv))
        self.assertEqual(said["engine_id"] == ENGINE, row.kind == "trap")
        self.assertEqual(event["context"]["name"], "ctx")

    def heard_by_tshark(self, path, listener):
        users = [f'uat:snmp_users:"","{row.user}","{TSHARKS[row.auth]}","{PASSPHRASE}",'
                 f'"{self.priv_of_tshark(row.priv)}","{SECRET}"'
                 for row in (Row("ours", "trap", "3", *pair) for pair in pairs()) if row.auth]
        ports = sorted({port for _, port in listener.ports})
        result = run(["tshark", "-n", "-r", str(path), "-T", "json", "-e", "_ws.malformed",
                      *(x for p in ports for x in ("-d", f"udp.port=={p},snmp")),
                      *(x for u in users for x in ("-o", u)),
                      *(x for f in FIELDS for x in ("-e", f"snmp.{f}"))])
        self.assertEqual(result.returncode, 0, result.stderr)
        unread = {row.user for row in self.sent.values() if not self.tshark_reads(row)}
        seen = {}
        for packet in json.loads(result.stdout):
            layers = packet["_source"]["layers"]
            said = {f: layers.get(f"snmp.{f}", []) for f in FIELDS}
            if not unread & set(said["msgUserName"]):
                self.assertNotIn("_ws.malformed", layers)
            if said["data"][:1] in (["4"], ["6"], ["7"]):
                at = int((said["time_stamp"] or said["value.timeticks"])[0])
                self.check_fields(said, self.sent[at])
                seen[at] = seen.get(at, 0) + 1
        wanted = [n for n, row in self.sent.items() if self.tshark_reads(row)]
        self.assertEqual(sorted(seen), wanted, result.stderr)
        for at, count in seen.items():  # with v3 an inform learns the clock first
            row = self.sent[at]
            self.assertEqual(count, 1 + (row.kind == "inform" and row.auth is not None), row)

    @staticmethod
    def priv_of_tshark(priv):
        return re.sub("-C$", "", priv).replace("AES-128", "AES").replace("-", "") \
            if priv and priv != "3DES" else "DES"

    @staticmethod
    def tshark_reads(row):
        """It has no 3DES, and extends keys that are too short as the C forms do."""
        if row.priv in ("AES-192", "AES-256"):
            return HASH_BYTES[row.auth] * 8 >= int(row.priv[4:])
        return row.priv != "3DES"

    def check_fields(self, said, row):
        with self.subTest(row=row):
            self.assertEqual(said["data"], [{"1": "4", "2c": "7", "3": "7"}[row.version]
                                            if row.kind == "trap" else "6"])
            names = [f"{BASE}.{i}" for i in range(len(row.objects))]
            values = {}
            for x in row.objects:
                values.setdefault(x[4], []).append(x[5])
            if row.version == "1":
                self.assertEqual(
                    [said[f] for f in ("enterprise", "generic_trap", "specific_trap")],
                    [["1.3.6.1.6.3.1.1.5"], ["2"], ["0"]])
                self.assertEqual(said["agent_addr"], ["127.0.0.1"])
            else:
                names = ["1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.1.1.4.1.0", *names]
                values["oid"].insert(0, TRAP_OID)
                said = said | {"value.timeticks": said["value.timeticks"][1:]}
            self.assertEqual(said["name"], names)
            for field, value in values.items():
                self.assertEqual(said[f"value.{field}"], value)
            if row.version == "3":
                self.assertEqual((said["msgUserName"], said["contextName"]),
                                 ([row.user], ["ctx"]))
                # tshark 4.2 and later say True
                self.assertIn(said["v3.auth"], (["1"], ["True"]) if row.auth else ([],))
            else:
                self.assertEqual(said["community"], ["public"])

    def heard_by_snmptrapd(self, trapds):
        wanted = [n for n, row in self.sent.items() if trapd_knows(row.priv)]
        got = []
        for host, trapd in trapds.items():
            got += trapd.got(sum(self.sent[n].host == host for n in wanted))
        self.assertEqual(sorted(self.check_line(line) for line in got), wanted)

    def check_line(self, line):
        """Of which row it is, after a look at its fields."""
        _, about, _, enterprise, generic, specific, agent, uptime, values = line
        values = values.split("\t")
        if uptime == "0":
            uptime = re.match(r"\.1\.3\.6\.1\.2\.1\.1\.3\.0 = Timeticks: \((\d+)\)",
                              values.pop(0))[1]
            self.assertEqual(values.pop(0), f".1.3.6.1.6.3.1.1.4.1.0 = OID: .{TRAP_OID}")
        row = self.sent[int(uptime)]
        with self.subTest(row=row):
            kind = {"1": "TRAP", "2c": "TRAP2", "3": "TRAP2"}[row.version]
            self.assertEqual(about, f"{kind if row.kind == 'trap' else 'INFORM'}, SNMP "
                             f"v{row.version}, " + (f"user {row.user}, context ctx"
                                                    if row.version == "3" else
                                                    "community public"))
            if row.version == "1":
                self.assertEqual((enterprise, generic, specific, agent),
                                 (".1.3.6.1.6.3.1.1.5", "2", "0", "127.0.0.1"))
            self.assertEqual(values, [f".{BASE}.{i} = {x[6]}"
                                      for i, x in enumerate(row.objects)])
        return int(uptime)


if __name__ == "__main__":
    unittest.main()
