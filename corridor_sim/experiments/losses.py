"""What a shock did, in rows with intervals: cargo, backlog, time to recover, cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from corridor_sim.experiments.aftermath import NOTHING, Aftermath
from corridor_sim.experiments.recovery import days_to_recover, recovered
from corridor_sim.experiments.run import COLUMNS as TIDY
from corridor_sim.experiments.run import tidy
from corridor_sim.intervals import (
    Estimate,
    FloatArray,
    Resampled,
    less,
    resampled_cost,
    resampled_ratio,
    summary,
)
from corridor_sim.measures.rows import Group, Key
from corridor_sim.measures.table import FEW_REPLICATIONS, Row
from corridor_sim.measures.twins import AMOUNTS, SPREADS

QUANTILES: Final = {"recovery_p50": 0.5, "recovery_p90": 0.9}
CENSORED: Final = "recovery_censored"
"""Share of the replications in which the recovery is not seen."""
COSTS: Final = tuple(name for name, unit in AMOUNTS.items() if unit == "USD")
COLUMNS: Final = ("scenario", "shock", *TIDY[1:-1], "beyond", "mark")
Told = tuple[str, str, Estimate]


def losses(given: Aftermath) -> list[Row]:
    """Rows by route in the twin and direction; those of all routes first.

    Cargo is TEU of the cohort of a replication: `delayed_teu` (and `hastened_teu`) by more than a
    day on the same route; `diverted_teu` by another route than the twin's, `gained_teu` from
    others, `lost_teu` the first less the second; `unfinished_teu` delivered in the twin only.
    `delay_teu_d`: TEU x days later, whatever the route; `delay_d` their mean. `backlog_teu`: the
    most that waits at one element more than in the twin. `recovery_...`: days from the first day of
    the shock, see `recovery.days_to_recover`. `shock_cost_usd`: difference of generalised cost,
    with its parts. Unfinished cargo counts to the end of the run.
    """
    mark = "thin" if len(given.tallies) < FEW_REPLICATIONS else ""
    return [
        Row(
            scenario=given.shocked.case.name, group=group, measure=measure, unit=unit,
            estimate=estimate, mark=mark,
        )
        for group in given.groups
        for measure, unit, estimate in _of_group(given, group)
    ]  # fmt: skip


def table_of(given: Aftermath, rows: Sequence[Row]) -> pd.DataFrame:
    """Rows as a tidy table, with the name of the shock; columns `COLUMNS`."""
    table = tidy(rows, level=given.options.level)
    table.insert(1, "shock", given.shocked.name)
    return table


def about(given: Aftermath, rows: Sequence[Row]) -> dict[str, object]:
    """What shock it is, and how long routes take to recover: what figures say beside the weeks.

    `recovery`: by route and direction, the median in days (None where it is not seen) and the
    number of replications in which it is not seen.
    """
    of = given.shocked
    found: dict[str, list[float | None]] = {}
    for row in rows:
        if row.measure in ("recovery_p50", CENSORED):
            factor = row.estimate.n if row.measure == CENSORED else 1
            value = row.estimate.estimate
            name = f"{row.group.route} {row.group.direction}"
            found.setdefault(name, []).append(None if value is None else value * factor)
    return {
        "scenario": of.case.name, "shock": of.name, "without": list(of.gone),
        "begin": of.begin.isoformat(), "end": of.end.isoformat(), "recovery": found,
    }  # fmt: skip


def _of_group(given: Aftermath, group: Group) -> Iterator[Told]:
    level, runs = given.options.level, np.ones(len(given.tallies))
    of = {name: given.sums(Key(group, name, unit))[0] for name, unit in AMOUNTS.items()}

    def told(name: str, unit: str, amount: FloatArray, below: FloatArray = runs) -> Told:
        return name, unit, summary(resampled_ratio(amount, below), level=level)

    for name, unit in AMOUNTS.items():
        if unit != "USD":
            yield told(name, unit, of[name])
    yield told("delay_d", "d", of["delay_teu_d"], of["cohort_teu"])
    worst = [found.get(group[:2], NOTHING).teu for found in given.worst]
    yield told("backlog_teu", "TEU", np.array(worst))
    yield from _recovery(given, group)
    for name in COSTS:
        yield told(name, "USD", of[name])
    direct = np.sum([of[name] for name in COSTS], axis=0)
    spread = _with_spread(given, group, 0 * direct, runs)
    yield "shock_cost_reliability_usd", "USD", summary(spread, level=level)
    whole = _with_spread(given, group, direct, runs)
    yield "shock_cost_usd", "USD", summary(whole, level=level)
    per_feu = _with_spread(given, group, direct, of["cohort_teu"] / 2)
    yield "shock_cost_usd_per_feu", "USD/FEU", summary(per_feu, level=level)


def _recovery(given: Aftermath, group: Group) -> Iterator[Told]:
    own, twin = given.weeks(group)
    level, begin_d = given.options.level, given.begin_d
    days = [
        days_to_recover(*pair, begin_d=begin_d)
        for pair in zip(own.rows(), twin.rows(), strict=True)
    ]
    horizon = max(0.0, 7.0 * given.seen(group) - begin_d)
    for name, q in QUANTILES.items():
        yield name, "d", recovered(days, q=q, level=level, horizon_d=horizon)
    censored = np.array([math.isinf(d) for d in days], np.float64)
    shares = resampled_ratio(censored, np.ones(len(days)))
    yield CENSORED, "share", summary(shares, level=level)


def _with_spread(
    given: Aftermath, group: Group, amount: FloatArray, below: FloatArray
) -> Resampled:
    """An amount and the difference of the costs of reliability, by route and pair of places."""
    parts = [
        part for part in given.having(f"{SPREADS[0]}_h")
        if part.direction == group.direction and group.route in ("all", part.route)
    ]  # fmt: skip
    own, twin = (
        _costed(given, name, parts, linear, below)
        for name, linear in zip(SPREADS, (amount, 0 * amount), strict=True)
    )
    return less(own, twin)


def _costed(
    given: Aftermath, name: str, parts: list[Group], amount: FloatArray, below: FloatArray
) -> Resampled:
    shape = (len(parts), 2, len(given.tallies))
    hours, squares = (
        np.array([given.sums(Key(part, f"{name}_{unit}", unit)) for part in parts]).reshape(shape)
        for unit in ("h", "h2")
    )
    return resampled_cost(
        amount, below, total=hours[:, 0], n=hours[:, 1], squares=squares[:, 0],
        weight=squares[:, 1],
    )  # fmt: skip
