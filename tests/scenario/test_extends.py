"""Files that build on files, and overlays that do."""

from pathlib import Path

import pytest

from corridor_sim.errors import Problem, ScenarioError
from corridor_sim.scenario.extends import compose, resolve
from corridor_sim.scenario.text import parse, read_text
from corridor_sim.scenario.tree import Tree, at

FILES = {
    "base": "title: Base\nstations: {a: {servers: 1}, b: {servers: 2}}",
    "child": "title: Child\nextends: base\nstations: {a: {servers: 3}}",
    "grandchild": "extends: child\nstations: {b: {servers: 4}}",
    "sibling": "title: Sibling\nextends: base\nstations: {b: {servers: 5}}",
    "rival": "extends: base\nstations: {a: {servers: 6}}",
    "free": "stations: {a: {servers: 7}}",
    "free-too": "stations: {b: {servers: 8}}",
    "lost": "extends: bsae",
    "broken": "extends: syntax",
    "syntax": "a: 1\nb: [1",
    "loop-1": "a: 1\nextends: loop-2",
    "loop-2": "extends: loop-3",
    "loop-3": "extends: loop-1",
    "self": "extends: self",
    "list": "extends: [base]",
    "null": "extends:",
} | {f"n{n}": f"extends: n{n + 1}" for n in range(12)}


def find(name: str) -> Tree:
    if name not in FILES:
        raise ScenarioError([Problem("there is no such scenario", file=name)])
    return parse(FILES[name], name=name)


def servers(tree: Tree) -> list[object]:
    assert isinstance(tree.value, dict)
    assert "extends" not in tree.value
    stations = tree.value["stations"]
    assert isinstance(stations, dict)
    return [s["servers"] for s in stations.values() if isinstance(s, dict)]


def test_a_chain_is_laid_from_the_bottom() -> None:
    tree = resolve(find("grandchild"), find)
    assert servers(tree) == [3, 4]
    assert at(tree.value, ("title",)) == "Child"
    assert tree.name == "grandchild"
    assert str(tree.position(("stations", "a", "servers"))) == "child:3"
    assert servers(resolve(find("base"), find)) == [1, 2]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "lost",
            [
                'lost:1: extends: given "bsae"; cannot be used, for the reason that follows '
                "(lost -> bsae)",
                "bsae: there is no such scenario",
            ],
        ),
        (
            "broken",
            [
                'broken:1: extends: given "syntax"; cannot be used, for the reason that follows '
                "(broken -> syntax)",
                "syntax:2: a list in [ ] has no end or lacks a comma; write [a, b, c]",
            ],
        ),
        (
            "loop-1",
            [
                'loop-3:1: extends: given "loop-1"; the chain comes back to where it was: '
                "loop-1 -> loop-2 -> loop-3 -> loop-1; remove one `extends`",
            ],
        ),
        (
            "self",
            [
                'self:1: extends: given "self"; the chain comes back to where it was: '
                "self -> self; remove one `extends`",
            ],
        ),
        (
            "list",
            ["list:1: extends: given a list; must be the name of a scenario or a file"],
        ),
        ("null", ["null:1: extends: given null; must be the name of a scenario or a file"]),
    ],
)
def test_chains_that_lead_nowhere(name: str, lines: list[str]) -> None:
    with pytest.raises(ScenarioError) as caught:
        resolve(find(name), find)
    assert [str(problem) for problem in caught.value.problems] == lines


def test_a_chain_has_a_limit() -> None:
    with pytest.raises(ScenarioError, match="the chain is longer than 10: n0 -> n1 -> "):
        resolve(find("n0"), find)


def test_a_file_is_found_from_the_file_that_extends_it(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "base.yaml").write_text("stations: {a: {servers: 1}}")
    child = tmp_path / "mine" / "child.yaml"
    child.write_text("extends: ../base.yaml")
    tree = resolve(read_text(child), lambda name: read_text(Path(name)))
    assert servers(tree) == [1]
    assert tree.position(("stations",)).file == str(tmp_path / "base.yaml")
    (tmp_path / "base.yaml").write_text("extends: mine/../mine/child.yaml")
    with pytest.raises(ScenarioError, match="comes back to where it was"):
        resolve(read_text(child), lambda name: read_text(Path(name)))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["base", "child", "sibling"], [3, 5]),
        (["child", "sibling"], [3, 5]),
        (["sibling", "child"], [3, 5]),
        (["base", "free", "free-too"], [7, 8]),
        (["base", "child", "grandchild"], [3, 4]),
        (["child", "free"], [7, 2]),  # the first is the base, an overlay may change it
        (["base"], [1, 2]),
    ],
)
def test_stacks_of_files_that_extend(names: list[str], expected: list[int]) -> None:
    assert servers(compose([find(name) for name in names], find)) == expected


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["child", "rival"], "rival:2: stations.a.servers: given 6; child:3 sets it too, to 3;"),
        (["base", "child", "free"], "free:1: stations.a.servers: given 7; child:3 sets it too"),
        (["base", "free", "rival"], "rival:2: stations.a.servers: given 6; free:1 sets it too"),
        (["base", "grandchild"], 'grandchild:1: extends: given "child"; child is not part of the'),
    ],
)
def test_stacks_that_contradict_themselves(names: list[str], message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        compose([find(name) for name in names], find)
    assert message in str(caught.value)
    assert len(caught.value.problems) == 1


def test_titles_of_a_stack_are_joined() -> None:
    tree = compose([find("base"), find("child"), find("sibling")], find)
    assert at(tree.value, ("title",)) == "Base + Child + Sibling"
