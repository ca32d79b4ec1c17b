"""A shock and what follows: transit times and what waits, week by week beside the twin."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from corridor_sim.experiments.notebook import Recovery
from corridor_sim.experiments.recovery import BAND, MEAN_OVER
from corridor_sim.figures.calendar import dated, days_of, room
from corridor_sim.figures.registry import Choice, figure
from corridor_sim.figures.style import (
    FAINT,
    INK,
    RULE,
    axes,
    caption,
    colour,
    empty,
    legend,
    line_width,
    words,
)  # fmt: skip
from corridor_sim.figures.tables import answer_of, chosen

BEFORE_D: Final = 70
"""Days before the shock that are shown."""
SHOCK: Final = "#CC79A7"


def cohorts_of(choice: Choice) -> pd.DataFrame:
    """cohorts.csv of a folder of `recovery`, with the rows chosen."""
    table = answer_of("cohorts.csv", "recovery")(choice)
    found = chosen(table, choice)
    found.attrs = table.attrs
    return found


def one_route(data: Recovery | pd.DataFrame) -> pd.DataFrame:
    """The weeks of one route and direction from a while before the shock on: of those given, the
    one with the most delay; all routes together only where there is no other.
    """
    table = data.weeks() if isinstance(data, Recovery) else data
    if table.empty:
        return table
    some = table[table["route"] != "all"]
    some = table if some.empty else some
    name = some["route"] + " " + some["direction"]
    late = (some["diff_d"] * some["teu"]).groupby(name).sum()
    own = some[name == late.idxmax()]
    begin = table.attrs.get("begin")
    week = pd.to_datetime(own["week"])
    if begin is not None:
        own = own[week >= pd.Timestamp(begin) - pd.Timedelta(days=BEFORE_D)]
    own = own.assign(week=pd.to_datetime(own["week"]))
    own.attrs = table.attrs
    return own


@figure("recovery", "transit by week of release beside the undisturbed twin", read=cohorts_of)
def plot_recovery(data: Recovery | pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw transit by week of release, its moving mean, and the twin with the band in which it
    counts as recovered; the shock is shaded, the median time to recover marked.

    data: what `recovery` says, or its weeks; of the route and direction with the most delay.
    """
    ax = axes(ax)
    own = one_route(data)
    own = own[own[["transit_d", "twin_d"]].notna().any(axis=1)]
    if own.empty:
        return empty(ax, "No cargo was released after the shock.", title="Recovery")
    route, direction = str(own["route"].iloc[0]), str(own["direction"].iloc[0])
    days, shade, twin = days_of(own["week"].to_numpy()), colour(route), own["twin_moving_d"]
    band = ((1 - BAND) * twin, (1 + BAND) * twin)
    ax.fill_between(days, *band, color=RULE, linewidth=0, label=f"twin ± {100 * BAND:.0f} %")
    ax.plot(days, twin, color=FAINT, linewidth=line_width(ax), label="undisturbed twin")
    low, high = (twin + own[f"diff_ci_{side}"].astype(float) for side in ("low", "high"))
    ax.fill_between(days, low, high, color=shade, alpha=0.2, linewidth=0, label="interval")
    ax.plot(days, own["transit_d"], "o", ms=2.2, color=shade, alpha=0.5, label="a week's cargo")
    ax.plot(
        days, own["moving_d"], color=shade, linewidth=line_width(ax),
        label=f"mean of {MEAN_OVER} weeks",
    )  # fmt: skip
    _shock(ax, own.attrs)
    said = _recovered(ax, own.attrs, route, direction)
    ax.set_ylim(0)
    return _told(
        ax, own, days, title=f"Transit by week of release: {route} {direction}", said=said,
        x="week of release", y="mean transit time, d",
    )  # fmt: skip


@figure("backlog", "what waits week by week, more than in the undisturbed twin", read=cohorts_of)
def plot_backlog(data: Recovery | pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw how much more waits than in the twin, week by week, with its interval; the shock is
    shaded. data: as of `plot_recovery`.
    """
    ax = axes(ax)
    own = one_route(data)
    if own.empty:
        return empty(ax, "Nothing ever waited.", title="Backlog")
    route, direction = str(own["route"].iloc[0]), str(own["direction"].iloc[0])
    days, shade = days_of(own["week"].to_numpy()), colour(route)
    ends = own["backlog_ci_low"].astype(float), own["backlog_ci_high"].astype(float)
    ax.fill_between(days, *ends, color=shade, alpha=0.2, linewidth=0, label="interval")
    ax.plot(
        days, own["backlog_teu"], color=shade, linewidth=line_width(ax), marker="o", markersize=2.2,
        label="more than in the twin",
    )  # fmt: skip
    ax.plot(
        days, own["twin_waiting_teu"], color=FAINT, linewidth=line_width(ax),
        label="waits in the twin",
    )  # fmt: skip
    ax.axhline(0, color=INK, linewidth=0.6)
    _shock(ax, own.attrs)
    said = "What waits for a server or a ride, or aboard what waits; the mean over a week."
    title = f"Backlog: {route} {direction}"
    return _told(ax, own, days, title=title, said=said, x="week", y="cargo that waits, TEU")


def _shock(ax: Axes, attrs: dict[Any, Any]) -> None:
    if "begin" in attrs:
        begin, end = days_of([attrs["begin"], attrs["end"]]).tolist()
        ax.axvspan(begin, end, color=SHOCK, alpha=0.3, linewidth=0, label="shock", zorder=0.5)


def _recovered(ax: Axes, attrs: dict[Any, Any], route: str, direction: str) -> str:
    """Mark the median time to recover; what is to be said of it."""
    known = attrs.get("recovery", {}).get(f"{route} {direction}")
    if known is None:
        return ""
    median, missed = known
    said = f"Not recovered within the run in {missed:.0f} of {attrs.get('n')}." if missed else ""
    if median is None:
        return said
    first = dt.date.fromisoformat(attrs["begin"]) + dt.timedelta(days=median)
    (at,) = days_of([first.isoformat()]).tolist()
    ax.axvline(at, color=INK, linewidth=0.9, linestyle=(0, (4, 2)), label="recovered")
    return f"Recovered {median:.0f} d after the first day of the shock (median). {said}".strip()


def _told(ax: Axes, own: pd.DataFrame, days: Any, *, title: str, said: str, x: str, y: str) -> Axes:
    dated(ax, days.min(), days.max())
    legend(ax)
    room(ax, keys=len(ax.get_legend_handles_labels()[0]))
    attrs = own.attrs
    name = str(attrs.get("scenario", "")).split(",")[0]
    twin = f"Twin: {name} without {', '.join(attrs['without'])}." if "without" in attrs else ""
    told = caption(
        n=attrs.get("n"), level=attrs.get("level"), what=" ".join(filter(None, (twin, said)))
    )
    words(ax, title=title, caption=told, x=x, y=y)
    return ax
