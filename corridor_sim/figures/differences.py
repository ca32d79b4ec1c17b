"""Paired differences from the baseline, as a forest plot."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from corridor_sim.experiments.headlines import MEASURES
from corridor_sim.figures.marks import HOLLOW, is_weak, names, shared
from corridor_sim.figures.registry import figure
from corridor_sim.figures.rows import Rows, lay_out
from corridor_sim.figures.style import (
    INK,
    axes,
    caption,
    empty,
    is_narrow,
    look,
    points,
    words,
)
from corridor_sim.figures.tables import WHOLE, Data, measures, measures_of
from corridor_sim.output import POINTS, SHARE, interval, places_of, quantity

DEFAULT: Final = "transit_p90"
NONE: Final = (
    "There is no difference to draw: name a comparison of scenarios that share routes, "
    "and for what is in USD the year of the prices."
)


@figure(
    "differences", "paired differences from the baseline, with intervals (forest plot)",
    read=measures_of,
)  # fmt: skip
def plot_differences(data: Data, *, ax: Axes | None = None) -> Axes:
    """Differences from the baseline with intervals, a row a route, direction and scenario.

    data: a comparison or its tidy table; of one measure, `transit_p90` if there are several, and
    whole ways, or of all segments where none are whole. What does not change at all is named in the
    caption.
    """
    ax = axes(ax)
    table, measure = _one_measure(measures(data))
    title = "Difference from the baseline"
    if table.empty:
        return empty(ax, NONE, title=title)
    zero = (table[["diff", "diff_ci_low", "diff_ci_high"]] == 0).all(axis="columns")
    rows, same = table[~zero], table[zero]
    if rows.empty:
        return empty(
            ax, f"Nothing changes at all in {MEASURES.get(measure, measure)}.", title=title
        )
    share = rows["unit"].iloc[0] == SHARE
    unit, scale = (POINTS, 100.0) if share else (str(rows["unit"].iloc[0]), 1.0)
    told = names(table["scenario"])
    rows = rows.sort_values(
        "scenario", key=lambda column: column.map(list(told).index), kind="stable"
    )
    places = lay_out(ax, _groups(rows, told), row_cm=0.46)
    ax.axvline(0, color=INK, linewidth=0.8)
    for y, row in zip(places, rows.to_dict("records"), strict=True):
        _draw(ax, y, row, unit=unit, scale=scale)
    only = f": {next(iter(told.values()))}" if len(told) == 1 else ""
    words(
        ax, title=f"Change of {MEASURES.get(measure, measure)}{only}",
        x=f"difference from the baseline, {'percentage points' if share else unit}",
        caption=caption(
            n=int(rows["n"].max()), level=table.attrs.get("level"), what=_said(rows, same, told)
        ),
    )  # fmt: skip
    return ax


def _groups(rows: pd.DataFrame, told: dict[str, str]) -> list[Rows]:
    return [
        Rows([_label(row) for row in _records(own)], told[str(name)] if len(told) > 1 else "")
        for name, own in rows.groupby("scenario", sort=False)
    ]


def _said(rows: pd.DataFrame, same: pd.DataFrame, told: dict[str, str]) -> str:
    unchanged = [
        f"Unchanged{f' in {told[str(name)]}' if len(told) > 1 else ''}: "
        f"{', '.join(_label(row) for row in _records(own))}."
        for name, own in same.groupby("scenario", sort=False)
    ]
    parts = [
        "Paired, on the same luck.", HOLLOW if is_weak(rows["mark"]) else "", *unchanged,
        shared(rows["scenario"]),
    ]  # fmt: skip
    return " ".join(part for part in parts if part)


def _one_measure(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Rows that have a difference in one measure, of whole ways if there are any."""
    if "diff" not in table:
        return table.iloc[:0], ""
    own = table[table["diff"].notna()]
    whole = own["segment"] == WHOLE
    own = own[whole] if whole.any() else own
    there = list(dict.fromkeys(own["measure"]))
    measure = DEFAULT if DEFAULT in there else next(iter(there), "")
    return own[own["measure"] == measure], str(measure)


def _records(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _draw(ax: Axes, y: float, row: dict[object, object], *, unit: str, scale: float) -> None:
    shade = look(str(row["route"])).colour
    low, high = (_number(row[f"diff_ci_{end}"]) for end in ("low", "high"))
    middle = _number(row["diff"])
    hollow = is_weak([row["mark"]])
    ax.plot([low * scale, high * scale], [y, y], color=shade, linewidth=1.4, solid_capstyle="butt")
    ax.plot(
        middle * scale, y, look(str(row["route"])).marker, color=shade, markersize=4,
        markerfacecolor="white" if hollow else shade, markeredgewidth=0.9,
    )  # fmt: skip
    if is_narrow(ax):
        return
    places = places_of(unit, middle if np.isnan(high - low) else 5 * (high - low))
    left, right = (None if np.isnan(end) else end for end in (low, high))
    told = quantity(middle, unit, places=places, sign=True)
    between = interval(left, right, unit, places=places, sign=True)
    ax.annotate(
        f"{told}  ({between})" if between else told, (1, y), (4, 0),
        xycoords=("axes fraction", "data"), textcoords="offset points", va="center", ha="left",
        fontsize=points(ax) - 1, color=INK, annotation_clip=False,
    )  # fmt: skip


def _label(row: dict[str, object]) -> str:
    if (row["route"], row["direction"]) == ("all", "both") and row["segment"] != WHOLE:
        return str(row["segment"])  # an element
    route = "all routes" if row["route"] == "all" else row["route"]
    parts = [route, row["direction"], "" if row["segment"] == WHOLE else row["segment"]]
    return " ".join(str(part) for part in parts if part)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan
