"""The command line as a test uses it, and a scenario that takes no time."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from corridor_sim.cli import main
from corridor_sim.experiments.task import Task, run_task

TINY = """\
schema_version: 1
title: Tiny corridor
question: How long does it take?
promise_d: 3
span: {start: 2024-01-01, warm_up_d: 3, measure_d: 8, run_out_d: 9}
places:
  xian: {lat: 34.3, lon: 109.1, country: CN}
  aktau: {lat: 43.6, lon: 51.2, country: KZ}
  alat: {lat: 40, lon: 49.4, country: AZ, border: true}
links:
  xian-aktau:
    ends: [xian, aktau]
    mode: rail
    length_km: 5000
    min_h: {value: 20, low: 15, high: 25, source: assumed, why: a guess}
    delay_mean_h: 4
  aktau-alat: {ends: [aktau, alat], mode: sea, length_km: 470, min_h: 18, delay_mean_h: 2}
stations:
  aktau-customs: {place: aktau, servers: 2, work_h_per_feu: 0.3, work_cv: 0.5}
  aktau-berths:
    place: aktau
    servers: 1
    berth: {fixed_h: 2, cranes_per_berth: 1, moves_per_crane_h: 15}
  alat-berths:
    place: alat
    servers: {value: 1, low: 1, high: 2, source: btk-length-total, grade: low}
    berth: {fixed_h: 2, cranes_per_berth: 1, moves_per_crane_h: 15}
lines:
  steppe: {place: xian, paths_per_day: 6}
closures:
  storms:
    kind: seasonal
    on: [aktau-berths, alat-berths]
    closed_share: [0.2, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2]
    mean_spell_h: [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10]
services:
  xian-train:
    rule: when-full
    origin: xian
    destination: aktau
    places_teu: 20
    max_wait_h: 24
    chain: [steppe, xian-aktau]
  aktau-train:
    rule: timetable
    origin: aktau
    destination: xian
    places_teu: 20
    headway_h: 24
    chain: [xian-aktau]
fleets:
  feeders:
    vessels: {one: {places_teu: 40}, two: {places_teu: 40}}
    calls:
      - {place: aktau, berths: aktau-berths, min_load_teu: 20, max_wait_h: 24, chain: [aktau-alat]}
      - {place: alat, berths: alat-berths, max_wait_h: 6, chain: [aktau-alat]}
yards:
  alat: {place: alat, limit_teu: 400, resume_teu: 300}
routes:
  middle:
    title: Middle
    westbound: [[xian-train, aktau-customs, feeders]]
    eastbound: [[feeders, aktau-customs, aktau-train]]
flows:
  west:
    cargo: containers
    direction: westbound
    teu_per_year: 7000
    lot_teu: 2
    origin: xian
    destination: alat
    routes: {middle: 1}
  east:
    cargo: containers
    direction: eastbound
    teu_per_year: 3000
    lot_teu: 2
    origin: alat
    destination: xian
    routes: {middle: 1}
"""
OVERLAY = """\
schema_version: 1
extends: tiny.yaml
title: Two berths
stations:
  alat-berths: {servers: 2}
"""


@dataclass(frozen=True)
class Said:
    """How a command line ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def said(*words: str | Path) -> Said:
    """Run a command line in this process; runs draw their figures only with `--figures`."""
    if words and words[0] in ("run", "compare") and not {"--figures", "--help"} & set(words):
        words = (*words, "--no-figures")
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(word) for word in words])
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return Said(code, out.getvalue(), err.getvalue())


def tiny(folder: Path, **changes: str) -> Path:
    """Write the tiny scenario into a folder; `changes` replace text."""
    text = TINY
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "tiny.yaml"
    path.write_text(text, "utf-8")
    return path


def overlay(folder: Path) -> Path:
    """Write a scenario beside it that extends it."""
    path = folder / "berths.yaml"
    path.write_text(OVERLAY, "utf-8")
    return path


def stop_at(number: int, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a replication of runs in this process end in an error."""

    def stopped(task: Task) -> bytes:
        if task.replication == number:
            raise error
        return run_task(task)

    monkeypatch.setattr("corridor_sim.experiments.task.run_task", stopped)
