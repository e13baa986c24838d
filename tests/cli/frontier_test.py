# SPDX-License-Identifier: Apache-2.0
"""`gatelight frontier`: the table, JSON, CSV and the picture say the same, and wrong questions are refused."""

import csv
import json
import re
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from gatelight_program import gatelight
from rank_test import hard_circuit

SVG = "{http://www.w3.org/2000/svg}"
QUESTIONS = [("cd:64", 4096, 16), ("cd:500", 4096, 8), ("disj:9", 60, 4), ("eq:30", 40, 100), ("ip:12", 3000, 9),
             ("parity:64", 300, 64), ("mod:60:7", 30, 60), ("majority:9", 1, 1), ("mux:4", 20, 1), ("eq:9", 2, 1),
             ("cd:4000", 2 ** 62, 2 ** 62)]


def boxes(root: ElementTree.Element) -> list[tuple[str, float, float, float, float]]:
    """Where each horizontal text stands, by what letters of a sans-serif font take."""
    found = []
    for element in root.iter(SVG + "text"):
        if "transform" in element.attrib:
            continue
        size = float(element.get("font-size", "12"))
        x, y, length = float(element.attrib["x"]), float(element.attrib["y"]), 0.55 * size * len(element.text)
        x -= {"middle": length / 2, "end": length}.get(element.get("text-anchor"), 0)
        found.append((element.text, x, y - 0.75 * size, x + length, y + 0.2 * size))
    return found


