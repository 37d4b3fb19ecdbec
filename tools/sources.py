"""What the tools know of C files: the public headers' declarations with their comments,
the words of a source without its comments and strings, and its functions."""

import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PUBLIC = ROOT / "include" / "trapline"

Declaration = collections.namedtuple("Declaration", "file line name comment text")
Function = collections.namedtuple("Function", "file line end name signature")


def root_argument():
    """The tree to look at: this one, or what a self-test gives as the second argument."""
    return pathlib.Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else ROOT


def public_headers(root=ROOT):
    return sorted((root / "include" / "trapline").glob("*.h"))


def c_files(root, *folders):
    """The .c and .h files below the |folders| of |root|, sorted."""
    return sorted(p for f in folders for p in (root / f).rglob("*.[ch]"))


def paragraphs(path):
    """The blocks between blank lines outside braces, as (first line, comment, code). The
    include guard and the C++ brackets are left out."""
    block, first, depth, in_comment = [], 0, 0, False
    for number, line in enumerate([*path.read_text().splitlines(), ""], 1):
        if line.strip() or depth or in_comment:
            first = first or number
            block.append(line)
            bare = re.sub(r"/\*.*?\*/", "", line)
            if not in_comment and "/*" in bare:
                in_comment = True
            elif in_comment and "*/" in bare:
                in_comment = False
            if not in_comment and not re.match(r'extern "C"|}$', line):
                depth += bare.count("{") - bare.count("}")
            continue
        yield from _split(first, block)
        block, first = [], 0


def _split(first, block):
    text = "\n".join(block)
    text = re.sub(r"^#ifndef (\w+_H)\n#define \1\n?", "", text, flags=re.M)
    if not text or re.match(r"#if|#endif|#include|}$", text):
        return
    m = re.match(r"/\*(.*?)\*/\n?", text, re.S)
    comment = re.sub(r"^[ \t]*\*?[ \t]?", "", m[1].strip(), flags=re.M) if m else ""
    yield first, comment, text[m.end():] if m else text


def declarations(path):
    """The TL_API declarations of a header. Ones that follow each other without a blank
    line share the comment above the first."""
    for first, comment, code in paragraphs(path):
        begin = first + (comment.count("\n") + 1 if comment else 0)
        for m in re.finditer(r"^[ \t]*(TL_API\b[^;{]*);", code, re.M):
            line = begin + code.count("\n", 0, m.start(1))
            name = re.search(r"(\w+)\s*\(", m[1].replace("TL_CHECK", ""))
            above = comment
            if before := re.findall(r"/\*.*?\*/", code[: m.start(1)], re.S):
                above = above or before[-1]
            yield Declaration(path, line, name[1] if name else m[1], above,
                              " ".join(m[1].split()))


def api_functions(headers):
    """The names that |headers| declare with TL_API."""
    return {d.name for path in headers for d in declarations(pathlib.Path(path))}


def bare(text):
    """The text with comments and the insides of literals made blank, lines kept."""
    def blank(m):
        s = m[0]
        if s[0] in "\"'":
            return s[0] * 2
        return "\n" * s.count("\n") or " "
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    return re.sub(pattern, blank, text, flags=re.S)


def functions(paths, kinds="f"):
    """The functions defined (kind f) or declared (p) in |paths|, by universal-ctags."""
    paths = [str(p) for p in paths]
    if not paths:
        return []
    out = subprocess.run(
        ["ctags", "--quiet=yes", "--options=NONE", "-u", "--languages=C", "--langmap=C:.c.h",
         f"--kinds-C={kinds}", "--fields=neS", "-I", "TL_CHECK,TL_API", "--excmd=number",
         "-f", "-", *paths],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    found = []
    for row in out.splitlines():
        if row.startswith("!"):
            continue
        name, file, _, *rest = row.split("\t")
        field = dict(x.split(":", 1) for x in rest if ":" in x)
        line = int(field["line"])
        found.append(Function(file, line, int(field.get("end", line)), name,
                              field.get("signature", "()")))
    return found
