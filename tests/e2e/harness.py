"""Runs `trapline listen` and asks it things. Tests of this folder make a Listener through
Case.listen(), which checks at the end of each test what holds always: valid output, sums
that add up, no finding of a sanitizer."""

import json
import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import types
import unittest

import messages

# No test depends on what the machine has: neither on its MIBs nor on what is cached.
CACHE = tempfile.TemporaryDirectory()
os.environ |= {"TRAPLINE_MIBS": "", "XDG_CACHE_HOME": CACHE.name}

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("TRAPLINE", str(ROOT / "build-test" / "trapline"))
SHARED = pathlib.Path(os.environ.get("TRAPLINE_SHARED", ROOT.parent / "shared"))
PATIENCE_S = 20  # for what takes milliseconds on an idle machine
KINDS = {"trap", "inform", "refused", "lost"}
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|runtime error:|LeakSanitizer")
LISTENING = re.compile(r"listening udp (\S+):(\d+)$")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


HOSTS = ("127.0.0.1", "::1") if has_ipv6() else ("127.0.0.1",)
LISTEN = ("udp:127.0.0.1:0", "udp:[::1]:0")[:len(HOSTS)]
needs_ipv6 = unittest.skipUnless("::1" in HOSTS, "no IPv6 on this machine")


def needs_shared(path):
    """Skips where the optional folder of test data is absent."""
    found = SHARED / path
    return unittest.skipUnless(found.exists(), f"no {path} in TRAPLINE_SHARED"), found


def needs_command(name):
    return unittest.skipUnless(shutil.which(name), f"{name} is not installed")


class Client:
    """A UDP socket of a chosen address, to send from and to hear replies with."""

    def __init__(self, address="127.0.0.1"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.socket.settimeout(PATIENCE_S)
        self.port = self.socket.getsockname()[1]

    def send(self, data, to):
        self.socket.sendto(data, to)

    def receive(self):
        return self.socket.recvfrom(65536)

    def close(self):
        self.socket.close()


class Listener:
    """|state|: its folder, else one of its own; |keep| false: as it finds one itself.
    |wrap|: what to run it with. |stdout|: a descriptor, else its lines are read, as
    events when |form| is json."""

    def __init__(self, *args, listen=LISTEN, state=None,
                 keep=True, form="json", refused=True, stdout=None, env=None, wrap=()):
        self.own_state = tempfile.TemporaryDirectory() if keep and state is None else None
        self.state = state or (self.own_state and self.own_state.name)
        argv = [*wrap, PROGRAM, "listen"] + (["--state", str(self.state)] if keep else [])
        argv += [x for a in listen for x in ("-l", a)]
        argv += ["-f", form] if form else []
        argv += ["--refused"] if refused else []
        self.form, self.refused = form, refused
        self.lines, self.errors, self.events, self.bad = [], [], [], []
        self.changed = threading.Condition()
        self.ports, self.clients, self.result, self.marks = [], {}, None, 0
        self.process = subprocess.Popen(
            argv + list(args), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            stdout=subprocess.PIPE if stdout is None else stdout,
            env=dict(os.environ) | (env or {}))
        self.threads = [threading.Thread(target=self.read_errors, daemon=True)]
        if stdout is None:
            self.threads.append(threading.Thread(target=self.read_events, daemon=True))
        for thread in self.threads:
            thread.start()
        self.wait(lambda: len(self.ports) >= len(listen) or self.process.poll() is not None)

    # what the program writes

    def read_errors(self):
        for raw in self.process.stderr:
            line = raw.decode(errors="replace").rstrip("\n")
            with self.changed:
                self.errors.append(line)
                if found := LISTENING.match(line):
                    self.ports.append((found[1].strip("[]"), int(found[2])))
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def read_events(self):
        for raw in self.process.stdout:
            with self.changed:
                self.lines.append(raw)
                if self.form == "json":
                    self.read_event(raw)
                self.changed.notify_all()

    def read_event(self, raw):
        try:
            text = raw.decode()
            if not text.endswith("\n") or CONTROL.search(text[:-1]):
                raise ValueError("not one clean line")
            event = json.loads(text)
            if event["kind"] not in KINDS or event["schema"] != 1 or "time" not in event:
                raise ValueError("not an event")
            self.events.append(event)
        except (ValueError, KeyError) as problem:
            self.bad.append((problem, raw))

    def wait(self, ready, timeout_s=PATIENCE_S):
        """Waits until ready() returns something true, and returns it."""
        with self.changed:
            if not self.changed.wait_for(ready, timeout_s):
                raise AssertionError(f"waited {timeout_s} s in vain; events: "
                                     f"{self.events[-3:]}; stderr: {self.errors[-8:]}")
            return ready()

    def wait_event(self, matches, timeout_s=PATIENCE_S):
        return self.wait(lambda: next(filter(matches, self.events), None), timeout_s)

    def wait_events(self, count, timeout_s=PATIENCE_S):
        return self.wait(lambda: len(self.events) >= count and self.events[:], timeout_s)

    # what is sent to it

    def address(self, source="127.0.0.1"):
        """The first of its sockets of the family of |source|."""
        return next(p for p in self.ports if (":" in p[0]) == (":" in source))

    def client(self, source="127.0.0.1"):
        if source not in self.clients:
            self.clients[source] = Client(source)
        return self.clients[source]

    def send(self, *datagrams, source="127.0.0.1"):
        for data in datagrams:
            self.client(source).send(data, self.address(source))

    def mark(self, source, community):
        """Sends an inform that is good: it tells from what comes before it."""
        self.marks += 1
        request_id = 0x5EED0000 + self.marks
        self.send(messages.v2c(tag=messages.INFORM, request_id=request_id,
                               community=community), source=source)
        return request_id

    def ask(self, *datagrams, source="127.0.0.1", community=b"public"):
        """Sends the datagrams and then a good inform, whose event and acknowledgement
        must come; returns the events and the replies that came before them."""
        with self.changed:
            start = len(self.events)
        self.send(*datagrams, source=source)
        request_id = self.mark(source, community)

        def find():
            for i in range(start, len(self.events)):
                if self.events[i].get("request_id") == request_id:
                    return i + 1
            return 0

        end = self.wait(find) - 1
        replies = []
        while True:
            reply = self.client(source).receive()[0]
            if is_response(reply, request_id):
                return types.SimpleNamespace(events=self.events[start:end], replies=replies)
            replies.append(reply)

    def event(self, datagram, **how):
        """The one event that |datagram| causes."""
        events = self.ask(datagram, **how).events
        if len(events) != 1:
            raise AssertionError(f"{len(events)} events, not 1: {events}")
        return events[0]

    # its end

    def send_signal(self, number):
        self.process.send_signal(number)

    def counters(self):
        """What it counts now, asked with SIGUSR1."""
        before = len(self.errors)
        self.send_signal(signal.SIGUSR1)
        return json.loads(self.wait(lambda: next(
            (x for x in self.errors[before:] if x.startswith("{")), None)))

    def finish(self, timeout_s=PATIENCE_S):
        """Waits for its end. The result: status, counters (None when there are none),
        events, stderr."""
        try:
            status = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"no end after {timeout_s} s: {self.errors[-8:]}") from None
        for thread in self.threads:
            thread.join()
        last = next((x for x in reversed(self.errors) if x.startswith("{")), None)
        self.result = types.SimpleNamespace(
            status=status, counters=json.loads(last) if last else None,
            events=self.events, stderr="\n".join(self.errors))
        return self.result

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.send_signal(number)
        return self.finish()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for thread in self.threads:
            thread.join()
        for stream in (self.process.stderr, self.process.stdout):
            if stream is not None:
                stream.close()
        for client in self.clients.values():
            client.close()
        if self.own_state:
            self.own_state.cleanup()


