# SPDX-License-Identifier: Apache-2.0
"""`gatelight make`: what it writes is what it predicts, and what is asked wrongly is refused in one line."""

import json
import random
import tempfile
import unittest
from pathlib import Path

from gatelight_program import gatelight

EXAMPLES = [
    ("cd", "pairs=6", "depth=3", "energy=3"), ("disj", "pairs=6", "energy=2"), ("eq", "pairs=6", "rows=2"),
    ("symmetric", "values=0110100"), ("symmetric-tree", "values=0110100"), ("parity-tree", "bits=9"), ("parity", "bits=9", "width=3"), ("parity-blocks", "bits=9", "blocks=3"),
    ("parity-fold", "bits=9"), ("majority", "bits=9"), ("mod", "bits=12", "modulus=3", "digits=2"),
    ("mod-count", "bits=12", "modulus=5", "activation=sigmoid"), ("ip-count", "pairs=5", "blocks=2"),
    ("ip", "pairs=4", "blocks=2", "activation=relu"), ("mux", "address=2"), ("table", "inputs=4", "hex=6996"),
    ("tree", "inputs=4", "hex=e8f0"), ("list", "inputs=4", "hex=e8f0"),
]


class Make(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name) / "made.gl.json"

    def test_what_is_written_has_the_predicted_resources(self) -> None:
        for family, *parameters in EXAMPLES:
            made = gatelight("make", family, *parameters, "-o", str(self.out), "--json")
            self.assertEqual((made.status, made.err), (0, ""), family)
            predicted = json.loads(made.out)
            self.assertEqual(predicted["schema"], "gatelight/make/1")
            self.assertEqual((predicted["family"], predicted["file"]), (family, str(self.out)))
            measured = json.loads(gatelight("energy", str(self.out), "--json").out)
            self.assertEqual((measured["energy"]["lower"], measured["energy"]["upper"]), (predicted["energy"],) * 2)
            for key in ("inputs", "size", "depth", "weight"):
                self.assertEqual(measured[key], predicted[key], f"{family}: {key}")

    def test_without_a_file_the_circuit_goes_to_standard_output(self) -> None:
        printed = gatelight("make", "mux", "address=2")
        self.assertEqual((printed.status, printed.err), (0, ""))
        self.assertEqual(gatelight("make", "mux", "address=2", "-o", str(self.out), "--quiet").out, "")
        self.assertEqual(printed.out, self.out.read_text())
        self.assertIsNone(json.loads(gatelight("make", "mux", "address=2", "--json").out)["file"])
        text = gatelight("make", "mux", "address=2", "-o", str(self.out)).out
        self.assertIn("inputs 6, size 5, depth 2, energy 1, weight 1\n", text)
        text = gatelight("make", "ip-count", "pairs=9", "-o", str(self.out)).out
        self.assertIn("inputs 18, size 513, depth 3, energy 3, weight 9, precision 4\n", text)

    def test_families_of_one_function_agree(self) -> None:
        other = self.out.with_name("other.gl.json")
        gatelight("make", "parity", "bits=40", "-o", str(self.out))
        gatelight("make", "parity-fold", "bits=40", "-o", str(other))
        self.assertEqual(gatelight("equiv", str(self.out), str(other)).status, 0)
        gatelight("make", "mod-count", "bits=40", "activation=sigmoid", "-o", str(other))
        self.assertEqual(gatelight("equiv", str(self.out), str(other)).status, 0)
        gatelight("make", "mod", "bits=40", "modulus=2", "-o", str(other))  # even, not odd
        self.assertEqual(gatelight("equiv", str(self.out), str(other)).status, 5)

    def test_from_a_circuit(self) -> None:
        start = self.out.with_name("start.gl.json")
        gatelight("make", "cd", "pairs=5", "depth=6", "energy=2", "activation=relu", "precision=2", "-o", str(start))
        for family, most in (("threshold-gates", (7, 6, 2)), ("few-states", (12, 7, 4)), ("shallow", (27, 5, 99))):
            made = gatelight("make", family, f"circuit={start}", "-o", str(self.out), "--json")
            self.assertEqual((made.status, made.err), (0, ""), family)
            predicted = json.loads(made.out)
            self.assertEqual(predicted["energy_exact"], family != "shallow")
            self.assertTrue(all(predicted[key] <= limit for key, limit in zip(("size", "depth", "energy"), most)),
                            (family, predicted))
            self.assertEqual(gatelight("equiv", str(start), str(self.out)).status, 0, family)
        self.assertIn(", energy at most ", gatelight("make", "shallow", f"circuit={start}", "-o", str(self.out)).out)
        for file, message in ((start.with_name("none"), "cannot be opened"), ("examples/iris/iris.onnx", "has 3 outputs")):
            run = gatelight("make", "few-states", f"circuit={file}")
            self.assertEqual((run.status, run.out), (3, ""))
            self.assertTrue(run.err.startswith(f"gatelight: {file}: {message}"), run.err)

    def test_a_limit_leaves_a_bound(self) -> None:
        draw = random.Random(3)
        gates = [{"name": f"h{i}", "threshold": 12,
                  "weights": {f"x{j}": draw.choice((-3, -2, -1, 1, 2, 3)) for j in range(64)}} for i in range(64)]
        gates.append({"name": "o", "threshold": 1, "weights": {f"h{i}": draw.choice((-1, 1)) for i in range(64)}})
        start = self.out.with_name("dense.gl.json")
        start.write_text(json.dumps({"format": "gatelight/circuit", "version": 1, "name": "dense", "inputs": 64,
                                     "gates": gates, "outputs": ["o"]}))
        made = gatelight("make", "threshold-gates", f"circuit={start}", "--time-limit", "0.01", "-o", str(self.out), "--json")
        self.assertEqual((made.status, json.loads(made.out)["energy_exact"]), (4, False))
        self.assertTrue(self.out.exists())

    def test_the_list_has_a_line_for_each(self) -> None:
        lines = gatelight("make", "--list").out.splitlines()
        self.assertEqual(sorted(line.split()[0] for line in lines),
                         sorted([family for family, *_ in EXAMPLES] + ["few-states", "shallow", "threshold-gates"]))
        self.assertIn("pairs= [depth=2] [energy=2]", lines[0])
        listed = json.loads(gatelight("make", "--list", "--json").out)
        self.assertEqual(listed["schema"], "gatelight/make-list/1")
        self.assertEqual(listed["families"][0]["parameters"][0]["name"], "pairs")

    def test_bad_parameters(self) -> None:
        for arguments, message in (
                (("nonsense",), "nonsense: no family of this name; there are cd, disj"),
                (("cd",), "cd: pairs: missing; add pairs=..."),
                (("cd", "pairs=3", "deep=2"), "cd: deep: no parameter of cd; it has pairs, depth, energy, activation"),
                (("cd", "pairs=three"), "cd: pairs: must be a whole number, not 'three'"),
                (("cd", "pairs=3", "activation=step"), "cd: activation: must be threshold, relu or sigmoid, not 'step'"),
                (("cd", "pairs=12", "depth=20"), "cd: depth: must be from 2 to 13, not 20; each of the"),
                (("cd", "pairs=4096"), "cd: pairs: a block of 4096 pairs needs 2^4096 - 1 gates"),
                (("table", "inputs=4", "hex=0x69"), "table: hex: must be hexadecimal digits"),
                (("parity", "bits=4000"), "parity: more than 2^22 wires")):
            run = gatelight("make", *arguments, "-o", str(self.out))
            self.assertEqual((run.status, run.out), (3, ""), arguments)
            self.assertTrue(run.err.startswith(f"gatelight: {message}"), run.err)
            self.assertEqual(run.err.count("\n"), 1)
            self.assertFalse(self.out.exists())

    def test_wrong_usage(self) -> None:
        for arguments in ((), ("cd", "pairs"), ("cd", "=3"), ("cd", "--list"), ("cd", "pairs=3", "-o"), ("cd", "pairs=3", "-o", "")):
            run = gatelight("make", *arguments)
            self.assertEqual((run.status, run.out), (2, ""), arguments)
            self.assertEqual(run.err.count("\n"), 1)

    def test_a_file_that_cannot_be_written(self) -> None:
        run = gatelight("make", "mux", "address=2", "-o", str(self.out / "below" / "no.gl.json"))
        self.assertEqual((run.status, run.out), (1, ""))
        self.assertEqual(run.err.count("\n"), 1)


if __name__ == "__main__":
    unittest.main()
