"""`trapline mib`, and MIBs from folders, files, dictionaries and the cache in the commands
that name things."""

import csv
import io
import json
import os
import pathlib
import re
import stat
import tempfile
import unittest

import ber
import messages
import netsnmp
import sending
from harness import Case, needs_shared, run, PROGRAM

ACME = """ACME-MIB DEFINITIONS ::= BEGIN
IMPORTS
    MODULE-IDENTITY, OBJECT-TYPE, NOTIFICATION-TYPE, enterprises, Integer32
        FROM SNMPv2-SMI
    DisplayString FROM SNMPv2-TC;

acme MODULE-IDENTITY
    LAST-UPDATED "202601010000Z"
    ORGANIZATION "Acme"
    CONTACT-INFO "nobody"
    DESCRIPTION  "Fans of Acme."
    ::= { enterprises 99999 }

acmeFanTable OBJECT-TYPE
    SYNTAX      SEQUENCE OF AcmeFanEntry
    MAX-ACCESS  not-accessible
    STATUS      current
    DESCRIPTION "All fans."
    ::= { acme 1 }

acmeFanEntry OBJECT-TYPE
    SYNTAX      AcmeFanEntry
    MAX-ACCESS  not-accessible
    STATUS      current
    DESCRIPTION "A fan."
    INDEX       { acmeFanName }
    ::= { acmeFanTable 1 }

AcmeFanEntry ::= SEQUENCE { acmeFanName DisplayString, acmeFanState INTEGER }

acmeFanName OBJECT-TYPE
    SYNTAX      DisplayString (SIZE (1..16))
    MAX-ACCESS  not-accessible
    STATUS      current
    DESCRIPTION "Its name."
    ::= { acmeFanEntry 1 }

acmeFanState OBJECT-TYPE
    SYNTAX      INTEGER { turning(1), standing(2) }
    MAX-ACCESS  read-only
    STATUS      current
    DESCRIPTION
        "What it does: whether the fan is
         turning round and
         round."
    ::= { acmeFanEntry 2 }

acmeFanStopped NOTIFICATION-TYPE
    OBJECTS     { acmeFanState }
    STATUS      current
    DESCRIPTION "A fan stands still."
    ::= { acme 0 7 }

END
"""
BROKEN = """BROKEN-MIB DEFINITIONS ::= BEGIN
IMPORTS acme FROM ACME-MIB;
brokenRoot OBJECT IDENTIFIER ::= { acme 5 }
brokenLost OBJECT IDENTIFIER ::= { nowhereAtAll 1 }
brokenTrap TRAP-TYPE
    ENTERPRISE acme
    DESCRIPTION "It is
                 broken."
    ::= 9
END
"""
FAN_STATE = "1.3.6.1.4.1.99999.1.1.2"
FAN_STOPPED = "1.3.6.1.4.1.99999.0.7"
LOADED = re.compile(r"^mibs: (\S+) files, (\S+) modules, (\S+) notifications( \(cache\))?(.*)$")


def stopped(name=b"left"):
    index = ".".join(map(str, [len(name), *name]))
    return messages.v2c(ber.varbind(f"{FAN_STATE}.{index}", ber.integer(2)),
                        trap_oid=FAN_STOPPED)


