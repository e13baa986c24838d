#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does depth help sparse representations when neurons and weight resolution are limited?

Trains small discretized networks of equal size and weight and of depths 1 to 6, measures the exact
energy of each, and writes one line a network.  docs/studies/learning.md says what comes out.

    study.py GATELIGHT OUT.csv [--circuits FOLDER] [--seeds N] [--steps N] [--only TASK,...] [--jobs N]

A network's line depends on nothing but the settings in this folder: not on the number of jobs, nor
on the other networks.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import os
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from circuit import circuit, energy, evaluate, levels, text
from data import TASKS, Split, Task, split
from network import ACTIVATIONS, Networks, Schedule, Shape, train

PENALTIES = (0.0, 0.3, 1.0, 3.0, 10.0)
STARTS = 2  # of each network; the one with the better objective on the training part is kept
SEEDS = 8
TIME_LIMIT = 60  # seconds for one energy
CHECKED = 100  # rows on which the exported circuit is evaluated
FIELDS = ("task", "hidden", "limit", "activation", "wiring", "depth", "penalty", "seed", "train", "test",
          "energy", "proved", "data_max", "data_mean", "weight")

# One network of each is kept, so that the tests can measure it again.
KEPT = {("digits", "threshold", "layered", 1), ("digits", "relu", "skip", 4), ("cancer", "sigmoid", "skip", 2),
        ("wine", "threshold", "layered", 6), ("iris", "relu", "layered", 3), ("iris", "sigmoid", "skip", 5)}
KEPT_PENALTY, KEPT_SEED = 0.3, 0


