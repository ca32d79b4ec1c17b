"""`backtest`: model against observation, row by row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.options import (
    debug_option,
    engine_option,
    format_option,
    quiet_option,
    seed_option,
)
from corridor_sim.cli.scale import where_options

if TYPE_CHECKING:
    from corridor_sim.experiments.backtest import Verdict
    from corridor_sim.experiments.executor import Where
    from corridor_sim.output import Sheet

COLUMNS = (
    "scenario", "route", "direction", "segment", "measure", "unit", "low", "high", "mean", "ci_low",
    "ci_high", "p10", "p90", "verdict", "kind", "sources",
)  # fmt: skip


@click.command()
@click.option(
    "--observed", type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file of observations.  [default: those that come with the package]",
)  # fmt: skip
@click.option(
    "-n", "--replications", type=click.IntRange(min=1), default=10, show_default=True,
    help="Replications of each scenario.",
)  # fmt: skip
@seed_option
@engine_option
@where_options
@format_option
@quiet_option
@debug_option
def backtest(
    observed: Path | None, replications: int, seed: int, engine: str, where: Where, shape: str,
    quiet: bool,
) -> None:  # fmt: skip
    """Set the model beside what was observed, claimed or promised.

    Runs the scenarios that stand for the periods; every row stays in the table, inside its band or
    not. Nothing is fitted here.
    """
    from corridor_sim.cli.writing import progress, write
    from corridor_sim.experiments.backtest import backtest as look
    from corridor_sim.experiments.backtest import read_observed, score, shipped_observations
    from corridor_sim.experiments.plan import Options

    bands = read_observed(observed or shipped_observations())
    options = Options(replications=tuple(range(replications)), seed=seed, engine=engine)
    total = replications * len({band.scenario for band in bands})
    with progress(total, quiet=quiet) as step:
        verdicts = look(bands, options, where=where, progress=step)
    inside, rows = score(verdicts)
    records = [verdict.record() for verdict in verdicts]
    value = {"replications": replications, "seed": seed, "engine": engine, "inside": inside,
             "of": rows, "rows": records}  # fmt: skip
    write(shape, sheets=[_sheet(verdicts, inside)], records=records, columns=COLUMNS, value=value)


def _sheet(verdicts: list[Verdict], inside: int) -> Sheet:
    from corridor_sim.output import Sheet, interval, number

    rows = [
        [
            v.observed.scenario, v.observed.group.route, v.observed.group.segment,
            f"{v.observed.low:g} - {v.observed.high:g} {v.observed.unit}", number(v.mean),
            interval(v.ci_low, v.ci_high, v.observed.unit, places=1), number(v.p10), number(v.p90),
            v.said, v.observed.kind,
        ]
        for v in verdicts
    ]  # fmt: skip
    return Sheet(
        title=f"{inside} of {len(verdicts)} rows inside their band",
        columns=("scenario", "route", "segment", "observed", "model", "interval", "P10", "P90",
                 "verdict", "kind"),
        rows=rows, right=frozenset({"model", "P10", "P90"}),
        notes=["Single published figures have 15 % on either side. `--format csv` names sources."],
    )  # fmt: skip
