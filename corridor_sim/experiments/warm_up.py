"""How long a warm-up has to be, from two simulated years that begin empty.

With storms and seasons no curve settles to a level, so a week is compared with the same week a year
later, when the corridor has long been filled: Welch's t (1947, doi:10.1093/biomet/34.1-2.28) on the
difference of mean transit times by week of release, over replications. The warm-up ends where, from
there on, no week stands out (Bonferroni over 52 weeks) and the means of the next 1, 4 and 13 weeks
and of all that are left are not told from those of the second year (Bonferroni over these). That
nothing is told is no proof that nothing is there: what may remain is stated with its interval.
Where the second year is not at its level either, the stock of the same weeks has grown: the
corridor is overloaded, and the answer depends on the length of the run, whatever the warm-up.

Without a season, MSER-5 (White 1997, doi:10.1177/003754979706900601; Spratt 1998) is shown beside
it; with one it would cut off a season, and is left out.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.executor import HERE, Progress, Where, Workers
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.run import Run, simulate
from corridor_sim.experiments.season import dated, held, seasonal
from corridor_sim.experiments.shown import framed
from corridor_sim.intervals import FloatArray
from corridor_sim.measures.rows import Days, Group
from corridor_sim.model import TICK_H
from corridor_sim.scenario.schema import Scenario

WEEKS: Final = 52
WEEK_D: Final = 7
YEAR_D: Final = WEEKS * WEEK_D
LEAST_RUN_OUT_D: Final = 120.0
LAST_WEEKS: Final = 13
"""Weeks at the end of each year by which growth is judged; no warm-up ends inside them."""
WINDOWS: Final = (1, 4, 13, WEEKS)
"""Weeks that are pooled, from the end of the warm-up on, to see what a single week cannot tell."""
GROWTH: Final = 0.01
"""Growth of the stock in a year, as a share of the demand of a year, that is called growth."""
GROWTH_LEVEL: Final = 0.99
"""How sure it has to be that it is more."""
FEWEST: Final = 5
BATCH: Final = 5
OVERLOADED: Final = "overloaded: no warm-up helps"
TOO_SLOW: Final = "not at its level within a year"
FILLED: Final = "filled"

Weekly = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """How cargo of a route and direction fills the corridor.

    `verdict`: `filled`, `overloaded: no warm-up helps` or `not at its level within a year`.
    `warm_up_d`: where filled. `left_d`, with the interval `left_low_d`, `left_high_d`: mean transit
    time of the first year after the warm-up less that of the same weeks of the second.
    `growth_teu`: stock in the last quarter of the second year less that of the first, with
    interval; `growth_share`: of the demand of a year.
    """

    route: str
    direction: str
    verdict: str
    warm_up_d: float | None
    left_d: float | None
    left_low_d: float | None
    left_high_d: float | None
    growth_teu: float
    growth_low_teu: float
    growth_high_teu: float
    growth_share: float


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What the two years say.

    `mser5_d`: None with a season. `held`: what changes from year to year, and stays here what it is
    on the first day of the measuring part. `dated`: what is shut or away at a date in the two
    years, and makes them differ for another reason than filling.
    """

    scenario: str
    engine: str
    own_d: float
    """The warm-up that the scenario states."""
    fillings: Sequence[Filling]
    weeks: pd.DataFrame
    """Columns route, direction, week, first_d, second_d, diff_d, diff_low_d, diff_high_d; the
    interval is simultaneous over the weeks."""
    mser5_d: float | None
    seasonal: Sequence[str]
    held: Sequence[str]
    dated: Sequence[str]

    @property
    def needed_d(self) -> float | None:
        """The longest warm-up of all routes; None where one is not filled in a year."""
        days = [filling.warm_up_d for filling in self.fillings]
        return max((d for d in days if d is not None), default=0.0) if None not in days else None

    def table(self) -> pd.DataFrame:
        """One row a route and direction, columns as `Filling`."""
        names = Filling.__slots__
        return pd.DataFrame([{name: getattr(f, name) for name in names} for f in self.fillings])

    def _repr_html_(self) -> str:
        return framed(f"{self.scenario}: {self}", {"": self.table()})

    def __str__(self) -> str:
        if self.needed_d is None:
            verdicts = {f.verdict for f in self.fillings if f.warm_up_d is None}
            return " and ".join(sorted(verdicts, reverse=True))
        enough = "enough" if self.own_d >= self.needed_d else "too short"
        return f"needs {self.needed_d:.0f} d; its own {self.own_d:.0f} d are {enough}"


