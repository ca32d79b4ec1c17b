"""The map: routes in their true geography, as wide as their flow.

Projection: equirectangular, true to scale along the standard parallel of each panel (Snyder 1987,
Map Projections, USGS Professional Paper 1395, p. 90); degrees stay degrees on both axes. Links run
straight on the map from waypoint to waypoint.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from corridor_sim.experiments.traffic import Traffic
from corridor_sim.figures.map_flows import Ends, Stretch, flows_on_map, stretches
from corridor_sim.figures.map_labels import place_labels
from corridor_sim.figures.reading import traffic_of
from corridor_sim.figures.registry import figure
from corridor_sim.figures.style import (
    CM,
    FAINT,
    INK,
    axes,
    caption,
    colour,
    empty,
    is_narrow,
    legend,
    points,
    tall,
    words,
)  # fmt: skip
from corridor_sim.reference.coastlines import coastlines

Points = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
By = Literal["route", "use", "delay"]

CASPIAN: Final[Box] = (38.6, 37.1, 58.0, 45.8)
"""West, south, east, north of the lower panel: the Caspian and the Caucasus."""
PARALLEL, PARALLEL_CASPIAN = 30.0, 41.5
"""Standard parallels, degrees north."""
MARGIN: Final = 3.0
"""Degrees around what is drawn."""
WIDEST: Final = 8.0
"""Width of the largest flow, points; others by the square root of their share of it."""
THINNEST: Final = 0.8
GAP_CM: Final = 0.75
"""Between the panels, and above the scale of colours."""
LAND, WATER, BORDER = "#ECEAE4", "#F7FAFC", "#BDB9AE"
NO_ROUTE: Final = "#9A9A9A"
NO_VALUE: Final = "#B8B8B8"
TITLES: Final = {
    "route": "Flows by route",
    "use": "Flows, and how far vehicles and stations were used",
    "delay": "Flows, and where cargo was delayed",
}
SCALES: Final = {
    "use": "share used: places of vehicles (lines), busiest station (points; grey: none)",
    "delay": "h: beyond the guaranteed minimum (lines), mean wait (points; grey: none)",
}


@figure("map", "flows in their true geography, by route", read=traffic_of)
def plot_map(data: Traffic, *, by: By = "route", ax: Axes | None = None) -> Axes:
    """Draw the flows of a replication on a map, and again the Caspian and the Caucasus below.

    `by`: colours show the `route`, the share `use`d of the places of vehicles (points: the busiest
    station) or the `delay` in hours (points: the mean wait).
    """
    ax = axes(ax)
    if flows_on_map(data).empty:
        return empty(ax, "Nothing moved in the measuring part.", title=TITLES[by])
    box = view_of(data)
    inset, below = _inset(ax, data, box)
    paint = _Paint(data, by, WIDEST / 2 if is_narrow(ax) else WIDEST)
    for panel, view, parallel in ((ax, box, PARALLEL), (inset, CASPIAN, PARALLEL_CASPIAN)):
        if panel is not None:
            _ground(panel, view, parallel)
            paint.stretches(panel)
            paint.places(panel)
    words(ax, title=TITLES[by], caption=_caption(data))
    _keys(ax, paint, below=below + GAP_CM * _share_of_cm(ax, box))
    _fit(ax)
    for panel, view in ((ax, box), (inset, CASPIAN)):
        if panel is not None:
            _label(panel, data, view, without=CASPIAN if panel is ax and inset else None)
    return ax


figure("map-use", "flows, and how far vehicles and stations were used", read=traffic_of)(
    partial(plot_map, by="use")
)
figure("map-delay", "flows, and where cargo was delayed", read=traffic_of)(
    partial(plot_map, by="delay")
)


class _Paint:
    """Colours and widths of the stretches and places of some flows."""

    def __init__(self, data: Traffic, by: By, widest: float) -> None:
        self.data, self.by, self.widest = data, by, widest
        self.parts = stretches(data, data.links["delay_h" if by == "delay" else "use"])
        self.places_value = data.places["wait_h" if by == "delay" else "use"]
        shown = [1e-9, *(one.value for one in self.parts), *self.places_value]
        self.norm = Normalize(0, 1 if by == "use" else float(np.nanmax(shown)))
        self.map: Colormap = LinearSegmentedColormap.from_list(
            "heat", colormaps["inferno_r"](np.linspace(0.18, 0.95, 64))
        )

    @property
    def routes(self) -> list[str]:
        """Routes by flow, the largest first."""
        flows = flows_on_map(self.data).groupby("route").teu_per_yr.max()
        return [str(route) for route in flows.sort_values(ascending=False).index]

    def width(self, teu: float) -> float:
        """Width of a flow, points."""
        return max(THINNEST, self.widest * float(np.sqrt(teu / self.parts[0].total)))

    def stretches(self, ax: Axes) -> None:
        """Draw all stretches; by route each as stripes about its middle, as wide as their shares.

        All outer stripes lie below all inner ones.
        """
        for layer in range(max(len(one.routes) for one in self.parts)):
            stripes = [stripe for one in self.parts for stripe in self._stripes(one)[layer:][:1]]
            ax.add_collection(
                LineCollection(
                    [ends for ends, _, _ in stripes], linewidths=[wide for _, wide, _ in stripes],
                    colors=[shade for _, _, shade in stripes], capstyle="round", zorder=3,
                ),
                autolim=False,
            )  # fmt: skip

    def _stripes(self, one: Stretch) -> list[tuple[Ends, float, str]]:
        """Ends, width and colour, from the widest."""
        if self.by != "route":
            return [(one.ends, self.width(one.total), self.shade(one.value))]
        found, left = [], one.total
        for route, teu in sorted(one.routes.items(), key=lambda item: item[1]):
            found.append((one.ends, self.width(one.total) * left / one.total, _of_route(route)))
            left -= teu
        return found

    def shade(self, value: float) -> str:
        """The colour of a value."""
        if np.isnan(value):
            return NO_VALUE
        red, green, blue, _ = (round(255 * c) for c in self.map(self.norm(value)))
        return f"#{red:02x}{green:02x}{blue:02x}"

    def places(self, ax: Axes) -> None:
        """Draw the places that the links touch, coloured unless by route."""
        names = _touched(self.data)
        at = np.array([self.data.geography.places[name] for name in names])
        values = self.places_value.reindex(names).to_numpy(float)
        plain = self.by == "route"
        ax.scatter(
            at[:, 0], at[:, 1], s=9 if plain or is_narrow(ax) else 20, zorder=5, linewidths=0.5,
            c="white" if plain else [self.shade(v) for v in values], edgecolors=INK,
        )  # fmt: skip


def _of_route(route: str) -> str:
    return colour(route) if route else NO_ROUTE


def _touched(data: Traffic) -> list[str]:
    """The places at the ends of links with a flow, in the order of the scenario."""
    links = flows_on_map(data).link.unique()
    ends = {tuple(end) for link in links for end in data.geography.ways[link][[0, -1]]}
    return [name for name, at in data.geography.places.items() if tuple(at) in ends]


def view_of(data: Traffic) -> Box:
    """What is seen of the world: all that is drawn, within what is known of coasts."""
    ways = np.concatenate([data.geography.ways[link] for link in flows_on_map(data).link])
    west, south, east, north = coastlines().box
    low = np.maximum(ways.min(axis=0) - MARGIN, (west, south))
    high = np.minimum(ways.max(axis=0) + MARGIN, (east, north))
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _inset(ax: Axes, data: Traffic, box: Box) -> tuple[Axes | None, float]:
    """The lower panel and its height as a share, where the map shows much more than it."""
    if not inset_is_wanted(data):
        return None, 0.0
    high = _ratio(CASPIAN, PARALLEL_CASPIAN) / _ratio(box, PARALLEL)
    high += GAP_CM * _share_of_cm(ax, box)
    inset = ax.inset_axes((0.0, -high, 1.0, high - GAP_CM * _share_of_cm(ax, box)))
    west, south, east, north = CASPIAN
    ax.add_patch(
        Rectangle((west, south), east - west, north - south, fill=False, ec=INK, lw=0.6, zorder=4)
    )
    return inset, high


def inset_is_wanted(data: Traffic) -> bool:
    """Whether the map shows much more than the Caspian, and something there."""
    box, at = view_of(data), np.array(list(data.geography.places.values()))
    return bool(box[2] - box[0] >= 2 * (CASPIAN[2] - CASPIAN[0]) and _within(at, CASPIAN).sum() > 1)


def _ratio(box: Box, parallel: float) -> float:
    """Height over width of a panel."""
    wide = (box[2] - box[0]) * np.cos(np.radians(parallel))
    return float((box[3] - box[1]) / wide)


def _share_of_cm(ax: Axes, box: Box) -> float:
    """A centimetre as a share of the height of the upper panel."""
    return 1 / (_wide_cm(ax) * _ratio(box, PARALLEL))


def _wide_cm(ax: Axes) -> float:
    """Width of the panels: that of the canvas without degrees."""
    figure = ax.get_figure(root=True)
    assert figure is not None, "axes that are drawn on have a figure"
    return float(figure.get_figwidth() / CM) - 1.2


def _fit(ax: Axes) -> None:
    """Give the canvas the height that panels, keys and words take at its width."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure), "axes that are drawn on have a figure"
    tall(ax, rows=1, row_cm=4 * _wide_cm(ax), more_cm=0)
    figure.draw_without_rendering()
    panels = ax.get_tightbbox()
    assert panels is not None, "a map is seen"
    high = panels.height + sum(text.get_window_extent().height for text in figure.texts)
    tall(ax, rows=1, row_cm=high / figure.dpi / CM, more_cm=0.75)


