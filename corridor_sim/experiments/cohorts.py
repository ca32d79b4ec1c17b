"""Weekly cohorts of a disturbed replication beside those of its undisturbed twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.histories import known_route
from corridor_sim.experiments.replay import Replay
from corridor_sim.model import DAY, DIRECTIONS, NONE, TICK_H

WEEKS: Final = 4
"""Weeks of the moving mean, the last one included."""
BAND: Final = 0.1
"""Share of the twin's moving mean within which transit counts as recovered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Transit time by week of release. table: week (its first day), transit_d, twin_d (means of
    the finished), moving_d, twin_moving_d (over `WEEKS` weeks, by TEU), unfinished (share of the
    disturbed cohort, by TEU).
    """

    table: pd.DataFrame
    route: str
    told: str


def recovery(disturbed: Replay, twin: Replay, *, route: str, direction: str) -> Recovery:
    """Weekly cohorts of one route and direction, of the same luck with and without a disturbance.

    Raises
    ------
    UsageError
        For replications of other luck or span, or a route that one does not have.
    """
    luck = [(one.seed, one.ledger.replication) for one in (disturbed, twin)]
    spans = [one.case.scenario.span for one in (disturbed, twin)]
    if luck[0] != luck[1] or spans[0] != spans[1]:
        raise UsageError("a twin has the same seed, replication and span")
    own, others = (_weekly(one, route, direction) for one in (disturbed, twin))
    table = pd.DataFrame({
        "week": disturbed.dates(own.index.to_numpy() * 7 * DAY),
        "transit_d": own.days / own.finished.where(own.finished > 0),
        "twin_d": others.days / others.finished.where(others.finished > 0),
        "moving_d": _moving(own), "twin_moving_d": _moving(others),
        "unfinished": 1 - own.finished / own.released.where(own.released > 0),
    }).reset_index(drop=True)  # fmt: skip
    told = f"{disturbed.told} Its twin: {twin.case.name}."
    return Recovery(table=table, route=f"{route}, {direction}", told=told)


def _weekly(of: Replay, route: str, direction: str) -> pd.DataFrame:
    """By week of the run: released and finished TEU, and days in transit of the finished x TEU."""
    model, ledger = of.model, of.ledger
    known_route(model, route)
    chosen = np.array([
        path.route != NONE and model.routes[path.route] == route
        and DIRECTIONS[model.flows[path.flow].direction] == direction
        for path in model.paths
    ])  # fmt: skip
    sizes = np.array([model.flows[path.flow].size for path in model.paths])
    rows = chosen[ledger.path] & ledger.release.known
    teu = sizes[ledger.path[rows]]
    begun, done = ledger.release.at[rows], ledger.delivered.known[rows]
    hours = np.where(done, ledger.delivered.at[rows] - begun, 0) / TICK_H
    cargo = pd.DataFrame({
        "released": teu, "finished": teu * done, "days": teu * hours / 24,
    })  # fmt: skip
    weeks = np.arange(model.end // (7 * DAY))
    return cargo.groupby(begun // (7 * DAY)).sum().reindex(weeks, fill_value=0)


def _moving(weekly: pd.DataFrame) -> pd.Series[float]:
    """Mean of the last `WEEKS` cohorts; none before there are so many."""
    sums = weekly[["days", "finished"]].rolling(WEEKS).sum()
    return sums.days / sums.finished.where(sums.finished > 0)
