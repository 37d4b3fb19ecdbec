"""`trapline blast` against `trapline listen`: every mode, and sums that are exactly right."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import harness
from harness import PATIENCE_S, PROGRAM, SANITIZER, Case, needs_ipv6, terminal

SPEC = "noc,auth=SHA-256:maplesyrup,priv=AES-128:maplesyrup"
V3 = ("-v", "3", "-u", SPEC)
SHARES = ("p50", "p90", "p99", "p99.9", "max")


class Blast(Case):
    def argv(self, *args, port=None, host="127.0.0.1"):
        target = host if port is None else f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return [PROGRAM, "blast", *args, target]

    def run_blast(self, *args, status=0, **where):
        done = harness.run(self.argv(*args, **where))
        err = done.stderr.decode()
        self.assertIsNone(SANITIZER.search(err), err)
        self.assertEqual(done.returncode, status, err)
        return done

    def blast(self, listener, *args, status=0, host="127.0.0.1"):
        """The summary of a run against |listener|."""
        port = listener.address(host)[1]
        done = self.run_blast("--json", *args, status=status, port=port, host=host)
        return json.loads(done.stdout)

    def counters(self, listener, sent):
        """The receiver's, once it has seen all that was sent."""
        end = time.monotonic() + PATIENCE_S
        while True:
            c = listener.counters()
            if c["received"] + c["lost"] >= sent or time.monotonic() > end:
                self.assertEqual(c["received"] + c["lost"], sent)
                return c

    def send(self, *args, users=(SPEC,), source="127.0.0.1", **how):
        """Summary and counters of a run that is small enough to be lost nowhere."""
        listener = self.listen(*[x for u in users for x in ("-u", u)], **how)
        said = self.blast(listener, *args, host=source)
        c = self.counters(listener, said["sent"])
        self.assertEqual(c["lost"], 0)
        return said, c, listener


