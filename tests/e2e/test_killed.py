"""`trapline run` killed at any moment, damaged state files, and a disk that is full: after
a restart all that was known is known, or all that was known at the last save.
KILLS=200: so many kills."""

import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import time
import unittest

import ber
import messages
from harness import PATIENCE_S, run
from running import Case
from test_run import IF_INDEX

KILLS = int(os.environ.get("KILLS", "8"))
LINKS = 300  # alarms that each round raises
SAVED = ("alarms", "dedup", "flapping")
USER = {"name": "noc", "auth": "SHA-256", "auth_secret": "authpass123"}
CONF = {"threads": 2, "users": [USER], "dedup": {"enabled": True, "window": "1h"},
        "flapping": {"enabled": True}}
UNUSABLE = re.compile("cannot be used|damaged")


def links(count=LINKS):
    return [messages.v2c(ber.varbind(f"{IF_INDEX[:-1]}{i}", ber.integer(i)),
                         trap_oid=messages.LINK_DOWN) for i in range(1, count + 1)]


class States(Case):
    def alarms(self, d):
        """Of each device, how many."""
        count = {}
        for alarm in d.ask("alarms")["alarms"]:
            count[alarm["device"]] = count.get(alarm["device"], 0) + 1
        return count

    def boots(self, d):
        return int(re.search(r"^boots (\d+)$", (d.state / "engine").read_text(), re.M)[1])

    def told(self, d):
        return [x for x in d.errors if UNUSABLE.search(x)]

    def raise_alarms(self, d, source, count=LINKS):
        before = d.counters()["received"]
        for at in range(0, count, 50):
            d.send(*links(count)[at:at + 50], source=source)
            d.wait_counters(lambda c: c["received"] == before + min(at + 50, count))


class Killed(States):
    def start(self, folder, moment):
        """Killed after a while on its way up, now and then; then it starts."""
        d = self.run_daemon(CONF, folder=folder, check=False)
        if self.random.randrange(3) == 0:
            d.kill()
            early = self.daemon(folder)
            time.sleep(moment)
            early.kill()
            d = self.run_daemon(CONF, folder=folder, check=False)
        return d

    def daemon(self, folder):
        from running import Daemon
        d = Daemon(CONF, folder=folder)
        self.addCleanup(d.close)
        return d

    def clock(self, d, boots, good):
        """That a sender of |boots| is heard, or refused as one of the past."""
        sender = messages.Sender("noc", b"\x80\0\x1f\x88\x04device", "SHA-256", "authpass123",
                                 boots=boots, time=1000)
        before = d.counters()
        d.send(sender.message(request_id=boots), source="127.0.0.200")
        after = d.wait_counters(lambda c: c["received"] == before["received"] + 1)
        self.assertEqual(after["refused"] - before["refused"], 0 if good else 1)

    def test_at_any_moment_and_started_again_all_is_whole(self):
        self.random = random.Random(11)
        folder, known, boots = self.folder(), {}, 0
        for turn in range(1, KILLS + 1):
            d = self.start(folder, self.random.uniform(0, 0.1))
            self.assertEqual(self.told(d), [])
            self.assertGreater(self.boots(d), boots)
            boots = self.boots(d)
            found = self.alarms(d)
            new = f"127.0.1.{turn - 1}"
            self.assertIn(found, (known, {k: v for k, v in known.items() if k != new}))
            known = found
            if turn > 1:
                self.clock(d, turn - 1, False)
            self.clock(d, turn + 1, True)
            source = f"127.0.1.{turn}"
            self.raise_alarms(d, source)
            known = known | {source: LINKS}
            how = self.random.randrange(3)
            if how > 0:  # while it saves, or after
                d.process.send_signal(signal.SIGTERM)
                time.sleep(self.random.uniform(0, 0.02 * how))
            d.kill()
        d = self.run_daemon(CONF, folder=folder)
        self.assertEqual(self.told(d), [])
        self.assertGreater(self.boots(d), boots)

    def test_repeats_are_known_as_far_as_alarms_are(self):
        """Both are saved at a time."""
        folder = self.folder()
        d = self.run_daemon(CONF, folder=folder)
        self.raise_alarms(d, "127.0.1.1")
        d.stop()
        d = self.run_daemon(CONF, folder=folder, check=False)
        self.raise_alarms(d, "127.0.1.1")
        self.assertEqual(d.counters()["suppressed_by"]["repeated"], LINKS)
        d.kill()


