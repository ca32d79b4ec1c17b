"""The compiled scenario: numbers only, read-only, the same for every engine.

Kinds of the field (port, border, train) end here: engines see stations, services, fleets,
durations and itineraries. Each keeps the name that brought it, for messages. Times are whole ticks
(int64, 1 tick = 1 s) from the start of the run. An index into a tuple of the model is written as
`int`; `NONE` (-1) means no such thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

Ticks = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TICK_H: Final = 3600
DAY: Final = 24 * TICK_H
YEAR_D: Final = 365.25
"""Days of the year in which amounts a year are stated."""
NONE: Final = -1
DIRECTIONS: Final = ("westbound", "eastbound")
"""Names of the directions, by `Flow.direction`."""


class Kind(IntEnum):
    """What a step of an itinerary is."""

    STATION = 0
    """A visit at a station; `target` is the station."""
    HAUL = 1
    """Time in motion, or a dwell; `target` is unused."""
    BOARD = 2
    """Waiting for a departure of a service and riding it; `target` is the service."""
    SAIL = 3
    """Waiting for a vessel of a fleet and riding it to its next call; `target`, `call`."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A law of durations: (fixed + spread x q(u)) x (1 where v < share, else otherwise), in ticks.

    Arrays `[P]` have one entry per period; a period lasts from `starts[p]` to the next, and the
    one in force at the START of the work applies. `per_teu`: amounts are per TEU and scaled by the
    size.
    """

    name: str
    """Name of the random stream: element and who passes it."""
    starts: Ticks
    fixed: Floats
    spread: Floats
    table: int
    """Quantile table of the law in `Model.tables`, or NONE."""
    share: Floats
    otherwise: Floats
    per_teu: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an itinerary, of a consignment or of a vehicle."""

    kind: Kind
    name: str
    place: int
    """Place where it happens; for hauls and rides the place of departure."""
    target: int = NONE
    call: int = NONE
    duration: int = NONE
    enters: int = NONE
    """Yard whose stock the cargo joins when it becomes ready for this step."""
    leaves: int = NONE
    """Yard whose stock it leaves when this step is over (for a ride: at departure)."""
    to: int = NONE
    """Place reached by a haul or a ride; a dwell stays where it is."""
    km: float = 0.0
    """Length of a haul."""


@dataclass(frozen=True, slots=True)
class Shut:
    """That a closure takes servers of a station."""

    closure: int
    servers: int
    """Highest-numbered servers that it takes; lowest-numbered ones if negative."""
    work: bool
    """Whether it also stops work under way."""

    def takes(self, server: int, *, of: int) -> bool:
        """Whether it takes a server of a station that has so many."""
        return server >= of - self.servers if self.servers >= 0 else server < -self.servers


@dataclass(frozen=True, slots=True)
class Station:
    """Parallel servers with one queue; customers are consignments, trains or vessels."""

    name: str
    place: int
    servers: int
    shuts: tuple[Shut, ...]
    berth: bool
    """Served in the second phase of an instant, with load lists."""
    line: bool
    """Whether it is a line (train paths)."""


@dataclass(frozen=True, slots=True)
class Closure:
    """Windows of closure, drawn before the run.

    `windows` are known ones `[W, 2]`. Random spells are added where `rate` is given: `rate[m]`
    failures per open tick in month m (January 0), closed spells of mean `spell[m]` with the law of
    `table`. `monthly[D]` gives the month of each day of the run.
    """

    name: str
    windows: Ticks
    rate: Floats | None = None
    spell: Floats | None = None
    table: int = NONE
    events: tuple[tuple[str, float], ...] = ()
    """Events by name that must all happen for it, each with its probability given the next; none:
    it is certain."""

    @property
    def known(self) -> Ticks:
        """Windows that are certain `[W, 2]`."""
        return self.windows[:0] if self.events else self.windows


