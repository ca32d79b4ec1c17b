"""Where the time of cargo goes: haul, work, stay and wait, by element, place and reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from corridor_sim.experiments.quantities import PIECES, Quantity, pooled
from corridor_sim.experiments.run import Run
from corridor_sim.scenario.schema import Scenario

HOURS_A_DAY = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Mean hours that finished cargo spends in a way at an element; they sum to the transit mean.

    `what` is `wait`, `work`, `dwell` or `haul`; `place` where, both ends of a haul; `reason` what
    for; `utilisation` of the servers there, of the places of a service or fleet; None where there
    are none.
    """

    what: str
    element: str
    place: str
    reason: str
    hours: float
    share: float
    utilisation: float | None

    def record(self) -> dict[str, object]:
        """As a row of a table."""
        return asdict(self)


def waterfall(run: Run, about: Quantity) -> list[Part]:
    """Where the time goes on the routes of a quantity, the longest first."""
    sums: dict[tuple[str, str], list[float]] = {}
    used: dict[str, list[float]] = {}
    for tally in run.tallies:
        for key, (hours, count) in pooled(tally, about).ratios.items():
            what, at, element = key.measure.partition("@")
            if at and what in PIECES:
                _add(sums.setdefault((what, element), [0.0, 0.0]), hours, count)
        for key, (busy, all_) in tally.ratios.items():
            if key.measure in ("utilisation", "load_factor"):
                _add(used.setdefault(key.group.segment, [0.0, 0.0]), busy, all_)
    finished = max((count for _, count in sums.values()), default=0.0)
    total = sum(hours for hours, _ in sums.values())
    if not total:
        return []
    parts = [
        Part(
            what=what, element=element, place=_place(run.case.scenario, element),
            reason=_reason(run.case.scenario, what, element), hours=hours / finished,
            share=hours / total, utilisation=_ratio(used.get(element)),
        )
        for (what, element), (hours, _) in sums.items() if hours
    ]  # fmt: skip
    return sorted(parts, key=lambda part: -part.hours)


def grouped(parts: Iterable[Part], by: str) -> dict[str, float]:
    """Hours by `what`, `place` or `reason`, the most first."""
    found: dict[str, float] = {}
    for part in parts:
        name = str(getattr(part, by))
        found[name] = found.get(name, 0.0) + part.hours
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _add(pair: list[float], above: float, below: float) -> None:
    pair[0] += above
    pair[1] += below


def _ratio(pair: Sequence[float] | None) -> float | None:
    return pair[0] / pair[1] if pair and pair[1] else None


def _place(scenario: Scenario, element: str) -> str:
    if element in scenario.links:
        return " - ".join(scenario.links[element].ends)
    if element in scenario.services:
        return scenario.services[element].origin
    if element in scenario.fleets:
        return ", ".join(dict.fromkeys(call.place for call in scenario.fleets[element].calls))
    return scenario.stops.get(element, "")


def _reason(scenario: Scenario, what: str, element: str) -> str:
    if what == "haul":
        return "in motion"
    if what == "dwell":
        return "stay without a queue"
    if element in scenario.services:
        return "waits for a departure"
    if element in scenario.fleets:
        return "waits for a vessel or set" if what == "wait" else "is loaded"
    if element in scenario.lines:
        return "train waits for a path" if what == "wait" else "train takes a path"
    if scenario.stations[element].berth:
        return "vessel waits for a berth" if what == "wait" else "is unloaded"
    return "queues for a server" if what == "wait" else "is worked at"
