"""Answers as HTML, for notebooks: the short table of a run or comparison, tables with notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

import pandas as pd

from corridor_sim.experiments.headlines import headline, reading_order
from corridor_sim.measures.table import ComparedRow, Row
from corridor_sim.output import POINTS, SHARE, interval, number, places_of, quantity

LONGEST = 60
"""Rows that are shown; all are in the table."""


def shown(title: str, rows: Sequence[Row], *, level: float) -> str:
    """A title, the headline rows of whole ways with their intervals, and what they rest on."""
    own = [row for row in rows if headline(row) and row.group.segment == "all"]
    own.sort(key=reading_order)
    several = len({row.scenario for row in own}) > 1
    heads = ["scenario"] * several + ["route", "direction", "measure", "estimate", "interval"]
    if any(isinstance(row, ComparedRow) for row in own):
        heads += ["difference", "interval"]
    body = [_line(_cells(row, scenario=several), "td") for row in own[:LONGEST]]
    n = max((row.estimate.n for row in own), default=0)
    notes = [f"n = {n} replications, {100 * level:.4g} % intervals."]
    if len(own) > LONGEST:
        notes.append(f"{len(own) - LONGEST} more rows, and all other measures, are in .table().")
    return (
        f"<table><caption>{escape(title)}</caption><thead>{_line([*heads, 'mark'], 'th')}</thead>"
        f"<tbody>{''.join(body)}</tbody></table><p>{escape(' '.join(notes))}</p>"
    )


def _cells(row: Row, *, scenario: bool) -> Iterator[str]:
    if scenario:
        yield row.scenario
    given = row.estimate
    places = places_of(row.unit, given.estimate, given.ci_low)
    yield from (row.group.route, row.group.direction, row.measure)
    yield quantity(given.estimate, row.unit, places=places, beyond=given.beyond)
    yield interval(given.ci_low, given.ci_high, row.unit, places=places)
    if isinstance(row, ComparedRow):
        yield from _difference(row)
    yield row.mark


def _difference(row: ComparedRow) -> tuple[str, str]:
    given = row.difference
    if given is None or given.diff is None:
        return "", ""
    unit = POINTS if row.unit == SHARE else row.unit
    low, high = given.diff_ci_low, given.diff_ci_high
    places = places_of(unit, given.diff, low, high)
    return (
        quantity(given.diff, unit, places=places, sign=True),
        interval(low, high, unit, places=places, sign=True),
    )


def _line(cells: Sequence[str] | Iterator[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def framed(title: str, tables: Mapping[str, pd.DataFrame], notes: Sequence[str] = ()) -> str:
    """A title, tables of plain columns under their own titles, and notes."""
    parts = [f"<h4>{escape(title)}</h4>"]
    for caption, table in tables.items():
        if table.empty:
            continue
        heads = _line(list(map(str, table.columns)), "th")
        rows = [[_plain(cell) for cell in row] for row in table.itertuples(index=False)]
        body = "".join(_line(row, "td") for row in rows[:LONGEST])
        parts.append(
            f"<table><caption>{escape(caption)}</caption><thead>{heads}</thead>"
            f"<tbody>{body}</tbody></table>"
        )
        if len(rows) > LONGEST:
            parts.append(f"<p>{len(rows) - LONGEST} more rows are in the table.</p>")
    return "".join([*parts, *(f"<p>{escape(note)}</p>" for note in notes)])


def _plain(cell: object) -> str:
    if isinstance(cell, float):
        return number(cell)
    return "" if cell is None else str(cell)
