"""Windows of closure of many servers as flat sorted arrays: what is open, and when work ends, are
look-ups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from corridor_sim.engines.array.ragged import BIG, Bools, Ints
from corridor_sim.model import Ticks

_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class Calendars:
    """Disjoint, sorted windows of each calendar."""

    calendar: Ints
    """By window: the calendar that it belongs to."""
    starts: Ints
    ends: Ints
    first: Ints
    """By calendar: its first window; one more at the end."""
    key: Ints
    open_key: Ints
    closed: Ints
    """Time closed before each window, over all calendars."""

    @classmethod
    def of(cls, windows: Sequence[Ticks]) -> Calendars:
        """Calendars of windows `[W, 2]`."""
        count = [len(w) for w in windows]
        both = np.concatenate([np.zeros((0, 2), np.int64), *windows])
        calendar = np.repeat(np.arange(len(windows)), count)
        low, high = np.clip(both[:, 0], 0, BIG), np.clip(both[:, 1], 0, BIG)
        inside = high > low
        calendar, low, high = calendar[inside], low[inside], high[inside]
        first = np.searchsorted(calendar, np.arange(len(windows) + 1))
        closed = np.concatenate([[0], np.cumsum(high - low)])
        before = closed[:-1] - closed[first[calendar]]
        key = (calendar << _BITS) + low
        return cls(calendar, low, high, first, key, key - before, closed)

    def __len__(self) -> int:
        return len(self.starts)

    def _last(self, calendar: Ints, at: Ints) -> tuple[Ints, Bools]:
        """The last window that begins at or before an instant, and whether it lies in it."""
        i = np.searchsorted(self.key, (calendar << _BITS) + at, "right") - 1
        there = np.maximum(i, 0)
        return there, (i >= self.first[calendar]) & (at < self.ends[there])

    def next_open(self, calendar: Ints, at: Ints) -> Ints:
        """First instant from `at` on that lies in no window."""
        if not len(self):
            return at
        at = np.minimum(at, BIG)
        there, shut = self._last(calendar, at)
        return np.where(shut, self.ends[there], at)

    def end_of_window(self, calendar: Ints, at: Ints) -> Ints:
        """End of the window that an instant lies in, or -1."""
        if not len(self):
            return np.full(len(at), -1)
        there, shut = self._last(calendar, at)
        return np.where(shut, self.ends[there], -1)

    def next_shut(self, at: int) -> Ints:
        """By calendar the begin of its first window that is not over at `at`; `at` if in one."""
        calendar = np.arange(len(self.first) - 1)
        if not len(self):
            return np.full(len(calendar), BIG)
        i = np.searchsorted(self.key, (calendar << _BITS) + at, "right")
        last = np.maximum(i - 1, 0)
        shut = (i - 1 >= self.first[:-1]) & (at < self.ends[last])
        there = np.minimum(i, len(self) - 1)
        following = np.where(i < self.first[1:], self.starts[there], BIG)
        soonest: Ints = np.where(shut, at, following)
        return soonest

    def between(self, calendar: Ints, begin: int, end: int) -> list[tuple[Ints, Ints]]:
        """Begins and ends of the windows that are not over at `begin` and begin before `end`: the
        first of each calendar, the second, and so on; BIG where there is none any more.
        """
        found: list[tuple[Ints, Ints]] = []
        if not len(self):
            return found
        i = np.searchsorted(self.key, (calendar << _BITS) + begin, "right") - 1
        i += (i < self.first[calendar]) | (self.ends[np.maximum(i, 0)] <= begin)
        while True:
            there = np.minimum(i, len(self) - 1)
            known = (i < self.first[calendar + 1]) & (self.starts[there] < end)
            if not known.any():
                return found
            found.append(
                (np.where(known, self.starts[there], BIG), np.where(known, self.ends[there], BIG))
            )
            i = i + 1

    def worked_off(self, calendar: Ints, start: Ints, work: Ints) -> Ints:
        """First instant at which the open time since `start` is `work`."""
        if not len(self):
            at_once: Ints = np.minimum(start + work, BIG)
            return at_once
        now = self.next_open(calendar, start)
        base = self.closed[self.first[calendar]]
        i = np.searchsorted(self.key, (calendar << _BITS) + now, "right")
        target = now - (self.closed[i] - base) + work
        k = np.searchsorted(self.open_key, (calendar << _BITS) + np.minimum(target, BIG), "left")
        k = np.minimum(k, self.first[calendar + 1])
        over = np.where(now >= BIG, BIG, target + self.closed[k] - base)
        return np.minimum(over, BIG)
