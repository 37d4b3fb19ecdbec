"""`trapline run`: from a datagram to the outputs, counters, metrics, the control socket,
what outlasts a restart, what an output that is dead does to the others."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import unittest
import urllib.error

import ber
import messages
from harness import PATIENCE_S, PROGRAM, ROOT, Client, is_response, run
from running import Case, Daemon

IF_INDEX = "1.3.6.1.2.1.2.2.1.1.7"


def link(which, **how):
    return messages.v2c(ber.varbind(IF_INDEX, ber.integer(7)),
                        trap_oid=f"1.3.6.1.6.3.1.1.5.{which}", **how)


class Way(Case):
    def test_a_trap_comes_out_named_and_judged(self):
        d = self.run_daemon({"rules": [{"name": "lab", "match": {"source": "127.0.0.0/8"},
                                        "set": {"tags": ["lab"], "fields": {"site": "x"},
                                                "message": "{ifIndex} is down"}}]})
        d.send(link(3))
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 1)
        event, = d.events()
        self.assertEqual(event["trap_name"], "IF-MIB::linkDown")
        self.assertEqual(event["severity"], "major")
        self.assertEqual(event["message"], "7 is down")
        self.assertEqual((event["tags"], event["fields"]), (["lab"], {"site": "x"}))
        self.assertEqual(event["alarm"]["state"], "raised")
        self.assertEqual(event["rule"], "lab")

    def test_an_inform_is_acknowledged(self):
        d = self.run_daemon()
        client = Client()
        self.addCleanup(client.close)
        client.send(link(3, tag=messages.INFORM, request_id=77), ("127.0.0.1", d.ports[0]))
        self.assertTrue(is_response(client.receive()[0], 77))
        d.wait_counters(lambda c: c["informs"] == 1 and c["acknowledged"] == 1)

    def test_an_inform_waits_for_no_output(self):
        """Of many, so that it does not matter what else this machine does."""
        d = self.run_daemon()
        client, took = Client(), []
        self.addCleanup(client.close)
        for i in range(1, 51):
            start = time.perf_counter()
            client.send(link(3, tag=messages.INFORM, request_id=i), ("127.0.0.1", d.ports[0]))
            self.assertTrue(is_response(client.receive()[0], i))
            took.append(time.perf_counter() - start)
        self.assertLess(sorted(took)[10], 0.002)

    def test_an_inform_that_finds_no_room_is_not_acknowledged(self):
        folder = self.folder()
        fifo = pathlib.Path(folder) / "fifo"
        os.mkfifo(fifo)
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        d = self.run_daemon({"outputs": {"slow": {
            "type": "stdout", "queue": {"events": 1, "when_full": "drop-newest"},
            "batch": {"events": 1}}}}, check=False, wrap=[
                "sh", "-c", 'out=$1; shift; exec "$@" >"$out"', "sh", str(fifo)])
        flood = [link(3, request_id=i) for i in range(20000)]
        for at in range(0, len(flood), 500):
            d.send(*flood[at:at + 500])
        c = d.wait_counters(lambda c: c["outputs"]["slow"]["dropped"] > 0)
        client = Client()
        self.addCleanup(client.close)
        client.socket.settimeout(0.5)
        client.send(link(3, tag=messages.INFORM, request_id=77),
                    ("127.0.0.1", d.ports[0]))
        with self.assertRaises(TimeoutError):
            client.receive()
        d.wait_counters(lambda c: c["informs"] == 1)
        self.assertEqual(d.counters()["acknowledged"], 0)

    def test_the_ways_in_which_events_are_lost_are_told_apart(self):
        d = self.run_daemon({"outputs": {"bad": {
            "type": "exec", "command": ["/bin/false"], "queue": {"events": 1}}}})
        for at in range(0, 1000, 100):
            d.send(*[link(3, request_id=i) for i in range(at, at + 100)])
        d.wait_counters(lambda c: c["outputs"]["bad"]["dropped"] > 0 and
                        c["outputs"]["bad"]["rejected"] > 0)
        d.stop()
        lines = [re.search(r"output bad dropped (\d+) events in \d+ s \((\d+) for want of room, "
                           r"(\d+) rejected\): /bin/false: status 1", x) for x in d.errors]
        told = [[int(n) for n in m.groups()] for m in lines if m is not None]
        self.assertEqual(len(told), 1)
        self.assertEqual(told[0][0], told[0][1] + told[0][2])

    def test_each_source_stays_in_order_over_several_threads(self):
        d = self.run_daemon({"threads": 4})
        self.assertTrue(any("4 threads" in x or "one thread" in x for x in d.errors))
        sources = [f"127.0.0.{i}" for i in range(2, 12)]
        sockets = []
        for source in sources:
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind((source, 0))
            self.addCleanup(s.close)
            sockets.append(s)
        for i in range(200):
            for s in sockets:
                s.sendto(messages.v2c(request_id=i + 1), ("127.0.0.1", d.ports[0]))
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 2000)
        for source in sources:
            ids = [e["request_id"] for e in d.events() if e["source"]["address"] == source]
            self.assertEqual(ids, list(range(1, 201)))

    def test_refusals_are_events_if_wanted(self):
        d = self.run_daemon({"refused": True})
        d.send(b"\x30\x03\x02\x01", b"nothing of ours")
        d.wait_counters(lambda c: c["refused"] == 2)
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 2)
        self.assertEqual([(e["kind"], e["size"], e["reason"]) for e in d.events()],
                         [("refused", 4, "ber-truncated"), ("refused", 15, "ber-tag")])

    def test_filters_and_routes_choose_the_outputs(self):
        d = self.run_daemon({
            "outputs": {"all": {"type": "file", "path": "all"},
                        "bad": {"type": "file", "path": "bad",
                                "filter": {"severity": ">= major"}},
                        "routed": {"type": "file", "path": "routed"},
                        "off": {"type": "file", "path": "off", "enabled": False}},
            "rules": [{"match": {"trap": "IF-MIB::linkUp"}, "route": ["routed"]}]})
        d.send(link(3), link(4))
        d.wait_counters(lambda c: sum(o["delivered"] for o in c["outputs"].values()) == 4)
        names = {f: [e["trap_name"] for e in d.events(f)] for f in ("all", "bad", "routed")}
        self.assertEqual(names, {"all": ["IF-MIB::linkDown"], "bad": ["IF-MIB::linkDown"],
                                 "routed": ["IF-MIB::linkDown", "IF-MIB::linkUp"]})
        self.assertFalse((d.state / "off").exists())


class Sums(Case):
    def test_add_up_in_counters_and_metrics(self):
        d = self.run_daemon({"threads": 2, "dedup": {"enabled": True},
                             "rules": [{"match": {"trap": "SNMPv2-MIB::coldStart"},
                                        "drop": True}]})
        d.send(messages.v2c(), b"broken", *[link(3)] * 5)
        inform = link(4, tag=messages.INFORM, request_id=5)
        client = Client()
        self.addCleanup(client.close)
        for _ in range(2):
            client.send(inform, ("127.0.0.1", d.ports[0]))
            client.receive()
        c = d.wait_counters(lambda c: c["received"] == 9)
        self.check_sums(c)
        self.assertEqual(c["suppressed_by"]["rule"], 1)
        self.assertEqual(c["suppressed_by"]["repeated"], 4)
        self.assertEqual((c["refused"], c["duplicate"], c["delivered"]), (1, 1, 2))
        m = d.metrics()
        self.assertEqual(m["trapline_received_total"], "9")
        self.assertEqual(m['trapline_suppressed_total{reason="repeated"}'], "4")
        self.assertEqual(m['trapline_source_received_total{source="127.0.0.1"}'], "9")
        self.assertEqual(m['trapline_output_up{output="events"}'], "1")

    def test_metrics_are_well_formed(self):
        d = self.run_daemon()
        typed = set()
        for line in d.get().splitlines():
            if line.startswith("# TYPE "):
                typed.add(line.split()[2])
            elif not line.startswith("#"):
                name = line.partition("{")[0].partition(" ")[0]
                for end in ("_bucket", "_sum", "_count"):
                    name = name.removesuffix(end) if name.removesuffix(end) in typed else name
                self.assertIn(name, typed, line)
                float(line.rsplit(" ", 1)[1])
        self.assertEqual(d.get("/healthz"), "ok\n")
        self.assertEqual(d.get("/readyz"), "ok\n")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            d.get("/other")
        self.assertEqual(refused.exception.code, 404)


class Control(Case):
    def command(self, d, *args):
        return run([PROGRAM, *args, "-c", str(d.path)])

    def test_status_alarms_and_stop(self):
        d = self.run_daemon()
        self.assertEqual((d.state / "control").stat().st_mode & 0o777, 0o600)
        d.send(link(3))
        d.wait_counters(lambda c: c["delivered"] == 1)
        shown = self.command(d, "status").stdout
        self.assertIn(b"received 1, delivered 1", shown)
        self.assertIn(b" 1 thread, 0 reloads\n", shown)
        self.assertIn(b"listening at udp:127.0.0.1:%d\n" % d.ports[0], shown)
        listed = self.command(d, "alarms")
        self.assertIn(b"127.0.0.1/linkDown/7", listed.stdout)
        alarm, = json.loads(self.command(d, "alarms", "--json").stdout)["alarms"]
        self.assertEqual((alarm["severity"], alarm["count"]), ("major", 1))
        self.assertEqual(self.command(d, "alarms", "clear", "no/such").returncode, 1)
        self.assertEqual(self.command(d, "alarms", "clear", alarm["key"]).returncode, 0)
        self.assertEqual(json.loads(self.command(d, "alarms", "--json").stdout)["alarms"], [])
        self.assertEqual(d.ask("stop"), {"ok": True})
        self.assertEqual(d.process.wait(PATIENCE_S), 0)
        self.assertFalse((d.state / "control").exists())
        nobody = self.command(d, "status")
        self.assertEqual(nobody.returncode, 1)
        self.assertIn(b"is 'trapline run' running?", nobody.stderr)

    def test_wrong_requests_do_no_harm(self):
        d = self.run_daemon()
        self.assertEqual(d.ask("nonsense")["ok"], False)
        for data in (b"x" * 5000, b"\x00\xff\n", b"status"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
                s.connect(str(d.state / "control"))
                s.sendall(data)
        self.assertEqual(d.ask("status")["threads"], 1)

    def test_those_who_say_nothing_lock_nobody_out(self):
        d = self.run_daemon()
        silent = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(50)]
        for s in silent:
            self.addCleanup(s.close)
            s.connect(str(d.state / "control"))
            s.settimeout(PATIENCE_S)
            s.sendall(b"sta")
        self.assertEqual(d.ask("status")["threads"], 1)
        self.assertEqual(d.ask("reload")["ok"], True)
        silent[-1].sendall(b"tus\n")
        self.assertEqual(json.loads(silent[-1].makefile("rb").readline())["threads"], 1)
        self.assertEqual(silent[0].recv(1), b"")


class Restart(Case):
    def test_alarms_and_repeats_outlast_it(self):
        folder = self.folder()
        conf = {"dedup": {"enabled": True, "window": "1h"}}
        d = self.run_daemon(conf, folder=folder)
        d.send(link(3))
        d.wait_counters(lambda c: c["delivered"] == 1)
        d.stop()
        again = self.run_daemon(conf, folder=folder)
        self.assertEqual(len(again.ask("alarms")["alarms"]), 1)
        again.send(link(3))
        c = again.wait_counters(lambda c: c["received"] == 1)
        self.assertEqual(c["suppressed_by"]["repeated"], 1)

    def test_after_a_kill_all_is_whole(self):
        folder = self.folder()
        boots = set()
        for _ in range(5):
            d = self.run_daemon({"threads": 2}, folder=folder, check=False)
            load = d.blast("--rate", "5000", "--duration", "5", "--sources", "20")
            d.wait_counters(lambda c: c["received"] > 200)
            d.kill()
            load.kill()
            load.communicate()
            self.assertFalse([x for x in d.errors if "cannot be used" in x])
            boots.add((d.state / "engine").read_text())
        self.assertEqual(len(boots), 5)
        d = self.run_daemon({"threads": 2}, folder=folder, check=False)
        d.send(link(3))
        d.wait_counters(lambda c: c["delivered"] == 1)
        self.check_sums(d.stop())
        lines = (d.state / "events.json").read_text().splitlines()
        self.assertLessEqual(sum(not self.is_whole(x) for x in lines), 5)  # the last of each killed one
        self.assertTrue(self.is_whole(lines[-1]))
        self.assertGreater(len(lines), 10)

    def is_whole(self, line):
        try:
            return isinstance(json.loads(line), dict)
        except ValueError:
            return False


class Users(Case):
    USER = {"name": "noc", "auth": "SHA-256", "auth_secret": "authpass123"}

    def sender(self, boots):
        return messages.Sender("noc", b"\x80\0\x1f\x88\x04device", "SHA-256", "authpass123",
                               boots=boots, time=1000)

    def test_a_replay_is_refused_by_every_thread(self):
        """What one thread has learned of a sender's clock the others know."""
        d = self.run_daemon({"threads": 4, "users": [self.USER]})
        d.send(self.sender(3).message(), source="127.0.0.2")
        d.wait_counters(lambda c: c["delivered"] == 1)
        old = self.sender(2).message()
        for i in range(2, 22):
            d.send(old, source=f"127.0.0.{i}")
        c = d.wait_counters(lambda c: c["received"] == 21)
        self.assertEqual(c["reasons"], {"usm-not-in-time-window": 20})
        self.assertEqual(c["engines"], 1)  # though each thread remembers it

    def test_clocks_outlast_a_kill(self):
        folder = self.folder()
        conf = {"users": [self.USER]}
        d = self.run_daemon(conf, folder=folder, check=False)
        d.send(self.sender(3).message())
        d.wait_counters(lambda c: c["delivered"] == 1)
        d.kill()
        again = self.run_daemon(conf, folder=folder)
        again.send(self.sender(2).message())
        c = again.wait_counters(lambda c: c["received"] == 1)
        self.assertEqual(c["reasons"], {"usm-not-in-time-window": 1})


