"""MIB texts that are made to hurt, each as long as one asks: name -> function of n."""

HEAD = "M DEFINITIONS ::= BEGIN\nIMPORTS OBJECT-TYPE, NOTIFICATION-TYPE, enterprises FROM SNMPv2-SMI;\n"
ROOT = "r OBJECT IDENTIFIER ::= { enterprises 99999 }\n"
TAIL = "END\n"
CURRENT = "MAX-ACCESS read-only STATUS current DESCRIPTION \"d\""


def module(body):
    return HEAD + ROOT + body + TAIL


def scalar(name, syntax="INTEGER", oid="r 1", extra=""):
    return f"{name} OBJECT-TYPE SYNTAX {syntax} {CURRENT} {extra} ::= {{ {oid} }}\n"


def table(extra, n=1):
    """Row |n| with |extra| (INDEX, AUGMENTS) and a column."""
    return (f"t{n} OBJECT-TYPE SYNTAX SEQUENCE OF E{n} {CURRENT} ::= {{ r {n} }}\n"
            f"e{n} OBJECT-TYPE SYNTAX E{n} {CURRENT} {extra} ::= {{ t{n} 1 }}\n"
            f"c{n} OBJECT-TYPE SYNTAX INTEGER {CURRENT} ::= {{ e{n} 1 }}\n")


def notification(name, objects, oid="r 0 1"):
    return f"{name} NOTIFICATION-TYPE {objects} STATUS current DESCRIPTION \"d\" ::= {{ {oid} }}\n"


def each(n, line):
    return "".join(line(i) for i in range(n))


def joined(n, item):
    return ", ".join(item(i) for i in range(n))


def modules(n, body, imports=lambda i: ""):
    return each(n, lambda i: f"M{i} DEFINITIONS ::= BEGIN\n{imports(i)}{body(i)}END\n")


def imported(name, source):
    return f"IMPORTS {name} FROM {source};\n"


def chain(n, line, backwards=False):
    order = range(n - 1, -1, -1) if backwards else range(n)
    return "".join(line(i) for i in order)


def oid_line(i):
    return f"a{i + 1} OBJECT IDENTIFIER ::= {{ a{i} 1 }}\n"


def type_line(i):
    return f"T{i + 1} ::= TEXTUAL-CONVENTION STATUS current DESCRIPTION \"d\" SYNTAX T{i}\n"


FIRST_TYPE = "T0 ::= TEXTUAL-CONVENTION STATUS current DESCRIPTION \"d\" SYNTAX INTEGER { a(1) }\n"

