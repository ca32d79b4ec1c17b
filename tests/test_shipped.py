"""The shipped scenarios: every number has a source or is assumed within a range, and each runs."""

from __future__ import annotations

import pytest

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines.event import simulate
from corridor_sim.measures import tallying
from corridor_sim.reference import facts
from corridor_sim.scenario.load import load, shipped
from corridor_sim.scenario.sources import ASSUMED, facts_of, numbers

NAMES = sorted(shipped())
MOST_CONSIGNMENTS = 30_000
LONGEST_REASON_WORDS = 20
PLACES = (
    "xian", "chongqing", "altynkol", "dostyk", "almaty", "aktau", "alat", "absheron", "tbilisi",
    "poti", "akhalkalaki", "kars", "halkali", "kapikule", "constanta", "budapest", "duisburg",
    "brest", "malaszewicze",
)  # fmt: skip
SHORT = {"span.warm_up_d": 10, "span.measure_d": 20, "span.run_out_d": 30}


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_a_source_or_is_assumed_within_a_range(name: str) -> None:
    known = facts()
    for path, value in numbers(load(name)):
        assert value.source, f"{path} has no source"
        unknown = [fact for fact in facts_of(value) if fact not in known]
        assert not unknown, f"{path} cites unknown facts {unknown}"
        if value.source == ASSUMED:
            assert value.low is not None, f"{path} is assumed without a range"
            assert value.high is not None, f"{path} is assumed without a range"
        if value.source == ASSUMED or value.low != value.high:
            assert value.why, f"{path} has a range, or is assumed, without a reason"
        assert len((value.why or "").split()) <= LONGEST_REASON_WORDS, path


@pytest.mark.parametrize("name", NAMES)
def test_it_has_a_title_and_a_question(name: str) -> None:
    scenario = load(name)
    assert scenario.title
    assert scenario.question is not None
    assert scenario.question.endswith("?")


@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name: str) -> None:
    model = compile_scenario(load(name, SHORT), name=name)
    (ledger,) = simulate(Draws(model, 1), [0])
    tally = tallying(model)(ledger)
    assert tally.ratios


def test_the_baseline_has_the_places_that_are_asked_for() -> None:
    assert set(PLACES) <= set(load("baseline-2024").places)


def test_a_year_of_the_baseline_is_small_enough_to_be_run_often() -> None:
    model = compile_scenario(load("baseline-2024"), name="baseline-2024")
    counts = [int(flow.counts[flow.years == 2024].sum()) for flow in model.flows]
    assert sum(counts) <= MOST_CONSIGNMENTS


def test_all_routes_have_cargo() -> None:
    scenario = load("baseline-2024")
    flows = scenario.flows.values()
    used = {route for flow in flows for route in flow.routes}
    used |= {route for flow in flows if flow.choice for route in flow.choice.routes}
    assert used == set(scenario.routes)
