"""The tables that figures draw: from runs and comparisons, or from the folders they left.

A table carries the level of its intervals in `attrs["level"]`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd

from corridor_sim.errors import UsageError, did_you_mean, one_of
from corridor_sim.experiments.distribution import transit_times
from corridor_sim.experiments.run import Comparison, Run
from corridor_sim.experiments.ways import ways
from corridor_sim.figures.marks import names
from corridor_sim.figures.registry import Choice

NUMBERS: Final = ("mean", "ci_low", "ci_high", "diff", "diff_ci_low", "diff_ci_high")
WHOLE: Final = "all"
"""Segment of rows of whole ways."""
Data = pd.DataFrame | Run | Comparison
"""What a figure of a table takes: the table, or the results it is made from."""


def measures(data: Data) -> pd.DataFrame:
    """The tidy table, of a comparison with its baseline first; its numbers may be missing."""
    if isinstance(data, Comparison):
        table = joined([data.baseline.table(), data.table()])
    else:
        table = data.table() if isinstance(data, Run) else data
    return table.astype({name: float for name in NUMBERS if name in table})


def times(data: Data) -> pd.DataFrame:
    """Transit times hour by hour, as `transit_times`."""
    return data if isinstance(data, pd.DataFrame) else transit_times(_runs(data))


def stretches(data: Data) -> pd.DataFrame:
    """The pieces of the ways of cargo, as `ways`."""
    return data if isinstance(data, pd.DataFrame) else ways(_runs(data))


def _runs(data: Run | Comparison) -> list[Run]:
    return [data] if isinstance(data, Run) else [data.baseline, *data.others]


def one_way(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of whole ways of routes, or of the first segment where none are whole, in one direction,
    westbound if there is any.
    """
    own = table[(table["route"] != "all") & (table["direction"] != "both")]
    segments = own["segment"].unique()
    kept = WHOLE if WHOLE in segments else next(iter(segments), "")
    return one_direction(own[own["segment"] == kept])


def of_segment(table: pd.DataFrame) -> str:
    """What a title adds for rows of a segment; nothing for whole ways."""
    segment = str(table["segment"].iloc[0])
    return "" if segment == WHOLE else f", {segment}"


def one_direction(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of one direction, westbound if there is any."""
    ways = table["direction"].unique()
    way = "westbound" if "westbound" in ways else next(iter(ways), "")
    return table[table["direction"] == way]


def joined(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Tables one after another, with what the first is known by; the same rows once."""
    if len(tables) == 1:
        return tables[0]
    found = pd.concat([table.astype(object) for table in tables], ignore_index=True)
    found = found.drop_duplicates(ignore_index=True).infer_objects()
    found.attrs = dict(tables[0].attrs)
    return found


def measures_of(choice: Choice) -> pd.DataFrame:
    """measures.csv of run folders, with the rows chosen."""
    return chosen(_read(choice.folders, "measures.csv", _csv), choice)


def times_of(choice: Choice) -> pd.DataFrame:
    """transit.parquet of run folders, with the rows chosen."""
    return chosen(_read(choice.folders, "transit.parquet", pd.read_parquet), choice)


def ways_of(choice: Choice) -> pd.DataFrame:
    """ways.csv of run folders, with the rows chosen."""
    return chosen(_read(choice.folders, "ways.csv", _csv), choice)


def elements_of(choice: Choice) -> pd.DataFrame:
    """stations.csv of run folders, with the element chosen."""
    table = chosen(_read(choice.folders, "stations.csv", _csv), choice)
    if choice.element is None:
        return table
    return table[_known(table["segment"], [choice.element], "element")]


def time_of(choice: Choice) -> pd.DataFrame:
    """time.csv of a folder of `bottlenecks`, or ways.csv of run folders with the rows chosen."""
    if (choice.folders[0] / "time.csv").is_file():
        return answer_of("time.csv", "bottlenecks")(choice)
    return ways_of(choice)


def answer_of(file: str, verb: str) -> Callable[[Choice], pd.DataFrame]:
    """A reader of a table in the folder of an answer, written by a verb."""

    def read(choice: Choice) -> pd.DataFrame:
        path = _file(choice.folders[0], file, f"name a folder that `{verb}` wrote")
        table = pd.read_parquet(path) if path.suffix == ".parquet" else _answer(path)
        manifest = _manifest(choice.folders[0])
        table.attrs = {
            **manifest.get("asked", {}), "level": manifest.get("level"),
            "n": len(manifest.get("replications", ())),
        }  # fmt: skip
        return table

    return read


def chosen(table: pd.DataFrame, choice: Choice) -> pd.DataFrame:
    """The rows chosen.

    Raises
    ------
    UsageError
        For a name that no row has.
    """
    if "scenario" in table and choice.scenarios:
        told = table["scenario"].map(names(table["scenario"]))
        known = told.where(~table["scenario"].isin(choice.scenarios), table["scenario"])
        table = table[_known(known, choice.scenarios, "scenario")]
    for name, wanted in (
        ("route", choice.routes),
        ("direction", [choice.direction] if choice.direction else []),
        ("measure", [choice.measure] if choice.measure else []),
        ("segment", [choice.segment] if choice.segment else []),
    ):
        column = "pair" if name == "segment" and "pair" in table else name
        if wanted and column in table:
            table = table[_known(table[column], wanted, name)]
    return table


def _read(
    folders: Sequence[Path], file: str, reader: Callable[[Path], pd.DataFrame]
) -> pd.DataFrame:
    rule = "name a folder that `run` or `compare` wrote"
    tables = []
    for folder in folders:
        table = reader(_file(folder, file, rule))
        manifest = _manifest(folder)
        table.attrs |= {"level": manifest.get("level"), "n": _count(manifest)}
        tables.append(table)
    return joined(tables)


def _answer(path: Path) -> pd.DataFrame:
    """A table of an answer; without columns where nothing was found."""
    try:
        return _csv(path)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()


def _csv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=True, low_memory=False)


def _file(folder: Path, name: str, rule: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise UsageError(f"{folder} holds no {name}; {rule}")
    return path


def _manifest(folder: Path) -> Mapping[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} has no readable manifest.json: {error}") from error
    return found


def _count(manifest: Mapping[str, Any]) -> int:
    return len(manifest.get("replications_finished", ()))


def _known(column: pd.Series, wanted: Sequence[str], name: str) -> pd.Series:
    there = list(dict.fromkeys(column))
    for word in wanted:
        if word not in there:
            cure = did_you_mean(word, there) or one_of(there)
            raise UsageError(f"the folder has no {name} {word!r}; {cure}")
    return column.isin(list(wanted))
