"""Running one scenario, or comparing some with a baseline on the same luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Final

import pandas as pd

from corridor_sim.compile import compile_scenario
from corridor_sim.errors import UsageError
from corridor_sim.experiments.executor import Progress, Where, Workers, tallies
from corridor_sim.experiments.marks import overloaded_groups
from corridor_sim.experiments.plan import Case, Options, check_segments, with_engine
from corridor_sim.experiments.shown import shown
from corridor_sim.intervals import Difference, Estimate
from corridor_sim.measures.rows import Tally
from corridor_sim.measures.table import ComparedRow, Row, Sample, compared, rows
from corridor_sim.model import Model
from corridor_sim.offered.phrases import measured
from corridor_sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Run:
    """A scenario that was run: its tallies, by number of replication, and what they were made
    with; `options.engine` is the engine that ran.
    """

    case: Case
    model: Model
    options: Options
    tallies: Sequence[Tally]

    def sample(self) -> Sample:
        """What the table is made from; made once."""
        return self._sample

    @cached_property
    def _sample(self) -> Sample:
        marked = overloaded_groups(self.model, self.tallies)
        return Sample(self.case.name, self.tallies, marked, self.options.level)

    def rows(self) -> list[Row]:
        """All rows, with intervals."""
        return rows(self.sample())

    def table(self) -> pd.DataFrame:
        """The tidy table of all measures; its `attrs` hold the level of the intervals."""
        return tidy(self.rows(), level=self.options.level)

    def _repr_html_(self) -> str:
        return shown(self.case.name, self.rows(), level=self.options.level)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scenarios beside a baseline, on the same replications."""

    baseline: Run
    others: Sequence[Run]

    def rows(self) -> list[ComparedRow]:
        """The rows of the scenarios, with paired differences from the baseline."""
        base = self.baseline.sample()
        return [
            row
            for run in self.others
            for row in compared(run.sample(), base, prices=same_prices(run, self.baseline))
        ]

    def table(self) -> pd.DataFrame:
        """The tidy table of all measures and differences; `attrs` as of a run."""
        return tidy(self.rows(), level=self.baseline.options.level)

    def _repr_html_(self) -> str:
        names = ", ".join(run.case.name for run in self.others)
        title = f"{names} against {self.baseline.case.name}"
        return shown(title, self.rows(), level=self.baseline.options.level)


def simulate(
    cases: Sequence[Case], options: Options, *, jobs: int = 1, progress: Progress = lambda _: None,
    visits: Sequence[Path | None] | None = None, where: Where | Workers | None = None,
) -> list[Run]:  # fmt: skip
    """Run some scenarios on the same luck.

    `jobs` processes of this machine, unless `where` says otherwise (a cluster, a store, or workers
    that are kept for several calls). `visits` holds a folder for each case, or None.

    Raises
    ------
    UsageError
        For an unknown engine, a segment between places that a scenario does not have, a store that
        cannot be written or a cluster that does not answer; before anything is run.
    RunError
        Where a replication does not pass its conservation checks, or workers are lost for good.
    StoreError
        Where a finished replication cannot be kept.
    """
    for case in cases:
        check_segments(case, options.segments)
    models = [compile_scenario(case.scenario, name=case.name) for case in cases]
    settled = [with_engine(options, model) for model in models]
    found = tallies(
        cases, settled, where=where or Where(jobs=jobs), visits=visits, progress=progress
    )
    return [Run(*parts) for parts in zip(cases, models, settled, found, strict=True)]


def compare(runs: Sequence[Run]) -> Comparison:
    """Compare runs with the first of them.

    They may look at the same days of different years; where prices are of another year, what is
    in USD has no difference.

    Raises
    ------
    UsageError
        Where there are fewer than two, or they differ in seed, replications, days of the year,
        warm-up, run-out, schema or promise: their numbers would not mean the same.
    """
    if len(runs) < 2:
        raise UsageError("a comparison needs a baseline and at least one scenario")
    first = runs[0]
    for run in runs[1:]:
        if (run.options.seed, run.options.replications) != (
            first.options.seed,
            first.options.replications,
        ):
            raise UsageError(f"{run.case.name} was run on other luck than {first.case.name}")
        check_alike(run.case, first.case)
    return Comparison(first, runs[1:])


