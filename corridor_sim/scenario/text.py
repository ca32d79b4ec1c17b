"""Strict YAML 1.2: text -> plain tree with positions, all problems of a file at once.

Stricter than YAML, because scenario files are read by people and come from strangers: no anchors,
aliases or tags, no duplicate keys, text keys only, no numbers with a leading zero (YAML 1.1 reads
`010` as 8, YAML 1.2 as 10), nothing infinite; limits on size, depth and number of values.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NoReturn, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from corridor_sim.errors import Problem, ScenarioError, did_you_mean
from corridor_sim.scenario.scalar import control_character, resolved
from corridor_sim.scenario.syntax import indented_with_tabs, syntax_problem
from corridor_sim.scenario.tree import KeyPath, Plain, Position, Tree, dotted, shown

LARGEST_FILE_BYTES = 1_000_000
TOO_LARGE = f"is larger than {LARGEST_FILE_BYTES // 1_000_000} MB"
DEEPEST = 40
MOST_VALUES = 40_000
MOST_PROBLEMS = 100

Events: TypeAlias = Iterator[Event]


def read_text(source: Path) -> Tree:
    """Read a scenario file.

    Raises
    ------
    ScenarioError
        Where the file cannot be read or is not what `parse` accepts; holds all problems.
    """
    return parse(_decoded(_bytes_of(source), source), name=str(source))


@lru_cache(maxsize=16)
def parse(text: str, *, name: str) -> Tree:
    """Parse a scenario; `name` stands for the file in messages. What many extend is parsed once.

    Raises
    ------
    ScenarioError
        With every problem that was found up to the first error of syntax.
    """
    tree = _built(text, name=name)
    if isinstance(tree.value, dict):
        return tree
    if tree.value is None:
        raise ScenarioError([Problem("is empty", file=name, cure="write `key: value` lines")])
    cure = "write `key: value` lines, with a space after each colon"
    rule = "the top level must be keys with values"
    raise ScenarioError([tree.problem((), rule, given=shown(tree.value), cure=cure)])


def parse_value(text: str, *, name: str) -> Plain:
    """Parse one value as a file would hold it, e.g. what follows the `=` of a setting.

    Raises
    ------
    ScenarioError
        As `parse`; also where the text is empty (`null` is how to say nothing).
    """
    if not text.strip():
        cure = "write null to remove the key"
        raise ScenarioError([Problem("there is no value", file=name, cure=cure)])
    return _built(text, name=name).value


def _bytes_of(source: Path) -> bytes:
    try:
        status = source.stat()
        if stat.S_ISDIR(status.st_mode):
            _refuse(source, "is a folder", cure="name a file in it")
        if not stat.S_ISREG(status.st_mode):
            _refuse(source, "is not a regular file")
        # Size first, so that nothing large is ever read; the read is bounded in case it grows.
        if status.st_size <= LARGEST_FILE_BYTES:
            with source.open("rb") as stream:
                data = stream.read(LARGEST_FILE_BYTES + 1)
            if len(data) <= LARGEST_FILE_BYTES:
                return data
    except FileNotFoundError:
        _refuse(source, "there is no such file", cure=_neighbour(source))
    except OSError as error:
        _refuse(source, f"cannot be read: {error.strerror or error}")
    except ValueError as error:  # a NUL byte in the name
        _refuse(source, f"cannot be read: {error}")
    _refuse(source, TOO_LARGE)


def _decoded(data: bytes, source: Path) -> str:
    if b"\0" in data:
        _refuse(source, "is not text (it holds NUL bytes)", cure="save the file as UTF-8 text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        _refuse(source, "is not UTF-8 text", line=line, cure="save the file as UTF-8 text")


def _refuse(
    source: Path, rule: str, *, line: int | None = None, cure: str | None = None
) -> NoReturn:
    raise ScenarioError([Problem(rule, file=str(source), line=line, cure=cure)])


def _neighbour(source: Path) -> str | None:
    try:
        return did_you_mean(source.name, [p.name for p in source.parent.iterdir()])
    except OSError:
        return None


def _built(text: str, *, name: str) -> Tree:
    if len(text) > LARGEST_FILE_BYTES:
        raise ScenarioError([Problem(TOO_LARGE, file=name)])
    tabs = indented_with_tabs(text, name=name)
    builder = _Builder(name, list(tabs))
    value: Plain = None
    try:
        value = builder.document(YAML(typ="safe", pure=True).parse(text))
    except (MarkedYAMLError, ReaderError, ValueError) as error:
        # Where lines are indented with tabs, what follows from them is noise.
        if not tabs:
            builder.problems.append(syntax_problem(error, text, name=name))
    except _LimitError:
        pass
    if builder.problems:
        raise ScenarioError(sorted(builder.problems, key=lambda problem: problem.line or 0))
    return Tree(value, builder.positions, name)


class _LimitError(Exception):
    """A limit is passed; the rest is not read."""


@dataclass(slots=True)
class _Builder:
    """Builds plain values from parser events; notes positions and problems on the way."""

    name: str
    problems: list[Problem]
    positions: dict[KeyPath, Position] = field(default_factory=dict)
    values: int = 0

    def document(self, events: Events) -> Plain:
        value: Plain = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self._check_document(event, documents)
                value = self._value(next(events), events, ())
        return value

    def _check_document(self, event: DocumentStartEvent, number: int) -> None:
        if number > 1:
            self._note(event, (), "a file holds one document", cure="remove the line `---`")
            raise _LimitError
        if event.tags or event.version not in (None, (1, 2)):
            self._note(event, (), "directives (%) are not allowed", cure="remove the line")

    def _note(
        self,
        event: Event,
        keys: KeyPath,
        rule: str,
        *,
        given: str | None = None,
        cure: str | None = None,
    ) -> None:
        spot = (self.name, event.start_mark.line + 1, dotted(keys) or None)
        self.problems.append(Problem(rule, *spot, given=given, cure=cure))
        if len(self.problems) >= MOST_PROBLEMS:
            self.problems.append(Problem("there are more problems below; not read on", *spot[:2]))
            raise _LimitError

    def _value(self, event: Event, events: Events, keys: KeyPath) -> Plain:
        self.values += 1
        self.positions.setdefault(keys, Position(self.name, event.start_mark.line + 1))
        if self.values > MOST_VALUES:
            self._note(event, (), f"a file holds at most {MOST_VALUES} values; not read on")
            raise _LimitError
        if len(keys) > DEEPEST:
            self._note(event, keys[:3], f"is nested deeper than {DEEPEST}; not read on")
            raise _LimitError
        if isinstance(event, NodeEvent):
            self._check_properties(event, keys)
        match event:
            case MappingStartEvent():
                return self._mapping(events, keys)
            case SequenceStartEvent():
                return self._sequence(events, keys)
            case ScalarEvent():
                return self._scalar(event, keys)
        return None

    def _check_properties(self, event: NodeEvent, keys: KeyPath) -> None:
        if isinstance(event, AliasEvent):
            rule, cure = "aliases (*) are not allowed", "write the value out"
            self._note(event, keys, rule, given=f"*{event.anchor}", cure=cure)
        elif event.anchor is not None:
            rule, cure = "anchors (&) are not allowed", "remove it; to build on a file, use extends"
            self._note(event, keys, rule, given=f"&{event.anchor}", cure=cure)
        if (tag := getattr(event, "tag", None)) is not None:
            given = tag.replace("tag:yaml.org,2002:", "!!")
            cure = "remove it; to make a number text, put it into quotes"
            self._note(event, keys, "tags (!) are not allowed", given=given, cure=cure)

    def _sequence(self, events: Events, keys: KeyPath) -> Plain:
        items: list[Plain] = []
        for event in events:
            if isinstance(event, CollectionEndEvent):
                break
            items.append(self._value(event, events, (*keys, len(items))))
        return items

    def _mapping(self, events: Events, keys: KeyPath) -> Plain:
        found: dict[str, Plain] = {}
        for event in events:
            if isinstance(event, CollectionEndEvent):
                break
            key = self._key(event, events, keys)
            if key in found:
                first = self.positions[*keys, key].line
                rule, cure = f"is given twice, first in line {first}", "remove one of the two"
                self._note(event, (*keys, key), rule, cure=cure)
                self._value(next(events), events, (*keys, key))
                continue
            self.positions[*keys, key] = Position(self.name, event.start_mark.line + 1)
            found[key] = self._value(next(events), events, (*keys, key))
        return found

    def _key(self, event: Event, events: Events, keys: KeyPath) -> str:
        if not isinstance(event, ScalarEvent):
            self._note(event, keys, "a key must be text, not a list, keys or an alias")
            self._value(event, events, (*keys, "?"))
            return f"?{self.values}"
        self._check_properties(event, keys)
        key: str = event.value
        if event.style is None and not key:
            self._note(event, keys, "a key is missing before the colon", cure="write `key: value`")
        elif event.style is None and not isinstance(resolved(key)[0], str):
            self._note(event, keys, "a key must be text", given=key, cure="put it into quotes")
        elif not key or control_character(key):
            self._note(event, keys, "a key may not be empty or hold control characters")
        elif "." in key:
            rule, cure = (
                "a key may not hold a dot",
                "write the parts on lines of their own, indented",
            )
            self._note(event, keys, rule, given=key, cure=cure)
        return key

    def _scalar(self, event: ScalarEvent, keys: KeyPath) -> Plain:
        value: Plain
        value, rule = (event.value, None) if event.style is not None else resolved(event.value)
        if rule is not None:
            cure = "put it into quotes if it is a name"
            self._note(event, keys, rule, given=event.value, cure=cure)
        elif isinstance(value, str) and control_character(value):
            self._note(event, keys, "may not hold control characters", given=value)
        return value
