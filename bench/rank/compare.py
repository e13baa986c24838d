#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ranks of 0/1 matrices by gatelight and other libraries, in turn on the same machine, one core each.

    compare.py FOLDER [--runs N] [--largest K] [--baseline FILE] [--json FILE --machine M --date D --command C]

FOLDER holds the programs that bench/rank/CMakeLists.txt builds; who is not there is named and left out.  For
random matrices of order 2^k each program runs N times (once where a run takes more than 10 s), a round
of all programs after the other; what counts is the median of the processor's seconds.  OpenBLAS is
told to use its AVX-512 kernels where the machine has them: it does not know every such machine.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess

# Matrices, their logarithmic order, the prime, and who takes part.
CASES = [
    ("random", 8, 251, ("gatelight", "fflas", "flint", "lapack")),
    ("random", 10, 251, ("gatelight", "fflas", "flint", "lapack")),
    ("random", 11, 101, ("gatelight", "fflas", "flint", "lapack")),
    ("random", 11, 251, ("gatelight", "fflas", "flint")),
    ("random", 12, 101, ("gatelight", "fflas")),
    ("random", 12, 251, ("gatelight", "fflas", "flint")),
    ("random", 12, 65521, ("gatelight", "fflas")),
    ("random", 12, 134217689, ("gatelight", "flint")),
    ("random", 13, 251, ("gatelight", "fflas")),
    ("random", 14, 251, ("gatelight", "fflas")),
    ("random", 12, 2, ("gatelight", "m4ri")),
    ("random", 14, 2, ("gatelight", "m4ri")),
    ("triangle", 6, 251, ("gatelight", "fflas", "flint", "lapack")),
    ("triangle", 9, 251, ("gatelight", "fflas", "flint", "lapack")),
]
LONG = 10  # seconds


def environment():
    result = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    flags = pathlib.Path("/proc/cpuinfo")
    if flags.exists() and " avx512bw" in flags.read_text(encoding="utf-8"):
        result.setdefault("OPENBLAS_CORETYPE", "SkylakeX")
    return result


def measure(folder, case, runs):
    family, k, prime, programs = case
    found = {}
    for _ in range(runs):
        for name in programs:
            program = folder / f"rank_{name}"
            done = found.setdefault(name, [])
            if not program.exists() or (done and done[-1]["seconds"] > LONG):
                continue
            text = subprocess.run([program, family, str(2**k), str(prime)], env=environment(), check=True,
                                  capture_output=True, text=True).stdout
            done.append(json.loads(text))
    return {name: done for name, done in found.items() if done}


def rows_of(case, found):
    family, k, prime, _ = case
    for name, runs in found.items():
        seconds = statistics.median(run["seconds"] for run in runs)
        row = {"matrix": f"{family} 2^{k}", "prime": prime, "program": name, "rank": runs[0]["rank"],
               "seconds": round(seconds, 6), "mebibytes": max(run["mebibytes"] for run in runs),
               "runs": len(runs)}
        if name != "gatelight":
            ours = statistics.median(run["seconds"] for run in found["gatelight"])
            row["times_gatelight"] = float(f"{seconds / max(ours, 1e-6):.3g}")
        yield row


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--largest", type=int, default=14)
    for name in ("--baseline", "--json", "--machine", "--date", "--command"):
        parser.add_argument(name, default="")
    options = parser.parse_args()
    for name in sorted({name for case in CASES for name in case[3]}):
        if not (options.folder / f"rank_{name}").exists():
            print(f"{name} is not installed: left out")
    recorded = {}
    if options.baseline and os.path.exists(options.baseline):
        with open(options.baseline, encoding="utf-8") as file:
            for row in json.load(file)["results"]:
                recorded[row["matrix"], row["prime"], row["program"]] = row
    results = []
    for case in CASES:
        if case[1] > options.largest:
            continue
        for row in rows_of(case, measure(options.folder, case, options.runs)):
            old = recorded.get((row["matrix"], row["prime"], row["program"]), {})
            print(f"{row['matrix']:14s} mod {row['prime']:<10d} {row['program']:10s} rank {row['rank']:<6d}"
                  f" {row['seconds']:10.5f} s {row['mebibytes']:8.1f} MiB"
                  + (f"  {row['times_gatelight']:.3g} x gatelight" if "times_gatelight" in row else "")
                  + (f"  (recorded {old.get('times_gatelight', old['seconds'])})" if old else ""), flush=True)
            results.append(row)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"benchmark": "rank", "machine": options.machine, "date": options.date,
                       "command": options.command, "results": results}, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
