#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws docs/growth.svg from bench/baseline/growth.json: time against inputs, and against gates.

    plot_growth.py growth.json growth.svg
"""
import json
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

INK, GRID = "#333333", "#dddddd"
LABEL_HEIGHT = 13  # points
COLOURS = {1: "#1b6ca8", 3: "#d1731c", 127: "#4b8b3b"}


def points(results, by):
    """{W: [(x, seconds)]} of the rows that vary `by`."""
    curves = {}
    for row in results:
        if ("gates," in row["circuit"]) == (by == "gates"):
            weight = int(row["circuit"].split("W=")[1])
            curves.setdefault(weight, []).append((row[by], row["seconds"]))
    return curves


def draw(axes, curves, label, fixed):
    for weight, curve in curves.items():
        xs, ys = zip(*sorted(curve))
        axes.plot(xs, ys, "o-", markersize=4, linewidth=1.5, color=COLOURS[weight])
    axes.set_yscale("log")
    axes.set_xlabel(label)
    axes.set_title(fixed, fontsize=10, color=INK)
    axes.grid(True, which="major", color=GRID, linewidth=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def name_curves(figure, axes, curves):
    """Writes each curve's name at its last point, moved upwards where another one is in the way."""
    occupied = float("-inf")
    for weight, curve in sorted(curves.items(), key=lambda item: sorted(item[1])[-1][1]):
        point = sorted(curve)[-1]
        height = axes.transData.transform(point)[1] * 72 / figure.dpi
        place = max(height, occupied + LABEL_HEIGHT)
        axes.annotate(f"W={weight}", point, xytext=(6, place - height), textcoords="offset points",
                      va="center", color=COLOURS[weight])
        occupied = place


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        record = json.load(file)
    plt.rcParams.update({"font.family": "sans-serif", "font.size": 10, "svg.fonttype": "none",
                         "svg.hashsalt": "growth", "text.color": INK, "axes.edgecolor": INK})
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharey=False)
    by_inputs = points(record["results"], "inputs")
    by_gates = points(record["results"], "gates")
    draw(left, by_inputs, "Boolean inputs n", "layers 32-16-8-1")
    draw(right, by_gates, "gates", "n = 30, layers 8k-4k-2k-1")
    left.set_ylabel("seconds to the proof, one thread")
    left.set_xticks([x for x, _ in sorted(by_inputs[1])])
    right.set_xscale("log", base=2)
    gates = [x for x, _ in sorted(by_gates[1])]
    right.set_xticks(gates, [f"{x:.0f}" for x in gates])
    right.minorticks_off()
    for axes in (left, right):
        axes.margins(x=0.12)
    figure.tight_layout(rect=(0, 0, 0.97, 1))
    for axes, curves in ((left, by_inputs), (right, by_gates)):
        name_curves(figure, axes, curves)
    figure.savefig(target, metadata={"Date": None})


if __name__ == "__main__":
    main()
