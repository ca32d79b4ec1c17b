"""Daily reviews of the yards, and the embargoes that they announce."""

from __future__ import annotations

import simpy

from corridor_sim.engines.event.kernel import Settled, Wake
from corridor_sim.engines.order import Phase
from corridor_sim.model import DAY, Yard


class Embargo:
    """Whether cargo for a yard may board; what a review decides is in force from the next one
    on.
    """

    def __init__(self, env: simpy.Environment, yard: Yard, stock: list[int], number: int) -> None:
        self._env = env
        self._yard = yard
        self._stock = stock
        self._number = number
        self.in_force = False
        self.feeders: list[Settled] = []
        self.stocks: list[int] = []
        self.announced: list[bool] = []
        self._since = 0
        Wake(env, 0, Phase.REVIEW, self._review)

    def _review(self, _: simpy.Event) -> None:
        stock, yard, day = self._stock[self._number], self._yard, len(self.stocks)
        announced = self.announced[-1] if self.announced else False
        if not announced and stock >= yard.limit:
            announced, self._since = True, day
        elif announced and stock <= yard.resume and day - self._since >= yard.shortest_days:
            announced = False
        self.stocks.append(stock)
        self.announced.append(announced)
        Wake(self._env, DAY, Phase.REVIEW, self._review)
        if announced != self.in_force:
            Wake(self._env, DAY, Phase.CHANGE, self._change)

    def _change(self, _: simpy.Event) -> None:
        self.in_force = not self.in_force
        for feeder in self.feeders:
            feeder.stir()