class Folders(Case):
    """Each test has a folder with ACME-MIB in "mibs", and a cache of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.mibs = self.folder / "mibs"
        self.mibs.mkdir()
        (self.mibs / "acme.txt").write_text(ACME)
        self.env = {"XDG_CACHE_HOME": str(self.folder / "cache"), "HOME": str(self.folder)}

    def mib(self, *args, status=0, env=None, stdin=None):
        result = sending.command(self, "mib", *args, env=self.env | (env or {}), stdin=stdin)
        self.assertEqual(result.returncode, status, result.stderr + result.stdout)
        return result

    def objects(self, *args, **how):
        return [json.loads(x) for x in self.mib(*args, "--json", **how).stdout.splitlines()]

    def loaded(self, *args, env=None):
        """What a listener says that it has loaded: files, modules, notifications, from
        the cache or not, and what else."""
        listener = self.listen(*args, env=self.env | (env or {}))
        result = listener.stop()
        found = [m for m in map(LOADED.match, result.stderr.splitlines()) if m]
        self.assertEqual(len(found), 1, result.stderr)
        return found[0][1], found[0][2], found[0][3], bool(found[0][4]), found[0][5]


class Compile(Folders):
    def test_writes_a_dictionary_that_has_all_the_names(self):
        out = self.folder / "acme.mibs"
        made = self.objects("compile", self.mibs, "-o", out)[0]
        self.assertEqual((made["files"], made["modules"]), (1, 1))
        self.assertEqual(made["problems"], {})
        self.assertEqual(made["bytes"], out.stat().st_size)
        self.assertEqual(stat.S_IMODE(out.stat().st_mode) & 0o700, 0o600)
        told = self.mib("translate", "-M", out, "ACME-MIB::acmeFanStopped", "linkDown")
        self.assertEqual(told.stdout.split(), [FAN_STOPPED, "1.3.6.1.6.3.1.1.5.3"])

    def test_counts_what_is_wrong_and_succeeds(self):
        (self.mibs / "broken").write_text(BROKEN)
        (self.mibs / "binary").write_bytes(b"\0" * 100)
        out = self.folder / "x"
        made = self.objects("compile", self.mibs, "-o", out)[0]
        self.assertEqual((made["files"], made["binary"], made["modules"]), (2, 1, 2))
        self.assertEqual(made["unresolved"], 1)
        self.assertGreater(sum(made["problems"].values()), 0)
        text = self.mib("compile", self.mibs, "-o", out).stdout
        self.assertIn("1 without an OID", text)
        self.assertIn("error", text)
        self.assertIn(str(out), text)

    def test_refuses_what_has_no_module(self):
        (self.mibs / "acme.txt").write_text("nothing of the kind")
        result = self.mib("compile", self.mibs, "-o", self.folder / "x", status=1)
        self.assertIn("no MIB module", result.stderr)
        self.assertFalse((self.folder / "x").exists())

    def test_tells_what_cannot_be_written_or_read(self):
        self.mib("compile", self.mibs, "-o", self.folder / "no" / "x", status=1)
        self.mib("compile", self.mibs, status=2)
        self.mib("compile", self.folder / "none", "-o", self.folder / "x", status=2)

    def test_reads_the_default_folders_when_none_is_named(self):
        made = self.objects("compile", "-o", self.folder / "x",
                            env={"TRAPLINE_MIBS": str(self.mibs)})[0]
        self.assertEqual(made["files"], 1)


class Dictionaries(Folders):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "acme.mibs"
        self.mib("compile", self.mibs, "-o", self.file)

    def test_name_what_listen_receives(self):
        listener = self.listen("-M", self.file, env=self.env)
        event = self.shown(listener, stopped())
        self.assertEqual(event["trap_name"], "ACME-MIB::acmeFanStopped")
        self.assertEqual(event["varbinds"][0]["text"], "standing")
        self.assertIn(f"mibs: {self.file}, ", listener.stop().stderr)

    def test_stand_alone(self):
        result = self.mib("translate", "-M", self.file, "-M", self.mibs, "acme", status=2)
        self.assertIn("stands alone", result.stderr)
        # what is given does without a default dictionary
        told = self.mib("translate", "-M", self.mibs, "acme",
                        env={"TRAPLINE_MIBS": str(self.file)})
        self.assertEqual(told.stdout, "1.3.6.1.4.1.99999\n")
        self.assertIn("stands alone", told.stderr)
        # with the default folders not looked at
        self.mib("translate", "-M", self.file, "acme",
                 env={"TRAPLINE_MIBS": str(self.folder / "none")})

    def test_that_are_damaged_are_refused(self):
        whole = self.file.read_bytes()
        for bad in (whole[:100], whole[:-1], b"\0" * 5000, whole[:8] + b"\xff" * 8 + whole[16:]):
            self.file.write_bytes(bad)
            result = self.mib("translate", "-M", self.file, "acme", status=2)
            self.assertIn("trapline mib compile", result.stderr)


class Cache(Folders):
    def files(self):
        return list((self.folder / "cache" / "trapline").iterdir())

    def test_makes_the_second_start_quick_and_tells_the_same(self):
        first = self.loaded("-M", self.mibs)
        second = self.loaded("-M", self.mibs)
        self.assertEqual(first[:2], ("1", "1"))
        self.assertEqual((first[3], second[3]), (False, True))
        self.assertEqual(first[:3], second[:3])
        self.assertEqual(len(self.files()), 1)

    def test_is_of_no_use_for_changed_files(self):
        self.loaded("-M", self.mibs)
        (self.mibs / "broken").write_text(BROKEN)
        self.assertEqual(self.loaded("-M", self.mibs)[3], False)
        told = self.loaded("-M", self.mibs)
        self.assertEqual((told[0], told[3]), ("2", True))
        self.assertIn("1 error", told[4])
        self.assertIn("trapline mib lint", told[4])
        path = self.mibs / "broken"
        path.write_text(BROKEN.replace("broken.", "Broken."))
        self.assertEqual(self.loaded("-M", self.mibs)[3], False)
        os.utime(path, ns=(1, 1))
        self.assertEqual(self.loaded("-M", self.mibs)[3], False)
        path.unlink()
        self.assertEqual(self.loaded("-M", self.mibs)[0], "1")
        self.assertEqual(len(self.files()), 1)

    def test_that_is_damaged_is_made_anew(self):
        self.loaded("-M", self.mibs)
        path = self.files()[0]
        whole = path.read_bytes()
        for bad in (b"", whole[:1000], whole[:-1], bytes(len(whole)), b"x" * len(whole)):
            with self.subTest(size=len(bad)):
                path.write_bytes(bad)
                self.assertEqual(self.loaded("-M", self.mibs)[3], False)
                self.assertEqual(self.loaded("-M", self.mibs)[3], True)

    def test_that_cannot_be_written_is_done_without(self):
        env = {"XDG_CACHE_HOME": "/proc/nowhere"}
        for _ in range(2):
            self.assertEqual(self.loaded("-M", self.mibs, env=env)[3], False)


class DefaultFolders(Folders):
    def known(self, env, status=0):
        """Whether ACME-MIB is read without -M. The system's own folders do no harm."""
        unset = [f"-u{name}" for name, value in env.items() if value is None]
        given = [f"{name}={value}" for name, value in env.items() if value is not None]
        argv = ["env", *unset, *given, PROGRAM, "mib", "translate", "acmeFanState"]
        result = run(argv, env=dict(os.environ) | self.env)
        self.assertIn(result.returncode, (0, 1))
        return result.returncode == 0

    def test_are_the_users_unless_the_variable_is_set(self):
        user = self.folder / "data" / "trapline"
        user.mkdir(parents=True)
        (user / "mibs").symlink_to(self.mibs)
        at_home = self.folder / ".local" / "share"
        at_home.mkdir(parents=True)
        data = {"XDG_DATA_HOME": str(self.folder / "data")}
        self.assertTrue(self.known(data | {"TRAPLINE_MIBS": None}))
        self.assertFalse(self.known(data | {"TRAPLINE_MIBS": ""}))
        self.assertFalse(self.known({"XDG_DATA_HOME": None, "TRAPLINE_MIBS": None}))
        (at_home / "trapline").symlink_to(user)
        self.assertTrue(self.known({"XDG_DATA_HOME": None, "TRAPLINE_MIBS": None}))

    def test_of_the_variable_are_a_list(self):
        (self.folder / "empty").mkdir()
        listed = f"{self.folder}/empty::{self.mibs}:"
        self.assertTrue(self.known({"TRAPLINE_MIBS": listed}))

    def test_that_are_not_there_are_told_and_done_without(self):
        result = self.mib("translate", "linkDown",
                          env={"TRAPLINE_MIBS": str(self.folder / "none")})
        self.assertIn(f"TRAPLINE_MIBS: {self.folder}/none: ", result.stderr)

    def test_stand_behind_those_that_are_given(self):
        more = self.folder / "more"
        more.mkdir()
        (more / "x").write_text(BROKEN)
        env = {"TRAPLINE_MIBS": str(self.mibs)}
        told = self.mib("translate", "-M", more, "brokenTrap", "acmeFanState", env=env)
        self.assertEqual(told.stdout.split(), ["1.3.6.1.4.1.99999.0.9", FAN_STATE])


