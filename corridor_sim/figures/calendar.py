"""Axes of dates, the same on all figures over time."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from corridor_sim.figures.style import RULE, is_narrow, points, tall


def days_of(dates: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Dates as matplotlib counts them: days since 1970."""
    return np.asarray(dates, "datetime64[s]").astype(np.int64) / 86_400


def dated(ax: Axes, begin: float, end: float) -> None:
    """Make the x axis one of dates from `begin` to `end` (days, as matplotlib counts them)."""
    ax.set_xlim(begin, max(end, begin + 1))
    marks = AutoDateLocator(minticks=3, maxticks=5 if is_narrow(ax) else 9)
    ax.xaxis.set_major_locator(marks)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(marks))
    ax.xaxis.get_offset_text().set_fontsize(points(ax) - 1)


def room(ax: Axes, *, keys: int = 0) -> None:
    """Give the canvas a height at which a legend of so many keys leaves room for what is drawn."""
    narrow = is_narrow(ax)
    rows = math.ceil(keys / (2 if narrow else 3))
    tall(ax, rows=rows, row_cm=0.42, more_cm=7.0 if narrow else 10.0)


def not_measured(
    ax: Axes, measured: tuple[np.datetime64, np.datetime64], begin: float, end: float
) -> None:
    """Shade what lies before and after the measuring part."""
    first, last = days_of(measured).tolist()
    for low, high in ((begin, min(first, end)), (max(last, begin), end)):
        if high > low:
            ax.axvspan(low, high, color=RULE, alpha=0.45, linewidth=0, zorder=0)
