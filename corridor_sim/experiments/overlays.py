"""What an experiment found as an overlay: a small file that `run` takes."""

from __future__ import annotations

from pathlib import Path

from corridor_sim.scenario.load import load, parts, shipped
from corridor_sim.scenario.number import is_number, is_record
from corridor_sim.scenario.resolved import as_yaml, resolved
from corridor_sim.scenario.schema import Scenario
from corridor_sim.scenario.tree import Plain

ABOUT = ("schema_version", "title", "question")


def overlay(source: str, found: Scenario, *, title: str, question: str) -> str:
    """The text of a file that turns the scenario called `source` into `found`.

    It extends a scenario of one name, so that it can be run by itself; of several joined by `+` it
    is one more to be joined.
    """
    words: dict[str, Plain] = {"schema_version": 1}
    names = parts(source)
    if len(names) == 1:
        words["extends"] = source if source in shipped() else str(Path(source).resolve())
    words |= {"title": title, "question": question}
    changed = difference(resolved(load(source)), resolved(found))
    assert isinstance(changed, dict), "a scenario is keys with values"
    return as_yaml(words | {key: value for key, value in changed.items() if key not in ABOUT})


def difference(base: Plain, other: Plain) -> Plain:
    """What has to be laid on `base` to make `other`: keys that differ, null for those that went.

    Numbers and lists are told as a whole.
    """
    if not isinstance(base, dict) or not isinstance(other, dict):
        return other
    if is_record(other) or is_record(base):
        return other
    found: dict[str, Plain] = {}
    for key in [*base, *(key for key in other if key not in base)]:
        if key not in other:
            found[key] = None
        elif key not in base or base[key] != other[key]:
            whole = key not in base or is_number(base[key])
            found[key] = other[key] if whole else difference(base[key], other[key])
    return found
