"""`trace`: one consignment, step by step."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.options import (
    changes,
    debug_option,
    engine_option,
    format_option,
    scenario_argument,
    seed_option,
    set_option,
)

if TYPE_CHECKING:
    import datetime as dt

    from corridor_sim.experiments.trace import Entry, Trace
    from corridor_sim.output import Sheet

ENTRY = ("begin", "end", "hours", "what", "element", "place", "to", "why")


@click.command()
@scenario_argument
@click.argument("flow", required=False)
@click.argument("number", required=False, type=click.IntRange(min=0))
@click.option(
    "--replication", type=click.IntRange(min=0), default=0, show_default=True, metavar="K",
    help="Replication in which it is followed.",
)  # fmt: skip
@seed_option
@set_option
@engine_option
@format_option
@debug_option
def trace(
    scenario: str, flow: str | None, number: int | None, replication: int, seed: int,
    settings: tuple[str, ...], engine: str, shape: str,
) -> None:  # fmt: skip
    """Follow one consignment, with its waits.

    Where consignment NUMBER of a FLOW was, and why it waited. By default the first consignment that
    the flow releases in the measuring part, and the first flow.
    """
    from corridor_sim.cli.writing import write
    from corridor_sim.experiments.plan import case
    from corridor_sim.experiments.trace import trace as follow

    found = follow(
        case(scenario, changes(settings)), flow=flow, number=number, seed=seed,
        replication=replication, engine_name=engine,
    )  # fmt: skip
    records = [_dated(asdict(entry)) for entry in found.entries]
    value = _dated(asdict(found)) | {"entries": records}
    write(shape, sheets=[_sheet(found)], records=records, columns=ENTRY, value=value)


def _dated(record: dict[str, object]) -> dict[str, object]:
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in record.items()}


def _sheet(found: Trace) -> Sheet:
    from corridor_sim.output import Sheet, number, quantity

    way = f"{found.origin} to {found.destination} by {found.route}" if found.route else "captive"
    end = "not delivered before the end of the run"
    if found.delivered is not None and found.transit_h is not None:
        end = f"delivered {_minute(found.delivered)}, after {quantity(found.transit_h, 'h')}"
    rows = [
        [
            _minute(entry.begin), _minute(entry.end) if entry.end else "", number(entry.hours),
            entry.what, _where(entry), entry.element, entry.why,
        ]
        for entry in found.entries
    ]  # fmt: skip
    return Sheet(
        title=f"{found.scenario}, replication {found.replication}, seed {found.seed}:"
        f" {found.flow} {found.number}, {found.size_teu} TEU {found.direction}, {way}",
        columns=("from", "until", "h", "what", "where", "element", "why"), rows=rows,
        right=frozenset({"h"}),
        notes=[f"Released {_minute(found.released)}, {end}."],
    )  # fmt: skip


def _where(entry: Entry) -> str:
    return entry.place if entry.to == entry.place else f"{entry.place} to {entry.to}"


def _minute(time: dt.datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"
