"""What a shock does, on a world small enough to be worked by hand."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from worlds import Part, cargo, date, link, route, scenario, station, timetable

from corridor_sim.errors import UsageError
from corridor_sim.experiments.aftermath import Aftermath, aftermath, backlogs, too_short, weekly
from corridor_sim.experiments.losses import losses
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.recovery import Weeks, days_to_recover, recovered
from corridor_sim.experiments.shock import shocked
from corridor_sim.measures.rows import Group
from corridor_sim.scenario.schema import Scenario

WEST = Group("by-gate", "westbound", "all")
ALL = WEST._replace(route="all")
GOODS = {"cargo_value_usd_per_feu": 10_000, "value_of_time_pct_per_day": 1}
PRICE = {"westbound": 100, "eastbound": 100}


def world(*, boxes: int = 730, measure_d: int = 200, **more: Any) -> Case:
    """Boxes come all the year, two a day; each takes an hour at the gate, and a train.

    Trains round the gate take five days; who has a choice takes them when the gate is quoted long.
    """
    given = cargo("ab", [0] * boxes, route="by-gate").words | GOODS
    words: Part = scenario(
        days=0,
        links={
            "a-b": link("ab", hours=2, tariff_usd_per_feu=PRICE),
            "round": link("ab", hours=120, tariff_usd_per_feu=PRICE),
        },
        stations={"gate": station(hours=1)},
        services={
            "short": timetable("ab", places=40, headway_h=4, chain=["a-b"]),
            "long": timetable("ab", places=40, headway_h=4, chain=["round"]),
        },
        routes={
            "by-gate": route(westbound=["gate", "short"]), "by-land": route(westbound=["long"])
        },
        flows={"w": given},
    )  # fmt: skip
    words["span"] |= {"measure_d": measure_d, "run_out_d": 30}
    made = Scenario.model_validate(words | more)
    return Case("toy", made, made.model_dump_json(exclude_unset=True))


def closed(first: int, days: int, **more: Any) -> Part:
    return {"s": {"on": ["gate"], "start": date(first), "lasts_d": days, **more}}


@cache
def looked_at(case: Case, *, engine: str = "event", only: str | None = None) -> Aftermath:
    options = Options(replications=(0, 1), engine=engine)
    return aftermath(shocked(case, only=only), options)


def told(given: Aftermath, group: Group = WEST) -> dict[str, float | None]:
    return {r.measure: r.estimate.estimate for r in losses(given) if r.group == group}


def test_a_closure_costs_and_is_recovered_from() -> None:
    """Ten days shut from day 60: boxes wait five days each, and are gone within a day."""
    given = looked_at(world(shocks=closed(60, 10)))
    found = told(given)
    assert found["delayed_teu"] == pytest.approx(2 * 18, abs=10)
    assert found["diverted_teu"] == found["lost_teu"] == found["unfinished_teu"] == 0
    cohort, each, late = found["cohort_teu"], found["delay_d"], found["delay_teu_d"]
    assert cohort is not None
    assert each is not None
    assert late is not None
    assert late == pytest.approx(cohort * each)
    assert late == pytest.approx(2 * 20 * 5, rel=0.3)
    assert found["shock_cost_time_usd"] == pytest.approx(late / 2 * 100)
    assert found["shock_cost_usd"] == found["shock_cost_time_usd"]
    assert found["shock_cost_price_usd"] == found["shock_cost_reliability_usd"] == 0
    # the last week with cargo that waited is that of day 63; four weeks on it is forgotten
    assert found["recovery_p50"] in (pytest.approx(31, abs=0.1), pytest.approx(38, abs=0.1))
    assert found["recovery_censored"] == 0
    where = backlogs(given)
    assert set(where["element"]) == {"gate"}
    assert set(where["date"].astype(str)) == {date(69)}
    assert where["teu"][0] == found["backlog_teu"] == pytest.approx(2 * 20, abs=10)


@pytest.mark.parametrize("shocks", [closed(60, 10, probability=0), closed(229, 1)])
def test_no_shock_no_difference(shocks: Part) -> None:
    for group in (WEST, ALL):
        found = told(looked_at(world(shocks=shocks)), group)
        assert {m: v for m, v in found.items() if m != "cohort_teu" and v != 0} == {}


def test_both_engines_tell_the_same() -> None:
    case = world(shocks=closed(60, 10, ramp_up_d=5))
    one, other = (looked_at(case, engine=name) for name in ("event", "array"))
    assert losses(one) == losses(other)
    assert weekly(one).equals(weekly(other))
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
    """The twin delivers all but the cargo of the last week of 32 (and of six days more)."""
    given = looked_at(world(shocks=closed(140, 80)))
    found = {r.measure: r.estimate for r in losses(given) if r.group == WEST}
    assert found["recovery_p50"].estimate is None
    assert found["recovery_p50"].beyond == given.seen(WEST) * 7 - 140
    assert given.seen(WEST) in (31, 32)
    assert found["recovery_censored"].estimate == 1
    said = too_short(given.shocked)
    assert said is not None
    assert "make span.measure_d or span.run_out_d at least 46 days longer" in said
    assert too_short(shocked(world(shocks=closed(164, 10)))) is None


def test_weeks_have_a_row_each() -> None:
    table = weekly(looked_at(world(shocks=closed(60, 10))))
    own = table[table["route"] == "by-gate"].reset_index(drop=True)
    assert len(own) == 230 // 7
    assert (own["transit_d"][:8] == own["twin_d"][:8]).all()
    assert own["diff_d"][9] > 1
    assert own["diff_ci_low"][9] < own["diff_d"][9] < own["diff_ci_high"][9]
    assert own["backlog_teu"][9] > 10
    assert (own["backlog_teu"][:8] == 0).all()


def test_one_shock_of_several_and_what_follows_from_it() -> None:
    chain: Part = {
        **closed(60, 10),
        "later": {"on": ["gate"], "after": {"shock": "s", "delay_d": 20}, "lasts_d": 2},
        "other": {"on": ["gate"], "start": date(100), "lasts_d": 3},
    }
    case = world(shocks=chain)
    assert shocked(case).gone == ("s", "later", "other")
    one = shocked(case, only="s")
    assert one.gone == ("s", "later")
    assert (str(one.begin), str(one.end)) == (date(60), date(82))
    assert list(one.twin.scenario.shocks) == ["other"]
    apart = [told(looked_at(case, only=name))["delay_teu_d"] for name in ("s", "other")]
    whole = told(looked_at(case))["delay_teu_d"]
    assert None not in (*apart, whole)
    assert whole == pytest.approx(sum(part for part in apart if part is not None))


def test_a_dated_closure_is_a_shock_when_it_is_named() -> None:
    words: Part = {"c": {
        "kind": "dated", "on": ["gate"], "windows": [{"start": date(60), "end": date(70)}],
    }}  # fmt: skip
    found = told(looked_at(world(closures=words), only="c"))
    assert found == told(looked_at(world(shocks=closed(60, 10))))


@pytest.mark.parametrize(
    ("more", "only", "rule"),
    [
        ({}, None, "has no `shocks`, so there is nothing to recover from; add a scenario"),
        ({}, "s", "no shock or dated closure 's'; it has none"),
        ({"shocks": closed(60, 10)}, "x", "no shock or dated closure 'x'"),
        ({"shocks": closed(400, 10)}, None, "s is not within the run: it runs from 2024-01-01"),
    ],
)
def test_what_has_no_twin_is_told(more: Part, only: str | None, rule: str) -> None:
    with pytest.raises(UsageError, match=rule):
        shocked(world(**more), only=only)


def weeks(days: list[float], *, left: int | None = None) -> Weeks:
    """One TEU a week that takes so many days; those from week `left` on are not delivered."""
    late = np.arange(len(days)) >= (len(days) if left is None else left)
    return Weeks(teu=np.ones(len(days)), days=np.array(days), left=late.astype(float))


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
        ([*TEN[:8], *[0.0] * 4, *TEN[12:]], 15 * 7 - 56),  # what arrives too early is no calm
    ],
)
def test_days_to_recover_by_hand(own: list[float], days: float) -> None:
    assert days_to_recover(weeks(own), weeks(TEN), begin_d=56) == days


def test_weeks_without_cargo_are_not_judged() -> None:
    teu = np.array([1.0] * 8 + [0.0] * 22)
    some = Weeks(teu=teu, days=10 * teu, left=0 * teu)
    assert days_to_recover(some, weeks(TEN), begin_d=0) == 0
    assert days_to_recover(weeks(TEN), some, begin_d=0) == 0


def test_weeks_that_the_twin_does_not_deliver_are_not_judged() -> None:
    some = weeks(TEN, left=20)
    assert days_to_recover(some, some, begin_d=0) == 0
    assert days_to_recover(weeks(TEN, left=18), some, begin_d=0) == math.inf
    late = weeks([*TEN[:25], *[20.0] * 5])
    assert days_to_recover(late, some, begin_d=0) == 0
    assert days_to_recover(late, weeks(TEN), begin_d=0) == math.inf


def test_the_censored_rank_last() -> None:
    found = recovered([7, 14, math.inf, math.inf], q=0.5, level=0.9, horizon_d=50)
    assert found.estimate == pytest.approx(14, abs=0.05)
    found = recovered([7, math.inf, math.inf], q=0.5, level=0.9, horizon_d=50)
    assert found.estimate is None
    assert found.beyond == 50
