"""What `trapline check` says of configurations that are wrong: where, and a word that tells what
would be right. Whatever is wrong, `run` says the same and does not start."""

import os
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

from harness import PROGRAM, SANITIZER

OUT = "outputs: {a: {type: stdout}}\n"
# A configuration, where something is wrong (LINE:COLUMN), and words of what is said there.
WRONG = [
    # YAML
    ("listen: [udp:127.0.0.1:0\n", "2:1", "did not find expected ',' or ']'"),
    ("log:\n\tlevel: info\n", "2:1", "tab"),
    ("log:\n  level: info\n rate: 5\n", "3:2", "did not find expected"),
    ("log: {level: info\n", "2:1", "flow mapping"),
    ("communities: [\"a]\n", "2:1", "quoted scalar"),
    ("log: {level: info}\nlog: {rate: 1}\n", "2:1", "the key 'log' is there already, in line 1"),
    ("log: {level: info, level: debug}\n", "1:20", "there already"),
    ("- listen\n", "1:1", "needs a mapping"),
    ("just a text\n", "1:1", "needs a mapping"),
    ("threads: 1\n---\nthreads: 2\n", "2:1", "second document"),
    ("threads: !!int 1\n", "1:10", "tags"),
    ("threads: *other\n", "1:10", "no anchor"),
    ("a: &a\n  b: *a\n", "2:6", "stands for what it is part of"),
    ("users: @noc\n", "1:8", "needs quotes"),
    ("charset: \"\\0\"\n", "1:10", "NUL"),
    ("a: " + 40 * "[" + 40 * "]" + "\n", "1:35", "nested too deeply"),
    # Keys
    ("lisen: udp:0.0.0.0:162\n", "1:1", "did you mean 'listen'?"),
    ("dedup: {windw: 5s}\n", "1:9", "did you mean 'window'?"),
    ("outputs:\n  a:\n    type: file\n    path: x\n    urll: y\n", "5:5", "no key 'urll'"),
    ("outputs: {a: {type: stdout, url: x}}\n", "1:29", "'url' is for the type http"),
    ("outputs: {a: {type: flie, path: x}}\n", "1:21", "did you mean 'file'?"),
    ("outputs: {a: {path: x}}\n", "1:14", "needs 'type'"),
    ("outputs: {a: {type: file}}\n", "1:14", "needs 'path'"),
    ("outputs: {}\n", "1:10", "needs 1 at least"),
    ("outputs: {'a b': {type: stdout}}\n", "1:11", "no name"),
    # Types, ranges, units
    ("threads: many\n", "1:10", "whole number"),
    ("threads: 1.5\n", "1:10", "whole number"),
    ("threads: 65\n", "1:10", "0 to 64"),
    ("threads: [1]\n", "1:10", "not a list"),
    ("threads: {a: 1}\n", "1:10", "not a mapping"),
    ("log: info\n", "1:6", "needs a mapping"),
    ("refused: perhaps\n", "1:10", "true"),
    ("receive_buffer: 5 pounds\n", "1:17", "size"),
    ("receive_buffer: 1KiB\n", "1:17", "64KiB"),
    ("dedup: {window: 10}\n", "1:17", "a number and ns"),
    ("dedup: {window: 10 sec}\n", "1:17", "duration"),
    ("dedup: {window: -1s}\n", "1:17", "duration"),
    ("dedup: {window: 2d}\n", "1:17", "out of range"),
    ("severity: {default: mayor}\n", "1:21", "did you mean 'major'?"),
    ("rules: [{match: {severity: '>> major'}}]\n", "1:28", "severity"),
    ("charset: KLINGON-1\n", "1:10", "charset"),
    ("engine_id: 8000\n", "1:12", "5 to 32 bytes"),
    ("engine_id: xyz\n", "1:12", "hexadecimal"),
    ("outputs: {a: {type: file, path: x, mode: 0999}}\n", "1:42", "permissions"),
    # Addresses
    ("listen: tcp:0.0.0.0:162\n", "1:9", "udp:HOST:PORT"),
    ("listen: udp:0.0.0.0:99999\n", "1:9", "the port 99999 is not from 0 to 65535"),
    ("outputs: {a: {type: forward, to: ['udp:127.0.0.1:99999']}}\n", "1:35",
     "the port 99999 is not from 1 to 65535"),
    ("listen: [udp:0.0.0.0:162, udp:0.0.0.0:162]\n", "1:27", "already"),
    ("lists: {a: [10.0.0.0/33]}\n", "1:13", "0 to 32 bits"),
    ("lists: {a: [10.0.0.1/24]}\n", "1:13", "bits set behind its prefix"),
    ("lists: {a: [10.0.0/24]}\n", "1:13", "is not a network"),
    ("lists: {a: ['@none.txt']}\n", "1:13", "no such file"),
    ("rules: [{match: {source: cor}}]\nlists: {core: 10.0.0.0/8}\n", "1:26", "did you mean 'core'?"),
    ("trusted_relays: [relays]\n", "1:18", "no list 'relays'"),
    ("source_address: [peer, peer]\n", "1:24", "peer"),
    ("outputs: {a: {type: http, url: tickets.example.net}}\n", "1:32", "https://"),
    ("outputs: {a: {type: http, url: 'https://me:pw@127.0.0.1/'}}\n", "1:32", "username and password"),
    ("outputs: {a: {type: syslog, address: 127.0.0.1}}\n", "1:38", "HOST:PORT"),
    ("outputs: {a: {type: forward, to: tcp:127.0.0.1:162}}\n", "1:34", "udp:HOST:PORT"),
    # Rules and templates
    ("rules: [{match: {varbinds: {ifDescr: '/(/'}}}]\n", "1:38", "parenthesis"),
    ("rules: [{set: {message: '{ifDescr'}}]\n", "1:25", "does not end"),
    ("rules: [{set: {message: '{ifDescr|uper}'}}]\n", "1:25", "did you mean 'upper'?"),
    ("rules: [{route: fil}]\noutputs: {file: {type: stdout}}\n", "1:17", "did you mean 'file'?"),
    ("rules: [{drop: true, route: a}]\n" + OUT, "1:29", "drops"),
    ("rules: [{name: a}, {name: a}]\n", "1:27", "already"),
    ("rules: [{unless: {}}]\n", "1:18", "no condition"),
    ("outputs: {a: {type: file, path: x, format: template}}\n", "1:14", "needs a template"),
    ("flapping: {changes: 3, settled: 5}\n", "1:33", "less than changes"),
    # Secrets
    ("users: ['noc,auth=SHA-999:password1']\n", "1:9", "SHA-256"),
    ("users: ['noc,auth=SHA-256:short']\n", "1:9", "8"),
    ("users: [{name: noc, priv: AES-128, priv_secret: password1}]\n", "1:9", "auth"),
    ("communities: ['@none']\n", "1:15", "file"),
    ("communities: ['env:TRAPLINE_NO_SUCH']\n", "1:15", "TRAPLINE_NO_SUCH"),
    ("communities: ['credential:none']\n", "1:15", "credential"),
    ("outputs: {a: {type: http, url: 'http://127.0.0.1/', username: me}}\n", "1:14", "password"),
    # What is named
    ("outputs: {a: {type: exec, command: on-trap}}\n", "1:36", "whole path"),
    ("outputs: {a: {type: exec, command: /no/such/program}}\n", "1:36", "No such file"),
    ("outputs: {a: {type: exec, command: plain.csv}}\n", "1:36", "whole path"),
    ("outputs: {a: {type: exec, command: FOLDER/plain.csv}}\n", "1:36", "Permission denied"),
    ("outputs: {a: {type: exec, command: FOLDER}}\n", "1:36", "folder"),
    ("outputs: {a: {type: file, path: /no/such/folder/x}}\n", "1:33", "No such file"),
    ("outputs: {a: {type: file, path: FOLDER}}\n", "1:33", "folder"),
    ("outputs:\n  a: {type: file, path: x}\n  b: {type: file, path: x}\n", "3:25", "already, in line 2"),
    ("mibs: plain.csv\n", "1:7", "not a folder"),
    ("enrichment: {t: {type: csv, file: none.csv, column: a}}\n", "1:35", "No such file"),
    ("enrichment: {t: {type: csv, file: FOLDER, column: a}}\n", "1:35", "folder"),
    ("enrichment: {t: {type: csv, file: plain.csv, column: c}}\n", "1:35", "column"),
    ("enrichment: {t: {type: csv, file: plain.csv, column: b, match: cdir}}\n", "1:64",
     "did you mean 'cidr'?"),
    ("enrichment: {t: {type: json, file: plain.csv, column: a}}\n", "1:36", "plain.csv:1"),
    ("enrichment: {t: {type: sqlite, file: plain.csv, query: SELECT 1}}\n", "1:38",
     "not a database"),
    ("enrichment: {t: {type: sqlite, file: d.db, query: 'SELECT x FROM d WHERE a = ?'}}\n", "1:38",
     "no such column: x"),
    ("enrichment: {t: {type: sqlite, file: d.db, query: 'SELEC b FROM d WHERE a = ?'}}\n", "1:38",
     "syntax error"),
    ("enrichment: {t: {type: sqlite, file: d.db, query: 'DELETE FROM d WHERE a = ?'}}\n", "1:38",
     "reads"),
    ("enrichment: {t: {type: sqlite, file: d.db, query: 'SELECT b FROM d WHERE a = ?', "
     "fields: {site: s}}}\n", "1:38", "no column 's'"),
    ("outputs: {a: {type: syslog, address: 'tls:127.0.0.1:1', tls: {ca: none.pem}}}\n", "1:67",
     "No such file"),
    ("outputs: {a: {type: syslog, address: 'tls:127.0.0.1:1', tls: {ca: plain.csv}}}\n", "1:62",
     "no certificate"),
    ("outputs: {a: {type: syslog, address: 'tls:127.0.0.1:1', tls: {cert: one.pem}}}\n", "1:62",
     "cert needs key"),
    ("outputs: {a: {type: http, url: 'https://127.0.0.1/', tls: {cert: one.pem, key: two.key}}}\n",
     "1:59", "key values mismatch"),
    ("run_as: no-such-user-here\n", "1:9", "no user"),
]
# The same of what is not wrong, but seldom meant.
ODD = [
    ("mibs: none\n", "1:7", "No such file"),
    ("rules: [{match: {trap: linkDwn}}]\n", "1:24", "did you mean 'linkDown'?"),
    ("rules: [{match: {trap: 'IF-MIB::linkUpp.*'}}]\n", "1:24", "did you mean 'IF-MIB::linkUp'?"),
    ("rules: [{match: {varbinds: {ifOperStatsu: down}}}]\n", "1:29", "did you mean 'ifOperStatus'?"),
    ("rules: [{match: {varbinds: {ifDecsr.3: x}}}]\n", "1:29", "did you mean 'ifDescr'?"),
    ("alarms: {pairs: {a: {raise: linkDwn, clear: linkUp}}}\n", "1:29", "linkDown"),
    ("severity: {objects: [{object: ifOperState}]}\n", "1:31", "ifOperStatus"),
    ("mibs: mibs\nrules: [{match: {trap: acmeFam}}]\n", "2:24", "did you mean 'acmeFan'?"),
    ("rules: [{set: {message: 'on {sit}'}}]\n", "1:25", "no event has the field 'sit'"),
    ("rules: [{set: {message: '{sevrity}'}}]\n", "1:25", "did you mean 'severity'?"),
    ("dedup: {key: [device, trapoid]}\n", "1:23", "did you mean 'trap_oid'?"),
    ("rules: [{route: [a, b]}]\noutputs: {a: {type: stdout}, b: {type: file, path: x, enabled: no}}\n",
     "1:21", "'b' is not enabled"),
    ("enrichment: {t: {type: csv, file: plain.csv, column: a, fields: {s: x}}}\n", "1:35", "columns"),
    ("outputs: {a: {type: forward, to: 'udp:no.such.invalid:162'}}\n", "1:34", "no address"),
    ("outputs: {a: {type: http, url: 'http://no.such.invalid:80/x'}}\n", "1:32", "no address"),
]
RIGHT = [
    "", "# nothing\n", "rules:\noutputs:\n",
    "mibs: mibs\nrules: [{match: {trap: [acmeFan, 'ACME-MIB::acme.*']}}]\n",
    "rules: [{set: {fields: {site: x}, message: '{site} {ifDescr.3} {other|default:-} {count}'}}]\n",
    "enrichment: {t: {type: csv, file: plain.csv, column: a}}\n"
    "rules: [{set: {message: '{whatever}'}}]\n",
    "enrichment: {t: {type: sqlite, file: d.db, query: 'SELECT b FROM d WHERE a = ?',"
    " fields: {site: b}}}\nrules: [{set: {message: '{site}'}}]\n",
    "outputs: {a: {type: syslog, address: 'tls:127.0.0.1:1',"
    " tls: {ca: ca.pem, cert: one.pem, key: one.key}}}\n",
    "common: &c {type: stdout}\n".replace("common: &c {type: stdout}", "outputs: {a: &c {type: stdout}}"),
]
MIB = """ACME-MIB DEFINITIONS ::= BEGIN
IMPORTS enterprises, NOTIFICATION-TYPE FROM SNMPv2-SMI;
acme OBJECT IDENTIFIER ::= { enterprises 99999 }
acmeFan NOTIFICATION-TYPE STATUS current DESCRIPTION "x" ::= { acme 0 1 }
END
"""


