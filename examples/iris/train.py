#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Train a small quantized multilayer perceptron on iris and export it as QONNX.

The file it writes, iris.onnx, is the example network of this project: small
enough that every one of its 2^32 quantized inputs can be swept, yet a real
trained classifier with quantized inputs, weights and activations.

    python train.py             train, report the accuracies, write iris.onnx
    python train.py --check     also run the file with qonnx on all 150 flowers
    python train.py --select    cross-validate the candidate settings and stop

The result is deterministic: a rerun writes the same bytes.  The test part of
the data takes no part in any choice; it is looked at once, for the report.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_iris
from sklearn.model_selection import StratifiedKFold, train_test_split
from threadpoolctl import threadpool_limits  # scikit-learn depends on it

from mlp import (
    ACTIVATION,
    CLASSES,
    EPSILON,
    FEATURES,
    HIDDEN_LAYERS,
    INPUT,
    WEIGHTS,
    Array,
    Params,
    Quantizer,
    Settings,
    forward,
    train,
)

TEST_SIZE = 50
SPLIT_SEED = 0
CANDIDATES = [
    Settings(hidden, epochs, rate, noise)
    for hidden, epochs, rate, noise in itertools.product(
        [(16, 12), (20, 16)], [150, 300, 600], [0.01, 0.02], [0.0, 0.1, 0.2]
    )
]
# The best of the candidates by `--select`.
CHOSEN = Settings(hidden=(16, 12), epochs=300, rate=0.01, noise=0.1)

METADATA = {
    "input_names": "sepal_length_cm,sepal_width_cm,petal_length_cm,petal_width_cm",
    "licence": "Apache-2.0",
    "description": "Quantized multilayer perceptron for the iris data; its outputs are the logits"
    " of setosa, versicolor and virginica. Written by examples/iris/train.py.",
}


def accuracy(params: Params, x: Array, labels: Array) -> float:
    return float((forward(params, x)[0].argmax(axis=1) == labels).mean())


def firing_rates(params: Params, samples: int = 100_000) -> Array:
    """Share of uniformly random quantized inputs on which each neuron fires."""
    shape = (samples, FEATURES)
    levels = np.random.default_rng(0).integers(INPUT.low, INPUT.high + 1, shape)
    _, values = forward(params, levels * INPUT.scale)
    return np.concatenate([(values[f"input{k + 1}"] > 0).mean(axis=0) for k in HIDDEN_LAYERS])


def cross_validation(settings: Settings, x: Array, labels: Array) -> float:
    """Mean accuracy over 5 folds and 3 seeds, within the training part only."""
    folds = StratifiedKFold(5, shuffle=True, random_state=SPLIT_SEED)
    return float(
        np.mean(
            [
                accuracy(train(settings, seed, x[fit], labels[fit]), x[held], labels[held])
                for seed in range(3)
                for fit, held in folds.split(x, labels)
            ]
        )
    )


def best_of_seeds(x: Array, labels: Array, seeds: int = 10) -> tuple[int, Params]:
    """The seed with the best training accuracy (the first one among equals).

    Seeds that leave a hidden neuron (nearly) always on or always off over
    random inputs are passed over: such a neuron adds nothing to the example.
    """
    best: tuple[float, int, Params] | None = None
    for seed in range(seeds):
        params = train(CHOSEN, seed, x, labels)
        rates = firing_rates(params)
        score = accuracy(params, x, labels)
        if rates.min() > 0.01 and rates.max() < 0.99 and (best is None or score > best[0]):
            best = (score, seed, params)
    if best is None:
        raise SystemExit("every seed left a constant hidden neuron")
    return best[1], best[2]


