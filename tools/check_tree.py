#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the rules of the tree that no compiler knows.

    tools/check_tree.py [ROOT]

Prints one line `FILE:LINE: what is wrong` per finding and exits 1 if there is any.  The rules are the
functions named check_*; docs/explanation/architecture.md explains them.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

# The layers, left to right, and what each may include besides itself.  Data runs to the right, so
# an include points left.
LAYERS: dict[str, frozenset[str]] = {
    "base": frozenset(),
    "linalg": frozenset({"base"}),
    "circuit": frozenset({"base"}),
    "encode": frozenset({"base", "circuit"}),
    "formats": frozenset({"base", "circuit", "encode"}),
    "proof": frozenset({"base", "linalg", "circuit", "formats"}),
    "engines": frozenset({"base", "circuit", "encode"}),
    "measures": frozenset({"base", "linalg", "circuit", "proof", "engines"}),
    "theory": frozenset({"base", "linalg", "circuit", "measures"}),
    "synthesis": frozenset({"base", "linalg", "circuit", "measures", "theory"}),
    "report": frozenset({"base", "linalg", "circuit", "formats", "proof", "measures", "theory", "synthesis"}),
    "apps": frozenset({"base", "linalg", "circuit", "formats", "proof", "measures", "theory", "synthesis",
                       "report"}),
}

# Which layer owns a public header.  A header without an entry is a finding.
PUBLIC_HEADERS: dict[str, str] = {
    "result.hpp": "base",
    "solve.hpp": "base",
    "bounds.hpp": "base",
    "circuit.hpp": "circuit",
    "formats.hpp": "formats",
    "certificate.hpp": "proof",
    "measure.hpp": "measures",
    "equivalence.hpp": "measures",
    "rank.hpp": "measures",
    "theory.hpp": "theory",
    "construct.hpp": "synthesis",
    "decision_tree.hpp": "synthesis",
    "frontier.hpp": "synthesis",
    "report.hpp": "report",
}

LONGEST_FILE = 600  # lines; a longer file needs a decision record that names it
LARGEST_FILE = 1 << 20  # bytes; data and models stay outside the tree
INSTALL_LIST = "cmake/Install.cmake"
VAGUE_WORDS = frozenset({"util", "utils", "helper", "helpers", "manager", "misc", "common"})
ROOT_FOLDERS = ("apps", "bench", "cmake", "docs", "examples", "fuzz", "include", "scripts", "src",
                "tests", "tools")

CPP = frozenset({".cpp", ".hpp"})
CODE = CPP | {".py", ".cmake", ".sh"}

Finding = str


@dataclass(frozen=True)
class File:
    """A text file of the tree, by its path from the root."""

    path: str
    text: str

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.path).suffix

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def is_cmake(self) -> bool:
        return self.suffix == ".cmake" or PurePosixPath(self.path).name == "CMakeLists.txt"

    @property
    def is_code(self) -> bool:
        return self.suffix in CODE or self.text.startswith("#!")

    def finding(self, line: int, message: str) -> Finding:
        return f"{self.path}:{line}: {message}"


