"""Names, indexes and rendered values of 500 varbinds over all syntaxes of the well-known MIB
modules: trapline's against net-snmp's. What may differ stands in DIFFERENCES, with its reason."""

import collections
import json
import os
import re
import socket
import subprocess
import tempfile
import unittest

import ber
import messages
import mib_varbinds
import netsnmp
from harness import PROGRAM, Case, needs_shared, run
from sending import Trapd, needs_trapd

COUNT = 500
NEEDS_MIBS, MIBS = needs_shared("mibs")
Theirs = collections.namedtuple("Theirs", "module object index kind text")
Ours = collections.namedtuple("Ours", "module object index value text flags encoding")
HEX_GROUPS = re.compile(r"[0-9a-f]+([:-][0-9a-f]+)+$")
DATE = re.compile(r"(\d+)-(\d+)-(\d+),(\d+):(\d+):(\d+)\.(\d)(?:,([+-])(\d+):(\d+))?$")
WRONG_TYPE = re.compile(r"Wrong Type \(should be [^)]*(?:\([^)]*\))?\): ")
LABELLED = re.compile(r"(.*)\((-?\d+)\)$", re.S)


class Translator:
    """snmptranslate with all of the modules, many names or OIDs in one call."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.env = dict(os.environ) | {"HOME": self.folder.name, "SNMPCONFPATH": self.folder.name,
                                       "SNMP_PERSISTENT_DIR": self.folder.name}

    def __call__(self, option, *what):
        out = run(["snmptranslate", "-Pu", "-Ir", "-m", "ALL", "-M", str(MIBS), option, *what],
                  env=self.env).stdout.decode("utf-8", "replace")
        lines = [line for line in out.split("\n") if line]
        if len(lines) != len(what):
            raise AssertionError(f"snmptranslate: {len(lines)} answers to {len(what)} questions")
        return lines


class NamingTrapd(Trapd):
    """snmptrapd that knows the modules, and prints the last varbind."""

    FORMAT = "GOT|%V\x01%v\x02\\n"
    OUTPUT = "-OXU"

    def start(self, conf, path):
        self.env |= {"MIBS": "ALL", "MIBDIRS": str(MIBS)}
        super().start(conf, path)

    def values(self, count):
        self.wait(lambda: sum("\x02" in line for line in self.lines) >= count)
        text = "\n".join(self.lines)
        return [part.split("\x02")[0].split("\x01")[-1] for part in text.split("GOT|")[1:]]


def split_index(text):
    """The items of net-snmp's [a]["b"][STRING: c]."""
    items = re.findall(r'\[(".*?"|\'.*?\'|[^\]]*)\]', text, re.S)
    return [re.sub(r"^(STRING|Hex-STRING): ", "", x).strip("\"'") for x in items]


def plain(text):
    """Groups of hex digits of any width, dates and OIDs, in one form."""
    text = re.sub(r"^SNMPv2-SMI::enterprises\.", "1.3.6.1.4.1.", text)
    if found := DATE.match(text):
        year, *rest = found.groups()
        date = "{}-{:0>2}-{:0>2}T{:0>2}:{:0>2}:{:0>2}.{}".format(year, *rest[:6])
        return date + ("{}{:0>2}:{:0>2}".format(*rest[6:]) if rest[6] else "")
    if HEX_GROUPS.match(text):
        return re.sub(r"(?<![0-9a-f])0+(?=[0-9a-f])", "", text)
    return text


def theirs(name, value):
    """|name|: of snmptranslate -OXe; |value|: of snmptrapd, "NAME = TYPE: TEXT"."""
    module, _, rest = name.partition("::")
    found = re.match(r"([\w-]+)(\.0$|\[.*)?(.*)", rest, re.S)
    value = value.split(" = ", 1)[1]
    wrong = WRONG_TYPE.match(value)
    value = value[wrong.end():] if wrong else value
    kind, colon, text = value.partition(": ")
    if not colon or not re.match(r"[A-Za-z][\w-]*$", kind):
        kind, text = "STRING", value  # an empty string
    if text[:1] == text[-1:] == '"' and len(text) > 1:
        text = text[1:-1]
    index = split_index(found[2]) if found[2] and found[2] != ".0" else []
    return Theirs(module, found[1] + (found[3] or ""), index, "wrong " + kind if wrong else kind, text)


