"""How long cargo takes: distributions by route and scenario, and scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridor_sim.experiments.distribution import Distribution, distribution
from corridor_sim.figures.marks import HOLLOW, is_weak, scenario_dash, short
from corridor_sim.figures.registry import figure
from corridor_sim.figures.style import (
    FAINT,
    INK,
    axes,
    caption,
    empty,
    is_narrow,
    legend,
    line_width,
    look,
    points,
    tall,
    words,
)
from corridor_sim.figures.tables import Data, measures, measures_of, times, times_of
from corridor_sim.intervals import quantile

LEVEL: Final = 0.95
"""Level of the intervals of a table that names none."""
MOST_CHANGED: Final = 3
"""Routes that are drawn for several scenarios, if none is chosen."""
QUANTILES: Final = (("P50", 0.5), ("P90", 0.9))
NO_CARGO: Final = "No cargo was released in the measuring part, so there is no transit time."


@dataclass(frozen=True, slots=True)
class _Line:
    scenario: str
    route: str
    found: Distribution


@figure("transit", "transit times: share delivered by day, by route and scenario", read=times_of)
def plot_transit(data: Data, *, ax: Axes | None = None) -> Axes:
    """Share of cargo delivered within so many days, by route and scenario, with P50 and P90.

    data: a run, a comparison, or a table as `transit_times`; of one direction (westbound if both
    are in it). Bands are pointwise intervals of the share, whiskers those of the quantiles. Of
    several scenarios the routes that change most are drawn.
    """
    ax = axes(ax)
    table = _one_way(times(data))
    title = "Transit time"
    if table.empty:
        return empty(ax, NO_CARGO, title=title)
    direction = table["direction"].iloc[0]
    level = table.attrs.get("level") or LEVEL
    lines, left_out = _changed(_lines(table, level))
    scenarios = list(dict.fromkeys(line.scenario for line in lines))
    for line in lines:
        _draw(ax, line, scenarios, level)
    ax.set_ylim(0, 1.005)
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    ax.set_xlim(_ends(lines))
    what = "Dots: P50 and P90, with intervals; bands: intervals of the share, pointwise."
    if left_out:
        what += f" Not drawn: {', '.join(left_out)}, which change less."
    named = f": {short(scenarios[0])}" if len(scenarios) == 1 else " by scenario"
    legend(ax)
    words(
        ax, title=f"{title}, {direction}{named}", x="transit time, d", y="share of cargo delivered",
        caption=caption(n=lines[0].found.n, level=level, what=what),
    )  # fmt: skip
    return ax


def _one_way(table: pd.DataFrame) -> pd.DataFrame:
    """Whole ways of routes, in one direction."""
    own = table[(table["segment"] == "all") & (table["route"] != "all")]
    ways = list(dict.fromkeys(own["direction"]))
    return own[own["direction"] == ("westbound" if "westbound" in ways else ways[0])] if ways else (
        own
    )  # fmt: skip


def _lines(table: pd.DataFrame, level: float) -> list[_Line]:
    replications = sorted(set(table["replication"]))
    return [
        _Line(str(scenario), str(route), distribution(own, replications=replications, level=level))
        for (route, scenario), own in table.groupby(["route", "scenario"], sort=False)
    ]


def _changed(lines: list[_Line]) -> tuple[list[_Line], list[str]]:
    """The lines to be drawn, and the routes that are left out."""
    routes = list(dict.fromkeys(line.route for line in lines))
    if len({line.scenario for line in lines}) == 1 or len(routes) <= MOST_CHANGED:
        return lines, []
    change = {route: _change([one for one in lines if one.route == route]) for route in routes}
    kept = sorted(routes, key=lambda route: -change[route])[:MOST_CHANGED]
    return (
        [line for line in lines if line.route in kept],
        [route for route in routes if route not in kept],
    )


def _change(lines: Sequence[_Line]) -> float:
    """Largest change of a share against the first line, over its days (Kolmogorov's distance)."""
    first, *others = (line.found for line in lines)
    return max(
        (float(np.abs(np.interp(first.days, o.days, o.share) - first.share).max()) for o in others),
        default=0.0,
    )


def _draw(ax: Axes, line: _Line, scenarios: Sequence[str], level: float) -> None:
    own, found = look(line.route), line.found
    style: dict[str, Any] = own.line()
    label = line.route
    if len(scenarios) > 1:
        style["linestyle"] = scenario_dash(scenarios.index(line.scenario))
        label = f"{line.route}, {short(line.scenario)}"
    ax.plot(found.days, found.share, label=label, linewidth=line_width(ax), **style)
    if np.isfinite(found.low).any():
        ax.fill_between(
            found.days, found.low, found.high, color=own.colour, alpha=0.15, linewidth=0
        )
    for _, q in QUANTILES:
        estimate = quantile(found.cohort, q=q, level=level)
        if estimate.estimate is None:
            continue
        ends = [estimate.ci_low, estimate.ci_high]
        low, high = (estimate.estimate if end is None else end for end in ends)
        ax.plot(
            [low / 24, high / 24], [q, q], color=own.colour, linewidth=0.9, solid_capstyle="butt"
        )
        ax.plot(estimate.estimate / 24, q, own.marker, color=own.colour, markersize=3.2)


def _ends(lines: Sequence[_Line]) -> tuple[float, float]:
    """From the first day to where 99.5 % of what is ever delivered has arrived, on every line."""
    first = min(float(line.found.days[0]) for line in lines)
    last = max(
        float(np.interp(0.995 * line.found.share[-1], line.found.share, line.found.days))
        for line in lines
    )
    return (max(0.0, first - 1), last + 1)


PARTS: Final = ("transit_mean", "transit_p10", "transit_p50", "transit_p90")


@figure(
    "scenarios", "mean, P10, P50 and P90 of transit time by scenario, with intervals",
    read=measures_of,
)  # fmt: skip
def plot_scenarios(data: Data, *, ax: Axes | None = None) -> Axes:
    """Mean, P50 and P90 with their intervals, and the stretch from P10 to P90, a row a scenario.

    A measure of risk and error (Nelson 2008, The MORE plot, doi:10.1109/WSC.2008.4736095): the
    stretch is what cargo meets, the boxes how well its ends are known. data: a run, a comparison or
    a tidy table of one or several; as `plot_transit` in directions and routes.
    """
    ax = axes(ax)
    table = measures(data)
    own = _one_way(table[table["measure"].isin(PARTS)])
    if own.empty:
        return empty(ax, NO_CARGO, title="Transit time")
    scenarios = list(dict.fromkeys(own["scenario"]))
    named = f": {short(str(scenarios[0]))}" if len(scenarios) == 1 else " by scenario"
    wide = own.pivot_table(
        index=["route", "scenario"], columns="measure",
        values=["mean", "ci_low", "ci_high"], aggfunc="first", sort=False, dropna=False,
    )  # fmt: skip
    routes, left_out = _most_moved(wide)
    rows = [at for at in wide.index if at[0] in routes and wide.loc[at].notna().any()]
    weak = {at: is_weak(group["mark"]) for at, group in own.groupby(["route", "scenario"])}
    tall(ax, rows=len(rows), row_cm=0.62)
    for i, at in enumerate(rows):
        _risk(ax, i, wide.loc[at], look(at[0]).colour, hollow=weak[at])
    _name(ax, rows)
    what = (
        "Line: P10 to P90. Boxes: intervals of P50 (tick inside) and P90; diamond: mean, with its"
        " interval below."
    )
    if any(weak[at] for at in rows):
        what += f" {HOLLOW}"
    if left_out:
        what += f" Not drawn: {', '.join(left_out)}, which change less."
    words(
        ax, title=f"Transit time, {own['direction'].iloc[0]}{named}", x="transit time, d",
        caption=caption(n=int(own["n"].max()), level=table.attrs.get("level"), what=what),
    )  # fmt: skip
    return ax


def _most_moved(wide: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Routes to be drawn, and those left out: of many with several scenarios, what moves most."""
    routes = list(dict.fromkeys(route for route, _ in wide.index))
    if len(wide.index) <= 12 or len(set(wide.index.get_level_values(1))) == 1:
        return routes, []
    p90 = wide[("mean", "transit_p90")].astype(float)
    span = p90.groupby(level=0).agg(lambda given: given.max() - given.min()).fillna(0.0)
    kept = list(span.sort_values(ascending=False).index[:MOST_CHANGED])
    return [r for r in routes if r in kept], [r for r in routes if r not in kept]


def _risk(ax: Axes, row: int, values: pd.Series, shade: str, *, hollow: bool) -> None:
    def at(measure: str, which: str = "mean") -> float:
        return float(values.get((which, f"transit_{measure}"), np.nan))

    ax.plot([at("p10"), at("p90")], [row, row], color=shade, linewidth=1.0, zorder=2)
    for measure, high in (("p50", 0.26), ("p90", 0.26)):
        low, top = at(measure, "ci_low"), at(measure, "ci_high")
        if np.isfinite(low) and np.isfinite(top):
            ax.barh(
                row, top - low, left=low, height=2 * high, zorder=3, edgecolor=shade,
                facecolor="white" if hollow else f"{shade}66", linewidth=0.8,
            )  # fmt: skip
        middle = at(measure)
        ax.plot([middle, middle], [row - high, row + high], color=shade, linewidth=1.6, zorder=4)
    low, high_end = at("mean", "ci_low"), at("mean", "ci_high")
    ax.plot([low, high_end], [row + 0.38, row + 0.38], color=INK, linewidth=0.9, zorder=4)
    ax.plot(
        at("mean"), row, "D", markersize=3.4, zorder=5, color=INK,
        markerfacecolor="white" if hollow else INK, markeredgewidth=0.8,
    )  # fmt: skip


def _name(ax: Axes, rows: Sequence[tuple[str, str]]) -> None:
    """Names of rows: the route where it begins, and each scenario."""
    several = len({scenario for _, scenario in rows}) > 1
    ax.set_yticks(range(len(rows)))
    ax.set_yticklabels(
        [f"{short(scenario)}" if several else route for route, scenario in rows],
        fontsize=points(ax) - (1 if is_narrow(ax) else 0.5),
    )
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    if not several:
        return
    for i, (route, _) in enumerate(rows):
        if i == 0 or rows[i - 1][0] != route:
            if i:
                ax.axhline(i - 0.5, color=FAINT, linewidth=0.5)
            ax.annotate(
                route, (1, i - 0.48), (-1, 0), xycoords=("axes fraction", "data"),
                textcoords="offset points", ha="right", va="top", weight="bold",
                color=look(route).colour, fontsize=points(ax) - 0.5, zorder=6,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.6},
            )  # fmt: skip
