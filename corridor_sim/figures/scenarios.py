"""Scenarios side by side: mean, quantiles and spread of transit time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridor_sim.figures.marks import HOLLOW, is_weak, names, shared
from corridor_sim.figures.registry import figure
from corridor_sim.figures.rows import Rows, lay_out
from corridor_sim.figures.style import INK, axes, caption, empty, look, words
from corridor_sim.figures.tables import Data, measures, measures_of, of_segment, one_way
from corridor_sim.figures.transit import MOST_CHANGED, NO_CARGO

PARTS: Final = ("transit_mean", "transit_p10", "transit_p50", "transit_p90")
MANY: Final = 12
"""Rows from which routes that move little are left out."""
HALF: Final = 0.26
"""Half of the height of a box."""
Row = tuple[str, str]
"""Route and scenario."""


@figure(
    "scenarios", "mean, P10, P50 and P90 of transit time by scenario, with intervals",
    read=measures_of,
)  # fmt: skip
def plot_scenarios(data: Data, *, ax: Axes | None = None) -> Axes:
    """Mean, P50 and P90 with their intervals, and the stretch from P10 to P90, a row a scenario.

    A measure of risk and error (Nelson 2008, The MORE plot, doi:10.1109/WSC.2008.4736095): the
    stretch is what cargo meets, the boxes how well its ends are known. data: a run, a comparison or
    a tidy table of one or several; as `plot_transit` in segment, direction and routes.
    """
    ax = axes(ax)
    table = measures(data)
    own = one_way(table[table["measure"].isin(PARTS)])
    if own.empty:
        return empty(ax, NO_CARGO, title="Transit time")
    wide = own.pivot_table(
        index=["route", "scenario"], columns="measure",
        values=["mean", "ci_low", "ci_high"], aggfunc="first", sort=False, dropna=False,
    )  # fmt: skip
    kept, left_out = _most_moved(wide)
    found = [row for row in wide.index if row[0] in kept and wide.loc[[row]].notna().any(axis=None)]
    rows = sorted(found, key=lambda row: kept.index(row[0]))
    weak = {row: is_weak(group["mark"]) for row, group in own.groupby(["route", "scenario"])}
    told = names(own["scenario"])
    for y, row in zip(lay_out(ax, _groups(rows, told), row_cm=0.6), rows, strict=True):
        _risk(ax, y, wide.loc[row], look(row[0]).colour, hollow=weak[row])
    named = f": {next(iter(told.values()))}" if len(told) == 1 else ", by scenario"
    words(
        ax, title=f"Transit time {own['direction'].iloc[0]}{of_segment(own)}{named}",
        x="transit time, d",
        caption=caption(
            n=int(own["n"].max()), level=table.attrs.get("level"),
            what=_said([weak[row] for row in rows], left_out, shared(told)),
        ),
    )  # fmt: skip
    return ax


def _most_moved(wide: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Routes to be drawn, and those left out: of many with several scenarios, what moves most."""
    routes = list(dict.fromkeys(route for route, _ in wide.index))
    if len(wide.index) <= MANY or len(set(wide.index.get_level_values(1))) == 1:
        return routes, []
    p90 = wide[("mean", "transit_p90")].astype(float)
    span = p90.groupby(level=0).agg(lambda given: given.max() - given.min()).fillna(0.0)
    kept = list(span.sort_values(ascending=False).index[:MOST_CHANGED])
    return [r for r in routes if r in kept], [r for r in routes if r not in kept]


def _groups(rows: Sequence[Row], told: dict[str, str]) -> list[Rows]:
    """Routes of one scenario, or scenarios under the head of each route."""
    if len(told) == 1:
        return [Rows([route for route, _ in rows])]
    return [
        Rows([told[name] for own, name in rows if own == route], route, look(route).colour)
        for route in dict.fromkeys(route for route, _ in rows)
    ]


def _said(weak: Iterable[bool], left_out: Sequence[str], common: str) -> str:
    parts = [
        "Line: P10 to P90. Boxes: intervals of P50 and P90, their estimates as ticks; diamond:"
        " mean, its interval below.",
        HOLLOW if any(weak) else "",
        f"Not drawn: {', '.join(left_out)}, which change less." if left_out else "",
        common,
    ]
    return " ".join(part for part in parts if part)


def _risk(ax: Axes, y: float, values: pd.Series, shade: str, *, hollow: bool) -> None:
    def at(measure: str, which: str = "mean") -> float:
        return float(values.get((which, f"transit_{measure}"), np.nan))

    ax.plot([at("p10"), at("p90")], [y, y], color=shade, linewidth=1.0, zorder=2)
    for measure in ("p50", "p90"):
        low, high = at(measure, "ci_low"), at(measure, "ci_high")
        if np.isfinite(low) and np.isfinite(high):
            ax.barh(
                y, high - low, left=low, height=2 * HALF, zorder=3, edgecolor=shade,
                facecolor="white" if hollow else f"{shade}66", linewidth=0.8,
            )  # fmt: skip
        middle = at(measure)
        ax.plot([middle, middle], [y - HALF, y + HALF], color=shade, linewidth=1.6, zorder=4)
    ends = [at("mean", "ci_low"), at("mean", "ci_high")]
    ax.plot(ends, [y + 0.38, y + 0.38], color=INK, linewidth=0.9, zorder=4)
    ax.plot(
        at("mean"), y, "D", markersize=3.4, zorder=5, color=INK,
        markerfacecolor="white" if hollow else INK, markeredgewidth=0.8,
    )  # fmt: skip
