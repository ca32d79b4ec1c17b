"""The analytic look: shares worked by hand, bounds that no run exceeds, the corridor in words."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
import pytest

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines.event import simulate
from corridor_sim.model import Model
from corridor_sim.offered import Offer, bounds, offered, overloaded, sentences
from corridor_sim.scenario.schema import Scenario

Words = dict[str, Any]


def place(lon: float) -> Words:
    return {"lat": 45, "lon": lon, "country": "KZ"}


BASE: Words = {
    "schema_version": 1,
    "title": "a toy",
    "span": {"start": "2023-01-01", "warm_up_d": 0, "measure_d": 365, "run_out_d": 0},
    "places": {"a": place(1), "b": place(2), "c": place(3)},
    "links": {
        "sea": {"ends": ["a", "b"], "mode": "sea", "length_km": 400, "min_h": 22},
        "rail": {
            "ends": ["b", "c"], "mode": "rail", "length_km": 300, "min_h": 8, "delay_mean_h": 4,
        },
    },
    "stations": {"customs": {"place": "b", "servers": 2, "work_h_per_feu": 0.5}},
    "lines": {"track": {"place": "b", "paths_per_day": 6}},
    "services": {
        "train-w": {
            "rule": "when-full", "origin": "b", "destination": "c", "places_teu": 50,
            "max_wait_h": 48, "chain": ["track", "rail"],
        },
        "train-e": {
            "rule": "timetable", "origin": "c", "destination": "b", "places_teu": 50,
            "headway_h": 24, "cancelled_share": 0.1, "chain": ["rail", "track"],
        },
    },
    "routes": {
        "r": {
            "title": "R",
            "westbound": [["customs", "train-w"]],
            "eastbound": [["train-e", "customs"]],
        }
    },
    "flows": {
        "w": {
            "cargo": "containers", "direction": "westbound", "origin": "b", "destination": "c",
            "teu_per_year": 14600, "lot_teu": 2, "routes": {"r": 1},
        },
        "e": {
            "cargo": "containers", "direction": "eastbound", "origin": "c", "destination": "b",
            "teu_per_year": 7300, "lot_teu": 2, "routes": {"r": 1},
        },
    },
}  # fmt: skip

SEA: Words = {
    "stations": {
        "a-berths": {
            "place": "a", "servers": 1,
            "berth": {"fixed_h": 4, "cranes_per_berth": 1, "moves_per_crane_h": 10},
        },
        "b-berths": {"place": "b", "servers": 1, "berth": {"fixed_h": 4}},
    },
    "fleets": {
        "ships": {
            "vessels": {"one": {"places_teu": 100}, "two": {"places_teu": 100}},
            "calls": [
                {"place": "a", "berths": "a-berths", "chain": ["sea"]},
                {"place": "b", "berths": "b-berths", "chain": ["sea"]},
            ],
        }
    },
    "routes": {
        "r": {
            "title": "R",
            "westbound": [["ships", "customs", "train-w"]],
            "eastbound": [["train-e", "customs", "ships"]],
        }
    },
    "flows": {"w": {"origin": "a"}, "e": {"destination": "a"}},
}  # fmt: skip


def merged(base: Words, *changes: Words) -> Words:
    world = copy.deepcopy(base)
    for change in changes:
        for key, value in change.items():
            old = world.get(key)
            world[key] = (
                merged(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
            )
    return world


def model(*changes: Words) -> Model:
    return compile_scenario(Scenario.model_validate(merged(BASE, *changes)), name="toy")


def row(
    found: list[Offer], element: str, *, direction: str | None = None, month: str = "year"
) -> Offer:
    rows = [
        o for o in found
        if o.element == element and o.month == month and direction in (None, o.direction)
    ]  # fmt: skip
    assert len(rows) == 1, rows
    return rows[0]


def test_shares_of_a_station_a_line_and_a_timetable() -> None:
    found = offered(model())
    # 60 TEU a day of both directions x 0.25 h per TEU = 15 h of 24, on 2 servers.
    customs = row(found, "customs")
    assert (customs.kind, customs.direction, customs.unit) == ("station", "both", "servers")
    assert [customs.load, customs.capacity] == pytest.approx([15 / 24, 2])
    # Westbound 40 TEU a day fill 50 places in 30 h, so 0.8 trains a day; eastbound 0.9 slots run.
    assert row(found, "track").load == pytest.approx((0.8 + 0.9) * 4 / 24)
    assert row(found, "track").kind == "line"
    train = row(found, "train-e")
    assert [train.load, train.capacity] == pytest.approx([20, 45])
    assert (train.kind, train.direction, train.unit) == ("service", "eastbound", "TEU a day")
    assert not [o for o in found if o.element == "train-w"], "when-full has no capacity of its own"


def test_trains_that_do_not_fill_leave_once_per_longest_wait() -> None:
    found = offered(model({"flows": {"w": {"teu_per_year": 730}, "e": {"teu_per_year": 0}}}))
    # One lot a day: a train every 48 h + the 24 h until the next lot.
    assert row(found, "track").load == pytest.approx((1 / 3 + 0.9) * 4 / 24)


def test_months_follow_the_profile_and_the_route_shares() -> None:
    weights = [0.0] * 11 + [1.0]
    december = {"profiles": {"late": {"weights": weights}}, "flows": {"w": {"profile": "late"}}}
    found = offered(model(december, {"flows": {"e": {"teu_per_year": 0}}}))
    assert row(found, "customs", month="2023-11").load == 0
    assert row(found, "customs", month="2023-12").load == pytest.approx(14600 / 31 / 4 / 24)
    assert row(found, "customs").load == pytest.approx(10 / 24)
    other = {
        "routes": {"s": {"title": "S", "westbound": [["train-w"]]}},
        "flows": {
            "w": {"routes": {"r": {"value": 1, "changes": {"2023-07-01": 0.25}},
                             "s": {"value": 0, "changes": {"2023-07-01": 0.75}}}},
            "e": {"teu_per_year": 0},
        },
    }  # fmt: skip
    found = offered(model(other))
    assert row(found, "customs", month="2023-06").load == pytest.approx(10 / 24)
    assert row(found, "customs", month="2023-07").load == pytest.approx(2.5 / 24)


def test_only_the_measuring_part_counts() -> None:
    found = offered(model({"span": {"warm_up_d": 45, "measure_d": 30, "run_out_d": 30}}))
    assert {o.month for o in found} == {"year", "2023-02", "2023-03"}
    assert row(found, "customs").load == pytest.approx(15 / 24)


def test_work_by_documents_and_its_changes_at_dates() -> None:
    station = {
        "work_h_per_feu": {"value": 0.4, "changes": {"2023-07-01": 0.8}},
        "digital": {"share": 0.25, "work_h_per_feu": 0.2},
        "work_cv": 0.7,
    }
    found = offered(model({"stations": {"customs": station}}))
    assert row(found, "customs", month="2023-01").load == pytest.approx(30 * (0.05 + 0.3) / 24)
    assert row(found, "customs", month="2023-07").load == pytest.approx(30 * (0.05 + 0.6) / 24)


def test_lots_of_another_size_ask_the_same() -> None:
    small, large = (
        offered(model({"flows": {"w": {"lot_teu": lot}, "e": {"lot_teu": lot}}})) for lot in (2, 10)
    )
    assert row(small, "customs").load == pytest.approx(row(large, "customs").load)


def test_closures_take_capacity() -> None:
    shut: Words = {
        "closures": {
            "strike": {"kind": "dated", "on": ["customs"], "servers": 1,
                       "windows": [{"start": "2023-03-01", "end": "2023-03-16"}]},
            "storm": {"kind": "seasonal", "on": ["customs"], "closed_share": [0.3] + [0.0] * 11,
                      "mean_spell_h": [40] * 12},
            "fault": {"kind": "breakdown", "on": ["track"], "mean_time_between_h": 90,
                      "mean_repair_h": 10},
            "works": {"kind": "dated", "on": ["train-e"], "share": 0.5,
                      "windows": [{"start": "2023-04-01", "end": "2023-05-01"}]},
        },
        "lines": {"track": {"open_from_h": 6, "open_to_h": 18}},
    }  # fmt: skip
    found = offered(model(shut))
    assert row(found, "customs", month="2023-03").capacity == pytest.approx(2 - 15 / 31)
    assert row(found, "customs", month="2023-01").capacity == pytest.approx(2 * 0.7)
    assert row(found, "customs", month="2023-06").capacity == pytest.approx(2)
    # 6 paths in 12 open hours, of which a tenth is lost: 5.4 a day for 1.7 trains.
    assert row(found, "track", month="2023-06").share == pytest.approx(1.7 / 5.4)
    assert row(found, "train-e", month="2023-04").capacity == pytest.approx(25)
    assert row(found, "train-e", month="2023-05").capacity == pytest.approx(45)


def test_shares_of_a_fleet_and_its_berths() -> None:
    found = offered(model(SEA))
    # A round with 100 TEU out and, as asked, 50 back: 2 x 22 h of sea, 2 x 4 h fixed (and a tick of
    # loading, twice), and at a 150 TEU x 0.05 h.
    cycle_h = 44 + 8 + 7.5
    west = row(found, "ships", direction="westbound")
    assert (west.kind, west.unit) == ("fleet", "TEU a day")
    assert west.load == pytest.approx(40)
    assert west.capacity == pytest.approx(2 * 100 / cycle_h * 24, rel=1e-4)
    east = row(found, "ships", direction="eastbound")
    assert east.load == pytest.approx(20)
    assert east.capacity == pytest.approx(2 * 100 / (44 + 8 + 10) * 24, rel=1e-4)
    # 0.4 calls a day x 4 h, and 60 TEU a day x 0.05 h.
    berths = row(found, "a-berths")
    assert berths.kind == "berth"
    assert berths.load == pytest.approx((1.6 + 3) / 24, rel=1e-3)
    assert row(found, "b-berths").load == pytest.approx(1.6 / 24, rel=1e-3)


def test_absence_and_weather_take_from_a_fleet() -> None:
    away = [{"start": "2023-06-01", "end": "2023-07-01"}]
    storm = {"kind": "seasonal", "on": ["a-berths"], "stops": "work", "closed_share": [0.5] * 12,
             "mean_spell_h": [40] * 12}  # fmt: skip
    calm = offered(model(SEA, {"fleets": {"ships": {"vessels": {"two": {"absences": away}}}}}))
    assert row(calm, "ships", direction="westbound", month="2023-06").capacity == pytest.approx(
        row(calm, "ships", direction="westbound", month="2023-07").capacity / 2
    )
    rough = row(offered(model(SEA, {"closures": {"storm": storm}})), "ships", direction="westbound")
    # What is done at a (4 h, and 150 TEU x 0.05 h) takes twice as long.
    assert rough.capacity == pytest.approx(2 * 100 / (44 + 4 + 2 * 11.5) * 24, rel=1e-4)


def test_rows_are_sorted_and_the_overloaded_are_named() -> None:
    crowded = model({"stations": {"customs": {"servers": 1, "work_h_per_feu": 0.79}}})
    shares = [o.share for o in offered(crowded)]
    assert shares == sorted(shares, reverse=True)
    assert overloaded(crowded) == {"customs"}
    assert overloaded(model()) == set()


def test_demand_without_capacity_has_an_infinite_share() -> None:
    ever = {"start": "2022-01-01", "end": "2025-01-01"}
    never = {"closures": {"war": {"kind": "dated", "on": ["customs"], "windows": [ever]}}}
    assert row(offered(model(never)), "customs").share == np.inf
    assert bounds(model(never)) == {("r", "westbound"): 0.0, ("r", "eastbound"): 0.0}


HEAVY: Words = {
    "flows": {
        "w": {"teu_per_year": 60000, "lot_teu": 6},
        "e": {"teu_per_year": 60000, "lot_teu": 6},
    }
}
RANDOM: Words = {
    "links": {"sea": {"delay_mean_h": 10, "delay_cv": 0.8}},
    "closures": {
        "storm": {"kind": "seasonal", "on": ["a-berths", "b-berths"], "stops": "work",
                  "closed_share": [0.2] * 12, "mean_spell_h": [30] * 12},
        "fault": {"kind": "breakdown", "on": ["customs"], "servers": 1, "mean_time_between_h": 100,
                  "mean_repair_h": 20},
    },
}  # fmt: skip
ROOMY: Words = {
    "stations": {
        "customs": {"servers": 40},
        "a-berths": {"servers": 9},
        "b-berths": {"servers": 9},
    },
    "lines": {"track": {"paths_per_day": 400}},
    "services": {"train-e": {"headway_h": 2}},
    "fleets": {"ships": {"vessels": {str(i): {"places_teu": 300} for i in range(3, 12)}}},
}
FASTER: Words = {"value": 2, "changes": {"2023-03-01": 1.7}}
WINDOW: Words = {"start": "2023-01-20", "end": "2023-03-01"}
TIGHT: dict[str, Words] = {
    "fleet": {"fleets": {"ships": {"vessels": {str(i): {"places_teu": 20} for i in range(3, 12)}}}},
    "berth": {"stations": {"a-berths": {"servers": 1}}},
    "slow berth": {"stations": {"b-berths": {"servers": 1, "berth": {"fixed_h": 40}}}},
    "line": {"lines": {"track": {"paths_per_day": 1.5}}},
    "night line": {"lines": {"track": {"paths_per_day": 3, "open_from_h": 0, "open_to_h": 7}}},
    "station": {"stations": {"customs": {"servers": 2, "work_h_per_feu": 1.5}}},
    "random station": {
        "stations": {"customs": {"servers": 2, "work_h_per_feu": 1.5, "work_cv": 1.5}}
    },
    "station by customer": {
        "stations": {
            "customs": {"servers": 1, "work_h_per_feu": None, "work_h_per_customer": FASTER}
        }
    },
    "timetable": {"services": {"train-e": {"headway_h": 15}}},
    "shut for a while": {
        "closures": {"war": {"kind": "dated", "on": ["customs", "b-berths"], "windows": [WINDOW]}}
    },
    "nothing": {},
}


def throughput(world: Model, replications: int) -> dict[tuple[str, str], float]:
    """TEU delivered within the measuring part, as a yearly rate: mean over replications."""
    start, end = world.cohort
    size = np.concatenate([np.full(int(f.counts.sum()), f.size) for f in world.flows])
    west = np.concatenate([np.full(int(f.counts.sum()), f.direction == 0) for f in world.flows])
    total = np.zeros(2)
    for number in range(replications):
        (ledger,) = simulate(Draws(world, 7), [number])
        at = np.where(ledger.delivered.known, ledger.delivered.at, -1)
        inside = (at >= start) & (at < end)
        total += [size[inside & west].sum(), size[inside & ~west].sum()]
    rate = total / replications * 365.25 * 86400 / (end - start)
    return {("r", "westbound"): float(rate[0]), ("r", "eastbound"): float(rate[1])}


@pytest.mark.parametrize("luck", [{}, RANDOM], ids=["constant", "random"])
@pytest.mark.parametrize("name", TIGHT)
def test_no_run_exceeds_the_bound(name: str, luck: Words) -> None:
    span = {"span": {"warm_up_d": 20, "measure_d": 90}}
    world = model(SEA, span, HEAVY, ROOMY, TIGHT[name], luck)
    most, done = bounds(world), throughput(world, 3 if luck else 1)
    for group, teu in done.items():
        assert 0 < teu <= most[group], (group, teu, most[group])


@pytest.mark.parametrize("name", ["fleet", "station", "station by customer", "random station"])
def test_the_bound_is_near_where_one_direction_meets_one_bottleneck(name: str) -> None:
    one_way = {"flows": {"e": {"teu_per_year": 0}}, "services": {"train-w": {"places_teu": 60}}}
    world = model(SEA, {"span": {"measure_d": 120}}, HEAVY, one_way, ROOMY, TIGHT[name])
    group = ("r", "westbound")
    done, most = throughput(world, 8)[group], bounds(world)[group]
    assert 0.9 * most < done <= most < 60000 * 1.02
    assert bounds(world)["r", "eastbound"] == 0


def test_paths_that_share_an_element_share_what_it_can_pass() -> None:
    twin = {**merged(BASE, SEA)["flows"]["w"], "teu_per_year": 60000, "lot_teu": 6}
    one = model(SEA, HEAVY, ROOMY, TIGHT["fleet"])
    two = model(SEA, HEAVY, ROOMY, TIGHT["fleet"], {"flows": {"twin": twin}})
    group = ("r", "westbound")
    assert bounds(two)[group] == pytest.approx(bounds(one)[group], rel=1e-6)
    # Without a bottleneck the bound is the demand of both, as far as it can arrive in time.
    free = bounds(model(SEA, HEAVY, ROOMY, {"flows": {"twin": twin}}))[group]
    assert free == pytest.approx(120000 * 365.25 / 365, rel=0.01)


NAMED = (
    "links", "dwells", "stations", "lines", "yards", "closures", "services", "fleets", "routes",
    "flows",
)  # fmt: skip


def test_sentences_mention_every_element() -> None:
    more: Words = {
        "dwells": {"papers": {"place": "b", "min_h": 0, "delay_mean_h": 12, "share": 0.05}},
        "yards": {"b": {"place": "b", "limit_teu": 600, "resume_teu": 300}},
        "routes": {"r": {"westbound": [["ships", "customs", "papers", "train-w"]]}},
        "flows": {"local": {"cargo": "wagons", "direction": "eastbound", "teu_per_year": 21200,
                            "lot_teu": 106, "chain": ["track"]}},
    }  # fmt: skip
    words = Scenario.model_validate(merged(BASE, SEA, more, RANDOM))
    text = "\n".join(sentences(words, compile_scenario(words, name="toy")))
    names = [name for kind in NAMED for name in getattr(words, kind)]
    missing = [name for name in names if not re.search(rf"\b{name}\b", text)]
    assert not missing


def test_sentences_tell_a_journey() -> None:
    changes: Words = {
        "stations": {"customs": {"servers": {"value": 2, "changes": {"2023-07-01": 1}}}}
    }
    words = Scenario.model_validate(merged(BASE, SEA, changes))
    told = sentences(words, compile_scenario(words, name="toy"))
    assert told[0].startswith(
        "a toy. The run begins on 1 January 2023 with 0 days of warm-up; 365 days"
    )
    assert told[1] == (
        "Westbound on r, cargo from a to c (w: 14,600 TEU a year of containers in lots of 2 TEU) "
        "boards ships at a for b (takes what waits when it reaches a-berths), passes customs, "
        "boards train-w (50 TEU, leaves when full or after 48 h) and is delivered."
    )
    customs = next(text for text in told if text.startswith("At b, customs has"))
    assert customs == (
        "At b, customs has 2 servers (1 from 1 July 2023); 1.5 open on average; 0.5 h per FEU, "
        "144 TEU a day in all."
    )
    assert told[-1].endswith("Nothing is overloaded over the measuring part as a whole.")


def test_sentences_name_what_is_overloaded() -> None:
    crowded = {"stations": {"customs": {"servers": 1, "work_h_per_feu": 0.88}}}
    words = Scenario.model_validate(merged(BASE, crowded))
    last = sentences(words, compile_scenario(words, name="toy"))[-1]
    assert "customs (110 %)" in last
    assert "Overloaded over the measuring part as a whole: customs." in last
