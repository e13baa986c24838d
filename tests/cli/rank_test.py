# SPDX-License-Identifier: Apache-2.0
"""gatelight rank and gatelight matrix: every option, JSON keys, exit statuses, files, signals."""

import json
import math
import os
import signal
import subprocess
import tempfile
import time
import unittest
from fractions import Fraction
from itertools import product
from pathlib import Path

from gatelight_program import PROGRAM, gatelight

DISJOINT = {
    "format": "gatelight/circuit", "version": 1, "name": "disjoint", "inputs": 6,
    "gates": [{"name": f"pair{i}", "weights": {f"x{i}": 1, f"x{i + 3}": 1}, "threshold": 2} for i in range(3)]
    + [{"name": "meet", "weights": {"pair0": 1, "pair1": 1, "pair2": 1}, "threshold": 1},
       {"name": "count", "weights": {"pair0": 1, "pair1": 1, "pair2": 1}, "threshold": 0,
        "activation": {"relu": {"shift": 0, "max": 3}}}],
    "outputs": ["meet", "count"],
}


def rank_of(matrix: list[list[int]]) -> int:
    """Over the rationals."""
    rows = [[Fraction(entry) for entry in row] for row in matrix]
    rank = 0
    for column in range(len(rows[0])):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column] != 0), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for i in range(rank + 1, len(rows)):
            factor = rows[i][column] / rows[rank][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[rank])]
        rank += 1
    return rank


def hard_circuit(bits: int = 60, gates: int = 40) -> dict:
    """Two dense layers that no diagram holds."""
    state = 12345
    def draw() -> int:
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return state >> 33
    def layer(name: str, sources: list[str], count: int) -> list[dict]:
        return [{"name": f"{name}{g}", "weights": {s: draw() % 15 - 7 or 1 for s in sources}, "threshold": draw() % 9}
                for g in range(count)]
    first = layer("g", [f"x{i}" for i in range(bits)], gates)
    return {"format": "gatelight/circuit", "version": 1, "inputs": bits, "outputs": ["out0"],
            "gates": first + layer("out", [gate["name"] for gate in first], 1)}


