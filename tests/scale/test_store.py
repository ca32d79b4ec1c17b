"""Finished replications are never lost: kills, damaged pieces, full disks, interrupts."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from one_gate import OPTIONS, run_until_killed, same_tables, small, two

from corridor_sim.errors import StoreError, UsageError
from corridor_sim.experiments.executor import Where, workers
from corridor_sim.experiments.piece import DamagedPiece, decoded, encoded
from corridor_sim.experiments.plan import Options
from corridor_sim.experiments.run import Run, simulate
from corridor_sim.experiments.store import Store, opened
from corridor_sim.experiments.task import build, key_of, run_task, tasks_of
from corridor_sim.measures import Segment
from corridor_sim.measures.rows import Group, Spread, Tally

KILLS = 24
ONE_BY_ONE = replace(OPTIONS, engine="event")
MANY = replace(ONE_BY_ONE, replications=tuple(range(600)))


@pytest.fixture(scope="module")
def undisturbed() -> list[Run]:
    return simulate(two(), OPTIONS)


def pieces(store: Path) -> dict[Path, tuple[int, int]]:
    """Pieces and what tells whether they were written anew."""
    found = {path: path.stat() for path in store.rglob("*.piece")}
    return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in found.items()}


def damage(store: Path) -> Iterator[Path]:
    """Spoil some pieces, each in another way."""
    first, second, third, fourth, *_ = sorted(pieces(store))
    first.write_bytes(b"")
    second.write_bytes(second.read_bytes()[:-1])
    whole = bytearray(third.read_bytes())
    whole[-5] ^= 1
    third.write_bytes(bytes(whole))
    fourth.write_bytes(first.with_name("00005.piece").read_bytes())
    yield from (first, second, third, fourth)


def test_a_piece_reads_back_as_the_same_tally() -> None:
    options = replace(OPTIONS, daily=True, by_month=True, segments=(Segment("a", "b"),))
    (task,) = tasks_of([small()], [replace(options, replications=(3,))], visits=[None])
    tally = decoded(run_task(task), key=task.key, replication=3)
    assert all(getattr(tally, field.name) for field in fields(Tally))
    again = decoded(encoded(tally, key="k"), key="k", replication=3)
    for field in fields(Tally):
        if field.name not in ("spreads", "days"):
            assert getattr(again, field.name) == getattr(tally, field.name)
    for at, spread in tally.spreads.items():
        for name in ("counts", "unfinished", "total_h", "squares_h"):
            assert np.array_equal(getattr(again.spreads[at], name), getattr(spread, name))
    for group, days in tally.days.items():
        for name in ("released", "released_teu", "ticks", "stock_teu"):
            assert np.array_equal(getattr(again.days[group], name), getattr(days, name))


def test_counts_of_pieces_add_up_beyond_a_byte() -> None:
    spread = Spread(np.array([0, 200]), 1, 250.0, 400.0)
    tally = Tally(3, spreads={(Group("all", "westbound", "all"), "transit"): spread})
    (again,) = decoded(encoded(tally, key="k"), key="k", replication=3).spreads.values()
    assert again.counts.nbytes == 2
    assert (again + again).counts.tolist() == [0, 400]
    assert again.size == 201


def test_a_piece_that_is_cut_anywhere_or_of_another_task_is_told() -> None:
    (task,) = tasks_of([small()], [replace(OPTIONS, replications=(3,))], visits=[None])
    piece = run_task(task)
    for length in range(0, len(piece), 7):
        with pytest.raises(DamagedPiece):
            decoded(piece[:length], key=task.key, replication=3)
    with pytest.raises(DamagedPiece):
        decoded(piece, key="0" * 32, replication=3)
    with pytest.raises(DamagedPiece):
        decoded(piece, key=task.key, replication=4)


def test_a_key_holds_all_that_a_tally_depends_on_and_no_more() -> None:
    case = small()
    key = key_of(case, OPTIONS)
    assert key == key_of(replace(case, name="other"), replace(OPTIONS, level=0.5, replications=()))
    assert key == key_of(case, replace(OPTIONS, engine="array"))
    others = [
        key_of(small(hours=4.5), OPTIONS),
        key_of(case, replace(OPTIONS, seed=2)),
        key_of(case, replace(OPTIONS, by_month=True)),
        key_of(case, replace(OPTIONS, daily=True)),
        key_of(case, replace(OPTIONS, segments=(Segment("a", "b"),))),
    ]
    assert len({key, *others}) == len(others) + 1


def test_what_is_there_is_not_run_again(
    tmp_path: Path, undisturbed: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = Where(store=tmp_path / "new" / "store", resume=True)
    simulate(two(), replace(OPTIONS, replications=(1, 5, 7)), where=where)
    ran = []
    monkeypatch.setattr(
        "corridor_sim.experiments.task.run_task",
        lambda task: (ran.append(task.replication), run_task(task))[1],  # type: ignore[func-returns-value]
    )
    told: list[int] = []
    runs = simulate(two(), ONE_BY_ONE, where=where, progress=told.append)
    assert sorted(ran) == [n for n in OPTIONS.replications if n not in (1, 5, 7) for _ in "ab"]
    assert sum(told) == 2 * len(OPTIONS.replications)
    assert same_tables(runs, undisturbed)


def test_without_resume_everything_is_run_again(tmp_path: Path) -> None:
    simulate(two(), OPTIONS, where=Where(store=tmp_path))
    before = pieces(tmp_path)
    simulate(two(), OPTIONS, where=Where(store=tmp_path))
    after = pieces(tmp_path)
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())


def test_cases_of_equal_text_are_run_once(tmp_path: Path) -> None:
    runs = simulate([small(), small("same")], OPTIONS, where=Where(store=tmp_path))
    assert len(pieces(tmp_path)) == len(OPTIONS.replications)
    assert runs[0].tallies == runs[1].tallies


def test_damaged_pieces_are_run_again(tmp_path: Path, undisturbed: list[Run]) -> None:
    simulate(two(), OPTIONS, where=Where(store=tmp_path))
    spoilt = list(damage(tmp_path))
    whole = pieces(tmp_path)
    with workers(Where(store=tmp_path, resume=True)) as here:
        runs = simulate(two(), OPTIONS, where=here)
        assert here.store is not None
        assert here.store.damaged == len(spoilt)
    assert same_tables(runs, undisturbed)
    now = pieces(tmp_path)
    assert {path for path, stamp in whole.items() if now[path] != stamp} == set(spoilt)


@pytest.mark.slow
def test_kills_at_random_moments_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["corridor_sim.experiments.run", "corridor_sim.engines.event", "scipy.special"]
    )
    moments = random.Random(7)
    kept: dict[Path, tuple[int, int]] = {}
    gains = []
    for _ in range(KILLS):
        begun = context.Event()
        child = context.Process(target=run_until_killed, args=(tmp_path, MANY, build(), begun))
        child.start()
        assert begun.wait(30)
        child.join(moments.uniform(0, 0.35))
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        now = pieces(tmp_path)
        assert all(now[path] == stamp for path, stamp in kept.items())
        gains.append(len(now) - len(kept))
        kept = now
    assert sum(gain > 0 for gain in gains) > KILLS / 3, "kills come while work is being finished"
    assert len(kept) < 2 * len(MANY.replications), "the last kill comes before the end"
    runs = simulate(two(), MANY, where=Where(store=tmp_path, resume=True))
    now = pieces(tmp_path)
    assert len(now) == 2 * len(MANY.replications)
    assert all(now[path] == stamp for path, stamp in kept.items())
    assert same_tables(runs, simulate(two(), MANY))


def test_an_interrupt_keeps_what_was_finished(
    tmp_path: Path, undisturbed: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(task: object) -> bytes:
        if len(pieces(tmp_path)) == 5:
            raise KeyboardInterrupt
        return run_task(task)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr("corridor_sim.experiments.task.run_task", stopped)
        with pytest.raises(KeyboardInterrupt) as caught:
            simulate(two(), ONE_BY_ONE, where=Where(store=tmp_path))
    assert caught.value.__notes__ == [
        f"5 of 24 replications are kept in {tmp_path}; --resume goes on from there"
    ]
    kept = pieces(tmp_path)
    runs = simulate(two(), OPTIONS, where=Where(store=tmp_path, resume=True))
    assert same_tables(runs, undisturbed)
    assert kept.items() <= pieces(tmp_path).items()


def test_a_full_disk_is_told_and_leaves_no_half_piece(
    tmp_path: Path, undisturbed: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if len(pieces(tmp_path)) == 3 and ".piece" in path.name:
            write(path, content[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(StoreError, match="the disk is full; make room") as caught:
            simulate(two(), OPTIONS, where=Where(store=tmp_path))
    assert "3 of 24" in caught.value.__notes__[0]
    assert len(pieces(tmp_path)) == 3
    assert not list(tmp_path.rglob("*.partial"))
    runs = simulate(two(), OPTIONS, where=Where(store=tmp_path, resume=True))
    assert same_tables(runs, undisturbed)


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(path: Path, content: bytes) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("corridor_sim.experiments.task.run_task", pytest.fail)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", read_only)
        with pytest.raises(UsageError, match="Read-only file system; name another folder"):
            simulate(two(), OPTIONS, where=Where(store=tmp_path / "s"))
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be kept in"):
        simulate(two(), OPTIONS, where=Where(store=tmp_path / "file"))
    with pytest.raises(UsageError, match="--resume needs a store"):
        simulate(two(), OPTIONS, where=Where(resume=True))


def test_half_written_pieces_of_the_past_are_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "k").mkdir()
    old, new = (tmp_path / "k" / f".00001.piece-1-{name}.partial" for name in ("old", "new"))
    old.touch()
    new.touch()
    os.utime(old, (0, 0))
    opened(tmp_path)
    assert not old.exists()
    assert new.exists()


def test_a_store_that_goes_while_it_is_used_is_told(tmp_path: Path) -> None:
    (task,) = tasks_of([small()], [Options(replications=(0,))], visits=[None])
    (tmp_path / task.key).touch()
    with pytest.raises(StoreError, match="go on with --resume"):
        Store(tmp_path).put(task, b"")


def test_finished_hands_out_what_is_kept_even_if_nobody_takes_the_rest(tmp_path: Path) -> None:
    tasks = tasks_of(two(), [OPTIONS, OPTIONS], visits=[None, None])
    with workers(Where(store=tmp_path)) as here, closing(here.finished(tasks)) as finished:
        next(finished)
        next(finished)
    assert len(pieces(tmp_path)) == 2
