"""The count of rules that bit is honest: without what a rule is about, the rule does not bite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from bites import AT_LEAST, RULES, bites, too_few
from random_models import RandomWorld, random_world

from corridor_sim.engines import event

WORLDS = (1000, 1001, 1003, 1013, 1016)
ALL_DAY = {"open_from_h": 0, "open_to_h": 24}


def bitten(world: RandomWorld) -> set[str]:
    """The rules that bite in the first replication."""
    draws = world.draws()
    (ledger,) = event.simulate(draws, [0])
    return bites(draws.model, draws.replication(0), ledger)


def without_closures(words: Any) -> None:
    words["closures"] = {}
    for desk in (*words["stations"].values(), *words["lines"].values()):
        desk |= ALL_DAY
        # A server that comes or goes is a closure too.
        if isinstance(desk.get("servers"), dict):
            desk["servers"] = desk["servers"]["value"]


def without_yards(words: Any) -> None:
    words["yards"] = {}


def without_absences(words: Any) -> None:
    for vessel in _vessels(words):
        vessel.pop("absences", None)


def without_loads(words: Any) -> None:
    """Lists close at once."""
    for call in _calls(words):
        call |= {"min_load_teu": 1000, "max_wait_h": 0}


def without_longest_waits(words: Any) -> None:
    for call in _calls(words):
        call["max_wait_h"] = 1e4
    for service in words["services"].values():
        if "max_wait_h" in service:
            service["max_wait_h"] = 1e4


def without_small_places(words: Any) -> None:
    """Nothing is ever full."""
    for vessel in _vessels(words):
        vessel["places_teu"] = 10_000
        vessel.pop("payload_t", None)
    for service in words["services"].values():
        service["places_teu"] = 10_000


def without_rivals(words: Any) -> None:
    """So many open berths and servers that nobody waits for another."""
    without_closures(words)
    words["flows"] = {k: flow for k, flow in words["flows"].items() if "chain" not in flow}
    for desk in words["stations"].values():
        desk["servers"] = 500


def without_trains(words: Any) -> None:
    """All cargo stays at sea."""
    words["flows"] = {
        name: flow
        for name, flow in words["flows"].items()
        if flow.get("chain") is None and "c" not in (flow["origin"], flow["destination"])
    }
    for service in words["services"].values():
        if service["rule"] == "timetable":
            service["offset_h"] = 10_000


def _vessels(words: Any) -> Iterator[Any]:
    for fleet in words["fleets"].values():
        yield from fleet["vessels"].values()


def _calls(words: Any) -> Iterator[Any]:
    for fleet in words["fleets"].values():
        yield from fleet["calls"]


WITHOUT: list[tuple[Callable[[Any], None], set[str]]] = [
    (
        without_closures,
        {"a vessel held in port", "a start delayed by a closure", "work stopped by a closure"},
    ),
    (without_yards, {"an embargo in force"}),
    (without_absences, {"an absence of a vessel"}),
    (without_loads, {"a list closed by minimum load"}),
    (without_longest_waits, {"a list closed by the longest wait", "a departure timed out"}),
    (without_small_places, {"a full departure", "a list closed by capacity"}),
    (without_rivals, {"a wait for a berth", "ties at a queue"}),
    (
        without_trains,
        {"a full departure", "a departure timed out", "two departures at one instant"},
    ),
]


@pytest.mark.parametrize(
    ("remove", "rules"), WITHOUT, ids=lambda given: getattr(given, "__name__", "")
)
def test_a_rule_does_not_bite_without_what_it_is_about(
    remove: Callable[[Any], None], rules: set[str]
) -> None:
    with_it: set[str] = set()
    for number in WORLDS:
        world = random_world(number)
        with_it |= bitten(world)
        words = deepcopy(world.words)
        remove(words)
        assert not bitten(RandomWorld(words, world.whole)) & rules
    assert rules <= with_it


def test_a_rule_that_bites_too_seldom_is_named() -> None:
    models = 200
    enough = dict.fromkeys(RULES, models // 2 + 1)
    assert too_few(enough, models=models) == {}
    for rule in RULES:
        once = {**enough, rule: AT_LEAST - 1}
        assert too_few(once, models=models) == {rule: AT_LEAST - 1}
    assert too_few({**enough, "the end inside a window": 100}, models=models)
