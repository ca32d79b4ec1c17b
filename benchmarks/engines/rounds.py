"""Times of several things that are run in turn, and what they say."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from math import log
from time import perf_counter

Seconds = dict[str, list[float]]
"""Seconds of each thing in every round, for one replication."""


def seconds(call: Callable[[], object]) -> float:
    """Wall time of a call."""
    begun = perf_counter()
    call()
    return perf_counter() - begun


def in_turn(calls: Mapping[str, Callable[[], float]], *, rounds: int) -> Seconds:
    """What each call says it took, in rounds of all of them; every other round backwards."""
    found: Seconds = {name: [] for name in calls}
    for n in range(rounds):
        for name in list(calls)[:: 1 if n % 2 == 0 else -1]:
            found[name].append(calls[name]())
    return found


def median_ratio(found: Seconds, base: str, other: str) -> float:
    """How many times as fast as `base` another is: the median over rounds."""
    return statistics.median(
        slow / fast for slow, fast in zip(found[base], found[other], strict=True)
    )


def slope(sizes: Sequence[float], times: Sequence[float]) -> float:
    """The exponent with which times grow with sizes: the slope between their logarithms."""
    return float(statistics.linear_regression(*map(_logs, (sizes, times))).slope)


def _logs(values: Sequence[float]) -> list[float]:
    return [log(value) for value in values]
