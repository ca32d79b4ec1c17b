"""Runs that leave a folder behind, whatever ends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from corridor_sim.errors import StoreError, UsageError
from corridor_sim.experiments.batch import Batch, batch, prepared
from corridor_sim.experiments.executor import Progress, Where
from corridor_sim.experiments.folder import folder
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.run import Run, compare, tidy
from corridor_sim.measures.table import Row

More = Callable[[Sequence[Run]], Mapping[str, pd.DataFrame]]
"""Names of more tables for the folder, and what they hold."""


def recorded(
    cases: Sequence[Case], options: Options, *, out: Path, where: Where,
    keep_visits: bool = False, progress: Progress = lambda _: None,
    how: Callable[..., Batch] = batch, more: More = lambda _: {},
) -> tuple[Sequence[Run], Sequence[Row], Path]:  # fmt: skip
    """Run a scenario, or a baseline and others, and write a run folder in `out`.

    Returns the runs, the rows (of a comparison those of the others, with differences) and the
    folder. `how` runs the replications (`batch`, or `precision.until_precise`); `more` makes more
    tables for the folder. What stops it early is raised again, with a note of where the finished
    replications are.

    Raises
    ------
    UsageError
        For options that do not fit, a scenario given twice, or an `out` that cannot be written;
        before anything is run.
    RunError
        Where a replication does not pass its conservation checks.
    StoreError
        Where the disk is full.
    """
    _check_names(cases)
    runs = prepared(cases, options)
    if len(runs) > 1:
        compare(runs)
    with folder(out, runs, where=where) as place:
        parts = place.visits() if keep_visits else [None] * len(runs)
        done = how(runs, where=where, visits=parts, progress=progress)
        if not done.finished:
            raise _stopped(done, None, len(options.replications))
        rows = done.runs[0].rows() if len(runs) == 1 else compare(done.runs).rows()
        try:
            path = place.write(done, rows, more(done.runs))
        except OSError as error:
            raise StoreError(
                f"results cannot be written to {out}: {error.strerror or error}; finished"
                f" replications are in {where.store or 'no store'}: go on with --resume"
            ) from error
    if done.stopped is not None:
        raise _stopped(done, path, len(options.replications))
    return done.runs, rows, path


def _check_names(cases: Sequence[Case]) -> None:
    names = [case.name for case in cases[1:]]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{name} is given twice")


def as_records(rows: Sequence[Row], columns: Sequence[str]) -> list[dict[str, object]]:
    """Rows of the tidy table as plain records; what is missing is None."""
    table = tidy(rows).reindex(columns=list(columns)).astype(object)
    whole = table.where(table.notna(), None)
    return [dict(zip(columns, row, strict=True)) for row in whole.itertuples(index=False)]


def _stopped(done: Batch, path: Path | None, asked: int) -> BaseException:
    assert done.stopped is not None, "only what was stopped has nothing finished"
    where = "" if path is None else f", saved: {path}"
    done.stopped.add_note(f"{done.finished} of {asked} replications were finished{where}")
    return done.stopped
