"""Validation errors in plain words: file, line, key, value, rule, cure."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

import pytest
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from corridor_sim.scenario.mistakes import problems_of
from corridor_sim.scenario.overlay import merge, set_path
from corridor_sim.scenario.text import parse
from corridor_sim.scenario.tree import Tree

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Number(Strict):
    value: float
    low: float | None = None


class Rail(Strict):
    kind: Literal["rail"]
    gauge_mm: int


class Sea(Strict):
    kind: Literal["sea"]
    depth_m: float


class Station(Strict):
    servers: Annotated[int, Field(ge=1, le=99)]
    work_h: float | Number = 1.0
    label: str | None = None
    opens: dt.date | None = None
    legs: list[Annotated[Rail | Sea, Field(discriminator="kind")]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _label_is_not_x(self) -> "Station":
        if self.label == "x":
            raise ValueError("a label may not be x")
        return self


class Toy(Strict):
    title: str
    mode: Literal["rail", "sea"] = "rail"
    stations: Mapping[Id, Station] = Field(default_factory=dict)


def problems(tree: Tree) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Toy.model_validate(tree.value)
    return [str(problem) for problem in problems_of(caught.value, tree, Toy)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stations: {}", "my.yaml:1: title: is missing"),
        (
            "title: x\nstatoins: {}",
            "my.yaml:2: statoins: there is no such key here; did you mean stations?",
        ),
        ("title: x\nzzz: 1", "my.yaml:2: zzz: there is no such key here; one of: mode, stations"),
        (
            "title: x\nmode: raill",
            "my.yaml:2: mode: given \"raill\"; must be 'rail' or 'sea'; did you mean rail?",
        ),
        ("title: 2024", "my.yaml:1: title: given 2024; must be text; put it into quotes"),
        ("title: x\nstations: 3", "my.yaml:2: stations: given 3; must be keys with values"),
        ("title: x\nstations: [a]", "my.yaml:2: stations: given a list; must be keys with values"),
        (
            "title: x\nstations: {A_b: {servers: 1}}",
            'my.yaml:2: stations.A_b: given "A_b"; the name must be small letters and digits, '
            "with single hyphens between",
        ),
    ],
)
def test_problems_of_the_top_level(text: str, expected: str) -> None:
    assert problems(parse(text, name="my.yaml")) == [expected]


@pytest.mark.parametrize(
    ("station", "expected"),
    [
        ("{servers: 0}", "servers: given 0; must be at least 1"),
        ("{servers: 100}", "servers: given 100; must be at most 99"),
        ("{servers: 1.5}", "servers: given 1.5; must be a whole number"),
        ("{servers: many}", 'servers: given "many"; must be a whole number'),
        ("{servers: '1,000'}", 'servers: given "1,000"; must be a whole number; write 1000'),
        ("{servers: 1, work_h: {value: x}}", 'work_h.value: given "x"; must be a number'),
        ("{servers: 1, work_h: {low: 1}}", "work_h.value: is missing"),
        (
            "{servers: 1, work_h: {value: 1, lwo: 1}}",
            "work_h.lwo: there is no such key here; did you mean low?",
        ),
        ("{servers: 1, opens: soon}", 'opens: given "soon"; must be a date such as 2024-05-20'),
        ("{servers: 1, label: x}", "a label may not be x"),
        ("{servers: 1, legs: x}", 'legs: given "x"; must be a list'),
        (
            "{servers: 1, legs: [{kind: rial, gauge_mm: 3}]}",
            "legs.0.kind: given \"rial\"; must be one of 'rail', 'sea'; did you mean rail?",
        ),
        ("{servers: 1, legs: [{gauge_mm: 3}]}", "legs.0.kind: is missing"),
        (
            "{servers: 1, legs: [{kind: sea, depth_m: 3, depht: 4}]}",
            "legs.0.depht: there is no such key here",
        ),
        (
            "{servers: 1, legs: [{kind: sea, depth_m: {}}]}",
            "legs.0.depth_m: given keys with values",
        ),
    ],
)
def test_problems_further_down(station: str, expected: str) -> None:
    (problem,) = problems(parse(f"title: x\nstations:\n  a:\n   {station}", name="my.yaml"))
    assert problem.startswith("my.yaml:")
    assert expected in problem
    assert problem.split(": ")[1].startswith("stations.a")


def test_a_plain_value_for_a_union_names_the_plain_rule() -> None:
    tree = parse("title: x\nstations: {a: {servers: 1, work_h: slow}}", name="my.yaml")
    assert problems(tree) == ['my.yaml:2: stations.a.work_h: given "slow"; must be a number']


def test_names_of_the_meant_branch_only() -> None:
    leg = "{kind: sea, depth_m: 3, gaug: 4}"
    tree = parse(f"title: x\nstations: {{a: {{servers: 1, legs: [{leg}]}}}}", name="my.yaml")
    (problem,) = problems(tree)
    assert "gauge_mm" not in problem


def test_all_at_once_in_order_of_lines() -> None:
    text = "titel: x\nstations:\n  a: {servers: 0}\n  b: {servers: 1, work: 2}\n  c: 5\n"
    assert [p.split(":")[1] for p in problems(parse(text, name="my.yaml"))] == [
        "1",
        "1",
        "3",
        "4",
        "5",
    ]


def test_an_overlay_is_named_where_it_is_at_fault() -> None:
    base = parse("title: x\nstations:\n  alat-berths: {servers: 1}", name="base.yaml")
    over = parse("stations:\n  alat-berths:\n    servers: 0", name="over.yaml")
    assert problems(merge(base, over)) == [
        "over.yaml:3: stations.alat-berths.servers: given 0; must be at least 1"
    ]
    assert problems(set_path(base, "stations.alat-berths.servers", 0)) == [
        "--set: stations.alat-berths.servers: given 0; must be at least 1"
    ]


def test_a_slip_in_the_name_of_an_entry_of_an_overlay() -> None:
    base = parse("title: x\nstations:\n  alat-berths: {servers: 1}", name="base.yaml")
    over = parse("stations:\n  alat-berth:\n    work_h: 4", name="over.yaml")
    assert problems(merge(base, over)) == [
        "over.yaml:2: stations.alat-berth.servers: is missing; "
        "is alat-berth a slip for alat-berths?"
    ]
    # In one file, similar names are no accident.
    tree = parse("title: x\nstations: {a-1: {servers: 1}, a-2: {work_h: 1}}", name="base.yaml")
    assert problems(tree) == ["base.yaml:2: stations.a-2.servers: is missing"]
