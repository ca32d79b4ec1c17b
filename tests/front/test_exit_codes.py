"""How command lines end: exit codes, messages, closed pipes, and what `--help` costs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from console import TINY, overlay, said, stop_at, tiny

from corridor_sim.errors import CorridorError, RunError, TargetMissed, UsageError
from corridor_sim.scenario import load

COMMAND = (sys.executable, "-m", "corridor_sim")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CorridorError("told"), 1),
        (ZeroDivisionError("told"), 1),
        (MemoryError("told"), 1),
        (UsageError("told"), 2),
        (RunError("told"), 4),
        (TargetMissed("told"), 5),
        (KeyboardInterrupt("told"), 130),
    ],
)
def test_an_error_has_its_exit_code_and_no_traceback(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> dict[str, Path]:
        raise error

    monkeypatch.setattr(load, "shipped", fail)
    plain, debugged = said("list"), said("list", "--debug")
    assert plain.code == debugged.code == code
    assert plain.err
    assert plain.out == ""
    assert "Traceback" not in plain.err
    assert "Traceback" in debugged.err


def test_success_is_0() -> None:
    assert said("list").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-command"],
        ["run"],
        ["compare", "baseline-2024"],
        ["run", "tiny.yaml", "-n", "0"],
        ["run", "tiny.yaml", "-j", "0"],
        ["run", "tiny.yaml", "--level", "1"],
        ["run", "tiny.yaml", "--seed", "-1"],
        ["run", "tiny.yaml", "--format", "xml"],
        ["run", "tiny.yaml", "--replication", "-1"],
        ["run", "tiny.yaml", "--set", "span.measure_d"],
        ["run", "tiny.yaml", "--set", "=5"],
        ["run", "tiny.yaml", "--set", "promise_d=5", "--set", "promise_d=6"],
        ["run", "tiny.yaml", "--segment", "aktau"],
        ["run", "tiny.yaml", "--segment", "aktau:paris"],
        ["run", "tiny.yaml", "--engine", "steam"],
        ["run", "tiny.yaml", "--out", "tiny.yaml"],
        ["run", "tiny.yaml", "--out", "tiny.yaml/results"],
        ["run", "no-such-scenario"],
        ["check", "tiny.yaml+no-such-scenario"],
        ["show", "tiny.yaml", "stations.no-such-station"],
        ["sources", "no-such-fact"],
        ["trace", "tiny.yaml", "no-such-flow"],
        ["trace", "tiny.yaml", "west", "999999"],
        ["new", "tiny"],
        ["new", "other", "--from", "tiny.yaml+berths.yaml"],
    ],
)
def test_a_bad_command_line_is_2_before_anything_is_written(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tiny(tmp_path)
    overlay(tmp_path)
    ended = said(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err
    assert "Traceback" not in ended.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["berths.yaml", "tiny.yaml"]


DEEP = "a: " + "[" * 3000
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
UNREACHABLE = TINY.replace(
    "routes:\n", "routes:\n  short: {title: Short, westbound: [[xian-train, aktau-customs]]}\n"
).replace("destination: alat\n    routes: {middle: 1}", "destination: alat\n    routes: {short: 1}")
WRONG = {
    "empty": ("", "empty"),
    "binary": ("\0\1\2", "not text"),
    "too large": ("a: b\n" * 2_100_000, "larger"),
    "too deep": (DEEP, "deeper"),
    "alias bomb": (BOMB, "aliases"),
    "python tag": ("a: !!python/object/apply:os.system ['true']\n", "tags"),
    "duplicate key": (TINY + "title: again\n", "twice"),
    "tab": ("title: x\n\tquestion: y\n", "tab"),
    "text for a number": (TINY.replace("promise_d: 3", "promise_d: '1.0e6'"), "promise_d"),
    "clock time": (TINY.replace("promise_d: 3", "promise_d: 12:30"), "promise_d"),
    "no for false": (TINY.replace("border: true", "border: no"), "must be true or false"),
    "no latitude": (TINY.replace("lat: 34.3", "lat: 134.3"), "at most 90"),
    "more hours than ticks": (TINY.replace("min_h: 18", "min_h: 1e300"), "at most 1e+12"),
    "countless servers": (TINY.replace("servers: 2,", "servers: 1000000000,"), "at most 10,000"),
    "countless places": (TINY.replace("places_teu: 40", "places_teu: 1e9"), "at most 1,000,000"),
    "too wild": (TINY.replace("work_cv: 0.5", "work_cv: 1e9"), "at most 10"),
    "endless spells": (TINY.replace("mean_spell_h: [10,", "mean_spell_h: [1e-12,"), "at least 0.1"),
    "nan": (TINY.replace("promise_d: 3", "promise_d: .nan"), "finite"),
    "negative": (TINY.replace("lot_teu: 2", "lot_teu: -2", 1), "lot_teu"),
    "zero capacity": (TINY.replace("places_teu: 40", "places_teu: 0"), "places_teu"),
    "impossible bounds": (TINY.replace("{value: 1, low: 1", "{value: 1, low: 2"), "low and high"),
    "unknown key": (TINY.replace("max_wait_h: 6", "max_wat_h: 6"), "did you mean max_wait_h"),
    "unknown name": (TINY.replace("chain: [steppe,", "chain: [stepe,"), "did you mean steppe"),
    "unreachable": (UNREACHABLE, "no westbound chain"),
    "missing extends": ("extends: nowhere\n", "nowhere"),
    "circular extends": ("extends: wrong.yaml\n", "comes back"),
    "lot too large": (TINY.replace("lot_teu: 2", "lot_teu: 60", 1), "does not fit"),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("command", ["check", "run"])
def test_a_wrong_scenario_is_3_with_a_message(
    command: str, text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("wrong.yaml").write_text(text, "utf-8")
    ended = said(command, "wrong.yaml")
    assert (ended.code, ended.out) == (3, "")
    assert told in ended.err
    assert "wrong.yaml" in ended.err
    assert "Traceback" not in ended.err
    assert not Path("results").exists()


def test_all_problems_are_told_with_their_lines(tmp_path: Path) -> None:
    path = tiny(tmp_path, **{"servers: 2,": "servers: -2,", "headway_h: 24": "headway_h: 0"})
    ended = said("check", path)
    assert "2 problems" in ended.err
    for words in ("servers: -2", "headway_h: 0"):
        line = path.read_text("utf-8").split(words)[0].count("\n") + 1
        assert f"{path}:{line}" in ended.err


def test_a_wrong_setting_is_3_and_names_the_nearest(tmp_path: Path) -> None:
    ended = said("check", tiny(tmp_path), "--set", "stations.aktau-custom.servers=3")
    assert ended.code == 3
    assert "did you mean aktau-customs" in ended.err


def test_a_missing_file_is_3(tmp_path: Path) -> None:
    tiny(tmp_path)
    ended = said("check", tmp_path / "tinny.yaml")
    assert ended.code == 3
    assert "did you mean tiny.yaml" in ended.err


def test_a_failed_replication_is_4_and_what_was_finished_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(2, RunError("tiny, replication 2: cargo vanished"), monkeypatch)
    ended = said("run", tiny(tmp_path), "-n", "4", "-j", "1", "--out", tmp_path / "results")
    assert (ended.code, ended.out) == (4, "")
    assert "cargo vanished" in ended.err
    assert "2 of 4 replications were finished" in ended.err


def test_nothing_is_left_where_nothing_was_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(0, RunError("no luck"), monkeypatch)
    ended = said("run", tiny(tmp_path), "-n", "4", "-j", "1", "--out", tmp_path / "results")
    assert ended.code == 4
    assert list((tmp_path / "results" / "tiny").iterdir()) == []


@pytest.mark.parametrize("option", ["-h", "--help", "--version"])
def test_help_loads_no_heavy_library(option: str) -> None:
    code = (
        "import sys; from corridor_sim.cli import main\n"
        f"try: main([{option!r}])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "heavy = 'pandas matplotlib scipy simpy pyarrow pydantic numpy rich ruamel'.split()\n"
        "sys.exit(', '.join(set(heavy) & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "corridor-sim" in done.stdout


@pytest.mark.parametrize(
    "command",
    ["list", "new", "check", "show", "sources", "schema", "trace", "run", "compare", "verify"],
)
def test_every_command_has_help_with_both_spellings(command: str) -> None:
    short, long = said(command, "-h"), said(command, "--help")
    assert short.code == long.code == 0
    assert short.out == long.out
    assert f"corridor-sim {command}" in short.out
    assert "--debug" in short.out


def test_help_names_the_exit_codes() -> None:
    text = said("--help").out
    for code in ("0", "1", "2", "3", "4", "5", "130"):
        assert f"\n    {code} " in text


def test_a_reader_that_has_enough_is_no_error() -> None:
    shell = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$0" -m corridor_sim sources --format csv | head -1',
         sys.executable],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert shell.returncode == 0
    assert shell.stdout.startswith("path,value")
    assert shell.stderr == ""


def test_output_that_cannot_be_written_is_an_error() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "No space left" in done.stderr


def test_a_terminal_without_the_letters_gets_them_escaped() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(
        [*COMMAND, "show", "baseline-2024", "places.divrigi.label"],
        capture_output=True, env=environment, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, b"Divri\\u011fi\n")


def test_there_is_no_colour_outside_of_terminals() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    done = subprocess.run([*COMMAND, "list"], capture_output=True, env=environment, check=False)
    assert b"\x1b" not in done.stdout + done.stderr