class Lint(Folders):
    def setUp(self):
        super().setUp()
        self.broken = self.folder / "broken.my"
        self.broken.write_text(BROKEN)

    def test_tells_errors_like_a_compiler(self):
        result = self.mib("lint", "--with", self.mibs, self.broken, status=1)
        lines = result.stdout.splitlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertRegex(lines[0], rf"^{re.escape(str(self.broken))}:4:\d+: error: .*"
                                   r"nowhereAtAll.* \[[a-z-]+\]$")
        self.assertIn("files 1, errors 1, ", result.stderr)

    def test_tells_nothing_of_what_is_right_or_only_around(self):
        self.assertEqual(self.mib("lint", self.mibs).stdout, "")
        result = self.mib("lint", "--with", self.folder, self.mibs / "acme.txt")
        self.assertEqual(result.stdout, "")

    def test_looks_for_imports_in_the_default_folders(self):
        alone = self.objects("lint", self.broken, status=1)
        self.assertGreater(len(alone), 1)
        found = self.objects("lint", self.broken, status=1,
                             env={"TRAPLINE_MIBS": str(self.mibs)})
        self.assertEqual(len(found), 1)
        self.assertEqual({k: found[0][k] for k in ("file", "line", "grade", "module")},
                         {"file": str(self.broken), "line": 4, "grade": "error",
                          "module": "BROKEN-MIB"})

    def test_judges_the_named_file_and_not_a_copy_of_it(self):
        """Around it is one that is right, and newer, and has what this one lacks."""
        bad = self.folder / "acme-edited"
        start, end = ACME.index("acmeFanTable OBJECT"), ACME.index("acmeFanEntry OBJECT")
        bad.write_text(ACME[:start] + ACME[end:])
        newer = ACME.replace("202601010000Z", "202701010000Z")
        (self.mibs / "acme.txt").write_text(BROKEN.replace("BROKEN", "BEFORE") + newer)
        found = self.objects("lint", "--with", self.mibs, bad, status=1)
        self.assertIn("acmeFanTable", found[0]["text"])
        # what else stands in that file is still read
        other = self.folder / "other"
        other.write_text(bad.read_text().replace("{ acmeFanTable 1 }", "{ brokenRoot 1 }")
                         .replace("DisplayString FROM", "brokenRoot FROM BEFORE-MIB "
                                  "DisplayString FROM"))
        self.assertEqual(self.objects("lint", "--with", self.mibs, other), [])

    def test_levels(self):
        warned = ACME.replace("DisplayString FROM SNMPv2-TC", "DisplayString FROM NO-SUCH-MIB")
        (self.mibs / "acme.txt").write_text(warned)
        counts = [len(self.objects("lint", self.mibs, "--level", level))
                  for level in ("note", "warning", "error")]
        self.assertEqual(sorted(counts, reverse=True), counts)
        self.assertGreater(counts[0], 0)
        self.assertEqual(counts[2], 0)
        self.assertEqual(self.mib("lint", "-q", self.mibs).stdout, "")
        self.mib("lint", self.mibs, "--level", "loud", status=2)

    def test_tells_what_cannot_be_read(self):
        self.mib("lint", status=2)
        self.mib("lint", self.folder / "none", status=2)
        binary = self.folder / "binary"
        binary.write_bytes(b"\0MIB")
        self.mib("lint", binary, status=1)

    def test_messages_are_safe_for_a_terminal(self):
        bad = self.folder / "a\x1b[31m\nb"
        bad.write_bytes(b"\0MIB")
        for args, status in ((("lint", self.folder), 1), (("lint", f"{bad}/none"), 2),
                             (("translate", "a\x1b[31m\nb"), 1), (("find", "a\x1b[31m"), 1)):
            result = self.mib(*args, status=status)
            self.assertNotIn("\x1b", result.stderr)
            self.assertIn("a\\x1b[31m", result.stderr)


