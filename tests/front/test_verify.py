"""`verify`: both engines on a scenario of the user's own, and what it says of differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from console import said, tiny

import corridor_sim as cs
from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines import array
from corridor_sim.experiments.disagreement import first_disagreement
from corridor_sim.model import Model
from corridor_sim.result import Ledger, Times, differences

FIRST, LATER = 628, 979
"""Consignments of the second replication that are delivered, in that order."""
START = np.datetime64("2024-01-01", "s")
VISIT = ("visits", "finish", "at")


def changed(value: Any, where: Sequence[str | int], by: Any) -> Any:
    """A copy of a ledger (or part) in which one array is another."""
    if not where:
        return by(value.copy())
    first, *rest = where
    if isinstance(first, int):
        return (*value[:first], changed(value[first], rest, by), *value[first + 1 :])
    return replace(value, **{first: changed(getattr(value, first), rest, by)})


def plus_one(row: int | tuple[int, ...]) -> Any:
    def by(given: np.ndarray) -> np.ndarray:
        given[row] += 1
        return given

    return by


def plant(where: Sequence[str | int], by: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the array engine say something else in its second replication."""
    right = array.simulate

    def wrong(draws: Draws, numbers: Sequence[int]) -> Iterator[Ledger]:
        for ledger in right(draws, numbers):
            yield changed(ledger, where, by) if ledger.replication == 1 else ledger

    monkeypatch.setattr(array, "simulate", wrong)


def second(folder: Path) -> tuple[Model, Ledger]:
    """The second replication of the tiny scenario."""
    given = cs.case(str(tiny(folder)))
    model = compile_scenario(given.scenario, name=given.name)
    (ledger,) = array.simulate(Draws(model, 1), [1])
    return model, ledger


def test_verify_says_equal_and_what_was_compared(tmp_path: Path) -> None:
    path = tiny(tmp_path)
    ended = said("verify", path, "-n", "2")
    assert (ended.code, ended.err) == (0, "")
    assert "equal in 2 replications" in ended.out
    found = said("verify", path, "-n", "2", "--format", "json").json
    assert found["equal"]
    assert found["disagreement"] is None
    assert min(found["compared"].values()) > 0
    for what, count in found["compared"].items():
        assert f"{count:,} {what}" in ended.out
    verdict = cs.verify(cs.case(str(path)), replications=range(2))
    assert verdict.equal
    assert verdict.compared == found["compared"]


def test_verify_looks_at_the_replication_seed_and_setting_that_are_asked_for(
    tmp_path: Path,
) -> None:
    path = tiny(tmp_path)
    words = ["--replication", "4", "--seed", "7", "--set", "stations.alat-berths.servers=2"]
    found = said("verify", path, *words, "--format", "json").json
    assert (found["replications"], found["seed"]) == ([4], 7)
    assert "servers=2" in found["scenario"]
    assert found["compared"] != said("verify", path, "-n", "1", "--format", "json").json["compared"]


@pytest.mark.parametrize(
    ("where", "by", "kind", "element", "who", "what"),
    [
        (VISIT, plus_one((FIRST, 1)), "visit", "aktau-customs", "west 628", "finish"),
        (("delivered", "at"), plus_one(FIRST), "consignment", "", "west 628", "delivered"),
        (("departures", 0, "teu"), plus_one(3), "departure", "xian-train", "number 3", "TEU"),
        (("calls", 0, "listed", "at"), plus_one(2), "call", "feeders", "one, its call 2", "listed"),
        (("reviews", "stock"), plus_one((0, 9)), "review", "alat", "day 9", "stock"),
    ],
)
def test_a_planted_difference_is_named_with_both_values_and_ends_in_4(
    where: Sequence[str | int], by: Any, kind: str, element: str, who: str, what: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = tiny(tmp_path)
    plant(where, by, monkeypatch)
    ended = said("verify", path, "--format", "json")
    assert ended.code == 4
    assert "differ" in ended.err
    found = ended.json["disagreement"]
    assert (found["replication"], found["kind"], found["element"]) == (1, kind, element)
    assert found["who"] == who
    assert found["what"].startswith(what)
    assert found["event"] != found["array"]
    plain = said("verify", path)
    assert plain.code == 4
    for word in ("replication 1", kind, who, found["event"], found["array"]):
        assert word in plain.out


def test_of_several_differences_the_earliest_is_named(tmp_path: Path) -> None:
    model, ledger = second(tmp_path)
    late = changed(ledger, VISIT, plus_one((LATER, 1)))
    both = changed(late, VISIT, plus_one((FIRST, 1)))
    for other, first in ((late, LATER), (both, FIRST)):
        found = first_disagreement(model, ledger, other, start=START)
        assert found is not None
        assert found.who == f"west {first}"


def test_a_departure_that_one_engine_lacks_is_named(tmp_path: Path) -> None:
    model, ledger = second(tmp_path)
    trains = ledger.departures[0]
    parts = {name: getattr(trains, name)[1:] for name in ("number", "left", "teu", "timed_out")}
    passage = {
        name: Times(times.at[1:], times.known[1:])
        for name in ("arrive", "start", "finish")
        for times in [getattr(trains.passage, name)]
    }
    fewer = replace(trains, **parts, passage=replace(trains.passage, **passage))
    other = replace(ledger, departures=(fewer, *ledger.departures[1:]))
    found = first_disagreement(model, ledger, other, start=START)
    assert found is not None
    assert (found.element, found.who, found.array) == ("xian-train", "number 0", None)
    assert "never (array)" in str(found)


def arrays(part: Any, where: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every array of a ledger that is not empty."""
    if isinstance(part, np.ndarray):
        if part.size:
            yield where
    elif isinstance(part, tuple):
        for i, inner in enumerate(part):
            yield from arrays(inner, (*where, i))
    elif is_dataclass(part):
        for field in fields(part):
            yield from arrays(getattr(part, field.name), (*where, field.name))


def another(given: np.ndarray) -> np.ndarray:
    """The same with its last entry that says something changed, or the first where none does."""
    known = np.argwhere(given)
    at = tuple(known[-1]) if len(known) else (0,) * given.ndim
    given[at] = ~given[at] if given.dtype == np.bool_ else given[at] - 1
    return given


def test_no_part_of_a_ledger_goes_uncompared(tmp_path: Path) -> None:
    model, ledger = second(tmp_path)
    for where in arrays(ledger):
        wrong = changed(ledger, where, another)
        assert differences(ledger, wrong) is not None, where
        assert first_disagreement(model, ledger, wrong, start=START) is not None, where
