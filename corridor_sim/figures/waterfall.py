"""Where the time goes: the stops and hauls of a way, one after another."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from corridor_sim.experiments.notebook import Bottlenecks
from corridor_sim.experiments.ways import PRICE
from corridor_sim.figures.marks import names, shared
from corridor_sim.figures.registry import figure
from corridor_sim.figures.rows import Rows, lay_out
from corridor_sim.figures.style import (
    FAINT,
    INK,
    KINDS,
    axes,
    caption,
    empty,
    legend,
    points,
    words,
)  # fmt: skip
from corridor_sim.figures.tables import Data, one_direction, stretches, time_of

TITLE: Final = "Where the time goes"
NOTHING: Final = "No cargo was delivered, so no time was spent."
MOST: Final = 16
"""Rows of a table that is not in the order of the way; the smaller ones are one row."""
HOURS: Final = 24.0


@figure("waterfall", "where the time goes along a way: waits, works, stays and hauls", read=time_of)
def plot_waterfall(data: Data | Bottlenecks, *, ax: Axes | None = None) -> Axes:
    """Stops and hauls from above to below, each bar from where the one before it ended.

    data: a run, a comparison, or a table as `ways` (of it the first scenario, route and pair,
    westbound if there is any, in the order of the way), or the parts of `bottlenecks` as it is (the
    longest first, the smallest together). The bars sum to the mean transit time.
    """
    ax = axes(ax)
    table = data.time() if isinstance(data, Bottlenecks) else stretches(data)
    own, about = _of_way(table) if "pair" in table else _of_parts(table)
    own = own[own["hours"] > 0]
    if own.empty:
        return empty(ax, NOTHING, title=TITLE)
    stops = list(dict.fromkeys(own["stop"]))
    *places, last = lay_out(ax, [Rows([*stops, "in all"])], row_cm=0.42)
    end = 0.0
    for stop, y in zip(stops, places, strict=True):
        end = _bar(ax, own[own["stop"] == stop], y, end)
    ax.barh(last, end, height=0.62, color=FAINT, linewidth=0)
    _tell(ax, end, last, end)
    ax.set_xlim(0, 1.12 * end)
    ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    kinds = [kind for kind in KINDS if kind in set(own["what"])]
    legend(ax, handles=[Patch(color=KINDS[kind], label=kind) for kind in kinds])
    words(
        ax, title=f"{TITLE}: {about}", x="mean time since release, d",
        caption=caption(
            n=table.attrs.get("n"), what=f"Means of finished cargo. {shared(own['scenario'])}"
            .rstrip() if "scenario" in own else "Means of finished cargo.",
        ),
    )  # fmt: skip
    return ax


def _of_way(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The pieces of one way in order, each with its stop, and what it is."""
    own = one_direction(table[table["what"] != PRICE])
    if own.empty:
        return own.assign(stop=""), ""
    first = own.iloc[0]
    for name in ("scenario", "route", "pair"):
        own = own[own[name] == first[name]]
    moves = own["place"] != own["to"]
    stop = own["place"].where(~moves, own["place"] + " - " + own["to"])
    told = names([first["scenario"]])[str(first["scenario"])]
    return own.assign(stop=stop), f"{first['pair']} by {first['route']}, {told}"


def _of_parts(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The parts of the first step by place, the longest first, the smallest as one."""
    own = table[table["step"] == table["step"].min()]
    hours = own.groupby("place")["hours"].sum().sort_values(ascending=False)
    kept = list(hours.index[: MOST if len(hours) <= MOST else MOST - 1])
    stop = own["place"].where(own["place"].isin(kept), f"{len(hours) - len(kept)} others")
    order = [*kept, *(set(stop) - set(kept))]
    own = own.assign(stop=stop, order=stop.map(order.index))
    return own.sort_values("order", kind="stable"), "as it is"


def _bar(ax: Axes, own: pd.DataFrame, y: float, begin: float) -> float:
    """A bar of one stop from where the one before ended, by kind; its end."""
    end = begin
    for kind, shade in KINDS.items():
        days = float(own.loc[own["what"] == kind, "hours"].sum()) / HOURS
        if days:
            ax.barh(y, days, left=end, height=0.62, color=shade, linewidth=0)
            end += days
    ax.plot([end, end], [y, y + 1], color=FAINT, linewidth=0.5, zorder=1)
    _tell(ax, end, y, end - begin)
    return end


def _tell(ax: Axes, x: float, y: float, days: float) -> None:
    ax.annotate(
        f"{days:.1f}" if days >= 0.05 else "< 0.1", (x, y), (3, 0), textcoords="offset points",
        ha="left", va="center", fontsize=points(ax) - 1, color=INK, zorder=5,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.3},
    )  # fmt: skip
