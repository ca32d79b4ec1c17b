"""The report as Markdown, with its figures as files beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from corridor_sim.experiments.run import Run
from corridor_sim.experiments.traffic import traffic
from corridor_sim.figures import FIGURES, Choice
from corridor_sim.figures.files import OF_COMPARISON, OF_RUN
from corridor_sim.figures.map import plot_map
from corridor_sim.figures.style import canvas, save
from corridor_sim.output import Sheet, as_markdown
from corridor_sim.report.content import Content
from corridor_sim.report.words import Answer

MOST_ROWS: Final = 40
"""Rows of a table of assumptions; longer ones are in the page and the workbook."""


def markdown(given: Content, *, figures: Path) -> str:
    """Short answer, figures, tables, assumptions, checks; draws the figures into a new folder.

    Raises
    ------
    OSError
        Where the folder or a figure cannot be written.
    """
    figures.mkdir(exist_ok=True)
    links = [f"![{about}]({figures.name}/{path.name})" for about, path in _figures(given, figures)]
    asked = [_question(run) for run in given.runs]
    said = [_answer(one) for one in given.answers]
    short = [sheet for sheet in given.assumptions if len(sheet.rows) <= MOST_ROWS]
    checked = Sheet(
        title="Checks", columns=("check", "found"),
        rows=[[one.name, one.found] for one in given.checks],
    )  # fmt: skip
    made = [f"## Made with\n\n    {command}\n" for command, _ in given.made]
    sheets = [*given.tables, *short, checked, *given.backtest, *(sheet for _, sheet in given.made)]
    head = f"# {plain(given.title)}\n\n{plain(given.subtitle)}\n"
    tables = as_markdown(map(_safe, sheets))
    return "\n".join([head, *asked, "", *said, "\n\n".join(links), "", tables, *made])


def plain(text: str) -> str:
    """Text of a scenario with all that Markdown or HTML would take for more than text escaped."""
    return "".join(f"\\{c}" if c in "\\`*[]<>!" else c for c in " ".join(text.split()))


def _safe(sheet: Sheet) -> Sheet:
    """A sheet whose texts are plain."""
    right = [column in sheet.right for column in sheet.columns]
    rows = [
        row
        and [cell if is_number else plain(cell) for cell, is_number in zip(row, right, strict=True)]
        for row in sheet.rows
    ]
    return replace(
        sheet, title=plain(sheet.title), rows=rows, notes=[plain(note) for note in sheet.notes]
    )


def _question(run: Run) -> str:
    words = run.case.scenario
    asked = f": {plain(words.question)}" if words.question else ""
    return f"- **{plain(run.case.name)}**, {plain(words.title)}{asked}"


def _answer(given: Answer) -> str:
    points = [f"- {plain(point)}" for point in (*given.points, *given.caveats)]
    return "\n".join([f"## {plain(given.lead)}", "", *points, ""])


def _figures(given: Content, folder: Path) -> Iterator[tuple[str, Path]]:
    for number, told in enumerate(given.told):
        choice = Choice(folders=[told.folder])
        for name in OF_RUN if len(told.runs) == 1 else OF_COMPARISON:
            entry = FIGURES[name]
            path = folder / (f"{name}.png" if number == 0 else f"{name}-{number + 1}.png")
            yield entry.about, save(entry.plot(entry.read(choice), ax=canvas()), path)
    path = folder / "map.png"
    yield FIGURES["map"].about, save(plot_map(traffic(given.replays[0]), ax=canvas()), path)
