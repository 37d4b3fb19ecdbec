"""The guide, as printed: every configuration in it is checked and run, the commands of the
walk through it are run in order, and what they print is compared. It has a network of its own,
so the ports are those of the pages."""

import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import tty
import unittest

from harness import PATIENCE_S, PROGRAM, ROOT, SANITIZER, needs_command, run

DOCS = ROOT / "docs"
INSIDE = "TRAPLINE_TESTS_OWN_NETWORK"
# Where a page says one of these, a test has a folder of its own.
FOLDERS = ("/etc/trapline", "/var/log/trapline", "/var/lib/trapline", "/var/lib/inventory",
           "/run/trapline", "/etc/ssl", "/opt/acme", "/usr/local/bin", "/usr/share/snmp/mibs")
SECRET = "a passphrase of the guide"
FENCE = re.compile(r"^```(\w*)(?: (\w+))?\n(.*?)^```$", re.M | re.S)
INDENTED = re.compile(r"(?<=\n\n)((?:    .*\n|\n(?=    ))+)")
KEY = re.compile(r"(listen|users|mibs|lists|source_address|trusted_relays|engine_addresses|rules"
                 r"|severity|dedup|flapping|alarms|limits|enrichment|reverse_dns|outputs|metrics"
                 r"|log|control):( [\[{].*)?$", re.M)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.M)
