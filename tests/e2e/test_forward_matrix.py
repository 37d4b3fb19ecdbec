"""`trapline run` with an output forward for every version and kind, and notifications of
every version and kind to it: what `trapline listen`, snmptrapd and tshark hear is what RFC
3584 says, field by field. The uptime tells what it was, the community or user by which
output it came."""

import dataclasses
import json
import pathlib
import re
import shutil
import tempfile
import unittest

import ber
import messages
import sending
from harness import Client, run
from relays import RelayCase

DEVICE = "127.0.0.5"
ENTERPRISE = "1.3.6.1.4.1.99999.2"
SNMP_TRAPS = "1.3.6.1.6.3.1.1.5"
TRAP_ADDRESS = "1.3.6.1.6.3.18.1.3.0"
TRAP_COMMUNITY = "1.3.6.1.6.3.18.1.4.0"
TRAP_ENTERPRISE = "1.3.6.1.6.3.1.1.4.3.0"
ENGINE = bytes.fromhex("80001f8804646576696365")  # the device's
OURS = bytes.fromhex("80001f88046d6964646c65")  # of the daemon, for informs
AUTH, PRIV = "authpassphrase", "privpassphrase"
BASE = "1.3.6.1.4.1.99999.1"
# Value, its type and itself in an event, its field and itself with tshark, as snmptrapd.
OBJECTS = (
    (ber.integer(-5), "INTEGER", -5, "int", "-5", "INTEGER: -5"),
    (ber.gauge32(5), "Gauge32", 5, "g32", "5", "Gauge32: 5"),
    (ber.counter32(2 ** 32 - 1), "Counter32", 2 ** 32 - 1, "counter", "4294967295",
     "Counter32: 4294967295"),
    (ber.timeticks(7), "TimeTicks", 7, "timeticks", "7", "Timeticks: (7) 0:00:00.07"),
    (ber.ip_address("192.0.2.9"), "IpAddress", "192.0.2.9", "ipv4", "192.0.2.9",
     "IpAddress: 192.0.2.9"),
    (ber.oid("1.3.6.1.4.1.9"), "OBJECT IDENTIFIER", "1.3.6.1.4.1.9", "oid", "1.3.6.1.4.1.9",
     "OID: .1.3.6.1.4.1.9"),
    (ber.octets(b"\x00\xff"), "OCTET STRING", "00ff", "octets", "00ff", "Hex-STRING: 00 FF "),
    (ber.octets(b"x y"), "OCTET STRING", "x y", "octets", "782079", 'STRING: "x y"'),
    (ber.counter64(2 ** 64 - 1), "Counter64", 2 ** 64 - 1, "counter",
     "18446744073709551615", "Counter64: 18446744073709551615"),
)
COUNTER64 = len(OBJECTS) - 1


@dataclasses.dataclass(frozen=True)
class Sent:
    """What a device says. |generic|, |specific|, |enterprise|: as v1 says it, or will."""
    version: str
    kind: str
    trap_oid: str
    enterprise: str
    generic: int
    specific: int

    @property
    def objects(self):
        return [(f"{BASE}.{i}", *x) for i, x in enumerate(OBJECTS)
                if self.version != "1" or i != COUNTER64]

    def message(self, uptime):
        varbinds = [ber.varbind(oid, value) for oid, value, *_ in self.objects]
        if self.version == "1":
            return messages.v1(*varbinds, community=b"old", enterprise=self.enterprise,
                               generic=self.generic, specific=self.specific, agent=DEVICE,
                               uptime=uptime)
        how = {"trap_oid": self.trap_oid, "uptime": uptime, "request_id": uptime,
               "tag": messages.INFORM if self.kind == "inform" else messages.TRAP}
        if self.version == "2c":
            return messages.v2c(*varbinds, community=b"old", **how)
        sender = messages.Sender("device", OURS if self.kind == "inform" else ENGINE)
        sender.msg_id = uptime
        return (sender.inform if self.kind == "inform" else sender.message)(
            *varbinds, context=b"ctx", context_engine_id=ENGINE, **how)


