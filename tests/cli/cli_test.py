# SPDX-License-Identifier: Apache-2.0
"""The command line as the contract describes it: output, JSON keys, exit statuses, signals."""

import hashlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from gatelight_program import PROGRAM, gatelight

ROOT = Path(__file__).resolve().parents[2]
IRIS = str(ROOT / "examples/iris/iris.onnx")
EXAMPLE = {
    "format": "gatelight/circuit", "version": 1, "name": "example",
    "inputs": [{"name": "a"}, {"name": "b"}, {"name": "speed", "bits": 4, "signed": False}],
    "gates": [
        {"name": "h0", "weights": {"a": 1, "b": -2, "speed": 3}, "threshold": 2},
        {"name": "h1", "weights": {"speed.3": 1, "h0": 5}, "threshold": 4, "activation": {"relu": {"shift": 1, "max": 7}}},
        {"name": "out", "weights": {"h0": 1, "h1": 1}, "threshold": 1,
         "activation": {"steps": {"at": [0, 3], "values": [0, 1, 2]}}},
    ],
    "outputs": ["out"],
    "domain": {"fix": {"a": 1}, "range": {"speed": [2, 11]}, "linear": [{"weights": {"a": 1, "b": 1}, "min": 1}]},
}


def hard_circuit(bits: int = 200, gates: int = 120) -> dict:
    """A dense circuit nobody closes in seconds."""
    state = 12345
    def draw() -> int:
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return state >> 33
    sources = [f"x{i}" for i in range(bits)]
    return {"format": "gatelight/circuit", "version": 1, "inputs": bits, "outputs": [],
            "gates": [{"name": f"g{g}", "weights": {s: draw() % 15 - 7 or 1 for s in sources}, "threshold": draw() % 9}
                      for g in range(gates)]}


