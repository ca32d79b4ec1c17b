"""What binds on some routes, what more of each capacity is worth, and what binds next.

Every relief runs on the luck of the corridor as it is, so differences are paired. The reliefs are
ranked by the days that they save at the mean; where the way is overloaded, so that times depend on
the length of the run, by the TEU a year that they let through.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.evaluate import evaluated, itself, varied
from corridor_sim.experiments.executor import HERE, Progress, Where, Workers, workers
from corridor_sim.experiments.marks import elements_of
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.quantities import ALL, Quantity, pooled_sample, quantity
from corridor_sim.experiments.relief import Relief, Size, reliefs
from corridor_sim.experiments.run import Run
from corridor_sim.experiments.waterfall import Part, waterfall
from corridor_sim.intervals import Difference, Resampled, difference, resampled_ratio
from corridor_sim.measures.rows import Key
from corridor_sim.measures.table import Sample, compared
from corridor_sim.model import DIRECTIONS, NONE, Model

DAYS, P90, TEU = "transit_mean", "transit_p90", "throughput_teu"
LEAST_SHARE: Final = 0.01
"""Share of the transit time below which a wait and work together are not worth a run."""
INTEREST: Final = 0.09
"""Discount rate a year: ADB, Guidelines for the Economic Analysis of Projects, 2017."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a relief is worth; days saved are positive where it is faster. Intervals as tuples.

    `usd_per_yr` is what it costs, `usd_per_teu_day` that over the TEU-days saved, `gain_usd_per_yr`
    what the saved time is worth less the cost; None where nobody states the price.
    `told_from_next`: whether its rank differs from the next beyond chance; None for the last.
    """

    rank: int
    relief: Relief
    days: Difference
    days_p90: Difference
    teu: Difference
    usd_per_teu_day: float | None
    gain_usd_per_yr: float | None
    told_from_zero: bool
    told_from_next: bool | None
    not_told_from: tuple[str, ...]
    """Those further down that cannot be told from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A look at the corridor after some reliefs: where the time goes, and what binds now."""

    relieved: tuple[Relief, ...]
    parts: Sequence[Part]
    worths: Sequence[Worth]
    ranked_by: str
    """`transit_mean`, or `throughput_teu` where the way is overloaded."""
    left_out: Sequence[str]
    """Elements on the way that were not tried, as cargo spends next to no time there."""

    @property
    def first(self) -> Worth | None:
        """What binds: the first in the ranking, if it can be told from zero."""
        return self.worths[0] if self.worths and self.worths[0].told_from_zero else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: routes (none: all), a direction (None: both), steps, and prices."""

    routes: tuple[str, ...] = ()
    direction: str | None = None
    steps: int = 3
    sizes: tuple[Size, ...] = ("unit", "percent")
    """The reliefs tried; the first size is the one that is ranked for what to relieve."""
    every: bool = False
    """Whether elements are tried at which cargo spends next to no time."""
    interest: float = INTEREST
    usd_per_teu_day: float | None = None
    """What a day less is worth to a TEU of cargo, USD."""


def bottlenecks(
    base: Case, options: Options, question: Question, *, where: Where | Workers = HERE,
    progress: Progress = lambda _: None,
) -> list[Stage]:  # fmt: skip
    """Stages: the corridor as it is, then with its first bottleneck relieved by a unit, and so on.

    It ends early where no relief can be told from zero.

    Raises
    ------
    UsageError
        For an unknown route, or fewer than two replications asked for.
    RunError
        Where a replication fails.
    """
    about = quantity(DAYS, base.scenario, routes=question.routes, direction=question.direction)
    stages: list[Stage] = []
    relieved: tuple[Relief, ...] = ()
    now = base
    with workers(where) as here:
        while len(stages) < question.steps:
            (run,) = evaluated([now], options, itself, where=here, progress=progress)
            stage = _stage(run, about, question, relieved, where=here, progress=progress)
            stages.append(stage)
            if stage.first is None:
                break
            relieved = (*relieved, stage.first.relief)
            now = varied(
                now, stage.first.relief.changes, name=f"{now.name}+{stage.first.relief.name}"
            )
    return stages


def most_reliefs(base: Case, question: Question) -> int:
    """How many reliefs are tried at one look at most."""
    return sum(
        relief.size in question.sizes and (question.every or relief.kind != "places")
        for relief in reliefs(base.scenario, interest=question.interest)
    )


