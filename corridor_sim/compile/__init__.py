"""The only door from words to numbers: a scenario in, a model out."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from corridor_sim.compile.closing import closures_and_stations
from corridor_sim.compile.context import Context
from corridor_sim.compile.demand import flows_and_paths
from corridor_sim.compile.moving import fleets, services, yards
from corridor_sim.compile.quoting import with_quotes
from corridor_sim.compile.timing import Clock, hours
from corridor_sim.model import Model
from corridor_sim.reference import facts
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.sources import cited

__all__ = ["compile_scenario", "fingerprint", "without_quotes"]


def compile_scenario(scenario: Scenario, *, name: str) -> Model:
    """Compile a checked scenario.

    `name` is what results are called by (a shipped name, a file, or several joined by `+`). The
    scenario must have passed `scenario.load`, whose checks are relied upon here.
    """
    context = Context(scenario, Clock.of(scenario.span))
    model = replace(_bare(context), name=name, fingerprint=fingerprint(scenario))
    return with_quotes(context, model)


def without_quotes(scenario: Scenario) -> Model:
    """A model without name, fingerprint and quotes, in a fifth of the time: for who compares
    models and does not run them.
    """
    return _bare(Context(scenario, Clock.of(scenario.span)))


def _bare(context: Context) -> Model:
    scenario, clock = context.scenario, context.clock
    closures, stations = closures_and_stations(context)
    flows, paths = flows_and_paths(context)
    months = clock.months()
    trains, ships = services(context), fleets(context)
    return Model(
        name="",
        end=clock.end,
        cohort=(clock.warm_up, clock.warm_up + clock.measure),
        month_starts=np.array([clock.tick(month) for month in months], np.int64),
        month_of=np.array([month.month - 1 for month in months], np.int64),
        month_labels=tuple(f"{month:%Y-%m}" for month in months),
        promise=hours(24 * scenario.promise_d.value),
        places=tuple(scenario.places),
        borders=tuple(place.border for place in scenario.places.values()),
        routes=tuple(scenario.routes),
        stations=stations,
        services=trains,
        fleets=ships,
        yards=yards(context),
        closures=closures,
        flows=flows,
        paths=paths,
        durations=tuple(context.durations),
        tables=context.stack(),
        fingerprint="",
        carbon_usd_per_t=scenario.emissions.carbon_usd_per_t.value if scenario.emissions else 0.0,
    )


def fingerprint(scenario: Scenario) -> str:
    """Hash (SHA-256, 16 hex digits) of a scenario and of the facts that it cites."""
    known = facts()
    used = [repr(known[fact]) for fact in sorted(cited(scenario)) if fact in known]
    text = "\n".join([scenario.model_dump_json(), *used])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