class Find(Folders):
    def test_searches_names_and_descriptions(self):
        found = self.objects("find", "-M", self.mibs, "ACMEFAN")
        self.assertEqual([x["name"] for x in found],
                         ["acmeFanStopped", "acmeFanTable", "acmeFanEntry", "acmeFanName",
                          "acmeFanState"])
        found = self.objects("find", "-M", self.mibs, "fan is turning  ROUND")
        self.assertEqual([(x["name"], x["oid"], x["kind"], x["match"]) for x in found],
                         [("acmeFanState", FAN_STATE, "object",
                           "What it does: whether the fan is")])

    def test_prints_the_line_that_has_it(self):
        text = self.mib("find", "-M", self.mibs, "stands still").stdout
        self.assertEqual(text.splitlines(),
                         [f"ACME-MIB::acmeFanStopped {FAN_STOPPED} notification",
                          "    A fan stands still."])

    def test_of_names_only_reads_no_descriptions(self):
        self.mib("find", "-M", self.mibs, "--names-only", "stands still", status=1)
        self.mib("find", "-M", self.mibs, "--names-only", "acmefans")

    def test_tells_once_that_sources_are_gone(self):
        out = self.folder / "x"
        self.mib("compile", self.mibs, "-o", out)
        (self.mibs / "acme.txt").unlink()
        result = self.mib("find", "-M", out, "acmeFan")
        self.assertEqual(len(result.stdout.splitlines()), 5)
        self.assertEqual(result.stderr.count("acme.txt"), 1)

    def test_finds_nothing(self):
        self.mib("find", "-M", self.mibs, "no such thing", status=1)
        self.mib("find", "-M", self.mibs, " ", status=2)