class OwnEvents(Case):
    def test_repeats_and_alarms_are_summed_up(self):
        d = self.run_daemon({"dedup": {"enabled": True, "window": "1s"}})
        d.send(*[link(3)] * 5)
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 2)
        d.ask("clear 127.0.0.1/linkDown/7")
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 3)
        trap, repeated, alarm = d.events()
        self.assertEqual((trap["kind"], repeated["kind"], alarm["kind"]),
                         ("trap", "repeated", "alarm"))
        self.assertEqual(repeated["count"], 4)
        self.assertEqual(alarm["alarm"]["state"], "cleared")


class Outputs(Case):
    def test_a_dead_one_does_not_hold_up_the_others(self):
        folder = self.folder()
        fifo = pathlib.Path(folder) / "fifo"
        os.mkfifo(fifo)
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        d = self.run_daemon({"outputs": {
            "dead": {"type": "stdout", "queue": {"events": 100}},
            "file": {"type": "file", "path": "events.json",
                     "queue": {"events": 100000}}}}, wrap=[
                "sh", "-c", 'out=$1; shift; exec "$@" >"$out"', "sh", str(fifo)])
        load = d.blast("--rate", "5000", "--count", "5000", "--sources", "20")
        load.communicate()
        c = d.wait_counters(lambda c: c["outputs"]["file"]["delivered"] >= 5000)
        self.assertEqual(c["lost"], 0)
        self.assertGreater(c["outputs"]["dead"]["dropped"], 0)
        self.check_sums(c)
        end = d.stop()
        dead = end["outputs"]["dead"]
        self.assertEqual(d.status, 0)
        self.assertGreater(dead["dropped"] + dead["given_up"], 0)
        self.assertEqual(len({e["id"] for e in d.events() if e["kind"] == "trap"}), 5000)

    def test_one_that_cannot_open_is_told_at_the_start(self):
        folder = self.folder()
        (pathlib.Path(folder) / "state" / "taken").mkdir(parents=True)
        d = Daemon({"outputs": {"bad": {"type": "file", "path": "taken"}}}, folder=folder)
        self.addCleanup(d.close)
        self.assertIsNotNone(d.process.wait(PATIENCE_S))
        d.thread.join()
        self.assertNotEqual(d.process.returncode, 0)
        self.assertTrue(any("bad" in x for x in d.errors), d.errors)


