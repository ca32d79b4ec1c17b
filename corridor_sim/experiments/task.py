"""The unit of work: one replication of one case, small enough to be sent to any machine."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Final

import corridor_sim
from corridor_sim.compile import compile_scenario
from corridor_sim.draws import Draws
from corridor_sim.engines import block_size, engine
from corridor_sim.errors import RunError
from corridor_sim.experiments.piece import encoded
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.visits import write_visits
from corridor_sim.measures import tallying
from corridor_sim.measures.rows import Tally
from corridor_sim.measures.twins import twinned
from corridor_sim.model import Model
from corridor_sim.scenario.schema import Scenario

ROOMS: Final = ("compile", "draws", "engines", "laws", "measures", "model", "result", "scenario")
"""Parts of the package that a tally depends on."""
COMPILED: Final = 16
"""Cases that a process keeps compiled."""
LIBRARIES: Final = ("numpy", "scipy", "simpy")


@dataclass(frozen=True, slots=True)
class Task:
    """One replication of one case; `visits` is a folder that gets its visits as a Parquet file;
    `twin` as of the case.

    `key` (32 hex digits) names the case with all that a tally depends on but the replication:
    scenario text, seed, what is measured, and the build. Not: what the case is called, nor the
    engine, as their answers are equal.
    """

    name: str
    text: str
    options: Options
    replication: int
    visits: Path | None
    key: str
    build: str
    twin: str = ""


def tasks_of(
    cases: Sequence[Case], options: Sequence[Options], *, visits: Sequence[Path | None]
) -> list[Task]:
    """Tasks of some cases, by number of replication, then by case.

    `options` of the cases may differ in the engine only.
    """
    given = [
        (case, replace(own, replications=()), folder, key_of(case, own))
        for case, own, folder in zip(cases, options, visits, strict=True)
    ]
    return [
        Task(case.name, case.text, bare, number, folder, key, build(), case.twin)
        for number in (options[0].replications if options else ())
        for case, bare, folder, key in given
    ]


def blocks_of(tasks: Sequence[Task], *, workers: int, memory_mb: int) -> list[list[Task]]:
    """Tasks as they are sent to one of some workers: of one case, as many as its engine is best
    given at once within a worker's share of the memory, if that leaves something for every worker;
    the last are smaller, so that no worker waits long for another.

    As many cases as a process keeps compiled come one after the other; so none is compiled twice.
    """
    share = max(1, math.ceil(len(tasks) / workers))
    cases: dict[str, list[Task]] = {}
    for task in tasks:
        cases.setdefault(task.key, []).append(task)
    turns: list[list[list[list[Task]]]] = []
    for number, own in enumerate(cases.values()):
        if number % COMPILED == 0:
            turns.append([])
        turns[-1].append(
            _parts(own, math.ceil(len(own) / min(share, _together(own[0], memory_mb // workers))))
        )
    found = [block for turn in turns for blocks in zip_longest(*turn) for block in blocks if block]
    odd = len(found) % workers
    whole, last = found[: len(found) - odd], found[len(found) - odd :]
    return whole + [part for block in last for part in _parts(block, workers // odd)]


def _parts(tasks: list[Task], count: int) -> list[list[Task]]:
    """So many parts, as equal as they can be; fewer where there are fewer tasks."""
    count = min(count, len(tasks))
    cuts = [len(tasks) * n // count for n in range(count + 1)]
    return [tasks[low:high] for low, high in pairwise(cuts)]


def _together(task: Task, memory_mb: int) -> int:
    if task.options.engine == "event":
        return 1  # without compiling it here
    model = _model(task.name, task.text)
    size = block_size(model, task.options.engine, memory_mb=memory_mb)
    return max(1, size // 2) if task.twin else size


def run_block(tasks: Sequence[Task]) -> list[bytes]:
    """Run the tasks of a block, all of one case; their pieces.

    Raises
    ------
    RunError
        As `run_task`.
    """
    if len(tasks) == 1:
        return [run_task(tasks[0])]
    return list(_run(tasks))


def run_task(task: Task) -> bytes:
    """Run a task; the tally as a piece (see `piece`).

    Raises
    ------
    RunError
        Where a conservation check fails, or this process runs another build of the package.
    """
    (piece,) = _run([task])
    return piece


def _run(tasks: Sequence[Task]) -> Iterator[bytes]:
    task = tasks[0]
    if task.build != build():
        raise RunError(
            f"a worker runs corridor_sim {build()}, not {task.build}; install the same package"
            " and libraries on all of them"
        )
    numbers = [one.replication for one in tasks]
    tallies = _beside_twin(task, numbers) if task.twin else _alone(task, numbers)
    for tally in tallies:
        yield encoded(tally, key=task.key)


def _alone(task: Task, numbers: Sequence[int]) -> Iterator[Tally]:
    model, options = _model(task.name, task.text), task.options
    tally_of = tallying(
        model, segments=options.segments, by_month=options.by_month, daily=options.daily
    )
    for ledger in engine(options.engine)(Draws(model, options.seed), numbers):
        if task.visits is not None:
            write_visits(model, ledger, task.visits)
        yield tally_of(ledger)


def _beside_twin(task: Task, numbers: Sequence[int]) -> Iterator[Tally]:
    options = task.options
    models = [_model(task.name, text) for text in (task.text, task.twin)]
    tally_of = twinned(*models)
    runs = [engine(options.engine)(Draws(model, options.seed), numbers) for model in models]
    for own, twin in zip(*runs, strict=True):
        yield tally_of(own, twin)


def prepare(task: Task) -> None:
    """Compile the case of a task, so that running it takes no longer than any other replication."""
    _model(task.name, task.text)


def key_of(case: Case, options: Options) -> str:
    """The key of a case under some options."""
    given = [
        case.text, options.seed, list(map(str, options.segments)),
        options.by_month, options.daily, build(), case.twin,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(given).encode()).hexdigest()[:32]


@lru_cache(maxsize=1)
def build() -> str:
    """The version of the package, a hash of the code behind a tally, and versions of libraries."""
    root = Path(corridor_sim.__file__).parent
    code = hashlib.sha256()
    for path in sorted(path for room in ROOMS for path in root.glob(f"{room}*/**/*.py")):
        code.update(path.read_bytes())
    for path in sorted(path for room in ROOMS for path in root.glob(f"{room}.py")):
        code.update(path.read_bytes())
    libraries = " ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return f"{corridor_sim.__version__}+{code.hexdigest()[:12]} ({libraries})"


@lru_cache(maxsize=COMPILED)
def _model(name: str, text: str) -> Model:
    return compile_scenario(Scenario.model_validate_json(text), name=name)
