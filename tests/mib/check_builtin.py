#!/usr/bin/env python3
"""Compares the built-in dictionary with the MIB modules, as libsmi's smidump reads them.

usage: check_builtin.py DUMP_PROGRAM SOURCE_ROOT

DUMP_PROGRAM prints the dictionary (dump_builtin.c). The modules are looked for in
"mibs" and "mibs.tar.xz" of $TRAPLINE_SHARED, or of "shared" beside the source, and in
$TRAPLINE_MIBS; where they or smidump are lacking, the test is skipped (exit 77). Names,
OIDs, types, hints, sizes, labels, indexes and objects must be the same for every module
that is there."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

SKIP = 77

TYPES = {"Integer32": 2, "Enumeration": 2, "OctetString": 4, "Bits": 4,
         "ObjectIdentifier": 6, "Unsigned32": 66, "Unsigned64": 70}
SMI = {"IpAddress": 64, "NetworkAddress": 64, "Counter": 65, "Counter32": 65,
       "Gauge": 66, "Gauge32": 66, "Unsigned32": 66, "TimeTicks": 67, "Opaque": 68,
       "Counter64": 70, "Integer32": 2, "ObjectIdentifier": 6, "OctetString": 4}
SPECIALS = {"DateAndTime": 2, "InetAddressType": 3, "InetAddress": 4,
            "InetAddressIPv4": 4, "InetAddressIPv6": 4, "InetAddressIPv4z": 4,
            "InetAddressIPv6z": 4, "Ipv6Address": 4, "NetworkAddress": 5}

# What is known to differ from the files, and why.
KNOWN = {
    # A trap of RFC 1215, in the form that RFC 3584 gives it; no module defines it so.
    "RFC1213-MIB::egpNeighborLoss",
    # The file is a draft that gives it other objects than RFC 2787.
    "VRRP-MIB::vrrpTrapNewMaster",
}


def folders(root, scratch):
    """Where modules are, those of the IETF and IEEE unpacked from the archive as well."""
    shared = os.environ.get("TRAPLINE_SHARED", os.path.join(root, "..", "shared"))
    tops = [os.path.join(shared, "mibs"), os.environ.get("TRAPLINE_MIBS", "")]
    archive = os.path.join(shared, "mibs.tar.xz")
    if os.path.exists(archive):
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile() and os.path.dirname(member.name).endswith("/rfc"):
                    member.name = os.path.basename(member.name)
                    tar.extract(member, scratch)
        tops.append(scratch)
    found = [top for top in tops if top and os.path.isdir(top)]
    return [path for top in found for path, _, _ in os.walk(top)]


def load(module, path):
    """What smidump says of a module; None if it does not know it."""
    env = dict(os.environ, SMIPATH=":".join(path))
    text = subprocess.run(["smidump", "-k", "-q", "-f", "python", module], env=env,
                          capture_output=True, check=False).stdout.decode("latin-1")
    text = re.sub(r'"(units|format|default)" : "([^"]*)"',
                  lambda m: '"%s" : %r' % (m[1], m[2]), text)
    scope = {}
    try:
        exec(text, scope)
    except SyntaxError:
        return None
    return scope.get("MIB")


class Modules:
    def __init__(self, path):
        self.path, self.loaded = path, {}

    def get(self, module):
        if module not in self.loaded:
            self.loaded[module] = load(module, self.path)
        return self.loaded[module]


def size_of(definition):
    ranges = definition.get("ranges") or [definition[key] for key in ("range",)
                                          if key in definition]
    if not ranges:
        return None
    return "%d..%d" % (min(int(r["min"]) for r in ranges),
                       min(max(int(r["max"]) for r in ranges), 65535))


def labels_of(definition):
    rows = [(int(v["number"]), k) for k, v in definition.items()
            if isinstance(v, dict) and v.get("nodetype") == "namednumber"]
    return " ".join("%s(%d)" % (k, n) for n, k in sorted(rows))


def syntax_of(modules, module, name, definition):
    """type, special, hint, SIZE, labels of a type or an object's own; None if unknown."""
    if name in SMI and module in ("", "SNMPv2-SMI", "RFC1155-SMI"):
        return [SMI[name], SPECIALS.get(name, 0), "", "0..65535", ""]
    if definition is None:
        known = modules.get(module)
        if known is None:
            return None
        definition = known["typedefs"][name]
    if "name" in definition:
        return syntax_of(modules, definition.get("module", ""), definition["name"], None)
    out = [TYPES[definition["basetype"]], int(definition["basetype"] == "Bits"), "",
           "0..65535", ""]
    parent = definition.get("parent module")
    if parent:
        out = syntax_of(modules, parent["name"], parent["type"], None)
        if out is None:
            return None
        out = list(out)
    if definition["basetype"] == "OctetString":
        out[3] = size_of(definition) or out[3]
    out[4] = labels_of(definition) or out[4]
    out[2] = definition.get("format", out[2])
    out[1] = SPECIALS.get(name, out[1])
    return out