class Show(Folders):
    def test_tells_all_of_an_object(self):
        text = self.mib("show", "-M", self.mibs, "ACME-MIB::acmeFanState").stdout
        for part in ("ACME-MIB::acmeFanState  object", FAN_STATE, "INTEGER",
                     "turning(1) standing(2)", "acmeFanName", f"{self.mibs}/acme.txt:38",
                     "\n  What it does: whether the fan is\n  turning round and\n  round.\n"):
            self.assertIn(part, text)

    def test_tells_the_objects_of_a_notification(self):
        shown = self.objects("show", "-M", self.mibs, FAN_STOPPED)[0]
        self.assertEqual(shown["name"], "acmeFanStopped")
        self.assertEqual([x["name"] for x in shown["objects"]], ["acmeFanState"])
        self.assertEqual(shown["description"], "A fan stands still.")
        # as vendors mix it up
        self.assertEqual(self.objects("show", "-M", self.mibs, "1.3.6.1.4.1.99999.7")[0]["name"],
                         "acmeFanStopped")

    def test_decodes_an_instance(self):
        oid = f"{FAN_STATE}.4.108.101.102.116"
        shown = self.objects("show", "-M", self.mibs, oid)[0]
        self.assertEqual(shown["instance"], '."left"')
        self.assertEqual(shown["instance_index"], {"acmeFanName": "left"})
        self.assertIn("acmeFanName = left", self.mib("show", "-M", self.mibs, oid).stdout)

    def test_counts_children_and_shows_the_definition(self):
        shown = self.objects("show", "-M", self.mibs, "acmeFanEntry", "-d")[0]
        self.assertEqual(shown["children"], 2)
        self.assertEqual([x["name"] for x in shown["index"]], ["acmeFanName"])
        self.assertTrue(shown["definition"].startswith("acmeFanEntry OBJECT-TYPE\n"))
        self.assertTrue(shown["definition"].endswith("::= { acmeFanTable 1 }"))

    def test_tells_what_is_not_known(self):
        result = self.mib("show", "-M", self.mibs, "acmeNothing", "acmeFanName", status=1)
        self.assertIn("'acmeNothing' is not known", result.stderr)
        self.assertIn("acmeFanName", result.stdout)
        self.mib("show", status=2)

    def test_tells_of_an_instance_that_does_not_fit_its_index(self):
        fan = [self.mib("show", "-M", self.mibs, FAN_STATE + end).stdout
               for end in (".4.108.101.102.116", ".4.108.101.102.116.7")]
        self.assertEqual(["does not fit its index" in x for x in fan], [False, True])

    def test_of_text_that_is_no_utf_8_is_safe(self):
        raw = ACME.encode().replace(b"A fan stands still.", b"Ein L\xfcfter \x1b[31msteht.\r\n")
        (self.mibs / "acme.txt").write_bytes(raw)
        self.assertEqual(self.objects("show", "-M", self.mibs, "acmeFanStopped")[0]
                         ["description"], "Ein Lüfter  [31msteht.\n")
        text = self.mib("show", "-M", self.mibs, "acmeFanStopped").stdout
        self.assertIn("Ein Lüfter  [31msteht.", text)
        self.assertNotIn("\x1b", text)


