#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures circuits of the functions of Uchizawa and Abe (2024) across depth and energy, and all bounds on them.

    reproduce.py                 measure everything into results.csv, draw the figures (scripts/setup --plots)
    reproduce.py --figures       draw the figures from results.csv
    reproduce.py --summary       print the table of the page from results.csv
    reproduce.py --check         measure the small circuits again and compare them with results.csv

Every circuit is made, and its size, depth, weight and energy are measured and compared with what its family
predicts; its rank and the right sides come from `gatelight bound`, for the partition of the first half of the bits.
docs/studies/paper.md says what one learns.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE / "results.csv"
FIGURES = ROOT / "docs" / "studies"
PROGRAM = os.environ.get("GATELIGHT_PROGRAM", str(ROOT / "build" / "release" / "bin" / "gatelight"))
SECONDS = "300"  # for one call; none takes nearly as long


@dataclass(frozen=True)
class Instance:
    """A call of `gatelight make`; `series` names a curve of a figure, for circuits of one size."""

    function: str
    series: str
    family: str
    parameters: tuple[str, ...]
    small: bool = False

    @property
    def command(self) -> str:
        return " ".join(("make", self.family, *self.parameters))

    @property
    def kind(self) -> str:
        """What the gates are made of."""
        given = [text.split("=")[1] for text in self.parameters if text.startswith("activation=")]
        counts = self.family in ("parity-fold", "mod-count", "ip-count")
        return given[0] if given else "relu" if counts else "threshold"


def divisors(number: int) -> list[int]:
    return [d for d in range(1, number + 1) if number % d == 0]


