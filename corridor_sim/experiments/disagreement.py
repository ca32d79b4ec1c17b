"""Where two ledgers of one replication differ first, in words.

A ledger is read as tables of rows with names: consignments, their visits step by step, departures,
calls, reviews. Rows are matched by name, so that a departure that one engine lacks shifts no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridor_sim.model import DAY, NONE, Flow, Model, Ticks
from corridor_sim.result import NEVER, Calls, Departures, Ledger, Mask, Numbers, Passage, Times

_MOST_CALLS = 2**32
_VISIT = ("arrive", "start", "finish")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """The first entry of a replication on which two engines disagree.

    `kind` is `consignment`, `visit`, `departure`, `call` or `review`; `element` what it happens at;
    `who` the customer or vehicle; `what` the entry. Times are dates of the scenario's calendar;
    None is a time not before the end, or a row that an engine does not have.
    """

    replication: int
    kind: str
    element: str
    who: str
    what: str
    event: str | None
    array: str | None

    def __str__(self) -> str:
        at = f" at {self.element}" if self.element else ""
        sides = [f"{self.event or 'never'} (event)", f"{self.array or 'never'} (array)"]
        return (
            f"replication {self.replication}, {self.kind}{at}, {self.who}: {self.what}"
            f" {' against '.join(sides)}"
        )


@dataclass(frozen=True, slots=True)
class _Column:
    """An entry of every row; `known` is None where it is no time."""

    name: str
    at: npt.NDArray[np.generic]
    known: Mask | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows `[n]` of one kind at one element; `when` orders entries that are no times."""

    kind: str
    element: str
    keys: Numbers
    when: Ticks
    columns: tuple[_Column, ...]


_Found = tuple[tuple[int, int, int], _Table, int, str, object, object]
"""Order (tick, table, column), table, key of the row, entry and its two values."""


def first_disagreement(
    model: Model, event: Ledger, array: Ledger, *, start: np.datetime64
) -> Disagreement | None:
    """The earliest entry that differs; None if there is none. `start` is the date of tick 0."""
    pairs = zip(_tables(model, event), _tables(model, array), strict=True)
    found = [one for n, (left, right) in enumerate(pairs) for one in _between(n, left, right)]
    if not found:
        return None
    _, table, key, what, ours, theirs = min(found, key=lambda one: one[0])
    shown = [_shown(value, start) for value in (ours, theirs)]
    return Disagreement(
        replication=event.replication, kind=table.kind, element=table.element,
        who=_who(model, table, key), what=what, event=shown[0], array=shown[1],
    )  # fmt: skip


def _shown(value: object, start: np.datetime64) -> str | None:
    if isinstance(value, np.timedelta64):
        return str(start + value).replace("T", " ")
    return None if value is None else str(value)


def _who(model: Model, table: _Table, key: int) -> str:
    if table.kind == "review":
        return f"day {key}"
    if table.kind == "departure":
        return f"number {key}"
    if table.kind == "call":
        fleet = next(f for f in model.fleets if f.name == table.element)
        return f"{fleet.vessels[key // _MOST_CALLS]}, its call {key % _MOST_CALLS}"
    flow = _flow_of(model, key)
    return f"{flow.name} {key - flow.first}"


def _flow_of(model: Model, consignment: int) -> Flow:
    return [flow for flow in model.flows if flow.first <= consignment][-1]


def _between(order: int, left: _Table, right: _Table) -> Iterator[_Found]:
    """For each column of two tables the earliest entry that differs."""
    both, at, there = np.intersect1d(left.keys, right.keys, return_indices=True)
    for n, (ours, theirs) in enumerate(zip(left.columns, right.columns, strict=True)):
        unequal = ours.at[at] != theirs.at[there]
        when = left.when[at]
        if ours.known is not None and theirs.known is not None:
            unequal |= ours.known[at] != theirs.known[there]
            times = _order(ours.at, ours.known)[at], _order(theirs.at, theirs.known)[there]
            when = np.minimum(*times)
        rows = np.flatnonzero(unequal)
        if len(rows):
            row = rows[when[rows].argmin()]
            values = _value(ours, at[row]), _value(theirs, there[row])
            yield (int(when[row]), order, n), left, int(both[row]), ours.name, *values
    yield from _missing(order, left, right)


