"""Luck and replications are apart: what has nothing to do with a thing does not feel it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from conftest import Engine
from hypothesis import given, settings
from hypothesis import strategies as st
from random_models import RandomWorld, random_world
from worlds import Part

from corridor_sim.draws import Luck
from corridor_sim.model import Model
from corridor_sim.result import Times, differences

numbers = st.integers(0, 2**32)


@settings(max_examples=25)
@given(number=numbers)
def test_the_same_seed_gives_the_same_ledger_bit_by_bit(engine: Engine, number: int) -> None:
    world = random_world(number)
    assert differences(engine(world.draws(), 3), engine(world.draws(), 3)) is None


@settings(max_examples=25)
@given(number=numbers)
def test_a_replication_alone_is_the_same_as_among_others(engine: Engine, number: int) -> None:
    world = random_world(number)
    together = world.draws()
    among = [engine(together, r) for r in range(3)]
    assert differences(engine(world.draws(), 2), among[2]) is None
    assert differences(engine(together, 0), among[0]) is None


def test_another_seed_or_replication_gives_another_ledger(engine: Engine) -> None:
    world = random_world(1)
    first = engine(world.draws(), 0)
    assert differences(engine(world.draws(seed=2), 0), first) is not None
    assert differences(engine(world.draws(), 1), first) is not None


@settings(max_examples=25)
@given(number=numbers, at=st.integers(0, 20))
def test_a_flow_on_stations_of_its_own_changes_no_other(
    engine: Engine, number: int, at: int
) -> None:
    world = random_world(number)
    more = {**world.words, "stations": {**world.words["stations"], "kiosk": KIOSK}}
    flows = list(world.words["flows"].items())
    flows.insert(at, ("kiosk-only", KIOSK_FLOW))
    more["flows"] = dict(flows)
    _same_but(engine, world, RandomWorld(more, world.whole), "kiosk-only")


KIOSK: Part = {"place": "b", "servers": 1, "work_h_per_customer": 5, "work_cv": 1}
KIOSK_FLOW: Part = {
    "cargo": "containers", "direction": "westbound", "teu_per_year": 400, "lot_teu": 2,
    "chain": ["kiosk"],
}  # fmt: skip


@settings(max_examples=8)
@given(number=numbers, more=st.integers(1, 3))
def test_more_servers_change_no_draw(number: int, more: int) -> None:
    world = random_world(number)
    plain = [(n, s) for n, s in world.words["stations"].items() if isinstance(s["servers"], int)]
    larger = {name: {**station, "servers": station["servers"] + more} for name, station in plain}
    stations = {**world.words["stations"], **larger}
    other = RandomWorld({**world.words, "stations": stations}, world.whole)
    _same_draws(world.draws().replication(0), other.draws().replication(0))


@settings(max_examples=8)
@given(number=numbers, servers=st.integers(2, 4))
def test_one_more_server_changes_no_visit_that_cannot_feel_it(
    engine: Engine, number: int, servers: int
) -> None:
    small, large = (_with_kiosk(random_world(number), servers=n) for n in (1, servers))
    _same_but(engine, small, large, "kiosk-only")


def _with_kiosk(world: RandomWorld, *, servers: int) -> RandomWorld:
    stations = {**world.words["stations"], "kiosk": {**KIOSK, "servers": servers}}
    flows = {"kiosk-only": KIOSK_FLOW, **world.words["flows"]}
    return RandomWorld({**world.words, "stations": stations, "flows": flows}, world.whole)


@settings(max_examples=8)
@given(number=numbers, count=st.integers(2, 4))
def test_one_more_vessel_changes_no_call_of_another_fleet(
    engine: Engine, number: int, count: int
) -> None:
    few, many = (_with_barges(random_world(number), count=n) for n in (1, count))
    mine, theirs = few.draws(), many.draws()
    _same_draws(mine.replication(0), theirs.replication(0))
    left, right = engine(mine, 0), engine(theirs, 0)
    assert differences(left.visits, right.visits) is None
    fleets = zip(mine.model.fleets, left.calls, right.calls, strict=True)
    others = [pair for fleet, *pair in fleets if fleet.name != "barges"]
    assert all(differences(one, other) is None for one, other in others)


def _with_barges(world: RandomWorld, *, count: int) -> RandomWorld:
    barges = {**BARGES, "vessels": {"v": {"places_teu": 10, "count": count}}}
    return RandomWorld(
        {
            **world.words,
            "links": {**world.words["links"], "canal": CANAL},
            "stations": {
                **world.words["stations"], "quay-x": QUAY, "quay-y": {**QUAY, "place": "d"},
            },
            "fleets": {**world.words["fleets"], "barges": barges},
        },
        world.whole,
    )  # fmt: skip


@settings(max_examples=25)
@given(number=numbers, first=st.booleans())
def test_a_fleet_between_ports_of_its_own_changes_nothing_elsewhere(
    engine: Engine, number: int, first: bool
) -> None:
    world = random_world(number)
    more = {
        **world.words,
        "links": {**world.words["links"], "canal": CANAL},
        "stations": {**world.words["stations"], "quay-x": QUAY, "quay-y": {**QUAY, "place": "d"}},
        "fleets": {"barges": BARGES, **world.words["fleets"]}
        if first
        else {**world.words["fleets"], "barges": BARGES},
    }
    _same_but(engine, world, RandomWorld(more, world.whole), None)


CANAL: Part = {"ends": ["c", "d"], "mode": "sea", "length_km": 10, "min_h": 3, "delay_mean_h": 2}
QUAY: Part = {"place": "c", "servers": 1, "berth": {"fixed_h": 2}}
BARGES: Part = {
    "vessels": {"v0": {"places_teu": 10}, "v1": {"places_teu": 10}},
    "calls": [
        {"place": "c", "berths": "quay-x", "chain": ["canal"]},
        {"place": "d", "berths": "quay-y", "chain": ["canal"]},
    ],
}  # fmt: skip


@settings(max_examples=25)
@given(number=numbers, days=st.integers(1, 12))
def test_a_longer_run_changes_nothing_of_the_shorter(
    engine: Engine, number: int, days: int
) -> None:
    world = random_world(number)
    longer = {**world.words, "span": {**world.words["span"], "run_out_d": days}}
    drawn, then = world.draws(), RandomWorld(longer, world.whole).draws()
    if len(drawn.model.flows[0].years) != len(then.model.flows[0].years):
        return  # another calendar year has other consignments: the numbering differs
    short, long = engine(drawn, 0), engine(then, 0)
    end = drawn.model.end
    for kind in ("arrive", "start", "finish"):
        _same_until(end, getattr(short.visits, kind), getattr(long.visits, kind))
    _same_until(end, short.delivered, long.delivered)
    reviews = short.reviews.stock.shape[1]
    assert short.reviews.stock.tolist() == long.reviews.stock[:, :reviews].tolist()
    for mine, theirs in zip(short.departures, long.departures, strict=True):
        before = theirs.left < end
        assert mine.number.tolist() == theirs.number[before].tolist()
        assert mine.teu.tolist() == theirs.teu[before].tolist()


def _same_until(end: int, short: Times, long: Times) -> None:
    cut = Times.before(np.where(long.known, long.at, end), end)
    assert differences(short, cut) is None


def _same_draws(mine: Luck, theirs: Luck) -> None:
    """Releases, ways, work and departures are the same to the tick."""
    for name in ("release", "path", "works", "slots", "shut"):
        assert differences(getattr(mine, name), getattr(theirs, name)) is None


def _same_but(engine: Engine, world: RandomWorld, more: RandomWorld, flow: str | None) -> None:
    """Everything that happens in a world happens in a larger one too."""
    mine, theirs = world.draws(), more.draws()
    left, right = engine(mine, 0), engine(theirs, 0)
    held, kept = _others(mine.model, flow), _others(theirs.model, flow)
    for name in ("arrive", "start", "finish"):
        old: Times = getattr(left.visits, name)
        new: Times = getattr(right.visits, name)
        theirs_kept = Times(new.at[kept], new.known[kept])
        assert differences(Times(old.at[held], old.known[held]), theirs_kept) is None
    assert differences(left.visits.vehicle[held], right.visits.vehicle[kept]) is None
    assert differences(left.departures, right.departures) is None
    named = {
        fleet.name: calls for fleet, calls in zip(theirs.model.fleets, right.calls, strict=True)
    }
    for fleet, calls in zip(mine.model.fleets, left.calls, strict=True):
        assert differences(calls, named[fleet.name]) is None
    assert differences(left.reviews, right.reviews) is None


def _others(model: Model, flow: str | None) -> npt.NDArray[np.bool_]:
    """Which consignments belong to other flows."""
    return np.concatenate(
        [np.full(int(f.counts.sum()), f.name != flow, np.bool_) for f in model.flows]
    )
