"""`trapline run`: which device a notification is of, what tables say of it while they are
edited, and its name, whether or not the name server answers."""

import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

import ber
import messages
from harness import PROGRAM, ROOT, run
from outputs import trap, wait
from running import Case
from test_examples import raise_loopback

TRAP_ADDRESS = "1.3.6.1.6.3.18.1.3.0"
ENGINE = bytes.fromhex("80001f8804636f726531")
IF_DESCR = "1.3.6.1.2.1.2.2.1.2.7"
INSIDE = "TRAPLINE_TESTS_OWN_NETWORK"
FAST = {"refresh": "1s"}


def relayed(address, *more, **how):
    return messages.v2c(ber.varbind(TRAP_ADDRESS, ber.ip_address(address)), *more, **how)


class TableCase(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        """As an editor does that knows what it does."""
        new = self.folder / f".{name}.new"
        new.write_text(text if isinstance(text, str) else json.dumps(text))
        new.rename(self.folder / name)
        return str(self.folder / name)

    def table(self, name, text, **more):
        kind = name.rpartition(".")[2]
        return {"type": kind, "file": self.write(name, text), "column": "key"} | FAST | more

    def database(self, *rows):
        path = self.folder / "devices.db"
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE IF NOT EXISTS devices (key TEXT PRIMARY KEY, site TEXT)")
            db.executemany("INSERT OR REPLACE INTO devices VALUES (?, ?)", rows)
        db.close()
        return str(path)

    def enriched(self, tables, **conf):
        return self.run_daemon({"enrichment": tables, "trusted_relays": ["127.0.0.1"]} | conf)

    def fields(self, d, *datagrams, source="127.0.0.1"):
        """What tables say of the events of |datagrams|."""
        before = d.counters()["outputs"]["events"]["delivered"]
        d.send(*datagrams, source=source)
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] ==
                        before + len(datagrams))
        return [e.get("fields", {}) for e in d.events()[before:]]

    def rows(self, d, name="t"):
        return int(d.metrics()[f'trapline_table_rows{{table="{name}"}}'])


