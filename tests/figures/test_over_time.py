"""Figures of one replication: what is drawn is the table; words stay inside and apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from looked import check_words, nothing, shipped, small
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from corridor_sim.errors import UsageError
from corridor_sim.experiments.cohorts import recovery
from corridor_sim.experiments.histories import cumulative, fleet, queue, space_time, yards
from corridor_sim.experiments.replay import Replay
from corridor_sim.figures.calendar import days_of
from corridor_sim.figures.over_time import (
    plot_cumulative,
    plot_fleet,
    plot_queue,
    plot_recovery,
    plot_yards,
)  # fmt: skip
from corridor_sim.figures.space_time import plot_space_time
from corridor_sim.figures.style import COLUMN_CM, FULL_CM, canvas, save

Figured = tuple[Callable[[Replay], Any], Callable[..., Axes]]


def twin(of: Replay) -> Any:
    return recovery(of, of, route=of.model.routes[0], direction="westbound")


ALL: dict[str, Figured] = {
    "space-time": (space_time, plot_space_time), "queue": (queue, plot_queue),
    "yards": (yards, plot_yards), "fleet": (fleet, plot_fleet),
    "cumulative": (cumulative, plot_cumulative), "recovery": (twin, plot_recovery),
}  # fmt: skip


@pytest.mark.parametrize("width", [COLUMN_CM, FULL_CM])
@pytest.mark.parametrize("of", ["small", "baseline-2024", "crisis-2022"])
@pytest.mark.parametrize("name", list(ALL))
def test_words_stay_on_the_canvas_and_apart(name: str, of: str, width: float) -> None:
    data, plot = ALL[name]
    given = small() if of == "small" else shipped(of)
    ax = plot(data(given), ax=canvas(width_cm=width))
    check_words(ax)
    assert ax.get_xlabel()
    assert ax.get_ylabel()


@pytest.mark.parametrize("name", list(ALL))
def test_no_rows_make_a_sentence_and_one_row_a_figure(name: str) -> None:
    data, plot = ALL[name]
    given = data(small())
    assert plot(replace(given, table=given.table.iloc[:0]), ax=canvas()).texts
    one = plot(replace(given, table=given.table.iloc[:1]), ax=canvas())
    check_words(one)
    assert not one.texts


@pytest.mark.parametrize("name", [name for name in ALL if name != "space-time"])
def test_next_to_no_cargo_is_no_error(name: str) -> None:
    data, plot = ALL[name]
    check_words(plot(data(nothing()), ax=canvas(width_cm=COLUMN_CM)))


def test_a_route_that_carried_nothing_is_told() -> None:
    with pytest.raises(UsageError, match="r carried nothing in replication 0"):
        space_time(nothing(), route="r")
    with pytest.raises(UsageError, match="no route 'rr'; did you mean r"):
        space_time(small(), route="rr")


@pytest.mark.parametrize("name", list(ALL))
def test_the_same_figure_has_the_same_bytes(name: str, tmp_path: Path) -> None:
    data, plot = ALL[name]
    given = data(small())
    one, two = (save(plot(given, ax=canvas()), tmp_path / f"{i}.svg") for i in range(2))
    assert one.read_bytes() == two.read_bytes()


def test_lines_of_rides_are_the_table_as_thick_as_their_cargo() -> None:
    data = space_time(small(), days=12)
    ax = plot_space_time(data, ax=canvas())
    (lines,) = [c for c in ax.collections if isinstance(c, LineCollection)]
    drawn = {tuple(np.asarray(way).ravel().round(6)) for way in lines.get_segments()}
    table = data.table
    assert drawn == {
        (round(a, 6), km, round(b, 6), to)
        for a, km, b, to in zip(
            days_of(table.left), table.km_left, days_of(table.reached), table.km_reached,
            strict=True,
        )
    }  # fmt: skip
    wide = np.array(lines.get_linewidth())
    teu = np.sort(table.teu.to_numpy())
    assert (np.diff(wide) >= 0).all()
    assert (wide - 0.25) / (wide.max() - 0.25) == pytest.approx(teu / teu.max())


def test_the_stretch_at_sea_is_blue_and_ports_are_named() -> None:
    ax = plot_space_time(space_time(small()), ax=canvas())
    (sea,) = ax.patches
    drawn = sea.get_extents().transformed(ax.transData.inverted())
    assert drawn.intervaly.tolist() == pytest.approx([200, 100])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["a  0", "b  100", "c  200", "d  300"]


def test_the_queue_is_drawn_point_by_point() -> None:
    data = queue(small(), element="train")
    ax = plot_queue(data, ax=canvas())
    steps, _ = ax.lines
    assert np.asarray(steps.get_ydata()).tolist() == data.table.waiting.tolist()
    assert np.asarray(steps.get_xdata()).tolist() == days_of(data.table.date).tolist()


def test_yards_show_stock_limit_and_embargo() -> None:
    data = yards(small())
    told = np.arange(len(data.table)) % 2 == 0
    ax = plot_yards(replace(data, table=data.table.assign(announced=told)), ax=canvas())
    stock, limit, banned = ax.lines
    assert np.asarray(stock.get_ydata()).tolist() == data.table.stock_teu.tolist()
    assert set(np.asarray(limit.get_ydata()).tolist()) == {30}
    assert (np.isfinite(np.asarray(banned.get_ydata(), float)) == told).all()


def test_bars_of_vessels_are_as_long_as_what_they_do() -> None:
    data = fleet(small(), days=15)
    ax = plot_fleet(data, ax=canvas())
    bars = [bar for group in ax.containers for bar in group]
    assert len(bars) == len(data.table)
    assert sum(bar.get_width() for bar in bars) == pytest.approx(2 * 15)
    assert ax.get_yticklabels()[0].get_text() == "one"


def test_lines_of_cargo_are_the_table() -> None:
    data = cumulative(small())
    released, delivered = plot_cumulative(data, ax=canvas()).lines
    assert np.asarray(released.get_ydata()) * 1000 == pytest.approx(data.table.released_teu)
    assert np.asarray(delivered.get_ydata()) * 1000 == pytest.approx(data.table.delivered_teu)


def test_recovery_draws_cohorts_their_mean_and_the_band_of_the_twin() -> None:
    data = twin(small())
    ax = plot_recovery(data, ax=canvas())
    other, cohorts, mean = (np.asarray(line.get_ydata(), float) for line in ax.lines)
    assert np.array_equal(cohorts, data.table.transit_d, equal_nan=True)
    assert np.array_equal(mean, data.table.moving_d, equal_nan=True)
    (band,) = ax.collections
    edge = np.asarray(band.get_paths()[0].vertices)[:, 1]
    assert edge.max() == pytest.approx(1.1 * np.nanmax(other))
    assert edge.min() == pytest.approx(0.9 * np.nanmin(other))