TEXTS = {
    # long tokens
    "identifier": lambda n: module(f"{'a' * 100 * n} OBJECT IDENTIFIER ::= {{ r 1 }}\n"),
    "identifier, hyphens": lambda n: module(f"{'a-' * 50 * n}b OBJECT IDENTIFIER ::= {{ r 1 }}\n"),
    "string": lambda n: module(scalar("s", extra=f'REFERENCE "{"x" * 100 * n}"')),
    "string, of lines": lambda n: module(scalar("s", extra='REFERENCE "' + "word word\n" * 10 * n + '"')),
    "string, of definitions": lambda n: module(scalar("s", extra='REFERENCE "' + "\nx OBJECT-TYPE SYNTAX INTEGER" * 3 * n + '"')),
    "string without end": lambda n: module(scalar("s", extra=f'REFERENCE "{"x " * 50 * n}')),
    "strings without end": lambda n: module(each(n, lambda i: scalar(f"s{i}", extra='REFERENCE "x', oid=f"r {i}"))),
    "strings of three quotes": lambda n: module(each(n, lambda i: scalar(f"s{i}", extra='REFERENCE "x"" ', oid=f"r {i}"))),
    "number": lambda n: module(f"a OBJECT IDENTIFIER ::= {{ r {'9' * 100 * n} }}\n"),
    "hexadecimal": lambda n: module(scalar("s", extra=f"DEFVAL {{ '{'ab' * 50 * n}'H }}")),
    "apostrophes": lambda n: module("'\n" * 10 * n),
    "hint": lambda n: module(f'T ::= TEXTUAL-CONVENTION DISPLAY-HINT "{"1x:" * 30 * n}" STATUS current DESCRIPTION "d" SYNTAX OCTET STRING\n' + scalar("s", "T")),
    "dashes": lambda n: module("-" * 100 * n + "\n"),
    "comments": lambda n: module("-- x -- \n" * 10 * n),
    "newlines": lambda n: module("\r" * 50 * n + "\n" * 50 * n),
    "nothing but bytes": lambda n: "\x00\xff" * 50 * n,
    "stray bytes": lambda n: module("\x00\x80 $ % \n" * 10 * n),
    # many of something in one definition
    "arcs": lambda n: module("a OBJECT IDENTIFIER ::= { r " + "1 " * n + "}\n"),
    "arcs with names": lambda n: module("a OBJECT IDENTIFIER ::= { r " + each(n, lambda i: f"x{i}({i}) ") + "}\n"),
    "labels": lambda n: module(scalar("s", "INTEGER { " + joined(n, lambda i: f"x{i}({i})") + " }")),
    "labels, backwards": lambda n: module(scalar("s", "INTEGER { " + joined(n, lambda i: f"x{i}({n - i})") + " }")),
    "labels, one number": lambda n: module(scalar("s", "INTEGER { " + joined(n, lambda i: f"x{i}(1)") + " }")),
    "bits": lambda n: module(scalar("s", "BITS { " + joined(n, lambda i: f"x{i}({i})") + " }")),
    "ranges": lambda n: module(scalar("s", "INTEGER (" + " | ".join(f"{2 * i}..{2 * i + 1}" for i in range(n)) + ")")),
    "imports": lambda n: "M DEFINITIONS ::= BEGIN IMPORTS " + joined(n, lambda i: f"x{i}") + " FROM N;\n" + ROOT + TAIL,
    "imports from many": lambda n: "M DEFINITIONS ::= BEGIN IMPORTS " + each(n, lambda i: f"x{i} FROM N{i} ") + ";\n" + ROOT + TAIL,
    "imports of one name": lambda n: "M DEFINITIONS ::= BEGIN IMPORTS " + each(n, lambda i: f"x FROM N{i} ") + ";\n" + ROOT + "a OBJECT IDENTIFIER ::= { x 1 }\n" + TAIL,
    "imports without end": lambda n: "M DEFINITIONS ::= BEGIN IMPORTS " + "x, " * n,
    "index": lambda n: module(table("INDEX { " + joined(n, lambda i: "c1") + " }")),
    "index of unknowns": lambda n: module(table("INDEX { " + joined(n, lambda i: f"x{i}") + " }")),
    "objects": lambda n: module(scalar("s") + notification("n", "OBJECTS { " + joined(n, lambda i: "s") + " }")),
    "objects unknown": lambda n: module(notification("n", "OBJECTS { " + joined(n, lambda i: f"x{i}") + " }")),
    "variables": lambda n: module("n TRAP-TYPE ENTERPRISE r VARIABLES { " + joined(n, lambda i: f"x{i}") + " } ::= 1\n"),
    "sequence": lambda n: module("E ::= SEQUENCE { " + joined(n, lambda i: f"x{i} INTEGER") + " }\n"),
    "clauses": lambda n: module("s OBJECT-TYPE SYNTAX INTEGER " + 'DESCRIPTION "d" ' * n + "::= { r 1 }\n"),
    "group": lambda n: module("g OBJECT-GROUP OBJECTS { " + joined(n, lambda i: f"x{i}") + ' } STATUS current DESCRIPTION "d" ::= { r 1 }\n'),
    "revisions": lambda n: "M DEFINITIONS ::= BEGIN IMPORTS enterprises FROM SNMPv2-SMI;\nm MODULE-IDENTITY LAST-UPDATED \"202001010000Z\" ORGANIZATION \"o\" CONTACT-INFO \"c\" DESCRIPTION \"d\" " + 'REVISION "202001010000Z" DESCRIPTION "r" ' * n + "::= { enterprises 99999 }\n" + TAIL,
    # depth
    "braces": lambda n: module("a OBJECT IDENTIFIER ::= " + "{ " * 50 * n),
    "braces, closed": lambda n: module(scalar("s", extra="DEFVAL " + "{" * 40 * n + "}" * 40 * n)),
    "parentheses": lambda n: module(scalar("s", "INTEGER " + "(" * 80 * n)),
    "sequences": lambda n: module("E ::= " + "SEQUENCE { x " * 8 * n),
    "choices": lambda n: module("E ::= " + "CHOICE { x " * 8 * n + "INTEGER" + " }" * 8 * n + "\n"),
    "sequences of": lambda n: module(scalar("s", "SEQUENCE OF " * 8 * n + "E")),
    "tags": lambda n: module("E ::= " + "[APPLICATION 1] IMPLICIT " * 4 * n + "INTEGER\n"),
    "macros": lambda n: module("X MACRO ::= BEGIN\n" * 5 * n),
    "heads": lambda n: "M DEFINITIONS ::= BEGIN " * 4 * n,
    "heads without begin": lambda n: "M DEFINITIONS " * 8 * n,
    "names": lambda n: module("a " * 50 * n),
    "keywords": lambda n: module("OBJECT-TYPE " * 8 * n),
    "starts": lambda n: module("x OBJECT-TYPE\n" * 8 * n),
    "starts of traps": lambda n: module("x TRAP-TYPE ENTERPRISE\n" * 5 * n),
    "assignments": lambda n: module("::= " * 25 * n),
    "ends": lambda n: HEAD + TAIL * 25 * n,
    # chains and circles
    "parents": lambda n: module("a0 OBJECT IDENTIFIER ::= { r 1 }\n" + chain(n, oid_line)),
    "parents, backwards": lambda n: module(chain(n, oid_line, True) + "a0 OBJECT IDENTIFIER ::= { r 1 }\n"),
    "parents, from nowhere": lambda n: module(chain(n, oid_line)),
    "parents, from nowhere, backwards": lambda n: module(chain(n, oid_line, True)),
    "parents, a circle": lambda n: module(chain(n, oid_line) + f"a0 OBJECT IDENTIFIER ::= {{ a{n} 1 }}\n"),
    "circles": lambda n: module(each(n, lambda i: f"a{i} OBJECT IDENTIFIER ::= {{ a{i} 1 }}\n")),
    "types": lambda n: module(FIRST_TYPE + chain(n, type_line) + scalar("s", f"T{n}")),
    "types, backwards": lambda n: module(scalar("s", f"T{n}") + chain(n, type_line, True) + FIRST_TYPE),
    "types, a circle": lambda n: module(chain(n, type_line) + type_line(-1).replace("T-1", f"T{n}") + scalar("s", "T1")),
    "types, a use of each": lambda n: module(FIRST_TYPE + chain(n, type_line) + each(n, lambda i: scalar(f"s{i}", f"T{i}", f"r {i}"))),
    "labels, many objects of one type": lambda n: module("T ::= INTEGER { " + joined(n, lambda i: f"x{i}({i})") + " }\n" + each(n, lambda i: scalar(f"s{i}", "T", f"r {i}"))),
    "augments": lambda n: module(table("INDEX { c1 }") + each(n, lambda i: table(f"AUGMENTS {{ e{i + 1} }}", i + 2))),
    "augments, backwards": lambda n: module(chain(n, lambda i: table(f"AUGMENTS {{ e{i + 1} }}", i + 2), True) + table("INDEX { c1 }")),
    "augments, a circle": lambda n: module(each(n, lambda i: table(f"AUGMENTS {{ e{(i + 1) % n} }}", i))),
    "augments, one row": lambda n: module(table("INDEX { c1 }") + each(n, lambda i: table("AUGMENTS { e1 }", i + 2))),
    "columns of a long index": lambda n: module(table("INDEX { " + joined(n, lambda i: "c1") + " }") + each(n, lambda i: scalar(f"s{i}", oid=f"e1 {i + 2}"))),
    # many definitions
    "definitions": lambda n: module(each(n, lambda i: scalar(f"s{i}", oid=f"r {i}"))),
    "definitions of one name": lambda n: module(each(n, lambda i: scalar("s", oid=f"r {i}"))),
    "definitions of one OID": lambda n: module(each(n, lambda i: scalar(f"s{i}"))),
    "definitions of one name and OID": lambda n: module(each(n, lambda i: scalar("s"))),
    "notifications of one OID": lambda n: module(each(n, lambda i: notification(f"n{i}", ""))),
    "traps of one number": lambda n: module(each(n, lambda i: f"n{i} TRAP-TYPE ENTERPRISE r ::= 1\n")),
    "without a parent": lambda n: module(each(n, lambda i: scalar(f"s{i}", oid=f"x{i} 1"))),
    "without the one parent": lambda n: module(each(n, lambda i: scalar(f"s{i}", oid="x 1"))),
    "names of a vendor": lambda n: "M DEFINITIONS ::= BEGIN\nIMPORTS " + joined(n, lambda i: f"x{i}") + " FROM X;\n" + each(n, lambda i: f"s{i} OBJECT IDENTIFIER ::= {{ ciscoMgmt {i} }}\n") + TAIL,
    "names with their module": lambda n: module(each(n, lambda i: f"s{i} OBJECT IDENTIFIER ::= {{ A{i}.b{i} {i} }}\n")),
    "objects of each": lambda n: module(scalar("s") + each(n, lambda i: notification(f"n{i}", "OBJECTS { " + joined(50, lambda j: "s") + " }", f"r 0 {i}"))),
    "names that collide": lambda n: module(each(n, lambda i: scalar("".join("aB"[i >> b & 1] for b in range(17)), oid=f"r {i}"))),
    # many modules
    "modules": lambda n: modules(n, lambda i: ""),
    "modules of one name": lambda n: each(n, lambda i: f"M DEFINITIONS ::= BEGIN x{i} OBJECT IDENTIFIER ::= {{ enterprises {i} }}\nEND\n"),
    "modules, one name each": lambda n: modules(n, lambda i: f"x OBJECT IDENTIFIER ::= {{ enterprises {i} }}\n"),
    "modules, one name each, used": lambda n: modules(n, lambda i: f"x OBJECT IDENTIFIER ::= {{ enterprises {i} }}\n") + "Z DEFINITIONS ::= BEGIN\n" + each(n, lambda i: f"z{i} OBJECT IDENTIFIER ::= {{ x {i} }}\n") + TAIL,
    "modules, one unknown each": lambda n: modules(n, lambda i: "y OBJECT IDENTIFIER ::= { x 1 }\n"),
    "imports, a circle": lambda n: modules(n, lambda i: f"y{i} OBJECT IDENTIFIER ::= {{ x 1 }}\n", lambda i: imported("x", f"M{(i + 1) % n}")),
    "imports, a chain": lambda n: modules(n, lambda i: f"y{i} OBJECT IDENTIFIER ::= {{ x 1 }}\n", lambda i: imported("x", f"M{i + 1}")) + f"M{n} DEFINITIONS ::= BEGIN x OBJECT IDENTIFIER ::= {{ enterprises 1 }}\nEND\n",
    "imports, a chain, backwards": lambda n: f"M{n} DEFINITIONS ::= BEGIN x OBJECT IDENTIFIER ::= {{ enterprises 1 }}\nEND\n" + "".join(f"M{i} DEFINITIONS ::= BEGIN\n{imported('x', f'M{i + 1}')}y{i} OBJECT IDENTIFIER ::= {{ x 1 }}\nEND\n" for i in range(n - 1, -1, -1)),
    "parents through modules": lambda n: modules(n, lambda i: f"x{i} OBJECT IDENTIFIER ::= {{ x{i + 1} 1 }}\n", lambda i: imported(f"x{i + 1}", f"M{i + 1}")) + f"M{n} DEFINITIONS ::= BEGIN x{n} OBJECT IDENTIFIER ::= {{ enterprises 1 }}\nEND\n",
    "types through modules": lambda n: modules(n, lambda i: f"T{i} ::= T{i + 1}\n" + scalar(f"s{i}", f"T{i}", f"enterprises {i}"), lambda i: imported(f"T{i + 1}", f"M{i + 1}")) + f"M{n} DEFINITIONS ::= BEGIN T{n} ::= INTEGER {{ a(1) }}\nEND\n",
    "modules that import all": lambda n: modules(max(n // 100, 2), lambda i: f"x{i} OBJECT IDENTIFIER ::= {{ enterprises {i} }}\n", lambda i: "IMPORTS " + each(max(n // 100, 2), lambda j: f"x{j} FROM M{j} ") + ";\n"),
}
