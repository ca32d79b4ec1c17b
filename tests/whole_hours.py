"""Luck in whole hours, so that much happens at one instant and ties are real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from corridor_sim.draws import Calendar, Draws, Luck, Slots, merged
from corridor_sim.model import TICK_H, Call, Model, Ticks


class WholeHours(Draws):
    """Luck rounded to whole hours, as are the tables of the berths."""

    def __init__(self, model: Model, seed: int) -> None:
        fleets = tuple(
            replace(fleet, calls=tuple(_whole_call(call) for call in fleet.calls))
            for fleet in model.fleets
        )
        super().__init__(replace(model, fleets=fleets), seed)

    def replication(self, number: int) -> Luck:
        drawn = super().replication(number)
        return replace(
            drawn,
            release=drawn.release // TICK_H * TICK_H,
            works=tuple(None if work is None else _whole(work) for work in drawn.works),
            calendars=tuple(
                tuple(Calendar(_wider(c.starts), _wider(c.work)) for c in servers)
                for servers in drawn.calendars
            ),
            slots=tuple(
                slot and Slots(slot.times // TICK_H * TICK_H, slot.cancelled)
                for slot in drawn.slots
            ),
            shut=tuple(_wider(windows) for windows in drawn.shut),
        )

    def vehicles(
        self, replications: Sequence[int], duration: int, vehicle: str, chunk: int
    ) -> Ticks:
        return _whole(super().vehicles(replications, duration, vehicle, chunk))


def _whole(work: Ticks) -> Ticks:
    return np.maximum(1, (work + TICK_H // 2) // TICK_H) * TICK_H


def _wider(windows: Ticks) -> Ticks:
    low = windows[:, 0] // TICK_H * TICK_H
    high = -(-windows[:, 1] // TICK_H) * TICK_H
    return merged([np.stack([low, high], axis=1)])


def _whole_call(call: Call) -> Call:
    return replace(call, unload=_whole(call.unload), load=_whole(call.load))
