"""How scenarios are named and told apart, and rows marked, the same in every figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any, Final

_DASHES: Final = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (9, 2)))
LONGEST: Final = 34
HOLLOW: Final = "Hollow: thin or overloaded."
"""What stands in the caption where a row is drawn hollow."""


def names(scenarios: Iterable[object]) -> dict[str, str]:
    """Short names of scenarios, by their names: without folders, endings and what all share."""
    given = list(dict.fromkeys(map(str, scenarios)))
    common = _shared(given)
    found = {name: _short(name, without=common) for name in given}
    if len(set(found.values())) < len(found):
        found = {name: f"{own} ({i + 1})" for i, (name, own) in enumerate(found.items())}
    return found


def shared(scenarios: Iterable[object]) -> str:
    """A sentence on the changes that all scenarios share and their names leave out."""
    common = _shared(list(dict.fromkeys(map(str, scenarios))))
    return f"With {', '.join(map(_last, common))}." if common else ""


def short(text: str, letters: int) -> str:
    """A text, cut where it is longer than so many letters."""
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _shared(scenarios: Sequence[str]) -> list[str]:
    changes = [name.split(",")[1:] for name in scenarios]
    return [one for one in changes[0] if all(one in own for own in changes)] if changes else []


def _short(scenario: str, *, without: Sequence[str]) -> str:
    base, *changes = scenario.split(",")
    name = "+".join(PurePath(part).name.removesuffix(".yaml") for part in base.split("+"))
    whole = ",".join([name, *(_last(change) for change in changes if change not in without)])
    return short(whole, LONGEST)


def _last(change: str) -> str:
    """`span.warm_up_d=60` as `warm_up_d=60`."""
    path, equals, value = change.partition("=")
    return f"{path.rpartition('.')[2]}{equals}{value}"


def scenario_dash(number: int) -> Any:
    """The line style of a scenario by its number, the baseline solid."""
    return _DASHES[number % len(_DASHES)]


def is_weak(marks: Iterable[object]) -> bool:
    """Whether rows are marked thin or overloaded."""
    return any(isinstance(mark, str) and mark for mark in marks)
