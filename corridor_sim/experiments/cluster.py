"""Tasks on the workers of a Dask scheduler (extra `cluster`)."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from corridor_sim.engines import MEMORY_MB
from corridor_sim.errors import CorridorError, RunError, UsageError
from corridor_sim.experiments.task import Task, run_block

if TYPE_CHECKING:
    from distributed import Client, Future

ANSWER_S: Final = 10
"""How long a scheduler may take to answer."""
WORKERS_S: Final = 60
"""How long it may take until it has a worker."""


class Cluster:
    """The workers of a Dask scheduler.

    A worker that is lost costs its tasks under way, which the scheduler gives to others; a task
    that loses three workers is an error. While there is no worker at all, the run waits.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Client | None = None

    def width(self) -> int:
        """How many blocks run at a time, with the workers that are there now.

        Raises
        ------
        UsageError
            As `pieces`.
        """
        threads: dict[str, int] = self._connected().nthreads()
        return max(1, sum(threads.values()))

    def memory_mb(self) -> int:
        """Half of what the workers have, as if each thread had as much as the poorest."""
        each = [
            worker["memory_limit"] // worker["nthreads"]
            for worker in self._connected().scheduler_info()["workers"].values()
            if worker["memory_limit"]
        ]
        share = min(each) // 2_000_000 if each else MEMORY_MB // (os.cpu_count() or 1)
        return share * self.width()

    def pieces(self, blocks: Sequence[Sequence[Task]]) -> Generator[tuple[int, list[bytes]]]:
        """Index of each block and its pieces, in order of finishing.

        A scenario's text is sent once, as a task of its own: it can be made again where it is lost.

        Raises
        ------
        UsageError
            Where the extra is not installed, nobody answers, or there is no worker.
        RunError
            Where a task fails, or workers are lost again and again.
        """
        client = self._connected()
        from distributed import as_completed

        texts = {text: client.submit(_itself, text, pure=False) for text in _texts(blocks)}
        futures = client.map(
            _run,
            [[replace(task, text="") for task in block] for block in blocks],
            [texts[block[0].text] for block in blocks],
            pure=False,
        )
        at = {future.key: i for i, future in enumerate(futures)}
        try:
            with client.as_current():
                coming = as_completed(futures)
            del futures
            for future in coming:
                yield at[future.key], self._result(future)
                future.release()
        finally:
            client.cancel(list(texts.values()))

    def _result(self, future: Future[list[bytes]]) -> list[bytes]:
        try:
            return future.result()
        except CorridorError:
            raise
        except Exception as error:
            raise RunError(
                f"the cluster at {self._address} lost a replication: {type(error).__name__}:"
                f" {error}"
            ) from error

    def _connected(self) -> Client:
        if self._client is not None:
            return self._client
        try:
            from distributed import Client
        except ImportError as error:
            raise UsageError("--cluster needs Dask: pip install 'corridor-sim[cluster]'") from error
        try:
            client = Client(self._address, timeout=ANSWER_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"no Dask scheduler answers at {self._address!r}; an address is tcp://HOST:8786"
            ) from error
        self._client = client
        try:
            client.wait_for_workers(1, timeout=WORKERS_S)
        except TimeoutError as error:
            raise UsageError(f"the Dask scheduler at {self._address} has no workers") from error
        return client

    def close(self) -> None:
        """Leave the scheduler; it forgets what was not finished."""
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _run(block: Sequence[Task], text: str) -> list[bytes]:
    return run_block([replace(task, text=text) for task in block])


def _itself(text: str) -> str:
    return text


def _texts(blocks: Sequence[Sequence[Task]]) -> list[str]:
    return list(dict.fromkeys(block[0].text for block in blocks))
