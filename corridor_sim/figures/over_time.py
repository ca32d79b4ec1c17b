"""One replication over time: queues, yards, fleets, cargo, and recovery from a disturbance."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from corridor_sim.experiments.cohorts import BAND, WEEKS, Recovery
from corridor_sim.experiments.histories import History
from corridor_sim.figures.calendar import dated, days_of, not_measured, room
from corridor_sim.figures.reading import cargo_of, fleet_of, queue_of, recovery_of, yards_of
from corridor_sim.figures.registry import figure
from corridor_sim.figures.style import (
    FAINT,
    INK,
    KINDS,
    PALETTE,
    RULE,
    axes,
    caption,
    colour,
    empty,
    legend,
    points,
    tall,
    words,
)  # fmt: skip

DOING: Final = {
    "waiting": KINDS["wait"],
    "berth": KINDS["work"],
    "under way": KINDS["haul"],
    "away": RULE,
}
A_WEEK: Final = 28
"""Points of a queue's history in a week."""
TITLES: Final = {
    "queue": "Waiting at {}", "yards": "Stock of the yards", "fleet": "Vessels of {}",
    "cumulative": "Cargo released and delivered", "recovery": "Transit time by week of release: {}",
}  # fmt: skip


@figure("queue", "what waits at an element over the run", read=queue_of)
def plot_queue(data: History, *, ax: Axes | None = None) -> Axes:
    """Draw what waits at an element over the run; grey is outside the measuring part."""
    ax = axes(ax)
    title = TITLES["queue"].format(data.of)
    if data.table.empty:
        return empty(ax, f"Nothing ever waited at {data.of}.", title=title)
    days = days_of(data.table.date.to_numpy())
    ax.fill_between(days, data.table.waiting, step="post", color=KINDS["wait"], alpha=0.25, lw=0)
    ax.step(days, data.table.waiting, where="post", color=KINDS["wait"], linewidth=0.4)
    week = data.table.waiting.rolling(A_WEEK).mean()
    ax.plot(days, week, color=INK, linewidth=1.2, label="mean of the last 7 days")
    ax.set_ylim(0)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    legend(ax)
    room(ax, keys=1)
    _over_run(ax, data, days)
    words(ax, title=title, caption=_told(data), x="date", y=f"waiting, {data.unit}")
    return ax


@figure("yards", "stock of the yards, their limits and embargoes", read=yards_of)
def plot_yards(data: History, *, ax: Axes | None = None) -> Axes:
    """Draw the stock of each yard, its limit (dashed) and the days under an announced embargo."""
    ax = axes(ax)
    if data.table.empty:
        return empty(ax, "The scenario has no yards.", title=TITLES["yards"])
    names = list(dict.fromkeys(data.table.yard))
    top = float(max(data.table.stock_teu.max(), data.table.limit_teu.max()))
    for y, name in enumerate(names):
        own, shade = data.table[data.table.yard == name], PALETTE[y % len(PALETTE)]
        days = days_of(own.date.to_numpy())
        ax.step(days, own.stock_teu, where="post", color=shade, linewidth=1, label=name)
        ax.plot(days, own.limit_teu, color=shade, linewidth=0.7, linestyle=(0, (5, 3)))
        banned = np.where(own.announced, -0.02 * top * (y + 1), np.nan)
        ax.step(days, banned, where="post", color=shade, linewidth=2.5, solid_capstyle="butt")
    ax.set_ylim(-0.02 * top * (len(names) + 1), 1.05 * top)
    _over_run(ax, data, days_of(data.table.date.to_numpy()))
    legend(ax)
    room(ax, keys=len(names))
    told = "Dashed: the limit at which an embargo is announced. Bars below: embargo announced."
    words(
        ax, title=TITLES["yards"], caption=f"{_told(data)} {told}", x="date",
        y="stock at 00:00, TEU",
    )  # fmt: skip
    return ax


