# SPDX-License-Identifier: Apache-2.0
"""The networks of studies/learning: numpy computes what the exported circuit computes, and training trains."""

import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/cli"), str(ROOT / "studies/learning")]
from circuit import circuit, text  # noqa: E402
from gatelight_program import gatelight  # noqa: E402
from network import ACTIVATIONS, Networks, Schedule, Shape, train  # noqa: E402

ROWS = int(200 * float(os.environ.get("GATELIGHT_TEST_MULTIPLIER", "1")))
SEED = 11


class Export(unittest.TestCase):
    def test_every_gate_has_the_value_that_numpy_gives_it(self) -> None:
        print(f"seed {SEED}")
        rng = np.random.default_rng(SEED)
        x = rng.integers(0, 2, (2, ROWS, 12)).astype(float)
        for activation in ACTIVATIONS.values():
            for skip in (False, True):
                with self.subTest(activation=activation.name, skip=skip):
                    shape = Shape(12, (5, 4, 3), skip, activation, 7)
                    networks = Networks(shape, [(SEED, 0), (SEED, 1)], x)
                    _, sums, values = networks.forward(x)
                    expected = np.concatenate([*values, sums[-1] >= 0], axis=2)[1].astype(int)
                    described = circuit("test", ["a", "b", "c"], 4, networks, 1)
                    lines = "".join("".join(str(int(v)) for v in row) + "\n" for row in x[1])
                    with tempfile.TemporaryDirectory() as folder:
                        file = Path(folder) / "network.gl.json"
                        file.write_text(text(described), encoding="utf-8")
                        run = gatelight("eval", "--json", "--gates", str(file), stdin=lines)
                    self.assertEqual(run.status, 0, run.err)
                    found = [list(json.loads(line)["gates"].values()) for line in run.out.splitlines()]
                    np.testing.assert_array_equal(found, expected)
                    self.assertGreater(len(np.unique(expected[:, :-1])), activation.largest)


class CarriedGate(unittest.TestCase):
    """studies/learning/tables.py counts on it that a network of any depth can do what one gate does."""

    def test_one_gate_a_layer_carries_an_answer_to_any_depth(self) -> None:
        first = {"threshold": 0, "relu": 4, "sigmoid": -6}  # the least z that fires
        weights, threshold = {f"a.{i}": w for i, w in enumerate((3, -2, 1, -3, 2))}, 1
        inputs = [{"name": "a", "bits": 5}]
        lines = [f"{i:05b}" for i in range(32)]
        gate = [sum(int(bit) * w for bit, w in zip(line, weights.values())) >= threshold for line in lines]
        for name, activation in ACTIVATIONS.items():
            for depth in range(1, 7):
                with self.subTest(activation=name, depth=depth):
                    gates = [{"name": f"h{d}", "weights": {f"h{d - 1}": 1} if d > 1 else weights,
                              "threshold": (1 if d > 1 else threshold) - first[name],
                              "activation": activation.written} for d in range(1, depth + 1)]
                    gates.append({"name": "out", "weights": {f"h{depth}": 1}, "threshold": 1})
                    described = {"format": "gatelight/circuit", "version": 1, "inputs": inputs, "gates": gates,
                                 "outputs": ["out"]}
                    with tempfile.TemporaryDirectory() as folder:
                        file = Path(folder) / "carried.gl.json"
                        file.write_text(text(described), encoding="utf-8")
                        shown = gatelight("eval", "--json", str(file), *lines)
                        energy = gatelight("energy", "--json", str(file))
                    self.assertEqual(shown.status, 0, shown.err)
                    fired = [json.loads(line)["fired"] for line in shown.out.splitlines()]
                    self.assertEqual(fired, [(depth + 1) * int(answer) for answer in gate])
                    self.assertEqual(json.loads(energy.out)["energy"]["upper"], depth + 1)


class Training(unittest.TestCase):
    def setUp(self) -> None:
        rng = np.random.default_rng(SEED)
        self.x = np.repeat(rng.integers(0, 2, (1, 400, 6)).astype(float), 2, axis=0)
        self.labels = self.x[:, :, 0] != self.x[:, :, 1]  # no single gate computes this

    def test_learns_what_no_single_gate_computes_and_obeys_the_penalty(self) -> None:
        for activation in ACTIVATIONS.values():
            for skip in (False, True):
                with self.subTest(activation=activation.name, skip=skip):
                    shape = Shape(6, (6, 6), skip, activation, 3)
                    networks = train(shape, [(SEED, 0)] * 2, np.array([0.0, 2.0]), self.x, self.labels,
                                     Schedule(steps=400))
                    _, sums, values = networks.forward(self.x)
                    right = ((sums[-1][:, :, 0] >= 0) == self.labels).mean(axis=1)
                    fired = sum((v > 0).sum(axis=2).mean(axis=1) for v in values)
                    self.assertGreater(right[0], 0.95)
                    self.assertLess(fired[1], fired[0])
                    for layer in range(shape.layers):
                        self.assertLessEqual(np.abs(networks.integer_weights(layer)).max(), 3)

    def test_a_network_does_not_depend_on_its_batch(self) -> None:
        shape = Shape(6, (4, 4), True, ACTIVATIONS["relu"], 3)
        schedule = Schedule(steps=60)
        both = train(shape, [(1, 0), (2, 0)], np.array([0.0, 1.0]), self.x, self.labels, schedule)
        one = train(shape, [(2, 0)], np.array([1.0]), self.x[1:], self.labels[1:], schedule)
        for a, b in zip(both.only(1).state(), one.state(), strict=True):
            np.testing.assert_array_equal(a, b)


if __name__ == "__main__":
    unittest.main()
