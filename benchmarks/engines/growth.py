"""How cost grows with consignments, stations and replications, as slopes between logarithms."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.engines.rounds import in_turn, seconds, slope
from benchmarks.engines.same_work import run
from benchmarks.engines.tandem import tandem
from corridor_sim.draws import Draws

CONSIGNMENTS, STATIONS, REPLICATIONS = 3500, 6, 64
SIZES = {
    "consignments": (1750, 3500, 7000, 14_000, 28_000),
    "stations": (2, 4, 8, 16, 32),
    "replications": (1, 4, 16, 64, 256),
}
QUICK = {"consignments": (500, 1000), "stations": (2, 4), "replications": (1, 4)}


def measured(*, quick: bool, rounds: int) -> dict[str, Any]:
    """For each of the three: sizes, median seconds in all of both engines, and slopes."""
    return {
        what: _along(what, sizes, quick=quick, rounds=rounds)
        for what, sizes in (QUICK if quick else SIZES).items()
    }


def _along(what: str, sizes: tuple[int, ...], *, quick: bool, rounds: int) -> dict[str, Any]:
    usual = {"consignments": CONSIGNMENTS, "stations": STATIONS, "replications": REPLICATIONS}
    if quick:
        usual = {what: least[0] for what, least in QUICK.items()}
    calls: dict[str, Callable[[], float]] = {}
    for size in sizes:
        given = {**usual, what: size}
        model = tandem(stations=given["stations"], consignments=given["consignments"], two_way=True)
        draws = Draws(model, 1)
        counts = {"event": size if what == "replications" else 1, "array": given["replications"]}
        for name, count in counts.items():
            if name == "event" and count > 16:
                continue  # they are run one by one: the slope is 1
            calls[f"{name} {size}"] = partial(_timed, draws, name, count)
    found = in_turn(calls, rounds=rounds)
    medians = {
        name: {
            size: statistics.median(found[f"{name} {size}"])
            for size in sizes
            if f"{name} {size}" in found
        }
        for name in ("event", "array")
    }
    return {
        "usual": usual,
        "seconds": {name: {str(k): v for k, v in own.items()} for name, own in medians.items()},
        "slopes": {name: slope(list(own), list(own.values())) for name, own in medians.items()},
    }


def _timed(draws: Draws, name: str, count: int) -> float:
    def all_of_them() -> None:
        for _ in run(draws, name, range(count)):
            pass

    return seconds(all_of_them)


def lines(part: dict[str, Any]) -> Iterator[str]:
    """The slopes as Markdown."""
    yield "Cost grows with the power"
    yield ""
    yield "| of | event engine | array engine |"
    yield "|---|---:|---:|"
    for what, found in part.items():
        yield f"| {what} | {found['slopes']['event']:.2f} | {found['slopes']['array']:.2f} |"
    yield ""


def saved(part: dict[str, Any], path: Path) -> None:
    """Draw the three side by side."""
    figure = Figure(figsize=(10, 3.5), layout="constrained")
    axes = figure.subplots(1, len(part))
    for ax, (what, found) in zip(axes, part.items(), strict=True):
        plot_growth(found, what=what, ax=ax)
    figure.savefig(path, dpi=120)


def plot_growth(found: dict[str, Any], *, what: str, ax: Axes) -> Axes:
    """Seconds over sizes on logarithmic axes."""
    for name, style in (("event", "o-"), ("array", "s-")):
        own = found["seconds"][name]
        label = f"{name} engine, slope {found['slopes'][name]:.2f}"
        ax.plot([int(size) for size in own], list(own.values()), style, label=label)
    ax.set(xscale="log", yscale="log", xlabel=what, ylabel="seconds")
    sizes = sorted({int(size) for own in found["seconds"].values() for size in own})
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.set_xticks([], minor=True)
    usual = ", ".join(f"{value} {name}" for name, value in found["usual"].items() if name != what)
    ax.set_title(f"array: {usual}", fontsize="small")
    ax.legend(fontsize="small")
    ax.grid(alpha=0.3)
    return ax
