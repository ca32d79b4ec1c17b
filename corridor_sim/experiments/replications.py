"""What single replications give on their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from corridor_sim.experiments.run import Run

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
    given = list(run.sample().found.values())
    numbers = [tally.replication for tally in run.tallies]
    values = np.array([found.resampled.per_replication * (1 / found.scale) for found in given])
    columns = {
        "scenario": run.case.name,
        "replication": np.repeat(numbers, len(given)),
        "route": [found.group.route for found in given] * len(numbers),
        "direction": [found.group.direction for found in given] * len(numbers),
        "segment": [found.group.segment for found in given] * len(numbers),
        "measure": [found.measure for found in given] * len(numbers),
        "unit": [found.unit for found in given] * len(numbers),
        "value": np.where(np.isfinite(values), values, np.nan).T.ravel(),
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))
