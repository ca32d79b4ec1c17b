"""The rules once more, queue by queue: what must have happened, given when everybody came.

Plain loops over sorted lists, no events; `None` is a time at or after the end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from corridor_sim.draws import Luck
from corridor_sim.model import DAY, NONE, Fleet, Kind, Model, Service, Step, Ticks
from corridor_sim.result import Ledger, Times

Window = tuple[int, int]
At = int | None


@dataclass(frozen=True)
class Customer:
    """A customer of a station: who came when, and what the ledger says of it."""

    arrive: int
    key: tuple[int, int]
    """Source and number: consignments 0, then services, then fleets."""
    works: Sequence[int]
    """Work by period; none where a vessel at berth keeps its server until `finish`."""
    starts: Sequence[int]
    """Starts of the periods."""
    start: At
    finish: At
    server: int | None = None
    """The server, where the ledger tells."""


@dataclass(frozen=True)
class Boarder:
    """A consignment that waits for a ride: when it was ready, and what the ledger says of it."""

    ready: int
    number: int
    size: int
    left: At
    """When it left, or was listed."""


def seen(times: Times, *at: int) -> At:
    return int(times.at[at]) if times.known[at] else None


def windows(given: Ticks) -> list[Window]:
    return [(int(a), int(b)) for a, b in given]


def next_open(shut: Sequence[Window], tick: int) -> int:
    return next((end for start, end in shut if start <= tick < end), tick)


def worked_off(shut: Sequence[Window], start: int, work: int) -> int:
    """The first instant at which the open time since `start` is `work`."""
    now, left = start, work
    for shuts, opens in shut:
        if opens <= now:
            continue
        if now + left <= shuts:
            break
        left -= max(0, shuts - now)
        now = opens
    return now + left


# who came where


def consignments(model: Model, ledger: Ledger) -> Iterator[tuple[int, int, Step]]:
    """Consignment, step number and step of every visit that has begun."""
    for i in range(model.consignments):
        for k, step in enumerate(model.paths[ledger.path[i]].steps):
            if ledger.visits.arrive.known[i, k]:
                yield i, k, step


def customers(model: Model, luck: Luck, ledger: Ledger, station: int) -> list[Customer]:
    """All customers of a station, in the order in which they are to be served."""
    found = chain(
        _cargo(model, luck, ledger, station),
        _trains(model, luck, ledger, station),
        _vessels(model, luck, ledger, station),
    )
    return sorted(found, key=lambda c: (c.arrive, c.key))


def _cargo(model: Model, luck: Luck, ledger: Ledger, station: int) -> Iterator[Customer]:
    visits = ledger.visits
    for i, k, step in consignments(model, ledger):
        if step.kind == Kind.STATION and step.target == station:
            works = luck.works[step.duration]
            assert works is not None
            flow = model.flows[model.paths[ledger.path[i]].flow]
            yield Customer(
                int(visits.arrive.at[i, k]), (0, i), works[:, i - flow.first].tolist(),
                model.durations[step.duration].starts.tolist(),
                seen(visits.start, i, k), seen(visits.finish, i, k),
            )  # fmt: skip


def _trains(model: Model, luck: Luck, ledger: Ledger, station: int) -> Iterator[Customer]:
    for s, (service, trains) in enumerate(zip(model.services, ledger.departures, strict=True)):
        for c, step in enumerate(service.chain):
            if step.kind != Kind.STATION or step.target != station:
                continue
            for n, number in enumerate(trains.number.tolist()):
                arrive = seen(trains.passage.arrive, n, c)
                if arrive is not None:
                    works = luck.vehicle(step.duration, "", number)
                    starts = model.durations[step.duration].starts.tolist()
                    yield Customer(
                        arrive, (1 + s, number), works, starts,
                        seen(trains.passage.start, n, c), seen(trains.passage.finish, n, c),
                    )  # fmt: skip


def _vessels(model: Model, luck: Luck, ledger: Ledger, station: int) -> Iterator[Customer]:
    for f, (fleet, calls) in enumerate(zip(model.fleets, ledger.calls, strict=True)):
        source = 1 + len(model.services) + f
        for n in range(len(calls.vessel)):
            vessel, call = int(calls.vessel[n]), fleet.calls[calls.call[n]]
            key, passage = (source, vessel), calls.passage
            if call.station == station:
                berthed = seen(calls.berthed, n)
                berth = None if berthed is None else int(calls.berth[n])
                until = seen(calls.cast_off, n)
                yield Customer(int(calls.arrive.at[n]), key, (), (), berthed, until, berth)
            for c, step in enumerate(call.chain):
                arrive = seen(passage.arrive, n, c)
                if step.kind == Kind.STATION and step.target == station and arrive is not None:
                    name = fleet.vessels[vessel]
                    works = luck.vehicle(step.duration, name, int(calls.sailing[n]))
                    yield Customer(
                        arrive, key, works, model.durations[step.duration].starts.tolist(),
                        seen(passage.start, n, c), seen(passage.finish, n, c),
                    )  # fmt: skip


# stations


def served(model: Model, luck: Luck, station: int, queue: Sequence[Customer]) -> list[Customer]:
    """Those customers with the starts, finishes and servers that the rules give them."""
    calendars = luck.calendars[station]
    starts = [windows(c.starts) for c in calendars]
    stops = [windows(c.work) for c in calendars]
    free: list[int | None] = [0] * len(calendars)
    found = []
    for who in queue:
        offers = [
            (next_open(starts[j], max(who.arrive, at)), j)
            for j, at in enumerate(free)
            if at is not None
        ]
        start, server = min(offers, default=(model.end, NONE))
        if start >= model.end:
            found.append(_as(who, None, None, None))
            continue
        finish = who.finish
        if who.works:
            work = who.works[bisect_right(who.starts, start) - 1]
            done = worked_off(stops[server], start, work)
            finish = done if done < model.end else None
        free[server] = finish
        found.append(_as(who, start, finish, None if who.server is None else server))
    return found


def _as(who: Customer, start: At, finish: At, server: int | None) -> Customer:
    return Customer(who.arrive, who.key, who.works, who.starts, start, finish, server)


# rides


def boarders(
    model: Model, ledger: Ledger, kind: Kind, target: int, call: int = NONE
) -> list[Boarder]:
    """All cargo that came to wait for a ride, in the order in which it is to board."""
    found = []
    for i, k, step in consignments(model, ledger):
        if (step.kind, step.target, step.call) == (kind, target, call):
            ready = int(ledger.visits.arrive.at[i, k])
            size = model.flows[model.paths[ledger.path[i]].flow].size
            found.append(Boarder(ready, i, size, seen(ledger.visits.start, i, k)))
    return sorted(found, key=lambda b: (b.ready, b.number))


def barred(ledger: Ledger, yard: int, tick: int) -> bool:
    """Whether an embargo is in force on a yard: announced at the last review but one."""
    day = tick // DAY
    return yard != NONE and day > 0 and bool(ledger.reviews.announced[yard, day - 1])


def prefix(queue: Sequence[Boarder], now: int, places: int) -> list[Boarder]:
    """The longest prefix of those ready that fits."""
    taken: list[Boarder] = []
    for who in queue:
        if who.ready > now or sum(t.size for t in taken) + who.size > places:
            break
        taken.append(who)
    return taken


Ride = tuple[int, int, bool, list[int]]
"""Number, instant, whether timed out, and who is aboard."""


def timetabled(
    model: Model, luck: Luck, ledger: Ledger, service: int, queue: list[Boarder]
) -> list[Ride]:
    """The departures of a timetable."""
    words, slots = model.services[service], luck.slots[service]
    assert slots is not None
    rides: list[Ride] = []
    for tick, number in sorted((int(t), n) for n, t in enumerate(slots.times)):
        if tick >= model.end or slots.cancelled[number]:
            continue
        taken = [] if barred(ledger, words.feeds, tick) else prefix(queue, tick, words.places)
        del queue[: len(taken)]
        rides.append((number, tick, False, [b.number for b in taken]))
    return rides


def left_when_full(
    model: Model, luck: Luck, ledger: Ledger, service: int, queue: list[Boarder]
) -> list[Ride]:
    """The departures of a service that leaves when full or after a longest wait."""
    words: Service = model.services[service]
    shut = windows(luck.shut[service])
    ticks = {b.ready for b in queue} | {b.ready + words.max_wait for b in queue}
    ticks |= {end for _, end in shut} | set(range(0, model.end, DAY))
    rides: list[Ride] = []
    for tick in sorted(t for t in ticks if t < model.end):
        if next_open(shut, tick) != tick or barred(ledger, words.feeds, tick):
            continue
        while queue and queue[0].ready <= tick:
            taken = prefix(queue, tick, words.places)
            left_over = len(taken) < len(queue) and queue[len(taken)].ready <= tick
            full = left_over or sum(b.size for b in taken) == words.places
            if not full and tick < queue[0].ready + words.max_wait:
                break
            del queue[: len(taken)]
            rides.append((len(rides), tick, not full, [b.number for b in taken]))
    return rides


@dataclass(frozen=True)
class List:
    """A load list as it must have closed."""

    call: int
    """Row in the calls of the fleet."""
    closed: At
    teu: int
    taken: list[int]


def load_lists(
    model: Model, ledger: Ledger, number: int, port: int, queue: list[Boarder]
) -> list[List]:
    """The lists of a port of call in the order in which berths were given."""
    fleet, calls = model.fleets[number], ledger.calls[number]
    rows = [n for n in range(len(calls.call)) if calls.call[n] == port and calls.sailing[n] >= 0]
    rows.sort(key=lambda n: (int(calls.arrive.at[n]), int(calls.vessel[n])))
    found, last = [], 0
    for n in rows:
        opens, berthed = max(last, int(calls.berthed.at[n])), int(calls.berthed.at[n])
        closed = _closing(model, ledger, fleet, port, queue, (opens, berthed, int(calls.vessel[n])))
        if closed is None:
            found.append(List(n, None, 0, []))
            last = model.end
            continue
        last = closed
        places = int(fleet.places[calls.vessel[n], bisect_right(fleet.starts, closed) - 1])
        feeds = fleet.calls[port].feeds
        taken = [] if barred(ledger, feeds, closed) else prefix(queue, closed, places)
        del queue[: len(taken)]
        numbers, teu = [b.number for b in taken], sum(b.size for b in taken)
        found.append(List(n, closed, teu, numbers))
    return found


def _closing(
    model: Model, ledger: Ledger, fleet: Fleet, port: int, queue: Sequence[Boarder],
    vessel: tuple[int, int, int],
) -> At:  # fmt: skip
    opens, berthed, number = vessel
    call = fleet.calls[port]
    ticks = {opens, berthed + call.max_wait} | {b.ready for b in queue}
    ticks |= set(range(0, model.end, DAY))
    for tick in sorted(t for t in ticks if opens <= t < model.end):
        places = int(fleet.places[number, bisect_right(fleet.starts, tick) - 1])
        none = barred(ledger, call.feeds, tick)
        waiting = 0 if none else sum(b.size for b in queue if b.ready <= tick)
        if waiting >= min(call.min_load, places) or tick >= berthed + call.max_wait:
            return tick
    return None
