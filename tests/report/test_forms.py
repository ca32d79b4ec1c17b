"""Markdown with its figures, workbooks, and the backtest beside a report."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
from console import said

from corridor_sim.report.content import Content


def test_markdown_has_its_figures_beside_it(comparison: Path, tmp_path: Path) -> None:
    ended = said("report", comparison, "-o", tmp_path / "paper.md")
    assert (ended.code, ended.out) == (0, "")
    text = (tmp_path / "paper.md").read_text("utf-8")
    figures = {path.name for path in (tmp_path / "paper-figures").iterdir()}
    assert {"differences.png", "transit.png", "map.png"} <= figures
    for name in figures:
        assert f"(paper-figures/{name})" in text
    assert "# fast against tiny" in text
    assert "| all | westbound |" in text


def test_texts_are_no_markup_in_markdown(hostile_comparison: Path, tmp_path: Path) -> None:
    assert said("report", hostile_comparison, "-o", tmp_path / "r.md").code == 0
    text = (tmp_path / "r.md").read_text("utf-8")
    assert "boom" in text, "title and question are told"
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)!\[(?!.*\]\(r-figures/)", text)


def test_a_workbook_has_numbers_and_no_formulas(hostile_comparison: Path, tmp_path: Path) -> None:
    assert said("report", hostile_comparison, "-o", tmp_path / "r.xlsx").code == 0
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert {"answer", "measures", "transit", "ways", "checks"} <= set(book.sheetnames)
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row), sheet.title
    heads, *rows = book["measures"].iter_rows(values_only=True)
    mean = heads.index("mean")
    assert sum(isinstance(row[mean], float) for row in rows) > len(rows) / 2


def test_a_file_that_cannot_be_written_is_told(
    comparison: Path, gathered: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corridor_sim.report.content.content", lambda *_, **__: gathered)
    (tmp_path / "r-figures").write_text("no folder", "utf-8")
    ended = said("report", comparison, "-o", tmp_path / "r.md")
    assert ended.code == 2
    assert f"{tmp_path / 'r.md'} cannot be written: File exists" in ended.err


def test_a_backtest_stands_among_the_checks(run: Path, tmp_path: Path) -> None:
    row = {
        "scenario": "baseline-2024", "route": "middle-poti", "direction": "westbound",
        "segment": "all", "measure": "transit_mean", "unit": "d", "low": 14.0, "high": 18.0,
        "mean": 15.5, "verdict": "inside", "use": "test",
    }  # fmt: skip
    found = {
        "replications": 10, "seed": 1, "rows": [row],
        "scores": [{"use": "test", "inside": 1, "of": 1}],
    }  # fmt: skip
    file = tmp_path / "backtest.json"
    file.write_text(json.dumps(found), "utf-8")
    page = tmp_path / "r.html"
    assert said("report", run, "-o", page, "--backtest", file).code == 0
    text = page.read_text("utf-8")
    assert "Backtest: inside their band 1 of 1 test rows" in text
    assert "middle-poti/westbound/all/transit_mean" in text
    file.write_text("[]", "utf-8")
    wrong = said("report", run, "-o", page, "--backtest", file)
    assert wrong.code == 2
    assert "name a file that `backtest --format json` wrote" in wrong.err