def _ground(ax: Axes, box: Box, parallel: float) -> None:
    """Land, water and borders of a panel, and its degrees."""
    west, south, east, north = box
    ax.set(xlim=(west, east), ylim=(south, north), facecolor=WATER)
    ax.set_aspect(1 / np.cos(np.radians(parallel)))
    shapes = coastlines()
    corners = np.concatenate([np.vstack([ring, ring[:1]]) for ring in shapes.land])
    codes = np.concatenate([
        [Path.MOVETO, *[Path.LINETO] * (len(ring) - 1), Path.CLOSEPOLY] for ring in shapes.land
    ])  # fmt: skip
    ax.add_patch(PathPatch(Path(corners, codes), fc=LAND, ec=BORDER, lw=0.4, zorder=1))
    ax.add_collection(
        LineCollection(list(shapes.borders), colors=BORDER, linewidths=0.4, zorder=2),
        autolim=False,
    )
    ax.grid(visible=False)
    ax.spines[:].set(visible=True, color=FAINT, linewidth=0.6)
    size = points(ax) - 1.5
    ax.tick_params(labelsize=size, colors=FAINT, length=2, width=0.5)
    for axis, marks in ((ax.xaxis, "EW"), (ax.yaxis, "NS")):
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda v, _, m=marks: _degrees(v, m)))


