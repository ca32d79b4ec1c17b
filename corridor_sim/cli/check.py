"""`check`: whether a scenario is right, and whether what it asks for can be done."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.options import (
    changes,
    debug_option,
    format_option,
    scenario_argument,
    set_option,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corridor_sim.offered import Offer
    from corridor_sim.output import Sheet

OFFER = ("element", "kind", "direction", "month", "load", "capacity", "share", "unit")


@click.command()
@scenario_argument
@set_option
@format_option
@debug_option
def check(scenario: str, settings: tuple[str, ...], shape: str) -> None:
    """Check a scenario, and look at its loads.

    All problems are told at once, with file and line. A valid one is told in plain
    sentences, with what is asked of each element and what it can do. The table has the year and
    the worst month; csv and json hold all months.
    """
    from corridor_sim.cli.writing import write
    from corridor_sim.compile import compile_scenario
    from corridor_sim.experiments.assumptions import notes, shares
    from corridor_sim.experiments.plan import case
    from corridor_sim.offered import bounds, offered, sentences
    from corridor_sim.output import Sheet
    from corridor_sim.scenario.sources import numbers

    given = case(scenario, changes(settings))
    model = compile_scenario(given.scenario, name=given.name)
    offers, limits = offered(model), bounds(model)
    in_words, remarks = sentences(given.scenario, model), list(notes(given.scenario))
    share = shares(value for _, value in numbers(given.scenario))
    records = [asdict(offer) for offer in offers]
    write(
        shape,
        sheets=[
            Sheet(title=f"{given.name}: valid", columns=(), rows=(), notes=in_words),
            _offers(offers), _bounds(limits), _origins(share),
            Sheet(title="Notes", columns=(), rows=(), notes=remarks or ["none"]),
        ],
        records=records, columns=OFFER,
        value={
            "scenario": given.name, "valid": True, "sentences": in_words, "offered": records,
            "bounds": [
                {"route": route, "direction": direction, "throughput_teu": limit}
                for (route, direction), limit in limits.items()
            ],
            "numbers": {
                name: {"count": count, "share": part} for name, (count, part) in share.items()
            },
            "notes": remarks,
        },
    )  # fmt: skip


def _offers(offers: Sequence[Offer]) -> Sheet:
    from corridor_sim.offered.loads import WHOLE
    from corridor_sim.output import SHARE, Sheet, number, quantity

    year = {(o.element, o.direction): o for o in offers if o.month == WHOLE}
    months = [o for o in offers if o.month != WHOLE]
    worst = {
        at: max((o for o in months if (o.element, o.direction) == at), key=lambda o: o.share,
                default=None)
        for at in year
    }  # fmt: skip
    rows = [
        [
            o.element, o.kind, o.direction, number(o.load), number(o.capacity), o.unit,
            quantity(o.share, SHARE), peak.month if peak else "",
            quantity(peak.share, SHARE) if peak else "",
        ]
        for at, o in year.items() for peak in [worst[at]]
    ]  # fmt: skip
    columns = (
        "element", "kind", "direction", "load", "capacity", "unit", "used", "worst month",
        "used then",
    )  # fmt: skip
    return Sheet(
        title="Offered load over capacity, the most binding first", columns=columns, rows=rows,
        right=frozenset({"load", "capacity", "used", "used then"}),
        notes=["With everyone served: above 100 % a queue grows without end."],
    )  # fmt: skip


def _bounds(limits: dict[tuple[str, str], float]) -> Sheet:
    from corridor_sim.output import Sheet, quantity

    return Sheet(
        title="Throughput can be at most",
        columns=("route", "direction", "bound"),
        rows=[[*at, quantity(limit, "TEU/yr")] for at, limit in limits.items()],
        right=frozenset({"bound"}),
    )


def _origins(share: dict[str, tuple[int, float]]) -> Sheet:
    from corridor_sim.experiments.tables import origins

    return origins(share)
