"""Rounds of a fleet at best: nobody waits for a berth, for cargo or for other vessels."""

from __future__ import annotations

import numpy as np

from corridor_sim.model import Call, Floats, Model
from corridor_sim.offered.pieces import Pieces, covered, mean_work, open_share, taken


class Rounds:
    """A fleet in the pieces of a span; all times in ticks, rates per tick.

    `random_only`: known closures lengthen no call; a round may miss them all.
    """

    def __init__(
        self, model: Model, number: int, pieces: Pieces, *, random_only: bool = False
    ) -> None:
        self.fleet = model.fleets[number]
        self._model = model
        self._pieces = pieces
        self.places = self.fleet.places[:, pieces.period(self.fleet.starts)].astype(np.float64)
        """Places `[V, N]`."""
        away = [covered(windows, pieces.start, pieces.end) for windows in self.fleet.absences]
        self.present = 1.0 - np.array(away) / pieces.length
        """Share of the time `[V, N]` in which a vessel is not away."""
        self._open = [self._berth_open(call.station, random_only) for call in self.fleet.calls]
        self._empty = sum((self._call_time(p) for p in range(len(self.fleet.calls))), 0.0)

    def _berth_open(self, station: int, random_only: bool) -> Floats:
        """Share of the time `[N]` in which the best berth works; bad weather lengthens a call."""
        stops = [shut for shut in taken(self._model, station, 0) if shut.work]
        return open_share(self._model, stops, self._pieces, random_only=random_only)

    def _call_time(self, p: int) -> Floats:
        """Fixed time of a call, bad weather included, and the mean time to the next."""
        call = self.fleet.calls[p]
        fixed = float(call.unload[0] + call.load[0])
        time = self._stretched(p, np.full(len(self._pieces.start), fixed))
        for step in call.chain:
            law = self._model.durations[step.duration]
            time = time + mean_work(law, 1)[self._pieces.period(law.starts)]
        return time

    def _stretched(self, p: int, work: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(work > 0, work / self._open[p], 0.0)

    def berth_time(self, p: int, calls: Floats, *, unloaded: Floats, loaded: Floats) -> Floats:
        """Berths `[N]` kept busy at a call by `calls` and TEU per tick."""
        call = self.fleet.calls[p]
        fixed = float(call.unload[0] + call.load[0])
        return calls * fixed + unloaded * per_teu(call)[0] + loaded * per_teu(call)[1]

    def needed(self, teu: list[Floats]) -> Floats:
        """Rounds per tick `[N]` of all vessels: as few as carry the TEU per tick of every leg.

        Vessels are taken with the mean places of those present, and full on the leg that asks most.
        Rounds with less aboard make way for other customers at the berths: they are not asked for.
        """
        vessels = self.present.sum(axis=0)
        places = (self.present * self.places).sum(axis=0) / np.maximum(vessels, 1e-9)
        return np.where(vessels > 0, np.max(teu, axis=0) / np.maximum(places, 1.0), 0.0)

    def calls(self) -> Floats:
        """Rounds per tick `[N]` of all vessels if they carry nothing."""
        return np.asarray((self.present / self._empty).sum(axis=0), np.float64)

    def capacity(self, p: int, teu: list[Floats]) -> Floats:
        """TEU per tick `[N]` that the fleet can carry on leg `p`, full there.

        On the other legs vessels carry what is asked for in proportion, at most full.
        """
        cycle = self._empty + np.zeros_like(self.places)
        for q in range(len(teu)):
            aboard = self.places * _ratio(teu[q], teu[p], same=q == p)
            boxes = aboard * per_teu(self.fleet.calls[q])[1]
            cycle = cycle + self._stretched(q, boxes)
            there = (q + 1) % len(teu)
            cycle = cycle + self._stretched(there, aboard * per_teu(self.fleet.calls[there])[0])
        return np.asarray((self.present * self.places / cycle).sum(axis=0), np.float64)


def per_teu(call: Call) -> tuple[float, float]:
    """Ticks of unloading and of loading a TEU at a call."""
    most = max(1, len(call.unload) - 1)
    return (
        float(call.unload[-1] - call.unload[0]) / most,
        float(call.load[-1] - call.load[0]) / most,
    )


def _ratio(other: Floats, own: Floats, *, same: bool) -> Floats:
    if same:
        return np.ones(len(own))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(other > 0, np.minimum(1.0, other / own), 0.0)
