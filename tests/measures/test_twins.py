"""What became of each consignment beside its undisturbed twin, worked by hand on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Engine
from worlds import FixedDraws, Part, cargo, choosing, date, fixed, link, route, station, timetable

from corridor_sim.measures.rows import Group, Tally
from corridor_sim.measures.twins import in_week, matched, twinned

WEST = Group("by-gate", "westbound", "all")
ALL = WEST._replace(route="all")
GOODS = {"cargo_value_usd_per_feu": 10_000, "value_of_time_pct_per_day": 1}
NOON = [24 * day + 12 for day in range(20)]
SHUT: Part = {"s": {"on": ["gate"], "start": date(5), "end": date(8)}}


def world(w: Any = None, **more: Any) -> FixedDraws:
    """A box comes at noon of each day, takes an hour at the gate, and the train of 16:00, which
    takes two; by land it takes the train of 16:00 and five days.
    """
    given = w or cargo("ab", NOON, route="by-gate")
    given.words.update(GOODS)
    price = {"westbound": 100, "eastbound": 100}
    return fixed(
        days=40,
        links={
            "a-b": link("ab", hours=2, tariff_usd_per_feu=price),
            "round": link("ab", hours=120, tariff_usd_per_feu={"westbound": 300, "eastbound": 0}),
        },
        stations={"gate": station(hours=1)},
        services={
            "short": timetable("ab", places=20, headway_h=4, chain=["a-b"]),
            "long": timetable("ab", places=20, headway_h=4, chain=["round"]),
        },
        routes={"by-gate": route(westbound=["gate", "short"]), "land": route(westbound=["long"])},
        flows={"w": given},
        **more,
    )


def beside(engine: Engine, own: FixedDraws, twin: FixedDraws) -> Tally:
    return twinned(own.model, twin.model)(engine(own, 0), engine(twin, 0))


def amounts(tally: Tally, group: Group) -> dict[str, float]:
    return {
        key.measure: above for key, (above, _) in tally.ratios.items()
        if key.group == group and above
    }  # fmt: skip


def test_a_closure_delays_what_comes_meanwhile(engine: Engine) -> None:
    """Shut on days 5, 6 and 7: their boxes pass at 0:00, 1:00 and 2:00 of day 8 and arrive by the
    train of 4:00 at 6:00, in place of 18:00 of their days: 60, 36 and 12 hours later.
    """
    tally = beside(engine, world(shocks=SHUT), world())
    for group in (WEST, ALL):
        assert amounts(tally, group) == {
            "cohort_teu": 40, "delayed_teu": 4, "delay_teu_d": 2 * 4.5, "delay_d": 9,
            "shock_cost_time_usd": 450,
        }  # fmt: skip


def test_the_backlog_is_what_waits_more(engine: Engine) -> None:
    """At 00:00 of day 7 the boxes of days 5 and 6 wait, at that of day 8 the second and third."""
    tally = beside(engine, world(shocks=SHUT), world())
    assert amounts(tally, WEST._replace(segment="gate")) == {"backlog_teu": 4, "backlog_day": 7}
    weeks = [amounts(tally, in_week(WEST, week)) for week in range(3)]
    assert [week.get("waiting_teu", 0) for week in weeks] == pytest.approx([2 / 7, 8 / 7, 0])
    assert [week.get("twin_waiting_teu", 0) for week in weeks] == [0, 0, 0]


def test_cohorts_by_week_of_release(engine: Engine) -> None:
    """Seven boxes a week of six hours each; those of days 5 and 6, and of day 7, take longer."""
    tally = beside(engine, world(shocks=SHUT), world())
    for week, late_h in ((0, 96), (1, 12), (2, 0)):
        found = amounts(tally, in_week(WEST, week))
        boxes = 7 if week < 2 else 6
        assert found["twin_transit_d"] == pytest.approx(2 * boxes * 6 / 24)
        assert found["transit_d"] == pytest.approx(2 * (boxes * 6 + late_h) / 24)


def test_what_is_not_delivered_counts_to_the_end(engine: Engine) -> None:
    """Shut from day 18 to the end of day 40: the boxes of days 18 and 19 stay."""
    shut: Part = {"s": {"on": ["gate"], "start": date(18), "end": date(41)}}
    tally = beside(engine, world(shocks=shut), world())
    found = amounts(tally, WEST)
    assert found["unfinished_teu"] == found["delayed_teu"] == 4
    assert found["delay_teu_d"] == 2 * (22 - 0.75 + 21 - 0.75)
    assert "left_teu" not in amounts(tally, in_week(WEST, 1))
    assert amounts(tally, in_week(WEST, 2))["left_teu"] == 4
    assert not any(key.measure == "twin_left_teu" for key in tally.ratios)


def test_who_chooses_goes_round_and_pays(engine: Engine) -> None:
    """Round it takes 117 h more and costs 200 USD: as much as 6.875 days. Shut on days 5 to 13.

    A box is told what was left at 00:00 of the day before: that of day 5 nothing, as the gate was
    open; those of days 6, 7 and 8 nine, eight and seven days. The others wait.
    """
    shut: Part = {
        "s": {"on": ["gate"], "start": date(5), "end": date(14), "announced": date(0)},
    }
    w = choosing("ab", NOON, routes={"by-gate": 0, "land": 0})
    luck = {"w:route:by-gate": [0.5], "w:route:land": [0.5]}
    tally = beside(engine, world(w, shocks=shut, luck=luck), world(w, luck=luck))
    found, every = (amounts(tally, group) for group in (WEST, ALL))
    assert found["diverted_teu"] == found["lost_teu"] == every["diverted_teu"] == 6
    assert amounts(tally, WEST._replace(route="land"))["gained_teu"] == 6
    assert every["gained_teu"] == 6
    assert "lost_teu" not in every
    assert found["shock_cost_price_usd"] == 3 * 200


def test_no_shock_no_difference_to_the_bit(engine: Engine) -> None:
    """A shock of probability zero, and one after the last box."""
    gone: list[Part] = [
        {"s": SHUT["s"] | {"probability": 0}},
        {"s": SHUT["s"] | {"start": date(25), "end": date(26)}},
    ]
    for shocks in gone:
        tally = beside(engine, world(shocks=shocks), world())
        assert amounts(tally, WEST) == amounts(tally, ALL) == {"cohort_teu": 40}
        spreads = [{
            key.group: pair for key, pair in tally.ratios.items() if key.measure == f"{side}_h2"
        } for side in ("own_spread", "twin_spread")]  # fmt: skip
        assert spreads[0] == spreads[1]
        assert not any(key.measure == "backlog_teu" for key in tally.ratios)


def test_consignments_are_matched_by_flow_year_and_number() -> None:
    few, many = (world(cargo("ab", NOON[:n], route="by-gate")).model for n in (10, 15))
    mine, its = matched(few, many)
    assert mine.tolist() == its.tolist() == list(range(10))
