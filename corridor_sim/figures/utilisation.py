"""How far stations, lines and vehicles are used."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from corridor_sim.figures.marks import names, shared
from corridor_sim.figures.registry import figure
from corridor_sim.figures.rows import Rows, lay_out
from corridor_sim.figures.style import (
    INK,
    PALETTE,
    axes,
    caption,
    empty,
    legend,
    line_width,
    words,
)  # fmt: skip
from corridor_sim.figures.tables import Data, elements_of, measures

USES: Final = {
    "utilisation": "stations and lines: time that servers are busy",
    "load_factor": "services and fleets: places that are filled",
}
MOST: Final = 14
"""Rows of each kind, the most used first."""
MARKERS: Final = "osD^vP"


@figure("utilisation", "how far stations, lines, services and fleets are used", read=elements_of)
def plot_utilisation(data: Data, *, ax: Axes | None = None) -> Axes:
    """Share used of servers and of places, with intervals, a row an element, the most used first.

    data: a run, a comparison or a tidy table. Of several scenarios each has its mark in the row.
    """
    ax = axes(ax)
    table = measures(data)
    own = table[table["measure"].isin(USES) & table["mean"].notna()]
    title = "How far it is used"
    if own.empty:
        return empty(ax, "The table has no stations, lines or services.", title=title)
    order = own.groupby(["measure", "segment"])["mean"].max().sort_values(ascending=False)
    kept = {use: list(order[use].index[:MOST]) for use in USES if use in order}
    rows = [(use, element) for use, elements in kept.items() for element in elements]
    places = lay_out(ax, [Rows(own, USES[use]) for use, own in kept.items()], row_cm=0.42)
    told = names(own["scenario"])
    for number, scenario in enumerate(told):
        found = own[own["scenario"] == scenario].set_index(["measure", "segment"])
        step = 0.0 if len(told) == 1 else 0.5 * (number / (len(told) - 1) - 0.5)
        for y, row in zip(places, rows, strict=True):
            if row in found.index:
                _draw(ax, y, step, found.loc[row], number, bar=number == 0)
    ax.axvline(1, color=INK, linewidth=0.8)
    ax.set_xlim(0, 1.02)
    ax.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    if len(told) > 1:
        legend(ax, handles=_key(list(told.values())))
    left = len(order) - len(rows)
    what = f"{left} less used elements are not drawn." if left else ""
    named = f": {next(iter(told.values()))}" if len(told) == 1 else ", by scenario"
    words(
        ax, title=f"{title}{named}", x="share used",
        caption=caption(
            n=int(own["n"].max()), level=table.attrs.get("level"),
            what=f"{what} {shared(told)}".strip(),
        ),
    )  # fmt: skip
    return ax


def _draw(ax: Axes, y: float, step: float, row: pd.Series, number: int, *, bar: bool) -> None:
    shade = PALETTE[number % len(PALETTE)]
    if bar:
        ax.barh(y, row["mean"], height=0.7, color=shade, alpha=0.28, linewidth=0)
    at = y + step
    if np.isfinite(row["ci_low"]) and np.isfinite(row["ci_high"]):
        ax.plot(
            [max(0.0, row["ci_low"]), min(row["ci_high"], 1.0)], [at, at], color=shade,
            linewidth=line_width(ax), solid_capstyle="butt",
        )  # fmt: skip
    ax.plot(row["mean"], at, MARKERS[number % len(MARKERS)], color=shade, markersize=3)


def _key(told: list[str]) -> list[Line2D]:
    return [
        Line2D(
            [], [], lw=1.2, markersize=3.5, label=label, color=PALETTE[i % len(PALETTE)],
            marker=MARKERS[i % len(MARKERS)],
        )
        for i, label in enumerate(told)
    ]  # fmt: skip
