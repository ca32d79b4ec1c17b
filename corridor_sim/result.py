"""What an engine returns: the ledger of a replication. It does not plot or summarise.

Times are ticks from the start of the run. A time at or after the end is missing; so is all that
hangs on it. Missing is a mask: `Times.known` says which entries of `Times.at` mean something; the
others are 0.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corridor_sim.model import Ticks

NEVER: Final = 2**62
"""Any time that does not come within the run, inside engines."""

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Times:
    """Times, and which of them are known (reached before the end of the run)."""

    at: Ticks
    known: Mask

    @classmethod
    def before(cls, times: npt.ArrayLike, end: int) -> Times:
        """Mask the times that are not before `end`."""
        given = np.asarray(times, np.int64)
        known = given < end
        return cls(np.where(known, given, 0), known)


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits `[S, K]`: consignment x step of its path.

    At a station: arrive, start, finish. Waiting for a ride: ready (`arrive`), list closed or left
    (`start`), departed (`finish`). A haul or dwell: begun (`arrive`, `start`), over (`finish`).
    `vehicle` tells the ride, where `start` is known: the number of the departure; sailing x
    vessels of the fleet + vessel.
    """

    arrive: Times
    start: Times
    finish: Times
    vehicle: Numbers


@dataclass(frozen=True, slots=True)
class Passage:
    """What vehicles did on their chain `[n, C]`: vehicle x step."""

    arrive: Times
    start: Times
    finish: Times


@dataclass(frozen=True, slots=True)
class Departures:
    """Departures of a service `[n]`, by number of the vehicle (slot or count); cancelled ones are
    absent.
    """

    number: Numbers
    left: Ticks
    teu: Numbers
    timed_out: Mask
    passage: Passage


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of a fleet `[n]`, by vessel, then in order of time.

    `closed_by`: why the list closed: 0 minimum load, 1 capacity, 2 longest wait; where `listed` is
    known. `sailing` numbers the departures of a vessel; a call that ends in absence has none (-1
    beside an unknown `listed`).
    """

    vessel: Numbers
    call: Numbers
    sailing: Numbers
    arrive: Times
    berthed: Times
    berth: Numbers
    unloaded: Times
    listed: Times
    closed_by: Numbers
    loaded: Times
    cast_off: Times
    teu_off: Numbers
    teu_on: Numbers
    passage: Passage


@dataclass(frozen=True, slots=True)
class Reviews:
    """Daily reviews: of the yards `[Y, D]`, stock in TEU and whether an embargo is announced
    afterwards; of the paths that are chosen among `[Q, D]`, the time quoted from the next day on,
    ticks.
    """

    stock: Numbers
    announced: Mask
    quotes: Numbers


@dataclass(frozen=True, slots=True)
class Ledger:
    """One replication, complete. Consignments `[S]` in the order of the model."""

    replication: int
    release: Times
    """When each was released; unknown where it does not exist in the run."""
    path: Numbers
    visits: Visits
    delivered: Times
    departures: tuple[Departures, ...]
    calls: tuple[Calls, ...]
    reviews: Reviews


def differences(left: object, right: object, name: str = "ledger") -> str | None:
    """Where two ledgers (or parts) first differ, in words; None if equal in every bit."""
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return _array_difference(left, right, name)
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right):
            return f"{name}: {len(left)} against {len(right)} entries"
        pairs = [(f"{name}[{i}]", a, b) for i, (a, b) in enumerate(zip(left, right, strict=True))]
    elif is_dataclass(left) and type(left) is type(right):
        names = [field.name for field in fields(left)]
        pairs = [(f"{name}.{n}", getattr(left, n), getattr(right, n)) for n in names]
    else:
        return None if left == right else f"{name}: {left} against {right}"
    return next((found for at, a, b in pairs if (found := differences(a, b, at))), None)


def _array_difference(
    left: npt.NDArray[np.generic], right: npt.NDArray[np.generic], name: str
) -> str | None:
    if left.shape != right.shape:
        return f"{name}: shape {left.shape} against {right.shape}"
    if left.dtype != right.dtype:
        return f"{name}: type {left.dtype} against {right.dtype}"
    unequal = left != right
    if not unequal.any():
        return None
    at = tuple(int(i) for i in np.argwhere(unequal)[0])
    return f"{name}{list(at)}: {left[at]} against {right[at]} ({int(unequal.sum())} differ)"
