"""Errors of YAML syntax in plain words."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from corridor_sim.errors import Problem

LINE = re.compile(r"\r\n|\r|\n")
MOST_LINES_NAMED = 5

# What the parser says -> rule, cure, whether the beginning of the construct is the place to name.
WORDS: tuple[tuple[str, str, str, bool], ...] = (
    (
        "mapping values are not allowed",
        "there is a colon where no key can be",
        "check the indentation of this line and the one above; put text with ': ' into quotes",
        False,
    ),
    (
        "sequence entries are not allowed",
        "a list item cannot begin here",
        "put each `- item` on a line of its own",
        False,
    ),
    ("'\\t' that cannot start", "there is a tab between words", "use spaces", False),
    (
        "that cannot start any token",
        "a word begins with a sign of YAML",
        "put it into quotes",
        False,
    ),
    ("unexpected end of stream", "a quoted text does not end", "close the quotes", True),
    ("expected ',' or ']'", "a list in [ ] has no end or lacks a comma", "write [a, b, c]", True),
    ("expected ',' or '}'", "keys in { } have no end or lack a comma", "write {a: 1, b: 2}", True),
    (
        "expected <block end>",
        "the indentation does not fit",
        "begin lines of one level in the same column",
        False,
    ),
    ("expected the node content", "a value is missing", "write it, and close every [ and {", False),
    ("could not find expected ':'", "a key has no colon", "write `key: value`", True),
)


def syntax_problem(
    error: MarkedYAMLError | ReaderError | ValueError, text: str, *, name: str
) -> Problem:
    """The parser's error as a problem with its line."""
    if isinstance(error, ReaderError):
        line = len(LINE.findall(text, 0, error.position)) + 1
        given = f"U+{ord(text[error.position]):04X}"
        return Problem("characters like this one are not allowed", name, line, given=given)
    if not isinstance(error, MarkedYAMLError):
        return Problem(f"is not valid YAML ({error})", name)
    for said, rule, cure, at_start in WORDS:
        if said in str(error.problem):
            return Problem(rule, name, _line(error, at_start=at_start), cure=cure)
    rule = f"is not valid YAML ({error.problem})"
    return Problem(rule, name, _line(error, at_start=False))


def indented_with_tabs(text: str, *, name: str) -> list[Problem]:
    """One problem that names the lines indented with tabs; none where there are no such lines."""
    if "\t" not in text:
        return []
    lines = [n for n, line in enumerate(LINE.split(text), 1) if _has_tab_indent(line)]
    if not lines:
        return []
    others = ", ".join(map(str, lines[1:MOST_LINES_NAMED]))
    more = " and more" if len(lines) > MOST_LINES_NAMED else ""
    also = f" (also lines {others}{more})" if others else ""
    cure = "indent with spaces"
    return [Problem(f"the line is indented with a tab{also}", name, lines[0], cure=cure)]


def _has_tab_indent(line: str) -> bool:
    words = line.lstrip()
    return bool(words) and "\t" in line[: len(line) - len(words)]


def _line(error: MarkedYAMLError, *, at_start: bool) -> int | None:
    marks = [error.problem_mark, error.context_mark]
    found = [mark for mark in (marks[::-1] if at_start else marks) if mark is not None]
    return found[0].line + 1 if found else None
