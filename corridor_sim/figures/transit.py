"""How long cargo takes: distributions by route and scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from corridor_sim.experiments.distribution import Distribution, distribution
from corridor_sim.figures.marks import names, scenario_dash, shared
from corridor_sim.figures.registry import figure
from corridor_sim.figures.style import (
    INK,
    axes,
    caption,
    empty,
    legend,
    line_width,
    look,
    words,
)  # fmt: skip
from corridor_sim.figures.tables import Data, of_segment, one_way, times, times_of
from corridor_sim.intervals import quantile

LEVEL: Final = 0.95
"""Level of the intervals of a table that names none."""
MOST_CHANGED: Final = 3
"""Routes that are drawn for several scenarios, if none is chosen."""
QUANTILES: Final = (0.5, 0.9)
APART: Final = 0.009
"""Between the quantiles of two lines, as a share."""
NO_CARGO: Final = "No cargo was released in the measuring part, so there is no transit time."


@dataclass(frozen=True, slots=True)
class _Line:
    scenario: str
    route: str
    found: Distribution


@figure("transit", "transit times: share delivered by day, by route and scenario", read=times_of)
def plot_transit(data: Data, *, ax: Axes | None = None) -> Axes:
    """Share of cargo delivered within so many days, by route and scenario, with P50 and P90.

    data: a run, a comparison, or a table as `transit_times`; of whole ways (the first segment if
    none are in it) in one direction (westbound if both are). Whiskers are intervals of the
    quantiles, bands (of one scenario) pointwise ones of the share. Of several scenarios the routes
    that change most are drawn.
    """
    ax = axes(ax)
    table = one_way(times(data))
    title = "Transit time"
    if table.empty:
        return empty(ax, NO_CARGO, title=title)
    direction = table["direction"].iloc[0]
    level = table.attrs.get("level") or LEVEL
    lines, left_out = _changed(_lines(table, level))
    scenarios = list(dict.fromkeys(line.scenario for line in lines))
    for number, line in enumerate(lines):
        _draw(ax, line, scenarios, level, step=number - (len(lines) - 1) / 2)
    ax.set_ylim(0, 1.005)
    ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.0f} %")
    ax.set_xlim(_ends(lines))
    what = "Marks: P50 and P90, with intervals."
    if len(scenarios) == 1:
        what += " Bands: intervals of the share, pointwise."
    if left_out:
        what += f" Not drawn: {', '.join(left_out)}, which change less."
    told = names(scenarios)
    named = f": {told[scenarios[0]]}" if len(scenarios) == 1 else ", by scenario"
    legend(ax, handles=_key(lines, told))
    words(
        ax, title=f"{title} {direction}{of_segment(table)}{named}",
        x="transit time, d", y="share of cargo delivered",
        caption=caption(
            n=lines[0].found.n, level=level, what=f"{what} {shared(scenarios)}".rstrip()
        ),
    )  # fmt: skip
    return ax


def _key(lines: Sequence[_Line], told: Mapping[str, str]) -> list[Line2D]:
    """Colours of routes, and the line styles of several scenarios."""
    routes = dict.fromkeys(line.route for line in lines)
    handles = [Line2D([], [], label=route, lw=2, color=look(route).colour) for route in routes]
    if len(told) == 1:
        for handle, route in zip(handles, routes, strict=True):
            handle.set(linestyle=look(route).dash, marker=look(route).marker, markersize=4)
        return handles
    return handles + [
        Line2D([], [], label=label, lw=1.2, color=INK, linestyle=scenario_dash(number))
        for number, label in enumerate(told.values())
    ]


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


def _draw(ax: Axes, line: _Line, scenarios: Sequence[str], level: float, *, step: float) -> None:
    """A line with its quantiles, those of different lines a step apart."""
    own, found = look(line.route), line.found
    style: dict[str, Any] = own.line()
    if len(scenarios) > 1:
        style["linestyle"] = scenario_dash(scenarios.index(line.scenario))
    ax.plot(found.days, found.share, linewidth=line_width(ax), **style)
    if len(scenarios) == 1 and np.isfinite(found.low).any():
        ax.fill_between(
            found.days, found.low, found.high, color=own.colour, alpha=0.15, linewidth=0
        )
    for q in QUANTILES:
        estimate = quantile(found.cohort, q=q, level=level)
        if estimate.estimate is None:
            continue
        ends = [estimate.ci_low, estimate.ci_high]
        low, high = (estimate.estimate if end is None else end for end in ends)
        at = q + APART * step
        ax.plot(
            [low / 24, high / 24], [at, at], color=own.colour, linewidth=0.9,
            solid_capstyle="butt", zorder=3,
        )  # fmt: skip
        ax.plot(
            estimate.estimate / 24, at, own.marker, color=own.colour, markersize=3.6,
            markeredgecolor="white", markeredgewidth=0.4, zorder=4,
        )  # fmt: skip


def _ends(lines: Sequence[_Line]) -> tuple[float, float]:
    """From the first day to where 99.5 % of what is ever delivered has arrived, on every line."""
    first = min(float(line.found.days[0]) for line in lines)
    last = max(
        float(np.interp(0.995 * line.found.share[-1], line.found.share, line.found.days))
        for line in lines
    )
    return (max(0.0, first - 1), last + 1)
