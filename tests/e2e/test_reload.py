"""A reload takes a configuration over whole or not at all, and loses and doubles
nothing. RELOADS=1000: so many under load; see docs/building.md."""

import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import time
import unittest
import urllib.error

import messages
from harness import PATIENCE_S, PROGRAM, Client, is_response, run
from running import METRICS, Case, Daemon
from test_run import link

RELOADS = int(os.environ.get("RELOADS", "30"))
RATE = int(os.environ.get("RELOADS_RATE", "400"))  # of v2c traps, a second
# What a process may grow between its hundredth reload and its last. Sanitizers keep what
# is freed: there nothing is known.
GROWTH_KB = 8 * 1024


class Reload(Case):
    def reload(self, d, conf):
        d.configure(conf)
        return d.ask("reload")

    def test_a_wrong_file_changes_nothing_and_is_told(self):
        d = self.run_daemon({"communities": ["secret"]})
        d.path.write_text("lisen: 7\noutputs: {x: {type: nothing}}\n")
        answer = d.ask("reload")
        self.assertFalse(answer["ok"])
        self.assertTrue(any("trapline.yaml:1:1:" in x for x in answer["messages"]), answer)
        d.send(link(3), messages.v2c(community=b"secret"))
        c = d.wait_counters(lambda c: c["received"] == 2)
        self.assertEqual((c["delivered"], c["refused"]), (1, 1))
        self.assertEqual(d.metrics()['trapline_reloads_total{result="failed"}'], "1")

    def test_what_cannot_be_done_changes_nothing(self):
        d = self.run_daemon({"communities": ["secret"]})
        for bad in ({"outputs": {"x": {"type": "file", "path": "/usr"}}},
                    {"listen": ["udp:192.0.2.1:0"]},
                    {"metrics": {"listen": "192.0.2.1:1"}}):
            self.assertFalse(self.reload(d, {"communities": ["other"]} | bad)["ok"], bad)
        d.send(messages.v2c(community=b"other"), messages.v2c(community=b"secret"))
        c = d.wait_counters(lambda c: c["received"] == 2)
        self.assertEqual((c["delivered"], c["refused"]), (1, 1))

    def test_changes_who_may_send(self):
        d = self.run_daemon({"threads": 2, "communities": ["one"]})
        self.assertTrue(self.reload(d, {"threads": 2, "communities": ["two"]})["ok"])
        d.send(messages.v2c(community=b"one"), messages.v2c(community=b"two"))
        c = d.wait_counters(lambda c: c["received"] == 2)
        self.assertEqual((c["delivered"], c["refused"]), (1, 1))

    def test_changes_users_and_keeps_clocks(self):
        user = {"name": "noc", "auth": "SHA-256", "auth_secret": "authpass123"}
        d = self.run_daemon({"users": [user]})

        def message(boots, secret):
            return messages.Sender("noc", b"\x80\0\x1f\x88\x04device", "SHA-256", secret,
                                   boots=boots, time=1000).message()

        d.send(message(3, "authpass123"))
        d.wait_counters(lambda c: c["delivered"] == 1)
        user["auth_secret"] = "otherpass123"
        self.assertTrue(self.reload(d, {"users": [user]})["ok"])
        d.send(message(3, "authpass123"), message(2, "otherpass123"),
               message(3, "otherpass123"))
        c = d.wait_counters(lambda c: c["received"] == 4)
        self.assertEqual(c["delivered"], 2)
        self.assertEqual(c["reasons"], {"usm-wrong-digest": 1, "usm-not-in-time-window": 1})

    def test_changes_rules_and_outputs(self):
        d = self.run_daemon()
        d.send(link(3))
        d.wait_counters(lambda c: c["delivered"] == 1)
        answer = self.reload(d, {
            "rules": [{"match": {"trap": "IF-MIB::linkUp"}, "drop": True}],
            "outputs": {"other": {"type": "file", "path": "other.json"}}})
        self.assertTrue(answer["ok"], answer)
        d.send(link(3), link(4))
        c = d.wait_counters(lambda c: c["received"] == 3
                            and c["outputs"]["other"]["delivered"] == 1)
        self.assertEqual(c["suppressed_by"]["rule"], 1)
        self.assertEqual((len(d.events()), len(d.events("other.json"))), (1, 1))

    def test_changes_listeners_and_keeps_the_others(self):
        d = self.run_daemon({"threads": 2})
        old = d.ports[0]
        both = ["udp:127.0.0.1:0", "udp:127.0.0.2:0"]
        self.assertTrue(self.reload(d, {"threads": 2, "listen": both})["ok"])
        d.send(link(3), port=old)
        d.wait_counters(lambda c: c["received"] == 1)
        self.assertTrue(self.reload(d, {"threads": 2, "listen": both[1:]})["ok"])
        d.send(link(3), port=old)
        self.assertEqual(d.counters()["received"], 1)

    def test_metrics_move_to_another_host_on_the_same_port(self):
        d = self.run_daemon()
        d.get()
        port = d.wait_line(METRICS)[1].rsplit(":", 1)[1].split("/")[0]
        for host in ("0.0.0.0", "127.0.0.1", "localhost", "127.0.0.2", "0.0.0.0"):
            start = len(d.errors)
            answer = self.reload(d, {"metrics": {"listen": f"{host}:{port}"}})
            self.assertTrue(answer["ok"], answer)
            d.wait_line(re.escape(f"metrics at http://{host}:{port}/"), start)
            self.assertEqual(d.get("/readyz"), "ok\n")
        second = Daemon({"metrics": {"listen": f"127.0.0.1:{port}"}})
        self.addCleanup(second.close)
        second.wait_line(f"metrics at 127.0.0.1:{port}: Address already in use")

    def test_metrics_move(self):
        d = self.run_daemon()
        old = d.get()
        self.assertTrue(self.reload(d, {"metrics": {"listen": "127.0.0.2:0"}})["ok"])
        d.wait_line("metrics at http://127.0.0.2:")
        self.assertEqual(d.get().count("\n# TYPE"), old.count("\n# TYPE"))
        self.assertTrue(self.reload(d, {"metrics": {"enabled": False}})["ok"])
        self.assertRaises(urllib.error.URLError, d.get)

    def test_tells_what_needs_a_restart(self):
        d = self.run_daemon()
        answer = self.reload(d, {"threads": 3})
        self.assertTrue(answer["ok"])
        self.assertTrue(any("'threads'" in x and "restart" in x
                            for x in answer["messages"]), answer)

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_rights_that_were_given_up_do_not_come_back(self):
        folder = self.folder()
        os.chmod(folder, 0o777)
        conf = {"run_as": "nobody", "threads": 2}
        d = self.run_daemon(conf, folder=folder)
        rights = Many.process_of(d)[2]
        self.assertIn("CapEff:\t0000000000000400", str(rights).replace("\\t", "\t"))
        for turn in range(6):
            users = [{"name": "u", "auth": "MD5", "auth_secret": f"passphrase{turn}"}]
            more = {"listen": ["udp:127.0.0.1:0", "udp:127.0.0.2:0"]} if turn % 2 else {}
            outputs = {"new": {"type": "file", "path": f"new{turn}.json"}}
            self.assertTrue(self.reload(d, conf | more | {
                "users": users, "outputs": outputs})["ok"])
            self.assertEqual(Many.process_of(d)[2], rights)
            self.assertNotEqual((d.state / f"new{turn}.json").stat().st_uid, 0)
            self.assertFalse(self.reload(d, conf | {"outputs": {
                "x": {"type": "file", "path": "/root-only"}}})["ok"])
            self.assertEqual(Many.process_of(d)[2], rights)

    def test_states_go_on(self):
        conf = {"dedup": {"enabled": True, "window": "1h"}}
        d = self.run_daemon(conf)
        d.send(link(3))
        d.wait_counters(lambda c: c["delivered"] == 1)
        self.assertTrue(self.reload(d, conf | {"rules": [
            {"match": {"trap": "IF-MIB::linkUp"}, "set": {"tags": ["x"]}}]})["ok"])
        d.send(link(3))
        c = d.wait_counters(lambda c: c["received"] == 2)
        self.assertEqual(c["suppressed_by"]["repeated"], 1)
        self.assertEqual(len(d.ask("alarms")["alarms"]), 1)

    def test_hangup_reopens_files(self):
        d = self.run_daemon()
        d.send(link(3))
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 1)
        (d.state / "events.json").rename(d.state / "moved")
        d.process.send_signal(signal.SIGHUP)
        d.wait_line("configuration reloaded")
        d.wait_counters(lambda c: (d.state / "events.json").exists())
        d.send(link(4))
        d.wait_counters(lambda c: c["outputs"]["events"]["delivered"] == 2)
        self.assertEqual((len(d.events("moved")), len(d.events())), (1, 1))

    def hold_up(self, d):
        """Makes the next reload wait, until somebody writes to what this returns: it
        wants to read a secret there."""
        fifo = pathlib.Path(d.folder) / "secret"
        os.mkfifo(fifo)
        d.configure({"users": [{"name": "noc", "auth": "SHA-256",
                                "auth_secret": f"@{fifo}"}]})
        return fifo

    def ask_to_reload(self, d):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.addCleanup(s.close)
        s.connect(str(d.state / "control"))  # waits if too many are waiting
        s.settimeout(PATIENCE_S)
        s.sendall(b"reload\n")
        return s

    def test_holds_nothing_up_and_the_next_waits_its_turn(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            path = self.folder() + "/notify"
            manager.bind(path)
            manager.settimeout(PATIENCE_S)
            d = self.run_daemon({}, env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "200000"})
            fifo = self.hold_up(d)
            asked = [self.ask_to_reload(d)]
            while b"RELOADING=1" not in manager.recv(2000):
                pass
            asked += [self.ask_to_reload(d) for _ in range(3)]
            for _ in range(5):
                self.assertEqual(manager.recv(2000), b"WATCHDOG=1")
            d.send(link(3))
            d.wait_counters(lambda c: c["delivered"] == 1)
            self.assertTrue(d.ask("status")["reloading"])
            self.assertEqual(d.ask("status")["reloads"], 0)
            for s in asked:
                s.setblocking(False)
                self.assertRaises(BlockingIOError, s.recv, 1)
                s.settimeout(PATIENCE_S)
            fifo.write_text("authpass123\n")  # opens when it is read
            self.assertIn(b'{"ok":true', asked[0].recv(9000))
            fifo.write_text("authpass123\n")
            for s in asked[1:]:
                self.assertIn(b'{"ok":true', s.recv(9000))
            status = d.ask("status")
            self.assertEqual((status["reloads"], status["reloading"]), (2, False))

    def test_that_hangs_does_not_keep_it_from_ending(self):
        """Then not all threads are waited for, which the thread sanitizer would tell."""
        options = os.environ.get("TSAN_OPTIONS", "") + " report_thread_leaks=0"
        d = self.run_daemon(env={"TSAN_OPTIONS": options})
        self.hold_up(d)
        asked = self.ask_to_reload(d)
        while not d.ask("status")["reloading"]:
            pass
        d.stop()
        self.assertEqual(d.status, 0, d.errors)
        self.assertEqual(asked.recv(100), b"")

    def test_one_who_asked_may_leave(self):
        d = self.run_daemon()
        fifo = self.hold_up(d)
        for _ in range(3):
            for s in [self.ask_to_reload(d) for _ in range(10)]:
                s.close()
            d.ask("status")
        for turn in (1, 2):
            fifo.write_text("authpass123\n")
            d.wait_counters(lambda c, n=turn: d.ask("status")["reloads"] == n)

    def test_requests_may_come_together(self):
        d = self.run_daemon()
        with self.ask_to_reload(d) as s:
            s.sendall(b"status\nalarms\nreload\n")
            with s.makefile("rb") as answers:
                keys = [set(json.loads(answers.readline())) for _ in range(4)]
        self.assertEqual(keys[0], {"ok", "messages"})
        self.assertIn("counters", keys[1])
        self.assertEqual(keys[2:], [{"alarms"}, {"ok", "messages"}])

    def test_informs_go_on(self):
        d = self.run_daemon()
        client = Client()
        self.addCleanup(client.close)
        for i in range(1, 20):
            self.assertTrue(self.reload(d, {"communities": ["public", f"c{i}"]})["ok"])
            client.send(link(3, tag=messages.INFORM, request_id=i), ("127.0.0.1", d.ports[0]))
            self.assertTrue(is_response(client.receive()[0], i))


