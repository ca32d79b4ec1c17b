"""`verify` says equal, or where the engines first differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from console import said, tiny

from corridor_sim.draws import Draws
from corridor_sim.engines import array
from corridor_sim.result import Ledger


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tiny(tmp_path)


def test_it_says_equal(file: Path) -> None:
    ended = said("verify", file, "-n", "2", "-q")
    assert ended.code == 0
    assert "equal" in ended.out


def test_as_json_it_says_how_much_was_compared(file: Path) -> None:
    answer = said("verify", file, "-n", "2", "-q", "--format", "json").json
    assert (answer["equal"], answer["replications"], answer["difference"]) == (True, 2, None)
    assert answer["visits"] > 1000


def test_a_visit_a_tick_late_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = array.simulate

    def wrong(draws: Draws, replications: Sequence[int], **more: Any) -> Iterator[Ledger]:
        for ledger in right(draws, replications, **more):
            if ledger.replication == 1:
                start = ledger.visits.start
                start.at.setflags(write=True)
                start.at[3, 1] += 1
            yield ledger

    monkeypatch.setattr(array, "simulate", wrong)
    ended = said("verify", file, "-n", "2", "-q")
    assert ended.code == 4
    assert "replication 1: consignment 3 at aktau-customs (start" in ended.out
    assert "the engines differ" in ended.err


def test_it_takes_a_scenario_that_is_changed(file: Path) -> None:
    ended = said("verify", file, "-n", "1", "-q", "--set", "stations.aktau-customs.servers=1")
    assert (ended.code, "servers=1" in ended.out) == (0, True)


def test_no_replication_is_a_wrong_command_line(file: Path) -> None:
    assert said("verify", file, "-n", "0").code == 2
