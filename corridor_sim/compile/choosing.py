"""What paths cost those who choose among them, beside the time that they are quoted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corridor_sim.compile.context import Context
from corridor_sim.draws import merged
from corridor_sim.laws import MICRO
from corridor_sim.model import Choice, Floats, Path
from corridor_sim.scenario.traffic import Flow


def choice(context: Context, words: Flow, paths: Sequence[Path]) -> Choice | None:
    """How a flow chooses; without the cost of unreliability, which needs the whole model."""
    if words.choice is None:
        return None
    tick = context.clock.tick
    given = words.choice.routes.values()
    days = [[(tick(w.start), tick(w.end)) for w in route.closed] for route in given]
    constants = [route.constant_usd_per_feu.value for route in given]
    parts = [
        [price(path), 0.0, emissions_usd(context, path), constant]
        for path, constant in zip(paths, constants, strict=True)
    ]
    return Choice(
        parts=np.array([parts], np.float64),
        scale=words.choice.scale_usd_per_feu.value,
        per_day=round(words.usd_per_day(words.value_of_time_pct_per_day) * MICRO),
        closed=tuple(merged([np.array(w, np.int64).reshape(-1, 2)]) for w in days),
    )


def price(path: Path) -> float:
    """Sum of the legs, USD per FEU."""
    return float(sum(leg.usd_per_feu for leg in path.legs))


def emissions_usd(context: Context, path: Path) -> float:
    """What the carbon price adds, USD per FEU of 2 TEU."""
    factors = context.scenario.emissions
    if factors is None or factors.carbon_usd_per_t.value == 0:
        return 0.0
    return (
        float(sum(leg.kg_per_teu for leg in path.legs)) * 2 / 1000 * factors.carbon_usd_per_t.value
    )


def unreliability_usd(words: Flow, sd_days: Floats) -> Floats:
    """Cost of the standard deviation of the time, USD per FEU."""
    return sd_days * words.usd_per_day(words.value_of_reliability_pct_per_day)
