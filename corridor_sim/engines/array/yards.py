"""Stocks of yards at the daily reviews, and the embargoes that they announce."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.ragged import Bools, Ints
from corridor_sim.engines.array.routing import Entries
from corridor_sim.model import DAY, NONE, Model


@dataclass
class Yards:
    """All yards of a block `[Y, R]`."""

    model: Model
    change: Ints
    """Change of the stock until each review `[Y, R, D + 1]`."""
    since: Ints
    """Review that announced the embargo, or NONE."""
    in_force: Bools
    stock: Ints
    """At each review `[Y, R, D]`."""
    announced: Bools
    feeds: Ints
    """By queue for rides: the yard at the other end, or NONE."""

    @classmethod
    def of(cls, model: Model, replications: int) -> Yards:
        """The yards of a model, empty."""
        shape = (len(model.yards), replications)
        days = -(-model.end // DAY)
        calls = [call for fleet in model.fleets for call in fleet.calls]
        feeds = [service.feeds for service in model.services] + [call.feeds for call in calls]
        return cls(
            model=model, change=np.zeros((*shape, days + 1), np.int64),
            since=np.full(shape, NONE), in_force=np.zeros(shape, bool),
            stock=np.zeros((*shape, days), np.int64), announced=np.zeros((*shape, days), bool),
            feeds=np.array(feeds, np.int64),
        )  # fmt: skip

    def take(self, block: Block, entries: Entries) -> None:
        """TEU join or leave."""
        _, column, at, teu = entries
        yard = column // block.replications - block.layout.yards_from
        day = -(-at // DAY)
        np.add.at(self.change, (yard, block.replication[column], day), teu)

    def enforce(self, block: Block) -> None:
        """What the review before announced comes into force."""
        if not len(self.since):
            return
        self.in_force = self.since != NONE
        first = block.layout.stations * block.replications
        barred = self.in_force[self.feeds] & (self.feeds != NONE)[:, None]
        block.embargo[first : first + barred.size] = barred.ravel()

    def review(self, day: int) -> None:
        """Look at the stock of midnight."""
        for y, yard in enumerate(self.model.yards):
            before = self.stock[y, :, day - 1] if day else 0
            stock = before + self.change[y, :, day]
            since = self.since[y]
            free = since == NONE
            lifted = ~free & (stock <= yard.resume) & (day - since >= yard.shortest_days)
            since[free & (stock >= yard.limit)] = day
            since[lifted] = NONE
            self.stock[y, :, day] = stock
            self.announced[y, :, day] = since != NONE
