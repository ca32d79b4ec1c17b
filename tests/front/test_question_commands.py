"""`bottlenecks`, `sweep`, `sensitivity` and `tune` from the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from console import Said, said, tiny

BERTHS, RUN = "stations.alat-berths.servers", "links.xian-aktau.min_h"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions")
    tiny(folder)
    return folder


def ask(here: Path, verb: str, *words: str | Path, n: int = 3, code: int = 0) -> Said:
    end = ("-n", str(n), "-j", "1", "-q", "--out", str(here / "results"))
    found = said(verb, here / "tiny.yaml", *words, *end)
    assert found.code == code, found.err
    return found


def last(here: Path, verb: str) -> Path:
    return max((here / "results" / verb).glob("[0-9]*"), key=lambda p: p.stat().st_mtime_ns)


def test_bottlenecks_say_where_the_time_goes_and_what_more_is_worth(here: Path) -> None:
    asked = ("--steps", "1", "--more", "unit", "--direction", "westbound")
    found = ask(here, "bottlenecks", *asked, "--format", "json").json
    assert found["in_words"]
    assert {row["size"] for row in found["worth"]} == {"unit"}
    assert [row["rank"] for row in found["worth"]] == list(range(1, len(found["worth"]) + 1))
    assert sum(row["share"] for row in found["time"]) == pytest.approx(1)
    assert "haul" in found["time_by"]["what"][0]
    folder = last(here, "bottlenecks")
    names = {"worth.csv", "time.csv", "in_words.txt", "manifest.json", "scenario.resolved.yaml"}
    assert {path.name for path in folder.iterdir()} == names
    table = ask(here, "bottlenecks", *asked).out
    assert "1. Where the time goes, as it is" in table
    assert "In words" in table


def test_a_sweep_is_saved_as_parquet_with_a_heat_map(here: Path) -> None:
    grid = ("--grid", f"{BERTHS}=1,2", "--grid", f"{RUN}=15:25:2")
    found = ask(here, "sweep", *grid, "--format", "json").json
    assert found["cases"] == 6
    folder = last(here, "sweep")
    table = pd.read_parquet(folder / "sweep.parquet")
    assert len(table) == len(found["rows"])
    assert table["case"].nunique() == 6
    heat = pd.read_csv(folder / "heat.csv")
    assert heat.shape == (2, 4)
    rows = list(csv.DictReader(io.StringIO(ask(here, "sweep", *grid, "--format", "csv").out)))
    assert rows[0][RUN] == "15.0"
    assert "(across)" in ask(here, "sweep", *grid).out


def test_a_sweep_takes_a_hypercube_or_a_file(here: Path) -> None:
    cube = ask(here, "sweep", "--lhs", "3", "--over", BERTHS, "--over", f"{RUN}=10:12",
               "--format", "json").json  # fmt: skip
    assert {10 <= row[RUN] <= 12 for row in cube["rows"]} == {True}
    assert {row[BERTHS] for row in cube["rows"]} <= {1, 2}
    cases = here / "cases.csv"
    cases.write_text(f"{BERTHS}\n1\n2\n")
    assert ask(here, "sweep", "--cases", cases, "--format", "json").json["cases"] == 2


def test_sensitivity_gives_effects_and_indices(here: Path) -> None:
    asked = ("--trajectories", "2", "--keep", "1", "--base-samples", "4")
    found = ask(here, "sensitivity", *asked, "--format", "json", n=2).json
    assert {row["factor"] for row in found["morris"]} == {BERTHS, RUN}
    assert [row["factor"] for row in found["sobol"]] == [RUN]
    assert found["cases"] == 2 * 2 * 3 + 2 * 4 * 3
    assert (last(here, "sensitivity") / "sobol.csv").exists()
    assert "Sobol" in ask(here, "sensitivity", *asked, n=2).out


def test_tune_fits_observations_and_writes_an_overlay(here: Path) -> None:
    seen = here / "seen.csv"
    seen.write_text("measure,direction,value,sd,unit\nhaul@xian-aktau,westbound,28,2,h\n")
    found = ask(here, "tune", "--observations", seen, "--fit", RUN, "--most-trials", "8",
                "--format", "json").json  # fmt: skip
    (fitted,) = found["parameters"]
    assert 20 < fitted["value"] <= 25
    assert found["reached"] is True
    overlay = found["overlay"]
    assert said("check", overlay, "--format", "json").json["valid"]
    again = ask(here, "tune", "--observations", seen, "--fit", RUN, "--most-trials", "8")
    assert "Observations" in again.out


def test_tune_finds_the_least_that_meets_targets(here: Path) -> None:
    asked = ("--choose", "fleets.feeders.vessels.one.count=1:4", "--target")
    met = ask(here, "tune", *asked, "westbound/transit_p90 <= 9 d", "--format", "json", n=4).json
    assert met["reached"] is True
    assert met["values"] == {"fleets.feeders.vessels.one.count": 1}
    assert met["verdicts"][0]["confidence"] >= 0.95
    run = said("run", met["overlay"], "-n", "1", "-q", "--out", here / "results", "--format",
               "json")  # fmt: skip
    assert run.code == 0


def test_a_target_that_is_not_reached_ends_with_5_and_is_saved(here: Path) -> None:
    found = ask(
        here, "tune", "--choose", f"{BERTHS}=1:2", "--target", "transit_mean <= 1 h", "--format",
        "json", code=5,
    )  # fmt: skip
    assert found.json["reached"] is False
    assert "does not meet the targets" in found.err
    assert Path(found.json["folder"], "trials.csv").exists()


def test_a_dry_run_prints_the_cost_and_runs_nothing_else(here: Path) -> None:
    found = said("sweep", here / "tiny.yaml", "--grid", f"{BERTHS}=1,2", "-n", "50", "--dry-run",
                 "--out", here / "none")  # fmt: skip
    assert found.code == 0
    assert "2 cases x 50 replications = 100" in found.err
    assert f"{BERTHS}=2" in found.out
    assert "Expected: " in found.out
    assert not (here / "none").exists()
    asked = ("--choose", f"{BERTHS}=1:2", "--target", "transit_mean <= 9 d", "--dry-run")
    parts = ask(here, "tune", *asked, "--format", "json").json["cases"]
    assert [part["replications"] % 3 for part in parts] == [0]


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("sweep",), "give one of"),
        (("sweep", "--lhs", "3"), "go together"),
        (("sweep", "--grid", "stations"), "PATH=..."),
        (("sweep", "--grid", "stations.alat-berth.servers=1"), "alat-berths"),
        (("sensitivity", "--base-samples", "9"), "power of two"),
        (("sensitivity", "--only", "bridges.*"), "no number with a range"),
        (("sensitivity", "--measure", "transit_men"), "transit_mean"),
        (("bottlenecks", "--route", "midle"), "middle"),
        (("tune",), "give --observations and --fit"),
        (("tune", "--choose", RUN, "--target", "fast"), "is not of the form"),
        (("tune", "--choose", "links.xian-aktau.delay_mean_h", "--target", "on_time >= 5 %"),
         "has no range"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_a_cure(here: Path, words: tuple[str, ...], cure: str) -> None:
    verb, *rest = words
    found = said(verb, here / "tiny.yaml", *rest, "--out", here / "results")
    assert found.code in (2, 3)
    assert cure in found.err
    assert found.out == ""


def test_answers_keep_what_was_asked(here: Path) -> None:
    ask(here, "sweep", "--grid", f"{BERTHS}=2", "--set", "promise_d=5")
    manifest = json.loads((last(here, "sweep") / "manifest.json").read_text())
    assert manifest["asked"]["set"] == ["promise_d=5"]
    assert manifest["verb"] == "sweep"
    assert manifest["replications"] == [0, 1, 2]
