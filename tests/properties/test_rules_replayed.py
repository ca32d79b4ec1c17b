"""Random worlds against the rules, replayed queue by queue from the arrivals in the ledger."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from conftest import Engine
from hypothesis import given, settings
from hypothesis import strategies as st
from random_models import random_world
from replay import (
    Customer,
    boarders,
    consignments,
    customers,
    left_when_full,
    load_lists,
    next_open,
    seen,
    served,
    timetabled,
    windows,
    worked_off,
)

from corridor_sim.draws import Luck
from corridor_sim.model import DAY, NONE, Kind, Model
from corridor_sim.result import Ledger

numbers = st.integers(0, 2**32)


def played(engine: Engine, number: int) -> tuple[Model, Luck, Ledger]:
    draws = random_world(number).draws()
    return draws.model, draws.replication(0), engine(draws, 0)


@settings(max_examples=60)
@given(number=numbers)
def test_every_station_serves_as_the_rules_say(engine: Engine, number: int) -> None:
    model, luck, ledger = played(engine, number)
    for s, station in enumerate(model.stations):
        queue = customers(model, luck, ledger, s)
        assert queue == served(model, luck, s, queue), station.name


@settings(max_examples=60)
@given(number=numbers)
def test_every_departure_takes_whom_the_rules_say(engine: Engine, number: int) -> None:
    model, luck, ledger = played(engine, number)
    for s, (service, trains) in enumerate(zip(model.services, ledger.departures, strict=True)):
        queue = boarders(model, ledger, Kind.BOARD, s)
        aboard: dict[int, list[int]] = {n: [] for n in trains.number.tolist()}
        for i, k, step in consignments(model, ledger):
            if step.kind == Kind.BOARD and step.target == s and ledger.visits.start.known[i, k]:
                aboard[int(ledger.visits.vehicle[i, k])].append(i)
        replay = timetabled if service.headway else left_when_full
        rides = sorted(replay(model, luck, ledger, s, queue))
        happened = zip(
            trains.number.tolist(), trains.left.tolist(), trains.timed_out.tolist(), strict=True
        )
        assert [(n, at, late, sorted(who)) for n, at, late, who in rides] == [
            (n, at, late, aboard[n]) for n, at, late in happened
        ], service.name


@settings(max_examples=60)
@given(number=numbers)
def test_every_load_list_takes_whom_the_rules_say(engine: Engine, number: int) -> None:
    model, _, ledger = played(engine, number)
    for f, (fleet, calls) in enumerate(zip(model.fleets, ledger.calls, strict=True)):
        for p, call in enumerate(fleet.calls):
            queue = boarders(model, ledger, Kind.SAIL, f, p)
            listed = {b.number: b.left for b in queue}
            expected: dict[int, int | None] = dict.fromkeys(listed)
            for found in load_lists(model, ledger, f, p, queue):
                assert seen(calls.listed, found.call) == found.closed, call.name
                assert calls.teu_on[found.call] == found.teu, call.name
                expected |= dict.fromkeys(found.taken, found.closed)
            assert listed == expected, call.name


@settings(max_examples=60)
@given(number=numbers)
def test_every_call_is_handled_as_the_rules_say(engine: Engine, number: int) -> None:
    model, luck, ledger = played(engine, number)
    for fleet, calls in zip(model.fleets, ledger.calls, strict=True):
        for n in np.flatnonzero(calls.berthed.known).tolist():
            call = fleet.calls[calls.call[n]]
            calendar = luck.calendars[call.station][calls.berth[n]]
            shut, stopped = windows(calendar.starts), windows(calendar.work)
            berthed = int(calls.berthed.at[n])
            away = next_open(windows(fleet.absences[calls.vessel[n]]), berthed) > berthed
            assert away == (calls.sailing[n] < 0)
            unloaded = worked_off(stopped, berthed, int(call.unload[calls.teu_off[n]]))
            assert seen(calls.unloaded, n) == before(unloaded, model.end)
            ready: int | None = unloaded
            if not away:
                listed = seen(calls.listed, n)
                begun = None if listed is None else max(listed, unloaded)
                load = int(call.load[calls.teu_on[n]])
                ready = (
                    None if begun is None else before(worked_off(stopped, begun, load), model.end)
                )
                assert seen(calls.loaded, n) == ready
            sails = None if ready is None else before(next_open(shut, ready), model.end)
            assert seen(calls.cast_off, n) == sails


@settings(max_examples=40)
@given(number=numbers)
def test_vessels_go_round_and_come_back_from_absence(engine: Engine, number: int) -> None:
    model, _, ledger = played(engine, number)
    for fleet, calls in zip(model.fleets, ledger.calls, strict=True):
        for vessel in range(len(fleet.vessels)):
            rows = np.flatnonzero(calls.vessel == vessel).tolist()
            assert (calls.arrive.at[rows[0]], calls.call[rows[0]]) == (0, vessel % len(fleet.calls))
            for n, then in pairwise(rows):
                left = int(calls.cast_off.at[n])
                if calls.sailing[n] < 0:
                    absence = windows(fleet.absences[vessel])
                    back = max(left, next_open(absence, int(calls.berthed.at[n])))
                    assert (calls.call[then], calls.teu_off[then]) == (calls.call[n], 0)
                else:
                    last = len(fleet.calls[calls.call[n]].chain) - 1
                    back = int(calls.passage.finish.at[n, last])
                    assert calls.call[then] == (calls.call[n] + 1) % len(fleet.calls)
                    assert calls.teu_off[then] == calls.teu_on[n]
                assert calls.arrive.at[then] == back


@settings(max_examples=60)
@given(number=numbers)
def test_every_review_sees_the_stock_and_decides_as_the_rules_say(
    engine: Engine, number: int
) -> None:
    model, _, ledger = played(engine, number)
    days = np.arange(0, model.end, DAY)
    stock = np.zeros((len(model.yards), len(days)), np.int64)
    for i, k, step in consignments(model, ledger):
        size = model.flows[model.paths[ledger.path[i]].flow].size
        if step.enters != NONE:
            stock[step.enters] += size * (days >= ledger.visits.arrive.at[i, k])
        if step.leaves != NONE and ledger.visits.finish.known[i, k]:
            stock[step.leaves] -= size * (days >= ledger.visits.finish.at[i, k])
    assert ledger.reviews.stock.tolist() == stock.tolist()
    for y, yard in enumerate(model.yards):
        announced, since = False, 0
        for day, teu in enumerate(stock[y].tolist()):
            if not announced and teu >= yard.limit:
                announced, since = True, day
            elif announced and teu <= yard.resume and day - since >= yard.shortest_days:
                announced = False
            assert bool(ledger.reviews.announced[y, day]) == announced


def before(tick: int, end: int) -> int | None:
    return tick if tick < end else None


def test_the_replay_rejects_a_customer_out_of_turn(engine: Engine) -> None:
    model, luck, ledger = played(engine, 5)
    s, queue = next(
        (s, queue)
        for s in range(len(model.stations))
        if len(queue := customers(model, luck, ledger, s)) > 2 and queue[1].works
    )
    late = Customer(**{**vars(queue[1]), "start": (queue[1].start or 0) + 1})
    assert queue == served(model, luck, s, queue)
    wrong = [queue[0], late, *queue[2:]]
    assert wrong != served(model, luck, s, wrong)
