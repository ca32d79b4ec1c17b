"""The commands that run no batch: list, new, check, show, sources, schema, trace."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from console import overlay, said, tiny

from corridor_sim.compile import fingerprint
from corridor_sim.reference import facts
from corridor_sim.scenario.load import load, shipped
from corridor_sim.scenario.sources import numbers
from corridor_sim.scenario.text import read_text


@pytest.mark.parametrize("shape", ["table", "md", "csv", "json"])
def test_list_names_every_shipped_scenario_with_its_question(shape: str) -> None:
    ended = said("list", "--format", shape)
    assert ended.code == 0
    for name, path in shipped().items():
        words = read_text(path).value
        assert isinstance(words, dict)
        assert name in ended.out
        assert str(words["question"]) in ended.out


def test_new_writes_a_file_that_is_the_base_until_it_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tiny(tmp_path)
    ended = said("new", "my-case", "--from", "tiny.yaml")
    assert (ended.code, ended.out) == (0, "")
    text = Path("my-case.yaml").read_text("utf-8")
    assert "#" in text
    base, mine = load("tiny.yaml"), load("my-case.yaml")
    said_of_itself = {"title": None, "question": None}
    assert mine.model_copy(update=said_of_itself) == base.model_copy(update=said_of_itself)
    assert mine.title != base.title


def test_the_examples_of_new_are_valid_once_uncommented(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tiny(tmp_path)
    assert said("new", "my-case", "--from", "tiny.yaml").code == 0
    path = Path("my-case.yaml")
    head, examples = path.read_text("utf-8").split("to try these:\n")
    lines = [line.removeprefix("# ") for line in examples.splitlines()]
    path.write_text("\n".join([head.rstrip("\n"), *lines]), "utf-8")
    assert said("check", path).code == 0
    assert load("my-case.yaml") != load("tiny.yaml")


def test_new_from_a_shipped_scenario_and_into_a_folder(tmp_path: Path) -> None:
    assert said("new", tmp_path / "mine.yaml").code == 0
    assert load(str(tmp_path / "mine.yaml")).span == load("baseline-2024").span


def test_new_reaches_a_base_from_another_folder(tmp_path: Path) -> None:
    base = tiny(tmp_path)
    (tmp_path / "mine").mkdir()
    assert said("new", tmp_path / "mine" / "case", "--from", base).code == 0
    assert load(str(tmp_path / "mine" / "case.yaml")).span == load(str(base)).span


def test_new_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine", "utf-8")
    ended = said("new", path)
    assert ended.code == 2
    assert "exists already" in ended.err
    assert path.read_text("utf-8") == "mine"


def test_new_into_no_folder_is_an_error(tmp_path: Path) -> None:
    ended = said("new", tmp_path / "nowhere" / "mine")
    assert ended.code == 2
    assert "cannot be written" in ended.err


def test_check_tells_the_corridor_its_loads_bounds_and_sources(tmp_path: Path) -> None:
    ended = said("check", tiny(tmp_path))
    assert (ended.code, ended.err) == (0, "")
    for words in (
        "valid", "Westbound on middle", "Offered load over capacity", "feeders", "worst month",
        "Throughput can be at most", "sourced", "assumed", "unsourced", "Notes",
    ):  # fmt: skip
        assert words in ended.out


def test_check_as_json_holds_all_months_binding_first(tmp_path: Path) -> None:
    found = said("check", tiny(tmp_path), "--format", "json").json
    shares = [offer["share"] for offer in found["offered"]]
    assert found["valid"]
    assert shares == sorted(shares, reverse=True)
    assert {offer["month"] for offer in found["offered"]} == {"year", "2024-01"}
    assert {bound["direction"] for bound in found["bounds"]} == {"westbound", "eastbound"}
    assert sum(given["share"] for given in found["numbers"].values()) == pytest.approx(1)


@pytest.mark.parametrize("shape", ["csv", "md"])
def test_check_in_other_shapes(shape: str, tmp_path: Path) -> None:
    ended = said("check", tiny(tmp_path), "--format", shape)
    assert ended.code == 0
    assert "feeders" in ended.out


def test_check_notes_unknown_facts_and_bare_assumptions(tmp_path: Path) -> None:
    path = tiny(
        tmp_path,
        **{
            "btk-length-total": "btk-length-totle",
            "low: 15, high: 25, source: assumed, why: a guess": "source: assumed",
        },
    )
    notes = said("check", path, "--format", "json").json["notes"]
    assert notes == [
        "links.xian-aktau.min_h: assumed without a range and a reason",
        "stations.alat-berths.servers: there is no fact 'btk-length-totle';"
        " did you mean btk-length-total?",
    ]


def test_show_prints_a_file_that_is_the_same_scenario(tmp_path: Path) -> None:
    tiny(tmp_path)
    path = overlay(tmp_path)
    ended = said("show", path, "--set", "promise_d=9")
    assert ended.code == 0
    again = tmp_path / "again.yaml"
    again.write_text(ended.out, "utf-8")
    assert "extends" not in ended.out
    assert load(str(again)) == load(str(path), {"promise_d": 9})


@pytest.mark.parametrize("name", ["baseline-2024", "crisis-2022"])
def test_a_shipped_scenario_is_shown_and_loads_to_the_same_fingerprint(
    name: str, tmp_path: Path
) -> None:
    again = tmp_path / "again.yaml"
    again.write_text(said("show", name).out, "utf-8")
    assert fingerprint(load(str(again))) == fingerprint(load(name))


def test_show_prints_one_path_set_or_default(tmp_path: Path) -> None:
    path = tiny(tmp_path)
    assert said("show", path, "stations.aktau-customs.servers").out == "2\n"
    assert said("show", path, "stations.aktau-customs.open_to_h").out == "24\n"
    assert said("show", path, "fleets.feeders.calls.1.place").out == "alat\n"
    wrong = said("show", path, "stations.aktau-custom")
    assert wrong.code == 2
    assert "did you mean aktau-customs" in wrong.err


def test_scenarios_stack_by_plus(tmp_path: Path) -> None:
    base, over = tiny(tmp_path), overlay(tmp_path)
    assert said("show", f"{base}+{over}", "stations.alat-berths.servers.value").out == "2\n"


def test_sources_lists_every_number_with_publication_and_address(tmp_path: Path) -> None:
    path = tiny(tmp_path)
    table = said("sources", path).out
    rows = {r["path"]: r for r in csv.DictReader(io.StringIO(_csv(path)))}
    fact = facts()["btk-length-total"]
    sourced = rows["stations.alat-berths.servers"]
    assert (sourced["value"], sourced["low"], sourced["high"]) == ("1.0", "1.0", "2.0")
    assert (sourced["publication"], sourced["url"]) == (fact.source, fact.url)
    assert rows["links.xian-aktau.min_h"]["why"] == "a guess"
    assert fact.url in table
    assert "unsourced" in table


def _csv(path: Path) -> str:
    return said("sources", path, "--format", "csv").out


def test_sources_as_json_gives_the_shares(tmp_path: Path) -> None:
    found = said("sources", tiny(tmp_path), "--format", "json").json
    assert found["shares"]["sourced"]["count"] == 1
    assert found["shares"]["assumed"]["count"] == 1
    assert [fact["id"] for fact in found["facts"]] == ["btk-length-total"]
    assert len(found["numbers"]) == sum(s["count"] for s in found["shares"].values())


def test_sources_of_one_fact_and_its_nearest_name() -> None:
    ended = said("sources", "btk-length-total", "--format", "json")
    assert ended.json["url"] == facts()["btk-length-total"].url
    assert facts()["btk-length-total"].url in said("sources", "btk-length-total").out
    wrong = said("sources", "btk-lenght-total")
    assert wrong.code == 2
    assert "did you mean btk-length-total" in wrong.err


def test_sources_without_a_name_are_those_of_the_baseline() -> None:
    assert said("sources", "--format", "json").json["scenario"] == "baseline-2024"


def test_schema_is_json_and_allows_extends() -> None:
    whole, over = said("schema"), said("schema", "--overlay")
    assert whole.code == over.code == 0
    assert "extends" in whole.json["properties"]
    assert "flows" in whole.json["required"]
    assert '"required": [' not in over.out
    assert set(whole.json["$defs"]) == set(over.json["$defs"])


def test_trace_follows_the_first_consignment_of_the_measuring_part(tmp_path: Path) -> None:
    found = said("trace", tiny(tmp_path), "--format", "json").json
    assert (found["flow"], found["direction"], found["route"]) == ("west", "westbound", "middle")
    assert found["released"] >= "2024-01-04"
    entries = found["entries"]
    assert [entry["begin"] for entry in entries[1:]] == [entry["end"] for entry in entries[:-1]]
    assert (entries[0]["begin"], entries[-1]["end"]) == (found["released"], found["delivered"])
    assert sum(entry["hours"] for entry in entries) == pytest.approx(found["transit_h"])


def test_trace_gives_reasons_for_waits(tmp_path: Path) -> None:
    path = tiny(tmp_path)
    for flow in ("west", "east"):
        waits = [
            entry
            for entry in said("trace", path, flow, "--format", "json").json["entries"]
            if entry["what"] == "wait"
        ]
        assert waits
        assert all(entry["why"] for entry in waits)
    lists = [entry["why"] for entry in waits if entry["element"] == "feeders"]
    assert "closed at once" in lists[0]


@pytest.mark.parametrize("shape", ["table", "md", "csv"])
def test_trace_in_other_shapes(shape: str, tmp_path: Path) -> None:
    ended = said("trace", tiny(tmp_path), "west", "--format", shape)
    assert ended.code == 0
    assert "feeders" in ended.out


def test_trace_of_a_number_outside_the_run_names_some_inside(tmp_path: Path) -> None:
    path = tiny(tmp_path)
    number = next(
        int(word) for word in said("trace", path, "west", "0").err.replace(",", " ").split()
        if word.isdigit() and word != "0"
    )  # fmt: skip
    ended = said("trace", path, "west", str(number), "--format", "json")
    assert json.loads(ended.out)["number"] == number


def test_trace_is_closed_by_storms_where_it_waits_for_the_port(tmp_path: Path) -> None:
    path = tiny(tmp_path, **{"closed_share: [0.2,": "closed_share: [0.9,"})
    whys = [
        entry["why"]
        for entry in said("trace", path, "--format", "json").json["entries"]
        if entry["what"] == "wait"
    ]
    assert any("berths was closed" in why for why in whys)


def test_sources_stand_in_the_order_of_their_effect(tmp_path: Path) -> None:
    """Numbers that were not screened, or that the scenario lacks, are left out."""
    path = tiny(tmp_path)
    first, second = list(numbers(load(str(path))))[:2]
    table = f"factor,mu_star\n{first[0]},0.5\n{second[0]},2.5\nlinks.none.min_h,9\n"
    (tmp_path / "morris.csv").write_text(table)
    found = said("sources", path, "--by-effect", tmp_path, "--format", "json").json["numbers"]
    assert [(one["path"], one["effect"]) for one in found] == [(second[0], 2.5), (first[0], 0.5)]
    assert "effect" in said("sources", path, "--by-effect", tmp_path).out


def test_bad_input_to_the_order_of_effects_is_told(tmp_path: Path) -> None:
    path, file = tiny(tmp_path), tmp_path / "morris.csv"

    def told(what: str | Path = path) -> str:
        ended = said("sources", what, "--by-effect", tmp_path)
        assert ended.code == 2
        return ended.err

    assert "no morris.csv" in told()
    file.write_text("factor,mu_star\nspan.measure_d,much\n")
    assert "no morris.csv of a `sensitivity` (could not convert" in told()
    file.write_text("\n")
    assert "screened nothing" in told()
    assert "goes with a scenario" in told("btk-length-total")