def plan(run: Run, parts: Sequence[Part], question: Question) -> list[Relief]:
    """The reliefs to be tried, given where the time goes now."""
    passed, places = _on_the_way(run.model, question)
    total = sum(part.hours for part in parts if part.hours > 0)
    spent: dict[str, float] = {}
    for part in parts:
        if part.what in ("wait", "work"):
            spent[part.element] = spent.get(part.element, 0.0) + part.hours
    wanted = {name for name, hours in spent.items() if hours >= LEAST_SHARE * total}
    wanted |= _under_embargo(run)
    found = []
    for relief in reliefs(run.case.scenario, interest=question.interest):
        on_way = relief.place in places if relief.kind == "yard" else relief.element in passed
        felt = relief.element in wanted and relief.kind != "places"
        if relief.size in question.sizes and on_way and (felt or question.every):
            found.append(relief)
    return found


def _under_embargo(run: Run) -> set[str]:
    return {
        key.group.segment
        for tally in run.tallies
        for key, (days, _) in tally.ratios.items()
        if key.measure == "embargo_d" and days
    }


def _on_the_way(model: Model, question: Question) -> tuple[set[str], set[str]]:
    """Names of the elements, and of the places, that cargo of the routes passes."""
    elements: set[str] = set()
    places: set[str] = set()
    for path in model.paths:
        way = DIRECTIONS[model.flows[path.flow].direction]
        if path.route == NONE or question.direction not in (None, way):
            continue
        if question.routes and model.routes[path.route] not in question.routes:
            continue
        elements |= set(elements_of(model, path))
        places |= {
            model.places[at] for step in path.steps for at in (step.place, step.to) if at >= 0
        }
    return elements, places


def _stage(
    run: Run, about: Quantity, question: Question, relieved: tuple[Relief, ...], *,
    where: Workers, progress: Progress,
) -> Stage:  # fmt: skip
    baseline = pooled_sample(run, about)
    parts = waterfall(run, about)
    tried = plan(run, parts, question)
    cases = [varied(run.case, relief.changes, name=relief.name) for relief in tried]
    samples = evaluated(
        cases, run.options, lambda done: pooled_sample(done, about), where=where, progress=progress
    )
    ranked_by = TEU if baseline.overloaded else DAYS
    worths = ranked(baseline, list(zip(tried, samples, strict=True)), ranked_by, question)
    names = {relief.element for relief in tried}
    idle = sorted(_on_the_way(run.model, question)[0] & set(_candidates(run.case)) - names)
    return Stage(relieved=relieved, parts=parts, worths=worths, ranked_by=ranked_by, left_out=idle)


def _candidates(base: Case) -> list[str]:
    return [relief.element for relief in reliefs(base.scenario, interest=0.0)]


def ranked(
    baseline: Sample, tried: Sequence[tuple[Relief, Sample]], ranked_by: str, question: Question
) -> list[Worth]:
    """Worths in order, for each size of relief; first those of the size that is asked first.

    What is told apart is told at the level of the samples for all reliefs of a size together
    (Bonferroni); the intervals hold each for itself.
    """
    found: list[Worth] = []
    for size in question.sizes:
        own = [(relief, sample) for relief, sample in tried if relief.size == size]
        found += _ranked(baseline, own, ranked_by, question)
    return found


def _ranked(
    baseline: Sample, tried: Sequence[tuple[Relief, Sample]], ranked_by: str, question: Question
) -> Iterator[Worth]:
    level = 1 - (1 - baseline.level) / max(1, len(tried))
    gains = [_gain(sample, baseline, ranked_by, level) for _, sample in tried]
    order = sorted(range(len(tried)), key=lambda i: -_size(gains[i]))
    for rank, i in enumerate(order):
        relief, sample = tried[i]
        below = [
            tried[j][0].name for j in order[rank + 1 :]
            if not _told(_gain(sample, tried[j][1], ranked_by, level))
        ]  # fmt: skip
        follows = tried[order[rank + 1]][0].name if rank + 1 < len(order) else None
        told = _told(gains[i]) and _size(gains[i]) > 0
        yield replace(
            _worth(relief, sample, baseline, question), rank=rank + 1, told_from_zero=told,
            told_from_next=None if follows is None else follows not in below,
            not_told_from=tuple(below) if told else (),
        )  # fmt: skip


def _gain(sample: Sample, other: Sample, ranked_by: str, level: float) -> Difference:
    """By how much a sample is better than another on the same luck."""
    given = difference(_resampled(sample, ranked_by), _resampled(other, ranked_by), level=level)
    return given if ranked_by == TEU else _negated(given)


