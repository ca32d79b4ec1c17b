"""Run folders: what was run, with what, and what came out, side by side on disk.

`results/<scenario>/<UTC time>-<hash>/` holds manifest.json, scenario.resolved.yaml, measures.csv,
replications.parquet, stations.csv, segments.csv, transit.parquet (transit times hour by hour),
ways.csv (the pieces of every way), figures/ and, on request, visits.parquet (a data set: one file a
replication). A comparison is `results/compare/<UTC time>-<hash>/`, of the same shape with
one resolved scenario each. A folder has its name only when it is complete.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.batch import Batch
from corridor_sim.experiments.distribution import transit_times
from corridor_sim.experiments.executor import Where
from corridor_sim.experiments.headlines import of_element, of_part
from corridor_sim.experiments.plan import Case
from corridor_sim.experiments.quotes import quotes_table
from corridor_sim.experiments.replications import by_replication
from corridor_sim.experiments.run import Run, tidy
from corridor_sim.experiments.ways import ways
from corridor_sim.measures.table import ComparedRow, Row
from corridor_sim.output import as_json
from corridor_sim.scenario.resolved import resolved_yaml

LIBRARIES: Final = ("numpy", "pandas", "pyarrow", "pydantic", "scipy", "simpy")
LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Folder:
    """A run folder that is being written, under a temporary name."""

    runs: Sequence[Run]
    temporary: Path
    begun: dt.datetime
    where: Where

    def visits(self) -> list[Path]:
        """The folder for the visits of each scenario, a partition where there are several."""
        data = self.temporary / "visits.parquet"
        if len(self.runs) == 1:
            return [data]
        return [data / f"scenario={name}" for name in _file_names(self.runs)]

    def write(self, batch: Batch, rows: Sequence[Row], more: Mapping[str, pd.DataFrame]) -> Path:
        """Write all about a batch and its rows, of a comparison those with differences.

        Returns the folder under its final name.
        """
        here = self.temporary
        table = rows if len(batch.runs) == 1 else _with_baseline(batch.runs[0], rows)
        status = _status(batch)
        (here / "manifest.json").write_text(as_json(self._manifest(batch, status)), "utf-8")
        for file, run in zip(_scenario_files(self.runs), self.runs, strict=True):
            (here / file).write_text(resolved_yaml(run.case.scenario), "utf-8")
        measures = tidy(table)
        for file, kept in (("measures", None), ("stations", of_element), ("segments", of_part)):
            own = measures if kept is None else measures[[kept(row) for row in table]]
            own.to_csv(here / f"{file}.csv", index=False, lineterminator="\n")
        for file, frame in _with_quotes(batch.runs, more).items():
            frame.to_csv(here / f"{file}.csv", index=False, lineterminator="\n")
        by_replication(batch.runs).to_parquet(here / "replications.parquet", index=False)
        transit_times(batch.runs).to_parquet(here / "transit.parquet", index=False)
        ways(batch.runs).to_csv(here / "ways.csv", index=False, lineterminator="\n")
        self._drop_unfinished_visits(batch)
        return self._renamed()

    def _drop_unfinished_visits(self, batch: Batch) -> None:
        done = set(batch.runs[0].options.replications)
        for part in (self.temporary / "visits.parquet").rglob("replication-*.parquet"):
            if int(part.stem.removeprefix("replication-")) not in done:
                part.unlink()

    def _renamed(self) -> Path:
        name = f"{self.begun:%Y%m%dT%H%M%SZ}-{_hash(self.runs)}"
        for number in range(1, 1000):
            final = self.temporary.parent / (name if number == 1 else f"{name}-{number}")
            try:
                final.mkdir()
            except FileExistsError:
                continue
            self.temporary.replace(final)  # an empty folder gives way
            return final
        raise UsageError(f"{self.temporary.parent} holds too many folders called {name}")

    def _manifest(self, batch: Batch, status: str) -> dict[str, object]:
        options = self.runs[0].options
        return {
            "status": status,
            "stopped_by": None if batch.stopped is None else repr(batch.stopped),
            "command": sys.argv,
            "begun": self.begun.isoformat(timespec="seconds"),
            "ended": _now().isoformat(timespec="seconds"),
            "scenarios": [
                {
                    "name": run.case.name,
                    "fingerprint": run.model.fingerprint,
                    "file": file,
                    "engine": run.options.engine,
                }
                for run, file in zip(self.runs, _scenario_files(self.runs), strict=True)
            ],
            "seed": options.seed,
            "replications_asked": list(options.replications),
            "replications_finished": list(batch.runs[0].options.replications),
            "level": options.level,
            "segments": list(map(str, options.segments)),
            "by_month": options.by_month,
            "jobs": self.where.jobs,
            "versions": {
                "corridor_sim": importlib.metadata.version("corridor-sim"),
                "python": platform.python_version(),
                **{name: importlib.metadata.version(name) for name in LIBRARIES},
            },
            "machine": _machine(),
        }


@contextmanager
def folder(out: Path, runs: Sequence[Run], *, where: Where) -> Iterator[Folder]:
    """A folder for prepared runs; what was not written to its end is removed again.

    Raises
    ------
    UsageError
        Where nothing can be written in `out`; before anything is run.
    """
    parent = out / ("compare" if len(runs) > 1 else _file_name(runs[0].case))
    begun = _now()
    temporary = parent / f".{begun:%Y%m%dT%H%M%S%fZ}-{os.getpid()}.partial"
    try:
        new = not out.exists() or not any(out.iterdir())
        temporary.mkdir(parents=True)
        if new:
            (out / ".gitignore").write_text("*\n", "utf-8")
    except OSError as error:
        raise UsageError(
            f"results cannot be written to {out}: {error.strerror or error}; name another folder"
            " with --out"
        ) from error
    try:
        yield Folder(runs, temporary, begun, where)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _with_quotes(
    runs: Sequence[Run], more: Mapping[str, pd.DataFrame]
) -> Mapping[str, pd.DataFrame]:
    """More tables, and the quotes where cargo chooses."""
    table = quotes_table(runs)
    return dict(more) if table.empty else {**more, "quotes": table}


def _with_baseline(baseline: Run, rows: Sequence[Row]) -> list[Row]:
    """The rows of a comparison, after those of its baseline, which have no differences."""
    fields = ("scenario", "group", "measure", "unit", "estimate", "mark")
    own = [ComparedRow(**{name: getattr(row, name) for name in fields}) for row in baseline.rows()]
    return [*own, *rows]


def _status(batch: Batch) -> str:
    if batch.stopped is None:
        return "finished"
    return "interrupted" if isinstance(batch.stopped, KeyboardInterrupt) else "failed"


def _hash(runs: Sequence[Run]) -> str:
    """Hash (8 hex digits) of all that the results depend on."""
    options = runs[0].options
    given = [
        [[run.case.name, run.model.fingerprint] for run in runs], options.seed, options.engine,
        options.replications, options.level, list(map(str, options.segments)), options.by_month,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(given).encode()).hexdigest()[:8]


def _scenario_files(runs: Sequence[Run]) -> list[str]:
    """Names of the files of the resolved scenarios."""
    names = ["scenario"] if len(runs) == 1 else _file_names(runs)
    return [f"{name}.resolved.yaml" for name in names]


def _file_names(runs: Sequence[Run]) -> list[str]:
    """A name for each run, as folders and files may have; numbered where two are the same."""
    names = [_file_name(run.case) for run in runs]
    return [
        f"{name}-{names[: i + 1].count(name)}" if names.count(name) > 1 else name
        for i, name in enumerate(names)
    ]


def _file_name(case: Case) -> str:
    base, *changes = case.name.split(",")
    parts = [Path(part.strip()).name.removesuffix(".yaml") for part in base.split("+")]
    name = re.sub(r"[^A-Za-z0-9.+-]+", "-", "+".join(parts)).strip(".-")[:LONGEST_NAME]
    return f"{name or 'scenario'}{',changed' if changes else ''}"


def _machine() -> dict[str, object]:
    config = np.show_config(mode="dicts") or {}
    simd = config.get("SIMD Extensions", {})
    features = [*simd.get("baseline", []), *simd.get("found", [])]
    return {"system": platform.platform(), "cpu": platform.machine(), "cpu_features": features}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
