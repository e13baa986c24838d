# SPDX-License-Identifier: Apache-2.0
"""Runs an ONNX or QONNX network with 60 decimal digits on one input.

A third evaluation beside gatelight's exact rationals and the wheels' 32-bit
floats, written without looking at either: where the two differ, it says who is
right and how close the sum was to a tie.
"""

from __future__ import annotations

import mpmath
import numpy as np
import onnx
from onnx import numpy_helper

mpmath.mp.dps = 60
TIE = mpmath.mpf(10) ** -40  # closer than this to a level is on it
HALF = mpmath.mpf(1) / 2


def exact(array: np.ndarray) -> np.ndarray:
    """Floats as exact numbers; integers stay what they are."""
    array = np.asarray(array)
    if array.dtype == object or np.issubdtype(array.dtype, np.integer):
        return array
    flat = [mpmath.mpf(float(v)) for v in array.ravel()]
    result = np.empty(len(flat), dtype=object)
    result[:] = flat
    return result.reshape(array.shape)


def each(function, *arrays: np.ndarray) -> np.ndarray:
    arrays = np.broadcast_arrays(*arrays)
    result = np.empty(arrays[0].shape, dtype=object)
    flat = [function(*values) for values in zip(*(a.ravel() for a in arrays))]
    result.ravel()[:] = flat
    return result


def snap(x):
    """The multiple of 1/2 that x is meant to be, where it is that close."""
    near = mpmath.nint(2 * x) / 2
    return near if abs(x - near) < TIE else x


def round_half_even(x):
    low = mpmath.floor(x)
    if x - low != HALF:
        return mpmath.floor(x + HALF)
    return low if int(low) % 2 == 0 else low + 1


def away(x, how):
    return mpmath.sign(x) * how(abs(x))


ROUNDINGS = {
    "ROUND": round_half_even,
    "HALF_EVEN": round_half_even,
    "CEIL": mpmath.ceil,
    "FLOOR": mpmath.floor,
    "UP": lambda x: away(x, mpmath.ceil),
    "DOWN": lambda x: away(x, mpmath.floor),
    "ROUND_TO_ZERO": lambda x: away(x, mpmath.floor),
    "HALF_UP": lambda x: away(x, lambda d: mpmath.floor(d + HALF)),
    "HALF_DOWN": lambda x: away(x, lambda d: mpmath.ceil(d - HALF)),
}


