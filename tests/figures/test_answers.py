"""Figures of answers: sweeps, sensitivity, bottlenecks, observations, warm-up, months."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from looked import check_words, nothing, ranged, shipped, small, small_case
from matplotlib.axes import Axes

import corridor_sim as cs
from corridor_sim.experiments.months import monthly
from corridor_sim.figures.answers import effects, indices, observed, weeks, worths
from corridor_sim.figures.calibration import plot_calibration
from corridor_sim.figures.heat import plot_heat, plot_sweep
from corridor_sim.figures.shares import plot_shares
from corridor_sim.figures.style import COLUMN_CM, FULL_CM, canvas, colour, save
from corridor_sim.figures.tornado import plot_sobol, plot_tornado
from corridor_sim.figures.warm_up import plot_warm_up
from corridor_sim.figures.waterfall import plot_waterfall
from corridor_sim.figures.worth import plot_worth

TWO = cs.Options(replications=(0, 1))


@cache
def sensitivity() -> Any:
    return cs.sensitivity(ranged(), "transit_mean", TWO, trajectories=3, keep=1, base_samples=4)


@cache
def bottlenecks() -> Any:
    return cs.bottlenecks(small_case(days=20), TWO, steps=1)


@cache
def warm_up() -> Any:
    return cs.warm_up(small_case(days=20, teu_a_day=4), cs.Options(replications=tuple(range(5))))


@cache
def swept(*, two: bool) -> pd.DataFrame:
    cases = [
        {"services.train.places_teu": places, "services.shuttle.headway_h": headway}
        if two else {"services.train.places_teu": places}
        for places in (6, 10, 14) for headway in ((12, 24) if two else (0,))
    ]  # fmt: skip
    return cs.sweep(small_case(days=20), cases, TWO)


def rows_observed() -> pd.DataFrame:
    """A row inside its band, one outside, one without cargo."""
    row = {
        "scenario": "small", "route": "r", "direction": "westbound", "segment": "a:d",
        "month": "", "measure": "transit_mean", "unit": "d", "low": 3.0, "high": 5.0, "n": 2,
        "mean": 4.5, "ci_low": 4.2, "ci_high": 4.8, "p10": 3.5, "p90": 6.0, "verdict": "inside",
        "error_pct": 12.5, "use": "test", "kind": "observed", "source": "x", "missing": "",
    }  # fmt: skip
    none = dict.fromkeys(("mean", "ci_low", "ci_high", "p10", "p90"), None)
    high = {"mean": 9.0, "ci_low": 8.0, "ci_high": 10.0, "verdict": "above", "use": "fitted"}
    return pd.DataFrame([
        row, {**row, **high},
        {**row, **none, "verdict": "no cargo", "segment": "b:c", "use": "claim"},
    ])  # fmt: skip


ALL: dict[str, tuple[Callable[[], pd.DataFrame], Callable[..., Axes]]] = {
    "tornado": (lambda: effects(sensitivity()), plot_tornado),
    "sobol": (lambda: indices(sensitivity()), plot_sobol),
    "worth": (lambda: worths(bottlenecks()), plot_worth),
    "waterfall": (lambda: bottlenecks().time(), plot_waterfall),
    "heat": (lambda: swept(two=True), plot_heat),
    "sweep": (lambda: swept(two=False), plot_sweep),
    "warm-up": (lambda: weeks(warm_up()), plot_warm_up),
    "calibration": (rows_observed, plot_calibration),
}


@pytest.mark.parametrize("width", [COLUMN_CM, pytest.param(FULL_CM, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", list(ALL))
def test_words_stay_on_the_canvas_and_apart(name: str, width: float) -> None:
    data, plot = ALL[name]
    ax = plot(data(), ax=canvas(width_cm=width))
    check_words(ax)
    assert ax.get_xlabel()


@pytest.mark.parametrize("name", list(ALL))
def test_no_rows_make_a_sentence_and_one_row_a_figure(name: str) -> None:
    data, plot = ALL[name]
    none = plot(data().iloc[:0], ax=canvas(width_cm=COLUMN_CM))
    check_words(none)
    assert len(none.texts) == 1
    check_words(plot(data().iloc[:1], ax=canvas(width_cm=COLUMN_CM)))


@pytest.mark.parametrize("name", list(ALL))
def test_the_same_figure_has_the_same_bytes(name: str, tmp_path: Path) -> None:
    data, plot = ALL[name]
    one, two = (save(plot(data(), ax=canvas()), tmp_path / f"{i}.svg") for i in range(2))
    assert one.read_bytes() == two.read_bytes()


def test_answers_are_drawn_as_they_are() -> None:
    for plot, answer in (
        (plot_tornado, sensitivity()), (plot_sobol, sensitivity()), (plot_worth, bottlenecks()),
        (plot_waterfall, bottlenecks()), (plot_warm_up, warm_up()),
    ):  # fmt: skip
        ax = plot(answer, ax=canvas())
        assert ax.patches or ax.lines


def test_bars_of_the_tornado_are_as_long_as_mu_star_towards_its_sign() -> None:
    table = effects(sensitivity()).sort_values("mu_star", ascending=False, kind="stable")
    ax = plot_tornado(table, ax=canvas())
    drawn = [bar.get_width() for bar in bars(ax) if bar.get_height() == pytest.approx(0.62)]
    sure = table[table.mu.abs() >= 0.9 * table.mu_star]
    for mu, mu_star in zip(sure.mu, sure.mu_star, strict=True):
        assert any(width == pytest.approx(np.sign(mu) * mu_star) for width in drawn)
    lowered = table.assign(mu=-table.mu_star)
    assert min(bar.get_width() for bar in bars(plot_tornado(lowered, ax=canvas()))) < 0


def test_shares_of_variance_are_the_table() -> None:
    table = indices(sensitivity())
    drawn = [bar.get_width() for bar in bars(plot_sobol(table, ax=canvas()))]
    assert sorted(drawn) == pytest.approx(sorted([*table.st, *table.s1]))


def test_points_of_worth_are_days_saved_and_hollow_where_not_told_from_zero() -> None:
    table = worths(bottlenecks())
    ax = plot_worth(table, ax=canvas())
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    column = "teu_per_yr" if table.ranked_by.iloc[0] == "throughput_teu" else "days_saved"
    kept = table.groupby(["step", "size"], sort=False).head(8)
    drawn = sorted(float(np.asarray(dot.get_xdata())[0]) for dot in dots)
    assert drawn == pytest.approx(sorted(kept[column]))
    hollow = sum(dot.get_markerfacecolor() == "white" for dot in dots)
    assert hollow == (~kept.told_from_zero.astype(bool)).sum()


def test_cells_of_the_heat_map_are_the_sweep() -> None:
    table = swept(two=True)
    ax = plot_heat(table, ax=canvas())
    (image,) = ax.images
    own = table.query(
        "measure == 'transit_mean' and route == 'all' and direction == 'westbound'"
        " and segment == 'all'"
    )
    values = np.asarray(image.get_array())
    assert values.shape == (3, 2)
    assert values.ravel() == pytest.approx(own["mean"].to_numpy())
    written = {text.get_text() for text in ax.texts}
    assert len(ax.texts) == 6
    assert f"{own['mean'].iloc[0]:.1f}" in written


def test_the_line_of_a_sweep_has_the_intervals_of_its_route() -> None:
    table = swept(two=False)
    ax = plot_sweep(table, ax=canvas())
    own = table.query(
        "measure == 'transit_mean' and route == 'r' and direction == 'westbound'"
        " and segment == 'all'"
    )
    (line,) = ax.lines
    assert np.asarray(line.get_xdata()).tolist() == [6, 10, 14]
    assert np.asarray(line.get_ydata()) == pytest.approx(own["mean"].to_numpy())
    assert line.get_color() == colour("r")
    assert "two" in plot_sweep(swept(two=True), ax=canvas()).texts[0].get_text()


def test_bands_and_models_are_relative_to_the_middle_of_what_was_observed() -> None:
    ax = plot_calibration(rows_observed(), ax=canvas())
    band, *_ = bars(ax)
    assert (band.get_x(), band.get_width()) == pytest.approx((-25, 50))
    dots = [float(np.asarray(line.get_xdata()).ravel()[0]) for line in ax.lines
            if line.get_marker() in ("o", "X") and line.get_color() != "#767676"]  # fmt: skip
    assert dots[:2] == pytest.approx([12.5, 125])
    told = " ".join(ax.figure.texts[-1].get_text().split())
    assert "1 of 1 test rows" in told
    assert "0 of 1 fitted rows" in told


def test_a_fit_is_drawn_before_and_after() -> None:
    row = {"quantity": "r/transit_mean", "source": "x", "observed": 10.0, "sd": 1.0, "before": 14.0,
           "fitted": 10.5, "fresh": 11.0, "z": 0.5}  # fmt: skip
    ax = plot_calibration(pd.DataFrame([row]), ax=canvas())
    (band,) = bars(ax)
    assert (band.get_x(), band.get_width()) == pytest.approx((-20, 40))
    drawn = [float(np.asarray(line.get_xdata()).ravel()[0]) for line in ax.lines
             if line.get_marker() == "o"]  # fmt: skip
    assert drawn == pytest.approx([40, 10])
    assert observed(pd.DataFrame([row])).equals(pd.DataFrame([row]))


def test_weeks_of_both_years_are_drawn_with_the_warm_up_needed() -> None:
    found = warm_up()
    ax = plot_warm_up(found, ax=canvas())
    own = found.weeks.query("route == 'all' and direction == 'westbound'")
    second, first, *upright = ax.lines
    assert np.asarray(first.get_ydata()) == pytest.approx(own.first_d.to_numpy(), nan_ok=True)
    assert np.asarray(second.get_ydata()) == pytest.approx(own.second_d.to_numpy(), nan_ok=True)
    given = [day for day in (found.needed_d, found.own_d) if day is not None]
    assert [float(np.asarray(line.get_xdata())[0]) for line in upright] == given


@pytest.mark.parametrize("of", ["small", "baseline-2024"])
def test_shares_of_each_month_sum_to_one_and_are_those_of_the_cargo(of: str) -> None:
    data = monthly(small() if of == "small" else shipped(of))
    ax = plot_shares(data, ax=canvas(width_cm=COLUMN_CM))
    check_words(ax)
    tops: dict[float, float] = {}
    for bar in bars(ax):
        tops[bar.get_x()] = tops.get(bar.get_x(), 0) + bar.get_height()
    assert list(tops.values()) == pytest.approx([1] * data.table.month.nunique())
    first = data.table[data.table.month == data.table.month.min()]
    biggest = first.sort_values("teu").iloc[-1]
    heights = [bar.get_height() for bar in bars(ax)]
    assert any(h == pytest.approx(biggest.teu / first.teu.sum()) for h in heights)


def test_no_cargo_has_no_shares() -> None:
    data = monthly(nothing())
    empty = replace(data, table=data.table.iloc[:0])
    assert "Nothing was released" in plot_shares(empty, ax=canvas()).texts[0].get_text()


def bars(ax: Axes) -> list[Any]:
    return [bar for group in ax.containers for bar in group]


def test_a_heat_map_of_one_route_is_of_that_route() -> None:
    table = swept(two=True)
    assert set(table["route"]) == {"r", "all"}
    title = " ".join(text.get_text() for text in plot_heat(table, ax=canvas()).figure.texts)
    assert "r westbound" in title
    assert "all routes" not in title
