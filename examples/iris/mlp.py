# SPDX-License-Identifier: Apache-2.0
"""A quantized multilayer perceptron and its training, by hand in numpy.

The forward pass uses quantized inputs, weights and activations; the backward
pass treats every rounding as the identity inside the range of its quantizer
(the straight-through estimator).

Floating-point sums differ in their last bits between processors.  To keep
that from growing into different networks, the parameters are rounded to a
fixed grid after every step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Params = dict[str, Array]

FEATURES = 4
CLASSES = 3
EPSILON = 1e-5  # of the batch normalizations
GRID = 2.0**20  # parameters are multiples of 1/GRID, exact in 32-bit floats


@dataclass(frozen=True)
class Quantizer:
    """Uniform quantizer with zero point 0, as the Quant operator of QONNX."""

    bits: int
    signed: bool  # signed quantizers here are "narrow", that is symmetric
    scale: float

    @property
    def high(self) -> int:
        return 2 ** (self.bits - 1) - 1 if self.signed else 2**self.bits - 1

    @property
    def low(self) -> int:
        return -self.high if self.signed else 0

    def __call__(self, x: Array) -> Array:
        """Nearest representable value; halves go to the even neighbour."""
        return np.round(np.clip(x / self.scale, self.low, self.high)) * self.scale

    def passes(self, x: Array) -> Array:
        """Where the straight-through estimator lets the gradient pass."""
        return (x > self.low * self.scale) & (x < self.high * self.scale)

    def clip(self, x: Array) -> Array:
        return np.clip(x, self.low * self.scale, self.high * self.scale)


INPUT = Quantizer(bits=8, signed=False, scale=1 / 32)
ACTIVATION = Quantizer(bits=2, signed=False, scale=1 / 2)
WEIGHTS = (
    Quantizer(bits=4, signed=True, scale=1 / 4),
    Quantizer(bits=2, signed=True, scale=1 / 2),  # ternary: -1/2, 0, 1/2
    Quantizer(bits=4, signed=True, scale=1 / 4),
)
HIDDEN_LAYERS = (0, 1)
OUTPUT_LAYER = 2


@dataclass(frozen=True)
class Settings:
    """Everything about a training run but its seed."""

    hidden: tuple[int, int]
    epochs: int
    rate: float  # initial learning rate of Adam; it falls to zero along a cosine
    noise: float  # standard deviation in cm of the noise added to the features


def initial_params(hidden: tuple[int, int], rng: np.random.Generator) -> Params:
    widths = (FEATURES, *hidden, CLASSES)
    params: Params = {}
    for layer, quantizer in enumerate(WEIGHTS):
        limit = quantizer.high * quantizer.scale
        params[f"weight{layer}"] = rng.uniform(-limit, limit, widths[layer : layer + 2])
    for layer in HIDDEN_LAYERS:
        params[f"gamma{layer}"] = np.ones(widths[layer + 1])
        params[f"beta{layer}"] = np.full(widths[layer + 1], ACTIVATION.scale)
    params["bias"] = np.zeros(CLASSES)
    return params


def forward(params: Params, x: Array) -> tuple[Array, Params]:
    """Logits for the features x, and the intermediate values by name.

    A batch normalization uses the mean and variance in params where they are
    there (the frozen network), else those of this batch (training).
    """
    values: Params = {"input0": INPUT(x)}
    for layer in HIDDEN_LAYERS:
        z = values[f"input{layer}"] @ WEIGHTS[layer](params[f"weight{layer}"])
        mean = params.get(f"mean{layer}", z.mean(axis=0))
        var = params.get(f"var{layer}", z.var(axis=0))
        normal = (z - mean) / np.sqrt(var + EPSILON)
        y = params[f"gamma{layer}"] * normal + params[f"beta{layer}"]
        values |= {f"mean{layer}": mean, f"var{layer}": var}
        values |= {f"normal{layer}": normal, f"y{layer}": y}
        values[f"input{layer + 1}"] = ACTIVATION(np.maximum(y, 0.0))
    weight = WEIGHTS[OUTPUT_LAYER](params[f"weight{OUTPUT_LAYER}"])
    return values[f"input{OUTPUT_LAYER}"] @ weight + params["bias"], values


def gradients(params: Params, x: Array, labels: Array) -> Params:
    """Gradient of the mean cross-entropy by straight-through estimation."""
    logits, values = forward(params, x)
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    upstream = exponentials / exponentials.sum(axis=1, keepdims=True)
    upstream[np.arange(len(labels)), labels] -= 1.0
    upstream /= len(labels)
    grads: Params = {"bias": upstream.sum(axis=0)}
    for layer in reversed(range(len(WEIGHTS))):
        if layer in HIDDEN_LAYERS:
            normal = values[f"normal{layer}"]
            upstream = upstream * ACTIVATION.passes(values[f"y{layer}"])
            grads[f"gamma{layer}"] = (upstream * normal).sum(axis=0)
            grads[f"beta{layer}"] = upstream.sum(axis=0)
            upstream = upstream * params[f"gamma{layer}"]
            upstream = upstream - upstream.mean(axis=0) - normal * (upstream * normal).mean(axis=0)
            upstream = upstream / np.sqrt(values[f"var{layer}"] + EPSILON)
        grads[f"weight{layer}"] = values[f"input{layer}"].T @ upstream
        upstream = upstream @ WEIGHTS[layer](params[f"weight{layer}"]).T
    return grads


def on_grid(x: Array) -> Array:
    return np.round(x * GRID) / GRID


def train(settings: Settings, seed: int, x: Array, labels: Array) -> Params:
    """A frozen network: its batch normalizations hold the statistics of x."""
    rng = np.random.default_rng(seed)
    params = {name: on_grid(p) for name, p in initial_params(settings.hidden, rng).items()}
    first = {name: np.zeros_like(p) for name, p in params.items()}
    second = {name: np.zeros_like(p) for name, p in params.items()}
    for step in range(1, settings.epochs + 1):
        noisy = x + settings.noise * rng.standard_normal(x.shape)
        rate = settings.rate * (1 + np.cos(np.pi * step / settings.epochs)) / 2
        for name, grad in gradients(params, noisy, labels).items():
            first[name] += 0.1 * (grad - first[name])
            second[name] += 0.001 * (grad**2 - second[name])
            change = (first[name] / (1 - 0.9**step)) / (
                np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8
            )
            params[name] = on_grid(params[name] - rate * change)
        for layer, quantizer in enumerate(WEIGHTS):
            params[f"weight{layer}"] = quantizer.clip(params[f"weight{layer}"])
    return freeze(params, x)


def freeze(params: Params, x: Array) -> Params:
    """Fix the batch statistics, rounded to values that 32-bit floats hold."""
    step = ACTIVATION.scale * WEIGHTS[OUTPUT_LAYER].scale  # of the output sums
    frozen = params | {"bias": np.round(params["bias"] / step) * step}
    for layer in HIDDEN_LAYERS:  # a layer's statistics need those before it
        _, values = forward(frozen, x)
        for name in (f"mean{layer}", f"var{layer}"):
            frozen[name] = on_grid(values[name])
    return {name: p.astype(np.float32).astype(np.float64) for name, p in frozen.items()}