class Tables(TableCase):
    def test_csv_json_and_sqlite_say_the_same(self):
        rows = [("127.0.0.1", "here"), ("10.1.2.3", "Berlin"), ("2001:db8::1", "Rome")]
        csv = "key,site\n" + "".join(f"{k},{s}\n" for k, s in rows)
        for table in (self.table("t.csv", csv),
                      self.table("t.json", [{"key": k, "site": s} for k, s in rows]),
                      self.table("u.json", {k: {"site": s} for k, s in rows}),
                      {"type": "sqlite", "file": self.database(*rows),
                       "query": "SELECT key, site FROM devices"} | FAST):
            with self.subTest(table=table):
                d = self.enriched({"t": table})
                self.assertEqual(self.fields(d, trap(1), relayed("10.1.2.3"),
                                             relayed("10.9.9.9")),
                                 [{"site": "here"}, {"site": "Berlin"}, {}])
                self.assertEqual(self.rows(d), 3)

    def test_a_query_with_a_key_answers_from_the_second_event_on(self):
        path = self.database(("127.0.0.1", "here"))
        d = self.enriched({"t": {"type": "sqlite", "file": path, "query":
                                 "SELECT site FROM devices WHERE key = ?"} | FAST})
        wait(lambda: self.fields(d, trap(1))[0] == {"site": "here"}, "the answer")
        self.database(("127.0.0.1", "there"))
        wait(lambda: self.fields(d, trap(1))[0] == {"site": "there"}, "the new answer")

    def test_by_any_field(self):
        one = {"k": {"found": "yes"}}
        engine = messages.Sender("u", ENGINE).message()
        descr = messages.v2c(ber.varbind(IF_DESCR, ber.octets(b"Gig 0/1")))
        for key, value, datagram in (
                ("source", "127.0.0.1", trap(1)), ("device", "10.1.2.3", relayed("10.1.2.3")),
                ("agent_address", "192.0.2.9", messages.v1(agent="192.0.2.9")),
                ("engine_id", "80:00:1F:88:04:63:6f:72:65:31", engine),
                ("context_engine_id", ENGINE.hex(), engine), ("origin", ENGINE.hex(), engine),
                ("origin", "127.0.0.1", trap(1)), ("ifDescr", "Gig 0/1", descr),
                ("IF-MIB::ifDescr.7", "Gig 0/1", descr), ("community", "public", trap(1)),
                ("user", "u", engine), ("trap_name", "SNMPv2-MIB::coldStart", trap(1))):
            with self.subTest(key):
                d = self.enriched({"t": self.table("t.json", {value: one["k"]}, key=key)},
                                  users=["u"])
                self.assertEqual(self.fields(d, datagram), [{"found": "yes"}])

    def test_the_longest_network_of_100000(self):
        lines = [f"10.{i >> 8 & 255}.{i & 255}.0/24,n{i}\n"
                 for i in range(0, 65536, 2)]
        lines += [f"172.16.{i >> 8 & 255}.{i & 255},h{i}\n" for i in range(65536)]
        lines += ["10.0.0.0/8,ten\n", "10.200.0.0/16,two hundred\n",
                  "0.0.0.0/0,anything\n", "2001:db8::/32,six\n"]
        lines += [f"2001:db8:{i:x}::/48,s{i}\n" for i in range(2000)]
        d = self.enriched({"t": self.table("t.csv", "key,site\n" + "".join(lines),
                                           match="cidr")})
        self.assertGreater(self.rows(d), 100000)
        asked = {"10.0.2.77": "n2", "10.200.6.1": "n51206", "10.200.7.1": "two hundred",
                 "172.16.3.4": "h772", "11.1.1.1": "anything", "10.255.255.1": "ten"}
        got = self.fields(d, *[relayed(a) for a in asked])
        self.assertEqual([f["site"] for f in got], list(asked.values()))

    def test_of_several_the_last_counts_and_one_asks_by_what_another_says(self):
        d = self.enriched({
            "a": self.table("a.json", {"127.0.0.1": {"site": "B", "rack": "7"}}),
            "b": self.table("b.json", {"B": {"phone": 5550100, "rack": None}}, key="site"),
            "c": self.table("c.json", {"B": {"site": "Berlin"}}, key="site")})
        self.assertEqual(self.fields(d, trap(1)),
                         [{"site": "Berlin", "rack": "7", "phone": "5550100"}])


