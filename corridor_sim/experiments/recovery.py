"""How long until transit times are again what they are in the undisturbed twin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from corridor_sim.cohort import Cohort
from corridor_sim.experiments.cohorts import BAND, beside
from corridor_sim.experiments.weeks import WEEK, Weeks, together
from corridor_sim.intervals import Estimate, difference, quantile, resampled_ratio
from corridor_sim.measures.table import scaled
from corridor_sim.result import Mask

CALM: Final = 8
"""Weeks for which transit must stay within the band."""
DAY_H: Final = 24


def within_band(own: Weeks, twin: Weeks) -> Mask:
    """Weeks `[W]` whose moving mean is within `BAND` of the twin's, with all of it delivered.

    A week is also within it before there is a moving mean, or where the twin has no cargo.
    """
    all_there = together(own.released) == together(own.finished)
    close = np.abs(own.moving - twin.moving) <= BAND * twin.moving
    nothing = ~(together(twin.released) > 0)
    return np.asarray(nothing | (all_there & close))


def seen(twin: Weeks) -> int:
    """Weeks from the first on whose cargo is all delivered in the twin: what can be judged."""
    late = np.flatnonzero(twin.released > twin.finished)
    return int(late[0]) if len(late) else len(twin.released)


def days_to_recover(own: Weeks, twin: Weeks, *, begin: int) -> float:
    """Days from tick `begin` to the first week of release, after one outside the band, from which
    all stay within it for `CALM` weeks; 0 if none is outside, inf if that is not seen.
    """
    held = within_band(own, twin)[: seen(twin)]
    out = np.flatnonzero(~held)
    if not len(out):
        return 0.0
    for week in range(int(out[0]), len(held) - CALM + 1):
        if held[week : week + CALM].all():
            return max(0.0, (week * WEEK - begin) / (WEEK / 7))
    return math.inf


def recovered(days: Sequence[float], *, q: float, level: float, horizon_d: float) -> Estimate:
    """Quantile of days to recover over replications, to the hour; the censored rank last.

    `horizon_d`: the shortest time after which one was censored.
    """
    hours = [round(d * DAY_H) for d in days if math.isfinite(d)]
    counts = np.zeros((len(days), max(hours, default=0) + 1), np.int64)
    for row, d in zip(counts, days, strict=True):
        if math.isfinite(d):
            row[round(d * DAY_H)] = 1
    found = quantile(Cohort.of(counts, 1 - counts.sum(axis=1)), q=q, level=level)
    beyond = None if found.beyond is None else horizon_d * DAY_H
    low = found.ci_low if hours else None
    # inside an hour a quantile is a matter of ranks: the hour itself is meant
    names = ("estimate", "ci_high", "rep_p10", "rep_p50", "rep_p90")
    whole = {name: _floor(getattr(found, name)) for name in names}
    return scaled(replace(found, **whole, beyond=beyond, ci_low=_floor(low)), 1 / DAY_H)


def _floor(hours: float | None) -> Any:
    return None if hours is None else float(math.floor(hours))


def curve(own: Weeks, twin: Weeks, *, level: float) -> pd.DataFrame:
    """Transit by week of release over replications, from sums `[R, W]`.

    Columns of `cohorts.Recovery` (`week` by number), and `diff_d`, `diff_ci_low`, `diff_ci_high`:
    the paired difference of the moving means.
    """
    every = np.ones(len(own.released), np.bool_)
    pairs = [(together(weeks.days), together(weeks.finished)) for weeks in (own, twin)]
    rows = [
        difference(
            *(resampled_ratio(days[:, w], size[:, w]) for days, size in pairs), level=level
        )
        if np.isfinite(pairs[0][0][:, w]).all()
        else None
        for w in range(own.released.shape[1])
    ]  # fmt: skip
    told = [(d.diff, d.diff_ci_low, d.diff_ci_high) if d else (None,) * 3 for d in rows]
    table = beside(own.of(every), twin.of(every))
    columns = ["diff_d", "diff_ci_low", "diff_ci_high"]
    return pd.concat([table, pd.DataFrame(told, columns=columns, dtype=float)], axis=1)
