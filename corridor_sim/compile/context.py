"""What all parts of the compilation share: the scenario, its calendar and the numbering of
things.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from corridor_sim.compile.timing import Clock
from corridor_sim.laws import path_hours, quantile_table
from corridor_sim.model import NONE, TICK_H, Duration, Floats, Kind, Step
from corridor_sim.scenario.network import Delayed, Dwell, Line, Station
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.values import Value

ONE = Value(value=1.0)


@dataclass
class Context:
    """The scenario being compiled, and the tables that grow while it is."""

    scenario: Scenario
    clock: Clock
    durations: list[Duration] = field(default_factory=list)
    tables: list[Floats] = field(default_factory=list)
    _duration_of: dict[str, int] = field(default_factory=dict)
    _table_of: dict[tuple[str, float], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        words = self.scenario
        self.places = {name: i for i, name in enumerate(words.places)}
        self.stations = {name: i for i, name in enumerate([*words.stations, *words.lines])}
        self.services = {name: i for i, name in enumerate(words.services)}
        self.fleets = {name: i for i, name in enumerate(words.fleets)}
        self.routes = {name: i for i, name in enumerate(words.routes)}
        self.yard_at = {self.places[yard.place]: i for i, yard in enumerate(words.yards.values())}

    def table(self, law: str, cv: float) -> int:
        """The number of a quantile table."""
        at = self._table_of.get((law, cv))
        if at is None:
            at = self._table_of[law, cv] = len(self.tables)
            self.tables.append(quantile_table(law, cv=cv))
        return at

    def stack(self) -> Floats:
        """All quantile tables `[laws, N]`."""
        return np.array(self.tables) if self.tables else np.empty((0, 0))

    def facility(self, name: str) -> Station | Line:
        """A station or line by name."""
        return self.scenario.stations.get(name) or self.scenario.lines[name]

    def ride(self, chain: Iterable[str], origin: str, owner: str) -> tuple[Step, ...]:
        """The steps of a vehicle on a chain of links, dwells, stations and lines."""
        words, steps, here = self.scenario, [], origin
        for name, who in numbered(chain, owner):
            if name in words.links:
                link = words.links[name]
                there = link.ends[1] if link.ends[0] == here else link.ends[0]
                steps.append(
                    Step(
                        Kind.HAUL, name, self.places[here], to=self.places[there],
                        duration=self.delay(link, name, who), km=link.length_km.value,
                    )
                )  # fmt: skip
                here = there
            else:
                steps.append(self.stop(name, who, vehicle=True))
        return tuple(steps)

    def stop(self, name: str, owner: str, *, vehicle: bool) -> Step:
        """A step at a dwell, station or line."""
        if name in self.scenario.dwells:
            dwell = self.scenario.dwells[name]
            place = self.places[dwell.place]
            return Step(Kind.HAUL, name, place, to=place, duration=self.delay(dwell, name, owner))
        facility = self.facility(name)
        return Step(
            Kind.STATION,
            name,
            self.places[facility.place],
            target=self.stations[name],
            duration=self.work(name, owner, vehicle=vehicle),
        )

    def delay(self, element: Delayed, name: str, owner: str) -> int:
        """The number of the duration of a link or dwell, as its owner meets it."""
        share = element.share if isinstance(element, Dwell) else ONE
        starts, days = self.clock.periods([element.min_h, element.delay_mean_h, share])
        fixed = np.array([element.min_h.at(day) for day in days]) * TICK_H
        spread = np.array([element.delay_mean_h.at(day) for day in days]) * TICK_H
        table = NONE
        if element.law == "constant":
            fixed, spread = fixed + spread, np.zeros(len(days))
        elif spread.any():
            table = self.table(element.law, element.delay_cv.value)
        return self._number(
            Duration(
                name=f"{name}/{owner}", starts=starts, fixed=fixed, spread=spread, table=table,
                share=np.array([share.at(day) for day in days]), otherwise=np.zeros(len(days)),
                per_teu=False,
            )
        )  # fmt: skip

    def work(self, name: str, owner: str, *, vehicle: bool) -> int:
        """The number of the duration of the work of a station or line, as its owner meets it."""
        facility = self.facility(name)
        if isinstance(facility, Line):
            return self._number(self._path(facility, f"{name}/{owner}", vehicle=vehicle))
        return self._number(self._station_work(facility, f"{name}/{owner}"))

    def _path(self, line: Line, stream: str, *, vehicle: bool) -> Duration:
        starts, days = self.clock.periods([line.paths_per_day])
        open_h = line.open_to_h.value - line.open_from_h.value
        work = [
            path_hours(open_h_per_day=open_h, paths_per_day=line.paths_per_day.at(day))
            for day in days
        ]
        scale = TICK_H if vehicle else TICK_H / line.teu_per_path.value
        return _fixed(stream, starts, np.array(work) * scale, per_teu=not vehicle)

    def _station_work(self, station: Station, stream: str) -> Duration:
        amount = station.work_h_per_feu or station.work_h_per_customer
        assert amount is not None, "a station with customers has work; `check` holds it"
        digital = station.digital
        values = [amount, digital.share, digital.work_h_per_feu] if digital else [amount]
        starts, days = self.clock.periods(values)
        per_teu = station.work_h_per_feu is not None
        scale = TICK_H / 2 if per_teu else TICK_H
        paper = np.array([amount.at(day) for day in days]) * scale
        mean, share, otherwise = paper, np.ones(len(days)), np.zeros(len(days))
        if digital:
            mean = np.array([digital.work_h_per_feu.at(day) for day in days]) * scale
            share = np.array([digital.share.at(day) for day in days])
            otherwise = paper / mean
        cv, law = station.work_cv.value, station.work_law
        random = law == "exponential" or (cv > 0 and law != "constant")
        table = self.table(law, cv or 1.0) if random else NONE
        none = np.zeros(len(days))
        return Duration(
            name=stream, starts=starts, fixed=none if random else mean, spread=mean if random else
            none, table=table, share=share, otherwise=otherwise, per_teu=per_teu,
        )  # fmt: skip

    def _number(self, duration: Duration) -> int:
        at = self._duration_of.get(duration.name)
        if at is None:
            at = self._duration_of[duration.name] = len(self.durations)
            self.durations.append(duration)
        return at


def _fixed(name: str, starts: np.ndarray, amount: Floats, *, per_teu: bool) -> Duration:
    count = len(starts)
    return Duration(
        name=name, starts=starts, fixed=amount, spread=np.zeros(count), table=NONE,
        share=np.ones(count), otherwise=np.zeros(count), per_teu=per_teu,
    )  # fmt: skip


def numbered(chain: Iterable[str], owner: str) -> Iterator[tuple[str, str]]:
    """Elements of a chain, each with its owner; who passes one again has luck of its own there."""
    times: Counter[str] = Counter()
    for name in chain:
        times[name] += 1
        yield name, owner if times[name] == 1 else f"{owner}#{times[name]}"
