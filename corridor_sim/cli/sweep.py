"""`sweep`: many cases over dotted paths."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corridor_sim.cli.questions import (
    Asked,
    caption,
    ends_of,
    path_values,
    question_options,
    records_of,
    running,
    save,
    tell_cost,
    write_answer,
)

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.experiments.plan import Case
    from corridor_sim.output import Sheet

HEADLINES = ("transit_mean", "transit_p90", "throughput_teu")


@click.command()
@question_options
@click.option(
    "grids", "--grid", metavar="PATH=VALUES", multiple=True,
    help="Values of a path, `1,2,4` or `10:50:4` (four equal steps); several make a grid.",
)  # fmt: skip
@click.option(
    "over",
    "--over",
    metavar="PATH[=LOW:HIGH]",
    multiple=True,
    help="A path for the Latin hypercube, in a range or its own. Repeatable.",
)
@click.option(
    "--lhs", type=click.IntRange(min=1), metavar="N", help="A Latin hypercube of N cases."
)
@click.option(
    "--cases",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of cases: a column a path, a row a case.",
)
@click.option(
    "--measure", default="transit_mean", show_default=True, help="Measure of the heat map."
)
@click.option("every_row", "--all", is_flag=True, help="Keep all rows, not only whole ways.")
def sweep(
    asked: Asked, grids: tuple[str, ...], over: tuple[str, ...], lhs: int | None,
    cases: Path | None, measure: str, every_row: bool,
) -> None:  # fmt: skip
    """Run many cases: a grid, a Latin hypercube or a list.

    All on the same luck. Saved as one tidy table (sweep.parquet); with two paths or more also a
    table for a heat map (heat.csv).
    """
    from corridor_sim.experiments import sweep as s

    base, options = asked.case(), asked.options()
    varied_by = _cases(base, grids, over, lhs, cases, asked.seed)
    if tell_cost(asked, base, {case.name: 1 for case in s.cases_of(base, varied_by)}):
        return
    with running(asked, len(varied_by) * asked.replications) as (here, step):
        table = s.sweep(base, varied_by, options, every_row=every_row, where=here, progress=step)
    table = _chosen(table, asked)
    heat = _heat(table, asked, measure, s.two_paths(varied_by))
    files: dict[str, pd.DataFrame | str] = {"sweep.parquet": table}
    if heat is not None:
        files["heat.csv"] = heat.reset_index()
    more = {"cases": len(varied_by), "measure": measure}
    save(asked, "sweep", base, options, files, more)
    sheets = [_sheet(asked, table), *([] if heat is None else [_heat_sheet(heat, measure)])]
    records = records_of(table) if asked.shape in ("csv", "json") else []
    write_answer(asked, sheets, records, list(table.columns), more | {"rows": records})


def _cases(
    base: Case, grids: tuple[str, ...], over: tuple[str, ...], lhs: int | None,
    cases: Path | None, seed: int,
) -> list[dict[str, object]]:  # fmt: skip
    from corridor_sim.experiments.factors import chosen
    from corridor_sim.experiments.sweep import grid, latin_hypercube, listed

    if sum((bool(grids), lhs is not None, cases is not None)) != 1:
        raise click.UsageError("give one of --grid, --lhs (with --over) and --cases")
    if bool(over) != (lhs is not None):
        raise click.UsageError("--lhs N and --over PATH go together")
    if cases is not None:
        return listed(cases)
    if lhs is not None:
        asked = [ends_of(text, "--over") for text in over]
        factors = [chosen(base.scenario, p, low=low, high=high) for p, low, high, _ in asked]
        return latin_hypercube(factors, count=lhs, seed=seed)
    values = dict(_values(text) for text in grids)
    if len(values) < len(grids):
        raise click.UsageError("a path is given to --grid twice")
    return grid(values)


def _values(text: str) -> tuple[str, list[object]]:
    from corridor_sim.scenario.text import parse_value

    path, what = path_values(text, "--grid")
    if ":" in what and "," not in what:
        _, low, high, steps = ends_of(text, "--grid")
        assert low is not None and high is not None, "there are ends where there is a value"  # noqa: PT018
        count = steps or max(1, round(high - low))
        return path, [low + (high - low) * i / count for i in range(count + 1)]
    return path, [parse_value(part, name=f"--grid {path}") for part in what.split(",")]


def _chosen(table: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    kept = table["route"].isin(["all", *asked.routes]) if asked.routes else table["case"] >= 0
    if asked.direction:
        kept &= table["direction"].isin([asked.direction, "both"])
    return table[kept].reset_index(drop=True)


def _heat(
    table: pd.DataFrame, asked: Asked, measure: str, paths: tuple[str, str] | None
) -> pd.DataFrame | None:
    from corridor_sim.experiments.sweep import heat

    if paths is None:
        return None
    return heat(
        table, x=paths[1], y=paths[0], measure=measure,
        route=asked.routes[0] if asked.routes else "all",
        direction=asked.direction or "westbound",
    )  # fmt: skip


def _sheet(asked: Asked, table: pd.DataFrame) -> Sheet:
    from corridor_sim.experiments.sweep import paths_of
    from corridor_sim.output import Sheet, interval, places_of, quantity

    paths = paths_of(table)
    own = table[table["measure"].isin(HEADLINES) & (table["segment"] == "all")]
    if asked.routes:
        own = own[own["route"].isin(asked.routes)]
    rows = []
    for record in records_of(own):
        places = places_of(str(record["unit"]), _float(record["mean"]))
        rows.append([
            str(record["case"]), *(_said(record[path]) for path in paths), str(record["route"]),
            str(record["direction"]), str(record["measure"]),
            quantity(_float(record["mean"]), str(record["unit"]), places=places),
            interval(_float(record["ci_low"]), _float(record["ci_high"]), str(record["unit"]),
                     places=places),
            str(record["mark"]),
        ])  # fmt: skip
    columns = ("case", *paths, "route", "direction", "measure", "estimate", "interval", "mark")
    return Sheet(
        title=f"{asked.scenario}: {table['case'].nunique()} cases", columns=columns, rows=rows,
        right=frozenset({"case", *paths, "estimate", "interval"}), notes=[caption(asked)],
    )  # fmt: skip


def _heat_sheet(heat: pd.DataFrame, measure: str) -> Sheet:
    from corridor_sim.output import Sheet, number

    columns = [f"{heat.index.name}", *map(_said, heat.columns)]
    rows = [
        [_said(label), *(number(float(cell)) for cell in row)]
        for label, row in zip(heat.index, heat.to_numpy(), strict=True)
    ]
    return Sheet(
        title=f"{measure} over {heat.index.name} (down) and {heat.columns.name} (across)",
        columns=columns, rows=rows, right=frozenset(columns[1:]),
    )  # fmt: skip


def _said(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else "" if value is None else str(value)


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
