"""One replication, to be looked at: simulated again from a scenario, or from a run folder."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines import engine
from corridor_sim.errors import UsageError, did_you_mean, one_of
from corridor_sim.experiments.plan import Case, case
from corridor_sim.model import DAY, Model
from corridor_sim.result import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A replication with all that it was made of."""

    case: Case
    seed: int
    model: Model
    ledger: Ledger

    def dates(self, ticks: npt.ArrayLike) -> npt.NDArray[np.datetime64]:
        """The dates of ticks, by the calendar of the scenario."""
        start = np.datetime64(self.case.scenario.span.start, "s")
        return start + np.asarray(ticks, np.int64).astype("timedelta64[s]")

    def ticks(self, day: dt.date) -> int:
        """The tick at which a day begins."""
        return (day - self.case.scenario.span.start).days * DAY

    @property
    def told(self) -> str:
        """What it is, for captions."""
        base, *changes = self.case.name.split(",")
        changed = f" With {', '.join(changes)}." if changes else ""
        return f"{base}, replication {self.ledger.replication}, seed {self.seed}.{changed}"


def replay(
    given: Case, *, seed: int = 1, replication: int = 0, engine_name: str = "auto",
    model: Model | None = None,
) -> Replay:  # fmt: skip
    """Simulate one replication of a case; `model` is its own, if it has been compiled.

    Raises
    ------
    UsageError
        For an engine that does not exist.
    """
    model = model or compile_scenario(given.scenario, name=given.name)
    (ledger,) = engine(engine_name)(Draws(model, seed), [replication])
    return Replay(case=given, seed=seed, model=model, ledger=ledger)


def replayed(
    folder: Path, *, scenario: str | None = None, replication: int | None = None
) -> Replay:
    """A replication of a run folder once more: from its resolved scenario and seed.

    `scenario` is one of a comparison, by default the first; `replication` by default the first
    that was finished.

    Raises
    ------
    UsageError
        Where the folder is none of a run, or has no such scenario or replication.
    ScenarioError
        Where its scenario is not valid any more.
    """
    manifest, given = manifest_of(folder), scenarios_of(folder)
    name = next(iter(given)) if scenario is None else scenario
    if name not in given:
        cure = did_you_mean(name, given) or one_of(given)
        raise UsageError(f"{folder} has no scenario {name!r}; {cure}")
    finished = manifest["replications_finished"]
    number = min(finished) if replication is None else replication
    if number not in finished:
        some = f"{min(finished)} to {max(finished)}"
        raise UsageError(f"{folder} has no replication {number}; its numbers are {some}")
    again = case(str(given[name]))
    given_again = Case(name, again.scenario, again.text)
    return replay(given_again, seed=manifest["seed"], replication=number)


def scenarios_of(folder: Path) -> dict[str, Path]:
    """The resolved scenarios of a run folder by name, the baseline first.

    Raises
    ------
    UsageError
        Where the folder is none of a run.
    """
    return {str(one["name"]): folder / str(one["file"]) for one in manifest_of(folder)["scenarios"]}


def manifest_of(folder: Path) -> dict[str, Any]:
    """What the folder of a run or comparison says of itself.

    Raises
    ------
    UsageError
        Where the folder is none of a run, or nothing was finished.
    """
    try:
        found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        rule = "it has no readable manifest.json; name a folder that `run` or `compare` wrote"
        raise UsageError(f"{folder} is no run folder: {rule}") from error
    if not found.get("replications_finished"):
        raise UsageError(f"{folder} holds no finished replication of a run or comparison")
    return found
