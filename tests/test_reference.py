"""The table of facts: complete, traceable, in one set of units, and free of sentences."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields
from importlib import resources

import pytest

from corridor_sim.errors import CorridorError
from corridor_sim.reference import Fact, fact, facts

UNITS = """
km|nmi|m|mm|km/h|km/day|knots|m/s|days|h|min|year|day of month|clock hour|days/month|%|%/day|ratio
t|Mt|t/month|Mt/month|t/day|Mt/yr|t/TEU|TEU|TEU/yr|TEU/week|TEU/train|FEU/train|containers
containers/train|cranes|moves/h|berths|groups|trains|trains/day|trains/week|trains/month
trains/yr|train pairs/day|trucks|trucks/sailing|vessels|vessels/day|vessels/month|sailings
sailings/week|sailings/month|sailings/yr|wagons|wagons/day|wagons/yr|wagons/sailing
USD/FEU|USD/TEU|EUR/TEU|USD/container|USD/shipment|USD/km|USD/t|USD/FEU-day|USD/TEU-day|EUR/t-h
M USD|bn USD|M EUR|bn KZT|kg CO2e/kg|kg CO2e/container|g CO2e/t-km|g CO2e/TEU-km|g CO2e/kWh
Wh/net t-km"""
TOPICS = """
border capacity choice commodity cost customs delay distance disturbance emission energy
forecast investment place productivity reliability speed train transit-time volume"""
WHEN = re.compile(r"(19|20)\d\d([-/]\S+)?( plan)?( \(inferred\))?|plan|typical|December|")
DAY = re.compile(r"20\d\d(-\d\d(-\d\d)?)?( \(inferred\))?|")
VERBS = re.compile(r"\b(is|are|was|were|has|have|will|can|says|said|gives|takes|took)\b")
PUBLICATION = re.compile(r".+\(20\d\d\)")


def rows() -> list[dict[str, str]]:
    text = resources.files("corridor_sim.reference").joinpath("facts.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def failing(bad: Iterator[Fact]) -> list[str]:
    return [item.id for item in bad]


def test_the_columns_are_the_fields_of_a_fact() -> None:
    assert set(rows()[0]) == {field.name for field in fields(Fact)}


def test_ids_are_unique_and_in_one_form() -> None:
    ids = [row["id"] for row in rows()]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name)] == []
    assert list(facts()) == ids


def test_grades_kinds_topics_and_directions_are_known() -> None:
    assert {item.grade for item in facts().values()} <= {"high", "medium", "low"}
    assert {item.kind for item in facts().values()} <= {
        "observed", "claim", "promise", "derived", "input", "",
    }  # fmt: skip
    assert {item.topic for item in facts().values()} == set(TOPICS.split())
    assert {item.direction for item in facts().values()} <= {"westbound", "eastbound", "both", ""}


def test_the_low_value_is_not_above_the_high_one() -> None:
    assert failing(item for item in facts().values() if not item.value_low <= item.value_high) == []


def test_every_unit_has_one_spelling() -> None:
    assert {item.unit for item in facts().values()} == set(re.split(r"[|\n]", UNITS.strip()))


def test_every_fact_names_its_source_and_an_address_or_a_publication() -> None:
    assert failing(item for item in facts().values() if not item.source) == []
    assert (
        failing(
            item
            for item in facts().values()
            if not re.fullmatch(r"https?://\S+", item.url)
            and not (item.url == "" and PUBLICATION.match(item.source))
        )
        == []
    )


def test_periods_and_dates_are_dates() -> None:
    assert failing(item for item in facts().values() if not WHEN.fullmatch(item.period)) == []
    assert failing(item for item in facts().values() if not DAY.fullmatch(item.date)) == []


def test_an_undated_figure_is_not_graded_high() -> None:
    undated = (item for item in facts().values() if not item.period and not item.date)
    assert failing(item for item in undated if item.grade == "high") == []


def test_labels_are_short_noun_phrases() -> None:
    assert (
        failing(
            item
            for item in facts().values()
            if not 2 <= len(item.quantity.split()) <= 12
            or VERBS.search(item.quantity)
            or re.search(r"[.;:!?]( |$)", item.quantity)
        )
        == []
    )


def test_a_sentence_would_be_noticed() -> None:
    assert VERBS.search("the border was closed for ten days")


def test_facts_are_read_once_and_cannot_be_changed() -> None:
    assert facts() is facts()
    with pytest.raises(TypeError):
        facts()["new"] = fact("btk-georgia-section")  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        fact("btk-georgia-section").unit = "mile"  # type: ignore[misc]


def test_a_fact_is_found_by_its_id() -> None:
    found = fact("cap-divrigi-kars-now")
    assert (found.value_low, found.value_high, found.unit, found.grade) == (
        0.75, 0.75, "Mt/yr", "high",
    )  # fmt: skip


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(CorridorError, match=r"cap-divrigi-kars-nov.*cap-divrigi-kars-now"):
        fact("cap-divrigi-kars-nov")
