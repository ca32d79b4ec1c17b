"""The rows that answer the question of a run, and in words what a comparison can tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from corridor_sim.intervals import Difference
from corridor_sim.measures import Segment
from corridor_sim.measures.rows import Group
from corridor_sim.measures.table import ComparedRow, Row
from corridor_sim.output import POINTS, SHARE, interval, places_of, quantity

MEASURES: Final = {
    "transit_mean": "the mean transit time",
    "transit_p50": "the median transit time",
    "transit_p90": "the P90 of transit time",
    "transit_p90_p50": "the distance from median to P90",
    "on_time": "the share on time",
    "throughput_teu": "throughput",
    "generalised_cost_usd_per_feu": "the generalised cost",
    "unfinished": "the share left unfinished",
}
"""Headline measures, and what they are called in a sentence."""
MONTH: Final = "released "
"""What the segment of a row by month of release begins with."""


def headline(row: Row, segments: Sequence[Segment] = ()) -> bool:
    """Whether a row belongs to the short table: whole ways, months, and segments asked for."""
    segment = row.group.segment
    wanted = segment == "all" or segment.startswith(MONTH) or segment in map(str, segments)
    return wanted and row.measure in MEASURES


def of_element(row: Row) -> bool:
    """Whether a row is about a station, line, service, fleet or yard."""
    return row.group.route == "all" and row.group.direction == "both"


def of_part(row: Row) -> bool:
    """Whether a row is about a part of the way: a segment, a pair of places, a piece of time."""
    return not of_element(row) and (row.group.segment != "all" or "@" in row.measure)


def reading_order(row: Row) -> tuple[bool, str]:
    """All routes first, then route by route; otherwise as in the table."""
    return row.group.route != "all", row.group.route


def differences_in_words(rows: Iterable[ComparedRow], *, level: float) -> Iterator[str]:
    """A sentence for each route and direction, and how many rows chance alone would let stand out.

    A difference is told from zero where its interval does not hold zero.
    """
    grouped: dict[Group, list[ComparedRow]] = {}
    for row in sorted(rows, key=reading_order):
        grouped.setdefault(row.group, []).append(row)
    tested = 0
    for group, given in grouped.items():
        tested += sum(is_tested(row.difference) for row in given)
        yield f"{named(group)}: {_sentence(given)}."
    if tested:
        by_chance = f"{(1 - level) * tested:.0f}"
        yield (
            f"Of {tested} differences at {100 * level:.4g} %, about {by_chance} would stand out"
            " by chance alone if nothing had changed."
        )


def named(group: Group) -> str:
    """A group in a sentence: `all routes westbound`."""
    route = "all routes" if group.route == "all" else group.route
    segment = "" if group.segment == "all" else f", {group.segment}"
    return f"{route} {group.direction}{segment}"


def _sentence(rows: Sequence[ComparedRow]) -> str:
    shown = [row for row in rows if is_told(row.difference)]
    same = [row for row in rows if _is_same(row.difference)]
    unknown = [row for row in rows if not _has_interval(row.difference)]
    untold = [row for row in rows if not (row in shown or row in same or row in unknown)]
    if len(same) == len(rows):
        return "nothing changes at all"
    parts = [", ".join(map(told, shown)) if shown else "nothing is distinguishable from zero"]
    if shown and untold:
        parts.append(f"not distinguishable from zero: {names_of(untold)}")
    if same:
        parts.append(f"unchanged: {names_of(same)}")
    if unknown:
        parts.append(f"no interval: {names_of(unknown)}")
    return "; ".join(parts)


def names_of(rows: Iterable[ComparedRow]) -> str:
    """What the measures of rows are called in a sentence."""
    return ", ".join(MEASURES[row.measure] for row in rows)


def told(row: ComparedRow) -> str:
    """What a row told from zero says: `the mean transit time falls by 1.3 d (1.1 to 1.5)`."""
    given = row.difference
    assert given is not None
    assert given.diff is not None
    verb = "rises" if given.diff > 0 else "falls"
    ends = [end for end in (given.diff_ci_low, given.diff_ci_high) if end is not None]
    low, high = sorted(map(abs, ends))
    unit = POINTS if row.unit == SHARE else row.unit
    places = places_of(unit, given.diff, *ends)
    by = quantity(abs(given.diff), unit, places=places)
    return f"{MEASURES[row.measure]} {verb} by {by} ({interval(low, high, unit, places=places)})"


def _has_interval(given: Difference | None) -> bool:
    return given is not None and None not in (given.diff, given.diff_ci_low, given.diff_ci_high)


def _is_same(given: Difference | None) -> bool:
    return given is not None and (given.diff, given.diff_ci_low, given.diff_ci_high) == (0, 0, 0)


def is_tested(given: Difference | None) -> bool:
    """Whether a difference has an interval and is not nothing at all."""
    return _has_interval(given) and not _is_same(given)


def is_told(given: Difference | None) -> bool:
    """Whether a difference is told from zero: its interval does not hold zero."""
    if given is None or given.diff_ci_low is None or given.diff_ci_high is None:
        return False
    return given.diff is not None and (given.diff_ci_low > 0 or given.diff_ci_high < 0)