def ours(event):
    vb = event["varbinds"][0]
    module, _, rest = vb.get("name", "").partition("::")
    return Ours(module, rest.split(".")[0], [str(x) for x in vb.get("index", {}).values()],
                vb["value"], vb.get("text"), event["flags"], vb.get("encoding"))


def ticks(n):
    return f"{n // 8640000}d {n // 360000 % 24:02}:{n // 6000 % 60:02}:{n // 100 % 60:02}.{n % 100:02}"


def same_number(t, o):
    label = LABELLED.match(t.text)
    if label:
        return o.text == label[1] and o.value == int(label[2])
    return t.text == (str(o.value) if o.text is None else o.text)


def same_string(t, o):
    shown = o.text if o.text is not None else o.value
    return plain(t.text) == plain(shown)


def same_hex(t, o):
    content = t.text.replace(" ", "").replace("\n", "").lower()
    return o.text is None and o.encoding == "hex" and content == o.value


def bits(t):
    return re.sub(r"^([0-9A-F]{2} )+", "", t.text + " ").split()


def has_bare_bit(t):
    return not all(LABELLED.match(word) for word in bits(t))


def same_bits(t, o):
    labels = [LABELLED.match(w)[1] if LABELLED.match(w) else w for w in bits(t)]
    return labels == (o.text.split(",") if o.text else [])


def same_ticks(t, o):
    number = int(re.match(r"\((\d+)\)", t.text)[1])
    return number == o.value and ("0d " * ("d " not in o.text) + o.text) == ticks(number)


def same_float(t, o):
    kind, _, number = t.text.partition(": ")
    return kind in ("Float", "Double") and abs(float(number) - float(o.text)) < 1e-5


SAME = {"INTEGER": same_number, "Gauge32": same_number, "Counter32": same_number,
        "Counter64": same_number, "STRING": same_string, "Hex-STRING": same_hex,
        "BITS": same_bits, "Timeticks": same_ticks, "Opaque": same_float,
        "OID": lambda t, o: t.text == (o.text or o.value),
        "IpAddress": lambda t, o: t.text == o.value and o.text is None}


def may_misfit(t):
    """A number, or a bit, that net-snmp has no label for."""
    return t.kind == "INTEGER" and not LABELLED.match(t.text) or t.kind == "BITS" and has_bare_bit(t)


def same_value(t, o):
    if t.kind.startswith("wrong "):
        return o.text is None and "syntax-mismatch" in o.flags
    misfit = "syntax-mismatch" in o.flags
    if misfit and not may_misfit(t) or t.kind == "BITS" and misfit != has_bare_bit(t):
        return False
    return t.kind in SAME and SAME[t.kind](t, o)


def same_index(t, o):
    return [plain(x) for x in t.index] == [plain(x) for x in o.index]


TICKS = re.compile(r"\d+:\d+:\d\d\.\d\d$")
LABELS = {"ipv4": 1, "ipv6": 2, "ipv4z": 3, "ipv6z": 4, "dns": 16, "x121": 10, "e164": 8, "all802": 6}


def same_but_items(t, o, differ):
    """That the indexes have as many items, and those that are not the same are as |differ| says."""
    pairs = list(zip(map(plain, t.index), map(plain, o.index)))
    return len(t.index) == len(o.index) and all(a == b or differ(a, b) for a, b in pairs)


def is_number_of(label, number):
    return (TICKS.match(label) and number.isdigit()) or str(LABELS.get(label)) == number


