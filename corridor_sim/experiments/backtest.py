"""Model against what was observed: row by row, inside or outside its band, and a score."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Final

from corridor_sim.errors import UsageError
from corridor_sim.experiments.executor import Progress, Where, Workers
from corridor_sim.experiments.plan import Case, Options, case, segment
from corridor_sim.experiments.run import Run, simulate
from corridor_sim.measures.rows import Group
from corridor_sim.measures.table import Row

COLUMNS: Final = (
    "scenario", "route", "direction", "segment", "measure", "low", "high", "unit", "sources",
    "kind",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A band in which a measure of a scenario was observed, claimed or promised to lie.

    A figure published as a range is the band; a single one has 15 % on either side; a limit has the
    sum of the guaranteed minima below it.
    """

    scenario: str
    group: Group
    measure: str
    low: float
    high: float
    unit: str
    sources: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An observation beside the model; None where the model has no cargo for it."""

    observed: Observed
    mean: float | None
    ci_low: float | None
    ci_high: float | None
    p10: float | None
    p90: float | None

    @property
    def said(self) -> str:
        """`inside`, `above` or `below` its band, or `no cargo`; ` (spread reaches)` where the band
        lies within P10 to P90 at least in part.
        """
        if self.mean is None:
            return "no cargo"
        band = self.observed
        if band.low <= self.mean <= band.high:
            return "inside"
        side = "above" if self.mean > band.high else "below"
        reaches = (
            self.p10 is not None
            and self.p90 is not None
            and self.p10 <= band.high
            and self.p90 >= band.low
        )
        return f"{side} (spread reaches)" if reaches else side

    def record(self) -> dict[str, object]:
        """As a row of a table."""
        seen = self.observed
        return {
            "scenario": seen.scenario, **seen.group._asdict(), "measure": seen.measure,
            "unit": seen.unit, "low": seen.low, "high": seen.high, "mean": self.mean,
            "ci_low": self.ci_low, "ci_high": self.ci_high, "p10": self.p10, "p90": self.p90,
            "verdict": self.said, "kind": seen.kind, "sources": seen.sources,
        }  # fmt: skip


def shipped_observations() -> Path:
    """The observations that come with the package."""
    return Path(str(resources.files("corridor_sim.reference"))) / "observed.csv"


def read_observed(path: Path) -> list[Observed]:
    """Bands of a CSV file with the columns of `COLUMNS`.

    Raises
    ------
    UsageError
        Where the file cannot be read, or a row is wrong; with its line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    if not rows or set(COLUMNS) - set(rows[0]):
        raise UsageError(f"{path}:1: columns are {', '.join(COLUMNS)}")
    return [_observed(row, f"{path}:{line}") for line, row in enumerate(rows, start=2)]


def _observed(row: Mapping[str, str], where: str) -> Observed:
    try:
        low, high = float(row["low"]), float(row["high"])
    except ValueError as error:
        raise UsageError(f"{where}: low and high are numbers; {error}") from error
    if low > high:
        raise UsageError(f"{where}: low {low:g} is above high {high:g}")
    return Observed(
        scenario=row["scenario"], group=Group(row["route"], row["direction"], row["segment"]),
        measure=row["measure"], low=low, high=high, unit=row["unit"], sources=row["sources"],
        kind=row["kind"],
    )  # fmt: skip


def backtest(
    observed: Sequence[Observed], options: Options, *, where: Where | Workers | None = None,
    progress: Progress = lambda _: None,
) -> list[Verdict]:  # fmt: skip
    """Run the scenarios of the observations and set the model beside them, in their order.

    Raises
    ------
    UsageError, ScenarioError
        For an unknown scenario, place or segment.
    """
    parts = dict.fromkeys(o.group.segment for o in observed if ":" in o.group.segment)
    found: dict[str, Run] = {}
    for name in dict.fromkeys(o.scenario for o in observed):
        cases: list[Case] = [case(name)]
        own = tuple(
            segment(part) for part in parts
            if any(o.scenario == name and o.group.segment == part for o in observed)
        )  # fmt: skip
        asked = replace(options, segments=own)
        found[name] = simulate(cases, asked, where=where or Where(), progress=progress)[0]
    tables = {name: {(r.group, r.measure): r for r in run.rows()} for name, run in found.items()}
    return [_verdict(o, tables[o.scenario]) for o in observed]


def _verdict(observed: Observed, table: Mapping[tuple[Group, str], Row]) -> Verdict:
    row = table.get((observed.group, observed.measure))
    stem = observed.measure.rpartition("_")[0]
    ends = [table.get((observed.group, f"{stem}_{q}")) for q in ("p10", "p90")]
    p10, p90 = (end.estimate.estimate if end is not None else None for end in ends)
    return Verdict(
        observed=observed,
        mean=row.estimate.estimate if row else None,
        ci_low=row.estimate.ci_low if row else None,
        ci_high=row.estimate.ci_high if row else None,
        p10=p10,
        p90=p90,
    )


def score(verdicts: Sequence[Verdict]) -> tuple[int, int]:
    """How many rows lie inside their band, and how many there are."""
    return sum(v.said == "inside" for v in verdicts), len(verdicts)
