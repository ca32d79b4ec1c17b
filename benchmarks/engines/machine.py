"""The machine that is measured, and the file that keeps what was measured on it."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results"
LIBRARIES = ("corridor-sim", "numpy", "scipy", "simpy", "salabim", "ciw", "numba")


def machine() -> dict[str, Any]:
    """Processor, cores, memory, system and versions."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gb": round(pages / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in LIBRARIES},
    }


def file_of(here: dict[str, Any], *, quick: bool) -> Path:
    """The file of a machine; quick looks have one of their own."""
    name = re.sub(r"[^a-z0-9]+", "-", f"{here['cpu']} {here['cores']} cores".lower()).strip("-")
    return RESULTS / f"{name}{'-quick' if quick else ''}.json"


def known(path: Path) -> dict[str, Any]:
    """What was measured before, by part."""
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def keep(path: Path, measured: dict[str, Any]) -> None:
    """Write the file, whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    partial.replace(path)


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = re.findall(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE)
        if names:
            return str(names[0]).strip()
    return platform.processor() or platform.machine()
