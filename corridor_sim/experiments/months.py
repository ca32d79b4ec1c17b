"""Cargo of one replication by month of release and route."""

from __future__ import annotations

import numpy as np
import pandas as pd

from corridor_sim.experiments.histories import History, known_route
from corridor_sim.experiments.replay import Replay
from corridor_sim.model import DIRECTIONS, NONE


def monthly(of: Replay, *, routes: tuple[str, ...] = (), direction: str = "westbound") -> History:
    """Cargo of one direction that is released in the measuring part, by month and route, TEU.

    table: month (`2024-03`), route, teu. Captive traffic is left out.

    Raises
    ------
    UsageError
        For a route that the scenario does not have.
    """
    model, ledger = of.model, of.ledger
    for route in routes:
        known_route(model, route)
    chosen = np.array([
        path.route != NONE and DIRECTIONS[model.flows[path.flow].direction] == direction
        and (not routes or model.routes[path.route] in routes)
        for path in model.paths
    ] or [False])  # fmt: skip
    first, last = model.cohort
    at = ledger.release.at
    rows = chosen[ledger.path] & ledger.release.known & (at >= first) & (at < last)
    path = ledger.path[rows]
    names = np.array([*model.routes, ""])[[p.route for p in model.paths]]
    size = np.array([model.flows[p.flow].size for p in model.paths])
    month = of.dates(at[rows]).astype("datetime64[M]").astype(str)
    cargo = pd.DataFrame({"month": month, "route": names[path], "teu": size[path]})
    table = cargo.groupby(["month", "route"], as_index=False)[["teu"]].sum()
    begin, end = of.dates(list(model.cohort))
    return History(
        table=table, of=direction.capitalize(), unit="TEU", told=of.told, measured=(begin, end)
    )
