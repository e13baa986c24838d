# SPDX-License-Identifier: Apache-2.0
"""Writes a circuit of 20 levels of 500 gates, and an output, to standard output.

    python3 bench/twenty_levels.py 12 > circuit.gl.json      # 12 input bits

Each gate reads 12 input bits and 8 gates of the level before, which silence it, and fires where all its inputs
agree with it."""

import json
import random
import sys

LEVELS, WIDTH, FROM_INPUTS, FROM_GATES = 20, 500, 12, 8


def circuit(bits: int, seed: int) -> dict:
    rng = random.Random(seed)
    gates: list[dict] = []
    below: list[str] = []
    for level in range(LEVELS):
        here = []
        for place in range(WIDTH):
            weights = {f"x{i}": rng.choice([-2, -1, 1, 2]) for i in rng.sample(range(bits), min(FROM_INPUTS, bits))}
            threshold = sum(weight for weight in weights.values() if weight > 0)
            for name in rng.sample(below, FROM_GATES) if below else []:
                weights[name] = -rng.randint(1, 3)
            here.append(f"g{level}_{place}")
            gates.append({"name": here[-1], "weights": weights, "threshold": threshold})
        below = here
    gates.append({"name": "out", "weights": {name: 1 for name in below}, "threshold": 1})
    return {"format": "gatelight/circuit", "version": 1, "inputs": bits, "gates": gates, "outputs": ["out"]}


if __name__ == "__main__":
    json.dump(circuit(int(sys.argv[1]), 7), sys.stdout)
