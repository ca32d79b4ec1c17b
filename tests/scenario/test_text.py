"""Strict YAML: what is read, what is refused, and in which words."""

import io
import os
import resource
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from corridor_sim.errors import ScenarioError
from corridor_sim.scenario import text as text_module
from corridor_sim.scenario.text import LARGEST_FILE_BYTES, parse, parse_value, read_text
from corridor_sim.scenario.tree import Plain, Position, Tree

WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
KEYS = WORDS.filter(lambda word: word != "" and "." not in word)
NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def refused(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse(text, name="my.yaml")
    assert caught.value.exit_code == 3
    return [str(problem) for problem in caught.value.problems]


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_what_is_dumped_is_read_back(tree: dict[str, Plain]) -> None:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False  # the library's flow style does not read back `:a`, `?a`
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = io.StringIO()
    yaml.dump(tree, stream)
    back = parse(stream.getvalue(), name="x").value
    assert back == tree
    assert repr(back) == repr(tree)  # 1 is not 1.0, 0.0 is not -0.0; the order is the same


@given(st.text(alphabet=st.sampled_from("ab01.:-? \n\t{}[],&*!%#'\"\\|>~é\r"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ScenarioError):  # anything else that is raised fails the test
        assert isinstance(parse(text, name="x"), Tree)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2024-05-20", "2024-05-20"),
        ("2024-05-20T10:00:00", "2024-05-20T10:00:00"),
        ("300_000", "300_000"),
        ("300,000", "300,000"),
        ('"010"', "010"),
        ("'.nan'", ".nan"),
        ("nan", "nan"),
        ("1.0e6", 1e6),
        ("1e6", 1e6),
        ("+.5", 0.5),
        ("7.", 7.0),
        ("-3", -3),
        ("0", 0),
        ("0.5", 0.5),
        ("0x1F", 31),
        ("0o17", 15),
        ("True", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("{low: 1, high: [2, x]}", {"low": 1, "high": [2, "x"]}),
    ],
)
def test_words_follow_the_core_schema(word: str, value: Plain) -> None:
    read = parse(f"a: {word}", name="x").value
    assert read == {"a": value}
    assert isinstance(read, dict)
    assert type(read["a"]) is type(value)


def test_lines_of_every_key() -> None:
    tree = parse("# comment\na: 1\nb:\n  c: [x,\n    y]\n  d: {e: 2}\n", name="my.yaml")
    assert tree.lines == {
        (): 2,
        ("a",): 2,
        ("b",): 3,
        ("b", "c"): 4,
        ("b", "c", 0): 4,
        ("b", "c", 1): 5,
        ("b", "d"): 6,
        ("b", "d", "e"): 6,
    }
    assert tree.position(("b", "d", "missing")) == Position("my.yaml", 6)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\na: 2", ":2: a: is given twice, first in line 1; remove one of the two"),
        ("s:\n  x: {b: 1, b: 2}", ":2: s.x.b: is given twice, first in line 2; remove one of"),
        ("a:\n\tb: 1", ":2: the line is indented with a tab; indent with spaces"),
        ("a: {\n\tb: 1}", ":2: the line is indented with a tab; indent with spaces"),
        ("a:\t1", ":1: there is a tab between words; use spaces"),
        ("a: &x 1", ":1: a: given &x; anchors (&) are not allowed; remove it; to build on a"),
        ("a: *x", ":1: a: given *x; aliases (*) are not allowed; write the value out"),
        ("a: !!python/object/apply:os.system [ls]", ":1: a: given !!python/object/apply:os.sys"),
        ("a: !!str 3", ":1: a: given !!str; tags (!) are not allowed"),
        ("a: ! 3", ":1: a: given !; tags (!) are not allowed"),
        ("a: .nan", ":1: a: given .nan; must be a finite number"),
        ("a: -.Inf", ":1: a: given -.Inf; must be a finite number"),
        ("a: 1e999", ":1: a: given 1e999; the number is too large"),
        ("a: 9223372036854775808", "the number is too large"),
        ("a: " + "9" * 5000, "a number may have at most 60 digits"),
        ("a: 010", ":1: a: given 010; a number may not begin with 0 (some programs read 010 as 8)"),
        ("a: -00.5", "a number may not begin with 0"),
        ("1: a", ":1: given 1; a key must be text; put it into quotes"),
        ("true: a", ":1: given true; a key must be text; put it into quotes"),
        (": a", ":1: a key is missing before the colon; write `key: value`"),
        ("'': a", ":1: a key may not be empty"),
        ("? [a]\n: 1", ":1: a key must be text, not a list, keys or an alias"),
        ("s:\n  x.y: 1", ":2: s: given x.y; a key may not hold a dot"),
        ("a: 1\n---\nb: 2", ":2: a file holds one document; remove the line `---`"),
        ("%YAML 1.1\n---\na: 1", ":2: directives (%) are not allowed; remove the line"),
        ("", ": is empty; write `key: value` lines"),
        ("# nothing\n", ": is empty; write `key: value` lines"),
        ("a:1", ':1: given "a:1"; the top level must be keys with values; write'),
        ("- a", ":1: given a list; the top level must be keys with values; write"),
        ("a: b: c", ":1: there is a colon where no key can be; check the indentation"),
        ("a:\n  b: 1\n c: 2", ":3: the indentation does not fit; begin lines of one level"),
        ("a: 1\nb: 'x\nc: 2", ":2: a quoted text does not end; close the quotes"),
        ("a: [1, 2\nb: 3", ":1: a list in [ ] has no end or lacks a comma"),
        ("a: {b: 1\nc: 3", ":1: keys in { } have no end or lack a comma"),
        ("a: [", ":1: a value is missing; write it, and close every [ and {"),
        ("a: @b", ":1: a word begins with a sign of YAML; put it into quotes"),
        ("a:\n  - x\n  y: 1", ":3: the indentation does not fit"),
        ("a: - b", ":1: a list item cannot begin here; put each `- item` on a line of its own"),
        ("a:\n  b\nc: 1\nd\n", ":4: a key has no colon; write `key: value`"),
        ("a: 1\nb: \x01", ":2: given U+0001; characters like this one are not allowed"),
        ('a: "\\ud800"', "may not hold control characters"),
        ('a: "\\e[31m"', "may not hold control characters"),
        ('a: "\\U00110000"', "is not valid YAML"),
    ],
)
def test_one_problem_in_plain_words(text: str, problem: str) -> None:
    found = refused(text)
    assert len(found) == 1
    assert found[0].startswith("my.yaml:")
    assert problem in found[0]