class Notices:
    """What a service manager is told, as KEY=VALUE in lines."""

    def __init__(self, socket_):
        self.socket = socket_

    def until(self, key):
        """The first message that has |key|; others may come before it, but none that
        stands for another state."""
        while True:
            said = dict(x.split("=", 1) for x in self.socket.recv(2000).decode().split("\n"))
            if key in said:
                return said
            if set(said) != {"WATCHDOG"}:
                raise AssertionError(f"{said}, not {key}")


class Start(Case):
    def test_the_default_configuration_works(self):
        home = self.folder()
        text = (ROOT / "share" / "trapline.yaml").read_text()
        text = text.replace("listen: [udp:0.0.0.0:1162, \"udp:[::]:1162\"]",
                            "listen: [udp:127.0.0.1:0]")
        text = text.replace("127.0.0.1:9162", "127.0.0.1:0")
        path = pathlib.Path(home) / "trapline.yaml"
        path.write_text(text)
        d = Daemon(folder=home, env={"XDG_STATE_HOME": home})
        self.addCleanup(self.end, d, True)
        d.state = pathlib.Path(home) / "trapline"
        d.wait_ready()
        d.send(link(3))
        d.wait_counters(lambda c: c["outputs"]["file"]["delivered"] == 1
                        and c["outputs"]["terminal"]["delivered"] == 1)
        self.assertEqual(len(d.events()), 1)

    def test_a_wrong_configuration_is_explained(self):
        folder = self.folder()
        path = pathlib.Path(folder) / "t.yaml"
        path.write_text("lisen: []\noutputs: {x: {type: file}}\n")
        done = run([PROGRAM, "run", "-c", str(path)])
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"t.yaml:1:1: there is no key 'lisen'", done.stderr)
        self.assertIn(b"t.yaml:2:", done.stderr)
        self.assertEqual(run([PROGRAM, "run", "-c", folder + "/no"]).returncode, 2)

    def test_a_second_one_says_why_it_does_not_start(self):
        d = self.run_daemon()
        second = run([PROGRAM, "run", "-c", str(d.path)])
        self.assertEqual(second.returncode, 1)
        self.assertIn(b"another trapline uses this state folder", second.stderr)

    def test_an_address_that_is_taken_is_told(self):
        d = self.run_daemon()
        folder = self.folder()
        other = Daemon({"listen": [f"udp:127.0.0.1:{d.ports[0]}"]}, folder=folder)
        self.addCleanup(other.close)
        self.assertEqual(other.process.wait(PATIENCE_S), 1)
        other.thread.join()
        self.assertTrue(any("somebody listens there already" in x for x in other.errors))

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_gives_up_all_rights_but_one(self):
        folder = self.folder()
        os.chmod(folder, 0o777)
        d = self.run_daemon({"run_as": "nobody"}, folder=folder)
        status = pathlib.Path(f"/proc/{d.process.pid}/status").read_text()
        self.assertIn("CapEff:\t0000000000000400\n", status)
        self.assertNotIn("Uid:\t0", status)
        d.send(link(3))
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 1)
        self.assertNotEqual((d.state / "events.json").stat().st_uid, 0)
        self.assertEqual(run([PROGRAM, "check", "-c", str(d.path)]).returncode, 0)

    def test_tells_the_service_manager(self):
        folder = self.folder()
        path = folder + "/notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(PATIENCE_S)
            d = self.run_daemon(env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"})
            reads = Notices(manager)
            self.assertEqual(reads.until("READY"), {"READY": "1", "STATUS": "receiving"})
            # a sign of life twice in the time that one is asked for
            start = time.monotonic()
            for _ in range(10):
                reads.until("WATCHDOG")
            self.assertLess(time.monotonic() - start, 2)
            for right, status in ((True, "reloaded"), (False, "failed")):
                if not right:
                    d.path.write_text("nonsense: 1\n")
                before = time.monotonic_ns() // 1000
                d.process.send_signal(signal.SIGHUP)
                begun = reads.until("RELOADING")
                self.assertIn("STATUS", begun)
                at = int(begun["MONOTONIC_USEC"])
                self.assertTrue(before <= at <= time.monotonic_ns() // 1000, begun)
                self.assertIn(status, reads.until("READY")["STATUS"])
            d.stop()
            self.assertIn("STATUS", reads.until("STOPPING"))

    def test_does_not_wait_for_a_service_manager_that_sleeps(self):
        folder = self.folder()
        path = folder + "/notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            d = self.run_daemon(env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "10000"})
            for _ in range(50):  # it holds ten or so; a sign of life is due every 5 ms
                d.ask("status")
                time.sleep(0.005)
            d.stop()
            self.assertEqual(d.status, 0)

    def test_takes_sockets_of_the_service_manager(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
            script = f'exec 3<&{s.fileno()}; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
            folder = self.folder()
            d = Daemon({}, folder=folder)
            d.close()
            process = subprocess.Popen(
                ["sh", "-c", script, "sh", PROGRAM, "run", "-c", str(d.path)],
                pass_fds=[s.fileno()], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                text=True)
            self.addCleanup(process.stderr.close)
            self.addCleanup(process.kill)
            lines = []
            while not any(x.startswith("running") for x in lines):
                line = process.stderr.readline()
                self.assertTrue(line, lines)
                lines.append(line)
            self.assertIn(f"listening udp 127.0.0.1:{port}\n", lines)
            d.send(link(3), port=port)
            d.wait_counters(lambda c: c["delivered"] == 1)
            self.assertEqual(d.ask("status")["listen"], [f"udp:127.0.0.1:{port}"])
            conf = json.loads(d.path.read_text())
            d.path.write_text(json.dumps(conf | {"listen": ["udp:127.0.0.1:0"]} | {
                "communities": ["public", "other"]}))
            self.assertEqual(d.ask("reload")["ok"], True)
            d.path.write_text(json.dumps(conf | {"listen": ["udp:127.0.0.2:0"]} | {
                "communities": ["other"]}))
            answer = d.ask("reload")
            self.assertTrue(answer["ok"])
            self.assertTrue(any("service manager stay" in x for x in answer["messages"]),
                            answer)
            d.send(link(3), link(3, community=b"other"), port=port)
            c = d.wait_counters(lambda c: c["received"] == 3)
            self.assertEqual((c["delivered"], c["refused"]), (2, 1))
            self.assertEqual(d.ask("status")["listen"], [f"udp:127.0.0.1:{port}"])
            process.terminate()
            self.assertEqual(process.wait(PATIENCE_S), 0)


if __name__ == "__main__":
    unittest.main()
