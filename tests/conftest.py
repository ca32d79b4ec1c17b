"""The engines under test: every test of the physics runs on each of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings
from reported import comparison, gathered, hostile_comparison, run, told

from corridor_sim.draws import Draws
from corridor_sim.engines import array, event
from corridor_sim.result import Ledger

__all__ = ["comparison", "gathered", "hostile_comparison", "run", "told"]

Engine = Callable[[Draws, int], Ledger]


def event_engine(draws: Draws, replication: int) -> Ledger:
    """One replication on the event engine."""
    (ledger,) = event.simulate(draws, [replication])
    return ledger


def array_engine(draws: Draws, replication: int) -> Ledger:
    """One replication on the array engine."""
    (ledger,) = array.simulate(draws, [replication])
    return ledger


ENGINES: dict[str, Engine] = {"event": event_engine, "array": array_engine}

# The same examples on every machine: a property that fails does so for everybody.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


@pytest.fixture(params=list(ENGINES.values()), ids=list(ENGINES), scope="session")
def engine(request: pytest.FixtureRequest) -> Engine:
    """An engine: Draws and the number of a replication in, a ledger out."""
    given: Engine = request.param
    return given


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Theory and properties are held against the event engine, and the treaty holds the array
    engine against that.
    """
    items[:] = [item for item in items if not _repeats(item)]


def _repeats(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    on_array = callspec is not None and callspec.params.get("engine") is ENGINES["array"]
    return on_array and item.path.parent.name in ("oracles", "properties")
