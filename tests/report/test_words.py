"""The short answer against the table: the same numbers, and no claim stronger than its interval."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from corridor_sim.experiments.headlines import MEASURES, is_told
from corridor_sim.intervals import Difference, Estimate
from corridor_sim.measures.rows import Group
from corridor_sim.measures.table import ComparedRow
from corridor_sim.output import Sheet
from corridor_sim.report.content import Content
from corridor_sim.report.reading import Told, read
from corridor_sim.report.words import MOST, answers

CLAIM = re.compile(
    r"(?P<group>.+): (?P<measure>.+) (?P<verb>rises|falls) by (?P<by>.+) \((?P<ends>.+)\)\."
)


def cells(sheet: Sheet) -> dict[tuple[str, str], dict[str, str]]:
    """Rows of a table of differences by what a sentence calls them."""
    found, names = {}, list(sheet.columns).index("measure")
    head: list[str] = []
    for row in sheet.rows:
        if row is None:
            continue
        head = list(row[:names]) if row[0] else head
        route = "All routes" if head[0] == "all" else head[0]
        segment = "" if head[2:] in ([], ["all"]) else f", {head[2]}"
        found[f"{route} {head[1]}{segment}", MEASURES[row[names]]] = dict(
            zip(sheet.columns, row, strict=True)
        )
    return found


def row(*, diff: float, low: float, high: float, measure: str = "transit_mean") -> ComparedRow:
    """A row of all routes westbound."""
    return ComparedRow(
        scenario="b", group=Group("all", "westbound", "all"), measure=measure, unit="d",
        estimate=Estimate(20, 10 + diff, 1, 9, 11, 9, 10, 11), baseline=10.0,
        difference=Difference(20, diff, low, high, 10 * diff),
    )  # fmt: skip


def of_rows(told: Told, *rows: ComparedRow) -> list[str]:
    """All that is said of some rows in the place of those of a comparison."""
    base, other = told.runs
    known = [given for given in told.rows if given.scenario == base.case.name]
    own = [replace(row, scenario=other.case.name) for row in rows]
    (said,) = answers(Told(folder=told.folder, manifest=told.manifest, runs=told.runs,
                           rows=[*known, *own], names=told.names))  # fmt: skip
    return [*said.points, *said.caveats]


def test_every_claim_has_the_numbers_of_its_row(gathered: Content) -> None:
    (answer,), (sheet,) = gathered.answers, gathered.tables
    table = cells(sheet)
    claims = [found for point in answer.points if (found := CLAIM.fullmatch(point))]
    assert claims, "faster ships are told from zero"
    for claim in claims:
        cell = table[claim["group"], claim["measure"]]
        sign = "+" if claim["verb"] == "rises" else "-"
        assert cell["difference"] == f"{sign}{claim['by']}"
        low, high = (float(end.replace(",", "")) for end in cell["interval"].split(" to "))
        told = sorted(float(end.replace(",", "")) for end in claim["ends"].split(" to "))
        assert told == sorted((abs(low), abs(high)))
        assert low * high >= 0, "a claim never rests on an interval that holds zero"


def test_the_strongest_are_told_and_the_rest_is_counted(gathered: Content) -> None:
    (told,), (answer,) = gathered.told, gathered.answers
    found = sum(is_told(r.difference) for r in told.differences() if r.measure in MEASURES)
    claims = [point for point in answer.points if CLAIM.fullmatch(point)]
    assert len(claims) == min(found, MOST)
    assert any(caveat.startswith(f"{found} of ") for caveat in answer.caveats)


@pytest.mark.parametrize(
    ("diff", "low", "high", "expected"),
    [
        (-1.3, -1.5, -1.1, "mean transit time falls by 1.30 d (1.10 to 1.50)."),
        (1.3, 1.1, 1.5, "mean transit time rises by 1.30 d (1.10 to 1.50)."),
        (-1.3, -2.7, 0.1, "no difference is shown in the mean transit time."),
        (-1.3, -2.6, 0.0, "no difference is shown in the mean transit time."),
    ],
)  # fmt: skip
def test_what_is_said_follows_the_interval(
    told: Told, diff: float, low: float, high: float, expected: str
) -> None:
    points = of_rows(told, row(diff=diff, low=low, high=high))
    assert any(point.endswith(expected) for point in points)
    assert sum(point.startswith("All routes") for point in points) == 1


def test_findings_no_more_than_chance_would_give_say_so(told: Told) -> None:
    untold = [row(diff=0.1, low=-1, high=1.2, measure=name) for name in MEASURES]
    one = of_rows(told, row(diff=1, low=0.1, high=1.9), *untold * 3)
    assert any(
        "1 of 25 differences are told from zero at 95 %; about 1 would be by chance" in said
        and said.endswith("What stands out is no more than that.")
        for said in one
    )
    many = of_rows(told, *(row(diff=1, low=0.1, high=1.9, measure=name) for name in MEASURES))
    assert not any("no more than that" in said for said in many)


def test_a_run_alone_is_told_with_its_intervals(run: Path) -> None:
    (told,) = read([run])
    (answer,) = answers(told)
    assert "n = 2 replications, 95 % intervals" in answer.lead
    mean = next(
        r for r in told.rows
        if r.group == Group("all", "westbound", "all") and r.measure == "transit_mean"
    )  # fmt: skip
    assert mean.estimate.estimate is not None
    said = next(point for point in answer.points if point.startswith("All routes westbound"))
    shown = re.search(r"takes ([\d.]+) d \(([\d.-]+) to ([\d.]+)\) on average", said)
    assert shown is not None
    assert float(shown[1]) == pytest.approx(mean.estimate.estimate, abs=0.006)
    assert any("thin" in caveat for caveat in answer.caveats)
