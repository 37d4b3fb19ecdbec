"""What MIB files ask of a compiler that reads what vendors really ship: a case each, with the OIDs
of its notifications."""

import csv
import io
import os
import pathlib
import tempfile
import unittest

from harness import PROGRAM, SANITIZER, Case, run

IMPORTS = "IMPORTS enterprises, NOTIFICATION-TYPE, OBJECT-TYPE FROM SNMPv2-SMI TRAP-TYPE FROM RFC-1215;\n"
ROOT = "r OBJECT IDENTIFIER ::= { enterprises 99999 }\n"
AT = "1.3.6.1.4.1.99999."
GENERIC = "1.3.6.1.6.3.1.1.5."


def note(name, oid):
    return f'{name} NOTIFICATION-TYPE STATUS current DESCRIPTION "d" ::= {{ {oid} }}\n'


def trap(name, enterprise, number):
    return f'{name} TRAP-TYPE ENTERPRISE {enterprise} DESCRIPTION "d" ::= {number}\n'


def scalar(name="x", oid="r 1", syntax="INTEGER", text='"d"', access="ACCESS read-only STATUS mandatory"):
    return f"{name} OBJECT-TYPE SYNTAX {syntax} {access} DESCRIPTION {text} ::= {{ {oid} }}\n"


def module(*body, name="M", imports=IMPORTS, root=ROOT):
    return f"{name} DEFINITIONS ::= BEGIN\n{imports}{root}{''.join(body)}END\n"


ONE, TWO = note("a", "r 0 1"), note("b", "r 0 2")
BOTH = {"a": AT + "0.1", "b": AT + "0.2"}
FIRST = {"a": AT + "0.1"}
PAGE = "\nSmith et al.      Expires June 2004             [Page 12]\n\f\nInternet-Draft     IB MIB     March 2003\n\n"
SOURCE = module(name="A", root="q OBJECT IDENTIFIER ::= { enterprises 99999 }\n")
USE = note("a", "q 1")
USED = {"a": AT + "1"}

