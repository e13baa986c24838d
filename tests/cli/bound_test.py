# SPDX-License-Identifier: Apache-2.0
"""gatelight bound: JSON keys, text, exit statuses, limits."""

import json
import math
import tempfile
import time
import unittest
from pathlib import Path

from gatelight_program import gatelight
from rank_test import DISJOINT, hard_circuit

KEYS = {"schema", "file", "output", "n", "s", "d", "w", "e", "energy", "best", "partition", "rank", "log2_rank",
        "theorem_rhs", "theorem_applies", "instance_rhs", "bounds", "slack", "holds", "firing", "seconds", "stopped",
        "notes"}


class BothSides(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.disjoint = self.write("disjoint.gl.json", DISJOINT)

    def write(self, name: str, document: dict) -> str:
        path = Path(self.folder.name) / name
        path.write_text(json.dumps(document))
        return str(path)

    def json_of(self, *arguments: str, status: int = 0) -> dict:
        run = gatelight("bound", *arguments, "--json")
        self.assertEqual(run.status, status, run.err)
        self.assertEqual(run.out.count("\n"), 1)
        return json.loads(run.out)

    def test_json_has_the_contracts_keys(self) -> None:
        result = self.json_of(self.disjoint)
        self.assertEqual(set(result), KEYS)
        self.assertEqual(result["schema"], "gatelight/bound/1")
        self.assertEqual([result[key] for key in "ndw"], [6, 2, 1])
        self.assertEqual(result["energy"], {"lower": 5, "upper": 5, "proved": True})
        self.assertEqual(result["rank"], {"lower": 7, "upper": 7, "exact": True})
        self.assertAlmostEqual(result["log2_rank"], math.log2(7))
        rhs = result["e"] * result["d"] * sum(math.log2(result[key]) for key in "swn")
        self.assertAlmostEqual(result["theorem_rhs"], rhs)
        self.assertIs(result["theorem_applies"], True)
        # Each subset of three AND gates of rank 1, and those that contribute: all but the empty one.
        bounds = {bound["name"]: bound["log2"] for bound in result["bounds"]}
        self.assertAlmostEqual(bounds["fed gates"], 3)
        self.assertAlmostEqual(bounds["states"], math.log2(7))
        self.assertEqual(result["instance_rhs"], min(bounds.values()))
        self.assertIs(result["holds"], True)
        self.assertAlmostEqual(result["slack"], 0)

    def test_all_names_every_bound_and_why_one_is_missing(self) -> None:
        result = self.json_of(self.disjoint, "--all")
        self.assertEqual(set(result), KEYS | {"all"})
        every = {bound["name"]: bound for bound in result["all"]}
        self.assertEqual(set(every), {"theorem", "trivial", "row classes", "fed gates", "accepting patterns", "states",
                                      "root of the rank", "firing patterns", "closed form", "rank + 1",
                                      "gates below the output", "sets of gates", "this circuit"})
        for bound in every.values():
            self.assertEqual(set(bound), {"measure", "name", "applies", "right", "reason", "left", "left_certified",
                                          "left_reason", "reference"})
            page, _, section = bound["reference"].partition("#")
            headings = [line.lstrip("# ").lower().replace(",", "").replace(":", "").replace(" ", "-")
                        for line in Path(page).read_text().splitlines() if line.startswith("#")]
            self.assertTrue(section == "" or section in headings, bound["reference"])
            if bound["applies"]:
                self.assertLessEqual(bound["left"], bound["right"] + 1e-6, bound)
        self.assertFalse(every["accepting patterns"]["applies"])
        self.assertIsNone(every["accepting patterns"]["right"])
        self.assertIn("no input bit", every["accepting patterns"]["reason"])
        # Whether two sets of 3 meet: 4 zeros in pairs are linked; 5 gates may fire.
        self.assertAlmostEqual(every["this circuit"]["left"], 2)
        self.assertFalse(every["this circuit"]["applies"])
        self.assertIs(every["firing patterns"]["left_certified"], False)
        self.assertIs(every["sets of gates"]["left_certified"], True)
        # The minimum stays that of the rank.
        self.assertEqual(result["instance_rhs"], every["states"]["right"])
        self.assertEqual(result["bounds"], self.json_of(self.disjoint)["bounds"])
        text = gatelight("bound", self.disjoint, "--all", "--best").out
        self.assertIn("(not certified)", text)
        self.assertIn("row classes", text)
        self.assertIn("for one partition only", text)
        self.assertIn("docs/explanation/bounds.md#theorem-5", text)

    def test_text_marks_the_smallest(self) -> None:
        run = gatelight("bound", self.disjoint)
        self.assertEqual(run.status, 0, run.err)
        marked = [line for line in run.out.splitlines() if line.startswith("  * ")]
        self.assertEqual(len(marked), 1, run.out)
        self.assertIn("states", marked[0])
        self.assertIn("rank        7, log2 = 2.807", run.out)
        self.assertIn("holds       yes", run.out)

    def test_partitions(self) -> None:
        self.assertEqual(self.json_of(self.disjoint)["partition"], "000111")
        result = self.json_of(self.disjoint, "--partition", "011011")
        self.assertEqual((result["partition"], result["best"]), ("011011", False))
        self.assertEqual(result["rank"]["lower"], 2)
        best = self.json_of(self.disjoint, "--best")
        self.assertIs(best["best"], True)
        self.assertEqual(best["rank"]["lower"], 7)
        self.assertGreaterEqual(best["instance_rhs"], math.log2(7) - 1e-12)
        self.assertIn("rk(f)       7", gatelight("bound", self.disjoint, "--best").out)

    def test_other_outputs(self) -> None:
        result = self.json_of(self.disjoint, "--output", "pair1")
        self.assertEqual(result["rank"]["lower"], 1)
        self.assertEqual(result["instance_rhs"], 0)

    def test_the_domain_has_no_part_in_it(self) -> None:
        restricted = self.write("restricted.gl.json", DISJOINT | {"domain": {"fix": {"x0": 0}}})
        result = self.json_of(restricted)
        self.assertEqual(result["energy"]["upper"], 5)
        self.assertEqual(result["rank"]["lower"], 7)
        self.assertIn("domain", gatelight("bound", restricted).err)

    def test_the_theorem_can_say_nothing(self) -> None:
        gate = {"name": "g", "weights": {"x0": 1, "x1": 1}, "threshold": 1,
                "activation": {"steps": {"at": [0, 1], "values": [-1, 0, 1]}}}
        circuit = {"format": "gatelight/circuit", "version": 1, "inputs": 2, "gates": [gate], "outputs": ["g"]}
        result = self.json_of(self.write("negative.gl.json", circuit))
        self.assertIsNone(result["theorem_rhs"])
        self.assertIs(result["theorem_applies"], False)
        self.assertIs(result["holds"], True)
        self.assertTrue(any("negative" in note for note in result["notes"]))
        # A gate that does not count is made to count.
        gate = {"name": "g", "weights": {"x0": 1, "x1": 1}, "threshold": 1, "counts": False}
        result = self.json_of(self.write("logit.gl.json", circuit | {"gates": [gate]}))
        self.assertEqual((result["s"], result["e"], result["theorem_applies"]), (1, 1, False))

    def test_a_function_that_is_0(self) -> None:
        gate = {"name": "g", "weights": {"x0": 1, "x1": 1}, "threshold": 3}
        result = self.json_of(self.write("zero.gl.json", {"format": "gatelight/circuit", "version": 1, "inputs": 2,
                                                          "gates": [gate], "outputs": ["g"]}))
        self.assertEqual(result["rank"]["upper"], 0)
        self.assertIsNone(result["log2_rank"])
        self.assertIsNone(result["slack"])
        self.assertIs(result["holds"], True)

    def test_what_a_budget_allows(self) -> None:
        result = self.json_of("--function", "cd:16", "--depth", "4", "--energy", "5", "--weight", "2")
        self.assertEqual(result["schema"], "gatelight/bound/1")
        self.assertEqual((result["function"], result["n"], result["least"], result["s"]), ("cd:16", 32, "size", 2))
        self.assertIs(result["holds"], True)
        result = self.json_of("--function", "cd:100", "--depth", "2", "--energy", "3", "--weight", "4")
        # 6 * (log2 s + 2 + log2 200) >= 100 - epsilon.
        self.assertEqual(result["s"], next(s for s in range(2, 1000)
                                           if 6 * (math.log2(s) + 2 + math.log2(200)) >= 100 - 1e-9))
        self.assertGreaterEqual(result["theorem_rhs"], result["log2_rank"])
        less = self.json_of("--function", "cd:100", "--depth", "2", "--energy", "3", "--weight", "4", "--size",
                            str(result["s"] - 1), status=5)
        self.assertIs(less["holds"], False)
        self.assertIsNone(less["least"])
        never = self.json_of("--function", "eq:99", "--depth", "9", "--energy", "0", "--weight", "4", status=5)
        self.assertEqual((never["s"], never["least"], never["holds"]), (None, "size", False))
        text = gatelight("bound", "--function", "cd:100", "--depth", "2", "--size", "90", "--weight", "4").out
        self.assertIn("energy 4*", text)
        self.assertIn("the least energy that the theorem leaves possible", text)

    def test_wrong_usage_and_bad_input(self) -> None:
        silent = self.write("silent.gl.json", DISJOINT | {"outputs": []})
        torn = Path(self.folder.name) / "torn.gl.json"
        torn.write_text(json.dumps(DISJOINT)[:-9])
        for status, arguments in [(2, ["bound"]), (2, ["bound", self.disjoint, "--best", "--partition", "000111"]),
                                  (2, ["bound", self.disjoint, "--time-limit", "-1"]), (2, ["bound", self.disjoint, "--what"]),
                                  (2, ["bound", self.disjoint, "--size", "3"]),
                                  (2, ["bound", self.disjoint, "--function", "cd:3"]),
                                  (2, ["bound", "--function", "cd:3", "--size", "3", "--depth", "2", "--energy", "1", "--all"]),
                                  (2, ["bound", "--function", "cd:3", "--size", "3", "--depth", "2"]),
                                  (2, ["bound", "--function", "cd:x", "--size", "3", "--depth", "2", "--energy", "1"]),
                                  (2, ["bound", "--function", "cd:3", "--size", "1", "--depth", "2", "--energy", "1"]),
                                  (2, ["bound", "--function", "cd:3", "--size", "3", "--depth", "2", "--energy", "1",
                                       "--best"]),
                                  (3, ["bound", str(torn)]), (3, ["bound", self.disjoint + "x"]), (3, ["bound", silent]),
                                  (3, ["bound", self.disjoint, "--output", "nothing"]),
                                  (3, ["bound", self.disjoint, "--partition", "0011"]),
                                  (3, ["bound", self.disjoint, "--partition", "00x111"])]:
            run = gatelight(*arguments)
            self.assertEqual(run.status, status, (arguments, run.err))
            self.assertEqual(run.out, "")
            self.assertEqual(run.err.count("\n"), 1, run.err)

    def test_a_time_limit_gives_sound_intervals(self) -> None:
        hard = self.write("hard.gl.json", hard_circuit())
        begin = time.monotonic()
        result = self.json_of(hard, "--time-limit", "2", status=4)
        self.assertLess(time.monotonic() - begin, 20)
        self.assertIs(result["stopped"], True)
        self.assertIs(result["holds"], True)
        self.assertLessEqual(result["rank"]["lower"], result["rank"]["upper"])
        self.assertLessEqual(result["energy"]["lower"], result["energy"]["upper"])
        self.assertLessEqual(result["instance_rhs"], 30)


if __name__ == "__main__":
    unittest.main()
