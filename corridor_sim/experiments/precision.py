"""Replications until intervals are narrow enough.

Looking again and again, and stopping at the first interval that is narrow enough, favours samples
that vary little by chance: the interval at that moment covers less than its level says. With looks
from 10 replications on, in steps of 10 %, 95 % intervals of a mean cover 93.4 to 95.2 % where
replications are normal (94.6 to 95.5 % with a number fixed beforehand), and 86.2 to 93.8 % where
they are exponential (90.3 to 94.6 %); least where about 40 are needed. From 20 on it is 94.1 to
95.1 and 90.6 to 93.7 %: `benchmarks/looks.py`, 8000 runs each, standard error up to 0.4 points. For
a number that must hold, run as many replications again under another seed.
Law, Simulation Modeling and Analysis, 5th ed., 9.4.1; Chow & Robbins 1965,
doi:10.1214/aoms/1177700156 (the level is right in the limit of narrow intervals).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.batch import Batch, batch, prepared
from corridor_sim.experiments.executor import HERE, Progress, Where, Workers, workers
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.quantities import Quantity, estimated, quantity
from corridor_sim.experiments.run import Run
from corridor_sim.experiments.shown import framed
from corridor_sim.measures.table import Row
from corridor_sim.scenario.schema import Scenario

FIRST_LOOK: Final = 10
FIRST_LOOK_QUANTILE: Final = 20
"""Replications before the first look, if a quantile is among the measures."""
DEFAULT_MEASURE: Final = "transit_mean"
"""What a bare width is of."""
MOST: Final = 200
"""Replications at which it is given up."""
_WIDTH: Final = re.compile(r"(?P<amount>[.\d]+(?:[eE][-+]?\d+)?)\s*(?P<unit>\S*)")
_UNITS: Final = {("d", "h"): 24.0, ("h", "d"): 1 / 24, ("pp", "share"): 0.01}
"""Factors from the unit of a width to that of a measure."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How narrow the interval of a quantity is to be.

    `width`: its half width, in `unit`: `%` of the estimate, `pp` (percentage points) of a share,
    `d` or `h` of a time, or the unit of the measure (`""`).
    """

    quantity: Quantity
    width: float
    unit: str

    def __str__(self) -> str:
        return f"{self.quantity}={self.width:g}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Where a quantity of a scenario stands: half width of its interval and what was wanted, in
    `unit`; None where the interval is open.
    """

    scenario: str
    quantity: str
    unit: str
    replications: int
    estimate: float | None
    half_width: float | None
    wanted: float | None
    reached: bool


@dataclass(frozen=True, slots=True)
class Precise:
    """Runs of as many replications as were needed, and where each quantity stands."""

    runs: Sequence[Run]
    standing: Sequence[Reached]

    @property
    def reached(self) -> bool:
        """Whether all are."""
        return all(one.reached for one in self.standing)

    def table(self) -> pd.DataFrame:
        """One row a scenario and quantity, columns as `Reached`."""
        return pd.DataFrame([_record(one) for one in self.standing])

    def _repr_html_(self) -> str:
        title = "Precision reached" if self.reached else "Precision not reached"
        return framed(title, {"": self.table()})


def precisions(
    text: str, scenario: Scenario, *, routes: Sequence[str] = (), direction: str | None = None
) -> list[Precision]:
    """Precisions as they are written: `2%`, or `transit_p90=0.3d,alat-berths/utilisation=1pp`.

    A bare width is of `transit_mean`. What stands before `=` is as in `quantities.quantity`.

    Raises
    ------
    UsageError
        Where it is not of that form, or names what does not exist.
    """
    found = []
    for part in text.split(","):
        name, equals, width = part.strip().rpartition("=")
        match = _WIDTH.fullmatch(width.strip())
        if match is None or float(match["amount"]) <= 0 or (equals and not name):
            raise UsageError(
                f"precision {part.strip()!r} is not of the form WIDTH or MEASURE=WIDTH, such as"
                " 2% or transit_p90=0.3d"
            )
        asked = quantity(name or DEFAULT_MEASURE, scenario, routes=routes, direction=direction)
        found.append(Precision(asked, float(match["amount"]), match["unit"]))
    return found


