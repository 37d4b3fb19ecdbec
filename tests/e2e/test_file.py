"""The outputs file and stdout of `trapline run`: each line once, whole and in order, whatever
becomes of the file meanwhile."""

import gzip
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import unittest

import ber
import messages
from harness import PATIENCE_S, needs_command, run
from outputs import OutputCase, settled, trap, wait

RETRY = "retry: {first: 20ms, most: 100ms}"
OLD = re.compile(r"\.\d{8}T\d{6}\.\d{3}Z(\.zst)?\Z")
LINK = (ber.varbind("1.3.6.1.2.1.2.2.1.8.3", ber.integer(2)),)


def uptimes(*texts):
    return [json.loads(line)["uptime"] for text in texts for line in text.splitlines()]


class FileCase(OutputCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "events"

    def start(self, conf="", path=None, **how):
        return self.run_output(
            f"type: file\npath: {path or self.path}\n{RETRY}\n{conf}", **how)

    def delivered(self, output, count):
        output.wait(lambda c: settled(c) >= count)

    def send(self, output, start, end, batch=50):
        """Traps whose uptimes are of that range, some at a time."""
        for at in range(start, end, batch):
            output.send(*map(trap, range(at, min(at + batch, end))))
            self.delivered(output, min(at + batch, end))

    def old(self):
        """What was put aside, oldest first."""
        return sorted(p for p in self.folder.iterdir()
                      if p.name.startswith("events") and OLD.search(p.name))


class Formats(FileCase):
    def written(self, conf, *datagrams):
        output = self.start(conf)
        output.send(*datagrams)
        output.finish()
        text = self.path.read_text()
        self.path.unlink()
        return text

    def test_of_one_linkdown(self):
        link = messages.v2c(*LINK, trap_oid=messages.LINK_DOWN, uptime=7)
        event = json.loads(self.written("", link))
        self.assertEqual((event["trap_name"], event["varbinds"][0]["text"]),
                         ("IF-MIB::linkDown", "down"))
        self.assertIn(" trap_name=IF-MIB::linkDown ", self.written("format: kv", link))
        head, *rest = self.written("format: text", link).splitlines()
        self.assertIn("IF-MIB::linkDown", head)
        self.assertTrue(any("ifOperStatus.3 = down(2)" in x for x in rest), rest)
        self.assertEqual(
            self.written("format: template\ntemplate: "
                         "'{source} {severity|upper} {trap} {ifOperStatus} "
                         "{ifOperStatus|raw} {site|default:-} {{x}'", link),
            "127.0.0.1 MAJOR linkDown down 2 - {x}\n")

    def test_no_device_forges_a_line(self):
        for conf in ("format: json", "format: kv", "format: text",
                     "format: template\ntemplate: '{sysDescr} {sysDescr|raw}'"):
            text = self.written(conf, messages.v2c(ber.varbind(
                messages.SYS_DESCR, ber.octets(b"a\nforged\r\x1b[31m\xc2\x85\xe2\x80\xa8b"))))
            for line in text.splitlines():
                self.assertFalse(line.startswith("forged"), conf)
            self.assertNotRegex(text, r"[\x00-\x08\x0b-\x1f]", conf)

    def test_relative_paths_are_below_the_state_and_modes_are_kept(self):
        old = os.umask(0o077)
        self.addCleanup(os.umask, old)
        output = self.start("mode: 0644", path="sub.json")
        output.send(trap(1))
        self.delivered(output, 1)
        path = pathlib.Path(output.folder.name) / "state" / "sub.json"
        self.assertEqual(path.stat().st_mode & 0o777, 0o644)
        self.assertEqual(uptimes(path.read_text()), [1])


class Rotation(FileCase):
    def test_by_size(self):
        output = self.start("rotate: {size: 10KB, keep: 1000}\nsync: true")
        self.send(output, 0, 300)
        output.finish()
        files = [*self.old(), self.path]
        self.assertGreater(len(files), 5)
        for path in files:
            self.assertLessEqual(path.stat().st_size, 10000)
        self.assertEqual(uptimes(*(p.read_text() for p in files)), list(range(300)))

    def test_keeps_so_many(self):
        output = self.start("rotate: {size: 2KB, keep: 3}")
        self.send(output, 0, 300)
        wait(lambda: len(self.old()) == 3, "three old files")
        output.finish()
        last = uptimes(*(p.read_text() for p in [*self.old(), self.path]))
        self.assertEqual(last, list(range(last[0], 300)))

    @needs_command("zstd")
    def test_compresses_what_is_old(self):
        output = self.start("rotate: {size: 10KB, keep: 1000, compress: zstd}")
        self.send(output, 0, 300)
        wait(lambda: all(p.suffix == ".zst" for p in self.old()), "all to be compressed")
        output.finish()
        texts = [run(["zstd", "-dcq", str(p)]).stdout.decode() for p in self.old()]
        self.assertGreater(len(texts), 5)
        self.assertEqual(uptimes(*texts, self.path.read_text()), list(range(300)))

    def test_by_time(self):
        output = self.start("rotate: {size: 0, every: 1s, keep: 1000}")
        sent = 0
        while len(self.old()) < 2:
            self.send(output, sent, sent + 20)
            sent += 20
        output.finish()
        texts = [p.read_text() for p in [*self.old(), self.path]]
        self.assertEqual(uptimes(*texts), list(range(sent)))
        for text in texts:
            self.assertLessEqual(len({json.loads(x)["time"][:18] for x in text.splitlines()}),
                                 2)

    def test_as_logrotate_does_it(self):
        """The file is renamed, and a reload has it opened anew: under load."""
        output = self.start("rotate: {size: 0}")
        load = output.daemon.blast("--rate", "3000", "--count", "6000", "--sources", "5")
        moved = []
        for i in range(5):
            output.daemon.wait_counters(lambda c, i=i: c["received"] > i * 1000)
            moved.append(self.folder / f"events.{i}")
            self.path.rename(moved[-1])
            if i % 2:
                self.assertTrue(output.daemon.ask("reload")["ok"])
            else:
                output.daemon.process.send_signal(signal.SIGHUP)
            wait(self.path.exists, "the new file")
        load.communicate(timeout=PATIENCE_S)
        output.sent = 6000
        self.assertEqual(output.finish()["delivered"], 6000)
        ids = [json.loads(line)["id"] for path in [*moved, self.path]
               for line in path.read_text().splitlines()]
        self.assertEqual((len(ids), len(set(ids))), (6000, 6000))

    @unittest.skipUnless(shutil.which("logrotate") or os.path.exists("/usr/sbin/logrotate"),
                         "logrotate is not installed")
    def test_logrotate_itself(self):
        output = self.start("rotate: {size: 0}\nmode: 0600")
        self.send(output, 0, 50)
        conf = self.folder / "logrotate.conf"
        conf.write_text(f"{self.path} {{\n size 1\n rotate 5\n compress\n delaycompress\n"
                        f" nocreate\n postrotate\n  kill -HUP {output.daemon.process.pid}\n"
                        " endscript\n}\n")
        conf.chmod(0o600)
        self.folder.chmod(0o700)
        for i in range(1, 3):
            done = run([shutil.which("logrotate") or "/usr/sbin/logrotate", "-f", "-s",
                        str(self.folder / "status"), str(conf)])
            self.assertEqual(done.returncode, 0, done.stderr)
            wait(self.path.exists, "the new file")
            self.send(output, i * 50, (i + 1) * 50)
        output.finish()
        texts = [gzip.open(f"{self.path}.2.gz", "rt").read(),
                 pathlib.Path(f"{self.path}.1").read_text(), self.path.read_text()]
        self.assertEqual(uptimes(*texts), list(range(150)))

    def test_copytruncate_leaves_no_hole(self):
        output = self.start("rotate: {size: 0}")
        self.send(output, 0, 20)
        copy = self.path.read_text()
        os.truncate(self.path, 0)
        self.send(output, 20, 40)
        output.finish()
        self.assertEqual(uptimes(copy, self.path.read_text()), list(range(40)))

    def test_a_file_that_was_deleted_is_begun_anew(self):
        output = self.start()
        self.send(output, 0, 20)
        text = self.path.read_text()
        self.path.unlink()
        self.send(output, 20, 40)
        output.finish()
        self.assertEqual(uptimes(text, self.path.read_text()), list(range(40)))


class Full(FileCase):
    def test_a_limit_to_a_files_size_keeps_all_until_it_is_raised(self):
        output = self.start("rotate: {size: 0}")
        pid = output.daemon.process.pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
        output.send(*map(trap, range(100)))
        said = output.wait(lambda c: c["retries"] > 2)
        self.assertIn("File too large", said["problem"])
        text = self.path.read_text()
        self.assertLessEqual(len(text), 5000)
        self.assertTrue(text.endswith("}\n"), "half a line is taken back")
        resource.prlimit(pid, resource.RLIMIT_FSIZE,
                         (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        self.assertEqual(output.finish()["delivered"], 100)
        self.assertEqual(uptimes(self.path.read_text()), list(range(100)))

    def test_such_a_limit_does_not_end_the_daemon_when_it_keeps_its_state(self):
        output = self.start("rotate: {size: 0}")
        output.send(*[messages.v2c(
            ber.varbind(f"1.3.6.1.2.1.2.2.1.1.{i}", ber.integer(i)), uptime=i,
            trap_oid=messages.LINK_DOWN) for i in range(1, 200)])
        self.delivered(output, 199)
        resource.prlimit(output.daemon.process.pid, resource.RLIMIT_FSIZE,
                         (1000, resource.RLIM_INFINITY))
        output.end()
        self.assertIn("alarms.state cannot be written: File too large", "\n".join(output.daemon.errors))

    def test_a_full_disk_keeps_all_until_there_is_room(self):
        disk = self.folder / "disk"
        disk.mkdir()
        own = ["unshare", "--map-root-user", "--mount"]
        script = f'mount -t tmpfs -o size=128k none {disk} && exec "$@"'
        if not shutil.which("unshare") or run(
                [*own, "sh", "-c", script, "sh", "true"]).returncode != 0:
            self.skipTest("no file system of its own is allowed here")
        for conf in ("", "sync: true\nrotate: {size: 10KB, keep: 100}"):
            output = self.start("queue: {bytes: 1MiB}\n" + conf, path=disk / "events",
                                wrap=[*own, "sh", "-c", script, "sh"])
            inside = pathlib.Path(f"/proc/{output.daemon.process.pid}/root{disk}")
            (inside / "filler").write_bytes(b"x" * 100000)
            output.send(*map(trap, range(150)))
            said = output.wait(lambda c: c["retries"] > 2)
            self.assertIn("No space left on device", said["problem"])
            self.assertLess(said["delivered"], 150)
            (inside / "filler").unlink()
            self.delivered(output, 150)
            files = sorted(p for p in inside.iterdir() if OLD.search(p.name))
            texts = [p.read_text() for p in [*files, inside / "events"]]
            self.assertEqual(uptimes(*texts), list(range(150)))
            output.finish()

    def test_a_folder_that_comes_back(self):
        (self.folder / "sub").mkdir()
        path = self.folder / "sub" / "events"
        output = self.start(path=path)
        output.send(trap(0))
        self.delivered(output, 1)
        shutil.move(self.folder / "sub", self.folder / "away")
        output.daemon.process.send_signal(signal.SIGHUP)
        output.daemon.wait_line("everything stays as it was")
        output.send(*map(trap, range(1, 10)))
        output.wait(lambda c: c["retries"] > 1 or c["delivered"] == 10)
        (self.folder / "sub").mkdir()
        wait(path.exists, "the new file")
        self.assertEqual(output.finish()["delivered"], 10)
        self.assertEqual(uptimes((self.folder / "away" / "events").read_text(),
                                 path.read_text()), list(range(10)))


class Pipes(FileCase):
    def test_a_reader_that_comes_later_gets_all(self):
        os.mkfifo(self.path)
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        output = self.start()
        os.close(reader)
        output.send(*map(trap, range(100)))
        output.wait(lambda c: c["retries"] > 1)
        with open(self.path, encoding="utf-8") as lines:
            got = [json.loads(lines.readline())["uptime"] for _ in range(100)]
            self.assertEqual(got, list(range(100)))
            output.finish()


class Stdout(FileCase):
    def start_stdout(self, conf, redirect):
        return self.run_output(f"type: stdout\n{RETRY}\n{conf}", wrap=[
            "sh", "-c", f'exec "$@" {redirect}', "sh"])

    def test_to_a_file(self):
        output = self.start_stdout("format: template\ntemplate: '{uptime}'",
                                   f">{self.path}")
        self.send(output, 0, 200)
        output.finish()
        self.assertEqual(self.path.read_text().split(), [str(i) for i in range(200)])

    def test_to_a_pipe_whose_reader_is_slow(self):
        os.mkfifo(self.path)
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        output = self.start_stdout("", f">{self.path}")
        os.set_blocking(reader, True)
        output.send(*map(trap, range(1000)))
        output.wait(lambda c: c["retries"] > 0 or c["delivered"] > 0)
        with open(reader, encoding="utf-8") as lines:
            got = [json.loads(lines.readline())["uptime"] for _ in range(1000)]
            self.assertEqual(got, list(range(1000)))
            self.assertEqual(output.finish()["delivered"], 1000)

    def test_a_pipe_without_a_reader_ends_nothing(self):
        os.mkfifo(self.path)
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        output = self.start_stdout("", f">{self.path}")
        os.close(reader)
        output.send(trap(1))
        self.assertIn("standard output", output.wait(lambda c: c["retries"] > 1)["problem"])
        self.assertEqual(output.end()["given_up"], 1)


if __name__ == "__main__":
    unittest.main()
