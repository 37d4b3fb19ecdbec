"""`trapline run` as a service: the units, what is installed, and where it and those who ask it
find state, secrets and the control socket."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from guide import Folder, Running
from harness import PATIENCE_S, PROGRAM, ROOT, needs_command, run

# As systemd has it: a state folder, and secrets that root can see while the service runs.
SERVICE = """set -e
mount -t tmpfs none /var/lib
mount -t tmpfs none /run
mkdir -p /var/lib/trapline /run/credentials/trapline.service
echo public >/run/credentials/trapline.service/community
STATE_DIRECTORY=/var/lib/trapline CREDENTIALS_DIRECTORY=/run/credentials/trapline.service \\
    trapline run -c t.yaml 2>run.log &
until trapline status -c t.yaml 2>/dev/null; do :; done
trapline check -c t.yaml
trapline reload -c t.yaml
kill $!
wait $!
"""


def can_mount():
    own = ["unshare", "--map-root-user", "--mount", "true"]
    return shutil.which("unshare") and run(own).returncode == 0


class Service(Folder):
    """What a unit of systemd, and who asks one, finds where."""

    CONF = "listen: ['udp:127.0.0.1:0']\nmetrics: {enabled: false}\n" \
           "outputs: {file: {type: file, path: e.json}}\n"

    def start(self, text=CONF, **more):
        self.write("t.yaml", text)
        d = Running([PROGRAM, "run", "-c", "t.yaml"], self.folder, self.env | more)
        self.addCleanup(d.stop)
        self.assertTrue(d.wait(lambda text: "\nrunning, with" in text), d.text)
        return d

    def ask(self, *argv, **more):
        return run([PROGRAM, *argv], cwd=self.folder, env=self.env | more)

    def test_state_is_where_systemd_says(self):
        state = str(self.folder / "private")
        self.start(STATE_DIRECTORY=f"{state}:{self.folder}/other")
        self.assertTrue((self.folder / "private" / "e.json").exists())
        self.assertEqual(self.ask("status", "-c", "t.yaml").returncode, 1)
        self.assertEqual(self.ask("status", "-c", "t.yaml", STATE_DIRECTORY=state).returncode, 0)

    def test_relative_state_folder_is_beside_the_file(self):
        self.start(self.CONF + "state: state\n")
        self.assertTrue((self.folder / "state" / "e.json").exists())
        self.assertEqual(self.ask("status", "-c", "t.yaml").returncode, 0)

    def test_the_daemon_is_asked_though_its_secrets_cannot_be_read(self):
        self.write("credentials/community", "public\n")
        self.start(self.CONF + "communities: ['credential:community']\n")
        done = self.ask("reload", "-c", "t.yaml", CREDENTIALS_DIRECTORY="/nonexistent")
        self.assertEqual((done.returncode, done.stdout), (0, b"configuration reloaded\n"))

    def test_a_bad_file_is_told_by_the_exit_status_of_a_reload(self):
        self.start()
        self.write("t.yaml", "nonsense: 1\n")
        done = self.ask("reload", "-c", "t.yaml")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"there is no key 'nonsense'", done.stdout)

    def test_the_daemon_is_found_by_a_bad_file(self):
        self.start(self.CONF + "state: state\n")
        self.write("t.yaml", self.CONF + "state: state\nnonsense: 1\nthreads: many\n")
        done = self.ask("reload", "-c", "t.yaml")
        self.assertEqual((done.returncode, done.stderr), (1, b""))
        lines = done.stdout.decode().splitlines()
        self.assertEqual(len(lines), 3, lines)
        place = self.folder / "t.yaml"
        self.assertTrue(lines[0].startswith(f"{place}:5:1: there is no key 'nonsense'"), lines)
        self.assertTrue(lines[1].startswith(f"{place}:6:10: threads: "), lines)
        self.assertEqual(lines[2], "not reloaded: everything stays as it was, "
                         "the configuration before is in use")
        self.assertEqual(self.ask("status", "-c", "t.yaml").returncode, 0)

    def test_no_daemon_by_a_bad_file_is_told_with_what_is_wrong(self):
        for text in "nonsense: 1\nstate: none\n", "state: [none\n":
            self.write("t.yaml", text)
            done = self.ask("reload", "-c", "t.yaml")
            self.assertEqual((done.returncode, done.stdout), (1, b""))
            self.assertRegex(done.stderr.decode(), r"(?s)t.yaml:\d:1: error: .*\n"
                             r"trapline reload: no daemon was asked, .* goes on as it was")

    def test_exit_statuses_are_the_same_with_json(self):
        self.start()
        for status, *asked in (0, "status"), (0, "alarms"), (0, "reload"), (1, "alarms", "clear", "none"):
            for json_too in (), ("--json",):
                done = self.ask(asked[0], *json_too, "-c", "t.yaml", *asked[1:])
                self.assertEqual(done.returncode, status, asked)
        self.write("t.yaml", "nonsense: 1\n")
        done = self.ask("reload", "--json", "-c", "t.yaml")
        self.assertEqual((done.returncode, json.loads(done.stdout)["ok"]), (1, False))

    def test_lines_carry_their_level_where_stderr_is_the_journal(self):
        self.write("t.yaml", "nonsense: 1\n")
        with open(self.folder / "journal", "w+b") as journal:
            at = os.fstat(journal.fileno())
            for stream, wanted in ((f"{at.st_dev}:{at.st_ino}", b"<3>error: "),
                                   ("1:1", b"error: ")):
                journal.seek(0)
                journal.truncate()
                subprocess.run([PROGRAM, "run", "-c", "t.yaml"], stderr=journal, check=False,
                               cwd=self.folder, env=self.env | {"JOURNAL_STREAM": stream})
                journal.seek(0)
                self.assertTrue(journal.read().startswith(wanted))

    def test_a_folder_of_mibs_that_is_not_there_is_done_without(self):
        d = self.start(self.CONF + "mibs: [nowhere]\n")
        self.assertIn("t.yaml:4:8: mibs: ", d.text)

    @unittest.skipUnless(can_mount(), "no mounts of its own are allowed here")
    def test_root_finds_the_service_and_its_secrets(self):
        self.write("t.yaml", self.CONF + "communities: ['credential:community']\n")
        self.env.pop("CREDENTIALS_DIRECTORY")
        done = run(["unshare", "--map-root-user", "--mount", "timeout", str(PATIENCE_S), "sh", "-c", SERVICE],
                   env=self.env, cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), done)
        self.assertIn(b"state in /var/lib/trapline\n", done.stdout)
        self.assertIn(b"t.yaml: no error, 0 warnings\n", done.stdout)

    def test_units_are_right(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        for name in ("trapline.service", "trapline.socket"):
            text = (ROOT / "share" / name).read_text()
            self.write(name, text.replace("/usr/bin/trapline", PROGRAM))
        done = run(["systemd-analyze", "verify", "--man=no", "./trapline.service",
                    "./trapline.socket"], cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))

    def test_what_the_unit_starts_is_right(self):
        said = self.check((ROOT / "share" / "service.yaml").read_text(), "service.yaml")
        self.assertEqual(said, "")
        text = (ROOT / "share" / "service.yaml").read_text()
        self.check(re.sub("^#(?=[a-z]+:)", "", text, flags=re.M), "service.yaml")


class Installed(unittest.TestCase):
    BUILD = pathlib.Path(PROGRAM).resolve().parent

    @needs_command("meson")
    def test_is_what_the_pages_say(self):
        if not (self.BUILD / "libtrapline.map").exists():
            self.skipTest("the build folder is not whole")
        with tempfile.TemporaryDirectory() as folder:
            done = run(["meson", "install", "--no-rebuild", "-C", str(self.BUILD)],
                       env=os.environ | {"DESTDIR": folder})
            self.assertEqual(done.returncode, 0, done)
            root = pathlib.Path(folder)
            prefix = root / "usr" / "local"
            for path in ("bin/trapline", "lib/systemd/system/trapline.socket",
                         "share/trapline/trapline.yaml", "share/trapline/trapline.schema.json",
                         "share/trapline/event.schema.json", "share/man/man1/trapline-run.1",
                         "share/man/man1/trapline-alarms.1", "include/trapline/trapline.h"):
                self.assertTrue((prefix / path).exists(), path)
            unit = (prefix / "lib/systemd/system/trapline.service").read_text()
            self.assertIn("ExecStart=/usr/local/bin/trapline run -c /etc/trapline/trapline.yaml",
                          unit)
            conf = root / "etc" / "trapline" / "trapline.yaml"
            self.assertEqual(conf.read_text(), (ROOT / "share" / "service.yaml").read_text())
            conf.write_text("# mine\n")
            run(["meson", "install", "--no-rebuild", "-C", str(self.BUILD)],
                env=os.environ | {"DESTDIR": folder})
            self.assertEqual(conf.read_text(), "# mine\n")


if __name__ == "__main__":
    unittest.main()
