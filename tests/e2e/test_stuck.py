"""A pipe that nobody reads holds up the receiver, but not its end; `trapline run` it does not
hold up at all."""

import fcntl
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import messages
from harness import PROGRAM, Case


class StuckPipe(Case):
    PATIENCE_S = 20

    def start(self, write_end, state):
        process = subprocess.Popen(
            [PROGRAM, "listen", "-l", "udp:127.0.0.1:0", "-f", "json", "--state", state],
            stdout=write_end, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        port = int(process.stderr.readline().rsplit(":", 1)[1])
        process.stderr.readline()
        return process, port

    def fill(self, port):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for i in range(1000):
                s.sendto(messages.v2c(request_id=i + 1), ("127.0.0.1", port))

    def wait_until_full(self, write_end):
        end = time.monotonic() + self.PATIENCE_S
        while time.monotonic() < end:
            if not select.select([], [write_end], [], 0)[1]:
                os.close(write_end)
                return
        self.fail("the pipe did not fill")

    def test_ends_when_told_to_and_says_that_events_are_not_written(self):
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, read_end)
        with tempfile.TemporaryDirectory() as state:
            process, port = self.start(write_end, state)
            self.fill(port)
            self.wait_until_full(write_end)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(self.PATIENCE_S), 1)
            self.assertIn("nobody reads stdout", process.stderr.read())

    def test_waits_on_after_being_asked_for_counters(self):
        read_end, write_end = os.pipe()
        with tempfile.TemporaryDirectory() as state, os.fdopen(read_end, "rb") as reader:
            process, port = self.start(write_end, state)
            self.fill(port)
            self.wait_until_full(write_end)
            process.send_signal(signal.SIGUSR1)
            lines = [reader.readline() for _ in range(1000)]
            self.assertTrue(all(line.startswith(b'{"schema":1') for line in lines))
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(self.PATIENCE_S), 0)


class StuckErrors(Case):
    """Of `run`: what it says goes to a pipe that is full."""

    PATIENCE_S = 20

    def start(self, folder):
        conf = {"listen": ["udp:127.0.0.1:0"], "state": folder, "metrics": {"enabled": False},
                "outputs": {"events": {"type": "file", "path": "events.json"}}}
        (pathlib.Path(folder) / "trapline.yaml").write_text(json.dumps(conf))
        read_end, write_end = os.pipe()
        process = subprocess.Popen([PROGRAM, "run", "-c", f"{folder}/trapline.yaml"],
                                   stdout=subprocess.DEVNULL, stderr=write_end)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        reader = os.fdopen(read_end, "rb")
        self.addCleanup(reader.close)
        while not (line := reader.readline()).startswith(b"running"):
            self.assertNotEqual(line, b"")
        return process, write_end

    def fill(self, write_end):
        flags = fcntl.fcntl(write_end, fcntl.F_GETFL)
        fcntl.fcntl(write_end, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        for size in (4096, 1):
            try:
                while True:
                    os.write(write_end, b"x" * size)
            except BlockingIOError:
                pass
        fcntl.fcntl(write_end, fcntl.F_SETFL, flags)
        os.close(write_end)

    def ask(self, folder):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
            s.settimeout(self.PATIENCE_S)
            s.connect(f"{folder}/control")
            s.sendall(b"status\n")
            with s.makefile("rb") as answer:
                return json.loads(answer.readline())

    def test_serves_and_ends_all_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            process, write_end = self.start(folder)
            self.fill(write_end)
            process.send_signal(signal.SIGUSR1)
            self.assertEqual(self.ask(folder)["pid"], process.pid)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(self.PATIENCE_S), 0)


if __name__ == "__main__":
    unittest.main()