class Translate(Folders):
    PAIRS = [("ACME-MIB::acmeFanStopped", FAN_STOPPED),
             ('ACME-MIB::acmeFanState."left"', f"{FAN_STATE}.4.108.101.102.116"),
             ("ACME-MIB::acmeFanState.9.1", f"{FAN_STATE}.9.1"),
             ("IF-MIB::ifOperStatus.3", "1.3.6.1.2.1.2.2.1.8.3"),
             ("SNMPv2-SMI::enterprises.4000000000.1", "1.3.6.1.4.1.4000000000.1")]

    def test_goes_both_ways(self):
        names, oids = zip(*self.PAIRS)
        self.assertEqual(self.mib("translate", "-M", self.mibs, *names).stdout.splitlines(),
                         list(oids))
        self.assertEqual(self.mib("translate", "-M", self.mibs, *oids).stdout.splitlines(),
                         list(names))

    def test_names_a_notification_with_the_0_mixed_up(self):
        told = self.mib("translate", "-M", self.mibs, "1.3.6.1.4.1.99999.7")
        self.assertEqual(told.stdout, "ACME-MIB::acmeFanStopped\n")

    def test_reads_lines(self):
        lines = "\n".join(["linkDown", "", ".1.3.6.1.6.3.1.1.5.4  ", "whatIsThis"])
        result = self.mib("translate", stdin=lines.encode(), status=1)
        self.assertEqual(result.stdout.splitlines(),
                         ["1.3.6.1.6.3.1.1.5.3", "", "IF-MIB::linkUp", "whatIsThis"])
        self.assertIn("'whatIsThis' is not known", result.stderr)

    def test_as_json(self):
        self.assertEqual(self.objects("translate", "linkDown", "no", status=1),
                         [{"from": "linkDown", "to": "1.3.6.1.6.3.1.1.5.3"}, {"from": "no"}])

    def test_takes_what_is_too_long(self):
        for text in ("a" * 10000, "1." * 5000 + "1", '"', "acmeFanState.\"", "::", "."):
            self.mib("translate", "-M", self.mibs, text, status=1)


class List(Folders):
    WANTED = {"module": "ACME-MIB", "name": "acmeFanStopped", "oid": FAN_STOPPED,
              "objects": ["acmeFanState"]}

    def test_notifications_of_a_module(self):
        args = ("list", "-M", self.mibs, "--module", "ACME-MIB")
        found = self.objects(*args)
        self.assertEqual([{k: x[k] for k in self.WANTED} for x in found], [self.WANTED])
        self.assertIn("acmeFanStopped  1.3.6", self.mib(*args).stdout)
        rows = list(csv.DictReader(io.StringIO(self.mib(*args, "-f", "csv").stdout)))
        self.assertEqual((rows[0]["name"], rows[0]["objects"]), ("acmeFanStopped", "acmeFanState"))

    def test_is_in_the_order_of_oids(self):
        found = self.objects("list", "objects", "-M", self.mibs)
        oids = [tuple(map(int, x["oid"].split("."))) for x in found]
        self.assertEqual(oids, sorted(oids))
        found = self.objects("list", "-M", self.mibs)
        self.assertIn("acmeFanStopped", [x["name"] for x in found])
        self.assertIn("linkDown", [x["name"] for x in found])

    def test_modules_once_with_their_files(self):
        found = self.objects("list", "modules", "-M", self.mibs)
        names = [x["module"] for x in found]
        self.assertEqual(names, sorted(set(names)))
        self.assertIn({"module": "ACME-MIB", "file": f"{self.mibs}/acme.txt"}, found)

    def test_of_what_is_not_there(self):
        self.mib("list", "--module", "NO-SUCH-MIB", status=1)
        self.mib("list", "things", status=2)
        self.mib("list", "-f", "xml", status=2)


