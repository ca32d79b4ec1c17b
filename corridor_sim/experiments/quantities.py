"""Quantities by name, pooled over routes and directions, as one number that a search can use.

A quantity is written `transit_p90`, with what it is about before it, joined by `/`:
`middle-poti/westbound/transit_p90`, `xian:absheron/transit_mean`, `alat-berths/utilisation`,
`xian to absheron/2025-12/transit_mean` (of what was released there and then);
elements joined by `+` are pooled: `caspian-feeders@aktau+caspian-feeders@alat/carried_teu`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from corridor_sim.errors import UsageError, did_you_mean, one_of
from corridor_sim.experiments.run import Run
from corridor_sim.intervals import FloatArray
from corridor_sim.measures import Segment
from corridor_sim.measures.cargo import released
from corridor_sim.measures.money import IN_TRANSIT
from corridor_sim.measures.money import MEASURES as MONEY
from corridor_sim.measures.rows import Group, Key, Spread, Tally
from corridor_sim.measures.table import MEASURES, Durations, Row, Sample, rows
from corridor_sim.model import DAY, DIRECTIONS, TICK_H
from corridor_sim.scenario.schema import Scenario

DAY_H: Final = DAY / TICK_H
ALL: Final = Group("all", "both", "all")
"""The group of what is pooled."""
SPREADS: Final = tuple(
    f"{of}_{measure.name}" for of in ("transit", "train_transit") for measure in MEASURES
)
RATIOS: Final = (
    "throughput_teu", "released_teu", "unfinished", "on_time", "cost_usd_per_feu",
    "co2e_kg_per_teu", *dict(MONEY), "tfi1_border", "tfi4_swod", "tfi4_swd",
)  # fmt: skip
OF_ELEMENTS: Final = (
    "utilisation", "queue", "wait", "customers", "trains", "carried_teu", "load_factor",
    "timed_out", "sailings", "berth_wait", "berth_stay", "turn_round", "stock_teu",
    "stock_max_teu", "embargo_d",
)  # fmt: skip
PIECES: Final = ("wait", "work", "dwell", "haul")
UNITS: Final = {
    "throughput_teu": "TEU/yr", "released_teu": "TEU/yr", "carried_teu": "TEU/yr",
    "unfinished": "share", "on_time": "share", "utilisation": "share", "load_factor": "share",
    "timed_out": "share", "cost_usd_per_feu": "USD/FEU", "co2e_kg_per_teu": "kg/TEU",
    "tfi1_border": "h", "tfi4_swod": "km/h", "tfi4_swd": "km/h", "wait": "h", "berth_wait": "h",
    "berth_stay": "h", "turn_round": "d", "customers": "1/yr", "trains": "1/yr",
    "sailings": "1/yr", "stock_teu": "TEU", "stock_max_teu": "TEU", "embargo_d": "d/yr",
    **dict(MONEY),
}  # fmt: skip
FACTORS: Final = {("h", "d"): 1 / 24, ("d", "h"): 24.0, ("%", "share"): 0.01}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A measure of some routes (none: all) in a direction (none: both), or of an element; with a
    `month`, of what was released in it.
    """

    measure: str
    routes: tuple[str, ...] = ()
    direction: str | None = None
    segment: str = "all"
    element: str | None = None
    month: str | None = None

    def __str__(self) -> str:
        about = [self.element, *self.routes, self.direction, self.segment, self.month]
        return "/".join([*(word for word in about if word and word != "all"), self.measure])

    def groups(self) -> list[Group]:
        """The groups of a tally that are pooled."""
        if self.element is not None:
            return [Group("all", "both", name) for name in self.element.split("+")]
        ways = DIRECTIONS if self.direction is None else (self.direction,)
        found = [Group(r, way, self.segment) for r in self.routes or ("all",) for way in ways]
        return found if self.month is None else [released(group, self.month) for group in found]


def quantity(
    text: str, scenario: Scenario, *, routes: Sequence[str] = (), direction: str | None = None
) -> Quantity:
    """A quantity as it is written; `routes` and `direction` hold where the text names none.

    Raises
    ------
    UsageError
        For an unknown measure, route or element, with the nearest name.
    """
    *about, measure = text.strip().split("/")
    _check_name("measure", measure, _measures(scenario))
    for route in routes:
        _check_name("route", route, scenario.routes)
    found = Quantity(measure=measure, routes=tuple(routes), direction=direction)
    own: list[str] = []
    for word in about:
        if word in DIRECTIONS:
            found = replace(found, direction=word)
        elif word in scenario.routes:
            own.append(word)
        elif ":" in word or ".." in word or " to " in word:
            found = replace(found, segment=word)
        elif re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", word):
            found = replace(found, month=word)
        elif measure in OF_ELEMENTS:
            found = replace(found, element=word)
        else:
            _check_name("route", word, scenario.routes)
    if measure in OF_ELEMENTS and found.element is None:
        raise UsageError(f"{measure} is of an element: write ELEMENT/{measure}")
    return replace(found, routes=tuple(own)) if own else found


