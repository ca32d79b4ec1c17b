"""`bottlenecks`: what binds, what more of it is worth, and what binds next."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.questions import (
    Asked,
    caption,
    question_options,
    records_of,
    running,
    save,
    tell_cost,
    write_answer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from corridor_sim.experiments.bottlenecks import Stage, Worth
    from corridor_sim.output import Sheet

MOST_PARTS = 15
MOST_NAMED = 8


@click.command()
@question_options
@click.option(
    "--steps", type=click.IntRange(min=1), default=3, show_default=True,
    help="Looks: as it is, with the first bottleneck relieved, with the next one too, ...",
)  # fmt: skip
@click.option(
    "--more",
    type=click.Choice(("unit", "percent", "both")),
    default="both",
    show_default=True,
    help="One more unit of each capacity, 10 % more, or both.",
)
@click.option("--every", is_flag=True, help="Try elements too where cargo spends next to no time.")
@click.option(
    "--interest",
    type=click.FloatRange(min=0),
    default=0.09,
    show_default=True,
    help="Interest a year that turns capital into a yearly cost.",
)
@click.option(
    "--usd-per-teu-day",
    type=click.FloatRange(min=0),
    help="What a day less is worth to a TEU of cargo, to set against the cost.",
)
def bottlenecks(
    asked: Asked, steps: int, more: str, every: bool, interest: float, usd_per_teu_day: float | None
) -> None:
    """Find what binds, and what binds next.

    Where the time goes on the routes asked for, what more of each capacity is worth on the same
    luck, and the same again with the first bottleneck relieved.
    """
    from corridor_sim.experiments import bottlenecks as b
    from corridor_sim.experiments.waterfall import grouped

    base, options = asked.case(), asked.options()
    question = b.Question(
        routes=asked.routes, direction=asked.direction, steps=steps,
        sizes=("unit", "percent") if more == "both" else ("unit",) if more == "unit"
        else ("percent",),
        every=every, interest=interest, usd_per_teu_day=usd_per_teu_day,
    )  # fmt: skip
    most = b.most_reliefs(base, question)
    looks = {f"look {i + 1}: as it is, and more of each capacity": 1 + most for i in range(steps)}
    if tell_cost(asked, base, looks):
        return
    with running(asked, sum(looks.values()) * asked.replications) as (here, step):
        stages = b.bottlenecks(base, options, question, where=here, progress=step)
    worths, parts = b.worth_table(stages), b.part_table(stages)
    words = list(b.sentences(stages))
    more_words = {"steps": steps, "interest": interest, "usd_per_teu_day": usd_per_teu_day}
    files: dict[str, pd.DataFrame | str] = {
        "worth.csv": worths,
        "time.csv": parts,
        "in_words.txt": "\n".join(words) + "\n",
    }
    save(asked, "bottlenecks", base, options, files, more_words)
    records = records_of(worths)
    write_answer(
        asked, list(_sheets(asked, stages, words)), records, list(worths.columns),
        more_words | {
            "in_words": words, "worth": records, "time": records_of(parts),
            "time_by": {
                by: [grouped(stage.parts, by) for stage in stages]
                for by in ("what", "place", "reason")
            },
            "relieved": [[asdict(r) for r in stage.relieved] for stage in stages],
            "left_out": [list(stage.left_out) for stage in stages],
        },
    )  # fmt: skip


def _sheets(asked: Asked, stages: Sequence[Stage], words: Sequence[str]) -> Iterator[Sheet]:
    from corridor_sim.output import Sheet

    for i, stage in enumerate(stages):
        after = " + ".join(relief.name for relief in stage.relieved)
        state = f"with {after}" if after else "as it is"
        yield _time(stage, f"{i + 1}. Where the time goes, {state}")
        for size, title in (("unit", "One more unit"), ("percent", "10 % more")):
            own = [worth for worth in stage.worths if worth.relief.size == size]
            if own:
                yield _worths(asked, stage, own, f"{i + 1}. {title} of each, {state}")
    yield Sheet(title="In words", columns=(), rows=(), notes=words)


def _time(stage: Stage, title: str) -> Sheet:
    from corridor_sim.experiments.waterfall import grouped
    from corridor_sim.output import SHARE, Sheet, number, quantity

    rows = [
        [part.what, part.element, part.place, part.reason, number(part.hours),
         quantity(part.share, SHARE), quantity(part.utilisation, SHARE)]
        for part in stage.parts[:MOST_PARTS]
    ]  # fmt: skip
    by = "; ".join(f"{name} {hours:.0f} h" for name, hours in grouped(stage.parts, "what").items())
    left = len(stage.parts) - len(rows)
    return Sheet(
        title=title, columns=("what", "element", "place", "reason", "h", "share", "used"),
        rows=rows, right=frozenset({"h", "share", "used"}),
        notes=[f"In all: {by}." + (f" {left} smaller parts are not shown." if left > 0 else "")],
    )  # fmt: skip


def _worths(asked: Asked, stage: Stage, worths: Sequence[Worth], title: str) -> Sheet:
    from corridor_sim.output import Sheet

    columns = [
        "", "element", "change", "days saved", "interval", "P90", "interval of P90", "TEU a year",
        "interval of TEU", "USD a year", "USD a TEU-day", "told from",
    ]  # fmt: skip
    ranked = "TEU a year let through, as the way is overloaded"
    if stage.ranked_by == "transit_mean":
        ranked = "days saved at the mean"
    notes = [
        caption(asked),
        f"Ranked by {ranked}. `told from`: what it can be told apart from beyond chance, at this"
        " level for all of them together: from doing nothing, from the next in rank.",
    ]
    if stage.left_out:
        named = ", ".join(stage.left_out[:MOST_NAMED])
        more = ", ..." if len(stage.left_out) > MOST_NAMED else ""
        notes.append(
            f"{len(stage.left_out)} elements were not tried, as cargo spends next to no time there"
            f" (--every tries them): {named}{more}."
        )
    return Sheet(
        title=title, columns=columns, rows=[_row(worth) for worth in worths],
        right=frozenset(columns[3:11]), notes=notes,
    )  # fmt: skip


def _row(worth: Worth) -> list[str]:
    from corridor_sim.output import decimals, interval, number

    cells = []
    for given in (worth.days, worth.days_p90, worth.teu):
        places = decimals(given.diff, given.diff_ci_low, given.diff_ci_high)
        cells += [
            number(given.diff, places, sign=True),
            interval(given.diff_ci_low, given.diff_ci_high, "", places=places, sign=True),
        ]
    told = {"nothing": worth.told_from_zero, "next": bool(worth.told_from_next)}
    return [
        str(worth.rank), worth.relief.element, worth.relief.what, *cells,
        number(worth.relief.usd_per_yr), number(worth.usd_per_teu_day),
        ", ".join(name for name, apart in told.items() if apart) or "-",
    ]  # fmt: skip
