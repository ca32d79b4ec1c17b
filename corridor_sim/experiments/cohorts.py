"""Weekly cohorts of a disturbed replication beside those of its undisturbed twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.histories import known_route
from corridor_sim.experiments.replay import Replay
from corridor_sim.experiments.twins import groups
from corridor_sim.experiments.weeks import MEAN_OVER, WEEK, Weeks, weekly
from corridor_sim.measures.rows import Group

WEEKS: Final = MEAN_OVER
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
    own, other = (_of(one, route, direction) for one in (disturbed, twin))
    dates = disturbed.dates(np.arange(len(own.released)) * WEEK)
    told = f"{disturbed.told} Its twin: {twin.case.name}."
    return Recovery(
        table=beside(own, other).assign(week=dates), route=f"{route}, {direction}", told=told
    )


def _of(one: Replay, route: str, direction: str) -> Weeks:
    known_route(one.model, route)
    none = np.zeros(len(one.model.paths), np.bool_)
    chosen = groups(one.model).get(Group(route, direction, "all"), none)
    return weekly(one.model, one.ledger).of(chosen)


def beside(own: Weeks, twin: Weeks) -> pd.DataFrame:
    """Weeks `[W]` of cargo beside those of the twin; columns as of `Recovery`, `week` by number."""
    some = own.released > 0
    left = own.released - own.finished
    return pd.DataFrame({
        "week": np.arange(len(own.released)), "transit_d": own.mean, "twin_d": twin.mean,
        "moving_d": own.moving, "twin_moving_d": twin.moving,
        "unfinished": np.divide(left, own.released, out=np.full(left.shape, np.nan), where=some),
    })  # fmt: skip
