"""`trapline explain` judges as `trapline run` does: the same datagrams, sent to the one and shown
to the other, come to the same device, fields, severity, rules, alarm, and end."""

import csv
import json
import sqlite3
import struct
import subprocess
import unittest

import ber
import messages
import running
from harness import PROGRAM, SANITIZER

RAW_IP = 101  # https://www.tcpdump.org/linktypes.html
TRAP_ADDRESS = "1.3.6.1.6.3.18.1.3.0"
IF_INDEX, IF_DESCR, IF_STATUS = (f"1.3.6.1.2.1.2.2.1.{column}" for column in (1, 2, 8))
CONF = {
    "trusted_relays": ["127.0.0.2"],
    "lists": {"quiet": ["127.0.0.9"]},
    "limits": {"rate": 0, "block": ["127.0.0.4", "quiet"],
               "thresholds": {"cold": {"match": {"trap": "coldStart"}, "count": 2,
                                       "window": "1h"}}},
    "dedup": {"enabled": True, "key": ["device", "trap_oid", "ifIndex"], "window": "1h"},
    "alarms": {"pairs": {"fan": {"raise": "1.3.6.1.4.1.99999.0.1",
                                 "clear": "1.3.6.1.4.1.99999.0.2"}}},
    "enrichment": {"sites": {"type": "csv", "file": "sites.csv", "column": "net",
                             "match": "cidr", "fields": {"site": "site", "rack": "rack"}}},
    "rules": [
        {"name": "far", "match": {"source": "10.1.0.0/16"},
         "set": {"message": "{trap} at {site}", "tags": ["far"], "severity": "minor"}},
        {"name": "near", "match": {"fields": {"site": "Bonn"}}, "set": {"fields": {"near": "{device}"}}},
        {"name": "old", "match": {"source": "127.0.0.3"}, "set": {"charset": "ISO-8859-1"}},
        {"name": "says", "match": {"varbinds": {"ifDescr": "/^Käse/"}},
         "set": {"message": "{ifDescr}!"}},
        {"name": "own relay", "match": {"source": "10.2.0.0/16"}, "set": {"source": ["peer"]}},
        {"name": "drop", "match": {"trap": "warmStart"}, "drop": True},
        {"name": "alarm", "match": {"trap": "1.3.6.1.4.1.99999.0.7"},
         "set": {"alarm": "raise", "alarm_key": "x/{uptime}"}},
    ],
}


def pcap(frames, apart_s=1):
    """(source, datagram) each, sent to 127.0.0.1 port 162."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, RAW_IP)
    for i, (source, data) in enumerate(frames):
        udp = struct.pack(">HHHH", 40000, 162, 8 + len(data), 0) + data
        octets = bytes(map(int, source.split(".")))
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, octets,
                         bytes((127, 0, 0, 1))) + udp
        out += struct.pack("<IIII", 1700000000 + i * apart_s, 0, len(ip), len(ip)) + ip
    return out


def link(trap, index, *more, descr=b"Gi1"):
    return messages.v2c(ber.varbind(f"{IF_INDEX}.{index}", ber.integer(index)),
                        ber.varbind(f"{IF_DESCR}.{index}", ber.octets(descr)),
                        ber.varbind(f"{IF_STATUS}.{index}", ber.integer(2)), *more,
                        trap_oid=f"1.3.6.1.6.3.1.1.5.{trap}", uptime=index)


def by_relay(address):
    return ber.varbind(TRAP_ADDRESS, ber.ip_address(address))


def vendor(trap, uptime=1):
    return messages.v2c(trap_oid=f"1.3.6.1.4.1.99999.0.{trap}", uptime=uptime)


DATAGRAMS = [
    ("127.0.0.1", link(3, 1)),
    ("127.0.0.1", link(3, 1)),  # a repeat
    ("127.0.0.1", link(4, 1)),
    ("127.0.0.2", link(3, 2, by_relay("10.1.2.3"))),
    ("127.0.0.3", link(3, 2, by_relay("10.1.2.3"))),  # who is not believed
    ("127.0.0.2", link(3, 2, by_relay("10.2.2.3"))),
    ("127.0.0.3", link(3, 5, descr="Käse".encode("latin-1"))),
    ("127.0.0.4", link(3, 1)),
    ("127.0.0.9", link(3, 1)),
    ("127.0.0.1", messages.v2c(trap_oid="1.3.6.1.6.3.1.1.5.2")),
    ("127.0.0.1", vendor(1)), ("127.0.0.1", vendor(2)), ("127.0.0.1", vendor(7, 5)),
    ("127.0.0.5", messages.v1(generic=3)),
    *[("127.0.0.1", messages.v2c(ber.varbind(f"{IF_INDEX}.{i}", ber.integer(i))))
      for i in range(1, 5)],
]


def judged(event):
    """What the daemon's line says that was found out."""
    return {
        "trap_oid": event.get("trap_oid"), "severity": event.get("severity"),
        "device": event.get("device", event["source"])["address"],
        "tags": event.get("tags", []), "fields": event.get("fields", {}),
        "message": event.get("message"), "alarm": event.get("alarm"), "rule": event.get("rule")}


def explained(event):
    result = event["result"]
    keys = ("severity", "device", "tags", "fields", "message", "alarm", "rule")
    return {"trap_oid": event.get("trap_oid")} | {k: result.get(k) for k in keys}


