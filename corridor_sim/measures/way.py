"""Where cargo spends its time on the way: hours by piece, field indicators, and segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from corridor_sim.measures.cells import Cells, Ints
from corridor_sim.measures.rows import Group, Key, Spread, spreads
from corridor_sim.measures.sheet import Filled, Sheet
from corridor_sim.measures.timeline import (
    Mark,
    Of,
    Stay,
    next_rows,
    pieces,
    sailing_rows,
    stays,
    times,
    vehicle_rows,
)
from corridor_sim.model import TICK_H, Kind, Model, Step
from corridor_sim.result import Ledger, Mask, Passage, Times

RIDES = (Kind.BOARD, Kind.SAIL)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the way: from leaving `start` to reaching `end`; `stays`: with the stay at both
    ends.
    """

    start: str
    end: str
    stays: bool = False

    def __str__(self) -> str:
        return f"{self.start}{'..' if self.stays else ':'}{self.end}"


@dataclass(frozen=True, slots=True)
class Way:
    """What is planned for a path. Starts and ends are places among the sums of times at marks."""

    path: int
    groups: Sequence[Group]
    starts: Ints
    ends: Ints
    """Of pieces."""
    hauls: Mask
    km: float
    hours: Ints
    """Slots of hours `[pieces, groups]`."""
    borders: list[tuple[int, int, Ints]]
    """Reached, left, and slots of hours at border crossing points."""
    speeds: Ints
    """Slots of SWOD and SWD `[groups, 2]`."""
    segments: list[tuple[Segment, Mark | None, Mark | None]]
    """Segments on the way, with their ends; None is release or delivery."""


class Ways:
    """What is added up along the ways of the paths of a model.

    Of a piece of the way only the sum of its times is asked for: that of its ends less that of its
    starts. So the times at each mark are added up, once. All are of finished cargo.
    """

    def __init__(self, model: Model, segments: Sequence[Segment]) -> None:
        self._model, self._segments = model, segments
        self._steps = [(p, step) for p, path in enumerate(model.paths) for step in path.steps]
        lengths = [len(path.steps) for path in model.paths]
        self._first = np.cumsum([0, *lengths])[:-1]
        widths = [_width(model, step) for _, step in self._steps]
        self._base = np.cumsum([0, *widths])
        self._hours = Sheet()
        self._ways: list[Way] = []

    def _at(self, p: int, mark: Mark) -> int:
        """Place of a mark of a path among the sums."""
        stretch = self._first[p] + mark.step
        if mark.of == Of.PORT:
            return int(self._base[stretch + 1]) - 3 + mark.time
        ride = 3 + 3 * mark.column if mark.of == Of.RIDE else 0
        return int(self._base[stretch]) + ride + mark.time

    def plan(self, sheet: Sheet, p: int, groups: Sequence[Group]) -> None:
        """Plan for a path that counts in some groups; field indicators go into `sheet`.

        CAREC CPMM: TFI1, hours at a border crossing point; TFI4, speed with (SWD) and without
        delay (SWOD). ADB, CAREC Corridor Performance Measurement and Monitoring, methodology annex.
        SWOD divides the distance by the time in motion, SWD by the whole transit time.
        """
        model = self._model
        way = list(pieces(model, model.paths[p]))
        along = stays(way)
        hours = [[Key(g, f"{piece.kind}@{piece.name}", "h") for g in groups] for piece in way]
        borders = [
            (
                self._at(p, stay.reached),
                self._at(p, stay.left),
                np.array(
                    sheet.slots(
                        Key(g._replace(segment=model.places[stay.place]), *TFI1)
                        for g in groups if g.segment == "all"
                    )
                ),
            )
            for stay in along if model.borders[stay.place]
        ]  # fmt: skip
        self._ways.append(
            Way(
                path=p,
                groups=groups,
                starts=np.array([self._at(p, piece.start) for piece in way]),
                ends=np.array([self._at(p, piece.end) for piece in way]),
                hauls=np.array([piece.kind == "haul" for piece in way]),
                km=sum(piece.km for piece in way if piece.kind == "haul"),
                hours=np.array([self._hours.slots(keys) for keys in hours]),
                borders=borders,
                speeds=np.array([sheet.slots([Key(g, *SWOD), Key(g, *SWD)]) for g in groups]),
                segments=[x for segment in self._segments for x in _ends(model, along, segment)],
            )
        )

    def add(self, cells: Cells, cohort: Mask, sheet: Filled) -> dict[Key, tuple[float, float]]:
        """Add field indicators of the cohort `[N]` to the sheet; returns hours by piece, which over
        the pieces of a group sum to its transit mean.
        """
        finished = cohort & cells.delivered.known
        sums = self._sums(cells, finished)
        released, count, delivered = (
            _by_path(cells, values) for values in (cohort, finished, cells.delivered.at * finished)
        )
        hours = self._hours.filled()
        of_group: dict[Group, float] = {}
        for way in self._ways:
            if not released[way.path]:
                continue
            done = float(count[way.path])
            ticks = sums[way.ends] - sums[way.starts]
            hours.put(way.hours, (ticks / TICK_H)[:, None], 0.0)
            for reached, left, slots in way.borders:
                sheet.put(slots, (sums[left] - sums[reached]) / TICK_H, done)
            motion = ticks[way.hauls].sum() / TICK_H
            whole = (delivered[way.path] - sums[way.starts[0]]) / TICK_H
            sheet.put(way.speeds, way.km * done, [motion, whole])
            for group in way.groups:
                of_group[group] = of_group.get(group, 0.0) + done
        return {key: (top, of_group[key.group]) for key, (top, _) in hours.sums().items()}

    def _sums(self, cells: Cells, finished: Mask) -> Ints:
        """Times at marks, added up over finished cargo."""
        found = np.zeros(self._base[-1], np.int64)
        own = finished[cells.who]
        for time, times_at in enumerate((cells.arrive, cells.start, cells.finish)):
            found[self._base[:-1] + time] = cells.totals(times_at.at * own)
        rides: dict[tuple[Kind, int], Ints] = {}
        for stretch, (p, step) in enumerate(self._steps):
            if step.kind not in RIDES or not finished[cells.bounds[p] : cells.bounds[p + 1]].any():
                continue
            here = cells.stretch(stretch)
            vehicle = cells.vehicle[here][own[here]]
            at = step.kind, step.target
            if at not in rides:
                rides[at] = _ride_times(cells.ledger, step)
            rows = _rows(self._model, cells.ledger, step, vehicle)
            aboard = np.bincount(rows, minlength=len(rides[at]))
            found[self._base[stretch] + 3 : self._base[stretch + 1]] = aboard @ rides[at]
        return found

    def segments(self, cells: Cells, cohort: Mask) -> Iterator[list[tuple[Group, Spread]]]:
        """Durations of segments, by path and group."""
        for way in self._ways:
            first, last = cells.bounds[way.path : way.path + 2]
            at = first + np.flatnonzero(cohort[first:last])
            released = Times(cells.release[at], np.ones(len(at), np.bool_))
            delivered = Times(cells.delivered.at[at], cells.delivered.known[at])
            found = []
            for segment, begin, end in way.segments if len(at) else ():
                path, rows = self._model.paths[way.path], cells.rows[at]
                start, finish = (
                    given if mark is None else times(self._model, cells.ledger, path, mark, rows)
                    for mark, given in ((begin, released), (end, delivered))
                )
                (spread,) = spreads(start, finish, np.zeros(len(at), np.int64), units=1)
                whole = [g._replace(segment=str(segment)) for g in way.groups if g.segment == "all"]
                found += [(group, spread) for group in whole]
            yield found


