"""The pages of the guide taken apart, and a folder in which what they print is done: their
blocks, with what kind each is; programs on a terminal; comparing but for what varies."""

import functools
import os
import pathlib
import pwd
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import tty
import unittest

from harness import PATIENCE_S, PROGRAM, ROOT, SANITIZER, run, terminal

DOCS = ROOT / "docs"
# Where a page says one of these, a test has a folder of its own.
FOLDERS = ("/etc/trapline", "/var/log/trapline", "/var/lib/trapline", "/var/lib/inventory",
           "/run/trapline", "/etc/ssl", "/opt/acme", "/usr/local/bin", "/usr/share/snmp/mibs")
SECRET = "a-passphrase-of-the-guide"
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


@functools.cache
def pem():
    """A certificate and its key, in one."""
    if not shutil.which("openssl"):
        raise unittest.SkipTest("openssl is not installed")
    return run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=traps.example.net",
                "-keyout", "-", "-out", "-"]).stdout.decode()


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
        text = text.replace("run_as: trapline:trapline", "run_as: " + pwd.getpwuid(os.getuid())[0])
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
                           "[]" if name.endswith("json") else pem())
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


class Running:
    """`trapline run` as an operator has it: on a terminal."""

    def __init__(self, argv, folder, env):
        ours, its = terminal()
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
