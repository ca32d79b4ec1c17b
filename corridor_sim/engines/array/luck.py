"""The luck of a block of replications as flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from corridor_sim.draws import CHUNK, Draws, Luck
from corridor_sim.engines.array.layout import Layout
from corridor_sim.engines.array.ragged import BIG, Ints
from corridor_sim.model import NONE, Model, Ticks

_LONGEST = BIG // 2


@dataclass
class Works:
    """Durations of all customers of a block; those of vehicles come as they are met."""

    draws: Draws
    replications: Sequence[int]
    layout: Layout
    cargo: npt.NDArray[np.int32]
    """Of consignments, flat: replication x width + place."""
    width: int
    place: npt.NDArray[np.int32]
    """By node of a consignment: place of its duration in the first period."""
    cuts: Ticks
    """Where any period begins."""
    shift: Ints
    """By row and period between cuts: what is added to the place."""
    dated: bool
    """Whether any law is not in its first period somewhere in the run."""
    vehicles: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    chunks: dict[tuple[int, int], int] = field(default_factory=dict)
    directory: Ints = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    """By row and chunk of numbers: first place among those of vehicles, or NONE."""
    used: int = 0

    def of(self, replication: Ints, node: Ints, start: Ints) -> Ints:
        """Durations of what begins at `start`."""
        trains_from = self.layout.trains_from
        if self.layout.nodes == trains_from:
            return self._of_cargo(replication, node, start)
        ours = node < trains_from
        if ours.all():
            return self._of_cargo(replication, node, start)
        if not ours.any():
            return self._of_vehicles(replication, node, start)
        found = np.empty(len(node), np.int64)
        found[ours] = self._of_cargo(replication[ours], node[ours], start[ours])
        theirs = ~ours
        found[theirs] = self._of_vehicles(replication[theirs], node[theirs], start[theirs])
        return found

    def _shifted(self, row: Ints, start: Ints) -> Ints:
        found: Ints = self.shift[row, np.searchsorted(self.cuts, start, "right")]
        return found

    def _of_cargo(self, replication: Ints, node: Ints, start: Ints) -> Ints:
        at = replication * self.width + self.place[node]
        if self.dated:
            at = at + self._shifted(self.layout.row[node], start)
        found: Ints = self.cargo[at].astype(np.int64)
        return found

    def _of_vehicles(self, replication: Ints, node: Ints, start: Ints) -> Ints:
        layout = self.layout
        row, number = layout.row[node], layout.number[node - layout.trains_from]
        chunk = number // CHUNK
        if chunk.max(initial=0) >= self.directory.shape[1]:
            more = int(chunk.max()) + 1 - self.directory.shape[1]
            self.directory = np.pad(self.directory, ((0, 0), (0, more)), constant_values=NONE)
        base = self.directory[row, chunk]
        missing = base == NONE
        if missing.any():
            self._draw(
                sorted(set(zip(row[missing].tolist(), chunk[missing].tolist(), strict=True)))
            )
            base = self.directory[row, chunk]
        at = base + replication * CHUNK + number % CHUNK
        if self.dated:
            at += self._shifted(row, start)
        found: Ints = self.vehicles[at].astype(np.int64)
        return found

    def _draw(self, wanted: list[tuple[int, int]]) -> None:
        layout, model = self.layout, self.draws.model
        for row, chunk in wanted:
            vessel = int(layout.row_vessel[row])
            name = ""
            if vessel >= 0:
                fleet = model.fleets[layout.vessel_fleet[vessel]]
                name = fleet.vessels[layout.vessel_number[vessel]]
            duration = int(layout.duration[row])
            drawn = self.draws.vehicles(self.replications, duration, name, chunk)
            flat = np.minimum(drawn, _LONGEST).astype(np.int32).ravel()
            if self.used + len(flat) > len(self.vehicles):
                larger = np.empty(2 * (self.used + len(flat)), np.int32)
                larger[: self.used] = self.vehicles[: self.used]
                self.vehicles = larger
            self.vehicles[self.used : self.used + len(flat)] = flat
            self.directory[row, chunk] = self.used
            self.used += len(flat)


def works(draws: Draws, layout: Layout, lucks: Sequence[Luck]) -> Works:
    """The durations of a block."""
    model, count = draws.model, len(draws.model.durations)
    base, entries, parts = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64), []
    width = 0
    for d in range(count):
        drawn = [w for luck in lucks if (w := luck.works[d]) is not None]
        if not drawn:
            entries[d] = len(lucks) * CHUNK
            continue
        flat = _stacked(drawn)
        base[d], entries[d] = width, flat.shape[2]
        width += flat.shape[1] * flat.shape[2]
        parts.append(np.minimum(flat, _LONGEST).astype(np.int32).reshape(len(lucks), -1))
    cargo = np.concatenate(parts, axis=1) if parts else np.zeros((len(lucks), 0), np.int32)
    cuts = _cuts(model)
    return Works(
        draws=draws, replications=[luck.replication for luck in lucks], layout=layout,
        cargo=cargo.ravel(), width=width,
        place=_places(model, layout, base, entries), cuts=cuts,
        shift=(shift := _shifts(model, layout, cuts, entries)), dated=bool(shift.any()),
        directory=np.full((len(layout.elem), 0), NONE, np.int64),
    )  # fmt: skip


def _stacked(drawn: list[Ticks]) -> Ticks:
    """Durations `[R, P, n]`; `[R, P, 1]` where they are the same for all consignments."""
    if drawn[0].shape[1] == 0:
        return np.ones((len(drawn), len(drawn[0]), 1), np.int64)
    varies = any(w.strides[1] and w.shape[1] > 1 for w in drawn)
    return np.stack([w if varies else w[:, :1] for w in drawn])


def _cuts(model: Model) -> Ticks:
    starts = [law.starts[1:] for law in model.durations]
    found = np.unique(np.concatenate([np.zeros(0, np.int64), *starts]))
    return found[found > 0]


def _places(model: Model, layout: Layout, base: Ints, entries: Ints) -> npt.NDArray[np.int32]:
    duration = layout.duration[layout.row[: layout.trains_from]]
    counts = [int(flow.counts.sum()) for flow in model.flows]
    first = np.repeat(
        [flow.first for flow in model.flows], layout.flow_stride * np.array(counts, int)
    )
    number = layout.consignment - first.astype(np.int64)
    found: npt.NDArray[np.int32] = (base[duration] + (entries[duration] > 1) * number).astype(
        np.int32
    )
    return found


def _shifts(model: Model, layout: Layout, cuts: Ticks, entries: Ints) -> Ints:
    found = np.zeros((len(layout.elem), len(cuts) + 1), np.int64)
    at = np.concatenate([[0], cuts])
    for row, d in enumerate(layout.duration.tolist()):
        if d != NONE and len(model.durations[d].starts) > 1:
            period = np.searchsorted(model.durations[d].starts, at, "right") - 1
            found[row] = period * entries[d]
    return found
