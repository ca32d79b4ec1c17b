"""A scenario as plain values, with the file and line of every key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from numbers import Integral, Real
from typing import TypeAlias

from corridor_sim.errors import Problem

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | int | float | bool | None"
KeyPath: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """A file, and a line in it where there is one (first line 1)."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        """`file:line`."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Tree:
    """Plain values with positions; what has none of its own has that of the key above it.

    `value` is never changed in place. `positions` maps key paths such as
    `("stations", "alat-berths", "servers")` or `("months", 0)`; it may be empty.
    """

    value: Plain
    positions: Mapping[KeyPath, Position]
    name: str

    @property
    def lines(self) -> Mapping[KeyPath, int]:
        """The line of every key path that has one."""
        return {k: spot.line for k, spot in self.positions.items() if spot.line is not None}

    def position(self, keys: KeyPath) -> Position:
        """Where a key was written, or the nearest key above it."""
        for end in range(len(keys), -1, -1):
            if (spot := self.positions.get(keys[:end])) is not None:
                return spot
        return Position(self.name)

    def problem(
        self, keys: KeyPath, rule: str, *, given: str | None = None, cure: str | None = None
    ) -> Problem:
        """A problem with the key at `keys`, with its file and line."""
        spot = self.position(keys)
        key = dotted(keys) or None
        return Problem(rule=rule, file=spot.file, line=spot.line, key=key, given=given, cure=cure)


def dotted(keys: KeyPath) -> str:
    """`stations.alat-berths.servers`."""
    return ".".join(map(str, keys))


def children(value: Plain) -> Iterator[tuple[str | int, Plain]]:
    """The keys or item numbers directly below a value, with what they hold."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def shown(value: object) -> str:
    """A value as a message shows it: text in double quotes, what is large in a word."""
    match value:
        case Mapping():
            return "keys with values"
        case list() | tuple():
            return "a list"
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def at(value: Plain, keys: KeyPath) -> Plain:
    """What a value holds at `keys`; raises KeyError where there is no such key."""
    for key in keys:
        value = dict(children(value))[key]
    return value


def plain(value: object) -> Plain:
    """A Python object as the value that a file would hold; dates become text, tuples lists."""
    match value:
        case None | bool() | str():
            return value
        case Integral():
            return int(value)
        case Real():
            return float(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(plain(key)): plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    return str(value)
