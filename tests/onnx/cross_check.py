#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares gatelight's exact import of a network with an independent evaluation.

    python cross_check.py FILE.onnx... [--program GATELIGHT] [--inputs 1000] [--seed 1]

For each file: draws random inputs, runs the file with qonnx (onnxruntime where
it has no QONNX operators) in 32-bit floats, reading the hidden activations too,
and runs `gatelight eval FILE` on the same inputs.  Every gate must fire exactly
where the activation it stands for is non-zero (bipolar: positive), its output
must be that activation divided by one positive number, the count of firing gates
must agree, and outputs must agree up to an affine map.

gatelight computes with exact rationals on the stored parameters.  Where a float
differs, a third evaluation with 60 digits (exact_network.py) decides: it must
agree with gatelight, and the sum must lie within 1e-4 of a tie.  Such inputs are
counted and printed; anything else is a failure (exit status 1).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from exact_network import ExactNetwork

NEAR_TIE = 1e-4
QUANTIZERS = ("Quant", "IntQuant", "BipolarQuant", "MultiThreshold")


def attributes(node: onnx.NodeProto) -> dict:
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


# ------------------------------------------------------------------ executors


class QonnxExecutor:
    """The file as qonnx runs it, one input at a time."""

    def __init__(self, model: onnx.ModelProto):
        from qonnx.core.modelwrapper import ModelWrapper
        from qonnx.core.onnx_exec import execute_onnx
        from qonnx.transformation.infer_shapes import InferShapes

        self.model = ModelWrapper(model).transform(InferShapes())
        self.execute = execute_onnx

    def run(self, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return self.execute(self.model, feeds, return_full_exec_context=True)


class RuntimeExecutor:
    """The file as onnxruntime runs it, with every tensor made an output."""

    def __init__(self, model: onnx.ModelProto):
        import onnxruntime

        model = onnx.ModelProto.FromString(model.SerializeToString())
        known = {o.name for o in model.graph.output}
        for node in model.graph.node:
            for name in node.output:
                if name not in known:
                    model.graph.output.append(onnx.ValueInfoProto(name=name))
        self.session = onnxruntime.InferenceSession(model.SerializeToString())
        self.names = [o.name for o in self.session.get_outputs()]

    def run(self, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return dict(zip(self.names, self.session.run(self.names, feeds)))


# --------------------------------------------------------------------- inputs


class InputTensor:
    """A graph input, the quantizer that reads it, and how a level is a word."""

    def __init__(self, model: onnx.ModelProto, value: onnx.ValueInfoProto):
        self.name = value.name
        dims = [d.dim_value or 1 for d in value.type.tensor_type.shape.dim]
        if len(dims) > 1:
            dims[0] = 1  # the batch
        self.shape = tuple(dims)
        self.constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
        self.datatype = ""
        for annotation in model.graph.quantization_annotation:
            if annotation.tensor_name == self.name:
                for entry in annotation.quant_parameter_tensor_names:
                    if entry.key == "finn_datatype":
                        self.datatype = entry.value
        self.quantizer = None
        if self.datatype in ("", "FLOAT32"):
            self.find_quantizer(model)

    def find_quantizer(self, model: onnx.ModelProto) -> None:
        tensor = self.name
        while self.quantizer is None:
            readers = [n for n in model.graph.node if tensor in n.input and n.op_type != "Shape"]
            if len(readers) != 1 or readers[0].op_type in ("MatMul", "Gemm"):
                raise SystemExit(f"input {self.name!r} is not quantized in a way this check knows")
            if readers[0].op_type in QUANTIZERS:
                self.quantizer = readers[0]
            tensor = readers[0].output[0]
        network = ExactNetwork(model)
        before = self.quantizer.input[0]
        at_0 = network.run({self.name: np.zeros(self.shape, np.float32)}, stop=before)[before]
        at_1 = network.run({self.name: np.ones(self.shape, np.float32)}, stop=before)[before]
        self.offset = at_0.astype(float).reshape(self.shape)
        self.slope = (at_1 - at_0).astype(float).reshape(self.shape)

    def parameter(self, i: int) -> float:
        return float(np.asarray(self.constants[self.quantizer.input[i]]).ravel()[0])

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """Real inputs that reach every level, well away from the ties."""
        if self.quantizer is None:
            choices = {"BIPOLAR": (-1, 1), "BINARY": (0, 1), "TERNARY": (-1, 0, 1)}
            return rng.choice(choices[self.datatype], self.shape).astype(np.float32)
        jitter = rng.uniform(-0.4, 0.4, self.shape)
        kind = self.quantizer.op_type
        if kind == "BipolarQuant":
            target = (rng.choice((-1, 1), self.shape) + jitter) * self.parameter(1)
        elif kind == "MultiThreshold":
            cuts = np.sort(np.asarray(self.constants[self.quantizer.input[1]]).ravel())
            target = rng.uniform(cuts[0] - 1, cuts[-1] + 1, self.shape)
        else:
            low, high = self.levels()
            level = rng.integers(low, high + 1, self.shape) + jitter
            target = (level - self.parameter(2)) * self.parameter(1)
        return ((target - self.offset) / self.slope).astype(np.float32)

    def levels(self) -> tuple[int, int]:
        given = attributes(self.quantizer)
        bits, narrow = int(self.parameter(3)), given.get("narrow", 1)
        if given.get("signed", 1):
            return (-(2 ** (bits - 1)) + narrow if bits > 1 else 0), (2 ** (bits - 1) - 1 if bits > 1 else 1)
        return 0, 2**bits - 1 - narrow

    def words(self, values: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
        """The integer of each element's word, from what the quantizer made of it."""
        if self.quantizer is None:
            return ((x.ravel() + 1) / 2 if self.datatype == "BIPOLAR" else x.ravel()).astype(int)
        out = np.asarray(values[self.quantizer.output[0]], dtype=float).ravel()
        kind = self.quantizer.op_type
        if kind == "BipolarQuant":
            return (out > 0).astype(int)
        if kind == "MultiThreshold":
            given = attributes(self.quantizer)
            return np.rint((out - given.get("out_bias", 0)) / given.get("out_scale", 1)).astype(int)
        if attributes(self.quantizer).get("signed", 1) and self.parameter(3) == 1:
            return (out > 0).astype(int)
        return np.rint(out / self.parameter(1) + self.parameter(2)).astype(int)


# ----------------------------------------------------------------- comparison


class Comparison:
    def __init__(self, model: onnx.ModelProto, circuit: dict):
        self.nodes = {n.name or n.output[0]: n for n in model.graph.node}
        self.gates = [g for g in circuit["gates"] if g.get("counts", True)]
        self.logits = [g["name"] for g in circuit["gates"] if g.get("layer") == "output"]
        self.output_tensors = [o.name for o in model.graph.output]
        self.soft = {n.output[0]: n.input[0] for n in model.graph.node if "Softmax" in n.op_type}
        self.units: dict[str, float] = {}  # gate -> activation per unit of y
        self.pairs: list[tuple[dict, np.ndarray]] = []
        self.where = []  # (gate name, tensor, element, is bipolar)
        for gate in self.gates:
            node = self.nodes[gate["layer"]]
            element = int(gate["name"].rstrip("_").rsplit("_n", 1)[1])
            given = attributes(node)
            bipolar = node.op_type == "BipolarQuant"
            if node.op_type == "Quant" and given.get("signed", 1):
                width = [numpy_helper.to_array(t) for t in model.graph.initializer if t.name == node.input[3]]
                bipolar = bool(width) and float(width[0].ravel()[0]) == 1
            self.where.append((gate["name"], node.output[0], element, bipolar))

    def differences(self, line: dict, values: dict[str, np.ndarray]) -> list[str]:
        found = []
        fired = 0
        flat = {name: np.asarray(values[name]).astype(float).ravel() for name in {w[1] for w in self.where}}
        for gate, tensor, element, bipolar in self.where:
            y, value = line["gates"][gate], flat[tensor][element]
            fires = value > 0 if bipolar else value != 0
            fired += fires
            if fires != (y != 0):
                found.append(f"{gate}: y = {y}, activation {value}")
            elif fires and not bipolar:
                unit = self.units.setdefault(gate, value / y)
                if abs(unit * y - value) > 1e-4 * abs(value):
                    found.append(f"{gate}: y = {y}, activation {value}, unit {unit}")
        if fired != line["fired"]:
            found.append(f"{line['fired']} gates fire, {fired} activations are non-zero")
        return found

    def remember_outputs(self, line: dict, values: dict[str, np.ndarray]) -> None:
        real = [np.asarray(values[self.soft.get(t, t)]).astype(float).ravel() for t in self.output_tensors]
        self.pairs.append((line["outputs"], np.concatenate(real)))

    def output_differences(self) -> list[str]:
        """Each logit is an affine function of its gate's y, with positive slope."""
        found = []
        for i, name in enumerate(self.logits):
            if name not in self.pairs[0][0]:
                continue
            element = int(name[3:]) if len(self.output_tensors) == 1 else i
            y = np.array([p[0][name] for p in self.pairs], dtype=float)
            real = np.array([p[1][element] for p in self.pairs])
            low, high = y.argmin(), y.argmax()
            if y[low] == y[high]:
                continue
            slope = (real[high] - real[low]) / (y[high] - y[low])
            wrong = np.abs((real - real[low]) / slope + y[low] - y) if slope > 0 else np.array([np.inf])
            if wrong.max() > 0.25:
                found.append(f"output {name}: off by {wrong.max()} steps (slope {slope})")
        return found


def check(program: str, path: Path, count: int, seed: int, exact_count: int) -> bool:
    model = onnx.load(path)
    with tempfile.TemporaryDirectory() as folder:
        native = Path(folder) / "network.gl.json"
        subprocess.run([program, "convert", str(path), str(native), "--quiet"], check=True)
        circuit = json.loads(native.read_text())
    known = {t.name for t in model.graph.initializer}
    inputs = [InputTensor(model, v) for v in model.graph.input if v.name not in known]
    quantized = any(n.op_type in QUANTIZERS for n in model.graph.node)
    executor = QonnxExecutor(model) if quantized else RuntimeExecutor(model)
    exact = ExactNetwork(model)
    words = circuit["inputs"]
    if isinstance(words, int):
        words = [{"bits": 1}] * words
    rng = np.random.default_rng(seed)
    feeds, results, bits = [], [], []
    for _ in range(count):
        feed = {i.name: i.draw(rng) for i in inputs}
        values = executor.run(feed)
        levels = np.concatenate([i.words(values, feed[i.name]) for i in inputs])
        if len(levels) != len(words):
            raise SystemExit(f"{path}: {len(levels)} input elements, {len(words)} words")
        text = "".join(
            "".join(str((int(v) >> b) & 1) for b in range(w.get("bits", 1))) for v, w in zip(levels, words)
        )
        feeds.append(feed)
        results.append(values)
        bits.append(text)
    run = subprocess.run(
        [program, "eval", str(path), "--gates", "--json"],
        input="\n".join(bits) + "\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(lines) == count, f"{len(lines)} answers to {count} inputs"
    comparison = Comparison(model, circuit)
    failures, ties = [], 0
    for i, (line, values) in enumerate(zip(lines, results)):
        assert line["input"] == bits[i]
        differences = comparison.differences(line, values)
        if differences or i < exact_count:
            judge = exact.run(feeds[i])
            wrong = comparison.differences(line, judge)
            if wrong:
                failures += [f"input {i}: against 60 digits: {d}" for d in wrong]
            elif differences and exact.closest > NEAR_TIE:
                failures += [f"input {i}: no tie within {NEAR_TIE}: {d}" for d in differences]
            elif differences:
                ties += 1
                print(f"  input {i}: float32 differs on a near tie ({float(exact.closest):.2e}): {differences[0]}")
                values = judge
        comparison.remember_outputs(line, values)
    failures += comparison.output_differences()
    fired = [line["fired"] for line in lines]
    print(
        f"{path.name}: {count} inputs, {len(comparison.gates)} counting gates, {len(comparison.logits)} "
        f"logits, {min(fired)} to {max(fired)} fire, {ties} float32 near ties, "
        f"{exact_count} also with 60 digits, {len(failures)} failures"
    )
    for failure in failures[:10]:
        print("  " + failure)
    return not failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("GATELIGHT_PROGRAM", "gatelight"))
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--exact", type=int, default=10, help="inputs that always run with 60 digits too")
    options = parser.parse_args()
    missing = [f for f in options.files if not f.exists()]
    if missing:
        print(f"skipped: {missing[0].name} is not there (real models lie in ../shared)")
        return 77
    print(f"seed {options.seed}")
    good = [check(options.program, f, options.inputs, options.seed, options.exact) for f in options.files]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
