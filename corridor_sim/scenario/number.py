"""A number of a scenario file, plain (`5`) or with its record (`{value: 5, low: 4, ...}`), changed.

What was said of a number was said of the old one. So a change is a revision, not a replacement:

- A new `value` drops `changes`, `source`, `grade` and `why` of the old one. Unless the change names
  a source of its own, the source becomes "set by hand" and `why` tells the old value and source.
- The range (`low`, `high`) stays while it holds the new value. A value outside of it is a decision,
  not an estimate, and the range goes.
- The same value again (with the same `changes`) is no new value.
- A record's words without a value (`{low: 4, high: 6}`) are added to the number that is there.
"""

from __future__ import annotations

from typing import TypeGuard

from corridor_sim.scenario.tree import Plain

SET_BY_HAND = "set by hand"
STALE = frozenset({"changes", "source", "grade", "why"})
RANGE = frozenset({"low", "high"})
RECORD = RANGE | STALE | {"value"}
# These have no meaning on anything but a number; a closure has a source and a reason too.
TELLING = RANGE | {"value", "changes"}


def is_number(value: Plain) -> TypeGuard[int | float]:
    """Whether a value is a plain number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_record(value: Plain) -> TypeGuard[dict[str, Plain]]:
    """Whether a value is a number written as a record."""
    return isinstance(value, dict) and is_number(value.get("value")) and value.keys() <= RECORD


def about_a_number(value: Plain) -> bool:
    """Whether a mapping can only be (part of) the record of a number."""
    return isinstance(value, dict) and value.keys() <= RECORD and bool(value.keys() & TELLING)


def revision(old: Plain, new: Plain) -> dict[str, Plain] | None:
    """`new` as a change to the number `old`; None where one of them is something else."""
    if is_record(old) and is_number(new):
        return {"value": new}
    if (is_record(old) or is_number(old)) and isinstance(new, dict) and new:
        return new if new.keys() <= RECORD else None
    return None


def revised(old: Plain, change: dict[str, Plain]) -> Plain:
    """The number `old` (plain or record) after a change to its record; None in it removes."""
    record: dict[str, Plain] = dict(old) if isinstance(old, dict) else {"value": old}
    if "value" not in change or _over_time(change) == _over_time(record):
        new = record | change
    else:
        new = _kept(record, change["value"]) | change
        if "source" not in change:
            new = new | {"source": SET_BY_HAND, "why": change.get("why", _was(record))}
    return {key: value for key, value in new.items() if key not in change or value is not None}


def _over_time(record: dict[str, Plain]) -> tuple[Plain, Plain]:
    return record["value"], record.get("changes") or None


def _kept(record: dict[str, Plain], value: Plain) -> dict[str, Plain]:
    low, high = record.get("low"), record.get("high")
    inside = is_number(value) and not (
        (is_number(low) and value < low) or (is_number(high) and value > high)
    )
    gone = STALE if inside else STALE | RANGE
    return {key: kept for key, kept in record.items() if key not in gone}


def _was(record: dict[str, Plain]) -> str:
    source = record.get("source")
    dated = ", changing at dates" if record.get("changes") else ""
    return f"was {record['value']}{dated}" + (f" ({source})" if source else "")
