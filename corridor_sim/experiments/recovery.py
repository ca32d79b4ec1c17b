"""How long until transit times are again what they are in the undisturbed twin."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from corridor_sim.cohort import Cohort
from corridor_sim.intervals import Estimate, FloatArray, quantile
from corridor_sim.measures.table import scaled
from corridor_sim.result import Mask

MEAN_OVER: Final = 4
"""Weeks of the moving mean, the last one included."""
BAND: Final = 0.1
"""Share of the twin's moving mean within which transit counts as recovered."""
CALM: Final = 8
"""Weeks for which it must stay within the band."""
_DAY_H: Final = 24


@dataclass(frozen=True, slots=True)
class Weeks:
    """Cargo by week of release, the last axis; the first may be replications."""

    teu: FloatArray
    """TEU released."""
    days: FloatArray
    """TEU x days that they take, of what is not delivered to the end of the run."""
    left: FloatArray
    """TEU that are not delivered."""

    def rows(self) -> Iterator[Weeks]:
        """One by one along the first axis."""
        for each in zip(self.teu, self.days, self.left, strict=True):
            yield Weeks(*each)

    def pooled(self) -> Weeks:
        """All of the first axis together."""
        return Weeks(*(table.sum(axis=0) for table in (self.teu, self.days, self.left)))

    @property
    def mean(self) -> FloatArray:
        """Mean transit time of each week, d; nan where nothing is released."""
        return _divided(self.days, self.teu)

    @property
    def moving(self) -> FloatArray:
        """The same over `MEAN_OVER` weeks; nan before there are so many."""
        return _divided(together(self.days), together(self.teu))


def together(weeks: FloatArray) -> FloatArray:
    """Sums of `MEAN_OVER` weeks along the last axis, up to each; nan before there are so many."""
    found = np.full(weeks.shape, np.nan)
    if weeks.shape[-1] >= MEAN_OVER:
        windows = np.lib.stride_tricks.sliding_window_view(weeks, MEAN_OVER, axis=-1)
        found[..., MEAN_OVER - 1 :] = windows.sum(axis=-1)
    return found


def _divided(above: FloatArray, below: FloatArray) -> FloatArray:
    found = np.full(above.shape, np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found


def within_band(own: Weeks, twin: Weeks) -> Mask:
    """Weeks `[W]` whose moving mean is within `BAND` of the twin's, with all of it delivered; also
    those where one of them has no cargo to be judged by.
    """
    close = np.abs(own.moving - twin.moving) <= BAND * twin.moving
    nothing = np.isnan(own.moving) | np.isnan(twin.moving)
    return np.asarray(nothing | (close & (together(own.left) == 0)))


def seen(twin: Weeks) -> int:
    """Weeks before the first one whose cargo the twin does not deliver: what can be judged."""
    late = np.flatnonzero(twin.left)
    return int(late[0]) if len(late) else len(twin.left)


def days_to_recover(own: Weeks, twin: Weeks, *, begin_d: int) -> float:
    """Days from day `begin_d` of the run to the first week of release, after one outside the band,
    from which all stay within it for `CALM` weeks; 0 if none is outside, inf if that is not seen.
    """
    held = within_band(own, twin)[: seen(twin)]
    out = np.flatnonzero(~held)
    if not len(out):
        return 0.0
    for week in range(int(out[0]), len(held) - CALM + 1):
        if held[week : week + CALM].all():
            return max(0.0, 7.0 * week - begin_d)
    return math.inf


def recovered(days: Sequence[float], *, q: float, level: float, horizon_d: float) -> Estimate:
    """Quantile of days to recover over replications, to the hour; the censored rank last.

    `horizon_d`: what a censored one exceeds.
    """
    hours = [round(d * _DAY_H) for d in days if math.isfinite(d)]
    counts = np.zeros((len(days), max(hours, default=0) + 1), np.int64)
    for row, d in zip(counts, days, strict=True):
        if math.isfinite(d):
            row[round(d * _DAY_H)] = 1
    found = quantile(Cohort.of(counts, 1 - counts.sum(axis=1)), q=q, level=level)
    beyond = None if found.beyond is None else horizon_d * _DAY_H
    low = found.ci_low if hours else None
    # inside an hour a quantile is a matter of ranks: the hour itself is meant
    names = ("estimate", "ci_high", "rep_p10", "rep_p50", "rep_p90")
    whole = {name: _floor(getattr(found, name)) for name in names}
    return scaled(replace(found, **whole, beyond=beyond, ci_low=_floor(low)), 1 / _DAY_H)


def _floor(hours: float | None) -> Any:
    return None if hours is None else float(math.floor(hours))
