#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every rule of tools/check_tree.py finds what it forbids, and nothing in a good tree."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import check_tree  # noqa: E402

SPDX = "SPDX-License-Identifier: Apache-2.0"

# A small tree that keeps every rule.
GOOD: dict[str, str] = {
    "README.md": "See [the format](docs/format.md#numbers) and `src/base/text.cpp`.\n",
    "docs/format.md": "# Format\n\n## Numbers\n",
    "cmake/Install.cmake": f"# {SPDX}\nset(headers result.hpp measure.hpp)\n",
    "include/gatelight/result.hpp": f"// {SPDX}\n",
    "include/gatelight/measure.hpp": f'// {SPDX}\n#include "gatelight/result.hpp"\n',
    "src/base/CMakeLists.txt": "gatelight_layer(base SOURCES text.cpp)\n",
    "src/base/text.hpp": f'// {SPDX}\n#include "gatelight/result.hpp"\n',
    "src/base/text.cpp": f"// {SPDX}\n// Tested by tests/unit/base/text_test.cpp\n"
                         '#include "base/text.hpp"\n',
    "src/measures/CMakeLists.txt": "gatelight_layer(measures SOURCES energy.cpp)\n",
    "src/measures/energy.cpp": f'// {SPDX}\n#include "base/text.hpp"\n'
                               "#include <gatelight/measure.hpp>\n#include <vector>\n",
    "tests/unit/CMakeLists.txt": "gatelight_test(base LABEL fast SOURCES base/text_test.cpp)\n",
    "tests/unit/base/text_test.cpp": f'// {SPDX}\n#include "base/text.hpp"\n'
                                     'TEST(A, B) { GTEST_' 'SKIP() << "no ../shared here"; }\n',
}


