"""Run folders: what is in them, and what an early end leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from console import Said, overlay, said, stop_at, tiny

from corridor_sim.compile import fingerprint
from corridor_sim.scenario.load import load

FILES = [
    "manifest.json", "measures.csv", "replications.parquet", "scenario.resolved.yaml",
    "segments.csv", "stations.csv", "transit.parquet", "ways.csv",
]  # fmt: skip


def ran(folder: Path, *words: str) -> Said:
    where = ("-n", "3", "-j", "1", "--out", folder / "results")
    return said("run", tiny(folder), *where, *words)


def made(folder: Path, name: str = "tiny") -> Path:
    """The only run folder of a scenario."""
    (found,) = (folder / "results" / name).iterdir()
    return found


def manifest(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_text("utf-8"))


def test_a_run_leaves_a_folder_with_all_that_it_was_made_of(tmp_path: Path) -> None:
    ended = ran(tmp_path, "--seed", "5")
    folder = made(tmp_path)
    assert f"saved: {folder}" in ended.err
    assert sorted(path.name for path in folder.iterdir()) == FILES
    told = manifest(folder)
    assert told["status"] == "finished"
    assert (told["seed"], told["jobs"]) == (5, 1)
    assert [one["engine"] for one in told["scenarios"]] == ["event"]
    assert told["replications_finished"] == told["replications_asked"] == [0, 1, 2]
    assert {"corridor_sim", "python", "numpy", "simpy"} <= set(told["versions"])
    assert told["machine"]["cpu_features"]
    assert told["command"]
    (scenario,) = told["scenarios"]
    assert scenario["fingerprint"] == fingerprint(load(str(folder / "scenario.resolved.yaml")))


def test_quiet_says_nothing(tmp_path: Path) -> None:
    assert ran(tmp_path, "-q").err == ""


def test_the_resolved_scenario_gives_the_same_results(tmp_path: Path) -> None:
    base, over = tiny(tmp_path), overlay(tmp_path)
    where = ("-n", "2", "-j", "1", "--out", tmp_path / "results")
    assert said("run", f"{base}+{over}", *where, "--set", "promise_d=4").code == 0
    folder = made(tmp_path, "tiny+berths,changed")
    again = said("run", folder / "scenario.resolved.yaml", *where, "--format", "json").json
    (mean,) = {
        row["mean"] for row in again["measures"]
        if (row["route"], row["direction"], row["segment"], row["measure"])
        == ("middle", "westbound", "all", "transit_mean")
    }  # fmt: skip
    old = pd.read_csv(folder / "measures.csv").query(
        "route == 'middle' and direction == 'westbound' and segment == 'all'"
        " and measure == 'transit_mean'"
    )
    assert old["mean"].tolist() == [mean]


def test_tables_of_a_folder_hold_what_their_names_say(tmp_path: Path) -> None:
    printed = ran(tmp_path, "--format", "csv", "--segment", "aktau:alat").out
    folder = made(tmp_path)
    measures = pd.read_csv(folder / "measures.csv")
    assert len(printed.splitlines()) == len(measures) + 1
    stations = pd.read_csv(folder / "stations.csv")
    assert {"aktau-customs", "alat-berths", "steppe", "feeders", "xian-train"} <= set(
        stations["segment"]
    )
    assert "transit_mean" not in set(stations["measure"])
    segments = pd.read_csv(folder / "segments.csv")
    assert {"aktau:alat", "xian to alat"} <= set(segments["segment"])
    assert "haul@xian-aktau" in set(segments["measure"])
    replications = pd.read_parquet(folder / "replications.parquet")
    assert replications.groupby(["route", "direction", "segment", "measure"]).size().eq(3).all()


def test_visits_are_kept_on_request_as_a_data_set(tmp_path: Path) -> None:
    ran(tmp_path, "--keep-visits")
    visits = pd.read_parquet(made(tmp_path) / "visits.parquet")
    assert set(visits["replication"]) == {0, 1, 2}
    assert {"xian-train", "feeders"} <= set(visits["element"])


def test_a_comparison_has_one_folder_with_all_scenarios(tmp_path: Path) -> None:
    base, over = tiny(tmp_path), overlay(tmp_path)
    where = ("-n", "2", "-j", "1", "--out", tmp_path / "results", "--keep-visits")
    said("compare", base, over, *where)
    folder = made(tmp_path, "compare")
    scenarios = ["berths.resolved.yaml", "tiny.resolved.yaml"]
    others = [file for file in FILES if file != "scenario.resolved.yaml"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*others, *scenarios, "visits.parquet"]
    )
    measures = pd.read_csv(folder / "measures.csv")
    assert measures["scenario"].unique().tolist() == [str(base), str(over)]
    differences = measures.groupby("scenario")["diff"].count()
    assert differences[str(base)] == 0
    assert differences[str(over)] > 0
    visits = pd.read_parquet(folder / "visits.parquet")
    assert set(visits["scenario"]) == {"tiny", "berths"}


def test_scenarios_of_one_name_stay_apart(tmp_path: Path) -> None:
    path = tiny(tmp_path)
    said("compare", path, path, "-n", "2", "-j", "1", "--out", tmp_path / "results")
    names = {file.name for file in made(tmp_path, "compare").glob("*.yaml")}
    assert names == {"tiny-1.resolved.yaml", "tiny-2.resolved.yaml"}


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    for _ in range(3):
        assert ran(tmp_path).code == 0
    assert len(list((tmp_path / "results" / "tiny").iterdir())) == 3


def test_results_are_kept_out_of_version_control_in_a_new_folder_only(tmp_path: Path) -> None:
    ran(tmp_path)
    assert (tmp_path / "results" / ".gitignore").read_text("utf-8") == "*\n"
    own = tmp_path / "own"
    own.mkdir()
    (own / "paper.md").write_text("mine", "utf-8")
    said("run", tmp_path / "tiny.yaml", "-n", "1", "-j", "1", "--out", own)
    assert not (own / ".gitignore").exists()


def test_a_folder_that_cannot_be_written_is_told_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    stop_at(0, AssertionError("it was run"), monkeypatch)
    monkeypatch.setattr(Path, "mkdir", refused)
    ended = ran(tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert "cannot be written" in ended.err
    assert "Read-only file system" in ended.err
    assert "--out" in ended.err


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [(KeyboardInterrupt(), 130, "interrupted"), (ValueError("odd"), 1, "failed")],
)
def test_what_was_finished_before_an_early_end_is_kept(
    error: BaseException, code: int, status: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(2, error, monkeypatch)
    ended = ran(tmp_path, "--keep-visits")
    folder = made(tmp_path)
    assert (ended.code, ended.out) == (code, "")
    assert f"2 of 3 replications were finished, saved: {folder}" in ended.err
    told = manifest(folder)
    assert (told["status"], told["replications_finished"]) == (status, [0, 1])
    assert set(pd.read_parquet(folder / "replications.parquet")["replication"]) == {0, 1}
    assert set(pd.read_csv(folder / "measures.csv")["n"]) == {2}
    assert set(pd.read_parquet(folder / "visits.parquet")["replication"]) == {0, 1}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_from_the_keyboard_keeps_finished_replications(
    jobs: str, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    process = subprocess.Popen(
        [sys.executable, "-m", "corridor_sim", "run", tiny(tmp_path), "-n", "2000", "-j", jobs,
         "--keep-visits", "--out", out, "--engine", "event"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(list(out.rglob("replication-*.parquet"))) < 6 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr
    folder = made(tmp_path)
    told = manifest(folder)
    assert told["status"] == "interrupted"
    done = set(told["replications_finished"])
    assert 1 <= len(done) < 2000
    assert set(pd.read_parquet(folder / "replications.parquet")["replication"]) == done
    assert set(pd.read_parquet(folder / "visits.parquet")["replication"]) == done
