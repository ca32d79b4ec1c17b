"""What stands still: places, links, dwells, stations, lines, yards and their closures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from corridor_sim.scenario.values import (
    Clock,
    Count,
    Latitude,
    Longitude,
    NonNegative,
    NonNegativeDated,
    Positive,
    PositiveDated,
    Record,
    Share,
    ShareDated,
    Spell,
    Units,
    UnitsDated,
    Value,
    Variation,
    VariationOrNone,
)

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Law = Literal["constant", "exponential", "gamma", "lognormal"]
Twelve = Field(min_length=12, max_length=12)


Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Waypoint = tuple[Annotated[Degrees, Field(ge=-90, le=90)], Degrees]
"""Latitude and longitude."""


class Place(Record):
    """A point on the map: terminal, port or border station."""

    lat: Latitude
    """Latitude, degrees north."""
    lon: Longitude
    """Longitude, degrees east."""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    """ISO 3166 alpha-2 code."""
    gauge_mm: Count | None = None
    """Track gauge, mm."""
    border: StrictBool = False
    """Whether it is a border crossing point, for the indicators of CAREC's CPMM."""
    label: str | None = None
    """Name to print; the id by default."""


class Delayed(Record):
    """A time with a guaranteed minimum and a random delay on top."""

    min_h: NonNegativeDated
    """Guaranteed minimum, h."""
    delay_mean_h: NonNegativeDated = Value(value=0.0)
    """Mean of the random delay added to the minimum, h; drawn once for the vehicle or
    consignment."""
    delay_cv: Variation = Value(value=1.0)
    """Coefficient of variation of the delay alone."""
    law: Law = "gamma"
    """Law of the delay."""


class Tariff(Record):
    """Price of carrying an FEU, by direction, at prices of the scenario's price year."""

    westbound: NonNegative
    """USD per FEU from east to west."""
    eastbound: NonNegative
    """USD per FEU from west to east."""


class Traction(Record):
    """What moves trains on a link."""

    electric_share: Share
    """Share of the length under the wire, and so hauled."""
    grids: Annotated[Mapping[str, Share], Field(min_length=1)]
    """Shares of the length by electricity grid; they sum to one."""
    slope_factor: Positive = Value(value=1.0)
    """Factor on the energy for gradients."""


class Link(Delayed):
    """A way between two places, used in both directions; passing it is a haul."""

    ends: tuple[Id, Id]
    """The two places it joins."""
    mode: Literal["rail", "sea", "road"]
    """Mode of transport."""
    length_km: Positive
    """Length, km."""
    waypoints: list[Waypoint] = Field(default_factory=list)
    """Latitude and longitude of points on the way from the first end to the second, for maps only;
    straight by default."""
    tariff_usd_per_feu: Tariff | None = None
    """Price of the haul."""
    traction: Traction | None = None
    """How trains are hauled; for `rail`."""
    emission_g_per_t_km: NonNegative | None = None
    """Well-to-wheel CO2e of a tonne of cargo, g/km; for `sea` and `road`."""


class Dwell(Delayed):
    """A stay at a place without a queue: papers, shunting, waiting for a locomotive."""

    place: Id
    """Where it happens."""
    share: ShareDated = Value(value=1.0)
    """Share of customers that it befalls; the others pass at once."""
    handling_usd_per_feu: NonNegative | None = None
    """Price of the terminal, USD per FEU."""


class Digital(Record):
    """Digital documents: a share of the cargo is worked on faster."""

    share: ShareDated
    """Share of consignments with digital documents."""
    work_h_per_feu: PositiveDated
    """Server time of such an FEU, h."""


class Berth(Record):
    """How a berth (or loading track) handles the calls of fleets."""

    fixed_h: NonNegative
    """Mooring, papers and lashing of a call, h; part of unloading."""
    cranes_per_berth: Positive | None = None
    """Cranes that work on one vessel; none: boxes take no berth time of their own."""
    moves_per_crane_h: Positive | None = None
    """Boxes that a crane moves in an hour; a box is an FEU."""


class Investment(Record):
    """What one unit costs: a server, a train path a day, a vessel."""

    capital_usd_per_unit: NonNegative | None = None
    """Capital of one unit, USD at prices of the scenario's price year; needs `life_yr`."""
    life_yr: Positive | None = None
    """Years over which the capital is spread."""
    upkeep_usd_per_yr: NonNegative | None = None
    """Upkeep and running of one unit, USD a year."""

    @model_validator(mode="after")
    def _has_a_life(self) -> Self:
        if self.capital_usd_per_unit is not None and self.life_yr is None:
            rule = "capital needs `life_yr`, the years over which it is spread"
            raise PydanticCustomError("no_life", "{rule}", {"rule": rule})
        return self


