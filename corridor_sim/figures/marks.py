"""How scenarios are named and told apart, and rows marked, the same in every figure."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any, Final

_DASHES: Final = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (9, 2)))
LONGEST: Final = 34
HOLLOW: Final = "Hollow: thin or overloaded."
"""What stands in the caption where a row is drawn hollow."""


def short(scenario: str) -> str:
    """A scenario's name without folders and endings, cut where it is long."""
    base, *changes = scenario.split(",")
    name = "+".join(PurePath(part).name.removesuffix(".yaml") for part in base.split("+"))
    whole = ",".join([name, *(change.rpartition(".")[2] for change in changes)])
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 3]}..."


def scenario_dash(number: int) -> Any:
    """The line style of a scenario by its number, the baseline solid."""
    return _DASHES[number % len(_DASHES)]


def is_weak(marks: Iterable[object]) -> bool:
    """Whether rows are marked thin or overloaded."""
    return any(isinstance(mark, str) and mark for mark in marks)