def _degrees(value: float, marks: str) -> str:
    """`20°E`."""
    return f"{abs(value):g}°{marks[int(value < 0)] if value else ''}"


def _label(ax: Axes, data: Traffic, box: Box, *, without: Box | None) -> None:
    """Names of the places of a panel, by flow; not of those shown larger elsewhere."""
    names = _touched(data)
    at = np.array([data.geography.places[name] for name in names])
    shown = _within(at, box) & ~(_within(at, without) if without else np.zeros(len(at), bool))
    flow = data.places.teu_per_yr.reindex(names).fillna(0).to_numpy()
    order = [i for i in np.argsort(-flow, kind="stable") if shown[i]]
    ways = [_dense(data.geography.ways[link], box) for link in flows_on_map(data).link]
    place_labels(
        ax, [data.geography.labels[names[i]] for i in order], at[order].reshape(-1, 2),
        size=points(ax) - 1.5, avoid=np.concatenate(ways),
    )  # fmt: skip


def _dense(way: Points, box: Box) -> Points:
    """Points along a way within a box, so close that no label slips between them."""
    step = (box[2] - box[0]) / 150
    parts = [np.linspace(a, b, max(2, int(np.abs(b - a).max() / step))) for a, b in pairwise(way)]
    every = np.concatenate(parts)
    return every[_within(every, box)]


def _within(at: Points, box: Box) -> npt.NDArray[np.bool_]:
    return np.asarray(((at >= box[:2]) & (at <= box[2:])).all(axis=1))


def _keys(ax: Axes, paint: _Paint, *, below: float) -> None:
    """What colours and widths mean."""
    top = paint.parts[0].total
    rounded = {float(f"{share * top:.0e}") for share in (1, 0.1, 0.01)}
    handles = [
        Line2D([], [], color=FAINT, lw=paint.width(teu), label=f"{teu:,.0f} TEU a year")
        for teu in sorted(rounded, reverse=True)
    ]
    if paint.by == "route":
        handles += [
            Line2D([], [], color=_of_route(route), lw=2.5, label=route or "captive")
            for route in paint.routes
        ]  # fmt: skip
    legend(ax, handles=handles)
    if paint.by == "route":
        return
    size = points(ax) - 1.5
    scale = ax.inset_axes((0.25, -below - 0.015, 0.5, 0.015))
    figure = ax.get_figure(root=True)
    assert figure is not None, "axes that are drawn on have a figure"
    bar = figure.colorbar(
        ScalarMappable(paint.norm, paint.map), cax=scale, orientation="horizontal"
    )
    bar.ax.tick_params(labelsize=size, length=2, width=0.5, colors=INK)
    bar.set_label(SCALES[paint.by], fontsize=size, color=INK)


def _caption(data: Traffic) -> str:
    return caption(
        n=1,
        what=f"{data.told} Width: square root of the flow, both directions. Equirectangular, true"
        f" to scale at {PARALLEL:g}°N ({PARALLEL_CASPIAN:g}°N below). Coasts and borders as in"
        " Natural Earth; borders say nothing on status.",
    )