NAMED = re.compile(r"`([\w./-]+)`[^`\n]*:\n\n\Z")
# What differs from run to run.
VARYING = ((r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", "TIME"),
           (r"\bup (\d+[dhms]? ?)?(\d+[hm] )*\d+(\.\d+)?( s\b|s\b)", "up AWHILE"),
           (r"after [\d.]+ ms", "after AWHILE"), (r"pid \d+", "pid PID"),
           (r"state in \S+", "state in FOLDER"), (r"(configuration) \S+/(\S+)", r"\1 \2"),
           (r"receive buffer .*", "receive buffer"), (r" +", " "), (r"\bworks\b", "idle"))


class Block:
    """|kind|: what stands behind the fence; "yaml" also of what is indented and begins as a
    configuration does; |name|: of the file that it is, or None."""

    def __init__(self, page, text, at, kind, note, body):
        self.text, self.kind, self.note, self.at = body, kind, note, at
        line = text.count("\n", 0, at) + 1
        self.place = f"{page.name}:{line}"
        named = NAMED.search(text[:at])
        self.name = named[1] if named else None


def blocks(page):
    text = page.read_text()
    found = [Block(page, text, f.start(), f[1], f[2], f[3]) for f in FENCE.finditer(text)]
    for f in INDENTED.finditer(FENCE.sub(lambda m: "x" * len(m[0]), text)):
        body = re.sub(r"^    ", "", f[1], flags=re.M)
        kind = "yaml" if KEY.match(body) else ""
        found.append(Block(page, text, f.start(1), kind, None, body))
    return sorted(found, key=lambda b: b.at)


def plain(text):
    for pattern, instead in VARYING:
        text = re.sub(pattern, instead, text)
    return text.strip()


def fits(wanted, got):
    """Whether the lines of |got| are those that |wanted| has; "..." in a line stands for
    anything in it, as a line for any number of lines."""
    pattern = ""
    for line in wanted.rstrip("\n").splitlines():
        if line.strip() == "...":
            pattern += r"(?:[^\n]*\n)*"
        else:
            pattern += ".*".join(map(re.escape, map(plain, line.split("...")))) + r"\n"
    lines = "".join(plain(line) + "\n" for line in got.splitlines())
    return re.fullmatch(pattern, lines) is not None


def shows(said, wanted):
    """Whether the lines |wanted| are among those that it |said|, in their order."""
    wanted = [plain(x) for x in wanted.splitlines()]
    lines = [plain(x) for x in said.splitlines()]
    return wanted == [x for x in lines if x in wanted][:len(wanted)]


class Folder(unittest.TestCase):
    """A folder with what the configurations of the guide name."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "bin").mkdir()
        (self.folder / "cert_indexes").mkdir()  # else snmptrap tells that it makes it
        (self.folder / "bin" / "trapline").symlink_to(PROGRAM)
        self.env = os.environ | {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1", "HOME": str(self.folder), "TZ": "UTC",
            "CREDENTIALS_DIRECTORY": str(self.folder / "credentials"),
            "SNMP_PERSISTENT_DIR": str(self.folder), "MIBS": ""}
        self.env.pop("XDG_STATE_HOME", None)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def provide(self, text):
        """Makes what |text|, a configuration, names, and returns it with our own folders."""
        for folder in FOLDERS:
            own = self.folder / folder.strip("/").replace("/", "-")
            if folder in text:
                own.mkdir(exist_ok=True)
            text = re.sub(rf"(?<![\w.]){re.escape(folder)}\b", str(own), text)
        for kind, name in re.findall(r"(?<![\w.])(@|file:|env:|credential:)([\w./-]+)", text):
            if kind == "env:":
                self.env[name] = SECRET
            else:
                base = "credentials" if kind == "credential:" else ""
                if not (self.folder / base / name).exists():
                    self.write(pathlib.Path(base) / name, SECRET + "\n")
        if re.search(r"@(edge\.txt)", text):
            self.write("edge.txt", "192.0.2.0/24\n")
        for name in re.findall(r"\bfile: ([\w./-]+)|(?:ca|cert|key): ([\w./-]+\.(?:pem|key))",
                               text):
            name = next(filter(None, name))
            if name.endswith(".db"):
                with sqlite3.connect(self.folder / name) as db:
                    db.execute("CREATE TABLE IF NOT EXISTS devices (address, site, rack)")
                db.close()
            elif not (self.folder / name).exists():
                self.write(name, "address,network,site,rack\n" if name.endswith("csv") else
                           "[]" if name.endswith("json") else "")
        for path in re.findall(r"command: \[([\w./-]+)", text):
            if not os.access(path, os.X_OK) and path.startswith(str(self.folder)):
                self.write(path, "#!/bin/sh\n")
                os.chmod(path, 0o755)
        return text

    def check(self, text, place):
        """trapline check of |text|: no error."""
        self.write("check.yaml", self.provide(text))
        done = run([PROGRAM, "check", "-c", "check.yaml"], cwd=self.folder, env=self.env)
        self.assertEqual(done.returncode, 0, f"{place}: {done.stderr.decode()}\n{text}")
        self.assertIsNone(SANITIZER.search(done.stderr.decode()))
        return done.stderr.decode()


def prepare(case, page):
    """The files that the page shows under their names."""
    for block in blocks(page):
        if block.name and block.kind != "yaml":
            case.write(block.name, block.text)


class Checked(Folder):
    def test_every_configuration_of_the_guide_is_right(self):
        count = 0
        for page in sorted(DOCS.glob("*.md")):
            for block in blocks(page):
                if block.kind == "yaml" and block.note == "wrong":
                    with self.assertRaises(AssertionError):
                        self.check(block.text, block.place)
                elif block.kind == "yaml" and block.note != "other":
                    with self.subTest(block.place):
                        prepare(self, page)
                        said = self.check(block.text, block.place)
                        self.assertEqual(re.findall("warning: no MIB.*", said), [])
                        count += 1
        self.assertGreater(count, 15)

    def test_every_example_of_the_reference_is_right(self):
        """Each row with an Example, at its place."""
        sections = self.sections()
        tried = 0
        for name, rows in sections.items():
            for key, example in rows:
                text = SURROUNDED[name.split(",")[0]](name, f"{key}: {example}")
                with self.subTest(f"{name} {key}"):
                    self.check(text, f"configuration.md {name} {key}")
                    tried += 1
        self.assertGreater(tried, 50)

    def sections(self):
        name, sections = None, {}
        for line in (DOCS / "configuration.md").read_text().splitlines():
            if line.startswith("##"):
                name = line.lstrip("# ")
            row = re.match(r"\| `(\w+)` \|.*Example: `(.*?)`\.(?: |$)", line)
            if row:
                sections.setdefault(name, []).append((row[1], row[2].replace(r"\|", "|")))
        return sections


def flow(section, pair, more=""):
    return f"{section}: {{{pair}{', ' + more if more else ''}}}\n"


def top(_, pair):
    known = {"users": "", "engine_addresses": "", "lists": ""}
    assert known is not None
    return pair + "\n"


def user(_, pair):
    key = pair.split(":")[0]
    more = {"name": [], "auth": ["auth_secret: 'a passphrase'"],
            "auth_secret": ["auth: SHA-256"],
            "priv": ["auth: SHA-256", "auth_secret: 'a passphrase'",
                     "priv_secret: 'a passphrase'"],
            "priv_secret": ["auth: SHA-256", "auth_secret: 'a passphrase'", "priv: AES-128"],
            "level": ["auth: SHA-256", "auth_secret: 'a passphrase'", "priv: AES-128",
                      "priv_secret: 'a passphrase'"]}.get(key, [])
    name = [] if key == "name" else ["name: noc"]
    return f"users: [{{{', '.join([pair, *name, *more])}}}]\n"


def table(name, pair):
    kind = name.rsplit(" ", 1)[1] if "type" in name else "csv"
    key = pair.split(":")[0]
    needs = {"csv": ["file: devices.csv", "column: address"],
             "json": ["file: devices.json", "column: address"],
             "sqlite": ["file: devices.db", "query: 'SELECT site FROM d WHERE a = ?'"]}[kind]
    needs = [n for n in needs if not n.startswith(key + ":")]
    return "".join(["enrichment:\n  t:\n", *(f"    {x}\n" for x in
                                              (f"type: {kind}", pair, *needs))])


def output(name, pair):
    kind = name.rsplit(" ", 1)[1] if "type" in name else "file"
    key = pair.split(":")[0]
    needs = {"file": ["path: e.json"], "syslog": ["address: 'udp:127.0.0.1:514'"],
             "exec": ["command: [/bin/true]"], "http": ["url: 'https://example.net/'"],
             "forward": ["to: 'udp:127.0.0.1:162'"], "stdout": []}[kind]
    needs = [n for n in needs if not n.startswith(key + ":")]
    needs += {"template": ["format: template"], "password": ["username: me"],
              "username": ["password: secret"],
              "index": ["api: elasticsearch"], "user": ["version: 3"],
              "community": ["version: 2c"]}.get(key, [])
    return f"outputs: {{o: {{type: {kind}, {', '.join([pair, *needs])}}}}}\n"


# How an example stands in a whole file, by the section of the reference.
SURROUNDED = {
    "The uppermost level": top,
    "user": user,
    "rule": lambda _, p: f"rules: [{{{p}}}]\noutputs: {{file: {{type: file, path: e}}}}\n",
    "severity": lambda _, p: flow("severity", p),
    "severity object": lambda _, p: "severity: {objects: [{" + p + ", as: syslog}]}\n"
                       if p.startswith("object") else
                       "severity: {objects: [{object: ifOperStatus, as: values, " + p + "}]}\n",
    "dedup": lambda _, p: flow("dedup", p),
    "alarms": lambda _, p: flow("alarms", p),
    "alarm pair": lambda _, p: "alarms: {pairs: {p: {" + p +
                  ("" if p.startswith("raise") else ", raise: linkDown") + "}}}\n",
    "limits": lambda _, p: flow("limits", p),
    "threshold": lambda _, p: "limits: {thresholds: {t: {" + p + "}}}\n",
    "enrichment table": table,
    "output": output,
    "tls": lambda _, p: "outputs: {o: {type: syslog, address: 'tls:127.0.0.1:6514', tls: {" + p +
           ("" if not p.startswith(("cert", "key")) else
            ", key: x.key" if p.startswith("cert") else ", cert: x.pem") + "}}}\n",
    "metrics": lambda _, p: flow("metrics", p),
    "match": lambda _, p: f"lists: {{core: 10.0.0.0/8}}\nrules: [{{match: {{{p}}}}}]\n",
    "set": lambda _, p: f"rules: [{{set: {{{p}}}}}]\n",
}


class Running:
    """`trapline run` as an operator has it: on a terminal."""

    def __init__(self, argv, folder, env):
        ours, its = pty.openpty()
        tty.setraw(its)
        self.text, self.ended, self.changed = "", False, threading.Condition()
        self.process = subprocess.Popen(argv, cwd=folder, env=env, stdin=subprocess.DEVNULL,
                                        stdout=its, stderr=its)
        os.close(its)
        self.terminal = ours
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while True:
            try:
                some = os.read(self.terminal, 65536)
            except OSError:
                some = b""
            with self.changed:
                self.text += some.decode(errors="replace")
                self.ended = not some
                self.changed.notify_all()
            if not some:
                return

    def wait(self, ready):
        """Whether ready(text) comes true before it ends."""
        with self.changed:
            self.changed.wait_for(lambda: ready(self.text) or self.ended, PATIENCE_S)
            return ready(self.text)

    def stop(self):
        if self.terminal is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.process.wait()
            self.thread.join()
            os.close(self.terminal)
            self.terminal = None


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


class ManualPages(unittest.TestCase):
    """They tell of the commands and options that --help tells of."""

    def test_name_every_command_and_every_option(self):
        overview = run([PROGRAM, "--help"]).stdout.decode()
        commands = re.findall(r"^  ([a-z]+) +\S", overview, re.M)
        self.assertGreater(len(commands), 12)
        links = dict(re.findall(r"'(\w+)': '(\w+)'", (ROOT / "man/meson.build").read_text()))
        first = (ROOT / "man/trapline.1").read_text()
        named = set(re.findall(r"\w+", " ".join(re.findall(r"^\.It Cm (.*)", first, re.M))))
        for command in commands:
            with self.subTest(command):
                self.assertIn(command, named)
                page = ROOT / "man" / f"trapline-{links.get(command, command)}.1"
                told = run([PROGRAM, command, "--help"]).stdout.decode()
                self.assertEqual(self.options(told) - self.options_of(page), set())
        for command in ("listen", "run", "status", "send", "decode", "explain", "blast",
                        "config"):
            page = ROOT / "man" / f"trapline-{links.get(command, command)}.1"
            told = run([PROGRAM, command, "--help"]).stdout.decode()
            self.assertEqual(self.options_of(page) - self.options(told), set(), command)

    def test_commands_of_the_pages_have_options_that_there_are(self):
        told, count = {}, 0
        for page in (ROOT / "README.md", *sorted(DOCS.glob("*.md"))):
            for line in re.findall(r"^(?:    |\$ )(?:\$ )?(?:sudo )?(?:build/)?trapline (.*)",
                                   page.read_text(), re.M):
                words = re.split(r" +[|<>&#] ?| >", line)[0].split()
                if words[0] in ("snmptrap", "snmpinform") or not words[0].isalpha():
                    continue
                command = words[:2] if words[0] == "mib" else words[:1]
                if tuple(command) not in told:
                    told[tuple(command)] = run([PROGRAM, *command, "--help"]).stdout.decode()
                self.assertTrue(told[tuple(command)], f"{page.name}: there is no {command}")
                for option in words[1:]:
                    if re.match(r"--?[a-z]", option, re.I):
                        with self.subTest(f"{page.name}: {line}"):
                            self.assertRegex(told[tuple(command)],
                                             rf"(?<![\w-]){re.escape(option)}(?![\w-])")
                            count += 1
        self.assertGreater(count, 50)

    @staticmethod
    def options(told):
        return set(re.findall(r"(?<![\w-])--([a-z][\w-]+)", told))

    @staticmethod
    def options_of(page):
        return set(re.findall(r"Fl -([a-z][\w-]+)", page.read_text()))

    def test_have_the_parts_that_a_page_has(self):
        for page in sorted((ROOT / "man").glob("*.1")):
            parts = set(re.findall(r"^\.Sh (.*)", page.read_text(), re.M))
            self.assertEqual({"NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES",
                              "SEE ALSO"} - parts, set(), page.name)


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


class Walk(Folder):
    """Inside the network of its own."""

    def start(self, *argv):
        d = Running([PROGRAM, *argv], self.folder, self.env)
        self.addCleanup(d.stop)
        self.assertTrue(d.wait(lambda text: "\nrunning, with" in text), d.text)
        return d

    def page(self, name):
        """Does what the page says, from top to bottom."""
        daemon, said = None, 0
        for block in blocks(DOCS / name):
            if block.name:
                self.write(block.name, block.text)
            if block.kind == "output":
                self.assertTrue(daemon.wait(lambda text: shows(text[said:], block.text)),
                                f"{block.place}: not as printed, but\n{daemon.text[said:]}")
                said = len(daemon.text)
            for command, wanted in COMMAND.findall(block.text) * (block.kind == "console"):
                if command.startswith("trapline run"):
                    daemon = self.start(*command.split()[1:])
                    self.assertTrue(fits(wanted, daemon.text), daemon.text)
                    said = len(daemon.text)
                else:
                    self.command(block.place, command, wanted)

    def command(self, place, command, wanted):
        done = Running(["/bin/sh", "-c", command], self.folder, self.env)
        status = done.process.wait(PATIENCE_S)
        done.stop()
        self.assertIsNone(SANITIZER.search(done.text), done.text)
        self.assertTrue(fits(wanted, done.text),
                        f"{place}: $ {command} ({status}) says not as printed, but\n{done.text}")

    @needs_command("snmptrap")
    @needs_command("curl")
    def test_first_steps(self):
        self.page("first-steps.md")

    @needs_command("snmptrap")
    def test_readme(self):
        """`make run`, and what is to be seen then."""
        page = ROOT / "README.md"
        trap, shown, *_ = (b.text for b in blocks(page)
                           if re.match("snmptrap |listening udp 0", b.text))
        begins, event = re.split(r"(?<=running, with 1 thread\n)", shown)
        d = self.start("run", "-c", str(ROOT / "share" / "trapline.yaml"))
        self.assertTrue(fits(begins, d.text), d.text)
        self.command("README.md", trap.strip(), "")
        self.assertTrue(d.wait(lambda text: shows(text, event)), d.text)
        d.stop()
        both, = (b.text for b in blocks(page) if b.text.startswith("build/trapline listen"))
        listen, inform = both.split("\n\n")
        d = Running([PROGRAM, *listen.split()[1:]], self.folder, self.env)
        self.addCleanup(d.stop)
        self.assertTrue(d.wait(lambda text: "listening udp [::]" in text))
        done = Running(["/bin/sh", "-c", inform], self.folder, self.env)
        self.assertEqual(done.process.wait(PATIENCE_S), 0)
        done.stop()
        self.assertTrue(d.wait(lambda text: "coldStart" in text), d.text)

    def test_alarms(self):
        self.page("alarms.md")

    def test_storms(self):
        self.page("storms.md")

    def test_root_finds_the_service_and_its_secrets(self):
        self.write("t.yaml", Service.CONF + "communities: ['credential:community']\n")
        self.env.pop("CREDENTIALS_DIRECTORY")
        done = run(["unshare", "--mount", "timeout", str(PATIENCE_S), "sh", "-c", SERVICE],
                   env=self.env, cwd=self.folder)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""), done)
        self.assertIn(b"state in /var/lib/trapline\n", done.stdout)
        self.assertIn(b"t.yaml: no error, 0 warnings\n", done.stdout)

    def test_every_metric_of_the_page_is_served(self):
        self.write("devices.csv", "address,site\n")
        self.write("t.yaml", "enrichment: {d: {type: csv, file: devices.csv, column: address}}")
        d = self.start("run", "-c", "t.yaml")
        self.command("", "trapline send -q 127.0.0.1:1162 coldStart", "")
        self.assertTrue(d.wait(lambda text: "coldStart" in text))
        served = run(["curl", "-s", "http://127.0.0.1:9162/metrics"]).stdout.decode()
        served = set(re.findall(r"^(trapline_\w+)", served, re.M))
        page, names = (DOCS / "metrics.md").read_text(), set()
        for row in re.findall(r"^\| (`trapline_.*?) \|", page, re.M):
            first, *more = re.findall(r"`(\w+)`", row)
            names |= {first} | {self.full(first, end, served) for end in more}
        kinds = {re.sub("_(bucket|sum|count)$", "", name) for name in served}
        self.assertEqual(names, kinds)
        used = set(re.findall(r"trapline_\w+", re.sub(r"^\| `.*", "", page, flags=re.M)))
        self.assertEqual(used - served - kinds, set())

    @staticmethod
    def full(first, end, served):
        """The name that stands as `_end` behind |first|."""
        if not end.startswith("_"):
            return end
        return next((n for n in served if n.endswith(end) and
                     n.startswith(first.rsplit("_", 2)[0])), first + end)

    def test_every_configuration_of_the_guide_runs(self):
        for page in sorted(DOCS.glob("*.md")):
            for block in blocks(page):
                if block.kind == "yaml" and block.note is None:
                    with self.subTest(block.place):
                        prepare(self, page)
                        self.write("t.yaml", self.provide(block.text))
                        d = Running([PROGRAM, "run", "-c", "t.yaml"], self.folder, self.env)
                        self.assertTrue(d.wait(lambda text: "\nrunning, with" in text), d.text)
                        d.stop()
                        self.assertEqual(d.process.returncode, 0, d.text)
                        self.assertNotIn("error:", d.text)
                        self.assertIsNone(SANITIZER.search(d.text), d.text)


def raise_loopback():
    """ip link set lo up"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


class Outside(unittest.TestCase):
    def test_walk_in_a_network_of_its_own(self):
        own = ["unshare", "--map-root-user", "--net", "--mount"]
        if not shutil.which("unshare") or run([*own, "true"]).returncode != 0:
            self.skipTest("no network of its own is allowed here")
        result = subprocess.run([*own, sys.executable, __file__, "-v"], check=False, timeout=300,
                                capture_output=True, env=os.environ | {INSIDE: "1"})
        self.assertEqual(result.returncode, 0, result.stderr.decode())


def load_tests(loader, _tests, _pattern):
    cases = [Walk] if INSIDE in os.environ else [Checked, Service, ManualPages, Installed, Outside]
    return unittest.TestSuite(map(loader.loadTestsFromTestCase, cases))


if __name__ == "__main__":
    if INSIDE in os.environ:
        raise_loopback()
    unittest.main()