TFI1 = ("tfi1_border", "h/consignment")
SWOD, SWD = ("tfi4_swod", "km/h"), ("tfi4_swd", "km/h")


def _width(model: Model, step: Step) -> int:
    """How many marks a step has."""
    if step.kind == Kind.BOARD:
        return 3 + 3 * len(model.services[step.target].chain)
    if step.kind == Kind.SAIL:
        return 6 + 3 * max(len(call.chain) for call in model.fleets[step.target].calls)
    return 3


def _ends(
    model: Model, along: list[Stay], segment: Segment
) -> Iterator[tuple[Segment, Mark | None, Mark | None]]:
    names = [model.places[stay.place] for stay in along]
    if segment.start not in names or segment.end not in names:
        return
    a, b = names.index(segment.start), names.index(segment.end)
    if a >= b:
        return
    last = b == len(along) - 1
    if segment.stays:
        yield segment, along[a].reached, None if last else along[b].left
    else:
        yield segment, None if a == 0 else along[a].left, None if last else along[b].reached


def _by_path(cells: Cells, values: Ints | Mask) -> Ints:
    """Values of consignments `[N]`, added up by path."""
    sums = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    return np.diff(sums[cells.bounds])


def _ride_times(ledger: Ledger, step: Step) -> Ints:
    """Times of the vehicles of a service or fleet `[n, marks]`."""
    if step.kind == Kind.BOARD:
        return _flat(ledger.departures[step.target].passage)
    calls = ledger.calls[step.target]
    then = next_rows(calls, np.arange(len(calls.vessel)))
    ports = [times.at[then, None] for times in (calls.arrive, calls.berthed, calls.unloaded)]
    return np.concatenate([_flat(calls.passage), *ports], axis=1)


def _flat(passage: Passage) -> Ints:
    table = np.stack([passage.arrive.at, passage.start.at, passage.finish.at], axis=2)
    return table.reshape(len(table), table.shape[1] * 3)


def _rows(model: Model, ledger: Ledger, step: Step, vehicle: Ints) -> Ints:
    if step.kind == Kind.BOARD:
        return vehicle_rows(ledger.departures[step.target], vehicle)
    vessels = len(model.fleets[step.target].vessels)
    return sailing_rows(ledger.calls[step.target], vehicle, vessels=vessels)
