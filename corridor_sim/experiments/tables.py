"""Tables of results for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from corridor_sim.experiments.headlines import (
    MEASURES,
    differences_in_words,
    headline,
    of_element,
    reading_order,
)
from corridor_sim.experiments.quotes import Quote
from corridor_sim.experiments.quotes import in_words as quotes_in_words
from corridor_sim.experiments.run import Run
from corridor_sim.measures.rows import Group
from corridor_sim.measures.table import ComparedRow, Row
from corridor_sim.output import POINTS, SHARE, Sheet, interval, places_of, quantity

MARKS = {
    "thin": "thin: fewer than 10 replications, or fewer than 5 vehicles in each",
    "overloaded": "overloaded: the way crosses an element asked for more than it can do, or its"
    " stock grows; the numbers depend on how long the run is",
}
ESTIMATE = ("estimate", "interval", "replications p10 to p90", "mark")
DIFFERENCE = ("baseline", "scenario", "difference", "interval", "change", "mark")
NUMBERS = frozenset((*ESTIMATE, *DIFFERENCE)) - {"mark"}


def run_sheets(run: Run, rows: Sequence[Row], *, every_row: bool, stations: bool) -> list[Sheet]:
    """The sheets of a run: headlines (or all rows), and elements where asked for."""
    name = f"{run.case.name}: {run.case.scenario.title}"
    parts = _parts(run, rows, every_row=every_row, stations=stations)
    return [_sheet(run, name, own, ESTIMATE, _estimate) for own in parts]


def compare_sheets(
    runs: Sequence[Run], rows: Sequence[ComparedRow], *, every_row: bool, stations: bool
) -> list[Sheet]:
    """The sheets of a comparison, one scenario after another, and its sentences."""
    base, *others = runs
    sheets = []
    for run in others:
        name = f"{run.case.name} against {base.case.name}"
        own = [row for row in rows if row.scenario == run.case.name]
        parts = _parts(run, own, every_row=every_row, stations=stations)
        sheets += [_sheet(run, name, part, DIFFERENCE, _difference) for part in parts]
        sheets.append(Sheet(title="In words", columns=(), rows=(), notes=list(in_words(run, own))))
    return sheets


def in_words(run: Run, rows: Iterable[ComparedRow]) -> Iterator[str]:
    """Sentences on the headline rows of a comparison."""
    told = [row for row in rows if headline(row, run.options.segments)]
    return differences_in_words(told, level=run.options.level)


def quotes_sheet(given: Sequence[Quote]) -> Sheet:
    """What cargo was told when it chose, and what it experienced, a column a quarter."""
    quarters = sorted({one.quarter for one in given})
    ways = dict.fromkeys((one.route, one.direction) for one in given)
    cells = {(one.route, one.direction, one.quarter): _quote(one) for one in given}
    notes = [
        "Mean days quoted when cargo chose, and days it took, by quarter of release; and how far"
        " the quote is off (* much). quotes.csv has the intervals.",
        quotes_in_words(given),
    ]
    return Sheet(
        title="Quoted against experienced",
        columns=("route", "direction", *quarters),
        rows=[[*way, *(cells.get((*way, quarter), "") for quarter in quarters)] for way in ways],
        right=frozenset(quarters),
        notes=notes,
    )


def _quote(one: Quote) -> str:
    off = "*" if one.off else ""
    return f"{one.quoted_d:.1f} / {one.experienced_d:.1f} ({one.diff_pct:+.0f} %{off})"


def origins(share: Mapping[str, tuple[int, float]]) -> Sheet:
    """How many numbers are sourced, assumed or neither."""
    rows = [[name, str(count), quantity(part, SHARE)] for name, (count, part) in share.items()]
    return Sheet(
        title="Where the numbers come from",
        columns=("origin", "numbers", "share"),
        rows=rows,
        right=frozenset({"numbers", "share"}),
    )


def _parts(
    run: Run, rows: Sequence[Row], *, every_row: bool, stations: bool
) -> Iterator[Sequence[Row]]:
    """The rows of each table: of the ways, then of the elements."""
    elements = [row for row in rows if of_element(row)]
    if every_row:
        yield [row for row in rows if not of_element(row)]
        yield elements
        return
    order = list(MEASURES)
    short = [row for row in rows if headline(row, run.options.segments)]
    yield sorted(short, key=lambda row: order.index(row.measure))
    if stations:
        yield elements


def _sheet(
    run: Run, title: str, rows: Sequence[Row], columns: Sequence[str],
    cells: Callable[[Row], list[str]],
) -> Sheet:  # fmt: skip
    names, name = _naming(rows)
    return Sheet(
        title=title,
        columns=(*names, "measure", *columns),
        rows=list(_grouped(rows, name, cells)),
        right=NUMBERS,
        notes=[_caption(run), *_marks(rows)],
    )


def _naming(rows: Sequence[Row]) -> tuple[tuple[str, ...], Callable[[Group], list[str]]]:
    """Columns that name a group, and what stands in them."""
    if rows and all(of_element(row) for row in rows):
        return ("element",), lambda group: [group.segment]
    if all(row.group.segment == "all" for row in rows):
        return ("route", "direction"), lambda group: list(group[:2])
    return ("route", "direction", "segment"), lambda group: list(group)


def _grouped(
    rows: Sequence[Row], name: Callable[[Group], list[str]], cells: Callable[[Row], list[str]]
) -> Iterator[list[str] | None]:
    """Rows by group, with a gap between groups; a group is named in its first row."""
    groups: dict[Group, list[Row]] = {}
    for row in sorted(rows, key=reading_order):
        groups.setdefault(row.group, []).append(row)
    for i, (group, own) in enumerate(groups.items()):
        if i:
            yield None
        names = name(group)
        for j, row in enumerate(own):
            yield [*(["" for _ in names] if j else names), row.measure, *cells(row)]


def _estimate(row: Row) -> list[str]:
    given = row.estimate
    places = places_of(row.unit, given.estimate, given.ci_low)
    return [
        quantity(given.estimate, row.unit, places=places, beyond=given.beyond),
        interval(given.ci_low, given.ci_high, row.unit, places=places),
        interval(given.rep_p10, given.rep_p90, row.unit, places=places),
        row.mark,
    ]


def _difference(row: Row) -> list[str]:
    assert isinstance(row, ComparedRow), "a comparison has rows with differences"
    given, diff = row.estimate, row.difference
    places = places_of(row.unit, given.estimate, row.baseline)
    cells = [
        quantity(row.baseline, row.unit, places=places),
        quantity(given.estimate, row.unit, places=places, beyond=given.beyond),
    ]
    if diff is None:
        return [*cells, "", "", "", row.mark]
    unit = POINTS if row.unit == SHARE else row.unit
    fine = places_of(unit, diff.diff, diff.diff_ci_low, diff.diff_ci_high)
    return [
        *cells,
        quantity(diff.diff, unit, places=fine, sign=True),
        interval(diff.diff_ci_low, diff.diff_ci_high, unit, places=fine, sign=True),
        quantity(diff.diff_pct, "%", places=1, sign=True),
        row.mark,
    ]


def _caption(run: Run) -> str:
    options = run.options
    count = len(options.replications)
    which = f"replication {options.replications[0]}" if count == 1 else f"{count} replications"
    return (
        f"n = {count} ({which}), seed {options.seed}, engine {options.engine};"
        f" {100 * options.level:.4g} % intervals over replications."
        " Transit times are those of cargo released in the measuring part."
    )


def _marks(rows: Iterable[Row]) -> list[str]:
    used = {mark for row in rows for mark in row.mark.split(", ")}
    return [text for mark, text in MARKS.items() if mark in used]
