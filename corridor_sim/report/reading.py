"""Run folders read back: scenarios, rows with their intervals, and what they were made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from corridor_sim.compile import compile_scenario
from corridor_sim.errors import UsageError
from corridor_sim.experiments.headlines import MEASURES, headline, of_element
from corridor_sim.experiments.plan import Case, Options, case, segment
from corridor_sim.experiments.replay import Replay, manifest_of, replay, scenarios_of
from corridor_sim.experiments.run import Run, compare
from corridor_sim.figures.marks import names
from corridor_sim.intervals import Difference, Estimate
from corridor_sim.measures.rows import Group
from corridor_sim.measures.table import ComparedRow, Row

RULE = "name a folder that `run` or `compare` wrote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run folder, read. `runs` hold no tallies; `rows` are those of the short tables and of the
    elements, of a comparison with differences; `names` the short name of each scenario by its own.
    """

    folder: Path
    manifest: Mapping[str, Any]
    runs: Sequence[Run]
    rows: Sequence[Row]
    names: Mapping[str, str]

    @property
    def n(self) -> int:
        """Replications."""
        return len(self.runs[0].options.replications)

    def table(self, file: str) -> pd.DataFrame:
        """A table of the folder, its scenarios by their short names.

        Raises
        ------
        UsageError
            Where the folder has no such table.
        """
        path = self.folder / file
        try:
            found = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
        except (OSError, ValueError) as error:
            raise UsageError(f"{self.folder} holds no readable {file}; {RULE}") from error
        found["scenario"] = found["scenario"].map(self.names)
        found.attrs |= {"level": self.runs[0].options.level, "n": self.n}
        return found

    def of(self, run: Run) -> list[Row]:
        """The rows of one of the runs."""
        return [row for row in self.rows if row.scenario == run.case.name]

    def differences(self) -> list[ComparedRow]:
        """The rows of a comparison that are not of its baseline."""
        return [row for row in self.rows if isinstance(row, ComparedRow)]


def read(folders: Sequence[Path]) -> list[Told]:
    """Read run folders that are to stand in one report.

    Raises
    ------
    UsageError
        Where a folder is none of a run, or they do not fit together: other luck, other periods, or
        two scenarios under one name.
    ScenarioError
        Where a scenario in a folder is not valid any more.
    """
    manifests = {folder: manifest_of(folder) for folder in dict.fromkeys(folders)}
    short = names(one for folder in manifests for one in scenarios_of(folder))
    found = [_told(folder, manifest, short) for folder, manifest in manifests.items()]
    for before, after in pairwise(found):
        compare([before.runs[0], after.runs[0]])
    _check_names([run for told in found for run in told.runs])
    return found


def replays(told: Told, *, replication: int | None = None) -> Iterator[Replay]:
    """A replication of each scenario once more, by default the first that was finished.

    Raises
    ------
    UsageError
        Where it is none of those that were finished.
    """
    options = told.runs[0].options
    number = min(options.replications) if replication is None else replication
    if number not in options.replications:
        some = f"{min(options.replications)} to {max(options.replications)}"
        raise UsageError(f"{told.folder} has no replication {number}; its numbers are {some}")
    for run in told.runs:
        yield replay(run.case, seed=options.seed, replication=number, model=run.model)


def _told(folder: Path, manifest: Mapping[str, Any], short: Mapping[str, str]) -> Told:
    options = _options(folder, manifest)
    runs = [
        _run(path, short[name], one)
        for (name, path), one in zip(scenarios_of(folder).items(), options, strict=True)
    ]
    told = Told(folder=folder, manifest=manifest, runs=runs, rows=(), names=short)
    table = told.table("measures.csv")
    base = runs[0].case.name
    try:
        few = table[table["measure"].isin(list(MEASURES)) | (table["direction"] == "both")]
        rows = [_row(record, base) for record in few.to_dict("records")]
    except (KeyError, TypeError, ValueError) as error:
        rule = f"its measures.csv does not have the columns of a run ({error})"
        raise UsageError(f"{folder} cannot be read: {rule}; {RULE}") from error
    kept = [row for row in rows if headline(row, options[0].segments) or of_element(row)]
    return replace(told, rows=kept)


def _options(folder: Path, manifest: Mapping[str, Any]) -> list[Options]:
    """How each scenario was run: the same but for the engine."""
    try:
        common = Options(
            replications=tuple(manifest["replications_finished"]), seed=manifest["seed"],
            segments=tuple(map(segment, manifest["segments"])), by_month=manifest["by_month"],
            level=manifest["level"],
        )  # fmt: skip
        return [replace(common, engine=one["engine"]) for one in manifest["scenarios"]]
    except (KeyError, TypeError) as error:
        raise UsageError(f"{folder} has a manifest.json without {error}; {RULE}") from error


def _run(path: Path, name: str, options: Options) -> Run:
    if not path.is_file():
        raise UsageError(f"{path.parent} holds no {path.name}; {RULE}")
    given = case(str(path))
    known = Case(name, given.scenario, given.text)
    return Run(known, compile_scenario(given.scenario, name=name), options, ())


def _row(record: Mapping[Any, Any], base: str) -> Row:
    given: dict[str, Any] = {k: None if pd.isna(value) else value for k, value in record.items()}
    estimate = {name: given[name] for name in Estimate.__slots__ if name != "estimate"}
    known: dict[str, Any] = {
        "scenario": given["scenario"], "unit": given["unit"], "measure": given["measure"],
        "group": Group(given["route"], given["direction"], given["segment"]),
        "mark": given["mark"] or "", "estimate": Estimate(estimate=given["mean"], **estimate),
    }  # fmt: skip
    if given["scenario"] == base:
        return Row(**known)
    difference = Difference(**{name: given[name] for name in Difference.__slots__})
    has = given["baseline"] is not None or given["diff"] is not None
    return ComparedRow(
        **known, baseline=given["baseline"], difference=difference if has else None
    )  # fmt: skip


def _check_names(runs: Sequence[Run]) -> None:
    """Two folders may both hold a scenario, but only the same one."""
    known: dict[str, str] = {}
    for run in runs:
        if known.setdefault(run.case.name, run.case.text) != run.case.text:
            raise UsageError(f"two different scenarios are called {run.case.name}")
