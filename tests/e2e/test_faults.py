"""`trapline run` when calls of the system fail: nothing is lost without a count, it goes
on, and says so once."""

import json
import socket
import tempfile
import time
import unittest

import messages
from faults import EVER, FAULTY, Faults, needs_faulty
from harness import PATIENCE_S, SANITIZER, Client, is_response
from running import Case, Daemon
from test_run import link


def numbers(events):
    return [e["request_id"] for e in events if e["kind"] in ("trap", "inform")]


@needs_faulty
class Faulty(Case):
    def start(self, conf=None, **how):
        self.faults = Faults()
        self.addCleanup(self.faults.close)
        return self.run_daemon(conf, env=self.faults.env, program=FAULTY, **how)

    def file_conf(self, **more):
        return {"outputs": {"events": {"type": "file", "path": "events.json",
                                       "retry": {"first": "10ms", "most": "50ms"}, **more}}}

    def send(self, d, first, last):
        d.send(*[link(3, request_id=i) for i in range(first, last + 1)])

    def wait_hits(self, call, count=1):
        end = time.monotonic() + PATIENCE_S
        while self.faults.hits(call) < count:
            self.assertLess(time.monotonic(), end, f"{call} was not called")
            time.sleep(0.01)

    def wait_delivered(self, d, count, output="events"):
        return d.wait_counters(lambda c: c["outputs"][output]["delivered"] == count)

    def lines(self, d, pattern):
        return [x for x in d.errors if pattern in x]

    def count_told(self, d, *patterns):
        """Each is told just once."""
        for pattern in patterns:
            d.wait_line(pattern)
            self.assertEqual(len(self.lines(d, pattern)), 1, d.errors)


class Files(Faulty):
    def test_a_full_disk_delays_and_is_told_once(self):
        d = self.start(self.file_conf())
        self.faults.set("write", "ENOSPC", match="events.json")
        self.send(d, 1, 20)
        self.wait_hits("write", 5)
        d.wait_line("output events fails")
        self.faults.clear("write")
        self.wait_delivered(d, 20)
        self.assertEqual(numbers(d.events()), list(range(1, 21)))
        self.count_told(d, "output events fails", "output events works again")

    def test_writes_that_do_a_part_are_gone_on_with(self):
        d = self.start(self.file_conf())
        self.faults.set("write", -7, match="events.json")
        self.send(d, 1, 5)
        self.wait_delivered(d, 5)
        self.assertGreater(self.faults.clear("write"), 100)
        self.assertEqual(numbers(d.events()), list(range(1, 6)))

    def test_writes_that_are_interrupted_are_done(self):
        d = self.start(self.file_conf())
        self.faults.set("write", "EINTR", count=50, match="events.json")
        self.send(d, 1, 5)
        self.wait_delivered(d, 5)
        self.assertEqual(numbers(d.events()), list(range(1, 6)))

    def test_half_a_line_is_taken_back(self):
        d = self.start(self.file_conf())
        self.send(d, 1, 1)
        self.wait_delivered(d, 1)
        for i in range(2, 12):
            # a part, and then no room
            self.faults.set("write", -100, count=1, match="events.json")
            self.send(d, i, i)
            self.wait_hits("write")
            self.faults.set("write", "ENOSPC", count=2, match="events.json")
            self.wait_delivered(d, i)
        self.assertEqual(numbers(d.events()), list(range(1, 12)))

    def test_half_a_line_that_cannot_be_taken_back_is_completed(self):
        d = self.start(self.file_conf())
        self.faults.set("ftruncate", "EIO", match="events.json")
        self.faults.set("write", -100, count=1, match="events.json")
        self.send(d, 1, 1)
        self.wait_hits("write")
        self.send(d, 2, 5)
        self.wait_delivered(d, 5)
        self.assertEqual(numbers(d.events()), list(range(1, 6)))

    def test_what_cannot_be_synced_is_written_again(self):
        d = self.start(self.file_conf(sync=True))
        self.send(d, 1, 3)
        self.wait_delivered(d, 3)
        self.faults.set("fdatasync", "EIO", match="events.json")
        self.send(d, 4, 9)
        self.wait_hits("fdatasync", 3)
        self.assertEqual(d.counters()["outputs"]["events"]["delivered"], 3)
        self.faults.clear("fdatasync")
        self.wait_delivered(d, 9)
        self.assertEqual(numbers(d.events()), list(range(1, 10)))

    def test_a_file_that_cannot_be_renamed_grows(self):
        d = self.start(self.file_conf(rotate={"size": "1KiB", "keep": 3}))
        self.faults.set("renameat2", "EACCES")
        self.send(d, 1, 20)
        self.wait_delivered(d, 20)
        self.assertEqual(numbers(d.events()), list(range(1, 21)))
        self.assertIn("ermission denied", d.ask("status")["outputs"][0]["problem"])
        self.faults.clear("renameat2")
        self.send(d, 21, 21)
        self.wait_delivered(d, 21)
        self.assertEqual(numbers(d.events()), [21])

    def test_a_state_that_cannot_be_written_leaves_the_old_one(self):
        for call, error in (("write", "ENOSPC"), ("fsync", "EIO"), ("renameat", "EIO"),
                            ("write", -11), ("write", "EINTR")):
            with self.subTest(call=call, error=error), tempfile.TemporaryDirectory() as folder:
                d = self.start(folder=folder)
                self.send(d, 1, 1)
                self.wait_delivered(d, 1)
                d.stop()
                d = self.start(folder=folder)
                self.assertEqual(len(d.ask("alarms")["alarms"]), 1)
                d.send(link(4, request_id=2))  # clears it
                d.wait_counters(lambda c: c["received"] == 1)
                passes = call == "write" and error in (-11, "EINTR")
                self.faults.set(call, error, count=20 if passes else EVER,
                                match=".state" if call in ("write", "fsync") else "")
                d.stop()
                self.assertEqual(d.status, 0, d.errors)
                told = self.lines(d, "alarms.state cannot be written")
                self.assertEqual(len(told), 0 if passes else 1, d.errors)
                self.faults.clear(call)
                d = self.start(folder=folder)
                self.assertEqual(self.lines(d, "cannot be used"), [])
                self.assertEqual(len(d.ask("alarms")["alarms"]), 0 if passes else 1)
                d.stop()


