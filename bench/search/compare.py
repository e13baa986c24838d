#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs gatelight and other solvers on the same circuits, one core and the same time each.

    compare.py GATELIGHT FOLDER [--seconds S] [--json OUT] [--only NAME,...]

The others read what `gatelight convert` exports: clasp and RoundingSat the OPB file, CBC, HiGHS and SCIP the
LP file; CP-SAT and Exact get the rows of the OPB file.  clasp, cbc and roundingsat are looked for on the PATH, the
others are Python packages (highspy, pyscipopt, ortools, exact); who is not there is named and left out.  For each a
line: the interval that it leaves and its seconds, from a program's start to its end or, of a package, of reading and
solving; at the end, instances closed, the shifted geometric mean (1 s) of the times, and how many times the first
solver's they are.
"""
import argparse
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

FAR = 10**9


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def gatelight(tool, circuit, _, seconds):
    out = output_of(tool, "energy", "--json", "--quiet", "--threads", "1", "--time-limit", str(seconds), circuit)
    energy = json.loads(out)["energy"]
    return energy["lower"], energy["upper"]


def clasp(_, __, files, seconds):
    out = output_of("clasp", f"--time-limit={max(1, round(seconds))}", files["opb"])
    found = re.findall(r"^o (-?\d+)", out, re.M)
    lower = files["total"] - int(found[-1]) if found else -FAR
    return lower, lower if "OPTIMUM FOUND" in out else FAR


def roundingsat(_, __, files, seconds):
    out = output_of("timeout", str(seconds), "roundingsat", files["opb"])
    # It logs "c bounds UPPER >= LOWER @ SECONDS" at each improvement; "-" is none yet.
    found, proved = (re.findall(r"^c bounds (\S+) >= (\S+) @", out, re.M) or [("-", "-")])[-1]
    lower = -FAR if found == "-" else files["total"] - int(found)
    upper = FAR if proved == "-" else files["total"] - int(proved)
    return lower, lower if "OPTIMUM FOUND" in out else upper


def cbc(_, __, files, seconds):
    out = output_of("cbc", files["lp"], "-sec", str(seconds), "-timem", "elapsed", "-solve")
    value = re.search(r"Objective value:\s+(-?[\d.]+)", out)
    bound = re.search(r"Upper bound:\s+(-?[\d.]+)", out)
    lower = round(float(value.group(1))) if value else -FAR
    if "Optimal solution found" in out:
        return lower, lower
    return lower, math.floor(float(bound.group(1)) + 1e-6) if bound else FAR


def highs(_, __, files, seconds):
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", float(seconds))
    solver.readModel(files["lp"])
    solver.run()
    info = solver.getInfo()
    lower = round(info.objective_function_value) if info.primal_solution_status == 2 else -FAR
    bound = info.mip_dual_bound
    return lower, math.floor(bound + 1e-6) if abs(bound) < FAR else FAR


def scip(_, __, files, seconds):
    import pyscipopt

    model = pyscipopt.Model()
    model.hideOutput()
    model.setParam("limits/time", seconds)
    model.readProblem(files["lp"])
    model.optimize()
    lower = round(model.getObjVal()) if model.getNSols() else -FAR
    bound = model.getDualbound()
    return lower, math.floor(bound + 1e-6) if abs(bound) < FAR else FAR


def read_opb(path):
    """The objective and the rows (terms, right side) of an OPB file; a term is (coefficient,
    variable, negated)."""
    def terms(text):
        tokens = text.split()
        return [(int(a), x.lstrip("~"), x.startswith("~")) for a, x in zip(tokens[::2], tokens[1::2])]

    objective, rows = [], []
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        line = line.rstrip("; ")
        if line.startswith("min:"):
            objective = terms(line[4:])
        elif line and not line.startswith("*"):
            left, right = line.split(">=")
            rows.append((terms(left), int(right)))
    return objective, rows


def cpsat(_, __, files, seconds):
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    variables = {}

    def linear(terms):
        for _, name, _ in terms:
            if name not in variables:
                variables[name] = model.new_bool_var(name)
        return sum(a * (variables[name].negated() if negated else variables[name])
                   for a, name, negated in terms)

    objective, rows = read_opb(files["opb"])
    model.minimize(linear(objective))
    for terms, right in rows:
        model.add(linear(terms) >= right)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    lower = files["total"] - round(solver.objective_value) if found else -FAR
    return lower, files["total"] - math.ceil(solver.best_objective_bound - 1e-6)


def exact(_, __, files, seconds):
    import exact as package

    objective, rows = read_opb(files["opb"])
    solver = package.Exact([("verbosity", "0")])
    for name in sorted({name for terms, _ in [(objective, 0)] + rows for _, name, _ in terms}):
        solver.addVariable(name)

    # It knows no negated variables: a * ~x is a - a * x.
    def positive(terms):
        return ([(-a if negated else a, name) for a, name, negated in terms],
                sum(a for a, _, negated in terms if negated))

    terms, constant = positive(objective)
    solver.setObjective(terms, True, constant)
    for terms, right in rows:
        terms, constant = positive(terms)
        solver.addConstraint(terms, True, right - constant)
    solver.runFull(True, seconds)
    lower = files["total"] - solver.getBestSoFar() if solver.hasSolution() else -FAR
    return lower, files["total"] - solver.getDualBound()


SOLVERS = {"gatelight": gatelight, "clasp": clasp, "cbc": cbc, "highs": highs, "scip": scip,
           "cpsat": cpsat, "roundingsat": roundingsat, "exact": exact}
PACKAGES = {"highs": "highspy", "scip": "pyscipopt", "cpsat": "ortools", "exact": "exact"}


def there(name):
    if name in PACKAGES:
        return subprocess.run([sys.executable, "-c", f"import {PACKAGES[name]}"], check=False,
                              capture_output=True).returncode == 0
    return name == "gatelight" or shutil.which(name) is not None


def export(tool, circuit, folder):
    files = {"lp": f"{folder}/circuit.lp", "opb": f"{folder}/circuit.opb"}
    for path in files.values():
        subprocess.run([tool, "convert", "--quiet", circuit, path], check=True, capture_output=True)
    text = pathlib.Path(files["opb"]).read_text(encoding="utf-8")
    files["total"] = int(re.search(r"energy = (\d+) - the optimum", text).group(1))
    return files


def summarise(names, results, limit):
    """An open circuit counts as the limit, less than 10 ms as 10 ms."""
    times = {name: [min(s, limit) if low == high else limit for low, high, s in (row[name] for row in results.values())]
             for name in names}
    for name in names:
        closed = sum(row[name][0] == row[name][1] for row in results.values())
        mean = math.exp(sum(math.log(t + 1) for t in times[name]) / len(results)) - 1
        ratio = math.exp(sum(math.log(max(t, 0.01) / max(own, 0.01))
                             for t, own in zip(times[name], times[names[0]])) / len(results))
        print(f"{name:10s} closed {closed} of {len(results)}, shifted geometric mean {mean:.2f} s, "
              f"{ratio:.1f} times {names[0]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("folder")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--json")
    parser.add_argument("--only", default=",".join(SOLVERS))
    # What one run in a process of its own prints.
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        name, circuit, files = options.run
        if name in PACKAGES:
            __import__(PACKAGES[name])  # what takes long, and is no solving
        begin = time.monotonic()
        lower, upper = SOLVERS[name](options.tool, circuit, json.loads(files), options.seconds)
        print(json.dumps([lower, upper, round(time.monotonic() - begin, 3)]))
        return
    names = [name for name in options.only.split(",") if there(name)]
    for name in set(options.only.split(",")) - set(names):
        print(f"{name} is not installed: left out")
    results = {}
    for circuit in sorted(pathlib.Path(options.folder).glob("*.gl.json")):
        with tempfile.TemporaryDirectory() as folder:
            files = export(options.tool, str(circuit), folder)
            row = results[circuit.name.removesuffix(".gl.json")] = {}
            for name in names:
                # Each in a process of its own; a solver that does not keep to its time is stopped.
                try:
                    done = subprocess.run(
                        [sys.executable, __file__, options.tool, options.folder, "--seconds",
                         str(options.seconds), "--run", name, str(circuit), json.dumps(files)],
                        capture_output=True, text=True, timeout=3 * options.seconds + 10, check=True)
                    row[name] = json.loads(done.stdout.splitlines()[-1])
                except (subprocess.SubprocessError, json.JSONDecodeError, IndexError):
                    row[name] = [-FAR, FAR, options.seconds]
        print(f"{circuit.name.removesuffix('.gl.json'):42s}" + "  ".join(
            f"{name} [{'-' if low == -FAR else low}, {'-' if high == FAR else high}] {seconds:.1f}"
            for name, (low, high, seconds) in row.items()), flush=True)
    summarise(names, results, options.seconds)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(
            {"seconds": options.seconds, "results": results}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
