#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the figures of docs/studies/learning.md: test accuracy against exact energy, a curve a depth.

    figure.py RESULTS.csv FOLDER      writes learning-layered.svg and learning-skip.svg
"""

import sys
from pathlib import Path
from statistics import mean, stdev

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

from tables import ACTIVATIONS, DEPTHS, MAIN, WIRINGS, read, tasks

INK, GRID = "#333333", "#dddddd"
# From light to dark with the depth, so that the order can be seen without colours.
COLOURS = dict(zip(DEPTHS, ("#e0a33a", "#d1731c", "#b8483b", "#8c3a67", "#5b3a86", "#1f3a73")))


def curve(results, key):
    """[(energy, its spread, accuracy, its spread)], a point for each penalty, over the seeds."""
    points = []
    by_penalty = {}
    for networks in results[key].values():
        for network in networks:
            by_penalty.setdefault(network.penalty, []).append(network)
    for _, networks in sorted(by_penalty.items()):
        energy, test = [n.energy for n in networks], [100 * n.test for n in networks]
        points.append((mean(energy), stdev(energy), mean(test), stdev(test)))
    return points


def draw(axes, results, name, activation, wiring):
    for depth in DEPTHS:
        x, dx, y, dy = zip(*curve(results, (name, *MAIN, activation, wiring, depth)))
        axes.errorbar(x, y, xerr=dx, yerr=dy, fmt="o-", markersize=3, linewidth=1.3, elinewidth=0.4,
                      color=COLOURS[depth], label=f"depth {depth}")
    gate = curve(results, (name, 0, 3, "threshold", "layered", 0))[0]
    axes.plot([gate[0]], [gate[2]], "x", color=INK, markersize=5, label="one gate")
    axes.grid(True, which="major", color=GRID, linewidth=0.6)
    axes.set_xlim(0, 26)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def main():
    results, _ = read(Path(sys.argv[1]))
    plt.rcParams.update({"font.family": "sans-serif", "font.size": 9, "svg.fonttype": "none",
                         "svg.hashsalt": "learning", "text.color": INK, "axes.edgecolor": INK})
    names = tasks(results)
    for wiring in WIRINGS:
        figure, grid = plt.subplots(len(names), 3, figsize=(9, 2.5 * len(names) + 0.6), sharex=True, sharey="row")
        for row, name in zip(grid, names):
            for axes, activation in zip(row, ACTIVATIONS):
                draw(axes, results, name, activation, wiring)
                axes.set_title(f"{name}, {activation}", fontsize=9, color=INK)
            row[0].set_ylabel("test accuracy, %")
        for axes in grid[-1]:
            axes.set_xlabel("exact energy (of 25 gates)")
        handles, labels = grid[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="upper center", ncol=len(labels), frameon=False)
        figure.tight_layout(rect=(0, 0, 1, 1 - 0.35 / figure.get_figheight()))
        figure.savefig(Path(sys.argv[2]) / f"learning-{wiring}.svg", metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    main()
