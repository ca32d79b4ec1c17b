"""What holds in every world, whatever happens in it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from conftest import Engine
from hypothesis import given, settings
from hypothesis import strategies as st
from random_models import random_world
from replay import boarders, consignments, customers, seen

from corridor_sim.model import Kind, Model
from corridor_sim.result import Ledger, Times

numbers = st.integers(0, 2**32)


@settings(max_examples=40)
@given(number=numbers)
def test_released_is_delivered_or_inside(engine: Engine, number: int) -> None:
    draws = random_world(number).draws()
    model, ledger = draws.model, engine(draws, 0)
    arrive, finish = ledger.visits.arrive, ledger.visits.finish
    at = Counter(i for i, k, _ in consignments(model, ledger) if not finish.known[i, k])
    for i in range(model.consignments):
        there, delivered = bool(ledger.release.known[i]), bool(ledger.delivered.known[i])
        on_a_ride = there and not delivered and at[i] == 0 and _rides(model, ledger, i)
        assert there == (delivered + at[i] + on_a_ride == 1)
        assert seen(arrive, i, 0) == seen(ledger.release, i)


def _rides(model: Model, ledger: Ledger, i: int) -> bool:
    """Whether the last visit of a consignment is a ride that it has begun."""
    last = int(np.flatnonzero(ledger.visits.arrive.known[i])[-1])
    step = model.paths[ledger.path[i]].steps[last]
    return step.kind in (Kind.BOARD, Kind.SAIL) and bool(ledger.visits.finish.known[i, last])


@settings(max_examples=40)
@given(number=numbers)
def test_times_inside_add_up_to_the_integral_of_the_stock(engine: Engine, number: int) -> None:
    draws = random_world(number).draws()
    end, ledger = draws.model.end, engine(draws, 0)
    there, gone = ledger.release, ledger.delivered
    stays = np.where(gone.known, gone.at, end)[there.known] - there.at[there.known]
    events = np.concatenate([there.at[there.known], gone.at[gone.known]])
    steps = np.concatenate([np.ones(there.known.sum(), int), -np.ones(gone.known.sum(), int)])
    order = np.argsort(events, kind="stable")
    lengths = np.diff(np.append(events[order], end))
    assert int((np.cumsum(steps[order]) * lengths).sum()) == int(stays.sum())


@settings(max_examples=40)
@given(number=numbers)
def test_nobody_starts_before_arriving_or_finishes_before_starting(
    engine: Engine, number: int
) -> None:
    draws = random_world(number).draws()
    ledger = engine(draws, 0)
    visits = ledger.visits
    _follow(visits.arrive, visits.start, visits.finish)
    for passage in [found.passage for found in ledger.departures] + [
        found.passage for found in ledger.calls
    ]:
        _follow(passage.arrive, passage.start, passage.finish)
    for calls in ledger.calls:
        _follow(calls.arrive, calls.berthed, calls.unloaded)
        _follow(calls.berthed, calls.listed, calls.loaded)
        _follow(calls.unloaded, calls.unloaded, calls.cast_off)


def _follow(*times: Times) -> None:
    for first, then in pairwise(times):
        assert first.known[then.known].all()
        assert (first.at[then.known] <= then.at[then.known]).all()


@settings(max_examples=40)
@given(number=numbers)
def test_the_next_step_begins_when_the_last_ends(engine: Engine, number: int) -> None:
    draws = random_world(number).draws()
    model, ledger = draws.model, engine(draws, 0)
    visits = ledger.visits
    for i, k, step in consignments(model, ledger):
        after = k + 1 < len(model.paths[ledger.path[i]].steps)
        then = seen(visits.arrive, i, k + 1) if after else seen(ledger.delivered, i)
        left = seen(visits.finish, i, k)
        number = int(visits.vehicle[i, k])
        if step.kind == Kind.BOARD and left is not None:
            trains = ledger.departures[step.target]
            row = int(np.searchsorted(trains.number, number))
            assert (trains.number[row], trains.left[row]) == (number, left)
            assert then == seen(trains.passage.finish, row, -1)
        elif step.kind == Kind.SAIL and left is not None:
            assert then in _unloadings(ledger, step.target, left)
        else:
            assert then == left


def _unloadings(ledger: Ledger, fleet: int, left: int) -> list[int | None]:
    """When those vessels had unloaded that cast off at an instant."""
    calls = ledger.calls[fleet]
    rows = np.flatnonzero(calls.cast_off.known & (calls.cast_off.at == left)).tolist()
    same = [n + 1 < len(calls.vessel) and calls.vessel[n] == calls.vessel[n + 1] for n in rows]
    return [
        seen(calls.unloaded, n + 1) if there else None for n, there in zip(rows, same, strict=True)
    ]


@settings(max_examples=40)
@given(number=numbers)
def test_stations_serve_in_order_within_their_servers_and_windows(
    engine: Engine, number: int
) -> None:
    draws = random_world(number).draws()
    model, luck, ledger = draws.model, draws.replication(0), engine(draws, 0)
    for s, station in enumerate(model.stations):
        queue = customers(model, luck, ledger, s)
        starts = [c.start if c.start is not None else model.end for c in queue]
        assert starts == sorted(starts), station.name
        used = [(start, c.finish or model.end) for start, c in zip(starts, queue, strict=True)]
        shut = [calendar.starts for calendar in luck.calendars[s]]
        for start in starts:
            opened = [not ((w[:, 0] <= start) & (start < w[:, 1])).any() for w in shut]
            assert start == model.end or any(opened), station.name
            busy = sum(a <= start < b for a, b in used)
            assert busy <= station.servers, station.name


@settings(max_examples=40)
@given(number=numbers)
def test_vehicles_carry_what_boarded_and_never_more_than_their_places(
    engine: Engine, number: int
) -> None:
    draws = random_world(number).draws()
    model, ledger = draws.model, engine(draws, 0)
    aboard: Counter[tuple[Kind, int, int, int]] = Counter()
    for i, k, step in consignments(model, ledger):
        if step.kind in (Kind.BOARD, Kind.SAIL) and ledger.visits.start.known[i, k]:
            size = model.flows[model.paths[ledger.path[i]].flow].size
            at = int(ledger.visits.start.at[i, k])
            aboard[step.kind, step.target, step.call, at] += size
    said: Counter[tuple[Kind, int, int, int]] = Counter()
    for s, (service, trains) in enumerate(zip(model.services, ledger.departures, strict=True)):
        assert (trains.teu <= service.places).all()
        for left, teu in zip(trains.left.tolist(), trains.teu.tolist(), strict=True):
            said[Kind.BOARD, s, -1, left] += teu
    for f, (fleet, calls) in enumerate(zip(model.fleets, ledger.calls, strict=True)):
        for n in np.flatnonzero(calls.listed.known).tolist():
            day = np.searchsorted(fleet.starts, calls.listed.at[n], side="right") - 1
            assert calls.teu_on[n] <= fleet.places[calls.vessel[n], day]
            said[Kind.SAIL, f, int(calls.call[n]), int(calls.listed.at[n])] += int(calls.teu_on[n])
    assert +aboard == +said


@settings(max_examples=40)
@given(number=numbers)
def test_cargo_boards_in_the_order_in_which_it_was_ready(engine: Engine, number: int) -> None:
    draws = random_world(number).draws()
    model, ledger = draws.model, engine(draws, 0)
    queues = [boarders(model, ledger, Kind.BOARD, s) for s in range(len(model.services))]
    queues += [
        boarders(model, ledger, Kind.SAIL, f, p)
        for f, fleet in enumerate(model.fleets)
        for p in range(len(fleet.calls))
    ]
    for queue in queues:
        left = [b.left if b.left is not None else model.end for b in queue]
        assert left == sorted(left)


@settings(max_examples=40)
@given(number=numbers)
def test_what_is_missing_is_nought(engine: Engine, number: int) -> None:
    draws = random_world(number).draws()
    ledger = engine(draws, 0)
    visits = ledger.visits
    for times in (visits.arrive, visits.start, visits.finish, ledger.release, ledger.delivered):
        assert (times.at[~times.known] == 0).all()
        assert ((times.at >= 0) & (times.at < draws.model.end)).all()
    assert (visits.vehicle[~visits.start.known] == 0).all()
    for calls in ledger.calls:
        assert (calls.teu_on[~calls.listed.known] == 0).all()
        assert (calls.berth[~calls.berthed.known] == 0).all()