def same_prices(given: Run, other: Run) -> bool:
    """Whether prices of two runs are of one year, so that a difference in USD means something."""
    return given.case.scenario.price_year == other.case.scenario.price_year


def caveats(given: Run, other: Run) -> list[str]:
    """What a reader of the difference between two runs should know: other years, other prices."""
    names = given.case.name, other.case.name
    begins = [f"{measured(run.case.scenario)[0]}" for run in (given, other)]
    prices = [run.case.scenario.price_year or "no stated year" for run in (given, other)]
    found = []
    if begins[0] != begins[1]:
        found += [f"{names[0]} is measured from {begins[0]}, {names[1]} from {begins[1]}"]
    if prices[0] != prices[1]:
        rule = "no differences in USD"
        found += [f"{names[0]} has prices of {prices[0]}, {names[1]} of {prices[1]}: {rule}"]
    return found


def check_alike(given: Case, other: Case) -> None:
    """Check that numbers of two scenarios mean the same.

    Raises
    ------
    UsageError
        Where they differ in days of the year, warm-up, run-out, schema or promise.
    """
    for what, same in _MEANINGS.items():
        if same(given.scenario) != same(other.scenario):
            raise UsageError(f"{given.name} and {other.name} {what}")


def _season(scenario: Scenario) -> tuple[object, ...]:
    """What periods share if they are the same days of the calendar, perhaps in other years."""
    (first, last), span = measured(scenario), scenario.span
    return (
        *(first.month, first.day), *(last.month, last.day), last.year - first.year,
        span.warm_up_d.value, span.run_out_d.value,
    )  # fmt: skip


_MEANINGS: Final[Mapping[str, Callable[[Scenario], object]]] = {
    "look at different periods": _season,
    "are written in different versions of the language": lambda s: s.schema_version,
    "promise different transit times": lambda s: s.promise_d.value,
}
"""What must be the same in scenarios that are compared, by what is said where it is not."""
COLUMNS = (
    "scenario", "route", "direction", "segment", "measure", "unit", "n", "mean", "sd", "ci_low",
    "ci_high", "rep_p10", "rep_p50", "rep_p90", "mark",
)  # fmt: skip
DIFFERENCES = ("baseline", "diff", "diff_ci_low", "diff_ci_high", "diff_pct")


def tidy(given: Sequence[Row], *, level: float | None = None) -> pd.DataFrame:
    """Rows as a tidy table; a quantile among the unfinished is null, its bound in `beyond`."""
    records = [_record(row) for row in given]
    wide = bool(given) and isinstance(given[0], ComparedRow)
    columns = [*COLUMNS[:-1], *(DIFFERENCES if wide else ()), "beyond", "mark"]
    table = pd.DataFrame(records, columns=columns)
    if level is not None:
        table.attrs["level"] = level
    return table


def _record(row: Row) -> dict[str, object]:
    values = _plain(row.estimate)
    record = {
        "scenario": row.scenario,
        "route": row.group.route,
        "direction": row.group.direction,
        "segment": row.group.segment,
        "measure": row.measure,
        "unit": row.unit,
        "mean": values.pop("estimate"),
        **values,
        "mark": row.mark,
    }
    if isinstance(row, ComparedRow):
        record["baseline"] = row.baseline
        if row.difference is not None:
            record |= {k: v for k, v in _plain(row.difference).items() if k != "n"}
    return record


def _plain(record: Estimate | Difference) -> dict[str, object]:
    """Its fields; `asdict` copies them all."""
    return {field.name: getattr(record, field.name) for field in fields(record)}
