#!/usr/bin/env python3
"""Feeds `trapline mib compile` with texts that are made to hurt: it must end in time, with status 0
or 1, its account and no finding of a sanitizer; so must lint, and list of what was compiled.

usage: mutate_mibs.py [--sizes | --seconds N] [--only WORD] [--seed N] [--keep DIR] TRAPLINE [DIR...]

--sizes: the texts of hostile_mibs.py, of 10,000 and of 40,000 parts; tells those that take more
than 8 times as long for 4 times the text (quadratic would be 16). --seconds (default: 60): mutations of the MIB
files in DIR; what hurts is kept in --keep, without the modules and definitions that do not matter."""

import argparse
import os
import pathlib
import random
import re
import resource
import subprocess
import sys
import tempfile
import time

import hostile_mibs

SANITIZER = re.compile(r"ERROR: \w+Sanitizer|runtime error:|LeakSanitizer|DEADLYSIGNAL")
TIMEOUT_S = 60
SMALL, LARGE, WORST = 10000, 40000, 8
FLOOR_S = 0.3  # of CPU: below it no ratio tells anything
ACCOUNT = "definitions|there is no MIB module"
TOKEN = re.compile(r'--[^\n]*|"[^"]*"?|::=|[\w-]+|\s+|.', re.S)
DEFINITION = re.compile(r"^[ \t]*[\w-]+[ \t]+(?:OBJECT-TYPE|NOTIFICATION-TYPE|TRAP-TYPE|MODULE-IDENTITY|OBJECT-GROUP"
                        r"|OBJECT IDENTIFIER|TEXTUAL-CONVENTION|::=[ \t]*TEXTUAL-CONVENTION)", re.M)
SPICE = ("{", "}", "(", ")", "::=", '"', "'", ",", ";", "|", "..", "--", "BEGIN", "END", "IMPORTS", "FROM", "MACRO",
         "DEFINITIONS", "OBJECT-TYPE", "TRAP-TYPE", "NOTIFICATION-TYPE", "SYNTAX", "INDEX", "AUGMENTS", "IMPLIED",
         "SEQUENCE OF", "CHOICE", "BITS {", "INTEGER {", "SIZE (", "DEFVAL {", "ENTERPRISE", "VARIABLES", "DISPLAY-HINT",
         "4294967296", "-1", "99999999999999999999", "0", "'zz'H", "\x00", "\xff", "\r", "\x1a", "OBJECT IDENTIFIER", "[APPLICATION")


