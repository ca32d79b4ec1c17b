"""The map: what is drawn is what moved; names stay apart and inside."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from looked import nothing, seen_texts, shipped, small
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from corridor_sim.experiments.traffic import Traffic, traffic
from corridor_sim.figures.map import CASPIAN, WIDEST, plot_map
from corridor_sim.figures.map_flows import flows_on_map, stretches
from corridor_sim.figures.map_labels import place_labels
from corridor_sim.figures.style import CM, COLUMN_CM, FULL_CM, canvas, colour, save
from corridor_sim.scenario.geography import length_km

SCENARIOS = ("baseline-2024", "red-sea-open", "crisis-2022")


def panels(ax: Axes) -> list[Axes]:
    """The map and, where there is one, its lower panel."""
    lower = [child for child in ax.child_axes if isinstance(child, Axes) and child.collections]
    return [ax, *(panel for panel in lower if panel.get_xlim()[0] == CASPIAN[0])]


def names(ax: Axes) -> list[Annotation]:
    return [text for panel in panels(ax) for text in panel.texts if isinstance(text, Annotation)]


def widths_and_colours(lines: Any) -> tuple[list[float], list[Any]]:
    return lines.get_linewidth(), lines.get_color()


def drawn(ax: Axes) -> list[tuple[Any, float, Any]]:
    """Ends, width and colour of every stripe of the upper panel, from below to above."""
    found: list[tuple[Any, float, Any]] = []
    for lines in ax.collections:
        if isinstance(lines, LineCollection) and lines.get_zorder() == 3:
            for way, wide, shade in zip(
                lines.get_segments(), *widths_and_colours(lines), strict=True
            ):
                found.append((tuple(map(tuple, np.asarray(way).tolist())), wide, shade))
    return found


def box(text: Annotation) -> Bbox:
    """Where the letters of a name are, without the line that leads to them."""
    return Text.get_window_extent(text)


def overlapping(labels: list[Annotation]) -> list[tuple[str, str]]:
    pairs = combinations([(label.get_text(), box(label)) for label in labels], 2)
    return [(a, b) for (a, here), (b, there) in pairs if here.overlaps(there)]


@pytest.mark.parametrize("width", [COLUMN_CM, FULL_CM])
@pytest.mark.parametrize("name", SCENARIOS)
def test_names_stay_apart_and_inside(name: str, width: float) -> None:
    ax = plot_map(traffic(shipped(name)), by="use", ax=canvas(width_cm=width))
    figure = ax.figure
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    assert len(names(ax)) > 25
    assert not overlapping(names(ax))
    for panel in panels(ax):
        frame = panel.get_window_extent()
        for text in panel.texts:
            if isinstance(text, Annotation):
                own = box(text)
                assert frame.x0 <= own.x0, text
                assert own.x1 <= frame.x1, text
                assert frame.y0 <= own.y0, text
                assert own.y1 <= frame.y1, text
    for text in seen_texts(ax):
        extent = text.get_window_extent()
        assert figure.bbox.x0 - 1 <= extent.x0, text
        assert extent.x1 <= figure.bbox.x1 + 1, text
        assert figure.bbox.y0 - 1 <= extent.y0, text
        assert extent.y1 <= figure.bbox.y1 + 1, text


def test_at_full_width_every_place_is_named_once() -> None:
    data = traffic(shipped("baseline-2024"))
    ax = plot_map(data, ax=canvas(width_cm=FULL_CM))
    ways = [data.geography.ways[link] for link in flows_on_map(data).link]
    ends = {tuple(end) for way in ways for end in way[[0, -1]]}
    touched = [name for name, at in data.geography.places.items() if tuple(at) in ends]
    assert sorted(t.get_text() for t in names(ax)) == sorted(
        data.geography.labels[name] for name in touched
    )


def test_names_written_at_their_points_would_overlap() -> None:
    """Negative control: without placing, many lie on each other."""
    data = traffic(shipped("baseline-2024"))
    ax = plot_map(data, ax=canvas(width_cm=FULL_CM))
    for text in names(ax):
        text.set_position((4, 0))
    ax.get_figure(root=True).draw_without_rendering()  # type: ignore[union-attr]
    assert len(overlapping(names(ax))) > 5


def test_what_has_no_room_is_left_out() -> None:
    ax = canvas(width_cm=4, height_cm=3)
    crowd = np.tile([[0.5, 0.5]], (60, 1))
    placed = place_labels(ax, ["Constantinople"] * 60, crowd, size=8, avoid=np.empty((0, 2)))
    ax.get_figure(root=True).draw_without_rendering()  # type: ignore[union-attr]
    assert 0 < len(placed) < 60
    assert not overlapping(placed)


@pytest.mark.parametrize("by", ["route", "use", "delay"])
def test_flow_times_distance_on_the_map_is_that_of_the_ledger(by: str) -> None:
    """A stretch carries all links along it: TEU-km of stretches are those of links."""
    data = traffic(shipped("baseline-2024"))
    parts = stretches(data, data.links["use" if by == "use" else "delay_h"])
    on_map = sum(one.total * length_km(np.array(one.ends)) for one in parts)
    flows = flows_on_map(data)
    in_ledger = sum(
        teu * length_km(data.geography.ways[link])
        for link, teu in zip(flows.link, flows.teu_per_yr, strict=True)
    )
    assert on_map == pytest.approx(in_ledger)


def test_widths_are_square_roots_of_flows() -> None:
    data = traffic(small())
    ax = plot_map(data, by="use", ax=canvas(width_cm=FULL_CM))
    flow = data.flows.set_index("link").teu_per_yr
    found = drawn(ax)
    assert [wide for _, wide, _ in found] == pytest.approx(
        [WIDEST * np.sqrt(f / flow.max()) for f in sorted(flow, reverse=True)]
    )
    ends = {way for way, _, _ in found}
    assert ends == {((50, 40), (51, 40)), ((51, 40), (52, 40)), ((52, 40), (53, 40))}


def test_by_route_stripes_are_as_wide_as_their_shares_in_the_colours_of_the_routes() -> None:
    data = traffic(small())
    flows = data.flows[data.flows.link == "a-b"]
    shared = flows.assign(route="suez", teu_per_yr=flows.teu_per_yr / 4)
    both = replace(data, flows=pd.concat([data.flows, shared], ignore_index=True))
    ax = plot_map(both, by="route", ax=canvas(width_cm=FULL_CM))
    here = [stripe for stripe in drawn(ax) if stripe[0] == ((50, 40), (51, 40))]
    (_, outer, below), (_, inner, above) = here
    assert inner / outer == pytest.approx(4 / 5)
    assert below[:3] == pytest.approx(_rgb(colour("suez")))
    assert above[:3] == pytest.approx(_rgb(colour("r")))


def _rgb(shade: str) -> tuple[float, ...]:
    return tuple(int(shade[i : i + 2], 16) / 255 for i in (1, 3, 5))


def test_values_of_a_stretch_are_means_of_its_links_by_flow() -> None:
    data = traffic(small())
    twice = data.flows[data.flows.link == "a-b"].assign(link="twin", teu_per_yr=100.0)
    ways = {**data.geography.ways, "twin": data.geography.ways["a-b"][::-1]}
    flows = pd.concat([data.flows, twice], ignore_index=True)
    both = replace(data, flows=flows, geography=replace(data.geography, ways=ways))
    value = data.links.use.copy()
    value["a-b"], value["twin"] = 0.5, 1.0
    own = float(data.flows.set_index("link").teu_per_yr["a-b"])
    (one,) = [s for s in stretches(both, value) if s.ends == ((50.0, 40.0), (51.0, 40.0))]
    assert one.total == pytest.approx(own + 100)
    assert one.value == pytest.approx((0.5 * own + 100) / (own + 100))


def test_without_traffic_the_map_says_so() -> None:
    data = traffic(nothing())
    bare = replace(data, flows=data.flows.iloc[:0])
    ax = plot_map(bare, ax=canvas())
    assert "Nothing moved" in ax.texts[0].get_text()


@pytest.mark.parametrize("by", ["route", "use", "delay"])
def test_a_map_of_one_flow_is_drawn(by: str) -> None:
    data = traffic(small())
    one = replace(data, flows=data.flows.iloc[:1])
    ax = plot_map(one, by=by, ax=canvas(width_cm=COLUMN_CM))  # type: ignore[arg-type]
    assert len(drawn(ax)) == 1
    assert len(panels(ax)) == 1


def test_the_same_map_has_the_same_bytes(tmp_path: Path) -> None:
    data: Traffic = traffic(small())
    one, two = (
        save(plot_map(data, by="delay", ax=canvas()), tmp_path / f"{i}.svg") for i in range(2)
    )
    assert one.read_bytes() == two.read_bytes()


def test_the_canvas_is_as_wide_as_asked_and_no_taller_than_a_page() -> None:
    ax = plot_map(traffic(shipped("baseline-2024")), ax=canvas(width_cm=FULL_CM))
    assert ax.figure.get_figwidth() / CM == pytest.approx(FULL_CM)  # type: ignore[union-attr]
    assert ax.figure.get_figheight() / CM < 29.7  # type: ignore[union-attr]
