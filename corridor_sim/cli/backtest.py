"""`backtest`: model against observation, row by row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.options import (
    debug_option,
    engine_option,
    format_option,
    out_option,
    quiet_option,
    seed_option,
)
from corridor_sim.cli.scale import where_options

if TYPE_CHECKING:
    from corridor_sim.experiments.backtest import Backtest, Verdict
    from corridor_sim.experiments.executor import Where
    from corridor_sim.output import Sheet


@click.command()
@click.option(
    "--observed", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file of observations; its columns are those of `--write`.  [default: those that come"
    " with the package]",
)  # fmt: skip
@click.option(
    "--write", "copy", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write the observations of the package to a file, to be extended, and do nothing else.",
)  # fmt: skip
@click.option("--only", metavar="SCENARIO", multiple=True, help="Only its rows; repeatable.")
@click.option(
    "-n", "--replications", type=click.IntRange(min=1), default=10, show_default=True,
    help="Replications of each scenario.",
)  # fmt: skip
@seed_option
@engine_option
@out_option
@where_options
@format_option
@quiet_option
@debug_option
def backtest(
    observed: Path | None, copy: Path | None, only: tuple[str, ...], replications: int, seed: int,
    engine: str, out: Path, where: Where, shape: str, quiet: bool,
) -> None:  # fmt: skip
    """Set the model beside what was observed, claimed or promised.

    Runs the scenarios that stand for the periods. Every row stays in the table, inside its band or
    not, and says whether numbers of the scenario were fitted to it. Only rows for a test count.
    """
    from corridor_sim.cli.writing import progress, tell, write
    from corridor_sim.experiments import backtest as b
    from corridor_sim.experiments.answers import saved, writable
    from corridor_sim.experiments.observations import lines, shipped_observations
    from corridor_sim.experiments.plan import Options

    if copy is not None:
        _copy(shipped_observations(), copy)
        return
    rows = lines(observed or shipped_observations())
    rows = [row for row in rows if not only or row.scenario in only]
    if not rows:
        raise click.UsageError(f"no row is of {' or '.join(only)}")
    options = Options(replications=tuple(range(replications)), seed=seed, engine=engine)
    writable(out)
    total = replications * len({row.scenario for row in rows})
    with progress(total, quiet=quiet) as step:
        found = b.backtest(rows, options, where=where, progress=step)
    records = [b.record(verdict) for verdict in found.verdicts]
    said = {
        "replications": replications, "seed": seed, "engines": found.engines,
        "scores": [{"use": s.use, "inside": s.inside, "of": s.of} for s in found.scores()],
    }  # fmt: skip
    path = saved("backtest", None, options, {"backtest.csv": found.table()}, out=out, asked=said)
    tell(f"saved: {path}", quiet=quiet)
    value = said | {"rows": records}
    write(shape, sheets=[_sheet(found)], records=records, columns=b.COLUMNS, value=value)


def _copy(source: Path, target: Path) -> None:
    if target.exists():
        raise click.UsageError(f"{target} exists; it is not overwritten")
    try:
        target.write_text(source.read_text("utf-8"), "utf-8")
    except OSError as error:
        raise click.UsageError(f"{target} cannot be written: {error.strerror}") from error


def _sheet(found: Backtest) -> Sheet:
    from corridor_sim.output import Sheet

    said = ", ".join(f"{s.inside} of {s.of} {s.use} rows" for s in found.scores())
    missed = [v for v in found.verdicts if v.said != "inside" and v.observed.missing]
    notes = [
        f"n = {len(found.options.replications)} replications, engine"
        f" {', '.join(dict.fromkeys(found.engines.values()))},"
        f" {100 * found.options.level:.4g} % intervals. Single published figures have a band of"
        " 15 % on either side. Rows of use `input` were put into the scenario and test nothing.",
        *dict.fromkeys(f"{_what(v)}: {v.observed.missing}." for v in missed),
    ]
    return Sheet(
        title=f"inside their band: {said}",
        columns=("scenario", "what", "observed", "model", "interval", "P10", "P90", "error",
                 "verdict", "use", "kind"),
        rows=[_row(v) for v in found.verdicts],
        right=frozenset({"model", "P10", "P90", "error"}), notes=notes,
    )  # fmt: skip


def _what(verdict: Verdict) -> str:
    return str(verdict.observed.quantity)


def _row(verdict: Verdict) -> list[str]:
    from corridor_sim.output import interval, number, places_of

    seen = verdict.observed
    places = places_of(seen.unit, verdict.mean, seen.low, seen.high)
    off = "" if verdict.error_pct is None else f"{verdict.error_pct:+.0f} %"
    return [
        verdict.scenario, _what(verdict),
        f"{seen.low:,.{places}f} - {seen.high:,.{places}f} {seen.unit}",
        number(verdict.mean, places),
        interval(verdict.ci_low, verdict.ci_high, seen.unit, places=places),
        number(verdict.p10), number(verdict.p90), off, verdict.said, seen.use, seen.kind,
    ]  # fmt: skip