# what it is about: sources, the OIDs of a name (None: it has none)
CASES = {
    "text_at_the_top": ([f'From: x@y\nSubject: "MIB\n\n{module(ONE)}'], FIRST),
    "apostrophe_at_the_top": ([f"It's don't --\n{module(ONE)}"], FIRST),
    "the_word_definitions_in_prose": ([f"These DEFINITIONS ::= are\n{module(ONE)}"], FIRST),
    "page_break_between_definitions": ([module(ONE, PAGE, TWO)], BOTH),
    "page_break_in_a_definition": ([module("a NOTIFICATION-TYPE STATUS current" + PAGE + '"x\n DESCRIPTION "d" ::= { r 0 1 }\n', TWO)],
                                   {"b": AT + "0.2"}),
    "text_after_end": ([module(ONE) + 'Bye "\n' + module(TWO, name="M2")], BOTH),
    "text_after_the_second_dashes": ([module('-- c -- stray text "\n', ONE, TWO)], BOTH),
    "any_number_of_dashes": ([module("--- c\n----- d\n---------\n", ONE)], FIRST),
    "names_that_are_not_descriptors": (
        [module(note("A_b", "r 0 1"), note("CRIT-025", "r 0 2"), note("3com-x", "r 0 3"), note("x_", "r 0 4"))],
        {"A_b": AT + "0.1", "CRIT-025": AT + "0.2", "3com-x": AT + "0.3", "x_": AT + "0.4"}),
    "imports_without_semicolon": ([module(ONE, imports=IMPORTS.replace(";", ""))], FIRST),
    "imports_with_two_semicolons": ([module(ONE, imports=IMPORTS.replace(";", ";;"))], FIRST),
    "comma_before_from": ([module(ONE, imports=IMPORTS.replace(" FROM", ", FROM"))], FIRST),
    "imports_twice": ([module(ONE, imports="IMPORTS enterprises FROM SNMPv2-SMI;\nIMPORTS TRAP-TYPE FROM RFC-1215;\n")], FIRST),
    "string_that_is_not_closed": ([module('x OBJECT-TYPE SYNTAX INTEGER STATUS current DESCRIPTION "no end\n ::= { r 1 }\n\n', ONE, TWO)], BOTH),
    "string_that_quotes_a_definition": (
        [module(scalar(text='"e.g.\n  y OBJECT-TYPE\n  SYNTAX INTEGER\n ::= { z 1 }\n end"'), note("a", "x 1"))], {"a": AT + "1.1"}),
    "quotes_in_a_string": ([module(scalar(text='"a ""b"" c"'), note("a", "x 1"))], {"a": AT + "1.1"}),
    "two_descriptions": ([module('a NOTIFICATION-TYPE STATUS current DESCRIPTION "d" DESCRIPTION "e" ::= { r 0 1 }\n')], FIRST),
    "forms_of_enterprise": (
        [module(trap("a", "{ r }", 1), trap("b", "{ r 5 }", 2), trap("c", "{ iso org(3) dod(6) internet(1) private(4) enterprises(1) 99999 }", 3),
                trap("d", "1.3.6.1.4.1.99999", 4), trap("e", "enterprises.99999", 5))],
        {"a": AT + "0.1", "b": AT + "5.0.2", "c": AT + "0.3", "d": AT + "0.4", "e": AT + "0.5"}),
    "generic_traps": ([module(trap("a", "snmp", 0), trap("b", "snmp", 5), trap("c", "snmpTraps", 3), trap("d", "snmp", 6), trap("e", "{ snmp }", 2))],
                      {"a": GENERIC + "1", "b": GENERIC + "6", "c": GENERIC + "4", "d": "1.3.6.1.2.1.11.0.6", "e": GENERIC + "3"}),
    "number_of_a_trap_in_braces": ([module(trap("a", "r", "{ 7 }"))], {"a": AT + "0.7"}),
    "sub_identifiers_to_32_bits": ([module(note("a", "r 0 4294967295"), note("b", "r 0 2473918722"), note("c", "r 0 4294967296"))],
                                   {"a": AT + "0.4294967295", "b": AT + "0.2473918722", "c": None}),
    "the_last_of_two_definitions": ([module("p OBJECT IDENTIFIER ::= { r 1 }\np OBJECT IDENTIFIER ::= { r 2 }\n", note("a", "p 1"))], {"a": AT + "2.1"}),
    "a_name_of_notification_and_object": ([module(scalar("a"), ONE)], FIRST),
    "a_name_of_notification_and_trap": ([module(note("a", "r 9"), trap("a", "r", 9))], {"a": f"{AT}0.9 {AT}9"}),
    "a_symbol_of_a_third_module": ([SOURCE, module(name="B", imports="IMPORTS q FROM A;\n", root=""),
                                    module(USE, imports="IMPORTS q FROM B;\n", root="")], USED),
    "not_imported_but_unique": ([SOURCE, module(USE, imports="", root="")], USED),
    "imported_from_a_module_that_lacks_it": ([SOURCE, module(name="B", imports="", root=""), module(USE, imports="IMPORTS q FROM B;\n", root="")], USED),
    "imported_from_a_module_that_is_absent": ([SOURCE, module(USE, imports="IMPORTS q FROM A-OLD;\n", root="")], USED),
    "not_imported_and_not_unique": ([SOURCE, SOURCE.replace("99999", "99998").replace("A DEF", "B DEF"), module(USE, imports="", root="")], {"a": None}),
    "roots_that_are_not_imported": ([module(note("a", "r 1"), note("b", "mib-2 77"), note("c", "snmpModules 88"), imports="")],
                                    {"a": AT + "1", "b": "1.3.6.1.2.1.77", "c": "1.3.6.1.6.3.88"}),
    "roots_that_are_defined_again": (
        [module(ONE, imports="internet OBJECT IDENTIFIER ::= { iso(1) org(3) dod(6) 1 }\nprivate OBJECT IDENTIFIER ::= { internet 4 }\n"
                             "enterprises OBJECT IDENTIFIER ::= { private 1 }\n")], FIRST),
    "placeholders": ([module("m OBJECT IDENTIFIER ::= { mib-2 xx }\n", note("a", "m 1"), note("b", "mib-2 yyy"))], {"a": None, "b": None}),
    "no_guess_for_a_local_name": ([SOURCE, module("q OBJECT IDENTIFIER ::= { nowhere 1 }\n", USE)], {"a": None}),
    "carriage_returns_and_newlines": ([module(ONE).replace("\n", "\r\n")], FIRST),
    "carriage_returns": (["-- c\r" + module("-- x\n", ONE).replace("\n", "\r")], FIRST),
    "control_z": ([module(ONE, "\x1a\n", TWO) + "\x1a"], BOTH),
    "byte_order_mark": (["\xef\xbb\xbf" + module(ONE)], FIRST),
    "latin_1_between_definitions": ([module("\xa0", ONE, "\xe9\xe8\n", TWO)], BOTH),
    "spaces_of_latin_1": ([module(ONE.replace(" ", "\xa0"))], FIRST),
    "quotes_of_utf_8": ([module(scalar(text="\xe2\x80\x9cd\xe2\x80\x9d"), ONE)], FIRST),
    "unknown_access": ([module(scalar(access="ACCESS banana STATUS optionall"), note("a", "x 1"))], {"a": AT + "1.1"}),
    "size_that_is_not_closed": ([module(scalar(syntax="OCTET STRING (SIZE (0 .. MAX"), note("a", "x 1"))], {"a": AT + "1.1"}),
    "odd_labels": ([module(scalar(syntax="INTEGER { TRUE(1), FALSE(2), 10Mb(3), foo_bar(4), (5) , neg(-1), hex('0A'H) }"), note("a", "x 1"))],
                   {"a": AT + "1.1"}),
    "trap_without_a_number": ([module('a TRAP-TYPE ENTERPRISE r DESCRIPTION "d"\n', trap("b", "r", 2))], {"a": None, "b": AT + "0.2"}),
    "brace_that_is_not_closed": ([module("x OBJECT IDENTIFIER ::= { r 1\ny OBJECT IDENTIFIER ::= { r 2 }\n", note("a", "y 1"), note("b", "x 1"))],
                                 {"a": AT + "2.1", "b": AT + "1.1"}),
    "module_without_end": ([module(ONE, name="A").replace("END", "") + module(TWO, imports="IMPORTS r FROM A;\n", root="")], BOTH),
    "head_with_an_oid_and_tags": ([f"A {{ iso org(3) }} DEFINITIONS IMPLICIT TAGS ::= BEGIN {ROOT}{ONE}END"], FIRST),
    "head_over_lines_with_a_comment": ([f"A\n -- it's\n DEFINITIONS\n ::=\n BEGIN {ROOT}{ONE}END"], FIRST),
    "dots_and_commas_in_an_oid": ([module("q OBJECT IDENTIFIER ::= { r.4.5 }\n", note("a", "q 1"), note("b", "r, 0, 2"))],
                                  {"a": AT + "4.5.1", "b": AT + "0.2"}),
    "names_along_an_oid": ([module("s OBJECT IDENTIFIER ::= { r 3 }\nu OBJECT IDENTIFIER ::= { s 4 }\n", note("a", "r s u 1"), note("b", "r traps(0) b(2)"))],
                           {"a": AT + "3.4.1", "b": AT + "0.2"}),
    "path_of_names_from_iso": ([module(USE, root="q OBJECT IDENTIFIER ::= { iso org dod internet private enterprises 99999 }\n", imports="")], USED),
    "macro_in_the_module": ([module('NOTIFICATION-TYPE MACRO ::= BEGIN TYPE NOTATION ::= "a" VALUE NOTATION ::= value (VALUE OBJECT IDENTIFIER) END\n', ONE)], FIRST),
    "comma_behind_the_last_object": ([module(scalar(), 'a NOTIFICATION-TYPE OBJECTS { x, x, } STATUS current DESCRIPTION "d" ::= { r 0 1 }\n')], FIRST),
    "variables_without_braces": ([module('a TRAP-TYPE ENTERPRISE r VARIABLES x DESCRIPTION "d" ::= 1\n', trap("b", "r", 2))], BOTH),
    "macro_name_in_lower_case": ([module(ONE.replace("NOTIFICATION-TYPE", "notification-type"))], FIRST),
}