class Missing(Folders):
    def counters(self):
        listener = self.listen(env=self.env)
        listener.ask(stopped(), stopped(b"right"),
                     messages.v2c(trap_oid="1.3.6.1.4.1.9.9.99999.0.1"))
        return listener.stop()

    def test_tells_from_the_counters_whose_mibs_are_lacking(self):
        result = self.counters()
        self.assertEqual(result.counters["unresolved_by_enterprise"],
                         {"1.3.6.1.4.1.99999": 2, "1.3.6.1.4.1.9": 1})
        told = self.objects("missing", stdin=result.stderr.encode())
        self.assertEqual(told, [
            {"count": 2, "enterprise": "1.3.6.1.4.1.99999", "example": FAN_STOPPED,
             "named_now": False},
            {"count": 1, "enterprise": "1.3.6.1.4.1.9", "vendor": "Cisco",
             "example": "1.3.6.1.4.1.9.9.99999.0.1", "named_now": False}])
        log = self.folder / "log"
        log.write_text(result.stderr)
        text = self.mib("missing", log, "-M", self.mibs).stdout
        self.assertRegex(text, rf"2 +1\.3\.6\.1\.4\.1\.99999 +acme +{FAN_STOPPED}  \(named now\)")
        self.assertIn("trapline/mibs", text)

    def test_tells_it_from_events_as_well(self):
        listener = self.listen(env=self.env)
        listener.ask(stopped(), messages.v2c(), stopped())
        listener.stop()
        told = self.objects("missing", stdin=b"".join(listener.lines))
        self.assertEqual([(x["count"], x["enterprise"]) for x in told],
                         [(2, "1.3.6.1.4.1.99999")])

    def test_tells_when_there_is_nothing(self):
        self.mib("missing", stdin=b"no events\n{}\n", status=1)
        self.mib("missing", self.folder / "none", status=2)
        result = self.mib("missing", stdin=b'{"unresolved_by_enterprise":{}}\n')
        self.assertIn("nothing is missing", result.stderr)

    def test_takes_any_input(self):
        for text in (b'{"unresolved_by_enterprise":{"x":1,"1.3.6.1.4.1.9":-1}}\n',
                     b'{"unresolved_by_enterprise":{"\\u001b":"\xff"',
                     b'{"unresolved_by_enterprise":[1],"flags":{},"trap_oid":7}\n',
                     b'{"trap_oid":"1.3","flags":["unresolved"]}\n{"trap_oid":"' +
                     b"1." * 4000 + b'1","flags":["unresolved"]}\n', b"{" * 9000 + b"\n"):
            result = sending.command(self, "mib", "missing", "--json", stdin=text)
            for line in result.stdout.splitlines():
                json.loads(line)


