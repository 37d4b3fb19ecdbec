"""A world that is not as it should be: damaged state, full disks, descriptors that are
closed. The listener says so, or goes on; it never writes events where they don't belong."""

import os
import socket
import pathlib
import signal
import subprocess
import tempfile
import unittest

import messages
from harness import PROGRAM, SANITIZER, Case, Client, run

ENGINE = bytes.fromhex("80001f8804") + b"device"
USER = "noc,auth=SHA-1:maplesyrup"


def device(boots, time):
    return messages.Sender("noc", ENGINE, "SHA-1", "maplesyrup", boots, time)


class State(Case):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = pathlib.Path(folder.name) / "state"

    def learn(self):
        """Makes a state in which the device's clock is known."""
        listener = self.listen("-u", USER, state=self.state)
        self.shown(listener, device(6, 1).message())
        listener.stop()
        return sorted(p for p in self.state.iterdir() if p.stat().st_size > 0)

    def test_is_for_our_eyes_only(self):
        self.learn()
        self.assertEqual(self.state.stat().st_mode & 0o077, 0)

    def test_folders_above_it_are_made_too(self):
        with tempfile.TemporaryDirectory() as home:
            listener = self.listen(keep=False, env={"XDG_STATE_HOME": f"{home}/a/b"})
            self.shown(listener, messages.v2c())
            listener.stop()
            self.assertTrue(os.listdir(f"{home}/a/b/trapline"))

    def test_that_is_damaged_anywhere_is_told_or_repaired(self):
        """Each file cut, emptied, overwritten: it starts and works, or says why not."""
        files = self.learn()
        self.assertGreaterEqual(len(files), 2)
        whole = {p: p.read_bytes() for p in files}
        for path, content in whole.items():
            for damage in (b"", content[:-1], content[:len(content) // 2], content + b"x",
                           b"\xff" * len(content), bytes(len(content)), content * 3):
                with self.subTest(file=path.name, damage=damage[:40]):
                    for p, c in whole.items():
                        p.write_bytes(c)
                    path.write_bytes(damage)
                    self.starts_or_tells()

    def starts_or_tells(self):
        argv = [PROGRAM, "listen", "-n", "1", "-l", "udp:127.0.0.1:0", "--state", str(self.state)]
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE)
        first = child.stderr.readline()
        if first.startswith(b"listening"):
            child.send_signal(signal.SIGTERM)
        _, errors = child.communicate(timeout=20)
        self.assertIsNone(SANITIZER.search((first + errors).decode()))
        if not first.startswith(b"listening"):
            self.assertEqual(child.returncode, 1)
            self.assertIn(str(self.state).encode(), first)

    def test_whose_last_record_was_cut_by_a_crash_keeps_the_others(self):
        for path in self.learn():
            if path.name == "clocks":
                with open(path, "ab") as f:
                    f.write(path.read_bytes()[:17])
        listener = self.listen("-u", USER, state=self.state)
        self.refuses(listener, device(5, 90000).message(), "usm-not-in-time-window")

    def test_of_many_engines_survives_a_kill(self):
        listener = self.listen("-u", USER, state=self.state, check=False)
        many = [messages.Sender("noc", ENGINE + bytes([i]), "SHA-1", "maplesyrup", 6, 1)
                for i in range(200)]
        for at in range(0, 200, 50):
            listener.ask(*[s.message() for s in many[at:at + 50]])
        listener.stop(signal.SIGKILL)
        listener = self.listen("-u", USER, state=self.state)
        for sender in many:
            sender.boots = 5
        for at in range(0, 200, 50):
            events = listener.ask(*[s.message() for s in many[at:at + 50]]).events
            self.assertEqual({e["reason"] for e in events}, {"usm-not-in-time-window"})


class Capture(Case):
    def test_on_a_full_disk_is_told_at_once(self):
        with tempfile.TemporaryDirectory() as state:
            result = run([PROGRAM, "listen", "--state", state, "-l", "udp:127.0.0.1:0",
                          "-w", "/dev/full"])
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"/dev/full", result.stderr)

    def test_on_a_disk_that_becomes_full_does_not_stop_the_events(self):
        with tempfile.TemporaryDirectory() as folder:
            limited = ["sh", "-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"]
            listener = self.listen("-w", folder + "/c.pcapng", wrap=limited)
            for i in range(100):
                self.shown(listener, messages.v2c(request_id=i))
            self.assertLess(os.path.getsize(folder + "/c.pcapng"), 20000)
            told = [x for x in listener.stop().stderr.splitlines() if "capture" in x]
            self.assertEqual(len(told), 1, told)


class Descriptors(Case):
    """Standard descriptors that the parent closed must not become files of ours."""

    def end_of(self, closed):
        with tempfile.TemporaryDirectory() as folder:
            capture = pathlib.Path(folder) / "c.pcapng"
            argv = ["sh", "-c", f'exec "$@" {closed}', "sh", PROGRAM, "listen", "-n", "1", "-l",
                    "udp:127.0.0.1:0", "--state", folder + "/state", "-w", str(capture)]
            child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE)
            if "2>" not in closed:
                client, line = Client(), child.stderr.readline()
                for fd in [fd for fd, x in enumerate(("<", ">")) if x in closed]:
                    self.assertEqual(os.readlink(f"/proc/{child.pid}/fd/{fd}"), "/dev/null")
                client.send(messages.v2c(), ("127.0.0.1", int(line.rsplit(b":", 1)[1])))
                client.close()
            else:
                child.send_signal(signal.SIGTERM)
            child.communicate(timeout=20)
            files = [p for p in pathlib.Path(folder).rglob("*") if p.is_file()]
            for path in files:
                content = path.read_bytes()
                for foreign in (b'{"schema"', b"listening udp", b'{"received"'):
                    self.assertNotIn(foreign, content, path)
            return child.returncode

    def test_stdin(self):
        self.assertEqual(self.end_of("<&-"), 0)

    def test_stdout(self):
        for closed in (">&-", "<&- >&-"):
            self.assertEqual(self.end_of(closed), 1, closed)

    def test_stderr(self):
        for closed in ("2>&-", "<&- 2>&-", "<&- >&- 2>&-"):
            self.end_of(closed)


class Addresses(Case):
    def test_by_name_and_in_short(self):
        try:
            socket.getaddrinfo("localhost", None, socket.AF_INET)
        except OSError as problem:
            self.skipTest(f"localhost has no address: {problem}")
        for address in ("udp:localhost:0", "127.0.0.1:0", "udp:127.0.0.1:0"):
            listener = self.listen(listen=(address,))
            self.shown(listener, messages.v2c())

    def test_one_bad_among_good_ones_stops_all(self):
        with tempfile.TemporaryDirectory() as state:
            result = run([PROGRAM, "listen", "--state", state, "-l", "udp:127.0.0.1:0",
                          "-l", "udp:name.invalid:0"])
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(b"name.invalid", result.stderr)
        self.assertNotIn(b"listening", result.stderr)


if __name__ == "__main__":
    unittest.main()
