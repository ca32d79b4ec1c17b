"""A scenario as one file, with everything that it extends and every change laid on."""

from __future__ import annotations

import io

from ruamel.yaml import YAML

from corridor_sim.errors import UsageError, did_you_mean, one_of
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.tree import Plain, children, plain

WIDTH = 100


def resolved(scenario: Scenario) -> Plain:
    """The scenario as plain values; defaults that nobody touched are left out."""
    return _short(plain(scenario.model_dump(mode="json", exclude_unset=True)))


def resolved_yaml(scenario: Scenario) -> str:
    """The scenario as the text of a file that loads to the same scenario."""
    return as_yaml(resolved(scenario))


def as_yaml(value: Plain) -> str:
    """A value as YAML."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    yaml.width = WIDTH
    text = io.StringIO()
    yaml.dump(value, text)
    return text.getvalue().removesuffix("...\n")


def _short(value: Plain) -> Plain:
    """Numbers without a record as plain numbers, whole ones without `.0`."""
    match value:
        case {"value": int() | float() as number, **rest} if not any(rest.values()):
            return _short(number)
        case dict():
            return {key: _short(inner) for key, inner in value.items()}
        case list():
            return [_short(inner) for inner in value]
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
    return value


def part(scenario: Scenario, path: str) -> Plain:
    """What stands at a dotted path, with the defaults where nobody set it.

    Raises
    ------
    UsageError
        Where the path leads nowhere, with the nearest name.
    """
    own = resolved(scenario)
    try:
        return _at(own, path)
    except UsageError:
        return _at(_short(plain(scenario.model_dump(mode="json", exclude_none=True))), path)


def _at(value: Plain, path: str) -> Plain:
    walked: list[str] = []
    for word in path.split("."):
        below = {str(key): inner for key, inner in children(value)}
        if word not in below:
            cure = did_you_mean(word, below) or one_of(below) or "nothing is below it"
            raise UsageError(
                f"there is no {word!r} in {'.'.join(walked) or 'the scenario'}; {cure}"
            )
        walked.append(word)
        value = below[word]
    return value
