"""What of a scenario depends on the date: what comes every year, and what does not."""

from __future__ import annotations

import datetime as dt

from corridor_sim.scenario.network import Dated, Seasonal
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.sources import numbers


def seasonal(scenario: Scenario) -> list[str]:
    """Dotted paths of what differs from month to month: profiles of demand, storms."""
    uneven = {
        name
        for name, profile in scenario.profiles.items()
        if len({weight.value for weight in profile.weights}) > 1
    }
    flows = [f"flows.{name}" for name, flow in scenario.flows.items() if flow.profile in uneven]
    storms = [
        f"closures.{name}"
        for name, closure in scenario.closures.items()
        if isinstance(closure, Seasonal)
        and any(
            len({month.value for month in months}) > 1
            for months in (closure.closed_share, closure.mean_spell_h)
        )
    ]
    return flows + storms


def dated(scenario: Scenario, *, first: dt.date, end: dt.date) -> list[str]:
    """Dotted paths of what changes once between two dates: numbers, closures, absences."""
    changing = [
        path for path, value in numbers(scenario) if any(first < day < end for day in value.changes)
    ]
    closed = [
        f"closures.{name}"
        for name, closure in scenario.closures.items()
        if isinstance(closure, Dated)
        and any(window.start < end and window.end > first for window in closure.windows)
    ]
    away = [
        f"fleets.{name}.vessels.{vessel}.absences"
        for name, fleet in scenario.fleets.items()
        for vessel, words in fleet.vessels.items()
        if any(window.start < end and window.end > first for window in words.absences)
    ]
    return changing + closed + away
