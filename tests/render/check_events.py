#!/usr/bin/env python3
"""Renders events at random and holds every line to docs/event.md: strict JSON that fits
share/event.schema.json, the same facts as key=value pairs, and text that no peer can turn
into something else. The page's examples fit the schema too, and it tells of every key.
Usage: check_events.py RANDOM_EVENTS ROOT COUNT"""

import copy
import json
import pathlib
import re
import struct
import subprocess
import sys

PAIR = re.compile(r'(?:^| )([A-Za-z0-9_.-]+)=((?:"(?:[^"\\\n]|\\.)*")|[^ "=\\]*)(?= |$)')
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def no_repeats(pairs):
    keys = [k for k, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key twice in {keys}"
    return dict(pairs)


def not_json(text):
    raise AssertionError(f"{text} is not JSON")


def strict(line):
    assert line.count("\n") == 1 and line.endswith("\n")
    return json.loads(line, object_pairs_hook=no_repeats, parse_constant=not_json)


def closed(schema):
    """The schema without leave for further keys, so that a new one must be written down."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object" or "required" in schema \
                and "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for value in schema.values():
            closed(value)
    if isinstance(schema, list):
        for value in schema:
            closed(value)
    return schema


def validator(path):
    try:
        from jsonschema import Draft202012Validator  # of 4.0 and later
    except ImportError:
        print("without python3-jsonschema 4: the schema is not checked")
        return lambda event: None
    schema = json.load(open(path))
    Draft202012Validator.check_schema(schema)
    strict_schema = copy.deepcopy(schema)
    closed(strict_schema["$defs"])
    checkers = [Draft202012Validator(s) for s in (schema, strict_schema)]

    def check(event):
        for checker in checkers:
            checker.validate(event)
    return check


def flat(event, prefix=""):
    """The pairs that docs/event.md promises for the key=value form."""
    out = []
    for key, value in event.items():
        if key == "varbinds":
            for i, vb in enumerate(value):
                out += flat(vb, f"varbind.{i + 1}.")
        elif isinstance(value, dict):
            out += flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            out.append((prefix + key, ",".join(value)))
        else:
            out.append((prefix + key, "null" if value is None else str(value)))
    return out


def pairs(line):
    assert line.count("\n") == 1 and line.endswith("\n")
    found, at = [], 0
    line = line[:-1]
    for m in PAIR.finditer(line):
        assert m.start() == at, f"not a pair: {line[at:]!r}"
        at = m.end()
        value = m[2]
        found.append((m[1], json.loads(value) if value.startswith('"') else value))
    assert at == len(line), f"not a pair: {line[at:]!r}"
    return found


def check_text(text, event):
    assert text.endswith("\n"), repr(text)
    lines = {"refused": 2, "lost": 1}.get(event["kind"], 1 + len(event.get("varbinds", [])))
    assert text.count("\n") == lines, repr(text)
    assert all(line.startswith("    ") for line in text[:-1].split("\n")[1:]), repr(text)


def pieces(data):
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from("=I", data, at)
        yield data[at + 4:at + 4 + size].decode()
        at += 4 + size


def keys(schema):
    """Every key of every object of the schema, and every word of its enumerations."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        yield from (word for word in schema.get("enum", []))
        for value in schema.values():
            yield from keys(value)
    if isinstance(schema, list):
        for value in schema:
            yield from keys(value)


def check_page(page, schema, check):
    examples = re.findall(r"^```json\n(.*?)^```", page, re.M | re.S)
    assert {strict(x.replace("\n", "") + "\n")["kind"] for x in examples} >= {
        "trap", "inform", "refused", "lost"}
    for example in examples:
        check(json.loads(example))
    for key in set(keys(schema)):
        assert f"`{key}`" in page, f"docs/event.md says nothing of `{key}`"


def main():
    program, root, count = sys.argv[1:4]
    path = pathlib.Path(root) / "share" / "event.schema.json"
    check = validator(path)
    check_page((pathlib.Path(root) / "docs" / "event.md").read_text(),
               json.loads(path.read_text()), check)
    for seed in ("1", "88172645463325252"):
        run = subprocess.run([program, seed, count], capture_output=True, check=True)
        assert not run.stderr, run.stderr.decode()
        lines = list(pieces(run.stdout))
        assert len(lines) == 3 * int(count)
        for line in lines:
            assert not UNSAFE.search(line), repr(line)
        for one, two, three in zip(lines[0::3], lines[1::3], lines[2::3]):
            event = strict(one)
            check(event)
            assert pairs(two) == flat(event), f"{pairs(two)}\n{flat(event)}"
            check_text(three, event)


main()