class Wrong(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.room = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.room.name)
        (cls.folder / "plain.csv").write_text("a,b\n10.0.0.1,2\n")
        (cls.folder / "mibs").mkdir()
        (cls.folder / "mibs" / "ACME-MIB").write_text(MIB)
        with sqlite3.connect(cls.folder / "d.db") as db:
            db.execute("CREATE TABLE d (a, b)")
        cls.make_certificates()

    @classmethod
    def make_certificates(cls):
        for name in "one", "two":
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=x",
                 "-keyout", f"{name}.key", "-out", f"{name}.pem"],
                cwd=cls.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        (cls.folder / "ca.pem").write_bytes((cls.folder / "one.pem").read_bytes())

    @classmethod
    def tearDownClass(cls):
        cls.room.cleanup()

    def program(self, *args, as_nobody=False):
        how = {"user": 65534, "group": 65534, "extra_groups": []} if as_nobody else {}
        env = {k: v for k, v in os.environ.items() if k != "CREDENTIALS_DIRECTORY"}
        done = subprocess.run([PROGRAM, *map(str, args)], timeout=60, cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=env | {"XDG_CACHE_HOME": str(self.folder)},
                              **how)
        err = done.stderr.decode()
        self.assertIsNone(SANITIZER.search(err), err)
        return done.returncode, done.stdout.decode(), err

    def check(self, text):
        path = self.folder / "t.yaml"
        text = text.replace("FOLDER", str(self.folder))
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.program("check", "-c", "t.yaml")

    def expect(self, cases, grade, status):
        for text, place, words in cases:
            with self.subTest(text):
                got, _, err = self.check(text)
                said = [x for x in err.splitlines() if x.startswith(f"t.yaml:{place}: {grade}: ")]
                self.assertEqual(got, status, err)
                self.assertTrue(any(words in x for x in said), f"{place} {words}: {err}")
                self.assertNotIn("password1", err)

    def test_tells_what_is_wrong_and_where(self):
        self.assertGreaterEqual(len(WRONG), 60)
        self.expect(WRONG, "error", 2)

    def test_warns_of_what_is_odd(self):
        self.expect(ODD, "warning", 0)

    def test_says_nothing_of_what_is_right(self):
        for text in RIGHT:
            with self.subTest(text):
                status, _, err = self.check(text)
                self.assertEqual((status, err), (0, ""))

    def test_all_at_once_in_the_order_of_the_file(self):
        text = "".join(x for x, _, _ in WRONG if x.startswith(("threads: many", "lists: {a: [10.0.0.0/33")))
        text += "rules: [{match: {trap: linkDwn}}, {route: b}]\ncharset: none\nlog: {levl: info}\n"
        status, _, err = self.check(text)
        lines = [x.split(": ")[0] for x in err.splitlines()]
        self.assertEqual(status, 2)
        self.assertEqual(lines, ["t.yaml:1:10", "t.yaml:2:13", "t.yaml:3:43", "t.yaml:4:10",
                                 "t.yaml:5:7", "5 errors, 0 warnings"])

    def test_run_says_the_same_and_does_not_start(self):
        for text, place, words in WRONG[:10] + WRONG[16:20]:
            with self.subTest(text):
                _, _, told = self.check(text)
                status, _, err = self.program("run", "-c", "t.yaml")
                self.assertEqual(status, 2, err)
                self.assertIn(f"t.yaml:{place}: ", err)
                self.assertIn(words, err)

    def test_laughs_are_bounded(self):
        text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        for i in range(1, 12):
            text += f"a{i}: &a{i} [" + ",".join(9 * [f"*a{i - 1}"]) + "]\n"
        status, _, err = self.check(text)
        self.assertEqual(status, 2)
        self.assertIn("more than 1,000,000 values", err)

    def test_bytes_that_are_no_text(self):
        path = self.folder / "b.yaml"
        for content, words in ((b"charset: \xff\xfe\n", "UTF-8"), (b"log: {level: inf\xc3}\n", "UTF-8"),
                               (b"charset: a\x00b\n", "control characters"),
                               (b"charset: a\x1b[31m\n", "control characters")):
            with self.subTest(content):
                path.write_bytes(content)
                status, _, err = self.program("check", "-c", "b.yaml")
                self.assertEqual(status, 2)
                self.assertIn("b.yaml:1:", err)
                self.assertIn(words, err)
                self.assertNotIn("\x1b", err)

    def test_bytes_of_utf_16_and_a_mark(self):
        path = self.folder / "u.yaml"
        for encoding in "utf-8-sig", "utf-16":
            path.write_bytes("threads: 65\n".encode(encoding))
            status, _, err = self.program("check", "-c", "u.yaml")
            self.assertEqual(status, 2)
            self.assertIn("out of range", err)

    def test_what_is_no_file(self):
        for name, words in ((".", "directory"), ("none.yaml", "there is no such file")):
            status, _, err = self.program("check", "-c", name)
            self.assertEqual(status, 2)
            self.assertIn(f"{name}: error: ", err.lower() if name == "." else err)
            self.assertIn(words, err)
            self.assertEqual(self.program("run", "-c", name)[0], 2)

    @unittest.skipIf(os.geteuid() == 0 and not hasattr(os, "setresuid"), "cannot become another user")
    def test_what_may_not_be_read(self):
        path = self.folder / "secret.yaml"
        path.write_text("")
        path.chmod(0)
        self.folder.chmod(0o755)
        as_nobody = os.geteuid() == 0
        if as_nobody and self.program("--version", as_nobody=True)[0] != 0:
            self.skipTest("another user cannot run the program")
        status, _, err = self.program("check", "-c", path, as_nobody=as_nobody)
        self.assertEqual((status, err.splitlines()[0]),
                         (2, f"{path}: error: Permission denied"))

    def test_an_option_that_there_is_not_is_told_with_the_command(self):
        for command in ("listen", "run", "status", "reload", "alarms", "send", "inform",
                        "decode", "explain", "blast", "check", "config", "mib find",
                        "mib show", "mib translate", "mib list", "mib lint", "mib compile",
                        "mib missing"):
            status, _, err = self.program(*command.split(), "--wrong")
            self.assertEqual(status, 2)
            self.assertEqual(err, f"trapline {command}: unrecognized option '--wrong'\n"
                             f"Try 'trapline {command} --help'.\n")

    def test_more_than_are_kept_are_counted(self):
        status, _, err = self.check("".join(f"wrong{i}: 1\n" for i in range(300)))
        self.assertEqual(status, 2)
        self.assertIn("and 100 more\n300 errors, 0 warnings\n", err)


if __name__ == "__main__":
    unittest.main()
