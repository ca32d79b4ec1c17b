"""Overlays, stacks, dotted paths: what changes, what is kept, where it came from."""

from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corridor_sim.errors import ScenarioError
from corridor_sim.scenario.number import SET_BY_HAND
from corridor_sim.scenario.overlay import clashes, merge, set_path, set_paths, stack
from corridor_sim.scenario.text import parse
from corridor_sim.scenario.tree import Plain, Position, Tree, children

BASE = """
title: Baseline
stations:
  alat-berths:
    place: alat
    servers: {value: 5, low: 4, high: 6, source: cap-btk, grade: high, why: counted}
    work_h: 3
  aktau-berths:
    servers: {value: 2, changes: {2025-01-01: 3}}
legs:
  - {mode: rail, length_km: 100}
  - {mode: sea, length_km: 450}
"""


def base() -> Tree:
    return parse(BASE, name="base.yaml")


def over(text: str, name: str = "over.yaml") -> Tree:
    return parse(text, name=name)


def read(tree: Tree, path: str) -> Plain:
    value = tree.value
    for key in path.split("."):
        value = {str(k): inner for k, inner in children(value)}[key]
    return value


def messages(caught: pytest.ExceptionInfo[ScenarioError]) -> list[str]:
    return [str(problem) for problem in caught.value.problems]


# ---------------------------------------------------------------- merge


def test_mappings_merge_all_else_is_replaced() -> None:
    tree = merge(base(), over("stations: {alat-berths: {work_h: 4}, new: {servers: 1}}\nlegs: [a]"))
    assert read(tree, "stations.alat-berths.work_h") == 4
    assert read(tree, "stations.alat-berths.place") == "alat"
    assert read(tree, "stations.new") == {"servers": 1}
    assert read(tree, "legs") == ["a"]
    assert read(tree, "title") == "Baseline"


def test_merge_leaves_its_arguments_alone() -> None:
    one, other = base(), over("stations: {alat-berths: {servers: 9, work_h: null}}")
    merge(one, other)
    assert one == base()
    assert other == over("stations: {alat-berths: {servers: 9, work_h: null}}")


def test_null_removes() -> None:
    tree = merge(base(), over("stations: {aktau-berths: null}"))
    assert read(tree, "stations").keys() == {"alat-berths"}  # type: ignore[union-attr]


def test_null_that_removes_nothing_is_a_problem() -> None:
    with pytest.raises(ScenarioError) as caught:
        merge(base(), over("stations:\n  aktau-berth: null\n  alat-berths: {workh: null}"))
    assert messages(caught) == [
        "over.yaml:2: stations.aktau-berth: there is nothing here that null could remove; "
        "did you mean aktau-berths?",
        "over.yaml:3: stations.alat-berths.workh: there is nothing here that null could remove; "
        "did you mean work_h?",
    ]


def test_null_in_what_is_new_is_kept() -> None:
    assert read(merge(base(), over("yards: {alat: {limit: null}}")), "yards.alat") == {
        "limit": None
    }


def test_every_key_keeps_its_file_and_line() -> None:
    text = "stations:\n  alat-berths:\n    work_h: 4\n    servers: 6\n  new:\n    servers: [1, 2]"
    tree = merge(base(), over(text))
    alat = ("stations", "alat-berths")
    assert tree.position(alat) == Position("base.yaml", 4)
    assert tree.position((*alat, "place")) == Position("base.yaml", 5)
    assert tree.position((*alat, "work_h")) == Position("over.yaml", 3)
    assert tree.position((*alat, "servers")) == Position("over.yaml", 4)
    assert tree.position((*alat, "servers", "source")) == Position("over.yaml", 4)
    assert tree.position((*alat, "servers", "low")) == Position("base.yaml", 6)
    assert tree.position(("stations", "new", "servers", 1)) == Position("over.yaml", 6)
    assert tree.position(("legs", 1, "mode")) == Position("base.yaml", 12)


# ---------------------------------------------------------------- numbers

BY_HAND = {"source": SET_BY_HAND, "why": "was 5 (cap-btk)"}
RECORD = {"value": 5, "low": 4, "high": 6, "source": "cap-btk", "grade": "high", "why": "counted"}


