"""`trapline explain`, and the examples of docs/rules.md: they print what the page says."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import ber
import messages
from harness import PROGRAM, ROOT, SANITIZER

DOCUMENT = ROOT / "docs" / "rules.md"
LINK_DOWN = messages.v2c(ber.varbind("1.3.6.1.2.1.2.2.1.1.3", ber.integer(3)),
                         ber.varbind("1.3.6.1.2.1.2.2.1.8.3", ber.integer(2)),
                         trap_oid=messages.LINK_DOWN)


class Explain(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run_it(self, *args, stdin=b""):
        """Status, what was printed, what was complained of."""
        done = subprocess.run([PROGRAM, "explain", *args], input=stdin, cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                              env={**os.environ, "XDG_CACHE_HOME": str(self.folder)})
        err = done.stderr.decode()
        self.assertIsNone(SANITIZER.search(err), err)
        return done.returncode, done.stdout.decode(), err

    def explain(self, rules, *args, stdin=LINK_DOWN, status=0):
        """The objects that --json prints."""
        conf = self.write("rules.yaml", rules)
        got, out, err = self.run_it("-c", conf, "--json", *args, stdin=stdin)
        self.assertEqual(got, status, err)
        return [json.loads(line) for line in out.splitlines()]


class Documents(Explain):
    def test_the_examples_of_the_page_print_what_it_says(self):
        event, ran = None, 0
        for kind, block in re.findall(r"^```(\w+)\n(.*?)^```$", DOCUMENT.read_text(), re.M | re.S):
            if kind == "yaml":
                self.write("rules.yaml", block)
            elif kind == "json":
                event = block
                self.write("event.json", " ".join(block.splitlines()) + "\n")
            elif kind == "console":
                command, wanted = block.split("\n", 1)
                words = command.split()
                self.assertEqual(words[:3], ["$", "trapline", "explain"])
                status, out, err = self.run_it(*words[3:])
                self.assertEqual((status, err), (0, ""))
                self.assertEqual(out.rstrip("\n"), wanted.rstrip("\n"))
                ran += 1
        self.assertIsNotNone(event)
        self.assertGreaterEqual(ran, 3)

    def test_the_page_names_every_key(self):
        text = (ROOT / "src" / "pipeline" / "field_keys.c").read_text()
        keys = re.findall(r'^\t\{ "(\w+)", \w+, ', text, re.M)
        self.assertGreater(len(keys), 30)
        page = DOCUMENT.read_text()
        self.assertEqual([k for k in keys if f"`{k}`" not in page], [])


class Rules(Explain):
    def test_tells_what_each_rule_changed(self):
        rules = """
outputs: {a: {type: stdout}, b: {type: file, path: x, enabled: false},
          c: {type: file, path: y, filter: {tags: nowhere}}}
rules:
  - name: one
    match: {trap: linkDown}
    set: {severity: critical, tags: [x, y], fields: {f: '{trap}'}, message: m, alarm: raise,
          alarm_key: k, source: peer, charset: ISO-8859-1}
    route: [a, b, c]
  - match: {tags: z}
  - {unless: {severity: critical}, set: {tags: w}}
  - {set: {fields: {f: '{f}!'}}, stop: true}
  - {drop: true}
