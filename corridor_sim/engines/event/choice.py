"""Choice of route at release, and the daily reviews that quote the routes."""

from __future__ import annotations

import numpy as np
import simpy

from corridor_sim.draws import Luck
from corridor_sim.engines.event.kernel import Wake
from corridor_sim.engines.order import Phase
from corridor_sim.engines.quoting import quoted
from corridor_sim.laws import time_cost
from corridor_sim.model import DAY, Model, Quotes


class Commitments:
    """TEU released on paths through each element and not yet served there."""

    def __init__(self, model: Model) -> None:
        self.teu: list[int] = []
        self._on_path: list[list[int]] = []
        self._ways: list[int] = []
        if model.quotes is not None:
            passes = model.quotes.passes
            self._ways = (model.quotes.ways * model.eastbound_from).tolist()
            self.teu = [0] * passes.shape[1]
            self._on_path = [
                np.repeat(np.arange(len(self.teu)), times).tolist() for times in passes
            ]

    def released(self, path: int, teu: int) -> None:
        """Cargo is released on a path."""
        if self.teu:
            for element in self._on_path[path]:
                self.teu[element] += teu

    def served(self, element: int, teu: int) -> None:
        """Work on it begins at a station, or its departure leaves."""
        if self.teu:
            self.teu[element] -= teu

    def passed(self, station: int, carrier: int, teu: int) -> None:
        """A station starts the work of a vehicle of a service, or on its way from a call."""
        if self.teu:
            self.teu[station + self._ways[carrier]] -= teu


class Choosing:
    """Reviews quote all paths; what one of them says is in force from the next on."""

    def __init__(
        self, env: simpy.Environment, model: Model, quotes: Quotes, luck: Luck,
        commitments: Commitments,
    ) -> None:  # fmt: skip
        self._env = env
        self._quotes = quotes
        self._commitments = commitments
        self._flow = [f for f, w in enumerate(model.flows) for _ in range(int(w.counts.sum()))]
        self._flows = model.flows
        self._costs = [None if cost is None else cost.tolist() for cost in luck.costs]
        self._row = {path: row for row, path in enumerate(quotes.paths.tolist())}
        nothing = np.zeros((quotes.passes.shape[1], 1), np.int64)
        self._in_force: list[int] = quoted(quotes, now=-DAY, committed=nothing)[:, 0].tolist()
        self.quotes: list[list[int]] = []
        """Quotes of each review `[D][Q]`."""
        Wake(env, 0, Phase.REVIEW, self._review)

    def path(self, consignment: int) -> int | None:
        """The path that a consignment chooses now; None where it has no choice."""
        flow = self._flows[self._flow[consignment]]
        costs = self._costs[self._flow[consignment]]
        if costs is None or flow.choice is None:
            return None
        own, per_day = costs[consignment - flow.first], flow.choice.per_day
        whole = [
            cost + time_cost(quoted=self._in_force[self._row[path]], per_day=per_day)
            for path, cost in zip(flow.paths, own, strict=True)
        ]
        return flow.paths[whole.index(min(whole))]

    def _review(self, _: simpy.Event) -> None:
        committed = np.array(self._commitments.teu, np.int64)[:, None]
        now = int(self._env.now)
        self.quotes.append(quoted(self._quotes, now=now, committed=committed)[:, 0].tolist())
        Wake(self._env, DAY, Phase.CHANGE, self._change)
        Wake(self._env, DAY, Phase.REVIEW, self._review)

    def _change(self, _: simpy.Event) -> None:
        self._in_force = self.quotes[-1]