def segments(quantities: Sequence[Quantity]) -> tuple[Segment, ...]:
    """The segments to be measured for quantities."""
    from corridor_sim.experiments.plan import segment

    names = dict.fromkeys(
        q.segment for q in quantities if q.segment != "all" and " to " not in q.segment
    )
    return tuple(segment(name) for name in names)


def in_unit_of_table(given: Quantity, number: float, unit: str) -> float:
    """A number as the table of measures has it: `480 h` of a transit time are 20, `5 %` are 0.05.

    Raises
    ------
    UsageError
        For a unit that the quantity does not have.
    """
    own = unit_of(given)
    if unit in ("", own) or f"{unit}/yr" == own:
        return number
    factor = FACTORS.get((unit, own))
    if factor is None:
        raise UsageError(f"{given} is in {own}, not in {unit}")
    return number * factor


def unit_of(given: Quantity) -> str:
    """The unit of a quantity in the table of measures; empty where only a run tells it."""
    if given.measure in SPREADS:
        return "1" if given.measure.endswith("_cv") else "d"
    if _is_piece(given.measure):
        return "h"
    return UNITS.get(given.measure, "")


def pooled(tally: Tally, given: Quantity) -> Tally:
    """A tally whose only group, `ALL`, holds all groups of a quantity together.

    Totals a year keep the years of the measuring part; all other ratios add up on both sides.
    """
    found = Tally(tally.replication)
    groups = set(given.groups())
    for (group, of), spread in tally.spreads.items():
        if group in groups:
            found.add_spread(ALL, of, spread)
    for key, (above, below) in tally.ratios.items():
        if key.group not in groups:
            continue
        if key.unit.endswith("/yr") or key.measure == IN_TRANSIT:
            found.total(Key(ALL, key.measure, key.unit), above, below)
        elif not _is_piece(key.measure):
            found.add(Key(ALL, key.measure, key.unit), above, below)
    _add_pieces(tally, groups, found)
    found.vehicles = {ALL: sum(tally.vehicles.get(group, 0) for group in groups)}
    return found


def _add_pieces(tally: Tally, groups: set[Group], found: Tally) -> None:
    """Hours by piece, over all finished cargo of the groups, wherever it passed."""
    finished = float(
        sum(
            spread.size - spread.unfinished
            for (group, of), spread in tally.spreads.items()
            if group in groups and of == "transit"
        )
    )
    for key, (hours, _) in tally.ratios.items():
        if key.group in groups and _is_piece(key.measure):
            new = Key(ALL, key.measure, key.unit)
            old = found.ratios.get(new, (0.0, 0.0))[0]
            found.ratios[new] = (old + hours, finished)


def overloaded(run: Run, given: Quantity) -> bool:
    """Whether rows of a quantity are marked so: of all routes, whether any of them is."""
    groups = given.groups()
    if not given.routes and given.element is None:
        groups += replace(given, routes=tuple(run.model.routes)).groups()
    return not run.sample().overloaded.isdisjoint(groups)


def pooled_sample(run: Run, given: Quantity) -> Sample:
    """What the rows of the groups of a quantity are made from, pooled; see `pooled`."""
    over = frozenset({ALL} if overloaded(run, given) else ())
    tallies = [pooled(tally, given) for tally in run.tallies]
    return Sample(run.case.name, tallies, over, run.options.level)


def estimated(run: Run, given: Quantity) -> Row:
    """The row of a quantity with its interval, exactly as the table of measures estimates it.

    Raises
    ------
    UsageError
        Where no cargo passed there.
    """
    for row in rows(pooled_sample(run, given)):
        if row.measure == given.measure:
            return row
    raise UsageError(f"{run.case.name} has no {given}")


def settled(run: Run, given: Quantity, *, without: int | None = None) -> float:
    """A quantity as one finite number, in the unit of its row; unfinished cargo counts.

    The mean transit time of a cohort with unfinished cargo is that of min(time, length of the
    run-out), which is known of all of it (restricted mean: Royston & Parmar 2013,
    doi:10.1186/1471-2288-13-152). A quantile among the unfinished is that length, or the longest
    time seen if longer. `without`: a replication (by position) that is left out.

    Raises
    ------
    UsageError
        Where no cargo passed there.
    """
    numbers = [i for i in range(len(run.tallies)) if i != without]
    return _settled(run, given, [run.tallies[i] for i in numbers])