# what differs: which part, when it may, why
DIFFERENCES = (
    ("name", lambda t, o: t.module == "RFC1213-MIB" and t.object == o.object and
     o.module in ("IP-MIB", "TCP-MIB"),
     "IP-MIB and TCP-MIB, which are built in, replace RFC1213-MIB (RFC 4293, RFC 4022)"),
    ("index", lambda t, o: same_but_items(t, o, lambda a, b: a == "1." + b),
     "a NetworkAddress is an IpAddress; the 1 before it tells that (RFC 1212 section 4.1.6)"),
    ("index", lambda t, o: same_but_items(t, o, is_number_of),
     "what is a number in an index is written as that: no label, no TimeTicks"),
    ("value", lambda t, o: re.match(r"-?\.\d", t.text) and float(t.text) == float(o.text),
     "DISPLAY-HINT d-N has a digit before its point (RFC 2579 section 3.1: \"0.05\")"),
    ("value", lambda t, o: t.object == "atPhysAddress" and t.kind == "Hex-STRING" and
     t.text.strip().lower().replace(" ", ":") == o.text,
     "PhysAddress of SMIv1, which has no DISPLAY-HINT, is shown as that of SMIv2"),
    ("value", lambda t, o: o.encoding == "hex" and o.text is None and t.kind == "STRING" and
     "\ufffd" in t.text,
     "what is not UTF-8 is hexadecimal; net-snmp writes the bytes as they are"),
)


class Agreement(Case):
    @NEEDS_MIBS
    @needs_trapd
    @netsnmp.needs_netsnmp
    def test_names_and_renders_as_net_snmp_does(self):
        translate = Translator()
        known = [*mib_varbinds.OBJECTS, *mib_varbinds.NAMES]
        oids = dict(zip(known, (x.lstrip(".") for x in translate("-On", *known))))
        varbinds = mib_varbinds.draw(oids, COUNT)
        datagrams = [messages.v2c(ber.varbind(vb.oid, vb.value)) for vb in varbinds]
        names = translate("-OXe", *("." + vb.oid for vb in varbinds))
        pairs = list(zip(map(theirs, names, self.heard(datagrams)), map(ours, self.decoded(datagrams))))
        self.assertEqual(len(pairs), COUNT)
        self.compare(varbinds, pairs)

    def heard(self, datagrams):
        trapd = NamingTrapd()
        self.addCleanup(trapd.close)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for i, datagram in enumerate(datagrams, 1):
                s.sendto(datagram, trapd.address)
                if i % 20 == 0 or i == len(datagrams):
                    values = trapd.values(i)
        return values

    def decoded(self, datagrams):
        with tempfile.TemporaryDirectory() as folder:
            env = dict(os.environ) | {"TRAPLINE_MIBS": "", "XDG_CACHE_HOME": folder}
            result = run([PROGRAM, "decode", "-f", "json", "-M", str(MIBS),
                          *(d.hex() for d in datagrams)], env=env)
        self.assertEqual(result.returncode, 0, result.stderr[-2000:])
        return [json.loads(line) for line in result.stdout.decode().splitlines()]

    def compare(self, varbinds, pairs):
        allowed, wrong = collections.Counter(), []
        for vb, (t, o) in zip(varbinds, pairs):
            for part, same in (("name", (t.module, t.object) == (o.module, o.object)),
                               ("index", same_index(t, o)), ("value", same_value(t, o))):
                if same:
                    continue
                why = next((d for d in DIFFERENCES if d[0] == part and d[1](t, o)), None)
                allowed[why and why[2]] += 1
                if why is None:
                    wrong.append(f"{part} of {vb.object} ({vb.kind}) {vb.oid}:\n  theirs {t}\n  ours   {o}")
        self.assertFalse(wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong))
        self.assertEqual(set(allowed), {d[2] for d in DIFFERENCES}, "rows that nothing needs")


if __name__ == "__main__":
    unittest.main()
