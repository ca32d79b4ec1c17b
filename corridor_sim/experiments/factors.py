"""Numbers of a scenario that are varied: which, in what range, whole or not."""

from __future__ import annotations

import io
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from multiprocessing import get_context
from typing import Final, get_args

from pydantic import BaseModel

from corridor_sim.compile import compile_scenario, without_quotes
from corridor_sim.errors import ScenarioError, UsageError, did_you_mean, one_of
from corridor_sim.model import Model
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.sources import ASSUMED, numbers
from corridor_sim.scenario.values import Bounds, Value

NOT_OF_THE_WORLD: Final = ("span.*", "promise_d")
"""How it is looked at, not what it is."""
_FEW: Final = 16
"""Factors that a process looks at in one go."""


@dataclass(frozen=True, slots=True)
class Part:
    """One number in a range; `value` is what the scenario says."""

    path: str
    value: Value
    low: float
    high: float
    bounds: Bounds

    def at(self, share: float) -> float:
        """The number at a share (0 to 1) of the range; of whole numbers each has an equal part."""
        if not self.bounds.whole:
            return self.low + share * (self.high - self.low)
        count = round(self.high - self.low) + 1
        return self.low + min(int(share * count), count - 1)


@dataclass(frozen=True, slots=True)
class Factor:
    """What is varied as one: a number, or all items of a list (the months of a year) together."""

    name: str
    parts: tuple[Part, ...]

    @property
    def whole(self) -> bool:
        """Whether it takes whole numbers only."""
        return all(part.bounds.whole for part in self.parts)

    def at(self, share: float) -> dict[str, object]:
        """Changes that put it at a share (0 to 1) of its range."""
        return {part.path: revalued(part.value, part.at(share), part.bounds) for part in self.parts}

    def share_of(self, number: float) -> float:
        """The share of the range at which the (first) number stands."""
        low, high = self.parts[0].low, self.parts[0].high
        return (number - low + (0.5 if self.whole else 0.0)) / (
            high - low + (1 if self.whole else 0)
        )


def revalued(value: Value, number: float, bounds: Bounds) -> object:
    """A change of a number; dated changes keep their ratio to it, within the bounds."""
    if not value.changes:
        return number
    ratio = number / value.value if value.value else 1.0
    most = bounds.le if bounds.le is not None else float("inf")
    dated = {
        str(day): _whole(min(then * ratio, most), bounds) for day, then in value.changes.items()
    }
    return {"value": number, "changes": dated}


def _whole(number: float, bounds: Bounds) -> float:
    return max(float(round(number)), bounds.ge or 0.0) if bounds.whole else number


def reasoned(
    change: object, *, why: str, low: float | None = None, high: float | None = None
) -> object:
    """A change of a number that says of itself that it is assumed, why, and in what range."""
    record = dict(change) if isinstance(change, Mapping) else {"value": change}
    if low is not None and high is not None:
        record |= {"low": low, "high": high}
    return record | {"source": ASSUMED, "why": why}


def changes(factors: Sequence[Factor], shares: Iterable[float]) -> dict[str, object]:
    """Changes that put factors at shares of their ranges."""
    found: dict[str, object] = {}
    for factor, share in zip(factors, shares, strict=True):
        found |= factor.at(float(share))
    return found


def ranged(scenario: Scenario, only: Sequence[str] = ()) -> list[Factor]:
    """Factors of all numbers with a range, in the order of the scenario.

    `only`: patterns of paths or factors such as `links.*` or `*.servers`; without them all but
    the period and the promised time.

    Raises
    ------
    UsageError
        For a pattern that fits no number with a range.
    """
    found: dict[str, list[Part]] = {}
    for path, value in numbers(scenario):
        low, high = value.low, value.high
        if low is None or high is None or not low < high:
            continue
        name, _, last = path.rpartition(".")
        part = Part(path, value, low, high, bounds_of(scenario, path))
        found.setdefault(name if last.isdigit() else path, []).append(part)
    factors = [Factor(name, tuple(parts)) for name, parts in found.items()]
    for pattern in only:
        if not any(_fits(factor, pattern) for factor in factors):
            names = [factor.name for factor in factors]
            cure = did_you_mean(pattern, names) or one_of(names)
            raise UsageError(f"no number with a range is called {pattern!r}; {cure}")
    if only:
        return [factor for factor in factors if any(_fits(factor, p) for p in only)]
    return [f for f in factors if not any(_fits(f, p) for p in NOT_OF_THE_WORLD)]


def _fits(factor: Factor, pattern: str) -> bool:
    return any(
        fnmatchcase(name, pattern) for name in (factor.name, *(p.path for p in factor.parts))
    )


def chosen(scenario: Scenario, path: str, *, low: float | None, high: float | None) -> Factor:
    """A factor of one number by its path, in a given range or its own.

    Raises
    ------
    UsageError
        Where the path leads to no number, or there is no range.
    """
    value = number_at(scenario, path)
    ends = (value.low if low is None else low, value.high if high is None else high)
    if ends[0] is None or ends[1] is None or not ends[0] < ends[1]:
        raise UsageError(f"{path} has no range: write {path}=LOW:HIGH, LOW below HIGH")
    return Factor(path, (Part(path, value, ends[0], ends[1], bounds_of(scenario, path)),))


