"""Observations to be met by a model: a tidy CSV file, one row each."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corridor_sim.errors import UsageError
from corridor_sim.experiments.quantities import Quantity, in_unit_of_table, quantity
from corridor_sim.scenario.schema import Scenario

COLUMNS: Final = (
    "measure", "route", "direction", "segment", "value", "sd", "low", "high", "unit", "source"
)  # fmt: skip
WIDTH_OF_95: Final = 3.919927969080108
"""Standard deviations between the ends of a 95 % interval of a normal law."""


@dataclass(frozen=True, slots=True)
class Observation:
    """A value observed, with its standard deviation, in the unit of the table of measures."""

    quantity: Quantity
    value: float
    sd: float
    source: str


def observations(path: Path, scenario: Scenario) -> list[Observation]:
    """Observations of a file with the columns measure, route, direction, segment, value, unit,
    source, and `sd` or `low` and `high` (taken as a 95 % interval).

    An empty route, direction or segment means all, both and the whole way.

    Raises
    ------
    UsageError
        Where the file cannot be read or rows are wrong; all of them at once, with their lines.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = [name.strip() for name in reader.fieldnames or ()]
            rows = [
                {(key or "").strip(): (text or "").strip() for key, text in row.items()
                 if isinstance(text, str | None)}
                for row in reader
            ]  # fmt: skip
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or "measure" not in columns or "value" not in columns:
        rule = f"columns are {', '.join(COLUMNS)}"
        raise UsageError(f"{path}:1: {rule}; given {', '.join(columns) or 'none'}")
    found, problems = [], []
    for line, row in enumerate(rows, start=2):
        try:
            found.append(_observation(row, scenario))
        except (UsageError, ValueError) as error:
            problems.append(f"{path}:{line}: {error}")
    if problems or not found:
        raise UsageError("\n  ".join(problems or [f"{path} holds no observation"]))
    return found


def _observation(row: Mapping[str, str], scenario: Scenario) -> Observation:
    words = [row.get(name, "") for name in ("route", "direction", "segment")]
    about = [word for word in words if word not in ("", "all", "both")]
    asked = quantity("/".join([*about, row["measure"]]), scenario)
    value, sd = _number(row, "value"), _deviation(row)
    unit = row.get("unit", "")
    return Observation(
        asked,
        in_unit_of_table(asked, value, unit),
        in_unit_of_table(asked, sd, unit),
        row.get("source", ""),
    )


def _deviation(row: Mapping[str, str]) -> float:
    if row.get("sd"):
        sd = _number(row, "sd")
    elif row.get("low") and row.get("high"):
        sd = (_number(row, "high") - _number(row, "low")) / WIDTH_OF_95
    else:
        raise ValueError("needs `sd`, or `low` and `high`")
    if not sd > 0:
        raise ValueError("the standard deviation must be above 0")
    return sd


def _number(row: Mapping[str, str], name: str) -> float:
    try:
        return float(row[name])
    except ValueError:
        raise ValueError(f"{name} is no number: {row[name]!r}") from None
