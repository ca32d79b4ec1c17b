"""Calibration: numbers within their ranges that make the model meet observations.

What is minimised is the sum of squared residuals, each over its standard deviation, of the mean
over replications on one luck for all trials: a smooth function, not the luck, is fitted. A Latin
hypercube finds where to begin, Nelder and Mead's simplex (1965, doi:10.1093/comjnl/7.4.308)
goes on. Intervals come from the slopes of the fitted figures at the optimum (Seber & Wild,
Nonlinear Regression, 1989, 2.1), with the luck of the replications counted as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.evaluate import evaluated, itself, varied
from corridor_sim.experiments.executor import HERE, Progress, Where, Workers, workers
from corridor_sim.experiments.factors import (
    Factor,
    bounds_of,
    changes,
    number_at,
    reasoned,
    revalued,
)
from corridor_sim.experiments.observations import Observation
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.quantities import jackknife_covariance, segments, settled
from corridor_sim.experiments.run import Run
from corridor_sim.experiments.shown import framed

Floats = npt.NDArray[np.float64]
Figures = Callable[[Floats], Floats]
"""Shares `[cases, factors]` of the ranges -> figures `[cases, observations]`."""
STEP: Final = 0.1
"""Share of a range over which slopes are taken."""
STARTS: Final = 6
"""Cases of the hypercube for each factor."""
FLAT: Final = 1e-6
"""Information below which a direction counts as unknown; a uniform range alone has 12."""
ALIKE: Final = 0.95
"""Correlation of estimates from which on two numbers cannot be told apart."""
TOLD: Final = 1 / 3
"""Share of its range under which the interval of a number tells something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A number that was fitted, with its interval; `told`: under a third of the range is left."""

    path: str
    low: float
    high: float
    before: float
    value: float
    ci_low: float
    ci_high: float
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """An observation, the model before and after, and on fresh replications.

    `z`: fresh less observed, over the standard deviation of it: that of the observation, and the
    luck of the replications that were fitted and of the fresh ones.
    """

    quantity: str
    source: str
    observed: float
    sd: float
    before: float
    fitted: float
    fresh: float
    z: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers that fit equally well together: what one loses the other makes up for."""

    one: str
    other: str
    correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The answer. `reached`: the fresh residuals are no larger than chance allows (`p_value` at
    least 0.05, chi-squared with `freedom` degrees of freedom).
    """

    parameters: list[Fitted]
    residuals: list[Residual]
    pairs: list[Pair]
    chi2_before: float
    chi2: float
    chi2_fresh: float
    freedom: int
    p_value: float
    reached: bool
    trials: int
    found: Case

    def tables(self) -> dict[str, pd.DataFrame]:
        """The fitted numbers; observations with their residuals; pairs that fit equally well."""
        parts: dict[str, Sequence[Fitted] | Sequence[Residual] | Sequence[Pair]] = {
            "parameters": self.parameters, "residuals": self.residuals, "pairs_alike": self.pairs
        }  # fmt: skip
        return {name: pd.DataFrame([asdict(o) for o in given]) for name, given in parts.items()}

    def _repr_html_(self) -> str:
        title = "The fit holds on fresh replications" if self.reached else "The fit is no good"
        note = (
            f"chi2 {self.chi2_before:.3g} before, {self.chi2:.3g} fitted, {self.chi2_fresh:.3g} on"
            f" fresh replications; p = {self.p_value:.2g} ({self.freedom} degrees of freedom)."
        )
        return framed(title, self.tables(), [note])


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the fit is best: shares `[factors]`, figures `[observations]`, trials made."""

    shares: Floats
    figures: Floats
    trials: int


def calibrate(
    base: Case, factors: Sequence[Factor], observed: Sequence[Observation], options: Options, *,
    most_trials: int = 100, where: Where | Workers = HERE,
    progress: Progress = lambda _: None,
) -> Calibration:  # fmt: skip
    """Fit factors to observations, and look at the fit on as many fresh replications.

    Raises
    ------
    UsageError
        Where nothing is fitted or observed, or fewer than two replications are asked for.
    RunError
        Where a replication fails.
    """
    if not factors or not observed or len(options.replications) < 2:
        raise UsageError("a calibration needs numbers, observations and two replications at least")
    options = replace(options, segments=segments([o.quantity for o in observed]))
    with workers(where) as here:
        run = partial(_runs, base, factors, where=here, progress=progress)
        figures = _remembered(
            factors, lambda shares: run(shares, options, partial(_read, observed))
        )
        before = np.array([[_now(factor) for factor in factors]])
        best = optimum(figures, before, observed, most_trials=most_trials)
        slopes = slopes_at(best.shares, figures, factors)
        found = varied(base, changes(factors, best.shares), name=f"{base.name}, calibrated")
        fresh = replace(options, replications=_fresh(options.replications))
        (same,) = evaluated([found], options, itself, where=here, progress=progress)
        (anew,) = evaluated([found], fresh, itself, where=here, progress=progress)
    answer = _read_off(factors, observed, figures(before)[0], best, slopes, same, anew)
    return replace(answer, found=_recorded(base, answer, len(observed)))


