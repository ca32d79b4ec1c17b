"""A tally as bytes and back: what travels between processes and what is kept on disk.

A piece is a line `corridor-sim piece 2 KEY SHA256` and, compressed: a line of JSON with the names
of all rows, how many whole numbers (int64), others (float64) and hourly counts (uint32) there are,
and these, little-endian. No code in it, exact, its own proof that it is whole.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from corridor_sim.measures.rows import Days, Group, Key, Spread, Tally

HEAD: Final = "corridor-sim piece 2"
_LEVEL: Final = 1
WHOLE, REAL, COUNT = np.dtype("<i8"), np.dtype("<f8"), np.dtype("<u4")
Numbers = npt.NDArray[Any]


class DamagedPiece(ValueError):  # noqa: N818 - what it is, not what went wrong here
    """Bytes that are no whole piece, or not the one that is looked for."""


class _Names(NamedTuple):
    """The rows of a tally, without their numbers."""

    spreads: list[tuple[Group, str]]
    ratios: list[Key]
    vehicles: list[Group]
    days: list[Group]


def encoded(tally: Tally, *, key: str) -> bytes:
    """A tally as a piece of the case called `key`."""
    spreads = tally.spreads.values()
    firsts = [int(np.argmax(s.counts > 0)) if s.counts.any() else len(s.counts) for s in spreads]
    daily = [(d.released, d.released_teu, d.ticks, d.stock_teu) for d in tally.days.values()]
    sizes = [len(s.counts) for s in spreads]
    left, vehicles = [s.unfinished for s in spreads], list(tally.vehicles.values())
    whole = [[tally.replication], firsts, sizes, left, vehicles, *chain.from_iterable(daily)]
    real = [*((s.total_h, s.squares_h) for s in spreads), *tally.ratios.values()]
    counts = [s.counts[first:] for s, first in zip(spreads, firsts, strict=True)]
    columns = [_joined(whole, WHOLE), np.array(real, REAL).ravel(), _joined(counts, COUNT)]
    numbers = [np.array([len(column) for column in columns], WHOLE), *columns]
    body = b"".join([_line(tally), b"\n", *(column.tobytes() for column in numbers)])
    packed = zlib.compress(body, _LEVEL)
    return f"{HEAD} {key} {hashlib.sha256(packed).hexdigest()}\n".encode() + packed


def decoded(piece: bytes, *, key: str, replication: int) -> Tally:
    """The tally in a piece.

    Raises
    ------
    DamagedPiece
        Where the bytes are not whole, or are of another case or replication.
    """
    head, _, packed = piece.partition(b"\n")
    if head.decode("ascii", "replace") != f"{HEAD} {key} {hashlib.sha256(packed).hexdigest()}":
        raise DamagedPiece("it is not whole, or of another case")
    line, _, numbers = zlib.decompress(packed).partition(b"\n")
    names, (whole, real, counts) = _names(line), _columns(numbers)
    if whole[0] != replication:
        raise DamagedPiece(f"it is of replication {whole[0]}")
    n = len(names.spreads)
    firsts, lengths, unfinished = whole[1 : 3 * n + 1].reshape(3, n)
    vehicles, days = np.split(whole[3 * n + 1 :], [len(names.vehicles)])
    hours = _hours(counts, firsts, lengths)
    sums = real[: 2 * n].reshape(n, 2).tolist()
    spreads = [Spread(h, u, *s) for h, u, s in zip(hours, unfinished.tolist(), sums, strict=True)]
    ratios = real[2 * n :].reshape(-1, 2).tolist()
    daily = days.reshape(len(names.days), 4, -1 if names.days else 0)
    return Tally(
        replication=replication,
        spreads=dict(zip(names.spreads, spreads, strict=True)),
        ratios=dict(zip(names.ratios, map(tuple, ratios), strict=True)),
        vehicles=dict(zip(names.vehicles, vehicles.tolist(), strict=True)),
        days={group: Days(*columns) for group, columns in zip(names.days, daily, strict=True)},
    )


def _joined(parts: Iterable[Any], kind: np.dtype[Any]) -> Numbers:
    return np.concatenate([np.zeros(0, kind), *(np.asarray(part, kind) for part in parts)])


def _columns(numbers: bytes) -> tuple[Numbers, Numbers, Numbers]:
    """Whole numbers, others, and counts."""
    sizes = np.frombuffer(numbers, WHOLE, 3)
    reals = sizes.nbytes + int(sizes[0]) * WHOLE.itemsize
    counts = reals + int(sizes[1]) * REAL.itemsize
    return (
        np.frombuffer(numbers, WHOLE, int(sizes[0]), sizes.nbytes),
        np.frombuffer(numbers, REAL, int(sizes[1]), reals),
        np.frombuffer(numbers, COUNT, int(sizes[2]), counts),
    )


def _hours(counts: Numbers, firsts: Numbers, lengths: Numbers) -> list[Numbers]:
    """Hourly counts of each spread, in as few bytes as all of them fit."""
    ends = np.cumsum(lengths - firsts).tolist()
    kind = np.min_scalar_type(counts.max(initial=0))
    found = []
    for first, length, end in zip(firsts.tolist(), lengths.tolist(), ends, strict=True):
        own = np.zeros(length, kind)
        own[first:] = counts[end - length + first : end]
        found.append(own)
    return found


def _line(tally: Tally) -> bytes:
    """Names of all rows; groups are numbered."""
    groups: dict[Group, int] = {}

    def at(group: Group) -> int:
        return groups.setdefault(group, len(groups))

    names = {
        "spreads": [[at(group), of] for group, of in tally.spreads],
        "ratios": [[at(key.group), key.measure, key.unit] for key in tally.ratios],
        "vehicles": [at(group) for group in tally.vehicles],
        "days": [at(group) for group in tally.days],
        "groups": list(groups),
    }
    return json.dumps(names, separators=(",", ":")).encode()


@lru_cache(maxsize=64)
def _names(line: bytes) -> _Names:
    """Replications of a case mostly have the same rows: their names are made, and kept, once."""
    body = json.loads(line)
    groups = [Group(*names) for names in body["groups"]]
    return _Names(
        [(groups[g], of) for g, of in body["spreads"]],
        [Key(groups[g], measure, unit) for g, measure, unit in body["ratios"]],
        [groups[g] for g in body["vehicles"]],
        [groups[g] for g in body["days"]],
    )
