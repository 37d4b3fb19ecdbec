"""Every check of tools/ complains about a sample that breaks its rule, and about nothing
in a tree that keeps all of them: a check that cannot fail is none."""

import importlib.machinery
import importlib.util
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"

HEADER = """/* trapline/base.h: a sample. */
#ifndef TRAPLINE_BASE_H
#define TRAPLINE_BASE_H
#ifdef __cplusplus
extern "C" {
#endif

#define TL_API __attribute__((visibility("default")))
#define TL_THING_MAX 12u

/* Errors: name, value, word, counter, text. */
#define TL_RFC_COUNTERS(X) X(NONE, "") X(BAD, "snmpBad")
#define TL_ERRORS(X)                                                               \\
	X(OK, 0, "ok", NONE, "success")                                            \\
	X(EBAD, 32, "bad", BAD, "it is bad (very)")

#define TL_REFUSAL_FIRST 32

/* Adds one. Any thread. */
TL_API int tl_add(int a);

#ifdef __cplusplus
}
#endif
#endif
"""
SOURCE = """/* base/add.c: a sample. */
#include "trapline/base.h"

int
tl_add(int a)
{
	return a + 1;
}
"""

LIMITS = "| things | `TL_THING_MAX` | 12 | ours | `test_takes_12_things` |\n"