@figure("fleet", "what each vessel of a fleet does", read=fleet_of)
def plot_fleet(data: History, *, ax: Axes | None = None) -> Axes:
    """Draw a line of time for each vessel: waiting for a berth, at the berth, under way."""
    ax = axes(ax)
    title = TITLES["fleet"].format(data.of)
    if data.table.empty:
        return empty(ax, f"No vessel of {data.of} was seen in this window.", title=title)
    vessels = list(dict.fromkeys(data.table.vessel))
    rows = {vessel: row for row, vessel in enumerate(vessels)}
    begin, end = (days_of(data.table[side].to_numpy()) for side in ("begin", "end"))
    for doing, shade in DOING.items():
        own = (data.table.doing == doing).to_numpy()
        at = data.table.vessel[own].map(rows)
        ax.barh(at, (end - begin)[own], left=begin[own], height=0.7, color=shade, linewidth=0)
    tall(ax, rows=len(vessels), row_cm=0.45 if len(vessels) > 12 else 0.7, more_cm=4.0)
    ax.set_yticks(range(len(vessels)), vessels, fontsize=points(ax) - 1)
    ax.set_ylim(len(vessels) - 0.5, -0.5)
    ax.grid(visible=False, axis="y")
    dated(ax, begin.min(), end.max())
    legend(ax, handles=[Patch(color=shade, label=doing) for doing, shade in DOING.items()])
    words(ax, title=title, caption=_told(data), x="date", y="vessel")
    return ax


@figure("cumulative", "cargo released and delivered since the run began", read=cargo_of)
def plot_cumulative(data: History, *, ax: Axes | None = None) -> Axes:
    """Draw cargo released (thin) and delivered (thick) since the run began, by route.

    The distance between the two lines of a route is its stock (upright) and its time (level).
    """
    ax = axes(ax)
    title = TITLES["cumulative"]
    if data.table.empty:
        return empty(ax, "Nothing was released.", title=title)
    for route, own in data.table.groupby("route", sort=False):
        days, shade = days_of(own.date.to_numpy()), colour(str(route))
        ax.plot(days, own.released_teu / 1000, color=shade, linewidth=0.7, linestyle=(0, (4, 2)))
        ax.plot(days, own.delivered_teu / 1000, color=shade, linewidth=1.6, label=str(route))
    ax.set_ylim(0)
    _over_run(ax, data, days_of(data.table.date.to_numpy()))
    legend(ax)
    room(ax, keys=data.table.route.nunique())
    told = f"{_told(data)} Since the run began. Dashed: released; whole lines: delivered."
    words(ax, title=title, caption=told, x="date", y="thousand TEU")
    return ax


@figure("recovery", "weekly cohorts beside the undisturbed twin", read=recovery_of)
def plot_recovery(data: Recovery, *, ax: Axes | None = None) -> Axes:
    """Draw weekly cohorts and their moving mean beside the undisturbed twin with its band."""
    ax = axes(ax)
    title = TITLES["recovery"].format(data.route)
    table = data.table[data.table[["transit_d", "twin_d"]].notna().any(axis=1)]
    if table.empty:
        return empty(ax, f"No cargo of {data.route} arrived.", title=title)
    days = days_of(table.week.to_numpy())
    twin, shade = table.twin_moving_d, colour(data.route.split(",")[0])
    band = ((1 - BAND) * twin, (1 + BAND) * twin)
    ax.fill_between(days, *band, color=RULE, linewidth=0, label=f"twin ± {100 * BAND:.0f} %")
    if "diff_ci_low" in table:
        low, high = (twin + table[f"diff_ci_{end}"] for end in ("low", "high"))
        ax.fill_between(days, low, high, color=shade, alpha=0.2, linewidth=0, label="interval")
    ax.plot(days, twin, color=FAINT, linewidth=1.2, label="undisturbed twin")
    ax.plot(days, table.transit_d, "o", ms=2.2, color=shade, alpha=0.5, label="weekly cohort")
    ax.plot(days, table.moving_d, color=shade, linewidth=1.8, label=f"mean of {WEEKS} weeks")
    ax.set_ylim(0)
    dated(ax, days.min(), days.max())
    legend(ax)
    room(ax, keys=4)
    told = f"{data.told} Means of what finished; late cohorts lack their slowest cargo."
    words(
        ax, title=title, caption=caption(n=1, what=told), x="week of release", y="transit time, d"
    )
    return ax


def _over_run(
    ax: Axes, data: History, days: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> None:
    begin, end = float(days.min()), float(days.max())
    dated(ax, begin, end)
    not_measured(ax, data.measured, begin, end)


def _told(data: History) -> str:
    return caption(n=1, what=data.told)
