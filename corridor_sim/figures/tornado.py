"""Which numbers matter: the tornado of a screening (Morris), and shares of variance (Sobol)."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from corridor_sim.experiments.headlines import MEASURES
from corridor_sim.experiments.sensitivity import Sensitivity
from corridor_sim.figures.answers import effects, indices
from corridor_sim.figures.registry import figure
from corridor_sim.figures.rows import Rows, lay_out
from corridor_sim.figures.style import (
    FAINT,
    INK,
    PALETTE,
    RULE,
    axes,
    caption,
    empty,
    legend,
    words,
)  # fmt: skip
from corridor_sim.figures.tables import answer_of

MOST: Final = 15
"""Rows, the largest first."""
RAISES, LOWERS, EITHER = PALETTE[1], PALETTE[0], FAINT
SIGNS: Final = {RAISES: "raises it", LOWERS: "lowers it", EITHER: "either way"}
SURE: Final = 0.9
"""Share of an effect that has to have one sign."""
HIGH: Final = 0.62


@figure(
    "tornado", "what the range of each number does to the output (Morris)",
    read=answer_of("morris.csv", "sensitivity"),
)  # fmt: skip
def plot_tornado(data: Sensitivity | pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Mean change of the output over the whole range of each number, the largest above.

    data: what `sensitivity` says, or its morris.csv. Bars go to the left where a higher number
    lowers the output; the whisker is the interval of mu*, the mark the second seed, the pale bar
    what luck makes of it.
    """
    ax = axes(ax)
    table = effects(data)
    output, unit = _output(table)
    title = f"What the ranges do to {output}"
    if table.empty:
        return empty(
            ax, "Nothing was screened: there were no more numbers than are kept for Sobol.",
            title=title,
        )  # fmt: skip
    rows = table.sort_values("mu_star", ascending=False, kind="stable").head(MOST)
    told = [f"{row.factor} {row.low:g} to {row.high:g}" for row in rows.itertuples()]
    for y, row in zip(lay_out(ax, [Rows(told)]), rows.to_dict("records"), strict=True):
        _effect(ax, y, row)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.use_sticky_edges = False
    ax.margins(x=0.04)
    shades = [_shade(row) for row in rows.to_dict("records") if row["mu_star"]]
    handles: list[Patch | Line2D] = [
        Patch(color=shade, label=label) for shade, label in SIGNS.items() if shade in shades
    ]
    handles += [
        Patch(color=RULE, label="luck alone"),
        Line2D([], [], color=INK, marker="D", ms=3.5, lw=0, mfc="white", label="second seed"),
    ]
    legend(ax, handles=handles)
    what = "Over the whole range of each, from low to high; intervals of mu*."
    if len(table) > len(rows):
        what += f" {len(table) - len(rows)} smaller ones are not drawn."
    words(
        ax, title=title, x=f"change of {output}{f', {unit}' if unit else ''}",
        caption=caption(n=table.attrs.get("n"), level=table.attrs.get("level"), what=what),
    )  # fmt: skip
    return ax


def _output(data: pd.DataFrame) -> tuple[str, str]:
    """The output in words, and its unit."""
    name = str(data.attrs.get("output") or "the output")
    about, _, measure = name.rpartition("/")
    said = MEASURES.get(measure, measure)
    return (f"{said} ({about})" if about else said), str(data.attrs.get("unit") or "")


def _effect(ax: Axes, y: float, row: dict[object, object]) -> None:
    size, low, high = _numbers(row, "mu_star")
    again, noise = (float(str(row[name])) for name in ("again", "noise_high"))
    shade = _shade(row)
    sign = -1.0 if shade == LOWERS else 1.0
    ax.barh(y, 2 * noise, left=-noise, height=0.92, color=RULE, alpha=0.8, linewidth=0, zorder=1)
    ax.barh(y, sign * size, height=HIGH, color=shade, linewidth=0, zorder=2)
    if shade == EITHER:
        ax.barh(y, -size, height=HIGH, color=shade, linewidth=0, zorder=2)
    ax.plot([sign * low, sign * high], [y, y], color=INK, linewidth=0.9, zorder=3)
    ax.plot(
        sign * again, y, "D", markersize=3, color=INK, markerfacecolor="white",
        markeredgewidth=0.7, zorder=4,
    )  # fmt: skip


def _shade(row: dict[object, object]) -> str:
    """The colour of the sign of an effect, as far as it has one."""
    size, mean = float(str(row["mu_star"])), float(str(row["mu"]))
    if abs(mean) < SURE * size or size == 0:
        return EITHER
    return RAISES if mean > 0 else LOWERS


@figure(
    "sobol", "share of the output's variance that each number explains (Sobol)",
    read=answer_of("sobol.csv", "sensitivity"),
)  # fmt: skip
def plot_sobol(data: Sensitivity | pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Shares of the variance, alone (dark) and with all interactions (pale), with intervals.

    data: what `sensitivity` says, or its sobol.csv.
    """
    ax = axes(ax)
    table = indices(data)
    output, _ = _output(table)
    title = f"What explains the variance of {output}"
    if table.empty:
        return empty(ax, "Nothing was left for Sobol.", title=title)
    rows = table.sort_values("st", ascending=False, kind="stable").head(MOST)
    for y, row in zip(
        lay_out(ax, [Rows(list(rows["factor"]))]), rows.to_dict("records"), strict=True
    ):
        _shares(ax, y, row)
    ax.set_xlim(0, 1.0)
    ax.xaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    legend(
        ax,
        handles=[
            Patch(color=PALETTE[0], label="alone"),
            Patch(color=PALETTE[5], alpha=0.55, label="with interactions"),
            Line2D([], [], color=PALETTE[1], lw=1.2, label="luck alone"),
        ],
    )
    words(
        ax, title=title, x="share of variance",
        caption=caption(
            n=table.attrs.get("n"), level=table.attrs.get("level"),
            what="Intervals are cut at 0 and 100 %.",
        ),
    )  # fmt: skip
    return ax


def _shares(ax: Axes, y: float, row: dict[object, object]) -> None:
    total, alone = _numbers(row, "st"), _numbers(row, "s1")
    ax.barh(y, total[0], height=0.8, color=PALETTE[5], alpha=0.55, linewidth=0)
    ax.barh(y, alone[0], height=0.4, color=PALETTE[0], linewidth=0)
    for (_, low, high), at, shade in ((total, y + 0.3, FAINT), (alone, y, INK)):
        ax.plot([max(0.0, low), min(1.0, high)], [at, at], color=shade, linewidth=0.9)
    noise = float(str(row["noise"]))
    ax.plot([noise, noise], [y - 0.45, y + 0.45], color=PALETTE[1], linewidth=1.2)


def _numbers(row: dict[object, object], name: str) -> tuple[float, float, float]:
    """A number with its interval."""
    value, low, high = (float(str(row[name + end])) for end in ("", "_low", "_high"))
    return value, low, high
