"""Where replications run; what comes back does not depend on it, nor on the order of finishing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from corridor_sim.errors import UsageError
from corridor_sim.experiments.piece import decoded
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.experiments.processes import Here, Processes
from corridor_sim.experiments.store import Store, opened
from corridor_sim.experiments.task import Task, blocks_of, tasks_of
from corridor_sim.measures.rows import Tally

Progress = Callable[[int], None]
"""Told of how many replications more are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where replications run, and where finished ones are kept."""

    jobs: int = 1
    """Processes of this machine."""
    memory_mb: int | None = None
    """What blocks of replications may take together; by default half of what the machine has, or
    the workers of the cluster."""
    cluster: str | None = None
    """Address of a Dask scheduler, whose workers are used instead."""
    store: Path | None = None
    """Folder that keeps every finished replication."""
    resume: bool = False
    """Whether what the store has is taken from there, and not run again."""


HERE: Final = Where()
"""In this process; nothing is kept."""
_Name = tuple[str, int, Path | None]


class Executor(Protocol):
    """Runs blocks of tasks somewhere."""

    def width(self) -> int:
        """How many blocks run at a time."""

    def memory_mb(self) -> int:
        """What all blocks that run at a time may take together, unless told otherwise."""

    def pieces(self, blocks: Sequence[Sequence[Task]]) -> Generator[tuple[int, list[bytes]]]:
        """Index of each block and its pieces, in order of finishing."""

    def close(self) -> None:
        """Let go of what was started; work under way ends at once."""


@dataclass(slots=True)
class Workers:
    """An executor that has been started, and a store that has been opened."""

    where: Where
    store: Store | None
    _executor: Executor

    def finished(self, tasks: Sequence[Task]) -> Generator[tuple[int, Tally]]:
        """Index of each task and its tally: what the store has first, the others as they come.

        Tasks of one key and replication are run once. A tally is kept before it is handed out.
        An error or an interrupt is passed on, with a note on what was kept.
        """
        if self.where.cluster is not None and any(task.visits is not None for task in tasks):
            raise UsageError("visits are written by processes of this machine, not by a cluster")
        done = 0
        waiting: dict[_Name, list[int]] = defaultdict(list)
        for i, task in enumerate(tasks):
            waiting[_name(task)].append(i)
        try:
            missing = []
            for indices in waiting.values():
                task = tasks[indices[0]]
                tally = self._kept(task)
                if tally is None:
                    missing.append(task)
                    continue
                for i in indices:
                    done += 1
                    yield i, tally
            with closing(self._run(missing)) as running:
                for task, tally in running:
                    for i in waiting[_name(task)]:
                        done += 1
                        yield i, tally
        except (Exception, KeyboardInterrupt) as error:
            if self.store is not None:
                error.add_note(
                    f"{done} of {len(tasks)} replications are kept in {self.store.folder};"
                    " --resume goes on from there"
                )
            raise

    def _kept(self, task: Task) -> Tally | None:
        if self.store is None or not self.where.resume or task.visits is not None:
            return None  # the store has no visits
        return self.store.get(task)

    def _run(self, tasks: Sequence[Task]) -> Generator[tuple[Task, Tally]]:
        if not tasks:
            return
        memory = self.where.memory_mb or self._executor.memory_mb()
        blocks = blocks_of(tasks, workers=self._executor.width(), memory_mb=memory)
        with closing(self._executor.pieces(blocks)) as finished:
            for at, pieces in finished:
                for task, piece in zip(blocks[at], pieces, strict=True):
                    if self.store is not None:
                        self.store.put(task, piece)
                    yield task, decoded(piece, key=task.key, replication=task.replication)


def _name(task: Task) -> _Name:
    """What tasks have in common that are run once; visits go into a folder of each."""
    return task.key, task.replication, task.visits


@contextmanager
def workers(where: Where | Workers) -> Iterator[Workers]:
    """Start what `where` names, for several calls of `simulate`; what is started is handed on.

    Raises
    ------
    UsageError
        Where the store cannot be written, the cluster does not answer, or `resume` has no store.
    """
    if isinstance(where, Workers):
        yield where
        return
    if where.resume and where.store is None:
        raise UsageError("--resume needs a store of finished replications; name it with --store")
    store = None if where.store is None else opened(where.store)
    executor = _executor(where)
    try:
        yield Workers(where, store, executor)
    finally:
        executor.close()


def _executor(where: Where) -> Executor:
    if where.cluster is not None:
        from corridor_sim.experiments.cluster import Cluster

        return Cluster(where.cluster)
    return Here() if where.jobs <= 1 else Processes(where.jobs)


def tallies(
    cases: Sequence[Case], options: Sequence[Options], *, where: Where | Workers,
    visits: Sequence[Path | None] | None = None, progress: Progress = lambda _: None,
) -> list[list[Tally]]:  # fmt: skip
    """Tallies of every case, by number of replication; `options` as in `tasks_of`.

    `visits` holds a folder for each case, or None.

    Raises
    ------
    UsageError
        As `workers`; or where visits are asked of a cluster.
    RunError, StoreError
        Where a replication fails, a worker is lost for good, or a piece cannot be kept.
    """
    tasks = tasks_of(cases, options, visits=visits or [None] * len(cases))
    found: list[list[Tally | None]] = [[None] * len(own.replications) for own in options]
    with workers(where) as here, closing(here.finished(tasks)) as finished:
        for i, tally in finished:
            found[i % len(cases)][i // len(cases)] = tally
            progress(1)
    return [[tally for tally in own if tally is not None] for own in found]
