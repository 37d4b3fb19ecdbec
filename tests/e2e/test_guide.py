"""The guide, as printed: every configuration in it is checked and run, the commands of the
walk through it are run in order, and what they print is compared. It has a network of its own,
so the ports are those of the pages."""

import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import unittest

from guide import COMMAND, DOCS, Folder, Running, blocks, fits, shows
from harness import PATIENCE_S, PROGRAM, ROOT, SANITIZER, needs_command, run

INSIDE = "TRAPLINE_TESTS_OWN_NETWORK"


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
                        self.assertEqual(re.findall("warning: no MIB (?!.*'acme).*", said), [])
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
              "index": ["api: elasticsearch"], "source": ["api: splunk", "token: x"],
              "sourcetype": ["api: splunk", "token: x"], "user": ["version: 3"],
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

    def test_every_metric_of_the_page_is_served(self):
        self.write("devices.csv", "address,site\n")
        self.write("t.yaml", """
enrichment: {d: {type: csv, file: devices.csv, column: address}}
outputs:
  terminal: {type: stdout}
  manager: {type: forward, to: "udp:127.0.0.1:1163"}
""")
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
    cases = [Walk] if INSIDE in os.environ else [Checked, ManualPages, Outside]
    return unittest.TestSuite(map(loader.loadTestsFromTestCase, cases))


if __name__ == "__main__":
    if INSIDE in os.environ:
        raise_loopback()
    unittest.main()
