# SPDX-License-Identifier: Apache-2.0
"""Discretized networks and their training, by hand in numpy, many at a time.

Every array has a leading axis over networks that differ in their data, their start and the strength
of the energy penalty only; so one product of matrices serves all of them, and none influences another.

The forward pass is the circuit itself: integer weights, integer thresholds and integer values,
held in floats that represent them exactly.  The backward pass replaces every step by a smooth
slope (the straight-through estimator).

Floating-point sums differ in their last bits between processors.  To keep that from growing into
different networks, the parameters are rounded to a fixed grid after every step.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
GRID = 2.0**20  # parameters are multiples of 1 / GRID


@dataclass(frozen=True)
class Activation:
    """What a hidden gate makes of its sum z: an integer from 0 to `largest`."""

    name: str
    largest: int
    first: float  # fires from this z on (the middle between two integers)
    written: object  # in a circuit file

    def __call__(self, z: Array) -> Array:
        if self.name == "threshold":
            return (z >= 0).astype(z.dtype)
        if self.name == "relu":
            return np.clip(np.floor(z / 2**RELU_SHIFT), 0, self.largest)
        return np.floor(self.largest / (1 + np.exp(-z * SIGMOID_GAIN)) + 0.5)

    def slope(self, z: Array, width: Array) -> Array:
        """Stands for the derivative; `width` is the scale of the gate's sums."""
        if self.name == "threshold":
            return bump((z - self.first) / width) / width
        if self.name == "relu":
            # The ends of the linear part are widened, so that a silent gate can wake up.
            inside = (z > self.first - width) & (z < 2**RELU_SHIFT * (self.largest + 1))
            return inside / 2**RELU_SHIFT
        return self.largest * SIGMOID_GAIN * bump(z * SIGMOID_GAIN)


def bump(x: Array) -> Array:
    """The derivative of the logistic function."""
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2


RELU_SHIFT = 2
SIGMOID_GAIN = 1 / 4
ACTIVATIONS = {
    # The sigmoid's first step lies at 4 ln(1/5) = -6.44: no integer, and no tie with one.
    "threshold": Activation("threshold", 1, -0.5, "threshold"),
    "relu": Activation("relu", 3, 2**RELU_SHIFT - 0.5, {"relu": {"shift": RELU_SHIFT, "max": 3}}),
    "sigmoid": Activation("sigmoid", 3, -6.44, {"sigmoid": {"bits": 2, "gain": [1, 4]}}),
}


@dataclass(frozen=True)
class Shape:
    """What the networks of one training run have in common."""

    inputs: int
    widths: tuple[int, ...]  # of the hidden layers
    skip: bool  # every hidden layer reads the inputs, too
    activation: Activation
    weight: int  # the largest absolute value of a weight

    def fan_in(self, layer: int) -> int:
        """How many values a layer reads; layer len(widths) is the output gate."""
        if layer == 0:
            return self.inputs
        extra = self.inputs if self.skip and layer < len(self.widths) else 0
        return self.widths[layer - 1] + extra

    @property
    def hidden(self) -> int:
        return max(1, sum(self.widths))  # 1: no hidden gate, nothing to share a penalty

    @property
    def layers(self) -> int:
        return len(self.widths) + 1

    def fan_out(self, layer: int) -> int:
        return (*self.widths, 1)[layer]


@dataclass(frozen=True)
class Schedule:
    steps: int = 1000
    batch: int = 128
    ramp: float = 0.5  # the penalty grows from 0 over this share of the steps
    rate: float = 0.1  # of Adam, in units of a weight; falls to zero along a cosine
    keep_every: int = 20  # in the last quarter the best state on the training part is kept


