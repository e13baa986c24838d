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
FEWEST = 6  # seeds: fewer cannot reach that level


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


@dataclass
class Counts:
    """Over all lines of the results."""

    proved: int = 0
    left_out: int = 0  # not proved: in no table
    unreached: int = 0  # proved, and larger than anything on the data


def read(path: Path) -> tuple[Results, Counts]:
    results: Results = defaultdict(lambda: defaultdict(list))
    counts = Counts()
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["proved"] != "1":
                counts.left_out += 1
                continue
            network = Network(float(row["penalty"]), float(row["train"]), float(row["test"]), int(row["energy"]),
                              int(row["data_max"]), float(row["data_mean"]))
            counts.proved += 1
            counts.unreached += network.energy > network.data_max
            key = (row["task"], int(row["hidden"]), int(row["limit"]), row["activation"])
            # With one hidden layer there is nothing to skip: the same networks stand for both.
            wirings = WIRINGS if int(row["depth"]) == 1 else (row["wiring"],)
            for wiring in wirings:
                results[(*key, wiring, int(row["depth"]))][int(row["seed"])].append(network)
    return results, counts


def tasks(results: Results) -> list[str]:
    return list(dict.fromkeys(key[0] for key in results))


def seeds(results: Results) -> set[int]:
    return set().union(*results.values())


def carried(results: Results, key: tuple) -> dict[int, list[Network]]:
    """The single gate as a network of this depth: one gate a layer passes its answer on.

    Every activation can, with weights of 1 (tests/studies/learning_network_test.py), so a depth whose training
    failed is not taken for one that can do nothing.
    """
    name, _, limit, _, _, depth = key
    gates = results.get((name, 0, limit, "threshold", "layered", 0), {})
    return {seed: [Network(float("inf"), n.train, n.test, (depth + 1) * n.energy, (depth + 1) * n.data_max,
                           (depth + 1) * n.data_mean) for n in networks] for seed, networks in gates.items()}


@dataclass(frozen=True)
class Budget:
    """How many gates may fire, and how that is judged."""

    gates: int
    on_data: bool = False  # by the rows of the data set instead of all inputs
    floor: bool = True  # the carried gate may be chosen, too

    def keeps(self, network: Network) -> bool:
        return (network.data_max if self.on_data else network.energy) <= self.gates

    def __str__(self) -> str:
        return f"<= {self.gates}" if self.gates <= MAIN[0] else "any"


def within(networks: list[Network], budget: Budget) -> Network | None:
    """The best on the training part that keeps to the budget; of equals the cheapest."""
    fitting = [n for n in networks if budget.keeps(n)]
    return min(fitting, key=lambda n: (-n.train, n.energy, n.penalty)) if fitting else None


def chosen(results: Results, keys: list[tuple], budget: Budget) -> dict[int, Network]:
    """By seed the network that stands for these keys, of the seeds that have one within the budget."""
    sources = [results.get(key, {}) for key in keys]
    if budget.floor:
        sources += [carried(results, key) for key in keys]
    found = {}
    for seed in sorted(set().union(*sources)):
        network = within([n for source in sources for n in source.get(seed, [])], budget)
        if network:
            found[seed] = network
    return found


def accuracies(results: Results, keys: list[tuple], budget: Budget) -> dict[int, float]:
    """Test accuracy in percent by seed."""
    return {seed: 100 * n.test for seed, n in chosen(results, keys, budget).items()}


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
        deep = accuracies(results, [(name, *rest, depth)], budget)
        flat = accuracies(results, [(name, *rest, 1)], budget)
        by_set.append({seed: deep[seed] - flat[seed] for seed in deep if seed in flat})
    shared = sorted(set.intersection(*(set(d) for d in by_set)))
    return [mean(d[seed] for d in by_set) for seed in shared]


def is_clear(values: list[float]) -> bool:
    return len(values) >= FEWEST and sign_flip(values) < CLEAR


def spread(values: list[float]) -> str:
    if not values:
        return "-"
    return f"{mean(values):.1f} ± {stdev(values) if len(values) > 1 else 0:.1f}"


def counted(results: Results, found: dict[int, float]) -> str:
    """The spread, and the number of seeds where not all have a network."""
    return spread(list(found.values())) + ("" if len(found) in (0, len(seeds(results))) else f" ({len(found)})")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *map(list, rows)]]
    return "\n".join(lines)


# ---- The tables ---------------------------------------------------------------------------------

BUDGETS = (Budget(7), Budget(10), Budget(25))  # of 25 gates: the last is none
TRAINED = tuple(Budget(budget.gates, floor=False) for budget in BUDGETS)
ALL, DEEP = [f"depth {d}" for d in DEPTHS], [f"depth {d}" for d in DEPTHS[1:]]


def one_gate(results: Results) -> str:
    rows = []
    for name in tasks(results):
        networks = [n for seed in results[(name, 0, MAIN[1], "threshold", "layered", 0)].values() for n in seed]
        rows.append([name, spread([100 * n.test for n in networks]), f"{max(n.energy for n in networks)}"])
    return table(["data set", "test accuracy, %", "energy"], rows)


def frontier(results: Results) -> str:
    """What each depth reaches within a budget, by any activation and wiring."""
    rows = []
    for name, budget in itertools.product(tasks(results), (Budget(4), *BUDGETS)):
        cells, flat = [], {}
        for depth in DEPTHS:
            keys = [(name, *MAIN, activation, wiring, depth)
                    for activation, wiring in itertools.product(ACTIVATIONS, WIRINGS)]
            found = accuracies(results, keys, budget)
            flat = flat or found
            clear = is_clear([found[seed] - flat[seed] for seed in found if seed in flat])
            cells.append(f"**{counted(results, found)}**" if clear else counted(results, found))
        rows.append([name, str(budget), *cells])
    return table(["data set", "energy", *ALL], rows)


