"""The treaty on what is shipped: none is refused, all are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines import array, chosen, event
from corridor_sim.result import differences
from corridor_sim.scenario.load import load

SHIPPED = sorted(p.stem for p in (Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
REPLICATIONS = 5


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_is_the_same_on_both_engines(name: str) -> None:
    model = compile_scenario(load(name), name=name)
    assert chosen("auto", model) == "array"
    draws = Draws(model, 1)
    both = zip(
        event.simulate(draws, range(REPLICATIONS)),
        array.simulate(draws, range(REPLICATIONS)),
        strict=True,
    )
    for reference, ledger in both:
        assert differences(reference, ledger) is None
