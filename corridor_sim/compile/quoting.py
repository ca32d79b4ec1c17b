"""What contestable flows are told of their paths: free-flow times, capacities, known closures; and
the shares that are expected with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from corridor_sim.compile.choosing import unreliability_usd
from corridor_sim.compile.closing import NO_WINDOWS
from corridor_sim.compile.context import Context
from corridor_sim.compile.shocking import parts
from corridor_sim.compile.timing import BEGINNING
from corridor_sim.laws import CAPACITY_TICKS, LONGEST_QUOTE, MICRO
from corridor_sim.model import DAY, NONE, TICK_H, Choice, Floats, Flow, Kind, Model, Quotes, Ticks
from corridor_sim.offered.journeys import Journeys, Stage, Wait, carried
from corridor_sim.offered.pieces import Pieces, covered
from corridor_sim.scenario.network import Dated

_ROUNDS: Final = 10
"""How often expected shares and the waits for trains that they fill are taken from each other."""


def with_quotes(context: Context, model: Model) -> Model:
    """A model with the quotes of its contestable flows, and the shares expected of them."""
    if not any(flow.choice for flow in model.flows):
        return model
    look = _Look(context, model)
    for _ in range(_ROUNDS):
        look.expect()
    return replace(model, flows=look.flows, quotes=look.quotes())


@dataclass(frozen=True, slots=True)
class _Hit:
    """A window of a closure of a whole element, as a path meets it."""

    row: int
    window: tuple[int, int, int]
    reach: Floats


class _Look:
    """A model in pieces of time, without known closures of whole elements: quotes tell those."""

    def __init__(self, context: Context, model: Model) -> None:
        self._context = context
        self._whole = _whole_closures(context)
        bare = tuple(
            replace(closure, windows=NO_WINDOWS) if c in self._whole else closure
            for c, closure in enumerate(model.closures)
        )
        self._model = model
        self._pieces = Pieces.of(model, 0, context.clock.horizon)
        self.flows = tuple(
            self._shared(flow, np.zeros((len(flow.paths), len(self._pieces.start))))
            if flow.choice
            else flow
            for flow in model.flows
        )
        known = replace(model, closures=bare, flows=self.flows)
        self._journeys = Journeys(known, self._pieces, self._opening)

    def expect(self) -> None:
        """Take the shares of contestable flows from free-flow times and their spread."""
        self._journeys = self._journeys.with_flows(self.flows)
        self.flows = tuple(
            self._expected(self._journeys, flow) if flow.choice else flow for flow in self.flows
        )

    def _expected(self, journeys: Journeys, flow: Flow) -> Flow:
        assert flow.choice is not None
        stages = [list(journeys.stages(self._model.paths[path])) for path in flow.paths]
        time = np.array([sum(stage.time for stage in each) for each in stages])
        variance = np.array([sum(stage.variance for stage in each) for each in stages])
        words = self._context.scenario.flows[flow.name]
        parts = np.repeat(flow.choice.parts[:1], len(self._pieces.start), axis=0)
        parts[:, :, 1] = unreliability_usd(words, np.sqrt(variance.T) / DAY)
        return self._shared(replace(flow, choice=replace(flow.choice, parts=parts)), time)

    def _shared(self, flow: Flow, time: Floats) -> Flow:
        """A flow with the shares of its paths `[paths, N]` at some times."""
        assert flow.choice is not None
        shares = logit(flow.choice, time, self._open(flow.choice))
        starts = self._pieces.start.copy()
        starts[0] = BEGINNING
        cumulated = np.cumsum(shares.T, axis=1)
        cumulated[:, -1] = 1.0
        return replace(flow, share_starts=starts, shares=cumulated)

    def _open(self, choice: Choice) -> Floats:
        pieces = self._pieces
        shut = [covered(windows, pieces.start, pieces.end) for windows in choice.closed]
        return 1.0 - np.array(shut) / pieces.length

    def _opening(self, station: int) -> Wait:
        """Wait of who comes at any hour of the day, for opening hours."""
        facility = self._context.facility(self._model.stations[station].name)
        shut = DAY - (facility.open_to_h.value - facility.open_from_h.value) * TICK_H
        wait = shut**2 / (2.0 * DAY)
        each = np.ones(len(self._pieces.start))
        return wait * each, (shut**3 / (3.0 * DAY) - wait**2) * each

    def quotes(self) -> Quotes:
        """The quotes of all paths that may be chosen."""
        model, journeys = self._model, self._journeys.with_flows(self.flows)
        capacity = journeys.capacity()
        paths = [p for flow in model.flows if flow.choice for p in flow.paths]
        free: list[Floats] = []
        on_path: list[tuple[int, int, Floats]] = []
        hits: list[_Hit] = []
        for row, path in enumerate(paths):
            reach = np.zeros(len(self._pieces.start))
            first: dict[int, Floats] = {}
            shut: dict[int, Floats] = {}
            for stage in journeys.stages(model.paths[path]):
                if stage.element != NONE and np.isfinite(capacity[stage.element]).all():
                    first.setdefault(stage.element, reach)
                for closure in self._shutting(stage):
                    shut.setdefault(closure, reach)
                reach = reach + stage.time
            free.append(reach)
            on_path += [(row, element, at) for element, at in first.items()]
            hits += [_Hit(row, w, at) for c, at in shut.items() for w in self._whole[c]]
        starts = self._pieces.start.copy()
        starts[0] = BEGINNING
        return Quotes(
            starts=starts,
            paths=np.array(paths, np.int64),
            free=_ticks(free).T,
            row=np.array([row for row, _, _ in on_path], np.int64),
            element=np.array([element for _, element, _ in on_path], np.int64),
            reach=_ticks([at for _, _, at in on_path]).T,
            capacity=np.maximum(1, _ticks(capacity * CAPACITY_TICKS)).T,
            shut_row=np.array([hit.row for hit in hits], np.int64),
            shut=np.array([hit.window for hit in hits], np.int64).reshape(-1, 3),
            shut_reach=self._by_piece([hit.reach for hit in hits]),
            ways=np.array(carried(model), np.int64),
            passes=_passes(model),
        )

    def _by_piece(self, times: list[Floats]) -> Ticks:
        return _ticks(times).reshape(-1, len(self._pieces.start)).T

    def _shutting(self, stage: Stage) -> list[int]:
        """Closures that take the whole of what a stage needs."""
        model = self._model
        found: list[int] = []
        if stage.station != NONE:
            station = model.stations[stage.station]
            found += [s.closure for s in station.shuts if s.servers >= station.servers]
        if stage.service != NONE:
            found += [c for c, share in model.services[stage.service].closures if share >= 1.0]
        return [closure for closure in found if closure in self._whole]


def _whole_closures(context: Context) -> dict[int, list[tuple[int, int, int]]]:
    """Known closures that take all that they are on, with their windows: announced, start, end."""
    tick, found = context.clock.tick, {}
    for c, closure in enumerate(context.scenario.closures.values()):
        if isinstance(closure, Dated) and closure.servers is None and closure.share.value >= 1.0:
            found[c] = [
                (tick(w.announced) if w.announced else BEGINNING, tick(w.start), tick(w.end))
                for w in closure.windows
            ]
    for c, part in enumerate(parts(context), len(context.scenario.closures)):
        if part.whole:
            found[c] = [(part.announced, *window) for window in part.closure.windows.tolist()]
    return found


def logit(choice: Choice, time: Floats, is_open: Floats) -> Floats:
    """Shares `[paths, N]` at mean times in ticks `[paths, N]`, paths open for shares of the piece
    (McFadden 1974): exp(-cost / scale) of those that are open.
    """
    cost = choice.parts.sum(axis=2).T + time / DAY * (choice.per_day / MICRO)
    weight = is_open * np.exp(-(cost - cost.min(axis=0)) / choice.scale)
    total = weight.sum(axis=0)
    return np.where(total > 0, weight / np.where(total > 0, total, 1.0), 1.0 / len(weight))


def _ticks(times: list[Floats] | Floats) -> Ticks:
    most = np.clip(np.rint(np.array(times, np.float64)), 0, _MOST)
    return most.astype(np.int64)


_MOST: Final = float(LONGEST_QUOTE) * 1e6
"""No capacity and no time is larger."""


def _passes(model: Model) -> Ticks:
    """How often cargo of each path passes each element, trains and vessels under it included."""
    found, ways = np.zeros((len(model.paths), model.elements), np.int64), carried(model)
    for p, path in enumerate(model.paths):
        own = model.flows[path.flow].direction
        for step in path.steps:
            inner = model.chain(step)
            way = ways[model.carrier(step)] if inner else own
            for passed, direction in [(step, own), *((each, way) for each in inner)]:
                if passed.kind != Kind.HAUL:
                    found[p, model.element(passed, direction)] += 1
    return found
