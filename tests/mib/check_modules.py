#!/usr/bin/env python3
"""Lets libsmi's smilint and net-snmp's snmptranslate read the built-in modules, and nothing
but these: neither may find a fault.

usage: check_modules.py FOLDER

Where both programs are lacking, the test is skipped (exit 77)."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIP = 77
TELLING = ["sequence-missing",           # one column stands for all
           "revision-missing",           # the last update is enough
           "index-element-no-size",      # and these two are so in the published modules
           "notification-object-access",
           "underscore-in-identifier"]   # of ELTEK_COMMON-MIB


def split(folder, target):
    """Both programs look for a module in a file of its name."""
    names = []
    for path in sorted(folder.glob("*.mib")):
        for text in re.split(r"(?m)^(?=[\w-]+ DEFINITIONS ::=)", path.read_text("ascii"))[1:]:
            names.append(text.split()[0])
            (target / names[-1]).write_text(text)
    return names


def run(command, folder):
    env = dict(os.environ, SMIPATH=str(folder))
    return subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def faults(folder, names):
    if shutil.which("smilint"):
        ignored = [word for tag in TELLING for word in ("-i", tag)]
        out = run(["smilint", "-c", "/dev/null", "-s", "-l", "3", *ignored, *names], folder)
        yield from (out.stdout + out.stderr).splitlines()
    if shutil.which("snmptranslate"):
        said = run(["snmptranslate", "-M", folder, "-m", "ALL", "-Tz"], folder).stderr
        yield from (x for x in said.splitlines() if not x.startswith("Created directory"))


def main():
    if not shutil.which("smilint") and not shutil.which("snmptranslate"):
        print("skipped: needs smilint (libsmi) or snmptranslate (net-snmp)")
        return SKIP
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        names = split(pathlib.Path(sys.argv[1]), scratch)
        found = list(faults(scratch, names))
    print(*found, f"{len(names)} modules, {len(found)} faults", sep="\n")
    return 1 if found or not names else 0


if __name__ == "__main__":
    sys.exit(main())
