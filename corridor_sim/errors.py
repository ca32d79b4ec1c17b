"""One family of errors; the exit code of the command line is a property of the class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar

LONGEST_SHOWN = 80
LONGEST_MATCHED = 200
MOST_NAMED = 15


class CorridorError(Exception):
    """Anything that the package raises on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(CorridorError):
    """A command or a call was used wrongly."""

    exit_code = 2


class RunError(CorridorError):
    """A replication or a conservation check failed."""

    exit_code = 4


class StoreError(CorridorError):
    """A finished replication could not be kept, or not be read: a full disk, a read-only folder."""


class TargetMissed(CorridorError):  # noqa: N818 - an outcome, not a fault
    """A precision or calibration target was not reached; the results are saved."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a scenario: where, what was given, the rule, the cure."""

    rule: str
    file: str | None = None
    line: int | None = None
    key: str | None = None
    given: str | None = None
    cure: str | None = None

    def __str__(self) -> str:
        """One line, e.g. `my.yaml:12: stations.a.servers: given -1; must be at least 1; try 1`."""
        file = None if self.file is None else _one_line(self.file)
        where = file if self.line is None else f"{file or ''}:{self.line}"
        key = None if self.key is None else _short(self.key)
        given = None if self.given is None else f"given {_short(self.given)}"
        cure = None if self.cure is None else _one_line(self.cure)
        what = "; ".join(part for part in (given, _one_line(self.rule), cure) if part)
        return ": ".join(part for part in (where, key, what) if part)


class ScenarioError(CorridorError):
    """A scenario is invalid. Holds every problem that was found, not only the first."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """A line with the count, then one line for each problem."""
        count = len(self.problems)
        return "\n  ".join(
            [f"{count} problem{'' if count == 1 else 's'}:", *map(str, self.problems)]
        )


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that `name` is most probably meant to be, or None where none is close.

    Case, hyphens, underscores and spaces do not count.
    """
    if len(name) > LONGEST_MATCHED:
        return None
    known = {_plain(other): other for other in names if len(other) <= LONGEST_MATCHED}
    found = get_close_matches(_plain(name), known, n=1)
    return known[found[0]] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> str | None:
    """`did you mean x?` with the nearest name, or None where none is close."""
    match = nearest(name, names)
    return None if match is None else f"did you mean {match}?"


def one_of(names: Iterable[str]) -> str | None:
    """`one of: a, b, c`, cut where there are many; None where there are none."""
    some = list(names)
    more = ", ..." if len(some) > MOST_NAMED else ""
    return f"one of: {', '.join(some[:MOST_NAMED])}{more}" if some else None


def _plain(name: str) -> str:
    return name.casefold().replace("_", "-").replace(" ", "-")


def _one_line(text: str) -> str:
    # Words of a file reach a terminal here: no line breaks, no escape sequences.
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in " ".join(text.split()))


def _short(text: str) -> str:
    if len(text) > LONGEST_SHOWN:
        text = f"{text[: LONGEST_SHOWN // 2]} ... {text[-LONGEST_SHOWN // 4 :]}"
    return _one_line(text)
