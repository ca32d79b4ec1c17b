"""Quoted against experienced time: whether cargo that chose its route was told the truth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import pandas as pd

from corridor_sim.experiments.run import Run
from corridor_sim.intervals import difference, resampled_ratio
from corridor_sim.measures.quoted import EXPERIENCED, QUOTED, quarter_of
from corridor_sim.measures.rows import Group, Key, merged_keys

MOST: Final = 0.1
"""Share of the experienced time by which a quote may be off over a quarter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Mean time quoted when cargo chose, beside the mean time that it took, d; their difference
    with its interval, and in per cent of the time that it took. `quarter`: of release.
    """

    scenario: str
    route: str
    direction: str
    quarter: str
    n: int
    quoted_d: float
    experienced_d: float
    diff_d: float
    diff_ci_low: float | None
    diff_ci_high: float | None
    diff_pct: float
    off: bool
    """Whether it is off by more than `MOST`."""


COLUMNS: Final = tuple(Quote.__slots__)


def quotes(run: Run) -> list[Quote]:
    """Quotes of a run by route, direction and quarter, all routes first; none without choice."""
    keys = merged_keys([tally.ratios for tally in run.tallies])
    groups = [key.group for key in keys if key.measure == QUOTED and quarter_of(key.group)]
    found = [one for group in groups if (one := _quote(run, group)) is not None]
    return sorted(found, key=lambda one: (one.route != "all", one.route))


def _quote(run: Run, group: Group) -> Quote | None:
    told, took = (
        np.array([tally.ratios.get(Key(group, name, "d"), (0.0, 0.0)) for tally in run.tallies]).T
        for name in (QUOTED, EXPERIENCED)
    )
    sides = resampled_ratio(*told), resampled_ratio(*took)
    given = difference(*sides, level=run.options.level)
    if given.diff is None or given.diff_pct is None:
        return None
    return Quote(
        scenario=run.case.name, route=group.route, direction=group.direction,
        quarter=quarter_of(group) or "", n=given.n, quoted_d=sides[0].value,
        experienced_d=sides[1].value, diff_d=given.diff, diff_ci_low=given.diff_ci_low,
        diff_ci_high=given.diff_ci_high, diff_pct=given.diff_pct,
        off=abs(given.diff) > MOST * sides[1].value,
    )  # fmt: skip


def quotes_table(runs: Sequence[Run]) -> pd.DataFrame:
    """Quotes of runs, columns `COLUMNS`."""
    rows = [asdict(one) for run in runs for one in quotes(run)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def in_words(given: Iterable[Quote]) -> str:
    """Where quotes are off, in a sentence."""
    found: dict[str, list[str]] = {}
    for one in given:
        if one.off and one.route != "all":
            found.setdefault(f"{one.route} {one.direction}", []).append(one.quarter)
    if not found:
        return f"No quote of a route is off by more than {100 * MOST:.0f} % over a quarter."
    told = "; ".join(f"{way} in {', '.join(quarters)}" for way, quarters in found.items())
    return f"Quotes are off by more than {100 * MOST:.0f} %: {told}."
