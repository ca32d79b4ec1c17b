"""Figures of tables: what is drawn is the table; words stay inside and apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from looked import check_words, compared, ran, small_case
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

import corridor_sim as cs
from corridor_sim.experiments.distribution import transit_times
from corridor_sim.experiments.run import Comparison, Run
from corridor_sim.experiments.ways import PRICE, ways
from corridor_sim.figures.differences import plot_differences
from corridor_sim.figures.marks import names, shared
from corridor_sim.figures.registry import Choice
from corridor_sim.figures.scenarios import plot_scenarios
from corridor_sim.figures.staircase import plot_cost_distance, plot_time_distance
from corridor_sim.figures.style import COLUMN_CM, FULL_CM, ROUTES, canvas, colour, save
from corridor_sim.figures.tables import chosen, measures
from corridor_sim.figures.transit import plot_transit
from corridor_sim.figures.utilisation import USES, plot_utilisation
from corridor_sim.figures.waterfall import plot_waterfall

Figured = tuple[Callable[[Comparison | Run], pd.DataFrame], Callable[..., Axes]]


def runs(of: Comparison | Run) -> list[Run]:
    return [of] if isinstance(of, Run) else [of.baseline, *of.others]


def differing(of: Comparison | Run) -> pd.DataFrame:
    """Differences of a comparison; beside a single run some as large as its figures."""
    table = measures(of)
    if isinstance(of, Run):
        ends = {"diff": "mean", "diff_ci_low": "rep_p10", "diff_ci_high": "rep_p90"}
        table = table.assign(**{name: table[given] for name, given in ends.items()})
    return table


ALL: dict[str, Figured] = {
    "transit": (lambda of: transit_times(runs(of)), plot_transit),
    "scenarios": (measures, plot_scenarios),
    "differences": (differing, plot_differences),
    "utilisation": (measures, plot_utilisation),
    "waterfall": (lambda of: ways(runs(of)), plot_waterfall),
    "time-distance": (lambda of: ways(runs(of)), plot_time_distance),
    "cost-distance": (lambda of: ways(runs(of)), plot_cost_distance),
}


@pytest.mark.parametrize("width", [COLUMN_CM, pytest.param(FULL_CM, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "of", ["small", "baseline-2024", pytest.param("crisis-2022", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("name", list(ALL))
def test_words_stay_on_the_canvas_and_apart(name: str, of: str, width: float) -> None:
    data, plot = ALL[name]
    ax = plot(data(compared() if of == "small" else ran(of)), ax=canvas(width_cm=width))
    check_words(ax)
    assert ax.get_xlabel()


@pytest.mark.parametrize("name", list(ALL))
def test_no_rows_make_a_sentence(name: str) -> None:
    data, plot = ALL[name]
    ax = plot(data(compared()).iloc[:0], ax=canvas(width_cm=COLUMN_CM))
    check_words(ax)
    assert len(ax.texts) == 1
    assert not ax.lines
    assert not ax.patches


ONE_ROW = {
    "transit": "hour > 0", "scenarios": "measure == 'transit_p50'",
    "differences": "measure == 'transit_p90' and scenario == 'more'",
    "utilisation": "measure == 'utilisation'", "waterfall": "what == 'haul'",
    "time-distance": "what == 'haul'", "cost-distance": "what == 'price'",
}  # fmt: skip


@pytest.mark.parametrize("name", list(ALL))
def test_one_row_makes_a_figure(name: str) -> None:
    data, plot = ALL[name]
    table = data(compared()).query(ONE_ROW[name])
    own = table.query("route == 'r'") if (table.route == "r").any() else table
    ax = plot(own.iloc[:1], ax=canvas(width_cm=COLUMN_CM))
    check_words(ax)
    assert ax.lines or ax.patches


@pytest.mark.parametrize("name", list(ALL))
def test_results_and_their_tables_make_the_same_bytes(name: str, tmp_path: Path) -> None:
    data, plot = ALL[name]
    of = compared()
    one, two = (
        save(plot(given, ax=canvas()), tmp_path / f"{i}.svg")
        for i, given in enumerate((of, data(of)))
    )
    assert one.read_bytes() == two.read_bytes()


def test_the_caption_states_n_and_the_level_of_the_intervals() -> None:
    ax = plot_scenarios(compared(), ax=canvas())
    told = " ".join(text.get_text() for text in ax.figure.texts).replace("\N{NO-BREAK SPACE}", " ")
    assert "n = 3 replications, 95 % intervals." in " ".join(told.split())


def test_the_line_of_transit_times_is_the_share_delivered() -> None:
    table = transit_times([compared().baseline])
    ax = plot_transit(table, ax=canvas())
    own = table[(table.route == "r") & (table.segment == "all")]
    west = own[own.direction == "westbound"]
    days, share = (np.asarray(values) for values in ax.lines[0].get_data())
    total = west.consignments.sum()
    for day in (4, 6, 9):
        counted = west.consignments[west.hour < 24 * day].sum() / total
        assert np.interp(day, days, share) == pytest.approx(counted, abs=0.02)
    assert to_hex(ax.lines[0].get_color()).upper() == colour("r").upper()


def test_boxes_of_scenarios_are_the_intervals_of_the_table() -> None:
    table = measures(compared())
    ax = plot_scenarios(table, ax=canvas())
    own = table.query("direction == 'westbound' and segment == 'all' and route == 'r'")
    wanted = {
        (round(row.ci_low, 6), round(row.ci_high, 6))
        for row in rows_of(own[own.measure.isin(["transit_p50", "transit_p90"])])
        if np.isfinite([row.ci_low, row.ci_high]).all()
    }
    assert {(round(b.get_x(), 6), round(b.get_x() + b.get_width(), 6)) for b in bars(ax)} == wanted


def test_the_forest_holds_every_difference_or_names_it() -> None:
    of = compared()
    table = measures(of)
    ax = plot_differences(of, ax=canvas())
    own = table.query("measure == 'transit_p90' and segment == 'all' and scenario == 'more'")
    drawn = {
        tuple(np.round(np.asarray(line.get_xdata(), float), 6))
        for line in ax.lines if len(np.asarray(line.get_xdata())) == 2
    }  # fmt: skip
    for row in rows_of(own):
        ends = (round(row.diff_ci_low, 6), round(row.diff_ci_high, 6))
        told = " ".join(ax.figure.texts[-1].get_text().split())
        assert ends in drawn or (ends == (0, 0) and row.direction in told)
    assert len(drawn) > 2


def test_bars_of_use_are_the_shares_of_the_table() -> None:
    table = measures(compared().baseline)
    ax = plot_utilisation(table, ax=canvas())
    named = [label.get_text().replace("\n", "") for label in ax.get_yticklabels()]
    own = table[table.measure.isin(USES)].set_index("segment")["mean"]
    assert {name: bar.get_width() for name, bar in zip(named, bars(ax), strict=True)} == (
        pytest.approx(dict(own))
    )


def test_the_waterfall_ends_at_the_mean_transit_time() -> None:
    of = compared().baseline
    ax = plot_waterfall(of, ax=canvas())
    table = of.table()
    pair = ways([of]).pair.iloc[0]
    (mean,) = table[
        (table.measure == "transit_mean") & (table.route == "r") & (table.segment == pair)
    ]["mean"]  # fmt: skip
    *parts, whole = bars(ax)
    assert whole.get_width() == pytest.approx(mean)
    assert sum(bar.get_width() for bar in parts) == pytest.approx(mean)
    begins = [bar.get_x() for bar in parts]
    assert begins == pytest.approx([0, *np.cumsum([bar.get_width() for bar in parts])[:-1]])


def test_staircases_end_at_the_mean_and_at_the_price() -> None:
    of = compared().baseline
    table = ways([of])
    west = table[table.direction == "westbound"]
    for plot, column, own in (
        (plot_time_distance, "hours", west[west.what != PRICE]),
        (plot_cost_distance, "usd_per_feu", west[west.what == PRICE]),
    ):
        (line,) = plot(of, ax=canvas()).lines
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        scale = 24 if column == "hours" else 1
        assert x[-1] == pytest.approx(own.km.sum()) == pytest.approx(300)
        assert y[-1] == pytest.approx(own[column].sum() / scale)
        assert (np.diff(y) >= 0).all()


def test_names_leave_out_what_scenarios_share_and_say_it_once() -> None:
    given = ["a/b.yaml+c,span.measure_d=9,x.y=1", "d,span.measure_d=9"]
    assert names(given) == {given[0]: "b+c,y=1", given[1]: "d"}
    assert shared(given) == "With measure_d=9."
    alike = names(["a/x.yaml", "b/x.yaml"])
    assert len(set(alike.values())) == 2


def test_routes_keep_a_colour_that_is_told_apart_by_all_eyes() -> None:
    """Machado, Oliveira & Fernandes (2009), doi:10.1109/TVCG.2009.113, at full severity.

    Distances are in sRGB of 255; two tones of one family may also differ in line and marker.
    """
    eyes = {
        "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
        "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
        "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
    }
    shades = {r: np.array([int(colour(r)[i : i + 2], 16) for i in (1, 3, 5)]) for r in ROUTES}
    for eye, matrix in eyes.items():
        seen = {route: np.array(matrix) @ linear(shade) for route, shade in shades.items()}
        for i, one in enumerate(ROUTES):
            for other in ROUTES[i + 1 :]:
                apart = float(np.abs(srgb(seen[one]) - srgb(seen[other])).sum())
                assert apart > 30, (eye, one, other, apart)


def linear(shade: Any) -> Any:
    x = shade / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)


def srgb(x: Any) -> Any:
    x = np.clip(x, 0, 1)
    return 255 * np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)


def bars(ax: Axes) -> list[Rectangle]:
    return [bar for group in ax.containers for bar in group]


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    return table.itertuples()


def test_a_segment_that_is_chosen_is_drawn_and_named() -> None:
    options = cs.Options(replications=(0, 1, 2), segments=(cs.segment("b..c"),))
    of = cs.compare(cs.simulate([small_case(), small_case("more", teu_a_day=12)], options))
    only = Choice(folders=(), segment="b..c")
    times, table = chosen(transit_times([of.baseline]), only), chosen(measures(of), only)
    for ax in (plot_transit(times, ax=canvas()), plot_scenarios(table, ax=canvas())):
        assert "westbound, b..c" in ax.get_title(loc="left") + "".join(
            text.get_text() for text in ax.figure.texts
        )
    whole = plot_transit(transit_times([of.baseline]), ax=canvas())
    part = plot_transit(times, ax=canvas())
    longest = (np.asarray(ax.lines[0].get_xdata(), float).max() for ax in (part, whole))
    assert next(longest) < next(longest)
    names = [label.get_text() for label in plot_differences(table, ax=canvas()).get_yticklabels()]
    assert "r westbound b..c" in names


def test_elements_differ_by_their_own_names() -> None:
    only = Choice(folders=(), measure="utilisation")
    ax = plot_differences(chosen(measures(compared()), only), ax=canvas())
    told = [label.get_text() for label in ax.get_yticklabels()] + [ax.figure.texts[-1].get_text()]
    assert "gate" in " ".join(told)
    assert "all routes" not in " ".join(told)
