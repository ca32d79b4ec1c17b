"""Shocks become closures: of single servers, of hours of the day, of shares of departures."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from corridor_sim.compile.context import Context
from corridor_sim.draws import merged
from corridor_sim.model import DAY, Closure
from corridor_sim.scenario.network import Station
from corridor_sim.scenario.shocks import Shock, causes_of, dates_of, shut_by
from corridor_sim.scenario.traffic import Timetable


@dataclass(frozen=True, slots=True)
class Part:
    """What a shock shuts of one element at a time: servers, the highest-numbered, or a share of
    departures.
    """

    closure: Closure
    element: str
    servers: int
    share: float
    work: bool
    announced: int
    whole: bool
    """Whether it takes all of the element, for whole days."""


def parts(context: Context) -> list[Part]:
    """The parts of all shocks; their closures follow those of the scenario in the model."""
    scenario = context.scenario
    return [
        part
        for name, shock in scenario.shocks.items()
        for given in shock.on
        for element in shut_by(scenario, given)
        for part in _parts(context, name, shock, element)
    ]


def _parts(context: Context, name: str, shock: Shock, element: str) -> Iterator[Part]:
    scenario, tick = context.scenario, context.clock.tick
    first, last = dates_of(scenario, name)
    announced = tick(shock.announced or first)
    events = tuple(
        (cause, scenario.shocks[cause].probability.value) for cause in causes_of(scenario, name)
    )
    certain = all(probability >= 1 for _, probability in events)
    cuts = _cut_servers if element in context.stations else _cut_departures
    for cut, windows in cuts(context, shock, element, first, last).items():
        table = merged([np.array(windows, np.int64)])
        yield Part(
            Closure(name, table, events=() if certain else events), element, cut.servers, cut.share,
            shock.stops == "work", announced, certain and cut.whole,
        )  # fmt: skip


class _Cut(NamedTuple):
    """How much of an element is shut, and whether that is all of it for whole days."""

    servers: int
    share: float
    whole: bool


Windows = dict[_Cut, list[tuple[int, int]]]


def _cut_servers(
    context: Context, shock: Shock, element: str, first: dt.date, last: dt.date
) -> Windows:
    """Windows by how many servers they take; what is left of one server are the last hours of the
    day.
    """
    found: Windows = defaultdict(list)
    for day, share in _days(shock, first, last):
        start = context.clock.tick(day)
        there = _servers(context, element, day)
        left = Fraction(there) * share
        if shock.open_servers is not None:
            kept = min(there, int(shock.open_servers.value))
            left = kept + (there - kept) * share
        whole = left.numerator // left.denominator
        shut = _most(context, element) if left == 0 else there - whole
        if shut > 0:
            cut = _Cut(shut, 1.0, left == 0)
            found[cut].append((start, start + round((1 - (left - whole)) * DAY)))
        if shut > 1 and left > whole:
            found[_Cut(shut - 1, 1.0, False)].append((start, start + DAY))
    return found


def _cut_departures(
    context: Context, shock: Shock, element: str, first: dt.date, last: dt.date
) -> Windows:
    """Windows by the share of departures that they take: of the day, if they leave when full."""
    timetable = isinstance(context.scenario.services[element], Timetable)
    found: Windows = defaultdict(list)
    for day, share in _days(shock, first, last):
        start = context.clock.tick(day)
        if timetable:
            found[_Cut(0, float(1 - share), share == 0)].append((start, start + DAY))
        else:
            end = start + round((1 - share) * DAY)
            found[_Cut(0, 1.0, share == 0)].append((start, end))
    return found


def _days(shock: Shock, first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, Fraction]]:
    """Days on which not all is open, and the share that is (of what a number of servers leaves)."""
    base = Fraction(shock.open_share.value).limit_denominator(1_000_000)
    for i in range((last - first).days):
        yield first + dt.timedelta(days=i), base
    ramp = int(shock.ramp_up_d.value)
    for i in range(ramp):
        yield last + dt.timedelta(days=i), base + (1 - base) * Fraction(i + 1, ramp + 1)


def _servers(context: Context, element: str, day: dt.date) -> int:
    facility = context.facility(element)
    return int(facility.servers.at(day)) if isinstance(facility, Station) else 1


def _most(context: Context, element: str) -> int:
    facility = context.facility(element)
    return int(max(facility.servers.every())) if isinstance(facility, Station) else 1
