"""What single replications give on their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from corridor_sim.experiments.run import Run
from corridor_sim.intervals import resampled_ratio
from corridor_sim.measures.rows import Group, merged_keys
from corridor_sim.measures.table import MEASURES, Sample, _cohorts, _sums
from corridor_sim.model import Floats

COLUMNS = (
    "scenario", "replication", "route", "direction", "segment", "measure", "unit", "value"
)  # fmt: skip


def by_replication(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a replication and measure; `value` is null where it falls among the unfinished, or
    where nothing was released.
    """
    frames = [_of_run(run) for run in runs if run.tallies]
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(frames, ignore_index=True)


def _of_run(run: Run) -> pd.DataFrame:
    given = list(_values(run.sample()))
    numbers = [tally.replication for tally in run.tallies]
    values = np.array([value for *_, value in given])
    columns = {
        "scenario": run.case.name,
        "replication": np.repeat(numbers, len(given)),
        "route": [group.route for group, *_ in given] * len(numbers),
        "direction": [group.direction for group, *_ in given] * len(numbers),
        "segment": [group.segment for group, *_ in given] * len(numbers),
        "measure": [measure for _, measure, *_ in given] * len(numbers),
        "unit": [unit for _, _, unit, _ in given] * len(numbers),
        "value": np.where(np.isfinite(values), values, np.nan).T.ravel(),
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))


def _values(sample: Sample) -> Iterator[tuple[Group, str, str, Floats]]:
    """Group, measure, unit and values `[R]` of every row."""
    for (group, of), cohort in _cohorts(sample).items():
        for measure in MEASURES:
            hours = measure.resampled(cohort).per_replication
            yield group, f"{of}_{measure.name}", measure.unit, hours * (1 / measure.scale)
    for key in merged_keys([tally.ratios for tally in sample.tallies]):
        values = resampled_ratio(*_sums(sample, key)).per_replication
        yield key.group, key.measure, key.unit, values
