"""Which assumptions matter: Morris to screen, Sobol on what is left, over the ranges of the file.

The output of a case is one number, the mean over fixed replications: all cases share their luck.
Everything is done again with a second seed. What the two seeds make of a factor differently is the
noise floor: an effect below it cannot be told from luck.

- Morris (1991), doi:10.1080/00401706.1991.10484804, with mu* of Campolongo et al. (2007),
  doi:10.1016/j.envsoft.2006.10.004.
- Saltelli et al. (2010), doi:10.1016/j.cpc.2009.09.018, as SALib has both.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridor_sim.errors import ScenarioError, UsageError
from corridor_sim.experiments.evaluate import evaluated, varied
from corridor_sim.experiments.executor import HERE, Progress, Where, Workers, workers
from corridor_sim.experiments.factors import Factor, Felt, changes, felt, ranged
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.quantities import Quantity, overloaded, segments, settled
from corridor_sim.experiments.run import Run
from corridor_sim.experiments.shown import framed
from corridor_sim.measures.money import MEASURES

Floats = npt.NDArray[np.float64]
Outputs = Callable[[Floats, Sequence[Factor]], "Answers"]
PRICES: Final = ("cost_usd_per_feu", "co2e_kg_per_teu", *dict(MEASURES))
LEVELS: Final = 4
LEAST: Final = 0.1
"""Factors whose mu* may reach this part of the largest are not screened out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: of which quantity, over which numbers, at what cost."""

    quantity: Quantity
    only: tuple[str, ...] = ()
    """Patterns of paths; none: all numbers with a range that the model feels."""
    without: tuple[str, ...] = ()
    """Patterns of paths that stay as they are."""
    trajectories: int = 10
    """Morris trajectories; each takes one case more than there are factors."""
    keep: int = 8
    """Factors left for Sobol at most; 0: Morris only."""
    base_samples: int = 64
    """Sobol base samples, a power of two; each takes two cases more than there are factors."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Outputs `[cases]` with each of two seeds; how many cases of the first are overloaded, how
    many leave cargo unfinished.
    """

    first: Floats
    second: Floats
    overloaded: int = 0
    unfinished: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Morris, in the unit of the output, over the whole range of a factor.

    `mu_star`: mean size of the effect, with its interval; `mu`: with sign; `sigma`: how much it
    depends on the others; `again`: mu* with the second seed; `noise`: what luck alone makes of it,
    up to `noise_high`.
    """

    factor: str
    low: float
    high: float
    mu_star: float
    mu_star_low: float
    mu_star_high: float
    mu: float
    sigma: float
    again: float
    noise: float
    noise_high: float
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Sobol: shares of the variance of the output, alone (`s1`) and with all interactions (`st`).

    With intervals, the same with the second seed, and the total share that luck alone makes.
    """

    factor: str
    s1: float
    s1_low: float
    s1_high: float
    st: float
    st_low: float
    st_high: float
    s1_again: float
    st_again: float
    noise: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The answer; `cases` counts cases of both seeds. `unfelt` and `bound` were not varied."""

    quantity: Quantity
    effects: list[Effect]
    indices: list[Index]
    mean: float
    sd: float
    """Of the output over the Sobol sample, or the Morris sample without Sobol."""
    cases: int
    overloaded: int
    unfinished: int
    unfelt: list[str]
    """Numbers with a range that do not reach the model."""
    bound: list[str]
    """Numbers that cannot be moved alone, such as shares that sum to one."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """`morris`: one row a number that was screened; `sobol`: one row a number that was kept."""
        return {
            name: pd.DataFrame([asdict(one) for one in given])
            for name, given in (("morris", self.effects), ("sobol", self.indices))
        }

    def _repr_html_(self) -> str:
        note = (
            f"{self.cases:,} cases; {self.overloaded} overloaded, {self.unfinished} with unfinished"
            " cargo, all counted. What does not exceed `noise` is luck."
        )
        return framed(f"What {self.quantity} depends on", self.tables(), [note])


def plan(base: Case, question: Question, *, jobs: int = 1) -> Felt:
    """Factors that are varied; those that the model does not feel; those that are not free.

    `jobs` processes of this machine find out.

    Raises
    ------
    UsageError
        For a pattern that fits nothing, or where nothing is left.
    """
    given = ranged(base.scenario, question.only)
    if question.without:
        out = {factor.name for factor in ranged(base.scenario, question.without)}
        given = [factor for factor in given if factor.name not in out]
    found = felt(base.scenario, given, prices=question.quantity.measure in PRICES, jobs=jobs)
    if not found.factors:
        raise UsageError("no number with a range is left that the model feels")
    return found


def cost(factors: int, question: Question) -> tuple[int, int]:
    """Cases of Morris, and of Sobol at most, both seeds together."""
    kept = min(factors, question.keep)
    morris = 0 if factors <= question.keep else 2 * question.trajectories * (factors + 1)
    return morris, 2 * question.base_samples * (kept + 2) if kept else 0


def sensitivity(
    base: Case, options: Options, question: Question, planned: Felt | None = None, *,
    where: Where | Workers = HERE, progress: Progress = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> Sensitivity:  # fmt: skip
    """Screen the factors, then divide the variance of the output among those that are left.

    Where there are no more factors than `keep` there is nothing to screen. `planned`: what `plan`
    says, if it was asked already. `tell` gets the cost of each part before it starts.

    Raises
    ------
    UsageError
        As `plan`; or where a combination of the ranges is not a valid scenario.
    RunError
        Where a replication fails: no case is ever left out.
    """
    given = planned or plan(base, question)
    options = replace(options, segments=segments([question.quantity]))
    each = len(options.replications)
    with workers(where) as here:
        outputs = partial(
            simulated, base=base, options=options, quantity=question.quantity, where=here,
            progress=progress,
        )  # fmt: skip
        found = analysed(
            given.factors, question, outputs, lambda part, n: tell(_told(part, n, each))
        )
    return replace(found, unfelt=given.unfelt, bound=given.bound)


def analysed(
    factors: Sequence[Factor], question: Question, outputs: Outputs,
    tell: Callable[[str, int], None] = lambda *_: None,
) -> Sensitivity:  # fmt: skip
    """The analysis of any function of shares `[cases, factors]` of the ranges of factors."""
    effects: list[Effect] = []
    kept = list(factors)
    answers: list[Answers] = []
    if len(factors) > question.keep:
        shares = morris_shares(len(factors), question.trajectories, seed=1)
        tell("Morris", 2 * len(shares))
        answers.append(outputs(shares, factors))
        effects = morris(factors, shares, answers[-1], keep=question.keep)
        kept = [f for f, effect in zip(factors, effects, strict=True) if effect.kept]
    indices: list[Index] = []
    if kept and question.keep:
        shares = sobol_shares(len(kept), question.base_samples, seed=1)
        tell("Sobol", 2 * len(shares))
        answers.append(outputs(shares, kept))
        indices = sobol(kept, answers[-1])
    return Sensitivity(
        quantity=question.quantity, effects=sorted(effects, key=lambda e: -e.mu_star),
        indices=sorted(indices, key=lambda i: -i.st), mean=float(answers[-1].first.mean()),
        sd=float(answers[-1].first.std()), cases=sum(2 * len(a.first) for a in answers),
        overloaded=sum(a.overloaded for a in answers), unfelt=[], bound=[],
        unfinished=sum(a.unfinished for a in answers),
    )  # fmt: skip


def morris_shares(factors: int, trajectories: int, *, seed: int) -> Floats:
    """Trajectories through the unit cube, `[trajectories x (factors + 1), factors]`."""
    from SALib.sample import morris as sampling

    problem = _problem(factors)
    return np.asarray(sampling.sample(problem, trajectories, num_levels=LEVELS, seed=seed))


def sobol_shares(factors: int, base_samples: int, *, seed: int) -> Floats:
    """Saltelli's sample of the unit cube, `[base_samples x (factors + 2), factors]`."""
    from SALib.sample import sobol as sampling

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(
            sampling.sample(_problem(factors), base_samples, calc_second_order=False, seed=seed)
        )


