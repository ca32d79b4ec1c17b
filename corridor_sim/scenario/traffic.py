"""What moves: services, fleets, routes and flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from corridor_sim.laws import load_limit_teu
from corridor_sim.scenario.network import Id, Investment, Twelve, Window
from corridor_sim.scenario.values import (
    Count,
    CountOrNone,
    NonNegative,
    Number,
    Positive,
    PositiveDated,
    Record,
    Share,
    ShareDated,
    Units,
    Value,
)

Direction = Literal["westbound", "eastbound"]
Chain = Annotated[list[Id], Field(min_length=1)]


class Departures(Record):
    """Departures with places on a chain of links, lines, stations and dwells."""

    origin: Id
    """Place of departure."""
    destination: Id
    """Place where all aboard get off."""
    places_teu: Count
    """Places of a departure, TEU."""
    chain: Chain
    """What the vehicle passes, in order: links, lines, dwells, stations."""


class Timetable(Departures):
    """Departures at times fixed beforehand; they run even when empty."""

    rule: Literal["timetable"]
    """Departure rule."""
    headway_h: Positive
    """Time between departures, h."""
    offset_h: NonNegative = Value(value=0.0)
    """First departure after the start of the run, h."""
    jitter_sd_h: NonNegative = Value(value=0.0)
    """Standard deviation of a departure about its time, h (normal)."""
    cancelled_share: Share = Value(value=0.0)
    """Share of departures cancelled."""


class WhenFull(Departures):
    """Departures when full, or when the first in the queue has waited long enough."""

    rule: Literal["when-full"]
    """Departure rule."""
    max_wait_h: Positive
    """Longest wait of the first in the queue, h."""


AnyService = Annotated[Timetable | WhenFull, Field(discriminator="rule")]


class Vessel(Investment):
    """A vessel or train set of a fleet, or several that are alike."""

    count: Units = Value(value=1.0)
    """How many there are of it."""
    places_teu: Count
    """Places, TEU."""
    payload_t: Positive | None = None
    """Payload at full draught, t; limits the load together with the places."""
    absences: list[Window] = Field(default_factory=list)
    """Windows in which it is away (docking, other trades)."""


class Call(Record):
    """A port of call, and the way from it to the next."""

    place: Id
    """The port."""
    berths: Id
    """Station whose servers are the berths."""
    min_load_teu: CountOrNone = Value(value=0.0)
    """Waiting cargo that closes the load list, TEU."""
    max_wait_h: NonNegative = Value(value=0.0)
    """Longest wait for load since berthing, h; 0: what waits is taken at once."""
    chain: Chain
    """Links, lines, dwells and stations on the way to the next call."""


class Fleet(Record):
    """Vessels that circulate between ports of call; equally a finite pool of train sets."""

    vessels: Annotated[Mapping[Id, Vessel], Field(min_length=1)]
    """Vessels by name."""
    calls: Annotated[list[Call], Field(min_length=2)]
    """Ports of call, in order; after the last comes the first."""
    gross_t_per_teu: Positive | None = None
    """Gross weight of a TEU, t; with the payload it limits the load."""
    draught_factor: PositiveDated = Value(value=1.0)
    """Factor on the payload for the depth of water."""

    def load_limit(self, vessel: Vessel, draught_factor: float) -> int:
        """TEU that a vessel takes at a draught factor."""
        return load_limit_teu(
            places_teu=vessel.places_teu.value,
            payload_t=vessel.payload_t.value if vessel.payload_t else None,
            draught_factor=draught_factor,
            gross_t_per_teu=self.gross_t_per_teu.value if self.gross_t_per_teu else None,
        )

    def each(self) -> list[tuple[str, Vessel]]:
        """Every single vessel with its name: `x`, then `x-2`, `x-3`, ... where there are
        several.
        """
        return [
            (name if i == 0 else f"{name}-{i + 1}", vessel)
            for name, vessel in self.vessels.items()
            for i in range(int(vessel.count.value))
        ]

    def least_load_limit(self) -> int:
        """TEU that the smallest vessel takes at the lowest draught."""
        lowest = min(self.draught_factor.every())
        return min(self.load_limit(vessel, lowest) for vessel in self.vessels.values())


class Profile(Record):
    """Months in which the demand of a year is released."""

    weights: Annotated[list[NonNegative], Twelve]
    """Weight of each month, January first; only ratios matter."""
    years: Mapping[int, Annotated[list[NonNegative], Twelve]] = Field(default_factory=dict)
    """Weights of single years that differ."""


class Route(Record):
    """A named way through the network; chains of elements and sections by direction."""

    title: str
    """What to print."""
    westbound: list[Chain] = Field(default_factory=list)
    """Chains from east to west; a flow uses the part between its origin and destination."""
    eastbound: list[Chain] = Field(default_factory=list)
    """Chains from west to east."""


class Alternative(Record):
    """A route that cargo may choose."""

    constant_usd_per_feu: Number
    """What speaks against it beside price, time, reliability and emissions, USD per FEU; negative
    if it is liked better than they say."""
    closed: list[Window] = Field(default_factory=list)
    """When cargo that is released may not choose it: a border shut until further notice, a line
    that takes no bookings."""


class Choice(Record):
    """Choice of route by logit, at release, with the quotes of the day."""

    scale_usd_per_feu: Positive
    """Scale of the luck, USD per FEU: a cost lower by so much raises the odds of a route by 2.7."""
    routes: Annotated[Mapping[Id, Alternative], Field(min_length=1)]
    """Routes to choose among."""


class Flow(Record):
    """Demand between two places, or captive traffic that only uses some elements."""

    cargo: Literal["containers", "empties", "wagons", "bulk"]
    """Kind of cargo; wagons and bulk in TEU equivalents."""
    commodity: str | None = None
    """What it is."""
    direction: Direction
    """Direction of travel."""
    teu_per_year: NonNegative
    """Demand of a calendar year, TEU."""
    teu_in_years: Mapping[int, NonNegative] = Field(default_factory=dict)
    """Demand of single calendar years that differ, TEU."""
    lot_teu: Count
    """Size of a consignment, TEU."""
    profile: Id | None = None
    """Profile of its releases; even over the year by default."""
    origin: Id | None = None
    """Place where it is released; not for captive traffic."""
    destination: Id | None = None
    """Place where it is delivered; not for captive traffic."""
    routes: Mapping[Id, ShareDated] = Field(default_factory=dict)
    """Shares of the routes that it takes; they sum to one at every date."""
    choice: Choice | None = None
    """How its consignments choose a route, in place of fixed shares."""
    cargo_value_usd_per_feu: Positive | None = None
    """Value of the goods, USD per FEU; needed for a choice."""
    value_of_time_pct_per_day: NonNegative | None = None
    """Share of the value of the goods that a day on the way costs, %."""
    value_of_reliability_pct_per_day: NonNegative | None = None
    """Share of the value of the goods that a day of standard deviation of the time costs, %."""
    margin_usd_per_feu: NonNegative = Value(value=0.0)
    """Forwarder's margin, insurance and one-way use of the box, USD per FEU."""
    chain: Chain | None = None
    """Elements that captive traffic uses, in place of routes."""

    @property
    def ways(self) -> list[str]:
        """Names of the routes that it may take."""
        return list(self.choice.routes if self.choice else self.routes)

    def usd_per_day(self, pct_per_day: Value | None) -> float:
        """What a day costs at a share of the value of the goods, USD per FEU."""
        if self.cargo_value_usd_per_feu is None or pct_per_day is None:
            return 0.0
        return self.cargo_value_usd_per_feu.value * pct_per_day.value / 100.0

    def teu_in(self, year: int) -> float:
        """Demand of a calendar year, TEU."""
        return self.teu_in_years.get(year, self.teu_per_year).value
