"""Which rows are overloaded: their way crosses an element asked for too much, or their stock
grows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from corridor_sim.measures.cargo import groups_of
from corridor_sim.measures.rows import Group, Tally
from corridor_sim.model import NONE, Kind, Model, Path
from corridor_sim.offered import overloaded

MOST_UNFINISHED: Final = 0.02
"""Share of a cohort left at the end of the run-out above which its stock is taken to grow."""


def overloaded_groups(model: Model, tallies: Sequence[Tally]) -> frozenset[Group]:
    """Groups whose rows are to be marked as overloaded."""
    names = overloaded(model)
    marked = {Group("all", "both", name) for name in names}
    for path in model.paths:
        if path.route != NONE and names & set(elements_of(model, path)):
            marked |= {group for group in groups_of(model, path) if group.route != "all"}
            marked |= {group for group in groups_of(model, path) if group.segment != "all"}
    return frozenset(marked | _growing(tallies))


def elements_of(model: Model, path: Path) -> Iterator[str]:
    """Names of all that the cargo of a path waits for, is worked at or passes."""
    for step in path.steps:
        yield step.name
        if step.kind == Kind.BOARD:
            yield from (part.name for part in model.services[step.target].chain)
        if step.kind == Kind.SAIL:
            fleet = model.fleets[step.target]
            for call in (fleet.calls[step.call], fleet.calls[(step.call + 1) % len(fleet.calls)]):
                yield call.name
                yield model.stations[call.station].name
            yield from (part.name for part in fleet.calls[step.call].chain)


def _growing(tallies: Sequence[Tally]) -> set[Group]:
    left: dict[Group, list[int]] = {}
    for tally in tallies:
        for (group, of), spread in tally.spreads.items():
            if of == "transit":
                both = left.setdefault(group, [0, 0])
                both[0] += spread.unfinished
                both[1] += spread.size
    return {group for group, (inside, all_) in left.items() if inside > MOST_UNFINISHED * all_}
