"""What pydantic finds wrong with a tree, as problems: file, line, dotted key, rule, cure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from corridor_sim.errors import Problem, did_you_mean, nearest, one_of
from corridor_sim.scenario.number import is_record
from corridor_sim.scenario.tree import KeyPath, Plain, Tree, at, children, shown

WHOLE, REAL, DATE = (
    "must be a whole number",
    "must be a number",
    "must be a date such as 2024-05-20",
)
LIST, KEYS = "must be a list", "must be keys with values"
# Kinds of error (pydantic's names) -> rule; braces are filled from the error's context.
RULES = {
    "missing": "is missing",
    "union_tag_not_found": "is missing",
    "extra_forbidden": "there is no such key here",
    "union_tag_invalid": "must be one of {expected_tags}",
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), WHOLE),
    **dict.fromkeys(("float_type", "float_parsing"), REAL),
    "finite_number": "must be a finite number",
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    "string_type": "must be text",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        DATE,
    ),
    **dict.fromkeys(("list_type", "tuple_type"), LIST),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), KEYS),
    "greater_than_equal": "must be at least {ge:g}",
    "greater_than": "must be more than {gt:g}",
    "less_than_equal": "must be at most {le:g}",
    "less_than": "must be less than {lt:g}",
    **dict.fromkeys(("literal_error", "enum"), "must be {expected}"),
    "too_short": "must hold at least {min_length}, holds {actual_length}",
    "too_long": "must hold at most {max_length}, holds {actual_length}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must match {pattern}",
    **dict.fromkeys(("value_error", "assertion_error"), "{error}"),
}
PATTERNS = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "must be small letters and digits, with single hyphens between",
    r"^[A-Z]{2}$": "must be two capital letters",
}
SEPARATED = re.compile(r"[0-9]{1,3}([,_ ][0-9]{3})+(\.[0-9]+)?")


def problems_of(error: ValidationError, tree: Tree, model: type[BaseModel]) -> list[Problem]:
    """Every error as a problem, in order of files and lines.

    `tree` is what was validated, `model` the class it was validated against: it gives the names
    among which the nearest is sought.
    """
    details = [(detail, _keys(detail, tree.value)) for detail in error.errors(include_url=False)]
    told = [(d, keys) for d, keys in details if not _is_noise(d, keys, details, tree.value)]
    problems = dict.fromkeys(_problem(detail, keys, tree, model) for detail, keys in told)
    return sorted(problems, key=lambda problem: (problem.file or "", problem.line or 0))


def _problem(detail: ErrorDetails, keys: KeyPath, tree: Tree, model: type[BaseModel]) -> Problem:
    rule, cure, given = _rule(detail), _cure(detail, keys, tree), _given(detail, keys, tree.value)
    if detail["type"] == "extra_forbidden":
        names = _names(model, detail["loc"][:-1], at(tree.value, keys[:-1]))
        cure, given = did_you_mean(str(keys[-1]), names) or one_of(names), None
    elif detail["loc"][-1:] == ("[key]",):
        rule, given = f"the name {rule}", shown(keys[-1])
    return tree.problem(keys, rule, given=given, cure=cure)


def _keys(detail: ErrorDetails, value: Plain) -> KeyPath:
    """The key path of an error; names of branches of unions, which are no keys, are left out."""
    keys: KeyPath = ()
    for item in detail["loc"]:
        below = dict(children(value))
        key = item if isinstance(value, list) else str(item)
        if key in below:
            keys, value = (*keys, key), below[key]
    if detail["type"] == "missing":
        return (*keys, str(detail["loc"][-1]))
    if detail["type"].startswith("union_tag"):
        return (*keys, detail["ctx"]["discriminator"].strip("'"))
    return keys


def _is_noise(
    detail: ErrorDetails,
    keys: KeyPath,
    details: Sequence[tuple[ErrorDetails, KeyPath]],
    value: Plain,
) -> bool:
    """Whether an error is of a branch of a union that was not meant, and another one tells more."""
    others = [(d, k) for d, k in details if d is not detail and k[: len(keys)] == keys]
    return _mistakes_kind(detail, keys, value) and any(
        not _mistakes_kind(d, k, value) for d, k in others
    )


def _mistakes_kind(detail: ErrorDetails, keys: KeyPath, value: Plain) -> bool:
    """Whether it wants keys or a list where one value was given, or the other way round."""
    if not detail["type"].endswith("_type"):
        return False
    return (_rule(detail) in (LIST, KEYS)) != isinstance(_node(keys, value), dict | list)


def _rule(detail: ErrorDetails) -> str:
    context: Mapping[str, Any] = detail.get("ctx", {})
    if (pattern := context.get("pattern")) in PATTERNS:
        return PATTERNS[pattern]
    if (rule := RULES.get(detail["type"])) is not None:
        return rule.format(**context)
    said = detail["msg"].replace("Input should be", "must be").replace("Input should", "must")
    return said[:1].lower() + said[1:]


def _cure(detail: ErrorDetails, keys: KeyPath, tree: Tree) -> str | None:
    node = _node(keys, tree.value)
    context: Mapping[str, Any] = detail.get("ctx", {})
    if (expected := context.get("expected", context.get("expected_tags"))) and isinstance(
        node, str
    ):
        return did_you_mean(node, re.findall(r"'([^']*)'", str(expected)))
    if isinstance(node, str) and SEPARATED.fullmatch(node):
        return f"write {re.sub('[,_ ]', '', node)}"
    if detail["type"] == "string_type" and not isinstance(node, dict | list):
        return "put it into quotes"
    entry = keys[:-1] if detail["type"] in ("missing", "union_tag_not_found") else keys
    return _slip(entry, tree)


def _slip(keys: KeyPath, tree: Tree) -> str | None:
    """A new entry whose name is near one of another file is probably a slip in an overlay."""
    if not keys or not isinstance(keys[-1], str):
        return None
    file, name = tree.position(keys).file, keys[-1]
    siblings = [str(key) for key, _ in children(at(tree.value, keys[:-1])) if key != name]
    known = [s for s in siblings if tree.position((*keys[:-1], s)).file != file]
    match = nearest(name, known)
    return None if match is None else f"is {name} a slip for {match}?"


def _node(keys: KeyPath, value: Plain) -> Plain:
    try:
        return at(value, keys)
    except KeyError:
        return None


def _given(detail: ErrorDetails, keys: KeyPath, value: Plain) -> str | None:
    """The value as a message shows it; of keys and lists only where it matters that they are."""
    if keys and keys[-1] not in dict(children(_node(keys[:-1], value))):
        return None
    node = _node(keys, value)
    if is_record(node):
        return shown(node["value"])
    matters = detail["type"].endswith("_type") or not isinstance(node, dict | list)
    return shown(node) if matters else None


def _names(model: type[BaseModel], loc: Sequence[str | int], node: Plain) -> list[str]:
    """The keys that the model at a location allows and that are not given yet."""
    types: list[Any] = [model]
    for item in loc:
        types = [inner for t in types for inner in _below(t, item)] or _branch(types, item)
    names = dict.fromkeys(name for t in types for name in _fields(t))
    return [name for name in names if not (isinstance(node, dict) and name in node)]


def _fields(tp: Any) -> dict[str, Any]:
    """The keys of a model with the types of their values."""
    if not (isinstance(tp, type) and issubclass(tp, BaseModel)):
        return {}
    return {field.alias or name: field.annotation for name, field in tp.model_fields.items()}


def _below(tp: Any, item: str | int) -> list[Any]:
    """The types below a type at a key or item number, unions and annotations unfolded."""
    arguments = get_args(tp)
    origin = get_origin(tp)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _unfolded(arguments[1])
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return [inner for argument in arguments for inner in _unfolded(argument)]
    return _unfolded(_fields(tp)[str(item)]) if str(item) in _fields(tp) else []


def _branch(types: list[Any], item: str | int) -> list[Any]:
    """The branch of a union that a location names by its class or its tag."""
    named = [
        t
        for t in types
        if getattr(t, "__name__", None) == item
        or any(get_origin(f) is Literal and item in get_args(f) for f in _fields(t).values())
    ]
    return named or types


def _unfolded(tp: Any) -> list[Any]:
    if get_origin(tp) is Annotated:
        return _unfolded(get_args(tp)[0])
    members = get_args(tp) if _is_union(tp) else ()
    return [inner for member in members for inner in _unfolded(member)] or [tp]


def _is_union(tp: Any) -> bool:
    return getattr(get_origin(tp), "__name__", "") in ("Union", "UnionType")
