"""From plain values to a validated record, with problems that know their file and line."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from corridor_sim.errors import Problem, ScenarioError
from corridor_sim.scenario.mistakes import problems_of
from corridor_sim.scenario.tree import Tree, dotted

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], tree: Tree) -> Model:
    """The record that a tree describes.

    Raises
    ------
    ScenarioError
        With all problems at once.
    """
    try:
        return model.model_validate(tree.value)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, tree, model)) from None
    except ScenarioError as error:
        raise ScenarioError([_located(problem, tree) for problem in error.problems]) from None


def _located(problem: Problem, tree: Tree) -> Problem:
    known = {dotted(keys): keys for keys in tree.positions}
    key = problem.key or ""
    while key and key not in known:
        key = key.rpartition(".")[0]
    spot = tree.position(known.get(key, ()))
    return replace(problem, file=spot.file, line=spot.line)
