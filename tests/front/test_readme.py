"""Every block of the README does what it says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line
]
OURS = [command for command in COMMANDS if command.startswith("corridor-sim ")]
SET_UP = [command for command in COMMANDS if command.startswith("python3 -m venv")]


@pytest.mark.slow
@pytest.mark.parametrize("command", OURS)
def test_a_command_of_the_readme_runs(command: str, comparison: Path, tmp_path: Path) -> None:
    if "results/" in command:  # of comparisons made before
        shutil.copytree(comparison.parent, tmp_path / "results" / "compare")
    given = [
        found
        for word in shlex.split(command)[1:]
        for found in (sorted(map(str, tmp_path.glob(word))) or [word])
    ]
    words = [sys.executable, "-m", "corridor_sim", *given]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout or command.startswith(("corridor-sim new", "corridor-sim report"))


def test_nothing_in_the_readme_is_left_untried() -> None:
    assert len(SET_UP) == 2
    assert len(OURS) + len(SET_UP) == len(COMMANDS)


def test_the_main_job_of_the_readme_runs_at_a_small_size(tmp_path: Path) -> None:
    (job,) = (c.partition("corridor-sim ")[2] for c in SET_UP if "bin/corridor-sim" in c)
    short = [
        "--set",
        "span.warm_up_d=5",
        "--set",
        "span.measure_d=10",
        "--set",
        "span.run_out_d=10",
    ]
    words = [sys.executable, "-m", "corridor_sim", *shlex.split(job), *short, "-n", "2", "-q"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert "alat-phase-2" in done.stdout


def test_the_test_command_of_the_readme_is_that_of_ci() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "grep -m1 'pytest -q' README.md" in script
    assert sum("pytest -q" in command for command in SET_UP) == 1


def test_links_of_the_readme_exist() -> None:
    for path in re.findall(
        r"`((?:benchmarks|corridor_sim|notebooks|scenarios)/[\w./-]+\.\w+)`", README
    ):
        assert (ROOT / path).exists(), path
