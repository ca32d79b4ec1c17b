"""Measures of stations, lines, services, fleets and yards, over the measuring part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corridor_sim.measures.cells import Cells, Steps
from corridor_sim.measures.rows import Group, Key, Tally, years_of
from corridor_sim.measures.sheet import Filled, Sheet
from corridor_sim.model import DAY, TICK_H, YEAR_D, Fleet, Kind, Model, Step, Ticks
from corridor_sim.result import Calls, Ledger, Numbers, Passage, Times

STATION = (
    ("utilisation", "share"), ("queue", "customers"), ("wait", "h"), ("customers", "1/yr")
)  # fmt: skip
SERVICE = (
    ("trains", "1/yr"), ("carried_teu", "TEU/yr"), ("load_factor", "share"), ("timed_out", "share")
)  # fmt: skip
CALL = (
    ("sailings", "1/yr"), ("carried_teu", "TEU/yr"), ("load_factor", "share"), ("berth_wait", "h"),
    ("berth_stay", "h"),
)  # fmt: skip
TOTALS = frozenset(("customers", "trains", "carried_teu", "sailings"))
YARD = (("stock_teu", "TEU"), ("stock_max_teu", "TEU"), ("embargo_d", "d/yr"))
Measures = tuple[tuple[str, str], ...]


class Elements:
    """Adds the measures of all elements of a model to tallies."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._sheet = Sheet(totals=TOTALS, years=years_of(model))
        self._stations = self._planned([s.name for s in model.stations], STATION)
        self._servers = np.array([s.servers for s in model.stations])
        self._services = self._planned([s.name for s in model.services], SERVICE)
        self._places = np.array([s.places for s in model.services])
        self._fleets = [
            (
                self._planned([call.name for call in fleet.calls], CALL),
                self._planned([fleet.name], (("turn_round", "d"),)),
            )
            for fleet in model.fleets
        ]
        self._yards = self._planned([yard.name for yard in model.yards], YARD)

    def _planned(self, names: list[str], measures: Measures) -> npt.NDArray[np.int64]:
        """Slots `[names, measures]`."""
        found = [
            self._sheet.slots(Key(Group("all", "both", name), *words) for words in measures)
            for name in names
        ]
        return np.array(found, np.int64).reshape(len(names), len(measures))

    def add(self, cells: Cells, tally: Tally) -> None:
        """Add those of a replication."""
        sheet, ledger = self._sheet.filled(), cells.ledger
        self._at_stations(cells, sheet)
        self._of_services(ledger, sheet)
        for fleet, slots, calls in zip(self._model.fleets, self._fleets, ledger.calls, strict=True):
            for c in range(len(fleet.calls)):
                sheet.put(slots[0][c], *_call(self._model, fleet, calls, c))
            sheet.put(slots[1][0], *_turn_round(self._model, calls))
        first, last = (tick // DAY for tick in self._model.cohort)
        for y, slot in enumerate(self._yards):
            stock = ledger.reviews.stock[y, first:last]
            in_force = ledger.reviews.announced[y, first - 1 if first else 0 : last - 1]
            found = (stock.sum(), stock.max(initial=0), in_force.sum())
            sheet.put(slot, found, (len(stock), 1.0, len(stock) / YEAR_D))
        tally.ratios.update(sheet.sums())

    def _at_stations(self, cells: Cells, sheet: Filled) -> None:
        model, window = self._model, self._model.cohort
        came, count = _customers(model, cells), len(model.stations)
        length = window[1] - window[0]
        inside = (came.arrive >= window[0]) & (came.arrive < window[1])
        busy, waiting, wait, arrived = (
            np.bincount(came.station, amounts, count)  # ticks of a year: exact as floats
            for amounts in (
                _overlap(came.start, came.finish, window),
                _overlap(came.arrive, came.start, window),
                (came.start - came.arrive) * inside,
                inside,
            )
        )
        measures: tuple[tuple[npt.ArrayLike, npt.ArrayLike], ...] = (
            (busy, length * self._servers),
            (waiting, length),
            (wait / TICK_H, arrived),
            (arrived, years_of(model)),
        )
        for k, (top, bottom) in enumerate(measures):
            sheet.put(self._stations[:, k], top, bottom)

    def _of_services(self, ledger: Ledger, sheet: Filled) -> None:
        if not ledger.departures:
            return
        sizes = [len(trains.left) for trains in ledger.departures]
        service = np.repeat(np.arange(len(sizes)), sizes)
        left, teu, timed_out = (
            np.concatenate([getattr(trains, name) for trains in ledger.departures])
            for name in ("left", "teu", "timed_out")
        )
        inside = _inside(self._model, left)
        service = service[inside]
        trains = np.bincount(service, minlength=len(sizes))
        carried = np.bincount(service, teu[inside], len(sizes))
        late = np.bincount(service, timed_out[inside], len(sizes))
        years = years_of(self._model)
        measures: tuple[tuple[npt.ArrayLike, npt.ArrayLike], ...] = (
            (trains, years), (carried, years), (carried, trains * self._places), (late, trains)
        )  # fmt: skip
        for k, (top, bottom) in enumerate(measures):
            sheet.put(self._services[:, k], top, bottom)


@dataclass(frozen=True, slots=True)
class Customers:
    """Customers of stations: who came where and when, began and was done; open ends are the end
    of the run.
    """

    station: Numbers
    arrive: Ticks
    start: Ticks
    finish: Ticks

    def at(self, station: int) -> Customers:
        """Those of one station."""
        own = self.station == station
        return Customers(self.station[own], self.arrive[own], self.start[own], self.finish[own])


def customers(model: Model, ledger: Ledger) -> Customers:
    """Everyone who came to a station: consignments, trains and vessels."""
    return _customers(model, Cells.of(Steps(model), ledger))


def _customers(model: Model, cells: Cells) -> Customers:
    station = np.repeat(cells.steps.station, np.diff(cells.begins))
    found = [
        [station[came], *(np.where(t.known[came], t.at[came], model.end) for t in times)]
        for station, *times in [
            (station, cells.arrive, cells.start, cells.finish), *_vehicles(model, cells.ledger)
        ]
        for came in [(station >= 0) & times[0].known]
    ]  # fmt: skip
    return Customers(*(np.concatenate(column) for column in zip(*found, strict=True)))


Part = tuple[Numbers, Times, Times, Times]


def _vehicles(model: Model, ledger: Ledger) -> Iterator[Part]:
    """Stations, and when vehicles arrived there, started and finished."""
    for service, trains in zip(model.services, ledger.departures, strict=True):
        if any(step.kind == Kind.STATION for step in service.chain):
            yield _passing(_stations(service.chain), trains.passage)
    for fleet, calls in zip(model.fleets, ledger.calls, strict=True):
        berths = np.array([call.station for call in fleet.calls])
        yield berths[calls.call], calls.arrive, calls.berthed, calls.cast_off
        widest = max(len(call.chain) for call in fleet.calls)
        chains = np.array([_stations(call.chain, widest=widest) for call in fleet.calls])
        yield _passing(chains[calls.call], calls.passage)


def _stations(chain: tuple[Step, ...], *, widest: int = 0) -> list[int]:
    found = [step.target if step.kind == Kind.STATION else -1 for step in chain]
    return found + [-1] * (widest - len(chain))


def _passing(station: npt.ArrayLike, passage: Passage) -> Part:
    return np.broadcast_to(station, passage.arrive.at.shape), *(
        passage.arrive, passage.start, passage.finish
    )  # fmt: skip


def _overlap(begin: Ticks, end: Ticks, window: tuple[int, int]) -> Ticks:
    """Ticks that intervals `[n]` have in common with a window."""
    return (np.minimum(end, window[1]) - np.maximum(begin, window[0])).clip(0)


def _call(
    model: Model, fleet: Fleet, calls: Calls, call: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Numerators and denominators of `CALL`."""
    rows = np.flatnonzero((calls.call == call) & calls.cast_off.known & (calls.sailing >= 0))
    rows = rows[_inside(model, calls.cast_off.at[rows])]
    period = np.searchsorted(fleet.starts, calls.listed.at[rows], side="right") - 1
    places = float(fleet.places[calls.vessel[rows], period].sum())
    years, teu, sailings = years_of(model), float(calls.teu_on[rows].sum()), float(len(rows))
    wait = float((calls.berthed.at[rows] - calls.arrive.at[rows]).sum()) / TICK_H
    stay = float((calls.cast_off.at[rows] - calls.berthed.at[rows]).sum()) / TICK_H
    return (sailings, teu, teu, wait, stay), (years, years, places, sailings, sailings)


def _turn_round(model: Model, calls: Calls) -> tuple[float, float]:
    """Time from one sailing to the next from the same call, of rounds that end in the measuring
    part.
    """
    sailed = (calls.sailing >= 0) & calls.cast_off.known & (calls.call == 0)
    vessel, at = calls.vessel[sailed], calls.cast_off.at[sailed]
    rounds = (vessel[1:] == vessel[:-1]) & _inside(model, at[1:])
    return float((at[1:] - at[:-1])[rounds].sum()) / DAY, float(rounds.sum())


def _inside(model: Model, ticks: Ticks) -> npt.NDArray[np.bool_]:
    first, last = model.cohort
    return (ticks >= first) & (ticks < last)