def morris(
    factors: Sequence[Factor], shares: Floats, answers: Answers, *, keep: int
) -> list[Effect]:
    """Effects of factors, in their order; `keep` are kept, the largest that stand out of luck."""
    first, second, luck = (
        _morris(shares, y)
        for y in (answers.first, answers.second, (answers.first - answers.second) / np.sqrt(2))
    )
    found = [
        Effect(
            factor=factor.name, low=factor.parts[0].low, high=factor.parts[0].high,
            mu_star=first["mu_star"][i],
            mu_star_low=max(0.0, first["mu_star"][i] - first["mu_star_conf"][i]),
            mu_star_high=first["mu_star"][i] + first["mu_star_conf"][i], mu=first["mu"][i],
            sigma=first["sigma"][i], again=second["mu_star"][i], noise=luck["mu_star"][i],
            noise_high=luck["mu_star"][i] + luck["mu_star_conf"][i],
        )
        for i, factor in enumerate(factors)
    ]  # fmt: skip
    most = max(effect.mu_star for effect in found)
    order = sorted(found, key=lambda e: -(e.mu_star + e.again))
    chosen = [
        e.factor for e in order
        if (e.mu_star + e.again) / 2 > e.noise_high and e.mu_star_high >= LEAST * most
    ]  # fmt: skip
    return [replace(effect, kept=effect.factor in chosen[:keep]) for effect in found]


