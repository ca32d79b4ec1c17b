"""Measures of stations, lines, services, fleets and yards, over the measuring part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridor_sim.measures.rows import Group, Key, Tally
from corridor_sim.model import (
    DAY,
    TICK_H,
    YEAR_D,
    Fleet,
    Kind,
    Model,
    Service,
    Station,
    Step,
    Ticks,
)
from corridor_sim.result import Calls, Departures, Ledger, Passage, Times, Visits


@dataclass(frozen=True, slots=True)
class Customers:
    """All customers of a station: when they came, began and were done; `NEVER`-like times are the
    end.
    """

    arrive: Ticks
    start: Ticks
    finish: Ticks


def elements(model: Model, ledger: Ledger, tally: Tally) -> None:
    """Add the measures of all elements of a replication to its tally."""
    for s, station in enumerate(model.stations):
        _station(model, tally, station, customers(model, ledger, s))
    for service, trains in zip(model.services, ledger.departures, strict=True):
        _service(model, tally, service, trains)
    for fleet, calls in zip(model.fleets, ledger.calls, strict=True):
        _fleet(model, tally, fleet, calls)
    first, last = (tick // DAY for tick in model.cohort)
    for y, yard in enumerate(model.yards):
        group = Group("all", "both", yard.name)
        stock = ledger.reviews.stock[y, first:last]
        in_force = ledger.reviews.announced[y, first - 1 if first else 0 : last - 1]
        tally.add(Key(group, "stock_teu", "TEU"), float(stock.sum()), len(stock))
        tally.add(Key(group, "stock_max_teu", "TEU"), float(stock.max(initial=0)), 1.0)
        tally.add(Key(group, "embargo_d", "d/yr"), float(in_force.sum()), len(stock) / YEAR_D)


def customers(model: Model, ledger: Ledger, station: int) -> Customers:
    """Everyone who came to a station: consignments, trains and vessels; open ends are the end of
    the run.
    """
    end = model.end
    found = [np.empty((0, 3), np.int64)]
    for p, path in enumerate(model.paths):
        for k, step in enumerate(path.steps):
            if step.kind == Kind.STATION and step.target == station:
                rows = (ledger.path == p) & ledger.release.known
                found.append(_visits(ledger.visits, rows, k, end))
    for service, trains in zip(model.services, ledger.departures, strict=True):
        found += _passages(service.chain, trains.passage, station, end, None)
    for fleet, calls in zip(model.fleets, ledger.calls, strict=True):
        for c, call in enumerate(fleet.calls):
            rows = calls.call == c
            found += _passages(call.chain, calls.passage, station, end, rows)
            if call.station == station:
                found.append(_columns(calls.arrive, calls.berthed, calls.cast_off, rows, end))
    table = np.concatenate(found)
    return Customers(table[:, 0], table[:, 1], table[:, 2])


def _visits(visits: Visits, rows: npt.NDArray[np.bool_], k: int, end: int) -> Ticks:
    arrive, start, finish = (column(t, k) for t in (visits.arrive, visits.start, visits.finish))
    return _columns(arrive, start, finish, rows, end)


def _passages(
    chain: tuple[Step, ...], passage: Passage, station: int, end: int,
    rows: npt.NDArray[np.bool_] | None,
) -> list[Ticks]:  # fmt: skip
    keep = np.ones(len(passage.arrive.at), bool) if rows is None else rows
    return [
        _columns(
            column(passage.arrive, c),
            column(passage.start, c),
            column(passage.finish, c),
            keep,
            end,
        )
        for c, step in enumerate(chain)
        if step.kind == Kind.STATION and step.target == station
    ]


def _columns(
    arrive: Times, start: Times, finish: Times, rows: npt.NDArray[np.bool_], end: int
) -> Ticks:
    came = rows & arrive.known
    return np.stack([np.where(t.known, t.at, end)[came] for t in (arrive, start, finish)], axis=1)


def column(times: Times, at: int) -> Times:
    """One column of a table of times."""
    return Times(times.at[:, at], times.known[:, at])


def overlap(begin: Ticks, end: Ticks, window: tuple[int, int]) -> int:
    """Ticks that intervals `[n]` have in common with a window, added up."""
    return int((np.minimum(end, window[1]) - np.maximum(begin, window[0])).clip(0).sum())


def _station(model: Model, tally: Tally, station: Station, came: Customers) -> None:
    group = Group("all", "both", station.name)
    window = model.cohort
    length = window[1] - window[0]
    busy = overlap(came.start, came.finish, window)
    waiting = overlap(came.arrive, came.start, window)
    inside = (came.arrive >= window[0]) & (came.arrive < window[1])
    wait = (came.start - came.arrive)[inside].sum() / TICK_H
    years = length / (YEAR_D * DAY)
    tally.add(Key(group, "utilisation", "share"), busy, length * station.servers)
    tally.add(Key(group, "queue", "customers"), waiting, length)
    tally.add(Key(group, "wait", "h"), float(wait), float(inside.sum()))
    tally.total(Key(group, "customers", "1/yr"), float(inside.sum()), years)


def _service(model: Model, tally: Tally, service: Service, trains: Departures) -> None:
    group = Group("all", "both", service.name)
    inside = _inside(model, trains.left)
    years = _years(model)
    teu = float(trains.teu[inside].sum())
    tally.total(Key(group, "trains", "1/yr"), float(inside.sum()), years)
    tally.total(Key(group, "carried_teu", "TEU/yr"), teu, years)
    tally.add(Key(group, "load_factor", "share"), teu, float(inside.sum() * service.places))
    timed_out = float(trains.timed_out[inside].sum())
    tally.add(Key(group, "timed_out", "share"), timed_out, float(inside.sum()))


def _fleet(model: Model, tally: Tally, fleet: Fleet, calls: Calls) -> None:
    years = _years(model)
    for c, call in enumerate(fleet.calls):
        group = Group("all", "both", call.name)
        rows = (calls.call == c) & calls.cast_off.known & (calls.sailing >= 0)
        rows &= _inside(model, calls.cast_off.at)
        period = np.searchsorted(fleet.starts, calls.listed.at, side="right") - 1
        places = fleet.places[calls.vessel, period]
        sailings, teu = float(rows.sum()), float(calls.teu_on[rows].sum())
        tally.total(Key(group, "sailings", "1/yr"), sailings, years)
        tally.total(Key(group, "carried_teu", "TEU/yr"), teu, years)
        tally.add(Key(group, "load_factor", "share"), teu, float(places[rows].sum()))
        for name, begin, end in (
            ("berth_wait", calls.arrive, calls.berthed),
            ("berth_stay", calls.berthed, calls.cast_off),
        ):
            hours = float((end.at - begin.at)[rows].sum()) / TICK_H
            tally.add(Key(group, name, "h"), hours, sailings)
    _turn_round(model, tally, fleet, calls)


def _turn_round(model: Model, tally: Tally, fleet: Fleet, calls: Calls) -> None:
    """Time from one sailing to the next from the same call, of rounds that end in the measuring
    part.
    """
    group = Group("all", "both", fleet.name)
    sailed = (calls.sailing >= 0) & calls.cast_off.known & (calls.call == 0)
    vessel, at = calls.vessel[sailed], calls.cast_off.at[sailed]
    rounds = (vessel[1:] == vessel[:-1]) & _inside(model, at[1:])
    days = float((at[1:] - at[:-1])[rounds].sum()) / DAY
    tally.add(Key(group, "turn_round", "d"), days, float(rounds.sum()))


def _inside(model: Model, ticks: Ticks) -> npt.NDArray[np.bool_]:
    first, last = model.cohort
    return (ticks >= first) & (ticks < last)


def _years(model: Model) -> float:
    first, last = model.cohort
    return (last - first) / (YEAR_D * DAY)
