"""Tallies against what is read from the ledger consignment by consignment, and the checks that
every replication must pass.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest
from conftest import array_engine, event_engine
from random_models import random_world
from worlds import cargo, fixed, link, route, station, timetable

from corridor_sim.errors import RunError
from corridor_sim.measures import tallying
from corridor_sim.measures.cargo import groups_of
from corridor_sim.measures.rows import Group, Key
from corridor_sim.measures.sheet import Sheet
from corridor_sim.measures.timeline import pieces, times
from corridor_sim.model import NONE, TICK_H, Kind, Model
from corridor_sim.result import Ledger, Times

WORLDS = range(40, 60)
Amounts = dict[Key, float]


def measured(number: int) -> tuple[Model, Ledger, dict[Key, tuple[float, float]]]:
    draws = random_world(number).draws()
    ledger = event_engine(draws, 0)
    return draws.model, ledger, tallying(draws.model)(ledger).ratios


def walked(model: Model, ledger: Ledger) -> tuple[Amounts, dict[Group, int]]:
    """Hours by piece of the finished cohort, one consignment after another, and how many."""
    hours: Amounts = defaultdict(float)
    finished: dict[Group, int] = defaultdict(int)
    first, last = model.cohort
    for i in np.flatnonzero(ledger.delivered.known):
        path = model.paths[ledger.path[i]]
        if path.route == NONE or not first <= ledger.release.at[i] < last:
            continue
        for group in groups_of(model, path):
            finished[group] += 1
            for piece in pieces(model, path):
                begin, end = (
                    times(model, ledger, path, mark, np.array([i]))
                    for mark in (piece.start, piece.end)
                )
                assert begin.known[0]
                assert end.known[0]
                key = Key(group, f"{piece.kind}@{piece.name}", "h")
                hours[key] += int(end.at[0] - begin.at[0]) / TICK_H
    return hours, finished


@pytest.mark.parametrize("number", WORLDS)
def test_hours_by_piece_are_those_of_every_consignment(number: int) -> None:
    model, ledger, ratios = measured(number)
    hours, finished = walked(model, ledger)
    found = {key: pair for key, pair in ratios.items() if "@" in key.measure}
    assert hours.keys() <= found.keys()
    for key, (top, bottom) in found.items():
        assert top == pytest.approx(hours.get(key, 0.0))
        assert bottom == finished.get(key.group, 0)


def customers_of(model: Model, ledger: Ledger, station: int) -> list[tuple[int, int, int]]:
    """Arrival, start and finish of everyone who came to a station; open ends are the end."""

    def seen(row: tuple[Times, Times, Times], at: tuple[int, ...]) -> tuple[int, int, int]:
        arrive, start, finish = (int(t.at[at]) if t.known[at] else model.end for t in row)
        return arrive, start, finish

    found = []
    visits = ledger.visits
    for i, p in enumerate(ledger.path.tolist()):
        for k, step in enumerate(model.paths[p].steps):
            if step.kind == Kind.STATION and step.target == station and visits.arrive.known[i, k]:
                found.append(seen((visits.arrive, visits.start, visits.finish), (i, k)))
    chains = [
        (passage, n, chain)
        for service, trains in zip(model.services, ledger.departures, strict=True)
        for n in range(len(trains.number))
        for passage, chain in [(trains.passage, service.chain)]
    ] + [
        (calls.passage, n, fleet.calls[calls.call[n]].chain)
        for fleet, calls in zip(model.fleets, ledger.calls, strict=True)
        for n in range(len(calls.call))
    ]
    for passage, n, chain in chains:
        for c, step in enumerate(chain):
            here = step.kind == Kind.STATION and step.target == station
            if here and passage.arrive.known[n, c]:
                found.append(seen((passage.arrive, passage.start, passage.finish), (n, c)))
    for fleet, calls in zip(model.fleets, ledger.calls, strict=True):
        for n, c in enumerate(calls.call.tolist()):
            if fleet.calls[c].station == station and calls.arrive.known[n]:
                found.append(seen((calls.arrive, calls.berthed, calls.cast_off), (n,)))
    return found


@pytest.mark.parametrize("number", WORLDS)
def test_stations_count_every_consignment_train_and_vessel(number: int) -> None:
    model, ledger, ratios = measured(number)
    first, last = model.cohort
    for s, words in enumerate(model.stations):
        came = customers_of(model, ledger, s)
        inside = [x for x in came if first <= x[0] < last]
        busy = sum(max(0, min(f, last) - max(b, first)) for _, b, f in came)
        waiting = sum(max(0, min(b, last) - max(a, first)) for a, b, _ in came)
        group = Group("all", "both", words.name)
        assert ratios[Key(group, "customers", "1/yr")][0] == len(inside)
        assert ratios[Key(group, "utilisation", "share")][0] == busy
        assert ratios[Key(group, "queue", "customers")][0] == waiting
        wait = sum(b - a for a, b, _ in inside) / TICK_H
        assert ratios[Key(group, "wait", "h")] == (wait, len(inside))


@pytest.mark.parametrize("number", range(8))
def test_tallies_do_not_depend_on_the_engine(number: int) -> None:
    draws = random_world(number).draws()
    tally = tallying(draws.model, by_month=True)
    one, other = tally(event_engine(draws, 0)), tally(array_engine(draws, 0))
    assert (one.ratios, one.vehicles) == (other.ratios, other.vehicles)
    assert list(one.ratios) == list(other.ratios)
    for at, spread in one.spreads.items():
        assert np.array_equal(spread.counts, other.spreads[at].counts)
        assert spread.squares_h == other.spreads[at].squares_h


def spoilt(fault: str) -> tuple[Model, Ledger]:
    """Two boxes at a desk, then on a train, with a fault in the ledger; the third is not there."""
    world = fixed(
        days=3,
        links={"a-b": link("ab", hours=3)},
        stations={"desk": station(hours=1)},
        services={"train": timetable("ab", places=8, headway_h=240, offset_h=5, chain=["a-b"])},
        routes={"r": route(westbound=["desk", "train"])},
        flows={"w": cargo("ab", [0, 0, 100])},
    )
    ledger = event_engine(world, 0)
    if fault == "delivered that had not been released":
        ledger.delivered.known[2] = True
    elif fault == "delivered before it was released":
        ledger.delivered.at[1] = -1
    elif fault == "started before it arrived":
        ledger.visits.start.at[1, 1] = 0
    elif fault == "done before it started":
        ledger.visits.finish.known[1, 1] = True
        ledger.visits.start.known[1, 1] = False
    elif fault == "seen off its path":
        ledger.visits.start.known[2, 0] = True
    return world.model, ledger


@pytest.mark.parametrize(
    "fault",
    [
        "delivered that had not been released", "delivered before it was released",
        "started before it arrived", "done before it started", "seen off its path",
    ],
)  # fmt: skip
def test_a_ledger_that_cannot_be_is_told(fault: str) -> None:
    with pytest.raises(RunError, match=f"replication 0: .*{fault}"):
        tallying(spoilt(fault)[0])(spoilt(fault)[1])


def test_control_a_ledger_without_a_fault_passes() -> None:
    model, ledger = spoilt("none")
    assert tallying(model)(replace(ledger, replication=7)).replication == 7


def test_a_sheet_adds_up_by_key_in_order_and_leaves_out_what_is_not_there() -> None:
    group = Group("r", "westbound", "all")
    twice, once, total, none = (Key(group, name, "h") for name in ("b", "a", "total", "none"))
    sheet = Sheet(totals=frozenset(["total"]), years=0.5)
    slots = np.array(sheet.slots([none, twice, total, once, twice, total]))
    filled = sheet.filled()
    filled.put(slots[1:], [1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 0.0, 1.0, 1.0, 0.0])
    assert list(filled.sums().items()) == [
        (twice, (5.0, 2.0)), (total, (7.0, 0.5)), (once, (3.0, 1.0))
    ]  # fmt: skip
