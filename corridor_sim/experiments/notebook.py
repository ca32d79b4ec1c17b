"""The questions as a notebook asks them: names, paths and targets in words, answers that show
themselves. They ask the same experiments as the command line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments import bottlenecks as bottleneck
from corridor_sim.experiments import sensitivity as variance
from corridor_sim.experiments import sweep as sweeping
from corridor_sim.experiments.aftermath import Aftermath, aftermath, backlogs, weekly
from corridor_sim.experiments.backtest import Backtest
from corridor_sim.experiments.backtest import backtest as set_beside
from corridor_sim.experiments.calibrate import Calibration
from corridor_sim.experiments.calibrate import calibrate as fit_to
from corridor_sim.experiments.executor import HERE, Progress, Where, Workers
from corridor_sim.experiments.factors import Factor, chosen
from corridor_sim.experiments.goal import Goal, choice
from corridor_sim.experiments.goal import goal_seek as seek
from corridor_sim.experiments.losses import about, losses, table_of
from corridor_sim.experiments.many import frame, quantities, standings
from corridor_sim.experiments.many import simultaneous as together
from corridor_sim.experiments.observations import lines, observations, shipped_observations
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.quantities import quantity
from corridor_sim.experiments.relief import Size
from corridor_sim.experiments.run import Run
from corridor_sim.experiments.shock import shocked
from corridor_sim.experiments.shown import framed
from corridor_sim.experiments.targets import target

Range = tuple[float, float] | None
"""Lowest and highest value of a number; None: the range that the scenario gives it."""
TWENTY: Final = Options()
"""Twenty replications, seed 1."""
SHOWN: Final = (
    "step", "size", "rank", "element", "change", "days_saved", "days_saved_p90", "teu_per_yr",
    "cost_usd_per_yr", "usd_per_teu_day", "told_from_zero", "told_from_next",
)  # fmt: skip

AFTER_A_SHOCK: Final = (
    "delayed_teu", "diverted_teu", "lost_teu", "unfinished_teu", "delay_teu_d", "backlog_teu",
    "recovery_p50", "recovery_censored", "shock_cost_usd",
)  # fmt: skip
"""Measures of a shock that are shown."""


def _quiet(_: int) -> None:
    """Tells nobody of progress."""


@dataclass(frozen=True, slots=True)
class Bottlenecks:
    """What binds: the corridor as it is, then with its first bottleneck relieved, and so on."""

    scenario: str
    stages: Sequence[bottleneck.Stage]

    def table(self) -> pd.DataFrame:
        """What more of each capacity is worth, one row a stage and relief."""
        return bottleneck.worth_table(self.stages)

    def time(self) -> pd.DataFrame:
        """Where the time goes, one row a stage and part, in hours."""
        return bottleneck.part_table(self.stages)

    def in_words(self) -> list[str]:
        """What binds, one sentence a stage."""
        return list(bottleneck.sentences(self.stages))

    def _repr_html_(self) -> str:
        worth = self.table()
        tables = {
            "What more is worth": worth[[name for name in SHOWN if name in worth]],
            "Where the time goes (h)": self.time(),
        }
        return framed(f"What binds in {self.scenario}", tables, self.in_words())


def bottlenecks(
    base: Case, options: Options = TWENTY, *, routes: Sequence[str] = (),
    direction: str | None = None, steps: int = 3, more: Sequence[Size] = ("unit", "percent"),
    every: bool = False, interest: float = bottleneck.INTEREST,
    usd_per_teu_day: float | None = None, where: Where | Workers = HERE,
    progress: Progress = _quiet,
) -> Bottlenecks:  # fmt: skip
    """What binds on some routes (none: all), what more is worth, and what binds next.

    `more`: one more unit of each capacity, 10 % more, or both. `interest`: a year, as a share.

    Raises
    ------
    UsageError, RunError
        As `experiments.bottlenecks.bottlenecks`.
    """
    question = bottleneck.Question(
        routes=tuple(routes), direction=direction, steps=steps, sizes=tuple(more), every=every,
        interest=interest, usd_per_teu_day=usd_per_teu_day,
    )  # fmt: skip
    stages = bottleneck.bottlenecks(base, options, question, where=where, progress=progress)
    return Bottlenecks(base.name, stages)


@dataclass(frozen=True, slots=True)
class Recovery:
    """A scenario beside its undisturbed twin, on the same luck."""

    aftermath: Aftermath

    def table(self) -> pd.DataFrame:
        """What the shock did: cargo, backlog, time to recover, cost; see `losses.losses`."""
        return table_of(self.aftermath, losses(self.aftermath))

    def weeks(self) -> pd.DataFrame:
        """Transit by week of release and what waits, beside the twin; see `aftermath.weekly`."""
        table = weekly(self.aftermath)
        table.attrs |= about(self.aftermath, losses(self.aftermath))
        table.attrs |= {"n": len(self.aftermath.tallies)}
        return table

    def backlogs(self) -> pd.DataFrame:
        """Where and when the worst backlog was; see `aftermath.backlogs`."""
        return backlogs(self.aftermath)

    def _repr_html_(self) -> str:
        table, of = self.table(), self.aftermath.shocked
        own = table[table["measure"].isin(AFTER_A_SHOCK)]
        columns = ["route", "direction", "measure", "mean", "ci_low", "ci_high", "unit", "beyond"]
        tables = {"What it did": own[columns], "The worst backlog": self.backlogs()}
        n, level = len(self.aftermath.tallies), 100 * self.aftermath.options.level
        notes = [f"n = {n} replications, {level:.4g} % intervals."]
        return framed(f"{of.case.name} beside {of.twin.name}", tables, notes)


def recovery(
    base: Case, options: Options = TWENTY, *, shock: str | None = None,
    where: Where | Workers = HERE, progress: Progress = _quiet,
) -> Recovery:  # fmt: skip
    """What the shocks of a scenario do, and how long until it has recovered; by default of all of
    its shocks together, or of one of them, or of a dated closure.

    Raises
    ------
    UsageError, RunError
        As `experiments.shock.shocked` and `experiments.aftermath.aftermath`.
    """
    given = shocked(base, only=shock)
    return Recovery(aftermath(given, options, where=where, progress=progress))


def sweep(
    base: Case, cases: Mapping[str, Sequence[object]] | Sequence[Mapping[str, object]] | Path,
    options: Options = TWENTY, *, every_row: bool = False, where: Where | Workers = HERE,
    progress: Progress = _quiet,
) -> pd.DataFrame:  # fmt: skip
    """The tidy table of many cases: values by dotted path (a grid), changes of each, or a CSV file.

    Raises
    ------
    UsageError, ScenarioError, RunError
        As `experiments.sweep.sweep`.
    """
    if isinstance(cases, Path):
        varied_by: Sequence[Mapping[str, object]] = sweeping.listed(cases)
    else:
        varied_by = sweeping.grid(cases) if isinstance(cases, Mapping) else cases
    return sweeping.sweep(
        base, varied_by, options, every_row=every_row, where=where, progress=progress
    )


def latin_hypercube(
    base: Case, over: Mapping[str, Range], *, count: int, seed: int = 1
) -> list[dict[str, object]]:
    """Cases for `sweep` that fill ranges evenly.

    Raises
    ------
    UsageError
        Where a path leads to no number, or has no range.
    """
    return sweeping.latin_hypercube(_factors(base, over), count=count, seed=seed)


def sensitivity(
    base: Case, measure: str = "transit_mean", options: Options = TWENTY, *,
    routes: Sequence[str] = (), direction: str | None = None, only: Sequence[str] = (),
    without: Sequence[str] = (), trajectories: int = 10, keep: int = 8, base_samples: int = 64,
    where: Where | Workers = HERE, progress: Progress = _quiet,
) -> variance.Sensitivity:  # fmt: skip
    """Which assumptions matter for a measure: Morris to screen, Sobol on the `keep` left.

    Raises
    ------
    UsageError, RunError
        As `experiments.sensitivity.sensitivity`; or for an unknown measure.
    """
    if base_samples < 2 or base_samples & (base_samples - 1):
        raise UsageError(f"base_samples must be a power of two, not {base_samples}")
    question = variance.Question(
        quantity=quantity(measure, base.scenario, routes=routes, direction=direction),
        only=tuple(only), without=tuple(without), trajectories=trajectories, keep=keep,
        base_samples=base_samples,
    )  # fmt: skip
    return variance.sensitivity(base, options, question, where=where, progress=progress)


def calibrate(
    base: Case, fit: Mapping[str, Range], observed: Path, options: Options = TWENTY, *,
    most_trials: int = 100, where: Where | Workers = HERE, progress: Progress = _quiet,
) -> Calibration:  # fmt: skip
    """Fit numbers to the observations of a CSV file; `.found` is the case that does.

    Raises
    ------
    UsageError, RunError
        As `experiments.calibrate.calibrate`; or where the file cannot be read.
    """
    return fit_to(
        base, _factors(base, fit), observations(observed, base.scenario, name=base.name), options,
        most_trials=most_trials, where=where, progress=progress,
    )  # fmt: skip


def goal_seek(
    base: Case, choose: Mapping[str, Range], targets: Sequence[str], options: Options = TWENTY, *,
    usd_per_yr: Mapping[str, float] | None = None, interest: float = bottleneck.INTEREST,
    fresh: int | None = None, where: Where | Workers = HERE, progress: Progress = _quiet,
) -> Goal:  # fmt: skip
    """The least capacity, or yearly cost over several, that meets targets such as
    `transit_p90 <= 20 d`; `.found` is the case that does. `usd_per_yr`: of a unit, by path.

    Raises
    ------
    UsageError, RunError
        As `experiments.goal.goal_seek`; or for a target that is not of this form.
    """
    prices = usd_per_yr or {}
    choices = [
        choice(
            base.scenario, path, low=ends and ends[0], high=ends and ends[1], steps=None,
            usd_per_yr=prices.get(path), interest=interest,
        )
        for path, ends in choose.items()
    ]  # fmt: skip
    aims = [target(text, base.scenario) for text in targets]
    return seek(base, choices, aims, options, fresh=fresh, where=where, progress=progress)


def simultaneous(runs: Sequence[Run], *measures: str) -> pd.DataFrame:
    """Paired differences of runs from the first, whose intervals hold all at once.

    Raises
    ------
    UsageError
        As `experiments.many.simultaneous`.
    """
    return frame(together(runs, quantities(measures, runs[0].case.scenario)))


def best(runs: Sequence[Run], *measures: str) -> pd.DataFrame:
    """How probable it is that each run is the best, and which may be.

    Raises
    ------
    UsageError
        As `experiments.many.standings`.
    """
    return frame(standings(runs, quantities(measures, runs[0].case.scenario)))


def backtest(
    options: Options = TWENTY, *, observed: Path | None = None, where: Where | Workers = HERE,
    progress: Progress = _quiet,
) -> Backtest:  # fmt: skip
    """The shipped scenarios beside what was observed, or beside the bands of a CSV file.

    Raises
    ------
    UsageError, ScenarioError, RunError
        As `experiments.backtest.backtest`.
    """
    rows = lines(observed or shipped_observations())
    return set_beside(rows, options, where=where, progress=progress)


def _factors(base: Case, ranges: Mapping[str, Range]) -> list[Factor]:
    return [
        chosen(base.scenario, path, low=ends and ends[0], high=ends and ends[1])
        for path, ends in ranges.items()
    ]
