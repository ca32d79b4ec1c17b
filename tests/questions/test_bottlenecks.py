"""What binds: worlds in which it is known."""

from __future__ import annotations

import pytest
from small import LOT, behind_customs, case, corridor, desks, options, train
from worlds import Part, station, when_full

from corridor_sim.experiments.bottlenecks import (
    DAYS,
    TEU,
    Question,
    bottlenecks,
    part_table,
    sentences,
    worth_table,
)
from corridor_sim.experiments.relief import reliefs
from corridor_sim.experiments.waterfall import grouped
from corridor_sim.laws import yearly_cost_usd

ONE_LOOK = Question(steps=1, sizes=("unit",))


def test_two_near_equal_desks_in_series_are_not_told_apart() -> None:
    (stage,) = bottlenecks(desks(9.6, 9.5), options(16), ONE_LOOK)
    first, second, *_ = stage.worths
    assert {first.relief.element, second.relief.element} == {"first", "second"}
    assert stage.ranked_by == DAYS
    assert first.told_from_zero
    assert first.told_from_next is False
    assert second.relief.name in first.not_told_from
    assert second.relief.name in next(sentences([stage]))


def test_two_unlike_desks_are_told_apart() -> None:
    (stage,) = bottlenecks(desks(9.6, 5.0), options(16), ONE_LOOK)
    first = stage.worths[0]
    assert first.relief.element == "first"
    assert first.told_from_zero
    assert first.told_from_next is True
    assert first.not_told_from == ()


def test_a_fleet_that_binds_behind_a_queue_at_customs_is_found() -> None:
    question = Question(steps=2, sizes=("unit",))
    base = behind_customs()
    now, then = bottlenecks(base, options(5), question)
    assert now.ranked_by == TEU
    assert max(now.parts, key=lambda part: part.hours).element == "customs"
    assert now.first is not None
    assert now.first.relief.element == "customs"
    assert not any(w.told_from_zero for w in now.worths if w.relief.element == "ships")
    assert then.first is not None
    assert then.first.relief.element == "ships"
    assert [relief.element for relief in then.relieved] == ["customs"]
    assert "ships binds next" in list(sentences([now, then]))[1]


def test_the_waterfall_sums_to_the_transit_time() -> None:
    (stage,) = bottlenecks(desks(6, 5), options(3), ONE_LOOK)
    assert sum(part.share for part in stage.parts) == pytest.approx(1)
    by = grouped(stage.parts, "what")
    assert by["haul"] == pytest.approx(10)
    assert sum(by.values()) == pytest.approx(sum(grouped(stage.parts, "reason").values()))
    used = {part.element: part.utilisation for part in stage.parts}
    assert used["first"] == pytest.approx(0.5, abs=0.08)
    assert used["a-b"] is None


def test_the_places_used_of_trains_stand_beside_the_wait_for_them() -> None:
    half_full = {"train": when_full("ab", places=2 * LOT, max_wait_h=0.5, chain=["a-b"])}
    base = corridor(["train"], teu_a_day=4, services=half_full)
    (stage,) = bottlenecks(base, options(3), ONE_LOOK)
    (wait,) = [part for part in stage.parts if part.element == "train"]
    assert wait.reason == "waits for a departure"
    assert wait.utilisation is not None
    assert 0.5 <= wait.utilisation < 0.6  # 4 TEU a day: few lots meet within half an hour


def test_ten_per_cent_more_costs_a_tenth_of_all_that_there_is() -> None:
    price: Part = {"upkeep_usd_per_yr": 1000}
    base = corridor(["desk", "train"], teu_a_day=4, services=train(),
                    stations={"desk": station(hours=4, servers=3, **price)},
                    lines={"line": {"place": "a", "paths_per_day": 8, **price}})  # fmt: skip
    usd = {(r.element, r.size): r.usd_per_yr for r in reliefs(base.scenario, interest=0)}
    assert usd["desk", "unit"] == usd["line", "unit"] == 1000
    assert usd["desk", "percent"] == pytest.approx(300)
    assert usd["line", "percent"] == pytest.approx(800)
    assert usd["train", "percent"] is None


def test_the_price_of_a_unit_is_set_against_the_days_it_saves() -> None:
    priced = station(hours=9.6, work_law="exponential", work_cv=1, upkeep_usd_per_yr=1000,
                     capital_usd_per_unit=20_000, life_yr=10)  # fmt: skip
    base = corridor(["desk", "train"], teu_a_day=4, services=train(), stations={"desk": priced})
    question = Question(steps=1, sizes=("unit",), interest=0.05, usd_per_teu_day=80)
    (stage,) = bottlenecks(base, options(8), question)
    (worth,) = [w for w in stage.worths if w.relief.element == "desk"]
    cost = yearly_cost_usd(capital_usd=20_000, life_yr=10, upkeep_usd_per_yr=1000, interest=0.05)
    assert worth.relief.usd_per_yr == cost
    assert worth.days.diff is not None
    assert worth.usd_per_teu_day is not None
    assert worth.gain_usd_per_yr is not None
    saved = cost / worth.usd_per_teu_day
    assert saved == pytest.approx(worth.days.diff * 4 * 365.25, rel=0.15)
    assert worth.gain_usd_per_yr == pytest.approx(80 * saved - cost)


def test_every_kind_of_capacity_can_be_relieved_and_stays_valid() -> None:
    base = behind_customs()
    words = base.scenario.model_dump(mode="json", exclude_unset=True)
    words["lines"] = {"line": {"place": "a", "paths_per_day": 8}}
    words["yards"] = {"b": {"place": "b", "limit_teu": 300, "resume_teu": 200}}
    words["stations"]["quay-a"]["berth"] |= {"cranes_per_berth": 1, "moves_per_crane_h": 20}
    words["services"] = {
        "timed": {"rule": "timetable", "headway_h": 24, "places_teu": 20, "origin": "a",
                  "destination": "b", "chain": ["line", "a-b"]},
        **train(),
    }  # fmt: skip
    full = case(words).scenario
    found = list(reliefs(full, interest=0.09))
    kinds = {relief.kind for relief in found}
    assert kinds == {
        "servers", "berths", "cranes", "paths", "departures", "longest wait", "places", "vessels",
        "yard",
    }  # fmt: skip
    for relief in found:
        assert full.replace(relief.changes) != full


def test_tables_are_tidy_and_name_every_look() -> None:
    stages = bottlenecks(desks(9.6, 5.0), options(4), Question(steps=1))
    worths, parts = worth_table(stages), part_table(stages)
    assert set(worths["size"]) == {"unit", "percent"}
    assert list(worths["rank"][worths["size"] == "unit"]) == [1, 2]
    assert set(parts["what"]) <= {"wait", "work", "haul", "dwell"}


def test_an_annuity_pays_back_capital_and_interest() -> None:
    rate, life = 0.09, 25
    yearly = yearly_cost_usd(capital_usd=1e6, life_yr=life, upkeep_usd_per_yr=0, interest=rate)
    left = 1e6
    for _ in range(life):
        left = left * (1 + rate) - yearly
    assert left == pytest.approx(0, abs=1e-3)
    assert yearly_cost_usd(capital_usd=100, life_yr=4, upkeep_usd_per_yr=5, interest=0) == 30
    with pytest.raises(ValueError, match="annuity"):
        yearly_cost_usd(capital_usd=1, life_yr=0, upkeep_usd_per_yr=0, interest=0.1)
