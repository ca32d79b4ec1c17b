"""Targets such as `transit_p90 <= 20 d`: what they say, and how surely runs meet them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from corridor_sim.errors import UsageError
from corridor_sim.experiments.quantities import (
    Quantity,
    by_replication,
    in_unit_of_table,
    left_out,
    quantity,
    settled,
    share_below,
)
from corridor_sim.experiments.run import Run
from corridor_sim.intervals import FloatArray, resampled_ratio
from corridor_sim.scenario.schema import Scenario

QUANTILES: Final = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
_FORM: Final = re.compile(
    r"(?P<what>.+?)\s*(?P<sign><=|>=)\s*(?P<limit>[-+.\d]+(?:[eE][-+]?\d+)?)\s*(?P<unit>\S*)"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A quantity, and the limit that it must keep to, in the unit of the table of measures."""

    quantity: Quantity
    at_most: bool
    limit: float

    def __str__(self) -> str:
        return f"{self.quantity} {'<=' if self.at_most else '>='} {self.limit:g}"

    def met_by(self, value: float) -> bool:
        """Whether a value keeps to it."""
        return value <= self.limit if self.at_most else value >= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a run stands to a target.

    `estimate`: pooled over replications, unfinished cargo included. `confidence`: that the true
    pooled figure meets it. `years_met` of `years` replications meet it on their own; `chance` is
    that share, with a 95 % interval (Wilson 1927, doi:10.1080/01621459.1927.10502953).
    """

    target: str
    estimate: float
    met: bool
    confidence: float
    years: int
    years_met: int
    chance: float
    chance_low: float
    chance_high: float


def target(
    text: str, scenario: Scenario, *, routes: Sequence[str] = (), direction: str | None = None
) -> Target:
    """A target as it is written: `[ROUTE/][DIRECTION/]MEASURE <= LIMIT [UNIT]`, or `>=`.

    Raises
    ------
    UsageError
        Where it is not of that form, or names what does not exist.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"target {text!r} is not of the form 'MEASURE <= LIMIT UNIT'")
    try:
        limit = float(match["limit"])
    except ValueError:
        raise UsageError(f"target {text!r} has no number") from None
    asked = quantity(match["what"], scenario, routes=routes, direction=direction)
    return Target(asked, match["sign"] == "<=", in_unit_of_table(asked, limit, match["unit"]))


def verdict(run: Run, given: Target) -> Verdict:
    """How a run stands to a target."""
    estimate = settled(run, given.quantity)
    years = by_replication(run, given.quantity)
    met = int(sum(given.met_by(value) for value in years))
    low, high = wilson(met, len(years))
    return Verdict(
        target=str(given), estimate=estimate, met=given.met_by(estimate),
        confidence=confidence(run, given), years=len(years), years_met=met,
        chance=met / len(years), chance_low=low, chance_high=high,
    )  # fmt: skip


def all_met(run: Run, given: Sequence[Target]) -> tuple[int, float, float]:
    """Replications that meet all targets at once, and a 95 % interval of their share."""
    years = [[aim.met_by(value) for value in by_replication(run, aim.quantity)] for aim in given]
    met = int(np.all(years, axis=0).sum())
    return (met, *wilson(met, len(run.tallies)))


def confidence_of_all(run: Run, given: Sequence[Target]) -> float:
    """Confidence that the pooled figures meet all targets: what Bonferroni's inequality leaves."""
    return max(0.0, 1.0 - sum(1.0 - confidence(run, aim) for aim in given))


def confidence(run: Run, given: Target) -> float:
    """One-sided confidence that the pooled figure meets a target: Student's t over replications.

    A quantile is at most a limit where its share of the cohort lies below the limit (Woodruff 1952,
    doi:10.1080/01621459.1952.10483443). All else: delete-one jackknife. 0 or 1 where replications
    do not differ. ValueError: fewer than two replications.
    """
    from scipy.special import stdtr

    r = len(run.tallies)
    if r < 2:
        raise ValueError("a confidence needs at least two replications")
    margin, error = _margin(run, given)
    if not given.at_most:
        margin = -margin
    if error == 0.0:
        return float(margin >= 0)
    return float(stdtr(r - 1, margin / error))


def _margin(run: Run, given: Target) -> tuple[float, float]:
    """How far a figure lies below its limit, and the standard error of that."""
    q = QUANTILES.get(given.quantity.measure.rpartition("_")[2])
    single = q is not None and not given.quantity.measure.endswith("p90_p50")
    if q is not None and single:
        below, size = share_below(run, given.quantity, limit=given.limit)
        share = resampled_ratio(below, size)
        return share.value - q, _error(share.resamples)
    values = left_out(run, [given.quantity])[:, 0]
    return given.limit - settled(run, given.quantity), _error(values)


def _error(left_out: FloatArray) -> float:
    r = len(left_out)
    return math.sqrt((r - 1) / r * float(((left_out - left_out.mean()) ** 2).sum()))


def wilson(met: int, of: int) -> tuple[float, float]:
    """95 % interval of a share, met of `of` trials."""
    z = 1.959963984540054
    share, spread = met / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