def all_sent():
    """Generic traps, and those of enterprises with and without the 0."""
    for enterprise, generic, specific, trap_oid in (
            (SNMP_TRAPS, 2, 0, f"{SNMP_TRAPS}.3"), (SNMP_TRAPS, 0, 0, f"{SNMP_TRAPS}.1"),
            (ENTERPRISE, 6, 7, f"{ENTERPRISE}.0.7"),
            (ENTERPRISE, 6, 2 ** 31 - 1, f"{ENTERPRISE}.0.2147483647")):
        yield Sent("1", "trap", trap_oid, enterprise, generic, specific)
        for version, kind in (("2c", "trap"), ("2c", "inform"), ("3", "trap"), ("3", "inform")):
            yield Sent(version, kind, trap_oid, enterprise, generic, specific)
    yield Sent("1", "trap", f"{SNMP_TRAPS}.4", ENTERPRISE, 3, 0)
    yield Sent("2c", "trap", f"{ENTERPRISE}.8", ENTERPRISE, 6, 8)
    yield Sent("3", "inform", f"{ENTERPRISE}.8", ENTERPRISE, 6, 8)


@dataclasses.dataclass(frozen=True)
class Way:
    """An output."""
    version: str
    send_as: str

    @property
    def name(self):
        return f"out-{self.version}-{self.send_as}"

    def version_of(self, sent):
        return sent.version if self.version == "same" else self.version

    def kind_of(self, sent):
        if self.version_of(sent) == "1":
            return "trap"
        return sent.kind if self.send_as == "same" else self.send_as

    def objects(self, sent):
        """What has to arrive behind the first two, as OBJECTS with names before."""
        if self.version_of(sent) == "1":
            return [x for x in sent.objects if x[2] != "Counter64"]
        more = [(TRAP_ADDRESS, None, "IpAddress", DEVICE, "ipv4", DEVICE,
                 f"IpAddress: {DEVICE}")]
        if sent.version == "1":
            more += [(TRAP_COMMUNITY, None, "OCTET STRING", "old", "octets", b"old".hex(),
                      'STRING: "old"'),
                     (TRAP_ENTERPRISE, None, "OBJECT IDENTIFIER", sent.enterprise, "oid",
                      sent.enterprise, f"OID: .{sent.enterprise}")]
        return sent.objects + more

    def context(self, sent):
        """Name and engine, if it is known."""
        return ("ctx", ENGINE.hex()) if sent.version == "3" else ("", None)


WAYS = [Way("1", "same"), Way("2c", "trap"), Way("2c", "inform"), Way("2c", "same"),
        Way("3", "trap"), Way("3", "inform"), Way("3", "same"), Way("same", "same")]
BY_NAME = {w.name: w for w in WAYS}
SENT = dict(enumerate(all_sent(), 1000))
FIELDS = ("version", "data", "community", "msgUserName", "contextName", "contextEngineID",
          "name", "time_stamp", "enterprise", "agent_addr", "generic_trap", "specific_trap",
          *(f"value.{x}" for x in ("int", "g32", "timeticks", "ipv4", "oid", "octets",
                                   "counter")))


