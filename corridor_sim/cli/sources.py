"""`sources`: where the numbers come from."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.options import changes, debug_option, format_option, set_option

if TYPE_CHECKING:
    from corridor_sim.scenario.values import Value

NUMBER = (
    "path", "value", "changes", "low", "high", "source", "grade", "why", "publication", "url",
    "effect",
)  # fmt: skip
FACT = ("id", "quantity", "value", "unit", "period", "publication", "date", "url", "grade")


@click.command()
@click.argument("what", metavar="[SCENARIO|FACT_ID]", default="baseline-2024")
@click.option(
    "--by-effect", "folder", type=click.Path(path_type=Path),
    help="Folder of a `sensitivity`: only the numbers it screened, those of most effect first.",
)  # fmt: skip
@set_option
@format_option
@debug_option
def sources(what: str, folder: Path | None, settings: tuple[str, ...], shape: str) -> None:
    """Print all numbers with sources, or one fact.

    Every number of a scenario (by default baseline-2024), the facts that it cites, and how many
    numbers are sourced; or the fact of an id.
    """
    from corridor_sim.reference import facts

    if what in facts():
        if folder:
            raise click.UsageError("--by-effect goes with a scenario, not with a fact")
        _print_fact(what, shape)
    elif _is_scenario(what):
        _print_numbers(what, settings, shape, _effects(folder) if folder else None)
    else:
        from corridor_sim.errors import UsageError, did_you_mean
        from corridor_sim.scenario.load import shipped

        cure = did_you_mean(what, [*facts(), *shipped()])
        message = f"no fact and no scenario is called {what!r}"
        raise UsageError(f"{message}; {cure}" if cure else message)


def _is_scenario(what: str) -> bool:
    from corridor_sim.scenario.load import shipped

    return "+" in what or what in shipped() or Path(what).suffix != "" or Path(what).exists()


def _print_fact(name: str, shape: str) -> None:
    from corridor_sim.cli.writing import write
    from corridor_sim.output import Sheet
    from corridor_sim.reference import fact

    record = asdict(fact(name))
    rows = [[key, str(value)] for key, value in record.items() if value != ""]
    sheet = Sheet(title="", columns=("field", name), rows=rows)
    write(shape, sheets=[sheet], records=[record], columns=list(record), value=record)


def _effects(folder: Path) -> dict[str, float]:
    """The mean absolute effect of each number that was screened (Morris, 1991), largest first."""
    from corridor_sim.errors import UsageError

    try:
        with (folder / "morris.csv").open(encoding="utf-8", newline="") as file:
            found = {row["factor"]: float(row["mu_star"]) for row in csv.DictReader(file)}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{folder} has no morris.csv of a `sensitivity` ({error})") from error
    if not found:
        raise UsageError(f"the sensitivity in {folder} screened nothing; give it a smaller --keep")
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _print_numbers(
    what: str, settings: tuple[str, ...], shape: str, effects: Mapping[str, float] | None
) -> None:
    from corridor_sim.cli.writing import write
    from corridor_sim.experiments.assumptions import shares
    from corridor_sim.experiments.tables import origins
    from corridor_sim.output import Sheet, number
    from corridor_sim.reference import facts
    from corridor_sim.scenario.load import load
    from corridor_sim.scenario.sources import cited, numbers

    scenario = load(what, changes(settings))
    known = dict(numbers(scenario))
    order = known if effects is None else [path for path in effects if path in known]
    given = [(path, known[path]) for path in order]
    felt = effects or {}
    records = [_record(path, value) | {"effect": felt.get(path)} for path, value in given]
    used = [_fact(name) for name in facts() if name in cited(scenario)]
    share = shares(value for _, value in given)
    rows = [
        [
            path, number(value.value), _range(value), *([number(felt[path])] if felt else []),
            value.source or "", value.grade or "", value.why or "",
        ]
        for path, value in given
    ]  # fmt: skip
    write(
        shape,
        sheets=[
            Sheet(
                title=f"Numbers of {what}",
                columns=(
                    "path", "value", "range", *(["effect"] if felt else []), "source", "grade",
                    "why",
                ),
                rows=rows, right=frozenset({"value", "range", "effect"}),
            ),
            Sheet(
                title="Facts cited", columns=FACT,
                rows=[[str(record[key]) for key in FACT] for record in used],
                right=frozenset({"value"}),
            ),
            origins(share),
        ],
        records=records, columns=NUMBER,
        value={
            "scenario": what, "numbers": records, "facts": used,
            "shares": {name: {"count": n, "share": part} for name, (n, part) in share.items()},
        },
    )  # fmt: skip


def _record(path: str, value: Value) -> dict[str, object]:
    from corridor_sim.reference import facts
    from corridor_sim.scenario.sources import facts_of

    known = [facts()[name] for name in facts_of(value) if name in facts()]
    return {
        "path": path, "value": value.value, "low": value.low, "high": value.high,
        "changes": "; ".join(f"{day}: {new:g}" for day, new in value.changes.items()) or None,
        "source": value.source, "grade": value.grade, "why": value.why,
        "publication": "; ".join(fact.source for fact in known) or None,
        "url": "; ".join(fact.url for fact in known) or None,
    }  # fmt: skip


def _range(value: Value) -> str:
    from corridor_sim.output import number

    if value.low is None and value.high is None:
        return ""
    return f"{number(value.low)} to {number(value.high)}"


def _fact(name: str) -> dict[str, object]:
    from corridor_sim.output import number
    from corridor_sim.reference import fact

    given = fact(name)
    low, high = number(given.value_low), number(given.value_high)
    return {
        "id": name, "quantity": given.quantity, "value": low if low == high else f"{low} to {high}",
        "unit": given.unit, "period": given.period, "publication": given.source,
        "date": given.date, "url": given.url, "grade": given.grade,
    }  # fmt: skip
