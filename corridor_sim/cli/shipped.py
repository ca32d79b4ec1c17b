"""`list` and `new`: scenarios to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.options import debug_option, format_option

if TYPE_CHECKING:
    from corridor_sim.scenario.schema import Scenario
    from corridor_sim.scenario.tree import Plain


@click.command("list")
@format_option
@debug_option
def list_scenarios(shape: str) -> None:
    """Name the shipped scenarios and their questions."""
    from corridor_sim.cli.writing import write
    from corridor_sim.output import Sheet
    from corridor_sim.scenario.load import shipped
    from corridor_sim.scenario.text import read_text

    records: list[dict[str, object]] = []
    for name, path in shipped().items():
        words = read_text(path).value
        assert isinstance(words, dict), "a file is keys with values"
        records.append(
            {"scenario": name, "title": words.get("title"), "question": words.get("question")}
        )
    columns = ("scenario", "title", "question")
    rows = [[str(record[key] or "") for key in columns] for record in records]
    write(
        shape, sheets=[Sheet(title="", columns=columns, rows=rows)], records=records,
        columns=columns, value=records,
    )  # fmt: skip


@click.command()
@click.argument("name")
@click.option(
    "base", "--from", default="baseline-2024", show_default=True, metavar="SCENARIO",
    help="The shipped scenario or the file that the new one extends.",
)  # fmt: skip
@debug_option
def new(name: str, base: str) -> None:
    """Write a scenario file that extends another.

    NAME.yaml is ready to run: it holds comments, and examples of what can be changed.
    """
    from corridor_sim.errors import UsageError
    from corridor_sim.scenario.load import load, parts, shipped

    if len(parts(base)) > 1:
        raise click.UsageError(f"--from takes one scenario, not {base!r}")
    scenario = load(base)
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    target = base if base in shipped() else _seen_from(Path(base), path.parent)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_text(path, base, target, scenario))
    except FileExistsError:
        raise UsageError(f"{path} exists already; choose another name") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    click.echo(f"written: {path}", err=True)


def _seen_from(base: Path, folder: Path) -> str:
    """The path of a base as a file in a folder has to write it."""
    base = base.resolve()
    return str(
        base.relative_to(folder.resolve()) if base.is_relative_to(folder.resolve()) else base
    )


def _text(path: Path, base: str, target: str, scenario: Scenario) -> str:
    from corridor_sim.scenario.resolved import as_yaml

    title = path.stem.replace("-", " ").capitalize()
    head: Plain = {
        "schema_version": 1, "extends": target, "title": title,
        "question": f"What changes against {scenario.title}?",
    }  # fmt: skip
    example = as_yaml(_example(scenario)).splitlines()
    lines = [
        f"# {title}: only what differs from {base}; everything else stays as it is there.",
        f"#   corridor-sim show {base}             what is there",
        f"#   corridor-sim check {path}            what is wrong with this file",
        f"#   corridor-sim compare {base} {path}   what it changes",
        *as_yaml(head).splitlines(),
        "",
        "# Name the way to a number and give its new value. Remove the # to try these:",
        *(f"# {line}" for line in example),
    ]
    return "\n".join(lines) + "\n"


def _example(scenario: Scenario) -> Plain:
    """A change of each kind that the scenario has something for."""
    found: dict[str, Plain] = {}
    for name, station in scenario.stations.items():
        servers = station.servers.value
        one_more: Plain = {
            "value": servers + 1, "low": servers, "high": servers + 2, "source": "assumed",
            "why": "one server more",
        }  # fmt: skip
        found["stations"] = {name: {"servers": one_more}}
        break
    for name, flow in scenario.flows.items():
        found["flows"] = {name: {"teu_per_year": flow.teu_per_year.value}}
        break
    return found
