"""The scenario: one frozen record, one sentence under each field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from corridor_sim.errors import ScenarioError
from corridor_sim.scenario.checks import problems
from corridor_sim.scenario.network import AnyClosure, Dwell, Id, Line, Link, Place, Station, Yard
from corridor_sim.scenario.overlay import set_paths
from corridor_sim.scenario.shocks import Shock
from corridor_sim.scenario.traffic import AnyService, Chain, Fleet, Flow, Profile, Route
from corridor_sim.scenario.tree import Tree, plain
from corridor_sim.scenario.validate import validated
from corridor_sim.scenario.values import CountOrNone, NonNegative, Positive, Record, Value


class Span(Record):
    """Warm-up, measuring part and run-out; cargo, timetables and storms go on through all three."""

    start: dt.date
    """First day of the run."""
    warm_up_d: CountOrNone = Value(value=120.0)
    """Days before the measuring part."""
    measure_d: Positive = Value(value=365.0)
    """Days in which the cohort is released."""
    run_out_d: CountOrNone = Value(value=120.0)
    """Days after the measuring part."""


class Emissions(Record):
    """What all modes share when emissions are counted (ISO 14083; GLEC Framework)."""

    tonnes_per_teu: Positive
    """Weight of cargo in a TEU, t; the same for every mode."""
    electric_kwh_per_t_km: Positive
    """Energy of electric trains at the power station, kWh per tonne-km of cargo."""
    diesel_g_per_t_km: Positive
    """Well-to-wheel CO2e of diesel trains, g per tonne-km of cargo."""
    upstream_factor: Positive
    """Factor on the emission of power stations for what lies before them."""
    grid_g_per_kwh: Annotated[Mapping[str, NonNegative], Field(min_length=1)]
    """CO2e of electricity by grid, g/kWh."""
    carbon_usd_per_t: NonNegative = Value(value=0.0)
    """Price of CO2e that shippers pay when they choose a route, USD per t."""
    handling_kg_per_box: NonNegative
    """CO2e of one handling of a box, kg; a ride has half of one at each end."""


class Scenario(Record):
    """A corridor, its demand and the period that is looked at."""

    schema_version: Literal[1]
    """Version of this language."""
    title: str
    """What it is, in a line."""
    question: str | None = None
    """The question that it answers."""
    promise_d: Positive = Value(value=20.0)
    """Transit time promised to shippers, days; reliability counts the share within it."""
    span: Span
    """The period."""
    price_year: int | None = None
    """Year of the prices."""
    emissions: Emissions | None = None
    """Factors for counting emissions; without them there are no measures of CO2e."""
    places: Mapping[Id, Place]
    """Points on the map."""
    links: Mapping[Id, Link] = Field(default_factory=dict)
    """Ways between places."""
    dwells: Mapping[Id, Dwell] = Field(default_factory=dict)
    """Stays without a queue."""
    stations: Mapping[Id, Station] = Field(default_factory=dict)
    """Servers with a queue."""
    lines: Mapping[Id, Line] = Field(default_factory=dict)
    """Train paths."""
    yards: Mapping[Id, Yard] = Field(default_factory=dict)
    """Finite room."""
    closures: Mapping[Id, AnyClosure] = Field(default_factory=dict)
    """Storms, breakdowns, works, strikes."""
    shocks: Mapping[Id, Shock] = Field(default_factory=dict)
    """What befalls it once; without them it is its own undisturbed twin."""
    services: Mapping[Id, AnyService] = Field(default_factory=dict)
    """Departures with places."""
    fleets: Mapping[Id, Fleet] = Field(default_factory=dict)
    """Vessels and train sets that circulate."""
    sections: Mapping[Id, Chain] = Field(default_factory=dict)
    """Named parts of chains, to be used in routes."""
    routes: Mapping[Id, Route] = Field(default_factory=dict)
    """Ways through the network."""
    profiles: Mapping[Id, Profile] = Field(default_factory=dict)
    """Months in which demand is released."""
    flows: Annotated[Mapping[Id, Flow], Field(min_length=1)]
    """Demand."""

    @cached_property
    def stops(self) -> Mapping[str, str]:
        """The place of every dwell, station and line."""
        dwells = {name: dwell.place for name, dwell in self.dwells.items()}
        stations = {name: station.place for name, station in self.stations.items()}
        return dwells | stations | {name: line.place for name, line in self.lines.items()}

    @model_validator(mode="after")
    def _holds_together(self) -> Scenario:
        found = problems(self)
        if found:
            raise ScenarioError(found)
        return self

    def replace(self, changes: Mapping[str, object]) -> Scenario:
        """A validated copy with some dotted paths changed: `{"stations.alat-berths.servers": 4}`.

        Raises
        ------
        ScenarioError
            Where a path does not exist or the outcome is not valid; all problems at once.
        """
        words = plain(self.model_dump(mode="json", exclude_unset=True))
        return validated(Scenario, set_paths(Tree(words, {}, "replace"), changes))
