"""A storm from thousands of sources, at full rate, with outputs that are dead, mute, or
slow. What is received goes somewhere, and it is counted where; memory stays below what the
configuration allows; the file has each event once and in order; what was dead recovers.

    make test ONLY=storm                 # a small one
    STORM=5000000 TRAPLINE=build/trapline tests/e2e/test_storm.py   # or bench/run storm
"""

import collections
import json
import os
import pathlib
import re
import socket
import sys
import tempfile
import threading
import time
import types
import unittest

import messages
from harness import PROGRAM, Client
from products import Elasticsearch
from running import Case, Daemon

COUNT = int(os.environ.get("STORM", 50000))
SOURCES = 5000
FULL = COUNT > 1000000
PATIENCE_S = 300 if FULL else 60
INFORMS = 200
SMALL = "16MiB" if FULL else "4MiB"
HTTP_QUEUE = 10000 if FULL else 2000
SANITIZED = re.search(rb"__[at]san_init", pathlib.Path(PROGRAM).read_bytes())
LINE = re.compile(rb'{"schema":1,"id":"([0-9a-f]{32})","time":"[^"]*","kind":"(\w+)"'
                  rb'(?:,"version":"\w+","source":{"address":"([^"]+)")?')
REQUEST = re.compile(rb'"request_id":(\d+)')
MIB = 1 << 20
LINKED = {"127.0.1.1", "127.0.1.2"}  # two of the sources, whose events matter most


