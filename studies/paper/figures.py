# SPDX-License-Identifier: Apache-2.0
"""The figures of docs/studies/paper.md, from the rows of results.csv."""
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

INK, GRID = "#333333", "#dddddd"
PALETTE = ["#1b6ca8", "#d1731c", "#4b8b3b", "#8a4fa0", "#9a6b1f", "#b03a48"]
LABEL_HEIGHT = 13  # points


def style() -> None:
    plt.rcParams.update({"font.family": "sans-serif", "font.size": 10, "svg.fonttype": "none",
                         "svg.hashsalt": "paper", "text.color": INK, "axes.edgecolor": INK})


def plain(axes, title: str) -> None:
    axes.set_title(title, fontsize=10, color=INK, loc="left")
    axes.grid(True, which="major", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def label_points(figure, axes, points: list[tuple[str, float, float, str]], side: str) -> None:
    """Writes names left or right of the points (x, y), from below upwards, no two closer than a line."""
    occupied = float("-inf")
    for name, x, y, colour in sorted(points, key=lambda point: (point[2], point[1])):
        height = axes.transData.transform((x, y))[1] * 72 / figure.dpi
        place = max(height, occupied + LABEL_HEIGHT)
        axes.annotate(name, (x, y), xytext=(7 if side == "right" else -7, place - height), va="center",
                      ha="left" if side == "right" else "right", textcoords="offset points", color=colour, fontsize=9)
        occupied = place


def save(figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


# ---- Depth against energy -----------------------------------------------------------------------


def curves_of(rows: list[dict], function: str) -> list[tuple[str, list[tuple[int, int]]]]:
    """By series: its name with the number of gates, and the least energy of each depth; all, if gates differ."""
    series: dict[str, list[dict]] = {}
    for row in rows:
        if row["function"] == function and row["gates"] == "threshold":
            series.setdefault(row["series"], []).append(row)
    curves = []
    for name, curve in series.items():
        sizes = sorted({int(row["size"]) for row in curve})
        gates = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
        least: dict[int, int] = {}
        for row in curve:
            depth, energy = int(row["depth"]), int(row["energy"])
            least[depth] = min(energy, least.get(depth, energy))
        every = [(int(row["depth"]), int(row["energy"])) for row in curve]
        curves.append((f"{name}, {gates} gates", sorted(least.items() if len(sizes) == 1 else every)))
    return curves


def tradeoff(rows: list[dict], path: Path) -> None:
    """A curve for circuits of one size: what more depth saves."""
    panels = [("cd:12", "do two sets of 12 meet", "left"), ("eq:12", "equality of 12 bits", "left"),
              ("parity:24", "parity of 24 bits", "left"), ("mod:24:3", "24 bits modulo 3", "right")]
    figure, all_axes = plt.subplots(2, 2, figsize=(10, 7.2))
    for axes, (function, title, side) in zip(all_axes.flat, panels):
        for (_, points), colour in zip(curves_of(rows, function), PALETTE):
            axes.plot(*zip(*points), "o-", markersize=4, linewidth=1.3, color=colour)
        axes.set_yscale("log", base=2)
        axes.set_xscale("log", base=2)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(matplotlib.ticker.FuncFormatter(lambda value, _: f"{value:g}"))
        axes.set_xlim(*((0.27, 32) if side == "left" else (1.7, 160)))
        axes.set_ylim(0.85, 32)
        axes.set_xticks([2, 4, 8, 16, 32])
        plain(axes, title)
        axes.set_xlabel("depth")
        axes.set_ylabel("energy")
    figure.tight_layout()
    for axes, (function, _, side) in zip(all_axes.flat, panels):
        ends = []
        for (name, points), colour in zip(curves_of(rows, function), PALETTE):
            if name.startswith("tree"):  # alone in the middle of the chain's curve
                axes.annotate(name, points[0], xytext=(4, 9), textcoords="offset points", color=colour, fontsize=9)
            else:
                ends.append((name, *points[0 if side == "left" else -1], colour))
        label_points(figure, axes, ends, side)
    save(figure, path)


# ---- How tight the bounds are -------------------------------------------------------------------

BOUNDS = [("theorem", "theorem"), ("fed_gates", "fed gates"), ("states", "states"), ("row_classes", "row classes")]


def tightness(rows: list[dict], path: Path) -> None:
    """All right sides beside log2 of the rank, circuit by circuit, by energy times depth."""
    functions = ["cd:12", "eq:12", "ip:6", "parity:24", "mod:24:3"]
    figure, all_axes = plt.subplots(1, len(functions), figsize=(12, 4.6), sharey=True)
    for axes, function in zip(all_axes, functions):
        mine = [row for row in rows if row["function"] == function and row["gates"] == "threshold"]
        for (name, _), colour in zip(BOUNDS, PALETTE):
            points = [(int(row["energy"]) * int(row["depth"]), float(row[name])) for row in mine if row.get(name)]
            axes.plot(*zip(*points), "o", markersize=4, color=colour, alpha=0.75) if points else None
        axes.axhline(float(mine[0]["log2_rank"]), color=INK, linewidth=1.2)
        axes.set_yscale("log")
        axes.set_yticks([1, 3, 10, 30, 100, 300, 1000], ["1", "3", "10", "30", "100", "300", "1000"])
        axes.set_ylim(0.8, 1200)
        axes.minorticks_off()
        axes.margins(x=0.12)
        plain(axes, function)
        axes.set_xlabel("energy × depth")
    all_axes[0].set_ylabel("log2 of the rank, and its bounds")
    figure.tight_layout(rect=(0, 0, 1, 0.9))
    x = 0.07
    drawn = [((name, words), colour) for (name, words), colour in zip(BOUNDS, PALETTE)
             if any(row.get(name) for row in rows if row["function"] in functions)]
    for (name, words), colour in [*drawn, (("", "line: log2 of the rank"), INK)]:
        figure.text(x, 0.94, f"● {words}" if name else words, color=colour)
        x += 0.03 + 0.0068 * len(words)
    save(figure, path)


# ---- Gates of several values --------------------------------------------------------------------


def values(rows: list[dict], path: Path) -> None:
    """The same functions by threshold, relu and sigmoid gates: both sides."""
    chosen = [row for row in rows if row["gates"] != "threshold" or
              any(f" {text} " in row["command"] + " " for text in
                  ("cd pairs=12 depth=3 energy=3", "eq pairs=12 rows=2 columns=2", "parity bits=24 width=4",
                   "mod bits=24 modulus=3 digits=1 width=8", "ip pairs=6 blocks=2"))]
    order = ["cd:12", "eq:12", "ip:6", "parity:24", "mod:24:3"]
    chosen = sorted((row for row in chosen if row["function"] in order),
                    key=lambda row: (-order.index(row["function"]), row["gates"] == "threshold", row["gates"]))
    figure, axes = plt.subplots(figsize=(10, 0.34 * len(chosen) + 1.3))
    for place, row in enumerate(chosen):
        ends = [float(row["log2_rank"]), float(row["theorem"])]
        axes.plot(ends, [place, place], "-", color=GRID, linewidth=2)
        axes.plot(ends[0], place, "|", markersize=12, markeredgewidth=2, color=INK)
        axes.plot(ends[1], place, "o", color=PALETTE[0])
        if row["slack_sharpest"]:
            axes.plot(ends[0] + float(row["slack_sharpest"]), place, "o", color=PALETTE[1])
    names = [f"{row['function']}, {row['command'].split()[1]}, {row['gates']}"
             + (f" of {row['bits']} bits" if int(row["bits"]) > 1 else "") + f": e {row['energy']}, d {row['depth']}"
             for row in chosen]
    axes.set_yticks(range(len(chosen)), names)
    axes.set_xscale("log")
    ticks = [1, 3, 10, 30, 100, 300, 1000, 3000]
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("log2 of the rank, and its bounds")
    plain(axes, "")
    top = len(chosen) - 1
    row = chosen[top]
    for x, words, colour in ((float(row["log2_rank"]), "rank", INK), (float(row["theorem"]), "theorem", PALETTE[0]),
                             (float(row["log2_rank"]) + float(row["slack_sharpest"]), "sharpest", PALETTE[1])):
        shift = -8 if words == "rank" else 8 if words == "sharpest" else 0
        axes.annotate(words, (x, top), xytext=(shift, 10), textcoords="offset points", color=colour, fontsize=9,
                      ha={"rank": "right", "sharpest": "left"}.get(words, "center"))
    axes.set_ylim(-0.7, top + 1)
    figure.tight_layout()
    save(figure, path)


def draw(rows: list[dict], folder: Path) -> None:
    style()
    tradeoff(rows, folder / "tradeoff.svg")
    tightness(rows, folder / "tightness.svg")
    if any(row["gates"] == "sigmoid" for row in rows):
        values(rows, folder / "values.svg")
