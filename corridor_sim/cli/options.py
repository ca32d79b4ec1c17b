"""Arguments and options, the same in every command."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
FORMATS = ("table", "csv", "json", "md")


@dataclass(slots=True)
class State:
    """What the command line knows outside of its commands."""

    debug: bool = False


def _debug(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(State).debug = True


def changes(given: tuple[str, ...]) -> dict[str, object]:
    """`PATH=VALUE` texts as changes by dotted path; values are read as in a scenario file.

    Raises
    ------
    click.UsageError
        Where there is no `=`, or a path is given twice.
    ScenarioError
        Where a value cannot be read.
    """
    from corridor_sim.scenario.text import parse_value

    found: dict[str, object] = {}
    for text in given:
        path, equals, value = text.partition("=")
        path = path.strip()
        if not equals or not path:
            raise click.UsageError(f"--set {text!r} is not of the form PATH=VALUE")
        if path in found:
            raise click.UsageError(f"--set {path!r} is given twice")
        found[path] = parse_value(value, name=f"--set {path}")
    return found


scenario_argument = click.argument("scenario", metavar="SCENARIO")
debug_option = click.option(
    "--debug", is_flag=True, expose_value=False, is_eager=True, callback=_debug,
    help="Show the traceback of an error.",
)  # fmt: skip
set_option = click.option(
    "settings", "--set", metavar="PATH=VALUE", multiple=True,
    help="Change a number or word by its dotted path, e.g. stations.alat-berths.servers=4."
    " Repeatable.",
)  # fmt: skip
format_option = click.option(
    "shape", "--format", type=click.Choice(FORMATS), default="table", show_default=True,
    help="What is printed; csv and json hold everything, unrounded.",
)  # fmt: skip
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of all luck."
)
engine_option = click.option(
    "--engine",
    default="auto",
    show_default=True,
    help="Engine: event, array, or the faster of them; their answers are the same.",
)
out_option = click.option(
    "-o", "--out", type=click.Path(file_okay=False, path_type=Path), default="results",
    show_default=True, help="Folder for the folders of runs and answers.",
)  # fmt: skip
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print results and errors only.")

_RUN_OPTIONS = (
    click.option(
        "-n", "--replications", type=click.IntRange(min=1), default=20, show_default=True,
        help="Replications; their numbers begin at 0.",
    ),
    click.option(
        "--replication", type=click.IntRange(min=0), metavar="K",
        help="Only this replication: what it is in any batch with the same seed.",
    ),
    seed_option,
    set_option,
    engine_option,
    click.option(
        "-j", "--jobs", type=click.IntRange(min=1), help="Processes; by default one a core."
    ),
    out_option,
    format_option,
    click.option(
        "segments", "--segment", metavar="FROM:TO", multiple=True,
        help="Transit time from leaving FROM to reaching TO; FROM..TO with the stays there."
        " Repeatable.",
    ),
    click.option("--by-month", is_flag=True, help="Rows by month of release as well."),
    click.option(
        "--stations", is_flag=True, help="Stations, lines, services, fleets and yards as well."
    ),
    click.option("every_row", "--all", is_flag=True, help="All rows, not only the headlines."),
    click.option(
        "--level", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.95,
        show_default=True, help="Level of the intervals.",
    ),
    click.option(
        "--figures/--no-figures", default=True, show_default=True,
        help="Draw the figures of the question into the run folder.",
    ),
    click.option("--keep-visits", is_flag=True, help="Write all visits into the run folder."),
    quiet_option,
    debug_option,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What `run` and `compare` are asked for."""

    replications: int
    replication: int | None
    seed: int
    settings: tuple[str, ...]
    engine: str
    jobs: int | None
    out: Path
    shape: str
    segments: tuple[str, ...]
    by_month: bool
    stations: bool
    every_row: bool
    level: float
    figures: bool
    keep_visits: bool
    quiet: bool

    @property
    def processes(self) -> int:
        """Processes to use at most."""
        return self.jobs or len(_cores())


def run_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a run, as its first argument."""

    def bundled(**given: Any) -> None:
        own = {field.name: given.pop(field.name) for field in fields(RunOptions)}
        command(RunOptions(**own), **given)

    bundled.__name__, bundled.__doc__ = command.__name__, command.__doc__
    decorated: Callable[..., None] = bundled
    for option in reversed(_RUN_OPTIONS):
        decorated = option(decorated)
    return decorated


def _cores() -> set[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return set(range(os.cpu_count() or 1))
