"""Corridors of one link that run in no time, for questions that take many runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from worlds import Part, berths, call, dwell, fleet, link, scenario, station, when_full

from corridor_sim.experiments.plan import Case, Options
from corridor_sim.scenario.resolved import resolved_yaml
from corridor_sim.scenario.schema import Scenario

LOT = 2


def options(replications: int, **more: Any) -> Options:
    return Options(replications=tuple(range(replications)), **more)


def case(words: Part) -> Case:
    scenario = Scenario.model_validate(words)
    return Case("small", scenario, scenario.model_dump_json(exclude_unset=True))


def corridor(
    way: list[str], *, teu_a_day: float, days: int = 60, out: int = 30, **sections: Any
) -> Case:
    """Cargo from a to b along a way that ends with a train or a fleet."""
    flow = {
        "cargo": "containers", "direction": "westbound", "teu_per_year": 366 * teu_a_day,
        "lot_teu": LOT, "origin": "a", "destination": "b", "routes": {"r": 1},
    }  # fmt: skip
    words = scenario(
        days=days, links={"a-b": link("ab", hours=10)},
        routes={"r": {"title": "R", "westbound": [way]}}, flows={"w": flow}, **sections,
    )  # fmt: skip
    return case({**words, "span": {**words["span"], "run_out_d": out}})


def train(**more: Any) -> dict[str, Part]:
    """A train for each lot, at once; `more` stops are in its chain before the link."""
    chain = [*more.get("stops", ()), "a-b"]
    return {"train": when_full("ab", places=LOT, max_wait_h=1, chain=chain)}


def desks(first_h: float, second_h: float) -> Case:
    """Two desks in series, each with one server; 2 customers a day."""
    random: Part = {"work_law": "exponential", "work_cv": 1}
    return corridor(
        ["first", "second", "train"], teu_a_day=4, services=train(),
        stations={
            "first": station(hours=first_h, **random),
            "second": station(hours=second_h, **random),
        },
    )  # fmt: skip


def behind_customs() -> Case:
    """12 TEU a day; customs let 9 through, two ships could carry 10.5."""
    calls = [
        call("a", berths="quay-a", min_load=6, max_wait_h=100, chain=["a-b"]),
        call("b", berths="quay-b", chain=["a-b"]),
    ]
    return corridor(
        ["customs", "ships"], teu_a_day=12,
        stations={
            "customs": station(hours=24 * LOT / 9),
            "quay-a": berths(place="a", fixed_h=3.7, servers=4),
            "quay-b": berths(place="b", fixed_h=3.7, servers=4),
        },
        fleets={"ships": fleet(calls, vessels={"ship": {"places_teu": 6, "count": 2}})},
    )  # fmt: skip


def delays(**ranges: Mapping[str, Any]) -> Case:
    """Stays before a train, each with a mean delay in a range: `x={"value": 10, "low": 0, ...}`."""
    stays = {
        name: dwell(hours=1, delay_mean_h={**given, "source": "assumed", "why": "a test"})
        for name, given in ranges.items()
    }
    return corridor([*stays, "train"], teu_a_day=4, days=40, dwells=stays, services=train())


def written(base: Case, folder: Path) -> str:
    """The scenario of a case as a file."""
    path = folder / "small.yaml"
    path.write_text(resolved_yaml(base.scenario), "utf-8")
    return str(path)
