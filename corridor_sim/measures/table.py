"""Tallies of replications -> tidy rows with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from corridor_sim.cohort import Cohort
from corridor_sim.intervals import (
    Difference,
    Estimate,
    Resampled,
    difference,
    quantile,
    resampled_coefficient_of_variation,
    resampled_quantile,
    resampled_quantile_range,
    resampled_ratio,
    resampled_standard_deviation,
    summary,
)
from corridor_sim.measures.costs import costs
from corridor_sim.measures.rows import Group, Key, Spread, Tally, counts_table, merged_keys

DAY_H = 24.0
FEW_REPLICATIONS, FEW_VEHICLES = 10, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table of measures; `estimate` is printed as `mean`, None where it is not
    reached.
    """

    scenario: str
    group: Group
    measure: str
    unit: str
    estimate: Estimate
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow(Row):
    """A row with its difference from the baseline."""

    baseline: float | None = None
    difference: Difference | None = None


@dataclass(frozen=True)
class Sample:
    """Tallies of a scenario, by number of replication, and the elements of it that are
    overloaded.
    """

    scenario: str
    tallies: Sequence[Tally]
    overloaded: frozenset[Group] = field(default_factory=frozenset)
    level: float = 0.95

    @cached_property
    def found(self) -> dict[tuple[Group, str], Found]:
        """All rows by group and measure; durations first."""
        return {(found.group, found.measure): found for found in _found(self)}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a row of the table is made of. Estimate and resamples are to be divided by `scale`."""

    group: Group
    measure: str
    unit: str
    estimate: Estimate
    resampled: Resampled
    scale: float


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measure of durations is estimated, in hours, from those of a group; the quantile `q`,
    if it is one.
    """

    name: str
    unit: str
    resampled: Callable[[Durations], Resampled]
    scale: float = DAY_H
    q: float | None = None

    def estimate(self, given: Durations, resampled: Resampled, *, level: float) -> Estimate:
        """The estimate of what was resampled."""
        if self.q is None:
            return summary(resampled, level=level)
        return quantile(given.ranks, q=self.q, level=level)


class Durations:
    """The spreads of one group in all replications, as arrays."""

    def __init__(self, spreads: Sequence[Spread | None]) -> None:
        self.counts, self.unfinished = counts_table(spreads)
        self.ranks = Cohort.of(self.counts, self.unfinished)
        self.n = self.ranks.size - self.unfinished
        sums = [(s.total_h, s.squares_h) if s else (0.0, 0.0) for s in spreads]
        self.total, self.squares = np.array(sums).T


def _quantile(name: str, q: float) -> Measure:
    return Measure(name, "d", lambda c: resampled_quantile(c.ranks, q=q), q=q)


MEASURES: tuple[Measure, ...] = (
    Measure("mean", "d", lambda c: resampled_ratio(c.total, c.n)),
    _quantile("p10", 0.1),
    _quantile("p50", 0.5),
    _quantile("p90", 0.9),
    Measure("p90_p50", "d", lambda c: resampled_quantile_range(c.ranks)),
    Measure("sd", "d", lambda c: resampled_standard_deviation(c.n, c.total, c.squares)),
    Measure(
        "cv",
        "1",
        lambda c: resampled_coefficient_of_variation(c.n, c.total, c.squares),
        scale=1.0,
    ),
)
"""Measures of durations; a mean, a spread and a variation are of the finished."""


def _found(sample: Sample) -> Iterator[Found]:
    level, tallies = sample.level, sample.tallies
    for group, of in dict.fromkeys(key for tally in tallies for key in tally.spreads):
        durations = Durations([tally.spreads.get((group, of)) for tally in tallies])
        for measure in MEASURES:
            resampled = measure.resampled(durations)
            estimate = measure.estimate(durations, resampled, level=level)
            name = f"{of}_{measure.name}"
            yield Found(group, name, measure.unit, estimate, resampled, measure.scale)
    for key in merged_keys([tally.ratios for tally in tallies]):
        pairs = np.array([tally.ratios.get(key, (0.0, 0.0)) for tally in tallies])
        yield _plain(key, resampled_ratio(pairs[:, 0], pairs[:, 1]), level)
    for key, resampled in costs(tallies):
        yield _plain(key, resampled, level)


def _plain(key: Key, resampled: Resampled, level: float) -> Found:
    estimate = summary(resampled, level=level)
    return Found(key.group, key.measure, key.unit, estimate, resampled, 1.0)


def rows(sample: Sample) -> list[Row]:
    """All rows of a scenario; those of all routes first."""
    marks = _marks(sample)
    made = [
        Row(
            scenario=sample.scenario, group=found.group, measure=found.measure, unit=found.unit,
            estimate=scaled(found.estimate, 1 / found.scale), mark=marks[found.group],
        )
        for found in sample.found.values()
    ]  # fmt: skip
    return sorted(made, key=lambda row: _order(row.group))


def compared(sample: Sample, baseline: Sample, *, prices: bool = True) -> list[ComparedRow]:
    """The rows of a scenario with paired differences from a baseline on the same luck.

    Rows that the baseline lacks have no difference, nor have those in USD unless the `prices` of
    both are of one year.
    """
    known = {
        (row.group, row.measure): row
        for row in rows(baseline)
        if prices or not row.unit.startswith("USD")
    }
    return [
        ComparedRow(
            scenario=row.scenario, group=row.group, measure=row.measure, unit=row.unit,
            estimate=row.estimate, mark=_joined(row.mark, known[at].mark if at in known else ""),
            baseline=known[at].estimate.estimate if at in known else None,
            difference=_difference(sample, baseline, at) if at in known else None,
        )
        for row in rows(sample)
        for at in [(row.group, row.measure)]
    ]  # fmt: skip


def _difference(sample: Sample, baseline: Sample, at: tuple[Group, str]) -> Difference:
    mine, its = sample.found[at], baseline.found[at]
    given = difference(mine.resampled, its.resampled, level=sample.level)
    return _shrunk(given, 1 / mine.scale)


def _marks(sample: Sample) -> dict[Group, str]:
    """By group: too little of it to go by, or overloaded."""
    few = len(sample.tallies) < FEW_REPLICATIONS
    vehicles: dict[Group, int] = {}
    for tally in sample.tallies:
        for group, count in tally.vehicles.items():
            vehicles[group] = vehicles.get(group, 0) + count
    thin = {group for group, n in vehicles.items() if n < FEW_VEHICLES * len(sample.tallies)}
    return {
        group: _joined(
            "thin" if few or group in thin else "",
            "overloaded" if group in sample.overloaded else "",
        )
        for group, _ in sample.found
    }


def _joined(left: str, right: str) -> str:
    return ", ".join(dict.fromkeys(part for part in f"{left}, {right}".split(", ") if part))


def _order(group: Group) -> tuple[bool, bool]:
    return group.route != "all", group.segment != "all"


def scaled(given: Estimate, factor: float) -> Estimate:
    """An estimate in another unit."""
    if factor == 1:
        return given
    names = [name for name in Estimate.__slots__ if name != "n"]
    return Estimate(given.n, **{name: _times(getattr(given, name), factor) for name in names})


def _shrunk(given: Difference, factor: float) -> Difference:
    low, high = _times(given.diff_ci_low, factor), _times(given.diff_ci_high, factor)
    return Difference(given.n, _times(given.diff, factor), low, high, given.diff_pct)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