class Ranks(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.disjoint = self.write("disjoint.gl.json", DISJOINT)

    def path(self, name: str) -> str:
        return str(Path(self.folder.name) / name)

    def write(self, name: str, document: dict) -> str:
        Path(self.path(name)).write_text(json.dumps(document))
        return self.path(name)

    def json_of(self, *arguments: str, status: int = 0) -> dict:
        run = gatelight("rank", *arguments, "--json")
        self.assertEqual(run.status, status, run.err)
        self.assertEqual(run.out.count("\n"), 1)
        return json.loads(run.out)

    def test_json_has_the_contracts_keys(self) -> None:
        result = self.json_of(self.disjoint, "--partition", "000111")
        self.assertEqual(result["schema"], "gatelight/rank/1")
        self.assertEqual(result["partition"], "000111")
        self.assertEqual((result["rank"]["lower"], result["rank"]["upper"]), (7, 7))
        self.assertIs(result["rank"]["exact"], True)
        self.assertTrue(all(isinstance(prime, int) for prime in result["rank"]["primes"]))
        self.assertAlmostEqual(result["log2"], math.log2(7))

    def test_the_first_half_is_side_a_by_default(self) -> None:
        result = self.json_of(self.disjoint)
        self.assertEqual(result["partition"], "000111")
        self.assertEqual(result["output"], "meet")

    def test_text(self) -> None:
        run = gatelight("rank", self.disjoint)
        self.assertEqual(run.status, 0, run.err)
        self.assertIn("rank        7, log2 = 2.807", run.out)
        self.assertIn("at most     7: ", run.out)

    def test_every_path_says_the_same(self) -> None:
        for partition in ["000111", "010101", "011111", "000000"]:
            ranks = {self.json_of(self.disjoint, "--partition", partition, "--path", path)["rank"]["lower"]
                     for path in ["auto", "dense", "structured"]}
            self.assertEqual(len(ranks), 1, partition)
        run = gatelight("rank", self.disjoint, "--path", "nested")
        self.assertEqual(run.status, 3)
        self.assertIn("one threshold gate", run.err)

    def test_other_outputs_and_gates(self) -> None:
        self.assertEqual(self.json_of(self.disjoint, "--output", "pair1")["rank"]["upper"], 1)
        run = gatelight("rank", self.disjoint, "--output", "count")
        self.assertEqual(run.status, 0)
        self.assertIn("f is whether it fires", run.err)
        run = gatelight("rank", self.disjoint, "--output", "nothing")
        self.assertEqual(run.status, 3)
        self.assertIn("nothing", run.err)
        self.assertEqual(run.err.count("\n"), 1)

    def test_levels_of_an_output(self) -> None:
        rows = list(product([0, 1], repeat=3))
        for level in range(5):
            matrix = [[int(sum(a * b for a, b in zip(x, y)) >= level) for y in rows] for x in rows]
            result = self.json_of(self.disjoint, "--output", "count", "--at-least", str(level))
            self.assertEqual(result["rank"]["lower"], rank_of(matrix), level)
            self.assertEqual(result["at_least"], level)

    def test_best(self) -> None:
        result = self.json_of(self.disjoint, "--best")
        self.assertEqual((result["rank"]["lower"], result["rank"]["upper"]), (7, 7))
        self.assertIs(result["partitions"]["exhausted"], True)
        self.assertEqual(result["partitions"]["count"], "32")
        again = self.json_of(self.disjoint, "--partition", result["partition"])
        self.assertEqual(again["rank"]["lower"], 7)
        self.assertIn("rk(f)       7", gatelight("rank", self.disjoint, "--best").out)

    def test_all(self) -> None:
        result = self.json_of(self.disjoint, "--all")
        self.assertEqual(len(result["partitions"]), 32)
        self.assertEqual(max(row["rank"]["lower"] for row in result["partitions"]), 7)
        self.assertTrue(all(row["partition"][0] == "0" for row in result["partitions"]))
        text = gatelight("rank", self.disjoint, "--all").out
        self.assertIn("000111  7\n", text)

    def test_a_truth_table(self) -> None:
        # Bit number x of the table is f(x): 0x8 is x0 AND x1.
        result = self.json_of("--table", "8", "--inputs", "2")
        self.assertEqual(result["rank"]["lower"], 1)
        self.assertIsNone(result["file"])
        self.assertEqual(self.json_of("--table", "6", "--inputs", "2")["rank"]["lower"], 2)
        self.assertEqual(self.json_of("--table", "0", "--inputs", "2", "--best")["log2"], None)

    def test_samples_are_labelled_lower_bounds(self) -> None:
        hard = self.write("hard.gl.json", hard_circuit())
        result = self.json_of(hard, "--samples", "32")
        self.assertEqual(result["path"], "sampled")
        self.assertIs(result["rank"]["exact"], False)
        self.assertLessEqual(result["rank"]["lower"], 32)
        self.assertEqual(result["rank"]["upper"], 2**30)
        self.assertIn("sampled", gatelight("rank", hard, "--samples", "32").out)

    def test_a_certificate_is_accepted(self) -> None:
        out = self.path("rank.json")
        for extra in ([], ["--best"], ["--path", "structured"], ["--partition", "011010"]):
            result = self.json_of(self.disjoint, *extra, "--certificate", out)
            self.assertEqual(result["certificate"], out)
            check = gatelight("check", self.disjoint, out)
            self.assertEqual(check.status, 0, check.out + check.err)
            self.assertIn(str(result["rank"]["lower"]), check.out)
            forged = json.loads(Path(out).read_text())
            forged["lower"]["rows"][0] = forged["lower"]["rows"][1]
            Path(out).write_text(json.dumps(forged))
            self.assertEqual(gatelight("check", self.disjoint, out).status, 5)
        run = gatelight("rank", self.disjoint, "--output", "count", "--certificate", out)
        self.assertEqual(run.status, 3)
        run = gatelight("rank", self.disjoint, "--certificate", self.path("no/such/folder/x"))
        self.assertEqual(run.status, 1)
        self.assertEqual(run.err.count("\n"), 1)

    def test_the_domain_has_no_part_in_it(self) -> None:
        restricted = self.write("restricted.gl.json", DISJOINT | {"domain": {"fix": {"x0": 1}}})
        run = gatelight("rank", restricted)
        self.assertIn("domain", run.err)
        self.assertIn("rank        7", run.out)
        self.assertEqual(gatelight("rank", restricted, "--quiet").err, "")

    def test_matrix_files(self) -> None:
        rows = list(product([0, 1], repeat=3))
        expected = [[int(any(a and b for a, b in zip(x[::-1], y[::-1]))) for y in rows] for x in rows]
        picture, listing = self.path("m.pgm"), self.path("m.mtx")
        self.assertEqual(gatelight("matrix", self.disjoint, picture, "--partition", "000111").status, 0)
        data = Path(picture).read_bytes()
        self.assertTrue(data.startswith(b"P5\n8 8\n255\n"))
        self.assertEqual(list(data[len(b"P5\n8 8\n255\n"):]), [255 * (1 - e) for row in expected for e in row])
        result = gatelight("matrix", self.disjoint, listing, "--json")
        self.assertEqual(json.loads(result.out)["ones"], sum(map(sum, expected)))
        lines = Path(listing).read_text().splitlines()
        self.assertEqual(lines[0], "%%MatrixMarket matrix coordinate integer general")
        self.assertEqual(lines[1], f"8 8 {sum(map(sum, expected))}")
        entries = {tuple(map(int, line.split()[:2])) for line in lines[2:]}
        self.assertEqual(entries, {(i + 1, j + 1) for i in range(8) for j in range(8) if expected[i][j]})
        self.assertEqual(gatelight("matrix", "--table", "8", "--inputs", "2", picture).status, 0)

    def test_wrong_usage(self) -> None:
        for arguments in [["rank"], ["rank", self.disjoint, "--table", "8"], ["rank", self.disjoint, "--best", "--all"],
                          ["rank", self.disjoint, "--best", "--partition", "000111"],
                          ["rank", self.disjoint, "--all", "--samples", "9"], ["rank", self.disjoint, "--samples", "0"],
                          ["rank", self.disjoint, "--all", "--certificate", self.path("x")],
                          ["rank", "--table", "8", "--inputs", "2", "--certificate", self.path("x")],
                          ["rank", "--table", "8", "--inputs", "2", "--output", "x"],
                          ["rank", "--table", "8", "--inputs", "2", "--at-least", "1"],
                          ["rank", self.disjoint, "--at-least", "1", "--certificate", self.path("x")],
                          ["rank", self.disjoint, "--path", "best"], ["rank", self.disjoint, "--at-least", "x"],
                          ["matrix", self.disjoint, self.path("m.txt")], ["matrix", self.disjoint]]:
            run = gatelight(*arguments)
            self.assertEqual(run.status, 2, arguments)
            self.assertEqual(run.out, "")
            self.assertEqual(run.err.count("\n"), 1, run.err)
        self.assertEqual(os.listdir(self.folder.name), ["disjoint.gl.json"])

    def test_bad_input(self) -> None:
        large = self.write("large.gl.json", {"format": "gatelight/circuit", "version": 1, "inputs": 30, "outputs": ["g"],
                                             "gates": [{"name": "g", "weights": {"x0": 1, "x29": 1}, "threshold": 1}]})
        silent = self.write("silent.gl.json", DISJOINT | {"outputs": []})
        for arguments in [["rank", self.path("missing")], ["rank", self.disjoint, "--partition", "0011"],
                          ["rank", self.disjoint, "--partition", "00x111"], ["rank", "--table", "8g", "--inputs", "3"],
                          ["rank", "--table", "88", "--inputs", "2"], ["rank", large, "--all"], ["rank", silent],
                          ["matrix", large, self.path("m.pgm")], ["matrix", self.path("missing"), self.path("m.pgm")]]:
            run = gatelight(*arguments)
            self.assertEqual(run.status, 3, (arguments, run.err))
            self.assertEqual(run.out, "")
            self.assertEqual(run.err.count("\n"), 1, run.err)
        self.assertFalse(Path(self.path("m.pgm")).exists())

    def test_a_time_limit_gives_a_sound_interval(self) -> None:
        hard = self.write("hard.gl.json", hard_circuit())
        begin = time.monotonic()
        result = self.json_of(hard, "--time-limit", "1", status=4)
        self.assertLess(time.monotonic() - begin, 20)
        self.assertLess(result["rank"]["lower"], result["rank"]["upper"])
        self.assertIs(result["rank"]["exact"], False)
        result = self.json_of(hard, "--best", "--time-limit", "1", status=4)
        self.assertIs(result["partitions"]["exhausted"], False)

    def test_a_signal_gives_a_sound_interval(self) -> None:
        hard = self.write("hard.gl.json", hard_circuit())
        with subprocess.Popen([PROGRAM, "rank", hard, "--best", "--samples", "4096", "--json"],
                              stdout=subprocess.PIPE) as process:
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 4)
        self.assertLess(json.loads(out)["rank"]["lower"], 2**30)


if __name__ == "__main__":
    unittest.main()
