"""What vehicles leave behind, as it is written during the run."""

from __future__ import annotations

from dataclasses import dataclass

from corridor_sim.result import NEVER


@dataclass(slots=True)
class Passing:
    """Times of a vehicle on its chain."""

    arrive: list[int]
    start: list[int]
    finish: list[int]

    @classmethod
    def of(cls, steps: int) -> Passing:
        """Nothing known yet."""
        return cls([NEVER] * steps, [NEVER] * steps, [NEVER] * steps)


@dataclass(slots=True)
class TrainRecord:
    """One departure of a service."""

    number: int
    left: int
    teu: int
    timed_out: bool
    passing: Passing


@dataclass(slots=True)
class CallRecord:
    """One call of a vessel."""

    vessel: int
    call: int
    passing: Passing
    arrive: int
    teu_off: int
    sailing: int = -1
    berthed: int = NEVER
    berth: int = 0
    unloaded: int = NEVER
    listed: int = NEVER
    closed_by: int = 0
    loaded: int = NEVER
    cast_off: int = NEVER
    teu_on: int = 0