def compiled(case, sources):
    """The notifications of the modules: name -> OIDs, in order."""
    with tempfile.TemporaryDirectory() as folder:
        for i, text in enumerate(sources):
            (pathlib.Path(folder) / f"{i}.mib").write_bytes(text.encode("latin-1"))
        env = dict(os.environ) | {"TRAPLINE_MIBS": "", "XDG_CACHE_HOME": folder + "/cache"}
        dictionary = folder + "/out"
        for argv in (["compile", folder, "-o", dictionary], ["list", "-f", "csv", "-M", dictionary]):
            result = run([PROGRAM, "mib", *argv], env=env)
            case.assertIsNone(SANITIZER.search(result.stderr.decode()), result.stderr)
            case.assertEqual(result.returncode, 0, result.stderr)
    found = {}
    for row in csv.DictReader(io.StringIO(result.stdout.decode())):
        if row["module"] in ("M", "M2", "A", "B"):
            found.setdefault(row["name"], []).append(row["oid"])
    return found


def add(name, sources, expected):
    def test(self):
        found = compiled(self, sources)
        self.assertEqual({x: " ".join(sorted(found[x])) if x in found else None for x in expected}, expected)
    setattr(MibRules, f"test_reads_{name}", test)


class MibRules(Case):
    pass


for clause, (texts, oids) in CASES.items():
    add(clause, texts, oids)


if __name__ == "__main__":
    unittest.main()