"""
        (event,) = self.explain(rules)
        one, two, three, four = event["rules"]
        self.assertEqual(one["changes"], [
            {"what": "severity", "from": "major", "to": "critical"},
            {"what": "tag", "to": "x"}, {"what": "tag", "to": "y"},
            {"what": "field", "name": "f", "to": "linkDown"},
            {"what": "message", "to": "m"}, {"what": "alarm", "to": "raise"},
            {"what": "alarm_key", "to": "k"}, {"what": "charset", "to": "ISO-8859-1"},
            {"what": "source", "to": "peer"}, {"what": "route", "to": "a, b, c"}])
        self.assertEqual((one["rule"], one["line"]), ("one", 5))
        self.assertEqual(two["why"], "there is no tag z")
        self.assertEqual(three["why"], "it fits what stands behind unless")
        self.assertEqual(four["changes"], [
            {"what": "field", "name": "f", "from": "linkDown", "to": "linkDown!"}])
        self.assertTrue(four["stop"])
        self.assertEqual(event["rules_not_looked_at"], 1)
        result = event["result"]
        self.assertEqual((result["severity"], result["tags"], result["fields"], result["message"]),
                         ("critical", ["x", "y"], {"f": "linkDown!"}, "m"))
        self.assertEqual([(o["output"], o["goes"], o.get("why")) for o in result["outputs"]],
                         [("a", True, None), ("b", False, "it is not enabled"),
                          ("c", False, "there is no tag nowhere")])

    def test_what_is_dropped_goes_nowhere(self):
        (event,) = self.explain("rules: [{name: no, drop: true}, {set: {tags: a}}]")
        self.assertEqual(event["rules"][0]["changes"], [{"what": "drop"}])
        self.assertEqual(event["rules_not_looked_at"], 1)
        self.assertEqual(event["result"]["suppressed"], "rule")
        self.assertEqual({o["why"] for o in event["result"]["outputs"]}, {"it is suppressed"})

    def test_only_what_matched(self):
        rules = "rules: [{match: {tags: a}}, {set: {tags: b}}]"
        (event,) = self.explain(rules, "-m")
        self.assertEqual([r["rule"] for r in event["rules"]], ["2"])

    def test_fields_of_tables_are_given(self):
        rules = "rules: [{match: {fields: {site: 'a=b'}}, set: {tags: there}}]"
        (event,) = self.explain(rules, "--set", "site=a=b")
        self.assertEqual(event["result"]["tags"], ["there"])

    def test_who_tells_the_severity(self):
        (event,) = self.explain("severity: {sources: [varbinds]}")
        self.assertEqual((event["severity"], event["severity_by"]), ("info", "default"))

    def test_mibs_of_the_configuration(self):
        (self.folder / "mibs").mkdir()
        self.write("mibs/ACME-MIB", """ACME-MIB DEFINITIONS ::= BEGIN
IMPORTS enterprises, NOTIFICATION-TYPE FROM SNMPv2-SMI;
acme OBJECT IDENTIFIER ::= { enterprises 99999 }
acmeFan NOTIFICATION-TYPE --#SEVERITY CRITICAL
  STATUS current DESCRIPTION "x" ::= { acme 0 1 }
END
""")
        trap = messages.v2c(trap_oid="1.3.6.1.4.1.99999.0.1")
        (event,) = self.explain("mibs: mibs\nrules: [{match: {trap: acmeFan}, set: {tags: fan}}]",
                                stdin=trap)
        self.assertEqual((event["severity"], event["severity_by"]), ("critical", "mib"))
        self.assertEqual(event["result"]["tags"], ["fan"])


class Inputs(Explain):
    EVENT = {"schema": 1, "id": "18e9bf0f94aa4d150123456789abcdef", "kind": "inform",
             "version": "3", "source": {"address": "2001:db8::7", "port": 50123},
             "local": {"address": "2001:db8::1", "port": 1162},
             "security": {"user": "noc", "level": "authPriv", "auth": "SHA-256",
                          "engine_id": "80001f88aa", "boots": 3, "time": 4711},
             "context": {"engine_id": "80001f88bb", "name": "vrf-a"}, "request_id": -7,
             "uptime": 5, "trap_oid": "1.3.6.1.6.3.1.1.5.4", "varbinds": [], "flags": []}
    RULES = """
rules:
  - match: {user: noc, context: vrf-a, version: 3, kind: inform, source: '2001:db8::/32',
            fields: {level: authPriv, engine_id: 80001f88aa, context_engine_id: 80001f88bb,
                     request_id: '-7', uptime: '5', local: '2001:db8::1', source_port: '50123',
                     id: 18e9bf0f94aa4d150123456789abcdef}}
    set: {tags: all}
