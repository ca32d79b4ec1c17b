"""A tally as bytes and back: what travels between processes and what is kept on disk.

A piece is a line `corridor-sim piece 1 KEY SHA256` and a compressed JSON text: no code in it, exact
(floats are written so that they read back the same), its own proof that it is whole.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from corridor_sim.measures.rows import Days, Group, Key, Spread, Tally

HEAD: Final = "corridor-sim piece 1"
_LEVEL: Final = 6


class DamagedPiece(ValueError):  # noqa: N818 - what it is, not what went wrong here
    """Bytes that are no whole piece, or not the one that is looked for."""


def encoded(tally: Tally, *, key: str) -> bytes:
    """A tally as a piece of the case called `key`."""
    groups: dict[Group, int] = {}

    def at(group: Group) -> int:
        return groups.setdefault(group, len(groups))

    body = {
        "replication": tally.replication,
        "spreads": [[at(g), of, *_of_spread(s)] for (g, of), s in tally.spreads.items()],
        "ratios": [[at(k.group), k.measure, k.unit, *v] for k, v in tally.ratios.items()],
        "vehicles": [[at(group), count] for group, count in tally.vehicles.items()],
        "days": [[at(group), *_of_days(days)] for group, days in tally.days.items()],
        "groups": list(groups),
    }
    packed = zlib.compress(json.dumps(body, separators=(",", ":")).encode(), _LEVEL)
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
    body = json.loads(zlib.decompress(packed))
    if body["replication"] != replication:
        raise DamagedPiece(f"it is of replication {body['replication']}")
    groups = [Group(*names) for names in body["groups"]]
    return Tally(
        replication=replication,
        spreads={(groups[g], of): _spread(*given) for g, of, *given in body["spreads"]},
        ratios={Key(groups[g], m, u): (a, b) for g, m, u, a, b in body["ratios"]},
        vehicles=_by_group(groups, body["vehicles"]),
        days={
            groups[g]: Days(*(np.array(a, np.int64) for a in given)) for g, *given in body["days"]
        },
    )


def _of_spread(given: Spread) -> list[Any]:
    """First hour with a count, the counts from there on, and the sums."""
    first = int(np.argmax(given.counts > 0)) if given.counts.any() else len(given.counts)
    counts = given.counts[first:].tolist()
    return [first, counts, given.unfinished, given.total_h, given.squares_h]


def _spread(first: int, counts: list[int], unfinished: int, total: float, sq: float) -> Spread:
    whole = np.concatenate([np.zeros(first, np.int64), np.array(counts, np.int64)])
    return Spread(whole, unfinished, total, sq)


def _of_days(given: Days) -> list[list[int]]:
    columns = (given.released, given.released_teu, given.ticks, given.stock_teu)
    return [column.tolist() for column in columns]


def _by_group(groups: list[Group], given: Iterable[tuple[int, Any]]) -> dict[Group, Any]:
    return {groups[group]: amount for group, amount in given}
