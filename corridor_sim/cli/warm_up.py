"""`warm-up`: how long a warm-up a scenario needs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.options import (
    changes,
    debug_option,
    engine_option,
    format_option,
    out_option,
    quiet_option,
    scenario_argument,
    seed_option,
    set_option,
)
from corridor_sim.cli.scale import where_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corridor_sim.experiments.executor import Where
    from corridor_sim.experiments.warm_up import WarmUp
    from corridor_sim.output import Sheet

MOST_NAMED = 5


@click.command("warm-up")
@scenario_argument
@click.option(
    "-n", "--replications", type=click.IntRange(min=5), default=20, show_default=True,
    help="Replications of two years.",
)  # fmt: skip
@seed_option
@set_option
@engine_option
@out_option
@where_options
@format_option
@quiet_option
@debug_option
def warm_up(
    scenario: str, replications: int, seed: int, settings: tuple[str, ...], engine: str,
    out: Path, where: Where, shape: str, quiet: bool,
) -> None:  # fmt: skip
    """Say how long a warm-up has to be.

    Two years from the start date, empty at first: the warm-up ends where transit times by week of
    release are no longer told from those of the same week a year later. Where the stock of cargo
    still grows, no warm-up helps.
    """
    from corridor_sim.cli.writing import progress, tell, write
    from corridor_sim.experiments.answers import saved, writable
    from corridor_sim.experiments.plan import Options, case
    from corridor_sim.experiments.warm_up import Filling
    from corridor_sim.experiments.warm_up import warm_up as look

    options = Options(replications=tuple(range(replications)), seed=seed, engine=engine)
    base = case(scenario, changes(settings))
    writable(out)
    with progress(replications, quiet=quiet) as step:
        found = look(base, options, where=where, progress=step)
    records = [asdict(filling) for filling in found.fillings]
    said = {
        "scenario": found.scenario, "replications": replications, "seed": seed,
        "engine": found.engine,
        "warm_up_d": found.own_d, "needed_d": found.needed_d, "mser5_d": found.mser5_d,
        "seasonal": list(found.seasonal), "held": list(found.held), "dated": list(found.dated),
    }  # fmt: skip
    files = {"weeks.csv": found.weeks, "fillings.csv": found.table()}
    path = saved("warm-up", base, options, files, out=out, asked=said)
    tell(f"saved: {path}", quiet=quiet)
    value = said | {
        "fillings": records,
        "weeks": found.weeks.to_dict("records"),
    }  # fmt: skip
    columns = tuple(Filling.__slots__)
    write(shape, sheets=[_sheet(found)], records=records, columns=columns, value=value)


def _sheet(found: WarmUp) -> Sheet:
    from corridor_sim.output import Sheet, interval, number, quantity

    rows = [
        [
            f.route, f.direction, f.verdict, number(f.warm_up_d, 0), number(f.left_d, 2),
            interval(f.left_low_d, f.left_high_d, "d", places=2),
            quantity(f.growth_teu, "TEU", places=0, sign=True),
            interval(f.growth_low_teu, f.growth_high_teu, "TEU", places=0, sign=True),
        ]
        for f in found.fillings
    ]  # fmt: skip
    return Sheet(
        title=f"{found.scenario}: {found}",
        columns=("route", "direction", " ", "need d", "left d", "interval", "growth", "of growth"),
        rows=rows, right=frozenset({"need d", "left d", "growth"}), notes=_notes(found),
    )  # fmt: skip


def _notes(found: WarmUp) -> list[str]:
    notes = [
        "left: mean transit time of the first year after the warm-up, less that of the second;"
        " growth: stock in the last quarter of the second year, less that of the first.",
        f"Engine {found.engine}.",
    ]
    if found.mser5_d is not None:
        notes.append(f"There is no season; MSER-5 would leave out {found.mser5_d:.0f} d.")
    if found.held:
        notes.append(
            "Held at what they are on the first day of the measuring part, so that the years differ"
            f" by filling alone: {_some(found.held)}."
        )
    if found.dated:
        notes.append(f"The years differ by more than filling: {_some(found.dated)}.")
    return notes


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
