"""Folders of answers: `results/<verb>/<UTC time>-<hash>/` with tables, a manifest and the scenario.

A folder has its name only when it is complete, and is never overwritten.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from corridor_sim.errors import UsageError
from corridor_sim.experiments.plan import Case, Options
from corridor_sim.output import as_json
from corridor_sim.scenario.resolved import resolved_yaml

Files = Mapping[str, pd.DataFrame | str]
"""File names, and what they hold: tables as `.csv` or `.parquet`, or text."""


def saved(
    verb: str, base: Case | None, options: Options, files: Files, *, out: Path,
    asked: Mapping[str, object],
) -> Path:  # fmt: skip
    """Write an answer to a question about a scenario (None: about several); return its folder.

    `asked`: what was asked.

    Raises
    ------
    UsageError
        Where nothing can be written in `out`.
    """
    writable(out)
    manifest = as_json(_manifest(verb, base, options, asked))
    now = dt.datetime.now(dt.UTC)
    temporary = out / verb / f".{now:%Y%m%dT%H%M%S%fZ}-{os.getpid()}.partial"
    try:
        temporary.mkdir(parents=True)
        (temporary / "manifest.json").write_text(manifest, "utf-8")
        if base is not None:
            (temporary / "scenario.resolved.yaml").write_text(resolved_yaml(base.scenario), "utf-8")
        for name, content in files.items():
            _write(temporary / name, content)
        digest = hashlib.sha256(manifest.encode()).hexdigest()[:8]
        return _renamed(temporary, f"{now:%Y%m%dT%H%M%SZ}-{digest}")
    except OSError as error:
        raise _unwritable(out, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def writable(out: Path) -> None:
    """Check that results can be written, before anything is run.

    Raises
    ------
    UsageError
        Where they cannot.
    """
    try:
        new = not out.exists()
        out.mkdir(parents=True, exist_ok=True)
        if new:
            (out / ".gitignore").write_text("*\n", "utf-8")
        probe = out / f".{os.getpid()}.probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise _unwritable(out, error) from error


def _unwritable(out: Path, error: OSError) -> UsageError:
    why = error.strerror or error
    return UsageError(f"results cannot be written to {out}: {why}; name another folder with --out")


def _renamed(temporary: Path, name: str) -> Path:
    for number in range(1, 1000):
        final = temporary.parent / (name if number == 1 else f"{name}-{number}")
        try:
            final.mkdir()
        except FileExistsError:
            continue
        temporary.replace(final)  # an empty folder gives way
        return final
    raise UsageError(f"{temporary.parent} holds too many folders called {name}")


def _write(path: Path, content: pd.DataFrame | str) -> None:
    if isinstance(content, str):
        path.write_text(content, "utf-8")
    elif path.suffix == ".parquet":
        content.to_parquet(path, index=False)
    else:
        content.to_csv(path, index=False, lineterminator="\n")


def _manifest(
    verb: str, base: Case | None, options: Options, asked: Mapping[str, object]
) -> dict[str, object]:
    about = {} if base is None else {
        "scenario": base.name,
        "scenario_hash": hashlib.sha256(base.text.encode()).hexdigest(),
    }  # fmt: skip
    return {
        "verb": verb,
        **about,
        "command": sys.argv,
        "asked": dict(asked),
        "engine": options.engine,
        "seed": options.seed,
        "replications": list(options.replications),
        "level": options.level,
        "version": importlib.metadata.version("corridor-sim"),
    }
