# SPDX-License-Identifier: Apache-2.0
"""Trained networks as circuit files, and what gatelight says about them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np

from network import Array, Networks


def circuit(name: str, words: list[str], bits: int, networks: Networks, which: int) -> dict:
    """One network of a batch in the native format; `words` names the input words of `bits` bits."""
    if bits == 1:
        inputs, sources = [{"name": w} for w in words], list(words)
    else:
        inputs = [{"name": w, "bits": bits} for w in words]
        sources = [f"{w}.{bit}" for w in words for bit in range(bits)]
    shape, gates = networks.shape, []
    read = sources
    for layer in range(shape.layers):
        hidden = layer < len(shape.widths)
        names = [f"h{layer + 1}_{i}" for i in range(shape.fan_out(layer))] if hidden else ["out"]
        weights = networks.integer_weights(layer)[which].astype(int)
        thresholds = np.round(networks.thresholds[layer])[which, 0].astype(int)
        for i, gate in enumerate(names):
            line = {"name": gate, "weights": {s: int(w) for s, w in zip(read, weights[:, i]) if w},
                    "threshold": int(thresholds[i])}
            if hidden and shape.activation.written != "threshold":
                line["activation"] = shape.activation.written
            gates.append(line | {"layer": f"hidden {layer + 1}" if hidden else "output"})
        # With skips the inputs follow the values of the layer before, as in Networks.read_by_next.
        read = names + sources if shape.skip and layer + 1 < len(shape.widths) else names
    return {"format": "gatelight/circuit", "version": 1, "name": name, "inputs": inputs, "gates": gates,
            "outputs": ["out"]}


def text(described: dict) -> str:
    """A circuit file with one gate a line."""
    gates = ",\n    ".join(json.dumps(gate) for gate in described["gates"])
    head = json.dumps({k: v for k, v in described.items() if k not in ("gates", "outputs")})[:-1]
    return f'{head},\n  "gates": [\n    {gates}\n  ],\n  "outputs": {json.dumps(described["outputs"])}}}\n'


def gatelight(program: str, *arguments: str, stdin: str = "") -> str:
    done = subprocess.run([program, *arguments, "--quiet", "--threads", "1"], input=stdin, text=True,
                          capture_output=True, check=False)
    if done.returncode not in (0, 4):  # 4: stopped at a limit, with a sound interval
        raise SystemExit(f"gatelight {' '.join(arguments)}: exit status {done.returncode}: {done.stderr}")
    return done.stdout


def levels(x: Array, bits: int) -> list[str]:
    """Rows of input bits as lines of a CSV file, one integer a word."""
    words = x.reshape(len(x), -1, bits) @ (2 ** np.arange(bits))
    return [",".join(str(int(v)) for v in row) for row in words]


def energy(program: str, file: Path, rows: Path, seconds: float) -> dict:
    return json.loads(gatelight(program, "energy", "--json", "--time-limit", str(seconds), "--inputs",
                                str(rows), str(file)))


def evaluate(program: str, file: Path, x: Array) -> tuple[Array, Array]:
    """The output and the number of firing gates of each row of input bits."""
    lines = "".join("".join(str(int(v)) for v in row) + "\n" for row in x)
    found = [json.loads(line) for line in gatelight(program, "eval", "--json", str(file), stdin=lines).splitlines()]
    return np.array([f["outputs"]["out"] for f in found]), np.array([f["fired"] for f in found])
