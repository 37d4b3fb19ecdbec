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
import tempfile
import threading
import time
import unittest

import messages
from harness import PROGRAM
from outputs import Elasticsearch
from running import Case, Daemon

COUNT = int(os.environ.get("STORM", 50000))
SOURCES = 5000
FULL = COUNT > 1000000
PATIENCE_S = 300 if FULL else 60
INFORMS = 200
HTTP_QUEUE = 10000 if FULL else 2000
SANITIZED = b"__asan_init" in pathlib.Path(PROGRAM).read_bytes()
LINE = re.compile(rb'"id":"([0-9a-f]{32})".*?"kind":"(\w+)"(?:.*?"source":\{"address":"([^"]+)")?'
                  rb'(?:.*?"request_id":(\d+))?')
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


def memory_bound(conf, threads):
    """What docs/limits.md says: the most that trapline may take with |conf|."""
    size = {"KiB": 1 << 10, "MiB": MIB}

    def number(text):
        return text if isinstance(text, int) else int(text[:-3]) * size[text[-3:]]

    total = 48 * MIB + 8 * MIB * threads
    for o in conf["outputs"].values():
        queue, batch = o.get("queue", {}), o.get("batch", {})
        total += number(queue.get("bytes", "64MiB")) + 32 * queue.get("events", 10000)
        total += 8 * number(batch.get("bytes", "1MiB")) + 8 * batch.get("events", 1000)
    total += 256 * conf.get("dedup", {}).get("entries", 100000)
    total += 128 * conf.get("limits", {}).get("sources", 100000)
    total += 512 * conf.get("alarms", {}).get("entries", 100000)
    return total


def numbered_lines(path):
    with open(path, "rb") as f:
        yield from f


class Storm(Case):
    """One storm; the tests are what is to be true of it."""

    threads = 1

    def setUp(self):
        self.mute, self.port = Mute(), free_port()
        self.addCleanup(self.mute.close)

    def conf(self, folder):
        def http(port, policy, **more):
            return {"type": "http", "api": "elasticsearch", "index": policy,
                    "url": f"http://127.0.0.1:{port}", "retry": {"first": "50ms", "most": "200ms"},
                    "queue": {"events": HTTP_QUEUE, "bytes": "16MiB", "when_full": policy}, **more}

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
                "oldest": http(self.port, "drop-oldest"),
                "newest": http(self.port, "drop-newest"),
                "mute": http(self.mute.port, "drop-lowest", timeout="500ms", index="mute"),
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

    def read_lines(self, path):
        for line in numbered_lines(path):
            self.assertTrue(line.endswith(b"\n"), line)
            found = LINE.search(line)
            self.assertIsNotNone(found, line)
            yield found.groups()

    def check_order(self, events):
        """(id, source, request-id): each once, and each source's in order; the request-ids
        of blast count up, and past 2^32."""
        seen, last, count = set(), {}, 0
        for event, source, request in events:
            count += 1
            seen.add(event)
            before = last.get(source)
            if before is not None:
                self.assertLess((request - before) % (1 << 32), 1 << 31,
                                f"{source.decode()}: {request} after {before}")
            last[source] = request
        self.assertEqual(len(seen), count, "some are there twice")
        return count

    def check_files(self, d, final):
        kinds = collections.Counter()

        def traps():
            for event, kind, source, request in self.read_lines(d.state / "events.json"):
                kinds[kind] += 1
                if kind == b"trap" and not source.startswith(b"127.1."):
                    yield int(event, 16), source, int(request)

        self.check_order(traps())
        self.assertEqual(kinds[b"inform"], INFORMS)
        self.assertEqual(kinds.total(), final["outputs"]["events"]["delivered"])

        def rotated():
            for path in sorted(d.state.glob("rotated.*")) + [d.state / "rotated"]:
                for line in numbered_lines(path):
                    event, source, request = line.split(b" ")
                    if request.strip() and not source.startswith(b"127.1."):
                        yield int(event, 16), source, int(request)

        self.check_order(x for x in rotated() if x[1] != b"127.0.0.1")

    def check_told(self, d, final):
        """The events of our own about drops add up to the counters."""
        sums = collections.Counter()
        for line in numbered_lines(d.state / "events.json"):
            if b'"kind":"dropped"' in line:
                event = json.loads(line)
                sums[event["fields"]["output"]] += event["count"]
        for name, o in final["outputs"].items():
            if name != "events":
                self.assertLessEqual(sums[name], o["dropped"] + o["given_up"] + o["rejected"])
                self.assertGreaterEqual(sums[name], o["dropped"])

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

    def check_policies(self, d, by_output, metrics):
        """Which events the policies have kept."""
        lines = [x for x in self.read_lines(d.state / "events.json")]
        ids = [x[0].decode() for x in lines if x[1] in (b"trap", b"inform")]
        matter = {x[0].decode() for x in lines if x[2] and x[2].decode() in LINKED}
        self.assertGreater(len(matter), 0)
        self.assertEqual(0, len(matter - by_output["drop-lowest"].keys()))
        self.assertEqual("0", metrics[
            'trapline_output_dropped_total{output="lowest",severity="critical"}'])
        half = HTTP_QUEUE // 2
        self.assertEqual(0, len(set(ids[:half]) - by_output["drop-newest"].keys()))
        self.assertEqual(0, len(set(ids[-half:]) - by_output["drop-oldest"].keys()))

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
        servers, outputs = self.recover(d)
        by_output = self.check_recovered(d, servers, outputs)
        most, bound = self.check_memory(d, conf)
        final = d.stop()
        self.assertEqual(d.status, 0, d.errors)
        self.check_sums(final)
        self.assertEqual(final["received"] + final["lost"], sent)
        self.check_files(d, final)
        self.check_told(d, final)
        self.check_policies(d, by_output, metrics)
        print(f"# {self.threads} thread(s): sent {told['sent']} at {told['rate']:.0f}/s, "
              f"took in within {took_s:.1f} s, lost {final['lost']}, the file dropped "
              f"{final['outputs']['events']['dropped']}; most memory {most / MIB:.0f} MiB of "
              f"{bound / MIB:.0f}")


class StormOfSeveralThreads(Storm):
    threads = 4


if __name__ == "__main__":
    unittest.main()