def _resampled(sample: Sample, ranked_by: str) -> Resampled:
    if ranked_by == TEU:
        pairs = np.array([tally.ratios[Key(ALL, TEU, "TEU/yr")] for tally in sample.tallies])
        return resampled_ratio(pairs[:, 0], pairs[:, 1])
    spreads = [tally.spreads[ALL, "transit"] for tally in sample.tallies]
    finished = np.array([float(spread.size - spread.unfinished) for spread in spreads])
    return resampled_ratio(np.array([spread.total_h for spread in spreads]), finished)


def _size(given: Difference) -> float:
    return float("-inf") if given.diff is None else given.diff


def _worth(relief: Relief, sample: Sample, baseline: Sample, question: Question) -> Worth:
    rows = {row.measure: row for row in compared(sample, baseline)}
    days, p90, teu = (rows[name].difference for name in (DAYS, P90, TEU))
    if days is None or p90 is None or teu is None:
        raise UsageError(f"no cargo passes the routes with {relief.name}")
    carried = rows[TEU].estimate.estimate or 0.0
    saved = None if days.diff is None else -days.diff * carried
    cost = relief.usd_per_yr
    price = None if cost is None or saved is None or saved <= 0 else cost / saved
    gain = None
    if question.usd_per_teu_day is not None and cost is not None and saved is not None:
        gain = saved * question.usd_per_teu_day - cost
    return Worth(
        rank=0, relief=relief, days=_negated(days), days_p90=_negated(p90), teu=teu,
        usd_per_teu_day=price, gain_usd_per_yr=gain, told_from_zero=False, told_from_next=None,
        not_told_from=(),
    )  # fmt: skip


def _told(given: Difference | None) -> bool:
    if given is None or given.diff_ci_low is None or given.diff_ci_high is None:
        return False
    return given.diff_ci_low > 0 or given.diff_ci_high < 0


def _negated(given: Difference) -> Difference:
    def minus(number: float | None) -> float | None:
        return None if number is None else -number + 0.0

    return Difference(
        given.n, minus(given.diff), minus(given.diff_ci_high), minus(given.diff_ci_low),
        minus(given.diff_pct),
    )  # fmt: skip


def worth_table(stages: Sequence[Stage]) -> pd.DataFrame:
    """All worths as a tidy table, one row a stage and relief."""
    return pd.DataFrame([row for i, stage in enumerate(stages) for row in _worth_rows(i, stage)])


def _worth_rows(number: int, stage: Stage) -> Iterator[dict[str, object]]:
    for worth in stage.worths:
        relief = worth.relief
        row: dict[str, object] = {
            "step": number + 1, "size": relief.size, "rank": worth.rank, "element": relief.element,
            "kind": relief.kind, "place": relief.place, "change": relief.what,
        }  # fmt: skip
        for name, given in (
            ("days_saved", worth.days),
            ("days_saved_p90", worth.days_p90),
            ("teu_per_yr", worth.teu),
        ):
            row |= {
                name: given.diff,
                f"{name}_ci_low": given.diff_ci_low,
                f"{name}_ci_high": given.diff_ci_high,
            }
        yield row | {
            "cost_usd_per_yr": relief.usd_per_yr, "usd_per_teu_day": worth.usd_per_teu_day,
            "gain_usd_per_yr": worth.gain_usd_per_yr, "told_from_zero": worth.told_from_zero,
            "told_from_next": worth.told_from_next,
            "not_told_from": "; ".join(worth.not_told_from), "ranked_by": stage.ranked_by,
        }  # fmt: skip


def part_table(stages: Sequence[Stage]) -> pd.DataFrame:
    """Where the time goes as a tidy table, one row a stage and part."""
    return pd.DataFrame(
        [{"step": i + 1, **part.record()} for i, stage in enumerate(stages) for part in stage.parts]
    )


def sentences(stages: Sequence[Stage]) -> Iterator[str]:
    """What binds, in words; one sentence a stage."""
    for i, stage in enumerate(stages):
        after = f"With {stage.relieved[-1].name}, " if stage.relieved else "As it is, "
        first = stage.first
        if first is None:
            yield f"{after}nothing that was tried can be told from no change at all."
            continue
        unit = "TEU a year" if stage.ranked_by == TEU else "days at the mean"
        given = first.teu if stage.ranked_by == TEU else first.days
        text = f"{after}{first.relief.element} binds {'now' if i == 0 else 'next'}: "
        text += f"{first.relief.what} is worth {given.diff:,.3g} {unit}"
        text += f" ({given.diff_ci_low:,.3g} to {given.diff_ci_high:,.3g})"
        if first.not_told_from:
            text += f"; it cannot be told apart from {', '.join(first.not_told_from)}"
        yield text + "."