@pytest.mark.parametrize(
    ("change", "number"),
    [
        pytest.param("6", {"value": 6, "low": 4, "high": 6} | BY_HAND, id="range holds it"),
        pytest.param("8", {"value": 8} | BY_HAND, id="range does not"),
        pytest.param("5", RECORD, id="the same"),
        pytest.param("5.0", RECORD, id="the same as a float"),
        pytest.param("{value: 5}", RECORD, id="the same as a record"),
        pytest.param("{value: 6}", {"value": 6, "low": 4, "high": 6} | BY_HAND, id="record"),
        pytest.param(
            "{value: 8, low: 7, high: 9, source: adb, why: plan}",
            {"value": 8, "low": 7, "high": 9, "source": "adb", "why": "plan"},
            id="record with a source",
        ),
        pytest.param(
            "{value: 6, why: tender}",
            {"value": 6, "low": 4, "high": 6, "source": SET_BY_HAND, "why": "tender"},
            id="record with a reason",
        ),
        pytest.param("{low: 3}", RECORD | {"low": 3}, id="range only"),
        pytest.param(
            "{grade: null}", {k: v for k, v in RECORD.items() if k != "grade"}, id="word removed"
        ),
        pytest.param("many", "many", id="no number"),
        pytest.param("true", True, id="true is no number"),
        pytest.param("[1]", [1], id="list"),
    ],
)
def test_a_number_is_revised(change: str, number: Plain) -> None:
    path = "stations.alat-berths.servers"
    tree = merge(base(), over(f"stations: {{alat-berths: {{servers: {change}}}}}"))
    assert read(tree, path) == number
    by_path = set_path(base(), path, read(over(f"x: {change}"), "x"))
    assert read(by_path, path) == number


def test_a_value_drops_dated_changes_even_where_it_is_the_same() -> None:
    tree = set_path(base(), "stations.aktau-berths.servers", 2)
    assert read(tree, "stations.aktau-berths.servers") == {
        "value": 2,
        "source": SET_BY_HAND,
        "why": "was 2, changing at dates",
    }


def test_a_plain_number_becomes_a_record() -> None:
    path = "stations.alat-berths.work_h"
    tree = merge(base(), over("stations: {alat-berths: {work_h: {low: 2, high: 4}}}"))
    assert read(tree, path) == {"value": 3, "low": 2, "high": 4}
    assert read(set_path(base(), path + ".low", 2), path) == {"value": 3, "low": 2}
    assert read(set_path(base(), path, 9), path) == 9


def test_setting_the_value_of_a_record_is_setting_the_number() -> None:
    path = "stations.alat-berths.servers"
    assert set_path(base(), path + ".value", 6).value == set_path(base(), path, 6).value


# ---------------------------------------------------------------- dotted paths


def test_a_path_goes_through_lists() -> None:
    tree = set_path(base(), "legs.1.length_km", 460)
    assert read(tree, "legs") == [
        {"mode": "rail", "length_km": 100},
        {"mode": "sea", "length_km": 460},
    ]
    assert tree.position(("legs", 1, "length_km")) == Position("--set")
    assert tree.position(("legs", 1, "mode")) == Position("base.yaml", 12)
    assert read(set_path(base(), "legs.0", "x"), "legs") == [
        "x",
        {"mode": "sea", "length_km": 450},
    ]


