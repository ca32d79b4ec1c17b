"""Durations of a cohort in several replications, hour by hour, and their quantiles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

RESAMPLES = 400
"""Bootstrap samples: the half width then repeats to about 1 / sqrt(2 x 400) = 3.5 %."""


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Durations of R replications; the unfinished rank last.

    Counts as float64 are exact to 2^53, so sums and products of them are in any order.
    """

    first: int
    """First hour with anything in it."""
    below: FloatArray
    """Finished in less than `first` + h hours, `[H + 1, R]`."""
    size: FloatArray
    """Finished or not, `[R]`."""
    pooled: FloatArray
    """`below` of all replications together, `[H + 1]`."""
    _drawn: dict[float, FloatArray] = field(default_factory=dict)

    @classmethod
    def of(cls, counts: IntArray, unfinished: IntArray) -> Cohort:
        """From hourly counts and the unfinished.

        counts: int64[R, hours], bin h holds the durations in [h, h + 1) hours. unfinished:
        int64[R]. ValueError: negative counts, or shapes that differ.
        """
        _check(counts, unfinished)
        used = np.flatnonzero(counts.any(axis=0))
        first, last = (int(used[0]), int(used[-1]) + 1) if len(used) else (0, counts.shape[1])
        below = np.zeros((last - first + 1, len(counts)))
        below[1:] = counts[:, first:last].T
        np.cumsum(below, axis=0, out=below)
        return cls(first, below, below[-1] + unfinished, below.sum(axis=1))

    @property
    def last(self) -> int:
        """The hour by which all the finished are there."""
        return self.first + len(self.below) - 1

    def longest(self) -> float:
        """Lower edge of the last bin with cargo in it, hours."""
        end = int(np.searchsorted(self.pooled, self.pooled[-1], side="left"))
        return float(self.first + end - 1 if end else 0)

    def below_at(self, hours: float) -> FloatArray:
        """Finished in less than `hours`, float64[R]."""
        left = min(int(hours), self.last - 1) - self.first
        inside = self.below[left + 1] - self.below[left]
        found: FloatArray = self.below[left] + (hours - (self.first + left)) * inside
        return found

    def quantile(self, q: float) -> float:
        """Of all replications together, hours; inf: among the unfinished; nan: no cohort."""
        return float(self._search(q, self.size.sum(keepdims=True), lambda at: self.pooled[at])[0])

    def quantiles(self, q: float) -> FloatArray:
        """Of each replication, float64[R]."""
        each = np.arange(self.size.size)
        return self._search(q, self.size, lambda at: self.below[at, each])

    def resampled_quantiles(self, q: float) -> FloatArray:
        """Of replications drawn with replacement and pooled, float64[RESAMPLES]; the draws depend
        on R alone.
        """
        if q not in self._drawn:
            weights = _resampling(self.size.size)
            self._drawn[q] = self._search(
                q, weights @ self.size, lambda at: np.einsum("kr,kr->k", weights, self.below[at])
            )
        return self._drawn[q]

    def _search(
        self, q: float, size: FloatArray, below: Callable[[IntArray], FloatArray]
    ) -> FloatArray:
        """Quantiles of K samples of sizes `[K]`; `below` looks up hours `[K]`, one a sample."""
        # 0.07 * 100 is 7.000000000000001: without rounding it would fall into the next bin
        rank = np.maximum(np.round(q * size, 6), 1e-6)
        bins = len(self.below) - 1
        low, right = np.zeros(len(size), np.int64), np.full(len(size), bins + 1)
        for _ in range((bins + 1).bit_length()):
            middle = (low + right) >> 1
            fewer = below(np.minimum(middle, bins)) < rank
            low = np.where(fewer & (low < right), middle + 1, low)
            right = np.where(fewer, right, middle)
        reached = right <= bins
        right = np.where(reached, right, bins)
        start = below(right - 1)
        inside = below(right) - start
        part = np.divide(rank - start, inside, out=np.zeros_like(rank), where=reached)
        hours = np.where(reached, self.first + right - 1 + part, np.inf)
        return np.where(size > 0, hours, np.nan)


def _check(counts: IntArray, unfinished: IntArray) -> None:
    if counts.ndim != 2 or counts.size == 0:
        raise ValueError(f"counts must be [replications, hours], not of shape {counts.shape}")
    if unfinished.shape != counts.shape[:1]:
        wanted = f"one number for each of {len(counts)} replications"
        raise ValueError(f"unfinished must have {wanted}, not shape {unfinished.shape}")
    for name, numbers in (("counts", counts), ("unfinished", unfinished)):
        if numbers.min() < 0:
            raise ValueError(f"{name} must not be negative: the lowest is {numbers.min()}")


@lru_cache(maxsize=4)
def _resampling(r: int) -> FloatArray:
    """How often each replication is drawn, [RESAMPLES, r]; a function of r, so that sides pair."""
    drawn = np.random.Generator(np.random.Philox(key=r)).integers(r, size=(RESAMPLES, r))
    row = np.arange(RESAMPLES)[:, None] * r
    times = np.bincount((row + drawn).ravel(), minlength=RESAMPLES * r)
    weights = times.reshape(RESAMPLES, r).astype(np.float64)
    weights.flags.writeable = False
    return weights
