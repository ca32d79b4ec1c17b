"""Choice of route at release, and the daily reviews that quote the routes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engines.array.block import Block
from corridor_sim.engines.array.ragged import Ints, ranges
from corridor_sim.engines.quoting import quoted
from corridor_sim.laws import time_cost
from corridor_sim.model import DAY, NONE, Model, Quotes


@dataclass
class Choosing:
    """Quotes of a block, and TEU committed to each element."""

    quotes: Quotes
    change: Ints
    """Change of what is committed until each review `[D + 1, elements, R]`."""
    committed: Ints
    """At the last review `[elements, R]`."""
    row: Ints
    """Quoted path of each path of the model, or NONE."""
    in_force: Ints
    """Quoted times `[Q, R]`."""
    record: Ints
    """At each review `[D, Q, R]`."""
    flow: Ints
    """Flow of each consignment."""
    way: Ints
    """By flow: what its direction adds to the number of a station among elements."""
    carried: Ints
    """The same by service, then by call."""

    @classmethod
    def of(cls, model: Model, replications: int) -> Choosing | None:
        """The quotes of a model, with nothing committed; None if nothing is quoted."""
        quotes, days = model.quotes, -(-model.end // DAY)
        if quotes is None:
            return None
        row = np.full(len(model.paths), NONE)
        row[quotes.paths] = np.arange(len(quotes.paths))
        committed = np.zeros((model.elements, replications), np.int64)
        counts = [int(flow.counts.sum()) for flow in model.flows]
        return cls(
            quotes=quotes, change=np.zeros((days + 1, *committed.shape), np.int32),
            committed=committed, row=row,
            in_force=quoted(quotes, now=-DAY, committed=committed),
            record=np.zeros((days, len(quotes.paths), replications), np.int64),
            flow=np.repeat(np.arange(len(model.flows)), counts),
            way=np.array([flow.direction for flow in model.flows]) * model.eastbound_from,
            carried=quotes.ways * model.eastbound_from,
        )  # fmt: skip

    def enforce(self, day: int) -> None:
        """What the review before said comes into force."""
        if day:
            self.in_force = self.record[day - 1]

    def release(self, block: Block, replication: Ints, at: Ints, consignment: Ints) -> None:
        """Consignments choose their paths and are committed to what lies on them."""
        model, flow = block.model, self.flow[consignment]
        for f in np.unique(flow).tolist():
            words = model.flows[f]
            if words.choice is None:
                continue
            ours = np.flatnonzero(flow == f)
            r, own = replication[ours], consignment[ours]
            cost = block.costs[f][r, own - words.first]
            told = self.in_force[self.row[list(words.paths)][None, :], r[:, None]]
            whole = cost + time_cost(quoted=told, per_day=words.choice.per_day)
            block.path[r, own] = np.array(words.paths)[whole.argmin(axis=1)]
        path = block.path[replication, consignment]
        elements, k = _repeated(self.quotes.passes, path)
        size = np.array([words.size for words in model.flows])[flow]
        self._put(elements, replication[k], at[k], size[k])

    def served(self, block: Block) -> None:
        """What begins at stations or departs in the window that has been solved."""
        self._stations(block)
        self._rides(block)

    def _stations(self, block: Block) -> None:
        layout, customers = block.layout, block.customers
        columns = np.arange(layout.stations * block.replications)
        begun = customers.head1[columns] - customers.head0[columns]
        place, column = ranges(customers.first[columns] + customers.head0[columns], begun)
        node = customers.node[place].astype(np.int64)
        calls = (node >= layout.vessels_from) & (layout.step[layout.row[node]] == NONE)
        place, column, node = place[~calls], column[~calls], node[~calls]
        station, replication = np.divmod(column, block.replications)
        teu, way = self._teu(block, replication, node)
        self._put(station + way, replication, customers.start[place].astype(np.int64), -teu)

    def _teu(self, block: Block, replication: Ints, node: Ints) -> tuple[Ints, Ints]:
        """TEU of customers of stations, of a consignment or aboard; and what their direction
        adds to the number of the station.
        """
        layout, rides = block.layout, block.rides
        teu, way = layout.size[layout.row[node]].copy(), np.zeros(len(node), np.int64)
        cargo = np.flatnonzero(node < layout.trains_from)
        way[cargo] = self.way[self.flow[layout.consignment[node[cargo]]]]
        trains = np.flatnonzero((node >= layout.trains_from) & (node < layout.vessels_from))
        if len(trains):
            service = np.searchsorted(layout.train_base, node[trains], "right") - 1
            number = layout.number[node[trains] - layout.trains_from].astype(np.int64)
            column = (layout.stations + service) * block.replications + replication[trains]
            row, timed = number.copy(), block.timetabled[service]
            row[timed] = rides.of_slot[rides.slot_first[column[timed]] + number[timed]]
            teu[trains] = _aboard(block, column, row + rides.first[column])
            way[trains] = self.carried[service]
        vessels = np.flatnonzero(node >= layout.vessels_from)
        if len(vessels):
            vessel, sailing, _ = layout.vessel_at(node[vessels])
            row = rides.of_sailing[replication[vessels], vessel, sailing]
            teu[vessels] = rides.teu[row]
            way[vessels] = self.carried[layout.services + layout.call_of(vessel, sailing)]
        return teu, way

    def _rides(self, block: Block) -> None:
        layout, rides = block.layout, block.rides
        columns = np.arange(layout.queues * block.replications)
        columns = columns + layout.stations * block.replications
        gone = rides.head1[columns] - rides.head0[columns]
        row, k = ranges(rides.first[columns] + rides.head0[columns], gone)
        element, replication = np.divmod(columns[k], block.replications)
        trains = element < layout.stations + layout.services
        at = np.where(trains, rides.at[row], rides.cast_off[row]).astype(np.int64)
        self._put(element, replication, at, -_aboard(block, columns[k], row))

    def _put(self, element: Ints, replication: Ints, at: Ints, teu: Ints) -> None:
        day = -(-at // DAY)
        days, elements, replications = self.change.shape
        seen = day < days
        cell = (day * elements + element) * replications + replication
        np.add.at(self.change.reshape(-1), cell[seen], teu[seen].astype(np.int32))

    def review(self, day: int) -> None:
        """Quote all paths by what is committed at midnight."""
        self.committed = self.committed + self.change[day]
        self.record[day] = quoted(self.quotes, now=day * DAY, committed=self.committed)


def _repeated(passes: Ints, path: Ints) -> tuple[Ints, Ints]:
    """Elements that cargo of each path passes, one after the other, and whose they are."""
    elements = [np.repeat(np.arange(passes.shape[1]), times) for times in passes]
    count = np.array([len(e) for e in elements])
    first = np.cumsum(count) - count
    place, k = ranges(first[path], count[path])
    return np.concatenate(elements)[place], k


def _aboard(block: Block, column: Ints, row: Ints) -> Ints:
    """TEU of rides, given their columns and rows."""
    first = block.boarding.first[column] + block.rides.cargo[row]
    teu = block.boarding.teu
    aboard: Ints = (teu[first + block.rides.count[row]] - teu[first]).astype(np.int64)
    return aboard
