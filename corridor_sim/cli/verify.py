"""`verify`: whether both engines give the same answers on a scenario."""

from __future__ import annotations

from dataclasses import asdict

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


@click.command()
@scenario_argument
@click.option(
    "-n", "--replications", type=click.IntRange(min=1), default=2, show_default=True,
    help="Replications that are compared.",
)  # fmt: skip
@seed_option
@set_option
@format_option
@quiet_option
@debug_option
def verify(
    scenario: str, replications: int, seed: int, settings: tuple[str, ...], shape: str, quiet: bool
) -> None:
    """Check that both engines give the same answers, bit for bit.

    Every visit, vehicle movement, review, embargo and route is compared. Says `equal`, or names
    the first visit that differs and leaves with exit code 4.
    """
    from corridor_sim.cli.writing import progress, write
    from corridor_sim.experiments.plan import case
    from corridor_sim.experiments.verify import verified
    from corridor_sim.output import Sheet

    with progress(replications, quiet=quiet) as step:
        given = case(scenario, changes(settings))
        found = verified(given, replications=replications, seed=seed, progress=step)
    record = {**asdict(found), "equal": found.equal, "seed": seed}
    sheet = Sheet(
        title=f"{found.scenario}, n = {found.replications} replications, seed {seed}",
        columns=("engines", "visits compared"), rows=[[found.said, f"{found.visits:,}"]],
        right=frozenset({"visits compared"}), notes=[],
    )  # fmt: skip
    write(shape, sheets=[sheet], records=[record], columns=tuple(record), value=record)
    if found.difference:
        raise RunError(f"the engines differ: {found.difference}")
