"""Small worlds for tests: parts of scenarios as dicts, and luck that is set by hand.

Times are hours from the start of the run, 2024-01-01 00:00; what is read from a ledger comes as
fractions, so that whole hours and single ticks compare exactly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

import numpy as np

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import CHUNK, Draws, Luck, Slots, Streams
from corridor_sim.model import TICK_H, Floats, Flow, Model, Ticks
from corridor_sim.result import Calls, Times
from corridor_sim.scenario.schema import Scenario

Part = dict[str, Any]
Hours = Fraction | int | float

START: Final = dt.date(2024, 1, 1)
TICK: Final = Fraction(1, TICK_H)
"""One tick in hours."""


def date(day: int) -> str:
    """The date of a day of the run, counted from 0."""
    return (START + dt.timedelta(days=day)).isoformat()


def changing(value: float, changes: Mapping[int, float]) -> Part:
    """A number that changes at 00:00 of days of the run."""
    return {"value": value, "changes": {date(day): new for day, new in changes.items()}}


# parts of scenarios


def link(ends: str, *, hours: Any, mode: str = "rail", **more: Any) -> Part:
    """A link between two places of one letter, `"ab"`."""
    return {"ends": list(ends), "mode": mode, "length_km": 100, "min_h": hours, **more}


def dwell(*, hours: Any, place: str = "a", **more: Any) -> Part:
    return {"place": place, "min_h": hours, **more}


def station(*, hours: Any, servers: Any = 1, place: str = "a", **more: Any) -> Part:
    """A station whose work takes so long per customer."""
    return {"place": place, "servers": servers, "work_h_per_customer": hours, **more}


def berths(*, place: str, fixed_h: float, box_h: float = 0, servers: Any = 1, **more: Any) -> Part:
    """Berths at which a box of 2 TEU takes `box_h`, in and out, and a call `fixed_h` beside."""
    cranes = {"cranes_per_berth": 1, "moves_per_crane_h": 1 / box_h} if box_h else {}
    return {"place": place, "servers": servers, "berth": {"fixed_h": fixed_h, **cranes}, **more}


def line(*, paths_per_day: Any, place: str = "a", **more: Any) -> Part:
    return {"place": place, "paths_per_day": paths_per_day, **more}


def timetable(
    ends: str, *, places: int, headway_h: float, chain: Sequence[str], **more: Any
) -> Part:
    return {
        "rule": "timetable", "origin": ends[0], "destination": ends[1], "places_teu": places,
        "headway_h": headway_h, "chain": list(chain), **more,
    }  # fmt: skip


def when_full(ends: str, *, places: int, max_wait_h: float, chain: Sequence[str]) -> Part:
    return {
        "rule": "when-full", "origin": ends[0], "destination": ends[1], "places_teu": places,
        "max_wait_h": max_wait_h, "chain": list(chain),
    }  # fmt: skip


def call(
    place: str, *, berths: str, chain: Sequence[str], min_load: int = 0, max_wait_h: float = 0
) -> Part:
    return {
        "place": place, "berths": berths, "chain": list(chain), "min_load_teu": min_load,
        "max_wait_h": max_wait_h,
    }  # fmt: skip


def fleet(calls: Sequence[Part], *, vessels: Mapping[str, Any], **more: Any) -> Part:
    """A fleet; a vessel is its places in TEU, or a dict."""
    ships = {v: g if isinstance(g, dict) else {"places_teu": g} for v, g in vessels.items()}
    return {"vessels": ships, "calls": list(calls), **more}


def absent(places: int, *days: tuple[int, int]) -> Part:
    """A vessel that is away from 00:00 of a day to 00:00 of another."""
    windows = [{"start": date(first), "end": date(last)} for first, last in days]
    return {"places_teu": places, "absences": windows}


def shut(*on: str, **more: Any) -> Part:
    """A closure; its windows are given to `fixed`, in hours."""
    never = [{"start": date(-2), "end": date(-1)}]
    return {"kind": "dated", "on": list(on), "windows": never, **more}


@dataclass(frozen=True)
class Cargo:
    """A flow, and when each of its consignments is released."""

    words: Part
    release: Sequence[Hours]


def cargo(
    ends: str,
    release: Sequence[Hours],
    *,
    lot: int = 2,
    direction: str = "westbound",
    route: str = "r",
) -> Cargo:
    """Cargo from a place to another by a route."""
    words = {"origin": ends[0], "destination": ends[1], "routes": {route: 1}}
    return Cargo({**_flow(len(release), lot, direction), **words}, release)


def choosing(
    ends: str,
    release: Sequence[Hours],
    *,
    routes: Mapping[str, float | Part],
    lot: int = 2,
    direction: str = "westbound",
    usd_per_day: float = 100,
    scale: float = 1,
) -> Cargo:
    """Cargo that chooses among routes, each with its constant or all that is said of it."""
    given = {
        name: said if isinstance(said, dict) else {"constant_usd_per_feu": said}
        for name, said in routes.items()
    }
    words = {
        "origin": ends[0], "destination": ends[1], "cargo_value_usd_per_feu": 10_000,
        "value_of_time_pct_per_day": usd_per_day / 100,
        "choice": {"scale_usd_per_feu": scale, "routes": given},
    }  # fmt: skip
    return Cargo({**_flow(len(release), lot, direction), **words}, release)


def captive(
    chain: Sequence[str], release: Sequence[Hours], *, lot: int = 2, direction: str = "westbound"
) -> Cargo:
    """Captive traffic, which uses some elements only."""
    return Cargo({**_flow(len(release), lot, direction), "chain": list(chain)}, release)


def _flow(count: int, lot: int, direction: str) -> Part:
    return {
        "cargo": "containers", "direction": direction, "teu_per_year": count * lot, "lot_teu": lot
    }  # fmt: skip


def route(*, westbound: Sequence[str] = (), eastbound: Sequence[str] = ()) -> Part:
    """A route of one chain in each direction, at most."""
    chains = {"westbound": westbound, "eastbound": eastbound}
    return {"title": "R", **{key: [list(chain)] for key, chain in chains.items() if chain}}


def scenario(*, days: int, **sections: Any) -> Part:
    """A scenario of places a, b, c, d that is measured from beginning to end."""
    places = {p: {"lat": 40, "lon": 50 + i, "country": "KZ"} for i, p in enumerate("abcd")}
    span = {"start": START, "warm_up_d": 0, "measure_d": days, "run_out_d": 0}
    return {"schema_version": 1, "title": "toy", "span": span, "places": places, **sections}


def compiled(words: Part) -> Model:
    return compile_scenario(Scenario.model_validate(words), name="toy")


# luck


def fixed(
    *,
    days: int,
    flows: Mapping[str, Cargo],
    windows: Mapping[str, Sequence[tuple[Hours, Hours]]] | None = None,
    luck: Mapping[str, Sequence[float]] | None = None,
    durations: Mapping[str, Sequence[Hours]] | None = None,
    slots: Mapping[str, Sequence[Hours]] | None = None,
    **sections: Any,
) -> FixedDraws:
    """A world in which chance decides nothing.

    `windows`: when a closure is shut; `luck`: uniform numbers by stream; `durations`: of vehicles
    or consignments by stream (`link/service`, `link/fleet@place/vessel`, `station/flow`); `slots`:
    departures of a timetable. What is not given is drawn as ever.
    """
    words = {name: flow.words for name, flow in flows.items()}
    model = compiled(scenario(days=days, flows=words, **sections))
    known = {
        name: np.array([[ticks(a), ticks(b)] for a, b in given])
        for name, given in (windows or {}).items()
    }
    closures = tuple(
        replace(c, windows=known[c.name]) if c.name in known else c for c in model.closures
    )
    return FixedDraws(
        replace(model, closures=closures),
        release=np.array([ticks(r) for flow in flows.values() for r in flow.release], np.int64),
        luck=luck or {},
        durations={name: _all_ticks(given) for name, given in (durations or {}).items()},
        slots={name: _all_ticks(given) for name, given in (slots or {}).items()},
    )


class FixedDraws(Draws):
    """The luck of a model with parts of it given, in ticks; lists are repeated as needed."""

    def __init__(
        self,
        model: Model,
        *,
        release: Ticks,
        luck: Mapping[str, Sequence[float]],
        durations: Mapping[str, Ticks],
        slots: Mapping[str, Ticks],
    ) -> None:
        super().__init__(model, 1)
        self._streams = FixedStreams(luck)
        self._given_release = release
        self._given_durations = durations
        self._given_slots = slots

    def replication(self, number: int) -> Luck:
        drawn = super().replication(number)
        durations, services = self.model.durations, self.model.services
        works = [self._given_work(d.name, w) for d, w in zip(durations, drawn.works, strict=True)]
        slots = [self._given_slot(s.name, at) for s, at in zip(services, drawn.slots, strict=True)]
        return replace(drawn, works=tuple(works), slots=tuple(slots))

    def _release(self, flow: Flow, replication: int) -> Ticks:
        return self._given_release[flow.first : flow.first + int(flow.counts.sum())]

    def vehicles(
        self, replications: Sequence[int], duration: int, vehicle: str, chunk: int
    ) -> Ticks:
        drawn = super().vehicles(replications, duration, vehicle, chunk)
        name = self.model.durations[duration].name
        given = self._given_durations.get(f"{name}/{vehicle}" if vehicle else name)
        return drawn if given is None else np.broadcast_to(np.resize(given, CHUNK), drawn.shape)

    def _given_work(self, name: str, drawn: Ticks | None) -> Ticks | None:
        given = self._given_durations.get(name)
        if given is None or drawn is None:
            return drawn
        return np.broadcast_to(np.resize(given, drawn.shape[1]), drawn.shape)

    def _given_slot(self, name: str, drawn: Slots | None) -> Slots | None:
        given = self._given_slots.get(name)
        return drawn if given is None else Slots(given, np.zeros(len(given), np.bool_))


class FixedStreams(Streams):
    """Uniform numbers, of which some streams are given."""

    def __init__(self, given: Mapping[str, Sequence[float]]) -> None:
        super().__init__(1)
        self._given = given

    def uniform(
        self, name: str, replication: int, *, count: int, lane: int = 0, chunk: int = 0
    ) -> Floats:
        if name in self._given:
            return np.resize(np.array(self._given[name], np.float64), count)
        return super().uniform(name, replication, count=count, lane=lane, chunk=chunk)


def ticks(hours: Hours) -> int:
    """Hours that are a whole number of ticks."""
    exact = Fraction(hours) * TICK_H
    assert exact.denominator == 1, f"{hours} h is no whole number of ticks"
    return int(exact)


def _all_ticks(given: Sequence[Hours]) -> Ticks:
    return np.array([ticks(hours) for hours in given], np.int64)


# a fleet between a and b

A_CALL = call("a", berths="quay-a", min_load=4, max_wait_h=100, chain=["a-b"])
B_CALL = call("b", berths="quay-b", chain=["a-b"])
NOTHING = {"w": cargo("ab", [])}


def sea(
    *,
    vessels: Mapping[str, Any],
    flows: Mapping[str, Cargo] = NOTHING,
    calls: Sequence[Part] = (A_CALL, B_CALL),
    quay_a: Part | None = None,
    quay_b: Part | None = None,
    locks: Mapping[str, Part] | None = None,
    routes: Mapping[str, Part] | None = None,
    dwells: Mapping[str, Part] | None = None,
    haul: Part | None = None,
    draught_factor: Any = 1.0,
    days: int = 5,
    **more: Any,
) -> FixedDraws:
    """A call takes 1 h and 1 h a box, in and out, unless other berths are given; eastbound cargo
    passes a gate of 1 h first.
    """
    return fixed(
        days=days,
        links={"a-b": haul or link("ab", mode="sea", hours=10)},
        stations={
            "quay-a": quay_a or berths(place="a", fixed_h=1, box_h=1),
            "quay-b": quay_b or berths(place="b", fixed_h=1, box_h=1),
            **(locks or {}),
        },
        dwells={"gate-b": dwell(place="b", hours=1), **(dwells or {})},
        fleets={
            "f": fleet(calls, vessels=vessels, gross_t_per_teu=10, draught_factor=draught_factor)
        },
        routes={"r": route(westbound=["f"], eastbound=["gate-b", "f"]), **(routes or {})},
        flows=flows,
        **more,
    )


# what is read from a ledger


def hours(times: Times, step: int | None = None) -> list[Fraction | None]:
    """Times in hours, None where missing; of one step where there are several."""
    column = ... if step is None else np.s_[:, step]
    pairs = zip(times.at[column].tolist(), times.known[column].tolist(), strict=True)
    return [Fraction(tick, TICK_H) if is_known else None for tick, is_known in pairs]


def nth(calls: Calls, vessel: int, n: int = 0) -> int:
    """The row of the n-th call of a vessel."""
    return int(np.flatnonzero(calls.vessel == vessel)[n])
