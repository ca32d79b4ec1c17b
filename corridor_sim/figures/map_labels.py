"""Names beside points, placed so that none lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation

from corridor_sim.figures.style import INK

Points = npt.NDArray[np.float64]
AWAY: Final = (4.0, 8.0, 14.0, 22.0)
"""Distances of a label from its point that are tried, points."""
ANGLES: Final = tuple(np.radians(np.arange(0, 360, 30)))
PULLED: Final = 5.0
"""Gap between point and label from which a thin line leads to it, points."""
ROOM: Final = 1.5
"""Distance between two labels, points."""


def place_labels(
    ax: Axes, names: Sequence[str], at: Points, *, size: float, avoid: Points
) -> list[Annotation]:
    """Write names beside points `[n, 2]` (data), the first ones first; those without room are left
    out.

    No label lies on another, on a point or outside the axes; few lie on the points `avoid`
    `[m, 2]`. Positions hold for the size that the figure has now.
    """
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure), "axes that are drawn on have a figure"
    figure.draw_without_rendering()  # settles where the axes lie
    scale = 72 / figure.dpi
    dots, lines = (ax.transData.transform(points) * scale for points in (at, avoid))
    frame = np.array(ax.get_window_extent().extents) * scale
    taken = [_box(dot, (3.0, 3.0)) for dot in dots]
    placed = []
    for name, dot in zip(names, dots, strict=True):
        wide, high = _extent(figure, name, size)
        best = _best(dot, (wide, high), frame, np.array(taken), lines)
        if best is not None:
            taken.append(_box(best, (wide, high)))
            off = best - dot
            gap = float(np.hypot(*np.maximum(np.abs(off) - np.array((wide, high)) / 2, 0.0)))
            placed.append(_write(ax, name, dot / scale, off, size, led=gap > PULLED))
    return placed


def _best(
    dot: Points, size: tuple[float, float], frame: Points, taken: Points, lines: Points
) -> Points | None:
    """Middle of the label that costs least: near, and off the lines."""
    found, least = None, np.inf
    for away, angle in product(AWAY, ANGLES):
        if away > least:
            break  # whatever comes is further off
        way = np.array([np.cos(angle), np.sin(angle)])
        middle = dot + way * away + way * np.array(size) / 2
        box = _box(middle, (size[0] + ROOM, size[1] + ROOM))
        if (box[:2] < frame[:2]).any() or (box[2:] > frame[2:]).any() or _overlaps(box, taken):
            continue
        within = (lines > box[:2]) & (lines < box[2:])
        cost = away + 0.5 * within.all(axis=1).sum()
        if cost < least:
            found, least = middle, cost
    return found


def _overlaps(box: Points, others: Points) -> bool:
    apart = (box[2:] <= others[:, :2]) | (box[:2] >= others[:, 2:])
    return bool((~apart.any(axis=1)).any())


def _box(middle: Points, size: tuple[float, float]) -> Points:
    half = np.array(size) / 2
    return np.concatenate([middle - half, middle + half])


def _extent(figure: Figure, name: str, size: float) -> tuple[float, float]:
    """Width and height of a text, points."""
    text = figure.text(0, 0, name, fontsize=size)
    extent = text.get_window_extent()
    text.remove()
    return extent.width * 72 / figure.dpi, extent.height * 72 / figure.dpi


def _write(ax: Axes, name: str, dot: Points, off: Points, size: float, *, led: bool) -> Annotation:
    written = ax.annotate(
        name, tuple(ax.transData.inverted().transform(dot)), tuple(off), textcoords="offset points",
        ha="center", va="center", fontsize=size, color=INK, zorder=6,
        path_effects=[withStroke(linewidth=1.6, foreground="white")],
        arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.4, "shrinkA": 0, "shrinkB": 1}
        if led
        else None,
    )  # fmt: skip
    written.set_in_layout(False)
    return written
