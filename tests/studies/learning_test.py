# SPDX-License-Identifier: Apache-2.0
"""The committed results of studies/learning: measured again, complete, and the same in the page."""

import csv
import json
import sys
import unittest
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "studies/learning"
sys.path[:0] = [str(ROOT / "tests/cli"), str(STUDY)]
import tables  # noqa: E402
from gatelight_program import gatelight  # noqa: E402

# Search proves these in a second or so; enumeration measures all.
SEARCHED = {"wine_threshold_layered_6", "iris_sigmoid_skip_5"}


def rows() -> list[dict[str, str]]:
    with open(STUDY / "results.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class CommittedCircuits(unittest.TestCase):
    def test_engines_still_measure_what_the_results_say(self) -> None:
        lines = {}
        for row in rows():
            if (row["limit"] == "3" and row["hidden"] == "24" and row["penalty"] == "0.3" and row["seed"] == "0"):
                lines["_".join((row["task"], row["activation"], row["wiring"], row["depth"]))] = row
        files = sorted((STUDY / "circuits").glob("*.gl.json"))
        self.assertEqual(len(files), 6)
        for file in files:
            name = file.name.removesuffix(".gl.json")
            for engine in ("enumerate", "search") if name in SEARCHED else ("enumerate",):
                with self.subTest(circuit=name, engine=engine):
                    run = gatelight("energy", "--json", "--engine", engine, str(file))
                    self.assertEqual(run.status, 0, run.err)
                    found, row = json.loads(run.out), lines[name]
                    self.assertTrue(found["energy"]["proved"])
                    self.assertEqual(found["energy"]["lower"], int(row["energy"]))
                    self.assertEqual(found["size"], int(row["hidden"]) + 1)
                    self.assertEqual(found["weight"], int(row["weight"]))
                    self.assertLessEqual(found["depth"], int(row["depth"]) + 1)


class Results(unittest.TestCase):
    def test_every_setting_has_every_seed_and_penalty_once(self) -> None:
        found = defaultdict(list)
        for row in rows():
            key = tuple(row[k] for k in ("task", "hidden", "limit", "activation", "wiring", "depth"))
            found[key].append((row["seed"], row["penalty"]))
        seeds = {row["seed"] for row in rows()}
        penalties = {row["penalty"] for row in rows()}
        self.assertGreaterEqual(len(seeds), 5)
        for key, members in found.items():
            expected = penalties if key[-1] != "0" else {"0"}
            self.assertEqual(sorted(members), sorted((s, p) for s in seeds for p in expected), key)
        for task in {key[0] for key in found}:
            for activation in tables.ACTIVATIONS:
                for wiring in tables.WIRINGS:
                    for depth in tables.DEPTHS:
                        key = (task, "24", "3", activation, wiring, str(depth))
                        self.assertEqual(key in found, depth > 1 or wiring == "layered", key)

    def test_energies_lie_between_the_data_and_the_size(self) -> None:
        for row in rows():
            self.assertEqual(row["proved"], "1", row)
            self.assertLessEqual(float(row["data_mean"]), int(row["data_max"]), row)
            self.assertLessEqual(int(row["data_max"]), int(row["energy"]), row)
            self.assertLessEqual(int(row["energy"]), int(row["hidden"]) + 1, row)
            self.assertLessEqual(int(row["weight"]), int(row["limit"]), row)

    def test_the_page_shows_these_results(self) -> None:
        page = (ROOT / "docs/studies/learning.md").read_text(encoding="utf-8")
        made = dict(tables.every_table(STUDY / "results.csv"))
        self.assertEqual(tables.filled(page, made), page, "studies/learning/tables.py --write brings it up to date")


class Statistics(unittest.TestCase):
    def test_sign_flips_are_counted_exactly(self) -> None:
        self.assertEqual(tables.sign_flip([1.0] * 8), 2 / 256)
        self.assertEqual(tables.sign_flip([1.0, -1.0]), 1.0)
        self.assertEqual(tables.sign_flip([3.0, 2.0, -1.0]), 4 / 8)

    def test_the_budget_is_kept_before_accuracy_counts(self) -> None:
        networks = [tables.Network(0.0, 0.9, 0.8, 12, 11, 5.0), tables.Network(0.3, 0.8, 0.9, 7, 6, 3.0),
                    tables.Network(1.0, 0.8, 0.7, 5, 4, 2.0)]
        self.assertEqual(tables.within(networks, tables.Budget(25)).energy, 12)
        self.assertEqual(tables.within(networks, tables.Budget(10)).energy, 5)
        self.assertEqual(tables.within(networks, tables.Budget(11, on_data=True)).energy, 12)
        self.assertIsNone(tables.within(networks, tables.Budget(4)))


if __name__ == "__main__":
    unittest.main()
