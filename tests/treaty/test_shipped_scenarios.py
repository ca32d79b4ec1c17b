"""The treaty on shipped scenarios: none is refused, the engines agree in every bit."""

from __future__ import annotations

import pytest

from corridor_sim.compile import compile_scenario
from corridor_sim.engines import FEW, chosen
from corridor_sim.experiments.plan import case
from corridor_sim.experiments.verify import verify
from corridor_sim.scenario.load import shipped

REPLICATIONS = range(5)


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_is_not_refused_by_the_array_engine(name: str) -> None:
    model = compile_scenario(case(name).scenario, name=name)
    assert chosen("auto", model, replications=FEW) == "array"
    assert chosen("auto", model, replications=FEW - 1) == "event"


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_is_the_same_on_both_engines(name: str) -> None:
    found = verify(case(name), replications=REPLICATIONS)
    assert found.equal, str(found)
    assert min(found.compared.values()) > 0
