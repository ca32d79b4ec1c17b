"""What is kept of a replication: sums and counts under the names of the table's rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corridor_sim.model import DAY, TICK_H, YEAR_D, Model
from corridor_sim.result import Times


class Group(NamedTuple):
    """What a row is about. `segment` is a pair of places, a month of release, or an element."""

    route: str
    direction: str
    segment: str


class Key(NamedTuple):
    """A row of the table."""

    group: Group
    measure: str
    unit: str


@dataclass(frozen=True, slots=True)
class Spread:
    """Durations of a cohort in one replication: hourly counts (of any type of integers),
    and what lies beyond the end of the run.
    """

    counts: npt.NDArray[np.integer]
    unfinished: int
    total_h: float
    squares_h: float

    @property
    def size(self) -> int:
        """Consignments (or trains) of the cohort, finished or not."""
        return int(self.counts.sum()) + self.unfinished

    def __add__(self, other: Spread) -> Spread:
        short, long = sorted((self.counts, other.counts), key=len)
        counts = long.astype(np.int64)  # of one replication they may be narrow
        counts[: len(short)] += short
        return Spread(
            counts,
            self.unfinished + other.unfinished,
            self.total_h + other.total_h,
            self.squares_h + other.squares_h,
        )


@dataclass(frozen=True, slots=True)
class Days:
    """Cargo of a group by day of the run, each int64[D]; day d is [d, d + 1) x 24 h.

    released: consignments released on the day. ticks: their transit times added up, each at most
    the run-out (unfinished ones count as that). stock_teu: TEU released and not yet delivered at
    00:00 of the day. released_teu: as `released`, in TEU.
    """

    released: npt.NDArray[np.int64]
    released_teu: npt.NDArray[np.int64]
    ticks: npt.NDArray[np.int64]
    stock_teu: npt.NDArray[np.int64]

    def __add__(self, other: Days) -> Days:
        return Days(
            self.released + other.released,
            self.released_teu + other.released_teu,
            self.ticks + other.ticks,
            self.stock_teu + other.stock_teu,
        )


@dataclass(slots=True)
class Tally:
    """Sums and counts of one replication."""

    replication: int
    spreads: dict[tuple[Group, str], Spread] = field(default_factory=dict)
    """Durations by group and what they are of (`transit`, `train_transit`)."""
    ratios: dict[Key, tuple[float, float]] = field(default_factory=dict)
    """Numerator and denominator of every mean, share and total."""
    vehicles: dict[Group, int] = field(default_factory=dict)
    """Vehicles that carried the cohort of a group."""
    days: dict[Group, Days] = field(default_factory=dict)
    """Cargo day by day, where it is asked for."""

    def add(self, key: Key, numerator: float, denominator: float) -> None:
        """Add to a ratio."""
        old = self.ratios.get(key, (0.0, 0.0))
        self.ratios[key] = (old[0] + numerator, old[1] + denominator)

    def total(self, key: Key, amount: float, years: float) -> None:
        """Add to an amount a year; the years are those of the measuring part."""
        self.ratios[key] = (self.ratios.get(key, (0.0, 0.0))[0] + amount, years)

    def add_spread(self, group: Group, of: str, spread: Spread) -> None:
        """Add durations to a group."""
        old = self.spreads.get((group, of))
        self.spreads[group, of] = spread if old is None else old + spread


def spreads(
    begin: Times, end: Times, unit: npt.NDArray[np.int64], *, units: int
) -> Iterator[Spread]:
    """Durations from `begin` to `end` `[n]` of those that began, by unit; `unit[n]` ascends. Sums
    are exact, in whole ticks.
    """
    done = begin.known & end.known
    ticks = (end.at - begin.at)[done]
    hours, squares = ticks // TICK_H, (ticks / TICK_H) ** 2
    left = np.bincount(unit[begin.known & ~done], minlength=units).tolist()
    bounds = np.searchsorted(unit[done], np.arange(units + 1)).tolist()
    for unfinished, (first, last) in zip(left, pairwise(bounds), strict=True):
        yield Spread(
            counts=np.bincount(hours[first:last]),
            unfinished=unfinished,
            total_h=float(ticks[first:last].sum()) / TICK_H,
            squares_h=float(squares[first:last].sum()),
        )


def counts_table(
    spreads: Iterable[Spread | None],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Hourly counts `[R, H]` and unfinished `[R]` of all replications."""
    given = list(spreads)
    width = max([1, *(len(s.counts) for s in given if s)])
    counts = np.zeros((len(given), width), np.int64)
    for row, s in zip(counts, given, strict=True):
        if s:
            row[: len(s.counts)] = s.counts
    return counts, np.array([s.unfinished if s else 0 for s in given], np.int64)


def merged_keys(tallies: Iterable[Mapping[Key, object]]) -> list[Key]:
    """Keys of all replications, in order of first appearance."""
    return list(dict.fromkeys(key for tally in tallies for key in tally))


def years_of(model: Model) -> float:
    """Length of the measuring part."""
    first, last = model.cohort
    return (last - first) / (YEAR_D * DAY)
