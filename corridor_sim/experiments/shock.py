"""What a scenario is like without a shock: its undisturbed twin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corridor_sim.errors import UsageError, did_you_mean, one_of
from corridor_sim.experiments.plan import Case
from corridor_sim.scenario.network import Dated
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.shocks import causes_of, dates_of

ALL = "all"
"""What all shocks of a scenario together are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shocked:
    """A case with its twin, and what the twin is without: shocks and dated closures."""

    name: str
    """Of the shock, or `ALL`."""
    case: Case
    twin: Case
    gone: tuple[str, ...]
    begin: dt.date
    """First day of the first of them within the run."""
    end: dt.date
    """First day after the last of them, ramps not counted."""
    over: dt.date
    """First day after the run."""


def shocked(case: Case, *, only: str | None = None) -> Shocked:
    """A case beside itself without its shocks; or without one of them, and what follows from it, or
    without a dated closure.

    Raises
    ------
    UsageError
        Where there is no shock, none of that name, or none within the run.
    """
    gone = _gone(case, only)
    span = case.scenario.span
    days = sum(int(part.value) for part in (span.warm_up_d, span.measure_d, span.run_out_d))
    over = span.start + dt.timedelta(days=days)
    windows = [
        (first, last) for name in gone for first, last in _windows(case.scenario, name)
        if first < over and last > span.start
    ]  # fmt: skip
    if not windows:
        rule = f"it runs from {span.start} to {over}; change `span`, or the dates of the shock"
        raise UsageError(f"{case.name}: {', '.join(gone)} is not within the run: {rule}")
    scenario = case.scenario
    words = scenario.model_dump(mode="json", exclude_unset=True)
    for table in ("shocks", "closures"):
        words[table] = {k: v for k, v in words.get(table, {}).items() if k not in gone}
    bare = Scenario.model_validate(words)
    name = f"{case.name} without {', '.join(gone)}"
    twin = Case(name, bare, bare.model_dump_json(exclude_unset=True))
    return Shocked(
        name=only or ALL, case=replace(case, twin=twin.text), twin=twin, gone=gone,
        begin=min(first for first, _ in windows), end=max(last for _, last in windows), over=over,
    )  # fmt: skip


def _gone(case: Case, only: str | None) -> tuple[str, ...]:
    scenario = case.scenario
    if only is None:
        if not scenario.shocks:
            raise UsageError(
                f"{case.name} has no `shocks`, so there is nothing to recover from; add a scenario"
                " with one (`+poland-closure-2025`), or name a dated closure with --shock"
            )
        return tuple(scenario.shocks)
    dated = [name for name, own in scenario.closures.items() if isinstance(own, Dated)]
    known = [*scenario.shocks, *dated]
    if only not in known:
        cure = did_you_mean(only, known) or one_of(known) or "it has none"
        raise UsageError(f"{case.name} has no shock or dated closure {only!r}; {cure}")
    if only in dated:
        return (only,)
    return tuple(name for name in scenario.shocks if only in causes_of(scenario, name))


def _windows(scenario: Scenario, name: str) -> Sequence[tuple[dt.date, dt.date]]:
    if name in scenario.shocks:
        return [dates_of(scenario, name)]
    closure = scenario.closures[name]
    assert isinstance(closure, Dated), "only these can be named"
    return [(window.start, window.end) for window in closure.windows]
