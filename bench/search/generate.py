#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the circuits of the search benchmark into a folder; the same ones every time.

    generate.py FOLDER

Families, with the inputs, layers and weights in the name:
  random   every source read ("full") or 8 of them ("sp8"), weights +-1 ... +-W, thresholds half a standard
           deviation around the mean of the sum: about half of the gates fire on a random input
  sparse   thresholds that many standard deviations ("c") above the mean: few gates fire
  trained  threshold networks that tell ten noisy 8x8 glyphs apart, trained with a straight-through
           estimator, weights rounded to +-W
"""
import json
import pathlib
import sys

import numpy as np

SAMPLES = 400

RANDOM = [  # inputs, layers, W, fan-in, seed
    (32, "32-16-8", 3, 0, 1), (40, "32-16-8", 1, 0, 2), (40, "32-16-8", 127, 8, 3),
    (48, "48-24-12", 3, 8, 4), (48, "32-16-8", 3, 0, 5), (64, "32-16-8", 1, 8, 6),
    (64, "32-16-8", 127, 0, 7), (64, "48-24-12", 15, 8, 8), (64, "64-32-16", 3, 8, 9),
    (96, "48-24-12", 3, 0, 10),
]
SPARSE = [  # inputs, layers, W, fan-in, c, seed
    (28, "64", 15, 0, 2.0, 1), (28, "48-24", 3, 0, 2.0, 2), (40, "40-20", 3, 8, 1.5, 3),
    (40, "32-16-8", 3, 0, 1.5, 4), (64, "64-32", 1, 0, 2.0, 5), (64, "96", 1, 8, 2.0, 6),
    (64, "128", 1, 0, 2.5, 7),
]
TRAINED = [  # layers, W, seed
    ("16-10", 1, 1), ("12-16-10", 3, 2), ("16-16-10", 7, 3), ("24-16-10", 3, 4),
    ("40-16-10", 3, 5), ("32-10", 7, 6), ("32-16-10", 1, 7),
]


def layered(layers, name, weights_of, thresholds_of, inputs):
    """A circuit document; the two functions make a layer's weights, and thresholds of its sums."""
    rng = np.random.default_rng(1)
    values = rng.integers(0, 2, (SAMPLES, inputs))
    names = [f"x{i}" for i in range(inputs)]
    gates = []
    for depth, width in enumerate(layers):
        weights = weights_of(depth, len(names), width)
        thresholds = thresholds_of(depth, values @ weights)
        new = [f"h{depth}_{g}" for g in range(width)]
        for g in range(width):
            wires = {names[i]: int(w) for i, w in enumerate(weights[:, g]) if w}
            gates.append({"name": new[g], "weights": wires, "threshold": int(thresholds[g])})
        values = (values @ weights >= thresholds).astype(int)
        names = new
    return {"format": "gatelight/circuit", "version": 1, "name": name, "inputs": inputs,
            "gates": gates, "outputs": names}


def random_circuit(name, inputs, layers, largest, fan_in, seed, above=None):
    rng = np.random.default_rng(seed)

    def weights_of(_, sources, width):
        weights = rng.integers(1, largest + 1, (sources, width)) * rng.choice([-1, 1], (sources, width))
        if fan_in:
            for g in range(width):
                keep = rng.choice(sources, min(fan_in, sources), replace=False)
                weights[np.setdiff1d(np.arange(sources), keep), g] = 0
        return weights

    def thresholds_of(_, sums):
        offset = rng.uniform(-0.5, 0.5, sums.shape[1]) if above is None else above
        return np.ceil(sums.mean(axis=0) + offset * np.maximum(sums.std(axis=0), 0.5)).astype(int)

    return layered([int(k) for k in layers.split("-")], name, weights_of, thresholds_of, inputs)


def trained_circuit(name, layers, largest, seed):
    rng = np.random.default_rng(seed)
    glyphs = rng.integers(0, 2, (10, 64))
    sizes = [64] + [int(k) for k in layers.split("-")]
    weights = [rng.normal(0, 1 / np.sqrt(a), (a, b)) for a, b in zip(sizes, sizes[1:])]
    biases = [np.zeros(b) for b in sizes[1:]]
    for _ in range(400):
        labels = rng.integers(0, 10, 128)
        noise = rng.random((128, 64)) < 0.1
        values = [np.where(noise, 1 - glyphs[labels], glyphs[labels]).astype(float)]
        sums = []
        for w, b in zip(weights, biases):
            sums.append((values[-1] - 0.5) @ w + b)
            values.append((sums[-1] >= 0).astype(float))
        wanted = np.eye(10)[labels]
        gradient = 1 / (1 + np.exp(-4 * sums[-1])) - wanted
        for layer in reversed(range(len(weights))):
            back = gradient @ weights[layer].T * (np.abs(sums[layer - 1]) < 1) if layer else None
            weights[layer] -= 0.01 * (values[layer] - 0.5).T @ gradient
            biases[layer] -= 0.01 * gradient.sum(axis=0)
            gradient = back
    scale = [largest / np.abs(w).max() * (1 if largest > 1 else 2) for w in weights]
    rounded = [np.clip(np.rint(w * s), -largest, largest).astype(int) for w, s in zip(weights, scale)]

    def thresholds_of(depth, _):
        shift = 0.5 * rounded[depth].sum(axis=0) - biases[depth] * scale[depth]
        return np.ceil(shift).astype(int)

    return layered(sizes[1:], name, lambda depth, *_: rounded[depth], thresholds_of, 64)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    circuits = []
    for inputs, layers, largest, fan_in, seed in RANDOM:
        name = f"random-n{inputs}-{layers}-w{largest}-{'sp' + str(fan_in) if fan_in else 'full'}"
        circuits.append(random_circuit(name, inputs, layers, largest, fan_in, seed))
    for inputs, layers, largest, fan_in, above, seed in SPARSE:
        name = f"sparse-n{inputs}-{layers}-w{largest}-{'sp' + str(fan_in) if fan_in else 'full'}-c{above}"
        circuits.append(random_circuit(name, inputs, layers, largest, fan_in, seed, above))
    for layers, largest, seed in TRAINED:
        circuits.append(trained_circuit(f"trained-n64-{layers}-w{largest}", layers, largest, seed))
    for circuit in circuits:
        (folder / f"{circuit['name']}.gl.json").write_text(json.dumps(circuit), encoding="utf-8")


if __name__ == "__main__":
    main()
