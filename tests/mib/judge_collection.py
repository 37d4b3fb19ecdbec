#!/usr/bin/env python3
"""Compiles folders of MIBs and compares each notification's OID with a table of known ones.

usage: judge_collection.py TRAPLINE TRUTH.tsv DIR...

TRUTH.tsv: a head line that begins with # and names the columns, among them module, name, oid and
agreed (yes or no), file if it is there; an empty oid says that the name must stay unresolved.
Prints what share of the resolvable ones resolve, and each one that is wrong, missing or
unexpected, with its file; the most frequent cause (by module) first. Exit status 1 if an
agreed one is wrong, or less than 99.95 % resolve."""

import collections
import csv
import io
import os
import pathlib
import subprocess
import sys
import tempfile

LEAST = 0.9995  # of the resolvable ones
SHOWN = 8       # of a module


def truth(path):
    """(module, name) -> {oid: agreed}, and its file."""
    known, files = collections.defaultdict(dict), {}
    with open(path, encoding="utf-8") as f:
        columns = f.readline().lstrip("#").rstrip("\n").split("\t")
        for line in f:
            row = dict(zip(columns, line.rstrip("\n").split("\t")))
            key = row["module"], row["name"]
            known[key][row["oid"]] = row["agreed"] == "yes"
            files[key] = row.get("file", "")
    return known, files


def compiled(trapline, folders):
    """(module, name) -> OIDs, as the compiler has them."""
    env = dict(os.environ) | {"TRAPLINE_MIBS": ""}
    with tempfile.TemporaryDirectory() as folder:
        dictionary = str(pathlib.Path(folder) / "all.mibs")
        subprocess.run([trapline, "mib", "compile", *folders, "-o", dictionary], env=env,
                       stdout=subprocess.DEVNULL, check=True)
        out = subprocess.run([trapline, "mib", "list", "notifications", "-f", "csv", "-M", dictionary],
                             env=env, stdout=subprocess.PIPE, check=True).stdout
    found = collections.defaultdict(set)
    for row in csv.DictReader(io.StringIO(out.decode("utf-8", "replace"))):
        found[row["module"], row["name"]].add(row["oid"])
    return found


def compare(known, found):
    """What differs, by kind: lists of (key, expected, found)."""
    faults = collections.defaultdict(list)
    for key, oids in known.items():
        for oid, agreed in oids.items():
            if not oid:
                if found.get(key):
                    faults["resolved, and must not be"].append((key, "", found[key]))
            elif oid not in found.get(key, ()):
                kind = ("wrong" if found.get(key) else "missing") + ("" if agreed else ", by one reading only")
                faults[kind].append((key, oid, found.get(key, ())))
        extra = found.get(key, set()) - set(oids)
        if extra and extra != found[key]:
            faults["further OIDs"].append((key, " ".join(oids), extra))
    return faults


def show(faults, files):
    for kind, rows in sorted(faults.items(), key=lambda x: -len(x[1])):
        print(f"\n{kind}: {len(rows)}")
        modules = collections.defaultdict(list)
        for row in rows:
            modules[row[0][0]].append(row)
        for module, some in sorted(modules.items(), key=lambda x: -len(x[1])):
            print(f"  {module}: {len(some)}  ({files[some[0][0]]})")
            for (_, name), expected, oids in some[:SHOWN]:
                print(f"    {name}: expected {expected or 'none'}, found {' '.join(sorted(oids)) or 'none'}")
            if len(some) > SHOWN:
                print(f"    and {len(some) - SHOWN} more")


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    known, files = truth(sys.argv[2])
    found = compiled(sys.argv[1], sys.argv[3:])
    resolvable = [key for key, oids in known.items() if any(oids)]
    resolved = sum(bool(found.get(key)) for key in resolvable)
    right = sum(oid in found.get(key, ()) for key, oids in known.items() for oid in oids if oid)
    total = sum(bool(oid) for oids in known.values() for oid in oids)
    faults = compare(known, found)
    print(f"{len(known)} notifications, {len(resolvable)} resolvable, {resolved} resolved: "
          f"{100 * resolved / max(len(resolvable), 1):.3f} %; {right} of {total} OIDs right; "
          f"{len(set(found) - set(known))} that the table doesn't have")
    show(faults, files)
    sys.exit(1 if faults["wrong"] or resolved < LEAST * len(resolvable) else 0)


if __name__ == "__main__":
    main()
