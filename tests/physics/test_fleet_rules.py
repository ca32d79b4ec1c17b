"""Fleets: berths, handling, weather, absence; vessels between a and b, ten hours apart."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from conftest import Engine
from worlds import (
    B_CALL,
    TICK,
    FixedDraws,
    Hours,
    Part,
    absent,
    berths,
    call,
    captive,
    cargo,
    changing,
    fixed,
    fleet,
    hours,
    link,
    nth,
    route,
    sea,
    shut,
    station,
)


def test_a_round_of_a_vessel(engine: Engine) -> None:
    # a: berth 0, unloaded 1; four TEU wait at 3; two boxes in till 5; b at 15, out till 18 (1 h and
    # 2 h). Nothing waits at b and nothing is waited for: an empty loading is one tick.
    ledger = engine(sea(vessels={"v": 8}, flows={"w": cargo("ab", [0, 3, 30])}, days=2), 0)
    calls = ledger.calls[0]
    back = 28 + TICK
    assert calls.vessel.tolist() == [0, 0, 0]
    assert calls.call.tolist() == [0, 1, 0]
    assert calls.sailing.tolist() == [0, 1, 2]
    assert hours(calls.arrive) == [0, 15, back]
    assert hours(calls.berthed) == [0, 15, back]
    assert hours(calls.unloaded) == [1, 18, back + 1]
    assert hours(calls.listed) == [3, 15, None]
    assert hours(calls.loaded) == [5, 18 + TICK, None]
    assert hours(calls.cast_off) == [5, 18 + TICK, None]
    assert hours(calls.passage.start, 0) == [5, 18 + TICK, None]
    assert hours(calls.passage.finish, 0) == [15, back, None]
    assert calls.teu_off.tolist() == [0, 4, 0]
    assert calls.teu_on.tolist() == [4, 0, 0]
    assert hours(ledger.visits.arrive, 0) == [0, 3, 30]
    assert hours(ledger.visits.start, 0) == [3, 3, None]
    assert hours(ledger.visits.finish, 0) == [5, 5, None]
    assert ledger.visits.vehicle[:, 0].tolist() == [0, 0, 0]
    assert hours(ledger.delivered) == [18, 18, None]


def test_vessels_begin_at_the_calls_in_turn_and_wait_for_a_berth(engine: Engine) -> None:
    # v1 and v3 are at a at 0, v2 at b; v3 gets the berth at the instant at which v1 casts off.
    world = sea(vessels={"v1": 8, "v2": 8, "v3": 8}, flows={"w": cargo("ab", [1, 2])}, days=1)
    calls = engine(world, 0).calls[0]
    first = [nth(calls, v) for v in range(3)]
    assert calls.call[first].tolist() == [0, 1, 0]
    assert [hours(calls.arrive)[i] for i in first] == [0, 0, 0]
    assert [hours(calls.berthed)[i] for i in first] == [0, 0, 4]
    assert [hours(calls.cast_off)[i] for i in first] == [4, 1 + TICK, None]


def test_vessels_take_the_lowest_berth(engine: Engine) -> None:
    world = sea(vessels={"v1": 8, "v2": 8, "v3": 8}, quay_a=berths(place="a", fixed_h=1, servers=2))
    calls = engine(world, 0).calls[0]
    assert [int(calls.berth[nth(calls, v)]) for v in (0, 2)] == [0, 1]


def test_ships_of_others_take_berths_too_and_go_first(engine: Engine) -> None:
    # A consignment has a lower number than any vessel.
    quay = berths(place="a", fixed_h=1, box_h=1, work_h_per_customer=6)
    bulk = captive(["quay-a"], [0])
    world = sea(vessels={"v": 8}, quay_a=quay, flows={"w": cargo("ab", [0, 0]), "bulk": bulk})
    ledger = engine(world, 0)
    assert hours(ledger.visits.finish, 0) == [9, 9, 6]
    assert hours(ledger.calls[0].berthed)[0] == 6


def test_all_aboard_share_the_delay_of_their_vessel(engine: Engine) -> None:
    world = sea(
        vessels={"v": 8},
        haul=link("ab", mode="sea", hours=1, delay_mean_h=5),
        durations={"a-b/f@a/v": [20, 7], "a-b/f@b/v": [9]},
        flows={"w": cargo("ab", [0, 0])},
    )
    assert hours(engine(world, 0).delivered) == [26, 26]


def test_the_delay_of_a_vessel_is_counted_by_its_sailings(engine: Engine) -> None:
    # Sailings 0 and 2 go from a, 1 and 3 from b: the haul of sailing n is the n-th of its stream.
    calls = (call("a", berths="quay-a", chain=["a-b"]), B_CALL)
    world = sea(
        vessels={"v": 8},
        calls=calls,
        haul=link("ab", mode="sea", hours=1, delay_mean_h=5),
        durations={"a-b/f@a/v": [2, 3, 4, 5], "a-b/f@b/v": [6, 7, 8, 9]},
        days=1,
    )
    calls_made = engine(world, 0).calls[0]
    call_h = 1 + TICK
    assert hours(calls_made.arrive)[:4] == [
        0, call_h + 2, 2 * call_h + 9, 3 * call_h + 13
    ]  # fmt: skip


def test_a_storm_stops_handling_and_sailing(engine: Engine) -> None:
    # Unloading 0-1, loading 2-4 stands still in [3, 6) and is done at 7, when the next storm
    # begins: the vessel is held until 9. At b it arrives in a storm and gets its berth at 25.
    world = sea(
        vessels={"v": 8},
        closures={"storm-a": shut("quay-a", stops="work"), "storm-b": shut("quay-b", stops="work")},
        windows={"storm-a": [(3, 6), (7, 9)], "storm-b": [(19, 25), (26, 30)]},
        flows={"w": cargo("ab", [2, 2])},
    )
    ledger = engine(world, 0)
    calls = ledger.calls[0]
    assert hours(calls.loaded)[0] == 7
    assert hours(calls.cast_off)[0] == 9
    assert hours(calls.arrive)[1] == 19
    assert hours(calls.berthed)[1] == 25
    assert hours(calls.unloaded)[1] == 32
    assert hours(ledger.delivered) == [32, 32]


def test_a_port_closed_for_starts_handles_and_is_closed_for_sailing(engine: Engine) -> None:
    world = sea(
        vessels={"v1": 8, "v2": 8, "v3": 8},
        closures={"wind": shut("quay-a")},
        windows={"wind": [(2, 9)]},
        flows={"w": cargo("ab", [1, 1])},
        days=1,
    )
    calls = engine(world, 0).calls[0]
    at_a = [nth(calls, 0), nth(calls, 2)]
    assert [hours(calls.loaded)[i] for i in at_a] == [3, None]
    assert [hours(calls.cast_off)[i] for i in at_a] == [9, None]
    assert [hours(calls.berthed)[i] for i in at_a] == [0, 9]


def test_a_partial_closure_holds_the_vessel_at_the_highest_berth(engine: Engine) -> None:
    world = sea(
        vessels={"v1": 4, "v2": 4, "v3": 4},
        quay_a=berths(place="a", fixed_h=1, box_h=1, servers=2),
        closures={"crane": shut("quay-a", servers=1, stops="work")},
        windows={"crane": [(2, 8)]},
        flows={"w": cargo("ab", [1, 1, 1, 1])},
        days=1,
    )
    calls = engine(world, 0).calls[0]
    at_a = [nth(calls, 0), nth(calls, 2)]
    assert calls.berth[at_a].tolist() == [0, 1]
    assert [hours(calls.listed)[i] for i in at_a] == [1, 1]
    assert [hours(calls.loaded)[i] for i in at_a] == [3, 9]
    assert [hours(calls.cast_off)[i] for i in at_a] == [3, 9]


# absence


def test_an_absent_vessel_unloads_and_comes_back_empty(engine: Engine) -> None:
    # It arrives at b at 24, on its day off, puts its cargo ashore and casts off; it is back at 48.
    world = sea(
        vessels={"v": absent(8, (1, 2))},
        flows={"w": cargo("ab", [12, 12]), "e": cargo("ba", [0], direction="eastbound")},
        days=3,
    )
    ledger = engine(world, 0)
    calls = ledger.calls[0]
    assert calls.call.tolist() == [0, 1, 1, 0]
    assert calls.sailing.tolist() == [0, -1, 1, 2]
    assert hours(calls.arrive) == [0, 24, 48, 60]
    assert hours(calls.unloaded)[:3] == [1, 27, 49]
    assert hours(calls.listed)[:3] == [12, None, 48]
    assert hours(calls.loaded)[:3] == [14, None, 50]
    assert hours(calls.cast_off)[:3] == [14, 27, 50]
    assert calls.teu_off.tolist() == [0, 4, 0, 2]
    assert hours(ledger.delivered) == [27, 27, 62]


def test_an_empty_vessel_is_absent_too_and_gives_up_its_berth(engine: Engine) -> None:
    world = sea(
        vessels={"v1": absent(8, (0, 1)), "v2": 8, "v3": 8}, flows={"w": cargo("ab", [0, 0])}
    )
    calls = engine(world, 0).calls[0]
    assert hours(calls.cast_off)[nth(calls, 0)] == 1
    assert calls.sailing[nth(calls, 0)] == -1
    assert hours(calls.arrive)[nth(calls, 0, 1)] == 24
    assert hours(calls.berthed)[nth(calls, 2)] == 1
    assert hours(calls.listed)[nth(calls, 2)] == 1


def test_an_absence_that_ends_at_berth_ends_with_the_unloading(engine: Engine) -> None:
    # Berthed at 24 - tick, away until 24: it casts off at 25 - tick and arrives again that instant.
    world = sea(
        vessels={"v": absent(8, (0, 1))},
        closures={"wind": shut("quay-a")},
        windows={"wind": [(0, 24 - TICK)]},
        days=2,
    )
    calls = engine(world, 0).calls[0]
    assert hours(calls.cast_off) == [25 - TICK, None]
    assert hours(calls.arrive) == [0, 25 - TICK]
    assert hours(calls.berthed) == [24 - TICK, 25 - TICK]


def test_only_the_berthing_counts_for_absence(engine: Engine) -> None:
    # It arrives on its day off, but gets its berth at the end of it.
    world = sea(
        vessels={"v": absent(8, (0, 1))},
        closures={"wind": shut("quay-a")},
        windows={"wind": [(0, 24)]},
        days=2,
    )
    calls = engine(world, 0).calls[0]
    assert hours(calls.berthed) == [24]
    assert calls.sailing.tolist() == [0]


def test_a_port_closed_for_starts_holds_an_absent_vessel(engine: Engine) -> None:
    world = sea(
        vessels={"v": absent(8, (0, 1))},
        closures={"wind": shut("quay-a")},
        windows={"wind": [(1, 30)]},
        days=2,
    )
    calls = engine(world, 0).calls[0]
    assert hours(calls.unloaded)[0] == 1
    assert hours(calls.cast_off)[0] == 30
    assert hours(calls.arrive)[1] == 30


# the way


def triangle(*, at_b: Part, release: Sequence[Hours], ends: str) -> FixedDraws:
    """Calls a, b, c and round again, each ten hours from the next."""
    return fixed(
        days=5,
        links={
            f"{x}-{y}": link(x + y, mode="sea", hours=10)
            for x, y in (("a", "b"), ("b", "c"), ("c", "a"))
        },
        stations={f"quay-{p}": berths(place=p, fixed_h=1, box_h=1) for p in "abc"},
        fleets={
            "f": fleet(
                [
                    call("a", berths="quay-a", chain=["a-b"]),
                    at_b,
                    call("c", berths="quay-c", chain=["c-a"]),
                ],
                vessels={"v": 8},
            )
        },
        routes={"r": route(westbound=["f", "f"])},
        flows={"w": cargo(ends, release)},
    )


def test_cargo_boards_for_the_next_call_only(engine: Engine) -> None:
    # Who goes from a to c gets off at b, and waits for a list there as all others do: the list of
    # the vessel that brought it closed when that one was berthed, so it takes the next round.
    world = triangle(at_b=call("b", berths="quay-b", chain=["b-c"]), release=[0], ends="ac")
    ledger = engine(world, 0)
    again = 12 + (2 + TICK + 10) + (1 + TICK + 10) + (1 + TICK + 10)
    assert hours(ledger.visits.finish, 0) == [2]
    assert hours(ledger.visits.arrive, 1) == [14]
    assert hours(ledger.visits.start, 1) == [again]
    assert hours(ledger.visits.finish, 1) == [again + 2]
    assert hours(ledger.delivered) == [again + 2 + 10 + 2]
    assert ledger.visits.vehicle.tolist() == [[0, 4]]


def test_cargo_that_stays_on_may_be_listed_by_the_same_vessel(engine: Engine) -> None:
    # At b the list is still open when the unloading ends at 14, and closes then.
    waits = call("b", berths="quay-b", min_load=2, max_wait_h=50, chain=["b-c"])
    ledger = engine(triangle(at_b=waits, release=[0], ends="ac"), 0)
    assert hours(ledger.visits.start, 1) == [14]
    assert hours(ledger.visits.finish, 1) == [15]
    assert hours(ledger.delivered) == [27]
    assert ledger.visits.vehicle.tolist() == [[0, 1]]


def test_a_station_on_the_way_is_a_queue_for_vessels(engine: Engine) -> None:
    # v1 and v3 leave a at one instant; the lock takes 3 h each.
    world = sea(
        vessels={"v1": 8, "v2": 8, "v3": 8},
        calls=(
            call("a", berths="quay-a", chain=["lock", "a-b"]),
            call("b", berths="quay-b", chain=["a-b", "lock"]),
        ),
        quay_a=berths(place="a", fixed_h=1, servers=2),
        days=1,
        locks={"lock": station(hours=3)},
    )
    made = engine(world, 0).calls[0]
    first = [nth(made, v) for v in (0, 2, 1)]
    out = 1 + TICK
    assert [hours(made.passage.arrive, 0)[i] for i in first] == [out, out, out]
    assert [hours(made.passage.start, 0)[i] for i in first] == [out, out + 3, out]
    assert [hours(made.passage.arrive, 1)[i] for i in first] == [out + 3, out + 6, out + 10]
    assert [hours(made.passage.finish, 1)[i] for i in first] == [out + 13, out + 16, out + 13]


@pytest.mark.parametrize(("left", "arrives"), [(24 - TICK, 34 - TICK), (24, 44)])
def test_a_voyage_is_that_of_the_day_on_which_it_begins(
    engine: Engine, left: Hours, arrives: Hours
) -> None:
    haul = link("ab", mode="sea", hours=changing(10, {1: 20}))
    flows = {"w": cargo("ab", [left - 2, left - 2])}
    made = engine(sea(vessels={"v": 8}, haul=haul, flows=flows), 0).calls[0]
    assert hours(made.cast_off)[0] == left
    assert hours(made.passage.finish, 0)[0] == arrives
