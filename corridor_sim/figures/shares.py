"""Shares of routes over time."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes

from corridor_sim.experiments.histories import History
from corridor_sim.figures.reading import shares_of
from corridor_sim.figures.registry import figure
from corridor_sim.figures.style import (
    INK,
    axes,
    caption,
    empty,
    is_narrow,
    legend,
    look,
    points,
    tall,
    words,
)  # fmt: skip

TITLE: Final = "Shares of routes by month of release"
WRITTEN: Final = 0.07
"""Shares from which the number is written in the bar."""


@figure("shares", "shares of routes by month of release", read=shares_of)
def plot_shares(data: History, *, ax: Axes | None = None) -> Axes:
    """Share of each route in the cargo released in each month, as bars upon each other."""
    ax = axes(ax)
    if data.table.empty:
        return empty(ax, "Nothing was released.", title=TITLE)
    wide = data.table.pivot_table(
        index="month", columns="route", values="teu", aggfunc="sum", sort=False, fill_value=0.0
    ).sort_index()  # fmt: skip
    share = wide.div(wide.sum(axis=1), axis=0)
    order = share.mean().sort_values(ascending=False).index
    x, below = np.arange(len(share)), np.zeros(len(share))
    for route in order:
        part = share[route].to_numpy()
        shade = look(str(route)).colour
        ax.bar(x, part, 0.86, bottom=below, color=shade, label=str(route), linewidth=0)
        _write(ax, x, below, part, shade)
        below += part
    ax.set_ylim(0, 1)
    ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    every = max(1, -(-len(x) // (6 if is_narrow(ax) else 13)))
    ax.set_xticks(x[::every], [str(month) for month in share.index[::every]])
    ax.set_xlim(-0.6, len(x) - 0.4)
    ax.grid(visible=False, axis="x")
    legend(ax)
    tall(ax, rows=1, row_cm=5.0 if is_narrow(ax) else 7.5, more_cm=2.5)
    words(
        ax, title=TITLE, x="month of release", y=f"share of {data.unit}",
        caption=caption(n=1, what=f"{data.told} {data.of}."),
    )  # fmt: skip
    return ax


def _write(
    ax: Axes, x: np.ndarray[tuple[int], np.dtype[np.intp]],
    below: np.ndarray[tuple[int], np.dtype[np.float64]],
    part: np.ndarray[tuple[int], np.dtype[np.float64]], shade: str,
) -> None:  # fmt: skip
    """The shares in per cent in their bars, where they fit."""
    if len(x) > (6 if is_narrow(ax) else 13):
        return
    red, green, blue = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
    ink = "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 140 else INK
    for at, low, high in zip(x.tolist(), below, part, strict=True):
        if high >= WRITTEN:
            ax.text(
                at, low + high / 2, f"{100 * high:.0f}", ha="center", va="center", color=ink,
                fontsize=points(ax) - 1.5,
            )  # fmt: skip