"""

    def test_events_as_they_were_printed(self):
        for separators in ((",", ":"), (", ", ": ")):
            for indent in (None, 1):
                text = json.dumps(self.EVENT, separators=separators, indent=indent).encode()
                events = self.explain(self.RULES, stdin=text + b"\n \n" + text)
                self.assertEqual([e["result"]["tags"] for e in events], [["all"], ["all"]])

    def test_events_that_are_no_notifications(self):
        lines = b'{"schema":1,"kind":"lost","count":3}\n{"schema":1,"kind":"refused"}'
        self.assertEqual(self.explain("{}", stdin=lines), [{"kind": "lost"}, {"kind": "refused"}])

    def test_a_broken_event_is_told_with_its_place(self):
        conf = self.write("rules.yaml", "{}")
        for text, place in ((b'{"kind":"trap"', "line 1, column 15"),
                            (b'{"kind":"lost"}\n  x', "line 2, column 3"),
                            (b'{"kind":"trap",\n"uptime":-1}', "line 2, column 12")):
            status, _, err = self.run_it("-c", conf, stdin=text)
            self.assertEqual(status, 2)
            self.assertIn(place, err)

    def test_hexadecimal_files_and_several(self):
        self.write("raw", LINK_DOWN)
        events = self.explain("{}", "raw", LINK_DOWN.hex(), "raw")
        self.assertEqual([e["trap_name"] for e in events], ["IF-MIB::linkDown"] * 3)
        self.assertEqual(len(self.explain("{}", "-n", "2", "raw", "raw", "raw")), 2)

    def test_what_is_refused(self):
        rules = "communities: [secret]"
        (refusal,) = self.explain(rules, status=1)
        self.assertEqual((refusal["kind"], refusal["reason"]), ("refused", "community-unknown"))
        status, out, _ = self.run_it("-c", self.folder / "rules.yaml", stdin=LINK_DOWN)
        self.assertEqual(status, 1)
        self.assertIn("community-unknown", out)

    def test_text_of_peers_is_safe_for_a_terminal(self):
        trap = messages.v2c(ber.varbind("1.3.6.1.2.1.2.2.1.2.1", ber.octets(b"a\xe2\x80\xaeb\tc")),
                            trap_oid=messages.LINK_DOWN)
        conf = self.write("rules.yaml", "rules: [{set: {message: '{ifDescr}'}},"
                                        " {match: {varbinds: {ifDescr: x}}}]")
        _, out, _ = self.run_it("-c", conf, stdin=trap)
        self.assertIn(r"a\u202eb\x09c", out)
        self.assertNotRegex(out, "[\x00-\x09\x0b-\x1f\u202e]")
        (event,) = self.explain((self.folder / "rules.yaml").read_text(), stdin=trap)
        self.assertEqual(event["result"]["message"], "a\u202eb\tc")


class Usage(Explain):
    def test_wrong_usage(self):
        conf = self.write("rules.yaml", "{}")
        for args in (("-c", "nowhere.yaml"), ("--set", "x"), ("--set", "=x"), ("-n", "0"),
                     ("-p", "65536"), ("--nothing",), ("-c", conf, "no-such-file")):
            status, out, err = self.run_it(*args)
            self.assertEqual((status, out), (2, ""), args)
            self.assertNotEqual(err, "")

    def test_a_wrong_configuration(self):
        conf = self.write("rules.yaml", "rules: [{match: {trapp: x}}]")
        status, _, err = self.run_it("-c", conf, stdin=LINK_DOWN)
        self.assertEqual(status, 2)
        self.assertIn("rules.yaml:1:18: error:", err)

    def test_help(self):
        status, out, _ = self.run_it("--help")
        self.assertEqual(status, 0)
        self.assertIn("Example: trapline explain", out)


if __name__ == "__main__":
    unittest.main()
