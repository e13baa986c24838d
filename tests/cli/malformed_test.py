# SPDX-License-Identifier: Apache-2.0
"""Malformed files: never a crash, never a hang, status 3 and one line that names the file and the place."""

import json
import os
import struct
import sys
import tempfile
import unittest
from pathlib import Path

from gatelight_program import gatelight

GOOD = {
    "format": "gatelight/circuit", "version": 1, "name": "good",
    "inputs": [{"name": "a"}, {"name": "b"}, {"name": "w", "bits": 4}],
    "gates": [
        {"name": "g0", "weights": {"a": 1, "b": -2, "w": 3}, "threshold": 2},
        {"name": "g1", "weights": {"w.3": 1, "g0": 5}, "threshold": 4,
         "activation": {"relu": {"shift": 1, "max": 7}}},
        {"name": "g2", "weights": {"g0": 1, "g1": 1}, "threshold": 1,
         "activation": {"steps": {"at": [0, 3], "values": [0, 1, 2]}}},
    ],
    "outputs": ["g2"],
    "domain": {"fix": {"a": 1}, "range": {"w": [2, 11]}, "linear": [{"weights": {"a": 1, "b": 1}, "min": 1}]},
}
TEXT = json.dumps(GOOD)


def changed(path: str, value: object) -> str:
    """GOOD with the value at a path such as "gates.0.threshold" replaced (or removed, for ...)."""
    document = json.loads(TEXT)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = document
    for part in parents:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(document)