class Changes(TableCase):
    def test_under_load_none_is_lost_and_none_sees_half(self):
        others = "".join(f"10.{i >> 16}.{i >> 8 & 255}.{i & 255},x,y\n"
                         for i in range(100000))
        d = self.enriched({
            "c": self.table("t.csv", f"key,one,two\n{others}127.0.0.1,0,0\n"),
            "j": self.table("t.json", {"127.0.0.1": {"three": 0, "four": 0}}),
            "s": {"type": "sqlite", "file": self.database(("127.0.0.1", "0")),
                  "query": "SELECT key, site FROM devices"} | FAST})
        load = d.blast("--rate", "2000", "--count", "14000", "--sources", "1")
        for n in range(1, 3):
            self.write("t.csv", f"key,one,two\n{others}127.0.0.1,{n},{n}\n")
            self.write("t.json", {"127.0.0.1": {"three": n, "four": n}})
            self.database(("127.0.0.1", str(n)))
            wait(lambda n=n: self.last(d) == {"one": str(n), "two": str(n), "three": str(n),
                                              "four": str(n), "site": str(n)},
                 lambda n=n: f"number {n}: {self.last(d)}")
        load.communicate()
        c = d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 14000)
        self.assertEqual((c["lost"], c["received"]), (0, 14000))
        seen = [e["fields"] for e in d.events()]
        for field, other in (("one", "two"), ("three", "four"), ("site", "site")):
            values = [f[field] for f in seen]
            self.assertEqual(values, [f[other] for f in seen])
            self.assertEqual(values, sorted(values))

    @staticmethod
    def last(d):
        """Of the last whole line: the file is being written."""
        with open(d.state / "events.json", "rb") as f:
            f.seek(max(0, os.fstat(f.fileno()).st_size - 8192))
            lines = f.read().split(b"\n")
        return json.loads(lines[-2])["fields"] if len(lines) > 2 else None

    def test_one_that_is_broken_changes_nothing_and_is_told_once(self):
        good = {"t.csv": "key,site\n127.0.0.1,old\n", "t.json": '{"127.0.0.1":{"site":"old"}}'}
        bad = {"t.csv": 'key,site\n127.0.0.1,new\n1.2.3.4,"open\n',
               "t.json": '{"127.0.0.1":{"site":"new"},\n "1.2.3.4":'}
        for name, text in good.items():
            with self.subTest(name):
                d = self.enriched({"t": self.table(name, text)})
                self.assertEqual(self.fields(d, trap(1)), [{"site": "old"}])
                self.write(name, bad[name])
                failures = 'trapline_table_failures_total{table="t"}'
                wait(lambda d=d: d.metrics()[failures] != "0", "the failure")
                self.assertEqual(self.fields(d, trap(1)), [{"site": "old"}])
                told, = [x for x in d.errors if "enrichment t:" in x and "error" in x]
                self.assertRegex(told, r"\b[23]\b")  # the line
                (self.folder / name).unlink()
                wait(lambda d=d: d.metrics()[failures] == "2", "that it is gone")
                self.assertEqual(self.fields(d, trap(1)), [{"site": "old"}])
                self.write(name, text.replace("old", "newer"))
                wait(lambda d=d: self.fields(d, trap(1)) == [{"site": "newer"}], "the new one")

    def test_a_database_that_is_broken_changes_nothing(self):
        path = self.database(("127.0.0.1", "old"))
        d = self.enriched({"t": {"type": "sqlite", "file": path,
                                 "query": "SELECT key, site FROM devices"} | FAST})
        self.assertEqual(self.fields(d, trap(1)), [{"site": "old"}])
        self.write("devices.db", "this is no database, " * 1000)
        wait(lambda: d.metrics()['trapline_table_failures_total{table="t"}'] != "0",
             "the failure")
        self.assertEqual(self.fields(d, trap(1)), [{"site": "old"}])

    def test_one_that_is_no_table_at_the_start_has_no_rows_until_it_is(self):
        d = self.enriched({"t": self.table("later.csv", "")})
        self.assertEqual(self.fields(d, trap(1)), [{}])
        d.wait_line("error: enrichment t: ")
        self.write("later.csv", "key,site\n127.0.0.1,here\n")
        wait(lambda: self.fields(d, trap(1)) == [{"site": "here"}], "its row")

    def test_a_reload_keeps_tables_that_are_the_same(self):
        tables = {"t": self.table("t.json", {"127.0.0.1": {"site": "old"}}, refresh="1h")}
        d = self.enriched(tables)
        self.write("t.json", {"127.0.0.1": {"site": "new"}})
        for change, site in (({}, "old"), ({"key": "source"}, "new")):
            tables["t"] |= change
            d.configure({"listen": [f"udp:127.0.0.1:{d.ports[0]}"], "enrichment": tables,
                         "trusted_relays": ["127.0.0.1"]})
            self.assertTrue(d.ask("reload")["ok"])
            self.assertEqual(self.fields(d, trap(1)), [{"site": site}])


