"""Goal seek: the least capacity, or the least yearly cost over several, that meets targets.

The search takes it that more capacity never does worse: what fails rules out all that has no more
of anything, what meets rules out all that is dearer. With one capacity that is bisection. A
candidate meets the targets in the search where it does so with the confidence asked for. As the
assumption may be false, and the best of many is flattered, the answer is confirmed on replications
that the search has not seen; one that fails there is struck out and the search goes on, its next
answer on replications that are new again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import product
from math import prod
from typing import Final

import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.evaluate import Read, evaluated, itself, varied
from corridor_sim.experiments.executor import HERE, Progress, Where, Workers, workers
from corridor_sim.experiments.factors import (
    Factor,
    bounds_of,
    chosen,
    number_at,
    reasoned,
    revalued,
)
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.quantities import segments
from corridor_sim.experiments.relief import unit_usd_per_yr
from corridor_sim.experiments.run import Run
from corridor_sim.experiments.shown import framed
from corridor_sim.experiments.targets import Target, Verdict, all_met, confidence_of_all, verdict
from corridor_sim.scenario.network import Investment
from corridor_sim.scenario.schema import Scenario

Levels = tuple[int, ...]
FALLING: Final = frozenset(
    {"headway_h", "max_wait_h", "work_h_per_feu", "work_h_per_customer", "fixed_h", "min_h",
     "delay_mean_h", "cancelled_share", "shortest_d"}
)  # fmt: skip
"""Numbers of which less is more capacity."""
MOST_COMBINATIONS: Final = 200_000
MOST_ATTEMPTS: Final = 5
STEPS: Final = 8
"""Steps of a number that is not whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A capacity to be chosen: its values from the least to the most capacity, and their costs.

    `costs`: USD a year; where nobody states a price and there is one choice only, its levels.
    """

    path: str
    values: tuple[float, ...]
    costs: tuple[float, ...]
    priced: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """A combination that was run in the search: values by path, cost, confidence that it meets."""

    values: Mapping[str, float]
    cost: float
    confidence: float
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """The answer; `values` is None where even the most capacity fails.

    `confidence`: that the pooled figures meet all targets, on `years` fresh replications, of which
    `years_met` meet them on their own (`chance`, with a 95 % interval). `attempts`: answers of the
    search that were put to fresh replications.
    """

    values: Mapping[str, float] | None
    cost: float | None
    priced: bool
    reached: bool
    confidence: float
    verdicts: list[Verdict]
    years: int
    years_met: int
    chance: float
    chance_low: float
    chance_high: float
    attempts: int
    trials: list[Trial]
    found: Case | None

    def table(self) -> pd.DataFrame:
        """One row a target: how the answer stands to it on fresh replications."""
        return pd.DataFrame([asdict(verdict) for verdict in self.verdicts])

    def _repr_html_(self) -> str:
        if self.values is None:
            return framed("The most of everything does not meet the targets", {})
        found = ", ".join(f"{path} = {value:g}" for path, value in self.values.items())
        note = (
            f"On {self.years} fresh replications the pooled figures meet all with a confidence of"
            f" {self.confidence:.1%}; a year meets all with a probability of {self.chance:.0%}"
            f" ({self.chance_low:.0%} to {self.chance_high:.0%})."
        )
        title = found if self.reached else f"Not confirmed: {found}"
        return framed(title, {"": self.table()}, [note])


def choice(
    scenario: Scenario, path: str, *, low: float | None, high: float | None, steps: int | None,
    usd_per_yr: float | None, interest: float,
) -> Choice:  # fmt: skip
    """A capacity by its path, from `low` to `high` (by default its own range).

    Whole numbers take every value unless `steps` are given, others `steps` (8) equal steps. The
    price of a unit is `usd_per_yr`, or what the scenario states for it.

    Raises
    ------
    UsageError
        Where the path leads to no number, or there is no range.
    """
    factor = chosen(scenario, path, low=low, high=high)
    values = _values(factor, steps)
    if path.rpartition(".")[2] in FALLING:
        values = values[::-1]
    price = usd_per_yr if usd_per_yr is not None else _price(scenario, path, interest)
    costs = tuple(map(float, range(len(values)))) if price is None else tuple(
        price * value for value in values
    )  # fmt: skip
    return Choice(path=path, values=values, costs=costs, priced=price is not None)


def goal_seek(
    base: Case, choices: Sequence[Choice], targets: Sequence[Target], options: Options, *,
    fresh: int | None = None, where: Where | Workers = HERE,
    progress: Progress = lambda _: None,
) -> Goal:  # fmt: skip
    """The cheapest combination that meets all targets, confirmed on `fresh` replications.

    `fresh` is by default as many as the search uses.

    Raises
    ------
    UsageError
        Where nothing is to be chosen or met, several choices have no price, or there are too many
        combinations.
    RunError
        Where a replication fails.
    """
    _check(choices, targets, options)
    options = replace(options, segments=segments([t.quantity for t in targets]))
    seek = _Seek(base, choices, targets, options, fresh or len(options.replications))
    with workers(where) as here:
        return seek.answer(here, progress)


def most_cases(choices: Sequence[Choice]) -> int:
    """Cases that a goal seek runs at most, roughly: bisection of each capacity, and attempts."""
    sizes = [len(choice.values) for choice in choices]
    front = prod(sorted(sizes)[:-1])
    return front * (max(sizes).bit_length() + 1) + 2 * MOST_ATTEMPTS


def search(costs: Mapping[Levels, float], meets: Callable[[Levels], bool]) -> Levels | None:
    """The cheapest levels that meet, given that more of anything never does worse.

    None where the most of everything fails.
    """
    top = tuple(max(levels[i] for levels in costs) for i in range(len(next(iter(costs)))))
    if not meets(top):
        return None
    best = top
    left = sorted((cost, levels) for levels, cost in costs.items() if cost < costs[top])
    while left:
        cost, middle = left[(len(left) - 1) // 2]
        if meets(middle):
            best = middle
            left = [one for one in left if one[0] < cost]
        else:
            left = [one for one in left if any(a > b for a, b in zip(one[1], middle, strict=True))]
    return best


@dataclass(slots=True)
class _Seek:
    """A search under way, and what it has run."""

    base: Case
    choices: Sequence[Choice]
    targets: Sequence[Target]
    options: Options
    fresh: int
    known: dict[Levels, tuple[float, bool]] = field(default_factory=dict)

    def answer(self, where: Workers, progress: Progress) -> Goal:
        """Search and confirm until an answer holds, or none is left."""

        def meets(levels: Levels) -> bool:
            if levels not in self.known:
                sure = self._run(levels, self.options, self._sureness, where, progress)
                self.known[levels] = (sure, sure >= self.options.level)
            return self.known[levels][1]

        costs = self._costs()
        found: Goal | None = None
        numbers = self.options.replications
        for attempt in range(1, MOST_ATTEMPTS + 1):
            levels = search(costs, meets)
            if levels is None:
                break
            first = max(numbers) + 1
            numbers = tuple(range(first, first + self.fresh))
            fresh = replace(self.options, replications=numbers)
            run = self._run(levels, fresh, itself, where, progress)
            found = self._goal(levels, costs[levels], run, attempt)
            if found.reached:
                return found
            self.known[levels] = (self.known[levels][0], False)
        return found or self._nothing()

    def _run(
        self, levels: Levels, options: Options, read: Callable[[Run], Read], where: Workers,
        progress: Progress,
    ) -> Read:  # fmt: skip
        case = varied(self.base, self._changes(levels), name=self.base.name)
        (found,) = evaluated([case], options, read, where=where, progress=progress)
        return found

    def _sureness(self, run: Run) -> float:
        return confidence_of_all(run, self.targets)

    def _costs(self) -> dict[Levels, float]:
        spans = [range(len(choice.values)) for choice in self.choices]
        return {
            levels: sum(c.costs[i] for c, i in zip(self.choices, levels, strict=True))
            for levels in product(*spans)
        }

    def _values(self, levels: Levels) -> dict[str, float]:
        return {c.path: c.values[i] for c, i in zip(self.choices, levels, strict=True)}

    def _changes(self, levels: Levels) -> dict[str, object]:
        words = self.base.scenario
        return {
            path: revalued(number_at(words, path), value, bounds_of(words, path))
            for path, value in self._values(levels).items()
        }

    def _goal(self, levels: Levels, cost: float, run: Run, attempt: int) -> Goal:
        met, low, high = all_met(run, self.targets)
        sure, years = self._sureness(run), len(run.tallies)
        return Goal(
            values=self._values(levels), cost=cost, priced=self.choices[0].priced,
            reached=sure >= self.options.level, confidence=sure,
            verdicts=[verdict(run, target) for target in self.targets], years=years, years_met=met,
            chance=met / years, chance_low=low, chance_high=high, attempts=attempt,
            trials=self._trials(), found=self._recorded(levels),
        )  # fmt: skip

    def _recorded(self, levels: Levels) -> Case:
        """The scenario found, its numbers with where they come from."""
        aims = " and ".join(map(str, self.targets))
        given = {}
        for path, change in self._changes(levels).items():
            was = number_at(self.base.scenario, path).value
            given[path] = reasoned(change, why=f"least found that meets {aims}; was {was:g}")
        return varied(self.base, given, name=f"{self.base.name}, tuned")

    def _nothing(self) -> Goal:
        return Goal(
            values=None, cost=None, priced=self.choices[0].priced, reached=False, confidence=0.0,
            verdicts=[], years=0, years_met=0, chance=0.0, chance_low=0.0, chance_high=1.0,
            attempts=0, trials=self._trials(), found=None,
        )  # fmt: skip

    def _trials(self) -> list[Trial]:
        costs = self._costs()
        return [
            Trial(self._values(levels), costs[levels], sure, met)
            for levels, (sure, met) in self.known.items()
        ]


def _check(choices: Sequence[Choice], targets: Sequence[Target], options: Options) -> None:
    if not choices or not targets:
        raise UsageError("a goal needs at least one capacity to choose and one target")
    if len(options.replications) < 2:
        raise UsageError("a confidence needs at least two replications")
    bare = [choice.path for choice in choices if not choice.priced]
    if bare and len(choices) > 1:
        raise UsageError(
            f"no price is known of {', '.join(bare)}: state capital_usd_per_unit, life_yr and"
            " upkeep_usd_per_yr in the scenario, or --usd PATH=USD_A_YEAR"
        )
    count = prod(len(choice.values) for choice in choices)
    if count > MOST_COMBINATIONS:
        raise UsageError(f"{count:,} combinations are too many: narrow the ranges, or take steps")


def _values(factor: Factor, steps: int | None) -> tuple[float, ...]:
    part = factor.parts[0]
    count = round(part.high - part.low) if factor.whole and steps is None else steps or STEPS
    found = [part.low + (part.high - part.low) * i / count for i in range(count + 1)]
    return tuple(dict.fromkeys(map(float, map(round, found)) if factor.whole else found))


def _price(scenario: Scenario, path: str, interest: float) -> float | None:
    """USD a year of a unit, where the path counts units of something that has a price."""
    above, _, last = path.rpartition(".")
    words = above.split(".")
    node: object = scenario
    for word in words:
        node = node.get(word) if isinstance(node, Mapping) else getattr(node, word, None)
    if last not in ("servers", "paths_per_day", "count") or not isinstance(node, Investment):
        return None
    return unit_usd_per_yr(node, interest=interest)
