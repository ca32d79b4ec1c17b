"""Every number of a scenario with its source: the assumption table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from corridor_sim.scenario.number import SET_BY_HAND
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.values import Value

ASSUMED = "assumed"


def numbers(scenario: Scenario) -> Iterator[tuple[str, Value]]:
    """Every number that the scenario states, with its dotted path; not defaults left alone."""
    yield from _numbers(scenario, "")


def _numbers(node: object, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(node, Value):
        yield path, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            if name in node.model_fields_set:
                yield from _numbers(getattr(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, Mapping):
        for key, item in node.items():
            yield from _numbers(item, f"{path}.{key}")
    elif isinstance(node, list | tuple):
        for i, item in enumerate(node):
            yield from _numbers(item, f"{path}.{i}")


def facts_of(value: Value) -> list[str]:
    """Ids of the facts behind a number; none where it is assumed or unsourced."""
    parts = [part.strip() for part in (value.source or "").split(";")]
    return [part for part in parts if part and part not in (ASSUMED, SET_BY_HAND)]


def cited(scenario: Scenario) -> set[str]:
    """Ids of all facts that a scenario cites."""
    return {fact for _, value in numbers(scenario) for fact in facts_of(value)}