class Device(TableCase):
    def device(self, conf, datagram, source="127.0.0.1"):
        d = self.run_daemon({"users": ["u", "v,auth=SHA-256:authpassphrase"]} | conf)
        d.send(datagram, source=source)
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 1)
        event, = d.events()
        return event.get("device", event["source"])["address"]

    def test_the_first_that_tells_and_is_believed(self):
        trust = {"trusted_relays": ["127.0.0.0/30"]}
        engines = {"engine_addresses": {ENGINE.hex(): "10.7.7.7"}}
        v1 = messages.v1(ber.varbind(TRAP_ADDRESS, ber.ip_address("10.1.1.1")),
                         agent="10.2.2.2")
        v3 = messages.Sender("u", ENGINE).message(
            ber.varbind(TRAP_ADDRESS, ber.ip_address("10.1.1.1")))
        signed = messages.Sender("v", ENGINE, "SHA-256", "authpassphrase").message()
        for conf, datagram, device in (
                (trust, v1, "10.1.1.1"), ({}, v1, "127.0.0.1"),
                (trust | {"source_address": ["agent_address", "snmpTrapAddress"]}, v1,
                 "10.2.2.2"),
                (trust | {"source_address": ["peer", "snmpTrapAddress"]}, v1, "127.0.0.1"),
                (trust, messages.v1(agent="10.2.2.2"), "10.2.2.2"),
                (trust, messages.v1(agent="0.0.0.0"), "127.0.0.1"),
                (trust, relayed("127.0.0.9"), "127.0.0.1"),
                (trust | engines, v3, "10.1.1.1"),
                (trust | engines | {"source_address": ["engine_id", "snmpTrapAddress"]}, v3,
                 "10.7.7.7"),
                (engines, v3, "127.0.0.1"),  # nobody has signed it
                (engines, signed, "10.7.7.7"),
                (engines | {"source_address": ["peer"]}, signed, "127.0.0.1")):
            with self.subTest(conf=conf):
                self.assertEqual(self.device(conf, datagram), device)

    def test_a_rule_may_say_another_order_and_tables_follow(self):
        d = self.enriched(
            {"t": self.table("t.json", {"10.1.1.1": {"site": "one"},
                                        "10.2.2.2": {"site": "two"}})},
            rules=[{"match": {"enterprise": "1.3.6.1.4.1.99999"},
                    "set": {"source": ["agent_address", "peer"]}}])
        claim = ber.varbind(TRAP_ADDRESS, ber.ip_address("10.1.1.1"))
        self.assertEqual(
            self.fields(d, messages.v1(claim, agent="10.2.2.2"),
                        messages.v1(claim, agent="10.2.2.2", enterprise="1.3.6.1.4.1.8")),
            [{"site": "two"}, {"site": "one"}])


class Manual(TableCase):
    """The examples of docs/enrichment.md work as they are printed."""

    TEXT = (ROOT / "docs" / "enrichment.md").read_text()

    def block(self, begin):
        """The indented block whose first line begins so, without its indentation."""
        found = re.search(rf"(?m)^    {re.escape(begin)}.*\n(?:    .*\n|\n(?=    ))*", self.TEXT)
        return re.sub(r"(?m)^    ", "", found[0])

    def start(self, text):
        path = self.folder / "trapline.yaml"
        path.write_text(f"listen: ['udp:127.0.0.1:0']\nstate: {self.folder}/state\n"
                        "metrics: {listen: '127.0.0.1:0'}\n"
                        "outputs: {events: {type: file, path: events.json}}\n" + text)
        return self.run_daemon(folder=self.folder)

    def test_the_worked_example(self):
        (self.folder / "devices.csv").write_text(self.block("network,site,rack,owner"))
        (self.folder / "sites.json").write_text(self.block("{\n"))
        d = self.start(self.block("enrichment:\n      devices:") +
                       "trusted_relays: [127.0.0.1]\n")
        got, other = self.fields(
            d, relayed("10.1.2.77", ber.varbind(IF_DESCR, ber.octets(b"Gig 0/1")),
                       trap_oid=messages.LINK_DOWN), relayed("10.1.9.9"))
        said = re.search(r'`"fields":(\{[^`]*\})`', self.TEXT)[1]
        self.assertEqual(got, json.loads(said.replace("\n", "")))
        self.assertEqual(d.events()[0]["message"], "Gig 0/1 in Berlin, rack 7, is down")
        self.assertNotIn("rack", other)

    def test_the_database_and_the_other_pieces(self):
        with sqlite3.connect(self.folder / "devices.db") as db:
            db.execute("CREATE TABLE devices (address, site, rack)")
            db.execute("INSERT INTO devices VALUES ('127.0.0.1', 'Berlin', 7)")
        db.close()
        text = self.block("enrichment:\n      inventory:")
        text = text.replace("/var/lib/inventory/", str(self.folder) + "/")
        text += self.block("engine_addresses:") + self.block("reverse_dns:") + \
            self.block("rules:\n      - match: {trap: 1.3.6") + \
            self.block("source_address:")
        d = self.start(text)
        self.assertEqual(self.fields(d, trap(1)), [{"site": "Berlin", "rack": "7"}])


