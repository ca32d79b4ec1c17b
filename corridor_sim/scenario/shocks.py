"""Shocks: what befalls a scenario once, and is absent from its undisturbed twin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from corridor_sim.errors import did_you_mean, one_of
from corridor_sim.scenario.network import Id
from corridor_sim.scenario.tree import KeyPath
from corridor_sim.scenario.values import Count, CountOrNone, Record, Share, Value

if TYPE_CHECKING:
    from corridor_sim.scenario.schema import Scenario


class After(Record):
    """What a shock follows from."""

    shock: Id
    """The shock that brings it about; it happens only where that one does."""
    delay_d: CountOrNone = Value(value=0.0)
    """Days from the start of that one to its start."""


class Shock(Record):
    """A border, port, line or service is closed, or works in part, and then comes back.

    Whether it happens is drawn once for a replication; when is known before the run.
    """

    on: Annotated[list[Id], Field(min_length=1)]
    """Stations, lines and services; places, for all stations and lines there; links, for all
    services over them."""
    start: dt.date | None = None
    """First day; not where it comes `after` another."""
    end: dt.date | None = None
    """First day after it, from which the ramp counts."""
    after: After | None = None
    """What it follows from, in place of `start`."""
    lasts_d: Count | None = None
    """Days that it lasts, in place of `end`."""
    probability: Share = Value(value=1.0)
    """Probability that it happens; of one that comes `after` another, if that one does."""
    open_share: Share = Value(value=0.0)
    """Share of the capacity that stays open: of the servers (the last one in part: some hours of
    the day), of the departures of a timetable."""
    open_servers: Count | None = None
    """Servers that stay open, in place of a share."""
    ramp_up_d: CountOrNone = Value(value=0.0)
    """Days after its end in which the capacity comes back, day by day in equal steps."""
    stops: Literal["starts", "work"] = "starts"
    """`starts`: what was begun is finished; `work`: work under way counts open hours only."""
    announced: dt.date | None = None
    """Day from which quotes of routes know of it and its end; by default its first day."""
    source: str | None = None
    """Ids of the facts behind it, or `assumed`."""
    why: str | None = None
    """Why these dates."""


def shut_by(scenario: Scenario, name: str) -> list[str]:
    """Stations, lines and services that a name in `on` stands for; none if it is unknown."""
    if name in scenario.places:
        return [
            element for table in (scenario.stations, scenario.lines)
            for element, facility in table.items() if facility.place == name
        ]  # fmt: skip
    if name in scenario.links:
        return [service for service, own in scenario.services.items() if name in own.chain]
    known = name in scenario.stations or name in scenario.lines or name in scenario.services
    return [name] if known else []


def dates_of(scenario: Scenario, name: str) -> tuple[dt.date, dt.date]:
    """First day of a shock, and first day after it."""
    shock = scenario.shocks[name]
    start = shock.start
    if shock.after is not None:
        before, _ = dates_of(scenario, shock.after.shock)
        start = before + dt.timedelta(days=int(shock.after.delay_d.value))
    assert start is not None, "`check` holds it"
    if shock.lasts_d is not None:
        return start, start + dt.timedelta(days=int(shock.lasts_d.value))
    assert shock.end is not None, "`check` holds it"
    return start, shock.end


def causes_of(scenario: Scenario, name: str) -> list[str]:
    """A shock and all that it follows from, the first cause last.

    Raises
    ------
    ValueError
        Where they follow from each other in a circle.
    """
    chain = [name]
    while (after := scenario.shocks[chain[-1]].after) is not None:
        chain.append(after.shock)
        if after.shock in chain[:-1]:
            raise ValueError(f"{' follows from '.join(chain)}: a circle")
    return chain


def unknown_names(scenario: Scenario) -> Iterator[tuple[KeyPath, str, str, str | None]]:
    """Place, rule, name and cure of every name in a shock that stands for nothing."""
    known = [
        *scenario.stations, *scenario.lines, *scenario.services, *scenario.places, *scenario.links
    ]  # fmt: skip
    for name, shock in scenario.shocks.items():
        for i, given in enumerate(shock.on):
            at: KeyPath = ("shocks", name, "on", i)
            if given not in known:
                cure = did_you_mean(given, known) or one_of(known)
                yield at, "there is no such station, line, service, place or link", given, cure
            elif not shut_by(scenario, given):
                yield at, "there is nothing that could be shut", given, None
        if shock.after is not None and shock.after.shock not in scenario.shocks:
            cure = did_you_mean(shock.after.shock, scenario.shocks) or one_of(scenario.shocks)
            yield (
                ("shocks", name, "after", "shock"),
                "there is no such shock",
                shock.after.shock,
                cure,
            )


def wrong_meanings(scenario: Scenario) -> Iterator[tuple[KeyPath, str]]:
    """Place and rule of every shock that does not make sense."""
    for name, shock in scenario.shocks.items():
        keys: KeyPath = ("shocks", name)
        rules = list(_rules(scenario, name, shock))
        yield from ((keys, rule) for rule in rules)
        if rules:
            continue
        first, last = dates_of(scenario, name)
        if first >= last:
            yield keys, "must end after it starts"
        if shock.announced is not None and shock.announced > first:
            yield (*keys, "announced"), "must not be after its start"


def _rules(scenario: Scenario, name: str, shock: Shock) -> Iterator[str]:
    if (shock.start is None) == (shock.after is None):
        yield "needs a `start`, or `after` which shock it comes"
    if (shock.end is None) == (shock.lasts_d is None):
        yield "needs an `end`, or how long it `lasts_d`"
    if shock.open_servers is not None:
        if shock.open_share.value > 0:
            yield "has either `open_servers` or an `open_share`"
        elements = [element for given in shock.on for element in shut_by(scenario, given)]
        if any(element not in scenario.stations for element in elements):
            yield "`open_servers` is for stations; lines and services have an `open_share`"
    try:
        causes_of(scenario, name)
    except ValueError as circle:
        yield str(circle)
        return
    for cause in causes_of(scenario, name)[1:]:
        if next(_rules(scenario, cause, scenario.shocks[cause]), None):
            yield f"follows from {cause}, which does not make sense"
