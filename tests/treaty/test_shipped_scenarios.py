"""The treaty on shipped scenarios: none is refused, the engines agree in every bit."""

from __future__ import annotations

import pytest

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines import array, chosen, event
from corridor_sim.result import differences
from corridor_sim.scenario.load import load

COMPARED = ("baseline-2024", "crisis-2022", "poland-closure-2025")
"""Shipped scenarios on which the engines have been compared so far."""
REPLICATIONS = 2


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPARED)
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
