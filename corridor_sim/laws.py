"""Formulas: pure functions on numbers or arrays, each with its source."""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = TypeVar("Whole", int, npt.NDArray[np.int64])

CAPACITY_TICKS: Final = 1_000 * 86_400
"""Ticks for which the capacities in quotes are stated: whole TEU in a thousand days."""
LONGEST_QUOTE: Final = 3_653 * 86_400
"""The longest time that is quoted: that of the longest run."""
MICRO: Final = 1_000_000
"""Costs in choices are whole millionths of a USD, so that engines hold no fractions."""
DEAREST_DAY_USD: Final = 20_000.0
"""The most that a day of an FEU may cost: times `LONGEST_QUOTE` it is still an int64."""

_OCTAVES: Final = 40
_PER_OCTAVE: Final = 32


def _grid() -> Floats:
    tail = 2.0 ** -np.linspace(_OCTAVES, 1, (_OCTAVES - 1) * _PER_OCTAVE + 1)
    grid = np.concatenate([[0.0], tail, 1.0 - tail[-2::-1]])
    grid.flags.writeable = False
    return grid


QUANTILES: Final = _grid()
"""Probabilities `[N]` at which laws are tabulated, ever denser towards 0 and 1 (a grid per
octave)."""

_CELLS: Final = 1 << 13
_FIRST: Final = np.searchsorted(QUANTILES, np.arange(_CELLS) / _CELLS, "right") - 1
"""By cell of a table of guides: the last quantile that is not above its begin."""
_DENSE: Final = np.searchsorted(QUANTILES, np.arange(1, _CELLS + 1) / _CELLS) - _FIRST > 2
"""Whether more than one quantile lies inside."""


def quantile_table(law: str, *, cv: float) -> Floats:
    """Quantiles `[N]` of a standard law at `QUANTILES`, to be interpolated linearly.

    Delays (`exponential`, `gamma`, `lognormal`) have mean 1 and coefficient of variation `cv`
    (dimensionless; an exponential has 1 whatever is given); gamma has shape 1/cv2, lognormal has
    sigma2 = ln(1 + cv2) (Law, Simulation Modeling and Analysis, 5th ed., 6.2). They are scaled so
    that the mean of the interpolated law is exactly 1. `normal` has mean 0 and deviation 1.

    Raises
    ------
    ValueError
        For an unknown law, or a `cv` that is not positive.
    """
    from scipy import special  # `scipy.stats` says the same and takes half a second to import

    if not cv > 0:
        raise ValueError(f"the coefficient of variation must be positive, not {cv}")
    middle = QUANTILES[1:]
    if law == "normal":
        inner: Floats = special.ndtri(middle)
        return _readonly(np.concatenate([inner[:1], inner]))
    if law == "exponential":
        inner = -np.log1p(-middle)
    elif law == "gamma":
        inner = np.asarray(special.gammaincinv(1.0 / cv**2, middle), np.float64)
    elif law == "lognormal":
        inner = np.exp(np.sqrt(np.log1p(cv**2)) * special.ndtri(middle))
    else:
        raise ValueError(f"unknown law {law!r}")
    table = np.concatenate([[0.0], inner])
    return _readonly(table / np.trapezoid(table, QUANTILES))


def quantile(table: Floats, u: Floats) -> Floats:
    """Quantiles of a law at probabilities `u` in [0, 1), of any shape: `np.interp` to the bit, by
    a table of guides in a third of the time (Chen and Asau 1974, AIIE Transactions 6, 163-166;
    Devroye 1986, Non-Uniform Random Variate Generation, III.2.4).
    """
    cell = (u * _CELLS).astype(np.int64)
    at = _FIRST[cell]
    at += QUANTILES[at + 1] <= u
    dense = _DENSE[cell]
    if dense.any():
        at[dense] = np.searchsorted(QUANTILES, u[dense], "right") - 1
    slope = np.append(np.diff(table) / np.diff(QUANTILES), 0.0)  # beyond the last one, the last
    found: Floats = slope[at] * (u - QUANTILES[at]) + table[at]
    return found


def _readonly(array: Floats) -> Floats:
    array.flags.writeable = False
    return array


def path_hours(*, open_h_per_day: float, paths_per_day: float) -> float:
    """Hours that a train occupies a line: the open hours of a day over its paths (UIC 406,
    occupancy).
    """
    return open_h_per_day / paths_per_day


def failure_rate(*, closed_share: float, mean_spell: float) -> float:
    """Failures per unit of open time that give a closed share with a mean closed spell.

    Alternating renewal process: share = spell / (spell + 1 / rate) (Ross, Stochastic Processes,
    3.4).
    """
    if closed_share >= 1.0:
        raise ValueError("a closed share of 1 leaves no open time")
    return closed_share / ((1.0 - closed_share) * mean_spell)


