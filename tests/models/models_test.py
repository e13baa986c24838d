# SPDX-License-Identifier: Apache-2.0
"""Real networks and circuits with known energies in ../shared, which is not part of the project.

Prints how many files were read; without that folder the whole test is skipped.
"""

import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "cli"))
from gatelight_program import Run, gatelight  # noqa: E402

SHARED = Path(__file__).resolve().parents[3] / "shared"
MODELS = SHARED / "models"
files_read: set[Path] = set()

# Networks outside the dense, feed-forward operators: the operator that is named.
UNSUPPORTED = {
    "hls4ml/conv1d_small_keras.onnx": "Conv", "hls4ml/conv2d_small_keras.onnx": "Conv",
    "marabou/KJ_TinyTaxiNet.onnx": "Conv", "marabou/cnn_max_mninst2.onnx": "Conv",
    "marabou/mnist5x20_leaky_relu.onnx": "LeakyRelu", "marabou/tanh_test.onnx": "Tanh",
    "onnx_quant/micro_kws_m_static_qdq.onnx": "DequantizeLinear", "onnx_zoo/mnist_float.onnx": "Conv",
    "qonnx/finn_residual_testcase.onnx": "DuplicateStreams_Batch", "vnncomp/acopf/14_ieee_ml4acopf.onnx": "Cos",
}
REAL_VALUED = [
    "hls4ml/three_layer_keras.onnx", "hls4ml/three_layer_pytorch.onnx", "marabou/fc1.onnx", "marabou/fc_2-2-3.onnx",
    "marabou/fc_2-2sigmoids-3.onnx", "marabou/linear2-3_bn1-linear3-1.onnx", "marabou/mnist2x10.onnx",
    "marabou/mnist2x5_sigmoid.onnx", "marabou/oneInput_twoBranches.onnx", "qonnx/qkeras_jettagging.onnx",
    "vnncomp/acasxu/ACASXU_run2a_1_1_batch_2000.onnx", "vnncomp/reach/gcas.onnx", "vnncomp/reach/robot.onnx",
    "vnncomp/reach/vdp.onnx", "vnncomp/rl/cartpole.onnx", "vnncomp/rl/lunarlander.onnx",
    "vnncomp/test/test_nano.onnx", "vnncomp/test/test_small.onnx", "vnncomp/test/test_tiny.onnx",
]


def on(path: Path, command: str, *options: str) -> Run:
    """A command on one file of the folder."""
    files_read.add(path)
    return gatelight(command, str(path), *options, timeout=300)


class Models(unittest.TestCase):
    def energy(self, path: Path, *options: str) -> dict:
        """The JSON of `energy`, its witness confirmed by `eval`."""
        run = on(path, "energy", "--json", *options)
        self.assertIn(run.status, (0, 4), run.err)
        result = json.loads(run.out)
        energy = result["energy"]
        self.assertEqual(run.status, 0 if energy["proved"] else 4)
        self.assertLessEqual(energy["lower"], energy["upper"])
        shown = json.loads(on(path, "eval", energy["witness"], "--json").out)
        self.assertEqual(shown["fired"], energy["lower"])
        self.assertNotIn("in_domain", shown)
        return result

    def test_circuits_with_known_energies(self) -> None:
        answers = json.loads((SHARED / "cases/ANSWERS.json").read_text())
        for path in sorted((SHARED / "cases").glob("*.gl.json")):
            answer = answers[path.name.removesuffix(".gl.json")]
            with self.subTest(path.name):
                if answer["energy"] is None:
                    self.energy(path, "--engine", "search", "--time-limit", "2")
                    continue
                energy = self.energy(path, "--engine", "enumerate")["energy"]
                self.assertEqual((energy["lower"], energy["upper"]), (answer["energy"],) * 2)
                witness = json.loads(on(path, "eval", answer["witness"], "--json").out)
                self.assertEqual(witness["fired"], answer["energy"])
                found = self.energy(path, "--engine", "search", "--time-limit", "2")["energy"]
                self.assertLessEqual(found["lower"], answer["energy"])
                self.assertGreaterEqual(found["upper"], answer["energy"])

    def test_the_smallest_real_network_is_exact(self) -> None:
        result = self.energy(MODELS / "hls4ml/bnn_model_fc_1layer.onnx", "--histogram")
        self.assertEqual((result["inputs"], result["size"]), (3, 4))
        self.assertEqual((result["energy"]["lower"], result["energy"]["upper"]), (3, 3))
        self.assertEqual(sum(int(row["inputs"]) for row in result["histogram"]), 8)

    def test_binarized_mnist_is_a_threshold_circuit(self) -> None:
        result = self.energy(MODELS / "qonnx/TFC_1W1A.onnx", "--levels", "--time-limit", "10")
        self.assertEqual((result["inputs"], result["size"], result["weight"]), (784, 192, 1))
        self.assertEqual([level["size"] for level in result["levels"]], [64, 64, 64, 0])
        self.assertGreaterEqual(result["energy"]["lower"], 110)  # the mean over random inputs is 101.5
        self.assertLessEqual(result["energy"]["upper"], 192)

    def test_intrusion_detection(self) -> None:
        result = self.energy(MODELS / "qonnx/unsw_nb15-mlp-w2a2.onnx", "--time-limit", "10")
        self.assertEqual((result["inputs"], result["size"]), (600, 193))
        self.assertGreaterEqual(result["energy"]["lower"], 46)
        self.assertLess(result["energy"]["upper"], 193)

    def test_other_quantized_networks(self) -> None:
        for name in ("TFC_1W2A", "TFC_2W2A"):
            result = self.energy(MODELS / f"qonnx/{name}.onnx", "--time-limit", "3")
            self.assertEqual((result["inputs"], result["size"]), (1568, 192))

    def test_real_valued_networks_are_refused_and_converted(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out.gl.json")
            for name in REAL_VALUED:
                with self.subTest(name):
                    run = on(MODELS / name, "energy")
                    self.assertEqual(run.status, 3)
                    self.assertIn("gatelight convert", run.err)
                    converted = on(MODELS / name, "convert", out, "--input-range=-0.5,0.5")
                    self.assertEqual(converted.status, 0, converted.err)
                    self.assertIn("agreement with the original", converted.out)
                    result = json.loads(gatelight("energy", out, "--json", "--time-limit", "1").out)
                    self.assertLessEqual(result["energy"]["lower"], result["energy"]["upper"])

    def test_unsupported_operators_are_named(self) -> None:
        for name, operator in UNSUPPORTED.items():
            with self.subTest(name):
                run = on(MODELS / name, "energy")
                self.assertEqual(run.status, 3)
                self.assertIn(f"({operator})", run.err)
                self.assertEqual(run.err.count("\n"), 1)

    def test_files_of_other_kinds_are_refused(self) -> None:
        for path in sorted(MODELS.rglob("*")):
            if path.is_file() and path.suffix != ".onnx":
                with self.subTest(path.name):
                    run = on(path, "energy")
                    self.assertEqual((run.status, run.err.count("\n"), run.out), (3, 1, ""), run.err)


if __name__ == "__main__":
    if not MODELS.is_dir():
        print("skipped: no ../shared/models beside the project")
        sys.exit(77)
    outcome = unittest.main(exit=False)
    print(f"real models: {len(files_read)} files")
    sys.exit(not outcome.result.wasSuccessful())