class Networks:
    """A batch of networks of one shape: weights[layer] is (networks, in, out)."""

    def __init__(self, shape: Shape, starts: list[tuple[int, ...]], x: Array) -> None:
        """starts: a seed for each network; x: their training inputs, (networks, rows, inputs)."""
        self.shape = shape
        generators = [np.random.default_rng(start) for start in starts]
        self.weights: list[Array] = []
        self.thresholds: list[Array] = []
        self.widths = []  # the scale of each layer's sums
        read = x
        for layer in range(shape.layers):
            size = (shape.fan_in(layer), shape.fan_out(layer))
            weight = np.stack([g.uniform(-shape.weight, shape.weight, size) for g in generators])
            self.weights.append(on_grid(weight))
            sums = read @ self.integer_weights(layer)
            middle = np.median(sums, axis=1, keepdims=True)
            # At first a hidden gate fires on about half of the rows.
            first = shape.activation.first if layer < len(shape.widths) else -0.5
            self.thresholds.append(on_grid(middle - first))
            self.widths.append(np.maximum(1.0, sums.std(axis=1, keepdims=True).mean(axis=2, keepdims=True)))
            if layer < len(shape.widths):
                values = shape.activation(sums - np.round(self.thresholds[layer]))
                read = self.read_by_next(layer, values, x)

    def only(self, which: int) -> Networks:
        """One network as a batch of its own."""
        one = copy.copy(self)
        for name in ("weights", "thresholds", "widths"):
            setattr(one, name, [layer[which:which + 1] for layer in getattr(self, name)])
        return one

    def integer_weights(self, layer: int) -> Array:
        return np.round(self.weights[layer])

    def read_by_next(self, layer: int, values: Array, x: Array) -> Array:
        """What layer + 1 reads: these values, and with skips the inputs unless it is the output gate."""
        if self.shape.skip and layer + 1 < len(self.shape.widths):
            return np.concatenate([values, x], axis=2)
        return values

    def forward(self, x: Array) -> tuple[list[Array], list[Array], list[Array]]:
        """What each layer reads, its sums z, and the values of the hidden layers."""
        reads, sums, values = [], [], []
        read = x
        for layer in range(self.shape.layers):
            reads.append(read)
            sums.append(read @ self.integer_weights(layer) - np.round(self.thresholds[layer]))
            if layer < len(self.shape.widths):
                values.append(self.shape.activation(sums[layer]))
                read = self.read_by_next(layer, values[layer], x)
        return reads, sums, values

    def objective(self, x: Array, labels: Array, penalty: Array) -> Array:
        """The mean loss of each network plus its penalty times the share of firing hidden gates."""
        _, sums, values = self.forward(x)
        margin = (sums[-1][:, :, 0] + 0.5) / self.widths[-1][:, :, 0]
        loss = np.logaddexp(0, -np.where(labels, margin, -margin)).mean(axis=1)
        fired = sum((v > 0).sum(axis=2).mean(axis=1) for v in values)
        return loss + penalty * fired / self.shape.hidden

    def gradients(self, x: Array, labels: Array, penalty: Array) -> tuple[list[Array], list[Array]]:
        shape = self.shape
        rows = x.shape[1]
        reads, sums, _ = self.forward(x)
        width = self.widths[-1]
        margin = (sums[-1] + 0.5) / width
        upstream = (1 / (1 + np.exp(-margin)) - labels[:, :, None]) / (rows * width)
        price = (penalty / (rows * shape.hidden))[:, None, None]
        by_weight: list[Array] = [np.empty(0)] * shape.layers
        by_threshold: list[Array] = [np.empty(0)] * shape.layers
        for layer in reversed(range(shape.layers)):
            if layer < len(shape.widths):
                z, width = sums[layer], self.widths[layer]
                upstream = upstream * shape.activation.slope(z, width)
                upstream += price * bump((z - shape.activation.first) / width) / width
            by_weight[layer] = reads[layer].transpose(0, 2, 1) @ upstream
            by_threshold[layer] = -upstream.sum(axis=1, keepdims=True)
            if layer > 0:
                read = self.integer_weights(layer)[:, : shape.widths[layer - 1]]
                upstream = upstream @ read.transpose(0, 2, 1)
        return by_weight, by_threshold

    def state(self) -> list[Array]:
        return [*map(np.round, self.weights), *map(np.round, self.thresholds)]

    def restore(self, state: list[Array]) -> None:
        self.weights, self.thresholds = state[: self.shape.layers], state[self.shape.layers :]


def on_grid(x: Array) -> Array:
    return np.round(x * GRID) / GRID


class Adam:
    def __init__(self, parameters: list[Array]) -> None:
        self.first = [np.zeros_like(p) for p in parameters]
        self.second = [np.zeros_like(p) for p in parameters]
        self.step = 0

    def change(self, gradients: list[Array]) -> list[Array]:
        self.step += 1
        changes = []
        for first, second, gradient in zip(self.first, self.second, gradients):
            first += 0.1 * (gradient - first)
            second += 0.01 * (gradient**2 - second)
            unbiased = second / (1 - 0.99**self.step)
            changes.append(first / (1 - 0.9**self.step) / (np.sqrt(unbiased) + 1e-8))
        return changes


def train(shape: Shape, starts: list[tuple[int, ...]], penalty: Array, x: Array, labels: Array,
          schedule: Schedule) -> Networks:
    """Networks of one shape; x is (networks, rows, inputs) and labels (networks, rows)."""
    networks = Networks(shape, starts, x)
    rng = np.random.default_rng(0)  # which rows a step sees, the same for all
    adam = Adam([*networks.weights, *networks.thresholds])
    best, best_state = np.full(len(starts), np.inf), networks.state()
    scale = [np.ones_like(w) for w in networks.widths] + networks.widths
    for step in range(schedule.steps):
        rows = rng.integers(0, x.shape[1], schedule.batch)
        ramped = penalty * min(1.0, step / (schedule.ramp * schedule.steps))
        by_weight, by_threshold = networks.gradients(x[:, rows], labels[:, rows], ramped)
        rate = schedule.rate * (1 + np.cos(np.pi * step / schedule.steps)) / 2
        changes = adam.change([*by_weight, *by_threshold])
        for i in range(shape.layers):
            moved = networks.weights[i] - rate * changes[i]
            networks.weights[i] = on_grid(np.clip(moved, -shape.weight, shape.weight))
            moved = networks.thresholds[i] - rate * scale[shape.layers + i] / 2 * changes[shape.layers + i]
            networks.thresholds[i] = on_grid(moved)
        if step >= 3 * schedule.steps // 4 and (step + 1) % schedule.keep_every == 0:
            value = networks.objective(x, labels, penalty)
            better = value < best
            best = np.where(better, value, best)
            best_state = [np.where(better[:, None, None], new, old)
                          for new, old in zip(networks.state(), best_state)]
    networks.restore(best_state)
    return networks
