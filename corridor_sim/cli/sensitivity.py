"""`sensitivity`: which assumptions matter."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.questions import (
    Asked,
    caption,
    question_options,
    running,
    save,
    tell_cost,
    write_answer,
)

if TYPE_CHECKING:
    from corridor_sim.experiments.sensitivity import Sensitivity
    from corridor_sim.output import Sheet


@click.command()
@question_options
@click.option(
    "--measure", default="transit_mean", show_default=True,
    help="Output: a measure, with what it is about before it: westbound/transit_p90.",
)  # fmt: skip
@click.option(
    "--only",
    metavar="PATTERN",
    multiple=True,
    help="Only these numbers, e.g. 'dwells.*' or '*.servers'; repeatable. By default all with a"
    " range that the model feels.",
)
@click.option(
    "without", "--except", metavar="PATTERN", multiple=True, help="Not these numbers; repeatable."
)
@click.option(
    "--trajectories", type=click.IntRange(min=2), default=10, show_default=True,
    help="Morris trajectories.",
)  # fmt: skip
@click.option(
    "--keep",
    type=click.IntRange(min=0),
    default=8,
    show_default=True,
    help="Numbers left for Sobol at most; no screening where there are no more; 0: Morris only.",
)
@click.option(
    "--base-samples", type=click.IntRange(min=2), default=64, show_default=True,
    help="Sobol base samples, a power of two.",
)  # fmt: skip
def sensitivity(
    asked: Asked, measure: str, only: tuple[str, ...], without: tuple[str, ...],
    trajectories: int, keep: int, base_samples: int,
) -> None:  # fmt: skip
    """Which assumptions matter most.

    Morris to screen, Sobol on what is left, over the ranges low to high in the scenario. Each case
    is the mean over fixed replications; all is done with two seeds, to see what is luck.
    """
    from corridor_sim.cli.writing import tell
    from corridor_sim.experiments import sensitivity as s
    from corridor_sim.experiments.quantities import quantity, unit_of

    if base_samples & (base_samples - 1):
        raise click.UsageError(f"--base-samples must be a power of two, not {base_samples}")
    base, options = asked.case(), asked.options()
    output = quantity(measure, base.scenario, routes=asked.routes, direction=asked.direction)
    question = s.Question(
        quantity=output, only=only, without=without, trajectories=trajectories, keep=keep,
        base_samples=base_samples,
    )  # fmt: skip
    tell("looking for the numbers that the model feels", quiet=asked.quiet)
    planned = s.plan(base, question, jobs=asked.where.jobs)
    morris, sobol = s.cost(len(planned.factors), question)
    tell(
        f"{len(planned.factors)} numbers are varied; Morris {morris:,} cases, Sobol at most"
        f" {sobol:,}, two seeds included", quiet=asked.quiet,
    )  # fmt: skip
    if tell_cost(asked, base, {"Morris": morris, "Sobol": sobol}):
        return
    with running(asked, (morris + sobol) * asked.replications) as (here, step):
        found = s.sensitivity(
            base, options, question, planned, where=here, progress=step,
            tell=lambda text: tell(text, quiet=asked.quiet),
        )  # fmt: skip
    effects, indices = found.tables().values()
    more = {
        "output": str(output), "unit": unit_of(output), "cases": found.cases,
        "overloaded": found.overloaded, "unfinished": found.unfinished,
        "output_mean": found.mean, "output_sd": found.sd,
    }  # fmt: skip
    left = {"not_felt": found.unfelt, "not_free": found.bound}
    save(
        asked, "sensitivity", base, options, {"morris.csv": effects, "sobol.csv": indices},
        more | left,
    )  # fmt: skip
    value = more | left | {
        "morris": [asdict(effect) for effect in found.effects],
        "sobol": [asdict(index) for index in found.indices],
    }  # fmt: skip
    table = indices if found.indices else effects
    records = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    write_answer(asked, _sheets(asked, found), records, list(table.columns), value)


def _sheets(asked: Asked, found: Sensitivity) -> list[Sheet]:
    from corridor_sim.output import Sheet, number, quantity

    sheets = []
    if found.effects:
        columns = ("number", "range", "mu*", "interval", "mu", "sigma", "mu* again", "luck", "kept")
        rows = [
            [e.factor, f"{e.low:g} to {e.high:g}", number(e.mu_star),
             f"{number(e.mu_star_low)} to {number(e.mu_star_high)}", number(e.mu, sign=True),
             number(e.sigma), number(e.again), number(e.noise), "yes" if e.kept else ""]
            for e in found.effects
        ]  # fmt: skip
        sheets.append(
            Sheet(
                title=f"Morris: change of {found.quantity} over the whole range of each number",
                columns=columns, rows=rows, right=frozenset(columns[2:8]),
                notes=["`again`: with the second seed; what does not exceed `luck` is luck."],
            )
        )  # fmt: skip
    if found.indices:
        heads = ("number", "alone", "interval", "with interactions", "interval of it",
                   "alone again", "with again", "luck")  # fmt: skip
        rows = [
            [i.factor, quantity(i.s1, "share"), _percent(i.s1_low, i.s1_high),
             quantity(i.st, "share"), _percent(i.st_low, i.st_high),
             quantity(i.s1_again, "share"), quantity(i.st_again, "share"),
             quantity(i.noise, "share")]
            for i in found.indices
        ]  # fmt: skip
        sheets.append(
            Sheet(
                title=f"Sobol: share of the variance of {found.quantity}", columns=heads,
                rows=rows, right=frozenset(heads[1:]),
            )
        )  # fmt: skip
    sheets.append(Sheet(title="Basis", columns=(), rows=(), notes=_notes(asked, found)))
    return sheets


def _notes(asked: Asked, found: Sensitivity) -> list[str]:
    from corridor_sim.output import number

    notes = [
        caption(asked),
        f"Over the cases, {found.quantity} is {number(found.mean)} on average, standard deviation"
        f" {number(found.sd)}. {found.cases:,} cases, both seeds.",
    ]
    if found.overloaded or found.unfinished:
        notes.append(
            f"Of the first seed, {found.overloaded} cases are overloaded and {found.unfinished}"
            " leave cargo unfinished; both are counted, unfinished cargo with the length of the"
            " run-out."
        )
    if found.bound:
        notes.append(f"Not free by themselves, so not varied: {', '.join(found.bound)}.")
    if found.unfelt:
        notes.append(f"{len(found.unfelt)} numbers with a range do not reach this output.")
    return notes


def _percent(low: float, high: float) -> str:
    from corridor_sim.output import interval

    return interval(low, high, "share", places=1)