def _missing(order: int, left: _Table, right: _Table) -> Iterator[_Found]:
    """The earliest row that only one of two tables has."""
    for table, other in ((left, right), (right, left)):
        rows = np.flatnonzero(~np.isin(table.keys, other.keys))
        if len(rows):
            row = rows[table.when[rows].argmin()]
            seconds = np.timedelta64(int(table.when[row]), "s")
            values = (seconds, None) if table is left else (None, seconds)
            at = int(table.when[row]), order, -1
            yield at, table, int(table.keys[row]), "comes", *values


def _order(at: npt.NDArray[np.generic], known: Mask) -> Ticks:
    return np.where(known, at, NEVER).astype(np.int64)


def _value(column: _Column, row: int) -> object:
    if column.known is None:
        return column.at[row].item()
    return np.timedelta64(int(column.at[row]), "s") if column.known[row] else None


def _tables(model: Model, ledger: Ledger) -> Iterator[_Table]:
    """All that a ledger says; as many tables for every ledger of a model."""
    everyone = np.arange(model.consignments)
    own = (
        _timed("release", ledger.release), _Column("route", _routes(model)[ledger.path]),
        _timed("delivered", ledger.delivered),
    )  # fmt: skip
    when = _order(ledger.release.at, ledger.release.known)
    yield _Table("consignment", "", everyone, when, own)
    yield from _visits(model, ledger)
    for service, trains in zip(model.services, ledger.departures, strict=True):
        yield _departures(service.name, trains)
    for fleet, calls in zip(model.fleets, ledger.calls, strict=True):
        yield _calls(fleet.name, calls)
    days = np.arange(ledger.reviews.stock.shape[1])
    for yard, stock, announced in zip(
        model.yards, ledger.reviews.stock, ledger.reviews.announced, strict=True
    ):
        seen = (_Column("stock, TEU,", stock), _Column("embargo announced", announced))
        yield _Table("review", yard.name, days, days * DAY, seen)


def _routes(model: Model) -> npt.NDArray[np.str_]:
    """What each path is called."""
    names = ["captive" if p.route == NONE else model.routes[p.route] for p in model.paths]
    return np.array([f"{name} (itinerary {i})" for i, name in enumerate(names)])


def _visits(model: Model, ledger: Ledger) -> Iterator[_Table]:
    """A table for each step of each path, of all consignments: who took another is there too."""
    visits = ledger.visits
    for p, path in enumerate(model.paths):
        flow = model.flows[path.flow]
        rows = np.arange(flow.first, flow.first + int(flow.counts.sum()))
        rows = rows[ledger.path[rows] == p]
        for k, step in enumerate(path.steps):
            columns = [_timed(name, _part(getattr(visits, name), rows, k)) for name in _VISIT]
            vehicle = _Column("vehicle", visits.vehicle[rows, k])
            when = _order(visits.arrive.at[rows, k], visits.arrive.known[rows, k])
            yield _Table("visit", step.name, rows, when, (*columns, vehicle))


def _departures(name: str, trains: Departures) -> _Table:
    left = Times(trains.left, np.ones(len(trains.left), np.bool_))
    columns = (
        _timed("left", left), _Column("TEU", trains.teu),
        _Column("timed out", trains.timed_out), *_passages(trains.passage),
    )  # fmt: skip
    return _Table("departure", name, trains.number, trains.left, columns)


def _calls(name: str, calls: Calls) -> _Table:
    times = ("arrive", "berthed", "unloaded", "listed", "loaded", "cast_off")
    numbers = ("call", "sailing", "berth", "closed_by", "teu_off", "teu_on")
    columns = (
        *(_timed(one, getattr(calls, one)) for one in times),
        *(_Column(one, getattr(calls, one)) for one in numbers),
        *_passages(calls.passage),
    )
    ordinal = np.arange(len(calls.vessel)) - np.searchsorted(calls.vessel, calls.vessel)
    keys = calls.vessel * _MOST_CALLS + ordinal
    return _Table("call", name, keys, _order(calls.arrive.at, calls.arrive.known), columns)


def _passages(passage: Passage) -> Iterator[_Column]:
    rows = np.arange(passage.arrive.at.shape[0])
    for step in range(passage.arrive.at.shape[1]):
        for name in _VISIT:
            yield _timed(f"{name} of step {step}", _part(getattr(passage, name), rows, step))


def _timed(name: str, times: Times) -> _Column:
    return _Column(name, times.at, times.known)


def _part(times: Times, rows: Numbers, step: int) -> Times:
    return Times(times.at[rows, step], times.known[rows, step])