@dataclass(frozen=True, slots=True)
class Service:
    """Departures with places; `headway` 0 means departures when full."""

    name: str
    origin: int
    destination: int
    places: int
    chain: tuple[Step, ...]
    headway: int
    offset: int
    jitter: float
    jitter_table: int
    cancelled: float
    max_wait: int
    closures: tuple[tuple[int, float], ...]
    """Closures that shut it, with the share of departures that they cancel."""
    feeds: int
    """Yard at its destination."""


@dataclass(frozen=True, slots=True)
class Call:
    """A port of call of a fleet and the chain to the next."""

    name: str
    place: int
    station: int
    unload: Ticks
    """Unloading work `[T + 1]` by TEU aboard; includes the fixed time."""
    load: Ticks
    """Loading work `[T + 1]` by TEU listed."""
    min_load: int
    max_wait: int
    chain: tuple[Step, ...]
    feeds: int


@dataclass(frozen=True, slots=True)
class Fleet:
    """Vessels that circulate. Places `[V, P]` by period, periods from `starts[P]`."""

    name: str
    vessels: tuple[str, ...]
    calls: tuple[Call, ...]
    starts: Ticks
    places: Ticks
    absences: tuple[Ticks, ...]
    """Windows of absence `[W, 2]` of each vessel."""


@dataclass(frozen=True, slots=True)
class Yard:
    """Finite room at a place."""

    name: str
    place: int
    limit: int
    resume: int
    shortest_days: int


@dataclass(frozen=True, slots=True)
class Leg:
    """What a part of an itinerary costs and emits."""

    name: str
    place: int
    to: int
    km: float
    usd_per_feu: float
    kg_per_teu: float
    """Well-to-wheel CO2e; nan where the scenario has no factors."""


@dataclass(frozen=True, slots=True)
class Path:
    """An itinerary that consignments of a flow may take."""

    flow: int
    route: int
    steps: tuple[Step, ...]
    legs: tuple[Leg, ...]
    """Hauls and handlings in order, and the margin of the forwarder; empty for captive traffic."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How consignments of a contestable flow choose: the least cost per FEU, time at the quote.

    `parts [P, paths, 4]` is what a path costs beside its time, USD per FEU, by period of
    `Flow.share_starts`: price, unreliability, emissions and the constant of the route. Luck is
    Gumbel times `scale`, USD per FEU (McFadden 1974, Conditional logit analysis of qualitative
    choice behavior).
    """

    parts: Floats
    scale: float
    per_day: int
    """What a quoted day costs, millionths of a USD per FEU."""
    closed: tuple[Ticks, ...]
    """By path: windows `[W, 2]` of release in which it is not open."""


@dataclass(frozen=True, slots=True)
class Quotes:
    """What contestable flows are told of their paths at the daily reviews.

    Elements are stations westbound, services, calls of fleets, stations eastbound: what comes to a
    station from either side comes from far or near, so each side is held against its part of the
    capacity. Times and capacities are those of the period `[P]` in which the review lies. `N`
    counts the elements of all quoted paths, `M` the known closures of whole elements on them.
    """

    starts: Ticks
    paths: Ticks
    """Quoted paths `[Q]`."""
    free: Ticks
    """Free-flow time `[P, Q]`: mean works and hauls, mean waits for departures, no queues."""
    row: Ticks
    """Quoted path `[N]` of each element on it."""
    element: Ticks
    reach: Ticks
    """Free-flow time `[P, N]` until cargo reaches it."""
    capacity: Ticks
    """TEU in `CAPACITY_TICKS`, `[P, elements]`."""
    shut_row: Ticks
    """Quoted path `[M]`."""
    shut: Ticks
    """Announced, start and end `[M, 3]` of each closure."""
    shut_reach: Ticks
    """Free-flow time `[P, M]` until cargo reaches the first element that it shuts."""
    ways: Ticks
    """Direction in which each service, then each call of a fleet, carries."""
    passes: Ticks
    """How often cargo of each path of the model passes each element, `[paths, elements]`."""