class ExactNetwork:
    def __init__(self, model: onnx.ModelProto):
        self.graph = model.graph
        self.constants = {t.name: exact(numpy_helper.to_array(t)) for t in self.graph.initializer}
        self.closest = mpmath.inf  # relative distance of a sum to the nearest cut

    def run(self, feeds: dict[str, np.ndarray], stop: str | None = None) -> dict[str, np.ndarray]:
        """All tensors by name; `stop` ends after the node that makes that tensor."""
        self.closest = mpmath.inf
        values = dict(self.constants)
        values.update({name: exact(x) for name, x in feeds.items()})
        for node in self.graph.node:
            inputs = [values[name] if name else None for name in node.input]
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            values[node.output[0]] = getattr(self, "do_" + node.op_type)(inputs, attributes)
            if stop in node.output:
                break
        return values

    def note_distance(self, x, cuts) -> None:
        """Remembers how near the values x are to the given cuts, but not on them exactly."""
        for value, cut in zip(x.ravel(), np.broadcast_to(cuts, x.shape).ravel()):
            distance = abs(value - cut)
            self.closest = min(self.closest, distance / max(abs(value), abs(cut), mpmath.mpf(1)))

    # ---- arithmetic
    def do_Add(self, i, a):
        return each(lambda x, y: x + y, *i)

    def do_Sub(self, i, a):
        return each(lambda x, y: x - y, *i)

    def do_Mul(self, i, a):
        return each(lambda x, y: x * y, *i)

    def do_Div(self, i, a):
        return each(lambda x, y: x / y, *i)

    def do_Neg(self, i, a):
        return each(lambda x: -x, i[0])

    def do_Pow(self, i, a):
        return each(lambda x, y: mpmath.sqrt(x) if y == HALF else x**y, *i)

    def do_Sqrt(self, i, a):
        return each(mpmath.sqrt, i[0])

    def do_MatMul(self, i, a):
        return i[0].dot(i[1])

    def do_Gemm(self, i, a):
        left = i[0].T if a.get("transA", 0) else i[0]
        right = i[1].T if a.get("transB", 0) else i[1]
        result = left.dot(right) * mpmath.mpf(a.get("alpha", 1.0))
        if len(i) > 2 and i[2] is not None:
            result = result + i[2] * mpmath.mpf(a.get("beta", 1.0))
        return result

    def do_BatchNormalization(self, i, a):
        shape = [1, -1] + [1] * (i[0].ndim - 2)
        gamma, beta, mean, variance = (p.reshape(shape) for p in i[1:5])
        epsilon = mpmath.mpf(float(np.float32(a.get("epsilon", 1e-5))))
        return (i[0] - mean) * gamma / each(lambda v: mpmath.sqrt(v + epsilon), variance) + beta

    # ---- shapes
    def do_Constant(self, i, a):
        return exact(numpy_helper.to_array(a["value"]))

    def do_Identity(self, i, a):
        return i[0]

    def do_Shape(self, i, a):
        return np.array(i[0].shape, dtype=np.int64)

    def do_Gather(self, i, a):
        return np.take(i[0], i[1], axis=a.get("axis", 0))

    def do_Unsqueeze(self, i, a):
        axes = a["axes"] if "axes" in a else i[1].tolist()
        return np.expand_dims(i[0], tuple(axes))

    def do_Concat(self, i, a):
        return np.concatenate(i, axis=a["axis"])

    def do_Reshape(self, i, a):
        return i[0].reshape([int(d) for d in i[1]])

    def do_Flatten(self, i, a):
        return i[0].reshape(int(np.prod(i[0].shape[: a.get("axis", 1)])), -1)

    def do_Transpose(self, i, a):
        return i[0].transpose(a.get("perm"))

    # ---- activations
    def do_Relu(self, i, a):
        return each(lambda x: max(x, mpmath.mpf(0)), i[0])

    def do_Sigmoid(self, i, a):
        return each(lambda x: 1 / (1 + mpmath.exp(-x)), i[0])

    def do_Sign(self, i, a):
        return each(lambda x: mpmath.sign(snap(x)), i[0])

    def do_Softmax(self, i, a):
        return i[0]

    def do_BipolarQuant(self, i, a):
        self.note_distance(i[0], mpmath.mpf(0))
        return each(lambda x, s: s if snap(x) >= 0 else -s, i[0], i[1])

    def do_Quant(self, i, a):
        x, scale, zero, width = i[:4]
        bits = int(np.asarray(width).ravel()[0])
        signed, narrow = a.get("signed", 1), a.get("narrow", 1)
        argument = each(lambda v, s, z: v / s + z, x, scale, zero)
        if signed and bits == 1:
            self.note_distance(argument, mpmath.mpf(0))
            level = each(lambda v: mpmath.mpf(1 if snap(v) >= 0 else -1), argument)
        else:
            low = -(2 ** (bits - 1)) + narrow if signed else 0
            high = 2 ** (bits - 1) - 1 if signed else 2**bits - 1 - narrow
            rounding = ROUNDINGS[a.get("rounding_mode", b"ROUND").decode().upper()]
            held = each(lambda v: snap(min(max(v, mpmath.mpf(low)), mpmath.mpf(high))), argument)
            self.note_distance(held, each(lambda v: mpmath.floor(v) + HALF, held))
            level = each(rounding, held)
        return each(lambda q, s, z: (q - z) * s, level, scale, zero)

    do_IntQuant = do_Quant

    def do_MultiThreshold(self, i, a):
        x, rows = i
        count = np.zeros(x.shape, dtype=object)
        for column in range(rows.shape[1]):
            cuts = rows[:, column].reshape([1, -1] + [1] * (x.ndim - 2))
            self.note_distance(x, cuts)
            count = count + each(lambda v, c: mpmath.mpf(1 if snap(v - c) >= 0 else 0), x, cuts)
        return count * mpmath.mpf(a.get("out_scale", 1.0)) + mpmath.mpf(a.get("out_bias", 0.0))
