"""Time and cost over distance: the staircase of a way, one line a route (UNESCAP).

UNESCAP (2003), Transit Transport Issues in Landlocked and Transit Developing Countries, annex: the
line slopes where cargo moves and rises where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from corridor_sim.experiments.ways import PRICE
from corridor_sim.figures.map_labels import place_labels
from corridor_sim.figures.marks import names, scenario_dash, shared
from corridor_sim.figures.registry import figure
from corridor_sim.figures.style import (
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
)  # fmt: skip
from corridor_sim.figures.tables import Data, one_direction, stretches, ways_of

NOTHING: Final = "No cargo was delivered, so there is no way to draw."
MOST: Final = 2
"""Routes that are drawn for several scenarios."""
RISES: Final = 0.05
"""Rises that are named, as a share of the whole way; a few of each line."""
DENSE: Final = 400
"""Points along a line that labels keep off."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """What is added up, of which rows, by how much to the unit drawn."""

    column: str
    title: str
    label: str
    unit: str
    divided: float = 1.0
    prices: bool = False


TIME: Final = _Scale("hours", "Time over distance", "mean time since release, d", "d", 24.0)
COST: Final = _Scale(
    "usd_per_feu", "Cost over distance", "price added up, USD per FEU", "USD", prices=True
)


@dataclass(frozen=True, slots=True)
class _Line:
    scenario: str
    route: str
    places: Sequence[str]
    """Where each piece begins."""
    km: np.ndarray[tuple[int], np.dtype[np.float64]]
    """At the ends of pieces, `[pieces + 1]`."""
    up: np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class _Rise:
    """A stop of a line: the middle of its rise (km, up), and how high that is."""

    place: str
    route: str
    middle: tuple[float, float]
    amount: float


@figure("time-distance", "time over distance, a line a route (UNESCAP)", read=ways_of)
def plot_time_distance(data: Data, *, ax: Axes | None = None) -> Axes:
    """Mean time since release over the distance from the origin, a line a route.

    data: a run, a comparison, or a table as `ways`; of the pair of places (in one direction,
    westbound if there is any) that most routes join. The stops where most time is spent are named.
    """
    return _staircase(stretches(data), TIME, axes(ax))


@figure("cost-distance", "price over distance, a line a route (UNESCAP)", read=ways_of)
def plot_cost_distance(data: Data, *, ax: Axes | None = None) -> Axes:
    """Price added up over the distance from the origin, a line a route; as `plot_time_distance`."""
    return _staircase(stretches(data), COST, axes(ax))


def _staircase(table: pd.DataFrame, scale: _Scale, ax: Axes) -> Axes:
    own = one_direction(table[(table["what"] == PRICE) == scale.prices])
    if own.empty:
        return empty(ax, NOTHING, title=scale.title)
    pair = _most_joined(own)
    lines, left_out = _changed(_lines(own[own["pair"] == pair], scale))
    told = names(line.scenario for line in lines)
    for line in lines:
        style = look(line.route).line()
        if len(told) > 1:
            style["linestyle"] = scenario_dash(list(told).index(line.scenario))
        ax.plot(line.km, line.up, linewidth=line_width(ax), **style)
    far = max(line.km[-1] for line in lines)
    ax.set_xlim(-0.01 * far, 1.02 * far or 1.0)
    ax.set_ylim(0, 1.06 * max(line.up[-1] for line in lines) or 1.0)
    legend(ax, handles=_key(lines, told))
    tall(ax, rows=1, row_cm=5.5 if is_narrow(ax) else 8.5, more_cm=2.5)
    what = "Means; slopes: in motion, rises: standing." if not scale.prices else (
        "Tariffs, handling and margin."
    )  # fmt: skip
    if left_out:
        what += f" Not drawn: {', '.join(left_out)}, which change less."
    named = f", {next(iter(told.values()))}" if len(told) == 1 else ", by scenario"
    words(
        ax, title=f"{scale.title}: {pair}{named}", x="distance from the origin, km", y=scale.label,
        caption=caption(n=table.attrs.get("n"), what=f"{what} {shared(told)}".rstrip()),
    )  # fmt: skip
    ax.xaxis.set_major_locator(MaxNLocator(5 if is_narrow(ax) else 8, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter("{x:,.0f}")
    ax.yaxis.set_major_formatter("{x:,.0f}")
    _name_rises(ax, [line for line in lines if line.scenario == lines[0].scenario], scale)
    return ax


def _most_joined(table: pd.DataFrame) -> str:
    """The pair that most routes join, the first of these."""
    routes = table.groupby("pair", sort=False)["route"].nunique()
    return str(routes.idxmax())


def _lines(table: pd.DataFrame, scale: _Scale) -> list[_Line]:
    found = []
    for (route, scenario), own in table.groupby(["route", "scenario"], sort=False):
        km, up = (
            np.concatenate([[0.0], np.cumsum(own[column].fillna(0.0).to_numpy(float))])
            for column in ("km", scale.column)
        )
        places = list(map(str, own["place"]))
        found.append(_Line(str(scenario), str(route), places, km, up / scale.divided))
    return found


def _changed(lines: list[_Line]) -> tuple[list[_Line], list[str]]:
    """The lines to be drawn, and the routes that are left out."""
    routes = list(dict.fromkeys(line.route for line in lines))
    if len({line.scenario for line in lines}) == 1 or len(routes) <= MOST:
        return lines, []
    ends = {route: [line.up[-1] for line in lines if line.route == route] for route in routes}
    kept = sorted(routes, key=lambda route: min(ends[route]) - max(ends[route]))[:MOST]
    return (
        [line for line in lines if line.route in kept],
        [route for route in routes if route not in kept],
    )


def _key(lines: Sequence[_Line], told: Mapping[str, str]) -> list[Line2D]:
    routes = dict.fromkeys(line.route for line in lines)
    if len(told) == 1:
        return [Line2D([], [], lw=2, label=route, **look(route).line()) for route in routes]
    return [
        *(Line2D([], [], lw=2, label=route, color=look(route).colour) for route in routes),
    ] + [
        Line2D([], [], label=label, lw=1.2, color=INK, linestyle=scenario_dash(number))
        for number, label in enumerate(told.values())
    ]


def _name_rises(ax: Axes, lines: Sequence[_Line], scale: _Scale) -> None:
    """Write place and amount beside the highest rises of each line."""
    best: dict[str, _Rise] = {}
    for line in lines:
        rises = sorted(_rises(line), key=lambda rise: -rise.amount)
        for rise in rises[: 2 if is_narrow(ax) else 4]:
            known = best.get(rise.place)
            higher = known is None or rise.amount > known.amount
            if rise.amount >= RISES * line.up[-1] and higher:
                best[rise.place] = rise
    found = sorted(best.values(), key=lambda rise: -rise.amount)
    if not found:
        return
    avoid = np.concatenate([_dense(line) for line in lines])
    texts = [f"{rise.place} +{rise.amount:,.{int(not scale.prices)}f}" for rise in found]
    at = np.array([rise.middle for rise in found])
    shades = {text: look(rise.route).colour for text, rise in zip(texts, found, strict=True)}
    for written in place_labels(ax, texts, at, size=points(ax) - 1, avoid=avoid):
        written.set_color(shades[written.get_text()])


def _rises(line: _Line) -> list[_Rise]:
    """The stops of a line."""
    stops: dict[tuple[str, float], list[float]] = {}
    for i, place in enumerate(line.places):
        if line.km[i] == line.km[i + 1]:
            stops.setdefault((place, float(line.km[i])), []).extend(line.up[i : i + 2])
    return [
        _Rise(place, line.route, (km, (min(up) + max(up)) / 2), max(up) - min(up))
        for (place, km), up in stops.items()
    ]


def _dense(line: _Line) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Points along a line, so close that no label slips between them."""
    way = np.column_stack([line.km, line.up])
    far = np.abs(np.diff(way / np.maximum(way.max(axis=0), 1e-9), axis=0)).sum(axis=1)
    along = np.concatenate([[0.0], np.cumsum(far)])
    step = np.linspace(0, along[-1], DENSE)
    return np.column_stack([np.interp(step, along, column) for column in way.T])
