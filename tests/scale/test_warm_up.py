"""Warm-up: known transients, seasons, overload; MSER-5 and Welch's t by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from one_gate import small
from scipy import stats
from worlds import changing, date, station

from corridor_sim.errors import UsageError
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.season import held, seasonal
from corridor_sim.experiments.warm_up import (
    FILLED,
    OVERLOADED,
    WEEKS,
    WarmUp,
    mser5,
    two_years,
    warm_up,
    welch,
)

OPTIONS = Options(replications=tuple(range(8)))


def looked_at(case: Case) -> WarmUp:
    return warm_up(case, OPTIONS)


def shut_at_first(days: int, **more: Any) -> Case:
    """A station that is shut for the first days: a transient of known length."""
    windows = [{"start": date(-1), "end": date(days)}]
    closures: Mapping[str, Any] = {"works": {"kind": "dated", "on": ["gate"], "windows": windows}}
    return small(closures=closures, **more)


def test_welch_is_that_of_scipy() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(1, 2, (9, 4)), rng.normal(0, 1, (9, 4))
    second[:3, 1] = np.nan
    diff, half = welch(first, second, level=0.9)
    for week in range(4):
        other = second[:, week][~np.isnan(second[:, week])]
        known = stats.ttest_ind(first[:, week], other, equal_var=False).confidence_interval(0.9)
        assert diff[week] - half[week] == pytest.approx(known.low)
        assert diff[week] + half[week] == pytest.approx(known.high)
    _, none = welch(first[:, :1], np.full((9, 1), np.nan), level=0.9)
    assert np.isnan(none).all()


def test_mser5_cuts_where_the_standard_error_of_what_is_left_is_least() -> None:
    series = np.concatenate([np.full(20, 9.0), np.tile([1.0, 2.0], 90)])
    assert mser5(series) == 20
    assert mser5(np.tile([1.0] * 5 + [2.0] * 5, 18)) == 0
    batches = series.reshape(-1, 5).mean(axis=1)
    errors = [b.var() / len(b) for b in (batches[d:] for d in range(len(batches) // 2))]
    assert mser5(series) == 5 * int(np.argmin(errors))


def test_a_corridor_that_is_filled_at_once_needs_at_most_a_week() -> None:
    found = looked_at(small(teu=1500))
    assert [f.verdict for f in found.fillings] == [FILLED, FILLED]
    assert found.needed_d is not None
    assert found.needed_d <= 7
    assert found.mser5_d is not None
    assert (list(found.seasonal), list(found.dated)) == ([], [])


def test_a_transient_of_known_length_is_found() -> None:
    """Shut for 42 days at load 1/4: the queue of 42 x 1/4 days' work is gone after 14 days more."""
    found = looked_at(shut_at_first(42, teu=1095))
    assert found.needed_d in (49, 56, 63)
    first = found.fillings[0]
    assert first.left_low_d is not None
    assert first.left_high_d is not None
    assert first.left_low_d < 0 < first.left_high_d
    assert list(found.dated) == ["closures.works"]
    weeks = found.weeks[found.weeks["route"] == "all"]
    assert len(weeks) == WEEKS
    assert weeks["diff_d"].iloc[0] == pytest.approx(42 - 3.5 + 42 / 4 / 6, abs=2.5)
    assert (weeks["diff_low_d"].iloc[:5] > 0).all()


def test_where_stock_grows_no_warm_up_helps() -> None:
    found = looked_at(small(teu=5000))  # the station can do 4383
    assert {f.verdict for f in found.fillings} == {OVERLOADED}
    assert found.needed_d is None
    growth = found.fillings[0]
    per_year = (5000 - 4383) * 364 / 365.25
    assert growth.growth_low_teu < per_year < growth.growth_high_teu
    assert growth.growth_share == pytest.approx(per_year / 5000, abs=0.03)


def test_a_season_is_no_transient_and_leaves_out_mser5() -> None:
    months = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3]
    case = small(
        teu=2200, profiles={"p": {"weights": months}},
        flows={"w": {**small().scenario.flows["w"].model_dump(mode="json", exclude_unset=True),
                     "teu_per_year": 2200, "profile": "p"}},
    )  # fmt: skip
    assert seasonal(case.scenario) == ["flows.w"]
    found = looked_at(case)
    assert found.mser5_d is None
    assert found.needed_d is not None
    assert found.needed_d <= 14
    late = found.weeks["first_d"].iloc[44:48].mean()
    assert late > 1.5 * found.weeks["first_d"].iloc[10:30].mean()


def test_two_years_begin_empty_and_end_with_a_run_out() -> None:
    span = two_years(small(span={"warm_up_d": 7})).scenario.span
    assert (span.warm_up_d.value, span.measure_d.value, span.run_out_d.value) == (0, 728, 120)


def test_numbers_that_change_at_dates_are_held_as_in_the_measuring_part() -> None:
    """A server that goes in the second year would look like a corridor that fills up."""
    servers = changing(1, {30: 2, 400: 1})
    gate = station(hours=4, servers=servers, work_cv=0.5)
    case = small(teu=5000, stations={"gate": gate}, span={"warm_up_d": 60})
    given = two_years(case).scenario.stations["gate"].servers
    assert (given.value, given.changes) == (2, {})
    found = looked_at(case)
    assert list(found.held) == ["stations.gate.servers"]
    assert found.needed_d is not None
    assert found.needed_d <= 7


def test_demand_and_profiles_of_single_years_are_held_too() -> None:
    flow = small().scenario.flows["w"].model_dump(mode="json", exclude_unset=True)
    uneven = {"weights": [1] * 12, "years": {2024: [1] * 11 + [2], 2025: [3] * 12}}
    flow |= {"teu_per_year": 1000, "teu_in_years": {2024: 2000, 2025: 4000}, "profile": "p"}
    case = small(flows={"w": flow}, profiles={"p": uneven})
    steady, paths = held(case.scenario, at=dt.date(2024, 6, 1))
    assert paths == ["flows.w.teu_in_years", "profiles.p.years"]
    assert [steady.flows["w"].teu_in(year) for year in (2024, 2025, 2026)] == [2000] * 3
    assert [w.value for w in steady.profiles["p"].weights] == [1] * 11 + [2]
    assert not steady.profiles["p"].years


def test_too_few_replications_are_refused() -> None:
    with pytest.raises(UsageError, match="at least 5 replications"):
        warm_up(small(stations={"gate": station(hours=4)}), Options(replications=(0, 1)))
