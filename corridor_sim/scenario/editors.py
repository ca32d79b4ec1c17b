"""The JSON Schema of scenario files, for editors that complete and check as one types."""

from __future__ import annotations

from typing import Final, TypeAlias

from corridor_sim.scenario.schema import Scenario

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
EXTENDS: Final[Json] = {
    "type": "string",
    "description": "The shipped scenario or the file that this one is laid on.",
}
_TABLES: Final = ("additionalProperties", "patternProperties")


def json_schema(*, overlay: bool = False) -> Json:
    """The schema of a whole file, or of an overlay: no key is needed, null removes one."""
    schema: Json = Scenario.model_json_schema()
    if overlay:
        schema = _loosened(schema)
    assert isinstance(schema, dict)
    properties = schema["properties"]
    assert isinstance(properties, dict)
    return {"$schema": DIALECT, **schema, "properties": {"extends": EXTENDS, **properties}}


def _loosened(schema: Json) -> Json:
    if isinstance(schema, list):
        return [_loosened(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _loosened(inner) for key, inner in schema.items() if not _demands(key, inner)}
    for key in _TABLES:
        inner = found.get(key)
        if key == "additionalProperties" and isinstance(inner, dict):
            found[key] = _or_null(inner)
        elif key == "patternProperties" and isinstance(inner, dict):
            found[key] = {pattern: _or_null(item) for pattern, item in inner.items()}
    return found


def _demands(key: str, inner: Json) -> bool:
    """A list under `required` is a demand; a mapping there would be a property of that name."""
    return key in ("required", "minProperties") and not isinstance(inner, dict)


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}
