"""The daemon's own log: to stderr, to syslog and to the journal, as text and as JSON, with a limit
for each kind and the count of what that left out, and no byte of a peer's but as text."""

import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

import ber
import messages
import running
from harness import PATIENCE_S

# A /dev and a /run of its own, where sockets of this test stand for those of the host.
ENTER = r"""
set -e
mkdir -p "$1/dev" "$1/run/systemd/journal"
for node in null zero full random urandom; do
    touch "$1/dev/$node"
    mount --bind "/dev/$node" "$1/dev/$node"
done
touch "$1/dev/log"
mount --bind "$1/dev-log" "$1/dev/log"
touch "$1/run/systemd/journal/socket"
mount --bind "$1/journal" "$1/run/systemd/journal/socket"
mount --rbind "$1/dev" /dev
mount --rbind "$1/run" /run
shift
exec "$@"
"""
LINE = re.compile(r"<(\d+)>([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) trapline\[(\d+)\]: (.*)", re.S)


def can_enter():
    try:
        with tempfile.TemporaryDirectory() as folder:
            for name in "dev-log", "journal":
                (pathlib.Path(folder) / name).touch()
            return subprocess.run(enter(folder, "true"), timeout=20, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def enter(folder, *argv):
    return ["unshare", "-m", "sh", "-c", ENTER, "sh", str(folder), *argv]


needs_namespace = unittest.skipUnless(can_enter(), "no right to a mount namespace of one's own")


# What is refused: each reason is told once in ten seconds.
BAD = [messages.v2c(community=b"wrong"), b"\x30\x02\x02", b"\x30\x03\x02\x01\x09"]
WRONG_KEYS = 200


def conf(**log):
    return {"communities": ["public"], "log": log}


def fill(d, times):
    """Makes it write much: a line for each key that is wrong, |times| times."""
    good = d.path.read_text()
    d.path.write_text("".join(f"wrong{i}: 1\n" for i in range(WRONG_KEYS)))
    for _ in range(times):
        assert not d.ask("reload")["ok"]
    d.path.write_text(good)


class Own(running.Case):
    def check_text(self, line):
        self.assertNotRegex(line, "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]")


class Stderr(Own):
    def test_text_has_its_level_in_front(self):
        d = self.run_daemon(conf())
        d.send(BAD[0])
        d.wait_line("^warning: refused")
        self.assertTrue(any(x.startswith("listening udp") for x in d.errors))

    def test_json_has_a_line_each(self):
        d = self.run_daemon(conf(format="json"), ready=False)
        d.wait_line('"message":"running')
        d.send(BAD[0], port=self.port(d))
        d.wait_line('"subsystem":"refused"')
        d.stop()
        for text in d.errors:
            line = json.loads(text)
            if "received" in line:
                continue
            self.assertEqual(sorted(line), ["level", "message", "subsystem", "time"])
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$")
        refused = next(x for x in map(json.loads, d.errors) if x.get("subsystem") == "refused")
        self.assertEqual(refused["level"], "warning")

    def port(self, d):
        return int(d.wait_line(r"listening udp \S+:(\d+)")[1])

    def run_daemon(self, conf, ready=True, check=True, **how):
        d = running.Daemon(conf, **how)
        self.addCleanup(self.end, d, check)
        return d.wait_ready() if ready else d

    def test_a_level_leaves_out_what_is_less(self):
        d = self.run_daemon(conf(level="error"), ready=False)
        d.wait(lambda: (d.state / "control").exists())
        d.wait_counters(lambda c: True)
        d.stop()
        self.assertEqual([x for x in d.errors if not x.startswith("{")], [])

    def test_reload_changes_level_and_format(self):
        d = self.run_daemon(conf())
        d.configure(conf(format="json"))
        self.assertTrue(d.ask("reload")["ok"])
        d.send(BAD[0])
        d.wait_line(r'^\{"time":.*"subsystem":"refused"')
        d.configure(conf(level="error"))
        self.assertTrue(d.ask("reload")["ok"])
        before = len(d.errors)
        d.send(BAD[1])
        d.wait_counters(lambda c: c["refused"] == 2)
        d.configure(conf())
        self.assertTrue(d.ask("reload")["ok"])
        d.send(BAD[2])
        d.wait_line("^warning: refused", before)
        self.assertEqual(sum("refused" in x for x in d.errors[before:]), 1)

    def failing(self, rate):
        """Twenty outputs that fail, each with a line, as soon as there is an event."""
        s = socket.socket()
        self.addCleanup(s.close)
        s.bind(("127.0.0.1", 0))  # nobody listens
        to = {"type": "syslog", "address": f"tcp:127.0.0.1:{s.getsockname()[1]}",
              "retry": {"first": "1h", "most": "1h"}}
        d = self.run_daemon(conf(rate=rate) | {"outputs": {f"o{i}": to for i in range(20)}},
                            check=False)
        d.send(messages.v2c())
        return d

    def told(self, d):
        return sum(x.startswith("warning: output o") for x in d.errors)

    def test_more_than_the_rate_are_counted(self):
        d = self.failing(5)
        left_out = lambda: sum(int(m[1]) for m in (
            re.match(r"warning: (\d+) more lines? of this kind \(output\) left out$", x)
            for x in d.errors) if m)
        # No other line need follow: the count comes by itself.
        d.wait(lambda: self.told(d) + left_out() == 20)
        self.assertGreater(left_out(), 0)
        self.assertGreaterEqual(self.told(d), 5)

    def test_no_limit_is_none(self):
        d = self.failing(0)
        d.wait(lambda: self.told(d) == 20)

    def test_bytes_of_peers_are_text(self):
        evil = b"a\n\x1b[31mb\rwarning: fake\x00\xc2\x9b\xe2\x80\xae\xff\"\\"
        for form in "text", "json":
            d = self.run_daemon({"users": ["noc,auth=SHA-256:password1"],
                                 "log": {"format": form}}, ready=False)
            d.wait_line("running, with")
            sender = messages.Sender(user=evil.decode("latin-1"), engine_id=b"\x80\0\0\0\5abcde")
            d.send(messages.v2c(community=evil), b"\x30\x03\x02\x01\x01" + evil,
                   sender.message(ber.varbind("1.3", ber.octets(evil))), port=self.port(d))
            d.wait_counters(lambda c: c["received"] == 3)
            d.stop()
            for text in d.errors:
                self.check_text(text)
                if form == "json":
                    json.loads(text)

    def test_a_pipe_that_nobody_reads_stops_nothing(self):
        d = self.run_daemon(conf())
        with d.changed:  # whoever reads waits for this
            fill(d, 3)
            self.assertTrue(d.ask("status"))
        d.wait_line(r"more lines? of this kind \(daemon\) left out")


@needs_namespace
class Local(Own):
    """In a mount namespace, where /dev/log and the journal's socket are ours."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log, self.journal = self.server("dev-log"), self.server("journal")

    def server(self, name):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(s.close)
        s.settimeout(PATIENCE_S)
        s.bind(str(self.folder / name))
        return s

    def start(self, **log):
        d = running.Daemon(conf(**log), wrap=enter(self.folder))
        self.addCleanup(self.end, d, True)
        return d

    def receive(self, server, has):
        """The first datagram that has |has| in it."""
        while has not in (text := server.recv(65536).decode()):
            pass
        return text

    def test_syslog(self):
        d = self.start(target="syslog")
        listening = LINE.fullmatch(self.receive(self.log, "listening udp"))
        self.receive(self.log, "running, with")
        self.assertEqual(int(listening[1]), 3 * 8 + 6)
        self.assertEqual(int(listening[3]), d.process.pid)
        port = int(listening[4].rsplit(":", 1)[1])
        d.send(BAD[0], port=port)
        refused = LINE.fullmatch(self.receive(self.log, "refused"))
        self.assertEqual(int(refused[1]), 3 * 8 + 4)
        self.check_text(refused[4])
        d.stop()
        self.assertEqual([x for x in d.errors if not x.startswith("{")], [])

    def test_syslog_as_json(self):
        self.start(target="syslog", format="json")
        line = json.loads(LINE.fullmatch(self.receive(self.log, "running, with"))[4])
        self.assertEqual((line["level"], line["subsystem"]), ("info", "daemon"))

    def fields(self, text):
        self.assertTrue(text.endswith("\n"))
        return dict(x.split("=", 1) for x in text[:-1].split("\n"))

    def test_journal(self):
        d = self.start(target="journald")
        listening = self.fields(self.receive(self.journal, "listening udp"))
        self.assertEqual(
            {k: v for k, v in listening.items() if k != "MESSAGE"},
            {"PRIORITY": "6", "SYSLOG_FACILITY": "3", "SYSLOG_IDENTIFIER": "trapline",
             "SYSLOG_PID": str(d.process.pid), "TRAPLINE_LEVEL": "info",
             "TRAPLINE_SUBSYSTEM": "daemon"})
        self.receive(self.journal, "running, with")
        evil = b"x\nPRIORITY=0\nMESSAGE=fake"
        d.send(messages.v2c(community=evil), port=int(listening["MESSAGE"].rsplit(":", 1)[1]))
        text = self.receive(self.journal, "TRAPLINE_SUBSYSTEM=refused")
        self.assertEqual(text.count("\n"), 7)
        self.assertEqual(self.fields(text)["PRIORITY"], "4")

    def test_reload_changes_where_to(self):
        d = self.start(target="journald")
        self.receive(self.journal, "running, with")
        d.configure(conf(target="syslog"))
        self.assertTrue(d.ask("reload")["ok"])
        self.receive(self.log, "reload")
        d.configure(conf())
        self.assertTrue(d.ask("reload")["ok"])
        d.wait_line("reload")

    def test_where_nobody_listens_stderr_has_it(self):
        self.journal.close()
        d = self.start(target="journald")
        d.wait_line("running, with")

    def test_who_comes_back_hears_again(self):
        d = self.start(target="syslog")
        self.receive(self.log, "running, with")
        self.log.close()
        self.assertTrue(d.ask("reload")["ok"])
        d.wait_line("reload")

    def test_a_socket_that_nobody_reads_stops_nothing(self):
        d = self.start(target="syslog", rate=0)
        self.receive(self.log, "running, with")
        fill(d, 4)
        self.assertTrue(d.ask("status"))
        left_out = self.receive(self.log, "left out")
        self.assertRegex(left_out, r"\d+ more lines? of this kind \(daemon\) left out")


if __name__ == "__main__":
    unittest.main()