class GraphBuilder:
    """Collects the nodes, initializers and shapes of an ONNX graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.tensors: list[onnx.ValueInfoProto] = []

    def constant(self, name: str, value: Array | float) -> str:
        tensor = numpy_helper.from_array(np.asarray(value, dtype=np.float32), name)
        self.initializers.append(tensor)
        return name

    def node(self, op: str, inputs: list[str], output: str, shape: tuple[int, ...], **rest) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=f"{op}_{output}", **rest))
        self.tensors.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, shape))
        return output

    def quant(self, source: str, output: str, shape: tuple[int, ...], quantizer: Quantizer) -> str:
        inputs = [
            source,
            self.constant(f"{output}_scale", quantizer.scale),
            self.constant(f"{output}_zeropt", 0),
            self.constant(f"{output}_bits", quantizer.bits),
        ]
        domain = "qonnx.custom_op.general"
        narrow = signed = int(quantizer.signed)
        flags = {"signed": signed, "narrow": narrow, "rounding_mode": "ROUND"}
        return self.node("Quant", inputs, output, shape, domain=domain, **flags)

    def model(self) -> onnx.ModelProto:
        """The model from "features" to the output of the last node."""
        *inner, output = self.tensors
        graph = helper.make_graph(
            self.nodes,
            "iris",
            [helper.make_tensor_value_info("features", TensorProto.FLOAT, (1, FEATURES))],
            [output],
            initializer=self.initializers,
            value_info=inner,
        )
        opsets = [helper.make_opsetid("", 13), helper.make_opsetid("qonnx.custom_op.general", 1)]
        model = helper.make_model(
            graph, opset_imports=opsets, ir_version=8, producer_name="train.py"
        )
        for key, value in METADATA.items():  # in this order, for identical files
            model.metadata_props.add(key=key, value=value)
        return model


def to_onnx(params: Params) -> onnx.ModelProto:
    graph = GraphBuilder()
    x = graph.quant("features", "input", (1, FEATURES), INPUT)
    for layer, quantizer in enumerate(WEIGHTS):
        weight = params[f"weight{layer}"]
        latent = graph.constant(f"weight{layer}_latent", weight)
        kernel = graph.quant(latent, f"weight{layer}", weight.shape, quantizer)
        shape = (1, weight.shape[1])
        x = graph.node("MatMul", [x, kernel], f"sum{layer}", shape)
        if layer in HIDDEN_LAYERS:
            names = [f"{kind}{layer}" for kind in ("gamma", "beta", "mean", "var")]
            inputs = [x, *(graph.constant(name, params[name]) for name in names)]
            x = graph.node("BatchNormalization", inputs, f"norm{layer}", shape, epsilon=EPSILON)
            x = graph.node("Relu", [x], f"relu{layer}", shape)
            x = graph.quant(x, f"hidden{layer}", shape, ACTIVATION)
    graph.node("Add", [x, graph.constant("bias", params["bias"])], "logits", (1, CLASSES))
    return graph.model()


def check(path: Path, params: Params, x: Array) -> None:
    """Assert that qonnx computes from the file what numpy computes here."""
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.core.onnx_exec import execute_onnx

    model = ModelWrapper(str(path))
    rows = [row.astype(np.float32).reshape(1, -1) for row in x]
    found = np.concatenate([execute_onnx(model, {"features": row})["logits"] for row in rows])
    expected, _ = forward(params, x)
    assert np.array_equal(found, expected), "qonnx and numpy disagree"
    print(f"qonnx computes the same logits on all {len(x)} samples")


def main() -> None:
    parser = argparse.ArgumentParser(description="Train and export the iris example network.")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("iris.onnx"))
    parser.add_argument("--check", action="store_true", help="run the file with qonnx, too")
    parser.add_argument("--select", action="store_true", help="only compare the settings")
    arguments = parser.parse_args()

    data = load_iris()
    x, x_test, labels, labels_test = train_test_split(
        data.data, data.target, test_size=TEST_SIZE, stratify=data.target, random_state=SPLIT_SEED
    )
    if arguments.select:
        for settings in CANDIDATES:
            print(f"{cross_validation(settings, x, labels):.4f}  {settings}", flush=True)
        return

    seed, params = best_of_seeds(x, labels)
    model = to_onnx(params)
    onnx.checker.check_model(model)
    arguments.output.write_bytes(model.SerializeToString(deterministic=True))
    rates = firing_rates(params)
    print(f"{CHOSEN}, seed {seed}")
    print(f"cross-validation accuracy: {cross_validation(CHOSEN, x, labels):.1%}")
    print(f"training accuracy: {accuracy(params, x, labels):.1%} of {len(x)}")
    print(f"test accuracy: {accuracy(params, x_test, labels_test):.1%} of {len(x_test)}")
    print(f"hidden neurons fire on {rates.min():.1%} to {rates.max():.1%} of random inputs each")
    if arguments.check:
        check(arguments.output, params, data.data)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
