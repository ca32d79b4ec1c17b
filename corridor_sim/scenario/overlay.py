"""Changes to a scenario before it is checked: overlays, stacks of overlays, dotted paths.

There is one meaning of a change, wherever it comes from: mappings are merged key by key, numbers
are revised (see `number`), all else is replaced, lists as a whole; `null` removes a key, and there
must be something to remove. Every key keeps the file and line it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import combinations

from corridor_sim.errors import Problem, ScenarioError, did_you_mean, one_of
from corridor_sim.scenario.number import RECORD, about_a_number, is_number, revised, revision
from corridor_sim.scenario.tree import (
    KeyPath,
    Plain,
    Position,
    Tree,
    at,
    children,
    dotted,
    plain,
    shown,
)

# What a file says of itself: in a stack, several files may say it.
ABOUT = frozenset({"schema_version", "title", "question"})


def merge(base: Tree, over: Tree) -> Tree:
    """`over` laid on `base`.

    Raises
    ------
    ScenarioError
        For every `null` that has nothing to remove.
    """
    merging = _Merging(base, over)
    value = merging.laid(base.value, over.value, ())
    if merging.problems:
        raise ScenarioError(sorted(merging.problems, key=lambda problem: problem.line or 0))
    return Tree(value, merging.positions, f"{base.name}+{over.name}")


def stack(base: Tree, overlays: Sequence[Tree]) -> Tree:
    """Several overlays on one base.

    No two may touch one key, so their order decides nothing but the order of new keys. Free of this
    are `title` (titles are joined), `question` and `schema_version` (the last one holds).

    Raises
    ------
    ScenarioError
        For every key touched by two overlays (naming both places), and as `merge`.
    """
    problems = [p for one, other in combinations(overlays, 2) for p in clashes(one, other)]
    if problems:
        raise ScenarioError(problems)
    return laid(base, overlays)


def laid(base: Tree, overlays: Sequence[Tree]) -> Tree:
    """Overlays laid on a base one after another; their titles joined by ` + `."""
    tree = reduce(merge, overlays, base)
    titles = [title for part in (base, *overlays) if (title := _title(part))]
    if len(titles) > 1 and isinstance(tree.value, dict):
        return replace(tree, value=tree.value | {"title": " + ".join(titles)})
    return tree


def clashes(one: Tree, other: Tree) -> list[Problem]:
    """A problem for every key that both overlays touch; a number is one key, with its record."""
    found = []
    for keys in _touched_by_both(one.value, other.value, ()):
        if len(keys) == 1 and keys[0] in ABOUT:
            continue
        rule = f"{one.position(keys)} sets it too, to {shown(at(one.value, keys))}"
        cure = "two overlays may not touch one key: remove one of the two"
        given = shown(at(other.value, keys))
        found.append(other.problem(keys, rule, given=given, cure=cure))
    return found


def set_path(tree: Tree, path: str, value: object, *, name: str = "--set") -> Tree:
    """Change what stands at a dotted path, e.g. `stations.alat-berths.servers`, `legs.0.mode`.

    The same as an overlay with this one key; besides, the path may go through items of lists (from
    0), and all of it but the last key must exist. `name` stands for the file in later messages.

    Raises
    ------
    ScenarioError
        Where the path leads nowhere, with the nearest name, and as `merge`.
    """
    keys = _found(tree, path, name=name)
    last, new = keys[-1], plain(value)
    if isinstance(last, str):
        keys, new = keys[:-1], {last: new}
    merging = _Merging(tree, Tree(new, {}, name))
    inner = merging.laid(at(tree.value, keys), new, keys)
    if merging.problems:
        raise ScenarioError(merging.problems)
    kept = {k: spot for k, spot in tree.positions.items() if k[: len(keys)] != keys}
    return Tree(_with(tree.value, keys, inner), kept | merging.positions, tree.name)


def set_paths(tree: Tree, changes: Mapping[str, object], *, name: str = "--set") -> Tree:
    """`set_path` for several paths, in their order; raises the problems of all at once."""
    problems: list[Problem] = []
    for path, value in changes.items():
        try:
            tree = set_path(tree, path, value, name=name)
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(problems)
    return tree


@dataclass(frozen=True, slots=True)
class _Merging:
    """Lays values of `over` on values of `base`; collects positions and problems on the way."""

    base: Tree
    over: Tree
    positions: dict[KeyPath, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def laid(self, old: Plain, new: Plain, keys: KeyPath) -> Plain:
        if (change := revision(old, new)) is not None:
            return self._revised(old, change, keys)
        if not isinstance(old, dict) or not isinstance(new, dict):
            return self._taken(self.over, new, keys)
        self.positions[keys] = self.base.position(keys)
        found: dict[str, Plain] = {}
        for key in [*old, *(key for key in new if key not in old)]:
            inner = (*keys, key)
            if key not in new:
                found[key] = self._taken(self.base, old[key], inner)
            elif new[key] is None:
                self._check_removal(old, key, inner)
            elif key not in old:
                found[key] = self._taken(self.over, new[key], inner)
            else:
                found[key] = self.laid(old[key], new[key], inner)
        return found

    def _revised(self, old: Plain, change: dict[str, Plain], keys: KeyPath) -> Plain:
        number = revised(old, change)
        if number == old:
            return self._taken(self.base, old, keys)
        self.positions[keys] = self.over.position(keys)
        for key, value in children(number):
            unchanged = isinstance(old, dict) and old.get(str(key)) == value
            self._taken(self.base if unchanged else self.over, value, (*keys, key))
        return number

    def _taken(self, source: Tree, value: Plain, keys: KeyPath) -> Plain:
        self.positions[keys] = source.position(keys)
        for key, inner in children(value):
            self._taken(source, inner, (*keys, key))
        return value

    def _check_removal(self, old: dict[str, Plain], key: str, keys: KeyPath) -> None:
        if key not in old:
            rule = "there is nothing here that null could remove"
            self.problems.append(self.over.problem(keys, rule, cure=did_you_mean(key, old)))


def _touched_by_both(one: Plain, other: Plain, keys: KeyPath) -> Iterator[KeyPath]:
    numbers = about_a_number(one) or about_a_number(other)
    if numbers or not isinstance(one, dict) or not isinstance(other, dict):
        yield keys
        return
    for key in one:
        if key in other:
            yield from _touched_by_both(one[key], other[key], (*keys, key))


def _title(tree: Tree) -> str | None:
    title = tree.value.get("title") if isinstance(tree.value, dict) else None
    return title if isinstance(title, str) else None


def _found(tree: Tree, path: str, *, name: str) -> KeyPath:
    """The key path of a dotted path, every key but the last checked to exist."""
    keys: KeyPath = ()
    node = tree.value
    *above, last = path.split(".")
    for word in above:
        key = _item(node, word) if isinstance(node, list) else word
        if key not in dict(children(node)):
            raise ScenarioError([_nowhere(node, keys, word, path=path, name=name)])
        keys, node = (*keys, key), at(node, (key,))
    key = _item(node, last) if isinstance(node, list) else last
    open_to_it = isinstance(node, dict) or (is_number(node) and last in RECORD)
    if not last or not (open_to_it or key in dict(children(node))):
        raise ScenarioError([_nowhere(node, keys, last, path=path, name=name)])
    return (*keys, key)


def _item(items: list[Plain], word: str) -> str | int:
    return next((number for number in range(len(items)) if str(number) == word), word)


def _nowhere(node: Plain, keys: KeyPath, word: str, *, path: str, name: str) -> Problem:
    rule = f"there is no {shown(word)} in {dotted(keys) or 'the scenario'}"
    names = sorted(RECORD) if is_number(node) else [str(key) for key, _ in children(node)]
    if isinstance(node, list):
        cure: str | None = (
            f"items are numbered 0 to {len(node) - 1}" if node else "the list is empty"
        )
    else:
        cure = did_you_mean(word, names) or one_of(names)
    return Problem(rule, name, key=path, cure=cure)


def _with(value: Plain, keys: KeyPath, inner: Plain) -> Plain:
    """A copy of `value` with `inner` at `keys`; what is not on the way is shared."""
    if not keys:
        return inner
    key, rest = keys[0], keys[1:]
    changed = _with(at(value, (key,)), rest, inner)
    if isinstance(value, list):
        return [changed if number == key else item for number, item in enumerate(value)]
    assert isinstance(value, dict)
    return {**value, str(key): changed}
