"""Shocks: closed, open in part, coming back day by day; and what follows from them by chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import Engine
from worlds import (
    TICK,
    FixedDraws,
    Part,
    captive,
    cargo,
    compiled,
    date,
    dwell,
    fixed,
    hours,
    line,
    link,
    route,
    scenario,
    shut,
    station,
    timetable,
    when_full,
)

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.errors import ScenarioError
from corridor_sim.result import differences
from corridor_sim.scenario.schema import Scenario

DAY = 24


def shock(*on: str, first: int = 1, last: int = 2, **more: Any) -> Part:
    return {"on": list(on), "start": date(first), "end": date(last), **more}


def desk(*, servers: int = 1, every_h: float = 1, days: int = 6, **more: Any) -> FixedDraws:
    """A box comes every so many hours; the desk takes an hour for each."""
    release = [every_h * i for i in range(int(days * DAY / every_h))]
    return fixed(
        days=days, stations={"desk": station(hours=1, servers=servers)},
        flows={"w": captive(["desk"], release)}, **more,
    )  # fmt: skip


@pytest.mark.parametrize("at", [0, 5, 30])
def test_one_tick_delays_exactly_what_would_have_started_on_it(engine: Engine, at: int) -> None:
    closed: dict[str, Any] = {"closures": {"c": shut("desk")}, "windows": {"c": [(at, at + TICK)]}}
    twin, hit = (
        hours(engine(desk(every_h=2.5, days=3, **more), 0).visits.start, 0) for more in ({}, closed)
    )
    late = [(b - a) for a, b in zip(twin, hit, strict=True) if a is not None and b is not None]
    assert late == [TICK if a == at else 0 for a in twin]
    assert (sum(late) > 0) == (at % 2.5 == 0)


def test_one_tick_passes_by_those_in_service_and_hits_all_that_queue(engine: Engine) -> None:
    closed: dict[str, Any] = {"closures": {"c": shut("desk")}, "windows": {"c": [(5, 5 + TICK)]}}
    both = [engine(desk(every_h=0.5, days=1, **more), 0).visits.start for more in ({}, closed)]
    late = (both[1].at - both[0].at)[both[1].known[:, 0], 0]
    assert late.tolist()[:5] == [0] * 5
    assert set(late.tolist()[5:]) == {1}


@pytest.mark.parametrize("given", [{"probability": 0}, {"start": date(6), "end": date(7)}])
def test_no_shock_no_difference_to_the_bit(engine: Engine, given: Part) -> None:
    befallen = desk(shocks={"s": shock("desk") | given})
    assert differences(engine(befallen, 0), engine(desk(), 0)) is None


def test_a_place_is_shut_with_all_its_stations_and_lines() -> None:
    words = scenario(
        days=6, stations={"x": station(hours=1, place="b"), "y": station(hours=1)},
        lines={"z": line(paths_per_day=8, place="b")}, shocks={"s": shock("b")},
        flows={"w": captive(["x", "y", "z"], []).words},
    )  # fmt: skip
    found = {s.name: [(x.closure, x.servers) for x in s.shuts] for s in compiled(words).stations}
    assert found == {"x": [(0, 1)], "y": [], "z": [(1, 1)]}


def test_a_line_comes_back_by_hours_of_the_day(engine: Engine) -> None:
    world = desk(shocks={"s": shock("desk", ramp_up_d=3)})
    starts = hours(engine(world, 0).visits.start, 0)
    by_day = [sum(d * DAY <= h < (d + 1) * DAY for h in starts if h is not None) for d in range(6)]
    assert by_day == [24, 0, 6, 12, 18, 24]
    assert min(h for h in starts if h is not None and h >= 48) == 48 + 18


def test_of_four_servers_a_share_is_open_and_the_last_one_by_hours() -> None:
    """3/8 of four: one server, and half a day of the second."""
    world = desk(servers=4, shocks={"s": shock("desk", open_share=0.375)})
    starts = [c.starts.tolist() for c in world.replication(0).calendars[0]]
    day, noon, end = DAY * 3600, 36 * 3600, 2 * DAY * 3600
    assert starts == [[], [[day, noon]], [[day, end]], [[day, end]]]


def test_k_servers_only_and_then_back(engine: Engine) -> None:
    world = desk(servers=3, every_h=0.25, shocks={"s": shock("desk", open_servers=1, ramp_up_d=1)})
    starts = hours(engine(world, 0).visits.start, 0)
    by_day = [sum(d * DAY <= h < (d + 1) * DAY for h in starts if h is not None) for d in range(4)]
    assert by_day == [72, 24, 48, 72]


def test_departures_come_back_by_share_and_by_hours() -> None:
    words = scenario(
        days=6, links={"a-b": link("ab", hours=1)},
        services={
            "t": timetable("ab", places=2, headway_h=1, chain=["a-b"]),
            "f": when_full("ab", places=2, max_wait_h=9, chain=["a-b"]),
        },
        routes={"r": route(westbound=["t"])}, shocks={"s": shock("a-b", ramp_up_d=3)},
        flows={"w": cargo("ab", []).words},
    )  # fmt: skip
    luck = Draws(compiled(words), 1).replication(0)
    slots = luck.slots[0]
    assert slots is not None
    gone = slots.cancelled.reshape(6, 24)
    assert gone.sum(axis=1).tolist()[:2] == [0, 24]
    assert gone.sum(axis=1).tolist()[5] == 0
    assert (np.diff(gone.sum(axis=1)[1:5]) < 0).all()
    shares = sorted({share for _, share in compiled(words).services[0].closures})
    assert shares == pytest.approx([0.25, 0.5, 0.75, 1])
    quarter = 6 * 3600
    assert (luck.shut[1] // quarter).tolist() == [[4, 11], [12, 14], [16, 17]]


def chained(chance: float) -> Part:
    return {
        "a": {**shock("desk"), "probability": 0.6},
        "b": {
            "on": ["desk"], "after": {"shock": "a", "delay_d": 2}, "lasts_d": 1,
            "probability": chance,
        },
    }  # fmt: skip


def days_shut(chance: float, replication: int) -> list[int]:
    world = desk(shocks=chained(chance))
    windows = world.replication(replication).calendars[0][0].starts
    days: list[int] = (windows[:, 0] // (DAY * 3600)).tolist()
    return days


def test_what_follows_happens_only_after_its_cause_and_as_often_as_told() -> None:
    found = [days_shut(0.5, r) for r in range(400)]
    assert {tuple(days) for days in found} == {(), (1,), (1, 3)}
    for days, chance in (((), 0.4), ((1,), 0.3), ((1, 3), 0.3)):
        share = sum(tuple(own) == days for own in found) / 400
        assert abs(share - chance) < 4 * (chance * (1 - chance) / 400) ** 0.5


def test_more_probable_events_keep_those_that_happened() -> None:
    for replication in range(40):
        assert set(days_shut(0.2, replication)) <= set(days_shut(0.7, replication))


@pytest.mark.parametrize("replication", range(6))
def test_engines_see_the_same_windows(engine: Engine, replication: int) -> None:
    world = desk(shocks=chained(0.5))
    starts = hours(engine(world, replication).visits.start, 0)
    days = {int(h // DAY) for h in starts if h is not None}
    assert set(range(4)) - days == set(days_shut(0.5, replication))


def test_a_closed_exit_fills_the_yard_and_stops_the_trains_before_it(engine: Engine) -> None:
    """The desk at b is shut on days 1 to 5: the review of day 3 finds four boxes in the yard, from
    day 4 on boxes stay at a. Six leave on day 6, day 7 lifts the embargo, trains load on day 8.
    """

    def waited(**more: Any) -> list[Any]:
        world = fixed(
            days=12,
            links={"a-b": link("ab", hours=1)},
            stations={"exit": station(hours=1, place="b")},
            dwells={"gate": dwell(hours=1)},
            services={"in": timetable("ab", places=2, headway_h=6, chain=["a-b"])},
            yards={"b": {"place": "b", "limit_teu": 6, "resume_teu": 2}},
            routes={"r": route(westbound=["gate", "in", "exit"])},
            flows={"w": cargo("ab", [12 * i for i in range(20)])},
            **more,
        )
        visits = engine(world, 0).visits
        ready, left = hours(visits.arrive, 1), hours(visits.finish, 1)
        pairs = zip(ready, left, strict=True)
        return [b - a for a, b in pairs if a is not None and b is not None]

    assert set(waited()) == {5}
    late = waited(shocks={"s": shock("exit", first=1, last=6)})
    assert late[:8] == [5] * 8
    assert late[8:10] == [192 - 97, 198 - 109]


MISTAKES = [
    ({"on": ["dask"]}, "there is no such station, line, service, place or link"),
    ({"on": ["b"]}, "there is nothing that could be shut"),
    ({"end": date(1)}, "must end after it starts"),
    ({"end": None}, "needs an `end`, or how long it `lasts_d`"),
    ({"start": None}, "needs a `start`, or `after` which shock it comes"),
    ({"start": None, "after": {"shock": "other"}}, "there is no such shock"),
    ({"start": None, "after": {"shock": "s"}}, "a circle"),
    ({"announced": date(3)}, "must not be after its start"),
    ({"open_servers": 1, "open_share": 0.5}, "either `open_servers` or an `open_share`"),
]


@pytest.mark.parametrize(("given", "rule"), MISTAKES)
def test_mistakes_are_told(given: Part, rule: str) -> None:
    words = scenario(
        days=6, stations={"desk": station(hours=1)}, shocks={"s": shock("desk") | given},
        flows={"w": captive(["desk"], []).words},
    )  # fmt: skip
    with pytest.raises(ScenarioError, match=rule.replace("`", ".")):
        compile_scenario(Scenario.model_validate(words), name="toy")