def most_cases(factors: int, most_trials: int) -> int:
    """Cases that a calibration runs at most: where to begin, the simplex, slopes, confirmation."""
    return STARTS * factors + 1 + most_trials + 2 * factors + 2


def _recorded(base: Case, answer: Calibration, observed: int) -> Case:
    """The fitted scenario, its numbers with their intervals and where they come from."""
    given: dict[str, object] = {}
    for fitted in answer.parameters:
        why = f"fitted to {observed} observations; was {fitted.before:g}"
        ends = (fitted.ci_low, fitted.ci_high) if fitted.told else (fitted.low, fitted.high)
        value = number_at(answer.found.scenario, fitted.path)
        plain = revalued(value, fitted.value, bounds_of(base.scenario, fitted.path))
        given[fitted.path] = reasoned(plain, why=why, low=ends[0], high=ends[1])
    return varied(base, given, name=answer.found.name)


def optimum(
    figures: Figures, first: Floats, observed: Sequence[Observation], *, most_trials: int
) -> Optimum:
    """The shares at which the weighted squared residuals are least; `first` is tried too."""
    from scipy.optimize import minimize
    from scipy.stats import qmc

    k = first.shape[1]
    spread = qmc.LatinHypercube(k, seed=1).random(STARTS * k)
    starts = np.concatenate([first, spread])
    values = chi2(figures(starts), observed)
    best = starts[int(np.argmin(values))]
    simplex = np.array([best, *(best + _inwards(best, i) for i in range(k))])
    found = minimize(  # type: ignore[call-overload]
        lambda x: float(chi2(figures(np.asarray(x)[None, :]), observed)[0]),
        best,
        method="Nelder-Mead",
        bounds=[(0.0, 1.0)] * k,
        options={"initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-3, "maxfev": most_trials},
    )
    shares = np.asarray(found.x, np.float64)
    return Optimum(shares, figures(shares[None, :])[0], len(starts) + int(found.nfev))


def chi2(figures: Floats, observed: Sequence[Observation]) -> Floats:
    """Weighted squared residuals of each case, `[cases]`."""
    values = np.array([o.value for o in observed])
    sd = np.array([o.sd for o in observed])
    return np.asarray((((figures - values) / sd) ** 2).sum(axis=1), np.float64)


def slopes_at(shares: Floats, figures: Figures, factors: Sequence[Factor]) -> Floats:
    """Slopes of the figures, `[observations, factors]`, by central differences within the range."""
    ends, widths = [], []
    for i, factor in enumerate(factors):
        part = factor.parts[0]
        step = max(STEP, 1 / (part.high - part.low + 1)) if factor.whole else STEP
        low, high = max(0.0, shares[i] - step), min(1.0, shares[i] + step)
        ends += [_with(shares, i, low), _with(shares, i, high)]
        widths.append(high - low)
    found = figures(np.array(ends))
    return np.asarray(((found[1::2] - found[0::2]) / np.array(widths)[:, None]).T, np.float64)


def covariance_of(slopes: Floats, sd: Floats, luck: Floats) -> Floats:
    """Covariance of the fitted shares, `[factors, factors]`, from the slopes.

    `sd`: of the observations; `luck`: covariance of the figures. Directions in which the figures do
    not move are unknown: their variance is 1 / FLAT.
    """
    weighted = slopes / sd[:, None]
    sizes, directions = np.linalg.eigh(weighted.T @ weighted)
    inverse = directions @ np.diag(1 / np.maximum(sizes, FLAT)) @ directions.T
    gain = inverse @ weighted.T / sd
    return np.asarray(inverse + gain @ luck @ gain.T, np.float64)


def pairs_alike(names: Sequence[str], covariance: Floats, widths: Sequence[float]) -> list[Pair]:
    """Pairs of estimates that cannot be told apart and of which one at least is not told."""
    sd = np.sqrt(np.diag(covariance))
    return [
        Pair(names[i], names[j], float(covariance[i, j] / (sd[i] * sd[j])))
        for i in range(len(names)) for j in range(i + 1, len(names))
        if abs(covariance[i, j]) >= ALIKE * sd[i] * sd[j] and max(widths[i], widths[j]) > TOLD
    ]  # fmt: skip


def _read_off(
    factors: Sequence[Factor], observed: Sequence[Observation], before: Floats, best: Optimum,
    slopes: Floats, same: Run, fresh: Run,
) -> Calibration:  # fmt: skip
    from scipy.stats import chi2 as law

    quantities = [o.quantity for o in observed]
    sd = np.array([o.sd for o in observed])
    lost = float(chi2(best.figures[None, :], observed)[0])
    freedom = max(1, len(observed) - len(factors))
    luck = jackknife_covariance(same, quantities)
    covariance = covariance_of(slopes, sd, luck)
    if len(observed) > len(factors):
        covariance = covariance * max(1.0, lost / freedom)
    parameters = _parameters(factors, best.shares, covariance, same.options.level)
    widths = [(p.ci_high - p.ci_low) / (p.high - p.low) for p in parameters]
    both = np.diag(sd**2) + luck + jackknife_covariance(fresh, quantities)
    anew = _read(observed, fresh)
    away = anew - np.array([o.value for o in observed])
    still = float(away @ np.linalg.solve(both, away))
    p_value = float(law.sf(still, freedom))
    residuals = [
        Residual(
            quantity=str(o.quantity), source=o.source, observed=o.value, sd=o.sd,
            before=float(before[j]), fitted=float(best.figures[j]), fresh=float(anew[j]),
            z=float(away[j] / np.sqrt(both[j, j])),
        )
        for j, o in enumerate(observed)
    ]  # fmt: skip
    return Calibration(
        parameters=parameters, residuals=residuals,
        pairs=pairs_alike([p.path for p in parameters], covariance, widths),
        chi2_before=float(chi2(before[None, :], observed)[0]), chi2=lost, chi2_fresh=still,
        freedom=freedom, p_value=p_value, reached=p_value >= 0.05, trials=best.trials,
        found=same.case,
    )  # fmt: skip


def _parameters(
    factors: Sequence[Factor], shares: Floats, covariance: Floats, level: float
) -> list[Fitted]:
    from scipy.special import ndtri

    half = float(ndtri(0.5 + level / 2)) * np.sqrt(np.diag(covariance))
    found = []
    for i, factor in enumerate(factors):
        part = factor.parts[0]
        width = part.high - part.low
        ends = [part.low + float(np.clip(shares[i] + s * half[i], 0, 1)) * width for s in (-1, 1)]
        found.append(
            Fitted(
                path=factor.name, low=part.low, high=part.high, before=part.value.value,
                value=part.at(float(shares[i])), ci_low=ends[0], ci_high=ends[1],
                told=ends[1] - ends[0] < TOLD * width,
            )
        )  # fmt: skip
    return found


def _runs(
    base: Case, factors: Sequence[Factor], shares: Floats, options: Options,
    read: Callable[[Run], Floats], *, where: Workers, progress: Progress,
) -> list[Floats]:  # fmt: skip
    cases = [varied(base, changes(factors, row), name=base.name) for row in shares]
    return evaluated(cases, options, read, where=where, progress=progress)


def _remembered(factors: Sequence[Factor], run: Callable[[Floats], list[Floats]]) -> Figures:
    """Figures that are run once for the same numbers."""
    known: dict[str, Floats] = {}

    def figures(shares: Floats) -> Floats:
        names = [str(changes(factors, row)) for row in shares]
        missing = {name: i for i, name in reversed(list(enumerate(names))) if name not in known}
        if missing:
            rows = list(missing.values())
            known.update(zip(missing, run(shares[rows]), strict=True))
        return np.array([known[name] for name in names])

    return figures


def _read(observed: Sequence[Observation], run: Run) -> Floats:
    return np.array([settled(run, o.quantity) for o in observed])


def _fresh(numbers: Sequence[int]) -> tuple[int, ...]:
    first = max(numbers) + 1
    return tuple(range(first, first + len(numbers)))


def _now(factor: Factor) -> float:
    part = factor.parts[0]
    return float(np.clip(factor.share_of(part.value.value), 0.0, 1.0))


def _inwards(shares: Floats, i: int) -> Floats:
    step = np.zeros(len(shares))
    step[i] = STEP * 2 if shares[i] < 0.5 else -STEP * 2
    return step


def _with(shares: Floats, i: int, share: float) -> Floats:
    changed = shares.copy()
    changed[i] = share
    return changed
