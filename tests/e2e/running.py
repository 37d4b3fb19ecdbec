"""Runs `trapline run` on a configuration of its own and asks it things. Daemon.check() is
what holds always: it ends well, its sums add up, and no sanitizer found something."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

from harness import PATIENCE_S, PROGRAM, ROOT, SANITIZER

LISTENING = re.compile(r"listening udp (\S+):(\d+)$")
METRICS = re.compile(r"metrics at (http://\S+)$")
# What blast sends is alike: nothing of it is to be taken for a repeat.
PLAIN = {"dedup": {"enabled": False}, "limits": {"rate": 0},
         "metrics": {"listen": "127.0.0.1:0"}}


class Daemon:
    """|conf|: what stands in its file besides the listener, the state and a file output
    "events"; |env|: added to its environment; |wrap|: what to run it with; |program|: in
    place of the one that is tested."""

    def __init__(self, conf=None, folder=None, env=None, wrap=(), program=PROGRAM):
        self.own_folder = tempfile.TemporaryDirectory() if folder is None else None
        self.folder = pathlib.Path(folder or self.own_folder.name)
        self.path = self.folder / "trapline.yaml"
        self.state = self.folder / "state"
        self.errors, self.changed = [], threading.Condition()
        self.status = None
        if not self.path.exists() or conf is not None:
            self.configure(conf or {})
        self.process = subprocess.Popen(
            [*wrap, str(program), "run", "-c", str(self.path)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=os.environ | (env or {}))
        self.thread = threading.Thread(target=self.read_errors, daemon=True)
        self.thread.start()

    def configure(self, conf):
        """Writes the file; JSON is YAML."""
        base = {"listen": ["udp:127.0.0.1:0"], "state": str(self.state),
                "outputs": {"events": {"type": "file", "path": "events.json",
                                       "queue": {"events": 200000, "bytes": "512MiB"}}}}
        self.path.write_text(json.dumps(base | PLAIN | conf, indent=1))

    def read_errors(self):
        for raw in self.process.stderr:
            with self.changed:
                self.errors.append(raw.decode(errors="replace").rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def wait(self, ready, timeout_s=PATIENCE_S):
        with self.changed:
            if not self.changed.wait_for(ready, timeout_s):
                raise AssertionError(f"waited in vain; stderr: {self.errors[-8:]}")
            return ready()

    def wait_line(self, pattern, start=0):
        return self.wait(lambda: next(
            (m for m in (re.search(pattern, x) for x in self.errors[start:]) if m), None))

    def wait_ready(self):
        self.wait(lambda: any(x.startswith("running") for x in self.errors)
                  or not self.thread.is_alive() or self.process.poll() is not None)
        if not any(x.startswith("running") for x in self.errors):
            raise AssertionError(f"it ended: {self.errors}")
        return self

    @property
    def ports(self):
        """All that it has told."""
        return [int(m[2]) for m in map(LISTENING.match, self.errors) if m]

    def send(self, *datagrams, source="127.0.0.1", host="127.0.0.1", port=None):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((source, 0))
            for data in datagrams:
                s.sendto(data, (host, port or self.ports[0]))

    def ask(self, request):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.connect(str(self.state / "control"))
            s.settimeout(PATIENCE_S)
            s.sendall(request.encode() + b"\n")
            with s.makefile("rb") as answer:
                return json.loads(answer.readline())

    def counters(self):
        return self.ask("status")["counters"]

    def wait_counters(self, fits, timeout_s=PATIENCE_S):
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            c = self.counters()
            if fits(c):
                return c
            time.sleep(0.02)
        raise AssertionError(f"waited in vain: {c}")

    def get(self, path="/metrics"):
        self.wait_line(METRICS)
        last = [m for m in map(METRICS.search, self.errors) if m][-1]
        url = last[1].rsplit("/", 1)[0] + path
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
            return answer.read().decode()

    def metrics(self):
        """name{labels}: value"""
        return dict(re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", self.get(), re.M))

    def events(self, name="events.json"):
        path = self.state / name
        text = path.read_text() if path.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def blast(self, *args):
        """A load that goes on meanwhile; its end is .wait()."""
        return subprocess.Popen(
            [PROGRAM, "blast", "--seconds", "0", *args, f"127.0.0.1:{self.ports[0]}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def stop(self, number=signal.SIGTERM, timeout_s=PATIENCE_S):
        """Its counters at the end."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.status = self.process.wait(timeout_s)
        self.thread.join()
        last = next((x for x in reversed(self.errors) if x.startswith("{")), None)
        return json.loads(last) if last else None

    def kill(self):
        """At once, with nothing said."""
        self.process.kill()
        self.status = self.process.wait()
        self.thread.join()

    def close(self):
        if self.process.poll() is None:
            self.kill()
        self.thread.join()
        self.process.stderr.close()
        if self.own_folder:
            self.own_folder.cleanup()


class Case(unittest.TestCase):
    maxDiff = None

    def folder(self):
        """One that is there until all daemons of the test have ended: to be asked for
        before them."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def run_daemon(self, conf=None, check=True, **how):
        d = Daemon(conf, **how)
        self.addCleanup(self.end, d, check)
        return d.wait_ready()

    def check_schema(self, events):
        """Where jsonschema 4 is not installed, only that there is a kind."""
        try:
            from jsonschema import Draft202012Validator  # of 4.0 and later
        except ImportError:
            return
        schema = json.loads((ROOT / "share" / "event.schema.json").read_text())
        validator = Draft202012Validator(schema)
        for event in events:
            validator.validate(event)

    def end(self, d, check):
        try:
            if d.status is None:
                counters = d.stop()
                if check:
                    self.assertEqual(d.status, 0, d.errors)
                    self.check_sums(counters)
                    self.check_schema(d.events()[:50])
            self.assertIsNone(SANITIZER.search("\n".join(d.errors)), d.errors)
        finally:
            d.close()

    def check_sums(self, c):
        self.assertEqual(
            c["received"], c["delivered"] + c["duplicate"] + c["suppressed"] + c["refused"], c)
        self.assertEqual(c["suppressed"], sum(c["suppressed_by"].values()))
        self.assertEqual(c["refused"], sum(c["reasons"].values()))
