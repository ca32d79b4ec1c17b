"""Choice of route, worked by hand: who takes which route at which quote.

A day costs 100 USD unless said otherwise; luck is the same for all routes (`EVEN`), so that the
cheaper one is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import Engine
from worlds import (
    Cargo,
    FixedDraws,
    Part,
    captive,
    choosing,
    compiled,
    date,
    dwell,
    fixed,
    line,
    link,
    route,
    scenario,
    timetable,
    when_full,
)

from corridor_sim.draws import Draws
from corridor_sim.model import DAY, TICK_H
from corridor_sim.result import Ledger, differences

EVEN = {"w:route:x": [0.5], "w:route:y": [0.5]}
X_H, Y_H = 24, 72


def two_routes(w: Cargo, *, luck: Any = EVEN, days: int = 12, **more: Any) -> FixedDraws:
    """Route x stays 24 h at a dwell, y 72 h; x passes a line of four paths a day first, a path
    for each lot of 2 TEU.
    """
    others: Part = more.pop("flows", {})
    return fixed(
        days=days,
        lines={"gate": line(paths_per_day=4, teu_per_path=2)},
        links={"a-b": link("ab", hours=1)},
        dwells={"stay-x": dwell(hours=X_H), "stay-y": dwell(hours=Y_H)},
        services={
            "train-x": timetable("ab", places=1000, headway_h=1, chain=["a-b"]),
            "train-y": timetable("ab", places=1000, headway_h=1, chain=["a-b"]),
        },
        routes={
            "x": route(westbound=["gate", "stay-x", "train-x"]),
            "y": route(westbound=["stay-y", "train-y"]),
        },
        flows={"w": w, **others},
        luck=luck,
        **more,
    )


def taken(ledger: Ledger, count: int) -> list[int]:
    """The path of the first consignments: 0 for x, 1 for y."""
    paths: list[int] = ledger.path[:count].tolist()
    return paths


def quoted_h(ledger: Ledger, path: int) -> list[float]:
    hours: list[float] = (ledger.reviews.quotes[path] / TICK_H).tolist()
    return hours


FREE_X = 6 + X_H + 0.5 + 1
"""Work at the line, the stay, half of the hour between trains, the ride."""
FREE_Y = Y_H + 0.5 + 1


def test_quotes_of_an_empty_corridor_are_free_flow_times(engine: Engine) -> None:
    ledger = engine(two_routes(choosing("ab", [], routes={"x": 0, "y": 0})), 0)
    assert quoted_h(ledger, 0) == [FREE_X] * 12
    assert quoted_h(ledger, 1) == [FREE_Y] * 12


def test_the_cheaper_route_is_taken_time_included(engine: Engine) -> None:
    """42 h more are 175 USD: a constant of 170 against x is not enough, 180 is."""
    for constant, path in ((170, 0), (180, 1)):
        w = choosing("ab", [1, 2], routes={"x": constant, "y": 0})
        assert taken(engine(two_routes(w), 0), 2) == [path, path]


def test_zero_value_of_time_ignores_time(engine: Engine) -> None:
    for constant, path in ((-1, 0), (1, 1)):
        w = choosing("ab", [1, 2], routes={"x": constant, "y": 0}, usd_per_day=0)
        assert taken(engine(two_routes(w), 0), 2) == [path, path]


def test_what_is_committed_is_quoted_and_in_force_a_day_later(engine: Engine) -> None:
    """16 lots come to the line at once, four a day: the review of the next midnight finds 12 of
    them, three days' work (the 13th starts at that hour), and the quote is in force a day later.
    """
    crowd = captive(["gate"], [1] * 16)
    w = choosing("ab", [25, 47, 48, 49, 120], routes={"x": 0, "y": 0})
    ledger = engine(two_routes(w, flows={"crowd": crowd}), 0)
    quotes = quoted_h(ledger, 0)
    assert quotes[0] == FREE_X
    # Starts at 1, 7, 13, 19: 12 lots of 2 TEU left at 24 h, of 8 TEU a day.
    assert quotes[1] == FREE_X + 72
    assert taken(ledger, 5) == [0, 0, 1, 1, 0]


def test_cargo_on_its_way_counts_until_its_departure(engine: Engine) -> None:
    """8 TEU wait for a ship of 4 TEU a day: two days less the time to reach it."""
    draws = fixed(
        days=6,
        links={"a-b": link("ab", hours=1)},
        dwells={"stay": dwell(hours=12)},
        services={
            "ship": timetable("ab", places=4, headway_h=24, offset_h=20, chain=["a-b"]),
            "train": when_full("ab", places=4, max_wait_h=1, chain=["a-b"]),
        },
        routes={"x": route(westbound=["stay", "ship"]), "y": route(westbound=["train"])},
        flows={"w": choosing("ab", [1, 1, 1, 1], routes={"x": -10_000, "y": 0})},
        luck=EVEN,
    )
    ledger = engine(draws, 0)
    free = 12 + 12 + 1
    # At 24 h one ship of 4 TEU has left; 4 TEU are a day's places, reached after 12 h.
    assert quoted_h(ledger, 0)[:3] == [free, free + 12, free]


def test_an_announced_closure_is_quoted_to_who_would_meet_it(engine: Engine) -> None:
    """The line is shut from day 3 to day 6, announced on day 1; it is the first thing on x."""
    windows = [{"start": date(3), "end": date(6), "announced": date(1)}]
    shut: Part = {"kind": "dated", "on": ["gate"], "windows": windows}
    w = choosing("ab", [73, 95, 96, 97, 119, 121], routes={"x": 0, "y": 0})
    ledger = engine(two_routes(w, closures={"works": shut}), 0)
    quotes = quoted_h(ledger, 0)
    assert quotes[:3] == [FREE_X] * 3
    # Nothing was committed before; what is left when it has begun: 72, 48, 24 hours.
    assert quotes[3] == FREE_X + 72
    # In force from day 4: 72 h more make x dearer by 30 h; 48 h more by 6 h, in force from day 5.
    assert taken(ledger, 6)[:5] == [0, 0, 1, 1, 1]


def test_a_closure_is_not_quoted_before_it_is_announced_nor_if_it_has_passed(
    engine: Engine,
) -> None:
    """Shut from day 3 to day 6 and met after 30 h by who stays first: quoted from day 2 on."""
    for announced, first in ((0, 2), (4, 4)):
        windows = [{"start": date(3), "end": date(6), "announced": date(min(announced, 3))}]
        draws = fixed(
            days=8,
            links={"a-b": link("ab", hours=1)},
            dwells={"stay": dwell(hours=30)},
            services={
                "x": timetable("ab", places=100, headway_h=1, chain=["a-b"]),
                "y": timetable("ab", places=100, headway_h=1, chain=["a-b"]),
            },
            closures={"strike": {"kind": "dated", "on": ["x"], "windows": windows}},
            routes={"x": route(westbound=["stay", "x"]), "y": route(westbound=["stay", "y"])},
            flows={"w": choosing("ab", [], routes={"x": 0, "y": 0})},
        )
        more = [q - 31.5 for q in quoted_h(engine(draws, 0), 0)]
        left = [max(0, 6 * 24 - day * 24 - 30) if day >= 2 else 0 for day in range(8)]
        assert more == [hours if day >= min(first, 3) else 0 for day, hours in enumerate(left)]


def test_a_route_that_is_not_open_at_release_is_not_taken(engine: Engine) -> None:
    shut = {"constant_usd_per_feu": 0, "closed": [{"start": date(1), "end": date(2)}]}
    w = choosing("ab", [23, 24, 47, 48], routes={"x": shut, "y": 0})
    assert taken(engine(two_routes(w), 0), 4) == [0, 1, 1, 0]


def test_of_equal_routes_the_first_is_taken(engine: Engine) -> None:
    w = choosing("ab", [1, 2], routes={"y": 0, "x": 0}, usd_per_day=0)
    assert taken(engine(two_routes(w), 0), 2) == [0, 0]


# with luck


def many(
    constants: Sequence[float] = (0, 0), *, scale: float = 50, days: int = 30, a_day: int = 66,
    places: int = 100_000,
) -> Draws:  # fmt: skip
    """Many lots of 2 TEU between a train of half a day and one of a day and a half."""
    w = choosing("ab", [], routes=dict(zip("xy", constants, strict=True)), scale=scale).words
    words = scenario(
        days=days,
        links={"x": link("ab", hours=12), "y": link("ab", hours=36)},
        services={
            "train-x": timetable("ab", places=places, headway_h=1, chain=["x"]),
            "train-y": timetable("ab", places=100_000, headway_h=1, chain=["y"]),
        },
        routes={name: route(westbound=[f"train-{name}"]) for name in "xy"},
        flows={"w": {**w, "teu_per_year": 366 * a_day * 2}},
    )
    return Draws(compiled(words), 7)


def share(draws: Draws, engine: Engine) -> tuple[float, int]:
    """Share of x and how many chose."""
    ledger = engine(draws, 0)
    known = ledger.release.known
    assert np.isin(ledger.path[known], [0, 1]).all(), "shares sum to one"
    return float((ledger.path[known] == 0).mean()), int(known.sum())


def test_shares_follow_the_logit(engine: Engine) -> None:
    """A day of 100 USD at a scale of 50 and a constant of 40: odds exp(60 / 50). Four standard
    errors; the logit without the constant is as far off as it should be.
    """
    found, count = share(many((40, 0)), engine)
    expected = 1 / (1 + np.exp(-60 / 50))
    error = np.sqrt(expected * (1 - expected) / count)
    assert abs(found - expected) < 4 * error
    without = 1 / (1 + np.exp(-100 / 50))
    assert abs(found - without) > 8 * error


def test_a_dearer_route_never_gains_anyone(engine: Engine) -> None:
    """Consignment by consignment, as their luck stays."""
    before = engine(many(), 0).path
    for constant in (10, 40, 200):
        after = engine(many((constant, 0)), 0).path
        assert not ((before == 1) & (after == 0)).any()
        assert (before != after).any()
        before = after


@pytest.mark.parametrize(("places", "share_of_x"), [(4, 96 / 400), (2, 48 / 400)])
def test_congestion_spills_over_to_where_quotes_and_shares_agree(
    engine: Engine, places: int, share_of_x: float
) -> None:
    """400 TEU a day ask for trains of 96 or 48: the queue grows until as many choose x as it can
    carry. Four standard errors; the share with room for all is far away.
    """
    logit = 1 / (1 + np.exp(-100 / 400))
    draws = many(scale=400, days=90, a_day=200, places=places)
    ledger = engine(draws, 0)
    late = ledger.release.known & (ledger.release.at > 45 * DAY)
    found = float((ledger.path[late] == 0).mean())
    error = np.sqrt(share_of_x * (1 - share_of_x) / late.sum())
    assert abs(found - share_of_x) < 4 * error
    assert abs(found - logit) > 20 * error


def test_without_a_shock_nothing_differs(engine: Engine) -> None:
    """A closure that is over before the run changes no bit; one inside the run does."""

    def shut(first: int, last: int) -> Ledger:
        windows = [{"start": date(first), "end": date(last)}]
        closures = {"strike": {"kind": "dated", "on": ["train-x"], "windows": windows}}
        w = choosing("ab", list(range(24, 200, 5)), routes={"x": 0, "y": 0}, scale=50)
        return engine(two_routes(w, luck=None, closures=closures), 0)

    calm, shocked = shut(-9, -2), shut(3, 6)
    w = choosing("ab", list(range(24, 200, 5)), routes={"x": 0, "y": 0}, scale=50)
    assert differences(engine(two_routes(w, luck=None), 0), calm) is None
    assert differences(calm, shocked) is not None


def test_luck_of_a_route_does_not_depend_on_the_others() -> None:
    two = many().replication(3).costs[0]
    draws = many()
    flow = draws.model.flows[0]
    assert two is not None
    assert flow.choice is not None
    alone = replace(
        flow, paths=flow.paths[1:],
        choice=replace(flow.choice, parts=flow.choice.parts[:, 1:], closed=flow.choice.closed[1:]),
    )  # fmt: skip
    one = Draws(replace(draws.model, flows=(alone,)), 7).replication(3).costs[0]
    assert one is not None
    assert (one[:, 0] == two[:, 1]).all()