class Tree(unittest.TestCase):
    """A small tree that keeps every rule; each test breaks one."""

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        self.write("include/trapline/base.h", HEADER)
        self.write("include/trapline/trapline.h", '#include "trapline/base.h"\n')
        self.write("include/trapline/meson.build",
                   "public_headers = files('base.h', 'trapline.h')\n")
        self.write("src/base/add.c", SOURCE)
        self.write("tools/layers.txt", "base :\nber : base\nusm : base\ndaemon : base\n")
        self.write("docs/limits.md", LIMITS)
        self.write("docs/packet-path.md", "1. `tl_add()` in `src/base/add.c`\n")
        self.write("docs/refusals.md", "")
        self.write("tests/base/test_add.c", "test_takes_12_things\n")
        self.write("docs/errors.md", self.tool("make-errors",
                                               self.root / "include/trapline/base.h").stdout)

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def replace(self, path, old, new):
        text = (self.root / path).read_text()
        self.assertIn(old, text)
        self.write(path, text.replace(old, new))

    def tool(self, name, *args):
        return subprocess.run([TOOLS / name, *map(str, args)], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def passes(self, check):
        run = self.tool(check, self.root, self.root)
        self.assertEqual(run.returncode, 0, run.stdout)

    def complains(self, check, text):
        run = self.tool(check, self.root, self.root)
        self.assertEqual(run.returncode, 1, run.stdout)
        self.assertIn(text, run.stdout)
        self.assertNotIn("Traceback", run.stdout)


class Layers(Tree):
    def test_good_tree(self):
        self.passes("check-layers")

    def test_arrow_that_is_not_in_the_table(self):
        self.write("src/base/x.h", '#include "ber/reader.h"\n')
        self.complains("check-layers", "src/base/x.h:1: base may not include ber/reader.h")

    def test_folder_that_is_not_in_the_table(self):
        self.write("src/new/x.c", '#include "base/x.h"\n')
        self.complains("check-layers", "new is not in layers.txt")

    def test_include_without_a_folder(self):
        self.write("src/base/x.c", '#include "x.h"\n')
        self.complains("check-layers", '"x.h" names no folder')

    def test_public_header_that_includes_an_internal_one(self):
        self.write("include/trapline/x.h", '#include "base/x.h"\n')
        self.complains("check-layers", "trapline is not in layers.txt")

    def test_program_that_sees_the_protocol(self):
        self.replace("tools/layers.txt", "daemon : base", "daemon : base ber")
        self.complains("check-layers", "daemon sees the protocol through trapline/*.h")

    def test_circle(self):
        self.replace("tools/layers.txt", "base :", "base : ber")
        self.complains("check-layers", "base is part of a circle")

    def test_core_that_does_io(self):
        self.write("src/ber/x.c", "#include <stdio.h>\n")
        self.complains("check-layers", "ber is core and may not use <stdio.h>")

    def test_crypto_outside_usm(self):
        self.write("src/ber/x.c", "#include <openssl/evp.h>\n")
        self.complains("check-layers", "ber is core and may not use <openssl/evp.h>")
        self.write("src/ber/x.c", "")
        self.write("src/usm/x.c", "#include <openssl/evp.h>\n")
        self.passes("check-layers")

    def test_tree_without_sources(self):
        shutil.rmtree(self.root / "src")
        shutil.rmtree(self.root / "include")
        self.complains("check-layers", "0 files")


class Budgets(Tree):
    def function(self, lines, name="f", signature="void"):
        return f"int\n{name}({signature})\n{{\n" + "\t;\n" * (lines - 3) + "}\n\n"

    def test_good_tree(self):
        self.passes("check-budgets")

    def test_function_of_101_lines(self):
        small = "".join(self.function(4, f"g{i}") for i in range(30))
        self.write("src/base/x.c", small + self.function(100))
        self.passes("check-budgets")
        self.write("src/base/x.c", small + self.function(101))
        self.complains("check-budgets", "f has 101 lines")

    def test_median_above_15(self):
        self.write("src/base/x.c", "".join(self.function(16, f"f{i}") for i in range(3)))
        self.complains("check-budgets", "median function of 16 lines")

    def test_more_than_a_tenth_above_45(self):
        text = "".join(self.function(5 if i < 8 else 46, f"f{i}") for i in range(10))
        self.write("src/base/x.c", text)
        self.complains("check-budgets", "90 % of functions have up to 46 lines")

    def test_file_of_601_lines(self):
        self.write("src/base/x.c", self.function(4) + "\n" * 595)
        self.complains("check-budgets", "601 lines, 600 are allowed")

    def test_table_may_be_long(self):
        self.write("src/base/x.c", "const int t[] = {\n" + "\t1,\n" * 900 + "};\n")
        self.passes("check-budgets")

    def test_six_parameters(self):
        self.write("src/base/x.h", "int f(int a, int (*b)(int, int), int c, int d, int e);\n")
        self.passes("check-budgets")
        self.write("src/base/x.h", "int f(int a, int b, int c, int d, int e, int g);\n")
        self.complains("check-budgets", "f has 6 parameters")

    def test_forbidden_calls(self):
        for call in ("strcpy(a, b)", "strcat (a, b)", "sprintf(a, b)", "atoi(a)", "gets(a)",
                     "vsprintf(a, b, c)", "atol(a)", "strtok(a, b)", "system(a)", "popen(a)"):
            self.write("src/base/x.c", f"#define X {call}\n")
            self.complains("check-budgets", f"calls {call.partition('(')[0].strip()}()")

    def test_forbidden_words_in_comments_and_strings_are_fine(self):
        self.write("src/base/x.c", '/* strcpy(a) */ const char *const s = "atoi(x) \\" gets(y)";\n'
                                   "int snprintf(int a); // system(3)\n")
        self.passes("check-budgets")

    def test_too_many_ifs(self):
        self.write("src/sys/x.c", "#if 1\n#endif\n" * 9)
        self.passes("check-budgets")
        self.write("src/base/x.c", "#ifdef A\n#endif\n")
        self.complains("check-budgets", "1 #if in")

    def test_unfinished(self):
        self.write("src/base/x.c", "/* TO" "DO: more */\n")
        self.complains("check-budgets", "TO" "DO")


class Headers(Tree):
    def test_good_tree(self):
        self.passes("check-headers")

    def test_public_header_that_needs_another(self):
        self.write("include/trapline/x.h", "int f(uint8_t a);\n")
        self.complains("check-headers", "trapline/x.h does not compile alone with gcc")

    def test_public_header_that_is_no_cxx(self):
        self.write("include/trapline/x.h", "int f(int class);\n")
        self.complains("check-headers", "trapline/x.h does not compile alone with g++")

    def test_internal_header_that_needs_another(self):
        self.write("src/base/x.h", "int f(size_t a);\n")
        self.complains("check-headers", "base/x.h does not compile alone with gcc")

    def test_header_without_guard(self):
        self.write("src/base/x.h", "typedef enum x { X } x;\n")
        self.complains("check-headers", "base/x.h does not compile alone with gcc")


class Symbols(Tree):
    def build(self, text=SOURCE):
        self.write("src/base/add.c", text)
        at = {"cwd": self.root, "check": True}
        compile_ = ["gcc", "-c", "-fPIC", "-fvisibility=hidden", "-Iinclude", "-o", "a.o",
                    "src/base/add.c"]
        subprocess.run(compile_, **at)
        subprocess.run(["gcc", "-shared", "-o", "libtrapline.so", "a.o"], **at)
        subprocess.run(["ar", "rc", "libtrapline.a", "a.o"], **at)

    def test_good_tree(self):
        self.build(SOURCE + "static const char *const t[] = { \"a\" };\n"
                            "const char *const *tl_t(void);\n"
                            "const char *const *\ntl_t(void)\n{\n\treturn t;\n}\n")
        self.passes("check-symbols")

    def test_declared_and_not_exported(self):
        self.build()
        self.replace("include/trapline/base.h", "TL_API int", "TL_API int tl_more(void);\nTL_API int")
        self.complains("check-symbols", "tl_more is declared TL_API and not exported")

    def test_exported_and_not_declared(self):
        self.build(SOURCE + "TL_API int tl_x(void);\nint\ntl_x(void)\n{\n\treturn 1;\n}\n")
        self.complains("check-symbols", "tl_x is exported and not declared")

    def test_global_symbol_without_prefix(self):
        self.build(SOURCE + "int x(void);\nint\nx(void)\n{\n\treturn 1;\n}\n")
        self.complains("check-symbols", "the global symbol x does not start with tl_")

    def test_variables_that_can_change(self):
        for line in ("static int count = 3;", "static int count;", "static _Thread_local int count;",
                     "static const char *count = \"a\";"):
            self.build(SOURCE.replace("a + 1", "a + !!count").replace("\nint\n", f"\n{line}\nint\n")
                       .replace("return", "__asm__ volatile(\"\" : : \"r\"(&count)); return"))
            self.complains("check-symbols", "count is a variable that can change")

    def test_static_inside_a_function(self):
        self.build(SOURCE.replace("return a + 1", "static int count; return a + count++"))
        self.complains("check-symbols", "is a variable that can change")

    def test_header_that_is_not_installed(self):
        self.build()
        self.write("include/trapline/x.h", "")
        self.complains("check-symbols", "x.h is not in include/trapline/meson.build")

    def test_header_that_the_header_of_all_lacks(self):
        self.build()
        self.write("include/trapline/trapline.h", "")
        self.complains("check-symbols", "base.h is not included by trapline/trapline.h")


class Docs(Tree):
    def test_good_tree(self):
        self.passes("check-docs")

    def test_function_without_comment(self):
        self.replace("include/trapline/base.h", "/* Adds one. Any thread. */\n", "")
        self.complains("check-docs", "tl_add has no comment above it")

    def test_functions_in_a_row_share_a_comment(self):
        self.replace("include/trapline/base.h", "int tl_add(int a);\n",
                     "int tl_add(int a);\nTL_API int tl_sub(int a);\n")
        self.passes("check-docs")
        self.replace("include/trapline/base.h", "TL_API int tl_sub", "\nTL_API int tl_sub")
        self.complains("check-docs", "tl_sub has no comment above it")

    def test_stale_errors(self):
        self.replace("include/trapline/base.h", '"bad", BAD', '"worse", BAD')
        self.complains("check-docs", "docs/errors.md is not current")

    def test_errors_have_every_column(self):
        text = (self.root / "docs/errors.md").read_text()
        self.assertIn("| `bad` | it is bad (very) | snmpBad | `TL_EBAD` 32 |", text)
        self.assertIn("| `ok` | success | `TL_OK` 0 |", text)

    def test_problem_without_row_or_with_another_grade(self):
        self.write("include/trapline/mib_builder.h",
                   '#define TL_MIB_PROBLEMS(X) X(BAD, "bad", ERROR, "it is")\n')
        self.write("docs/mib-problems.md", "| `worse` | error | it is | - |\n")
        self.complains("check-docs", "no row `bad` with the grade error")
        self.complains("check-docs", "there is no kind worse")
        self.write("docs/mib-problems.md", "| `bad` | note | it is | - |\n")
        self.complains("check-docs", "no row `bad` with the grade error")
        self.write("docs/mib-problems.md", "| `bad` | error | it is | - |\n")
        self.passes("check-docs")

    def test_limit_with_another_value(self):
        self.replace("docs/limits.md", "| 12 |", "| 13 |")
        self.complains("check-docs", "TL_THING_MAX is 12u, not 13")

    def test_limit_without_constant(self):
        self.write("docs/limits.md", LIMITS + LIMITS.replace("THING", "OTHER"))
        self.complains("check-docs", "there is no constant TL_OTHER_MAX")

    def test_limit_without_test(self):
        self.write("tests/base/test_add.c", "")
        self.complains("check-docs", "there is no test test_takes_12_things")

    def test_limit_that_is_not_listed(self):
        self.replace("include/trapline/base.h", "#define TL_THING_MAX",
                     "#define TL_OTHER_MIN 3\n#define TL_THING_MAX")
        self.complains("check-docs", "docs/limits.md lacks TL_OTHER_MIN")

    def test_link_that_leads_nowhere(self):
        self.write("README.md", "[a](docs/none.md) [b](https://example.org/) [c](docs/limits.md)")
        self.complains("check-docs", "README.md: the link to docs/none.md leads nowhere")


class Path(Tree):
    def test_good_tree(self):
        self.passes("check-path")

    def test_function_that_is_gone(self):
        self.write("docs/packet-path.md", "`tl_sub()`\n")
        self.complains("check-path", "there is no tl_sub()")

    def test_function_in_another_file(self):
        self.write("docs/packet-path.md", "`tl_add()` in `src/base/sub.c`\n")
        self.complains("check-path", "tl_add() is in src/base/add.c")

    def test_page_without_functions(self):
        self.write("docs/packet-path.md", "\n")
        self.complains("check-path", "0 functions named")


class Format(Tree):
    def setUp(self):
        super().setUp()
        shutil.copy(ROOT / ".clang-format", self.root)
        if self.tool("check-format", self.root, self.root).returncode == 77:
            self.skipTest("needs clang-format 14")

    def test_good_source(self):
        shutil.rmtree(self.root / "include")
        shutil.rmtree(self.root / "tests")
        self.passes("check-format")

    def test_badly_set_source(self):
        self.write("src/base/x.c", "int f(void){return 1;}\n")
        self.complains("check-format", "src/base/x.c")


class Man(Tree):
    PAGE = ".Dd November 20, 2026\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd a sample\n"

    def setUp(self):
        super().setUp()
        if shutil.which("mandoc") is None:
            self.skipTest("needs mandoc")

    def test_good_page(self):
        self.write("man/x.1", self.PAGE)
        self.passes("check-man")

    def test_page_with_an_unknown_macro(self):
        self.write("man/x.1", self.PAGE + ".Zz y\n")
        run = self.tool("check-man", self.root, self.root)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("unknown macro", run.stdout)


class Runner(unittest.TestCase):
    """tools/run-unittest, whose output tools/run-tests counts."""

    def tap(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "test_sample.py"
            path.write_text("import unittest\n" + text)
            env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
            return subprocess.run([TOOLS / "run-unittest", path], text=True, env=env,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def test_passed_failed_and_skipped_cases(self):
        run = self.tap("class A(unittest.TestCase):\n"
                       " def test_1(self): pass\n"
                       " def test_2(self): self.fail('sad')\n"
                       " def test_3(self): self.skipTest('no moon')\n"
                       " def test_4(self):\n"
                       "  with self.subTest(i=7): self.fail('sub')\n")
        self.assertIn("ok 1 - A.test_1\nnot ok 2 - A.test_2\n", run.stdout)
        self.assertIn("ok 3 - A.test_3 # SKIP no moon\nnot ok 4 - A.test_4\n", run.stdout)
        self.assertTrue(run.stdout.endswith("1..4\n"), run.stdout)
        self.assertEqual(run.returncode, 1)

    def test_class_that_skips_and_class_that_breaks(self):
        run = self.tap("class A(unittest.TestCase):\n"
                       " @classmethod\n"
                       " def setUpClass(cls): raise unittest.SkipTest('dark')\n"
                       " def test_1(self): pass\n"
                       "class B(unittest.TestCase):\n"
                       " @classmethod\n"
                       " def setUpClass(cls): raise OSError('broken')\n"
                       " def test_1(self): pass\n")
        self.assertIn("# SKIP dark", run.stdout)
        self.assertIn("not ok 2 - setUpClass", run.stdout)
        self.assertEqual(run.returncode, 1)

    def test_file_that_cannot_be_read(self):
        run = self.tap("import no_such_module\n")
        self.assertNotEqual(run.returncode, 0)
        self.assertNotIn("1..", run.stdout)


class Counting(unittest.TestCase):
    """How tools/run-tests counts what a program wrote."""

    @classmethod
    def setUpClass(cls):
        loader = importlib.machinery.SourceFileLoader("run_tests", str(TOOLS / "run-tests"))
        spec = importlib.util.spec_from_loader("run_tests", loader)
        cls.tests = importlib.util.module_from_spec(spec)
        loader.exec_module(cls.tests)

    def count(self, text, status=0):
        suite = self.tests.Suite("x", ["sh", "-c", f"printf '%b' \"$0\"; exit {status}", text])
        suite.run()
        return suite.passed, suite.failed, suite.skipped

    def test_cases_of_cmocka(self):
        text = "1..2\nok 1 - test_a\n# complaint\nnot ok 2 - test_b\n"
        self.assertEqual(self.count(text, 1), (1, 1, []))

    def test_skips_of_cmocka_with_what_was_said_before(self):
        self.assertEqual(self.count("1..2\nok 1 - test_a\nno files\nnot ok 2 # SKIP test_b\n"),
                         (1, 0, [("test_b", "no files")]))
        self.assertEqual(self.count("1..1\nno files\nok 1 # SKIP test_b\n"),
                         (0, 0, [("test_b", "no files")]))

    def test_cases_that_never_ran_are_failures(self):
        self.assertEqual(self.count("1..5\nok 1 - test_a\nboom\n", 134), (1, 4, []))

    def test_bad_status_after_the_last_case_is_a_failure(self):
        self.assertEqual(self.count("1..1\nok 1 - test_a\nleak\n", 1), (1, 1, []))

    def test_no_case_at_all_is_a_failure(self):
        self.assertEqual(self.count(""), (0, 1, []))
        self.assertEqual(self.count("1..0\n"), (0, 1, []))

    def test_program_that_ends_without_its_plan_is_a_failure(self):
        self.assertEqual(self.count("ok 1 - test_a\n"), (1, 1, []))

    def test_program_that_is_not_there_is_a_failure(self):
        suite = self.tests.Suite("x", ["/no/such/program"]).run()
        self.assertEqual((suite.passed, suite.failed, suite.skipped), (0, 1, []))
        self.assertIn("No such file", suite.output)

    def test_checks_pass_fail_and_skip_by_status(self):
        for status, expected in ((0, (1, 0, [])), (1, (0, 1, [])), (77, (0, 0, [("", "why")]))):
            suite = self.tests.Suite("x", ["sh", "-c", f"echo why; exit {status}"], tap=False)
            suite.run()
            self.assertEqual((suite.passed, suite.failed, suite.skipped), expected)


if __name__ == "__main__":
    unittest.main()