def test_the_last_key_may_be_new() -> None:
    tree = set_path(base(), "stations.alat-berths.opens_h", 6, name="replace")
    assert read(tree, "stations.alat-berths.opens_h") == 6
    assert tree.position(("stations", "alat-berths", "opens_h")) == Position("replace")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "stations.alat-berth.servers",
            'there is no "alat-berth" in stations; did you mean alat-berths?',
        ),
        ("station.alat-berths.servers", 'no "station" in the scenario; did you mean stations?'),
        ("zzz.x", 'there is no "zzz" in the scenario; one of: title, stations, legs'),
        ("legs.2.mode", 'there is no "2" in legs; items are numbered 0 to 1'),
        ("legs.-1.mode", 'there is no "-1" in legs; items are numbered 0 to 1'),
        ("legs." + "9" * 5000, "items are numbered 0 to 1"),
        ("legs.2", 'there is no "2" in legs; items are numbered 0 to 1'),
        ("title.x", 'there is no "x" in title'),
        (
            "stations.alat-berths.work_h.lwo",
            'no "lwo" in stations.alat-berths.work_h; did you mean low?',
        ),
        ("", 'there is no "" in the scenario'),
        ("stations.", 'there is no "" in stations'),
        ("stations..servers", 'there is no "" in stations'),
    ],
)
def test_a_path_that_leads_nowhere(path: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        set_path(base(), path, 4)
    (problem,) = messages(caught)
    assert problem.startswith("--set: ")
    assert message in problem


def test_several_paths_name_all_problems() -> None:
    with pytest.raises(ScenarioError) as caught:
        set_paths(base(), {"a.b": 1, "legs.0.mode": "road", "legs.7.mode": "road"}, name="replace")
    assert len(caught.value.problems) == 2
    tree = set_paths(base(), {"legs.0.mode": "road", "stations.alat-berths.servers": 6})
    assert read(tree, "legs.0.mode") == "road"
    assert read(tree, "stations.alat-berths.servers.value") == 6


def test_none_removes_by_path() -> None:
    tree = set_path(base(), "stations.aktau-berths", None)
    assert read(tree, "stations").keys() == {"alat-berths"}  # type: ignore[union-attr]
    with pytest.raises(ScenarioError, match="nothing here that null could remove"):
        set_path(base(), "stations.baku", None)


# ---------------------------------------------------------------- stacks


def test_two_overlays_on_one_key_are_a_problem_each() -> None:
    one = over("stations:\n  alat-berths: {servers: 6, work_h: 2}", "one.yaml")
    other = over("stations:\n  aktau-berths: null\n  alat-berths: {servers: {low: 5}}", "two.yaml")
    third = over("stations:\n  alat-berths: null", "three.yaml")
    with pytest.raises(ScenarioError) as caught:
        stack(base(), [one, other, third])
    cure = "two overlays may not touch one key: remove one of the two"
    assert messages(caught) == [
        "two.yaml:3: stations.alat-berths.servers: given keys with values; "
        f"one.yaml:2 sets it too, to 6; {cure}",
        "three.yaml:2: stations.alat-berths: given null; "
        f"one.yaml:2 sets it too, to keys with values; {cure}",
        "three.yaml:2: stations.alat-berths: given null; "
        f"two.yaml:3 sets it too, to keys with values; {cure}",
    ]


def test_files_may_all_say_what_they_are() -> None:
    one = over(
        "schema_version: 1\ntitle: Phase 2\nquestion: A?\nstations: {alat-berths: {work_h: 2}}"
    )
    other = over("schema_version: 1\ntitle: Eight ships\nstations: {alat-berths: {servers: 6}}")
    tree = stack(base(), [one, other])
    assert read(tree, "title") == "Baseline + Phase 2 + Eight ships"
    assert read(tree, "question") == "A?"
    assert stack(base(), []).value == base().value


NUMBER = st.integers(0, 9) | st.fixed_dictionaries(
    {"value": st.integers(0, 9)},
    optional={"low": st.just(2), "high": st.just(7), "source": st.sampled_from(["x", "y"])},
)
PART = st.fixed_dictionaries({}, optional={"low": st.just(2), "source": st.just("z")})
ID = st.sampled_from("abc")
LEAF = NUMBER | st.sampled_from(["text", True]) | st.lists(st.integers(0, 3), max_size=2)
# Ids with fields, as a scenario has; every field of an overlay exists in the base.
FULL = st.fixed_dictionaries({s: st.fixed_dictionaries(dict.fromkeys("abc", LEAF)) for s in "abc"})
OVER = st.dictionaries(ID, st.none() | st.dictionaries(ID, LEAF | PART | st.none()))


@given(FULL, st.lists(OVER, min_size=2, max_size=3))
def test_overlays_without_a_clash_may_be_laid_in_any_order(
    low: dict[str, Plain], overlays: list[dict[str, Plain]]
) -> None:
    trees = [Tree(value, {}, str(number)) for number, value in enumerate(overlays)]
    assume(not any(clashes(a, b) for a, b in permutations(trees, 2)))
    results = [stack(Tree(low, {}, "base"), order).value for order in permutations(trees)]
    assert all(result == results[0] for result in results)


@given(FULL, OVER)
def test_an_overlay_twice_is_an_overlay_once(low: dict[str, Plain], top: dict[str, Plain]) -> None:
    assume("None" not in str(top))
    once = merge(Tree(low, {}, "base"), Tree(top, {}, "over"))
    assert merge(once, Tree(top, {}, "over")).value == once.value


@given(FULL, ID, ID, LEAF | PART)
def test_a_path_is_an_overlay_of_one_key(
    low: dict[str, Plain], s: str, k: str, leaf: Plain
) -> None:
    tree = Tree(low, {}, "base")
    merged = merge(tree, Tree({s: {k: leaf}}, {}, "over"))
    assert set_path(tree, f"{s}.{k}", leaf).value == merged.value


@given(FULL, OVER)
def test_every_key_of_a_merge_has_a_position(low: dict[str, Plain], top: dict[str, Plain]) -> None:
    tree = merge(Tree(low, {}, "base"), Tree(top, {}, "over"))
    nodes: list[tuple[tuple[str | int, ...], Plain]] = [((), tree.value)]
    seen = set()
    while nodes:
        keys, value = nodes.pop()
        seen.add(keys)
        nodes += [((*keys, key), inner) for key, inner in children(value)]
    assert seen == tree.positions.keys()
