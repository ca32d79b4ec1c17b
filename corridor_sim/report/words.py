"""The short answer in words, computed from the rows of the tables and never stronger than they."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corridor_sim.experiments.headlines import (
    differences_in_words,
    headline,
    is_tested,
    is_told,
    named,
    names_of,
    told,
)  # fmt: skip
from corridor_sim.experiments.run import Run, caveats
from corridor_sim.measures.rows import Group
from corridor_sim.measures.table import ComparedRow, Row
from corridor_sim.output import interval, places_of, quantity
from corridor_sim.report.reading import Told

MOST: Final = 5
"""Differences that the short answer tells; all are in the table."""
FEW: Final = 3
"""Measures that are called by their names where none of them differs."""
OF_RUN: Final = {
    "transit_mean": "takes {} on average",
    "transit_p50": "half of it arrives within {}",
    "transit_p90": "nine tenths within {}",
    "on_time": "{} is on time",
    "throughput_teu": "{} are delivered",
}
"""What is said of a run, by measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said of a scenario. lead: what it is set beside, and on what it rests. points: one
    finding each. caveats: what weakens them. every: a sentence for each route.
    """

    scenario: str
    lead: str
    points: Sequence[str]
    caveats: Sequence[str]
    every: Sequence[str] = ()


def answers(given: Told) -> list[Answer]:
    """The short answers of a folder: of a comparison one for each scenario beside the baseline."""
    base, *others = given.runs
    if not others:
        return [_of_run(given, base)]
    return [_of_comparison(given, base, run) for run in others]


def _of_run(given: Told, run: Run) -> Answer:
    rows = _headlines(run, given.of(run))
    groups = [g for g in dict.fromkeys(row.group for row in rows) if _first(g, run)]
    points = [
        f"{_capital(named(group))}: cargo {', '.join(said)}."
        for group in groups
        if (said := list(_said(row for row in rows if row.group == group)))
    ]
    return Answer(
        scenario=run.case.name, lead=f"{run.case.name} alone ({_basis(given)})", points=points,
        caveats=list(_weak(rows)),
    )  # fmt: skip


def _said(rows: Iterator[Row]) -> Iterator[str]:
    for row in rows:
        given = row.estimate
        if row.measure not in OF_RUN or (given.estimate is None and given.beyond is None):
            continue
        places = places_of(row.unit, given.estimate, given.ci_low)
        ends = interval(given.ci_low, given.ci_high, row.unit, places=places)
        value = quantity(given.estimate, row.unit, places=places, beyond=given.beyond)
        yield OF_RUN[row.measure].format(f"{value} ({ends})" if ends else value)


def _of_comparison(given: Told, base: Run, run: Run) -> Answer:
    rows = [row for row in _headlines(run, given.of(run)) if isinstance(row, ComparedRow)]
    found = sorted((row for row in rows if is_told(row.difference)), key=strength, reverse=True)
    points = [f"{_capital(named(row.group))}: {told(row)}." for row in found[:MOST]]
    if len(found) > MOST:
        points.append(f"{len(found) - MOST} more differences are told from zero; see the table.")
    return Answer(
        scenario=run.case.name,
        lead=f"{run.case.name} against {base.case.name} ({_basis(given)}, paired)",
        points=[*points, *_not_shown(rows, run)],
        caveats=[
            *(f"{caveat}." for caveat in caveats(run, base)),
            *_chance(rows, len(found), run.options.level),
            *_weak(rows),
        ],
        every=list(differences_in_words(rows, level=run.options.level)),
    )


def _headlines(run: Run, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if headline(row, run.options.segments)]


def strength(row: ComparedRow) -> float:
    """How many half widths of its interval a difference told from zero lies from it."""
    given = row.difference
    assert given is not None and given.diff is not None, "it is told from zero"  # noqa: PT018
    assert given.diff_ci_low is not None and given.diff_ci_high is not None  # noqa: PT018
    half = (given.diff_ci_high - given.diff_ci_low) / 2
    return abs(given.diff) / half if half else float("inf")


def _first(group: Group, run: Run) -> bool:
    """Whether a group is spoken of first: all routes, as a whole or on a segment asked for."""
    return group.route == "all" and group.segment in ("all", *map(str, run.options.segments))


def _not_shown(rows: Sequence[ComparedRow], run: Run) -> Iterator[str]:
    for group in dict.fromkeys(row.group for row in rows):
        own = [row for row in rows if row.group == group]
        tested = [r for r in own if is_tested(r.difference)]
        untold = [r for r in tested if not is_told(r.difference)]
        if _first(group, run) and untold:
            all_of_many = len(untold) == len(tested) > FEW
            what = f"any of {len(tested)} measures" if all_of_many else names_of(untold)
            yield f"{_capital(named(group))}: no difference is shown in {what}."


def _chance(rows: Sequence[ComparedRow], found: int, level: float) -> Iterator[str]:
    tested = sum(is_tested(row.difference) for row in rows)
    if not tested:
        yield "No difference has an interval, so none can be told from zero."
        return
    if not found:
        yield f"None of {tested} differences is told from zero at {100 * level:.4g} %."
        return
    by_chance = (1 - level) * tested
    yield (
        f"{found} of {tested} differences are told from zero at {100 * level:.4g} %; about"
        f" {by_chance:.0f} would be by chance alone if nothing had changed."
        + (" What stands out is no more than that." if found <= by_chance else "")
    )


def _weak(rows: Sequence[Row]) -> Iterator[str]:
    for mark, why in (
        ("thin", "rest on fewer than 10 replications or 5 vehicles in each (thin)"),
        ("overloaded", "cross what is asked for more than it can do (overloaded)"),
    ):
        count = sum(mark in row.mark.split(", ") for row in rows)
        if count:
            yield f"{count} of {len(rows)} rows {why}: do not lean on them."


def _basis(given: Told) -> str:
    level = given.runs[0].options.level
    if given.n == 1:
        return "one replication, no intervals"
    return f"n = {given.n} replications, {100 * level:.4g} % intervals"


def _capital(text: str) -> str:
    """With a capital in front of `all routes`; names of routes stay as they are."""
    return f"A{text[1:]}" if text.startswith("all routes") else text