def accuracy(budget: Budget) -> Callable[[Results], str]:
    def made(results: Results) -> str:
        return table(["data set", "activation", "wiring", *ALL], (
            [name, activation, wiring,
             *(counted(results, accuracies(results, [(name, *MAIN, activation, wiring, depth)], budget))
               for depth in DEPTHS)]
            for name, activation, wiring in itertools.product(tasks(results), ACTIVATIONS, WIRINGS)))

    return made


def difference(results: Results, names: list[str], rest: tuple, depth: int, budget: Budget) -> str:
    found = paired(results, names, rest, depth, budget)
    if len(found) < FEWEST:
        return "-"
    text = f"{mean(found):+.1f} ± {stdev(found):.1f}"
    return f"**{text}**" if is_clear(found) else text


def differences(budgets: Iterable[Budget], measured: str) -> Callable[[Results], str]:
    def made(results: Results) -> str:
        return table(["activation", "wiring", measured, *DEEP], (
            [activation, wiring, str(budget),
             *(difference(results, tasks(results), (*MAIN, activation, wiring), depth, budget)
               for depth in DEPTHS[1:])]
            for activation, wiring, budget in itertools.product(ACTIVATIONS, WIRINGS, budgets)))

    return made


def per_set(results: Results) -> str:
    """How often a depth differs clearly from depth 1, set by set."""
    rows = []
    for wiring, budget in itertools.product(WIRINGS, BUDGETS):
        cells = []
        for name in tasks(results):
            compared = [paired(results, [name], (*MAIN, activation, wiring), depth, budget)
                        for activation, depth in itertools.product(ACTIVATIONS, DEPTHS[1:])]
            clear = [mean(found) for found in compared if is_clear(found)]
            better = sum(m > 0 for m in clear)
            cells.append(f"{better} better, {len(clear) - better} worse of {len(compared)}")
        rows.append([wiring, str(budget), *cells])
    return table(["wiring", "energy", *tasks(results)], rows)


def floors(results: Results) -> str:
    """How often, in percent, the carried gate is the best that a depth has within the budget."""
    rows = []
    for activation, wiring, budget in itertools.product(ACTIVATIONS, WIRINGS, BUDGETS[:2]):
        cells = []
        for depth in DEPTHS:
            found = [n for name in tasks(results)
                     for n in chosen(results, [(name, *MAIN, activation, wiring, depth)], budget).values()]
            cells.append(f"{100 * mean(n.penalty == float('inf') for n in found):.0f}")
        rows.append([activation, wiring, str(budget), *cells])
    return table(["activation", "wiring", "energy", *ALL], rows)


def gap(results: Results) -> str:
    rows = []
    every = [n for key, by_seed in results.items() if key[-1] == 1 for networks in by_seed.values() for n in networks]
    for wiring, penalty in itertools.product(WIRINGS, sorted({n.penalty for n in every})):
        cells = []
        for depth in DEPTHS:
            networks = [n for name, activation in itertools.product(tasks(results), ACTIVATIONS)
                        for seed in results[(name, *MAIN, activation, wiring, depth)].values()
                        for n in seed if n.penalty == penalty]
            cells.append(" / ".join(f"{mean(values):.1f}" for values in (
                [n.energy for n in networks], [n.data_max for n in networks], [n.data_mean for n in networks])))
        rows.append([wiring, f"{penalty:g}", *cells])
    return table(["wiring", "penalty", *ALL], rows)


def limits(budget: Budget) -> Callable[[Results], str]:
    def made(results: Results) -> str:
        rows = []
        for activation, (hidden, limit) in itertools.product(ACTIVATIONS, LIMITS):
            rest = (hidden, limit, activation, "skip")
            rows.append([activation, str(hidden), str(limit),
                         counted(results, accuracies(results, [("digits", *rest, 1)], budget)),
                         *(difference(results, ["digits"], rest, depth, budget) for depth in DEPTHS[1:])])
        return table(["activation", "hidden gates", "largest weight", "depth 1", *DEEP], rows)

    return made


TABLES: dict[str, Callable[[Results], str]] = {
    "one gate": one_gate,
    "frontier": frontier,
    "differences": differences(BUDGETS, "energy"),
    "differences on data": differences((Budget(7, on_data=True), Budget(10, on_data=True)), "largest on data"),
    "per set": per_set,
    "floors": floors,
    **{f"accuracy {budget.gates}": accuracy(budget) for budget in TRAINED},
    "gap": gap,
    **{f"limits {budget.gates}": limits(budget) for budget in BUDGETS},
}


def filled(page: str, tables: dict[str, str]) -> str:
    """The page with each marked part replaced."""
    for name, text in tables.items():
        pattern = re.compile(rf"(<!-- table: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not pattern.search(page):
            raise SystemExit(f"the page has no place for the table '{name}'")
        page = pattern.sub(lambda match, text=text: f"{match.group(1)}\n{text}\n\n{match.group(2)}", page)
    return page


def count_line(counts: Counts) -> str:
    return (f"{counts.proved + counts.left_out} networks; {counts.proved} exact energies proved, "
            f"{counts.left_out} not. {counts.unreached} of them ({100 * counts.unreached / counts.proved:.0f} %) are "
            "larger than on any row of the data.")


def every_table(path: Path) -> Iterator[tuple[str, str]]:
    results, counts = read(path)
    yield "count", count_line(counts)
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
