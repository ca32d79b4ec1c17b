"""Quoted against experienced time, worked by hand on both engines."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from conftest import Engine
from worlds import (
    Cargo,
    FixedDraws,
    captive,
    choosing,
    dwell,
    fixed,
    line,
    link,
    route,
    station,
    timetable,
)
from worlds import scenario as toy

from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.quotes import in_words, quotes, quotes_table
from corridor_sim.experiments.run import Run
from corridor_sim.experiments.tables import quotes_sheet
from corridor_sim.measures import tallying
from corridor_sim.measures.rows import Group, Key
from corridor_sim.scenario.schema import Scenario

X = Group("x", "westbound", "all")
FREE_H = 6 + 24 + 0.5 + 1
"""Work at the line, a stay, half of the hour between trains, the ride."""


def world(w: Cargo) -> FixedDraws:
    """Route x passes a line of four paths a day, one for each lot; y takes two days longer."""
    return fixed(
        days=12,
        lines={"gate": line(paths_per_day=4, teu_per_path=2)},
        links={"a-b": link("ab", hours=1)},
        dwells={"stay-x": dwell(hours=24), "stay-y": dwell(hours=72)},
        services={"train": timetable("ab", places=1000, headway_h=1, chain=["a-b"])},
        routes={
            "x": route(westbound=["gate", "stay-x", "train"]),
            "y": route(westbound=["stay-y", "train"]),
        },
        flows={"w": w},
        luck={"w:route:x": [0.5], "w:route:y": [0.5]},
    )


def ran(engine: Engine, release: Sequence[float]) -> Run:
    given = world(choosing("ab", release, routes={"x": 0, "y": 0}))
    plain = toy(days=12, stations={"g": station(hours=1)}, flows={"w": captive(["g"], []).words})
    scenario = Scenario.model_validate(plain)
    tally = tallying(given.model)(engine(given, 0))
    return Run(Case("toy", scenario, ""), given.model, Options(replications=(0,)), [tally])


def test_five_at_a_time_are_told_less_than_they_take(engine: Engine) -> None:
    """Five boxes at 1:00 of day 1 are all told that x is free; the line takes them one by one. At
    00:00 of day 2 one of them still waits: six hours more for who comes on day 3, who needs none.
    """
    run = ran(engine, [25] * 5 + [72])
    told = run.tallies[0].ratios[Key(X, "quoted_d", "d")]
    took = run.tallies[0].ratios[Key(X, "experienced_d", "d")]
    assert told == pytest.approx(((5 * FREE_H + FREE_H + 6) / 24, 6))
    assert took == pytest.approx(((31 + 37 + 43 + 49 + 55 + 31) / 24, 6))
    (every, x) = quotes(run)
    assert (every.route, x.route, x.direction, x.quarter) == ("all", "x", "westbound", "2024-Q1")
    assert x.quoted_d == pytest.approx(195 / 24 / 6)
    assert x.diff_pct == pytest.approx(100 * (195 / 246 - 1))
    assert x.off
    row = ["westbound", "1.4 / 1.7 (-21 %*)"]
    assert quotes_sheet([every, x]).rows == [["all", *row], ["x", *row]]
    assert in_words([every, x]) == "Quotes are off by more than 10 %: x westbound in 2024-Q1."


def test_who_comes_alone_is_told_the_truth(engine: Engine) -> None:
    run = ran(engine, [0, 36, 96.5])
    (_, x) = quotes(run)
    assert x.quoted_d * 24 == pytest.approx(FREE_H)
    assert x.experienced_d * 24 == pytest.approx((31 + 31 + 31.5) / 3)
    assert not x.off
    assert "No quote of a route" in in_words([x])


def test_nobody_chooses_nothing_is_quoted(engine: Engine) -> None:
    run = ran(engine, [])
    assert quotes(run) == []
    assert quotes_table([run]).empty