@dataclass(frozen=True, slots=True)
class Felt:
    """Factors that the model feels, and the names of others: not felt, or not free by themselves
    (shares that must sum to one).
    """

    factors: list[Factor]
    unfelt: list[str]
    bound: list[str]


def felt(scenario: Scenario, factors: Sequence[Factor], *, prices: bool, jobs: int = 1) -> Felt:
    """Which factors the compiled model feels; prices and emissions only where asked for.

    `jobs` processes look at them.
    """
    found = Felt([], [], [])
    look = _Look(scenario, prices, _told(without_quotes(scenario), prices))
    seen = list(_mapped(look.at, factors, jobs))
    unsure = [factor for factor, feels in zip(factors, seen, strict=True) if feels is False]
    quoted = {factor.name for factor in look.in_quotes(unsure)}
    for factor, feels in zip(factors, seen, strict=True):
        if feels is None:
            found.bound.append(factor.name)
        elif feels or factor.name in quoted:
            found.factors.append(factor)
        else:
            found.unfelt.append(factor.name)
    return found


def _mapped(
    look: Callable[[Factor], bool | None], factors: Sequence[Factor], jobs: int
) -> Iterator[bool | None]:
    if jobs == 1 or len(factors) < _FEW:
        return map(look, factors)
    with ProcessPoolExecutor(
        jobs, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)
    ) as pool:
        return iter(list(pool.map(look, factors, chunksize=_FEW)))


@dataclass(frozen=True, slots=True)
class _Look:
    """What a scenario says, to be compared with what it says after a change."""

    scenario: Scenario
    prices: bool
    before: bytes

    def at(self, factor: Factor) -> bool | None:
        """Whether the model without its quotes feels a factor; None where it is not free."""
        try:
            ends = [self.scenario.replace(factor.at(share)) for share in (0.0, 1.0)]
        except ScenarioError:
            return None
        return any(_told(without_quotes(end), self.prices) != self.before for end in ends)

    def in_quotes(self, factors: Sequence[Factor]) -> list[Factor]:
        """Those of which nothing but the quotes feels anything: halved until it is known which."""
        if not factors or not self._feels(factors):
            return []
        if len(factors) == 1:
            return list(factors)
        half = len(factors) // 2
        return self.in_quotes(factors[:half]) + self.in_quotes(factors[half:])

    def _feels(self, factors: Sequence[Factor]) -> bool:
        try:
            ends = [
                self.scenario.replace(changes(factors, [share] * len(factors)))
                for share in (0.0, 1.0)
            ]
        except ScenarioError:  # each may be changed, but not all together
            return True
        low, high = (_told(compile_scenario(end, name=""), self.prices) for end in ends)
        return low != high


def _told(model: Model, prices: bool) -> bytes:
    if not prices:
        paths = tuple(replace(path, legs=()) for path in model.paths)
        flows = tuple(replace(flow, goods=None) for flow in model.flows)
        model = replace(model, paths=paths, flows=flows, carbon_usd_per_t=0.0)
    told = io.BytesIO()
    pickler = pickle.Pickler(told)
    pickler.fast = True  # what is equal is told alike, whether it is one object or two
    pickler.dump(replace(model, fingerprint=""))
    return told.getvalue()


def number_at(scenario: Scenario, path: str) -> Value:
    """The number at a dotted path, a default too.

    Raises
    ------
    UsageError
        Where there is none, with the nearest name.
    """
    node, _ = _walked(scenario, path)
    if not isinstance(node, Value):
        raise UsageError(f"{path} is no number")
    return node


def bounds_of(scenario: Scenario, path: str) -> Bounds:
    """What the number at a dotted path may be."""
    return _walked(scenario, path)[1] or Bounds()


def _walked(scenario: Scenario, path: str) -> tuple[object, Bounds | None]:
    node: object = scenario
    bounds: Bounds | None = None
    walked: list[str] = []
    for word in path.split("."):
        below = _below(node)
        if word not in below:
            cure = did_you_mean(word, below) or one_of(below) or "nothing is below it"
            where = ".".join(walked) or "the scenario"
            raise UsageError(f"there is no {word!r} in {where}; {cure}")
        if isinstance(node, BaseModel):
            field = type(node).model_fields[word]
            bounds = _first((*field.metadata, field.annotation))
        node = below[word]
        walked.append(word)
    return node, bounds


def _below(node: object) -> dict[str, object]:
    match node:
        case Value():
            return {}
        case BaseModel():
            return {name: getattr(node, name) for name in type(node).model_fields}
        case Mapping():
            return {str(key): inner for key, inner in node.items()}
        case list() | tuple():
            return {str(i): inner for i, inner in enumerate(node)}
    return {}


def _first(hints: Iterable[object]) -> Bounds | None:
    for hint in hints:
        if isinstance(hint, Bounds):
            return hint
        inner = _first((*getattr(hint, "__metadata__", ()), *get_args(hint)))
        if inner is not None:
            return inner
    return None
