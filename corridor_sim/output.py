"""Data for people and for programs: numbers in words, tables for terminals, Markdown, CSV, JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from rich.table import Table

WIDEST = 100_000
"""Columns of what is not a terminal: nothing is folded or cut there."""
_WHOLE_FROM: Final = 100.0
_DECIMALS: Final = 3
SHARE: Final = "share"
"""The unit of shares, printed in per cent."""
POINTS: Final = "points"
"""The unit of differences between shares, printed in percentage points."""
_UNITS: Final = {
    SHARE: (100.0, "%"),
    POINTS: (100.0, "pp"),
    "1": (1.0, ""),
    "1/yr": (1.0, "a year"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of finished texts; a row None begins a new group."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str] | None]
    right: frozenset[str] = frozenset()
    """Columns of numbers."""
    notes: Sequence[str] = field(default_factory=tuple)


def decimals(*values: float | None) -> int:
    """Decimal places that give the largest of some numbers three digits, at most three."""
    sizes = [abs(value) for value in values if value is not None and math.isfinite(value)]
    largest = max(sizes, default=0.0)
    if largest >= _WHOLE_FROM or largest == 0:
        return 0
    return min(_DECIMALS, 2 - math.floor(math.log10(largest)))


def number(value: float | None, places: int | None = None, *, sign: bool = False) -> str:
    """A number with sensible digits: `18.0`, `364,883`, `+0.42`; nothing where there is none."""
    if value is None or math.isnan(value):
        return ""
    shown = decimals(value) if places is None else places
    rounded = round(value, shown) + 0.0  # no "-0.0"
    return f"{rounded:{'+' if sign and rounded else ''},.{shown}f}"


def places_of(unit: str, *values: float | None) -> int:
    """Decimal places for numbers of a unit that are read side by side."""
    return 1 if unit in (SHARE, POINTS) else decimals(*values)


def quantity(
    value: float | None, unit: str, *, places: int | None = None, beyond: float | None = None,
    sign: bool = False,
) -> str:  # fmt: skip
    """A number with its unit: `18.0 d`, `76.3 %` of a share; `> 87 d` beyond a limit."""
    factor, shown = _shown(unit)
    if value is None:
        return "" if beyond is None else f"> {number(beyond * factor, 0)} {shown}".rstrip()
    chosen = places_of(unit, value) if places is None else places
    return f"{number(value * factor, chosen, sign=sign)} {shown}".rstrip()


def interval(
    low: float | None, high: float | None, unit: str, *, places: int, sign: bool = False
) -> str:
    """An interval without its unit; an end may be open."""
    factor, _ = _shown(unit)
    ends = [
        number(end * factor, places, sign=sign) if end is not None else "" for end in (low, high)
    ]
    if low is None:
        return f"to {ends[1]}" if ends[1] else ""
    return f"{ends[0]} to {ends[1]}" if ends[1] else f"from {ends[0]}"


def _shown(unit: str) -> tuple[float, str]:
    return _UNITS.get(unit, (1.0, unit))


def as_text(sheets: Iterable[Sheet], stream: TextIO) -> None:
    """Print sheets on a stream; colour and folding only on a terminal, no colour with NO_COLOR."""
    from rich.console import Console

    terminal = stream.isatty()
    console = Console(
        file=stream, width=None if terminal else WIDEST, highlight=False, markup=False, emoji=False
    )
    for sheet in sheets:
        if sheet.title:
            console.print(sheet.title, style="bold")
        if sheet.rows:
            console.print(_drawn(sheet))
        for note in sheet.notes:
            console.print(note)
        console.print()


def _drawn(sheet: Sheet) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in sheet.columns:
        table.add_column(Text(column), justify="right" if column in sheet.right else "left")
    for row in sheet.rows:
        if row is None:
            table.add_section()
        else:
            table.add_row(*(Text(cell) for cell in row))
    return table


def as_markdown(sheets: Iterable[Sheet]) -> str:
    """Sheets as Markdown."""
    return "\n".join(_markdown(sheet) for sheet in sheets)


def _markdown(sheet: Sheet) -> str:
    lines = [f"## {sheet.title}", ""] if sheet.title else []
    if sheet.rows:
        rule = ["---:" if column in sheet.right else "---" for column in sheet.columns]
        rows = [sheet.columns, rule, *(row for row in sheet.rows if row is not None)]
        lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows] + [""]
    return "\n".join([*lines, *(line for note in sheet.notes for line in (note, ""))])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def as_csv(records: Sequence[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Records as CSV with a header; what is missing is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows([{key: _blank(row.get(key)) for key in columns} for row in records])
    return text.getvalue()


def _blank(value: object) -> object:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value


def as_json(value: object) -> str:
    """JSON with null for what is missing or not finite, and a line end."""
    return json.dumps(finite(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def finite(value: object) -> object:
    """The value with None for every number that is not finite."""
    if isinstance(value, Mapping):
        return {str(key): finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
