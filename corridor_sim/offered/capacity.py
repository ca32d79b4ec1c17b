"""The most that an element can pass in a span if it serves nobody else, in TEU."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np

from corridor_sim.draws import merged
from corridor_sim.model import NONE, Floats, Model, Ticks
from corridor_sim.offered.pieces import (
    Pieces,
    closed_share,
    covered,
    mean_work,
    running_share,
    second_moment,
    squared_variation,
    taken,
)
from corridor_sim.offered.rounds import Rounds

Key = tuple[str, int, int]
"""`station` or `service` and its number, or `fleet`, its number and the call."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Customer:
    """A consignment that passes an element, or the vehicle that it is aboard."""

    places: int
    """Places of the vehicle; the size of a consignment by itself."""
    size: int
    """TEU of a consignment."""
    vehicle: bool = False
    duration: int = NONE
    work: int = 0
    """Work at a berth when full, ticks; where there is no duration."""

    @property
    def scale(self) -> int:
        """TEU that a work per TEU is for."""
        return 1 if self.vehicle else self.size


def most_passed(model: Model, key: Key, customers: list[Customer], span: Span) -> float:
    """TEU that an element can pass in [first, last) at most, if it serves these customers alone."""
    kind, number, call = key
    if span[1] <= span[0]:
        return 0.0
    pieces, sizes = Pieces.of(model, *span), gcd(*(customer.size for customer in customers))
    if kind == "service":
        return _by_service(model, number, sizes, pieces)
    if kind == "fleet":
        return _by_fleet(model, number, call, sizes, pieces)
    servers = range(model.stations[number].servers)
    return sum(_by_server(model, number, server, customers, sizes, pieces) for server in servers)


def _by_service(model: Model, number: int, sizes: int, pieces: Pieces) -> float:
    service = model.services[number]
    if not service.headway:
        known = merged([model.closures[closure].known for closure, _ in service.closures])
        shut = covered(known, pieces.start, pieces.end).sum() == pieces.length.sum()
        return 0.0 if shut else np.inf
    slots = float((running_share(model, number, pieces) * pieces.length).sum()) / service.headway
    return (service.places - service.places % sizes) * (slots + 1.0)


def _by_fleet(model: Model, number: int, call: int, sizes: int, pieces: Pieces) -> float:
    """Full sailings on one leg, empty on the others, and one more whenever rounds begin anew."""
    rounds = Rounds(model, number, pieces, random_only=True)
    rounds.places -= rounds.places % sizes
    fleet = rounds.fleet
    laws = {step.duration for c in fleet.calls for step in c.chain}
    changes = sum(len(model.durations[law].starts) - 1 for law in laws) + len(fleet.starts) - 1
    begun = np.array([1 + changes + len(windows) for windows in fleet.absences])
    extra = float(begun @ rounds.places.max(axis=1)) * (1.0 + _round_variation(model, rounds))
    empty = [np.zeros(len(pieces.start)) for _ in fleet.calls]
    return float(rounds.capacity(call, empty) @ pieces.length) + extra


def _round_variation(model: Model, rounds: Rounds) -> float:
    """Squared coefficient of variation of a round, at most; stops by bad weather included."""
    variance, mean = 0.0, 0.0
    for call in rounds.fleet.calls:
        mean += float(call.unload[0] + call.load[0])
        for shut in taken(model, call.station, 0):
            closure = model.closures[shut.closure]
            if shut.work and closure.rate is not None and closure.spell is not None:
                square = second_moment(model.tables[closure.table])
                stops = float((closure.rate * closure.spell**2).max()) * square
                variance += float(call.unload[-1] + call.load[-1]) * stops
        for step in call.chain:
            law = model.durations[step.duration]
            works = mean_work(law, 1)
            mean += float(works.min())
            variance += float((squared_variation(model, law) * works**2).max())
    return variance / mean**2


def _by_server(
    model: Model, number: int, server: int, customers: list[Customer], sizes: int, pieces: Pieces
) -> float:
    """TEU that one server can pass: by what its open time is worth, or by counting customers."""
    runs = _runs(model, number, server, customers, pieces)
    teu = np.array([c.places - c.places % sizes for c in customers], np.float64)
    variation = max(_variation(model, customer) for customer in customers)
    begun = 1.0 + len(np.unique(runs.group)) + runs.spells
    by_time = float(runs.length @ (teu[:, None] / runs.works).max(axis=0))
    most = by_time + float(teu.max()) * begun * (1.0 + variation)
    if runs.random or variation > 0.0 or any(customer.work for customer in customers):
        return most
    if not len(runs.group):
        return 0.0
    fits = np.bincount(runs.group, runs.length / runs.works.min(axis=0))
    return min(most, float(teu.max()) * (1.0 + float(np.ceil(fits).sum())))


@dataclass(frozen=True, slots=True)
class _Runs:
    """Stretches `[M]` in which a server may start, cut at pieces."""

    length: Floats
    """Expected ticks in which it works."""
    works: Floats
    """Mean work `[customers, M]` of one that starts there."""
    group: Ticks
    """Numbers stretches that neither a closure for starts nor a change of work divides."""
    spells: float
    """Expected random closures that let work finish: after each, one more may be under way."""
    random: bool


def _runs(
    model: Model, number: int, server: int, customers: list[Customer], pieces: Pieces
) -> _Runs:
    shuts = taken(model, number, server)
    finishing = merged([model.closures[s.closure].known for s in shuts if not s.work])
    standing = merged([model.closures[s.closure].known for s in shuts if s.work])
    first, last = int(pieces.start[0]), int(pieces.end[-1])
    inner = np.clip(finishing.ravel(), first, last)
    cuts = np.unique(np.concatenate([pieces.start, [last], inner]))
    start, end = cuts[:-1], cuts[1:]
    closed = covered(finishing, start, end) > 0
    piece = np.searchsorted(pieces.start, start, side="right") - 1
    works = np.array([_work(model, customer, pieces)[piece] for customer in customers])
    changed = np.concatenate([[False], (np.diff(works, axis=1) != 0).any(axis=0)])
    length = (end - start - covered(standing, start, end)).astype(np.float64)
    spells = np.zeros(len(length))
    random = [s for s in shuts if model.closures[s.closure].rate is not None]
    for shut in random:
        length = length * (1.0 - closed_share(model, model.closures[shut.closure], pieces)[piece])
    for shut in random:
        rate = model.closures[shut.closure].rate
        if not shut.work and rate is not None:
            spells += length * rate[model.month_of[pieces.month[piece]]]
    use = ~closed
    return _Runs(
        length=length[use], works=works[:, use], group=np.cumsum(closed | changed)[use],
        spells=float(spells[use].sum()), random=bool(random),
    )  # fmt: skip


def _work(model: Model, customer: Customer, pieces: Pieces) -> Floats:
    """Mean work `[N]`; the rounding of random ones to ticks takes off half a tick at most."""
    if customer.duration == NONE:
        return np.full(len(pieces.start), float(max(1, customer.work)))
    law = model.durations[customer.duration]
    mean = mean_work(law, customer.scale)
    exact = not squared_variation(model, law).any()
    return np.maximum(1.0, np.rint(mean) if exact else mean - 0.5)[pieces.period(law.starts)]


def _variation(model: Model, customer: Customer) -> float:
    if customer.duration == NONE:
        return 0.0
    return float(squared_variation(model, model.durations[customer.duration]).max())