class Frontier(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.svg, self.csv = self.folder / "out.svg", self.folder / "out.csv"

    def make(self, name: str, *arguments: str) -> str:
        path = self.folder / name
        self.assertEqual(gatelight("make", *arguments, "-o", str(path)).status, 0)
        return str(path)

    def ask(self, *arguments: str, status: int = 0) -> dict:
        run = gatelight("frontier", *arguments, "--json")
        self.assertEqual(run.status, status, run.err)
        result = json.loads(run.out)
        self.assertEqual(result["schema"], "gatelight/frontier/1")
        return result

    def picture(self) -> ElementTree.Element:
        """The picture: well-formed, all text inside it, no two texts on each other."""
        root = ElementTree.parse(self.svg).getroot()
        self.assertEqual(root.tag, SVG + "svg")
        texts = boxes(root)
        for i, (text, x0, y0, x1, y1) in enumerate(texts):
            self.assertTrue(0 <= x0 and x1 <= float(root.attrib["width"]) and 0 <= y0
                            and y1 <= float(root.attrib["height"]), text)
            for other, u0, v0, u1, v1 in texts[:i]:
                self.assertFalse(x0 < u1 and u0 < x1 and y0 < v1 and v0 < y1, f"'{text}' on '{other}'")
        return root

    def test_all_forms_say_the_same(self) -> None:
        for function, size, weight in QUESTIONS:
            question = ["--function", function, "--size", str(size), "--weight", str(weight)]
            result = self.ask(*question, "--svg", str(self.svg), "--csv", str(self.csv))
            self.assertEqual((result["function"], result["size"], result["weight"]), (function, size, weight))
            self.assertEqual((result["svg"], result["csv"]), (str(self.svg), str(self.csv)))
            with open(self.csv, newline="", encoding="utf-8") as file:
                table = list(csv.DictReader(file))
            self.assertEqual([int(line["depth"]) for line in table], [row["depth"] for row in result["rows"]])
            for row, line in zip(result["rows"], table):
                floors = {floor["name"].replace(" ", "_"): floor["energy"] for floor in row["floors"]}
                floors["floor"] = row["floor"]
                for name, energy in floors.items():
                    self.assertEqual(line[name], "none" if energy is None else str(energy))
                self.assertIs(row["possible"], row["floor"] is not None)
                if row["reached"] is None:
                    self.assertEqual((line["reached"], line["command"]), ("", ""))
                    continue
                reached = row["reached"]
                self.assertEqual((line["reached"], line["command"]), (str(reached["energy"]), reached["command"]))
                self.assertLessEqual(row["floor"], reached["energy"])
                self.assertLessEqual(reached["depth"], row["depth"])
            texts = " ".join(text for text, *_ in boxes(self.picture()))
            self.assertIn("floor: fed gates", texts)
            self.assertIn(f"Energy against depth: {function}", texts)

    def test_the_command_makes_what_is_reached(self) -> None:
        rows = self.ask("--function", "eq:30", "--size", "40", "--weight", "100")["rows"]
        made = rows[-1]["reached"]
        circuit = self.make("made.gl.json", *made["command"].split()[1:])
        measured = json.loads(gatelight("energy", circuit, "--json").out)
        self.assertEqual((measured["size"], measured["depth"], measured["weight"], measured["energy"]["upper"]),
                         (made["size"], made["depth"], made["weight"], made["energy"]))
        self.assertIs(measured["energy"]["proved"], True)

    def test_text(self) -> None:
        out = gatelight("frontier", "--function", "cd:64", "--size", "4096", "--weight", "16", "--max-depth", "4").out
        self.assertIn("log2 rk(f)  >= 63.999", out)
        self.assertRegex(out, r"(?m)^ +1 +- +none +none +2 +none +- +-$")
        self.assertRegex(out, r"(?m)^ +2 +2 +3 +1 +2 +3 +8 +make cd pairs=64 depth=2 energy=8$")
        self.assertEqual(len(re.findall(r"(?m)^ +\d.*make ", out)), 3)

    def test_a_circuit_is_a_dot(self) -> None:
        circuit = self.make("own <&>.gl.json", "cd", "pairs=12", "depth=3", "energy=3")
        result = self.ask("--function", "cd:12", "--size", "400", "--weight", "9", "--circuit", circuit, "--svg",
                          str(self.svg), "--csv", str(self.csv))
        own = result["circuit"]
        self.assertEqual((own["size"], own["depth"], own["weight"], own["notes"]), (29, 3, 3, []))
        self.assertEqual(own["energy"], {"lower": 3, "upper": 3, "proved": True})
        self.assertEqual((own["computes"], own["differs_on"]), (True, None))
        root = self.picture()
        self.assertEqual(len(list(root.iter(SVG + "circle"))), 1)
        self.assertIn("own <&>.gl.json: energy 3", [text for text, *_ in boxes(root)])
        with open(self.csv, newline="", encoding="utf-8") as file:
            marked = [line["depth"] for line in csv.DictReader(file) if line["circuit_upper"] == "3"]
        self.assertEqual(marked, ["3"])

    def test_a_circuit_that_the_floors_are_not_about(self) -> None:
        fold = self.make("fold.gl.json", "parity-fold", "bits=16")
        run = gatelight("frontier", "--function", "parity:16", "--size", "5", "--weight", "1", "--circuit", fold)
        self.assertEqual(run.status, 0)
        self.assertIn("note: the floors are about threshold gates that count", run.err)
        self.assertIn("note: the circuit has more gates than the floors are about", run.err)
        # Deeper than all constructions: its depth is shown anyway.
        deep = self.make("deep.gl.json", "cd", "pairs=30", "depth=31")
        result = self.ask("--function", "cd:30", "--size", "9", "--weight", "1", "--circuit", deep)
        self.assertEqual(len(result["rows"]), 31)

    def test_whether_a_circuit_computes_the_function(self) -> None:
        circuit = self.make("disj.gl.json", "disj", "pairs=20", "depth=3", "energy=4")
        limits = ["--size", "999", "--weight", "99", "--circuit", circuit]
        for function, answer in (("disj:20", "yes, proved"), ("cd:20", "NO: it is ")):
            run = gatelight("frontier", "--function", function, *limits)
            self.assertEqual(run.status, 0)
            self.assertIn(f"computes    {function}: {answer}", run.out)
        other = self.ask("--function", "cd:20", *limits)["circuit"]
        self.assertIs(other["computes"], False)
        self.assertEqual(len(other["differs_on"]), 40)
        self.assertNotIn("computes  ", gatelight("frontier", "--circuit", circuit).out)

    def test_a_limit_before_the_rank_is_known(self) -> None:
        circuit = self.make("cd.gl.json", "cd", "pairs=4", "depth=3", "energy=3")
        run = gatelight("frontier", "--circuit", circuit, "--time-limit", "1e-9")
        self.assertEqual(run.status, 4)
        self.assertIn("note: stopped before anything was known of the rank", run.err)
        self.assertIn("log2 rk(f)  >= 0.000", run.out)
        self.assertIs(self.ask("--circuit", circuit, "--time-limit", "1e-9", status=4)["stopped"], True)
        silent = self.folder / "silent.gl.json"
        silent.write_text('{"format": "gatelight/circuit", "version": 1, "name": "f", "inputs": 2, "gates": '
                          '[{"name": "g", "weights": {"x0": 1}, "threshold": 2}], "outputs": ["g"]}')
        run = gatelight("frontier", "--circuit", str(silent))
        self.assertEqual((run.status, run.err), (3, f"gatelight: {silent}: the output is 0 on all inputs\n"))

    def test_what_the_function_is_where_there_are_more_values(self) -> None:
        relu = self.folder / "relu.gl.json"
        relu.write_text('{"format": "gatelight/circuit", "version": 1, "name": "f", "inputs": 4, "gates": [{"name": "g", '
                        '"weights": {"x0": 1, "x1": 1, "x2": 1}, "threshold": 0, "activation": {"relu": {"shift": 0, "max": 3}}}], '
                        '"outputs": ["g"]}')
        own = self.ask("--circuit", str(relu))["circuit"]
        self.assertIn("the output has values from 0 to 3; f is whether it fires: [value != 0]", own["notes"])

    def test_an_output_that_does_not_count(self) -> None:
        free = self.folder / "free.gl.json"
        free.write_text('{"format": "gatelight/circuit", "version": 1, "name": "f", "inputs": 2, "gates": '
                        '[{"name": "g", "weights": {"x0": 1}, "threshold": 1, "counts": false}], "outputs": ["g"]}')
        own = self.ask("--circuit", str(free))["circuit"]
        self.assertEqual(own["energy"]["upper"], 0)
        self.assertIn("the floors are about threshold gates that count, and this circuit has others", own["notes"])

    def test_the_function_of_a_circuit(self) -> None:
        circuit = self.make("ip.gl.json", "ip", "pairs=3", "blocks=3")
        result = self.ask("--circuit", circuit, "--svg", str(self.svg))
        self.assertEqual((result["n"], result["size"], result["weight"]), (6, 8, 1))
        # All inputs with a partition by halves, not x against y: rank 2 on the shared pair, 4 or less.
        self.assertLessEqual(result["log2_rank"], 3)
        self.picture()
        wide = self.ask("--circuit", circuit, "--size", "99")
        table = wide["rows"][1]["reached"]
        self.assertEqual((table["family"], table["energy"], table["size"]), ("table", 1, 37))
        again = self.make("again.gl.json", *table["command"].split()[1:])
        self.assertEqual(gatelight("equiv", circuit, again).status, 0)

    def test_an_energy_that_is_not_proved_is_a_bar(self) -> None:
        circuit = self.folder / "hard.gl.json"
        circuit.write_text(json.dumps(hard_circuit()))
        result = self.ask("--function", "cd:30", "--size", "2000", "--weight", "900", "--circuit", str(circuit),
                          "--time-limit", "0.2", "--svg", str(self.svg), status=4)
        self.assertIs(result["stopped"], True)
        self.assertLess(result["circuit"]["energy"]["lower"], result["circuit"]["energy"]["upper"])
        root = self.picture()
        self.assertEqual(len(list(root.iter(SVG + "circle"))), 0)
        self.assertTrue(any(" to " in text for text, *_ in boxes(root)))

    def test_wrong_usage_and_bad_input(self) -> None:
        good = ["--function", "cd:6", "--size", "40", "--weight", "9"]
        torn = self.folder / "torn.gl.json"
        torn.write_text('{"format": "gatelight/circuit", "ver')
        other = self.make("other.gl.json", "cd", "pairs=5")
        for status, arguments in (
                (2, []), (2, ["--function", "cd:6"]), (2, ["--function", "cd:6", "--size", "40"]),
                (2, ["--function", "xy:6", "--size", "40", "--weight", "9"]),
                (2, ["--function", "cd:0", "--size", "40", "--weight", "9"]),
                (2, ["--function", "cd:6", "--size", "0", "--weight", "9"]),
                (2, ["--function", "cd:6", "--size", "-3", "--weight", "9"]),
                (2, ["--function", "cd:6", "--size", "99999999999999999999", "--weight", "9"]),
                (2, ["--function", "cd:6", "--size", str(2 ** 62 + 1), "--weight", "9"]),
                (2, ["--function", "cd:6", "--size", "x", "--weight", "9"]),
                (2, ["--function", "cd:6", "--size", "4", "--weight", "0"]),
                (2, [*good, "--max-depth", "0"]), (2, [*good, "--max-depth", "4097"]), (2, [*good, "extra"]),
                (2, [*good, "--output", "out"]), (2, [*good, "--svg", "a", "--csv", "a"]),
                (2, [*good, "--svg", ""]), (2, [*good, "--csv="]),
                (3, [*good, "--circuit", str(self.folder / "nothing.gl.json")]),
                (3, [*good, "--circuit", str(torn)]), (3, [*good, "--circuit", other]),
                (3, ["--circuit", other, "--output", "nothing"]),
                (1, [*good, "--svg", str(self.folder / "no" / "where.svg")]),
                (1, [*good, "--csv", str(self.folder / "no" / "where.csv")])):
            run = gatelight("frontier", *arguments)
            self.assertEqual((run.status, run.out), (status, ""), (arguments, run.err))
            self.assertEqual(run.err.count("\n"), 1, run.err)
            self.assertTrue(run.err.startswith("gatelight: "))


if __name__ == "__main__":
    unittest.main()