class Matrix(RelayCase):
    def test_each_arrives_once_and_whole(self):
        users = [f"{w.name},auth=SHA-1:{AUTH},priv=AES-128:{PRIV}" for w in WAYS]
        home, engine = self.known_engine()
        trapd = sending.TRAPD and sending.Trapd(
            *(f"createUser {e}{w.name} SHA {AUTH} AES {PRIV}" for w in WAYS
              for e in ("", f"-e 0x{engine} ")), allow=["disableAuthorization yes"])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "heard.pcapng"
            listener = self.listen(*(x for u in users for x in ("-u", u)), "-w", str(path),
                                   refused=False)
            if trapd:
                self.addCleanup(trapd.close)
            self.send_all(self.start(home, listener, trapd, users))
            listener.wait_events(len(WAYS) * len(SENT))
            listener.stop()
            self.heard_by_listen(listener)
            if trapd:
                self.heard_by_snmptrapd(trapd)
            if shutil.which("tshark"):
                self.heard_by_tshark(path, listener)
        if not trapd or not shutil.which("tshark"):
            self.skipTest("net-snmp or tshark is not installed: the others heard it")

    def start(self, home, listener, trapd, users):
        to = [f"udp:127.0.0.1:{listener.address()[1]}"]
        to += [f"udp:127.0.0.1:{trapd.port}"] if trapd else []
        outputs = {w.name: {
            "type": "forward", "version": w.version, "send_as": w.send_as, "to": to,
            "community": w.name, "user": [user]} for w, user in zip(WAYS, users)}
        return self.run_daemon({"users": ["device"], "engine_id": OURS.hex(),
                                "outputs": outputs}, folder=home)

    def send_all(self, d):
        client = Client(DEVICE)
        self.addCleanup(client.close)
        for uptime, sent in SENT.items():
            client.send(sent.message(uptime), ("127.0.0.1", d.ports[0]))
            if sent.kind == "inform":  # acknowledged as soon as it is in the queues
                self.assertEqual(messages.parse(client.receive()[0]).request_id, uptime)
        d.wait_counters(lambda c: all(c["outputs"][w.name]["delivered"] == len(SENT)
                                      for w in WAYS))
        for output in d.ask("status")["outputs"]:
            for peer in output["peers"]:
                cut = sum(any(x[2] == "Counter64" for x in s.objects) for s in SENT.values())
                with self.subTest(output["name"], peer=peer["name"]):
                    self.assertEqual((peer["delivered"], peer["rejected"], peer["up"]),
                                     (len(SENT), 0, True))
                    self.assertEqual(peer["cut"], cut if output["name"] == "out-1-same" else 0)

    def once(self, found):
        """That |found|, pairs of output and uptime, is each of them once."""
        self.assertEqual(sorted(found), sorted((w.name, n) for w in WAYS for n in SENT))

    def heard_by_listen(self, listener):
        found = []
        for e in listener.events:
            name = e["community"] if "community" in e else e["security"]["user"]
            found.append((name, e["uptime"]))
            way, sent = BY_NAME[name], SENT[e["uptime"]]
            with self.subTest(name, sent=sent):
                version = way.version_of(sent)
                self.assertEqual((e["version"], e["kind"], e["trap_oid"],
                                  set(e["flags"]) - {"unresolved"}),
                                 (version, way.kind_of(sent), sent.trap_oid
                                  if version != "1" or ".0." in sent.trap_oid or
                                  sent.generic != 6 else f"{ENTERPRISE}.0.{sent.specific}", set()))
                self.assertEqual([(v["oid"], v["type"], v["value"]) for v in e["varbinds"]],
                                 [(x[0], *x[2:4]) for x in way.objects(sent)])
                self.assertEqual(e["agent_address"], DEVICE)
                if version == "1":
                    self.assertEqual(e["v1"], {"enterprise": sent.enterprise,
                                               "generic": sent.generic,
                                               "specific": sent.specific})
                if version == "3":
                    context, engine = way.context(sent)
                    self.assertEqual(e["security"]["level"], "authPriv")
                    self.assertEqual(e["context"]["name"], context)
                    self.assertEqual(e["context"]["engine_id"],
                                     engine or e["security"]["engine_id"])
        self.once(found)

    def heard_by_snmptrapd(self, trapd):
        self.once([self.check_line(line) for line in trapd.got(len(WAYS) * len(SENT))])

    def check_line(self, line):
        _, about, _, enterprise, generic, specific, agent, uptime, values = line
        values = values.split("\t")
        name = re.search(r"(?:user|community) ([^, ]+)", about)[1]
        trap_oid = None
        if uptime == "0":
            uptime = re.match(r"\.1\.3\.6\.1\.2\.1\.1\.3\.0 = Timeticks: \((\d+)\)",
                              values.pop(0))[1]
            trap_oid = values.pop(0)
        way, sent = BY_NAME[name], SENT[int(uptime)]
        with self.subTest(name, sent=sent):
            version, kind = way.version_of(sent), way.kind_of(sent)
            if version == "1":
                self.assertEqual((enterprise, generic, specific.lstrip("."), agent), (
                    f".{sent.enterprise}", str(sent.generic), str(sent.specific), DEVICE))
            else:
                self.assertEqual(trap_oid, f".1.3.6.1.6.3.1.1.4.1.0 = OID: .{sent.trap_oid}")
            self.assertTrue(about.startswith(
                {"1": "TRAP", "2c": "TRAP2", "3": "TRAP2"}[version] + f", SNMP v{version}, "
                if kind == "trap" else f"INFORM, SNMP v{version}, "), about)
            if version == "3":
                self.assertIn(f"context {way.context(sent)[0]}", about)
            self.assertEqual(values, [f".{x[0]} = {x[6]}" for x in way.objects(sent)])
        return name, int(uptime)

    def heard_by_tshark(self, path, listener):
        users = [f'uat:snmp_users:"","{w.name}","SHA1","{AUTH}","AES","{PRIV}"' for w in WAYS]
        result = run(["tshark", "-n", "-r", str(path), "-T", "json", "-e", "_ws.malformed",
                      *(x for _, p in listener.ports for x in ("-d", f"udp.port=={p},snmp")),
                      *(x for u in users for x in ("-o", u)),
                      *(x for f in FIELDS for x in ("-e", f"snmp.{f}"))])
        self.assertEqual(result.returncode, 0, result.stderr)
        found = {}
        for packet in json.loads(result.stdout):
            layers = packet["_source"]["layers"]
            said = {f: layers.get(f"snmp.{f}", []) for f in FIELDS}
            self.assertNotIn("_ws.malformed", layers)
            if said["data"][:1] in (["4"], ["6"], ["7"]):
                name = (said["community"] or said["msgUserName"])[0]
                at = int((said["time_stamp"] or said["value.timeticks"])[0])
                self.check_fields(said, BY_NAME[name], SENT[at])
                found[name, at] = 1  # of v3 an inform comes twice: it learns the clock
        self.once(found)

    def check_fields(self, said, way, sent):
        with self.subTest(way.name, sent=sent):
            version = way.version_of(sent)
            self.assertEqual(said["data"], [
                "6" if way.kind_of(sent) == "inform" else "4" if version == "1" else "7"])
            names, values = [x[0] for x in way.objects(sent)], {}
            for x in way.objects(sent):
                values.setdefault(x[4], []).append(x[5])
            if version == "1":
                self.assertEqual(
                    [said[f][0] for f in ("enterprise", "generic_trap", "specific_trap",
                                          "agent_addr")],
                    [sent.enterprise, str(sent.generic), str(sent.specific), DEVICE])
            else:
                names = [messages.SYS_UPTIME, messages.SNMP_TRAP_OID, *names]
                values["oid"].insert(0, sent.trap_oid)
                said = said | {"value.timeticks": said["value.timeticks"][1:]}
            self.assertEqual(said["name"], names)
            for field, value in values.items():
                self.assertEqual(said[f"value.{field}"], value)
            if version == "3":
                context, engine = way.context(sent)
                self.assertEqual(said["contextName"], [context] if context else [""])
                if engine:
                    self.assertEqual(said["contextEngineID"][0].replace(":", ""), engine)


if __name__ == "__main__":
    unittest.main()