class Sockets(Faulty):
    def receiver(self):
        client = Client()
        self.addCleanup(client.close)
        return client

    def test_datagrams_that_cannot_be_sent_are_sent_later(self):
        for output in ({"type": "forward"}, {"type": "syslog"}):
            for error in ("EAGAIN", "ENOBUFS", "ECONNREFUSED", "EINTR", "ENETUNREACH"):
                with self.subTest(output=output["type"], error=error):
                    to = self.receiver()
                    address = f"udp:127.0.0.1:{to.port}"
                    key = "to" if output["type"] == "forward" else "address"
                    d = self.start({"outputs": {"out": output | {
                        key: address, "retry": {"first": "10ms", "most": "50ms"}}}})
                    self.faults.set("send", error, count=6, match=f"inet:{to.port}")
                    self.send(d, 1, 10)
                    self.wait_delivered(d, 10, "out")
                    for _ in range(10):
                        to.receive()
                    to.socket.setblocking(False)
                    self.assertRaises(BlockingIOError, to.receive)
                    d.stop()

    def test_a_stream_that_takes_little_gets_all(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(PATIENCE_S)
            port = server.getsockname()[1]
            d = self.start({"outputs": {"out": {"type": "syslog",
                                                "address": f"tcp:127.0.0.1:{port}"}}})
            self.faults.set("send", -9, match=f"inet:{port}")
            self.send(d, 1, 4)
            connection, _ = server.accept()
            connection.settimeout(PATIENCE_S)
            with connection, connection.makefile("rb") as stream:
                for _ in range(4):
                    length = int(b"".join(iter(lambda: stream.read(1), b" ")))
                    self.assertTrue(stream.read(length).startswith(b"<"))
                self.faults.clear("send")
                self.wait_delivered(d, 4, "out")

    def test_receiving_goes_on_after_errors_that_pass(self):
        d = self.start()
        for error in ("EINTR", "ENOBUFS", "ENOMEM", "ECONNREFUSED", "EAGAIN"):
            self.faults.set("recvmmsg", error, count=3)
            before = d.counters()["received"]
            self.send(d, 1, 3)
            d.wait_counters(lambda c: c["received"] == before + 3)

    def test_an_acknowledgement_that_cannot_be_sent_is_sent_for_the_next_try(self):
        d = self.start()
        client = self.receiver()
        inform = link(3, tag=messages.INFORM, request_id=77)
        self.faults.set("sendmmsg", "ENOBUFS", count=1)
        client.send(inform, ("127.0.0.1", d.ports[0]))
        d.wait_counters(lambda c: c["received"] == 1)
        self.assertEqual(d.metrics()["trapline_unsent_total"], "1")
        client.send(inform, ("127.0.0.1", d.ports[0]))
        self.assertTrue(is_response(client.receive()[0], 77))
        c = d.wait_counters(lambda c: c["received"] == 2)
        self.assertEqual((c["delivered"], c["duplicate"]), (1, 1))
        self.assertEqual(len(numbers(d.events())), 1)

    def test_control_without_descriptors_waits_and_does_not_spin(self):
        d = self.start()
        self.faults.set("accept4", "EMFILE")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.settimeout(PATIENCE_S)
            s.connect(str(d.state / "control"))
            s.sendall(b"status\n")
            self.wait_hits("accept4")
            before, start = self.faults.hits("accept4"), time.monotonic()
            self.wait_hits("accept4", before + 3)
            # a few times a second, not thousands
            self.assertGreater(time.monotonic() - start, 0.3)
            self.send(d, 1, 1)
            self.faults.clear("accept4")
            self.assertIn(b'"counters"', s.makefile("rb").readline())
        self.wait_delivered(d, 1)


class Programs(Faulty):
    def test_programs_that_cannot_be_given_input_are_started_later(self):
        for call, error in (("memfd_create", "EMFILE"), ("sendmsg", "EAGAIN"),
                            ("sendmsg", "ENOBUFS"), ("write", "ENOSPC"), ("write", -5)):
            with self.subTest(call=call, error=error), tempfile.NamedTemporaryFile() as out:
                d = self.start({"outputs": {"out": {
                    "type": "exec", "command": ["/bin/sh", "-c", f"cat >>{out.name}"],
                    "parallel": 1, "retry": {"first": "10ms", "most": "50ms"}}}})
                self.faults.set(call, error, count=4,
                                match="memfd:" if call == "write" else "")
                self.send(d, 1, 5)
                self.wait_delivered(d, 5, "out")
                self.assertGreaterEqual(self.faults.hits(call), 4)
                events = [json.loads(line) for line in out]
                self.assertEqual(numbers(events), list(range(1, 6)))
                d.stop()


class Start(Faulty):
    def test_without_threads_or_processes_it_ends_and_says_why(self):
        for call, count in (("fork", 1), ("pthread_create", 4)):
            for skip in range(count):
                with self.subTest(call=call, skip=skip):
                    faults = Faults()
                    self.addCleanup(faults.close)
                    faults.set(call, "EAGAIN", skip=skip)
                    d = Daemon(env=faults.env, program=FAULTY)
                    self.addCleanup(d.close)
                    d.wait(lambda: d.process.poll() is not None
                           or any(x.startswith("running") for x in d.errors))
                    if d.process.poll() is None:  # it needs fewer
                        self.assertEqual(faults.hits(call), 0)
                        d.stop()
                        self.assertEqual(d.status, 0, d.errors)
                        continue
                    d.stop()
                    self.assertEqual(d.status, 1, d.errors)
                    self.assertTrue(any(":" in x for x in d.errors), d.errors)
                    self.assertIsNone(SANITIZER.search("\n".join(d.errors)), d.errors)


CONF = {"communities": ["one"], "rules": [{"match": {"trap": "IF-MIB::linkDown"},
                                           "set": {"tags": ["one"]}}]}
OTHER = {"communities": ["two"], "rules": [{"match": {"trap": "IF-MIB::linkDown"},
                                            "set": {"tags": ["two"]}}]}


class End(Faulty):
    """Five seconds for what waits, and one for what hangs."""

    def end(self, d, check):
        super().end(d, check=False)

    def stop_in_time(self, d):
        start = time.monotonic()
        counters = d.stop()
        took = time.monotonic() - start
        self.assertEqual(d.status, 0, d.errors)
        self.assertGreater(took, 4.9)
        self.assertLess(took, 8)  # 6, on a machine that has time
        return counters

    def test_does_not_wait_for_a_resolver_that_hangs(self):
        conf = self.file_conf()
        conf["outputs"]["logs"] = {"type": "syslog", "address": "udp:localhost:9"}
        d = self.start(conf)
        self.faults.set("getaddrinfo", "EIO")
        self.send(d, 1, 3)
        self.wait_hits("getaddrinfo")
        counters = self.stop_in_time(d)
        self.assertEqual(counters["outputs"]["events"]["delivered"], 3)
        self.count_told(d, "output logs hangs: what it had is given up")
        self.assertFalse((d.state / "control").exists())
        self.assertEqual(numbers(d.events()), [1, 2, 3])
        self.faults.clear("getaddrinfo")
        again = self.run_daemon(conf, folder=d.folder)  # nothing is in its way
        again.stop()

    def test_does_not_wait_for_a_program_that_does_not_end(self):
        conf = self.file_conf()
        conf["outputs"]["it"] = {"type": "exec", "timeout": "1h", "command": [
            "/bin/sh", "-c", "trap '' TERM; while :; do sleep 1000; done"]}
        d = self.start(conf)
        self.send(d, 1, 3)
        self.wait_delivered(d, 3)
        self.stop_in_time(d)
        self.count_told(d, "ended with something under way")


class Reload(Faulty):
    """A reload that fails changes nothing."""

    def is_as_before(self, d):
        before = d.counters()
        d.send(link(3, community=b"one"), link(3, community=b"two"))
        c = d.wait_counters(lambda c: c["received"] == before["received"] + 2)
        self.assertEqual(c["refused"], before["refused"] + 1)
        self.wait_delivered(d, c["delivered"])
        return d.events()[-1]["tags"]

    def test_without_threads(self):
        d = self.start(CONF)
        self.faults.set("pthread_create", "EAGAIN")
        d.configure(OTHER | {"outputs": {"new": {"type": "file", "path": "new.json"}}})
        answer = d.ask("reload")
        self.assertFalse(answer["ok"])
        self.assertTrue(any("no thread to reload" in x for x in answer["messages"]), answer)
        self.assertEqual(self.is_as_before(d), ["one"])
        self.faults.clear("pthread_create")
        d.configure(OTHER)
        self.assertTrue(d.ask("reload")["ok"])
        self.assertEqual(self.is_as_before(d), ["two"])

    def test_without_memory(self):
        conf = CONF | {"limits": {"rate": 0}, "flapping": {"enabled": True}}
        other = OTHER | {"limits": {"rate": 0}, "flapping": {"enabled": True}}
        d = self.start(conf)
        d.configure(other)
        failed = 0
        for call, step in (("malloc", 2), ("calloc", 2), ("realloc", 1)):
            skip = 0
            while True:
                self.faults.set(call, "ENOMEM", count=1, skip=skip)
                try:
                    answer = d.ask("reload")
                except ValueError:  # no memory for the answer
                    answer = None
                hit = self.faults.clear(call)
                if not hit:
                    break
                if answer is not None and answer["ok"]:  # it was not needed: back
                    self.assertEqual(self.is_as_before(d), ["two"])
                    d.configure(conf)
                    self.assertTrue(d.ask("reload")["ok"])
                    d.configure(other)
                elif answer is not None:
                    failed += 1
                    self.assertTrue(answer["messages"], answer)
                    self.assertEqual(self.is_as_before(d), ["one"])
                skip += step
            d.configure(conf)
            self.assertTrue(d.ask("reload")["ok"])
            d.configure(other)
        self.assertGreater(failed, 10)


class Memory(Faulty):
    def ask_until(self, d, fits):
        """As wait_counters(), though there may be no memory for an answer."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                if fits(d.counters()):
                    return
            except (ValueError, KeyError):
                pass
        self.fail("waited in vain")

    def test_what_there_is_no_memory_for_is_counted(self):
        d = self.start()
        for sent, call in ((300, "malloc"), (600, "calloc"), (900, "realloc")):
            self.faults.set(call, "ENOMEM", count=200)
            d.send(*[link(3 + i % 2, request_id=i) for i in range(300)])
            self.ask_until(d, lambda c: c["received"] + c["lost"] == sent)
            self.faults.clear(call)
        c = d.wait_counters(lambda c: c["received"] + c["lost"] == 900)
        lost = c["lost_for_memory"]
        c = d.wait_counters(lambda c: c["outputs"]["events"]["delivered"]
                            == c["delivered"] - c["lost_for_memory"])
        self.assertEqual(c["lost_for_memory"], lost)
        self.assertEqual(len(numbers(d.events())), c["delivered"] - lost)


if __name__ == "__main__":
    unittest.main()
