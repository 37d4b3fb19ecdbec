"""`trapline check` and `trapline config`: the default file, its examples, what is said of a
wrong one, what is shown; and that the pages made from the tables are current."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from harness import PROGRAM, ROOT, SANITIZER

DEFAULT = ROOT / "share" / "trapline.yaml"
SECRETS = {"COMMUNITY": "tellnobody", "NOC_AUTH": "tellnobody", "NOC_PRIV": "tellnobody",
           "TICKETS_TOKEN": "tellnobody"}


class Config(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def run_program(self, *args, env=None):
        done = subprocess.run([PROGRAM, *map(str, args)], text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=os.environ | (env or {}), cwd=self.folder)
        self.assertIsNone(SANITIZER.search(done.stderr), done.stderr)
        return done

    def examples(self):
        """The default file with its examples in force."""
        text, count = re.subn(r"^( *)#( +[- ]*[a-z_]+:| +- |[a-z_]+:)", r"\1\2",
                              DEFAULT.read_text(), flags=re.M)
        prose = re.findall(r"^( +#|# )", text, re.M)
        self.assertGreater(count, 50)
        self.assertGreater(len(prose), 20)
        return text

    def config(self, *args, env=None):
        done = self.run_program("config", *args, env=env)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout


class Check(Config):
    def test_default_file_is_right(self):
        done = self.run_program("check", "-c", DEFAULT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, f"{DEFAULT}: no error, 0 warnings\n")

    def test_tells_every_error_with_its_place(self):
        path = self.write("t.yaml", "lisen: 1\nqueue: {events: 0}\nmibs: none\n")
        done = self.run_program("check", "--config", "t.yaml")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        lines = done.stderr.splitlines()
        self.assertRegex(lines[0], r"^t\.yaml:1:1: error: .*did you mean 'listen'\?")
        self.assertEqual(lines[1:], [
            "t.yaml:2:17: error: events: 0 is out of range: 1 to 100000000",
            f"t.yaml:3:7: warning: mibs: {path.parent}/none: No such file or directory",
            "2 errors, 1 warning"])

    def test_warnings_alone_are_no_failure(self):
        self.write("t.yaml", "rules: [{match: {trap: linkDwn}}]\n")
        done = self.run_program("check", "-c", "t.yaml")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, "t.yaml:1:24: warning: no MIB that was read "
                                      "defines 'linkDwn'; did you mean 'linkDown'?\n")
        self.assertEqual(done.stdout, "t.yaml: no error, 1 warning\n")

    def test_warns_of_a_label_that_an_enumeration_lacks(self):
        self.write("t.yaml", "rules: [{match: {varbinds: {ifOperStatus: [up, Down, '!= up', 7, 99],"
                             " IF-MIB::ifType.3: '!= nonsense', ifDescr: Down}}, stop: true}]\n")
        done = self.run_program("check", "-c", "t.yaml")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr.splitlines(), [
            "t.yaml:1:29: warning: ifOperStatus is never 'Down'; did you mean 'down'? There are: "
            "up, down, testing, unknown, dormant, notPresent, lowerLayerDown",
            "t.yaml:1:71: warning: IF-MIB::ifType.3 is never 'nonsense'; there are: other, "
            "regular1822, hdh1822, ddnX25, rfc877x25, ethernetCsmacd, iso88023Csmacd, "
            "iso88024TokenBus, iso88025TokenRing, iso88026Man, ..."])

    def test_file_that_is_not_there_is_told(self):
        done = self.run_program("check", "-c", "none.yaml")
        self.assertEqual((done.returncode, done.stderr),
                         (2, "none.yaml: error: there is no such file\n"
                             "1 error, 0 warnings\n"))

    def test_wrong_usage_is_told(self):
        for command in "check", "config":
            for args in ("extra",), ("--nonsense",), ("-c",):
                done = self.run_program(command, *args)
                self.assertEqual(done.returncode, 2, args)
                self.assertIn(f"Try 'trapline {command} --help'.", done.stderr)
            done = self.run_program(command, "--help")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("Example:", done.stdout)

    def test_shows_no_secret_and_no_escape(self):
        self.write("t.yaml", 'users: ["a\\e[31m,auth=SHA:tellnobody,nonsense"]\n'
                             "communities: [key:tellnobody]\n")
        done = self.run_program("check", "-c", "t.yaml")
        self.assertEqual(done.returncode, 2)
        self.assertNotIn("tellnobody", done.stderr)
        self.assertNotIn("\x1b", done.stderr)

    def test_ten_thousand_rules_are_read_in_a_moment(self):
        rules = "".join(f"- {{name: r{i}, match: {{trap: 1.3.6.1.4.1.{i}.*, source: core, "
                        f"varbinds: {{ifDescr: /^Gi{i}/}}}}, set: {{severity: major}}}}\n"
                        for i in range(10000))
        self.write("t.yaml", "lists: {core: 10.0.0.0/8}\nrules:\n" + rules)
        done = self.run_program("check", "-c", "t.yaml")
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class Effective(Config):
    def test_default_file_says_what_an_empty_one_says(self):
        empty = self.write("empty.yaml", "")
        default = self.config("--default")
        self.assertEqual(self.config("-c", empty), default)
        self.assertEqual(self.config("-c", DEFAULT), default)

    def test_what_is_shown_reads_back_the_same(self):
        path = self.write("t.yaml", self.examples())
        self.write("devices.csv", "address,site,rack\n")
        shown = self.config("-c", path, env=SECRETS)
        self.assertNotIn("tellnobody", shown)
        again = self.write("again.yaml", shown)
        done = self.run_program("config", "-c", again, env=SECRETS)
        self.assertEqual((done.returncode, done.stdout), (0, shown))
        self.assertTrue(all("(hidden)" in x for x in done.stderr.splitlines()), done.stderr)

    def test_examples_of_the_default_file_are_right(self):
        self.write("t.yaml", self.examples())
        self.write("devices.csv", "address,site,rack\n")
        done = self.run_program("check", "-c", "t.yaml", env=SECRETS)
        errors = [x for x in done.stderr.splitlines() if ": warning: mibs: " not in x
                  and "has no address now" not in x]
        self.assertEqual((done.returncode, errors), (0, []))

    def test_no_secret_is_shown_in_any_spelling(self):
        self.write("pw", "tellnobody\n")
        self.write("token", "tellnobody\n")
        path = self.write("t.yaml", """