class Damaged(States):
    def damage(self, path, how):
        data = bytearray(path.read_bytes())
        if how == "cut":
            data = data[:len(data) // 2]
        elif how == "empty":
            data = b""
        elif how == "flipped":
            data[len(data) // 2] ^= 0x10
        elif how == "other":
            data = bytes(range(256)) * 4
        elif how == "longer":
            data += b"\0" * 16
        path.write_bytes(bytes(data))

    def test_state_files_are_told_and_set_aside(self):
        folder = self.folder()
        d = self.run_daemon(CONF, folder=folder)
        self.raise_alarms(d, "127.0.1.1", 50)
        d.stop()
        whole = {name: (d.state / f"{name}.state").read_bytes() for name in SAVED}
        for how in ("cut", "empty", "flipped", "other", "longer"):
            for name in SAVED:
                path = d.state / f"{name}.state"
                self.damage(path, how)
                bad = path.read_bytes()
                d = self.run_daemon(CONF, folder=folder, check=False)
                self.assertEqual(
                    [x.rpartition(": ")[0] for x in self.told(d)],
                    [f"warning: {path} cannot be used, and begins empty"], (name, how))
                self.assertEqual((d.state / f"{name}.state.damaged").read_bytes(), bad)
                self.assertEqual(self.alarms(d), {} if name == "alarms" else {"127.0.1.1": 50})
                d.kill()
                for each, data in whole.items():
                    (d.state / f"{each}.state").write_bytes(data)

    def test_clocks_are_used_as_far_as_they_are_good(self):
        folder = self.folder()
        d = self.run_daemon(CONF, folder=folder, check=False)
        for i in (1, 2, 3):
            d.send(messages.Sender("noc", b"\x80\0\x1f\x88\x04dev%d" % i, "SHA-256",
                                   "authpass123", boots=5, time=1000).message())
        d.wait_counters(lambda c: c["delivered"] == 3)
        d.kill()
        path = d.state / "clocks"
        data = bytearray(path.read_bytes())
        self.assertEqual(len(data), 3 * 64)
        data[64 + 20] ^= 1
        path.write_bytes(bytes(data) + b"half of one")
        d = self.run_daemon(CONF, folder=folder)
        self.assertTrue(any("2 damaged records" in x for x in self.told(d)), d.errors)
        for i in (1, 2, 3):
            d.send(messages.Sender("noc", b"\x80\0\x1f\x88\x04dev%d" % i, "SHA-256",
                                   "authpass123", boots=4, time=1000).message())
        c = d.wait_counters(lambda c: c["received"] == 3)
        self.assertEqual((c["refused"], c["delivered"]), (2, 1))

    def test_an_engine_file_is_not_made_up(self):
        """engineBoots must never go back: here somebody has to decide."""
        folder = self.folder()
        d = self.run_daemon(CONF, folder=folder)
        d.stop()
        path = d.state / "engine"
        path.write_text(path.read_text()[:25])
        done = run([os.environ.get("TRAPLINE") or d.process.args[0], "run", "-c", str(d.path)])
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"engine is damaged", done.stderr)


class Full(States):
    """The state folder takes nothing more. It is told; events go on."""

    def go_on(self, d, source="127.0.1.2"):
        self.raise_alarms(d, source, 50)
        self.assertEqual(self.alarms(d)[source], 50)

    def saves(self, d, path):
        """Ends it: then it saves. What it says of |path|."""
        d.process.send_signal(signal.SIGTERM)
        d.process.wait(PATIENCE_S)
        d.thread.join()
        d.status = d.process.returncode
        return [x for x in d.errors if f"{path} cannot be written" in x]

    def conf(self, folder):
        events = pathlib.Path(folder) / "events"
        events.mkdir(exist_ok=True)
        events.chmod(0o777)
        return CONF | {"outputs": {"events": {"type": "file", "path": f"{events}/events.json"}}}

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("mount"), "needs root, for a tmpfs")
    def test_a_disk_without_room(self):
        folder = self.folder()
        state = pathlib.Path(folder) / "state"
        state.mkdir(mode=0o700)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(state)],
                          stderr=subprocess.DEVNULL, check=False).returncode != 0:
            self.skipTest("a tmpfs cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", str(state)], check=True)
        d = self.run_daemon(self.conf(folder), folder=folder)
        self.raise_alarms(d, "127.0.1.1", 50)
        self.assertEqual(self.saves(d, "alarms.state"), [])
        before = {name: (state / f"{name}.state").read_bytes() for name in SAVED}
        d = self.run_daemon(self.conf(folder), folder=folder, check=False)
        try:
            with (state / "filler").open("wb", buffering=0) as filler:
                while filler.write(b"x" * 1024) == 1024:
                    pass
        except OSError:
            pass
        self.go_on(d)
        d.send(messages.Sender("noc", b"\x80\0\x1f\x88\x04device", "SHA-256", "authpass123",
                               boots=1, time=1).message())
        d.wait_counters(lambda c: c["received"] == 51 and c["delivered"] == 51)
        told = self.saves(d, "alarms.state")
        self.assertEqual(len(told), 1, d.errors)
        self.assertIn("No space left", told[0])
        self.assertEqual({n: (state / f"{n}.state").read_bytes() for n in SAVED}, before)
        self.assertEqual(list(state.glob("*.tmp")), [])
        (state / "filler").unlink()
        again = self.run_daemon(self.conf(folder), folder=folder)
        self.assertEqual(self.told(again), [])
        self.assertEqual(self.alarms(again), {"127.0.1.1": 50})

    def test_a_folder_that_cannot_be_written(self):
        folder = self.folder()
        os.chmod(folder, 0o777)
        conf = self.conf(folder)
        if os.geteuid() == 0:
            conf["run_as"] = "nobody"
        d = self.run_daemon(conf, folder=folder, check=False)
        os.chmod(d.state, 0o500)
        if os.geteuid() == 0:
            os.chown(d.state, 0, 0)
        self.go_on(d)
        told = self.saves(d, "alarms.state")
        os.chmod(d.state, 0o700)
        self.assertEqual(len(told), 1, d.errors)
        self.assertIn("Permission denied", told[0])

    def test_files_of_a_limited_size(self):
        """A write beyond RLIMIT_FSIZE is an error, and not the end."""
        folder = self.folder()
        d = self.run_daemon(CONF, folder=folder, check=False,
                            wrap=["sh", "-c", 'ulimit -f 16; exec "$@"', "sh"])
        self.go_on(d)
        d.wait_counters(lambda c: c["outputs"]["events"]["retries"] > 0)
        told = self.saves(d, "flapping.state")
        self.assertEqual(d.process.returncode, 0, d.errors)
        self.assertEqual(len(told), 1, d.errors)
        self.assertIn("too large", told[0])


if __name__ == "__main__":
    unittest.main()
