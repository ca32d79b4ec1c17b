"""What more of each capacity is worth."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridor_sim.experiments.notebook import Bottlenecks
from corridor_sim.figures.answers import worths
from corridor_sim.figures.registry import figure
from corridor_sim.figures.rows import Rows, lay_out
from corridor_sim.figures.style import (
    INK,
    PALETTE,
    axes,
    caption,
    empty,
    line_width,
    words,
)  # fmt: skip
from corridor_sim.figures.tables import answer_of

TITLE: Final = "What more of each capacity is worth"
MOST: Final = 8
"""Rows of each step, by rank."""
BY: Final = {
    "transit_mean": ("days_saved", "days saved at the mean, d"),
    "throughput_teu": ("teu_per_yr", "more let through, TEU a year"),
}


@figure(
    "worth", "what more of each capacity is worth, and what binds next",
    read=answer_of("worth.csv", "bottlenecks"),
)  # fmt: skip
def plot_worth(data: Bottlenecks | pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Gain of one more of each capacity with its interval, by step and rank.

    data: what `bottlenecks` says, or its worth.csv; in days, or in TEU where the way is overloaded
    at first. Each step has the first of the step before relieved. Hollow is not told from nothing.
    """
    ax = axes(ax)
    table = worths(data)
    if table.empty:
        return empty(ax, "No capacity was tried.", title=TITLE)
    measure, label = BY.get(str(table["ranked_by"].iloc[0]), BY["transit_mean"])
    kept = table.groupby(["step", "size"], sort=False).head(MOST)
    groups = [own for _, own in kept.groupby(["step", "size"], sort=False)]
    groups.sort(key=lambda own: int(own["step"].iloc[0]))
    several = len(groups) > 1
    places = lay_out(
        ax,
        [
            Rows(list(own["element"] + ": " + own["change"]), _head(own) if several else "")
            for own in groups
        ],
    )
    rows = [row for own in groups for row in own.to_dict("records")]
    ax.axvline(0, color=INK, linewidth=0.8)
    for y, row in zip(places, rows, strict=True):
        ends = [float(row[f"{measure}_ci_{end}"]) for end in ("low", "high")]
        shade = PALETTE[0]
        if np.isfinite(ends).all():
            ax.plot(ends, [y, y], color=shade, linewidth=line_width(ax), solid_capstyle="butt")
        ax.plot(
            float(row[measure]), y, "o", color=shade, markersize=4, markeredgewidth=0.9,
            markerfacecolor=shade if row["told_from_zero"] else "white",
        )  # fmt: skip
    ax.xaxis.set_major_formatter("{x:,.4g}")
    left = len(table) - len(rows)
    what = "Paired, on the same luck. Hollow: not told from nothing, all taken together."
    if left:
        what += f" {left} of lower rank are not drawn."
    words(
        ax, title=TITLE, x=label,
        caption=caption(n=table.attrs.get("n"), level=table.attrs.get("level"), what=what),
    )  # fmt: skip
    return ax


def _head(own: pd.DataFrame) -> str:
    step, size = int(own["step"].iloc[0]), str(own["size"].iloc[0])
    state = {1: "as it is", 2: "with the first of these relieved"}
    more = {"unit": "one more", "percent": "10 % more"}.get(size, size)
    return f"{more}, {state.get(step, 'with the next one relieved too')}"
