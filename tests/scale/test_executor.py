"""What comes back does not depend on where it ran, nor on who was lost on the way."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from one_gate import OPTIONS, same_tables, small, two

from corridor_sim.compile import compile_scenario
from corridor_sim.errors import RunError, UsageError
from corridor_sim.experiments.cluster import Cluster
from corridor_sim.experiments.executor import Where, workers
from corridor_sim.experiments.processes import Processes
from corridor_sim.experiments.run import simulate
from corridor_sim.experiments.task import COMPILED, blocks_of, run_task, tasks_of
from corridor_sim.model import Model
from corridor_sim.scenario.schema import Scenario

MANY = replace(OPTIONS, replications=tuple(range(150)))


@pytest.mark.slow
def test_processes_give_the_same_bytes_and_a_killed_one_is_replaced() -> None:
    here = simulate(two(), MANY)
    killed: list[int] = []
    told: list[int] = []
    with workers(Where(jobs=2)) as pool:
        simulate(two(), OPTIONS, where=pool)
        executor = pool._executor
        assert isinstance(executor, Processes)
        assert executor._pool is not None
        first, *_ = executor._pool._processes

        def kill(number: int) -> None:
            told.append(number)
            if not killed:
                os.kill(first, signal.SIGKILL)
                killed.append(first)

        runs = simulate(two(), MANY, where=pool, progress=kill)
    assert killed
    assert sum(told) == 2 * len(MANY.replications)
    assert same_tables(runs, here)


def test_many_cases_are_each_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [small(str(i), hours=3 + i / 100) for i in range(2 * COMPILED + 1)]
    compiled: list[str] = []

    def counted(scenario: Scenario, *, name: str) -> Model:
        compiled.append(name)
        return compile_scenario(scenario, name=name)

    monkeypatch.setattr("corridor_sim.experiments.task.compile_scenario", counted)
    options = [replace(OPTIONS, replications=(0, 1, 2), engine="event")] * len(cases)
    tasks = tasks_of(cases, options, visits=[None] * len(cases))
    with workers(Where()) as here:
        done = sorted(i for i, _ in here.finished(tasks))
    assert done == list(range(len(tasks)))
    assert compiled == [case.name for case in cases]


@pytest.mark.parametrize("width", [1, 3])
def test_blocks_of_an_engine_that_solves_many_at_once_give_the_same_tables(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corridor_sim.experiments.task.block_size", lambda *_, **__: 5)
    alone, together = (replace(OPTIONS, engine=name) for name in ("event", "array"))
    tasks = tasks_of(two(), [together, together], visits=[None, None])
    blocks = blocks_of(tasks, workers=width, memory_mb=1000)
    assert sum(len(block) for block in blocks) == 2 * len(OPTIONS.replications)
    assert max(len(block) for block in blocks) <= 5
    assert all(len({task.key for task in block}) == 1 for block in blocks)
    assert same_tables(simulate(two(), together), simulate(two(), alone))


def test_a_block_leaves_something_for_every_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridor_sim.experiments.task.block_size", lambda *_, **__: 100)
    tasks = tasks_of([small()], [replace(OPTIONS, engine="array")], visits=[None])
    assert [len(block) for block in blocks_of(tasks, workers=4, memory_mb=1)] == [3] * 4


@pytest.mark.parametrize(("memory_mb", "most"), [(4, 1), (40, 8), (4000, 24)])
def test_workers_share_the_memory_that_was_stated(memory_mb: int, most: int) -> None:
    array = replace(OPTIONS, engine="array", replications=tuple(range(48)))
    where = Where(memory_mb=memory_mb)
    blocks = blocks_of(tasks_of([small()], [array], visits=[None]), workers=2, memory_mb=memory_mb)
    assert max(len(block) for block in blocks) == most
    assert same_tables(
        simulate([small()], array, where=where), simulate([small()], array, where=Where())
    )


def test_the_last_blocks_are_shared_by_all_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridor_sim.experiments.task.block_size", lambda *_, **__: 100)
    cases = [small(f"case-{hours}", hours=hours) for hours in (2, 3, 4, 5, 6)]
    array = replace(OPTIONS, engine="array")
    tasks = tasks_of(cases, [array] * 5, visits=[None] * 5)
    blocks = blocks_of(tasks, workers=2, memory_mb=1000)
    assert [len(block) for block in blocks] == [12, 12, 12, 12, 6, 6]
    assert sorted((task.name, task.replication) for block in blocks for task in block) == sorted(
        (task.name, task.replication) for task in tasks
    )


def test_a_worker_of_another_build_is_refused() -> None:
    (task,) = tasks_of([small()], [replace(OPTIONS, replications=(0,))], visits=[None])
    with pytest.raises(RunError, match=r"a worker runs corridor_sim .*, not 0\.0\.1"):
        run_task(replace(task, build="0.0.1"))


def test_a_cluster_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corridor_sim.experiments.cluster.ANSWER_S", 0.2)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        simulate(two(), OPTIONS, where=Where(cluster="tcp://127.0.0.1:9"))
    with pytest.raises(UsageError, match="visits are written by processes of this machine"):
        simulate(two(), OPTIONS, where=Where(cluster="tcp://127.0.0.1:9"), visits=[Path("v")] * 2)


def test_without_the_extra_a_cluster_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'corridor-sim\[cluster\]'"):
        simulate(two(), OPTIONS, where=Where(cluster="tcp://127.0.0.1:9"))


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers of one thread: the address, and the workers."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    common = ["--no-dashboard", "--scheduler-file", str(file)]
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> None:
        log = (folder / "dask.log").open("ab")
        with log:
            words = (*dask, *words, *common)
            started.append(subprocess.Popen(words, cwd=folder, stdout=log, stderr=log))

    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0")
        for _ in "ab":
            start("worker", "--nthreads", "1", "--no-nanny", "--memory-limit", "3GB")
        while not file.exists():
            time.sleep(0.1)
        yield json.loads(file.read_text())["address"], started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(tmp_path: Path) -> None:
    from distributed import Client

    here = simulate(two(), MANY)
    with cluster(tmp_path) as (address, (doomed, _)):
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        asked = Cluster(address)
        assert asked.memory_mb() == 3000  # half of what the two have
        asked.close()
        told: list[int] = []

        def kill(number: int) -> None:
            told.append(number)
            if len(told) == 20:
                doomed.kill()

        where = Where(cluster=address, store=tmp_path / "store")
        runs = simulate(two(), MANY, where=where, progress=kill)
        assert doomed.wait() == -signal.SIGKILL
        kept = simulate(two(), MANY, where=replace(where, resume=True))
    assert sum(told) == 2 * len(MANY.replications)
    assert same_tables(runs, here)
    assert same_tables(kept, here)


@pytest.mark.slow
def test_a_task_that_fails_on_a_cluster_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corridor_sim.experiments.task.build", lambda: "0.0.1")
    with (
        cluster(tmp_path) as (address, _),
        pytest.raises(RunError, match=r"not 0\.0\.1; install the same package"),
    ):
        simulate(two(), OPTIONS, where=Where(cluster=address))
