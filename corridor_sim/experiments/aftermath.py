"""Scenarios beside their undisturbed twins on the same luck, and what waited week by week."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median_low
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from corridor_sim.compile import compile_scenario
from corridor_sim.experiments.executor import HERE, Progress, Where, Workers, tallies
from corridor_sim.experiments.plan import Options, with_engine
from corridor_sim.experiments.recovery import CALM, Weeks, seen, together
from corridor_sim.experiments.shock import Shocked
from corridor_sim.intervals import Difference, FloatArray, difference, resampled_ratio
from corridor_sim.measures.rows import Group, Key, Tally, merged_keys
from corridor_sim.measures.twins import BACKLOG, LEFT, TRANSITS, WAITING, in_week

BACKLOGS: Final = ("route", "direction", "element", "share", "date", "teu")
WEEKS: Final = (
    "route", "direction", "week", "teu", "transit_d", "twin_d", "moving_d", "twin_moving_d",
    "diff_d", "diff_ci_low", "diff_ci_high", "waiting_teu", "twin_waiting_teu", "backlog_teu",
    "backlog_ci_low", "backlog_ci_high",
)  # fmt: skip


class Backlog(NamedTuple):
    """The most TEU that wait more than in the twin: at which element, on which day of the run."""

    teu: float
    element: str
    day: int


NOTHING: Final = Backlog(0.0, "", 0)


@dataclass(frozen=True)
class Aftermath:
    """A case and its twin after their runs; `tallies` (see `measures.twins`) by number of
    replication.
    """

    shocked: Shocked
    options: Options
    tallies: Sequence[Tally]

    @cached_property
    def groups(self) -> list[Group]:
        """All cargo and that of each route, by direction; all routes first."""
        return sorted(self.having("lost_teu"), key=lambda group: group.route != "all")

    def having(self, measure: str) -> list[Group]:
        """The groups that have a measure in any replication."""
        return [key.group for key in self._keys if key.measure == measure]

    @cached_property
    def _keys(self) -> list[Key]:
        return merged_keys([tally.ratios for tally in self.tallies])

    @cached_property
    def worst(self) -> list[dict[tuple[str, str], Backlog]]:
        """The worst backlog of each replication, by route and direction."""
        (amount, teu), (moment, days) = zip(BACKLOG, ("TEU", "d"), strict=True)
        found: list[dict[tuple[str, str], Backlog]] = [{} for _ in self.tallies]
        for at in self.having(amount):
            for tally, worst in zip(self.tallies, found, strict=True):
                most, _ = tally.ratios.get(Key(at, amount, teu), (0.0, 0.0))
                if most > worst.get(at[:2], NOTHING).teu:
                    day, _ = tally.ratios[Key(at, moment, days)]
                    worst[at[:2]] = Backlog(most, at.segment, int(day))
        return found

    def sums(self, key: Key) -> FloatArray:
        """Numerators and denominators `[2, R]`."""
        return np.array([tally.ratios.get(key, (0.0, 0.0)) for tally in self.tallies]).T

    def weeks(self, group: Group) -> tuple[Weeks, Weeks]:
        """Cargo of a group by week of release `[R, W]`, and that of the twin."""
        own, twin = (
            Weeks(teu=teu, days=days, left=self._weekly(group, left, "TEU")[0])
            for name, left in zip(TRANSITS, LEFT, strict=True)
            for days, teu in [self._weekly(group, name, "d")]
        )
        return own, twin

    def seen(self, group: Group) -> int:
        """Weeks that can be judged in every replication."""
        _, twin = self.weeks(group)
        return min(seen(each) for each in twin.rows())

    def waiting(self, group: Group) -> tuple[FloatArray, FloatArray]:
        """TEU that wait, by week of the run `[R, W]`, and in the twin."""
        own, twin = (self._weekly(group, name, "TEU")[0] for name in WAITING)
        return own, twin

    def _weekly(self, group: Group, name: str, unit: str) -> FloatArray:
        """Numerators and denominators of a weekly measure `[2, R, W]`."""
        count = (self.shocked.over - self.shocked.case.scenario.span.start).days // 7
        keys = [Key(in_week(group, week), name, unit) for week in range(count)]
        table = [[tally.ratios.get(key, (0.0, 0.0)) for key in keys] for tally in self.tallies]
        return np.moveaxis(np.array(table).reshape(len(self.tallies), count, 2), 2, 0)

    @property
    def begin_d(self) -> int:
        """The day of the run on which the shock begins."""
        return (self.shocked.begin - self.shocked.case.scenario.span.start).days

    def date(self, day: int) -> str:
        """The date of a day of the run (`2025-09-12`)."""
        return (self.shocked.case.scenario.span.start + dt.timedelta(days=day)).isoformat()


def aftermath(
    given: Shocked, options: Options, *, where: Where | Workers = HERE,
    progress: Progress = lambda _: None,
) -> Aftermath:  # fmt: skip
    """Run a case and its twin on the same luck.

    Raises
    ------
    UsageError
        For an unknown engine, or as `executor.workers`; before anything is run.
    RunError, StoreError
        As `run.simulate`.
    """
    model = compile_scenario(given.case.scenario, name=given.case.name)
    settled = with_engine(options, model)
    (found,) = tallies([given.case], [settled], where=where, progress=progress)
    return Aftermath(given, settled, found)


def too_short(given: Shocked) -> str | None:
    """What to say where recovery cannot be seen: `CALM` weeks must follow the shock."""
    missing = (given.end + dt.timedelta(weeks=CALM) - given.over).days
    if missing <= 0:
        return None
    return (
        f"{given.case.name}: the shock ends on {given.end}, the run on {given.over}; to see {CALM}"
        f" weeks of recovery, make span.measure_d or span.run_out_d at least {missing} days longer"
    )


def backlogs(given: Aftermath) -> pd.DataFrame:
    """Where and when the worst backlog was, by route and direction; columns `BACKLOGS`.

    element: where it was most often; share: of the replications in which it was there; date: the
    middle one of these; teu: their mean.
    """
    records = []
    for group in given.groups:
        found = [one for worst in given.worst if (one := worst.get(group[:2])) is not None]
        if not found:
            continue
        element, count = Counter(name for _, name, _ in found).most_common(1)[0]
        there = [(teu, day) for teu, name, day in found if name == element]
        date = given.date(median_low(day for _, day in there))
        teu = sum(teu for teu, _ in there) / count
        share = count / len(given.tallies)
        records.append((group.route, group.direction, element, share, date, teu))
    return pd.DataFrame(records, columns=list(BACKLOGS))


def weekly(given: Aftermath) -> pd.DataFrame:
    """Week by week beside the twin, by route and direction; columns `WEEKS`.

    week: its first day. teu: released, a mean of replications. transit_d and twin_d: mean transit
    of what is released in it, moving_d and twin_moving_d of the last four weeks, diff_d their
    difference; null from the first week on whose cargo the twin does not deliver. waiting_teu and
    twin_waiting_teu: TEU that wait, backlog_teu the difference. Differences are paired.
    """
    rows = [row for group in given.groups for row in _of_group(given, group)]
    found = pd.DataFrame(rows, columns=list(WEEKS))
    found.attrs["level"] = given.options.level
    return found


def _of_group(given: Aftermath, group: Group) -> Iterator[tuple[object, ...]]:
    own, twin = given.weeks(group)
    wait, calm = given.waiting(group)
    runs, until = np.ones(len(given.tallies)), given.seen(group)
    pooled = [side.pooled() for side in (own, twin)]
    means = [side.mean for side in pooled] + [side.moving for side in pooled]
    sums = [(together(side.days), together(side.teu)) for side in (own, twin)]
    for w in range(own.teu.shape[1]):
        transit = [mean[w] for mean in means] + list(
            _paired(given, *((days[:, w], teu[:, w]) for days, teu in sums))
        )
        yield (
            *group[:2], given.date(7 * w), own.teu[:, w].mean(),
            *(transit if w < until else [None] * len(transit)),
            wait[:, w].mean(), calm[:, w].mean(),
            *_paired(given, (wait[:, w], runs), (calm[:, w], runs)),
        )  # fmt: skip


Pair = tuple[FloatArray, FloatArray]


def _paired(given: Aftermath, own: Pair, twin: Pair) -> tuple[float | None, ...]:
    """The difference of two ratios of sums with its interval."""
    if not all(np.isfinite(side).all() for side in (*own, *twin)):
        return None, None, None
    found: Difference = difference(
        resampled_ratio(*own), resampled_ratio(*twin), level=given.options.level
    )
    return found.diff, found.diff_ci_low, found.diff_ci_high