class Mute:
    """Accepts connections, and never says anything."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.taken = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            while True:
                self.taken.append(self.socket.accept()[0])
        except OSError:
            pass

    def close(self):
        if self.socket.fileno() >= 0:
            self.socket.shutdown(socket.SHUT_RDWR)
        for s in [self.socket, *self.taken]:
            s.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def sum_up(o):
    """Of an output, what was offered; and that it is somewhere."""
    return o["delivered"] + o["dropped"] + o["rejected"] + o["given_up"] + o["waiting"]


def number_of(size):
    return int(size[:-3]) * {"KiB": 1 << 10, "MiB": MIB}[size[-3:]]


def memory_bound(conf, threads):
    """The most that trapline may take with |conf|, as docs/limits.md says."""
    total = 48 * MIB + 40 * MIB * threads
    for o in conf["outputs"].values():
        queue, batch = o.get("queue", {}), o.get("batch", {})
        total += number_of(queue.get("bytes", "64MiB")) + 40 * queue.get("events", 10000)
        total += 8 * number_of(batch.get("bytes", "1MiB")) + 8 * batch.get("events", 1000)
    entries = {"dedup": 176, "limits": 128, "alarms": 300}
    return total + 100000 * sum(entries.values())


class Storm(Case):
    """One storm; the tests are what is to be true of it."""

    threads = 1

    def setUp(self):
        self.mute, self.port = Mute(), free_port()
        self.addCleanup(self.mute.close)

    def conf(self, folder):
        def http(port, policy, size=None, **more):
            """|size|: the limit is that of bytes."""
            return {"type": "http", "api": "elasticsearch", "index": policy,
                    "url": f"http://127.0.0.1:{port}", "retry": {"first": "50ms", "most": "200ms"},
                    "queue": {"events": 1000000 if size else HTTP_QUEUE, "bytes": size or "64MiB",
                              "when_full": policy}, **more}

        script = f"while [ ! -e {folder}/go ]; do sleep 0.1; done; cat >>{folder}/ran"
        room = {"events": 200000, "bytes": "256MiB"}
        return {
            "threads": self.threads, "limits": {},
            "rules": [{"match": {"source": sorted(LINKED)}, "set": {"severity": "critical"}}],
            "outputs": {
                "events": {"type": "file", "path": "events.json", "rotate": {"size": 0},
                           "queue": room},
                "rotated": {"type": "file", "path": "rotated", "format": "template",
                            "template": "{id} {source} {request_id}", "queue": room,
                            "rotate": {"size": "1MiB", "keep": 100000}},
                "lowest": http(self.port, "drop-lowest"),
                "oldest": http(self.port, "drop-oldest", SMALL),
                "newest": http(self.port, "drop-newest", "256MiB" if FULL else SMALL),
                "mute": http(self.mute.port, "drop-lowest", timeout="5s", index="mute"),
                "slow": {"type": "exec", "command": ["/bin/sh", "-c", script], "parallel": 2,
                         "timeout": "10m", "queue": {"events": 64}, "batch": {"events": 4}},
            }}


    # the storm itself

    def blow(self, d, *args):
        blast = d.blast("--json", "--count", str(COUNT), "--sources", str(SOURCES), *args)
        informs = d.blast("--json", "--inform", "--count", str(INFORMS), "--outstanding", "2",
                          "--timeout", "0.2", "--retries", "500")
        out, err = blast.communicate(timeout=PATIENCE_S)
        self.assertEqual(blast.returncode, 0, err)
        told = json.loads(out)
        acknowledged, err = informs.communicate(timeout=PATIENCE_S)
        self.assertEqual(informs.returncode, 0, err)
        acknowledged = json.loads(acknowledged)
        self.assertEqual(acknowledged["informs"]["acknowledged"], INFORMS)
        return told["sent"] + acknowledged["sent"], told

    def wait_for_intake(self, d, sent):
        """Until all that was sent was received or is known to be lost, which the kernel
        tells with the next datagrams; the sum of all that were sent."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            c = d.counters()
            if c["received"] + c["lost"] >= sent:
                return sent, c
            for source in range(1, 40):
                d.send(messages.v2c(), source=f"127.1.0.{source}")
            sent += 39
            time.sleep(0.05)
        self.fail(f"{sent} sent: {c}")

    def check_outputs(self, d, c):
        """By status and by metrics alike; |c|: when nothing more comes."""
        status = {o["name"]: o for o in d.ask("status")["outputs"]}
        metrics = d.metrics()
        for name, o in status.items():
            self.assertEqual(o["offered"], sum_up(o), o)
            labels = f'{{output="{name}"}}'

            def metric(what):
                return int(metrics[f"trapline_output_{what}{labels}"])

            dropped = sum(int(v) for k, v in metrics.items() if k.startswith(
                f'trapline_output_dropped_total{{output="{name}"'))
            self.assertEqual(
                metric("offered_total"), metric("delivered_total") + dropped
                + metric("rejected_total") + metric("given_up_total") + metric("queue_events"))
            self.assertGreaterEqual(o["offered"], c["delivered"])
            self.assertLessEqual(o["offered"], c["delivered"] + d.counters()["own_events"])
        return status, metrics

    # what came of it

    def read_events(self, d):
        """What is in the file: the sum of each kind, the traps of the storm in order, as
        (id, source, request-id), and what was told of drops."""
        f = types.SimpleNamespace(kinds=collections.Counter(), traps=[],
                                  told=collections.Counter())
        with open(d.state / "events.json", "rb") as lines:
            for line in lines:
                found = LINE.match(line)
                self.assertTrue(found and line.endswith(b"\n"), line)
                event, kind, source = found.groups()
                f.kinds[kind] += 1
                if kind == b"dropped":
                    told = json.loads(line)
                    f.told[told["fields"]["output"]] += told["count"]
                elif kind == b"trap" and not source.startswith(b"127.1."):
                    request = int(REQUEST.search(line)[1])
                    f.traps.append((int(event, 16), sys.intern(source.decode()), request))
        return f

    def read_rotated(self, d):
        for path in sorted(d.state.glob("rotated.*")) + [d.state / "rotated"]:
            with open(path, "rb") as lines:
                for line in lines:
                    event, source, request = line.split(b" ")
                    if request.strip() and not source.startswith((b"127.1.", b"127.0.0.1")):
                        yield int(event, 16), sys.intern(source.decode()), int(request)

    def check_order(self, events):
        """Each is there once, and each source's are in order; the request-ids of blast
        count up, and on past 2^32."""
        seen, last, count = set(), {}, 0
        for event, source, request in events:
            count += 1
            seen.add(event)
            before = last.get(source, request - 1)
            if not 0 < (request - before) % (1 << 32) < 1 << 31:
                self.fail(f"{source}: {request} after {before}")
            last[source] = request
        self.assertEqual(len(seen), count, "some are there twice")

    def check_files(self, d, final):
        f = self.read_events(d)
        self.check_order(f.traps)
        self.check_order(self.read_rotated(d))
        self.assertEqual(f.kinds[b"inform"], INFORMS)
        self.assertEqual(f.kinds.total(), final["outputs"]["events"]["delivered"])
        for name, o in final["outputs"].items():
            if name != "events":  # what was given up at the very end goes to the log
                self.assertEqual(f.told[name], o["dropped"] + o["rejected"])
        return f

    def check_memory(self, d, conf):
        status = pathlib.Path(f"/proc/{d.process.pid}/status").read_text()
        most = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024
        bound = memory_bound(conf, self.threads)
        if not SANITIZED:
            self.assertLess(most, bound)
        return most, bound

    def recover(self, d):
        """Servers come up where there was none, and where one was mute."""
        self.mute.close()
        servers = [Elasticsearch(port=self.port), Elasticsearch(port=self.mute.port)]
        for server in servers:
            self.addCleanup(server.stop)
        (d.folder / "go").touch()
        names = ("lowest", "oldest", "newest", "mute", "slow", "events", "rotated")
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            outputs = d.counters()["outputs"]
            if all(outputs[n]["waiting"] == 0 for n in names):
                return servers, outputs
            time.sleep(0.05)
        self.fail(f"not all recovered: {outputs}")

    def check_recovered(self, d, servers, outputs):
        documents = servers[0].documents | servers[1].documents
        by_output = collections.defaultdict(dict)
        for (index, event), document in documents.items():
            by_output[index][event] = document
        by_output["mute"] = by_output.pop("mute", {})
        for name, index in (("lowest", "drop-lowest"), ("oldest", "drop-oldest"),
                            ("newest", "drop-newest"), ("mute", "mute")):
            self.assertEqual(len(by_output[index]), outputs[name]["delivered"], name)
            self.assertGreaterEqual(len(by_output[index]), HTTP_QUEUE)
            self.assertGreater(outputs[name]["dropped"], 0, name)
        self.assertEqual([s.repeats for s in servers], [0, 0])
        with open(d.folder / "ran", "rb") as f:
            ran = [json.loads(x)["id"] for x in f]
        self.assertEqual(len(ran), outputs["slow"]["delivered"])
        self.assertEqual(len(set(ran)), len(ran))
        return by_output

    def check_policies(self, f, by_output, metrics):
        """Which events the policies have kept."""
        half = HTTP_QUEUE // 2
        matter = {event for event, source, _ in f.traps if source in LINKED}
        first = {event for event, _, _ in f.traps[:half]}
        last = {event for event, _, _ in f.traps[-half:]}
        self.assertGreater(len(matter), 0)
        for events, policy in ((matter, "drop-lowest"), (first, "drop-newest"),
                               (last, "drop-oldest")):
            kept = {int(event, 16) for event in by_output[policy]}
            self.assertEqual(0, len(events - kept), policy)
        self.assertEqual("0", metrics[
            'trapline_output_dropped_total{output="lowest",severity="critical"}'])

    def test_what_is_received_is_somewhere_and_what_was_dead_recovers(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        conf = self.conf(folder.name)
        d = self.run_daemon(conf, folder=folder.name)
        began = time.monotonic()
        sent, told = self.blow(d)
        sent, c = self.wait_for_intake(d, sent)
        took_s = time.monotonic() - began
        self.assertEqual(c["received"] + c["lost"], sent)
        self.assertEqual(c["suppressed"] + c["refused"], 0)
        status, metrics = self.check_outputs(d, c)
        for name in ("lowest", "oldest", "newest", "mute", "slow"):
            self.assertEqual(status[name]["delivered"], 0, status[name])
            most = number_of(conf["outputs"][name]["queue"].get("bytes", "64MiB"))
            self.assertLess(status[name]["waiting_bytes"], most + 2 * MIB)
        servers, outputs = self.recover(d)
        by_output = self.check_recovered(d, servers, outputs)
        most, bound = self.check_memory(d, conf)
        final = d.stop()
        self.assertEqual(d.status, 0, d.errors)
        self.check_sums(final)
        self.assertEqual(final["received"] + final["lost"], sent)
        self.check_policies(self.check_files(d, final), by_output, metrics)
        print(f"# {self.threads} thread(s): sent {told['sent']} at {told['rate']:.0f}/s, "
              f"took in within {took_s:.1f} s, lost {final['lost']}, the file dropped "
              f"{final['outputs']['events']['dropped']}; most memory {most / MIB:.0f} MiB of "
              f"{bound / MIB:.0f}")


class StormOfSeveralThreads(Storm):
    threads = 4


DEAD = {"type": "http", "url": "http://127.0.0.1:1", "retry": {"first": "1h", "most": "1h"}}


class Full(Case):
    """Outputs that have no room left."""

    def dead(self, policy, events=10):
        return DEAD | {"queue": {"events": events, "when_full": policy}}

    def run_with(self, outputs, file=True, check=False):
        """Without |check| its end is not waited for: dead outputs take their time."""
        more = {"events": {"type": "file", "path": "events.json"}} if file else {}
        d = self.run_daemon({"outputs": outputs | more}, check=check)
        if not check:
            self.addCleanup(self.kill, d)
        return d

    @staticmethod
    def kill(d):
        d.process.kill()
        d.status = d.process.wait()

    def fill(self, d, count=100):
        """Once those that are dead have failed with the first, all others stay in queues."""
        d.send(messages.v2c(request_id=0))
        d.wait_counters(lambda c: all(o["retries"] > 0 for n, o in c["outputs"].items()
                                      if n not in ("events", "mute", "slow")))
        d.send(*[messages.v2c(request_id=i) for i in range(1, count)])
        d.wait_counters(lambda c: c["received"] == count and all(
            o["dropped"] > 0 for n, o in c["outputs"].items() if n != "events"))

    def inform(self, d):
        client = Client()
        self.addCleanup(client.close)
        client.send(messages.v2c(tag=messages.INFORM, request_id=77), ("127.0.0.1", d.ports[0]))
        return client

    def test_ones_do_not_keep_an_inform_from_being_acknowledged_that_another_has(self):
        d = self.run_with({p: self.dead(p) for p in ("drop-lowest", "drop-newest")})
        self.fill(d)
        reply = self.inform(d).receive()[0]
        self.assertEqual(messages.parse(reply).request_id, 77)
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] >= 101 and
                        c["acknowledged"] == 1)
        self.assertEqual([e["request_id"] for e in d.events() if e["kind"] == "inform"], [77])

    def test_ones_alone_keep_it_from_being_acknowledged(self):
        d = self.run_with({p: self.dead(p) for p in ("drop-lowest", "drop-newest")}, file=False)
        self.fill(d)
        for informs in (1, 2):  # its second try counts as the first did
            self.inform(d)
            c = d.wait_counters(lambda c: c["informs"] == informs)
            self.assertEqual((c["acknowledged"], c["duplicate"]), (0, 0))

    def test_ones_that_drop_the_oldest_take_every_inform(self):
        d = self.run_with({"dead": self.dead("drop-oldest")}, file=False)
        self.fill(d)
        self.assertEqual(messages.parse(self.inform(d).receive()[0]).request_id, 77)

    def test_an_inform_that_no_output_is_to_have_is_acknowledged(self):
        d = self.run_with({"dead": self.dead("drop-newest") | {"filter": {"kind": "trap"}}},
                          file=False)
        self.fill(d)
        self.assertEqual(messages.parse(self.inform(d).receive()[0]).request_id, 77)

    def test_one_that_recovers_is_told_of_its_own_drops_in_one_sum(self):
        port = free_port()
        http = self.dead("drop-lowest") | {"url": f"http://127.0.0.1:{port}", "api": "elasticsearch",
                                           "retry": {"first": "10ms", "most": "10ms"}}
        d = self.run_with({"it": http}, check=True)
        self.fill(d)
        server = Elasticsearch(port=port)
        self.addCleanup(server.stop)
        c = d.wait_counters(lambda c: c["outputs"]["it"]["waiting"] == 0)
        d.stop()
        told = [x for x in server.documents.values() if x["kind"] == "dropped"]
        self.assertEqual([x["count"] for x in told], [c["outputs"]["it"]["dropped"]])
        self.assertEqual(len(server.documents), c["outputs"]["it"]["delivered"] + 1)

    def test_ones_hold_up_neither_a_reload_nor_the_end_and_are_told_of(self):
        mute = Mute()
        self.addCleanup(mute.close)
        slow = {"type": "exec", "command": ["/bin/sleep", "1000"], "timeout": "1h",
                "queue": {"events": 10}}
        outputs = {p: self.dead(p) for p in ("drop-lowest", "drop-newest", "drop-oldest")} | {
            "mute": self.dead("drop-lowest") | {
                "url": f"http://127.0.0.1:{mute.port}", "timeout": "1h"}, "slow": slow}
        d = self.run_with(outputs, check=True)
        self.fill(d)
        began = time.monotonic()
        self.assertTrue(d.ask("reload")["ok"])
        self.assertLess(time.monotonic() - began, 3)
        before = d.counters()["outputs"]
        began = time.monotonic()
        final = d.stop()
        self.assertLess(time.monotonic() - began, 9)
        told = [e for e in d.events() if e["kind"] == "dropped"]
        self.check_schema(told)
        self.assertEqual({e["fields"]["output"]: e["count"] for e in told},
                         {name: before[name]["dropped"] for name in outputs})
        self.assertEqual(len(told), len(outputs))
        for name in outputs:
            o = final["outputs"][name]
            self.assertEqual((o["waiting"], o["offered"]), (0, sum_up(o)), (name, o))
            self.assertEqual(o["dropped"], before[name]["dropped"])  # the tellings pushed none out
            self.assertGreater(o["given_up"], 0)