def json_cases() -> dict[str, str | bytes]:
    """Name -> contents of a malformed *.gl.json file."""
    gate = "gates.0"
    cases: dict[str, str | bytes] = {
        "empty": "", "space": " \n", "brace": "{", "array": "[]", "number": "7", "string": '"x"', "null": "null",
        "text": "hello", "nul": "\0" * 100, "trailing": TEXT + "x", "two": TEXT + TEXT,
        "latin1": TEXT.replace("good", "\xff").encode("latin-1"), "comment": "// x\n" + TEXT,
        "single quotes": TEXT.replace('"', "'"), "deep": "[" * 100_000, "deep object": '{"a":' * 100_000,
        "half": TEXT[: len(TEXT) // 2], "quarter": TEXT[: len(TEXT) // 4], "all but one": TEXT[:-1],
        "NaN": TEXT.replace('"threshold": 2', '"threshold": NaN'),
        "Infinity": TEXT.replace('"threshold": 2', '"threshold": -Infinity'),
        "hex": TEXT.replace('"threshold": 2', '"threshold": 0x2'),
        "leading zero": TEXT.replace('"threshold": 2', '"threshold": 02'),
        "2^80": changed(f"{gate}.threshold", 2**80), "-2^80": changed(f"{gate}.weights.a", -(2**80)),
        "2^63": changed(f"{gate}.threshold", 2**63), "1e400": TEXT.replace('"threshold": 2', '"threshold": 1e400'),
        "fraction": changed(f"{gate}.threshold", 2.5), "2.0": changed(f"{gate}.threshold", 2.0),
        "boolean number": changed(f"{gate}.threshold", True), "null weight": changed(f"{gate}.weights.a", None),
        "zero weight": changed(f"{gate}.weights.a", 0), "63 bits": changed(f"{gate}.weights.a", 2**62),
        "sum overflow": changed(f"{gate}.weights", {"a": 2**61, "b": 2**61, "w": 2**57}),
        "word overflow": changed(f"{gate}.weights.w", 2**60), "unknown name": changed(f"{gate}.weights.z", 1),
        "no such bit": changed(f"{gate}.weights", {"w.4": 1}), "itself": changed(f"{gate}.weights", {"g0": 1}),
        "forward": changed(f"{gate}.weights", {"g2": 1}), "cycle": changed(f"{gate}.weights", {"g1": 1}),
        "empty source": changed(f"{gate}.weights", {"": 1}), "weights array": changed(f"{gate}.weights", [1]),
        "no weights": changed(f"{gate}.weights", ...), "no name": changed(f"{gate}.name", ...),
        "no threshold": changed(f"{gate}.threshold", ...), "duplicate gate": changed("gates.1.name", "g0"),
        "gate named as input": changed("gates.1.name", "a"), "gate named as bit": changed("gates.1.name", "w.2"),
        "empty gate name": changed("gates.1.name", ""), "name number": changed("gates.1.name", 3),
        "unknown gate key": changed(f"{gate}.bias", 1), "unknown top key": changed("author", "x"),
        "unknown activation": changed(f"{gate}.activation", "gelu"),
        "two activations": changed(f"{gate}.activation", {"relu": {"shift": 0, "max": 1}, "steps": {"at": [], "values": [0]}}),
        "no activation": changed(f"{gate}.activation", {}), "relu shift": changed("gates.1.activation.relu.shift", -1),
        "relu max": changed("gates.1.activation.relu.max", 0), "relu key": changed("gates.1.activation.relu.min", 0),
        "steps order": changed("gates.2.activation.steps.at", [3, 0]),
        "steps equal": changed("gates.2.activation.steps.at", [3, 3]),
        "steps short": changed("gates.2.activation.steps.values", [0, 1]),
        "steps falling": changed("gates.2.activation.steps.values", [0, 2, 1]),
        "sigmoid bits": changed(f"{gate}.activation", {"sigmoid": {"bits": 63, "gain": [1, 1]}}),
        "sigmoid zero": changed(f"{gate}.activation", {"sigmoid": {"bits": 3, "gain": [1, 0]}}),
        "sigmoid negative": changed(f"{gate}.activation", {"sigmoid": {"bits": 3, "gain": [-1, 2]}}),
        "sigmoid gain": changed(f"{gate}.activation", {"sigmoid": {"bits": 3, "gain": [1]}}),
        "counts number": changed(f"{gate}.counts", 1), "cost zero": changed(f"{gate}.cost", 0),
        "cost negative": changed(f"{gate}.cost", -1), "layer number": changed(f"{gate}.layer", 1),
        "no format": changed("format", ...), "other format": changed("format", "gatelight/energy"),
        "version 2": changed("version", 2), "version text": changed("version", "1"),
        "no inputs": changed("inputs", ...), "negative inputs": changed("inputs", -1),
        "huge inputs": changed("inputs", 10**15), "inputs text": changed("inputs", "12"),
        "duplicate input": changed("inputs.1.name", "a"), "word of 0": changed("inputs.2.bits", 0),
        "word of 63": changed("inputs.2.bits", 63), "signed number": changed("inputs.2.signed", 1),
        "input key": changed("inputs.2.type", "int"), "no gates": changed("gates", ...),
        "gates object": changed("gates", {}), "gate number": changed("gates.1", 5),
        "outputs text": changed("outputs", "g2"), "output unknown": changed("outputs", ["nope"]),
        "output twice": changed("outputs", ["g2", "g2"]), "no outputs": changed("outputs", ...),
        "domain array": changed("domain", []), "domain key": changed("domain.ranges", {}),
        "fix 2": changed("domain.fix.a", 2), "fix gate": changed("domain.fix", {"g0": 1}),
        "fix unknown": changed("domain.fix", {"q": 1}), "range one": changed("domain.range.w", [1]),
        "range swapped": changed("domain.range.w", [5, 4]), "range outside": changed("domain.range.w", [16, 20]),
        "range text": changed("domain.range.w", "2-11"), "linear open": changed("domain.linear.0.min", ...),
        "linear impossible": changed("domain.linear.0.min", 3), "linear zero": changed("domain.linear.0.weights.a", 0),
        "hamming short": changed("domain.hamming", {"center": "01", "radius": 1}),
        "hamming letters": changed("domain.hamming", {"center": "01x011", "radius": 1}),
        "hamming radius": changed("domain.hamming", {"center": "010011", "radius": -1}),
        "empty domain": changed("domain.hamming", {"center": "000000", "radius": 0}),
        "repeated key": TEXT.replace('"threshold": 2', '"threshold": 2, "threshold": 2'),
        "repeated source": TEXT.replace('"a": 1, "b": -2', '"a": 1, "a": -2'),
        "repeated gates": TEXT.replace('"outputs"', '"gates": [], "outputs"'),
        "newline in name": changed(f"{gate}.weights", {"no\nsuch\x1b[31mname": 1}),
        "long name": changed(f"{gate}.weights", {"n" * 10**6: 1}),
    }
    return cases


def varint(value: int) -> bytes:
    """A protobuf varint."""
    out = b""
    while True:
        byte, value = value & 127, value >> 7
        out += bytes([byte | (128 if value else 0)])
        if not value:
            return out


def field(number: int, payload: bytes | int) -> bytes:
    """A protobuf field: a varint for an int, else length-delimited."""
    if isinstance(payload, int):
        return varint(number << 3) + varint(payload)
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def tensor(name: str, dims: list[int], raw: bytes, kind: int = 1) -> bytes:
    """An onnx.TensorProto."""
    body = b"".join(field(1, dim) for dim in dims) + field(2, kind) + field(8, name.encode())
    return body + field(9, raw)


def value_info(name: str, dims: list[int]) -> bytes:
    """An onnx.ValueInfoProto of float elements."""
    shape = b"".join(field(1, field(1, dim)) for dim in dims)
    return field(1, name.encode()) + field(2, field(1, field(1, 1) + field(2, shape)))


def node(kind: str, inputs: list[str], outputs: list[str], name: str = "") -> bytes:
    """An onnx.NodeProto."""
    body = b"".join(field(1, i.encode()) for i in inputs) + b"".join(field(2, o.encode()) for o in outputs)
    return body + field(3, name.encode()) + field(4, kind.encode())


def model(nodes: list[bytes], tensors: list[bytes], inputs: list[bytes], outputs: list[bytes]) -> bytes:
    """An onnx.ModelProto."""
    graph = b"".join(field(1, n) for n in nodes) + field(2, b"g") + b"".join(field(5, t) for t in tensors)
    graph += b"".join(field(11, i) for i in inputs) + b"".join(field(12, o) for o in outputs)
    return field(1, 8) + field(8, field(1, b"") + field(2, 13)) + field(7, graph)


def onnx_cases() -> dict[str, bytes]:
    """Name -> contents of a malformed *.onnx file."""
    x, y = value_info("x", [1, 2]), value_info("y", [1, 2])
    weights = struct.pack("<4f", 1, -1, 1, 1)
    one = tensor("s", [], struct.pack("<f", 1.0))
    quant = node("BipolarQuant", ["x", "s"], ["q"], "quant")
    multiply = node("MatMul", ["q", "w"], ["m"], "multiply")
    last = node("BipolarQuant", ["m", "s"], ["y"], "last")

    def with_weights(w: bytes) -> bytes:
        return model([quant, multiply, last], [one, w], [x], [y])

    good = with_weights(tensor("w", [2, 2], weights))
    nan = struct.pack("<4f", 1, float("nan"), 1, 1)
    infinite = struct.pack("<4f", 1, float("inf"), 1, 1)
    return {
        "empty": b"", "zeros": b"\0" * 64, "ones": b"\xff" * 64, "text": b"hello, world", "json": TEXT.encode(),
        "half": good[: len(good) // 2], "short": good[:-1], "header": good[:3],
        "length lies": field(1, 8) + varint(7 << 3 | 2) + varint(2**40) + b"x",
        "length 2^63": varint(7 << 3 | 2) + varint(2**63) + b"x",
        "nested length lies": field(7, varint(1 << 3 | 2) + varint(2**31 - 1) + b"abc"),
        "raw too short": with_weights(tensor("w", [2, 2], weights[:-1])),
        "raw too long": with_weights(tensor("w", [2, 2], weights + b"\0")),
        "dims overflow": with_weights(tensor("w", [2**32, 2**32], weights)),
        "dims negative": with_weights(tensor("w", [2**64 - 1, 2], weights)),
        "dims huge": with_weights(tensor("w", [2**31, 2**31], b"")),
        "nan": with_weights(tensor("w", [2, 2], nan)), "infinity": with_weights(tensor("w", [2, 2], infinite)),
        "strings": with_weights(tensor("w", [2, 2], weights, 8)),
        "unknown type": with_weights(tensor("w", [2, 2], weights, 99)),
        "wrong shape": with_weights(tensor("w", [1, 4], weights)),
        "missing tensor": model([quant, multiply, last], [one], [x], [y]),
        "no nodes": model([], [one], [x], [y]), "no input": model([quant, multiply, last], [one, tensor("w", [2, 2], weights)], [], [y]),
        "no output": model([quant, multiply, last], [one, tensor("w", [2, 2], weights)], [x], []),
        "cycle": model([node("Add", ["b", "x"], ["a"]), node("Add", ["a", "x"], ["b"])], [], [x], [value_info("b", [1, 2])]),
        "produced twice": model([quant, quant, multiply, last], [one, tensor("w", [2, 2], weights)], [x], [y]),
        "unknown operator": model([quant, node("Frobnicate", ["q"], ["y"], "odd")], [one], [x], [y]),
        "real-valued": model([node("MatMul", ["x", "w"], ["m"]), node("Relu", ["m"], ["y"])], [tensor("w", [2, 2], weights)], [x], [y]),
        "no operands": model([quant, node("MatMul", [], ["y"], "multiply")], [one], [x], [y]),
        "scale zero": model([quant, multiply, last], [tensor("s", [], struct.pack("<f", 0.0)), tensor("w", [2, 2], weights)], [x], [y]),
    }


class Malformed(unittest.TestCase):
    """One sub-test a file."""

    def check(self, path: str, *extra: str) -> None:
        for command in (["energy", path, *extra], ["eval", path, "0"], ["convert", path, path + ".out"]):
            run = gatelight(*command, timeout=60)
            shown = f"{command}: status {run.status}, {run.err[:300]!r}"
            self.assertEqual(run.status, 3, shown)
            self.assertEqual(run.err.count("\n"), 1, shown)
            self.assertTrue(run.err.startswith("gatelight: " + path + ": "), shown)
            self.assertLess(len(run.err), 3000, shown)
            self.assertTrue(run.err.isprintable() or run.err[:-1].isprintable(), shown)
            self.assertEqual(run.out, "", shown)
            self.assertFalse(os.path.exists(path + ".out"), shown)

    def check_all(self, cases: dict, suffix: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for number, (name, contents) in enumerate(cases.items()):
                path = Path(folder) / f"{number}{suffix}"
                path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
                with self.subTest(name):
                    self.check(str(path))
        print(f"{len(cases)} malformed {suffix} files", file=sys.stderr)

    def test_json(self) -> None:
        self.check_all(json_cases(), ".gl.json")

    def test_onnx(self) -> None:
        self.check_all({k: v for k, v in onnx_cases().items() if k != "real-valued"}, ".onnx")

    def test_the_bases_of_the_mutations_are_good(self) -> None:
        """Else the files above could be refused for another reason."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "good.gl.json"
            path.write_text(TEXT)
            self.assertEqual(gatelight("energy", str(path)).status, 0)
            weights = tensor("w", [2, 2], struct.pack("<4f", 1, -1, 1, 1))
            one = tensor("s", [], struct.pack("<f", 1.0))
            nodes = [node("BipolarQuant", ["x", "s"], ["q"]), node("MatMul", ["q", "w"], ["m"]),
                     node("BipolarQuant", ["m", "s"], ["y"])]
            path = Path(folder) / "good.onnx"
            path.write_bytes(model(nodes, [one, weights], [value_info("x", [1, 2])], [value_info("y", [1, 2])]))
            run = gatelight("energy", str(path))
            self.assertEqual(run.status, 0, run.err)

    def test_real_valued_networks_name_convert(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "real.onnx"
            path.write_bytes(onnx_cases()["real-valued"])
            run = gatelight("energy", str(path))
            self.assertEqual(run.status, 3)
            self.assertIn("gatelight convert", run.err)
            out = str(Path(folder) / "out.gl.json")
            self.assertEqual(gatelight("convert", str(path), out).status, 0)
            self.assertEqual(gatelight("energy", out).status, 0)

    def test_things_that_are_no_files(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.check(folder)
            self.check(os.path.join(folder, "missing.gl.json"))
            self.check("/dev/zero")
            locked = Path(folder) / "locked.gl.json"
            locked.write_text(TEXT)
            locked.chmod(0)
            if os.geteuid() != 0:  # root reads everything
                self.check(str(locked))

    def test_ten_million_gates(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "many.gl.json"
            gate = '{"name":"%d","weights":{"x0":1},"threshold":1}'
            with path.open("w") as file:
                file.write('{"format":"gatelight/circuit","version":1,"inputs":1,"outputs":[],"gates":[')
                file.write(",".join(gate % i for i in range(10_000_000)))
                file.write("]}")
            self.check(str(path))


if __name__ == "__main__":
    unittest.main()