def by_replication(run: Run, given: Quantity) -> FloatArray:
    """`settled` of each replication on its own, `[R]`; nan where no cargo was released."""
    found = []
    for tally in run.tallies:
        try:
            found.append(_settled(run, given, [tally]))
        except UsageError:
            found.append(math.nan)
    return np.array(found)


def left_out(run: Run, given: Sequence[Quantity]) -> FloatArray:
    """`settled` of quantities with each replication left out in turn, `[R, quantities]`."""
    return np.array([[settled(run, q, without=i) for q in given] for i in range(len(run.tallies))])


def jackknife_covariance(run: Run, given: Sequence[Quantity]) -> FloatArray:
    """Covariance of the estimates of quantities, `[quantities, quantities]`, from replications.

    Delete-one jackknife (Efron & Tibshirani 1993, ch. 11). ValueError: fewer than two of them.
    """
    r = len(run.tallies)
    if r < 2:
        raise ValueError("a covariance needs at least two replications")
    deviations = left_out(run, given)
    deviations = deviations - deviations.mean(axis=0)
    return np.asarray((r - 1) / r * deviations.T @ deviations, np.float64)


def share_below(run: Run, given: Quantity, *, limit: float) -> tuple[FloatArray, FloatArray]:
    """Cargo of durations that took less than `limit` (d), and the whole cohort, each `[R]`."""
    of = given.measure.rpartition("_")[0]
    hours = limit * DAY_H
    below, size = [], []
    for tally in run.tallies:
        spread = _spread(tally, given, of)
        counts = np.concatenate([[0.0], np.cumsum(spread.counts)])
        below.append(float(np.interp(hours, np.arange(len(counts)), counts)))
        size.append(float(spread.size))
    return np.array(below), np.array(size)


def _settled(run: Run, given: Quantity, tallies: Sequence[Tally]) -> float:
    if given.measure in SPREADS:
        of, _, name = given.measure.rpartition("_")
        if given.measure.endswith("p90_p50"):
            of, name = given.measure.removesuffix("_p90_p50"), "p90_p50"
        return _of_spread(run, given, [_spread(tally, given, of) for tally in tallies], name)
    above = below = 0.0
    for tally in tallies:
        for key, pair in pooled(tally, given).ratios.items():
            if key.measure == given.measure:
                above, below = above + pair[0], below + pair[1]
    if not below:
        raise UsageError(f"{run.case.name} has no {given}")
    return above / below


def _of_spread(run: Run, given: Quantity, spreads: Sequence[Spread], name: str) -> float:
    longest_h = (run.model.end - run.model.cohort[1]) / TICK_H
    cohort = Durations(spreads)
    size, left = float(cohort.n.sum() + cohort.unfinished.sum()), float(cohort.unfinished.sum())
    if not size:
        raise UsageError(f"{run.case.name} releases no cargo for {given}")
    if name == "mean" and left and longest_h:
        return _restricted_mean(cohort, longest_h) / DAY_H
    measure = next(m for m in MEASURES if m.name == name)
    found = measure.resampled(cohort)
    if math.isfinite(found.value):
        return found.value / measure.scale
    seen = float(np.flatnonzero(cohort.counts.sum(axis=0)).max(initial=0))
    return max(seen, longest_h) / measure.scale


def _restricted_mean(cohort: Durations, limit_h: float) -> float:
    """Mean of min(time, limit), hours; times beyond the limit are known to the hour."""
    counts = cohort.counts.sum(axis=0)
    over = np.maximum(np.arange(len(counts)) + 0.5 - limit_h, 0.0)
    left = float(cohort.unfinished.sum())
    total = float(cohort.total.sum()) - float(over @ counts) + left * limit_h
    return total / (float(counts.sum()) + left)


def _spread(tally: Tally, given: Quantity, of: str) -> Spread:
    found = Spread(np.zeros(1, np.int64), 0, 0.0, 0.0)
    for group in given.groups():
        found += tally.spreads.get((group, of), Spread(np.zeros(1, np.int64), 0, 0.0, 0.0))
    return found


def _is_piece(measure: str) -> bool:
    return measure.partition("@")[0] in PIECES and "@" in measure


def _measures(scenario: Scenario) -> list[str]:
    names = [*scenario.links, *scenario.dwells, *scenario.stations, *scenario.lines,
             *scenario.services, *scenario.fleets]  # fmt: skip
    return [*SPREADS, *RATIOS, *OF_ELEMENTS, *(f"{piece}@{n}" for piece in PIECES for n in names)]


def _check_name(what: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        cure = did_you_mean(name, names) or one_of(names)
        raise UsageError(f"there is no {what} {name!r}; {cure}")
