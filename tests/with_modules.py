#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a script in build/venv, or reports it as skipped where that lacks a module it needs.

    with_modules.py onnx,numpy SCRIPT [ARGUMENT...]

Exit status 77 means skipped: CTest then lists the test by name.
"""

import os
import subprocess
import sys
from pathlib import Path

SKIPPED = 77


def main(arguments: list[str]) -> int:
    modules, command = arguments[0].split(","), arguments[1:]
    python = Path(__file__).resolve().parent.parent / "build" / "venv" / "bin" / "python"
    if not python.exists():
        print("skipped: no build/venv; scripts/setup --python makes it")
        return SKIPPED
    probe = subprocess.run([python, "-c", "\n".join(f"import {module}" for module in modules)],
                           capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        reason = probe.stderr.strip().splitlines()[-1:] or ["an import failed"]
        print(f"skipped: build/venv lacks a module: {reason[0]}")
        return SKIPPED
    sys.stdout.flush()
    os.execv(python, [str(python), *command])


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: with_modules.py MODULE,... SCRIPT [ARGUMENT...]")
    sys.exit(main(sys.argv[1:]))
