"""The engines against queueing theory: the assertion is the formula.

Each case runs some replications; the estimate is their mean, and it must lie within FAR standard
errors of the formula, plus a stated bias. Releases of a year are uniform order statistics, i.e.
Poisson arrivals of which the number N is given. A mean wait W(rho) is then lower than that of free
arrivals by W'' rho^2 / 2N, for M/M/1 the share rho / (1 - rho)^2 / N of it: 1 in 1,000 here. The
controls show that a formula which is wrong by a few per cent would be found out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from conftest import Engine
from worlds import (
    Part,
    berths,
    call,
    captive,
    cargo,
    compiled,
    fleet,
    line,
    link,
    route,
    scenario,
    station,
    timetable,
    when_full,
)

from corridor_sim.draws import Draws
from corridor_sim.model import TICK_H
from corridor_sim.result import Ledger, Times

FAR = 4.0
BIAS = 1e-3
DAYS = 366
YEAR_H = DAYS * 24
CUSTOMERS = 8_000
REPLICATIONS = 24
RATE = CUSTOMERS / YEAR_H
"""Arrivals an hour."""


@dataclass(frozen=True)
class Estimate:
    """The mean of replications, and its standard error."""

    mean: float
    error: float

    def agrees(self, formula: float) -> bool:
        return abs(self.mean - formula) <= FAR * self.error + BIAS * abs(formula)


def estimate(values: Sequence[float]) -> Estimate:
    return Estimate(float(np.mean(values)), float(np.std(values, ddof=1)) / math.sqrt(len(values)))


def run(
    engine: Engine, *, seed: int, replications: int = REPLICATIONS, **sections: Any
) -> list[Ledger]:
    draws = Draws(compiled(scenario(days=DAYS, **sections)), seed)
    return [engine(draws, r) for r in range(replications)]


def demand(words: Part) -> Part:
    return {**words, "teu_per_year": 2 * CUSTOMERS}


def cut(times: Times) -> npt.NDArray[np.bool_]:
    """Which times lie in the year less its first and last twentieth: begun empty, and cut off."""
    year = YEAR_H * TICK_H
    return times.known & (times.at > year // 20) & (times.at < year - year // 20)


def waits(ledger: Ledger, step: int = 0) -> npt.NDArray[np.float64]:
    """Hours from arrival to start at a step, of those released in the middle of the year."""
    used, visits = cut(ledger.release), ledger.visits
    return np.asarray((visits.start.at - visits.arrive.at)[used, step] / TICK_H, np.float64)


def queue(engine: Engine, *, seed: int, steps: int = 1, **desk: Any) -> list[Ledger]:
    """Poisson customers at one desk after the other."""
    names = [f"desk-{i}" for i in range(steps)]
    return run(
        engine,
        seed=seed,
        stations={name: station(**desk) for name in names},
        flows={"w": demand(captive(names, []).words)},
    )


EXPONENTIAL: Part = {"work_law": "exponential", "work_cv": 1}


# M/M/1: Kleinrock, Queueing Systems I, 3.2 and 5.12

RHO = 0.7


@cache
def m_m_1(engine: Engine) -> dict[str, Estimate]:
    found = [waits(ledger) for ledger in queue(engine, seed=1, hours=RHO / RATE, **EXPONENTIAL)]
    return {
        "mean": estimate([float(w.mean()) for w in found]),
        "waiting": estimate([float((w > 0).mean()) for w in found]),
        "over 3 services": estimate([float((w > 3 * RHO / RATE).mean()) for w in found]),
    }


def m_m_1_mean(rho: float) -> float:
    return rho / (1 - rho) * rho / RATE


def test_m_m_1_waits_as_the_formula_says(engine: Engine) -> None:
    assert m_m_1(engine)["mean"].agrees(m_m_1_mean(RHO))


def test_m_m_1_rejects_a_rate_3_per_cent_wrong(engine: Engine) -> None:
    assert not m_m_1(engine)["mean"].agrees(m_m_1_mean(1.03 * RHO))
    assert not m_m_1(engine)["mean"].agrees(m_m_1_mean(0.97 * RHO))


def test_m_m_1_customers_see_time_averages(engine: Engine) -> None:
    assert m_m_1(engine)["waiting"].agrees(RHO)
    assert m_m_1(engine)["over 3 services"].agrees(RHO * math.exp(-3 * (1 - RHO)))


# M/M/c: Erlang (1917); Kleinrock I, 3.5


@cache
def m_m_3(engine: Engine) -> dict[str, Estimate]:
    found = [
        waits(ledger)
        for ledger in queue(engine, seed=2, hours=3 * RHO / RATE, servers=3, **EXPONENTIAL)
    ]
    return {
        "mean": estimate([float(w.mean()) for w in found]),
        "waiting": estimate([float((w > 0).mean()) for w in found]),
    }


def erlang_c(servers: int, load: float) -> float:
    """Share of customers that wait, of a load in Erlang."""
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(load**n / math.factorial(n) for n in range(servers)) + last)


def m_m_c_mean(servers: int, rho: float) -> float:
    return erlang_c(servers, servers * rho) * rho / RATE / (1 - rho)


def test_m_m_3_waits_as_the_formula_says(engine: Engine) -> None:
    assert m_m_3(engine)["mean"].agrees(m_m_c_mean(3, RHO))
    assert m_m_3(engine)["waiting"].agrees(erlang_c(3, 3 * RHO))


def test_m_m_3_rejects_a_rate_3_per_cent_wrong(engine: Engine) -> None:
    assert not m_m_3(engine)["mean"].agrees(m_m_c_mean(3, 1.03 * RHO))


# M/D/1 and M/G/1: Pollaczek (1930), Khinchine (1932); Kleinrock I, 5.6


def m_g_1_mean(rho: float, cv: float) -> float:
    return rho * rho * (1 + cv**2) / (2 * (1 - rho)) / RATE


@cache
def m_g_1(engine: Engine, cv: float) -> Estimate:
    found = queue(engine, seed=3 + round(cv), hours=RHO / RATE, work_law="gamma", work_cv=cv)
    return estimate([float(waits(ledger).mean()) for ledger in found])


def test_m_d_1_waits_as_the_formula_says(engine: Engine) -> None:
    assert m_g_1(engine, 0.0).agrees(m_g_1_mean(RHO, 0.0))


def test_m_g_1_waits_as_the_formula_says(engine: Engine) -> None:
    assert m_g_1(engine, 1.5).agrees(m_g_1_mean(RHO, 1.5))


def test_m_g_1_rejects_a_wrong_rate_and_a_wrong_variance(engine: Engine) -> None:
    assert not m_g_1(engine, 0.0).agrees(m_g_1_mean(1.03 * RHO, 0.0))
    assert not m_g_1(engine, 0.0).agrees(m_g_1_mean(RHO, 0.25))
    assert not m_g_1(engine, 1.5).agrees(m_g_1_mean(1.05 * RHO, 1.5))
    assert not m_g_1(engine, 1.5).agrees(m_g_1_mean(RHO, 1.3))


# tandem: Burke (1956), Reich (1957)


@cache
def tandem(engine: Engine) -> dict[str, Estimate]:
    found = queue(engine, seed=6, steps=2, hours=RHO / RATE, **EXPONENTIAL)
    return {
        "second": estimate([float(waits(ledger, 1).mean()) for ledger in found]),
        "together": estimate([_correlation(ledger) for ledger in found]),
    }


def _correlation(ledger: Ledger) -> float:
    stays = (ledger.visits.finish.at - ledger.visits.arrive.at)[cut(ledger.release)]
    return float(np.corrcoef(stays[:, 0], stays[:, 1])[0, 1])


def test_the_second_of_two_queues_is_an_m_m_1_too(engine: Engine) -> None:
    assert tandem(engine)["second"].agrees(m_m_1_mean(RHO))


def test_stays_in_two_queues_in_a_row_are_independent(engine: Engine) -> None:
    assert tandem(engine)["together"].agrees(0.0)


def test_the_tandem_rejects_a_rate_3_per_cent_wrong(engine: Engine) -> None:
    assert not tandem(engine)["second"].agrees(m_m_1_mean(1.03 * RHO))


def test_stays_in_two_queues_reject_a_small_correlation(engine: Engine) -> None:
    assert not tandem(engine)["together"].agrees(0.1)


# trains: each box is a train of its own on a line (M/D/1), or n boxes form one


def trains(engine: Engine, service: Part, *, seed: int) -> list[Ledger]:
    return run(
        engine,
        seed=seed,
        replications=12,
        links={"a-b": link("ab", hours=1)},
        lines={"line": line(paths_per_day=24 * RATE / RHO)},
        services={"train": service},
        routes={"r": route(westbound=["train"])},
        flows={"w": demand(cargo("ab", []).words)},
    )


@cache
def line_wait(engine: Engine) -> Estimate:
    at_once = when_full("ab", places=2, max_wait_h=1000, chain=["line", "a-b"])
    passages = [x.departures[0].passage for x in trains(engine, at_once, seed=7)]
    return estimate(
        [
            float((p.start.at - p.arrive.at)[cut(p.arrive)[:, 0], 0].mean()) / TICK_H
            for p in passages
        ]
    )


def test_trains_on_a_line_wait_as_in_m_d_1(engine: Engine) -> None:
    assert line_wait(engine).agrees(m_g_1_mean(RHO, 0.0))


def test_trains_on_a_line_reject_a_rate_5_per_cent_wrong(engine: Engine) -> None:
    assert not line_wait(engine).agrees(m_g_1_mean(1.05 * RHO, 0.0))


@cache
def forming(engine: Engine) -> Estimate:
    full = when_full("ab", places=20, max_wait_h=1000, chain=["a-b"])
    return estimate([float(waits(x).mean()) for x in trains(engine, full, seed=8)])


def test_forming_a_train_of_ten_takes_the_time_of_nine_arrivals_halved(engine: Engine) -> None:
    assert forming(engine).agrees((10 - 1) / (2 * RATE))


def test_forming_rejects_a_train_of_eleven(engine: Engine) -> None:
    assert not forming(engine).agrees((11 - 1) / (2 * RATE))


@cache
def departure_wait(engine: Engine) -> Estimate:
    daily = timetable("ab", places=2000, headway_h=24, chain=["a-b"], cancelled_share=0.25)
    return estimate([float(waits(x).mean()) for x in trains(engine, daily, seed=9)])


def cancelled_mean(headway_h: float, cancelled: float) -> float:
    """Mean residual life of a geometric number of headways: E[G^2] / 2 E[G] (Ross, 3.6)."""
    return headway_h * (1 + cancelled) / (2 * (1 - cancelled))


def test_a_timetable_with_cancelled_departures_is_waited_for_by_renewal(engine: Engine) -> None:
    assert departure_wait(engine).agrees(cancelled_mean(24, 0.25))


def test_a_timetable_rejects_the_wait_of_half_the_mean_gap(engine: Engine) -> None:
    assert not departure_wait(engine).agrees(24 / (1 - 0.25) / 2)


# machine repair: a fleet is a closed network

VESSELS = 6
SAIL_H = 20.0
WORK_H = 4.0


def round_trips(engine: Engine, quay: Part, back: Sequence[str], **stations: Part) -> list[Ledger]:
    """Vessels sail from a to b for an exponential time, and are back within a few ticks."""
    calls = [
        call("a", berths="quay-a", chain=["out"]),
        call("b", berths="quay-b", chain=back),
    ]
    return run(
        engine,
        seed=10,
        replications=12,
        links={
            "out": link("ab", hours=0, delay_mean_h=SAIL_H, law="exponential"),
            "back": link("ab", hours=0),
        },
        stations={
            "quay-a": quay,
            "quay-b": berths(place="b", fixed_h=0, servers=VESSELS),
            **stations,
        },
        fleets={"f": fleet(calls, vessels={f"v{i}": 10 for i in range(VESSELS)})},
        routes={"r": route(westbound=["f"])},
        flows={"w": cargo("ab", []).words},
    )


def per_hour(events: Callable[[Ledger], Times], found: Sequence[Ledger]) -> Estimate:
    return estimate([float(cut(events(ledger)).sum()) / (0.9 * YEAR_H) for ledger in found])


@cache
def berth_calls(engine: Engine) -> Estimate:
    """Calls an hour at one berth, where the work is always the same."""
    found = round_trips(engine, berths(place="a", fixed_h=WORK_H), ["back"])
    return per_hour(_berthed_at_a, found)


def _berthed_at_a(ledger: Ledger) -> Times:
    calls = ledger.calls[0]
    return Times(calls.berthed.at, calls.berthed.known & (calls.call == 0))


def m_d_1_finite(customers: int) -> float:
    """Ashcroft (1950), Takacs (1962), l being the rate of one vessel and D its work:
    idle = 1 / (1 + N l D sum_r C(N-1, r) prod_{i<=r} (exp(i l D) - 1)).
    """
    per_work = WORK_H / SAIL_H
    products = np.cumprod([1.0] + [math.expm1(i * per_work) for i in range(1, customers)])
    terms = [math.comb(customers - 1, r) * products[r] for r in range(customers)]
    idle = 1 / (1 + customers * per_work * sum(terms))
    return float(1 - idle) / WORK_H


def m_m_c_finite(customers: int, servers: int) -> float:
    """Palm (1947): exponential work at some servers (Kleinrock I, 3.8)."""
    weights = [1.0]
    for n in range(1, customers + 1):
        ratio = (customers - n + 1) * WORK_H / SAIL_H / min(n, servers)
        weights.append(weights[-1] * ratio)
    busy = sum(min(n, servers) * w for n, w in enumerate(weights)) / sum(weights)
    return busy / WORK_H


def test_a_berth_serves_a_fleet_as_in_machine_repair(engine: Engine) -> None:
    assert berth_calls(engine).agrees(m_d_1_finite(VESSELS))


def test_a_berth_rejects_one_vessel_more_and_exponential_work(engine: Engine) -> None:
    assert not berth_calls(engine).agrees(m_d_1_finite(VESSELS + 1))
    assert not berth_calls(engine).agrees(m_m_c_finite(VESSELS, 1))


@cache
def lock_passages(engine: Engine) -> Estimate:
    """Vessels an hour through two chambers of a lock, where the work is exponential."""
    lock = station(hours=WORK_H, servers=2, place="b", **EXPONENTIAL)
    quay = berths(place="a", fixed_h=0, servers=VESSELS)
    return per_hour(_through_lock, round_trips(engine, quay, ["lock", "back"], lock=lock))


def _through_lock(ledger: Ledger) -> Times:
    calls = ledger.calls[0]
    start = calls.passage.start
    return Times(start.at[:, 0], start.known[:, 0] & (calls.call == 1))


def test_a_lock_serves_a_fleet_as_in_machine_repair(engine: Engine) -> None:
    assert lock_passages(engine).agrees(m_m_c_finite(VESSELS, 2))


def test_a_lock_rejects_one_vessel_more_and_one_chamber(engine: Engine) -> None:
    assert not lock_passages(engine).agrees(m_m_c_finite(VESSELS + 1, 2))
    assert not lock_passages(engine).agrees(m_m_c_finite(VESSELS, 1))
