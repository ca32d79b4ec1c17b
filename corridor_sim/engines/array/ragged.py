"""Small array idioms: ragged ranges, binary search row by row, entries that join ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]
"""Integers: 64 bits in what is computed, fewer in what is kept."""
Bools = npt.NDArray[Any]
Whole = Ints

BIG: Final = 1 << 30
"""Any time that does not come within the run; twice it is still an int32."""
NONE_YET: Final = np.zeros(0, np.int64)


def ranges(first: Whole, count: Whole) -> tuple[Ints, Ints]:
    """The numbers first[i] .. first[i] + count[i] - 1, one after the other, and i of each."""
    row = np.repeat(np.arange(len(count)), count)
    shift = first - (np.cumsum(count) - count)
    return np.arange(len(row)) + shift[row], row


def row_search(a: Whole, low: Ints, high: Ints, x: Whole, *, right: bool = False) -> Ints:
    """By row the first index in [low, high) with a[i] >= x (right: > x), else high."""
    found = high.copy()
    held = np.flatnonzero(low < high)
    last = a[high[held] - 1]
    held = held[last > x[held] if right else last >= x[held]]
    if not len(held):
        return found
    low, length, x = low[held], high[held] - low[held], x[held]
    for _ in range(int(length.max() - 1).bit_length()):
        half = length >> 1
        value = a[low + half - 1]
        low = low + half * (value <= x if right else value < x)
        length = length - half
    found[held] = low
    return found


def joined(parts: Sequence[tuple[Whole, ...]]) -> tuple[Whole, ...] | None:
    """Tuples of arrays, one after the other; None where there is nothing."""
    parts = [part for part in parts if len(part[0])]
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def groups(sorted_values: Whole) -> tuple[Ints, Ints]:
    """Where each run of equal values begins, and its length."""
    new = np.empty(len(sorted_values), bool)
    new[:1] = True
    np.not_equal(sorted_values[1:], sorted_values[:-1], out=new[1:])
    first = np.flatnonzero(new)
    return first, np.diff(np.append(first, len(sorted_values)))
