"""Dates and hours into ticks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from corridor_sim.model import DAY, TICK_H, Ticks
from corridor_sim.scenario.schema import Span
from corridor_sim.scenario.values import Value

BEGINNING: Final = -(2**62)
"""Start of the first period of a dated value: before any run."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The calendar of a run."""

    start: dt.date
    warm_up: int
    measure: int
    end: int

    @classmethod
    def of(cls, span: Span) -> Clock:
        """The calendar of a span."""
        days = [int(span.warm_up_d.value), int(span.measure_d.value), int(span.run_out_d.value)]
        return cls(span.start, days[0] * DAY, days[1] * DAY, sum(days) * DAY)

    def tick(self, day: dt.date) -> int:
        """The tick of 00:00 of a day."""
        return (day - self.start).days * DAY

    @property
    def last_day(self) -> dt.date:
        """The last day of the run."""
        return self.start + dt.timedelta(days=self.end // DAY - 1)

    @property
    def horizon(self) -> int:
        """The end of the month in which the run ends: means of months do not depend on its end."""
        after = self.last_day.replace(day=1) + dt.timedelta(days=32)
        return self.tick(after.replace(day=1))

    def years(self) -> list[int]:
        """Calendar years that the run touches."""
        return list(range(self.start.year, self.last_day.year + 1))

    def months(self) -> list[dt.date]:
        """First days of the calendar months that the run touches."""
        first, last = self.start.replace(day=1), self.last_day
        return [
            dt.date(year, month, 1)
            for year in self.years()
            for month in range(1, 13)
            if first <= dt.date(year, month, 1) <= last
        ]

    def periods(self, values: Iterable[Value]) -> tuple[Ticks, list[dt.date]]:
        """Starts `[P]` of the periods in which none of the values changes, and a day in each."""
        dates = sorted({day for value in values for day in value.changes})
        starts = np.array([BEGINNING, *(self.tick(day) for day in dates)], np.int64)
        return starts, [dt.date.min, *dates]


def hours(amount: float) -> int:
    """Whole ticks of some hours."""
    return round(amount * TICK_H)
