"""What was observed: a tidy CSV file that users can extend, one row each.

A row is a band in which a measure of a scenario was observed, claimed or promised to lie: `low` to
`high`, or `value` and `sd`. `use` says what a row is for: `input` (the demand of the scenario was
made from it), `fitted` (numbers of the scenario were fitted to it), `test`, or `claim` (a promise
or a run for show, to be looked at and not to be met).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from corridor_sim.errors import UsageError, did_you_mean, one_of
from corridor_sim.experiments.quantities import Quantity, in_unit_of_table, quantity
from corridor_sim.scenario.schema import Scenario

COLUMNS: Final = (
    "scenario", "route", "direction", "segment", "month", "measure", "value", "sd", "low", "high",
    "unit", "source", "kind", "use", "missing",
)  # fmt: skip
USES: Final = ("test", "fitted", "claim", "input")
HALF_OF_95: Final = 1.959963984540054
"""Standard deviations from the middle to the ends of a 95 % interval of a normal law."""


@dataclass(frozen=True, slots=True)
class Observation:
    """A value observed, with its standard deviation and band, in the unit of the table of measures.

    `kind` says how far it is to be trusted (observed, claim, promise), `missing` what the model
    lacks where it misses the row.
    """

    quantity: Quantity
    value: float
    sd: float
    source: str
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    kind: str = ""
    use: str = "test"
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file as it is written, with where it stands."""

    where: str
    words: Mapping[str, str]

    @property
    def scenario(self) -> str:
        """The scenario that stands for the period; empty where the file says none."""
        return self.words.get("scenario", "")


def shipped_observations() -> Path:
    """The observations that come with the package."""
    return Path(str(resources.files("corridor_sim.reference"))) / "observed.csv"


def lines(path: Path) -> list[Line]:
    """Rows of a file; columns that are not of `COLUMNS` are an error.

    Raises
    ------
    UsageError
        Where the file cannot be read or its columns are wrong.
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
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or "measure" not in columns:
        rule = f"columns are {', '.join(COLUMNS)}"
        raise UsageError(f"{path}:1: {rule}; given {', '.join(columns) or 'none'}")
    if not rows:
        raise UsageError(f"{path} holds no observation")
    return [Line(f"{path}:{number}", row) for number, row in enumerate(rows, start=2)]


def read(given: Sequence[Line], scenario: Scenario) -> list[Observation]:
    """Rows as observations of a scenario.

    An empty route, direction or segment means all, both and the whole way; routes joined by `+` are
    pooled. Without `value` it is
    the middle of the band; without `low` and `high` the band is the 95 % interval of `value` and
    `sd`, and without `sd` it is the other way round.

    Raises
    ------
    UsageError
        Where rows are wrong; all of them at once, with their lines.
    """
    found, problems = [], []
    for line in given:
        try:
            found.append(_observation(line.words, scenario))
        except (UsageError, ValueError) as error:
            problems.append(f"{line.where}: {error}")
    if problems:
        raise UsageError("\n  ".join(problems))
    return found


def observations(path: Path, scenario: Scenario, *, name: str = "") -> list[Observation]:
    """What a scenario is to be fitted to: rows of its name or of none, unless they are for a test.

    Raises
    ------
    UsageError
        As `lines` and `read`, or where no row is left.
    """
    own = [line for line in lines(path) if line.scenario in ("", name)]
    found = [one for one in read(own, scenario) if one.use == "fitted"]
    if not found:
        raise UsageError(f"{path} holds no observation that {name or 'the scenario'} is fitted to")
    return found


def _observation(row: Mapping[str, str], scenario: Scenario) -> Observation:
    words = [row.get(name, "") for name in ("direction", "segment", "month")]
    words = [*row.get("route", "").split("+"), *words]
    about = [word for word in words if word not in ("", "all", "both")]
    asked = quantity("/".join([*about, row["measure"]]), scenario)
    use = row.get("use") or "fitted"
    if use not in USES:
        raise ValueError(f"there is no use {use!r}; {did_you_mean(use, USES) or one_of(USES)}")
    unit = row.get("unit", "")
    value, sd, low, high = (in_unit_of_table(asked, number, unit) for number in _numbers(row))
    return Observation(
        asked, value, sd, row.get("source", ""), low=low, high=high, unit=unit,
        kind=row.get("kind", ""), use=use, missing=row.get("missing", ""),
    )  # fmt: skip


def _numbers(row: Mapping[str, str]) -> tuple[float, float, float, float]:
    """Value, standard deviation and ends of the band."""
    value, sd, low, high = (_number(row, name) for name in ("value", "sd", "low", "high"))
    if low is None or high is None:
        if value is None or sd is None:
            raise ValueError("needs `low` and `high`, or `value` and `sd`")
        low, high = value - HALF_OF_95 * sd, value + HALF_OF_95 * sd
    if low > high:
        raise ValueError(f"low {low:g} is above high {high:g}")
    middle = (low + high) / 2 if value is None else value
    spread = (high - low) / 2 / HALF_OF_95 if sd is None else sd
    if not spread > 0:
        raise ValueError("the standard deviation must be above 0")
    return middle, spread, low, high


def _number(row: Mapping[str, str], name: str) -> float | None:
    text = row.get(name, "")
    try:
        return float(text) if text else None
    except ValueError:
        raise ValueError(f"{name} is no number: {text!r}") from None