class NameServer:
    """Answers questions for names of 127.0.0.0/8, unless it is |silent|."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.silent, self.asked, self.name = True, 0, b"\x05box-%c\x07example\x03net\0"
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            data, peer = self.socket.recvfrom(4096)
            self.asked += 1
            if self.silent:
                continue
            end = data.index(b"\0", 12) + 5
            digit = data[13:14]  # the last number of the address
            name = self.name.replace(b"%c", digit)
            self.socket.sendto(
                data[:2] + b"\x85\x80\0\1\0\1\0\0\0\0" + data[12:end] +
                b"\xc0\x0c\0\x0c\0\1\0\0\0\x3c" + len(name).to_bytes(2, "big") + name, peer)


@unittest.skipUnless(os.environ.get(INSIDE), "runs in a network of its own")
class Names(Case):
    @classmethod
    def setUpClass(cls):
        raise_loopback()
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        for name, text in (("resolv.conf", "nameserver 127.0.0.1\noptions attempts:1\n"),
                           ("nsswitch.conf", "hosts: files dns\n"), ("hosts", "")):
            path = pathlib.Path(cls.folder.name) / name
            path.write_text(text)
            subprocess.run(["mount", "--bind", path, f"/etc/{name}"], check=True)
        cls.server = NameServer()

    def named(self, **more):
        return self.run_daemon({"reverse_dns": {"enabled": True} | more})

    def name(self, d, source):
        before = d.counters()["outputs"]["events"]["delivered"]
        d.send(trap(1), source=source)
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == before + 1)
        return d.events()[-1].get("device", {}).get("name")

    def test_a_server_that_is_silent_holds_up_nothing(self):
        self.server.silent = True
        d = self.named()
        load = d.blast("--rate", "3000", "--count", "6000", "--sources", "200")
        load.communicate()
        c = d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 6000)
        self.assertEqual(c["lost"], 0)
        self.assertGreater(self.server.asked, 0)
        self.assertTrue(all("device" not in e for e in d.events()))
        # delivered in less than a question takes: 99 of 100 below 512 ms
        buckets = d.metrics()
        below = buckets['trapline_output_latency_seconds_bucket{output="events",le="0.512"}']
        self.assertGreater(int(below), 5940)

    def test_the_end_does_not_wait_for_it(self):
        self.server.silent = True
        d = self.named()
        self.assertIsNone(self.name(d, "127.0.0.7"))
        wait(lambda: self.server.asked, "a question")
        d.stop(timeout_s=3)

    def test_names_are_shown_remembered_and_asked_for_again(self):
        self.server.silent = False
        d = self.named(ttl="1s")
        wait(lambda: self.name(d, "127.0.0.7") == "box-7.example.net", "the name")
        event = d.events()[-1]
        self.assertEqual(event["device"], {"address": "127.0.0.7", "name": "box-7.example.net"})
        self.server.silent = True
        asked = self.server.asked
        wait(lambda: self.name(d, "127.0.0.7") and self.server.asked > asked,
             "another question")
        self.assertEqual(self.name(d, "127.0.0.7"), "box-7.example.net")

    def test_what_is_no_name_is_not_shown(self):
        self.server.silent = False
        self.addCleanup(setattr, self.server, "name", self.server.name)
        self.server.name = b"\x05a\x1b[2J\x07example\x03net\0"
        d = self.named()
        asked = self.server.asked
        wait(lambda: self.name(d, "127.0.0.8") or self.server.asked > asked, "the question")
        for _ in range(5):
            self.assertIsNone(self.name(d, "127.0.0.8"))


class Outside(unittest.TestCase):
    def test_names_in_a_network_of_their_own(self):
        own = ["unshare", "--map-root-user", "--net", "--mount"]
        if not shutil.which("unshare") or run([*own, "true"]).returncode != 0:
            self.skipTest("no network of its own is allowed here")
        result = subprocess.run([*own, sys.executable, __file__], check=False,
                                timeout=300, capture_output=True,
                                env=os.environ | {INSIDE: "1", "TRAPLINE": PROGRAM})
        self.assertEqual(result.returncode, 0, result.stderr.decode())


def load_tests(loader, _tests, _pattern):
    here = [Names] if INSIDE in os.environ else [Tables, Changes, Device, Manual, Outside]
    return unittest.TestSuite(map(loader.loadTestsFromTestCase, here))


if __name__ == "__main__":
    unittest.main()
