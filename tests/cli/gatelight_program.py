# SPDX-License-Identifier: Apache-2.0
"""Runs the program under test."""

import os
import subprocess
from dataclasses import dataclass

PROGRAM = os.environ["GATELIGHT_PROGRAM"]


@dataclass
class Run:
    """What one call of the program did."""

    status: int
    out: str
    err: str


def gatelight(*arguments: str, stdin: str = "", timeout: float = 60) -> Run:
    """Calls gatelight; a negative status is the signal that killed it."""
    done = subprocess.run([PROGRAM, *arguments], input=stdin.encode(), capture_output=True,
                          timeout=timeout, check=False)
    return Run(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