def instances() -> list[Instance]:
    """Small ones, which --check measures again, then those of the figures."""
    found: list[Instance] = []

    def add(function: str, series: str, family: str, *parameters: str, small: bool = False) -> None:
        found.append(Instance(function, series, family, parameters, small))

    for pairs, small in ((4, True), (12, False)):
        for size in (1, 2, 4) if small else divisors(pairs):
            blocks = pairs // size
            for levels in divisors(blocks):
                add(f"cd:{pairs}", f"blocks of {size}", "cd", f"pairs={pairs}", f"depth={levels + 1}",
                    f"energy={blocks // levels + 1}", small=small)
                add(f"eq:{pairs}", f"blocks of {size}", "eq", f"pairs={pairs}", f"rows={levels}",
                    f"columns={blocks // levels}", small=small)
    for bits, small in ((8, True), (24, False)):
        for width in (1, 4, 8) if small else (1, 2, 3, 4, 6, 8, 12, 24):
            add(f"parity:{bits}", "chain", "parity", f"bits={bits}", f"width={width}", small=small)
        for blocks in (2, 4) if small else (2, 3, 4, 6, 8):
            add(f"parity:{bits}", "blocks", "parity-blocks", f"bits={bits}", f"blocks={blocks}", small=small)
        add(f"parity:{bits}", "tree", "parity-tree", f"bits={bits}", small=small)
        add(f"parity:{bits}", "fold", "parity-fold", f"bits={bits}", small=small)
        for digits, radix, most in ((1, 2, bits // 3), (2, 3, 2), (3, 2, 1)):
            if digits > 1 and small:
                continue
            series = "1 digit" if digits == 1 else f"{digits} digits of base {radix}"
            for width in range(1, most + 1):
                add(f"mod:{bits}:3", series, "mod", f"bits={bits}", "modulus=3", f"digits={digits}",
                    *([f"radix={radix}"] if digits > 1 else []), f"width={width}", small=small)
    for pairs, small in ((4, True), (6, False)):
        for blocks in divisors(pairs):
            add(f"ip:{pairs}", "blocks", "ip", f"pairs={pairs}", f"blocks={blocks}", small=small)
    for kind in ("relu", "sigmoid"):
        for pairs, small in ((4, True), (12, False)):
            for bits in (2, 4):
                values = (f"activation={kind}", f"precision={bits}")
                add(f"cd:{pairs}", kind, "cd", f"pairs={pairs}", "depth=3", "energy=3", *values, small=small)
                add(f"eq:{pairs}", kind, "eq", f"pairs={pairs}", "rows=2", "columns=2", *values, small=small)
        for bits, small in ((8, True), (24, False)):
            add(f"parity:{bits}", kind, "parity", f"bits={bits}", "width=4", f"activation={kind}", small=small)
            add(f"parity:{bits}", kind, "mod-count", f"bits={bits}", "modulus=2", "residue=1", f"activation={kind}",
                small=small)
            add(f"mod:{bits}:3", kind, "mod-count", f"bits={bits}", "modulus=3", "residue=0", f"activation={kind}",
                small=small)
    for pairs, small in ((4, True), (6, False)):
        add(f"ip:{pairs}", "relu", "ip-count", f"pairs={pairs}", "blocks=2", small=small)
    return found


# ---- Measuring ----------------------------------------------------------------------------------


def ask(*arguments: str) -> dict:
    """What the program answers; everything here is answered completely."""
    run = subprocess.run([PROGRAM, *arguments, "--json"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise SystemExit(f"gatelight {' '.join(arguments)}: exit status {run.returncode}\n{run.stderr}")
    return json.loads(run.stdout)


def offered(instance: Instance, families: dict[str, set[str]]) -> bool:
    """Whether this program has the family with these parameters."""
    names = {text.split("=")[0] for text in instance.parameters}
    return names <= families.get(instance.family, set())


def measure(instance: Instance, circuit: Path) -> dict:
    made = ask("make", instance.family, *instance.parameters, "-o", str(circuit))
    energy = ask("energy", str(circuit), "--time-limit", SECONDS)
    measured = {"size": energy["size"], "depth": energy["depth"], "weight": energy["weight"],
                "energy": energy["energy"]["upper"]}
    if not energy["energy"]["proved"] or any(made[key] != value for key, value in measured.items()):
        raise SystemExit(f"{instance.command}: predicted {made}, measured {energy}")
    bound = ask("bound", str(circuit), "--time-limit", SECONDS)
    if not bound["rank"]["exact"] or not bound["holds"]:
        raise SystemExit(f"{instance.command}: {bound}")
    # Those that the program itself takes for its answer; others, such as floating point estimates, are left out.
    sharper = {entry["name"]: entry["log2"] for entry in bound["bounds"] if entry.get("proved", True)}
    trivial = sharper.pop("trivial")
    best = min(sharper, key=sharper.get, default=None)
    row = {"set": "small" if instance.small else "figures", "function": instance.function,
           "series": instance.series, "gates": instance.kind, "command": instance.command, "n": bound["n"],
           "size": measured["size"], "depth": measured["depth"], "energy": measured["energy"],
           "weight": measured["weight"], "bits": made.get("precision", 1), "form_size": bound["s"],
           "form_weight": bound["w"], "form_energy": bound["e"], "log2_rank": bound["log2_rank"],
           "theorem": bound["theorem_rhs"], "trivial": trivial}
    row |= {name.replace(" ", "_"): value for name, value in sharper.items()}
    row |= {"sharpest": best, "slack_theorem": bound["theorem_rhs"] - bound["log2_rank"],
            "slack_sharpest": sharper[best] - bound["log2_rank"] if best else None}
    if instance.kind == "threshold":
        floor = ask("frontier", "--function", instance.function, "--size", str(measured["size"]), "--weight",
                    str(measured["weight"]), "--max-depth", str(measured["depth"]))["rows"][-1]["floor"]
        row["energy_floor"] = floor
        if floor is None or floor > measured["energy"]:
            raise SystemExit(f"{instance.command}: energy {measured['energy']} is below the floor {floor}")
    return row


def measure_all(wanted: list[Instance]) -> list[dict]:
    families = {family["name"]: {parameter["name"] for parameter in family["parameters"]}
                for family in ask("make", "--list")["families"]}
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for instance in wanted:
            if not offered(instance, families):
                print(f"left out, this program does not make it: {instance.command}", file=sys.stderr)
                continue
            rows.append(measure(instance, Path(folder) / "circuit.gl.json"))
    return rows


# ---- The table ----------------------------------------------------------------------------------


def cell(value: object) -> str:
    if value is None:
        return ""
    return f"{round(value, 4):g}" if isinstance(value, float) else str(value)


def write_table(rows: list[dict]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    tail = ["sharpest", "slack_theorem", "slack_sharpest", "energy_floor"]
    names = [name for name in names if name not in tail] + tail
    with open(RESULTS, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, names, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows({name: cell(value) for name, value in row.items()} for row in rows)


def read_table() -> list[dict]:
    with open(RESULTS, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def differences(rows: list[dict], recorded: list[dict]) -> list[str]:
    """What is measured now against the recorded row of the same circuit."""
    by_command = {row["command"]: row for row in recorded}
    found = []
    for row in rows:
        before = by_command.get(row["command"])
        if before is None:
            found.append(f"{row['command']}: not in the table")
            continue
        for name, text in before.items():
            if cell(row.get(name)) != text:
                found.append(f"{row['command']}: {name} is {cell(row.get(name))!r}, recorded {text!r}")
    measured = {row["command"] for row in rows}
    found += [f"{command}: in the table, and not measured" for command, row in by_command.items()
              if row["set"] == "small" and command not in measured]
    return found


def number(text: str) -> float | str | None:
    """What a cell says."""
    try:
        return float(text) if text else None
    except ValueError:
        return text


def span(values: list[float], digits: int) -> str:
    if not values:
        return "-"
    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    return low if low == high else f"{low} to {high}"


def summary(rows: list[dict]) -> list[str]:
    """A Markdown table: for each function and kind of gates, between what the figures lie."""
    lines = ["| function | gates | circuits | energy | depth | log2 rank | theorem | fed gates | sharpest | by |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    order = ["cd", "eq", "ip", "parity", "mod"]
    groups: dict[tuple[str, str], list[dict]] = {}
    for text in rows:
        row = {name: number(value) for name, value in text.items()}
        if row["set"] == "figures":
            groups.setdefault((row["function"], row["gates"]), []).append(row)
    kinds = ["threshold", "relu", "sigmoid"]
    for (function, gates), group in sorted(groups.items(), key=lambda item: (
            order.index(item[0][0].split(":")[0]), kinds.index(item[0][1]))):
        sharpest = [row["log2_rank"] + row["slack_sharpest"] for row in group if row["sharpest"]]
        columns = [span([row[name] for row in group], 0) for name in ("energy", "depth")]
        columns += [span([row["log2_rank"] for row in group], 2), span([row["theorem"] for row in group], 0),
                    span([row["fed_gates"] for row in group if row["fed_gates"] is not None], 1), span(sharpest, 2)]
        names = sorted({row["sharpest"] for row in group if row["sharpest"]})
        lines.append(f"| `{function}` | {gates} | {len(group)} | " + " | ".join(columns) + f" | {', '.join(names)} |")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--figures", action="store_true", help="only draw, from results.csv")
    choice.add_argument("--summary", action="store_true", help="only print what the rows say, from results.csv")
    choice.add_argument("--check", action="store_true", help="only the small circuits, against results.csv")
    arguments = parser.parse_args()
    if arguments.check:
        found = differences(measure_all([one for one in instances() if one.small]), read_table())
        print("\n".join(found) if found else "as recorded")
        return 1 if found else 0
    if arguments.summary:
        print("\n".join(summary(read_table())))
        return 0
    try:  # before anything is measured
        import figures
    except ImportError as error:
        raise SystemExit(f"{error}: scripts/setup --plots installs it for the system's python3") from error
    if not arguments.figures:
        write_table(measure_all(instances()))
        ask("frontier", "--function", "cd:64", "--size", "4096", "--weight", "16", "--svg",
            str(FIGURES / "cd64.svg"))
    figures.draw(read_table(), FIGURES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