class Facility(Investment):
    """What stations and lines share: opening hours."""

    place: Id
    """Where it stands."""
    open_from_h: Clock = Value(value=0.0)
    """Clock hour at which starts are first allowed."""
    open_to_h: Clock = Value(value=24.0)
    """Clock hour from which no start is allowed; what was begun is finished."""
    handling_usd_per_feu: NonNegative | None = None
    """Price of the terminal for the cargo that is worked on here, USD per FEU."""


class Station(Facility):
    """Parallel servers with one first-come-first-served queue, shared by every flow and both
    directions.
    """

    servers: UnitsDated
    """Parallel servers: lanes, gantries, machines, berths."""
    work_h_per_feu: PositiveDated | None = None
    """Server time per FEU, h; a consignment takes this x its size."""
    work_h_per_customer: PositiveDated | None = None
    """Server time per customer whatever its size, h."""
    work_cv: VariationOrNone = Value(value=0.0)
    """Coefficient of variation of the server time."""
    work_law: Law = "gamma"
    """Law of the server time."""
    digital: Digital | None = None
    """Documents: the share that is digital, and its time; the rest takes `work_h_per_feu`."""
    berth: Berth | None = None
    """Makes the servers berths, where fleets call."""


class Line(Facility):
    """A station of one server whose customers are trains of one or both directions; then the haul
    begins.
    """

    paths_per_day: PositiveDated
    """Train paths a day, of all directions that use it; a daily quota of trains is the same
    thing."""
    teu_per_path: Positive = Value(value=106.0)
    """Size of the train that one path carries, TEU; turns lots of captive traffic into paths."""


class Yard(Record):
    """Finite room at a place for cargo with a route, guarded by embargoes.

    A daily review decides them; captive traffic does not count.
    """

    place: Id
    """Where it lies."""
    limit_teu: Positive
    """Stock at which an embargo is announced, TEU."""
    resume_teu: NonNegative
    """Stock at which it is lifted, TEU."""
    shortest_d: NonNegative = Value(value=0.0)
    """Shortest length of an embargo, days."""


class Window(Record):
    """A dated closure, from 00:00 of the first day to 00:00 of the last."""

    start: dt.date
    """First day."""
    end: dt.date
    """First day that is open again."""
    announced: dt.date | None = None
    """Day from which quotes of routes know of it; before the run by default."""
    source: str | None = None
    """Ids of the facts behind it, or `assumed`."""
    why: str | None = None
    """Why these dates."""


class Closure(Record):
    """Windows in which servers or departures are shut; known before the run; may be shared by
    many.
    """

    on: Annotated[list[Id], Field(min_length=1)]
    """Stations, lines and services that it shuts, all with the same windows."""
    servers: Units | None = None
    """How many servers it takes, the highest-numbered; all by default."""
    share: Share = Value(value=1.0)
    """Share of the departures of a timetable that it cancels."""
    stops: Literal["starts", "work"] = "starts"
    """`starts`: what was begun is finished; `work`: work under way counts open hours only."""


class Dated(Closure):
    """A closure at known dates."""

    kind: Literal["dated"]
    """Kind of closure."""
    windows: Annotated[list[Window], Field(min_length=1)]
    """When it is shut."""


class Seasonal(Closure):
    """Random spells by month, such as storms."""

    kind: Literal["seasonal"]
    """Kind of closure."""
    closed_share: Annotated[list[Share], Twelve]
    """Share of the time closed, by month."""
    mean_spell_h: Annotated[list[Spell], Twelve]
    """Mean length of a closed spell, by month, h."""
    spell_cv: Variation = Value(value=1.0)
    """Coefficient of variation of a closed spell; open spells are exponential."""


class Breakdown(Closure):
    """Random failures in calendar time."""

    kind: Literal["breakdown"]
    """Kind of closure."""
    mean_time_between_h: Spell
    """Mean time from the end of a repair to the next failure, h; exponential."""
    mean_repair_h: Spell
    """Mean time to repair, h."""
    repair_cv: Variation = Value(value=1.0)
    """Coefficient of variation of the repair."""


AnyClosure = Annotated[Dated | Seasonal | Breakdown, Field(discriminator="kind")]
