"""What the user feels: the wall time of one comparison of five scenarios."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from benchmarks.engines.rounds import seconds
from benchmarks.engines.shipped import QUICK

SCENARIOS = ("baseline-2024", "alat-phase-2", "caspian-fleet-8", "btk-5mt", "digital-customs")
REPLICATIONS, QUICK_REPLICATIONS = 200, 2


def measured(*, quick: bool, rounds: int) -> dict[str, Any]:
    """Seconds of `corridor-sim compare`, with all that it starts and writes."""
    count = QUICK_REPLICATIONS if quick else REPLICATIONS
    words = [f"{path}={days}" for path, days in QUICK.items()] if quick else []
    with tempfile.TemporaryDirectory() as folder:
        asked = ["compare", *SCENARIOS, "-n", str(count)]
        line = [sys.executable, "-m", "corridor_sim", *asked, "-q", "--out", folder]
        line += [word for setting in words for word in ("--set", setting)]
        times = [
            seconds(lambda: subprocess.run(line, check=True, stdout=subprocess.DEVNULL))
            for _ in range(rounds)
        ]
    return {
        "command": " ".join(asked),
        "cores": len(os.sched_getaffinity(0)),
        "seconds": times,
        "median_s": statistics.median(times),
    }


def lines(part: dict[str, Any]) -> Iterator[str]:
    """A sentence."""
    yield (
        f"`corridor-sim {part['command']}` takes {part['median_s']:.0f} s on {part['cores']} cores"
        f" (median of {len(part['seconds'])})."
    )
    yield ""
