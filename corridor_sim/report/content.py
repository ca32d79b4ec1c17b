"""What a report says, gathered once for every form that it is written in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corridor_sim.experiments.replay import Replay
from corridor_sim.experiments.run import Run
from corridor_sim.experiments.tables import compare_sheets, run_sheets
from corridor_sim.figures.marks import shared
from corridor_sim.output import Sheet
from corridor_sim.report.backtest import backtest_sheet
from corridor_sim.report.basis import assumptions, command, made_with
from corridor_sim.report.checks import Check, checks
from corridor_sim.report.reading import Told, read, replays
from corridor_sim.report.words import Answer, answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All of a report.

    replays: the same replication of each scenario. tables: of each folder, differences where it is
    a comparison; alone: the estimates of each scenario of a comparison; elements: of each scenario;
    made: of each folder, the command and what it was made with.
    """

    told: Sequence[Told]
    runs: Sequence[Run]
    replays: Sequence[Replay]
    title: str
    subtitle: str
    answers: Sequence[Answer]
    tables: Sequence[Sheet]
    alone: Sequence[Sheet]
    elements: Sequence[Sheet]
    assumptions: Sequence[Sheet]
    checks: Sequence[Check]
    backtest: Sequence[Sheet]
    made: Sequence[tuple[str, Sheet]]

    @property
    def baseline(self) -> str | None:
        """The name of the baseline; None without a comparison."""
        return next((told.runs[0].case.name for told in self.told if len(told.runs) > 1), None)


def content(
    folders: Sequence[Path], *, replication: int | None = None, backtest: Path | None = None
) -> Content:
    """Read run folders and simulate a replication of each scenario once more.

    Raises
    ------
    UsageError
        Where a folder is none of a run, or they do not fit together.
    ScenarioError
        Where a scenario in a folder is not valid any more.
    RunError
        Where the replication does not pass its conservation checks.
    """
    beside = [] if backtest is None else [backtest_sheet(backtest)]
    told = read(folders)
    runs = list({run.case.name: run for one in told for run in one.runs}.values())
    again: dict[str, Replay] = {}
    looked: list[Check] = []
    for one in told:
        own = {of.case.name: of for of in replays(one, replication=replication)}
        looked += checks(one, list(own.values()))
        again |= own
    return Content(
        told=told, runs=runs, replays=[again[run.case.name] for run in runs], title=_title(told),
        subtitle=_subtitle(told), answers=[said for one in told for said in answers(one)],
        tables=[sheet for one in told for sheet in _tables(one)],
        alone=[sheet for one in told if len(one.runs) > 1 for sheet in _estimates(one)],
        elements=[sheet for one in told for sheet in _elements(one)],
        assumptions=assumptions(runs), checks=list(dict.fromkeys(looked)), backtest=beside,
        made=[(command(one.manifest), made_with(one)) for one in told],
    )  # fmt: skip


def _tables(told: Told) -> Iterator[Sheet]:
    if len(told.runs) == 1:
        yield from _estimates(told)
        return
    sheets = compare_sheets(told.runs, told.differences(), every_row=False, stations=False)
    yield from (sheet for sheet in sheets if sheet.rows)


def _estimates(told: Told) -> Iterator[Sheet]:
    for run in told.runs:
        yield from run_sheets(run, told.of(run), every_row=False, stations=False)


def _elements(told: Told) -> Iterator[Sheet]:
    for run in told.runs:
        _, elements = run_sheets(run, told.of(run), every_row=False, stations=True)
        yield elements


def _title(told: Sequence[Told]) -> str:
    parts = []
    for one in told:
        base, *others = (run.case.name for run in one.runs)
        parts.append(f"{', '.join(others)} against {base}" if others else base)
    return "; ".join(parts)


def _subtitle(told: Sequence[Told]) -> str:
    run = told[0].runs[0]
    span, options = run.case.scenario.span, run.options
    days = (span.warm_up_d.value, span.measure_d.value, span.run_out_d.value)
    warm_up, measure, run_out = (f"{day:g} d" for day in days)
    changes = shared(str(one["name"]) for each in told for one in each.manifest["scenarios"])
    return (
        f"{len(options.replications)} replications, seed {options.seed}, intervals at"
        f" {100 * options.level:.4g} %; from {span.start:%d %B %Y}: warm-up {warm_up}, measuring"
        f" part {measure}, run-out {run_out}. {changes}"
    ).rstrip()
