"""What a shock does, on a world small enough to be worked by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from worlds import Part, cargo, date, link, route, scenario, station, timetable

from corridor_sim.errors import UsageError
from corridor_sim.experiments.aftermath import backlogs, curves, shock_rows
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.recovery import days_to_recover, recovered
from corridor_sim.experiments.shock import Shocked, shock, undisturbed
from corridor_sim.experiments.twins import matched
from corridor_sim.experiments.weeks import WEEK, Weeks
from corridor_sim.measures.rows import Group
from corridor_sim.model import DAY
from corridor_sim.scenario.schema import Scenario

WEST = Group("by-gate", "westbound", "all")
ALL = WEST._replace(route="all")
GOODS = {"cargo_value_usd_per_feu": 10_000, "value_of_time_pct_per_day": 1}
PRICE = {"westbound": 100, "eastbound": 100}


def world(*, boxes: int = 730, **more: Any) -> Case:
    """Boxes come all the year, two a day; each takes an hour at the gate, and a train.

    Trains round the gate take five days; who has a choice takes them when the gate is quoted long.
    """
    given = cargo("ab", [0] * boxes, route="by-gate").words | GOODS
    words: Part = scenario(
        days=160,
        links={
            "a-b": link("ab", hours=2, tariff_usd_per_feu=PRICE),
            "round": link("ab", hours=120, tariff_usd_per_feu=PRICE),
        },
        stations={"gate": station(hours=1)},
        services={
            "short": timetable("ab", places=2, headway_h=4, chain=["a-b"]),
            "long": timetable("ab", places=2, headway_h=4, chain=["round"]),
        },
        routes={
            "by-gate": route(westbound=["gate", "short"]), "by-land": route(westbound=["long"])
        },
        flows={"w": given},
    )  # fmt: skip
    words["span"] |= {"measure_d": 130, "run_out_d": 30}
    made = Scenario.model_validate(words | more)
    return Case("toy", made, made.model_dump_json(exclude_unset=True))


def closed(first: int, days: int, **more: Any) -> Part:
    return {"s": {"on": ["gate"], "start": date(first), "lasts_d": days, **more}}


def looked_at(case: Case, *, engine: str = "event", **more: Any) -> Shocked:
    return shock(case, Options(replications=(0, 1), engine=engine), **more)


def told(given: Shocked, group: Group = WEST) -> dict[str, float | None]:
    return {r.measure: r.estimate.estimate for r in shock_rows(given) if r.group == group}


def test_a_closure_delays_what_comes_meanwhile_and_is_recovered_from() -> None:
    """Ten days shut from day 60: twenty boxes wait, eighteen of them over a day, half of ten days
    each; they are gone within a day.
    """
    given = looked_at(world(shocks=closed(60, 10)))
    found = told(given)
    assert found["delayed_teu"] == pytest.approx(2 * 18, abs=8)
    assert found["backlog_teu"] == pytest.approx(2 * 20, abs=10)
    assert found["diverted_teu"] == found["lost_teu"] == found["unfinished_teu"] == 0
    cohort, each = found["cohort_teu"], found["delay_d"]
    assert cohort is not None
    assert each is not None
    assert cohort * each == pytest.approx(2 * 20 * 5, rel=0.3)
    assert found["shock_cost_time_usd"] == pytest.approx(cohort / 2 * each * 100)
    assert found["shock_cost_price_usd"] == found["shock_cost_reliability_usd"] == 0
    assert found["recovery_censored"] == 0
    # the last week with cargo that waited is that of day 63; four weeks on it is forgotten
    assert found["recovery_p50"] in (pytest.approx(31, abs=0.1), pytest.approx(38, abs=0.1))
    where = backlogs(given)
    assert set(where["element"]) == {"gate"}
    assert set(where["date"].astype(str)) == {date(69)}


@pytest.mark.parametrize("shocks", [closed(60, 10, probability=0), closed(159, 1)])
def test_no_shock_no_difference(shocks: Part) -> None:
    for group in (WEST, ALL):
        found = told(looked_at(world(shocks=shocks)), group)
        assert {m: v for m, v in found.items() if m != "cohort_teu" and v != 0} == {}


def test_both_engines_tell_the_same() -> None:
    case = world(shocks=closed(60, 10, ramp_up_d=5))
    one, other = (looked_at(case, engine=name) for name in ("event", "array"))
    assert shock_rows(one) == shock_rows(other)
    assert curves(one).equals(curves(other))
    assert backlogs(one).equals(backlogs(other))


def test_cargo_that_chooses_is_diverted_and_pays_in_time() -> None:
    def case(shocks: Part) -> Case:
        base = world().scenario.model_dump(mode="json", exclude_unset=True)
        flow = {k: v for k, v in base["flows"]["w"].items() if k != "routes"}
        free = {"constant_usd_per_feu": 0}
        choice = {"scale_usd_per_feu": 1, "routes": {"by-gate": free, "by-land": free}}
        return world(shocks=shocks, flows={"w": flow | {"choice": choice}})

    found = told(looked_at(case(closed(60, 20))))
    moved = found["diverted_teu"]
    assert moved is not None
    assert 2 * 2 * 10 < moved < 2 * 2 * 20
    assert found["lost_teu"] == moved
    land = told(looked_at(case(closed(60, 20))), ALL)
    assert land["diverted_teu"] == land["gained_teu"] == moved
    assert land["lost_teu"] == 0


def test_a_shut_end_of_the_run_is_censored() -> None:
    given = looked_at(world(shocks=closed(70, 85)))
    found = {r.measure: r.estimate for r in shock_rows(given) if r.group == WEST}
    assert found["recovery_p50"].estimate is None
    assert found["recovery_p50"].beyond == pytest.approx(22 * 7 - 70, abs=7)
    assert found["recovery_censored"].estimate == 1


def test_curves_have_a_row_a_week() -> None:
    table = curves(looked_at(world(shocks=closed(60, 10))))
    own = table[table["route"] == "by-gate"].reset_index(drop=True)
    assert len(own) == 160 // 7
    assert (own["transit_d"][:8] == own["twin_d"][:8]).all()
    assert own["diff_d"][9] > 1
    assert own["diff_ci_low"][9] < own["diff_d"][9] < own["diff_ci_high"][9]


def test_a_twin_is_named_or_there_are_shocks() -> None:
    with pytest.raises(UsageError, match="has no `shocks`"):
        undisturbed(world())
    with pytest.raises(UsageError, match="different periods"):
        looked_at(world(), against=Case("x", world().scenario.replace({"span.measure_d": 9}), ""))


def test_consignments_are_matched_by_flow_year_and_number() -> None:
    few, many = (shock_models(boxes) for boxes in (10, 15))
    mine, its = matched(few, many)
    assert mine.tolist() == its.tolist() == list(range(10))


def shock_models(boxes: int) -> Any:
    from corridor_sim.compile import compile_scenario

    return compile_scenario(world(boxes=boxes).scenario, name="x")


def weeks(days: list[float], *, left: int | None = None) -> Weeks:
    """One TEU a week that takes so many days; those from week `left` on are not delivered."""
    each = np.array(days, np.float64)
    done = np.arange(len(each)) < (len(each) if left is None else left)
    return Weeks(np.ones(len(each)), done.astype(float), each * done)


TEN = [10.0] * 30


@pytest.mark.parametrize(
    ("own", "days"),
    [
        (TEN, 0),
        ([*TEN[:8], 20.0, *TEN[9:]], 12 * 7 - 56),  # four weeks of the mean after week 8
        ([*TEN[:8], 13.0, *TEN[9:]], 0),  # 0.75 d of 10 are within the band
        ([*TEN[:8], 20.0, *TEN[9:15], 20.0, *TEN[16:]], 19 * 7 - 56),  # not calm for eight weeks
        ([*TEN[:8], *[20.0] * 22], math.inf),
        ([*TEN[:26], 20.0, *TEN[27:]], math.inf),  # nobody sees eight calm weeks
    ],
)
def test_days_to_recover_by_hand(own: list[float], days: float) -> None:
    assert days_to_recover(weeks(own), weeks(TEN), begin=56 * DAY) == days


def test_weeks_that_the_twin_does_not_finish_are_not_judged() -> None:
    assert days_to_recover(weeks(TEN, left=20), weeks(TEN, left=20), begin=0) == 0
    assert days_to_recover(weeks(TEN, left=18), weeks(TEN, left=20), begin=0) == math.inf


def test_the_censored_rank_last() -> None:
    found = recovered([7, 14, math.inf, math.inf], q=0.5, level=0.9, horizon_d=50)
    assert found.estimate == pytest.approx(14, abs=0.05)
    found = recovered([7, math.inf, math.inf], q=0.5, level=0.9, horizon_d=50)
    assert found.estimate is None
    assert found.beyond == 50
    assert WEEK == 7 * DAY
