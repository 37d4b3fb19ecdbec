"""Runs the sending commands, and net-snmp's snmptrapd, which hears them."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

from harness import PATIENCE_S, PROGRAM, SANITIZER

TRAPD = shutil.which("snmptrapd") or next(
    (p for p in ("/usr/sbin/snmptrapd",) if os.access(p, os.X_OK)), None)
needs_trapd = unittest.skipUnless(TRAPD, "snmptrapd is not installed")


def command(case, *args, state=None, stdin=None, argv0=None, env=None):
    """A sending command to its end; nothing of it may be a sanitizer's finding."""
    with tempfile.TemporaryDirectory() as folder:
        env = dict(os.environ) | {"XDG_STATE_HOME": str(state or folder)} | (env or {})
        argv = [PROGRAM, *map(str, args)] if argv0 is None else [argv0, *map(str, args)]
        how = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
        result = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env,
                                executable=PROGRAM, timeout=60, check=False, **how)
    result.stdout, result.stderr = result.stdout.decode(), result.stderr.decode()
    case.assertIsNone(SANITIZER.search(result.stderr), result.stderr)
    case.assertIn(result.returncode, (0, 1, 2), result.stderr)
    return result


def target(address):
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Trapd:
    """net-snmp's receiver on a free port, its output by lines. |users|: createUser lines.
    |allow|: lines that say what it takes, else everything. |transport|: udp or tcp. A line: version, then the
    varbinds, by number."""

    FORMAT = "GOT|%P|%W|%N|%w|%q|%A|%T|%v\\n"
    OUTPUT = "-On"  # names by number

    def __init__(self, *users, host="127.0.0.1", allow=None, transport="udp"):
        self.folder = tempfile.TemporaryDirectory()
        path = pathlib.Path(self.folder.name)
        conf = path / "snmptrapd.conf"
        names = dict.fromkeys(re.findall(r"createUser (?:-e \S+ )?(\S+)", "\n".join(users)))
        if allow is None:
            allow = ["disableAuthorization yes", *(f"authUser log {n} noauth" for n in names)]
        conf.write_text("\n".join([*users, *allow]) + "\n")
        self.env = dict(os.environ) | {
            "MIBS": "", "MIBDIRS": str(path), "SNMPCONFPATH": str(path), "HOME": str(path),
            "SNMP_PERSISTENT_DIR": str(path / "state")}
        self.lines, self.changed = [], threading.Condition()
        self.host, self.transport = host, transport
        self.start(conf, path)

    def start(self, conf, path):
        """A port is free until somebody takes it: tries again then."""
        for _ in range(10):
            family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
            kind = socket.SOCK_DGRAM if self.transport == "udp" else socket.SOCK_STREAM
            with socket.socket(family, kind) as s:
                s.bind((self.host, 0))
                self.port = s.getsockname()[1]
            where = f"{self.transport}6:[{self.host}]:{self.port}" if ":" in self.host else \
                f"{self.transport}:{self.host}:{self.port}"
            self.process = subprocess.Popen(
                [TRAPD, "-f", "-Lo", *filter(None, [self.OUTPUT]), "-C", "-c", str(conf), "-x", str(path / "agentx"),
                 "-p", str(path / "pid"), "-F", self.FORMAT, where], env=self.env,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.thread = threading.Thread(target=self.read, daemon=True)
            self.thread.start()
            if self.wait(lambda: any("version" in x for x in self.lines) or
                         self.process.poll() is not None) and self.process.poll() is None:
                return
        raise AssertionError(f"snmptrapd does not start: {self.lines}")

    def read(self):
        for raw in self.process.stdout:
            with self.changed:
                self.lines.append(raw.decode(errors="replace").rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def wait(self, ready):
        with self.changed:
            if not self.changed.wait_for(ready, PATIENCE_S):
                raise AssertionError(f"waited in vain: {self.lines[-5:]}")
            return ready()

    def got(self, count=1):
        """What has come, once there are |count|: each a list of the fields of FORMAT."""
        def find():
            found = [x.split("|") for x in self.lines if x.startswith("GOT|")]
            return len(found) >= count and found
        return self.wait(find)

    @property
    def address(self):
        return self.host, self.port

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.thread.join()
        self.process.stdout.close()
        self.folder.cleanup()