class CheckTree(unittest.TestCase):
    def findings(self, changes: dict[str, str | None]) -> list[str]:
        """What the checker says about the good tree after some files were changed or removed."""
        with tempfile.TemporaryDirectory() as folder:
            for path, text in {**GOOD, **changes}.items():
                if text is None:
                    continue
                file = Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            return check_tree.check(Path(folder))

    def assert_finds(self, changes: dict[str, str | None], place: str, message: str) -> None:
        """Exactly one finding, there, that says so."""
        findings = self.findings(changes)
        self.assertEqual(len(findings), 1, findings)
        self.assertTrue(findings[0].startswith(place + ":"), findings)
        self.assertIn(message, findings[0])

    def test_good_tree_is_clean(self) -> None:
        self.assertEqual(self.findings({}), [])

    def test_include_that_points_right(self) -> None:
        self.assert_finds(
            {"src/base/text.hpp": f'// {SPDX}\n#include "gatelight/measure.hpp"\n'},
            "src/base/text.hpp:2", "base may not include include/gatelight/measure.hpp of measures")

    def test_public_header_that_points_right(self) -> None:
        self.assert_finds(
            {"include/gatelight/result.hpp": f"// {SPDX}\n#include <gatelight/measure.hpp>\n"},
            "include/gatelight/result.hpp:2", "base may not include")

    def test_include_of_a_sibling_that_is_not_in_the_table(self) -> None:
        self.assert_finds(
            {"src/formats/CMakeLists.txt": "SOURCES json.cpp\n",
             "src/formats/json.cpp": f'// {SPDX}\n#include "measures/sum.hpp"\n',
             "src/measures/sum.hpp": f"// {SPDX}\n"},
            "src/formats/json.cpp:2", "formats may not include src/measures/sum.hpp of measures")

    def test_public_header_includes_private_one(self) -> None:
        self.assert_finds(
            {"include/gatelight/result.hpp": f'// {SPDX}\n#include "base/text.hpp"\n'},
            "include/gatelight/result.hpp:2", "a public header includes the private")

    def test_library_includes_test(self) -> None:
        self.assert_finds(
            {"tests/generate/draw.hpp": f"// {SPDX}\n",
             "src/base/text.hpp": f'// {SPDX}\n#include "generate/draw.hpp"\n'},
            "src/base/text.hpp:2", "the library includes a test's tests/generate/draw.hpp")

    def test_include_of_nothing(self) -> None:
        self.assert_finds({"src/base/text.hpp": f'// {SPDX}\n#include "base/gone.hpp"\n'},
                          "src/base/text.hpp:2", "is not in the tree")

    def test_unknown_layer(self) -> None:
        self.assert_finds({"src/magic/wand.hpp": f"// {SPDX}\n"},
                          "src/magic/wand.hpp:1", "magic is not a layer")

    def test_public_header_without_owner(self) -> None:
        self.assert_finds(
            {"include/gatelight/wand.hpp": f"// {SPDX}\n",
             "cmake/Install.cmake": f"# {SPDX}\nset(headers result.hpp measure.hpp wand.hpp)\n"},
            "include/gatelight/wand.hpp:1", "no layer owns this public header")

    def test_public_header_that_is_not_installed(self) -> None:
        self.assert_finds({"cmake/Install.cmake": f"# {SPDX}\nset(headers result.hpp)\n"},
                          "include/gatelight/measure.hpp:1", "does not list this public header")

    def test_tested_by_names_no_file(self) -> None:
        self.assert_finds({"src/base/text.hpp": f"// {SPDX}\n// Tested by hand\n"},
                          "src/base/text.hpp:2", "'Tested by' names no file")

    def test_tested_by_file_is_gone(self) -> None:
        self.assert_finds(
            {"src/base/text.hpp": f"// {SPDX}\n// Tested by tests/unit/base/gone_test.cpp\n"},
            "src/base/text.hpp:2", "tests/unit/base/gone_test.cpp does not exist")

    def test_cited_path_is_gone(self) -> None:
        for path, text in {
            "README.md": "\nThe meaning: src/base/gone.cpp.\n",
            "src/base/text.hpp": f"// {SPDX}\nint f();  // docs/gone.md, lemma 2\n",
            "src/base/CMakeLists.txt": "gatelight_layer(base SOURCES text.cpp)\n# see cmake/" "Gone.cmake\n",
            "tools/tidy.py": f"# {SPDX}\n# copied from tools/" "gone.py\n",
        }.items():
            with self.subTest(path):
                self.assert_finds({path: text}, f"{path}:2", "does not exist")

    def test_placeholders_and_foreign_paths_are_no_citations(self) -> None:
        self.assertEqual(self.findings({
            "README.md": "tests/unit/<layer>/x_test.cpp, src/*/CMakeLists.txt, "
                         "build/release/bin/gatelight, https://example.org/src/gone.cpp\n"}), [])

    def test_link_leads_nowhere(self) -> None:
        self.assert_finds({"README.md": "[format](gone.md#numbers)\n"},
                          "README.md:1", "the link gone.md#numbers leads nowhere")

    def test_link_names_no_heading(self) -> None:
        self.assert_finds({"README.md": "[format](docs/format.md#letters)\n"},
                          "README.md:1", "names no heading of docs/format.md")

    def test_long_file(self) -> None:
        long = f"// {SPDX}\n" + "int x;\n" * check_tree.LONGEST_FILE
        self.assert_finds({"src/base/text.hpp": long},
                          "src/base/text.hpp:601", "longer than 600 lines")
        self.assertEqual(self.findings({"src/base/text.hpp": long,
                                        "docs/decisions/0001-long.md": "src/base/text.hpp\n"}), [])

    def test_large_file(self) -> None:
        most = "9" * check_tree.LARGEST_FILE
        self.assertEqual(self.findings({"tests/data.csv": most}), [])
        self.assert_finds({"tests/data.csv": most + "9"}, "tests/data.csv:1", "larger than 1 MiB")

    @unittest.skipUnless(shutil.which("git"), "no git here")
    def test_large_file_matters_only_where_it_is_tracked(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            own = check_tree.own_environment()
            subprocess.run(["git", "init", "-q", folder], env=own, check=True)
            for name in ("wheel.whl", ".hidden.bin"):
                (root / name).write_bytes(bytes(check_tree.LARGEST_FILE + 1))
            self.assertEqual(check_tree.check(root), [])
            for name in ("wheel.whl", ".hidden.bin"):
                subprocess.run(["git", "-C", folder, "add", name], env=own, check=True)
            self.assertEqual([finding.split(":")[0] for finding in check_tree.check(root)],
                             [".hidden.bin", "wheel.whl"])

    def test_vague_names(self) -> None:
        for name in ("string_utils.hpp", "Helper.hpp", "TaskManager.hpp", "common/x.hpp"):
            with self.subTest(name):
                self.assert_finds({f"tests/{name}": f"// {SPDX}\n"},
                                  f"tests/{name.split('/')[0]}:1", "says nothing")

    def test_licence_line_is_missing(self) -> None:
        for path, text in {"src/base/text.hpp": "int x;\n", "tools/tidy.py": "pass\n",
                           "scripts/tidy": "#!/bin/sh\n"}.items():
            with self.subTest(path):
                self.assert_finds({path: text}, f"{path}:1", "SPDX")

    def test_globbed_sources(self) -> None:
        self.assert_finds(
            {"src/base/CMakeLists.txt": "file(GLOB sources *.cpp) # text.cpp\n"},
            "src/base/CMakeLists.txt:1", "not globbed")

    def test_source_that_nobody_lists(self) -> None:
        self.assert_finds({"src/base/more_text.cpp": f"// {SPDX}\n"},
                          "src/base/more_text.cpp:1", "no CMakeLists.txt lists this file")

    def test_open_ends_without_reason(self) -> None:
        for line in ("// TO" "DO: later", "int x;  // FIX" "ME", "// X" "XX"):
            with self.subTest(line):
                self.assert_finds({"src/base/text.hpp": f"// {SPDX}\n{line}\n"},
                                  "src/base/text.hpp:2", "without '(#issue): reason'")
        self.assertEqual(self.findings(
            {"src/base/text.hpp": f"// {SPDX}\n// TO" "DO(#12): wait for std::expected\n"}), [])

    def test_skipped_and_disabled_tests_without_reason(self) -> None:
        for line, message in (("TEST(A, B) { GTEST_S" "KIP(); }", "skipped"),
                              ("TEST(A, DISABLE" "D_B) {}", "disabled")):
            with self.subTest(line):
                self.assert_finds({"tests/unit/base/text_test.cpp": f"// {SPDX}\n\n{line}\n"},
                                  "tests/unit/base/text_test.cpp:3", message)


if __name__ == "__main__":
    unittest.main()