class Repeats(Case):
    def test_the_summaries_of_a_storm_add_up(self):
        d = self.run_daemon({"dedup": {"enabled": True, "window": "300ms", "key": ["source"]}})
        blast = d.blast("--count", "20000", "--sources", "500")
        blast.communicate(timeout=PATIENCE_S)

        def summed_up(c):
            told = sum(e["count"] for e in d.events() if e["kind"] == "repeated")
            return c["received"] + c["lost"] >= 20000 and told == c["suppressed_by"]["repeated"]

        c = d.wait_counters(summed_up)
        self.assertGreater(c["suppressed_by"]["repeated"], 10000)
        self.assertEqual(c["received"], c["delivered"] + c["suppressed"])


class Kill(Case):
    """In the middle of a storm, and while states are written."""

    CONF = {"alarms": {"enabled": True}, "outputs": {
        "events": {"type": "file", "path": "events.json", "batch": {"events": 100}},
        "other": {"type": "file", "path": "other.json", "rotate": {"size": "1MiB", "keep": 1000}}}}

    def kill(self, d):
        d.process.kill()
        d.status = d.process.wait()
        self.assertFalse([x for x in d.errors if "cannot be used" in x], d.errors)

    def storm(self, d, folder, until):
        """Until until(); the end comes at once."""
        load = d.blast("--duration", "30", "--sources", "500")
        self.addCleanup(load.communicate)
        self.addCleanup(load.kill)
        end = time.monotonic() + PATIENCE_S
        while not until():
            self.assertLess(time.monotonic(), end)
        self.kill(d)
        load.kill()

    def broken_lines(self, paths):
        broken = 0
        for path in paths:
            for line in path.read_bytes().splitlines():
                try:
                    json.loads(line)
                except ValueError:
                    broken += 1
        return broken

    def test_leaves_whole_lines_but_for_the_last(self):
        with tempfile.TemporaryDirectory() as folder:
            for kills in range(1, 4):
                d = self.run_daemon(self.CONF, folder=folder, check=False)
                file = d.state / "events.json"
                size = file.stat().st_size
                self.storm(d, folder, lambda: file.stat().st_size > size + 300000)
                for name in ("events.json", "other.json"):
                    paths = list(d.state.glob(f"{name}*"))
                    self.assertLessEqual(self.broken_lines(paths), kills)
            with open(file, "ab") as f:
                f.write(b'{"schema":1,"id":"18')
            broken = self.broken_lines([file])
            d = self.run_daemon(self.CONF, folder=folder, check=False)
            d.send(messages.v2c(request_id=4242))
            d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 1)
            last = file.read_bytes().splitlines()[-1]
            self.assertEqual(json.loads(last)["request_id"], 4242)
            self.assertEqual(self.broken_lines([file]), broken)

    def test_while_states_are_written_leaves_them_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            seen = 0
            for _ in range(6):
                d = self.run_daemon({"alarms": {"enabled": True}}, folder=folder, check=False)
                before = {p.name: p.stat().st_ino for p in d.state.iterdir()}
                load = d.blast("--count", "10000", "--sources", "500")
                load.communicate()
                d.wait_counters(lambda c: c["received"] + c["lost"] >= 10000)
                self.assertEqual(len(d.ask("alarms")["alarms"]), 500)
                d.process.terminate()

                def writes():
                    now = {p.name: p.stat().st_ino for p in d.state.iterdir()}
                    return now != before or d.process.poll() is not None

                while not self.holds(writes):
                    pass
                seen += d.process.poll() is None
                self.kill(d)
            self.assertGreater(seen, 0)

    @staticmethod
    def holds(condition):
        try:
            return condition()
        except FileNotFoundError:  # it came and went
            return True


if __name__ == "__main__":
    unittest.main()