@dataclass(frozen=True, slots=True)
class Goods:
    """What the goods of a flow are worth, and what time costs them, USD per FEU."""

    usd: float
    usd_per_day: float
    """Of a day on the way."""
    usd_per_sd_day: float
    """Of a day of standard deviation of the time."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Demand: consignments of one size. Years are calendar years `[Y]` that the run touches.

    A release in year y is `profile[y]^-1(u)`: piecewise linear between month starts `months[y]`
    (13 ticks, the first is 1 January) with cumulated weights `cumulated[y]` (13 values, 0 to 1).
    """

    name: str
    direction: int
    """0 westbound, 1 eastbound."""
    origin: int
    destination: int
    size: int
    years: Ticks
    counts: Ticks
    months: Ticks
    cumulated: Floats
    paths: tuple[int, ...]
    share_starts: Ticks
    """Periods of the route shares `[P]`."""
    shares: Floats
    """Cumulated shares of the paths `[P, paths]`; the last is 1."""
    first: int
    """Index of its first consignment."""
    choice: Choice | None = None
    """How they choose; `shares` are then those expected at free-flow times."""
    goods: Goods | None = None
    """None where the scenario does not say what they are worth."""


@dataclass(frozen=True, slots=True)
class Model:
    """The compiled corridor. Consignments are numbered flow by flow in file order, then by year
    and number.
    """

    name: str
    end: int
    cohort: tuple[int, int]
    """First and last (exclusive) tick of the measuring part."""
    month_starts: Ticks
    """Tick at which each calendar month that the run touches begins (the first may be negative)."""
    month_of: Ticks
    """Calendar month (0-11) of each of `month_starts`."""
    month_labels: tuple[str, ...]
    """`2024-01` and so on."""
    promise: int
    places: tuple[str, ...]
    borders: tuple[bool, ...]
    """Which places are border crossing points."""
    routes: tuple[str, ...]
    stations: tuple[Station, ...]
    services: tuple[Service, ...]
    fleets: tuple[Fleet, ...]
    yards: tuple[Yard, ...]
    closures: tuple[Closure, ...]
    flows: tuple[Flow, ...]
    paths: tuple[Path, ...]
    durations: tuple[Duration, ...]
    tables: Floats
    """Quantile tables `[laws, N]` of standard laws (mean 1, or mean 0 and deviation 1) at
    `QUANTILES`."""
    fingerprint: str
    """Hash of the scenario and of the facts that it cites."""
    quotes: Quotes | None = None
    """Of contestable flows; None if there are none."""
    carbon_usd_per_t: float = 0.0
    """Price of CO2e."""

    @property
    def elements(self) -> int:
        """How many elements quotes look at, see `Quotes`."""
        return self.eastbound_from + len(self.stations)

    @property
    def eastbound_from(self) -> int:
        """The first station eastbound among the elements of quotes."""
        calls = sum(len(fleet.calls) for fleet in self.fleets)
        return len(self.stations) + len(self.services) + calls

    def carrier(self, step: Step) -> int:
        """The number of a ride among services, then calls of fleets."""
        if step.kind == Kind.BOARD:
            return step.target
        before = sum(len(fleet.calls) for fleet in self.fleets[: step.target])
        return len(self.services) + before + step.call

    def element(self, step: Step, direction: int) -> int:
        """The element of quotes that a step in a direction is, or NONE."""
        if step.kind == Kind.HAUL:
            return NONE
        if step.kind == Kind.STATION:
            return step.target + direction * self.eastbound_from
        return len(self.stations) + self.carrier(step)

    def chain(self, step: Step) -> tuple[Step, ...]:
        """What the vehicle passes that cargo rides in this step; nothing if it is no ride."""
        if step.kind == Kind.BOARD:
            return self.services[step.target].chain
        if step.kind == Kind.SAIL:
            return self.fleets[step.target].calls[step.call].chain
        return ()

    @property
    def consignments(self) -> int:
        """Consignments of all years that the run touches, released in the run or not."""
        return self.flows[-1].first + int(self.flows[-1].counts.sum()) if self.flows else 0
