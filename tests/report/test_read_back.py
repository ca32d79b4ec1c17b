"""Run folders read back: the same rows, and what does not fit together."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from console import said, tiny

from corridor_sim.experiments.headlines import headline, of_element
from corridor_sim.experiments.plan import Options, segment
from corridor_sim.experiments.run import compare, simulate
from corridor_sim.report.reading import Told


def test_rows_come_back_as_they_were(told: Told) -> None:
    options = Options(replications=tuple(range(10)), segments=(segment("xian:alat"),))
    done = simulate([run.case for run in told.runs], options)
    expected = [
        (row.group, row.measure, row.unit, row.estimate, row.difference, row.baseline, row.mark)
        for row in compare(done).rows()
        if headline(row, options.segments) or of_element(row)
    ]
    found = [
        (row.group, row.measure, row.unit, row.estimate, row.difference, row.baseline, row.mark)
        for row in told.differences()
    ]
    assert found == expected
    assert {run.case.name for run in told.runs} == {"tiny", "fast"}
    assert told.n == 10


@pytest.mark.parametrize(
    ("spoilt", "said_of_it"),
    [
        ("manifest.json", "is no run folder"),
        ("measures.csv", "holds no readable measures.csv"),
        ("tiny.resolved.yaml", "holds no tiny.resolved.yaml"),
        ("ways.csv", "holds no readable ways.csv"),
    ],
)
def test_a_folder_that_lacks_a_file_is_told(
    comparison: Path, tmp_path: Path, spoilt: str, said_of_it: str
) -> None:
    folder = shutil.copytree(comparison, tmp_path / "spoilt")
    (folder / spoilt).unlink()
    ended = said("report", folder, "-o", tmp_path / "r.html")
    assert ended.code == 2
    assert said_of_it in ended.err
    assert "name a folder that `run` or `compare` wrote" in ended.err
    assert not (tmp_path / "r.html").exists()


def test_manifests_and_tables_of_something_else_are_told(comparison: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(comparison, tmp_path / "spoilt")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    del manifest["level"]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    without = said("report", folder, "-o", tmp_path / "r.html")
    assert without.code == 2
    assert "manifest.json without 'level'" in without.err
    again = shutil.copytree(comparison, tmp_path / "table")
    (again / "measures.csv").write_text("scenario,measure,direction\ntiny,on_time,both\n", "utf-8")
    strange = said("report", again, "-o", tmp_path / "r.html")
    assert strange.code == 2
    assert "does not have the columns of a run" in strange.err


def test_a_scenario_that_is_not_valid_any_more_ends_with_its_code(
    comparison: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(comparison, tmp_path / "spoilt")
    file = folder / "tiny.resolved.yaml"
    file.write_text(file.read_text("utf-8").replace("servers: 1", "servers: -1"), "utf-8")
    ended = said("report", folder, "-o", tmp_path / "r.html")
    assert ended.code == 3
    assert "servers" in ended.err


def test_runs_of_other_periods_other_luck_or_one_name_do_not_mix(tmp_path: Path) -> None:
    scenario = tiny(tmp_path)
    common = (scenario, "-n", "1", "-j", "1", "--out")
    assert said("run", *common, tmp_path / "a", "--seed", "2").code == 0
    assert said("run", *common, tmp_path / "b").code == 0
    assert said("run", *common, tmp_path / "c", "--set", "span.measure_d=9").code == 0
    assert said("run", *common, tmp_path / "d", "--set", "stations.alat-berths.servers=2").code == 0
    folders = {name: next((tmp_path / name).glob("tiny*/2*")) for name in "abcd"}
    for pair, why in (("ab", "other luck"), ("bc", "different periods")):
        mixed = said("report", *(folders[name] for name in pair), "-o", tmp_path / "r.html")
        assert mixed.code == 2
        assert why in mixed.err
    fits = said("report", folders["b"], folders["d"], "-o", tmp_path / "r.html")
    assert fits.code == 0
    # As if a file had been changed between two runs: the same name, and another scenario.
    for file in ("manifest.json", "measures.csv", "ways.csv", "stations.csv"):
        path = folders["d"] / file
        path.write_text(
            path.read_text("utf-8").replace(",stations.alat-berths.servers=2", ""), "utf-8"
        )
    twice = said("report", folders["b"], folders["d"], "-o", tmp_path / "r.html")
    assert twice.code == 2
    assert "two different scenarios are called tiny" in twice.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nowhere",), "nowhere is no run folder"),
        ((), "Missing argument 'FOLDER...'"),
        ((".", "-o", "r.pdf"), "r.pdf does not end in one of .html, .md, .xlsx"),
        ((".", "-o", "no/such/r.html"), "there is no folder"),
        ((".", "-o", "."), "does not end in one of"),
        ((".", "-o", ".", "--format", "html"), "it is a folder"),
    ],
)  # fmt: skip
def test_bad_words_are_told(words: tuple[str, ...], why: str) -> None:
    ended = said("report", *words)
    assert ended.code == 2
    assert why in " ".join(ended.err.split())


def test_a_replication_that_was_not_run_is_told(run: Path, tmp_path: Path) -> None:
    ended = said("report", run, "--replication", "7", "-o", tmp_path / "r.html")
    assert ended.code == 2
    assert "has no replication 7; its numbers are 0 to 1" in ended.err
