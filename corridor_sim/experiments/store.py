"""A run store: finished replications on disk, one piece each, so that none is ever lost.

`STORE/<key>/<replication>.piece`, the key a hash of all that the tally depends on (`task.key_of`),
beside `case.json`, which says in words what the key stands for. A piece is written under another
name and renamed, so that it is there whole or not at all; its checksum is looked at when it is
read, and what is damaged counts as not there. Several runs may use one store at a time: pieces of
one name are the same. The folder may be deleted; it is made again.
"""

from __future__ import annotations

import errno
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

from corridor_sim.errors import StoreError, UsageError
from corridor_sim.experiments.piece import DamagedPiece, decoded
from corridor_sim.experiments.task import Task
from corridor_sim.measures.rows import Tally

PARTIAL: Final = ".partial"
LEFT_BEHIND_S: Final = 3600.0
"""Age from which a half-written piece is taken to be nobody's any more."""


@dataclass(slots=True)
class Store:
    """The pieces in a folder; `damaged` counts those that were found and could not be read."""

    folder: Path
    damaged: int = 0
    _told: set[str] = field(default_factory=set)

    def get(self, task: Task) -> Tally | None:
        """The tally of a task, or None where there is none, or none that is whole.

        Raises
        ------
        StoreError
            Where a piece is there and may not be read.
        """
        try:
            piece = self._path(task).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _store_error(self.folder, error) from error
        try:
            return decoded(piece, key=task.key, replication=task.replication)
        except DamagedPiece:
            self.damaged += 1
            return None

    def put(self, task: Task, piece: bytes) -> None:
        """Keep a piece.

        Raises
        ------
        StoreError
            Where it cannot be written: the disk is full, the folder has gone or is read-only.
        """
        path = self._path(task)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if task.key not in self._told:
                _write(path.with_name("case.json"), _in_words(task))
                self._told.add(task.key)
            _write(path, piece)
        except OSError as error:
            raise _store_error(self.folder, error) from error

    def _path(self, task: Task) -> Path:
        return self.folder / task.key / f"{task.replication:05d}.piece"


def opened(folder: Path) -> Store:
    """The store in a folder, which is made where it is missing.

    Raises
    ------
    UsageError
        Where nothing can be written there; before anything is run.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / ".writable", b"")
        (folder / ".writable").unlink(missing_ok=True)
        for left in folder.glob(f"*/.*{PARTIAL}"):
            if time.time() - left.stat().st_mtime > LEFT_BEHIND_S:
                left.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"finished replications cannot be kept in {folder}: {error.strerror or error};"
            " name another folder with --store"
        ) from error
    return Store(folder)


def _write(path: Path, content: bytes) -> None:
    """Write a file that has its name only when it is complete."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}-{uuid4().hex}{PARTIAL}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _in_words(task: Task) -> bytes:
    options = task.options
    words = {
        "scenario": task.name, "seed": options.seed,
        "segments": list(map(str, options.segments)), "by_month": options.by_month,
        "daily": options.daily, "build": task.build,
    }  # fmt: skip
    return json.dumps(words, indent=1).encode()


def _store_error(folder: Path, error: OSError) -> StoreError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    what = "the disk is full" if full else f"{error.strerror or error}"
    cure = "make room on it" if full else "make the folder writable"
    return StoreError(
        f"a finished replication cannot be kept in {folder}: {what}; {cure}, or name another"
        " folder with --store, and go on with --resume"
    )