def warm_up(
    case: Case, options: Options, *, where: Where | Workers = HERE,
    progress: Progress = lambda _: None,
) -> WarmUp:  # fmt: skip
    """Run two years from the start date, empty at first, and say how long they take to fill.

    Raises
    ------
    UsageError
        With fewer than 5 replications, or as `simulate`.
    RunError, StoreError
        As `simulate`.
    """
    if len(options.replications) < FEWEST:
        raise UsageError(f"a look at the warm-up needs at least {FEWEST} replications")
    long = two_years(case)
    (run,) = simulate([long], replace(options, daily=True), where=where, progress=progress)
    start = case.scenario.span.start
    end = start + dt.timedelta(days=2 * YEAR_D)
    seasons = seasonal(case.scenario)
    groups = [group for group in _groups(run) if all(d.released.any() for d in _own(run, group))]
    return WarmUp(
        scenario=case.name,
        engine=run.options.engine,
        own_d=case.scenario.span.warm_up_d.value,
        fillings=[_filling(run, group) for group in groups],
        weeks=pd.concat([_weeks(run, group) for group in groups], ignore_index=True),
        mser5_d=None if seasons else mser5(_by_day(run)) * 1.0,
        seasonal=seasons,
        held=_held(case.scenario)[1],
        dated=dated(case.scenario, first=start, end=end),
    )


def two_years(case: Case) -> Case:
    """The case that is run: no warm-up, 104 weeks, and a run-out of at least 120 days.

    What changes from year to year is held: the two years are to differ by filling alone.
    """
    run_out = max(LEAST_RUN_OUT_D, case.scenario.span.run_out_d.value)
    spans = {"warm_up_d": 0, "measure_d": 2 * YEAR_D, "run_out_d": run_out}
    steady, _ = _held(case.scenario)
    scenario = steady.replace({f"span.{name}": days for name, days in spans.items()})
    return Case(case.name, scenario, scenario.model_dump_json(exclude_unset=True))


def _held(scenario: Scenario) -> tuple[Scenario, list[str]]:
    span = scenario.span
    return held(scenario, at=span.start + dt.timedelta(days=span.warm_up_d.value))