class Tree:
    """All text files under a root, without build folders and hidden ones (except .ci)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: list[File] = []
        self.paths: set[str] = set()  # files and folders
        for folder, folders, names in os.walk(root):
            relative = PurePosixPath(Path(folder).relative_to(root))
            folders[:] = sorted(name for name in folders if self._visited(relative, name))
            self.paths.update(str(relative / name) for name in folders)
            for name in sorted(names):
                path = str(relative / name)
                self.paths.add(path)
                try:
                    text = (root / path).read_text(encoding="utf-8")
                except (UnicodeDecodeError, OSError):
                    continue  # data
                if "\0" not in text:
                    self.files.append(File(path, text))

    @staticmethod
    def _visited(parent: PurePosixPath, name: str) -> bool:
        if parent == PurePosixPath(".") and (name == "build" or name.startswith("build-")):
            return False
        return name != "__pycache__" and (not name.startswith(".") or name == ".ci")

    def of(self, *suffixes: str) -> Iterator[File]:
        return (file for file in self.files if file.suffix in suffixes)

    def has(self, path: str) -> bool:
        return path.rstrip("/") in self.paths


# ---- Layers -------------------------------------------------------------------------------------

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def layer_of(path: str) -> str | None:
    """The layer that owns a file, or None for files outside the layers (tests, benchmarks)."""
    parts = PurePosixPath(path).parts
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    if parts[0] == "apps":
        return "apps"
    if parts[:2] == ("include", "gatelight") and len(parts) == 3:
        return PUBLIC_HEADERS.get(parts[2])
    return None


def resolve(tree: Tree, file: File, name: str) -> str | None:
    """The path of an included file, or None where it is none of ours."""
    beside = str(PurePosixPath(file.path).parent / name)
    for candidate in (beside, f"include/{name}", f"src/{name}", f"tests/{name}"):
        if tree.has(candidate):
            return candidate
    return None


def check_includes_point_left(tree: Tree) -> Iterator[Finding]:
    for file in tree.of(*CPP):
        parts = PurePosixPath(file.path).parts
        own = layer_of(file.path)
        if parts[0] == "include" and own is None:
            yield file.finding(1, "no layer owns this public header; add it to PUBLIC_HEADERS in "
                                  "tools/check_tree.py")
        if parts[0] == "src" and own not in LAYERS:
            yield file.finding(1, f"{own or 'src'} is not a layer; see LAYERS in tools/check_tree.py")
        for number, line in enumerate(file.lines, 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            bracket, name = match.groups()
            target = resolve(tree, file, name)
            if target is None:
                if bracket == '"':
                    yield file.finding(number, f'"{name}" is not in the tree')
                continue
            if parts[0] == "include" and not target.startswith("include/"):
                yield file.finding(number, f"a public header includes the private {target}")
            if parts[0] in ("src", "apps", "include") and target.startswith("tests/"):
                yield file.finding(number, f"the library includes a test's {target}")
            theirs = layer_of(target)
            if own not in LAYERS or theirs is None or theirs == own:
                continue
            if theirs not in LAYERS[own]:
                yield file.finding(number, f"{own} may not include {target} of {theirs}")


# ---- References in prose ------------------------------------------------------------------------

COMMENT = {".cpp": "//", ".hpp": "//", ".py": "#", ".cmake": "#", ".sh": "#"}
TESTED_BY = re.compile(r"//\s*Tested by\s+(.*)")
PATH_START = re.compile(r"(?<![\w./<{$*-])(?:" + "|".join(ROOT_FOLDERS) + r")/[\w./+-]*[\w/+-]")
PLACEHOLDER = re.compile(r"[<{*$]")


def prose(file: File) -> Iterator[tuple[int, str]]:
    """The lines that speak to people: comments of code, all of Markdown."""
    if file.suffix == ".md":
        yield from enumerate(file.lines, 1)
        return
    mark = COMMENT.get(file.suffix)
    if mark is None and not file.is_cmake and not file.text.startswith("#!"):
        return
    for number, line in enumerate(file.lines, 1):
        at = line.find(mark or "#")
        if at >= 0:
            yield number, line[at:]


def check_tested_by(tree: Tree) -> Iterator[Finding]:
    for file in tree.of(*CPP):
        for number, line in enumerate(file.lines, 1):
            match = TESTED_BY.search(line)
            if match and not re.search(r"tests/[\w./-]+", match.group(1)):
                yield file.finding(number, "'Tested by' names no file below tests/")


def check_cited_paths_exist(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if file.path == "CHANGELOG.md":  # speaks of the past as well
            continue
        for number, line in prose(file):
            for match in PATH_START.finditer(line):
                if PLACEHOLDER.match(line[match.end():match.end() + 1]):
                    continue
                path = match.group().rstrip("/.")
                if not tree.has(path):
                    yield file.finding(number, f"{path} does not exist")


LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^\s*(```|~~~)")


def anchors(text: str) -> set[str]:
    """The anchors GitHub makes of a Markdown file's headings."""
    found: set[str] = set()
    for heading in re.findall(r"^#+\s+(.*?)\s*$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
        found.add(plain.replace(" ", "-"))
    return found


def check_links_resolve(tree: Tree) -> Iterator[Finding]:
    texts = {file.path: file.text for file in tree.of(".md")}
    for file in tree.of(".md"):
        fenced = False
        for number, line in enumerate(file.lines, 1):
            if FENCE.match(line):
                fenced = not fenced
            if fenced:
                continue
            for groups in LINK.findall(re.sub(r"`[^`]*`", "", line)):
                target = groups[0] or groups[1]
                if re.match(r"[a-z][a-z0-9+.-]*:", target):
                    continue
                name, _, anchor = target.partition("#")
                path = file.path
                if name:
                    path = os.path.normpath(PurePosixPath(file.path).parent / name)
                    if not tree.has(path):
                        yield file.finding(number, f"the link {target} leads nowhere")
                        continue
                if anchor and path in texts and anchor not in anchors(texts[path]):
                    yield file.finding(number, f"the link {target} names no heading of {path}")


# ---- Files --------------------------------------------------------------------------------------


def check_file_length(tree: Tree) -> Iterator[Finding]:
    decisions = "".join(file.text for file in tree.files if file.path.startswith("docs/decisions/"))
    for file in tree.files:
        if file.is_code and len(file.lines) > LONGEST_FILE and file.path not in decisions:
            yield file.finding(len(file.lines), f"longer than {LONGEST_FILE} lines; split it, or "
                                                "say in docs/decisions why not")


def own_environment() -> dict[str, str]:
    """Without what git tells its hooks about another clone."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def tracked_files(tree: Tree) -> list[str]:
    """What git tracks, hidden files as well; all files of the tree where this is no clone."""
    if (tree.root / ".git").exists():
        try:
            run = subprocess.run(["git", "ls-files", "-z"], cwd=tree.root, env=own_environment(),
                                 capture_output=True, check=True)
            return [os.fsdecode(name) for name in run.stdout.split(b"\0") if name]
        except (OSError, subprocess.CalledProcessError):
            pass  # no git here, or the clone is somebody else's
    return sorted(tree.paths)


def check_file_size(tree: Tree) -> Iterator[Finding]:
    for path in tracked_files(tree):
        file = tree.root / path
        if file.is_file() and file.lstat().st_size > LARGEST_FILE:
            yield f"{path}:1: larger than {LARGEST_FILE >> 20} MiB; keep data out of the repository"


def check_file_names(tree: Tree) -> Iterator[Finding]:
    for path in sorted(tree.paths):
        name = PurePosixPath(path).name
        for word in re.split(r"[^a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()):
            if word in VAGUE_WORDS:
                yield f"{path}:1: '{word}' says nothing about what is inside"


def check_licence_line(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if file.is_code and not any("SPDX-License-Identifier: Apache-2.0" in line
                                    for line in file.lines[:3]):
            yield file.finding(1, "no line 'SPDX-License-Identifier: Apache-2.0' at the top")


def check_explicit_sources(tree: Tree) -> Iterator[Finding]:
    lists: dict[str, str] = {}
    for file in tree.files:
        if not file.is_cmake:
            continue
        folder = str(PurePosixPath(file.path).parent)
        lists[folder] = lists.get(folder, "") + file.text
        for number, line in enumerate(file.lines, 1):
            if re.search(r"\bfile\s*\(\s*GLOB", line.split("#")[0], re.IGNORECASE):
                yield file.finding(number, "sources are listed one by one, not globbed")
    for file in tree.of(".cpp"):
        path = PurePosixPath(file.path)
        for folder in path.parents:
            name = re.escape(str(path.relative_to(folder)))
            if re.search(rf"(?<![\w/.-]){name}(?![\w.-])", lists.get(str(folder), "")):
                break
        else:
            yield file.finding(1, "no CMakeLists.txt lists this file")
    installed = next((file.text for file in tree.files if file.path == INSTALL_LIST), "")
    for file in tree.of(".hpp"):
        name = PurePosixPath(file.path).name
        if file.path.startswith("include/") and not re.search(rf"(?<![\w-]){re.escape(name)}\b", installed):
            yield file.finding(1, f"{INSTALL_LIST} does not list this public header")


# The character classes keep these patterns from finding themselves.
OPEN_END = re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X)\b(?!\(#\d+\): \S)")
SKIP = re.compile(r"\bGTEST_S[K]IP\s*\(\s*\)(.*)")
DISABLED = re.compile(r"\bDISABLE[D]_\w")


def check_open_ends(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if not file.is_code and not file.is_cmake:
            continue
        for number, line in enumerate(file.lines, 1):
            match = OPEN_END.search(line)
            if match:
                yield file.finding(number, f"{match.group(1)} without '(#issue): reason'")
            match = SKIP.search(line)
            if match:
                following = file.lines[number] if number < len(file.lines) else ""
                if not re.match(r"\s*<<", match.group(1) or following):
                    yield file.finding(number, "a test is skipped without saying why")
            if DISABLED.search(line) and "//" not in (file.lines[number - 2] if number > 1 else ""):
                yield file.finding(number, "a test is disabled without a reason above it")


CHECKS: tuple[Callable[[Tree], Iterator[Finding]], ...] = (
    check_includes_point_left,
    check_tested_by,
    check_cited_paths_exist,
    check_links_resolve,
    check_file_length,
    check_file_size,
    check_file_names,
    check_licence_line,
    check_explicit_sources,
    check_open_ends,
)


def check(root: Path) -> list[Finding]:
    tree = Tree(root)
    return [finding for rule in CHECKS for finding in rule(tree)]


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    findings = check(root)
    print("\n".join(findings) if findings else "check_tree: clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
