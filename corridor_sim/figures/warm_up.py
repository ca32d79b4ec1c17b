"""How a corridor fills: transit times of the first year beside those of the second."""

from __future__ import annotations

from typing import Final

import pandas as pd
from matplotlib.axes import Axes

from corridor_sim.experiments.warm_up import WEEK_D, WarmUp
from corridor_sim.figures.answers import weeks
from corridor_sim.figures.registry import Choice, figure
from corridor_sim.figures.style import (
    FAINT,
    INK,
    axes,
    caption,
    colour,
    empty,
    is_narrow,
    legend,
    line_width,
    tall,
    words,
)  # fmt: skip
from corridor_sim.figures.tables import answer_of, chosen, one_direction

TITLE: Final = "Warm-up"


def weeks_of(choice: Choice) -> pd.DataFrame:
    """weeks.csv of a folder of `warm-up`, with the rows chosen."""
    table = answer_of("weeks.csv", "warm-up")(choice)
    found = chosen(table, choice)
    found.attrs = table.attrs
    return found


@figure("warm-up", "weekly means of the first and the second year, from empty", read=weeks_of)
def plot_warm_up(data: WarmUp | pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Mean transit time by week of release, of the first year (from empty) and of the second.

    data: what `warm_up` says, or its weeks; of the first route and direction. The band is the
    interval of the first year about the second; in weeks where it does not hold the second year
    they are told apart. Upright lines: the warm-up needed, and that of the scenario.
    """
    ax = axes(ax)
    table = weeks(data)
    if table.empty:
        return empty(ax, "No cargo was delivered in both years.", title=TITLE)
    own = one_direction(table)
    own = own[own["route"] == own["route"].iloc[0]]
    route = str(own["route"].iloc[0])
    day, shade = own["week"] * WEEK_D, colour(route)
    second = own["second_d"]
    ax.fill_between(
        day, second + own["diff_low_d"], second + own["diff_high_d"], color=shade, alpha=0.18,
        linewidth=0, label="interval",
    )  # fmt: skip
    ax.plot(day, second, color=FAINT, linewidth=line_width(ax), label="second year")
    ax.plot(
        day, own["first_d"], color=shade, linewidth=line_width(ax), marker="o", markersize=2,
        label="first year",
    )  # fmt: skip
    ax.set_xlim(0, day.max() + WEEK_D)
    needed, stated = (table.attrs.get(name) for name in ("needed_d", "warm_up_d"))
    for given, label, dash in (
        (needed, "warm-up needed", (0, (4, 2))), (stated, "warm-up stated", (0, (1, 1)))
    ):  # fmt: skip
        if given is not None:
            ax.axvline(float(given), color=INK, linewidth=0.9, linestyle=dash, label=label)
    legend(ax)
    tall(ax, rows=1, row_cm=5.0 if is_narrow(ax) else 7.5, more_cm=2.5)
    all_ = "all routes" if route == "all" else route
    what = "" if needed is not None else "No warm-up of up to a year is enough on all routes."
    words(
        ax, title=f"{TITLE}: {all_} {own['direction'].iloc[0]}", x="day of release, from empty",
        y="mean transit time, d",
        caption=caption(
            n=table.attrs.get("n"), level=table.attrs.get("level"),
            what=f"{what} The interval of the first year about the second holds for all weeks at"
            " once.".strip(),
        ),
    )  # fmt: skip
    return ax
