"""`run` and `compare`: replications in, tables and a run folder out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.extras import Extras
from corridor_sim.cli.options import RunOptions, changes, run_options, scenario_argument
from corridor_sim.cli.scale import ScaleOptions, scale_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corridor_sim.experiments.plan import Options
    from corridor_sim.experiments.run import Run
    from corridor_sim.measures.table import ComparedRow, Row
    from corridor_sim.output import Sheet


@click.command()
@scenario_argument
@scale_options
@run_options
def run(asked: RunOptions, scale: ScaleOptions, scenario: str) -> None:
    """Run a scenario.

    Prints its measures and writes a run folder; csv and json hold all rows.
    """
    from corridor_sim.experiments.quotes import quotes
    from corridor_sim.experiments.run import COLUMNS
    from corridor_sim.experiments.tables import quotes_sheet, run_sheets

    extras = Extras(scale)
    (done,), rows = _recorded(asked, extras, [scenario])
    sheets = run_sheets(done, rows, every_row=asked.every_row, stations=asked.stations)
    told = quotes(done)
    sheets += [*([quotes_sheet(told)] if told else []), *extras.sheets()]
    head = {
        "scenario": done.case.name, "engine": done.options.engine, **_head(done), **extras.values(),
        **({"quotes": [asdict(one) for one in told]} if told else {}),
    }  # fmt: skip
    _write(asked, sheets, rows, (*COLUMNS[:-1], "beyond", "mark"), head, "measures")
    _warn([done], rows, asked)
    extras.end()


@click.command()
@click.argument("baseline")
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@click.option(
    "--simultaneous", is_flag=True,
    help="Also intervals that hold all at once, the probability that each scenario is the best, and"
    " those that may be.",
)  # fmt: skip
@click.option(
    "measures", "--measure", metavar="MEASURE", multiple=True,
    help="What --simultaneous looks at, e.g. middle-btk/westbound/transit_p90. Repeatable.",
)  # fmt: skip
@scale_options
@run_options
def compare(
    asked: RunOptions, scale: ScaleOptions, baseline: str, scenarios: tuple[str, ...],
    simultaneous: bool, measures: tuple[str, ...],
) -> None:  # fmt: skip
    """Compare scenarios with a BASELINE.

    All run on the same luck; the differences are paired. --set changes all of them,
    the baseline too.
    """
    from corridor_sim.cli.writing import tell
    from corridor_sim.experiments.run import COLUMNS, DIFFERENCES, caveats
    from corridor_sim.experiments.tables import compare_sheets, in_words
    from corridor_sim.measures.table import ComparedRow

    extras = Extras(scale, measures if simultaneous else None)
    runs, rows = _recorded(asked, extras, [baseline, *scenarios])
    compared = [row for row in rows if isinstance(row, ComparedRow)]  # all of them are
    sheets = compare_sheets(runs, compared, every_row=asked.every_row, stations=asked.stations)
    sheets += extras.sheets()
    base, *others = runs
    head = {
        "baseline": base.case.name, "scenario": [other.case.name for other in others],
        "engines": {run.case.name: run.options.engine for run in runs},
        **_head(base),
        "in_words": {
            other.case.name: list(in_words(other, _of(compared, other))) for other in others
        },
        **extras.values(),
    }  # fmt: skip
    columns = (*COLUMNS[:-1], *DIFFERENCES, "beyond", "mark")
    _write(asked, sheets, compared, columns, head, "rows")
    _warn(runs, rows, asked)
    for caveat in (one for other in others for one in caveats(other, base)):
        tell(f"warning: {caveat}")
    extras.end()


def _of(rows: Sequence[ComparedRow], run: Run) -> list[ComparedRow]:
    return [row for row in rows if row.scenario == run.case.name]


def _recorded(
    asked: RunOptions, extras: Extras, names: Sequence[str]
) -> tuple[Sequence[Run], Sequence[Row]]:
    """Run what is asked for, into a folder; an interrupt leaves what was finished there."""
    from corridor_sim.cli.writing import progress, tell
    from corridor_sim.experiments.plan import case
    from corridor_sim.experiments.recorded import recorded

    changed = changes(asked.settings)
    cases = [case(name, changed) for name in names]
    options = extras.options(_options(asked), alone=asked.replication is not None)
    total = len(options.replications) * len(cases)
    where = extras.scale.where(min(asked.processes, total), asked.out)
    extras.prepare(cases, options, where, shape=asked.shape)
    with progress(total, quiet=asked.quiet) as step:
        runs, rows, path = recorded(
            cases, options, out=asked.out, where=where, keep_visits=asked.keep_visits,
            progress=step, how=extras.how, more=extras.tables,
        )  # fmt: skip
    if asked.figures:
        from corridor_sim.figures.files import draw

        draw(path)
    tell(f"saved: {path}", quiet=asked.quiet)
    return runs, rows


def _options(asked: RunOptions) -> Options:
    from corridor_sim.experiments.plan import Options, segment

    numbers = range(asked.replications)
    return Options(
        replications=tuple(numbers) if asked.replication is None else (asked.replication,),
        seed=asked.seed, engine=asked.engine,
        segments=tuple(dict.fromkeys(map(segment, asked.segments))),
        by_month=asked.by_month, level=asked.level,
    )  # fmt: skip


def _head(run: Run) -> dict[str, object]:
    return {"seed": run.options.seed, "replications": len(run.options.replications)}


def _write(
    asked: RunOptions, sheets: Sequence[Sheet], rows: Sequence[Row], columns: Sequence[str],
    head: dict[str, object], name: str,
) -> None:  # fmt: skip
    from corridor_sim.cli.writing import write
    from corridor_sim.experiments.recorded import as_records

    records = as_records(rows, columns) if asked.shape in ("csv", "json") else []
    value = {**head, name: records}
    write(asked.shape, sheets=sheets, records=records, columns=columns, value=value)


def _warn(runs: Sequence[Run], rows: Sequence[Row], asked: RunOptions) -> None:
    from corridor_sim.cli.writing import tell

    for run in runs:
        if run.sample().overloaded:
            tell(f"warning: {run.case.name} is overloaded; `check` shows where")
    for part in asked.segments:
        if not any(row.group.segment == part for row in rows):
            tell(f"warning: no cargo passes {part}")
