"""Figures of a shock: what is drawn is the table; words stay inside and apart."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from looked import check_words, seen_texts, words
from matplotlib.axes import Axes
from worlds import date

import corridor_sim as cs
from corridor_sim.experiments.notebook import Recovery
from corridor_sim.figures.recovery import one_route, plot_backlog, plot_recovery
from corridor_sim.figures.style import COLUMN_CM, FULL_CM, canvas, save
from corridor_sim.scenario.schema import Scenario

PLOTS = {"recovery": plot_recovery, "backlog": plot_backlog}


@cache
def shut() -> Recovery:
    """The gate of a small corridor is shut for six days."""
    given = words(days=0)
    given["span"] |= {"measure_d": 120, "run_out_d": 20}
    given["shocks"] = {"s": {"on": ["gate"], "start": date(30), "lasts_d": 6}}
    scenario = Scenario.model_validate(given)
    case = cs.Case("small", scenario, scenario.model_dump_json(exclude_unset=True))
    return cs.recovery(case, cs.Options(replications=(0, 1)))


def weeks() -> pd.DataFrame:
    return shut().weeks()


@pytest.mark.parametrize("width", [COLUMN_CM, FULL_CM])
@pytest.mark.parametrize("plot", PLOTS.values(), ids=list(PLOTS))
def test_words_stay_on_the_canvas_and_apart(plot: Callable[..., Axes], width: float) -> None:
    ax = plot(shut(), ax=canvas(width_cm=width))
    check_words(ax)
    assert "n = 2 replications" in told(ax)


def told(ax: Axes) -> str:
    said = " ".join(text.get_text() for text in seen_texts(ax))
    return said.replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("plot", PLOTS.values(), ids=list(PLOTS))
def test_no_rows_make_a_sentence_and_one_row_a_figure(
    plot: Callable[..., Axes], tmp_path: Path
) -> None:
    table = weeks()
    assert not plot(table.iloc[:0], ax=canvas()).lines
    bare = pd.DataFrame(table.iloc[6:7])
    bare.attrs = {}
    for own in (table.iloc[6:7], bare):
        assert save(plot(own, ax=canvas()), tmp_path / "one.png").stat().st_size


def test_recovery_draws_cohorts_their_mean_and_the_band_of_the_twin() -> None:
    ax, own = plot_recovery(weeks(), ax=canvas()), one_route(weeks())
    own = own[own["twin_d"].notna()]  # what is judged
    assert set(own["route"]) == {"r"}
    assert set(own["direction"]) == {"westbound"}
    twin, cohorts, mean, recovered = (np.asarray(line.get_ydata(), float) for line in ax.lines)
    assert np.array_equal(cohorts, own["transit_d"], equal_nan=True)
    assert np.array_equal(mean, own["moving_d"], equal_nan=True)
    band, *_ = ax.collections
    edge = np.asarray(band.get_paths()[0].vertices)[:, 1]
    assert edge.max() == pytest.approx(1.1 * np.nanmax(twin))
    assert recovered.tolist() == [0, 1]
    median, missed = weeks().attrs["recovery"]["r westbound"]
    at = np.datetime64(date(30)) + np.timedelta64(int(median), "D")
    assert np.asarray(ax.lines[-1].get_xdata())[0] == (at - np.datetime64("1970-01-01")).astype(int)
    assert missed == 0


def test_what_is_not_seen_is_told() -> None:
    table = weeks()
    table.attrs["recovery"] = {"r westbound": [None, 2]}
    ax = plot_recovery(table, ax=canvas())
    assert len(ax.lines) == 3
    assert "Not recovered within the run in 2 of 2." in told(ax)


def test_the_backlog_is_the_difference_of_what_waits() -> None:
    ax, own = plot_backlog(weeks(), ax=canvas()), one_route(weeks())
    assert np.asarray(ax.lines[0].get_ydata()) == pytest.approx(own["backlog_teu"])
    difference = own["waiting_teu"] - own["twin_waiting_teu"]
    assert own["backlog_teu"].tolist() == pytest.approx(difference.tolist())
    assert own["backlog_teu"].max() > 10


def test_recovery_shows_itself_in_a_notebook() -> None:
    shown = shut()._repr_html_()
    assert "small beside small without s" in shown
    assert "n = 2 replications, 95 % intervals." in shown
    assert "<td>gate</td>" in shown