def mser5(series: FloatArray) -> int:
    """Values at the beginning of a series `[n]` to be left out, by MSER-5; at most half of them.

    Minimises the squared standard error of the mean of what is left, over batches of 5.
    """
    count = len(series) // BATCH
    batches = series[: count * BATCH].reshape(count, BATCH).mean(axis=1)
    left = np.arange(count, count // 2, -1)
    sums, squares = (x[::-1].cumsum()[::-1][: len(left)] for x in (batches, batches**2))
    error = np.maximum(squares - sums**2 / left, 0.0) / left**2
    return int(error.argmin()) * BATCH if count > 1 else 0


def welch(first: Weekly, second: Weekly, *, level: float) -> tuple[Weekly, Weekly]:
    """Difference of means over replications, and the half width of its interval.

    first, second: `[R, n]`; nan where a replication has no value. Half width nan with fewer than
    two values on a side.
    """
    from scipy.special import stdtrit

    means, parts, freedom = [], [], []
    with np.errstate(invalid="ignore", divide="ignore"):
        for values in (first, second):
            known = ~np.isnan(values)
            n = known.sum(axis=0)
            mean = np.where(known, values, 0.0).sum(axis=0) / n
            deviation = np.where(known, values - mean, 0.0)
            part = (deviation**2).sum(axis=0) / (n - 1) / n
            means.append(mean)
            parts.append(np.where(n > 1, part, np.nan))
            freedom.append(n - 1)
        variance = parts[0] + parts[1]
        degrees = variance**2 / (parts[0] ** 2 / freedom[0] + parts[1] ** 2 / freedom[1])
        half = stdtrit(degrees, 0.5 + level / 2) * np.sqrt(variance)
    return means[0] - means[1], np.where(variance == 0, 0.0, half)


def _filling(run: Run, group: Group) -> Filling:
    first, second, released = _years(run, group)
    growth = _growth(run, group)
    demand = float(np.mean([days.released_teu[:YEAR_D].sum() for days in _own(run, group)]))
    mean, half = _mean_and_half(growth, level=run.options.level)
    _, sure = _mean_and_half(growth, level=2 * GROWTH_LEVEL - 1)  # one-sided
    verdict, at, left = FILLED, _filled_from(first, second, released, level=run.options.level), None
    if mean - sure > GROWTH * demand:
        verdict, at = OVERLOADED, None
    elif at is None:
        verdict = TOO_SLOW
    if at is not None:
        left = _left(first, second, released, at, level=run.options.level)
    return Filling(
        route=group.route, direction=group.direction, verdict=verdict,
        warm_up_d=None if at is None else float(at * WEEK_D),
        left_d=None if left is None else left[0],
        left_low_d=None if left is None else left[0] - left[1],
        left_high_d=None if left is None else left[0] + left[1],
        growth_teu=mean, growth_low_teu=mean - half, growth_high_teu=mean + half,
        growth_share=mean / demand if demand else 0.0,
    )  # fmt: skip


def _filled_from(first: Weekly, second: Weekly, released: Weekly, *, level: float) -> int | None:
    """The first week from which nothing is told from the second year; None if there is none."""
    diff, half = welch(first, second, level=1 - (1 - level) / WEEKS)
    told = np.abs(diff) > half  # nan: not told
    each = 1 - (1 - level) / len(WINDOWS)
    begin = int(np.flatnonzero(told).max(initial=-1)) + 1
    for week in range(begin, WEEKS - LAST_WEEKS + 1):
        windows = [_left(first, second, released, week, weeks=w, level=each) for w in WINDOWS]
        if all(left is None or abs(left[0]) <= left[1] for left in windows):
            return week
    return None


def _left(
    first: Weekly, second: Weekly, released: Weekly, week: int, *, weeks: int = WEEKS, level: float
) -> tuple[float, float] | None:
    """Difference of the means of some weeks from `week` on, and the half width of its interval.

    None where fewer than two replications released cargo then, in both years.
    """
    window = slice(week, week + weeks)
    a, b = (_pooled(year[:, window], released[:, window])[:, None] for year in (first, second))
    diff, half = welch(a, b, level=level)
    return None if np.isnan(half[0]) else (float(diff[0]), float(half[0]))


def _pooled(values: Weekly, weight: Weekly) -> FloatArray:
    """Weighted mean over weeks of each replication; nan where it has none."""
    weighted = np.where(np.isnan(values), 0.0, weight)
    total = (np.nan_to_num(values) * weighted).sum(axis=1)
    size = weighted.sum(axis=1)
    return np.asarray(np.divide(total, size, out=np.full_like(total, np.nan), where=size > 0))


def _years(run: Run, group: Group) -> tuple[Weekly, Weekly, Weekly]:
    """Mean transit time (d) by week of release, `[R, 52]`, of either year; nan without cargo.

    Third: cargo released in the week in both years, the weight of the week.
    """
    own = _own(run, group)
    ticks = np.array([_weekly(days.ticks) for days in own], np.float64)
    released = np.array([_weekly(days.released) for days in own], np.float64)
    mean = np.divide(ticks, released, out=np.full_like(ticks, np.nan), where=released > 0)
    mean /= 24 * TICK_H
    weight = released[:, :WEEKS] + released[:, WEEKS:]
    return mean[:, :WEEKS], mean[:, WEEKS:], weight


def _weeks(run: Run, group: Group) -> pd.DataFrame:
    first, second, _ = _years(run, group)
    diff, half = welch(first, second, level=1 - (1 - run.options.level) / WEEKS)
    columns = {
        "route": group.route, "direction": group.direction, "week": np.arange(WEEKS),
        "first_d": _mean(first), "second_d": _mean(second),
        "diff_d": diff, "diff_low_d": diff - half, "diff_high_d": diff + half,
    }  # fmt: skip
    return pd.DataFrame(columns)


def _growth(run: Run, group: Group) -> FloatArray:
    """Stock in the last weeks of the second year less that of the first, TEU, `[R]`."""
    stocks = np.array([days.stock_teu[: 2 * YEAR_D] for days in _own(run, group)], np.float64)
    last = stocks.reshape(len(stocks), 2, YEAR_D)[:, :, -LAST_WEEKS * WEEK_D :].mean(axis=2)
    return np.asarray(last[:, 1] - last[:, 0], np.float64)


def _by_day(run: Run) -> FloatArray:
    """Mean transit time by day of release of all cargo and replications, days without left out."""
    both = [days for tally in run.tallies for g, days in tally.days.items() if g.route == "all"]
    ticks = sum(days.ticks[: 2 * YEAR_D] for days in both)
    released = sum(days.released[: 2 * YEAR_D] for days in both)
    some = np.asarray(released) > 0
    return np.asarray(np.asarray(ticks)[some] / np.asarray(released)[some] / (24 * TICK_H))


def _groups(run: Run) -> list[Group]:
    return sorted(run.tallies[0].days, key=lambda g: (g.route != "all", g.route, g.direction))


def _own(run: Run, group: Group) -> list[Days]:
    return [tally.days[group] for tally in run.tallies]


def _weekly(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.asarray(days[: 2 * YEAR_D].reshape(2 * WEEKS, WEEK_D).sum(axis=1))


def _mean(values: Weekly) -> FloatArray:
    known = ~np.isnan(values)
    total, n = np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0)
    return np.asarray(np.divide(total, n, out=np.full(len(n), math.nan), where=n > 0))


def _mean_and_half(values: FloatArray, *, level: float) -> tuple[float, float]:
    from scipy.special import stdtrit

    n = len(values)
    half = stdtrit(n - 1, 0.5 + level / 2) * values.std(ddof=1) / math.sqrt(n)
    return float(values.mean()), float(half)
