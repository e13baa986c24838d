# SPDX-License-Identifier: Apache-2.0
"""Witnesses of real networks make as many neurons fire as gatelight says, in the network's own file.

The witness that `energy --json` prints is confirmed by `eval`, and by running the ONNX file on `witness_real`:
with qonnx in 32-bit floats, and with 60 digits (tests/onnx/exact_network.py).  The neurons that fire are counted
from the file alone: the quantizers that an input reaches.  Of a quantized network the counts are equal.
A real-valued network is discretized before: its circuit is evaluated here once more in whole numbers, and the
neurons of the original may differ in a few places, which are printed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
import onnx

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/cli"), str(ROOT / "tests/onnx")]
from cross_check import (  # noqa: E402
    NEAR_TIE, QUANTIZERS, InputTensor, QonnxExecutor, RuntimeExecutor, attributes)
from exact_network import ExactNetwork  # noqa: E402
from gatelight_program import gatelight  # noqa: E402

MODELS = ROOT.parent / "shared/models"
LOW, HIGH, INPUT_BITS = -0.5, 0.5, 8  # of a discretized network's inputs
LEAST_AGREEMENT = 0.9  # of its neurons with those of the original


def witness_of(file: Path) -> tuple[dict, dict]:
    """What `energy` says, and what `eval` says about its witness."""
    run = gatelight("energy", str(file), "--time-limit", "3", "--json", timeout=300)
    assert run.status in (0, 4), run.err
    energy = json.loads(run.out)["energy"]
    shown = json.loads(gatelight("eval", str(file), energy["witness"], "--gates", "--json").out)
    return energy, shown


def reached(model: onnx.ModelProto) -> list[onnx.NodeProto]:
    """The nodes that depend on an input: weights go through quantizers, too."""
    constants = {t.name for t in model.graph.initializer}
    alive = {v.name for v in model.graph.input} - constants
    nodes = []
    for node in model.graph.node:
        if node.op_type != "Shape" and alive & set(node.input):
            alive |= set(node.output)
            nodes.append(node)
    return nodes


def is_bipolar(node: onnx.NodeProto, values: dict) -> bool:
    """Whether the smaller of two values stands for silence."""
    one_bit = node.op_type == "Quant" and attributes(node).get("signed", 1) and float(
        np.asarray(values[node.input[3]]).ravel()[0]) == 1
    return node.op_type == "BipolarQuant" or one_bit


def fired(nodes: list[onnx.NodeProto], values: dict) -> int:
    count = 0
    for node in nodes:
        out = np.asarray(values[node.output[0]]).astype(float)
        count += int(np.count_nonzero(out > 0 if is_bipolar(node, values) else out))
    return count


def evaluate(circuit: dict, words: list[int]) -> dict[str, int]:
    """Every gate of a discretized network: relu and threshold gates over unsigned words."""
    values = dict(zip((word["name"] for word in circuit["inputs"]), words, strict=True))
    for gate in circuit["gates"]:
        z = sum(weight * values[source] for source, weight in gate["weights"].items()) - gate["threshold"]
        activation = gate.get("activation", "threshold")
        if activation == "threshold":
            values[gate["name"]] = int(z >= 0)
        elif "relu" in activation:
            values[gate["name"]] = min(activation["relu"]["max"], max(z, 0) >> activation["relu"]["shift"])
        else:
            steps = activation["steps"]
            values[gate["name"]] = steps["values"][sum(at <= z for at in steps["at"])]
    return values


class Witness(unittest.TestCase):
    def check_quantized(self, name: str) -> None:
        file = MODELS / name
        energy, shown = witness_of(file)
        self.assertEqual(shown["fired"], energy["lower"])
        model = onnx.load(file)
        constants = {t.name for t in model.graph.initializer}
        inputs = [InputTensor(model, v) for v in model.graph.input if v.name not in constants]
        self.assertEqual(len(inputs), 1)
        real = np.array(list(energy["witness_real"].values()), np.float32)
        feed = {inputs[0].name: real.reshape(inputs[0].shape)}
        nodes = [n for n in reached(model) if n.op_type in QUANTIZERS and n is not inputs[0].quantizer]

        floats = QonnxExecutor(model).run(feed)
        bits = inputs[0].words(floats, feed[inputs[0].name])
        self.assertEqual("".join(str(bit) for bit in bits), energy["witness"])
        exact = ExactNetwork(model)
        counts = fired(nodes, floats), fired(nodes, exact.run(feed))
        print(f"{name}: {energy['lower']} of [{energy['lower']}, {energy['upper']}] fire, "
              f"{counts[0]} in floats, {counts[1]} with 60 digits")
        self.assertEqual(counts[1], energy["lower"])
        if exact.closest > NEAR_TIE:
            self.assertEqual(counts[0], energy["lower"])

    def test_binarized_mnist(self) -> None:
        self.check_quantized("qonnx/TFC_1W1A.onnx")

    def test_intrusion_detection(self) -> None:
        self.check_quantized("qonnx/unsw_nb15-mlp-w2a2.onnx")

    def test_collision_avoidance(self) -> None:
        file = MODELS / "vnncomp/acasxu/ACASXU_run2a_1_1_batch_2000.onnx"
        with tempfile.TemporaryDirectory() as folder:
            native = Path(folder) / "acas.gl.json"
            run = gatelight("convert", str(file), str(native), f"--input-range={LOW},{HIGH}",
                            "--input-bits", str(INPUT_BITS), "--quiet")
            self.assertEqual(run.status, 0, run.err)
            energy, shown = witness_of(native)
            circuit = json.loads(native.read_text())
        self.assertEqual(shown["fired"], energy["lower"])
        witness = energy["witness"]
        words = [int(witness[at:at + INPUT_BITS][::-1], 2) for at in range(0, len(witness), INPUT_BITS)]
        values = evaluate(circuit, words)
        counting = [gate["name"] for gate in circuit["gates"] if gate.get("counts", True)]
        self.assertEqual({name: values[name] for name in shown["gates"]}, shown["gates"])
        self.assertEqual(sum(values[name] != 0 for name in counting), energy["lower"])

        model = onnx.load(file)
        name = next(v for v in model.graph.input if v.name not in {t.name for t in model.graph.initializer})
        real = np.array([LOW + word * (HIGH - LOW) / (2**INPUT_BITS - 1) for word in words], np.float32)
        feed = {name.name: real.reshape([d.dim_value or 1 for d in name.type.tensor_type.shape.dim])}
        outputs = RuntimeExecutor(model).run(feed)
        relus = [n for n in reached(model) if n.op_type == "Relu"]
        original = np.concatenate([outputs[n.output[0]].ravel() for n in relus]) > 0
        discretized = np.array([values[name] != 0 for name in counting])
        self.assertEqual(len(original), len(discretized))
        print(f"{file.name}: {energy['lower']} of [{energy['lower']}, {energy['upper']}] fire, {original.sum()} in "
              f"floats; {np.mean(original == discretized):.1%} of {len(original)} neurons agree")
        self.assertGreaterEqual(np.mean(original == discretized), LEAST_AGREEMENT)


if __name__ == "__main__":
    if not MODELS.is_dir():
        print("skipped: no ../shared/models beside the project")
        sys.exit(77)
    unittest.main()
