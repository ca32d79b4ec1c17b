"""Tasks in this process, or in several of this machine."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Final

from corridor_sim.engines import MEMORY_MB
from corridor_sim.errors import RunError
from corridor_sim.experiments import task as work
from corridor_sim.experiments.task import Task

Block = Sequence[Task]
ATTEMPTS: Final = 3
"""How often processes may be lost before it is an error."""


class Here:
    """One block after the other, in this process."""

    def width(self) -> int:
        """One block at a time."""
        return 1

    def memory_mb(self) -> int:
        """Half of what this machine has."""
        return MEMORY_MB

    def pieces(self, blocks: Sequence[Block]) -> Generator[tuple[int, list[bytes]]]:
        """Index of each block and its pieces."""
        for i, block in enumerate(blocks):
            yield i, work.run_block(block)

    def close(self) -> None:
        """Nothing was started."""


class Processes:
    """Processes of this machine, started at the first task and kept for the next ones.

    A process that is lost (killed, out of memory) costs the tasks under way, which are done again
    by new ones.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def width(self) -> int:
        """How many blocks run at a time."""
        return self._jobs

    def memory_mb(self) -> int:
        """Half of what this machine has."""
        return MEMORY_MB

    def pieces(self, blocks: Sequence[Block]) -> Generator[tuple[int, list[bytes]]]:
        """Index of each block and its pieces, in order of finishing.

        Raises
        ------
        RunError
            Where processes are lost again and again.
        """
        left = dict(enumerate(blocks))
        for _ in range(ATTEMPTS):
            try:
                for i, pieces in self._once(left):
                    del left[i]
                    yield i, pieces
            except BrokenProcessPool:
                self.close()
                if len(left) == len(blocks):
                    break
            else:
                return
        raise RunError(
            "worker processes ended without an answer: killed, out of memory, or started from a"
            " script without `if __name__ == '__main__'`; try less --memory or fewer --jobs"
        )

    def _once(self, blocks: dict[int, Block]) -> Iterator[tuple[int, list[bytes]]]:
        if self._pool is None:
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._jobs, mp_context=spawn, initializer=_started)
        futures: dict[Future[list[bytes]], int] = {}
        try:
            for i, block in blocks.items():
                futures[self._pool.submit(work.run_block, block)] = i
            for future in as_completed(list(futures)):
                yield futures.pop(future), future.result()
        finally:
            for future in futures:
                future.cancel()

    def close(self) -> None:
        """End the processes, and with them the work under way."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        own = list((pool._processes or {}).values())  # Python 3.14: terminate_workers()
        pool.shutdown(wait=False, cancel_futures=True)
        for process in own:
            process.terminate()
        for process in own:
            process.join()


def _started() -> None:
    # An interrupt from the keyboard reaches every process; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however it went."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "only started by another process"
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)
