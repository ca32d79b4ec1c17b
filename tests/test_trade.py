"""How the trade of China and Azerbaijan ties to TEU and trains: what the baseline's notes say of it
is what its flows hold.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from corridor_sim.reference import fact
from corridor_sim.scenario.load import load, shipped
from corridor_sim.scenario.schema import Scenario

WEST = ("machinery", "electronics", "construction", "consumer", "vehicles")
EAST = ("oil", "chemicals", "food")
AMOUNT = r"([\d,]+)(?: TEU)? x +([\d,]+)"
TEU_PER_TRAIN = fact("train-teu-2025-derived").value_low
TRAINS = fact("vol-trains-2024-port").value_low
BY_RAIL = 0.8
"""Share of what may choose that came over the Caspian; the flows hold it with the rest."""


@cache
def baseline() -> Scenario:
    return load("baseline-2024")


def notes() -> str:
    text = Path(shipped()["baseline-2024"]).read_text("utf-8")
    start = text.index("# China and Azerbaijan: turnover")
    return re.sub(r"\n +#", "", text[start : text.index("\n  cn-az-machinery:")])


def priced() -> dict[str, tuple[float, float]]:
    """TEU and USD a TEU by commodity, as in the notes."""
    pairs = [(float(teu), float(usd)) for teu, usd in re.findall(AMOUNT, notes().replace(",", ""))]
    return dict(zip((*WEST, *EAST), pairs, strict=False))


def teu(commodity: str) -> float:
    name = f"cn-az-{commodity}" if commodity in WEST else f"cauc-cn-{commodity}"
    whole = baseline().flows[name].teu_per_year.value
    return BY_RAIL * whole if commodity in WEST else whole


def value_usd(commodities: tuple[str, ...]) -> float:
    return sum(teu(name) * priced()[name][1] for name in commodities)


@pytest.mark.parametrize("commodity", [*WEST, *EAST])
def test_flows_hold_the_teu_of_the_notes(commodity: str) -> None:
    assert teu(commodity) == priced()[commodity][0]


def test_westbound_teu_are_the_share_of_the_trains() -> None:
    share = fact("add-az-import-share").value_low / 100
    west = sum(teu(name) for name in WEST)
    assert west == pytest.approx(share * TRAINS * TEU_PER_TRAIN, rel=0.02)
    assert f"{west / TEU_PER_TRAIN:.0f} of {TRAINS:.0f} trains" in notes()


def test_value_by_rail_is_part_of_the_imports_of_the_year() -> None:
    exports = fact("az-exports-2024").value_low * 1e6
    turnover = fact("az-trade-2024").value_low * 1e9
    assert turnover == pytest.approx(3.74e9, rel=0.002)
    assert fact("az-trade-2023").value_low == pytest.approx(3.1)
    imports = turnover - exports
    assert value_usd(WEST) / imports == pytest.approx(0.30, abs=0.005)
    assert value_usd(EAST) / exports == pytest.approx(0.56, abs=0.01)
    assert f"{value_usd(WEST) / 1e6:,.0f} million" in notes()


def test_a_westbound_teu_is_worth_what_boxes_are_worth() -> None:
    mean = value_usd(WEST) / sum(teu(name) for name in WEST)
    assert mean == pytest.approx(fact("val-teu-world").value_low, rel=0.1)


def test_eastbound_trade_fills_ten_trains() -> None:
    boxes = fact("az-export-train").value_low
    assert sum(teu(name) for name in EAST) / (2 * boxes) == pytest.approx(10, abs=0.5)


def test_facts_named_in_the_notes_exist() -> None:
    named = re.findall(r"\b(?:az|add|vol|val|train)-[a-z0-9-]*\d{4}[a-z0-9-]*|val-[a-z-]+", notes())
    assert len(named) > 5
    for name in named:
        fact(name)
