"""What the verbs that ask for many runs have in common: options, dry runs, folders of answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corridor_sim.cli.options import (
    debug_option,
    engine_option,
    format_option,
    out_option,
    quiet_option,
    scenario_argument,
    seed_option,
    set_option,
)
from corridor_sim.cli.scale import where_options, write_forecast

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.experiments.executor import Where, Workers
    from corridor_sim.experiments.plan import Case, Options
    from corridor_sim.output import Sheet

_OPTIONS = (
    scenario_argument,
    click.option(
        "routes", "--route", metavar="ROUTE", multiple=True,
        help="Only this route; repeatable. By default all.",
    ),
    click.option(
        "--direction", type=click.Choice(("westbound", "eastbound")),
        help="Only this direction; by default both together.",
    ),
    click.option(
        "-n", "--replications", type=click.IntRange(min=2), default=20, show_default=True,
        help="Replications of each case, all on the same luck.",
    ),
    seed_option,
    set_option,
    engine_option,
    out_option,
    format_option,
    click.option(
        "--level", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.95,
        show_default=True, help="Level of the intervals.",
    ),
    click.option("--dry-run", is_flag=True, help="Print what would be run, and how long it takes."),
    quiet_option,
    debug_option,
    where_options,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What every one of these verbs is asked for."""

    scenario: str
    routes: tuple[str, ...]
    direction: str | None
    replications: int
    seed: int
    settings: tuple[str, ...]
    engine: str
    out: Path
    shape: str
    level: float
    dry_run: bool
    quiet: bool
    where: Where

    def case(self) -> Case:
        """The scenario that the question is about."""
        from corridor_sim.cli.options import changes
        from corridor_sim.experiments.plan import case

        return case(self.scenario, changes(self.settings))

    def options(self) -> Options:
        """How its cases are run."""
        from corridor_sim.experiments.plan import Options

        return Options(
            replications=tuple(range(self.replications)), seed=self.seed, engine=self.ran(),
            level=self.level,
        )  # fmt: skip

    def ran(self) -> str:
        """The engine that runs its cases."""
        return _ran(self)

    def words(self) -> dict[str, object]:
        """What was asked, for manifests and JSON."""
        return {
            "scenario": self.scenario, "routes": list(self.routes), "direction": self.direction,
            "set": list(self.settings), "engine": self.ran(), "seed": self.seed,
            "replications": self.replications, "level": self.level,
        }  # fmt: skip


@lru_cache(maxsize=1)
def _ran(asked: Asked) -> str:
    from corridor_sim.compile import compile_scenario
    from corridor_sim.engines import chosen

    case = asked.case()
    model = compile_scenario(case.scenario, name=case.name)
    return chosen(asked.engine, model, replications=asked.replications)


def question_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the common options, as its first argument."""

    def bundled(**given: Any) -> None:
        own = {field.name: given.pop(field.name) for field in fields(Asked)}
        command(Asked(**own), **given)

    bundled.__name__, bundled.__doc__ = command.__name__, command.__doc__
    decorated: Callable[..., None] = bundled
    own_options = list(getattr(command, "__click_params__", ()))
    decorated.__click_params__ = own_options  # type: ignore[attr-defined]
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


@contextmanager
def running(asked: Asked, total: int) -> Iterator[tuple[Workers, Callable[[int], None]]]:
    """Workers and progress for a number of replications, after a look at the folder of answers."""
    from corridor_sim.cli.writing import progress
    from corridor_sim.experiments.answers import writable
    from corridor_sim.experiments.executor import workers

    writable(asked.out)
    with workers(asked.where) as here, progress(total, quiet=asked.quiet) as step:
        yield here, step


def tell_cost(asked: Asked, base: Case, parts: Mapping[str, int]) -> bool:
    """Say on stderr what is to be run, given the cases of each part.

    Of a dry run, print the parts and the time that they would take; then true: nothing is left to
    be done.
    """
    from corridor_sim.cli.writing import tell

    cases = sum(parts.values())
    count = cases * asked.replications
    said = f"{cases:,} cases x {asked.replications} replications = {count:,}"
    tell(f"at most {said}", quiet=asked.quiet)
    if not asked.dry_run:
        return False
    from corridor_sim.experiments.dry_run import forecast, shared

    alone = forecast([base], asked.options(), where=replace(asked.where, store=None, resume=False))
    write_forecast(shared(alone, parts), asked.shape)
    return True


def save(
    asked: Asked, verb: str, base: Case, options: Options, files: Mapping[str, pd.DataFrame | str],
    more: Mapping[str, object],
) -> Path:  # fmt: skip
    """Write the folder of an answer, and say where it is."""
    from corridor_sim.cli.writing import tell
    from corridor_sim.experiments.answers import saved

    words = asked.words() | dict(more)
    path = saved(verb, base, options, files, out=asked.out, asked=words)
    tell(f"saved: {path}", quiet=asked.quiet)
    return path


def records_of(table: pd.DataFrame) -> list[dict[str, object]]:
    """Rows of a table as plain records; what is missing is None."""
    whole = table.astype(object).where(table.notna(), None)
    return [
        {str(name): value for name, value in zip(table.columns, row, strict=True)}
        for row in whole.itertuples(index=False, name=None)
    ]


def caption(asked: Asked) -> str:
    """What a table of these verbs rests on."""
    routes = ", ".join(asked.routes) or "all routes"
    return (
        f"{routes}, {asked.direction or 'both directions'}; n = {asked.replications} replications,"
        f" seed {asked.seed}, engine {asked.ran()}; {100 * asked.level:.4g} % intervals."
    )


def write_answer(
    asked: Asked, sheets: Sequence[Sheet], records: Sequence[Mapping[str, object]],
    columns: Sequence[str], value: Mapping[str, object],
) -> None:  # fmt: skip
    """Write an answer to stdout in the shape that was asked for."""
    from corridor_sim.cli.writing import write

    whole = asked.words() | dict(value)
    write(asked.shape, sheets=sheets, records=records, columns=columns, value=whole)


def path_values(text: str, option: str) -> tuple[str, str]:
    """`PATH=WHAT` in two parts.

    Raises
    ------
    click.UsageError
        Where it is not of that form.
    """
    path, equals, what = text.partition("=")
    if not equals or not path.strip() or not what.strip():
        raise click.UsageError(f"{option} {text!r} is not of the form PATH=...")
    return path.strip(), what.strip()


def ends_of(text: str, option: str) -> tuple[str, float | None, float | None, int | None]:
    """`PATH`, `PATH=LOW:HIGH` or `PATH=LOW:HIGH:STEPS`; without ends those of the scenario.

    Raises
    ------
    click.UsageError
        Where it is none of these.
    """
    if "=" not in text:
        return text.strip(), None, None, None
    path, what = path_values(text, option)
    try:
        low, high, *steps = what.split(":")
        count = int(steps[0]) if steps else None
        if len(steps) > 1 or (count is not None and count < 1):
            raise ValueError
        return path, float(low), float(high), count
    except ValueError:
        form = "PATH=LOW:HIGH or PATH=LOW:HIGH:STEPS"
        raise click.UsageError(f"{option} {text!r} is not of the form {form}") from None
