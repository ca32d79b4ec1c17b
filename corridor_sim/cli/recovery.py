"""`recovery`: what shocks do, and how long until it has passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from corridor_sim.cli.questions import (
    Asked,
    caption,
    each_scenario_options,
    records_of,
    running,
    save,
)

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.experiments.aftermath import Aftermath
    from corridor_sim.experiments.shock import Shocked
    from corridor_sim.measures.table import Row
    from corridor_sim.output import Sheet

CARGO = {
    "delayed_teu": "delayed", "hastened_teu": "earlier", "diverted_teu": "diverted",
    "lost_teu": "lost", "unfinished_teu": "unfinished", "delay_teu_d": "delay, TEU d",
    "delay_d": "mean, d",
}  # fmt: skip
PLACE = "where, and when most often"
AFTER = (
    "worst backlog, TEU", PLACE, "recovered after, d", "not seen", "cost, USD", "USD a FEU"
)  # fmt: skip


@click.command()
@each_scenario_options
@click.option(
    "shocks", "--shock", metavar="NAME", multiple=True,
    help="Only this shock and what follows from it, or this dated closure; repeatable, one after"
    " the other. By default all shocks of a scenario together.",
)  # fmt: skip
def recovery(asked: Sequence[Asked], shocks: tuple[str, ...]) -> None:
    """Say what a shock does, and how long until it has passed.

    Each SCENARIO runs beside its undisturbed twin, the same without its shocks, on the same luck:
    cargo delayed, diverted and lost, the worst backlog, time to recover, cost. Recovered is the
    first week of release from which transit (mean of four weeks) stays within 10 % of the twin for
    8 weeks.
    """
    from corridor_sim.cli.writing import tell, write
    from corridor_sim.experiments.aftermath import too_short
    from corridor_sim.experiments.losses import COLUMNS
    from corridor_sim.experiments.shock import shocked

    given = [
        (one, shocked(case, only=only))
        for one in asked for case in [one.case()] for only in shocks or (None,)
    ]  # fmt: skip
    for one, of in given:
        _check_routes(one, of)
    for warning in filter(None, (too_short(of) for _, of in given)):
        tell(f"warning: {warning}")
    if asked[0].dry_run:
        _forecast(given)
        return
    with running(asked[0], len(given) * asked[0].replications) as (here, step):
        from corridor_sim.experiments.aftermath import aftermath

        found = [
            _told(one, aftermath(of, one.options(), where=here, progress=step)) for one, of in given
        ]
    write(
        asked[0].shape, sheets=[sheet for sheets, _ in found for sheet in sheets],
        records=[row for _, value in found for row in value["rows"]], columns=COLUMNS,
        value={"recoveries": [value for _, value in found]},
    )  # fmt: skip


def _check_routes(asked: Asked, given: Shocked) -> None:
    from corridor_sim.errors import UsageError, did_you_mean, one_of

    known = given.case.scenario.routes
    for route in asked.routes:
        if route not in known:
            cure = did_you_mean(route, known) or one_of(known)
            raise UsageError(f"{given.case.name} has no route {route!r}; {cure}")


def _forecast(given: Sequence[tuple[Asked, Shocked]]) -> None:
    from corridor_sim.cli.scale import write_forecast
    from corridor_sim.experiments.dry_run import forecast

    (first, _), *_ = given
    cases = [of.case for _, of in given]
    write_forecast(forecast(cases, first.options(), where=first.where), first.shape)


def _told(asked: Asked, given: Aftermath) -> tuple[list[Sheet], dict[str, Any]]:
    """Save an answer; return it for people and for programs."""
    from corridor_sim.experiments.aftermath import backlogs, weekly
    from corridor_sim.experiments.losses import about, losses, table_of

    rows = [row for row in losses(given) if _chosen(asked, row)]
    table, weeks, worst = table_of(given, rows), weekly(given), backlogs(given)
    said = about(given, rows)
    files: dict[str, pd.DataFrame | str] = {
        "recovery.csv": table, "cohorts.csv": weeks, "backlogs.csv": worst,
    }  # fmt: skip
    save(asked, "recovery", given.shocked.case, given.options, files, said)
    value = asked.words() | said | {
        "rows": records_of(table), "weeks": records_of(weeks), "backlogs": records_of(worst)
    }  # fmt: skip
    return list(_sheets(asked, given, rows, worst)), value


def _chosen(asked: Asked, row: Row) -> bool:
    way = asked.direction in (None, row.group.direction)
    return way and (not asked.routes or row.group.route in ("all", *asked.routes))


def _sheets(
    asked: Asked, given: Aftermath, rows: Sequence[Row], worst: pd.DataFrame
) -> Iterator[Sheet]:
    from corridor_sim.experiments.recovery import BAND, CALM
    from corridor_sim.output import Sheet

    of = given.shocked
    groups = {row.group: {own.measure: own for own in rows if own.group == row.group}
              for row in rows}  # fmt: skip
    touched = {group: own for group, own in groups.items() if _is_touched(own.values())}
    calm = [f"{group.route} {group.direction}" for group in groups if group not in touched]
    yield Sheet(
        title=f"{of.case.name} beside itself without {', '.join(of.gone)} ({of.begin} to {of.end})",
        columns=("route", "direction", *CARGO.values(), "mark"),
        rows=[
            [*group[:2], *(_number(own[name]) for name in CARGO), own["delay_d"].mark]
            for group, own in touched.items()
        ],
        right=frozenset(CARGO.values()),
        notes=[
            "TEU of cargo released in the measuring part, by its route in the twin: more than a"
            " day later or earlier by the same route; by another route; lost: that, less what came"
            " from others."
        ],
    )
    places = {(w.route, w.direction): f"{w.element}, {w.date}" for w in worst.itertuples()}
    yield Sheet(
        title="Backlog, recovery and cost",
        columns=("route", "direction", *AFTER),
        rows=[
            [
                *group[:2], _number(own["backlog_teu"]), places.get(group[:2], ""),
                _number(own["recovery_p50"]), _missed(own), _number(own["shock_cost_usd"]),
                _number(own["shock_cost_usd_per_feu"]),
            ]
            for group, own in touched.items()
        ],
        right=frozenset(AFTER) - {PLACE},
        notes=[
            caption(asked),
            f"Recovered (median): from {of.begin}, the first day, to the first week of release"
            f" from which transit stays within {100 * BAND:.0f} % of the twin for {CALM} weeks."
            " Not seen: in how many replications that does not come within the run; a route with"
            " little cargo may leave the band by other vessels alone. Unfinished cargo counts to"
            " the end of the run.",
            *([f"No difference at all: {', '.join(calm)}."] if calm else []),
        ],
    )  # fmt: skip


def _is_touched(rows: Iterable[Row]) -> bool:
    same = ("cohort_teu", "recovery_censored")
    values = [row.estimate.estimate for row in rows if row.measure not in same]
    return any(value is None or value != 0 for value in values)


def _number(row: Row) -> str:
    """An estimate and its interval."""
    from corridor_sim.output import interval, number, places_of, quantity

    found = row.estimate
    places = places_of(row.unit, found.estimate, found.ci_low)
    if found.estimate is None:
        return quantity(None, "", beyond=found.beyond)
    ends = interval(found.ci_low, found.ci_high, row.unit, places=places)
    return f"{number(found.estimate, places)}{f' ({ends})' if ends else ''}"


def _missed(rows: Mapping[str, Row]) -> str:
    found = rows["recovery_censored"].estimate
    return f"{round((found.estimate or 0) * found.n)} of {found.n}"