class Run:
    """The compiler, then lint and list, over |folder|."""

    def __init__(self, trapline, folder):
        self.env = dict(os.environ) | {"TRAPLINE_MIBS": ""}
        dictionary = os.path.join(folder, "out.mibs")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.fault = self.run([trapline, "mib", "compile", folder, "-o", dictionary], ACCOUNT)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if not self.fault and os.path.exists(dictionary):
            self.fault = self.run([trapline, "mib", "list", "objects", "-f", "json", "-M", dictionary], "")
        self.fault = self.fault or self.run([trapline, "mib", "lint", "--level", "note", folder], "")

    def run(self, argv, told):
        """What is wrong, or an empty string."""
        try:
            result = subprocess.run(argv, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, timeout=TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired:
            return f"{argv[2]}: no end after {TIMEOUT_S} s"
        out, err = result.stdout.decode("latin-1"), result.stderr.decode("latin-1")
        if found := SANITIZER.search(err):
            return f"{argv[2]}: {err[found.start():found.start() + 1500]}"
        if result.returncode not in (0, 1) or not re.search(told, out + err):
            return f"{argv[2]}: status {result.returncode}: {(out + err)[-300:]!r}"
        return ""


def compile_texts(trapline, *texts):
    with tempfile.TemporaryDirectory(prefix="mutate-mibs-") as folder:
        for i, text in enumerate(texts):
            (pathlib.Path(folder) / f"{i}.mib").write_bytes(text.encode("latin-1", "replace"))
        return Run(trapline, folder)


def sizes(trapline, only):
    """Prints what hurts; how many do."""
    bad = 0
    for name, make in hostile_mibs.TEXTS.items():
        if only not in name:
            continue
        small, large = (compile_texts(trapline, make(n)) for n in (SMALL, LARGE))
        fault = small.fault or large.fault
        if not fault and large.cpu_s > FLOOR_S and large.cpu_s > WORST * small.cpu_s:
            fault = "grows too fast"
        bad += bool(fault)
        print(f"{'BAD ' if fault else 'good'} {name:36} {small.cpu_s:6.2f} s {large.cpu_s:6.2f} s  {fault}", flush=True)
    return bad


def pieces(text):
    """The text cut before each definition."""
    cuts = [0, *(m.start() for m in DEFINITION.finditer(text)), len(text)]
    return [text[a:b] for a, b in zip(cuts, cuts[1:])]


class Mutator:
    def __init__(self, folders, seed):
        self.random = random.Random(seed)
        paths = sorted(p for d in folders for p in pathlib.Path(d).rglob("*") if p.is_file() and p.suffix != ".tsv")
        self.texts = [p.read_bytes().decode("latin-1") for p in paths if p.stat().st_size < 300000]
        self.pool = [d for text in self.texts for d in pieces(text)[1:] if len(d) < 3000]
        self.ways = (self.delete, self.double, self.swap, self.spice, self.splice, self.bytes, self.cut, self.rename,
                     self.nest, self.number, self.shuffle)

    def tokens(self, text, change):
        """Changes the tokens at up to eight places."""
        parts = TOKEN.findall(text)
        for _ in range(self.random.randrange(1, 9)):
            if parts:
                change(parts, self.random.randrange(len(parts)))
        return "".join(parts)

    def delete(self, text):
        return self.tokens(text, lambda parts, i: parts.__delitem__(slice(i, i + self.random.choice((1, 1, 2, 5)))))

    def double(self, text):
        return self.tokens(text, lambda parts, i: parts.insert(i, parts[i] * self.random.choice((1, 2, 50))))

    def swap(self, text):
        def change(parts, i):
            j = self.random.randrange(len(parts))
            parts[i], parts[j] = parts[j], parts[i]
        return self.tokens(text, change)

    def spice(self, text):
        return self.tokens(text, lambda parts, i: parts.insert(i, f" {self.random.choice(SPICE)} "))

    def number(self, text):
        def change(parts, i):
            j = next((k for k in range(i, len(parts)) if parts[k].isdigit()), i)
            parts[j] = str(self.random.choice((0, 2**31, 2**32 - 1, 2**32, 2**63, 2**64, 10**30)))
        return self.tokens(text, change)

    def rename(self, text):
        """One name becomes another everywhere: circles, and definitions of one name."""
        names = re.findall(r"\b[a-z][\w-]{3,}\b", text) or ["x"]
        return re.sub(rf"\b{re.escape(self.random.choice(names))}\b", self.random.choice(names), text)

    def splice(self, text):
        parts = pieces(text)
        for _ in range(self.random.randrange(1, 6)):
            parts.insert(self.random.randrange(len(parts) + 1), self.random.choice(self.pool))
        return "".join(parts)

    def shuffle(self, text):
        parts = pieces(text)
        self.random.shuffle(parts)
        return "".join(parts[:self.random.randrange(len(parts)) + 1])

    def bytes(self, text):
        out = list(text)
        for _ in range(self.random.randrange(1, 20)):
            out[self.random.randrange(len(out))] = chr(self.random.randrange(256))
        return "".join(out)

    def cut(self, text):
        a, b = sorted(self.random.randrange(len(text) + 1) for _ in range(2))
        return text[:a] + text[b:] if self.random.random() < .7 else text[:b]

    def nest(self, text):
        at = self.random.randrange(len(text))
        return text[:at] + self.random.choice("{(['\"") * self.random.choice((2, 100, 5000)) + text[at:]

    def __call__(self):
        text = self.random.choice(self.texts)
        for _ in range(self.random.choice((1, 1, 2, 3))):
            text = self.random.choice(self.ways)(text) or "x"
        return text


def shrink(trapline, texts):
    """Without the files, then the definitions, that do not matter."""
    hurts = lambda some: bool(compile_texts(trapline, *some).fault)
    texts = shrink_list(texts, hurts)
    if len(texts) == 1:
        texts = ["".join(shrink_list(pieces(texts[0]), lambda some: hurts(["".join(some)])))]
    return texts


def shrink_list(items, hurts):
    size = max(len(items) // 2, 1)
    while size:
        i = 0
        while i < len(items):
            fewer = items[:i] + items[i + size:]
            if fewer and hurts(fewer):
                items = fewer
            else:
                i += size
        size //= 2
    return items


def mutate(options):
    make, bad, runs = Mutator(options.folders, options.seed), 0, 0
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        texts = [make() for _ in range(12)]
        runs += 1
        fault = compile_texts(options.trapline, *texts).fault
        if fault:
            bad += 1
            print(f"run {runs}: {fault}", flush=True)
            for i, text in enumerate(shrink(options.trapline, texts)):
                (options.keep / f"hurts-{options.seed}-{runs}-{i}.mib").write_bytes(text.encode("latin-1", "replace"))
    print(f"{runs} runs of 12 modules, {bad} bad")
    return bad


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--sizes", action="store_true")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path("."))
    parser.add_argument("trapline")
    parser.add_argument("folders", nargs="*")
    options = parser.parse_args()
    sys.exit(1 if (sizes(options.trapline, options.only) if options.sizes else mutate(options)) else 0)


if __name__ == "__main__":
    main()