def test_all_problems_of_a_file_at_once_in_order_of_lines() -> None:
    text = "a: 1\na: 2\nb: 010\nc: &x .nan\n3: no\nd: *x\ne: [!t 1]\nf: {g: 1, g: 2}\nh: 'x\n"
    lines = [problem.split(":")[1] for problem in refused(text)]
    assert lines == ["2", "3", "4", "4", "5", "6", "7", "8", "9"]


def test_lines_with_tabs_are_named_together() -> None:
    (problem,) = refused("a: 1\n" + "\tb: 1\n" * 8)
    assert problem.startswith(
        "my.yaml:2: the line is indented with a tab (also lines 3, 4, 5, 6 and"
    )


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        pytest.param("a: " + "[" * 3000 + "]" * 3000, "nested deeper than 40", id="flow lists"),
        pytest.param("a: " + "{b: " * 3000, "nested deeper than 40", id="flow keys"),
        pytest.param("a:\n " + "- " * 3000 + "x", "nested deeper than 40", id="block lists"),
        pytest.param("[" * 900_000, "nested deeper than 40", id="a file of brackets"),
        pytest.param(
            "\n".join(" " * n + "k:" for n in range(3000))[:900_000],
            "nested deeper than 40",
            id="block keys",
        ),
        pytest.param("? " * 3000, "nested deeper than 40", id="keys of keys"),
        pytest.param(BOMB, "aliases (*) are not allowed", id="alias bomb"),
        pytest.param("a: [" + "1," * 400_000 + "]", "at most 40000 values", id="many values"),
        pytest.param("a: 1\n" * 160_000, "more problems below", id="many problems"),
        pytest.param("x" * 10_000_000, "larger than 1 MB", id="long text"),
    ],
)
def test_hostile_text_is_refused_quickly(text: str, rule: str) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    found = refused(text)
    assert any(rule in problem for problem in found)
    assert all("\n" not in problem and len(problem) < 500 for problem in found)
    assert time.process_time() - start < 5.0  # of the processor, whatever else runs
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 100_000  # KiB


def test_depth_of_forty_is_read() -> None:
    assert parse("a: " + "[" * 39 + "]" * 39, name="x").value
    assert refused("a: " + "[" * 41 + "]" * 41)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (bytes(range(256)), "is not text (it holds NUL bytes); save the file as UTF-8 text"),
        ("a: 1".encode("utf-16"), "is not text (it holds NUL bytes); save the file as UTF-8"),
        ("a: 1\nb: Düsseldorf".encode("latin-1"), "is not UTF-8 text; save the file as UTF-8"),
        (b"", "is empty"),
        (b"a: 1\n" * 2_000_000, "is larger than 1 MB"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, data: bytes, rule: str) -> None:
    path = tmp_path / "my.yaml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError, match="1 problem:") as caught:
        read_text(path)
    assert rule in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_large_file_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "my.yaml"
    with path.open("wb") as stream:
        stream.truncate(LARGEST_FILE_BYTES + 1)
    monkeypatch.setattr(Path, "open", lambda *_, **__: pytest.fail("opened"))
    with pytest.raises(ScenarioError, match="larger than 1 MB"):
        read_text(path)


def test_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_bytes("\ufeffa: 1\r\nb: é\r\n".encode())
    tree = read_text(path)
    assert tree.value == {"a": 1, "b": "é"}
    assert tree.lines["b",] == 2
    assert tree.name == str(path)


def test_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "baseline-2024.yaml").write_text("a: 1")
    with pytest.raises(ScenarioError) as caught:
        read_text(tmp_path / "baseline-2042.yaml")
    assert "there is no such file; did you mean baseline-2024.yaml?" in str(caught.value)


@pytest.mark.parametrize("name", ["", "no/such/folder/x.yaml", "x\0y", "x" * 5000])
def test_odd_names_are_problems(tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError):
        read_text(tmp_path / name)


def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ScenarioError, match="is not a regular file"):
        read_text(tmp_path / "pipe")


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "my.yaml").write_text("a: 1")
    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(ScenarioError, match="cannot be read: Permission denied"):
        read_text(tmp_path / "my.yaml")


def test_a_setting_is_read_like_a_value_of_a_file() -> None:
    assert parse_value("4", name="--set") == 4
    assert parse_value("{value: 4, low: 3}", name="--set") == {"value": 4, "low": 3}
    assert parse_value("no", name="--set") == "no"
    assert parse_value("null", name="--set") is None
    for text in ("", " ", "010", "*x", "[1", "1\n---\n2"):
        with pytest.raises(ScenarioError):
            parse_value(text, name="--set")


def test_limits_are_the_documented_ones() -> None:
    limits = (LARGEST_FILE_BYTES, text_module.DEEPEST, text_module.MOST_VALUES)
    assert limits == (1_000_000, 40, 40_000)
