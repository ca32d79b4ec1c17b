"""Reports as files."""

from __future__ import annotations

from pathlib import Path

from corridor_sim.errors import UsageError
from corridor_sim.report.content import Content
from corridor_sim.report.markdown import markdown
from corridor_sim.report.moving import DAYS
from corridor_sim.report.page import page
from corridor_sim.report.workbook import workbook


def write(given: Content, shape: str, file: Path, *, days: int = DAYS) -> None:
    """Write a report as `html`, `md` or `xlsx`; `days`: the longest window of the map.

    The figures of Markdown stand in a folder beside it, `<name>-figures`.

    Raises
    ------
    UsageError
        Where the file cannot be written.
    """
    try:
        if shape == "html":
            file.write_text(page(given, days=days), "utf-8")
        elif shape == "md":
            figures = file.parent / f"{file.stem}-figures"
            file.write_text(markdown(given, figures=figures), "utf-8")
        else:
            workbook(given, file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror or error}") from error
