"""What of a scenario depends on the date: what comes every year, and what does not."""

from __future__ import annotations

import datetime as dt
from typing import Any

from corridor_sim.scenario.network import Dated, Seasonal
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.shocks import dates_of
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


def held(scenario: Scenario, *, at: dt.date) -> tuple[Scenario, list[str]]:
    """The scenario with everything that changes from year to year held at what it is on a day.

    Also the dotted paths of what is held: numbers with dated changes, demand and profiles of single
    years. Closures and absences at dates stay.
    """
    words: dict[str, Any] = scenario.model_dump(mode="json", exclude_unset=True)
    paths = [path for path, value in numbers(scenario) if value.changes]
    for path, value in numbers(scenario):
        if value.changes:
            _put(words, path.split("."), value.at(at))
    for name, flow in scenario.flows.items():
        if flow.teu_in_years:
            words["flows"][name]["teu_per_year"] = flow.teu_in(at.year)
            del words["flows"][name]["teu_in_years"]
            paths.append(f"flows.{name}.teu_in_years")
    for name, profile in scenario.profiles.items():
        if profile.years:
            own = words["profiles"][name].pop("years")
            if at.year in profile.years:
                words["profiles"][name]["weights"] = own[str(at.year)]
            paths.append(f"profiles.{name}.years")
    return Scenario.model_validate(words), paths


def _put(words: Any, keys: list[str], value: float) -> None:
    for key in keys[:-1]:
        words = words[int(key) if isinstance(words, list) else key]
    words[int(keys[-1]) if isinstance(words, list) else keys[-1]] = value


def dated(scenario: Scenario, *, first: dt.date, end: dt.date) -> list[str]:
    """Dotted paths of what is shut or away once between two dates: closures, absences."""
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
    shocks = [
        f"shocks.{name}"
        for name in scenario.shocks
        for start, after in [dates_of(scenario, name)]
        if start < end and after > first
    ]
    return closed + shocks + away