def rail_g_per_t_km(
    *, electric_share: float, kwh_per_t_km: float, grid_g_per_kwh: float, upstream_factor: float,
    diesel_g_per_t_km: float, slope_factor: float,
) -> float:  # fmt: skip
    """Well-to-wheel CO2e of a tonne of cargo by rail, g/km: the wire's share and the diesel's.

    ISO 14083:2023, energy-based: energy at the power station x emission of the grid x what lies
    upstream.
    """
    electric = kwh_per_t_km * grid_g_per_kwh * upstream_factor
    diesel = diesel_g_per_t_km
    return slope_factor * (electric_share * electric + (1.0 - electric_share) * diesel)


def co2e_kg_per_teu(*, length_km: float, g_per_t_km: float, tonnes_per_teu: float) -> float:
    """CO2e of a TEU over a distance, kg (GLEC Framework v3: transport activity x intensity)."""
    return length_km * g_per_t_km * tonnes_per_teu / 1000.0


def handling_kg_per_teu(*, handling_kg_per_box: float) -> float:
    """CO2e of one handling, kg per TEU; a box is an FEU of 2 TEU."""
    return handling_kg_per_box / 2.0


def load_limit_teu(
    *,
    places_teu: float,
    payload_t: float | None,
    draught_factor: float,
    gross_t_per_teu: float | None,
) -> int:
    """TEU that a vessel takes: its places, or its payload at today's depth over the weight of a
    TEU.
    """
    if payload_t is None or gross_t_per_teu is None:
        return int(places_teu)
    return int(min(places_teu, payload_t * draught_factor / gross_t_per_teu))


def yearly_cost_usd(
    *, capital_usd: float, life_yr: float, upkeep_usd_per_yr: float, interest: float
) -> float:
    """Capital as an annuity over its life, and upkeep, USD a year.

    Equivalent annual cost: C i / (1 - (1 + i)^-n), C / n without interest (Brealey, Myers & Allen,
    Principles of Corporate Finance, 6-3). `interest`: a year, as a share.

    Raises
    ------
    ValueError
        For a life that is not positive, or a negative interest.
    """
    if not life_yr > 0 or interest < 0:
        raise ValueError(f"a life of {life_yr} years at an interest of {interest} has no annuity")
    if interest == 0:
        return capital_usd / life_yr + upkeep_usd_per_yr
    return float(capital_usd * interest / (1.0 - (1.0 + interest) ** -life_yr) + upkeep_usd_per_yr)


def time_cost_usd(*, usd_per_day: float | Floats, days: float | Floats) -> float | Floats:
    """Cost of time on the way, per unit of cargo: value of the goods x share a day x days.

    A day of delay acts as a duty on the value (Hummels and Schaur 2013, Time as a Trade Barrier,
    American Economic Review 103(7), doi:10.1257/aer.103.7.2935).
    """
    return usd_per_day * days


def reliability_cost_usd(
    *, usd_per_sd_day: float | Floats, sd_days: float | Floats
) -> float | Floats:
    """Cost of unreliable time, per unit of cargo: so much per day of its standard deviation.

    Mean-variance model (Jackson and Jucker 1982, Transportation Science 16(4),
    doi:10.1287/trsc.16.4.460); what it costs follows from costs of being early and late (Fosgerau
    and Karlstroem 2010, The Value of Reliability, doi:10.1016/j.trb.2009.05.002).
    """
    return usd_per_sd_day * sd_days


def carbon_cost_usd_per_feu(
    *, kg_per_teu: float | Floats, carbon_usd_per_t: float
) -> float | Floats:
    """What a price of CO2e adds for 2 TEU."""
    return 2.0 * kg_per_teu / 1000.0 * carbon_usd_per_t


def queued(*, committed: Whole, capacity: Whole, reach: Whole) -> Whole:
    """Ticks that cargo released now is expected to queue at an element.

    TEU committed to it over TEU in `CAPACITY_TICKS` of it, less the ticks until it is reached:
    what is worked off until then delays nobody. Whole numbers or arrays of them.
    """
    wait = committed * CAPACITY_TICKS // capacity - reach
    return wait * (wait > 0)


def shut_out(
    *, announced: Whole, start: Whole, end: Whole, now: int, reach: Whole
) -> Whole:  # fmt: skip
    """Ticks left of an announced closure when cargo released now reaches it; 0 if not yet begun."""
    left = end - now - reach
    return left * ((left > 0) & (start - now <= reach) & (announced <= now))


def time_cost(*, quoted: Whole, per_day: Whole) -> Whole:
    """Cost of a quoted time in ticks, at a whole cost a day."""
    return quoted * per_day // 86_400
