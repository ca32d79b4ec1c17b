"""Space and time: trains and vessels of a route, as thick as their cargo."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from corridor_sim.experiments.histories import SpaceTime
from corridor_sim.figures.calendar import dated, days_of
from corridor_sim.figures.reading import rides_of
from corridor_sim.figures.registry import figure
from corridor_sim.figures.style import (
    FAINT,
    axes,
    caption,
    colour,
    empty,
    is_narrow,
    legend,
    points,
    tall,
    words,
)  # fmt: skip

SEA: Final = "#E4F0F8"
EMPTY: Final = "#C4C4C4"
CLOSEST: Final = 0.028
"""Least distance between two places that are named, as a share of the way."""
DENSE: Final = 900
"""Rides from which lines are thinner."""
TITLE: Final = "Trains and vessels with their cargo: {}"


@figure("space-time", "trains and vessels of a route, as thick as their cargo", read=rides_of)
def plot_space_time(data: SpaceTime, *, ax: Axes | None = None) -> Axes:
    """Draw each ride as a line from place to place; its width is the cargo, grey is empty.

    Distance is along the longest way of the route's cargo; stretches at sea are blue.
    """
    ax = axes(ax)
    title = TITLE.format(data.route)
    if data.table.empty or len(data.stops) < 2:
        return empty(ax, f"Nothing moved on {data.route} in this window.", title=title)
    table = data.table.sort_values("teu")
    widest = (0.7 if is_narrow(ax) else 1) * float(np.clip(DENSE / len(table), 0.7, 3.2))
    most = max(float(table.teu.max()), 1.0)
    begin, end = (days_of(table[side].to_numpy()) for side in ("left", "reached"))
    ways = np.stack(
        [np.column_stack([begin, table.km_left]), np.column_stack([end, table.km_reached])], axis=1
    )
    shade = colour(data.route)
    ax.add_collection(
        LineCollection(
            list(ways), linewidths=0.25 + widest * table.teu.to_numpy() / most, capstyle="butt",
            colors=[shade if teu else EMPTY for teu in table.teu], zorder=3,
        )
    )  # fmt: skip
    tall(ax, rows=1, row_cm=8.5 if is_narrow(ax) else 11.5, more_cm=2.5)
    _stops(ax, data)
    dated(ax, *days_of(data.window))
    legend(ax, handles=_key(most, widest, shade))
    told = f"{data.told} Services and fleets of the route, with all cargo aboard."
    words(
        ax, title=title, caption=caption(n=1, what=told), x="date", y="distance along the route, km"
    )
    return ax


def _stops(ax: Axes, data: SpaceTime) -> None:
    """Places as marks of the axis, and the stretches at sea."""
    stops = data.stops
    ax.set_ylim(float(stops.km.max()), 0)
    sea = data.table[data.table["mode"] == "sea"]
    stretches = {(min(a, b), max(a, b)) for a, b in zip(sea.km_left, sea.km_reached, strict=True)}
    for low, high in sorted(stretches):
        ax.axhspan(low, high, color=SEA, zorder=0, linewidth=0)
    ports = {km for stretch in stretches for km in stretch}
    order = sorted(
        range(len(stops)), key=lambda i: (i not in (0, len(stops) - 1), stops.km[i] not in ports)
    )
    named: list[int] = []
    room = CLOSEST * (1.6 if is_narrow(ax) else 1.0) * float(stops.km.max())
    for i in order:
        if all(abs(stops.km[i] - stops.km[j]) >= room for j in named):
            named.append(i)
    named.sort()
    ax.set_yticks(stops.km.to_numpy(), minor=True)
    ax.set_yticks([float(stops.km[i]) for i in named])
    ax.set_yticklabels([f"{stops.label[i]}  {stops.km[i]:,.0f}" for i in named])
    ax.tick_params(axis="y", labelsize=points(ax) - 1)
    ax.tick_params(axis="y", which="minor", length=1.5, width=0.4, colors=FAINT)


def _key(most: float, widest: float, shade: str) -> list[Line2D]:
    """What widths mean."""
    amounts = dict.fromkeys(float(f"{most * share:.2g}") for share in (1, 0.5))
    handles = [
        Line2D([], [], color=shade, lw=0.25 + widest * teu / most, label=f"{teu:,.0f} TEU")
        for teu in amounts
    ]
    return [*handles, Line2D([], [], color=EMPTY, lw=0.8, label="empty")]