def sobol(factors: Sequence[Factor], answers: Answers) -> list[Index]:
    """Indices of factors, in their order; all zero where the output does not vary."""
    k = len(factors)
    first, second = (_sobol(y, k) for y in (answers.first, answers.second))
    luck = noise_of(answers, k)
    found = []
    for i, factor in enumerate(factors):
        s1, st, half_1, half_t = (first[name][i] for name in ("S1", "ST", "S1_conf", "ST_conf"))
        found.append(
            Index(
                factor=factor.name, s1=s1, s1_low=s1 - half_1, s1_high=s1 + half_1,
                st=st, st_low=st - half_t, st_high=st + half_t,
                s1_again=second["S1"][i], st_again=second["ST"][i], noise=luck[i],
            )
        )  # fmt: skip
    return found


def noise_of(answers: Answers, factors: int) -> list[float]:
    """Total share that luck makes of each factor: Jansen's estimator on the difference of seeds.

    Jansen (1999), doi:10.1016/S0010-4655(98)00154-4. The difference has twice the variance of luck.
    """
    spread = float(answers.first.var())
    if spread == 0:
        return [0.0] * factors
    luck = (answers.first - answers.second).reshape(-1, factors + 2)
    steps = luck[:, :1] - luck[:, 1 : factors + 1]
    return [float(x) for x in (steps**2).mean(axis=0) / (4 * spread)]


def simulated(
    shares: Floats, factors: Sequence[Factor], *, base: Case, options: Options,
    quantity: Quantity, where: Workers, progress: Progress,
) -> Answers:  # fmt: skip
    """Outputs of the scenario at shares of the ranges of factors, with two seeds.

    Raises
    ------
    UsageError
        Where a combination is not valid, naming the rule that it breaks.
    """
    cases = [_case(base, changes(factors, row), i) for i, row in enumerate(shares)]
    read = partial(_reading, quantity=quantity)
    first, second = (
        evaluated(cases, replace(options, seed=seed), read, where=where, progress=progress)
        for seed in (options.seed, options.seed + 1)
    )
    return Answers(
        np.array([value for value, _, _ in first]), np.array([value for value, _, _ in second]),
        overloaded=sum(over for _, over, _ in first), unfinished=sum(left for _, _, left in first),
    )  # fmt: skip


def _case(base: Case, given: Mapping[str, object], number: int) -> Case:
    try:
        return varied(base, given, name=f"{base.name}#{number}")
    except ScenarioError as error:
        rule = "; ".join(str(problem) for problem in error.problems)
        raise UsageError(
            f"the ranges do not fit together: {rule}; leave one out with --except PATTERN"
        ) from None


def _reading(run: Run, *, quantity: Quantity) -> tuple[float, bool, bool]:
    """The output, whether the way is overloaded, whether cargo is left unfinished."""
    groups = set(quantity.groups())
    left = any(
        spread.unfinished for tally in run.tallies
        for (group, _), spread in tally.spreads.items() if group in groups
    )  # fmt: skip
    return settled(run, quantity), overloaded(run, quantity), left


def _morris(shares: Floats, outputs: Floats) -> dict[str, list[float]]:
    from SALib.analyze import morris as analysis

    found = analysis.analyze(
        _problem(shares.shape[1]), shares, outputs, num_levels=LEVELS, seed=1, num_resamples=200
    )
    return {
        name: [float(x) for x in np.ma.filled(found[name], 0.0)]
        for name in ("mu", "mu_star", "mu_star_conf", "sigma")
    }


def _sobol(outputs: Floats, factors: int) -> dict[str, list[float]]:
    from SALib.analyze import sobol as analysis

    if outputs.std() == 0:
        none = [0.0] * factors
        return {"S1": none, "S1_conf": none, "ST": none, "ST_conf": none}
    found = analysis.analyze(
        _problem(factors), outputs, calc_second_order=False, seed=1, num_resamples=200
    )
    return {name: [float(x) for x in found[name]] for name in ("S1", "S1_conf", "ST", "ST_conf")}


def _problem(factors: int) -> dict[str, object]:
    names = [f"x{i}" for i in range(factors)]
    return {"num_vars": factors, "names": names, "bounds": [[0.0, 1.0]] * factors}


def _told(part: str, cases: int, each: int) -> str:
    return f"{part}: {cases:,} cases (two seeds) x {each} replications = {cases * each:,}"
