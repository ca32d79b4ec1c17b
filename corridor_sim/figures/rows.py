"""Rows from above to below, each with its name at the left, in groups under a head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from corridor_sim.figures.style import (
    EDGE,
    FAINT,
    INK,
    LINE,
    POINT_CM,
    folded,
    is_narrow,
    points,
    tall,
)  # fmt: skip

WIDEST_NAME: Final = 0.36
"""Share of the width from which names fold."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Names of rows, under a head (none where it is empty) in its colour."""

    names: Sequence[str]
    head: str = ""
    shade: str = INK


def lay_out(
    ax: Axes, groups: Sequence[Rows], *, row_cm: float = 0.5, more_cm: float = 3.2
) -> list[float]:
    """Name the rows of axes and give the canvas its height; return where they lie on the y axis."""
    size = points(ax) - (1 if is_narrow(ax) else 0.5)
    row_cm *= 0.85 if is_narrow(ax) else 1.0
    at, labels, y = [], [], 0.0
    for number, group in enumerate(groups):
        if group.head:
            y += 0.25 if number else 0.0
            _head(ax, group, y, size)
            y += 0.85
        for name in group.names:
            labels.append(folded(name, ax, size, share=WIDEST_NAME))
            more = labels[-1].count("\n") * size * LINE * POINT_CM / row_cm
            at.append(y + more / 2)
            y += 1.0 + more
    ax.set_yticks(at, labels, fontsize=size)
    ax.set_ylim(y - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
    ax.tick_params(axis="y", length=0)
    tall(ax, rows=1, row_cm=(y + 0.2) * row_cm, more_cm=more_cm)
    return at


def _head(ax: Axes, group: Rows, y: float, size: float) -> None:
    if y:
        ax.axhline(y - 0.55, color=FAINT, linewidth=0.5, zorder=1)
    head = ax.annotate(
        group.head, (EDGE, y), xycoords=("figure fraction", "data"), ha="left", va="center",
        weight="bold", color=group.shade, fontsize=size, zorder=6, annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )  # fmt: skip
    head.set_in_layout(False)  # it stands where the figure begins, wherever the axes do
