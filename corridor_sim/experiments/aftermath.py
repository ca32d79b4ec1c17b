"""What a shock did, in rows with intervals: cargo, backlog, time to recover, cost."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median_low

import numpy as np
import pandas as pd

from corridor_sim.experiments.recovery import curve, days_to_recover, recovered, seen
from corridor_sim.experiments.shock import Shocked, stacked
from corridor_sim.experiments.twins import AMOUNTS, Change, groups
from corridor_sim.intervals import (
    Estimate,
    FloatArray,
    Resampled,
    less,
    resampled_cost,
    resampled_ratio,
    summary,
)
from corridor_sim.measures.rows import Group
from corridor_sim.measures.table import Row
from corridor_sim.model import DAY, Model
from corridor_sim.result import Mask

QUANTILES = {"recovery_p50": 0.5, "recovery_p90": 0.9}
CARGO = {
    "cohort_teu": "teu", "delayed_teu": "delayed", "hastened_teu": "hastened",
    "diverted_teu": "diverted", "unfinished_teu": "unfinished",
}  # fmt: skip
COSTS = {
    "shock_cost_price_usd": "price", "shock_cost_time_usd": "time",
    "shock_cost_carbon_usd": "carbon",
}  # fmt: skip


def shock_rows(given: Shocked) -> list[Row]:
    """Rows by route in the twin and direction; those of all routes first.

    Cargo is TEU of the cohort of a replication: `delayed_teu` (and `hastened_teu`) by more than a
    day on the same route; `diverted_teu` by another route, `gained_teu` from others, `lost_teu` the
    first less the second; `unfinished_teu` delivered in the twin only. `delay_d`: mean of all.
    `backlog_teu`: the most that waits at one element more than in the twin. `recovery_...`: days
    from the begin of the shock, see `recovery.days_to_recover`. `shock_cost_usd`: difference of
    generalised cost, with its parts; unfinished cargo counts to the end of the run.
    """
    mine, its = (groups(model) for model in given.models)
    mark = "thin" if len(given.readings) < 10 else ""
    return [
        Row(scenario=given.case.name, group=group, measure=m, unit=unit, estimate=found, mark=mark)
        for group in its
        for m, unit, found in _of_group(given, group, mine.get(group), its[group])
    ]  # fmt: skip


Told = tuple[str, str, Estimate]


def _of_group(given: Shocked, group: Group, mine: Mask | None, its: Mask) -> Iterator[Told]:
    level, readings = given.options.level, given.readings
    amounts = np.array([r.change.amounts[:, its].sum(axis=1) for r in readings]).T
    of = dict(zip(AMOUNTS, amounts, strict=True))
    runs = np.ones(len(readings))

    def told(name: str, unit: str, amount: FloatArray, below: FloatArray = runs) -> Told:
        return name, unit, summary(resampled_ratio(amount, below), level=level)

    gained = np.array([r.change.gained[mine].sum() if mine is not None else 0.0 for r in readings])
    for name, key in CARGO.items():
        yield told(name, "TEU", of[key])
    yield told("gained_teu", "TEU", gained)
    yield told("lost_teu", "TEU", of["diverted"] - gained)
    yield told("delay_d", "d", of["late"], of["teu"])
    worst = [r.backlog.get(group) for r in readings]
    yield told("backlog_teu", "TEU", np.array([b.teu if b else 0.0 for b in worst]))
    if mine is not None:
        yield from _recovery(given, mine, its)
    for name, key in COSTS.items():
        yield told(name, "USD", of[key])
    direct = of["price"] + of["time"] + of["carbon"]
    for name, amount in (("reliability_usd", 0 * direct), ("usd", direct)):
        found = summary(_with_spread(given, its, amount, runs), level=level)
        yield f"shock_cost_{name}", "USD", found
    per_feu = _with_spread(given, its, direct, of["teu"] / 2)
    yield "shock_cost_usd_per_feu", "USD/FEU", summary(per_feu, level=level)


def _recovery(given: Shocked, mine: Mask, its: Mask) -> Iterator[Told]:
    level = given.options.level
    pairs = [(r.own.of(mine), r.twin.of(its)) for r in given.readings]
    days = [days_to_recover(own, twin, begin=given.begin) for own, twin in pairs]
    horizon = min(seen(twin) for _, twin in pairs) * 7 - given.begin / DAY
    for name, q in QUANTILES.items():
        yield name, "d", recovered(days, q=q, level=level, horizon_d=max(0.0, horizon))
    censored = np.array([math.isinf(d) for d in days], np.float64)
    shares = resampled_ratio(censored, np.ones(len(days)))
    yield "recovery_censored", "share", summary(shares, level=level)


def _with_spread(given: Shocked, its: Mask, amount: FloatArray, below: FloatArray) -> Resampled:
    """An amount and the difference of the costs of reliability, by route and pair of places."""
    parts = _pairs(given.models[1], its)
    weight = _over(given, parts, lambda change: change.amounts[list(AMOUNTS).index("weight")])

    def side(of: Callable[[Change], FloatArray], linear: FloatArray) -> Resampled:
        n, total, squares = (
            _over(given, parts, lambda change, i=i: of(change)[i])  # type: ignore[misc]
            for i in range(3)
        )
        parts_of = {"n": n, "total": total, "squares": squares, "weight": weight}
        return resampled_cost(linear, below, **parts_of)

    return less(side(lambda c: c.own, amount), side(lambda c: c.twin, 0 * amount))


def _pairs(model: Model, chosen: Mask) -> list[Mask]:
    """Paths of each route between each pair of places."""
    found: dict[tuple[int, int, int], Mask] = {}
    for p in np.flatnonzero(chosen).tolist():
        path = model.paths[p]
        flow = model.flows[path.flow]
        key = (path.route, flow.origin, flow.destination)
        found.setdefault(key, np.zeros(len(model.paths), np.bool_))[p] = True
    return list(found.values())


def _over(given: Shocked, parts: list[Mask], of: Callable[[Change], FloatArray]) -> FloatArray:
    """Sums over the paths of parts, `[parts, R]`."""
    by_path = np.array([of(reading.change) for reading in given.readings])
    return np.array([by_path[:, part].sum(axis=1) for part in parts])


BACKLOG = ("scenario", "route", "direction", "element", "share", "date", "teu")


def backlogs(given: Shocked) -> pd.DataFrame:
    """Where and when the worst backlog was, by route and direction.

    Columns: scenario, route, direction, element (where it was most often), share (of the
    replications in which it was there), date (the middle one of these), teu (their mean).
    """
    records = []
    for group in groups(given.models[0]):
        found = [own for r in given.readings if (own := r.backlog.get(group)) is not None]
        if not found:
            continue
        element, count = Counter(one.element for one in found).most_common(1)[0]
        there = [one for one in found if one.element == element]
        day = given.date(median_low(one.day for one in there))
        teu = sum(one.teu for one in there) / count
        share = count / len(given.readings)
        records.append((given.case.name, group.route, group.direction, element, share, day, teu))
    return pd.DataFrame(records, columns=list(BACKLOG))


def curves(given: Shocked) -> pd.DataFrame:
    """Transit time by week of release beside the twin, by route and direction.

    Columns: scenario, route, direction, week (its first day), transit_d and twin_d (means of the
    finished, over replications), moving_d and twin_moving_d (of the last four weeks), unfinished
    (share of TEU), diff_d with diff_ci_low and diff_ci_high (moving_d less twin_moving_d, paired).
    """
    mine, its = (groups(model) for model in given.models)
    tables = []
    for group in mine:
        if group not in its:
            continue
        own = stacked([r.own for r in given.readings], mine[group])
        twin = stacked([r.twin for r in given.readings], its[group])
        table = curve(own, twin, level=given.options.level)
        weeks = [given.date(7 * week) for week in table["week"]]
        names = {"scenario": given.case.name, "route": group.route, "direction": group.direction}
        tables.append(pd.DataFrame(names, index=table.index).join(table.assign(week=weeks)))
    return pd.concat(tables, ignore_index=True)
