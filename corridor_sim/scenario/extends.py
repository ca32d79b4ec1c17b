"""Files that build on files: `extends: baseline-2024`, `extends: ../my-base.yaml`.

`find` turns what is written there into a tree: a name that ends in `.yaml` or `.yml` reaches it as
a path relative to the folder of the file that extends, anything else as it is (a shipped name).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from os.path import normpath
from pathlib import Path
from typing import TypeAlias

from corridor_sim.errors import Problem, ScenarioError
from corridor_sim.scenario.overlay import clashes, laid, merge
from corridor_sim.scenario.tree import Plain, Tree, shown

KEY = "extends"
LONGEST_CHAIN = 10
SUFFIXES = (".yaml", ".yml")

Find: TypeAlias = Callable[[str], Tree]


def resolve(tree: Tree, find: Find) -> Tree:
    """A file laid on what it extends, that on what it extends, and so on; without `extends`.

    Raises
    ------
    ScenarioError
        Where a target is missing or broken, or the chain is circular or longer than 10; the chain
        is named.
    """
    return replace(reduce(merge, chain(tree, find)), name=tree.name)


def chain(tree: Tree, find: Find) -> tuple[Tree, ...]:
    """The files of `resolve`, each without its `extends`, the one that extends nothing first."""
    files = [tree]
    while (target := _target(files[-1])) is not None:
        files.append(_next(files, target, find))
    return tuple(_own(file) for file in reversed(files))


def compose(trees: Sequence[Tree], find: Find) -> Tree:
    """A base (first) and overlays, any of which may extend.

    An overlay that extends is an overlay of what it extends, which must be part of the stack; it
    may not touch a key of those that were laid on the same since. So `a+b` and `base+a+b` say the
    same where `a` and `b` extend `base`.

    Raises
    ------
    ScenarioError
        As `resolve` and `stack`; and where an overlay extends what is not in the stack.
    """
    first, *overlays = trees
    layers = list(chain(first, find))
    depth = len(layers)
    problems: list[Problem] = []
    for tree in overlays:
        *below, own = chain(tree, find)
        since = _index(layers, below[-1]) + 1 if below else depth
        if since == 0:
            problems.append(_not_in_stack(tree, below[-1].name))
        else:
            problems += [p for layer in layers[since:] for p in clashes(layer, own)]
        layers.append(own)
    if problems:
        raise ScenarioError(problems)
    base = replace(reduce(merge, layers[:depth]), name=first.name)
    return laid(base, layers[depth:])


def _index(files: Sequence[Tree], file: Tree) -> int:
    """The place of a file among others, -1 where it is not among them."""
    paths = [Path(other.name).resolve() for other in files]
    path = Path(file.name).resolve()
    return paths.index(path) if path in paths else -1


def _target(tree: Tree) -> str | None:
    target = _values(tree).get(KEY)
    if target is None and KEY not in _values(tree):
        return None
    if not isinstance(target, str) or not target.strip():
        rule = "must be the name of a scenario or a file"
        raise ScenarioError([tree.problem((KEY,), rule, given=shown(target))])
    return target


def _next(files: Sequence[Tree], target: str, find: Find) -> Tree:
    tree = files[-1]
    names = " -> ".join([*(file.name for file in files), target])
    if len(files) >= LONGEST_CHAIN:
        rule = f"the chain is longer than {LONGEST_CHAIN}: {names}"
        raise ScenarioError([tree.problem((KEY,), rule, given=shown(target))])
    is_file = target.endswith(SUFFIXES)
    try:
        found = find(normpath(Path(tree.name).parent / target) if is_file else target)
    except ScenarioError as error:
        rule = f"cannot be used, for the reason that follows ({names})"
        problem = tree.problem((KEY,), rule, given=shown(target))
        raise ScenarioError([problem, *error.problems]) from None
    if _index(files, found) >= 0:
        rule = f"the chain comes back to where it was: {names}"
        cure = "remove one `extends`"
        raise ScenarioError([tree.problem((KEY,), rule, given=shown(target), cure=cure)])
    return found


def _own(tree: Tree) -> Tree:
    return replace(tree, value={k: v for k, v in _values(tree).items() if k != KEY})


def _values(tree: Tree) -> dict[str, Plain]:
    assert isinstance(tree.value, dict), "a file is keys with values"
    return tree.value


def _not_in_stack(tree: Tree, name: str) -> Problem:
    rule = f"{name} is not part of the stack"
    cure = "name it in the stack before this one, or remove `extends`"
    return tree.problem((KEY,), rule, given=shown(_values(tree).get(KEY)), cure=cure)
