"""The data of the charts on the page, as records for JSON; numbers are rounded to what is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from corridor_sim.experiments.distribution import distribution
from corridor_sim.experiments.headlines import headline
from corridor_sim.experiments.ways import PRICE
from corridor_sim.measures.table import ComparedRow
from corridor_sim.output import SHARE
from corridor_sim.report.reading import Told

Record = dict[str, Any]
POINTS_OF_LINE: Final = 80
"""Points of a distribution."""
DIGITS: Final = 4


def distributions(given: Told) -> list[Record]:
    """Share delivered by day of each scenario, route and direction, with pointwise intervals, at
    equal steps from the first of `days` to the last.
    """
    options = given.runs[0].options
    table = given.table("transit.parquet")
    own = table[(table["segment"] == "all") & (table["direction"] != "both")]
    found = []
    for keys, part in own.groupby(["scenario", "route", "direction"], sort=False):
        line = distribution(
            part, replications=options.replications, level=options.level, points=POINTS_OF_LINE
        )
        found.append(_named(keys) | {
            "days": [_number(line.days[0]), _number(line.days[-1])],
            **{name: _shares(getattr(line, name)) for name in ("share", "low", "high")},
        })  # fmt: skip
    return found


def differences(given: Told) -> list[Record]:
    """Paired differences of the short table; shares in percentage points."""
    found = []
    for row in given.differences():
        known = row.difference
        if not headline(row, given.runs[0].options.segments) or known is None or known.diff is None:
            continue
        factor = 100.0 if row.unit == SHARE else 1.0
        ends = (known.diff, known.diff_ci_low, known.diff_ci_high)
        diff, low, high = (_number(None if end is None else factor * end) for end in ends)
        found.append(_group(row) | {
            "measure": row.measure, "unit": "pp" if row.unit == SHARE else row.unit,
            "diff": diff, "low": low, "high": high, "mark": row.mark,
        })  # fmt: skip
    return found


def utilisations(given: Told) -> list[Record]:
    """Utilisation of stations and lines, and load factors of services and calls of fleets."""
    return [
        {
            "scenario": row.scenario, "element": row.group.segment, "measure": row.measure,
            "share": _number(row.estimate.estimate), "low": _number(row.estimate.ci_low),
            "high": _number(row.estimate.ci_high),
        }
        for row in given.rows
        if row.measure in ("utilisation", "load_factor") and row.estimate.estimate
    ]  # fmt: skip


def waterfalls(given: Told) -> list[Record]:
    """The pieces of every way in order, with mean hours by scenario.

    parts: [place, place reached, kind, element] of each piece; scenarios whose way has other pieces
    have a record of their own.
    """
    table = given.table("ways.csv")
    table = table[table["what"] != PRICE]
    found: dict[tuple[Any, ...], Record] = {}
    for keys, own in table.groupby(["scenario", "route", "direction", "pair"], sort=False):
        scenario, *way = map(str, keys)
        parts = own[["place", "to", "what", "element"]].to_numpy().tolist()
        known = found.setdefault(
            (*way, *map(tuple, parts)),
            {
                **dict(zip(("route", "direction", "pair"), way, strict=True)), "parts": parts,
                "hours": {},
            },
        )  # fmt: skip
        known["hours"][scenario] = [_number(hours) for hours in own["hours"]]
    return list(found.values())


def _named(keys: Any) -> Record:
    return dict(zip(("scenario", "route", "direction"), map(str, keys[:3]), strict=True))


def _group(row: ComparedRow) -> Record:
    return {"scenario": row.scenario, **row.group._asdict()}


def _shares(values: Sequence[float]) -> list[float | None]:
    return [round(float(value), 3) if math.isfinite(value) else None for value in values]


def _number(value: float | None) -> float | None:
    """With four significant digits; None where there is none."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")
