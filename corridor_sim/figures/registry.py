"""The figures that can be asked for by name, and how each reads what a run left behind.

A new figure is one function `plot_x(data, *, ax=None) -> Axes` with `@figure(...)` above it, in a
module that `corridor_sim.figures` imports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from matplotlib.axes import Axes

Plot = Callable[..., Axes]
AnyPlot = TypeVar("AnyPlot", bound=Plot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is to be drawn: folders of runs or answers, and what of them (none: all).

    `measure`, `segment` and `element` as in the tables; `replication`: of figures of a single one,
    by number.
    """

    folders: Sequence[Path]
    scenarios: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    direction: str | None = None
    measure: str | None = None
    segment: str | None = None
    element: str | None = None
    replication: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A figure by its name: what it shows, how its data is read, and the function that draws it."""

    name: str
    about: str
    read: Callable[[Choice], Any]
    plot: Plot


FIGURES: Final[dict[str, Entry]] = {}
"""All figures, in the order in which they are defined."""


def figure(name: str, about: str, *, read: Callable[[Choice], Any]) -> Callable[[AnyPlot], AnyPlot]:
    """Make a figure known by a name; `about` is its line in the list, `read` finds its data."""

    def known(plot: AnyPlot) -> AnyPlot:
        FIGURES[name] = Entry(name=name, about=about, read=read, plot=plot)
        return plot

    return known
