"""Faults planted in the array engine, one at a time: the treaty finds each."""

from __future__ import annotations

import inspect
import textwrap
from dataclasses import dataclass
from itertools import chain
from types import ModuleType

import pytest
from pairs import difference, reference, world
from worlds import captive, cargo, changing, choosing, fixed, link, route, shut, station, timetable

import corridor_sim.engines.array.windows as windows
from corridor_sim.draws import Draws
from corridor_sim.engines import event
from corridor_sim.engines.array import berths, block, choice, services, stations, sweeps
from corridor_sim.engines.array import cargo as cargo_of_block
from corridor_sim.engines.array.calendars import Calendars
from corridor_sim.engines.array.choice import Choosing
from corridor_sim.engines.array.luck import Works
from corridor_sim.engines.array.yards import Yards
from corridor_sim.model import DAY
from corridor_sim.result import Ledger

WORLDS = (1001, *range(2000, 2200))


@dataclass(frozen=True)
class Fault:
    """A text in the source of a function, and what is written instead."""

    name: str
    owner: ModuleType | type
    function: str
    right: str
    wrong: str
    window: int = DAY


FAULTS = [
    Fault("a closure still shuts the tick of its end", Calendars, "_last",
          "(at < self.ends[there])", "(at <= self.ends[there])"),
    Fault("a closure does not shut its first tick", Calendars, "_last", '"right"', '"left"'),
    Fault("work that is done when a closure begins ends with it", Calendars, "worked_off",
          '"left")', '"right")'),
    Fault("closures do not stop work", Calendars, "worked_off", "if not len(self)", "if True"),
    Fault("what is ready at a departure misses it", services, "fitting",
          "low, fit, at, right=True", "low, fit, at"),
    Fault("what fits exactly does not", services, "fitting",
          "places, right=True) - 1", "places) - 1"),
    Fault("cargo waits a tick longer", services, "_next_full", "block.service_wait[service]",
          "block.service_wait[service] + 1"),
    Fault("full is a TEU more than full", services, "_next_full",
          "end, block.service_places[service]", "end, block.service_places[service] + 1"),
    Fault("trains leave in closures", services, "_next_full",
          "block.shut.next_open(service * block.replications + block.replication[columns], at)",
          "at"),
    Fault("embargoes do not bar trains that leave when full", services, "_when_full",
          "~block.embargo[columns] & ", ""),
    Fault("embargoes do not bar timetables", services, "_timetables",
          "count[block.embargo[columns]] = 0", "pass"),
    Fault("a train takes what comes after one that does not fit, by number", services, "enqueue",
          "boarding.node[place] = node", "boarding.node[place] = node[::-1]"),
    Fault("lists close a tick late", berths, "_close",
          "rides.berthed[row] + block.handling.wait[call]",
          "rides.berthed[row] + block.handling.wait[call] + 1"),
    Fault("the minimum load is a TEU more", berths, "_close",
          "np.minimum(block.handling.least[call], places)",
          "np.minimum(block.handling.least[call] + 1, places)"),
    Fault("capacity is called minimum load", berths, "_close", "MIN_LOAD, CAPACITY)",
          "MIN_LOAD, MIN_LOAD)"),
    Fault("embargoes do not bar vessels", berths, "_close",
          "count[block.embargo[queues]] = 0", "pass"),
    Fault("cargo under embargo counts for the minimum load", berths, "_loaded",
          "block.embargo[queues], barred", "False, barred"),
    Fault("loading does not wait for unloading", berths, "_load",
          "np.maximum(rides.unloaded[row], rides.at[row])", "rides.at[row]"),
    Fault("vessels sail from a closed port", berths, "_load",
          "_cast_off(block, calendar, over)", "over"),
    Fault("vessels sail at the instant at which their port closes", berths, "_cast_off",
          "ready >= block", "ready > block"),
    Fault("work at a berth stops only if it began in the closure", berths, "_worked_off",
          "over > block.works_until", "begin >= block.works_until"),
    Fault("a vessel back from absence unloads its old cargo again", berths, "_vessels",
          "(again == 0) & (sailing > 0)", "(sailing > 0)"),
    Fault("absence does not matter", berths, "_vessels", "ends >= 0", "ends >= 2**40"),
    Fault("vessels do not tell the next port what is aboard", berths, "_sail",
          "out[-1][2] < block.end", "out[-1][2] < 0"),
    Fault("an embargo is in force half a day early", windows, "run",
          "if begin % DAY == 0:\n            state.yards.enforce",
          "if True:\n            state.yards.enforce",
          window=DAY // 2),
    Fault("an embargo is in force a day late", Yards, "enforce",
          "self.in_force = self.since != NONE",
          "self.in_force, self.late ="
          " vars(self).get('late', self.since < NONE), self.since != -1"),
    Fault("an embargo is lifted a day early", Yards, "review", ">= yard.shortest_days",
          ">= yard.shortest_days - 1"),
    Fault("a yard is full when over its limit only", Yards, "review", "stock >= yard.limit",
          "stock > yard.limit"),
    Fault("what happens at the instant of a review is not seen", Yards, "take",
          "-(-at // DAY)", "at // DAY + 1"),
    Fault("one pass too few", windows, "_window", "while again:", "for _ in range(3):"),
    Fault("trains do not tell that their cargo changed", windows, "_solve",
          "if batch.solve is services.solve:", "if False:"),
    Fault("ties are reversed", windows, "_solve", "np.sort(_incoming(state, number))",
          "_reversed(np.sort(_incoming(state, number)), state)"),
    Fault("the highest free server is taken", sweeps, "numbered",
          "j = ready.argmin(axis=0)", "j = most - 1 - ready[::-1].argmin(axis=0)"),
    Fault("a closure does not shut its first tick for starts", sweeps, "numbered",
          "ready >= closes", "ready > closes"),
    Fault("the highest free berth is taken", berths, "_give",
          "server = free.argmin(axis=1)",
          "server = free.shape[1] - 1 - free[:, ::-1].argmin(axis=1)"),
    Fault("servers keep what an earlier pass told them", stations, "solve",
          "customers.free1[columns] = customers.free0[columns]", "pass"),
    Fault("closures after the window do not stop work", stations, "solve",
          "if len(stopped):", "if False:"),
    Fault("closures after the window do not stop work at single servers", sweeps, "numbered",
          "over.max() > soonest", "False"),
    Fault("servers that never differ are taken whether free or not", sweeps, "_take",
          "np.minimum(rest, after, out=before)", "pass"),
    Fault("a single server forgets its last customer", sweeps, "alone",
          "np.maximum(grid[0, 0], free[columns, 0], out=grid[0, 0])", "pass"),
    Fault("what lies beyond the window comes a window late", windows, "_bank",
          'entries[2], "right") - 1', 'entries[2] - 1, "right") - 1'),
    Fault("a period begins a tick late", Works, "_shifted", '"right"', '"left"'),
    Fault("a change before the run is not seen", Works, "_of_cargo", "self.dated",
          "len(self.cuts)"),
    Fault("the draught of yesterday", windows, "_look",
          'fleet.starts, block.begin, "right"', 'fleet.starts, block.begin - 1, "right"'),
    Fault("the last of equal paths is chosen", Choosing, "release", "whole.argmin(axis=1)",
          "whole.shape[1] - 1 - whole[:, ::-1].argmin(axis=1)"),
    Fault("quotes are in force at once", Choosing, "enforce", "day - 1", "day"),
    Fault("quotes are in force a day late", Choosing, "enforce", "day - 1", "max(0, day - 2)"),
    Fault("cargo is served when it arrives", Choosing, "_stations", "customers.start[place]",
          "customers.arrive[place]"),
    Fault("cargo aboard is committed until it is off", Choosing, "_rides", "rides.cast_off[row]",
          "rides.cast_off[row] + 86400"),
    Fault("cargo leaves a port when its list closes", Choosing, "_rides", "rides.cast_off[row]",
          "rides.at[row]"),
    Fault("trains carry nothing past a line", Choosing, "_teu",
          "teu[trains] = _aboard(block, column, row + rides.first[column])", "teu[trains] = 0"),
    Fault("trains are of the other direction", Choosing, "_teu",
          "way[trains] = self.carried[service]",
          "way[trains] = self.carried.max() - self.carried[service]"),
    Fault("vessels carry nothing past a gate", Choosing, "_teu", "teu[vessels] = rides.teu[row]",
          "teu[vessels] = 0"),
    Fault("a path is committed to each element once", choice, "_repeated",
          "times) for times in passes", "times > 0) for times in passes"),
    Fault("what happens at midnight is not seen in quotes", Choosing, "_put",
          "-(-at // DAY)", "at // DAY + 1"),
    Fault("captive cargo is not committed", Choosing, "release",
          "elements, k = _repeated(self.quotes.passes, path)",
          "elements, k = _repeated(self.quotes.passes * np.isin(np.arange(len(self.row)),"
          " self.quotes.paths)[:, None], path)"),
    Fault("queues have room for half of those that choose", cargo_of_block, "passed",
          "who * most[:, None]", "who // 2 * most[:, None]"),
    Fault("cancelled trains run", block, "_kept", "~slots.cancelled[order] & ", ""),
    Fault("slots leave by number, not by time", block, "_kept",
          'np.argsort(slots.times, kind="stable")', "np.arange(len(slots.times))"),
]  # fmt: skip


def plant(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a function anew with the fault in it."""
    source = textwrap.dedent(inspect.getsource(getattr(fault.owner, fault.function)))
    assert source.count(fault.right) >= 1, f"{fault.name}: the text is not there any more"
    module = inspect.getmodule(fault.owner) if inspect.isclass(fault.owner) else fault.owner
    assert module is not None
    names = dict(vars(module))
    names["_reversed"] = reversed_ties
    exec(compile(source.replace(fault.right, fault.wrong), fault.name, "exec"), names)
    monkeypatch.setattr(fault.owner, fault.function, names[fault.function])


def reversed_ties(keys: object, state: object) -> object:
    """Entries of one instant by falling numbers."""
    import numpy as np

    bits = state.node_bits  # type: ignore[attr-defined]
    mask = (1 << bits) - 1
    order = np.lexsort((-(keys & mask), keys >> bits))
    return keys[order]  # type: ignore[index]


def closes_tomorrow() -> Draws:
    """The second customer of two gets the server that will be shut, as the first took the other."""
    return fixed(
        days=3,
        stations={"desk": station(hours=1, servers=2)},
        closures={"fault": shut("desk", servers=1, stops="work")},
        windows={"fault": [(30, 40)]},
        durations={"desk/w": [6, 10]},
        flows={"w": captive(["desk"], [20, 25])},
    )


def late_for_the_first_pass() -> Draws:
    """Cargo that passes two stations and then takes a train that arrives on the same day."""
    return fixed(
        days=2,
        links={"a-b": link("ab", hours=2)},
        stations={
            "first": station(hours=1),
            "second": station(hours=1),
            "third": station(hours=1, place="b"),
        },
        services={"train": timetable("ab", places=4, headway_h=100, offset_h=10, chain=["a-b"])},
        routes={"r": route(westbound=["first", "second", "train", "third"])},
        flows={"w": cargo("ab", [1])},
    )


def equal_routes() -> Draws:
    """Two routes that cost the same, with the same luck."""
    return fixed(
        days=2,
        links={"x": link("ab", hours=5), "y": link("ab", hours=5)},
        services={
            name: timetable("ab", places=4, headway_h=10, chain=[name[-1]])
            for name in ("train-x", "train-y")
        },
        routes={name: route(westbound=[f"train-{name}"]) for name in "xy"},
        flows={"w": choosing("ab", [1, 2, 30], routes={"x": 0, "y": 0})},
        luck={"w:route:x": [0.5], "w:route:y": [0.5]},
    )


def changed_before_the_run() -> Draws:
    """Work that is longer since a date before the run."""
    desk = station(hours=changing(1, {-5: 3}))
    return fixed(days=2, stations={"desk": desk}, flows={"w": captive(["desk"], [1, 2, 3])})


OWN = (changed_before_the_run, closes_tomorrow, late_for_the_first_pass, equal_routes)
"""Worlds for faults that random ones miss."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_found(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    own = [(draws := make(), list(event.simulate(draws, [0]))) for make in OWN]
    random = ((world(n), [reference(n, r) for r in range(2)]) for n in WORLDS)
    plant(fault, monkeypatch)
    assert any(noticed(*pair, fault.window) for pair in chain(own, random)), "nothing notices it"


def noticed(draws: Draws, references: list[Ledger], window: int) -> bool:
    """Whether a world comes out otherwise, or not at all."""
    try:
        return difference(draws, references, block=len(references), window=window) is not None
    except (IndexError, ValueError):
        return True


def test_without_a_fault_nothing_is_found() -> None:
    for make in OWN:
        draws = make()
        assert not noticed(draws, list(event.simulate(draws, [0])), DAY)
    for n in WORLDS[:5]:
        assert not noticed(world(n), [reference(n, r) for r in range(2)], DAY)