MIB = """SOME-VENDOR-MIB DEFINITIONS ::= BEGIN
IMPORTS MODULE-IDENTITY, NOTIFICATION-TYPE, enterprises FROM SNMPv2-SMI;
someVendor MODULE-IDENTITY
    LAST-UPDATED "202601010000Z" ORGANIZATION "x" CONTACT-INFO "x" DESCRIPTION "x"
    ::= { enterprises 99999 }
somethingNew NOTIFICATION-TYPE STATUS current DESCRIPTION "x" ::= { someVendor 0 1 }
END
"""
VENDOR_TRAP = "1.3.6.1.4.1.99999.0.1"


class Load:
    """What goes on meanwhile: blasts that never end by themselves, told apart by what
    they send. The |going| one sends to an address that comes and goes."""

    KINDS = {"v2c": ("--rate", RATE, "--sources", 50, "--seed", 1),
             "v3": ("--rate", RATE // 8, "-v", "3", "--engines", 5, "--seed", 2, "-u",
                    "stay,auth=SHA-256:staypass123,priv=AES-128:staypriv123"),
             "informs": ("--rate", RATE // 8, "--inform", "--outstanding", 4, "--timeout", 20,
                         "-c", "informer", "--seed", 3),
             "going": ("--rate", RATE // 8, "-c", "goer", "--seed", 4)}

    def __init__(self, test, stay, going):
        self.running = {}
        for kind, args in self.KINDS.items():
            to = going if kind == "going" else stay
            process = subprocess.Popen(
                [PROGRAM, "blast", "--json", "--seconds", "0", "--duration", "100000",
                 *map(str, args), to], stdin=subprocess.DEVNULL, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            test.addCleanup(self.end, process)
            self.running[kind] = process

    @staticmethod
    def end(process):
        if process.returncode is None:
            process.kill()
            process.communicate()

    def stop(self):
        """The summary of each."""
        told = {}
        for kind, process in self.running.items():
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE_S)
            if process.returncode != 0 and kind != "going":
                raise AssertionError(f"{kind}: {out} {err}")
            told[kind] = json.loads(out)
        return told


class Many(Case):
    """Reloads of all kinds under load, good ones and bad ones."""

    PHASES = 12  # what is configured comes again after so many reloads

    def setUp(self):
        self.random = random.Random(5)
        self.folder_name = pathlib.Path(self.folder())
        mibs = self.folder_name / "mibs"
        mibs.mkdir()
        (mibs / "SOME-VENDOR-MIB").write_text(MIB)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.2", 0))
            self.going = free.getsockname()[1]
        self.sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sink.bind(("127.0.0.1", 0))
        self.addCleanup(self.sink.close)
        self.probes, self.refusals = [], {}

    def sites(self, i):
        path = self.folder_name / "sites.csv"
        path.write_text(f"address,site,turn\n127.0.0.0/8,here,{i}\n")
        return {"type": "csv", "file": str(path), "column": "address", "match": "cidr",
                "refresh": "1s"}

    def users(self, i):
        users = [{"name": "stay", "auth": "SHA-256", "auth_secret": "staypass123",
                  "priv": "AES-128", "priv_secret": "staypriv123"}]
        if i % 2:
            users.append({"name": "guest", "auth": "SHA-256", "auth_secret": f"guestpass{i}"})
        return users

    def outputs(self, phase):
        outputs = {"events": {"type": "file", "path": "events.json", "rotate": {"size": 0},
                              "queue": {"events": 200000, "bytes": "512MiB"}}}
        if phase % 2:
            outputs["text"] = {"type": "file", "path": "events.txt", "format": "text",
                               "rotate": {"size": "1MiB", "keep": phase}}
        if phase % 3 == 0:
            outputs["log"] = {"type": "syslog",
                              "address": f"udp:127.0.0.1:{self.sink.getsockname()[1]}"}
        return outputs

    def conf(self, i):
        """That of the |i|th reload."""
        phase = i % self.PHASES
        conf = {"threads": 2, "users": self.users(i), "outputs": self.outputs(phase),
                "communities": ["public", "informer", "goer", f"c{i}"],
                "dedup": {"enabled": False, "window": f"{phase + 1}s"},
                "rules": [{"match": {"trap": "*"}, "set": {"tags": [f"t{i}"]}}] * (phase + 1)}
        if self.goes(i):
            conf["listen"] = ["udp:127.0.0.1:0", f"udp:127.0.0.2:{self.going}"]
        if phase % 4 == 2:
            conf["mibs"] = [str(self.folder_name / "mibs")]
        if phase % 4 > 1:
            conf["enrichment"] = {"sites": self.sites(i)}
        if phase == 7:
            conf["metrics"] = {"enabled": False}
        return conf

    def goes(self, i):
        return i % self.PHASES % 3 == 1

    def bad(self, good):
        """Something that cannot be taken over, and would change who may send."""
        other = good | {"communities": ["intruder"], "users": []}
        return json.dumps(self.random.choice([
            other | {"lisen": []},
            other | {"listen": ["udp:192.0.2.1:0"]},
            other | {"outputs": {"x": {"type": "file", "path": "/usr"}}},
            other | {"rules": [{"match": {"source": "nowhere"}}]},
            other | {"users": [{"name": "x", "auth": "MD5", "auth_secret": "@/no/such"}]},
            other | {"metrics": {"listen": "192.0.2.1:1"}},
        ]))

    def reload(self, d):
        """By either way; whether it was taken over, as it says."""
        how = self.random.randrange(3)
        if how == 0:
            return d.ask("reload")["ok"]
        if how == 1:
            return run([PROGRAM, "reload", "-s", str(d.state / "control")]).returncode == 0
        before = d.ask("status")
        d.process.send_signal(signal.SIGHUP)
        while True:
            after = d.ask("status")
            if after["reloads"] + after["failed_reloads"] > (
                    before["reloads"] + before["failed_reloads"]):
                return after["reloads"] > before["reloads"]
            time.sleep(0.005)

    def probe(self, d, i):
        """That just those may send who may with configuration |i|."""
        engine = b"\x80\0\x1f\x88\x04probe"
        self.probes.append(len(self.probes) + 1)
        number = self.probes[-1] + 1000000
        guest = {k: messages.Sender("guest", engine, "SHA-256", f"guestpass{k}", boots=1,
                                    time=int(time.monotonic())).message(request_id=number)
                 for k in (i, i + 2)}
        d.send(messages.v2c(community=b"c%d" % i, request_id=number),
               messages.v2c(community=b"c%d" % (i - 1)), messages.v2c(community=b"intruder"),
               guest[i], guest[i + 2], source="127.0.0.99")
        wrong = {"community-unknown": 2, **({"usm-wrong-digest": 1} if i % 2 else
                                    {"usm-unknown-user": 2})}
        for reason, count in wrong.items():
            self.refusals[reason] = self.refusals.get(reason, 0) + count
        refused = sum(self.refusals.values())
        c = d.wait_counters(lambda c: c["refused"] >= refused)
        self.assertEqual(c["reasons"], self.refusals, f"reload {i}")
        self.assertEqual(c["lost"], 0)
        return 2 if i % 2 else 1

    def burst(self, d, i):
        """What has arrived at an address before it goes is not lost."""
        d.send(*[messages.v2c(community=b"goer", request_id=2000000 + i)] * 20,
               source="127.0.0.98", host="127.0.0.2", port=self.going)
        return 20

    @staticmethod
    def process_of(d):
        """What must be the same after each reload: descriptors, threads, and the rights
        of each of them."""
        rights = set()
        threads = sorted(os.listdir(f"/proc/{d.process.pid}/task"))
        for thread in threads:
            try:
                text = pathlib.Path(f"/proc/{d.process.pid}/task/{thread}/status").read_text()
            except (FileNotFoundError, ProcessLookupError):  # it has just ended
                continue
            rights.add(tuple(x for x in text.splitlines()
                             if x.split(":")[0] in ("Uid", "Gid", "Groups", "NoNewPrivs")
                             or x.startswith("Cap")))
        return len(os.listdir(f"/proc/{d.process.pid}/fd")), len(threads), frozenset(rights)

    def same(self, d, before):
        """Waits for what ends (outputs, our own connections) to have ended; then it must
        be as |before|, or as it stays if that is None."""
        end = time.monotonic() + PATIENCE_S
        seen = []
        while True:
            seen.append(self.process_of(d))
            stays = len(seen) >= 40 and len(set(seen[-40:])) == 1
            if seen[-1] == before or before is None and stays:
                return seen[-1]
            self.assertLess(time.monotonic(), end, f"{seen[-1]} instead of {before}")
            time.sleep(0.02)

    @staticmethod
    def memory_kb(d):
        text = pathlib.Path(f"/proc/{d.process.pid}/status").read_text()
        return int(text.split("VmRSS:")[1].split()[0])

    def test_under_load_lose_and_double_nothing(self):
        d = self.run_daemon(self.conf(0), folder=str(self.folder_name))
        load = Load(self, f"127.0.0.1:{d.ports[0]}", f"127.0.0.2:{self.going}")
        seen, memory, good, bad, sent, bursts = {}, None, 0, 0, 0, 0
        for i in range(1, RELOADS + 1):
            d.configure(self.conf(i))
            self.assertTrue(self.reload(d), d.errors[-5:])
            good += 1
            phase = i % self.PHASES
            seen[phase] = self.same(d, seen.get(phase))
            sent += self.probe(d, i)
            if self.random.randrange(3) == 0:
                text = d.path.read_text()
                d.path.write_text(self.bad(json.loads(text)))
                self.assertFalse(self.reload(d))
                bad += 1
                sent += self.probe(d, i)
                self.same(d, seen[phase])
            if self.goes(i):
                bursts += self.burst(d, i)
            if i == max(100, RELOADS // 10):
                memory = self.memory_kb(d)
        told = load.stop()
        d.wait_counters(lambda c: c["outputs"]["events"]["waiting"] == 0)
        self.account(d, told, sent, bursts)
        status = d.ask("status")
        self.assertEqual((status["reloads"], status["failed_reloads"]), (good, bad))
        self.assertEqual(len({rights for _, _, rights in seen.values()}), 1)
        if memory and not self.is_sanitized(d):
            grown = self.memory_kb(d) - memory
            print(f"# {good} reloads: {memory} KiB, and {grown} more at the end")
            self.assertLess(grown, GROWTH_KB)

    @staticmethod
    def is_sanitized(d):
        return "san.so" in pathlib.Path(f"/proc/{d.process.pid}/maps").read_text()

    def account(self, d, told, sent, bursts):
        """Each notification that was sent stands in the file, once."""
        c = d.counters()
        self.assertEqual(c["lost"], 0)
        self.assertEqual(c["lost_for_memory"], 0)
        kinds = {"v2c": 0, "v3": 0, "informs": 0, "going": 0, "bursts": 0, "probes": 0}
        ids = set()
        with (d.state / "events.json").open() as lines:
            for event in map(json.loads, lines):
                self.assertIn(event["kind"], ("trap", "inform"))
                self.assertNotIn(event["id"], ids)
                ids.add(event["id"])
                kinds[self.kind_of(event)] += 1
        informs = told["informs"]["informs"]
        self.assertEqual((informs["lost"], informs["failed"]), (0, 0))
        # those that the end of the load cut short are there, or not
        self.assertTrue(informs["acknowledged"] <= kinds["informs"] <= informs["submitted"],
                        (kinds, informs))
        self.assertEqual((kinds["v2c"], kinds["v3"]), (told["v2c"]["sent"], told["v3"]["sent"]))
        self.assertEqual((kinds["probes"], kinds["bursts"]), (sent, bursts))
        self.assertLessEqual(kinds["going"], told["going"]["sent"])
        self.assertEqual(len(ids), c["delivered"])
        self.assertEqual(c["refused"], sum(self.refusals.values()))
        self.assertEqual(c["received"], c["delivered"] + c["refused"] + c["duplicate"])

    @staticmethod
    def kind_of(event):
        source = event["source"]["address"]
        if event["kind"] == "inform":
            return "informs"
        if source == "127.0.0.99":
            return "probes"
        if source == "127.0.0.98":
            return "bursts"
        if event["version"] == "3":
            return "v3"
        return "going" if event["community"] == "goer" else "v2c"


if __name__ == "__main__":
    unittest.main()
