"""The numbers of a scenario by where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from corridor_sim.errors import did_you_mean
from corridor_sim.reference import facts
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.sources import ASSUMED, facts_of, numbers
from corridor_sim.scenario.values import Value

ORIGINS = ("sourced", "assumed", "unsourced")


def origin(value: Value) -> str:
    """`sourced` by at least one fact, `assumed`, or `unsourced`."""
    if facts_of(value):
        return "sourced"
    return "assumed" if (value.source or "").strip() == ASSUMED else "unsourced"


def shares(values: Iterable[Value]) -> dict[str, tuple[int, float]]:
    """How many numbers are of each origin, and which share of all they are."""
    found = [origin(value) for value in values]
    return {name: (found.count(name), found.count(name) / max(1, len(found))) for name in ORIGINS}


def notes(scenario: Scenario) -> Iterator[str]:
    """Remarks on the sources: ids of no fact, assumptions without a range or a reason."""
    known = facts()
    for path, value in numbers(scenario):
        for fact in facts_of(value):
            if fact not in known:
                cure = did_you_mean(fact, known)
                yield f"{path}: there is no fact {fact!r}" + (f"; {cure}" if cure else "")
        if origin(value) == "assumed":
            lacks = [
                word
                for word, missing in (
                    ("a range", value.low is None or value.high is None),
                    ("a reason", not value.why),
                )
                if missing
            ]
            if lacks:
                yield f"{path}: assumed without {' and '.join(lacks)}"