@dataclass(frozen=True)
class Setting:
    """What the networks of one batch have in common; they differ in seed, penalty and start."""

    task: Task
    hidden: int
    limit: int  # of the weights
    activation: str
    skip: bool
    depth: int  # hidden layers

    @property
    def widths(self) -> tuple[int, ...]:
        """Equal shares of the hidden gates, the first layers one larger where that does not divide."""
        return tuple(self.hidden // self.depth + (i < self.hidden % self.depth) for i in range(self.depth))

    @property
    def penalties(self) -> tuple[float, ...]:
        return PENALTIES if self.depth else (0.0,)

    def shape(self) -> Shape:
        return Shape(self.task.inputs, self.widths, self.skip, ACTIVATIONS[self.activation], self.limit)

    def key(self) -> tuple:
        return self.task.name, self.activation, "skip" if self.skip else "layered", self.depth


@dataclass(frozen=True)
class Job:
    setting: Setting
    program: str
    seeds: int
    schedule: Schedule
    circuits: Path | None


def settings() -> list[Setting]:
    """Everything that is trained.  With one hidden layer, skips are no different: trained once."""
    found = []
    limits = {task.name: [(24, 3)] for task in TASKS}
    limits["digits"] += [(24, 1), (24, 7), (12, 3)]
    for task in TASKS:
        # One gate alone, to compare with.
        found += [Setting(task, 0, limit, "threshold", False, 0) for limit in sorted({w for _, w in limits[task.name]})]
        for hidden, limit in limits[task.name]:
            for activation in ACTIVATIONS:
                found += [Setting(task, hidden, limit, activation, skip, depth)
                          for skip in (False, True) for depth in range(1, 7) if depth > 1 or not skip]
    return found


def measure(job: Job, networks: Networks, which: int, data: Split, seed: int, penalty: float,
            folder: Path) -> dict:
    """One line of the results.  Whatever numpy and gatelight disagree on ends the run."""
    setting = job.setting
    name = " ".join(map(str, (*setting.key(), f"penalty={penalty:g}", f"seed={seed}")))
    words = [f"f{feature}" for feature in data.features]
    file = folder / "network.gl.json"
    file.write_text(text(circuit(name, words, setting.task.bits, networks, which)), encoding="utf-8")
    found = energy(job.program, file, folder / f"{seed}.csv", TIME_LIMIT)

    _, sums, values = networks.only(which).forward(data.x[None])
    answers = (sums[-1][0, :, 0] >= 0).astype(int)
    fired = answers + sum((v[0] > 0).sum(axis=1) for v in values)
    rows = np.random.default_rng(seed).permutation(len(data.x))[:CHECKED]
    outputs, counts = evaluate(job.program, file, data.x[rows])
    interval = found["energy"]
    if not (np.array_equal(outputs, answers[rows]) and np.array_equal(counts, fired[rows])
            and found["data"]["largest"] == fired.max() and abs(found["data"]["mean"] - fired.mean()) < 1e-9
            and found["size"] == setting.hidden + 1 and found["weight"] <= setting.limit
            and fired.max() <= interval["upper"]):
        raise SystemExit(f"{name}: numpy and gatelight disagree: {found}")

    if (job.circuits and setting.hidden in (0, 24) and setting.limit == 3 and setting.key() in KEPT
            and (penalty, seed) == (KEPT_PENALTY, KEPT_SEED)):
        kept = "_".join(map(str, setting.key())) + ".gl.json"
        (job.circuits / kept).write_bytes(file.read_bytes())
    right = answers == data.labels
    return {"task": setting.task.name, "hidden": setting.hidden, "limit": setting.limit,
            "activation": setting.activation, "wiring": "skip" if setting.skip else "layered",
            "depth": setting.depth, "penalty": f"{penalty:g}", "seed": seed,
            "train": f"{right[data.train].mean():.4f}", "test": f"{right[data.test].mean():.4f}",
            # An interval that is not closed is written as one, and can be mixed with nothing.
            "energy": interval["lower"] if interval["proved"] else f"{interval['lower']}-{interval['upper']}",
            "proved": int(interval["proved"]), "data_max": int(fired.max()),
            "data_mean": f"{fired.mean():.2f}", "weight": found["weight"]}


def run(job: Job) -> list[dict]:
    setting = job.setting
    splits = [split(setting.task, seed) for seed in range(job.seeds)]
    members = [(seed, penalty, start) for seed in range(job.seeds) for penalty in setting.penalties
               for start in range(STARTS)]
    x = np.stack([splits[seed].x[splits[seed].train] for seed, _, _ in members])
    labels = np.stack([splits[seed].labels[splits[seed].train] for seed, _, _ in members])
    penalty = np.array([p for _, p, _ in members])
    networks = train(setting.shape(), [(seed, start) for seed, _, start in members], penalty, x, labels,
                     job.schedule)
    objective = networks.objective(x, labels, penalty)
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for seed, data in enumerate(splits):
            rows = levels(data.x, setting.task.bits)
            (Path(folder) / f"{seed}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        for first in range(0, len(members), STARTS):
            which = first + int(np.argmin(objective[first:first + STARTS]))
            seed, strength, _ = members[which]
            lines.append(measure(job, networks, which, splits[seed], seed, strength, Path(folder)))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("out", type=Path)
    parser.add_argument("--circuits", type=Path, help="keep a few networks here")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--steps", type=int, default=Schedule.steps)
    parser.add_argument("--only", help="these data sets")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    chosen = [s for s in settings() if not options.only or s.task.name in options.only.split(",")]
    if options.circuits:
        options.circuits.mkdir(parents=True, exist_ok=True)
    jobs = [Job(s, options.program, options.seeds, replace(Schedule(), steps=options.steps), options.circuits)
            for s in chosen]
    begin, lines = time.monotonic(), []
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for number, found in enumerate(pool.imap(run, jobs), 1):
            lines += found
            if sys.stderr.isatty() or number % 10 == 0 or number == len(jobs):
                print(f"{number} of {len(jobs)} settings, {len(lines)} networks, "
                      f"{time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    with open(options.out, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    open_ones = sum(not line["proved"] for line in lines)
    print(f"{options.out}: {len(lines)} networks, {len(lines) - open_ones} energies proved, {open_ones} not")


if __name__ == "__main__":
    main()