def is_response(reply, request_id):
    try:
        said = messages.parse(reply)
    except (ValueError, IndexError):
        return False
    return getattr(said, "request_id", None) == request_id


class Case(unittest.TestCase):
    maxDiff = None

    def listen(self, *args, check=True, **how):
        """A Listener that is stopped and checked at the end of the test."""
        listener = Listener(*args, **how)
        self.addCleanup(self.end, listener, check)
        self.assertIsNone(listener.process.poll(), listener.errors)
        return listener

    def end(self, listener, check):
        try:
            if listener.result is None:
                result = listener.stop()
                self.assertEqual(result.status, 0, result.stderr)
            if check:
                self.check(listener)
        finally:
            listener.close()

    def check(self, listener):
        result = listener.result
        self.assertIsNone(SANITIZER.search(result.stderr), result.stderr)
        self.assertEqual(listener.bad, [])
        c = result.counters
        self.assertIsNotNone(c, result.stderr)
        self.assertEqual(c["received"],
                         c["delivered"] + c["duplicate"] + c["suppressed"] + c["refused"])
        self.assertEqual(c["refused"], sum(c["reasons"].values()))
        self.assertEqual(c["delivered"], c["traps"] + c["informs"])
        if listener.form == "json" and listener.process.stdout is not None:
            self.check_events(listener, c)

    def check_events(self, listener, c):
        events = listener.events
        shown = [e for e in events if e["kind"] in ("trap", "inform")]
        self.assertEqual(len(shown), c["delivered"])
        self.assertEqual(len({e["id"] for e in shown}), len(shown), "ids repeat")
        refused = [e for e in events if e["kind"] == "refused"]
        self.assertEqual(len(refused), c["refused"] if listener.refused else 0)
        self.assertEqual(sum(e["count"] for e in events if e["kind"] == "lost"), c["lost"])

    def shown(self, listener, datagram, **how):
        event = listener.event(datagram, **how)
        self.assertIn(event["kind"], ("trap", "inform"), event)
        return event

    def refuses(self, listener, datagram, *reasons, **how):
        """That |datagram| is refused, for one of |reasons| if there are some."""
        event = listener.event(datagram, **how)
        self.assertEqual(event["kind"], "refused", event)
        self.assertEqual(event["size"], len(datagram))
        self.assertLessEqual(event["offset"], len(datagram))
        if reasons:
            self.assertIn(event["reason"], reasons, event)
        return event


def run(argv, timeout_s=60, **how):
    """A program to its end: status, stdout, stderr."""
    return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=timeout_s, check=False, **how)


def terminal():
    """A pair of descriptors; skips the test where the system has no terminals to give."""
    try:
        return pty.openpty()
    except OSError as problem:
        raise unittest.SkipTest(f"no pseudo-terminal: {problem}") from None


def now():
    return time.monotonic()
