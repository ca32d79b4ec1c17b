"""Costs that hang on the spread of transit times: of reliability, generalised, of all logistics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from corridor_sim.intervals import FloatArray, Resampled, resampled_cost
from corridor_sim.laws import reliability_cost_usd
from corridor_sim.measures.money import BEFORE_SPREAD, VALUE_OF_SPREAD
from corridor_sim.measures.rows import Group, Key, Tally

DAY_H = 24.0
RELIABILITY = ("reliability_cost_usd_per_feu", "USD/FEU")
GENERALISED = ("generalised_cost_usd_per_feu", "USD/FEU")
LOGISTICS = ("logistics_cost_usd_per_yr", "USD/yr")


class Parts(NamedTuple):
    """What spreads: cargo of one route and pair of places, each `[parts, R]`; times in hours."""

    weight: FloatArray
    """USD per hour of standard deviation, over the cohort."""
    n: FloatArray
    total: FloatArray
    squares: FloatArray


def costs(tallies: Sequence[Tally]) -> Iterator[tuple[Key, Resampled]]:
    """Costs by group, from the sums of replications.

    The standard deviation is that of the finished, pooled over replications, of each route between
    each pair of places; it is weighed by what it costs the cohort.
    """
    keys = dict.fromkeys(key for tally in tallies for key in tally.ratios)
    valued = [key for key in keys if key.measure == VALUE_OF_SPREAD]
    smallest = [key.group for key in valued if key.group.route != "all" != key.group.segment]
    for group in (key.group for key in valued):
        parts = _parts(tallies, [own for own in smallest if _within(own, group)])
        linear, feu = _sums(tallies, Key(group, BEFORE_SPREAD, "USD/FEU"))
        _, years = _sums(tallies, Key(group, "released_teu", "TEU/yr"))
        for (name, unit), amount, below in (
            (RELIABILITY, np.zeros_like(linear), feu), (GENERALISED, linear, feu),
            (LOGISTICS, linear, years),
        ):  # fmt: skip
            yield Key(group, name, unit), resampled_cost(amount, below, **parts._asdict())


def _within(part: Group, group: Group) -> bool:
    return all(
        wanted in ("all", "both", own) for own, wanted in zip(part, group, strict=True)
    )  # fmt: skip


def _parts(tallies: Sequence[Tally], groups: Sequence[Group]) -> Parts:
    weight = [_sums(tallies, Key(group, VALUE_OF_SPREAD, "USD/FEU/d"))[0] for group in groups]
    per_hour = reliability_cost_usd(usd_per_sd_day=np.array(weight), sd_days=1.0 / DAY_H)
    sums = [[_spread(tally, group) for tally in tallies] for group in groups]
    shape = (len(groups), len(tallies), 3)
    n, total, squares = np.moveaxis(np.array(sums).reshape(shape), 2, 0)
    return Parts(np.asarray(per_hour).reshape(shape[:2]), n, total, squares)


def _spread(tally: Tally, group: Group) -> tuple[float, float, float]:
    spread = tally.spreads.get((group, "transit"))
    if spread is None:
        return 0.0, 0.0, 0.0
    return float(spread.size - spread.unfinished), spread.total_h, spread.squares_h


def _sums(tallies: Iterable[Tally], key: Key) -> tuple[FloatArray, FloatArray]:
    """Numerators and denominators `[R]`."""
    pairs = np.array([tally.ratios.get(key, (0.0, 0.0)) for tally in tallies])
    return pairs[:, 0], pairs[:, 1]
