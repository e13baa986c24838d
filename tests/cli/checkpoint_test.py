# SPDX-License-Identifier: Apache-2.0
"""Sweeps that are killed and resumed, and checkpoints that are not what they should be."""

import json
import os
import random
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from gatelight_program import PROGRAM, gatelight

SLOW = {"GATELIGHT_CPU": "portable", "GATELIGHT_CODE": "interpreted"}


def dense_circuit(bits: int, layers: list[int], seed: int) -> dict:
    """Layers of gates that read all of the layer before."""
    draw = random.Random(seed)
    gates: list[dict] = []
    sources = [f"x{i}" for i in range(bits)]
    for width in layers:
        layer = []
        for _ in range(width):
            layer.append(f"g{len(gates)}")
            weights = {source: draw.choice([-3, -2, -1, 1, 2, 3]) for source in sources}
            gates.append({"name": layer[-1], "weights": weights, "threshold": draw.randint(-3, 3)})
        sources = layer
    return {"format": "gatelight/circuit", "version": 1, "inputs": bits, "gates": gates, "outputs": []}


def result(out: str) -> dict:
    """What must be the same whatever happened on the way: everything but the time."""
    answer = json.loads(out)
    del answer["seconds"]
    return answer


class Checkpoints(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.circuit = self.path("net.gl.json")
        Path(self.circuit).write_text(json.dumps(dense_circuit(33, [24, 12, 6], 3)))
        self.small = self.path("small.gl.json")
        Path(self.small).write_text(json.dumps(dense_circuit(14, [12, 6], 4)))
        self.state = self.path("state")

    def path(self, name: str) -> str:
        return str(Path(self.folder.name) / name)

    def kill_on_the_way(self, *options: str, number: int = signal.SIGKILL) -> int:
        """Starts a slow sweep and ends it some time after it saved something; its status."""
        before = Path(self.state).read_bytes() if os.path.exists(self.state) else b""
        process = subprocess.Popen([PROGRAM, "energy", self.circuit, "--checkpoint", self.state, "--json", *options],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **SLOW})
        deadline = time.monotonic() + 60
        # The first save only shows that the file can be written.
        while time.monotonic() < deadline:
            time.sleep(0.05)
            now = Path(self.state).read_bytes() if os.path.exists(self.state) else b""
            if now not in (b"", before) and b"\nnext 0\n" not in now:
                break
        time.sleep(random.random() / 2)
        process.send_signal(number)
        process.communicate(timeout=60)
        return process.returncode

    def test_killed_again_and_again_the_result_is_the_same(self) -> None:
        for options in (["--threads", "2"], ["--threads", "1", "--histogram"]):
            with self.subTest(options):
                undisturbed = gatelight("energy", self.circuit, "--json", "--engine", "enumerate", *options, timeout=300)
                self.assertEqual(undisturbed.status, 0, undisturbed.err)
                for _ in range(2):
                    self.assertEqual(self.kill_on_the_way(*options), -signal.SIGKILL)
                # The rest at full speed: another kernel, another number of threads.
                resumed = gatelight("energy", self.circuit, "--checkpoint", self.state, "--json", "--threads", "3",
                                    *options[2:], timeout=300)
                self.assertEqual(resumed.status, 0, resumed.err)
                expected, got = result(undisturbed.out), result(resumed.out)
                del expected["reason"], got["reason"]  # the engine was asked for, or chosen
                self.assertEqual(got, expected)
                again = gatelight("energy", self.circuit, "--checkpoint", self.state, "--json", *options, timeout=300)
                self.assertEqual(result(again.out), result(resumed.out))
                os.unlink(self.state)

    def test_an_interrupted_sweep_saves_what_it_has(self) -> None:
        self.assertEqual(self.kill_on_the_way(number=signal.SIGINT), 4)
        text = Path(self.state).read_text()
        self.assertNotIn("\nnext 0\n", text)
        limited = gatelight("energy", self.circuit, "--checkpoint", self.state, "--json", "--time-limit", "0.01")
        self.assertIn(limited.status, (0, 4))
        self.assertLessEqual(json.loads(limited.out)["energy"]["lower"], json.loads(limited.out)["energy"]["upper"])

    def assert_refused(self, run, status: int, *words: str) -> None:
        self.assertEqual((run.status, run.out), (status, ""), run.err)
        self.assertEqual(run.err.count("\n"), 1, run.err)
        for word in words:
            self.assertIn(word, run.err)

    def test_altered_torn_and_foreign_files_are_refused(self) -> None:
        self.assertEqual(gatelight("energy", self.small, "--checkpoint", self.state).status, 0)
        good = Path(self.state).read_bytes()
        draw = random.Random(1)
        for _ in range(40):
            at = draw.randrange(len(good))
            damaged = bytearray(good)
            damaged[at] ^= 1 << draw.randrange(8)
            Path(self.state).write_bytes(damaged)
            self.assert_refused(gatelight("energy", self.small, "--checkpoint", self.state), 3, self.state)
        for length in (0, 1, len(good) // 2, len(good) - 1):
            Path(self.state).write_bytes(good[:length])
            self.assert_refused(gatelight("energy", self.small, "--checkpoint", self.state), 3, self.state)
        Path(self.state).write_bytes(b"\x00" * 1000)
        self.assert_refused(gatelight("energy", self.small, "--checkpoint", self.state), 3, "no checkpoint")
        Path(self.state).write_bytes(good)
        self.assert_refused(gatelight("energy", self.small, "--checkpoint", self.state, "--histogram"), 3,
                            "another circuit or question")
        self.assertEqual(Path(self.state).read_bytes(), good, "a refused file was written to")

    def test_places_that_cannot_be_written(self) -> None:
        self.assert_refused(gatelight("energy", self.small, "--checkpoint", self.folder.name), 3, "directory")
        self.assert_refused(gatelight("energy", self.small, "--checkpoint", self.path("no/such/folder")), 1, "checkpoint")
        if os.path.exists("/dev/full"):
            # A device is written, not replaced.
            self.assertEqual(gatelight("energy", self.small, "--checkpoint", "/dev/full").status, 3)

    def test_only_sweeps_keep_one(self) -> None:
        for engine in ("search", "diagram", "box"):
            run = gatelight("energy", self.small, "--checkpoint", self.state, "--engine", engine)
            self.assert_refused(run, 2, "--checkpoint")
        self.assertFalse(os.path.exists(self.state))


if __name__ == "__main__":
    unittest.main()
