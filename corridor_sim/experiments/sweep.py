"""Many cases over dotted paths: a grid, a Latin hypercube, or a list of one's own."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product
from pathlib import Path

import pandas as pd

from corridor_sim.errors import UsageError, did_you_mean, one_of
from corridor_sim.experiments.evaluate import evaluated, varied
from corridor_sim.experiments.executor import HERE, Progress, Where, Workers
from corridor_sim.experiments.factors import Factor, changes
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.run import Run, tidy
from corridor_sim.measures.rows import Tally
from corridor_sim.measures.table import Row, Sample, rows
from corridor_sim.scenario.text import parse_value

Changes = Mapping[str, object]
CASE = "case"


def grid(values: Mapping[str, Sequence[object]]) -> list[dict[str, object]]:
    """All combinations of values by dotted path; the last path changes fastest."""
    return [dict(zip(values, some, strict=True)) for some in product(*values.values())]


def latin_hypercube(factors: Sequence[Factor], *, count: int, seed: int) -> list[dict[str, object]]:
    """Cases that fill the ranges of factors evenly (McKay, Beckman & Conover 1979,
    doi:10.1080/00401706.1979.10489755); whole numbers have equal parts of it.
    """
    from scipy.stats import qmc

    shares = qmc.LatinHypercube(len(factors), seed=seed).random(count)
    return [changes(factors, row) for row in shares]


def listed(path: Path) -> list[dict[str, object]]:
    """Cases of a CSV file: a column for each dotted path, an empty cell leaves it as it is.

    A column `case` (names for the reader) is not used.

    Raises
    ------
    UsageError
        Where the file cannot be read or holds no case.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found: list[dict[str, object]] = [
                {
                    key.strip(): parse_value(text, name=f"{path}: {key}")
                    for key, text in row.items()
                    if key and text and text.strip() and key.strip() != CASE
                }
                for row in csv.DictReader(file)
            ]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    if not found:
        raise UsageError(f"{path} holds no case: a header of dotted paths, and a row for each case")
    return found


def cases_of(base: Case, varied_by: Sequence[Changes]) -> list[Case]:
    """The cases of changes, named as `run` names them.

    Raises
    ------
    ScenarioError
        Where one is not valid.
    """
    return [varied(base, own, name=base.name + _said(own)) for own in varied_by]


def _said(own: Changes) -> str:
    return "".join(f",{path}={value}" for path, value in own.items())


def sweep(
    base: Case, varied_by: Sequence[Changes], options: Options, *, every_row: bool = False,
    where: Where | Workers = HERE, progress: Progress = lambda _: None,
) -> pd.DataFrame:  # fmt: skip
    """The tidy table of all cases, on the same luck, each row as a run of the case alone has it.

    Columns: `case` (from 0), one for each path (null where a case leaves it), then those of `run`.
    Rows of whole ways, pairs of places left out, and of segments asked for; or every row.

    Raises
    ------
    UsageError, ScenarioError
        Where nothing is varied, or a case is not valid; before anything is run.
    RunError
        Where a replication fails.
    """
    if not varied_by:
        raise UsageError("nothing is varied: name at least one case")
    cases = cases_of(base, varied_by)
    tables = evaluated(
        cases, options, partial(_table, every_row=every_row), where=where, progress=progress
    )
    return _joined(varied_by, tables)


def heat(
    table: pd.DataFrame, *, x: str, y: str, measure: str, route: str = "all",
    direction: str = "westbound", segment: str = "all",
) -> pd.DataFrame:  # fmt: skip
    """A measure over two paths, ready for a heat map: `y` down, `x` across; their mean where other
    paths vary too.

    Raises
    ------
    UsageError
        Where the sweep has no such path or rows.
    """
    paths = paths_of(table)
    for path in (x, y):
        if path not in paths:
            cure = did_you_mean(path, paths) or one_of(paths)
            raise UsageError(f"the sweep does not vary {path!r}; {cure}")
    chosen = table[
        (table["measure"] == measure) & (table["route"] == route)
        & (table["direction"] == direction) & (table["segment"] == segment)
    ]  # fmt: skip
    if chosen.empty:
        measures = sorted(set(table["measure"]))
        cure = did_you_mean(measure, measures) or one_of(measures)
        raise UsageError(f"no row is {measure} of {route} {direction} {segment}; {cure}")
    return chosen.pivot_table(index=y, columns=x, values="mean", aggfunc="mean")


def paths_of(table: pd.DataFrame) -> list[str]:
    """The paths that a sweep's table varies, in order."""
    columns = list(table.columns)
    return columns[1 : columns.index("scenario")] if "scenario" in columns else []


def two_paths(varied_by: Sequence[Changes]) -> tuple[str, str] | None:
    """The first two paths that vary, for a heat map; None where there are fewer."""
    paths = dict.fromkeys(path for own in varied_by for path in own)
    many = [p for p in paths if len({str(own.get(p)) for own in varied_by}) > 1]
    return (many[0], many[1]) if len(many) > 1 else None


def _table(run: Run, *, every_row: bool) -> pd.DataFrame:
    sample = run.sample()
    if not every_row:
        kept = {"all", *map(str, run.options.segments)}
        tallies = [_thinned(tally, kept) for tally in run.tallies]
        sample = Sample(sample.scenario, tallies, sample.overloaded, sample.level)
    own: list[Row] = rows(sample)
    return tidy(own)


def _thinned(tally: Tally, segments: set[str]) -> Tally:
    """A tally without pairs of places, elements and pieces of the way."""
    return Tally(
        tally.replication,
        spreads={
            (group, of): spread for (group, of), spread in tally.spreads.items()
            if group.segment in segments
        },
        ratios={
            key: pair for key, pair in tally.ratios.items()
            if key.group.segment in segments and "@" not in key.measure
        },
        vehicles=tally.vehicles,
    )  # fmt: skip


def _joined(varied_by: Sequence[Changes], tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    paths = list(dict.fromkeys(path for own in varied_by for path in own))
    found = []
    for number, (own, table) in enumerate(zip(varied_by, tables, strict=True)):
        head = pd.DataFrame({CASE: number, **{p: _plain(own.get(p)) for p in paths}}, table.index)
        found.append(pd.concat([head, table], axis="columns"))
    frames = [frame.astype(dict.fromkeys(paths, object)) for frame in found]
    whole = pd.concat(frames, ignore_index=True)
    for path in paths:
        numeric = all(isinstance(_plain(own.get(path)), int | float | None) for own in varied_by)
        whole[path] = whole[path].astype("float64" if numeric else "str")
    return whole


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return value.get("value", str(value))
    return value
