#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The engines box and search on control networks: ACAS Xu, its first layers, and boxes of VNN-LIB.

    control.py GATELIGHT VNNCOMP [--seconds S] [--only TEXT]

VNNCOMP is a folder with acasxu/*.onnx and acasxu/prop_*.vnnlib.  Networks are converted to 8 bits; `1_1/k` is
network 1_1 up to hidden layer k.  One thread and S seconds each, in turn.  For each a line: the interval, the
seconds and the processor seconds of each engine, and how much narrower the interval of box is.
"""
import argparse
import json
import pathlib
import resource
import subprocess
import tempfile
import time

NETWORKS = ("1_1", "3_3", "5_9")


def convert(tool, source, out, *options):
    subprocess.run([tool, "convert", "--quiet", *options, source, out], check=True, capture_output=True)


def prefix(circuit, layers):
    names = {f"relu_{k}" for k in range(1, layers + 1)}
    gates = [gate for gate in circuit["gates"] if gate.get("layer") in names]
    outputs = [gate["name"] for gate in gates if gate["layer"] == f"relu_{layers}"]
    return dict(circuit, gates=gates, outputs=outputs)


def instances(tool, folder, out):
    acas = folder / "acasxu"
    whole = out / "whole.gl.json"
    convert(tool, acas / "ACASXU_run2a_1_1_batch_2000.onnx", whole, "--input-range=-0.5,0.5")
    circuit = json.loads(whole.read_text())
    for layers in range(1, 7):
        path = out / f"prefix{layers}.gl.json"
        path.write_text(json.dumps(prefix(circuit, layers)))
        yield f"1_1/{layers}", path
    for network in NETWORKS:
        for prop in range(1, 5):
            path = out / f"{network}-{prop}.gl.json"
            options = ("--input-range=-0.7,0.7", "--domain", acas / f"prop_{prop}.vnnlib")
            try:
                convert(tool, acas / f"ACASXU_run2a_{network}_batch_2000.onnx", path, *options)
            except subprocess.CalledProcessError:
                continue  # no 8-bit word lies in the box
            yield f"{network} prop_{prop}", path


def run(tool, engine, path, seconds):
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    out = subprocess.run([tool, "energy", "--json", "--quiet", "--threads", "1", "--time-limit", str(seconds),
                          "--engine", engine, path], capture_output=True, text=True, check=False).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    energy = json.loads(out)["energy"]
    return energy["lower"], energy["upper"], time.monotonic() - begin, after.ru_utime - before.ru_utime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("vnncomp", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, path in instances(arguments.tool, arguments.vnncomp, pathlib.Path(folder)):
            if arguments.only not in name:
                continue
            line, widths = f"{name:11}", []
            for engine in ("box", "search"):
                lower, upper, wall, cpu = run(arguments.tool, engine, path, arguments.seconds)
                widths.append(upper - lower)
                line += f"  {engine} [{lower}, {upper}] {wall:.1f} s ({cpu:.1f} CPU)"
            ratio = f"{widths[1] / widths[0]:.1f} x narrower" if widths[0] else "closed"
            print(f"{line}  {ratio}", flush=True)


if __name__ == "__main__":
    main()