class Explained(running.Case):
    def explain(self, d, path, *args):
        done = subprocess.run([PROGRAM, "explain", "-c", str(d), *args, str(path)], timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIsNone(SANITIZER.search(done.stderr), done.stderr)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def objects(self, *args):
        return [json.loads(line) for line in self.explain(*args, "--json").splitlines()]

    def prepare(self, conf):
        folder = running.tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        folder = running.pathlib.Path(folder.name)
        with open(folder / "sites.csv", "w", encoding="utf-8", newline="") as f:
            csv.writer(f).writerows([["net", "site", "rack"], ["10.1.0.0/16", "Köln", "7"],
                                     ["127.0.0.0/8", "Bonn", "1"], ["10.2.2.3", "Ulm", "2"]])
        (folder / "traps.pcap").write_bytes(pcap(DATAGRAMS))
        return self.run_daemon(conf, folder=folder), folder

    def test_comes_to_what_run_comes_to(self):
        d, folder = self.prepare(CONF)
        for source, data in DATAGRAMS:
            d.send(data, source=source)
        d.wait_counters(lambda c: c["received"] == len(DATAGRAMS))
        counters = d.stop()
        shown = self.objects(d.path, folder / "traps.pcap")
        notifications = [e for e in shown if "result" in e]
        self.assertEqual(len(notifications), len(DATAGRAMS))
        passed = [e for e in notifications if "suppressed" not in e["result"]]
        events = [e for e in d.events() if e["kind"] == "trap"]
        self.assertEqual([explained(e) for e in passed], [judged(e) for e in events])
        why = [e["result"]["suppressed"] for e in notifications if "suppressed" in e["result"]]
        self.assertEqual({k: why.count(k) for k in set(why)},
                         {k: n for k, n in counters["suppressed_by"].items() if n})
        self.assertEqual(set(why), {"blocked", "repeated", "rule", "threshold"})
        # Each kind was there.
        self.assertEqual({e["device_by"] for e in notifications}, {"peer", "snmpTrapAddress"})
        self.assertIn("Käse!", [e.get("message") for e in events])
        self.assertLessEqual({"raised", "cleared"},
                             {e["alarm"]["state"] for e in events if "alarm" in e})

    def test_events_of_the_file_are_judged_again_the_same(self):
        d, folder = self.prepare(CONF)
        for source, data in (DATAGRAMS[0], *DATAGRAMS[2:7]):
            d.send(data, source=source)
        d.wait_counters(lambda c: c["received"] == 6)
        d.stop()
        events = [e for e in d.events() if e["kind"] == "trap"]
        shown = self.objects(d.path, d.state / "events.json")
        self.assertEqual([explained(e) for e in shown if "result" in e],
                         [judged(e) for e in events])

    def test_a_person_reads_every_step(self):
        _, folder = self.prepare(CONF)
        text = self.explain(folder / "trapline.yaml", folder / "traps.pcap")
        for wanted in ("  device 10.1.2.3 (snmpTrapAddress), from 127.0.0.2",
                       "  table field site: Köln", "  severity major (built-in)",
                       "  + rule far, line", "      message: linkDown at Köln",
                       "  - rule near, line", "  = severity major, suppressed: repeated",
                       "  = suppressed: blocked", "suppressed: threshold cold",
                       "      alarm raised: 127.0.0.1/linkDown/1",
                       "      alarm cleared: 127.0.0.1/linkDown/1",
                       "      device: 10.2.2.3 -> 127.0.0.2"):
            self.assertIn(wanted, text)

    def test_a_rule_that_chooses_the_device_asks_tables_anew(self):
        d, folder = self.prepare(CONF)
        d.send(DATAGRAMS[5][1], source=DATAGRAMS[5][0])
        d.wait_counters(lambda c: c["received"] == 1)
        d.stop()
        self.assertEqual(d.events()[0]["fields"], {"site": "Bonn", "rack": "1"})

    def test_databases_are_waited_for(self):
        conf = CONF | {"enrichment": {"db": {
            "type": "sqlite", "file": "d.db", "query": "SELECT owner FROM d WHERE a = ?"}}}
        folder = running.tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        folder = running.pathlib.Path(folder.name)
        with sqlite3.connect(folder / "d.db") as db:
            db.execute("CREATE TABLE d (a, owner)")
            db.execute("INSERT INTO d VALUES ('127.0.0.1', 'Anna')")
        (folder / "t.json").write_text(json.dumps(conf))
        (folder / "traps.pcap").write_bytes(pcap(DATAGRAMS[:1]))
        (event,) = self.objects(folder / "t.json", folder / "traps.pcap")
        self.assertEqual(event["table_fields"], {"owner": "Anna"})
        self.assertEqual(event["result"]["fields"], {"owner": "Anna"})

    def test_tells_what_the_daemon_would_have_told(self):
        conf = {"dedup": {"key": ["device", "trap_oid"], "window": "2s"}}
        folder = running.tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        folder = running.pathlib.Path(folder.name)
        (folder / "t.json").write_text(json.dumps(conf))
        cold = ("127.0.0.1", messages.v2c())
        (folder / "traps.pcap").write_bytes(pcap([cold] * 4))
        shown = self.objects(folder / "t.json", folder / "traps.pcap")
        self.assertEqual([e.get("kind") for e in shown if "result" not in e], ["repeated"])
        self.assertEqual([e["result"].get("suppressed") for e in shown if "result" in e],
                         [None, "repeated", None, "repeated"])


if __name__ == "__main__":
    unittest.main()
