"""The outcome of `backtest --format json`, as a table of a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corridor_sim.errors import UsageError
from corridor_sim.output import Sheet, number


def backtest_sheet(file: Path) -> Sheet:
    """Model against observation, row by row, as `backtest --format json` wrote it.

    Raises
    ------
    UsageError
        Where the file cannot be read, or is something else.
    """
    try:
        found = json.loads(file.read_text("utf-8"))
        rows = [_row(record) for record in found["rows"]]
        scores = ", ".join(
            f"{score['inside']} of {score['of']} {score['use']} rows" for score in found["scores"]
        )
        basis = f"n = {found['replications']} replications, seed {found['seed']}."
    except (OSError, ValueError, KeyError, TypeError) as error:
        rule = "name a file that `backtest --format json` wrote"
        raise UsageError(f"{file} is no outcome of a backtest: {error!r}; {rule}") from error
    return Sheet(
        title=f"Backtest: inside their band {scores}", rows=rows, notes=[basis],
        columns=("scenario", "what", "observed", "model", "unit", "verdict", "use"),
        right=frozenset({"observed", "model"}),
    )  # fmt: skip


def _row(record: dict[str, Any]) -> list[str]:
    low, high = number(record["low"]), number(record["high"])
    return [
        str(record["scenario"]), _what(record), low if low == high else f"{low} to {high}",
        number(record["mean"]), str(record["unit"]), str(record["verdict"]), str(record["use"]),
    ]  # fmt: skip


def _what(record: dict[str, Any]) -> str:
    names = ("route", "direction", "segment", "measure")
    return "/".join(str(record[name]) for name in names if record.get(name))