def precise(
    cases: Sequence[Case], options: Options, asked: Sequence[Precision] | str, *,
    most: int = MOST, where: Where | Workers = HERE, progress: Progress = lambda _: None,
) -> Precise:  # fmt: skip
    """Run scenarios on the same luck until every interval asked for is narrow enough in each.

    `asked`: precisions, or what they are written as. Replications are 0, 1, ..., `most` - 1 at
    most; those of `options` are not looked at. See the head of this file for what the intervals
    cover. What is not reached is in the table: it is no error here.

    Raises
    ------
    UsageError
        Where a width has not the unit of its measure, `most` is too few for a look, or as
        `simulate`.
    RunError, StoreError
        As `simulate`.
    """
    if isinstance(asked, str):
        asked = precisions(asked, cases[0].scenario)
    done = until_precise(
        prepared(cases, options), asked=asked, most=most, where=where, progress=progress,
        visits=[None] * len(cases),
    )  # fmt: skip
    if done.stopped is not None:
        raise done.stopped
    return Precise(done.runs, standing(done.runs, asked))


def until_precise(
    runs: Sequence[Run], *, asked: Sequence[Precision], most: int, where: Where | Workers,
    visits: Sequence[Path | None], progress: Progress,
) -> Batch:  # fmt: skip
    """As `batch.batch`, of as many replications as it takes for `asked`; at most `most`."""
    looks = list(look_sizes(asked, most=most))
    with workers(where) as here:
        step = partial(batch, where=here, visits=visits, progress=progress)
        done = Batch(_numbered(runs, range(0)), None)
        for size in looks:
            new = step(_numbered(runs, range(done.finished, size)))
            done = Batch(_joined(done.runs, new.runs), new.stopped)
            if done.stopped is not None or _all_reached(done.runs, asked):
                break
    return done


def look_sizes(asked: Sequence[Precision], *, most: int) -> Iterator[int]:
    """Replications at each look: the first 10, 20 with a quantile, then 10 % more each time.

    Raises
    ------
    UsageError
        Where `most` is less than the first.
    """
    size = FIRST_LOOK_QUANTILE if any(map(_is_quantile, asked)) else FIRST_LOOK
    if most < size:
        raise UsageError(f"the first look is at {size} replications, more than the {most} allowed")
    while size < most:
        yield size
        size = -(-size * 11 // 10)
    yield most


def standing(runs: Sequence[Run], asked: Sequence[Precision]) -> list[Reached]:
    """Where each quantity stands in each run.

    Raises
    ------
    UsageError
        Where a width has not the unit of its measure.
    """
    return [_standing(run, one, estimated(run, one.quantity)) for run in runs for one in asked]


def _standing(run: Run, asked: Precision, row: Row) -> Reached:
    given = row.estimate
    half = None
    if None not in (given.estimate, given.ci_low, given.ci_high):
        half = max(given.estimate - given.ci_low, given.ci_high - given.estimate)  # type: ignore[operator]
    wanted = _wanted(asked, row)
    return Reached(
        scenario=run.case.name, quantity=str(asked.quantity), unit=row.unit, replications=given.n,
        estimate=given.estimate, half_width=half, wanted=wanted,
        reached=half is not None and wanted is not None and half <= wanted,
    )  # fmt: skip


def _wanted(asked: Precision, row: Row) -> float | None:
    if asked.unit == "%":
        value = row.estimate.estimate
        return None if value is None else abs(value) * asked.width / 100
    if asked.unit in ("", row.unit):
        return asked.width
    factor = _UNITS.get((asked.unit, row.unit))
    if factor is None:
        raise UsageError(f"precision {asked}: {row.measure} is in {row.unit}, not in {asked.unit}")
    return asked.width * factor


def _all_reached(runs: Sequence[Run], asked: Sequence[Precision]) -> bool:
    return all(one.reached for one in standing(runs, asked))


def _is_quantile(asked: Precision) -> bool:
    return re.search(r"_p\d\d", asked.quantity.measure) is not None


def _numbered(runs: Sequence[Run], numbers: range) -> list[Run]:
    return [
        replace(run, options=replace(run.options, replications=tuple(numbers)), tallies=())
        for run in runs
    ]


def _joined(runs: Sequence[Run], more: Sequence[Run]) -> list[Run]:
    numbers = runs[0].options.replications + more[0].options.replications
    return [
        replace(
            run,
            options=replace(run.options, replications=numbers),
            tallies=[*run.tallies, *new.tallies],
        )
        for run, new in zip(runs, more, strict=True)
    ]


def _record(one: Reached) -> dict[str, object]:
    return {name: getattr(one, name) for name in Reached.__slots__}
