"""How long cargo takes, hour by hour: the whole distribution as a table, and read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corridor_sim.cohort import Cohort
from corridor_sim.experiments.run import Run
from corridor_sim.intervals import FloatArray, IntArray, ratio
from corridor_sim.measures.rows import Spread

COLUMNS = ("scenario", "replication", "route", "direction", "segment", "hour", "consignments")
OF = "transit"


def transit_times(runs: Sequence[Run]) -> pd.DataFrame:
    """Consignments of the cohort by whole hours of transit time; `hour` is null of the unfinished.

    One row for each scenario, replication, route, direction, segment and hour that has any. Pairs
    of origin and destination are left out; months of release and segments asked for are in it.
    """
    parts = [part for run in runs for part in _of_run(run)]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    of, hours, counts = zip(*parts, strict=True)
    rows = np.repeat(np.arange(len(parts)), [len(each) for each in hours])
    named = pd.DataFrame(of, columns=list(COLUMNS[:5])).take(rows).reset_index(drop=True)
    found = named.assign(hour=np.concatenate(hours), consignments=np.concatenate(counts))
    found.attrs["level"] = runs[0].options.level
    return found


def _of_run(run: Run) -> Iterator[tuple[tuple[object, ...], FloatArray, IntArray]]:
    """What each distribution is of, its hours, and the consignments of each."""
    for tally in run.tallies:
        for (group, of), spread in tally.spreads.items():
            if of == OF and " to " not in group.segment:
                yield (run.case.name, tally.replication, *group), *_of_spread(spread)


def _of_spread(spread: Spread) -> tuple[FloatArray, IntArray]:
    hours = np.flatnonzero(spread.counts)
    counts = spread.counts[hours].astype(np.int64)
    if not spread.unfinished:
        return hours.astype(np.float64), counts
    return np.append(hours, np.nan), np.append(counts, spread.unfinished)


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Share of cargo delivered within so many days, with pointwise intervals, each `[D]`.

    `cohort`: what it is made from, for quantiles. low, high: nan where n < 2.
    """

    days: FloatArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    cohort: Cohort
    n: int


def distribution(
    table: pd.DataFrame, *, replications: Sequence[int], level: float = 0.95, points: int = 120
) -> Distribution:
    """The distribution of one group, from its rows of `transit_times`, at `points` + 1 times.

    `replications`: all that were run, those without a consignment in the group too. The interval of
    a share is the delete-one jackknife over replications, `intervals.ratio`.

    Raises
    ------
    ValueError
        Where the table has no row.
    """
    if table.empty:
        raise ValueError("there is no consignment to draw")
    cohort = _cohort(table, replications)
    end = 24.0 * (np.floor(cohort.last / 24) + 1)
    start = 24.0 * np.floor(cohort.first / 24)
    hours = np.linspace(start, end, points + 1)
    found = [
        ratio(_below(cohort, float(hour)), cohort.size, level=level) for hour in hours
    ]  # fmt: skip
    share, low, high = (
        np.array([_number(getattr(each, name)) for each in found])
        for name in ("estimate", "ci_low", "ci_high")
    )
    return Distribution(
        hours / 24, share, low.clip(0, 1), high.clip(0, 1), cohort, len(replications)
    )


def _cohort(table: pd.DataFrame, replications: Sequence[int]) -> Cohort:
    row = {number: i for i, number in enumerate(replications)}
    at = table["replication"].map(row).to_numpy()
    hour, count = table["hour"].to_numpy(), table["consignments"].to_numpy()
    known = ~np.isnan(hour)
    width = int(hour[known].max(initial=0)) + 1
    counts = np.zeros((len(replications), width), np.int64)
    np.add.at(counts, (at[known], hour[known].astype(np.int64)), count[known])
    unfinished = np.zeros(len(replications), np.int64)
    np.add.at(unfinished, at[~known], count[~known])
    return Cohort.of(counts, unfinished)


def _below(cohort: Cohort, hour: float) -> FloatArray:
    if hour <= cohort.first:
        return np.zeros(cohort.size.size)
    return cohort.below_at(min(hour, float(cohort.last)))


def _number(value: float | None) -> float:
    return np.nan if value is None else value
