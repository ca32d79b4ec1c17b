"""The tables of a report as a workbook: numbers as numbers, texts never as formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.output import Sheet
from corridor_sim.report.content import Content

LONGEST: Final = 31
"""Letters of the name of a sheet."""
_OPTIONS: Final = {
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip
FILES: Final = {"measures": "measures.csv", "transit": "transit.parquet", "ways": "ways.csv"}
"""Tables of a run folder by the name of their sheet."""


def workbook(given: Content, path: Path) -> None:
    """Write answers, all tables of the folders, assumptions and checks.

    Raises
    ------
    UsageError
        Where XlsxWriter is not installed, or a table of a folder is missing.
    OSError
        Where the file cannot be written.
    """
    if find_spec("xlsxwriter") is None:
        cure = "pip install 'corridor-sim[xlsx]'"
        raise UsageError(f"workbooks need XlsxWriter, which is not installed; {cure}")
    tables = list(_tables(given))
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs={"options": _OPTIONS}) as writer:
        taken: set[str] = set()
        for title, table in tables:
            name = _name(title, taken)
            table.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))


def _tables(given: Content) -> Iterator[tuple[str, pd.DataFrame]]:
    said = [
        (one.lead, sentence)
        for one in given.answers
        for sentence in (*one.points, *one.caveats, *one.every)
    ]
    yield "answer", pd.DataFrame(said, columns=["of", "answer"])
    for told in given.told:
        for name, file in FILES.items():
            yield name, told.table(file)
    for sheet in (*given.assumptions, *given.backtest, *(sheet for _, sheet in given.made)):
        yield sheet.title, _frame(sheet)
    found = [(one.name, one.found) for one in given.checks]
    yield "checks", pd.DataFrame(found, columns=["check", "found"])


def _frame(sheet: Sheet) -> pd.DataFrame:
    rows = [list(row) for row in sheet.rows if row is not None]
    table = pd.DataFrame(rows, columns=list(sheet.columns))
    for column in sheet.right & set(table.columns):
        numbers = pd.to_numeric(table[column].str.replace(",", ""), errors="coerce")
        table[column] = numbers.astype(object).where(numbers.notna(), table[column])
    return table


def _name(title: str, taken: set[str]) -> str:
    """A name that a sheet may have: short, without letters that are not allowed, not there yet."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip() or "table"
    for number in range(1, 1000):
        end = "" if number == 1 else f" {number}"
        name = f"{plain[: LONGEST - len(end)].rstrip()}{end}"
        if name.casefold() not in taken:
            taken.add(name.casefold())
            return name
    raise UsageError(f"too many tables are called {title}")
