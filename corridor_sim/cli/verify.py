"""`verify`: whether both engines give the same answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.options import (
    changes,
    debug_option,
    format_option,
    quiet_option,
    scenario_argument,
    seed_option,
    set_option,
)
from corridor_sim.errors import RunError

if TYPE_CHECKING:
    from corridor_sim.experiments.verify import Verdict
    from corridor_sim.output import Sheet

COLUMNS = ("replication", "kind", "element", "who", "what", "event", "array")


@click.command()
@scenario_argument
@click.option(
    "-n", "--replications", type=click.IntRange(min=1), default=3, show_default=True,
    help="Replications that are compared; their numbers begin at 0.",
)  # fmt: skip
@click.option(
    "--replication", type=click.IntRange(min=0), metavar="K", help="Only this replication."
)
@seed_option
@set_option
@format_option
@quiet_option
@debug_option
def verify(
    scenario: str, replications: int, replication: int | None, seed: int,
    settings: tuple[str, ...], shape: str, quiet: bool,
) -> None:  # fmt: skip
    """Check that both engines agree in every bit.

    Compares every visit, vehicle movement, review and embargo, and says `equal`, or names the first
    that differs; the exit code is then 4.
    """
    from corridor_sim.cli.writing import progress, write
    from corridor_sim.experiments.plan import case
    from corridor_sim.experiments.verify import verify as check

    numbers = range(replications) if replication is None else [replication]
    given = case(scenario, changes(settings))
    with progress(len(numbers), quiet=quiet) as step:
        found = check(given, replications=numbers, seed=seed, progress=step)
    records = [] if found.disagreement is None else [asdict(found.disagreement)]
    value = asdict(found) | {"equal": found.equal}
    write(shape, sheets=[_sheet(found)], records=records, columns=COLUMNS, value=value)
    if not found.equal:
        raise RunError(f"the engines differ on {found.scenario}")


def _sheet(found: Verdict) -> Sheet:
    from corridor_sim.output import Sheet

    return Sheet(title=str(found), columns=COLUMNS, rows=[])
