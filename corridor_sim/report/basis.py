"""What a report rests on: the numbers of its scenarios with their sources, and how it was made."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from corridor_sim.experiments.assumptions import origin, shares
from corridor_sim.experiments.run import Run
from corridor_sim.experiments.tables import origins
from corridor_sim.output import Sheet, number
from corridor_sim.reference import facts
from corridor_sim.report.reading import Told
from corridor_sim.scenario.sources import cited, numbers
from corridor_sim.scenario.values import Value

COLUMNS: Final = ("path", "value", "low", "high", "source", "grade", "why")
RIGHT: Final = frozenset({"value", "low", "high", "baseline"})


def assumptions(runs: Sequence[Run]) -> list[Sheet]:
    """How many numbers are sourced, what each scenario changes, all numbers of the first, facts."""
    base, *others = runs
    known = dict(numbers(base.case.scenario))
    return [
        origins(shares(known.values())),
        *(_changed(known, base, run) for run in others),
        Sheet(
            title=f"All {len(known):,} numbers of {base.case.name}", columns=COLUMNS, right=RIGHT,
            rows=[_cells(path, value) for path, value in known.items()],
        ),
        _facts(runs),
    ]  # fmt: skip


def _changed(known: Mapping[str, Value], base: Run, run: Run) -> Sheet:
    own = dict(numbers(run.case.scenario))
    rows = [
        [path, number(known[path].value) if path in known else "", *_cells(path, value)[1:]]
        for path, value in own.items()
        if known.get(path) != value
    ]
    gone = [path for path in known if path not in own]
    notes = [f"Without {len(gone)} numbers that {base.case.name} has."] if gone else []
    title = f"What {run.case.name} changes in {base.case.name}"
    columns = (COLUMNS[0], "baseline", *COLUMNS[1:])
    return Sheet(title=title, columns=columns, rows=rows, right=RIGHT, notes=notes)


def _cells(path: str, value: Value) -> list[str]:
    dated = "; ".join(f"{day}: {number(new)}" for day, new in value.changes.items())
    given = number(value.value) + (f"; from {dated}" if dated else "")
    source = value.source or origin(value)
    return [
        path, given, number(value.low), number(value.high), source, value.grade or "",
        value.why or "",
    ]  # fmt: skip


def _facts(runs: Sequence[Run]) -> Sheet:
    used = {name for run in runs for name in cited(run.case.scenario)}
    rows = []
    for name, fact in facts().items():
        if name in used:
            low, high = number(fact.value_low), number(fact.value_high)
            value = low if low == high else f"{low} to {high}"
            rows.append([
                name, fact.quantity, f"{value} {fact.unit}", fact.period, fact.grade, fact.source,
                fact.date, fact.url,
            ])  # fmt: skip
    return Sheet(
        title=f"The {len(rows)} facts cited",
        columns=("id", "what", "value", "period", "grade", "publication", "date", "address"),
        rows=rows,
    )  # fmt: skip


def made_with(given: Told) -> Sheet:
    """Versions, seed, hashes and machine of a folder."""
    said, versions = given.manifest, given.manifest.get("versions", {})
    rows = [
        ["folder", given.folder.resolve().name],
        ["begun, ended", f"{said.get('begun', '')}, {said.get('ended', '')}"],
        ["seed", str(said.get("seed"))],
        ["replications", f"{given.n}, numbers {_range(given)}"],
        ["engine", ", ".join(dict.fromkeys(run.options.engine for run in given.runs))],
        ["versions", ", ".join(f"{name} {version}" for name, version in versions.items())],
        ["machine", _machine(said)],
        *_hashes(given),
    ]
    return Sheet(title="How it was made", columns=("what", "is"), rows=rows)


def command(manifest: Mapping[str, Any]) -> str:
    """The command that a folder was made with, to be pasted into a shell."""
    program, *words = manifest.get("command") or ["corridor-sim"]
    return shlex.join([PurePath(str(program)).name, *map(str, words)])


def _range(given: Told) -> str:
    done = given.runs[0].options.replications
    return f"{min(done)} to {max(done)}"


def _machine(said: Mapping[str, Any]) -> str:
    machine = said.get("machine", {})
    features = ", ".join(machine.get("cpu_features", ()))
    return f"{machine.get('system', '')}, {features}".strip(", ")


def _hashes(given: Told) -> Iterator[list[str]]:
    for one, run in zip(given.manifest["scenarios"], given.runs, strict=True):
        text = (given.folder / str(one["file"])).read_bytes()
        digest = hashlib.sha256(text).hexdigest()
        name = f"{run.case.name}" + (f" ({one['name']})" if one["name"] != run.case.name else "")
        yield [f"scenario {name}", f"fingerprint {one.get('fingerprint')}, file sha256 {digest}"]
    table = hashlib.sha256((given.folder / "measures.csv").read_bytes()).hexdigest()
    yield ["measures.csv", f"sha256 {table}"]
