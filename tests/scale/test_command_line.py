"""The command line at scale: exit codes, resumed runs, dry runs, tables of precision and of all."""

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
from one_gate import small

from corridor_sim.cli import main
from corridor_sim.scenario.resolved import resolved_yaml

NAMES = ("measures.csv", "replications.parquet")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, hours in (("small", 4), ("slower", 5)):
        text = resolved_yaml(small(hours=hours).scenario)
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(words)
    said = capsys.readouterr()
    assert isinstance(end.value.code, int)
    return end.value.code, said.out, said.err


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    code, out, err = ran(capsys, *words, "--format", "json", "-q")
    assert code == 0, err
    return json.loads(out)


def folder(root: Path, name: str = "small") -> Path:
    (found,) = (root / "results" / name).iterdir()
    return found


def test_a_precision_that_is_reached_is_0_and_in_table_json_and_folder(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", "small.yaml", "-j", "1", "--precision", "transit_mean=20%,throughput_teu=30%")
    code, out, _ = ran(capsys, *words)
    assert (code, out.count(" reached ")) == (0, 2)
    table = pd.read_csv(folder(here) / "precision.csv")
    assert table["reached"].all()
    shown = as_json(capsys, *words)["precision"]
    assert [one["quantity"] for one in shown] == ["transit_mean", "throughput_teu"]
    assert shown[0]["half_width"] == pytest.approx(table["half_width"][0])
    assert shown[0]["replications"] == 10


def test_a_precision_that_is_not_reached_is_5_and_the_results_are_saved(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", "small.yaml", "-j", "1", "--precision", "0.001d", "--max-replications", "12")
    code, out, err = ran(capsys, *words)
    assert code == 5
    assert "not reached" in out
    assert err.splitlines()[-1] == (
        "error: precision not reached in 12 replications: transit_mean of small.yaml"
    )
    manifest = json.loads((folder(here) / "manifest.json").read_text())
    assert manifest["status"] == "finished"
    assert manifest["replications_finished"] == list(range(12))


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--precision", "thin"], "is not of the form"),
        (["--precision", "transit_p90=2%", "--max-replications", "15"], "first look is at 20"),
        (["--precision", "2%", "--replication", "3"], "--precision needs many"),
        (["--cluster", "nowhere"], "no Dask scheduler answers at 'nowhere'"),
        (["--store", "small.yaml"], "'small.yaml' is a file"),
    ],
)
def test_what_does_not_fit_is_2(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], what: str
) -> None:
    code, _, err = ran(capsys, "run", "small.yaml", *words)
    assert code == 2
    assert what in err


def test_a_dry_run_says_what_is_left_and_writes_no_folder(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(capsys, "run", "small.yaml", "-j", "1", "-n", "5", "-q", "--out", "o")[0] == 0
    words = ("compare", "small.yaml", "slower.yaml", "--dry-run", "--resume", "--store", "o/.store")
    found = as_json(capsys, *words)
    assert [(c["replications"], c["kept"]) for c in found["cases"]] == [(20, 5), (20, 0)]
    first, second = found["cases"]
    assert first["seconds"] == pytest.approx(15 * first["seconds_each"])
    assert found["seconds"] == pytest.approx((first["seconds"] + second["seconds"]) / found["jobs"])
    code, out, _ = ran(capsys, *words)
    assert code == 0
    assert "Nothing was run but a few replications" in out
    assert not (here / "results").exists()
    assert len(list((here / "o" / ".store").rglob("*.piece"))) == 8 + 8  # measured of each


def test_what_may_be_the_best_is_told_for_the_measures_asked(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("compare", "small.yaml", "slower.yaml", "-j", "1", "--simultaneous")
    found = as_json(capsys, *words, "--measure", "transit_mean", "--measure", "r/throughput_teu")
    assert [one["level"] for one in found["simultaneous"]] == [0.975, 0.975]
    assert [(one["scenario"], one["may_be"]) for one in found["best"][:2]] == [
        ("small.yaml", True), ("slower.yaml", False)
    ]  # fmt: skip
    assert {"best.csv", "simultaneous.csv"} <= {f.name for f in folder(here, "compare").iterdir()}
    code, out, _ = ran(capsys, *words, "--resume")
    assert code == 0
    assert "4 intervals, each at 98.75 % (Bonferroni)." in out
    assert "Which is the best" in out


def test_the_warm_up_is_said_in_a_line_and_by_week(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("warm-up", "small.yaml", "-n", "5", "-j", "1")
    found = as_json(capsys, *words)
    assert found["needed_d"] <= 14
    assert {week["week"] for week in found["weeks"]} == set(range(52))
    code, out, _ = ran(capsys, *words, "--resume")
    assert code == 0
    assert out.startswith(f"small.yaml: needs {found['needed_d']:.0f} d; its own 0 d are")
    _, out, _ = ran(capsys, *words, "--set", "flows.w.teu_per_year=6000")
    assert out.startswith("small.yaml,flows.w.teu_per_year=6000: overloaded: no warm-up helps")


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL], ids=["interrupt", "kill"])
def test_a_run_that_is_ended_goes_on_where_it_was(
    here: Path, capsys: pytest.CaptureFixture[str], end: signal.Signals
) -> None:
    words = ["run", "small.yaml", "-n", "3000", "-j", "2", "--engine", "event"]
    command = [sys.executable, "-m", "corridor_sim", *words]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    store = here / "results" / ".store"
    while len(list(store.rglob("*.piece"))) < 30:
        time.sleep(0.05)
        assert child.poll() is None
    os.kill(child.pid, end)
    said = child.communicate(timeout=60)[1].decode()  # ends when the workers are gone too
    kept = {path: path.stat().st_mtime_ns for path in store.rglob("*.piece")}
    assert 30 <= len(kept) < 3000
    if end == signal.SIGINT:
        assert child.returncode == 130
        assert "--resume goes on from there" in said
    wanted = str(len(kept) // 2)
    whole, alone = here / "whole", here / "alone"
    words = ["run", "small.yaml", "-n", wanted, "-j", "1", "-q"]
    assert ran(capsys, *words, "--resume", "--store", str(store), "--out", str(whole))[0] == 0
    assert ran(capsys, *words, "--out", str(alone))[0] == 0
    for name in NAMES:
        (one,), (other,) = whole.rglob(name), alone.rglob(name)
        assert one.read_bytes() == other.read_bytes()
    assert kept.items() <= {p: p.stat().st_mtime_ns for p in store.rglob("*.piece")}.items()