class CommandLine(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.example = self.write("example.gl.json", EXAMPLE)

    def write(self, name: str, document: dict) -> str:
        path = Path(self.folder.name) / name
        path.write_text(json.dumps(document))
        return str(path)

    def test_energy_json_has_the_contracts_keys(self) -> None:
        run = gatelight("energy", self.example, "--json", "--levels", "--histogram")
        self.assertEqual(run.status, 0, run.err)
        self.assertEqual(run.err, "")
        result = json.loads(run.out)
        self.assertEqual(result["schema"], "gatelight/energy/1")
        self.assertEqual(result["file"], self.example)
        self.assertEqual((result["inputs"], result["size"], result["depth"], result["weight"]), (6, 3, 3, 24))
        self.assertEqual(set(result["energy"]), {"lower", "upper", "proved", "witness"})
        self.assertEqual((result["energy"]["lower"], result["energy"]["upper"]), (3, 3))
        self.assertIs(result["energy"]["proved"], True)
        self.assertEqual([level["level"] for level in result["levels"]], [1, 2, 3])
        self.assertEqual(sum(int(row["inputs"]) for row in result["histogram"]), 20)  # 2 * 10 inputs of the domain
        self.assertTrue(all(isinstance(row["inputs"], str) for row in result["histogram"]))
        self.assertEqual(result["engine"], "enumerate")
        witness = gatelight("eval", self.example, result["energy"]["witness"], "--json")
        self.assertEqual(json.loads(witness.out)["fired"], 3)

    def test_levels_and_histogram_only_on_request(self) -> None:
        result = json.loads(gatelight("energy", self.example, "--json").out)
        self.assertNotIn("levels", result)
        self.assertNotIn("histogram", result)

    def test_an_unknown_engine_is_named_with_those_there_are(self) -> None:
        run = gatelight("energy", self.example, "--engine", "nonsense")
        self.assertEqual(run.status, 2)
        self.assertIn("--engine: must be auto, enumerate, diagram, search or box", run.err)

    def test_a_sweep_of_a_second_is_not_left_to_a_diagram_of_unknown_size(self) -> None:
        result = json.loads(gatelight("energy", IRIS, "--cost", "fanout", "--json").out)
        self.assertEqual((result["engine"], result["energy"]["upper"]), ("enumerate", 110))

    def test_engines_agree(self) -> None:
        for engine in ("auto", "enumerate", "diagram", "search", "box"):
            result = json.loads(gatelight("energy", self.example, "--json", "--engine", engine).out)
            self.assertEqual(result["energy"]["upper"], 3, engine)

    def test_choices_in_the_environment_change_nothing(self) -> None:
        expected = json.loads(gatelight("energy", self.example, "--json", "--histogram").out)
        for cpu in ("portable", "avx2", "avx512", "nonsense"):
            for code in ("interpreted", "generated", "nonsense"):
                done = subprocess.run([PROGRAM, "energy", self.example, "--json", "--histogram"], capture_output=True,
                                      env={**os.environ, "GATELIGHT_CPU": cpu, "GATELIGHT_CODE": code}, check=True)
                result = json.loads(done.stdout)
                self.assertEqual((result["energy"], result["histogram"]), (expected["energy"], expected["histogram"]))

    def structured(self, bits: int = 120) -> str:
        """A thermometer over all bits: few states, far too many inputs to sweep."""
        gates = [{"name": f"t{i}", "weights": {f"x{j}": 1 for j in range(bits)}, "threshold": i}
                 for i in range(1, bits + 1)]
        return self.write("structured.gl.json", {"format": "gatelight/circuit", "version": 1, "inputs": bits,
                                                 "gates": gates, "outputs": [f"t{bits // 2}"]})

    def test_a_diagram_answers_by_structure(self) -> None:
        run = gatelight("energy", self.structured(), "--json", "--histogram", "--probability", "0.25")
        self.assertEqual(run.status, 0, run.err)
        result = json.loads(run.out)
        self.assertEqual((result["engine"], result["energy"]["upper"]), ("diagram", 120))
        self.assertEqual(sum(int(row["inputs"]) for row in result["histogram"]), 2**120)
        self.assertEqual(result["histogram"][1], {"fire": 1, "inputs": "120"})
        self.assertEqual(result["expected"], {"value": 30.0, "exact": "30"})

    def test_probabilities(self) -> None:
        def mean(*options: str) -> str:
            arguments = [argument for option in options for argument in ("--probability", option)]
            run = gatelight("energy", self.example, "--json", *arguments)
            self.assertEqual(run.status, 0, run.err)
            return json.loads(run.out)["expected"]["exact"]
        self.assertEqual(mean("0.5"), mean("1/2"))
        self.assertEqual(mean("speed=0.5"), mean("0.50"))
        self.assertEqual(mean("0.3", "speed=0.9"), mean("speed=9/10", "3/10"))
        self.assertNotEqual(mean("speed.3=0.9"), mean("0.5"))
        text = gatelight("energy", self.example, "--probability", "1/2").out
        self.assertIn("expected", text)
        for bad in ("1.5", "-0.1", "x", "", "1/0", "3/2", "0.123456789012345678", "nan", "1e-3", "speed=", "=0.5"):
            run = gatelight("energy", self.example, f"--probability={bad}")
            self.assertEqual(run.status, 2, bad)
            self.assertEqual(run.err.count("\n"), 1, run.err)
        run = gatelight("energy", self.example, "--probability", "nobody=0.5")
        self.assertEqual(run.status, 3)
        self.assertIn("nobody", run.err)
        for engine in ("search", "box"):
            self.assertEqual(gatelight("energy", self.example, "--probability", "0.3", "--engine", engine).status, 2)
            self.assertEqual(gatelight("energy", self.example, "--histogram", "--engine", engine).status, 2)

    def test_explain_predicts_and_runs_nothing(self) -> None:
        hard = self.write("wide.gl.json", hard_circuit(bits=44, gates=40))
        wider = self.write("wider.gl.json", hard_circuit(bits=80, gates=40))
        for path, engine in ((self.example, "enumerate"), (self.structured(), "diagram"), (wider, "search")):
            run = gatelight("energy", "--explain", path, "--json")
            self.assertEqual(run.status, 0, run.err)
            result = json.loads(run.out)
            self.assertEqual((result["schema"], result["engine"]), ("gatelight/explain/1", engine))
            self.assertTrue(result["reason"])
            self.assertGreater(int(result["inputs"]), 0)
        started = time.monotonic()
        run = gatelight("energy", "--explain", "--engine", "enumerate", hard)
        self.assertLess(time.monotonic() - started, 20)
        self.assertEqual(run.status, 0, run.err)
        for word in ("engine      enumerate", "inputs      17592186044416", "seconds", "MiB"):
            self.assertIn(word, run.out)
        self.assertEqual(gatelight("energy", "--explain", "--engine", "enumerate", wider).status, 3)

    def test_a_memory_limit_gives_a_sound_interval(self) -> None:
        path = self.structured(400)
        run = gatelight("energy", path, "--json", "--engine", "diagram", "--memory-limit", "1", "--histogram")
        self.assertEqual(run.status, 4, run.err)
        result = json.loads(run.out)
        self.assertLessEqual(result["energy"]["lower"], 400)
        self.assertEqual(result["energy"]["upper"], 400)
        self.assertIn("memory limit of 1 MiB", result["notes"][0])
        self.assertNotIn("histogram", result)
        text = gatelight("energy", path, "--engine", "diagram", "--memory-limit", "1")
        self.assertIn("note: the state diagram reached its memory limit", text.err)

    def test_equiv(self) -> None:
        def gate(name: str, weights: dict, threshold: int) -> dict:
            return {"name": name, "weights": weights, "threshold": threshold}
        def circuit(name: str, gates: list, output: str) -> str:
            return self.write(name, {"format": "gatelight/circuit", "version": 1, "inputs": 2, "gates": gates,
                                     "outputs": [output]})
        either = circuit("or.gl.json", [gate("or", {"x0": 1, "x1": 1}, 1)], "or")
        same = circuit("same.gl.json", [gate("a", {"x0": 1}, 1), gate("out", {"a": 1, "x1": 1}, 1)], "out")
        both = circuit("and.gl.json", [gate("and", {"x0": 1, "x1": 1}, 2)], "and")
        for engine in ("auto", "enumerate", "diagram", "search", "box"):
            yes = gatelight("equiv", either, same, "--json", "--engine", engine)
            self.assertEqual((yes.status, json.loads(yes.out)["equivalent"]), (0, True), yes.err)
            no = gatelight("equiv", either, both, "--json", "--engine", engine)
            result = json.loads(no.out)
            self.assertEqual((no.status, result["schema"], result["equivalent"]), (5, "gatelight/equiv/1", False))
            example = result["counterexample"]
            for path, side in ((either, "a"), (both, "b")):
                shown = json.loads(gatelight("eval", path, example[side], "--json").out)
                self.assertEqual(shown["outputs"], example[f"outputs_{side}"])
        self.assertIn("equivalent  yes", gatelight("equiv", either, same).out)
        self.assertIn("or = 1, but and = 0", gatelight("equiv", either, both).out)
        self.assertEqual(gatelight("equiv", either, self.example).status, 3)
        self.assertEqual(gatelight("equiv", either).status, 2)
        self.assertEqual(gatelight("equiv", either, "missing").status, 3)

    def test_check(self) -> None:
        both = self.write("and.gl.json", {"format": "gatelight/circuit", "version": 1, "inputs": 2, "outputs": ["and"],
                                          "gates": [{"name": "and", "weights": {"x0": 1, "x1": 1}, "threshold": 2}]})
        canonical = str(Path(self.folder.name) / "canonical.gl.json")
        self.assertEqual(gatelight("convert", both, canonical).status, 0)
        claim = {"schema": "gatelight/rank-certificate/1",
                 "circuit": hashlib.sha256(Path(canonical).read_bytes()).hexdigest(),
                 "output": "and", "partition": "01",
                 "lower": {"rank": 1, "prime": 251, "rows": ["1"], "columns": ["1"]},
                 "upper": {"rank": 1, "argument": "distinct rows"}}
        yes = gatelight("check", both, self.write("yes.json", claim), "--json")
        result = json.loads(yes.out)
        self.assertEqual((yes.status, result["schema"], result["accepted"]), (0, "gatelight/check/1", True), yes.err)
        self.assertEqual(result["lower"], {"rank": 1, "prime": 251})
        self.assertEqual((result["upper"]["rank"], result["upper"]["checked"]), (1, True))
        self.assertIn("accepted", gatelight("check", canonical, self.write("yes.json", claim)).out)
        for change in ({"partition": "11"}, {"output": "or"}, {"circuit": "0" * 64},
                       {"lower": {"rank": 1, "prime": 251, "rows": ["0"], "columns": ["1"]}},
                       {"lower": {"rank": 1, "prime": 4, "rows": ["1"], "columns": ["1"]}},
                       {"upper": {"rank": 0, "argument": "distinct rows"}}):
            no = gatelight("check", both, self.write("no.json", claim | change), "--json")
            self.assertEqual((no.status, json.loads(no.out)["accepted"]), (5, False), change)
        self.assertIn("rejected: is about another circuit",
                      gatelight("check", self.example, self.write("yes.json", claim)).out)
        for broken in ({"partition": 1}, {"lower": []}, {"more": 1}, {"schema": "gatelight/rank/1"}):
            bad = gatelight("check", both, self.write("bad.json", claim | broken))
            self.assertEqual((bad.status, bad.out), (3, ""), broken)
            self.assertRegex(bad.err, r"\Agatelight: .*bad\.json: [^\n]*\n\Z")
        self.assertEqual(gatelight("check", both).status, 2)
        self.assertEqual(gatelight("check", both, "missing.json").status, 3)
        self.assertEqual(gatelight("check", both, both).status, 3)

    def test_eval(self) -> None:
        run = gatelight("eval", self.example, "--json", "--gates", stdin="100001\n000000\r\n\n")
        self.assertEqual(run.status, 0, run.err)
        first, second = (json.loads(line) for line in run.out.splitlines())
        self.assertEqual(first, {"input": "100001", "outputs": {"out": 1}, "fired": 3,
                                 "gates": {"h0": 1, "h1": 1, "out": 1}})
        self.assertIs(second["in_domain"], False)
        text = gatelight("eval", self.example, "100001")
        self.assertEqual(text.out, "100001 out=1 fired=3\n")

    def test_eval_refuses_bad_inputs(self) -> None:
        for bits in ("", "1", "10000x", "1000011", "١٠٠٠٠١"):
            run = gatelight("eval", self.example, "100001", bits) if bits else gatelight("eval", self.example, stdin="1\n")
            self.assertEqual(run.status, 3, bits)
            self.assertEqual(run.err.count("\n"), 1)
        run = gatelight("eval", self.example, stdin="100001\n10\n")
        self.assertIn("line 2", run.err)

    def test_convert_round_trip(self) -> None:
        once, twice = (str(Path(self.folder.name) / name) for name in ("1.gl.json", "2.gl.json"))
        self.assertEqual(gatelight("convert", self.example, once).status, 0)
        self.assertEqual(gatelight("convert", once, twice).status, 0)
        self.assertEqual(Path(once).read_bytes(), Path(twice).read_bytes())
        self.assertEqual(json.loads(Path(once).read_text()),
                         {**EXAMPLE, "inputs": [{"name": "a"}, {"name": "b"}, {"name": "speed", "bits": 4}]})

    def test_convert_json_and_quiet(self) -> None:
        out = str(Path(self.folder.name) / "1.gl.json")
        run = gatelight("convert", self.example, out, "--json")
        self.assertEqual((run.status, json.loads(run.out)["schema"], json.loads(run.out)["size"]),
                         (0, "gatelight/convert/1", 3))
        self.assertEqual(gatelight("convert", self.example, out, "--quiet").out, "")

    def test_convert_writes_constraints(self) -> None:
        def convert(name: str, *options: str) -> tuple[dict, str]:
            out = Path(self.folder.name) / name
            run = gatelight("convert", self.example, str(out), "--json", *options)
            self.assertEqual((run.status, run.err), (0, ""))
            return json.loads(run.out), out.read_text()
        opb, text = convert("1.opb")
        self.assertEqual((opb["schema"], opb["inputs"], opb["size"]), ("gatelight/convert/1", 6, 3))
        self.assertTrue(text.startswith(f"* #variable= {opb['variables']} #constraint= {opb['rows']}\n"))
        self.assertIn(f"\n* energy = {opb['total']} - the optimum\n", text)
        self.assertIn("\n* x3 is speed.0\n", text)
        lp, text = convert("1.lp")
        self.assertEqual((lp["variables"], lp["rows"]), (opb["variables"], opb["rows"]))
        self.assertTrue(text.endswith("\nEnd\n"))
        cnf, text = convert("1.cnf", "--at-least", "3")
        self.assertIn(f"\np cnf {cnf['variables']} {cnf['clauses']}\n", text)
        self.assertEqual(cnf["at_least"], 3)
        self.assertNotIn("rows", cnf)
        run = gatelight("convert", IRIS, str(Path(self.folder.name) / "iris.opb"))
        self.assertEqual(run.status, 0, run.err)
        self.assertRegex(run.out, r"constraints: \d+ variables, \d+ rows\nwritten: ")

    def test_convert_refuses_endings_and_options_that_do_not_fit(self) -> None:
        for name, options, word in (("1.cnf", [], "--at-least"), ("1.opb", ["--at-least", "1"], ".cnf"),
                                    ("1.gl.json", ["--at-least", "1"], ".cnf"), ("1.wcnf", [], ".wcnf"),
                                    ("1.onnx", [], ".onnx"), ("1.opb.gz", [], ".gz"),
                                    *(("1.cnf", [f"--at-least={bad}"], "2^63")
                                      for bad in ("-1", "x", "1.5", "1 ", "9223372036854775808"))):
            out = Path(self.folder.name) / name
            run = gatelight("convert", self.example, str(out), *options)
            self.assertEqual(run.status, 2, (name, options))
            self.assertEqual(run.err.count("\n"), 1, run.err)
            self.assertIn(word, run.err)
            self.assertFalse(out.exists())
        heavy = {**EXAMPLE, "gates": [{"name": "h", "weights": {"a": 2**60}, "threshold": 1}], "outputs": [],
                 "domain": {}}
        run = gatelight("convert", self.write("heavy.gl.json", heavy), self.folder.name + "/1.lp")
        self.assertEqual(run.status, 3)
        self.assertIn('heavy.gl.json: row 1, of "h": ', run.err)
        self.assertEqual(gatelight("convert", self.example, self.folder.name + "/no/such/folder.opb").status, 1)

    def test_input_range_in_all_its_spellings(self) -> None:
        out = str(Path(self.folder.name) / "1.gl.json")
        for spelling in (["--input-range=-1,2"], ["--input-range", "-1,2"], ["--input-range", "-1", "2"],
                         ["--input-range", "-1:2"]):
            for arguments in ([*spelling, self.example, out], [self.example, out, *spelling]):
                run = gatelight("convert", *arguments)
                self.assertEqual(run.status, 0, (arguments, run.err))

    def test_convert_says_what_is_wrong_with_a_native_file(self) -> None:
        run = gatelight("convert", self.write("2.gl.json", {**EXAMPLE, "version": 2}), "/dev/null")
        self.assertEqual(run.status, 3)
        self.assertIn("version: this program reads version 1", run.err)

    def test_convert_cannot_write(self) -> None:
        run = gatelight("convert", self.example, self.folder.name + "/no/such/folder.gl.json")
        self.assertEqual(run.status, 1)
        self.assertEqual(run.err.count("\n"), 1)

    def test_usage_errors(self) -> None:
        for arguments in ([], ["frobnicate"], ["energy"], ["energy", self.example, "--nope"],
                          ["energy", self.example, "--engine", "magic"], ["energy", self.example, "--threads", "0"],
                          ["energy", self.example, "--time-limit", "nan"], ["energy", self.example, "--time-limit", "-1"],
                          ["energy", self.example, "--time-limit", "x"], ["energy", self.example, "second.gl.json"],
                          ["energy", self.example, "--seed", "-1"],
                          ["convert", self.example], ["convert", "a", "b", "--input-range", "1,0"],
                          ["convert", "a", "b", "--input-range", "nan,1"], ["convert", "a", "b", "--weight-bits", "1"]):
            run = gatelight(*arguments)
            self.assertEqual(run.status, 2, arguments)
            self.assertEqual(run.err.count("\n"), 1, run.err)
            self.assertEqual(run.out, "")

    def test_help_and_version(self) -> None:
        self.assertRegex(gatelight("--version").out, r"^gatelight \d+\.\d+\.\d+\n$")
        for command in ([], ["energy"], ["analyze"], ["eval"], ["convert"], ["equiv"]):
            run = gatelight(*command, "--help")
            self.assertEqual(run.status, 0)
            self.assertIn("--help", run.out)

    def test_time_limit_gives_a_sound_interval(self) -> None:
        path = self.write("hard.gl.json", hard_circuit())
        started = time.monotonic()
        run = gatelight("energy", path, "--json", "--time-limit", "1", "--threads", "2")
        self.assertLess(time.monotonic() - started, 20)
        self.assertEqual(run.status, 4, run.err)
        energy = json.loads(run.out)["energy"]
        self.assertLess(energy["lower"], energy["upper"])
        self.assertIs(energy["proved"], False)
        fired = json.loads(gatelight("eval", path, energy["witness"], "--json").out)["fired"]
        self.assertEqual(fired, energy["lower"])

    def test_signals_give_a_sound_interval(self) -> None:
        path = self.write("hard.gl.json", hard_circuit())
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen([PROGRAM, "energy", path, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(1.5)
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
            self.assertEqual(process.returncode, 4, err)
            energy = json.loads(out)["energy"]
            self.assertLess(energy["lower"], energy["upper"])

    def test_enumeration_stops_too(self) -> None:
        path = self.write("many.gl.json", hard_circuit(bits=60, gates=40))
        run = gatelight("energy", path, "--json", "--engine", "enumerate", "--time-limit", "1")
        self.assertEqual(run.status, 4, run.err)
        energy = json.loads(run.out)["energy"]
        fired = json.loads(gatelight("eval", path, energy["witness"], "--json").out)["fired"]
        self.assertEqual(fired, energy["lower"])
        self.assertLessEqual(energy["lower"], energy["upper"])

    def test_too_many_inputs_to_enumerate(self) -> None:
        run = gatelight("energy", self.write("hard.gl.json", hard_circuit()), "--engine", "enumerate")
        self.assertEqual(run.status, 3)
        self.assertIn("search", run.err)

    def test_progress_is_silent_in_a_pipe(self) -> None:
        path = self.write("hard.gl.json", hard_circuit())
        self.assertEqual(gatelight("energy", path, "--time-limit", "1").err, "")
        lines = gatelight("energy", path, "--time-limit", "2", "--progress").err.splitlines()
        ends = [re.search(r"^ *\d+\.\d\d s  nodes \d+  found (\d+)  proved <= (\d+)  gap (\d+)", line)
                for line in lines]
        self.assertTrue(ends and all(ends), lines)
        # One line an improvement.
        numbers = [tuple(int(part) for part in end.groups()) for end in ends]
        for (found, proved, _), (more, less, gap) in zip(numbers, numbers[1:]):
            self.assertTrue(more >= found and less <= proved and (more, less) != (found, proved))
            self.assertEqual(gap, less - more)

    def test_full_disk(self) -> None:
        if not os.path.exists("/dev/full"):
            self.skipTest("needs /dev/full, which this system lacks")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "energy", self.example], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count(b"\n"), 1)

    def test_theorem_does_not_take_the_energy_of_a_domain(self) -> None:
        circuit = {"format": "gatelight/circuit", "version": 1, "inputs": 2,
                   "gates": [{"name": "a", "weights": {"x0": 1}, "threshold": 1},
                             {"name": "b", "weights": {"x1": 1}, "threshold": 1},
                             {"name": "c", "weights": {"a": 1, "b": 1}, "threshold": 1}],
                   "outputs": ["c"]}
        free = json.loads(gatelight("analyze", self.write("free.gl.json", circuit), "--json").out)
        circuit["domain"] = {"fix": {"x0": 0, "x1": 0}}
        fixed = json.loads(gatelight("analyze", self.write("fixed.gl.json", circuit), "--json").out)
        self.assertEqual(fixed["energy"]["upper"], 0)
        self.assertEqual(fixed["theorem"]["rhs"], free["theorem"]["rhs"])

    def test_analyze_several_files(self) -> None:
        run = gatelight("analyze", self.example, self.example, "--json")
        self.assertEqual(run.status, 0, run.err)
        first, second = (json.loads(line) for line in run.out.splitlines())
        self.assertEqual(first["schema"], "gatelight/analyze/1")
        self.assertGreater(first["theorem"]["rhs"], 0)
        self.assertLessEqual(first["sampled"]["largest"], first["energy"]["upper"])
        self.assertEqual(first["energy"], second["energy"])
        bad = gatelight("analyze", self.example, "missing.gl.json", "--json")
        self.assertEqual(bad.status, 3)
        self.assertEqual(len(bad.out.splitlines()), 1)

    def text(self, name: str, contents: str | bytes) -> str:
        path = Path(self.folder.name) / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return str(path)

    def energy(self, *arguments: str) -> dict:
        run = gatelight("energy", *arguments, "--json")
        self.assertEqual(run.status, 0, run.err)
        return json.loads(run.out)

    def refused(self, part: str, *arguments: str) -> None:
        """Status 3, nothing on standard output, one line that holds `part`."""
        run = gatelight("energy", self.example, *arguments)
        self.assertEqual((run.status, run.out, run.err.count("\n")), (3, "", 1), (arguments, run.err))
        self.assertTrue(run.err.startswith("gatelight: "), run.err)
        self.assertIn(part, run.err)

    def test_costs(self) -> None:
        costs = self.text("costs.json", '{"h0": 100, "default": 7}')
        for engine in ("enumerate", "diagram", "search", "box"):
            self.assertNotIn("cost", self.energy(self.example, "--engine", engine))
            for cost, upper, total in (("gates", 3, 3), ("fanout", 3, 3), (costs, 114, 114)):
                result = self.energy(self.example, "--cost", cost, "--levels", "--engine", engine)
                self.assertEqual((result["energy"]["upper"], result["cost"]), (upper, {"rule": cost, "total": total}))
            levels = self.energy(self.example, "--cost", "fanout", "--levels", "--engine", engine)["levels"]
            self.assertEqual([(level["size"], level["upper"]) for level in levels], [(1, 2), (1, 1), (1, 0)])
        text = gatelight("energy", self.example, "--cost", costs)
        self.assertIn("energy      114 of 114", text.out)
        self.assertIn("cost        " + costs + ", 114 for all gates together", text.out)
        self.assertIn('"engine"', gatelight("energy", self.example, "--cost", costs, "--explain", "--json").out)

    def test_bad_costs(self) -> None:
        for contents, part in (("", "is empty"), ("{", "not valid JSON"), ("[]", "must be an object"), ("{}", '"h0"'),
                               ('{"default": 1, "h9": 1}', 'costs.json: "h9": is not a gate'),
                               ('{"default": -1}', '"default": a cost is an integer'),
                               ('{"default": NaN}', "line 1"), ('{"default": 1.5}', '"default"'),
                               ('{"default": 4611686018427387904}', "exceed 2^62"), (b"\xff\xfe\0", "line 1")):
            self.refused(part, "--cost", self.text("costs.json", contents))
        self.refused("is a directory", "--cost", self.folder.name)
        self.refused("cannot be opened", "--cost", "nowhere.json")

    def test_layers(self) -> None:
        gates = [{**gate, "layer": layer} for gate, layer in zip(EXAMPLE["gates"], ("first", "rest", "rest"), strict=True)]
        labelled = self.write("labelled.gl.json", {**EXAMPLE, "gates": gates})
        result = self.energy(labelled, "--layers")
        self.assertEqual(result["layers"], [{"layer": "first", "size": 1, "lower": 1, "upper": 1},
                                            {"layer": "rest", "size": 2, "lower": 2, "upper": 2}])
        self.assertNotIn("layers", self.energy(labelled))
        self.assertIn("layer rest  2 of 2\n", gatelight("energy", labelled, "--layers").out)
        none = self.energy(self.example, "--layers")
        self.assertEqual((none["layers"], none["notes"]), ([], ["no gate has a layer label"]))
        run = gatelight("energy", self.write("hard.gl.json", {**hard_circuit(), "gates": [
            {**gate, "layer": "all"} for gate in hard_circuit()["gates"]]}), "--layers", "--json", "--time-limit", "1")
        self.assertEqual(run.status, 4, run.err)
        self.assertLess(json.loads(run.out)["layers"][0]["lower"], json.loads(run.out)["layers"][0]["upper"])

    def test_a_domain_replaces_that_of_the_circuit(self) -> None:
        inputs = lambda *arguments: sum(int(row["inputs"]) for row in self.energy(
            self.example, "--histogram", *arguments)["histogram"])
        self.assertEqual(inputs(), 20)
        domain = self.text("d.json", '{"range": {"speed": [4, 6]}}')
        self.assertEqual(inputs("--domain", domain), 12)
        self.assertEqual(inputs("--domain", self.text("all.json", "{}")), 64)
        self.assertEqual(self.energy(self.example, "--domain", domain)["notes"],
                         ["the domain of the circuit file is replaced"])
        self.assertIn("is replaced", gatelight("energy", self.example, "--domain", domain).err)
        box = self.text("d.vnnlib", """; words of a circuit file are the numbers themselves
            (declare-const X_0 Real) (declare-const X_1 Real) (declare-const X_2 Real) (declare-const Y_0 Real)
            (assert (<= X_2 6.5)) (assert (and (>= X_2 3.5) (>= Y_0 1)))""")
        self.assertEqual(inputs("--domain", box), 12)
        self.assertIn("conditions on outputs are left out (1)", gatelight("energy", self.example, "--domain", box).err)

    def test_a_box_of_real_numbers(self) -> None:
        box = self.text("iris.vnnlib", "".join(f"(declare-const X_{i} Real)\n" for i in range(4)) + """
            (assert (<= X_0 5.1)) (assert (>= X_0 5.0)) (assert (<= X_1 3.5)) (assert (>= X_1 3.5))
            (assert (<= X_2 1.4)) (assert (>= X_2 1.3)) (assert (<= X_3 0.25)) (assert (>= X_3 0.25))""")
        result = self.energy(IRIS, "--domain", box)
        real = list(result["energy"]["witness_real"].values())
        for value, (low, high) in zip(real, ((5, 5.1), (3.5, 3.5), (1.3, 1.4), (0.25, 0.25)), strict=True):
            self.assertTrue(low <= value <= high, real)
        self.assertEqual(result["energy"]["proved"], True)
        out = str(Path(self.folder.name) / "iris.gl.json")
        self.assertEqual(gatelight("convert", IRIS, out, "--domain", box).status, 0)
        self.assertEqual(json.loads(Path(out).read_text())["domain"]["range"],
                         {"sepal_length_cm": [160, 163], "sepal_width_cm": [112, 112],
                          "petal_length_cm": [42, 44], "petal_width_cm": [8, 8]})
        self.assertEqual(self.energy(out)["energy"]["upper"], result["energy"]["upper"])

    def test_bad_domains(self) -> None:
        for name, contents, part in (
                ("d.json", "", "is empty"), ("d.json", "[]", "must be an object"), ("d.json", '{"fix": {"a": 2}}', "domain.fix"),
                ("d.json", '{"range": {"spead": [1, 2]}}', 'range.spead: "spead" is not'),
                ("d.json", '{"range": {"speed": [16, 20]}}', "no input satisfies"),
                ("d.json", '{"fix": {"a": 1}', "line 1"), ("d.vnnlib", "", "is empty"),
                ("d.vnnlib", "\n(assert (<= X_0 1)", "line 2"), ("d.vnnlib", b"\x1f\x8b", "gunzip"),
                ("d.vnnlib", "(declare-const X_7 Real)", 'line 1: "X_7" is not an input'),
                ("d.vnnlib", b"\xff\0\n", "line 1")):
            path = self.text(name, contents)
            self.refused(path + ": ", "--domain", path)
            self.refused(part, "--domain", path)
        self.refused("is a directory", "--domain", self.folder.name)
        self.assertEqual(gatelight("convert", self.example, "/dev/null", "--domain", "nowhere").status, 3)

    def test_around_a_row(self) -> None:
        rows = self.text("rows.csv", "a,b,speed\n1,0,7\n1,1,15\n0,0,3\n")
        def inputs(row: int, radius: int) -> int:
            result = self.energy(self.example, "--histogram", "--around", f"{rows}:{row}", "--radius", str(radius))
            return sum(int(value["inputs"]) for value in result["histogram"])
        self.assertEqual((inputs(1, 0), inputs(1, 1), inputs(1, 99), inputs(1, 2**62)), (1, 2 * 3, 20, 20))
        self.assertEqual(inputs(2, 4), 2)  # speed 11 alone; radius 4 frees b
        self.refused("row 3: no input of the domain", "--around", rows + ":3", "--radius", "0")
        self.refused("row 4: there are 3 rows", "--around", rows + ":4", "--radius", "0")
        self.refused("cannot be opened", "--around", "nowhere.csv:1", "--radius", "0")
        domain = self.text("all.json", "{}")
        self.assertEqual(self.energy(self.example, "--domain", domain, "--around", rows + ":3", "--radius", "0")
                         ["energy"]["witness"], "001100")
        for arguments in (["--around", rows + ":1"], ["--radius", "1"], ["--around", rows, "--radius", "1"],
                          ["--around", rows + ":0", "--radius", "1"], ["--around", rows + ":1", "--radius", "-1"],
                          ["--around", rows + ":1", "--radius", "x"], ["--around", ":1", "--radius", "1"]):
            run = gatelight("energy", self.example, *arguments)
            self.assertEqual((run.status, run.err.count("\n")), (2, 1), (arguments, run.err))

    def test_data_beside_the_maximum(self) -> None:
        rows = self.text("rows.csv", "1,1,2\n\n1,0,7\n1,0,8\n")
        result = self.energy(self.example, "--inputs", rows)
        fired = [json.loads(line)["fired"] for line in gatelight(
            "eval", self.example, "110100", "101110", "100001", "--json").out.splitlines()]
        self.assertEqual(result["data"], {"rows": 3, "largest": max(fired), "mean": sum(fired) / 3,
                                          "row_of_largest": fired.index(max(fired)) + 1})
        self.assertEqual(result["energy"]["upper"], 3)
        self.assertNotIn("data", self.energy(self.example))
        self.assertIn(f"data        largest {max(fired)} (row", gatelight("energy", self.example, "--inputs", rows).out)
        costs = self.text("costs.json", '{"h0": 100, "default": 0}')
        self.assertEqual(self.energy(self.example, "--inputs", rows, "--cost", costs)["data"]["largest"], 100)

    def test_bad_data(self) -> None:
        for contents, part in (("", "is empty"), ("a,b,speed\n", "line 1: holds no row"), ("1,0\n", "line 1: has 2 columns"),
                               ("1,0,7\n1,0,x\n", 'line 2: column 3: input word "speed" takes integers from 0 to 15'),
                               ("1,0,nan\n", "line 1"), ("1,0,1e1\n", "line 1"), ("1,0," + "9" * 10_000, "line 1"),
                               ("1,0,7\n0,0,7\n", "line 2: this input lies outside the domain"),
                               ("speed,a,b\n7,1,0\n", 'column 1 is called "speed"'), (b"\0" * 1000, "line 1"),
                               ("," * 100_000, "line 1: has 100001 columns")):
            path = self.text("rows.csv", contents)
            self.refused(path + ": ", "--inputs", path)
            self.refused(part, "--inputs", path)
        self.refused("is a directory", "--inputs", self.folder.name)
        self.refused("is larger than 1 GiB", "--inputs", "/dev/zero")

    def test_iris_names_its_words(self) -> None:
        zero = gatelight("eval", IRIS, "0" * 32, "--json", "--gates")
        self.assertEqual(zero.status, 0, zero.err)
        self.assertEqual(len(json.loads(zero.out)["gates"]), 28 + 3)


if __name__ == "__main__":
    unittest.main()
