"""A sweep: a measure over one path as lines, or over two as a heat map."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from corridor_sim.experiments.headlines import MEASURES
from corridor_sim.experiments.sweep import heat, paths_of
from corridor_sim.figures.registry import Choice, figure
from corridor_sim.figures.style import (
    RULE,
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
from corridor_sim.figures.tables import answer_of, chosen, one_direction
from corridor_sim.output import SHARE, number

DEFAULT: Final = "transit_mean"
COLOURS: Final = "cividis"
"""Even in brightness, and the same to all kinds of colour vision (Nunez, Anderton & Renslow 2018,
doi:10.1371/journal.pone.0199239)."""
WRITTEN: Final = {True: 6, False: 12}
"""Columns up to which values are written, on a narrow canvas and on a wide one."""


def sweep_of(choice: Choice) -> pd.DataFrame:
    """sweep.parquet of a folder of `sweep`, with one measure: the one chosen, else that asked."""
    table = answer_of("sweep.parquet", "sweep")(choice)
    about = dict(table.attrs)
    if choice.measure is None:
        table = table[table["measure"] == about.get("measure", DEFAULT)]
    found = chosen(table, choice)
    found.attrs = about
    return found


@figure("heat", "a sweep over two paths: a measure as a heat map", read=sweep_of)
def plot_heat(data: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """A measure over the first two paths that vary, the first upwards and the second across.

    data: the table of `sweep`, of it the mean transit time, or the first measure, route and
    direction. The mean
    over what else varies.
    """
    ax = axes(ax)
    own, title = _one_row_a_case(data)
    varied = [path for path in paths_of(data) if own[path].nunique() > 1]
    if own.empty or len(varied) < 2:
        return empty(ax, "A heat map needs a sweep over two paths.", title=title)
    measure, route, direction = (str(own[name].iloc[0]) for name in _KEY)
    grid = heat(own, x=varied[1], y=varied[0], measure=measure, route=route, direction=direction)
    unit = str(own["unit"].iloc[0])
    values = grid.to_numpy(float) * (100 if unit == SHARE else 1)
    tall(ax, rows=len(grid), row_cm=0.8, more_cm=5.2)
    norm = Normalize(np.nanmin(values), np.nanmax(values))
    image = ax.imshow(
        values, origin="lower", aspect="auto", cmap=COLOURS, norm=norm, interpolation="nearest"
    )
    _edges(ax, grid)
    if len(grid.columns) <= WRITTEN[is_narrow(ax)]:
        _write(ax, values, norm)
    figure = ax.get_figure(root=True)
    assert figure is not None, "axes that are drawn on have a figure"
    bar = figure.colorbar(image, ax=ax, pad=0.02)
    size = points(ax) - 0.5
    bar.set_label(_label(measure, unit), fontsize=size)
    bar.ax.tick_params(labelsize=size, length=2, width=0.5)
    bar.outline.set_linewidth(0.5)
    more = varied[2:]
    words(
        ax, title=title, x=varied[1], y=varied[0],
        caption=caption(
            n=int(own["n"].max()), what=f"Means over {', '.join(more)}." if more else ""
        ),
    )  # fmt: skip
    return ax


@figure("sweep", "a sweep over one path: a measure with its interval, by route", read=sweep_of)
def plot_sweep(data: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """A measure over the path that varies, with its interval, a line a route.

    data: the table of `sweep`; of it the mean transit time, or the first measure, in one direction,
    westbound if there is any.
    """
    ax = axes(ax)
    own, title = _one_row_a_case(data, every_route=True)
    varied = [path for path in paths_of(data) if own[path].nunique() > 1]
    if own.empty or len(varied) != 1:
        return empty(ax, "Lines need a sweep over one path; see `heat` for two.", title=title)
    (path,), unit = varied, str(own["unit"].iloc[0])
    scale = 100 if unit == SHARE else 1
    numbers = pd.api.types.is_numeric_dtype(own[path])
    for route, rows in own.groupby("route", sort=False):
        style = look(str(route))
        x = rows[path].to_numpy() if numbers else np.arange(len(rows))
        low, high = (rows[f"ci_{end}"].to_numpy(float) * scale for end in ("low", "high"))
        ax.fill_between(x, low, high, color=style.colour, alpha=0.15, linewidth=0)
        ax.plot(
            x, rows["mean"] * scale, marker=style.marker, markersize=3.5, label=str(route),
            linewidth=line_width(ax), **style.line(),
        )  # fmt: skip
    if not numbers:
        ax.set_xticks(range(own[path].nunique()), own[path].unique())
    else:
        ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    legend(ax)
    tall(ax, rows=1, row_cm=5.0 if is_narrow(ax) else 7.5, more_cm=2.5)
    words(
        ax, title=title, x=path, y=_label(str(own["measure"].iloc[0]), unit),
        caption=caption(n=int(own["n"].max()), level=data.attrs.get("level")),
    )  # fmt: skip
    return ax


_KEY: Final = ("measure", "route", "direction")


def _one_row_a_case(data: pd.DataFrame, *, every_route: bool = False) -> tuple[pd.DataFrame, str]:
    """Rows of whole ways of one measure, direction and route, and what they are about."""
    own = data[data["segment"] == "all"] if "segment" in data else data
    if own.empty:
        return own, "Sweep"
    measures = list(own["measure"])
    own = one_direction(own[own["measure"] == (DEFAULT if DEFAULT in measures else measures[0])])
    if own["route"].nunique() == 2:  # one route is all
        own = own[own["route"] != "all"]
    if not every_route:
        own = own[own["route"] == own["route"].iloc[0]]
    measure, route, direction = (str(own[name].iloc[0]) for name in _KEY)
    said = MEASURES.get(measure, measure).removeprefix("the ")
    about = f"{said}, {'' if every_route else f'{_said(route)} '}"
    return own, f"{about[0].upper()}{about[1:]}{direction}"


def _said(route: str) -> str:
    return "all routes" if route == "all" else route


def _label(measure: str, unit: str) -> str:
    said = MEASURES.get(measure, measure).removeprefix("the ")
    return f"{said}, {'%' if unit == SHARE else unit}"


def _edges(ax: Axes, grid: pd.DataFrame) -> None:
    for axis, labels in ((ax.xaxis, grid.columns), (ax.yaxis, grid.index)):
        every = max(1, -(-len(labels) // (8 if is_narrow(ax) else 16)))
        at = range(0, len(labels), every)
        axis.set_ticks(list(at), [_value(labels[i]) for i in at])
    ax.grid(visible=False)
    ax.set_facecolor(RULE)


def _value(label: object) -> str:
    return f"{label:g}" if isinstance(label, int | float) else str(label)


def _write(
    ax: Axes, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], norm: Normalize
) -> None:
    """The values in their cells, light on dark and dark on light."""
    spread = float(np.nanmax(values) - np.nanmin(values))
    places = 0 if spread >= 30 else 1 if spread >= 1 else 2
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            red, green, blue, _ = colormaps[COLOURS](norm(value))
            dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
            ax.text(
                column, row, number(float(value), places), ha="center", va="center",
                fontsize=points(ax) - 1, color="white" if dark else "black",
            )  # fmt: skip
