"""Facts with sources: published figures of the corridor and its rivals, by id.

The table is `facts.csv` in this folder, one figure a row. A figure that the publication gives
as a pair (now and before, or a range) has the smaller one in `value_low`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from corridor_sim.errors import UsageError, nearest

__all__ = ["Fact", "fact", "facts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One published figure; `value_low == value_high` unless a range or a pair was published.

    `period` and `date` (of the publication) are ISO 8601 where known, with "(inferred)" behind
    what the publication does not state; both may be empty. `direction` is "westbound",
    "eastbound", "both" or empty. `grade` is "high", "medium" or "low". `kind` is "observed",
    "claim", "promise", "derived", "input", or empty where the collection does not tell.
    """

    id: str
    topic: str
    quantity: str
    value_low: float
    value_high: float
    unit: str
    period: str
    direction: str
    source: str
    url: str
    date: str
    grade: str
    kind: str


def _read(row: Mapping[str, str]) -> Fact:
    text = {key: value for key, value in row.items() if not key.startswith("value_")}
    return Fact(value_low=float(row["value_low"]), value_high=float(row["value_high"]), **text)


@cache
def facts() -> Mapping[str, Fact]:
    """All facts by id, in file order, read once."""
    table = resources.files(__name__).joinpath("facts.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(table.splitlines())
    return MappingProxyType({row["id"]: _read(row) for row in rows})


def fact(name: str) -> Fact:
    """The fact whose id is `name`.

    Raises UsageError (a CorridorError), with the nearest id, if there is none.
    """
    known = facts()
    if name in known:
        return known[name]
    near = nearest(name, known)
    hint = f"; did you mean '{near}'?" if near else ""
    raise UsageError(f"no fact has the id '{name}'{hint}")
