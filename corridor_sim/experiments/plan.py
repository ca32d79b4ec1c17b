"""What is to be run: small frozen records that workers can be sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from corridor_sim.engines import chosen
from corridor_sim.errors import UsageError, did_you_mean
from corridor_sim.measures import Segment
from corridor_sim.model import Model
from corridor_sim.scenario.load import load
from corridor_sim.scenario.schema import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How scenarios are run; the same for all that are compared."""

    replications: tuple[int, ...] = tuple(range(20))
    """Numbers of the replications."""
    seed: int = 1
    engine: str = "auto"
    """`array`, `event` or `auto`; of a run that was made, the one that ran."""
    segments: tuple[Segment, ...] = ()
    by_month: bool = False
    """Whether there are rows by month of release."""
    daily: bool = False
    """Whether cargo is counted day by day, for `warm_up`."""
    level: float = 0.95
    """Level of the intervals."""


@dataclass(frozen=True, slots=True)
class Case:
    """A scenario, and what results call it; `text` is the scenario as JSON, defaults left out."""

    name: str
    scenario: Scenario = field(compare=False)
    text: str


def case(name: str, changes: Mapping[str, object] | None = None) -> Case:
    """The case of a scenario by name, with changes by dotted path.

    Raises
    ------
    UsageError, ScenarioError
        As `scenario.load.load`.
    """
    scenario = load(name, changes)
    shown = "".join(f",{path}={value}" for path, value in (changes or {}).items())
    return Case(name + shown, scenario, scenario.model_dump_json(exclude_unset=True))


def with_engine(options: Options, model: Model) -> Options:
    """The options with the engine that runs a model under them.

    Raises
    ------
    UsageError
        For an engine that does not exist.
    """
    name = chosen(options.engine, model, replications=len(options.replications))
    return replace(options, engine=name)


def segment(text: str) -> Segment:
    """A segment as it is written: `A:B` from leaving A to reaching B, `A..B` with the stays there.

    Raises
    ------
    UsageError
        Where the text is neither.
    """
    match = re.fullmatch(r"([a-z0-9-]+)(:|\.\.)([a-z0-9-]+)", text)
    if match is None:
        raise UsageError(f"segment {text!r} is not of the form FROM:TO or FROM..TO")
    return Segment(match[1], match[3], match[2] == "..")


def check_segments(given: Case, segments: tuple[Segment, ...]) -> None:
    """Check that the places of the segments exist.

    Raises
    ------
    UsageError
        For a place that the scenario does not have, with the nearest name.
    """
    places = given.scenario.places
    for place in [place for part in segments for place in (part.start, part.end)]:
        if place not in places:
            hint = did_you_mean(place, places) or ""
            raise UsageError(f"{given.name} has no place {place!r}; {hint}".rstrip("; "))
