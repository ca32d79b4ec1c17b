"""Model against what was observed: row by row, inside or outside its band, and a score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.executor import HERE, Progress, Where, Workers, workers
from corridor_sim.experiments.observations import USES, Line, Observation, read
from corridor_sim.experiments.plan import Options, case
from corridor_sim.experiments.quantities import SPREADS, Quantity, estimated, segments
from corridor_sim.experiments.run import Run, simulate
from corridor_sim.experiments.shown import framed

COLUMNS = (
    "scenario", "route", "direction", "segment", "month", "measure", "unit", "low", "high", "n",
    "mean", "ci_low", "ci_high", "p10", "p90", "verdict", "error_pct", "use", "kind", "source",
    "missing",
)  # fmt: skip
SHOWN = (
    "scenario", "route", "segment", "month", "measure", "unit", "low", "high", "mean", "ci_low",
    "ci_high", "verdict", "use",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An observation beside the model; None where the model has no cargo for it.

    `p10` and `p90`: of a duration, the tenth and ninetieth of the hundred.
    """

    scenario: str
    observed: Observation
    n: int
    engine: str
    mean: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p10: float | None = None
    p90: float | None = None

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

    @property
    def error_pct(self) -> float | None:
        """Model less observed, in % of what was observed."""
        if self.mean is None or not self.observed.value:
            return None
        return 100 * (self.mean / self.observed.value - 1)


@dataclass(frozen=True, slots=True)
class Score:
    """How many rows of a use lie inside their band, of how many."""

    use: str
    inside: int
    of: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """All rows, in the order of the file; none is left out because the model misses it."""

    verdicts: Sequence[Verdict]
    options: Options

    @property
    def engines(self) -> dict[str, str]:
        """The engine that ran, by scenario."""
        return {verdict.scenario: verdict.engine for verdict in self.verdicts}

    def scores(self) -> list[Score]:
        """By use; only rows for a test speak for the model."""
        found = []
        for use in USES:
            own = [v for v in self.verdicts if v.observed.use == use]
            if own:
                found.append(Score(use, sum(v.said == "inside" for v in own), len(own)))
        return found

    def table(self) -> pd.DataFrame:
        """The rows as a tidy table with the columns of `COLUMNS`."""
        return pd.DataFrame([record(v) for v in self.verdicts], columns=list(COLUMNS))

    def _repr_html_(self) -> str:
        said = ", ".join(f"{s.inside} of {s.of} {s.use} rows" for s in self.scores())
        return framed(f"Inside their band: {said}", {"": self.table()[list(SHOWN)]})


def record(verdict: Verdict) -> dict[str, object]:
    """A row of the tidy table."""
    seen, of = verdict.observed, verdict.observed.quantity
    return {
        "scenario": verdict.scenario, "route": "+".join(of.routes) or "all",
        "direction": of.direction or "both", "segment": of.element or of.segment,
        "month": of.month or "", "measure": of.measure, "unit": seen.unit, "low": seen.low,
        "high": seen.high, "n": verdict.n, "mean": verdict.mean, "ci_low": verdict.ci_low,
        "ci_high": verdict.ci_high, "p10": verdict.p10, "p90": verdict.p90, "verdict": verdict.said,
        "error_pct": verdict.error_pct, "use": seen.use, "kind": seen.kind, "source": seen.source,
        "missing": "" if verdict.said == "inside" else seen.missing,
    }  # fmt: skip


def backtest(
    given: Sequence[Line], options: Options, *, where: Where | Workers = HERE,
    progress: Progress = lambda _: None,
) -> Backtest:  # fmt: skip
    """Run the scenarios of observations and set the model beside them, in their order.

    Raises
    ------
    UsageError, ScenarioError
        For a row without a scenario, or an unknown scenario, place, measure or segment; before
        anything is run.
    RunError
        Where a replication fails.
    """
    nameless = [line.where for line in given if not line.scenario]
    if nameless:
        raise UsageError(f"{nameless[0]}: says no scenario that stands for the period")
    cases = {name: case(name) for name in dict.fromkeys(line.scenario for line in given)}
    observed = {
        name: read([line for line in given if line.scenario == name], own.scenario)
        for name, own in cases.items()
    }
    found: dict[str, Iterator[Verdict]] = {}
    with workers(where) as here:
        for name, own in cases.items():
            parts = segments([o.quantity for o in observed[name]])
            monthly = any(o.quantity.month for o in observed[name])
            asked = replace(options, segments=parts, by_month=monthly)
            (run,) = simulate([own], asked, where=here, progress=progress)
            found[name] = iter([_verdict(run, o) for o in observed[name]])
    return Backtest([next(found[line.scenario]) for line in given], options)


def _verdict(run: Run, observed: Observation) -> Verdict:
    n, of, ran = len(run.tallies), observed.quantity, run.options.engine
    try:
        row = estimated(run, of).estimate
    except UsageError:
        return Verdict(scenario=run.case.name, observed=observed, n=n, engine=ran)
    p10, p90 = (_quantile(run, of, q) for q in ("p10", "p90"))
    return Verdict(
        scenario=run.case.name, observed=observed, n=n, engine=ran, mean=row.estimate,
        ci_low=row.ci_low, ci_high=row.ci_high, p10=p10, p90=p90,
    )  # fmt: skip


def _quantile(run: Run, of: Quantity, name: str) -> float | None:
    if of.measure not in SPREADS:
        return None
    stem = "train_transit" if of.measure.startswith("train_") else "transit"
    return estimated(run, replace(of, measure=f"{stem}_{name}")).estimate.estimate
