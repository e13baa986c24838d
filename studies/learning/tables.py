#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tables of docs/studies/learning.md, from results.csv alone.

    tables.py RESULTS.csv                  prints them
    tables.py RESULTS.csv --write PAGE.md  puts them into the page, between its markers
    tables.py RESULTS.csv --check PAGE.md  exits 1 if the page holds others
"""

from __future__ import annotations

import argparse
import csv
import itertools
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

ACTIVATIONS = ("threshold", "relu", "sigmoid")
WIRINGS = ("layered", "skip")
DEPTHS = (1, 2, 3, 4, 5, 6)
MAIN = (24, 3)  # hidden gates, largest weight
LIMITS = ((24, 1), (24, 3), (24, 7), (12, 3))
CLEAR = 0.05  # level below which a difference is called clear


@dataclass(frozen=True)
class Network:
    penalty: float
    train: float
    test: float
    energy: int
    data_max: int
    data_mean: float


# (task, hidden, limit, activation, wiring, depth) -> seed -> its networks, one a penalty
Results = dict[tuple, dict[int, list[Network]]]


def read(path: Path) -> tuple[Results, int, int]:
    """Also how many energies are proved, and how many are not: those are left out of all tables."""
    results: Results = defaultdict(lambda: defaultdict(list))
    proved = left_out = 0
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["proved"] != "1":
                left_out += 1
                continue
            proved += 1
            network = Network(float(row["penalty"]), float(row["train"]), float(row["test"]), int(row["energy"]),
                              int(row["data_max"]), float(row["data_mean"]))
            key = (row["task"], int(row["hidden"]), int(row["limit"]), row["activation"])
            # With one hidden layer there is nothing to skip: the same networks stand for both.
            wirings = WIRINGS if int(row["depth"]) == 1 else (row["wiring"],)
            for wiring in wirings:
                results[(*key, wiring, int(row["depth"]))][int(row["seed"])].append(network)
    return results, proved, left_out


def tasks(results: Results) -> list[str]:
    return list(dict.fromkeys(key[0] for key in results))


@dataclass(frozen=True)
class Budget:
    """How many gates may fire, and how that is judged."""

    gates: int
    on_data: bool = False  # by the rows of the data set instead of all inputs

    def keeps(self, network: Network) -> bool:
        return (network.data_max if self.on_data else network.energy) <= self.gates

    def __str__(self) -> str:
        return f"<= {self.gates}" if self.gates <= MAIN[0] else "any"


BUDGETS = (Budget(6), Budget(10), Budget(25))  # of 25 gates: the last is none


def within(networks: list[Network], budget: Budget) -> Network | None:
    """The best on the training part that keeps to the budget; of equals the cheapest."""
    fitting = [n for n in networks if budget.keeps(n)]
    return min(fitting, key=lambda n: (-n.train, n.energy, n.penalty)) if fitting else None


def accuracies(results: Results, key: tuple, budget: Budget) -> dict[int, float]:
    """Test accuracy in percent by seed, of the seeds that have a network within the budget."""
    chosen = {seed: within(networks, budget) for seed, networks in results.get(key, {}).items()}
    return {seed: 100 * n.test for seed, n in chosen.items() if n}


def sign_flip(differences: list[float]) -> float:
    """Two-sided p of the mean: how many choices of signs give one as far from zero."""
    observed = abs(sum(differences))
    signs = itertools.product((1, -1), repeat=len(differences))
    sums = [abs(sum(s * d for s, d in zip(sign, differences))) for sign in signs]
    return sum(s >= observed - 1e-9 for s in sums) / len(sums)


def paired(results: Results, names: Iterable[str], rest: tuple, depth: int, budget: Budget) -> list[float]:
    """For each seed: accuracy of this depth minus that of depth 1, the mean over the named sets.

    rest: (hidden, limit, activation, wiring).  A seed counts if each set has both networks.
    """
    by_set = []
    for name in names:
        deep = accuracies(results, (name, *rest, depth), budget)
        flat = accuracies(results, (name, *rest, 1), budget)
        by_set.append({seed: deep[seed] - flat[seed] for seed in deep if seed in flat})
    shared = sorted(set.intersection(*(set(d) for d in by_set)))
    return [mean(d[seed] for d in by_set) for seed in shared]


def spread(values: list[float]) -> str:
    if not values:
        return "-"
    return f"{mean(values):.1f} ± {stdev(values) if len(values) > 1 else 0:.1f}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *map(list, rows)]]
    return "\n".join(lines)


def limit_name(budget: Budget) -> str:
    return "any" if budget >= MAIN[0] + 1 else f"<= {budget}"


# ---- The tables ---------------------------------------------------------------------------------


def one_gate(results: Results) -> str:
    rows = []
    for name in tasks(results):
        networks = [n for seed in results[(name, 0, 3, "threshold", "layered", 0)].values() for n in seed]
        rows.append([name, spread([100 * n.test for n in networks]), f"{max(n.energy for n in networks)}"])
    return table(["data set", "test accuracy, %", "energy"], rows)


def accuracy(budget: Budget) -> Callable[[Results], str]:
    def made(results: Results) -> str:
        rows = []
        for name, activation, wiring in itertools.product(tasks(results), ACTIVATIONS, WIRINGS):
            cells = []
            for depth in DEPTHS:
                found = accuracies(results, (name, *MAIN, activation, wiring, depth), budget)
                seeds = len(results[(name, *MAIN, activation, wiring, 1)])
                note = "" if len(found) in (0, seeds) else f" ({len(found)})"
                cells.append(spread(list(found.values())) + note)
            rows.append([name, activation, wiring, *cells])
        return table(["data set", "activation", "wiring", *(f"depth {d}" for d in DEPTHS)], rows)

    return made


def difference(results: Results, names: list[str], rest: tuple, depth: int, budget: Budget) -> str:
    found = paired(results, names, rest, depth, budget)
    if len(found) < 2:
        return "-"
    text = f"{mean(found):+.1f} ± {stdev(found):.1f}"
    return f"**{text}**" if sign_flip(found) < CLEAR else text


def differences(budgets: tuple[Budget, ...], measured: str) -> Callable[[Results], str]:
    def made(results: Results) -> str:
        rows = []
        for activation, wiring, budget in itertools.product(ACTIVATIONS, WIRINGS, budgets):
            rest = (*MAIN, activation, wiring)
            rows.append([activation, wiring, str(budget),
                         *(difference(results, tasks(results), rest, depth, budget) for depth in DEPTHS[1:])])
        return table(["activation", "wiring", measured, *(f"depth {d}" for d in DEPTHS[1:])], rows)

    return made


def per_set(results: Results) -> str:
    """How often a depth differs clearly from depth 1, set by set."""
    rows = []
    for wiring, budget in itertools.product(WIRINGS, BUDGETS):
        cells = []
        for name in tasks(results):
            better = worse = compared = 0
            for activation, depth in itertools.product(ACTIVATIONS, DEPTHS[1:]):
                found = paired(results, [name], (*MAIN, activation, wiring), depth, budget)
                if len(found) >= 6:  # fewer cannot reach the level
                    compared += 1
                    clear = sign_flip(found) < CLEAR
                    better += clear and mean(found) > 0
                    worse += clear and mean(found) < 0
            cells.append(f"{better} better, {worse} worse of {compared}")
        rows.append([wiring, str(budget), *cells])
    return table(["wiring", "energy", *tasks(results)], rows)


def gap(results: Results) -> str:
    rows = []
    penalties = sorted({n.penalty for key, seeds in results.items() if key[-1] == 1 for ns in seeds.values()
                        for n in ns})
    for wiring, penalty in itertools.product(WIRINGS, penalties):
        cells = []
        for depth in DEPTHS:
            networks = [n for name, activation in itertools.product(tasks(results), ACTIVATIONS)
                        for seed in results[(name, *MAIN, activation, wiring, depth)].values()
                        for n in seed if n.penalty == penalty]
            cells.append(" / ".join(f"{mean(values):.1f}" for values in (
                [n.energy for n in networks], [n.data_max for n in networks], [n.data_mean for n in networks])))
        rows.append([wiring, f"{penalty:g}", *cells])
    return table(["wiring", "penalty", *(f"depth {d}" for d in DEPTHS)], rows)


def limits(budget: Budget) -> Callable[[Results], str]:
    def made(results: Results) -> str:
        rows = []
        for activation, (hidden, limit) in itertools.product(ACTIVATIONS, LIMITS):
            rest = (hidden, limit, activation, "skip")
            flat = spread(list(accuracies(results, ("digits", *rest, 1), budget).values()))
            rows.append([activation, str(hidden), str(limit), flat,
                         *(difference(results, ["digits"], rest, depth, budget) for depth in DEPTHS[1:])])
        return table(["activation", "hidden gates", "largest weight", "depth 1",
                      *(f"depth {d}" for d in DEPTHS[1:])], rows)

    return made


TABLES: dict[str, Callable[[Results], str]] = {
    "one gate": one_gate,
    "differences": differences(BUDGETS, "energy"),
    "differences on data": differences((Budget(6, on_data=True), Budget(10, on_data=True)), "largest on data"),
    "per set": per_set,
    **{f"accuracy {budget.gates}": accuracy(budget) for budget in BUDGETS},
    "gap": gap,
    "limits 10": limits(Budget(10)),
    "limits 25": limits(Budget(25)),
}


def filled(page: str, tables: dict[str, str]) -> str:
    """The page with each marked part replaced."""
    for name, text in tables.items():
        pattern = re.compile(rf"(<!-- table: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not pattern.search(page):
            raise SystemExit(f"the page has no place for the table '{name}'")
        page = pattern.sub(lambda match, text=text: f"{match.group(1)}\n{text}\n\n{match.group(2)}", page)
    return page


def count_line(proved: int, left_out: int) -> str:
    return f"{proved + left_out} networks; {proved} exact energies proved, {left_out} not."


def every_table(path: Path) -> Iterator[tuple[str, str]]:
    results, proved, left_out = read(path)
    yield "count", count_line(proved, left_out)
    for name, made in TABLES.items():
        yield name, made(results)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--check", type=Path)
    options = parser.parse_args()
    tables = dict(every_table(options.results))
    page = options.write or options.check
    if page is None:
        print("\n\n".join(f"{name}\n\n{text}" for name, text in tables.items()))
        return 0
    before = page.read_text(encoding="utf-8")
    after = filled(before, tables)
    if options.write:
        page.write_text(after, encoding="utf-8")
    elif before != after:
        print(f"{page}: its tables are not those of {options.results}; tables.py --write puts them there")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