def index_of(modules, module, row):
    linkage = row.get("linkage", [])
    if linkage and isinstance(linkage[0], dict):
        (other, what), = linkage[0].items()
        known = modules.get(other)
        return known and index_of(modules, other, known["nodes"][what["relatedNode"]])
    names = list(linkage)
    if row.get("implied") == "true":
        names.insert(len(names) - 1, "IMPLIED")
    return names


def labels_only(names):
    return [name.split("::")[-1] for name in names.split()]


def check(modules, fields, row_of):
    """The differences of one definition from its module's; None if that is not there."""
    kind, full, oid, wire, special, hint, size, labels, listed, _ = fields
    module, name = full.split("::")
    known = modules.get(module)
    if known is None:
        return None
    group = "notifications" if kind == "notification" else "nodes"
    there = known.get(group, {}).get(name)
    if there is None:
        return ["is not in its module"]
    wrong = []
    if there["oid"] != oid:
        wrong.append("OID %s is %s" % (oid, there["oid"]))
    if (there["nodetype"] in ("scalar", "column")) != (kind == "object"):
        wrong.append("is a " + there["nodetype"])
    elif kind == "object":
        want = syntax_of(modules, module, "", there["syntax"]["type"])
        have = [int(wire), int(special), hint, size, labels]
        if want is not None and want != have:
            wrong.append("syntax %s is %s" % (have, want))
        if there["nodetype"] == "column":
            want = index_of(modules, module, row_of(known, there["oid"]))
            if want is not None and labels_only(listed) != want:
                wrong.append("index %s is %s" % (listed, want))
    elif kind == "notification":
        want = list(there.get("objects", {}))
        if labels_only(listed) != want:
            wrong.append("objects %s are %s" % (listed, want))
    return wrong


def row_of(known, oid):
    above = oid.rsplit(".", 1)[0]
    return next((n for n in known["nodes"].values()
                 if n["oid"] == above and n["nodetype"] == "row"), {})


def translate(path, dump):
    """Where net-snmp, if it is there, has only other names for an OID."""
    if shutil.which("snmptranslate") is None:
        return
    out = subprocess.run(["snmptranslate", "-M", ":".join(path), "-m", "ALL", "-Tz"],
                         capture_output=True, check=False).stdout.decode("latin-1")
    names = {}
    for line in out.splitlines():
        label, oid = re.findall(r'"([^"]*)"', line)
        names.setdefault(oid, set()).add(label)
    for line in dump.splitlines():
        name, oid = line.split("\t")[1:3]
        if oid in names and name.split("::")[1] not in names[oid]:
            yield "%s: %s is %s to net-snmp" % (name, oid, " ".join(sorted(names[oid])))


def main():
    with tempfile.TemporaryDirectory() as scratch:
        return run(folders(sys.argv[2], scratch))


def run(path):
    if not path or shutil.which("smidump") is None:
        print("skipped: needs smidump (libsmi) and MIB files")
        return SKIP
    modules = Modules(path)
    dump = subprocess.run([sys.argv[1]], capture_output=True, check=True).stdout.decode()
    checked = failed = 0
    absent = set()
    for line in dump.splitlines():
        fields = line.split("\t")
        wrong = [] if fields[1] in KNOWN else check(modules, fields, row_of)
        if wrong is None:
            absent.add(fields[1].split("::")[0])
            continue
        checked += 1
        for text in wrong:
            failed += 1
            print("%s: %s" % (fields[1], text))
    for text in translate(path, dump):
        failed += 1
        print(text)
    print("%d definitions compared, %d differences; modules not at hand: %s" %
          (checked, failed, " ".join(sorted(absent)) or "none"))
    return 1 if failed or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
