"""The family of errors: exit codes, wording, nearest names."""

import pickle

import pytest

from corridor_sim.errors import (
    CorridorError,
    Problem,
    RunError,
    ScenarioError,
    TargetMissed,
    UsageError,
    did_you_mean,
    nearest,
    one_of,
)


def test_exit_codes() -> None:
    family: dict[type[CorridorError], int] = {
        CorridorError: 1,
        UsageError: 2,
        ScenarioError: 3,
        RunError: 4,
        TargetMissed: 5,
    }
    assert {error: error.exit_code for error in family} == family
    assert all(issubclass(error, CorridorError) for error in family)


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (
            Problem("must be at least 1", "my.yaml", 12, "stations.a.servers", "-1", "try 1"),
            "my.yaml:12: stations.a.servers: given -1; must be at least 1; try 1",
        ),
        (Problem("is empty", "my.yaml"), "my.yaml: is empty"),
        (Problem("must be text", key="title", given="3"), "title: given 3; must be text"),
        (Problem("a\nb\x1b[31m", "x\ny", 1), "x y:1: a b\\x1b[31m"),
    ],
)
def test_a_problem_is_one_line(problem: Problem, line: str) -> None:
    assert str(problem) == line


def test_a_long_value_is_cut() -> None:
    assert len(str(Problem("r", given="x" * 10**6, key="k" * 10**6))) < 200


def test_an_error_lists_all_its_problems_and_survives_pickling() -> None:
    error = ScenarioError([Problem("one"), Problem("two", "f", 2)])
    assert str(error) == "2 problems:\n  one\n  f:2: two"
    assert str(ScenarioError([Problem("one")])) == "1 problem:\n  one"
    back = pickle.loads(pickle.dumps(error))
    assert back.problems == error.problems


def test_nearest_name() -> None:
    names = ["alat-berths", "aktau-berths", "servers"]
    assert nearest("alat-berth", names) == "alat-berths"
    assert nearest("Alat_Berths", names) == "alat-berths"
    assert nearest("zzz", names) is None
    assert nearest("x" * 10**6, names) is None
    assert did_you_mean("server", names) == "did you mean servers?"
    assert did_you_mean("zzz", names) is None


def test_list_of_names_is_cut() -> None:
    assert one_of(["a", "b"]) == "one of: a, b"
    assert one_of([]) is None
    assert str(one_of(map(str, range(99)))).endswith("14, ...")