class Commands(Folders):
    """-M in the commands that name things."""

    def test_listen_names_what_snmptrap_sends(self):
        listener = self.listen("-M", self.mibs, env=self.env)
        result = sending.command(
            self, "snmptrap", "-v", "2c", "-c", "public", "-M", f"+{self.mibs}", "-m", "ALL",
            netsnmp.target(listener.address()), "", "ACME-MIB::acmeFanStopped",
            'acmeFanState."left"', "i", "2", env=self.env)
        self.assertEqual(result.returncode, 0, result.stderr)
        event = listener.wait_events(1)[0]
        self.assertEqual(event["trap_name"], "ACME-MIB::acmeFanStopped")
        self.assertEqual(event["varbinds"][0],
                         {"oid": f"{FAN_STATE}.4.108.101.102.116",
                          "name": "ACME-MIB::acmeFanState.4.108.101.102.116",
                          "index": {"acmeFanName": "left"}, "type": "INTEGER", "value": 2,
                          "text": "standing"})
        self.assertEqual(event["flags"], [])

    def test_snmptrap_has_the_folders_of_net_snmp(self):
        listener = self.listen(env=self.env)
        args = ("-v", "2c", "-c", "public", netsnmp.target(listener.address()), "",
                "ACME-MIB::acmeFanStopped")
        default = {"TRAPLINE_MIBS": str(self.mibs)}
        for how, env, status in (
                ((), {}, 1), ((), default, 0), (("-M", self.mibs), {}, 0),
                (("-M", f"/none:{self.mibs}"), {}, 0), (("-M", "/none"), default, 1),
                (("-M", "+/none"), default, 0), (("-M", self.mibs, "-m", ""), default, 1),
                ((), {"MIBDIRS": str(self.mibs)}, 0), ((), default | {"MIBS": ""}, 1)):
            with self.subTest(how=how, env=env):
                result = sending.command(self, "snmptrap", *how, *args, env=self.env | env)
                self.assertEqual(result.returncode, status, result.stderr)

    def test_send_and_inform_take_names_and_labels(self):
        listener = self.listen(env=self.env)
        for command in ("send", "inform"):
            result = sending.command(
                self, command, "-M", self.mibs, sending.target(listener.address()),
                "acmeFanStopped", 'acmeFanState."left"=standing', env=self.env)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(listener.wait_events(2)[1]["varbinds"][0]["value"], 2)

    def test_decode_names_what_it_explains(self):
        result = sending.command(self, "decode", "-M", self.mibs, stopped().hex(),
                                 env=self.env)
        self.assertIn("acmeFanStopped", result.stdout)
        self.assertIn("standing", result.stdout)

    def test_folders_that_are_not_there_are_wrong_usage(self):
        for args in (("listen", "-l", "udp:127.0.0.1:0"), ("decode", "3000"),
                     ("send", "127.0.0.1", "linkDown")):
            result = sending.command(self, args[0], "-M", self.folder / "none", *args[1:],
                                     env=self.env)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn("No such file", result.stderr)

    def test_listen_tells_when_there_are_no_folders(self):
        result = self.listen(env=self.env).stop()
        self.assertRegex(result.stderr, r"(?m)^mibs: built in, \d+ notifications; ")


needs_mibs, MIBS = needs_shared("mibs")


@needs_mibs
class RealMibs(Folders):
    @classmethod
    def truth(cls):
        text = (MIBS / "TRUTH.tsv").read_text().removeprefix("#")
        return list(csv.DictReader(text.splitlines(), delimiter="\t"))

    def test_are_translated_as_agreed(self):
        rows = [x for x in self.truth() if x["agreed"] == "yes"]
        self.assertGreater(len(rows), 1000)
        lines = "\n".join(f"{x['module']}::{x['name']}" for x in rows)
        result = self.mib("translate", "-M", MIBS, stdin=lines.encode())
        wrong = [(x["module"], x["name"], x["oid"], found)
                 for x, found in zip(rows, result.stdout.splitlines()) if x["oid"] != found]
        self.assertEqual(wrong, [])

    def test_are_shown_with_their_texts(self):
        shown = self.objects("show", "-M", MIBS, "ccmHistoryEventCommandSource")[0]
        self.assertEqual([x["label"] for x in shown["labels"]], ["commandLine", "snmp"])
        self.assertEqual(shown["description"],
                         "The source of the command that instigated the event.")

    def test_are_found(self):
        found = self.objects("find", "-M", MIBS, "configuration management event as recorded")
        self.assertEqual([x["name"] for x in found], ["ciscoConfigManEvent"])


del Case

if __name__ == "__main__":
    unittest.main()
