"""Constants of routes that give wanted shares: the logit turned round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from corridor_sim.compile import compile_scenario
from corridor_sim.errors import UsageError, nearest
from corridor_sim.laws import MICRO
from corridor_sim.model import DAY, Floats, Flow, Model
from corridor_sim.offered.pieces import Pieces, covered, released
from corridor_sim.scenario.schema import Scenario

_ROUNDS: Final = 4
"""Shares fill trains, and so change the times that the constants make up for."""


def constants(
    scenario: Scenario, shares: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:  # fmt: skip
    """Constants, by dotted path, at which flows take routes by wanted shares in the measuring part.

    `shares` of routes by flow; the constant of the first route of each stays as it is, routes that
    are not named keep theirs. At quoted free-flow times, while all of them are open, the odds of
    two routes are exp of the difference of their costs over the scale (McFadden 1974), so that
    constant = -scale x ln(share) - all other cost, up to a number that all share.

    Raises
    ------
    UsageError
        For a flow that has no choice, or a route that it does not have.
    """
    found: dict[str, float] = {}
    for _ in range(_ROUNDS):
        model = compile_scenario(scenario.replace(found), name="constants")
        for name, wanted in shares.items():
            flow = next((f for f in model.flows if f.name == name and f.choice), None)
            if flow is None:
                known = [f.name for f in model.flows if f.choice]
                raise UsageError(f"{name!r} has no choice; {nearest(name, known) or known} has")
            found |= _turned_round(model, flow, wanted)
    return found


def _turned_round(model: Model, flow: Flow, wanted: Mapping[str, float]) -> dict[str, float]:
    assert flow.choice is not None
    routes = [model.routes[model.paths[path].route] for path in flow.paths]
    missing = [route for route in wanted if route not in routes]
    if missing:
        raise UsageError(f"{flow.name} has no route {missing[0]!r}; it has {', '.join(routes)}")
    at = [routes.index(route) for route in wanted]
    others = _mean_cost(model, flow, at)
    made = -flow.choice.scale * np.log(np.array(list(wanted.values()))) - others
    made += flow.choice.parts[0, at[0], 3] - made[0]
    keys = [f"flows.{flow.name}.choice.routes.{route}.constant_usd_per_feu" for route in wanted]
    return dict(zip(keys[1:], made[1:].tolist(), strict=True))


def _mean_cost(model: Model, flow: Flow, at: list[int]) -> Floats:
    """Cost of some paths of a flow without their constants, USD per FEU, at free-flow times: mean
    over its releases while all of them are open.
    """
    assert flow.choice is not None
    assert model.quotes is not None
    pieces = Pieces.of(model, *model.cohort)
    shut = [covered(flow.choice.closed[p], pieces.start, pieces.end) for p in at]
    lots = released(model, pieces)[list(flow.paths)].sum(axis=0)
    weight = np.where(np.any(shut, axis=0), 0.0, lots)
    if not weight.any():
        raise UsageError(f"{flow.name}: its routes are never all open")
    row = [int(np.flatnonzero(model.quotes.paths == flow.paths[p])[0]) for p in at]
    days = model.quotes.free[pieces.period(model.quotes.starts)][:, row] / DAY
    parts = flow.choice.parts[pieces.period(flow.share_starts)][:, at, :3].sum(axis=2)
    cost: Floats = weight @ (parts + days * flow.choice.per_day / MICRO) / weight.sum()
    return cost