communities: [tellnobody, "env:COMMUNITY", "@pw", "file:pw", "credential:token"]
users:
  - "a,auth=SHA-256:tellnobody,priv=AES-128:@pw,level=authPriv"
  - {name: b, auth: MD5, auth_secret: "key:00112233445566778899aabbccddeeff",
     engine_id: 8000000001}
rules: [{match: {community: tellnobody}}]
outputs:
  w: {type: http, url: "https://localhost/?token=tellnobody&x=1", password: tellnobody,
      username: me, headers: {Authorization: "Bearer tellnobody", X-Api-Key: tellnobody}}
  f: {type: forward, to: "localhost:162", community: tellnobody,
      user: "u,auth=SHA-256:tellnobody"}
""")
        env = SECRETS | {"CREDENTIALS_DIRECTORY": str(self.folder)}
        shown = self.config("-c", path, env=env)
        self.assertNotIn("tellnobody", shown)
        self.assertNotIn("00112233", shown)
        for kept in ("env:COMMUNITY", '"@pw"', "file:pw", "credential:token",
                     'priv_secret: "@pw"'):
            self.assertIn(kept, shown)
        # What is shown is taken, with a warning of what is missing, and says the same.
        again = self.write("again.yaml", shown)
        done = self.run_program("check", "-c", again, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("put the secret here", done.stderr)
        done = self.run_program("config", "-c", again, env=env)
        self.assertEqual((done.returncode, done.stdout), (0, shown))

    def test_wrong_url_shows_no_password(self):
        for url in "ftp://me:tellnobody@x/", "me:tellnobody@x", "https://me:tellnobody@x/":
            self.write("t.yaml", f"outputs: {{a: {{type: http, url: '{url}'}}}}\n")
            done = self.run_program("check", "-c", "t.yaml")
            self.assertEqual(done.returncode, 2)
            self.assertNotIn("tellnobody", done.stderr)

    def test_wrong_file_shows_nothing(self):
        self.write("t.yaml", "threads: x\n")
        done = self.run_program("config", "-c", "t.yaml")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("t.yaml:1:10: error:", done.stderr)

    def test_credentials_of_systemd_are_read(self):
        self.write("token", "tellnobody\n")
        self.write("t.yaml", "outputs: {w: {type: http, url: 'https://x/', "
                             "token: credential:token}}\n")
        shown = self.config("-c", "t.yaml",
                            env={"CREDENTIALS_DIRECTORY": str(self.folder)})
        self.assertIn("    token: credential:token\n", shown)

    def test_listen_takes_credentials_too(self):
        self.write("auth", "passphrase\n")
        done = self.run_program(
            "listen", "-u", "a,auth=SHA:credential:none", "-l", "udp:127.0.0.1:0",
            env={"CREDENTIALS_DIRECTORY": str(self.folder)})
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot open the secret's file", done.stderr)


class Documents(Config):
    def test_pages_made_from_the_tables_are_current(self):
        done = subprocess.run([ROOT / "tools/make-configuration", PROGRAM, "--check"],
                              stdout=subprocess.PIPE, text=True)
        self.assertEqual((done.stdout, done.returncode), ("", 0))

    def schema(self):
        return json.loads(self.config("--schema"))

    def test_schema_knows_every_key_of_the_default_file(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("python3-yaml is not installed")
        schema = self.schema()
        self.follow(schema, schema, yaml.safe_load(DEFAULT.read_text()))

    def follow(self, schema, at, value):
        """Each key of |value| is a property of |at|; of several kinds, of one."""
        for each in at.get("allOf", ()) or at.get("anyOf", ()):
            if "$ref" in each:
                self.follow(schema, schema["definitions"][each["$ref"].split("/")[-1]],
                            value)
        if isinstance(value, dict) and "oneOf" in at:
            fit = [v for v in at["oneOf"]
                   if v["properties"]["type"]["const"] == value["type"]]
            self.assertEqual(len(fit), 1)
            self.follow(schema, fit[0], value)
        elif isinstance(value, dict):
            for key, below in value.items():
                more = at.get("additionalProperties")
                known = at.get("properties", {}).get(key, more or None)
                if "properties" in at or more:
                    self.assertIsNotNone(known, key)
                    self.follow(schema, known, below)

    def test_schema_takes_and_refuses_as_the_program_does(self):
        try:
            import jsonschema
            import yaml
        except ImportError:
            self.skipTest("python3-jsonschema or python3-yaml is not installed")
        check = jsonschema.Draft7Validator(self.schema())
        for path in sorted((ROOT / "fuzz/corpus/conf").glob("[a-z]*[g-z]*")):
            try:
                value = yaml.safe_load(path.read_text())
            except (yaml.YAMLError, UnicodeDecodeError):
                continue
            if self.run_program("check", "-c", path).returncode == 0 and value:
                with self.subTest(path.name):
                    check.validate(value)
        for wrong in ({"lisen": 1}, {"threads": 65}, {"outputs": {"a": {"type": "htp"}}},
                      {"rules": [{"drop": 5}]}, {"dedup": {"window": "10"}},
                      {"threads": "many"}, {"threads": [1]}, {"log": "info"}, {"log": []},
                      {"log": {"level": "loud"}}, {"dedup": {"windw": "5s"}},
                      {"outputs": {"a": {"path": "x"}}}, {"outputs": {"a": {"type": "file"}}},
                      {"outputs": {"a": {"type": "stdout", "url": "x"}}}, {"outputs": []},
                      {"severity": {"default": "mayor"}}, {"receive_buffer": "5 pounds"},
                      {"refused": "perhaps"}, {"rules": {"a": 1}}, {"queue": {"events": 0}},
                      {"enrichment": {"t": {"type": "csv", "file": "x"}}},
                      {"rules": [{"match": {"version": ["4"]}}]}):
            with self.subTest(wrong):
                self.assertFalse(check.is_valid(wrong))
                path = self.write("wrong.yaml", json.dumps(wrong))
                self.assertEqual(self.run_program("check", "-c", path).returncode, 2)
        for right in (DEFAULT.read_text(), self.examples(), self.config("--default"), "{}"):
            value = yaml.safe_load(right)
            check.validate(value)
            # JSON is YAML: what the schema saw is what the program takes.
            self.write("devices.csv", "address,site,rack\n")
            path = self.write("right.yaml", json.dumps(value))
            done = self.run_program("check", "-c", path, env=SECRETS)
            self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
