"""`run` and `compare`: what they print."""

from __future__ import annotations

import csv
import io
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from console import Said, overlay, said, tiny

from corridor_sim.engines import FEW

KEYS = [
    "scenario", "route", "direction", "segment", "measure", "unit", "n", "mean", "sd", "ci_low",
    "ci_high", "rep_p10", "rep_p50", "rep_p90",
]  # fmt: skip
DIFFERENCES = ["baseline", "diff", "diff_ci_low", "diff_ci_high", "diff_pct"]
MARKS = ["beyond", "mark"]
Row = dict[str, Any]


def ran(folder: Path, *words: str | Path, scenario: Path | None = None) -> Said:
    """Run the tiny scenario in this process, a few replications unless `words` say otherwise."""
    path = scenario or tiny(folder)
    return said("run", path, "-n", "3", "-j", "1", "-q", "--out", folder / "results", *words)


def compared(folder: Path, *words: str | Path) -> Said:
    """Compare the overlay with the tiny scenario."""
    base, over = tiny(folder), overlay(folder)
    where = ("-n", "3", "-j", "1", "-q", "--out", folder / "results")
    return said("compare", base, over, *where, *words)


def only(rows: list[Row], **wanted: object) -> list[Row]:
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def test_run_as_json_is_one_object_of_tidy_rows(tmp_path: Path) -> None:
    ended = ran(tmp_path, "--seed", "7", "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    assert "NaN" not in ended.out
    found = ended.json
    path = str(tmp_path / "tiny.yaml")
    assert list(found) == ["scenario", "engine", "seed", "replications", "measures"]
    assert (found["scenario"], found["engine"], found["seed"]) == (path, "event", 7)
    assert found["replications"] == 3
    assert all(list(row) == [*KEYS, *MARKS] for row in found["measures"])
    (mean,) = only(found["measures"], route="middle", direction="westbound", segment="all",
                   measure="transit_mean")  # fmt: skip
    assert (mean["scenario"], mean["unit"], mean["n"], mean["mark"]) == (path, "d", 3, "thin")
    assert mean["ci_low"] < mean["mean"] < mean["ci_high"]


def test_rows_of_all_routes_come_first(tmp_path: Path) -> None:
    rows = ran(tmp_path, "--format", "json").json["measures"]
    of_all = [row["route"] == "all" for row in rows]
    assert of_all == sorted(of_all, reverse=True)


def test_run_holds_the_measures_of_ways_and_elements(tmp_path: Path) -> None:
    rows = ran(tmp_path, "--format", "json").json["measures"]
    of_way = {row["measure"] for row in only(rows, route="middle", segment="all")}
    assert of_way >= {
        "transit_mean", "transit_p10", "transit_p50", "transit_p90", "transit_sd", "transit_cv",
        "train_transit_p90", "throughput_teu", "unfinished", "on_time",
    }  # fmt: skip
    of_berths = {row["measure"] for row in only(rows, segment="alat-berths")}
    assert of_berths >= {"utilisation", "queue", "wait"}


def test_csv_is_the_same_table_as_json(tmp_path: Path) -> None:
    rows = ran(tmp_path, "--format", "json").json["measures"]
    table = list(csv.DictReader(io.StringIO(ran(tmp_path, "--format", "csv").out)))
    assert list(table[0]) == [*KEYS, *MARKS]
    for row, cells in zip(rows, table, strict=True):
        number = None if cells["mean"] == "" else float(cells["mean"])
        assert (cells["measure"], number) == (row["measure"], row["mean"])


def test_the_table_has_headlines_with_units_and_intervals(tmp_path: Path) -> None:
    text = ran(tmp_path).out
    for measure in (
        "transit_mean", "transit_p50", "transit_p90", "transit_p90_p50", "on_time",
        "throughput_teu", "unfinished",
    ):  # fmt: skip
        assert measure in text
    assert "transit_cv" not in text
    assert "utilisation" not in text
    assert " d " in text
    assert " % " in text
    assert "TEU/yr" in text
    assert "n = 3" in text
    assert "95 % intervals" in text
    assert "thin: fewer than 10 replications" in text


def test_level_widens_the_intervals_and_is_said(tmp_path: Path) -> None:
    def width(level: str) -> float:
        rows = ran(tmp_path, "--level", level, "--format", "json").json["measures"]
        row = only(rows, route="all", direction="westbound", segment="all", measure="transit_mean")
        return float(row[0]["ci_high"] - row[0]["ci_low"])

    assert width("0.9") < width("0.99")
    assert "90 % intervals" in ran(tmp_path, "--level", "0.9").out


def test_all_and_stations_add_rows_to_the_table(tmp_path: Path) -> None:
    every, stations = ran(tmp_path, "--all").out, ran(tmp_path, "--stations").out
    assert "transit_cv" in every
    assert "haul@xian-aktau" in every
    assert "utilisation" in every
    assert "alat-berths" in stations
    assert "transit_cv" not in stations


def test_markdown_is_a_table(tmp_path: Path) -> None:
    lines = ran(tmp_path, "--format", "md").out.splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert any(set(line) == set("| -:") for line in table)


def test_a_segment_is_a_part_of_the_way_and_with_its_stays_a_longer_one(tmp_path: Path) -> None:
    ended = ran(tmp_path, "--segment", "aktau:alat", "--segment", "aktau..alat", "--format", "json")
    means = {
        row["segment"]: row["mean"]
        for row in only(ended.json["measures"], route="middle", measure="transit_mean")
    }
    assert 0 < means["aktau:alat"] < means["aktau..alat"] < means["all"]
    assert "aktau..alat" in ran(tmp_path, "--segment", "aktau..alat").out


def test_a_segment_that_no_cargo_passes_is_a_warning(tmp_path: Path) -> None:
    kars = tiny(tmp_path, **{"places:\n": "places:\n  kars: {lat: 41, lon: 43, country: TR}\n"})
    ended = ran(tmp_path, "--segment", "kars:alat", scenario=kars)
    assert ended.code == 0
    assert "no cargo passes kars:alat" in ended.err


def test_months_of_release_on_request(tmp_path: Path) -> None:
    assert "released 2024-01" not in ran(tmp_path).out
    assert "released 2024-01" in ran(tmp_path, "--by-month").out


def test_one_replication_is_that_row_of_the_batch(tmp_path: Path) -> None:
    assert ran(tmp_path).code == 0
    (tmp_path / "alone").mkdir()
    alone = said(
        "run", tmp_path / "tiny.yaml", "--replication", "2", "-q", "--format", "json",
        "--out", tmp_path / "alone",
    )  # fmt: skip
    assert alone.json["replications"] == 1
    batch, one = (_replications(tmp_path / folder) for folder in ("results", "alone"))
    of_batch = batch[batch["replication"] == 2].dropna().reset_index(drop=True)
    pd.testing.assert_frame_equal(of_batch, one.dropna().reset_index(drop=True), check_exact=True)
    rows = {
        (row["route"], row["direction"], row["segment"], row["measure"]): row["mean"]
        for row in alone.json["measures"]
    }
    for row in of_batch.itertuples():
        at = (row.route, row.direction, row.segment, row.measure)
        assert rows[at] == pytest.approx(row.value)


def _replications(folder: Path) -> pd.DataFrame:
    (file,) = folder.rglob("replications.parquet")
    return pd.read_parquet(file)


def test_settings_change_the_scenario_and_its_name(tmp_path: Path) -> None:
    found = ran(tmp_path, "--set", "flows.west.teu_per_year=3500", "--format", "json").json
    assert found["scenario"].endswith("tiny.yaml,flows.west.teu_per_year=3500")
    plain = ran(tmp_path, "--format", "json").json
    asked = {"route": "all", "direction": "westbound", "segment": "all", "measure": "released_teu"}
    half, whole = (only(given["measures"], **asked)[0]["mean"] for given in (found, plain))
    assert half < 0.7 * whole


def test_an_overloaded_scenario_is_a_result_with_a_warning(tmp_path: Path) -> None:
    ended = ran(tmp_path, "--set", "flows.west.teu_per_year=70000")
    assert ended.code == 0
    assert "is overloaded" in ended.err
    assert "overloaded: the way crosses" in ended.out
    assert "> " in ended.out


def test_the_unfinished_are_null_in_json_with_a_bound(tmp_path: Path) -> None:
    ended = ran(tmp_path, "--set", "flows.west.teu_per_year=70000", "--format", "json")
    rows = only(ended.json["measures"], route="all", segment="all", measure="transit_p90")
    (west,) = only(rows, direction="westbound")
    assert west["mean"] is None
    assert west["beyond"] > 0


def test_compare_as_json_has_differences_beside_the_measures(tmp_path: Path) -> None:
    ended = compared(tmp_path, "--format", "json")
    found = ended.json
    assert ended.code == 0
    assert found["baseline"] == str(tmp_path / "tiny.yaml")
    assert found["scenario"] == [str(tmp_path / "berths.yaml")]
    assert set(found["engines"].values()) == {"event"}
    assert list(found["engines"]) == [found["baseline"], *found["scenario"]]
    assert (found["seed"], found["replications"]) == (1, 3)
    assert all(list(row) == [*KEYS, *DIFFERENCES, *MARKS] for row in found["rows"])
    base = ran(tmp_path, "--format", "json").json["measures"]
    asked = {"route": "all", "direction": "westbound", "segment": "all", "measure": "transit_mean"}
    (row,), (old,) = only(found["rows"], **asked), only(base, **asked)
    assert row["baseline"] == pytest.approx(old["mean"])
    assert row["diff"] == pytest.approx(row["mean"] - row["baseline"])
    assert row["diff_ci_low"] <= row["diff"] <= row["diff_ci_high"]


def test_a_scenario_against_itself_changes_nothing(tmp_path: Path) -> None:
    path = tiny(tmp_path)
    words = ("compare", path, path, "-n", "3", "-j", "1", "--out", tmp_path / "results")
    text, found = said(*words).out, said(*words, "--format", "json").json
    differences = [row["diff"] for row in found["rows"] if row["diff"] is not None]
    assert differences
    assert set(differences) == {0}
    assert text.count("nothing changes at all") == 4
    assert "distinguishable" not in text


def test_a_comparison_says_in_words_what_can_be_told_from_zero(tmp_path: Path) -> None:
    slower = tmp_path / "slower.yaml"
    slower.write_text(
        "schema_version: 1\nextends: tiny.yaml\ntitle: Slower\n"
        "links: {xian-aktau: {min_h: 60}}\n",
        "utf-8",
    )  # fmt: skip
    where = ("-n", "4", "-j", "1", "--out", tmp_path / "results")
    text = said("compare", tiny(tmp_path), slower, *where).out
    (sentence,) = (line for line in text.splitlines() if line.startswith("middle westbound:"))
    assert "the mean transit time rises by 1." in sentence
    assert "not distinguishable from zero:" in sentence
    assert "by chance alone" in text


def test_one_replication_has_no_interval_to_tell_by(tmp_path: Path) -> None:
    text = compared(tmp_path, "-n", "1").out
    assert "no interval" in text
    assert "chance" not in text


def test_several_scenarios_have_a_table_each(tmp_path: Path) -> None:
    base, over = tiny(tmp_path), overlay(tmp_path)
    third = tmp_path / "third.yaml"
    third.write_text(over.read_text("utf-8").replace("servers: 2", "servers: 3"), "utf-8")
    ended = said("compare", base, over, third, "-n", "2", "-j", "1", "--out", tmp_path / "results")
    assert f"{over} against {base}" in ended.out
    assert f"{third} against {base}" in ended.out


@pytest.mark.parametrize("others", [["berths.yaml", "berths.yaml"], ["longer.yaml"]])
def test_what_cannot_be_compared_is_refused_before_it_is_run(
    others: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tiny(tmp_path)
    over = overlay(tmp_path).read_text("utf-8")
    Path("longer.yaml").write_text(over + "span: {measure_d: 9}\n", "utf-8")
    ended = said("compare", "tiny.yaml", *others)
    assert ended.code == 2
    assert not Path("results").exists()


def test_settings_change_the_baseline_of_a_comparison_too(tmp_path: Path) -> None:
    found = compared(tmp_path, "--set", "span.measure_d=4", "--format", "json").json
    assert found["baseline"].endswith(",span.measure_d=4")


def test_the_same_bytes_with_one_process_and_two(tmp_path: Path) -> None:
    base, over = tiny(tmp_path), overlay(tmp_path)
    outputs, files = [], []
    for jobs, hash_seed in (("1", "0"), ("2", "1")):
        out = tmp_path / jobs
        done = subprocess.run(
            [sys.executable, "-m", "corridor_sim", "compare", base, over, "-n", "4", "-j", jobs,
             "--format", "json", "--out", out, "--segment", "aktau:alat", "--by-month"],
            capture_output=True, check=True, env={"PYTHONHASHSEED": hash_seed},
        )  # fmt: skip
        outputs.append(done.stdout)
        names = ("measures.csv", "stations.csv", "segments.csv", "replications.parquet")
        files.append([next(out.rglob(name)).read_bytes() for name in names])
    assert outputs[0] == outputs[1]
    assert files[0] == files[1]
    assert all(math.isfinite(row["n"]) for row in json.loads(outputs[0])["rows"])


def test_a_seed_gives_the_same_numbers_again_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (
        ran(tmp_path, "--seed", seed, "--format", "csv").out for seed in ("1", "1", "2")
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("count", "asked", "engine"),
    [(FEW - 1, "auto", "event"), (FEW, "auto", "array"), (FEW, "event", "event"),
     (1, "array", "array")],
)  # fmt: skip
def test_results_name_the_engine_that_ran(
    count: int, asked: str, engine: str, tmp_path: Path
) -> None:
    words = ("-n", str(count), "-j", "1", "--engine", asked, "--out", tmp_path / "results")
    assert f", engine {engine};" in said("run", tiny(tmp_path), *words).out
    folder = next((tmp_path / "results" / "tiny").iterdir())
    (told,) = json.loads((folder / "manifest.json").read_text("utf-8"))["scenarios"]
    assert told["engine"] == engine
    assert said("run", tiny(tmp_path), *words, "--format", "json").json["engine"] == engine