class Traps(Blast):
    def test_of_each_version_all_arrive(self):
        for version, args in (("1", ("-v", "1")), ("2c", ("-v", "2c")), ("3", V3)):
            with self.subTest(version):
                said, c, _ = self.send("-n", "500", "-r", "5000", *args)
                self.assertEqual(said["sent"], 500)
                self.assertEqual(said["versions"][version], 500)
                self.assertEqual(c["versions"][version], 500)
                self.assertEqual(c["delivered"], 500)

    def test_of_a_mix_are_as_many_as_its_weights_say(self):
        said, c, _ = self.send("-n", "600", "-r", "6000", "--mix", "v1=1,v2c=3,v3=2", "-u", SPEC)
        self.assertEqual(said["versions"], {"1": 100, "2c": 300, "3": 200})
        self.assertEqual(c["versions"], said["versions"])

    def test_say_what_a_linkdown_says(self):
        _, _, listener = self.send("-n", "3", "-c", "blue")
        for event in listener.wait_events(3):
            self.assertEqual(event["trap_name"], "IF-MIB::linkDown")
            self.assertEqual(event["community"], "blue")
            self.assertEqual([v["name"] for v in event["varbinds"]],
                             ["IF-MIB::ifIndex.3", "IF-MIB::ifAdminStatus.3",
                              "IF-MIB::ifOperStatus.3"])
            self.assertEqual(event["flags"], [])
        self.assertEqual(len({e["request_id"] for e in listener.events}), 3)

    def test_have_as_many_objects_as_asked_for(self):
        for count in (0, 1, 40):
            _, _, listener = self.send("-n", "1", "--varbinds", str(count))
            self.assertEqual(len(listener.wait_events(1)[0]["varbinds"]), count)

    def test_are_filled_up_to_a_size(self):
        for size in (300, 1472, 9000, 65507):
            for args in (("-v", "1"), ("-v", "2c"), V3):
                with self.subTest(size=size, args=args):
                    said, c, _ = self.send("-n", "2", "--size", str(size), *args)
                    self.assertEqual(c["delivered"], 2)
                    self.assertLessEqual(said["bytes"], 2 * size)
                    self.assertGreater(said["bytes"], 2 * (size - 12))

    def test_come_from_as_many_addresses_as_asked_for(self):
        _, _, listener = self.send("-n", "70", "--sources", "7")
        events = listener.wait_events(70)
        by_source = {}
        for event in events:
            at = event["source"]["address"]
            by_source[at] = by_source.get(at, 0) + 1
        self.assertEqual(list(by_source.values()), [10] * 7)
        self.assertTrue(all(a.startswith("127.") for a in by_source))

    def test_come_from_as_many_engines_as_asked_for(self):
        _, c, listener = self.send("-n", "50", "--engines", "10", "--engine-id",
                                   "8000000005ffffffff", *V3)
        ids = {e["security"]["engine_id"] for e in listener.wait_events(50)}
        self.assertEqual(len(ids), 10)
        self.assertIn("8000000005ffffffff", ids)
        self.assertIn("800000000500000008", ids)
        self.assertEqual(c["engines"], 10)

    def test_of_a_second_run_are_not_taken_for_old_ones(self):
        listener = self.listen("-u", SPEC)
        for _ in range(3):
            self.blast(listener, "-n", "20", *V3)
        self.assertEqual(self.counters(listener, 60)["delivered"], 60)
        boots = [e["security"]["boots"] for e in listener.wait_events(60)]
        self.assertEqual(boots, sorted(boots))  # and they go on with the clock:
        self.assertAlmostEqual(boots[-1], time.time() - 1735689600, delta=60)

    def test_at_a_rate_take_their_time(self):
        start = time.monotonic()
        said, _, _ = self.send("-n", "200", "-r", "400")
        self.assertGreaterEqual(said["seconds"], 0.49)
        self.assertGreaterEqual(time.monotonic() - start, 0.49)
        self.assertLess(said["rate"], 410)

    def test_end_with_the_duration(self):
        listener = self.listen()
        said = self.blast(listener, "-d", "0.4", "-r", "2000")
        self.assertGreater(said["seconds"], 0.39)
        self.assertLessEqual(said["sent"], 803)
        self.counters(listener, said["sent"])

    def test_as_fast_as_possible_are_received_or_lost_in_the_kernel(self):
        listener = self.listen(refused=False, stdout=subprocess.DEVNULL)
        said = self.blast(listener, "-n", "20000")
        self.assertEqual(said["sent"], 20000)
        self.counters(listener, 20000)

    @needs_ipv6
    def test_go_to_ipv6(self):
        said, c, _ = self.send("-n", "10", source="::1")
        self.assertEqual(said["target"]["address"], "::1")
        self.assertEqual(c["delivered"], 10)

    def test_to_nobody_are_sent_and_said_to_be(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        said = json.loads(self.run_blast("--json", "-n", "20", "-r", "1000", port=port).stdout)
        self.assertEqual(said["sent"], 20)
        self.assertGreater(said["unreachable"], 0)


class Malformed(Blast):
    def test_are_refused_each_and_no_other(self):
        for args in (("-v", "1"), ("-v", "2c"), V3,
                     ("-v", "3", "-u", "noc"), ("--mix", "1=1,2c=1,3=1", "-u", SPEC)):
            for seed in ("1", "2"):
                with self.subTest(args=args, seed=seed):
                    said, c, _ = self.send(
                        "-n", "1500", "-r", "10000", "--malformed", "30%", "--seed", seed,
                        *args, users=("noc",) if "noc" in args else (SPEC,))
                    self.assertGreater(said["malformed"], 300)
                    self.assertEqual(c["refused"], said["malformed"])
                    self.assertEqual(c["delivered"], 1500 - said["malformed"])
                    self.assertGreaterEqual(len(c["reasons"]), 3)

    def test_are_the_same_with_the_same_seed(self):
        def reasons(seed):
            return self.send("-n", "300", "-r", "10000", "--malformed", "0.5", "--seed",
                             seed)[1]["reasons"]
        self.assertEqual(reasons("7"), reasons("7"))
        self.assertNotEqual(reasons("7"), reasons("8"))

    def test_can_be_all(self):
        said, c, _ = self.send("-n", "200", "--malformed", "100%")
        self.assertEqual((said["malformed"], c["refused"]), (200, 200))


class Informs(Blast):
    def check(self, listener):
        super().check(listener)
        c = listener.result.counters
        self.assertEqual(c["traps"], 0)

    def acknowledged(self, count, *args):
        said, c, _ = self.send("-i", "-n", str(count), "--timeout", "10", *args)
        informs = said["informs"]
        self.assertEqual(informs["submitted"], count)
        self.assertEqual(informs["acknowledged"], count)
        self.assertEqual((informs["lost"], informs["open"], informs["failed"]), (0, 0, 0))
        self.assertEqual((c["informs"], c["acknowledged"]), (count, count))
        self.assertEqual(said["sent"], count + informs["repeats"] + informs["probes"])
        times = [informs["latency_us"][s] for s in SHARES]
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[0], 0)
        return said, c

    def test_are_all_acknowledged(self):
        for args in ((), V3, ("--mix", "2c=1,3=1", "-u", SPEC), ("--outstanding", "1"),
                     ("--rate", "2000"), ("--sources", "5"),
                     ("--sources", "3", "--mix", "2c=2,3=1", "-u", SPEC)):
            with self.subTest(args=args):
                self.acknowledged(300, *args)

    def test_more_than_a_batch_can_wait(self):
        self.acknowledged(3000, "--outstanding", "1000")

    def test_have_a_size_too(self):
        said, _ = self.acknowledged(50, "--size", "1400")
        self.assertGreater(said["bytes"], 50 * 1390)

    def test_that_nobody_answers_are_lost_after_their_retries(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
            deaf.bind(("127.0.0.1", 0))
            done = self.run_blast("--json", "-i", "-n", "5", "--timeout", "0.05", "--retries",
                                  "2", port=deaf.getsockname()[1], status=1)
        said = json.loads(done.stdout)
        self.assertEqual((said["informs"]["lost"], said["informs"]["acknowledged"]), (5, 0))
        self.assertEqual((said["sent"], said["informs"]["repeats"]), (15, 10))

    def test_of_a_wrong_secret_fail_with_the_reason(self):
        listener = self.listen("-u", SPEC)
        said = self.blast(listener, "-i", "-n", "4", "-v", "3", "--timeout", "0.3",
                          "--retries", "1", "-u", SPEC.replace("maple", "apple"), status=1)
        self.assertEqual(said["informs"]["acknowledged"], 0)
        self.assertEqual(said["informs"]["failed"] + said["informs"]["lost"], 4)
        self.assertIn("usm-wrong-digest", said["informs"]["reasons"])

    def test_without_an_answer_at_a_signal_are_open(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
            deaf.bind(("127.0.0.1", 0))
            deaf.settimeout(PATIENCE_S)
            with subprocess.Popen(self.argv("--json", "-i", "--outstanding", "3", "--timeout",
                                            "60", port=deaf.getsockname()[1]),
                                  stdout=subprocess.PIPE) as p:
                for _ in range(3):
                    deaf.recv(2000)
                p.send_signal(signal.SIGINT)
                said = json.loads(p.communicate(timeout=PATIENCE_S)[0])
        self.assertEqual(p.returncode, 0)
        self.assertEqual((said["informs"]["open"], said["informs"]["submitted"]), (3, 3))


class Replay(Blast):
    def capture(self, folder, *args):
        """What a receiver kept of a run."""
        path = str(pathlib.Path(folder) / "kept.pcapng")
        listener = self.listen("-w", path, "-u", SPEC)
        said = self.blast(listener, *args)
        self.counters(listener, said["sent"])
        listener.stop()
        return path, said

    def test_of_a_capture_sends_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            path, first = self.capture(folder, "-n", "300", "-r", "5000", "--mix",
                                       "v1=1,v2c=1,v3=1", "-u", SPEC, "--sources", "3")
            said, c, listener = self.send("--replay", path, "--speed", "max", "--sources", "5")
            self.assertEqual((said["mode"], said["sent"], said["bytes"]),
                             ("replay", 300, first["bytes"]))
            self.assertEqual(c["versions"], {"1": 100, "2c": 100, "3": 100})
            self.assertLessEqual(len({e["source"]["address"]
                                      for e in listener.wait_events(300)}), 3)

    def test_keeps_the_time_between_datagrams(self):
        with tempfile.TemporaryDirectory() as folder:
            path, _ = self.capture(folder, "-n", "31", "-r", "50")  # takes 0.6 s
            own = self.send("--replay", path)[0]["seconds"]
            fast = self.send("--replay", path, "--speed", "3")[0]["seconds"]
        self.assertGreater(own, 0.5)
        self.assertGreater(fast, 0.15)
        self.assertLess(fast, own)

    def test_of_malformed_ones_sends_them_too_when_their_port_is_said(self):
        with tempfile.TemporaryDirectory() as folder:
            path = str(pathlib.Path(folder) / "kept.pcapng")
            listener = self.listen("-w", path)
            first = self.blast(listener, "-n", "100", "-r", "5000", "--malformed", "40%")
            port = listener.ports[0][1]
            self.counters(listener, 100)
            listener.stop()
            said, c, _ = self.send("--replay", path, "--speed", "max", "--capture-port",
                                   str(port))
        self.assertEqual((said["sent"], c["refused"]), (100, first["malformed"]))

    def test_ends_at_the_count_and_the_duration(self):
        with tempfile.TemporaryDirectory() as folder:
            path, _ = self.capture(folder, "-n", "21", "-r", "20")  # takes 1 s
            self.assertEqual(self.send("--replay", path, "--speed", "max", "-n", "7")[0]["sent"], 7)
            listener = self.listen()
            said = self.blast(listener, "--replay", path, "-d", "0.2")
            self.assertLess(said["sent"], 10)

    def test_of_what_is_no_capture_fails(self):
        listener = self.listen()
        with tempfile.NamedTemporaryFile() as f:
            f.write(b"no capture at all, only text")
            f.flush()
            self.assertEqual(self.blast(listener, "--replay", f.name, status=1)["sent"], 0)
        self.blast(listener, "--replay", "/nonexistent", status=1)


class Accounts(Blast):
    def test_come_from_a_file_and_leave_out_what_was_before(self):
        listener = self.listen()
        self.blast(listener, "-n", "30")
        before = self.counters(listener, 30)
        with tempfile.NamedTemporaryFile("w+") as f:
            f.write("listening udp 127.0.0.1:1\n" + json.dumps(before, separators=(",", ":")) + "\n")
            f.flush()
            argv = self.argv("--json", "-n", "200", "-r", "5000", "--malformed", "0.2",
                             "--counters", f.name, port=listener.ports[0][1])
            with subprocess.Popen(argv, stdout=subprocess.PIPE) as p:
                after = self.counters(listener, 230)
                f.write(json.dumps(after, separators=(",", ":")) + "\n")
                f.flush()
                said = json.loads(p.communicate(timeout=PATIENCE_S)[0])
        self.assertEqual(p.returncode, 0)
        went = said["went"]
        self.assertEqual((went["received"], went["lost_in_kernel"]), (200, 0))
        self.assertEqual((went["never_arrived"], went["of_others"]), (0, 0))
        self.assertEqual(went["refused"], said["malformed"])
        self.assertEqual(went["refused"], sum(went["reasons"].values()))
        self.assertEqual(went["delivered"], 200 - said["malformed"])

    def account(self, counters, *args, status=0):
        """What a run of 10 says of |counters| on its stdin."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            done = subprocess.run(
                self.argv("-n", "10", "--counters", "-", *args, port=s.getsockname()[1]),
                input=counters, capture_output=True, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout.decode()

    COUNTERS = (b'{"received":7,"delivered":4,"duplicate":1,"suppressed":0,"refused":2,'
                b'"lost":1,"reasons":{"ber-tag":2},"traps":4}\n')

    def test_come_from_stdin_and_add_up(self):
        went = json.loads(self.account(b"noise\n" + self.COUNTERS, "--json"))["went"]
        self.assertEqual(went, {
            "received": 7, "delivered": 4, "duplicate": 1, "suppressed": 0, "refused": 2,
            "reasons": {"ber-tag": 2}, "lost_in_kernel": 1, "never_arrived": 2,
            "of_others": 0})

    def test_tell_people_where_each_datagram_went(self):
        text = self.account(self.COUNTERS)
        for line in ("7 received", "4   delivered", "2   refused", "2     ber-tag",
                     "1 lost in the receiver's kernel", "2 never arrived"):
            self.assertIn(" " + line + "\n", text)

    def test_that_are_not_there_are_an_error(self):
        for what in (b"", b"nothing\n", b'{"received":7}\n', b"x" * 40000 + b"\n"):
            self.assertIn('"sent":10', self.account(what, "--json", status=1))


class Summary(Blast):
    def test_as_json_has_this_shape(self):
        said, _, listener = self.send("-n", "5")
        self.assertEqual(set(said), {
            "schema", "mode", "target", "seconds", "sent", "bytes", "rate", "versions",
            "malformed", "unsent", "unreachable"})
        self.assertEqual(said["target"], {"address": "127.0.0.1",
                                          "port": listener.ports[0][1]})
        said, _, _ = self.send("-n", "5", "-i")
        self.assertEqual(set(said["informs"]), {
            "submitted", "acknowledged", "lost", "open", "failed", "reasons", "repeats",
            "probes", "rate", "latency_us"})
        self.assertEqual(tuple(said["informs"]["latency_us"]), SHARES)

    def test_as_text_says_the_same(self):
        listener = self.listen()
        port = listener.ports[0][1]
        text = self.run_blast("-n", "40", "-i", port=port).stdout.decode()
        self.assertRegex(text, r"^sent 40 datagrams, \d+ bytes, in [\d.]+ s: \d+/s\n")
        self.assertIn("acknowledged 40 of 40 informs", text)
        self.assertRegex(text, r"latency  p50 .* p90 .* p99 .* p99\.9 .* max ")

    def test_comes_at_a_signal(self):
        listener = self.listen()
        for number in (signal.SIGINT, signal.SIGTERM):
            with subprocess.Popen(self.argv("--json", "-r", "100", port=listener.ports[0][1]),
                                  stdout=subprocess.PIPE) as p:
                seen = len(listener.events)
                listener.wait(lambda: len(listener.events) > seen)
                p.send_signal(number)
                said = json.loads(p.communicate(timeout=PATIENCE_S)[0])
            self.assertEqual(p.returncode, 0)
            self.assertGreater(said["sent"], 0)

    def test_shows_progress_on_a_terminal_only(self):
        listener = self.listen()
        argv = self.argv("-r", "100", "-d", "0.4", "--seconds", "0.1", port=listener.ports[0][1])
        ours, theirs = terminal()
        text = []

        def read():
            try:
                while chunk := os.read(ours, 1000):
                    text.append(chunk)
            except OSError:
                pass

        reader = threading.Thread(target=read)
        reader.start()
        subprocess.run(argv, stderr=theirs, stdout=subprocess.DEVNULL, timeout=PATIENCE_S,
                       check=True)
        os.close(theirs)
        reader.join()
        os.close(ours)
        self.assertGreaterEqual(b"".join(text).count(b"sent "), 3)
        self.assertEqual(harness.run(argv).stderr, b"")

    def test_that_cannot_be_written_is_an_error(self):
        listener = self.listen()
        with open("/dev/full", "wb") as full:
            done = subprocess.run(self.argv("-n", "1", port=listener.ports[0][1]), stdout=full,
                                  stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"stdout", done.stderr)


class Usage(Blast):
    def test_that_is_wrong_exits_with_2(self):
        wrong = [
            [], ["127.0.0.1", "127.0.0.2"], ["--rate", "0", "127.0.0.1"],
            ["--rate", "x", "127.0.0.1"], ["--rate", "-1", "127.0.0.1"],
            ["--rate", "1e3", "127.0.0.1"], ["--rate", "nan", "127.0.0.1"],
            ["--count", "0", "127.0.0.1"], ["--count", "1.5", "127.0.0.1"],
            ["--duration", "", "127.0.0.1"], ["-v", "4", "127.0.0.1"],
            ["-v", "3", "127.0.0.1"], ["--mix", "v1", "127.0.0.1"],
            ["--mix", "v1=0", "127.0.0.1"], ["--mix", "v1=1,v1=2", "127.0.0.1"],
            ["--mix", "v1=1,", "127.0.0.1"], ["--mix", "", "127.0.0.1"],
            ["--malformed", "2", "127.0.0.1"], ["--malformed", "1%%", "127.0.0.1"],
            ["--malformed", "", "127.0.0.1"], ["--inform", "-v", "1", "127.0.0.1"],
            ["--inform", "--malformed", "1%", "127.0.0.1"],
            ["--inform", "--engines", "2", "-v", "3", "-u", "noc", "127.0.0.1"],
            ["--sources", "0", "127.0.0.1"], ["--sources", "50001", "127.0.0.1"],
            ["--sources", "2", "192.0.2.1"], ["--size", "10", "127.0.0.1"],
            ["--size", "65508", "127.0.0.1"], ["--speed", "2", "127.0.0.1"],
            ["--replay", "x", "--inform", "127.0.0.1"],
            ["--replay", "x", "--speed", "0", "127.0.0.1"],
            ["--outstanding", "65537", "127.0.0.1"], ["127.0.0.1:0"], ["127.0.0.1:x"],
            ["127.0.0.1:65536"], ["[::1"], [""], ["-c", "x" * 256, "127.0.0.1"],
            ["-v", "3", "-u", "noc,auth=SHA-1:short", "127.0.0.1"],
            ["-v", "3", "-u", "noc,auth=ROT13:maplesyrup", "127.0.0.1"],
            ["-v", "3", "-u", "noc", "--engine-id", "80", "127.0.0.1"],
            ["--unknown", "127.0.0.1"], ["--rate"],
        ]
        for args in wrong:
            with self.subTest(args=args):
                done = harness.run([PROGRAM, "blast", *args])
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(done.stdout, b"")
                self.assertIn(b"--help", done.stderr)
                self.assertIsNone(SANITIZER.search(done.stderr.decode()))

    def test_of_a_host_that_is_not_there_fails(self):
        done = harness.run([PROGRAM, "blast", "-n", "1", "no-such-host.invalid"])
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"no-such-host.invalid", done.stderr)

    def test_help_names_every_option(self):
        done = harness.run([PROGRAM, "blast", "--help"])
        self.assertEqual(done.returncode, 0)
        for option in ("--rate", "--mix", "--engines", "--replay", "--counters", "--seed"):
            self.assertIn(option.encode(), done.stdout)

    def test_shows_no_secret_in_the_process_list(self):
        listener = self.listen()
        with subprocess.Popen(self.argv("-r", "50", *V3, port=listener.ports[0][1]),
                              stdout=subprocess.PIPE) as p:
            listener.wait(lambda: listener.events)
            line = pathlib.Path(f"/proc/{p.pid}/cmdline").read_bytes()
            p.send_signal(signal.SIGINT)
            p.communicate(timeout=PATIENCE_S)
        self.assertNotIn(b"maplesyrup", line)


if __name__ == "__main__":
    unittest.main()
