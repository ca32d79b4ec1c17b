"""Measures of cargo: transit times by route, direction, pair of places and segment; where the time
goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from corridor_sim.measures.rows import Group, Key, Tally, spread
from corridor_sim.measures.timeline import Piece, Rows, Stay, pieces, stays
from corridor_sim.model import DAY, DIRECTIONS, NONE, TICK_H, YEAR_D, Kind, Model, Path
from corridor_sim.result import Ledger, Times


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


def cargo(
    model: Model, ledger: Ledger, tally: Tally, segments: Sequence[Segment], *, by_month: bool
) -> None:
    """Add the measures of all routed cargo of a replication to its tally."""
    first, last = model.cohort
    for p, path in enumerate(model.paths):
        if path.route == NONE:
            continue
        rows = np.flatnonzero((ledger.path == p) & ledger.release.known)
        released = ledger.release.at[rows]
        cohort = rows[(released >= first) & (released < last)]
        groups = groups_of(model, path)
        _throughput(model, ledger, tally, groups, path, rows)
        _transit(model, ledger, tally, groups, path, cohort)
        _costs(model, tally, groups, path, cohort)
        if by_month:
            _months(model, ledger, tally, groups, path, cohort)
        if len(cohort):
            _on_the_way(model, ledger, tally, groups, path, cohort, segments)
    for key, hours in tally.hours.items():
        tally.ratios[key] = (hours, tally.finished[key.group])


def groups_of(model: Model, path: Path) -> list[Group]:
    """The groups that the cargo of a path counts in: its pair of places and all, on its route and
    all.
    """
    flow = model.flows[path.flow]
    direction = DIRECTIONS[flow.direction]
    pair = f"{model.places[flow.origin]} to {model.places[flow.destination]}"
    return [
        Group(route, direction, segment)
        for route in ("all", model.routes[path.route])
        for segment in ("all", pair)
    ]


def _throughput(
    model: Model, ledger: Ledger, tally: Tally, groups: list[Group], path: Path, rows: Rows
) -> None:
    first, last = model.cohort
    years = (last - first) / (YEAR_D * DAY)
    size = model.flows[path.flow].size
    released, delivered = ledger.release.at[rows], ledger.delivered
    done = delivered.known[rows] & (delivered.at[rows] >= first) & (delivered.at[rows] < last)
    asked = (released >= first) & (released < last)
    for group in groups:
        tally.total(Key(group, "throughput_teu", "TEU/yr"), float(done.sum() * size), years)
        tally.total(Key(group, "released_teu", "TEU/yr"), float(asked.sum() * size), years)


def _transit(
    model: Model, ledger: Ledger, tally: Tally, groups: list[Group], path: Path, cohort: Rows
) -> None:
    release, delivered = _some(ledger.release, cohort), _some(ledger.delivered, cohort)
    took = spread(release, delivered)
    on_time = delivered.known & (delivered.at - release.at <= model.promise)
    trains = _by_train(model, ledger, path, cohort)
    for group in groups:
        tally.add_spread(group, "transit", took)
        tally.add(Key(group, "unfinished", "share"), took.unfinished, took.size)
        tally.add(Key(group, "on_time", "share"), float(on_time.sum()), took.size)
        if trains is not None:
            tally.add_spread(group, "train_transit", spread(*trains))
            tally.vehicles[group] = tally.vehicles.get(group, 0) + len(trains[0].at)


def _costs(model: Model, tally: Tally, groups: list[Group], path: Path, cohort: Rows) -> None:
    """Price and CO2e of the cohort, by TEU: sums over the legs of the path."""
    usd = sum(leg.usd_per_feu for leg in path.legs)
    kg = sum(leg.kg_per_teu for leg in path.legs)
    teu = float(len(cohort) * model.flows[path.flow].size)
    for group in groups:
        tally.add(Key(group, "cost_usd_per_feu", "USD/FEU"), usd * teu, teu)
        if not isnan(kg):
            tally.add(Key(group, "co2e_kg_per_teu", "kg/TEU"), kg * teu, teu)


def _by_train(model: Model, ledger: Ledger, path: Path, cohort: Rows) -> tuple[Times, Times] | None:
    """First release and last delivery of the cargo that left together on the first train of its
    path.
    """
    first = next(
        (k for k, step in enumerate(path.steps) if step.kind in (Kind.BOARD, Kind.SAIL)), None
    )
    if first is None:
        return None
    aboard = cohort[ledger.visits.start.known[cohort, first]]
    trains, index = np.unique(ledger.visits.vehicle[aboard, first], return_inverse=True)
    left = np.zeros(len(trains), np.int64)
    left[index] = ledger.visits.finish.at[aboard, first]
    last = np.zeros(len(trains), np.int64)
    np.maximum.at(last, index, ledger.delivered.at[aboard])
    all_in = np.ones(len(trains), bool)
    np.logical_and.at(all_in, index, ledger.delivered.known[aboard])
    gone = np.ones(len(trains), bool)
    np.logical_and.at(gone, index, ledger.visits.finish.known[aboard, first])
    return Times(left, gone), Times(last, all_in)


def _months(
    model: Model, ledger: Ledger, tally: Tally, groups: list[Group], path: Path, cohort: Rows
) -> None:
    month = np.searchsorted(model.month_starts, ledger.release.at[cohort], side="right") - 1
    for m in np.unique(month):
        label = model.month_labels[m]
        own = [g._replace(segment=_joined(g.segment, f"released {label}")) for g in groups]
        _transit(model, ledger, tally, own, path, cohort[month == m])


def _joined(segment: str, more: str) -> str:
    return more if segment == "all" else f"{segment}, {more}"


def _on_the_way(
    model: Model, ledger: Ledger, tally: Tally, groups: list[Group], path: Path, cohort: Rows,
    segments: Iterable[Segment],
) -> None:  # fmt: skip
    way = list(pieces(model, ledger, path, cohort))
    along = stays(way)
    release, delivered = _some(ledger.release, cohort), _some(ledger.delivered, cohort)
    whole = [group for group in groups if group.segment == "all"]
    for segment in segments:
        ends = _ends(model, along, segment, release, delivered)
        if ends is not None:
            took = spread(*ends)
            for group in whole:
                tally.add_spread(group._replace(segment=str(segment)), "transit", took)
    _where_the_time_goes(model, tally, groups, way, delivered.known)
    _indicators(model, tally, groups, way, along, delivered)


def _ends(
    model: Model, along: list[Stay], segment: Segment, release: Times, delivered: Times
) -> tuple[Times, Times] | None:
    names = [model.places[stay.place] for stay in along]
    if segment.start not in names or segment.end not in names:
        return None
    a, b = names.index(segment.start), names.index(segment.end)
    if a >= b:
        return None
    last = b == len(along) - 1
    if segment.stays:
        return (along[a].reached, delivered if last else along[b].left)
    return (release if a == 0 else along[a].left, delivered if last else along[b].reached)


def _where_the_time_goes(
    model: Model, tally: Tally, groups: list[Group], way: list[Piece], finished: np.ndarray
) -> None:
    """Hours by piece, of finished cargo; over the pieces of a group they sum to its transit
    mean.
    """
    count = float(finished.sum())
    for group in groups:
        tally.finished[group] = tally.finished.get(group, 0.0) + count
    for piece in way:
        hours = float((piece.end.at - piece.start.at)[finished].sum()) / TICK_H
        for group in groups:
            key = Key(group, f"{piece.kind}@{piece.name}", "h")
            tally.hours[key] = tally.hours.get(key, 0.0) + hours


def _indicators(
    model: Model,
    tally: Tally,
    groups: list[Group],
    way: list[Piece],
    along: list[Stay],
    delivered: Times,
) -> None:
    """CAREC CPMM: TFI1, hours at a border crossing point; TFI4, speed with (SWD) and without delay
    (SWOD).

    ADB, CAREC Corridor Performance Measurement and Monitoring, methodology annex. SWOD divides the
    distance by the time in motion, SWD by the whole transit time.
    """
    finished = delivered.known
    for stay in along:
        if not model.borders[stay.place]:
            continue
        hours = float((stay.left.at - stay.reached.at)[finished].sum()) / TICK_H
        for group in groups:
            if group.segment == "all":
                place = group._replace(segment=model.places[stay.place])
                tally.add(Key(place, "tfi1_border", "h/consignment"), hours, float(finished.sum()))
    hauls = [piece for piece in way if piece.kind == "haul"]
    km = sum(piece.km for piece in hauls) * float(finished.sum())
    motion = sum(float((p.end.at - p.start.at)[finished].sum()) for p in hauls) / TICK_H
    total = float((delivered.at - way[0].start.at)[finished].sum()) / TICK_H
    for group in groups:
        tally.add(Key(group, "tfi4_swod", "km/h"), km, motion)
        tally.add(Key(group, "tfi4_swd", "km/h"), km, total)


def _some(times: Times, rows: Rows) -> Times:
    return Times(times.at[rows], times.known[rows])
