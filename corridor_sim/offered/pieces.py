"""Pieces of time in which nothing of a model changes, and what is expected in each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.draws import merged
from corridor_sim.laws import QUANTILES
from corridor_sim.model import (
    DAY,
    NONE,
    YEAR_D,
    Closure,
    Duration,
    Floats,
    Flow,
    Model,
    Shut,
    Ticks,
)


@dataclass(frozen=True, slots=True)
class Pieces:
    """A span `[N]` cut where a month begins or a law, a route share or the places of a fleet
    change.
    """

    start: Ticks
    end: Ticks
    month: Ticks
    """Index among `Model.month_starts`."""

    @classmethod
    def of(cls, model: Model, first: int, last: int) -> Pieces:
        """The pieces of [first, last)."""
        cuts = np.unique(
            np.concatenate(
                [
                    model.month_starts,
                    *(law.starts for law in model.durations),
                    *(flow.share_starts for flow in model.flows),
                    *(fleet.starts for fleet in model.fleets),
                    [first, last],
                ]
            )
        )
        cuts = cuts[(cuts >= first) & (cuts <= last)]
        month = np.searchsorted(model.month_starts, cuts[:-1], side="right") - 1
        return cls(cuts[:-1], cuts[1:], month)

    @property
    def length(self) -> Ticks:
        """Length of each piece, ticks."""
        return self.end - self.start

    def period(self, starts: Ticks) -> Ticks:
        """Period in force in each piece, of periods that begin at `starts`."""
        return np.searchsorted(starts, self.start, side="right") - 1


def covered(windows: Ticks, start: Ticks, end: Ticks) -> Ticks:
    """Ticks of each [start, end) `[N]` that lie in disjoint, sorted windows `[W, 2]`."""
    if not len(windows):
        return np.zeros(len(start), np.int64)
    length = windows[:, 1] - windows[:, 0]
    before = np.concatenate([[0], np.cumsum(length)])

    def until(tick: Ticks) -> Ticks:
        at = np.searchsorted(windows[:, 0], tick, side="right") - 1
        inside = np.clip(tick - windows[at, 0], 0, length[at])
        return np.where(at >= 0, before[at] + inside, 0)

    return until(end) - until(start)


def released(model: Model, pieces: Pieces) -> Floats:
    """Expected consignments `[paths, N]` released on each path in each piece."""
    lots = np.zeros((len(model.paths), len(pieces.start)))
    for flow in model.flows:
        shares = np.diff(flow.shares, axis=1, prepend=0.0)[pieces.period(flow.share_starts)]
        lots[list(flow.paths)] = shares.T * (_until(flow, pieces.end) - _until(flow, pieces.start))
    return lots


def _until(flow: Flow, ticks: Ticks) -> Floats:
    total = np.zeros(len(ticks))
    for count, months, cumulated in zip(flow.counts, flow.months, flow.cumulated, strict=True):
        total += count * np.interp(ticks, months, cumulated)
    return total


def mean_work(law: Duration, size: int) -> Floats:
    """Mean duration `[P]` by period of a customer of some TEU (1 for vehicles), ticks."""
    amount = (law.fixed + law.spread) * (law.share + (1.0 - law.share) * law.otherwise)
    return np.maximum(1.0, amount * size if law.per_teu else amount)


def least_work(law: Duration, size: int) -> int:
    """The shortest duration that a customer may have, ticks."""
    mixed = np.where(law.share < 1.0, law.fixed * np.minimum(1.0, law.otherwise), law.fixed)
    return max(1, int(np.floor(mixed.min() * (size if law.per_teu else 1))))


def most_work(model: Model, law: Duration, size: int) -> int:
    """The longest duration that a customer may have, ticks; quantile tables are finite."""
    top = float(model.tables[law.table][-1]) if law.table != NONE else 1.0
    mixed = (law.fixed + law.spread * top) * np.where(
        law.share < 1.0, np.maximum(1.0, law.otherwise), 1.0
    )
    return max(1, int(np.ceil(mixed.max() * (size if law.per_teu else 1))))


def second_moment(table: Floats) -> float:
    """Mean square of the law of a quantile table, linear between its points."""
    left, right = table[:-1], table[1:]
    return float((np.diff(QUANTILES) * (left**2 + left * right + right**2) / 3.0).sum())


def squared_variation(model: Model, law: Duration) -> Floats:
    """Squared coefficient of variation `[P]` of a duration, by period."""
    square = second_moment(model.tables[law.table]) if law.table != NONE else 1.0
    base = law.fixed**2 + 2.0 * law.fixed * law.spread + law.spread**2 * square
    mean = (law.fixed + law.spread) * (law.share + (1.0 - law.share) * law.otherwise)
    mixed = base * (law.share + (1.0 - law.share) * law.otherwise**2)
    known = np.maximum(mean, 1e-9)
    return np.where(mean > 0, np.maximum(0.0, mixed / known**2 - 1.0), 0.0)


def closed_share(model: Model, closure: Closure, pieces: Pieces) -> Floats:
    """Mean share `[N]` of the time that the random spells of a closure take, by month.

    Alternating renewal process: rate x spell / (1 + rate x spell) (Ross, Stochastic Processes,
    3.4).
    """
    if closure.rate is None or closure.spell is None:
        return np.zeros(len(pieces.start))
    odds = (closure.rate * closure.spell)[model.month_of[pieces.month]]
    return odds / (1.0 + odds)


def open_share(
    model: Model, shuts: list[Shut], pieces: Pieces, *, random_only: bool = False
) -> Floats:
    """Mean share `[N]` of the time outside closures.

    Known windows are joined, random ones independent.
    """
    closures = [model.closures[shut.closure] for shut in shuts]
    known = merged([] if random_only else [closure.known for closure in closures])
    share = 1.0 - covered(known, pieces.start, pieces.end) / pieces.length
    for closure in closures:
        share = share * (1.0 - closed_share(model, closure, pieces))
    return share


def taken(model: Model, station: int, server: int) -> list[Shut]:
    """What shuts one server of a station; partial closures take the highest-numbered."""
    words = model.stations[station]
    return [shut for shut in words.shuts if shut.takes(server, of=words.servers)]


def open_servers(model: Model, station: int, pieces: Pieces) -> Floats:
    """Mean number `[N]` of open servers of a station."""
    total = np.zeros(len(pieces.start))
    shares: dict[tuple[Shut, ...], Floats] = {}
    for server in range(model.stations[station].servers):
        shuts = taken(model, station, server)
        if tuple(shuts) not in shares:
            shares[tuple(shuts)] = open_share(model, shuts, pieces)
        total += shares[tuple(shuts)]
    return total


def running_share(model: Model, service: int, pieces: Pieces) -> Floats:
    """Expected share `[N]` of the slots of a timetable that are not cancelled."""
    words = model.services[service]
    cancelled, open_so_far = np.zeros(len(pieces.start)), np.ones(len(pieces.start))
    for closure, cancels in sorted(words.closures, key=lambda pair: -pair[1]):
        known = merged([model.closures[closure].known])
        shut = 1.0 - (1.0 - covered(known, pieces.start, pieces.end) / pieces.length) * (
            1.0 - closed_share(model, model.closures[closure], pieces)
        )
        cancelled += open_so_far * shut * max(cancels, words.cancelled)
        open_so_far *= 1.0 - shut
    return np.asarray(1.0 - cancelled - open_so_far * words.cancelled, np.float64)


def per_year(model: Model) -> float:
    """Factor from an amount of the measuring part to an amount a year."""
    return YEAR_D * DAY / (model.cohort[1] - model.cohort[0])
